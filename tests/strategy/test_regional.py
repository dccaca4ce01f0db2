"""A shared plan: each municipality's own status, owner and money, and a comparison of those who have reported."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from portal.calendar import Precision
from portal.models import RegionMembership, Unit
from strategy import actions, budget, regional, status
from strategy.budget import Money, Wish
from strategy.content import Content, Participant, PeriodWords, PlanWords
from strategy.models import MeasureEntry, MeasureFunding, MeasureParticipation, Milestone, Plan, PlanParticipant
from strategy.rows import Money as RowMoney
from strategy.rows import Row
from strategy.rules import Reporting, Standing, State
from tests import factories as make
from tests.portal.test_admin_forms import send
from tests.strategy.reading import body
from tests.world import World

if TYPE_CHECKING:
    from portal.models import Authority

AUTUMN = dt.date(2026, 9, 7)
NAMES = {1: "Gjøvik", 2: "Toten", 3: "Land"}


# ---- the comparison ----


def a_row(
    authority: int | None, standing: Standing, reporting: Reporting, *money: RowMoney, part: int | None = 1
) -> Row:
    return Row(
        measure_id=1, plan_id=1, number="", title="Kai", goal_id=None, strategy_id=None, strategy_number="",
        part_id=part, authority_id=authority, state=State.UNDER_WAY, done_on=None, due_on=None,
        due_precision=Precision.DAY, unit="", partner="", has_person=False, invented=False, standing=standing,
        late_since=None, days_late=0, reporting=reporting, money=list(money),
    )  # fmt: skip


def content(*rows: Row, period: bool = True) -> Content:
    words = PlanWords(1, "p", "Plan", "2026", "adopted", 9, "Regionen", "regionen", "nb")
    people = [Participant(key, name, name.lower(), True, "member") for key, name in NAMES.items()]
    found = Content(on=AUTUMN, plan=words, participants=people, rows=list(rows))
    if period:
        found.period = PeriodWords(1, "1. halvår", dt.date(2026, 1, 1), dt.date(2026, 6, 30), dt.date(2026, 7, 3))
    return found


def test_only_those_who_have_reported_are_compared_and_the_silent_are_named() -> None:
    found = regional.compare(content(
        a_row(1, Standing.LATE, Reporting.REPORTED), a_row(1, Standing.DONE, Reporting.REPORTED),
        a_row(2, Standing.LATE, Reporting.NOT_REPORTED), a_row(3, Standing.ON_TRACK, Reporting.NOT_ASKED),
    ))  # fmt: skip
    assert [line.name for line in found.compared] == ["Gjøvik"]
    assert [(line.name, line.asked) for line in found.silent] == [("Toten", 1)]
    assert [line.name for line in found.not_asked] == ["Land"]
    assert [tuple(each) for each in found.compared[0].numbers] == [("late", 1), ("done", 1)]


def test_what_is_not_reported_counts_neither_as_good_nor_as_bad() -> None:
    rows = [a_row(1, Standing.LATE, Reporting.REPORTED), a_row(1, Standing.ON_TRACK, Reporting.NOT_REPORTED)]
    (line,) = regional.compare(content(*rows)).lines
    assert (line.measures, line.asked, line.reported) == (2, 2, 1)
    assert [tuple(each) for each in line.numbers] == [("late", 1)]


def test_before_any_period_was_due_nobody_is_compared_and_nobody_is_silent() -> None:
    rows = [a_row(key, Standing.LATE, Reporting.NOT_ASKED) for key in NAMES]
    found = regional.compare(content(*rows, period=False))
    assert (found.compared, found.silent, found.codes) == ([], [], [])
    assert [line.measures for line in found.lines] == [1, 1, 1]


def test_each_has_its_own_money_and_money_is_told_of_the_silent_too() -> None:
    money = [RowMoney(2026, "own", "funded", 70, "x"), RowMoney(2027, "own", "proposed", 5, "")]
    found = regional.compare(content(
        a_row(1, Standing.LATE, Reporting.NOT_REPORTED, *money),
        a_row(2, Standing.LATE, Reporting.REPORTED, RowMoney(2027, "grant", "funded", 11, "x")),
    ))  # fmt: skip
    assert found.years == [2026, 2027]
    assert [[amount.nok for amount in line.set_aside] for line in found.lines] == [[70, 0], [0, 11]]
    assert [line.proposed_nok for line in found.lines] == [5, 0]


def test_who_has_no_part_in_any_measure_and_a_measure_that_nobody_does_are_left_out() -> None:
    found = regional.compare(content(a_row(None, Standing.LATE, Reporting.NOT_ASKED, part=None)))
    assert found.lines == []
    assert not found.is_shared


rows_drawn = st.lists(
    st.builds(a_row, st.sampled_from(list(NAMES)), st.sampled_from(Standing), st.sampled_from(Reporting)), max_size=12
)


@settings(max_examples=60, deadline=None)
@given(rows_drawn)
def test_the_numbers_of_each_sum_to_what_it_reported_and_nobody_is_lost(rows: list[Row]) -> None:
    found = regional.compare(content(*rows))
    assert sum(line.measures for line in found.lines) == len(rows)
    for line in found.lines:
        assert sum(each.number for each in line.numbers) == line.reported <= line.asked <= line.measures
    groups = [line.name for group in (found.compared, found.silent, found.not_asked) for line in group]
    assert sorted(groups) == sorted(line.name for line in found.lines)


@settings(max_examples=40, deadline=None)
@given(rows_drawn, st.sampled_from(list(NAMES)), st.sampled_from(Standing))
def test_one_more_that_is_not_reported_changes_nobodys_numbers(rows: list[Row], who: int, where: Standing) -> None:
    before = regional.compare(content(*rows))
    after = regional.compare(content(*rows, a_row(who, where, Reporting.NOT_REPORTED)))
    numbers = {line.name: line.numbers for line in before.compared}
    assert numbers == {line.name: line.numbers for line in after.compared}


# ---- on the pages ----


@pytest.fixture
def shared(world: World) -> Plan:
    """The world's shared plan after a period for which Hjemby has reported and Naboby has not."""
    plan = world.region.plan
    period = make.a_period(plan, due_on=dt.date(2026, 8, 31))
    for side in (world.home, world.next):
        part = plan.participations.get(authority=side.authority)
        facts = {"state": "under_way"} if side is world.home else {}
        make.a_status_report(period, part, **facts)
    own = plan.participations.get(authority=world.home.authority)
    make.funding(own, year=2027, amount_nok=44_000, state="funded", decision_reference="KS 1/27")
    return plan


