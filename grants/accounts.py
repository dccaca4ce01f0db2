"""What an account's page and an entry's page read: entries found, sorted and exported; the balance is never summed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Q
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from grants import overview
from grants.models import Account, Grant, LedgerEntry, YearBalance
from portal import access_log, export
from portal.models import Document
from portal.models.base import key_in
from portal.money import format_nok

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpResponse, QueryDict

Kind = LedgerEntry.Kind
PER_PAGE = 100
MOST_GRANTS = 50
INTO = frozenset(
    {Kind.APPROPRIATION, Kind.CONTRIBUTION, Kind.CARRY_IN, Kind.DISTRIBUTE_IN, Kind.RELEASE, Kind.REPAYMENT}
)
"""Entries that make more free; a payout moves nothing between free and committed."""
SORTS = {
    "dato": ("-on_date", "-pk"), "eldst": ("on_date", "pk"), "storst": ("-amount_nok", "-pk"),
    "minst": ("amount_nok", "pk"), "slag": ("kind", "-on_date", "-pk"),
}  # fmt: skip
SORT_WORDS = {
    "dato": gettext_lazy("Newest first"), "eldst": gettext_lazy("Oldest first"),
    "storst": gettext_lazy("Largest first"), "minst": gettext_lazy("Smallest first"),
    "slag": gettext_lazy("By kind"),
}  # fmt: skip
RELATIVES = (
    "grant__organisation", "payout__file", "repayment", "line", "pledge", "year_end", "decision__body", "case", "by",
    "reversed_by",
)  # fmt: skip


def effect_nok(entry: LedgerEntry) -> int:
    """Return how an entry moves what is free on its account."""
    if entry.kind == Kind.PAYOUT:
        return 0
    return entry.amount_nok if entry.kind in INTO else -entry.amount_nok


def effect(entry: LedgerEntry) -> str:
    """Return the same in words."""
    moved = effect_nok(entry)
    return format_nok(moved, signed=True) if moved else _("none")


def what(entry: LedgerEntry) -> str:
    """Return what an entry is about, in the words of what it belongs to."""
    if entry.grant is not None:
        return f"{entry.grant.organisation}: {entry.grant}"
    if entry.line is not None:
        return str(entry.line)
    if entry.pledge is not None:
        return str(entry.pledge)
    return str(entry.year_end) if entry.year_end is not None else entry.note


def decided(entry: LedgerEntry) -> str:
    """Return the decision an entry rests on: the resolution, the reference, or both."""
    step = entry.decision
    said = [str(part) for part in (step.body or step.actor, step.case_number) if part] if step is not None else []
    return ", ".join([*said, entry.reference] if entry.reference else said)


COLUMNS = (
    ("pk", gettext_lazy("Entry")), (lambda row: row.on_date, gettext_lazy("Date")), ("year", gettext_lazy("Year")),
    ("get_kind_display", gettext_lazy("Kind")), (what, gettext_lazy("What")),
    (lambda row: row.amount_nok, gettext_lazy("Amount in kroner")),
    (effect_nok, gettext_lazy("Change of what is free")),
    (decided, gettext_lazy("Decision")), ("case.reference", gettext_lazy("Case")),
    ("by.name", gettext_lazy("Registered by")),
    (lambda row: row.at.date(), gettext_lazy("Registered")), ("note", gettext_lazy("Note")),
    (lambda row: row.reverses_id or "", gettext_lazy("Undoes entry")),
    (lambda row: row.reversed_by.pk if hasattr(row, "reversed_by") else "", gettext_lazy("Undone by entry")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks of the entries; what cannot be read is as not asked."""

    words: str = ""
    kind: str = ""
    year: int = 0
    since: dt.date | None = None
    until: dt.date | None = None
    sort: str = "dato"

    @property
    def is_narrowed(self) -> bool:
        return bool(self.words or self.kind or self.year or self.since or self.until)

    @property
    def query(self) -> str:
        """The same as an address; empty where nothing is asked."""
        given = {
            "q": self.words, "slag": self.kind, "ar": self.year or "", "fra": self.since or "", "til": self.until or "",
            "sorter": "" if self.sort == "dato" else self.sort,
        }  # fmt: skip
        return urlencode({name: value for name, value in given.items() if value})


def asked_of(query: QueryDict) -> Asked:
    kind, sort = query.get("slag", ""), query.get("sorter", "")
    year = key_in(query.get("ar", ""))
    return Asked(
        " ".join(query.get("q", "").replace("\x00", "").split())[:80], kind if kind in Kind.values else "",
        year if year < 10_000 else 0, day_of(query.get("fra", "")), day_of(query.get("til", "")),
        sort if sort in SORTS else "dato",
    )  # fmt: skip


def day_of(text: str) -> dt.date | None:
    try:
        return parse_date(text[:10])
    except ValueError:
        return None


def entries_of(account: Account, asked: Asked) -> Any:
    """Return the account's entries that fit what is asked, with what they belong to."""
    rows = LedgerEntry.objects.filter(account=account).select_related(*RELATIVES).order_by(*SORTS[asked.sort])
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.year:
        rows = rows.filter(year=asked.year)
    if asked.since:
        rows = rows.filter(on_date__gte=asked.since)
    if asked.until:
        rows = rows.filter(on_date__lte=asked.until)
    if asked.words:
        found = Q()
        for path in ("grant__title", "grant__organisation__name", "line__name", "pledge__payer", "reference", "note",
                     "case__reference"):  # fmt: skip
            found |= Q(**{f"{path}__icontains": asked.words})
        rows = rows.filter(found | Q(pk=key_in(asked.words)))
    return rows


