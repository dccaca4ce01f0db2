"""What a plan is built on: the strategy house, SWOT, stakeholders and sectors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import translation

from strategy import house
from strategy.models import MeasureTag, Plan, Stakeholder, SwotItem
from tests import factories as make
from tests.strategy.reading import body, english

if TYPE_CHECKING:
    from tests.world import World

pytestmark = pytest.mark.django_db


def address(plan: Plan) -> str:
    return reverse("plan_basis", args=[plan.authority.slug, plan.slug])


def words(html: str) -> str:
    """Return the page's text alone, as a screen reader would go through it."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def seen(plan: Plan, subject: str, kind: str, *texts: str, **facts: Any) -> None:
    for place, text in enumerate(texts, 1):
        SwotItem.objects.create(
            authority=plan.authority, plan=plan, subject=subject, kind=kind, text=text, position=place, **facts
        )


# ---- the house ----


def test_the_house_has_vision_goals_with_what_carries_them_and_what_runs_across(plan: Plan, reader: Client) -> None:
    plan.vision, plan.values = "Et godt sted", "Mot"
    plan.save()
    make.a_strategy(plan, number="", title="Samspill på tvers", is_cross_cutting=True)
    text = words(body(reader.get(address(plan))))
    in_order = ["Et godt sted", "Flere jobber", "Rett under målet", "1.1 Arealer", "Samspill på tvers", "Mot"]
    places = [text.index(each, text.index("The roof is")) for each in in_order]
    assert places == sorted(places)


def test_a_strategy_leads_to_its_first_measure_and_a_measure_to_its_page(plan: Plan, reader: Client) -> None:
    html = body(reader.get(address(plan)))
    first = plan.measures.get(current_entry__title="Sent tiltak")
    under_goal = plan.measures.get(current_entry__title="Rett under målet")
    assert f'href="{plan.get_absolute_url()}#t{first.pk}">1.1 Arealer</a>' in html
    assert f'href="{under_goal.get_absolute_url()}">Rett under målet</a>' in html
    assert "5 measures" in words(html)


def test_what_was_dropped_does_not_carry_the_house(plan: Plan, reader: Client) -> None:
    entry = plan.measures.get(current_entry__title="Rett under målet").current_entry
    entry.change, entry.change_reason = "dropped", "Gjort av andre"
    entry.save()
    assert "Rett under målet" not in body(reader.get(address(plan)))


def test_strategies_without_a_goal_stand_in_the_house_too(plan: Plan, reader: Client) -> None:
    make.a_strategy(plan, number="3.5.4", title="Arenaer")
    text = words(body(reader.get(address(plan))))
    assert "Without a goal" in text
    assert "3.5.4 Arenaer" in text


def test_the_house_tells_no_standing(plan: Plan, reader: Client) -> None:
    plan.live_view_open = False
    plan.save()
    text = words(body(reader.get(address(plan))))
    assert "Sent tiltak" not in text  # it lies under a strategy
    assert "Late" not in text


# ---- how it was seen ----


def test_fields_the_source_has_not_are_said_and_not_drawn(plan: Plan, reader: Client) -> None:
    seen(plan, "kommunen", "strength", "Dyktige folk", "Godt bibliotek", source="Slik bedriftene ser det", year=2023)
    seen(plan, "kommunen", "weakness", "Svarer sent", source="Slik bedriftene ser det", year=2023)
    html = body(reader.get(address(plan)))
    text = words(html)
    assert "Strengths (2)" in text
    assert "Weaknesses (1)" in text
    assert "The source has no opportunities and threats." in text
    assert 'data-kind="threat"' not in html
    assert text.count("Slik bedriftene ser det, 2023") == 1


def test_a_whole_analysis_lacks_nothing(plan: Plan, reader: Client) -> None:
    for kind in SwotItem.Kind.values:
        seen(plan, "kommunen", kind, f"En {kind}")
    assert "The source has no" not in body(reader.get(address(plan)))


