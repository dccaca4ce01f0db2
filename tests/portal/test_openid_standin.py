"""The stand-ins for ID-porten, Ansattporten and Entra ID refuse what the real services refuse, and exist in the demo only."""

from __future__ import annotations

import datetime as dt
import re
import threading
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from joserfc.errors import JoseError
from stdnum.no import fodselsnummer, orgnr

from portal.demo import signin_facts as facts
from portal.integrations import openid_standin as standin
from portal.integrations import openid_standin_keys as keys
from portal.integrations import openid_standin_tokens as tokens
from portal.models import IdentityProvider
from tests import factories as make
from tests.portal.standins import SECRET, Relying, details

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _demo(settings: Any) -> None:
    settings.DEMO = True
    settings.ROOT_URLCONF = "tests.house.demo_urls"


def a_client(way: str = "idporten", **more: Any) -> Relying:
    if way == "entra":
        more = {"tenant": facts.HALDEN_TENANT, **more}
    return Relying(make.a_provider(make.an_authority(), way, **more))


def refused(answer: Any, error: str, status: int = 400) -> None:
    assert (answer.status_code, answer.json()["error"]) == (status, error)


# ---- what it says of itself ----


@pytest.mark.parametrize("way", ["idporten", "ansattporten", "entra"])
def test_each_service_describes_itself_with_addresses_that_answer(way: str) -> None:
    client = a_client(way)
    described = Client().get(f"{client.root}/.well-known/openid-configuration").json()
    assert described["issuer"] == django_settings.BASE_URL + client.root
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "end_session_endpoint"):
        assert described[name].startswith(f"{described['issuer']}/")
        path = described[name].removeprefix(django_settings.BASE_URL)
        assert Client().get(path).status_code in (200, 400, 405), name
    assert described["code_challenge_methods_supported"] == ["S256"]


def test_a_tenant_nobody_has_and_a_page_no_service_has_do_not_exist() -> None:
    for path in ("entra/12345678-1234-4123-8123-123456789012/jwks", "entra/x/jwks", "feide/jwks", "idporten/hemmelig"):
        assert Client().get(f"/demo/innlogging/{path}").status_code == 404, path


# ---- asking ----


def test_the_page_says_that_it_is_a_stand_in_and_lists_its_people() -> None:
    text = a_client().ask().text
    assert "ds-alert" in text and "ID-porten" in text
    assert "Ada Oppdiktet" in text and "Dag Oppdiktet" not in text
    assert "Dag Oppdiktet" in a_client("entra").ask().text


def test_no_page_shows_a_national_identity_number() -> None:
    for way in ("idporten", "ansattporten"):
        client = a_client(way)
        text = client.ask().text + client.ask(person="bo", authorization_details=details("naering-soknad")).text
        assert not [fact.number for fact in facts.PEOPLE if fact.number and fact.number in text]


@pytest.mark.parametrize(
    "changed", [{"client_id": "ukjent"}, {"redirect_uri": "https://ond.example/svar"}, {"redirect_uri": None}]
)
def test_nobody_is_led_to_an_address_that_is_not_registered(changed: dict[str, Any]) -> None:
    for extra in ({}, {"person": "ada"}):
        answer = a_client().ask(**changed, **extra)
        assert answer.status_code == 400 and "Location" not in answer.headers
        assert "ond.example" not in answer.text


def test_another_clients_address_is_not_ours() -> None:
    ours, other = a_client(), a_client()
    assert ours.ask(redirect_uri=other.redirect_uri).status_code == 400


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "kort"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"nonce": None}, "invalid_request"),
        ({"state": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"acr_values": "Level4"}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
        ({"authorization_details": details("naering-soknad")}, "invalid_authorization_details"),
    ],
)
def test_a_request_that_is_wrong_leads_back_with_the_protocols_word(changed: dict[str, Any], error: str) -> None:
    said = a_client().answered(person="ada", **changed)
    assert said["error"] == error and "code" not in said
    assert said.get("state", "") == ("" if "state" in changed else "tilstand")


