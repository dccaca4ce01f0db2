"""Letters of an application: what is written, what would be, and the preliminary answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from grants import letters_of
from grants.desk import first_answer, gate
from grants.desk.handling import handles
from grants.models import Application
from portal import access_log
from portal.letters import engine
from portal.models import Letter
from portal.models.base import key_in
from portal.permissions import require
from portal.views.methods import read_or_act

if TYPE_CHECKING:
    from django.http import HttpRequest

KINDS = {
    letters_of.PRELIMINARY: gettext_lazy("Preliminary answer"),
    letters_of.SUPPLEMENT: gettext_lazy("Request for more information"),
    letters_of.DECISION: gettext_lazy("Decision"),
    letters_of.PAYOUT: gettext_lazy("Payout"),
    letters_of.COMPLAINT_RECEIVED: gettext_lazy("Complaint received"),
    letters_of.COMPLAINT_ANSWER: gettext_lazy("Answer to a complaint"),
    letters_of.COMPLAINT_FORWARDED: gettext_lazy("Complaint sent on"),
}


@never_cache
@login_required
@read_or_act
def application_letters(request: Any, authority: str, application: int) -> HttpResponse:
    """Show the letters of an application and what can be written now; POST sends the preliminary answer."""
    found = gate.application_of(request.user, authority, application)
    if (stop := gate.gate(request, found)) is not None:
        return stop
    if request.method == "POST":
        require(handles(request.user, found.authority_id))
        return send_preliminary(request, found)
    return show(request, found)


def send_preliminary(request: Any, found: Application) -> HttpResponse:
    """Send the preliminary answer; who is too late is told how it stands."""
    try:
        first_answer.send(found, by=request.user, now=timezone.now(), seen=key_in(request.POST.get("seen", "")))
    except ValidationError as error:
        return show(request, found, error.messages, status=409)
    messages.success(request, _("The preliminary answer is sent. The applicant is told."))
    return redirect("application_letters", found.authority.slug, found.pk)


def show(request: Any, found: Application, troubles: list[str] | None = None, status: int = 200) -> HttpResponse:
    """Show the page: letters, the newest first, and drafts of what could be written; the same queries for any number.

    What is written about a complaint lies in the complaint's own case, and is shown there.
    """
    access_log.saw(request.user, found.case, "case")  # type: ignore[arg-type]
    today = timezone.localdate()
    written = Letter.objects.filter(case=found.case_id).select_related("document", "made_by")
    rows = [{"letter": row, "kind": KINDS.get(row.kind, row.kind)} for row in written]
    waits = found.state == Application.State.SUBMITTED
    facts = {
        "authority": found.authority, "application": found, "rows": rows, "troubles": troubles or [],
        "can_send": waits and not any(row["letter"].kind == letters_of.PRELIMINARY for row in rows),
        "may_send": handles(request.user, found.authority_id),
        "recommended": letters_of.recommendation(found, today, request.user) is not None,
    }  # fmt: skip
    return render(request, "grants/letters/list.html", facts, status=status)


@never_cache
@login_required
@require_safe
def letter_preview(request: HttpRequest, authority: str, application: int, kind: str) -> HttpResponse:
    """Show a letter as it would read today, marked as a draft; nothing is stored.

    Raises:
        Http404: there is nothing to write it from.
    """
    found = gate.application_of(request.user, authority, application)
    if (stop := gate.gate(request, found)) is not None:
        return stop
    content = letters_of.preview(kind, found, today=timezone.localdate(), by=request.user)  # type: ignore[arg-type]
    if content is None:
        raise Http404
    access_log.saw(request.user, found.case, "case")  # type: ignore[arg-type]
    name = engine.filename(kind, f"utkast {kind} {found.reference}")
    return HttpResponse(
        engine.pdf(content), content_type=engine.PDF,
        headers={"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "private, no-store"},
    )  # fmt: skip
