"""Only in the demo: sign in as anyone with one press, and read the mails the portal would have sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal.models import Mail, Membership, User
from portal.signin import landing_page

if TYPE_CHECKING:
    from django.http import HttpRequest

DEMO_DOMAIN = ".example"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def only_in_demo() -> None:
    """Refuse even when the address is wired by mistake.

    Raises:
        Http404: the portal does not run as a demo.
    """
    if not settings.DEMO:
        raise Http404


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def signin(request: HttpRequest) -> HttpResponse:
    """List the demo's made-up people by role; a press signs in as one of them."""
    only_in_demo()
    people = User.objects.filter(email__endswith=DEMO_DOMAIN, is_active=True)
    if request.method == "POST":
        chosen = request.POST.get("user", "")
        user = get_object_or_404(people, pk=int(chosen) if chosen.isdecimal() and len(chosen) < 10 else 0)
        login(request, user, backend=BACKEND)
        return redirect(landing_page(user))
    roles = Membership.objects.filter(user__in=people).select_related("user", "authority")
    held: dict[int, list[Membership]] = {}
    for role in roles:
        held.setdefault(role.user_id, []).append(role)
    rows = [
        {"user": person, "id": str(person.pk), "roles": held.get(person.pk, [])} for person in people.order_by("name")
    ]
    return render(request, "portal/demo_signin.html", {"rows": rows})


@never_cache
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """Show the newest mails of the demo, as their receivers would have read them."""
    only_in_demo()
    return render(request, "portal/demo_mailbox.html", {"mails": Mail.objects.order_by("-pk")[:50]})
