"""What a recipient sends to document a grant, and the officer who reads it: sources of financing, accounts and reports.

Whoever has a mandate for the organisation may send papers; nobody reads what she sent herself, or what comes from an
organisation she is tied to. Each deed locks the organisation, the grant and then the paper. What is sent lies in the
grant's case from then on, also when its row is taken away.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import gettext as _

from grants import held, notices, paper_notices
from grants.afterwards.reading import refuse_accounts
from grants.desk import gate
from grants.models import Condition, FinancingSource, Grant, GrantReport
from grants.permissions import SETS_UP, is_tied_to
from grants.refusals import Refused, deed
from portal import filing, permissions
from portal.acting_for.organisation_inputs import require_reach
from portal.calendar import oslo_today
from portal.models import Document
from portal.models.case import Access

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.models import User
    from portal.uploads import Checked

State, Report = FinancingSource.State, GrantReport.State
TAKES_PAPERS = (Grant.State.GRANTED, Grant.State.FINISHED)
CHANGEABLE = (State.PLEDGED, State.RETURNED)
"""Sources their organisation may change or take away: what is sent is taken back first, what is read stays."""
UNSENT = (Report.AWAITED, Report.RETURNED)
ANSWERED_BY_REPORT = (Condition.Kind.REPORT, Condition.Kind.HOLDBACK, Condition.Kind.BY_DATE, Condition.Kind.ATTESTED)
"""Conditions a recipient answers by a report; matching is answered by sources of financing."""


@dataclass(frozen=True)
class Facts:
    """What someone else pays, as the recipient tells it."""

    payer: str
    payer_class: str
    form: str
    amount_nok: int


def stale() -> Refused:
    """Return what one is told whose page is older than the row."""
    return Refused(_("Someone changed this while you looked. See how it stands now."), code="stale")


# ---- locks ----


def from_recipient(grant_id: int, *, by: User, now: dt.datetime, acting: bool = False) -> Grant:
    """Return the grant, held with its organisation, for one who may prepare for it or, when `acting`, bind it.

    Raises:
        PermissionDenied: her mandate has ended, or it does not reach so far in this session.
    """
    grant = held.grant(grant_id)
    require_reach(by, grant.organisation, now, acting=acting)
    return grant


def takes_papers(grant: Grant) -> None:
    """Refuse papers to a grant that is not given, or is over.

    Raises:
        Refused: nothing is asked for any more.
    """
    if grant.state not in TAKES_PAPERS:
        raise Refused(_("This grant takes no more papers."), code="over")


def locked(row: Any, grant: Grant, seen: int | None) -> Any:
    """Return a source or a report of a held grant as it stands; `seen` is the version that was read, if any was.

    Raises:
        Refused: it was changed, or taken away, since it was read.
    """
    rows = type(row).objects.select_for_update(no_key=True, of=("self",))
    found = rows.filter(pk=row.pk, grant=grant).first()
    if found is None or (seen is not None and found.row_version != seen):
        raise stale()
    found.grant = grant
    return found


# ---- files ----


def access_of(grant: Grant) -> tuple[str, str]:
    """Return the access of what is sent about a grant: as closed as the grant, its case or one of its facts."""
    for row in (grant, grant.case):
        if row.access != Access.OPEN:
            return row.access, row.access_basis
    exempt = grant.exempt.order_by("pk").first()
    return (Access.EXEMPT, exempt.basis) if exempt else (Access.OPEN, "")


def keep(grant: Grant, files: Sequence[Checked], *, title: str, public_title: str, now: dt.datetime) -> list[Document]:
    """Put checked files in the grant's case as documents that came in."""
    access, basis = access_of(grant) if files else (Access.OPEN, "")
    return [
        filing.keep(
            grant.case, file, title=title, public_title=public_title, direction=Document.Direction.INCOMING,
            dated_on=oslo_today(now), access=access, access_basis=basis,
        )
        for file in files
    ]  # fmt: skip


