"""What the page of a year's end shows: its lines and sums, what has moved since, and what closing would stop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F, Sum
from django.utils.translation import gettext_lazy as _

from grants import closing
from grants.models import Account, Balance, BudgetLine, Grant, Stage, YearEnd, YearEndLine
from portal.models.case import Access

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import Authority

WITH = ("authority", "prepared_by", "closed_by", "step__body")
COLUMNS = [
    ("account.scheme.name", _("scheme")), ("account.name", _("account")), ("account.year", _("budget year")),
    ("free_nok", _("left")), ("carry_nok", _("carried over")), ("into.name", _("to the account")),
    ("into.year", _("year")), ("return_nok", _("returned")), ("reason", _("reason")),
]  # fmt: skip
SHOWN = 50
"""Grants and lines named on the page; the lists have them all."""


def lines_of(end: YearEnd) -> Any:
    """Return the lines with their accounts; one query."""
    rows = end.lines.select_related("account__scheme", "into__scheme", "year_end")
    return rows.order_by("account__scheme__name", "account__year", "account__name", "pk")


def suggested(line: YearEndLine, takers: list[Account]) -> int | None:
    """Return the next year's account of the same scheme that bears the same name, if there is one."""
    own = line.account
    fits = [
        account for account in takers
        if (account.scheme_id, account.name, account.year) == (own.scheme_id, own.name, line.year_end.year + 1)
    ]  # fmt: skip
    return fits[0].pk if len(fits) == 1 else None


def stopped_by_closing(authority: Authority, year: int) -> dict[str, Any]:
    """Return what cannot be decided any more when the year is closed; two queries."""
    waiting = Grant.objects.filter(authority=authority, state=Grant.State.PROPOSED, account__year__lte=year)
    proposed = BudgetLine.objects.filter(authority=authority, year__lte=year, stage=Stage.PROPOSED)
    grants = list(waiting.select_related("organisation", "case").order_by("pk")[: SHOWN + 1])
    lines = list(proposed.select_related("scheme").order_by("-year", "pk")[: SHOWN + 1])
    return {
        "stopped_grants": [(grant, is_open(grant)) for grant in grants[:SHOWN]], "more_grants": len(grants) > SHOWN,
        "stopped_lines": lines[:SHOWN], "more_lines": len(lines) > SHOWN,
    }  # fmt: skip


def is_open(grant: Grant) -> bool:
    """Say whether a grant can be named here; one that is exempt is read on its own page, where the reading is noted."""
    return grant.access == Access.OPEN and grant.case.access == Access.OPEN


def owed(authority: Authority, year: int) -> int:
    """Return what is committed and not paid of the year and earlier: it is paid all the same; one query."""
    left = F("committed_nok") - F("released_nok") - F("paid_nok")
    rows = Balance.objects.filter(account__authority=authority, account__year__lte=year)
    return rows.aggregate(sum=Sum(left))["sum"] or 0


def page_of(authority: Authority, year: int, end: YearEnd | None, user: Any, today: dt.date) -> dict[str, Any]:
    """Return what the page shows of a year's end, begun or not."""
    left = closing.left_on_accounts(authority.pk, year)
    later = YearEnd.objects.filter(authority=authority, year__gt=year, closed_at__isnull=False)
    facts: dict[str, Any] = {
        "end": end, "years": years_of(authority, year, today), "left_nok": sum(left.values()), "accounts": len(left),
        "owed_nok": owed(authority, year), "is_over": year < today.year, "is_ahead": year > today.year,
        "is_closed": end is not None and end.closed_at is not None,
        "closed_later": (end is None or end.closed_at is None) and later.exists(),
        "may_change": False, **stopped_by_closing(authority, year),
    }  # fmt: skip
    if end is None:
        return facts
    rows = list(lines_of(end))
    return {
        **facts, "rows": rows, "carry_nok": sum(row.carry_nok for row in rows),
        "return_nok": sum(row.return_nok for row in rows), "free_nok": sum(row.free_nok for row in rows),
        **how_far(end, rows, left, user, today),
    }  # fmt: skip


def how_far(end: YearEnd, rows: list[YearEndLine], left: dict[int, int], user: Any, today: dt.date) -> dict[str, Any]:
    """Return how far it has come, whose turn it is, and what has moved since it was drawn up."""
    if end.closed_at is not None:
        return {"state": "closed", "moved": []}
    then = {row.account_id: row.free_nok for row in rows}
    moved = {account for account in then.keys() | left.keys() if then.get(account, 0) != left.get(account, 0)}
    names = {account.pk: str(account) for account in Account.objects.filter(pk__in=moved)}
    worked = closing.who_worked_on(end)
    return {
        "state": "sent" if end.sent_at else "begun",
        "moved": [(names[account], then.get(account, 0), left.get(account, 0)) for account in sorted(moved)],
        "may_change": end.sent_at is None, "has_worked": user.pk in worked,
        "closers": closing.who_may_close(end, today),
    }  # fmt: skip


def years_of(authority: Authority, year: int, today: dt.date) -> list[int]:
    """Return the years with accounts, up to this one, the newest first; one query."""
    held = Account.objects.filter(authority=authority, year__lte=today.year).order_by()
    return sorted({*held.values_list("year", flat=True).distinct(), year, today.year - 1}, reverse=True)
