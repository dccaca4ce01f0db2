"""A complaint, from the day it comes to its outcome: in time, reconsidered by its decider, decided by others."""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext

from grants import fund_rules, held
from grants.applying import reach
from grants.complaining import answering, deadlines, deeds
from grants.complaining import rules_words as rules
from grants.desk import answering as answering_grants
from grants.desk import deciding, proposing
from grants.models import Application, Balance, Complaint, Decision, Grant, LedgerEntry
from grants.refusals import Refused
from portal import wiring
from portal.calendar import oslo_today
from portal.impartiality import NotImpartial
from portal.models import Body, Case, CaseStep, Document, Event, Letter, Mail, Notice, User
from tests import factories as people
from tests import factories_fund as make
from tests.world_fund import SECRET_PROJECT

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = oslo_today(NOW)
DAY = dt.timedelta(days=1)
WRITTEN = f"{SECRET_PROJECT}: dere har regnet feil."
FOUND = "Vi finner ingen feil."
SAID = {"grounds": "Klagen førte fram.", "legal_basis": "Vedtektene § 3"}
AID = {"basis": "no_aid", "activity": "Bygge en ovn", "reason": "Ingen støtte til foretak."}


# ---- the days of the law ----


@pytest.mark.parametrize(
    ("notified", "last"),
    [
        pytest.param(dt.date(2026, 3, 12), dt.date(2026, 4, 7), id="over Easter, to the Tuesday after"),
        pytest.param(dt.date(2026, 12, 3), dt.date(2026, 12, 24), id="Christmas Eve is a working day"),
        pytest.param(dt.date(2026, 12, 4), dt.date(2026, 12, 28), id="Christmas Day gives the Monday after"),
    ],
)
def test_three_weeks_from_the_notice_end_on_a_working_day(notified: dt.date, last: dt.date) -> None:
    assert fund_rules.complain_by(notified) == last
    assert not fund_rules.is_late(last, last) and fund_rules.is_late(last + DAY, last)


def test_a_year_after_a_leap_day_is_the_last_of_february() -> None:
    assert rules.year_after(dt.date(2028, 2, 29)) == dt.date(2029, 2, 28)


# ---- an application that is decided ----


@pytest.fixture
def manager() -> User:
    return people.a_user()


@pytest.fixture
def application(manager: User) -> Application:
    fund = make.a_fund_with(people.an_authority(), 500_000)
    organisation = people.an_organisation(fund.authority)
    people.a_mandate(organisation, manager)
    found = make.an_application(make.a_call(fund.scheme), organisation, by=manager, title=SECRET_PROJECT)
    make.an_assessment(found, people.a_user("officer", fund.authority, name="Oppdiktet Saksbehandler"))
    make.a_delegation(fund.scheme, "leader", 400_000)
    return found


@pytest.fixture
def leader(application: Application) -> User:
    """Decides, by delegation."""
    found = people.a_user("leader", application.authority)
    make.no_ties(application, found)
    return found


@pytest.fixture
def other(application: Application) -> User:
    """Handles the complaint for the complaint body."""
    found = people.a_user("leader", application.authority, name="Oppdiktet Setteleder")
    make.no_ties(application, found)
    return found


def decided(application: Application, leader: User, outcome: str = "refused", **facts: Any) -> Decision:
    facts.setdefault("prepared_by", application.assessment.assessed_by)
    return make.notified(make.a_decision(application, leader, outcome, **facts))


def own_of(application: Application, who: User) -> reach.Own:
    return reach.own(who, application.pk, TODAY)


def complain(decision: Decision, who: User, **facts: Any) -> Complaint:
    own = own_of(decision.application, who)
    return deeds.complain(own, **{"text": WRITTEN, "decision": decision.pk, "by": who, "now": NOW, **facts})


def handle(complaint: Complaint, *who: User) -> Complaint:
    make.no_ties(complaint.case, *who)
    return complaint


