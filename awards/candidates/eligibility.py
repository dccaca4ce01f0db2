"""Who can win by the statutes: what is known of a nominee held against the rules of the round.

What stands in the way is shown to the officer, who decides; the plainest of it is told to who nominates, at once.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from awards import obstacle_words, rules
from awards.models import Candidate, PrizeRound, Winner
from awards.rules import Nominee, Obstacle, Terms, Win

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.integrations.register import Unit

AT_THE_DOOR = (
    Obstacle.ITSELF, Obstacle.PUBLIC, Obstacle.KIND, Obstacle.DELETED, Obstacle.BANKRUPT, Obstacle.DISSOLVING,
    Obstacle.WON_LATELY,
)  # fmt: skip
"""What is so plain that a nomination is not taken; of the rest a register may be behind, and an officer decides."""


# ---- the rules ----


def terms_of(round_: PrizeRound, *, public: bool = False) -> Terms:
    """Return the round's rules about who can win, with who has won; `public` tells of announced winners alone."""
    statutes, authority = round_.statutes, round_.authority
    return Terms(
        year=round_.year, nominees=frozenset(statutes.nominees), local_only=statutes.local_only,
        municipality=authority.municipality_number, repeat_years=statutes.repeat_years,
        smallest_age=statutes.smallest_age, needs_accounts=statutes.needs_accounts,
        own_names=frozenset({rules.name_key(authority.full_name), rules.name_key(f"{authority.name} kommune")}),
        wins=tuple(_wins(round_, public=public)) if statutes.repeat_years else (),
    )  # fmt: skip


def _wins(round_: PrizeRound, *, public: bool) -> Iterable[Win]:
    """Return who won the prize near this round, in its own year too: nobody wins two categories of it."""
    near = (round_.year - round_.statutes.repeat_years, round_.year + round_.statutes.repeat_years)
    rows = Winner.objects.filter(prize=round_.prize_id, year__range=near)
    for win in rows.values_list("year", "kind", "name", "number", "decision__candidate"):
        yield Win(*win)
    if public:
        return
    decided = Candidate.objects.filter(
        decision__isnull=False, round__prize=round_.prize_id, round__year__range=near,
        round__state__in=[PrizeRound.State.JUDGING, PrizeRound.State.VOTING, PrizeRound.State.DECIDED],
    )  # fmt: skip
    for win in decided.values_list("round__year", "kind", "name", "number", "pk"):
        yield Win(*win)


# ---- what is known of a nominee ----


def copy_of(unit: Unit) -> dict[str, Any]:
    """Return what is kept of a unit as the register showed it."""
    return {
        "number": unit.number, "name": unit.name, "form": unit.form, "municipality": unit.municipality,
        "place": unit.place, "industry": unit.industry, "bankrupt": unit.bankrupt, "closing": unit.closing,
        "deleted_on": unit.deleted_on.isoformat() if unit.deleted_on else None,
        "founded_on": unit.founded_on.isoformat() if unit.founded_on else None, "accounts_year": unit.accounts_year,
    }  # fmt: skip


def nominee_of(kind: str, name: str, number: str, copy: dict[str, Any] | None, candidate: int | None = None) -> Nominee:
    """Return what is known of a nominee, from what was written and the copy of the register."""
    said = copy or {}
    return Nominee(
        kind=kind, name=name, number=number, form=said.get("form") or "", municipality=said.get("municipality") or "",
        is_bankrupt=bool(said.get("bankrupt")), is_dissolving=bool(said.get("closing")),
        is_deleted=bool(said.get("deleted_on")), founded_on=day(said.get("founded_on")),
        accounts_year=said.get("accounts_year"), is_known=bool(said), candidate=candidate,
    )  # fmt: skip


def day(text: Any) -> dt.date | None:
    """Return a date of a copy of the register."""
    return dt.date.fromisoformat(text) if text else None


# ---- what stands in the way ----


def obstacles_among(round_: PrizeRound, candidates: Iterable[Candidate], on: dt.date) -> dict[int, list[str]]:
    """Return, for each candidate of a round, every reason why it cannot win, in words; two queries for all of them."""
    terms = terms_of(round_)
    known = {row.pk: nominee_of(row.kind, row.name, row.number, row.register_copy, row.pk) for row in candidates}
    return {
        pk: [obstacle_words.words(one, nominee, terms) for one in rules.obstacles(nominee, terms, on)]
        for pk, nominee in known.items()
    }


def obstacles_of(candidate: Candidate, on: dt.date) -> list[str]:
    """Return every reason why a candidate cannot win, in words; empty when it can."""
    return obstacles_among(candidate.round, [candidate], on)[candidate.pk]


def refuse_at_the_door(
    round_: PrizeRound, kind: str, name: str, number: str, unit: Unit | None, on: dt.date | None = None
) -> str:
    """Return why one cannot be nominated, in words for who nominates; nothing when the nomination is taken.

    What is decided and not announced is not told here, nor that one with a number has the name of an earlier winner
    without: an officer sees that, and decides.
    """
    terms = terms_of(round_, public=True)
    if number:
        terms = replace(terms, wins=tuple(win for win in terms.wins if win.number))
    nominee = nominee_of(kind, name, number, copy_of(unit) if unit else None)
    found = rules.obstacles(nominee, terms, on or dt.date(round_.year, 12, 31))
    plain = [one for one in found if one in AT_THE_DOOR]
    return obstacle_words.words(plain[0], nominee, terms) if plain else ""
