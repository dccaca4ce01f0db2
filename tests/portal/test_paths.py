"""Templates of the way of a case: laid out as steps, taken back, made from a case; nothing invented."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from portal import paths
from portal.models import CaseStep, Event, PathTemplate, PathTemplateStep, RegionMembership
from tests import factories as make
from tests.portal.test_admin_forms import complaints, form_of, new_row, send

if TYPE_CHECKING:
    from django.test import Client

    from portal.models import Authority, Case
    from tests.world import World

pytestmark = pytest.mark.django_db
START = dt.date(2026, 11, 1)


def a_template(authority: Authority, *lines: dict[str, Any], **facts: Any) -> PathTemplate:
    template = PathTemplate.objects.create(authority=authority, **{"name": f"Mal {next(make.counter)}", **facts})
    for place, line in enumerate(lines, 1):
        PathTemplateStep.objects.create(
            template=template, authority=authority, position=place, **{"stage": place, "activity": "decision", **line}
        )
    return template


@pytest.fixture
def case(world: World) -> Case:
    return make.a_case(world.home.authority)


@pytest.fixture
def template(world: World) -> PathTemplate:
    return a_template(
        world.home.authority,
        {"activity": "workshop", "actor": "Næringsforeningen", "starts_month": 1, "ends_month": 4},
        {"activity": "hearing", "actor": "Alle", "starts_month": 3},
        {"body_kind": "council", "description": "Sluttbehandling"},
    )


def steps_of(case: Case) -> list[CaseStep]:
    return list(case.steps.select_related("body").order_by("stage", "position"))


# ---- laid out ----


def test_a_template_becomes_steps_with_months_counted_from_the_start(
    world: World, case: Case, template: PathTemplate
) -> None:
    paths.apply(template, case, start=START, by=world.user("officer"))
    first, second, third = steps_of(case)
    assert (first.starts_on, first.ends_on, first.precision) == (dt.date(2026, 11, 1), dt.date(2027, 2, 28), "month")
    assert (second.starts_on, second.ends_on) == (dt.date(2027, 1, 1), None)
    assert (third.starts_on, third.ends_on, third.description) == (None, None, "Sluttbehandling")
    assert third.body is not None
    assert third.body.name == "Kommunestyret i Hjemby"
    assert {step.outcome for step in (first, second, third)} == {"pending"}


def test_without_a_start_month_no_step_gets_a_date(world: World, case: Case, template: PathTemplate) -> None:
    paths.apply(template, case, start=None, by=world.user("officer"))
    assert {(step.starts_on, step.ends_on) for step in steps_of(case)} == {(None, None)}


def test_the_steps_come_after_those_the_case_has(world: World, case: Case, template: PathTemplate) -> None:
    make.a_step(case, stage=5)
    paths.apply(template, case, start=None, by=world.user("officer"))
    assert [step.stage for step in steps_of(case)] == [5, 6, 7, 8]


def test_a_body_is_not_guessed_at_where_there_are_none_or_several(world: World, case: Case) -> None:
    lines = {"body_kind": "executive"}, {"body_kind": "council"}
    make.a_body(world.home.authority, kind="council")
    paths.apply(a_template(world.home.authority, *lines), case, start=None, by=world.user("officer"))
    assert [(step.body, step.actor) for step in steps_of(case)] == [(None, "Formannskap"), (None, "Kommunestyre")]


def test_each_member_of_the_region_today_gets_a_step_with_its_own_council(world: World) -> None:
    region = world.region.authority
    third = make.an_authority(name="Ålby")
    RegionMembership.objects.create(region=region, member=third)
    RegionMembership.objects.create(region=region, member=make.an_authority(), valid_to=dt.date(2020, 1, 1))
    case = make.a_case(region)
    board = make.a_body(region, kind="board", name="Styret")
    template = a_template(region, {"activity": "recommendation", "body_kind": "board"}, {"each_member": True})
    paths.apply(template, case, start=None, by=world.user("region_secretary"))
    first, *councils = steps_of(case)
    assert first.body == board
    assert [str(step.body or step.actor) for step in councils] == [
        "Kommunestyret i Hjemby", "Kommunestyret i Naboby", "Kommunestyre i Ålby",
    ]  # fmt: skip
    assert {step.authority_id for step in councils} == {region.pk}


def test_a_template_that_makes_nothing_says_so(world: World, case: Case) -> None:
    with pytest.raises(ValidationError):
        paths.apply(a_template(world.home.authority, {"each_member": True}), case, start=None, by=world.user("officer"))


def test_months_that_would_end_outside_any_sane_year_are_refused(world: World, case: Case) -> None:
    template = a_template(world.home.authority, {"actor": "x", "starts_month": 32_000})
    with pytest.raises(ValidationError):
        paths.apply(template, case, start=START, by=world.user("officer"))
    assert steps_of(case) == []


def test_pressed_twice_it_is_done_once(world: World, case: Case, template: PathTemplate) -> None:
    for _ in range(2):
        paths.apply(template, case, start=None, by=world.user("officer"), once="abc")
    assert len(steps_of(case)) == 3


# ---- who may ----


def test_others_templates_are_used_only_when_shared(world: World, case: Case) -> None:
    theirs = a_template(world.next.authority, {"actor": "x"})
    with pytest.raises(PermissionDenied):
        paths.apply(theirs, case, start=None, by=world.user("officer"))
    PathTemplate.objects.filter(pk=theirs.pk).update(is_shared=True)
    paths.apply(theirs, case, start=None, by=world.user("officer"))
    assert {step.authority_id for step in steps_of(case)} == {world.home.authority.pk}


@pytest.mark.parametrize("person", ["neighbour", "editor", "guest_officer", "stranger"])
def test_only_those_who_write_steps_here_use_a_template(
    world: World, case: Case, template: PathTemplate, person: str
) -> None:
    with pytest.raises(PermissionDenied):
        paths.apply(template, case, start=None, by=world.user(person))
    with pytest.raises(PermissionDenied):
        paths.save_as_template(case, "Min", by=world.user(person))


# ---- taken back ----


def test_what_nobody_has_touched_is_taken_back(world: World, case: Case, template: PathTemplate) -> None:
    kept = make.a_step(case)
    applied = paths.apply(template, case, start=None, by=world.user("officer"))
    assert paths.latest_application(case) == applied
    assert paths.take_back(applied, by=world.user("officer")) == 3
    assert steps_of(case) == [kept]
    assert paths.latest_application(case) is None
    assert paths.take_back(applied, by=world.user("officer")) is None


@pytest.mark.parametrize("touch", ["changed", "removed"])
def test_what_someone_has_worked_on_stays(world: World, case: Case, template: PathTemplate, touch: str) -> None:
    applied = paths.apply(template, case, start=None, by=world.user("officer"))
    step = steps_of(case)[0]
    if touch == "changed":
        step.description = "Noe annet"
        step.save()
    else:
        step.delete()
    left = len(steps_of(case))
    assert paths.latest_application(case) is None
    assert paths.take_back(applied, by=world.user("officer")) is None
    assert len(steps_of(case)) == left


# ---- kept ----


def test_a_cases_way_is_kept_with_kinds_of_bodies_and_months(world: World, case: Case) -> None:
    council = world.home.one(make.Body)
    make.a_step(case, stage=2, starts_on=dt.date(2026, 2, 10), actor="Administrasjonen")
    make.a_step(case, stage=4, starts_on=dt.date(2026, 5, 1), ends_on=dt.date(2026, 6, 30), precision="month")
    make.a_step(case, stage=4, starts_on=dt.date(2026, 1, 1), precision="year")
    make.a_step(case, stage=7, body=council, actor="", activity="decision", outcome="adopted", resolution="Hemmelig")
    template = paths.save_as_template(case, "Vår vei", by=world.user("officer"))
    lines = list(template.steps.values_list("stage", "body_kind", "actor", "starts_month", "ends_month"))
    assert lines == [
        (1, "", "Administrasjonen", 1, None), (2, "", "Administrasjonen", 4, 5), (2, "", "Administrasjonen", None, None),
        (3, "council", "", None, None),
    ]  # fmt: skip
    assert not template.is_shared


def test_the_members_councils_become_one_line_that_makes_them_again(world: World) -> None:
    region, secretary = world.region.authority, world.user("region_secretary")
    case = make.a_case(region)
    for place, side in enumerate((world.home, world.next), 1):
        make.a_step(
            case, stage=1, body=side.one(make.Body), actor="", activity="decision", starts_on=dt.date(2026, place, 1)
        )
    template = paths.save_as_template(case, "Alle kommunestyrer", by=secretary)
    (line,) = template.steps.all()
    assert (line.each_member, line.body_kind, line.starts_month) == (True, "council", None)
    again = make.a_case(region)
    paths.apply(template, again, start=START, by=secretary)
    assert {step.body_id for step in steps_of(again)} == {step.body_id for step in steps_of(case)}


def test_fifteen_overlapping_rows_come_back_as_they_were(world: World, case: Case) -> None:
    for place in range(15):
        make.a_step(
            case, stage=1 + place // 11, position=place, actor=f"Gruppe {place}", activity="workshop", precision="month",
            starts_on=dt.date(2026, 2 + place % 3, 1), ends_on=dt.date(2026, 5 + place % 3, 28),
        )  # fmt: skip
    template = paths.save_as_template(case, "Femten rader", by=world.user("officer"))
    again = make.a_case(world.home.authority)
    paths.apply(template, again, start=dt.date(2027, 2, 1), by=world.user("officer"))
    shape = [
        (s.stage, s.actor, s.starts_on and s.starts_on.month, s.ends_on and s.ends_on.month) for s in steps_of(case)
    ]
    assert shape == [
        (s.stage, s.actor, s.starts_on and s.starts_on.month, s.ends_on and s.ends_on.month) for s in steps_of(again)
    ]


def test_a_name_is_used_once_and_an_empty_case_makes_no_template(world: World, case: Case) -> None:
    with pytest.raises(ValidationError):
        paths.save_as_template(case, "Tom", by=world.user("officer"))
    make.a_step(case)
    paths.save_as_template(case, "Vår vei", by=world.user("officer"))
    with pytest.raises(ValidationError):
        paths.save_as_template(case, "Vår vei", by=world.user("officer"))


# ---- the page ----


def address(case: Case) -> str:
    return reverse("admin:portal_case_path", args=[case.pk])


def test_the_page_shows_what_it_will_make_and_then_makes_it(
    case: Case, template: PathTemplate, officer_client: Client
) -> None:
    assert address(case) in officer_client.get(reverse("admin:portal_case_change", args=[case.pk])).content.decode()
    shown = officer_client.get(address(case), {"template": template.pk, "month": "11", "year": "2026"})
    assert [row["who"] for row in shown.context["preview"]] == ["Næringsforeningen", "Alle", "Kommunestyret i Hjemby"]
    assert steps_of(case) == []
    sent = {"do": "use", "template": template.pk, "month": "11", "year": "2026", "once": shown.context["once"]}
    for _ in range(2):
        assert officer_client.post(address(case), sent).status_code == 302
    assert len(steps_of(case)) == 3
    applied = officer_client.get(address(case)).context["applied"]
    officer_client.post(address(case), {"do": "undo", "applied": applied.pk})
    assert steps_of(case) == []


def test_a_template_without_months_says_that_the_start_month_gives_no_dates(
    world: World, case: Case, template: PathTemplate, officer_client: Client
) -> None:
    bare = a_template(world.home.authority, {"actor": "Styret"})
    for chosen, month, said in ((bare, "11", True), (bare, "", False), (template, "11", False)):
        page = officer_client.get(address(case), {"template": chosen.pk, "month": month, "year": "2026"})
        assert ("Ingen behandlinger får dato." in page.content.decode()) is said


def test_the_page_keeps_a_template(case: Case, officer_client: Client) -> None:
    make.a_step(case)
    assert officer_client.post(address(case), {"do": "keep", "name": ""}).status_code == 200
    assert officer_client.post(address(case), {"do": "keep", "name": "Vår vei"}).status_code == 302
    assert officer_client.post(address(case), {"do": "keep", "name": "Vår vei"}).context["name_form"].errors


@pytest.mark.parametrize(
    "data",
    [
        {"do": "use"}, {"do": "use", "template": "x"}, {"do": "use", "template": "1", "month": "13", "year": "2026"},
        {"do": "undo"}, {"do": "undo", "applied": "x"}, {"do": "undo", "applied": "9" * 30}, {"do": "nothing"}, {},
        {"do": "keep", "name": "x" * 500}, {"do": "keep", "name": "\x00"},
    ],
)  # fmt: skip
def test_nonsense_changes_nothing(case: Case, officer_client: Client, data: dict[str, str]) -> None:
    make.a_step(case)
    assert officer_client.post(address(case), data).status_code in (200, 404)
    assert len(steps_of(case)) == 1
    assert not Event.objects.filter(case=case).exists()


def test_another_authoritys_templates_are_neither_offered_nor_taken(
    world: World, case: Case, officer_client: Client
) -> None:
    theirs = a_template(world.next.authority, {"actor": "x"}, name="Deres")
    page = officer_client.get(address(case), {"template": theirs.pk})
    assert "Deres" not in page.content.decode()
    assert officer_client.post(address(case), {"do": "use", "template": theirs.pk}).status_code == 200
    assert steps_of(case) == []


@pytest.mark.parametrize(
    ("person", "status"),
    [("officer", 200), ("leader", 200), ("editor", 403), ("attester", 403), ("neighbour", 302), ("stranger", 403)],
)
def test_the_page_opens_for_those_who_write_steps_here(case: Case, as_role: Any, person: str, status: int) -> None:
    assert as_role(person).get(address(case)).status_code == status


def test_a_guest_officer_reads_her_case_and_uses_no_template(world: World, guest_officer_client: Client) -> None:
    assert guest_officer_client.get(address(world.home.guest_case)).status_code == 403


# ---- the templates' own page ----


def test_a_template_is_written_line_by_line(world: World, officer_client: Client) -> None:
    url = reverse("admin:portal_pathtemplate_add")
    line = {"stage": "1", "position": "1", "activity": "decision", "body_kind": "council", "starts_month": "3"}
    answer = officer_client.post(url, {**new_row(form_of(officer_client, url), "steps", **line), "name": "Egen"})
    assert answer.status_code == 302
    step = PathTemplateStep.objects.get(template__name="Egen")
    assert (step.body_kind, step.starts_month, step.authority_id) == ("council", 3, world.home.authority.pk)


@pytest.mark.parametrize(
    "wrong",
    [{"body_kind": "", "actor": ""}, {"body_kind": "senate"}, {"starts_month": "0"}, {"starts_month": "121"},
     {"starts_month": "4", "ends_month": "3"}],
)  # fmt: skip
def test_a_line_that_cannot_be_is_refused(officer_client: Client, wrong: dict[str, str]) -> None:
    url = reverse("admin:portal_pathtemplate_add")
    line = {"stage": "1", "position": "1", "activity": "decision", "body_kind": "council", **wrong}
    answer = officer_client.post(url, {**new_row(form_of(officer_client, url), "steps", **line), "name": "Egen"})
    assert complaints(answer)


def test_a_shared_template_of_others_is_not_on_ones_own_list(world: World, officer_client: Client) -> None:
    theirs = a_template(world.next.authority, is_shared=True)
    assert officer_client.get(reverse("admin:portal_pathtemplate_change", args=[theirs.pk])).status_code == 302
    assert send(officer_client, reverse("admin:portal_pathtemplate_add"), name="Min").status_code == 302
