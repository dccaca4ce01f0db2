"""Deeds on calls: begun, perhaps as a copy of an earlier one, written, announced, given more time, taken back.

Announced, a call's terms and its form stay as they are; its texts may be mended and it may close later. It is taken
back only while nobody has begun an application.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _

from grants import notices, permissions, schemes
from grants.calls import lacking
from grants.held import Handled
from grants.models import Application, Call, Scheme
from grants.refusals import deed
from portal.calendar import oslo_today
from portal.permissions import LEADER, OFFICER, SECRETARY, require

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import User

ANNOUNCES = frozenset({OFFICER, LEADER, SECRETARY})
"""Announces calls and lets late applications in. Not the operator: she draws up and reads, and decides nothing."""
TEXTS = ("title", "lede", "text", "who_may_apply", "eligible", "not_eligible", "answer_weeks", "officer", "source")
"""What may be mended when the call is announced."""
TERMS = (
    "statutes", "applicants", "opens_at", "closes_at", "share_percent", "cap_nok", "smallest_nok", "own_work_nok",
    "starts", "asks_for_jobs", "year",
)  # fmt: skip
PARTS = ("criteria", "questions", "attachments", "checks")
ROWS = Call.objects.select_related("authority", "scheme", "statutes", "officer")
LONGEST_SLUG = 60


def hold(call: Call, seen: int | None = None, *, alone: bool = False) -> Call:
    """Lock a call and return it as it is now; `alone` makes those who begin an application wait.

    Raises:
        Handled: somebody changed it since it was shown, or removed it.
    """
    row: Call | None = ROWS.select_for_update(no_key=not alone, of=("self",)).filter(pk=call.pk).first()
    if row is None or (seen is not None and row.row_version != seen):
        raise Handled(_("Somebody changed the call after you opened the page. See how it stands now."), code="stale")
    return row


# ---- begun and written ----


@deed
def begin(scheme: Scheme, *, title: str, copy: Call | None, by: User, now: dt.datetime) -> Call:
    """Begin a call of a scheme, with everything but the dates from an earlier one where that is named."""
    require(permissions.may(by, scheme.authority_id, permissions.CALLS))
    if copy is not None and copy.authority_id != scheme.authority_id:
        raise ValidationError({"copy": _("Choose a call of your own.")}, code="other")
    Scheme.objects.select_for_update(no_key=True, of=("self",)).get(pk=scheme.pk)
    today = oslo_today(now)
    call = Call(
        authority_id=scheme.authority_id, scheme=scheme, title=title, slug=_slug(scheme, title, today.year),
        opens_at=_next_morning(today), year=today.year, officer=by,
        statutes=schemes.in_force(schemes.statutes_of(scheme), today),
    )  # fmt: skip
    if copy is not None:
        kept = {"title", "statutes", "opens_at", "closes_at", "year", "officer", "source"}
        for name in {*TEXTS, *TERMS} - kept:
            setattr(call, name, getattr(copy, name))
    call.applicants = call.applicants or list(Call.Applicants.values)
    call.full_clean(exclude=["lede", "authority"])
    call.save()
    if copy is not None:
        _copy_parts(copy, call)
    notices.record("call_begun", call, by=by)
    return call


def _next_morning(today: dt.date) -> dt.datetime:
    """Return tomorrow at eight, which an officer changes as she likes."""
    return make_aware(datetime.combine(today + timedelta(days=1), time(8)))


def _slug(scheme: Scheme, title: str, year: int) -> str:
    """Return an address that no other call of the authority has."""
    letters = str.maketrans({"æ": "ae", "ø": "o", "å": "a"})
    stem = slugify(title.lower().translate(letters))[:LONGEST_SLUG].strip("-") or f"utlysning-{year}"
    alike = Call.objects.filter(authority=scheme.authority_id, slug__startswith=stem)
    taken = set(alike.values_list("slug", flat=True))
    return next(slug for n in range(len(taken) + 1) if (slug := f"{stem}-{n + 1}" if n else stem) not in taken)


def _copy_parts(source: Call, call: Call) -> None:
    """Copy criteria, questions, attachments and checks; a question's condition points to the copy."""
    copies: dict[int, Any] = {}
    for name in PARTS:
        for part in list(getattr(source, name).all()):
            old, part.pk, part._state.adding, part.call = part.pk, None, True, call
            if name == "questions":
                part.shown_if = copies.get(part.shown_if_id)
                part.shown_if_answer = part.shown_if_answer if part.shown_if else ""
                copies[old] = part
            part.save(force_insert=True)


