"""What changed between two reports of a plan. Pure: contents in, changes out; nothing is asked of the database.

A measure is known by its participation, since its number, title and place may change, and one measure of a regional
plan has one part for each municipality.
"""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from portal.calendar import Precision
from portal.templatetags.portal_tags import STANDINGS
from strategy import sentences
from strategy.content import Change, Changes
from strategy.rows import stated
from strategy.rules import Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from strategy.content import Content
    from strategy.rows import Row

OPEN_AGAIN = {
    Standing.LATE: {Standing.ON_TRACK, Standing.NOT_STARTED},
    Standing.AT_RISK: {Standing.ON_TRACK},
}
"""From what a measure can come back, and to what."""
RESTED = (Standing.DONE, Standing.ON_HOLD, Standing.CANCELLED)
"""From what a measure can be taken up again."""


class Kind(NamedTuple):
    """How one kind of change is told."""

    heading: Any
    icon: str
    colour: str


KINDS: dict[str, Kind] = {
    "late": Kind(gettext_lazy("Became late"), "late", "danger"),
    "at_risk": Kind(gettext_lazy("May be late now"), "risk", "warning"),
    "undated": Kind(gettext_lazy("Lost their date"), "undated", "neutral"),
    "again": Kind(gettext_lazy("Were taken up again"), "ok", "info"),
    "back": Kind(gettext_lazy("Back on track"), "ok", "info"),
    "started": Kind(gettext_lazy("Were started"), "ok", "info"),
    "done": Kind(pgettext_lazy("measures", "Were completed"), "done", "success"),
    "date_moved": Kind(gettext_lazy("Got a new date"), "risk", "neutral"),
    "on_hold": Kind(gettext_lazy("Were put on hold"), "wait", "neutral"),
    "cancelled": Kind(pgettext_lazy("measures", "Were cancelled"), "cancelled", "neutral"),
    "new": Kind(gettext_lazy("New in the plan"), "new", "neutral"),
    "dropped": Kind(gettext_lazy("Taken out of the plan"), "cancelled", "neutral"),
    "target": Kind(gettext_lazy("Targets that stand otherwise"), "behind", "neutral"),
}
"""What asks for attention comes first."""
ORDER = {kind: place for place, kind in enumerate(KINDS)}
BECAME = {
    Standing.LATE: "late", Standing.AT_RISK: "at_risk", Standing.DONE: "done", Standing.ON_HOLD: "on_hold",
    Standing.CANCELLED: "cancelled",
}  # fmt: skip


class Line(NamedTuple):
    """One change as a page shows it."""

    text: str
    address: str
    """On the same page when the measure still stands there, else its own page; empty where it has none."""
    detail: str


class Group(NamedTuple):
    """All changes of one kind."""

    kind: str
    heading: str
    icon: str
    colour: str
    lines: list[Line]


def compare(before: Content, after: Content) -> Changes:
    """Return what has changed in the plan since an earlier report, the most pressing kinds first."""
    was = {row.part_id: row for row in before.rows if row.part_id}
    now = {row.part_id: row for row in after.rows if row.part_id}
    lines = [
        *(line for part, row in now.items() for line in _of_measure(was.get(part), row)),
        *(_line("dropped", row) for part, row in was.items() if part not in now),
        *_of_targets(before, after),
    ]
    head = before.report
    return Changes(
        head.number if head else 0, head.version if head else 1, before.on,
        sorted(lines, key=lambda line: ORDER[line.kind]),
        late_before=sum(row.standing == Standing.LATE for row in before.rows),
    )  # fmt: skip


def _of_measure(was: Row | None, now: Row) -> Iterator[Change]:
    if was is None:
        yield _line("new", now)
        return
    if was.standing != now.standing and (kind := _became(was, now)):
        yield _line(kind, now, was.standing, now.standing)
    if now.standing in (Standing.DONE, Standing.CANCELLED):
        return
    if now.lacks_date and _lost_a_date(was, now):
        yield _line("undated", now, was.standing, now.standing)
    elif moved := _moved(was, now):
        yield _line("date_moved", now, *moved)


def _lost_a_date(was: Row, now: Row) -> bool:
    """Say whether a date was taken away that was not kept: a milestone that is reached is no loss."""
    left = {step.title for step in now.steps}
    taken = any(not step.reached_on and step.title not in left for step in was.steps)
    return taken or (was.due_on is not None and now.due_on is None)


