"""What the officer sees of a vote while it goes on: how many, when, from where, and what may be ballot stuffing.

Never what was voted. A sign is a reason to look, not a proof: a school or a factory is one network too. A single ballot
can never be found and taken out; what the jury makes of a vote that is not to be trusted, it says in its decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Func, Q, Value
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from awards.models import Voter
from portal.money import format_number

if TYPE_CHECKING:
    import datetime as dt

    from awards.models import PrizeRound

MOST_ROWS = 20
FEWEST = 3
"""So many share a domain or a network before it is named: one alone could be known by it."""
FROM_NETWORK, FROM_DOMAIN, NUMBERED = 10, 10, 5
BURST, BURST_TIMES = 30, 5
"""So many in an hour, and so many times the middle hour."""
ASKED, SHARE_WHO_VOTE = 50, 0.5
COMMON_DOMAINS = frozenset({
    "gmail.com", "hotmail.com", "hotmail.no", "outlook.com", "live.no", "live.com", "msn.com", "icloud.com", "me.com",
    "yahoo.com", "yahoo.no", "online.no", "proton.me", "protonmail.com", "getmail.no", "lyse.net", "broadpark.no",
})  # fmt: skip
"""Where many people have their mail without knowing each other."""
VOTED = Count("pk", filter=Q(has_voted=True))


@dataclass(frozen=True)
class Facts:
    """What signs are read from: rows of (what, asked, voted), the most first, and hours with how many asked then."""

    asked: int
    voted: int
    networks: list[tuple[str, int, int]]
    domains: list[tuple[str, int, int]]
    numbered: list[tuple[str, int, int]]
    hours: list[tuple[dt.datetime, int]]


def signs(facts: Facts) -> list[str]:
    """Say in words what may be ballot stuffing, each with what else it may be. Pure."""
    found = []
    for place, (_network, n, _voted) in enumerate(facts.networks, 1):
        if n >= FROM_NETWORK:
            found.append(_("%(n)s addresses asked from network %(place)d. A workplace or a school can be one network.")
                         % {"n": format_number(n), "place": place})  # fmt: skip
    for domain, n, _voted in facts.domains:
        if n >= FROM_DOMAIN and domain not in COMMON_DOMAINS:
            found.append(_("%(n)s addresses end in %(domain)s. Is it an employer or a club that takes part?")
                         % {"n": format_number(n), "domain": domain})  # fmt: skip
    for domain, n, _voted in facts.numbered:
        found.append(_("%(n)s addresses at %(domain)s differ in digits alone, as when one person has made many.")
                     % {"n": format_number(n), "domain": domain})  # fmt: skip
    found += burst(facts.hours)
    if facts.asked >= ASKED and facts.voted < SHARE_WHO_VOTE * facts.asked:
        found.append(_("Fewer than half of those who asked have voted. Someone may have typed in others’ addresses."))
    return found


def burst(hours: list[tuple[dt.datetime, int]]) -> list[str]:
    """Say in which hour far more asked than in others; nothing before there is something to compare with."""
    if len(hours) < 3:
        return []
    numbers = sorted(n for _hour, n in hours)
    middle, (when, most) = numbers[len(numbers) // 2], max(hours, key=lambda row: row[1])
    if most < BURST or most < BURST_TIMES * middle:
        return []
    from portal.templatetags.portal_tags import clock, short_date

    return [
        _("%(n)s asked in the hour from %(day)s %(time)s, far more than in other hours. A mention in the paper can do"
          " that.") % {"n": format_number(most), "day": short_date(when), "time": clock(when)}
    ]  # fmt: skip


# ---- read from the register ----


def facts_of(round_: PrizeRound) -> Facts:
    """Read what is known of a round’s voters; five queries, whatever their number."""
    voters = Voter.objects.filter(round=round_)
    whole = voters.aggregate(asked=Count("pk"), voted=VOTED)
    stem = Func(F("address"), Value(r"\d+"), Value("#"), Value("g"), function="regexp_replace")
    numbered = voters.filter(address__regex=r"^[^@]*\d[^@]*@").annotate(what=stem).order_by()
    alike = numbered.values_list("what").annotate(n=Count("pk"), v=VOTED).filter(n__gte=NUMBERED)
    hours = voters.order_by().values_list("asked_at").annotate(n=Count("pk")).order_by("asked_at")
    return Facts(
        whole["asked"], whole["voted"], most_of(voters, "network"), most_of(voters, "domain"),
        [(stem.rpartition("@")[2], n, voted) for stem, n, voted in alike.order_by("-n", "what")[:MOST_ROWS]],
        list(hours),
    )  # fmt: skip


def most_of(voters: Any, what: str) -> list[tuple[str, int, int]]:
    """Return where most come from, of what is not erased."""
    rows = voters.exclude(**{what: ""}).order_by().values_list(what).annotate(n=Count("pk"), v=VOTED)
    return list(rows.filter(n__gte=FEWEST).order_by("-n", what)[:MOST_ROWS])


def by_day(round_: PrizeRound) -> list[dict[str, Any]]:
    """Return how many asked on each day, how many of them have voted, and how many have in all; one query."""
    rows = Voter.objects.filter(round=round_).order_by().annotate(day=TruncDate("asked_at")).values("day")
    found, so_far = [], 0
    for row in rows.annotate(asked=Count("pk"), voted=VOTED).order_by("day"):
        so_far += row["voted"]
        found.append({**row, "so_far": so_far})
    return found