def late(decision: Decision, by: User, days: int = 1) -> Complaint:
    """Register a complaint whose last day was over, on a decision as old."""
    row = make.a_complaint(decision, due_on=TODAY - days * DAY, source="post", registered_by=by)
    return handle(row, by)


def decide_anew(complaint: Complaint, by: User, outcome: str = "granted", **facts: Any) -> Decision:
    application = complaint.decision.application
    if "step" not in facts:
        facts["delegation"] = application.call.scheme.delegations.order_by("-up_to_nok")[0]
    return deciding.decide(
        application, outcome=outcome, by=by, on=TODAY, now=NOW,
        replaces=Decision.objects.get(pk=complaint.decision_id), **SAID, **facts,
    )  # fmt: skip


def propose(application: Application, by: User, amount: int = 200_000) -> Grant:
    return proposing.propose_grant(
        application, amount_nok=amount, public_title="Ny ovn", by=by, on=TODAY, aid_terms=AID
    )  # fmt: skip


def free(application: Application) -> int:
    return Balance.objects.get(account__fund__scheme=application.call.scheme).free_nok


@contextlib.contextmanager
def stops(kind: type[ValidationError], code: str = "", field: str = "") -> Any:
    with pytest.raises(kind) as caught:
        yield
    if field:
        assert field in caught.value.message_dict
    else:
        assert code in {one.code for one in caught.value.error_list}


def outcome(complaint: Complaint, by: User, what: str, **facts: Any) -> Complaint:
    return answering.decide(
        complaint, by=by, now=NOW,
        **{"outcome": what, "resolution": "Klagen tas til følge.", "decided_on": TODAY, "case_number": "4/26", **facts},
    )  # fmt: skip


# ---- it comes ----


def test_a_complaint_is_a_case_of_its_own_with_its_papers_its_receipt_and_its_notices(
    application: Application, leader: User, manager: User
) -> None:
    row = complain(decided(application, leader), manager, asks_deferral=True)
    assert (row.state, row.source, row.sent_by, row.received_on) == ("received", "web", manager, TODAY)
    assert row.due_on == fund_rules.complain_by(TODAY) and not rules.is_late(row)
    assert (row.case.series, row.case.reference) == (Case.Series.COMPLAINT, f"{application.reference}-K1")
    assert row.case.relations.get().related == application.case and SECRET_PROJECT not in row.case.title
    papers = Document.objects.filter(case=row.case)
    assert sorted(papers.values_list("direction", "access")) == [("in", "exempt"), ("out", "exempt")]
    letter = Letter.objects.get(case=row.case)
    with translation.override(application.language):
        in_time = gettext("We have received your complaint in time.")
    assert letter.kind == "complaint_received" and in_time in str(letter.content)
    notice = Notice.objects.get(user=manager, kind="complaint_received")
    assert notice.link == f"/min-side/soknader/{application.pk}/klage/"
    assert Notice.objects.filter(kind="complaint_came").exclude(user=manager).exists()
    told = notice.title + Mail.objects.get(to_address=manager.email).text + str(Event.objects.values_list("facts"))
    assert application.reference in told and SECRET_PROJECT not in told
    with stops(held.Handled, "once"):
        complain(row.decision, manager)
    assert row.decision.complaints.count() == 1


def test_only_one_who_binds_the_applicant_complains_of_what_she_has_read(
    application: Application, leader: User, manager: User
) -> None:
    decision = decided(application, leader)
    colleague = people.a_user()
    people.a_mandate(application.organisation, colleague, reach="drafts")
    with pytest.raises(PermissionDenied):
        complain(decision, colleague)
    with stops(held.Handled, "stale"):
        deeds.complain(own_of(application, manager), WRITTEN, decision=decision.pk + 1, by=manager, now=NOW)
    with stops(ValidationError, field="text"):
        complain(decision, manager, text="  \0 ")
    assert not Case.objects.filter(authority=application.authority, series="complaint").exists(), (
        "nothing is left of what was stopped"
    )


