"""A plan's status page with reports, targets and changes: what it says, to whom, and what it costs."""

from __future__ import annotations

import datetime as dt
import gzip
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone

from strategy import changes, content, status
from strategy.models import MeasureParticipation, Plan, StatusReport
from tests import factories as make
from tests.strategy.reading import address, body, english, page, table_rows
from tests.strategy.reports import EXPLAINED, freeze, report

if TYPE_CHECKING:
    from collections.abc import Callable

    from strategy.models import ReportingPeriod
    from tests.world import World

pytestmark = pytest.mark.usefixtures("the_day", "in_english")


def section(html: str, start: str, end: str) -> str:
    return html[html.index(f'id="{start}"') : html.index(f'id="{end}"')]


# ---- what is said of reports ----


def test_the_sentence_tells_who_lacks_a_report_and_what_the_body_is_asked(
    plan: Plan, reported: ReportingPeriod, reader: Client
) -> None:
    html = body(page(reader, address(plan)))
    assert "Two measures have no report. Formannskapet gets two questions to decide." in html
    assert "Reports for 2. tertial 2026 were due 31 August 2026." in html
    assert "Goes to formannskapet 10 December 2026, case 84/26." in html


def test_the_report_mark_stands_apart_from_the_parts_that_sum(
    plan: Plan, reported: ReportingPeriod, reader: Client
) -> None:
    html = body(page(reader, address(plan)))
    counts = re.search(r'<ul class="p-counts">(.*?)</ul>', html)
    assert counts
    parts, apart = counts[1].split('class="p-apart"')
    assert sum(int(number) for number in re.findall(r"<b>(\d+)</b>", parts)) == 6
    assert re.findall(r"<b>(\d+)</b>", apart) == ["2"]


def test_a_late_measure_says_why_what_now_when_and_what_is_asked(
    plan: Plan, reported: ReportingPeriod, reader: Client
) -> None:
    late = section(body(page(reader, address(plan))), "sent", "mangler")
    first, second = re.findall(r"<li><p class=\"p-days\">.*?</dl></div></li>", late, re.DOTALL)
    for told in ("Leverandøren gikk konkurs.", "Ny kunngjøring.", "1 March 2027", "At ny dato godkjennes."):
        assert told in second
        assert told not in first
    assert "Not reported" in first
    assert "Gammel grunn." in first
    assert "Said 28 April 2026." in first
    assert "Reminded 2 September 2026." in first
    assert "nothing now" in first


def test_where_no_explanation_came_the_page_says_so(plan: Plan, reported: ReportingPeriod, reader: Client) -> None:
    StatusReport.objects.filter(period__name="1. tertial 2026").update(reason="")
    late = section(body(page(reader, address(plan))), "sent", "mangler")
    assert "No explanation is given." in late
    assert late.count("not given") == 2


def test_all_that_is_asked_stands_together_whatever_is_late(
    plan: Plan, reported: ReportingPeriod, reader: Client
) -> None:
    asked = section(body(page(reader, address(plan))), "sporsmal", "mangler")
    assert "What formannskapet is asked" in asked
    assert re.findall(r"<li><span[^>]*>(.*?)</span>", asked) == ["At ny dato godkjennes.", "Penger til en ny kai."]


def test_what_was_asked_before_the_last_period_is_not_asked_again(
    plan: Plan, reported: ReportingPeriod, parts: list[MeasureParticipation], reader: Client
) -> None:
    StatusReport.objects.filter(participation=parts[1], period__name="1. tertial 2026").update(
        asks="Et gammelt spørsmål"
    )
    html = body(page(reader, address(plan)))
    assert "Et gammelt spørsmål" not in html
    assert "two questions" in html


def test_what_the_body_has_had_its_day_for_is_no_longer_ahead_of_it(
    plan: Plan, reported: ReportingPeriod, reader: Client
) -> None:
    assert reported.step is not None
    reported.step.starts_on = dt.date(2026, 9, 24)
    reported.step.save()
    html = body(page(reader, address(plan)))
    assert "Two measures have no report." in html
    assert "questions to decide" not in html
    assert 'id="sporsmal"' not in html
    assert "At ny dato godkjennes." in html, "the measure still says what was asked"


