"""Copies from outside: what the national aid register says of an undertaking, and the euro rates by the day."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from grants.minimis_aid import reading
from grants.models import DeclaredAid, ExchangeRate, RegisterAward, RegisterMatch
from portal.integrations import aid_register, exchange_rates

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.integrations.aid_register import Award
    from portal.integrations.exchange_rates import Rate

BATCH = 1000
WEEK = dt.timedelta(days=7)
FIELDS = ["number", "giver", "decided_on", "amount_nok", "basis", "fetched_at"]


# ---- the aid register ----


def refresh(numbers: Iterable[str], now: dt.datetime) -> int:
    """Ask the register what each of these has been given, and keep the answer; return how many awards it knows.

    What the register does not know any more goes, unless an officer has said what it is.

    Raises:
        AidRegisterError: it does not answer; nothing is changed.
    """
    told = {number: aid_register.awards_to(number) for number in numbers}
    with transaction.atomic():
        for number, awards in told.items():
            kept = keep(awards, now)
            gone = RegisterAward.objects.filter(number=number).exclude(reference__in=kept)
            _drop(gone.values_list("reference", flat=True))
    return sum(not award.is_gone for awards in told.values() for award in awards)


def keep(awards: Iterable[Award], now: dt.datetime) -> list[str]:
    """Store awards, new or changed, and drop those that are annulled there; return the numbers of those that stand."""
    kept: list[str] = []
    for some in _batches(awards):
        rows = {award.reference: _row(award, now) for award in some if not award.is_gone}
        with transaction.atomic():
            RegisterAward.objects.bulk_create(
                rows.values(), update_conflicts=True, update_fields=FIELDS, unique_fields=["reference"]
            )
            _drop([award.reference for award in some if award.is_gone])
        kept += rows
    return kept


def _batches(awards: Iterable[Award]) -> Iterable[tuple[Award, ...]]:
    left = iter(awards)
    return iter(lambda: tuple(itertools.islice(left, BATCH)), ())


def _row(award: Award, now: dt.datetime) -> RegisterAward:
    amount = award.amount
    if award.currency == "EUR" and (rate := reading.rate_on(award.decided_on)) is not None:
        amount *= rate.nok_per_eur
    nok = int(amount.quantize(Decimal(1), ROUND_HALF_UP))
    return RegisterAward(
        reference=award.reference, number=award.number, giver=award.giver, decided_on=award.decided_on,
        amount_nok=max(nok, 1), basis=award.basis, fetched_at=now,
    )  # fmt: skip


def _drop(references: Iterable[str]) -> None:
    """Remove copies, but for those an officer has matched with an award, or with what was declared."""
    found = RegisterAward.objects.filter(reference__in=list(references))
    found = found.exclude(pk__in=RegisterMatch.objects.values("register"))
    found.exclude(pk__in=DeclaredAid.objects.filter(same_register__isnull=False).values("same_register")).delete()


# ---- rates ----


def keep_rates(rates: Iterable[Rate], source: str = exchange_rates.SOURCE) -> int:
    """Store the rates of days that have none; one that stands, which decisions may rest on, is left as it is."""
    rows = [ExchangeRate(day=rate.day, nok_per_eur=rate.nok_per_eur, source=source[:120]) for rate in rates]
    before = ExchangeRate.objects.count()
    ExchangeRate.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)
    return ExchangeRate.objects.count() - before


def fetch_rates(today: dt.date) -> int:
    """Fetch the rates since the latest that came by the day; return how many were new.

    Raises:
        RateError: they did not come.
    """
    latest = ExchangeRate.objects.filter(source=exchange_rates.SOURCE).order_by("-day").first()
    since = latest.day - WEEK if latest else today.replace(year=today.year - 3, day=1)
    return keep_rates(exchange_rates.fetch(since, today))
