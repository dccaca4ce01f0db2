"""Two officers who press at the same moment, with real commits."""

from __future__ import annotations

import pytest

from strategy.models import Plan, PlanImport
from tests import factories_imports as make
from tests.at_once import at_once
from tests.strategy.importing.test_creating import FACTS, create
from tests.world import World

pytestmark = pytest.mark.usefixtures("own_database")


def test_two_officers_who_press_at_once_make_one_plan() -> None:
    world = World()
    proposal = make.decided(world.home.rows(PlanImport).get(state="ready", against=None))
    officers = [world.user("officer"), world.user("leader")]
    plans = at_once(lambda by: create(proposal, by).pk, officers)
    assert len(set(plans)) == 1 and Plan.objects.filter(slug=FACTS["slug"]).count() == 1
