"""Where the shared ground's due dates live: what stands there, and what does not."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from portal import deadlines
from tests import factories as make

if TYPE_CHECKING:
    from collections.abc import Callable

    from portal.models import Authority, Case

TODAY = dt.date(2026, 11, 16)
DAY = dt.timedelta(days=1)


@pytest.fixture
def place(db: None) -> Authority:
    return make.an_authority()


@pytest.fixture
def case(place: Authority) -> Case:
    return make.a_case(place, title="Næringsplan")


def of(rows: Callable[[dt.date], Any], place: Authority) -> list[Any]:
    return list(rows(TODAY).filter(authority=place))


def test_a_step_is_due_on_the_last_day_its_period_may_mean(case: Case) -> None:
    step = make.a_step(
        case, activity="decision", starts_on=dt.date(2026, 2, 1), ends_on=dt.date(2026, 5, 1), precision="month"
    )
    (row,) = of(deadlines.steps, case.authority)
    assert (row.pk, row.day, row.stated) == (step.pk, dt.date(2026, 5, 31), "month")
    assert row.path == case.get_absolute_url()


def test_a_step_without_a_date_has_no_invented_one(case: Case) -> None:
    make.a_step(case, activity="decision")
    (row,) = of(deadlines.steps, case.authority)
    assert row.day is None


@pytest.mark.parametrize("activity", ["anchoring", "workshop", "information", "involvement", "hearing", "midway"])
def test_only_what_a_body_says_yes_or_no_to_is_a_deadline(case: Case, activity: str) -> None:
    make.a_step(case, activity=activity, starts_on=TODAY)
    assert of(deadlines.steps, case.authority) == []


@pytest.mark.parametrize("outcome", ["adopted", "amended", "rejected", "postponed", "noted"])
def test_a_step_with_an_outcome_waits_no_longer(case: Case, outcome: str) -> None:
    make.a_step(
        case, activity="decision", starts_on=TODAY, papers_due_on=TODAY, outcome=outcome, resolution="Som innstilt."
    )
    assert of(deadlines.steps, case.authority) == of(deadlines.papers, case.authority) == []


def test_a_step_is_named_by_its_body_or_its_actor(case: Case) -> None:
    body = make.a_body(case.authority, name="Bystyret")
    make.a_step(case, activity="decision", starts_on=TODAY, body=body, actor="")
    make.a_step(case, activity="recommendation", starts_on=TODAY, actor="Kommunedirektøren")
    assert {row.part_of for row in of(deadlines.steps, case.authority)} == {"Bystyret", "Kommunedirektøren"}


@pytest.mark.parametrize(
    ("facts", "shown"),
    [({}, "Næringsplan"), ({"access": "exempt", "access_basis": "offl. § 13"}, "Sak unntatt offentlighet"),
     ({"access": "deferred", "access_basis": "offl. § 5"}, "Sak unntatt offentlighet"),
     ({"access": "exempt", "access_basis": "offl. § 13", "public_title": "Sak om støtte"}, "Sak om støtte")],
)  # fmt: skip
def test_a_case_is_named_by_the_title_anyone_may_read(case: Case, facts: dict[str, str], shown: str) -> None:
    type(case).objects.filter(pk=case.pk).update(**facts)
    make.a_step(case, activity="decision", starts_on=TODAY, papers_due_on=TODAY)
    make.a_round(case, due_on=TODAY, answer_due_on=TODAY)
    for rows in (deadlines.steps, deadlines.papers):
        assert [row.headline for row in of(rows, case.authority)] == [shown]
    for rows in (deadlines.answers, deadlines.closing):
        assert [row.part_of for row in of(rows, case.authority)] == [shown]


@pytest.mark.parametrize(
    "facts",
    [{"is_published": False}, {"closed_on": TODAY}, {"due_on": None}, {"due_on": TODAY - DAY},
     {"answers_published_at": timezone.now()}],
)  # fmt: skip
def test_nobody_is_asked_into_a_round_that_takes_nothing(case: Case, facts: dict[str, Any]) -> None:
    round_ = make.a_round(case, **{"due_on": TODAY, **facts})
    make.an_invitation(round_, invited_at=timezone.now())
    assert of(deadlines.invited, case.authority) == of(deadlines.closing, case.authority) == []


def test_the_invited_are_told_of_the_month_they_were_given(case: Case) -> None:
    round_ = make.a_round(case, due_on=dt.date(2026, 11, 1), due_precision="month", title="Hva haster?")
    asked = make.an_invitation(round_, invited_at=timezone.now())
    (row,) = of(deadlines.invited, case.authority)
    assert (row.to, row.day, row.stated) == (asked.address, dt.date(2026, 11, 30), "month")
    assert row.path == round_.get_absolute_url()


def test_answers_are_owed_until_they_are_published(case: Case) -> None:
    round_ = make.a_round(case, answer_due_on=TODAY - 10 * DAY, closed_on=TODAY - 30 * DAY)
    (row,) = of(deadlines.answers, case.authority)
    assert row.path == f"{round_.get_absolute_url()}svar/"
    round_.answers_published_at = timezone.now()
    round_.save()
    assert of(deadlines.answers, case.authority) == []
