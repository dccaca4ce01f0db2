"""A plan's page answers 304 when nothing has changed, and never when anything has."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client

from portal.models import Membership
from strategy.models import InputEffect, MeasureEntry, Plan, ReportingPeriod
from tests import factories as make
from tests.strategy.reading import address, body, english, page
from tests.strategy.reports import freeze

if TYPE_CHECKING:
    from tests.world import World

pytestmark = pytest.mark.usefixtures("the_day", "in_english")


def test_an_unchanged_page_is_answered_by_two_queries(
    plan: Plan, reader: Client, django_assert_num_queries: Any
) -> None:
    tag = page(reader, address(plan))["ETag"]
    with django_assert_num_queries(2):  # the plan's own, and that of the panel with its money
        answer = page(reader, address(plan), if_none_match=tag)
    assert answer.status_code == 304
    assert answer.content == b""
    assert "no-cache" in answer["Cache-Control"]
    assert "Cookie" in answer["Vary"]
    assert page(Client(), address(plan), if_none_match='W/"x-y"').status_code == 200


def test_someone_without_cookies_gets_the_304_too(plan: Plan) -> None:
    tag = page(Client(), address(plan))["ETag"]
    assert page(Client(), address(plan), if_none_match=f'"other", {tag}').status_code == 304


RAW = {
    "a milestone": "UPDATE strategy_milestone SET due_on = '2026-01-01'",
    "a participation": "UPDATE strategy_measureparticipation SET state = 'cancelled' WHERE state = 'under_way'",
    "a unit": "UPDATE portal_unit SET name = name || ' ny'",
    "an authority": "UPDATE portal_authority SET name = name || ' ny'",
    "funding": "DELETE FROM strategy_measurefunding",
    "a wording": "UPDATE strategy_measureentry SET title = title || ' ny'",
    "a goal": "UPDATE strategy_goal SET title = title || ' ny'",
    "a strategy": "UPDATE strategy_strategy SET note = 'Ny merknad'",
    "a UN goal": "UPDATE strategy_goalsdg SET number = 15",
    "a UN goal of the plan": "DELETE FROM strategy_plansdg",
    "a tag": "UPDATE strategy_tag SET name = name || ' ny'",
    "a tag of a measure": "DELETE FROM strategy_measuretag",
    "a participant": "UPDATE strategy_planparticipant SET role = 'covered' WHERE role = 'member'",
    "the plan": "UPDATE strategy_plan SET vision = 'Ny visjon'",
    "a measure taken away": "UPDATE strategy_measure SET current_entry_id = NULL",
    "an indicator": "UPDATE strategy_indicator SET name = name || ' ny'",
    "a series": "UPDATE strategy_series SET area = area || ' ny'",
    "an observation": "UPDATE strategy_observation SET value = value + 1",
    "a target": "UPDATE strategy_target SET title = title || ' ny'",
    "a period": "UPDATE strategy_reportingperiod SET name = name || ' ny'",
    "a report that is asked for": "DELETE FROM strategy_statusreport WHERE reported_at IS NULL",
    "the body that gets the report": "UPDATE portal_body SET name = name || ' ny'",
    "where the report is taken up": "UPDATE portal_casestep SET item_number = '99/26'",
}


@pytest.mark.parametrize("what", RAW)
def test_no_304_after_any_change_even_in_raw_sql(world: World, reader: Client, what: str) -> None:
    side = world.region if what == "a participant" else world.home
    make.a_milestone(side.participation)
    if side is world.home:
        step = make.a_step(make.a_case(side.authority), body=make.a_body(side.authority), starts_on=dt.date(2027, 1, 1))
        ReportingPeriod.objects.filter(plan=side.plan).update(step=step)
    before = page(reader, address(side.plan))
    with connection.cursor() as cursor:
        cursor.execute(RAW[what])
        assert cursor.rowcount > 0
    after = page(reader, address(side.plan), if_none_match=before["ETag"])
    assert after.status_code == 200
    assert after.content != before.content


MEASURE_RAW = {
    "what was answered": "UPDATE strategy_statusreport SET done_since = 'Noe annet' WHERE reported_at IS NOT NULL",
    "an effect of input": "UPDATE strategy_inputeffect SET change = 'Noe annet'",
    "an action part": "UPDATE strategy_actionpart SET period_end = 2029",
}


@pytest.mark.parametrize("what", MEASURE_RAW)
def test_no_304_for_a_measure_after_any_change(world: World, reader: Client, what: str) -> None:
    measure = world.home.participation.measure
    first = world.home.plan.action_parts.earliest("pk")
    second = make.an_action_part(world.home.plan, period_start=2029, replaces=first, adopted_on=dt.date(2026, 11, 1),
                                 adopted_in=world.home.case.steps.get())  # fmt: skip
    MeasureEntry.objects.create(
        plan=world.home.plan,
        authority=world.home.authority,
        action_part=second,
        measure=measure,
        position=1,
        title="Nytt",
    )
    InputEffect.objects.filter(plan=world.home.plan).update(measure=measure)
    before = page(reader, f"{address(world.home.plan)}tiltak/{measure.pk}/")
    with connection.cursor() as cursor:
        cursor.execute(MEASURE_RAW[what])
    after = page(reader, f"{address(world.home.plan)}tiltak/{measure.pk}/", if_none_match=before["ETag"])
    assert after.status_code == 200
    assert after.content != before.content


def test_no_304_when_a_report_is_released(plan: Plan, reader: Client) -> None:
    Plan.objects.filter(pk=plan.pk).update(live_view_open=False)
    before = page(reader, address(plan))
    freeze(plan, dt.date(2026, 9, 7))
    kept = page(reader, address(plan), if_none_match=before["ETag"])
    freeze(plan, dt.date(2026, 9, 8), html="<p>Frigitt</p>")
    after = page(reader, address(plan), if_none_match=kept["ETag"])
    assert "Frigitt" in body(after)
    assert page(reader, address(plan), if_none_match=after["ETag"]).status_code == 304


def test_no_304_for_someone_who_got_another_duty(plan: Plan, world: World, elected_client: Client) -> None:
    english(elected_client)
    before = page(elected_client, address(plan))
    Membership.objects.create(user=world.user("elected"), authority=plan.authority, role="officer")
    after = page(elected_client, address(plan), if_none_match=before["ETag"])
    assert "Reporting</a>" in body(after)


def test_no_304_on_the_next_day(plan: Plan, reader: Client, time_machine: Any) -> None:
    tag = page(reader, address(plan))["ETag"]
    time_machine.move_to(dt.datetime(2026, 11, 21, 22, 59, tzinfo=dt.UTC), tick=False)
    assert page(reader, address(plan), if_none_match=tag).status_code == 304
    time_machine.move_to(dt.datetime(2026, 11, 21, 23, 1, tzinfo=dt.UTC), tick=False)
    assert page(reader, address(plan), if_none_match=tag).status_code == 200, "it is the 22nd in Oslo"


def test_no_304_in_another_language_or_filter(plan: Plan, reader: Client) -> None:
    tag = page(reader, address(plan))["ETag"]
    assert page(reader, f"{address(plan)}?status=late", if_none_match=tag).status_code == 200
    assert page(Client(), address(plan), if_none_match=tag).status_code == 200


def test_no_304_for_someone_who_lost_the_right_to_read(world: World, officer_client: Client) -> None:
    draft = world.home.rows(Plan).get(status="draft")
    tag = page(officer_client, address(draft))["ETag"]
    assert page(officer_client, address(draft), if_none_match=tag).status_code == 304
    world.user("officer").memberships.all().delete()
    assert page(officer_client, address(draft), if_none_match=tag).status_code == 404


def test_no_304_for_someone_who_lost_the_live_view(plan: Plan, world: World, elected_client: Client) -> None:
    Plan.objects.filter(pk=plan.pk).update(live_view_open=False)
    before = page(elected_client, address(plan))
    assert "p-spread" in before.content.decode()
    world.user("elected").memberships.all().delete()
    after = page(elected_client, address(plan), if_none_match=before["ETag"])
    assert "p-spread" not in body(after)


def test_no_304_across_readers_and_sign_out(plan: Plan, officer_client: Client, reader: Client) -> None:
    english(officer_client)
    tag = page(officer_client, address(plan))["ETag"]
    assert page(reader, address(plan), if_none_match=tag).status_code == 200
    assert page(english(Client()), address(plan), if_none_match=tag).status_code == 200


def test_no_304_when_the_form_token_is_another(plan: Plan, officer_client: Client) -> None:
    tag = page(officer_client, address(plan))["ETag"]
    assert page(officer_client, address(plan), if_none_match=tag).status_code == 304
    officer_client.cookies["csrf"] = "a" * 32
    assert page(officer_client, address(plan), if_none_match=tag).status_code == 200
