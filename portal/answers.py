"""What officers do with an input round: each deed atomic, locked, checked, recorded, and harmless pressed twice.

Every deed locks the round before anything else, so that deeds on one round come one after the other. What the invited
and the contributors are told is written in the same transaction.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import inputs, keys, links, outbox, permissions, rules
from portal.models import (
    Event,
    Input,
    InputAnswer,
    InputRound,
    Invitation,
    LinkKey,
    Notice,
    User,
    WebChoice,
)

if TYPE_CHECKING:
    from portal.uploads import Checked

ROUND, INVITATION, INPUT = "portal.inputround", "portal.invitation", "portal.input"
BY_HAND = "by_hand"
TAKES_INVITATIONS = rules.TAKES_INPUT | {rules.RoundState.UPCOMING}


def may_work_with(user: Any, round_: InputRound) -> bool:
    """Say whether the user may answer, invite and publish in this round."""
    return permissions.may_write(user, ROUND, round_.authority_id)


def lock(round_: InputRound, by: User) -> InputRound:
    """Return the round as it stands now, locked until the transaction ends.

    Raises:
        PermissionDenied: the user may not write in the round's authority.
    """
    permissions.require(may_work_with(by, round_))
    return inputs.locked(round_.pk)


def record(round_: InputRound, kind: str, by: User, **facts: Any) -> None:
    """Add one line to the history of the round's case."""
    Event.objects.create(
        authority_id=round_.authority_id, case_id=round_.case_id, kind=kind, subject_type=ROUND,
        subject_id=round_.pk, actor_id=by.pk, facts=facts,
    )  # fmt: skip


def events_of(round_: InputRound, kind: str) -> QuerySet[Event]:
    return Event.objects.filter(authority_id=round_.authority_id, kind=kind, subject_type=ROUND, subject_id=round_.pk)


# ---- the round ----


@transaction.atomic
def announce(round_: InputRound, *, by: User) -> None:
    """Record, once, that a round for all has been published."""
    found = lock(round_, by)
    for_all = found.is_published and found.audience == InputRound.Audience.ALL
    if for_all and not events_of(found, "round_opened").exists():
        record(found, "round_opened", by)


@transaction.atomic
def close_round(round_: InputRound, *, by: User, on: dt.date) -> bool:
    """Let the round take no more input on the web from this day; say whether it was open.

    Raises:
        ValidationError: the round is not published.
    """
    found = lock(round_, by)
    state = rules.round_state(found.facts, on)
    if state == rules.RoundState.DRAFT:
        raise ValidationError(_("The round is not published, so there is nothing to close."))
    if found.answers_published_at or found.is_over or (found.closed_on and found.closed_on <= on):
        return False
    found.closed_on = on
    found.save(update_fields=["closed_on"])
    record(found, "round_closed", by)
    return True


# ---- invitations ----


def not_invited(round_: InputRound) -> QuerySet[Invitation]:
    """Return the invitations that have not been sent."""
    return round_.invitations.filter(invited_at=None, declined_at=None, input=None).order_by("pk")


def not_answered(round_: InputRound) -> QuerySet[Invitation]:
    """Return the invited who have neither answered nor declined."""
    return round_.invitations.filter(invited_at__isnull=False, declined_at=None, input=None).order_by("pk")


def refuse_unless_asking(round_: InputRound, on: dt.date) -> None:
    """Refuse to ask anyone into a round they could not answer.

    Raises:
        ValidationError: the round is a draft, closed or answered.
    """
    state = rules.round_state(round_.facts, on)
    if state == rules.RoundState.DRAFT:
        raise ValidationError(_("Publish the round before you invite anyone."))
    if state not in TAKES_INVITATIONS:
        raise ValidationError(_("The round takes no more input. Open it again before you invite anyone."))


@transaction.atomic
def invite(round_: InputRound, *, by: User, now: dt.datetime) -> int:
    """Send every invitation that has not been sent; return how many.

    Raises:
        ValidationError: the round is a draft, closed or answered.
    """
    found = lock(round_, by)
    refuse_unless_asking(found, timezone.localdate(now))
    waiting = list(not_invited(found).select_for_update(of=("self",)))
    for invitation in waiting:
        send(invitation, found, now)
    if waiting:
        record(found, "invitations_sent", by, count=len(waiting))
    return len(waiting)


@transaction.atomic
def invite_again(invitation: Invitation, *, seen: str, by: User, now: dt.datetime) -> bool:
    """Send one invitation again with a new link; the old one stops working. Say whether it went.

    `seen` is when the page said it was last sent: pressed twice, only the first press finds it so.

    Raises:
        ValidationError: the round is a draft, closed or answered.
    """
    found = lock(invitation.round, by)
    refuse_unless_asking(found, timezone.localdate(now))
    row = not_answered(found).select_for_update(of=("self",)).filter(pk=invitation.pk).first()
    if row is None or sent_mark(row) != seen:
        return False
    keys.revoke(LinkKey.Purpose.INVITATION, now=now, subject_id=row.pk)
    send(row, found, now)
    record(found, "invitations_sent", by, count=1)
    return True


