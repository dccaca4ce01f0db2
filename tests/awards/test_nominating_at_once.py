"""Many who nominate the same at one moment: real transactions in a database of their own."""

from __future__ import annotations

from django.utils import timezone

from awards.models import NominationDraft
from awards.nominating import deeds
from tests import factories as portal_make
from tests import factories_awards as make
from tests.at_once import at_once
from tests.portal.test_inputs import digits_of


def test_many_at_once_are_numbered_without_gaps_under_one_candidate_and_pressing_twice_makes_one(
    own_database: str,
) -> None:
    round_ = make.a_prize_round(make.a_prize(portal_make.an_authority()))
    category, ready = round_.categories.get(), []
    for number, name in enumerate(
        ("Oppdiktet Bakeri AS", "OPPDIKTET BAKERI", "Oppdiktet  bakeri as", "Oppdiktet bakeri")
    ):
        typed = deeds.Typed(
            category.pk,
            "organisation",
            name,
            reasons="De baker.",
            nominator_name="Kari",
            address=f"k{number}@a.example",
        )
        draft = deeds.start(round_.pk, typed, now=timezone.now())
        ready += [(draft.pk, digits_of())] * 2

    def press(one: tuple[int, str]) -> int:
        try:
            received = deeds.confirm(*one, now=timezone.now())
        except NominationDraft.DoesNotExist:
            return 0
        assert received is not None
        return received.number

    assert sorted(at_once(press, ready)) == [0, 0, 0, 0, 1, 2, 3, 4]
    assert round_.candidates.count() == 1 and round_.nominations.count() == 4
