"""A leader settles how early and how often her authority is told, kind by kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from portal.models import NoticeRule
from tests.strategy.reading import english

if TYPE_CHECKING:
    from django.test import Client

    from tests.world import World

LIST = reverse("admin:portal_noticerule_changelist")
ADD = reverse("admin:portal_noticerule_add")


def filled(**facts: Any) -> dict[str, Any]:
    return {"kind": "papers", "days_before": "1, 14,7,7", "late_every": "2", "escalate_after": "5", **facts}


@pytest.fixture
def leader(leader_client: Client) -> Client:
    return english(leader_client)


def test_a_leader_makes_a_rule_and_reads_it_in_words(leader: Client, world: World) -> None:
    answer = leader.post(ADD, filled(), follow=True)
    rule = NoticeRule.objects.get(authority=world.home.authority, kind="papers")
    assert (rule.days_before, rule.late_every, rule.escalate_after) == ([14, 7, 1], 2, 5)
    assert "14, 7, 1 days before, every 2 days when late, the leader after 5 days" in answer.content.decode()


def test_the_page_says_what_holds_without_a_rule(leader: Client) -> None:
    page = leader.get(ADD).content.decode()
    assert "Without a rule of your own:" in page
    assert "Papers for a meeting: 7, 3, 1, 0 days before, every day when late, the leader after 2 days" in page


@pytest.mark.parametrize(
    ("facts", "words"),
    [({"kind": "milestone"}, "has a rule already"), ({"kind": "role_given"}, "Select a valid choice"),
     ({"kind": ""}, "required"), ({"days_before": "7, snart"}, "whole number"), ({"days_before": "400"}, "365"),
     ({"days_before": "-1"}, "greater than or equal to 0"), ({"late_every": "0"}, "At least one day")],
)  # fmt: skip
def test_a_rule_that_cannot_hold_is_refused_beside_its_field(
    leader: Client, world: World, facts: dict[str, str], words: str
) -> None:
    before = NoticeRule.objects.count()
    answer = leader.post(ADD, filled(**facts))
    assert answer.status_code == 200
    errors = answer.context["adminform"].form.errors
    assert words in str(errors), errors
    assert NoticeRule.objects.count() == before


def test_an_officer_reads_the_rules_and_changes_none(officer_client: Client, world: World) -> None:
    rule = world.home.one(NoticeRule)
    assert officer_client.get(LIST).status_code == 200
    page = reverse("admin:portal_noticerule_change", args=[rule.pk])
    assert officer_client.get(page).status_code == 200
    assert officer_client.post(page, filled()).status_code == 403
    assert officer_client.get(ADD).status_code == 403


def test_the_rules_next_door_are_not_shown(leader: Client, world: World) -> None:
    theirs = world.next.one(NoticeRule)
    answer = leader.get(reverse("admin:portal_noticerule_change", args=[theirs.pk]))
    assert answer.status_code in (302, 404)
    assert leader.get(LIST).content.decode().count('name="_selected_action"') <= 1