# ---- the recipient: what others pay ----


@deed
def add_source(
    grant: Grant, facts: Facts, files: Sequence[Checked] = (), *, by: User, now: dt.datetime
) -> FinancingSource:
    """Tell of something someone else pays; with a file it is sent, without one it is pledged only.

    Raises:
        PermissionDenied: no mandate.
        Refused: it stands here already, or the grant takes nothing more.
    """
    grant = from_recipient(grant.pk, by=by, now=now)
    takes_papers(grant)
    refuse_twice(grant, facts, files)
    source = FinancingSource(authority=grant.authority, grant=grant)
    return send(source, facts, files, by=by, now=now)


def refuse_twice(grant: Grant, facts: Facts, files: Sequence[Checked], but: int | None = None) -> None:
    """Refuse the same source a second time: a button pressed twice, or a file sent again for the same sum."""
    rows = FinancingSource.objects.filter(grant=grant, amount_nok=facts.amount_nok).exclude(pk=but)
    same = rows.filter(payer__iexact=facts.payer, payer_class=facts.payer_class, form=facts.form)
    same = same.exclude(state=State.RETURNED)
    if files:
        twice = rows.exclude(state=State.RETURNED).filter(document__sha256__in=[file.sha256 for file in files]).exists()
    else:
        twice = same.filter(document=None).exists()
    if twice:
        raise Refused(
            _("This stands here already. Change the amount or the file if it is something else."), code="twice"
        )


def send(
    source: FinancingSource, facts: Facts, files: Sequence[Checked], *, by: User, now: dt.datetime
) -> FinancingSource:
    """Keep a source of a held grant with what is new of it; it is sent when something documents it."""
    grant = source.grant
    source.payer, source.payer_class, source.form = facts.payer, facts.payer_class, facts.form
    source.amount_nok = facts.amount_nok
    with translation.override(grant.authority.language_form):
        title, public_title = _("Financing of the grant: %(payer)s") % {"payer": facts.payer}, _("Financing of a grant")
    documents = keep(grant, files, title=title, public_title=public_title, now=now)
    if documents:
        source.document = documents[0]
    source.state = State.SENT if source.document_id else State.PLEDGED
    source.sent_by, source.sent_at = (by, now) if source.document_id else (None, None)
    source.read_by, source.read_at, source.note = None, None, ""
    source.save()
    source.refresh_from_db(fields=["row_version"])
    notices.record(
        "financing_sent" if source.document_id else "financing_pledged", source, by=by, case=grant.case,
        grant=grant.pk, amount_nok=source.amount_nok, documents=[row.pk for row in documents],
    )  # fmt: skip
    if source.state == State.SENT:
        paper_notices.sent(grant, by=by, on=oslo_today(now))
    return source


@deed
def change_source(
    source: FinancingSource, facts: Facts, files: Sequence[Checked] = (), *, by: User, now: dt.datetime,
    seen: int | None = None,
) -> FinancingSource:  # fmt: skip
    """Change a source that is pledged or was sent back, and send it when something documents it.

    Raises:
        Refused: it is sent or read, was changed meanwhile, or stands here already.
    """
    grant = from_recipient(source.grant_id, by=by, now=now)
    takes_papers(grant)
    row = locked(source, grant, seen)
    if row.state not in CHANGEABLE:
        raise stale()
    refuse_twice(grant, facts, files, but=row.pk)
    return send(row, facts, files, by=by, now=now)


@deed
def take_back(source: FinancingSource, *, by: User, now: dt.datetime, seen: int | None = None) -> FinancingSource:
    """Take back a source that nobody has read yet, so that it can be changed.

    Raises:
        Refused: it is read already.
    """
    grant = from_recipient(source.grant_id, by=by, now=now)
    row: FinancingSource = locked(source, grant, seen)
    if row.state != State.SENT:
        raise stale()
    row.state, row.sent_at, row.sent_by = State.PLEDGED, None, None
    row.save()
    row.refresh_from_db(fields=["row_version"])
    notices.record("financing_taken_back", row, by=by, case=grant.case, grant=grant.pk)
    paper_notices.nothing_waits(grant)
    return row


