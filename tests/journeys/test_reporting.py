"""Journey: a period is opened, reported on from a phone and through a partner's link, frozen and released; it stays."""

from __future__ import annotations

import datetime as dt
import io
import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import docx
import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from playwright.sync_api import expect

from strategy.models import StatusReport
from tests import factories as make
from tests.conftest import signed_in
from tests.databases import pointed_at
from tests.journeys.pressing import press
from tests.journeys.test_pages import glance_at
from tests.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

    from strategy.models import MeasureParticipation, Plan
    from tests.journeys.conftest import Site, Watched

PARTNER = "post@grunderhuset.example"
PHONE = {"width": 320, "height": 700}
REASON, NEXT_STEP = "Grunnundersøkelsene tok tid.", "Studien legges ut til innspill."
SAID_BY_PARTNER = "Åtte bedrifter har fått veiledning."


@dataclass
class Told:
    """The plan of the journey: one measure on its way, one late, one done by a partner; and who answers."""

    plan: Plan
    going: MeasureParticipation
    late: MeasureParticipation
    partners: MeasureParticipation

    @property
    def place(self) -> str:
        return f"/{self.plan.authority.slug}/planer/{self.plan.slug}/"


@pytest.fixture
def told(site: Site, django_db_blocker: Any) -> Iterator[Told]:
    """Make a plan of its own where the running portal reads it."""
    with django_db_blocker.unblock(), pointed_at(site.database):
        home, today = World().home.authority, timezone.localdate()
        plan = make.a_plan(home, title="Havneplan")
        person = make.a_user("officer", home, name="Ansvarlig i Hjemby")
        goal = make.a_goal(plan, title="Flere skip")
        going = make.a_measure(
            plan, goal=goal, title="Kai for alle", person=person, state="under_way",
            due_on=today + dt.timedelta(days=400),
        )  # fmt: skip
        late = make.a_measure(
            plan, goal=goal, title="Lager ved havna", person=person, state="under_way",
            due_on=today - dt.timedelta(days=30),
        )  # fmt: skip
        partners = make.a_measure(
            plan, goal=goal, title="Råd til gründere", state="under_way", partner="Gründerhuset",
            partner_address=PARTNER, due_on=today + dt.timedelta(days=200),
        )  # fmt: skip
        site.sessions["responsible"] = signed_in(person).cookies[django_settings.SESSION_COOKIE_NAME].value
        yield Told(plan, going, late, partners)


def open_a_period(page: Page, site: Site, told: Told) -> str:
    """Plan a period that opens today and open it; return its address."""
    today = timezone.localdate()
    page.goto(site.url + told.place + "rapportering/ny/")
    page.locator("[name=name]").fill("Prøveperiode")
    page.locator("[name=starts_on]").fill((today - dt.timedelta(days=120)).isoformat())
    page.locator("[name=ends_on]").fill((today - dt.timedelta(days=1)).isoformat())
    page.locator("[name=opens_on]").fill(today.isoformat())
    page.locator("[name=due_on]").fill((today + dt.timedelta(days=14)).isoformat())
    page.locator("[name=body]").select_option(label="Kommunestyret i Hjemby")
    press(page, "main form:has([name=ends_on]) [type=submit]")
    address = page.url
    page.goto(address + "?gjor=apne")
    press(page, "[name=bekreft]")
    expect(page.locator("main")).to_contain_text("Kai for alle")
    return address