def test_the_plans_page_compares_those_who_reported_and_names_those_who_did_not(world: World, shared: Plan) -> None:
    page = body(Client().get(shared.get_absolute_url()))
    section = page.partition('id="kommunene"')[2].partition("</section>")[0]
    table, _end, after = section.partition("</table>")
    assert "Hjemby" in table
    assert "Naboby" not in table
    assert "Naboby (1 " in after
    assert "44 000" in after


def test_a_plan_of_one_municipality_has_nothing_to_compare(world: World) -> None:
    assert 'id="kommunene"' not in body(Client().get(world.home.plan.get_absolute_url()))


def test_the_measures_page_tells_each_municipalitys_own_status_unit_and_money(world: World, shared: Plan) -> None:
    own = shared.participations.get(authority=world.home.authority)
    MeasureParticipation.objects.filter(pk=own.pk).update(unit=world.home.one(Unit), state="on_hold")
    page = body(Client().get(own.measure.get_absolute_url()))
    mine = next(each for each in page.split("<section")[1:] if "Hjemby" in each.partition("</h2>")[0])
    theirs = next(each for each in page.split("<section")[1:] if "Naboby" in each.partition("</h2>")[0])
    assert "Næring i Hjemby" in mine
    assert "44 000" in mine
    assert "Næring i Hjemby" not in theirs
    assert "44 000" not in theirs


def test_the_shared_plan_shows_on_each_members_page(world: World, shared: Plan) -> None:
    for side in (world.home, world.next):
        assert shared.get_absolute_url() in body(Client().get(side.authority.get_absolute_url()))


