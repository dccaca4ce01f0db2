"""What the sweep says follows an authority's own rules, and reaches cases, papers and rounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from portal.models import Invitation, Notice, NoticeRule
from tests import factories as make
from tests.portal.mondays import DAY, MONDAY, run, told

if TYPE_CHECKING:
    from portal.models import Authority, Case, User


# ---- rules of an authority's own ----


def test_an_authoritys_rule_goes_before_the_kinds(measure: Any, officer: User, place: Authority) -> None:
    rule = NoticeRule.objects.create(authority=place, kind="measure_due", days_before=[2], late_every=3)
    run()
    assert told(officer) == []
    run(measure.due_on - 3 * DAY)
    assert told(officer) == [("Ny kai", "before-2")]  # the day before the Saturday
    run(measure.due_on + 4 * DAY)
    assert told(officer) == [("Ny kai", "late-3")]
    rule.late_every = None
    rule.save()
    run(measure.due_on + 4 * DAY)
    assert told(officer) == [("Ny kai", "before-2")]


def test_a_rule_may_ask_long_before(plan: Any, officer: User, place: Authority) -> None:
    NoticeRule.objects.create(authority=place, kind="measure_due", days_before=[365])
    make.a_measure(plan, person=officer, due_on=MONDAY + 365 * DAY, title="Om et år")
    run()
    assert told(officer) == [("Om et år", "before-365")]


def test_another_authoritys_rule_is_not_ours(measure: Any, officer: User) -> None:
    NoticeRule.objects.create(authority=make.an_authority(), kind="measure_due", days_before=[])
    run()
    assert told(officer) == [("Ny kai", "before-7")]


def test_the_leader_is_told_of_what_is_late_for_long_and_then_as_the_others_are(
    measure: Any, officer: User, place: Authority
) -> None:
    leader = make.a_user()
    measure.unit = make.a_unit(place, leader=leader)
    measure.save()
    for late in (14, 15, 20, 21):
        run(measure.due_on + late * DAY)
    said = Notice.objects.filter(user=leader).order_by("created_at").values_list("occasion", flat=True)
    assert list(said) == ["leader-late-14", "leader-late-21"]
    assert told(officer) == [("Ny kai", "late-21")]


# ---- cases, papers and rounds ----


@pytest.fixture
def case(place: Authority, officer: User) -> Case:
    return make.a_case(place, title="Ny næringsplan", officer=officer)


def a_meeting(case: Case, **facts: Any) -> Any:
    body = make.a_body(case.authority, name="Formannskapet")
    return make.a_step(case, body=body, actor="", activity="decision", starts_on=MONDAY, **facts)


def test_a_bodys_treatment_is_told_to_the_cases_officer(case: Case, officer: User) -> None:
    step = a_meeting(case)
    run()
    assert told(officer) == [("Ny næringsplan", "day")]
    notice = Notice.objects.get(user=officer)
    assert (notice.context, notice.link) == ("Formannskapet", case.get_absolute_url())
    step.outcome, step.resolution = "adopted", "Vedtas."
    step.save()
    run()
    assert told(officer) == []


def test_a_case_exempt_from_access_never_tells_its_title(case: Case, officer: User) -> None:
    a_meeting(case)
    run()
    case.access, case.access_basis, case.title = "exempt", "offentleglova § 13", "Ola Nordmanns konkurs"
    case.save()
    run()
    assert Notice.objects.get(user=officer).title == "Sak unntatt offentlighet"
    case.public_title = "Sak om støtte"
    case.save()
    run()
    assert Notice.objects.get(user=officer).title == "Sak om støtte"


def test_papers_for_a_meeting_are_a_deadline_of_their_own(case: Case, officer: User) -> None:
    step = a_meeting(case, papers_due_on=MONDAY + 3 * DAY)
    step.starts_on = MONDAY + 60 * DAY
    step.save()
    run()
    assert Notice.objects.get(user=officer).kind == "papers"
    step.papers_sent_on = MONDAY
    step.save()
    run()
    assert told(officer) == []


def test_a_closed_case_is_silent(case: Case, officer: User) -> None:
    a_meeting(case, papers_due_on=MONDAY)
    case.closed_on = MONDAY
    case.save()
    run()
    assert told(officer) == []


def test_the_invited_are_reminded_at_their_address_until_they_answer(case: Case) -> None:
    round_ = make.a_round(case, due_on=MONDAY + 7 * DAY, title="Hva haster?")
    asked = make.an_invitation(round_, invited_at=timezone.now())
    make.an_invitation(round_)  # never sent
    run()
    (notice,) = Notice.objects.current().exclude(address="")
    assert (notice.address, notice.user, notice.kind, notice.occasion) == (asked.address, None, "input_due", "before-7")
    assert (notice.title, notice.context) == ("Hva haster?", case.authority.name)
    make.an_input(round_, source="invited", invitation=asked)
    run()
    assert not Notice.objects.current().exclude(address="").exists()


def test_one_who_declined_is_not_reminded(case: Case) -> None:
    round_ = make.a_round(case, due_on=MONDAY + 7 * DAY)
    asked = make.an_invitation(round_, invited_at=timezone.now())
    run()
    Invitation.objects.filter(pk=asked.pk).update(declined_at=timezone.now())
    run()
    assert not Notice.objects.current().filter(address=asked.address).exists()


def test_a_reminder_sent_by_hand_is_left_alone(case: Case) -> None:
    asked = make.an_invitation(make.a_round(case, due_on=MONDAY + 90 * DAY), invited_at=timezone.now())
    Notice.objects.create(
        address=asked.address, kind="input_due", subject_type="portal.invitation", subject_id=asked.pk,
        on_date=MONDAY, occasion="by_hand", title="Påminnelse",
    )  # fmt: skip
    assert run()["withdrawn"] == 0


def test_a_round_that_closes_and_its_answers_are_told_to_the_officer(case: Case, officer: User) -> None:
    round_ = make.a_round(case, due_on=MONDAY + DAY, answer_due_on=MONDAY + 14 * DAY, title="Sentrum")
    run()
    assert {n.kind: n.occasion for n in Notice.objects.current().filter(user=officer)} == {
        "round_closes": "before-1", "answers_due": "before-14",
    }  # fmt: skip
    round_.closed_on = MONDAY
    round_.save()
    run()
    assert [n.kind for n in Notice.objects.current().filter(user=officer)] == ["answers_due"]
    round_.answers_published_at = timezone.now()
    round_.save()
    run()
    assert told(officer) == []
