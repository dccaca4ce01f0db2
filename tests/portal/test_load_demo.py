"""The demo loads once, whole, and never over what a user changed."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, Sum
from django.urls import reverse

from awards.candidates import gathering
from awards.models import (
    Candidate,
    CategoryDecision,
    JuryScore,
    JurySheet,
    Nomination,
    Prize,
    PrizeRound,
    PrizeStatutes,
    VoteCount,
    Voter,
    Winner,
)
from awards.voting import counting
from portal import rules
from portal.demo import shelf
from portal.demo.authorities import DEMO_PASSWORD, USERS
from portal.demo.shelf import VERSION_KEY
from portal.management.commands.load_demo import DEMO_VERSION, load_demo
from portal.models import (
    AccessLog,
    Authority,
    Case,
    CaseStep,
    Declaration,
    DemoLoad,
    Deputy,
    Document,
    GroupRole,
    Identity,
    IdentityProvider,
    Input,
    InputAnswer,
    InputRound,
    Invitation,
    Mail,
    Mandate,
    MandateInvitation,
    MandateRequest,
    Notice,
    Organisation,
    PathTemplate,
    PathTemplateStep,
    Role,
    Unit,
    User,
)
from strategy import rules as rules_of_plans
from strategy import status
from strategy.content import decode
from strategy.models import (
    Goal,
    InputEffect,
    MeasureEntry,
    MeasureFunding,
    MeasureParticipation,
    Milestone,
    Plan,
    PlanCase,
    PlanReport,
    PlanReportFile,
    ReportingPeriod,
    StatusReport,
    Strategy,
)
from strategy.rules import Reporting, Standing
from tests.databases import pointed_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db

NOT_COMPARED = {"search"}
WATCHED = (
    Authority, Unit, User, Case, CaseStep, Plan, Goal, Strategy, MeasureEntry, MeasureParticipation, Milestone,
    InputRound, Invitation, Input, InputAnswer, PathTemplate, PathTemplateStep, PlanCase, InputEffect,
    ReportingPeriod, StatusReport, PlanReport, PlanReportFile, MeasureFunding, Mail, AccessLog, Deputy, Document,
    GroupRole, Identity, IdentityProvider, Mandate, MandateInvitation, MandateRequest, Organisation,
    Prize, PrizeStatutes, PrizeRound, Candidate, Nomination, JuryScore, CategoryDecision, Winner,
    Voter, VoteCount,
)  # fmt: skip
TODAY = dt.date(2026, 11, 21)


@pytest.fixture(scope="module", autouse=True)
def demo(django_db_setup: None, databases: Any, django_db_blocker: Any) -> Iterator[None]:
    """Load the demo once, into a database of its own; what a test changes there is taken back after it."""
    with databases.clone() as name, django_db_blocker.unblock(), pointed_at(name):
        load_demo()
        yield


@pytest.fixture
def halden_plan(demo: None) -> Plan:
    return Plan.objects.get(authority__slug="halden")


def everything() -> dict[str, list[Any]]:
    return {
        model.__name__: list(
            model._default_manager.order_by("pk").values_list(
                *(f.attname for f in model._meta.concrete_fields if f.name not in NOT_COMPARED)
            )
        )
        for model in WATCHED
    }


def test_haldens_plan_has_4_goals_18_strategies_and_71_measures(halden_plan: Plan) -> None:
    assert (halden_plan.goals.count(), halden_plan.strategies.count(), halden_plan.measures.count()) == (4, 18, 71)


def test_numbers_stand_as_printed_missing_and_doubled_ones_too(halden_plan: Plan) -> None:
    entries = MeasureEntry.objects.filter(plan=halden_plan).select_related("strategy").order_by("position")
    numbers: dict[str, list[str]] = {}
    for entry in entries:
        numbers.setdefault(entry.strategy.number, []).append(entry.number)
    assert numbers["2.7"] == ["1", "2", "3", "4", "5", "6", "8"]
    assert numbers["4.2"] == ["1", "2", "2", "3"]
    assert numbers["4.3"] == ["1", "2", "2"]
    assert [len(found) for found in numbers.values()] == [1, 5, 4, 4, 2, 10, 8, 3, 7, 6, 4, 2, 2, 2, 1, 4, 3, 3]


def test_every_measure_has_its_wording_in_force(halden_plan: Plan) -> None:
    assert not halden_plan.measures.filter(current_entry__isnull=True).exists()


def test_haldens_measures_have_no_due_date_and_what_some_have_more_is_made_up(halden_plan: Plan) -> None:
    parts = halden_plan.participations
    assert parts.filter(due_on=None).count() == 71
    assert parts.filter(unit=None, person=None, partner="", funding=None).count() == 49
    assert parts.filter(unit__isnull=False, person__isnull=False, invented=True).count() == 7
    assert set(parts.exclude(partner="").values_list("partner_address", "invented")) == {
        ("post@reiselivsnettverket.example", True), ("post@grunderhuset.example", True)
    }  # fmt: skip
    money = MeasureFunding.objects.filter(participation__plan=halden_plan)
    assert money.filter(state="funded", year=2026).aggregate(nok=Sum("amount_nok")) == {"nok": 4_250_000}
    assert not money.filter(state="funded").exclude(decision_reference__startswith="Oppdiktet").exists()


def test_the_public_sees_haldens_second_report_and_its_own_people_see_today(halden_plan: Plan) -> None:
    assert not halden_plan.live_view_open
    first, second = halden_plan.reports.order_by("number")
    assert (first.frozen_on, second.frozen_on) == (dt.date(2026, 5, 7), dt.date(2026, 9, 7))
    assert {first.released_by.email, second.released_by.email} == {"leder@halden.example"}
    assert (second.step.body.name, second.step.case_number, second.step.starts_on) == (
        "Formannskapet", "84/26", dt.date(2026, 9, 24)
    )  # fmt: skip
    assert first.step.invented
    assert second.step.invented


@pytest.mark.parametrize(("number", "late", "missing"), [(1, 4, 2), (2, 6, 9)])
def test_each_report_froze_what_stood_on_its_day(halden_plan: Plan, number: int, late: int, missing: int) -> None:
    rows = decode(halden_plan.reports.get(number=number).content).rows
    assert len(rows) == 71
    assert sum(row.standing is Standing.LATE for row in rows) == late
    assert sum(row.reporting is Reporting.NOT_REPORTED for row in rows) == missing


def test_todays_view_has_the_counts_of_the_second_report_with_more_days(halden_plan: Plan) -> None:
    frozen = decode(halden_plan.reports.get(number=2).content).rows
    now = status.read(halden_plan, today=TODAY, participants=[]).rows
    assert Counter(row.standing for row in now) == Counter(row.standing for row in frozen)
    assert (max(row.days_late for row in frozen), max(row.days_late for row in now)) == (160, 235)


def test_the_second_report_lists_what_came_since_the_first(halden_plan: Plan) -> None:
    changes = decode(halden_plan.reports.get(number=2).content).changes
    assert changes is not None
    assert Counter(line.kind for line in changes.lines if line.kind in ("late", "back", "done")) == {
        "late": 4, "back": 2, "done": 3
    }  # fmt: skip


def test_reasons_stand_in_the_reports_and_no_longer_in_notes(halden_plan: Plan) -> None:
    assert not halden_plan.participations.exclude(note="").exists()
    part = halden_plan.participations.get(measure__current_entry__title__startswith="Stasjonsområdet")
    report = part.reports.get(period__name="2. tertial 2026")
    assert report.reason == "Grunnundersøkelsene tok lengre tid enn ventet."
    assert (report.late_since, report.new_due_on) == (dt.date(2026, 3, 31), dt.date(2026, 12, 15))
    assert not StatusReport.objects.filter(plan=halden_plan, invented=False).exists()


def test_one_period_lies_open_for_the_officer_and_both_partners_have_their_link(halden_plan: Plan) -> None:
    states = {period.name: rules_of_plans.period_state(period.facts, TODAY) for period in halden_plan.periods.all()}
    assert states == {
        "1. tertial 2026": "closed", "2. tertial 2026": "closed", "Høst 2026": "open", "3. tertial 2026": "planned"
    }  # fmt: skip
    officer = User.objects.get(email="saksbehandler@halden.example")
    waiting = StatusReport.objects.waiting_for(officer).filter(period__name="Høst 2026")
    assert (waiting.filter(reported_at=None).count(), waiting.exclude(reported_at=None).count()) == (4, 2)
    for address in ("post@reiselivsnettverket.example", "post@grunderhuset.example"):
        assert "/planer/rapport/" in Mail.objects.get(to_address=address).text


def test_every_status_of_haldens_is_marked_as_invented(halden_plan: Plan) -> None:
    assert halden_plan.invented
    assert not halden_plan.participations.filter(invented=False).exists()
    assert not Milestone.objects.filter(participation__plan=halden_plan, invented=False).exists()


def test_aremark_is_covered_by_haldens_plan(halden_plan: Plan) -> None:
    assert dict(halden_plan.participants.values_list("authority__slug", "role")) == {
        "halden": "owner",
        "aremark": "covered",
    }


def test_ostre_toten_has_22_points_under_three_goals_and_three_measures_apart(demo: None) -> None:
    entries = MeasureEntry.objects.filter(plan__authority__slug="ostre-toten")
    assert [entries.filter(goal__number=number).count() for number in "123"] == [7, 9, 6]
    assert entries.filter(strategy__number="3.5.4", strategy__goal=None).count() == 3
    assert Strategy.objects.filter(plan__authority__slug="ostre-toten", is_cross_cutting=True).count() == 6


def test_sarpsborgs_process_has_15_rows_and_keeps_its_precision(demo: None) -> None:
    steps = CaseStep.objects.filter(case__authority__slug="sarpsborg").order_by("position")
    assert steps.count() == 15
    assert set(steps.filter(precision="day").values_list("starts_on__month", "starts_on__day")) == {(3, 2), (6, 1)}


def test_what_came_out_of_sarpsborgs_process_is_left_open(demo: None) -> None:
    plan = Plan.objects.get(authority__slug="sarpsborg")
    case = plan.case_links.get(purpose="adoption").case
    final = case.steps.filter(description="Sluttbehandling")
    assert set(final.values_list("outcome", "precision")) == {("pending", "month")}
    assert plan.status == "hearing"


def test_kongsvingers_strategy_waits_for_each_members_own_council(demo: None) -> None:
    plan = Plan.objects.get(authority__slug="kongsvingerregionen", slug="naeringsstrategi")
    deciding = plan.case_links.get(purpose="adoption").case.steps.filter(activity="decision")
    assert set(deciding.values_list("body__authority__slug", flat=True)) == {
        "kongsvinger", "eidskog", "grue", "nord-odal", "sor-odal", "asnes"
    }  # fmt: skip
    assert set(deciding.values_list("outcome", flat=True)) == {"pending"}
    assert plan.status == "draft"


def test_every_adopted_plan_rests_on_resolutions_marked_as_invented(demo: None) -> None:
    adopted = Plan.objects.filter(status="adopted", authority__slug__in=["halden", "ostre-toten", "gjovikregionen"])
    assert adopted.count() == 3
    for plan in adopted:
        steps = CaseStep.objects.filter(case__plan_links__plan=plan, activity="decision")
        assert steps.exists()
        assert not steps.exclude(outcome="adopted", invented=True).exists()


def test_gjovikregionens_plan_is_decided_by_its_five_members(demo: None) -> None:
    plan = Plan.objects.get(authority__slug="gjovikregionen")
    steps = plan.case_links.get().case.steps
    assert set(steps.values_list("body__authority__slug", flat=True)) == {
        "gjovik", "ostre-toten", "vestre-toten", "nordre-land", "sondre-land"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("slug", "due", "precision", "state"),
    [
        ("organisering-av-naering-og-sted", dt.date(2020, 6, 26), "day", rules.RoundState.CLOSED),
        ("naeringsfond", dt.date(2020, 6, 10), "day", rules.RoundState.ANSWERED),
        ("begrenset-horing", dt.date(2023, 9, 1), "month", rules.RoundState.CLOSED),
        ("apen-horing", None, "day", rules.RoundState.CLOSED),
        ("levende-sentrum", dt.date(2027, 1, 29), "day", rules.RoundState.OPEN),
    ],
)
def test_each_round_has_the_date_its_source_prints(demo: None, slug: str, due: Any, precision: str, state: Any) -> None:
    found = InputRound.objects.get(slug=slug)
    assert (found.due_on, found.due_precision, rules.round_state(found.facts, TODAY)) == (due, precision, state)


def test_all_input_is_invented_and_the_fund_round_is_answered_in_full(demo: None) -> None:
    loaded = InputRound.objects.filter(pk__in=[key.partition(":")[0] for key in _written("round")])
    assert loaded.count() == 5
    assert not Input.objects.filter(round__in=loaded, invented=False).exists()
    assert not Invitation.objects.filter(round__in=loaded, invented=False).exists()
    fund = Input.objects.filter(round__slug="naeringsfond")
    assert set(fund.values_list("answer__consequence", flat=True)) == {"taken_in", "partly", "not"}


def test_haldens_open_round_has_something_to_try(demo: None) -> None:
    found = InputRound.objects.get(slug="levende-sentrum")
    assert (found.invitations.count(), found.inputs.count(), found.inputs.unanswered().count()) == (3, 2, 1)
    assert found.case.officer.email == "saksbehandler@halden.example"  # type: ignore[union-attr]
    assert found.inputs.get(number=1).plan_effects.get().measure.current_entry.title.startswith("Levende sentrum")


def test_templates_are_shared_and_hold_the_ways_of_the_sources(demo: None) -> None:
    regional, programme = PathTemplate.objects.filter(is_shared=True).order_by("authority__slug")
    assert list(regional.steps.values_list("stage", "body_kind", "each_member")) == [
        (1, "board", False), (2, "representatives", False), (3, "joint", False), (4, "", True)
    ]  # fmt: skip
    assert programme.steps.count() == 15
    assert list(programme.steps.values_list("starts_month", "ends_month").order_by("position"))[-3:] == [
        (6, 8), (10, None), (10, None)
    ]  # fmt: skip


def test_rows_of_version_2_become_those_of_version_3(halden_plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo before reports: statuses as they stand, reasons in notes, the live view open to all."""
    title = "Stasjonsområdet og Nyhavn som næringsområde"
    part = halden_plan.participations.get(measure__current_entry__title=title)
    note = "Årsak: Grunnundersøkelsene tok lengre tid enn ventet. (oppdiktet)"
    MeasureParticipation.objects.filter(pk=part.pk).update(note=note)
    part.refresh_from_db()
    line = DemoLoad.objects.get(key__startswith="participation:halden/", key__endswith="/2.1.3")
    DemoLoad.objects.filter(key=line.key).update(version=2, content_hash=shelf.stamp(part))
    load_demo(DEMO_VERSION + 1)
    part.refresh_from_db()
    assert part.note == ""
    assert halden_plan.reports.count() == 2


