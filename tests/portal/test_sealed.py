"""What is sealed is opened by us, for what it was sealed for, and by nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from portal.sealed import CannotOpen, open_, seal

OLD, NEW = "o" * 48, "n" * 48


def test_what_is_sealed_cannot_be_read_and_is_opened_again() -> None:
    sealed = seal("client", "hemmelig")
    assert "hemmelig" not in sealed
    assert open_("client", sealed) == "hemmelig"
    assert seal("client", "hemmelig") != sealed, "two of the same do not look alike"


def test_nothing_stays_nothing() -> None:
    assert seal("client", "") == ""
    assert open_("client", "") == ""


def test_one_purpose_does_not_open_anothers() -> None:
    with pytest.raises(CannotOpen):
        open_("token", seal("pid", "01818000000"))


def test_what_was_touched_does_not_open() -> None:
    sealed = seal("pid", "01818000000")
    with pytest.raises(CannotOpen):
        open_("pid", sealed[:-4] + ("AAA=" if not sealed.endswith("AAA=") else "BBB="))
    with pytest.raises(CannotOpen):
        open_("pid", "01818000000")


def test_a_new_key_in_front_seals_and_the_old_one_still_opens(settings: Any) -> None:
    settings.DATA_KEYS = [OLD]
    before = seal("pid", "x")
    settings.DATA_KEYS = [NEW, OLD]
    assert open_("pid", before) == "x"
    after = seal("pid", "x")
    settings.DATA_KEYS = [NEW]
    assert open_("pid", after) == "x"
    with pytest.raises(CannotOpen):
        open_("pid", before)
