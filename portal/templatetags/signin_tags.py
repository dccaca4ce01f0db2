"""The list of authorities where one signs in by an outside service, for the page with the password."""

from typing import Any
from urllib.parse import urlencode

from django import template

from portal.integrations import openid
from portal.models import IdentityProvider
from portal.models.base import NorwegianKey

register = template.Library()


@register.inclusion_tag("portal/signin/places.html")
def signin_places(page: str = "") -> dict[str, Any]:
    """Show each authority with other ways to sign in, and which; one query."""
    rows = (
        IdentityProvider.objects.offered().select_related("authority").order_by(NorwegianKey("authority__name"), "pk")
    )
    places: dict[int, dict[str, Any]] = {}
    for row in filter(openid.is_offered, rows.order_by(NorwegianKey("authority__name"), "pk")):
        place = places.setdefault(row.authority_id, {"authority": row.authority, "services": []})
        place["services"].append(row.get_way_display())
    return {"places": list(places.values()), "query": f"?{urlencode({'next': page})}" if page else ""}
