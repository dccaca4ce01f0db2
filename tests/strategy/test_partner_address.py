"""The partner's address on a measure: who may be asked there, and the way from a plan to its reporting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from strategy.models import MeasureParticipation
from tests import factories as make
from tests.conftest import signed_in
from tests.strategy.reading import english

if TYPE_CHECKING:
    from django.test import Client

    from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(world: World) -> Client:
    return english(signed_in(world.user("officer")))


def page(row: MeasureParticipation) -> str:
    return f"/admin/strategy/measureparticipation/{row.pk}/change/"


def typed(client: Client, row: MeasureParticipation, **facts: str) -> dict[str, Any]:
    form = client.get(page(row)).context["adminform"].form
    sent = {name: field.value() for field in form if (name := field.html_name) and field.value() is not None}
    for group in client.get(page(row)).context["inline_admin_formsets"]:
        prefix = group.formset.prefix
        sent |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    return {**sent, **facts}


def test_a_partners_address_is_stored_with_her_name(world: World, client: Client) -> None:
    row = make.a_measure(world.home.plan)
    sent = typed(client, row, partner="Havna KF", partner_address="post@havna.example")
    assert client.post(page(row), sent).status_code == 302
    row.refresh_from_db()
    assert (row.partner, row.partner_address) == ("Havna KF", "post@havna.example")


@pytest.mark.parametrize(
    ("partner", "address", "text"),
    [
        ("", "post@havna.example", "Write who the partner is too"),
        ("Havna KF", "ikke en adresse", "Enter a valid email address."),
        ("Havna KF", "post@havna.example\u202e", "valid"),
    ],
)
def test_an_address_without_a_name_or_that_no_mail_reaches_is_refused(
    world: World, client: Client, partner: str, address: str, text: str
) -> None:
    row = make.a_measure(world.home.plan)
    answer = client.post(page(row), typed(client, row, partner=partner, partner_address=address))
    assert text in answer.content.decode()
    row.refresh_from_db()
    assert row.partner_address == ""


def test_a_new_measure_may_have_a_partner_from_the_start(world: World, client: Client) -> None:
    facts = {
        "plan": world.home.plan.pk, "title": "Ny brygge", "partner": "Havna KF", "state": "not_started",
        "partner_address": "post@havna.example", "due_precision": "day", "once": "en-gang",
    }  # fmt: skip
    assert client.post("/admin/strategy/measureparticipation/add/", facts).status_code == 302
    row = MeasureParticipation.objects.get(partner="Havna KF")
    assert row.partner_address == "post@havna.example"


def test_a_plans_page_in_the_case_pages_leads_to_its_reporting(world: World, client: Client) -> None:
    text = client.get(f"/admin/strategy/plan/{world.home.plan.pk}/change/").content.decode()
    assert f"{world.home.plan.get_absolute_url()}rapportering/" in text
