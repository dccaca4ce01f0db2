"""Signing in by mailed digits: the same for known and new addresses, never for the operator, and never for casework."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from portal import codes
from portal.models import EmailCode, Mail, SignIn, User
from portal.signing_in import accounts, signins
from tests.conftest import signed_in
from tests.world import World, address

pytestmark = pytest.mark.django_db
ASK, WRITE = "/konto/kode/", "/konto/kode/skriv/"
NEW = "ny@test.example"


def digits_to(to: str) -> str:
    mail = Mail.objects.filter(to_address=to).latest("pk")
    found = re.search(r"(\d{3}) (\d{3})", mail.text)
    assert found
    return found[1] + found[2]


def ask(client: Client, to: str, **facts: str) -> Any:
    return client.post(ASK, {"address": to, **facts})


def by_code(client: Client, to: str, **facts: str) -> Any:
    assert ask(client, to, **facts).status_code == 302
    return client.post(WRITE, {"code": digits_to(to), "do": "confirm"})


def wrong(digits: str) -> str:
    return f"{(int(digits) + 1) % 1_000_000:06d}"


def test_a_citizen_signs_in_with_the_digits_from_her_mail(world: World, client: Client) -> None:
    answer = by_code(client, address("stranger"))
    assert answer["Location"] == "/min-side/"
    row = SignIn.objects.get()
    assert (row.user, row.method) == (world.user("stranger"), "code")
    assert client.get("/varsler/").status_code == 200


def test_the_address_may_be_written_in_any_case(world: World, client: Client) -> None:
    ask(client, "Stranger@TEST.example")
    assert client.post(WRITE, {"code": digits_to(address("stranger")), "do": "confirm"}).status_code == 302
    assert SignIn.objects.get().user == world.user("stranger")


def test_one_who_is_new_gives_her_name_and_has_an_account(client: Client, world: World) -> None:
    assert by_code(client, NEW)["Location"] == WRITE
    assert not User.objects.filter(email=NEW).exists()
    assert client.post(WRITE, {"name": " ", "do": "name"}).status_code == 200
    assert client.post(WRITE, {"name": "Nora Oppdiktet", "do": "name"})["Location"] == "/min-side/"
    user = User.objects.get(email=NEW)
    assert (user.name, user.has_usable_password()) == ("Nora Oppdiktet", False)
    assert user.emailaddress_set.get().verified
    assert signins.mark_of(client.get("/").wsgi_request).method == "code"  # type: ignore[union-attr]


def test_nothing_tells_whether_the_address_has_an_account(world: World) -> None:
    pages = []
    for to in (address("officer"), address("operator"), "ingen@test.example"):
        client = Client()
        asked = ask(client, to)
        page = client.get(WRITE).content.decode().replace(to, "X")
        typed = wrong(digits_to(to))
        answer = client.post(WRITE, {"code": typed, "do": "confirm"})
        text = answer.content.decode().replace(to, "X").replace(typed, "000000")
        hidden = [re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", one) for one in (page, text)]
        pages.append((asked.status_code, asked["Location"], *hidden))
        assert re.search(r"\d{3} \d{3}", Mail.objects.latest("pk").text)
    assert pages[0] == pages[1] == pages[2]


def test_the_operator_never_comes_in_by_code(world: World, client: Client) -> None:
    assert by_code(client, address("operator"))["Location"] == "/konto/login/"
    assert not SignIn.objects.live().exists()
    assert client.get("/varsler/").status_code == 302


def test_who_is_shut_out_is_told_so_when_she_has_shown_who_she_is(world: World, client: Client) -> None:
    User.objects.filter(email=address("stranger")).update(is_active=False)
    assert by_code(client, address("stranger"))["Location"] == "/konto/inactive/"
    assert not SignIn.objects.live().exists()


def test_staff_get_in_without_their_roles_and_are_told_how_to_get_them(world: World, client: Client) -> None:
    answer = by_code(client, address("officer"))
    assert answer["Location"] == "/min-side/"
    assert client.get("/admin/").status_code == 403
    assert client.get("/hjemby/frister/").status_code == 404
    assert "<p>" in client.get("/varsler/").content.decode()


def test_the_line_about_roles_is_for_those_who_have_one(world: World) -> None:
    told = []
    for person in ("officer", "stranger"):
        client = Client()
        by_code(client, address(person))
        told.append(client.get("/varsler/").content.decode().count('class="p-messages"'))
    assert told == [1, 0]


def test_the_session_gets_a_new_key(world: World, client: Client) -> None:
    ask(client, address("stranger"))
    before = client.session.session_key
    client.post(WRITE, {"code": digits_to(address("stranger")), "do": "confirm"})
    assert client.session.session_key != before


def test_the_code_works_in_the_browser_that_asked_only(world: World, client: Client) -> None:
    ask(client, address("stranger"))
    other = Client()
    assert other.post(WRITE, {"code": digits_to(address("stranger")), "do": "confirm"})["Location"] == ASK
    assert not SignIn.objects.live().exists()


def test_a_code_for_something_else_signs_nobody_in(world: World, client: Client) -> None:
    ask(client, address("stranger"))
    session = client.session
    row, digits = codes.make("follow:1", address("stranger"), now=timezone.now())
    session["signin_code"] = {"code": row.pk, "next": ""}
    session.save()
    assert client.post(WRITE, {"code": digits, "do": "confirm"})["Location"] == ASK


def test_wrong_digits_stand_in_the_persons_list_and_five_end_the_code(world: World, client: Client) -> None:
    ask(client, address("stranger"))
    right = digits_to(address("stranger"))
    for _ in range(codes.ATTEMPTS):
        client.post(WRITE, {"code": wrong(right), "do": "confirm"})
    assert SignIn.objects.failed().filter(user=world.user("stranger"), method="code").count() == codes.ATTEMPTS
    assert client.post(WRITE, {"code": right, "do": "confirm"}).status_code == 200
    assert not SignIn.objects.live().exists()


def test_new_digits_replace_the_old_twice(world: World, client: Client) -> None:
    ask(client, address("stranger"))
    first = digits_to(address("stranger"))
    for _ in range(2):
        assert client.post(WRITE, {"do": "again"}).context["sent_again"]
    assert client.post(WRITE, {"do": "again"}).context["refused"]
    if first != digits_to(address("stranger")):
        client.post(WRITE, {"code": first, "do": "confirm"})
        assert not SignIn.objects.live().exists()


def test_one_address_gets_six_codes_an_hour_and_the_answer_is_the_same_for_all(world: World) -> None:
    for to in (address("stranger"), "ingen@test.example"):
        statuses = [ask(Client(), to).status_code for _ in range(codes.PER_ADDRESS + 1)]
        assert statuses == [302] * codes.PER_ADDRESS + [429]


def test_a_stranger_who_uses_up_the_codes_stops_no_known_browser(world: World) -> None:
    known = signed_in(world.user("stranger"))
    known.get("/varsler/")
    known.cookies.pop("sid")
    for _ in range(codes.PER_ADDRESS + 1):
        answer = ask(Client(), address("stranger"))
    assert answer.status_code == 429
    assert by_code(known, address("stranger")).status_code == 302
    assert SignIn.objects.live().count() == 1


def test_a_known_browser_has_its_own_limit(world: World) -> None:
    known = signed_in(world.user("stranger"))
    known.get("/varsler/")
    known.cookies.pop("sid")
    statuses = [ask(known, address("stranger")).status_code for _ in range(codes.PER_ADDRESS + 1)]
    assert statuses == [302] * codes.PER_ADDRESS + [429]


def test_one_visitor_gets_thirty_codes_an_hour(world: World) -> None:
    client = Client(REMOTE_ADDR="203.0.113.7")
    statuses = [ask(client, f"p{number}@test.example").status_code for number in range(31)]
    assert statuses == [302] * 30 + [429]
    assert ask(Client(REMOTE_ADDR="203.0.113.8"), "p31@test.example").status_code == 302


@pytest.mark.parametrize(
    "where", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_signing_in_leads_nowhere_else(world: World, client: Client, where: str) -> None:
    assert by_code(client, address("stranger"), next=where)["Location"] == "/min-side/"


def test_signing_in_leads_to_the_page_that_asked(world: World, client: Client) -> None:
    assert by_code(client, address("stranger"), next="/varsler/?alle=1")["Location"] == "/varsler/?alle=1"


def test_the_name_is_asked_for_as_long_as_the_code_holds(client: Client, world: World) -> None:
    by_code(client, NEW)
    EmailCode.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    assert client.post(WRITE, {"name": "Nora Oppdiktet", "do": "name"})["Location"] == ASK
    assert not User.objects.filter(email=NEW).exists()


def test_two_at_once_make_one_account(world: World) -> None:
    first, _is_new = accounts.make(NEW, "Nora Oppdiktet")
    assert accounts.make(NEW, "En Annen Oppdiktet") == (first, False)
    assert first.name == "Nora Oppdiktet"


def test_who_is_signed_in_is_led_on(stranger_client: Client) -> None:
    assert stranger_client.get(ASK)["Location"] == "/min-side/"
    assert stranger_client.get(WRITE)["Location"] == ASK


def test_no_code_page_holds_the_address_in_its_session(world: World, client: Client) -> None:
    ask(client, address("stranger"))
    assert address("stranger") not in str(dict(client.session.items()))
