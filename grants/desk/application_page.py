"""One application with everything the desk knows of it; the same queries whatever there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from grants import fund_rules, messages, notices, permissions
from grants.applying import content as typed
from grants.applying import missing
from grants.desk import content_shown, proposing, turns
from grants.desk.handling import handles
from grants.models import Application, BatchLine, Complaint, Fund, YearBalance
from portal import impartiality
from portal.models import Declaration, Document, Event, User

if TYPE_CHECKING:
    import datetime as dt

    from grants.models import Assessment, Call

MOST_HAPPENINGS = 100
State = Application.State


def desk_page(application: Application, user: User, today: dt.date) -> dict[str, Any]:
    """Return what the application's page shows to one who may handle it."""
    marked = turns.marked(Application.objects.filter(pk=application.pk), user, today).get()
    stage, assessment = turns.stage_of(marked), proposing.assessment_of(application)
    versions = list(application.versions.select_related("sent_by", "document").order_by("number"))
    questions = list(application.call.questions.order_by("position", "pk"))
    content = typed.of(versions[-1].content)
    supplements = list(application.supplements.select_related("asked_by", "letter__document").order_by("-pk"))
    decision = proposing.standing_of(application)
    waits = application.state == State.SUBMITTED
    return {
        "stage": stage, "stage_url": turns.page_of(marked, application.authority.slug), "is_hers": marked.is_hers,
        "mark": turns.mark_of(marked), "waits": waits, "may_handle": handles(user, application.authority_id),
        "said": content_shown.shown(content, application.call, questions), "versions": versions,
        "lacks": missing.missing(application, application.received_on or today, content) if waits else [],
        "papers": papers_of(application, questions), "assessment": assessment,
        "supplements": supplements, "open_supplement": next((row for row in supplements if row.state == "open"), None),
        "limits": limits_of(application, assessment), "money": money_of(application.call),
        "documents": documents_of(application), "said_last": messages.of(application)[-3:],
        "unread": messages.unread(application, from_applicant=False),
        "people": people_of(application), "decision": decision, "complaints": complaints_of(application),
        "line": batch_line_of(application), "happenings": happenings(application),
        "officers": officers_of(application, today), "trouble": trouble_of(application),
    }  # fmt: skip


# ---- what is enclosed ----


class Paper(NamedTuple):
    """Something the call asks to be enclosed, with the files that came for it."""

    title: str
    is_required: bool
    files: list[Any]


def papers_of(application: Application, questions: list[Any]) -> list[Paper]:
    """Return what was to be enclosed, each with what came; what belongs to nothing asked for stands last."""
    rows = list(application.files.filter(document__isnull=False).select_related("document").order_by("pk"))
    found = [
        Paper(need.title, need.required, [row for row in rows if row.requirement_id == need.pk])
        for need in application.call.attachments.order_by("position", "pk")
    ]
    found += [
        Paper(question.text, question.required, [row for row in rows if row.question_id == question.pk])
        for question in questions
        if question.kind == "file"
    ]
    rest = [row for row in rows if not row.requirement_id and not row.question_id]
    return [*found, Paper(_("Other attachments"), False, rest)] if rest else found


def documents_of(application: Application) -> list[Document]:
    """Return the documents of the case, the newest first."""
    return list(Document.objects.filter(case=application.case_id).order_by("-dated_on", "-pk"))


# ---- money ----


@dataclass(frozen=True)
class Money:
    """What is free in the call's year, and what is asked for and recommended of it and not decided."""

    year: int
    free_nok: int
    room_nok: int | None
    """What the fund's frame of the year has left; nothing where there is no frame."""
    asked_nok: int
    waiting: int
    recommended_nok: int

    @property
    def left_nok(self) -> int:
        """What can be granted now: the less of what is free and what the frame has left."""
        return self.free_nok if self.room_nok is None else min(self.free_nok, self.room_nok)

    @property
    def short_nok(self) -> int:
        return max(self.asked_nok - self.left_nok, 0)


def money_of(call: Call) -> Money | None:
    """Return what is asked against what is free, for the call's fund and year; three queries, none without a fund."""
    fund = Fund.objects.filter(scheme=call.scheme_id).select_related("account__balance").first()
    if fund is None:
        return None
    year = YearBalance.objects.filter(account=fund.account_id, year=call.year).first()
    room = None if year is None or year.frame_nok is None else year.frame_nok - year.committed_nok
    waiting = Application.objects.filter(call__scheme=call.scheme_id, call__year=call.year, state=State.SUBMITTED)
    done = Q(assessment__done_at__isnull=False)
    sums = waiting.order_by().aggregate(
        n=Count("pk"), asked=Sum("asked_nok", default=0), told=Sum("assessment__amount_nok", filter=done, default=0)
    )
    return Money(call.year, fund.account.balance.free_nok, room, sums["asked"], sums["n"], sums["told"])


