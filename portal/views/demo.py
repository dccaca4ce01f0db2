"""Only in the demo: sign in as anyone, read the mails, and a stand-in for Statistics Norway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.demo.signin_facts import PEOPLE
from portal.integrations import statistics_standin
from portal.models import Authority, IdentityProvider, Mail, Membership, Method, User, Way
from portal.models.base import key_in
from portal.signing_in import signins
from portal.signing_in.adapter import landing_page
from portal.views.methods import read_or_act

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portal.demo.signin_facts import PersonFact

DEMO_DOMAIN = ".example"
PER_PAGE = 50


def only_in_demo() -> None:
    """Refuse even when the address is wired by mistake.

    Raises:
        Http404: the portal does not run as a demo.
    """
    if not settings.DEMO:
        raise Http404


@never_cache
@read_or_act
def signin(request: HttpRequest) -> HttpResponse:
    """List the demo's made-up people by role; a press signs in as one of them."""
    only_in_demo()
    people = User.objects.filter(email__endswith=DEMO_DOMAIN, is_active=True)
    if request.method == "POST":
        user = get_object_or_404(people, pk=key_in(request.POST.get("user", "")))
        signins.sign_in(request, user, method=Method.DEMO)
        return redirect(landing_page(user))
    people = people.exclude(email__in=[fact.email for fact in PEOPLE])  # they come by the stand-ins
    roles = Membership.objects.filter(user__in=people).select_related("user", "authority")
    held: dict[int, list[Membership]] = {}
    for role in roles:
        held.setdefault(role.user_id, []).append(role)
    rows = [
        {"user": person, "id": str(person.pk), "roles": held.get(person.pk, [])} for person in people.order_by("name")
    ]
    return render(request, "portal/demo_signin.html", {"rows": rows, **ways_in()})


def ways_in() -> dict[str, Any]:
    """Return what the demo's authorities offer, and by which service each invented person shows most."""
    offered = IdentityProvider.objects.offered().filter(environment="standin").select_related("authority")
    providers = sorted(offered, key=lambda row: (row.authority.name, row.way))
    places: dict[str, list[IdentityProvider]] = {}
    for row in providers:
        places.setdefault(row.authority.slug, []).append(row)
    try_out = [{"person": fact, "by_code": fact.by_code, "provider": provider_for(fact, providers)} for fact in PEOPLE]
    trial = Authority.objects.listed().exclude(pk__in=[row.authority_id for row in providers if row.way != Way.ENTRA])
    return {
        "places": [{"authority": rows[0].authority, "ways": [row.get_way_display() for row in rows]}
                   for rows in places.values()],
        "try_out": [row for row in try_out if row["by_code"] or row["provider"]], "trial": trial,
    }  # fmt: skip


def provider_for(person: PersonFact, providers: list[IdentityProvider]) -> IdentityProvider | None:
    """Return the agreement through which this person signs in: her own authority's, or the first that fits."""
    fits = [row for row in providers if row.way == person.way and row.tenant == person.tenant]
    return next((row for row in fits if person.home in ("", row.authority.slug)), None)


@never_cache
@read_or_act
def mailbox(request: HttpRequest) -> HttpResponse:
    """Show the demo's newest mails as their receivers would have read them; a press runs the notices now."""
    only_in_demo()
    if request.method == "POST":
        messages.success(request, run_notices())
        return redirect(request.get_full_path())
    asked = request.GET.get("til", "").strip()[:100]
    mails = Mail.objects.filter(to_address__icontains=asked) if asked else Mail.objects.all()
    page = Paginator(mails.order_by("-created_at", "-pk"), PER_PAGE).get_page(request.GET.get("side"))
    context = {"asked": asked, "page": page, "query": urlencode({"til": asked}) if asked else ""}
    return render(request, "portal/demo_mailbox.html", context)


def run_notices() -> str:
    """Do what beat does each hour and at seven in the morning, now; return what came of it."""
    from portal import digest, outbox, sweep

    now = timezone.now()
    found = sweep.sweep(now)
    written = digest.send(now, force=True)
    outbox.deliver_all()
    made, gone = found.get("made", 0) + found.get("revived", 0), found.get("withdrawn", 0)
    said = [
        ngettext("%(count)d new notice.", "%(count)d new notices.", made) % {"count": made} if made else "",
        ngettext("%(count)d no longer holds.", "%(count)d no longer hold.", gone) % {"count": gone} if gone else "",
        ngettext("%(count)d e-mail is sent.", "%(count)d e-mails are sent.", written) % {"count": written}
        if written
        else "",
    ]
    return " ".join(filter(None, said)) or _("Nothing new: all that can be told has been told.")


@require_http_methods(["GET", "HEAD"])
def statistics(request: HttpRequest, rest: str) -> HttpResponse:
    """Answer as Statistics Norway would, from the few tables the stand-in knows."""
    only_in_demo()
    status, body = statistics_standin.answer(f"/{rest}", request.META.get("QUERY_STRING", ""))
    return HttpResponse(body, status=status, content_type=statistics_standin.CONTENT_TYPE)