@pytest.mark.parametrize("asked", [details("annen"), "[]", "{", "[1]", '[{"type":"x","resource":"y"}]'])
def test_ansattporten_gives_only_the_resource_that_is_the_clients(asked: str) -> None:
    assert a_client("ansattporten").answered(authorization_details=asked)["error"] == "invalid_authorization_details"


def test_one_can_change_ones_mind() -> None:
    links = re.findall(r'href="([^"]+)"', a_client().ask().text.replace("&amp;", "&"))
    assert any("error=access_denied" in link and "state=tilstand" in link for link in links)


def test_the_answer_says_who_answered() -> None:
    client = a_client()
    assert client.answered(person="ada")["iss"] == client.service.issuer
    assert "iss" not in a_client("entra").answered(person="dag")


# ---- fetching ----


def test_a_code_gives_a_signed_token_with_the_claims_of_id_porten() -> None:
    client = a_client()
    said = client.claims("ada", acr_values="idporten-loa-high")
    now = timezone.now().timestamp()
    assert said["iss"] == client.service.issuer and said["aud"] == client.provider.client_id
    assert (said["nonce"], said["acr"], said["locale"]) == ("en-gang", "idporten-loa-high", "nb")
    assert said["pid"] == facts.person("ada").number and said["amr"] and said["sid"]
    assert abs(said["auth_time"] - now) < 10 and said["iat"] <= now + 1 < said["exp"]
    assert not {"name", "email", "authorization_details", "groups"} & set(said)


def test_a_person_is_another_to_each_client_and_the_same_each_time() -> None:
    one, other = a_client(), a_client()
    assert one.claims()["sub"] == one.claims()["sub"] != other.claims()["sub"]
    assert one.claims("bo")["sub"] != one.claims("ada")["sub"]
    assert one.claims()["sid"] != one.claims()["sid"]


def test_ansattporten_tells_the_one_organisation_that_was_chosen() -> None:
    client = a_client("ansattporten")
    asked = {"authorization_details": details("naering-soknad")}
    page = client.ask(person="bo", **asked)
    assert page.status_code == 200 and "OPPDIKTET BAKERI AS" in page.text and "OPPDIKTET HANDEL" not in page.text
    (right,) = client.claims("bo", party=facts.BAKERY, **asked)["authorization_details"]
    assert right["type"] == "ansattporten:altinn:resource"
    assert right["resource"] == "urn:altinn:resource:naering-soknad" and right["resource_name"]
    assert right["authorized_parties"] == [
        {"orgno": {"authority": "iso6523-actorid-upis", "ID": f"0192:{facts.BAKERY}"},
         "resource": "urn:altinn:resource:naering-soknad", "name": "OPPDIKTET BAKERI AS", "unit_type": "AS"}
    ]  # fmt: skip


def test_an_organisation_one_does_not_act_for_cannot_be_chosen() -> None:
    client = a_client("ansattporten")
    asked = {"authorization_details": details("naering-soknad")}
    assert client.ask(person="bo", party=facts.SHOP, **asked).status_code == 200, "the choice is shown again"
    assert client.ask(person="ada", party=facts.BAKERY, **asked).status_code == 200
    must = {"authorization_details": details("naering-soknad", representation_is_required=True)}
    assert client.ask(person="bo", party=standin.MYSELF, **must).status_code == 200
    assert "authorization_details" not in client.claims("bo", party=standin.MYSELF, **asked)
    assert "authorization_details" not in client.claims("bo", party=facts.BAKERY), "nothing was asked for"


def test_entra_tells_tenant_object_name_and_groups() -> None:
    said = a_client("entra").claims("dag")
    assert (said["tid"], said["oid"]) == (str(facts.HALDEN_TENANT), facts.person("dag").oid)
    assert (said["name"], said["preferred_username"]) == ("Dag Oppdiktet", "dag@halden.example")
    assert said["groups"] == [facts.OFFICERS.id] and UUID(said["groups"][0])
    assert not {"pid", "acr"} & set(said)
    assert a_client("entra").claims("eli")["groups"] == []


def test_a_code_opens_once() -> None:
    client = a_client()
    code = client.code()
    assert client.fetch(code=code).status_code == 200
    refused(client.fetch(code=code), "invalid_grant")