def limits_of(application: Application, assessment: Assessment | None) -> dict[str, Any]:
    """Return the limits of the statutes on the grant, each named, and the least of them."""
    words = {
        "asked": _("What is applied for"), "share": _("The highest share of the costs, all public support counted"),
        "cap": _("The highest grant"),
    }  # fmt: skip
    found = proposing.limits_of(application, assessment)
    rows = [{"word": words[each.name], "amount_nok": each.amount_nok, "binds": each.binds} for each in found]
    return {"rows": rows, "largest_nok": fund_rules.largest_nok(found)}


# ---- people ----


@dataclass(frozen=True)
class Person:
    """Someone who has declared, and how she stands."""

    name: str
    word: Any
    is_out: bool


STANDS = {
    impartiality.Standing.IMPARTIAL: gettext_lazy("no ties"),
    impartiality.Standing.TIED: gettext_lazy("has a tie, waits for a ruling"),
    impartiality.Standing.DISQUALIFIED: gettext_lazy("is disqualified"),
    impartiality.Standing.RULED_IMPARTIAL: gettext_lazy("has a tie, and may handle the case all the same"),
}


def people_of(application: Application) -> list[Person]:
    """Return everyone at the desk who has declared, each by her latest answer; one query."""
    rows = Declaration.objects.filter(case=application.case_id, user__isnull=False).select_related("user", "ruling")
    latest = {row.user_id: row for row in rows.order_by("declared_at", "pk")}
    return [_person(row) for row in sorted(latest.values(), key=lambda row: row.user.name)]  # type: ignore[union-attr]


def _person(row: Declaration) -> Person:
    found = impartiality._of(row)
    assert row.user is not None
    return Person(row.user.name, STANDS[found], found not in impartiality.MAY)


def officers_of(application: Application, today: dt.date) -> list[User]:
    """Return who may be given the application to handle; one query."""
    return notices.staff_with(application.authority_id, permissions.CALLS, today)


def trouble_of(application: Application) -> str:
    """Return what the register says that should stop one: bankrupt, being dissolved, deleted."""
    from grants.applying.drafting import trouble

    return trouble(application.organisation)


# ---- where it stands ----


def batch_line_of(application: Application) -> BatchLine | None:
    rows = BatchLine.objects.filter(application=application).select_related("batch__body", "step")
    return rows.order_by("-pk").first()


def complaints_of(application: Application) -> list[Complaint]:
    return list(Complaint.objects.filter(decision__application=application).order_by("-pk"))


HAPPENED: dict[str, Any] = {
    "application_submitted": gettext_lazy("Sent by the applicant"),
    "application_received": gettext_lazy("Sent by the applicant"),
    "application_sent": gettext_lazy("Sent by the applicant"),
    "application_registered": gettext_lazy("Registered from paper"),
    "application_given": gettext_lazy("Given to an officer"),
    "application_complete": gettext_lazy("Found complete"),
    "application_not_complete": gettext_lazy("Not found complete after all"),
    "application_message": gettext_lazy("A message was written"),
    "supplement_asked": gettext_lazy("More information was asked for"),
    "supplement_moved": gettext_lazy("The applicant got another day to answer by"),
    "supplement_cancelled": gettext_lazy("More information is not needed any more"),
    "supplement_answered": gettext_lazy("The applicant sent more information"),
    "supplement_on_paper": gettext_lazy("More information came on paper"),
    "application_withdrawn": gettext_lazy("Withdrawn by the applicant"),
    "impartiality_declared": gettext_lazy("Ties to the case were declared"),
    "impartiality_ruled": gettext_lazy("A tie was ruled on"),
    "application_assessed": gettext_lazy("Assessed"),
    "assessment_done": gettext_lazy("Assessed, with a recommendation"),
    "assessment_reopened": gettext_lazy("The assessment was taken up again"),
    "application_decided": pgettext_lazy("happened to an application", "Decided"),
    "preliminary_answer_sent": gettext_lazy("A preliminary answer was sent"),
    "treatment_registered": gettext_lazy("The body’s treatment was registered"),
    "decision_answered": gettext_lazy("The applicant answered the decision"),
    "decision_posted": gettext_lazy("The decision was sent on paper"),
    "decision_accepted": gettext_lazy("Accepted by the applicant"),
    "decision_declined": gettext_lazy("Turned down by the applicant"),
    "decision_lapsed": gettext_lazy("Lapsed: not accepted in time"),
    "complaint_received": gettext_lazy("A complaint came"),
    "grant_proposed": gettext_lazy("The grant was drawn up"),
}


class Happening(NamedTuple):
    """A line of the application's history."""

    at: dt.datetime
    text: Any
    who: str


def happenings(application: Application) -> list[Happening]:
    """Return what has happened in the case, the newest first; two queries."""
    rows = Event.objects.filter(case=application.case_id, kind__in=HAPPENED).order_by("-at", "-pk")
    events = list(rows[:MOST_HAPPENINGS])
    names = dict(User.objects.filter(pk__in={event.actor_id for event in events}).values_list("pk", "name"))
    gone, system = _("One who is not here any more"), _("The system")
    return [
        Happening(event.at, HAPPENED[event.kind], names.get(event.actor_id, system if event.actor_id is None else gone))
        for event in events
    ]
