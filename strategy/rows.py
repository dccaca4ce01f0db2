"""A plan's measures as plain rows, one for each part an authority has in a measure, fetched by three queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.calendar import Precision, format_precise, last_day
from portal.templatetags.portal_tags import standing_html
from strategy.models import Measure, MeasureFunding, Milestone
from strategy.rules import (
    Judgement,
    MeasureFacts,
    MilestoneFacts,
    Reporting,
    Standing,
    State,
    days_late,
    full_number,
    late_since,
    standing,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from strategy.models import Plan

ENTRY = "current_entry__"
PART = "participations__"
FIELDS = (
    "id", "plan_id", f"{ENTRY}number", f"{ENTRY}title", f"{ENTRY}goal_id", f"{ENTRY}strategy_id",
    f"{ENTRY}strategy__number", f"{ENTRY}strategy__goal_id",
    f"{PART}id", f"{PART}authority_id", f"{PART}state", f"{PART}judgement", f"{PART}due_on", f"{PART}due_precision",
    f"{PART}done_on", f"{PART}unit__name", f"{PART}person_id", f"{PART}partner", f"{PART}invented",
)  # fmt: skip


class Step(NamedTuple):
    """A milestone."""

    title: str
    due_on: dt.date
    precision: Precision
    reached_on: dt.date | None
    invented: bool

    @property
    def due(self) -> str:
        return stated(self.due_on, self.precision)

    @property
    def reached(self) -> str:
        return stated(self.reached_on) if self.reached_on else ""


class Money(NamedTuple):
    """What one budget year proposes or sets aside for one measure."""

    year: int
    source: str
    state: str
    amount_nok: int
    decision_reference: str

    @property
    def is_set_aside(self) -> bool:
        return self.state == MeasureFunding.State.FUNDED

    @property
    def source_word(self) -> str:
        return str(MeasureFunding.Source(self.source).label)

    @property
    def state_word(self) -> str:
        return str(MeasureFunding.State(self.state).label)


@dataclass(slots=True)
class Row:
    """One authority's part in a measure, ready to be shown. `standing` is what the rules say on the day asked for."""

    measure_id: int
    plan_id: int
    number: str
    title: str
    goal_id: int | None
    strategy_id: int | None
    strategy_number: str
    part_id: int | None
    authority_id: int | None
    state: State
    done_on: dt.date | None
    due_on: dt.date | None
    due_precision: Precision
    unit: str
    partner: str
    has_person: bool
    invented: bool
    standing: Standing
    late_since: dt.date | None
    days_late: int
    steps: list[Step] = field(default_factory=list)
    money: list[Money] = field(default_factory=list)
    url: str = ""
    anchor: str = ""
    authority: str = ""
    judgement: Judgement = Judgement.NONE
    reporting: Reporting = Reporting.NOT_ASKED
    """The second mark: whether a report came for the last period that was due."""
    last_reported_on: dt.date | None = None
    """The day of the newest report in any period; what follows is what it said."""
    done_since: str = ""
    reason: str = ""
    next_step: str = ""
    new_due_on: dt.date | None = None
    new_due_precision: Precision = Precision.DAY
    asks: str = ""
    """What the body is asked for; empty once a later period was due without asking again."""
    reminded_on: dt.date | None = None

    @property
    def full_number(self) -> str:
        """The printed number with its strategy's before it; empty where the document prints none."""
        return full_number(self.strategy_number, self.number)

    @property
    def is_funded(self) -> bool:
        return any(money.is_set_aside for money in self.money)

    @property
    def is_dated(self) -> bool:
        return bool(self.due_on or self.steps)

    @property
    def lacks_date(self) -> bool:
        """Whether it is to be done, and nothing says when: a fact beside its standing."""
        is_over = self.state in (State.DONE, State.ON_HOLD, State.CANCELLED)
        return not is_over and not self.is_held_to_date

    @property
    def is_held_to_date(self) -> bool:
        return bool(self.due_on) or any(not step.reached_on for step in self.steps)

    @property
    def has_responsible(self) -> bool:
        return bool(self.unit or self.partner or self.has_person)

    @property
    def mark(self) -> SafeString:
        return standing_html(self.standing.value)

    @property
    def second_mark(self) -> SafeString:
        """Said only of what was not reported: a mark on every other row would hide it."""
        return standing_html("not_reported") if self.reporting == Reporting.NOT_REPORTED else SafeString("")

    @property
    def is_stale(self) -> bool:
        """Whether what the newest report said is older than the period that was last due."""
        return self.reporting == Reporting.NOT_REPORTED and self.last_reported_on is not None

    @property
    def last_reported(self) -> str:
        return stated(self.last_reported_on) if self.last_reported_on else ""

    @property
    def new_due(self) -> str:
        """The date that was proposed, as it was stated; said to have passed when it has, while the measure is late."""
        if self.new_due_on is None:
            return ""
        day = stated(self.new_due_on, self.new_due_precision)
        if self.late_since and last_day(self.new_due_on, self.new_due_precision) < self.late_since + dt.timedelta(
            days=self.days_late
        ):
            return _("%(date)s, which has passed too") % {"date": day}
        return day

    @property
    def reminded(self) -> str:
        return stated(self.reminded_on) if self.reminded_on else ""

    @property
    def responsible(self) -> str:
        """Units and roles are shown, never an employee's name."""
        if self.unit or self.partner:
            return ", ".join(filter(None, (self.unit, self.partner)))
        return _("an employee") if self.has_person else _("no one responsible")

    @property
    def due(self) -> str:
        """The date the measure is held to, as it was stated, and in words where there is none."""
        if self.done_on:
            return _("done %(date)s") % {"date": stated(self.done_on)}
        if self.due_on:
            return stated(self.due_on, self.due_precision)
        if step := next((step for step in self.steps if not step.reached_on), None):
            return _("milestone %(date)s") % {"date": step.due}
        return _("not set") if self.state in (State.ON_HOLD, State.CANCELLED) else _("no due date")

    @property
    def repeats_standing(self) -> bool:
        """Whether the date column says in words what the standing has said already."""
        return self.standing == Standing.UNDATED and not self.is_dated

    @property
    def what_is_late(self) -> tuple[str, str]:
        """The milestone that passed first, and its date as stated; no title when it is the measure's own due date."""
        for step in self.steps:
            if not step.reached_on and last_day(step.due_on, step.precision) == self.late_since:
                return step.title, step.due
        return "", stated(self.due_on, self.due_precision) if self.due_on else ""


