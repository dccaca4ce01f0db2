"""What those who nominate do: begin, confirm by the mailed code, send it signed in; and an officer, registering paper.

Each deed locks the round first, then the draft: numbers have no gaps from two at once, and pressing twice makes one.
Nobody at the desk sees anything before the address is confirmed. The hour of closing is held by the database's clock.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.db.models import Max, Sum
from django.utils import translation
from django.utils.translation import gettext as _

from awards import gate, permissions, rules
from awards.access_basis import DEFERRED_BASIS
from awards.candidates.holding import lock_round
from awards.models import (
    Kind,
    Nomination,
    NominationDraft,
    NominationDraftFile,
    NominationFile,
    PrizeRound,
    RoundCategory,
)
from awards.nominating import telling
from awards.refusals import deed
from grants import notices
from portal import codes, filing, impartiality
from portal.calendar import oslo_today
from portal.codes import TooMany
from portal.impartiality import OUT
from portal.inputs import FILE_BYTES, MOST_FILES
from portal.models import Document, Event, User
from portal.models.case import Access
from portal.permissions import require

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from awards.models import Candidate
    from portal.uploads import Checked

__all__ = ["FILE_BYTES", "LONGEST_REASONS", "MOST_FILES", "NotTaken", "TooMany", "Typed"]
LONGEST_REASONS = 8000
DRAFT_LIFETIME = dt.timedelta(hours=24)
DRAFT_BYTES_PER_ROUND = 2 * 1024**3
"""How much a round keeps of files that came with drafts nobody has confirmed: a robot does not fill the disk."""
NOT_IN_TIME = "nomination_in_time"
KEY = "nomination_paper_key"
TAKES_PAPER = (PrizeRound.State.PUBLISHED, PrizeRound.State.JUDGING)
"""What came in time is registered until the round is decided, also while the jury is at work."""


class NotTaken(Exception):
    """The round does not take nominations on the web now."""


@dataclass(frozen=True)
class Typed:
    """What was written, cleaned by the forms; `copy` is what the register showed of a nominee that was chosen there."""

    category: int
    kind: str
    name: str
    number: str = ""
    copy: dict[str, Any] | None = None
    reasons: str = ""
    nominee_email: str = ""
    nominator_name: str = ""
    tie: str = ""
    address: str = ""

    @property
    def content(self) -> dict[str, Any]:
        """What a draft keeps; the address has a column of its own."""
        return {name: value for name, value in asdict(self).items() if name != "address"}


def typed_in(draft: NominationDraft) -> Typed:
    return Typed(**draft.content, address=draft.address)


def purpose_of(round_: PrizeRound) -> str:
    """Return what a round's codes are for: by this they are counted."""
    return f"nomination:{round_.pk}"


def refuse_closed(round_: PrizeRound, now: dt.datetime) -> None:
    """Stop what comes before the opening or after the closing.

    Raises:
        NotTaken: the round is not open.
    """
    if round_.phase(now) != rules.Phase.OPEN:
        raise NotTaken


def refuse_nominee(round_: PrizeRound, typed: Typed) -> None:
    """Say at once what so plainly stands in a nominee's way that a nomination is not taken.

    Raises:
        ValidationError: it is bankrupt, the municipality itself, or the like.
    """
    from awards.candidates.eligibility import refuse_at_the_door
    from awards.nominating.lookup import unit_of

    if why := refuse_at_the_door(round_, typed.kind, typed.name, typed.number, unit_of(typed.copy)):
        raise ValidationError({"who": why}, code="obstacle")


def category_in(round_: PrizeRound, key: int) -> RoundCategory:
    """Return the category of a locked round.

    Raises:
        ValidationError: it has none such.
    """
    found = RoundCategory.objects.select_related("category").filter(pk=key, round=round_).first()
    if found is None:
        raise ValidationError({"category": _("Choose a category.")}, code="category")
    found.round = round_
    return found


# ---- begin, and confirm ----


@deed
def start(
    round_id: int, typed: Typed, files: Iterable[Checked] = (), *, now: dt.datetime, earlier: int | None = None,
    drop_files: bool = False,
) -> NominationDraft:  # fmt: skip
    """Keep what was written and mail a code to its address; it replaces the same visitor's earlier draft.

    Raises:
        NotTaken: the round does not take nominations now.
        TooMany: this address or this round has had its codes for the hour.
        ValidationError: this nominee cannot be nominated.
    """
    round_, files = lock_round(round_id), list(files)
    refuse_closed(round_, now)
    refuse_nominee(round_, typed)
    category = category_in(round_, typed.category)
    codes.refuse_too_many(purpose_of(round_), typed.address, now)
    refuse_too_much(round_, files)
    code, digits = codes.make(purpose_of(round_), typed.address.lower(), now=now)
    draft = NominationDraft.objects.create(
        authority=round_.authority, round=round_, category=category, code=code, content=typed.content,
        address=typed.address, created_at=now,
    )  # fmt: skip
    for file in files:
        file.content.seek(0)
        NominationDraftFile.objects.create(
            authority=round_.authority, draft=draft, file=File(file.content, name=uuid.uuid4().hex),
            filename=file.filename, content_type=file.content_type, size=file.size, sha256=file.sha256,
        )  # fmt: skip
    if old := NominationDraft.objects.select_for_update().filter(pk=earlier, round=round_).first():
        if not files and not drop_files:
            old.files.update(draft=draft)
        forget(old)
    telling.mail_code(draft, digits)
    return draft


