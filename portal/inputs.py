"""What those who give input do: begin, confirm by the mailed code, send it signed in, answer an invitation or say no.

Each deed locks the round first, then the draft or the invitation: numbers have no gaps from two at once, pressing twice
makes one, and the limits on codes are exact. Nobody at the authority sees anything before the address is confirmed.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.files.base import File
from django.db import transaction
from django.db.models import Max, Sum
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from portal import codes, filing, outbox, rules
from portal.calendar import oslo_today
from portal.codes import TooMany
from portal.desk import at_desk, is_at_work, with_deputies
from portal.models import (
    Document,
    DraftFile,
    Event,
    Input,
    InputAttachment,
    InputDraft,
    InputRound,
    Invitation,
    Notice,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from portal.models import Organisation, User
    from portal.uploads import Checked

LONGEST_TEXT = 20_000
MOST_FILES = 5
FILE_BYTES = 10 * 1024 * 1024
DRAFT_LIFETIME = dt.timedelta(hours=24)
DRAFT_BYTES_PER_ROUND = 2 * 1024**3
"""How much a round keeps of files that came with drafts nobody has confirmed: a robot does not fill the disk."""


class NotTaken(Exception):
    """The round does not take input now."""


@dataclass(frozen=True)
class Typed:
    """What was written, cleaned by the form."""

    text: str
    speaks_for: str
    may_publish: bool = False
    address: str = ""


def purpose_of(round_: InputRound) -> str:
    """Return what a round's codes are for: by this they are counted."""
    return f"input:{round_.pk}"


def locked(round_id: int) -> InputRound:
    """Return the round, held until the commit: always the first row a deed takes."""
    rounds = InputRound.objects.select_related("authority", "case__officer")
    return rounds.select_for_update(of=("self",), no_key=True).get(pk=round_id)


def next_number(round_: InputRound) -> int:
    """Return the number of the round's next input; the round is locked."""
    return (round_.inputs.aggregate(last=Max("number"))["last"] or 0) + 1


def takes_input(round_: InputRound, *days: dt.date) -> bool:
    """Say whether the round takes input on any of these days, as it stands now."""
    return any(rules.round_state(round_.facts, day) in rules.TAKES_INPUT for day in days)


# ---- begin, and confirm ----


@transaction.atomic
def start_draft(
    round_id: int, typed: Typed, files: Iterable[Checked] = (), *, now: dt.datetime, earlier: int | None = None,
    drop_files: bool = False,
) -> InputDraft:  # fmt: skip
    """Keep what was written and mail a code to its address; it replaces the same visitor's earlier draft.

    Raises:
        NotTaken: the round does not take input from anyone today.
        TooMany: this address or this round has had its codes for the hour.
    """
    round_, files = locked(round_id), list(files)
    if round_.audience != InputRound.Audience.ALL or not takes_input(round_, oslo_today(now)):
        raise NotTaken
    codes.refuse_too_many(purpose_of(round_), typed.address, now)
    refuse_too_much(round_, files)
    code, digits = codes.make(purpose_of(round_), typed.address.lower(), now=now)
    draft = InputDraft.objects.create(
        authority=round_.authority, round=round_, code=code, text=typed.text, speaks_for=typed.speaks_for,
        address=typed.address, may_publish=typed.may_publish, created_at=now,
    )  # fmt: skip
    for file in files:
        file.content.seek(0)
        DraftFile.objects.create(
            authority=round_.authority, draft=draft, file=File(file.content, name=uuid.uuid4().hex),
            filename=file.filename, content_type=file.content_type, size=file.size, sha256=file.sha256,
        )  # fmt: skip
    own = InputDraft.objects.select_for_update().filter(pk=earlier, round=round_, organisation=None)
    if old := own.first():
        if not files and not drop_files:
            old.files.update(draft=draft)
        forget(old)
    mail_code(draft, digits)
    return draft


def refuse_too_much(round_: InputRound, files: Iterable[Checked]) -> None:
    """Take no more files while too much lies unconfirmed in the round; text is taken all the same.

    Raises:
        TooMany: the round keeps as much as it may.
    """
    sent = sum(file.size for file in files)
    unconfirmed = DraftFile.objects.filter(draft__round=round_, draft__organisation=None)
    kept = unconfirmed.aggregate(n=Sum("size"))["n"] or 0 if sent else 0
    if sent and kept + sent > DRAFT_BYTES_PER_ROUND:
        raise TooMany