def test_what_is_made_up_about_who_and_money_is_marked(plan: Plan, reader: Client) -> None:
    plan.participations.update(invented=True)
    make.funding(plan.participations.first())
    html = body(page(reader, address(plan)))
    assert "The amounts are" in section(html, "penger", "tiltak")
    assert re.search(r"Responsible <span class=\"p-opp\"", section(html, "tiltak", "om"))


def test_those_without_a_report_are_listed_the_never_reported_first(
    plan: Plan, reported: ReportingPeriod, reader: Client
) -> None:
    missing = section(body(page(reader, address(plan))), "mangler", "penger")
    assert "Missing report: 2 measures" in missing
    rows = [re.sub(r"<[^>]+>", "|", row) for row in re.findall(r"<tr><th scope=\"row\">.*?</tr>", missing)]
    assert "Rett under målet" in rows[0]
    assert "|never|" in rows[0]
    assert "|–|" in rows[0]
    assert "|28 April 2026|" in rows[1]
    assert "|207 days|" in rows[1]


def test_the_second_mark_stands_beside_the_standing_never_instead(
    plan: Plan, reported: ReportingPeriod, reader: Client
) -> None:
    rows = table_rows(body(page(reader, address(plan))))
    marked = [row for row in rows if "Not reported" in row]
    assert len(marked) == 2
    assert all(row.count("p-st") == 2 for row in marked)


def test_who_was_not_asked_lacks_no_report(plan: Plan, parts: list[MeasureParticipation], reader: Client) -> None:
    make.a_status_report(make.a_period(plan), parts[0])
    html = body(page(reader, address(plan)))
    assert "One measure has no report." in html
    assert html.count("Not reported</span>") == 2, "in the late list and in the table of all"


def test_an_open_period_asks_nobody_for_what_is_not_due(
    plan: Plan, reported: ReportingPeriod, parts: list[MeasureParticipation], reader: Client
) -> None:
    coming = make.a_period(
        plan, name="3. tertial 2026", starts_on=dt.date(2026, 9, 1), ends_on=dt.date(2026, 12, 31),
        opens_on=dt.date(2026, 11, 20), due_on=dt.date(2027, 1, 8),
    )  # fmt: skip
    for part in parts:
        make.a_status_report(coming, part)
    assert "Two measures have no report." in body(page(reader, address(plan)))
    answer = StatusReport.objects.get(period=coming, participation=parts[2])
    answer.state, answer.reported_at, answer.asks = "under_way", timezone.now(), "Noe helt nytt."
    answer.save()
    html = body(page(reader, address(plan)))
    assert "Noe helt nytt." in html, "what was said last is what holds"
    assert "Penger til en ny kai." not in html


# ---- filters ----


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("missing=report", ["Rett under målet", "Milepæl passert"]),
        ("missing=report&status=late", ["Milepæl passert"]),
        ("q=god", ["God fart"]),
        ("q=MILEP%20passert", ["Milepæl passert"]),
        ("q=finnes+ikke", []),
        ("unit=N%C3%A6ring+i+Hjemby", ["Sent tiltak"]),
        ("unit=+&q=", None),
    ],
)
def test_filters_combine_in_the_address(
    plan: Plan, reported: ReportingPeriod, reader: Client, query: str, titles: list[str] | None
) -> None:
    rows = table_rows(body(page(reader, f"{address(plan)}?{query}")))
    found = [re.search(r'<a href="[^"]+">(.*?)</a>', row)[1] for row in rows]  # type: ignore[index]
    assert len(found) == 6 if titles is None else sorted(found) == sorted(titles)


def test_a_filter_keeps_what_was_typed_and_escapes_it(plan: Plan, reader: Client) -> None:
    html = body(page(reader, f'{address(plan)}?q="><b>'))
    assert 'value="&quot;&gt;&lt;b&gt;"' in html
    assert "No measures fit." in html


