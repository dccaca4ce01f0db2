"""What people type into the case pages: each mistake is told beside its field, and none brings the page down."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from portal.models import Authority, Body, Case, Document, Membership, Organisation, RegionMembership, Role, Unit
from strategy import actions
from strategy.models import (
    Goal,
    Measure,
    MeasureEntry,
    MeasureFunding,
    MeasureParticipation,
    Plan,
    PlanParticipant,
    Strategy,
    Tag,
)
from tests import factories as make
from tests.portal.test_admin_forms import complaints, form_of, is_refused, new_row, page, row_of, send
from tests.world import World, address

pytestmark = pytest.mark.django_db

MEASURES = "/admin/strategy/measureparticipation/"
NEW_MEASURE = f"{MEASURES}add/"
LONG = "ord " * 5_001
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

# ---- what exists already ----


def taken(world: World) -> dict[str, tuple[Any, dict[str, Any]]]:
    """Return, by noun: the model, and what a new row would say that is said already."""
    home = world.home
    tag = Tag.objects.filter(plan=home.plan, parent__isnull=True).earliest("pk")
    return {
        "unit": (Unit, {"name": home.one(Unit).name}),
        "body": (Body, {"name": home.one(Body).name, "kind": "council"}),
        "organisation number": (Organisation, {"name": "En annen", "number": home.one(Organisation).number}),
        "case reference": (Case, {"title": "En annen", "reference": home.case.reference}),
        "plan slug": (Plan, {"title": "En annen", "slug": home.plan.slug, "period_start": 2026}),
        "role": (Membership, {"email": address("officer"), "name": "x", "role": Role.OFFICER}),
        "tag": (Tag, {"plan": home.plan.pk, "dimension": tag.dimension, "name": tag.name, "position": 7}),
        "goal position": (Goal, {"plan": home.plan.pk, "title": "x", "position": 1}),
        "strategy position": (Strategy, {"plan": home.plan.pk, "title": "x", "position": 1}),
    }


@pytest.mark.parametrize(
    "noun",
    ["unit", "body", "organisation number", "case reference", "plan slug", "role", "tag", "goal position",
     "strategy position"],
)  # fmt: skip
def test_what_exists_already_is_refused_on_the_form(world: World, leader_client: Client, noun: str) -> None:
    model, values = taken(world)[noun]
    before = model.objects.count()
    assert is_refused(send(leader_client, page(model, "add"), **values))
    assert model.objects.count() == before


@pytest.mark.parametrize(("model", "field"), [(Unit, "name"), (Body, "name"), (Tag, "name"), (Plan, "slug"),
                                              (Goal, "position"), (Strategy, "position"), (MeasureEntry, "position")])  # fmt: skip
def test_a_change_to_what_exists_already_is_refused_on_the_form(
    world: World, leader_client: Client, model: Any, field: str
) -> None:
    if model in (Unit, Body):
        {Unit: make.a_unit, Body: make.a_body}[model](world.home.authority)
    if model is Tag:
        first = Tag.objects.filter(plan=world.home.plan, parent__isnull=True).earliest("pk")
        make.a_tag(world.home.plan, dimension=first.dimension)
    rows = list(world.home.rows(model).order_by("pk"))
    one, other = (rows[0], rows[-1])
    before = getattr(other, field)
    assert is_refused(send(leader_client, page(model, "change", other.pk), **{field: getattr(one, field)}))
    other.refresh_from_db()
    assert getattr(other, field) == before


def test_the_same_member_twice_is_refused(world: World, operator_client: Client) -> None:
    url = page(Authority, "change", world.region.authority.pk)
    form = new_row(form_of(operator_client, url), "member_links", member=world.home.authority.pk)
    assert is_refused(operator_client.post(url, form))
    assert RegionMembership.objects.filter(member=world.home.authority).count() == 1


def test_the_same_tag_or_case_twice_is_refused(world: World, officer_client: Client) -> None:
    measure = Measure.objects.filter(plan=world.home.plan, tag_links__isnull=False).earliest("pk")
    tag, related = measure.tag_links.get().tag_id, world.home.guest_case.pk
    for url, prefix, value in (
        (page(Measure, "change", measure.pk), "tag_links", {"tag": tag}),
        (page(Case, "change", world.home.case.pk), "relations", {"related": related}),
    ):
        assert is_refused(officer_client.post(url, new_row(form_of(officer_client, url), prefix, **value)))


def test_money_removed_and_written_anew_in_one_go_is_saved(world: World, officer_client: Client) -> None:
    part = make.a_measure(world.home.plan)
    old = make.funding(part, year=2026, source="own")
    url = page(MeasureParticipation, "change", part.pk)
    form = form_of(officer_client, url)
    form[f"{row_of(form, 'funding', old.pk)}-DELETE"] = "on"
    new = {"year": 2026, "source": "own", "state": "proposed", "amount_nok": 70_000}
    answer = officer_client.post(url, new_row(form, "funding", **new))
    assert answer.status_code == 302, complaints(answer)
    assert [row.amount_nok for row in MeasureFunding.objects.filter(participation=part)] == [70_000]


def test_the_same_money_twice_is_refused(world: World, officer_client: Client) -> None:
    part = make.a_measure(world.home.plan)
    make.funding(part, year=2026, source="own")
    url = page(MeasureParticipation, "change", part.pk)
    new = {"year": 2026, "source": "own", "state": "proposed", "amount_nok": 70_000}
    assert is_refused(officer_client.post(url, new_row(form_of(officer_client, url), "funding", **new)))


# ---- who takes part in a plan ----


def test_the_plans_owner_and_one_with_measures_stay(world: World, region_secretary_client: Client) -> None:
    plan, url = world.region.plan, page(Plan, "change", world.region.plan.pk)
    form = form_of(region_secretary_client, url)
    for link in PlanParticipant.objects.filter(plan=plan):
        if link.role == "owner":
            last = int(form["participants-TOTAL_FORMS"])
            sent = new_row(form, "participants", id=link.pk, authority=link.authority_id, role="owner", DELETE="on")
            sent["participants-INITIAL_FORMS"] = last + 1
        else:
            sent = {**form, f"{row_of(form, 'participants', link.pk)}-DELETE": "on"}
        assert region_secretary_client.post(url, sent).status_code == 200
        assert PlanParticipant.objects.filter(pk=link.pk).exists()


def test_a_participant_without_measures_may_be_taken_away(world: World, operator_client: Client) -> None:
    link = PlanParticipant.objects.create(plan=world.home.plan, authority=world.next.authority, role="covered")
    url = page(Plan, "change", world.home.plan.pk)
    form = form_of(operator_client, url)
    answer = operator_client.post(url, {**form, f"{row_of(form, 'participants', link.pk)}-DELETE": "on"})
    assert answer.status_code == 302, complaints(answer)
    assert not PlanParticipant.objects.filter(pk=link.pk).exists()


# ---- people ----


def test_an_invitation_to_a_second_address_reaches_the_person_it_belongs_to(
    world: World, leader_client: Client
) -> None:
    person = make.a_user(email="gammel@test.example")
    EmailAddress.objects.create(user=person, email="ekstra@test.example", verified=True, primary=False)
    answer = send(leader_client, page(Membership, "add"), email="Ekstra@test.example", name="E", role=Role.OFFICER)
    assert answer.status_code == 302, complaints(answer)
    assert Membership.objects.get(user=person).authority_id == world.home.authority.pk


@pytest.mark.parametrize("field", ["valid_from", "valid_to"])
def test_a_role_in_the_year_203_is_refused_beside_its_field(leader_client: Client, field: str) -> None:
    values = {"email": "ny@test.example", "name": "Ny", "role": Role.OFFICER, field: "0203-01-01"}
    assert field in complaints(send(leader_client, page(Membership, "add"), **values))


# ---- addresses no one meant ----


@pytest.mark.parametrize("person", ["anonymous", "officer"])
@pytest.mark.parametrize(
    "url",
    [
        "/?q=%00", "/hjemby/?x=%00", "/hjemby/planer/naeringsplan/?status=%00", "/konto/login/?next=%00",
        "/kontakt/?til=%00", "/admin/?x=%00", "/admin/portal/case/?q=%00", "/admin/portal/case/?opened_on__year=%00",
        f"{MEASURES}?unit__id__exact=%00", f"{MEASURES}eksport/csv/?q=%00", "/admin/autocomplete/?term=%00",
        "/?%00=1", "/?a=b&c=x%00y",
    ],
)  # fmt: skip
def test_a_nul_in_an_address_is_a_bad_request(as_role: Callable[[str], Client], person: str, url: str) -> None:
    assert as_role(person).get(url).status_code == 400


@pytest.mark.parametrize("goal", ["%C2%B2", "x", "99999999999999999999999", "-1", ""])
def test_a_goal_that_is_none_shows_the_list(officer_client: Client, goal: str) -> None:
    assert officer_client.get(f"{MEASURES}?goal={goal}").status_code == 200


@pytest.mark.parametrize("chosen", ["abc", "9" * 30, "\x00", "²", ""])
@pytest.mark.parametrize("action", ["change_chosen", "delete_selected", "zzz"])
def test_a_choice_of_rows_that_are_none_is_no_fault(officer_client: Client, chosen: str, action: str) -> None:
    data = {"action": action, "_selected_action": [chosen], "confirm": "1", "post": "yes", "state": "done"}
    assert officer_client.post(MEASURES, data).status_code < 500


@pytest.mark.parametrize("row", ["99999/1", "99999999999999999999/1", "{plan}/abc", "{plan}/999999999", "{session}/1"])
def test_a_shortcut_to_nothing_is_not_found(officer_client: Client, row: str) -> None:
    kinds = {kind.model: kind.pk for kind in ContentType.objects.filter(model__in=["plan", "session"])}
    assert officer_client.get(f"/admin/r/{row.format(**kinds)}/").status_code == 404


@pytest.mark.parametrize("query", ["bogus=1", "plan__id__exact=abc", "password__startswith=a"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_of_a_question_it_does_not_know_is_no_fault(officer_client: Client, query: str, form: str) -> None:
    assert officer_client.get(f"{MEASURES}eksport/{form}/?{query}").status_code in (302, 400)


@pytest.mark.parametrize("given", ["abcdefgh\n", "abcdefgh\r\n", 'a"b c'])
def test_only_a_clean_request_id_is_echoed(db: None, given: str) -> None:
    echoed = Client().get("/personvern/", HTTP_X_REQUEST_ID=given)["X-Request-ID"]
    assert echoed not in (given, given.strip())
    assert len(echoed) == 32


# ---- dates, lengths and signs ----


def test_a_due_date_in_the_year_203_is_refused_beside_its_field(world: World, officer_client: Client) -> None:
    values = {"plan": world.home.plan.pk, "title": "Nytt", "due_on": "0203-01-01"}
    assert "due_on" in complaints(send(officer_client, NEW_MEASURE, **values))


@pytest.mark.parametrize("model", [Goal, Strategy, MeasureEntry])
def test_a_description_nobody_would_read_is_refused_beside_its_field(
    world: World, officer_client: Client, model: Any
) -> None:
    url = page(model, "change", world.home.one(model).pk)
    assert "description" in complaints(send(officer_client, url, description=LONG))


def test_a_new_measures_description_has_the_same_limit(world: World, officer_client: Client) -> None:
    values = {"plan": world.home.plan.pk, "title": "Nytt", "description": LONG}
    assert "description" in complaints(send(officer_client, NEW_MEASURE, **values))
    assert send(officer_client, NEW_MEASURE, **{**values, "description": "ord " * 4_000}).status_code == 302


@pytest.mark.parametrize("sign", ["\x00", "\x0b", "\x01", "\x1f", "\x7f"])
def test_a_title_keeps_no_control_sign(world: World, officer_client: Client, sign: str) -> None:
    answer = send(officer_client, NEW_MEASURE, plan=world.home.plan.pk, title=f"Styretegn{sign}her")
    stored = list(MeasureEntry.objects.filter(title__startswith="Styretegn").values_list("title", flat=True))
    assert "title" in complaints(answer) if not stored else stored == ["Styretegnher"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_bears_any_sign_that_is_stored(world: World, officer_client: Client, form: str) -> None:
    make.a_measure(world.home.plan, title="Gammelt\x0b\x01tegn", partner="\x1f")
    make.an_organisation(world.home.authority, name="Styre\x0btegn AS")
    for url in (f"{MEASURES}eksport/{form}/", f"/admin/portal/organisation/eksport/{form}/"):
        answer = officer_client.get(url)
        assert answer.status_code == 200
        if form == "xlsx":
            from openpyxl import load_workbook

            assert "tegn" in repr(list(load_workbook(io.BytesIO(answer.content)).active.values))  # type: ignore[union-attr]


@pytest.mark.parametrize("start", FORMULA, ids=ascii)
def test_no_cell_of_an_export_starts_like_a_formula(world: World, officer_client: Client, start: str) -> None:
    make.an_organisation(world.home.authority, name=f"{start}1+1")
    content = officer_client.get("/admin/portal/organisation/eksport/csv/").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content, newline=""), delimiter=";"))
    cell = next(row[0] for row in rows if "1+1" in row[0])
    assert not cell.startswith(FORMULA)


def test_an_organisation_number_may_be_typed_with_spaces(world: World, officer_client: Client) -> None:
    values = {"name": "Med mellomrom", "number": "889 640 782"}
    answer = send(officer_client, page(Organisation, "add"), **values)
    assert answer.status_code == 302, complaints(answer)
    assert Organisation.objects.get(name="Med mellomrom").number == "889640782"


@pytest.mark.parametrize("number", ["889640783", "88964078", "٨٨٩٦٤٠٧٨٢", "NO 889640782 MVA"])
def test_a_wrong_organisation_number_is_refused_beside_its_field(officer_client: Client, number: str) -> None:
    assert "number" in complaints(send(officer_client, page(Organisation, "add"), name="x", number=number))


@pytest.mark.parametrize("slug", ["admin", "ADMIN", "Konto", "HELSE"])
def test_an_authority_takes_no_address_of_the_portals_own(operator_client: Client, slug: str) -> None:
    assert "slug" in complaints(send(operator_client, page(Authority, "add"), name="Ny", slug=slug))
    assert not Authority.objects.filter(name="Ny").exists()


def test_a_tag_is_not_its_own_parent(world: World, officer_client: Client) -> None:
    tag = world.home.one(Tag)
    assert is_refused(send(officer_client, page(Tag, "change", tag.pk), parent=tag.pk))


# ---- what is gone ----


def test_a_document_whose_file_is_missing_is_not_found(world: World, officer_client: Client) -> None:
    document = make.a_document(world.home.case, b"skal bort")
    url = f"/dokument/{document.pk}/"
    assert officer_client.get(url).status_code == 200
    document.file.storage.delete(document.file.name)
    assert officer_client.get(url).status_code == 404
    assert Document.objects.filter(pk=document.pk).exists()


@pytest.mark.parametrize("way", ["page", "list"])
def test_a_measure_a_colleague_has_just_removed_is_no_fault(
    world: World, officer_client: Client, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    part = make.a_measure(world.home.plan)
    remove = actions.remove_participation

    def colleague_first(row: MeasureParticipation, **facts: Any) -> Any:
        Measure.objects.filter(pk=part.measure_id).update(current_entry=None)
        Measure.objects.filter(pk=part.measure_id).delete()
        return remove(row, **facts)

    monkeypatch.setattr(actions, "remove_participation", colleague_first)
    if way == "page":
        answer = officer_client.post(f"{MEASURES}{part.pk}/delete/", {"post": "yes"})
    else:
        data = {"action": "delete_selected", "_selected_action": [part.pk], "post": "yes"}
        answer = officer_client.post(MEASURES, data)
    assert answer.status_code in (302, 404, 409)
    assert not MeasureParticipation.objects.filter(pk=part.pk).exists()
