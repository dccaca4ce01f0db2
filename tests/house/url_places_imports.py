"""What the addresses of plan documents name, here and next door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from strategy.models import ImportRow, PlanImport

if TYPE_CHECKING:
    from tests.world import World


def places_of_imports(world: World) -> dict[str, Any]:
    """Return names for the addresses: documents by how far they are, and a row."""
    found: dict[str, Any] = {}
    for before, town in (("", world.home), ("next_", world.next)):
        sent = town.rows(PlanImport)
        found |= {
            f"{before}waiting_document": sent.get(state="waiting").pk,
            f"{before}refused_document": sent.get(state="refused").pk,
            f"{before}plan_document": sent.get(state="ready", against=None).pk,
            f"{before}compared_document": sent.exclude(against=None).get().pk,
            f"{before}applied_document": sent.get(state="applied").pk,
            f"{before}document_row": town.rows(ImportRow)
            .filter(level="measure", plan_import__state="ready", plan_import__against=None)
            .order_by("position")[0]
            .pk,
        }
    return found
