"""What the page of a proposal shows: what is to be looked at first, the rest folded; a few queries for any size."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from portal import export
from portal.models.base import key_in
from strategy.importing import capitals, comparing, odd_words, page_text, plan_facts
from strategy.importing.differing import Difference, differences
from strategy.importing.duties import Duties
from strategy.importing.odd_words import Odd, Words
from strategy.importing.progress import plainly_sure
from strategy.importing.tree import LIVE
from strategy.models import ImportRow, Plan, PlanImport

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.http import HttpRequest, HttpResponse

    from strategy.importing.progress import Progress

PER_PAGE = 300
AT_FIRST = 30
"""So many things to look at stand open at a time; the next come as these are decided."""
Level, Decision, Change, Certainty = ImportRow.Level, ImportRow.Decision, ImportRow.Change, ImportRow.Certainty
SHOWN: dict[str, Any] = {
    "": pgettext_lazy("rows", "All"),
    "se-pa": gettext_lazy("To look at"),
    "ikke-avgjort": pgettext_lazy("rows", "Not decided"),
    "avgjort": pgettext_lazy("rows", "Decided"),
    "utelatt": pgettext_lazy("rows", "Left out"),
}
CHANGES: dict[str, Any] = {
    Change.NEW: gettext_lazy("New in the document"),
    Change.CHANGED: gettext_lazy("Changed in the document"),
    Change.GONE: gettext_lazy("Only in the plan"),
    Change.SAME: gettext_lazy("As before"),
}
"""In the order one decides: what comes, what changes, what goes, what stays."""


class Asked(NamedTuple):
    """What the address asks the page for. `done` is the row and the event of what was just pressed."""

    show: str
    words: str
    row: int
    text: str
    side: int
    done: tuple[int, int] = (0, 0)

    @classmethod
    def of(cls, request: HttpRequest) -> Asked:
        given = request.GET
        show = given.get("vis", "")
        words = " ".join(given.get("q", "").replace("\0", "").split())[:80]
        row, _dash, event = given.get("sist", "").partition("-")
        return cls(
            show if show in SHOWN else "", words, key_in(given.get("rad", "")), given.get("tekst", "")[:20],
            key_in(given.get("side", "")), (key_in(row), key_in(event)),
        )  # fmt: skip

    def query(self, **other: Any) -> str:
        """Return it as an address has it, with something else in its place where given; never what was pressed."""
        named = {"vis": self.show, "q": self.words, "side": self.side, "rad": self.row, "tekst": self.text, **other}
        return urlencode({name: value for name, value in named.items() if value})

    @property
    def is_narrowed(self) -> bool:
        return bool(self.show or self.words)


@dataclass(slots=True)
class Line:
    """One row as the page shows it."""

    row: ImportRow
    root: ImportRow
    """The goal it lies under; itself, where it lies directly under the plan."""
    label: str
    depth: int
    path: str
    odd: list[Odd]
    is_sure: bool
    differences: list[Difference] = field(default_factory=list)
    part: int = 0
    """The owner's part in the measure, where due date, responsible and note are changed."""
    became: str = ""

    @property
    def unseen(self) -> list[Odd]:
        return [odd for odd in self.odd if not odd.is_seen]

    @property
    def key(self) -> str:
        """The row and its version, as the buttons send it."""
        return f"{self.row.pk}.{self.row.row_version}"

    @property
    def is_undecided(self) -> bool:
        return self.row.decision == Decision.UNDECIDED

    @property
    def is_to_look_at(self) -> bool:
        return bool(self.unseen) or (self.is_undecided and not self.is_sure)

    @property
    def state(self) -> str:
        """The decision in a word, by what the row is to the plan."""
        gone = self.row.change == Change.GONE
        if self.row.decision == Decision.ACCEPTED:
            return _("Taken out of the plan") if gone else _("Kept as it is") if self.is_same else _("Accepted")
        if self.row.decision == Decision.DROPPED:
            return _("Stays in the plan") if gone else _("Left out")
        return str(SHOWN["ikke-avgjort"] if self.is_undecided else self.row.get_decision_display())

    @property
    def is_same(self) -> bool:
        return self.row.change == Change.SAME

    @property
    def takes(self) -> bool:
        """Say whether the plan can take anything of what differs."""
        return not self.differences or any(each.is_taken for each in self.differences)

    @property
    def stays(self) -> str:
        """Name what differs and stays as the plan has it, whatever is decided here: "Frist, Ansvarlig"."""
        return ", ".join(each.what for each in self.differences if not each.is_taken)

    @property
    def is_one_by_one(self) -> bool:
        """Say whether the change is only taken in by a press at the row itself."""
        return any(each.is_duty for each in self.differences)

    @property
    def why(self) -> str:
        """Why the row is to be looked at, where nothing odd says it."""
        if self.row.certainty == Certainty.LIKELY:
            return _("We are not quite sure of this row. Compare it with the text.")
        if self.row.certainty == Certainty.UNSURE and self.row.change != Change.GONE:
            return _("This may not be a row of the plan. Compare it with the text.")
        return ""


