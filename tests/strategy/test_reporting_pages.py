"""The page where one person reports on all her measures, and the page of each."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.models import Notice
from strategy.models import MeasureParticipation, StatusReport
from strategy.own_reports import FORMS_SHOWN
from tests import factories as make
from tests.conftest import signed_in
from tests.strategy.reading import body, english

if TYPE_CHECKING:
    from django.test import Client

    from portal.models import Authority, User

MINE = "/planer/rapportering/"
PASSED, AHEAD = dt.date(2026, 4, 30), dt.date(2027, 1, 29)


@pytest.fixture(autouse=True)
def the_day(time_machine: Any) -> None:
    time_machine.move_to(dt.datetime(2026, 8, 20, 9, tzinfo=dt.UTC), tick=False)


@pytest.fixture
def place(db: None) -> Authority:
    return make.an_authority()


@pytest.fixture
def plan(place: Authority) -> Any:
    return make.a_plan(place, title="Havneplan")


@pytest.fixture
def person(place: Authority) -> User:
    return make.a_user("elected", place, name="Kari Ansvarlig")


@pytest.fixture
def client_of(person: User) -> Client:
    return english(signed_in(person))


def asked(plan: Any, person: User | None, title: str = "Ny kai", **facts: Any) -> StatusReport:
    part = make.a_measure(plan, person=person, title=title, **facts)
    period = plan.periods.first() or make.a_period(plan)
    return make.a_status_report(period, part)


def typed(report: StatusReport, how: str, **facts: Any) -> dict[str, Any]:
    """Return what a filled-in form sends."""
    own = {"how": how, "seen": StatusReport.objects.get(pk=report.pk).row_version, **facts}
    return {"rapport": report.pk, **{f"r{report.pk}-{name}": value for name, value in own.items()}}


def pressed(report: StatusReport) -> dict[str, Any]:
    part = MeasureParticipation.objects.get(pk=report.participation_id)
    seen = StatusReport.objects.get(pk=report.pk).row_version
    return {"rapport": report.pk, "uendret": "1", "sett": seen, "tiltak": part.row_version}


def order(html: str, *texts: str) -> bool:
    places = [html.index(text) for text in texts]
    return places == sorted(places)


# ---- the page ----


def test_all_that_is_hers_stands_on_one_page_the_late_first(plan: Any, person: User, client_of: Client) -> None:
    elsewhere = make.a_plan(make.an_authority(), title="Regionplan")
    asked(plan, person, "I rute", due_on=AHEAD)
    asked(plan, person, "Litt sent", due_on=dt.date(2026, 8, 1))
    asked(elsewhere, person, "Svært sent", due_on=PASSED)
    asked(plan, None, "En annens")
    html = body(client_of.get(MINE))
    assert order(html, "Svært sent", "Litt sent", "I rute")
    assert "Regionplan" in html
    assert "En annens" not in html
    assert "3 measures are to be reported by 31 August 2026" in html
    assert "0 of 3 are reported" in html


def test_unchanged_is_one_press_and_can_be_changed_afterwards(plan: Any, person: User, client_of: Client) -> None:
    report = asked(plan, person, state="under_way", judgement="on_track", due_on=AHEAD)
    assert "Report as unchanged" in body(client_of.get(MINE))
    answer = client_of.post(MINE, pressed(report), follow=True)
    html = body(answer)
    report.refresh_from_db()
    assert (report.state, report.judgement, report.is_unchanged) == ("under_way", "on_track", True)
    assert "Ny kai is reported. You may change your answer" in html
    assert "Thank you. You have reported on all your measures." in html
    assert f"{MINE}{report.pk}/" in html
    client_of.post(f"{MINE}{report.pk}/", typed(report, "at_risk"))
    report.refresh_from_db()
    assert (report.judgement, report.is_unchanged) == ("at_risk", False)


def test_late_without_an_explanation_is_not_one_press(plan: Any, person: User, client_of: Client) -> None:
    report = asked(plan, person, due_on=PASSED)
    html = body(client_of.get(MINE))
    assert "Report as unchanged" not in html
    assert "It was due 30 April 2026. So we ask for three things more." in html
    html = body(client_of.post(MINE, pressed(report)))  # an old page may still send it
    assert "<title>Error:" in html
    assert "Say why it is late." in html
    report.refresh_from_db()
    assert report.reported_at is None


def test_what_was_said_last_stands_above_the_question(plan: Any, person: User, client_of: Client) -> None:
    report = asked(plan, person)
    period = make.a_period(plan, name="1. tertial 2026", starts_on="2026-01-01", ends_on=PASSED, opens_on="2026-04-01",
                           due_on=PASSED, closed_on="2026-05-05")  # fmt: skip
    make.a_status_report(period, report.participation, state="under_way", done_since="Første møte er holdt.")
    assert order(body(client_of.get(MINE)), "Last, 1. tertial 2026", "Første møte er holdt.", "How is it going now?")


def test_errors_keep_what_was_typed_open_and_named_in_the_title(plan: Any, person: User, client_of: Client) -> None:
    report, other = asked(plan, person, due_on=PASSED), asked(plan, person, "Et annet")
    html = body(client_of.post(MINE, typed(report, "at_risk", done_since="Vi har målt.", reason="Frost.")))
    assert "<title>Error:" in html
    assert "Vi har målt." in html
    assert "Frost." in html
    assert f'href="#id_r{report.pk}-next_step"' in html
    assert f'href="#id_r{report.pk}-new_due_on"' in html
    assert html.count('<details class="p-fold" open>') == 1
    assert f'id="r{other.pk}"' in html


def test_an_explained_delay_is_taken(plan: Any, person: User, client_of: Client) -> None:
    report = asked(plan, person, due_on=PASSED)
    sent = typed(report, "unchanged", reason="Frost.", next_step="Tine.", new_due_on="2027-01-29", new_due_precision="month", asks="Tid")  # fmt: skip
    assert client_of.post(MINE, sent).status_code == 302
    report.refresh_from_db()
    assert (report.state, report.late_since, report.reason, report.asks) == ("not_started", PASSED, "Frost.", "Tid")
    assert (report.new_due_on, report.new_due_precision) == (AHEAD, "month")


def test_a_measure_that_changed_since_the_page_was_made_is_looked_at_again(
    plan: Any, person: User, client_of: Client
) -> None:
    report = asked(plan, person, state="under_way")
    old = pressed(report)
    MeasureParticipation.objects.filter(pk=report.participation_id).update(state="on_hold")
    assert "The measure has changed since you opened the page." in body(client_of.post(MINE, old))
    report.refresh_from_db()
    assert report.reported_at is None


def test_the_second_sees_the_firsts_answer_and_decides(plan: Any, person: User, client_of: Client) -> None:
    report = asked(plan, person)
    old = typed(report, "on_hold", done_since="Mitt svar.")
    officer = english(signed_in(make.a_user("officer", plan.authority, name="Ola Saksbehandler")))
    phoned = {f"r{report.pk}-reported_as": "Kari på telefon"}
    officer.post(f"{MINE}{report.pk}/", {**typed(report, "at_risk", done_since="Det første."), **phoned})
    html = body(client_of.post(MINE, old))
    assert "Kari på telefon answered this while you were writing" in html
    for text in ("Det første.", "Mitt svar.", "Keep this answer", "Send mine instead"):
        assert text in html
    report.refresh_from_db()
    assert report.state == "under_way"
    assert client_of.post(MINE, typed(report, "on_hold", done_since="Mitt svar.")).status_code == 302
    report.refresh_from_db()
    assert (report.state, report.done_since) == ("on_hold", "Mitt svar.")


def test_what_came_back_waits_again_with_its_question(plan: Any, person: User, client_of: Client) -> None:
    report = asked(plan, person, state="under_way")
    client_of.post(MINE, pressed(report))
    later = timezone.now() + dt.timedelta(minutes=1)
    StatusReport.objects.filter(pk=report.pk).update(question="Hvor mange tomter?", returned_at=later)
    html = body(client_of.get(MINE))
    assert "Hvor mange tomter?" in html
    assert "0 of 1 are reported" in html
    assert "Report as unchanged" not in html
    client_of.post(MINE, typed(report, "on_track", done_since="Tolv."))
    assert "1 of 1 are reported" in body(client_of.get(MINE))


def test_an_empty_page_says_what_will_come(plan: Any, person: User, client_of: Client) -> None:
    assert "When a reporting period opens" in body(client_of.get(MINE))
    make.a_measure(plan, person=person)
    make.a_period(plan, opens_on="2026-12-01", due_on="2026-12-15")
    assert "We ask you next 1 December 2026: 2. tertial 2026." in body(client_of.get(MINE))


@pytest.mark.parametrize("facts", [{"closed_on": "2026-08-19"}, {"opens_on": "2026-08-21"}])
def test_a_period_that_takes_no_reports_waits_for_nobody(
    plan: Any, person: User, client_of: Client, facts: dict[str, Any]
) -> None:
    make.a_period(plan, **facts)
    report = asked(plan, person)
    assert "Ny kai" not in body(client_of.get(MINE))
    html = body(client_of.get(f"{MINE}{report.pk}/"))
    assert "Send the report" not in html
    assert client_of.post(f"{MINE}{report.pk}/", typed(report, "on_track")).status_code == 200
    report.refresh_from_db()
    assert report.reported_at is None


def test_with_very_many_the_rest_have_a_page_each_and_unchanged_still_takes_one_press(
    plan: Any, person: User, client_of: Client
) -> None:
    reports = [asked(plan, person, f"Tiltak {place}", due_on=AHEAD) for place in range(FORMS_SHOWN + 2)]
    html = body(client_of.get(MINE))
    assert html.count('<details class="p-fold"') == FORMS_SHOWN
    assert html.count("Report as unchanged") == len(reports)
    last = typed(reports[-1], "done", done_on="2026-09-30")  # what is wrong comes back open, on the same page
    assert "The day it was done cannot be after today." in body(client_of.post(MINE, last))


def test_the_page_costs_the_same_for_many(plan: Any, person: User, client_of: Client) -> None:
    costs = []
    for size in (1, 3, 40):
        for place in range(size - StatusReport.objects.filter(plan=plan).count()):
            report = asked(plan, person, f"Tiltak {place}", due_on=PASSED if place % 2 else AHEAD)
            make.a_milestone(report.participation)
        with CaptureQueriesContext(connection) as caught:
            assert client_of.get(MINE).status_code == 200
        costs.append(len(caught))
    assert len(set(costs)) == 1, costs


# ---- one measure, and who may ----


def test_who_may_open_a_report(plan: Any, person: User, place: Authority) -> None:
    report = asked(plan, person)
    at = f"{MINE}{report.pk}/"
    people = {
        200: [person, make.a_user("officer", place), make.a_user("leader", place)],
        403: [make.a_user("editor", place), make.a_user("forum_reviewer", place)],
        404: [make.a_user(), make.a_user("officer", make.an_authority())],
    }
    for status, several in people.items():
        for each in several:
            client = signed_in(each)
            assert client.get(at).status_code == status
            sent = typed(report, "on_track", reported_as="Havnesjefen")
            assert client.post(MINE, sent).status_code == (302 if status == 200 else status)
    assert signed_in(person).get(f"{MINE}999999999/").status_code == 404
    assert signed_in(person).post(MINE, {"rapport": "x"}).status_code == 404


def test_an_officer_says_for_whom_she_answers(plan: Any, person: User, place: Authority) -> None:
    report, officer = asked(plan, person), make.a_user("officer", place)
    client, at = english(signed_in(officer)), f"{MINE}{report.pk}/"
    assert "Who answers?" in body(client.get(at))
    assert "Write who answers." in body(client.post(at, typed(report, "on_track")))
    client.post(at, typed(report, "on_track", reported_as="Kari Ansvarlig på telefon"))
    report.refresh_from_db()
    assert (report.reported_as, report.reported_by) == ("Kari Ansvarlig på telefon", officer)


def test_a_colleague_answers_and_the_report_can_be_taken_back(plan: Any, person: User, client_of: Client) -> None:
    report, colleague = asked(plan, person), make.a_user("editor", plan.authority, name="Per Kollega")
    at, seen = f"{MINE}{report.pk}/", report.row_version
    client_of.post(at, {"kollega": colleague.pk, "sett": seen})
    report.refresh_from_db()
    assert report.person == colleague
    assert Notice.objects.filter(user=colleague, kind="report_asked").count() == 1
    assert "Ny kai" in body(english(signed_in(colleague)).get(MINE))
    html = body(client_of.get(MINE))
    assert "Per Kollega answers" in html
    assert "Report now" not in html
    client_of.post(at, {"kollega": "tilbake", "sett": report.row_version})
    report.refresh_from_db()
    assert report.person is None
    assert "Ny kai" not in body(english(signed_in(colleague)).get(MINE))


def test_no_colleague_is_chosen_before_she_chooses(plan: Any, person: User, client_of: Client) -> None:
    report, colleague = asked(plan, person), make.a_user("editor", plan.authority, name="Per Kollega")
    at = f"{MINE}{report.pk}/"
    assert '<option value="">' in body(client_of.get(at))
    assert "Choose a colleague." in body(client_of.post(at, {"kollega": "", "sett": report.row_version}, follow=True))
    report.refresh_from_db()
    assert report.person is None
    assert not Notice.objects.filter(user=colleague).exists()


def test_only_a_colleague_of_the_same_authority_can_be_asked(plan: Any, person: User, client_of: Client) -> None:
    report, stranger = asked(plan, person), make.a_user("officer", make.an_authority())
    at = f"{MINE}{report.pk}/"
    assert client_of.post(at, {"kollega": stranger.pk, "sett": report.row_version}).status_code == 404
    report.refresh_from_db()
    assert report.person is None


def test_milestones_reached_are_ticked_in_the_same_answer(plan: Any, person: User, client_of: Client) -> None:
    report = asked(plan, person, due_on=AHEAD)
    step = make.a_milestone(report.participation, due_on=PASSED, title="Mulighetsstudie")
    assert "A milestone was due 30 April 2026." in body(client_of.get(MINE))
    assert client_of.post(MINE, typed(report, "on_track", reached=step.pk)).status_code == 302
    step.refresh_from_db()
    assert step.reached_on == dt.date(2026, 8, 20)
