"""What most tests about money start from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import factories_money as make

if TYPE_CHECKING:
    from grants.models import Account, Grant
    from tests.world import World


@pytest.fixture
def account(world: World) -> Account:
    """An account that holds 100 kroner."""
    account = make.a_line(make.a_scheme(world.home.authority), 100).account
    assert account is not None
    return account


@pytest.fixture
def grant(account: Account) -> Grant:
    """A grant of 60 of them."""
    return make.a_grant(account, amount=60)
