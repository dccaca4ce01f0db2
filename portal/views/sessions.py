"""A person's own sessions and sign-ins: where she is signed in, how to end it, and who has tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from portal.models import SignIn
from portal.models.base import key_in
from portal.signing_in import sessions as own_sessions
from portal.signing_in import signins
from portal.views.methods import read_or_act

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PER_PAGE = 20


@never_cache
@login_required
@read_or_act
def sessions(request: HttpRequest) -> HttpResponse:
    """Show where a person is signed in and her latest sign-ins; a press ends one session, or all but this."""
    mark, now = signins.mark_of(request), timezone.now()
    if request.method == "POST":
        end(request)
        return redirect("sessions")
    page = Paginator(own_sessions.history(request.user), PER_PAGE).get_page(request.GET.get("side"))  # type: ignore[arg-type]
    lines = own_sessions.lines_of(request.user, mark, now)  # type: ignore[arg-type]
    context = {
        "lines": lines, "others": sum(not line["is_this"] for line in lines), "page": page,
        "history": [own_sessions.line_of(row) for row in page],
    }  # fmt: skip
    return render(request, "portal/sessions.html", context)


def end(request: HttpRequest) -> None:
    """End the session that was pressed, or all the others.

    Raises:
        Http404: the session is not hers, or is this one: from this one she signs out.
    """
    mark, now = signins.mark_of(request), timezone.now()
    if "others" in request.POST:
        ended = signins.end_others(request.user, request, SignIn.Ended.BY_HERSELF, now=now)  # type: ignore[arg-type]
        text = ngettext("%(count)d session is ended.", "%(count)d sessions are ended.", ended)
        messages.success(request, text % {"count": ended})
        return
    others = SignIn.objects.filter(user=request.user, succeeded=True).exclude(pk=mark.sign_in if mark else None)
    row = get_object_or_404(others, pk=key_in(request.POST.get("session", "")))
    signins.end(SignIn.objects.filter(pk=row.pk), SignIn.Ended.BY_HERSELF, now=now)
    messages.success(request, _("The session is ended. That device must sign in again."))
