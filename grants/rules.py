"""What may be paid of a grant, and what stands in the way. Pure: facts and a date in, answer out; whole kroner.

Matching follows the money: what is paid, with what is asked for now, must be matched by what is documented. A grant
of 915 with 300 documented, where others pay as much, can be paid 300; paid in full, all of it is matched.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from enum import StrEnum


class Kind(StrEnum):
    """The kinds of conditions (`grants.models.Condition.Kind`)."""

    MATCHING = "matching"
    BY_DATE = "by_date"
    REPORT = "report"
    HOLDBACK = "holdback"
    ATTESTED = "attested"


class Counted(StrEnum):
    """How far a source of financing has come, as far as conditions care."""

    PLEDGED = "pledged"
    SENT = "sent"
    DOCUMENTED = "documented"
    RETURNED = "returned"


@dataclass(frozen=True)
class Source:
    """What someone else pays."""

    payer_class: str
    amount_nok: int
    state: Counted
    in_kind: bool = False


@dataclass(frozen=True)
class ConditionFacts:
    """One condition of a grant that binds its recipient."""

    pk: int
    kind: Kind
    title: str
    is_settled: bool = False
    """Met or waived, by someone's word; a matching condition is only ever waived."""
    is_reported: bool = False
    """The report it asks for is approved."""
    due_on: dt.date | None = None
    share_percent: int = 0
    classes: frozenset[str] = frozenset()
    counts_in_kind: bool = False
    holdback_percent: int = 0
    is_sent: bool = False
    """A report for it is sent, and waits to be read."""


@dataclass(frozen=True)
class GrantFacts:
    """What a grant holds, and what it rests on."""

    committed_nok: int
    released_nok: int
    paid_nok: int
    conditions: tuple[ConditionFacts, ...] = ()
    sources: tuple[Source, ...] = ()
    underway_nok: int = 0
    """Asked for and not yet in the ledger, other than what is asked about."""
    is_accepted: bool = True
    """The applicant has said yes to it; one that answers no application is never asked."""

    @property
    def held_nok(self) -> int:
        """What the grant is worth now: committed, less what has lapsed."""
        return self.committed_nok - self.released_nok

    @property
    def unpaid_nok(self) -> int:
        return self.held_nok - self.paid_nok


@dataclass(frozen=True)
class Matching:
    """The running total of one matching condition, for the treasurer."""

    condition: ConditionFacts
    required_nok: int
    """What must be documented before what is asked about can be paid."""
    required_in_all_nok: int
    """What must be documented before all of the grant is paid."""
    documented_nok: int
    waiting_nok: int
    """Sent, and waits to be read."""

    @property
    def missing_nok(self) -> int:
        return max(self.required_nok - self.documented_nok, 0)

    @property
    def missing_in_all_nok(self) -> int:
        return max(self.required_in_all_nok - self.documented_nok, 0)

    @property
    def unsent_nok(self) -> int:
        """What of the missing nobody has sent."""
        return max(self.missing_nok - self.waiting_nok, 0)

    @property
    def unsent_in_all_nok(self) -> int:
        return max(self.missing_in_all_nok - self.waiting_nok, 0)


@dataclass(frozen=True)
class Obstacle:
    """One thing that stands in the way of a payout: a condition, or the grant's own amount (`condition` None)."""

    condition: ConditionFacts | None
    missing_nok: int = 0
    waiting_nok: int = 0
    """Of what is missing, this much is sent and waits to be read."""
    is_acceptance: bool = False
    """The applicant has not accepted the grant."""

    @property
    def unsent_nok(self) -> int:
        """What of the missing nobody has sent."""
        return self.missing_nok - self.waiting_nok


