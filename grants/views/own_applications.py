"""One’s own applications: how each stands, what is expected by when, and what has been said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from grants import messages, states
from grants import own_application_lists as lists
from grants.applying import copying, drafting, reach, withdrawing
from grants.models import Application
from grants.own_application_forms import MessageForm, WithdrawForm
from grants.own_forms import add_errors
from grants.views.application_files import own_of
from portal.acting_for import mandates
from portal.acting_for import organisation_lists as organisations
from portal.models import Reach
from portal.models.base import key_in
from portal.permissions import require
from portal.signing_in import step_up
from portal.strength import Deed
from portal.views.documents import file_of
from portal.views.methods import read_or_act

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, HttpResponseBase

    from grants.applying.reach import Own

HERE = "grants/own_applications/"
State = Application.State
MESSAGES_SHOWN = 2


# ---- all of them ----


@never_cache
@login_required
@require_safe
def own_applications(request: HttpRequest) -> HttpResponse:
    """Show what is expected by when, and every application of one's own, those that are open first."""
    user: Any = request.user
    today = timezone.localdate()
    found = lists.lines(lists.rows_of(user, today), today)
    over = [line for line in found if not line.is_open]
    context = {
        "todos": lists.todos(found, today), "live": [line for line in found if line.is_open],
        "over": sorted(over, key=lambda line: line.row.edited_at, reverse=True), "today": today,
        "authorities": places_of(user, found),
    }  # fmt: skip
    return render(request, f"{HERE}list.html", context)


def places_of(user: Any, found: list[lists.Line]) -> list[Any]:
    """Return the authorities where she has applied, or acts for someone, to look for more there; one query."""
    known = {line.row.authority_id: line.row.authority for line in found}
    for mandate in mandates.held_by(user, timezone.localdate()):
        known.setdefault(mandate.authority_id, mandate.authority)
    return sorted(known.values(), key=lambda one: one.name)


# ---- one of them ----


def may_bind(own: Own, user: Any) -> bool:
    """Say whether she may bind the applicant, once she is known surely enough."""
    return reach.reach_to(own.application, user, timezone.localdate(), mark=None) == Reach.ACTS


def facts_of(request: Any, own: Own) -> dict[str, Any]:
    """Return what every page of an application shows of it and of its reader's own right."""
    row = own.application
    return {
        "own": own, "application": row, "authority": row.authority, "owner": row.authority,
        "may_bind": may_bind(own, request.user), "page_url": reverse("own_application", args=[row.pk]),
        "today": timezone.localdate(),
    }  # fmt: skip


@never_cache
@login_required
@require_safe
def own_application(request: HttpRequest, application: int) -> HttpResponse:
    """Show one application whole: how it stands, what is expected, what has happened, papers and messages."""
    own = own_of(request, application)
    row, today = own.application, timezone.localdate()
    facts = {**facts_of(request, own), **lists.facts_page(row, today)}
    said = messages.of(row) if row.state != State.DRAFT else []
    grant = facts["known"].grant if facts["known"].was_told else None
    context = {
        **facts, "said": said[-MESSAGES_SHOWN:], "said_more": max(len(said) - MESSAGES_SHOWN, 0),
        "versions": lists.versions_of(row), "people": people_of(own), "grant": grant,
        "files": list(row.files.filter(document=None)), "late_number": late_number(own, facts["shown"]),
        "may_complain": may_complain(facts["known"], today), "may_copy": row.state != State.DRAFT,
    }  # fmt: skip
    return render(request, f"{HERE}application.html", context)


def people_of(own: Own) -> list[Any]:
    """Return who else may write or send for the organisation; nobody for a founder."""
    if own.organisation is None:
        return []
    return organisations.who_may(own.organisation, timezone.localdate())


def late_number(own: Own, shown: states.Shown) -> str:
    """Return the number she reads to an officer who may open the closed call for her draft."""
    if shown.standing != "application_closed" or own.application.call.published_at is None:
        return ""
    from grants.desk import late

    return late.number_of(own.application)


def may_complain(known: states.Facts, today: Any) -> bool:
    """Say whether the page offers to complain: the decision is known to her, and no complaint on it is under way."""
    if not known.was_told or known.decision is None:
        return False
    complaint = known.complaint
    under_way = complaint is not None and complaint.decision_id == known.decision.pk
    return not under_way and bool(known.decision.complain_by and known.decision.complain_by >= today)


@never_cache
@login_required
@require_safe
def application_receipt(request: HttpRequest, application: int) -> HttpResponse:
    """Show that it is received: its reference, when, who handles it and when there is an answer."""
    own = own_of(request, application)
    row = own.application
    if row.state == State.DRAFT:
        return redirect("own_application", row.pk)
    versions = lists.versions_of(row)
    context = {
        **facts_of(request, own), "versions": versions, "first": versions[-1] if versions else None,
        "documents": lists.documents_of(row), "email": own_email(own, request.user),
    }  # fmt: skip
    return render(request, f"{HERE}receipt.html", context)


def own_email(own: Own, user: Any) -> str:
    """Return where the receipt went by mail: to the reader herself, when she is one of those who are told."""
    return str(user.email) if own.organisation is not None or own.application.applicant_id == user.pk else ""


