"""The rules of a prize: how far a round has come, who can be nominated, and when two names are one. Pure.

Facts and times come in, answers go out: no database, no clock.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable


# ---- how far a round has come ----


class Phase(StrEnum):
    """What a round is at now, by its state and the clock."""

    DRAFT = "draft"
    UPCOMING = "upcoming"
    OPEN = "open"
    CLOSED = "closed"
    """Nominations have closed, and the jury has not been given them."""
    JUDGING = "judging"
    VOTE_UPCOMING = "vote_upcoming"
    VOTING = "voting"
    VOTE_CLOSED = "vote_closed"
    DECIDED = "decided"
    ANNOUNCED = "announced"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class RoundFacts:
    """What decides a round's phase; times are aware."""

    state: str
    opens_at: dt.datetime | None = None
    closes_at: dt.datetime | None = None
    vote_opens_at: dt.datetime | None = None
    vote_closes_at: dt.datetime | None = None


def phase(facts: RoundFacts, now: dt.datetime) -> Phase:
    """Return how far a round has come; the end of a period is outside it, as in the database."""
    if facts.state == "published":
        if facts.opens_at is not None and now < facts.opens_at:
            return Phase.UPCOMING
        return Phase.OPEN if facts.closes_at is None or now < facts.closes_at else Phase.CLOSED
    if facts.state == "voting":
        if facts.vote_opens_at is not None and now < facts.vote_opens_at:
            return Phase.VOTE_UPCOMING
        return Phase.VOTING if facts.vote_closes_at is None or now < facts.vote_closes_at else Phase.VOTE_CLOSED
    return Phase(facts.state)


# ---- who can be nominated ----

PUBLIC_FORMS = frozenset({"KOMM", "FYLK", "STAT", "ORGL", "KF", "FKF", "IKS"})
"""Organisation forms of the public sector in the register of legal entities (checked 2026-11-22)."""
COMPANY_FORMS = frozenset({"AS", "ASA", "ENK", "ANS", "DA", "NUF", "SA", "KS", "BA", "PRE"})
ASSOCIATION_FORMS = frozenset({"FLI", "STI", "SAM", "ANNA"})


class Obstacle(StrEnum):
    """Why a nominee cannot win; each is said in words by `awards.obstacle_words`."""

    ITSELF = "itself"
    """The municipality itself."""
    PUBLIC = "public"
    BANKRUPT = "bankrupt"
    DISSOLVING = "dissolving"
    DELETED = "deleted"
    KIND = "kind"
    """The statutes do not let such a one be nominated."""
    ELSEWHERE = "elsewhere"
    TOO_YOUNG = "too_young"
    NO_ACCOUNTS = "no_accounts"
    WON_LATELY = "won_lately"


@dataclass(frozen=True)
class Nominee:
    """What is known of a nominee; of a person only her name and, if said, the municipality she belongs to.

    `municipality` is the four digits of the municipality, empty where nobody knows.
    """

    kind: str
    """organisation | person."""
    name: str
    number: str = ""
    form: str = ""
    municipality: str = ""
    is_bankrupt: bool = False
    is_dissolving: bool = False
    is_deleted: bool = False
    founded_on: dt.date | None = None
    accounts_year: int | None = None
    """The last year it has sent annual accounts for."""
    is_known: bool = True
    """Whether a register has answered for it; an unknown one is held back by nothing that only a register says."""
    candidate: int | None = None


@dataclass(frozen=True)
class Win:
    """Who has won the prize, in which year, and as which candidate where it was in the portal."""

    year: int
    kind: str
    name: str
    number: str = ""
    candidate: int | None = None

    @cached_property
    def key(self) -> str:
        return name_key(self.name)


@dataclass(frozen=True)
class Terms:
    """A round's rules about who can win, and what the authority is called."""

    year: int
    nominees: frozenset[str]
    local_only: bool = False
    municipality: str = ""
    repeat_years: int = 0
    smallest_age: int | None = None
    needs_accounts: bool = False
    own_names: frozenset[str] = frozenset()
    """Name keys of the municipality itself."""
    wins: tuple[Win, ...] = ()


def obstacles(nominee: Nominee, terms: Terms, on: dt.date) -> list[Obstacle]:
    """Return every reason why this nominee cannot win, the plainest first; empty when it can."""
    found = list(_by_kind(nominee, terms))
    if nominee.kind == "organisation" and nominee.is_known:
        found += _by_register(nominee, terms, on)
    if terms.local_only and nominee.municipality and terms.municipality not in ("", nominee.municipality):
        found.append(Obstacle.ELSEWHERE)
    if won_lately(nominee, terms) is not None:
        found.append(Obstacle.WON_LATELY)
    return found


