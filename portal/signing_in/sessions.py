"""A person's own sessions and sign-ins, as her page shows them: in plain words, each with what it opens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from portal.models import SignIn
from portal.signing_in import signins
from portal.strength import OF_METHOD, Strength

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from portal.models import User
    from portal.strength import Mark


def live(user: User, now: dt.datetime) -> QuerySet[SignIn]:
    """Return the sessions that still open something, the last used first."""
    own = SignIn.objects.live().filter(user=user, seen_at__gt=now - signins.idle(), at__gt=now - signins.longest())
    return own.select_related("provider__authority").order_by("-seen_at", "-pk")


def lines_of(user: User, mark: Mark | None, now: dt.datetime) -> list[dict[str, Any]]:
    """Return a line for each live session, this one first."""
    own = mark.sign_in if mark else None
    lines = [{**line_of(row), "is_this": row.pk == own} for row in live(user, now)]
    return sorted(lines, key=lambda line: not line["is_this"])


def line_of(row: SignIn) -> dict[str, Any]:
    return {
        "sign_in": row, "device": row.device or _("Unknown device"), "how": how(row), "opens": opens(row),
        "network": row.network or _("not kept"),
    }  # fmt: skip


def how(row: SignIn) -> str:
    """Return how she signed in: the service with whose it is, or the way."""
    if row.provider is not None:
        return _("%(way)s at %(authority)s") % {"way": row.get_method_display(), "authority": row.provider.authority}
    return str(row.get_method_display())


def opens(row: SignIn) -> str:
    """Return what a sign-in opens, by how sure we are of who did it; nothing where it did not succeed."""
    if not row.succeeded:
        return _("Nothing: the sign-in did not succeed")
    return {
        Strength.CODE: _("Preparing and following, no casework"),
        Strength.STAFF: _("Your roles, also casework"),
        Strength.STRONG: _("Also what binds you or a business"),
    }[OF_METHOD[row.method]]


def history(user: User) -> QuerySet[SignIn]:
    """Return all a person's sign-ins we still keep, and the tries that failed, newest first."""
    return SignIn.objects.filter(user=user).select_related("provider__authority").order_by("-at", "-pk")
