"""A person's own page: what waits for her, whom she acts for, what she has said, and how she is signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal import permissions, wiring
from portal.acting_for import mandates
from portal.acting_for import organisation_lists as lists
from portal.models import Membership, Method, Notice, SignIn
from portal.strength import Strength, strength_of

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

PER_PAGE, NOTICES_SHOWN = 20, 3


@never_cache
@login_required
@require_safe
def my_page(request: HttpRequest) -> HttpResponse:
    """Show all that concerns the one who is signed in, what waits for her first."""
    user: Any = request.user
    now, today = timezone.now(), timezone.localdate()
    acting = lists.acts_for(user, today)
    page = Paginator(lists.inputs_by(user), PER_PAGE).get_page(request.GET.get("side"))
    context = {
        **lists.waits_for(user, today, acting), "acting": acting, "page": page, "today": today,
        "inputs": [lists.input_line(row, today) for row in page], "requests": lists.requests_of(user, now),
        "invitations": lists.invitations_to(user, now), "roles": roles_of(user, today),
        "notices": list(Notice.objects.current().filter(user=user).order_by("-created_at", "-pk")[:NOTICES_SHOWN]),
        "session": session_of(user, now), "only_prepares": only_prepares(user, acting),
        "panels": wiring.personal_panels(user, today),
    }  # fmt: skip
    parts = ("waiting", "acting", "inputs", "requests", "invitations", "roles", "notices", "panels")
    context["is_new"] = not any(context[part] for part in parts)
    return render(request, "portal/my_page.html", context)


def roles_of(user: Any, today: dt.date) -> list[dict[str, Any]]:
    """Return the person's own roles today, and whether each gives anything in this session."""
    held = permissions.roles_of(user)
    rows = Membership.objects.filter(permissions.period_holds(today), user=user).select_related("authority")
    return [
        {"role": row, "counts": (row.authority_id, row.role, row.case_id) in held}
        for row in rows.order_by("authority__name", "role", "pk")
    ]


def session_of(user: Any, now: dt.datetime) -> dict[str, Any]:
    """Return how the person is signed in, in words, and whether it is strong enough to bind an organisation."""
    mark = getattr(user, "mark", None)
    if mark is None:
        return {"method": "", "at": user.last_login, "is_strong": False}
    row = SignIn.objects.filter(pk=mark.sign_in).select_related("provider__authority").first()
    return {
        "method": Method(mark.method).label, "at": row.at if row else None,
        "authority": row.provider.authority if row and row.provider else None,
        "is_strong": strength_of(mark, now) is Strength.STRONG,
    }  # fmt: skip


def only_prepares(user: Any, acting: list[lists.Acting]) -> bool:
    """Say whether there is an organisation the person may bind, but not in this session."""
    held = [mandate for row in acting for mandate in row.mandates]
    return bool(mandates.only_prepared(held, getattr(user, "mark", None)))
