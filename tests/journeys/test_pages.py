"""Every page is usable: by axe's rules, on a phone and a desk, by day and night, with scripts and without."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.template.loader import render_to_string

from tests.journeys.axe import CONTRAST, violations
from tests.journeys.pages import PAGES
from tests.journeys.pressing import press

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.journeys.conftest import Site, Watched

WIDTHS = (320, 1280)
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
MARKUP = "body => body.outerHTML"
PARSED = "html => new DOMParser().parseFromString(html, 'text/html').body.outerHTML"
"""What the server sent, as the browser reads it where no script runs."""


def look_at(page: Page, place: str, *, by_night: bool = True) -> list[str]:
    """Look at a page in each width by day, and once by night at what differs then, its colours; return what is wrong."""
    wrong = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if (over := page.evaluate(SIDEWAYS)) > 0:
            wrong.append(f"{place}, {width} px: scrolls {over} px sideways: {widest(page)}")
        page.emulate_media(color_scheme="light")
        wrong += [f"{place}, {width} px: {found}" for found in violations(page)]
        if by_night and width == WIDTHS[0]:  # the colours of a page are the same in every width
            page.emulate_media(color_scheme="dark")
            wrong += [f"{place}, {width} px, by night: {found}" for found in violations(page, CONTRAST)]
    return wrong


def glance_at(page: Page, place: str) -> list[str]:
    """Look at what a journey has come to, on a phone by day; return what is wrong.

    Every page is looked at in each width, by day and night, above; here it is what it says on the way, its errors
    among them.
    """
    before = page.viewport_size
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    wrong = [] if not (over := page.evaluate(SIDEWAYS)) > 0 else [f"{place}: scrolls {over} px: {widest(page)}"]
    wrong += [f"{place}: {found}" for found in violations(page)]
    if before is not None:
        page.set_viewport_size(before)
    return wrong


def widest(page: Page) -> str:
    """Name the first elements that reach past the right edge."""
    return str(
        page.evaluate(
            "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)"
            ".slice(0, 4).map(e => e.tagName + '.' + e.className).join(', ')"
        )
    )


def plain(markup: str) -> str:
    """Return a page's markup without what a browser hides of it: the keys of scripts."""
    return re.sub(r' nonce="[^"]*"', "", markup)


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_usable(site: Site, lasting: Callable[..., Watched], name: str) -> None:
    """A page that has scripts is looked at without them too, where they have changed anything of what it holds."""
    person, path = PAGES[name]
    watched = lasting(person)
    answer = watched.page.goto(site.address(path))
    assert answer is not None
    without = plain(watched.page.evaluate(PARSED, answer.text()))
    complaints = list(watched.complaints)  # axe applies styles of its own afterwards
    is_changed = plain(watched.page.locator("body").evaluate(MARKUP)) != without
    wrong = look_at(watched.page, name)
    assert watched.page.locator("h1").count() == 1, "main headings"
    assert watched.page.locator("a[href='']").all_inner_texts() == [], "links that lead nowhere"
    if is_changed:
        bare = lasting(person, scripts=False)
        bare.page.goto(site.address(path))
        complaints += bare.complaints
        wrong += look_at(bare.page, f"{name}, without scripts", by_night=False)
    assert wrong + complaints == [], "\n".join(wrong + complaints)


def test_the_page_for_our_own_fault_is_usable(site: Site, browse: Callable[..., Watched]) -> None:
    watched, body = browse(), render_to_string("500.html")
    watched.page.route("**/feil/", lambda route: route.fulfill(status=500, content_type="text/html", body=body))
    watched.page.goto(f"{site.url}/feil/")
    assert look_at(watched.page, "our own fault") + watched.complaints == []


def test_the_page_for_an_aged_form_is_usable(site: Site, browse: Callable[..., Watched]) -> None:
    watched = browse()
    watched.page.goto(site.address("/konto/login/"))
    watched.page.context.clear_cookies()
    press(watched.page, "main form [type=submit]")
    assert watched.page.locator("h1").count() == 1
    assert look_at(watched.page, "aged form") == []
