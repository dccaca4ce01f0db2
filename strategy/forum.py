"""The business forum as reviewer: it asks what became of a promise, and the municipality answers with a date.

Public questions are read by anyone, the others by reviewers and by those who work with the plan. No question says how
a measure stands: that comes with the released reports.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from portal import outbox, permissions
from portal.calendar import next_working_day, oslo_today
from portal.desk import at_desk
from portal.models import Body, Event, Notice, User
from portal.permissions import period_holds
from strategy.models import ForumQuestion, Plan
from strategy.permissions import may_ask, reads_reporting

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from strategy.models import Measure, PlanReport
    from strategy.permissions import Guarded

QUESTION = "strategy.forumquestion"
TIME_TO_ANSWER = dt.timedelta(weeks=3)
LONGEST_QUESTION, LONGEST_ANSWER = 1000, 2000


@dataclass(frozen=True)
class Asked:
    """What a reviewer wrote, cleaned by the form."""

    text: str
    answer_due_on: dt.date
    measure: Measure | None = None
    report: PlanReport | None = None
    is_public: bool = False


def usual_due(today: dt.date) -> dt.date:
    """Return the day an answer is due when nobody says otherwise: a working day, three weeks ahead or just after."""
    return next_working_day(today + TIME_TO_ANSWER)


def may_answer(user: Any, authority_id: int) -> bool:
    """Say whether the user answers for the authority that owns the plan."""
    return permissions.may_write(user, QUESTION, authority_id)


def reads_all(user: Any, plan: Guarded, participant_ids: Iterable[int]) -> bool:
    """Say whether the user reads the questions that are not public: she reviews the plan, or works with it."""
    ids = list(participant_ids)
    return may_ask(user, ids) or reads_reporting(user, plan, ids)


def readable(plan_id: int, *, everything: bool) -> QuerySet[ForumQuestion]:
    """Return the plan's questions: all, or the public ones that are about nothing unreleased."""
    rows = ForumQuestion.objects.filter(plan_id=plan_id)
    if everything:
        return rows
    return rows.filter(Q(report=None) | Q(report__released_at__isnull=False), is_public=True)


# ---- ask ----


@transaction.atomic
def ask(plan: Plan, asked: Asked, *, participant_ids: Iterable[int], by: User, at: dt.datetime) -> ForumQuestion:
    """Put a question to the municipality and tell its officers; the same question pressed twice is one.

    Raises:
        PermissionDenied: the user is no reviewer of this plan.
    """
    permissions.require(may_ask(by, participant_ids))
    today = oslo_today(at)
    Plan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    same = ForumQuestion.objects.filter(
        plan=plan, asked_by=by, asked_on=today, text=asked.text, measure=asked.measure, report=asked.report
    )
    if (before := same.first()) is not None:
        return before
    question = ForumQuestion.objects.create(
        authority_id=plan.authority_id, plan=plan, body=_forum_of(plan, by, today), measure=asked.measure,
        report=asked.report, text=asked.text, is_public=asked.is_public, asked_by=by, asked_on=today,
        answer_due_on=asked.answer_due_on,
    )  # fmt: skip
    _record(question, "forum_asked", by, public=question.is_public)
    for officer in at_desk(plan.authority_id, today):
        outbox.notify(
            officer, kind="forum_question", subject=question, on_date=today, occasion="asked",
            title=lambda: _("The forum asks about %(plan)s") % {"plan": plan}, link=address_of(question, plan),
            link_text=_("Answer the question"), template="forum_question", authority=plan.authority,
            thread=outbox.thread_of(question), unsubscribe=True, question=question, plan=plan,
        )  # fmt: skip
    return question


def _forum_of(plan: Plan, user: User, today: dt.date) -> Body | None:
    """Return the forum of the plan's own authority where the user sits, if she sits in one."""
    seats = user.seats.filter(period_holds(today), body__kind=Body.Kind.FORUM, body__authority_id=plan.authority_id)
    seat = seats.select_related("body").order_by("pk").first()
    return seat.body if seat else None


@transaction.atomic
def take_back(question: ForumQuestion, *, by: User) -> bool:
    """Let the reviewer take her own question back while nobody has answered; say whether it went.

    Raises:
        PermissionDenied: another asked it.
    """
    found = _locked(question)
    permissions.require(found is not None and found.asked_by_id == by.pk)
    if found is None or found.answer:
        return False
    _record(found, "forum_question_taken_back", by)
    Notice.objects.filter(subject_type=QUESTION, subject_id=found.pk).delete()
    found.delete()
    return True


# ---- answer ----