@deed
def write(call: Call, facts: dict[str, Any], *, seen: int | None, by: User) -> Call:
    """Change a call; announced, its texts only.

    Raises:
        ValidationError: keyed by field; it closes before it opens, or a text is too long.
    """
    require(permissions.may(by, call.authority_id, permissions.CALLS))
    held = hold(call, seen)
    allowed = TEXTS if held.published_at else (*TEXTS, *TERMS)
    for name, value in facts.items():
        if name in allowed:
            setattr(held, name, value)
    if held.closes_at is not None and held.closes_at <= held.opens_at:
        raise ValidationError({"closes_at": _("The call closes before it opens.")}, code="period")
    held.save()
    notices.record("call_changed", held, by=by)
    return held


@deed
def remove(call: Call, *, seen: int | None, by: User) -> None:
    """Remove a call that was never announced, with its form."""
    require(permissions.may(by, call.authority_id, permissions.CALLS))
    held = hold(call, seen, alone=True)
    if held.published_at or Application.objects.filter(call=held).exists():
        raise Handled(_("The call is announced, and is not removed."), code="state")
    notices.record("call_removed", held, by=by)
    held.questions.update(shown_if=None, shown_if_answer="")
    for name in PARTS:
        getattr(held, name).all().delete()
    held.delete()


# ---- announced ----


@deed
def publish(call: Call, *, seen: int | None, by: User, now: dt.datetime) -> Call:
    """Announce a call.

    Raises:
        ValidationError: something is missing; each is said.
        Handled: it is announced already.
    """
    require(permissions.may(by, call.authority_id, ANNOUNCES))
    held = hold(call)
    if held.published_at is not None:
        raise Handled(_("The call is announced already."), code="state")
    held = hold(call, seen)
    if stops := [lack.words for lack in lacking.lacks(held, now) if lack.stops]:
        raise ValidationError([ValidationError(words, code="lacking") for words in stops])
    held.published_at, held.published_by = now, by
    held.save()
    notices.record("call_published", held, by=by)
    return held


@deed
def unpublish(call: Call, *, seen: int | None, by: User) -> Call:
    """Take an announced call back, while nobody has begun an application; the database asks.

    Raises:
        Refused: someone has begun.
    """
    require(permissions.may(by, call.authority_id, ANNOUNCES))
    held = hold(call, alone=True)
    if held.published_at is None:
        raise Handled(_("The call is not announced."), code="state")
    held = hold(call, seen)
    held.published_at = held.published_by = None
    held.save()
    notices.record("call_unpublished", held, by=by)
    return held


@deed
def move_end(call: Call, closes_at: dt.datetime | None, *, seen: int | None, by: User, now: dt.datetime) -> Call:
    """Let a call close later, or never; those who write on an application are told.

    Raises:
        ValidationError: the new time is not later.
    """
    from grants.desk.late import tell_writers

    require(permissions.may(by, call.authority_id, ANNOUNCES))
    held = hold(call)
    if held.published_at is None:
        raise Handled(_("The call is not announced. Change its dates with the rest."), code="state")
    if held.closes_at == closes_at:
        raise Handled(_("The call closes then already."), code="done")
    held = hold(call, seen)
    if closes_at is not None and (closes_at <= now or (held.closes_at is not None and closes_at < held.closes_at)):
        raise ValidationError({"closes_at": _("An announced call may close later, never earlier.")}, code="earlier")
    held.closes_at = closes_at
    held.save()
    notices.record("call_end_moved", held, by=by, closes_at=closes_at.isoformat() if closes_at else None)
    drafts = Application.objects.filter(call=held, state=Application.State.DRAFT)
    for draft in drafts.select_related("organisation", "applicant"):
        tell_writers(
            draft, held, kind="call_end_moved", occasion=f"{closes_at}", now=now, template="call_end_moved",
            title=lambda: _("More time to apply: %(call)s") % {"call": held.title}, closes_at=closes_at,
        )  # fmt: skip
    return held
