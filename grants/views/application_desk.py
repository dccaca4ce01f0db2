"""Applications as the desk works with them: the list, one on one page, completeness, messages, versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from grants import messages as talk
from grants.applying import missing
from grants.desk import application_lists, application_page, completeness, gate, paper, supplements, versions
from grants.desk.application_forms import (
    MessageForm,
    MoveForm,
    OfficerForm,
    PaperAnswerForm,
    PaperForm,
    SupplementForm,
)
from grants.desk.handling import handles
from grants.grant_forms import add
from grants.models import Application, Call, Supplement
from grants.views.grants import tell
from portal import access_log
from portal.models import AccessLog, Document, Organisation
from portal.models.base import key_in
from portal.permissions import require
from portal.views.documents import file_of
from portal.views.methods import read_or_act
from portal.views.waiting import desk_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, HttpResponseBase

LIST, HERE = "grants/applications/", "grants/application_desk/"


def facts_of(application: Application) -> dict[str, Any]:
    """Return what every page of an application shows."""
    slug = application.authority.slug
    return {
        "authority": application.authority, "application": application, "call": application.call,
        "today": timezone.localdate(), "list_url": reverse("applications", args=[slug]),
        "desk_url": reverse("application_desk", args=[slug, application.pk]),
    }  # fmt: skip


# ---- the list ----


@never_cache
@login_required
@require_safe
def applications(request: Any, authority: str) -> HttpResponse:
    """List the authority's applications, narrowed as the address says, what waits for the reader first."""
    found, asked = desk_of(request.user, authority), application_lists.Asked.of(request)
    context = {
        **application_lists.listed(found, asked, request.user, timezone.localdate(), request.GET.get("side")),
        "authority": found, "may_handle": handles(request.user, found.pk),
    }  # fmt: skip
    if asked.call:
        call = Call.objects.filter(pk=asked.call, authority=found).first()
        context["money"] = application_page.money_of(call) if call else None
    return render(request, f"{LIST}list.html", context)


@never_cache
@login_required
@require_safe
def applications_file(request: Any, authority: str, form: str) -> HttpResponse:
    """Send what the list shows as a file, without what the reader may not handle."""
    found, asked = desk_of(request.user, authority), application_lists.Asked.of(request)
    return application_lists.as_file(form, found, asked, request.user, timezone.localdate())


# ---- what came on paper ----


