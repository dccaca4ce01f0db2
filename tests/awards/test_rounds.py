"""Prizes set up at the desk: statutes adopted, a round made from last year’s, its steps, and what waits for whom."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone, translation

from awards import deadlines, links, waits
from awards.models import PrizeCriterion, PrizeRound, PrizeStatutes
from awards.rounds import making, moving, overview, seats, statutes
from awards.rounds.jury_lines import seat_lines
from grants.held import Handled
from portal.calendar import OSLO
from portal.models import BodyMembership, CaseStep, Event, Notice
from tests import factories
from tests import factories_awards as make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.models import Authority, User

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
TODAY = NOW.date()


@pytest.fixture
def place() -> Authority:
    return factories.an_authority()


@pytest.fixture
def officer(place: Authority) -> User:
    return factories.a_user("officer", place)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """What is refused is said in the words of the source."""
    with translation.override("en"):
        yield


def said(error: pytest.ExceptionInfo[ValidationError]) -> str:
    return " ".join(error.value.messages)


# ---- prizes and statutes ----


def test_a_prize_is_made_with_its_categories_in_order_and_an_address_of_its_own(
    place: Authority, officer: User
) -> None:
    facts = {"name": "Årets pris", "purpose": "Å hedre."}
    made = making.make_prize(place, facts, ["Miljø", "Bærekraft", "Miljø"], by=officer)
    assert (made.slug, [str(one) for one in made.categories.all()]) == ("arets-pris", ["Miljø", "Bærekraft"])
    assert making.make_prize(place, {**facts, "name": "Årets! Pris"}, [], by=officer).slug == "arets-pris-2"
    with pytest.raises(ValidationError):
        making.make_prize(place, facts, [], by=officer)


def test_the_operator_and_a_neighbour_set_up_nothing(place: Authority) -> None:
    operator = factories.a_user(is_superuser=True)
    neighbour = factories.a_user("officer", factories.an_authority())
    prize = make.a_prize(place)
    for person in (operator, neighbour):
        with pytest.raises(PermissionDenied):
            making.make_prize(place, {"name": "X", "purpose": "Y"}, [], by=person)
        with pytest.raises(PermissionDenied):
            statutes.make_statutes(prize, by=person)
        with pytest.raises(PermissionDenied):
            moving.move(make.a_prize_round(prize, year=2030 + person.pk % 60), "cancelled", by=person, now=NOW, why="x")


def test_a_category_that_a_round_has_had_is_taken_out_of_use_and_keeps_its_name(
    place: Authority, officer: User
) -> None:
    prize = make.a_prize(place, "Innovasjon", "Miljø", "Ny")
    make.a_prize_round(prize)
    used, _other, _third = prize.categories.all()
    assert making.remove_category(prize, used.pk, by=officer) is False
    used.refresh_from_db()
    assert not used.is_in_use
    used.name = "Noe annet"
    with pytest.raises(ValidationError, match="used this category"):
        making.save_category(prize, used, by=officer)


def test_a_new_version_says_what_the_last_did_until_it_is_changed_and_one_is_drawn_up_at_a_time(
    place: Authority, officer: User
) -> None:
    prize = make.a_prize(place)
    first = make.prize_statutes(prize, repeat_years=4)
    drawn = statutes.make_statutes(prize, by=officer)
    assert (drawn.version, drawn.repeat_years, drawn.criteria.count()) == (2, 4, first.criteria.count())
    with pytest.raises(Handled):
        statutes.make_statutes(prize, by=officer)
    criterion = PrizeCriterion(title="Nytenkning", weight=3)
    statutes.save_criterion(drawn, criterion, by=officer)
    statutes.move_criterion(drawn, criterion.pk, up=True, by=officer)
    assert [one.title for one in drawn.criteria.all()][1] == "Nytenkning"


def test_statutes_are_adopted_whole_once_and_never_changed(place: Authority, officer: User) -> None:
    prize = make.a_prize(place)
    drawn = statutes.make_statutes(prize, by=officer)
    with pytest.raises(ValidationError) as lacking:
        statutes.adopt(drawn, valid_from=TODAY, adopted_in=None, seen=None, by=officer)
    assert "text of the statutes" in said(lacking)
    assert "what it gives them by" in said(lacking)
    facts = {"text": "Prisen deles ut.", "method": "discussion"}
    drawn = statutes.write(drawn, facts, seen=drawn.row_version, by=officer)
    elsewhere = factories.a_step(factories.a_case(place), activity="decision")
    with pytest.raises(ValidationError, match="working group"):
        statutes.adopt(drawn, valid_from=TODAY, adopted_in=elsewhere, seen=None, by=officer)
    adopted = statutes.adopt(drawn, valid_from=TODAY, adopted_in=None, seen=None, by=officer)
    for again in (
        lambda: statutes.adopt(adopted, valid_from=TODAY, adopted_in=None, seen=None, by=officer),
        lambda: statutes.write(adopted, {"text": "Noe annet."}, seen=None, by=officer),
        lambda: statutes.save_criterion(adopted, PrizeCriterion(title="Sent"), by=officer),
        lambda: statutes.remove(adopted, seen=None, by=officer),
    ):
        with pytest.raises(Handled):
            again()
    assert PrizeStatutes.objects.get(prize=prize).text == "Prisen deles ut."


# ---- the working group ----


def test_the_leader_sets_up_the_working_group_with_a_case_and_its_steps(place: Authority, officer: User) -> None:
    prize, leader = make.a_prize(place), factories.a_user("leader", place)
    with pytest.raises(PermissionDenied):
        seats.set_up_group(prize, body=None, name="Gruppa", by=officer, now=NOW)
    done = seats.set_up_group(prize, body=None, name="Gruppa", by=leader, now=NOW)
    assert done.case is not None
    assert done.working_group is not None
    steps = [step.activity for step in done.case.steps.order_by("stage")]
    assert steps == ["anchoring", "decision", "decision", "involvement"]
    with pytest.raises(Handled):
        seats.set_up_group(prize, body=None, name="En til", by=leader, now=NOW)
    group = done.working_group
    assert len(seats.lacks(group, TODAY)) == 2
    seats.save_seat(group, BodyMembership(display_name="Oppdiktet Bedrift", capacity="business"), by=officer)
    seats.save_seat(group, BodyMembership(display_name="Oppdiktet Folkevalgt", capacity="elected"), by=officer)
    assert seats.lacks(group, TODAY) == []


def test_statutes_are_adopted_by_a_decision_in_the_working_groups_case(place: Authority, officer: User) -> None:
    prize, leader = make.a_prize(place), factories.a_user("leader", place)
    prize = seats.set_up_group(prize, body=None, name="Gruppa", by=leader, now=NOW)
    step = CaseStep.objects.filter(case=prize.case, activity="decision")[0]
    drawn = make.prize_statutes(prize, adopted=False)
    step.outcome, step.resolution, step.decided_on = "adopted", "Statuttene vedtas.", TODAY
    step.save()
    assert statutes.adopt(drawn, valid_from=TODAY, adopted_in=step, seen=None, by=officer).adopted_in == step


def test_nobody_sits_twice_at_the_same_time_and_a_seat_someone_has_used_ends_instead_of_going(
    place: Authority, officer: User
) -> None:
    member = make.a_member(place)
    jury = make.a_jury(place, member)
    seat = jury.members.get()
    with pytest.raises(ValidationError, match="already"):
        seats.save_seat(jury, BodyMembership(user=member, capacity="business"), by=officer)
    stranger = factories.a_user()
    with pytest.raises(ValidationError, match="role with you"):
        seats.save_seat(jury, BodyMembership(user=stranger, capacity="business"), by=officer)
    case = factories.a_case(place)
    case.declarations.create(authority=place, member=seat, answer="no_ties", text_version=1, registered_by=officer)
    assert seats.remove_seat(jury, seat.pk, by=officer, on=TODAY) is False
    seat.refresh_from_db()
    assert seat.valid_to == TODAY
    unused = make.a_seat(jury)
    assert seats.remove_seat(jury, unused.pk, by=officer, on=TODAY) is True


# ---- a round from last year's ----


def last_years(place: Authority, **facts: object) -> PrizeRound:
    """A round of 2025 by statutes that hold every other year, with a jury whose first member sits to 2028."""
    prize = make.a_prize(place, "Innovasjon", "Miljø")
    make.prize_statutes(prize, interval_years=2)
    jury = make.a_jury(place)
    make.a_seat(jury, valid_to=dt.date(2028, 1, 1))
    at = lambda month, day, hour: dt.datetime(2025, month, day, hour, tzinfo=OSLO)  # noqa: E731
    return make.a_prize_round(
        prize, "draft", year=2025, jury=jury, opens_at=at(3, 3, 8), closes_at=at(5, 1, 23), text="Nominer noen.",
        jury_meets_on=dt.date(2025, 6, 6), ceremony_at=at(11, 14, 18), ceremony_place="Rådhuset", **facts,
    )  # fmt: skip


def test_a_round_is_made_from_last_years_in_one_with_its_dates_on_working_days(place: Authority, officer: User) -> None:
    last = last_years(place)
    made = making.make_round(last.prize, 2027, from_=last, by=officer, now=NOW)
    local = [made.opens_at.astimezone(OSLO), made.closes_at.astimezone(OSLO), made.ceremony_at.astimezone(OSLO)]  # type: ignore[union-attr]
    assert [when.strftime("%d.%m.%Y %H") for when in local] == ["03.03.2027 08", "03.05.2027 23", "15.11.2027 18"]
    assert made.jury_meets_on == dt.date(2027, 6, 7)
    assert (made.jury, made.text, made.state, made.copied_from) == (last.jury, "Nominer noen.", "draft", last)
    assert [str(one) for one in made.categories.all()] == ["Innovasjon", "Miljø"]
    assert made.case_id not in (None, last.case_id)
    with pytest.raises(Handled):
        making.make_round(last.prize, 2027, from_=last, by=officer, now=NOW)


def test_a_jury_whose_period_is_over_does_not_follow(place: Authority, officer: User) -> None:
    last = last_years(place)
    assert making.make_round(last.prize, 2029, from_=last, by=officer, now=NOW).jury is None


def test_a_round_without_statutes_is_refused(place: Authority, officer: User) -> None:
    prize = make.a_prize(place)
    make.prize_statutes(prize, adopted=False)
    with pytest.raises(ValidationError, match="Adopt statutes first"):
        making.make_round(prize, 2027, by=officer, now=NOW)


def test_dates_in_the_wrong_order_are_named_beside_their_fields(place: Authority, officer: User) -> None:
    round_ = last_years(place)
    wrong = {"jury_meets_on": dt.date(2025, 4, 1), "vote_opens_at": NOW}
    with pytest.raises(ValidationError) as error:
        making.change_round(round_, wrong, seen=round_.row_version, by=officer, now=NOW)
    assert set(error.value.message_dict) == {"jury_meets_on", "vote_closes_at"}


def test_of_a_published_round_only_a_later_end_and_what_is_ahead_is_changed(place: Authority, officer: User) -> None:
    round_ = make.a_prize_round(make.a_prize(place))
    now = timezone.now()
    assert round_.closes_at is not None
    sooner, later = round_.closes_at - make.DAY, round_.closes_at + make.DAY
    with pytest.raises(ValidationError, match="never earlier"):
        making.change_round(round_, {"closes_at": sooner}, seen=None, by=officer, now=now)
    facts = {"closes_at": later, "opens_at": sooner, "categories": [], "text": "Mer tid."}
    changed = making.change_round(round_, facts, seen=round_.row_version, by=officer, now=now)
    assert (changed.closes_at, changed.opens_at, changed.text) == (later, round_.opens_at, "Mer tid.")
    assert changed.categories.count() == 1
    with pytest.raises(Handled):
        making.change_round(round_, facts, seen=round_.row_version, by=officer, now=now)


# ---- its steps ----


def test_a_round_is_published_when_nothing_is_missing_and_once(place: Authority, officer: User) -> None:
    prize = make.a_prize(place, is_public=False)
    make.prize_statutes(prize)
    made = making.make_round(prize, 2027, by=officer, now=NOW)
    assert len(moving.missing(made, "published", NOW)) == 3
    with pytest.raises(ValidationError, match="when nominations open"):
        moving.move(made, "published", by=officer, now=NOW)
    prize.is_public = True
    prize.save()
    dates = {"opens_at": NOW + make.DAY, "closes_at": NOW + 30 * make.DAY}
    made = making.change_round(made, dates, seen=None, by=officer, now=NOW)
    moved = moving.move(made, "published", by=officer, now=NOW, seen=PrizeRound.objects.get(pk=made.pk).row_version)
    assert (moved.state, moved.published_at) == ("published", NOW)
    with pytest.raises(Handled, match="already"):
        moving.move(made, "published", by=officer, now=NOW)
    assert Event.objects.filter(kind="prize_round_moved", subject_id=made.pk).count() == 1
    back = moving.move(moved, "draft", by=officer, now=NOW)
    assert (back.state, back.published_at) == ("draft", None)


def test_a_round_with_a_nomination_is_not_taken_back(place: Authority, officer: User) -> None:
    round_ = make.a_prize_round(make.a_prize(place))
    make.a_candidate(round_.categories.get())
    with pytest.raises(ValidationError, match="nominated"):
        moving.move(round_, "draft", by=officer, now=timezone.now())


def test_the_jury_is_told_when_its_work_begins_and_no_nominee_is_named(place: Authority, officer: User) -> None:
    let_in, without_role = make.a_member(place), factories.a_user("elected", place)
    colleague = factories.a_user("officer", place)
    jury = make.a_jury(place, let_in, without_role)
    prize, now = make.a_prize(place), timezone.now()
    still_open = make.a_prize_round(prize, year=2030, jury=jury)
    with pytest.raises(ValidationError, match="still open"):
        moving.move(still_open, "judging", by=officer, now=now)
    round_ = make.a_prize_round(prize, jury=jury, closes_at=now - make.DAY)
    make.a_candidate(round_.categories.get(), name="Hemmelig Nominert AS")
    moving.move(round_, "judging", by=officer, now=now)
    told = {notice.user_id: notice for notice in Notice.objects.filter(subject_id=round_.pk)}
    assert set(told) == {let_in.pk, colleague.pk}
    assert told[let_in.pk].mail is not None
    texts = " ".join(f"{one.title} {one.context} {one.mail.text if one.mail else ''}" for one in told.values())
    assert "Hemmelig" not in texts


def test_nominations_are_taken_again_with_a_reason_and_a_later_end_until_the_jury_has_begun(
    place: Authority, officer: User
) -> None:
    member = make.a_member(place)
    round_ = make.a_prize_round(make.a_prize(place), "judging", jury=make.a_jury(place, member))
    candidate = make.a_candidate(round_.categories.get())
    now = timezone.now()
    with pytest.raises(ValidationError, match="Say why"):
        moving.move(round_, "published", by=officer, now=now, closes_at=now + make.DAY)
    with pytest.raises(ValidationError, match="later than today"):
        moving.move(round_, "published", by=officer, now=now, why="For få forslag.", closes_at=now - make.DAY)
    again = moving.move(round_, "published", by=officer, now=now, why="For få forslag.", closes_at=now + make.DAY)
    assert again.state == "published"
    other = make.a_prize_round(round_.prize, "judging", year=2031, jury=round_.jury)
    make.no_ties(candidate, member)
    weighed = make.a_candidate(other.categories.get())
    make.no_ties(weighed, member)
    make.a_sheet(other.categories.get(), member)
    with pytest.raises(ValidationError, match="begun to give points"):
        moving.move(other, "published", by=officer, now=now, why="For få.", closes_at=now + make.DAY)


def test_the_vote_opens_when_each_category_has_finalists(place: Authority, officer: User) -> None:
    prize = make.a_prize(place, "Innovasjon", "Miljø")
    make.prize_statutes(prize, vote="advises", finalists=2)
    now = timezone.now()
    round_ = make.a_prize_round(prize, "judging", vote_opens_at=now, vote_closes_at=now + make.DAY)
    first, second = round_.categories.all()
    for _ in range(2):
        make.a_candidate(first, finalist=True)
        make.a_candidate(second)
    assert moving.missing(round_, "voting", now) == ["Choose at least two finalists in “Miljø”."]
    assert any("public vote" in words for words in moving.missing(round_, "decided", now))
    second.candidates.update(is_finalist=True)
    assert moving.move(round_, "voting", by=officer, now=now).state == "voting"


def test_cancelling_says_why_and_is_the_end(place: Authority, officer: User) -> None:
    round_ = make.a_prize_round(make.a_prize(place))
    with pytest.raises(ValidationError, match="Say why"):
        moving.move(round_, "cancelled", by=officer, now=NOW, why="  ")
    over = moving.move(round_, "cancelled", by=officer, now=NOW, why="Ingen penger i år.")
    assert (over.ended_why, moving.moves_of(over)) == ("Ingen penger i år.", ())


# ---- what waits, and when ----


def a_round_at_work(place: Authority, officer: User, *people: User, **facts: object) -> PrizeRound:
    return make.a_prize_round(
        make.a_prize(place, "Innovasjon", "Miljø"), "judging", jury=make.a_jury(place, *people), officer=officer,
        **{"scores_due_on": TODAY, "jury_meets_on": TODAY + make.DAY, **facts},
    )  # fmt: skip


def test_the_overview_counts_what_waits_and_a_tie_asks_for_no_sheet(place: Authority, officer: User) -> None:
    free, tied = make.a_member(place), make.a_member(place)
    round_ = a_round_at_work(place, officer, free, tied)
    first, second = round_.categories.all()
    one, other = make.a_candidate(first, email=""), make.a_candidate(second, informed_on=TODAY)
    make.no_ties(one, free)
    make.no_ties(other, free, tied)
    make.a_tie(one, tied)
    make.handed_in(make.a_sheet(first, free))
    (line,) = overview.round_lines([round_], timezone.now())
    figures = line.figures
    assert (figures.candidates, figures.uninformed, figures.unreachable, figures.unanswered) == (2, 1, 1, 1)
    assert (figures.sheets, figures.sheets_wanted) == (1, 3)
    found = seat_lines(round_, list(round_.jury.members.order_by("pk")), TODAY)  # type: ignore[union-attr]
    assert [(row.declared, row.out, row.handed_in) for row in found] == [(2, 0, 1), (1, 1, 0)]


def test_points_are_due_for_the_member_who_has_them_left_and_not_for_one_who_is_out(
    place: Authority, officer: User
) -> None:
    free, tied, done = make.a_member(place), make.a_member(place), make.a_member(place)
    gone = make.a_member(place)
    round_ = a_round_at_work(place, officer, free, tied, done)
    make.a_seat(round_.jury, gone, valid_to=TODAY - make.DAY)  # type: ignore[arg-type]
    candidate = make.a_candidate(round_.categories.all()[0])
    make.no_ties(candidate, done)
    make.a_tie(candidate, tied)
    make.handed_in(make.a_sheet(round_.categories.all()[0], done))
    assert [row.who for row in deadlines.scores(TODAY)] == [free.pk]
    assert {row.who for row in deadlines.own_meetings(TODAY)} == {free.pk, tied.pk, done.pk}
    assert [line["url"] for line in waits.lines(free, TODAY)] == [f"/{place.slug}/jury/"]
    assert waits.lines(tied, TODAY) == waits.lines(done, TODAY) == []


def test_a_nominee_is_reminded_at_her_own_address_with_her_own_link(place: Authority, officer: User) -> None:
    round_ = a_round_at_work(place, officer)
    candidate = make.a_candidate(
        round_.categories.all()[0], name="Hemmelig Nominert AS", informed_on=TODAY, answer_due_on=TODAY + make.DAY
    )
    (row,) = deadlines.own_answers(TODAY)
    assert (row.to, row.about_id, row.who) == (candidate.email, candidate.pk, None)
    assert "Hemmelig" not in f"{row.headline} {row.part_of} {row.path}"
    notice = Notice(pk=7, subject_type="awards.candidate", subject_id=candidate.pk, address=candidate.email)
    ((address, key),) = links.in_daily_mail([notice], NOW).values()
    assert f"/{round_.year}/nominert/" in address
    assert key.subject_id == candidate.pk
    moved = Notice(pk=8, subject_type="awards.candidate", subject_id=candidate.pk, address="gammel@test.example")
    assert links.in_daily_mail([moved], NOW) == {}


def test_the_officer_sees_what_waits_for_the_desk(place: Authority, officer: User) -> None:
    round_ = a_round_at_work(place, officer)
    make.a_candidate(round_.categories.all()[0])
    assert [line["url"] for line in waits.lines(officer, TODAY)] == [f"/{place.slug}/prisarbeid/"]
    assert [row.who for row in deadlines.meetings(TODAY)] == [officer.pk]
    assert waits.lines(factories.a_user("editor", place), TODAY) == []