def test_a_municipality_covered_by_anothers_plan_shows_it_and_has_no_part_in_its_measures(world: World) -> None:
    covered = make.an_authority(name="Dekket")
    plan = world.home.plan
    PlanParticipant.objects.create(plan=plan, authority=covered, role="covered")
    assert plan.get_absolute_url() in body(Client().get(covered.get_absolute_url()))
    assert "Dekket" in body(Client().get(plan.get_absolute_url()))
    added = actions.add_measure(plan, title="Ny", by=world.user("officer"))
    assert not added.measure.participations.filter(authority=covered).exists()


def test_who_has_left_the_region_is_still_read_in_the_plan_and_still_reads_it(
    world: World, shared: Plan, neighbour_client: Client
) -> None:
    RegionMembership.objects.filter(member=world.next.authority).update(valid_to=dt.date(2026, 1, 1))
    assert "Naboby" in body(Client().get(shared.get_absolute_url()))
    found = status.read(shared, today=AUTUMN, participants=status.plan_and_participants(shared.pk)[1])
    assert "Naboby" in {line.name for line in regional.compare(found).lines}
    part = shared.participations.get(authority=world.next.authority)
    assert neighbour_client.get(admin(part)).status_code == 200


def test_who_joins_later_takes_part_in_the_measures_it_marks(world: World, shared: Plan) -> None:
    newcomer = make.an_authority(name="Nykommer")
    officer = make.a_user("officer", newcomer)
    measure = shared.measures.get()
    with pytest.raises(PermissionDenied):
        budget.take_part(shared, [measure.pk], newcomer.pk, by=officer)
    PlanParticipant.objects.create(plan=shared, authority=newcomer, role="member")
    for _ in range(2):
        budget.take_part(shared, [measure.pk, 999_999_999], newcomer.pk, by=officer)
    assert shared.participations.get(authority=newcomer).state == "not_started"
    added = actions.add_measure(shared, title="Kom etter", by=world.user("region_secretary"))
    assert added.measure.participations.filter(authority=newcomer).exists()


# ---- who may do what ----


def admin(thing: Any) -> str:
    return reverse(f"admin:{thing._meta.app_label}_{thing._meta.model_name}_change", args=[thing.pk])


def own_part(plan: Plan, authority: Authority) -> MeasureParticipation:
    return plan.participations.get(authority=authority)


def set_state(client: Client, part: MeasureParticipation, _world: World) -> Any:
    return send(client, admin(part), state="on_hold")


def set_in_bulk(client: Client, part: MeasureParticipation, _world: World) -> Any:
    data = {
        "action": "change_chosen", "_selected_action": str(part.pk), "confirm": "1", f"seen-{part.pk}": "0",
        "state": "on_hold",
    }  # fmt: skip
    return client.post(reverse("admin:strategy_measureparticipation_changelist"), data)


def set_in_list(client: Client, part: MeasureParticipation, _world: World) -> Any:
    data = {
        "form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-id": str(part.pk), "form-0-state": "on_hold",
        "initial-form-0-state": part.state, "form-0-due_on": "", "initial-form-0-due_on": "",
        "form-0-seen_version": "0", "_save": "1",
    }  # fmt: skip
    return client.post(reverse("admin:strategy_measureparticipation_changelist"), data)


def set_money(client: Client, part: MeasureParticipation, _world: World) -> Any:
    url = reverse("plan_funding", args=[part.plan.authority.slug, part.plan.slug]) + "?ar=2027"
    data = {"gjor": "lagre", f"n{part.pk}-amount": "500", f"n{part.pk}-source": "own", f"n{part.pk}-state": "proposed"}
    return client.post(url, data)


def send_money(client: Client, part: MeasureParticipation, world: World) -> Any:
    """Send a file where the first row is about this part, whoever may fetch that."""
    url = reverse("plan_funding", args=[part.plan.authority.slug, part.plan.slug]) + "?ar=2027"
    fetched = client.get(f"{url}&fil=xlsx")
    if fetched.status_code != 200:
        return fetched
    book = load_workbook(io.BytesIO(fetched.content))
    sheet = book.active
    sheet.cell(2, 1).value, sheet.cell(2, 2).value, sheet.cell(2, 10).value = part.pk, None, 500
    buffer = io.BytesIO()
    book.save(buffer)
    shown = client.post(url, {"gjor": "les", "file": SimpleUploadedFile("b.xlsx", buffer.getvalue())})
    if shown.status_code != 200 or "key" not in shown.context:
        return shown
    return client.post(url, {"gjor": "bruk", "innhold": shown.context["key"]})


