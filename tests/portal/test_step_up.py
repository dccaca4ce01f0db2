"""A binding deed asks for a strong sign-in, and nothing typed is lost on the way; whose it is stays hers."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.utils import timezone

from portal import typed
from portal.models import Authority, IdentityProvider
from portal.signing_in import signins, step_up
from portal.strength import STRONG_LASTS, Deed
from tests import factories as make
from tests.conftest import signed_in

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.models import User
    from tests.world import World

pytestmark = pytest.mark.django_db
FORM = "/hjemby/innspill/runde/"
TYPED = {"text": "Vi vil\nha mer lys.", "speaks_for": "Oppdiktet AS", "password": "hemmelig"}


def request_of(user: Any, method: str = "", *, data: Any = None, age: dt.timedelta = dt.timedelta()) -> Any:
    """Return a request from a session where this person signed in by `method` that long ago."""
    factory = RequestFactory()
    request: Any = factory.get(FORM) if data is None else factory.post(FORM, data)
    request.session, request.user = Client().session, user
    if method:
        signins.record(request, user, method=method)
        mark = user.mark
        at = (timezone.now() - age).timestamp()
        user.mark = type(mark)(**{**mark.__dict__, "at": at, "strong_at": at if mark.strong_at else None})
    return request


def asked(world: World, method: str, deed: Deed = Deed.SUBMIT, **facts: Any) -> HttpResponse | None:
    return step_up.ask(request_of(world.user("manager"), method, **facts), deed, world.home.authority)


# ---- who is asked ----


@pytest.mark.parametrize("method", ["idporten", "ansattporten"])
def test_a_strong_session_is_not_asked(world: World, method: str) -> None:
    assert asked(world, method) is None


@pytest.mark.parametrize("method", ["code", "password", "mfa", "passkey", "entra", "demo", ""])
def test_every_other_session_is_asked_before_it_binds(world: World, method: str) -> None:
    answer = asked(world, method)
    assert answer is not None
    assert answer["Location"].startswith("/konto/bekreft/?til=%2Fhjemby%2Finnspill%2Frunde%2F&")


def test_a_strong_sign_in_grows_old(world: World) -> None:
    assert asked(world, "idporten", age=STRONG_LASTS - dt.timedelta(minutes=1)) is None
    assert asked(world, "idporten", age=STRONG_LASTS + dt.timedelta(seconds=1)) is not None


@pytest.mark.parametrize("deed", [Deed.DRAFT, Deed.FOLLOW, Deed.INPUT, Deed.NOMINATE])
def test_a_code_is_enough_for_what_does_not_bind(world: World, deed: Deed) -> None:
    assert asked(world, "code", deed) is None


def test_who_is_not_signed_in_is_led_to_the_authoritys_ways(world: World) -> None:
    request = request_of(AnonymousUser())
    answer = step_up.ask(request, Deed.SUBMIT, world.home.authority)
    assert answer is not None
    assert answer["Location"] == "/hjemby/logg-inn/?next=%2Fhjemby%2Finnspill%2Frunde%2F"


# ---- trial mode ----


def test_an_authority_is_in_trial_mode_until_it_offers_a_strong_way(world: World) -> None:
    authority = world.home.authority
    assert not step_up.in_trial(authority)
    IdentityProvider.objects.filter(authority=authority, way="idporten").update(is_active=False)
    assert not step_up.in_trial(Authority.objects.get(pk=authority.pk))
    IdentityProvider.objects.filter(authority=authority, way="ansattporten").update(is_active=False)
    assert step_up.in_trial(Authority.objects.get(pk=authority.pk))


def test_a_stand_in_does_not_end_trial_mode_outside_the_demo(world: World, settings: Any) -> None:
    settings.DEMO = settings.TESTING = False
    assert step_up.in_trial(world.home.authority)


def test_it_is_asked_once_for_each_authority(world: World, django_assert_num_queries: Any) -> None:
    authority = world.home.authority
    with django_assert_num_queries(1):
        assert [step_up.in_trial(authority) for _ in range(3)] == [False] * 3


def test_in_trial_mode_a_code_is_enough_and_nobody_is_not(world: World) -> None:
    IdentityProvider.objects.filter(authority=world.home.authority).update(is_active=False)
    assert asked(world, "code") is None
    authority = Authority.objects.get(pk=world.home.authority.pk)
    assert step_up.ask(request_of(AnonymousUser()), Deed.SUBMIT, authority) is not None


# ---- what was typed ----


def test_what_was_typed_is_kept_with_the_names_of_files_and_without_secrets(world: World) -> None:
    file = SimpleUploadedFile("vedlegg.txt", b"Hei")
    request = request_of(world.user("manager"), "code", data={**TYPED, "file": file})
    step_up.ask(request, Deed.SUBMIT, world.home.authority)
    kept = typed.kept_for(request)
    assert kept is not None
    assert dict(kept["fields"]) == {"text": "Vi vil\nha mer lys.", "speaks_for": "Oppdiktet AS"}
    assert (kept["files"], kept["secrets"], kept["path"], kept["why"]) == (["vedlegg.txt"], True, FORM, "strength")


def test_a_page_that_was_only_read_keeps_its_address_and_no_form(world: World) -> None:
    request = request_of(world.user("manager"), "code")
    step_up.ask(request, Deed.SUBMIT, world.home.authority)
    assert typed.SESSION_KEY not in request.session


def test_who_typed_too_much_is_told_to_copy_it(world: World) -> None:
    request = request_of(world.user("manager"), "code", data={"text": "x" * (typed.LARGEST + 1)})
    answer = step_up.ask(request, Deed.SUBMIT, world.home.authority)
    assert answer is not None
    page = signed_in(world.user("manager"), "code").get(answer["Location"]).content.decode()
    assert "for langt" in page or "too long" in page


# ---- the page ----


def waiting(world: World, user: User, method: str = "code") -> tuple[Client, str]:
    """Return a browser that was asked for more with a form in its hands, and the address it was led to."""
    client = signed_in(user, method)
    session = client.session
    session[typed.SESSION_KEY] = {
        "path": FORM, "fields": [["text", "Mer lys"]], "files": [], "secrets": False, "person": user.pk,
        "why": "strength",
    }  # fmt: skip
    session.save()
    return client, step_up.address(FORM, is_kept=True, deed=Deed.SUBMIT, authority=world.home.authority)


def connected(world: World, user: User, way: str = "idporten") -> IdentityProvider:
    """Tie an account to the home authority's service, as signing in with it once does."""
    from portal.integrations import openid

    provider = world.home.rows(IdentityProvider).get(way=way)
    identity = make.an_identity(user, way, issuer=openid.issuer_of(provider), subject=f"{way}-{user.pk}")
    signed_in(user, way, provider=provider, identity=identity)
    return provider


