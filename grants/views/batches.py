"""Applications that go to a meeting together: recommendation, protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from grants.desk import batch_lists, batching, protocol, recommendation
from grants.desk.batch_forms import BatchForm, ChangeForm, treated_form
from grants.desk.handling import handles
from grants.grant_forms import add
from grants.models import Batch, BatchLine
from grants.views.grants import tell
from portal import access_log, impartiality_watch
from portal.impartiality_protocol import Page
from portal.models.base import key_in
from portal.permissions import require
from portal.views.documents import file_of
from portal.views.methods import read_or_act
from portal.views.waiting import desk_of
from strategy.papers import word

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

HERE = "grants/batches/"
FORMS = {"pdf": "application/pdf", "docx": word.CONTENT_TYPE}


def batch_of(user: Any, slug: str, key: int) -> Batch:
    """Return a recommendation for those who work at its desk and may handle all of it.

    Raises:
        Http404: there is none for this person.
        ClosedCase: she has not declared for an application in it, or is tied to one.
    """
    owner = desk_of(user, slug)
    found: Batch = get_object_or_404(batching.ROWS, pk=key, authority=owner)
    found.authority = found.case.authority = found.scheme.authority = owner
    impartiality_watch.require(user, found.case)
    return found


# ---- all of them ----


@never_cache
@login_required
@read_or_act
def batches(request: HttpRequest, authority: str) -> HttpResponse:
    """List the recommendations to meetings; begin a new one."""
    found, today = desk_of(request.user, authority), timezone.localdate()
    form = None
    if request.method == "POST" or request.GET.get("ny"):
        require(handles(request.user, found.pk))
        form = BatchForm(
            request.POST if request.method == "POST" else None, authority=found, initial={"year": today.year}
        )
    if form is not None and form.is_valid():
        try:
            made = batching.make(**form.cleaned_data, by=request.user, now=timezone.now())  # type: ignore[arg-type]
        except ValidationError as error:
            add(form, error)
        else:
            messages.success(request, _("The recommendation is begun. Put applications in it."))
            return redirect("batch_page", found.slug, made.pk)
    listed = batch_lists.listed(found, request.user, request.GET.get("side"))  # type: ignore[arg-type]
    return render(request, f"{HERE}list.html", {**listed, "form": form})


# ---- one ----


@never_cache
@login_required
@read_or_act
def batch_page(request: HttpRequest, authority: str, batch: int) -> HttpResponse:
    """Show a recommendation with its applications; put together, order, send it, take it back."""
    found, form = batch_of(request.user, authority, batch), None
    if request.method == "POST":
        require(handles(request.user, found.authority_id))
        if (deed := DEEDS.get(request.POST.get("gjor", ""))) is None:
            raise Http404
        form = ChangeForm(request.POST) if deed is change else None
        if (answer := deed(request, found, form)) is not None:
            return answer
    facts = batch_lists.page_of(found, request.user)  # type: ignore[arg-type]
    access_log.saw_list(request.user, [line["application"].case for line in facts["lines"]])
    facts["form"] = form or ChangeForm(
        initial={"title": found.title, "meets_on": found.meets_on, "seen": found.row_version}
    )
    asked = request.GET.get("spor", "")
    facts["asked"] = asked if asked in ("send", "forkast", "hent") else ""
    return render(request, f"{HERE}page.html", facts)


def line_of(request: Any, batch: Batch) -> BatchLine:
    return get_object_or_404(BatchLine, pk=key_in(request.POST.get("linje", "")), batch=batch)


def facts_of(request: Any) -> dict[str, Any]:
    return {"by": request.user, "now": timezone.now()}


def back(batch: Batch, at: str = "") -> HttpResponse:
    return redirect(reverse("batch_page", args=[batch.authority.slug, batch.pk]) + at)


def tried(request: Any, batch: Batch, act: Any, said: str = "", at: str = "#saker") -> HttpResponse:
    """Do a deed, and go back to the page, which says what came of it."""
    try:
        act()
    except ValidationError as error:
        tell(request, error)
    else:
        if said:
            messages.success(request, said)
    return back(batch, at)


def change(request: Any, batch: Batch, form: Any) -> HttpResponse | None:
    if not form.is_valid():
        return None
    try:
        batching.change(batch, **form.cleaned_data, **facts_of(request))
    except ValidationError as error:
        add(form, error)
        return None
    messages.success(request, _("The recommendation is saved."))
    return back(batch)


def put_in(request: Any, batch: Batch, form: Any) -> HttpResponse:
    keys = [key for text in request.POST.getlist("soknad") if (key := key_in(text))]
    if not keys:
        messages.warning(request, _("Choose the applications you want to put in first."))
        return back(batch, "#legg-til")
    try:
        made = batching.add(batch, keys, **facts_of(request))
    except ValidationError as error:
        tell(request, error)
        return back(batch, "#legg-til")
    words = ngettext("%(n)d application is put in.", "%(n)d applications are put in.", len(made))
    messages.success(request, words % {"n": len(made)})
    return back(batch, "#saker")


def take_out(request: Any, batch: Batch, form: Any) -> HttpResponse:
    line = line_of(request, batch)
    said = _("It is taken out. You can put it in again.")
    return tried(request, batch, lambda: batching.remove(line, **facts_of(request)), said)


def move_up(request: Any, batch: Batch, form: Any) -> HttpResponse:
    line = line_of(request, batch)
    return tried(request, batch, lambda: batching.move(line, up=True, **facts_of(request)))


def move_down(request: Any, batch: Batch, form: Any) -> HttpResponse:
    line = line_of(request, batch)
    return tried(request, batch, lambda: batching.move(line, up=False, **facts_of(request)))


def send(request: Any, batch: Batch, form: Any) -> HttpResponse:
    seen = key_in(request.POST.get("seen", "")) or None
    said = _("The recommendation is sent. Hand the files over to the body’s secretary.")
    return tried(request, batch, lambda: batching.send(batch, seen=seen, **facts_of(request)), said, "")


def take_back(request: Any, batch: Batch, form: Any) -> HttpResponse:
    seen = key_in(request.POST.get("seen", "")) or None
    said = _("The recommendation is taken back. Tell the body’s secretary.")
    return tried(request, batch, lambda: batching.take_back(batch, seen=seen, **facts_of(request)), said, "")


def discard(request: Any, batch: Batch, form: Any) -> HttpResponse:
    try:
        batching.discard(batch, **facts_of(request))
    except ValidationError as error:
        tell(request, error)
        return back(batch)
    messages.success(request, _("The recommendation is dropped. Its applications wait as before."))
    return redirect("batches", batch.authority.slug)


DEEDS: dict[str, Any] = {
    "endre": change, "legg-til": put_in, "ta-ut": take_out, "opp": move_up, "ned": move_down, "send": send,
    "hent": take_back, "forkast": discard,
}  # fmt: skip


@never_cache
@login_required
@require_safe
def batch_document(request: HttpRequest, authority: str, batch: int, form: str) -> HttpResponseBase:
    """Give the recommendation as PDF or Word file: as it was sent, or as it would be now."""
    if form not in FORMS:
        raise Http404
    found = batch_of(request.user, authority, batch)
    sent = found.document if form == "pdf" else found.editable
    if sent is not None:
        sent.case = found.case
        access_log.saw(request.user, found.case, "document", sent)
        return file_of(sent)
    made = recommendation.files_of(found, is_draft=True)[0 if form == "pdf" else 1]
    response = HttpResponse(made, content_type=FORMS[form])
    response["Content-Disposition"] = f'attachment; filename="innstilling-{found.pk}-utkast.{form}"'
    response["Cache-Control"] = "private, no-store"
    return response


# ---- the protocol ----


@never_cache
@login_required
@read_or_act
def batch_protocol(request: HttpRequest, authority: str, batch: int) -> HttpResponse:
    """Show what the protocol says of each application; register it, and who sat."""
    found = batch_of(request.user, authority, batch)
    if found.state == Batch.State.DRAFT:
        messages.info(request, _("The recommendation is not sent. Send it first."))
        return back(found)
    data = request.POST if request.method == "POST" else None
    lines = protocol.lines_in(found)
    forms = [treated_form(line, data) for line in lines]
    seats = Page(lines[0].step, data, whole=True) if lines else None  # type: ignore[arg-type]
    if data is not None:
        require(handles(request.user, found.authority_id))
        if (answer := registered(request, found, lines, forms, seats)) is not None:
            return answer
    access_log.saw_list(request.user, [line.application.case for line in lines if line.application.case])
    context = {
        "authority": found.authority, "batch": found, "seats": seats, "out_of_one": protocol.out_of_one(lines),
        "rows": list(zip(lines, forms, strict=True)), "may_handle": handles(request.user, found.authority_id),
        "left": sum(line.step.outcome == "pending" for line in lines),  # type: ignore[union-attr]
    }  # fmt: skip
    return render(request, f"{HERE}protocol.html", context)


def registered(request: Any, batch: Batch, lines: list[BatchLine], forms: list[Any], seats: Any) -> HttpResponse | None:
    """Do what was pressed; nothing where a form must be shown again with what was typed.

    Raises:
        Http404: it is about no line of this meeting.
    """
    here = reverse("batch_protocol", args=[batch.authority.slug, batch.pk])
    if request.POST.get("gjor") == "oppmote" and seats is not None:
        if not seats.is_valid():
            return None
        try:
            protocol.attend(batch, seats.seats(), all_asked=seats.all_asked, **facts_of(request))
        except ValidationError as error:
            seats.refuse(error)
            return None
        messages.success(request, _("The attendance is kept for every item."))
        return redirect(f"{here}#oppmote")
    line, form = next(((line, form) for line, form in zip(lines, forms, strict=True) if form.is_bound), (None, None))
    if line is None or form is None:
        raise Http404
    if not form.is_valid():
        return None
    try:
        protocol.register(line, form.treated, seen=form.cleaned_data["seen"], **facts_of(request))
    except ValidationError as error:
        add(form, error)
        return None
    messages.success(request, _("%(reference)s is registered.") % {"reference": line.application.reference})
    return redirect(f"{here}#sak-{line.pk}")