@deed
def remove_source(source: FinancingSource, *, by: User, now: dt.datetime, seen: int | None = None) -> None:
    """Take away a source that is pledged or was sent back; a file that came with it stays in the case.

    Raises:
        Refused: it is sent or read, or was changed meanwhile.
    """
    grant = from_recipient(source.grant_id, by=by, now=now)
    row = locked(source, grant, seen)
    if row.state not in CHANGEABLE:
        raise stale()
    notices.record("financing_removed", row, by=by, case=grant.case, grant=grant.pk, amount_nok=row.amount_nok)
    row.delete()


# ---- the recipient: accounts and reports ----


@deed
def report_on(condition: Condition, *, by: User, now: dt.datetime) -> GrantReport:
    """Return the report that answers a condition; made the first time someone answers it.

    Raises:
        Refused: the condition is settled, or is answered in another way.
    """
    assert condition.grant_id is not None
    grant = from_recipient(condition.grant_id, by=by, now=now)
    takes_papers(grant)
    row = Condition.objects.select_for_update(no_key=True, of=("self",)).get(pk=condition.pk, grant=grant)
    found = GrantReport.objects.filter(condition=row).first()
    if found is not None:
        return found
    if row.kind not in ANSWERED_BY_REPORT or row.binds != Condition.Binds.RECIPIENT or row.state != row.State.OPEN:
        raise Refused(_("Nothing more is asked for here."), code="settled")
    return GrantReport.objects.create(
        authority=grant.authority, grant=grant, condition=row, title=row.title, due_on=row.due_on
    )


@deed
def save_report(report: GrantReport, text: str, *, by: User, now: dt.datetime, seen: int | None = None) -> GrantReport:
    """Keep what is written of a report without sending it; nobody at the desk reads it."""
    grant = from_recipient(report.grant_id, by=by, now=now)
    takes_papers(grant)
    row: GrantReport = locked(report, grant, seen)
    if row.state not in UNSENT:
        raise stale()
    if row.text != text:
        row.text = text
        row.save()
        row.refresh_from_db(fields=["row_version"])
    return row


@deed
def send_report(
    report: GrantReport, text: str, files: Sequence[Checked] = (), *, by: User, now: dt.datetime,
    seen: int | None = None,
) -> GrantReport:  # fmt: skip
    """Send a report: what is written, with files; at least one of them.

    Raises:
        Refused: there is nothing in it, it is sent already, or it was changed meanwhile.
    """
    grant = from_recipient(report.grant_id, by=by, now=now)
    takes_papers(grant)
    row: GrantReport = locked(report, grant, seen)
    if row.state not in UNSENT:
        raise stale()
    if not text.strip() and not files:
        raise Refused(_("Write the report, or enclose it as a file."), code="empty")
    with translation.override(grant.authority.language_form):
        public_title = _("Report on a grant")
    documents = keep(grant, files, title=f"{row.title}: {grant.title}", public_title=public_title, now=now)
    row.document = documents[0] if documents else row.document
    row.text, row.state, row.sent_by, row.sent_at = text, Report.SENT, by, now
    row.read_by, row.read_at, row.note = None, None, ""
    row.save()
    row.refresh_from_db(fields=["row_version"])
    notices.record(
        "grant_report_sent", row, by=by, case=grant.case, grant=grant.pk, documents=[each.pk for each in documents]
    )
    paper_notices.sent(grant, by=by, on=oslo_today(now))
    return row


# ---- the desk ----


def may_read(user: Any, grant: Grant) -> bool:
    """Say whether this person reads papers of the grant: an officer there, with no tie to the recipient."""
    works = grant.authority_id in permissions.authorities_with(user, SETS_UP)
    return works and not is_tied_to(user, grant.organisation_id)


