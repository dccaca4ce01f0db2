"""What happens around each request."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from portal import middleware
from tests.world import World

pytestmark = pytest.mark.django_db


def test_each_answer_carries_its_request_id(client: Client) -> None:
    first, second = (client.get("/robots.txt")["X-Request-ID"] for _ in range(2))
    assert first != second
    assert client.get("/robots.txt", headers={"X-Request-ID": "proxy-1234-abcd"})["X-Request-ID"] == "proxy-1234-abcd"


@pytest.mark.parametrize("bad", ["x", "a" * 65, "<script>alert</script>", "linje én", 'hermetegn"12345'])
def test_an_id_that_could_spoil_a_log_is_replaced(client: Client, bad: str) -> None:
    assert client.get("/robots.txt", headers={"X-Request-ID": bad})["X-Request-ID"] != bad


@pytest.mark.parametrize(
    ("proxies", "header", "seen"),
    [
        (0, "6.6.6.6", "10.0.0.1"),
        (1, "1.2.3.4", "1.2.3.4"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.9", "1.2.3.4"),
        (2, "1.2.3.4", "10.0.0.1"),
        (1, "", "10.0.0.1"),
    ],
)
def test_only_our_own_proxies_tell_the_visitors_address(settings: Any, proxies: int, header: str, seen: str) -> None:
    settings.PROXY_COUNT = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": header})
    middleware.proxy_count(lambda request: HttpResponse())(request)
    assert request.META["REMOTE_ADDR"] == seen


def test_the_visitors_language_form_holds_until_she_changes_it(client: Client) -> None:
    assert client.get("/robots.txt")["Content-Language"] == "nb"
    answer = client.post("/sprak/", {"language": "nn", "next": "/robots.txt"})
    assert (answer.status_code, answer["Location"]) == (302, "/robots.txt")
    assert client.get("/robots.txt")["Content-Language"] == "nn"
    assert client.get("/robots.txt", headers={"Accept-Language": "en"})["Content-Language"] == "nn"


@pytest.mark.parametrize("language", ["", "de", "../nb", "nb; Path=/"])
def test_an_unknown_language_is_not_kept(client: Client, language: str) -> None:
    answer = client.post("/sprak/", {"language": language})
    assert middleware.LANGUAGE_COOKIE not in answer.cookies


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_choosing_a_language_leads_nowhere_else(client: Client, target: str) -> None:
    assert client.post("/sprak/", {"language": "nb", "next": target})["Location"] == "/"


def test_staff_of_an_authority_that_requires_two_steps_set_them_up_first(world: World, as_role: Any) -> None:
    world.home.authority.mfa_required = True
    world.home.authority.save()
    answer = as_role("officer").get("/admin/")
    assert (answer.status_code, answer["Location"]) == (302, "/konto/2fa/")
    assert as_role("neighbour").get("/admin/").status_code == 200


@pytest.mark.parametrize("path", ["venter-pa-deg/", "varsler/", "hjemby/frister/", "hjemby/innspill/runde/svar/"])
def test_the_second_step_comes_before_the_pages_that_roles_open(world: World, as_role: Any, path: str) -> None:
    world.home.authority.mfa_required = True
    world.home.authority.save()
    assert as_role("officer").get(f"/{path}")["Location"] == "/konto/2fa/"
    assert as_role("officer").get("/hjemby/innspill/runde/").status_code == 200


def test_recovery_codes_alone_are_no_second_step(world: World, as_role: Any) -> None:
    from allauth.mfa.models import Authenticator

    world.home.authority.mfa_required = True
    world.home.authority.save()
    officer = world.user("officer")
    Authenticator.objects.create(user=officer, type="recovery_codes", data={})
    assert as_role("officer").get("/admin/").status_code == 302
    Authenticator.objects.create(user=officer, type="totp", data={})
    assert as_role("officer").get("/admin/").status_code == 200


def test_a_guest_of_an_authority_that_requires_two_steps_sets_them_up_too(world: World, as_role: Any) -> None:
    world.home.authority.mfa_required = True
    world.home.authority.save()
    assert as_role("guest_officer").get("/admin/")["Location"] == "/konto/2fa/"


@pytest.mark.parametrize("path", ["/", "/admin/", "/finnes-ikke/", "/konto/login/"])
def test_no_page_lets_foreign_or_inline_scripts_run(operator_client: Client, path: str) -> None:
    policy = operator_client.get(path)["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
