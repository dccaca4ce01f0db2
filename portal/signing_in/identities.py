"""Who someone is to us: known by issuer and subject, never by an e-mail address alone.

An identity becomes another account's than a new one's in three ways only: its person is signed in there already, a
leader of the same authority made the account for her and nobody has used it, or she has confirmed the account's address
with a code and nothing stronger guards it.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction

from portal import sealed
from portal.models import Event, Identity, Membership, Method, User, Way
from portal.signing_in import accounts, connections, step_up

if TYPE_CHECKING:
    from portal.integrations.openid import Claims
    from portal.models import IdentityProvider
    from portal.strength import Mark


USE_NOTED = dt.timedelta(hours=1)
"""Use is noted so often: each note is a line of history."""


class Taken(Exception):
    """The identity opens another account."""


class Guarded(Exception):
    """The account has something stronger than its address, so the address alone does not open it."""


# ---- reading ----


def find(claims: Claims) -> Identity | None:
    """Return the identity by which we know this person, with her account."""
    known = Identity.objects.filter(issuer=claims.issuer, subject=claims.subject)
    return known.select_related("user").first()


def is_guarded(user: User) -> bool:
    """Say whether an account has more to protect, or more to be opened with, than a code to its address."""
    return (
        user.is_superuser
        or not user.is_active
        or bool(connections.other_ways(user))
        or user.identities.exists()
        or Membership.objects.filter(user=user).exists()
    )


def may_connect(user: User, mark: Mark | None) -> bool:
    """Say whether one who has lately shown that it is she may tie one more identity to the account.

    Not by a code to its address alone, where more guards it; where she has more to show, it was that she showed.
    """
    return mark is None or mark.method != Method.CODE or step_up.has_more(user) or not is_guarded(user)


def may_tie(user: User, mark: Mark | None) -> bool:
    """Say whether this session may tie one more identity to the account: not one weaker than what opens it already.

    Who reads a person's mailbox can choose a new password. Where an electronic identity opens the account, a password
    alone ties no other beside it.
    """
    by_password_alone = mark is not None and mark.method == Method.PASSWORD
    has_eid = by_password_alone and user.identities.filter(way__in=(Way.IDPORTEN, Way.ANSATTPORTEN)).exists()
    return may_connect(user, mark) and not has_eid


# ---- deeds ----


@transaction.atomic
def connect(user: User, claims: Claims, provider: IdentityProvider, *, now: dt.datetime, tell: bool = True) -> Identity:
    """Tie an identity to an account, and tell its person; once more changes nothing but when it was used.

    Raises:
        Taken: it opens another account.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    identity, is_new = Identity.objects.get_or_create(
        issuer=claims.issuer, subject=claims.subject,
        defaults={"user": user, "way": provider.way, "created_at": now, "used_at": now},
    )  # fmt: skip
    if identity.user_id != user.pk:
        raise Taken
    note_use(identity, claims, provider, now=now)
    if is_new:
        Event.objects.create(
            authority=provider.authority, kind="identity.connected", subject_type=Identity._meta.label_lower,
            subject_id=identity.pk, actor_id=user.pk, at=now, facts={"way": provider.way, "provider": provider.pk},
        )  # fmt: skip
        if tell:
            connections.tell_connected(identity, provider)
    return identity


def note_use(identity: Identity, claims: Claims, provider: IdentityProvider, *, now: dt.datetime) -> None:
    """Note that an identity was used; keep the national identity number only where a decision is said to need it."""
    needs_number = bool(provider.keeps_number_for and provider.way == Way.IDPORTEN and claims.national_number)
    has_number = identity.national_number_for == provider.keeps_number_for and bool(identity.national_number)
    is_noted = identity.used_at is not None and now - identity.used_at < USE_NOTED
    if is_noted and (has_number or not needs_number):
        return
    identity.used_at = now
    if needs_number and not has_number:
        identity.national_number = sealed.seal("pid", claims.national_number)
        identity.national_number_for = provider.keeps_number_for
    identity.save(update_fields=["used_at", "national_number", "national_number_for"])


@transaction.atomic
def account_for_staff(claims: Claims, provider: IdentityProvider, *, now: dt.datetime) -> Identity | None:
    """Let the authority's own directory open an account that a leader there made and nobody has used; else nothing.

    The account must have roles there and nowhere else, so that a directory gives nobody more than its authority did.
    Its owner writes any address on anyone: what else the address has sent or been asked is shown when it is confirmed.
    """
    if provider.way != Way.ENTRA or not claims.email:
        return None
    user = User.objects.select_for_update(no_key=True).filter(email__iexact=claims.email, last_login=None).first()
    if user is None or user.is_superuser or not user.is_active or connections.other_ways(user):
        return None
    places = set(Membership.objects.filter(user=user).values_list("authority_id", flat=True))
    if places != {provider.authority_id} or user.identities.exists() or user.mandates.exists():
        return None
    accounts.doubt_address(user)
    return connect(user, claims, provider, now=now)


@transaction.atomic
def account_at(
    claims: Claims, provider: IdentityProvider, *, name: str, email: str, language: str, now: dt.datetime
) -> Identity:
    """Make an account for who is new, or take the one at her confirmed address when nothing stronger guards it.

    Raises:
        Guarded: she must sign in to the account at this address first.
        Taken: the identity has come to open another account meanwhile.
    """
    user, is_new = held_at(email), False
    if user is None:
        user, is_new = accounts.make(email, name, language=language)
    if not is_new and is_guarded(user):
        raise Guarded
    accounts.move_address(user, user.email)
    return connect(user, claims, provider, now=now, tell=not is_new)


def held_at(email: str) -> User | None:
    """Return the account with this address, held until the deed is done."""
    found = accounts.holder_of(email)
    return User.objects.select_for_update(no_key=True).get(pk=found.pk) if found else None
