"""The files of an application: uploaded one by one, taken away again, until it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from grants import fund_rules
from grants.applying import content as typed
from grants.applying import drafting, files, missing, reach
from portal import uploads
from portal.views.methods import read_or_act

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, HttpResponseBase

    from grants.applying.reach import Own
    from grants.models import ApplicationFile

HERE = "grants/own_applications/"
log = structlog.get_logger("grants.files")


def own_of(request: Any, application: int) -> Own:
    """Return the application as this person has it in this session.

    Raises:
        Http404: it is not hers.
    """
    mark = getattr(request.user, "mark", None)
    return reach.own(request.user, application, timezone.localdate(), mark=mark)


@never_cache
@login_required
@read_or_act
def application_files(request: HttpRequest, application: int) -> HttpResponse:
    """Show what is asked for and what is enclosed; take one or several files at a time."""
    own = own_of(request, application)
    if not drafting.may_write(own.application):
        messages.info(request, _("The application is sent, and its files stay as they are."))
        return redirect("own_application", application)
    if request.method == "POST":
        return upload(request, own)
    return page(request, own)


def page(request: Any, own: Own, *, errors: dict[str, list[str]] | None = None, status: int = 200) -> HttpResponse:
    """Show each place a file can go, with what lies there; what was refused is said at its place and on top."""
    slots = slots_of(own, errors or {})
    context = {
        **frame(own), "own": own, "slots": slots, "accept": uploads.ACCEPT,
        "help": help_text(),
        "mistakes": [(slot["key"] or "andre", text) for slot in slots for text in slot["errors"]],
    }  # fmt: skip
    return render(request, f"{HERE}files.html", context, status=status)


def frame(own: Own) -> dict[str, Any]:
    """Return the steps of the form and the list of what is missing, that stand on every page of it."""
    from grants.applying import steps

    return steps.frame(own.application, missing.FILES, timezone.now())


def help_text() -> str:
    """Return which files we take, and how large."""
    return _("At most %(size)s each. %(taken)s") % {
        "size": filesizeformat(files.FILE_BYTES), "taken": uploads.what_we_take(),
    }  # fmt: skip


def slots_of(own: Own, wrong: dict[str, list[str]]) -> list[dict[str, Any]]:
    """Return the places for files, in order: what is asked for, questions a file answers, the rest; four queries."""
    call, lies = own.application.call, files.places(own.application)
    answers = typed.of(own.application.content).answers
    shown = {asked.pk for asked in fund_rules.shown(missing.questions_of(call), answers)}
    found = [
        {"key": f"krav-{row.pk}", "title": row.title, "help": row.help_text, "required": row.required, "own": True}
        for row in call.attachments.all()
    ]
    found += [
        {"key": f"fil-{row.pk}", "title": row.text, "help": row.help_text, "required": row.required, "own": True}
        for row in call.questions.all()
        if row.kind == row.Kind.FILE and (row.pk in shown or f"fil-{row.pk}" in lies)
    ]
    found.append({"key": "", "title": _("Other attachments"), "help": _("What else you want us to see."),
                  "required": False, "own": False})  # fmt: skip
    for slot in found:
        slot["files"], slot["errors"] = lies.get(slot["key"], []), wrong.get(slot["key"], [])
    return found


# ---- taking ----


def is_quiet(request: Any) -> bool:
    """Say whether our own script asks, which shows the answer itself."""
    return request.headers.get("X-Requested-With") == "upload"


def upload(request: Any, own: Own) -> HttpResponse:
    """Keep the files that were chosen; of several, those that are well are kept although one is not."""
    key, chosen = request.POST.get("til", ""), request.FILES.getlist("fil")
    wrong: list[str] = []
    kept = 0
    try:
        requirement, question = files.place_in(own.application.call, key)
        if not chosen:
            raise ValidationError(_("Choose a file first."), code="none")
    except ValidationError as error:
        wrong, chosen = list(error.messages), []
    for one in chosen:
        try:
            files.add(own, one, requirement=requirement, question=question, by=request.user, now=timezone.now())
        except ValidationError as error:
            wrong += error.messages
        else:
            kept += 1
    if is_quiet(request):
        return JsonResponse({"kept": kept, "wrong": wrong}, status=422 if wrong else 200)
    if wrong:
        return page(request, own, errors={key: wrong}, status=422)
    messages.success(request, said(kept))
    return redirect(f"{reverse('application_files', args=[own.application.pk])}#{key or 'andre'}")


def said(kept: int) -> str:
    """Return what came of an upload."""
    return _("The file is enclosed.") if kept == 1 else _("%(count)d files are enclosed.") % {"count": kept}


# ---- one of them ----


@never_cache
@login_required
@read_or_act
def application_file(request: HttpRequest, application: int, file: int) -> HttpResponseBase:
    """Send one's own file as a download; ask before it is taken away, and take it away."""
    own = own_of(request, application)
    if request.method == "POST":
        return take_away(request, own, file)
    found: ApplicationFile = get_object_or_404(own.application.files.select_related("document"), pk=file)
    if "fjern" in request.GET:
        if found.document_id or not drafting.may_write(own.application):
            return redirect("own_application", application)
        context = {"own": own, "application": own.application, "file": found}
        return render(request, f"{HERE}remove_file.html", context)
    return download(found)


def download(found: ApplicationFile) -> FileResponse:
    """Return a file's content as a download.

    Raises:
        Http404: it is gone.
    """
    try:
        content = files.content_of(found)
    except FileNotFoundError as error:
        log.error("an application's file is missing", file=found.pk)
        raise Http404 from error
    response = FileResponse(content, as_attachment=True, filename=found.filename)
    response["Content-Type"] = "application/octet-stream"
    response["Cache-Control"] = "private, no-store"
    return response


def take_away(request: Any, own: Own, file: int) -> HttpResponse:
    """Take a file away; a second press finds nothing, and that is well."""
    try:
        was_there = files.remove(own, file, by=request.user, now=timezone.now())
    except ValidationError as error:
        for text in error.messages:
            messages.warning(request, text)
        return redirect("own_application", own.application.pk)
    if was_there:
        messages.success(request, _("The file is taken away."))
    else:
        messages.info(request, _("The file is taken away already."))
    return redirect("application_files", own.application.pk)
