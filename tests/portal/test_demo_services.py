"""The demo's own pages for signing in: the list, what steers the stand-ins, and that each deed does what it says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.messages import get_messages
from django.core.management import call_command
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.demo import signin_facts as facts
from portal.demo.shelf import Shelf
from portal.demo.signin_loader import load_signins
from portal.integrations import openid_standin as standin
from portal.integrations import openid_standin_keys as keys
from portal.models import (
    AccessLog,
    Authority,
    Deputy,
    Document,
    GroupRole,
    Identity,
    Mandate,
    MandateRequest,
    Organisation,
    SignIn,
    User,
)
from portal.strength import Strength, strength_of
from tests import factories as make
from tests.portal.standins import Relying

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
PAGE = "/demo/innlogging/"


@pytest.fixture(autouse=True)
def _demo(settings: Any) -> None:
    settings.DEMO = True
    settings.ROOT_URLCONF = "tests.house.demo_urls"


@pytest.fixture
def halden() -> Authority:
    """Halden with the demo's sign-in facts, and the staff they need."""
    authority = make.an_authority(name="Halden", slug="halden")
    staff = {key: make.a_user(role, authority) for key, role in STAFF.items()}
    load_signins(Shelf(1), {"halden": authority}, staff)
    return authority


STAFF = {"officer": "officer", "leader": "leader", "decision_maker": "decision_maker"}


def press(client: Client, **form: str) -> list[str]:
    answer = client.post(PAGE, form)
    assert answer.status_code == 302
    said = [str(message) for message in get_messages(answer.wsgi_request)]
    client.cookies.pop("messages", None)
    return said


# ---- the page that steers ----


def test_one_is_taken_out_of_her_groups_and_put_back(client: Client) -> None:
    dag = facts.person("dag")
    assert len(press(client, do="out", person="dag")) == 1
    assert standin.state_of(dag) == standin.OUT_OF_GROUPS
    assert 'value="back"' in client.get(PAGE).text
    press(client, do="close", person="dag")
    assert standin.is_closed(dag)
    press(client, do="back", person="dag")
    assert standin.state_of(dag) == "" and 'value="back"' not in client.get(PAGE).text


def test_a_service_is_stopped_and_started(client: Client) -> None:
    press(client, do="down", way="entra")
    assert standin.is_down("entra") and not standin.is_down("idporten")
    assert 'value="up"' in client.get(PAGE).text
    press(client, do="up", way="entra")
    assert not standin.is_down("entra")


def test_the_keys_are_changed(client: Client) -> None:
    before = keys.published_keys()["keys"][0]["kid"]
    press(client, do="rotate")
    after = [key["kid"] for key in keys.published_keys()["keys"]]
    assert after[0] != before == after[1]


def test_one_who_signs_out_elsewhere_is_told_of_in_frames_once(client: Client) -> None:
    relying = Relying(make.a_provider(make.an_authority()))
    sid = relying.claims("ada")["sid"]
    assert 'name="person" value="ada"' in client.get(PAGE).text
    answer = client.post(PAGE, {"do": "sign_out", "person": "ada"})
    assert answer.status_code == 200 and f"sid={sid}" in answer.text and "<iframe" in answer.text
    assert 'name="person" value="ada"' not in client.get(PAGE).text
    assert client.post(PAGE, {"do": "sign_out", "person": "ada"}).status_code == 302


@pytest.mark.parametrize(
    "form", [{}, {"do": "ukjent"}, {"do": "out", "person": "ada"}, {"do": "out"}, {"do": "down", "way": "feide"}]
)
def test_a_press_that_means_nothing_does_nothing(client: Client, form: dict[str, str]) -> None:
    assert press(client, **form) == []


# ---- the list ----


def test_one_press_signs_in_with_a_mark_and_a_row(client: Client) -> None:
    authority = make.an_authority()
    officer = make.a_user("officer", authority, email="saksbehandler@prove.example")
    assert client.post("/demo/", {"user": str(officer.pk)}).status_code == 302
    row = SignIn.objects.get(user=officer)
    assert (row.method, row.session_key) == ("demo", client.session.session_key)
    from portal.signing_in import signins

    request = client.get("/demo/").wsgi_request
    assert strength_of(signins.mark_of(request), timezone.now()) is Strength.STAFF


def test_one_press_gives_its_role_also_where_passwords_are_switched_off(client: Client) -> None:
    authority = make.an_authority(password_allowed=False)
    officer = make.a_user("officer", authority, email="saksbehandler@prove.example")
    client.post("/demo/", {"user": str(officer.pk)})
    assert client.get("/admin/").status_code == 200


