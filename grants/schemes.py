"""A scheme as everyone reads it: its conditions in words, its statutes, the way of its cases, and its figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Count, F, OuterRef, Prefetch, Q, Subquery, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from grants import public
from grants.models import (
    Balance,
    BudgetLine,
    Condition,
    Fund,
    FundFrame,
    Grant,
    LedgerEntry,
    PayerClass,
    Pledge,
    Scheme,
    SchemeCase,
    SchemeStatutes,
    ServedMeasure,
    Stage,
)
from portal import case_path
from portal.models import CaseStep, InputRound
from portal.models.case import Access
from portal.money import format_percent
from strategy.models import Measure, Plan
from strategy.sentences import joined, long_day

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from grants.public import PublicLine

PAYER_WORDS = {
    PayerClass.BUSINESS: gettext_lazy("businesses"),
    PayerClass.OWN: gettext_lazy("the recipient itself"),
    PayerClass.MUNICIPALITY: gettext_lazy("other municipalities"),
    PayerClass.STATE: gettext_lazy("state or county"),
    PayerClass.OTHER: gettext_lazy("others"),
}
Kind, State = Condition.Kind, Condition.State


# ---- conditions in words ----


def said_of(condition: Condition) -> str:
    """Return what a condition asks for, in sentences: whose money counts, by when, how much, in which years."""
    said = []
    if condition.kind == Kind.MATCHING:
        facts = {
            "share": format_percent(Decimal(condition.share_percent or 0), 0),
            "who": who_counts(condition.classes),
        }
        said.append(_("At least %(share)s of what is paid must be matched by money from %(who)s.") % facts)
        said.append(_("Work and goods count too.") if condition.counts_in_kind else _("Only money counts."))
    elif condition.kind == Kind.HOLDBACK:
        share = format_percent(Decimal(condition.holdback_percent or 0), 0)
        said.append(_("%(share)s is held back until a report is approved.") % {"share": share})
    if condition.due_on:
        said.append(_("By %(day)s.") % {"day": long_day(condition.due_on)})
    if years := years_of(condition.first_year, condition.last_year):
        said.append(_("Holds %(years)s.") % {"years": years})
    return " ".join(said)


def who_counts(classes: Iterable[str]) -> str:
    """Return «businesses and state or county»: whose money a matching condition counts."""
    return joined([str(PAYER_WORDS[PayerClass(name)]) for name in classes])


def years_of(first: int | None, last: int | None) -> str:
    """Return «2022–2023», «from 2022», «to 2023» or «in 2022»; nothing where both ends are open."""
    if first and last:
        return f"{first}–{last}" if first != last else _("in %(year)s") % {"year": first}
    if first:
        return _("from %(year)s") % {"year": first}
    return _("to %(year)s") % {"year": last} if last else ""


def mark_of(condition: Condition, today: dt.date) -> str:
    """Return the standing of a condition, as `standing` shows it; nothing where each grant has its own."""
    if condition.stage != Stage.ADOPTED:
        return "condition_proposed"
    if condition.state != State.OPEN:
        return f"condition_{condition.state}"
    if condition.first_year and condition.first_year > today.year:
        return "condition_to_come"
    if condition.due_on:
        return "condition_late" if condition.due_on < today else "condition_open"
    return "" if condition.kind in (Kind.MATCHING, Kind.HOLDBACK, Kind.REPORT) else "condition_open"


def documented_words(done: str, all: str) -> str:  # noqa: A002
    """Return how much of a matching condition is documented."""
    return _("%(done)s of %(all)s is documented.") % {"done": done, "all": all}


class ConditionLine(NamedTuple):
    """A condition as a list shows it."""

    title: str
    about: str
    mark: str
    description: str = ""
    scheme: str = ""
    binds_authority: bool = False
    invented: bool = False


def condition_line(condition: Condition, today: dt.date) -> ConditionLine:
    """Return one condition in words, with its mark."""
    return ConditionLine(
        condition.title, said_of(condition), mark_of(condition, today), condition.description, condition.scheme.name,
        condition.binds == Condition.Binds.AUTHORITY, condition.invented,
    )  # fmt: skip


def conditions(
    authority_id: int, today: dt.date, *, scheme: int | None = None, years: tuple[int, int] | None = None
) -> list[ConditionLine]:
    """Return what schemes ask for, those that matter from one year to another if these are given; two queries.

    What a named recipient's line asks for is left out where the recipient is not told.
    """
    asked = Condition.objects.filter(authority=authority_id, grant=None).exclude(stage=Stage.REJECTED)
    asked = asked.filter(scheme=scheme) if scheme else asked.filter(scheme__is_public=True)
    if years is not None:
        asked = asked.filter(Q(last_year=None) | Q(last_year__gte=years[0]))
        asked = asked.filter(Q(first_year=None) | Q(first_year__lte=years[1]))
        is_over = Q(due_on__year__lt=years[0]) & ~Q(stage=Stage.ADOPTED, state=State.OPEN)
        asked = asked.exclude(is_over)
    told = ~Q(line__account__in=public.kept_back_accounts(authority_id)) | Q(line=None)
    found = asked.filter(told).select_related("scheme").order_by("scheme", "position", "pk")
    return [condition_line(condition, today) for condition in found]


# ---- all schemes ----


class SchemeLine(NamedTuple):
    """A scheme in the list of an authority's schemes, with its figures of one year."""

    scheme: Scheme
    years: str
    budget_nok: int
    granted: int
    granted_nok: int
    free_nok: int | None
    """What stands free in its fund, whatever the year; None where it is no fund."""


