"""What waits for a person's role with money, on her page of what waits: each said once for an authority, with its page.

A signature has a date and stands among the dates too; here it is said how many there are, and where all are signed.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from grants import payout_deadlines
from grants.closing import WORKED_ON
from grants.models import BankAccount, Payout, YearEnd
from grants.permissions import CLOSES, CONFIRMS_ACCOUNTS, PAYS, tied
from portal import money, permissions
from portal.models import Event

if TYPE_CHECKING:
    from portal.models import User

AUTHORITY = ("authority__slug", "authority__name")


def lines(user: User, today: dt.date) -> list[dict[str, str]]:
    """Return what waits for her roles, as text, detail and address; the same few queries whatever waits."""
    return [*_to_sign(user, today), *_to_send(user), *_to_confirm(user, today), *_to_close(user, today)]


def _line(address: str, text: str, detail: str, slug: str, *more: int, name: str) -> dict[str, str]:
    return {"text": text % {"name": name}, "detail": detail, "url": reverse(address, args=[slug, *more])}


def _totals(rows: Any) -> Any:
    return rows.values_list(*AUTHORITY).annotate(n=Count("pk"), sum=Sum("amount_nok")).order_by("authority__name")


def _to_sign(user: User, today: dt.date) -> list[dict[str, str]]:
    hers = payout_deadlines.to_sign(today).filter(who=user.pk).order_by().values("pk")
    return [
        _line("payouts", _("Sign payouts in %(name)s"), _how_many(n, total), slug, name=name)
        for slug, name, n, total in _totals(Payout.objects.filter(pk__in=hers))
    ]


def _to_send(user: User) -> list[dict[str, str]]:
    approved = Payout.objects.filter(
        state=Payout.State.APPROVED, authority__in=permissions.authorities_with(user, PAYS)
    )
    return [
        _line("payment_files", _("Make the payment file in %(name)s"), _how_many(n, total), slug, name=name)
        for slug, name, n, total in _totals(approved)
    ]


def _how_many(n: int, total: int) -> str:
    words = ngettext("%(n)s payout, %(sum)s.", "%(n)s payouts, %(sum)s.", n)
    return words % {"n": n, "sum": money.format_nok(total)}


def _to_confirm(user: User, today: dt.date) -> list[dict[str, str]]:
    rows = BankAccount.objects.filter(
        state=BankAccount.State.PROPOSED, authority__in=permissions.authorities_with(user, CONFIRMS_ACCOUNTS)
    )
    rows = rows.exclude(proposed_by=user).exclude(tied(user, today))
    found = rows.values_list(*AUTHORITY).annotate(n=Count("pk")).order_by("authority__name")
    words = _("Confirm bank accounts in %(name)s")
    return [
        _line("bank_accounts", words, ngettext("%(n)s change.", "%(n)s changes.", n) % {"n": n}, slug, name=name)
        for slug, name, n in found
    ]


def _to_close(user: User, today: dt.date) -> list[dict[str, str]]:
    worked = Event.objects.filter(
        subject_type="grants.yearend", subject_id=OuterRef("pk"), kind__in=WORKED_ON, actor_id=user.pk
    )
    rows = YearEnd.objects.filter(
        closed_at=None, sent_at__isnull=False, year__lt=today.year,
        authority__in=permissions.authorities_with(user, CLOSES),
    ).exclude(prepared_by=user).exclude(Exists(worked)).order_by("authority__name", "year")  # fmt: skip
    return [
        _line(
            "year_end", _("Close %(year)s in %%(name)s") % {"year": year}, _("Another has prepared it."), slug, year,
            name=name,
        )
        for slug, name, year in rows.values_list(*AUTHORITY, "year")
    ]  # fmt: skip
