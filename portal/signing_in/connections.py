"""What an account can be opened with: outside services, a password, passkeys; and taking one of the services away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from portal import outbox
from portal.integrations import openid
from portal.models import Authority, Event, Identity, IdentityProvider, Notice, SignIn, User, Way
from portal.models.base import NorwegianKey
from portal.signing_in import signins

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet


class OnlyWayIn(Exception):
    """It was the last thing that opens the account."""


@dataclass(frozen=True)
class Connection:
    """An identity as its person sees it: the service, through whose agreement she last used it, whether it may go."""

    identity: Identity
    through: str
    provider: int | None
    may_go: bool
    is_mine: bool
    """Whether this session was signed in with it."""


@dataclass(frozen=True)
class Others:
    """The ways in that are not outside services."""

    password: bool
    passkeys: int

    def __bool__(self) -> bool:
        return self.password or self.passkeys > 0


def identities_of(user: User) -> QuerySet[Identity]:
    """Return what a person is connected to, with the agreement each was last used through."""
    last = SignIn.objects.filter(identity=OuterRef("pk"), provider__isnull=False).order_by("-at", "-pk")
    return user.identities.order_by("way", "created_at", "pk").annotate(
        provider_id=Subquery(last.values("provider")[:1]),
        through=Subquery(last.values("provider__authority__name")[:1]),
    )


def other_ways(user: User) -> Others:
    """Return which ways of our own open the account; not the code by e-mail, which opens it for preparing only."""
    keys = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)
    return Others(password=user.has_usable_password(), passkeys=sum(bool(key.wrap().is_passwordless) for key in keys))


def connections_of(user: User, others: Others) -> list[Connection]:
    """Return a person's connections; the last one may go only where something else opens the account."""
    rows, mark = list(identities_of(user)), getattr(user, "mark", None)
    used = mark.provider if mark is not None else None
    return [
        Connection(
            identity=row, through=row.through or "", provider=row.provider_id, may_go=bool(others) or len(rows) > 1,
            is_mine=used is not None and used == row.provider_id and mark.method == row.way,
        )
        for row in rows
    ]  # fmt: skip


# ---- connecting one more ----


def offered_to(user: User) -> list[IdentityProvider]:
    """Return the services that may know a person, by the authorities' names; a directory knows only who works there."""
    is_hers = ~Q(way=Way.ENTRA) | Q(authority__in=user.memberships.values("authority"))
    rows = IdentityProvider.objects.offered().filter(is_hers).select_related("authority")
    return [row for row in rows.order_by(NorwegianKey("authority__name"), "way") if openid.is_offered(row)]


def places(user: User, services: list[IdentityProvider]) -> tuple[list[Authority], list[Authority]]:
    """Return the authorities these services belong to: those the person has to do with, and all of them."""
    signed_in_at = SignIn.objects.filter(user=user, provider__isnull=False).values("provider__authority")
    hers = Authority.objects.filter(
        Q(pk__in=user.memberships.values("authority"))
        | Q(pk__in=user.mandates.values("authority"))
        | Q(pk__in=signed_in_at)
    ).values_list("pk", flat=True)
    own, rows = set(hers), list({row.authority_id: row.authority for row in services}.values())
    return [row for row in rows if row.pk in own], rows


def new_to(
    held: list[Connection], services: list[IdentityProvider], authorities: list[Authority]
) -> list[IdentityProvider]:
    """Return the services of these authorities that are not among a person's connections."""
    known = {(each.identity.issuer, each.provider) for each in held}
    wanted = {authority.pk for authority in authorities}
    return [row for row in services if row.authority_id in wanted and not is_held(row, known)]


def is_held(provider: IdentityProvider, known: set[tuple[str, int | None]]) -> bool:
    """Say whether one of these (issuer, agreement) is this service.

    A directory knows a person by one name. ID-porten and Ansattporten know her by one name for each agreement.
    """
    issuer = openid.issuer_of(provider)
    agreements = {agreement for at, agreement in known if at == issuer}
    return bool(agreements) if provider.way == Way.ENTRA else bool(agreements & {provider.pk, None})


def tell_connected(identity: Identity, provider: IdentityProvider) -> Notice | None:
    """Tell a person, at her account's address, that her account can be opened in a new way."""
    return outbox.notify(
        identity.user, kind="identity_connected", subject=identity, template="identity_connected",
        title=lambda: _("You can now sign in with %(service)s") % {"service": identity.get_way_display()},
        link=reverse("identities"), link_text=_("See how your account can be opened"), authority=provider.authority,
        service=identity.get_way_display(),
    )  # fmt: skip


# ---- taking one away ----


@transaction.atomic
def disconnect(user: User, identity_id: int, *, now: dt.datetime) -> Identity:
    """Take a connection away, and end the other sessions that were signed in with it.

    Raises:
        Identity.DoesNotExist: it is not hers.
        OnlyWayIn: nothing else would open the account.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    held = list(Identity.objects.filter(user=user).order_by("pk"))
    identity = next((row for row in held if row.pk == identity_id), None)
    if identity is None:
        raise Identity.DoesNotExist
    if len(held) == 1 and not other_ways(user):
        raise OnlyWayIn
    mark = getattr(user, "mark", None)
    others = SignIn.objects.filter(user=user, identity=identity).exclude(pk=mark.sign_in if mark else None)
    ended = signins.end(others, SignIn.Ended.CHANGED, now=now)
    Event.objects.create(
        kind="identity.disconnected", subject_type=Identity._meta.label_lower, subject_id=identity.pk, actor_id=user.pk,
        at=now, facts={"way": identity.way, "sessions_ended": ended},
    )  # fmt: skip
    Identity.objects.filter(pk=identity.pk).delete()
    return identity
