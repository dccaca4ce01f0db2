"""What a person's account is connected to: see it, connect one more way in, take one away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from portal.models import Identity
from portal.models.base import key_in
from portal.signing_in import arrivals, connections, step_up
from portal.views.methods import read_or_act

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@never_cache
@login_required
@read_or_act
@step_up.recently
def identities(request: HttpRequest) -> HttpResponse:
    """Show what opens the account and the services that could be connected to it; a press takes one away."""
    user: Any = request.user
    if request.method == "POST":
        take_away(request)
        return redirect("identities")
    others = connections.other_ways(user)
    held = connections.connections_of(user, others)
    services = connections.offered_to(user)
    own, everywhere = connections.places(user, services)
    asked = request.GET.get("sted", "")[:60]
    chosen = [place for place in everywhere if place.slug == asked]
    context = {
        "connections": held,
        "others": others,
        "asked": asked if chosen else "",
        "services": connections.new_to(held, services, chosen or own),
        "places": everywhere,
        "has_place": bool(chosen or own),
        "names": ", ".join(place.name for place in chosen or own),
        "next": arrivals.safe_page(request, request.GET.get("next", "")),
    }
    return render(request, "portal/account/identities.html", context)


def take_away(request: HttpRequest) -> None:
    """Take away the connection that was pressed, and say what follows.

    Raises:
        Http404: it is not hers.
    """
    user: Any = request.user
    try:
        gone = connections.disconnect(user, key_in(request.POST.get("disconnect", "")), now=timezone.now())
    except Identity.DoesNotExist as error:
        raise Http404 from error
    except connections.OnlyWayIn:
        messages.error(request, _("This is the only thing that opens your account. Connect another way first."))
        return
    text = _("%(service)s no longer opens your account. Other sessions that were opened with it are ended.")
    messages.success(request, text % {"service": gone.get_way_display()})
