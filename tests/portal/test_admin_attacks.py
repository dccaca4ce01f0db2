"""Attacks on the case pages and past them: what each role could take, change or learn that is not hers."""

from __future__ import annotations

import contextlib
import json
import uuid
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.db import connections
from django.test import Client
from django.urls import reverse
from psycopg import errors

from portal.database import OWNER_ALIAS, grant_runtime
from portal.models import Authority, RegionMembership, Role
from strategy.models import Measure, MeasureEntry, MeasureParticipation, Plan, PlanParticipant
from tests import factories as make
from tests.conftest import signed_in
from tests.databases import owner_facts
from tests.portal.test_admin_forms import complaints, form_of, is_refused, new_row, page, row_of
from tests.world import DRAFT_PLAN, World

pytestmark = pytest.mark.django_db

MEASURES = "/admin/strategy/measureparticipation/"
ENTRY = "measure__current_entry"
PAGES = sorted(admin.site._registry, key=lambda model: model._meta.label)

# ---- a list's filters are questions about what it shows, and no others ----


@pytest.mark.parametrize("model", PAGES, ids=lambda model: model._meta.label)
@pytest.mark.parametrize("lookup", ["password__startswith=a", "user__password__startswith=a"])
@pytest.mark.parametrize("person", ["leader", "guest_officer"])
def test_no_list_answers_questions_about_passwords(
    as_role: Callable[[str], Client], model: Any, lookup: str, person: str
) -> None:
    assert as_role(person).get(f"{page(model, 'changelist')}?{lookup}").status_code == 400


@pytest.mark.parametrize(
    "lookup",
    [
        "plan__participants__authority__memberships__user__password__startswith=a",
        "measure__participations__note__startswith=H",
        "plan__participants__authority__memberships__user__email__startswith=leader",
        "title__regex=(",
        "title__regex=(a%2B)%2B$",
        "title__startswith=T",
        "title=%01",
        "position__gt=99999999999999999999999",
    ],
)
def test_the_list_of_measures_answers_no_question_past_its_filters(officer_client: Client, lookup: str) -> None:
    assert officer_client.get(f"{MEASURES}?{ENTRY}__{lookup}").status_code == 400


@pytest.mark.parametrize("lookup", ["memberships__role=leader", "is_superuser__exact=1", "last_login__gte=2020-01-01"])
def test_the_list_of_people_answers_no_question_about_their_sign_ins(leader_client: Client, lookup: str) -> None:
    assert leader_client.get(f"/admin/portal/user/?{lookup}").status_code == 400


def test_the_list_of_measures_keeps_its_own_filters(world: World, officer_client: Client) -> None:
    row = MeasureParticipation.objects.filter(plan=world.home.plan, unit__isnull=False).earliest("pk")
    entry = MeasureEntry.objects.filter(plan=world.home.plan, strategy__isnull=False).earliest("pk")
    filters = {
        "standing": "late", "unit__id__exact": row.unit_id, f"{ENTRY}__strategy__id__exact": entry.strategy_id,
        "plan__id__exact": row.plan_id, "goal": world.home.plan.goals.earliest("pk").pk, "due": "none", "missing": "due",
    }  # fmt: skip
    for name, value in filters.items():
        answer = officer_client.get(MEASURES, {name: value})
        assert answer.status_code == 200, name
        assert answer.context["cl"].result_list or name == "missing", name


@pytest.mark.parametrize("model", [m for m in PAGES if admin.site._registry[m].list_filter], ids=lambda m: m.__name__)
def test_each_choice_of_a_lists_filters_works(world: World, leader_client: Client, model: Any) -> None:
    url = page(model, "changelist")
    changelist = leader_client.get(url).context["cl"]
    for spec in changelist.filter_specs:
        for choice in list(spec.choices(changelist))[1:3]:
            assert leader_client.get(url + choice["query_string"]).status_code == 200, choice["query_string"]


