"""Rolling the action part: drafted in silence, compared for the council, and put in force as a whole by a resolution."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from portal.models import CaseStep, Event, Notice
from strategy import actions, deadlines, part_adoption, part_lines, parts, rolling
from strategy.models import ActionPart, Measure, MeasureEntry, MeasureParticipation, Plan, PlanCase, PlanParticipant
from strategy.rolling import Edit, Wording
from strategy.views import action_parts
from tests import factories as make
from tests.at_once import at_once
from tests.house.test_queries import a_full_plan, same_for_all_sizes
from tests.strategy.reading import body
from tests.world import World

if TYPE_CHECKING:
    from portal.models import User

MARCH = dt.date(2027, 3, 4)


@pytest.fixture
def plan(world: World) -> Plan:
    """An adopted plan with three measures in force, the last of them done."""
    plan = make.a_plan(world.home.authority, title="Rulleplan", slug="rulleplan", live_view_open=True)
    strategy = make.a_strategy(plan, goal=make.a_goal(plan), number="1")
    make.an_action_part(plan, period_start=2026, period_end=2029)
    for title in ("Havnekai", "Etablererkurs"):
        make.a_measure(plan, strategy=strategy, title=title)
    make.a_measure(plan, strategy=strategy, title="Bredbånd", state="done", done_on=dt.date(2026, 5, 1))
    return plan


@pytest.fixture
def officer(world: World) -> User:
    return world.user("officer")


@pytest.fixture
def draft(plan: Plan, officer: User) -> ActionPart:
    return rolling.start(plan, period_start=2027, period_end=2030, by=officer)


def url_of(plan: Plan, query: str = "") -> str:
    return reverse("action_part", args=[plan.authority.slug, plan.slug]) + query


def row(draft: ActionPart, title: str) -> MeasureEntry:
    return draft.entries.select_related("strategy").get(title=title)


def edit(entry: MeasureEntry, *, place: int | None = None, seen: str = "", **words: Any) -> Edit:
    before = Wording.of(entry)
    shown = seen or rolling.mark_of(before, entry.position)
    return Edit(before._replace(**words), place or entry.position, shown)


def a_resolution(plan: Plan, outcome: str = "adopted", purpose: str = "revision", **facts: Any) -> CaseStep:
    case = make.a_case(plan.authority, title="Rullering av handlingsdelen")
    PlanCase.objects.create(authority=plan.authority, plan=plan, case=case, purpose=purpose)
    decided = {"decided_on": MARCH, "resolution": "Handlingsdelen vedtas.", **facts}
    return make.a_step(case, activity="decision", actor="Kommunestyret", outcome=outcome, **decided)


def adopt(draft: ActionPart, step: CaseStep, by: User) -> ActionPart:
    return part_adoption.adopt_part(draft, step=step, by=by, at=timezone.now())


def in_force(plan: Plan) -> dict[str, str]:
    """Return title and change of each wording in force."""
    measures = Measure.objects.filter(plan=plan, current_entry__isnull=False).order_by("current_entry__position")
    return dict(measures.values_list("current_entry__title", "current_entry__change"))


# ---- the draft ----


def test_every_measure_in_force_is_carried_over_with_its_wording(plan: Plan, draft: ActionPart) -> None:
    assert list(draft.entries.order_by("position").values_list("title", "change", "position")) == [
        ("Havnekai", "continued", 1), ("Etablererkurs", "continued", 2), ("Bredbånd", "continued", 3),
    ]  # fmt: skip
    assert (draft.replaces, str(draft)) == (parts.part_in_force(plan), "2027–2030")
    assert in_force(plan) == dict.fromkeys(["Havnekai", "Etablererkurs", "Bredbånd"], "new")


def test_the_years_suggested_are_a_year_on_and_end_with_the_plan(plan: Plan) -> None:
    part = parts.part_in_force(plan)
    assert part is not None
    assert parts.next_period(part, 2030) == (2027, 2030)
    assert parts.next_period(part, 2029) == (2027, 2029)
    assert parts.next_period(ActionPart(period_start=2026, period_end=2026), None) == (2027, 2027)
    assert parts.next_period(ActionPart(period_start=2026), 2030) == (2027, None)


def test_there_is_one_draft_at_a_time_however_often_and_by_whomever_the_button_is_pressed(own_database: str) -> None:
    world = World()
    plan = world.home.plan

    def press(person: str) -> None:
        rolling.start(plan, period_start=2027, period_end=2030, by=world.user(person))

    at_once(press, ["officer", "leader"])
    assert plan.action_parts.filter(replaces__isnull=False).count() == 1


@pytest.mark.parametrize("status", ["draft", "hearing", "ended"])
def test_only_an_adopted_plan_gets_a_new_action_part(plan: Plan, officer: User, status: str) -> None:
    Plan.objects.filter(pk=plan.pk).update(status=status)
    with pytest.raises(ValidationError, match=r"not adopted|ikke vedtatt"):
        rolling.start(plan, period_start=2027, period_end=2030, by=officer)


@pytest.mark.parametrize("years", [(2026, 2030), (2020, 2022), (2028, 2027), (1700, 1701)])
def test_years_that_cannot_be_are_refused_on_the_page_in_words(
    plan: Plan, officer_client: Client, years: tuple[int, int]
) -> None:
    answer = officer_client.post(
        url_of(plan), {"gjor": "start", "period_start": years[0], "period_end": years[1]}
    )  # fmt: skip
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert parts.draft_of(plan) is None


@pytest.mark.parametrize("person", ["editor", "attester", "neighbour", "region_secretary"])
def test_who_may_not_write_the_plan_may_not_roll_it(world: World, plan: Plan, draft: ActionPart, person: str) -> None:
    user, step = world.user(person), a_resolution(plan)
    entry = draft.entries.first()
    deeds = [
        lambda: rolling.start(plan, period_start=2028, period_end=2030, by=user),
        lambda: rolling.save(draft, {entry.pk: edit(entry, title="Ny")}, by=user),
        lambda: rolling.discard(draft, by=user),
        lambda: adopt(draft, step, user),
    ]  # fmt: skip
    for deed in deeds:
        with pytest.raises(PermissionDenied):
            deed()


def test_nothing_of_the_draft_shows_before_it_is_adopted(plan: Plan, draft: ActionPart, officer: User) -> None:
    entry = row(draft, "Havnekai")
    rolling.save(draft, {entry.pk: edit(entry, title="Hemmelig kai")}, by=officer)
    new = rolling.add_new(draft, wording=Wording("new", "", "9", "Hemmelig tiltak", "", ""), by=officer)
    make.funding(new, amount_nok=77_000)
    page = body(Client().get(plan.get_absolute_url()))
    assert "Hemmelig" not in page
    assert "77 000" not in page
    assert "Havnekai" in page
    assert Client().get(reverse("measure_page", args=["hjemby", plan.slug, new.measure_id])).status_code == 404
    MeasureParticipation.objects.filter(pk=new.pk).update(due_on=dt.date(2027, 5, 1))
    assert new.pk not in set(deadlines.measures(timezone.localdate()).values_list("pk", flat=True))


def test_rows_are_saved_together_and_one_left_alone_is_not_touched(draft: ActionPart, officer: User) -> None:
    first, second, third = draft.entries.order_by("position")
    edits = {
        first.pk: edit(first, title="Ny kai", number="7"),
        second.pk: edit(second, change="dropped", reason="Overtatt av fylket"),
        third.pk: edit(third),
    }
    assert rolling.save(draft, edits, by=officer) == 2
    found = {each.pk: each for each in draft.entries.all()}
    assert (found[first.pk].title, found[first.pk].number, found[first.pk].change) == ("Ny kai", "7", "continued")
    assert (found[second.pk].change, found[second.pk].change_reason) == ("dropped", "Overtatt av fylket")
    assert found[third.pk].row_version == third.row_version


def test_a_measure_is_not_dropped_without_a_reason(plan: Plan, draft: ActionPart, officer_client: Client) -> None:
    form = form_of(officer_client, plan)
    entry = row(draft, "Havnekai")
    answer = officer_client.post(url_of(plan), {**form, f"r{entry.pk}-change": "dropped", "gjor": "lagre"})
    assert answer.status_code == 200
    assert f'id="id_r{entry.pk}-reason_error"' in body(answer)
    assert not draft.entries.filter(change="dropped").exists()


def test_a_row_moved_takes_its_place_and_the_others_keep_their_order(draft: ActionPart, officer: User) -> None:
    last = draft.entries.get(position=3)
    rolling.save(draft, {last.pk: edit(last, place=1)}, by=officer)
    assert list(draft.entries.order_by("position").values_list("title", flat=True)) == [
        "Bredbånd", "Havnekai", "Etablererkurs",
    ]  # fmt: skip
    assert sorted(draft.entries.values_list("position", flat=True)) == [1, 2, 3]


def test_a_colleagues_change_of_the_same_row_is_not_overwritten_unseen(draft: ActionPart, officer: User) -> None:
    mine, other = draft.entries.order_by("position")[:2]
    theirs = edit(mine, title="Kollegaens ord")
    rolling.save(draft, {mine.pk: theirs}, by=officer)
    with pytest.raises(rolling.Overtaken) as refused:
        rolling.save(draft, {mine.pk: edit(mine, title="Mine ord"), other.pk: edit(other, title="Annet")}, by=officer)
    assert refused.value.rows == [mine.pk]
    assert "Kollegaens ord" in refused.value.messages[0] or "Mine ord" in refused.value.messages[0]
    assert set(draft.entries.values_list("title", flat=True)) == {"Kollegaens ord", "Etablererkurs", "Bredbånd"}


def test_what_a_colleague_changed_and_i_left_alone_stays_hers(draft: ActionPart, officer: User) -> None:
    mine, other = draft.entries.order_by("position")[:2]
    rolling.save(draft, {mine.pk: edit(mine, title="Kollegaens ord")}, by=officer)
    assert rolling.save(draft, {mine.pk: edit(mine), other.pk: edit(other, title="Mitt")}, by=officer) == 1
    assert set(draft.entries.values_list("title", flat=True)) == {"Kollegaens ord", "Mitt", "Bredbånd"}


def test_the_page_names_the_row_keeps_what_was_typed_and_the_second_press_overwrites(
    plan: Plan, draft: ActionPart, officer: User, officer_client: Client
) -> None:
    form = form_of(officer_client, plan)
    entry = row(draft, "Havnekai")
    rolling.save(draft, {entry.pk: edit(entry, title="Kollegaens ord")}, by=officer)
    typed = {**form, f"r{entry.pk}-title": "Mine ord", "gjor": "lagre"}
    answer = officer_client.post(url_of(plan), typed)
    assert "Mine ord" in body(answer)
    assert answer.context["overtaken"]
    again = {**typed, f"r{entry.pk}-seen": answer.context["forms"][0]["seen"].value()}
    assert officer_client.post(url_of(plan), again).status_code == 302
    assert draft.entries.get(pk=entry.pk).title == "Mine ord"


def test_saving_the_page_as_it_stands_changes_nothing(plan: Plan, draft: ActionPart, officer_client: Client) -> None:
    MeasureEntry.objects.filter(action_part=draft).update(description="To\nlinjer med mellomrom  \n")
    before = list(draft.entries.order_by("pk").values())
    form = {key: value.replace("\n", "\r\n") for key, value in form_of(officer_client, plan).items()}
    assert officer_client.post(url_of(plan), {**form, "gjor": "lagre"}).status_code == 302
    assert list(draft.entries.order_by("pk").values()) == before


def test_a_parent_of_another_plan_is_refused(
    plan: Plan, draft: ActionPart, world: World, officer_client: Client
) -> None:
    form, entry = form_of(officer_client, plan), row(draft, "Havnekai")
    foreign = world.home.plan.goals.first()
    answer = officer_client.post(url_of(plan), {**form, f"r{entry.pk}-parent": f"g{foreign.pk}", "gjor": "lagre"})
    assert answer.status_code == 200
    assert answer.context["forms"][0].errors


def test_a_filtered_page_saves_its_own_rows_and_no_other(plan: Plan, draft: ActionPart, officer_client: Client) -> None:
    form = form_of(officer_client, plan, "?vis=fullforte")
    entry = row(draft, "Bredbånd")
    assert [key for key in form if key.endswith("-seen")] == [f"r{entry.pk}-seen"]
    officer_client.post(url_of(plan, "?vis=fullforte"), {**form, f"r{entry.pk}-title": "Fiber", "gjor": "lagre"})
    assert set(draft.entries.values_list("title", flat=True)) == {"Havnekai", "Etablererkurs", "Fiber"}


def test_of_many_rows_each_is_moved_on_a_page_of_its_own(
    plan: Plan, draft: ActionPart, officer_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(action_parts, "FEW_ROWS", 2)
    entry, other = row(draft, "Havnekai"), make.a_goal(plan, title="Reiseliv")
    assert "Reiseliv" not in body(officer_client.get(url_of(plan)))
    alone = form_of(officer_client, plan, one := f"?rad={entry.pk}")
    assert [key for key in alone if key.endswith("-seen")] == [f"r{entry.pk}-seen"]
    assert "Reiseliv" in body(officer_client.get(url_of(plan, one)))
    form = {**alone, f"r{entry.pk}-parent": f"g{other.pk}", "gjor": "lagre"}
    answer = officer_client.post(url_of(plan, one), form)
    assert answer["Location"] == url_of(plan, f"#rad-{entry.pk}")
    assert row(draft, "Havnekai").goal == other
    html = officer_client.get(url_of(plan)).content.decode()
    assert f'<input type="hidden" name="r{entry.pk}-parent" value="g{other.pk}">' in html, "the row keeps its place"
    whole = {**form_of(officer_client, plan), f"r{entry.pk}-title": "Ny kai", "gjor": "lagre"}
    officer_client.post(url_of(plan), whole)
    assert row(draft, "Ny kai").goal == other


def test_what_is_done_is_taken_out_in_one_press(draft: ActionPart, officer: User) -> None:
    assert rolling.drop_done(draft, reason="Fullført.", by=officer) == 1
    assert list(draft.entries.filter(change="dropped").values_list("title", "change_reason")) == [
        ("Bredbånd", "Fullført.")
    ]  # fmt: skip


# ---- new measures, and those that come meanwhile ----


def test_a_new_measure_has_its_parts_at_once_but_no_wording_in_force(
    world: World, plan: Plan, draft: ActionPart, officer: User
) -> None:
    PlanParticipant.objects.create(plan=plan, authority=world.next.authority, role="member")
    wording = Wording("new", "", "4", "Ny kai", "", f"g{plan.goals.get().pk}")
    own = rolling.add_new(draft, wording=wording, by=officer, facts={"person": officer}, once="a")
    assert own == rolling.add_new(draft, wording=wording, by=officer, facts={}, once="a")
    assert own.person == officer
    assert {part.authority for part in own.measure.participations.all()} == {world.home.authority, world.next.authority}
    entry = own.measure.entries.get()
    assert (entry.change, entry.goal, entry.position) == ("new", plan.goals.get(), 4)
    assert own.measure.current_entry is None


def test_a_new_measure_is_taken_out_again_and_one_in_force_is_not(plan: Plan, draft: ActionPart, officer: User) -> None:
    new = rolling.add_new(draft, wording=Wording("new", "", "", "Ny", "", ""), by=officer)
    for _ in range(2):
        rolling.remove_new(draft, new.measure.entries.get().pk if new.measure.entries.exists() else 0, by=officer)
    assert not Measure.objects.filter(pk=new.measure_id).exists()
    assert rolling.remove_new(draft, row(draft, "Havnekai").pk, by=officer) == ""
    assert draft.entries.count() == 3


def test_a_measure_added_to_the_part_in_force_comes_into_both(plan: Plan, draft: ActionPart, officer: User) -> None:
    added = actions.add_measure(plan, title="Kom til", by=officer)
    entry = added.measure.current_entry
    assert entry is not None
    assert entry.action_part == draft.replaces
    assert row(draft, "Kom til").change == "continued"


def test_what_came_past_the_deed_is_carried_over_by_a_press_or_by_the_adoption(
    plan: Plan, draft: ActionPart, officer: User, officer_client: Client
) -> None:
    make.a_measure(plan, title="Kom utenom")
    assert officer_client.get(url_of(plan)).context["lacking"] == 1
    assert rolling.complete(draft, by=officer) == 1
    assert rolling.complete(draft, by=officer) == 0
    make.a_measure(plan, title="Kom sist")
    adopt(draft, a_resolution(plan), officer)
    assert in_force(plan)["Kom sist"] == "continued"


def test_discarding_leaves_what_is_in_force_and_takes_what_only_the_draft_had(
    plan: Plan, draft: ActionPart, officer: User
) -> None:
    new = rolling.add_new(draft, wording=Wording("new", "", "", "Ny", "", ""), by=officer)
    make.funding(new)
    before = in_force(plan)
    for _ in range(2):
        rolling.discard(draft, by=officer)
    assert in_force(plan) == before
    assert not MeasureParticipation.objects.filter(pk=new.pk).exists()
    assert list(plan.action_parts.all()) == [parts.part_in_force(plan)]
    assert rolling.start(plan, period_start=2027, period_end=2030, by=officer).entries.count() == 3


def test_an_adopted_part_is_not_discarded(plan: Plan, draft: ActionPart, officer: User) -> None:
    adopt(draft, a_resolution(plan), officer)
    with pytest.raises(ValidationError):
        rolling.discard(draft, by=officer)
    assert draft.entries.count() == 3


# ---- the comparison ----


def test_the_comparison_says_what_is_new_reworded_taken_out_and_continued(draft: ActionPart, officer: User) -> None:
    first, second, _third = draft.entries.order_by("position")
    edits = {first.pk: edit(first, title="Dypvannskai"), second.pk: edit(second, change="dropped", reason="Ferdig")}
    rolling.save(draft, edits, by=officer)
    rolling.add_new(draft, wording=Wording("new", "", "9", "Ny", "", ""), by=officer)
    lines = {line.entry.title: line for line in part_lines.lines_of(draft)}
    assert {title: line.kind for title, line in lines.items()} == {
        "Dypvannskai": "reworded", "Etablererkurs": "dropped", "Bredbånd": "continued", "Ny": "new",
    }  # fmt: skip
    assert [tuple(each)[1:] for each in lines["Dypvannskai"].differences] == [("Havnekai", "Dypvannskai")]
    assert lines["Bredbånd"].is_done


def test_the_comparison_of_an_adopted_part_is_history_and_stays(
    plan: Plan, draft: ActionPart, officer: User, officer_client: Client
) -> None:
    first = draft.entries.get(position=1)
    rolling.save(draft, {first.pk: edit(first, title="Dypvannskai")}, by=officer)
    adopt(draft, a_resolution(plan), officer)
    page = body(officer_client.get(url_of(plan, f"?del={draft.pk}")))
    assert "Havnekai" in page
    assert "Dypvannskai" in page
    nobody = officer_client.get(url_of(plan, f"?del={parts.part_in_force(plan).replaces_id}"))  # type: ignore[union-attr]
    assert nobody.status_code == 404


def test_the_comparison_goes_out_as_csv_and_excel_in_the_councils_order(
    plan: Plan, draft: ActionPart, officer_client: Client, officer: User
) -> None:
    first = draft.entries.get(position=2)
    rolling.save(draft, {first.pk: edit(first, change="dropped", reason="=FARE()")}, by=officer)
    text = officer_client.get(url_of(plan, "?fil=csv")).content.decode("utf-8-sig")
    assert text.splitlines()[1].endswith(";'=FARE()")
    sheet = load_workbook(io.BytesIO(officer_client.get(url_of(plan, "?fil=xlsx")).content)).active
    assert [r[2].value for r in sheet.iter_rows(min_row=2)] == ["Etablererkurs", "Havnekai", "Bredbånd"]
    assert officer_client.get(url_of(plan, "?fil=pdf")).status_code == 404


def test_numbers_that_the_new_part_skips_or_repeats_are_told(draft: ActionPart, officer: User) -> None:
    entry = draft.entries.get(position=2)
    assert part_lines.anomalies(part_lines.lines_of(draft)) == ""
    rolling.save(draft, {entry.pk: edit(entry, number="3")}, by=officer)
    told = part_lines.anomalies(part_lines.lines_of(draft))
    assert "1.3" in told
    assert "1.2" in told


# ---- pages ----


def form_of(client: Client, plan: Plan, query: str = "") -> dict[str, str]:
    """Return what the page's rows would send as they stand."""
    answer = client.get(url_of(plan, query))
    assert answer.status_code == 200
    found = {}
    for form in answer.context["forms"]:
        for field in form:
            if field.name not in ("change", "reason") or form.line.kind != "new":
                value = field.value()
                found[field.html_name] = "" if value is None else str(value)
    return found


def test_readers_at_the_desk_see_the_comparison_and_no_form(world: World, draft: ActionPart, as_role: Any) -> None:
    page = body(as_role("attester").get(url_of(draft.plan)))
    assert "Havnekai" in page
    assert "<textarea" not in page


def test_the_page_costs_the_same_for_any_number_of_measures(db: None) -> None:
    from tests.conftest import signed_in

    def grow(size: int) -> tuple[Client, dict[str, int | None]]:
        plan = a_full_plan(size)
        officer = plan.authority.memberships.get().user
        rolling.start(plan, period_start=2027, period_end=2030, by=officer)
        return signed_in(officer), {url_of(plan): 20, url_of(plan, "?utskrift=1"): 14, url_of(plan, "?gjor=vedta"): 16}

    same_for_all_sizes(grow)


def test_events_tell_what_was_done(plan: Plan, draft: ActionPart, officer: User) -> None:
    adopt(draft, a_resolution(plan), officer)
    kinds = Event.objects.filter(subject_type="strategy.actionpart", subject_id=draft.pk).order_by("pk")
    assert list(kinds.values_list("kind", flat=True)) == ["action_part_drafted", "action_part_adopted"]
    assert Notice.objects.filter(occasion=f"part {draft.pk}").count() == 2