# ---- targets and money ----


def test_a_goal_shows_its_target_and_a_goal_without_one_its_measures(plan: Plan, reader: Client) -> None:
    goal, bare = plan.goals.get(), make.a_goal(plan, title="Uten måltall")
    series = make.a_series(make.an_indicator(plan.authority, name="Sysselsatte"), 100, 90, area="Hjemby")
    make.a_target(plan, series, goal=goal, title="130 i 2030", value=130, baseline_on=dt.date(2020, 12, 31))
    make.a_target(plan, make.a_series(make.an_indicator(plan.authority)), title="For hele planen")
    html = body(page(reader, address(plan)))
    goals = section(html, "mal", "sent")
    assert goals.index("For hele planen") < goals.index("Mål 1: Flere jobber") < goals.index(f"Mål 2: {bare.title}")
    assert "130 i 2030" in goals
    assert "Measurement overdue" in goals
    assert "p-bullet" in goals
    assert goals.index('<figure class="p-fig"') > goals.index(bare.title), "the figures come after the goals"
    assert "<caption" in goals


def test_before_a_release_the_public_sees_what_is_wanted_and_not_how_far_we_are(plan: Plan) -> None:
    series = make.a_series(make.an_indicator(plan.authority, name="Sysselsatte"), 100, 90)
    make.a_target(plan, series, goal=plan.goals.get(), title="130 i 2030", baseline_on=dt.date(2020, 12, 31))
    make.a_target(
        plan, series, title="For hele planen", baseline_on=dt.date(2020, 12, 31), note="Tabellen er en annen måling.",
        printed_growth=Decimal("1.5"),
    )  # fmt: skip
    Plan.objects.filter(pk=plan.pk).update(live_view_open=False)
    html = body(page(english(Client()), address(plan)))
    assert "130 i 2030" in html
    assert "Tabellen er en annen måling." in html
    assert "The plan says 1,5 % a year." in html, "what the plan says itself is no standing"
    assert "p-bullet" not in html
    assert "p-fig" not in html


# ---- what changed ----


def test_the_live_page_tells_what_changed_since_the_last_released_report(
    plan: Plan, reported: ReportingPeriod, parts: list[MeasureParticipation], reader: Client
) -> None:
    freeze(plan, dt.date(2026, 9, 7), html="<p>Låst</p>")
    assert "Nothing has changed." not in body(page(reader, address(plan))), "one became late in October"
    MeasureParticipation.objects.filter(pk=parts[3].pk).update(state="done", done_on=dt.date(2026, 10, 1))
    make.a_measure(plan, title="Nykommer")
    changed = section(body(page(reader, address(plan))), "endret", "mal")
    assert "Compared with report no. 1, frozen 7 September 2026. Late measures have gone from one to two." in changed
    headings = re.findall(r'<h3 class="p-h3"><svg.*?</svg>(.*?)<b>(\d+)</b></h3>', changed)
    assert headings == [("Became late", "1"), ("Were completed", "1"), ("New in the plan", "1")]
    assert f'href="#t{parts[0].measure_id}"' in changed


def test_a_report_that_is_not_released_is_compared_with_by_nobody(plan: Plan, reader: Client) -> None:
    freeze(plan, dt.date(2026, 9, 7))
    assert 'id="endret"' not in body(page(reader, address(plan)))


# ---- who sees what, before and after the first release ----

PEOPLE = [("anonymous", False), ("stranger", False), ("neighbour", False), ("officer", True), ("elected", True)]


@pytest.mark.parametrize(("person", "sees_today"), PEOPLE)
def test_after_a_release_the_public_reads_the_report_and_staff_read_today(
    plan: Plan, parts: list[MeasureParticipation], as_role: Callable[[str], Client], person: str, sees_today: bool
) -> None:
    Plan.objects.filter(pk=plan.pk).update(live_view_open=False)
    freeze(plan, dt.date(2026, 9, 7), html="<p>Slik sto det 7. september.</p>")
    MeasureParticipation.objects.filter(plan=plan).update(state="cancelled", done_on=None)
    html = body(page(english(as_role(person)), address(plan)))
    assert ("Slik sto det 7. september." in html) != sees_today
    assert ("Cancelled" in html) == sees_today
    assert ("You see today’s status because you are signed in" in html) == sees_today
    if sees_today:
        assert f'{address(plan)}rapporter/1/">report no. 1</a>' in html


