"""What the operator's metrics tell of the money: what the last reconciliation found, and what waits to be paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count

from grants.models import Payout
from grants.reconcile import last_run

if TYPE_CHECKING:
    import datetime as dt

WAITING = (Payout.State.ASKED, Payout.State.PREPARED, Payout.State.ATTESTED, Payout.State.APPROVED, Payout.State.SENT)
Samples = list[tuple[dict[str, str], float]]


def metrics(today: dt.date) -> list[tuple[str, str, Samples]]:
    """Return name, help and samples; two small questions. How long ago it was compared, the rounds' own metric says."""
    run = last_run()
    counts = run.counts if run else {}
    waiting = dict(
        Payout.objects.filter(state__in=WAITING).order_by().values_list("state").annotate(number=Count("pk"))
    )
    payouts: Samples = [({"state": state.value}, waiting.get(state.value, 0)) for state in WAITING]
    return [
        _one("portal_ledger_differences", "Figures that did not agree when the ledger was last reconciled.",
             counts.get("differences")),
        _one("portal_ledger_entries", "Entries that were compared then.", counts.get("entries")),
        ("portal_payouts", "Payouts on their way, by how far they have come.", payouts),
    ]  # fmt: skip


def _one(name: str, text: str, value: float | None) -> tuple[str, str, Samples]:
    return name, text, [] if value is None else [({}, value)]
