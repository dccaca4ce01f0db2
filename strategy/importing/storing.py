"""Plan documents that wait are read one by one, apart from the portal, and what is found is stored all at once.

Whoever reads has marked the document with its attempt. A worker that died is passed by after some minutes, and what it
might still say is not listened to. What could not be read leaves its reason and nothing else.
"""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy

from portal import outbox
from portal.calendar import oslo_today
from portal.models.base import EARLIEST_YEAR, LATEST_YEAR
from strategy.budget import LARGEST
from strategy.importing import sending, words
from strategy.importing.document import Line, Unreadable, said
from strategy.importing.permissions import may_import
from strategy.importing.proposal import LONGEST_NUMBER, LONGEST_TEXT, LONGEST_TITLE, Certainty, Facts, Level
from strategy.importing.proposing import propose
from strategy.models import ImportAnomaly, ImportPage, ImportRow, PlanImport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from strategy.importing.document import Document
    from strategy.importing.proposal import Proposal

State = PlanImport.State
MOST_ATTEMPTS = 3
PAUSE = dt.timedelta(minutes=1)
"""How long after a failed attempt began the next one may begin."""
DEAD_AFTER = dt.timedelta(minutes=5)
"""How long after it began nobody reads any more: far more than the reading of any document may take."""
COPY = "plan-document-"
LEFT_AFTER = dt.timedelta(hours=1)
"""How old a copy is that nobody reads any more."""
AT_ONCE = 2
"""So many documents are read at the same time; the worker has mail to deliver too."""
LONGEST_ROUND = 60.0
"""Seconds after which a round takes no new document."""
BETWEEN = 1.0
"""Seconds at least between two signs of how far the reading has come."""
LONG_WAIT = dt.timedelta(minutes=1)
"""Who waited longer than this has gone to do something else, and is told."""
FACTS = tuple(one.name for one in fields(Facts))
"""Each is a column of PlanImport."""
log = structlog.get_logger("strategy.importing")


# ---- taking one ----


def read_next(now: dt.datetime) -> int:
    """Read what waits until nothing does or the round is long enough; return how many were read or refused."""
    began, count = time.monotonic(), 0
    while time.monotonic() - began < LONGEST_ROUND:
        passed = dt.timedelta(seconds=time.monotonic() - began)
        if (found := take(now + passed)) is None:
            return count
        read_one(found, lambda: now + dt.timedelta(seconds=time.monotonic() - began))
        count += 1
    return count


def is_due(now: dt.datetime) -> Q:
    """Return the condition that a document is to be read now: it waits, or who read it is dead."""
    waits = Q(state=State.WAITING) & (Q(started_at=None) | Q(started_at__lte=now - PAUSE))
    return waits | Q(state=State.READING) & (Q(started_at=None) | Q(started_at__lt=now - DEAD_AFTER))


def is_more(now: dt.datetime) -> bool:
    """Say whether a document can be begun on now."""
    return PlanImport.objects.filter(is_due(now)).exists()


@transaction.atomic
def take(now: dt.datetime) -> PlanImport | None:
    """Mark the oldest document that waits as being read and return it; others at the same moment get another one.

    One that was begun on too often is refused here.
    """
    if PlanImport.objects.filter(state=State.READING, started_at__gte=now - DEAD_AFTER).count() >= AT_ONCE:
        return None
    rows = PlanImport.objects.select_for_update(skip_locked=True, no_key=True, of=("self",)).filter(is_due(now))
    rows = rows.select_related("authority", "sent_by").order_by("sent_at", "pk")
    while (found := rows.first()) is not None and found.attempts >= MOST_ATTEMPTS:
        refuse(found, words.GAVE_UP, now=now)
    if found is not None:
        found.state, found.started_at, found.attempts = State.READING, now, found.attempts + 1
        found.pages = found.pages_read = 0
        found.save(update_fields=["state", "started_at", "attempts", "pages", "pages_read"])
    return found


def read_one(found: PlanImport, clock: Callable[[], dt.datetime]) -> None:
    """Read a document that was taken, and store what is found or why nothing is."""
    try:
        proposal, document = proposed(found)
        store(found, proposal, document, now=clock())
    except Unreadable as refusal:
        refuse(found, refusal.why, refusal.pages, now=clock())
    except FileNotFoundError:
        log.error("a plan document's file is missing", document=found.pk)
        refuse(found, words.LOST, now=clock())
    except Exception:
        log.exception("a plan document was not read", document=found.pk, attempt=found.attempts)
        put_back(found, now=clock())


