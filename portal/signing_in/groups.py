"""Roles that follow from groups in an authority's directory: given at sign-in, asked for again while a session lives.

Who is taken out of the groups loses the session within minutes. A service that does not answer ends nobody's at once:
a session that could not be confirmed is kept for a while, and then ended. Roles given by hand are never touched here.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from typing import TYPE_CHECKING

import structlog
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portal import outbox, permissions, sealed
from portal.models import Event, GroupRole, Membership, Method, SignIn, User
from portal.permissions import GUEST, period_holds
from portal.signing_in import signins

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.integrations.openid import Claims
    from portal.models import IdentityProvider

CHECK_AFTER = dt.timedelta(minutes=3)
UNSURE_AFTER = dt.timedelta(minutes=20)
"""So long a session may go unconfirmed before its roles give nothing and it is ended."""
ABSENT_AFTER = dt.timedelta(days=90)
"""Who has not come by the service for so long has no roles from its groups; they come back with her."""
ROUND_SECONDS = 50.0
"""After this a round takes no more: beat starts the next one within a minute."""
FAULTS_IN_A_ROW = 3
"""So many sessions a service could not answer for, and it is left alone until the next round."""
LOCK = 7_310_122 << 32
"""The first half of the lock one worker takes on a session while it asks; the second is the sign-in's id."""
GONE = frozenset({"grant", "tid", "oid", "sub"})
"""Reasons for a refusal that say something of the person; the others speak of us, of the service, or of a clock."""
CONFIRMED, ENDED, UNSURE, TAKEN = "confirmed", "ended", "unsure", "taken"
log = structlog.get_logger("portal.signing_in.groups")


