"""A measure's own page: its reports, where it comes from, its way through the action parts; and an authority's page."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from strategy.models import InputEffect, Measure, MeasureEntry, MeasureParticipation, Plan, StatusReport
from tests import factories as make
from tests.strategy.reading import address, body, page
from tests.strategy.reports import freeze

if TYPE_CHECKING:
    from django.test import Client

    from strategy.models import ReportingPeriod
    from tests.world import World

pytestmark = pytest.mark.usefixtures("the_day", "in_english")


def own_page(client: Client, part: MeasureParticipation) -> str:
    return body(page(client, f"{address(part.plan)}tiltak/{part.measure_id}/"))


def test_a_measures_page_has_the_history_of_its_reports_the_newest_first(
    plan: Plan, reported: ReportingPeriod, parts: list[MeasureParticipation], reader: Client
) -> None:
    html = own_page(reader, parts[0])
    told = html[html.index('class="p-plain p-told"') :]
    assert told.index("30 August 2026") < told.index("28 April 2026")
    assert "Leverandøren gikk konkurs." in told
    assert "Gammel grunn." in told


def test_the_public_reads_of_a_measure_only_what_the_last_released_report_showed(
    plan: Plan, reported: ReportingPeriod, parts: list[MeasureParticipation], reader: Client
) -> None:
    Plan.objects.filter(pk=plan.pk).update(live_view_open=False)
    assert "Leverandøren gikk konkurs." not in own_page(reader, parts[0])
    freeze(plan, dt.date(2026, 9, 7), html="<p>Låst</p>")
    StatusReport.objects.filter(participation=parts[0], period=reported).update(reason="Rettet etterpå.")
    MeasureParticipation.objects.filter(pk=parts[0].pk).update(state="cancelled")
    html = own_page(reader, parts[0])
    assert "Leverandøren gikk konkurs." in html
    assert "Rettet etterpå." not in html
    assert "Gammel grunn." not in html
    assert "Cancelled" not in html
    assert "report no. 1</a> said 7 September 2026" in html


def test_a_measure_that_came_after_the_report_says_so(plan: Plan, reader: Client) -> None:
    Plan.objects.filter(pk=plan.pk).update(live_view_open=False)
    freeze(plan, dt.date(2026, 9, 7), html="<p>Låst</p>")
    assert "It came into the plan after report no. 1." in own_page(reader, make.a_measure(plan))


def test_a_measure_tells_which_input_it_comes_from_and_links_to_a_public_round_only(
    plan: Plan, parts: list[MeasureParticipation], world: World, reader: Client
) -> None:
    shown, hidden = world.home.round, make.a_round(make.a_case(plan.authority), is_published=False, title="Skjult")
    for round_ in (shown, hidden):
        InputEffect.objects.create(
            authority=plan.authority, plan=plan, input=make.an_input(round_), measure=parts[0].measure,
            change=f"Endret etter {round_.slug}.",
        )  # fmt: skip
    html = own_page(reader, parts[0])
    assert f"Endret etter {shown.slug}." in html
    assert f'href="/hjemby/innspill/{shown.slug}/"' in html
    assert "Skjult" not in html
    assert f"innspill/{hidden.slug}/" not in html


def test_a_measure_tells_its_way_through_the_adopted_action_parts(
    plan: Plan, parts: list[MeasureParticipation], reader: Client
) -> None:
    first = plan.action_parts.get()
    first.period_end = 2027
    first.save()
    second = make.an_action_part(plan, period_start=2028, period_end=2029, replaces=first)
    entry = parts[0].measure.current_entry
    assert entry
    draft = MeasureEntry.objects.create(
        plan=plan, authority=plan.authority, action_part=second, measure=parts[0].measure, position=1, number="1",
        title="Nytt navn", change="continued", change_reason="Ble større.",
    )  # fmt: skip
    assert "Ble større." not in own_page(reader, parts[0]), "it is being written"
    step = make.a_step(
        make.a_case(plan.authority), activity="decision", outcome="adopted", resolution="Vedtatt.", actor="Rådet"
    )  # fmt: skip
    second.adopted_in, second.adopted_on = step, dt.date(2026, 11, 1)
    second.save()
    Measure.objects.filter(pk=parts[0].measure_id).update(current_entry=draft)
    html = own_page(reader, parts[0])
    assert "Ble større." in html
    assert html.index("2028–2029") < html.index("2026–2027")
    assert "Sent tiltak" in html, "what it was called before"


def test_one_may_follow_a_measure_from_its_page(parts: list[MeasureParticipation], reader: Client) -> None:
    part = parts[0]
    assert f'href="{address(part.plan)}folg/?tiltak={part.measure_id}"' in own_page(reader, part)


# ---- the authority's page ----


def test_the_authoritys_page_says_what_the_last_report_said(plan: Plan, reader: Client) -> None:
    assert "2 late" in body(reader.get("/hjemby/"))
    freeze(plan, dt.date(2026, 9, 7), html="<p>Låst</p>")
    html = body(reader.get("/hjemby/"))
    assert "One of 6 measures is late, and one may be." in html
    assert f'href="{address(plan)}rapporter/1/">Report no. 1, 7 September 2026</a>' in html
    assert "2 late" not in html