def sent_mark(invitation: Invitation) -> str:
    """Return when the invitation was last sent, as a page carries it."""
    return invitation.invited_at.isoformat() if invitation.invited_at else ""


def send(invitation: Invitation, round_: InputRound, now: dt.datetime) -> None:
    """Mail one invitation with its private link, and note when."""
    before = Notice.objects.filter(kind="input_invited", subject_type=INVITATION, subject_id=invitation.pk).count()
    outbox.notify(
        address=invitation.address, kind="input_invited", subject=invitation,
        title=lambda: _("You are asked: %(title)s") % {"title": round_.title}, link="", link_text="",
        template="input_invited", authority=round_.authority, occasion=f"{before + 1}", on_date=timezone.localdate(now),
        thread=outbox.thread_of(round_), invitation=invitation, round=round_,
        url=private_link(invitation, round_, now),
    )  # fmt: skip
    invitation.invited_at = now
    invitation.save(update_fields=["invited_at"])


def private_link(invitation: Invitation, round_: InputRound, now: dt.datetime) -> str:
    """Make a key for one invitation and return the address it opens."""
    address, key = links.into_invitation(invitation, round_, now)
    key.save(force_insert=True)
    return address


@transaction.atomic
def remind(round_: InputRound, *, by: User, now: dt.datetime) -> int:
    """Remind the invited who have not answered, at most once a day each; return how many mails go.

    Who has said no to reminders gets none.

    Each gets a link that works; the one in the invitation goes on working, since both lie in the same mailbox.

    Raises:
        ValidationError: the round is a draft, closed or answered.
    """
    found = lock(round_, by)
    today = timezone.localdate(now)
    refuse_unless_asking(found, today)
    told = reminded(found, today).values("subject_id")
    mails = 0
    for invitation in not_answered(found).exclude(pk__in=told):
        notice = outbox.notify(
            address=invitation.address, kind="input_due", subject=invitation,
            title=lambda: _("Reminder: %(title)s") % {"title": found.title}, link="", link_text="",
            template="input_reminder", authority=found.authority, occasion=BY_HAND, on_date=today,
            thread=outbox.thread_of(found), unsubscribe=True, invitation=invitation, round=found,
            url=private_link(invitation, found, now),
        )  # fmt: skip
        mails += notice is not None and notice.mail_id is not None
    if mails:
        record(found, "invited_reminded", by, count=mails)
    return mails


def reminded(round_: InputRound, on: dt.date) -> QuerySet[Notice]:
    """Return the reminders that went to the invited of the round on this day: by an officer, or in the daily mail."""
    went = Q(on_date=on, occasion=BY_HAND) | Q(mail__digest_on=on)
    return Notice.objects.filter(
        went, kind="input_due", subject_type=INVITATION, subject_id__in=round_.invitations.values("pk")
    )


# ---- what came on paper ----


def registered_by_form(round_: InputRound, once: str, by: User) -> Input | None:
    """Return the input that an earlier press of the same opened form registered."""
    if not once or not once.isprintable():  # PostgreSQL takes no NUL
        return None
    pressed = events_of(round_, "input_registered").filter(actor_id=by.pk, facts__once=once).first()
    return round_.inputs.get(number=pressed.facts["number"]) if pressed else None


@transaction.atomic
def register(
    round_: InputRound, facts: dict[str, Any], *, by: User, now: dt.datetime, files: list[Checked] | None = None,
    once: str = "",
) -> Input:  # fmt: skip
    """Register input that came by post, mail or in a meeting, with its true date; return it.

    With an address its contributor gets the same receipt as others.

    `once` is the mark of one opened form: pressed twice, it gives the input that the first press made.

    Raises:
        PermissionDenied: the user may not write in the round's authority.
        ValidationError: the invitation it answers was answered meanwhile.
    """
    found = lock(round_, by)
    if before := registered_by_form(found, once, by):
        return before
    invitation = facts.get("invitation")
    if invitation is not None and Input.objects.filter(invitation=invitation).exists():
        raise ValidationError({"invitation": _("This invitation is answered already.")})
    new = Input.objects.create(
        round=found, authority_id=found.authority_id, number=inputs.next_number(found), registered_by=by,
        registered_at=now, **facts,
    )  # fmt: skip
    for file in files or []:
        inputs.keep_file(new, file)
    if new.address:
        inputs.send_receipt(new)
    record(found, "input_registered", by, number=new.number, source=new.source, once=once)
    return new


# ---- answers ----


