"""Requests for access: asked by anyone, answered document by document, on a clock.

Each document is given as it is, given with parts covered, or refused with the law that says so; the answer goes as a
private link to the address it was asked from. Law: offentleglova §§ 28–32 (checked 2026-11-22).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import filing, impartiality_watch, keys, outbox, permissions
from portal.calendar import add_working_days, oslo_today
from portal.desk import at_desk
from portal.models import AccessAnswer, AccessRequest, Case, Document, Event, LinkKey
from portal.models.case import Access

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.models import Authority, User
    from portal.uploads import Checked

ANSWERS = frozenset({permissions.OFFICER, permissions.LEADER, permissions.SECRETARY})
"""Roles that answer requests."""
DAYS = 3
"""Working days from a request to its answer: the authority's own clock; five without an answer is a refusal in law."""
HOLDS = dt.timedelta(days=30)
"""How long the link to an answer opens."""
State, Outcome = AccessRequest.State, AccessAnswer.Outcome


@dataclass(frozen=True)
class Said:
    """What is decided of one document."""

    document: Document
    outcome: str
    basis: str = ""
    copy: Checked | None = None


def may_answer(user: Any, authority_id: int) -> bool:
    return authority_id in permissions.authorities_with(user, ANSWERS)


# ---- asked ----


@transaction.atomic
def ask(
    authority: Authority, *, text: str, address: str, name: str, case: Case | None, now: dt.datetime
) -> AccessRequest:
    """Take in a request, with a receipt to who asked and a notice to the desk."""
    today = oslo_today(now)
    made = AccessRequest.objects.create(
        authority=authority, case=case, text=text.strip(), address=outbox.checked_address(address), name=name.strip(),
        received_at=now, due_on=add_working_days(today, DAYS),
    )  # fmt: skip
    Event.objects.create(
        authority=authority, case=case, kind="access_asked", subject_type="portal.accessrequest", subject_id=made.pk
    )
    outbox.notify(
        address=made.address, kind="access_asked", subject=made, authority=authority, occasion="receipt",
        on_date=today, title=lambda: _("We have your request for access"), link="", link_text="",
        template="access_received", asked=made,
    )  # fmt: skip
    for user in at_desk(authority.pk, today):
        outbox.notify(
            user, kind="access_came", subject=made, authority=authority, occasion="came", on_date=today,
            title=lambda: _("Someone asks to see documents"), template="access_came", asked=made,
            link=reverse("answer_access", args=[authority.slug, made.pk]), link_text=gettext_lazy("Answer the request"),
        )  # fmt: skip
    return made


# ---- answered ----


def documents_of(asked: AccessRequest, user: User) -> QuerySet[Document]:
    """Return the documents of the request's case that this person may handle."""
    return Document.objects.filter(impartiality_watch.may_open(user), case=asked.case).order_by("dated_on", "pk")


@transaction.atomic
def answer(
    asked: AccessRequest, said: list[Said], *, text: str, by: User, now: dt.datetime, version: int
) -> AccessRequest:
    """Answer document by document, and send the link.

    Raises:
        PermissionDenied: not her role, or not hers to handle.
        ValidationError: what is missing, or answered already.
    """
    permissions.require(may_answer(by, asked.authority_id))
    rows = AccessRequest.objects.select_for_update(of=("self",), no_key=True).select_related("authority")
    found = rows.get(pk=asked.pk)
    if found.state != State.WAITING or found.row_version != version:
        raise ValidationError(_("A colleague has answered or changed this. See how it stands."), code="stale")
    if found.case_id is not None:
        found.case = Case.objects.get(pk=found.case_id)
        impartiality_watch.require(by, found.case)
    if not said and not text.strip():
        raise ValidationError(_("Choose what to give, or write why nothing can be given."), code="empty")
    for one in said:
        _keep(found, one, now)
    outcomes = {one.outcome for one in said}
    if outcomes <= {Outcome.REFUSED}:
        found.state = State.REFUSED
    else:
        found.state = State.GIVEN if outcomes == {Outcome.GIVEN} else State.PARTLY
    found.answer, found.answered_at, found.answered_by = text.strip(), now, by
    found.save()
    Event.objects.create(
        authority=found.authority, case_id=found.case_id, kind="access_answered", actor_id=by.pk,
        subject_type="portal.accessrequest", subject_id=found.pk, facts={"state": str(found.state)},
    )  # fmt: skip
    _tell(found, oslo_today(now), now)
    return found