def test_a_report_waiting_is_told_to_its_officers_and_its_leader_may_release_it(
    plan: Plan, as_role: Callable[[str], Client]
) -> None:
    freeze(plan, dt.date(2026, 9, 7))
    release = f"{address(plan)}rapporter/1/1/frigi/"
    waits = "Report no. 1 waits to be released"
    assert waits in body(page(english(as_role("officer")), address(plan)))
    assert release not in body(page(english(as_role("officer")), address(plan)))
    assert release in body(page(english(as_role("leader")), address(plan)))
    for person in ("anonymous", "elected", "stranger", "neighbour"):
        assert waits not in body(page(english(as_role(person)), address(plan)))


@pytest.mark.parametrize(("person", "works"), [("anonymous", False), ("elected", False), ("officer", True)])
def test_the_way_to_reporting_is_shown_to_those_who_work_with_it(
    plan: Plan, as_role: Callable[[str], Client], person: str, works: bool
) -> None:
    html = body(page(english(as_role(person)), address(plan)))
    for place in ("rapportering/", "handlingsdel/", "finansiering/"):
        assert (f'href="{address(plan)}{place}"' in html) == works


def test_the_released_page_filters_what_was_frozen(plan: Plan, reader: Client) -> None:
    Plan.objects.filter(pk=plan.pk).update(live_view_open=False)
    freeze(plan, dt.date(2026, 9, 7), html="<p>Hele siden</p>")
    MeasureParticipation.objects.filter(plan=plan).update(state="cancelled", done_on=None)
    html = body(page(reader, f"{address(plan)}?status=late"))
    assert len(table_rows(html)) == 1
    assert "Hele siden" not in html


# ---- what it costs ----


