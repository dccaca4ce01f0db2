"""What may be paid of a grant: pure rules, with the cases the seeds tell and those that generated facts find."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants import rules
from grants.rules import ConditionFacts, Counted, GrantFacts, Kind, Source

TODAY = dt.date(2022, 5, 2)
MATCHING = ConditionFacts(1, Kind.MATCHING, "Næringslivet bidrar like mye", share_percent=100,
                          classes=frozenset({"business"}))  # fmt: skip


def grant(*conditions: ConditionFacts, committed: int = 915_000, paid: int = 0, sources: tuple[Source, ...] = (),
          released: int = 0, underway: int = 0) -> GrantFacts:  # fmt: skip
    return GrantFacts(committed, released, paid, conditions, sources, underway)


def business(
    amount: int, state: Counted = Counted.DOCUMENTED, payer: str = "business", *, in_kind: bool = False
) -> Source:
    return Source(payer, amount, state, in_kind)


# ---- matching: Indre Østfold 2022 and 2023 ----


def test_business_pays_as_much_as_the_municipality() -> None:
    facts = grant(MATCHING, sources=(business(915_000),))
    assert rules.obstacles(facts, 915_000, TODAY) == []
    assert rules.payable_nok(facts, TODAY) == 915_000


def test_what_is_missing_is_said_in_kroner() -> None:
    facts = grant(MATCHING, sources=(business(600_000),))
    (obstacle,) = rules.obstacles(facts, 915_000, TODAY)
    assert (obstacle.condition, obstacle.missing_nok) == (MATCHING, 315_000)


def test_a_part_can_be_paid_when_a_part_is_matched() -> None:
    facts = grant(MATCHING, sources=(business(300_000),))
    assert rules.obstacles(facts, 300_000, TODAY) == []
    assert rules.payable_nok(facts, TODAY) == 300_000
    assert rules.payable_nok(replace(facts, paid_nok=300_000), TODAY) == 0


@pytest.mark.parametrize("payer", ["municipality", "own", "state", "other"])
def test_other_municipalities_money_does_not_count(payer: str) -> None:
    facts = grant(MATCHING, sources=(business(915_000, payer=payer),))
    assert rules.obstacles(facts, 915_000, TODAY)[0].missing_nok == 915_000


@pytest.mark.parametrize("state", [Counted.PLEDGED, Counted.SENT, Counted.RETURNED])
def test_only_what_is_documented_counts(state: Counted) -> None:
    facts = grant(MATCHING, sources=(business(915_000, state),))
    assert rules.payable_nok(facts, TODAY) == 0


def test_what_waits_to_be_read_is_told_of() -> None:
    facts = grant(MATCHING, sources=(business(600_000), business(400_000, Counted.SENT)))
    (obstacle,) = rules.obstacles(facts, 915_000, TODAY)
    assert (obstacle.missing_nok, obstacle.waiting_nok) == (315_000, 315_000)


def test_work_counts_only_where_the_condition_says_so() -> None:
    facts = grant(MATCHING, sources=(business(915_000, in_kind=True),))
    assert rules.payable_nok(facts, TODAY) == 0
    assert rules.payable_nok(grant(replace(MATCHING, counts_in_kind=True), sources=facts.sources), TODAY) == 915_000


def test_what_is_under_way_is_matched_too() -> None:
    facts = grant(MATCHING, sources=(business(300_000),), underway=200_000)
    assert rules.payable_nok(facts, TODAY) == 100_000


def test_the_running_total_for_the_treasurer() -> None:
    facts = grant(MATCHING, paid=100_000, sources=(business(300_000), business(50_000, Counted.SENT)))
    stands = rules.matching(facts, MATCHING, 400_000)
    assert (stands.required_nok, stands.documented_nok, stands.waiting_nok) == (500_000, 300_000, 50_000)
    assert (stands.missing_nok, stands.missing_in_all_nok) == (200_000, 615_000)


def test_a_waived_matching_stands_in_no_way() -> None:
    assert rules.obstacles(grant(replace(MATCHING, is_settled=True)), 915_000, TODAY) == []


def test_a_share_is_rounded_up_to_a_whole_krone() -> None:
    assert rules.share_of(1001, 50) == 501


# ---- the others ----


@pytest.mark.parametrize(("today", "stops"), [(dt.date(2020, 12, 31), False), (dt.date(2021, 1, 1), True)])
def test_new_ownership_by_the_end_of_2020(today: dt.date, stops: bool) -> None:
    ownership = ConditionFacts(2, Kind.BY_DATE, "Ny eierstruktur", due_on=dt.date(2020, 12, 31))
    assert bool(rules.obstacles(grant(ownership), 1, today)) is stops
    assert rules.obstacles(grant(replace(ownership, is_settled=True)), 1, today) == []


@pytest.mark.parametrize("kind", [Kind.REPORT, Kind.ATTESTED])
def test_nothing_is_paid_before_a_report_is_approved_or_something_attested(kind: Kind) -> None:
    condition = ConditionFacts(3, kind, "Regnskap")
    assert rules.payable_nok(grant(condition), TODAY) == 0
    assert rules.payable_nok(grant(replace(condition, is_reported=True)), TODAY) == 915_000


def test_a_fifth_is_held_back_until_the_report_is_approved() -> None:
    held = ConditionFacts(4, Kind.HOLDBACK, "Sluttrapport", holdback_percent=20)
    facts = grant(held, committed=100_000)
    assert rules.payable_nok(facts, TODAY) == 80_000
    assert rules.obstacles(facts, 80_000, TODAY) == []
    assert rules.obstacles(facts, 80_001, TODAY)[0].missing_nok == 1
    assert rules.payable_nok(grant(replace(held, is_reported=True), committed=100_000), TODAY) == 100_000


def test_the_grants_own_amount_is_an_obstacle_without_a_condition() -> None:
    (obstacle,) = rules.obstacles(grant(committed=100, paid=60), 41, TODAY)
    assert (obstacle.condition, obstacle.missing_nok) == (None, 1)


@pytest.mark.parametrize(("year", "holds"), [(2021, False), (2022, True), (2023, True), (2024, False)])
def test_a_condition_of_a_scheme_holds_for_its_years(year: int, holds: bool) -> None:
    assert rules.holds_in(2022, 2023, year) is holds
    assert rules.holds_in(None, None, year)


@pytest.mark.parametrize(
    ("persons", "prepared", "attested", "approved", "fine"),
    [
        (3, 1, 2, 3, True), (3, 1, 1, 3, False), (2, 1, 1, 3, True), (2, 1, 2, 2, False), (2, 1, 2, 1, False),
        (3, 1, None, None, True), (3, 1, 2, 1, False),
    ],
)  # fmt: skip
def test_who_signs(persons: int, prepared: int, attested: int | None, approved: int | None, fine: bool) -> None:
    assert rules.signers_differ(persons, prepared, attested, approved) is fine


# ---- whatever the facts ----

amounts = st.integers(0, 10_000)
sources = st.builds(
    Source, st.sampled_from(["business", "own", "municipality"]), amounts, st.sampled_from(Counted), st.booleans()
)
conditions = st.builds(
    ConditionFacts, st.integers(1, 9), st.sampled_from(Kind), st.just("Vilkår"), st.booleans(), st.booleans(),
    st.one_of(st.none(), st.dates(dt.date(2021, 1, 1), dt.date(2023, 1, 1))), st.integers(1, 300),
    st.frozensets(st.sampled_from(["business", "own"]), min_size=1), st.booleans(), st.integers(1, 100),
)  # fmt: skip


@st.composite
def grants(draw: st.DrawFn) -> GrantFacts:
    committed = draw(amounts)
    released = draw(st.integers(0, committed))
    paid = draw(st.integers(0, committed - released))
    underway = draw(st.integers(0, committed - released - paid))
    return GrantFacts(
        committed, released, paid, tuple(draw(st.lists(conditions, max_size=3))),
        tuple(draw(st.lists(sources, max_size=4))), underway,
    )  # fmt: skip


@given(grants(), st.integers(1, 12_000))
def test_what_is_payable_and_what_stands_in_the_way_never_disagree(facts: GrantFacts, asked: int) -> None:
    assert (asked <= rules.payable_nok(facts, TODAY)) is (rules.obstacles(facts, asked, TODAY) == [])


@given(grants())
def test_no_more_is_payable_than_is_left(facts: GrantFacts) -> None:
    assert 0 <= rules.payable_nok(facts, TODAY) <= facts.unpaid_nok - facts.underway_nok


@given(grants(), sources)
def test_more_documentation_never_makes_less_payable(facts: GrantFacts, source: Source) -> None:
    more = replace(facts, sources=(*facts.sources, source))
    assert rules.payable_nok(more, TODAY) >= rules.payable_nok(facts, TODAY)


@given(grants(), conditions)
def test_one_more_condition_never_makes_more_payable(facts: GrantFacts, condition: ConditionFacts) -> None:
    more = replace(facts, conditions=(*facts.conditions, condition))
    assert rules.payable_nok(more, TODAY) <= rules.payable_nok(facts, TODAY)


@given(grants(), st.integers(1, 12_000), st.integers(1, 500))
def test_asking_for_less_is_never_harder(facts: GrantFacts, asked: int, less: int) -> None:
    if rules.obstacles(facts, asked, TODAY) == [] and asked > less:
        assert rules.obstacles(facts, asked - less, TODAY) == []
