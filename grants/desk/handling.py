"""Who handles an application at the desk: asked in each deed, of the row it holds.

The operator reads; she asks for nothing, finds nothing complete, and answers nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grants import held, permissions
from grants.desk import gate
from grants.models import Application
from portal.permissions import require

if TYPE_CHECKING:
    from portal.models import User


def handles(user: Any, authority_id: int) -> bool:
    """Say whether a person handles applications here, if nothing ties her to them."""
    return not getattr(user, "is_superuser", False) and permissions.may(user, authority_id, permissions.CALLS)


def hold(application: Application | int, *, by: User, seen: int | None = None) -> Application:
    """Lock an application and return it as it is now, for one who may handle it.

    Raises:
        PermissionDenied: she has not the role, or something ties her to it.
        Handled: somebody changed it since `seen` was read.
    """
    found = held.application(application, seen)
    require(handles(by, found.authority_id))
    gate.require_impartial(by, found)
    return found


def undecided(found: Application) -> Application:
    """Return a held application that waits for its decision.

    Raises:
        Handled: it is decided or withdrawn.
    """
    if found.state != Application.State.SUBMITTED:
        raise held.stands(found)
    return found