def refuse_too_much(round_: PrizeRound, files: Iterable[Checked]) -> None:
    """Take no more files while too much lies unconfirmed in the round; text is taken all the same.

    Raises:
        TooMany: the round keeps as much as it may.
    """
    sent = sum(file.size for file in files)
    unconfirmed = NominationDraftFile.objects.filter(draft__round=round_)
    kept = unconfirmed.aggregate(n=Sum("size"))["n"] or 0 if sent else 0
    if sent and kept + sent > DRAFT_BYTES_PER_ROUND:
        raise TooMany


@transaction.atomic
def again(draft_id: int, *, now: dt.datetime) -> bool:
    """Mail new digits for the same draft; False when that was done too often for this draft, address or round.

    Raises:
        NominationDraft.DoesNotExist: it was confirmed, replaced or removed in the meantime.
    """
    round_ = lock_round(NominationDraft.objects.get(pk=draft_id).round_id)
    draft = NominationDraft.objects.select_for_update(of=("self",)).select_related("code").get(pk=draft_id)
    digits = codes.again(draft.code, now=now)
    if digits:
        draft.round = round_
        telling.mail_code(draft, digits)
    return bool(digits)


@deed
def confirm(draft_id: int, digits: str, *, now: dt.datetime) -> Nomination | None:
    """Make the draft a nomination when the digits are right; None when they are not.

    Raises:
        NominationDraft.DoesNotExist: another press of the button was first, or a day has passed.
        NotTaken: the round has closed since.
        Refused: it closed in this very moment, by the database's clock.
    """
    round_ = lock_round(NominationDraft.objects.get(pk=draft_id).round_id)
    draft = NominationDraft.objects.select_for_update().get(pk=draft_id)
    refuse_closed(round_, now)
    if not codes.check(draft.code_id, digits, now=now):
        return None
    files = list(draft.files.order_by("pk"))
    received = receive(round_, typed_in(draft), files, now=now)
    forget(draft)
    return received


def forget(draft: NominationDraft) -> None:
    """Remove a draft; its files go when the deed is committed."""
    remove_files(draft.files.all())
    draft.delete()


def remove_files(files: QuerySet[NominationDraftFile]) -> None:
    """Take files from a draft; what is stored goes when the deed is committed."""
    for file in files:
        transaction.on_commit(lambda stored=file.file: stored.storage.delete(stored.name), robust=True)  # type: ignore[misc]
    files.delete()


# ---- signed in ----


@deed
def send_signed_in(
    round_id: int, typed: Typed, files: Iterable[Checked] = (), *, by: User, now: dt.datetime,
    earlier: int | None = None, drop_files: bool = False,
) -> tuple[Nomination, bool]:  # fmt: skip
    """Take a nomination from one whose address is confirmed already; return it, and whether it is new.

    The same words once more are the same nomination: a button pressed twice makes one.

    Raises:
        NotTaken: the round does not take nominations now.
        ValidationError: this nominee cannot be nominated.
    """
    round_ = lock_round(round_id)
    same = {"category": typed.category, "typed_name": typed.name, "reasons": typed.reasons}
    if before := Nomination.objects.filter(round=round_, sent_by=by, **same).first():
        return before, False
    refuse_closed(round_, now)
    refuse_nominee(round_, typed)
    files = list(files)
    old = NominationDraft.objects.select_for_update().filter(pk=earlier, round=round_).first()
    if old is not None and not files and not drop_files:
        files = list(old.files.order_by("pk"))
    received = receive(round_, replace(typed, address=by.email), files, now=now, sent_by=by)
    if old is not None:
        forget(old)
    return received, True


# ---- on paper ----


