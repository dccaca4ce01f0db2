"""How sure we must be, and what a session gives: rules without a database."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.models import Method
from portal.strength import BINDING, OF_METHOD, STRONG_LASTS, Deed, Mark, Strength, needed, role_counts, strength_of

NOW = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


def mark(method: str, *, ago: dt.timedelta = MINUTE, provider: int | None = None, authority: int | None = None) -> Mark:
    at = (NOW - ago).timestamp()
    strong = at if OF_METHOD[method] is Strength.STRONG else None
    return Mark(1, method, at, at, strong_at=strong, provider=provider, authority=authority)


def is_enough(found: Mark | None, deed: Deed, *, trial: bool, now: dt.datetime) -> bool:
    return strength_of(found, now) >= needed(deed, trial=trial)


def test_every_way_to_sign_in_has_its_strength() -> None:
    assert set(OF_METHOD) == set(Method.values)


@pytest.mark.parametrize("deed", sorted(BINDING, key=str))
def test_a_deed_that_binds_needs_an_electronic_identity(deed: Deed) -> None:
    for method in ("code", "password", "mfa", "passkey", "entra", "demo"):
        assert not is_enough(mark(method), deed, trial=False, now=NOW), method
    assert is_enough(mark("idporten"), deed, trial=False, now=NOW)
    assert is_enough(mark("ansattporten"), deed, trial=False, now=NOW)


@pytest.mark.parametrize("deed", [Deed.DRAFT, Deed.FOLLOW, Deed.INPUT, Deed.NOMINATE])
def test_a_code_is_enough_for_what_binds_nobody(deed: Deed) -> None:
    assert is_enough(mark("code"), deed, trial=False, now=NOW)
    assert not is_enough(None, deed, trial=False, now=NOW)


def test_in_trial_mode_a_code_is_all_there_is() -> None:
    assert is_enough(mark("code"), Deed.SUBMIT, trial=True, now=NOW)
    assert not is_enough(None, Deed.SUBMIT, trial=True, now=NOW), "nobody submits without signing in"


def test_a_strong_sign_in_weakens_with_time() -> None:
    assert is_enough(mark("idporten", ago=STRONG_LASTS), Deed.SUBMIT, trial=False, now=NOW)
    assert not is_enough(mark("idporten", ago=STRONG_LASTS + MINUTE), Deed.SUBMIT, trial=False, now=NOW)


def gives(found: Mark | None, *, allowed: bool = True, two_steps: bool = False, provider: int | None = None) -> bool:
    return role_counts(found, authority=7, password_allowed=allowed, mfa_required=two_steps, provider=provider)


def test_a_code_gives_no_role() -> None:
    assert not gives(mark("code"))
    assert gives(mark("password"))
    assert gives(None), "a task is no session"


def test_a_role_from_groups_counts_in_a_session_of_that_service_only() -> None:
    assert gives(mark("entra", provider=3, authority=7), provider=3)
    assert not gives(mark("entra", provider=4, authority=7), provider=3)
    assert not gives(mark("password"), provider=3)
    assert not gives(mark("idporten", provider=5, authority=7), provider=3)


@pytest.mark.parametrize("method", ["password", "mfa", "passkey"])
def test_where_passwords_are_switched_off_they_give_no_role(method: str) -> None:
    assert not gives(mark(method), allowed=False)
    assert gives(mark(method), allowed=True)


def test_where_passwords_are_switched_off_only_the_authoritys_own_directory_or_an_eid_gives_its_roles() -> None:
    assert gives(mark("entra", provider=3, authority=7), allowed=False)
    assert not gives(mark("entra", provider=3, authority=8), allowed=False), "another authority's directory"
    assert gives(mark("idporten", provider=5, authority=8), allowed=False)


def test_another_authoritys_directory_does_not_pass_by_this_ones_second_step() -> None:
    assert gives(mark("entra", provider=3, authority=8))
    assert not gives(mark("entra", provider=3, authority=8), two_steps=True)
    assert gives(mark("entra", provider=3, authority=7), two_steps=True)
    assert gives(mark("idporten", provider=5, authority=8), two_steps=True)


@given(
    method=st.sampled_from(sorted(OF_METHOD)), minutes=st.integers(0, 600), more=st.integers(0, 600),
    deed=st.sampled_from(list(Deed)), trial=st.booleans(),
)  # fmt: skip
def test_time_never_makes_a_session_stronger(method: str, minutes: int, more: int, deed: Deed, trial: bool) -> None:
    found = mark(method, ago=minutes * MINUTE)
    later = NOW + more * MINUTE
    assert strength_of(found, later) <= strength_of(found, NOW)
    if is_enough(found, deed, trial=trial, now=later):
        assert is_enough(found, deed, trial=trial, now=NOW)
