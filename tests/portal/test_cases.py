"""A case's page: who may read what of it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import translation

from portal.models import Authority, CaseRelation
from strategy.models import PlanCase
from tests import factories as make
from tests.strategy.reading import body, english

if TYPE_CHECKING:
    from django.test import Client

    from portal.models import Case
    from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def reader(client: Client) -> Client:
    return english(client)


@pytest.fixture
def case(world: World) -> Case:
    case = make.a_case(
        world.home.authority, title="Ny havneplan", reference="26/7", external_number="2026/1234", external_system="Sak",
        officer=world.user("officer"),
    )  # fmt: skip
    make.a_step(
        case, activity="decision", actor="Kommunestyret", outcome="adopted", resolution="Planen <b>vedtas</b>.",
        director_recommendation="Vedta planen.", votes="Enstemmig", decided_on=dt.date(2026, 2, 12),
    )  # fmt: skip
    return case


def test_anyone_reads_what_it_is_where_it_is_and_how_it_came_there(case: Case, reader: Client) -> None:
    html = body(reader.get(case.get_absolute_url()))
    for said in ("Ny havneplan", "26/7", "2026/1234", "Adopted: Kommunestyret, 12 February 2026.", "Enstemmig",
                 "Vedta planen.", "Read the resolution", "Planen &lt;b&gt;vedtas&lt;/b&gt;."):  # fmt: skip
        assert said in html, said


def test_the_officer_is_told_by_role_and_never_by_name(world: World, case: Case, reader: Client) -> None:
    html = body(reader.get(case.get_absolute_url()))
    assert "Officer" in html
    assert world.user("officer").name not in html
    case.officer = None
    case.save()
    assert "nobody is named" in body(reader.get(case.get_absolute_url()))


def test_of_a_case_that_is_not_open_only_the_public_title_and_numbers_are_told(
    world: World, case: Case, reader: Client, officer_client: Client
) -> None:
    case.access, case.access_basis, case.public_title = "exempt", "offl. § 23", "Kjøp av grunn"
    case.save()
    PlanCase.objects.create(authority=world.home.authority, plan=world.home.plan, case=case, purpose="other")
    make.a_round(case, title="Hva mener du om kjøpet?")
    for client in (reader, english(officer_client)):
        html = body(client.get(case.get_absolute_url()))
        assert "Kjøp av grunn" in html
        assert "offl. § 23" in html
        for hidden in ("Ny havneplan", "Kommunestyret", "Planen", "Hva mener du", world.home.plan.title):
            assert hidden not in html, hidden


def test_the_plans_it_is_about_are_those_the_reader_may_read(world: World, case: Case, reader: Client) -> None:
    draft = make.a_plan(world.home.authority, title="Hemmelig utkast", status="draft")
    for plan in (draft, world.home.plan):
        PlanCase.objects.create(authority=world.home.authority, plan=plan, case=case, purpose="other")
    html = body(reader.get(case.get_absolute_url()))
    assert world.home.plan.get_absolute_url() in html
    assert "Hemmelig utkast" not in html


def test_related_cases_are_linked_from_both_sides_unless_they_are_not_open(case: Case, reader: Client) -> None:
    other, closed = make.a_case(case.authority), make.a_case(case.authority, access="exempt", access_basis="x")
    for related in (other, closed):
        CaseRelation.objects.create(authority=case.authority, case=case, related=related)
    html = body(reader.get(case.get_absolute_url()))
    assert other.get_absolute_url() in html
    assert closed.get_absolute_url() not in html
    assert case.get_absolute_url() in body(reader.get(other.get_absolute_url()))


def test_a_case_has_one_address_and_an_unlisted_authority_none(world: World, case: Case, reader: Client) -> None:
    assert reader.get(f"/naboby/saker/{case.pk}/").status_code == 404
    assert reader.get("/hjemby/saker/99999999999999999999999/").status_code == 404
    Authority.objects.filter(pk=case.authority_id).update(is_listed=False)
    assert reader.get(case.get_absolute_url()).status_code == 404


def test_the_authoritys_page_leads_to_its_cases(case: Case, reader: Client) -> None:
    html = body(reader.get(case.authority.get_absolute_url()))
    assert case.get_absolute_url() in html
    assert "1 step" in html


def test_what_is_invented_says_so(case: Case, reader: Client) -> None:
    case.steps.update(invented=True)
    assert "oppdiktet" in body(reader.get(case.get_absolute_url()))
