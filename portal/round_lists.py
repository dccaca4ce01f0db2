"""Reads input rounds as public pages show them: lists with state and dates in words, documents, the case's way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F, Q

from portal import case_path, round_words, rules
from portal.models import InputRound
from portal.models.base import LastDay
from portal.models.case import Access

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import Authority

OPEN_SHOWN = 5


def lines_of(authority: Authority, today: dt.date) -> list[dict[str, Any]]:
    """Return the public rounds of an authority with what is said of each; one query."""
    rounds = InputRound.objects.public().filter(authority=authority)
    for round_ in (found := list(rounds.order_by(F("due_on").desc(nulls_last=True), "-pk"))):
        round_.authority = authority
    return [line_of(round_, today) for round_ in found]


def open_rounds_of(authority: Authority, today: dt.date) -> dict[str, Any]:
    """Return the rounds that take input now, the first due first, and whether there are others; one query."""
    lines = lines_of(authority, today)
    taking = [line for line in lines if line["state"] in rules.TAKES_INPUT]
    return {"open": sorted(taking, key=first_due), "others": len(lines) > len(taking)}


def first_due(line: dict[str, Any]) -> tuple[bool, Any]:
    """Return what puts the round that is due first on top, and those without a due date last."""
    return line["last"] is None, line["last"]


def line_of(round_: InputRound, today: dt.date) -> dict[str, Any]:
    """Return a round with its state and dates in words."""
    state = rules.round_state(round_.facts, today)
    return {
        "round": round_, "state": state, "standing": f"round_{state}", "last": rules.last_day_of(round_.facts),
        "due": round_words.due_words(round_), "days": round_words.days_words(round_, today),
    }  # fmt: skip


def open_to_all(today: dt.date) -> list[dict[str, Any]]:
    """Return the rounds anyone may answer now and in time, of all authorities, the first due first; one query.

    What is past due is left to the authority's own page, also where it is still taken.
    """
    rounds = InputRound.objects.public().filter(
        Q(opens_on=None) | Q(opens_on__lte=today), Q(closed_on=None) | Q(closed_on__gt=today),
        audience=InputRound.Audience.ALL, is_over=False, answers_published_at=None,
    )  # fmt: skip
    last = LastDay("due_on", "due_precision")
    in_time = rounds.annotate(last=last).filter(Q(last=None) | Q(last__gte=today)).select_related("authority")
    found = in_time.order_by(F("last").asc(nulls_last=True), "pk")[:OPEN_SHOWN]
    return [line for line in (line_of(round_, today) for round_ in found) if line["state"] == rules.RoundState.OPEN]


# ---- what one round's page shows ----


def documents_of(round_: InputRound) -> list[Any]:
    """Return the documents the round hands out: those open to all."""
    return list(round_.documents.filter(document__access=Access.OPEN).select_related("document"))


def path_of(round_: InputRound, today: dt.date) -> list[Any]:
    """Return the way of the round's case, when anyone may read it."""
    return case_path.rows(round_.case, today) if round_.case.access == Access.OPEN else []
