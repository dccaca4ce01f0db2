"""A budget year as it stands: schemes with their accounts, and totals that add up. Read from balances, never summed.

For each account, what came in is what went out of it and what is left:
appropriated + paid in + from before = committed + moved on + free. A fund brings what was free with it from the years
before, and may pay what it committed then.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass, field, fields
from functools import reduce
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Q, Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from grants.models import Account, BudgetLine, Grant, Pledge, Scheme, Stage, YearBalance, YearEnd
from portal import export

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpResponse

    from portal.models import Authority

MOST_BARS = 12
"""Accounts that are drawn each for itself; where there are more, each scheme is one bar."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What came to an account in a year, where it went, and what stands beside it; whole kroner."""

    appropriated_nok: int = 0
    """With what was divided to it, without what was divided from it."""
    paid_in_nok: int = 0
    """Paid in by others, and paid back by recipients."""
    before_nok: int = 0
    """Carried over from the year before; of a fund, what was free when the year began."""
    committed_nok: int = 0
    """Granted in the year, less what lapsed."""
    paid_nok: int = 0
    owed_before_nok: int = 0
    """Committed in earlier years and not paid when the year began; a fund's only."""
    carried_out_nok: int = 0
    returned_nok: int = 0
    free_nok: int = 0
    pledged_nok: int = 0
    assessed_nok: int = 0
    """Of grants that are being assessed; no money moves by it."""

    def __add__(self, other: Figures) -> Figures:
        return Figures(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    @property
    def came_nok(self) -> int:
        return self.appropriated_nok + self.paid_in_nok + self.before_nok

    @property
    def moved_nok(self) -> int:
        return self.carried_out_nok + self.returned_nok

    @property
    def unpaid_nok(self) -> int:
        """What is committed and not paid, when the year ends or today."""
        return self.owed_before_nok + self.committed_nok - self.paid_nok

    @property
    def whole_nok(self) -> int:
        """What the year had to its disposal: what came, and what it owed from before. The length of a bar."""
        return self.came_nok + self.owed_before_nok

    @property
    def short_nok(self) -> int:
        """How much more is being assessed than is free."""
        return max(self.assessed_nok - self.free_nok, 0)


@dataclass(frozen=True, slots=True)
class AccountOfYear:
    """An account with its figures of the year; `frame_nok` is the most a fund may grant in it."""

    account: Account
    figures: Figures
    line: BudgetLine | None = None
    fund_id: int | None = None
    frame_nok: int | None = None
    frame_left_nok: int | None = None

    @property
    def name(self) -> str:
        return self.account.name

    @property
    def area(self) -> str:
        return self.line.area if self.line else ""


@dataclass(slots=True)
class SchemeOfYear:
    """A scheme with its accounts of the year, and what is proposed and not decided."""

    scheme: Scheme
    accounts: list[AccountOfYear] = field(default_factory=list)
    proposed_nok: int = 0
    proposed: int = 0

    @property
    def name(self) -> str:
        return self.scheme.name

    @property
    def figures(self) -> Figures:
        return total(row.figures for row in self.accounts)


@dataclass(slots=True)
class YearOverview:
    """One budget year of an authority."""

    year: int
    schemes: list[SchemeOfYear]
    years: list[int]
    end: YearEnd | None = None

    @property
    def figures(self) -> Figures:
        return total(scheme.figures for scheme in self.schemes)

    @property
    def accounts(self) -> list[AccountOfYear]:
        return [row for scheme in self.schemes for row in scheme.accounts]

    @property
    def proposed_nok(self) -> int:
        return sum(scheme.proposed_nok for scheme in self.schemes)

    @property
    def is_closed(self) -> bool:
        return self.end is not None and self.end.closed_at is not None


def total(parts: Iterable[Figures]) -> Figures:
    return reduce(operator.add, parts, Figures())


def year(authority: Authority, year: int) -> YearOverview:
    """Return the authority's year. Seven queries, however many accounts, grants and entries there are."""
    accounts = Account.objects.filter(Q(year=year) | Q(year=None), authority=authority)
    accounts = accounts.select_related("balance", "line", "fund").order_by(
        F("line__position").asc(nulls_last=True), "name", "pk"
    )
    found = list(accounts)
    funds = balances_of([row.pk for row in found if row.year is None])
    assessed, pledged = assessed_of(authority, year), pledged_of(list(funds), year)
    schemes = {scheme.pk: SchemeOfYear(scheme) for scheme in Scheme.objects.filter(authority=authority)}
    for account in found:
        beside = Figures(assessed_nok=assessed.get(account.pk, 0), pledged_nok=pledged.get(account.pk, 0))
        row = of_line(account, beside) if account.year else of_fund(account, funds[account.pk], beside, year)
        if row is not None:
            schemes[account.scheme_id].accounts.append(row)
    known = {balance.year for rows in funds.values() for balance in rows}
    lines = BudgetLine.objects.filter(authority=authority).order_by().values_list("scheme", "year", "stage")
    for scheme_id, of_year, stage, amount, number in lines.annotate(Sum("amount_nok"), Count("pk")):
        known.add(of_year)
        if of_year == year and stage == Stage.PROPOSED:
            schemes[scheme_id].proposed_nok, schemes[scheme_id].proposed = amount, number
    shown = [scheme for scheme in schemes.values() if scheme.accounts or scheme.proposed]
    end = YearEnd.objects.filter(authority=authority, year=year).first()
    return YearOverview(year, shown, sorted(known), end)


def balances_of(accounts: list[int]) -> dict[int, list[YearBalance]]:
    """Return the balances of each standing account, year by year; one query."""
    found: dict[int, list[YearBalance]] = {pk: [] for pk in accounts}
    for row in YearBalance.objects.filter(account__in=accounts).order_by("year"):
        found[row.account_id].append(row)
    return found


def assessed_of(authority: Authority, year: int) -> dict[int, int]:
    """Return what is asked of each account in grants that are being assessed; one query."""
    grants = Grant.objects.filter(authority=authority, year=year, state=Grant.State.PROPOSED)
    return dict(grants.order_by().values_list("account").annotate(Sum("amount_nok")))


def pledged_of(accounts: list[int], year: int) -> dict[int, int]:
    """Return what is pledged to each fund and not paid in; one query, and none where there is no fund."""
    if not accounts:
        return {}
    found: dict[int, int] = {}
    pledges = Pledge.objects.filter(fund__account__in=accounts, state=Pledge.State.OPEN, pledged_on__year__lte=year)
    for account, amount, paid in pledges.annotate(paid_nok=Sum("entries__amount_nok")).values_list(
        "fund__account", "amount_nok", "paid_nok"
    ):
        found[account] = found.get(account, 0) + max(amount - (paid or 0), 0)
    return found


def figures_of(counters: Any, beside: Figures, *, before_nok: int = 0, owed_before_nok: int = 0) -> Figures:
    """Return the figures that an account's counters say, with what stood there before."""
    return Figures(
        appropriated_nok=counters.appropriated_nok + counters.distributed_in_nok - counters.distributed_out_nok,
        paid_in_nok=counters.contributed_nok + counters.repaid_nok, before_nok=counters.carried_in_nok + before_nok,
        committed_nok=counters.committed_nok - counters.released_nok, paid_nok=counters.paid_nok,
        owed_before_nok=owed_before_nok, carried_out_nok=counters.carried_out_nok,
        returned_nok=counters.returned_nok, free_nok=counters.free_nok + before_nok, pledged_nok=beside.pledged_nok,
        assessed_nok=beside.assessed_nok,
    )  # fmt: skip


def of_line(account: Account, beside: Figures) -> AccountOfYear | None:
    """Return a budget line's account; nothing where the line is withdrawn and nothing moved since."""
    line = getattr(account, "line", None)
    figures = figures_of(account.balance, beside)
    if line is not None and line.stage == Stage.REJECTED and figures == Figures():
        return None
    return AccountOfYear(account, figures, line)


def of_fund(account: Account, balances: list[YearBalance], beside: Figures, year: int) -> AccountOfYear | None:
    """Return a fund's account with what it brings from the years before; nothing before its first year."""
    fund = getattr(account, "fund", None)
    if balances and balances[0].year > year:
        return None
    earlier = [row for row in balances if row.year < year]
    own = next((row for row in balances if row.year == year), None) or YearBalance(free_nok=0)
    figures = figures_of(
        own, beside, before_nok=sum(row.free_nok for row in earlier),
        owed_before_nok=sum(row.committed_nok - row.released_nok - row.paid_nok for row in earlier),
    )  # fmt: skip
    left = own.frame_nok - own.committed_nok if own.frame_nok is not None else None
    return AccountOfYear(account, figures, None, fund.pk if fund else None, own.frame_nok, left)


# ---- the picture ----


@dataclass(frozen=True, slots=True)
class Part:
    """One stretch of a bar: where it starts and how long it is, in per cent."""

    kind: str
    amount_nok: int
    x: str
    width: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A scheme or an account as one bar: what it had, and what became of it."""

    name: str
    about: str
    figures: Figures
    parts: list[Part]


PARTS = ("paid", "unpaid", "moved", "free")


def bars(overview: YearOverview) -> list[Bar]:
    """Return the year drawn: each account, or each scheme where they are many. The longest takes the whole width."""
    rows: list[tuple[str, str, Figures]] = [
        (row.name, scheme.name, row.figures) for scheme in overview.schemes for row in scheme.accounts
    ]
    if len(rows) > MOST_BARS:
        rows = [(scheme.name, "", scheme.figures) for scheme in overview.schemes if scheme.accounts]
    longest = max((figures.whole_nok for _name, _about, figures in rows), default=0)
    return [Bar(name, about, figures, parts_of(figures, longest)) for name, about, figures in rows]


def parts_of(figures: Figures, longest: int) -> list[Part]:
    """Return the stretches of one bar, in the order they are named; nothing is drawn of what is nought."""
    found, start = [], 0
    for kind in PARTS:
        amount: int = getattr(figures, f"{kind}_nok")
        if amount > 0 and longest:
            found.append(Part(kind, amount, f"{start * 100 / longest:.3f}%", f"{amount * 100 / longest:.3f}%"))
            start += amount
    return found


# ---- the same as a file ----

COLUMNS = (
    ("scheme", _("Scheme")), ("row.name", _("Account")), ("row.area", pgettext_lazy("budget", "Area")),
    ("figures.appropriated_nok", _("Appropriated")), ("figures.paid_in_nok", _("Paid in")),
    ("figures.pledged_nok", _("Pledged")), ("figures.before_nok", _("From before")),
    ("figures.committed_nok", _("Committed")), ("figures.paid_nok", _("Paid out")),
    ("figures.unpaid_nok", _("Not paid yet")), ("figures.carried_out_nok", _("Carried over")),
    ("figures.returned_nok", _("Returned")), ("figures.free_nok", _("Free")),
    ("figures.assessed_nok", _("Being assessed")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Exported:
    scheme: str
    row: AccountOfYear
    figures: Figures


def as_file(form: str, overview: YearOverview) -> HttpResponse:
    """Return the year as csv or xlsx, a row for each account.

    Raises:
        Http404: another form than these.
    """
    rows = [Exported(scheme.name, row, row.figures) for scheme in overview.schemes for row in scheme.accounts]
    return export.answer(form, f"penger-{overview.year}", COLUMNS, rows)
