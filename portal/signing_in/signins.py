"""Signing in and out: every way ends here, so that each session has its mark and each sign-in its row.

The mark lies in the session and is read without a query; the row is what the person's own list shows and what ends it.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal import permissions, sealed, typed
from portal.models import Method, SignIn
from portal.ratelimit import network_of
from portal.signing_in.user_agents import device_of
from portal.strength import OF_METHOD, Mark, Strength

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portal.models import Identity, IdentityProvider, User

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
MARK = "mark"
"""Where the session keeps its mark."""
ENDED = "ended"
"""Where a session that is nobody's keeps how the one before it ended, for the sign-in page."""
STALE = "stale"
"""Where a session notes that its groups could not be confirmed for too long: its roles give nothing."""
GONE = "gone"
"""How a session ended that was ended from elsewhere: the browser knows no more."""
SECONDS_BETWEEN_SEEN = 60
CHECKED_WAYS = frozenset({Method.ENTRA})
"""Ways whose groups are asked for again while the session lives."""


def mark_of(request: HttpRequest) -> Mark | None:
    """Return what the session knows of its own sign-in; nothing for one who is not signed in."""
    kept = request.session.get(MARK)
    return Mark(**kept) if kept else None


# ---- in ----


def sign_in(request: HttpRequest, user: User, *, method: str, **facts: Any) -> SignIn:
    """Sign a person in; the session gets a new key, and one that was another's is emptied."""
    before = mark_of(request) if request.user.is_authenticated else None
    key = request.session.session_key
    with typed.carried_over(request):
        login(request, user, backend=BACKEND)
        if key is not None and request.session.session_key == key:  # Django keeps the key of one who signs in again
            request.session.cycle_key()
    for left in (ENDED, STALE):
        request.session.pop(left, None)
    return record(request, user, method=method, replaces=before, **facts)


@transaction.atomic
def record(
    request: HttpRequest, user: User, *, method: str, replaces: Mark | None = None,
    provider: IdentityProvider | None = None, identity: Identity | None = None, acr: str = "",
    provider_session: str = "", id_token: str = "", refresh_token: str = "",
) -> SignIn:  # fmt: skip
    """Write down a sign-in that has just happened and mark its session; the one it replaces is ended."""
    now = timezone.now()
    if request.session.session_key is None:
        request.session.save()
    if replaces is not None:
        close(SignIn.objects.filter(pk=replaces.sign_in), SignIn.Ended.REPLACED, now=now)
    row = SignIn.objects.create(
        user=user, method=method, at=now, seen_at=now, session_key=request.session.session_key, provider=provider,
        identity=identity, acr=acr, provider_session=provider_session, id_token=sealed.seal("token", id_token),
        refresh_token=sealed.seal("token", refresh_token), checked_at=now if method in CHECKED_WAYS else None,
        device=device_of(request.headers.get("User-Agent", "")), network=network_of(request),
    )  # fmt: skip
    strong = OF_METHOD[method] is Strength.STRONG
    mark = Mark(
        sign_in=row.pk, method=method, at=now.timestamp(), seen=now.timestamp(),
        strong_at=now.timestamp() if strong else None, provider=provider.pk if provider else None,
        authority=provider.authority_id if provider else None,
    )  # fmt: skip
    put_mark(request, user, mark)
    return row


def put_mark(request: HttpRequest, user: Any, mark: Mark) -> None:
    """Keep the mark in the session, and let the rest of this request know it."""
    request.session[MARK] = dataclasses.asdict(mark)
    user.mark = mark
    user.__dict__.pop("_roles_held", None)


# ---- while it lasts ----


def watch(request: HttpRequest) -> None:
    """Let the request know its session's mark, and end a session that is past its limits.

    Costs no statement beyond Django's own two, except once a minute, when the use of the session is noted.
    """
    mark = mark_of(request)
    if mark is None or not request.user.is_authenticated:
        note_lost(request)
        return
    now = timezone.now()
    if how := limit_passed(mark, now):
        put_out(request, mark, how, now=now)
        return
    request.user.mark = mark
    if not 0 <= now.timestamp() - mark.seen < SECONDS_BETWEEN_SEEN:
        note_seen(request, mark, now)
    if request.session.get(STALE):
        permissions.set_aside(request.user)