@transaction.atomic
def answer(input_: Input, *, text: str, consequence: str, by: User, now: dt.datetime) -> InputAnswer:
    """Answer an input, or change its answer; after publication the contributor is told at once.

    The same answer once more changes nothing and tells nobody.

    Raises:
        PermissionDenied: the user may not write in the round's authority.
    """
    found = lock(input_.round, by)
    row = InputAnswer.objects.select_for_update().filter(input=input_).first()
    is_first = row is None
    row = row or InputAnswer(input=input_, authority_id=found.authority_id)
    if not is_first and (row.text, row.consequence) == (text, consequence):
        return row
    row.input = input_
    row.text, row.consequence, row.answered_by, row.answered_at = text, consequence, by, now
    row.save()
    told_of = Notice.objects.filter(subject_type=input_._meta.label_lower, subject_id=input_.pk, kind="input_came")
    told_of.filter(waits_for_digest=True).update(waits_for_digest=False)  # whoever answered has read it
    is_correction = not is_first and found.answers_published_at is not None
    if is_first or is_correction:
        record(found, "answer_corrected" if is_correction else "input_answered", by, number=input_.number)
    if found.answers_published_at is not None:
        tell(row, found, now)
    return row


def tell(row: InputAnswer, round_: InputRound, now: dt.datetime) -> bool:
    """Mail the answer to the one who gave the input, once for each wording; say whether it went."""
    if not row.input.address or round_.answers_published_at is None:
        return False
    is_correction = row.told_at is not None
    if is_correction:
        row.refresh_from_db(fields=["row_version"])
    notice = outbox.notify(
        address=row.input.address, kind="input_answered", subject=row.input,
        title=lambda: answer_title(round_, is_correction), link=public_link(row.input, round_),
        link_text=gettext_lazy("See the round"), template="input_answered", authority=round_.authority,
        occasion=f"correction-{row.row_version}" if is_correction else "answer",
        on_date=timezone.localdate(round_.answers_published_at), thread=outbox.thread_of(round_), input=row.input,
        answer=row, round=round_, is_correction=is_correction,
    )  # fmt: skip
    if notice is not None:
        row.told_at = now
        row.save(update_fields=["told_at"])
    return notice is not None


@transaction.atomic
def note_web_choice(input_: Input, *, may_publish: bool, by: User, now: dt.datetime) -> bool:
    """Note that the contributor has changed her mind about the web; say whether it is another choice than before.

    Raises:
        PermissionDenied: the user may not write in the round's authority.
    """
    found = lock(input_.round, by)
    current = Input.objects.select_related("web_choice").get(pk=input_.pk)
    if current.is_on_the_web == may_publish:
        return False
    WebChoice.objects.update_or_create(
        input=current,
        defaults={
            "authority_id": found.authority_id, "may_publish": may_publish, "noted_by": by, "noted_at": now,
        },
    )  # fmt: skip
    record(found, "web_choice_noted", by, number=input_.number, may_publish=may_publish)
    return True


def answer_title(round_: InputRound, is_correction: bool) -> str:
    """Return the mail's subject in the language that is active."""
    if is_correction:
        return _("Corrected answer to your input: %(title)s") % {"title": round_.title}
    return _("Answer to your input: %(title)s") % {"title": round_.title}


def public_link(input_: Input, round_: InputRound) -> str:
    """Return the round's public page, at the input itself where it is shown there."""
    return round_.get_absolute_url() + (f"#innspill-{input_.number}" if input_.is_on_the_web else "")


def obstacles(round_: InputRound, on: dt.date) -> list[str]:
    """Return what must be done before the answers can be published; empty when nothing must."""
    found = []
    state = rules.round_state(round_.facts, on)
    if state == rules.RoundState.DRAFT:
        found.append(_("The round is not published."))
    if state in (rules.RoundState.UPCOMING, rules.RoundState.OPEN):
        found.append(_("The round still takes input. Close it first."))
    if numbers := list(round_.inputs.unanswered().order_by("number").values_list("number", flat=True)):
        shown = ", ".join(str(number) for number in numbers[:20]) + (" …" if len(numbers) > 20 else "")
        found.append(_("These inputs have no answer yet: %(numbers)s.") % {"numbers": shown})
    return found


@transaction.atomic
def publish_answers(round_: InputRound, *, by: User, now: dt.datetime) -> int | None:
    """Publish the round's answers and tell each contributor with an address; return how many were told.

    Published before, it does nothing and returns None.

    Raises:
        ValidationError: something is unanswered, or the round still takes input before its due date.
    """
    found = lock(round_, by)
    if found.answers_published_at is not None:
        return None
    if lacking := obstacles(found, timezone.localdate(now)):
        raise ValidationError(lacking)
    found.answers_published_at = now
    found.save(update_fields=["answers_published_at"])
    rows = (
        InputAnswer.objects.select_for_update(of=("self",))
        .filter(input__round=found)
        .select_related("input__web_choice")
    )
    answers = list(rows.order_by("input__number"))
    told = sum(tell(row, found, now) for row in answers if row.told_at is None)
    shown = sum(row.input.is_on_the_web for row in answers)
    record(found, "answers_published", by, inputs=len(answers), shown=shown, told=told)
    return told
