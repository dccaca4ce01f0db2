"""What a person typed into a form whose session had ended, kept across signing in again.

The fields lie in the anonymous session, which Django carries over at sign-in. They are given back only to the person
who was signed in before on this browser: a signed cookie says who that was, and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core import signing

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

SESSION_KEY = "typed"
COOKIE = "sist"
COOKIE_AGE = 30 * 24 * 3600
LARGEST = 200_000
SECRET_FIELDS = ("password", "csrfmiddlewaretoken", "code", "credential")


def fields_of(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the typed fields in order, without secrets; empty when they are larger than 200 kB."""
    pairs = [
        (name, value)
        for name, values in request.POST.lists()
        if not any(secret in name.lower() for secret in SECRET_FIELDS)
        for value in values
    ]
    return pairs if sum(len(name) + len(value) for name, value in pairs) <= LARGEST else []


def keep(request: HttpRequest) -> None:
    """Keep this request's form in the session until its person has signed in again."""
    person = last_person(request)
    if person is not None and (pairs := fields_of(request)):
        request.session[SESSION_KEY] = {
            "path": request.get_full_path(),
            "fields": pairs,
            "files": sorted(request.FILES),
            "person": person,
        }


def kept_for(request: HttpRequest) -> dict[str, Any] | None:
    """Return the kept form if it belongs to the person who is signed in now."""
    form = request.session.get(SESSION_KEY)
    if form and request.user.is_authenticated and form["person"] == request.user.pk:
        return dict(form)
    return None


def forget(request: HttpRequest) -> None:
    request.session.pop(SESSION_KEY, None)


def last_person(request: HttpRequest) -> int | None:
    """Return the id of who was last signed in on this browser, if the signed cookie says so."""
    try:
        return int(signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=COOKIE_AGE))
    except (signing.BadSignature, ValueError):
        return None


def remember_person(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Note in a signed cookie who is signed in, once per person and browser."""
    user = getattr(request, "user", None)
    # Asking the lazy user would cost a query: only a request that already knows its user goes on.
    if (
        user is not None
        and "_cached_user" in request.__dict__
        and user.is_authenticated
        and last_person(request) != user.pk
    ):
        response.set_cookie(
            COOKIE, signing.dumps(user.pk, salt=COOKIE), max_age=COOKIE_AGE, httponly=True, samesite="Lax",
            secure=request.is_secure(),
        )  # fmt: skip
    return response
