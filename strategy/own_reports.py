"""What one person is to report now, over all her authorities: what waits, what is done, what she has given away."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from strategy import reporting, rules
from strategy.deadlines import open_reports
from strategy.models import MeasureParticipation, ReportingPeriod, StatusReport
from strategy.report_forms import ReportForm

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

FORMS_SHOWN = 12
"""So many measures can be answered on the page itself; the rest have a page each, so that it never grows heavy."""


@dataclass
class Card:
    """One measure as the page shows it: where it stands, what was said last, and the form."""

    report: StatusReport
    before: StatusReport | None
    today: dt.date
    form: ReportForm | None = None
    is_open: bool = False
    facts: rules.MeasureFacts = field(init=False)

    def __post_init__(self) -> None:
        self.facts = self.report.participation.facts

    @property
    def number(self) -> str:
        entry = self.report.participation.measure.current_entry
        return entry.full_number if entry else ""

    @property
    def title(self) -> str:
        return reporting.wording(self.report)

    @property
    def standing(self) -> str:
        return rules.standing(self.facts, self.today).value

    @property
    def days_late(self) -> int:
        return rules.days_late(self.facts, self.today)

    @property
    def late_since(self) -> dt.date | None:
        return rules.late_since(self.facts, self.today)

    @property
    def is_returned(self) -> bool:
        return reporting.is_sent_back(self.report)

    @property
    def waits(self) -> bool:
        return reporting.waits(self.report)

    @property
    def may_press(self) -> bool:
        """Whether “unchanged” is enough to say; a question back wants an answer in words."""
        return not self.is_returned and reporting.one_press(self.report, self.before, self.today)

    @property
    def language(self) -> str:
        return str(self.report.plan.authority.language_form)


@dataclass(frozen=True)
class Mine:
    """All of one person's reports in the periods that take them."""

    waiting: list[Card]
    done: list[Card]
    given: list[Card]

    @property
    def count(self) -> int:
        return len(self.waiting) + len(self.done)

    @property
    def share(self) -> float:
        """How much is done, in percent of what is hers to answer."""
        return round(100 * len(self.done) / self.count, 1) if self.count else 0.0

    @property
    def due_on(self) -> dt.date | None:
        """The first day that something of what waits is due."""
        return min((card.report.period.due_on for card in self.waiting), default=None)

    @property
    def periods(self) -> list[ReportingPeriod]:
        """The periods she reports in, each once, in order of their due dates."""
        found = {card.report.period_id: card.report.period for card in [*self.waiting, *self.done]}
        return sorted(found.values(), key=lambda period: (period.due_on, period.pk))

    @property
    def has_several(self) -> bool:
        """Whether plan and period must be named at each measure."""
        return len(self.periods) > 1


def with_all(rows: QuerySet[StatusReport]) -> QuerySet[StatusReport]:
    """Bring along all that the page of a report shows."""
    return rows.select_related(
        "period__body", "plan__authority", "authority", "person", "reported_by", "participation__unit",
        "participation__person", "participation__measure__current_entry__strategy",
    ).prefetch_related("participation__milestones")  # fmt: skip


def gather(user: Any, today: dt.date) -> Mine:
    """Return what is hers: five queries, however many there are."""
    named = Q(person=user) | Q(participation__person=user)
    rows = list(with_all(open_reports(today).filter(named)).order_by("period__due_on", "plan_id", "pk"))
    before = reporting.previous_of(rows)
    cards = [Card(row, before.get(row.pk), today) for row in rows]
    own = [card for card in cards if is_own(user, card.report)]
    waiting = sorted((card for card in own if card.waits), key=urgency)
    for card in waiting[:FORMS_SHOWN]:
        card.form = ReportForm(report=card.report, before=card.before, today=today)
    done = sorted((card for card in own if not card.waits), key=lambda card: card.report.reported_at, reverse=True)  # type: ignore[arg-type,return-value]
    return Mine(waiting, done, [card for card in cards if card not in own and card.waits])


def is_own(user: Any, report: StatusReport) -> bool:
    """Say whether the report waits for her; the same as `StatusReportQuerySet.waiting_for`."""
    if report.person_id is not None:
        return bool(report.person_id == user.pk)
    return bool(not report.address and report.participation.person_id == user.pk)


def urgency(card: Card) -> tuple[Any, ...]:
    """Return what the cards are sorted by: the longest late first, then what came back, then by due date and place."""
    entry = card.report.participation.measure.current_entry
    place = entry.position if entry else 0
    return (-card.days_late, not card.is_returned, card.report.period.due_on, card.report.plan_id, place)


def next_opening(user: Any, today: dt.date) -> ReportingPeriod | None:
    """Return the next period that she will be asked in."""
    plans = MeasureParticipation.objects.filter(person=user).values("plan")
    coming = ReportingPeriod.objects.filter(plan__in=plans, opens_on__gt=today, closed_on=None)
    return coming.select_related("plan__authority").order_by("opens_on", "pk").first()


def others_left(user: Any, today: dt.date, but: StatusReport) -> int:
    """Return how many other reports wait for her."""
    rows: Iterable[StatusReport] = open_reports(today).waiting_for(user).exclude(pk=but.pk)  # type: ignore[attr-defined]
    return sum(reporting.waits(row) for row in rows)