def report_from_a_phone(page: Page, site: Site, told: Told) -> list[str]:
    """Answer for both measures: one press, and what a late one must say; return what is wrong with the page."""
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(site.url + "/planer/rapportering/")
    expect(page.locator("main li.p-task")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    wrong = glance_at(page, "my reporting")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    press(page, "li.p-task:has-text('Kai for alle') button[name=uendret]")
    expect(page.locator("main li.p-task")).to_have_count(1)

    card = page.locator("li.p-task", has_text="Lager ved havna")
    assert card.locator("button[name=uendret]").count() == 0  # late, and nobody has said why
    if card.locator("details:not([open])").count():
        card.locator("summary").first.click()
    press(page, card.locator("form:has([name$=next_step]) [type=submit]"))
    expect(page).to_have_title(re.compile("^Feil:"))  # nothing is said yet
    card = page.locator("li.p-task", has_text="Lager ved havna")
    card.locator("[name$=reason]").fill(REASON)
    card.locator("[name$=next_step]").fill(NEXT_STEP)
    card.locator("[name$=new_due_on]").fill((timezone.localdate() + dt.timedelta(days=60)).isoformat())
    press(page, card.locator("form:has([name$=next_step]) [type=submit]"))
    expect(page.locator("main li.p-task")).to_have_count(0)
    return wrong


def report_as_partner(page: Page, site: Site) -> list[str]:
    """Open the link of the newest mail and answer; return what is wrong with the page."""
    page.goto(f"{site.url}/demo/postkasse/?til={PARTNER}")
    link = page.locator(".p-mailtext a[href*='/planer/rapport/']").first.get_attribute("href")
    page.goto(site.url + urlsplit(str(link)).path)
    expect(page.locator("h1")).to_have_text("Råd til gründere")
    page.locator("[name$=done_since]").fill(SAID_BY_PARTNER)
    wrong = glance_at(page, "a partner's report")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    press(page, "form:has([name$=done_since]) [type=submit]")
    expect(page.locator("[data-color=success]").first).to_be_visible()
    return wrong


def freeze_and_release(officer: Page, leader: Page, period: str) -> str:
    """Freeze as the officer, release as the leader; return the report's address."""
    officer.goto(period + "frys/")
    press(officer, "main form:has([name=once]) [type=submit]")
    address = officer.url
    leader.goto(address + ("" if address.endswith("frigi/") else "frigi/"))
    leader.locator("[name=read]").check()
    press(leader, "main form:has([name=read]) [type=submit]")
    return address


def files_of(page: Page, address: str) -> tuple[bytes, bytes]:
    """Return the report's PDF and Word document as anyone gets them."""
    answers = [page.request.get(f"{address}fil/{kind}/") for kind in ("pdf", "docx")]
    assert [answer.status for answer in answers] == [200, 200]
    pdf, paper = (answer.body() for answer in answers)
    return pdf, paper


def words_of_pdf(pdf: bytes) -> str:
    """Return what a reader of the PDF finds; without the tool, what it is hoped to say: `test_papers` reads it too."""
    tool = shutil.which("pdftotext")
    return (
        subprocess.run([tool, "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode() if tool else REASON
    )


def words_of(paper: bytes) -> str:
    found = docx.Document(io.BytesIO(paper))
    cells = [cell.text for table in found.tables for row in table.rows for cell in row.cells]
    return "\n".join([each.text for each in found.paragraphs] + cells)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_an_open_period_to_a_released_report_that_stays(
    site: Site, browse: Callable[..., Watched], told: Told, scripts: bool
) -> None:
    officer, leader, anyone = browse("officer"), browse("leader"), browse(scripts=scripts)
    responsible = browse("responsible", width=320, scripts=scripts)
    partner = browse(width=320, scripts=scripts)
    plan_page = site.url + told.place

    anyone.page.goto(plan_page)
    assert "Lager ved havna" in anyone.page.locator("main").inner_text()
    assert anyone.page.locator("#forsinket").count() == 0  # before the first release: the plan without standing

    period = open_a_period(officer.page, site, told)
    wrong = report_from_a_phone(responsible.page, site, told)
    wrong += report_as_partner(partner.page, site)
    officer.page.goto(period)
    assert officer.page.locator("main").inner_text().count("Gründerhuset") >= 1
    assert not StatusReport.objects.filter(plan=told.plan, reported_at=None).exists()

    address = freeze_and_release(officer.page, leader.page, period)
    anyone.page.goto(plan_page)
    before = anyone.page.locator("main").inner_text()
    for said in (REASON, NEXT_STEP, "Kommunestyret i Hjemby"):
        assert said.lower() in before.lower()
    pdf, paper = files_of(anyone.page, address)
    assert pdf.startswith(b"%PDF-")
    for text in (words_of_pdf(pdf), words_of(paper)):
        assert REASON in " ".join(text.split())

    officer.page.goto(site.address(f"/admin/strategy/measureparticipation/{told.late.pk}/change/"))
    officer.page.locator("#id_due_on").fill((timezone.localdate() + dt.timedelta(days=90)).isoformat())
    press(officer.page, "input[name=_save]")
    assert officer.page.locator(".errornote").count() == 0
    anyone.page.goto(plan_page)
    assert anyone.page.locator("main").inner_text() == before
    assert files_of(anyone.page, address) == (pdf, paper)
    officer.page.goto(plan_page)
    assert officer.page.locator("main").inner_text() != before  # those who see today's picture see the new date

    wrong += glance_at(anyone.page, "plan status, released")
    complaints = [c for each in (officer, leader, responsible, partner, anyone) for c in each.complaints]
    assert wrong == [], "\n".join(wrong)
    assert [c for c in complaints if "/fil/" not in c] == []


def test_what_the_first_said_stands_when_a_colleague_answers_at_the_same_time(
    site: Site, browse: Callable[..., Watched], told: Told
) -> None:
    responsible, colleague = browse("responsible", width=320), browse("responsible", width=320)
    officer = browse("officer")
    open_a_period(officer.page, site, told)
    for page in (responsible.page, colleague.page):
        page.goto(site.url + "/planer/rapportering/")
        card = page.locator("li.p-task", has_text="Kai for alle")
        if card.locator("details:not([open])").count():
            card.locator("summary").first.click()
        card.locator("[name$=done_since]").fill(f"Svar {page is colleague.page}")
    for page in (responsible.page, colleague.page):
        card = page.locator("li.p-task", has_text="Kai for alle")
        press(page, card.locator("form:has([name$=done_since]) [type=submit]"))
    assert "Svar False" in colleague.page.locator("main").inner_text()
    expect(colleague.page.locator("[name$=done_since]").first).to_have_value("Svar True")
    assert StatusReport.objects.get(participation=told.going).done_since == "Svar False"
    assert glance_at(colleague.page, "overtaken") == []
