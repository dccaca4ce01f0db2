"""The stand-ins in a browser: chosen by links alone, marked as what they are, and usable on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.db import connections

from portal.models import IdentityProvider
from tests.databases import pointed_at
from tests.journeys.pressing import press
from tests.journeys.test_pages import glance_at
from tests.world import HOME

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.journeys.conftest import Site, Watched


@pytest.fixture
def start(site: Site, django_db_blocker: object) -> Callable[[str], str]:
    """`start("idporten")` is where one begins to sign in at home; what has been counted before is forgotten."""
    cache.clear()

    def address(way: str) -> str:
        with django_db_blocker.unblock(), pointed_at(site.database):  # type: ignore[attr-defined]
            found = IdentityProvider.objects.get(authority__slug=HOME, way=way).pk
            connections.close_all()
        return f"{site.url}/konto/inn/{found}/"

    return address


def is_marked(page: Page) -> bool:
    page.wait_for_load_state()
    return page.locator(".ds-alert[data-color=warning]").is_visible() and page.locator(".p-brand small").is_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_citizen_chooses_who_she_is_by_a_link(
    site: Site, browse: Callable[..., Watched], start: Callable[[str], str], scripts: bool
) -> None:
    watched = browse(scripts=scripts)
    page = watched.page
    page.goto(start("idporten"))
    assert is_marked(page)
    complaints = list(watched.complaints)
    assert glance_at(page, "people") == []
    press(page, page.get_by_role("link", name="Geir Oppdiktet"))
    assert page.url.startswith(f"{site.url}/konto/velkommen/"), "she is new here"
    assert complaints == []


def test_a_manager_chooses_the_company_too(
    site: Site, browse: Callable[..., Watched], start: Callable[[str], str]
) -> None:
    watched = browse(width=320, scripts=False)
    page = watched.page
    page.goto(start("ansattporten"))
    press(page, page.get_by_role("link", name="Bo Oppdiktet"))
    assert is_marked(page) and page.get_by_role("link", name="OPPDIKTET KAFÉ AS").is_visible()
    assert glance_at(page, "parties") == []
    press(page, page.get_by_role("link", name="OPPDIKTET BAKERI AS"))
    assert page.url.startswith(f"{site.url}/konto/velkommen/")


def test_one_who_acts_for_nobody_is_told_so_and_can_go_back(
    site: Site, browse: Callable[..., Watched], start: Callable[[str], str]
) -> None:
    page = browse().page
    page.goto(start("ansattporten"))
    press(page, page.get_by_role("link", name="Ada Oppdiktet"))
    page.locator(".p-empty").wait_for()
    assert glance_at(page, "no parties") == []
    press(page, page.locator("main .p-actions a").last)
    assert page.url.startswith(f"{site.url}/konto/inn/"), "the portal says that nobody was signed in"


def test_a_service_that_is_down_leads_back_to_the_portals_own_words(
    site: Site, browse: Callable[..., Watched], start: Callable[[str], str]
) -> None:
    page = browse().page
    page.goto(start("idporten"))  # the portal has its copy of what the service says of itself
    page.goto(f"{site.url}/demo/innlogging/")
    press(page, "form:has([value=idporten]) button")
    try:
        page.goto(start("idporten"))
        assert page.url.startswith(f"{site.url}/konto/inn/")
    finally:
        page.goto(f"{site.url}/demo/innlogging/")
        press(page, "form:has([value=idporten]) button")
    page.goto(start("idporten"))
    assert is_marked(page)
