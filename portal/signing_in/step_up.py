"""Asking for more before a deed: a stronger sign-in where it binds, a fresh confirmation where it could let someone in.

What was typed is kept for its person (`portal.typed`), so that nothing is lost on the way.
"""

from __future__ import annotations

import datetime as dt
import functools
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from portal import permissions, typed
from portal.integrations import openid
from portal.models import IdentityProvider, Way
from portal.signing_in import arrivals
from portal.strength import Deed, Mark, Strength, needed, strength_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.http import HttpRequest, HttpResponse

    from portal.models import Authority

CONFIRMED = "confirmed"
"""Where the session keeps when its person last showed that it is she."""
CONFIRMED_LASTS = dt.timedelta(minutes=10)
SKEW = 60
"""Seconds by which the clocks of our own machines may differ."""
BY_HERSELF = frozenset({"password", "mfa", "passkey", "code", "demo"})
"""Ways where signing in is itself a confirmation; an outside service may have let her through without asking."""
STRONG_WAYS = (Way.IDPORTEN, Way.ANSATTPORTEN)


# ---- how strong ----


def strong_providers(authority: Authority) -> list[IdentityProvider]:
    """Return the authority's offered services that give a strong sign-in; asked once for each fetched authority."""
    found: list[IdentityProvider] | None = getattr(authority, "_strong_providers", None)
    if found is None:
        found = [row for row in openid.offered(authority) if row.way in STRONG_WAYS]
        authority._strong_providers = found  # type: ignore[attr-defined]
    return found


def look_up_ways(authorities: Iterable[Authority]) -> None:
    """Let several authorities know their strong services by one query, for a list with a row for each."""
    asked = list(authorities)
    rows = IdentityProvider.objects.offered().filter(authority__in=asked, way__in=STRONG_WAYS).order_by("pk")
    known = [row for row in rows if openid.is_offered(row)]
    for authority in asked:
        own = [row for row in known if row.authority_id == authority.pk]
        authority._strong_providers = sorted(own, key=lambda row: openid.ORDER.index(Way(row.way)))  # type: ignore[attr-defined]


def in_trial(authority: Authority) -> bool:
    """Say whether an authority runs in trial mode: it offers neither ID-porten nor Ansattporten."""
    return not strong_providers(authority)


def strength_now(request: HttpRequest, now: dt.datetime) -> Strength:
    """Return how sure we are of who sends this; a session from before marks were made was signed in by staff."""
    if not request.user.is_authenticated:
        return Strength.NOBODY
    mark: Mark | None = getattr(request.user, "mark", None)
    return strength_of(mark, now) if mark else Strength.STAFF


def is_enough(request: HttpRequest, deed: Deed, authority: Authority) -> bool:
    """Say whether the session is sure enough for the deed now, or must show more first."""
    return strength_now(request, timezone.now()) >= needed(deed, trial=in_trial(authority))


def ask(request: HttpRequest, deed: Deed, authority: Authority) -> HttpResponse | None:
    """Return nothing when the session is sure enough for the deed; else where to show more. What was typed is kept."""
    if is_enough(request, deed, authority):
        return None
    if not request.user.is_authenticated:
        typed.keep(request, why="signed_out")
        next_page = urlencode({"next": page_of(request)})
        return redirect(f"{reverse('signin_ways', args=[authority.slug])}?{next_page}")
    is_kept = typed.keep(request, why="strength")
    return redirect(address(page_of(request), is_kept=is_kept, deed=deed, authority=authority))


# ---- how lately ----


def confirm(request: HttpRequest, at: dt.datetime) -> None:
    """Note that the session's person has just shown that it is she."""
    request.session[CONFIRMED] = {"person": request.user.pk, "at": at.timestamp()}


def confirmed_at(request: HttpRequest) -> float:
    """Return when she last showed that it is she, in seconds since 1970, or 0."""
    from allauth.account.authentication import get_authentication_records

    noted = request.session.get(CONFIRMED) or {}
    times = [noted["at"]] if noted.get("person") == request.user.pk else []
    times += [record["at"] for record in get_authentication_records(request, request.user) if "at" in record]
    mark: Mark | None = getattr(request.user, "mark", None)
    if mark is not None and mark.method in BY_HERSELF and not (mark.method == "code" and has_more(request.user)):
        times.append(mark.at)
    return float(max(times, default=0))


def has_own_steps(user: Any) -> bool:
    """Say whether allauth can ask the person again, for her password or her second step."""
    from allauth.account.internal.flows.reauthentication import get_reauthentication_flows

    return bool(get_reauthentication_flows(user))


def has_more(user: Any) -> bool:
    """Say whether a person has more to confirm with than a code to her address: then the code alone does not do."""
    return has_own_steps(user) or user.identities.exists()


def is_confirmed(request: HttpRequest, now: dt.datetime) -> bool:
    """Say whether she has shown within ten minutes that it is she."""
    return -SKEW <= now.timestamp() - confirmed_at(request) <= CONFIRMED_LASTS.total_seconds()


def ask_again(request: HttpRequest) -> HttpResponse | None:
    """Return nothing when she has confirmed lately; else where to do it, with what was typed kept."""
    if not request.user.is_authenticated or is_confirmed(request, timezone.now()):
        return None
    is_kept = typed.keep(request, why="recently")
    return redirect(address(page_of(request), is_kept=is_kept))


def recently(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a view's POSTs through only when their person has confirmed within ten minutes that it is she."""

    @functools.wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = ask_again(request) if request.method == "POST" else None
        return view(request, *args, **kwargs) if answer is None else answer

    return asked


def opens_account(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a page of allauth's that changes what opens an account through only when its person has shown enough.

    allauth asks again where it knows how: by password or a second step. Who has neither is asked by us, and who came in
    by a code gives no account that is guarded by more a new way in.
    """

    @functools.wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        from portal.signing_in import identities

        user: Any = request.user
        if user.is_authenticated:
            permissions.require(identities.may_connect(user, getattr(user, "mark", None)))
            if not has_own_steps(user) and (answer := ask_again(request)) is not None:
                return answer
        return view(request, *args, **kwargs)

    return asked


# ---- where to ----


def page_of(request: HttpRequest) -> str:
    """Return the page to come back to, as an address within the portal."""
    return request.get_full_path()


def address(page: str, *, is_kept: bool, deed: Deed | None = None, authority: Authority | None = None) -> str:
    """Return the address of the page that asks for more before `page`."""
    facts = {"til": page, **({} if is_kept else {"tapt": "1"})}
    if deed is not None and authority is not None:
        facts |= {"for": deed.value, "hos": authority.slug}
    return f"{reverse('step_up')}?{urlencode(facts)}"


def safe_page(request: HttpRequest, asked: str) -> str:
    """Return the asked page if it lies within the portal, else the front page."""
    return arrivals.safe_page(request, asked) or reverse("front_page")