def proposed(found: PlanImport) -> tuple[Proposal, Document]:
    """Return what is found in a stored document.

    Raises:
        Unreadable: it cannot become a proposal.
        FileNotFoundError: its file is gone.
    """
    with copied(found) as path:
        return propose(path, found.filename, on_page=on_page(found))


@contextmanager
def copied(found: PlanImport) -> Iterator[Path]:
    """Copy a stored file to where the process that reads it can open it; the copy is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix=COPY) as folder:
        path = Path(folder, "document")
        with found.file.open("rb") as stored, path.open("wb") as copy:
            for chunk in stored.chunks():
                copy.write(chunk)
        yield path


def sweep(now: dt.datetime) -> None:
    """Remove copies that a worker left when it was killed; those of who still reads are younger."""
    for left in Path(tempfile.gettempdir()).glob(f"{COPY}*"):
        with suppress(OSError):
            if left.stat().st_mtime < (now - LEFT_AFTER).timestamp():
                shutil.rmtree(left, ignore_errors=True)


def on_page(found: PlanImport) -> Callable[[int, int], None]:
    """Return what tells those who wait how far the reading has come, each time in a transaction of its own."""
    told = 0.0

    def tell(read: int, of: int) -> None:
        nonlocal told
        if read < of and time.monotonic() - told < BETWEEN:
            return
        told = time.monotonic()
        mine = PlanImport.objects.filter(pk=found.pk, state=State.READING, attempts=found.attempts)
        mine.update(pages=of, pages_read=min(read, of))

    return tell


def lock(found: PlanImport) -> PlanImport | None:
    """Lock a document for who reads it; None when it was put away meanwhile, or another has begun on it again."""
    rows = PlanImport.objects.select_for_update(no_key=True, of=("self",)).select_related("authority", "sent_by")
    return rows.filter(pk=found.pk, state__in=(State.READING, State.WAITING), attempts=found.attempts).first()


# ---- what came of it ----


@transaction.atomic
def store(plan_import: PlanImport, proposal: Proposal, document: Document, *, now: dt.datetime) -> bool:
    """Store what was found in a document: its text, rows, oddities and facts, all or nothing; say whether it was.

    It is compared with its plan before it is ready, so that no one sees it half.
    """
    row = lock(plan_import)
    if row is None or row.state != State.READING:
        return False
    ImportPage.objects.bulk_create(pages_of(row, document), batch_size=200)
    rows = keep_rows(row, proposal)
    ImportAnomaly.objects.bulk_create(
        [
            ImportAnomaly(
                plan_import=row, authority_id=row.authority_id, row=None if one.row is None else rows[one.row],
                kind=one.kind.value, where=one.where[:200], page=one.page, line=one.line, said=one.said,
                other=one.other,
            )
            for one in proposal.anomalies
        ],
        batch_size=500,
    )  # fmt: skip
    for name, value in facts_of(proposal.facts).items():
        setattr(row, name, value)
    row.pages = row.pages_read = document.pages
    row.read_at = now
    row.save(update_fields=[*FACTS, "pages", "pages_read", "read_at"])
    if row.against_id is not None:
        from strategy.importing import comparing

        comparing.compare(row, now=now)
    row.state = State.READY
    row.save(update_fields=["state"])
    sending.note(row, "plan_document_read", None, at=now, rows=len(proposal.rows), odd=len(proposal.anomalies))
    tell_sender(row, now)
    return True


@transaction.atomic
def refuse(plan_import: PlanImport, why: str, pages: int = 0, *, now: dt.datetime) -> bool:
    """Say why a document could not be read, and keep nothing else of it; say whether it was said."""
    row = lock(plan_import)
    if row is None:
        return False
    sending.forget_content(row)
    row.state, row.why, row.pages, row.file = State.REFUSED, str(why), max(pages, 0), ""
    row.save(update_fields=["state", "why", "pages", "file"])
    sending.note(row, "plan_document_refused", None, at=now, why=row.why)
    tell_sender(row, now)
    return True


@transaction.atomic
def put_back(plan_import: PlanImport, *, now: dt.datetime) -> None:
    """Let a document wait for another attempt after a fault of ours, or give it up after the last."""
    if plan_import.attempts >= MOST_ATTEMPTS:
        refuse(plan_import, words.GAVE_UP, now=now)
        return
    row = lock(plan_import)
    if row is not None and row.state == State.READING:
        row.state = State.WAITING
        row.save(update_fields=["state"])


def tell_sender(row: PlanImport, now: dt.datetime) -> None:
    """Tell who sent a document how it went, where she has waited so long that she is doing something else."""
    if row.sent_by is None or now - row.sent_at < LONG_WAIT or not may_import(row.sent_by, row.authority_id):
        return
    is_read = row.state == State.READY
    title = gettext_lazy("“%(name)s” is read") if is_read else gettext_lazy("“%(name)s” could not be read")
    outbox.notify(
        row.sent_by, kind="plan_document_read", subject=row, link=row.get_absolute_url(), occasion=f"{row.attempts}",
        title=lambda: str(title) % {"name": row.filename}, authority=row.authority, on_date=oslo_today(now),
        link_text=gettext_lazy("Go through the proposal") if is_read else gettext_lazy("See what you can do"),
        template="plan_document_read", unsubscribe=True, document=row, rows=row.rows.count(),
        reason=lambda: words.why(row.why, row.pages) if row.why else "",
    )  # fmt: skip


# ---- as rows ----


def keep_rows(row: PlanImport, proposal: Proposal) -> list[ImportRow]:
    """Store the proposal's rows in the order of print, those above before those under them."""
    made = [
        ImportRow(
            plan_import=row, authority_id=row.authority_id, position=position, level=one.level.value,
            number=(one.number or "")[:LONGEST_NUMBER], title=one.title[:LONGEST_TITLE],
            description=one.description[:LONGEST_TEXT],
            sdg_focus=list(one.sdg_focus), sdg_contributes=list(one.sdg_contributes),
            responsible=one.responsible[:200], due_on=sane_day(one.due),
            due_precision=one.due_precision if sane_day(one.due) else "day", cost_nok=sane_cost(one.cost_nok),
            page=one.page, line=one.line, last_page=one.last_page or one.page, last_line=one.last_line or one.line,
            text=one.text,
            certainty=(one.certainty if len(one.description) <= LONGEST_TEXT else Certainty.UNSURE).value,
        )
        for position, one in enumerate(proposal.rows, 1)
    ]  # fmt: skip
    for level in Level:
        batch = []
        for one, found in zip(made, proposal.rows, strict=True):
            if found.level is level:
                one.parent = None if found.parent is None else made[found.parent]
                batch.append(one)
        ImportRow.objects.bulk_create(batch, batch_size=200)
    return made


