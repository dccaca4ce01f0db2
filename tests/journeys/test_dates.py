"""A date's way: set in the case pages, told by mail and in the portal, moved, and silent when the thing is done."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils import timezone
from playwright.sync_api import expect

from tests.journeys.pressing import press

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.journeys.conftest import Site, Watched

MEASURE = "/admin/strategy/measureparticipation/{participation}/change/"
MAILBOX = "/demo/postkasse/?til=officer@test.example"


def set_date(site: Site, page: Page, field: str, day: dt.date | None) -> None:
    """Write a date of the measure's first milestone in the case pages, as an officer does."""
    page.goto(site.address(MEASURE))
    page.fill(f"[name=milestones-0-{field}]", day.isoformat() if day else "")
    press(page, "[name=_continue]")
    expect(page.locator(".messagelist .success")).to_have_count(1)


def run_notices(site: Site, page: Page) -> str:
    """Press the demo's button; return the text of the officer's mails, newest first."""
    page.goto(site.address(MAILBOX))
    press(page, "main form[method=post] button")
    expect(page.locator(".p-messages")).to_be_visible()
    return page.locator(".p-mails").inner_text() if page.locator(".p-mails").count() else ""


def group_of(site: Site, page: Page, title: str) -> str:
    """Return the group a thing stands in on the to-do page, or nothing."""
    page.goto(site.address("/venter-pa-deg/"))
    section = page.locator("section", has=page.get_by_role("link", name=title))
    return str(section.get_attribute("aria-labelledby")).removeprefix("g-") if section.count() else ""


def notices(site: Site, page: Page, title: str, query: str = "") -> int:
    page.goto(site.address(f"/varsler/{query}"))
    return page.locator(".p-notices h2", has_text=title).count()


def test_a_date_is_told_followed_when_it_moves_and_falls_silent_when_done(
    site: Site, browse: Callable[..., Watched]
) -> None:
    watched = browse("officer")
    page, today = watched.page, timezone.localdate()
    page.goto(site.address(MEASURE))
    title = f"Milepæl til prøve {today}"
    page.fill("[name=milestones-0-title]", title)
    press(page, "[name=_continue]")

    set_date(site, page, "due_on", today + dt.timedelta(days=1))
    assert group_of(site, page, title) == "soon"
    mails = run_notices(site, page)
    assert title in mails
    assert notices(site, page, title) == 1

    set_date(site, page, "due_on", today + dt.timedelta(days=9))
    assert group_of(site, page, title) == "month"
    run_notices(site, page)
    assert notices(site, page, title) == 1
    assert notices(site, page, title, "?alle=1") == 2
    press(page, "main button[name=all]")
    expect(page.locator("button[name=notice]")).to_have_count(0)

    set_date(site, page, "reached_on", today)
    assert group_of(site, page, title) == ""
    before = run_notices(site, page)
    assert notices(site, page, title) == 0
    assert run_notices(site, page) == before
    assert watched.complaints == []


def test_on_paper_what_is_due_later_stands_open(site: Site, browse: Callable[..., Watched]) -> None:
    page = browse("leader").page
    page.goto(site.address("/venter-pa-deg/"))
    page.emulate_media(media="print")
    assert page.locator("details").count() == page.locator("details .p-links").count()
    for number in range(page.locator("details .p-links").count()):
        assert page.locator("details .p-links").nth(number).is_visible()


def test_a_mail_is_stopped_and_taken_up_again_by_pressing(site: Site, browse: Callable[..., Watched]) -> None:
    page = browse(scripts=False).page
    page.goto(site.address("/varsler/stopp/{stop_key}/"))
    press(page, "button[name=stop]")
    press(page, "button[name=undo]")
    expect(page.locator("button[name=stop]")).to_be_visible()


def test_a_calendar_address_is_made_read_and_withdrawn(site: Site, browse: Callable[..., Watched]) -> None:
    page = browse("officer", scripts=False, width=320).page
    page.goto(site.address("/venter-pa-deg/kalender/"))
    press(page, "button[name=for]")
    path = page.locator("#adresse").input_value().partition("/kalender/")[2]
    address = f"{site.url}/kalender/{path}"
    assert page.request.get(address).headers["content-type"].startswith("text/calendar")
    page.locator("main table summary").first.click()
    press(page, "button[name=withdraw]")
    assert page.request.get(address).status == 404