def _by_kind(nominee: Nominee, terms: Terms) -> Iterable[Obstacle]:
    if nominee.kind == "person":
        if "person" not in terms.nominees:
            yield Obstacle.KIND
        return
    if name_key(nominee.name) in terms.own_names:
        yield Obstacle.ITSELF
    elif nominee.form in PUBLIC_FORMS:
        yield Obstacle.PUBLIC
    elif not _kinds_of(nominee.form) & terms.nominees:
        yield Obstacle.KIND


def _kinds_of(form: str) -> frozenset[str]:
    """Return what an organisation of this form counts as; of a form nobody knows, either."""
    if form in COMPANY_FORMS:
        return frozenset({"company"})
    return frozenset({"association"}) if form in ASSOCIATION_FORMS else frozenset({"company", "association"})


def _by_register(nominee: Nominee, terms: Terms, on: dt.date) -> Iterable[Obstacle]:
    if nominee.is_deleted:
        yield Obstacle.DELETED
    elif nominee.is_bankrupt:
        yield Obstacle.BANKRUPT
    elif nominee.is_dissolving:
        yield Obstacle.DISSOLVING
    is_company = nominee.form not in ASSOCIATION_FORMS
    if is_company and terms.smallest_age and nominee.founded_on and _years(nominee.founded_on, on) < terms.smallest_age:
        yield Obstacle.TOO_YOUNG
    if is_company and terms.needs_accounts and nominee.number and nominee.accounts_year is None:
        yield Obstacle.NO_ACCOUNTS


def _years(since: dt.date, on: dt.date) -> int:
    """Return whole years from one day to another."""
    return on.year - since.year - ((on.month, on.day) < (since.month, since.day))


def won_lately(nominee: Nominee, terms: Terms) -> Win | None:
    """Return the win so late that it cannot win again: with four years, a winner of 2022 can win in 2026."""
    key = name_key(nominee.name)
    for win in terms.wins:
        is_own = win.candidate is not None and win.candidate == nominee.candidate
        is_late = abs(terms.year - win.year) < terms.repeat_years
        if is_late and not is_own and is_same(win, nominee.kind, nominee.number, key):
            return win
    return None


def is_same(win: Win, kind: str, number: str, key: str) -> bool:
    """Say whether a nominee is who won; PostgreSQL asks the same by `awards_is_same`.

    Two numbers settle it. Where one is not known the names do, but a person is no company with a number and her name.
    """
    if win.number and number:
        return win.number == number
    if (win.number and kind == "person") or (number and win.kind == "person"):
        return False
    return win.key == key


# ---- when two names are one ----

FORMS_IN_NAMES = re.compile(r"\b(as|asa|ans|da|enk|nuf|sa|ba|ks|iks|kf|stiftelsen?)\b")
ALIKE = 0.86
"""How alike two keys are before an officer is asked whether they are one."""
SHORT = 5


def name_key(name: str) -> str:
    """Return what a name is compared by: no case, no punctuation, no form of company, no doubled spaces."""
    text = unicodedata.normalize("NFKC", name).casefold().replace("&", " og ")
    text = re.sub(r"\b([ak])[./]s\b", r"\1s", text)  # A/S, K.S.
    text = re.sub(r"[^\w\s]|_", " ", text)
    short = FORMS_IN_NAMES.sub(" ", text)
    return " ".join((short if short.strip() else text).split())


def are_alike(one: str, other: str) -> bool:
    """Say whether two name keys may be the same nominee; a person decides."""
    if one == other:
        return True
    if min(len(one), len(other)) < SHORT:
        return False
    if sorted(one.split()) == sorted(other.split()) or one.replace(" ", "") == other.replace(" ", ""):
        return True
    if 2 * min(len(one), len(other)) < ALIKE * (len(one) + len(other)):  # too different in length to be alike
        return False
    found = SequenceMatcher(None, one, other, autojunk=False)
    return found.quick_ratio() >= ALIKE and found.ratio() >= ALIKE


def suggestions(keys: Collection[tuple[int, str, str]]) -> list[tuple[int, int]]:
    """Return pairs of candidates, by (id, number, name key), that may be one: never two whose numbers differ."""
    rows = sorted(keys, key=lambda row: row[0])
    found = []
    for place, (one, number, key) in enumerate(rows):
        for other, other_number, other_key in rows[place + 1 :]:
            if number and other_number and number != other_number:
                continue
            if (number and number == other_number) or are_alike(key, other_key):
                found.append((one, other))
    return found
