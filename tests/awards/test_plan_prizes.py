"""Prizes on a plan's status page: those that serve its goals, with who won last, and nothing that is not announced."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from awards import plan_prizes
from awards.models import Prize, PrizeGoal
from portal.models import Authority
from strategy import content, status
from tests import factories as people
from tests import factories_awards as make

if TYPE_CHECKING:
    from django.test import Client

    from strategy.models import Plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> Plan:
    """An open plan with a goal and a measure, and no prize."""
    found = people.a_plan(people.an_authority(), live_view_open=True)
    people.a_measure(found, goal=people.a_goal(found, title="Flere jobber", number="2"))
    return found


def a_serving_prize(plan: Plan, *categories: str, owner: Authority | None = None, **facts: object) -> Prize:
    prize = make.a_prize(owner or plan.authority, *categories, **facts)
    PrizeGoal.objects.create(authority=prize.authority, prize=prize, goal=plan.goals.get())
    return prize


def shown(plan: Plan) -> str:
    return plan_prizes.PANEL.render(plan, plan_prizes.ask(plan.pk), None)


def test_a_prize_stands_with_its_goal_and_the_winners_of_its_last_year_alone(plan: Plan, client: Client) -> None:
    prize = a_serving_prize(plan, name="Byprisen")
    make.an_earlier_winner(prize, year=2022, name="For Lenge Siden AS")
    make.an_earlier_winner(prize, year=2025, name="Oppdiktet Sag AS", category_name="Miljø")
    html = client.get(plan.get_absolute_url()).content.decode()
    section = html[html.index('<h2 class="p-h2" id="felt-1">') :].split("</section>")[0]
    for words in (prize.get_absolute_url(), "Byprisen", "2 Flere jobber", "2025:", "Oppdiktet Sag AS", "Miljø"):
        assert words in section, words
    assert "For Lenge Siden" not in html
    assert '<a href="#felt-1">' in html


def test_what_is_decided_and_not_announced_stands_on_no_plan_and_what_is_announced_does(plan: Plan) -> None:
    prize = a_serving_prize(plan)
    round_ = make.a_prize_round(prize, "judging")
    by = people.a_user()
    one = make.a_candidate(round_.categories.get(), name="Oppdiktet Hemmelig AS")
    make.no_ties(one, by)
    make.a_category_decision(one.category, one, by=by)
    assert prize.name in shown(plan) and "Hemmelig" not in shown(plan)
    before = plan_prizes.ask(plan.pk)
    make.announce(round_)
    assert "Oppdiktet Hemmelig AS" in shown(plan)
    assert before != plan_prizes.ask(plan.pk)


def test_a_prize_that_is_not_shown_to_everyone_or_serves_another_plan_is_left_out(plan: Plan) -> None:
    a_serving_prize(plan, is_public=False)
    a_serving_prize(plan, owner=people.an_authority(is_listed=False))
    other = people.a_plan(plan.authority)
    people.a_goal(other)
    a_serving_prize(other)
    assert shown(plan) == ""
    a_serving_prize(plan, owner=people.an_authority(name="Nabobyen"), name="Naboprisen")
    assert "Naboprisen (Nabobyen)" in shown(plan)


def test_every_change_of_what_is_shown_moves_the_pages_state(plan: Plan, client: Client) -> None:
    """The plan's version tells of them, so that an unchanged page need not ask for its prizes."""
    prize, tags = a_serving_prize(plan), []
    neighbour = people.an_authority(name="Nabobyen")  # takes no part in the plan
    a_serving_prize(plan, owner=neighbour)
    for deed in (
        lambda: None,
        lambda: make.an_earlier_winner(prize),
        lambda: prize.winners.update(name="Et annet navn"),
        lambda: Prize.objects.filter(pk=prize.pk).update(name="Ny pris"),
        lambda: Authority.objects.filter(pk=neighbour.pk).update(name="Nabobyen og omegn"),
        lambda: PrizeGoal.objects.all().delete(),
    ):
        deed()
        tags.append(client.get(plan.get_absolute_url())["ETag"])
    assert len(set(tags)) == 6
    assert client.get(plan.get_absolute_url(), headers={"If-None-Match": tags[-1]}).status_code == 304


def test_one_query_and_little_to_read_for_one_prize_and_for_many(plan: Plan, django_assert_num_queries: object) -> None:
    for _ in range(7):
        prize = a_serving_prize(plan)
        for place in range(8):
            make.an_earlier_winner(prize, category_name=f"Kategori {place}", name=f"Oppdiktet Vinner {place} AS")
        with django_assert_num_queries(1):  # type: ignore[operator]
            html = shown(plan)
        if Prize.objects.count() == 1:
            assert len(html) < 1500
    assert html.count("Oppdiktet Vinner 0 AS") == plan_prizes.MOST_PRIZES
    assert "Oppdiktet Vinner 6 AS" not in html
    assert html.count("<a href") == 7


def test_a_frozen_report_keeps_who_had_won_then(plan: Plan) -> None:
    prize = a_serving_prize(plan)
    make.an_earlier_winner(prize, year=2024)
    text, _sha = content.encode(status.read(plan, today=dt.date(2026, 9, 7), participants=[]))
    make.an_earlier_winner(prize, year=2025, name="Ny Vinner AS")
    (panel,) = content.decode(text).panels
    assert panel.figures == {}
    assert "Gammel Vinner AS" in panel.html and "Ny Vinner AS" not in panel.html
