"""A plan's pages: who may read them, what they say, and how few queries they ask."""

from __future__ import annotations

import datetime as dt
import gzip
import re
from typing import TYPE_CHECKING, Any

import pytest

from strategy.models import Measure, MeasureEntry, MeasureParticipation, Plan, PlanParticipant
from tests import factories as make
from tests.strategy.reading import address, body, english, page, table_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from tests.world import World

pytestmark = pytest.mark.usefixtures("the_day", "in_english")

# ---- who may read ----


@pytest.mark.parametrize(
    ("person", "answer"),
    [("anonymous", 404), ("stranger", 404), ("neighbour", 404), ("elected", 404), ("officer", 200), ("operator", 200)],
)
def test_a_draft_is_for_those_who_do_casework_there(
    world: World, as_role: Callable[[str], Client], person: str, answer: int
) -> None:
    draft = world.home.rows(Plan).get(status="draft")
    assert page(as_role(person), address(draft)).status_code == answer


@pytest.mark.parametrize(
    ("person", "sees"),
    [("anonymous", False), ("stranger", False), ("neighbour", False), ("officer", True), ("elected", True)],
)
def test_standing_waits_for_a_report_except_for_staff_and_elected(
    plan: Plan, as_role: Callable[[str], Client], person: str, sees: bool
) -> None:
    Plan.objects.filter(pk=plan.pk).update(live_view_open=False)
    html = body(page(english(as_role(person)), address(plan)))
    assert ("Two of six" in html or "Two of 6" in html) == sees
    assert ('data-color="danger"' in html) == sees
    assert ("has not released any report yet" in html) != sees
    assert len(table_rows(html)) == 6


def test_staff_of_a_covered_authority_see_the_standing_too(plan: Plan, world: World, neighbour_client: Client) -> None:
    Plan.objects.filter(pk=plan.pk).update(live_view_open=False)
    PlanParticipant.objects.create(plan=plan, authority=world.next.authority, role="covered")
    assert "p-spread" in body(page(neighbour_client, address(plan)))


def test_a_measure_without_released_standing_shows_no_dates_and_no_money(plan: Plan, reader: Client) -> None:
    part = MeasureParticipation.objects.filter(plan=plan).earliest("pk")
    make.funding(part, state="funded", decision_reference="KS 1/26", amount_nok=123_000)
    Plan.objects.filter(pk=plan.pk).update(live_view_open=False)
    html = body(page(reader, f"{address(plan)}tiltak/{part.measure_id}/"))
    assert "Status is not released yet" in html
    assert "31 October 2026" not in html
    assert "123 000" not in html


@pytest.mark.parametrize("path", ["/ukjent/planer/byplan/", "/hjemby/planer/ukjent/", "/naboby/planer/byplan/"])
def test_an_unknown_slug_is_not_found(plan: Plan, reader: Client, path: str) -> None:
    assert page(reader, path).status_code == 404


def test_a_measure_of_another_plan_is_not_found(plan: Plan, world: World, reader: Client) -> None:
    stranger = world.next.one(Measure)
    assert page(reader, f"{address(plan)}tiltak/{stranger.pk}/").status_code == 404


# ---- what the page says ----


def test_the_first_sentence_has_the_figures(plan: Plan, reader: Client) -> None:
    html = body(page(reader, address(plan)))
    assert "Two of 6 measures are late, and one may be. One on track, and one completed. One has no due date." in html


def test_the_counts_sum_to_the_total(plan: Plan, reader: Client) -> None:
    html = body(page(reader, address(plan)))
    counts = re.search(r'<ul class="p-counts">(.*?)</ul>', html)
    assert counts
    assert sum(int(number) for number in re.findall(r"<b>(\d+)</b>", counts[1])) == 6
    widths = [float(width) for width in re.findall(r'width="([\d.]+)%"', html.split("p-counts")[0])]
    assert sum(widths) + 0.35 * (len(widths) - 1) == pytest.approx(100, abs=0.1)


def test_the_late_list_has_the_longest_first_with_what_is_late(plan: Plan, reader: Client) -> None:
    html = body(page(reader, address(plan)))
    late = html[html.index('class="p-late"') : html.index('id="mangler"')]
    assert [int(days) for days in re.findall(r'p-days">(\d+) ', late)] == [235, 21]
    assert "Første spadetak" in late
    assert "March 2026" in late
    assert "1 March" not in late
    assert "no one responsible" in late
    assert "The due date" in late


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("status=late", ["Sent tiltak", "Milepæl passert"]),
        ("status=not_started", ["Rett under målet"]),
        ("missing=due", ["Rett under målet"]),
        ("missing=responsible", ["Rett under målet", "Milepæl passert", "I faresonen", "God fart", "Ferdig"]),
        ("status=on_hold", []),
        ("status=cheese", None),
    ],
)
def test_a_filter_lives_in_the_address(plan: Plan, reader: Client, query: str, titles: list[str] | None) -> None:
    rows = table_rows(body(page(reader, f"{address(plan)}?{query}")))
    found = [re.search(r'<a href="[^"]+">(.*?)</a>', row)[1] for row in rows]  # type: ignore[index]
    assert len(found) == 6 if titles is None else found == titles