def traces(part: MeasureParticipation) -> tuple[Any, ...]:
    """Return what any of these deeds would have changed."""
    found = MeasureParticipation.objects.get(pk=part.pk)
    money = list(MeasureFunding.objects.filter(participation=part).values_list("year", "amount_nok"))
    return found.state, found.due_on, money


DEEDS = [set_state, set_in_bulk, set_in_list, set_money, send_money]


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize(
    ("person", "whose", "may"),
    [
        ("officer", "home", True), ("leader", "home", True), ("officer", "next", False), ("officer", "region", False),
        ("neighbour", "next", True), ("neighbour", "home", False), ("region_secretary", "home", False),
        ("region_secretary", "next", False), ("region_secretary", "region", True), ("editor", "home", False),
        ("attester", "home", False), ("elected", "home", False), ("stranger", "home", False),
    ],
)  # fmt: skip
def test_each_sets_her_own_municipalitys_state_and_money_and_no_others(
    world: World, as_role: Any, deed: Any, person: str, whose: str, may: bool
) -> None:
    part = own_part(world.region.plan, getattr(world, whose).authority)
    before = traces(part)
    try:
        answer = deed(as_role(person), part, world)
    except AssertionError:  # the form of the page could not even be fetched
        assert not may
        answer = None
    assert answer is None or answer.status_code < 500
    assert (traces(part) != before) == may


@pytest.mark.parametrize(
    ("person", "whose", "may"),
    [("officer", "home", True), ("officer", "next", False), ("region_secretary", "home", False),
     ("neighbour", "home", False)],
)  # fmt: skip
def test_each_reaches_her_own_municipalitys_milestones_and_no_others(
    world: World, as_role: Any, person: str, whose: str, may: bool
) -> None:
    part = own_part(world.region.plan, getattr(world, whose).authority)
    milestone = make.a_milestone(part)
    client = as_role(person)
    page = client.get(admin(part))
    assert (page.status_code == 200) == may
    if may:
        answer = send(client, admin(part), **{"milestones-0-reached_on": "2026-09-01"})
        assert answer.status_code == 302
    assert (Milestone.objects.get(pk=milestone.pk).reached_on is not None) == may


def test_the_secretary_edits_the_shared_text_and_the_members_do_not(world: World, as_role: Any) -> None:
    plan = world.region.plan
    entry = MeasureEntry.objects.get(measure__plan=plan)
    for thing, words in ((plan, {"vision": "Ny visjon"}), (plan.goals.get(), {"title": "Nytt mål"}),
                         (entry, {"title": "Ny ordlyd"})):  # fmt: skip
        assert send(as_role("region_secretary"), admin(thing), **words).status_code == 302
        assert as_role("officer").get(admin(thing)).status_code != 200
    entry.refresh_from_db()
    assert entry.title == "Ny ordlyd"


def test_a_deed_with_anothers_part_is_refused_however_it_is_called(world: World) -> None:
    plan, part = world.region.plan, own_part(world.region.plan, world.home.authority)
    wish = Wish(part.pk, None, None, Money("own", "proposed", 5, ""))
    for person in ("region_secretary", "neighbour", "editor"):
        user = world.user(person)
        with pytest.raises(PermissionDenied):
            budget.write(plan, 2027, [wish], by=user)
        with pytest.raises(PermissionDenied):
            actions.change_many({part.pk: part.row_version}, {"state": "done"}, by=user, on=AUTUMN)
        with pytest.raises(PermissionDenied):
            budget.take_part(plan, [part.measure_id], world.home.authority.pk, by=user)
    with pytest.raises(PermissionDenied):
        budget.write(world.home.plan, 2027, [wish], by=world.user("officer"))


def test_the_funding_page_shows_a_member_its_own_parts_only(world: World, shared: Plan, as_role: Any) -> None:
    url = reverse("plan_funding", args=[shared.authority.slug, shared.slug]) + "?ar=2027"
    seen = {
        person: {part.authority for part in as_role(person).get(url).context["parts"]}
        for person in ("officer", "neighbour", "region_secretary")
    }
    assert seen == {"officer": {"Hjemby"}, "neighbour": {"Naboby"}, "region_secretary": {"Byregionen"}}
