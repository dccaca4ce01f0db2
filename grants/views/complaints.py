"""Complaints as the desk handles them: the list, one that came on paper, and one complaint from receipt to outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from grants import permissions
from grants.complaining import answering, complaint_lists, deeds
from grants.complaining import rules_words as rules
from grants.complaining.complaint_forms import (
    DeferralForm,
    DismissForm,
    OutcomeForm,
    ReasonForm,
    ReconsiderForm,
    RegisterForm,
)
from grants.desk import gate, proposing
from grants.desk.handling import handles
from grants.grant_forms import add
from grants.held import Handled
from grants.models import Complaint
from portal import access_log, impartiality
from portal.calendar import oslo_today
from portal.impartiality import MAY, Standing
from portal.impartiality_watch import ClosedCase
from portal.permissions import require
from portal.views.methods import read_or_act
from portal.views.waiting import desk_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.forms import Form
    from django.http import HttpResponse

    from grants.models import Application

HERE = "grants/complaints/"
PER_PAGE = 50
State = Complaint.State


@never_cache
@login_required
@require_safe
def complaints(request: Any, authority: str) -> HttpResponse:
    """List the complaints, those that wait first: who complains and how it stands, and nothing of what it says."""
    owner = desk_of(request.user, authority)
    require(permissions.may(request.user, owner.pk, permissions.SEES))
    page = Paginator(complaint_lists.settled(owner), PER_PAGE).get_page(request.GET.get("side"))
    context = {
        "authority": owner, "waiting": complaint_lists.to_do(owner, request.user.pk), "page": page,
        "settled": complaint_lists.lines(list(page.object_list), request.user.pk),
    }  # fmt: skip
    return render(request, f"{HERE}list.html", context)


# ---- on paper ----


@never_cache
@login_required
@read_or_act
def register_complaint(request: Any, authority: str, application: int) -> HttpResponse:
    """Register a complaint that came by post or e-mail, with its day."""
    found = gate.application_of(request.user, authority, application, roles=permissions.SEES)
    if (stop := gate.gate(request, found)) is not None:
        return stop
    require(handles(request.user, found.authority_id))
    standing = proposing.standing_of(found)
    latest = rules.latest_of(standing) if standing else None
    form = None
    if standing is not None and rules.may_complain(standing, latest):
        today = oslo_today(timezone.now())
        form = RegisterForm(request.POST or None, request.FILES or None, today=today, initial={"decision": standing.pk})
        if request.method == "POST" and form.is_valid() and (done := registered(request, found, form)) is not None:
            return done
    context = {
        "authority": found.authority, "application": found, "form": form, "standing": standing, "latest": latest,
        "chose_files": bool(request.FILES),
    }  # fmt: skip
    return render(request, f"{HERE}register.html", context)


def registered(request: Any, found: Application, form: RegisterForm) -> HttpResponse | None:
    """Register it; nothing when the form must be shown again."""
    try:
        made = deeds.register(
            found, form.cleaned_data["text"], by=request.user, now=timezone.now(), **form.facts()
        )  # fmt: skip
    except Handled as handled:
        for text in handled.messages:
            messages.info(request, text)
        return redirect("application_desk", found.authority.slug, found.pk)
    except ValidationError as error:
        add(form, error)
        return None
    messages.success(request, _("The complaint is registered in a case of its own. The applicant is told."))
    return redirect("complaint_desk", found.authority.slug, made.pk)


# ---- one complaint ----


def complaint_of(user: Any, slug: str, key: int) -> Complaint:
    """Return a complaint for those who work at its authority's desk.

    Raises:
        Http404: there is none for this person.
        PermissionDenied: she works here, and sees no money.
    """
    owner = desk_of(user, slug)
    rows = deeds.ROWS.select_related("decision__application__call", "decision__application__organisation")
    found: Complaint = get_object_or_404(rows, pk=key, authority=owner)
    require(permissions.may(user, owner.pk, permissions.SEES))
    found.authority = found.case.authority = found.decision.application.authority = owner
    return found


def require_impartial(user: Any, complaint: Complaint) -> None:
    """Stop who has not declared for the complaint's own case and the application's; both are answered in one press.

    Raises:
        ClosedCase: with the cases to declare for.
    """
    if user.is_superuser:
        return
    application = complaint.decision.application
    own = impartiality.standing(user, complaint.case_id)
    other = gate.standing(user, application)
    if own in MAY and other in MAY:
        return
    waits = [(own, complaint.case_id), (other, application.case_id)]
    out = [one for one, _key in waits if one in gate.OUT]
    keys = [key for one, key in waits if one is Standing.UNANSWERED]
    cases = list(type(complaint.case).objects.filter(pk__in=keys).select_related("authority")) or [complaint.case]
    raise ClosedCase(complaint.case, out[0] if out else Standing.UNANSWERED, cases)


@never_cache
@login_required
@read_or_act
def complaint_desk(request: Any, authority: str, complaint: int) -> HttpResponse:
    """Show a complaint whole, with what can be done with it now; do it."""
    row = complaint_of(request.user, authority, complaint)
    require_impartial(request.user, row)
    access_log.saw(request.user, row.case, "case")
    if request.method != "POST":
        return page(request, row)
    require(handles(request.user, row.authority_id))
    deed = DEEDS.get(request.POST.get("gjor", ""))
    if deed is None:
        raise Http404
    return deed(request, row)


def forms_of(request: Any, row: Complaint) -> dict[str, Form]:
    """Return the forms that are open now, by name: what stands in the way of each is not asked for again."""
    today, seen = oslo_today(timezone.now()), {"seen": row.row_version}
    found: dict[str, Form] = {}
    if row.state == State.RECEIVED:
        if rules.waits_for_reason(row):
            if not rules.is_too_old(row):
                found["take_up"] = ReasonForm(initial=seen, prefix="tid")
        else:
            found["reconsider"] = ReconsiderForm(initial=seen, people=answering.may_handle(row, today))
        found["dismiss"] = DismissForm(initial=seen, prefix="avvis")
    if row.state == State.DISMISSED and not rules.is_too_old(row) and not under_way(row):
        found["take_up"] = ReasonForm(initial=seen, prefix="tid")
    if row.state == State.FORWARDED and request.user.pk not in rules.kept_away(row):
        found["outcome"] = OutcomeForm(initial={**seen, **from_protocol(row)}, today=today, prefix="utfall")
    if row.state in rules.UNDER_WAY and row.asks_deferral:
        found["deferral"] = DeferralForm(initial=seen, prefix="utsett")
    return found


def under_way(row: Complaint) -> bool:
    return Complaint.objects.filter(decision=row.decision_id, state__in=rules.UNDER_WAY).exists()


def from_protocol(row: Complaint) -> dict[str, Any]:
    """Return what stands of the body's treatment already."""
    step = row.step
    if step is None:
        return {}
    return {name: getattr(step, name) for name in ("decided_on", "resolution", "case_number", "item_number", "votes")}