def test_indre_ostfolds_prize_has_a_year_that_is_over_and_one_that_is_open(demo: None) -> None:
    prize = Prize.objects.get(slug="naeringspris")
    assert not prize.invented and prize.source.startswith("Indre Østfold kommune")
    assert list(prize.categories.values_list("name", flat=True)) == [
        "Miljø", "Bærekraft", "Innovasjon", "Entreprenørskap"
    ]  # fmt: skip
    assert set(prize.working_group.members.values_list("capacity", flat=True)) == {"business", "elected"}  # type: ignore[union-attr]
    assert prize.served.get().goal.title == "Næringsutvikling"
    now, last = prize.rounds.all()
    assert (now.state, last.state) == ("published", "announced")
    decided = CategoryDecision.objects.filter(category__round=last).exclude(minutes=None)
    assert Counter(decided.values_list("outcome", flat=True)) == {"winner": 3, "none": 1}
    won = prize.winners.exclude(decision=None)
    assert won.count() == 3 and not won.filter(diploma=None).exists()
    assert set(prize.winners.filter(decision=None).values_list("source", flat=True)) == {"Oppdiktet for demoen"}
    assert Counter(now.candidates.values_list("answer", flat=True)) == {"": 5, "accepted": 1, "declined": 1}
    assert sorted(now.nominations.values_list("candidate__name").annotate(n=Count("pk")).values_list("n", flat=True)) == [
        1, 1, 1, 1, 1, 1, 3
    ]  # fmt: skip
    assert [sorted(one.name for one in pair) for pair in gathering.alike(now.candidates.all())] == [
        ["Oppdiktet Sag & Høvleri", "Oppdiktet Sag og Høvleri AS"]
    ]


