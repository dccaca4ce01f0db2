"""Links to choose a password, and changing one's address: one implementation of keys and codes, nothing of allauth's."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import allauth
import pytest
from allauth.account.models import EmailAddress
from django.conf import settings as django_settings
from django.template.loader import get_template
from django.test import Client
from django.utils import timezone

from portal import keys, outbox
from portal.models import LinkKey, Mail, SignIn, User
from portal.signing_in import passwords
from tests import factories as make
from tests.conftest import signed_in
from tests.factories import PASSWORD
from tests.world import World, address

pytestmark = pytest.mark.django_db
RESET = "/konto/password/reset/"
NEW = "et helt nytt passord"


def link_to(person: str, client: Client | None = None) -> str:
    """Ask for a new password, and return the address from the mail."""
    assert (client or Client()).post(RESET, {"email": address(person)}).status_code == 302
    mail = Mail.objects.filter(to_address=address(person)).latest("pk")
    found = re.search(r"http\S+", mail.text)
    assert found
    return found[0].removeprefix(django_settings.BASE_URL)


def choose(link: str, client: Client | None = None, password: str = NEW) -> Any:
    return (client or Client()).post(link, {"password1": password, "password2": password})


def sign_in(person: str, password: str) -> int:
    return Client().post("/konto/login/", {"login": address(person), "password": password}).status_code


# ---- the link ----


def test_the_mailed_link_lets_its_person_choose_a_password_once(world: World) -> None:
    link = link_to("officer")
    assert choose(link)["Location"] == "/konto/login/"
    assert sign_in("officer", NEW) == 302
    assert sign_in("officer", PASSWORD) == 200
    assert choose(link, password="noe annet igjen").status_code == 404
    assert sign_in("officer", NEW) == 302


def test_opening_the_link_changes_nothing(world: World, client: Client) -> None:
    link = link_to("officer")
    for _ in range(3):
        assert client.get(link).status_code == 200
        assert client.head(link).status_code == 200
    assert sign_in("officer", PASSWORD) == 302
    assert LinkKey.objects.get(purpose="password").used_at is None


def test_the_key_is_kept_as_its_hash_and_nowhere_else(world: World, client: Client) -> None:
    link = link_to("officer")
    raw = link.rstrip("/").rpartition("/")[2]
    row = LinkKey.objects.get(purpose="password")
    assert row.key_hash == keys.hashed(raw)
    client.get(link)
    assert raw not in str(dict(client.session.items()))


def test_the_link_is_taken_out_of_the_mail_when_it_is_sent(world: World) -> None:
    raw = link_to("officer").rstrip("/").rpartition("/")[2]
    outbox.deliver_all()
    mail = Mail.objects.filter(to_address=address("officer")).latest("pk")
    assert mail.state == "sent"
    assert raw not in mail.text


def test_the_link_holds_for_a_day(world: World) -> None:
    link, row = link_to("officer"), LinkKey.objects.get(purpose="password")
    assert row.expires_at == row.created_at + dt.timedelta(days=1)
    LinkKey.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    assert Client().get(link).status_code == 404
    assert choose(link).status_code == 404


def test_a_stranger_who_asks_again_takes_no_link_away(world: World) -> None:
    first, second = link_to("officer"), link_to("officer")
    assert choose(first).status_code == 302
    assert choose(second).status_code == 404, "when one is used, the others open nothing"


def test_a_person_gets_six_links_an_hour_and_the_answer_is_the_same(world: World) -> None:
    from django.core.cache import cache

    for _ in range(8):
        cache.clear()
        assert Client().post(RESET, {"email": address("officer")})["Location"] == "/konto/password/reset/done/"
    assert Mail.objects.filter(to_address=address("officer")).count() == passwords.MAILS_AN_HOUR


def test_a_password_can_be_changed_though_the_persons_address_is_none(world: World) -> None:
    User.objects.filter(email=address("officer")).update(email="ikke en adresse")
    officer = signed_in(User.objects.get(email="ikke en adresse"), "password")
    fields = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert officer.post("/konto/password/change/", fields).status_code == 302
    assert User.objects.get(email="ikke en adresse").check_password(NEW)


def test_a_key_for_something_else_opens_no_password(world: World, client: Client) -> None:
    raw = keys.issue("calendar", now=timezone.now(), user=world.user("officer"), scope="me")
    assert client.get(f"/konto/passord/{raw}/").status_code == 404


def test_a_link_to_an_address_one_has_left_opens_nothing(world: World) -> None:
    link = link_to("officer")
    User.objects.filter(email=address("officer")).update(email="flyttet@test.example")
    assert choose(link).status_code == 404


def test_who_is_shut_out_gets_no_password(world: World) -> None:
    link = link_to("officer")
    User.objects.filter(email=address("officer")).update(is_active=False)
    assert choose(link).status_code == 404


def test_a_weak_password_does_not_use_the_link_up(world: World) -> None:
    link = link_to("officer")
    assert choose(link, password="kort").status_code == 200
    assert choose(link).status_code == 302


def test_choosing_by_link_ends_every_session_and_tells_its_person(world: World) -> None:
    there = signed_in(world.user("officer"), "password")
    choose(link_to("officer"))
    assert there.get("/varsler/").status_code == 302
    assert SignIn.objects.get().ended_how == "changed"
    mail = Mail.objects.filter(to_address=address("officer")).latest("pk")
    assert "http" not in mail.text


def test_another_who_is_signed_in_on_the_browser_is_signed_out(world: World) -> None:
    client = signed_in(world.user("stranger"), "password")
    choose(link_to("officer"), client)
    assert client.get("/varsler/").status_code == 302
    assert SignIn.objects.get().ended_how == "left"


def test_asking_says_the_same_for_an_address_nobody_has(world: World) -> None:
    answers = [Client().post(RESET, {"email": to}) for to in (address("officer"), "ingen@test.example")]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, "/konto/password/reset/done/")}
    assert "http" not in Mail.objects.get(to_address="ingen@test.example").text


def test_allauths_own_links_open_nothing(world: World, client: Client) -> None:
    from allauth.account.forms import default_token_generator
    from allauth.account.models import EmailConfirmationHMAC
    from allauth.account.utils import user_pk_to_url_str

    user = world.user("officer")
    raw = default_token_generator.make_token(user)
    assert isinstance(default_token_generator, passwords.LinkKeys)
    assert client.get(f"/konto/password/reset/key/{user_pk_to_url_str(user)}-{raw}/").status_code == 404
    row = EmailAddress.objects.create(user=user, email="ny@test.example")
    key = EmailConfirmationHMAC.create(row).key
    assert client.post(f"/konto/confirm-email/{key}/").status_code == 404
    row.refresh_from_db()
    assert not row.verified


def test_no_other_mail_of_allauths_holds_a_link() -> None:
    """A mail whose template knows an address is either the one link above or can never be sent."""
    folder = Path(allauth.__file__).parent / "templates"
    names = sorted(
        str(path.relative_to(folder))
        for path in folder.glob("*/email/*_message.txt")
        if path.relative_to(folder).parts[0] in ("account", "mfa")
    )
    assert len(names) > 10
    with_links = [name for name in names if re.search(r"\{\{[^}]*url|https?:", source_of(name))]
    assert with_links == [
        "account/email/account_already_exists_message.txt",  # only where people sign up by themselves
        "account/email/email_confirmation_message.txt",  # our own page changes the address
        "account/email/password_reset_key_message.txt",
    ]


def source_of(name: str) -> str:
    return str(get_template(name).template.source)  # type: ignore[attr-defined]


# ---- the address ----


def digits_to(to: str) -> str:
    found = re.search(r"(\d{3}) (\d{3})", Mail.objects.filter(to_address=to).latest("pk").text)
    assert found
    return found[1] + found[2]


@pytest.fixture
def officer(world: World) -> Client:
    """The officer's browser, where she has just signed in."""
    return signed_in(world.user("officer"), "password")


