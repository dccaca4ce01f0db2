"""Targets as bars and indicators as lines: where things lie, what they are called, and the same numbers as a table."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from strategy import axes, charts
from strategy.content import Figure, Point, SeriesLine, TargetLine
from strategy.rules import Growth, TargetKind, TargetStanding, Wanted

pytestmark = pytest.mark.usefixtures("in_english")


def end_of(year: int) -> dt.date:
    return dt.date(year, 12, 31)


def points(*values: Any, first: int = 2020, **facts: Any) -> list[Point]:
    return [
        Point(end_of(year), Decimal(str(value)), **facts)
        for year, value in enumerate(values, first)
        if value is not None
    ]


def a_figure(*series: SeriesLine, **facts: Any) -> Figure:
    return Figure(**{
        "indicator_id": 7, "name": "Andel sysselsatte", "unit": "%", "decimals": 1, "interval_months": 12,
        "source": "SSB", "licence": "CC BY 4.0", "definition": "Hvem som er i jobb.", "series": list(series), **facts,
    })  # fmt: skip


def halden() -> Figure:
    return a_figure(
        SeriesLine("Halden", "", [*points(57.3, 59.3), *points(59.5, 59.3, 59.3, first=2022)]),
        SeriesLine("Norge", "", [*points(65.8, 67.5), *points(68.5, 68.5, 68.1, first=2022)]),
        SeriesLine("Sarpsborg", "", points(61.7, first=2024)),
        SeriesLine("Fredrikstad", "", points(62.2, first=2024)),
    )


def a_line(**facts: Any) -> TargetLine:
    return TargetLine(**{
        "id": 1, "goal_id": None, "title": "64 %", "kind": TargetKind.LEVEL, "growth": Growth.LINEAR,
        "wanted": Wanted.UP, "indicator_id": 7, "indicator": "Andel sysselsatte", "unit": "%", "decimals": 1,
        "area": "Halden", "stated": Decimal(64), "target_on": end_of(2030), "standing": TargetStanding.BEHIND,
        "target": Decimal(64), "baseline": points(57.3)[0], "latest": points(59.3, first=2024)[0],
        "expected": Decimal("59.98"), "expected_on": end_of(2024), "needed": Decimal("0.7833"), **facts,
    })  # fmt: skip


def drawn_bullet(line: TargetLine) -> str:
    return render_to_string("strategy/chart_bullet.html", {"line": line, "bullet": charts.bullet(line)})


def drawn_lines(figure: Figure) -> str:
    return render_to_string("strategy/chart_lines.html", {"figure": figure, "lines": charts.lines(figure)})


# ---- bars ----


def test_the_bar_is_filled_as_far_as_we_have_come_and_crossed_where_we_should_have_been() -> None:
    bullet = charts.bullet(a_line())
    assert (bullet.fill, bullet.cross, bullet.is_stale) == ("29.85%", "40.00%", False)


def test_the_four_numbers_are_said_with_their_dates() -> None:
    facts = charts.bullet(a_line()).facts
    assert [(fact.value, fact.about) for fact in facts] == [
        ("57,3\xa0%", "2020"), ("59,3\xa0%", "2024"), ("60,0\xa0%", "2024, even growth"), ("64,0\xa0%", "in 2030"),
    ]  # fmt: skip


def test_what_is_needed_is_said_beside_what_it_has_been() -> None:
    texts = " ".join(charts.bullet(a_line()).texts)
    assert "0,7 percentage points behind" in texts
    assert "needs 0,8 percentage points a year from here on. So far it has been 0,5 percentage points" in texts


def test_a_value_that_is_too_old_is_grey_and_says_so() -> None:
    line = a_line(standing=TargetStanding.OVERDUE, next_due=dt.date(2026, 3, 1))
    html = drawn_bullet(line)
    assert "f-neutral" in html and "f-accent" not in html
    assert "2024, too old" in html
    assert "due by 1 March 2026" in html


@pytest.mark.parametrize("standing", [TargetStanding.NO_BASELINE, TargetStanding.NO_DATA])
def test_what_is_not_measured_is_a_dashed_outline_and_a_word_never_zero(standing: TargetStanding) -> None:
    html = drawn_bullet(
        a_line(standing=standing, baseline=None, latest=None, target=None, expected=None, expected_on=None, needed=None)
    )
    assert "s-dash" in html and "f-track" not in html
    assert html.count("not measured") == 2
    assert ">0<" not in html


def test_a_fall_from_the_start_is_said_with_its_size_and_never_drawn_as_progress() -> None:
    line = a_line(standing=TargetStanding.WRONG_WAY, latest=points(55.3, first=2024)[0])
    assert charts.bullet(line).fill == "0.00%"
    assert "2,0 percentage points below the start" in drawn_bullet(line)


def test_a_value_past_the_target_fills_the_bar_and_no_more() -> None:
    assert charts.bullet(a_line(latest=points(80, first=2024)[0])).fill == "100.00%"


def test_a_falling_target_is_filled_from_its_start_too() -> None:
    line = a_line(baseline=points(10)[0], latest=points(8, first=2024)[0], target=Decimal(5), wanted=Wanted.DOWN)
    assert charts.bullet(line).fill == "40.00%"


def test_printed_growth_stands_beside_the_computed() -> None:
    line = a_line(printed_growth=Decimal("1.500"), computed_growth=Decimal("1.5556"))
    assert "The plan says 1,5\xa0% a year. Counted from start to target it is 1,56\xa0%." in charts.bullet(line).texts


def test_an_estimated_start_and_an_invented_target_are_marked() -> None:
    html = drawn_bullet(a_line(baseline=points(57.3, is_estimated=True)[0], invented=True))
    assert "2020, estimated" in html
    assert "oppdiktet" in html


def test_a_share_names_the_area_that_is_a_hundred_per_cent() -> None:
    line = a_line(kind=TargetKind.SHARE, stated=Decimal(100), compared_with="Norge")
    assert charts.bullet(line).facts[3].about == "of Norge, in 2030"


def test_a_change_shows_both_the_level_and_the_change() -> None:
    line = a_line(kind=TargetKind.CHANGE, unit="personer", decimals=0, stated=Decimal(500), target=Decimal(14500))
    assert charts.bullet(line).facts[3][1:3] == ("14\xa0500", "+500, in 2030")


# ---- lines ----


def test_the_title_says_the_distance_to_the_first_other_area() -> None:
    assert charts.lines(halden()).title == "Halden is 8,8 percentage points below Norge"


def test_the_line_under_the_title_says_measure_unit_and_where_the_axis_starts() -> None:
    assert charts.lines(halden()).about == "Andel sysselsatte. Measured in %. The axis starts at 55\xa0%."


def test_numbers_of_people_are_not_compared_with_a_whole_country_but_over_time() -> None:
    figure = a_figure(
        SeriesLine("Halden", "", points(12677, 12796)), SeriesLine("Norge", "", points(2_700_000, 2_710_000)),
        name="Arbeidsplasser", unit="arbeidsplasser", decimals=0,
    )  # fmt: skip
    found = charts.lines(figure)
    assert found.title == "Arbeidsplasser: up 119 from 2020 to 2021"
    assert [head.text for head in found.heads] == ["Halden", "Norge"]


def test_each_series_differs_in_line_and_in_shape_and_is_named_at_its_end() -> None:
    found = charts.lines(halden())
    assert len({one.shape for one in found.drawn}) == len({one.place for one in found.drawn}) == 4
    html = drawn_lines(halden())
    for name in ("Halden", "Norge", "Sarpsborg", "Fredrikstad"):
        assert f">{name}</text>" in html


def test_names_at_the_end_never_lie_on_each_other() -> None:
    places = sorted(float(one.name_y) for one in charts.lines(halden()).drawn)
    assert all(second - first >= axes.TWO_LINES for first, second in itertools.pairwise(places))


@given(st.lists(st.decimals(28, 240, places=1), min_size=1, max_size=8))
def test_names_are_spread_within_the_figure_whatever_the_values(wanted: list[Decimal]) -> None:
    room = axes.room_for(len(wanted))
    placed = axes.spread(wanted, room)
    ordered = sorted(placed)
    assert all(b - a >= room for a, b in itertools.pairwise(ordered))
    assert ordered[0] >= 0 and ordered[-1] <= axes.HEIGHT
    for a, b in zip(wanted, placed, strict=True):
        for c, d in zip(wanted, placed, strict=True):
            assert not a < c or b < d, "the names keep the order of the lines"


@given(st.decimals(-1000, 100_000, places=1), st.decimals(0, 100_000, places=1), st.integers(0, 4))
def test_an_axis_holds_what_it_shows_with_a_handful_of_steps(low: Decimal, more: Decimal, decimals: int) -> None:
    smallest = Decimal(1).scaleb(-decimals)
    start, end, step = axes.axis_of(low, low + more, smallest)
    assert start <= low <= low + more <= end
    assert start < end
    assert 1 <= (end - start) / step <= 7
    assert start % step == 0
    assert step % smallest == 0, "each step can be said with the measure's own decimals"


def test_the_axis_of_a_count_has_no_half_persons() -> None:
    figure = a_figure(SeriesLine("Halden", "", points(4, 9)), unit="prosjekter", decimals=0)
    assert [one.text for one in charts.lines(figure).grid] == ["0", "5", "10"]


def test_a_missing_year_breaks_the_line_and_is_a_word_in_the_table() -> None:
    figure = a_figure(SeriesLine("Halden", "", points(57.3, None, 59.5, 59.3)))
    found = charts.lines(figure)
    assert len(found.drawn[0].segments) == 1
    assert len(found.drawn[0].dots) == 3
    other = a_figure(*figure.series, SeriesLine("Norge", "", points(65, 66, 67, 68)))
    assert charts.lines(other).rows[1].cells[0].text == "not measured"


def test_the_table_has_every_number_with_heads_that_are_heads() -> None:
    html = drawn_lines(halden())
    for value in ("57,3\xa0%", "68,1\xa0%", "61,7\xa0%", "8,8"):
        assert value in html
    assert html.count('<th scope="col"') == 6
    assert html.count('<th scope="row"') == 5
    assert "<caption" in html


def test_source_licence_and_definition_stand_under_the_figure() -> None:
    html = drawn_lines(halden())
    assert "Hvem som er i jobb." in html
    assert "SSB" in html
    assert "CC BY 4.0" in html


def test_an_estimated_point_is_open_and_said() -> None:
    figure = a_figure(SeriesLine("Halden", "", points(57, 58) + points(59, first=2022, is_estimated=True)))
    html = drawn_lines(figure)
    assert html.count('class="is-est"') == 1
    assert "Open points are estimated." in html
    assert "estimated</small>" in html


def test_parts_known_at_one_date_only_are_bars_with_their_shares() -> None:
    figure = a_figure(
        SeriesLine("Halden", "", [Point(end_of(2020), Decimal(13995)), Point(end_of(2024), Decimal(14393))]),
        SeriesLine("Halden", "Basisnæringer", points(3513, first=2024)),
        SeriesLine("Halden", "Offentlig sektor", points(5334, first=2024)),
        name="Ansatte", unit="ansatte", decimals=0,
    )  # fmt: skip
    found = charts.lines(figure)
    assert (found.kind, found.title) == ("bars", "Offentlig sektor is the largest: 37\xa0%")
    assert [(bar.name, bar.value, bar.width) for bar in found.bars] == [
        ("Basisnæringer", "3\xa0513 (24\xa0%)", "65.86%"), ("Offentlig sektor", "5\xa0334 (37\xa0%)", "100.00%"),
    ]  # fmt: skip
    assert [cell.text for cell in found.rows[1].cells] == ["not measured", "3\xa0513", "24\xa0%"]
    assert "13\xa0995" in drawn_lines(figure)


def test_one_value_alone_is_a_table_without_a_drawing() -> None:
    html = drawn_lines(a_figure(SeriesLine("Halden", "", points(57.3))))
    assert "p-chart" not in html
    assert "57,3" in html


def test_more_series_than_there_are_shapes_are_in_the_table_and_counted() -> None:
    figure = a_figure(*(SeriesLine(f"Sted {n}", "", points(n + 50, n + 51)) for n in range(10)))
    found = charts.lines(figure)
    assert (len(found.drawn), found.left_out, len(found.heads)) == (8, 2, 11)
    assert "2 more series are in the table only." in drawn_lines(figure)


def test_what_is_drawn_needs_no_script_no_style_and_no_scaling() -> None:
    html = drawn_lines(halden()) + drawn_bullet(a_line())
    assert "style=" not in html
    assert "viewBox" not in html
    assert "<script" not in html


def test_coordinates_keep_their_point_in_norwegian(settings: Any) -> None:
    from django.utils import translation

    with translation.override("nb"):
        html = drawn_lines(halden())
        assert 'x="14.00%"' in html
        assert "14,00%" not in html


def test_a_name_from_a_form_is_text_and_never_markup() -> None:
    figure = a_figure(SeriesLine("<b>Halden</b>", "", points(1, 2)), name="<script>x</script>")
    html = drawn_lines(figure)
    assert "<script" not in html
    assert "<b>Halden" not in html


def test_a_figure_of_two_series_over_ten_years_weighs_little() -> None:
    figure = a_figure(SeriesLine("Halden", "", points(*range(50, 60))), SeriesLine("Norge", "", points(*range(60, 70))))
    assert len(drawn_lines(figure).encode()) < 12_000
