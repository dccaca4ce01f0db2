"""A shared draft in a real browser: saved while one types, by the button alone, and never over a colleague's text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.journeys.pressing import press
from tests.journeys.test_pages import glance_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.journeys.conftest import Site, Watched

DRAFT = "/min-side/virksomhet/{organisation}/innspill/{round_id}/"
SAVED = re.compile(r"Lagret kl\.\s\d\d\.\d\d av ")


def write(page: Page, site: Site, text: str) -> None:
    page.goto(site.address(DRAFT))
    page.get_by_label("Innspill", exact=True).fill(text)


def test_it_is_saved_quietly_some_seconds_after_one_stops_typing(site: Site, browse: Callable[..., Watched]) -> None:
    mine = browse("manager")
    with mine.page.expect_response(lambda answer: answer.request.method == "POST", timeout=15_000):
        write(mine.page, site, "Skrevet uten å trykke på noe")
    expect(mine.page.locator("#lagret")).to_contain_text("Manager Hjemby")
    expect(mine.page.locator("#lagret")).to_have_text(SAVED)
    theirs = browse("colleague")
    theirs.page.goto(site.address(DRAFT))
    expect(theirs.page.get_by_label("Innspill", exact=True)).to_have_value("Skrevet uten å trykke på noe")
    mine.page.get_by_label("Innspill", exact=True).fill("Og så trykket jeg likevel")
    press(mine.page, mine.page.get_by_role("button", name="Lagre", exact=True))
    expect(mine.page.locator(".ds-alert", has_text="Lagret.")).to_be_visible()
    assert mine.complaints == []


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_two_who_write_at_once_see_both_texts(site: Site, browse: Callable[..., Watched], scripts: bool) -> None:
    mine, theirs = browse("manager", width=320, scripts=scripts), browse("colleague", scripts=False)
    write(mine.page, site, f"Lederens tekst {scripts}")
    write(theirs.page, site, f"Kollegaens tekst {scripts}")
    press(theirs.page, theirs.page.get_by_role("button", name="Lagre", exact=True))
    press(mine.page, mine.page.get_by_role("button", name="Lagre", exact=True))
    expect(mine.page.locator("main")).to_contain_text(f"Kollegaens tekst {scripts}")
    expect(mine.page.get_by_label("Innspill", exact=True)).to_have_value(f"Lederens tekst {scripts}")
    wrong = glance_at(mine.page, "both texts")
    press(mine.page, mine.page.get_by_role("button", name="Lagre", exact=True))
    expect(mine.page.locator(".ds-alert", has_text="Lagret.")).to_be_visible()
    theirs.page.goto(site.address(DRAFT))
    expect(theirs.page.get_by_label("Innspill", exact=True)).to_have_value(f"Lederens tekst {scripts}")
    assert wrong == [], "\n".join(wrong)
