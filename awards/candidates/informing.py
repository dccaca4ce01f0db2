"""The nominee is told that she is nominated: by mail with a link of her own, or on paper with a noted day.

Law: personvernforordningen art. 14, within a month of the nomination (checked 2026-11-22).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from awards import gate
from awards.candidates import holding
from awards.letter_texts import nominated
from awards.models import TAKES_PART, Candidate, PrizeRound
from awards.refusals import Refused, deed
from grants.held import Handled
from grants.notices import record
from portal import keys, outbox
from portal.calendar import oslo_today
from portal.impartiality import MAY
from portal.letters import engine
from portal.models import Letter, LinkKey, Notice

if TYPE_CHECKING:
    from portal.letters.content import LetterContent
    from portal.models import User

WITHIN = dt.timedelta(days=30)
"""How soon after a nomination its nominee is told."""
TO_ANSWER = dt.timedelta(days=14)
HOLDS_AFTER, HOLDS_AT_MOST = dt.timedelta(days=30), dt.timedelta(days=400)
TELLS = (PrizeRound.State.PUBLISHED, PrizeRound.State.JUDGING, PrizeRound.State.VOTING)
KIND = "nominee_informed"


def waiting(round_id: int) -> list[Candidate]:
    """Return those of a round who take part and have not been told, with what telling needs; one query."""
    rows = Candidate.objects.filter(TAKES_PART, round=round_id, informed_on=None)
    rows = rows.select_related("category__category", "case")
    return list(rows.order_by("category__position", "pk"))


@deed
def inform(candidate: Candidate, *, seen: int | None = None, again: bool = False, by: User, now: dt.datetime) -> None:
    """Mail one nominee that she is nominated, with her own link; links sent before stop working.

    Raises:
        PermissionDenied: she does not handle prizes here.
        NotImpartial: she has not declared for the whole field, or is tied to one in it.
        Handled: she was told already, and not `again`; or somebody changed it since.
        Refused: no address is known, or the jury has decided.
    """
    found = holding.held(candidate, by=by, seen=seen)
    if found.informed_on is not None and not again:
        raise Handled(_("The nominee was told already."), code="again")
    _refuse_to_tell(found)
    if not found.email:
        raise Refused(_("No e-mail address is known. Write it first, or tell on paper."), code="address")
    _tell(found, by=by, now=now)


@deed
def inform_on_paper(candidate: Candidate, on: dt.date, *, seen: int | None = None, by: User, now: dt.datetime) -> None:
    """Note the day a nominee was told by letter or telephone.

    Raises:
        PermissionDenied: she does not handle prizes here.
        NotImpartial: she has not declared for the whole field, or is tied to one in it.
        Handled: she was told already, or somebody changed it since.
        Refused: the day has not come, or lies before the nomination.
    """
    found = holding.held(candidate, by=by, seen=seen)
    if found.informed_on is not None:
        raise Handled(_("The nominee was told already."), code="again")
    _refuse_to_tell(found)
    first = found.nominations.order_by("received_on").values_list("received_on", flat=True).first()
    if on > oslo_today(now) or (first and on < first):
        raise Refused(_("Give the day the nominee was told: after the nomination, and not after today."), code="day")
    _note(found, on, by)
    record("nominee_told_on_paper", found, by=by, case=found.case)


# ---- by letter ----


def letter_to(found: Candidate, *, by: User, on: dt.date) -> LetterContent:
    """Return the letter that tells a nominee, as it reads on this day; nothing is kept."""
    reasons = list(found.nominations.filter(dismissed_why="").order_by("number").values_list("reasons", flat=True))
    with translation.override(found.authority.language_form):
        return nominated.content(found, reasons, due_on=due_on(found, on), dated_on=on, signer=by)


def draft_of(found: Candidate, *, by: User, on: dt.date) -> bytes:
    """Return the letter marked as a draft; nothing is kept."""
    content = letter_to(found, by=by, on=on)
    with translation.override(found.authority.language_form):
        content.notice = _("This is a draft. The nominee is not told.")
    return engine.pdf(content)


@deed
def write_letter(candidate: Candidate, *, seen: int | None = None, by: User, now: dt.datetime) -> Letter:
    """Write the letter to post, keep it in the nominee’s case, and note that she is told today.

    Raises:
        PermissionDenied: she does not handle prizes here.
        NotImpartial: she has not declared for the whole field, or is tied to one in it.
        Handled: she was told already, or somebody changed it since.
        Refused: the jury has decided.
        PdfError: the letter could not be laid out; nothing is kept.
    """
    found = holding.held(candidate, by=by, seen=seen)
    if found.informed_on is not None:
        raise Handled(_("The nominee was told already."), code="again")
    _refuse_to_tell(found)
    on = oslo_today(now)
    content = letter_to(found, by=by, on=on)
    with translation.override(found.authority.language_form):
        public = _("Letter in case %(reference)s") % {"reference": found.case.reference or found.case_id}
        made = engine.store(
            found.case, KIND, content, title=f"{content.title}: {found.name}", dated_on=on, by=by, public_title=public,
            access=found.case.access, access_basis=found.case.access_basis,
        )  # fmt: skip
    _note(found, on, by)
    record("nominee_written_to", found, by=by, case=found.case)
    return made


# ---- all of them ----


@dataclass(frozen=True)
class Told:
    """What came of telling all: how many were told, lack an address, or are for a colleague to tell."""

    told: int = 0
    without_address: int = 0
    for_others: int = 0


@deed
def inform_all(round_: PrizeRound, *, by: User, now: dt.datetime) -> Told:
    """Mail all who take part and have not been told, in the categories whose whole field this officer may handle.

    Raises:
        PermissionDenied: she does not handle prizes here.
        Refused: the jury has decided.
    """
    locked = holding.lock_round(round_.pk)
    holding.require_officer(by, locked)
    rows, may, told, bare, others = waiting(locked.pk), {}, 0, 0, 0
    for row in rows:
        if row.category_id not in may:
            may[row.category_id] = gate.standing(by, gate.field_of(row.category_id))[0] in MAY
        if not may[row.category_id]:
            others += 1
            continue
        if not row.email:
            bare += 1
            continue
        found = holding.lock(row)
        _refuse_to_tell(found)
        _tell(found, by=by, now=now)
        told += 1
    return Told(told, bare, others)


def _refuse_to_tell(found: Candidate) -> None:
    """Raise Refused where there is nothing to tell of any more."""
    if found.round.state not in TELLS:
        raise Refused(_("The jury has decided. The nominee is told with the others after the ceremony."), code="late")
    if found.merged_into_id is not None:
        raise Handled(_("It is gathered in another. See how it stands."), code="again")


def _tell(found: Candidate, *, by: User, now: dt.datetime) -> None:
    """Mail the link, once for each time an officer asks for it, and note the day."""
    round_, today = found.round, oslo_today(now)
    keys.revoke(LinkKey.Purpose.NOMINEE, now=now, subject_id=found.pk)
    _note(found, today, by)
    before = Notice.objects.filter(kind=KIND, subject_type=found._meta.label_lower, subject_id=found.pk).count()
    outbox.notify(
        address=found.email, kind=KIND, subject=found, title=lambda: _("You are nominated: %(round)s") % {
            "round": round_,
        },
        link="", link_text="", template="nominee_informed", authority=found.authority, occasion=f"{before + 1}",
        on_date=today, thread=outbox.thread_of(found), candidate=found, round=round_, url=link_of(found, now),
    )  # fmt: skip
    record("nominee_told", found, by=by, case=found.case)


def _note(found: Candidate, on: dt.date, by: User) -> None:
    found.informed_on, found.informed_by = found.informed_on or on, by
    found.answer_due_on = due_on(found, on)
    found.save(update_fields=["informed_on", "informed_by", "answer_due_on"])


def due_on(found: Candidate, on: dt.date) -> dt.date:
    """Return the day a nominee who is told on this day answers by: the round’s, or two weeks where that has passed."""
    by_round = found.round.answer_due_on
    return by_round if by_round and by_round > on else on + TO_ANSWER


def link_of(found: Candidate, now: dt.datetime) -> str:
    """Make a key for a nominee and return the address it opens."""
    round_ = found.round
    ends = (round_.ceremony_at or now) + HOLDS_AFTER
    raw = keys.issue(
        LinkKey.Purpose.NOMINEE, now=now, address=found.email, subject_id=found.pk,
        lifetime=max(ends - now, HOLDS_AFTER) if round_.ceremony_at else HOLDS_AT_MOST,
    )  # fmt: skip
    place = [found.authority.slug, round_.prize.slug, round_.year, raw]
    return str(settings.BASE_URL + reverse("nominee_page", args=place))
