"""The demo's money: the printed sums stand exactly, what is not told is open, and the invented thread can be tried."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Sum
from django.test import Client

from grants import facts, rules
from grants.demo import thread
from grants.desk import gate, proposing
from grants.minimis_aid import panel
from grants.models import (
    COUNTERS,
    Application,
    Balance,
    BankAccount,
    BudgetLine,
    Complaint,
    Condition,
    Decision,
    Fund,
    Grant,
    LedgerEntry,
    Payout,
    Pledge,
    Repayment,
    Scheme,
    ServedMeasure,
)
from portal.calendar import oslo_today
from portal.integrations import openid
from portal.management.commands.load_demo import DEMO_VERSION, load_demo
from portal.models import CaseStep, Event, InputRound, Mandate, Organisation, User
from strategy.models import Plan
from tests.databases import pointed_at

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 22)
REAL = ("naering-og-sted", "naeringsfond", "lokalsamfunnsmidler", "naerings-og-byutviklingsfond")
HOMES = ("indre-ostfold", "sarpsborg")


@pytest.fixture(scope="module", autouse=True)
def demo(django_db_setup: None, databases: Any, django_db_blocker: Any) -> Iterator[None]:
    """Load the demo once, into a database of its own; what a test changes there is taken back after it."""
    with databases.clone() as name, django_db_blocker.unblock(), pointed_at(name):
        load_demo()
        yield


def of_demo(model: Any) -> Any:
    """Return the rows of the two authorities that pay in the demo; the tests' own world lies beside them."""
    return model.objects.filter(authority__slug__in=HOMES)


def scheme(slug: str) -> Scheme:
    found: Scheme = of_demo(Scheme).get(slug=slug)
    return found


# ---- what Indre Østfold's presentation says ----


def test_the_five_lines_of_2020_are_adopted_by_recipient_and_sum_to_2335000() -> None:
    lines = BudgetLine.objects.filter(scheme=scheme("naering-og-sted"), year=2020).order_by("position")
    assert list(lines.values_list("recipient__name", "amount_nok", "stage")) == [
        ("Visit Indre Østfold", 620_000, "adopted"), ("Askimbyen", 300_000, "adopted"),
        ("Askimregionen Næringsutvikling", 915_000, "adopted"), ("Mysenregionen", 200_000, "adopted"),
        ("Småbyen Spydeberg", 300_000, "adopted"),
    ]  # fmt: skip
    held = Balance.objects.filter(account__line__in=lines).aggregate(nok=Sum("appropriated_nok"))
    assert held == {"nok": 2_335_000}


def test_each_area_has_its_recommended_frame_each_year_and_it_holds_no_money() -> None:
    lines = BudgetLine.objects.filter(scheme=scheme("naering-og-sted"), year__gt=2020)
    assert sorted(lines.values_list("year", "area", "amount_nok", "stage", "account")) == [
        (year, area, nok, "proposed", None)
        for year in (2021, 2022, 2023)
        for area, nok in (("Næringsutvikling", 915_000), ("Stedsutvikling", 1_620_000))
    ]


def test_the_frame_for_places_is_200000_more_than_2020_and_that_for_business_the_same() -> None:
    lines = BudgetLine.objects.filter(scheme=scheme("naering-og-sted"))
    of = {
        (row["year"], row["area"]): row["nok"]
        for row in lines.values("year", "area").order_by().annotate(nok=Sum("amount_nok"))
    }
    assert of[2021, "Stedsutvikling"] - of[2020, "Stedsutvikling"] == 200_000
    assert of[2021, "Næringsutvikling"] == of[2020, "Næringsutvikling"]


def test_the_recommended_conditions_are_proposed_each_bound_as_it_says() -> None:
    found = {row.kind: row for row in Condition.objects.filter(scheme=scheme("naering-og-sted"))}
    assert {row.stage for row in found.values()} == {"proposed"}
    matching, ownership, own = found["matching"], found["by_date"], found["attested"]
    assert (matching.first_year, matching.last_year, matching.classes, matching.share_percent) == (
        2022, 2023, ["business"], 100
    )  # fmt: skip
    assert ownership.due_on == dt.date(2020, 12, 31) and ownership.line is not None
    assert (ownership.line.year, ownership.line.area) == (2021, "Næringsutvikling")
    assert (own.binds, own.line) == ("authority", None)


@pytest.mark.parametrize(
    ("slug", "purpose", "round_slug", "due"),
    [
        ("naering-og-sted", "organisation", "organisering-av-naering-og-sted", dt.date(2020, 6, 26)),
        ("naeringsfond", "fund", "naeringsfond", dt.date(2020, 6, 10)),
    ],
)
def test_the_two_cases_stand_with_their_input(slug: str, purpose: str, round_slug: str, due: dt.date) -> None:
    link = scheme(slug).case_links.get()
    assert link.purpose == purpose
    assert InputRound.objects.get(case=link.case).slug == round_slug
    assert InputRound.objects.get(case=link.case).due_on == due


