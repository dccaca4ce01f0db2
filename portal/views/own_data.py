"""What the portal holds about the one who is signed in, to take with her."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from portal import own_data as held
from portal.models import Event
from portal.signing_in import step_up
from portal.views.methods import read_or_act

if TYPE_CHECKING:
    from django.http import HttpRequest


@never_cache
@login_required
@step_up.recently
@read_or_act
def own_data(request: HttpRequest) -> HttpResponse:
    """Show how much is held of each kind; hand out all of it on POST, to one who has just shown that it is she."""
    user: Any = request.user
    if request.method == "POST":
        Event.objects.create(kind="own_data_taken", subject_type="portal.user", subject_id=user.pk, actor_id=user.pk)
        answer = HttpResponse(held.as_json(user, timezone.now()), content_type="application/json; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="mine-opplysninger.json"'
        return answer
    found = [(name, len(rows)) for name, rows in held.of(user).items()]
    return render(request, "portal/own_data.html", {"found": found})
