"""Attacks where two share something, a measure, a case, a person or a body: neither takes or learns the other's part."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from portal.models import Body, BodyMembership, Case, CaseRelation, CaseStep, Mail, Role, Unit, User
from strategy.models import Goal, Measure, MeasureEntry, MeasureParticipation, Strategy, Tag
from tests import factories as make
from tests.conftest import signed_in
from tests.portal.test_admin_forms import complaints, form_of, new_row, page, send
from tests.world import World, address

pytestmark = pytest.mark.django_db

MEASURES = "/admin/strategy/measureparticipation/"


@pytest.fixture
def shared(world: World) -> Measure:
    """A measure of the region that Hjemby and Naboby take part in, and the region itself no longer."""
    measure = Measure.objects.get(plan=world.region.plan)
    MeasureParticipation.objects.filter(measure=measure, authority=world.region.authority).delete()
    return measure


def part_of(measure: Measure, side: Any) -> MeasureParticipation:
    return MeasureParticipation.objects.get(measure=measure, authority=side.authority)


# ---- a member's part is hers; the measure is the region's ----


@pytest.mark.parametrize("way", ["page", "list"])
def test_members_who_leave_a_measure_never_take_it_away(
    world: World, shared: Measure, officer_client: Client, neighbour_client: Client, way: str
) -> None:
    for client, side in ((officer_client, world.home), (neighbour_client, world.next)):
        pk = part_of(shared, side).pk
        if way == "page":
            client.post(f"{MEASURES}{pk}/delete/", {"post": "yes"})
        else:
            client.post(MEASURES, {"action": "delete_selected", "_selected_action": [pk], "post": "yes"})
    left = Measure.objects.get(pk=shared.pk)
    assert left.current_entry_id == shared.current_entry_id
    assert MeasureEntry.objects.filter(measure=shared).exists()


def test_a_plans_owner_who_removes_the_last_part_takes_the_measure_away(world: World, officer_client: Client) -> None:
    part = make.a_measure(world.home.plan)
    assert officer_client.post(f"{MEASURES}{part.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Measure.objects.filter(pk=part.measure_id).exists()


def test_a_members_part_tells_no_name_the_member_may_not_see(
    world: World, shared: Measure, officer_client: Client, leader_client: Client, region_secretary_client: Client
) -> None:
    own = part_of(shared, world.home)
    wording = page(MeasureEntry, "change", shared.current_entry_id)
    assert send(region_secretary_client, wording, title="Ny ordlyd").status_code == 302
    assert send(leader_client, page(MeasureParticipation, "change", own.pk), note="Sett").status_code == 302
    text = officer_client.get(page(MeasureParticipation, "history", own.pk)).content.decode()
    assert "Ny ordlyd" in text
    assert world.user("region_secretary").name not in text
    assert world.user("leader").name in text


# ---- a guest sees her case and no other ----


def test_a_guests_case_names_no_related_case(world: World, guest_officer_client: Client) -> None:
    secret = make.a_case(world.home.authority, title="Hemmelig personalsak", access="exempt", access_basis="§ 13")
    case = world.home.guest_case
    CaseRelation.objects.create(authority=world.home.authority, case=case, related=secret)
    for kind in ("change", "history"):
        answer = guest_officer_client.get(page(Case, kind, case.pk))
        assert answer.status_code == 200
        assert "Hemmelig personalsak" not in answer.content.decode()


def test_an_officer_sees_the_related_case(world: World, officer_client: Client) -> None:
    text = officer_client.get(page(Case, "change", world.home.case.pk)).content.decode()
    assert world.home.guest_case.title in text


# ---- people ----


def test_when_someone_last_signed_in_is_the_operators_to_see(
    world: World, leader_client: Client, operator_client: Client
) -> None:
    colleague = world.user("officer")
    shown = []
    for client in (leader_client, operator_client):
        columns = client.get("/admin/portal/user/").context["cl"].list_display
        one = client.get(page(User, "change", colleague.pk)).content.decode()
        shown.append(("last_login" in columns, "field-last_login" in one, "field-is_superuser" in one))
    assert shown == [(False, False, False), (True, True, True)]


@pytest.fixture
def moved(world: World, operator_client: Client) -> str:
    """The officer's old address, after the operator has put another in its place."""
    user, old = world.user("officer"), address("officer")
    EmailAddress.objects.create(user=user, email=old, primary=True, verified=True)
    answer = send(operator_client, page(User, "change", user.pk), email="ny.adresse@test.example")
    assert answer.status_code == 302, complaints(answer)
    return old


def test_an_address_that_was_replaced_signs_nobody_in(moved: str) -> None:
    for email, answer in ((moved, 200), ("ny.adresse@test.example", 302)):
        found = Client().post("/konto/login/", {"login": email, "password": make.PASSWORD})
        assert found.status_code == answer, email


def test_an_address_that_was_replaced_gets_no_link_to_a_new_password(moved: str) -> None:
    for email, links in ((moved, 0), ("ny.adresse@test.example", 1)):
        Client().post("/konto/password/reset/", {"email": email})
        mails = Mail.objects.filter(to_address=email)
        assert sum("/konto/passord/" in mail.text for mail in mails) == links, email
    assert not EmailAddress.objects.filter(email=moved).exists()


# ---- a regional case is treated by the members' own bodies ----


