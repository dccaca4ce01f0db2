"""A target drawn as a bar from start to target, with its four numbers and its growth in words. Pure but for language.

Left end is the start, right end the target; filled as far as today's value has come, with a line across where it was
to be. Grey when the value is too old, a dashed outline when start or value is missing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from strategy import figure_words as words
from strategy.rules import Growth, TargetKind, TargetStanding, Wanted
from strategy.rules.indicators import Observed, growth_a_year, years_between

if TYPE_CHECKING:
    from strategy.content import Point, TargetLine

UNMEASURED = (TargetStanding.NO_BASELINE, TargetStanding.NO_DATA)
AHEAD = (TargetStanding.ON_COURSE, TargetStanding.BEHIND)


class Fact(NamedTuple):
    """One of the four numbers, with what it is said of."""

    label: str
    value: str
    about: str
    invented: bool = False


@dataclass(slots=True)
class Bullet:
    """The bar's parts in per cent of its width, and all of it in words."""

    is_measured: bool
    fill: str
    cross: str
    is_stale: bool
    is_wrong_way: bool
    facts: list[Fact] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    promised: list[str] = field(default_factory=list)
    """What of it the plan itself says: for those who see what is wanted and not how far it has come."""


def bullet(line: TargetLine) -> Bullet:
    """Return how a target is drawn and said."""
    fill = cross = ""
    if line.baseline and line.target is not None and line.baseline.value != line.target:
        if line.latest:
            fill = _along(line, line.latest.value)
        if line.expected is not None:
            cross = _along(line, line.expected)
    is_measured = bool(fill) and line.standing not in UNMEASURED
    return Bullet(
        is_measured=is_measured, fill=fill, cross=cross, is_stale=line.standing == TargetStanding.OVERDUE,
        is_wrong_way=line.standing == TargetStanding.WRONG_WAY, facts=_facts(line), texts=_texts(line),
        promised=[text for text in (_printed(line), line.note) if text],
    )  # fmt: skip


def _along(line: TargetLine, value: Decimal) -> str:
    """Return how far a value lies from start to target, within the bar."""
    assert line.baseline is not None and line.target is not None
    part = (value - line.baseline.value) / (line.target - line.baseline.value) * 100
    return f"{max(Decimal(0), min(Decimal(100), part)):.2f}%"


# ---- the four numbers ----


def _facts(line: TargetLine) -> list[Fact]:
    return [_start(line), _now(line), _expected(line), _target(line)]


def _start(line: TargetLine) -> Fact:
    label = pgettext("target", "Start")
    if line.baseline:
        return Fact(label, _level(line, line.baseline.value), _about(line.baseline), line.baseline.invented)
    to_come = ""
    is_to_come = line.kind == TargetKind.CHANGE or line.latest is None
    if line.standing == TargetStanding.NO_BASELINE and line.next_due and is_to_come:
        to_come = _("to come by %(day)s") % {"day": words.day(line.next_due)}
    return Fact(label, _("not measured"), to_come)


def _now(line: TargetLine) -> Fact:
    if line.latest is None:
        return Fact(_("Now"), _("not measured"), "")
    about = _about(line.latest)
    if line.standing == TargetStanding.OVERDUE:
        about = _("%(when)s, too old") % {"when": about}
    return Fact(_("Now"), _level(line, line.latest.value), about, line.latest.invented)


def _expected(line: TargetLine) -> Fact:
    label = _("Expected now")
    if line.expected is None or line.expected_on is None:
        return Fact(label, "–", _("needs a start"))
    even = _("even growth") if line.growth == Growth.LINEAR else _("the same per cent each year")
    is_of_a_value = line.latest is not None and line.expected_on == line.latest.on
    on = words.when(line.expected_on) if is_of_a_value else str(line.expected_on.year)
    return Fact(label, _level(line, line.expected), f"{on}, {even}")


def _target(line: TargetLine) -> Fact:
    by = _("in %(when)s") % {"when": words.when(line.target_on)}
    if line.kind == TargetKind.CHANGE:
        wanted = words.change(line.stated, line.unit, line.decimals)
        if line.target is None:
            return Fact(_("Target"), wanted, by, line.invented)
        return Fact(_("Target"), _level(line, line.target), f"{wanted}, {by}", line.invented)
    if line.kind == TargetKind.SHARE:
        by = _("of %(area)s, %(by)s") % {"area": line.compared_with, "by": by}
    return Fact(_("Target"), _level(line, line.stated), by, line.invented)