class Group(NamedTuple):
    """A goal with all that lies under it; or, of a comparison, all of one kind of change."""

    key: int
    anchor: str
    title: str
    label: str
    size: str
    lines: list[Line]
    sure: int
    is_open: bool


class Chip(NamedTuple):
    query: str
    word: str
    number: int
    is_chosen: bool


# ---- the rows ----


def lines_of(found: PlanImport, language: str) -> tuple[list[Line], list[Odd], Words]:
    """Return every row in order, what is odd at no row, and the document's words; two queries, some more to compare."""
    unread = ("text",) if found.against_id else ("text", "description")
    rows = {row.pk: row for row in found.rows.order_by("position").defer(*unread)}
    words = Words.of(found)
    at, loose = odd_words.all_told(list(found.anomalies.all()), rows, words, language)
    theirs = comparing.by_row(found.against) if found.against is not None else {}
    duties = Duties(found.against) if found.against is not None else None
    plan = found.plan if found.state == PlanImport.State.APPLIED else None
    lines = [line_of(row, rows, words, at.get(row.pk, [])) for row in rows.values()]
    for line in lines:
        line.became = became(plan, line.row) if plan else ""
        other = theirs.get(comparing.linked(line.row))
        if line.row.change == Change.CHANGED and other is not None and duties is not None:
            line.differences = differences(line.row, rows, other, duties)
            line.part = part.pk if (part := duties.part_of(line.row)) else 0
    return lines, loose, words


def line_of(row: ImportRow, rows: Mapping[int, ImportRow], words: Words, odd: list[Odd]) -> Line:
    above, each = [], row
    while each.parent_id:
        each = rows[each.parent_id]
        above.append(words.label(each))
    is_sure = plainly_sure(row, () if all(one.is_seen for one in odd) else (row.pk,))
    return Line(row, each, words.label(row), len(above), " › ".join(reversed(above)), odd, is_sure)


def became(plan: Plan, row: ImportRow) -> str:
    """Return the address of what a row became in the plan, or nothing."""
    if row.measure_id:
        return reverse("measure_page", args=[plan.authority.slug, plan.slug, row.measure_id])
    if row.goal_id or row.strategy_id:
        return f"{reverse('plan_status', args=[plan.authority.slug, plan.slug])}#tiltak"
    return ""


# ---- the page ----


def fits(line: Line, asked: Asked) -> bool:
    """Say whether a line is what the address asks for."""
    if asked.words:
        said = f"{line.label} {line.row.title} {line.row.responsible} {line.row.note}".casefold()
        if not all(word in said for word in asked.words.casefold().split()):
            return False
    return {
        "se-pa": line.is_to_look_at,
        "ikke-avgjort": line.is_undecided,
        "avgjort": not line.is_undecided,
        "utelatt": line.row.decision in (Decision.DROPPED, Decision.MERGED),
    }.get(asked.show, True)


def page_of(found: PlanImport, asked: Asked, progress: Progress, language: str) -> dict[str, Any]:
    """Return what the page shows."""
    lines, loose, words = lines_of(found, language)
    by_key = {line.row.pk: line for line in lines}
    to_do = [line for line in lines if line.is_to_look_at]
    is_open = found.state == PlanImport.State.READY
    compares = bool(found.against_id) or any(line.row.change for line in lines)
    just = asked.done[0]
    first = (
        []
        if asked.is_narrowed or compares or not is_open
        else [line for line in lines if line.is_to_look_at or (line.row.pk == just and is_first(line))]
    )
    chosen = by_key.get(asked.row)
    if chosen is None and not asked.is_narrowed and not asked.text and is_open and to_do:
        chosen = to_do[0]
    kept = [line for line in lines if fits(line, asked) or (asked.is_narrowed and line.row.pk == just)]
    page = Paginator(kept, PER_PAGE).get_page(asked.side or 1)
    opened = {just, asked.row}
    changed = [line for line in lines if line.row.change == Change.CHANGED and line.is_undecided and not line.unseen]
    shown = {line.row.pk for line in (*first[:AT_FIRST], *page.object_list)}
    return {
        "asked": asked, "query": asked.query(side=0), "progress": progress, "words": words, "loose": loose,
        "first": first[:AT_FIRST], "more_first": max(len(first) - AT_FIRST, 0), "page": page,
        "is_first": {line.row.pk for line in first[:AT_FIRST]}, "just": just if just in shown else 0,
        "compares": compares,
        "cards": {line.row.pk for line in to_do[:AT_FIRST]} if compares else set(),
        "changed": len(changed), "one_by_one": sum(line.is_one_by_one for line in changed),
        "together": sum(not line.is_one_by_one for line in changed),
        **plan_facts.shown(found),
        "groups": groups_of(page, words, opened, is_narrowed=asked.is_narrowed, compares=compares),
        "in_capitals": sum(line.row.decision in LIVE and capitals.is_in_capitals(line.row.title) for line in lines),
        "chosen": chosen, "chosen_row": whole(found, chosen), "count": len(kept),
        "chips": [
            Chip(asked.query(vis=key, side=0, rad=0, tekst=""), str(word),
                 sum(fits(line, asked._replace(show=key, words="")) for line in lines), key == asked.show)
            for key, word in SHOWN.items()
        ],
        "stretch": page_text.stretch_of(found, chosen.row if chosen else None, asked.text),
        **neighbours(to_do, chosen),
    }  # fmt: skip


