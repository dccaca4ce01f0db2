"""Where a person must sign in instead: she holds a role that gives nothing in this session, and is told why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from portal.models import IdentityProvider, Membership, Way
from portal.permissions import period_holds
from portal.strength import role_counts

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portal.models import Authority


def closed_to(user: Any) -> list[Authority]:
    """Return the authorities where the user holds roles and none of them gives anything in this session, by name."""
    mark = getattr(user, "mark", None)
    if mark is None:
        return []
    rows = Membership.objects.filter(period_holds(timezone.localdate()), user=user).select_related("authority")
    is_open: dict[Authority, bool] = {}
    for row in rows:
        owner = row.authority
        counts = role_counts(
            mark, authority=owner.pk, password_allowed=owner.password_allowed, mfa_required=owner.mfa_required,
            provider=row.provider_id,
        )  # fmt: skip
        is_open[owner] = is_open.get(owner, False) or counts
    return sorted((owner for owner, opens in is_open.items() if not opens), key=lambda owner: owner.name)


def say_where(request: HttpRequest) -> None:
    """Tell one who has just signed in where her roles would open, when they do not open here."""
    closed = closed_to(request.user)
    if not closed:
        return
    entra = IdentityProvider.objects.filter(way=Way.ENTRA, is_active=True, authority__in=closed)
    has_entra = set(entra.values_list("authority_id", flat=True))
    for owner in closed:
        link = reverse("signin_ways", args=[owner.slug])
        text = words(owner, has_entra=owner.pk in has_entra)
        messages.warning(request, format_html('{} <a href="{}">{}</a>', text, link, _("See the ways to sign in")))


def words(owner: Authority, *, has_entra: bool) -> str:
    named = {"name": owner.full_name}
    if has_entra:
        return _("A password does not open your role in %(name)s. Sign in with Microsoft Entra ID instead.") % named
    return _("A password does not open your role in %(name)s. Ask your leader how staff sign in there.") % named