@never_cache
@login_required
@require_safe
def own_application_document(request: HttpRequest, application: int, document: int) -> HttpResponseBase:
    """Send what one has sent, or been sent, as a download.

    Raises:
        Http404: no such document is hers to read in this case.
    """
    own = own_of(request, application)
    found = next((row for row in lists.documents_of(own.application) if row.pk == document), None)
    if found is None:
        raise Http404
    return file_of(found)


# ---- messages ----


@never_cache
@login_required
@read_or_act
def own_messages(request: HttpRequest, application: int) -> HttpResponse:
    """Show what has been said, and say something; what the fund has said counts as read when it is shown here."""
    own = own_of(request, application)
    row = own.application
    if row.state == State.DRAFT:
        flash.info(request, _("Send the application first. Then you can write to the officer."))
        return redirect("own_application", row.pk)
    form = MessageForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and say(request, own, form):
        return redirect(f"{reverse('own_messages', args=[row.pk])}#siste")
    said = messages.of(row)
    if request.method == "GET" and said:
        messages.read_up_to(row, said[-1], from_applicant=True, now=timezone.now())
    context = {**facts_of(request, own), "said": said, "form": form}
    return render(request, f"{HERE}messages.html", context)


def say(request: Any, own: Own, form: MessageForm) -> bool:
    """Send a message; say whether it was sent."""
    try:
        messages.say(
            own.application, form.cleaned_data["text"], by=request.user, from_applicant=True, now=timezone.now()
        )
    except ValidationError as error:
        add_errors(form, error)
        return False
    flash.success(request, _("The message is sent. We tell you when there is an answer."))
    return True


# ---- leaving ----


@never_cache
@login_required
@read_or_act
def withdraw_application(request: HttpRequest, application: int) -> HttpResponse:
    """Ask before an application is taken back, and take it back."""
    own = own_of(request, application)
    row = own.application
    require(may_bind(own, request.user))
    if row.state != State.SUBMITTED:
        flash.info(request, _("The application cannot be withdrawn now. See how it stands."))
        return redirect("own_application", row.pk)
    form = WithdrawForm(request.POST if request.method == "POST" else None, initial={"seen": row.row_version})
    if request.method == "POST" and form.is_valid():
        if (more := step_up.ask(request, Deed.SUBMIT, row.authority)) is not None:
            return more
        try:
            withdrawing.withdraw(
                own,
                why=form.cleaned_data["why"],
                by=request.user,
                now=timezone.now(),
                seen=form.version,  # type: ignore[arg-type]
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            flash.success(request, _("The application is withdrawn. We have told who handled it."))
            return redirect("own_application", row.pk)
    return render(request, f"{HERE}withdraw.html", {**facts_of(request, own), "form": form})


@never_cache
@login_required
@read_or_act
def discard_application(request: HttpRequest, application: int) -> HttpResponse:
    """Ask before a draft is deleted, and delete it."""
    own = own_of(request, application)
    row = own.application
    if row.state != State.DRAFT:
        flash.info(request, _("The application is sent. You can withdraw it."))
        return redirect("own_application", row.pk)
    if request.method == "POST":
        try:
            drafting.discard(own, seen=key_in(request.POST.get("seen", "")), by=request.user, now=timezone.now())  # type: ignore[arg-type]
        except (drafting.Overtaken, drafting.SentMeanwhile):
            flash.warning(request, _("Someone has changed the draft since you looked. It is not deleted."))
            return redirect("discard_application", row.pk)
        flash.success(request, _("The draft is deleted."))
        return redirect("own_applications")
    context = {**facts_of(request, own), "files": list(row.files.all()), "saved": lists.saved_words(row)}
    return render(request, f"{HERE}discard.html", context)


# ---- once more ----


@never_cache
@login_required
@read_or_act
def copy_application(request: HttpRequest, application: int) -> HttpResponse:
    """Choose an open call, take its check, and begin on an application with what the earlier one says."""
    own = own_of(request, application)
    row, now = own.application, timezone.now()
    calls = copying.open_calls(own, now)
    chosen = next((one["call"] for one in calls if one["call"].pk == key_in(asked_call(request))), None)
    if chosen is None:
        return render(request, f"{HERE}copy.html", {**facts_of(request, own), "calls": calls})
    form = copying.check_form(chosen, request.POST if request.method == "POST" else None)
    stops: list[Any] = []
    if request.method == "POST":
        is_whole = form.is_valid()
        stops = copying.stopped_by(form)
        if is_whole and not stops:
            try:
                made = copying.copy(own, into=chosen, answers=form.said(), by=request.user, now=now)  # type: ignore[arg-type]
            except ValidationError as error:
                for text in error.messages:
                    flash.warning(request, text)
                return redirect("copy_application", row.pk)
            flash.success(request, _("The text is copied. Enter new dates, and enclose the files once more."))
            return redirect("write_application", made.pk, "prosjekt")
    context = {**facts_of(request, own), "call": chosen, "form": form, "stops": stops}
    return render(request, f"{HERE}copy_check.html", context)


def asked_call(request: Any) -> str:
    return str(request.POST.get("til") or request.GET.get("til", ""))
