"""Deeds on winners: those of the years before the portal, with their source; and pictures of any of them.

Who won by the portal's own rounds, and why, stays as it was announced: only picture and place are added there.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from awards import permissions, rules
from awards.models import Prize, PrizeRound, Winner
from awards.refusals import deed
from grants import notices
from grants.held import Handled, stale
from portal.calendar import oslo_today
from portal.permissions import require

if TYPE_CHECKING:
    import datetime as dt

    from django.core.files.base import ContentFile

    from portal.models import User

FACTS = ("year", "category_name", "kind", "name", "number", "place", "reasons", "source")


def hold(winner: Winner, seen: int | None, by: User) -> Winner:
    """Lock the prize and then the winner, for one who may change it.

    Raises:
        Handled: somebody changed or removed it since it was shown.
        PermissionDenied: she does not work with prizes there.
    """
    require(permissions.may(by, winner.authority_id, permissions.SETS_UP))
    Prize.objects.select_for_update(no_key=True, of=("self",)).get(pk=winner.prize_id)
    rows = Winner.objects.select_related("prize__authority", "authority")
    held: Winner | None = rows.select_for_update(no_key=True, of=("self",)).filter(pk=winner.pk).first()
    if held is None or (seen is not None and held.row_version != seen):
        raise stale()
    return held


# ---- years before the portal ----


@deed
def register(prize: Prize, facts: dict[str, Any], *, by: User, now: dt.datetime) -> Winner:
    """Register who won in a year before the portal; told twice, it stands once.

    Raises:
        ValidationError: keyed by field.
        Handled: she stands there already.
    """
    require(permissions.may(by, prize.authority_id, permissions.SETS_UP))
    held = Prize.objects.select_for_update(no_key=True, of=("self",)).get(pk=prize.pk)
    made = Winner(authority_id=held.authority_id, prize=held, **{name: facts[name] for name in FACTS})
    _check(made, now)
    made.save()
    notices.record("prize_winner_registered", made, by=by, year=made.year)
    return made


@deed
def change(winner: Winner, facts: dict[str, Any], *, seen: int | None, by: User, now: dt.datetime) -> Winner:
    """Put right what is registered of an earlier year.

    Raises:
        Handled: somebody changed it meanwhile, or it was announced here.
    """
    held = hold(winner, seen, by)
    _refuse_announced(held)
    before = [getattr(held, name) for name in FACTS]
    for name in FACTS:
        setattr(held, name, facts[name])
    if [getattr(held, name) for name in FACTS] == before:
        return held
    _check(held, now)
    held.save()
    notices.record("prize_winner_changed", held, by=by, year=held.year)
    return held


@deed
def remove(winner: Winner, *, seen: int | None, by: User) -> None:
    """Remove a winner of an earlier year that was registered by mistake, with the picture."""
    held = hold(winner, seen, by)
    _refuse_announced(held)
    notices.record("prize_winner_removed", held, by=by, year=held.year)
    _forget(held.picture)
    held.delete()


def _refuse_announced(winner: Winner) -> None:
    if winner.decision_id is not None:
        raise Handled(_("Who won, and why, stays as it was announced."), code="announced")


def _check(winner: Winner, now: dt.datetime) -> None:
    """Refuse a year to come, a year that has a round here, and what stands here already."""
    if winner.year > oslo_today(now).year:
        raise ValidationError({"year": _("Choose a year that has come.")}, code="year")
    rounds = PrizeRound.objects.filter(prize=winner.prize_id, year=winner.year)
    if rounds.exclude(state=PrizeRound.State.CANCELLED).exists():
        text = _("The prize has a round in %(year)d here. Its winners come from there.") % {"year": winner.year}
        raise ValidationError({"year": text}, code="round")
    alike = Winner.objects.filter(prize=winner.prize_id, year=winner.year, category_name=winner.category_name)
    key = rules.name_key(winner.name)
    for other in alike.exclude(pk=winner.pk):
        same = winner.number == other.number if winner.number and other.number else rules.name_key(other.name) == key
        if same:
            raise Handled(_("This winner stands here already."), code="twice")
    winner.full_clean(exclude=["authority", "prize", "picture"], validate_constraints=False)


# ---- pictures ----


@deed
def show(
    winner: Winner, picture: ContentFile[bytes] | None, *, alt: str, credit: str, seen: int | None, by: User
) -> Winner:
    """Give a winner a picture, or put right what is said of it.

    Raises:
        ValidationError: there is no picture to say it of.
    """
    held = hold(winner, seen, by)
    if picture is None and not held.picture:
        raise ValidationError({"picture": _("Choose a picture.")}, code="missing")
    if picture is not None:
        old = held.picture.name
        digest = sha256(picture.open("rb").read()).hexdigest()
        held.picture.save(f"{digest}.jpg", picture, save=False)
        _forget_name(held, old)
    held.picture_alt, held.picture_by = alt, credit
    held.save(update_fields=["picture", "picture_alt", "picture_by"])
    notices.record("prize_winner_pictured", held, by=by, year=held.year)
    return held


@deed
def take_away(winner: Winner, *, seen: int | None, by: User) -> Winner:
    """Take a winner's picture away, for good."""
    held = hold(winner, seen, by)
    if not held.picture:
        return held
    _forget(held.picture)
    held.picture, held.picture_alt, held.picture_by = "", "", ""
    held.save(update_fields=["picture", "picture_alt", "picture_by"])
    notices.record("prize_winner_unpictured", held, by=by, year=held.year)
    return held


def _forget(picture: Any) -> None:
    """Delete a file when what it belonged to is gone for certain."""
    if picture:
        storage, name = picture.storage, picture.name
        transaction.on_commit(lambda: storage.delete(name))


def _forget_name(winner: Winner, name: str | None) -> None:
    if name and name != winner.picture.name:
        storage = winner.picture.storage
        transaction.on_commit(lambda: storage.delete(name))
