"""What the pages of budget lines read: lines found, sorted, summed by how far they have come, and exported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from grants.models import BudgetLine, Scheme, Stage
from portal import export
from portal.models.base import NorwegianKey, key_in

if TYPE_CHECKING:
    from django.http import HttpResponse, QueryDict

    from portal.models import Authority

PER_PAGE = 100
SORTS: dict[str, tuple[Any, ...]] = {
    "ar": ("-year", "scheme", "position", "pk"), "navn": (NorwegianKey("name"), "-year", "pk"),
    "belop": ("-amount_nok", "-year", "pk"), "omrade": (NorwegianKey("area"), "-year", "position", "pk"),
}  # fmt: skip
SORT_WORDS = {
    "ar": _("Newest year first"), "navn": _("By name"), "belop": _("Largest first"), "omrade": _("By area"),
}  # fmt: skip
COLUMNS = (
    ("year", _("Budget year")), ("scheme.name", _("Scheme")), ("name", _("What it is for")),
    ("area", pgettext_lazy("budget", "Area")),
    ("recipient.name", _("Recipient")), (lambda row: row.amount_nok, _("Amount in kroner")),
    ("get_stage_display", _("Stage")), (lambda row: decided(row), _("Decision")), ("parent.name", _("Taken from")),
    ("source", _("Source")),
)  # fmt: skip


def decided(line: BudgetLine) -> str:
    """Return the decision a line rests on: the resolution, the reference, or both."""
    step = line.step
    said = [str(part) for part in (step.body or step.actor, step.case_number) if part] if step is not None else []
    return ", ".join([*said, line.decision_reference] if line.decision_reference else said)


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks of the lines; what cannot be read is as not asked."""

    words: str = ""
    year: int = 0
    scheme: int = 0
    stage: str = ""
    sort: str = "ar"

    @property
    def is_narrowed(self) -> bool:
        return bool(self.words or self.year or self.scheme or self.stage)

    @property
    def query(self) -> str:
        given = {
            "q": self.words, "ar": self.year or "", "ordning": self.scheme or "", "trinn": self.stage,
            "sorter": "" if self.sort == "ar" else self.sort,
        }  # fmt: skip
        return urlencode({name: value for name, value in given.items() if value})


def asked_of(query: QueryDict) -> Asked:
    stage, sort, year = query.get("trinn", ""), query.get("sorter", ""), key_in(query.get("ar", ""))
    return Asked(
        " ".join(query.get("q", "").replace("\x00", "").split())[:80], year if year < 10_000 else 0,
        key_in(query.get("ordning", "")), stage if stage in Stage.values else "", sort if sort in SORTS else "ar",
    )  # fmt: skip


def fitting(authority: Authority, asked: Asked) -> Any:
    """Return the authority's lines that fit what is asked."""
    rows = BudgetLine.objects.filter(authority=authority)
    if asked.year:
        rows = rows.filter(year=asked.year)
    if asked.scheme:
        rows = rows.filter(scheme=asked.scheme)
    if asked.stage:
        rows = rows.filter(stage=asked.stage)
    if asked.words:
        found = Q()
        for path in ("name", "area", "recipient__name", "source", "decision_reference", "scheme__name"):
            found |= Q(**{f"{path}__icontains": asked.words})
        rows = rows.filter(found)
    return rows


def in_order(rows: Any, sort: str) -> Any:
    return rows.select_related("scheme", "recipient", "parent", "fund", "step__body", "account").order_by(*SORTS[sort])


@dataclass(frozen=True, slots=True)
class StageSum:
    """What the lines of one stage sum to; parts of a sum are counted in the sum they are taken from."""

    stage: str
    word: str
    number: int
    amount_nok: int


def sums_of(rows: Any) -> list[StageSum]:
    """Return the sum of each stage, which are never added together; one query."""
    whole = Sum("amount_nok", filter=Q(parent=None), default=0)
    found = {
        stage: (number, amount)
        for stage, number, amount in rows.order_by().values_list("stage").annotate(Count("pk"), whole=whole)
    }
    return [StageSum(stage, str(word), *found[stage]) for stage, word in Stage.choices if stage in found]


def listed(authority: Authority, asked: Asked, page: str | None) -> dict[str, Any]:
    """Return one page of the authority's lines, with what to choose among; a fixed number of queries."""
    rows = fitting(authority, asked)
    shown = Paginator(in_order(rows, asked.sort), PER_PAGE).get_page(page)
    years = BudgetLine.objects.filter(authority=authority).order_by("-year").values_list("year", flat=True).distinct()
    return {
        "rows": list(shown), "page": shown, "asked": asked, "query": asked.query, "sums": sums_of(rows),
        "years": list(years), "schemes": list(Scheme.objects.filter(authority=authority)), "stages": Stage.choices,
        "sorts": SORT_WORDS.items(),
    }  # fmt: skip


def as_file(form: str, authority: Authority, asked: Asked) -> HttpResponse:
    """Return exactly the lines that are asked for.

    Raises:
        Http404: another form than csv or xlsx.
    """
    return export.answer(form, "budsjettposter", COLUMNS, in_order(fitting(authority, asked), asked.sort))
