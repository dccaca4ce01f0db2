"""What an action part makes of the one it replaces, measure by measure: for those who draft it, and for the council."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import F
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from portal import export
from strategy import rolling, sentences
from strategy.models import Goal, MeasureEntry, Strategy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.db.models import QuerySet
    from django.http import HttpResponse

    from strategy.models import ActionPart, Plan

NEW, CONTINUED, REWORDED, DROPPED = "new", "continued", "reworded", "dropped"
KINDS = {
    NEW: pgettext_lazy("measure", "New"), REWORDED: gettext_lazy("Changed wording"), DROPPED: gettext_lazy("Taken out"),
    CONTINUED: gettext_lazy("Continued"),
}  # fmt: skip
"""In the order that a council asks: what comes, what changes, what goes, what stays."""


class Difference(NamedTuple):
    label: str
    before: str
    after: str


@dataclass(slots=True)
class Line:
    """One measure in the action part, beside what it was in the part before."""

    entry: MeasureEntry
    kind: str
    parent: str
    is_done: bool = False
    differences: list[Difference] = field(default_factory=list)

    @property
    def kind_word(self) -> str:
        return str(KINDS[self.kind])

    @property
    def number(self) -> str:
        return self.entry.full_number

    @property
    def mark(self) -> str:
        return rolling.mark_of(rolling.Wording.of(self.entry), self.entry.position)

    @property
    def told(self) -> str:
        """What changed, or why it goes, in one cell of a spreadsheet."""
        if self.kind == DROPPED:
            return self.entry.change_reason
        return "; ".join(f"{each.label}: {each.before or '–'} → {each.after or '–'}" for each in self.differences)


def lines_of(part: ActionPart) -> list[Line]:
    """Return the part's measures in its own order, compared with the part it replaces; three queries."""
    entries = part.entries.select_related("strategy", "goal").order_by("position")
    before = {entry.measure_id: entry for entry in _before(part).select_related("strategy", "goal")}
    done = set(rolling.done_measures(part.plan_id).values_list("pk", flat=True))
    return [_line(entry, before.get(entry.measure_id), entry.measure_id in done) for entry in entries]


def _before(part: ActionPart) -> QuerySet[MeasureEntry]:
    """Return the wordings the part is compared with: those in force for a draft, else those of the part it replaced."""
    if part.adopted_on is None:
        return MeasureEntry.objects.filter(measure__current_entry=F("pk"), plan_id=part.plan_id)
    return MeasureEntry.objects.filter(action_part_id=part.replaces_id)


def _line(entry: MeasureEntry, before: MeasureEntry | None, is_done: bool) -> Line:
    line = Line(entry, CONTINUED, parent_of(entry), is_done)
    if entry.change == MeasureEntry.Change.DROPPED:
        line.kind = DROPPED
    elif before is None:
        line.kind = NEW
    elif differences := differences_of(before, entry):
        line.kind, line.differences = REWORDED, differences
    return line


def parent_of(entry: MeasureEntry) -> str:
    return str(entry.strategy or entry.goal or "")


def differences_of(before: MeasureEntry, after: MeasureEntry) -> list[Difference]:
    """Return what the wording says otherwise; another place in the same order is no other wording."""
    pairs = (
        (_("Number"), before.full_number, after.full_number),
        (_("Title"), before.title, after.title),
        (_("Description"), rolling.plain(before.description), rolling.plain(after.description)),
        (_("Lies under"), parent_of(before), parent_of(after)),
    )
    return [Difference(label, was, now) for label, was, now in pairs if was != now]


def anomalies(lines: Iterable[Line]) -> str:
    """Return what the new part's own numbering skips or repeats, in words; nothing where it is in order."""
    return sentences.numbering_note([line.number for line in lines if line.kind != DROPPED], "")


# ---- what the page shows of them ----

FILTERS: dict[str, tuple[object, Callable[[Line], bool]]] = {
    "nye": (pgettext_lazy("measure", "New"), lambda line: line.kind == NEW),
    "endret": (gettext_lazy("Changed wording"), lambda line: line.kind == REWORDED),
    "tas-ut": (gettext_lazy("Taken out"), lambda line: line.kind == DROPPED),
    "videreforte": (gettext_lazy("Continued"), lambda line: line.kind == CONTINUED),
    "fullforte": (gettext_lazy("Done, and still in"), lambda line: line.is_done and line.kind != DROPPED),
}


class Chip(NamedTuple):
    query: str
    word: str
    number: int
    is_chosen: bool


def chips(lines: list[Line], chosen: str) -> list[Chip]:
    return [
        Chip("", _("All"), len(lines), chosen not in FILTERS),
        *[Chip(f"vis={key}", str(word), sum(map(keeps, lines)), key == chosen)
          for key, (word, keeps) in FILTERS.items()],
    ]  # fmt: skip


def kept(lines: list[Line], chosen: str) -> list[Line]:
    return [line for line in lines if FILTERS[chosen][1](line)] if chosen in FILTERS else lines


class Group(NamedTuple):
    kind: str
    word: str
    lines: list[Line]


def by_kind(lines: list[Line]) -> list[Group]:
    """Return the comparison as the council reads it, empty groups left out."""
    groups = [Group(kind, str(word), [line for line in lines if line.kind == kind]) for kind, word in KINDS.items()]
    return [group for group in groups if group.lines]


def summary(lines: list[Line]) -> str:
    """Return "New: 3, changed wording: 2, taken out: 4, continued: 62", without what there is none of."""
    found = Counter(line.kind for line in lines)
    return capfirst(", ".join(f"{str(word).lower()}: {found[kind]}" for kind, word in KINDS.items() if found[kind]))


def parents(plan: Plan) -> list[tuple[str, str]]:
    """Return what a measure may lie under, as a form's choices: goals with their strategies, in order; two queries."""
    goals = list(Goal.objects.filter(plan=plan).order_by("position"))
    strategies = list(Strategy.objects.filter(plan=plan).order_by("position"))
    found = [("", _("Directly under the plan"))]
    for goal in goals:
        found.append((f"g{goal.pk}", f"{capfirst(plan.goal_word)}: {goal}"))
        found += [(f"s{each.pk}", f"– {each}") for each in strategies if each.goal_id == goal.pk]
    return found + [(f"s{each.pk}", str(each)) for each in strategies if each.goal_id is None]


def as_file(form: str, part: ActionPart, lines: list[Line]) -> HttpResponse:
    """Return the comparison as csv or xlsx. Raises: Http404 for another form."""
    columns = (
        ("kind_word", _("What happens")), ("number", _("Number")), ("entry.title", _("Title")),
        ("parent", _("Lies under")), ("entry.description", _("Description")), ("told", _("Change or reason")),
    )  # fmt: skip
    ordered = [line for group in by_kind(lines) for line in group.lines]
    return export.answer(form, f"handlingsdel-{part}".replace("–", "-"), columns, ordered)
