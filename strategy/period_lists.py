"""What the officer's pages of a plan's periods read: each list with a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import export
from portal.calendar import Precision, format_precise
from portal.models import Mail, Notice, User
from portal.templatetags.portal_tags import standing_word
from strategy import asking, handling, rules
from strategy.models import PlanReport, ReportingPeriod, StatusReport

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse

    from strategy.models import Plan

NOT_REPORTED, LATE, ASKS, DATE, RETURNED, NOBODY = "ikke", "sent", "ber", "dato", "tilbake", "ingen"
REPORTED = "levert"
SHOWS = {
    "": gettext_lazy("All"), NOT_REPORTED: gettext_lazy("Not reported"), REPORTED: gettext_lazy("Reported"),
    LATE: gettext_lazy("Late"), DATE: gettext_lazy("New date to approve"), ASKS: gettext_lazy("Asks for something"),
    RETURNED: gettext_lazy("Sent back"), NOBODY: gettext_lazy("Nobody to ask"),
}  # fmt: skip
SORTS = {
    "": gettext_lazy("Who is responsible"), "plan": gettext_lazy("The plan’s own order"),
    "sent": gettext_lazy("Longest late first"), "rapportert": gettext_lazy("Newest report first"),
    "minnet": gettext_lazy("Longest since a reminder first"),
}  # fmt: skip
PARTNERS, UNNAMED = "partner", "ingen"
LONG_AGO = dt.datetime(1990, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Asked:
    """What the overview was asked to show: which reports, whose, words to look for, and in what order."""

    vis: str = ""
    q: str = ""
    enhet: str = ""
    hvem: str = ""
    organ: str = ""
    sorter: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> Asked:
        given = {name: " ".join(request.GET.get(name, "").split())[:80] for name in cls.__dataclass_fields__}
        return cls(**given)

    def query(self, **others: str) -> str:
        return urlencode({name: value for name, value in {**asdict(self), **others}.items() if value})

    @property
    def narrows(self) -> bool:
        return any((self.vis, self.q, self.enhet, self.hvem, self.organ))


@dataclass(slots=True)
class Line:
    """One report as the overview shows it."""

    report: StatusReport
    number: str
    title: str
    who: str
    group: str
    standing: str
    """Where the measure stands: as it was reported, else by its dates of today."""
    late_days: int
    may_act: bool
    may_ask: bool
    has_answerer: bool
    is_partner: bool
    mail: str = ""

    @property
    def mark(self) -> str:
        """The row as a form sends it back: its id, and the version that was seen."""
        return f"{self.report.pk}-{self.report.row_version}"

    @property
    def is_named(self) -> bool:
        """Whether someone is named, be it a person who has left."""
        return bool(self.report.address or _person_of(self.report))

    @property
    def is_reported(self) -> bool:
        return self.report.reported_at is not None

    @property
    def is_returned(self) -> bool:
        return asking.is_sent_back(self.report)

    @property
    def waits_for_date(self) -> bool:
        report = self.report
        over = report.participation.state in (rules.State.DONE, rules.State.CANCELLED)
        return bool(report.new_due_on and report.date_approved_on is None and not over)

    @property
    def is_lost(self) -> bool:
        """Whether the newest mail to the partner never arrived."""
        return self.mail == Mail.State.DEAD

    @property
    def said(self) -> str:
        return self.report.reason or self.report.done_since

    @property
    def kinds(self) -> set[str]:
        """The filters that show it."""
        found = {
            NOT_REPORTED: not self.is_reported, REPORTED: self.is_reported, LATE: self.late_days > 0,
            ASKS: bool(self.report.asks), DATE: self.waits_for_date, RETURNED: self.is_returned,
            NOBODY: not self.has_answerer and not self.is_reported,
        }  # fmt: skip
        return {name for name, holds in found.items() if holds}


# ---- one period ----


def lines_of(period: ReportingPeriod, reader: Any, today: dt.date) -> list[Line]:
    """Return the period's reports that the reader sees, in the plan's order; four queries."""
    rows = asking.with_people(StatusReport.objects.filter(period=period).visible_to(reader))
    rows = rows.select_related("plan").prefetch_related("participation__milestones")
    reports = list(rows.order_by("participation__measure__current_entry__position", "authority__name", "pk"))
    named = ((report.person_id, report.participation.person_id, report.reported_by_id) for report in reports)
    people = {pk for each in named for pk in each if pk}
    known = set(User.objects.visible_to(reader).filter(pk__in=people).values_list("pk", flat=True))
    several = len({report.authority_id for report in reports}) > 1
    mails = _mails(period)
    return [_line(report, reader, today, known, mails, several=several) for report in reports]


def _mails(period: ReportingPeriod) -> dict[str, str]:
    """Return how it went with the newest mail to each partner in the period; one query."""
    told = Notice.objects.filter(
        kind="partner_asked", subject_type=handling.PERIOD, subject_id=period.pk, mail__isnull=False
    )
    return {to.lower(): state for to, state in told.order_by("pk").values_list("address", "mail__state")}


def _line(
    report: StatusReport, reader: Any, today: dt.date, known: set[int], mails: dict[str, str], *, several: bool
) -> Line:
    part, entry = report.participation, report.participation.measure.current_entry
    late = late_since(report) if report.reported_at else rules.late_since(part.facts, today)
    answerer = asking.who_answers(report)
    places = [report.authority.name if several else "", part.partner if report.address else str(part.unit or "")]
    return Line(
        report=report, number=entry.full_number if entry else "", title=asking.measure_title(report),
        who=who_in_words(report, known), group=" · ".join(filter(None, places)) or _("No unit"),
        standing=standing_of(report, today), late_days=(today - late).days if late else 0,
        may_act=handling.may_act_on(reader, report), may_ask=handling.may_ask_about(reader, report),
        has_answerer=answerer is not None, is_partner=bool(report.address),
        mail=mails.get(report.address.lower(), "") if report.address else "",
    )  # fmt: skip


def who_in_words(report: StatusReport, known: set[int]) -> str:
    """Return who answered, or is to answer; a person the reader does not know is told by her authority."""
    if report.reported_at and report.reported_as:
        return report.reported_as
    if report.reported_at and report.reported_by:
        return _name(report, report.reported_by, known)
    if report.address:
        return report.participation.partner or report.address
    person = report.person or report.participation.person
    return _name(report, person, known) if person else _("nobody named")


def _name(report: StatusReport, person: User, known: set[int]) -> str:
    name = str(person) if person.pk in known else _("someone in %(name)s") % {"name": report.authority.name}
    return name if person.is_active else _("%(name)s, who has left") % {"name": name}


def late_since(report: StatusReport) -> dt.date | None:
    """Return since when the measure was late as it was reported; an approved new date ends that."""
    return None if report.date_approved_on else report.late_since


def standing_of(report: StatusReport, today: dt.date) -> str:
    """Return where the measure stands: what was reported, and late where it was late then; else by its dates today."""
    facts = report.participation.facts
    if report.reported_at is None:
        return rules.standing(facts, today).value
    if rules.must_explain(rules.State(report.state), late_since(report)):
        return rules.Standing.LATE.value
    said = rules.MeasureFacts(
        state=rules.State(report.state), due=facts.due, due_precision=facts.due_precision,
        judgement=rules.Judgement(report.judgement), milestones=facts.milestones,
    )  # fmt: skip
    return rules.standing(said, timezone.localdate(report.reported_at)).value


def fitting(lines: Iterable[Line], asked: Asked) -> list[Line]:
    """Return the lines that fit what was asked, in the order asked for."""
    found = [line for line in lines if _fits(line, asked)]
    orders: dict[str, Any] = {
        "": lambda line: (line.group.startswith(_("No unit")), line.group.lower()),
        "sent": lambda line: -line.late_days,
        "rapportert": lambda line: -(line.report.reported_at or LONG_AGO).timestamp(),
        "minnet": lambda line: (line.report.reminded_at or LONG_AGO).timestamp(),
    }
    return sorted(found, key=orders[asked.sorter]) if asked.sorter in orders else found


def _fits(line: Line, asked: Asked) -> bool:
    report, words = line.report, asked.q.lower()
    texts = (
        line.title, line.who, line.group, report.reason, report.next_step, report.done_since, report.asks,
        report.question,
    )  # fmt: skip
    is_hers = {
        "": True, PARTNERS: line.is_partner, UNNAMED: not line.has_answerer,
    }.get(asked.hvem, str(_person_of(report)) == asked.hvem)  # fmt: skip
    return (
        (asked.vis not in SHOWS or not asked.vis or asked.vis in line.kinds)
        and (not words or line.number == words or any(words in text.lower() for text in texts))
        and (not asked.enhet or str(report.participation.unit_id) == asked.enhet)
        and (not asked.organ or str(report.authority_id) == asked.organ)
        and is_hers
    )


def _person_of(report: StatusReport) -> int | None:
    return None if report.address else (report.person_id or report.participation.person_id)


def figures(lines: list[Line]) -> dict[str, int]:
    """Return how many reports each filter shows, all of them and those that have come."""
    counts = Counter(kind for line in lines for kind in line.kinds)
    return {"all": len(lines), "reported": counts[REPORTED], **{name: counts[name] for name in SHOWS if name}}


def chips(lines: list[Line], asked: Asked) -> list[dict[str, Any]]:
    """Return the filters that have something to show, with how many and whether each is chosen."""
    counts = figures(lines)
    return [
        {
            "word": word, "number": counts[name or "all"], "query": asked.query(vis=name),
            "is_chosen": name == asked.vis,
        }
        for name, word in SHOWS.items() if counts[name or "all"] or name in ("", asked.vis)
    ]  # fmt: skip


def choices(lines: list[Line]) -> dict[str, list[tuple[str, str]]]:
    """Return what the lists of the search form offer: units, people and authorities that have reports."""
    reports = [line.report for line in lines]
    units = {(str(part.unit_id), str(part.unit)) for r in reports if (part := r.participation).unit_id}
    people = {(str(pk), line.who) for line in lines if (pk := _person_of(line.report))}
    others = [(PARTNERS, _("Partners"))] if any(line.is_partner for line in lines) else []
    others += [(UNNAMED, _("Nobody to ask"))] if any(not line.has_answerer for line in lines) else []
    return {
        "units": sorted(units, key=lambda each: each[1].lower()),
        "people": [*others, *sorted(people, key=lambda each: each[1].lower())],
        "authorities": sorted({(str(r.authority_id), r.authority.name) for r in reports}, key=lambda each: each[1]),
    }


def overview(lines: list[Line], asked: Asked) -> dict[str, Any]:
    """Return what the overview shows: who has not reported first, then what came."""
    shown = fitting(lines, asked)
    offered = choices(lines)
    return {
        "asked": asked, "query": asked.query(), "chips": chips(lines, asked), "figures": figures(lines), **offered,
        "sorts": list(SORTS.items()), "is_grouped": not asked.sorter,
        "missing": [line for line in shown if not line.is_reported],
        "came": [line for line in shown if line.is_reported], "shown": len(shown), "total": len(lines),
        "may_act": any(line.may_act for line in shown),
    }  # fmt: skip


# ---- as a file ----


def _day(value: dt.date | None, precision: str = "day") -> Any:
    is_day = value is None or precision == Precision.DAY
    return (value or "") if is_day else format_precise(value, Precision(precision), "nb")  # type: ignore[arg-type]


def _on(moment: dt.datetime | None) -> Any:
    return timezone.localdate(moment) if moment else ""


COLUMNS: tuple[tuple[Any, Any], ...] = (
    ("number", gettext_lazy("No.")), ("title", gettext_lazy("Measure")),
    ("report.authority.name", gettext_lazy("Authority")), ("report.participation.unit", gettext_lazy("Unit")),
    ("who", gettext_lazy("Who reports")), (lambda r: _on(r.report.reported_at), gettext_lazy("Reported")),
    (lambda r: standing_word(r.standing), gettext_lazy("Standing")), ("late_days", gettext_lazy("Days late")),
    ("report.done_since", gettext_lazy("Done since last")), ("report.reason", gettext_lazy("Reason")),
    ("report.next_step", gettext_lazy("Next step")),
    (lambda r: _day(r.report.new_due_on, r.report.new_due_precision), gettext_lazy("New date")),
    ("report.date_approved_on", gettext_lazy("New date approved")), ("report.asks", gettext_lazy("Asks of the body")),
    ("report.question", gettext_lazy("Question back")),
    (lambda r: _on(r.report.reminded_at), gettext_lazy("Last reminded")),
)  # fmt: skip


def as_file(form: str, period: ReportingPeriod, lines: list[Line]) -> HttpResponse:
    """Send exactly the reports the overview shows, in its order.

    Raises:
        Http404: another form than csv or xlsx.
    """
    return export.answer(form, f"rapportering-{period.plan.slug}-{period.ends_on:%Y-%m}", COLUMNS, lines)


# ---- all periods of a plan ----


def periods_of(plan: Plan, reader: Any, today: dt.date, *, owns: bool) -> list[dict[str, Any]]:
    """Return the plan's periods, newest first, with how many have reported and the reports made; three queries."""
    seen = StatusReport.objects.filter(period__plan=plan).visible_to(reader)
    numbers = {
        row["period"]: row
        for row in seen.order_by()
        .values("period")
        .annotate(
            asked=Count("pk"),
            came=Count("reported_at"),
            returned=Count("pk", filter=Q(returned_at__gt=F("reported_at"))),
        )
    }
    reports: dict[int | None, list[PlanReport]] = {}
    made = PlanReport.objects.filter(plan=plan) if owns else PlanReport.objects.filter(plan=plan).exclude(html="")
    fields = ("number", "version", "period", "frozen_on", "released_at", "plan")
    for report in made.only(*fields).order_by("number", "version"):
        reports.setdefault(report.period_id, []).append(report)
    return [
        {
            "asked": 0, "came": 0, "returned": 0, **numbers.get(period.pk, {}), "reports": reports.get(period.pk, []),
            "period": period, "state": rules.period_state(period.facts, today).value,
        }
        for period in plan.periods.select_related("body")
    ]  # fmt: skip
