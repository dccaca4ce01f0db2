"""Plan documents of an authority: sent in, read, put away; what is found in one is gone through in `import_review`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import structlog
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal import permissions
from portal.models.base import key_in
from portal.views.methods import read_or_act
from portal.views.waiting import desk_of
from strategy.import_forms import SendForm
from strategy.importing import sending, words
from strategy.importing.document import Why
from strategy.importing.permissions import may_import
from strategy.models import ImportRow, Plan, PlanImport
from strategy.views import import_review

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponseBase

    from portal.models import Authority

HERE = "strategy/imports/"
PER_PAGE = 50
State = PlanImport.State
log = structlog.get_logger("strategy.importing")


# ---- the list ----


@never_cache
@login_required
@read_or_act
def plan_imports(request: HttpRequest, authority: str) -> HttpResponse:
    """List the plan documents of an authority; take a new one in."""
    owner = desk_of(request.user, authority)
    if request.method == "POST":
        permissions.require(may_import(request.user, owner.pk))
        return read_again(request, owner) if "fra" in request.POST else take_in(request, owner)
    return listed(request, owner, SendForm(authority=owner, initial={"against": request.GET.get("plan", "")}))


def listed(request: Any, owner: Authority, form: SendForm) -> HttpResponse:
    """Show the list with the form beside it: five queries, however many there are."""
    asked = " ".join(request.GET.get("q", "").split())[:80]
    rows = rows_of(owner)
    if asked:
        rows = rows.filter(Q(filename__icontains=asked) | Q(title__icontains=asked) | Q(plan__title__icontains=asked))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("side"))
    has_many = bool(asked) or page.paginator.count > 10
    context = {
        "authority": owner, "may_import": may_import(request.user, owner.pk), "form": form, "page": page,
        "asked": asked, "query": urlencode({"q": asked} if asked else {}), "has_many": has_many,
        "rows": [
            {"document": row, "wrong": words.wrong(row.why, row.pages) if row.why else ""} for row in page
        ],
    }  # fmt: skip
    return render(request, f"{HERE}list.html", context)


def rows_of(owner: Authority) -> QuerySet[PlanImport]:
    """Return the documents with how many rows each has, and how many of them are decided."""
    rows = ImportRow.objects.filter(plan_import=OuterRef("pk")).order_by().values("plan_import")
    number = rows.annotate(number=Count("pk")).values("number")
    decided = rows.exclude(decision="undecided").annotate(number=Count("pk")).values("number")
    found = PlanImport.objects.filter(authority=owner).select_related("sent_by", "plan__authority", "against")
    return found.annotate(row_count=Coalesce(Subquery(number), 0), decided_count=Coalesce(Subquery(decided), 0))


def take_in(request: Any, owner: Authority) -> HttpResponse:
    """Keep what was sent, or say that it is here already, or what is wrong with it."""
    form = SendForm(request.POST, request.FILES, authority=owner)
    if form.is_valid():
        against = form.cleaned_data["against"]
        try:
            made = sending.send(owner, form.cleaned_data["file"], against=against, by=request.user, now=timezone.now())
        except sending.Known as known:
            return ask_about_known(request, owner, known.earlier, against)
        except ValidationError as error:
            form.add_error("file", error)
        else:
            return redirect("plan_import", owner.slug, made.pk)
    return listed(request, owner, form)


def ask_about_known(request: Any, owner: Authority, earlier: PlanImport, against: Plan | None) -> HttpResponse:
    """Say that the same file is here, and ask what to do; nothing is stored yet."""
    compared = [plan for plan in dict.fromkeys((earlier.plan, against)) if plan is not None]
    is_begun = earlier.state in (State.WAITING, State.READING)
    context = {"authority": owner, "earlier": earlier, "compared": compared, "is_begun": is_begun}
    return render(request, f"{HERE}known.html", context)


def read_again(request: Any, owner: Authority) -> HttpResponse:
    """Read a file that is here once more, compared with one of the plans or with none."""
    earlier = get_object_or_404(
        PlanImport.objects.exclude(state=State.REFUSED).exclude(file=""), pk=key_in(request.POST["fra"]),
        authority=owner,
    )  # fmt: skip
    chosen = request.POST.get("against", "")
    against = get_object_or_404(Plan, pk=key_in(chosen), authority=owner) if chosen else None
    try:
        made = sending.send_again(earlier, against=against, by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("plan_imports", owner.slug)
    return redirect("plan_import", owner.slug, made.pk)


# ---- one document ----


def document_of(request: Any, slug: str, pk: int) -> tuple[Authority, PlanImport]:
    """Return an authority and one of its documents, for those who do casework there.

    Raises:
        Http404: there is no such document for this user.
    """
    owner = desk_of(request.user, slug)
    rows = PlanImport.objects.select_related("sent_by", "ended_by", "plan", "against")
    found: PlanImport = get_object_or_404(rows, pk=pk, authority=owner)
    found.authority = owner
    return owner, found


@never_cache
@login_required
@read_or_act
def plan_import(request: HttpRequest, authority: str, pk: int) -> HttpResponse:
    """Show a document by how far it has come; what is done to it as a whole is done here."""
    owner, found = document_of(request, authority, pk)
    if request.method == "POST" and (deed := DEEDS.get(request.POST.get("gjor", ""))):
        permissions.require(may_import(request.user, owner.pk))
        return deed(request, owner, found)
    if found.state in (State.READY, State.APPLIED):
        return import_review.review(request, owner, found)
    if request.method == "POST":
        permissions.require(may_import(request.user, owner.pk))
        return redirect(found)  # the page it was sent from is overtaken
    template = {State.REFUSED: "refused", State.DISCARDED: "put_away"}.get(State(found.state), "progress")
    return render(request, f"{HERE}{template}.html", facts_of(request, owner, found))


def facts_of(request: Any, owner: Authority, found: PlanImport) -> dict[str, Any]:
    """Return what the pages of a document that is not gone through show."""
    title = " ".join(found.filename.rpartition(".")[0].replace("_", " ").replace("-", " ").split())[:160]
    return {
        "authority": owner, "document": found, "may_import": may_import(request.user, owner.pk),
        "list_url": reverse("plan_imports", args=[owner.slug]), "has_file": bool(found.file),
        "said": words.how_far(found.pages_read, found.pages) if found.state == State.READING else "",
        "wrong": words.wrong(found.why, found.pages), "to_do": words.to_do(found.why),
        "has_no_structure": found.why == Why.NO_STRUCTURE,
        "empty_plan": f"{reverse('admin:strategy_plan_add')}?{urlencode({'title': title, 'authority': owner.pk})}",
    }  # fmt: skip


@never_cache
@login_required
@require_safe
def import_progress(request: HttpRequest, authority: str, pk: int) -> JsonResponse:
    """Say how far the reading has come, for the page that waits."""
    _owner, found = document_of(request, authority, pk)
    is_done = found.state not in (State.WAITING, State.READING)
    said = words.how_far(found.pages_read, found.pages) if found.state == State.READING else ""
    return JsonResponse({"done": is_done, "read": found.pages_read, "of": found.pages, "said": said})


@never_cache
@login_required
@require_safe
def import_file(request: HttpRequest, authority: str, pk: int) -> HttpResponseBase:
    """Send the document itself, as it was sent, as a download.

    Raises:
        Http404: nothing is kept of it, or its file is gone.
    """
    _owner, found = document_of(request, authority, pk)
    if not found.file:
        raise Http404
    try:
        content = found.file.open("rb")
    except FileNotFoundError as error:
        log.error("a plan document's file is missing", document=found.pk)
        raise Http404 from error
    response = FileResponse(content, as_attachment=True, filename=found.filename)
    response["Content-Type"] = "application/octet-stream"
    response["Cache-Control"] = "private, no-store"
    return response


# ---- deeds ----


def put_away(request: Any, owner: Authority, found: PlanImport) -> HttpResponse:
    try:
        if sending.put_away(found, by=request.user, now=timezone.now()):
            messages.success(request, _("“%(name)s” is put away.") % {"name": found.filename})
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(found)


def take_back(request: Any, owner: Authority, found: PlanImport) -> HttpResponse:
    try:
        if sending.take_back(found, by=request.user, now=timezone.now()):
            text = _("“%(name)s” is taken out again. All you had decided still stands.")
            messages.success(request, text % {"name": found.filename})
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(found)


def remove(request: Any, owner: Authority, found: PlanImport) -> HttpResponse:
    try:
        if sending.remove(found, by=request.user, now=timezone.now()):
            messages.success(request, _("“%(name)s” is removed.") % {"name": found.filename})
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(found)
    return redirect("plan_imports", owner.slug)


DEEDS = {"legg-bort": put_away, "ta-fram": take_back, "fjern": remove}
"""What is done to a document as a whole, by what the form says; each asks for the right again."""