def is_first(line: Line) -> bool:
    """Say whether a row that was just decided was one to look at, so that it stays where it was pressed."""
    return bool(line.odd) or line.row.certainty != Certainty.SURE


def whole(found: PlanImport, line: Line | None) -> ImportRow | None:
    """Return the chosen row with all its texts; one query."""
    if line is None:
        return None
    row: ImportRow | None = found.rows.filter(pk=line.row.pk).select_related("decided_by", "merged_into").first()
    return row


def neighbours(to_do: list[Line], chosen: Line | None) -> dict[str, Any]:
    """Return the next thing to look at after the chosen row."""
    if chosen is None:
        return {"next_to_do": to_do[0] if to_do else None}
    after = [line for line in to_do if line.row.position > chosen.row.position]
    others = [line for line in to_do if line.row.pk != chosen.row.pk]
    return {"next_to_do": after[0] if after else others[0] if others else None}


def groups_of(page: Page[Any], words: Words, opened: set[int], *, is_narrowed: bool, compares: bool) -> list[Group]:
    """Return the page's lines by goal, or by change where the document is compared with a plan."""
    lines = list(page.object_list)
    if compares:
        by_change = [(change, [line for line in lines if line.row.change == change]) for change in CHANGES]
        return [
            Group(0, f"e-{change}", str(CHANGES[change]), "", "", some, _sure(some),
                  is_narrowed or change != Change.SAME or _has(some, opened))
            for change, some in by_change if some
        ]  # fmt: skip
    found: dict[int, list[Line]] = {}
    for line in lines:
        found.setdefault(0 if line.root.level == Level.MEASURE else line.root.pk, []).append(line)
    return [_group(some, words, is_narrowed or _has(some, opened)) for some in found.values()]


def _group(lines: list[Line], words: Words, is_open: bool) -> Group:
    root = lines[0].root
    is_loose = root.level == Level.MEASURE
    title, label = (_("Directly under the plan"), "") if is_loose else (root.title, words.label(root))
    key = 0 if is_loose else root.pk
    return Group(key, f"g-{key}", title, label, size_of(lines, words), lines, _sure(lines), is_open)


def _sure(lines: Iterable[Line]) -> int:
    return sum(line.is_sure for line in lines)


def _has(lines: Iterable[Line], keys: set[int]) -> bool:
    return any(line.row.pk in keys for line in lines)


def size_of(lines: list[Line], words: Words) -> str:
    """Return «8 strategier · 37 tiltak, alle sikre»: what is under a goal, and how it stands."""
    below = Counter(line.row.level for line in lines if line.depth or line.row.level == Level.MEASURE)
    parts = [words.counted(level, below[level]) for level in (Level.STRATEGY, Level.MEASURE) if below[level]]
    sure, to_do = _sure(lines), sum(line.is_to_look_at for line in lines)
    undecided = sum(line.is_undecided for line in lines)
    if to_do:
        stands = ngettext("%(count)d to look at", "%(count)d to look at", to_do) % {"count": to_do}
    elif not undecided:
        stands = _("all decided")
    elif sure == len(lines):
        stands = _("all sure")
    else:
        stands = ngettext("%(count)d not decided", "%(count)d not decided", undecided) % {"count": undecided}
    return ", ".join(part for part in (" · ".join(parts), stands) if part)


# ---- as a file ----


def as_file(form: str, found: PlanImport, language: str) -> HttpResponse:
    """Return all rows as csv or xlsx. Raises: Http404 for another form."""
    lines, _loose, _words = lines_of(found, language)
    columns: list[tuple[Any, Any]] = [
        ("row.get_level_display", _("Level")), ("row.number", _("Printed number")), ("row.title", _("Title")),
        ("path", _("Lies under")), ("row.responsible", _("Responsible")), ("row.due_on", _("Due")),
        ("row.cost_nok", _("Cost in kroner")), ("row.page", _("Page")), ("row.line", _("Line")),
        ("row.get_certainty_display", _("Certainty")), ("state", _("Decision")),
        (lambda line: " ".join(odd.sentence for odd in line.odd), _("What is odd")),
    ]  # fmt: skip
    return export.answer(form, f"forslag-{found.pk}", columns, lines)
