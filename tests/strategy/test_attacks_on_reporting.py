"""What an outsider, a partner or a colleague in another municipality may not learn, break or move by reporting."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from portal import export
from portal.integrations import statistics
from portal.integrations.statistics import StatisticsError
from strategy import asking, budget_file, links, observation_files, observations, reporting
from strategy.models import MeasureParticipation, PlanReport, StatusReport
from strategy.reporting import Answer
from tests import factories as make
from tests.conftest import signed_in
from tests.strategy.freezing import a_full_plan, freeze, released
from tests.strategy.reading import body

if TYPE_CHECKING:
    from strategy.models import Plan
    from tests.world import World

pytestmark = pytest.mark.django_db
SECRETS = {
    "partner_address": "hemmelig@partner.example", "reported_as": "Navnløs Kilde", "question": "Intern lapp tilbake",
    "person": "Ansatt Ansattsen", "delegate": "Vikar Vikarsen",
}  # fmt: skip
WORDS = {
    "reason": "Usluppet grunn",
    "next_step": "Usluppet steg",
    "done_since": "Usluppet nytt",
    "asks": "Uslupne penger",
}


def a_plan_with_secrets(world: World) -> Plan:
    """Make a plan where everything that is not public is named so that it can be looked for."""
    plan, owner = a_full_plan(world, live_view_open=False), world.home.authority
    person = make.a_user("officer", owner, name=SECRETS["person"])
    vikar = make.a_user("officer", owner, name=SECRETS["delegate"])
    part = make.a_measure(
        plan, title="Målt tiltak", person=person, partner="Havna AS", state="under_way", due_on=dt.date(2026, 2, 3),
        partner_address=SECRETS["partner_address"],
    )  # fmt: skip
    make.a_status_report(
        plan.periods.first(), part, state="under_way", late_since=dt.date(2026, 2, 3), person=vikar,
        reported_by=person, reported_as=SECRETS["reported_as"], question=SECRETS["question"],
        new_due_on=dt.date(2027, 5, 6), **WORDS,
    )  # fmt: skip
    return plan


def public_addresses(plan: Plan) -> list[str]:
    place = [plan.authority.slug, plan.slug]
    names = ("plan_status", "plan_basis", "plan_embed", "follow", "plan_questions", "plan_reports")
    found = [reverse(name, args=place) for name in names]
    found += [f"{reverse('plan_status', args=place)}?status=late&missing=report&q=Ny", "/", f"/{place[0]}/"]
    found += [
        f"{reverse('plan_export', args=[*place, form])}?{query}"
        for form in ("csv", "json")
        for query in (
            "",
            "status=late",
            "missing=report",
            "tabell=milestones",
            "tabell=money",
            "tabell=changes",
            "tabell=targets",
        )
    ]
    return [*found, *(reverse("measure_page", args=[*place, row.measure_id]) for row in plan.participations.all())]


def read_by_anyone(plan: Plan) -> str:
    client = Client()
    answers = [client.get(address) for address in public_addresses(plan)]
    assert {answer.status_code for answer in answers} <= {200, 404}
    return "\n".join(answer.content.decode() for answer in answers)


# ---- what the public reads ----


def test_before_a_release_no_public_page_or_file_tells_where_a_measure_stands(world: World) -> None:
    plan = a_plan_with_secrets(world)
    freeze(world, plan)
    html = read_by_anyone(plan)
    assert "Målt tiltak" in html
    for word in (*SECRETS.values(), *WORDS.values(), "Byggestart", "3. februar", "2026-02-03", "KS 4/26", "late_since"):
        assert word not in html, word
    client, report = Client(), PlanReport.objects.get(plan=plan)
    for name, more in (("plan_report", []), ("plan_report_version", [1]), *(
        ("report_file", [1, kind]) for kind in ("pdf", "docx", "csv", "json", "xlsx")
    )):  # fmt: skip
        address = reverse(name, args=[plan.authority.slug, plan.slug, report.number, *more])
        assert client.get(address).status_code == 404, address


def test_a_filter_in_the_address_is_no_question_about_what_is_not_released(world: World) -> None:
    plan, client = a_plan_with_secrets(world), Client()
    address = plan.get_absolute_url()
    for form in ("csv", "json"):
        file = reverse("plan_export", args=[plan.authority.slug, plan.slug, form])
        bare = client.get(file).content
        for query in (
            "status=late",
            "status=done",
            "missing=report",
            "missing=money",
            "q=Ferdig",
            "unit=Havnekontoret",
        ):
            assert client.get(f"{file}?{query}").content == bare, query
    for query in ("status=late", "missing=report"):
        assert body(client.get(f"{address}?{query}")).count('<tr id="t') == body(client.get(address)).count('<tr id="t')


def test_names_addresses_and_notes_are_in_no_report_page_file_or_frozen_value(world: World) -> None:
    plan = a_plan_with_secrets(world)
    report = released(world, plan)
    kept = report.content + report.html + read_by_anyone(plan)
    client = Client()
    for kind in ("csv", "json", "docx"):
        address = reverse("report_file", args=[plan.authority.slug, plan.slug, 1, 1, kind])
        answer = client.get(address)
        assert answer.status_code == 200
        kept += answer.content.decode("utf-8", "ignore")
    assert "Usluppet grunn" in kept
    for what, word in SECRETS.items():
        assert word not in kept, what
    for person in ("officer", "leader"):
        assert world.user(person).name not in kept, person


def test_what_is_reported_after_a_release_stays_inside(world: World) -> None:
    plan = a_plan_with_secrets(world)
    released(world, plan)
    part = plan.participations.get(measure__current_entry__title="Lys på moloen")
    MeasureParticipation.objects.filter(pk=part.pk).update(state="done", done_on=dt.date(2026, 9, 20))
    make.a_milestone(part, title="Ny milepæl", due_on=dt.date(2026, 9, 19), reached_on=dt.date(2026, 9, 20))
    make.funding(part, state="funded", decision_reference="KS 99/26", year=2026)
    StatusReport.objects.filter(participation=part).update(
        state="done", done_on=dt.date(2026, 9, 20), done_since="Senere nytt", reported_at=timezone.now()
    )
    html = read_by_anyone(plan)
    for word in ("Ny milepæl", "KS 99/26", "Senere nytt", "20. september", "2026-09-20"):
        assert word not in html, word


def test_the_list_of_reports_names_no_address_that_a_visitor_chose(world: World, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "gammel.example"]
    plan = a_full_plan(world)
    released(world, plan)
    address = reverse("plan_reports", args=[plan.authority.slug, plan.slug])
    Client().get(address, headers={"host": "gammel.example"})
    assert "gammel.example" not in body(Client().get(address))


# ---- across tenants ----


def test_the_history_of_a_report_does_not_name_another_municipalitys_people(world: World) -> None:
    period = make.a_period(world.region.plan, opened_at=timezone.now())
    part = MeasureParticipation.objects.get(plan=world.region.plan, authority=world.next.authority)
    report = make.a_status_report(period, part)
    report.person = world.user("neighbour")
    report.save()
    report.person, report.state, report.reported_at = None, "not_started", timezone.now()
    report.reported_by = world.user("neighbour")
    report.save()
    html = body(signed_in(world.user("region_secretary")).get(
        reverse("period_report", args=[world.region.plan.authority.slug, world.region.plan.slug, period.pk, report.pk])
    ))  # fmt: skip
    assert world.user("neighbour").name not in html


# ---- the partner's link ----


def test_a_link_that_is_opened_before_the_report_goes_to_another_partner_answers_nothing(world: World) -> None:
    plan = make.a_plan(world.home.authority)
    part = make.a_measure(plan, partner="Havna AS", partner_address="a@partner.example")
    now = timezone.now()
    period = make.a_period(plan, opened_at=now, opens_on=now.date(), due_on=now.date(), ends_on=now.date())
    report = make.a_status_report(period, part, address="a@partner.example")
    key = asking.private_link(report, now).rstrip("/").rpartition("/")[2]
    opened = links.partners_report(key, now)
    assert opened is not None
    StatusReport.objects.filter(pk=report.pk).update(address="b@partner.example")
    with pytest.raises(PermissionDenied):
        reporting.submit(opened, Answer("on_hold"), at=now, seen=opened.row_version, partner="Havna AS")


# ---- files and figures from outside ----


def a_bomb() -> bytes:
    """Return a small spreadsheet whose table of texts unpacks to 20 MB."""
    whole, packed = io.BytesIO(export.as_xlsx([["År", "Sted"], [2020, 5]])), io.BytesIO()
    texts = b"".join((b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">',
                      b"<si><t>x</t></si>" * 1_250_000, b"</sst>"))  # fmt: skip
    with zipfile.ZipFile(whole) as made, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as kept:
        for entry in made.infolist():
            kept.writestr(entry.filename, made.read(entry))
        kept.writestr("xl/more.xml", texts)
    return packed.getvalue()


def test_a_spreadsheet_that_unpacks_to_very_much_is_refused_before_it_is_read(world: World, monkeypatch: Any) -> None:
    def read(*_given: Any, **_facts: Any) -> Any:
        raise AssertionError("it was read")

    monkeypatch.setattr("openpyxl.load_workbook", read)
    content = a_bomb()
    assert len(content) < 100_000
    series = [make.a_series(make.an_indicator(world.home.authority), area="Sted")]
    with pytest.raises(ValidationError, match="far more than a table"), translation.override("en"):
        observation_files.read(SimpleUploadedFile("x.xlsx", content), series=series, names=["Sted"], decimals=0,
                               today=dt.date(2026, 1, 1))  # fmt: skip
    with pytest.raises(ValidationError, match="far more than a table"), translation.override("en"):
        budget_file.read(SimpleUploadedFile("x.xlsx", content), [], 2027)


@pytest.mark.parametrize("value", ["1e30", "1e400", "Infinity", "NaN", "true", '"9"'])
def test_a_figure_that_cannot_be_kept_is_said_and_breaks_nothing(world: World, monkeypatch: Any, value: str) -> None:
    dataset = (
        '{"id": ["Tid"], "size": [1], "role": {"time": ["Tid"]}, "value": [VALUE],'
        ' "dimension": {"Tid": {"category": {"index": ["2024"]}}}}'
    )
    monkeypatch.setattr(
        statistics,
        "_ask",
        lambda *_a: json.loads(dataset.replace("VALUE", value), parse_float=Decimal, parse_int=Decimal),
    )
    series = make.a_series(make.an_indicator(world.home.authority), table_id="11616", query={"Region": "3101"})
    with pytest.raises(StatisticsError):
        observations.fetch(series.indicator, dt.date(2026, 1, 1))


@pytest.mark.parametrize("size", ["1e99999999", "Infinity", "-1", '"x"'])
def test_a_dataset_with_an_absurd_size_is_not_read(monkeypatch: Any, size: str) -> None:
    dataset = '{"id": ["Tid"], "size": [SIZE], "value": [], "dimension": {"Tid": {"category": {"index": []}}}}'
    monkeypatch.setattr(
        statistics,
        "_ask",
        lambda *_a: json.loads(dataset.replace("SIZE", size), parse_float=Decimal, parse_int=Decimal),
    )
    with pytest.raises(StatisticsError):
        statistics.fetch("11616", {})


HOSTILE = [
    "🚀", "#eval(\"1\")", "\\u{0} $x$ `raw` @ref <label>", "W" * 200, "a\u0301" * 90, "\u202eabc\u200b", "אבג", "{page} {pages}",
    "</w:t></w:r><script>alert(1)</script>&amp;]]>", "=cmd|' /C calc'!A0", "\ufffe\u0001x", " ",
]  # fmt: skip


def test_hostile_titles_stop_no_report_and_stay_text(world: World) -> None:
    plan = a_full_plan(world)
    for text in (each[:160] for each in HOSTILE):
        part = make.a_measure(plan, title=text, partner=text[:80], due_on=dt.date(2026, 1, 1))
        make.a_milestone(part, title=text, due_on=dt.date(2026, 1, 1))
        make.a_status_report(plan.periods.first(), part, state="under_way", late_since=dt.date(2026, 1, 1),
                             reason=text * 2, next_step=text, new_due_on=dt.date(2027, 1, 1), asks=text)  # fmt: skip
        make.a_goal(plan, title=text)
        series = make.a_series(make.an_indicator(world.home.authority, name=text, unit=text[:40]), 1, 2, area=text[:80])
        make.a_target(plan, series, title=text, value=9, baseline_on=dt.date(2020, 12, 31), baseline_value=1)
    report = released(world, plan)
    assert "<script>alert" not in report.html
    assert report.files.count() == 2
    rows = Client().get(reverse("report_file", args=[plan.authority.slug, plan.slug, 1, 1, "csv"])).content.decode()
    assert ";=cmd" not in rows
