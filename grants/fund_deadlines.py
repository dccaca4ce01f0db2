"""The due dates of applications: the answer, more information, acceptance, messages, and the preliminary answer.

An applicant's own are told to each who speaks for it, or to the founder; the desk's to the case's officer. No project
is named: the call and the reference stand in each notice.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import CharField, DateField, DurationField, Exists, F, Func, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Cast, Coalesce, TruncDate
from django.utils.translation import gettext_lazy as _

from grants.deadlines import FOLLOWED, OWN, to_desk
from grants.models import Application, Decision, Message, Supplement
from portal.calendar import OSLO
from portal.deadlines import DAY
from portal.due import NOBODY, path_to, words
from portal.kinds import STEADY, Kind, Source
from portal.models import Letter, Mandate

Rows = QuerySet[Any, Any]
State = Application.State
TIME_TO_ANSWER = dt.timedelta(days=7)
"""No applicant should wait longer for an answer to a message."""


def _shape(rows: Rows, kind: str, about: str, application: str, day: Any, path: Any) -> Rows:
    return rows.annotate(
        what=words(kind), about=words(about), about_id=F("pk"), day=day, stated=DAY, tenant=F("authority_id"),
        headline=F(f"{application}call__title"), part_of=F(f"{application}reference"), path=path,
    )  # fmt: skip


def _desk(name: str, application: str) -> Any:
    return path_to(name, authority="authority__slug", application=application)


def to_applicant(rows: Rows, application: str, today: dt.date) -> Rows:
    """Return each row once for everyone who speaks for its applicant today: by a mandate, or as the founder herself."""
    held = f"{application}organisation__mandates__"
    by_mandate = Q(**{
        f"{held}valid_from__lte": today, f"{held}valid_to__gte": today, f"{held}ended_at": None,
        f"{held}user__is_active": True, f"{held}pk__isnull": False,
    })  # fmt: skip
    alone = Q(**{f"{application}organisation": None, f"{application}applicant__is_active": True})
    rows = rows.filter(by_mandate | alone).annotate(
        who=Coalesce(f"{held}user_id", f"{application}applicant_id"), mandate=F(f"{held}pk"),
        held_by=F(f"{application}organisation_id"),
    )  # fmt: skip
    same = Mandate.objects.holding(today).filter(organisation=OuterRef("held_by"), user=OuterRef("who"))
    once = rows.exclude(Exists(same.filter(pk__lt=OuterRef("mandate"))))
    return once.annotate(
        to=Coalesce(f"{held}user__email", f"{application}applicant__email", output_field=CharField()), leader=NOBODY
    )


# ---- the answer ----


def answers(today: dt.date) -> Rows:
    """Return the days applicants were told to expect an answer by."""
    rows = to_desk(Application.objects.filter(state=State.SUBMITTED, expected_on__isnull=False), "case__")
    return _shape(
        rows, "application_answer", "grants.application", "", F("expected_on"), _desk("application_desk", "pk")
    )


def preliminary(today: dt.date) -> Rows:
    """Return the applications that shall have a preliminary answer within a month of the day they came.

    Forvaltningsloven § 11 a, checked 2026-11-22: where the answer takes longer than a month.
    """
    month = Func(F("received_on"), template="(%(expressions)s + interval '1 month')::date", output_field=DateField())
    written = Letter.objects.filter(case=OuterRef("case"), kind="preliminary")
    rows = Application.objects.filter(state=State.SUBMITTED).alias(month=month)
    rows = rows.filter(~Exists(written), month__gt=F("received_on"))
    return _shape(
        to_desk(rows, "case__"), "preliminary_due", "grants.application", "", month, _desk("application_letters", "pk")
    )


# ---- more information ----


def asked() -> Rows:
    """Return what applicants are asked to add."""
    return Supplement.objects.filter(state=Supplement.State.OPEN, application__state=State.SUBMITTED)


def _asked(rows: Rows, kind: str, path: Any) -> Rows:
    return _shape(rows, kind, "grants.supplement", "application__", F("due_on"), path)


def own_supplements(today: dt.date) -> Rows:
    """Return what an applicant is asked to add, for all who speak for it."""
    rows = to_applicant(asked(), "application__", today)
    return _asked(rows, "supplement_due", path_to("own_application", application="application_id"))


def supplements(today: dt.date) -> Rows:
    """Return the same days for the desk: after them it goes on without, or gives more time."""
    return _asked(to_desk(asked(), "application__case__"), "supplement_desk", _desk("ask_supplement", "application_id"))


# ---- acceptance ----


def unaccepted() -> Rows:
    """Return the grants that are offered and not answered."""
    rows = Decision.objects.filter(outcome="granted", answer="", accept_by__isnull=False, replaced_by=None)
    return rows.filter(application__state=State.GRANTED)


def _accept(rows: Rows, kind: str, path: Any) -> Rows:
    return _shape(rows, kind, "grants.decision", "application__", F("accept_by"), path)


def own_acceptances(today: dt.date) -> Rows:
    """Return the days grants must be accepted by, for all who speak for the applicant."""
    rows = to_applicant(unaccepted(), "application__", today)
    return _accept(rows, "accept_due", path_to("own_decision", application="application_id"))


def acceptances(today: dt.date) -> Rows:
    """Return the same days for the desk: what is not accepted lapses."""
    rows = to_desk(unaccepted(), "application__case__")
    return _accept(rows, "accept_desk", _desk("application_desk", "application_id"))


# ---- messages ----


def unanswered(today: dt.date) -> Rows:
    """Return the applicants' messages that have got no answer, the oldest of each application."""
    waiting = Message.objects.filter(from_applicant=True, read_at=None)
    before = waiting.filter(application=OuterRef("application"), pk__lt=OuterRef("pk"))
    sent_on = TruncDate("sent_at", tzinfo=OSLO)
    day = CombinedExpression(sent_on, "+", Value(TIME_TO_ANSWER, DurationField()), output_field=DateField())
    return _shape(
        to_desk(waiting.exclude(Exists(before)), "application__case__"), "message_unanswered", "grants.message",
        "application__", Cast(day, DateField()), _desk("desk_messages", "application_id"),
    )  # fmt: skip


SOURCES: list[Source] = [
    Source(Kind("application_answer", _("An application is to be answered"), **STEADY), answers),
    Source(Kind("preliminary_due", _("A preliminary answer is due"), days_before=(7, 1, 0), late_every=7), preliminary),
    Source(Kind("supplement_due", _("You are to send more information"), may_stop=False, **OWN), own_supplements),
    Source(Kind("supplement_desk", _("More information is due from an applicant"), **FOLLOWED), supplements),
    Source(Kind("accept_due", _("A grant is to be accepted"), may_stop=False, **OWN), own_acceptances),
    Source(Kind("accept_desk", _("A grant is not accepted"), **FOLLOWED), acceptances),
    Source(Kind("message_unanswered", _("A message waits for an answer"), days_before=(0,), late_every=7), unanswered),
]