def test_of_two_who_use_a_code_at_once_one_gets_in() -> None:
    memory = {"service": "idporten"}
    keys.remember("code", "felles", memory, seconds=60)
    got: list[Any] = []
    gate = threading.Barrier(8)

    def take() -> None:
        gate.wait()
        got.append(keys.take("code", "felles"))

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found for found in got if found] == [memory]


def test_a_code_is_too_old_after_a_minute() -> None:
    client, now = a_client(), timezone.now()
    code, late = client.code(), client.code()
    with time_machine.travel(now + dt.timedelta(seconds=59), tick=False):
        assert client.fetch(code=code).status_code == 200
    with time_machine.travel(now + dt.timedelta(seconds=62), tick=False):
        refused(client.fetch(code=late), "invalid_grant")


@pytest.mark.parametrize(
    "changed",
    [{"code_verifier": "x" * 64}, {"code_verifier": ""}, {"redirect_uri": "https://ond.example/"}, {"code": "gjettet"}],
)
def test_a_code_with_something_else_wrong_is_refused_and_used_up(changed: dict[str, str]) -> None:
    client = a_client()
    code = client.code()
    refused(client.fetch(**{"code": code, **changed}), "invalid_grant")
    if "code" not in changed:
        refused(client.fetch(code=code), "invalid_grant")


def test_the_challenge_itself_is_no_verifier() -> None:
    client = a_client()
    refused(client.fetch(code=client.code(), code_verifier=tokens.challenge_of(client.verifier)), "invalid_grant")


def test_a_code_is_its_own_clients_and_its_own_services() -> None:
    ours, other, employees = a_client(), a_client(), a_client("ansattporten")
    refused(other.fetch(code=ours.code(), redirect_uri=ours.redirect_uri, code_verifier=ours.verifier), "invalid_grant")
    refused(employees.fetch(code=ours.code(), code_verifier=ours.verifier), "invalid_grant")


@pytest.mark.parametrize("header", ["Basic !!", "Basic eDp5", "Bearer x", "Basic eA=="])
def test_a_client_that_cannot_show_its_secret_gets_nothing(header: str) -> None:
    client = a_client()
    form = {"grant_type": "authorization_code", "code": client.code(), "redirect_uri": client.redirect_uri}
    answer = Client().post(f"{client.root}/token", form, headers={"Authorization": header})
    refused(answer, "invalid_client", 401)
    assert "WWW-Authenticate" in answer.headers
    refused(client.fetch(code="x", client_id=client.provider.client_id, client_secret="feil"), "invalid_client", 401)
    refused(client.fetch(code="x", client_id=client.provider.client_id, client_secret=""), "invalid_client", 401)


def test_the_secret_may_come_in_the_form_but_not_in_two_places() -> None:
    client = a_client()
    shown = {"client_id": client.provider.client_id, "client_secret": SECRET}
    assert client.fetch(code=client.code(), **shown).status_code == 200
    form = {"grant_type": "authorization_code", "code": client.code(), **shown}
    refused(Client().post(f"{client.root}/token", form, headers={"Authorization": "Basic eDp5"}), "invalid_request")


def test_tokens_are_never_stored_on_the_way() -> None:
    client = a_client()
    assert "no-store" in client.fetch(code=client.code())["Cache-Control"]
    refused(client.fetch(grant_type="password"), "unsupported_grant_type")
    refused(client.fetch(grant_type="refresh_token", refresh_token="x"), "unsupported_grant_type")


def test_an_agreement_that_is_not_in_use_or_is_with_the_real_service_is_unknown_here() -> None:
    for more in ({"is_active": False}, {"environment": "production"}, {"environment": "test"}):
        assert a_client(**more).ask().status_code == 400, more


# ---- groups, asked for again ----


def renewed(client: Relying, grant: str) -> Any:
    return client.fetch(grant_type="refresh_token", refresh_token=grant)


