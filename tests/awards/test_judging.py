"""The jury declares, gives points, hands in and discusses; who is tied is out, and one’s own comes before the others’."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from awards.judging import declaring, field, lists, others, remarks, sheets
from awards.models import Candidate, JuryOpinion, PrizeRound
from grants.held import Handled
from portal import impartiality
from portal.impartiality import NotImpartial, Standing
from portal.models import BodyMembership, Declaration, Event, Notice
from tests import factories as portal_make
from tests import factories_awards as make

pytestmark = pytest.mark.django_db


def now() -> dt.datetime:
    return timezone.now()


@pytest.fixture
def jury() -> SimpleNamespace:
    """Two members who sign in and one who does not, a category with two candidates, all declared."""
    authority = portal_make.an_authority()
    one, other = make.a_member(authority), make.a_member(authority)
    officer, leader = (portal_make.a_user(role, authority) for role in ("officer", "leader"))
    body = make.a_jury(authority, one, other)
    paper = make.a_seat(body)
    prize = make.a_prize(authority)
    make.prize_statutes(prize)
    round_ = make.a_prize_round(prize, "judging", jury=body)
    category = round_.categories.get()
    first, second = (make.a_candidate(category, name=f"Kandidat {letter} AS") for letter in "AB")
    for candidate in (first, second):
        make.no_ties(candidate, one, other, officer, leader)
    seats = [BodyMembership.objects.get(body=body, user=person) for person in (one, other)]
    return SimpleNamespace(
        authority=authority, one=one, other=other, officer=officer, leader=leader, round=round_, category=category,
        first=first, second=second, seat=seats[0], other_seat=seats[1], paper=paper, prize=prize,
        criteria=field.criteria_of(round_),
    )  # fmt: skip


def points(jury: SimpleNamespace, *given: int) -> dict[int, int]:
    return {one.pk: n for one, n in zip(jury.criteria, given, strict=False)}


def give(jury: SimpleNamespace, candidate: Candidate, *given: int, **facts: object) -> JuryOpinion:
    by = facts.pop("by", jury.one)
    seat = facts.pop("seat", jury.seat)
    return sheets.save(seat, candidate, points(jury, *given), by=by, now=now(), **facts)  # type: ignore[arg-type]


def all_given(jury: SimpleNamespace) -> None:
    for candidate in (jury.first, jury.second):
        give(jury, candidate, 3, 4)
    sheets.hand_in(jury.seat, jury.category, by=jury.one, now=now())


def place(jury: SimpleNamespace, seat: BodyMembership | None = None) -> field.Place:
    return field.place_of(jury.round, seat or jury.seat, jury.category.pk, wanted=len(jury.criteria))


# ---- points ----


def test_points_are_kept_half_done_and_the_sheet_is_handed_in_when_all_is_given(jury: SimpleNamespace) -> None:
    give(jury, jury.first, 3)
    assert (place(jury).done, place(jury).lines[0].points) == (0, points(jury, 3))
    give(jury, jury.first, 3, 5, comment="Nytt.")
    with pytest.raises(ValidationError, match="1"):
        sheets.hand_in(jury.seat, jury.category, by=jury.one, now=now())
    give(jury, jury.second, abstains=True)
    sheets.hand_in(jury.seat, jury.category, by=jury.one, now=now())
    assert place(jury).is_handed_in
    with pytest.raises(Handled):
        sheets.hand_in(jury.seat, jury.category, by=jury.one, now=now())
    assert Event.objects.filter(kind="jury_sheet_handed_in", authority_id=jury.authority.pk).count() == 1


def test_points_follow_the_criteria_of_the_statutes(jury: SimpleNamespace) -> None:
    with pytest.raises(ValidationError) as wrong:
        give(jury, jury.first, 6, 0)
    assert list(wrong.value.message_dict) == [f"points-{jury.criteria[0].pk}"]
    with pytest.raises(ValidationError):
        sheets.save(jury.seat, jury.first, {999: 1}, by=jury.one, now=now())
    with pytest.raises(ValidationError) as both:
        give(jury, jury.first, 1, abstains=True)
    assert "abstains" in both.value.message_dict
    with pytest.raises(ValidationError) as long:
        give(jury, jury.first, 1, comment="x" * 2_000_000)
    assert "comment" in long.value.message_dict
    assert not jury.first.opinions.exists()


def test_after_handing_in_a_change_needs_a_reason_that_the_others_read(jury: SimpleNamespace) -> None:
    all_given(jury)
    with pytest.raises(ValidationError) as refused:
        give(jury, jury.first, 5, 5)
    assert "changed_why" in refused.value.message_dict
    give(jury, jury.first, 3, 4)  # the same once more: nothing to give a reason for
    give(jury, jury.first, 5, 5, changed_why="Jeg leste regnskapet feil.")
    (said,) = others.of_candidate(jury.first, jury.other_seat, jury.criteria)
    assert (said.cells[0][1], said.changed_why) == ("5", "Jeg leste regnskapet feil.")
    with pytest.raises(ValidationError):
        give(jury, jury.first, 5, changed_why="Angrer.")  # a sheet that is handed in stays whole
    assert Event.objects.filter(kind="jury_opinion_changed", authority_id=jury.authority.pk).count() == 1


def test_an_abstention_takes_the_points_away_also_after_handing_in(jury: SimpleNamespace) -> None:
    all_given(jury)
    opinion = give(jury, jury.first, abstains=True, changed_why="Jeg kjenner ikke bransjen.")
    assert opinion.abstains
    assert not opinion.scores.exists()


def test_a_page_that_has_grown_old_overwrites_nothing(jury: SimpleNamespace) -> None:
    seen = sheets.mark_of(give(jury, jury.first, 1, 1))
    give(jury, jury.first, 1, 2)
    with pytest.raises(Handled):
        give(jury, jury.first, 5, 5, seen=seen)
    assert place(jury).lines[0].points == points(jury, 1, 2)
    with pytest.raises(Handled):
        give(jury, jury.second, 5, 5, seen=seen)


def test_others_points_are_hidden_until_ones_own_are_handed_in(jury: SimpleNamespace) -> None:
    all_given(jury)
    give(jury, jury.first, 0, 1, seat=jury.other_seat, by=jury.other)
    assert place(jury).sees_others
    assert not place(jury, jury.other_seat).sees_others
    assert [one.is_own for one in others.of_candidate(jury.first, jury.seat, jury.criteria)] == [True]
    assert field.is_blind(jury.other, jury.category, timezone.localdate())
    assert not field.is_blind(jury.one, jury.category, timezone.localdate())
    assert not field.is_blind(jury.officer, jury.category, timezone.localdate())


def test_nobody_gives_anothers_points(jury: SimpleNamespace) -> None:
    with pytest.raises(PermissionDenied):
        give(jury, jury.first, 1, 1, by=jury.other)
    with pytest.raises(ValidationError):  # the officer, for one who signs in
        give(jury, jury.first, 1, 1, by=jury.officer)
    BodyMembership.objects.filter(pk=jury.seat.pk).update(valid_to=timezone.localdate() - dt.timedelta(days=1))
    with pytest.raises(PermissionDenied):
        give(jury, jury.first, 1, 1)


def test_points_are_given_while_the_jury_works_only(jury: SimpleNamespace) -> None:
    make.a_category_decision(jury.category, None, by=jury.officer)
    PrizeRound.objects.filter(pk=jury.round.pk).update(state="decided")
    with pytest.raises(Handled):
        give(jury, jury.first, 1, 1)
    with pytest.raises(Handled):
        remarks.say(jury.seat, jury.first, "For sent.", by=jury.one, now=now())


# ---- ties ----


def test_a_tie_to_one_closes_the_category_and_the_leader_is_told_without_names(jury: SimpleNamespace) -> None:
    all_given(jury)
    declaring.declare(jury.round, jury.seat, [jury.first], tie="Min bror eier det.", by=jury.one, now=now())
    assert (place(jury).standing, place(jury).is_open) == (Standing.TIED, False)
    with pytest.raises(NotImpartial):
        give(jury, jury.second, 1, 1, changed_why="Nei.")
    assert others.of_candidate(jury.second, jury.other_seat, jury.criteria) == []
    told = Notice.objects.get(user=jury.leader, kind="tie_declared")
    assert jury.first.name not in f"{told.title} {told.context}"
    declaration = Declaration.objects.get(answer="tie", user=jury.one)
    impartiality.rule(declaration, is_impartial=True, reason="Fjern slektning.", by=jury.leader, now=now())
    assert place(jury).is_open
    assert len(others.of_candidate(jury.second, jury.other_seat, jury.criteria)) == 1


def test_a_tie_is_to_one_and_is_not_taken_back(jury: SimpleNamespace) -> None:
    both = [jury.first, jury.second]
    with pytest.raises(ValidationError):
        declaring.declare(jury.round, jury.seat, both, tie="Noe.", by=jury.one, now=now())
    declaring.declare(jury.round, jury.seat, [jury.first], tie="Noe.", by=jury.one, now=now())
    with pytest.raises(ValidationError):
        declaring.declare(jury.round, jury.seat, [jury.first], by=jury.one, now=now())


def test_a_candidate_that_comes_later_closes_the_category_until_one_has_declared(jury: SimpleNamespace) -> None:
    all_given(jury)
    late = make.a_candidate(jury.category)
    assert place(jury).standing is Standing.UNANSWERED
    with pytest.raises(NotImpartial):
        give(jury, jury.first, 1, 1, changed_why="Nei.")
    declaring.declare(jury.round, jury.seat, [late], by=jury.one, now=now())
    assert (place(jury).is_open, place(jury).left) == (True, 1)
    give(jury, late, 2, 2, changed_why="Kandidaten kom senere.")
    assert place(jury).left == 0


# ---- members who do not sign in ----


def test_an_officer_registers_for_a_member_who_does_not_sign_in(jury: SimpleNamespace) -> None:
    with pytest.raises(NotImpartial):
        give(jury, jury.first, 1, 1, seat=jury.paper, by=jury.officer)
    declaring.register(jury.paper, jury.category, by=jury.officer, now=now())
    declaring.register(jury.paper, jury.category, by=jury.officer, now=now())
    assert Declaration.objects.filter(member=jury.paper, registered_by=jury.officer).count() == 2
    for candidate in (jury.first, jury.second):
        give(jury, candidate, 2, 2, seat=jury.paper, by=jury.officer)
    sheet = sheets.hand_in(jury.paper, jury.category, by=jury.officer, now=now())
    assert sheet.registered_by == jury.officer


def test_a_registered_tie_comes_with_the_jurys_ruling(jury: SimpleNamespace) -> None:
    facts = {"tie_to": jury.first, "tie": "Styreleder der.", "by": jury.officer, "now": now()}
    with pytest.raises(ValidationError):
        declaring.register(jury.paper, jury.category, **facts)
    declaring.register(jury.paper, jury.category, reason="Styreverv.", **facts)
    assert place(jury, jury.paper).standing is Standing.DISQUALIFIED
    with pytest.raises(NotImpartial):
        give(jury, jury.second, 1, 1, seat=jury.paper, by=jury.officer)


def test_an_officer_who_is_tied_registers_for_nobody(jury: SimpleNamespace) -> None:
    make.a_tie(jury.first, jury.officer)
    with pytest.raises(NotImpartial):
        declaring.register(jury.paper, jury.category, by=jury.officer, now=now())


# ---- the discussion ----


def test_who_has_not_handed_in_takes_no_part_in_the_discussion(jury: SimpleNamespace) -> None:
    with pytest.raises(Handled):
        remarks.say(jury.seat, jury.first, "Jeg mener noe.", by=jury.one, now=now())
    all_given(jury)
    for _ in range(2):  # a second press
        remarks.say(jury.seat, jury.first, " Jeg mener noe. ", by=jury.one, now=now())
    assert [row.text for row in jury.first.remarks.all()] == ["Jeg mener noe."]
    with pytest.raises(PermissionDenied):
        remarks.say(jury.seat, jury.first, "I hennes navn.", by=jury.officer, now=now())


def test_a_jury_that_only_discusses_has_no_sheet(jury: SimpleNamespace) -> None:
    statutes = make.prize_statutes(jury.prize, method="discussion", criteria=0)
    round_ = make.a_prize_round(jury.prize, "judging", year=2031, jury=jury.round.jury, statutes=statutes)
    one = make.a_candidate(round_.categories.get())
    make.no_ties(one, jury.one)
    remarks.say(jury.seat, one, "Vi bør velge denne.", by=jury.one, now=now())
    with pytest.raises(Handled):
        sheets.hand_in(jury.seat, one.category, by=jury.one, now=now())
    assert field.place_of(round_, jury.seat, one.category_id).sees_others


# ---- what waits ----


def test_her_own_page_says_what_comes_next_and_shows_others_nothing(jury: SimpleNamespace) -> None:
    def text() -> str:
        return lists.rounds_of(jury.one, timezone.localdate())[0].text

    late = make.a_candidate(jury.category)
    assert "1" in text()
    make.no_ties(late, jury.one)
    assert "3" in text()
    for candidate in (jury.first, jury.second, late):
        give(jury, candidate, 1, 1)
    assert lists.rounds_of(jury.one, timezone.localdate())[0].waits
    sheets.hand_in(jury.seat, jury.category, by=jury.one, now=now())
    assert not lists.rounds_of(jury.one, timezone.localdate())[0].waits
    make.a_tie(late, jury.other)
    make.a_candidate(jury.category)
    assert not lists.rounds_of(jury.other, timezone.localdate())[0].waits  # out of the category, nothing waits
    assert lists.personal(jury.officer, timezone.localdate()) is None
