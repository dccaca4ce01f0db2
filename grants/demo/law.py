"""The demo's de minimis aid: the law as every installation has it, invented rates, and what the register is to know.

Only the ceilings are real. The awards in the register are the stand-in's, to invented companies.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from grants import fund_rules
from grants.minimis_aid import copies, earlier, law
from grants.models import AidAward, AidReport
from portal.integrations import aid_register, aid_register_standin
from portal.integrations.exchange_rates import Rate

SOURCE = "Oppdiktet kurs for demoen"
FIRST, EVERY = dt.date(2023, 1, 2), dt.timedelta(days=7)
ROUND = (Decimal("11.20"), Decimal("11.45"), Decimal("11.70"), Decimal("11.55"))
RECEIPT = "OPPDIKTET-{}"
FETCHED = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


def load() -> None:
    """Place ceilings, rates and the register's awards; the same twice changes nothing."""
    law.load()
    copies.keep_rates(_rates(timezone.localdate()), SOURCE)
    copies.keep(_awards(), FETCHED)


def count() -> None:
    """Count what the demo has granted, and leave its reports."""
    earlier.count_earlier()
    known = set(AidReport.objects.values_list("grant_id", flat=True))
    awards = AidAward.objects.filter(grant__invented=True).exclude(grant__in=known).order_by("decided_on", "pk")
    with transaction.atomic():
        for award in awards:
            _report(award)


def _rates(until: dt.date) -> list[Rate]:
    """Return a rate a week, which goes a little up and down."""
    weeks = (until - FIRST) // EVERY
    return [Rate(FIRST + EVERY * week, ROUND[week // 8 % len(ROUND)]) for week in range(weeks + 1)]


def _awards() -> list[aid_register.Award]:
    found = []
    for row in aid_register_standin.awards():
        number = next(role["organisasjonsnummer"] for role in row["rolle"] if role["rolletype"] == "STOETTEMOTTAKER")
        if (award := aid_register.read_award(row, number)) is not None:
            found.append(award)
    return found


def _report(award: AidAward) -> None:
    """Leave what an award was reported as; the latest still waits."""
    due = fund_rules.report_by(award.decided_on)
    done = due < timezone.localdate() - dt.timedelta(days=21)
    told = {"state": "reported", "reported_on": due - dt.timedelta(days=3), "receipt": RECEIPT.format(award.pk)}
    AidReport.objects.create(
        authority_id=award.authority_id, grant=award.grant, kind="award", amount_nok=award.amount_nok,
        occurred_on=award.decided_on, due_on=due, invented=True, **(told if done else {}),
    )  # fmt: skip
