"""A session has its mark and its row: it ends when it is unused or old, and when it is ended from elsewhere."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal import typed
from portal.models import IdentityProvider, Method, SignIn
from portal.signing_in import signins
from portal.signing_in.adapter import AccountAdapter
from tests import factories as make
from tests.conftest import signed_in
from tests.factories import PASSWORD
from tests.world import World

pytestmark = pytest.mark.django_db
LOGIN = "/konto/login/"
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)


def by_password(world: World, person: str = "officer", client: Client | None = None) -> Client:
    """Return a browser where this person has signed in with her password."""
    client = client or Client()
    answer = client.post(LOGIN, {"login": world.user(person).email, "password": PASSWORD})
    assert answer.status_code == 302, answer.context["form"].errors
    return client


def age(client: Client, *, at: dt.timedelta = dt.timedelta(), seen: dt.timedelta = dt.timedelta()) -> SignIn:
    """Let a browser's session have begun, and last been used, that long ago."""
    session, now = client.session, timezone.now()
    mark = signins.Mark(**session[signins.MARK])
    session[signins.MARK] = dataclasses.asdict(
        dataclasses.replace(mark, at=(now - at).timestamp(), seen=(now - seen).timestamp())
    )
    session.save()
    return SignIn.objects.get(pk=mark.sign_in)


def ended(row: SignIn) -> str:
    row.refresh_from_db()
    return row.ended_how


# ---- in ----


def test_signing_in_by_password_leaves_a_mark_and_a_row(world: World) -> None:
    client = by_password(world)
    row = SignIn.objects.get()
    assert (row.user, row.method, row.succeeded) == (world.user("officer"), Method.PASSWORD, True)
    assert row.session_key == client.session.session_key
    assert client.session[signins.MARK]["method"] == "password"
    assert client.get("/admin/").wsgi_request.user.mark.sign_in == row.pk


def test_the_sessions_key_is_new_after_signing_in(world: World) -> None:
    client = Client()
    session = client.session
    session["egen"] = 1
    session.save()
    client.cookies["sid"] = session.session_key
    by_password(world, client=client)
    assert client.session.session_key != session.session_key
    assert not Session.objects.filter(session_key=session.session_key).exists()


def test_a_session_key_that_someone_chose_is_not_taken(world: World) -> None:
    client, fixed = Client(), "a" * 32
    client.cookies["sid"] = fixed
    by_password(world, client=client)
    assert client.cookies["sid"].value != fixed
    stranger = Client()
    stranger.cookies["sid"] = fixed
    assert stranger.get("/admin/").status_code == 302


def test_signing_in_again_gives_a_new_key_and_ends_what_was(world: World, rf: Any) -> None:
    client = by_password(world)
    before = client.session.session_key
    request = rf.get("/")
    request.session, request.user = client.session, world.user("officer")
    signins.sign_in(request, world.user("officer"), method=Method.CODE)
    request.session.save()
    assert request.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()
    old, new = SignIn.objects.order_by("pk")
    assert (old.ended_how, old.session_key, new.ended_how) == ("replaced", "", "")


def test_another_person_on_the_same_browser_takes_nothing_over(world: World, rf: Any) -> None:
    client = by_password(world)
    request = rf.get("/")
    request.session, request.user = client.session, world.user("officer")
    request.session["egen"] = "officers"
    signins.sign_in(request, world.user("neighbour"), method=Method.CODE)
    assert "egen" not in request.session
    assert [row.ended_how for row in SignIn.objects.order_by("pk")] == ["replaced", ""]


def test_a_form_token_from_before_another_signed_in_is_refused(world: World) -> None:
    client = Client(enforce_csrf_checks=True)

    def sign_in(person: str) -> str:
        token = client.get(LOGIN).cookies["csrf"].value
        facts = {"login": world.user(person).email, "password": PASSWORD, "csrfmiddlewaretoken": token}
        assert client.post(LOGIN, facts).status_code == 302
        return client.cookies["csrf"].value

    first = sign_in("leader")
    assert client.post("/varsler/", {"csrfmiddlewaretoken": first, "all": "1"}).status_code == 302
    client.post("/konto/logout/", {"csrfmiddlewaretoken": first})
    second = sign_in("neighbour")
    assert client.post("/varsler/", {"csrfmiddlewaretoken": first, "all": "1"}).status_code == 403
    assert client.post("/varsler/", {"csrfmiddlewaretoken": second, "all": "1"}).status_code == 302


