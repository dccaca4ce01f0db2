"""With the keyboard alone, without scripts, and on paper."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.journeys.axe import violations
from tests.journeys.pressing import press

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.journeys.conftest import Site, Watched

FOCUSED = "document.activeElement"
MEASURES = "/admin/strategy/measureparticipation/"


@pytest.mark.parametrize("path", ["/", "/{home}/planer/{plan}/", "/konto/login/"])
def test_the_first_tab_offers_to_skip_to_the_content(site: Site, browse: Callable[..., Watched], path: str) -> None:
    page = browse().page
    page.goto(site.address(path))
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Tab")
    assert page.evaluate(f"{FOCUSED}.getAttribute('href')") == "#innhold"
    assert page.locator(".ds-skip-link").bounding_box()["x"] >= 0  # type: ignore[index]
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate(f"document.querySelector('main').contains({FOCUSED}) || {FOCUSED} === document.body")


def test_the_menu_opens_and_closes_with_keys_and_without_scripts(site: Site, browse: Callable[..., Watched]) -> None:
    page = browse(width=320, scripts=False).page
    page.goto(site.address("/{home}/"))
    menu = page.locator("#meny")
    assert not menu.is_visible()
    page.locator(".p-menu").focus()
    page.keyboard.press("Enter")
    assert menu.is_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    assert not menu.is_visible()
    assert page.evaluate(f"{FOCUSED}.classList.contains('p-menu')"), "focus goes back to the button"


def test_the_accounts_menu_opens_and_closes_with_keys_and_without_scripts(
    site: Site, browse: Callable[..., Watched]
) -> None:
    page = browse("officer", scripts=False).page
    page.goto(site.address("/{home}/"))
    mine, button = page.locator("#konto"), page.locator(".p-mine-button")
    expect(mine).to_be_hidden()
    button.focus()
    page.keyboard.press("Enter")
    expect(mine).to_be_visible()
    assert violations(page) == []
    box, screen = mine.bounding_box(), page.viewport_size
    assert box is not None
    assert screen is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= screen["width"]
    page.keyboard.press("Tab")
    assert page.evaluate(f"document.querySelector('#konto').contains({FOCUSED})"), "what opened comes next"
    page.keyboard.press("Escape")
    expect(mine).to_be_hidden()
    assert page.evaluate(f"{FOCUSED}.classList.contains('p-mine-button')"), "focus goes back to the button"


def test_on_a_phone_the_account_stands_in_the_menu(site: Site, browse: Callable[..., Watched]) -> None:
    page = browse("officer", width=320, scripts=False).page
    page.goto(site.address("/{home}/"))
    expect(page.locator("#konto")).to_be_hidden()
    page.locator(".p-menu").click()
    expect(page.locator("#konto form [type=submit]")).to_be_visible()
    expect(page.locator(".p-mine-button")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert violations(page) == []


def test_each_stop_of_the_keyboard_can_be_seen(site: Site, browse: Callable[..., Watched]) -> None:
    page = browse().page
    page.goto(site.address("/"))
    for _ in range(12):
        page.keyboard.press("Tab")
        style = page.evaluate(
            f"(s => [s.outlineStyle, parseFloat(s.outlineWidth), s.boxShadow])(getComputedStyle({FOCUSED}))"
        )
        assert (style[0] != "none" and style[1] >= 2) or style[2] != "none", page.evaluate(f"{FOCUSED}.outerHTML")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_refused_form_says_first_what_is_wrong_and_keeps_what_was_typed(
    site: Site, browse: Callable[..., Watched], scripts: bool
) -> None:
    page = browse(scripts=scripts).page
    page.goto(site.address("/konto/login/"))
    page.fill("[name=login]", "ingen@test.example")
    page.fill("[name=password]", "feil passord her")
    press(page, "main form [type=submit]")
    expect(page).to_have_title(re.compile("^Feil: "))
    summary = page.locator(".ds-error-summary")
    assert summary.count() == 1
    expect(summary).to_be_focused()  # waits: the browser gives focus when it has drawn the page
    assert page.input_value("[name=login]") == "ingen@test.example"
    assert violations(page) == []


def test_a_link_of_the_summary_leads_to_its_field(site: Site, browse: Callable[..., Watched]) -> None:
    page = browse().page
    page.goto(site.address("/konto/login/"))
    press(page, "main form [type=submit]")
    link = page.locator(".ds-error-summary a").first
    target = str(link.get_attribute("href")).removeprefix("#")
    link.focus()
    page.keyboard.press("Enter")
    assert page.evaluate(f"{FOCUSED}.id") == target


@pytest.mark.parametrize("path", ["/", "/{home}/planer/{plan}/", "/{home}/planer/{plan}/tiltak/{measure}/"])
def test_on_paper_there_is_no_menu_and_nothing_is_closed(site: Site, browse: Callable[..., Watched], path: str) -> None:
    page = browse().page
    page.goto(site.address(path))
    page.emulate_media(media="print")
    assert not page.locator(".p-nav").is_visible()
    assert not page.locator(".ds-skip-link").is_visible()
    assert page.locator("h1").is_visible()
    closed = "[...document.querySelectorAll('main details')].filter(d => !d.open && !d.closest('.p-noprint'))"
    hidden = f"{closed}.filter(d => [...d.children].slice(1).some(c => !c.checkVisibility())).length"
    assert page.evaluate(hidden) == 0


def test_an_officer_changes_a_measures_state_without_scripts(site: Site, browse: Callable[..., Watched]) -> None:
    page = browse("officer", scripts=False).page
    page.goto(site.address(MEASURES))
    states = page.locator("select[name$=-state]")
    before = states.first.input_value()
    for state in ("on_hold", before):  # as it was, in the end: other journeys go by the same measures
        states.first.select_option(state)
        press(page, "[name=_save]")
        expect(states.first).to_have_value(state)


def test_the_language_form_changes_without_scripts(site: Site, browse: Callable[..., Watched]) -> None:
    page = browse(scripts=False).page
    page.goto(site.address("/"))
    press(page, "footer button[value=nn]")
    expect(page.locator("html")).to_have_attribute("lang", "nn")