def test_the_page_says_why_and_leads_to_the_services_of_the_account_and_back_to_the_form(world: World) -> None:
    user = world.user("manager")
    provider = connected(world, user)
    client, place = waiting(world, user)
    answer = client.get(place)
    assert answer.context["why"] == "Det du er i ferd med å sende, binder deg eller virksomheten du handler for."
    assert [way["address"] for way in answer.context["ways"]] == [
        f"/konto/inn/{provider.pk}/?next=%2Fkonto%2Ffortsett%2F"
    ]
    assert answer.context["back"] == FORM


def test_an_account_that_no_service_knows_is_shown_how_to_connect_and_comes_back(world: World) -> None:
    client, place = waiting(world, world.user("stranger"))
    answer = client.get(place)
    assert answer.context["ways"] == []
    assert answer.context["connect"].startswith("/konto/koblinger/?sted=hjemby&next=%2Fkonto%2Fbekreft%2F")


def test_who_has_shown_enough_is_led_on_to_what_she_wrote(world: World) -> None:
    user = world.user("manager")
    client, place = waiting(world, user, "ansattporten")
    assert client.get(place)["Location"] == "/konto/fortsett/"
    assert "Mer lys" in client.get("/konto/fortsett/").content.decode()


def test_each_binding_deed_has_its_own_words(world: World) -> None:
    client, words = signed_in(world.user("manager"), "code"), set()
    for deed in step_up_deeds():
        answer = client.get(step_up.address(FORM, is_kept=True, deed=deed, authority=world.home.authority))
        words.add(str(answer.context["why"]))
    assert len(words) == len(step_up_deeds())