@never_cache
@login_required
@read_or_act
def register_application(request: Any, authority: str) -> HttpResponse:
    """Register what came by post, e-mail or in a meeting."""
    found, today = desk_of(request.user, authority), timezone.localdate()
    require(handles(request.user, found.pk))
    initial = {"call": key_in(request.GET.get("utlysning", "")) or None}
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = PaperForm(*given, authority=found, today=today, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = registered(form, request.user)
        except ValidationError as error:
            add(form, error)
        else:
            text = _("The application is registered as %(reference)s.") % {"reference": made.reference}
            messages.success(request, text)
            return redirect("application_desk", found.slug, made.pk)
    calls = form.fields["call"].queryset.exists()  # type: ignore[attr-defined]
    return render(request, f"{LIST}paper.html", {"authority": found, "form": form, "has_calls": calls})


def registered(form: PaperForm, by: Any) -> Application:
    """Register what a form holds."""
    given = form.cleaned_data
    organisation: Organisation | None = given["organisation"]
    return paper.register(
        given["call"], paper.facts_of(form), organisation=organisation,
        applicant_name=organisation.name if organisation else given["applicant_name"],
        received_on=given["received_on"], source=given["source"], files=given["files"], late_why=given["late_why"],
        language=given["language"], once=given["once"], by=by, now=timezone.now(),
    )  # fmt: skip


# ---- one application ----


@never_cache
@login_required
@read_or_act
def application_desk(request: Any, authority: str, application: int) -> HttpResponse:
    """Show an application with all that is known of it; what is done at once is done by a button here."""
    found = gate.application_of(request.user, authority, application)
    if request.method == "POST" and request.POST.get("gjor") == "saksbehandler":
        return give(request, found)
    if (stop := gate.gate(request, found)) is not None:
        return stop
    if request.method == "POST":
        return act(request, found)
    page = application_page.desk_page(found, request.user, timezone.localdate())
    officer = found.case.officer_id if found.case else None
    form = OfficerForm(people=page["officers"], now=officer)
    access_log.saw(request.user, found.case, "case")  # type: ignore[arg-type]
    return render(request, f"{HERE}page.html", {**facts_of(found), **page, "officer_form": form})


def act(request: Any, found: Application) -> HttpResponse:
    """Do what was pressed on the application's page."""
    require(handles(request.user, found.authority_id))
    deed, seen = request.POST.get("gjor", ""), seen_in(request)
    try:
        if deed == "komplett":
            completeness.complete(found, by=request.user, now=timezone.now(), seen=seen)
            messages.success(request, _("The application is complete. Now it can be assessed."))
        elif deed == "ikke-komplett":
            completeness.not_complete(found, by=request.user, seen=seen)
            messages.success(request, _("The application is not complete after all."))
        else:
            raise Http404
    except ValidationError as error:
        tell(request, error)
    return redirect(found.get_absolute_url() + "#fullstendig")


def seen_in(request: Any) -> int | None:
    typed = request.POST.get("seen", "")
    return int(typed) if typed.isdecimal() and len(typed) < 10 else None


def give(request: Any, found: Application) -> HttpResponse:
    """Give the application to another officer; who is tied to it does this too."""
    require(handles(request.user, found.authority_id))
    form = OfficerForm(request.POST, people=application_page.officers_of(found, timezone.localdate()))
    if not form.is_valid():
        messages.warning(request, _("Choose who handles it."))
        return redirect(found.get_absolute_url())
    try:
        case = completeness.give_to(found, form.cleaned_data["officer"], by=request.user, now=timezone.now())
    except ValidationError as error:
        tell(request, error)
    else:
        messages.success(request, _("%(name)s handles the application now.") % {"name": case.officer.name})  # type: ignore[union-attr]
    if gate.standing(request.user, found) not in gate.MAY:
        return redirect("applications", found.authority.slug)
    return redirect(found.get_absolute_url() + "#hvem")


@login_required
@require_safe
def application_document(request: HttpRequest, authority: str, application: int, document: int) -> HttpResponseBase:
    """Send a document of the application's case as a download, to one who may handle it."""
    found = gate.application_of(request.user, authority, application)
    if (stop := gate.gate(request, found)) is not None:
        return stop
    row = get_object_or_404(Document.objects.select_related("case"), pk=document, case=found.case_id)
    response = file_of(row)
    access_log.saw(request.user, row.case, AccessLog.What.DOCUMENT, row)
    return response


@never_cache
@login_required
@require_safe
def application_versions(request: Any, authority: str, application: int) -> HttpResponse:
    """Show two versions of an application, and what differs."""
    found = gate.application_of(request.user, authority, application)
    if (stop := gate.gate(request, found)) is not None:
        return stop
    access_log.saw(request.user, found.case, "case")  # type: ignore[arg-type]
    context = {**facts_of(found), **versions.page_of(found, request.GET), "heading": _("Versions")}
    return render(request, f"{HERE}versions.html", context)


# ---- messages ----


@never_cache
@login_required
@read_or_act
def desk_messages(request: Any, authority: str, application: int) -> HttpResponse:
    """Show what officer and applicant have said; answer, or note that no answer is needed."""
    found = gate.application_of(request.user, authority, application)
    if (stop := gate.gate(request, found)) is not None:
        return stop
    form = MessageForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        require(handles(request.user, found.authority_id))
        if request.POST.get("gjor") == "lest":
            talk.read_up_to(found, key_in(request.POST.get("last", "")), from_applicant=False, now=timezone.now())
            messages.success(request, _("No message waits for an answer."))
            return redirect(found.get_absolute_url())
        if form.is_valid() and sent(request, found, form):
            messages.success(request, _("The message is sent. The applicant is told by e-mail."))
            return redirect("desk_messages", found.authority.slug, found.pk)
    said = talk.of(found)
    context = {
        **facts_of(found), "form": form, "said": said, "last": said[-1].pk if said else 0, "heading": _("Messages"),
        "unread": sum(row.from_applicant and row.read_at is None for row in said),
        "may_handle": handles(request.user, found.authority_id),
    }  # fmt: skip
    return render(request, f"{HERE}messages.html", context)


def sent(request: Any, found: Application, form: MessageForm) -> bool:
    """Send the message that is typed, and count what was read before it as answered; say whether it went."""
    given, now = form.cleaned_data, timezone.now()
    try:
        talk.say(found, given["text"], by=request.user, from_applicant=False, now=now)
    except ValidationError as error:
        add(form, error)
        return False
    if given["last"]:
        talk.read_up_to(found, given["last"], from_applicant=False, now=now)
    return True


# ---- what is missing ----


@never_cache
@login_required
@read_or_act
def ask_supplement(request: Any, authority: str, application: int) -> HttpResponse:
    """Ask the applicant to add something; where it is asked for already, give more time, or go on without."""
    found = gate.application_of(request.user, authority, application)
    require(handles(request.user, found.authority_id))
    if (stop := gate.gate(request, found)) is not None:
        return stop
    waiting = found.supplements.filter(state=Supplement.State.OPEN).select_related("asked_by").first()
    if found.state != Application.State.SUBMITTED and waiting is None:
        messages.info(request, _("The application is not under treatment. Nothing can be asked for."))
        return redirect(found)
    return asked_before(request, found, waiting) if waiting else ask(request, found)


def ask(request: Any, found: Application) -> HttpResponse:
    """Show the form that asks, with what the list says is missing; ask on POST."""
    today = timezone.localdate()
    if request.method == "POST" and request.POST.get("gjor", "sporr") != "sporr":
        messages.info(request, _("The request is answered or taken back already."))
        return redirect("ask_supplement", found.authority.slug, found.pk)
    initial = {"text": suggested(found), "due_on": supplements.suggested_due(today), "seen": found.row_version}
    form = SupplementForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            supplements.ask(
                found, given["text"], given["due_on"], by=request.user, now=timezone.now(), seen=given["seen"]
            )
        except ValidationError as error:
            add(form, error)
        else:
            messages.success(request, _("The applicant is asked, and told by e-mail. The letter stands in the case."))
            return redirect(found)
    return render(request, f"{HERE}ask.html", {**facts_of(found), "form": form, "heading": _("More information")})


def suggested(found: Application) -> str:
    """Return what the application lacked as it was sent, a line for each; a beginning to write on."""
    from grants.applying import content as typed

    last = found.versions.order_by("-number").first()
    content = typed.of(last.content if last else found.content)
    lacks = missing.missing(found, found.received_on or timezone.localdate(), content)
    return "\n".join(f"– {row.words}" for row in lacks if row.place != "declared")


def asked_before(request: Any, found: Application, row: Supplement) -> HttpResponse:
    """Show what is asked for; give more time, note that it came on paper, or take it back."""
    pressed = request.POST.get("gjor", "") if request.method == "POST" else ""
    start = {"due_on": row.due_on, "seen": row.row_version}
    move = MoveForm(request.POST if pressed == "frist" else None, initial=start)
    came = PaperAnswerForm(
        *((request.POST, request.FILES) if pressed == "papir" else (None, None)),
        initial={"received_on": timezone.localdate(), "seen": row.row_version}, auto_id="kom_%s",
    )  # fmt: skip
    form: Any = {"frist": move, "papir": came}.get(pressed)
    if pressed and (form is None or form.is_valid()):
        try:
            text = answer_of(pressed, row, form, request)
        except ValidationError as error:
            if form is None:
                tell(request, error)
                return redirect("ask_supplement", found.authority.slug, found.pk)
            add(form, error)
        else:
            messages.success(request, text)
            return redirect(found)
    context = {**facts_of(found), "row": row, "move": move, "came": came, "heading": _("More information")}
    return render(request, f"{HERE}asked.html", context)


def answer_of(pressed: str, row: Supplement, form: Any, request: Any) -> str:
    """Do what was pressed with what is asked for, and return what to say."""
    by, now = request.user, timezone.now()
    if pressed == "frist":
        supplements.give_time(row, form.cleaned_data["due_on"], by=by, now=now, seen=form.cleaned_data["seen"])
        return _("The applicant has another day to answer by, and is told.")
    if pressed == "papir":
        given = form.cleaned_data
        paper.answered(row, received_on=given["received_on"], files=given["files"], by=by, now=now, seen=given["seen"])
        return _("The answer is registered. See whether the application is complete now.")
    if pressed == "trekk":
        supplements.cancel(row, by=by, now=now, seen=seen_in(request))
        return _("The applicant need not answer, and is told.")
    if pressed == "sporr":
        raise ValidationError(_("The applicant is asked for something already."))
    raise Http404