def page(request: Any, row: Complaint, **typed: Form) -> HttpResponse:
    """Show the complaint with the forms that are open; `typed` are those that were filled in."""
    may = handles(request.user, row.authority_id)
    application = row.decision.application
    context = {
        "authority": row.authority, "row": row, "case": row.case, "application": application,
        "decision": row.decision, "shown": rules.to_desk(row), "is_late": rules.is_late(row),
        "is_too_old": rules.is_too_old(row), "papers": complaint_lists.papers_of(row),
        "happened": complaint_lists.happened(row), "goes_to": rules.complaint_body_of(row.decision).name,
        "is_kept_away": row.state == State.FORWARDED and request.user.pk in rules.kept_away(row),
        "new_decision_waits": rules.waits_for_decision(row), "may_handle": may,
        "may_withdraw": row.state in rules.UNDER_WAY,
        "forms": {**forms_of(request, row), **typed} if may else {},
    }  # fmt: skip
    return render(request, f"{HERE}complaint.html", context)


# ---- what is done on the page ----


def tried(request: Any, row: Complaint, name: str, form: Form, act: Callable[[Any], Any], told: str) -> HttpResponse:
    """Do a deed with what a form holds; show the form again where it does not hold, and how it stands where it is late.

    A deed may say where one goes next.
    """
    if form.is_valid():
        try:
            done = act(form)
        except Handled as handled:
            for text in handled.messages:
                messages.warning(request, text)
            return redirect("complaint_desk", row.authority.slug, row.pk)
        except ValidationError as error:
            add(form, error)
        else:
            messages.success(request, told)
            if rules.waits_for_decision(done):
                return redirect("decide_application", row.authority.slug, row.decision.application_id)
            return redirect("complaint_desk", row.authority.slug, row.pk)
    return page(request, row, **{name: form})


