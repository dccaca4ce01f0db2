"""What each authority of the world has of plan documents: one at every stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from strategy.models import Plan
from tests import factories_imports as make

if TYPE_CHECKING:
    from portal.models import Authority


def propose(authority: Authority) -> None:
    """Leave a document that waits, one that could not be read, proposals to go through, and one that became a plan."""
    plan = Plan.objects.filter(authority=authority, goals__isnull=False).order_by("pk")[0]
    make.an_import(authority)
    make.an_import(authority, state="refused", filename="skannet.pdf", content_type="application/pdf")
    make.a_proposal(authority)
    make.a_comparison(plan, filename="ny-utgave.txt")
    make.applied(make.a_proposal(authority, filename="gammel.txt"), plan)
