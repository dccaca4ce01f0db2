"""What waits for a person, and for an authority, with calendar feeds."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal import due, due_lines, feeds, keys, permissions, wiring
from portal.models import Authority, LinkKey, User
from portal.models.base import key_in
from portal.ratelimit import limit, over_limit
from portal.views.methods import read_or_act

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest

    from portal.due_lines import Line

PER_PAGE = 100
NOBODY = "ingen"
FETCHES = 30
"""How often a minute one feed may be fetched: programs ask a few times a day."""


@never_cache
@login_required
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Show what waits for the one who is signed in: the late first, then by how near it is."""
    today = timezone.localdate()
    lines = due_lines.lines_of(due.of_person(request.user, today, today + due_lines.AHEAD), today)  # type: ignore[arg-type]
    own = {authority for authority, _role, _case in permissions.roles_of(request.user)}
    context = {
        "sentence": due_lines.how_it_stands(lines),
        "groups": due_lines.grouped(lines),
        "pages": wiring.waiting_pages({line.what for line in lines if line.who == request.user.pk}),
        "role_waits": wiring.role_waits(request.user, today),  # type: ignore[arg-type]
        "has_several": len(own) > 1 or len({line.authority for line in lines}) > 1,
        "desks": Authority.objects.filter(pk__in=permissions.casework_authorities(request.user)).order_by("name"),
    }
    return render(request, "portal/waiting.html", context)


def desk_of(user: Any, slug: str) -> Authority:
    """Return the authority if this user does casework there.

    Raises:
        Http404: she has nothing to do with it, or it does not exist.
        PermissionDenied: she holds another role there.
    """
    authority = get_object_or_404(Authority, slug=slug)
    if permissions.does_casework(user, authority.pk):
        return authority
    if any(authority.pk == held for held, _role, _case in permissions.roles_of(user)):
        raise PermissionDenied
    raise Http404


@never_cache
@login_required
@require_safe
def authority_deadlines(request: HttpRequest, authority: str) -> HttpResponse:
    """Show all that an authority owes the next year, whoever is named, narrowed as asked."""
    found = desk_of(request.user, authority)
    today = timezone.localdate()
    lines = due_lines.lines_of(due.of_authority(found.pk, today, today + due_lines.AHEAD), today)
    people = {person.pk: person.name for person in User.objects.filter(pk__in={line.who for line in lines} - {None})}
    asked = {name: request.GET.get(name, "")[:40] for name in ("slag", "hvem", "forsinket")}
    chosen = [line for line in lines if fits(line, asked)]
    page = Paginator(chosen, PER_PAGE).get_page(request.GET.get("side"))
    context = {
        "authority": found,
        "asked": asked,
        "is_narrowed": any(asked.values()),
        "query": urlencode({name: value for name, value in asked.items() if value}),
        "kinds": sorted({line.what: line.kind for line in lines}.items(), key=lambda kind: kind[1]),
        "people": sorted(((str(pk), name) for pk, name in people.items()), key=lambda person: person[1]),
        "counts": {"all": len(lines), "nobodys": sum(line.who is None for line in lines)},
        "sentence": due_lines.how_it_stands(lines),
        "page": page,
        "shown": len(chosen),
        "rows": [{"line": line, "who": people.get(line.who or 0, "")} for line in page],
    }
    return render(request, "portal/authority_deadlines.html", context)


def fits(line: Line, asked: dict[str, str]) -> bool:
    """Say whether a line is what was asked for: its kind, who is named, only the late."""
    named = NOBODY if line.who is None else str(line.who)
    return (
        asked["slag"] in ("", line.what) and asked["hvem"] in ("", named) and (not asked["forsinket"] or line.is_late)
    )


# ---- calendar feeds ----


@never_cache
@login_required
@read_or_act
def calendar_feeds(request: HttpRequest) -> HttpResponse:
    """Make private calendar addresses, list them and withdraw them; a new one is shown once, in the answer itself."""
    user: Any = request.user
    scopes, address, now = feeds.scopes_of(user), "", timezone.now()
    wanted, withdrawn = request.POST.get("for", ""), key_in(request.POST.get("withdraw", ""))
    if withdrawn:
        if keys.revoke(LinkKey.Purpose.CALENDAR, now=now, user=user, pk=withdrawn):
            messages.success(request, _("The address is withdrawn. Calendars that use it get nothing more."))
        return redirect("calendar_feeds")
    if wanted:
        address = new_address(request, scopes, wanted, now)
        if not address:
            return redirect("calendar_feeds")
    rows = [{"key": key, "name": scopes.get(key.scope, _("No longer yours to see"))} for key in feeds.own_keys(user)]
    context = {"scopes": scopes, "rows": rows, "address": address, "made_for": scopes.get(wanted, "")}
    return render(request, "portal/calendar_feeds.html", context)


def new_address(request: HttpRequest, scopes: dict[str, str], wanted: str, now: dt.datetime) -> str:
    """Make one address and return it, or nothing when the person has too many or asks for what is not hers.

    Raises:
        PermissionDenied: she may not see what she asks for.
    """
    user: Any = request.user
    permissions.require(wanted in scopes)
    if len(feeds.own_keys(user)) >= feeds.AT_MOST:
        messages.error(request, _("You have as many addresses as you can have. Withdraw one first."))
        return ""
    raw = keys.issue(LinkKey.Purpose.CALENDAR, now=now, user=user, scope=wanted)
    return settings.BASE_URL + reverse("calendar_feed", args=[raw])


@require_safe
@limit("calendar", per_minute=300)
def calendar_feed(request: HttpRequest, key: str) -> HttpResponse:
    """Send due dates as a calendar to whoever holds the address; what may not be seen any more does not exist."""
    now = timezone.now()
    found = feeds.find(key, now)
    if found is None or found.user is None:
        raise Http404
    if over_limit("calendar-key", str(found.pk), per_minute=FETCHES):
        return HttpResponse(status=429, headers={"Retry-After": "60"})
    content = feeds.content_of(found, timezone.localdate(now))
    feeds.note_use(found, now)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="frister.ics"'
    response["Content-Language"] = found.user.language
    response["Cache-Control"] = "private, no-cache"
    response["ETag"] = f'"{blake2b(content, digest_size=12).hexdigest()}"'
    answer: HttpResponse = get_conditional_response(request, etag=response["ETag"], response=response)  # type: ignore[assignment]
    return answer
