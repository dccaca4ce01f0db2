"""A partner reports through a link: one measure, one period, no account; looking changes nothing."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client, RequestFactory
from django.utils import timezone

from portal import digest, keys, sweep
from portal.models import LinkKey, Mail, Notice
from strategy import asking, handling, links, reporting
from strategy.models import MeasureParticipation, StatusReport
from strategy.reporting import Answer
from strategy.views import partners
from tests import factories as make
from tests.strategy.reading import body, english

if TYPE_CHECKING:
    from portal.models import Authority

NOW = dt.datetime(2026, 8, 20, 9, tzinfo=dt.UTC)
PARTNER = "havn@partner.example"
PASSED = dt.date(2026, 4, 30)


@pytest.fixture(autouse=True)
def the_day(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def place(db: None) -> Authority:
    return make.an_authority()


@pytest.fixture
def plan(place: Authority) -> Any:
    return make.a_plan(place, title="Havneplan")


@pytest.fixture
def report(plan: Any) -> StatusReport:
    return asked(plan)


@pytest.fixture
def client(db: None) -> Client:
    return english(Client())


def asked(plan: Any, title: str = "Ny kai", **facts: Any) -> StatusReport:
    part = make.a_measure(plan, title=title, partner="Havna AS", partner_address=PARTNER, **facts)
    return make.a_status_report(plan.periods.first() or make.a_period(plan), part, address=PARTNER)


def link(report: StatusReport) -> str:
    """Return the path of a new link into the report."""
    return asking.private_link(report, timezone.now()).partition("://")[2].partition("/")[2].join(["/", ""])


def typed(report: StatusReport, how: str = "on_track", **facts: Any) -> dict[str, Any]:
    seen = StatusReport.objects.get(pk=report.pk).row_version
    own = {"how": how, "seen": seen, "reported_as": "Havnesjefen", **facts}
    return {f"r{report.pk}-{name}": value for name, value in own.items()}


def test_a_partner_reports_without_an_account_and_gets_a_receipt(report: StatusReport, client: Client) -> None:
    at = link(report)
    assert "Ny kai" in body(client.get(at))
    html = body(client.post(at, typed(report, "at_risk", done_since="Pæler rammet."), follow=True))
    report.refresh_from_db()
    assert (report.state, report.judgement, report.reported_as, report.reported_by) == (
        "under_way", "at_risk", "Havnesjefen", None,
    )  # fmt: skip
    assert MeasureParticipation.objects.get(pk=report.participation_id).judgement == "at_risk"
    assert "We received your report" in html
    mail = Mail.objects.get(to_address=PARTNER)
    assert "Pæler rammet." in mail.text
    assert "Havnesjefen" in mail.text


def test_looking_changes_nothing(report: StatusReport, client: Client) -> None:
    """Mail scanners open links."""
    at = link(report)
    for method in (client.get, client.head):
        assert method(at).status_code == 200
    report.refresh_from_db()
    assert (report.reported_at, report.row_version) == (None, 0)
    assert LinkKey.objects.get(subject_id=report.pk).used_at is None


def test_it_may_be_corrected_until_the_period_is_closed(report: StatusReport, client: Client) -> None:
    at = link(report)
    client.post(at, typed(report))
    assert "You may correct it here until the period is closed." in body(client.get(at))
    client.post(at, typed(report, "on_hold"))
    report.refresh_from_db()
    assert report.state == "on_hold"
    report.period.closed_on = NOW.date()
    report.period.save()
    assert "The period is closed" in body(client.get(at))
    client.post(at, typed(report, "cancelled", reason="Nei."))
    report.refresh_from_db()
    assert report.state == "on_hold"


def test_what_is_late_is_explained_by_a_partner_too(plan: Any, client: Client) -> None:
    report = asked(plan, due_on=PASSED)
    html = body(client.post(link(report), typed(report)))
    assert "<title>Error:" in html
    assert "Say what the next step is." in html
    report.refresh_from_db()
    assert report.reported_at is None


def test_who_answers_is_said(report: StatusReport, client: Client) -> None:
    assert "Write who answers." in body(client.post(link(report), typed(report, reported_as=" ")))


def test_the_page_shows_this_measure_alone_and_no_name_or_note(plan: Any, place: Authority, client: Client) -> None:
    officer = make.a_user("officer", place, name="Ola Saksbehandler")
    report, other = asked(plan, note="Internt om havna"), asked(plan, "Et annet tiltak")
    before = make.a_period(plan, name="1. tertial 2026", starts_on="2026-01-01", ends_on=PASSED, opens_on="2026-04-01",
                           due_on=PASSED)  # fmt: skip
    make.a_status_report(before, report.participation, state="under_way", done_since="Sist gjort.", reported_by=officer,
                         reported_at=NOW)  # fmt: skip
    html = body(client.get(link(report)))
    assert "Sist gjort." in html
    for hidden in (
        "Internt om havna",
        "Et annet tiltak",
        "Ola Saksbehandler",
        f"/tiltak/{other.participation.measure_id}/",
    ):
        assert hidden not in html


def test_the_second_of_two_sees_the_firsts_answer_but_no_name(
    report: StatusReport, place: Authority, client: Client
) -> None:
    officer = make.a_user("officer", place, name="Ola Saksbehandler")
    at, old = link(report), typed(report, "on_hold")
    reporting.submit(report, Answer("under_way", done_since="Det første."), at=NOW, seen=0, by=officer)
    html = body(client.post(at, old))
    assert "Someone answered this while you were writing" in html
    assert "Det første." in html
    assert "Ola Saksbehandler" not in html


# ---- what the link does not open ----


def test_a_link_opens_one_report_only(plan: Any, client: Client) -> None:
    report, other = asked(plan), asked(plan, "Et annet tiltak")
    client.post(link(report), {**typed(other), **typed(report), "rapport": other.pk})
    other.refresh_from_db()
    assert other.reported_at is None


def test_a_link_for_something_else_is_useless(report: StatusReport, client: Client) -> None:
    for purpose in ("invitation", "unsubscribe", "calendar", "follow"):
        raw = keys.issue(purpose, now=NOW, address=PARTNER, subject_id=report.pk)
        assert client.get(f"/planer/rapport/{raw}/").status_code == 404
    assert client.get("/planer/rapport/feil/").status_code == 404


def test_a_link_expires_a_month_after_the_due_date(report: StatusReport, client: Client, time_machine: Any) -> None:
    at = link(report)
    time_machine.move_to(dt.datetime(2026, 9, 29, 12, tzinfo=dt.UTC), tick=False)
    assert client.get(at).status_code == 200
    time_machine.move_to(dt.datetime(2026, 10, 1, 12, tzinfo=dt.UTC), tick=False)
    answer = client.post(at, typed(report))
    assert answer.status_code == 404
    assert "The link no longer works" in answer.content.decode()


def test_a_report_given_to_a_colleague_has_no_link(report: StatusReport, place: Authority, client: Client) -> None:
    officer, at = make.a_user("officer", place), link(report)
    handling.delegate(report, officer, by=officer, at=NOW)
    assert client.get(at).status_code == 404
    assert client.post(at, typed(report)).status_code == 404


def test_a_link_to_an_address_that_was_corrected_is_useless(report: StatusReport, client: Client) -> None:
    at = link(report)
    StatusReport.objects.filter(pk=report.pk).update(address="rett@partner.example")
    assert client.get(at).status_code == 404


def test_a_new_link_replaces_the_old(report: StatusReport, place: Authority, client: Client) -> None:
    old = link(report)
    assert handling.send_link(report, by=make.a_user("officer", place), at=NOW)
    assert client.get(old).status_code == 404
    mail = Mail.objects.get(to_address=PARTNER)
    (new,) = set(re.findall(r"/planer/rapport/[A-Za-z0-9_-]{43}/", mail.text))
    assert client.get(new).status_code == 200
    assert keys.redact(mail.text).count("…") >= 1


def test_no_partner_answers_what_is_not_asked_of_one(plan: Any, place: Authority) -> None:
    report = make.a_status_report(make.a_period(plan), make.a_measure(plan, person=make.a_user("officer", place)))
    with pytest.raises(PermissionDenied):
        reporting.submit(report, Answer("done", done_on=NOW.date()), at=NOW, seen=0, partner="Havnesjefen")


# ---- the daily mail ----


def test_the_reminder_in_the_daily_mail_carries_her_own_link(plan: Any, client: Client, time_machine: Any) -> None:
    report = asked(plan)
    morning = dt.datetime(2026, 8, 24, 6, tzinfo=dt.UTC)  # a week before, in Norway eight o'clock
    time_machine.move_to(morning, tick=False)
    sweep.sweep(morning)
    digest.send(morning)
    notice = Notice.objects.get(address=PARTNER, kind="report_due")
    mail = Mail.objects.get(pk=notice.mail_id)
    (way_in,) = set(re.findall(r"/planer/rapport/[A-Za-z0-9_-]{43}/", mail.text))
    assert f"/planer/rapportering/{report.pk}/" not in mail.text
    assert "input" not in mail.subject.lower()
    assert client.get(way_in).status_code == 200


def test_no_link_is_made_for_an_address_that_is_no_longer_asked(report: StatusReport) -> None:
    notice = Notice(pk=1, address="gammel@partner.example", subject_type="strategy.statusreport", subject_id=report.pk)
    assert links.in_daily_mail([notice], NOW) == {}


def test_a_measure_dropped_while_the_partner_writes_is_gone(report: StatusReport, client: Client) -> None:
    form = typed(report, "on_hold")
    report_as_read = StatusReport.objects.select_related("participation", "period").get(pk=report.pk)
    StatusReport.objects.filter(pk=report.pk).delete()
    request = RequestFactory().post("/", form)
    with pytest.raises(Http404):
        partners.take(request, report_as_read, NOW.date(), NOW)
