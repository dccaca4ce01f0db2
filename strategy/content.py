"""What a plan's pages show, as plain values: read once from the database, or from a frozen report.

`Content` is the one shape that the live page, the released page, the PDF, the document, the exports and the comparison
of two reports are made from. It holds facts and no layout; `strategy.status` turns it into what templates lay out.
Frozen content outlives the code: a field that is added has a default, and none is renamed or given another meaning.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256
from typing import NamedTuple

import msgspec

from portal.calendar import Precision
from strategy.levels import GoalWords, StrategyWords, TagLine
from strategy.models import Plan, PlanParticipant, PlanReport
from strategy.rows import Row
from strategy.rules import Growth, TargetKind, TargetStanding, Wanted

SHAPE = 1
"""The number of the shape; raised when a field is added."""


class Participant(NamedTuple):
    authority_id: int
    name: str
    slug: str
    is_listed: bool
    role: str

    @property
    def role_word(self) -> str:
        return str(PlanParticipant.Role(self.role).label)


@dataclass(slots=True)
class PlanWords:
    """The plan itself, as its pages name it."""

    id: int
    slug: str
    title: str
    period: str
    status: str
    authority_id: int
    authority_name: str
    authority_slug: str
    language: str
    vision: str = ""
    mission: str = ""
    values: str = ""
    aim: str = ""
    superior_plan: str = ""
    source: str = ""
    goal_word: str = "mål"
    strategy_word: str = "strategi"
    measure_word: str = "tiltak"
    invented: bool = False

    def __str__(self) -> str:
        return f"{self.title} {self.period}"

    @property
    def get_status_display(self) -> str:
        return str(Plan.Status(self.status).label)

    @classmethod
    def of(cls, plan: Plan) -> PlanWords:
        owner = plan.authority
        return cls(
            plan.pk, plan.slug, plan.title, plan.period, plan.status, owner.pk, owner.full_name, owner.slug,
            owner.language_form, plan.vision, plan.mission, plan.values, plan.aim, plan.superior_plan, plan.source,
            plan.goal_word, plan.strategy_word, plan.measure_word, plan.invented,
        )  # fmt: skip


class Point(NamedTuple):
    """One observed value: at the end of what, how much, and whether it is an estimate."""

    on: dt.date
    value: Decimal
    is_estimated: bool = False
    invented: bool = False


@dataclass(slots=True)
class TargetLine:
    """A target with where its indicator stands on the content's day. Values are in the indicator's unit."""

    id: int
    goal_id: int | None
    title: str
    kind: TargetKind
    growth: Growth
    wanted: Wanted
    indicator_id: int
    indicator: str
    unit: str
    decimals: int
    area: str
    stated: Decimal
    """The target as the plan states it: the level, the change, or the per cent of the other area."""
    target_on: dt.date
    standing: TargetStanding
    target: Decimal | None = None
    """The level to be reached; unknown for a change whose baseline is not observed."""
    baseline: Point | None = None
    latest: Point | None = None
    expected: Decimal | None = None
    """What it should have been on the content's day, by the growth the target assumes."""
    needed: Decimal | None = None
    """What is needed each year from the latest value: in the unit, or in per cent for compound growth."""
    printed_growth: Decimal | None = None
    computed_growth: Decimal | None = None
    """Per cent a year from baseline to target, as computed; beside what the plan prints."""
    next_due: dt.date | None = None
    """When the measurement after the latest was, or is, to be there."""
    compared_with: str = ""
    note: str = ""
    invented: bool = False
    expected_on: dt.date | None = None
    """The day `expected` is said of: the latest value's own, or the content's where no current value is known."""


@dataclass(slots=True)
class SeriesLine:
    area: str
    category: str
    points: list[Point] = field(default_factory=list)


@dataclass(slots=True)
class Figure:
    """An indicator with its series, as a line chart and its table show them."""

    indicator_id: int
    name: str
    unit: str
    decimals: int
    interval_months: int
    definition: str = ""
    source: str = ""
    source_url: str = ""
    licence: str = ""
    series: list[SeriesLine] = field(default_factory=list)


@dataclass(slots=True)
class Treatment:
    """Where the report is taken up: the body, its day as precisely as it is known, and its case number."""

    body: str = ""
    on: dt.date | None = None
    precision: Precision = Precision.DAY
    number: str = ""


@dataclass(slots=True)
class PeriodWords:
    """The last period that was due, or the one a report is made for."""

    id: int
    name: str
    starts_on: dt.date
    ends_on: dt.date
    due_on: dt.date
    closed_on: dt.date | None = None
    treatment: Treatment = field(default_factory=Treatment)


@dataclass(slots=True)
class ReportHead:
    """What makes content a numbered report."""

    number: int
    version: int
    frozen_on: dt.date
    reason: str = ""
    treatment: Treatment = field(default_factory=Treatment)
    first_frozen_on: dt.date | None = None
    """When the first version was frozen, for a correction."""


class Change(NamedTuple):
    """What happened to one measure, or to one target, since the report before."""

    kind: str
    """One of `strategy.changes.KINDS`."""
    part_id: int
    """The participation, or the target."""
    number: str
    title: str
    before: str = ""
    """What it was: the code of a standing, or for `date_moved` a day with its precision (`strategy.changes.day_of`),
    empty for a first date."""
    after: str = ""
    anchor: str = ""
    url: str = ""


@dataclass(slots=True)
class Changes:
    """What changed since an earlier report, and which one that was."""

    since_number: int
    since_version: int
    since_on: dt.date
    lines: list[Change] = field(default_factory=list)
    late_before: int | None = None
    """How many were late in the earlier report."""


class PanelContent(NamedTuple):
    """What another area showed on the page when it was frozen: a heading, HTML it made itself, and its figures."""

    name: str
    html: str
    figures: dict[str, int]


@dataclass(slots=True)
class Content:
    """All facts of a plan's pages on one day."""

    on: dt.date
    plan: PlanWords
    participants: list[Participant] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    goals: list[GoalWords] = field(default_factory=list)
    strategies: list[StrategyWords] = field(default_factory=list)
    vision_sdgs: list[str] = field(default_factory=list)
    aim_sdgs: list[str] = field(default_factory=list)
    basis_sdgs: list[str] = field(default_factory=list)
    tags: list[tuple[str, list[TagLine]]] = field(default_factory=list)
    targets: list[TargetLine] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    period: PeriodWords | None = None
    panels: list[PanelContent] = field(default_factory=list)
    changes: Changes | None = None
    report: ReportHead | None = None
    shape: int = SHAPE


def encode(content: Content) -> tuple[str, str]:
    """Return the content as canonical JSON, and its SHA-256 in hex; the same facts give the same text."""
    text = msgspec.json.encode(content, order="deterministic").decode()
    return text, sha256(text.encode()).hexdigest()


def decode(text: str) -> Content:
    """Return frozen content. Raises: msgspec.ValidationError when the text is no content."""
    return msgspec.json.decode(text, type=Content)


def released(report_id: int) -> Content | None:
    """Return what a released report froze, or nothing when no such report is released; one query."""
    found = PlanReport.objects.filter(pk=report_id, released_at__isnull=False).values_list("content", flat=True).first()
    return decode(found) if found is not None else None
