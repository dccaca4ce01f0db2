"""What a person typed into a form that could not be taken yet, kept until she has signed in again or shown more.

The fields lie in the session. They are given back only to the person who typed them: she who is signed in or, where the
session had ended, she who was signed in before on this browser; a signed cookie says who that was, and nothing else.
They outlive that another person signs in meanwhile, who does not see them.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.core import signing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest, HttpResponse

SESSION_KEY = "typed"
COOKIE = "sist"
COOKIE_AGE = 30 * 24 * 3600
LARGEST = 200_000
SECRET_FIELDS = ("password", "csrfmiddlewaretoken", "code", "credential", "secret")


def is_secret(name: str) -> bool:
    return any(secret in name.lower() for secret in SECRET_FIELDS)


def fields_of(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the typed fields in order, without secrets; empty when they are larger than 200 kB."""
    pairs = [(name, value) for name, values in request.POST.lists() if not is_secret(name) for value in values]
    return pairs if sum(len(name) + len(value) for name, value in pairs) <= LARGEST else []


def left_out(request: HttpRequest) -> bool:
    """Say whether a secret was typed, which is never kept."""
    own = {"csrfmiddlewaretoken"}
    return any(is_secret(name) and name not in own and any(values) for name, values in request.POST.lists())


def keep(request: HttpRequest, why: str = "signed_out") -> bool:
    """Keep this request's form in the session for its person; say whether nothing typed was lost.

    `why` says what stood in the way: "signed_out", "strength" or "recently".
    """
    if request.method != "POST":
        return True
    person = request.user.pk if request.user.is_authenticated else last_person(request)
    pairs = fields_of(request)
    if person is None or not pairs:
        return False
    request.session[SESSION_KEY] = {
        "path": request.get_full_path(),
        "fields": pairs,
        "files": sorted(file.name or "" for _name, files in request.FILES.lists() for file in files),
        "secrets": left_out(request),
        "person": person,
        "why": why,
    }
    return True


def kept_for(request: HttpRequest) -> dict[str, Any] | None:
    """Return the kept form if it belongs to the person who is signed in now."""
    form = request.session.get(SESSION_KEY)
    if form and request.user.is_authenticated and form["person"] == request.user.pk:
        return dict(form)
    return None


def forget(request: HttpRequest) -> None:
    request.session.pop(SESSION_KEY, None)


def forget_sent(request: HttpRequest) -> None:
    """Forget the kept form when its person sends a form to the same page: what she typed is in her hands again."""
    form = request.session.get(SESSION_KEY)
    if form and form["path"] == request.get_full_path() and str(form["person"]) == request.session.get("_auth_user_id"):
        forget(request)


@contextmanager
def carried_over(request: HttpRequest, *, leaves: bool = False) -> Iterator[None]:
    """Let a kept form outlive that the session is emptied; who leaves by herself takes her own with her."""
    form = request.session.get(SESSION_KEY)
    if form and leaves and request.user.is_authenticated and form["person"] == request.user.pk:
        form = None
    yield
    if form and SESSION_KEY not in request.session:
        request.session[SESSION_KEY] = form


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