# ---- the runtime role gains nothing by what the owner's functions may ----


def test_the_runtime_role_makes_no_temporary_table(own_database: str, runtime: Any) -> None:
    """What a database lets its visitors do is no part of a clone, so the upgrade's grants are given anew."""
    default = connections.settings["default"]
    connections.settings[OWNER_ALIAS] = {**default, **owner_facts(), "NAME": own_database}
    try:
        grant_runtime(connections[OWNER_ALIAS], default["USER"])
    finally:
        connections[OWNER_ALIAS].close()
        del connections.settings[OWNER_ALIAS], connections[OWNER_ALIAS]
    with pytest.raises(errors.InsufficientPrivilege):
        runtime.execute("CREATE TEMP TABLE bait (id int)")


def test_the_runtime_role_hangs_no_guards_function_on_a_table(runtime: Any, owner: Any) -> None:
    """The function that moves a plan's version runs as the owner; its argument must never be the runtime's."""
    role = runtime.execute("SELECT current_user").fetchone()[0]
    owner.execute(f'CREATE TABLE bait (id int); GRANT ALL ON bait TO "{role}"')
    with pytest.raises(errors.InsufficientPrivilege):
        runtime.execute(
            "CREATE TRIGGER x AFTER INSERT ON bait REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT "
            "EXECUTE FUNCTION strategy_move_version('SELECT 1) ON CONFLICT DO NOTHING; DROP TABLE portal_event; --')"
        )


def test_the_runtime_role_may_call_few_things_that_run_as_their_owner(runtime: Any) -> None:
    """To cast a vote, count them and forget who voted; to forget the copies of a row that is gone, by name."""
    found = runtime.execute(
        "SELECT oid::regprocedure::text FROM pg_proc WHERE prosecdef AND has_function_privilege(oid, 'EXECUTE') ORDER BY 1"
    ).fetchall()
    assert [name for (name,) in found] == [
        "awards_cast(bigint,bigint[])", "awards_count_votes(bigint,date)", "awards_erase_traces(bigint)",
        "portal_erase_copies(text,bigint,text)",
    ]  # fmt: skip


def test_a_plans_version_still_moves_when_the_runtime_role_writes(runtime: Any) -> None:
    """What is refused above must not stop the guards themselves."""
    plan, before = runtime.execute("SELECT plan_id, version FROM strategy_planversion ORDER BY 1 LIMIT 1").fetchone()
    runtime.execute("UPDATE strategy_plan SET title = title || '!' WHERE id = %s", [plan])
    now = runtime.execute("SELECT version FROM strategy_planversion WHERE plan_id = %s", [plan]).fetchone()
    assert now[0] > before


@pytest.fixture
def deed(runtime: Any) -> uuid.UUID:
    """The context of one deed in the history: user 1 did it."""
    key = uuid.uuid4()
    runtime.execute(
        "INSERT INTO pghistory_context (id, created_at, updated_at, metadata) VALUES (%s, now(), now(), %s)",
        [key, json.dumps({"user": 1, "url": "/admin/"})],
    )
    return key


def test_the_runtime_role_deletes_no_deed_from_the_history(runtime: Any, deed: uuid.UUID) -> None:
    for condition in (f"WHERE id = '{deed}'", ""):
        with pytest.raises(psycopg.Error):
            runtime.execute(f"DELETE FROM pghistory_context {condition}")
    assert runtime.execute("SELECT count(*) FROM pghistory_context WHERE id = %s", [deed]).fetchone() == (1,)


@pytest.mark.parametrize("forged", ['{"user": 2, "url": "/admin/"}', '{"url": "/admin/"}', '{"user": null}', "{}"])
def test_the_runtime_role_never_changes_whose_deed_it_was(runtime: Any, deed: uuid.UUID, forged: str) -> None:
    with contextlib.suppress(psycopg.Error):
        runtime.execute("UPDATE pghistory_context SET metadata = %s WHERE id = %s", [forged, deed])
    now = runtime.execute("SELECT metadata->>'user' FROM pghistory_context WHERE id = %s", [deed]).fetchone()
    assert now == ("1",)


