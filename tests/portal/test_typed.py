"""What was typed survives an expired session, and comes back to its own person only."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from portal import typed
from tests.conftest import BACKEND
from tests.factories import PASSWORD
from tests.world import World

pytestmark = pytest.mark.django_db
FORM = "/admin/portal/unit/add/"
TYPED = {"name": "Havnekontoret", "leader": "", "password": "hemmelig", "csrfmiddlewaretoken": "x"}


@pytest.fixture
def expired(world: World) -> Client:
    """A browser where the leader was signed in, and whose session has ended."""
    client = Client()
    client.force_login(world.user("leader"), backend=BACKEND)
    assert client.get("/admin/").status_code == 200
    Session.objects.all().delete()
    client.cookies.pop("sid", None)
    return client


def sign_in(client: Client, email: str) -> Any:
    return client.post("/konto/login/", {"login": email, "password": PASSWORD})


def test_a_form_that_meets_an_ended_session_comes_back_after_sign_in(expired: Client) -> None:
    assert expired.post(FORM, TYPED).status_code == 302
    answer = sign_in(expired, "leader@test.example")
    assert (answer.status_code, answer["Location"]) == (302, "/konto/fortsett/")
    page = expired.get("/konto/fortsett/").content.decode()
    assert "Havnekontoret" in page
    assert FORM in page


def test_secrets_are_never_kept(expired: Client) -> None:
    expired.post(FORM, TYPED)
    kept = expired.session[typed.SESSION_KEY]
    assert dict(kept["fields"]) == {"name": "Havnekontoret", "leader": ""}


def test_the_form_is_given_back_until_it_is_sent(expired: Client) -> None:
    expired.post(FORM, TYPED)
    sign_in(expired, "leader@test.example")
    assert expired.get("/konto/fortsett/").status_code == 200
    assert expired.get("/konto/fortsett/").status_code == 200
    expired.post(FORM, TYPED)
    assert expired.get("/konto/fortsett/").status_code == 302


def test_the_form_can_be_thrown_away(expired: Client) -> None:
    expired.post(FORM, TYPED)
    sign_in(expired, "leader@test.example")
    assert expired.post("/konto/fortsett/")["Location"] == FORM
    assert expired.get("/konto/fortsett/")["Location"] == "/"


def test_another_person_on_the_same_browser_gets_nothing(expired: Client) -> None:
    expired.post(FORM, TYPED)
    answer = sign_in(expired, "officer@test.example")
    assert answer["Location"] != "/konto/fortsett/"
    assert expired.get("/konto/fortsett/").status_code == 302


def test_a_browser_no_one_signed_in_on_keeps_nothing(client: Client) -> None:
    client.post(FORM, TYPED)
    assert typed.SESSION_KEY not in client.session


def test_a_forged_cookie_keeps_nothing(client: Client) -> None:
    client.cookies[typed.COOKIE] = "1:forged"
    client.post(FORM, TYPED)
    assert typed.SESSION_KEY not in client.session


def test_too_much_is_not_kept(expired: Client) -> None:
    expired.post(FORM, {"name": "x" * (typed.LARGEST + 1)})
    assert typed.SESSION_KEY not in expired.session


def test_a_signed_in_person_without_a_kept_form_is_led_on(leader_client: Client) -> None:
    assert leader_client.get("/konto/fortsett/")["Location"] == "/"


def test_an_aged_page_gives_back_what_was_typed(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.user("leader"), backend=BACKEND)
    answer = client.post(FORM, TYPED, headers={"Origin": "http://testserver"})
    assert answer.status_code == 403
    assert "Havnekontoret" in answer.content.decode()
    assert "hemmelig" not in answer.content.decode()


def test_another_sites_form_is_not_one_press_away(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.user("leader"), backend=BACKEND)
    answer = client.post(FORM, TYPED, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert "Havnekontoret" not in answer.content.decode()
