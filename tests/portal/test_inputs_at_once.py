"""Two presses of one button, and many inputs at one moment: real transactions in a database of their own."""

from __future__ import annotations

from typing import Any

from portal import codes, inputs
from portal.models import InputDraft
from tests import factories as make
from tests.at_once import at_once
from tests.portal.test_inputs import NOW, begin, digits_of


def test_a_button_pressed_by_many_at_once_makes_one_input(own_database: str) -> None:
    authority = make.an_authority()
    asked = make.a_round(make.a_case(authority))
    draft, digits = begin(asked), digits_of()

    def press(_number: int) -> str:
        try:
            received = inputs.confirm(draft.pk, digits, now=NOW)
        except InputDraft.DoesNotExist:
            return "gone"
        return "made" if received else "wrong"

    assert sorted(at_once(press, range(4))) == ["gone", "gone", "gone", "made"]
    assert asked.inputs.count() == 1


def test_many_at_once_are_numbered_without_gaps(own_database: str) -> None:
    asked = make.a_round(make.a_case(make.an_authority()))
    ready = []
    for number in range(6):
        draft = begin(asked, inputs.Typed("x", "y", False, f"n{number}@test.example"))
        ready.append((draft.pk, digits_of()))

    def press(one: tuple[int, str]) -> int:
        received = inputs.confirm(*one, now=NOW)
        assert received is not None
        return received.number

    assert sorted(at_once(press, ready)) == [1, 2, 3, 4, 5, 6]


def test_many_beginning_at_once_get_no_more_codes_than_the_round_gives(own_database: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(codes, "PER_PURPOSE", 5)
    asked = make.a_round(make.a_case(make.an_authority()))

    def press(number: int) -> bool:
        try:
            begin(asked, inputs.Typed("spam", "robot", False, f"r{number}@test.example"))
        except inputs.TooMany:
            return False
        return True

    assert sum(at_once(press, range(12))) == 5
    assert InputDraft.objects.filter(round=asked).count() == 5
