"""How deeds take hold of rows: in one order, organisation before grant before what belongs to it, as they were seen.

A second press, or a page that has grown old, is told how it stands; nothing is done twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from grants import permissions
from grants.models import Condition, Grant, Repayment
from grants.refusals import Refused
from portal.models import Organisation
from portal.permissions import require

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import User

Row = TypeVar("Row", Grant, Condition, Repayment)
ROWS = Grant.objects.select_related("organisation", "authority", "case")
"""What every deed needs of a grant; the rest is fetched where it is asked for: each join costs all of them."""


class Handled(ValidationError):
    """Someone has done this, or something else with it, before: nothing was done now."""


def as_seen(row: Row, version: int | None) -> Row:
    """Return a locked row that is as its reader saw it.

    Raises:
        Handled: somebody changed it since.
    """
    if version is not None and row.row_version != version:
        raise Handled(_("Somebody changed this after you opened the page. See how it stands now."), code="stale")
    return row


def grant(found: Grant | int, version: int | None = None) -> Grant:
    """Lock a grant, its organisation first, and return it as it is now."""
    key = found if isinstance(found, int) else found.pk
    owner = Grant.objects.values_list("organisation_id", flat=True).get(pk=key)
    list(Organisation.objects.select_for_update(no_key=True).filter(pk=owner).order_by().values_list("pk"))
    held = ROWS.select_for_update(no_key=True, of=("self",)).get(pk=key)
    held.organisation.authority = held.authority
    return as_seen(held, version)


def stands(row: Grant | Condition | Repayment) -> Handled:
    """Return what one is told who comes too late: how it stands."""
    told = _("Nothing is done now: it stands as “%(state)s”.") % {"state": row.get_state_display()}
    return Handled(told, code="state")


def ready_to(found: Grant, to: str) -> None:
    """Check that a locked grant may go on to this state.

    Raises:
        Handled: it stands so already, or does not go that way.
    """
    if to not in Grant.MOVES[Grant.State(found.state)]:
        raise stands(found)


def answers_for(by: User, found: Grant, roles: frozenset[str]) -> None:
    """Check that who acts has the role, and has nothing to do with the recipient.

    Raises:
        PermissionDenied: not her role.
        ValidationError: she acts for the organisation herself (forvaltningsloven § 6, checked 2026-11-22).
    """
    require(permissions.may(by, found.authority_id, roles))
    refuse_tied(by, found.organisation_id)


def refuse_tied(by: User, organisation_id: int, on: dt.date | None = None) -> None:
    """Stop who acts for the organisation herself: she neither decides, signs, nor lays the ground for a decision.

    Raises:
        Refused: she is tied to it (forvaltningsloven § 6, checked 2026-11-22).
    """
    if permissions.is_tied_to(by, organisation_id, on):
        raise Refused(_("You act for the recipient yourself. A colleague does this."), code="tied")
