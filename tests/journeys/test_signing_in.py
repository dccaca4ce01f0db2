"""Journeys: people come in by each service, act for themselves and for others, and nobody sees what is not hers."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import expect

from portal.models import Identity, Input, InputDraft, Mail, Mandate, Organisation, SignIn, User
from portal.signing_in import groups, signins
from tests import factories as make
from tests.databases import pointed_at
from tests.journeys import signing_in as steps
from tests.journeys.pressing import press
from tests.journeys.test_pages import glance_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

    from tests.journeys.conftest import Site, Watched
    from tests.journeys.signing_in import Town

with_and_without_scripts = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
OUTWARDS = "[...document.querySelectorAll('main a, main form')].map(e => new URL(e.href || e.action)).filter(u => u.host != location.host).map(String)"
PATIENCE = 3500
"""Milliseconds: the form takes nothing that comes faster than a person writes."""


@pytest.fixture
def town(site: Site, django_db_blocker: Any, settings: Any) -> Iterator[Town]:
    """Make a town where the running portal finds it; nobody is known from before, and the stand-ins are as new.

    What has been counted is forgotten too: all the browsers of all journeys come from one address.
    """
    settings.BASE_URL = site.url
    cache.clear()
    with django_db_blocker.unblock(), pointed_at(site.database):
        at_standins = Identity.objects.filter(issuer__startswith=site.url)
        signins.end(SignIn.objects.filter(identity__in=at_standins), SignIn.Ended.LEFT, now=timezone.now())
        at_standins.delete()
        yield steps.build(site)


def signed_in_as(page: Page, name: str) -> None:
    expect(page.locator("#konto .p-mine__who")).to_contain_text(name)


def is_nobody(page: Page) -> None:
    expect(page.locator("#konto")).to_have_count(0)


# ---- staff ----


@with_and_without_scripts
def test_staff_come_in_by_their_group_and_are_out_when_they_are_taken_out_of_it(
    site: Site, browse: Callable[..., Watched], town: Town, scripts: bool
) -> None:
    page, steering = browse(scripts=scripts).page, browse().page
    steps.come_in(page, town, "entra", "dag")
    page.goto(town.page("/admin/portal/inputround/"))
    expect(page.locator("main")).to_contain_text(town.round.title)
    steps.steer(steering, site, person="dag", do="out")
    page.goto(town.page("/admin/"))
    expect(page.locator("#site-name")).to_be_visible()  # nothing has asked the directory yet
    SignIn.objects.filter(checked_at__isnull=False).update(checked_at=timezone.now() - groups.CHECK_AFTER * 2)
    counts = groups.recheck(timezone.now())
    assert (counts["ended"], counts["unsure"]) == (1, 0)
    page.goto(town.page("/admin/"))
    assert "/konto/login/" in page.url or "/logg-inn/" in page.url
    is_nobody(page)
    assert User.objects.get(email=steps.address_of(town, "dag")).memberships.count() == 0


def test_an_employee_without_a_group_gets_no_case_pages(browse: Callable[..., Watched], town: Town) -> None:
    page = browse().page
    steps.begin(page, town, "entra")
    steps.choose(page, "eli")
    is_nobody(page)
    assert glance_at(page, "no role") == []
    page.goto(town.page("/admin/"))
    assert "/konto/login/" in page.url


# ---- a citizen ----


@with_and_without_scripts
def test_a_citizen_signs_in_gives_input_without_a_code_and_finds_it_again(
    browse: Callable[..., Watched], town: Town, scripts: bool
) -> None:
    watched = browse(width=320, scripts=scripts)
    page, address = watched.page, steps.address_of(town, "ada")
    steps.begin(page, town, "idporten", onward=town.round.get_absolute_url())
    wrong = glance_at(page, "who are you")
    steps.choose(page, "ada")
    expect(page).to_have_url(town.page("/konto/velkommen/"))
    wrong += glance_at(page, "welcome")
    steps.welcome(page, "Ada Oppdiktet", address)
    expect(page).to_have_url(town.round_page)
    signed_in_as(page, "Ada Oppdiktet")

    page.wait_for_timeout(PATIENCE)
    page.get_by_label("Innspill", exact=True).fill("Vi trenger flere læreplasser.")
    press(page, page.locator("main form:has(textarea[name=text]) [type=submit]").first)
    assert page.url.startswith(town.round_page + "kvittering/")
    received = Input.objects.get(round=town.round)
    assert received.address == address
    assert received.sent_by is not None
    assert received.sent_by.email == address

    page.goto(town.page("/min-side/"))
    expect(page.locator("main")).to_contain_text(town.round.title)
    wrong += glance_at(page, "my page")
    assert wrong + watched.complaints == [], "\n".join(wrong + watched.complaints)


# ---- a company ----


def company_in(town: Town) -> Organisation:
    return Organisation.objects.get(authority=town.authority, number=steps.BAKERY.number)


def draft_page(town: Town, organisation: Organisation) -> str:
    return town.page(f"/min-side/virksomhet/{organisation.pk}/innspill/{town.round.pk}/")


def invite(page: Page, town: Town, organisation: Organisation, address: str) -> None:
    page.goto(town.page(f"/min-side/virksomhet/{organisation.pk}/inviter/"))
    page.locator("[name=name]").fill("Kollega Oppdiktet")
    page.locator("[name=address]").fill(address)
    press(page, page.locator("main form:has([name=address]) [type=submit]"))


def accept_by_code(page: Page, town: Town, address: str) -> None:
    """Open the mailed invitation, sign in with a code as one who is new, and say yes."""
    invitation = town.page(steps.link_to(address, "/fullmakt/"))
    page.goto(invitation)
    press(page, page.locator("button[name=gjor][value=logg-inn]"))
    press(page, page.locator("main a[href*='/konto/kode/']").first)
    page.locator("[name=address]").fill(address)
    press(page, page.locator("main form:has([name=address]) [type=submit]"))
    steps.write_code(page, address)
    page.locator("[name=name]").fill("Kollega Oppdiktet")
    press(page, page.locator("main form:has([name=name]) [type=submit]"))
    expect(page.locator("main")).to_contain_text(steps.BAKERY.name)
    press(page, page.locator("button[name=gjor][value=ja]"))


@with_and_without_scripts
def test_a_manager_invites_a_colleague_who_prepares_and_only_the_manager_sends(
    browse: Callable[..., Watched], town: Town, scripts: bool
) -> None:
    manager, colleague = browse(scripts=scripts), browse(width=320, scripts=scripts)
    address = f"kollega@{town.authority.slug}.example"
    steps.come_in(manager.page, town, "ansattporten", "bo", company=steps.BAKERY.number)
    organisation = company_in(town)
    invite(manager.page, town, organisation, address)
    accept_by_code(colleague.page, town, address)
    assert Mandate.objects.get(organisation=organisation, user__email=address).reach == "drafts"

    writing = draft_page(town, organisation)
    colleague.page.goto(writing)
    colleague.page.locator("textarea[name=text]").fill("Bakeriet trenger folk som kan baking.")
    assert colleague.page.locator("button[name=do][value=review]").count() == 0
    press(colleague.page, colleague.page.locator("button[name=do][value=save]"))
    wrong = glance_at(colleague.page, "a draft one may not send")
    answer = colleague.page.goto(writing + "?gjor=send")
    assert answer is not None
    assert answer.status == 403
    assert not Input.objects.filter(round=town.round).exists()

    manager.page.goto(writing)
    expect(manager.page.locator("textarea[name=text]")).to_have_value("Bakeriet trenger folk som kan baking.")
    press(manager.page, manager.page.locator("button[name=do][value=review]"))
    wrong += glance_at(manager.page, "read through and send")
    press(manager.page, manager.page.locator("button[name=do][value=send]"))
    assert manager.page.url.startswith(town.round_page + "kvittering/")
    sent = Input.objects.get(round=town.round)
    assert (sent.organisation, sent.text) == (organisation, "Bakeriet trenger folk som kan baking.")
    assert sent.sent_by is not None
    assert sent.sent_by.email == steps.address_of(town, "bo")
    assert wrong + manager.complaints == [], "\n".join(wrong + manager.complaints)


def test_a_number_that_is_typed_opens_nothing(browse: Callable[..., Watched], town: Town) -> None:
    manager, other = browse().page, browse(width=320).page
    steps.come_in(manager, town, "ansattporten", "bo", company=steps.BAKERY.number)
    organisation = company_in(town)
    InputDraft.objects.create(
        authority=town.authority, round=town.round, organisation=organisation, text="Hemmelig utkast", speaks_for="x",
        address="x@test.example",
    )  # fmt: skip
    steps.come_in(other, town, "idporten", "ada")
    pages = [
        f"/min-side/virksomhet/{organisation.pk}/", f"/min-side/virksomhet/{organisation.pk}/inviter/",
        urlsplit(draft_page(town, organisation)).path,
    ]  # fmt: skip
    for path in pages:
        answer = other.goto(town.page(path))
        assert answer is not None
        assert answer.status == 404, path
    other.goto(town.page("/min-side/fullmakter/ny/"))
    other.locator("[name=hos]").select_option(town.authority.slug)
    other.locator("[name=nummer]").fill(organisation.number)
    press(other, other.locator("main form:has([name=nummer]) [type=submit]").first)
    expect(other.locator("main")).to_contain_text(steps.BAKERY.name)  # the register is open to all; the portal is not
    press(other, other.locator("main form[method=post] [type=submit]").first)
    for path in ("/min-side/fullmakter/", "/min-side/", *pages):  # having asked opens nothing either
        other.goto(town.page(path))
        said = other.content()
        assert "Hemmelig utkast" not in said
        assert "Bo Oppdiktet" not in said
    assert not Mandate.objects.filter(user__email=steps.address_of(town, "ada")).exists()


# ---- more than one person, more than one window ----


def test_two_tabs_that_sign_in_as_two_people_never_mix_them(browse: Callable[..., Watched], town: Town) -> None:
    for key in ("ada", "jorunn"):
        steps.come_in(browse().page, town, "idporten", key)
    first = browse().page
    second = first.context.new_page()
    steps.begin(first, town, "idporten")
    steps.begin(second, town, "idporten", onward=town.round.get_absolute_url())
    steps.choose(second, "ada")
    signed_in_as(second, "Ada Oppdiktet")
    second.wait_for_timeout(PATIENCE)
    second.get_by_label("Innspill", exact=True).fill("Dette sier Ada.")

    steps.choose(first, "jorunn")
    signed_in_as(first, "Jorunn Oppdiktet")
    expect(first.locator("main")).to_contain_text("Ada Oppdiktet")  # she is told who was signed in
    press(second, second.locator("main form:has(textarea[name=text]) [type=submit]").first)
    assert not Input.objects.filter(round=town.round).exists(), "what Ada wrote is not sent as Jorunn's"
    assert "Dette sier Ada." in second.content()
    second.goto(town.page("/min-side/"))
    signed_in_as(second, "Jorunn Oppdiktet")


def test_one_ends_ones_own_session_elsewhere_and_it_is_out(browse: Callable[..., Watched], town: Town) -> None:
    here, there = browse(width=320, scripts=False).page, browse().page
    for page in (there, here):
        steps.come_in(page, town, "idporten", "ada")
    here.goto(town.page("/konto/okter/"))
    row = here.locator("table").first.locator("tr:has(button[name=session])")
    expect(row).to_have_count(1)
    row.locator("summary").click()
    press(here, row.locator("button[name=session]"))
    there.goto(town.page("/min-side/"))
    is_nobody(there)
    here.goto(town.page("/min-side/"))
    signed_in_as(here, "Ada Oppdiktet")


def test_one_signs_out_from_the_menu_without_scripts(browse: Callable[..., Watched], town: Town) -> None:
    page = browse(width=320, scripts=False).page
    steps.come_in(page, town, "idporten", "ada")
    page.goto(town.page("/min-side/"))
    press(page, steps.in_menu(page).locator("form [type=submit]"))
    assert SignIn.objects.filter(user__email=steps.address_of(town, "ada"), ended_how="left").count() == 1
    page.goto(town.page("/min-side/"))
    is_nobody(page)


@with_and_without_scripts
def test_one_connects_another_way_in_is_told_and_takes_it_away_again(
    browse: Callable[..., Watched], town: Town, scripts: bool
) -> None:
    watched = browse(width=320, scripts=scripts)
    page = watched.page
    steps.come_in(page, town, "idporten", "bo")
    page.goto(town.page("/konto/koblinger/"))
    expect(page.locator("table tbody tr")).to_have_count(1)
    expect(page.locator("button[name=disconnect]")).to_have_count(0)  # the only way in
    press(page, page.locator(f"main a[href*='/konto/inn/{town.providers['ansattporten']}/']"))
    assert "/konto/bekreft/" in page.url  # first: is it she?
    press(page, page.locator(f"main a[href*='/konto/inn/{town.providers['idporten']}/']"))
    steps.choose(page, "bo")
    steps.choose(page, "bo", steps.BAKERY.number)
    expect(page).to_have_url(town.page("/konto/koblinger/"))
    expect(page.locator("table tbody tr")).to_have_count(2)
    told = Mail.objects.filter(to_address=steps.address_of(town, "bo")).latest("created_at", "pk")
    assert "Ansattporten" in told.subject

    row = page.locator("table tbody tr", has_text="Ansattporten")
    row.locator("summary").click()
    wrong = glance_at(page, "disconnect")
    press(page, row.locator("button[name=disconnect]"))
    expect(page.locator("table tbody tr")).to_have_count(1)
    assert wrong + watched.complaints == [], "\n".join(wrong + watched.complaints)


# ---- when something is in the way ----


def test_a_service_that_is_down_is_said_plainly_and_the_other_way_in_works(
    site: Site, browse: Callable[..., Watched], town: Town
) -> None:
    officer = make.a_user("officer", town.authority, email=f"fast@{town.authority.slug}.example")
    page, steering = browse(width=320, scripts=False).page, browse().page
    steps.steer(steering, site, way="entra", do="down")
    steps.begin(page, town, "entra")
    assert glance_at(page, "a service that is down") == []
    press(page, page.locator("main a[href*='/konto/login/']").first)
    page.locator("[name=login]").fill(officer.email)
    page.locator("[name=password]").fill(make.PASSWORD)
    press(page, page.locator("main form:has([name=password]) [type=submit]").first)
    page.goto(town.page("/admin/portal/inputround/"))
    expect(page.locator("main")).to_contain_text(town.round.title)


def grow_old(user: User) -> None:
    """Let three hours pass since this person's strong sign-ins."""
    for row in SignIn.objects.live().filter(user=user):
        session = SessionStore(row.session_key)
        session["mark"] = {**session["mark"], "strong_at": timezone.now().timestamp() - 3 * 3600}
        session.save()


