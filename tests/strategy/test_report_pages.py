"""The pages of reports: who reads what, nothing of today in a released one, and few queries."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from portal.kept_pages import SHELF
from portal.models import Membership
from strategy.models import MeasureEntry, Plan, PlanReport
from tests import factories as make
from tests.strategy.freezing import DAY, a_full_plan, freeze, release, released
from tests.strategy.reading import address, body, english, page

if TYPE_CHECKING:
    from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day", "in_english")]

SEE_WAITING = ["officer", "leader", "editor", "elected", "forum_reviewer", "operator"]
DO_NOT = ["anonymous", "stranger", "jury", "neighbour"]


@pytest.fixture
def plan(world: World) -> Plan:
    return a_full_plan(world)


def place(plan: Plan, name: str, *more: Any) -> str:
    return reverse(name, args=[plan.authority.slug, plan.slug, *more])


def version_page(report: PlanReport) -> str:
    return place(report.plan, "plan_report_version", report.number, report.version)


def file_page(report: PlanReport, kind: str) -> str:
    return place(report.plan, "report_file", report.number, report.version, kind)


# ---- who reads what ----


@pytest.mark.parametrize("person", [*SEE_WAITING, *DO_NOT])
def test_an_unreleased_report_exists_only_for_those_who_see_todays_picture(
    world: World, plan: Plan, as_role: Any, person: str
) -> None:
    report, client = freeze(world, plan), as_role(person)
    expected = 200 if person in SEE_WAITING else 404
    for each in (
        version_page(report),
        report.get_absolute_url(),
        *(file_page(report, k) for k in ("pdf", "docx", "csv")),
    ):
        assert client.get(each).status_code == expected, each


def test_an_open_live_view_does_not_open_what_is_not_released(world: World, plan: Plan) -> None:
    Plan.objects.filter(pk=plan.pk).update(live_view_open=True)
    assert Client().get(version_page(freeze(world, plan))).status_code == 404


def test_a_released_report_is_for_anyone_with_all_its_files(world: World, plan: Plan) -> None:
    report, client = released(world, plan), Client()
    for each in (version_page(report), report.get_absolute_url()):
        assert client.get(each).status_code == 200
    for kind in ("pdf", "docx", "csv", "xlsx", "json"):
        assert client.get(file_page(report, kind)).status_code == 200, kind
    assert client.get(file_page(report, "exe")).status_code == 404


def test_the_reports_of_a_draft_are_for_its_staff(world: World, plan: Plan, officer_client: Client) -> None:
    report = released(world, plan)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE strategy_plan SET status = 'draft' WHERE id = %s", [plan.pk])
    assert Client().get(version_page(report)).status_code == 404
    assert Client().get(place(plan, "plan_reports")).status_code == 404
    assert officer_client.get(version_page(report)).status_code == 200


@pytest.mark.parametrize(
    ("person", "expected"),
    [("leader", 200), ("operator", 200), ("officer", 403), ("editor", 403), ("elected", 403), ("neighbour", 404),
     ("stranger", 404), ("anonymous", 302)],
)  # fmt: skip
def test_only_the_leader_comes_to_the_release(
    world: World, plan: Plan, as_role: Any, person: str, expected: int
) -> None:
    report, client = freeze(world, plan), as_role(person)
    assert client.get(place(plan, "release_report", 1, 1)).status_code == expected
    client.post(place(plan, "release_report", 1, 1), {"read": "on"})
    is_released = PlanReport.objects.get(pk=report.pk).released_at is not None
    assert is_released == (expected == 200)


@pytest.mark.parametrize(
    ("person", "expected"),
    [("officer", 200), ("leader", 200), ("editor", 403), ("elected", 403), ("neighbour", 404), ("stranger", 404),
     ("anonymous", 302)],
)  # fmt: skip
def test_officers_and_leaders_freeze_and_correct(
    world: World, plan: Plan, as_role: Any, person: str, expected: int
) -> None:
    freeze(world, plan)
    client, period = as_role(person), plan.periods.get()
    assert client.get(place(plan, "freeze_report", period.pk)).status_code == expected
    assert client.get(place(plan, "correct_report", 1, 1)).status_code == expected
    client.post(place(plan, "freeze_report", period.pk), {"once": "a"})
    client.post(place(plan, "correct_report", 1, 1), {"once": "b", "reason": "Feil."})
    assert plan.reports.count() == (3 if expected == 200 else 1)


def test_a_period_of_another_plan_is_not_frozen_here(world: World, plan: Plan, officer_client: Client) -> None:
    other = make.a_period(make.a_plan(world.home.authority))
    assert officer_client.get(place(plan, "freeze_report", other.pk)).status_code == 404


# ---- the list ----


def test_the_list_shows_anyone_what_is_released_with_both_versions(world: World, plan: Plan, reader: Client) -> None:
    first = released(world, plan)
    release(world, freeze(world, plan, corrects=first, reason="Summen var feil."))
    freeze(world, plan)
    html = body(reader.get(place(plan, "plan_reports")))
    assert "Report no. 1, version 2" in html and ">Report no. 1</a>" in html
    assert "Corrected: Summen var feil." in html and "Corrected by a newer version." in html
    assert "Havneutvalget 24 September 2026, case 84/26" in html
    assert "Report no. 2" not in html and "Saksbehandler" not in html


def test_staff_see_what_waits_and_who_froze_it(world: World, plan: Plan, leader_client: Client) -> None:
    freeze(world, plan)
    html = body(english(leader_client).get(place(plan, "plan_reports")))
    assert "Waits for release" in html and "Officer i Hjemby" in html
    assert place(plan, "release_report", 1, 1) in html


def test_an_empty_list_says_what_comes(plan: Plan, reader: Client) -> None:
    assert "No report is released yet." in body(reader.get(place(plan, "plan_reports")))


# ---- one report ----


def test_before_the_release_the_page_says_that_it_is_not_public(
    world: World, plan: Plan, officer_client: Client
) -> None:
    html = body(english(officer_client).get(version_page(freeze(world, plan))))
    assert "Not released." in html and "Officer i Hjemby" in html
    assert "Ny kai" in html


def test_the_page_is_the_one_that_was_kept_at_the_release(world: World, plan: Plan, reader: Client) -> None:
    report = released(world, plan)
    was = str(plan)
    MeasureEntry.objects.filter(plan=plan).update(title="Endret etterpå")
    type(plan).objects.filter(pk=plan.pk).update(title="Endret etterpå")
    type(plan.authority).objects.filter(pk=plan.authority_id).update(language_form="nn")
    html = body(reader.get(version_page(report)))
    assert "Ny kai" in html
    main = html[html.index("<h1") : html.index('id="rapporten"')]
    assert f">{was}</h1>" in main and "Endret etterpå" not in main
    assert '<div class="p-after" lang="nb">' in main, "what was kept is in the language it was kept in"
    assert report.html.replace("\xa0", " ") in html


def test_a_filter_is_answered_from_what_was_frozen(world: World, plan: Plan, reader: Client) -> None:
    report = released(world, plan)
    MeasureEntry.objects.filter(plan=plan).update(title="Endret etterpå")
    html = body(reader.get(f"{version_page(report)}?status=late"))
    measures = html[html.index('id="tiltak"') :]
    assert "Ny kai" in measures and "Endret etterpå" not in html
    assert "Ferdig fyr" not in measures


def test_the_newest_version_is_shown_and_each_says_how_they_belong_together(
    world: World, plan: Plan, reader: Client
) -> None:
    first = released(world, plan)
    second = release(world, freeze(world, plan, corrects=first, reason="Summen var feil."))
    newest, old = body(reader.get(first.get_absolute_url())), body(reader.get(version_page(first)))
    assert "This is a correction." in newest and "Summen var feil." in newest
    assert version_page(first) in newest
    assert "This version is corrected." in old and version_page(second) in old


def test_an_unreleased_correction_is_no_secret_spilt(world: World, plan: Plan, reader: Client) -> None:
    first = released(world, plan)
    freeze(world, plan, corrects=first, reason="Summen var feil.")
    for each in (first.get_absolute_url(), version_page(first), place(plan, "plan_reports"), address(plan)):
        assert "Summen var feil." not in body(reader.get(each)), each


def test_the_report_is_in_the_plans_language_inside_the_readers_page(world: World, plan: Plan, reader: Client) -> None:
    html = body(reader.get(version_page(released(world, plan))))
    assert '<html lang="en"' in html
    assert '<div class="p-after" lang="nb">' in html


def test_the_plans_page_shows_the_last_released_report_to_those_who_do_not_see_today(
    world: World, plan: Plan, reader: Client, officer_client: Client
) -> None:
    before = body(reader.get(address(plan)))
    assert "Grunnen var bløt." not in before
    report = released(world, plan)
    freeze(world, plan)
    MeasureEntry.objects.filter(plan=plan, title="Ny kai").update(title="Endret etterpå")
    html = body(reader.get(address(plan)))
    assert "Grunnen var bløt." in html and "Ny kai" in html and "Endret etterpå" not in html
    assert "Report no. 1" in html and version_page(report)[:-2] in html
    assert "Endret etterpå" in body(officer_client.get(address(plan)))


# ---- files ----


def test_pdf_opens_in_the_browser_and_the_others_are_downloads(world: World, plan: Plan) -> None:
    report, client = released(world, plan), Client()
    pdf, docx = client.get(file_page(report, "pdf")), client.get(file_page(report, "docx"))
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf["Content-Disposition"] == 'inline; filename="havneplan-rapport-1.pdf"'
    assert docx["Content-Disposition"] == 'attachment; filename="havneplan-rapport-1.docx"'
    assert pdf.content == bytes(report.files.get(kind="pdf").content)
    again = client.get(file_page(report, "pdf"), headers={"if-none-match": pdf["ETag"]})
    assert again.status_code == 304 and again.content == b""


def test_a_kept_file_is_not_handed_out_from_the_cache_to_those_who_may_not(world: World, plan: Plan) -> None:
    report = freeze(world, plan)
    tag = f'"{report.files.get(kind="pdf").sha256}"'
    assert Client().get(file_page(report, "pdf"), headers={"if-none-match": tag}).status_code == 404


def test_the_exports_hold_the_frozen_values(world: World, plan: Plan, reader: Client) -> None:
    report = released(world, plan)
    MeasureEntry.objects.filter(plan=plan).update(title="Endret etterpå")
    csv = reader.get(file_page(report, "csv")).content.decode("utf-8-sig")
    assert "Ny kai" in csv and "Grunnen var bløt." in csv and "Endret etterpå" not in csv
    told = json.loads(reader.get(file_page(report, "json")).content)
    assert told["report"] == {"number": 1, "version": 1, "frozen_on": "2026-09-07"}
    assert "Ny kai" in [row["title"] for row in told["tables"]["measures"]]
    book = load_workbook(io.BytesIO(reader.get(file_page(report, "xlsx")).content))
    assert "Ny kai" in [cell.value for row in book.worksheets[0] for cell in row]


# ---- freezing, releasing, correcting by form ----


def test_freezing_shows_first_what_will_be_kept(world: World, plan: Plan, officer_client: Client) -> None:
    html = body(english(officer_client).get(place(plan, "freeze_report", plan.periods.get().pk)))
    assert "Freeze report no. 1" in html
    assert "Lys på moloen" in html, "who has not reported"
    assert "At utvalget godkjenner ny dato." in html
    assert "there is no earlier report" in html
    assert "cannot be deleted" in html


def test_a_form_pressed_twice_freezes_once_and_leads_to_the_report(
    world: World, plan: Plan, officer_client: Client
) -> None:
    url = place(plan, "freeze_report", plan.periods.get().pk)
    once = re.search(r'name="once" value="([^"]+)"', officer_client.get(url).content.decode())
    assert once is not None
    for _ in range(2):
        answer = officer_client.post(url, {"once": once[1], "step": plan.periods.get().step_id})
        assert answer.headers["Location"] == place(plan, "plan_report_version", 1, 1)
    report = plan.reports.get()
    assert report.step == plan.periods.get().step
    assert plan.periods.get().closed_on is None


def test_the_period_is_closed_with_it_when_that_is_asked(world: World, plan: Plan, officer_client: Client) -> None:
    period = plan.periods.get()
    period.opened_at = DAY
    period.save()
    officer_client.post(place(plan, "freeze_report", period.pk), {"once": "x", "close": "on"})
    assert plan.periods.get().closed_on == dt.date(2026, 11, 21)
    html = officer_client.get(place(plan, "freeze_report", period.pk)).content.decode()
    assert 'name="close"' not in html


def test_a_report_that_is_there_already_is_shown_before_another(
    world: World, plan: Plan, officer_client: Client
) -> None:
    freeze(world, plan)
    html = body(english(officer_client).get(place(plan, "freeze_report", plan.periods.get().pk)))
    assert "A report is frozen for this period already." in html
    assert "Freeze report no. 2" in html


def test_a_step_of_another_authority_is_not_offered(world: World, plan: Plan, officer_client: Client) -> None:
    foreign = make.a_step(world.next.case, actor="Andre")
    answer = officer_client.post(place(plan, "freeze_report", plan.periods.get().pk), {"step": foreign.pk})
    assert answer.status_code == 200
    assert not plan.reports.exists()


def test_the_leader_says_that_she_has_read_it_before_it_is_released(
    world: World, plan: Plan, leader_client: Client, reader: Client
) -> None:
    report, url = freeze(world, plan), place(plan, "release_report", 1, 1)
    html = body(english(leader_client).get(url))
    assert file_page(report, "pdf") in html
    assert "Read the report first" in body(leader_client.post(url, {}))
    assert reader.get(version_page(report)).status_code == 404
    assert leader_client.post(url, {"read": "on"}).status_code == 302
    assert reader.get(version_page(report)).status_code == 200
    assert "is released" in body(leader_client.get(url))


def test_a_correction_without_a_reason_is_asked_for_one(world: World, plan: Plan, officer_client: Client) -> None:
    released(world, plan)
    url = place(plan, "correct_report", 1, 1)
    assert "Say why the report is corrected." in body(english(officer_client).post(url, {"reason": "  ", "once": "a"}))
    assert "most 500" in body(officer_client.post(url, {"reason": "x" * 501, "once": "a"}))
    assert plan.reports.count() == 1
    officer_client.post(url, {"reason": "Summen\nvar feil.", "once": "a"})
    officer_client.post(url, {"reason": "Summen\nvar feil.", "once": "a"})
    assert plan.reports.get(version=2).reason == "Summen var feil."


def test_a_corrected_version_leads_the_leader_to_the_new_one(world: World, plan: Plan, leader_client: Client) -> None:
    wrong = freeze(world, plan)
    freeze(world, plan, corrects=wrong, reason="Feil.")
    html = body(english(leader_client).get(place(plan, "release_report", 1, 1)))
    assert place(plan, "release_report", 1, 2) in html and 'name="read"' not in html
    assert body(leader_client.post(place(plan, "release_report", 1, 1), {"read": "on"}))
    assert not plan.reports.filter(released_at__isnull=False).exists()


# ---- kept by the reader, and cheap ----


def queries(client: Client, url: str, **headers: str) -> list[str]:
    client.get(url)
    SHELF.clear()
    with CaptureQueriesContext(connection) as asked:
        client.get(url, headers=headers)
    return [query["sql"] for query in asked.captured_queries]


def test_a_released_report_costs_at_most_three_queries(world: World, plan: Plan) -> None:
    report, client = released(world, plan), Client()
    pages = (version_page(report), report.get_absolute_url(), f"{version_page(report)}?status=late", address(plan),
             place(plan, "plan_reports"))  # fmt: skip
    for each in pages:
        assert len(found := queries(client, each)) <= 3, (each, found)


@pytest.mark.parametrize("size", [1, 3, 8])
def test_the_list_costs_the_same_for_any_number_of_reports(
    world: World, plan: Plan, officer_client: Client, size: int
) -> None:
    first = released(world, plan)
    for number in range(size):
        freeze(world, plan, corrects=first, reason=f"Feil {number}.")
    assert len(queries(Client(), place(plan, "plan_reports"))) == 2
    assert len(queries(officer_client, place(plan, "plan_reports"))) == 5


def test_a_stranger_gets_the_page_that_was_made_for_the_last_one_by_one_query(world: World, plan: Plan) -> None:
    report = released(world, plan)
    for each in (version_page(report), place(plan, "plan_reports"), address(plan)):
        first = Client().get(each)
        with CaptureQueriesContext(connection) as asked:
            second = Client().get(each)
        assert len(asked) == 1, each
        assert second.content == first.content


def test_no_stranger_gets_a_page_that_was_made_for_someone_signed_in(
    world: World, plan: Plan, leader_client: Client
) -> None:
    report = released(world, plan)
    leader_client.get(version_page(report))
    assert "Sign out" not in body(english(Client()).get(version_page(report)))
    assert "Sign out" in body(english(leader_client).get(version_page(report)))


def test_an_unchanged_report_is_answered_by_one_query_and_no_body(world: World, plan: Plan, reader: Client) -> None:
    for each in (version_page(released(world, plan)), place(plan, "plan_reports")):
        tag = page(reader, each)["ETag"]
        assert len(queries(reader, each, if_none_match=tag)) == 1
        answer = page(reader, each, if_none_match=tag)
        assert answer.status_code == 304 and answer.content == b""


def test_a_correction_is_seen_at_once_by_one_who_has_the_page(world: World, plan: Plan, reader: Client) -> None:
    first = released(world, plan)
    tags = {each: page(reader, each)["ETag"] for each in (version_page(first), first.get_absolute_url(), address(plan))}
    release(world, freeze(world, plan, corrects=first, reason="Feil."))
    for each, tag in tags.items():
        assert page(reader, each, if_none_match=tag).status_code == 200, each


def test_no_304_for_someone_who_lost_the_right_to_see_what_waits(
    world: World, plan: Plan, elected_client: Client
) -> None:
    freeze(world, plan)
    before = page(elected_client, place(plan, "plan_reports"))
    Membership.objects.filter(user=world.user("elected")).delete()
    tag = before.headers.get("ETag", '"none"')
    after = page(english(elected_client), place(plan, "plan_reports"), if_none_match=tag)
    assert "Waits for release" not in body(after)
