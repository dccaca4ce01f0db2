"""An organisation's input: prepared by all who have a mandate for it, sent by one who acts.

The draft is the organisation's own. Nobody at the authority sees it, not even that it is there: no event, no count and
no list of theirs mentions it. Each deed asks for the mandate as it stands now and locks the round first, then the
draft, so that two never overwrite each other unseen and a button pressed twice makes one input.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from portal import inputs, permissions, rules
from portal.acting_for import mandates
from portal.calendar import oslo_today
from portal.models import DraftFile, Input, InputDraft, InputRound, Reach

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from portal.inputs import Typed
    from portal.models import Organisation, User
    from portal.uploads import Checked

KEEP_AFTER_CLOSING = dt.timedelta(days=30)
"""How long a draft that was never sent is kept after its round has closed."""
LONGEST_NAME = 160


class Overtaken(Exception):
    """A colleague has saved something else since this text was read; `draft` is how it stands now."""

    def __init__(self, draft: InputDraft | None) -> None:
        self.draft = draft


class SentMeanwhile(Exception):
    """The organisation has sent an input since this text was read."""

    def __init__(self, input_: Input) -> None:
        self.input = input_


class TooManyFiles(Exception):
    """With these the draft would have more files than an input may."""


class NothingToSend(Exception):
    """There is no text to send."""


# ---- who, and in which round ----


def require_reach(by: User, organisation: Organisation, now: dt.datetime, *, acting: bool = False) -> None:
    """Stop one who may not prepare for the organisation now, or, when `acting`, may not bind it.

    Raises:
        PermissionDenied: her mandate has ended, or it does not reach so far in this session.
    """
    reach = mandates.reach_in(by, organisation.pk, on=timezone.localdate(now), mark=getattr(by, "mark", None))
    permissions.require(reach == Reach.ACTS if acting else reach is not None)


def may_bind(user: User, organisation: Organisation, on: dt.date) -> bool:
    """Say whether her mandate lets her bind the organisation, once she is known surely enough."""
    return mandates.reach_in(user, organisation.pk, on=on, mark=None) == Reach.ACTS


def obstacle(round_: InputRound, today: dt.date) -> str:
    """Return why an organisation cannot answer the round today: invited, upcoming or closed; nothing when it can."""
    if round_.audience != InputRound.Audience.ALL:
        return "invited"
    state = rules.round_state(round_.facts, today)
    if state in rules.TAKES_INPUT:
        return ""
    return "upcoming" if state == rules.RoundState.UPCOMING else "closed"


def locked(organisation: Organisation, round_id: int, now: dt.datetime) -> InputRound:
    """Return the round, held until the commit.

    Raises:
        NotTaken: it takes nothing from the organisation today, or is another authority's.
    """
    round_ = inputs.locked(round_id)
    if round_.authority_id != organisation.authority_id or obstacle(round_, oslo_today(now)):
        raise inputs.NotTaken
    return round_


def version_of(draft: InputDraft | None) -> str:
    """Return which wording of which draft one has read; nothing where there was none."""
    return f"{draft.pk}.{draft.row_version}" if draft is not None else ""


def inputs_of(organisation: Organisation, round_: InputRound) -> Any:
    return Input.objects.filter(organisation=organisation, round=round_).order_by("number")


def refuse_if_sent(organisation: Organisation, round_: InputRound, sent: int) -> None:
    """Stop one who wrote without knowing that a colleague has sent meanwhile.

    Raises:
        SentMeanwhile: the organisation has given more inputs in the round than the `sent` she knew of.
    """
    given = list(inputs_of(organisation, round_))
    if len(given) > sent:
        raise SentMeanwhile(given[-1])


# ---- write together ----


@transaction.atomic
def save(
    organisation: Organisation, round_id: int, typed: Typed, files: Iterable[Checked] = (), *, seen: str, sent: int,
    by: User, now: dt.datetime, drop: Collection[int] = (),
) -> InputDraft:  # fmt: skip
    """Keep what was typed as the organisation's draft and return it; saving the same once more changes nothing.

    `seen` is the wording that was read before (`version_of`), `sent` how many inputs the organisation had given then.

    Raises:
        NotTaken: the round takes nothing now.
        Overtaken: a colleague, or another window, has saved something else meanwhile.
        SentMeanwhile: it was sent meanwhile.
        TooManyFiles: it would have more attachments than an input may.
    """
    require_reach(by, organisation, now)
    round_, files = locked(organisation, round_id, now), list(files)
    refuse_if_sent(organisation, round_, sent)
    draft = drafts_of(organisation).select_for_update(of=("self",)).filter(round=round_).first()
    if draft is None:
        draft = InputDraft(
            authority_id=organisation.authority_id, round=round_, organisation=organisation, created_at=now
        )
    said = {"text": typed.text, "may_publish": typed.may_publish}
    is_other = any(getattr(draft, name) != value for name, value in said.items())
    if draft.pk and is_other and version_of(draft) != seen:
        raise Overtaken(draft)
    leaves = draft.files.filter(pk__in=drop) if draft.pk and drop else DraftFile.objects.none()
    if is_other or files or leaves or not draft.pk:
        for name, value in {**said, "edited_by": by, "edited_at": now, "address": by.email}.items():
            setattr(draft, name, value)
        draft.speaks_for = organisation.name[:LONGEST_NAME]
        draft.save()
        draft.refresh_from_db(fields=["row_version"])
    change_files(draft, files, leaves)
    return draft


def drafts_of(organisation: Organisation) -> Any:
    return InputDraft.objects.filter(organisation=organisation).select_related("edited_by")


def change_files(draft: InputDraft, files: list[Checked], leaves: Any) -> None:
    """Take away the files that leave and add the new ones.

    Raises:
        TooManyFiles: more would be left than an input may have.
    """
    inputs.remove_files(leaves)
    if files and draft.files.count() + len(files) > inputs.MOST_FILES:
        raise TooManyFiles
    for file in files:
        file.content.seek(0)
        DraftFile.objects.create(
            authority_id=draft.authority_id, draft=draft, file=File(file.content, name=uuid.uuid4().hex),
            filename=file.filename, content_type=file.content_type, size=file.size, sha256=file.sha256,
        )  # fmt: skip


@transaction.atomic
def discard(organisation: Organisation, round_id: int, *, seen: str, by: User, now: dt.datetime) -> bool:
    """Remove the draft with its files; say whether there was one.

    Raises:
        Overtaken: it has been changed since it was read.
    """
    require_reach(by, organisation, now)
    inputs.locked(round_id)
    draft = drafts_of(organisation).select_for_update(of=("self",)).filter(round_id=round_id).first()
    if draft is None:
        return False
    if version_of(draft) != seen:
        raise Overtaken(draft)
    inputs.forget(draft)
    return True


# ---- send ----


@transaction.atomic
def send(
    organisation: Organisation, round_id: int, *, seen: str, sent: int, by: User, now: dt.datetime
) -> Input:  # fmt: skip
    """Make the draft the organisation's input, sent by one who acts for it; the draft is gone.

    Raises:
        PermissionDenied: her mandate lets her prepare only, or her session is not sure enough.
        NotTaken: the round takes nothing now.
        Overtaken: the draft is not what she read.
        SentMeanwhile: it was sent already, by another press or a colleague.
        NothingToSend: the draft has no text.
    """
    require_reach(by, organisation, now, acting=True)
    round_ = inputs.locked(round_id)
    refuse_if_sent(organisation, round_, sent)
    round_ = locked(organisation, round_id, now)
    draft = drafts_of(organisation).select_for_update(of=("self",)).filter(round=round_).first()
    if draft is None or version_of(draft) != seen:
        raise Overtaken(draft)
    if not draft.text.strip():
        raise NothingToSend
    typed = inputs.Typed(draft.text, organisation.name[:LONGEST_NAME], draft.may_publish, by.email)
    received = inputs.receive(
        round_, typed, list(draft.files.order_by("pk")), source=Input.Source.WEB, now=now, organisation=organisation,
        sent_by=by,
    )  # fmt: skip
    inputs.forget(draft)
    return received


# ---- what is never sent ----


def removed_on(draft: InputDraft, today: dt.date) -> dt.date | None:
    """Return the day an unsent draft is removed: a month after its round closed, and never while it takes input."""
    round_ = draft.round
    if rules.round_state(round_.facts, today) not in rules.OVER:
        return None
    closed = rules.closed_from(round_.facts)
    if closed is None:
        at = round_.answers_published_at or draft.edited_at or draft.created_at
        closed = timezone.localdate(at)
    return closed + KEEP_AFTER_CLOSING


def remove_old(now: dt.datetime) -> int:
    """Remove the organisations' drafts that were not sent within a month of the round's end; return how many."""
    today, count = timezone.localdate(now), 0
    waiting = InputDraft.objects.filter(organisation__isnull=False, edited_at__lt=now - KEEP_AFTER_CLOSING)
    for draft in waiting.select_related("round"):
        day = removed_on(draft, today)
        if day is not None and day < today:
            with transaction.atomic():
                inputs.forget(draft)
            count += 1
    return count
