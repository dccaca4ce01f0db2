"""Invitations to prepare things for an organisation: one who acts for it asks a colleague, and may take it back.

The mandate goes to who is signed in when the button is pressed, not to the address: the link shows who was asked, the
sign-in who answers. It works once, while it holds and the inviter still acts.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal import keys, outbox, permissions
from portal.acting_for import mandate_notices, mandates
from portal.calendar import oslo_today
from portal.models import LinkKey, Mandate, MandateInvitation, Reach
from portal.signing_in import accounts

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.models import User

LIFETIME = dt.timedelta(days=14)
PER_HOUR, MOST_WAITING = 10, 20
"""How many invitations one person sends in an hour, and how many of one organisation's may wait for an answer."""
ROWS = MandateInvitation.objects.select_related("organisation__authority", "invited_by__user")


class Useless(Exception):
    """The link opens nothing any more: answered, withdrawn, run out, or its inviter no longer acts."""


class HasOne(Exception):
    """The one who is signed in may prepare or act for this organisation already."""


def waiting_in(organisation_id: int, now: dt.datetime) -> QuerySet[MandateInvitation]:
    """Return the organisation's invitations that can still be answered."""
    sent = ROWS.filter(organisation=organisation_id, accepted_at=None, withdrawn_at=None, sent_at__gt=now - LIFETIME)
    return sent.order_by("-sent_at", "-pk")


# ---- sending ----


@transaction.atomic
def invite(organisation_id: int, *, name: str, address: str, by: User, now: dt.datetime) -> MandateInvitation:
    """Ask someone by mail to prepare things for an organisation that `by` acts for.

    Raises:
        PermissionDenied: she does not act for the organisation, or is signed in by a code alone.
        ValidationError: keyed by `address`; to herself, to one who has a mandate or an invitation, or too many.
    """
    today = oslo_today(now)
    permissions.require(mandates.acts_for(by, organisation_id, today))
    organisation = mandates.locked(organisation_id)
    host = mandates.acting_in(organisation_id, today).filter(user=by).order_by("-valid_to", "pk").first()
    permissions.require(host is not None)
    address = outbox.checked_address(address.strip())
    refuse_address(organisation_id, address, by=by, now=now)
    refuse_too_many(organisation_id, by=by, now=now)
    invitation = MandateInvitation.objects.create(
        authority_id=organisation.authority_id, organisation=organisation, invited_by=host, name=name, address=address,
        sent_at=now,
    )  # fmt: skip
    mandates.record("mandate_invited", invitation, by=by, organisation=organisation.pk)
    send(invitation, now=now)
    return invitation


def send(invitation: MandateInvitation, *, now: dt.datetime) -> None:
    """Mail one invitation with a new private link."""
    raw = keys.issue(
        LinkKey.Purpose.MANDATE, now=now, address=invitation.address, subject_id=invitation.pk, lifetime=LIFETIME
    )
    mandate_notices.invited(invitation, raw, until=now + LIFETIME, today=oslo_today(now))


def refuse_address(organisation_id: int, address: str, *, by: User, now: dt.datetime) -> None:
    """Refuse an address that needs no invitation; one that has run out gives way to a new.

    Raises:
        ValidationError: keyed by `address`.
    """
    holder = accounts.holder_of(address)
    if holder is not None and holder.pk == by.pk:
        raise ValidationError({"address": _("This is your own address.")})
    if holder is not None and mandates.held_by(holder, oslo_today(now)).filter(organisation=organisation_id).exists():
        raise ValidationError({"address": _("Who has this address may prepare or act for the organisation already.")})
    same = MandateInvitation.objects.select_for_update().filter(
        organisation=organisation_id, address__iexact=address, accepted_at=None, withdrawn_at=None
    )
    for earlier in same:
        if earlier.sent_at > now - LIFETIME:
            text = _("This address is invited already. Withdraw that invitation if you want to send a new one.")
            raise ValidationError({"address": text})
        take_back(earlier, now=now)


def refuse_too_many(organisation_id: int, *, by: User, now: dt.datetime) -> None:
    """Stop the flood of invitations, so that nobody sends mail to strangers in an organisation's name.

    Raises:
        ValidationError: she has sent many this hour, or many wait for an answer.
    """
    recent = MandateInvitation.objects.filter(invited_by__user=by, sent_at__gt=now - dt.timedelta(hours=1)).count()
    if recent >= PER_HOUR:
        raise ValidationError(_("You have sent many invitations in a short time. Wait an hour, and try again."))
    if waiting_in(organisation_id, now).count() >= MOST_WAITING:
        raise ValidationError(
            _("%(count)d invitations wait for an answer. Withdraw some of them before you send more.")
            % {"count": MOST_WAITING}
        )


