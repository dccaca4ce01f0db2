"""Journeys: whole cases of the business fund, from the call to the money, by those who must do each thing.

Applicants have phones. What is not the point of a journey is made by the factories.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import expect

from grants.desk import answering
from grants.models import Application, Balance, Complaint, Decision, Payout
from portal.models import Identity, SignIn
from portal.signing_in import signins
from tests import factories as make
from tests import factories_fund as fund
from tests import factories_money as money
from tests.databases import pointed_at
from tests.journeys import signing_in as steps
from tests.journeys.pressing import press, press_key
from tests.journeys.test_grants import ACCOUNT_NUMBER, said
from tests.journeys.test_pages import glance_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

    from grants.models import Call
    from portal.models import Organisation, User
    from tests.journeys.conftest import Site, Watched
    from tests.journeys.signing_in import Town

PHONE = 390
FOUNDER, COMPANY = "geir", "311822357"


@dataclass
class Fund:
    """A town with a fund that holds money, an open call, those who handle it, and a company that applies."""

    town: Town
    call: Call
    people: dict[str, User]
    company: Organisation

    def page(self, path: str) -> str:
        return self.town.page(f"/{self.town.authority.slug}/{path}")

    def desk(self, application: Application, path: str = "") -> str:
        return self.page(f"soknader/{application.pk}/{path}")

    def own(self, application: Application, path: str = "") -> str:
        return self.town.page(f"/min-side/soknader/{application.pk}/{path}")

    def sent(self, **facts: Any) -> Application:
        return fund.an_application(self.call, self.company, by=self.people["manager"], **facts)

    def free_nok(self) -> int:
        return int(Balance.objects.get(account__fund__scheme=self.call.scheme).free_nok)


@pytest.fixture
def world(site: Site, django_db_blocker: Any, settings: Any) -> Iterator[Fund]:
    """Make a town of its own; each of its people can open a window by her name."""
    settings.BASE_URL = site.url
    cache.clear()
    with django_db_blocker.unblock(), pointed_at(site.database):
        at_standins = Identity.objects.filter(issuer__startswith=site.url)
        signins.end(SignIn.objects.filter(identity__in=at_standins), SignIn.Ended.LEFT, now=timezone.now())
        at_standins.delete()
        fund.the_law()
        town = steps.build(site)
        home = town.authority
        scheme = fund.a_fund_with(home, name="Næringsfondet", slug="naeringsfondet").scheme
        call = fund.a_call(scheme, slug="nye-ideer", title="Støtte til nye ideer")
        fund.a_delegation(scheme, up_to=400_000)
        people = {
            key: make.a_user(role, home, email=f"{key}@{home.slug}.example", name=f"Oppdiktet {key}")
            for key, role in (("officer", "officer"), ("colleague", "officer"), ("leader", "leader"))
        }
        people["manager"] = make.a_user(email=f"manager@{home.slug}.example", name="Oppdiktet manager")
        company = make.an_organisation(home, name="Oppdiktet Bakeri AS", number=COMPANY, form="AS")
        make.a_mandate(company, people["manager"])
        for key, person in people.items():
            steps.has_session(site, person, f"fund-{key}", "ansattporten" if key == "manager" else "")
        yield Fund(town, call, people, company)


def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.locator(f"main [name={name}]:visible").first.fill(value)


def push(page: Page, value: str) -> None:
    """Press the button that does this."""
    press(page, page.locator(f"main button[value='{value}']:visible").first)


def declares(page: Page, tie: str = "") -> None:
    """Answer the question that stands before the case."""
    page.locator(f"main [name=svar][value={'tie' if tie else 'no_ties'}]").check()
    if tie:
        fill(page, tilknytning=tie)
    press(page, page.locator("main form:has([name=svar]) [type=submit]").last)


# ---- from the call to the receipt ----


def tab_to(page: Page, what: str) -> None:
    """Go to a field or button as the keyboard does."""
    for _press in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("what => document.activeElement?.matches(what) ?? false", what):
            return
    raise AssertionError(f"the keyboard does not reach {what}")


def types(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        tab_to(page, f"[name='{name.replace('__', '-')}']")
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type(value)


def presses(page: Page, what: str, key: str = "Enter") -> None:
    tab_to(page, what)
    press_key(page, key)


def writes(page: Page, world: Fund) -> list[str]:
    """Fill in the application by the keyboard alone; return what is wrong with a page on the way."""
    question = world.call.questions.get()
    types(page, title="Garn av lokal ull", summary="Jeg spinner garn av ull som ellers kastes.")
    types(page, starts_on="1.3.2027", ends_on="30.11.2027", jobs="1,5")
    types(page, **{f"q-{question.pk}": "Ingen spinner ull her i dag.", "contact_phone": "90 00 00 00"})
    expect(page.locator("#lagret")).to_be_visible()
    presses(page, "button[value=next]")
    tab_to(page, "[name=is_vat_registered]")
    page.keyboard.press("ArrowDown")
    types(page, **{"cost-1-text": "Spinnemaskin", "cost-1-amount": "kr 180 000"})
    types(page, **{"money-0-amount": "80 000", "money-1-amount": "100 000"})
    wrong = glance_at(page, "money in the application")
    page.locator("[name=money-1-amount]").focus()
    presses(page, "button[value=next]")
    for name in ("has_earlier_aid", "has_linked"):
        tab_to(page, f"[name={name}]")
        page.keyboard.press("ArrowDown")
    presses(page, "button[value=next]")
    presses(page, "a.ds-button[href$='/skriv/send/']")
    tab_to(page, "[name=declared]")
    page.keyboard.press("Space")
    presses(page, "button[value=send]")
    return wrong


def test_a_founder_who_is_new_goes_from_the_call_to_the_receipt_by_the_keyboard_of_a_phone(
    browse: Callable[..., Watched], world: Fund
) -> None:
    watched = browse(width=PHONE)
    page = watched.page
    page.goto(world.page("utlysninger/"))
    presses(page, "main a[href$='/nye-ideer/']")
    presses(page, "main a[href$='/sjekk/']")
    tab_to(page, "main input[type=radio]")
    page.keyboard.press("Space")
    presses(page, "main form button[type=submit]")
    press(page, page.locator(f"main a[href*='/konto/inn/{world.town.providers['idporten']}/']").first)
    steps.choose(page, FOUNDER)
    if "/konto/velkommen/" in page.url:
        steps.welcome(page, "Oppdiktet Gründer", steps.address_of(world.town, FOUNDER))
    assert "/nye-ideer/sok/" in page.url
    presses(page, "main form button[type=submit]")
    wrong = writes(page, world)
    application = Application.objects.get(call=world.call)
    assert application.state == "submitted" and application.asked_nok == 80_000
    said(page, application.reference)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not wrong and not watched.complaints


# ---- what the desk does with an application ----


def assesses(page: Page, world: Fund, application: Application, amount: str, outcome: str = "granted") -> None:
    """Find it complete, give points, and recommend."""
    page.goto(world.desk(application))
    push(page, "komplett")
    page.goto(world.desk(application, "vurdering/"))
    page.locator("main select[name^=points-]").select_option("4")
    page.locator(f"main [name=outcome][value={outcome}]").check()
    fill(page, grounds="Prosjektet gir nye arbeidsplasser.", **({"amount_nok": amount} if amount else {}))
    push(page, "ferdig")


def draws_up(page: Page, world: Fund, application: Application, amount: str, title: str) -> None:
    page.goto(world.desk(application, "vedtak/"))
    fill(page, amount_nok=amount, public_title=title)
    push(page, "tilsagn")


def assesses_aid(page: Page, basis: str) -> None:
    form = page.locator("main form:has(button[value=stotte])")
    if not form.is_visible():
        page.locator("main details:has(button[value=stotte]) > summary").click()
    form.locator(f"[name=aid-basis][value={basis}]").check()
    form.locator("[name=aid-activity]").fill("Prosjekt i en bedrift")
    form.locator("[name=aid-reason]").fill("Se vurderingen.")
    push(page, "stotte")


def decides(page: Page, world: Fund, application: Application, outcome: str = "granted") -> None:
    """Decide it by delegation, and read it through before it is made."""
    page.goto(world.desk(application, "vedtak/"))
    page.locator(f"main [name=outcome][value={outcome}]").check()
    page.locator("main [name=by_whom][value=delegert]").check()
    fill(page, grounds="Søknaden er innenfor vedtektene.", legal_basis="Vedtektene § 3")
    push(page, "se")
    push(page, "vedta")


def test_granted_with_a_supplement_accepted_and_paid(browse: Callable[..., Watched], world: Fund) -> None:
    application = world.sent()
    officer, leader = browse("fund-officer"), browse("fund-leader")
    manager = browse("fund-manager", width=PHONE)
    desk, chief, phone = officer.page, leader.page, manager.page

    desk.goto(world.desk(application, "mangler/"))
    declares(desk)
    fill(desk, text="Hva koster ovnen med montering?")
    press(desk, desk.locator("main form:has([name=text]) [type=submit]"))
    phone.goto(world.own(application))
    said(phone, "Hva koster ovnen med montering?")
    phone.goto(world.own(application, "skriv/prosjekt/"))
    fill(phone, summary="Vi bygger en ovn. Montering er med i prisen.")
    push(phone, "later")
    phone.goto(world.own(application, "skriv/send/"))
    phone.locator("[name=declared]").check()
    push(phone, "send")
    assert application.versions.count() == 2

    assesses(desk, world, application, "250 000")
    draws_up(desk, world, application, "250 000", "Ny ovn")
    assesses_aid(desk, "no_aid")
    before = world.free_nok()
    chief.goto(world.desk(application, "vedtak/"))
    declares(chief)
    decides(chief, world, application)
    decision = Decision.objects.get(application=application)
    assert decision.notified_on == timezone.localdate() and world.free_nok() == before - 250_000

    phone.goto(world.own(application, "vedtak/"))
    wrong = glance_at(phone, "a grant to accept")
    phone.set_viewport_size({"width": PHONE, "height": 800})
    push(phone, "ja")
    money.a_bank_account(world.company, number=ACCOUNT_NUMBER.replace(".", ""))
    phone.goto(world.town.page(f"/min-side/virksomhet/{world.company.pk}/tilskudd/{decision.grant_id}/utbetaling/"))
    fill(phone, amount_nok="250 000")
    press(phone, phone.locator("main form:has([name=amount_nok]) [type=submit]").first)
    payout = Payout.objects.get(grant=decision.grant)
    assert (payout.amount_nok, payout.state) == (250_000, "asked")
    assert not wrong and not [each for one in (officer, leader, manager) for each in one.complaints]


def test_blocked_by_de_minimis_and_then_granted_on_another_basis(browse: Callable[..., Watched], world: Fund) -> None:
    application = world.sent()
    people = world.people
    earlier = world.sent()
    fund.a_decision(earlier, people["leader"])
    fund.an_award(earlier.decisions.get().grant, 2_900_000)
    fund.an_assessment(application, people["officer"])
    watched = browse("fund-officer")
    page = watched.page
    draws_up(page, world, application, "300 000", "Ny ovn")
    assesses_aid(page, "de_minimis")
    fund.no_ties(application, people["leader"])
    chief = browse("fund-leader").page
    decides(chief, world, application)
    assert not Decision.objects.filter(application=application).exists()
    expect(chief.locator("main")).to_contain_text(re.compile("euro over taket"))
    page.goto(world.desk(application, "vedtak/"))
    assesses_aid(page, "no_aid")
    decides(chief, world, application)
    assert Decision.objects.get(application=application).outcome == "granted"
    assert not watched.complaints


def test_the_disqualified_officer_is_out_another_grants_it_and_nobody_answers(
    browse: Callable[..., Watched], world: Fund
) -> None:
    application, people = world.sent(), world.people
    tied, leader = browse("fund-officer").page, browse("fund-leader").page
    tied.goto(world.desk(application))
    declares(tied, tie="Søsteren min eier bakeriet.")
    leader.goto(world.page("habilitet/"))
    press(leader, leader.locator("main a[href*='/habilitet/avgjor/']").first)
    leader.locator("[name=kan][value=nei]").check()
    fill(leader, grunn="Nær slekt eier bedriften.")
    press(leader, leader.locator("main form:has([name=grunn]) [type=submit]"))
    for path in ("", "vurdering/", "vedtak/", "stotte/"):
        answer = tied.goto(world.desk(application, path))
        assert answer is not None and answer.status == 403
        expect(tied.locator("main")).not_to_contain_text("Vi bygger en ovn")

    fund.an_assessment(application, people["colleague"])
    colleague = browse("fund-colleague").page
    draws_up(colleague, world, application, "250 000", "Ny ovn")
    assesses_aid(colleague, "no_aid")
    leader.goto(world.desk(application, "vedtak/"))
    declares(leader)
    before = world.free_nok()
    decides(leader, world, application)
    assert world.free_nok() == before - 250_000
    answering.lapse_unanswered(timezone.now() + dt.timedelta(weeks=5))
    assert world.free_nok() == before
    phone = browse("fund-manager", width=PHONE).page
    phone.goto(world.own(application, "vedtak/"))
    assert not phone.locator("main button[value=ja]").count()
    expect(phone.locator("#svar")).to_contain_text("bortfalt")


def test_refused_complained_of_and_granted_when_it_is_looked_at_again(
    browse: Callable[..., Watched], world: Fund
) -> None:
    application, people = world.sent(), world.people
    fund.an_assessment(application, people["officer"], outcome="refused", amount_nok=None)
    fund.no_ties(application, people["leader"])
    chief, desk = browse("fund-leader").page, browse("fund-officer").page
    decides(chief, world, application, "refused")
    phone = browse("fund-manager", width=PHONE).page
    phone.goto(world.own(application, "klage/"))
    wrong = glance_at(phone, "complain")
    fill(phone, text="Vi mener prosjektet gir flere arbeidsplasser enn vedtaket sier.")
    push(phone, "klag")
    complaint = Complaint.objects.get(decision__application=application)
    assert (complaint.state, complaint.received_on) == ("received", timezone.localdate())

    desk.goto(world.page(f"klager/{complaint.pk}/"))
    declares(desk)
    wrong += glance_at(desk, "a complaint")
    form = desk.locator("main form:has(button[value=omgjor])")
    form.locator("textarea[name$=text]").fill("Klageren har rett: prosjektet gir tre nye årsverk.")
    press(desk, form.locator("button[value=omgjor]"))
    complaint.refresh_from_db()
    assert complaint.state == "upheld"
    draws_up(desk, world, application, "250 000", "Ny ovn")
    assesses_aid(desk, "no_aid")
    before = world.free_nok()
    decides(chief, world, application)
    complaint.refresh_from_db()
    assert complaint.new_decision is not None and complaint.new_decision.outcome == "granted"
    assert world.free_nok() == before - 250_000
    phone.goto(world.own(application, "vedtak/"))
    expect(phone.locator("main button[value=ja]")).to_be_visible()
    assert not wrong
