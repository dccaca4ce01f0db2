"""An indicator drawn as lines or bars, with the same numbers as a table. Pure but for the language.

Where a thing lies is said in per cent across and in pixels down, so that text never shrinks with the page. Each series
has a line *and* a point of its own shape, and is named at its end.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from strategy import figure_words as words
from strategy.axes import BOTTOM, HEIGHT, TOP, TWO_LINES, axis_of, room_for, some_of, spread
from strategy.bullets import Bullet, bullet
from strategy.rules.indicators import add_months

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from strategy.content import Figure, Point, SeriesLine

__all__ = ["Bullet", "Lines", "bullet", "lines"]

FIRST, LAST = Decimal(14), Decimal(97)
"""Where the first and the last date lie, in per cent across."""
SHAPES = (
    "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0Z", "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0Z", "M-4.5-4.5h9v9h-9Z",
    "M0-6L5.5 4.5h-11Z", "M0-6L6 0 0 6-6 0Z", "M0 6L5.5-4.5h-11Z", "M-6-2.5h12v5h-12Z", "M-2.5-6h5v12h-5Z",
)  # fmt: skip
"""Circle, ring, square, triangle, diamond, triangle on its point, bars lying and standing; each has its own line."""
LONGEST_NAME = 18
NARROW = 26
"""Letters in a table's head that a phone is wide enough for."""
BAR, BAR_TOP = 46, 22
WIDTHS = ((8, "s"), (12, "m"), (LONGEST_NAME, "l"))


class Grid(NamedTuple):
    y: str
    text_y: str
    text: str


class Tick(NamedTuple):
    x: str
    text: str
    is_last: bool


class Segment(NamedTuple):
    x1: str
    y1: str
    x2: str
    y2: str


class Dot(NamedTuple):
    x: str
    y: str
    is_estimated: bool


@dataclass(slots=True)
class Drawn:
    """One series: its line, its points, and its name at the end."""

    place: int
    name: str
    value: str
    shape: str
    segments: list[Segment]
    dots: list[Dot]
    ends_x: str
    end_y: str
    name_y: str
    value_y: str


class Bar(NamedTuple):
    name: str
    value: str
    width: str
    text_y: int
    y: int


class Head(NamedTuple):
    text: str
    shape: str = ""
    place: int = 0


class Cell(NamedTuple):
    head: str
    text: str
    is_estimated: bool = False
    invented: bool = False


class Line(NamedTuple):
    """A row of the table."""

    name: str
    cells: list[Cell]


@dataclass(slots=True)
class Lines:
    """A figure as its template lays it out; `kind` is lines, bars, or table where there is nothing to draw."""

    kind: str
    title: str
    about: str
    corner: str
    heads: list[Head]
    rows: list[Line]
    height: int = HEIGHT
    grid: list[Grid] = field(default_factory=list)
    ticks: list[Tick] = field(default_factory=list)
    drawn: list[Drawn] = field(default_factory=list)
    ends: str = "s"
    bars: list[Bar] = field(default_factory=list)
    left_out: int = 0
    """Series that are in the table only."""

    @property
    def is_narrow(self) -> bool:
        """Whether the table fits beside the drawing, and on a phone without being turned into blocks."""
        names = [len(head.text) for head in self.heads]
        return len(names) <= 3 and sum(names) <= NARROW and max((len(row.name) for row in self.rows), default=0) <= 8

    @property
    def is_beside(self) -> bool:
        return self.kind != "table" and len(self.heads) <= 3

    @property
    def has_estimates(self) -> bool:
        return any(cell.is_estimated for row in self.rows for cell in row.cells)


def lines(figure: Figure) -> Lines:
    """Return how a figure is drawn, titled and tabled."""
    names = names_of(figure.series)
    if _is_split(figure):
        return _bars(figure, names)
    dates = sorted({point.on for one in figure.series for point in one.points})
    found = _table(figure, names, dates)
    if len(dates) > 1:
        _draw(found, figure, names, dates)
    return found


def names_of(series: list[SeriesLine]) -> list[str]:
    """Return what tells the series apart: the area, the category, or both."""
    one_area = len({each.area for each in series}) == 1
    has_categories = any(each.category for each in series)
    if not has_categories:
        return [each.area for each in series]
    if one_area:
        return [each.category or pgettext("category", "In all") for each in series]
    return [f"{each.area}, {each.category}" if each.category else each.area for each in series]


# ---- the title says the finding ----


def _title(figure: Figure) -> str:
    return _distance_said(figure) or _change_said(figure) or figure.name


def whole(figure: Figure) -> SeriesLine:
    """Return the own area's series that is not a part: the first such, or the first of all."""
    own = figure.series[0].area
    return next((one for one in figure.series if one.area == own and not one.category), figure.series[0])


