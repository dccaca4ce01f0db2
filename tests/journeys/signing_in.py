"""A town with every way to sign in, and the steps people take at the stand-ins, in a real browser."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings as django_settings

from portal.demo import signin_facts as facts
from portal.models import GroupRole, InputRound, Mail
from tests import factories as make
from tests.conftest import signed_in
from tests.journeys.pressing import press

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from portal.models import Authority, User
    from tests.journeys.conftest import Site

BAKERY = facts.company(facts.BAKERY)
CODE = re.compile(r"\b(\d{3}) ?(\d{3})\b")


@dataclass
class Town:
    """An authority with all three services, whose officers follow from a group, and a round that is open to all."""

    site: Site
    authority: Authority
    providers: dict[str, int]
    round: InputRound

    @property
    def ways(self) -> str:
        return f"{self.site.url}/{self.authority.slug}/logg-inn/"

    @property
    def round_page(self) -> str:
        return self.site.url + self.round.get_absolute_url()

    def page(self, path: str) -> str:
        return self.site.url + path


def build(site: Site) -> Town:
    """Make a town of its own, so that no journey meets what another left."""
    name = f"innby-{uuid.uuid4().hex[:8]}"
    authority = make.an_authority(name=name.title(), slug=name, contact_email=f"post@{name}.example")
    providers = {
        "idporten": make.a_provider(authority, "idporten"),
        "ansattporten": make.a_provider(authority, "ansattporten", resource=facts.RESOURCE),
        "entra": make.a_provider(authority, "entra", tenant=facts.HALDEN_TENANT),
    }
    GroupRole.objects.create(
        authority=authority, provider=providers["entra"], group=facts.OFFICERS.id, role=facts.OFFICERS.role
    )
    round_ = make.a_round(
        make.a_case(authority), slug="bedriftene", title="Hva trenger bedriftene?", due_on=dt.date(2099, 3, 1)
    )
    return Town(site, authority, {way: row.pk for way, row in providers.items()}, round_)


def has_session(site: Site, user: User, name: str, way: str = "") -> None:
    """Let `browse(name)` open a window where this person is signed in, by one of the outside services or as ever."""
    client = signed_in(user, way) if way else signed_in(user)
    site.sessions[name] = client.cookies[django_settings.SESSION_COOKIE_NAME].value


def person(key: str) -> facts.PersonFact:
    return facts.person(key)


def choose(page: Page, key: str, company: str = "") -> None:
    """Be someone at the stand-in; at Ansattporten also choose whom to act for."""
    press(page, page.locator(f"main a[href*='person={key}']"))
    if company:
        press(page, page.locator(f"main a[href*='party={company}']"))


def begin(page: Page, town: Town, way: str, *, onward: str = "") -> None:
    """Go to the town's ways to sign in, and choose one."""
    page.goto(town.ways + (f"?next={onward}" if onward else ""))
    press(page, page.locator(f"main a[href*='/konto/inn/{town.providers[way]}/']").first)


def come_in(page: Page, town: Town, way: str, key: str, *, company: str = "", onward: str = "") -> None:
    """Sign in as someone by one of the town's services; who is new tells her name and confirms her address."""
    begin(page, town, way, onward=onward)
    choose(page, key, company)
    if "/konto/velkommen/" in page.url:
        welcome(page, person(key).name, address_of(town, key))


def address_of(town: Town, key: str) -> str:
    """Return an address that only this town's journey uses."""
    return f"{key}@{town.authority.slug}.example"


def welcome(page: Page, name: str, address: str) -> None:
    """Tell what one is called and where to write, and confirm it with the code that is mailed."""
    page.locator("[name=name]").fill(name)
    page.locator("[name=email]").fill(address)
    press(page, page.locator("main form:has([name=email]) [type=submit]").first)
    write_code(page, address)


def write_code(page: Page, address: str) -> None:
    """Write the digits from the newest mail to an address."""
    page.locator("[name=code]").fill(code_to(address))
    press(page, page.locator("main form:has([name=code]) [type=submit]").first)


def code_to(address: str) -> str:
    """Return the digits of the newest mail to an address, as its reader types them."""
    mail = Mail.objects.filter(to_address=address).latest("created_at", "pk")
    found = CODE.search(mail.text)
    assert found, f"no code in: {mail.subject}"
    return "".join(found.groups())


def link_to(address: str, part: str) -> str:
    """Return the path of the newest link that was mailed to an address and holds this part."""
    for mail in Mail.objects.filter(to_address=address).order_by("-created_at", "-pk"):
        if found := re.search(rf"https?://[^/\s]+(\S*{re.escape(part)}\S*)", mail.text):
            return found[1]
    raise AssertionError(f"nothing with {part} was mailed")


# ---- the page that steers the stand-ins ----


def steer(page: Page, site: Site, **form: Any) -> None:
    """Press a button of the control page: take someone out, stop a service."""
    page.goto(f"{site.url}/demo/innlogging/")
    what = form.get("person") or form.get("way")
    name = "person" if "person" in form else "way"
    row = page.locator(f"main form:has(input[name={name}][value='{what}'])")
    press(page, row.locator(f"button[name=do][value={form['do']}]"))


def in_menu(page: Page) -> Locator:
    """Return the account's part of the menu, opened; it needs no script."""
    if page.locator("#konto").is_hidden():
        (page.locator(".p-menu") if page.locator(".p-menu").is_visible() else page.locator(".p-mine-button")).click()
    return page.locator("#konto")
