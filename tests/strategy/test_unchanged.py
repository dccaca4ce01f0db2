"""A plan's page answers 304 when nothing has changed, and never when anything has."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client

from strategy.models import Plan
from tests import factories as make
from tests.strategy.reading import address, body, english, page

if TYPE_CHECKING:
    from tests.world import World

pytestmark = pytest.mark.usefixtures("the_day", "in_english")


def test_an_unchanged_page_is_answered_by_one_query(plan: Plan, reader: Client, django_assert_num_queries: Any) -> None:
    tag = page(reader, address(plan))["ETag"]
    with django_assert_num_queries(1):
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
}


@pytest.mark.parametrize("what", RAW)
def test_no_304_after_any_change_even_in_raw_sql(world: World, reader: Client, what: str) -> None:
    side = world.region if what == "a participant" else world.home
    make.a_milestone(side.participation)
    before = page(reader, address(side.plan))
    with connection.cursor() as cursor:
        cursor.execute(RAW[what])
        assert cursor.rowcount > 0
    after = page(reader, address(side.plan), if_none_match=before["ETag"])
    assert after.status_code == 200
    assert after.content != before.content


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