def test_entra_tells_todays_groups_to_one_who_asks_again() -> None:
    client = a_client("entra")
    first = client.tokens("liv", scope="openid offline_access")
    standin.set_state(facts.person("liv"), standin.OUT_OF_GROUPS)
    second = renewed(client, first["refresh_token"]).json()
    said = client.read(second["id_token"])
    assert said["groups"] == [] and "nonce" not in said
    assert second["refresh_token"] != first["refresh_token"]
    standin.set_state(facts.person("liv"), "")
    assert client.read(renewed(client, second["refresh_token"]).json()["id_token"])["groups"] == [
        facts.OFFICERS.id, facts.LEADERS.id
    ]  # fmt: skip


def test_entra_does_not_vouch_for_one_whose_account_is_closed() -> None:
    client = a_client("entra")
    grant = client.tokens("dag", scope="openid offline_access")["refresh_token"]
    code = client.code("dag")
    standin.set_state(facts.person("dag"), standin.CLOSED)
    refused(renewed(client, grant), "invalid_grant")
    refused(client.fetch(code=code), "invalid_grant")
    assert client.ask(person="dag").status_code == 200, "she is not let in"


def test_a_refresh_token_comes_only_when_asked_for_and_is_its_clients_alone() -> None:
    client = a_client("entra")
    assert "refresh_token" not in client.tokens("dag")
    assert "refresh_token" not in a_client().tokens(scope="openid offline_access")
    grant = client.tokens("dag", scope="openid offline_access")["refresh_token"]
    refused(renewed(a_client("entra"), grant), "invalid_grant")
    refused(renewed(a_client("entra", tenant=facts.SARPSBORG_TENANT), grant), "invalid_grant")
    refused(renewed(client, grant + "x"), "invalid_grant")


# ---- keys ----


def test_the_key_before_the_newest_stands_published() -> None:
    client = a_client()
    before = client.tokens()["id_token"]
    keys.rotate()
    after = client.tokens()["id_token"]
    assert client.read(before) and client.read(after)
    published = Client().get(f"{client.root}/jwks").json()["keys"]
    assert len(published) == 2 and not [key for key in published if {"d", "p", "q"} & set(key)]
    keys.rotate()
    with pytest.raises(JoseError, match="kid"):
        client.read(before)


def test_all_processes_sign_with_the_same_key(monkeypatch: pytest.MonkeyPatch) -> None:
    client = a_client()
    token = client.tokens()["id_token"]
    monkeypatch.setattr(keys, "first_key", keys.new_key)  # as in another process, which never made one
    assert client.read(token)


# ---- signing out ----


def leave(client: Relying, **form: str) -> Any:
    return client.browser.post(f"{client.root}/logout", form)


def test_signing_out_tells_the_client_in_a_frame_and_leads_back() -> None:
    client = a_client()
    token = client.tokens()["id_token"]
    back = django_settings.BASE_URL + reverse("signed_out")
    answer = leave(client, id_token_hint=token, post_logout_redirect_uri=back, state="ute")
    assert answer.status_code == 200 and answer["Refresh"] == f"1; url={back}?state=ute"
    frame = re.search(r'<iframe src="([^"]+)"', answer.text)
    assert frame is not None
    told = frame[1].replace("&amp;", "&")
    assert told.startswith(django_settings.BASE_URL + reverse("front_channel_logout", args=[client.provider.pk]))
    assert f"sid={client.read(token)['sid']}" in told and "iss=" in told
    assert 'title="' in answer.text


def test_signing_out_needs_a_token_of_ours_and_a_registered_address() -> None:
    client, other = a_client(), a_client("ansattporten")
    token = client.tokens()["id_token"]
    for form in (
        {},
        {"id_token_hint": "x.y.z"},
        {"id_token_hint": other.tokens("bo")["id_token"]},
        {"id_token_hint": token[:-4] + "AAAA"},
        {"id_token_hint": token, "client_id": "en-annen"},
        {"id_token_hint": token, "post_logout_redirect_uri": "https://ond.example/"},
    ):
        answer = leave(client, **form)
        assert answer.status_code == 400 and "Refresh" not in answer.headers and "ond.example" not in answer.text, form