def _became(was: Row, now: Row) -> str:
    """Return what a measure that stands otherwise became; nothing where only its date says so."""
    if was.standing in RESTED and now.standing not in RESTED:
        return "late" if now.standing == Standing.LATE else "again"
    if kind := BECAME.get(now.standing):
        return kind
    if now.standing in OPEN_AGAIN.get(was.standing, ()):
        return "back"
    return "started" if was.standing == Standing.NOT_STARTED else ""


def _moved(was: Row, now: Row) -> tuple[str, str] | None:
    """Return the date the measure is held to, before and after, when it is another; else its first moved milestone.

    Before is empty for one that has got its first date.
    """
    if was.lacks_date and now.is_held_to_date:
        coming = [(step.due_on, step.precision) for step in now.steps if not step.reached_on]
        day, precision = (now.due_on, now.due_precision) if now.due_on else min(coming)
        return "", f"{day} {precision}"
    dates = [((was.due_on, was.due_precision), (now.due_on, now.due_precision))]
    steps = {step.title: step for step in was.steps}
    dates += [
        ((steps[step.title].due_on, steps[step.title].precision), (step.due_on, step.precision))
        for step in now.steps
        if step.title in steps and not step.reached_on
    ]
    for (old, old_precision), (new, new_precision) in dates:
        if old and new and (old, old_precision) != (new, new_precision):
            return f"{old} {old_precision}", f"{new} {new_precision}"
    return None


def _of_targets(before: Content, after: Content) -> Iterator[Change]:
    was = {line.id: line.standing for line in before.targets}
    for line in after.targets:
        if line.id in was and was[line.id] != line.standing:
            yield Change("target", line.id, "", line.title, was[line.id], line.standing, f"mt{line.id}")


def _line(kind: str, row: Row, before: str = "", after: str = "") -> Change:
    anchor = "" if kind == "dropped" else row.anchor
    return Change(kind, row.part_id or 0, row.full_number, row.title, before, after, anchor, row.url)


# ---- as it is told ----


def day_of(text: str) -> str:
    """Return a day that `date_moved` keeps, as it was stated: «31.3.2026», «mars 2026»."""
    day, _space, precision = text.partition(" ")
    return stated(dt.date.fromisoformat(day), Precision(precision or Precision.DAY)) if day else ""


def detail_of(change: Change) -> str:
    """Return what a change went from and to, where the kind does not say it: a date, a standing."""
    facts = {}
    if change.kind == "date_moved" and not change.before:
        return _("now %(after)s") % {"after": day_of(change.after)}
    if change.kind == "date_moved":
        facts = {"before": day_of(change.before), "after": day_of(change.after)}
    elif change.kind in ("target", "again"):
        facts = {name: str(STANDINGS[code].word).lower() for name, code in
                 (("before", change.before), ("after", change.after))}  # fmt: skip
    return _("from %(before)s to %(after)s") % facts if facts else ""


def groups(lines: Iterable[Change]) -> list[Group]:
    """Return the changes by kind, as a page shows them; kinds without any are left out."""
    found = []
    for kind, same in groupby(sorted(lines, key=lambda line: ORDER[line.kind]), key=lambda line: line.kind):
        told = KINDS[kind]
        shown = [
            Line(f"{line.number} {line.title}".strip(), f"#{line.anchor}" if line.anchor else line.url, detail_of(line))
            for line in same
        ]
        found.append(Group(kind, str(told.heading), told.icon, told.colour, shown))
    return found


def introduction(changes: Changes, late: int, measure_word: str) -> str:
    """Return which report this is compared with, and how many were late then and now."""
    day = sentences.long_day(changes.since_on)
    parts = [_("Compared with report no. %(number)s, frozen %(day)s.") % {"number": changes.since_number, "day": day}]
    if changes.late_before is not None:
        parts.append(sentences.late_then_and_now(changes.late_before, late, measure_word))
    return " ".join(parts)


def nothing_else(changes: Changes, measure_word: str, *, has_targets: bool) -> str:
    """Return which kinds of change a reader may look for and that there are none of."""
    kinds = {line.kind for line in changes.lines}
    parts = []
    if not kinds & {"new", "dropped", "cancelled"}:
        several = sentences.several(measure_word)
        parts.append(_("No new %(measures)s, and none cancelled or taken out.") % {"measures": several})
    if has_targets and "target" not in kinds:
        parts.append(_("The targets stand as they did."))
    return " ".join(parts)
