"""Journey: from an appropriation to money that is paid, by those who must do each thing, and everyone sees it after."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import expect

from grants.models import Balance, Grant, LedgerEntry, Payout
from portal.demo import signin_facts
from portal.models import Identity, Mail, SignIn
from portal.signing_in import signins
from tests import factories as make
from tests import factories_money as money
from tests.databases import pointed_at
from tests.journeys import signing_in as steps
from tests.journeys.pressing import press
from tests.journeys.test_pages import glance_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

    from grants.models import Scheme
    from portal.models import Organisation, User
    from strategy.models import Plan
    from tests.journeys.conftest import Site, Watched
    from tests.journeys.signing_in import Town

NBSP = "\u00a0"
PHONE = {"width": 320, "height": 700}
SIGNERS = ("finance_preparer", "attester", "approver")
LEADER, TOWN = "nora", signin_facts.TOWN
ACCOUNT_NUMBER = "9999.12.34043"


def nok(amount: int) -> str:
    """Return an amount as pages write it."""
    return f"kr{NBSP}{amount:,}".replace(",", NBSP)


@dataclass
class Bank:
    """A town that pays: its plan and scheme, the association that is to get money, and those who handle it."""

    town: Town
    plan: Plan
    scheme: Scheme
    association: Organisation
    people: dict[str, User]

    def page(self, path: str) -> str:
        return self.town.page(f"/{self.town.authority.slug}/{path}")

    def own(self, path: str = "") -> str:
        return self.town.page(f"/min-side/virksomhet/{self.association.pk}/{path}")

    def grant(self) -> Grant:
        return Grant.objects.get(scheme=self.scheme)

    def payout(self) -> Payout:
        return Payout.objects.get(grant__scheme=self.scheme)


@pytest.fixture
def bank(site: Site, django_db_blocker: Any, settings: Any) -> Iterator[Bank]:
    """Make a town with a plan, a scheme that asks for matching, and people for each signature; no money yet."""
    settings.BASE_URL = site.url
    cache.clear()
    with django_db_blocker.unblock(), pointed_at(site.database):
        at_standins = Identity.objects.filter(issuer__startswith=site.url)
        signins.end(SignIn.objects.filter(identity__in=at_standins), SignIn.Ended.LEFT, now=timezone.now())
        at_standins.delete()
        town = steps.build(site)
        slug = town.authority.slug
        plan = make.a_plan(town.authority, slug="naeringsplan", title="Næringsplan", live_view_open=True)
        measure = make.a_measure(plan, goal=make.a_goal(plan, title="Liv i sentrum"), title="Arrangementer")
        scheme = money.a_scheme(town.authority, name="Levende sentrum", slug="levende-sentrum", kind="project")
        money.served(scheme, measure.measure)
        money.a_condition(scheme, "matching", title="Bedriftene betaler like mye")
        association = make.an_organisation(town.authority, name="Oppdiktet Byforening", number=TOWN, form="FLI")
        roles = ("officer", *SIGNERS)
        people = {
            role: make.a_user(role, town.authority, email=f"{role}@{slug}.example", name=f"Person {role}")
            for role in roles
        }
        yield Bank(town, plan, scheme, association, people)


def sign_in(page: Page, bank: Bank, role: str) -> None:
    """Come in by the password, as the municipality's own people do."""
    page.goto(bank.town.page("/konto/login/"))
    page.locator("[name=login]").fill(bank.people[role].email)
    page.locator("[name=password]").fill(make.PASSWORD)
    press(page, page.locator("main form:has([name=password]) [type=submit]").first)
    page.goto(bank.page("penger/"))
    expect(page.locator("#konto .p-mine__who")).to_contain_text(bank.people[role].name)


def said(page: Page, *texts: str) -> None:
    """Expect each of these on the page, whatever kind of space stands in an amount."""
    for text in texts:
        expect(page.locator("main")).to_contain_text(re.compile(re.escape(text).replace(re.escape(NBSP), r"\s")))


