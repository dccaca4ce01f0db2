"""Who can win by the statutes: told at the door where it is plain, shown to the officer where it is not."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone, translation

from awards.candidates import eligibility
from awards.models import PrizeRound
from portal.integrations.register import Unit
from tests import factories as people
from tests import factories_awards as make

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
YEAR = timezone.now().year
NUMBER = "974760673"


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def a_round(**rules: Any) -> PrizeRound:
    authority = people.an_authority(name=f"Oppdiktstad {next(people.counter)}", municipality_number="3118")
    prize = make.a_prize(authority)
    return make.a_prize_round(prize, statutes=make.prize_statutes(prize, repeat_years=4, **rules))


def unit(**facts: Any) -> Unit:
    return Unit(**{"number": NUMBER, "name": "OPPDIKTET AS", "form": "AS", "municipality": "3118", **facts})


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"bankrupt": True}, "It is bankrupt."),
        ({"closing": True}, "It is being dissolved."),
        ({"deleted_on": dt.date(2025, 1, 1)}, "It is deleted from the business register."),
        ({"form": "KOMM"}, "It belongs to the public sector, and cannot win."),
        ({"municipality": "3101"}, ""),
        ({}, ""),
    ],
)
def test_what_the_register_says_plainly_is_told_who_nominates(facts: dict[str, Any], said: str) -> None:
    assert eligibility.refuse_at_the_door(a_round(), "organisation", "Oppdiktet", NUMBER, unit(**facts)) == said


def test_the_municipality_does_not_nominate_itself_by_name_either() -> None:
    round_ = a_round()
    name = f" {round_.authority.name.upper()}  Kommune "
    assert "itself" in eligibility.refuse_at_the_door(round_, "organisation", name, "", None)


def test_a_person_is_refused_where_only_companies_can_win() -> None:
    round_ = a_round(nominees=["company"])
    assert eligibility.refuse_at_the_door(round_, "person", "Oppdiktet Gründer", "", None) == (
        "Only companies can be nominated."
    )


@pytest.mark.parametrize(("year", "is_refused"), [(YEAR - 4, False), (YEAR - 3, True)])
def test_who_won_inside_the_period_is_refused_by_number_and_by_name(year: int, is_refused: bool) -> None:
    round_ = a_round()
    make.an_earlier_winner(round_.prize, name="Gammel Vinner", number=NUMBER, year=year)
    make.an_earlier_winner(round_.prize, name="Oppdiktet Navn AS", year=year)
    refuse = eligibility.refuse_at_the_door
    assert bool(refuse(round_, "organisation", "Et annet navn", NUMBER, unit())) == is_refused
    assert bool(refuse(round_, "organisation", "OPPDIKTET NAVN", "", None)) == is_refused


def test_who_won_and_is_not_announced_is_known_to_the_desk_and_not_at_the_door() -> None:
    round_ = a_round()
    last = make.a_prize_round(round_.prize, "judging", year=YEAR - 1)
    won, by = make.a_candidate(last.categories.get(), name="Oppdiktet Vant AS"), people.a_user()
    make.no_ties(won, by)
    make.a_category_decision(last.categories.get(), won, by=by)
    again = make.a_candidate(round_.categories.get(), name="Oppdiktet Vant AS")
    assert eligibility.obstacles_of(again, timezone.localdate()) == [
        f"It won in {YEAR - 1} as “Oppdiktet Vant AS”, and can win again after 4 years."
    ]
    assert eligibility.refuse_at_the_door(round_, "organisation", "Oppdiktet Vant AS", "", None) == ""


@pytest.mark.parametrize(("number", "again"), [(NUMBER, ""), ("", NUMBER)])
def test_the_officer_reads_when_it_won_and_under_which_name_where_a_number_is_missing(number: str, again: str) -> None:
    round_ = a_round()
    make.an_earlier_winner(round_.prize, name="Oppdiktet Ost & Saft AS", number=number, year=YEAR - 2)
    row = make.a_candidate(round_.categories.get(), name="OPPDIKTET OST OG SAFT", number=again)
    assert eligibility.obstacles_of(row, timezone.localdate()) == [
        f"It won in {YEAR - 2} as “Oppdiktet Ost & Saft AS”, and can win again after 4 years. "
        "The names are the same, and only one of the two has an organisation number here."
    ]


def test_who_wins_one_category_is_stopped_in_the_next_of_the_year_and_not_by_its_own_win() -> None:
    authority = people.an_authority()
    prize = make.a_prize(authority, "Innovasjon", "Miljø")
    round_ = make.a_prize_round(prize, "judging", statutes=make.prize_statutes(prize, repeat_years=4))
    first, second = (make.a_candidate(each, name="Oppdiktet Begge AS") for each in round_.categories.all())
    by = people.a_user()
    make.no_ties(first, by)
    make.a_category_decision(first.category, first, by=by)
    found = eligibility.obstacles_among(round_, [first, second], timezone.localdate())
    assert found[first.pk] == [] and f"It won in {round_.year}" in found[second.pk][0]


def test_every_obstacle_is_said_to_the_officer() -> None:
    round_ = a_round(smallest_age=3, needs_accounts=True, local_only=True)
    young = unit(founded_on=timezone.localdate(), municipality="3101")
    row = make.a_candidate(
        round_.categories.get(), name="Oppdiktet Ung AS", number=NUMBER, register_copy=eligibility.copy_of(young)
    )
    assert eligibility.obstacles_of(row, timezone.localdate()) == [
        "It is younger than 3 years.", "It has sent no annual accounts, and the statutes ask for them.",
        "It has its address in another municipality.",
    ]  # fmt: skip