def for_reading(row: Any, *, by: User, seen: int | None) -> tuple[Grant, Any]:
    """Return the held grant and the held paper, for one who may read it.

    Raises:
        PermissionDenied: no officer there.
        Refused: she is tied to the recipient, sent it herself, or the page is stale.
        NotImpartial: it answers an application, and she has not declared that nothing ties her to it.
    """
    grant = held.grant(row.grant_id)
    permissions.require(grant.authority_id in permissions.authorities_with(by, SETS_UP))
    if is_tied_to(by, grant.organisation_id):
        raise Refused(_("You act for the recipient yourself. A colleague does this."), code="tied")
    if (applied := held.application_of(grant)) is not None:
        gate.require_impartial(by, applied)
    found = locked(row, grant, seen)
    if found.sent_by_id == by.pk:
        raise Refused(_("Another than the one who sent it reads it."), code="own")
    return grant, found


@deed
def read_source(
    source: FinancingSource, *, by: User, now: dt.datetime, ok: bool, note: str = "", amount_nok: int | None = None,
    seen: int | None = None,
) -> FinancingSource:  # fmt: skip
    """Approve what documents a source, for its sum or a lower one, or send it back and say what is missing.

    What was approved by mistake is sent back too; what it let be paid is not undone by that.

    Raises:
        PermissionDenied: no officer there.
        Refused: tied to the recipient, read already, changed meanwhile, without its note, or for more than was sent.
    """
    grant, row = for_reading(source, by=by, seen=seen)
    if row.state not in ((State.SENT,) if ok else (State.SENT, State.DOCUMENTED)):
        raise stale()
    lower = ok and amount_nok is not None and amount_nok != row.amount_nok
    if lower and not 0 < (amount_nok or 0) < row.amount_nok:
        raise Refused(_("Approve the amount that was sent, or a lower one."), code="amount")
    if not note.strip() and (lower or not ok):
        raise Refused(_("Say why the amount is lower.") if lower else _("Say what is missing."), code="note")
    before = row.amount_nok
    if lower:
        row.amount_nok = amount_nok
    row.state, row.note = (State.DOCUMENTED if ok else State.RETURNED), note.strip()
    row.read_by, row.read_at = by, now
    row.save()
    row.refresh_from_db(fields=["row_version"])
    notices.record(
        "financing_documented" if ok else "financing_returned", row, by=by, case=grant.case, grant=grant.pk,
        amount_nok=row.amount_nok, **({"sent_nok": before} if lower else {}),
    )  # fmt: skip
    paper_notices.is_read(grant, row, ok=ok, on=oslo_today(now))
    return row


@deed
def read_report(
    report: GrantReport, *, by: User, now: dt.datetime, ok: bool, note: str = "", seen: int | None = None,
    has_accounts: bool = False,
) -> GrantReport:  # fmt: skip
    """Approve a report, which meets the condition it answers, or send it back and say what is missing.

    Raises:
        PermissionDenied: no officer there.
        Refused: tied to the recipient, read already, changed meanwhile, or sent back without a word.
    """
    grant, row = for_reading(report, by=by, seen=seen)
    if row.state not in ((Report.SENT,) if ok else (Report.SENT, Report.APPROVED)):
        raise stale()
    if not ok and not note.strip():
        raise Refused(_("Say what is missing."), code="note")
    refuse_accounts(row, ok=ok, has_accounts=has_accounts)
    row.state, row.note = (Report.APPROVED if ok else Report.RETURNED), note.strip()
    row.read_by, row.read_at = by, now
    row.save()
    row.refresh_from_db(fields=["row_version"])
    notices.record(
        "grant_report_approved" if ok else "grant_report_returned", row, by=by, case=grant.case, grant=grant.pk
    )
    paper_notices.is_read(grant, row, ok=ok, on=oslo_today(now))
    return row
