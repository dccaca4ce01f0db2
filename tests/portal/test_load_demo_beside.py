"""The demo is loaded beside what users have made already, and leaves it alone."""

from __future__ import annotations

import pytest

from portal.management.commands.load_demo import load_demo
from portal.models import Authority, Case, InputRound, User
from strategy.models import Plan
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_a_plan_with_reports_of_its_own_gets_none_of_the_demos(monkeypatch: pytest.MonkeyPatch) -> None:
    from strategy.demo import load_reports

    monkeypatch.setattr(load_reports, "PERIODS", {})
    load_demo(1)
    monkeypatch.undo()
    plan = Plan.objects.get(authority__slug="halden")
    mine = make.a_plan_report(plan, by=User.objects.get(email="leder@halden.example"))
    load_demo()
    assert list(plan.reports.all()) == [mine]
    assert plan.participations.filter(state="done").count() == 5


def test_a_round_that_a_user_made_under_the_same_address_is_left_alone() -> None:
    owner = Authority.objects.create(name="Halden", slug="halden")
    case = Case.objects.create(authority=owner, title="Min")
    mine = InputRound.objects.create(authority=owner, case=case, slug="levende-sentrum", title="Min")
    load_demo()
    assert InputRound.objects.get(authority=owner, slug="levende-sentrum") == mine
    assert not mine.inputs.exists()


def test_a_plan_that_a_user_made_under_the_same_address_is_left_alone() -> None:
    owner = Authority.objects.create(name="Halden", slug="halden")
    mine = Plan.objects.create(
        authority=owner, slug="naerings-og-sysselsettingsplan-2026-2030", title="Min", period_start=2026
    )
    load_demo()
    assert Plan.objects.get(authority=owner) == mine
    assert mine.goals.count() == 0