def test_what_came_on_paper_counts_by_the_day_it_was_sent(application: Application, leader: User) -> None:
    decision = decided(application, leader, decided_on=TODAY - 40 * DAY)
    given: dict[str, Any] = {"decision": decision.pk, "source": "post", "by": leader, "now": NOW}
    for wrong in (TODAY + DAY, TODAY - 41 * DAY):
        with stops(ValidationError, field="received_on"):
            deeds.register(application, WRITTEN, received_on=wrong, **given)
    row = deeds.register(application, WRITTEN, received_on=TODAY - 2 * DAY, **given)
    assert (row.registered_by, row.received_on, row.case.opened_on) == (leader, TODAY - 2 * DAY, TODAY - 2 * DAY)
    stranger = people.a_user("officer", application.authority)
    with pytest.raises(NotImpartial):
        deeds.register(application, WRITTEN, received_on=TODAY, **{**given, "by": stranger})


def test_a_complaint_is_withdrawn_once_and_may_come_again_in_time(
    application: Application, leader: User, manager: User
) -> None:
    row = complain(decided(application, leader), manager)
    deeds.withdraw(row, own_of(application, manager), by=manager, now=NOW)
    row.refresh_from_db()
    assert row.state == "withdrawn" and row.case.closed_on is not None
    with stops(held.Handled, "state"):
        deeds.withdraw(row, own_of(application, manager), by=manager, now=NOW)
    assert complain(row.decision, manager).case.reference.endswith("-K2")


# ---- late ----


def test_a_late_complaint_is_dismissed_or_taken_up_for_a_reason_before_it_is_reconsidered(
    application: Application, leader: User
) -> None:
    row = late(decided(application, leader), leader)
    assert rules.waits_for_reason(row)
    for deed in (answering.uphold, answering.forward):
        with stops(ValidationError, "late"):
            deed(row, FOUND, by=leader, now=NOW)
    with stops(ValidationError, field="reason"):
        answering.take_up(row, " ", by=leader, now=NOW)
    taken = answering.take_up(row, "Brevet kom bort i posten.", by=leader, now=NOW)
    assert taken.late_reason and answering.forward(row, FOUND, by=leader, now=NOW).state == "forwarded"


def test_what_comes_more_than_a_year_after_is_never_taken_up(application: Application, leader: User) -> None:
    decision = decided(application, leader, decided_on=rules.year_after(TODAY - 731 * DAY))
    row = late(decision, leader, days=300)
    with stops(Refused, "year"):
        answering.take_up(row, "Syk.", by=leader, now=NOW)
    assert answering.dismiss(row, "Klagen kom for sent.", by=leader, now=NOW).state == "dismissed"


def test_a_dismissal_is_answered_by_letter_and_can_itself_be_complained_of(
    application: Application, leader: User, manager: User
) -> None:
    row = late(decided(application, leader), leader)
    with stops(ValidationError, field="text"):
        answering.dismiss(row, "", by=leader, now=NOW)
    row = answering.dismiss(row, "Klagen kom for sent.", by=leader, now=NOW)
    assert Letter.objects.get(case=row.case).kind == "complaint_answer" and row.case.closed_on == TODAY
    again = complain(row.decision, manager)
    assert again.due_on == fund_rules.complain_by(TODAY)
    with stops(Refused, "again"):
        answering.take_up(row, "Vi tok feil.", by=leader, now=NOW)
    deeds.withdraw(again, own_of(application, manager), by=manager, now=NOW)
    assert answering.take_up(row, "Vi tok feil.", by=leader, now=NOW).case.closed_on is None


# ---- reconsidered ----


