"""A plan is adopted by resolutions: the rule, the deed that follows them, and what the case pages refuse."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from portal import wiring
from portal.models import CaseStep, Event, Notice
from strategy import actions, adoption, rules
from strategy.models import ActionPart, Plan, PlanCase, PlanParticipant
from strategy.rules import Adoption, Resolution, StepFacts
from tests import factories as make
from tests.at_once import at_once
from tests.attacks import count, run
from tests.portal.test_admin_forms import complaints, form_of, new_row, row_of, send
from tests.strategy.reading import address, body, page
from tests.world import World

if TYPE_CHECKING:
    from django.test import Client

OUTCOMES = ("pending", "adopted", "amended", "rejected", "postponed", "noted")
facts = st.builds(
    StepFacts, stage=st.integers(1, 3), is_decision=st.booleans(), outcome=st.sampled_from(OUTCOMES),
    decided_on=st.none() | st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31)),
)  # fmt: skip
cases = st.lists(facts, max_size=6)


def decisions(*outcomes: str) -> list[StepFacts]:
    return [StepFacts(1, True, outcome) for outcome in outcomes]


# ---- the rule ----


@pytest.mark.parametrize(
    ("outcomes", "verdict", "carried"),
    [
        (["adopted"], Resolution.ADOPTED, 1),
        (["adopted", "adopted"], Resolution.ADOPTED, 2),
        (["adopted", "amended"], Resolution.AMENDED, 2),
        (["adopted", "pending"], Resolution.PENDING, 1),
        (["adopted", "postponed"], Resolution.PENDING, 1),
        (["adopted", "noted"], Resolution.PENDING, 1),
        (["adopted", "rejected"], Resolution.REJECTED, 1),
        (["pending", "rejected"], Resolution.REJECTED, 0),
        ([], Resolution.PENDING, 0),
    ],
)
def test_the_whole_follows_from_its_resolutions(outcomes: list[str], verdict: Resolution, carried: int) -> None:
    whole = rules.adoption(decisions(*outcomes))
    assert (whole.verdict, whole.carried, len(whole.required)) == (verdict, carried, len(outcomes))


def test_what_earlier_bodies_recommended_or_decided_is_not_required() -> None:
    steps = [StepFacts(1, True, "rejected"), StepFacts(2, False, "pending"), StepFacts(2, True, "adopted")]
    assert rules.adoption(steps).is_adopted


def test_a_day_is_given_only_when_every_resolution_has_one() -> None:
    early, late = dt.date(2026, 2, 12), dt.date(2026, 3, 5)
    dated = [StepFacts(1, True, "adopted", late), StepFacts(1, True, "adopted", early)]
    assert rules.adoption(dated).adopted_on == late
    assert rules.adoption([*dated, StepFacts(1, True, "adopted")]).adopted_on is None
    assert rules.adoption([*dated, StepFacts(1, True, "pending")]).adopted_on is None


@given(cases)
def test_adopted_if_and_only_if_every_required_resolution_is_adopted_or_amended(steps: list[StepFacts]) -> None:
    whole = rules.adoption(steps)
    stages = [step.stage for step in steps if step.is_decision]
    required = [step.outcome for step in steps if step.is_decision and step.stage == max(stages)]
    assert whole.is_adopted == (bool(required) and set(required) <= {"adopted", "amended"})
    assert whole.is_adopted == (whole.verdict in rules.CARRIES)


@given(cases, st.integers(1, 3))
def test_one_more_pending_never_makes_it_adopted(steps: list[StepFacts], stage: int) -> None:
    more = rules.adoption([*steps, StepFacts(stage, True, "pending")])
    assert not more.is_adopted or rules.adoption(steps).is_adopted


@given(cases, st.randoms())
def test_the_order_of_the_steps_is_irrelevant(steps: list[StepFacts], random: Any) -> None:
    shuffled = list(steps)
    random.shuffle(shuffled)
    one, other = rules.adoption(steps), rules.adoption(shuffled)
    assert (one.verdict, one.carried, one.adopted_on) == (other.verdict, other.carried, other.adopted_on)


@given(st.lists(cases, max_size=3))
def test_several_cases_must_each_adopt(parts: list[list[StepFacts]]) -> None:
    adoptions = [rules.adoption(part) for part in parts]
    assert rules.together(adoptions).is_adopted == (bool(adoptions) and all(one.is_adopted for one in adoptions))


def test_nothing_is_adopted_by_no_case_at_all() -> None:
    assert not rules.together([]).is_adopted
    assert not Adoption(()).is_adopted


@settings(max_examples=40, deadline=None)
@given(parts=st.lists(cases, max_size=3))
def test_the_rule_says_what_the_database_says(django_db_blocker: Any, django_db_setup: Any, parts: Any) -> None:
    with django_db_blocker.unblock(), transaction.atomic():
        plan = Plan.objects.filter(status="draft").earliest("pk")
        for part in parts:
            case = make.a_case(plan.authority)
            PlanCase.objects.create(authority=plan.authority, plan=plan, case=case)
            for step in part:
                make.a_step(
                    case, stage=step.stage, activity="decision" if step.is_decision else "hearing",
                    outcome=step.outcome, resolution="Vedtatt.",
                )  # fmt: skip
        found = adoption.read([plan.pk]).get(plan.pk, rules.together([]))
        (in_sql,) = run("SELECT strategy_has_resolutions(%s)", plan.pk)[0]
        transaction.set_rollback(True)
    assert found.is_adopted == in_sql


# ---- what follows ----


@pytest.fixture
def plan(world: World) -> Plan:
    return make.a_plan(world.home.authority, title="Ny plan", slug="ny-plan", status="draft")


def decide(step: CaseStep, outcome: str = "adopted", **facts: Any) -> None:
    CaseStep.objects.filter(pk=step.pk).update(outcome=outcome, resolution="Slik protokollen sier.", **facts)


def test_the_last_resolution_adopts_the_plan_dates_it_and_tells_those_who_work_with_it(
    world: World, plan: Plan
) -> None:
    PlanParticipant.objects.create(plan=plan, authority=world.next.authority, role="member")
    part = make.an_action_part(plan)
    case = make.an_adoption(plan, "pending", "pending")
    first, last = case.steps.order_by("pk")
    decide(first, decided_on=dt.date(2026, 2, 12))
    assert wiring.step_decided(case, world.user("officer")) == []
    plan.refresh_from_db()
    assert plan.status == "draft"
    decide(last, "amended", decided_on=dt.date(2026, 3, 5))
    assert len(wiring.step_decided(case, world.user("officer"))) == 1
    run("SET CONSTRAINTS ALL IMMEDIATE")
    plan.refresh_from_db()
    part.refresh_from_db()
    assert (plan.status, plan.adopted_on) == ("adopted", dt.date(2026, 3, 5))
    assert (part.adopted_in_id, part.adopted_on) == (last.pk, dt.date(2026, 3, 5))
    told = Notice.objects.filter(kind="plan_adopted", subject_id=plan.pk)
    assert {notice.user.email.partition("@")[0] for notice in told if notice.user} == {"officer", "leader", "neighbour"}
    event = Event.objects.get(kind="plan_adopted", subject_id=plan.pk)
    assert event.facts == {"resolutions": 2, "verdict": "amended"}
    assert event.case_id == case.pk


def test_to_settle_twice_is_to_settle_once(world: World, plan: Plan) -> None:
    case = make.an_adoption(plan)
    for _ in range(3):
        actions.settle_adoption(case, world.user("officer"))
    assert Event.objects.filter(kind="plan_adopted", subject_id=plan.pk).count() == 1
    assert Notice.objects.filter(kind="plan_adopted", subject_id=plan.pk).count() == 2


def test_two_who_register_the_last_two_at_once_adopt_the_plan_once(own_database: str) -> None:
    world = World()
    plan = make.a_plan(world.home.authority, status="draft")
    case = make.an_adoption(plan, "pending", "pending")
    officer = world.user("officer")

    @transaction.atomic
    def register(step: CaseStep) -> None:
        decide(step)
        wiring.step_decided(case, officer)

    at_once(register, case.steps.all())
    assert Plan.objects.get(pk=plan.pk).status == "adopted"
    assert Event.objects.filter(kind="plan_adopted", subject_id=plan.pk).count() == 1


def test_an_action_part_that_knows_its_resolution_keeps_it(world: World, plan: Plan) -> None:
    part = make.an_action_part(plan, adopted_on=dt.date(2025, 1, 1))
    actions.settle_adoption(make.an_adoption(plan), world.user("officer"))
    assert ActionPart.objects.get(pk=part.pk).adopted_on == dt.date(2025, 1, 1)


def test_a_regional_plan_pending_in_one_council_stays_not_adopted(world: World) -> None:
    plan = make.a_plan(world.region.authority, status="hearing")
    case = make.an_adoption(plan, "adopted", "adopted", "amended", "adopted", "adopted", "pending")
    actions.settle_adoption(case, world.user("region_secretary"))
    assert Plan.objects.get(pk=plan.pk).status == "hearing"
    assert not Event.objects.filter(kind="plan_adopted", subject_id=plan.pk).exists()


@pytest.mark.parametrize("outcome", ["rejected", "postponed", "noted"])
def test_what_is_not_a_yes_does_not_adopt(world: World, plan: Plan, outcome: str) -> None:
    actions.settle_adoption(make.an_adoption(plan, "adopted", outcome), world.user("officer"))
    assert Plan.objects.get(pk=plan.pk).status == "draft"


def test_a_plan_that_has_ended_stays_ended(world: World) -> None:
    plan = make.a_plan(world.home.authority, status="ended")
    actions.settle_adoption(make.an_adoption(plan), world.user("officer"))
    assert Plan.objects.get(pk=plan.pk).status == "ended"


def test_a_case_for_another_purpose_adopts_nothing(world: World, plan: Plan) -> None:
    case = make.a_case(world.home.authority)
    PlanCase.objects.create(authority=world.home.authority, plan=plan, case=case, purpose="start_up")
    make.a_step(case, activity="decision", outcome="adopted", resolution="Ja.")
    actions.settle_adoption(case, world.user("officer"))
    assert Plan.objects.get(pk=plan.pk).status == "draft"


def test_a_day_corrected_in_the_protocol_is_corrected_in_the_plan(world: World) -> None:
    plan = make.a_plan(world.home.authority)
    case = plan.case_links.get().case
    decide(case.steps.get(), decided_on=dt.date(2026, 2, 19))
    actions.settle_adoption(case, world.user("officer"))
    assert Plan.objects.get(pk=plan.pk).adopted_on == dt.date(2026, 2, 19)


# ---- what the deeds refuse ----


def resting(world: World) -> tuple[Plan, CaseStep]:
    plan = make.a_plan(world.home.authority)
    return plan, plan.case_links.get().case.steps.get()


@pytest.mark.parametrize(
    "change",
    [{"outcome": "pending"}, {"outcome": "rejected"}, {"activity": "hearing"}, {"outcome": "noted"}],
)
def test_a_step_that_an_adopted_plan_rests_on_keeps_its_outcome(world: World, change: dict[str, str]) -> None:
    _plan, step = resting(world)
    for name, value in change.items():
        setattr(step, name, value)
    with pytest.raises(ValidationError) as refused:
        actions.refuse_to_undermine(step)
    assert "outcome" in refused.value.error_dict


def test_a_step_that_an_adopted_plan_rests_on_is_not_removed_even_when_others_remain(world: World) -> None:
    plan = make.a_plan(world.home.authority, status="draft")
    case = make.an_adoption(plan, "adopted", "adopted")
    actions.settle_adoption(case, world.user("officer"))
    with pytest.raises(ValidationError):
        actions.refuse_to_undermine(case.steps.first(), is_removed=True)  # type: ignore[arg-type]


def test_a_new_decision_in_an_adopted_plans_case_is_refused_until_the_plan_is_set_back(world: World) -> None:
    plan, step = resting(world)
    new = CaseStep(case=step.case, authority=step.authority, stage=2, activity="decision", actor="Fylkestinget")
    with pytest.raises(ValidationError):
        actions.refuse_to_undermine(new)
    Plan.objects.filter(pk=plan.pk).update(status="hearing")
    actions.refuse_to_undermine(new)


def test_the_wording_votes_and_day_of_a_resolution_may_be_corrected(world: World) -> None:
    _plan, step = resting(world)
    step.resolution, step.votes, step.outcome = "Rettet.", "20 mot 5", "amended"
    actions.refuse_to_undermine(step)


# ---- the case pages ----


def change(row: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def test_registering_the_resolution_in_the_case_pages_adopts_the_plan(plan: Plan, officer_client: Client) -> None:
    step = make.an_adoption(plan, "pending").steps.get()
    url = change(step)
    assert "resolution" in complaints(send(officer_client, url, outcome="adopted"))
    answer = send(officer_client, url, outcome="adopted", resolution="Planen vedtas.", decided_on="2026-02-12")
    assert answer.status_code == 302
    plan.refresh_from_db()
    assert (plan.status, plan.adopted_on) == ("adopted", dt.date(2026, 2, 12))


def test_a_resolution_without_its_day_is_taken_with_a_word(plan: Plan, officer_client: Client) -> None:
    step = make.an_adoption(plan, "pending").steps.get()
    url = change(step)
    answer = officer_client.post(
        url, {**form_of(officer_client, url), "outcome": "rejected", "resolution": "Nei."}, follow=True
    )
    assert {message.level_tag for message in answer.context["messages"]} == {"warning", "success"}


def test_an_outcome_chosen_below_the_case_asks_for_the_resolution(plan: Plan, officer_client: Client) -> None:
    case = make.an_adoption(plan, "pending")
    row = row_of(form_of(officer_client, change(case)), "steps", case.steps.get().pk)
    assert complaints(send(officer_client, change(case), **{f"{row}-outcome": "adopted"})) == {f"{row}-outcome"}


def test_undoing_the_resolution_of_an_adopted_plan_is_refused_beside_the_outcome(
    world: World, officer_client: Client
) -> None:
    plan, step = resting(world)
    assert complaints(send(officer_client, change(step), outcome="pending")) == {"outcome"}
    row = row_of(form_of(officer_client, change(step.case)), "steps", step.pk)
    assert complaints(send(officer_client, change(step.case), **{f"{row}-outcome": "postponed"})) == {f"{row}-outcome"}
    assert complaints(send(officer_client, change(step.case), **{f"{row}-DELETE": "on"})) == {"steps-__all__"}
    form = form_of(officer_client, change(step.case))
    added = new_row(
        form, "steps", stage="1", activity="decision", actor="Et organ til", precision="day", outcome="pending"
    )
    assert complaints(officer_client.post(change(step.case), added)) == {"steps-1-outcome"}
    assert Plan.objects.get(pk=plan.pk).status == "adopted"
    step.refresh_from_db()
    assert step.outcome == "adopted"


def test_deleting_the_resolution_of_an_adopted_plan_is_refused_one_by_one_and_in_bulk(
    world: World, officer_client: Client
) -> None:
    _plan, step = resting(world)
    url = reverse("admin:portal_casestep_delete", args=[step.pk])
    assert "protected" in officer_client.get(url).context
    officer_client.post(url, {"post": "yes"})
    officer_client.post(
        reverse("admin:portal_casestep_changelist"),
        {"action": "delete_selected", "_selected_action": [step.pk], "post": "yes"},
    )
    assert CaseStep.objects.filter(pk=step.pk).exists()


def test_a_guard_that_holds_in_the_end_is_a_message_and_not_a_fault(
    world: World, officer_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a colleague adopts the plan between the check and the saving."""
    _plan, step = resting(world)
    monkeypatch.setattr(wiring, "check_step", lambda step, is_removed=False: None)
    for answer in (
        send(officer_client, change(step), outcome="pending"),
        officer_client.post(reverse("admin:portal_casestep_delete", args=[step.pk]), {"post": "yes"}),
        officer_client.post(
            reverse("admin:portal_casestep_changelist"),
            {"action": "delete_selected", "_selected_action": [step.pk], "post": "yes"},
        ),
    ):
        assert answer.status_code == 302
    step.refresh_from_db()
    assert step.outcome == "adopted"