# ---- who takes part in a plan, and who is member of a region ----


def links_of(plan: Plan) -> set[tuple[int, str]]:
    return set(PlanParticipant.objects.filter(plan=plan).values_list("authority_id", "role"))


@pytest.fixture
def stranger_town(db: None) -> Authority:
    """An authority that shares no region with Hjemby."""
    return make.an_authority()


def test_no_plan_page_makes_another_authority_owner(world: World, officer_client: Client) -> None:
    plan, url = world.home.plan, page(Plan, "change", world.home.plan.pk)
    member = PlanParticipant.objects.create(plan=plan, authority=world.next.authority, role="member")
    own = PlanParticipant.objects.get(plan=plan, role="owner")
    before = links_of(plan)
    form = form_of(officer_client, url)
    theirs = row_of(form, "participants", member.pk)
    forged = new_row(form, "participants", id=own.pk, plan=plan.pk, authority=world.next.authority.pk, role="member")
    for sent in (
        {**form, f"{theirs}-role": "owner"},
        {**forged, "participants-INITIAL_FORMS": forged["participants-TOTAL_FORMS"]},
        {**forged, "participants-INITIAL_FORMS": forged["participants-TOTAL_FORMS"], f"{theirs}-role": "owner"},
    ):
        assert officer_client.post(url, sent).status_code < 500
        assert links_of(plan) == before


def test_a_second_owner_is_refused_without_a_fault(world: World, officer_client: Client) -> None:
    plan, url = world.home.plan, page(Plan, "change", world.home.plan.pk)
    before = links_of(plan)
    form = new_row(form_of(officer_client, url), "participants", authority=world.next.authority.pk, role="owner")
    assert is_refused(officer_client.post(url, form))
    assert links_of(plan) == before


def test_a_participants_authority_never_changes(
    world: World, region_secretary_client: Client, stranger_town: Authority
) -> None:
    plan, url = world.region.plan, page(Plan, "change", world.region.plan.pk)
    before = links_of(plan)
    form = form_of(region_secretary_client, url)
    for link in PlanParticipant.objects.filter(plan=plan).exclude(role="owner"):
        changes = {f"{row_of(form, 'participants', link.pk)}-authority": stranger_town.pk}
        assert region_secretary_client.post(url, {**form, **changes}).status_code < 500
        assert links_of(plan) == before


def test_an_officer_adds_only_authorities_of_a_shared_region(
    world: World, officer_client: Client, stranger_town: Authority
) -> None:
    plan, url = world.home.plan, page(Plan, "change", world.home.plan.pk)
    before = links_of(plan)
    form = form_of(officer_client, url)
    officer_client.post(url, new_row(form, "participants", authority=stranger_town.pk, role="covered"))
    assert links_of(plan) == before
    answer = officer_client.post(url, new_row(form, "participants", authority=world.next.authority.pk, role="covered"))
    assert answer.status_code == 302, complaints(answer)
    assert links_of(plan) == before | {(world.next.authority.pk, "covered")}


def test_a_membership_that_has_ended_lets_nobody_be_added(world: World, officer_client: Client) -> None:
    RegionMembership.objects.filter(member=world.next.authority).update(valid_to="2020-01-01")
    plan, url = world.home.plan, page(Plan, "change", world.home.plan.pk)
    before = links_of(plan)
    form = new_row(form_of(officer_client, url), "participants", authority=world.next.authority.pk, role="covered")
    officer_client.post(url, form)
    assert links_of(plan) == before


