"""The due dates of the shared ground: cases' steps, papers for meetings, input rounds and their answers, mandates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Case, CharField, F, Q, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.calendar import Precision
from portal.due import NO_ADDRESS, NOBODY, path_to, words
from portal.kinds import STEADY, Kind, Source
from portal.models import AccessRequest, CaseStep, InputRound, Invitation, Mandate, MandateRequest
from portal.models.authority import LanguageForm
from portal.models.base import LastDay
from portal.models.case import Access

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

DAY = Value(Precision.DAY.value, output_field=CharField())


def title_of_case(owner: str) -> Case:
    """Return `Case.shown_title` as a column, in the language form of the authority that `owner` leads to."""
    return Case(
        When(case__access=Access.OPEN, then=F("case__title")),
        When(~Q(case__public_title=""), then=F("case__public_title")),
        When(**{f"{owner}__language_form": LanguageForm.NYNORSK}, then=words(hidden_title(LanguageForm.NYNORSK))),
        default=words(hidden_title(LanguageForm.BOKMAL)),
        output_field=CharField(),
    )


def hidden_title(language: str) -> str:
    with translation.override(language):
        return gettext("Case exempt from access")


def who_treats() -> Case:
    """Return the body, or who acts, as a column; in a case that is not open who acts is not told."""
    return Case(
        When(body__isnull=False, then=F("body__name")), When(case__access=Access.OPEN, then=F("actor")),
        default=words(""), output_field=CharField(),
    )  # fmt: skip


def steps(today: dt.date) -> QuerySet:  # type: ignore[type-arg]
    """Return steps in open cases where a body has not decided yet; the case's officer is told."""
    waiting = CaseStep.objects.filter(outcome=CaseStep.Outcome.PENDING, case__closed_on=None)
    return waiting.filter(activity__in=CaseStep.DECIDING).annotate(
        what=words("case_step"), about=words("portal.casestep"), about_id=F("pk"),
        day=LastDay(Coalesce("ends_on", "starts_on"), "precision"), stated=F("precision"), who=F("case__officer_id"),
        leader=NOBODY, to=NO_ADDRESS, tenant=F("authority_id"),
        headline=title_of_case("case__authority"), part_of=who_treats(),
        path=path_to("case_page", authority="case__authority__slug", case="case_id"),
    )  # fmt: skip


def papers(today: dt.date) -> QuerySet:  # type: ignore[type-arg]
    """Return the days by which bodies must have their papers; the case's officer is told."""
    waiting = CaseStep.objects.filter(outcome=CaseStep.Outcome.PENDING, case__closed_on=None, papers_sent_on=None)
    return waiting.filter(papers_due_on__isnull=False).annotate(
        what=words("papers"), about=words("portal.casestep"), about_id=F("pk"), day=F("papers_due_on"), stated=DAY,
        who=F("case__officer_id"), leader=NOBODY, to=NO_ADDRESS, tenant=F("authority_id"),
        headline=title_of_case("case__authority"), part_of=who_treats(),
        path=path_to("case_page", authority="case__authority__slug", case="case_id"),
    )  # fmt: skip


def running(prefix: str, today: dt.date) -> Q:
    """Return the condition that a round with a due date has not ended in another way than by that date."""
    facts: dict[str, Any] = {
        "is_published": True, "is_over": False, "answers_published_at__isnull": True, "due_on__isnull": False,
    }  # fmt: skip
    return Q(**{f"{prefix}{name}": value for name, value in facts.items()}) & ~Q(**{f"{prefix}closed_on__lte": today})


def invited(today: dt.date) -> QuerySet:  # type: ignore[type-arg]
    """Return the rounds' due dates for those invited who have not answered; they are told at their own address."""
    waiting = Invitation.objects.filter(
        ~Q(round__opens_on__gt=today), running("round__", today), invited_at__isnull=False, declined_at=None, input=None
    )
    ahead = waiting.alias(last=LastDay("round__due_on", "round__due_precision")).filter(last__gte=today)
    return ahead.annotate(
        what=words("input_due"), about=words("portal.invitation"), about_id=F("pk"), day=F("last"),
        stated=F("round__due_precision"), who=NOBODY, leader=NOBODY, to=F("address"), tenant=F("authority_id"),
        headline=F("round__title"),
        part_of=F("authority__name"),
        path=path_to("input_round", authority="authority__slug", round="round__slug"),
    )  # fmt: skip


