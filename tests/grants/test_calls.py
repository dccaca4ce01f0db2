"""Calls as officers make and announce them, and as everyone reads them; and late applications let in."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone, translation

from grants.calls import eligibility, lacking, making, parts
from grants.desk import late
from grants.held import Handled
from grants.models import Application, Call, Question
from grants.refusals import Refused
from portal.models import Event, Notice
from tests import factories as ground
from tests import factories_fund as make
from tests.conftest import signed_in
from tests.house.test_queries import same_for_all_sizes
from tests.strategy.reading import english

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from grants.models import Scheme
    from portal.models import Authority, User

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)
"""PostgreSQL asks its own clock when an application is sent."""
DAY = dt.timedelta(days=1)
YESTERDAY = (NOW - DAY).date().isoformat()


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def place(db: None) -> Authority:
    return ground.an_authority(name="Prøveby")


@pytest.fixture
def scheme(place: Authority) -> Scheme:
    return make.a_fund_with(place).scheme


@pytest.fixture
def officer(place: Authority) -> User:
    return ground.a_user("officer", place, name="Olga Oppdiktet")


@pytest.fixture
def desk(officer: User) -> Client:
    return english(signed_in(officer))


def whole(scheme: Scheme, officer: User, **facts: Any) -> Call:
    """Make a call that lacks nothing and is not announced."""
    texts = {"text": "Penger til nye ideer.", "who_may_apply": "Bedrifter her.", "eligible": "Utstyr"}
    return make.a_call(scheme, published=False, officer=officer, **{**texts, **facts})


def fresh(row: Any) -> Any:
    row.refresh_from_db()
    return row


def page(name: str, call: Call) -> str:
    return reverse(name, args=[call.authority.slug, call.slug if name in ("call_page", "call_check") else call.pk])


def text_of(answer: Any) -> str:
    return str(answer.content.decode()).replace("\xa0", " ")


# ---- made ----


def test_a_copy_has_everything_but_the_dates_and_its_questions_hang_on_its_own(scheme: Scheme, officer: User) -> None:
    first = whole(scheme, officer, closes_at=NOW + DAY, year=2025)
    asks = Question.objects.create(authority=first.authority, call=first, kind="yes_no", text="Har dere partner?")
    Question.objects.create(
        authority=first.authority, call=first, kind="text", text="Hvem?", shown_if=asks, shown_if_answer="yes",
        position=1,
    )  # fmt: skip
    make.publish(first)
    made = making.begin(scheme, title=first.title, copy=first, by=officer, now=NOW)
    assert (made.closes_at, made.year, made.published_at) == (None, NOW.year, None)
    again = making.begin(scheme, title=first.title, copy=first, by=officer, now=NOW)
    assert len({first.slug, made.slug, again.slug}) == 3
    assert (made.text, made.cap_nok, made.criteria.get().weight) == (first.text, 300_000, 2)
    hangs = made.questions.get(text="Hvem?")
    assert hangs.shown_if == made.questions.get(text="Har dere partner?")
    assert first.questions.count() == made.questions.count() == 3


def test_an_officer_makes_a_call_in_the_browser_and_announces_it(desk: Client, scheme: Scheme, officer: User) -> None:
    asked = {"scheme": scheme.pk, "title": "Støtte til nye ideer"}
    answer = desk.post(reverse("new_call", args=[scheme.authority.slug]), asked, follow=True)
    call = Call.objects.get(title="Støtte til nye ideer")
    assert call.slug == "stotte-til-nye-ideer"
    assert "5 things are missing." in text_of(answer)
    typed = {
        "title": "Støtte til nye ideer", "lede": "Penger til nye ideer.", "text": "Til det som er nytt.",
        "who_may_apply": "Bedrifter.", "applicants": ["company", "founder"], "opens_at_0": YESTERDAY,
        "opens_at_1": "", "closes_at_0": "2099-01-15", "closes_at_1": "", "answer_weeks": "6", "eligible": "Utstyr",
        "share_percent": "50", "cap_nok": "kr 300 000,-", "starts": "submitted", "year": f"{NOW.year}",
        "officer": officer.pk, "seen": call.row_version,
    }  # fmt: skip
    assert desk.post(page("edit_call", call), typed).status_code == 302
    fresh(call)
    assert timezone.localtime(call.closes_at).isoformat() == "2099-01-15T23:59:00+01:00"
    assert timezone.localtime(call.opens_at).hour == 8
    assert call.cap_nok == 300_000
    part = {"gjor": "ny", "slag": "kriterium", "title": "Flere jobber", "weight": "2", "most_points": "5",
            "mark": parts.mark_of(call)}  # fmt: skip
    assert desk.post(page("edit_call_form", call), part).status_code == 302
    assert desk.get(page("call_page", call)).status_code == 200
    desk.logout()
    assert desk.get(page("call_page", call)).status_code == 404
    english(desk).force_login(officer)
    send = {"gjor": "kunngjor", "seen": fresh(call).row_version}
    assert "The call is announced." in text_of(desk.post(page("edit_call", call), send, follow=True))
    assert "announced already" in text_of(desk.post(page("edit_call", call), send, follow=True))
    desk.logout()
    assert "Check whether" not in text_of(english(desk).get(page("call_page", call)))
    assert "Begin an application" in text_of(desk.get(page("call_page", call)))
    assert Event.objects.filter(kind="call_published").count() == 1


def test_what_two_officers_type_at_once_is_not_lost(desk: Client, scheme: Scheme, officer: User) -> None:
    call = whole(scheme, officer)
    old = call.row_version
    making.write(call, {"title": "En annens tittel"}, seen=old, by=officer)
    typed = {"title": "Min tittel", "opens_at_0": YESTERDAY, "answer_weeks": "6", "starts": "any", "year": f"{NOW.year}",
             "text": "Min tekst.", "seen": old}  # fmt: skip
    answer = desk.post(page("edit_call", call), typed)
    assert answer.status_code == 409
    assert "Min tekst." in text_of(answer)
    assert "En annens tittel" in text_of(answer)
    again = {**typed, "seen": answer.context["form"]["seen"].value()}
    assert desk.post(page("edit_call", call), again).status_code == 302
    assert fresh(call).title == "Min tittel"


def test_a_call_that_lacks_something_is_not_announced(scheme: Scheme, officer: User) -> None:
    call = make.a_call(scheme, published=False, opens_at=NOW - 2 * DAY, closes_at=NOW - DAY, applicants=[])
    call.criteria.all().delete()
    stops = {lack.place for lack in lacking.lacks(call, NOW) if lack.stops}
    assert stops == {
        "div_id_text", "div_id_who_may_apply", "div_id_eligible", "div_id_applicants", "div_id_closes_at", "kriterium",
        "div_id_officer",
    }  # fmt: skip
    with pytest.raises(ValidationError) as refused:
        making.publish(call, seen=None, by=officer, now=NOW)
    assert len(refused.value.messages) == len(stops)
    assert fresh(call).published_at is None


def test_the_terms_of_an_announced_call_stay_and_its_texts_do_not(scheme: Scheme, officer: User) -> None:
    call = making.publish(whole(scheme, officer), seen=None, by=officer, now=NOW)
    making.write(call, {"text": "Bedre sagt.", "cap_nok": 1, "applicants": []}, seen=None, by=officer)
    assert (fresh(call).text, call.cap_nok, bool(call.applicants)) == ("Bedre sagt.", 300_000, True)
    with pytest.raises(Handled):
        parts.remove(call, "kriterium", call.criteria.get().pk, seen=parts.mark_of(call), by=officer)
    with pytest.raises(Handled):
        making.remove(call, seen=None, by=officer)


def test_an_announced_call_closes_later_never_earlier_and_those_who_write_are_told(
    scheme: Scheme, officer: User
) -> None:  # fmt: skip
    call = making.publish(whole(scheme, officer), seen=None, by=officer, now=NOW)
    writer = ground.a_user()
    make.a_draft_application(call, by=writer)
    with pytest.raises(ValidationError):
        making.move_end(call, call.closes_at - DAY, seen=None, by=officer, now=NOW)
    later = call.closes_at + DAY
    making.move_end(call, later, seen=None, by=officer, now=NOW)
    assert fresh(call).closes_at == later
    told = Notice.objects.get(kind="call_end_moved")
    assert told.user == writer
    assert call.title in told.title
    with pytest.raises(Handled):
        making.move_end(call, later, seen=None, by=officer, now=NOW)
    making.move_end(call, None, seen=None, by=officer, now=NOW)
    assert fresh(call).closes_at is None


def test_a_call_is_taken_back_until_someone_has_begun(scheme: Scheme, officer: User) -> None:
    call = making.publish(whole(scheme, officer), seen=None, by=officer, now=NOW)
    making.unpublish(call, seen=None, by=officer)
    assert fresh(call).published_at is None
    making.publish(call, seen=None, by=officer, now=NOW)
    make.a_draft_application(call)
    with pytest.raises(Refused, match="begun"):
        making.unpublish(call, seen=None, by=officer)
    assert fresh(call).published_at is not None


def test_the_operator_draws_up_calls_and_announces_none(scheme: Scheme, officer: User) -> None:
    call, operator = whole(scheme, officer), ground.a_user(is_superuser=True)
    making.write(call, {"text": "Mendet."}, seen=None, by=operator)
    for deed in (
        lambda: making.publish(call, seen=None, by=operator, now=NOW),
        lambda: making.move_end(call, None, seen=None, by=operator, now=NOW),
        lambda: late.let_in(call, "1-1", why="Fordi", until=NOW + DAY, by=operator, now=NOW),
    ):
        with pytest.raises(PermissionDenied):
            deed()


# ---- its form ----


def asked(call: Call, **facts: Any) -> Question:
    return Question(authority=call.authority, call=call, **{"text": "Hva?", "kind": "text", "required": True, **facts})


def test_a_question_hangs_on_an_answer_above_it_and_nothing_leaves_it_loose(scheme: Scheme, officer: User) -> None:
    call = whole(scheme, officer)

    def save(question: Question) -> Question:
        return parts.save(call, "sporsmal", question, seen=parts.mark_of(call), by=officer)  # type: ignore[no-any-return]

    where = save(asked(call, text="Hvor?", kind="choice", options=["Her", "Ute"]))
    country = save(asked(call, text="Hvilket land?", shown_if=where, shown_if_answer="Ute"))
    with pytest.raises(ValidationError, match="answered so"):
        save(asked(call, shown_if=where, shown_if_answer="Borte"))
    where.options = ["Her", "Borte"]
    with pytest.raises(ValidationError, match="would be gone"):
        save(where)
    with pytest.raises(ValidationError, match="hangs on"):
        parts.move(call, "sporsmal", country.pk, up=True, seen=parts.mark_of(call), by=officer)
    with pytest.raises(ValidationError, match="Change that first"):
        parts.remove(call, "sporsmal", where.pk, seen=parts.mark_of(call), by=officer)
    seen = parts.mark_of(call)
    parts.move(call, "sporsmal", where.pk, up=True, seen=seen, by=officer)
    assert [row.text for row in parts.rows_of(call, "sporsmal")] == ["Hvor?", "Hva er nytt?", "Hvilket land?"]
    with pytest.raises(Handled):  # pressed twice, it does not move twice
        parts.move(call, "sporsmal", where.pk, up=False, seen=seen, by=officer)


def test_choices_are_written_one_on_each_line(desk: Client, scheme: Scheme, officer: User) -> None:
    call = whole(scheme, officer)
    typed = {"gjor": "ny", "slag": "sporsmal", "text": "Hvor?", "kind": "choice", "options": "Her\n",
             "mark": parts.mark_of(call)}  # fmt: skip
    assert "Write at least two choices" in text_of(desk.post(page("edit_call_form", call), typed))
    typed["options"] = "Her\r\n\r\n Ute \r\nHer"
    assert desk.post(page("edit_call_form", call), typed).status_code == 302
    assert call.questions.get(text="Hvor?").options == ["Her", "Ute"]
    text = text_of(desk.get(f"{page('edit_call_form', call)}?gjor=ny&slag=sporsmal"))
    assert "when “Ute”" in text


# ---- read ----


def test_everyone_reads_what_is_open_first_and_nothing_that_is_not_announced(
    client: Client, scheme: Scheme, officer: User
) -> None:  # fmt: skip
    for name, facts in {
        "Åpen": {}, "Lukket": {"opens_at": NOW - 9 * DAY, "closes_at": NOW - DAY},
        "Kommer": {"opens_at": NOW + DAY, "closes_at": NOW + 9 * DAY}, "Siste": {"closes_at": NOW + DAY},
    }.items():  # fmt: skip
        make.publish(whole(scheme, officer, title=f"{name} utlysning", slug=name.lower().replace("å", "a"), **facts))
    whole(scheme, officer, title="Hemmelig utlysning")
    text = text_of(english(client).get(reverse("calls", args=[scheme.authority.slug])))
    places = [text.index(f">{name} utlysning<") for name in ("Siste", "Åpen", "Kommer", "Lukket")]
    assert places == sorted(places)
    feed = text_of(client.get(reverse("calls_feed", args=[scheme.authority.slug])))
    for said in (text, feed, text_of(client.get(reverse("authority_page", args=[scheme.authority.slug])))):
        assert "Åpen utlysning" in said
        assert "Hemmelig" not in said
    scheme.is_public = False
    scheme.save()
    assert "utlysning<" not in text_of(client.get(reverse("calls", args=[scheme.authority.slug])))


def test_the_check_comes_first_and_cannot_be_skipped(client: Client, scheme: Scheme, officer: User) -> None:
    call = make.publish(whole(scheme, officer))
    check, english_client = call.checks.get(), english(client)
    assert "Answer yes or no." in text_of(english_client.post(page("call_check", call), {}))
    stopped = text_of(english_client.post(page("call_check", call), {f"c{check.pk}": "no"}))
    assert check.explanation in stopped
    answer = client.post(page("call_check", call), {f"c{check.pk}": "yes"})
    sealed = parse_qs(urlsplit(answer["Location"]).query)["svar"][0]
    assert answer["Location"].startswith(reverse("start_application", args=[call.authority.slug, call.slug]))
    assert eligibility.passed(call, sealed) == {str(check.pk): True}
    other = make.publish(whole(scheme, officer))
    forged = [eligibility.seal(call, {check.pk: False}), eligibility.seal(call, {}), sealed[:-2], "", "x:y:z"]
    assert [eligibility.passed(call, one) for one in forged] == [None] * 5
    assert eligibility.passed(other, sealed) is None


def test_the_answers_of_the_check_hold_for_two_days(scheme: Scheme, officer: User, time_machine: Any) -> None:
    call = make.publish(whole(scheme, officer))
    now = timezone.now()
    sealed = eligibility.seal(call, {check.pk: check.right_answer for check in call.checks.all()})
    time_machine.move_to(now + 2 * DAY - dt.timedelta(minutes=1))
    assert eligibility.passed(call, sealed) is not None
    time_machine.move_to(now + 2 * DAY + dt.timedelta(minutes=1))
    assert eligibility.passed(call, sealed) is None


def test_what_an_officer_writes_is_text_and_never_markup(client: Client, scheme: Scheme, officer: User) -> None:
    bad = "<script>alert(1)</script>"
    call = make.publish(whole(scheme, officer, text=bad, lede=bad, eligible=bad, title=bad, who_may_apply=bad))
    for name in ("call_page", "call_check"):
        assert bad not in text_of(client.get(page(name, call)))
    assert bad not in text_of(client.get(reverse("calls_feed", args=[call.authority.slug])))


def test_the_desks_list_and_the_public_ones_cost_the_same_for_any_number_of_calls(
    scheme: Scheme, officer: User
) -> None:
    def grow(size: int) -> tuple[Client, dict[str, int | None]]:
        for _ in range(size):
            call = make.publish(whole(scheme, officer))
            make.an_application(call)
        names = ("desk_calls", "calls", "calls_feed", "authority_page")
        addresses: dict[str, int | None] = {reverse(name, args=[scheme.authority.slug]): None for name in names}
        return signed_in(officer), {**addresses, page("edit_call", call): None, page("edit_call_form", call): None}

    same_for_all_sizes(grow)


def test_drafts_are_in_no_figure_of_the_desk(desk: Client, scheme: Scheme, officer: User) -> None:
    call = make.publish(whole(scheme, officer))
    make.a_draft_application(call)
    for address in (reverse("desk_calls", args=[call.authority.slug]), page("edit_call", call)):
        assert "1 application" not in text_of(desk.get(address))
    make.an_application(call)
    assert "1 application, which asks for kr 300 000." in text_of(desk.get(page("edit_call", call)))


# ---- a late one ----


@pytest.fixture
def closed(scheme: Scheme, officer: User) -> Call:
    return make.publish(whole(scheme, officer, opens_at=NOW - 9 * DAY, closes_at=NOW - DAY))


def test_one_draft_is_let_in_late_by_its_number_and_its_writer_is_told(closed: Call, officer: User) -> None:
    writer = ground.a_user()
    draft, other = make.a_draft_application(closed, by=writer), make.a_draft_application(closed)
    number, until = late.number_of(draft), NOW + DAY
    late.let_in(closed, f" {number} ", why="Portalen var nede.", until=until, by=officer, now=NOW)
    assert (fresh(draft).let_in_by, draft.let_in_why, draft.let_in_until) == (officer, "Portalen var nede.", until)
    assert draft.state == Application.State.DRAFT
    assert fresh(other).let_in_by is None
    told = Notice.objects.get(kind="application_let_in")
    assert told.user == writer
    assert draft.title not in told.title
    assert draft.title not in told.mail.text
    event = Event.objects.get(kind="late_entry_let_in")
    assert event.subject_id == closed.pk
    assert event.facts == {"until": until.isoformat()}
    with pytest.raises(Handled):
        late.let_in(closed, number, why="Portalen var nede.", until=until, by=officer, now=NOW)


def test_a_guessed_number_finds_no_draft(closed: Call, officer: User, scheme: Scheme) -> None:
    draft = make.a_draft_application(closed)
    elsewhere = make.publish(whole(scheme, officer, opens_at=NOW - 9 * DAY, closes_at=NOW - DAY))
    right = late.number_of(draft)
    wrong = f"{draft.pk}-{(int(right[-4:]) + 1) % 10_000:04d}"
    for call, number in ((closed, str(draft.pk)), (closed, wrong), (closed, "²-1"), (closed, "x"), (elsewhere, right)):
        with pytest.raises(ValidationError) as refused:
            late.let_in(call, number, why="Fordi.", until=NOW + DAY, by=officer, now=NOW)
        assert "number" in refused.value.message_dict
    with pytest.raises(ValidationError):
        late.let_in(closed, right, why="Fordi.", until=NOW, by=officer, now=NOW)
    assert fresh(draft).let_in_by is None


def test_nobody_is_let_in_where_everyone_can_send_or_nobody_yet(scheme: Scheme, officer: User) -> None:
    for facts in ({}, {"opens_at": NOW + DAY, "closes_at": NOW + 2 * DAY}):
        call = make.publish(whole(scheme, officer, **facts))
        draft = make.a_draft_application(call)
        with pytest.raises(ValidationError):
            late.let_in(call, late.number_of(draft), why="Fordi.", until=NOW + DAY, by=officer, now=NOW)


def test_the_page_of_a_late_one_shows_nothing_of_the_draft(desk: Client, closed: Call) -> None:
    draft = make.a_draft_application(closed, title="Hemmelig oppfinnelse")
    typed = {"number": late.number_of(draft), "why": "Syk på dagen.", "until_0": "2099-11-25", "until_1": "12:00"}
    answer = desk.post(page("let_in", closed), typed, follow=True)
    assert "The application can be sent until 25 November 2099" in text_of(answer)
    assert "Hemmelig" not in text_of(answer)


# ---- the demo ----


def test_the_demos_call_is_announced_once_and_loads_again_over_what_has_come(db: None) -> None:
    from portal.management.commands.load_demo import DEMO_VERSION, load_demo

    load_demo()
    call = Call.objects.get(slug="nye-ideer")
    make.an_application(call)
    assert load_demo(DEMO_VERSION + 1)
    assert fresh(call).invented
    assert call.questions.filter(shown_if__isnull=False).count() == 2
    assert call.statutes is not None