def _other(figure: Figure) -> SeriesLine | None:
    own = whole(figure)
    return next((one for one in figure.series if one.area != own.area and one.category == own.category), None)


def _distances(figure: Figure) -> dict[dt.date, Decimal]:
    """Return own area less the first other, by date: for shares only, since numbers of people grow with the place."""
    other = _other(figure)
    if other is None or figure.unit != words.PER_CENT:
        return {}
    theirs = {point.on: point.value for point in other.points}
    return {point.on: point.value - theirs[point.on] for point in whole(figure).points if point.on in theirs}


def _distance_said(figure: Figure) -> str:
    distances, other = _distances(figure), _other(figure)
    if not distances or other is None:
        return ""
    apart = distances[max(distances)]
    facts = {
        "own": whole(figure).area, "other": other.area, "apart": words.with_unit(apart, figure.unit, figure.decimals),
    }  # fmt: skip
    if not words.rounded(apart, figure.decimals):
        return _("%(own)s is level with %(other)s") % facts
    if apart < 0:
        return _("%(own)s is %(apart)s below %(other)s") % facts
    return _("%(own)s is %(apart)s above %(other)s") % facts


def _change_said(figure: Figure) -> str:
    points = whole(figure).points
    if len(points) < 2:
        return ""
    apart = points[-1].value - points[0].value
    facts = {
        "name": figure.name, "from": words.when(points[0].on), "to": words.when(points[-1].on),
        "apart": words.with_unit(apart, figure.unit, figure.decimals) if figure.unit == words.PER_CENT
        else words.amount(abs(apart), figure.decimals),
    }  # fmt: skip
    if not words.rounded(apart, figure.decimals):
        return _("%(name)s: the same in %(to)s as in %(from)s") % facts
    if apart < 0:
        return _("%(name)s: down %(apart)s from %(from)s to %(to)s") % facts
    return _("%(name)s: up %(apart)s from %(from)s to %(to)s") % facts


def _about(figure: Figure, axis: str = "") -> str:
    said = _("%(name)s. Measured in %(unit)s.") % {"name": figure.name, "unit": figure.unit}
    return f"{said} {axis}" if axis else said


# ---- the table ----


def _table(figure: Figure, names: list[str], dates: list[dt.date]) -> Lines:
    """Return the figure with a row for each date and nothing drawn yet."""
    by_date = [{point.on: point for point in one.points} for one in figure.series]
    distances = _distances(figure) if len(dates) > 1 else {}
    apart = _("Distance")
    rows = [
        Line(
            words.when(on),
            [_cell(name, values.get(on), figure) for name, values in zip(names, by_date, strict=True)]
            + ([_apart(apart, distances.get(on), figure)] if distances else []),
        )
        for on in dates
    ]
    heads = [Head(name) for name in names] + ([Head(apart)] if distances else [])
    corner = _("Year") if all(on.month == 12 and on.day == 31 for on in dates) else _("At the end of")
    return Lines("table", _title(figure), _about(figure), corner, heads, rows)


def _cell(head: str, point: Point | None, figure: Figure) -> Cell:
    if point is None:
        return Cell(head, _("not measured"))
    return Cell(head, words.level(point.value, figure.unit, figure.decimals), point.is_estimated, point.invented)


def _apart(head: str, value: Decimal | None, figure: Figure) -> Cell:
    return Cell(head, "–" if value is None else words.amount(abs(value), figure.decimals))


# ---- lines ----


def _draw(found: Lines, figure: Figure, names: list[str], dates: list[dt.date]) -> None:
    shown = list(zip(names, figure.series, strict=True))[: len(SHAPES)]
    values = [point.value for _name, one in shown for point in one.points]
    start, end, step = axis_of(min(values), max(values), Decimal(1).scaleb(-figure.decimals))
    places = figure.decimals if step % 1 or start % 1 else 0

    def x(on: dt.date) -> str:
        part = Decimal((on - dates[0]).days) / (dates[-1] - dates[0]).days
        return f"{FIRST + (LAST - FIRST) * part:.2f}%"

    def y(value: Decimal) -> Decimal:
        return BOTTOM - (value - start) / (end - start) * (BOTTOM - TOP)

    ticks = int((end - start) / step) + 1
    said = [(y(start + step * n), words.level(start + step * n, figure.unit, places)) for n in range(ticks)]
    found.grid = [Grid(f"{at:.1f}", f"{at - 5:.1f}", text) for at, text in said]
    found.ticks = [Tick(x(on), words.when(on), on == dates[-1]) for on in some_of(dates)]
    found.kind, found.left_out = "lines", len(figure.series) - len(shown)
    found.about = _about(figure, _("The axis starts at %(start)s.") % {"start": said[0][1]})
    names_y = spread([y(one.points[-1].value) for _name, one in shown], room_for(len(shown)))
    for place, (name, one) in enumerate(shown):
        found.heads[place] = Head(name, SHAPES[place], place)
        found.drawn.append(_drawn(place, name, one, figure, dates, names_y[place], x, y))
    longest = max(len(each.name) for each in found.drawn)
    found.ends = next((size for most, size in WIDTHS if longest <= most), "l")