@transaction.atomic
def answer(
    question: ForumQuestion, *, text: str, promised_on: dt.date | None, by: User, at: dt.datetime
) -> ForumQuestion:
    """Answer, or correct the answer, and tell who asked; earlier wordings stay in the history.

    Raises:
        PermissionDenied: the user does not answer for this authority.
    """
    permissions.require(may_answer(by, question.authority_id))
    found = _locked(question)
    if found is None:
        raise ForumQuestion.DoesNotExist
    if (found.answer, found.promised_on) == (text, promised_on):
        return found
    is_first = not found.answer
    found.answer, found.promised_on, found.answered_by = text, promised_on, by
    found.answered_on = found.answered_on or oslo_today(at)
    found.save()
    _record(found, "forum_answered" if is_first else "forum_answer_changed", by, promised=promised_on is not None)
    _tell_asker(found, is_first=is_first, today=oslo_today(at))
    return found


def _tell_asker(question: ForumQuestion, *, is_first: bool, today: dt.date) -> None:
    """Mail the answer to who asked, each time it changes."""
    if question.asked_by is None:
        return
    plan = question.plan
    told = Notice.objects.filter(kind="forum_answer", subject_type=QUESTION, subject_id=question.pk).count()

    def title() -> str:
        if is_first:
            return _("Your question is answered: %(plan)s") % {"plan": plan}
        return _("The answer to your question is changed: %(plan)s") % {"plan": plan}

    outbox.notify(
        question.asked_by, kind="forum_answer", subject=question, on_date=today, occasion=f"answered-{told + 1}",
        title=title,
        link=f"{reverse('plan_questions', args=[plan.authority.slug, plan.slug])}#s{question.pk}",
        link_text=_("See the answer"), template="forum_answer", authority=plan.authority,
        thread=outbox.thread_of(question), unsubscribe=True, question=question, plan=plan, is_first=is_first,
    )  # fmt: skip


def _locked(question: ForumQuestion) -> ForumQuestion | None:
    rows = ForumQuestion.objects.select_for_update(of=("self",)).select_related("plan__authority", "asked_by")
    return rows.filter(pk=question.pk).first()


def _record(question: ForumQuestion, kind: str, by: User, **facts: Any) -> None:
    Event.objects.create(
        authority_id=question.authority_id, kind=kind, subject_type=QUESTION, subject_id=question.pk, actor_id=by.pk,
        facts={"plan": question.plan_id, **facts},
    )  # fmt: skip


def address_of(question: ForumQuestion, plan: Plan) -> str:
    """Return the page where the municipality answers."""
    return reverse("answer_question", args=[plan.authority.slug, plan.slug, question.pk])


# ---- what the pages show ----


@dataclass(slots=True)
class Shown:
    """A question as a page shows it, with what became of its answer."""

    question: ForumQuestion
    days_late: int
    changed_on: dt.date | None
    earlier: list[tuple[dt.date, str, dt.date | None]]
    """Answers given before the one that holds, newest first: from when, what, and the date promised."""
    is_mine: bool = False

    @property
    def earlier_promises(self) -> list[dt.date]:
        """The dates promised before, that no longer hold; everyone sees them."""
        given = [promised for _day, _text, promised in self.earlier]
        return sorted({day for day in given if day and day != self.question.promised_on})


def shown(questions: Iterable[ForumQuestion], *, today: dt.date, reader: Any) -> list[Shown]:
    """Return the questions with the history of their answers; one query more, however many."""
    rows = list(questions)
    answers: dict[int, list[tuple[dt.date, str, dt.date | None]]] = {}
    history = ForumQuestion.pgh_event_model.objects.filter(pgh_obj_id__in=[row.pk for row in rows]).exclude(answer="")
    for pk, text, promised, at in history.order_by("pgh_id").values_list(
        "pgh_obj_id", "answer", "promised_on", "pgh_created_at"
    ):
        given = answers.setdefault(pk, [])
        if not given or given[-1][1:] != (text, promised):
            given.append((oslo_today(at), text, promised))
    return [_shown(row, answers.get(row.pk, []), today, reader) for row in rows]


def _shown(row: ForumQuestion, given: list[tuple[dt.date, str, dt.date | None]], today: dt.date, reader: Any) -> Shown:
    return Shown(
        row,
        days_late=0 if row.answer else max((today - row.answer_due_on).days, 0),
        changed_on=given[-1][0] if len(given) > 1 else None,
        earlier=given[-2::-1] if len(given) > 1 else [],
        is_mine=getattr(reader, "pk", None) is not None and row.asked_by_id == reader.pk,
    )
