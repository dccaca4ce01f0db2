"""Who guesses is stopped, by all processes together; a stranger's guesses lock no person out."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client, RequestFactory
from django.utils import timezone

from portal.models import Method, SignIn
from portal.signing_in import lockout, signins
from tests.conftest import signed_in
from tests.factories import PASSWORD
from tests.world import World, address

LOGIN = "/konto/login/"
NOW = timezone.now()
WRONG = "et galt passord"


def post(login: str, password: str = WRONG, *, network: str = "203.0.113.7", client: Client | None = None) -> Any:
    return (client or Client()).post(LOGIN, {"login": login, "password": password}, REMOTE_ADDR=network)


def words_of(answer: Any) -> str:
    return "" if answer.status_code == 302 else str(answer.context["form"].non_field_errors())


def failures(
    login: str, number: int, *, network: str = "198.51.100.9", ago: dt.timedelta = dt.timedelta(), **facts: Any
) -> None:
    """Leave rows as wrong passwords from some network leave them."""
    at = timezone.now() - ago
    SignIn.objects.bulk_create(
        SignIn(
            **{"method": "password", "succeeded": False, "login_hash": lockout.hash_of(login), "at": at, "seen_at": at,
               "network": network, **facts}
        )
        for _ in range(number)
    )  # fmt: skip


def known_browser(world: World, person: str = "officer") -> Client:
    """Return a browser where the person was signed in before, and is not any longer."""
    client = signed_in(world.user(person))
    client.get("/varsler/")
    client.cookies.pop("sid")
    return client


# ---- what is written down ----


@pytest.mark.django_db
def test_a_wrong_password_leaves_a_row_in_the_persons_own_list(world: World) -> None:
    post(address("officer"))
    row = SignIn.objects.get()
    assert (row.succeeded, row.user, row.method, row.network) == (
        False,
        world.user("officer"),
        "password",
        "203.0.113.7",
    )
    assert row.login_hash == lockout.hash_of(" Officer@TEST.example ")
    assert address("officer") not in str(SignIn.objects.values().get())


@pytest.mark.django_db
def test_the_hash_of_an_address_cannot_be_made_without_the_key(settings: Any) -> None:
    before = lockout.hash_of("kari@test.example")
    settings.SECRET_KEY = "x" * 50
    assert lockout.hash_of("kari@test.example") != before


@pytest.mark.django_db
def test_a_right_password_leaves_no_failure(world: World) -> None:
    assert post(address("officer"), PASSWORD).status_code == 302
    assert not SignIn.objects.failed().exists()


@pytest.mark.django_db
def test_an_unknown_address_answers_as_a_known_one_all_the_way(world: World) -> None:
    known = [words_of(post(address("officer"))) for _ in range(7)]
    unknown = [words_of(post("ingen@test.example", network="203.0.113.8")) for _ in range(7)]
    assert known == unknown
    assert len(set(known)) == 2


@pytest.mark.django_db
def test_an_unknown_address_costs_the_same_statements_and_a_hash(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.contrib.auth.hashers import MD5PasswordHasher
    from django.test.utils import CaptureQueriesContext

    hashed: list[str] = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda self, *a: hashed.append("x") or encode(self, *a))
    costs = []
    for login in (address("officer"), "ingen@test.example"):
        hashed.clear()
        with CaptureQueriesContext(connection) as caught:
            post(login)
        costs.append((len(caught.captured_queries), len(hashed)))
    assert costs[0] == costs[1]


# ---- the limits ----


@pytest.mark.django_db
def test_the_sixth_try_from_a_network_is_not_even_tried(world: World) -> None:
    for _ in range(5):
        post(address("officer"))
    answer = post(address("officer"), PASSWORD)
    assert answer.status_code == 200
    assert SignIn.objects.count() == 5, "what is not tried is not counted, so the wait ends"


@pytest.mark.django_db
def test_after_a_quarter_of_an_hour_one_may_try_again(world: World) -> None:
    failures(address("officer"), 5, network="203.0.113.7", ago=dt.timedelta(minutes=14))
    assert post(address("officer"), PASSWORD).status_code == 200
    SignIn.objects.all().delete()
    failures(address("officer"), 5, network="203.0.113.7", ago=dt.timedelta(minutes=16))
    assert post(address("officer"), PASSWORD).status_code == 302


@pytest.mark.django_db
def test_five_from_one_network_shut_out_no_other_network(world: World) -> None:
    failures(address("officer"), 5)
    assert post(address("officer"), PASSWORD).status_code == 302


@pytest.mark.django_db
def test_a_network_that_guesses_at_many_addresses_is_stopped(world: World) -> None:
    for number in range(50):
        failures(f"person{number}@test.example", 1, network="203.0.113.7")
    assert post(address("officer"), PASSWORD).status_code == 200
    assert post(address("officer"), PASSWORD, network="203.0.113.8").status_code == 302


@pytest.mark.django_db
def test_an_ipv6_line_is_one_network(world: World) -> None:
    for number in range(5):
        failures(address("officer"), 1, network=f"2001:db8:1:2::{number + 1}")
    assert post(address("officer"), PASSWORD, network="2001:db8:1:2:ffff::9").status_code == 200
    assert post(address("officer"), PASSWORD, network="2001:db8:1:3::1").status_code == 302


@pytest.mark.django_db
def test_many_networks_guessing_at_one_address_are_stopped_together(world: World) -> None:
    for number in range(30):
        failures(address("officer"), 1, network=f"198.51.100.{number}")
    assert post(address("officer"), PASSWORD).status_code == 200
    assert post(address("leader"), PASSWORD).status_code == 302


@pytest.mark.django_db
def test_a_visitor_without_an_address_is_counted_too(world: World) -> None:
    for _ in range(5):
        post(address("officer"), network="")
    assert post(address("officer"), PASSWORD, network="").status_code == 200


# ---- nobody is locked out by a stranger ----


@pytest.mark.django_db
def test_the_persons_own_browser_stays_open(world: World) -> None:
    failures(address("officer"), 30)
    failures(address("officer"), 50, network="203.0.113.7")
    assert post(address("officer"), PASSWORD).status_code == 200
    assert post(address("officer"), PASSWORD, client=known_browser(world)).status_code == 302


@pytest.mark.django_db
def test_a_browser_someone_else_was_signed_in_on_is_no_known_one(world: World) -> None:
    failures(address("officer"), 30)
    assert post(address("officer"), PASSWORD, client=known_browser(world, "stranger")).status_code == 200


@pytest.mark.django_db
def test_a_forged_cookie_makes_no_known_browser(world: World) -> None:
    failures(address("officer"), 30)
    client = Client()
    client.cookies["sist"] = f"{world.user('officer').pk}:forged"
    assert post(address("officer"), PASSWORD, client=client).status_code == 200


@pytest.mark.django_db
def test_a_known_browser_that_was_taken_is_stopped_too(world: World) -> None:
    client = known_browser(world)
    for _ in range(lockout.PER_KNOWN_BROWSER):
        post(address("officer"), client=client)
    assert post(address("officer"), PASSWORD, client=client).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["entra", "idporten", "ansattporten", "passkey"])
def test_the_other_ways_stay_open(world: World, method: str) -> None:
    failures(address("officer"), 60, network="127.0.0.1")
    assert signed_in(world.user("officer"), method).get("/venter-pa-deg/").status_code == 200


@pytest.mark.django_db
def test_wrong_codes_by_mail_shut_no_door_for_passwords(world: World) -> None:
    failures(address("officer"), 60, network="203.0.113.7", method="code")
    assert post(address("officer"), PASSWORD).status_code == 302


# ---- the second step, and confirming ----


@pytest.mark.django_db
def test_wrong_codes_of_the_second_step_are_counted(world: World) -> None:
    Authenticator.objects.create(user=world.user("officer"), type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    client = Client()
    assert post(address("officer"), PASSWORD, client=client)["Location"] == "/konto/2fa/authenticate/"
    for _ in range(5):
        client.post("/konto/2fa/authenticate/", {"code": "000000"}, REMOTE_ADDR="203.0.113.7")
    assert SignIn.objects.failed().filter(method=Method.MFA, user=world.user("officer")).count() == 5
    assert not SignIn.objects.live().exists()
    answer = client.post("/konto/2fa/authenticate/", {"code": "000000"}, REMOTE_ADDR="203.0.113.7")
    assert answer.status_code == 200
    assert SignIn.objects.count() == 5


@pytest.mark.django_db
def test_password_and_second_step_are_one_sign_in(world: World) -> None:
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    secret = "JBSWY3DPEHPK3PXP"
    Authenticator.objects.create(user=world.user("officer"), type="totp", data={"secret": secret})
    client = Client()
    post(address("officer"), PASSWORD, client=client)
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    assert client.post("/konto/2fa/authenticate/", {"code": code}).status_code == 302
    row = SignIn.objects.get()
    assert (row.method, row.succeeded) == (Method.MFA, True)
    assert client.session[signins.MARK]["method"] == "mfa"


@pytest.mark.django_db
def test_confirming_by_password_counts_as_signing_in_does(world: World) -> None:
    client = signed_in(world.user("officer"))
    for _ in range(3):
        client.post("/konto/reauthenticate/", {"password": WRONG})
    assert SignIn.objects.failed().count() == 3
    assert client.post("/konto/reauthenticate/", {"password": PASSWORD}).status_code == 302
    assert SignIn.objects.failed().count() == 3


# ---- all processes, and no cache ----


@pytest.mark.django_db
def test_a_cache_that_is_down_neither_opens_nor_shuts_the_door(world: World, settings: Any) -> None:
    dead = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": dead}
    assert post(address("officer"), PASSWORD).status_code == 302
    for _ in range(5):
        post(address("leader"))
    assert post(address("leader"), PASSWORD).status_code == 200


def test_a_hundred_at_once_are_counted_as_a_hundred(own_database: str) -> None:
    let_through, start = [], threading.Barrier(20)

    def guess() -> None:
        request = RequestFactory().post(LOGIN, REMOTE_ADDR="203.0.113.7")
        start.wait()
        try:
            if lockout.begin(request, address("officer"), method=Method.PASSWORD, now=NOW) is not None:
                let_through.append(1)
        finally:
            connection.close()

    threads = [threading.Thread(target=guess) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(let_through) == lockout.PER_LOGIN_AND_NETWORK