def test_the_year_that_is_over_has_a_vote_that_was_cast_closed_and_counted(demo: None) -> None:
    last = PrizeRound.objects.get(prize__slug="naeringspris", state="announced")
    counted = VoteCount.objects.get(round=last)
    voters = Voter.objects.filter(round=last)
    assert (counted.voters, voters.filter(has_voted=True).count(), voters.count()) == (29, 29, 32)
    assert counting.still_adds_up(counted)
    assert sha256(counting.ballots_as_text(last)).hexdigest() == counted.sha256
    votes = {line["candidate"].name: line["votes"] for row in counting.results_of(counted) for line in row["lines"]}
    assert sum(votes.values()) == counted.ballots and votes["Oppdiktet Sykkelverksted AS"] == 17
    assert last.vote_closes_at and last.ceremony_at and last.vote_closes_at < last.ceremony_at
    assert last.vote_closes_at < counted.counted_at
    assert not voters.exclude(address__endswith=".example").exists() and not voters.filter(invented=False).exists()
    assert not Notice.objects.filter(kind=counting.KIND).exists()
    assert "da demonstrasjonen ble lastet" in last.text


def test_anyone_reads_the_finished_rounds_count_and_its_hash_marked_as_invented(demo: None, client: Client) -> None:
    last = PrizeRound.objects.get(prize__slug="naeringspris", state="announced")
    numbers = reverse("vote_numbers", args=["indre-ostfold", "naeringspris", last.year])
    assert numbers in client.get(last.get_absolute_url()).content.decode()
    html = client.get(numbers).content.decode()
    assert VoteCount.objects.get(round=last).sha256 in html
    assert html.count("oppdiktet</span>") == 7, "the round, and each of the six finalists"