@pytest.mark.parametrize(
    ("records", "method"),
    [
        ([{"method": "password"}], "password"),
        ([{"method": "password"}, {"method": "mfa", "type": "totp"}], "mfa"),
        ([{"method": "password"}, {"method": "mfa", "type": "recovery_codes"}], "mfa"),
        ([{"method": "mfa", "type": "webauthn", "passwordless": True}], "passkey"),
        ([], "password"),
    ],
)
def test_what_allauth_asked_for_is_what_is_written_down(
    world: World, client: Client, records: list[dict[str, Any]], method: str
) -> None:
    user, session = world.user("officer"), client.session
    session["account_authentication_methods"] = [{"at": 1.0, **record} for record in records]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    request = RequestFactory().get("/")
    request.session, request.user = session, AnonymousUser()
    AccountAdapter(request).login(request, user)
    assert SignIn.objects.get().method == method


def test_every_way_in_ends_in_one_place() -> None:
    """Django's own `login` makes a session without a mark: without limits, and with every role."""
    root = Path(settings.BASE_DIR)
    users = [
        path.relative_to(root).as_posix()
        for area in ("portal", "strategy")
        for path in (root / area).rglob("*.py")
        if re.search(r"auth import [^\n]*\blogin\b|auth\.login\(|force_login", path.read_text())
    ]
    assert users == ["portal/signing_in/signins.py"]


# ---- while it lasts ----


def test_an_unused_session_ends_and_the_sign_in_page_says_so(world: World, settings: Any) -> None:
    client = by_password(world)
    row = age(client, seen=dt.timedelta(minutes=settings.SESSION_IDLE_MINUTES))
    key = client.session.session_key
    assert client.get("/admin/").status_code == 302
    assert ended(row) == "idle"
    assert not Session.objects.filter(session_key=key).exists()
    page = client.get(LOGIN)
    assert signins.words_of_end(page.wsgi_request) in page.content.decode()
    assert page.wsgi_request.session[signins.ENDED] == "idle"


def test_an_old_session_ends_however_much_it_is_used(world: World, settings: Any) -> None:
    client = by_password(world)
    row = age(client, at=dt.timedelta(hours=settings.SESSION_LONGEST_HOURS))
    assert client.get("/admin/").status_code == 302
    assert ended(row) == "old"


def test_a_session_just_within_its_limits_goes_on(world: World, settings: Any) -> None:
    client = by_password(world)
    idle = dt.timedelta(minutes=settings.SESSION_IDLE_MINUTES) - 5 * MINUTE / 60
    row = age(client, at=dt.timedelta(hours=settings.SESSION_LONGEST_HOURS) - 5 * MINUTE, seen=idle)
    assert client.get("/admin/").status_code == 200
    assert ended(row) == ""


def test_the_public_pages_stay_open_when_a_session_ends(world: World) -> None:
    client = by_password(world)
    age(client, seen=3 * HOUR)
    answer = client.get("/")
    assert answer.status_code == 200
    assert not answer.wsgi_request.user.is_authenticated


def test_a_form_that_meets_a_session_past_its_limit_comes_back(world: World) -> None:
    client = by_password(world, "leader")
    client.get("/admin/")
    age(client, seen=3 * HOUR)
    assert client.post("/admin/portal/unit/add/", {"name": "Havnekontoret"}).status_code == 302
    page = client.get(LOGIN).content.decode()
    assert page.count('class="ds-alert"') == 1
    by_password(world, "leader", client)
    assert "Havnekontoret" in client.get("/konto/fortsett/").content.decode()


def test_use_is_noted_once_a_minute(world: World) -> None:
    client = by_password(world)
    client.get("/varsler/")
    row = age(client, seen=2 * MINUTE)
    SignIn.objects.update(seen_at=timezone.now() - HOUR)
    assert writes_of(client, "/varsler/") == ["portal_signin", "django_session"]
    assert writes_of(client, "/varsler/") == []
    row.refresh_from_db()
    assert timezone.now() - row.seen_at < MINUTE


