"""What the call and the statutes decide of an application. Pure: facts and a date in, answer out; whole kroner."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grants.applying import content as typed
from portal.calendar import add_working_days, party_deadline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from grants.applying.content import Content, Reading


@dataclass(frozen=True)
class Terms:
    """What a call asks for, in figures."""

    share_percent: int | None = None
    cap_nok: int | None = None
    smallest_nok: int | None = None
    own_work_nok: int | None = None
    starts: str = "any"


# ---- sums ----


@dataclass(frozen=True)
class Sums:
    """What a project costs and who pays, in whole kroner."""

    cost_nok: int
    financing_nok: int
    asked_nok: int
    other_public_nok: int
    own_work_cost_nok: int
    own_work_paid_nok: int

    @property
    def public_nok(self) -> int:
        """All public support: this fund's and others'."""
        return self.asked_nok + self.other_public_nok

    @property
    def own_nok(self) -> int:
        """What is not public: own money, own work, private money and loans."""
        return self.financing_nok - self.public_nok

    @property
    def short_nok(self) -> int:
        """What is missing before costs and financing balance; below nought when too much is financed."""
        return self.cost_nok - self.financing_nok

    @property
    def balances(self) -> bool:
        return self.cost_nok == self.financing_nok and self.cost_nok > 0

    def permille(self, part_nok: int) -> int | None:
        """Return a part in tenths of a per cent of the costs; nothing where there are none."""
        return (part_nok * 1000 + self.cost_nok // 2) // self.cost_nok if self.cost_nok else None


def sums(content: Content, reading: Reading) -> Sums:
    def paid(payer: str) -> int:
        rows = zip(content.financing, reading.financing, strict=True)
        return sum(amount for row, amount in rows if row.payer == payer)

    return Sums(
        cost_nok=sum(reading.costs), financing_nok=sum(reading.financing), asked_nok=paid(typed.FUND),
        other_public_nok=paid(typed.PUBLIC),
        own_work_cost_nok=sum(
            amount for row, amount in zip(content.costs, reading.costs, strict=True) if row.kind == typed.OWN_WORK
        ),
        own_work_paid_nok=paid(typed.OWN_WORK),
    )  # fmt: skip


# ---- the largest grant ----


@dataclass(frozen=True)
class Limit:
    """One limit of the statutes: `name` is asked, share or cap."""

    name: str
    amount_nok: int
    binds: bool = False


def limits(terms: Terms, *, asked_nok: int, cost_nok: int, other_public_nok: int) -> list[Limit]:
    """Return every limit on the grant, those that bind marked; the largest allowed grant is the least of them.

    The share counts all public support: what others give leaves less for this fund. Rounded down to whole kroner.
    """
    found = [("asked", asked_nok)]
    if terms.share_percent is not None:
        found.append(("share", max(cost_nok * terms.share_percent // 100 - other_public_nok, 0)))
    if terms.cap_nok is not None:
        found.append(("cap", terms.cap_nok))
    least = min(amount for _name, amount in found)
    return [Limit(name, amount, amount == least) for name, amount in found]


def largest_nok(found: Sequence[Limit]) -> int:
    return min(limit.amount_nok for limit in found)


# ---- scores ----


def score_permille(points: Sequence[tuple[int, int, int]]) -> int:
    """Return the weighted score in thousandths of the best there is, from (points, most points, weight) of each."""
    whole = sum(weight for _points, _most, weight in points)
    if not whole:
        return 0
    return round(sum(1000 * weight * got / most for got, most, weight in points) / whole)


# ---- questions ----


@dataclass(frozen=True)
class Asked:
    """One question of the form."""

    pk: int
    kind: str
    required: bool = True
    options: tuple[str, ...] = ()
    shown_if: int | None = None
    shown_if_answer: str = ""


def shown(questions: Sequence[Asked], answers: Mapping[str, str]) -> list[Asked]:
    """Return the questions that are asked, given the answers so far; one that hangs on a hidden one is hidden too."""
    seen: set[int] = set()
    found = []
    for question in questions:
        if question.shown_if is not None:
            said = answers.get(str(question.shown_if), "")
            if question.shown_if not in seen or said.casefold() != question.shown_if_answer.casefold():
                continue
        seen.add(question.pk)
        found.append(question)
    return found


# ---- dates ----


def is_open(opens_at: dt.datetime, closes_at: dt.datetime | None, published: bool, now: dt.datetime) -> bool:
    return published and opens_at <= now and (closes_at is None or now < closes_at)


def expected_on(received_on: dt.date, closes_on: dt.date | None, weeks: int) -> dt.date:
    """Return the day an answer can be expected: so many weeks after the last day to apply, or after it came."""
    start = max(received_on, closes_on) if closes_on else received_on
    return start + dt.timedelta(weeks=weeks)


def complain_by(notified_on: dt.date) -> dt.date:
    """Return the last day to complain (forvaltningsloven § 29, checked 2026-11-22)."""
    return party_deadline(notified_on)


ACCEPT_WITHIN = dt.timedelta(weeks=4)
"""How long an applicant has to accept a grant, from the day she is notified."""


def accept_by(notified_on: dt.date) -> dt.date:
    """Return the last day to accept a grant."""
    return notified_on + ACCEPT_WITHIN


def is_late(received_on: dt.date, due_on: dt.date) -> bool:
    """Say whether a complaint came after its last day; sent in time suffices, so the day it was sent counts."""
    return received_on > due_on


REGISTER_DAYS = 20


def report_by(occurred_on: dt.date) -> dt.date:
    """Return the last day to tell the national aid register (forordning (EU) 2023/2831 art. 6, checked 2026-11-22)."""
    return add_working_days(occurred_on, REGISTER_DAYS)


# ---- when the project is over ----


@dataclass(frozen=True)
class Final:
    """What the grant comes to on what the project did cost."""

    payable_nok: int
    cut_nok: int
    bound: tuple[str, ...]
    """What bound it: proportion, share."""


def final_grant(
    *, granted_nok: int, budget_nok: int, actual_nok: int, other_public_nok: int, share_percent: int | None
) -> Final:
    """Return the grant on actual costs: cut in proportion where it cost less, and never above the highest share.

    A project that cost more gets no more. Rounded down to whole kroner.
    """
    found = {"proportion": granted_nok * min(actual_nok, budget_nok) // budget_nok if budget_nok else 0}
    if share_percent is not None:
        found["share"] = max(actual_nok * share_percent // 100 - other_public_nok, 0)
    payable = min(granted_nok, *found.values())
    bound = tuple(name for name, amount in found.items() if amount == payable and payable < granted_nok)
    return Final(payable, granted_nok - payable, bound)


def jobs_words(jobs: Decimal | None) -> str:
    """Return a number of jobs as it is written: "2,5", "3"; nothing where none is said."""
    if jobs is None:
        return ""
    return f"{jobs.normalize():f}".replace(".", ",")
