"""What a plan's status page shows, gathered by a fixed number of queries; templates only lay it out."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from portal.calendar import last_day
from portal.models.base import NorwegianKey
from portal.money import NBSP
from portal.templatetags.portal_tags import STANDINGS
from strategy import adoption, changes, charts, figures, filters, levels, plan_panels, reported, sentences, tally
from strategy.content import Content, Figure, PanelContent, Participant, PlanWords, Treatment
from strategy.filters import MISSING, NO_FILTER, Filter
from strategy.levels import Aim, GoalBlock, Segment, StrategyBlock, StrategyWords, TagLine, hang
from strategy.models import Plan, PlanParticipant, PlanSdg
from strategy.rows import Row, read_rows
from strategy.rules import Reporting, Standing, TargetStanding, count
from strategy.tally import Counted, MoneyTable

if TYPE_CHECKING:
    from django.db.models import QuerySet

NEVER = dt.date.min
"""Stands first where the longest ago stands first."""
FAILING = (TargetStanding.BEHIND, TargetStanding.WRONG_WAY)
"""Where a target stands when the sentence says that it is behind."""


class Unreported(NamedTuple):
    """A row without a report for the last period, and how long ago there was one; never for one without any."""

    row: Row
    days: int | None


class Drawn(NamedTuple):
    """A figure with the lines that show it."""

    figure: Figure
    lines: charts.Lines


class Changed(NamedTuple):
    """What changed since an earlier report, in words."""

    intro: str
    groups: list[changes.Group]
    ending: str


@dataclass(slots=True)
class Status:
    """All facts of the page. Without `live` no row carries standing to the reader."""

    content: Content
    measure_word: str
    live: bool
    today: dt.date
    participants: list[Participant]
    rows: list[Row]
    goals: list[GoalBlock]
    loose: GoalBlock
    lines: list[StrategyBlock]
    grips: list[StrategyBlock]
    vision_sdgs: list[str]
    aim_sdgs: list[str]
    basis_sdgs: list[str]
    tags: list[tuple[str, list[TagLine]]]
    shown: int
    filter: Filter
    money: MoneyTable | None
    sentence: str = ""
    size: str = ""
    counts: list[Counted] = field(default_factory=list)
    reporting: Counted | None = None
    """How many lack a report for the last period that was due; nothing where none was due or nobody was asked."""
    missing: list[Counted] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    spread: list[Segment] = field(default_factory=list)
    late: list[Row] = field(default_factory=list)
    unreported: list[Unreported] = field(default_factory=list)
    asks: list[Row] = field(default_factory=list)
    aims: list[Aim] = field(default_factory=list)
    """The targets of the plan itself; those of a goal are the goal's."""
    figures: list[Drawn] = field(default_factory=list)
    changed: Changed | None = None

    @property
    def money_panels(self) -> list[PanelContent]:
        return [each for each in self.content.panels if each.figures] if self.live else []

    @property
    def other_panels(self) -> list[PanelContent]:
        return [each for each in self.content.panels if not each.figures] if self.live else []

    @property
    def has_targets(self) -> bool:
        return bool(self.content.targets)

    @property
    def treatment(self) -> Treatment:
        """Where the report is taken up: as it was frozen, else as the period says."""
        report, period = self.content.report, self.content.period
        if report and report.treatment.body:
            return report.treatment
        return period.treatment if period else Treatment()

    @property
    def heading(self) -> str:
        """Which report this is, and when its figures were frozen; empty for the live view."""
        report, period = self.content.report, self.content.period
        return sentences.heading_of(report, period.name if period else "") if report else ""

    @property
    def is_coming(self) -> bool:
        """Whether it can be said where this goes: in a report for good, in the live view until the day is over."""
        on = self.treatment.on
        return self.content.report is not None or on is None or last_day(on, self.treatment.precision) >= self.today

    @property
    def lacks(self) -> list[Counted]:
        """What a row may lack, as the reader may ask for it."""
        return [*self.missing, *([self.reporting] if self.reporting else [])]

    @property
    def treated(self) -> str:
        return sentences.treated(self.treatment, self.body)

    @property
    def body(self) -> str:
        """Who is asked, as the middle of a sentence names it."""
        return adoption.mid_sentence(self.treatment.body)

    @property
    def measure_count(self) -> int:
        return len({row.measure_id for row in self.rows})

    @property
    def measures_size(self) -> str:
        """How many measures, in the plan's own word."""
        return sentences.counted(self.measure_count, self.measure_word)

    @property
    def late_size(self) -> str:
        return sentences.counted(len(self.late), self.measure_word)

    @property
    def is_numbered(self) -> bool:
        return any(row.number for row in self.rows)

    @property
    def columns(self) -> int:
        """How many columns the tables have: number if any is printed, title, and three for how it goes."""
        return 1 + self.is_numbered + 3 * self.live

    @property
    def is_shared(self) -> bool:
        """Whether several authorities each have their own part in the measures."""
        return len({row.authority_id for row in self.rows}) > 1

    @property
    def invented(self) -> bool:
        return any(row.invented for row in self.rows)

    @property
    def tables(self) -> list[GoalBlock]:
        return [block for block in (*self.goals, self.loose) if block.blocks]