def test_a_token_that_has_run_out_is_still_a_hint() -> None:
    client = a_client()
    token = client.tokens()["id_token"]
    with time_machine.travel(timezone.now() + dt.timedelta(hours=3), tick=False):
        assert leave(client, id_token_hint=token).status_code == 200


# ---- a service that is down ----


def test_a_service_that_is_down_says_so_to_machines_and_leads_people_back() -> None:
    client, other = a_client(), a_client("entra")
    code = client.code()
    standin.set_down("idporten", True)
    for path in ("jwks", ".well-known/openid-configuration"):
        assert Client().get(f"{client.root}/{path}").status_code == 503
    assert client.fetch(code=code).status_code == 503
    assert client.answered()["error"] == "temporarily_unavailable"
    assert client.ask(client_id="ukjent").status_code == 503
    assert other.ask().status_code == 200, "the other way in works"
    standin.set_down("idporten", False)
    assert client.ask().status_code == 200


# ---- never in production ----


def test_in_production_the_addresses_do_not_exist(settings: Any) -> None:
    settings.ROOT_URLCONF = "portal.urls"
    settings.DEMO = False
    for path in ("idporten/authorize", "idporten/jwks", "entra/x/token", "", "ansattporten/logout"):
        assert Client().get(f"/demo/innlogging/{path}").status_code == 404, path
        assert Client().post(f"/demo/innlogging/{path}").status_code == 404, path


@pytest.mark.parametrize("page", ["authorize", "token", "jwks", "logout", ".well-known/openid-configuration"])
def test_wired_by_mistake_every_page_still_refuses(settings: Any, page: str) -> None:
    client = a_client()
    settings.DEMO = False
    assert Client().get(f"{client.root}/{page}").status_code == 404
    assert Client().post(f"{client.root}/{page}").status_code == 404
    assert Client().get("/demo/innlogging/").status_code == 404
    assert Client().post("/demo/innlogging/", {"do": "rotate"}).status_code == 404


def test_outside_demo_and_tests_the_module_signs_nothing_and_remembers_nobody(settings: Any) -> None:
    client = a_client()
    asked = standin.asked(client.service, client.query())
    settings.DEMO = settings.TESTING = False
    with pytest.raises(keys.NotHere):
        keys.signed({"sub": "noen"})
    with pytest.raises(keys.NotHere):
        keys.rotate()
    with pytest.raises(keys.NotHere):
        standin.give_code(asked, facts.person("ada"), "", now=timezone.now())
    with pytest.raises(keys.NotHere):
        standin.set_down("idporten", True)


# ---- the facts ----


def test_the_demos_people_are_invented_and_their_numbers_of_the_synthetic_series() -> None:
    for fact in facts.PEOPLE:
        assert "Oppdiktet" in fact.name and fact.email.endswith(".example")
        assert bool(fact.number) != bool(fact.oid)
        if fact.number:
            assert 81 <= int(fact.number[2:4]) <= 92 and fact.born is not None
            day = int(fact.number[:2])
            assert (day - 40 if day > 40 else day, int(fact.number[2:4]) - 80) == (fact.born.day, fact.born.month)
            assert not fodselsnummer.is_valid(fact.number), "the check digits’ own library knows only living people"
    assert any(int(fact.number[:2]) > 40 for fact in facts.PEOPLE if fact.number), "one has a D-number"


def test_the_demos_companies_have_numbers_the_register_gives_to_nobody() -> None:
    for fact in facts.COMPANIES:
        assert orgnr.is_valid(fact.number) and fact.number[0] in "23" and "OPPDIKTET" in fact.name
    assert {number for fact in facts.PEOPLE for number in fact.acts_for} <= {fact.number for fact in facts.COMPANIES}


def test_every_agreement_of_the_demo_is_with_a_stand_in() -> None:
    from portal.demo.shelf import Shelf
    from portal.demo.signin_loader import load_signins

    authority = make.an_authority(slug="halden")
    load_signins(Shelf(1), {"halden": authority}, {})
    assert set(IdentityProvider.objects.filter(authority=authority).values_list("way", "environment")) == {
        ("entra", "standin"), ("idporten", "standin"), ("ansattporten", "standin")
    }  # fmt: skip
