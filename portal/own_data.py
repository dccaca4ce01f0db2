"""What the portal holds about one person, for her to read and take with her.

Law: the General Data Protection Regulation articles 15 and 20 (checked 2026-11-22). Secrets are left out: what opens an
account, what an outside service gave us to know her by, and who else stands in a case.
"""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from portal import wiring
from portal.models import AccessLog, AccessRequest, Declaration, Input, Notice

if TYPE_CHECKING:
    from portal.models import User

Sections = dict[str, list[dict[str, Any]]]
MOST = 10_000
"""Rows of one kind; more than anyone has."""


def of(user: User) -> Sections:
    """Return everything the portal and its areas hold about a person, by kind."""
    found: Sections = {}
    for section in wiring.load(wiring.OWN_DATA):
        found.update(section(user))
    return {name: rows for name, rows in found.items() if rows}


def as_json(user: User, now: dt.datetime) -> bytes:
    """Return it as a file that other systems can read."""
    whole = {"made": now, "for": user.email, **of(user)}
    return json.dumps(whole, ensure_ascii=False, indent=1, default=_plain).encode()


def _plain(value: Any) -> str:
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    return str(value) if not isinstance(value, Decimal) else f"{value:f}"


def rows(queryset: Any, **columns: str) -> list[dict[str, Any]]:
    """Return a queryset's rows under the names people read."""
    values = queryset.order_by("pk").values_list(*columns.values())[:MOST]
    return [dict(zip(columns, row, strict=True)) for row in values]


def sections(user: User) -> Sections:
    """Return what the shared ground holds about a person."""
    sign_ins = user.sign_ins.filter(succeeded=True)
    return {
        _("You"): [{
            "navn": user.name, "e-post": user.email, "målform": user.language, "opprettet": user.date_joined,
        }],
        _("Your roles"): rows(
            user.memberships, forvaltningsorgan="authority__name", rolle="role", fra="valid_from", til="valid_to"
        ),
        _("Whom you may act for"): rows(
            user.mandates, virksomhet="organisation__name", omfang="reach", fra="valid_from", til="valid_to",
            grunnlag="source", avsluttet="ended_at",
        ),
        _("Requests to act"): rows(user.mandate_requests, virksomhet="name", sendt="asked_at", tilstand="state"),
        _("When you signed in"): rows(sign_ins, når="at", hvordan="method", enhet="device", nettadresse="network"),
        _("What you were told"): rows(
            Notice.objects.filter(user=user), når="created_at", hva="title", kanal="kind"
        ),
        _("Inputs you sent"): rows(
            Input.objects.filter(sent_by=user), når="received_on", runde="round__title", tekst="text"
        ),
        _("Requests for access from your address"): rows(
            AccessRequest.objects.filter(address__iexact=user.email), når="received_at", tekst="text", tilstand="state"
        ),
        _("Your declarations of impartiality"): rows(
            Declaration.objects.filter(user=user), når="declared_at", sak="case__reference", svar="answer",
            tilknytning="tie",
        ),
        _("Exempt cases you opened"): rows(
            AccessLog.objects.filter(user_id=user.pk), når="at", sak="case__reference", hva="what"
        ),
    }  # fmt: skip