def test_the_political_case_is_of_4_september_2020_and_what_came_of_it_is_open() -> None:
    steps = CaseStep.objects.filter(
        case__scheme_links__scheme__in=of_demo(Scheme).filter(slug__in=REAL), activity="decision"
    )
    assert ("pending", dt.date(2020, 9, 4)) in set(steps.values_list("outcome", "starts_on"))
    assert set(steps.values_list("outcome", flat=True)) == {"pending"}
    assert steps.filter(case__scheme_links__purpose="fund", body__kind="executive").exists()


def test_the_fund_has_the_2500000_decided_and_the_rest_up_to_3000000_proposed() -> None:
    fund = Fund.objects.get(scheme=scheme("naeringsfond"))
    assert fund.takes_pledges
    assert fund.account.balance.appropriated_nok == 2_500_000
    assert dict(fund.lines.values_list("stage", "amount_nok")) == {"adopted": 2_500_000, "proposed": 500_000}
    assert not fund.frames.exists(), "no source tells of a frame"


def test_what_is_pledged_is_invented_and_is_no_money() -> None:
    pledge = of_demo(Pledge).get()
    assert pledge.invented and "Oppdiktet" in pledge.payer
    assert pledge.fund.account.balance.contributed_nok == 0


def test_the_project_schemes_are_the_fund_and_the_local_communitys_money_without_a_sum() -> None:
    assert {scheme("naeringsfond").kind, scheme("lokalsamfunnsmidler").kind} == {"fund", "project"}
    assert not scheme("lokalsamfunnsmidler").lines.exists()


def test_nobody_real_has_a_grant_a_payout_or_a_number() -> None:
    assert not of_demo(Grant).filter(organisation__invented=False).exists()
    assert not of_demo(Grant).filter(invented=False).exists()
    in_real = of_demo(Grant).filter(scheme__in=of_demo(Scheme).filter(slug__in=REAL))
    assert not in_real.exclude(case__series="application", scheme__slug="naeringsfond").exists()
    assert not of_demo(Organisation).filter(invented=False).exclude(number="").exists()


# ---- Sarpsborg ----


def test_sarpsborgs_fund_has_1000000_for_2023_to_2026_and_serves_a_measure_there() -> None:
    fund = scheme("naerings-og-byutviklingsfond")
    assert (fund.authority.slug, fund.first_year, fund.last_year) == ("sarpsborg", 2023, 2026)
    assert fund.fund.account.balance.free_nok == 1_000_000
    served = fund.served.get()
    assert served.measure.current_entry.goal.number == "4"
    assert served.plan.authority.slug == "sarpsborg"


# ---- the plan ----


def test_indre_ostfolds_plan_has_two_goals_and_every_scheme_serves_a_measure_of_it() -> None:
    plan = Plan.objects.get(authority__slug="indre-ostfold")
    assert list(plan.goals.order_by("position").values_list("title", flat=True)) == [
        "Næringsutvikling", "Stedsutvikling"
    ]  # fmt: skip
    assert plan.status == "hearing" and plan.live_view_open and plan.invented
    ours = Scheme.objects.filter(authority=plan.authority)
    assert not ours.exclude(served__measure__plan=plan).exists()
    assert not plan.participations.exclude(state="not_started").exists(), "what became of it is not told"


def test_each_line_counts_under_the_goal_of_its_area() -> None:
    of_line = ServedMeasure.objects.filter(scheme=scheme("naering-og-sted"), line__isnull=False)
    assert set(of_line.values_list("line__area", "measure__current_entry__goal__title")) == {
        ("Næringsutvikling", "Næringsutvikling")
    }
    of_scheme = ServedMeasure.objects.get(scheme=scheme("naering-og-sted"), line=None)
    assert of_scheme.measure.current_entry.goal.title == "Stedsutvikling"
    business = BudgetLine.objects.filter(scheme=scheme("naering-og-sted"), area="Næringsutvikling")
    assert of_line.count() == business.count() == 4


# ---- the invented thread ----


def test_everything_of_the_thread_says_that_it_is_invented() -> None:
    ours = scheme("levende-sentrum")
    assert ours.invented and "oppdiktet" in ours.name
    assert all(row.invented and "Oppdiktet" in row.organisation.name for row in of_demo(Grant).all())
    for model in (Payout, Repayment, Condition):
        assert not of_demo(model).filter(grant__isnull=False, invented=False).exists()


