"""What could let someone in is done only by one who has confirmed lately that it is she; her form comes back."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client, RequestFactory
from django.utils import timezone

from portal import typed
from portal.models import Authority, EmailCode, IdentityProvider, Mail, Membership, User
from portal.signing_in import step_up
from tests import factories as make
from tests.conftest import confirmed, signed_in

if TYPE_CHECKING:
    from tests.world import World

pytestmark = pytest.mark.django_db
ROLES = "/admin/portal/membership/"
INVITE = {"email": "ny@hjemby.example", "name": "Ny Oppdiktet", "role": "editor", "valid_from": "", "valid_to": "",
          "case": "", "_save": "Lagre"}  # fmt: skip


def is_asked(answer: Any) -> bool:
    return answer.status_code == 302 and answer["Location"].startswith("/konto/bekreft/?til=")


# ---- what counts ----


@pytest.fixture
def leader(world: World) -> Client:
    """A browser where the leader signed in some time ago and has confirmed nothing since."""
    return signed_in(world.user("leader"))


def request_with(user: User, **mark: Any) -> Any:
    from portal.strength import Mark

    request: Any = RequestFactory().post("/")
    request.session, request.user = Client().session, user
    if mark:
        at = timezone.now().timestamp() - mark.pop("ago", 0)
        user.mark = Mark(sign_in=1, at=at, seen=at, **mark)  # type: ignore[attr-defined]
    return request


def test_a_code_does_not_confirm_for_who_has_more_than_her_address(world: World) -> None:
    user, now = world.user("colleague"), timezone.now()
    user.set_unusable_password()
    assert step_up.is_confirmed(request_with(user, method="code"), now)
    make.an_identity(user)
    assert not step_up.is_confirmed(request_with(user, method="code"), now)
    user.identities.all().delete()
    user.set_password("et langt passord 1")
    assert not step_up.is_confirmed(request_with(user, method="code"), now)


@pytest.mark.parametrize("method", ["password", "mfa", "passkey", "demo"])
def test_signing_in_with_what_she_has_or_knows_confirms_for_ten_minutes(world: World, method: str) -> None:
    now = timezone.now()
    assert step_up.is_confirmed(request_with(world.user("leader"), method=method, ago=590), now)
    assert not step_up.is_confirmed(request_with(world.user("leader"), method=method, ago=610), now)


@pytest.mark.parametrize("method", ["entra", "idporten", "ansattporten"])
def test_coming_in_by_a_service_does_not_confirm_it_may_not_have_asked(world: World, method: str) -> None:
    assert not step_up.is_confirmed(request_with(world.user("leader"), method=method), timezone.now())


def test_a_session_without_a_mark_has_confirmed_nothing(world: World) -> None:
    assert not step_up.is_confirmed(request_with(world.user("leader")), timezone.now())


def test_a_confirmation_is_one_persons_and_never_from_the_future(world: World) -> None:
    request, now = request_with(world.user("leader")), timezone.now()
    step_up.confirm(request, now)
    assert step_up.is_confirmed(request, now)
    assert not step_up.is_confirmed(request, now - dt.timedelta(minutes=2))
    request.user = world.user("officer")
    assert not step_up.is_confirmed(request, now)


def test_a_confirmation_does_not_outlive_the_session(world: World) -> None:
    client = confirmed(signed_in(world.user("leader")))
    client.post("/konto/logout/")
    client.force_login(world.user("leader"))
    assert is_asked(client.get(f"{ROLES}add/"))


# ---- the admin ----


def test_a_role_is_given_after_asking_and_the_form_is_not_lost(world: World, leader: Client) -> None:
    answer = leader.post(f"{ROLES}add/", INVITE)
    assert is_asked(answer)
    assert not User.objects.filter(email=INVITE["email"]).exists()
    leader.get(answer["Location"])
    confirmed(leader)
    assert leader.get(answer["Location"])["Location"] == "/konto/fortsett/"
    page = leader.get("/konto/fortsett/").content.decode()
    typed_again = dict(re.findall(r'<textarea hidden name="([^"]+)">\n([^<]*)</textarea>', page))
    assert leader.post(f"{ROLES}add/", typed_again).status_code == 302
    assert Membership.objects.filter(user__email=INVITE["email"], role="editor").exists()


def test_a_role_is_changed_and_taken_only_after_asking(world: World, leader: Client) -> None:
    row = world.home.one(Membership)
    for page in (f"{ROLES}{row.pk}/change/", f"{ROLES}{row.pk}/delete/", ROLES):
        assert is_asked(leader.post(page, {"post": "yes"})), page
        assert leader.get(page).status_code == 200, page
    assert Membership.objects.filter(pk=row.pk).exists()


def test_the_authoritys_rules_are_changed_only_after_asking(world: World, leader: Client) -> None:
    page = f"/admin/portal/authority/{world.home.authority.pk}/change/"
    assert is_asked(leader.post(page, {"password_allowed": ""}))
    assert Authority.objects.get(pk=world.home.authority.pk).password_allowed


def test_who_may_not_is_told_so_and_not_asked(world: World) -> None:
    officer = signed_in(world.user("officer"))
    assert officer.get(f"{ROLES}add/").status_code == 403
    assert officer.post(f"{ROLES}add/", INVITE).status_code == 403


def test_everyday_work_is_not_asked(world: World) -> None:
    officer = signed_in(world.user("officer"))
    pages = [
        "/admin/portal/case/add/", f"/admin/portal/case/{world.home.case.pk}/change/",
        "/admin/strategy/goal/add/", f"/admin/strategy/measureparticipation/{world.home.participation.pk}/change/",
        "/admin/portal/document/add/", "/admin/portal/inputround/add/", "/admin/strategy/measureparticipation/",
    ]  # fmt: skip
    for page in pages:
        assert officer.get(page).status_code == 200, page
        assert not is_asked(officer.post(page, {"_save": "Lagre"})), page


# ---- the ways ----


def confirm_page(client: Client) -> Any:
    return client.get(step_up.address(f"{ROLES}add/", is_kept=True))


def test_a_password_and_a_second_step_are_offered_to_who_has_them(world: World, leader: Client) -> None:
    from allauth.mfa.models import Authenticator

    user = world.user("leader")
    user.set_password("et langt passord 1")
    user.save()
    leader = signed_in(user)
    Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
    addresses = [way["address"] for way in confirm_page(leader).context["ways"]]
    assert addresses == [
        "/konto/reauthenticate/?next=%2Fadmin%2Fportal%2Fmembership%2Fadd%2F",
        "/konto/2fa/reauthenticate/?next=%2Fadmin%2Fportal%2Fmembership%2Fadd%2F",
    ]


def test_the_password_confirms_and_leads_back_to_what_she_wrote(world: World) -> None:
    user = world.user("leader")
    user.set_password("et langt passord 1")
    user.save()
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"primary": True, "verified": True})
    client = signed_in(user)
    place = client.post(f"{ROLES}add/", INVITE)["Location"]
    way = client.get(place).context["ways"][0]["address"]
    answer = client.post(way, {"password": "et langt passord 1", "next": "/konto/fortsett/"})
    assert (answer.status_code, answer["Location"]) == (302, "/konto/fortsett/")
    assert client.get(f"{ROLES}add/").status_code == 200
    assert "ny@hjemby.example" in client.get("/konto/fortsett/").content.decode()


def test_a_service_is_asked_anew_and_only_one_she_is_known_by(world: World) -> None:
    from portal.integrations import openid

    user = world.user("leader")
    user.set_unusable_password()
    user.save()
    provider = world.home.rows(IdentityProvider).get(way="entra")
    identity = make.an_identity(user, "entra", issuer=openid.issuer_of(provider))
    client = signed_in(user, "entra", provider=provider, identity=identity)
    addresses = [way["address"] for way in confirm_page(client).context["ways"]]
    assert addresses == [f"/konto/inn/{provider.pk}/?next=%2Fadmin%2Fportal%2Fmembership%2Fadd%2F&paa-nytt=1"]


# ---- the code ----


@pytest.fixture
def bare(world: World) -> tuple[Client, User]:
    """One who has nothing but her address, and signed in long ago."""
    user = world.user("leader")
    user.set_unusable_password()
    user.save()
    return signed_in(user), user


def digits(user: User) -> str:
    mail = Mail.objects.filter(to_address=user.email).latest("pk")
    found = re.search(r"\b(\d{3}) (\d{3})\b", mail.text)
    assert found is not None
    return "".join(found.groups())


def test_a_code_by_mail_confirms_for_who_has_nothing_else(bare: tuple[Client, User]) -> None:
    client, user = bare
    place = client.post(f"{ROLES}add/", INVITE)["Location"]
    assert client.get(place).context["by_code"]
    client.post(place, {"do": "send"})
    assert client.post(place, {"do": "confirm", "code": digits(user)})["Location"] == "/konto/fortsett/"
    assert client.get(f"{ROLES}add/").status_code == 200


def test_a_wrong_code_confirms_nothing_and_dies_after_five_tries(bare: tuple[Client, User]) -> None:
    client, user = bare
    place = step_up.address("/admin/", is_kept=True)
    client.post(place, {"do": "send"})
    right = digits(user)
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(5):
        assert client.post(place, {"do": "confirm", "code": wrong}).status_code == 200
    assert client.post(place, {"do": "confirm", "code": right}).status_code == 200
    assert is_asked(client.get(f"{ROLES}add/"))


def test_a_code_is_its_persons_and_its_sessions(world: World, bare: tuple[Client, User]) -> None:
    client, user = bare
    place = step_up.address("/admin/", is_kept=True)
    client.post(place, {"do": "send"})
    code, elsewhere = digits(user), signed_in(user)
    assert elsewhere.post(place, {"do": "confirm", "code": code}).status_code == 302  # it gets a code of its own
    assert is_asked(elsewhere.get(f"{ROLES}add/"))
    other = world.user("officer")
    other.set_unusable_password()
    other.save()
    stolen = signed_in(other)
    session = stolen.session
    session["confirm_code"] = EmailCode.objects.filter(purpose=f"confirm:{user.pk}").latest("pk").pk
    session.save()
    stolen.post(place, {"do": "confirm", "code": code})
    assert step_up.CONFIRMED not in stolen.session


def test_no_flood_of_codes(bare: tuple[Client, User]) -> None:
    client, _user = bare
    place = step_up.address("/admin/", is_kept=True)
    answers = [client.post(place, {"do": "send"}).status_code for _ in range(8)]
    assert answers == [302] * 6 + [429] * 2


def test_the_demos_list_confirms_in_the_demo_only(world: World, settings: Any) -> None:
    user = world.user("leader")
    user.set_unusable_password()
    user.save()
    client, place = signed_in(user), step_up.address("/admin/", is_kept=True)
    assert client.post(place, {"do": "demo"}).status_code == 302  # outside the demo it is a code that is sent
    assert step_up.CONFIRMED not in client.session
    settings.DEMO = True
    assert client.get(place).context["is_demo"]
    assert client.post(place, {"do": "demo"})["Location"] == "/admin/"
    assert step_up.CONFIRMED in client.session


# ---- what opens the account ----

OPENERS = ["password/set/", "2fa/totp/activate/", "2fa/webauthn/add/"]


@pytest.mark.parametrize("page", OPENERS)
def test_a_new_way_in_is_made_only_by_who_has_confirmed(bare: tuple[Client, User], page: str) -> None:
    client, _user = bare
    assert is_asked(client.get(f"/konto/{page}"))
    assert is_asked(client.post(f"/konto/{page}", {"password1": "nytt langt passord"}))
    assert confirmed(client).get(f"/konto/{page}").status_code == 200


@pytest.mark.parametrize("page", OPENERS)
def test_a_code_gives_no_guarded_account_a_new_way_in(bare: tuple[Client, User], page: str) -> None:
    _client, user = bare
    assert signed_in(user, "code").get(f"/konto/{page}").status_code == 403


def test_who_has_nothing_but_a_code_and_no_role_may_choose_a_password(world: World) -> None:
    user = world.user("colleague")
    user.set_unusable_password()
    user.save()
    assert signed_in(user, "code").get("/konto/password/set/").status_code == 200


# ---- the decorator ----


def test_the_decorator_lets_reading_through_and_keeps_what_was_typed(world: World) -> None:
    view = step_up.recently(lambda request: "seen")  # type: ignore[arg-type, return-value]
    request = request_with(world.user("leader"))
    assert is_asked(view(request)) and typed.SESSION_KEY not in request.session
    request.POST = {"a": "b"}
    get: Any = RequestFactory().get("/")
    get.session, get.user = request.session, request.user
    assert view(get) == "seen"  # type: ignore[comparison-overlap]
    step_up.confirm(request, timezone.now())
    assert view(request) == "seen"  # type: ignore[comparison-overlap]
