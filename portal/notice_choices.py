"""What people want by mail. In the portal every notice stands; a choice for a kind goes before one for all kinds.

The daily mail asks the same of many readers at once, in SQL (`portal.digest.HELD`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from portal import wiring
from portal.models import NoticePreference

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.models import User

EVERY_KIND = "*"


def may_stop(kind: str) -> bool:
    """Say whether one may say no to mails of this kind; an unknown kind always comes."""
    known = wiring.kinds().get(kind)
    return known is not None and known.may_stop


def stoppable() -> list[str]:
    """Return the kinds whose mail may be switched off."""
    return [kind.name for kind in wiring.kinds().values() if kind.may_stop]


def stopped(user: User | None = None, address: str = "") -> set[str]:
    """Return the kinds a person or an address does not want by mail, EVERY_KIND among them; one query."""
    own = NoticePreference.objects.filter(user=user, address__iexact=address)
    choices = dict(own.values_list("kind", "by_mail"))
    return {kind for kind in [*stoppable(), EVERY_KIND] if not choices.get(kind, choices.get(EVERY_KIND, True))}


def wants_mail(kind: str, *, user: User | None = None, address: str = "") -> bool:
    """Say whether a notice of this kind is to be mailed."""
    return not may_stop(kind) or kind not in stopped(user, address)


@transaction.atomic
def choose(kinds: Iterable[str], *, by_mail: bool, user: User | None = None, address: str = "") -> None:
    """Store whether a person or an address wants these kinds by mail."""
    now = timezone.now()
    for kind in kinds:
        NoticePreference.objects.update_or_create(
            user=user, address=address.lower(), kind=kind, defaults={"by_mail": by_mail, "changed_at": now}
        )
