"""The ceilings as the law has them, and rates to begin with: dated rows that every installation gets when it upgrades.

What an operator has corrected is never put back. A rate for each day comes with `manage.py import_rates`.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from grants.models import AidCeiling, ExchangeRate

if TYPE_CHECKING:
    from django.db.models import QuerySet

CHECKED = dt.date(2026, 11, 20)
CEILINGS = (
    ("de_minimis", dt.date(2014, 7, 1), 200_000, "Forordning (EU) nr. 1407/2013 art. 3"),
    ("de_minimis", dt.date(2024, 11, 11), 300_000, "Forordning (EU) 2023/2831 art. 3"),
    ("sgei", dt.date(2012, 5, 1), 500_000, "Forordning (EU) nr. 360/2012 art. 2"),
    ("sgei", dt.date(2024, 11, 11), 750_000, "Forordning (EU) 2023/2832 art. 3"),
)
FIRST_RATES = (
    (dt.date(2022, 1, 1), Decimal("10.1026"), 2022),
    (dt.date(2023, 1, 1), Decimal("11.4248"), 2023),
    (dt.date(2024, 1, 1), Decimal("11.6290"), 2024),
)
"""The European Central Bank's yearly averages: they hold until rates by the day are imported."""


def load(using: str = "default") -> int:
    """Add the ceilings that are not there, and the first rates where there are none at all; return how many rows."""
    made = 0
    for basis, since, amount, law in CEILINGS:
        facts = {"amount_eur": amount, "law": law, "checked_on": CHECKED}
        _row, is_new = AidCeiling.objects.using(using).get_or_create(basis=basis, valid_from=since, defaults=facts)
        made += is_new
    rates: QuerySet[ExchangeRate] = ExchangeRate.objects.using(using)
    if not rates.exists():
        source = "ECB, årsgjennomsnitt {}"
        first = [ExchangeRate(day=day, nok_per_eur=rate, source=source.format(year)) for day, rate, year in FIRST_RATES]
        made += len(rates.bulk_create(first))
    return made