def is_stale(checked_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Say whether a session has gone unconfirmed for so long that its roles give nothing; one never checked has not."""
    return checked_at is not None and now - checked_at > UNSURE_AFTER


# ---- roles as the groups say ----


@transaction.atomic
def sync(user: User, provider: IdentityProvider, groups: frozenset[str], *, now: dt.datetime) -> list[str]:
    """Make the person's roles from this service exactly what her groups give; return them, sorted.

    Who loses the last role she holds there loses her sessions from the service too.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    wanted = roles_from(provider, groups)
    held = {row.role: row for row in Membership.objects.filter(user=user, provider=provider)}
    for role in sorted(wanted - held.keys()):
        give(user, provider, role, now)
    if lost := [held[role] for role in sorted(held.keys() - wanted)]:
        take_away(lost, now)
        if not has_role(user, provider.authority_id, now):
            end_sessions(user, provider, now)
    permissions.forget_roles(user)
    return sorted(wanted)


def roles_from(provider: IdentityProvider, groups: frozenset[str]) -> set[str]:
    """Return the roles that these groups give in the service's own authority."""
    if not provider.is_active:
        return set()
    told = {plain(group) for group in groups}
    rows = GroupRole.objects.filter(provider=provider, authority=provider.authority_id).exclude(role=GUEST)
    return {role for group, role in rows.values_list("group", "role") if plain(group) in told}


def plain(group: str) -> str:
    return group.strip().lower()


def give(user: User, provider: IdentityProvider, role: str, now: dt.datetime) -> None:
    """Give one role; its holder is told, unless she knows it: she has it by hand, or had it a short while ago."""
    is_known = knows(user, provider, role, now)
    row = Membership.objects.create(authority_id=provider.authority_id, user=user, role=role, provider=provider)
    note(row, "role.given_by_group", now)
    if is_known:
        return
    authority = provider.authority
    outbox.notify(
        user, kind="role_given", subject=row, authority=authority, template="role_given",
        title=lambda: _("You have a new role in %s") % authority.full_name,
        link=reverse("signin_ways", args=[authority.slug]), link_text=_("Sign in"), role=row.get_role_display,
        set_password=False, on_date=timezone.localdate(now),
    )  # fmt: skip


def knows(user: User, provider: IdentityProvider, role: str, now: dt.datetime) -> bool:
    """Say whether the person holds the role already, or lost it from the same groups a short while ago."""
    same = {"user": user, "authority": provider.authority_id, "role": role}
    if Membership.objects.filter(period_holds(timezone.localdate(now)), **same).exists():
        return True
    history = Membership.pgh_event_model.objects  # type: ignore[attr-defined]
    lost = history.filter(pgh_label="delete", provider=provider, **same)
    return bool(lost.filter(pgh_created_at__gte=now - ABSENT_AFTER).exists())


def take_away(rows: Iterable[Membership], now: dt.datetime) -> int:
    """Remove roles that no group gives any longer; the history keeps them."""
    gone = list(rows)
    for row in gone:
        note(row, "role.ended_by_group", now)
        row.delete()
    return len(gone)


def note(row: Membership, kind: str, now: dt.datetime) -> None:
    facts = {"role": row.role, "person": row.user_id, "provider": row.provider_id}
    Event.objects.create(
        authority_id=row.authority_id, kind=kind, subject_type=Membership._meta.label_lower, subject_id=row.pk,
        at=now, facts=facts,
    )  # fmt: skip


def has_role(user: User, authority_id: int, now: dt.datetime) -> bool:
    today = timezone.localdate(now)
    return Membership.objects.filter(period_holds(today), user=user, authority=authority_id).exists()


def end_sessions(user: User, provider: IdentityProvider, now: dt.datetime) -> int:
    return signins.end(SignIn.objects.filter(user=user, provider=provider), SignIn.Ended.GROUPS, now=now)


# ---- sessions, asked for again ----


def recheck(now: dt.datetime) -> dict[str, int]:
    """Ask the services again about each session that was last confirmed a while ago; return how it went.

    Safe to run twice and at once: a session that another worker asks about is left to it.
    """
    counts: Counter[str] = Counter()
    faults: Counter[int] = Counter()
    ends = time.monotonic() + ROUND_SECONDS
    counts[ENDED] += end_those_without_service(now)
    for pk, provider in due(now):
        if time.monotonic() >= ends:
            break
        if faults[provider] >= FAULTS_IN_A_ROW:
            continue
        outcome = check_one_safely(pk, now)
        counts[outcome] += outcome != TAKEN
        faults[provider] = faults[provider] + 1 if outcome == UNSURE else 0
    stale = SignIn.objects.filter(checked_at__lt=now - UNSURE_AFTER)
    counts[ENDED] += signins.end(stale, SignIn.Ended.UNSURE, now=now)
    return {name: counts[name] for name in (CONFIRMED, ENDED, UNSURE)}


def due(now: dt.datetime) -> list[tuple[int, int]]:
    """Return the sessions to ask about, each with its service, in no order: one that always fails holds up nobody."""
    rows = SignIn.objects.live().filter(checked_at__lt=now - CHECK_AFTER, provider__isnull=False)
    return list(rows.order_by("?").values_list("pk", "provider_id"))


def end_those_without_service(now: dt.datetime) -> int:
    """End sessions from a service that is removed or switched off since."""
    of_service = SignIn.objects.live().filter(checked_at__isnull=False)
    gone = of_service.filter(Q(provider=None) | Q(provider__is_active=False))
    return signins.end(gone, SignIn.Ended.PROVIDER, now=now) if gone.exists() else 0


def check_one_safely(pk: int, now: dt.datetime) -> str:
    """Ask about one session; what nobody thought of stops that one only, and leaves it unconfirmed."""
    try:
        return check_one(pk, now)
    except Exception as error:
        log.error("a session could not be checked", sign_in=pk, error=type(error).__name__)
        return UNSURE


@transaction.atomic
def check_one(pk: int, now: dt.datetime) -> str:
    """Ask the service about one session, and let its person's roles follow the answer.

    The row itself is not locked while the service thinks: its person is at work and notes her use of it.
    """
    if not alone_with(pk):
        return TAKEN
    waiting = SignIn.objects.live().filter(pk=pk, checked_at__lt=now - CHECK_AFTER)
    sign_in = waiting.select_related("user", "provider__authority", "identity").first()
    if sign_in is None:
        return TAKEN
    answer = ask(sign_in, now)
    if isinstance(answer, str):
        return answer
    follow(sign_in, answer, now)
    return CONFIRMED if SignIn.objects.live().filter(pk=pk).exists() else ENDED


def alone_with(pk: int) -> bool:
    """Take the lock of one session until the transaction ends; say no when another worker has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK + pk])
        return bool(cursor.fetchone()[0])


def ask(sign_in: SignIn, now: dt.datetime) -> Claims | str:
    """Return what the service says today, or how it went when it says nothing that confirms the session."""
    from portal.integrations import openid

    provider, identity = sign_in.provider, sign_in.identity
    assert provider is not None
    if identity is None:  # she has taken the connection away
        signins.end(SignIn.objects.filter(pk=sign_in.pk), SignIn.Ended.CHANGED, now=now)
        return ENDED
    try:
        claims = openid.refresh(provider, sealed.open_("token", sign_in.refresh_token), now=now)
    except (openid.ProviderDown, sealed.CannotOpen):
        return UNSURE
    except openid.SignInRefused as refused:
        log.info("the service does not answer for a session", sign_in=sign_in.pk, reason=refused.reason)
        if refused.reason not in GONE:
            return UNSURE
        lose_grant(sign_in, now)
        return ENDED
    keep_token(sign_in, claims.refresh_token)
    if (claims.issuer, claims.subject) != (identity.issuer, identity.subject):
        log.error("the service answered for somebody else", sign_in=sign_in.pk)
        lose_grant(sign_in, now)
        return ENDED
    if claims.groups is None and provider.group_roles.exists():
        return UNSURE
    return claims


def keep_token(sign_in: SignIn, token: str) -> None:
    """Keep the token that takes the place of the one that was used; a session that ended meanwhile keeps none."""
    if token:
        SignIn.objects.live().filter(pk=sign_in.pk).update(refresh_token=sealed.seal("token", token))


def follow(sign_in: SignIn, claims: Claims, now: dt.datetime) -> None:
    """Let roles follow what the service said, and note that the session is confirmed."""
    assert sign_in.user is not None and sign_in.provider is not None
    SignIn.objects.live().filter(pk=sign_in.pk).update(checked_at=now)
    sync(sign_in.user, sign_in.provider, claims.groups or frozenset(), now=now)


def lose_grant(sign_in: SignIn, now: dt.datetime) -> None:
    """End a session the service no longer stands behind; with her last one from it, her roles from groups end too."""
    signins.end(SignIn.objects.filter(pk=sign_in.pk), SignIn.Ended.GROUPS, now=now)
    same = {"user": sign_in.user_id, "provider": sign_in.provider_id}
    if not SignIn.objects.live().filter(**same).exists():
        take_away(Membership.objects.filter(**same), now)


# ---- when the rules change, and when nobody comes ----


@transaction.atomic
def drop_what_no_group_gives(provider: IdentityProvider, *, now: dt.datetime) -> int:
    """Remove at once the roles that none of the service's groups gives any longer; return how many."""
    backed = GroupRole.objects.filter(provider=provider) if provider.is_active else GroupRole.objects.none()
    rows = Membership.objects.filter(provider=provider).exclude(role__in=backed.values("role"))
    return take_away(rows.order_by("pk"), now)


@transaction.atomic
def start_over(provider: IdentityProvider, *, now: dt.datetime) -> int:
    """Forget all that came from a service that is switched off or stands for another directory: roles and sessions."""
    signins.end(SignIn.objects.filter(provider=provider), SignIn.Ended.PROVIDER, now=now)
    return take_away(Membership.objects.filter(provider=provider).order_by("pk"), now)


@transaction.atomic
def forget_absent(now: dt.datetime) -> int:
    """Remove group roles of people who have not come by the service for 90 days; return how many."""
    came = SignIn.objects.filter(
        user=OuterRef("user"), provider=OuterRef("provider"), method=Method.ENTRA, succeeded=True,
        seen_at__gte=now - ABSENT_AFTER,
    )  # fmt: skip
    absent = Membership.objects.filter(provider__isnull=False).exclude(Exists(came))
    return take_away(absent.order_by("pk").select_for_update(of=("self",), skip_locked=True), now)