def plan_and_participants(plan_id: int) -> tuple[Plan | None, list[Participant]]:
    """Return the plan with its authority, and who takes part, the owner first; one query.

    The plan carries `resolution_rows`, what its adoption rests on (see `strategy.adoption`), and the rows of its
    levels and periods, so that `read` need not ask for them.
    """
    plan = _whole_plans().filter(pk=plan_id).first()
    if plan is None:
        return None, []
    order = list(PlanParticipant.Role.values)
    rows = sorted(plan.participant_rows, key=lambda row: order.index(row["role"]))
    return plan, [Participant(row["id"], row["name"], row["slug"], row["listed"], row["role"]) for row in rows]


@functools.cache
def _whole_plans() -> QuerySet[Any]:
    """Return the question for plans with all that hangs on them: put together once, which takes longer than asking."""
    links = PlanParticipant.objects.filter(plan=OuterRef("pk")).order_by(NorwegianKey("authority__name"))
    facts = {"id": "authority_id", "name": "authority__name", "slug": "authority__slug",
             "listed": "authority__is_listed", "role": "role"}  # fmt: skip
    return Plan.objects.select_related("authority").annotate(
        participant_rows=ArraySubquery(links.values(row=JSONObject(**facts))),
        resolution_rows=adoption.rows_of_plan(OuterRef("pk")),
        **_columns(),
    )


def _columns() -> dict[str, ArraySubquery]:
    return {**levels.columns(OuterRef("pk")), "period_rows": reported.period_rows(OuterRef("pk"))}


def read(
    plan: Plan, *, today: dt.date, participants: list[Participant], period: int | None = None, viewer: Any = None,
    panels: list[Any] | None = None,
) -> Content:  # fmt: skip
    """Return the facts of the plan's pages on a day; a fixed number of queries, whatever the plan's size.

    `period` is the one a report is made for; else the last that was due tells who has reported. `viewer` is who sees
    the panels of other areas; nobody sees what everyone may. `panels` is what they are made from, where it is asked.
    """
    known: Any = plan if hasattr(plan, "goal_rows") else Plan.objects.annotate(**_columns()).get(pk=plan.pk)
    sdgs = levels.name_sdgs([*known.goal_sdg_rows, *known.plan_sdg_rows])
    periods = known.period_rows
    targets, drawn = figures.read(plan.pk, today)
    content = Content(
        on=today, plan=PlanWords.of(plan), participants=participants, rows=read_rows(plan, today),
        goals=levels.word_goals(known.goal_rows, sdgs),
        strategies=[StrategyWords(**row) for row in known.strategy_rows],
        vision_sdgs=sdgs[None, PlanSdg.Role.VISION], aim_sdgs=sdgs[None, PlanSdg.Role.AIM],
        basis_sdgs=sdgs[None, PlanSdg.Role.BASIS],
        tags=levels.group_tags(known.tag_rows, plan.measure_word),
        targets=targets, figures=drawn, panels=plan_panels.show(plan, viewer, panels),
    )  # fmt: skip
    names = {one.authority_id: one.name for one in participants}
    for row in content.rows:
        row.authority = names.get(row.authority_id or 0, "")
    if due := reported.choose(periods, today, period):
        content.period = reported.words(due)
    reported.lay_into(content.rows, plan.pk, periods, due)
    return content