@pytest.mark.parametrize(("scripts", "width"), [(True, 1280), (False, 320)], ids=["with scripts", "phone, no scripts"])
def test_showing_who_one_is_once_more_keeps_what_was_typed(
    browse: Callable[..., Watched], town: Town, scripts: bool, width: int
) -> None:
    watched = browse(scripts=scripts, width=width)
    page, address = watched.page, f"kollega@{town.authority.slug}.example"
    steps.come_in(page, town, "ansattporten", "bo", company=steps.BAKERY.number)
    organisation = company_in(town)
    grow_old(User.objects.get(email=steps.address_of(town, "bo")))
    invite(page, town, organisation, address)
    assert "/konto/bekreft/" in page.url
    wrong = glance_at(page, "show who you are")
    assert not organisation.mandate_invitations.exists()
    press(page, page.locator(f"main a[href*='/konto/inn/{town.providers['ansattporten']}/']").first)
    steps.choose(page, "bo", steps.BAKERY.number)
    expect(page).to_have_url(town.page("/konto/fortsett/"))
    wrong += glance_at(page, "what was typed")
    press(page, page.locator("button[form=igjen]"))
    assert organisation.mandate_invitations.get().address == address
    assert wrong + watched.complaints == [], "\n".join(wrong + watched.complaints)


@pytest.mark.parametrize("evil", ["//ond.example/", "https://ond.example/", "/\\ond.example/", "/%09/ond.example/"])
def test_no_address_that_is_sent_along_leads_away(browse: Callable[..., Watched], town: Town, evil: str) -> None:
    page, home = browse().page, urlsplit(town.site.url).netloc
    steps.come_in(page, town, "idporten", "ada", onward=quote(evil))
    assert urlsplit(page.url).netloc == home
    for path in ("/konto/login/", "/konto/kode/", "/konto/bekreft/"):  # she is signed in: each leads on at once
        page.goto(f"{town.site.url}{path}?next={quote(evil)}&til={quote(evil)}")
        assert urlsplit(page.url).netloc == home
        assert page.evaluate(OUTWARDS) == []
    assert timezone.now() - SignIn.objects.latest("at").at < dt.timedelta(minutes=5)
