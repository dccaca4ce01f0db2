"""An input round from invitation to published answers, as an officer, one invited and anyone go through it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.utils import timezone
from playwright.sync_api import expect

from tests.journeys.pressing import press

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.journeys.conftest import Site, Watched

ADDRESS = "leder@bygdelaget.example"
QUESTION = "Hva skal vi gjøre med torget?"


def make_the_round(page: Page, site: Site) -> str:
    """Make and publish a round with one on the list in the case pages; return the address where it is answered."""
    page.goto(site.address("/admin/portal/inputround/add/"))
    page.locator(".field-case .select2-selection").click()
    page.locator(".select2-search__field").fill("Næringsplan")
    page.locator(".select2-results__option", has_text="Næringsplan for Hjemby").first.click()
    page.locator("#id_title").fill(QUESTION)
    page.locator("#id_due_on").fill((timezone.localdate() + dt.timedelta(days=7)).isoformat())
    page.locator("#id_is_published").check()
    page.locator("#invitations-group .add-row a").click()
    page.locator("#id_invitations-0-name").fill("Bygdelaget")
    page.locator("#id_invitations-0-address").fill(ADDRESS)
    press(page, "[name=_continue]")
    expect(page.locator(".field-pages a")).to_have_count(2)
    return site.url + str(page.locator(".field-pages a").nth(1).get_attribute("href"))


def newest_mail(page: Page, site: Site) -> str:
    """Open the demo's mailbox at the newest mail to the invited and return its text."""
    page.goto(f"{site.url}/demo/postkasse/?til={ADDRESS}")
    return page.locator(".p-mailtext").first.inner_text()


def test_a_round_goes_from_invitation_to_published_answers(site: Site, browse: Callable[..., Watched]) -> None:
    officer, invited, anyone = browse("officer"), browse(width=320), browse()
    desk = make_the_round(officer.page, site)

    officer.page.goto(desk)
    press(officer.page, "a[href='?gjor=inviter']")
    expect(officer.page.locator("main")).to_contain_text(ADDRESS)
    press(officer.page, "button[value=inviter]")
    expect(officer.page.locator("[role=status]").first).to_be_visible()

    assert QUESTION in newest_mail(invited.page, site)
    link = str(invited.page.locator(".p-mailtext a[href*='/invitasjon/']").first.get_attribute("href"))
    invited.page.goto(site.url + urlsplit(link).path)
    invited.page.locator("textarea[name=text]").fill("Gjør torget bilfritt på lørdager.")
    invited.page.locator("[name=may_publish]").check()
    press(invited.page, "form:has(textarea) [type=submit]")
    expect(invited.page.locator("textarea")).to_have_count(0)

    officer.page.goto(desk)
    press(officer.page, "table a[href$='/svar/1/']")
    expect(officer.page.locator("main")).to_contain_text("Gjør torget bilfritt på lørdager.")
    officer.page.locator("textarea[name=text]").fill("Vi prøver det til sommeren.")
    officer.page.locator("[name=consequence][value=taken_in]").check()
    press(officer.page, "button[name=neste]")
    expect(officer.page).to_have_url(desk)

    press(officer.page, "a[href='?gjor=publiser']")
    expect(officer.page.locator("button[value=publiser]")).to_have_count(0)  # the round is still open
    officer.page.goto(f"{desk}?gjor=lukk")
    press(officer.page, "button[value=lukk]")
    press(officer.page, "a[href='?gjor=publiser']")
    press(officer.page, "button[value=publiser]")
    expect(officer.page.locator("a[href='?gjor=publiser']")).to_have_count(0)

    anyone.page.goto(desk.removesuffix("svar/"))
    expect(anyone.page.locator("#innspill-1")).to_contain_text("Gjør torget bilfritt på lørdager.")
    expect(anyone.page.locator("#innspill-1")).to_contain_text("Vi prøver det til sommeren.")
    assert "Vi prøver det til sommeren." in newest_mail(invited.page, site)
    assert officer.complaints + invited.complaints + anyone.complaints == []