def answers(today: dt.date) -> QuerySet:  # type: ignore[type-arg]
    """Return the days by which rounds are to be answered; the case's officer is told."""
    waiting = InputRound.objects.filter(is_published=True, answers_published_at=None, answer_due_on__isnull=False)
    return waiting.annotate(
        what=words("answers_due"), about=words("portal.inputround"), about_id=F("pk"), day=F("answer_due_on"),
        stated=DAY, who=F("case__officer_id"), leader=NOBODY, to=NO_ADDRESS, tenant=F("authority_id"),
        headline=F("title"), part_of=title_of_case("authority"),
        path=path_to("round_inputs", authority="authority__slug", round="slug"),
    )  # fmt: skip


def closing(today: dt.date) -> QuerySet:  # type: ignore[type-arg]
    """Return the due dates of open rounds to come, so that the officer knows when one ends; never late."""
    ahead = (
        InputRound.objects.filter(running("", today))
        .alias(last=LastDay("due_on", "due_precision"))
        .filter(last__gte=today)
    )
    return ahead.annotate(
        what=words("round_closes"), about=words("portal.inputround"), about_id=F("pk"), day=F("last"),
        stated=F("due_precision"), who=F("case__officer_id"), leader=NOBODY, to=NO_ADDRESS, tenant=F("authority_id"),
        headline=F("title"), part_of=title_of_case("authority"),
        path=path_to("round_inputs", authority="authority__slug", round="slug"),
    )  # fmt: skip


def mandate_requests(today: dt.date) -> QuerySet:  # type: ignore[type-arg]
    """Return the days by which requests to act for an organisation are to be answered; the desk is told."""
    waiting = MandateRequest.objects.filter(state=MandateRequest.State.WAITING)
    return waiting.annotate(
        what=words("mandate_due"), about=words("portal.mandaterequest"), about_id=F("pk"), day=F("due_on"), stated=DAY,
        who=NOBODY, leader=NOBODY, to=NO_ADDRESS, tenant=F("authority_id"), headline=F("name"), part_of=words(""),
        path=path_to("mandate_request", authority="authority__slug", asked="pk"),
    )  # fmt: skip


def access_requests(today: dt.date) -> QuerySet:  # type: ignore[type-arg]
    """Return the days by which requests for access are to be answered; the desk is told."""
    waiting = AccessRequest.objects.filter(state=AccessRequest.State.WAITING)
    return waiting.annotate(
        what=words("access_due"), about=words("portal.accessrequest"), about_id=F("pk"), day=F("due_on"), stated=DAY,
        who=NOBODY, leader=NOBODY, to=NO_ADDRESS, tenant=F("authority_id"), part_of=words(""),
        headline=words(gettext("Request for access")),
        path=path_to("answer_access", authority="authority__slug", asked="pk"),
    )  # fmt: skip


def ending_mandates(today: dt.date) -> QuerySet:  # type: ignore[type-arg]
    """Return the last days of mandates that hold; never late. Those from Ansattporten renew themselves at sign-in.

    The holder's own address stands as `to` besides her name, so that the authority's desk is neither told nor shown
    what is hers to renew.
    """
    holding = Mandate.objects.holding(today).filter(user__is_active=True)
    return holding.exclude(source=Mandate.Source.ANSATTPORTEN).annotate(
        what=words("mandate_ends"), about=words("portal.mandate"), about_id=F("pk"), day=F("valid_to"), stated=DAY,
        who=F("user_id"), leader=NOBODY, to=F("user__email"), tenant=F("authority_id"),
        headline=F("organisation__name"), part_of=F("authority__name"), path=words(reverse("my_mandates")),
    )  # fmt: skip


SOONER: dict[str, Any] = {"days_before": (14, 7, 1, 0), "late_every": 7, "escalate_after": 7}
SOURCES = [
    Source(Kind("case_step", _("Treatment in a body"), **STEADY), steps),
    Source(Kind("papers", _("Papers for a meeting"), days_before=(7, 3, 1, 0), late_every=1, escalate_after=2), papers),
    Source(Kind("input_due", _("Your input is due"), days_before=(7, 1)), invited),
    Source(Kind("round_closes", _("An input round closes"), days_before=(7, 1, 0)), closing),
    Source(Kind("answers_due", _("Answers to input are due"), **SOONER), answers),
    Source(
        Kind("mandate_due", _("Request for a mandate"), days_before=(2, 0), late_every=1, escalate_after=3),
        mandate_requests,
    ),
    Source(
        Kind("access_due", _("Request for access"), days_before=(1, 0), late_every=1, escalate_after=2), access_requests
    ),
    Source(Kind("mandate_ends", _("Your mandate runs out"), days_before=(30, 7, 1)), ending_mandates),
]  # fmt: skip
