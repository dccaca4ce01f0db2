"""What a measure's own page shows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from portal.calendar import Precision
from portal.models import InputRound
from portal.templatetags.portal_tags import standing_html
from strategy.models import InputEffect, MeasureEntry, MeasureTag, StatusReport
from strategy.rows import Row, read_rows, stated
from strategy.rules import State

if TYPE_CHECKING:
    from strategy.content import Content, Participant
    from strategy.models import Plan

OF_PERIOD = ("period__name", "participation_id", "reported_at", "state", "judgement", "done_since", "reason",
             "next_step", "new_due_on", "new_due_precision", "asks", "late_since", "invented")  # fmt: skip


class Neighbour(NamedTuple):
    number: str
    title: str
    url: str


class Told(NamedTuple):
    """What was reported of one part in one period."""

    period: str
    part_id: int
    reported_on: dt.date
    code: str
    done_since: str
    reason: str
    next_step: str
    new_due: str
    asks: str
    invented: bool

    @property
    def mark(self) -> str:
        """The mark of what was said; “under way” with no word on the date is no standing, and has none."""
        return _("Under way") if self.code == State.UNDER_WAY else standing_html(self.code)

    @property
    def on(self) -> str:
        return stated(self.reported_on)


class Wording(NamedTuple):
    """How one action part words the measure, and what became of it there."""

    period: str
    change: str
    change_word: str
    reason: str
    title: str
    """Only where it is another than today's."""


class Origin(NamedTuple):
    """Why the measure is as it is: what someone's input changed, and where the input can be read."""

    change: str
    url: str
    round_title: str


@dataclass(slots=True)
class MeasurePage:
    entry: MeasureEntry
    number: str
    anchor: str
    goal_name: str
    parts: list[Row]
    tags: list[tuple[str, str]]
    previous: Neighbour | None
    next: Neighbour | None
    is_shared: bool
    is_numbered: bool
    """Whether the plan prints a number for any of its measures."""
    wordings: list[Wording] = field(default_factory=list)
    origins: list[Origin] = field(default_factory=list)
    history: dict[int, list[Told]] = field(default_factory=dict)
    """What was reported, by part, the newest first."""

    @property
    def goal(self) -> object:
        strategy = self.entry.strategy
        return strategy.goal if strategy else self.entry.goal

    @property
    def invented(self) -> bool:
        return any(part.invented for part in self.parts)

    @property
    def is_dropped(self) -> bool:
        return bool(self.entry.change == MeasureEntry.Change.DROPPED)

    @property
    def rolled(self) -> bool:
        """Whether more than one action part has worded the measure."""
        return len(self.wordings) > 1

    @property
    def told(self) -> list[tuple[Row, list[Told]]]:
        """Each part with what was reported of it."""
        return [(part, self.history.get(part.part_id or 0, [])) for part in self.parts]


def gather_measure(
    plan: Plan, measure_id: int, *, today: dt.date, participants: list[Participant], live: bool,
    released: Content | None = None,
) -> MeasurePage | None:  # fmt: skip
    """Return the facts of one measure, or nothing when the plan has no such measure; six queries at most.

    Without `live` its parts are those of the `released` report, and before the first report they carry no standing to
    the reader. A measure that was dropped keeps its page, which says so.
    """
    entries = _entries(plan, measure_id)
    entry = next((one for one in entries if one.pk == one.measure.current_entry_id), None)
    if entry is None:
        return None
    rows = read_rows(plan, today)
    shown = released.rows if released and not live else rows
    names = {one.authority_id: one.name for one in participants}
    for row in rows:
        row.authority = names.get(row.authority_id or 0, "")
    parts = [row for row in shown if row.measure_id == measure_id]
    order = list({row.measure_id: row for row in rows}.values())
    place = next((index for index, row in enumerate(order) if row.measure_id == measure_id), None)
    goal = entry.strategy.goal if entry.strategy else entry.goal
    return MeasurePage(
        entry=entry, number=entry.full_number, anchor=order[place].anchor if place is not None else "tiltak",
        goal_name=f"{capfirst(plan.goal_word)} {goal.number}" if goal and goal.number else "", parts=parts,
        tags=[(capfirst(row["dimension"]), row["name"]) for row in entry.tag_rows],  # type: ignore[attr-defined]
        previous=_neighbour(order, place - 1) if place is not None else None,
        next=_neighbour(order, place + 1) if place is not None else None,
        is_shared=len({row.authority_id for row in rows}) > 1, is_numbered=any(row.number for row in rows),
        wordings=_wordings(entries, entry), origins=_origins(entry),
        history=_history(measure_id) if live else _released_history(parts, released),
    )  # fmt: skip