def assemble(content: Content, *, live: bool, chosen: Filter = NO_FILTER) -> Status:
    """Return what the templates lay out; pure. Without `live` no row carries standing to the reader."""
    rows, plan = content.rows, content.plan
    chosen = chosen if live else NO_FILTER
    kept = [row for row in rows if chosen.keeps(row)] if chosen else rows
    goals, loose, lines, grips = hang(plan, content.goals, content.strategies, rows, kept, keep_empty=not chosen)
    status = Status(
        content=content, measure_word=plan.measure_word, live=live, today=content.on,
        participants=content.participants, rows=rows, goals=goals, loose=loose, lines=lines,
        grips=grips, vision_sdgs=content.vision_sdgs, aim_sdgs=content.aim_sdgs,
        basis_sdgs=content.basis_sdgs, tags=content.tags, shown=len(kept), filter=chosen,
        money=tally.money_table(goals, loose) if live else None,
    )  # fmt: skip
    strategies = (*(block for goal in (*goals, loose) for block in goal.strategies), *lines, *grips)
    status.size = tally.size(plan, len(goals), strategies, status.measure_count)
    _add_targets(status)
    if live:
        _add_standing(status)
        _add_reports(status)
    return status


def gather(
    plan: Plan, *, today: dt.date, live: bool, participants: list[Participant], chosen: Filter = NO_FILTER
) -> Status:
    """Return the facts of the plan's status page, laid out."""
    return assemble(read(plan, today=today, participants=participants), live=live, chosen=chosen)


def _add_targets(status: Status) -> None:
    """Hang each target under its goal; those of the plan itself, and of no goal the page shows, stand first."""
    goals = {goal.id: goal for goal in status.goals}
    for line in status.content.targets:
        goal = goals.get(line.goal_id)
        (goal.aims if goal else status.aims).append(Aim(line, charts.bullet(line)))
    if status.live:
        status.figures = [Drawn(figure, charts.lines(figure)) for figure in status.content.figures]


def _add_standing(status: Status) -> None:
    counts = count(row.standing for row in status.rows)
    status.counts = tally.standings(counts, status.filter)
    status.spread = tally.segments(counts)
    status.late = sorted((row for row in status.rows if row.late_since), key=lambda row: -row.days_late)
    status.missing = [_lacks(status, code) for code in MISSING if code != "report"]
    status.units = filters.units(status.rows)
    for goal in (*status.goals, status.loose):
        own = count(row.standing for row in goal.all_rows)
        goal.spread = tally.segments(own)
        goal.counts_text = ", ".join(
            f"{number}{NBSP}{str(STANDINGS[each.value].word).lower()}" for each, number in own.items() if number
        )


def _add_reports(status: Status) -> None:
    """Add what was reported, what was not, what is asked, and what changed; and the sentence that tells it all."""
    content = status.content
    without = [row for row in status.rows if row.reporting == Reporting.NOT_REPORTED]
    if content.period and any(row.reporting != Reporting.NOT_ASKED for row in status.rows):
        status.reporting = _lacks(status, "report")
    status.unreported = [
        Unreported(row, (content.on - row.last_reported_on).days if row.last_reported_on else None)
        for row in sorted(without, key=lambda row: row.last_reported_on or NEVER)
    ]
    by_lateness = (*status.late, *(row for row in status.rows if not row.late_since))
    status.asks = [row for row in by_lateness if row.asks] if status.is_coming else []
    counts = count(row.standing for row in status.rows)
    status.sentence = sentences.how_it_goes(
        counts, status.measure_word, undated=sum(row.lacks_date for row in status.rows), unreported=len(without),
        behind=sum(target.standing in FAILING for target in content.targets), asks=len(status.asks),
        body=status.treatment.body,
    )  # fmt: skip
    if content.changes:
        status.changed = Changed(
            changes.introduction(content.changes, counts[Standing.LATE], status.measure_word),
            changes.groups(content.changes.lines),
            changes.nothing_else(content.changes, status.measure_word, has_targets=status.has_targets),
        )


def _lacks(status: Status, code: str) -> Counted:
    word, lacks = MISSING[code]
    number = sum(map(lacks, status.rows))
    size = sentences.counted(number, status.measure_word)
    address = NO_FILTER.address(missing=code)
    return Counted(code, str(word), number, address, status.filter.missing == code, size)