def test_the_operator_may_add_any_authority(world: World, operator_client: Client, stranger_town: Authority) -> None:
    plan, url = world.home.plan, page(Plan, "change", world.home.plan.pk)
    form = new_row(form_of(operator_client, url), "participants", authority=stranger_town.pk, role="covered")
    answer = operator_client.post(url, form)
    assert answer.status_code == 302, complaints(answer)
    assert (stranger_town.pk, "covered") in links_of(plan)


@pytest.mark.parametrize("role", [Role.LEADER, Role.REGION_SECRETARY])
def test_a_region_takes_no_members_by_itself(world: World, stranger_town: Authority, role: str) -> None:
    client = signed_in(make.a_user(role, world.region.authority))
    url = page(Authority, "change", world.region.authority.pk)
    before = list(RegionMembership.objects.values_list("region", "member", "valid_to").order_by("pk"))
    form = form_of(client, url) if role == Role.LEADER else {}
    client.post(url, new_row(form, "member_links", region=world.region.authority.pk, member=stranger_town.pk))
    link = RegionMembership.objects.earliest("pk")
    fields = {"TOTAL_FORMS": 1, "INITIAL_FORMS": 1, "0-id": link.pk, "0-region": link.region_id, "0-DELETE": "on"}
    client.post(url, {**form, **{f"member_links-{name}": value for name, value in fields.items()}})
    assert list(RegionMembership.objects.values_list("region", "member", "valid_to").order_by("pk")) == before


def test_the_operator_gives_a_region_its_members(
    world: World, operator_client: Client, stranger_town: Authority
) -> None:
    url = page(Authority, "change", world.region.authority.pk)
    answer = operator_client.post(url, new_row(form_of(operator_client, url), "member_links", member=stranger_town.pk))
    assert answer.status_code == 302, complaints(answer)
    assert RegionMembership.objects.filter(region=world.region.authority, member=stranger_town).exists()


# ---- staff without the second step their authority requires are like anyone ----


@pytest.fixture
def two_steps(world: World) -> World:
    Authority.objects.filter(pk=world.home.authority.pk).update(mfa_required=True)
    Plan.objects.filter(pk=world.home.plan.pk).update(live_view_open=False)
    return world


@pytest.mark.parametrize("person", ["officer", "leader", "guest_officer"])
def test_without_the_second_step_neither_case_pages_nor_documents_open(
    two_steps: World, as_role: Callable[[str], Client], person: str
) -> None:
    for url in ("/admin/", f"{MEASURES}eksport/csv/", f"/dokument/{two_steps.home.document.pk}/"):
        answer = as_role(person).get(url)
        assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_index"))


def test_without_the_second_step_public_pages_show_what_anyone_sees(two_steps: World, officer_client: Client) -> None:
    draft = reverse("plan_status", args=[two_steps.home.slug, DRAFT_PLAN])
    assert officer_client.get(draft).status_code == 404
    for url in ("/", f"/{two_steps.home.slug}/"):
        assert "Utkast i Hjemby" not in officer_client.get(url).content.decode()
    plan = two_steps.home.plan
    hers, anyones = (client.get(plan.get_absolute_url()).content.decode() for client in (officer_client, Client()))
    assert 'data-color="danger"' not in hers
    assert ("p-spread" in hers) == ("p-spread" in anyones)
    measure = Measure.objects.filter(plan=plan).latest("pk")
    assert "50 000" not in officer_client.get(measure.get_absolute_url()).content.decode()


def test_with_the_second_step_everything_opens(two_steps: World, officer_client: Client) -> None:
    Authenticator.objects.create(user=two_steps.user("officer"), type=Authenticator.Type.TOTP, data={"secret": "x"})
    draft = reverse("plan_status", args=[two_steps.home.slug, DRAFT_PLAN])
    for url in ("/admin/", f"/dokument/{two_steps.home.document.pk}/", draft):
        assert officer_client.get(url).status_code == 200
    assert 'data-color="danger"' in officer_client.get(two_steps.home.plan.get_absolute_url()).content.decode()
