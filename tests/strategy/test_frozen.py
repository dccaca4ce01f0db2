"""Freezing, releasing and correcting a report: numbered, whole, told to those it concerns, and done once."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from portal.models import Document, Event, Mail, Notice
from strategy import frozen, status
from strategy.content import decode, encode
from strategy.models import Follower, MeasureEntry, MeasureParticipation, Plan, PlanReport
from tests import factories as make
from tests.strategy.freezing import DAY, LATER, a_full_plan, freeze, release, released
from tests.world import World, address

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def plan(world: World) -> Plan:
    return a_full_plan(world)


# ---- freezing ----


def test_a_report_keeps_every_value_with_its_number_day_and_treatment(world: World, plan: Plan) -> None:
    report = freeze(world, plan)
    content = decode(report.content)
    assert (report.number, report.version, report.frozen_on) == (1, 1, dt.date(2026, 9, 7))
    assert encode(content) == (report.content, report.sha256)
    assert content.report is not None
    assert content.report.treatment.body == "Havneutvalget"
    assert (content.report.treatment.on, content.report.treatment.number) == (dt.date(2026, 9, 24), "84/26")
    assert content.period is not None and content.period.name == "2. tertial 2026"
    late = next(row for row in content.rows if row.title == "Ny kai")
    assert (late.reason, late.asks, late.money[0].amount_nok) == (
        "Grunnen var bløt.", "At utvalget godkjenner ny dato.", 125_000,
    )  # fmt: skip
    assert late.days_late == (dt.date(2026, 9, 7) - dt.date(2026, 2, 1)).days
    assert content.targets[0].title == "Dobbelt så mange skip"


def test_pdf_and_word_document_are_made_with_it_and_hashed(world: World, plan: Plan) -> None:
    files = {row.kind: row for row in freeze(world, plan).files.all()}
    assert set(files) == {"pdf", "docx"}
    assert bytes(files["pdf"].content).startswith(b"%PDF-")
    assert bytes(files["docx"].content).startswith(b"PK")
    for row in files.values():
        assert row.sha256 == hashlib.sha256(row.content).hexdigest()


def test_two_presses_of_one_form_give_one_report(world: World, plan: Plan) -> None:
    first, second = freeze(world, plan, once="skjema"), freeze(world, plan, once="skjema")
    assert first == second
    assert freeze(world, plan, once="et annet").number == 2


def test_the_numbers_follow_each_other_in_each_plan(world: World, plan: Plan) -> None:
    other = make.a_plan(world.home.authority)
    assert [freeze(world, plan).number, freeze(world, plan).number, freeze(world, other).number] == [1, 2, 1]


@pytest.mark.parametrize("person", ["elected", "editor", "forum_reviewer", "stranger", "neighbour", "guest_officer"])
def test_nobody_but_officers_and_leaders_freezes(world: World, plan: Plan, person: str) -> None:
    with pytest.raises(PermissionDenied):
        freeze(world, plan, by=world.user(person))
    assert not plan.reports.exists()


def test_freezing_closes_nothing(world: World, plan: Plan) -> None:
    freeze(world, plan)
    assert plan.periods.get().closed_on is None


def test_what_is_frozen_is_of_one_moment_even_when_someone_saves_meanwhile(
    world: World, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first reading is torn: a goal is renamed after it was read. It is read once more, and is whole."""
    true_read, torn = status.read, []

    def read(*args: Any, **facts: Any) -> Any:
        content = true_read(*args, **facts)
        if not torn:
            torn.append(content)
            with connection.cursor() as cursor:
                cursor.execute("UPDATE strategy_goal SET title = 'Nytt navn' WHERE plan_id = %s", [plan.pk])
        return content

    monkeypatch.setattr(status, "read", read)
    content = decode(freeze(world, plan).content)
    assert torn[0].goals[0].title == "Flere skip"
    assert content.goals[0].title == "Nytt navn"


