"""The officer's pages of a period: who sees what, what each filter and button does, and what others cannot reach."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from portal.models import Event, Mail
from strategy import handling, periods
from strategy.models import MeasureParticipation, ReportingPeriod, StatusReport
from tests import factories as make
from tests.conftest import signed_in
from tests.house.test_queries import same_for_all_sizes
from tests.strategy.reading import english

if TYPE_CHECKING:
    from portal.models import Authority, User
    from tests.world import World

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
LATE = {
    "state": "under_way", "reason": "Lite folk.", "next_step": "Ansette.", "late_since": dt.date(2026, 4, 30),
}  # fmt: skip


@pytest.fixture
def place(world: World) -> Authority:
    return world.home.authority


@pytest.fixture
def officer(world: World) -> User:
    return world.user("officer")


@pytest.fixture
def client(officer: User) -> Client:
    return english(signed_in(officer))


@pytest.fixture
def period(place: Authority) -> ReportingPeriod:
    """A period that is open today, due in a week."""
    today = timezone.localdate()
    return make.a_period(
        make.a_plan(place), starts_on=today - 90 * DAY, ends_on=today, opens_on=today - 7 * DAY, due_on=today + 7 * DAY,
        opened_at=timezone.now() - 7 * DAY,
    )  # fmt: skip


def a_report(period: ReportingPeriod, title: str = "Ny kai", **facts: Any) -> StatusReport:
    about = {name: facts.pop(name) for name in ("person", "unit", "partner", "partner_address") if name in facts}
    part = make.a_measure(period.plan, title=title, state="under_way", due_on=dt.date(2026, 4, 30), **about)
    return make.a_status_report(period, part, **facts)


def page(row: ReportingPeriod | StatusReport, query: str = "") -> str:
    period = row if isinstance(row, ReportingPeriod) else row.period
    more = f"{row.pk}/" if isinstance(row, StatusReport) else ""
    return f"{period.get_absolute_url()}{more}{query}"


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def said(answer: Any) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


# ---- the overview ----


def test_who_has_not_reported_stands_first_grouped_by_unit_with_person_and_last_reminder(
    client: Client, period: ReportingPeriod, place: Authority
) -> None:
    harbour, trade = make.a_unit(place, name="Havn"), make.a_unit(place, name="Handel")
    person = make.a_user("editor", place, name="Åse Rapportør")
    a_report(period, "Levert tiltak", unit=harbour, state="under_way", done_since="Møte holdt.")
    a_report(period, "Taust tiltak", unit=harbour, person=person, reminded_at=dt.datetime(2026, 5, 3, tzinfo=dt.UTC))
    a_report(period, "Annet tiltak", unit=trade)
    text = text_of(client, page(period))
    places = [text.index(f'rowgroup" colspan="4">{name}<') for name in ("Handel", "Havn")]
    assert places == sorted(places)
    assert text.index("Taust tiltak") < text.index("Levert tiltak")
    assert "Åse Rapportør" in text
    assert "3 May 2026" in text
    assert "1 of 3 measures are reported." in text


@pytest.mark.parametrize(
    ("filter_", "shown"),
    [
        ("vis=ikke", {"Taust", "Ingen"}),
        ("vis=ingen", {"Ingen"}),
        ("vis=ber", {"Ber"}),
        ("vis=dato", {"Dato"}),
        ("vis=tilbake", {"Tilbake"}),
        ("hvem=ingen", {"Ingen"}),
        ("hvem=partner", {"Partner"}),
        ("q=fergeleie", {"Ber"}),
        ("q=finnes-ikke", set()),
        ("vis=tull", {"Taust", "Ingen", "Ber", "Dato", "Tilbake", "Partner"}),
    ],
)
def test_each_filter_shows_what_it_says(
    client: Client, period: ReportingPeriod, officer: User, filter_: str, shown: set[str]
) -> None:
    now = timezone.now()
    a_report(period, "Taust", person=officer)
    a_report(period, "Ingen")
    a_report(period, "Ber", person=officer, state="under_way", asks="Penger til fergeleie")
    a_report(period, "Dato", person=officer, **LATE, new_due_on=dt.date(2099, 1, 1))
    a_report(period, "Tilbake", person=officer, state="under_way", reported_at=now - DAY, question="?", returned_at=now)
    a_report(period, "Partner", partner="Havna", partner_address="a@b.example", address="a@b.example", state="on_hold")
    text = text_of(client, page(period, f"?{filter_}"))
    everything = {"Taust", "Ingen", "Ber", "Dato", "Tilbake", "Partner"}
    assert {title for title in everything if f"{title}</a>" in text} == shown


def test_unit_person_and_order_stand_in_the_address(client: Client, period: ReportingPeriod, place: Authority) -> None:
    unit, person = make.a_unit(place), make.a_user("editor", place)
    a_report(period, "Enhetens", unit=unit)
    a_report(period, "Personens", person=person)
    assert "Personens</a>" not in text_of(client, page(period, f"?enhet={unit.pk}"))
    assert "Enhetens</a>" not in text_of(client, page(period, f"?hvem={person.pk}"))
    assert "Shows 1 of 2." in text_of(client, page(period, f"?hvem={person.pk}&sorter=plan"))


def test_longest_late_comes_first_when_asked_for(client: Client, period: ReportingPeriod, officer: User) -> None:
    a_report(period, "Litt sent")
    part = a_report(period, "Svært sent").participation
    MeasureParticipation.objects.filter(pk=part.pk).update(due_on=dt.date(2025, 1, 1))
    text = text_of(client, page(period, "?sorter=sent"))
    assert text.index("Svært sent") < text.index("Litt sent")


def test_the_file_holds_what_the_overview_shows(client: Client, period: ReportingPeriod, officer: User) -> None:
    a_report(period, "=SUM(1)", person=officer)
    a_report(period, "Levert", person=officer, **LATE, new_due_on=dt.date(2027, 1, 29), new_due_precision="quarter")
    answer = client.get(page(period, "?fil=csv&vis=ikke"))
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert [row["Measure"] for row in rows] == ["'=SUM(1)"]
    [row] = [
        r
        for r in csv.DictReader(
            io.StringIO(client.get(page(period, "?fil=csv")).content.decode("utf-8-sig")), delimiter=";"
        )
        if r["Measure"] == "Levert"
    ]
    assert (row["Reason"], row["New date"]) == ("Lite folk.", "1. kvartal 2027")
    assert client.get(page(period, "?fil=pdf")).status_code == 404


# ---- who sees what ----


def test_a_member_sees_her_own_reports_of_the_regions_period_and_the_region_sees_all(world: World) -> None:
    period, plan = make.a_period(world.region.plan, opened_at=timezone.now()), world.region.plan
    home, other = (MeasureParticipation.objects.get(plan=plan, authority=s.authority) for s in (world.home, world.next))
    own, theirs = make.a_status_report(period, home), make.a_status_report(period, other)
    as_home, as_region = signed_in(world.user("officer")), signed_in(world.user("region_secretary"))
    links = [f"/{period.pk}/{report.pk}/" for report in (own, theirs)]
    assert [link in text_of(as_home, page(period)) for link in links] == [True, False]
    assert [link in text_of(as_region, page(period)) for link in links] == [True, True]
    assert as_home.get(page(theirs)).status_code == 404
    assert as_region.get(page(theirs)).status_code == 200


def test_the_region_does_not_learn_the_names_of_a_members_people(world: World) -> None:
    period = make.a_period(world.region.plan, opened_at=timezone.now())
    part = MeasureParticipation.objects.get(plan=world.region.plan, authority=world.next.authority)
    part.person = world.user("neighbour")
    part.save()
    report = make.a_status_report(period, part)
    client = signed_in(world.user("region_secretary"))
    for address in (page(period), page(report), page(period, "?fil=csv"), page(period, "?utskrift=1")):
        assert part.person.name not in text_of(client, address)


def test_who_only_reads_gets_no_buttons_and_her_post_is_refused(world: World, period: ReportingPeriod) -> None:
    report, reader = a_report(period, person=world.user("officer")), signed_in(world.user("attester"))
    text = text_of(reader, page(period))
    assert 'name="valgt"' not in text
    assert "?gjor=" not in text
    for deed in ("lukk", "minn", "gi", "godkjenn"):
        data = {"gjor": deed, "bekreft": "1", "valgt": f"{report.pk}-0"}
        assert reader.post(page(period), data).status_code == 403
        assert reader.post(page(period), {**data, "bekreft": ""}).status_code == 403
    assert reader.post(page(report), {"gjor": "minn", "sett": "0"}).status_code == 403


def test_a_report_of_another_period_or_plan_does_not_answer_here(client: Client, period: ReportingPeriod) -> None:
    elsewhere = a_report(make.a_period(make.a_plan(period.authority), opened_at=timezone.now()))
    assert client.get(f"{page(period)}{elsewhere.pk}/").status_code == 404
    assert client.get(f"{page(period)}999999999/").status_code == 404


# ---- attacks ----


def test_another_authoritys_report_in_the_post_is_not_there(
    world: World, client: Client, period: ReportingPeriod, officer: User
) -> None:
    mine = a_report(period, person=officer)
    theirs = world.next.rows(StatusReport).filter(reported_at__isnull=True).get()
    for deed, more in (("minn", {}), ("gi", {"to": officer.pk}), ("godkjenn", {})):
        data = {"gjor": deed, "bekreft": "1", "valgt": [f"{theirs.pk}-{theirs.row_version}", f"{mine.pk}-0"], **more}
        assert client.post(page(period), data).status_code == 302
    after = StatusReport.objects.get(pk=theirs.pk)
    assert (after.row_version, after.reminded_at, after.person_id) == (theirs.row_version, None, None)


def test_the_region_cannot_approve_a_members_date_by_post(world: World) -> None:
    period = make.a_period(world.region.plan, opened_at=timezone.now())
    part = MeasureParticipation.objects.get(plan=world.region.plan, authority=world.next.authority)
    MeasureParticipation.objects.filter(pk=part.pk).update(due_on=dt.date(2026, 4, 30))
    report = make.a_status_report(period, part, **LATE, new_due_on=dt.date(2099, 1, 1))
    client = signed_in(world.user("region_secretary"))
    data = {"gjor": "godkjenn", "bekreft": "1", "valgt": f"{report.pk}-{report.row_version}"}
    assert client.post(page(period), data).status_code == 403
    assert client.post(page(report), {"gjor": "godkjenn", "sett": "0"}).status_code == 403
    assert 'value="godkjenn"' not in text_of(client, page(report)) + text_of(client, page(period))
    assert MeasureParticipation.objects.get(pk=part.pk).due_on == dt.date(2026, 4, 30)


@pytest.mark.parametrize("chosen", ["", "x", "-", "1-x", "99999999999999999999999-1", "٣-1"])
def test_nonsense_among_the_chosen_does_nothing(client: Client, period: ReportingPeriod, chosen: str) -> None:
    report = a_report(period)
    for data in ({"gjor": "gi", "valgt": chosen}, {"gjor": "gi", "bekreft": "1", "valgt": chosen, "to": "x"}):
        assert client.post(page(period), data).status_code == 302
    assert StatusReport.objects.get(pk=report.pk).row_version == report.row_version


# ---- deeds ----


def test_opening_by_hand_says_whom_it_meets_and_for_whom_there_is_nobody(
    client: Client, place: Authority, officer: User
) -> None:
    today = timezone.localdate()
    period = make.a_period(
        make.a_plan(place),
        starts_on=today - 90 * DAY,
        ends_on=today + DAY,
        opens_on=today + DAY,
        due_on=today + 9 * DAY,
    )
    make.a_measure(period.plan, person=officer)
    make.a_measure(period.plan, title="Herreløst tiltak")
    text = text_of(client, page(period, "?gjor=apne"))
    assert "Ask about 2 measures now?" in text
    assert "Herreløst tiltak" in text
    assert period.reports.count() == 0  # looking does nothing
    answer = client.post(page(period), {"gjor": "apne", "bekreft": "1"})
    assert "2 reports are asked for. For 1 there is nobody to ask." in said(answer)
    assert period.reports.count() == 2


def test_chosen_reports_are_reminded_of_after_a_confirmation(
    client: Client, period: ReportingPeriod, place: Authority
) -> None:
    first, second = (make.a_user("editor", place) for _ in range(2))
    report = a_report(period, "Valgt tiltak", person=first)
    a_report(period, "Ikke valgt", person=second)
    mark = f"{report.pk}-{report.row_version}"
    confirm = client.post(page(period), {"gjor": "minn", "valgt": mark}).content.decode()
    assert "Valgt tiltak" in confirm
    assert "Ikke valgt" not in confirm
    assert not Mail.objects.filter(to_address=first.email).exists()
    answer = client.post(page(period), {"gjor": "minn", "bekreft": "1", "valgt": mark})
    assert "1 reminder is on its way." in said(answer)
    assert [Mail.objects.filter(to_address=each.email).count() for each in (first, second)] == [1, 0]


def test_chosen_reports_are_given_to_a_colleague_and_one_changed_meanwhile_is_left(
    client: Client, period: ReportingPeriod, officer: User, place: Authority
) -> None:
    rows, other = [a_report(period, person=officer) for _ in range(2)], make.a_user("editor", place)
    marks = [f"{row.pk}-{row.row_version}" for row in rows]
    StatusReport.objects.filter(pk=rows[0].pk).update(reminded_at=timezone.now())
    answer = client.post(page(period), {"gjor": "gi", "bekreft": "1", "valgt": marks, "to": other.pk})
    assert "1 report is given on. 1 is left as it is" in said(answer)
    assert [StatusReport.objects.get(pk=row.pk).person for row in rows] == [None, other]


def test_the_page_that_asks_for_approval_shows_the_old_date_and_the_new(
    client: Client, period: ReportingPeriod, officer: User
) -> None:
    report = a_report(period, person=officer, **LATE, new_due_on=dt.date(2099, 1, 29))
    silent = a_report(period, person=officer)
    marks = [f"{row.pk}-{row.row_version}" for row in (report, silent)]
    text = client.post(page(period), {"gjor": "godkjenn", "valgt": marks}).content.decode()
    assert "30 April 2026" in text
    assert "29 January 2099" in text
    assert "1 of the chosen has no new date to approve" in text
    answer = client.post(page(period), {"gjor": "godkjenn", "bekreft": "1", "valgt": marks})
    assert "1 new date is approved." in said(answer)
    text = client.get(f"{page(period)}{report.pk}/").content.decode()
    assert 'data-color="danger"' not in text, "what has a new date is not late any more"
    assert "days late" not in text


def test_a_period_deleted_meanwhile_leads_to_the_list(
    client: Client, place: Authority, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    period = make.a_period(make.a_plan(place))
    open_period = periods.open_period

    def a_colleague_is_quicker(*given: Any, **more: Any) -> Any:
        ReportingPeriod.objects.filter(pk=period.pk).delete()
        return open_period(*given, **more)

    monkeypatch.setattr(periods, "open_period", a_colleague_is_quicker)
    answer = client.post(page(period), {"gjor": "apne", "bekreft": "1"})
    assert answer["Location"].endswith("/rapportering/")
    assert "deleted the period meanwhile" in said(answer)
    assert client.get(page(period)).status_code == 404


# ---- planning ----


def planned(**facts: Any) -> dict[str, Any]:
    return {
        "name": "3. tertial 2026", "starts_on": "2026-09-01", "ends_on": "2026-12-31", "opens_on": "2026-12-17",
        "due_on": "2026-12-31", **facts,
    }  # fmt: skip


def test_the_form_is_filled_with_the_period_after_the_last_one(client: Client, period: ReportingPeriod) -> None:
    plan = make.a_plan(period.authority)
    make.a_period(plan)
    address = f"{plan.get_absolute_url()}rapportering/ny/"
    text = text_of(client, address)
    assert 'value="3. tertial 2026"' in text or 'value="Tertial 3 of 2026"' in text
    assert 'value="2026-12-31"' in text
    assert 'value="2026-09-01"' in text
    assert 'value="2027-06-30"' in text_of(client, f"{address}?slag=halvaar")


def test_a_planned_period_has_its_treatment_and_so_its_body(client: Client, place: Authority) -> None:
    plan, body, other = make.a_plan(place), make.a_body(place), make.a_body(place)
    step = make.a_step(make.a_case(place), body=body, starts_on=timezone.localdate())
    address = f"{plan.get_absolute_url()}rapportering/ny/"
    refused = client.post(address, planned(body=other.pk, step=step.pk))
    assert "Choose one of the receiving body." in refused.content.decode()
    assert client.post(address, planned(step=step.pk)).status_code == 302
    assert plan.periods.get().body == body
    assert Event.objects.filter(kind="period_planned", authority=place).exists()


def test_the_neighbours_body_and_treatment_cannot_be_chosen(client: Client, world: World, place: Authority) -> None:
    plan, theirs = make.a_plan(place), make.a_body(world.next.authority)
    step = make.a_step(make.a_case(world.next.authority), body=theirs)
    address = f"{plan.get_absolute_url()}rapportering/ny/"
    for facts in ({"body": theirs.pk}, {"step": step.pk}):
        assert client.post(address, planned(**facts)).status_code == 200
    assert not plan.periods.exists()


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        ({"ends_on": "2026-08-31"}, "The end comes before the start."),
        ({"opens_on": "2027-01-15"}, "The reports are due before the period opens."),
        ({"ends_on": "20260-12-31"}, "Enter a valid date."),
        ({"name": ""}, "This field is required."),
    ],
)
def test_dates_that_cannot_be_are_refused_beside_their_field(
    client: Client, place: Authority, facts: dict[str, str], text: str
) -> None:
    plan = make.a_plan(place)
    answer = client.post(f"{plan.get_absolute_url()}rapportering/ny/", planned(**facts))
    assert text in answer.content.decode()
    assert not plan.periods.exists()


def test_an_open_period_keeps_its_days_and_a_colleagues_change_is_not_overwritten_unseen(
    client: Client, period: ReportingPeriod
) -> None:
    seen = period.row_version
    due = timezone.localdate() + 30 * DAY
    data = {"gjor": "endre", "name": period.name, "due_on": due.isoformat(), "ends_on": "2031-01-01"}
    assert client.post(page(period), {**data, "seen_version": seen}).status_code == 302
    after = ReportingPeriod.objects.get(pk=period.pk)
    assert (after.due_on, after.ends_on) == (due, period.ends_on)
    late = client.post(page(period), {**data, "name": "Noe annet", "seen_version": seen})
    assert "changed this while you were writing" in late.content.decode()
    assert ReportingPeriod.objects.get(pk=period.pk).name == period.name


# ---- one report ----


def test_a_report_is_sent_back_from_its_page_and_an_empty_question_is_refused(
    client: Client, period: ReportingPeriod, officer: User
) -> None:
    report = a_report(period, person=officer, state="under_way")
    empty = client.post(page(report), {"gjor": "tilbake", "sett": report.row_version, "question": " "})
    assert "Write what you ask about." in empty.content.decode()
    answer = client.post(page(report), {"gjor": "tilbake", "sett": report.row_version, "question": "Hvor mange?"})
    assert answer.status_code == 302
    assert "Hvor mange?" in text_of(client, page(report))


def test_what_was_typed_stays_when_the_report_has_changed_meanwhile(
    client: Client, period: ReportingPeriod, officer: User
) -> None:
    report = a_report(period, person=officer, state="under_way")
    StatusReport.objects.filter(pk=report.pk).update(done_since="Nytt svar.")
    answer = client.post(page(report), {"gjor": "tilbake", "sett": report.row_version, "question": "Hvor mange?"})
    text = answer.content.decode()
    assert "The report has changed since you opened the page." in text
    assert "Hvor mange?" in text
    assert "Nytt svar." in text
    assert StatusReport.objects.get(pk=report.pk).returned_at is None


def test_the_page_shows_earlier_answers_and_leads_to_the_next_within_the_filter(
    client: Client, period: ReportingPeriod, officer: User
) -> None:
    report = a_report(period, "Første", person=officer)
    before = make.a_period(period.plan, name="Forrige", ends_on=dt.date(2025, 12, 31), starts_on=dt.date(2025, 9, 1))
    make.a_status_report(before, report.participation, state="under_way", done_since="Det vi sa sist.")
    reported = a_report(period, "Annet", person=officer, state="under_way")
    silent = a_report(period, "Tredje", person=officer)
    text = text_of(client, page(report, "?vis=ikke&sorter=plan"))
    assert "Det vi sa sist." in text
    assert (
        f'{page(silent)}?vis=ikke&amp;sorter=plan" rel' in text
        or f'href="{page(silent)}?vis=ikke&amp;sorter=plan"' in text
    )
    assert f'href="{page(reported)}' not in text


def test_the_history_of_a_report_stands_on_its_page(client: Client, period: ReportingPeriod, officer: User) -> None:
    report = a_report(period, person=officer)
    handling.delegate(
        report, make.a_user("editor", period.authority, name="Per Mottaker"), by=officer, at=timezone.now()
    )
    assert "Per Mottaker" in text_of(client, page(report)).partition("What has changed in the report")[2]


# ---- cost ----


def test_the_list_of_periods_the_overview_its_files_and_a_report_cost_the_same_for_all_sizes() -> None:
    def grow(size: int) -> tuple[Client, dict[str, int | None]]:
        place = make.an_authority()
        officer = make.a_user("officer", place)
        plan, now = make.a_plan(place), timezone.now()
        period = make.a_period(plan, opened_at=now, due_on=dt.date(2099, 1, 1))
        for number in range(size):
            make.a_period(plan, name=f"Periode {number}", ends_on=dt.date(2030, 1, 1) + number * DAY)
            facts = ({"state": "under_way", "done_since": "Møte."}, {}, {"address": f"p{number}@b.example"})[number % 3]
            person = None if "address" in facts else make.a_user("editor", place)
            part = make.a_measure(plan, person=person, unit=make.a_unit(place), goal=make.a_goal(plan))
            make.a_milestone(part)
            make.a_status_report(period, part, **facts)
        base = page(period)
        queries = ("", "?vis=ikke&q=tiltak", "?fil=csv", "?fil=xlsx", "?utskrift=1", "?gjor=minn", "?gjor=apne")
        report = period.reports.earliest("pk")
        addresses = [f"{plan.get_absolute_url()}rapportering/", *(base + query for query in queries), page(report)]
        return signed_in(officer), dict.fromkeys(addresses, 24)

    same_for_all_sizes(grow)
