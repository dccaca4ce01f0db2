"""A person's own page of sessions: hers and nobody else's, each can be ended, and failed tries are shown."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.models import SignIn
from portal.signing_in import lockout, sessions
from tests import factories as make
from tests.conftest import signed_in
from tests.world import World, address

pytestmark = pytest.mark.django_db
PAGE = "/konto/okter/"
AGENT = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36"


def by_password(world: World, person: str = "officer") -> Client:
    client = Client(headers={"User-Agent": AGENT}, REMOTE_ADDR="203.0.113.7")
    client.post("/konto/login/", {"login": address(person), "password": make.PASSWORD})
    return client


def of(client: Client) -> SignIn:
    return SignIn.objects.get(pk=client.session["mark"]["sign_in"])


def lines(client: Client) -> list[dict[str, Any]]:
    return list(client.get(PAGE).context["lines"])


def test_the_page_tells_where_one_is_signed_in_this_first(world: World) -> None:
    signed_in(world.user("officer"), "code")
    here = by_password(world)
    signed_in(world.user("officer"), "idporten")
    shown = lines(here)
    assert [line["is_this"] for line in shown] == [True, False, False]
    assert (shown[0]["device"], shown[0]["network"]) == ("Chrome, Windows", "203.0.113.7")
    assert shown[0]["sign_in"] == of(here)


def test_nobody_sees_anothers_sessions(world: World) -> None:
    by_password(world, "leader")
    page = by_password(world).get(PAGE)
    assert {line["sign_in"].user_id for line in [*page.context["lines"], *page.context["history"]]} == {
        world.user("officer").pk
    }


def test_a_press_ends_one_session(world: World) -> None:
    here, there = by_password(world), by_password(world)
    assert here.post(PAGE, {"session": of(there).pk}).status_code == 302
    assert there.get(PAGE).status_code == 302
    assert here.get(PAGE).status_code == 200
    assert len(lines(here)) == 1


def test_a_press_ends_all_but_this(world: World) -> None:
    here, others = by_password(world), [by_password(world), signed_in(world.user("officer"), "code")]
    neighbour = by_password(world, "neighbour")
    here.post(PAGE, {"others": "1"})
    assert [client.get(PAGE).status_code for client in others] == [302, 302]
    assert (here.get(PAGE).status_code, neighbour.get(PAGE).status_code) == (200, 200)
    assert list(SignIn.objects.exclude(ended_how="").values_list("ended_how", flat=True)) == ["by_herself"] * 2


def test_anothers_session_or_a_failed_try_cannot_be_ended(world: World) -> None:
    here, neighbour = by_password(world), by_password(world, "neighbour")
    Client().post("/konto/login/", {"login": address("officer"), "password": "galt"})
    for pk in (of(neighbour).pk, of(here).pk, SignIn.objects.failed().get().pk, 10**9, "x", ""):
        assert here.post(PAGE, {"session": pk}).status_code == 404
    assert neighbour.get(PAGE).status_code == 200


def test_what_can_no_longer_be_used_is_not_shown_as_live(world: World, settings: Any) -> None:
    now, unused, here = timezone.now(), by_password(world), by_password(world)
    SignIn.objects.filter(pk=of(unused).pk).update(seen_at=now - dt.timedelta(minutes=settings.SESSION_IDLE_MINUTES))
    long_ago = now - dt.timedelta(hours=settings.SESSION_LONGEST_HOURS)
    SignIn.objects.create(user=world.user("officer"), method="password", at=long_ago, seen_at=now, session_key="gammel")
    assert [line["sign_in"] for line in lines(here)] == [of(here)]


def test_the_history_tells_of_failed_tries_and_of_what_each_opened(world: World) -> None:
    Client().post("/konto/login/", {"login": address("officer"), "password": "galt"})
    here = by_password(world)
    signed_in(world.user("officer"), "code")
    shown = here.get(PAGE).context["history"]
    assert [line["sign_in"].method for line in shown] == ["code", "password", "password"]
    assert len({line["opens"] for line in shown}) == 3
    assert not shown[2]["sign_in"].succeeded


def test_each_kind_of_sign_in_says_what_it_opens() -> None:
    words = {method: sessions.opens(SignIn(method=method)) for method in ("code", "password", "entra", "idporten")}
    assert words["password"] == words["entra"]
    assert len(set(words.values())) == 3


def test_the_service_is_named_with_whose_it_is(world: World) -> None:
    provider = make.a_provider(make.an_authority(name="Oppdiktet kommune"), "entra")
    signed_in(world.user("officer"), "entra", provider=provider)
    assert "Oppdiktet kommune" in by_password(world).get(PAGE).content.decode()


def test_a_session_from_before_marks_were_made_still_finds_the_page(world: World) -> None:
    answer = signed_in(world.user("officer")).get(PAGE)
    assert answer.status_code == 200
    assert answer.context["lines"] == []


def test_what_a_browser_calls_itself_is_never_shown_as_it_is(world: World) -> None:
    client = Client(headers={"User-Agent": "<script>alert(1)</script>"})
    client.post("/konto/login/", {"login": address("officer"), "password": make.PASSWORD})
    assert "alert(1)" not in client.get(PAGE).content.decode()


def test_the_page_costs_the_same_however_many_sign_ins(world: World) -> None:
    here, costs = by_password(world), []
    provider, now = make.a_provider(make.an_authority()), timezone.now()
    here.get(PAGE)
    for number in (1, 3, 100):
        SignIn.objects.exclude(pk=of(here).pk).delete()
        SignIn.objects.bulk_create(
            SignIn(
                user=world.user("officer"), method="idporten", provider=provider, at=now, seen_at=now,
                session_key=f"s{number}-{place}",
            )
            for place in range(number)
        )  # fmt: skip
        with CaptureQueriesContext(connection) as caught:
            assert here.get(PAGE).status_code == 200
        costs.append(len(caught.captured_queries))
    assert len(set(costs)) == 1, costs


def test_a_failed_try_at_an_address_nobody_has_is_nobodys(world: World) -> None:
    Client().post("/konto/login/", {"login": "ingen@test.example", "password": "galt"})
    row = SignIn.objects.get()
    assert (row.user, row.login_hash) == (None, lockout.hash_of("ingen@test.example"))