def test_the_list_leads_each_invented_person_to_her_way_in(client: Client, halden: Authority) -> None:
    text = client.get("/demo/").text
    for way in ("entra", "idporten", "ansattporten"):
        provider = halden_provider(halden, way)
        assert f'href="/konto/inn/{provider.pk}/"' in text
    assert "Ada Oppdiktet" in text and "cecilie@oppdiktet.example" in text
    assert "Frida Oppdiktet" not in text, "Sarpsborg has no agreement here"
    assert f'name="user" value="{User.objects.get(email="ada@oppdiktet.example").pk}"' not in text


def test_the_list_asks_the_same_of_the_database_for_one_person_and_for_many(client: Client, halden: Authority) -> None:
    def questions() -> int:
        from django.db import connection

        with CaptureQueriesContext(connection) as asked:
            client.get("/demo/")
        return len(asked)

    questions()
    one = questions()
    for number in range(5):
        other = make.an_authority()
        make.a_provider(other, "idporten")
        make.a_user("officer", other, email=f"saksbehandler{number}@prove.example")
    assert questions() == one


def test_the_demos_passwords_are_told_only_where_they_give_a_role(capsys: pytest.CaptureFixture[str]) -> None:
    for slug, allowed in (("med", True), ("uten", False)):
        place = make.an_authority(name=slug.title(), password_allowed=allowed)
        make.a_user("officer", place, email=f"saksbehandler@{slug}.example")
    call_command("demo_signins")
    told = {row["email"] for row in json.loads(capsys.readouterr().out)}
    assert "saksbehandler@med.example" in told and "saksbehandler@uten.example" not in told


def halden_provider(authority: Authority, way: str) -> Any:
    from portal.models import IdentityProvider

    return IdentityProvider.objects.get(authority=authority, way=way)


# ---- the data ----


def test_halden_has_a_mandate_of_each_kind_and_a_request_that_waits(halden: Authority) -> None:
    held = {
        mandate.user.name: (mandate.source, mandate.reach, mandate.organisation.name)
        for mandate in Mandate.objects.holding(timezone.localdate()).filter(authority=halden)
    }
    assert held == {
        "Bo Oppdiktet": ("ansattporten", "acts", "Oppdiktet Bakeri AS"),
        "Cecilie Oppdiktet": ("invited", "drafts", "Oppdiktet Bakeri AS"),
        "Jorunn Oppdiktet": ("officer", "acts", "Oppdiktet Verksted"),
    }
    request = MandateRequest.objects.get(authority=halden)
    assert (request.user.name, request.state, request.number) == ("Ivar Oppdiktet", "waiting", facts.CLUB)
    assert [role["fits"] for role in request.evidence["roles"]] == [True, False]
    assert "1982" not in str(request.evidence), "a birth date is looked at, not kept"


def test_what_is_invented_is_marked_and_no_account_has_a_password(halden: Authority) -> None:
    assert not Mandate.objects.filter(authority=halden, invented=False).exists()
    assert not Organisation.objects.filter(authority=halden, invented=False).exists()
    for user in User.objects.filter(email__endswith="@oppdiktet.example"):
        assert not user.has_usable_password() and "Oppdiktet" in user.name
    assert Document.objects.get(case__authority=halden).file.read().startswith(b"FULLMAKT (oppdiktet)")


def test_the_demos_identities_are_those_the_stand_ins_give(halden: Authority) -> None:
    provider = halden_provider(halden, "ansattporten")
    service = standin.Service("ansattporten")
    from portal.integrations.openid_standin_tokens import subject

    found = Identity.objects.get(
        issuer=service.issuer, subject=subject(service, provider.client_id, facts.person("bo"))
    )
    assert found.user.email == "bo@oppdiktet.example"
    assert not Identity.objects.exclude(national_number="").exists()


def test_groups_give_roles_and_someone_is_away(halden: Authority) -> None:
    assert set(GroupRole.objects.filter(authority=halden).values_list("role", flat=True)) == {"officer", "leader"}
    away = Deputy.objects.get(authority=halden)
    assert away.valid_from <= timezone.localdate() <= away.valid_to


def test_an_exempt_case_has_been_seen(halden: Authority) -> None:
    seen = AccessLog.objects.filter(authority=halden)
    assert seen.count() == 2 and {row.case.access for row in seen} == {"exempt"}
