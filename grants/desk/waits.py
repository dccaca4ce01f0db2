"""What waits for a person among applications, on her page of what waits: said once for an authority."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from grants.desk import turns

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import User


def lines(user: User, today: dt.date) -> list[dict[str, str]]:
    """Return how many applications are her turn, in each authority; one query."""
    rows = turns.waiting_for(user, today).order_by()
    found = rows.values_list("authority__slug", "authority__name").annotate(n=Count("pk")).order_by("authority__name")
    return [
        {
            "text": _("Applications in %(name)s") % {"name": name},
            "detail": ngettext("%(n)d waits for you.", "%(n)d wait for you.", n) % {"n": n},
            "url": f"{reverse('applications', args=[slug])}?vis=min",
        }
        for slug, name, n in found
    ]
