"""Lets the demo's officers have plan documents: one half gone through, one compared with its plan, one that is scanned.

Each is read and gone through by the same code as any other document, once; what users did with it stays theirs.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import tempfile
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils import timezone

from portal.models import Authority, User
from portal.uploads import Checked
from strategy.demo import documents
from strategy.importing import reviewing, sending, storing
from strategy.importing.finding import find
from strategy.importing.permissions import may_import
from strategy.importing.reading import read
from strategy.models import ImportRow, Plan, PlanImport

if TYPE_CHECKING:
    from portal.demo.shelf import Shelf
    from strategy.demo.documents import Sent

KIND = "plan-document"
ACCEPTED, DOUBLED = "1", "4.2.2"
"""The goal that is gone through, and where a number is doubled and seen."""
DECIDED_AFTER = dt.timedelta(hours=2)


def load(shelf: Shelf) -> None:
    """Place each document that was not placed before; one that a user removed stays removed."""
    homes = {one.slug: one for one in Authority.objects.filter(slug__in={fact.authority for fact in documents.SENT})}
    for fact in documents.SENT:
        by = shelf.find(User, "user", fact.officer)
        home = homes.get(fact.authority)
        if f"{KIND}:{fact.key}" in shelf.known or by is None or home is None or not may_import(by, home.pk):
            continue
        against = shelf.find(Plan, "plan", fact.against) if fact.against else None
        if fact.against and against is None:
            continue
        row = _send(fact, home, against, by)
        shelf.placed[f"{KIND}:{fact.key}"] = PlanImport.objects.get(pk=row.pk)


def _send(fact: Sent, home: Authority, against: Plan | None, by: User) -> PlanImport:
    """Send a document as its officer did some days ago, and let it be read or refused."""
    when = timezone.now() - dt.timedelta(days=fact.days_ago)
    text = fact.text().encode() if fact.text else f"%PDF {fact.filename}".encode()
    kind = sending.KINDS[fact.filename.rpartition(".")[2]][0]
    file = Checked(BytesIO(text), fact.filename, kind, fact.size or len(text), hashlib.sha256(text).hexdigest())
    row = sending.keep(
        home, file, against=against, by=by, now=when, state=PlanImport.State.READING, started_at=when, attempts=1
    )
    if fact.refused:
        storing.refuse(row, fact.refused, fact.pages, now=when)
        return row
    with tempfile.NamedTemporaryFile(suffix=".txt") as copy:
        copy.write(text)
        copy.flush()
        document = read(Path(copy.name), fact.filename)
    storing.store(row, find(document), document, now=when)
    if against is None:
        _go_through(row, by, when + DECIDED_AFTER)
    return row


def _go_through(row: PlanImport, by: User, now: dt.datetime) -> None:
    """Decide a part of the proposal: the first goal and all under it, and one number that is doubled."""
    goal = row.rows.get(level=ImportRow.Level.GOAL, number=ACCEPTED)
    reviewing.accept_sure(row, goal, by=by, now=now)
    for odd in row.anomalies.filter(where__startswith=f"{ACCEPTED}.").exclude(row=None).select_related("row"):
        reviewing.accept(odd.row, by=by, now=now)
    doubled = row.anomalies.select_related("row").get(where=DOUBLED)
    reviewing.accept(doubled.row, by=by, now=now)
