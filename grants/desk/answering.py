"""An applicant says yes or no to a grant; one that is not answered in time lapses, and its money is free again.

Accepting opens the grant for payouts. Turning it down is final. An answer that came on paper is registered by an
officer, with its day.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import structlog
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants import granting, held, notices, permissions
from grants.applying import reach
from grants.desk import gate
from grants.desk.deciding import own_page, readers_of
from grants.models import Application, Complaint, Decision, Grant
from grants.refusals import Refused, deed
from portal import outbox
from portal.calendar import oslo_today
from portal.models import Reach
from portal.permissions import require

if TYPE_CHECKING:
    from portal.models import User

Answer = Decision.Answer
ACCEPT_AGAIN = dt.timedelta(weeks=4)
"""How long an applicant can still accept after a complaint that did not change the decision."""
UNDER_WAY = (Complaint.State.RECEIVED, Complaint.State.FORWARDED)
log = structlog.get_logger("grants.answering")


# ---- how it stands ----


def waits(decision: Decision) -> bool:
    """Say whether the applicant is to answer this decision."""
    return (
        decision.answer == Answer.WAITING and decision.grant_id is not None and decision.accept_by is not None
        and decision.grant.state == Grant.State.GRANTED  # type: ignore[union-attr]
    )  # fmt: skip


def accept_until(decision: Decision) -> dt.date | None:
    """Return the last day to accept: as it was set, or later, after a complaint that did not change the decision."""
    ended = Complaint.objects.filter(decision=decision, new_decision=None).aggregate(day=Max("case__closed_on"))["day"]
    if decision.accept_by is None or ended is None:
        return decision.accept_by
    return max(decision.accept_by, ended + ACCEPT_AGAIN)


def _held(found: Application, decision: Decision) -> Decision:
    """Lock a decision of a locked application, its grant first, and return it as it is now."""
    grant = held.grant(decision.grant_id) if decision.grant_id else None
    row = Decision.objects.select_for_update(no_key=True, of=("self",)).get(pk=decision.pk, application=found)
    row.application, row.grant = found, grant
    return row


def _may_be(row: Decision, answer: str, today: dt.date) -> None:
    """Stop an answer that is given already, to what is not asked, or after its last day.

    Raises:
        Handled: it is answered, or another decision has replaced it.
        Refused: the last day to accept has passed.
    """
    if row.answer:
        text = _("Nothing is done now: it stands as “%(state)s”.") % {"state": row.get_answer_display()}
        raise held.Handled(text, code="state")
    if not waits(row) or Decision.objects.filter(replaces=row).exists():
        raise held.Handled(_("This decision is not to be answered."), code="state")
    last = accept_until(row)
    if answer == Answer.ACCEPTED and last is not None and today > last:
        raise Refused(_("The last day to accept has passed. Write to us if you still want the grant."), code="late")


def _note(row: Decision, answer: Answer, *, by: User | None, now: dt.datetime) -> None:
    row.answer, row.answered_at, row.answered_by = answer, now, by
    row.save(update_fields=["answer", "answered_at", "answered_by"])
    notices.record("decision_answered", row, by=by, case=row.application.case, answer=str(answer))


# ---- the applicant ----


def _speaks_for(found: Application, *, by: User, now: dt.datetime) -> None:
    """Stop one who does not bind the applicant; a founder answers for herself.

    Raises:
        PermissionDenied: she prepares only, or not in this session.
    """
    require(reach.reach_to(found, by, oslo_today(now), mark=getattr(by, "mark", None)) == Reach.ACTS)


@deed
def answer(decision: Decision, answer: str, *, by: User, now: dt.datetime) -> Decision:
    """Accept a grant, or turn it down: then all of it lapses. Those who work with it are told.

    Raises:
        Handled: it is answered already.
        Refused: the last day to accept has passed.
        PermissionDenied: she does not bind the applicant.
    """
    found = held.application(decision.application_id)
    _speaks_for(found, by=by, now=now)
    return _answer(found, decision, Answer(answer), by=by, now=now, on=oslo_today(now))


def _answer(
    found: Application, decision: Decision, given: Answer, *, by: User, now: dt.datetime, on: dt.date
) -> Decision:  # fmt: skip
    row = _held(found, decision)
    _may_be(row, given, on)
    _note(row, given, by=by, now=now)
    _tell_desk(row, by=by, on=oslo_today(now))
    if given == Answer.DECLINED:
        assert row.grant is not None
        granting.give_up(row.grant, why=_("Turned down by the applicant."), by=by, on=oslo_today(now))
    return row


def accept(decision: Decision, *, by: User, now: dt.datetime) -> Decision:
    return answer(decision, Answer.ACCEPTED, by=by, now=now)


def turn_down(decision: Decision, *, by: User, now: dt.datetime) -> Decision:
    return answer(decision, Answer.DECLINED, by=by, now=now)


@deed
def register(decision: Decision, answer: str, *, on: dt.date, by: User, now: dt.datetime) -> Decision:
    """Write down an answer that came on paper on this day; it counts by the day it came.

    Raises:
        Handled: it is answered already.
        ValidationError: the day has not come, or lies before the decision.
    """
    found = held.application(decision.application_id)
    require(permissions.may(by, found.authority_id, permissions.SETS_UP))
    gate.require_impartial(by, found)
    if not decision.decided_on <= on <= oslo_today(now):
        raise ValidationError({"on": _("Enter the day the answer came.")})
    return _answer(found, decision, Answer(answer), by=by, now=now, on=on)


def _tell_desk(row: Decision, *, by: User | None, on: dt.date) -> None:
    """Tell the officer of the case, or where there is none, all who draw up grants."""
    found, reference = row.application, row.application.reference
    officer = found.case.officer if found.case else None
    people = [officer] if officer else notices.staff_with(found.authority_id, permissions.SETS_UP, on)
    title = gettext_lazy("Application %(reference)s: the grant is answered")
    for user in people:
        if by is None or user.pk != by.pk:
            outbox.notify(
                user, kind="grant_answered", subject=row, authority=found.authority, occasion=str(row.answer),
                on_date=on, title=lambda: str(title) % {"reference": reference},
                link=reverse("decide_application", args=[found.authority.slug, found.pk]),
                link_text=gettext_lazy("See the decision"), template="grant_answered", reference=reference,
                call=found.call.title, answer=str(row.answer),
            )  # fmt: skip


# ---- nobody answered ----


def unanswered(today: dt.date) -> list[int]:
    """Return the decisions whose last day to accept has passed, where no complaint is under way."""
    rows = Decision.objects.filter(
        answer=Answer.WAITING, accept_by__lt=today, notified_on__isnull=False, replaced_by=None,
        grant__state=Grant.State.GRANTED,
    ).exclude(complaints__state__in=UNDER_WAY)  # fmt: skip
    rows = rows.exclude(complaints__case__closed_on__gte=today - ACCEPT_AGAIN)
    return list(rows.order_by("accept_by", "pk").values_list("pk", flat=True))


@deed
def lapse_one(decision: int, *, now: dt.datetime) -> bool:
    """Let one grant lapse that nobody has accepted in time; say whether it did."""
    today = oslo_today(now)
    row = Decision.objects.get(pk=decision)
    found = held.application(row.application_id)
    row = _held(found, row)
    if row.pk not in unanswered(today):
        return False
    _note(row, Answer.LAPSED, by=None, now=now)
    for user in readers_of(found, today):
        outbox.notify(
            user, kind="grant_unanswered", subject=row, authority=found.authority, occasion="lapsed", on_date=today,
            title=lambda: _("The grant of application %(reference)s has lapsed") % {"reference": found.reference},
            template="grant_unanswered", reference=found.reference, call=found.call.title, **own_page(found),
        )  # fmt: skip
    _tell_desk(row, by=None, on=today)
    assert row.grant is not None
    granting.give_up(row.grant, why=_("Not accepted in time."), by=None, on=today)
    return True


def lapse_unanswered(now: dt.datetime) -> dict[str, int]:
    """Let every grant lapse that was not accepted in time, each by itself; one that fails stops no other."""
    counts: dict[str, Any] = {"lapsed": 0, "failed": 0}
    for pk in unanswered(oslo_today(now)):
        try:
            counts["lapsed"] += lapse_one(pk, now=now)
        except ValidationError as error:
            counts["failed"] += 1
            log.warning("a grant did not lapse", decision=pk, error=getattr(error, "code", ""))
    return counts
