"""How de minimis aid is counted, without a database: windows, what is counted once, and the ceilings together."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from grants.minimis_aid import rules
from grants.minimis_aid.rules import DECLARED, OURS, REGISTER, THIS, Row

ON = dt.date(2026, 11, 22)
CEILINGS: dict[str, int | None] = {"de_minimis": 300_000, "sgei": 750_000}


def row(eur: int, on: dt.date = ON, source: str = OURS, **facts: Any) -> Row:
    return Row(source, "974760673", on, eur * 10, Decimal(eur), **facts)


def total(*rows: Row, basis: str = "de_minimis", on: dt.date = ON) -> Decimal:
    return rules.sums(rows, basis=basis, on=on, ceilings=CEILINGS)[0].total_eur


@pytest.mark.parametrize(
    ("decided", "on", "counts"),
    [
        (dt.date(2023, 11, 22), dt.date(2026, 11, 22), False),
        (dt.date(2023, 11, 23), dt.date(2026, 11, 22), True),
        (dt.date(2025, 2, 28), dt.date(2028, 2, 29), False),
        (dt.date(2025, 3, 1), dt.date(2028, 2, 29), True),
        (dt.date(2024, 2, 29), dt.date(2027, 2, 28), True),
        (dt.date(2024, 2, 29), dt.date(2027, 3, 1), False),
    ],
)
def test_exactly_three_years_before_is_outside(decided: dt.date, on: dt.date, counts: bool) -> None:
    assert rules.is_within(decided, on) is counts
    assert total(row(7, decided), row(1, on, THIS), on=on) == (8 if counts else 1)


def test_exactly_at_the_ceiling_passes_and_a_cent_more_does_not() -> None:
    at = rules.sums([row(299_999), row(1, source=THIS)], basis="de_minimis", on=ON, ceilings=CEILINGS)
    assert all(one.fits for one in at) and at[0].margin_eur == 0 and at[0].is_near
    over = [row(300_000), Row(THIS, "974760673", ON, 1, Decimal("0.01"))]
    found = rules.sums(over, basis="de_minimis", on=ON, ceilings=CEILINGS)[0]
    assert not found.fits and found.over_eur == Decimal("0.01")
    assert not rules.sums([row(1)], basis="de_minimis", on=ON, ceilings={})[0].fits, "without a ceiling nothing passes"


def test_a_decision_dated_back_is_held_to_every_three_years_it_falls_in() -> None:
    """Between an older award and a later one: neither window may pass, though the older and the later never meet."""
    back = dt.date(2024, 6, 1)
    rows = [row(100, dt.date(2022, 1, 1)), row(250, dt.date(2026, 5, 1)), row(60, back, THIS)]
    found = rules.sums(rows, basis="de_minimis", on=back, ceilings=CEILINGS)[0]
    assert (found.total_eur, found.last_day) == (310, dt.date(2026, 5, 1))


def test_an_award_in_ledger_register_and_declaration_counts_once_and_two_alike_count_twice() -> None:
    everywhere = [row(10), row(10, source=REGISTER), row(10, source=DECLARED)]
    assert total(*everywhere) == 10
    assert total(*everywhere, row(10, source=REGISTER, key="2")) == 20, "the register has one more of the same"
    assert total(*everywhere, row(10, source=DECLARED, key="2")) == 20, "so says the applicant"
    assert total(row(10, source=REGISTER), row(10, source=DECLARED)) == 10
    assert total(row(10), row(11, source=DECLARED)) == 21, "another amount is another award, until an officer says so"
    assert total(row(10), row(11, source=DECLARED, same=True), row(12, source=DECLARED, outside=True)) == 10
    assert total(row(10, same=True), row(11, source=REGISTER, same=True), row(10, source=DECLARED)) == 10


def test_what_is_annulled_counts_neither_here_nor_in_the_register() -> None:
    assert total(row(10, is_over=True), row(10, source=REGISTER)) == 0
    assert total(row(10, is_over=True), row(10, source=DECLARED)) == 10, "the applicant may mean another"


def test_aid_for_general_services_counts_both_kinds_and_the_other_is_held_to_both_ceilings() -> None:
    services = [row(500_000, basis="sgei"), row(200_000), row(100_000, source=THIS)]
    own, together = rules.sums(services, basis="de_minimis", on=ON, ceilings=CEILINGS)
    assert own.total_eur == 300_000 and own.fits
    assert together.total_eur == 800_000 and not together.fits
    assert total(*services[:2], row(1, source=THIS, basis="sgei"), basis="sgei") == 700_001
    assert rules.room_nok([own, together], services[-1], Decimal(10)) == 500_000


def test_kroner_become_euro_and_cents_as_postgresql_rounds() -> None:
    assert rules.eur(100, Decimal("11.6290")) == Decimal("8.60")
    assert rules.eur(5, Decimal(1000)) == Decimal("0.01"), "half a cent goes up"


def test_each_row_says_whether_it_counts_and_why_not() -> None:
    rows = [row(1, dt.date(2020, 1, 1)), row(2), row(2, source=REGISTER), row(3, basis="sgei"), row(4, source=THIS)]
    marked = {(one.row.source, one.row.nok): one.why for one in rules.marked(rows, basis="de_minimis", on=ON)}
    assert marked == {(OURS, 10): "old", (OURS, 20): "", (REGISTER, 20): "same", (OURS, 30): "other", (THIS, 40): ""}