def share_of(amount_nok: int, percent: int) -> int:
    """Return so many per cent of an amount, in whole kroner, rounded up: never a krone less than asked for."""
    return -(-amount_nok * percent // 100)


def counted(condition: ConditionFacts, sources: tuple[Source, ...], state: Counted) -> int:
    """Return the sum of the sources in this state that a matching condition counts."""
    return sum(
        source.amount_nok
        for source in sources
        if source.state is state
        and source.payer_class in condition.classes
        and (condition.counts_in_kind or not source.in_kind)
    )


def as_if_read(facts: GrantFacts) -> GrantFacts:
    """Return a grant's facts as they are if all that is sent is approved."""
    sources = tuple(replace(s, state=Counted.DOCUMENTED) if s.state is Counted.SENT else s for s in facts.sources)
    conditions = tuple(replace(c, is_reported=c.is_reported or c.is_sent, is_sent=False) for c in facts.conditions)
    return replace(facts, sources=sources, conditions=conditions)


def matching(facts: GrantFacts, condition: ConditionFacts, asked_nok: int = 0) -> Matching:
    """Return where a matching condition stands if `asked_nok` more is paid."""
    return Matching(
        condition,
        required_nok=share_of(facts.paid_nok + facts.underway_nok + asked_nok, condition.share_percent),
        required_in_all_nok=share_of(facts.held_nok, condition.share_percent),
        documented_nok=counted(condition, facts.sources, Counted.DOCUMENTED),
        waiting_nok=counted(condition, facts.sources, Counted.SENT),
    )


def _is_over(condition: ConditionFacts) -> bool:
    return condition.is_settled or condition.is_reported


def obstacles(facts: GrantFacts, asked_nok: int, today: dt.date) -> list[Obstacle]:
    """Return what stands in the way of paying `asked_nok` more on this day, in the conditions' order; or nothing.

    What waits to be read is not counted; each obstacle says how much of it would help.
    """
    found = [] if facts.is_accepted else [Obstacle(None, is_acceptance=True)]
    beyond = facts.paid_nok + facts.underway_nok + asked_nok - facts.held_nok
    if beyond > 0:
        found.append(Obstacle(None, missing_nok=beyond))
    for condition in facts.conditions:
        if _is_over(condition):
            continue
        if condition.kind is Kind.MATCHING:
            stands = matching(facts, condition, asked_nok)
            if stands.missing_nok:
                found.append(Obstacle(condition, stands.missing_nok, min(stands.waiting_nok, stands.missing_nok)))
        elif condition.kind is Kind.HOLDBACK:
            kept = share_of(facts.held_nok, condition.holdback_percent)
            over = facts.paid_nok + facts.underway_nok + asked_nok - (facts.held_nok - kept)
            if over > 0:
                found.append(Obstacle(condition, missing_nok=over))
        elif condition.kind is Kind.BY_DATE:
            if condition.due_on is not None and today > condition.due_on:
                found.append(Obstacle(condition))
        else:
            found.append(Obstacle(condition))
    return found


def payable_nok(facts: GrantFacts, today: dt.date) -> int:
    """Return the most that can be paid on this day, in whole kroner; nought when something stands in the way."""
    most = facts.unpaid_nok - facts.underway_nok if facts.is_accepted else 0
    for condition in facts.conditions:
        if _is_over(condition):
            continue
        if condition.kind is Kind.MATCHING:
            documented = counted(condition, facts.sources, Counted.DOCUMENTED)
            most = min(most, documented * 100 // condition.share_percent - facts.paid_nok - facts.underway_nok)
        elif condition.kind is Kind.HOLDBACK:
            kept = share_of(facts.held_nok, condition.holdback_percent)
            most = min(most, facts.held_nok - kept - facts.paid_nok - facts.underway_nok)
        elif condition.kind is Kind.BY_DATE:
            if condition.due_on is not None and today > condition.due_on:
                return 0
        else:
            return 0
    return max(most, 0)


def holds_in(first_year: int | None, last_year: int | None, year: int) -> bool:
    """Say whether a condition of a scheme holds for a grant of this year; an open end holds for ever."""
    return (first_year is None or first_year <= year) and (last_year is None or year <= last_year)


def signers_differ(persons: int, prepared_by: int, attested_by: int | None, approved_by: int | None) -> bool:
    """Say whether those who sign a payout are as many as the authority asks for.

    Three: all differ. Two: who prepares may attest. Who approves has never done either.
    """
    if attested_by is not None and persons == 3 and attested_by == prepared_by:
        return False
    return approved_by is None or approved_by not in (prepared_by, attested_by)