def _drawn(
    place: int, name: str, one: SeriesLine, figure: Figure, dates: list[dt.date], name_y: Decimal,
    x: Callable[[dt.date], str], y: Callable[[Decimal], Decimal],
) -> Drawn:  # fmt: skip
    last = one.points[-1]
    value = words.level(last.value, figure.unit, figure.decimals)
    if last.on != dates[-1]:
        value = f"{value} ({words.when(last.on)})"
    has_room = room_for(len(figure.series[: len(SHAPES)])) == TWO_LINES
    return Drawn(
        place=place, name=name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…",
        value=value if has_room else "", shape=SHAPES[place],
        segments=[
            Segment(x(a.on), f"{y(a.value):.1f}", x(b.on), f"{y(b.value):.1f}")
            for a, b in zip(one.points, one.points[1:], strict=False)
            if b.on <= add_months(a.on, figure.interval_months)
        ],
        dots=[Dot(x(point.on), f"{y(point.value):.1f}", point.is_estimated) for point in one.points],
        ends_x=x(last.on), end_y=f"{y(last.value):.1f}", name_y=f"{name_y:.1f}", value_y=f"{name_y + 16:.1f}",
    )  # fmt: skip


# ---- bars ----


def _is_split(figure: Figure) -> bool:
    """Say whether the parts, or the areas, are known at one and the same date only: then there is no line to draw."""
    parts = [one for one in figure.series if one.category] or figure.series
    return len(parts) > 1 and len({tuple(point.on for point in one.points) for one in parts}) == 1 == len(
        parts[0].points
    )


def _bars(figure: Figure, names: list[str]) -> Lines:
    """Return the parts as bars from nought, each with its share where the whole is known."""
    pairs = list(zip(names, figure.series, strict=True))
    parts = [(name, one) for name, one in pairs if one.category] or pairs
    on = parts[0][1].points[0].on
    all_of_it = [one for _name, one in pairs if not one.category and len(parts) != len(pairs)]
    total = next((point.value for one in all_of_it for point in one.points if point.on == on and point.value), None)
    most = max((abs(one.points[0].value) for _name, one in parts), default=Decimal(1)) or Decimal(1)
    bars = [
        Bar(
            name, _bar_value(one.points[0].value, total, figure), f"{abs(one.points[0].value) / most * 100:.2f}%",
            place * BAR + 15, place * BAR + BAR_TOP,
        )
        for place, (name, one) in enumerate(parts)
    ]  # fmt: skip
    dates = sorted({point.on for one in figure.series for point in one.points})
    share = _("Share")
    rows = [Line(name, _part_cells(one, figure, dates, (share, on, total) if total else None)) for name, one in pairs]
    heads = [Head(words.when(each)) for each in dates] + ([Head(share)] if total else [])
    name, largest = max(parts, key=lambda pair: pair[1].points[0].value)
    value = _bar_value(largest.points[0].value, total, figure, is_short=True)
    title = _("%(name)s is the largest: %(value)s") % {"name": name, "value": value}
    about = _("%(name)s at the end of %(when)s. Measured in %(unit)s. The bars start at 0.") % {
        "name": figure.name, "when": words.when(on), "unit": figure.unit,
    }  # fmt: skip
    corner = pgettext("category", "Part") if any(one.category for one in figure.series) else pgettext("place", "Area")
    return Lines("bars", title, about, corner, heads, rows, height=len(bars) * BAR, bars=bars)


def _part_cells(
    one: SeriesLine, figure: Figure, dates: list[dt.date], share: tuple[str, dt.date, Decimal] | None
) -> list[Cell]:
    values = {point.on: point for point in one.points}
    cells = [_cell(words.when(on), values.get(on), figure) for on in dates]
    if share:
        head, on, total = share
        point = values.get(on)
        cells.append(Cell(head, words.level(point.value / total * 100, words.PER_CENT, 0) if point else "–"))
    return cells


def _bar_value(value: Decimal, total: Decimal | None, figure: Figure, *, is_short: bool = False) -> str:
    said = words.level(value, figure.unit, figure.decimals)
    if total is None:
        return said
    share = words.level(value / total * 100, words.PER_CENT, 0)
    return share if is_short else f"{said} ({share})"