@deed
def register_on_paper(
    round_: PrizeRound, typed: Typed, files: Iterable[Checked] = (), *, received_on: dt.date, once: str, by: User,
    now: dt.datetime,
) -> Nomination:  # fmt: skip
    """Register what came on paper, by mail or in a meeting, with its true day; the same form twice gives the same.

    Who registers need not have declared for the category, since a new name makes a new candidate each time; who is
    tied to one in it registers none there.

    Raises:
        PermissionDenied: she does not handle nominations here.
        NotImpartial: she is tied to a candidate in the category.
        ValidationError: the round takes no nominations any more, or the day cannot be.
    """
    require(permissions.may(by, round_.authority_id, permissions.SETS_UP))
    held = lock_round(round_.pk)
    if before := registered_before(by, once, held):
        return before
    if held.state not in TAKES_PAPER:
        raise ValidationError(_("The round takes no nominations now."), code="state")
    refuse_day(held, received_on, now)
    category = category_in(held, typed.category)
    standing, _waits = gate.standing(by, gate.field_of(category))
    if standing in OUT:
        raise impartiality.NotImpartial(standing)
    made = receive(held, typed, files, now=now, received_on=received_on, by=by)
    notices.record(KEY, made, by=by, case=made.candidate.case, once=once)
    return made


def refuse_day(round_: PrizeRound, day: dt.date, now: dt.datetime) -> None:
    """Take only what came while nominations were open.

    Raises:
        ValidationError: it came before they opened, after they closed, or has not come yet.
    """
    assert round_.opens_at is not None and round_.closes_at is not None
    if not oslo_today(round_.opens_at) <= day <= oslo_today(round_.closes_at):
        text = _("Nominations were open from %(first)s to %(last)s. Give a day in that time.")
        said = {"first": telling.day(round_.opens_at), "last": telling.day(round_.closes_at)}
        raise ValidationError({"received_on": text % said}, code="day")
    if day > oslo_today(now):
        raise ValidationError({"received_on": _("Give the day it came, not one that is to come.")}, code="day")


def registered_before(by: User, once: str, round_: PrizeRound) -> Nomination | None:
    """Return what this form has registered already; the round is locked, so two presses wait for each other."""
    rows = Event.objects.filter(authority=round_.authority_id, kind=KEY, actor_id=by.pk, facts__once=once)
    key = rows.values_list("subject_id", flat=True).first() if once else None
    return Nomination.objects.filter(pk=key, round=round_).first() if key else None


# ---- what follows from a nomination ----


def receive(
    round_: PrizeRound, typed: Typed, files: Iterable[Any], *, now: dt.datetime, sent_by: User | None = None,
    received_on: dt.date | None = None, by: User | None = None,
) -> Nomination:  # fmt: skip
    """Number and keep a nomination in a locked round, gathered under its candidate; tell who sent it, and the desk."""
    from awards.candidates import gathering

    category, source = category_in(round_, typed.category), Nomination.Source
    number = typed.number if typed.kind == Kind.ORGANISATION else ""
    candidate = gathering.find_or_make(
        category, kind=typed.kind, name=typed.name, number=number, email=typed.nominee_email,
        register_copy=typed.copy if number else None, by=by, now=now,
    )  # fmt: skip
    made = Nomination.objects.create(
        authority=round_.authority, round=round_, category=category, candidate=candidate, number=next_number(round_),
        kind=typed.kind, typed_name=typed.name, typed_number=number, nominee_email=typed.nominee_email,
        reasons=typed.reasons, nominator_name=typed.nominator_name, nominator_email=typed.address, tie=typed.tie,
        source=source.PAPER if by else source.WEB, received_on=received_on or oslo_today(now), received_at=now,
        registered_by=by, sent_by=sent_by,
    )  # fmt: skip
    made.refresh_from_db(fields=["received_on", "received_at"])  # the database's clock goes before ours
    kept = [keep_file(made, candidate, file) for file in files]
    notices.record(
        "nomination_received", made, by=by, case=candidate.case, number=made.number, source=made.source,
        attachments=len(kept), round=round_.pk,
    )  # fmt: skip
    telling.send_receipt(made)
    telling.tell_desk(made, now=now, but=by)
    return made


def next_number(round_: PrizeRound) -> int:
    """Return the number of the round's next nomination; the round is locked."""
    return int(round_.nominations.aggregate(last=Max("number"))["last"] or 0) + 1


def keep_file(nomination: Nomination, candidate: Candidate, file: Any) -> Document:
    """Keep a checked upload, or a draft's file, as a document of the candidate's case, deferred like the case."""
    with translation.override(nomination.authority.language_form):
        said = {"number": nomination.number, "name": file.filename}
        title = _("Enclosed with nomination %(number)d: %(name)s") % said
        public_title = _("Enclosed with nomination %(number)d") % said
    document = filing.keep(
        candidate.case, file, title=title, public_title=public_title, direction=Document.Direction.INCOMING,
        dated_on=nomination.received_on, access=Access.DEFERRED, access_basis=DEFERRED_BASIS,
    )  # fmt: skip
    NominationFile.objects.create(authority=nomination.authority, nomination=nomination, document=document)
    return document