def test_the_plans_own_numbering_is_told_and_kept(plan: Plan, reader: Client) -> None:
    strategy = make.a_strategy(plan, number="1.2", title="Med hull")
    for number in ("1", "3", "3"):
        make.a_measure(plan, strategy=strategy, number=number)
    html = body(page(reader, address(plan)))
    assert "The plan skips number 2. The plan uses number 3 more than once." in html
    assert html.count("<td>1.2.3</td>") == 2
    strategy.note = "Planen hopper over nummer 2."
    strategy.save()
    html = body(page(reader, address(plan)))
    assert "The plan skips number 2." not in html
    assert "Planen hopper over nummer 2." in html


def test_employees_names_are_never_shown(plan: Plan, world: World, reader: Client) -> None:
    part = MeasureParticipation.objects.filter(plan=plan).latest("pk")
    part.person = world.user("officer")
    part.note = "Bare for kolleger"
    part.save()
    for url in (address(plan), f"{address(plan)}tiltak/{part.measure_id}/"):
        html = body(page(reader, url))
        assert part.person.name not in html
        assert "Bare for kolleger" not in html
        assert "an employee" in html


def test_invented_statuses_are_marked_and_others_are_not(plan: Plan, reader: Client) -> None:
    assert "oppdiktet</span>" not in body(page(reader, address(plan)))
    MeasureParticipation.objects.filter(plan=plan).update(invented=True)
    assert "oppdiktet</span>" in body(page(reader, address(plan)))


def test_money_set_aside_and_proposed_stand_apart(plan: Plan, reader: Client) -> None:
    assert "The plan distributes no money." in body(page(reader, address(plan)))
    part = MeasureParticipation.objects.filter(plan=plan).earliest("pk")
    make.funding(part, state="funded", decision_reference="KS 1/26", amount_nok=1_250_000)
    make.funding(part, source="grant", amount_nok=40_000)
    html = body(page(reader, address(plan)))
    assert "Set aside 2027" in html
    assert "kr 1 250 000" in html
    assert "kr 1 290 000" not in html


def test_a_shared_plan_names_who_answers_for_each_part(world: World, reader: Client) -> None:
    html = body(page(reader, address(world.region.plan)))
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert "Hjemby: no one responsible" in html
    assert "Naboby: no one responsible" in html
    assert "each authority answers for its own part" in html


def test_a_plan_without_measures_says_why(world: World, reader: Client) -> None:
    empty = make.a_plan(world.home.authority, status="hearing", live_view_open=True)
    html = body(page(reader, address(empty)))
    assert "Its measures stand here when it is adopted." in html
    assert 'id="slik"' not in html
    assert '"#slik"' not in html
    assert "Questions about the plan?" in html


def test_a_plan_is_told_in_its_own_words(world: World, reader: Client) -> None:
    plan = make.a_plan(
        world.home.authority, live_view_open=True, goal_word="fokusområde", measure_word="innsatsområde"
    )  # fmt: skip
    goal = make.a_goal(plan)
    make.a_strategy(plan, goal=goal)
    make.a_strategy(plan, is_cross_cutting=True, title="Gjennom hele huset")
    part, _other = make.a_measure(plan, goal=goal, number=""), make.a_measure(plan, goal=goal, number="")
    html = body(page(reader, address(plan)))
    for told in ("All 2 innsatsområder", "None of 2 innsatsområder are late.", "How fokusområdene stand"):
        assert told in html
    shown = re.sub(r"<[^>]*>", " ", html[html.index("<main") : html.index('id="slik"')])
    assert not re.search(r"\bmeasures?\b", shown)
    assert "1 fokusområde, 1 strategy and 2 innsatsområder" in body(reader.get("/hjemby/")).lower()
    Plan.objects.filter(pk=plan.pk).update(live_view_open=False)
    assert "The plan has 1 fokusområde, 1 strategy and 2 innsatsområder." in body(page(reader, address(plan)))
    own = body(page(reader, f"{address(plan)}tiltak/{part.measure_id}/"))
    assert '<p class="p-kicker">Innsatsområde</p>' in own