def _keep(asked: AccessRequest, one: Said, now: dt.datetime) -> None:
    document = one.document
    if document.case_id != asked.case_id:
        raise ValidationError(_("Choose documents of the case."), code="case")
    if one.outcome != Outcome.GIVEN and not one.basis.strip():
        text = _("Name the legal basis for what you do not give of “%(title)s”.")
        raise ValidationError(text % {"title": document.title}, code="basis")
    redacted = None
    if one.outcome == Outcome.REDACTED:
        if one.copy is None:
            text = _("Enclose the copy of “%(title)s” with the parts covered.")
            raise ValidationError(text % {"title": document.title}, code="copy")
        redacted = filing.keep(
            document.case, one.copy, title=_("%(title)s, with parts covered") % {"title": document.title},
            direction=Document.Direction.OUTGOING, dated_on=oslo_today(now),
        )  # fmt: skip
    AccessAnswer.objects.create(
        authority_id=asked.authority_id, request=asked, document=document, outcome=one.outcome,
        basis=one.basis.strip()[:120] if one.outcome != Outcome.GIVEN else "", redacted=redacted,
    )  # fmt: skip


def _tell(asked: AccessRequest, today: dt.date, now: dt.datetime) -> None:
    raw = keys.issue(LinkKey.Purpose.ACCESS, now=now, address=asked.address, subject_id=asked.pk, lifetime=HOLDS)
    outbox.notify(
        address=asked.address, kind="access_answered", subject=asked, authority=asked.authority, occasion="answered",
        on_date=today, title=lambda: _("Answer to your request for access"), link="", link_text="",
        template="access_answered", asked=asked, url=settings.BASE_URL + reverse(
            "access_answer", args=[asked.authority.slug, raw]
        ),
    )  # fmt: skip


@transaction.atomic
def withdraw(asked: AccessRequest, *, by: User, now: dt.datetime, why: str) -> AccessRequest:
    """Lay a request aside that its sender does not want answered any more.

    Raises:
        ValidationError: it is answered already, or no reason is given.
    """
    permissions.require(may_answer(by, asked.authority_id))
    found = AccessRequest.objects.select_for_update(of=("self",), no_key=True).get(pk=asked.pk)
    if found.state != State.WAITING:
        raise ValidationError(_("The request is answered already."), code="stale")
    if not why.strip():
        raise ValidationError(_("Say why it is laid aside."), code="why")
    found.state, found.answer, found.answered_at, found.answered_by = State.WITHDRAWN, why.strip(), now, by
    found.save()
    Event.objects.create(
        authority_id=found.authority_id, case_id=found.case_id, kind="access_withdrawn", actor_id=by.pk,
        subject_type="portal.accessrequest", subject_id=found.pk,
    )  # fmt: skip
    return found


# ---- handed out ----


def by_link(raw: str, authority: Authority, now: dt.datetime) -> AccessRequest | None:
    """Return the answered request that a mailed link opens; nothing for a link of another, or one that is too old."""
    key = keys.find(LinkKey.Purpose.ACCESS, raw, now=now)
    if key is None:
        return None
    rows = AccessRequest.objects.filter(pk=key.subject_id, authority=authority).exclude(state=State.WAITING)
    return rows.select_related("authority", "case").first()


def given(asked: AccessRequest) -> list[AccessAnswer]:
    return list(asked.answers.select_related("document", "redacted").order_by("document__dated_on", "pk"))


def handed_out(asked: AccessRequest, document: int) -> Document | None:
    """Return the file that an answer gives: the document itself, or its copy with covers; never one refused."""
    for row in given(asked):
        if row.outcome == Outcome.GIVEN and row.document_id == document:
            return row.document
        if row.outcome == Outcome.REDACTED and row.redacted_id == document:
            return row.redacted
    return None


def proposed(document: Document) -> str:
    """Return what is proposed of a document by its marking."""
    return Outcome.GIVEN if document.access == Access.OPEN else Outcome.REFUSED


def days_late(asked: AccessRequest, today: dt.date) -> int:
    return max((today - asked.due_on).days, 0) if asked.state == State.WAITING else 0