def ask(client: Client, to: str) -> Any:
    return client.post("/konto/email/", {"address": to})


def test_the_address_is_changed_by_a_code_sent_to_the_new_one(world: World, officer: Client) -> None:
    user = world.user("officer")
    assert ask(officer, "Ny@test.example")["Location"] == "/konto/confirm-email/"
    assert User.objects.get(pk=user.pk).email == address("officer")
    officer.post("/konto/confirm-email/", {"code": digits_to("ny@test.example"), "do": "confirm"})
    assert User.objects.get(pk=user.pk).email == "ny@test.example"
    assert list(EmailAddress.objects.filter(user=user).values_list("email", "verified", "primary")) == [
        ("ny@test.example", True, True)
    ]
    assert Client().post("/konto/login/", {"login": "ny@test.example", "password": PASSWORD}).status_code == 302
    assert sign_in("officer", PASSWORD) == 200


def test_the_old_address_is_told_and_its_links_open_nothing(world: World, officer: Client) -> None:
    link, there = link_to("officer"), signed_in(world.user("officer"), "password")
    ask(officer, "ny@test.example")
    officer.post("/konto/confirm-email/", {"code": digits_to("ny@test.example"), "do": "confirm"})
    mail = Mail.objects.filter(to_address=address("officer")).latest("pk")
    assert "ny@test.example" not in mail.text
    assert choose(link).status_code == 404
    assert officer.get("/varsler/").status_code == 200
    assert there.get("/varsler/").status_code == 302


