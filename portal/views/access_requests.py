"""Asking to see documents, and answering who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Case as When_
from django.db.models import IntegerField, Value, When
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal import impartiality_watch, ratelimit, uploads
from portal.archiving import access
from portal.models import AccessAnswer, AccessRequest, Authority, Case
from portal.models.base import key_in
from portal.permissions import require
from portal.views.documents import file_of
from portal.views.methods import read_or_act
from portal.views.waiting import desk_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, HttpResponseBase

PER_PAGE = 50
ASKED_AN_HOUR = 10
"""By one visitor."""
LARGEST_COPY = 25 * 1024 * 1024
LOOKS_A_MINUTE = 60


class AccessForm(forms.Form):
    """What anyone sends who asks to see documents; no name is asked for in law."""

    text = forms.CharField(
        label=gettext_lazy("What do you ask to see?"), max_length=4000, widget=forms.Textarea({"rows": 5}),
        help_text=gettext_lazy("Name the case or the document as well as you can."),
    )  # fmt: skip
    address = forms.EmailField(label=gettext_lazy("Your e-mail"), help_text=gettext_lazy("We send the answer there."))
    name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=160, required=False,
        help_text=gettext_lazy("You need not say who you are, or why you ask."),
    )  # fmt: skip
    website = forms.CharField(required=False, widget=forms.HiddenInput)
    """Left empty by people."""


@read_or_act
def ask_access(request: HttpRequest, authority: str) -> HttpResponse:
    """Let anyone ask to see documents of a case, or of something she describes."""
    owner = get_object_or_404(Authority, slug=authority, is_listed=True)
    case = Case.objects.filter(authority=owner, pk=key_in(request.GET.get("sak", ""))).first()
    form = AccessForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if ratelimit.over_limit("access", ratelimit.visitor(request), per_hour=ASKED_AN_HOUR):
            form.add_error(None, _("You have sent many requests in an hour. Wait, or write to us."))
        else:
            said = form.cleaned_data
            if not said["website"]:
                access.ask(
                    owner, text=said["text"], address=said["address"], name=said["name"], case=case, now=timezone.now()
                )
            return redirect(f"{request.path}?sendt=1")
    context = {"authority": owner, "case": case, "form": form, "sent": "sendt" in request.GET}
    return render(request, "portal/archiving/ask_access.html", context)


# ---- the desk ----


def _request_of(user: Any, slug: str, key: int) -> AccessRequest:
    owner = desk_of(user, slug)
    require(access.may_answer(user, owner.pk) or bool(getattr(user, "is_superuser", False)))
    rows = AccessRequest.objects.select_related("case", "answered_by")
    found: AccessRequest = get_object_or_404(rows, pk=key, authority=owner)
    found.authority = owner
    return found


@never_cache
@login_required
@require_safe
def access_requests(request: HttpRequest, authority: str) -> HttpResponse:
    """List the requests: those that wait first, by when they are due."""
    owner = desk_of(request.user, authority)
    require(access.may_answer(request.user, owner.pk) or bool(getattr(request.user, "is_superuser", False)))
    waits = When_(When(state="waiting", then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = AccessRequest.objects.filter(authority=owner).select_related("case").order_by(waits, "due_on", "-pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("side"))
    today = timezone.localdate()
    lines = [(row, access.days_late(row, today)) for row in page]
    return render(
        request, "portal/archiving/access_requests.html", {"authority": owner, "page": page, "lines": lines}
    )  # fmt: skip


@never_cache
@login_required
@read_or_act
def answer_access(request: HttpRequest, authority: str, asked: int) -> HttpResponse:
    """Show one request with the documents of its case; answer it on POST."""
    found = _request_of(request.user, authority, asked)
    if found.case is not None:
        found.case.authority = found.authority
        impartiality_watch.require(request.user, found.case)
    if request.method == "POST":
        try:
            return _act(request, found)
        except ValidationError as error:
            for text in error.messages:
                messages.warning(request, text)
    documents = list(access.documents_of(found, request.user)) if found.case_id else []  # type: ignore[arg-type]
    context = {
        "authority": found.authority, "asked": found, "given": access.given(found), "outcomes": AccessAnswer.Outcome,
        "lines": [_line(request, document) for document in documents], "accept": uploads.ACCEPT,
        "days_late": access.days_late(found, timezone.localdate()), "typed": request.POST.get("text", ""),
        "may": access.may_answer(request.user, found.authority_id),
        "cases": _cases(request, found), "q": request.GET.get("q", ""),
    }  # fmt: skip
    return render(request, "portal/archiving/answer_access.html", context)


def _line(request: HttpRequest, document: Any) -> dict[str, Any]:
    """Return a document with what is proposed, or what was typed before something was missing."""
    typed = request.POST.get(f"outcome-{document.pk}", "")
    return {
        "document": document, "proposed": access.proposed(document), "outcome": typed,
        "basis": request.POST.get(f"basis-{document.pk}", document.access_basis),
    }  # fmt: skip


def _cases(request: HttpRequest, found: AccessRequest) -> list[Case]:
    """Return the cases a request may be about, found by title or number, where it names none."""
    said = request.GET.get("q", "").strip()
    if found.case_id or not said:
        return []
    rows = Case.objects.filter(authority=found.authority).order_by("-pk")
    return list((rows.filter(title__icontains=said) | rows.filter(reference__icontains=said))[:10])


def _act(request: Any, found: AccessRequest) -> HttpResponse:
    now, by = timezone.now(), request.user
    match request.POST.get("do", ""):
        case "case":
            AccessRequest.objects.filter(pk=found.pk, case=None, state="waiting").update(
                case=get_object_or_404(Case, pk=key_in(request.POST.get("case", "")), authority=found.authority)
            )
        case "withdraw":
            access.withdraw(found, by=by, now=now, why=request.POST.get("text", ""))
            messages.success(request, _("The request is laid aside."))
        case "answer":
            access.answer(
                found, _said(request, found), text=request.POST.get("text", ""), by=by, now=now,
                version=key_in(request.POST.get("seen", "")),
            )  # fmt: skip
            messages.success(request, _("The answer is sent."))
        case _:
            raise Http404
    return redirect("answer_access", found.authority.slug, found.pk)


def _said(request: Any, found: AccessRequest) -> list[access.Said]:
    said = []
    for document in access.documents_of(found, request.user) if found.case_id else []:
        outcome = request.POST.get(f"outcome-{document.pk}", "")
        if outcome not in AccessAnswer.Outcome.values:
            continue
        copy = request.FILES.get(f"copy-{document.pk}") if outcome == AccessAnswer.Outcome.REDACTED else None
        checked = uploads.check(copy, limit=LARGEST_COPY) if copy else None
        said.append(access.Said(document, outcome, request.POST.get(f"basis-{document.pk}", ""), checked))
    return said


# ---- the answer, by its link ----


@never_cache
@ratelimit.limit("access-answer", per_minute=LOOKS_A_MINUTE)
@read_or_act
def access_answer(request: HttpRequest, authority: str, key: str) -> HttpResponseBase:
    """Show what a request was answered; hand out a document on POST, since mail scanners open links."""
    owner = get_object_or_404(Authority, slug=authority)
    found = access.by_link(key, owner, timezone.now())
    if found is None:
        return render(request, "portal/archiving/access_gone.html", {"authority": owner}, status=404)
    if request.method == "POST":
        document = access.handed_out(found, key_in(request.POST.get("document", "")))
        if document is None:
            raise Http404
        return file_of(document)
    context = {"authority": owner, "asked": found, "given": access.given(found)}
    response = render(request, "portal/archiving/access_answer.html", context)
    response["Referrer-Policy"] = "no-referrer"
    return response
