"""Compare the ledger's counters with its entries, and say what differs; it puts nothing right."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from grants import reconcile
from portal.runs import recorded


class Command(BaseCommand):
    help = "Compare the ledger's counters with the sum of its entries. Ends with 1 when something differs."

    def handle(self, *args: Any, **options: Any) -> None:
        with recorded(reconcile.RUN) as counts:
            counts.update(reconcile.reconcile(timezone.now()))
        for each in reconcile.differences():
            year = f" {each.year}" if each.year else ""
            self.stdout.write(
                f"authority {each.authority_id}: {each.about} {each.row_id}{year}: {each.field} stands as "
                f"{each.stands}, should be {each.should}"
            )
        self.stdout.write("{entries} entries on {accounts} accounts: {differences} differences".format(**counts))
        if counts["differences"]:
            raise SystemExit(1)