def test_nobody_chooses_that_a_plan_is_adopted(plan: Plan, officer_client: Client) -> None:
    form = officer_client.get(change(plan)).context["adminform"].form
    assert [choice[0] for choice in form.fields["status"].choices] == ["draft", "hearing", "ended"]
    assert complaints(send(officer_client, change(plan), status="adopted")) == {"status"}


def test_an_adopted_plan_is_shown_as_such_and_may_be_set_back(world: World, officer_client: Client) -> None:
    plan, step = resting(world)
    actions.settle_adoption(step.case, world.user("officer"))
    assert send(officer_client, change(plan)).status_code == 302
    assert Plan.objects.get(pk=plan.pk).status == "adopted"
    assert send(officer_client, change(plan), status="hearing").status_code == 302
    back = Plan.objects.get(pk=plan.pk)
    assert (back.status, back.adopted_on) == ("hearing", None)
    assert send(officer_client, change(step), outcome="rejected").status_code == 302


def test_the_plans_page_says_which_resolutions_are_missing(world: World, plan: Plan, officer_client: Client) -> None:
    def missing() -> str:
        with translation.override("en"):
            return adoption.still_missing(adoption.way_of_plan(plan))

    assert missing() == "The plan has no adoption case yet. Add it below, among the cases of the plan."
    case = make.an_adoption(plan, "adopted", "pending", "rejected")
    _yes, later, no = case.steps.order_by("pk")
    assert missing() == f"{later.actor} and {no.actor.lower()} (rejected)"
    assert later.actor in officer_client.get(change(plan)).content.decode()
    decide(later)
    decide(no)
    assert missing() == "None: every resolution is in place."
    case.steps.update(activity="recommendation")
    assert missing() == "An adoption case has no step of the kind “Decision” yet. Add it in the case."