def stated(day: dt.date, precision: Precision = Precision.DAY) -> str:
    return format_precise(day, precision, get_language() or "nb")


def read_rows(plan: Plan, today: dt.date) -> list[Row]:
    """Return the plan's measures in force in order of print, with dates and money; three queries."""
    rows = read_standings([plan.pk], today)
    money: dict[int, list[Money]] = defaultdict(list)
    for part_id, *facts in (
        MeasureFunding.objects.filter(participation__plan_id=plan.pk)
        .order_by("year", "source")
        .values_list("participation_id", "year", "source", "state", "amount_nok", "decision_reference")
    ):
        money[part_id].append(Money(*facts))
    address = reverse("measure_page", args=[plan.authority.slug, plan.slug, 0]).removesuffix("0/")
    placed: set[int] = set()
    for row in rows:
        row.url = f"{address}{row.measure_id}/"
        row.anchor = f"t{row.measure_id}" if row.measure_id not in placed else f"t{row.measure_id}-{row.authority_id}"
        placed.add(row.measure_id)
        if row.part_id in money:
            row.money = money[row.part_id]
    return rows


def read_standings(plan_ids: Iterable[int], today: dt.date) -> list[Row]:
    """Return the measures of one or more plans with where they stand; two queries."""
    steps: dict[int, list[Step]] = defaultdict(list)
    for part_id, title, due_on, precision, reached_on, invented in (
        Milestone.objects.filter(participation__plan_id__in=plan_ids)
        .order_by("due_on", "pk")
        .values_list("participation_id", "title", "due_on", "due_precision", "reached_on", "invented")
    ):
        steps[part_id].append(Step(title, due_on, Precision(precision), reached_on, invented))
    measures = (
        Measure.objects.filter(plan_id__in=plan_ids, current_entry__isnull=False)
        .exclude(current_entry__change="dropped")
        .order_by("plan_id", "current_entry__position", "participations__authority_id")
    )
    return [_row(facts, steps, today) for facts in measures.values_list(*FIELDS)]


def _row(facts: tuple, steps: dict[int, list[Step]], today: dt.date) -> Row:  # type: ignore[type-arg]
    (
        measure_id, plan_id, number, title, goal_id, strategy_id, strategy_number, strategy_goal_id, part_id,
        authority_id, state, judgement, due_on, due_precision, done_on, unit, person_id, partner, invented,
    ) = facts  # fmt: skip
    own_steps = steps.get(part_id, [])
    precision = Precision(due_precision or Precision.DAY)
    measure_facts = MeasureFacts(
        state=State(state or State.NOT_STARTED), due=due_on, due_precision=precision,
        judgement=Judgement(judgement or Judgement.NONE),
        milestones=tuple(MilestoneFacts(step.due_on, step.precision, bool(step.reached_on)) for step in own_steps),
    )  # fmt: skip
    return Row(
        measure_id=measure_id, plan_id=plan_id, number=number, title=title, goal_id=goal_id or strategy_goal_id,
        strategy_id=strategy_id, strategy_number=strategy_number or "", part_id=part_id, authority_id=authority_id,
        state=measure_facts.state, done_on=done_on, due_on=due_on, due_precision=precision, unit=unit or "",
        partner=partner or "", has_person=person_id is not None,
        invented=bool(invented) or any(step.invented for step in own_steps),
        standing=standing(measure_facts, today), late_since=late_since(measure_facts, today),
        days_late=days_late(measure_facts, today), steps=own_steps, judgement=measure_facts.judgement,
    )  # fmt: skip