def sane_day(day: dt.date | None) -> dt.date | None:
    return day if day and EARLIEST_YEAR <= day.year <= LATEST_YEAR else None


def sane_cost(cost: int | None) -> int | None:
    return cost if cost and 0 < cost <= LARGEST else None


def facts_of(facts: Facts) -> dict[str, Any]:
    """Return what a document says of its plan, as it fits in the columns."""
    found: dict[str, Any] = {}
    for name in FACTS:
        value, column = getattr(facts, name), PlanImport._meta.get_field(name)
        if isinstance(value, str):
            value = value[: column.max_length] if column.max_length else value  # type: ignore[union-attr]
        elif value is not None and not EARLIEST_YEAR <= value <= LATEST_YEAR:
            value = None
        found[name] = value
    first, last = found["period_start"], found["period_end"]
    if first and last and last < first:
        found["period_end"] = None
    return found


def pages_of(row: PlanImport, document: Document) -> list[ImportPage]:
    """Return the document's text by its pages, each line where its number says, tables row by row."""
    pages: dict[int, dict[int, list[str]]] = {}
    for block in document.blocks:
        parts = [block] if isinstance(block, Line) else block.rows
        for part in parts:
            text = labelled(part) if isinstance(part, Line) else said(part)
            pages.setdefault(part.page, {}).setdefault(part.number, []).append(text)
    return [
        ImportPage(
            plan_import=row, authority_id=row.authority_id, number=number, first_line=min(lines), text=laid_out(lines)
        )
        for number, lines in sorted(pages.items())
    ]  # fmt: skip


def labelled(line: Line) -> str:
    """Return a line with the number or bullet that the word processor drew."""
    return f"{line.label} {line.text}" if line.label else line.text


def laid_out(lines: dict[int, list[str]]) -> str:
    """Return a page's lines with the empty ones between, so that each is found by counting from the first."""
    first, last = min(lines), max(lines)
    return "\n".join(" ".join(lines.get(number, ())).replace("\n", " ") for number in range(first, last + 1))