def test_a_jury_is_at_work_with_the_invented_prize_and_one_member_is_out(demo: None) -> None:
    at_work = PrizeRound.objects.get(prize__slug="arets-ildsjel")
    assert at_work.state == "judging" and at_work.vote_opens_at and at_work.prize.invented
    sheets = JurySheet.objects.filter(category__round=at_work)
    assert (sheets.count(), sheets.filter(handed_in_at=None).get().member.user.email) == (  # type: ignore[union-attr]
        5, "jury@indre-ostfold.example"
    )  # fmt: skip
    tied = Declaration.objects.get(case__candidate__round=at_work, answer="tie")
    assert not tied.ruling.is_impartial
    assert not sheets.filter(category=tied.case.candidate.category, member=tied.member).exists()


def test_nobody_in_the_demos_prizes_is_real(demo: None) -> None:
    for model in (PrizeStatutes, PrizeRound, Candidate, Nomination, CategoryDecision, Winner):
        ours = model.objects.filter(authority__slug="indre-ostfold")
        assert ours.exists() and not ours.filter(invented=False).exists()
    for model, name in ((Candidate, "name"), (Winner, "name"), (Nomination, "nominator_name")):
        ours = model.objects.filter(authority__slug="indre-ostfold")
        assert not ours.exclude(**{f"{name}__startswith": "Oppdiktet "}).exists()


