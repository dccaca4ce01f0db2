"""What the area of money holds about one person: what she applied for, said and signed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.applying import reach
from grants.models import Application, ApplicationFile, Message, Payout
from portal.own_data import rows

if TYPE_CHECKING:
    from portal.models import User


def sections(user: User) -> dict[str, list[dict[str, Any]]]:
    """Return what grants hold about a person; drafts by others, and of one she has left, are not hers."""
    wrote = Q(applicant=user) | Q(submitted_by=user) | Q(state="draft", edited_by=user)
    hers = Application.objects.filter(wrote, pk__in=Application.objects.filter(reach.mine(user, timezone.localdate())))
    return {
        _("Applications"): rows(
            hers, referanse="reference", utlysning="call__title", søker="applicant_name", tilstand="state",
            sendt="submitted_at", innhold="content",
        ),
        _("Files you enclosed"): rows(
            ApplicationFile.objects.filter(uploaded_by=user), fil="filename", lastet_opp="uploaded_at", størrelse="size"
        ),
        _("Messages about applications"): rows(
            Message.objects.filter(author=user), når="sent_at", søknad="application__reference", tekst="text"
        ),
        _("Payouts you asked for"): rows(
            Payout.objects.filter(asked_by=user), når="asked_at", tilsagn="grant__title", beløp="amount_nok"
        ),
    }  # fmt: skip