def _entries(plan: Plan, measure_id: int) -> list[MeasureEntry]:
    """Return the measure's wordings, the newest part first, those of a part being written left out; one query."""
    tags = MeasureTag.objects.filter(measure=OuterRef("measure")).order_by("tag__dimension", "tag__position")
    public = InputRound.objects.public().filter(pk=OuterRef("input__round"))
    effects = InputEffect.objects.filter(measure=OuterRef("measure")).annotate(is_open=Exists(public)).order_by("pk")
    facts = {"change": "change", "open": "is_open", "slug": "input__round__slug", "title": "input__round__title",
             "authority": "input__round__authority__slug"}  # fmt: skip
    return list(
        MeasureEntry.objects.filter(measure=measure_id, measure__plan=plan)
        .filter(Q(action_part__replaces__isnull=True) | Q(action_part__adopted_on__isnull=False))
        .select_related("measure", "action_part", "strategy__goal", "goal")
        .annotate(
            tag_rows=ArraySubquery(tags.values(row=JSONObject(dimension="tag__dimension", name="tag__name"))),
            effect_rows=ArraySubquery(effects.values(row=JSONObject(**facts))),
        )
        .order_by("-action_part__period_start", "-action_part__pk")
    )


def _wordings(entries: list[MeasureEntry], current: MeasureEntry) -> list[Wording]:
    return [
        Wording(
            str(one.action_part), one.change, one.get_change_display(), one.change_reason,
            one.title if one.title != current.title else "",
        )
        for one in entries
    ]  # fmt: skip


def _origins(entry: MeasureEntry) -> list[Origin]:
    return [
        Origin(
            row["change"], reverse("input_round", args=[row["authority"], row["slug"]]) if row["open"] else "",
            row["title"] if row["open"] else "",
        )
        for row in entry.effect_rows  # type: ignore[attr-defined]
    ]  # fmt: skip


def _history(measure_id: int) -> dict[int, list[Told]]:
    """Return all that was reported of a measure, by part, the newest first; one query."""
    found: dict[int, list[Told]] = {}
    reports = StatusReport.objects.filter(participation__measure=measure_id, reported_at__isnull=False)
    for facts in reports.order_by("-reported_at").values(*OF_PERIOD):
        told = Told(
            facts["period__name"], facts["participation_id"], timezone.localdate(facts["reported_at"]), _code(facts),
            facts["done_since"], facts["reason"], facts["next_step"],
            stated(facts["new_due_on"], Precision(facts["new_due_precision"])) if facts["new_due_on"] else "",
            facts["asks"], facts["invented"],
        )  # fmt: skip
        found.setdefault(told.part_id, []).append(told)
    return found


def _code(facts: dict[str, Any]) -> str:
    """Return the mark of what was said then: late where it was, whatever was hoped."""
    state = State(facts["state"])
    if state not in (State.NOT_STARTED, State.UNDER_WAY):
        return state
    if facts["late_since"]:
        return "late"
    if facts["judgement"]:
        return str(facts["judgement"])
    return state


def _released_history(parts: list[Row], released: Content | None) -> dict[int, list[Told]]:
    """Return what the last released report said of each part; the public reads no other."""
    period = released.period.name if released and released.period else ""
    return {
        row.part_id: [
            Told(
                period if not row.is_stale else "", row.part_id, row.last_reported_on, row.standing.value,
                row.done_since, row.reason, row.next_step, row.new_due, row.asks, row.invented,
            )
        ]
        for row in parts
        if released and row.part_id and row.last_reported_on
    }  # fmt: skip


def _neighbour(order: list[Row], place: int) -> Neighbour | None:
    if not 0 <= place < len(order):
        return None
    row = order[place]
    return Neighbour(row.full_number, row.title, row.url)
