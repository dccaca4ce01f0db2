"""Coming in by an outside service and going out again: who becomes whom, where one lands, and what is left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.messages import get_messages
from django.contrib.sessions.models import Session
from django.test import Client

from portal import sealed
from portal.integrations import openid
from portal.models import Event, GroupRole, Identity, IdentityProvider, Mail, Membership, Notice, SignIn, User
from portal.signing_in import arrivals
from tests import factories as make
from tests.conftest import signed_in
from tests.openid_server import OBJECT, TENANT, begun, come_back, enter

if TYPE_CHECKING:
    from portal.models import Authority
    from tests.openid_server import Service

pytestmark = pytest.mark.django_db
NUMBER = "14838831231"
"""Of the official synthetic series: the month has 80 added."""


@pytest.fixture
def town(service: Service) -> Authority:
    return make.an_authority(name="Prøveby", slug="proveby")


@pytest.fixture
def idporten(town: Authority) -> IdentityProvider:
    return make.a_provider(town)


@pytest.fixture
def entra(town: Authority) -> IdentityProvider:
    provider = make.a_provider(town, "entra")
    GroupRole.objects.create(authority=town, provider=provider, group="gruppe-1", role="officer")
    return provider


def known(provider: IdentityProvider, subject: str = "person-1", **facts: Any) -> User:
    """Make a person the service knows."""
    user = make.a_user(**{"name": "Ada Oppdiktet", **facts})
    make.an_identity(user, provider.way, issuer=openid.issuer_of(provider), subject=subject)
    return user


def person(client: Client) -> int | None:
    return int(client.session["_auth_user_id"]) if "_auth_user_id" in client.session else None


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


# ---- the ways ----


def test_the_ways_are_those_the_authority_offers(client: Client, town: Authority, idporten: IdentityProvider) -> None:
    page = client.get("/proveby/logg-inn/?next=/min-side/").content.decode()
    assert f"/konto/inn/{idporten.pk}/?next=%2Fmin-side%2F" in page
    assert "/konto/kode/?next=%2Fmin-side%2F" in page
    assert "/konto/login/?next=%2Fmin-side%2F" in page
    assert "Ansattporten" not in page


def test_an_authority_with_neither_idporten_nor_ansattporten_says_that_it_tries(
    client: Client, town: Authority, entra: IdentityProvider
) -> None:
    response = client.get("/proveby/logg-inn/")
    assert response.context["trial"]
    make.a_provider(town)
    assert not client.get("/proveby/logg-inn/").context["trial"]


def test_a_password_is_not_offered_where_it_gives_no_role(
    client: Client, town: Authority, entra: IdentityProvider
) -> None:
    assert "/konto/login/" in client.get("/proveby/logg-inn/").content.decode().partition("<main")[2]
    town.password_allowed = False
    town.save()
    assert "/konto/login/" not in client.get("/proveby/logg-inn/").content.decode().partition("<main")[2]


def test_the_page_with_the_password_lists_where_there_are_other_ways(
    client: Client, town: Authority, idporten: IdentityProvider, django_assert_num_queries: Any
) -> None:
    page = client.get("/konto/login/?next=/min-side/").content.decode()
    assert "/proveby/logg-inn/?next=%2Fmin-side%2F" in page
    with django_assert_num_queries(1):
        client.get("/konto/login/")
    for n in range(3):
        other = make.an_authority(name=f"By {n}")
        make.a_provider(other)
        make.a_provider(other, "entra")
    with django_assert_num_queries(1):
        client.get("/konto/login/")


def test_the_ways_cost_the_same_whatever_is_offered(
    client: Client, town: Authority, django_assert_num_queries: Any
) -> None:
    make.a_provider(town, "idporten")
    with django_assert_num_queries(3):
        client.get("/proveby/logg-inn/")
    for way in ("ansattporten", "entra"):
        make.a_provider(town, way)
    with django_assert_num_queries(3):
        client.get("/proveby/logg-inn/")


# ---- where one lands ----

ELSEWHERE = [
    "https://ond.example/", "//ond.example/", "///ond.example/", "/\\ond.example/", "\\\\ond.example/", "/\t/ond.example/",
    "javascript:alert(1)", "/%0d%0a//ond.example/\r\nX: 1", "http:ond.example", "ond.example", "/" + "x" * 3000,
    "/\u2028x", "/ x", " /x", "/\xa0x", "data:text/html,x", "https:/ond.example", "/\x00x", "",
]  # fmt: skip


@pytest.mark.parametrize("page", ELSEWHERE)
def test_one_is_never_led_elsewhere(
    client: Client, service: Service, idporten: IdentityProvider, rf: Any, page: str
) -> None:
    assert arrivals.safe_page(rf.get("/"), page) == ""
    known(idporten)
    if "\x00" not in page:
        asked = begun(client, idporten, next=page)
        assert come_back(client, service, idporten, asked)["Location"] in ("/", "/min-side/")


def test_one_lands_on_the_page_one_came_for(client: Client, service: Service, idporten: IdentityProvider) -> None:
    known(idporten)
    asked = begun(client, idporten, next="/proveby/innspill/?side=2#skriv")
    assert come_back(client, service, idporten, asked)["Location"] == "/proveby/innspill/?side=2#skriv"


def test_what_was_typed_comes_before_the_page(client: Client, service: Service, idporten: IdentityProvider) -> None:
    user = known(idporten)
    client = signed_in(user, "code")
    client.get("/")
    session = client.session
    session["typed"] = {"path": "/x/", "fields": [("text", "Tekst")], "files": [], "person": user.pk, "why": "strength"}
    session.save()
    asked = begun(client, idporten, next="/personvern/")
    assert come_back(client, service, idporten, asked)["Location"] == "/konto/fortsett/"
    assert dict(client.session["typed"]["fields"]) == {"text": "Tekst"}


# ---- who becomes whom ----


def test_a_known_person_comes_in_with_all_that_the_session_must_know(
    client: Client, service: Service, idporten: IdentityProvider
) -> None:
    user = known(idporten)
    before = client.session.session_key
    response = enter(client, service, idporten)
    row = SignIn.objects.get()
    assert (row.user, row.method, row.provider, row.acr) == (user, "idporten", idporten, "idporten-loa-high")
    assert (row.provider_session, row.identity) == ("okt-1", Identity.objects.get(user=user))
    assert sealed.open_("token", row.id_token).count(".") == 2
    assert row.refresh_token == "", "ID-porten is not asked again"
    assert client.session.session_key not in (None, before)
    assert client.session["mark"]["strong_at"] is not None
    assert "no-store" in response["Cache-Control"]


def test_the_number_is_known_to_the_session_only_and_sealed(
    client: Client, service: Service, idporten: IdentityProvider, caplog: Any
) -> None:
    user = known(idporten)
    enter(client, service, idporten)
    assert NUMBER not in str(dict(client.session))
    assert sealed.open_("pid", client.session[arrivals.NUMBER]) == NUMBER
    assert Identity.objects.get(user=user).national_number == ""
    assert NUMBER not in caplog.text
    assert "person-1" not in caplog.text


def test_the_number_is_kept_where_a_decision_needs_it(
    client: Client, service: Service, idporten: IdentityProvider
) -> None:
    idporten.keeps_number_for = "Støtte til enkeltpersonforetak"
    idporten.save()
    user = known(idporten)
    enter(client, service, idporten)
    identity = Identity.objects.get(user=user)
    assert sealed.open_("pid", identity.national_number) == NUMBER
    assert identity.national_number_for == "Støtte til enkeltpersonforetak"


def test_another_person_takes_the_place_of_the_one_who_was_signed_in(
    client: Client, service: Service, idporten: IdentityProvider
) -> None:
    ada, bo = known(idporten), known(idporten, "person-2", name="Bo Oppdiktet")
    enter(client, service, idporten)
    response = enter(client, service, idporten, sub="person-2")
    assert person(client) == bo.pk
    assert any("Ada Oppdiktet" in text and "Bo Oppdiktet" in text for text in said(response))
    assert SignIn.objects.get(user=ada).ended_how == "replaced"
    assert SignIn.objects.live().get().user == bo


def test_two_tabs_that_sign_in_as_two_people_end_as_the_last_one(
    client: Client, service: Service, idporten: IdentityProvider
) -> None:
    ada, bo = known(idporten), known(idporten, "person-2", name="Bo Oppdiktet")
    one, two = begun(client, idporten), begun(client, idporten)
    come_back(client, service, idporten, one)
    assert person(client) == ada.pk
    response = come_back(client, service, idporten, two, sub="person-2")
    assert person(client) == bo.pk
    assert any("Bo Oppdiktet" in text for text in said(response))
    assert [row.user for row in SignIn.objects.live()] == [bo]


def test_one_with_a_closed_account_does_not_come_in(
    client: Client, service: Service, idporten: IdentityProvider
) -> None:
    known(idporten, is_active=False)
    assert enter(client, service, idporten).status_code == 403
    assert person(client) is None


def test_one_who_says_no_is_met_calmly(client: Client, idporten: IdentityProvider) -> None:
    asked = begun(client, idporten, next="/personvern/")
    answer = {"error": "access_denied", "error_description": "<b>hemmelig</b>", "state": asked["state"]}
    response = client.get(f"/konto/inn/{idporten.pk}/svar/", answer)
    assert response.status_code == 200
    assert "hemmelig" not in response.content.decode()
    assert f"/konto/inn/{idporten.pk}/?next=%2Fpersonvern%2F" in response.content.decode()


# ---- staff ----


def test_staff_come_in_with_the_roles_of_their_groups(
    client: Client, service: Service, entra: IdentityProvider
) -> None:
    user = known(entra, f"{TENANT}/{OBJECT}")
    assert enter(client, service, entra)["Location"] == "/admin/"
    assert [row.role for row in user.memberships.filter(provider=entra)] == ["officer"]
    assert sealed.open_("token", SignIn.objects.get().refresh_token) == "r"


def test_staff_whose_groups_give_nothing_are_told_so(client: Client, service: Service, entra: IdentityProvider) -> None:
    user = known(entra, f"{TENANT}/{OBJECT}")
    enter(client, service, entra)
    client.logout()
    assert enter(client, service, entra, groups=["gruppe-9"]).status_code == 403
    assert person(client) is None
    assert not Membership.objects.filter(user=user).exists()
    assert not SignIn.objects.live().exists()


def test_staff_with_a_role_by_hand_need_no_group(client: Client, service: Service, entra: IdentityProvider) -> None:
    user = known(entra, f"{TENANT}/{OBJECT}", role="editor", authority=entra.authority)
    enter(client, service, entra, groups=None)
    assert person(client) == user.pk


def test_a_directory_that_does_not_tell_its_groups_lets_no_one_in(
    client: Client, service: Service, entra: IdentityProvider
) -> None:
    user = known(entra, f"{TENANT}/{OBJECT}", role="editor", authority=entra.authority)
    elsewhere = {"_claim_names": {"groups": "src1"}, "groups": None}
    assert enter(client, service, entra, **elsewhere).status_code == 403
    GroupRole.objects.all().delete()
    enter(client, service, entra, **elsewhere)
    assert person(client) == user.pk, "where no group matters, it does not"


def test_a_stranger_in_the_directory_is_told_that_she_has_no_role(
    client: Client, service: Service, entra: IdentityProvider
) -> None:
    response = enter(client, service, entra, groups=[])
    assert response.status_code == 403
    assert arrivals.WAITING not in client.session


def test_an_account_that_a_leader_made_is_taken_over_by_its_address(
    client: Client, service: Service, entra: IdentityProvider
) -> None:
    user = make.a_user("officer", entra.authority, email="ansatt@test.example")
    user.set_unusable_password()
    user.save()
    enter(client, service, entra, groups=[])
    assert person(client) == user.pk
    assert Event.objects.filter(kind="identity.connected", actor_id=user.pk).count() == 1
    assert Notice.objects.filter(user=user, kind="identity_connected").count() == 1


ACCOUNTS: dict[str, dict[str, Any]] = {
    "with a password": {"password": True}, "that has been used": {"used": True}, "of the operator": {"is_superuser": True},
    "that is closed": {"is_active": False}, "with a role elsewhere": {"elsewhere": True}, "without a role": {"role": ""},
    "with an identity": {"identity": True}, "with a mandate": {"mandate": True},
}  # fmt: skip


@pytest.mark.parametrize("kind", ACCOUNTS)
def test_no_other_account_is_taken_over_by_its_address(
    client: Client, service: Service, entra: IdentityProvider, kind: str
) -> None:
    facts = dict(ACCOUNTS[kind])
    own = {name: facts.pop(name) for name in ("password", "used", "elsewhere", "identity", "mandate") if name in facts}
    user = make.a_user(facts.pop("role", "officer"), entra.authority, email="ansatt@test.example", **facts)
    if "password" not in own:
        user.set_unusable_password()
    if "used" in own:
        user.last_login = user.date_joined
    user.save()
    if "elsewhere" in own:
        Membership.objects.create(user=user, authority=make.an_authority(), role="officer")
    if "identity" in own:
        make.an_identity(user)
    if "mandate" in own:
        make.a_mandate(make.an_organisation(entra.authority), user)
    assert enter(client, service, entra)["Location"] == "/konto/velkommen/"
    assert person(client) is None
    assert not Identity.objects.filter(user=user, way="entra").exists()


# ---- whom one acts for ----


def right(number: str = "0192:974760673", **others: Any) -> dict[str, Any]:
    resource = "urn:altinn:resource:naering-soknad"
    party = {
        "orgno": {"authority": "iso6523-actorid-upis", "ID": number}, "name": "Oppdiktet AS", "unit_type": "AS",
        "resource": resource,
    }  # fmt: skip
    return {"type": "ansattporten:altinn:resource", "resource": resource, "authorized_parties": [party], **others}


def test_who_acts_for_an_organisation_gets_a_mandate(client: Client, service: Service, town: Authority) -> None:
    provider = make.a_provider(town, "ansattporten")
    user = known(provider)
    response = enter(client, service, provider, authorization_details=[right()])
    assert user.mandates.get().organisation.name == "Oppdiktet AS"
    assert any("Oppdiktet AS" in text for text in said(response))


RIGHTS: dict[str, Any] = {
    "nothing": None, "an object": {"type": "ansattporten:altinn:resource"}, "a text": "alt", "of texts": ["alt"],
    "another resource": [right(resource="urn:altinn:resource:skatt")], "another type": [right(type="ansattporten:altinn:service")],
    "another register": [right("9999:974760673")], "no number": [right("0192:")], "too many digits": [right("0192:9747606731")],
    "signs that count elsewhere": [right("0192:٩٧٤٧٦٠٦٧٣")], "a number that is none": [right("0192:974760674")],
    "parties that are none": [right(authorized_parties="alle")], "a party that is none": [right(authorized_parties=[1, None])],
    "a party of another resource": [right(authorized_parties=[{**right()["authorized_parties"][0], "resource": "urn:x"}])],
}  # fmt: skip


@pytest.mark.parametrize("kind", RIGHTS)
def test_a_right_that_is_not_ours_gives_no_mandate(
    client: Client, service: Service, town: Authority, kind: str
) -> None:
    provider = make.a_provider(town, "ansattporten")
    user = known(provider)
    enter(client, service, provider, authorization_details=RIGHTS[kind])
    assert person(client) == user.pk, "she is who she is"
    assert not user.mandates.exists()


# ---- connecting, and showing once more that it is she ----


def test_a_service_is_connected_to_the_account_that_is_signed_in(service: Service, idporten: IdentityProvider) -> None:
    user = make.a_user(name="Ada Oppdiktet")
    client = signed_in(user, "password")
    response = come_back(client, service, idporten, begun(client, idporten, koble="1"))
    assert response["Location"] == "/konto/koblinger/"
    assert Identity.objects.get(user=user).subject == "person-1"
    assert Mail.objects.filter(to_address=user.email).exists(), "she is told"
    assert client.session["mark"]["method"] == "password", "and goes on as she came"


def test_connecting_needs_that_one_has_just_shown_who_one_is(idporten: IdentityProvider) -> None:
    client = signed_in(make.a_user(), "entra", provider=make.a_provider(idporten.authority, "entra"))
    assert client.get(f"/konto/inn/{idporten.pk}/?koble=1")["Location"].startswith("/konto/bekreft/")
    assert Client().get(f"/konto/inn/{idporten.pk}/?koble=1")["Location"].startswith("/proveby/logg-inn/")


def test_an_identity_of_another_account_is_not_connected(service: Service, idporten: IdentityProvider) -> None:
    other = known(idporten)
    client = signed_in(make.a_user(), "password")
    response = come_back(client, service, idporten, begun(client, idporten, koble="1"))
    assert response.status_code == 409
    assert Identity.objects.get().user == other if Identity.objects.count() == 1 else True


def test_a_code_by_mail_connects_nothing_to_an_account_that_more_guards(idporten: IdentityProvider) -> None:
    page = f"/konto/inn/{idporten.pk}/?koble=1"
    assert signed_in(make.a_user(), "code").get(page)["Location"].startswith("/konto/bekreft/"), "by her password"
    officer, plain = make.a_user("officer", idporten.authority), make.a_user()
    for user in (officer, plain):
        user.set_unusable_password()
        user.save()
    assert signed_in(officer, "code").get(page).status_code == 403
    assert signed_in(plain, "code").get(page)["Location"].startswith(openid.issuer_of(idporten))


def test_connecting_ends_where_another_has_signed_in_meanwhile(service: Service, idporten: IdentityProvider) -> None:
    ada, bo = make.a_user(), known(idporten, "person-2")
    client = signed_in(ada, "password")
    asked = begun(client, idporten, koble="1")
    client.logout()
    second = begun(client, idporten)
    come_back(client, service, idporten, second, sub="person-2")
    assert come_back(client, service, idporten, asked).status_code == 400, "its sign-in went with the session"
    assert not ada.identities.exists()
    assert bo.identities.count() == 1


def test_another_person_at_the_service_confirms_nothing(service: Service, idporten: IdentityProvider) -> None:
    ada, _bo = known(idporten), known(idporten, "person-2")
    client = signed_in(ada, "idporten")
    for subject in ("person-2", "ukjent"):
        asked = begun(client, idporten, **{"paa-nytt": "1"})
        assert come_back(client, service, idporten, asked, sub=subject).status_code == 403
        assert person(client) == ada.pk
        assert "confirmed" not in client.session


def test_confirming_leaves_the_session_as_it_is(service: Service, idporten: IdentityProvider) -> None:
    ada = known(idporten)
    client = signed_in(ada, "idporten")
    asked = begun(client, idporten, **{"paa-nytt": "1", "next": "/personvern/"})
    assert come_back(client, service, idporten, asked)["Location"] == "/personvern/"
    assert client.session["confirmed"]["person"] == ada.pk
    assert SignIn.objects.count() == 1


def test_nobody_is_left_in_the_sessions_of_an_answer_that_failed(
    client: Client, service: Service, idporten: IdentityProvider
) -> None:
    known(idporten)
    enter(client, service, idporten, nonce="x")
    assert not any("mark" in row.get_decoded() for row in Session.objects.all())