def writes_of(client: Client, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    statements = [query["sql"] for query in caught.captured_queries]
    return [sql.split('"')[1] for sql in statements if sql.startswith(("UPDATE", "INSERT", "DELETE"))]


def test_a_mark_costs_no_statement(world: World) -> None:
    marked, plain = by_password(world), signed_in(world.user("officer"))
    costs = []
    for client in (marked, plain):
        client.get("/varsler/")
        with CaptureQueriesContext(connection) as caught:
            client.get("/varsler/")
        costs.append([query["sql"].split("WHERE")[0] for query in caught.captured_queries])
    assert costs[0] == costs[1]


def test_who_is_not_signed_in_costs_no_statement(client: Client) -> None:
    client.get("/robots.txt")
    with CaptureQueriesContext(connection) as caught:
        client.get("/robots.txt")
    assert caught.captured_queries == []


# ---- ended from elsewhere ----


def test_a_session_ended_by_another_process_is_out_at_its_next_request(world: World) -> None:
    client = by_password(world)
    assert client.get("/admin/").status_code == 200
    assert (
        signins.end(SignIn.objects.filter(user=world.user("officer")), SignIn.Ended.BY_HERSELF, now=timezone.now()) == 1
    )
    assert client.get("/admin/").status_code == 302
    assert 'data-color="info"' in client.get(LOGIN).content.decode()


def test_a_session_whose_row_has_ended_is_out_though_its_data_lives(world: World) -> None:
    client = by_password(world)
    signins.close(SignIn.objects.all(), SignIn.Ended.GROUPS, now=timezone.now())
    age(client, seen=2 * MINUTE)
    assert client.get("/admin/").status_code == 302
    assert SignIn.objects.get().ended_how == "groups"


def test_ending_forgets_the_services_tokens(world: World) -> None:
    provider = make.a_provider(make.an_authority(), "entra")
    client = signed_in(world.user("officer"), "entra", provider=provider, id_token="a.b.c", refresh_token="r")
    row = SignIn.objects.get()
    assert row.id_token not in ("", "a.b.c")
    signins.end(SignIn.objects.all(), SignIn.Ended.PROVIDER, now=timezone.now())
    row.refresh_from_db()
    assert (row.id_token, row.refresh_token, row.session_key, row.checked_at) == ("", "", "", None)
    assert client.get("/varsler/").status_code == 302


def test_leaving_ends_the_session_and_tells_what_it_was(world: World, rf: Any) -> None:
    provider = make.a_provider(make.an_authority())
    client = signed_in(world.user("citizen"), "idporten", provider=provider, id_token="a.b.c")
    request = rf.post("/")
    request.session, request.user = client.session, world.user("citizen")
    row = signins.leave(request)
    assert row is not None
    assert (row.provider, bool(row.id_token)) == (provider, True)
    assert not request.user.is_authenticated
    assert SignIn.objects.get().ended_how == "left"


def test_who_left_is_told_nothing_at_the_sign_in_page(world: World) -> None:
    client = by_password(world)
    client.get("/varsler/")
    client.post("/konto/logout/")
    assert signins.ENDED not in client.session
    client.get(LOGIN)
    assert signins.ENDED not in client.session


def test_a_browser_no_one_signed_in_on_is_told_nothing(client: Client) -> None:
    client.cookies["sid"] = "b" * 32
    client.get("/admin/")
    assert signins.ENDED not in client.session


def test_the_row_follows_when_the_session_gets_a_new_key(world: World) -> None:
    client = by_password(world)
    before = client.session.session_key
    new = "et ganske annet passord"
    answer = client.post("/konto/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert answer.status_code == 302
    key = client.session.session_key
    assert key != before
    assert SignIn.objects.get(ended_at=None).session_key == key
    signins.end(SignIn.objects.all(), SignIn.Ended.BY_HERSELF, now=timezone.now())
    assert client.get("/admin/").status_code == 302


def test_changing_the_password_ends_the_other_sessions(world: World) -> None:
    here, there = by_password(world), by_password(world)
    new = "et ganske annet passord"
    here.post("/konto/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert here.get("/admin/").status_code == 200
    assert there.get("/admin/").status_code == 302
    assert sorted(SignIn.objects.values_list("ended_how", flat=True)) == ["", "changed"]


# ---- roles ----


def test_a_session_whose_groups_could_not_be_confirmed_gives_no_roles(world: World) -> None:
    provider = IdentityProvider.objects.get(authority=world.home.authority, way="entra")
    client = signed_in(world.user("officer"), "entra", provider=provider, refresh_token="r")
    assert client.get("/admin/").status_code == 200
    SignIn.objects.update(checked_at=timezone.now() - HOUR)
    age(client, seen=2 * MINUTE)
    assert client.get("/admin/").status_code == 403
    assert client.get("/").status_code == 200
    SignIn.objects.update(checked_at=timezone.now())
    age(client, seen=2 * MINUTE)
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    ("method", "status"), [("entra", 200), ("idporten", 200), ("ansattporten", 200), ("code", 403)]
)
def test_who_comes_from_a_service_is_not_asked_for_a_second_step(world: World, method: str, status: int) -> None:
    authority = world.home.authority
    authority.mfa_required = True
    authority.save()
    provider = IdentityProvider.objects.filter(authority=authority, way=method).first()
    assert signed_in(world.user("officer"), method, provider=provider).get("/admin/").status_code == status
    assert signed_in(world.user("officer"), "password").get("/admin/")["Location"] == "/konto/2fa/"


def test_the_browser_remembers_who_was_signed_in(world: World) -> None:
    client = by_password(world)
    client.get("/varsler/")
    assert typed.COOKIE in client.cookies
