"""A place with an officer and a plan, where a test file has not made its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.utils import translation

from tests import factories as make
from tests import openid_server
from tests.portal.mondays import DAY, MONDAY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.models import Authority, User


@pytest.fixture
def place(db: None) -> Authority:
    return make.an_authority(name="Prøveby")


@pytest.fixture
def officer(place: Authority) -> User:
    return make.a_user("officer", place)


@pytest.fixture
def plan(place: Authority) -> Any:
    return make.a_plan(place, title="Næringsplan")


@pytest.fixture
def measure(plan: Any, officer: User) -> Any:
    """A measure that is due in a week."""
    return make.a_measure(plan, person=officer, title="Ny kai", due_on=MONDAY + 7 * DAY)


@pytest.fixture
def words_of_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let readers of the daily mail get the words that stand in the code, so that a translation breaks no test."""
    override = translation.override
    monkeypatch.setattr("portal.digest_words.translation.override", lambda _language: override("en"))


@pytest.fixture(scope="session")
def openid_service() -> Iterator[openid_server.Service]:
    with openid_server.running() as service:
        yield service


@pytest.fixture
def service(openid_service: openid_server.Service, settings: Any, db: None) -> openid_server.Service:
    """A sign-in service over real HTTP; the stand-in's place in the portal's own address leads to it."""
    openid_service.start_over()
    settings.BASE_URL = openid_service.origin
    return openid_service