def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.locator(f"main [name={name}]").first.fill(value)


def send(page: Page, button: str) -> None:
    press(page, page.locator(f"main {button}").first)


# ---- the money comes, and is granted ----


def appropriate(page: Page, bank: Bank) -> None:
    """Draw up a line of 100 000 and adopt it."""
    page.goto(bank.page("penger/poster/?ny=1"))
    page.locator("[name=scheme]").select_option(label="Levende sentrum")
    fill(page, name="Arrangementer", year=str(timezone.localdate().year), amount_nok="kr 100 000,-")
    send(page, "form:has([name=amount_nok]) [type=submit]")
    assert Balance.objects.filter(account__scheme=bank.scheme).count() == 0  # a proposal holds nothing
    page.goto(page.url + "?gjor=vedta")
    fill(page, reference="Kommunestyret 98/25", on=timezone.localdate().isoformat())
    send(page, "form:has([name=reference]) [type=submit]")
    assert Balance.objects.get(account__scheme=bank.scheme).free_nok == 100_000


def propose(page: Page, bank: Bank, amount: str) -> Grant:
    """Draw up a grant to the association from the line's account, and assess it as no aid."""
    page.goto(bank.page("penger/tilsagn/ny/"))
    page.locator("[name=account]").select_option(value=str(bank.scheme.accounts.get().pk))
    page.locator("[name=organisation]").select_option(value=str(bank.association.pk))
    fill(page, title="Julemarked på torget", amount_nok=amount)
    send(page, "form:has([name=amount_nok]) [type=submit]")
    grant = bank.grant()
    page.goto(bank.page(f"penger/tilsagn/{grant.pk}/?gjor=stotte"))
    page.locator("[name=basis][value=no_aid]").check()
    fill(page, activity="Åpne arrangementer", reason="Retter seg til lokale innbyggere.")
    send(page, "form:has([name=activity]) [type=submit]")
    return grant


def decide(page: Page, bank: Bank, grant: Grant) -> None:
    page.goto(bank.page(f"penger/tilsagn/{grant.pk}/vedtak/"))
    form = page.locator("main form:has(button[value=innvilg])")
    form.locator("[name$=reference]").fill("Delegert vedtak 12/26")
    form.locator("[name$=on]").fill(timezone.localdate().isoformat())
    press(page, form.locator("button[value=innvilg]"))


def grant_it(page: Page, bank: Bank) -> Grant:
    """Propose more than there is, be told at the decision how much is free, take less, and grant it."""
    grant = propose(page, bank, "120 000")
    decide(page, bank, grant)
    said(page, nok(100_000))  # what is free is named
    assert LedgerEntry.objects.filter(grant=grant).count() == 0
    page.goto(bank.page(f"penger/tilsagn/{grant.pk}/?gjor=endre"))
    fill(page, amount_nok="80 000")
    send(page, "form:has([name=amount_nok]) [type=submit]")
    decide(page, bank, grant)
    assert Balance.objects.get(account__scheme=bank.scheme).free_nok == 20_000
    return grant


# ---- the association documents and asks, from a phone ----


def comes_in(page: Page, bank: Bank) -> None:
    """Come in by Ansattporten as the association's leader, who is new here."""
    steps.come_in(page, bank.town, "ansattporten", LEADER, company=TOWN)
    page.goto(bank.own("tilskudd/"))
    said(page, "Julemarked på torget")


def enters_account(page: Page, bank: Bank) -> None:
    """Enter where to be paid: asked once more who she is, told of a slip, and put right."""
    page.goto(bank.own("bankkonto/"))
    fill(page, number="9999.12.34044")
    send(page, "form:has([name=number]) [type=submit]")
    assert "/konto/bekreft/" in page.url
    press(page, page.locator(f"main a[href*='/konto/inn/{bank.town.providers['ansattporten']}/']").first)
    steps.choose(page, LEADER, TOWN)
    press(page, page.locator("button[form=igjen]"))
    expect(page).to_have_title(re.compile("^Feil:"))
    assert bank.association.bank_accounts.count() == 0  # the check digit is wrong
    fill(page, number=ACCOUNT_NUMBER)
    send(page, "form:has([name=number]) [type=submit]")
    assert bank.association.bank_accounts.get().state == "proposed"


