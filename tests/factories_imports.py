"""Makes plan documents on their way to become plans; each function returns one row, true by every guard."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from strategy.models import ImportAnomaly, ImportPage, ImportRow, PlanImport

if TYPE_CHECKING:
    from portal.models import Authority
    from strategy.models import Plan

READ = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


def document_of(name: str) -> bytes:
    """Return a small plan as a text file."""
    return (
        f"Næringsplan for {name} 2026–2029\n\nMål 1: Flere i arbeid\n\nStrategi 1.1 Plass til bedriftene\n\n"
        "Tiltak 1 – Klargjøre tomter ved stasjonen.\nTomtene skal være klare innen 2027.\n"
        "Tiltak 3 – Besøke bedriftene hvert år.\n"
    ).encode()


def place_of(authority_id: int, content: bytes) -> str:
    """Return where the file of a document made here lies: the same for the same content, so that a clone has it too."""
    return f"imports/{authority_id}/{hashlib.sha256(content).hexdigest()}"


def an_import(authority: Authority, *, content: bytes = b"", state: str = "waiting", **facts: Any) -> PlanImport:
    """Make a plan document that was sent; `state` is one without a proposal: waiting, reading or refused."""
    content = content or document_of(authority.name)
    row = PlanImport(
        authority=authority, state=state, size=len(content), sha256=hashlib.sha256(content).hexdigest(),
        **{"filename": "naeringsplan.txt", "content_type": "text/plain", "sent_at": READ, **facts},
    )  # fmt: skip
    if state == "refused":
        row.why = row.why or "scanned"
    else:
        row.file.name = place_of(authority.pk, content)
        if not default_storage.exists(row.file.name):
            default_storage.save(row.file.name, ContentFile(content))
    row.save()
    return row


def a_row(of: PlanImport, **facts: Any) -> ImportRow:
    """Make a row last in a proposal."""
    position = of.rows.count() + 1
    return ImportRow.objects.create(
        plan_import=of, authority_id=of.authority_id, position=position,
        **{"level": "measure", "number": str(position), "title": f"Rad {position}", "page": 1, "line": position,
           "last_page": 1, "last_line": position, "text": f"Rad {position}.",
           "origin": "found" if of.state == "reading" else "added", **facts},
    )  # fmt: skip


def an_anomaly(row: ImportRow, **facts: Any) -> ImportAnomaly:
    """Make something odd at a row."""
    return ImportAnomaly.objects.create(
        plan_import=row.plan_import, authority_id=row.authority_id, row=row,
        **{"kind": "number_missing", "where": "1.1.2", "page": row.page, "line": row.line, **facts},
    )  # fmt: skip


def a_proposal(authority: Authority, **facts: Any) -> PlanImport:
    """Make a document that is read and waits to be gone through: a goal, a strategy, two measures and a number missing.

    `against` compares it with a plan; the rows' `change` and what they match are the caller's.
    """
    found = an_import(authority, state="reading", started_at=READ, attempts=1, **facts)
    text = document_of(authority.name).decode()
    ImportPage.objects.create(plan_import=found, authority=authority, number=1, first_line=1, text=text)
    goal = a_row(found, level="goal", number="1", title="Flere i arbeid", line=3, last_line=3)
    strategy = a_row(
        found, level="strategy", number="1.1", title="Plass til bedriftene", parent=goal, line=5, last_line=5
    )
    a_row(
        found, number="1", title="Klargjøre tomter ved stasjonen", parent=strategy, line=7, last_line=8,
        description="Tomtene skal være klare innen 2027.", due_on=dt.date(2027, 12, 31), due_precision="year",
        text="Klargjøre tomter ved stasjonen. Tomtene skal være klare innen 2027.",
    )  # fmt: skip
    visits = a_row(
        found, number="3", title="Besøke bedriftene hvert år", parent=strategy, line=9, last_line=9, certainty="likely",
        text="Besøke bedriftene hvert år.",
    )  # fmt: skip
    an_anomaly(visits, said="3", other="2")
    found.state, found.read_at, found.pages, found.pages_read = "ready", READ, 1, 1
    found.title, found.period_start, found.period_end = f"Næringsplan for {authority.name}", 2026, 2029
    found.goal_word, found.strategy_word, found.measure_word = "mål", "strategi", "tiltak"
    found.save()
    return found


def a_comparison(plan: Plan, **facts: Any) -> PlanImport:
    """Make a proposal compared with a plan: its first goal is the plan's own, as changed; the rest is new."""
    found = a_proposal(plan.authority, against=plan, **facts)
    found.rows.update(change="new")
    found.rows.filter(level="goal").update(change="changed", goal=plan.goals.order_by("position").first())
    return found


def applied(proposal: PlanImport, plan: Plan) -> PlanImport:
    """Close a proposal as if this plan had been made of it."""
    found = decided(proposal)
    found.state, found.plan, found.ended_at = "applied", plan, READ
    found.save()
    return found


def decided(proposal: PlanImport) -> PlanImport:
    """Accept every row and mark everything odd as seen."""
    proposal.rows.update(decision="accepted", decided_at=timezone.now())
    proposal.anomalies.update(settled_at=timezone.now())
    proposal.refresh_from_db()
    return proposal