def test_a_refusal_that_is_changed_commits_money_by_a_new_decision_that_replaces_it(
    application: Application, leader: User, manager: User
) -> None:
    row = handle(complain(decided(application, leader), manager), leader)
    before = free(application)
    with stops(held.Handled, "state"):
        propose(application, leader)
    row = answering.uphold(row, "Vi regnet feil.", by=leader, now=NOW)
    assert rules.waits_for_decision(row) and [
        one.pk for one in deadlines.won(TODAY).filter(authority=row.authority)
    ] == [row.pk]
    propose(application, leader)
    made = decide_anew(row, leader)
    row.refresh_from_db()
    application.refresh_from_db()
    assert (made.number, made.replaces_id, row.new_decision, application.state) == (2, row.decision_id, made, "granted")
    assert free(application) == before - 200_000 and not deadlines.won(TODAY).filter(pk=row.pk).exists()
    assert made.complain_by is not None, "what is decided anew by the same body can be complained of"
    assert Notice.objects.filter(user=manager, kind="complaint_answered").count() == 1
    with stops(held.Handled, "state"):
        decide_anew(row, leader)


def test_a_grant_that_is_changed_frees_its_money_and_commits_the_new(
    application: Application, leader: User, manager: User
) -> None:
    first = decided(application, leader, "granted", amount=100_000)
    assert free(application) == 400_000 and first.grant is not None
    row = handle(complain(first, manager), leader)
    answering.uphold(row, "Vi regnet feil.", by=leader, now=NOW)
    propose(application, leader, 250_000)
    decide_anew(row, leader)
    first.grant.refresh_from_db()
    assert first.grant.state == "annulled" and free(application) == 250_000
    entries = LedgerEntry.objects.filter(case=application.case, kind="commitment")
    assert (entries.count(), entries.exclude(reverses=None).count()) == (3, 1)


# ---- to whom ----


def test_the_complaint_body_fits_the_decider(application: Application, leader: User) -> None:
    authority = application.authority
    decision = decided(application, leader)
    authority.complaint_body = "Oppdiktet klagenemnd"
    decision.application.authority = authority
    assert rules.complaint_body_of(decision).name == "Oppdiktet klagenemnd"
    own = people.a_body(authority, kind=Body.Kind.COMPLAINTS, name="Klagenemnda")
    assert rules.complaint_body_of(decision) == rules.ComplaintBody("Klagenemnda", own)
    for kind, body in ((Body.Kind.EXECUTIVE, own), (Body.Kind.COUNCIL, None)):
        decision.step = people.a_step(
            application.case, body=people.a_body(authority, kind=kind), activity="decision", outcome="rejected",
            resolution="Avslag.",
        )  # fmt: skip
        assert rules.complaint_body_of(decision).body == body


def test_a_complaint_is_sent_on_with_what_was_found_and_waits_for_the_body(
    application: Application, leader: User, manager: User, other: User
) -> None:
    own = people.a_body(application.authority, kind=Body.Kind.COMPLAINTS, name="Klagenemnda")
    row = handle(complain(decided(application, leader), manager), leader)
    with stops(Refused, "complaint_handled_by_another"):
        answering.forward(row, FOUND, handled_by=leader, by=leader, now=NOW)
    row = answering.forward(row, FOUND, handled_by=other, by=leader, now=NOW)
    assert (row.state, row.body, row.complaint_body, row.case.officer) == ("forwarded", own, "Klagenemnda", other)
    assert row.step is not None and (row.step.case, row.step.body, row.step.outcome) == (row.case, own, "pending")
    sent = Letter.objects.get(case=row.case, kind="complaint_forwarded")
    assert FOUND in str(sent.content) and sent.content["recipient"] == ["Klagenemnda"]
    assert Letter.objects.filter(case=row.case, kind="complaint_answer").exists()


# ---- the outcome ----


@pytest.fixture
def sent(application: Application, leader: User, manager: User, other: User) -> Complaint:
    """A complaint on a grant of 100 000, with the complaint body."""
    people.a_body(application.authority, kind=Body.Kind.COMPLAINTS)
    row = handle(complain(decided(application, leader, "granted", amount=100_000), manager), leader, other)
    return answering.forward(row, FOUND, by=leader, now=NOW)


