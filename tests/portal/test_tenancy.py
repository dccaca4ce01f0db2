"""An officer works in her own authority: the neighbour's rows are as if they did not exist, by every way in."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from portal.models import Body, Case, Document, Membership, Organisation, Unit, User
from portal.models.base import Versioned
from strategy.models import Goal, MeasureParticipation, Plan
from tests import factories as make
from tests.world import NEXT, World

pytestmark = pytest.mark.django_db

TENANT_MODELS = [Unit, Organisation, Body, Case, Document, Membership, User, Plan, Goal, MeasureParticipation]
NEIGHBOURS_MARK = re.compile(r"Naboby")
"""Every row of the neighbour's that says something says this name."""


def page(model: Any, kind: str, *arguments: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{kind}", args=arguments)


# ---- lists, searches, filters, exports ----


@pytest.mark.parametrize("model", sorted(admin.site._registry, key=lambda m: m._meta.label))
def test_no_list_names_anything_of_the_neighbours(world: World, officer_client: Client, model: Any) -> None:
    text = officer_client.get(page(model, "changelist")).content.decode()
    assert not NEIGHBOURS_MARK.search(text)


@pytest.mark.parametrize("model", [m for m, a in admin.site._registry.items() if a.search_fields])
def test_no_search_finds_anything_of_the_neighbours(world: World, officer_client: Client, model: Any) -> None:
    text = officer_client.get(page(model, "changelist"), {"q": "naboby"}).content.decode()
    assert "Naboby" not in text
    assert officer_client.get(page(model, "changelist"), {"q": "'; DROP TABLE x; --"}).status_code == 200


def test_a_filter_by_the_neighbours_row_shows_nothing(world: World, officer_client: Client) -> None:
    for lookup in (f"plan__id__exact={world.next.plan.pk}", f"unit__id__exact={world.next.one(Unit).pk}"):
        answer = officer_client.get(page(MeasureParticipation, "changelist") + "?" + lookup)
        assert answer.status_code in (200, 302)
        if answer.status_code == 200:
            assert not answer.context["cl"].result_list
            assert not NEIGHBOURS_MARK.search(answer.content.decode())


def test_no_filter_reaches_past_a_link_into_the_neighbours_rows(world: World, officer_client: Client) -> None:
    """A lookup that is not offered as a filter must not become a question about other tables."""
    for lookup in ("case__authority__name__startswith=N", "authority__memberships__user__password__startswith=md5"):
        assert officer_client.get(page(Document, "changelist") + "?" + lookup).status_code in (302, 400)


@pytest.mark.parametrize("model", [m for m, a in admin.site._registry.items() if getattr(a, "export_columns", ())])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_holds_no_row_of_the_neighbours(world: World, officer_client: Client, model: Any, form: str) -> None:
    answer = officer_client.get(page(model, "export", form))
    assert answer.status_code == 200
    content = answer.content
    if form == "xlsx":
        from openpyxl import load_workbook

        content = repr(list(load_workbook(io.BytesIO(content)).active.values)).encode()  # type: ignore[union-attr]
    assert b"Naboby" not in content
    assert len(content) > 20


def test_an_export_holds_exactly_what_the_filter_shows(world: World, officer_client: Client) -> None:
    answer = officer_client.get(page(MeasureParticipation, "export", "csv") + "?state__exact=done")
    shown = officer_client.get(page(MeasureParticipation, "changelist") + "?standing=done").context["cl"].result_list
    exported = officer_client.get(page(MeasureParticipation, "export", "csv") + "?standing=done")
    rows = list(csv.reader(io.StringIO(exported.content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) - 1 == len(shown) == 2
    assert answer.status_code in (200, 302)


# ---- one row ----


@pytest.mark.parametrize("model", TENANT_MODELS)
@pytest.mark.parametrize("kind", ["change", "delete", "history"])
def test_the_neighbours_row_answers_as_one_that_does_not_exist(
    world: World, leader_client: Client, model: Any, kind: str
) -> None:
    theirs = model.objects.exclude(pk__in=world.home.rows(model)).filter(pk__in=world.next.rows(model)).first()
    nothing = 10**9

    def ask(pk: int) -> tuple[Any, ...]:
        answer = leader_client.get(page(model, kind, pk), follow=True)
        said = [str(message).replace(str(pk), "#") for message in answer.context["messages"]] if answer.context else []
        return answer.status_code, [step[0] for step in answer.redirect_chain], said

    assert ask(theirs.pk) == ask(nothing)


@pytest.mark.parametrize("model", TENANT_MODELS)
def test_a_write_to_the_neighbours_row_answers_as_one_that_does_not_exist(
    world: World, leader_client: Client, model: Any
) -> None:
    theirs = world.next.rows(model).exclude(pk__in=world.home.rows(model)).first()
    for kind in ("change", "delete"):
        ours, none = (leader_client.post(page(model, kind, pk), {"post": "yes"}) for pk in (theirs.pk, 10**9))
        assert (ours.status_code, ours.get("Location")) == (none.status_code, none.get("Location"))
    assert model.objects.filter(pk=theirs.pk).exists()


def test_the_shortcut_to_a_rows_public_page_tells_nothing_of_the_neighbours(
    world: World, officer_client: Client
) -> None:
    from django.contrib.contenttypes.models import ContentType

    draft = Plan.objects.get(authority__slug=NEXT, status="draft")
    for row in (draft, world.next.plan, world.next.case, world.next.one(Unit)):
        kind = ContentType.objects.get_for_model(row).pk
        theirs, nothing = (officer_client.get(f"/admin/r/{kind}/{pk}/") for pk in (row.pk, 10**9))
        assert theirs.status_code == nothing.status_code == 404


# ---- links ----


@pytest.mark.parametrize(
    ("app", "model", "field"),
    [("portal", "unit", "leader"), ("strategy", "measureparticipation", "person")],
)
def test_no_autocomplete_offers_the_neighbours(
    world: World, leader_client: Client, app: str, model: str, field: str
) -> None:
    answer = leader_client.get(
        "/admin/autocomplete/", {"app_label": app, "model_name": model, "field_name": field, "term": ""}
    )
    offered = {int(choice["id"]) for choice in answer.json()["results"]}
    assert world.user("neighbour").pk not in offered
    assert world.user("officer").pk in offered


@pytest.mark.parametrize("model", [Unit, Organisation, Body, Case, Plan])
def test_a_new_row_cannot_be_given_to_the_neighbour(world: World, leader_client: Client, model: Any) -> None:
    before = world.next.rows(model).count()
    facts = {
        "authority": world.next.authority.pk, "name": "Ny", "title": "Ny", "kind": "council", "slug": "ny", "period_start": 2026,
        "status": "draft", "access": "open", "goal_word": "mål", "strategy_word": "strategi", "measure_word": "tiltak",
    }  # fmt: skip
    leader_client.post(page(model, "add"), facts)
    assert world.next.rows(model).count() == before


def test_a_link_to_the_neighbours_row_is_an_error_beside_the_field(world: World, leader_client: Client) -> None:
    ours = world.home.participation
    form = leader_client.get(page(MeasureParticipation, "change", ours.pk)).context["adminform"].form
    facts = values_of(form)
    facts |= formset_facts(leader_client, ours)
    answer = leader_client.post(
        page(MeasureParticipation, "change", ours.pk), facts | {"unit": world.next.one(Unit).pk}
    )
    assert answer.status_code == 200
    assert "unit" in answer.context["adminform"].form.errors


# ---- many at once ----


def test_a_bulk_deletion_skips_what_is_not_ours(world: World, leader_client: Client) -> None:
    theirs, ours = make.a_unit(world.next.authority), make.a_unit(world.home.authority)
    leader_client.post(
        page(Unit, "changelist"),
        {"action": "delete_selected", "_selected_action": [theirs.pk, ours.pk], "post": "yes"},
    )
    assert Unit.objects.filter(pk=theirs.pk).exists()
    assert not Unit.objects.filter(pk=ours.pk).exists()


def test_a_bulk_change_skips_what_is_not_ours(world: World, officer_client: Client) -> None:
    theirs, ours = world.next.participation, world.home.participation
    officer_client.post(
        page(MeasureParticipation, "changelist"),
        {
            "action": "change_chosen", "_selected_action": [theirs.pk, ours.pk], "confirm": "1", "state": "on_hold",
            "due_on": "", "unit": "", "person": "",
            f"seen-{theirs.pk}": theirs.row_version, f"seen-{ours.pk}": ours.row_version,
        },
    )  # fmt: skip
    theirs.refresh_from_db()
    ours.refresh_from_db()
    assert theirs.state != "on_hold"
    assert ours.state == "on_hold"


def test_a_delete_page_names_no_row_of_another_authority(world: World, leader_client: Client) -> None:
    shared = world.region.plan
    secretary = make.a_user("region_secretary", world.region.authority)
    client = Client()
    client.force_login(secretary, backend="allauth.account.auth_backends.AuthenticationBackend")
    text = client.get(page(Plan, "delete", shared.pk)).content.decode()
    assert "Hjemby" not in text
    assert "Naboby" not in text


# ---- two officers at once ----


def test_the_second_of_two_officers_is_told_and_nothing_is_lost(
    world: World, officer_client: Client, leader_client: Client
) -> None:
    ours = world.home.participation
    address = page(MeasureParticipation, "change", ours.pk)
    form = leader_client.get(address).context["adminform"].form
    facts = values_of(form) | formset_facts(leader_client, ours)
    assert issubclass(MeasureParticipation, Versioned)

    first = officer_client.post(address, facts | {"partner": "Den første"})
    assert first.status_code == 302, first.context and first.context["adminform"].form.errors
    second = leader_client.post(address, facts | {"partner": "Den andre"})
    assert second.status_code == 200
    assert "Den andre" in second.content.decode(), "what was typed is kept"
    ours.refresh_from_db()
    assert ours.partner == "Den første"


def values_of(form: Any) -> dict[str, Any]:
    """Return what a browser would send back of an unchanged form."""
    return {form.add_prefix(name): "" if (value := form[name].value()) is None else value for name in form.fields}


def formset_facts(client: Client, row: MeasureParticipation) -> dict[str, Any]:
    """Return the hidden and visible fields of the inlines, unchanged."""
    facts: dict[str, Any] = {}
    for inline in client.get(page(MeasureParticipation, "change", row.pk)).context["inline_admin_formsets"]:
        for form in [inline.formset.management_form, *inline.formset.forms]:
            facts |= values_of(form)
    return facts
