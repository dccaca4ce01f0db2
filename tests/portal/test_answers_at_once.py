"""Two officers who press at the same time, with real commits: each deed is done once."""

from __future__ import annotations

import datetime as dt

import pytest

from portal import answers
from portal.models import Event, Input, InputAnswer, Mail
from tests import factories as make
from tests.at_once import at_once
from tests.world import World

NOW = dt.datetime(2026, 4, 10, 9, 0, tzinfo=dt.UTC)
PAPER = {"speaks_for": "Bygdelaget", "source": "post", "received_on": dt.date(2026, 3, 2), "text": "Fortau."}


@pytest.fixture
def world(own_database: str) -> World:
    return World()


def test_answers_published_by_two_at_once_are_mailed_once(world: World) -> None:
    officer = world.user("officer")
    round_ = make.a_round(world.home.case, closed_on=dt.date(2026, 3, 5))
    for _ in range(5):
        make.an_answer(make.an_input(round_))
    at_once(lambda _number: answers.publish_answers(round_, by=officer, now=NOW), range(2))
    addresses = round_.inputs.values("address")
    assert Mail.objects.filter(to_address__in=addresses).count() == 5
    assert Event.objects.filter(kind="answers_published", subject_id=round_.pk).count() == 1


def test_paper_registered_by_two_at_once_gets_two_numbers(world: World) -> None:
    officer, round_ = world.user("officer"), make.a_round(world.home.case)
    at_once(lambda number: answers.register(round_, PAPER, by=officer, now=NOW, once=f"form {number}"), range(2))
    assert sorted(Input.objects.filter(round=round_).values_list("number", flat=True)) == [1, 2]


def test_one_form_sent_twice_at_once_registers_once(world: World) -> None:
    officer, round_ = world.user("officer"), make.a_round(world.home.case)
    at_once(lambda _number: answers.register(round_, PAPER, by=officer, now=NOW, once="form"), range(2))
    assert Input.objects.filter(round=round_).count() == 1


def test_invitations_sent_by_two_at_once_go_once(world: World) -> None:
    officer, round_ = world.user("officer"), make.a_round(world.home.case)
    invited = [make.an_invitation(round_) for _ in range(4)]
    at_once(lambda _number: answers.invite(round_, by=officer, now=NOW), range(2))
    assert Mail.objects.filter(to_address__in=[row.address for row in invited]).count() == 4


def test_two_first_answers_at_once_make_one_row(world: World) -> None:
    officer, row = world.user("officer"), make.an_input(make.a_round(world.home.case))
    at_once(
        lambda number: answers.answer(row, text=f"Svar {number}", consequence="noted", by=officer, now=NOW), range(2)
    )
    assert InputAnswer.objects.filter(input=row).count() == 1
