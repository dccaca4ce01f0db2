"""What waits for a person and for an authority: grouped by how near it is, dated as it was stated, seen by those it concerns."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from portal import due_lines
from portal.due import Due
from tests import factories as make
from tests.conftest import signed_in

if TYPE_CHECKING:
    from portal.models import User
    from strategy.models import Milestone

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 2)


def line(days: int, **facts: Any) -> due_lines.Line:
    given = {"title": "x", "url": "/", "kind": "k", "what": "milestone", "part_of": "", "authority": "A", "language": "nb",
             "when": "9.3.2026", "distance": "", "days_left": days, "who": 1, "is_leaders": False, **facts}  # fmt: skip
    return due_lines.Line(**given)


def in_days(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days)


def a_dated(due_on: dt.date, person: User | None = None, **facts: Any) -> Milestone:
    """Make a milestone in an authority of its own."""
    plan = make.a_plan(facts.pop("authority", None) or make.an_authority())
    done = make.a_measure(plan, person=person, **{name: facts.pop(name) for name in ("unit",) if name in facts})
    return make.a_milestone(done, due_on=due_on, **facts)


# ---- words ----


@pytest.mark.parametrize(
    ("days", "words"),
    [(-120, "120 days late"), (-1, "1 day late"), (0, "today"), (1, "tomorrow"), (2, "in 2 days"), (30, "in 30 days")],
)
def test_the_distance_to_a_date_is_said_in_words(days: int, words: str) -> None:
    with translation.override("en"):
        assert due_lines.distance(TODAY + dt.timedelta(days), TODAY) == words


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ([], "Nothing waits for you now."),
        ([-2, -1, 0, 3, 7], "2 are late, 3 due in the next seven days."),
        ([-2], "1 is late. Nothing else is due in the next seven days."),
        ([7, 8], "1 is due in the next seven days. Nothing is late."),
        ([8], "Nothing is late, and nothing is due in the next seven days. The next date is 9.3.2026."),
    ],
)
def test_one_sentence_says_how_it_stands(days: list[int], sentence: str) -> None:
    with translation.override("en"):
        assert due_lines.how_it_stands([line(each) for each in days]) == sentence


def test_lines_are_grouped_by_how_near_they_are_and_empty_groups_left_out() -> None:
    found = due_lines.grouped([line(each) for each in (-3, -1, 0, 7, 31, 365)])
    assert [(group.name, [each.days_left for each in group.lines]) for group in found] == [
        ("late", [-3, -1]), ("soon", [0, 7]), ("later", [31, 365]),
    ]  # fmt: skip


def test_a_long_group_says_how_many_it_leaves_out() -> None:
    (group,) = due_lines.grouped([line(-1)] * (due_lines.SHOWN + 5))
    assert (len(group.lines), group.count) == (due_lines.SHOWN, due_lines.SHOWN + 5)


@pytest.mark.parametrize(
    ("stated", "words"),
    [("day", "31.3.2026"), ("month", "mars 2026"), ("quarter", "1. kvartal 2026"), ("period", "innen mars 2026")],
)
def test_a_date_is_shown_as_precisely_as_it_was_stated(stated: str, words: str) -> None:
    owner = make.an_authority()
    row = Due("milestone", "strategy.milestone", 1, dt.date(2026, 3, 31), stated, owner.pk, "T", "", "/", None, False)
    with translation.override("nb"):
        assert due_lines.lines_of([row], TODAY)[0].when == words


# ---- a person's page ----


def test_a_person_sees_what_she_is_named_for_the_longest_late_first() -> None:
    authority = make.an_authority()
    user = make.a_user("officer", authority)
    first, last = (a_dated(in_days(days), user, authority=authority) for days in (-9, -2))
    text = signed_in(user).get("/venter-pa-deg/").text
    assert text.index(first.title) < text.index(last.title)


def test_a_neighbours_due_dates_are_not_hers() -> None:
    theirs = a_dated(in_days(1))
    assert theirs.title not in signed_in(make.a_user("officer", make.an_authority())).get("/venter-pa-deg/").text


def test_what_nobody_is_named_for_waits_for_the_officers_and_says_so() -> None:
    loose = a_dated(in_days(1))
    answer = signed_in(make.a_user("officer", loose.authority)).get("/venter-pa-deg/")
    assert loose.title in answer.text
    (group,) = answer.context["groups"]
    assert group.lines[0].who is None


def test_a_leaders_line_is_marked_when_it_is_there_because_she_leads() -> None:
    authority = make.an_authority()
    leader, officer = make.a_user(), make.a_user("officer", authority)
    unit = make.a_unit(authority, leader=leader)
    late = a_dated(in_days(-60), officer, authority=authority, unit=unit)
    (group,) = signed_in(leader).get("/venter-pa-deg/").context["groups"]
    assert [(each.title, each.is_leaders) for each in group.lines] == [(late.title, True)]
    (group,) = signed_in(officer).get("/venter-pa-deg/").context["groups"]
    assert not group.lines[0].is_leaders


def test_a_moved_date_moves_and_a_reached_milestone_falls_silent() -> None:
    authority = make.an_authority()
    user = make.a_user("officer", authority)
    milestone = a_dated(in_days(1), user, authority=authority)
    client = signed_in(user)
    assert client.get("/venter-pa-deg/").context["groups"][0].name == "soon"
    milestone.due_on = in_days(-1)
    milestone.save()
    assert client.get("/venter-pa-deg/").context["groups"][0].name == "late"
    milestone.reached_on = in_days(0)
    milestone.save()
    assert client.get("/venter-pa-deg/").context["groups"] == []


def test_one_who_has_nothing_is_told_what_will_come_here() -> None:
    assert 'class="p-empty' in signed_in(make.a_user()).get("/venter-pa-deg/").text


def test_the_case_pages_start_with_the_same_sentence() -> None:
    loose = a_dated(in_days(1))
    client = signed_in(make.a_user("officer", loose.authority))
    assert client.get("/admin/").context["waiting"] == client.get("/venter-pa-deg/").context["sentence"]


# ---- an authority's page ----


@pytest.fixture
def desk() -> tuple[Client, str, dict[str, str], User]:
    """An officer, her authority's page, and three due dates: late and hers, near and nobody's, and another's."""
    authority = make.an_authority()
    officer, colleague = make.a_user("officer", authority), make.a_user("officer", authority)
    titles = {
        "late": a_dated(in_days(-5), officer, authority=authority, title="Den forsinkede").title,
        "loose": a_dated(in_days(3), authority=authority, title="Den ingen har").title,
        "other": a_dated(in_days(90), colleague, authority=authority, title="Kollegaens").title,
    }
    return signed_in(officer), f"/{authority.slug}/frister/", titles, colleague


