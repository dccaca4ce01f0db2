"""Asking axe what keeps people from using a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

SOURCE = (Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js").read_text("utf-8")
OPTIONS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
    "rules": {"target-size": {"enabled": True}},
}


CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}


def bring_axe(page: Page) -> None:
    """Let the page have axe; straight to the browser, since Playwright's own `evaluate` reads half a megabyte twice."""
    session = page.context.new_cdp_session(page)
    session.send("Runtime.evaluate", {"expression": SOURCE})
    session.detach()


def violations(page: Page, options: dict[str, Any] = OPTIONS) -> list[str]:
    """Return what axe finds wrong, a line for each place."""
    if not page.evaluate("typeof window.axe !== 'undefined'"):
        bring_axe(page)
    page.evaluate("document.getAnimations().forEach(a => a.finish())")  # colours on their way are no colours
    found: list[dict[str, Any]] = page.evaluate(
        "options => axe.run(document, options).then(r => r.violations)", options
    )
    return [f"{v['id']}: {v['help']} — {node['html'][:160]}" for v in found for node in v["nodes"][:3]]