class Row(NamedTuple):
    """An entry in the list."""

    entry: LedgerEntry
    what: str
    decided: str
    effect: str
    is_undone: bool


def listed(account: Account, asked: Asked, page: str | None, user: Any) -> dict[str, Any]:
    """Return one page of the account's entries; who sees exempt cases in it is noted. A fixed number of queries."""
    pages = Paginator(entries_of(account, asked), PER_PAGE)
    if not asked.is_narrowed:
        pages.count = account.balance.entries  # the balance knows; counting a million entries takes longer
    shown = pages.get_page(page)
    entries = list(shown)
    note_seen(user, entries)
    return {
        "rows": [Row(each, what(each), decided(each), effect(each), hasattr(each, "reversed_by")) for each in entries],
        "page": shown, "asked": asked, "query": asked.query, "kinds": Kind.choices, "sorts": SORT_WORDS.items(),
    }  # fmt: skip


def note_seen(user: Any, entries: Iterable[LedgerEntry]) -> None:
    access_log.saw_list(user, [entry.case for entry in entries if entry.case is not None])


def as_file(form: str, account: Account, asked: Asked, user: Any) -> HttpResponse:
    """Return exactly the entries that are asked for.

    Raises:
        Http404: another form than csv or xlsx.
    """
    rows = list(entries_of(account, asked))
    note_seen(user, rows)
    return export.answer(form, f"posteringer-{account.pk}", COLUMNS, rows)


# ---- how what is free came about ----


class Sum(NamedTuple):
    """One line of the sum that ends in what is free."""

    text: Any
    amount_nok: int
    kind: str = ""


SUMS = (
    ("appropriated_nok", 1, gettext_lazy("Appropriated"), Kind.APPROPRIATION),
    ("distributed_in_nok", 1, gettext_lazy("From a sum that was divided"), Kind.DISTRIBUTE_IN),
    ("contributed_nok", 1, gettext_lazy("Paid in by others"), Kind.CONTRIBUTION),
    ("carried_in_nok", 1, gettext_lazy("Carried over from before"), Kind.CARRY_IN),
    ("repaid_nok", 1, gettext_lazy("Paid back"), Kind.REPAYMENT),
    ("distributed_out_nok", -1, gettext_lazy("Divided"), Kind.DISTRIBUTE_OUT),
    ("committed_nok", -1, gettext_lazy("Committed"), Kind.COMMITMENT),
    ("released_nok", 1, pgettext_lazy("money", "Lapsed, and free again"), Kind.RELEASE),
    ("carried_out_nok", -1, gettext_lazy("Carried over to later"), Kind.CARRY_OUT),
    ("returned_nok", -1, gettext_lazy("Returned to the treasury"), Kind.RETURN),
)


def sums_of(counters: Any) -> list[Sum]:
    """Return what adds up to what is free, without what is nought."""
    return [Sum(text, sign * amount, kind) for name, sign, text, kind in SUMS if (amount := getattr(counters, name))]


class YearOfFund(NamedTuple):
    """One year of a standing account."""

    balance: YearBalance
    came_nok: int
    committed_nok: int
    paid_nok: int
    free_after_nok: int


def years_of(account: Account) -> list[YearOfFund]:
    """Return a standing account year by year, the newest first; one query."""
    found, free = [], 0
    for row in overview.balances_of([account.pk])[account.pk]:
        free += row.free_nok
        came = row.appropriated_nok + row.contributed_nok + row.carried_in_nok + row.distributed_in_nok + row.repaid_nok
        found.append(YearOfFund(row, came, row.committed_nok - row.released_nok, row.paid_nok, free))
    return found[::-1]


def grants_on(account: Account) -> list[Grant]:
    """Return the grants of an account, the newest first, and never more than a page holds; one query."""
    rows = Grant.objects.filter(account=account).select_related("organisation", "balance")
    return list(rows.order_by("-decided_on", "-pk")[: MOST_GRANTS + 1])


# ---- one entry ----


def traced(entry: LedgerEntry) -> dict[str, Any]:
    """Return all that an entry leads to: what it was moved with, the documents of its case, what undoes it."""
    others = LedgerEntry.objects.filter(transfer=entry.transfer).exclude(pk=entry.pk) if entry.transfer else None
    papers = Document.objects.filter(case=entry.case_id)[:20] if entry.case_id else []
    return {
        "what": what(entry), "decided": decided(entry), "effect": effect(entry),
        "together": list(others.select_related("account").order_by("pk")) if others is not None else [],
        "documents": list(papers), "undone_by": getattr(entry, "reversed_by", None),
        "sentence": sentence_of(entry),
    }  # fmt: skip


def sentence_of(entry: LedgerEntry) -> str:
    """Return what an entry did, in one sentence."""
    if entry.reverses_id is not None:
        return _("Undoes an earlier entry: the same amount goes the other way.")
    if entry.kind == Kind.PAYOUT:
        return _("What was committed is paid out. What is free is not changed.")
    if entry.kind in INTO:
        return _("There is more to grant on the account.")
    return _("There is less to grant on the account.")