def _level(line: TargetLine, value: Decimal) -> str:
    return words.level(value, line.unit, line.decimals)


def _about(point: Point) -> str:
    said = words.when(point.on)
    return _("%(when)s, estimated") % {"when": said} if point.is_estimated else said


# ---- in words ----


def _texts(line: TargetLine) -> list[str]:
    return [text for text in (_where(line), _pace(line), _printed(line), line.note) if text]


def _where(line: TargetLine) -> str:
    """Return what the standing means here, with its figure."""
    match line.standing:
        case TargetStanding.NO_BASELINE:
            return _("We cannot say how it goes before the start is known.")
        case TargetStanding.NO_DATA if line.baseline:
            return _("Nothing has been measured since the start.")
        case TargetStanding.NO_DATA:
            return _("We cannot say how it goes before something is measured.")
        case TargetStanding.REACHED:
            return _("The target is reached.")
        case TargetStanding.OVERDUE if line.next_due:
            return _("A new measurement was due by %(day)s. So we do not say whether the target is on course.") % {
                "day": words.day(line.next_due)
            }
        case TargetStanding.WRONG_WAY if line.latest and line.baseline:
            apart = words.with_unit(line.latest.value - line.baseline.value, line.unit, line.decimals)
            text = _("It is %(apart)s below the start, and should have risen.")
            if line.wanted == Wanted.DOWN:
                text = _("It is %(apart)s above the start, and should have fallen.")
            return text % {"apart": apart}
    return _apart(line)


def _apart(line: TargetLine) -> str:
    """Return how far the latest value is from what was expected."""
    if line.latest is None or line.expected is None or line.standing not in AHEAD:
        return ""
    apart = words.rounded(line.latest.value, line.decimals) - words.rounded(line.expected, line.decimals)
    if not apart:
        return _("It is just where it was expected to be.")
    said = words.with_unit(apart, line.unit, line.decimals)
    if line.standing == TargetStanding.BEHIND:
        return _("It is %(apart)s behind what was expected.") % {"apart": said}
    return _("It is %(apart)s ahead of what was expected.") % {"apart": said}


def _pace(line: TargetLine) -> str:
    """Return what is needed each year from now on, and what it has been so far."""
    if line.needed is None:
        return ""
    is_per_cent = line.growth == Growth.COMPOUND
    needed = words.a_year(line.needed, line.unit, line.decimals, is_per_cent=is_per_cent)
    if not is_per_cent and line.unit != words.PER_CENT:
        needed = f"{needed} {line.unit}"
    so_far = _so_far(line)
    if so_far is None:
        return _("It needs %(needed)s a year from here on.") % {"needed": needed}
    return _("It needs %(needed)s a year from here on. So far it has been %(so_far)s.") % {
        "needed": needed, "so_far": words.a_year(so_far, line.unit, line.decimals, is_per_cent=is_per_cent),
    }  # fmt: skip


def _so_far(line: TargetLine) -> Decimal | None:
    """Return the growth a year from the start to the latest value, in the target's own way of counting."""
    if line.baseline is None or line.latest is None or line.latest.on <= line.baseline.on:
        return None
    first, last = Observed(*line.baseline[:2]), Observed(*line.latest[:2])
    if line.growth == Growth.COMPOUND:
        return growth_a_year(first, last)
    return (last.value - first.value) / years_between(first.on, last.on)


def _printed(line: TargetLine) -> str:
    """Return the growth the plan prints beside what its own figures make it."""
    if line.printed_growth is None:
        return ""
    said = words.printed(line.printed_growth)
    if line.computed_growth is None:
        return _("The plan says %(printed)s a year.") % {"printed": said}
    return _("The plan says %(printed)s a year. Counted from start to target it is %(computed)s.") % {
        "printed": said, "computed": words.a_year(line.computed_growth, "", 2, is_per_cent=True),
    }  # fmt: skip
