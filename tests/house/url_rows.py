"""Who asks, and the shape of a row in the tables of addresses."""

from __future__ import annotations

from dataclasses import dataclass, field

PUBLIC = ["anonymous", "stranger", "citizen", "manager", "colleague", "elected", "forum_reviewer", "jury"]
"""People for whom the case pages do not open."""
CASEWORKERS = [
    "guest_officer", "officer", "leader", "decision_maker", "finance_preparer", "attester", "approver", "editor",
    "region_secretary", "neighbour", "operator",
]  # fmt: skip
EVERYBODY = PUBLIC + CASEWORKERS
AT_HOME = ["officer", "leader", "decision_maker", "finance_preparer", "attester", "approver", "editor", "operator"]
"""Caseworkers who see all of the home authority's rows."""
OTHERS_AT_HOME = ["elected", "forum_reviewer", "jury", "guest_officer"]
"""People with another role there: they are known, but the caseworkers' pages do not open."""


def all_get(status: int, **others: int) -> dict[str, int]:
    return {**dict.fromkeys(EVERYBODY, status), **others}


def only(people: list[str], status: int, rest: int, **others: int) -> dict[str, int]:
    return {**all_get(rest), **dict.fromkeys(people, status), **others}


ANYONE = all_get(200)
SIGNED_IN = all_get(200, anonymous=302)
NOT_SIGNED_IN = all_get(302, anonymous=200)
"""Pages that make sense only before signing in; others are led on."""
STAFF = only(CASEWORKERS, 200, rest=403, anonymous=302)
"""The case pages: who is not signed in is led there, who has no business there is told so."""
NOWHERE = all_get(404)
TELLS_OWN = only(["officer", "leader", "region_secretary", "neighbour", "operator"], 200, rest=403, anonymous=302)
"""How the machinery goes: for those who are told what has a date, and for the operator."""
LED_ON = all_get(302)


DESK = only(AT_HOME, 200, rest=404, anonymous=302, elected=403, forum_reviewer=403, jury=403)
"""A round's pages for officers: other members of the authority are told no, to others it does not exist."""
DESK_WRITERS = ["officer", "leader", "operator"]
DESK_WRITES = {**DESK, **dict.fromkeys(AT_HOME, 403), **dict.fromkeys(DESK_WRITERS, 200)}
GIVES_OVER = {**DESK_WRITES, "guest_officer": 403}
MEASURES = {**DESK, "guest_officer": 403}
MEASURES_WRITES = {**DESK_WRITES, "guest_officer": 403}
SEES_WAITING = only([*AT_HOME, "elected", "forum_reviewer"], 200, rest=404)
"""A report that is frozen and not released."""
RELEASES = {**DESK, **dict.fromkeys(AT_HOME, 403), "leader": 200, "operator": 200}
SHARED_DESK = {**DESK, "neighbour": 200, "region_secretary": 200}
"""Pages of a region's plan for officers: of the region, and of each authority that takes part."""


@dataclass(frozen=True)
class Row:
    """One address, how it is asked, and its answers."""

    address: str
    answers: dict[str, int]
    method: str = "get"
    data: dict[str, str] = field(default_factory=dict)
