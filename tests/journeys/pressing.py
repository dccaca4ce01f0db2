"""Pressing what leads to another page. A click alone returns before the next page stands, and who looks then may see none."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page


def press(page: Page, what: Locator | str) -> None:
    """Press a link or a button, and wait until the page it leads to has come."""
    with page.expect_navigation():
        (page.locator(what).first if isinstance(what, str) else what).click()


def press_key(page: Page, key: str = "Enter") -> None:
    """Press a key that leads to another page, and wait until it has come."""
    with page.expect_navigation():
        page.keyboard.press(key)
