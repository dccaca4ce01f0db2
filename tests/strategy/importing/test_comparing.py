"""A later edition of a document against the plan: what is new, changed, as before and gone, and taking it over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as some

from portal.models import Authority, User
from strategy import parts, rolling
from strategy.importing import applying, comparing, creating, placing, progress, row_forms
from strategy.importing.matching import Item, match
from strategy.importing.odd_words import Words
from strategy.importing.refusals import Refused
from strategy.models import ImportRow, MeasureEntry, Plan, PlanImport
from tests import factories
from tests import factories_imports as make
from tests.conftest import signed_in

if TYPE_CHECKING:
    from tests.world import World

NOW = timezone.now()


# ---- matching ----


def item(key: int, path: str, title: str, level: str = "measure") -> Item:
    return Item(key, level, path, title)


def test_the_same_title_is_the_same_thing_though_its_number_is_another() -> None:
    assert match([item(1, "1.2", "Besøke bedrifter")], [item(7, "1.3", "Besøke bedrifter")]) == {1: 7}


def test_of_a_number_used_twice_each_goes_to_the_title_that_is_like() -> None:
    found = [item(1, "4.2.2", "Prosjekter for skole og næring"), item(2, "4.2.2", "Ungdom i næringsutvikling")]
    had = [item(8, "4.2.2", "Ungdom med i næringsutvikling"), item(9, "4.2.2", "Prosjekter mellom skole og næring")]
    assert match(found, had) == {1: 9, 2: 8}


def test_a_number_that_only_one_has_on_each_side_is_the_same_thing_reworded() -> None:
    assert match([item(1, "2.1.1", "Sikre arealer")], [item(5, "2.1.1", "Tomter til bedrifter")]) == {1: 5}


def test_levels_are_never_mixed() -> None:
    assert match([item(1, "1", "Arbeid", "goal")], [item(2, "1", "Arbeid", "strategy")]) == {}


TITLES = some.lists(some.text("abc æøå", max_size=8), max_size=12)


@given(TITLES, TITLES)
def test_each_thing_is_matched_at_most_once(one: list[str], other: list[str]) -> None:
    found = [item(n, str(n % 3), title) for n, title in enumerate(one)]
    had = [item(n, str(n % 4), title) for n, title in enumerate(other)]
    pairs = match(found, had)
    assert len(set(pairs.values())) == len(pairs) and set(pairs) <= set(range(len(one)))


# ---- against a plan ----


pytest_db = pytest.mark.django_db
FIRST = (
    ("goal", "1", "Flere i arbeid", ""), ("strategy", "1.1", "Plass til bedriftene", "1"),
    ("measure", "1", "Klargjøre tomter", "1.1"), ("measure", "2", "Besøke bedriftene", "1.1"),
    ("strategy", "1.2", "Unge i jobb", "1"), ("measure", "1", "Sommerjobber", "1.2"),
)  # fmt: skip
SECOND = (
    ("goal", "1", "Flere i arbeid", ""), ("strategy", "1.1", "Plass til bedriftene", "1"),
    ("measure", "1", "Klargjøre tomter ved stasjonen", "1.1"), ("measure", "2", "Besøke bedriftene", "1.1"),
    ("measure", "3", "Næringsfrokost hver måned", "1.1"),
)  # fmt: skip


def an_edition(authority: Authority, rows: Any, odd: str = "", says: Any = None, **facts: Any) -> PlanImport:
    """Make a document with these rows, something odd at one of them; compare it if it has a plan to be compared with.

    `says` is what it says more of some rows, by their titles.
    """
    found = make.an_import(authority, state="reading", started_at=NOW, **facts)
    made: dict[str, ImportRow] = {}
    for level, number, title, parent in rows:
        row = make.a_row(
            found, level=level, number=number, title=title, parent=made.get(parent), **(says or {}).get(title, {})
        )
        made.setdefault(number, row)
        if title == odd:
            make.an_anomaly(row)
    comparing.compare(found, now=NOW)
    found.state, found.read_at = "ready", NOW
    found.save()
    return found


@pytest.fixture
def officer(world: World) -> User:
    return world.user("officer")


@pytest.fixture
def plan(world: World, officer: User) -> Plan:
    first = make.decided(an_edition(world.home.plan.authority, FIRST))
    facts = {"title": "Plan", "slug": "plan-av-dokument", "period_start": 2026, "period_end": 2029}
    return creating.create(first, facts, by=officer, now=NOW)


@pytest.fixture
def second(plan: Plan) -> PlanImport:
    return an_edition(plan.authority, SECOND, against=plan, content=b"Annen utgave")


def said(document: PlanImport) -> dict[str, str]:
    return dict(document.rows.values_list("title", "change"))


def titles(plan: Plan) -> list[str]:
    part = parts.draft_of(plan) or parts.part_in_force(plan)
    assert part is not None
    entries = part.entries.exclude(change="dropped").order_by("position")
    return [f"{entry.full_number} {entry.title}" for entry in entries]


@pytest_db
def test_the_same_document_again_says_that_all_is_as_before(plan: Plan) -> None:
    again = an_edition(plan.authority, FIRST, against=plan)
    assert set(said(again).values()) == {"same"} and progress.counts(again).is_done


@pytest_db
def test_what_is_odd_and_stands_in_the_plan_as_it_is_has_been_seen(plan: Plan) -> None:
    again = an_edition(plan.authority, FIRST, against=plan, odd="Besøke bedriftene")
    assert progress.counts(again).is_done
    changed = an_edition(plan.authority, SECOND, against=plan, odd="Klargjøre tomter ved stasjonen")
    assert progress.counts(changed).odd == 1


@pytest_db
def test_a_later_edition_says_what_is_new_changed_and_gone(second: PlanImport) -> None:
    assert said(second) == {
        "Flere i arbeid": "same", "Plass til bedriftene": "same", "Klargjøre tomter ved stasjonen": "changed",
        "Besøke bedriftene": "same", "Næringsfrokost hver måned": "new", "Unge i jobb": "gone", "Sommerjobber": "gone",
    }  # fmt: skip
    assert progress.counts(second).left == 4, "what is as before is decided by itself"


@pytest_db
def test_nothing_of_the_plan_changes_before_it_is_taken_over(plan: Plan, second: PlanImport, officer: User) -> None:
    before = titles(plan)
    with pytest.raises(ValidationError):
        applying.apply(second, by=officer, now=NOW)
    assert titles(plan) == before


@pytest_db
def test_what_is_accepted_is_taken_over_in_the_documents_order(plan: Plan, second: PlanImport, officer: User) -> None:
    make.decided(second)
    assert applying.apply(second, by=officer, now=NOW) == applying.apply(second, by=officer, now=NOW)
    assert titles(plan) == [
        "1.1.1 Klargjøre tomter ved stasjonen", "1.1.2 Besøke bedriftene", "1.1.3 Næringsfrokost hver måned",
    ]  # fmt: skip
    assert [one.number for one in plan.strategies.all()] == ["1.1"]
    second.refresh_from_db()
    assert second.state == "applied" and second.plan == plan


@pytest_db
def test_what_is_left_out_stays_as_the_plan_has_it(plan: Plan, second: PlanImport, officer: User) -> None:
    make.decided(second)
    second.rows.exclude(change="same").update(decision="dropped")
    before = titles(plan)
    applying.apply(second, by=officer, now=NOW)
    assert titles(plan) == before


@pytest_db
def test_an_adopted_plan_takes_nothing_before_its_next_part_is_drafted(
    plan: Plan, second: PlanImport, officer: User
) -> None:
    adopt(plan)
    make.decided(second)
    before = titles(plan)
    with pytest.raises(ValidationError):
        applying.apply(second, by=officer, now=NOW)
    assert titles(plan) == before


def adopt(plan: Plan) -> None:
    factories.an_adoption(plan)
    Plan.objects.filter(pk=plan.pk).update(status="adopted", adopted_on="2026-03-02")
    plan.refresh_from_db()


@pytest_db
def test_an_adopted_plan_takes_measures_into_its_draft_and_its_words_in_force_stand(
    plan: Plan, second: PlanImport, officer: User
) -> None:
    adopt(plan)
    in_force = list(MeasureEntry.objects.filter(measure__plan=plan).order_by("pk").values_list("title", flat=True))
    draft = rolling.start(plan, period_start=2027, period_end=2029, by=officer)
    make.decided(second)
    with pytest.raises(ValidationError, match="1"):
        applying.apply(second, by=officer, now=NOW)
    second.rows.filter(level="strategy", change="gone").update(decision="dropped")
    applying.apply(second, by=officer, now=NOW)
    assert titles(plan) == [
        "1.1.1 Klargjøre tomter ved stasjonen", "1.1.2 Besøke bedriftene", "1.1.3 Næringsfrokost hver måned",
    ]  # fmt: skip
    dropped = draft.entries.get(change="dropped")
    assert dropped.title == "Sommerjobber" and "naeringsplan.txt" in dropped.change_reason
    assert list(
        MeasureEntry.objects.filter(measure__plan=plan).exclude(action_part=draft).order_by("pk").values_list("title", flat=True)
    ) == in_force  # fmt: skip


@pytest_db
def test_what_has_been_reported_on_is_not_removed(plan: Plan, second: PlanImport, officer: User) -> None:
    measure = plan.measures.get(current_entry__title="Sommerjobber")
    period = factories.a_period(plan)
    factories.a_status_report(period, measure.participations.get())
    make.decided(second)
    before = titles(plan)
    with pytest.raises(ValidationError):
        applying.apply(second, by=officer, now=NOW)
    assert titles(plan) == before
    second.refresh_from_db()
    assert second.state == "ready"


@pytest_db
def test_nothing_is_laid_under_what_only_the_plan_has(second: PlanImport, officer: User) -> None:
    gone, new = second.rows.get(title="Unge i jobb"), second.rows.get(change="new")
    with pytest.raises(Refused):
        placing.move(new, gone, "measure", by=officer, now=NOW)
    assert str(gone.pk) not in dict(row_forms.places(list(second.rows.all()), Words.of(second)))


@pytest_db
def test_the_page_says_that_the_plan_took_what_was_accepted_and_not_that_it_was_made(
    plan: Plan, second: PlanImport, officer: User
) -> None:
    applying.apply(make.decided(second), by=officer, now=NOW)
    page = signed_in(officer).get(f"/hjemby/plandokumenter/{second.pk}/plan/").content.decode()
    assert "ble tatt inn i" in page and "er opprettet" not in page and 'value="angre"' not in page