def documents(page: Page, bank: Bank, grant: Grant, payer: str, amount: str) -> None:
    """Send what one business has paid, with an invoice."""
    page.goto(bank.own(f"tilskudd/{grant.pk}/finansiering/"))
    fill(page, payer=payer, amount_nok=amount)
    page.locator("[name=payer_class][value=business]").check()
    page.locator("[name=form][value=cash]").check()
    invoice = {"name": "faktura.txt", "mimeType": "text/plain", "buffer": f"Faktura fra {payer}, {amount}".encode()}
    page.locator("input[type=file]").first.set_input_files(invoice)  # type: ignore[arg-type]
    press(page, page.locator("main form:has([name=payer]) button[value=legg]"))
    said(page, payer)


def cannot_ask_yet(page: Page, bank: Bank, grant: Grant) -> None:
    """Find that nothing can be asked for, and how much is missing before all can be paid."""
    page.goto(bank.own(f"tilskudd/{grant.pk}/utbetaling/"))
    said(page, nok(80_000))
    assert page.locator("main [name=amount_nok]").count() == 0


def asks_too_much(page: Page, bank: Bank, grant: Grant) -> None:
    """Ask for all with 30 000 documented, and be told that 50 000 is missing."""
    page.goto(bank.own(f"tilskudd/{grant.pk}/utbetaling/"))
    fill(page, amount_nok="80 000")
    send(page, "form:has([name=amount_nok]) [type=submit]")
    said(page, nok(50_000))
    assert Payout.objects.filter(grant=grant).count() == 0


def asks(page: Page, bank: Bank, grant: Grant) -> list[str]:
    """Ask for all of it; return what is wrong with the page."""
    page.goto(bank.own(f"tilskudd/{grant.pk}/utbetaling/"))
    wrong = glance_at(page, "ask for payout")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    fill(page, amount_nok="80 000")
    send(page, "form:has([name=amount_nok]) [type=submit]")
    assert bank.payout().amount_nok == 80_000
    said(page, nok(80_000))
    return wrong


# ---- the desk reads, signs and pays ----


def reads(page: Page, bank: Bank, grant: Grant) -> None:
    """Approve the papers that wait."""
    page.goto(bank.page(f"penger/tilsagn/{grant.pk}/papirer/"))
    while page.locator("main button[name=gjor][value=ja]").count():
        press(page, page.locator("main button[name=gjor][value=ja]").first)


def confirms_account(page: Page, bank: Bank) -> None:
    account = bank.association.bank_accounts.get()
    page.goto(bank.page(f"penger/bankkontoer/{account.pk}/"))
    fill(page, how="Ringte lederen på nummeret i Enhetsregisteret.")
    press(page, page.locator("main button[value=bekreft]"))
    account.refresh_from_db()
    assert account.state == "confirmed"


def signs(page: Page, bank: Bank, deed: str) -> None:
    """Find the payout in the list of what waits, and sign it."""
    page.goto(bank.page("penger/utbetalinger/"))
    press(page, page.locator("main a", has_text="Oppdiktet Byforening").first)
    said(page, nok(80_000))
    press(page, page.locator(f"main button[name=gjor][value={deed}]"))


def may_not_sign(page: Page, bank: Bank) -> None:
    """Find that who has signed is offered no further signature."""
    page.goto(bank.page(f"penger/utbetalinger/{bank.payout().pk}/"))
    assert page.locator("main button[value=attester], main button[value=anvis]").count() == 0


