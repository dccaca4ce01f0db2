"""The business forum as reviewer: it asks, the municipality answers with dates, and nobody learns more than she may."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portal import sweep
from portal.models import Event, Mail, Membership, Notice
from strategy import forum
from strategy.models import ForumQuestion, PlanReport
from tests import factories as make
from tests.strategy.reading import body, english
from tests.world import HOME, PLAN

if TYPE_CHECKING:
    from portal.models import User
    from strategy.models import Plan
    from tests.world import World

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
ADDRESS = f"/{HOME}/planer/{PLAN}/sporsmal/"


def typed(**facts: Any) -> dict[str, Any]:
    return {"text": "Når er tomtene klare?", "about": "", "is_public": "ja", "answer_due_on": "2026-12-14", **facts}


@pytest.fixture
def reviewer(world: World) -> User:
    return world.user("forum_reviewer")


@pytest.fixture
def question(world: World, reviewer: User) -> ForumQuestion:
    return ask(world.home.plan, reviewer)


def ask(plan: Plan, by: User, **facts: Any) -> ForumQuestion:
    asked = forum.Asked(**{"text": "Når er tomtene klare?", "answer_due_on": dt.date(2026, 12, 14), **facts})
    return forum.ask(plan, asked, participant_ids=[plan.authority_id], by=by, at=NOW)


def answer_page(question: ForumQuestion) -> str:
    return f"{ADDRESS}{question.pk}/"


# ---- asking ----


def test_a_reviewer_asks_from_the_plan_and_from_a_measure_and_nobody_else_is_invited_to(
    world: World, as_role: Any
) -> None:
    measure = world.home.plan.measures.first()
    for role, invited in (("forum_reviewer", True), ("officer", False), ("anonymous", False)):
        client = english(as_role(role))
        assert (f'href="{ADDRESS}">Ask about the plan' in body(client.get(f"/{HOME}/planer/{PLAN}/"))) is invited
        html = body(client.get(f"/{HOME}/planer/{PLAN}/tiltak/{measure.pk}/"))
        assert (f"{ADDRESS}?tiltak={measure.pk}#spor" in html) is invited


@pytest.mark.usefixtures("the_day")
def test_a_reviewer_asks_in_public_and_anyone_reads_it(forum_reviewer_client: Client, reader: Client) -> None:
    answer = forum_reviewer_client.post(ADDRESS, typed())
    asked = ForumQuestion.objects.latest("pk")
    assert answer.headers["Location"] == f"{ADDRESS}#s{asked.pk}"
    html = body(reader.get(ADDRESS))
    assert "Når er tomtene klare?" in html
    assert "Not answered yet. The answer is due 14 December 2026." in html


@pytest.mark.usefixtures("the_day")
def test_what_is_asked_in_private_is_read_by_forum_and_staff_only(as_role: Any, forum_reviewer_client: Client) -> None:
    forum_reviewer_client.post(ADDRESS, typed(text="Hemmelig spørsmål", is_public="nei"))
    for person, reads in [
        ("anonymous", False), ("stranger", False), ("elected", False), ("jury", False), ("neighbour", False),
        ("forum_reviewer", True), ("officer", True), ("attester", True), ("operator", True),
    ]:  # fmt: skip
        html = body(as_role(person).get(ADDRESS))
        assert ("Hemmelig spørsmål" in html) == reads, person


@pytest.mark.usefixtures("the_day")
@pytest.mark.parametrize("person", ["stranger", "elected", "officer", "leader", "neighbour", "operator"])
def test_only_the_forum_asks(as_role: Any, person: str) -> None:
    client = as_role(person)
    assert "answer_due_on" not in body(client.get(ADDRESS))
    assert client.post(ADDRESS, typed()).status_code == 403


def test_who_is_not_signed_in_is_led_to_the_sign_in_with_what_she_wrote(anonymous_client: Client) -> None:
    answer = anonymous_client.post(ADDRESS, typed())
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/konto/login/")


@pytest.mark.usefixtures("the_day")
def test_three_weeks_are_proposed_and_a_day_off_is_refused_with_the_next_day(forum_reviewer_client: Client) -> None:
    assert 'value="2026-12-14"' in body(english(forum_reviewer_client).get(ADDRESS))  # 12 December is a Saturday
    refused = body(forum_reviewer_client.post(ADDRESS, typed(answer_due_on="2026-12-25")))
    assert "25 December 2026 is not a working day. Choose 28 December 2026" in refused
    assert "Når er tomtene klare?" in refused
    past = body(forum_reviewer_client.post(ADDRESS, typed(answer_due_on="2026-11-21")))
    assert "Choose a day after today." in past


@pytest.mark.usefixtures("the_day")
def test_a_question_names_a_measure_or_a_released_report_and_no_other(
    world: World, forum_reviewer_client: Client
) -> None:
    measure, foreign = world.home.participation.measure, world.next.participation.measure
    released = PlanReport.objects.get(plan=world.home.plan, released_at__isnull=False)
    frozen = PlanReport.objects.get(plan=world.home.plan, released_at=None)
    for about, taken in [
        (f"t{measure.pk}", True), (f"r{released.pk}", True), (f"r{frozen.pk}", False), (f"t{foreign.pk}", False),
    ]:  # fmt: skip
        answer = forum_reviewer_client.post(ADDRESS, typed(text=f"Om {about}", about=about))
        assert (answer.status_code == 302) == taken, about
    assert ForumQuestion.objects.get(text=f"Om t{measure.pk}").measure == measure
    assert ForumQuestion.objects.get(text=f"Om r{released.pk}").report == released


def test_the_link_from_a_measure_begins_the_question_with_it(world: World, forum_reviewer_client: Client) -> None:
    pk = world.home.participation.measure_id
    assert f'value="t{pk}" selected' in body(forum_reviewer_client.get(f"{ADDRESS}?tiltak={pk}"))


def test_the_same_question_pressed_twice_is_one(world: World, reviewer: User) -> None:
    assert ask(world.home.plan, reviewer) == ask(world.home.plan, reviewer)
    assert Notice.objects.filter(kind="forum_question").count() == 1


def test_officers_are_told_at_once_and_of_a_private_question_without_its_words(world: World, reviewer: User) -> None:
    ask(world.home.plan, reviewer, text="Hemmelig spørsmål")
    mail = Mail.objects.get(to_address="officer@test.example")
    assert "Hemmelig" not in mail.subject + mail.text + mail.html
    ask(world.home.plan, reviewer, text="Åpent spørsmål", is_public=True)
    assert "Åpent spørsmål" in Mail.objects.filter(to_address="officer@test.example").latest("pk").text
    assert not Mail.objects.filter(to_address="neighbour@test.example").exists()


def test_without_an_officer_the_leader_is_told(world: World, reviewer: User) -> None:
    Membership.objects.filter(authority=world.home.authority, role="officer").delete()
    ask(world.home.plan, reviewer)
    assert Notice.objects.get(kind="forum_question").user == world.user("leader")


def test_the_forum_she_sits_in_is_named(world: World, reviewer: User) -> None:
    body_ = make.a_body(world.home.authority, name="Næringsforumet", kind="forum")
    body_.members.create(authority=world.home.authority, user=reviewer, capacity="business")
    assert ask(world.home.plan, reviewer).body == body_


def test_a_reviewer_of_one_place_does_not_ask_in_another(world: World, reviewer: User) -> None:
    with pytest.raises(PermissionDenied):
        ask(world.next.plan, reviewer)


def test_a_reviewer_reads_the_plan_as_it_stands_today(plan: Plan, forum_reviewer_client: Client) -> None:
    plan.live_view_open = False
    plan.save()
    assert "Late" in body(english(forum_reviewer_client).get(plan.get_absolute_url()))


# ---- taking back ----


def test_a_question_nobody_has_answered_is_taken_back_by_who_asked(
    question: ForumQuestion, forum_reviewer_client: Client
) -> None:
    forum_reviewer_client.post(ADDRESS, {"ta_tilbake": question.pk})
    assert not ForumQuestion.objects.filter(pk=question.pk).exists()
    assert not Notice.objects.filter(kind="forum_question").exists()
    assert Event.objects.filter(kind="forum_question_taken_back", subject_id=question.pk).exists()


def test_another_reviewers_question_stays(world: World, question: ForumQuestion, forum_reviewer_client: Client) -> None:
    other = make.a_user("forum_reviewer", world.home.authority)
    with pytest.raises(PermissionDenied):
        forum.take_back(question, by=other)
    ForumQuestion.objects.filter(pk=question.pk).update(asked_by=other)
    assert forum_reviewer_client.post(ADDRESS, {"ta_tilbake": question.pk}).status_code == 404


def test_an_answered_question_stays(world: World, question: ForumQuestion, reviewer: User) -> None:
    forum.answer(question, text="I mai.", promised_on=None, by=world.user("officer"), at=NOW)
    assert forum.take_back(question, by=reviewer) is False
    assert ForumQuestion.objects.filter(pk=question.pk).exists()


# ---- answering ----


@pytest.mark.usefixtures("the_day")
def test_an_officer_answers_with_a_date_and_who_asked_is_told(
    question: ForumQuestion, officer_client: Client, forum_reviewer_client: Client
) -> None:
    answer = officer_client.post(
        answer_page(question), {"answer": "To er klare i mai.", "promised_on": "2027-05-31", "seen_version": 0}
    )
    assert answer.status_code == 302
    question.refresh_from_db()
    assert (question.answered_on, question.promised_on) == (dt.date(2026, 11, 21), dt.date(2027, 5, 31))
    html = body(english(forum_reviewer_client).get(ADDRESS))
    assert "answered 21 November 2026" in html
    assert "To be done by 31 May 2027" in html
    assert Notice.objects.get(kind="forum_answer").user == question.asked_by


def test_a_private_answer_is_not_in_the_mail(world: World, question: ForumQuestion) -> None:
    forum.answer(question, text="Fortrolig svar", promised_on=None, by=world.user("officer"), at=NOW)
    mail = Mail.objects.get(to_address="forum_reviewer@test.example")
    assert "Fortrolig" not in mail.text + mail.html


def test_a_changed_answer_is_told_again_and_the_earlier_promise_stays_on_the_page(
    world: World, reader: Client, forum_reviewer_client: Client, reviewer: User
) -> None:
    asked = ask(world.home.plan, reviewer, is_public=True)
    officer = world.user("officer")
    forum.answer(asked, text="I mai.", promised_on=dt.date(2027, 5, 31), by=officer, at=NOW)
    forum.answer(asked, text="Først i juni.", promised_on=dt.date(2027, 6, 30), by=officer, at=NOW)
    html = body(reader.get(ADDRESS))
    assert "To be done by 30 June 2027" in html
    assert "Promised before: 31 May 2027" in " ".join(html.replace("<", " <").split()).replace(" <", "<")
    assert "I mai." not in html  # the wording is for those who work with it
    assert "I mai." in body(forum_reviewer_client.get(ADDRESS))
    assert Notice.objects.filter(kind="forum_answer").count() == 2


def test_the_same_answer_saved_twice_tells_once(world: World, question: ForumQuestion) -> None:
    for _ in range(2):
        forum.answer(question, text="I mai.", promised_on=None, by=world.user("officer"), at=NOW)
    assert Notice.objects.filter(kind="forum_answer").count() == 1


def test_a_colleagues_answer_is_not_overwritten_unseen(
    world: World, question: ForumQuestion, officer_client: Client
) -> None:
    forum.answer(question, text="I mai.", promised_on=None, by=world.user("leader"), at=NOW)
    html = body(english(officer_client).post(answer_page(question), {"answer": "I juni.", "seen_version": 0}))
    assert "changed this while you were writing" in html
    question.refresh_from_db()
    assert question.answer == "I mai."


def test_an_empty_answer_is_refused(question: ForumQuestion, officer_client: Client) -> None:
    html = body(english(officer_client).post(answer_page(question), {"answer": " ", "seen_version": 0}))
    assert "Write the answer." in html


@pytest.mark.parametrize(("person", "status"), [("editor", 403), ("attester", 403), ("elected", 403), ("forum_reviewer", 403), ("neighbour", 404), ("stranger", 404)])  # fmt: skip
def test_others_do_not_answer(as_role: Any, question: ForumQuestion, person: str, status: int) -> None:
    assert as_role(person).post(answer_page(question), {"answer": "Ja."}).status_code == status
    question.refresh_from_db()
    assert question.answer == ""


def test_a_question_of_another_plan_answers_as_one_that_does_not_exist(world: World, officer_client: Client) -> None:
    theirs = make.a_question(world.next.plan)
    assert officer_client.get(answer_page(theirs)).status_code == 404


# ---- what leaks, and what it costs ----


def test_a_public_question_about_a_report_that_is_not_released_stays_hidden(world: World, reader: Client) -> None:
    frozen = PlanReport.objects.get(plan=world.home.plan, released_at=None)
    make.a_question(world.home.plan, is_public=True, report=frozen, text="Hvorfor står det rødt?")
    assert "rødt" not in body(reader.get(ADDRESS))


def test_the_page_of_a_draft_is_for_its_staff(world: World, as_role: Any) -> None:
    page = f"/{HOME}/planer/utkast/sporsmal/"
    assert as_role("anonymous").get(page).status_code == 404
    assert as_role("officer").get(page).status_code == 200


def test_questions_waiting_for_an_answer_come_first(world: World, reader: Client) -> None:
    make.a_question(world.home.plan, is_public=True, text="Besvart", answer="Ja.", answered_on=dt.date(2026, 11, 20))
    html = body(reader.get(ADDRESS))
    assert html.index("Når kommer tomtene") < html.index("Besvart")


def test_the_page_costs_the_same_however_many_are_asked(world: World, officer_client: Client) -> None:
    officer, counts = world.user("officer"), []
    officer_client.get(ADDRESS)
    for number in (1, 3, 30):
        for _ in range(number):
            asked = make.a_question(world.home.plan, measure=world.home.participation.measure)
            forum.answer(asked, text="Ja.", promised_on=None, by=officer, at=NOW)
        with CaptureQueriesContext(connection) as queries:
            body(officer_client.get(ADDRESS))
        counts.append(len(queries))
    assert len(set(counts)) == 1


# ---- the due date ----


def test_an_answer_that_is_due_is_told_to_the_desk_until_it_is_given(world: World, question: ForumQuestion) -> None:
    now = timezone.make_aware(dt.datetime(2026, 12, 14, 9))
    sweep.sweep(now)
    told = Notice.objects.filter(kind="forum_answer_due", subject_id=question.pk).current()
    assert [(one.user, one.occasion) for one in told] == [(world.user("officer"), "day")]
    assert told.get().title == str(world.home.plan.title)  # it is not public, so its words are not told
    assert told.get().link == answer_page(question)
    forum.answer(question, text="Ja.", promised_on=None, by=world.user("officer"), at=now)
    sweep.sweep(now)
    assert not told.all().exists()


def test_a_public_question_is_told_with_its_words(world: World, reviewer: User) -> None:
    asked = ask(world.home.plan, reviewer, is_public=True)
    sweep.sweep(timezone.make_aware(dt.datetime(2026, 12, 14, 9)))
    assert Notice.objects.get(kind="forum_answer_due", subject_id=asked.pk).title == "Når er tomtene klare?"


def test_the_answer_page_is_where_the_notice_leads(question: ForumQuestion) -> None:
    assert forum.address_of(question, question.plan) == reverse("answer_question", args=[HOME, PLAN, question.pk])
