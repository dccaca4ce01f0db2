"""The figures of a plan as csv, xlsx and JSON: what the reader's own page shows, and nothing more."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from strategy.models import PlanReport
from tests import factories as make
from tests.strategy.reading import english

if TYPE_CHECKING:
    from strategy.models import Plan
    from tests.world import World

pytestmark = pytest.mark.django_db


def address(plan: Plan, form: str, query: str = "") -> str:
    return reverse("plan_export", args=[plan.authority.slug, plan.slug, form]) + query


def as_csv(client: Client, plan: Plan, query: str = "") -> list[dict[str, str]]:
    answer = client.get(address(plan, "csv", query))
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


def as_json(client: Client, plan: Plan) -> dict[str, Any]:
    answer = client.get(address(plan, "json"))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    return json.loads(answer.content)


@pytest.mark.usefixtures("the_day")
def test_csv_has_one_row_a_measure_with_its_standing(plan: Plan, reader: Client) -> None:
    rows = as_csv(reader, plan)
    assert len(rows) == 6
    late = next(row for row in rows if row["Title"] == "Sent tiltak")
    assert (late["Standing"], late["Standing in words"], late["Days late"]) == ("late", "Late", "21")
    assert (late["Due"], late["Goal"], late["Strategy"]) == ("2026-10-31", "1 Flere jobber", "1.1 Arealer")


@pytest.mark.usefixtures("the_day")
def test_the_filters_of_the_page_hold_for_the_file(plan: Plan, reader: Client) -> None:
    assert [row["Title"] for row in as_csv(reader, plan, "?status=done")] == ["Ferdig"]
    assert [row["Title"] for row in as_csv(reader, plan, "?q=milepæl")] == ["Milepæl passert"]


def test_before_a_release_the_files_tell_no_standing(plan: Plan, reader: Client, as_role: Any) -> None:
    plan.live_view_open = False
    plan.save()
    make.funding(plan.participations.first(), state="funded", decision_reference="KS 1/26")
    for row in as_csv(reader, plan, "?status=late"):
        assert "Standing" not in row
        assert "Due" not in row
    told = as_json(reader, plan)
    assert told["has_standing"] is False
    assert set(told["tables"]) == {"measures"}
    assert as_json(english(as_role("officer")), plan)["has_standing"] is True
    assert "money" in as_json(english(as_role("forum_reviewer")), plan)["tables"]


def test_after_a_release_anyone_gets_what_was_released(world: World, reader: Client) -> None:
    plan = world.home.plan
    plan.live_view_open = False
    plan.save()
    plan.participations.update(state="done", done_on="2026-11-01")
    told = as_json(reader, plan)
    standings = [row["standing"] for row in told["tables"]["measures"]]
    assert standings.count("done") == 2  # as it was when the report was frozen
    assert told["on"] == str(PlanReport.objects.get(plan=plan, released_at__isnull=False).frozen_on)


def test_every_key_in_the_json_is_explained(plan: Plan, reader: Client) -> None:
    told = as_json(reader, plan)
    for name, rows in told["tables"].items():
        for row in rows:
            assert set(row) == set(told["keys"][name])
        assert all(told["keys"][name].values())


def test_numbers_are_numbers_and_days_are_days(plan: Plan, reader: Client) -> None:
    series = make.a_series(make.an_indicator(plan.authority), 10, 12)
    make.an_observation(series, observed_on="2025-12-31", value="12.5")
    make.a_target(plan, series, value=20)
    points = as_json(reader, plan)["tables"]["observations"]
    assert [point["value"] for point in points] == [10, 12, 12.5]
    assert points[-1]["on"] == "2025-12-31"
    assert as_csv(reader, plan, "?tabell=observations")[-1]["Value"] == "12,5"


def test_xlsx_has_a_sheet_for_each_table(plan: Plan, reader: Client) -> None:
    make.funding(plan.participations.first(), state="funded", decision_reference="KS 1/26", amount_nok=50_000)
    book = load_workbook(io.BytesIO(reader.get(address(plan, "xlsx")).content))
    assert book.sheetnames == ["Measures", "Milestones", "Money"]
    money = list(book["Money"].iter_rows(values_only=True))
    assert money[0][6] == "Amount in kroner"
    assert money[1][6] == 50_000


def test_a_title_that_looks_like_a_formula_is_harmless(plan: Plan, reader: Client) -> None:
    entry = plan.measures.get(current_entry__title="Ferdig").current_entry
    entry.title = "=HYPERLINK(1)"
    entry.save()
    assert "'=HYPERLINK(1)" in [row["Title"] for row in as_csv(reader, plan)]
    book = load_workbook(io.BytesIO(reader.get(address(plan, "xlsx")).content))
    assert "'=HYPERLINK(1)" in [row[1] for row in book["Measures"].iter_rows(values_only=True)]


def test_no_employee_is_named(plan: Plan, world: World, officer_client: Client) -> None:
    part = plan.participations.get(measure__current_entry__title="Sent tiltak")
    part.person = world.user("officer")
    part.save()
    for form in ("csv", "json"):
        assert world.user("officer").name not in officer_client.get(address(plan, form)).content.decode()


def test_what_does_not_exist_answers_so(plan: Plan, reader: Client) -> None:
    assert reader.get(address(plan, "pdf")).status_code == 404
    assert reader.get(address(plan, "csv", "?tabell=finnes-ikke")).status_code == 404
    assert reader.get("/hjemby/planer/utkast/tallene.csv").status_code == 404


def test_unchanged_figures_are_not_sent_again(plan: Plan, reader: Client) -> None:
    first = reader.get(address(plan, "json"))
    assert reader.get(address(plan, "json"), headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_the_file_is_named_by_plan_and_day(plan: Plan, reader: Client, the_day: None) -> None:
    assert 'filename="byplan-2026-11-21.csv"' in reader.get(address(plan, "csv"))["Content-Disposition"]
