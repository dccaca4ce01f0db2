"""Money on the status page: what the schemes that serve a plan have set aside, granted, paid and left, goal by goal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grants import plan_money
from grants.models import Scheme
from strategy import content, plan_panels, status
from strategy.models import Plan, PlanParticipant
from tests import factories_money as make
from tests.factories import an_authority

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> Plan:
    """An open plan with two goals, a measure under each, and no money."""
    found = make.make.a_plan(an_authority(), live_view_open=True)
    for title in ("Flere jobber", "Levende by"):
        make.make.a_measure(found, goal=make.make.a_goal(found, title=title), title=f"Tiltak for {title}")
    return found


def a_serving_scheme(plan: Plan, place: int = 0, **facts: object) -> Scheme:
    scheme = make.a_scheme(plan.authority, **facts)
    make.served(scheme, plan.measures.order_by("pk")[place])
    return scheme


def table(plan: Plan) -> dict[str, tuple[int, ...]]:
    return {
        row.title: (row.sums.budget_nok, row.sums.granted_nok, row.sums.paid_nok, row.sums.left_nok, row.sums.recommended_nok)
        for row in plan_money.goal_rows(plan_money.ask(plan.pk))
    }  # fmt: skip


def test_each_goal_shows_what_was_set_aside_granted_paid_and_is_left(plan: Plan) -> None:
    line = make.a_line(a_serving_scheme(plan), 1_000)
    assert line.account is not None
    grant = make.a_grant(line.account, amount=600)
    make.a_payout(grant, 200, "paid")
    make.a_repayment(grant, 50, "received")
    assert table(plan) == {"Flere jobber": (1_000, 550, 150, 450, 0)}
    figures = plan_money.PANEL.figures(plan_money.ask(plan.pk))
    assert figures["granted_nok"] + figures["left_nok"] == figures["budget_nok"]


def test_a_line_with_a_measure_of_its_own_counts_there_and_nowhere_else(plan: Plan) -> None:
    scheme = a_serving_scheme(plan)
    make.a_line(scheme, 100)
    own = make.a_line(scheme, 30)
    make.served(scheme, plan.measures.order_by("pk")[1], line=own)
    assert table(plan) == {"Flere jobber": (100, 0, 0, 100, 0), "Levende by": (30, 0, 0, 30, 0)}


def test_a_measure_that_is_served_besides_shows_the_scheme_and_no_krone_twice(plan: Plan) -> None:
    scheme = a_serving_scheme(plan)
    make.served(scheme, plan.measures.order_by("pk")[1], is_main=False)
    make.a_line(scheme, 100)
    assert list(table(plan)) == ["Flere jobber"]


def test_money_that_counts_in_another_plan_is_not_counted_here(plan: Plan) -> None:
    other = make.make.a_plan(plan.authority)
    scheme = make.a_scheme(plan.authority, name="Deles av to planer")
    make.served(scheme, make.make.a_measure(other).measure)
    make.served(scheme, plan.measures.first(), is_main=False)
    make.a_line(scheme, 100)
    assert table(plan) == {}
    assert plan_money.PANEL.figures(plan_money.ask(plan.pk))["budget_nok"] == 0
    assert "Deles av to planer" in plan_money.PANEL.render(plan, plan_money.ask(plan.pk), None)


def test_what_is_recommended_stands_in_its_own_column_and_moves_over_when_adopted(plan: Plan) -> None:
    scheme = a_serving_scheme(plan)
    frame = make.a_line(scheme, 100)
    make.a_line(scheme, 70, year=2027, adopt=False)
    make.a_line(scheme, 40, parent=frame, adopt=False)  # to be taken from the frame: no new money
    assert table(plan) == {"Flere jobber": (100, 0, 0, 100, 70)}
    make.a_line(scheme, 40, parent=frame)
    assert table(plan)["Flere jobber"][0] == 100


def test_a_funds_money_counts_once_and_what_others_paid_in_is_with_it(plan: Plan) -> None:
    scheme = a_serving_scheme(plan, kind="fund")
    fund = make.a_fund(scheme)
    make.a_line(scheme, 1_000, fund=fund)
    make.ledger.contribute(fund, 50, key="bidrag", on=make.DAY, by=None)
    make.a_pledge(fund, 500)
    assert table(plan) == {"Flere jobber": (1_050, 0, 0, 1_050, 0)}


def test_a_scheme_that_is_not_public_stands_on_no_plan(plan: Plan) -> None:
    make.a_line(a_serving_scheme(plan, is_public=False), 100)
    assert plan_money.PANEL.render(plan, plan_money.ask(plan.pk), None) == ""


def test_a_plan_without_schemes_has_no_panel(plan: Plan) -> None:
    assert plan_panels.show(plan) == []


def test_every_movement_moves_the_pages_state(plan: Plan, client: Client) -> None:
    line = make.a_line(a_serving_scheme(plan), 1_000)
    assert line.account is not None
    tags = []
    for deed in (
        lambda: None,
        lambda: make.a_grant(line.account, amount=100),  # type: ignore[arg-type]
        lambda: make.a_line(line.scheme, 50, adopt=False),
        lambda: Scheme.objects.filter(pk=line.scheme_id).update(name="Nytt navn"),
    ):
        deed()
        tags.append(client.get(plan.get_absolute_url())["ETag"])
    assert len(set(tags)) == 4
    assert client.get(plan.get_absolute_url(), headers={"If-None-Match": tags[-1]}).status_code == 304


def test_the_status_page_shows_the_panel_and_a_frozen_report_keeps_it(plan: Plan, client: Client) -> None:
    scheme = a_serving_scheme(plan, name="Driftsstøtte")
    line = make.a_line(scheme, 2_335_000)
    assert line.account is not None
    html = client.get(plan.get_absolute_url()).content.decode().replace("\xa0", " ")
    assert "kr 2 335 000" in html
    assert scheme.get_absolute_url() in html
    text, _sha = content.encode(status.read(plan, today=make.DAY, participants=[]))
    make.a_grant(line.account, amount=1_000)
    (panel,) = content.decode(text).panels
    assert panel.figures["budget_nok"] == 2_335_000
    assert panel.figures["granted_nok"] == 0


def test_a_regions_plan_names_whose_scheme_it_is() -> None:
    region, member = an_authority(kind="region"), an_authority(name="Byen")
    plan = make.make.a_plan(region, live_view_open=True)
    PlanParticipant.objects.create(plan=plan, authority=member, role="member")
    scheme = make.a_scheme(member, name="Byfond")
    make.served(scheme, make.make.a_measure(plan).measure)
    make.a_line(scheme, 10)
    assert "Byfond (Byen)" in plan_money.PANEL.render(plan, plan_money.ask(plan.pk), None)
