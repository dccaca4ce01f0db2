"""Who may act for an organisation: asked for at each request, so that a mandate that has ended opens nothing.

Typing a number opens nothing. A mandate rests on Ansattporten (here), on the register's answer or a document that an
officer has confirmed (`mandate_requests`), or on the invitation of one who acts (`mandate_invitations`).
Each deed locks the organisation before its mandates, so that deeds on one organisation come one after the other.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_noop

from portal import keys, permissions
from portal.acting_for import mandate_notices
from portal.calendar import oslo_today
from portal.integrations import register
from portal.models import Event, LinkKey, Mandate, MandateInvitation, Organisation, Reach, Way
from portal.models.organisation import valid_organisation_number
from portal.signing_in import step_up
from portal.strength import OF_METHOD, Strength

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.models import Authority, Identity, IdentityProvider, User
    from portal.models.mandate import MandateQuerySet
    from portal.strength import Mark

Source = Mandate.Source
DAYS = {Source.ANSATTPORTEN: 30, Source.REGISTER: 365, Source.OFFICER: 730, Source.INVITED: 365}
"""How many days ahead a mandate holds at most, by what it rests on."""
WRITERS = frozenset({permissions.OFFICER, permissions.LEADER, permissions.SECRETARY})
"""Roles that answer requests, register and end mandates."""
URN = "urn:altinn:resource:"
RAN_OUT, RENEWED = gettext_noop("It ran out"), gettext_noop("Replaced by a new one")
LEFT, REMOVED = gettext_noop("Left it herself"), gettext_noop("Removed by one who acts for the organisation")
WITH_INVITER = gettext_noop("Removed together with the one who invited")


class LastWhoActs(Exception):
    """She is the last who acts for the organisation here; she leaves only when she has been told so."""


# ---- reading ----


def held_by(user: Any, on: dt.date) -> MandateQuerySet:
    """Return the mandates that a person holds on this day, with organisation and authority; one query when read."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return Mandate.objects.none()
    held = Mandate.objects.holding(on).filter(user=user)
    return held.select_related("organisation", "authority").order_by("organisation__name", "pk")


def lets_act(mark: Mark | None, authority: Authority) -> bool:
    """Say whether a session is known well enough to bind an organisation that this authority knows.

    A code alone is not, but in trial mode, where a code is all one can ask for (`portal.strength.needed`). A session
    without a mark is older than the marks, and ordinary.
    """
    known = Strength.STAFF if mark is None else OF_METHOD.get(mark.method, Strength.NOBODY)
    return known > Strength.CODE or (known is Strength.CODE and step_up.in_trial(authority))


def reach_in(user: Any, organisation_id: int, *, on: dt.date, mark: Mark | None) -> Reach | None:
    """Return what a person may do for an organisation on this day in this session; nothing without a mandate.

    A session that is not known well enough prepares only, whatever the mandate says.
    """
    return reach_of(list(held_by(user, on).filter(organisation=organisation_id)), mark)


def reach_of(held: list[Mandate], mark: Mark | None) -> Reach | None:
    """Return what the mandates someone holds for one organisation let her do in this session."""
    if not held:
        return None
    acts = any(row.acts for row in held) and lets_act(mark, held[0].authority)
    return Reach.ACTS if acts else Reach.DRAFTS


def only_prepared(held: list[Mandate], mark: Mark | None) -> set[Mandate]:
    """Return those of someone's mandates that act, but not in this session; one query at the most."""
    acting = [row for row in held if row.acts]
    if acting and mark is not None and OF_METHOD.get(mark.method) is Strength.CODE:
        step_up.look_up_ways(row.authority for row in acting)
    return {row for row in acting if not lets_act(mark, row.authority)}


def organisation_for(user: Any, pk: int, *, on: dt.date, mark: Mark | None, acting: bool = False) -> Organisation:
    """Return the organisation if this person may prepare things for it on this day, or, when `acting`, bind it.

    Raises:
        Http404: she holds no mandate for it; whether it exists is not told.
        PermissionDenied: she may prepare only, and this is for those who act.
    """
    held = list(held_by(user, on).filter(organisation=pk))
    if not held:
        raise Http404
    permissions.require(not acting or reach_of(held, mark) == Reach.ACTS)
    organisation: Organisation = held[0].organisation
    organisation.authority = held[0].authority
    return organisation


def acts_for(user: Any, organisation_id: int, on: dt.date) -> bool:
    """Say whether this person, in the session she is in now, binds the organisation."""
    return reach_in(user, organisation_id, on=on, mark=getattr(user, "mark", None)) == Reach.ACTS


