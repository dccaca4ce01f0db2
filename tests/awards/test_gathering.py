"""The same nominee written three ways is one candidate; what is only alike is put together, and apart, by officers."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from awards.candidates import gathering
from awards.models import Candidate, PrizeRound, RoundCategory
from awards.refusals import Refused
from grants.held import Handled
from portal import impartiality
from portal.impartiality import NotImpartial
from portal.models import Case, Event, Notice, Role, User
from tests import factories as people
from tests import factories_awards as make

pytestmark = pytest.mark.django_db
NOW = timezone.now()
NUMBER = "974760673"


@pytest.fixture
def category() -> RoundCategory:
    found: RoundCategory = make.a_prize_round(
        make.a_prize(people.an_authority(), "Innovasjon", "Miljø")
    ).categories.all()[0]
    return found


def officer(category: RoundCategory) -> User:
    return people.a_user(Role.OFFICER, category.authority)


def gathered(
    category: RoundCategory, name: str, number: str = "", kind: str = "organisation", **facts: Any
) -> Candidate:
    return gathering.find_or_make(category, kind=kind, name=name, number=number, by=None, now=NOW, **facts)


# ---- by number and name ----


def test_a_nominee_written_three_ways_is_one_candidate(category: RoundCategory) -> None:
    first = gathered(category, "Oppdiktet Ost & Saft AS")
    assert gathered(category, "OPPDIKTET  OST OG SAFT") == first
    assert gathered(category, "Oppdiktet Ost & Saft A/S") == first


def test_the_same_number_is_the_same_nominee_whatever_the_name(category: RoundCategory) -> None:
    first = gathered(category, "Oppdiktet Brygge AS", NUMBER)
    again = gathered(
        category, "Brygga", NUMBER, email="post@brygga.example", register_copy={"form": "AS", "place": "ASKIM"}
    )
    assert again == first
    first.refresh_from_db()
    assert (first.email, first.place, first.register_copy) == (
        "post@brygga.example", "Askim", {"form": "AS", "place": "ASKIM"},
    )  # fmt: skip


def test_a_person_and_a_company_of_one_name_are_two(category: RoundCategory) -> None:
    assert gathered(category, "Oppdiktet Hansen", kind="person") != gathered(category, "Oppdiktet Hansen")


def test_a_new_candidate_has_its_own_case_that_names_nobody_and_is_deferred(category: RoundCategory) -> None:
    case = gathered(category, "Oppdiktet Hemmelig AS").case
    assert (case.series, case.access, case.access_basis) == (Case.Series.PRIZE, "deferred", "Offl. § 5 tredje ledd")
    assert "Hemmelig" not in case.title + case.public_title


def test_what_was_gathered_by_an_officer_is_found_by_both_names(category: RoundCategory) -> None:
    one, other, by = gathered(category, "Oppdiktet Sag"), gathered(category, "Sagen på Oppdiktet"), officer(category)
    make.no_ties(one, by), make.no_ties(other, by)
    gathering.merge(other, one, by=by, now=NOW)
    assert gathered(category, "sagen på oppdiktet") == one


def test_a_round_that_is_decided_takes_no_new_candidate(category: RoundCategory) -> None:
    PrizeRound.objects.filter(pk=category.round_id).update(state="cancelled", ended_why="Avlyst")
    with pytest.raises(Refused):
        gathered(category, "Oppdiktet Sen AS")


def test_a_jury_at_work_is_told_of_a_late_candidate_without_its_name() -> None:
    authority = people.an_authority()
    member = make.a_member(authority)
    round_ = make.a_prize_round(make.a_prize(authority), "judging", jury=make.a_jury(authority, member))
    gathered(round_.categories.get(), "Oppdiktet Hemmelig AS")
    notice = Notice.objects.get(user=member, kind="jury_candidate_added")
    assert "Hemmelig" not in notice.title + notice.context and notice.waits_for_digest


# ---- by officers ----


@pytest.fixture
def two(category: RoundCategory) -> tuple[Candidate, Candidate, User]:
    one, other = (
        make.a_candidate(category, name=name, nominations=2)
        for name in ("Oppdiktet Bakeri og Kafé", "Oppdiktet Bakeri og kafe")
    )
    by = officer(category)
    make.no_ties(one, by), make.no_ties(other, by)
    return one, other, by


def test_alike_names_are_suggested_within_a_category_alone(two: Any, category: RoundCategory) -> None:
    other = category.round.categories.all()[1]
    make.a_candidate(other, name="Oppdiktet Kafé")
    assert gathering.alike(category.round.candidates.order_by("pk")) == [(two[0], two[1])]


def test_gathering_moves_the_nominations_and_is_undone(two: Any) -> None:
    one, other, by = two
    other.number, other.register_copy = NUMBER, {"form": "AS"}
    other.save()
    gathering.merge(other, one, by=by, now=NOW)
    one.refresh_from_db(), other.refresh_from_db()
    assert (one.nominations.count(), one.number, other.state, other.merged_into) == (4, NUMBER, "out", one)
    gathering.take_apart(other, by=by, now=NOW)
    one.refresh_from_db(), other.refresh_from_db()
    assert (one.nominations.count(), other.nominations.count(), one.number) == (2, 2, "")
    assert (other.state, other.merged_into, other.number) == ("active", None, NUMBER)


def test_a_second_press_gathers_nothing_twice(two: Any) -> None:
    one, other, by = two
    gathering.merge(other, one, by=by, now=NOW)
    with pytest.raises(Handled):
        gathering.merge(other, one, by=by, now=NOW)
    assert Event.objects.filter(kind="candidates_gathered").count() == 1


def test_a_nominee_that_declined_has_declined_when_she_is_gathered(two: Any) -> None:
    one, other, by = two
    Candidate.objects.filter(pk=other.pk).update(answer="declined", answered_at=NOW, state="declined")
    left = gathering.merge(other, one, by=by, now=NOW)
    assert (left.answer, left.state) == ("declined", "declined")


@pytest.mark.parametrize("why", ["numbers", "category", "itself"])
def test_two_that_cannot_be_one_are_not_gathered(two: Any, category: RoundCategory, why: str) -> None:
    one, other, by = two
    if why == "numbers":
        for row, number in ((one, NUMBER), (other, "923609016")):
            row.number = number
            row.save()
    if why == "category":
        other = make.a_candidate(category.round.categories.all()[1])
        make.no_ties(other, by)
    with pytest.raises(Refused) as refused:
        gathering.merge(other, other if why == "itself" else one, by=by, now=NOW)
    assert refused.value.code == why


def test_who_has_not_declared_for_all_of_them_gathers_nobody(two: Any, category: RoundCategory) -> None:
    one, other, by = two
    make.a_candidate(category)
    with pytest.raises(NotImpartial):
        gathering.merge(other, one, by=by, now=NOW)


def test_who_is_tied_to_one_of_them_is_tied_to_the_one_that_is_left(two: Any, category: RoundCategory) -> None:
    one, other, by = two
    tied, free = officer(category), officer(category)
    make.no_ties(one, tied, free), make.no_ties(other, free)
    make.a_tie(other, tied)
    gathering.merge(other, one, by=by, now=NOW)
    assert impartiality.standing(tied, one.case_id) is impartiality.Standing.TIED
    assert impartiality.standing(free, one.case_id) is impartiality.Standing.IMPARTIAL


# ---- one nomination ----


def test_a_nomination_is_moved_or_made_a_candidate_of_its_own(two: Any) -> None:
    one, other, by = two
    first, second = one.nominations.all()
    assert gathering.move_nomination(first, other, by=by, now=NOW) == other
    with pytest.raises(Refused) as refused:
        gathering.move_nomination(second, None, by=by, now=NOW)
    assert refused.value.code == "alone"
    last = other.nominations.last()
    alone = gathering.move_nomination(last, None, by=by, now=NOW)
    assert alone.name == last.typed_name and list(alone.nominations.all()) == [last]
    assert alone.case_id not in {one.case_id, other.case_id}