@pytest.mark.parametrize("live", [True, False])
def test_a_plan_without_numbers_has_no_column_for_them(world: World, reader: Client, live: bool) -> None:
    plan = make.a_plan(world.home.authority, live_view_open=live)
    strategy = make.a_strategy(plan, goal=make.a_goal(plan))
    make.a_measure(plan, strategy=strategy, number="")
    html = body(page(reader, address(plan)))
    assert ">No.</th>" not in html
    assert "<td>–</td>" not in html
    assert f'colspan="{4 if live else 1}"' in html
    make.a_measure(plan, strategy=strategy, number="7")
    html = body(page(reader, address(plan)))
    assert ">No.</th>" in html
    assert "<td>–</td>" in html
    assert f'colspan="{5 if live else 2}"' in html


def test_a_dropped_measure_is_no_longer_promised(plan: Plan, reader: Client) -> None:
    entry = Measure.objects.filter(plan=plan).earliest("pk").current_entry
    assert entry
    entry.change, entry.change_reason = "dropped", "Løst på annen måte"
    entry.save()
    assert "Sent tiltak" not in body(page(reader, address(plan)))
    own = body(page(reader, f"{address(plan)}tiltak/{entry.measure_id}/"))
    assert "Taken out of the plan" in own
    assert "Løst på annen måte" in own
    assert "How it goes" not in own


def test_ids_above_a_thousand_get_no_space_in_them(plan: Plan, reader: Client) -> None:
    measure = Measure.objects.create(pk=123_456, plan=plan, authority=plan.authority)
    measure.current_entry = MeasureEntry.objects.create(
        plan=plan,
        authority=plan.authority,
        action_part=plan.action_parts.get(),
        measure=measure,
        position=99,
        title="Nytt",
    )
    measure.save()
    html = page(reader, address(plan)).content.decode()
    assert 'id="t123456"' in html
    assert "/tiltak/123456/" in html
    assert "no one responsible" in table_rows(html)[-1], "no authority has taken it on yet"


def test_the_measures_page_leads_on_and_back(plan: Plan, reader: Client) -> None:
    first, second, *_rest = MeasureParticipation.objects.filter(plan=plan).order_by("pk")
    html = body(page(reader, f"{address(plan)}tiltak/{second.measure_id}/"))
    assert f"{address(plan)}tiltak/{first.measure_id}/" in html
    assert f"{address(plan)}#t{second.measure_id}" in html
    assert "The milestone “Første spadetak” should have been reached by March 2026, 235 days ago." in html
    assert html.count("<h1") == 1


def test_what_people_type_is_escaped(plan: Plan, reader: Client) -> None:
    make.a_measure(plan, title="<script>alert(1)</script>", partner="<b>x</b>")
    html = body(page(reader, address(plan)))
    assert "<script>alert" not in html
    assert "<b>x</b>" not in html


# ---- what it costs ----


@pytest.mark.parametrize("count", [1, 3, 100])
@pytest.mark.parametrize(("person", "most"), [("anonymous", 14), ("officer", 14)])
def test_the_number_of_queries_does_not_follow_the_number_of_measures(
    world: World,
    as_role: Callable[[str], Client],
    django_assert_max_num_queries: Any,
    count: int,
    person: str,
    most: int,
) -> None:
    plan = make.a_plan(world.home.authority, live_view_open=True)
    goal = make.a_goal(plan)
    strategy = make.a_strategy(plan, goal=goal)
    for _ in range(count):
        make.a_milestone(make.a_measure(plan, strategy=strategy))
    client = as_role(person)
    page(client, address(plan))
    with django_assert_max_num_queries(most) as asked:
        html = body(page(client, address(plan)))
    assert len(table_rows(html)) == count
    assert len(asked) == (9 if person == "anonymous" else 12)
    measure = Measure.objects.filter(plan=plan).earliest("pk")
    with django_assert_max_num_queries(most):
        body(page(client, f"{address(plan)}tiltak/{measure.pk}/"))


def test_seventy_one_measures_weigh_little(world: World, reader: Client) -> None:
    plan = make.a_plan(world.home.authority, live_view_open=True)
    for place in range(18):
        strategy = make.a_strategy(plan, goal=make.a_goal(plan) if place % 5 == 0 else None)
        for _ in range(4):
            make.a_measure(
                plan, strategy=strategy, title="Tiltak med en vanlig lang tittel", due_on=dt.date(2026, 11, 21)
            )
    html = page(reader, address(plan)).content
    assert len(html) < 100_000
    assert len(gzip.compress(html)) < 20_000