def test_a_plan_that_never_stands_still_is_not_frozen(
    world: World, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    true_read = status.read

    def read(*args: Any, **facts: Any) -> Any:
        make.a_goal(plan)
        return true_read(*args, **facts)

    monkeypatch.setattr(status, "read", read)
    with pytest.raises(frozen.Moving):
        freeze(world, plan)
    assert not plan.reports.exists()


def test_the_leader_is_told_and_nobody_else(world: World, plan: Plan) -> None:
    report = freeze(world, plan)
    told = Notice.objects.filter(kind="report_frozen", subject_id=report.pk)
    assert [row.user.email for row in told if row.user] == [address("leader")]
    mail = Mail.objects.get(to_address=address("leader"), notices__in=told)
    assert "/havneplan/rapporter/1/1/frigi/" in mail.text
    assert "Report no. 1" in mail.text or "nr. 1" in mail.text


def test_a_case_that_is_exempt_from_access_is_not_named_in_the_report(world: World, plan: Plan) -> None:
    step = plan.periods.get().step
    assert step is not None
    step.case.access, step.case.access_basis = "exempt", "offl. § 13"
    step.case.save()
    content = decode(freeze(world, plan).content)
    assert content.report is not None
    assert content.report.treatment.number == ""
    assert content.report.treatment.on is None


def test_another_treatment_than_the_periods_may_be_chosen(world: World, plan: Plan) -> None:
    step = make.a_step(world.home.case, activity="midway", actor="Regionrådet", starts_on=dt.date(2026, 10, 1),
                       precision="month", case_number="7/26")  # fmt: skip
    content = decode(freeze(world, plan, step=step).content)
    assert content.report is not None
    assert (content.report.treatment.body, content.report.treatment.number) == ("Regionrådet", "7/26")
    assert content.report.treatment.precision == "month"


# ---- what changed ----


def test_the_first_report_has_nothing_to_compare_with(world: World, plan: Plan) -> None:
    assert decode(freeze(world, plan).content).changes is None


def test_a_report_lists_what_changed_since_the_last_released_one(world: World, plan: Plan) -> None:
    released(world, plan)
    unreleased = freeze(world, plan)
    part = MeasureParticipation.objects.get(measure__current_entry__title="Lys på moloen", plan=plan)
    part.due_on = dt.date(2026, 9, 1)
    part.save()
    content = decode(freeze(world, plan).content)
    assert content.changes is not None
    assert (content.changes.since_number, unreleased.number) == (1, 2)
    assert [(line.kind, line.title) for line in content.changes.lines if line.kind == "late"] == [
        ("late", "Lys på moloen")
    ]


# ---- releasing ----


@pytest.mark.parametrize("person", ["officer", "editor", "elected", "region_secretary", "neighbour"])
def test_only_the_leaders_role_releases(world: World, plan: Plan, person: str) -> None:
    report = freeze(world, plan)
    with pytest.raises(PermissionDenied):
        release(world, report, by=world.user(person))
    assert PlanReport.objects.get(pk=report.pk).released_at is None


def test_a_release_keeps_the_page_in_the_plans_language(world: World, plan: Plan) -> None:
    report = released(world, plan)
    assert report.released_at == LATER
    assert report.released_by == world.user("leader")
    assert "Ny kai" in report.html and "Grunnen var bløt." in report.html
    assert "Forsinket" in report.html, "the plan speaks bokmål, whoever releases it"


def test_the_kept_page_names_the_icons_without_their_passing_address(
    world: World, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frozen, "static", lambda path: f"/static/{path.replace('.svg', '.0a1b2c.svg')}")
    monkeypatch.setattr("portal.templatetags.portal_tags.static", frozen.static)
    monkeypatch.setattr("portal.templatetags.portal_tags._standing_html", _standing_without_memory())
    report = released(world, plan)
    assert "icons.svg#i-late" in report.html
    assert "0a1b2c" not in report.html
    assert "icons.0a1b2c.svg#i-late" in frozen.with_icons(report.html)


def _standing_without_memory() -> Any:
    from portal.templatetags import portal_tags

    return portal_tags._standing_html.__wrapped__


def test_pressed_twice_a_release_is_one(world: World, plan: Plan) -> None:
    report = freeze(world, plan)
    first = release(world, report)
    second = release(world, report, at=LATER + dt.timedelta(hours=1))
    assert second.released_at == first.released_at
    assert Document.objects.filter(case=report.step.case).count() == 1  # type: ignore[union-attr]
    assert Event.objects.filter(kind="report_released", subject_id=report.pk).count() == 1


def test_the_pdf_is_registered_in_the_case_where_the_report_is_taken_up(world: World, plan: Plan) -> None:
    report = released(world, plan)
    assert report.step is not None
    document = Document.objects.get(case=report.step.case)
    pdf = report.files.get(kind="pdf")
    assert (document.direction, document.content_type, document.sha256) == ("out", "application/pdf", pdf.sha256)
    assert document.file.read() == bytes(pdf.content)
    assert document.filename == "havneplan-rapport-1.pdf"
    assert document.dated_on == report.frozen_on
    assert document.archive_status == "not_archived"
    assert Event.objects.get(kind="report_released").case == report.step.case


def test_a_report_that_is_taken_up_nowhere_is_registered_nowhere(world: World) -> None:
    plan = make.a_plan(world.home.authority)
    before = Document.objects.count()
    released(world, plan)
    assert Document.objects.count() == before


def test_officers_elected_members_and_reviewers_are_told_of_the_release(world: World, plan: Plan) -> None:
    report = released(world, plan)
    told = Notice.objects.filter(kind="report_released", subject_id=report.pk).values_list("user__email", flat=True)
    assert sorted(told) == sorted(map(address, ["officer", "elected", "forum_reviewer"]))
    mail = Mail.objects.get(to_address=address("elected"), notices__kind="report_released")
    assert "/rapporter/1/1/" in mail.text
    assert "<" not in mail.subject


def test_those_who_follow_the_plan_are_told_in_the_same_transaction(world: World, plan: Plan) -> None:
    Follower.objects.create(plan=plan, address="folger@test.example", confirmed_at=DAY)
    report = freeze(world, plan)
    assert not Mail.objects.filter(to_address="folger@test.example").exists()
    release(world, report)
    assert Mail.objects.filter(to_address="folger@test.example").count() == 1


def test_a_correction_of_an_older_report_is_no_news_to_followers(world: World, plan: Plan) -> None:
    first = released(world, plan)
    released(world, plan, once="to")
    Follower.objects.create(plan=plan, address="folger@test.example", confirmed_at=DAY)
    release(world, freeze(world, plan, corrects=first, reason="Navnet var feil."))
    assert not Mail.objects.filter(to_address="folger@test.example").exists()


# ---- correcting ----


def test_a_correction_is_a_new_version_of_the_same_number_from_todays_values(world: World, plan: Plan) -> None:
    first = released(world, plan)
    MeasureEntry.objects.filter(plan=plan, title="Ny kai").update(title="Ny kai, trinn 1")
    later = DAY + dt.timedelta(days=20)
    second = freeze(world, plan, at=later, corrects=first, reason="Navnet var feil.")
    content = decode(second.content)
    assert (second.number, second.version, second.reason) == (1, 2, "Navnet var feil.")
    assert content.report is not None
    assert content.report.first_frozen_on == dt.date(2026, 9, 7)
    assert content.report.frozen_on == dt.date(2026, 9, 27)
    assert (second.period, second.step) == (first.period, first.step)
    assert "Ny kai, trinn 1" in second.content and "Ny kai, trinn 1" not in first.content


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_correction_says_why(world: World, plan: Plan, reason: str) -> None:
    first = freeze(world, plan)
    with pytest.raises(ValidationError):
        freeze(world, plan, corrects=first, reason=reason)
    assert plan.reports.count() == 1


def test_a_correction_is_compared_with_the_number_before_and_not_with_what_was_wrong(world: World, plan: Plan) -> None:
    released(world, plan)
    second = released(world, plan)
    corrected = decode(freeze(world, plan, corrects=second, reason="Feil tall.").content)
    assert corrected.changes is not None and corrected.changes.since_number == 1
    first = plan.reports.get(number=1)
    assert decode(freeze(world, plan, corrects=first, reason="Feil tall.").content).changes is None


def test_a_wrong_report_that_is_corrected_before_its_release_never_becomes_public(world: World, plan: Plan) -> None:
    wrong = freeze(world, plan)
    right = freeze(world, plan, corrects=wrong, reason="Feil tall.")
    with pytest.raises(ValidationError):
        release(world, wrong)
    release(world, right)
    assert list(plan.reports.filter(released_at__isnull=False)) == [right]


def test_the_next_report_is_compared_with_the_newest_version_of_the_last(world: World, plan: Plan) -> None:
    first = released(world, plan)
    release(world, freeze(world, plan, corrects=first, reason="Feil tall."))
    content = decode(freeze(world, plan).content)
    assert content.changes is not None
    assert (content.changes.since_number, content.changes.since_version) == (1, 2)