def pays(page: Page, bank: Bank) -> None:
    """Make the file, fetch it, and read the list that comes back, twice."""
    page.goto(bank.page("penger/utbetalinger/filer/"))
    press(page, page.locator("main button[name=gjor][value=lag]"))
    payout = bank.payout()
    assert payout.state == "sent" and payout.file is not None
    answer = page.request.get(bank.page(f"penger/utbetalinger/filer/{payout.file.number}.csv"))
    text = answer.body().decode("utf-8-sig")
    assert payout.reference in text and "99991234043" in text and "80000" in text
    listed = f"Referanse;Beløp;Dato\r\n{payout.reference};80000;{timezone.localdate().isoformat()}\r\n"
    for _time in range(2):
        page.goto(bank.page("penger/utbetalinger/retur/"))
        fill(page, text=listed)
        send(page, "form:has([name=text]) [type=submit]")
        said(page, payout.reference)
        if page.locator("main button[value=les-inn]").count():
            press(page, page.locator("main button[value=les-inn]"))
        payout.refresh_from_db()
        assert (payout.state, payout.paid_on) == ("paid", timezone.localdate())
    assert LedgerEntry.objects.filter(payout=payout).count() == 1


def everyone_sees(page: Page, bank: Bank) -> list[str]:
    """Find it on the public page, in its file, and on the plan's status page; return what is wrong with them."""
    page.goto(bank.page("tildelinger/"))
    said(page, "Oppdiktet Byforening", "Julemarked på torget", nok(80_000))
    wrong = glance_at(page, "granted")
    year = timezone.localdate().year
    table = page.request.get(bank.page(f"tildelinger/{year}/tall.csv")).body().decode("utf-8-sig")
    assert "Oppdiktet Byforening" in table and "80000" in table
    assert ACCOUNT_NUMBER not in table and "99991234043" not in table
    page.goto(bank.page("planer/naeringsplan/"))
    said(page, "Liv i sentrum", "Levende sentrum", nok(100_000), nok(80_000), nok(20_000))
    return wrong


def no_mail_told_the_account(since: dt.datetime) -> None:
    mails = Mail.objects.filter(created_at__gte=since)
    assert mails.exists()
    assert not [mail for mail in mails if "34043" in mail.text + mail.subject + mail.html]


def test_from_an_appropriation_to_money_that_is_paid_and_everyone_sees(
    browse: Callable[..., Watched], bank: Bank
) -> None:
    """The desk has scripts; the association and everyone else have phones, and none."""
    began = timezone.now()
    desk = {role: browse() for role in bank.people}
    leader, anyone = browse(width=320, scripts=False), browse(width=320, scripts=False)
    for role, watched in desk.items():
        sign_in(watched.page, bank, role)
    officer, preparer, attester, approver = (desk[role].page for role in ("officer", *SIGNERS))

    appropriate(officer, bank)
    grant = grant_it(officer, bank)

    comes_in(leader.page, bank)
    enters_account(leader.page, bank)
    confirms_account(preparer, bank)
    cannot_ask_yet(leader.page, bank, grant)
    documents(leader.page, bank, grant, "Oppdiktet Bakeri AS", "30 000")
    reads(officer, bank, grant)
    asks_too_much(leader.page, bank, grant)
    documents(leader.page, bank, grant, "Oppdiktet Handel AS", "50 000")
    reads(officer, bank, grant)
    wrong = asks(leader.page, bank, grant)

    signs(preparer, bank, "forbered")
    may_not_sign(preparer, bank)
    signs(attester, bank, "attester")
    may_not_sign(attester, bank)
    signs(approver, bank, "anvis")
    payout = bank.payout()
    assert len({payout.asked_by_id, payout.prepared_by_id, payout.attested_by_id, payout.approved_by_id}) == 4
    pays(preparer, bank)

    leader.page.goto(bank.own(f"tilskudd/{grant.pk}/"))
    said(leader.page, nok(80_000))
    wrong += everyone_sees(anyone.page, bank)
    no_mail_told_the_account(began)
    complaints = [c for watched in (*desk.values(), leader, anyone) for c in watched.complaints]
    assert wrong + complaints == [], "\n".join(wrong + complaints)
