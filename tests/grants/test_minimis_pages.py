"""The pages about de minimis aid: what they show, what each press does, and what they never show."""

from __future__ import annotations

import datetime as dt
import html
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from grants import granting
from grants.minimis_aid import declaring
from grants.models import AidReport, Application, DeclaredAid, Grant, RegisterAward, UndertakingLink
from portal.integrations import aid_register
from tests import factories as people
from tests import factories_fund as fund
from tests import factories_money as make
from tests.conftest import signed_in
from tests.world_fund import SECRET_PROJECT

if TYPE_CHECKING:
    from tests.world import World

pytestmark = pytest.mark.django_db
NUMBER, SISTER = "889640782", "923609016"


def text_of(answer: Any) -> str:
    return html.unescape(answer.content.decode()).replace("\u00a0", " ")


@pytest.fixture
def place() -> Any:
    return people.an_authority()


@pytest.fixture
def officer(place: Any) -> Any:
    return people.a_user("officer", place)


@pytest.fixture
def grant(place: Any) -> Grant:
    """A grant of 3,1 million kroner, which is 310 000 euro: ten thousand too much."""
    account = make.a_line(make.a_scheme(place), 3_100_000).account
    assert account is not None
    found = make.a_grant(account, people.an_organisation(place, number=NUMBER), 3_100_000, state="proposed")
    make.an_aid_assessment(found, basis="de_minimis")
    return found


def test_the_page_says_how_far_over_it_is_and_what_can_be_given(grant: Grant, officer: Any) -> None:
    neighbour = people.an_authority()
    theirs = make.a_grant(make.a_line(make.a_scheme(neighbour), 500_000).account, people.an_organisation(  # type: ignore[arg-type]
        neighbour, number=NUMBER), 500_000, state="proposed", title="Hemmelig tittel")  # fmt: skip
    make.an_aid_assessment(theirs, basis="de_minimis")
    granting.decide(theirs, by=people.a_user("officer", neighbour), on=timezone.localdate(), reference="V 1")
    page = text_of(signed_in(officer).get(reverse("grant_aid", args=[grant.authority.slug, grant.pk])))
    assert "360 000 euro" in page and "60 000 euro" in page and "kr 2 500 000" in page
    assert neighbour.full_name in page, "who gave it is told"
    assert "Hemmelig tittel" not in page and f"/{neighbour.slug}/" not in page, "for what is not"