def test_another_persons_address_is_not_taken_and_asking_does_not_tell(world: World, officer: Client) -> None:
    answers = [ask(officer, to)["Location"] for to in (address("leader"), "ledig@test.example")]
    assert len(set(answers)) == 1
    ask(officer, address("leader"))
    officer.post("/konto/confirm-email/", {"code": digits_to(address("leader")), "do": "confirm"})
    assert User.objects.filter(email=address("leader")).count() == 1
    assert world.user("officer").email == address("officer")


def test_another_persons_code_changes_nothing(world: World, officer: Client) -> None:
    ask(officer, "ny@test.example")
    other = signed_in(world.user("leader"), "password")
    session = other.session
    session["new_address"] = officer.session["new_address"]
    session.save()
    assert (
        other.post("/konto/confirm-email/", {"code": digits_to("ny@test.example"), "do": "confirm"}).status_code == 302
    )
    assert world.user("leader").email == address("leader")


def test_who_signed_in_a_while_ago_confirms_first(world: World, officer: Client) -> None:
    session = officer.session
    session["mark"] = {**session["mark"], "at": timezone.now().timestamp() - 900}
    session.save()
    assert ask(officer, "ny@test.example")["Location"].startswith("/konto/bekreft/")
    assert not Mail.objects.filter(to_address="ny@test.example").exists()


def test_the_same_address_is_no_change(officer: Client) -> None:
    assert ask(officer, address("officer").upper()).status_code == 200


def test_wrong_digits_change_nothing(world: World, officer: Client) -> None:
    ask(officer, "ny@test.example")
    wrong = f"{(int(digits_to('ny@test.example')) + 1) % 1_000_000:06d}"
    answer = officer.post("/konto/confirm-email/", {"code": wrong, "do": "confirm"})
    assert answer.context["left"] == 4
    assert world.user("officer").email == address("officer")


def test_the_code_may_be_sent_again(world: World, officer: Client) -> None:
    ask(officer, "ny@test.example")
    assert officer.post("/konto/confirm-email/", {"do": "again"}).context["sent_again"]
    assert Mail.objects.filter(to_address="ny@test.example").count() == 2


# ---- the second step ----


def test_changing_the_second_step_ends_the_other_sessions_and_is_told(world: World, officer: Client) -> None:
    from allauth.mfa.models import Authenticator

    user = world.user("officer")
    there = signed_in(user, "password")
    Authenticator.objects.create(user=user, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    officer.post("/konto/reauthenticate/", {"password": PASSWORD})
    assert officer.post("/konto/2fa/totp/deactivate/").status_code == 302
    assert not Authenticator.objects.filter(user=user).exists()
    assert officer.get("/varsler/").status_code == 200
    assert there.get("/varsler/").status_code == 302
    assert Mail.objects.filter(to_address=user.email).count() == 1


def test_a_person_without_a_password_chooses_one_by_the_same_link(world: World) -> None:
    user = make.a_user(email="ny@test.example")
    user.set_unusable_password()
    user.save()
    Client().post(RESET, {"email": user.email})
    raw = re.search(r"/konto/passord/[\w-]{43}/", Mail.objects.get(to_address=user.email).text)
    assert raw
    assert choose(raw[0]).status_code == 302
    assert User.objects.get(pk=user.pk).check_password(NEW)
