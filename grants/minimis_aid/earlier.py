"""Counts the de minimis aid that was granted before the portal counted: once, when it is upgraded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from grants.minimis_aid import rules
from grants.models import AidAward, ExchangeRate, Grant

if TYPE_CHECKING:
    import datetime as dt


def count_earlier(using: str = "default") -> int:
    """Give each grant of de minimis aid that stands its award; return how many.

    One that would pass a ceiling stands as it was granted, without an award: nothing can be done about it here. What
    was to be reported then is not put in the queue now.
    """
    rows = Grant.objects.using(using).filter(
        state__in=Grant.HOLDING, aid__basis__in=[rules.DE_MINIMIS, rules.SGEI], award=None, decided_on__isnull=False
    )
    rows = rows.exclude(organisation__number="").select_related("organisation", "aid", "balance")
    made = 0
    for grant in rows.order_by("decided_on", "pk"):
        assert grant.decided_on is not None
        if (rate := _rate_on(grant.decided_on, using)) is None:
            break
        try:
            with transaction.atomic(using):
                AidAward.objects.using(using).create(
                    authority_id=grant.authority_id, grant=grant, number=grant.organisation.number,
                    basis=grant.aid.basis, decided_on=grant.decided_on, amount_nok=grant.amount_nok,
                    cut_nok=grant.balance.released_nok, nok_per_eur=rate.nok_per_eur,
                )  # fmt: skip
        except IntegrityError:
            continue
        made += 1
    return made


def _rate_on(day: dt.date, using: str) -> ExchangeRate | None:
    rates = ExchangeRate.objects.using(using)
    return rates.filter(day__lte=day).order_by("-day").first() or rates.order_by("day").first()
