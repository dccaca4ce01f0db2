"""Giving input as a person does: the form, a mistake, the code from the mail box, the receipt; each page by axe."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.journeys.pressing import press, press_key
from tests.journeys.test_pages import glance_at

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.journeys.conftest import Site, Watched

ROUND = "/{home}/innspill/runde/"
PATIENCE = 3500
"""Milliseconds: the form takes nothing that comes faster than a person writes."""


def press_button(page: Page, name: str) -> None:
    press(page, page.get_by_role("button", name=name, exact=True))


def code_in_mailbox(site: Site, browse: Callable[..., Watched]) -> str:
    page = browse().page
    page.goto(site.address("/demo/postkasse/"))
    found = re.search(r"\b(\d{3} \d{3})\b", page.locator("main").inner_text())
    assert found, "the newest mail holds the code"
    return found[1]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_the_form_to_the_receipt(
    site: Site, browse: Callable[..., Watched], tmp_path: Path, scripts: bool
) -> None:
    watched = browse(width=320, scripts=scripts)
    page = watched.page
    page.goto(site.address(ROUND))
    page.wait_for_timeout(PATIENCE)
    page.get_by_label("Innspill", exact=True).fill("La oss søke hele året.")
    lie = tmp_path / "regning.pdf"
    lie.write_bytes(b"MZ\x90\x00")
    page.get_by_label("Vedlegg").set_input_files(lie)
    press_button(page, "Få kode på e-post")

    expect(page).to_have_title(re.compile("^Feil:"))
    expect(page.locator("#feil")).to_be_focused()
    page.get_by_role("link", name="Skriv hvem du svarer for.").click()
    expect(page.get_by_label("Hvem svarer du for?")).to_be_focused()
    expect(page.get_by_label("Innspill", exact=True)).to_have_value("La oss søke hele året.")
    wrong = glance_at(page, "mistakes")

    page.get_by_label("Hvem svarer du for?").fill("Askim bakeri")
    page.get_by_label("E-post").fill(f"kari{scripts}@test.example")
    page.get_by_label("Vedlegg").set_input_files([])
    press_button(page, "Få kode på e-post")
    expect(page).to_have_url(site.address(ROUND + "kode/"))
    wrong += glance_at(page, "code")

    page.get_by_label("Kode", exact=True).fill("12")
    press_button(page, "Bekreft og send innspillet")
    wrong += glance_at(page, "code, mistake")
    page.get_by_label("Kode", exact=True).fill(code_in_mailbox(site, browse))
    press_key(page)
    expect(page).to_have_url(site.address(ROUND + "kvittering/"))
    expect(page.locator("main")).to_contain_text("La oss søke hele året.")
    wrong += glance_at(page, "receipt")
    page.reload()
    expect(page.locator("h1")).to_contain_text("Takk")
    assert wrong == [], "\n".join(wrong)


def test_the_trap_for_robots_is_reached_by_no_key_and_seen_by_nobody(
    site: Site, browse: Callable[..., Watched]
) -> None:
    page = browse(width=320).page
    page.goto(site.address(ROUND))
    assert page.locator("#id_website").get_attribute("tabindex") == "-1"
    box = page.locator("#id_website").bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= 0


def test_a_long_text_is_counted_as_it_grows(site: Site, browse: Callable[..., Watched]) -> None:
    page = browse().page
    page.goto(site.address(ROUND))
    field, said = page.get_by_label("Innspill", exact=True), page.locator(".p-counter")
    field.fill("x" * 100)
    expect(said).to_be_empty()
    field.fill("x" * 19_500)
    expect(said).to_have_text(re.compile(r"Du har 500 tegn igjen\."))
    field.fill("x" * 20_001)
    expect(said).to_have_text(re.compile("1 tegn for lang"))