def _sum_of(rows: QuerySet[Any], expression: Any) -> Subquery:
    """Return a sum of rows that hang on a scheme, as part of the schemes' own query."""
    return Subquery(rows.filter(scheme=OuterRef("pk")).order_by().values("scheme").annotate(n=expression).values("n"))


def scheme_lines(authority_id: int, year: int, *, with_hidden: bool = False) -> list[SchemeLine]:
    """Return the schemes with what was set aside and granted in a year; one query."""
    adopted = BudgetLine.objects.filter(stage=Stage.ADOPTED, year=year, parent=None)
    held = Grant.objects.filter(state__in=Grant.HOLDING, year=year)
    asked = Scheme.objects.filter(authority=authority_id).select_related("authority")
    if not with_hidden:
        asked = asked.filter(is_public=True)
    asked = asked.annotate(
        budget_nok=_sum_of(adopted, Sum("amount_nok")), granted_nok=_sum_of(held, Sum(public.NET)),
        granted_count=_sum_of(held, Count("pk")), free_nok=F("fund__account__balance__free_nok"),
    )  # fmt: skip
    return [
        SchemeLine(
            row, years_of(row.first_year, row.last_year), row.budget_nok or 0, row.granted_count or 0,
            row.granted_nok or 0, row.free_nok,
        )
        for row in asked
    ]  # fmt: skip


# ---- one scheme ----


class StepLine(NamedTuple):
    """One treatment of a case, in short."""

    when: str
    what: str
    who: str
    outcome: str
    invented: bool


class CaseLine(NamedTuple):
    """A case the scheme passes through, with its way where it is open."""

    purpose: str
    title: str
    number: str
    url: str
    steps: list[StepLine]
    is_open: bool
    access: str
    invented: bool
    rounds: list[InputRound]
    """Where everyone was asked for input, and by when."""


def case_lines(scheme: Scheme) -> list[CaseLine]:
    """Return the scheme's cases with their way through the bodies, and their input rounds; three queries."""
    steps = CaseStep.objects.select_related("body__authority").order_by(*case_path.STEP_ORDER)
    links = SchemeCase.objects.filter(scheme=scheme).select_related("case__authority").order_by("pk")
    rounds = InputRound.objects.public().select_related("authority").order_by("due_on", "pk")
    links = links.prefetch_related(Prefetch("case__steps", steps), Prefetch("case__input_rounds", rounds))
    return [_case_line(link) for link in links]


def _case_line(link: SchemeCase) -> CaseLine:
    case, is_open = link.case, link.case.access == Access.OPEN
    return CaseLine(
        purpose_of(link), case.shown_title, case.external_number if is_open else "", case.get_absolute_url(),
        [_step_line(step) for step in case.steps.all()] if is_open else [], is_open, case.get_access_display(),
        case.invented, list(case.input_rounds.all()) if is_open else [],
    )  # fmt: skip


