"""What happens around each request: its id, the visitor's address and language, its session, kept forms."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.http import HttpResponseBadRequest
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils import translation

from portal import permissions, typed, wiring
from portal.models import Method
from portal.signing_in import signins

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    GetResponse = Callable[[HttpRequest], HttpResponse]

LANGUAGE_COOKIE = "sprak"
GUARDED = frozenset(
    {
        "document", "waiting", "calendar_feeds", "inbox", "notice_choices", "operations", "authority_deadlines",
        "round_inputs", "register_input", "answer_input", "mandate_desk", "mandate_request", "register_mandate",
    }
)  # fmt: skip
"""Pages that make sense by role only, besides the case pages."""
NEEDS_NO_SECOND_STEP = frozenset({Method.ENTRA, Method.IDPORTEN, Method.ANSATTPORTEN, Method.CODE})
SAFE_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
log = structlog.get_logger("portal.request")


def request_id(get_response: GetResponse) -> GetResponse:
    """Give each request an id that stands in every log line and in the answer."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", "") or "\x00" in request.path:
            return HttpResponseBadRequest("bad request")  # PostgreSQL takes no NUL; nobody types one
        given = request.headers.get("X-Request-ID", "")
        identity = given if SAFE_ID.fullmatch(given) else uuid.uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=identity)
        response = get_response(request)
        response["X-Request-ID"] = identity
        if response.status_code >= 500:
            log.error("answered", method=request.method, path=request.path, status=response.status_code)
        return response

    return middleware


def proxy_count(get_response: GetResponse) -> GetResponse:
    """Set the visitor's address from X-Forwarded-For, counting only as many proxies as we run ourselves."""

    def middleware(request: HttpRequest) -> HttpResponse:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        if settings.PROXY_COUNT > 0 and len(hops) >= settings.PROXY_COUNT:
            request.META["REMOTE_ADDR"] = hops[-settings.PROXY_COUNT]
        return get_response(request)

    return middleware


def language(get_response: GetResponse) -> GetResponse:
    """Speak the language form the visitor chose here; bokmål until she chooses."""
    known = {code for code, _name in settings.LANGUAGES}

    def middleware(request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(LANGUAGE_COOKIE, "")
        code = chosen if chosen in known else settings.LANGUAGE_CODE
        translation.activate(code)
        request.LANGUAGE_CODE = code  # type: ignore[attr-defined]
        response = get_response(request)
        response.headers.setdefault("Content-Language", code)
        return response

    return middleware


def session_limits(get_response: GetResponse) -> GetResponse:
    """Let each request know how its person signed in, and end sessions that are past their limits."""

    def middleware(request: HttpRequest) -> HttpResponse:
        signins.watch(request)
        key = request.session.session_key
        response = get_response(request)
        signins.follow_key(request, key)
        return response

    return middleware


def require_mfa(get_response: GetResponse) -> GetResponse:
    """Give staff nothing by role until the second step that their authority requires is set up.

    The public pages stay open to them as to anyone; case pages and documents lead to where the step is set up. Whose
    session comes from a service that asks for the step itself, or gives no roles at all, is not asked.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        mark = getattr(request.user, "mark", None)
        if request.user.is_authenticated and (mark is None or mark.method not in NEEDS_NO_SECOND_STEP):
            from portal.signing_in.adapter import lacks_required_mfa

            if lacks_required_mfa(request.user):
                if is_guarded(request.path_info):
                    return redirect("mfa_index")
                permissions.set_aside(request.user)
        return get_response(request)

    return middleware


def is_guarded(path: str) -> bool:
    """Say whether a page gives nothing to one whose roles are set aside."""
    try:
        return path.startswith("/admin/") or resolve(path).url_name in GUARDED | wiring.GUARDED_PAGES
    except Resolver404:
        return False


def keep_typed(get_response: GetResponse) -> GetResponse:
    """Keep what was typed when a form meets a session that has ended (see `portal.typed`)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            typed.forget_sent(request)
        response = get_response(request)
        if request.method == "POST" and response.status_code == 302 and not request.user.is_authenticated:
            target = urlsplit(response["Location"]).path
            if target in (reverse("account_login"), reverse("admin:login")) and request.path != target:
                typed.keep(request)
        return typed.remember_person(request, response)

    return middleware