def step_up_deeds() -> list[Deed]:
    from portal.strength import BINDING

    return sorted(BINDING, key=lambda deed: deed.value)


@pytest.mark.parametrize(
    "page",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "http:///evil.example",
     "\t//evil.example", "/%0d%0aSet-Cookie:x", "", "evil"],
)  # fmt: skip
def test_the_page_leads_nowhere_else(world: World, page: str) -> None:
    client = signed_in(world.user("manager"), "ansattporten")
    answer = client.get("/konto/bekreft/", {"til": page, "for": "submit", "hos": "hjemby"})
    assert answer.status_code == 302
    assert re.fullmatch(r"/(%0d%0aSet-Cookie:x|%250d%250aSet-Cookie:x)?", answer["Location"])


@pytest.mark.parametrize(
    "facts", [{"for": "draft"}, {"for": "x"}, {"for": "submit", "hos": "finnes-ikke"}, {"hos": "\x01"}]
)
def test_an_address_someone_made_up_asks_to_confirm_and_no_more(world: World, facts: dict[str, str]) -> None:
    client = signed_in(world.user("leader"))
    answer = client.get("/konto/bekreft/", {"til": "/admin/", **facts})
    assert answer.status_code == 200
    assert "why" not in answer.context


# ---- whose it is ----


def sign_in_again(client: Client, user: User, method: str = "idporten") -> None:
    """Sign in anew in the same browser, as the service's answer does."""
    request: Any = RequestFactory().get("/")
    request.session = client.session
    request.user = user_in(client)
    signins.sign_in(request, user, method=method)
    request.session.save()
    client.cookies["sid"] = request.session.session_key


def user_in(client: Client) -> Any:
    from django.contrib.auth import get_user

    request: Any = RequestFactory().get("/")
    request.session = client.session
    return get_user(request)


def test_after_signing_in_as_the_same_person_the_form_comes_back(world: World) -> None:
    user = world.user("manager")
    client, place = waiting(world, user)
    sign_in_again(client, user)
    assert client.get(place)["Location"] == "/konto/fortsett/"
    page = client.get("/konto/fortsett/").content.decode()
    assert "Mer lys" in page
    assert f'action="{FORM}"' in page


def test_another_person_does_not_see_the_form_and_it_is_not_lost_for_the_first(world: World) -> None:
    first, other = world.user("manager"), world.user("citizen")
    client, place = waiting(world, first)
    sign_in_again(client, other)
    assert client.get("/konto/fortsett/")["Location"] == "/"
    assert client.get(place)["Location"] == FORM
    assert "Mer lys" not in client.get(FORM).content.decode()
    sign_in_again(client, first)
    assert "Mer lys" in client.get("/konto/fortsett/").content.decode()


def test_another_person_cannot_throw_it_away(world: World) -> None:
    first = world.user("manager")
    client, _place = waiting(world, first)
    sign_in_again(client, world.user("citizen"))
    client.post("/konto/fortsett/")
    client.post(FORM, {"text": ""})
    sign_in_again(client, first)
    assert client.get("/konto/fortsett/").status_code == 200


def test_the_other_person_may_sign_out_and_leave_it_to_the_first(world: World) -> None:
    first = world.user("manager")
    client, _place = waiting(world, first)
    sign_in_again(client, world.user("citizen"))
    client.post("/konto/logout/")
    assert typed.SESSION_KEY in client.session
    sign_in_again(client, first)
    assert client.get("/konto/fortsett/").status_code == 200


def test_who_signs_out_takes_her_own_with_her(world: World) -> None:
    client, _place = waiting(world, world.user("manager"))
    client.post("/konto/logout/")
    assert typed.SESSION_KEY not in client.session