def facts_by(request: Any, form: Any) -> dict[str, Any]:
    return {"by": request.user, "now": timezone.now(), "seen": form.version}


def take_up(request: Any, row: Complaint) -> HttpResponse:
    form = ReasonForm(request.POST, prefix="tid")
    return tried(
        request, row, "take_up", form,
        lambda form: answering.take_up(row, form.cleaned_data["reason"], **facts_by(request, form)),
        _("The complaint is taken up. Look at the decision again."),
    )  # fmt: skip


def dismiss(request: Any, row: Complaint) -> HttpResponse:
    form = DismissForm(request.POST, prefix="avvis")
    return tried(
        request, row, "dismiss", form,
        lambda form: answering.dismiss(row, form.cleaned_data["why"], **facts_by(request, form)),
        _("The complaint is dismissed. The letter is written, and the applicant is told."),
    )  # fmt: skip


def answer_deferral(request: Any, row: Complaint) -> HttpResponse:
    form = DeferralForm(request.POST, prefix="utsett")

    def act(form: Any) -> Complaint:
        given = form.cleaned_data
        return answering.answer_deferral(row, given["text"], waits=given["waits"] == "ja", **facts_by(request, form))

    return tried(request, row, "deferral", form, act, _("The applicant is told whether the decision waits."))


def reconsidered(request: Any, row: Complaint) -> ReconsiderForm:
    return ReconsiderForm(request.POST, people=answering.may_handle(row, oslo_today(timezone.now())))


def uphold(request: Any, row: Complaint) -> HttpResponse:
    return tried(
        request, row, "reconsider", reconsidered(request, row),
        lambda form: answering.uphold(row, form.cleaned_data["text"], **facts_by(request, form)),
        _("The applicant is told that the decision is changed. Make the new one now."),
    )  # fmt: skip


def forward(request: Any, row: Complaint) -> HttpResponse:
    def act(form: Any) -> Complaint:
        given = form.cleaned_data
        return answering.forward(row, given["text"], handled_by=given["handled_by"], **facts_by(request, form))

    told = _("The complaint is sent on, and the applicant is told. The letter to the complaint body is below.")
    return tried(request, row, "reconsider", reconsidered(request, row), act, told)


def outcome(request: Any, row: Complaint) -> HttpResponse:
    form = OutcomeForm(request.POST, today=oslo_today(timezone.now()), prefix="utfall")
    return tried(
        request, row, "outcome", form,
        lambda form: answering.decide(row, **form.facts(), **facts_by(request, form)),
        _("The outcome is entered, and the applicant is told."),
    )  # fmt: skip


def withdraw(request: Any, row: Complaint) -> HttpResponse:
    """Note that the complaint was taken back on paper."""
    try:
        deeds.register_withdrawal(row, by=request.user, now=timezone.now())
    except ValidationError as error:
        for text in error.messages:
            messages.warning(request, text)
    else:
        messages.success(request, _("The complaint is withdrawn. The decision stands."))
    return redirect("complaint_desk", row.authority.slug, row.pk)


DEEDS: dict[str, Callable[[Any, Complaint], HttpResponse]] = {
    "takopp": take_up, "avvis": dismiss, "utsett": answer_deferral, "omgjor": uphold, "send": forward,
    "utfall": outcome, "trekk": withdraw,
}  # fmt: skip
"""What each button does."""