def may_decide(user: Any, authority_id: int) -> bool:
    """Say whether the user answers requests for mandates in this authority, registers and ends them."""
    return authority_id in permissions.authorities_with(user, WRITERS)


def acting_in(organisation_id: int, on: dt.date) -> MandateQuerySet:
    """Return the mandates that let someone bind the organisation on this day."""
    held = Mandate.objects.holding(on).filter(organisation_id=organisation_id, reach=Reach.ACTS, user__is_active=True)
    return held.select_related("user")


# ---- making one ----


def locked(organisation_id: int) -> Organisation:
    """Return the organisation, held until the commit: the first row of its own that a deed takes."""
    rows = Organisation.objects.select_related("authority").select_for_update(of=("self",), no_key=True)
    return rows.get(pk=organisation_id)


def organisation_of(
    authority: Authority, number: str, *, name: str, unit: dict[str, Any] | None, now: dt.datetime
) -> Organisation:
    """Return the authority's organisation with this number, locked; made when it is new. Two at once make one."""
    made: dict[str, Any] = {"name": name[:200]}
    if unit:
        made |= {"register_copy": unit, "register_copied_at": now, "form": unit.get("form", "")[:10]}
    pk = Organisation.objects.get_or_create(authority=authority, number=number, defaults=made)[0].pk
    found = locked(pk)
    if unit and found.register_copy is None:
        found.register_copy, found.register_copied_at = unit, now
        found.save(update_fields=["register_copy", "register_copied_at"])
    return found


def record(kind: str, subject: Any, *, by: User | None, case: Any = None, **facts: Any) -> None:
    """Add a line to the history: what came of which mandate, request or invitation, without personal facts."""
    Event.objects.create(
        authority_id=subject.authority_id, case=case, kind=kind, subject_type=subject._meta.label_lower,
        subject_id=subject.pk, actor_id=by.pk if by else None, facts=facts,
    )  # fmt: skip


def give(organisation: Organisation, user: User, *, source: str, by: User, now: dt.datetime, **facts: Any) -> Mandate:
    """Make a mandate in a locked organisation; an earlier live one of the same kind gives way to it."""
    today = oslo_today(now)
    for old in live_of(organisation, user, source):
        close(old, by=by, now=now, why=RENEWED if old.valid_to >= today else RAN_OUT)
    made = Mandate.objects.create(
        authority_id=organisation.authority_id, organisation=organisation, user=user, source=source, valid_from=today,
        given_at=now, **facts,
    )  # fmt: skip
    record("mandate_given", made, by=by, source=source, reach=made.reach, organisation=organisation.pk)
    return made


def live_of(organisation: Organisation, user: User, source: str) -> list[Mandate]:
    """Return her mandate of this kind that has not been ended, locked; it may have run out."""
    rows = Mandate.objects.select_for_update(of=("self",)).filter(organisation=organisation, user=user, source=source)
    return list(rows.filter(ended_at=None))


def close(mandate: Mandate, *, by: User, now: dt.datetime, why: str) -> None:
    """End one mandate in a locked organisation."""
    mandate.ended_at, mandate.ended_by, mandate.ended_why = now, by, why[:160]
    mandate.save(update_fields=["ended_at", "ended_by", "ended_why"])
    record("mandate_ended", mandate, by=by, source=mandate.source, organisation=mandate.organisation_id)


def last_day(source: str, on: dt.date) -> dt.date:
    """Return the last day a mandate of this kind may hold that is given on this day."""
    return on + dt.timedelta(days=DAYS[Source(source)])


# ---- Ansattporten ----


@transaction.atomic
def from_ansattporten(
    user: User, identity: Identity, provider: IdentityProvider, parties: Iterable[Any], *, now: dt.datetime
) -> list[Mandate]:
    """Make or renew a mandate for each organisation she chose at Ansattporten, in the provider's own authority.

    One who chose herself, a party without a valid number, and a resource that is not the provider's give nothing.
    """
    permissions.require(provider.way == Way.ANSATTPORTEN and identity.user_id == user.pk)
    wanted = provider.resource.removeprefix(URN)
    chosen = {party.number: party for party in parties if party.resource.removeprefix(URN) == wanted}
    return [
        renewed(user, identity, provider, chosen[number], now=now) for number in sorted(chosen) if is_number(number)
    ]


def is_number(text: str) -> bool:
    """Say whether this is an organisation number by its check digit."""
    try:
        valid_organisation_number(text)
    except ValidationError:
        return False
    return True


