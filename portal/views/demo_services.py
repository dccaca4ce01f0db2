"""Only in the demo: stand-ins for the sign-in services and the business register, and the page that steers them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from portal.demo.signin_facts import GROUPS, PEOPLE
from portal.integrations import aid_register_standin, register_standin
from portal.integrations import openid_standin as standin
from portal.integrations import openid_standin_keys as keys
from portal.integrations import openid_standin_tokens as tokens
from portal.integrations.openid_standin import Refused, Service
from portal.models import Way
from portal.views.demo import only_in_demo
from portal.views.methods import read_or_act

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portal.demo.signin_facts import PersonFact
    from portal.integrations.openid_standin import Asked

FRAME_SECONDS = 1
"""How long the page with the frames stands before it leads back."""


# ---- the protocol ----


@csrf_exempt  # the protocol's own POSTs come from the portal's server, or from a page of the portal's
@never_cache
def provider(request: HttpRequest, service: str, rest: str) -> HttpResponse:
    """Answer as a sign-in service would at one of its addresses."""
    only_in_demo()
    found = standin.service_of(service, rest)
    if found is None or found[1] not in PAGES:
        raise Http404
    stand_in, page = found
    if standin.is_down(stand_in.way):
        return down(request, stand_in, page)
    answer: HttpResponse = PAGES[page](request, stand_in)
    return answer


def down(request: HttpRequest, service: Service, page: str) -> HttpResponse:
    """Answer as a service that does not work: machines get 503, a person is led back with the protocol's own word."""
    if page == "authorize" and request.method == "GET":
        try:
            return redirect(standin.asked(service, request.GET.dict()).answer(error="temporarily_unavailable"))
        except (Refused, standin.RefusedBack):
            pass
    return HttpResponse(status=503, headers={"Retry-After": "60"})


@require_http_methods(["GET", "HEAD"])
def discovery(_request: HttpRequest, service: Service) -> HttpResponse:
    return JsonResponse(standin.discovery(service))


@require_http_methods(["GET", "HEAD"])
def jwks(_request: HttpRequest, _service: Service) -> HttpResponse:
    return JsonResponse(keys.published_keys())


@require_http_methods(["GET", "HEAD"])
def authorize(request: HttpRequest, service: Service) -> HttpResponse:
    """Let the visitor choose who she is, and at Ansattporten for whom she acts; lead back with a code."""
    query = request.GET.dict()
    key, party = query.pop("person", ""), query.pop("party", "")
    try:
        asked = standin.asked(service, query)
    except Refused as refused:
        return page_of(request, service, "refused", {"refused": refused}, status=400)
    except standin.RefusedBack as back:
        return redirect(back.address)
    person = service.person(key)
    if person is None or standin.is_closed(person):
        return page_of(request, service, "people", choices(asked, query, key))
    if service.way == Way.ANSATTPORTEN and asked.resource and party not in allowed_parties(asked, person):
        return page_of(request, service, "parties", parties(asked, query, person))
    chosen = party if party in person.acts_for and asked.resource else ""
    return redirect(asked.answer(code=standin.give_code(asked, person, chosen, now=timezone.now())))


def choices(asked: Asked, query: dict[str, str], closed: str) -> dict[str, Any]:
    """Return those one can be, each with the address that chooses her."""
    people = [
        {"person": fact, "closed": standin.is_closed(fact), "url": f"?{urlencode({**query, 'person': fact.key})}"}
        for fact in asked.service.people
    ]
    return {"people": people, "closed": closed, "cancel": asked.answer(error="access_denied")}


def allowed_parties(asked: Asked, person: PersonFact) -> set[str]:
    return {*person.acts_for} if asked.must_represent else {*person.acts_for, standin.MYSELF}


def parties(asked: Asked, query: dict[str, str], person: PersonFact) -> dict[str, Any]:
    """Return the organisations one can act for, each with its address, and oneself where that is let."""
    chosen = {**query, "person": person.key}
    rows = [
        {"company": each, "url": f"?{urlencode({**chosen, 'party': each.number})}"}
        for each in standin.parties_of(person)
    ]
    alone = "" if asked.must_represent else f"?{urlencode({**chosen, 'party': standin.MYSELF})}"
    return {
        "person": person, "parties": rows, "alone": alone, "again": f"?{urlencode(query)}",
        "cancel": asked.answer(error="access_denied"),
    }  # fmt: skip


@require_http_methods(["POST"])
def token(request: HttpRequest, service: Service) -> HttpResponse:
    """Give tokens for a code or a refresh token."""
    authorization = request.headers.get("Authorization", "")
    try:
        answer = tokens.token(service, request.POST.dict(), authorization, now=timezone.now())
    except Refused as refused:
        said = JsonResponse(refused.said, status=refused.status)
        if refused.status == 401:
            said["WWW-Authenticate"] = 'Basic realm="standin"'
        return said
    return JsonResponse(answer, headers={"Pragma": "no-cache"})