def take_back(invitation: MandateInvitation, *, now: dt.datetime) -> None:
    invitation.withdrawn_at = now
    invitation.save(update_fields=["withdrawn_at"])
    keys.revoke(LinkKey.Purpose.MANDATE, now=now, subject_id=invitation.pk)


@transaction.atomic
def withdraw_invitation(invitation_id: int, *, by: User, now: dt.datetime) -> bool:
    """Take an invitation back, by anyone who acts for the organisation; say whether it waited.

    Raises:
        PermissionDenied: she does not act for the organisation.
    """
    invitation = held(invitation_id)
    permissions.require(mandates.acts_for(by, invitation.organisation_id, oslo_today(now)))
    if invitation.accepted_at is not None or invitation.withdrawn_at is not None:
        return False
    take_back(invitation, now=now)
    mandates.record("invitation_withdrawn", invitation, by=by, organisation=invitation.organisation_id)
    return True


# ---- answering ----


def held(invitation_id: int) -> MandateInvitation:
    """Return an invitation, locked after its organisation."""
    mandates.locked(MandateInvitation.objects.values_list("organisation_id", flat=True).get(pk=invitation_id))
    return ROWS.select_for_update(of=("self",)).get(pk=invitation_id)


def opened_by(raw: str, now: dt.datetime) -> MandateInvitation | None:
    """Return the invitation that a link was made for, answered or not; nothing when the link holds no longer."""
    key = keys.find(LinkKey.Purpose.MANDATE, raw, now=now)
    return ROWS.filter(pk=key.subject_id, withdrawn_at=None).first() if key else None


def host_of(invitation: MandateInvitation, on: dt.date) -> Mandate | None:
    """Return the mandate by which the one who invited acts on this day: the one she had then, or its renewal."""
    acting = mandates.acting_in(invitation.organisation_id, on).filter(user=invitation.invited_by.user_id)
    return acting.order_by("-valid_to", "pk").first()


@transaction.atomic
def accept(raw: str, *, user: User, now: dt.datetime) -> Mandate:
    """Give the mandate to who is signed in, whatever her address; pressed twice by her, it is given once.

    Raises:
        Useless: another has used the link, or it holds no longer.
        HasOne: she needs none; the invitation still waits for the one it was meant for.
    """
    invitation, today = waiting_or_hers(raw, user, now), oslo_today(now)
    if invitation.mandate is not None:
        return invitation.mandate
    host = host_of(invitation, today)
    if host is None:
        raise Useless
    if (
        host.user_id == user.pk
        or mandates.held_by(user, today).filter(organisation=invitation.organisation_id).exists()
    ):
        raise HasOne
    made = mandates.give(
        invitation.organisation, user, source=Mandate.Source.INVITED, by=user, now=now, reach=Reach.DRAFTS,
        valid_to=mandates.last_day(Mandate.Source.INVITED, today), invited_by=host,
    )  # fmt: skip
    invitation.accepted_at, invitation.mandate = now, made
    invitation.save(update_fields=["accepted_at", "mandate"])
    mandate_notices.given(made, by=user, today=today, who_act=mandates.acting_in(invitation.organisation_id, today))
    return made


def waiting_or_hers(raw: str, user: Any, now: dt.datetime) -> MandateInvitation:
    """Return the invitation, locked, if it waits or if it was she who accepted it.

    Raises:
        Useless: it is neither.
    """
    opened = opened_by(raw, now)
    if opened is None:
        raise Useless
    invitation = held(opened.pk)
    is_hers = invitation.mandate is not None and invitation.mandate.user_id == user.pk
    if invitation.withdrawn_at is not None or (invitation.accepted_at is not None and not is_hers):
        raise Useless
    return invitation


@transaction.atomic
def decline(raw: str, *, now: dt.datetime) -> MandateInvitation:
    """Say no for good, signed in or not; the one who invited is told.

    Raises:
        Useless: it has been answered or withdrawn, or holds no longer.
    """
    opened = opened_by(raw, now)
    if opened is None:
        raise Useless
    invitation = held(opened.pk)
    if invitation.accepted_at is not None or invitation.withdrawn_at is not None:
        raise Useless
    take_back(invitation, now=now)
    mandates.record("invitation_declined", invitation, by=None, organisation=invitation.organisation_id)
    mandate_notices.declined(invitation, oslo_today(now))
    return invitation
