"""What one has nominated, for her own page and for what we hold about her."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from django.db.models import Exists, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from awards.models import Nomination
from awards.rules import Phase
from portal.templatetags.portal_tags import long_date

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from portal.models import User

MOST = 20
"""On her own page, the newest first."""
OVER = (Phase.ANNOUNCED, Phase.CANCELLED)


@dataclass(frozen=True)
class Line:
    """A nomination, and how far its round has come."""

    nomination: Nomination
    text: str
    url: str


def nominations_by(user: User) -> QuerySet[Nomination]:
    """Return a person's own nominations: those she sent signed in, and those with an address that is hers."""
    hers = Q(sent_by=user)
    if user.email:
        confirmed = EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True)
        hers |= Q(Exists(confirmed), nominator_email__iexact=user.email)
    return Nomination.objects.filter(hers)


def personal(user: Any, today: dt.date) -> dict[str, Any] | None:
    """Return what one has nominated, for her own page; nothing where she has not. One query."""
    rows = nominations_by(user).select_related("round__prize__authority", "category__category").order_by("-pk")
    lines = [line_of(row) for row in rows[:MOST]]
    return {"template": "awards/nominating/panel.html", "lines": lines} if lines else None


def line_of(row: Nomination) -> Line:
    """Say how it goes with a nomination, without a word of what the jury thinks."""
    round_, phase = row.round, row.round.phase(timezone.now())
    if phase in OVER:
        text = _("The prize is awarded.") if phase == Phase.ANNOUNCED else _("The prize is not awarded.")
    elif round_.ceremony_at:
        text = _("The winners are announced %(date)s.") % {"date": long_date(round_.ceremony_at)}
    else:
        text = _("We write to you when the winners are announced.")
    place = [round_.prize.authority.slug, round_.prize.slug, round_.year]
    return Line(row, text, reverse("prize_round", args=place))