def test_a_members_body_stays_on_a_regional_step_that_is_saved(world: World, region_secretary_client: Client) -> None:
    council = world.home.one(Body)
    case = make.a_case(world.region.authority)
    step = make.a_step(case, body=council, actor="")
    for url, change in (
        (page(Case, "change", case.pk), {"title": "Ny tittel"}),
        (page(CaseStep, "change", step.pk), {"description": "Behandles i mai"}),
    ):
        answer = send(region_secretary_client, url, **change)
        assert answer.status_code == 302, complaints(answer)
        step.refresh_from_db()
        assert step.body_id == council.pk
    assert step.description == "Behandles i mai"


def test_a_members_body_can_be_chosen_for_a_regional_step(world: World, region_secretary_client: Client) -> None:
    council = world.next.one(Body)
    case = make.a_case(world.region.authority)
    answer = send(
        region_secretary_client, page(CaseStep, "add"), case=case.pk, body=council.pk, activity="decision", stage=1
    )
    assert answer.status_code == 302, complaints(answer)
    assert CaseStep.objects.get(case=case).body_id == council.pk


def test_no_other_authoritys_body_can_be_chosen(world: World, region_secretary_client: Client) -> None:
    foreign = make.a_body(make.an_authority())
    case = make.a_case(world.region.authority)
    answer = send(
        region_secretary_client, page(CaseStep, "add"), case=case.pk, body=foreign.pk, activity="decision", stage=1
    )
    assert "body" in complaints(answer)


# ---- one who works in two authorities keeps them apart ----


@pytest.fixture
def both(world: World) -> Client:
    """An officer of Hjemby who is one in Naboby too."""
    user = make.a_user(Role.OFFICER, world.home.authority)
    make.Membership.objects.create(user=user, authority=world.next.authority, role=Role.OFFICER)
    return signed_in(user)


def relatives(world: World) -> dict[str, tuple[str, dict[str, Any], str]]:
    """Return, by name: the page, what is sent, and the field the error stands beside."""
    home, theirs = world.home, world.next
    other = make.a_plan(home.authority)
    seat = BodyMembership.objects.filter(authority=home.authority).earliest("pk")
    entry = MeasureEntry.objects.filter(plan=home.plan, strategy__isnull=False).earliest("pk")
    part, unit, new = home.participation, theirs.one(Unit).pk, page(MeasureParticipation, "add")
    wording = {"plan": home.plan.pk, "title": "Nytt tiltak"}
    return {
        "goal's owner": (page(Goal, "change", home.one(Goal).pk), {"owner": unit}, "owner"),
        "measure's unit": (page(MeasureParticipation, "change", part.pk), {"unit": unit}, "unit"),
        "new measure's unit": (new, {**wording, "unit": unit}, "unit"),
        "new measure's strategy": (new, {**wording, "strategy": theirs.one(Strategy).pk}, "strategy"),
        "strategy of another plan": (new, {**wording, "strategy": make.a_strategy(other).pk}, "strategy"),
        "goal of another plan": (new, {**wording, "goal": make.a_goal(other).pk}, "goal"),
        "strategy's goal": (page(Strategy, "change", home.one(Strategy).pk), {"goal": make.a_goal(other).pk}, "goal"),
        "new strategy's goal": (
            page(Strategy, "add"), {"plan": other.pk, "goal": home.one(Goal).pk, "title": "x", "position": 9}, "goal",
        ),
        "wording's strategy": (
            page(MeasureEntry, "change", entry.pk), {"strategy": make.a_strategy(other).pk}, "strategy",
        ),
        "tag's parent": (page(Tag, "change", home.one(Tag).pk), {"parent": make.a_tag(other).pk}, "parent"),
        "body of a seat": (page(BodyMembership, "change", seat.pk), {"body": theirs.one(Body).pk}, "body"),
        "case of a step": (page(CaseStep, "change", home.one(CaseStep).pk), {"case": theirs.case.pk}, "case"),
    }  # fmt: skip


NAMES = [
    "goal's owner", "measure's unit", "new measure's unit", "new measure's strategy", "strategy of another plan",
    "goal of another plan", "strategy's goal", "new strategy's goal", "wording's strategy", "tag's parent",
    "body of a seat", "case of a step",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_relative_of_another_plan_or_authority_is_refused_beside_its_field(
    world: World, both: Client, name: str
) -> None:
    url, changes, field = relatives(world)[name]
    assert field in complaints(send(both, url, **changes))


def test_no_relative_is_left_out_of_the_table(world: World) -> None:
    assert sorted(relatives(world)) == sorted(NAMES)


def test_a_case_is_not_related_to_another_authoritys(world: World, both: Client) -> None:
    url = page(Case, "change", world.home.case.pk)
    form = new_row(form_of(both, url), "relations", related=world.next.case.pk)
    assert any(name.startswith("relations-") for name in complaints(both.post(url, form)))


def test_a_measure_bears_no_tag_of_another_plan(world: World, officer_client: Client) -> None:
    tag = make.a_tag(make.a_plan(world.home.authority))
    url = page(Measure, "change", Measure.objects.filter(plan=world.home.plan).latest("pk").pk)
    form = new_row(form_of(officer_client, url), "tag_links", tag=tag.pk)
    assert any(name.startswith("tag_links-") for name in complaints(officer_client.post(url, form)))


def test_a_person_of_another_authority_is_refused_beside_the_field(world: World, officer_client: Client) -> None:
    foreign = world.user("neighbour").pk
    for url, field in ((page(Case, "change", world.home.case.pk), "officer"),
                       (page(MeasureParticipation, "change", world.home.participation.pk), "person")):  # fmt: skip
        assert field in complaints(send(officer_client, url, **{field: foreign}))