def test_items_of_several_sources_say_their_own() -> None:
    rows = [
        SwotItem(subject="byen", kind="threat", text="Fraflytting", source="NHO", year=2020, pk=1),
        SwotItem(subject="byen", kind="threat", text="Dårlig vei", source="Bedriftene", pk=2),
    ]
    with translation.override("en"):
        (found,) = house.swots(rows)
    assert found.source == ""
    assert [line.source for line in found.parts[0].lines] == ["NHO, 2020", "Bedriftene"]
    assert found.lacks == "The source has no strengths, weaknesses and opportunities."


def test_each_subject_has_its_own_analysis_in_the_order_they_came(plan: Plan) -> None:
    seen(plan, "lokalsamfunnet", "strength", "Mjøsa")
    seen(plan, "Aremark", "threat", "Lite engasjement")
    assert [each.subject for each in house.gather(plan).swot] == ["lokalsamfunnet", "Aremark"]


# ---- stakeholders and sectors ----


def test_stakeholders_stand_in_order_of_importance(plan: Plan, reader: Client) -> None:
    for place, name in [(2, "Innbyggerne"), (1, "Bedriftene")]:
        Stakeholder.objects.create(authority=plan.authority, plan=plan, name=name, position=place, interest="Arbeid")
    text = words(body(reader.get(address(plan))))
    assert text.index("Bedriftene") < text.index("Innbyggerne")


def test_sectors_list_their_measures_and_what_lies_under_them(plan: Plan) -> None:
    measure = plan.measures.get(current_entry__title="Sent tiltak")
    top = make.a_tag(plan, dimension="sektor", name="Handel")
    under = make.a_tag(plan, dimension="sektor", name="Netthandel", parent=top)
    MeasureTag.objects.create(measure=measure, tag=under)
    ((heading, groups),) = house.gather(plan).tags
    assert heading == "Sektorer"
    assert groups[0].bricks == []
    assert [each.text for each in groups[0].children[0].bricks] == ["1.1.1 Sent tiltak"]


# ---- the page ----


def test_an_empty_basis_says_so_and_shows_staff_where_to_add(world: World, as_role: Any) -> None:
    empty = make.a_plan(world.home.authority)
    anyone = body(english(as_role("anonymous")).get(address(empty)))
    assert "Nothing is entered here yet." in anyone
    assert "/admin/" not in anyone
    staff = body(english(as_role("editor")).get(address(empty)))
    assert f"{reverse('admin:strategy_swotitem_add')}?plan={empty.pk}" in staff
    assert "/admin/strategy/" not in body(english(as_role("attester")).get(address(empty)))


def test_the_form_that_adds_begins_with_the_plan(world: World, officer_client: Client) -> None:
    answer = officer_client.get(f"{reverse('admin:strategy_stakeholder_add')}?plan={world.home.plan.pk}")
    assert f'<option value="{world.home.plan.pk}" selected>' in body(answer)


def test_an_officer_adds_a_strength_and_the_page_shows_it(world: World, officer_client: Client) -> None:
    plan = world.home.plan
    before = officer_client.get(address(plan))
    new = {"plan": plan.pk, "subject": "havna", "kind": "strength", "text": "Dypt vann", "position": 1}
    assert officer_client.post(reverse("admin:strategy_swotitem_add"), new).status_code == 302
    after = officer_client.get(address(plan), headers={"If-None-Match": before["ETag"]})
    assert "Dypt vann" in body(after)


def test_the_page_costs_the_same_however_much_it_shows(plan: Plan, reader: Client) -> None:
    def asked() -> int:
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(
            connection,
        ) as queries:
            body(reader.get(address(plan)))
        return len(queries)

    asked()
    counts = []
    for number in (1, 3, 30):
        for place in range(number):
            seen(plan, f"sted {number}", "strength", f"Styrke {number}.{place}")
            tag = make.a_tag(plan, name=f"Tagg {number}.{place}")
            measure = make.a_measure(plan, goal=make.a_goal(plan)).measure
            MeasureTag.objects.create(measure=measure, tag=tag)
            Stakeholder.objects.create(authority=plan.authority, plan=plan, name=f"Noen {number}.{place}")
        counts.append(asked())
    assert len(set(counts)) == 1
    assert counts[0] <= 10


def test_an_unchanged_basis_is_not_made_again(plan: Plan, reader: Client) -> None:
    first = reader.get(address(plan))
    assert reader.get(address(plan), headers={"If-None-Match": first["ETag"]}).status_code == 304
