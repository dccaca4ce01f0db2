"""What the area of prizes holds about one person: what she nominated, and what she said in a jury."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from django.utils.translation import gettext as _

from awards.models import JuryOpinion, Voter
from awards.nominating.own import nominations_by
from portal.own_data import rows

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.models import User


def votes_by(user: User) -> QuerySet[Voter]:
    """Return a person's rows in registers of voters: by an address that she has confirmed is hers."""
    if not EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists():
        return Voter.objects.none()
    return Voter.objects.filter(address__iexact=user.email).exclude(address="")


def sections(user: User) -> dict[str, list[dict[str, Any]]]:
    """Return what prizes hold about a person. What others wrote of her as a nominee she asks for in her own case."""
    return {
        _("Nominations you sent"): rows(
            nominations_by(user), når="received_at", pris="round__prize__name", nominert="typed_name",
            begrunnelse="reasons", kjennskap="tie",
        ),
        _("What you said in a jury"): rows(
            JuryOpinion.objects.filter(sheet__member__user=user), pris="sheet__category__round__prize__name",
            kandidat="candidate__name", kommentar="comment",
        ),
        _("Votes you asked to take part in"): rows(
            votes_by(user), bedt="asked_at", pris="round__prize__name", år="round__year", stemt="has_voted",
        ),
    }  # fmt: skip