@require_http_methods(["GET", "POST"])
def logout(request: HttpRequest, service: Service) -> HttpResponse:
    """End the session at the service: tell its client in a frame, and lead back."""
    form = (request.POST if request.method == "POST" else request.GET).dict()
    try:
        ended = standin.session_ended(service, form)
    except Refused as refused:
        return page_of(request, service, "refused", {"refused": refused}, status=400)
    return frames(request, service, standin.told_at(service, ended.client_id, ended.sid), ended.back)


def frames(request: HttpRequest, service: Service, told: list[str], back: str) -> HttpResponse:
    """Show the clients' own addresses for sign-out in frames, as the real services do, then lead on."""
    answer = page_of(request, service, "signed_out", {"frames": told, "back": back})
    if back:
        answer["Refresh"] = f"{FRAME_SECONDS}; url={back}"
    return answer


def page_of(
    request: HttpRequest, service: Service, page: str, facts: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Return a page of a stand-in: all of them say what they are."""
    context = {"service": service, "way": Way(service.way).label, **facts}
    return render(request, f"portal/demo_service_{page}.html", context, status=status)


PAGES = {
    ".well-known/openid-configuration": discovery, "authorize": authorize, "token": token, "jwks": jwks,
    "logout": logout,
}  # fmt: skip


@require_http_methods(["GET", "HEAD"])
def register(request: HttpRequest, rest: str) -> HttpResponse:
    """Answer as the business register would, of the invented companies."""
    only_in_demo()
    status, body = register_standin.answer(f"/{rest}", request.META.get("QUERY_STRING", ""))
    return HttpResponse(body, status=status, content_type=register_standin.CONTENT_TYPE)


@csrf_exempt  # asked by the portal's server
@require_http_methods(["POST"])
def aid_register(request: HttpRequest, rest: str) -> HttpResponse:
    """Answer as the national aid register would, of the invented companies."""
    only_in_demo()
    status, body = aid_register_standin.answer(f"/{rest}", request.body)
    return HttpResponse(body, status=status, content_type=aid_register_standin.CONTENT_TYPE)


# ---- the page that steers them ----


@never_cache
@read_or_act
def control(request: HttpRequest) -> HttpResponse:
    """Let the visitor take someone out of her group, stop a service, change the keys, or sign someone out elsewhere."""
    only_in_demo()
    if request.method == "POST":
        return press(request, request.POST.get("do", ""))
    ways = [{"way": way, "label": Way(way).label, "down": standin.is_down(way)} for way in WAYS]
    staff = [
        {"person": fact, "state": standin.state_of(fact), "groups": [g.name for g in GROUPS if g.id in fact.groups]}
        for fact in PEOPLE
        if fact.oid
    ]
    signed_in = [fact for fact in PEOPLE if fact.number and standin.signed_in_at(fact)]
    return render(request, "portal/demo_services.html", {"ways": ways, "staff": staff, "signed_in": signed_in})


WAYS = (Way.ENTRA.value, Way.IDPORTEN.value, Way.ANSATTPORTEN.value)
STATES = {"out": standin.OUT_OF_GROUPS, "close": standin.CLOSED, "back": ""}


def press(request: HttpRequest, deed: str) -> HttpResponse:
    """Do what a button of the page says, and say what follows."""
    person = next((fact for fact in PEOPLE if fact.key == request.POST.get("person")), None)
    way = request.POST.get("way", "")
    if deed == "rotate":
        keys.rotate()
        messages.success(request, _("The services sign with a new key. The one before it still stands published."))
    elif deed in STATES and person and person.oid:
        standin.set_state(person, STATES[deed])
        messages.success(request, said_of(deed, person))
    elif deed in ("down", "up") and way in WAYS:
        standin.set_down(way, deed == "down")
        label = {"service": Way(way).label}
        said = _("%(service)s is down.") if deed == "down" else _("%(service)s works again.")
        messages.success(request, said % label)
    elif deed == "sign_out" and person and (found := standin.signed_in_at(person)):
        service = Service(Way.IDPORTEN)
        standin.forget_signed_in(person)
        return frames(request, service, standin.told_at(service, found[1], found[0]), "")
    return redirect("demo_services")


def said_of(deed: str, person: PersonFact) -> str:
    said = {
        "out": _("%(name)s is taken out of the groups. The portal sees it within a few minutes."),
        "close": _("The account of %(name)s is closed. The portal sees it within a few minutes."),
        "back": _("%(name)s is back."),
    }[deed]
    return said % {"name": person.name}
