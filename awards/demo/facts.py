"""The shapes the demo's facts about prizes are written in. Data only: no model, no clock; days count from loading."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class SeatFact:
    """A seat in a body: one of the demo's sign-ins, or an invented member who does not sign in."""

    key: str
    capacity: str
    name: str = ""
    user: str = ""
    chair: bool = False


@dataclass(frozen=True)
class BodyFact:
    """A working group or a jury. `key` names one the demo's authorities have; else it is made here."""

    kind: str
    name: str
    seats: tuple[SeatFact, ...]
    key: str = ""


@dataclass(frozen=True)
class StatutesFact:
    """A version of the statutes: its rules as they stand in the columns, and what the jury gives points by."""

    version: int
    text: str
    rules: dict[str, object]
    criteria: tuple[dict[str, object], ...]
    from_days: int


@dataclass(frozen=True)
class SaidFact:
    """One nomination: who nominates, and why. `written` is how the nominee was written, where it was otherwise."""

    by: str
    why: str
    days: int = 0
    is_paper: bool = False
    written: str = ""


@dataclass(frozen=True)
class NomineeFact:
    """A nominee with what was said of her, and how far she has come."""

    key: str
    category: str
    name: str
    said: tuple[SaidFact, ...]
    kind: str = "organisation"
    number: str = ""
    place: str = ""
    email: str = ""
    told: bool = False
    answer: str = ""
    facts: str = ""


@dataclass(frozen=True)
class JudgedFact:
    """One member's points in one category, by candidate: a tuple of points, or nothing where she has not come there."""

    seat: str
    category: str
    points: dict[str, tuple[int, ...]]
    handed_in: bool = True
    comments: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TieFact:
    """A member's tie to one candidate, with the jury's ruling that she is disqualified."""

    seat: str
    candidate: str
    tie: str
    ruling: str


@dataclass(frozen=True)
class OutcomeFact:
    """What the jury decided in a category; without a winner it says why."""

    category: str
    winner: str
    reasons: str
    votes: dict[str, str]
    """By seat: the key of a candidate, or nothing for no winner."""
    grounds: str = ""


@dataclass(frozen=True)
class RoundFact:
    """A year: which, by which version, its days from loading, and all that has happened in it."""

    key: str
    years_back: int
    version: int
    state: str
    days: dict[str, int]
    nominees: tuple[NomineeFact, ...]
    text: str = ""
    place: str = ""
    judged: tuple[JudgedFact, ...] = ()
    ties: tuple[TieFact, ...] = ()
    outcomes: tuple[OutcomeFact, ...] = ()
    remarks: tuple[tuple[str, str, str], ...] = ()
    """(seat, candidate, what was said)"""
    ballots: tuple[tuple[int, tuple[str, ...]], ...] = ()
    """How the public voted: how many, each for these candidates, one in a category; they are the finalists."""


@dataclass(frozen=True)
class WonFact:
    """A winner from before the portal; always invented."""

    years_back: int
    category: str
    name: str
    reasons: str
    place: str = ""


@dataclass(frozen=True)
class PrizeFact:
    """A prize with its bodies, statutes, rounds and earlier winners."""

    key: str
    name: str
    slug: str
    lede: str
    purpose: str
    categories: tuple[tuple[str, str], ...]
    jury: BodyFact
    statutes: tuple[StatutesFact, ...]
    rounds: tuple[RoundFact, ...]
    group: BodyFact | None = None
    earlier: tuple[WonFact, ...] = ()
    goal: str = ""
    """Title of a goal it serves."""
    scheme: str = ""
    source: str = ""
    invented: bool = False