def test_who_prepared_made_or_reconsidered_the_decision_does_not_handle_it_there(
    sent: Complaint, application: Application, leader: User, other: User
) -> None:
    preparer = application.assessment.assessed_by
    handle(sent, preparer)
    for person in (leader, preparer):
        with stops(Refused, "complaint_handled_by_another"):
            outcome(sent, person, "rejected")
    with pytest.raises(IntegrityError, match="prepared or made"), transaction.atomic():
        Complaint.objects.filter(pk=sent.pk).update(handled_by=preparer)
    third = people.a_user("officer", application.authority)
    make.no_ties(application, third)
    with pytest.raises(NotImpartial):
        outcome(sent, third, "rejected")
    assert outcome(sent, other, "rejected").handled_by == other


def test_a_rejected_complaint_lets_the_decision_and_its_money_stand(
    sent: Complaint, application: Application, manager: User, other: User
) -> None:
    with stops(ValidationError, field="decided_on"):
        outcome(sent, other, "rejected", decided_on=TODAY - DAY)
    with stops(ValidationError, field="resolution"):
        outcome(sent, other, "rejected", resolution="")
    row = outcome(sent, other, "rejected")
    assert row.step is not None and (row.step.outcome, row.step.case_number) == ("rejected", "4/26")
    assert free(application) == 400_000 and row.case.closed_on == TODAY
    with stops(held.Handled, "state"):
        outcome(sent, other, "annulled")
    assert row.decision.accept_by is not None
    over = row.decision.accept_by + DAY
    assert row.decision_id in answering_grants.unanswered(over)
    Case.objects.filter(pk=row.case_id).update(closed_on=over - DAY)
    assert row.decision_id not in answering_grants.unanswered(over), "who waited for the complaint may still accept"
    assert answering_grants.accept_until(row.decision) == over - DAY + answering_grants.ACCEPT_AGAIN
    with stops(Refused, "final"):
        complain(row.decision, manager)
    row.step.outcome = CaseStep.Outcome.ADOPTED
    with stops(ValidationError, field="outcome"):
        wiring.check_step(row.step)


def test_an_annulled_decision_frees_its_money_and_the_application_is_decided_anew(
    sent: Complaint, application: Application, leader: User, other: User
) -> None:
    row = outcome(sent, other, "annulled")
    application.refresh_from_db()
    assert (application.state, free(application)) == ("submitted", 500_000)
    assert row.decision.grant is not None
    assert Grant.objects.get(pk=row.decision.grant.pk).state == "annulled"
    propose(application, leader, 150_000)
    made = decide_anew(row, leader)
    row.refresh_from_db()
    assert (made.number, made.replaces_id, row.new_decision) == (2, row.decision_id, made)
    assert free(application) == 350_000 and made.complain_by is not None


def test_what_the_complaint_body_changes_is_granted_by_its_own_resolution_and_is_final(
    sent: Complaint, application: Application, manager: User, other: User
) -> None:
    row = outcome(sent, other, "changed")
    assert row.step in list(deciding.steps_of(application))
    propose(application, other, 300_000)
    made = decide_anew(row, other, step=row.step)
    assert (free(application), made.step, made.complain_by) == (200_000, row.step, None)
    assert made.letter is not None and "three weeks from the day this letter" not in str(made.letter.content)
    with stops(Refused, "final"):
        complain(made, manager)


def test_whether_the_decision_waits_is_asked_and_answered(
    application: Application, leader: User, manager: User
) -> None:
    row = handle(complain(decided(application, leader), manager, asks_deferral=True), leader)
    row = answering.answer_deferral(row, "Pengene er ikke utbetalt.", waits=True, by=leader, now=NOW)
    assert row.deferral.endswith("Pengene er ikke utbetalt.") and len(row.deferral) > 30
    with stops(held.Handled, "stale"):
        answering.answer_deferral(row, "Nei.", waits=False, by=leader, now=NOW, seen=row.row_version - 1)


def test_the_desk_is_told_in_good_time(application: Application, leader: User, manager: User) -> None:
    row = complain(decided(application, leader), manager)
    due = deadlines.received(TODAY).get(authority=row.authority)
    assert (due.pk, due.day) == (row.pk, TODAY + deadlines.TO_RECONSIDER)
    assert due.part_of == application.reference and SECRET_PROJECT not in due.headline
