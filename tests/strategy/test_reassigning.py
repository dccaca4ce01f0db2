"""Giving one person's measures to another when she leaves: what goes, what stays, who is told, and the way back."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.models import Event, Mail, Notice
from strategy import deadlines, reassigning
from strategy.models import MeasureParticipation, StatusReport
from strategy.reassigning import Receiver
from tests import factories as make
from tests.conftest import signed_in
from tests.strategy.reading import body, english

if TYPE_CHECKING:
    from django.test import Client

    from portal.models import Authority, User

NOW = dt.datetime(2026, 8, 20, 9, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def the_day(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def place(db: None) -> Authority:
    return make.an_authority()


@pytest.fixture
def plan(place: Authority) -> Any:
    return make.a_plan(place)


@pytest.fixture
def officer(place: Authority) -> User:
    return make.a_user("officer", place, name="Ola Saksbehandler")


@pytest.fixture
def leaves(place: Authority) -> User:
    return make.a_user("elected", place, name="Anne Slutter")


@pytest.fixture
def taker(place: Authority) -> User:
    return make.a_user("elected", place, name="Tor Overtar")


@pytest.fixture
def client_of(officer: User) -> Client:
    return english(signed_in(officer))


def seen(*rows: Any) -> dict[int, int]:
    return {row.pk: type(row).objects.get(pk=row.pk).row_version for row in rows}


def people_of(*rows: Any) -> list[Any]:
    return [type(row).objects.get(pk=row.pk).person for row in rows]


def give(place: Authority, officer: User, held: User | None, to: Receiver, *rows: Any, **facts: Any) -> Any:
    measures = facts.pop("measures", None) or seen(*(row for row in rows if isinstance(row, MeasureParticipation)))
    reports = seen(*(row for row in rows if isinstance(row, StatusReport)))
    return reassigning.reassign(place, measures, reports, held=held, to=to, by=officer, at=NOW)


# ---- the deed ----


def test_measures_go_and_their_milestones_and_reports_follow(
    place: Authority, plan: Any, officer: User, leaves: User, taker: User
) -> None:
    measure = make.a_measure(plan, person=leaves, due_on=dt.date(2026, 12, 1))
    make.a_milestone(measure, due_on=dt.date(2026, 9, 1))
    report = make.a_status_report(make.a_period(plan), measure)
    outcome = give(place, officer, leaves, Receiver(person=taker), measure)
    assert (outcome.measures, outcome.left, people_of(measure)) == (1, [], [taker])
    for source in (deadlines.measures, deadlines.milestones, deadlines.reports):
        assert [row.who for row in source(NOW.date()).filter(authority=place)] == [taker.pk]
    assert StatusReport.objects.waiting_for(taker).get() == report


def test_reports_colleagues_gave_her_go_along(
    place: Authority, plan: Any, officer: User, leaves: User, taker: User
) -> None:
    period = make.a_period(plan)
    hers = make.a_status_report(period, make.a_measure(plan, person=officer), person=leaves)
    takers_own = make.a_status_report(period, make.a_measure(plan, person=taker), person=leaves)
    answered = make.a_status_report(period, make.a_measure(plan, person=officer), person=leaves, state="under_way")
    outcome = give(place, officer, leaves, Receiver(person=taker), hers, takers_own, answered)
    assert people_of(hers, takers_own, answered) == [taker, None, leaves]
    assert outcome.reports == 2


def test_given_to_a_unit_nobody_is_named_and_its_leader_is_told(
    place: Authority, plan: Any, officer: User, leaves: User
) -> None:
    leader = make.a_user()
    unit, measure = make.a_unit(place, leader=leader), make.a_measure(plan, person=leaves, unit=make.a_unit(place))
    give(place, officer, leaves, Receiver(unit=unit), measure)
    measure.refresh_from_db()
    assert (measure.person, measure.unit) == (None, unit)
    assert Notice.objects.get(kind="measures_given").user == leader


def test_the_new_one_is_told_once_of_all_of_it(
    place: Authority, plan: Any, officer: User, leaves: User, taker: User
) -> None:
    rows = [make.a_measure(plan, person=leaves, title=f"Tiltak nr. {n}") for n in range(3)]
    give(place, officer, leaves, Receiver(person=taker), *rows)
    mail = Mail.objects.get(to_address=taker.email)
    assert all(f"Tiltak nr. {n}" in mail.text for n in range(3))
    event = Event.objects.get(kind="measures_given")
    assert (event.actor_id, len(event.facts["measures"])) == (officer.pk, 3)
    assert "Slutter" not in str(event.facts)  # ids only


def test_what_a_colleague_changed_meanwhile_is_left_alone_and_named(
    place: Authority, plan: Any, officer: User, leaves: User, taker: User
) -> None:
    first, second = make.a_measure(plan, person=leaves), make.a_measure(plan, person=leaves, title="Endret")
    versions = seen(first, second)
    MeasureParticipation.objects.filter(pk=second.pk).update(note="Ny")
    outcome = give(place, officer, leaves, Receiver(person=taker), measures=versions)
    assert people_of(first, second) == [taker, leaves]
    assert outcome.measures == 1
    assert "Endret" in outcome.left[0]


def test_another_authoritys_rows_are_never_touched(place: Authority, officer: User, leaves: User, taker: User) -> None:
    foreign = make.a_measure(make.a_plan(make.an_authority()), person=leaves)
    outcome = give(place, officer, leaves, Receiver(person=taker), foreign)
    assert (outcome.measures, outcome.event, people_of(foreign)) == (0, None, [leaves])


def test_another_persons_measure_is_not_taken_from_her(
    place: Authority, plan: Any, officer: User, leaves: User, taker: User
) -> None:
    hers = make.a_measure(plan, person=officer)
    assert give(place, officer, leaves, Receiver(person=taker), hers).measures == 0
    assert people_of(hers) == [officer]


def test_only_who_writes_here_gives_and_only_to_those_who_belong(
    place: Authority, plan: Any, officer: User, leaves: User, taker: User
) -> None:
    measure = make.a_measure(plan, person=leaves)
    for wrong in (make.a_user("editor", place), make.a_user("officer", make.an_authority())):
        with pytest.raises(PermissionDenied):
            give(place, wrong, leaves, Receiver(person=taker), measure)
    elsewhere = make.an_authority()
    for wrong_receiver in (
        Receiver(person=make.a_user("officer", elsewhere)), Receiver(unit=make.a_unit(elsewhere)),
        Receiver(person=make.a_user("officer", place, is_active=False)),
    ):  # fmt: skip
        with pytest.raises(ValidationError):
            give(place, officer, leaves, wrong_receiver, measure)
    assert people_of(measure) == [leaves]


def test_undone_exactly_those_rows_go_back_and_what_changed_since_stays(
    place: Authority, plan: Any, officer: User, leaves: User, taker: User
) -> None:
    unit, old_unit = make.a_unit(place), make.a_unit(place)
    first, second = make.a_measure(plan, person=leaves, unit=old_unit), make.a_measure(plan, person=leaves)
    report = make.a_status_report(make.a_period(plan), make.a_measure(plan, person=officer), person=leaves)
    takers_own = make.a_measure(plan, person=taker)
    event = give(place, officer, leaves, Receiver(unit=unit), first, second, report).event
    MeasureParticipation.objects.filter(pk=second.pk).update(person=taker)
    outcome = reassigning.undo(event, by=officer, at=NOW)
    assert outcome is not None
    first.refresh_from_db()
    assert (first.person, first.unit) == (leaves, old_unit)
    assert people_of(second, takers_own, report) == [taker, taker, leaves]
    assert (outcome.measures, outcome.reports, len(outcome.left)) == (1, 1, 1)
    assert reassigning.undo(event, by=officer, at=NOW) is None


# ---- the pages ----


def at(place: Authority, query: str = "") -> str:
    return f"/{place.slug}/ansvar/{query}"


def test_from_choice_to_undo(place: Authority, plan: Any, client_of: Client, leaves: User, taker: User) -> None:
    kept, given = make.a_measure(plan, person=leaves, title="Blir"), make.a_measure(plan, person=leaves, title="Går")
    done = make.a_measure(plan, person=leaves, title="Ferdig", state="done", done_on="2026-01-01")
    assert "Anne Slutter" in body(client_of.get(at(place)))
    html = body(client_of.get(at(place, f"?fra={leaves.pk}")))
    assert f'value="{given.pk}.0" checked' in html
    assert f'value="{done.pk}.0">' in html  # what is over stays unless it is chosen
    sent = {"fra": leaves.pk, "til": f"p{taker.pk}", "tiltak": [f"{given.pk}.0"]}
    html = body(client_of.post(at(place), sent))
    assert "This will change" in html
    assert "Går" in html
    assert "Blir" not in html
    assert people_of(given) == [leaves]  # nothing happens before it is confirmed
    html = body(client_of.post(at(place), {**sent, "gjor": "1"}, follow=True))
    assert people_of(given, kept, done) == [taker, leaves, leaves]
    assert "1 measure is given over." in html
    event = Event.objects.get(kind="measures_given")
    assert "1 measure is back where it was." in body(client_of.post(at(place), {"angre": event.pk}, follow=True))
    assert people_of(given) == [leaves]


def test_what_is_lacking_is_said_and_what_was_chosen_is_kept(
    place: Authority, plan: Any, client_of: Client, leaves: User
) -> None:
    first, second = make.a_measure(plan, person=leaves), make.a_measure(plan, person=leaves)
    html = body(client_of.post(at(place), {"fra": leaves.pk, "tiltak": [f"{first.pk}.0"]}))
    assert "<title>Error:" in html
    assert "Choose who takes over." in html
    assert f'value="{first.pk}.0" checked' in html
    assert f'value="{second.pk}.0">' in html
    assert "Choose at least one measure." in body(client_of.post(at(place), {"fra": leaves.pk}))


def test_measures_without_anyone_can_be_given_to_someone(
    place: Authority, plan: Any, client_of: Client, taker: User
) -> None:
    measure = make.a_measure(plan)
    sent = {"fra": "ingen", "til": f"p{taker.pk}", "tiltak": [f"{measure.pk}.0"], "gjor": "1"}
    client_of.post(at(place), sent)
    assert people_of(measure) == [taker]


def test_who_may_open_it(place: Authority, plan: Any, leaves: User) -> None:
    make.a_measure(plan, person=leaves)
    answers = {"officer": 200, "leader": 200, "editor": 403, "elected": 403, "jury": 403}
    for role, status in answers.items():
        assert signed_in(make.a_user(role, place)).get(at(place)).status_code == status
    assert signed_in(make.a_user("officer", make.an_authority())).get(at(place)).status_code == 404


def test_a_stranger_is_not_known_by_her_number(place: Authority, client_of: Client) -> None:
    stranger = make.a_user("officer", make.an_authority())
    for held in (stranger.pk, 10**9, "x"):
        assert client_of.get(at(place, f"?fra={held}")).status_code == 404
    assert client_of.get(at(place, "?gjort=999999999")).status_code == 404
    assert client_of.post(at(place), {"angre": "999999999"}).status_code == 404


def test_anothers_deed_is_neither_seen_nor_undone(plan: Any, client_of: Client, place: Authority) -> None:
    elsewhere = make.an_authority()
    other, theirs = make.a_user("officer", elsewhere), make.a_user("elected", elsewhere)
    row = make.a_measure(make.a_plan(elsewhere), person=theirs)
    event = give(elsewhere, other, theirs, Receiver(), row).event
    assert client_of.get(at(place, f"?gjort={event.pk}")).status_code == 404
    assert client_of.post(at(place), {"angre": event.pk}).status_code == 404
    assert people_of(row) == [None]


def test_the_pages_cost_the_same_for_many(place: Authority, plan: Any, client_of: Client, leaves: User) -> None:
    period, costs = make.a_period(plan), []
    for size in (1, 3, 30):
        while MeasureParticipation.objects.filter(authority=place, person=leaves).count() < size:
            measure = make.a_measure(plan, person=leaves, unit=make.a_unit(place))
            make.a_milestone(measure)
            make.a_status_report(period, make.a_measure(plan, person=make.a_user("elected", place)), person=leaves)
        for query in ("", f"?fra={leaves.pk}"):
            with CaptureQueriesContext(connection) as caught:
                assert client_of.get(at(place, query)).status_code == 200
            costs.append((query, len(caught)))
    assert len(set(costs)) == 2, costs