def test_there_is_a_sign_in_for_every_role_with_the_demos_password(demo: None) -> None:
    assert {fact.role for fact in USERS} == {*Role.values, ""}
    officer = User.objects.get(email="saksbehandler@halden.example")
    assert officer.check_password(DEMO_PASSWORD)
    assert User.objects.get(email="drift@portal.example").is_superuser


def test_a_second_load_changes_nothing(demo: None) -> None:
    before = everything()
    assert load_demo() is False
    assert everything() == before


def test_a_newer_version_with_the_same_facts_changes_nothing(demo: None) -> None:
    before = everything()
    assert load_demo(DEMO_VERSION + 1) is True
    assert everything() == before
    assert DemoLoad.objects.get(key=VERSION_KEY).version == DEMO_VERSION + 1


def test_a_newer_version_brings_new_wording_to_rows_no_one_has_touched(
    demo: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    _reword_aremark(monkeypatch)
    load_demo(DEMO_VERSION + 1)
    assert Authority.objects.get(slug="aremark").tagline == "Nytt"


def test_what_a_user_changed_survives_a_newer_version(demo: None, monkeypatch: pytest.MonkeyPatch) -> None:
    Authority.objects.filter(slug="aremark").update(tagline="Vårt eget")
    _reword_aremark(monkeypatch)
    load_demo(DEMO_VERSION + 1)
    load_demo(DEMO_VERSION + 2)
    assert Authority.objects.get(slug="aremark").tagline == "Vårt eget"


def test_what_a_user_deleted_stays_deleted(halden_plan: Plan) -> None:
    gone = halden_plan.participations.get(measure__current_entry__title="Dypere farled i Iddefjorden")
    gone.delete()
    milestones = Milestone.objects.count()
    load_demo(DEMO_VERSION + 1)
    assert halden_plan.participations.count() == 70
    assert Milestone.objects.count() == milestones


def test_rows_of_version_1_are_ours_though_their_tables_have_grown(demo: None) -> None:
    step = CaseStep.objects.get(case__authority__slug="kongsvingerregionen", body__authority__slug="grue")
    CaseStep.objects.filter(pk=step.pk).update(body=None, actor="Kommunestyret i Grue")
    changed = CaseStep.objects.get(pk=step.pk)
    known_then = [f for f in shelf.content_fields(CaseStep) if f.name not in shelf.LATER_THAN_1["portal.casestep"]]
    line = DemoLoad.objects.get(key="step:kongsvinger-naeringsstrategi/6")
    DemoLoad.objects.filter(key=line.key).update(
        version=1, content_hash=f"{step.pk}:{shelf.hash_of(changed, known_then)}"
    )
    load_demo(DEMO_VERSION + 1)
    changed.refresh_from_db()
    assert (changed.body_id, changed.actor) == (step.body_id, "")


def test_input_is_never_rewritten_by_a_newer_version(demo: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.demo import rounds_loader

    reworded = tuple(
        replace(fact, inputs=tuple(replace(said, text="Nytt") for said in fact.inputs)) for fact in rounds_loader.ROUNDS
    )
    monkeypatch.setattr(rounds_loader, "ROUNDS", reworded)
    load_demo(DEMO_VERSION + 1)
    assert not Input.objects.filter(text="Nytt").exists()


def test_the_command_refuses_to_bring_open_sign_ins_into_production(settings: Any) -> None:
    settings.DEMO = settings.TESTING = False
    with pytest.raises(CommandError, match="DEMO=true"):
        call_command("load_demo")


def _written(kind: str) -> list[str]:
    return list(DemoLoad.objects.filter(key__startswith=f"{kind}:").values_list("content_hash", flat=True))


def _reword_aremark(monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.demo import loader

    facts = tuple(replace(f, tagline="Nytt") if f.slug == "aremark" else f for f in loader.AUTHORITIES)
    monkeypatch.setattr(loader, "AUTHORITIES", facts)