@transaction.atomic
def send_code_again(draft_id: int, *, now: dt.datetime) -> bool:
    """Mail new digits for the same draft; False when that was done too often for this draft, address or round.

    Raises:
        InputDraft.DoesNotExist: it was confirmed, replaced or removed in the meantime.
    """
    round_ = locked(InputDraft.objects.get(pk=draft_id).round_id)
    draft = InputDraft.objects.select_for_update().get(pk=draft_id)
    try:
        codes.refuse_too_many(purpose_of(round_), draft.address, now)
    except TooMany:
        return False
    made = codes.make_again(draft.code_id, now=now)
    if made is not None:
        draft.round = round_
        mail_code(draft, made[1])
    return made is not None


def mail_code(draft: InputDraft, digits: str) -> None:
    """Mail the digits. The mail belongs to no authority: nobody there sees who has not confirmed."""
    round_ = draft.round
    with translation.override(round_.authority.language_form):
        title = _("Your code for the input")
        facts = {
            "subject": title, "authority": round_.authority, "language": round_.authority.language_form,
            "round": round_, "digits": f"{digits[:3]} {digits[3:]}", "minutes": codes.LIFETIME.seconds // 60,
        }  # fmt: skip
        outbox.write(
            to=draft.address, subject=title, text=render_to_string("emails/input_code.txt", facts),
            html=render_to_string("emails/input_code.html", facts), language=round_.authority.language_form,
        )  # fmt: skip


@transaction.atomic
def confirm(draft_id: int, digits: str, *, now: dt.datetime) -> Input | None:
    """Make the draft an input when the digits are right; None when they are not.

    Who began before midnight of the last day and got the code after it is taken too, marked by the day it came.

    Raises:
        InputDraft.DoesNotExist: another press of the button was first, or a day has passed.
        NotTaken: the round has closed since.
    """
    round_ = locked(InputDraft.objects.get(pk=draft_id).round_id)
    draft = InputDraft.objects.select_for_update().get(pk=draft_id)
    if not takes_input(round_, oslo_today(draft.created_at), oslo_today(now)):
        raise NotTaken
    if not codes.check(draft.code_id, digits, now=now):
        return None
    typed = Typed(draft.text, draft.speaks_for, draft.may_publish, draft.address)
    files = list(draft.files.order_by("pk"))
    received = receive(round_, typed, files, source=Input.Source.WEB, now=now)
    forget(draft)
    return received


def forget(draft: InputDraft) -> None:
    """Remove a draft; its files go when the deed is committed."""
    remove_files(draft.files.all())
    draft.delete()


def remove_files(files: QuerySet[DraftFile]) -> None:
    """Take files from a draft; what is stored goes when the deed is committed."""
    for file in files:
        transaction.on_commit(lambda stored=file.file: stored.storage.delete(stored.name), robust=True)  # type: ignore[misc]
    files.delete()


# ---- signed in ----


@transaction.atomic
def submit_signed_in(
    round_id: int, typed: Typed, files: Iterable[Checked] = (), *, by: User, now: dt.datetime,
    earlier: int | None = None, drop_files: bool = False,
) -> tuple[Input, bool]:  # fmt: skip
    """Take input from one whose address is confirmed already; return it, and whether it is new.

    The same words once more are the same input: a button pressed twice makes one. Of an earlier draft of hers that
    waits for its code, the files come along unless she chose others.

    Raises:
        NotTaken: the round does not take input from anyone today.
    """
    round_ = locked(round_id)
    said = {"text": typed.text, "speaks_for": typed.speaks_for}
    if before := Input.objects.filter(round=round_, sent_by=by, organisation=None, **said).first():
        return before, False
    if round_.audience != InputRound.Audience.ALL or not takes_input(round_, oslo_today(now)):
        raise NotTaken
    files = list(files)
    old = InputDraft.objects.select_for_update().filter(pk=earlier, round=round_, organisation=None).first()
    if old is not None and not files and not drop_files:
        files = list(old.files.order_by("pk"))
    typed = Typed(typed.text, typed.speaks_for, typed.may_publish, by.email)
    received = receive(round_, typed, files, source=Input.Source.WEB, now=now, sent_by=by)
    if old is not None:
        forget(old)
    return received, True


# ---- by invitation ----


@transaction.atomic
def submit_by_invitation(
    invitation_id: int, typed: Typed, files: Iterable[Checked] = (), *, now: dt.datetime
) -> tuple[Input, bool]:
    """Take the one input of an invitation; return it, and whether it is new.

    Raises:
        NotTaken: the round does not take input today.
    """
    round_ = locked(Invitation.objects.get(pk=invitation_id).round_id)
    invitation = Invitation.objects.select_for_update().get(pk=invitation_id)
    if (before := Input.objects.filter(invitation=invitation).first()) is not None:
        return before, False
    if not takes_input(round_, oslo_today(now)):
        raise NotTaken
    if invitation.declined_at is not None:
        invitation.declined_at = None
        invitation.save(update_fields=["declined_at"])
    typed = Typed(typed.text, typed.speaks_for, typed.may_publish, invitation.address)
    return receive(round_, typed, files, source=Input.Source.INVITED, now=now, invitation=invitation), True