@pytest.mark.parametrize(("year", "invented"), [(2020, False), (2026, True)])
def test_a_years_sum_says_when_something_in_it_is_invented(year: int, invented: bool) -> None:
    page = Client().get(f"/indre-ostfold/tildelinger/{year}/").content.decode()
    lede = page.partition('<p class="p-lede">')[2].partition("</p>")[0]
    assert ("oppdiktet" in lede) is invented


def test_the_year_has_285000_left_and_the_proposed_grant_asks_for_more() -> None:
    line = BudgetLine.objects.get(scheme=scheme("levende-sentrum"), year=2026, parent__isnull=False)
    assert line.account is not None and line.account.balance.free_nok == 285_000
    asked = of_demo(Grant).get(state="proposed", scheme__slug="levende-sentrum")
    assert asked.account == line.account and asked.amount_nok > 285_000
    frame = line.parent
    assert frame is not None and frame.account is not None and frame.account.balance.free_nok == 400_000


def test_last_year_has_something_to_carry_over_or_return() -> None:
    line = BudgetLine.objects.get(scheme=scheme("levende-sentrum"), year=2025)
    assert line.account is not None and line.account.balance.free_nok == 150_000


def test_a_payout_stands_at_each_step() -> None:
    assert set(of_demo(Payout).values_list("state", flat=True)) == {"asked", "prepared", "attested", "approved", "paid"}


def test_nothing_stands_in_the_way_of_the_payouts_that_wait() -> None:
    for payout in of_demo(Payout).filter(state__in=facts.UNDER_WAY).select_related("grant"):
        assert rules.obstacles(facts.of_one(payout.grant, but=payout), payout.amount_nok, TODAY) == []


def test_the_christmas_market_can_be_paid_no_more_until_more_is_documented() -> None:
    grant = of_demo(Grant).get(title="Julemarked i Askim")
    known = facts.of_one(grant)
    matching = next(each for each in known.conditions if each.kind is rules.Kind.MATCHING)
    stands = rules.matching(known, matching, 50_000)
    assert (stands.documented_nok, stands.waiting_nok, stands.missing_nok) == (120_000, 30_000, 30_000)
    assert rules.payable_nok(known, TODAY) == 20_000


def test_those_who_sign_are_different_and_hold_their_roles() -> None:
    for payout in of_demo(Payout).exclude(approved_by=None):
        assert payout.persons == 3
        assert len({payout.asked_by_id, payout.prepared_by_id, payout.attested_by_id, payout.approved_by_id}) == 4
    roles = {
        "okonomi@indre-ostfold.example": "finance_preparer", "attestant@indre-ostfold.example": "attester",
        "anviser@indre-ostfold.example": "approver", "leder@indre-ostfold.example": "leader",
    }  # fmt: skip
    for address, role in roles.items():
        assert User.objects.get(email=address).memberships.get(authority__slug="indre-ostfold").role == role


def test_one_acts_for_the_association_and_one_prepares() -> None:
    town = of_demo(Organisation).get(name="Oppdiktet Byforening")
    held = Mandate.objects.holding(TODAY).filter(organisation=town)
    assert dict(held.values_list("user__name", "reach")) == {"Nora Oppdiktet": "acts", "Odd Oppdiktet": "drafts"}
    ways = [row.way for row in openid.offered(town.authority)]
    assert "ansattporten" in ways, "who acts must be able to sign in strongly"


def test_who_asks_for_a_payout_acts_for_the_one_who_gets_it() -> None:
    for payout in Payout.objects.filter(authority__slug__in=HOMES):
        held = Mandate.objects.holding(TODAY).filter(organisation=payout.organisation, user=payout.asked_by)
        assert held.filter(reach="acts").exists()


def test_each_signature_has_its_line_in_the_history() -> None:
    for payout in Payout.objects.filter(authority__slug__in=HOMES):
        kinds = set(
            Event.objects.filter(subject_type="grants.payout", subject_id=payout.pk).values_list("kind", flat=True)
        )
        assert kinds >= {"payout_asked", f"payout_{payout.state}"}


def test_a_bank_account_waits_for_another_than_the_officer_who_entered_it() -> None:
    waits = of_demo(BankAccount).get(state="proposed")
    assert waits.proposed_by.email == "saksbehandler@indre-ostfold.example"
    assert of_demo(BankAccount).filter(organisation=waits.organisation, state="confirmed").exists()
    assert all(number.startswith("9999") for number in of_demo(BankAccount).values_list("number", flat=True))


def test_the_exempt_grants_case_is_exempt_too() -> None:
    grant = of_demo(Grant).get(exempt__field="recipient")
    assert grant.case.access == "exempt" and grant.case.public_title
    assert grant.organisation.name not in grant.case.public_title + grant.title


