"""What changed between two reports."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from portal.calendar import Precision
from strategy import changes, content
from strategy.rows import Step
from strategy.rules import Standing, TargetStanding
from tests.strategy.contents import a_content, a_row, a_target_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from strategy.rows import Row

LATE, RISK, TRACK, DONE = Standing.LATE, Standing.AT_RISK, Standing.ON_TRACK, Standing.DONE
rows = st.dictionaries(
    st.integers(1, 9), st.tuples(st.sampled_from(Standing), st.none() | st.dates(dt.date(2026, 1, 1))), max_size=6
).map(lambda found: [a_row(part, standing=standing, due_on=due) for part, (standing, due) in found.items()])


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def kinds(before: list[Row], after: list[Row], **facts: Any) -> list[tuple[str, int]]:
    found = changes.compare(a_content(*before, report=1), a_content(*after, **facts))
    return [(line.kind, line.part_id) for line in found.lines]


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        (TRACK, LATE, ["late"]),
        (LATE, TRACK, ["back"]),
        (RISK, TRACK, ["back"]),
        (LATE, Standing.NOT_STARTED, ["back"]),
        (LATE, RISK, ["at_risk"]),
        (TRACK, RISK, ["at_risk"]),
        (DONE, TRACK, ["again"]),
        (DONE, RISK, ["again"]),
        (Standing.CANCELLED, Standing.NOT_STARTED, ["again"]),
        (Standing.ON_HOLD, TRACK, ["again"]),
        (Standing.ON_HOLD, LATE, ["late"]),
        (DONE, Standing.CANCELLED, ["cancelled"]),
        (LATE, DONE, ["done"]),
        (TRACK, DONE, ["done"]),
        (TRACK, Standing.CANCELLED, ["cancelled"]),
        (LATE, Standing.ON_HOLD, ["on_hold"]),
        (LATE, LATE, []),
        (Standing.NOT_STARTED, TRACK, ["started"]),
        (Standing.NOT_STARTED, Standing.UNDATED, ["started"]),
        (DONE, LATE, ["late"]),
    ],
)
def test_what_a_measure_became(was: Standing, now: Standing, told: list[str]) -> None:
    assert kinds([a_row(1, standing=was)], [a_row(1, standing=now)]) == [(kind, 1) for kind in told]


def test_a_measure_is_known_by_its_part_whatever_it_is_called() -> None:
    assert kinds([a_row(1, title="Havn", number="1")], [a_row(1, title="Ny havn", number="7")]) == []


def test_new_and_dropped_are_told_with_where_they_can_be_read() -> None:
    found = changes.compare(a_content(a_row(1), report=1), a_content(a_row(2)))
    new, dropped = found.lines
    assert (new.kind, new.anchor) == ("new", "t2")
    assert (dropped.kind, dropped.anchor, dropped.url) == ("dropped", "", "/by/planer/plan/tiltak/1/")


def test_a_moved_date_is_told_as_precisely_as_it_was_stated() -> None:
    was = a_row(1, due_on=dt.date(2026, 3, 1), due_precision=Precision.MONTH)
    now = a_row(1, due_on=dt.date(2026, 12, 15))
    (line,) = changes.compare(a_content(was, report=1), a_content(now)).lines
    assert line.kind == "date_moved"
    assert changes.detail_of(line) == "from March 2026 to 15 December 2026"


def test_a_milestone_that_moved_is_a_moved_date_and_one_that_is_reached_is_not() -> None:
    was = Step("Spadetak", dt.date(2026, 3, 1), Precision.DAY, None, False)
    moved, reached = was._replace(due_on=dt.date(2026, 9, 1)), was._replace(reached_on=dt.date(2026, 3, 1))
    assert kinds([a_row(1, steps=[was])], [a_row(1, steps=[moved])]) == [("date_moved", 1)]
    assert kinds([a_row(1, steps=[was])], [a_row(1, steps=[reached])]) == []


def test_a_late_measure_whose_date_is_taken_away_does_not_slip_out_of_the_late_ones_unseen() -> None:
    step = Step("Spadetak", dt.date(2026, 3, 1), Precision.DAY, None, False)
    for was in (a_row(1, standing=LATE, due_on=dt.date(2026, 3, 1)), a_row(1, standing=LATE, steps=[step])):
        assert kinds([was], [a_row(1, standing=Standing.UNDATED)]) == [("undated", 1)]


def test_a_first_date_is_told_without_one_before_it() -> None:
    step = Step("Spadetak", dt.date(2027, 3, 1), Precision.MONTH, None, False)
    for now, told in (
        (a_row(1, due_on=dt.date(2027, 6, 1)), "now 1 June 2027"),
        (a_row(1, steps=[step._replace(due_on=dt.date(2028, 1, 1)), step]), "now March 2027"),
    ):
        (line,) = changes.compare(a_content(a_row(1, standing=Standing.UNDATED), report=1), a_content(now)).lines
        assert (line.kind, changes.detail_of(line)) == ("date_moved", told)


def test_what_is_taken_up_again_is_told_with_what_it_was() -> None:
    (line,) = changes.compare(a_content(a_row(1, standing=DONE), report=1), a_content(a_row(1))).lines
    assert changes.detail_of(line) == "from completed to on track"


def test_the_date_of_what_is_over_is_no_news() -> None:
    was, now = a_row(1, due_on=dt.date(2026, 3, 1)), a_row(1, standing=DONE, due_on=dt.date(2026, 4, 1))
    assert kinds([was], [now]) == [("done", 1)]


def test_a_target_that_stands_otherwise_is_told_from_what_to_what() -> None:
    before = a_content(report=1, targets=[a_target_line(5, TargetStanding.ON_COURSE)])
    after = a_content(targets=[a_target_line(5, TargetStanding.WRONG_WAY), a_target_line(6, TargetStanding.BEHIND)])
    (line,) = changes.compare(before, after).lines
    assert (line.kind, line.part_id) == ("target", 5), "one that is new has not changed"
    assert changes.detail_of(line) == "from on course to wrong way"


def test_what_is_most_pressing_comes_first_and_how_many_were_late_is_kept() -> None:
    before = a_content(a_row(1), a_row(2), a_row(3, standing=LATE), report=2)
    after = a_content(a_row(1, standing=DONE), a_row(2, standing=LATE), a_row(3, standing=LATE))
    found = changes.compare(before, after)
    assert [line.kind for line in found.lines] == ["late", "done"]
    assert (found.since_number, found.late_before) == (2, 1)
    said = changes.introduction(found, late=2, measure_word="tiltak")
    assert said == ("Compared with report no. 2, frozen 7 May 2026. Late measures have gone from one to two.")


def test_what_did_not_happen_is_said_too() -> None:
    found = changes.compare(a_content(a_row(1), report=1), a_content(a_row(1)))
    said = changes.nothing_else(found, "tiltak", has_targets=True)
    assert said == "No new measures, and none cancelled or taken out. The targets stand as they did."
    found = changes.compare(a_content(report=1), a_content(a_row(1)))
    assert changes.nothing_else(found, "tiltak", has_targets=False) == ""


@given(rows)
def test_nothing_has_changed_since_oneself(same: list[Row]) -> None:
    assert kinds(same, same) == []


@given(rows, rows)
def test_each_measure_is_told_of_once_for_each_kind_and_every_newcomer_is_told(
    before: list[Row], after: list[Row]
) -> None:
    told = kinds(before, after)
    assert len(told) == len(set(told))
    was, now = {row.part_id for row in before}, {row.part_id for row in after}
    assert {part for kind, part in told if kind == "new"} == now - was
    assert {part for kind, part in told if kind == "dropped"} == was - now


@given(rows, rows)
def test_changes_survive_being_frozen(before: list[Row], after: list[Row]) -> None:
    kept = a_content(*after, report=2)
    kept.changes = changes.compare(a_content(*before, report=1), kept)
    text, sha256 = content.encode(kept)
    again = content.decode(text)
    assert again == kept
    assert content.encode(again) == (text, sha256)