def renewed(user: User, identity: Identity, provider: IdentityProvider, party: Any, *, now: dt.datetime) -> Mandate:
    """Return her mandate from Ansattporten for one organisation, holding 30 days from now."""
    name = party.name or name_in_register(party.number) or party.number
    organisation = organisation_of(provider.authority, party.number, name=name, unit=None, now=now)
    until, today = last_day(Source.ANSATTPORTEN, oslo_today(now)), oslo_today(now)
    evidence = {"resource": party.resource, "unit_type": party.unit_type}
    for live in live_of(organisation, user, Source.ANSATTPORTEN):
        if live.valid_to < today:
            continue
        if (live.valid_to, live.identity_id, live.evidence) != (until, identity.pk, evidence):
            live.valid_to, live.identity, live.evidence = until, identity, evidence
            live.save(update_fields=["valid_to", "identity", "evidence"])
            record("mandate_renewed", live, by=user, source=live.source, organisation=organisation.pk)
        return live
    return give(
        organisation, user, source=Source.ANSATTPORTEN, by=user, now=now, reach=Reach.ACTS, valid_to=until,
        identity=identity, evidence=evidence,
    )  # fmt: skip


def name_in_register(number: str) -> str:
    """Return what the register calls an organisation; nothing when it does not know, or does not answer."""
    try:
        unit = register.unit(number)
    except register.RegisterError:
        return ""
    return unit.name if unit else ""


# ---- ending ----


def may_end(user: Any, mandate: Mandate, on: dt.date) -> bool:
    """Say whether this person may end the mandate: her own, one in an organisation she acts for, or as an officer."""
    if mandate.user_id == user.pk or may_decide(user, mandate.authority_id):
        return True
    return acts_for(user, mandate.organisation_id, on)


def is_last_who_acts(mandate: Mandate, on: dt.date) -> bool:
    """Say whether nobody could act for the organisation on this day without this mandate."""
    return mandate.acts and not acting_in(mandate.organisation_id, on).exclude(pk=mandate.pk).exists()


def invited_by_her(mandate: Mandate, on: dt.date) -> MandateQuerySet:
    """Return the mandates that hold because the holder of this one invited to them."""
    hers = Mandate.objects.holding(on).filter(organisation=mandate.organisation_id, invited_by__user=mandate.user_id)
    return hers.select_related("user").order_by("pk")


@transaction.atomic
def end(
    mandate_id: int, *, by: User, now: dt.datetime, why: str = "", with_invited: bool = False, knows: bool = False
) -> list[Mandate]:
    """End a mandate, with those its holder invited when asked for; return what ended: nothing when it had already.

    The one removed is told, and all who act for the organisation. Officers say why.

    Raises:
        PermissionDenied: not hers, and she neither acts for the organisation nor decides at the authority.
        LastWhoActs: she would leave nobody who acts, and does not know it.
    """
    organisation = locked(Mandate.objects.values_list("organisation_id", flat=True).get(pk=mandate_id))
    found = Mandate.objects.select_related("user").select_for_update(of=("self",)).get(pk=mandate_id)
    today = oslo_today(now)
    permissions.require(may_end(by, found, today))
    if found.ended_at is not None:
        return []
    if by.pk == found.user_id and not knows and is_last_who_acts(found, today):
        raise LastWhoActs
    followers = list(invited_by_her(found, today).select_for_update(of=("self",))) if with_invited else []
    own = LEFT if by.pk == found.user_id else REMOVED
    close(found, by=by, now=now, why=why or own)
    for each in followers:
        close(each, by=by, now=now, why=WITH_INVITER)
    take_back_invitations(found, now=now)
    mandate_notices.ended(
        organisation, [found, *followers], by=by, today=today, who_act=acting_in(organisation.pk, today)
    )
    return [found, *followers]


def take_back_invitations(mandate: Mandate, *, now: dt.datetime) -> None:
    """Withdraw what waits of her invitations when she no longer acts for the organisation."""
    if acting_in(mandate.organisation_id, oslo_today(now)).filter(user=mandate.user_id).exists():
        return
    waiting = MandateInvitation.objects.select_for_update().filter(
        organisation=mandate.organisation_id, invited_by__user=mandate.user_id, accepted_at=None, withdrawn_at=None
    )
    for invitation in waiting.order_by("pk"):
        invitation.withdrawn_at = now
        invitation.save(update_fields=["withdrawn_at"])
        keys.revoke(LinkKey.Purpose.MANDATE, now=now, subject_id=invitation.pk)
