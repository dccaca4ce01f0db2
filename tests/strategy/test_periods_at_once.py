"""Two who open, remind or approve at the same moment, with real commits: each deed is done once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from portal.models import Event, Mail
from strategy import periods
from strategy.models import ReportingPeriod
from strategy.tasks import open_periods
from tests import factories as make
from tests.at_once import at_once
from tests.world import World

MORNING = dt.datetime(2026, 8, 17, 6, 0, tzinfo=dt.UTC)


@pytest.fixture
def world(own_database: str) -> World:
    return World()


@pytest.fixture
def person(world: World) -> Any:
    return make.a_user("editor", world.home.authority)


@pytest.fixture
def period(world: World, person: Any) -> ReportingPeriod:
    """A period of a plan where one person has four measures."""
    found = make.a_period(make.a_plan(world.home.authority))
    for _ in range(4):
        make.a_measure(found.plan, person=person, state="under_way", due_on=dt.date(2026, 3, 1))
    return found


def test_two_workers_at_once_ask_everyone_once(world: World, period: ReportingPeriod, person: Any) -> None:
    at_once(lambda _number: open_periods(), range(2))
    assert period.reports.count() == 4
    assert Mail.objects.filter(to_address=person.email).count() == 1


def test_two_officers_who_remind_at_once_send_one_mail(world: World, period: ReportingPeriod, person: Any) -> None:
    officer = world.user("officer")
    periods.open_period(period, at=MORNING, by=officer)
    at_once(lambda _number: periods.remind(period, by=officer, at=MORNING), range(2))
    assert Mail.objects.filter(to_address=person.email).count() == 2  # asked, and reminded once


def test_two_who_approve_the_same_date_move_it_once(world: World, period: ReportingPeriod, person: Any) -> None:
    officer = world.user("officer")
    periods.open_period(period, at=MORNING, by=officer)
    report = period.reports.order_by("pk").first()
    assert report is not None
    period.reports.filter(pk=report.pk).update(
        state="under_way", reported_at=MORNING, late_since=dt.date(2026, 3, 1), reason="Lite folk.",
        next_step="Ansette.", new_due_on=dt.date(2027, 1, 29),
    )  # fmt: skip

    def approve(_number: int) -> bool:
        try:
            periods.approve_date(report, by=officer, on=MORNING.date())
        except ValidationError:
            return False
        return True

    assert sorted(at_once(approve, range(2))) == [False, True]
    assert Event.objects.filter(kind="new_date_approved", subject_id=report.pk).count() == 1


def test_reports_of_one_plan_handled_in_both_orders_at_once_wait_for_each_other(
    world: World, period: ReportingPeriod, person: Any
) -> None:
    officer, other = world.user("officer"), make.a_user("editor", world.home.authority)
    periods.open_period(period, at=MORNING, by=officer)
    pks = list(period.reports.order_by("pk").values_list("pk", flat=True))

    def hand(order: int) -> Any:
        return periods.delegate_many(
            dict.fromkeys(pks[::order]), other if order == 1 else person, by=officer, at=MORNING
        )

    assert at_once(hand, [1, -1, 1, -1]) == [(4, 0)] * 4