def purpose_of(link: SchemeCase) -> str:
    """Return what the scheme has a case for."""
    if link.purpose == SchemeCase.Purpose.ORGANISATION:  # the word alone also means a company
        return pgettext("purpose of a case", "Organisation")
    return link.get_purpose_display()


def _step_line(step: CaseStep) -> StepLine:
    body = step.body
    who = case_path.who_treats(
        body.name if body else "", body.authority.name if body else "", step.actor,
        is_own=body is not None and body.authority_id == step.authority_id,
    )  # fmt: skip
    outcome = step.outcome if step.outcome != CaseStep.Outcome.PENDING else ""
    what = step.description or step.get_activity_display()
    return StepLine(case_path.when(step, in_text=True), what, who, outcome, step.invented)


@dataclass(slots=True)
class FundFacts:
    """A fund's money: what is free there, its yearly frames, and what others have paid in and pledged."""

    free_nok: int
    contributed_nok: int
    pledged_nok: int
    is_invented: bool
    """Some of what is pledged is invented for the demo."""
    takes_pledges: bool
    frames: list[FundFrame] = field(default_factory=list)


def fund_facts(scheme: Scheme) -> FundFacts | None:
    """Return the figures of the scheme's fund, or nothing where it has none; four queries at most."""
    fund = Fund.objects.filter(scheme=scheme).select_related("account__balance").first()
    if fund is None:
        return None
    balance: Balance = fund.account.balance
    waiting = Pledge.objects.filter(fund=fund, state=Pledge.State.OPEN)
    pledged = waiting.aggregate(n=Sum("amount_nok", default=0), invented=Count("pk", filter=Q(invented=True)))
    paid_of_it = LedgerEntry.objects.filter(pledge__in=waiting).aggregate(n=Sum("amount_nok"))["n"] or 0
    frames = fund.frames.exclude(stage=Stage.REJECTED).order_by("-year", "stage")
    return FundFacts(
        balance.free_nok, balance.contributed_nok, max(pledged["n"] - paid_of_it, 0), bool(pledged["invented"]),
        fund.takes_pledges, list(frames),
    )  # fmt: skip


class YearOfLines(NamedTuple):
    """A scheme's lines of one year at one stage."""

    year: int
    lines: list[PublicLine]
    total_nok: int


def by_year(lines: Iterable[PublicLine], stage: str) -> list[YearOfLines]:
    """Return the lines at one stage by year, the newest first; adopted and recommended are never added together."""
    years: dict[int, list[PublicLine]] = {}
    for line in lines:
        if line.stage == stage:
            years.setdefault(line.year, []).append(line)
    return [
        YearOfLines(year, found, sum(line.amount_nok for line in found))
        for year, found in sorted(years.items(), reverse=True)
    ]


def served(scheme: Scheme, user: Any) -> list[Measure]:
    """Return the measures that the scheme or its lines serve, each once, in plans the reader may read; one query."""
    links = ServedMeasure.objects.filter(scheme=scheme).values("measure")
    found = Measure.objects.filter(pk__in=links, plan__in=Plan.objects.readable_by(user))
    return list(
        found.select_related("plan__authority", "current_entry__strategy").order_by(
            "plan", "current_entry__position", "pk"
        )
    )


def statutes_of(scheme: Scheme) -> list[SchemeStatutes]:
    """Return the versions of the statutes, the newest first; one query."""
    return list(scheme.statutes.select_related("adopted_in__case__authority").order_by("-version"))


def in_force(versions: list[SchemeStatutes], today: dt.date) -> SchemeStatutes | None:
    """Return the adopted version that holds today: the one that took effect last; nothing before the first."""
    held = [one for one in versions if one.adopted_in_id and one.valid_from and one.valid_from <= today]
    return max(held, key=lambda one: (one.valid_from, one.version), default=None)


class Given(NamedTuple):
    """What a scheme has given in one year."""

    year: int
    count: int
    net_nok: int
    paid_nok: int


def given_by_year(scheme: Scheme) -> list[Given]:
    """Return what the scheme has given each year, the newest first, exempt grants too; one query."""
    held = Grant.objects.filter(scheme=scheme, state__in=Grant.HOLDING).order_by("-year").values("year")
    sums = held.annotate(count=Count("pk"), net=Sum(public.NET), paid=Sum(public.PAID))
    return [Given(row["year"], row["count"], row["net"], row["paid"]) for row in sums]