def shown(answer: Any) -> list[str]:
    return [row["line"].title for row in answer.context["rows"]]


def test_all_of_an_authority_is_shown_with_who_is_named(desk: Any) -> None:
    client, page, titles, colleague = desk
    answer = client.get(page)
    assert shown(answer) == list(titles.values())
    assert [row["who"] for row in answer.context["rows"]][1:] == ["", colleague.name]
    assert answer.context["counts"] == {"all": 3, "nobodys": 1}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("forsinket=1", ["late"]),
        ("hvem=ingen", ["loose"]),
        ("hvem={colleague}", ["other"]),
        ("slag=milestone", ["late", "loose", "other"]),
        ("slag=papers", []),
        ("slag=finnes-ikke&hvem=x&side=99", []),
    ],
)
def test_it_is_narrowed_by_kind_person_and_lateness(desk: Any, query: str, expected: list[str]) -> None:
    client, page, titles, colleague = desk
    answer = client.get(f"{page}?{query.format(colleague=colleague.pk)}")
    assert shown(answer) == [titles[name] for name in expected]


def test_one_whose_role_has_ended_finds_no_such_page() -> None:
    authority = make.an_authority()
    user = make.a_user("officer", authority)
    user.memberships.update(valid_to=in_days(-1))
    assert signed_in(user).get(f"/{authority.slug}/frister/").status_code == 404


def test_a_title_reaches_no_page_as_markup() -> None:
    loose = a_dated(in_days(1), title="<script>alert(1)</script>")
    client = signed_in(make.a_user("officer", loose.authority))
    for page in ("/venter-pa-deg/", f"/{loose.authority.slug}/frister/"):
        assert "<script>alert" not in client.get(page).text


@pytest.mark.parametrize("page", ["/venter-pa-deg/", "/venter-pa-deg/kalender/", "/varsler/", "/varsler/valg/"])
def test_a_persons_own_pages_are_kept_nowhere(page: str) -> None:
    answer = signed_in(make.a_user()).get(page)
    assert "no-store" in answer["Cache-Control"] and "private" in answer["Cache-Control"]