@transaction.atomic
def decline(invitation_id: int, *, now: dt.datetime) -> bool:
    """Note that the invited has nothing to say, so that she is not reminded; False when she has answered already."""
    round_ = locked(Invitation.objects.get(pk=invitation_id).round_id)
    invitation = Invitation.objects.select_for_update().get(pk=invitation_id)
    if Input.objects.filter(invitation=invitation).exists():
        return False
    if invitation.declined_at is None:
        invitation.declined_at = now
        invitation.save(update_fields=["declined_at"])
        record(round_, "invitation_declined", invitation)
    return True


# ---- what follows from an input ----


def receive(
    round_: InputRound, typed: Typed, files: Iterable[Any], *, source: str, now: dt.datetime,
    invitation: Invitation | None = None, organisation: Organisation | None = None, sent_by: User | None = None,
) -> Input:  # fmt: skip
    """Number and keep an input in a locked round; its files become the case's documents, and all are told."""
    received = Input.objects.create(
        authority=round_.authority, round=round_, number=next_number(round_), invitation=invitation,
        organisation=organisation, sent_by=sent_by, text=typed.text,
        speaks_for=typed.speaks_for, address=typed.address, source=source, received_on=oslo_today(now),
        registered_at=now, may_publish=typed.may_publish,
    )  # fmt: skip
    kept = [keep_file(received, file) for file in files]
    record(
        round_, "input_received", received,
        number=received.number, source=source, late=received.is_late, attachments=len(kept),
        **({"organisation": organisation.pk} if organisation else {}),
    )  # fmt: skip
    send_receipt(received)
    tell_officer(received)
    return received


def keep_file(received: Input, file: Any) -> Document:
    """Keep a checked upload, or a draft's file, as a document of the round's case."""
    with translation.override(received.authority.language_form):
        title = _("Enclosed with input %(number)d: %(name)s") % {"number": received.number, "name": file.filename}
    document = filing.keep(
        received.round.case, file, title=title, direction=Document.Direction.INCOMING, dated_on=received.received_on
    )
    InputAttachment.objects.create(authority=received.authority, input=received, document=document)
    return document


def record(round_: InputRound, kind: str, subject: Any, **facts: Any) -> None:
    """Add a line to the case's history: what came in which round, without who."""
    Event.objects.create(
        authority=round_.authority, case=round_.case, kind=kind, subject_type=subject._meta.label_lower,
        subject_id=subject.pk, facts={"round": round_.pk, **facts},
    )  # fmt: skip


def send_receipt(received: Input, *, occasion: str = "received", on_date: dt.date | None = None) -> Notice | None:
    """Mail the receipt to the input's own address; None when this occasion has had its mail."""
    round_ = received.round
    with translation.override(round_.authority.language_form):
        files = [row.document.filename for row in received.attachments.select_related("document")]
        title = _("We have received your input, no. %(number)d") % {"number": received.number}
        return outbox.notify(
            address=received.address, kind="input_received", subject=received, title=title,
            link=round_.get_absolute_url(), link_text=_("See the input round"), template="input_received",
            authority=round_.authority, occasion=occasion, on_date=on_date or received.received_on,
            input=received, round=round_, case=round_.case, files=files,
        )  # fmt: skip


def tell_officer(received: Input) -> None:
    """Let the case's officer read in the daily mail that an input came; without one, all the authority's officers."""
    round_ = received.round
    for user in officers_of(round_, received.received_on):
        with translation.override(user.language):
            title = _("New input: %(round)s") % {"round": round_.title}
        Notice.objects.create(
            authority=round_.authority, user=user, kind="input_came", subject_type=received._meta.label_lower,
            subject_id=received.pk, on_date=received.received_on, occasion="came", title=outbox.one_line(title),
            context=outbox.one_line(round_.case.shown_title), waits_for_digest=True,
            link=reverse("answer_input", args=[round_.authority.slug, round_.slug, received.number]),
        )  # fmt: skip


def officers_of(round_: InputRound, on: dt.date) -> list[User]:
    """Return the case's officer; where she has left or none is named, those at the desk this day, as for deadlines."""
    officer = round_.case.officer
    if officer is not None and is_at_work(officer, round_.authority_id, on):
        return with_deputies([officer], round_.authority_id, on)
    return at_desk(round_.authority_id, on)
