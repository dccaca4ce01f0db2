"""What is missing, in words: the same figures for the recipient and the desk, and what is sent is said apart."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from grants import asking, facts, grant_lists, own_lists, own_words, rules, signing
from grants.obstacle_words import words
from portal.models import Organisation
from tests import factories_money as make
from tests.world import World

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 22)


def a_grant(world: World) -> Any:
    account = make.a_line(make.a_scheme(world.home.authority), 5000).account
    assert account is not None
    return make.a_grant(account, world.home.one(Organisation), 1000)


@pytest.fixture
def grant(world: World) -> Any:
    given = a_grant(world)
    make.a_condition(given, "matching", title="Næringslivet bidrar")
    make.a_source(given, 300)
    make.a_source(given, 200, "sent")
    return given


def said(grant: Any, asked: int = 1000) -> list[str]:
    return [words(one).replace("\xa0", " ") for one in rules.obstacles(facts.of_one(grant), asked, TODAY)]


def test_the_desk_and_the_recipient_are_told_the_same_sum(grant: Any, world: World) -> None:
    (own,) = own_lists.of([grant], TODAY)
    (told,) = own_words.obstacles(own)
    (desk,) = grant_lists.desk_page(grant, TODAY, world.user("officer"))["missing"]
    payout = make.a_payout(grant, 1000)
    refused = signing.hindrances(payout, found=signing.obstacles(payout, TODAY), in_use=None)[-1]
    assert refused == desk
    for text in (told, desk):
        assert "kr\xa0500" in text, "what nobody has sent"
        assert "kr\xa0700" not in text
    assert "kr\xa0200" in desk, "what is sent, apart"
    assert own_words.running_totals(own)[0]["unsent_nok"] == 500


def test_what_is_all_sent_is_not_called_missing(grant: Any) -> None:
    make.a_source(grant, 500, "sent")
    (text,) = said(grant)
    assert "kr 700 er sendt" in text
    assert "mangler" not in text


def test_a_report_that_is_sent_is_said_to_be_sent(world: World) -> None:
    grant = a_grant(world)
    condition = make.a_condition(grant, "report")
    assert "er sendt" not in said(grant)[0]
    make.a_grant_report(grant, "sent", condition=condition)
    assert "er sendt" in said(grant)[0]
    assert asking.hindrances(grant, 1000, TODAY) == []