def test_an_adopted_plan_keeps_its_adoption_case(world: World, officer_client: Client) -> None:
    plan, _step = resting(world)
    form = form_of(officer_client, change(plan))
    row = row_of(form, "case_links", plan.case_links.get().pk)
    assert complaints(send(officer_client, change(plan), **{f"{row}-DELETE": "on"})) == {"case_links-__all__"}
    assert complaints(send(officer_client, change(plan), **{f"{row}-purpose": "other"})) == {"case_links-__all__"}
    empty = make.a_case(world.home.authority)
    added = new_row(form, "case_links", case=empty.pk, purpose="adoption")
    assert complaints(officer_client.post(change(plan), added)) == {"case_links-__all__"}


def test_a_case_with_its_resolution_adopts_the_plan_it_is_tied_to(
    world: World, plan: Plan, officer_client: Client
) -> None:
    case = make.a_case(world.home.authority)
    make.a_step(case, activity="decision", outcome="adopted", resolution="Ja.", decided_on=dt.date(2026, 2, 12))
    form = form_of(officer_client, change(plan))
    answer = officer_client.post(change(plan), new_row(form, "case_links", case=case.pk, purpose="adoption"))
    assert answer.status_code == 302
    assert Plan.objects.get(pk=plan.pk).status == "adopted"