def limit_passed(mark: Mark, now: dt.datetime) -> str:
    """Return which limit a session is past, or nothing."""
    if now.timestamp() - mark.at >= longest().total_seconds():
        return SignIn.Ended.OLD
    if now.timestamp() - mark.seen >= idle().total_seconds():
        return SignIn.Ended.IDLE
    return ""


def idle() -> dt.timedelta:
    return dt.timedelta(minutes=settings.SESSION_IDLE_MINUTES)


def longest() -> dt.timedelta:
    return dt.timedelta(hours=settings.SESSION_LONGEST_HOURS)


def note_seen(request: HttpRequest, mark: Mark, now: dt.datetime) -> None:
    """Note that the session is in use; one whose row has ended is over, also where its data lived on."""
    row = SignIn.objects.live().filter(pk=mark.sign_in)
    if not row.update(seen_at=now, session_key=request.session.session_key):
        put_out(request, mark, GONE, now=now)
        return
    if mark.method in CHECKED_WAYS:
        from portal.signing_in import groups

        request.session[STALE] = groups.is_stale(row.values_list("checked_at", flat=True).first(), now)
    put_mark(request, request.user, dataclasses.replace(mark, seen=now.timestamp()))


def follow_key(request: HttpRequest, before: str | None) -> None:
    """Let the row follow when its session got a new key, as it does when the password is changed."""
    key = request.session.session_key
    if before and key and key != before and (mark := mark_of(request)) is not None:
        SignIn.objects.live().filter(pk=mark.sign_in).exclude(session_key=key).update(session_key=key)


def note_lost(request: HttpRequest) -> None:
    """Remember for the sign-in page that the session of someone who was signed in here is gone."""
    is_lost = bool(request.COOKIES.get(settings.SESSION_COOKIE_NAME)) and request.session.is_empty()
    if is_lost and typed.last_person(request) is not None:
        request.session[ENDED] = GONE


def words_of_end(request: HttpRequest) -> str:
    """Return why someone who was signed in here is not any longer; nothing where that is not so."""
    return {
        SignIn.Ended.IDLE: _("You had not used the portal for a while, so we signed you out. Sign in again to go on."),
        SignIn.Ended.OLD: _("It is many hours since you signed in, so we signed you out. Sign in again to go on."),
        GONE: _("You are no longer signed in here. Sign in again to go on."),
    }.get(request.session.get(ENDED, ""), "")


# ---- out ----


def leave(request: HttpRequest) -> SignIn | None:
    """Sign out; return the sign-in as it stood, with the service and its tokens, so that the service can be told."""
    mark = mark_of(request)
    row = SignIn.objects.live().select_related("provider__authority").filter(pk=mark.sign_in).first() if mark else None
    if row is not None:
        close(SignIn.objects.filter(pk=row.pk), SignIn.Ended.LEFT, now=timezone.now())
    with typed.carried_over(request, leaves=True):
        logout(request)
    return row


def put_out(request: HttpRequest, mark: Mark, how: str, *, now: dt.datetime) -> None:
    """End this request's own session; it goes on as nobody's, and the sign-in page says why."""
    if how != GONE:
        close(SignIn.objects.filter(pk=mark.sign_in), how, now=now)
    with typed.carried_over(request):
        logout(request)
    request.session[ENDED] = str(how)


def end_others(user: User, request: HttpRequest | None, how: str, *, now: dt.datetime) -> int:
    """End all of a person's sessions but the one that asks; return how many."""
    mark = mark_of(request) if request is not None and request.user == user else None
    others = SignIn.objects.filter(user=user)
    return end(others.exclude(pk=mark.sign_in) if mark else others, how, now=now)


def close(sign_ins: Any, how: str, *, now: dt.datetime) -> int:
    """Note that sessions have ended and forget their tokens; return how many."""
    return sign_ins.filter(ended_at=None, succeeded=True).update(
        ended_at=now, ended_how=how, session_key="", id_token="", refresh_token="", checked_at=None
    )


@transaction.atomic
def end(sign_ins: Any, how: str, *, now: dt.datetime) -> int:
    """End sessions from outside: the browser that holds one is nobody at its next request; return how many."""
    rows = list(sign_ins.live().select_for_update(of=("self",)).order_by("pk"))
    Session.objects.filter(session_key__in=[row.session_key for row in rows]).delete()
    return close(SignIn.objects.filter(pk__in=[row.pk for row in rows]), how, now=now)
