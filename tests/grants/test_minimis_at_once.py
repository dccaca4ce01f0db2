"""Two decisions on one undertaking at the same moment, in two municipalities, with real commits: one is refused."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from grants import granting
from grants.minimis_aid import declaring, panel
from grants.models import AidAward, Grant
from portal.models import Organisation
from tests import factories as people
from tests import factories_money as make
from tests.at_once import at_once
from tests.world import World

pytestmark = pytest.mark.slow
TODAY = dt.date(2026, 11, 22)
NUMBER, SISTER = "889640782", "923609016"
RUNS = 5


@pytest.fixture
def towns(own_database: str) -> list[Any]:
    """Two authorities, each with an officer."""
    World()
    towns = [people.an_authority() for _n in range(2)]
    return [(town, people.a_user("officer", town)) for town in towns]


def proposed(town: Any, number: str, amount: int) -> Grant:
    there = Organisation.objects.filter(authority=town, number=number).first()
    account = make.a_line(make.a_scheme(town), amount).account
    assert account is not None
    grant = make.a_grant(
        account, there or people.an_organisation(town, number=number), amount, state="proposed"
    )  # fmt: skip
    make.an_aid_assessment(grant, basis="de_minimis")
    return grant


def tried(act: Any) -> str:
    """Do a deed; return what refused it, or nothing."""
    try:
        act()
    except (ValidationError, IntegrityError) as refused:
        return type(refused).__name__
    return ""


def number_of(run: int) -> str:
    """Return another company for each run."""
    return f"{900_000_000 + run:09}"


def test_of_two_who_would_pass_the_ceiling_together_one_is_refused(towns: list[Any]) -> None:
    for run in range(RUNS):
        grants = [(proposed(town, number_of(run), 1_800_000), by) for town, by in towns]
        came = at_once(
            lambda given: tried(lambda: granting.decide(given[0], by=given[1], on=TODAY, reference="V 1")), grants
        )
        assert sorted(came) == ["", "ValidationError"]
        assert AidAward.objects.filter(number=number_of(run)).count() == 1


def test_past_python_postgresql_refuses_one_of_them_too(towns: list[Any]) -> None:
    """No lock of Python's is taken here: the guard alone makes one wait for the other."""

    def give(grant: Grant) -> None:
        with transaction.atomic():
            AidAward.objects.create(
                authority=grant.authority, grant=grant, number=grant.organisation.number, basis="de_minimis",
                decided_on=TODAY, amount_nok=grant.amount_nok, nok_per_eur=10,
            )  # fmt: skip

    for run in range(RUNS):
        grants = [proposed(town, number_of(run), 1_800_000) for town, _by in towns]
        assert sorted(at_once(lambda grant: tried(lambda: give(grant)), grants)) == ["", "IntegrityError"]


def test_a_company_that_is_linked_while_another_decides_is_counted_by_the_next(towns: list[Any]) -> None:
    """Whichever comes first, both are done, and the sum that follows counts both companies."""
    (town, officer), (other, colleague) = towns
    first, second = proposed(town, NUMBER, 1_600_000), proposed(other, SISTER, 1_600_000)
    granting.decide(first, by=officer, on=TODAY, reference="V 1")
    deeds = [
        lambda: declaring.link(first, SISTER, name="Søster", why="Eier alt", by=officer, on=TODAY),
        lambda: granting.decide(second, by=colleague, on=TODAY, reference="V 2"),
    ]
    came = at_once(tried, deeds)
    assert came[0] == "" and came[1] in ("", "ValidationError")
    given = AidAward.objects.filter(number__in=[NUMBER, SISTER]).count()
    assert panel.of_grant(first, TODAY).sum.total_eur == 160_000 * given
    with pytest.raises(ValidationError):
        granting.decide(proposed(other, SISTER, 1_600_000), by=colleague, on=TODAY, reference="V 3")