def test_another_authoritys_case_is_not_tied_to_a_plan(world: World, plan: Plan, officer_client: Client) -> None:
    form = form_of(officer_client, change(plan))
    answer = officer_client.post(change(plan), new_row(form, "case_links", case=world.next.case.pk, purpose="adoption"))
    assert complaints(answer) == {"case_links-0-case"}


# ---- the plan's page ----


@pytest.mark.usefixtures("the_day", "in_english")
class TestThePage:
    def test_it_tells_who_adopted_the_plan_and_when(self, world: World, reader: Client) -> None:
        plan, step = resting(world)
        step.body, step.actor, step.item_number = None, "Kommunestyret", "12/26"
        step.save()
        html = body(page(reader, address(plan)))
        assert "Adopted by kommunestyret 12 February 2026 (case 12/26)." in html
        assert step.case.get_absolute_url() in html

    def test_it_tells_which_councils_remain(self, world: World, reader: Client) -> None:
        plan = make.a_plan(world.region.authority, status="hearing", live_view_open=True)
        case = make.an_adoption(plan, "adopted", "adopted", "pending")
        CaseStep.objects.filter(case=case, outcome="pending").update(actor="Kommunestyret i Grue")
        html = body(page(reader, address(plan)))
        assert "2 of 3 councils have adopted. Kommunestyret i Grue remains." in html
        assert html.count("Not decided") == 1

    def test_it_tells_who_said_no(self, world: World, reader: Client) -> None:
        plan = make.a_plan(world.region.authority, status="hearing")
        case = make.an_adoption(plan, "adopted", "rejected")
        CaseStep.objects.filter(case=case, outcome="rejected").update(actor="Kommunestyret i Grue")
        assert "Rejected by kommunestyret i Grue." in body(page(reader, address(plan)))

    def test_a_members_council_is_named_with_its_municipality(self, world: World, reader: Client) -> None:
        plan = make.a_plan(world.region.authority, status="hearing")
        case = make.an_adoption(plan, "adopted", "pending")
        council = make.a_body(world.next.authority, name="Kommunestyret", kind="council")
        CaseStep.objects.filter(case=case, outcome="pending").update(body=council, actor="")
        assert "Kommunestyret in Naboby remains." in body(page(reader, address(plan)))

    def test_a_case_that_is_not_open_tells_only_that_it_is_adopted(self, world: World, reader: Client) -> None:
        plan, step = resting(world)
        actions.settle_adoption(step.case, world.user("officer"))
        type(step.case).objects.filter(pk=step.case_id).update(access="exempt", access_basis="offl. § 13")
        html = body(page(reader, address(plan)))
        assert "Adopted 12 February 2026." in html
        assert str(step.body) not in html
        assert step.case.get_absolute_url() not in html

    def test_a_plan_without_an_adoption_case_says_nothing(self, world: World, reader: Client) -> None:
        plan = make.a_plan(world.home.authority, status="hearing")
        assert "p-adoption" not in body(page(reader, address(plan)))

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE portal_casestep SET item_number = '99/26' WHERE case_id = %s",
            "UPDATE portal_case SET access = 'exempt', access_basis = 'x' WHERE id = %s",
            "UPDATE strategy_plancase SET purpose = 'other' WHERE case_id = %s",
        ],
    )
    def test_no_304_when_a_resolution_has_changed(self, world: World, reader: Client, change: str) -> None:
        plan = make.a_plan(world.home.authority, status="hearing")
        case = make.an_adoption(plan, "rejected")
        tag = page(reader, address(plan))["ETag"]
        assert count(change, case.pk) == 1
        assert page(reader, address(plan), if_none_match=tag).status_code == 200