def a_full_plan(world: World, measures: int) -> Plan:
    """Make an open plan with a released report, three periods reported on, a target and figures."""
    slug = f"naerings-og-sysselsettingsplan-{next(make.counter)}"
    plan = make.a_plan(world.home.authority, slug=slug, live_view_open=True)
    unit = world.home.one(make.Unit)
    goals = [make.a_goal(plan, title="Et mål med en vanlig lang tittel") for _ in range(4)]
    strategies = [make.a_strategy(plan, goal=goal, title="En strategi som sier hva vi gjør") for goal in goals * 4]
    for number in range(measures):
        late = {"due_on": dt.date(2026, 10, 1)} if number % 10 == 0 else {"due_on": dt.date(2027, 11, 21)}
        make.a_measure(
            plan,
            strategy=strategies[number % 16],
            number=str(number // 16 + 1),
            unit=unit,
            title="Tiltak med en tittel som er så lang som de pleier å være",
            **late,
        )
    for place, (start, due) in enumerate([((2026, 1, 1), (2026, 4, 30)), ((2026, 5, 1), (2026, 8, 31))]):
        period = make.a_period(
            plan, name=f"{place + 1}. tertial 2026", starts_on=dt.date(*start), ends_on=dt.date(*due),
            opens_on=dt.date(*due), due_on=dt.date(*due),
        )  # fmt: skip
        for number, part in enumerate(plan.participations.order_by("pk")):
            if (number + place) % 10:
                report(period, part, dt.date(*due), state="under_way", done_since="Møter er holdt.", **EXPLAINED)
            else:
                make.a_status_report(period, part)
    for goal in goals:
        indicator = make.an_indicator(plan.authority, unit="%", decimals=1)
        series = make.a_series(indicator, 57, 59, 59, 59, 60, area="Hjemby")
        make.a_series(indicator, 65, 67, 68, 68, 68, area="Norge", position=1)
        make.a_target(plan, series, goal=goal, value=70, baseline_on=dt.date(2020, 12, 31))
    freeze(plan, dt.date(2026, 9, 7), html="<p>Låst</p>")
    return plan


@pytest.mark.parametrize(("person", "queries"), [("anonymous", 11), ("officer", 14), ("elected", 14)])
def test_the_whole_page_costs_the_same_for_one_measure_and_for_many(
    world: World, as_role: Callable[[str], Client], person: str, queries: int, django_assert_num_queries: Any
) -> None:
    client = as_role(person)
    for measures in (1, 3, 100):
        plan = a_full_plan(world, measures)
        page(client, address(plan))
        with django_assert_num_queries(queries):
            page(client, address(plan))
        measure = plan.measures.earliest("pk")
        with django_assert_num_queries(queries - 4):
            page(client, f"{address(plan)}tiltak/{measure.pk}/")


def test_what_the_public_reads_after_a_release_costs_three_queries(
    world: World, django_assert_max_num_queries: Any
) -> None:
    plan = a_full_plan(world, 3)
    Plan.objects.filter(pk=plan.pk).update(live_view_open=False)
    page(Client(), address(plan))
    with django_assert_max_num_queries(3):
        page(Client(), address(plan))


@pytest.mark.parametrize(("measures", "most"), [(71, 100_000), (200, 140_000)])
def test_the_whole_page_weighs_little(world: World, measures: int, most: int) -> None:
    html = page(Client(), address(a_full_plan(world, measures))).content
    assert html.count(b'<tr id="t') == measures
    assert len(html) <= most
    assert len(gzip.compress(html)) < most / 5


def test_changes_are_read_from_what_was_frozen_and_not_made_again(plan: Plan, world: World) -> None:
    kept = freeze(plan, dt.date(2026, 9, 7), html="<p>Låst</p>")
    before = content.released(kept.pk)
    assert before is not None
    now = status.read(plan, today=dt.date(2026, 9, 7), participants=[])
    assert changes.compare(before, now).lines == []
    assert content.released(freeze(plan, dt.date(2026, 9, 8)).pk) is None, "it is not released"


def test_the_sentence_says_how_many_targets_are_behind(world: World, reader: Client) -> None:
    plan = make.a_plan(world.home.authority, live_view_open=True)
    make.a_measure(plan)
    until = {"baseline_on": dt.date(2020, 12, 31), "baseline_value": 100, "target_on": dt.date(2030, 12, 31)}
    for values, wanted in (((100, 101), 200), ((100, 90), 200), ((100, 130), 200)):
        indicator = make.an_indicator(world.home.authority, lag_days=1500, interval_months=48)
        make.a_target(plan, make.a_series(indicator, *values), value=wanted, **until)
    assert "Two targets are behind." in body(page(reader, address(plan)))


@pytest.mark.parametrize("days", [0, -1], ids=["today", "yesterday"])
def test_a_new_date_that_has_passed_is_said_to_have(world: World, reader: Client, days: int) -> None:
    plan, today = make.a_plan(world.home.authority, live_view_open=True), timezone.localdate()
    late = make.a_measure(plan, due_on=today - dt.timedelta(days=30), state="under_way")
    make.a_status_report(
        make.a_period(plan), late, state="under_way", late_since=late.due_on, reason="Sen", next_step="Snart",
        new_due_on=today + dt.timedelta(days=days),
    )  # fmt: skip
    html = body(page(reader, address(plan)))
    assert "New date" in html
    assert ("which has passed too" in html) == (days < 0)


def test_a_late_answer_to_an_old_period_does_not_hide_what_was_said_in_a_newer(
    plan: Plan, parts: list[MeasureParticipation], reported: ReportingPeriod, reader: Client
) -> None:
    old = StatusReport.objects.get(period__name="1. tertial 2026", participation=parts[0])
    StatusReport.objects.filter(pk=old.pk).update(reported_at=dt.datetime(2026, 9, 6, 10, tzinfo=dt.UTC))
    assert EXPLAINED["reason"] in body(page(reader, address(plan)))