# ---- the ledger and the loader ----


def test_the_counters_are_the_sums_of_the_entries() -> None:
    kinds = dict(zip(("appropriation", "contribution", "carry_in", "distribute_in", "release", "repayment",
                      "commitment", "payout", "carry_out", "distribute_out", "return"), COUNTERS, strict=True))  # fmt: skip
    for balance in Balance.objects.filter(account__authority__slug__in=HOMES):
        sums = dict(
            LedgerEntry.objects.filter(account=balance.account_id).order_by().values_list("kind")
            .annotate(Sum("amount_nok"))
        )  # fmt: skip
        assert {kind: getattr(balance, name) for kind, name in kinds.items() if getattr(balance, name)} == sums


def everything() -> dict[str, list[Any]]:
    """Return what every table of money holds, and the other rows the thread rests on."""
    models = [*apps.get_app_config("grants").get_models(), Organisation, Mandate]
    return {
        model._meta.label: list(
            model._default_manager.order_by("pk").values_list(
                *(field.attname for field in model._meta.concrete_fields if field.name != "content")
            )
        )
        for model in models
    }


def test_a_newer_version_with_the_same_facts_moves_no_money_and_changes_no_row() -> None:
    before = everything()
    assert load_demo(DEMO_VERSION + 1) is True
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert everything() == before


def test_what_a_user_has_done_with_the_thread_survives_a_newer_version() -> None:
    line = BudgetLine.objects.get(scheme=scheme("levende-sentrum"), year=2027)
    line.stage = "rejected"
    line.save()
    Scheme.objects.filter(slug="levende-sentrum").update(purpose="Vårt eget")
    load_demo(DEMO_VERSION + 1)
    line.refresh_from_db()
    assert line.stage == "rejected" and scheme("levende-sentrum").purpose == "Vårt eget"


def test_a_scheme_a_user_has_made_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from grants.demo import loader

    own = replace(thread.SCHEME, key="another", name="Noe annet")
    monkeypatch.setattr(loader, "SCHEMES", (*loader.SCHEMES, own))
    counted = BudgetLine.objects.count()
    load_demo(DEMO_VERSION + 1)
    assert scheme("levende-sentrum").name == thread.SCHEME.name
    assert BudgetLine.objects.count() == counted


# ---- the business fund ----


def sent(title: str) -> Application:
    found: Application = of_demo(Application).get(title__startswith=title)
    return found


def test_there_is_an_application_at_each_place_and_all_of_them_are_invented() -> None:
    rows = of_demo(Application)
    states = sorted(rows.values_list("state", flat=True))
    assert states == ["draft", "granted", "granted", "refused", *["submitted"] * 5]
    assert not rows.filter(invented=False).exists()
    assert not Decision.objects.filter(application__in=rows, invented=False).exists()
    assert sent("Digital").supplements.get().state == "open"
    assert sent("Høvleri").batch_lines.get().batch.state == "draft"
    assert set(rows.exclude(versions=None).values_list("pk")) == set(rows.exclude(state="draft").values_list("pk"))


def test_nobody_has_declared_for_the_one_that_just_came_and_the_tied_officer_is_out() -> None:
    officer = User.objects.get(email="saksbehandler@indre-ostfold.example")
    assert gate.standing(officer, sent("Garn")) == "unanswered"
    assert gate.standing(officer, sent("Maling")) == "disqualified"


def test_the_granted_one_is_accepted_and_paid_and_the_lapsed_ones_money_is_free_again() -> None:
    paid = Payout.objects.get(grant__decision__application=sent("Isbod"))
    assert (paid.state, paid.paid_on) == ("paid", dt.date(2026, 10, 30))
    assert sent("Isbod").decisions.get().answer == "accepted"
    lapsed = sent("Leie").decisions.get()
    assert (lapsed.answer, lapsed.grant.state) == ("lapsed", "lapsed")
    assert lapsed.grant.account.balance.free_nok == 2_500_000 - 80_000  # what the accepted one holds alone
    assert not of_demo(Decision).filter(letter=None).exists()


def test_the_refused_one_has_a_complaint_in_time() -> None:
    complaint = Complaint.objects.get(decision__application=sent("Nye flagg"))
    assert complaint.state == "received" and complaint.received_on <= complaint.due_on and complaint.invented


def test_the_bakery_is_stopped_by_what_it_has_got_before() -> None:
    bakery = sent("Surdeig")
    stopped = panel.obstacles(panel.of_application(bakery, oslo_today(bakery.submitted_at), bakery.asked_nok))
    assert len(stopped) == 1 and "euro" in stopped[0]
    assert proposing.proposed_of(bakery).amount_nok == 300_000