def test_each_press_on_the_page_does_its_deed(grant: Grant, officer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client, address = signed_in(officer), reverse("grant_aid", args=[grant.authority.slug, grant.pk])
    award = aid_register.Award("T1", NUMBER, "Fylket", dt.date(2026, 5, 1), Decimal(500_000), "NOK", "de_minimis")
    monkeypatch.setattr(aid_register, "awards_to", lambda number: [award] if number == NUMBER else [])
    assert client.post(address, {"gjor": "hent"}).status_code == 302
    assert RegisterAward.objects.get(reference="T1").amount_nok == 500_000
    wrong = client.post(address, {"gjor": "kobling", "linked": "123", "name": "Søster AS", "why": "Eier alt"})
    assert wrong.status_code == 200 and "Søster AS" in text_of(wrong), "nothing typed is lost"
    client.post(address, {"gjor": "kobling", "linked": SISTER, "name": "Søster AS", "why": "Eier alt"})
    link = UndertakingLink.objects.get(number=NUMBER, linked=SISTER)
    assert link.confirmed_by == officer
    client.post(address, {"gjor": "avvis", "kobling": link.pk})
    link.refresh_from_db()
    assert link.ended_on == timezone.localdate()
    told = {"giver": "Fylkeskommunen", "decided_on": "2026-05-02", "amount_nok": "500 000", "basis": "de_minimis"}
    client.post(address, {"gjor": "oppgi", **told})
    row = DeclaredAid.objects.get(grant=grant)
    assert "410 000 euro" in text_of(client.get(address))
    client.post(address, {"gjor": "svar", "oppgitt": row.pk, f"d{row.pk}-answer": "rT1"})
    assert "360 000 euro" in text_of(client.get(address))
    silent = client.post(address, {"gjor": "svar", "oppgitt": row.pk, f"d{row.pk}-answer": "outside",
                                   f"d{row.pk}-seen": "same"})  # fmt: skip
    assert silent.status_code == 200, "it asks why"

    def down(_number: str) -> Any:
        raise aid_register.AidRegisterError("Registeret svarer ikke nå.")

    monkeypatch.setattr(aid_register, "awards_to", down)
    assert "Registeret svarer ikke nå." in text_of(client.post(address, {"gjor": "hent"}, follow=True))
    assert client.post(address, {"gjor": "noe"}).status_code == 404


def test_an_applications_aid_is_behind_the_declaration_and_shows_no_project(world: World) -> None:
    sent = Application.objects.sent().filter(authority=world.home.authority, title=SECRET_PROJECT).get()
    address = reverse("application_aid", args=[sent.authority.slug, sent.pk])
    declaring.read_from(sent, on=timezone.localdate())
    new = people.a_user("officer", sent.authority)
    assert signed_in(new).get(address).status_code == 403
    assert signed_in(new).post(address, {"gjor": "hent"}).status_code == 403
    fund.no_ties(sent, new)
    page = text_of(signed_in(new).get(address))
    assert sent.reference in page and SECRET_PROJECT not in page


def test_the_queue_is_marked_exported_and_put_back(place: Any, officer: Any) -> None:
    account = make.a_line(make.a_scheme(place), 100_000).account
    assert account is not None
    company = people.an_organisation(place, number=NUMBER, name="=Oppdiktet AS")
    for n in range(2):
        found = make.a_grant(account, company, 50_000, state="proposed", title=f"Del {n}")
        make.an_aid_assessment(found, basis="de_minimis")
        granting.decide(found, by=officer, on=timezone.localdate(), reference="V 1")
    first, second = AidReport.objects.filter(authority=place).order_by("pk")
    client, address = signed_in(officer), reverse("aid_reports", args=[place.slug])
    assert "=Oppdiktet AS" in text_of(client.get(address))
    none = client.post(address, {"gjor": "meld", "on": timezone.localdate(), "receipt": "K-77"})
    assert none.status_code == 200 and "K-77" in text_of(none)
    chosen = {"gjor": "meld", "melding": [first.pk], f"sett-{first.pk}": first.row_version, "receipt": "K-77",
              "on": timezone.localdate()}  # fmt: skip
    assert client.post(address, chosen).status_code == 302
    first.refresh_from_db()
    assert (first.state, first.receipt, first.reported_by) == ("reported", "K-77", officer)
    assert client.post(address, {"gjor": "utelat", "melding": second.pk, "why": ""}).status_code == 200
    client.post(address, {"gjor": "utelat", "melding": second.pk, "why": "Fylket melder"})
    second.refresh_from_db()
    assert second.state == "not_needed"
    client.post(address, {"gjor": "gjenapne", "melding": first.pk, "seen": first.row_version})
    first.refresh_from_db()
    assert first.state == "waiting" and first.receipt == ""
    file = client.get(reverse("aid_reports_file", args=[place.slug]) + "?vis=alle")
    lines = file.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 3 and "'=Oppdiktet AS" in lines[1] and NUMBER in lines[1]


def test_the_pages_cost_the_same_however_much_they_list(place: Any, officer: Any) -> None:
    client, costs = signed_in(officer), []
    account = make.a_line(make.a_scheme(place), 100_000).account
    assert account is not None
    company = people.an_organisation(place, number=NUMBER)
    for size in (1, 5):
        for n in range(size):
            found = make.a_grant(account, company, 1_000, state="proposed", title=f"Del {size}-{n}")
            make.an_aid_assessment(found, basis="de_minimis")
            granting.decide(found, by=officer, on=timezone.localdate(), reference="V 1")
            declaring.declare(
                found, giver=f"Fylke {n}", decided_on=timezone.localdate(), amount_nok=n + 1, basis="sgei", by=officer
            )
            sister = f"{910_000_000 + 10 * size + n}"
            UndertakingLink.objects.create(
                authority=place, number=NUMBER, linked=sister, declared_on=timezone.localdate(),
                confirmed_on=timezone.localdate(), confirmed_by=officer,
            )  # fmt: skip
            RegisterAward.objects.create(
                reference=sister, number=sister, giver="X", decided_on=timezone.localdate(), amount_nok=7,
                basis="de_minimis",
            )  # fmt: skip
        cost = []
        for address in (
            reverse("aid_reports", args=[place.slug]), reverse("grant_aid", args=[place.slug, found.pk]),
            reverse("aid_reports_file", args=[place.slug]),
        ):  # fmt: skip
            client.get(address)
            with CaptureQueriesContext(connection) as caught:
                assert client.get(address).status_code == 200
            cost.append(len(caught))
        costs.append(cost)
    assert costs[0] == costs[1] and max(costs[0]) <= 30, costs
