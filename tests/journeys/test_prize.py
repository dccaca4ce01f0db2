"""Journeys: a year of the business prize, from a nomination on a phone to the winner everyone reads of, or to none.

Time moves by the database's clock: where a day has to come, the round's dates are moved past the guards by their owner.
"""

from __future__ import annotations

import re
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import expect

from awards.models import Candidate, CategoryDecision, PrizeRound, Winner
from portal.input_forms import SHORTEST_SECONDS
from portal.models import Body, BodyMembership, Mail, Notice
from tests import factories as make
from tests import factories_awards as awards
from tests.databases import connect_as_owner, pointed_at
from tests.journeys import signing_in as steps
from tests.journeys.conftest import refuse_scripts, sign_in
from tests.journeys.pressing import press
from tests.journeys.test_fund import fill, push
from tests.journeys.test_grants import said
from tests.journeys.test_pages import glance_at
from tests.skipping import needs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

    from awards.models import RoundCategory
    from portal.models import User
    from tests.journeys.conftest import Site, Watched
    from tests.journeys.signing_in import Town

PHONE = 390
JURY = ("astrid", "bjarne", "cecilie")
BAKERY, REGISTERED, RIVAL = "Oppdiktet Bakeri", "OPPDIKTET BAKERI AS", "Oppdiktet Brygge"
"""The bakery is in the register's stand-in under the longer name."""
REASONS_OF_THE_JURY = "Juryen hedrer mot og godt håndverk."
REASONS = "De bakte brød av restene fra bryggeriet, og ansatte fire."


@dataclass
class Year:
    """A town with a prize, its round of this year, and those who work with it or sit in its jury."""

    town: Town
    round: PrizeRound
    jury: Body
    people: dict[str, User]

    @property
    def category(self) -> RoundCategory:
        return self.round.categories.get()

    @property
    def officer(self) -> User:
        return self.people["officer"]

    def page(self, path: str) -> str:
        return self.town.page(f"/{self.town.authority.slug}/{path}")

    def public(self, path: str = "") -> str:
        return self.page(f"priser/{self.round.prize.slug}/{self.round.year}/{path}")

    def desk(self, path: str = "") -> str:
        return self.page(f"prisarbeid/{self.round.prize.slug}/{self.round.year}/{path}")

    def judge(self, path: str = "") -> str:
        return self.page(f"jury/{self.round.prize.slug}/{self.round.year}/{path}")

    def address(self, name: str) -> str:
        return f"{name}@{self.town.authority.slug}.example"

    def comes(self, day: str) -> None:
        """Let one of the round's days have come a minute ago; a round that is published keeps its days."""
        with connect_as_owner(self.town.site.database, autocommit=True) as owner:
            owner.execute("ALTER TABLE awards_prizeround DISABLE TRIGGER USER")
            owner.execute(
                f"UPDATE awards_prizeround SET {day} = now() - interval '1 minute' WHERE id = %s", [self.round.pk]
            )
            owner.execute("ALTER TABLE awards_prizeround ENABLE TRIGGER USER")
        self.round.refresh_from_db()

    def places_that_name(self, page: Page, name: str) -> set[str]:
        """Return which of the places where anyone reads of the prize name this one."""
        prize = f"priser/{self.round.prize.slug}/"
        paths = ("", "priser/", "priser/vinnere.atom", prize, f"{prize}vinnere/", f"{prize}boks/",
                 f"{prize}{self.round.year}/")  # fmt: skip
        found = {path: page.request.get(self.page(path)) for path in paths}
        assert [answer.status for answer in found.values()] == [200] * len(paths)
        return {path for path, answer in found.items() if name.casefold() in answer.text().casefold()}


@pytest.fixture
def year(site: Site, django_db_blocker: Any, settings: Any) -> Iterator[Year]:
    """Make a town of its own whose prize is open for nominations; each of its people can open a window by her name."""
    settings.BASE_URL = site.url
    cache.clear()
    with django_db_blocker.unblock(), pointed_at(site.database):
        town = steps.build(site)
        home, people = town.authority, {}
        for key in ("officer", "leader", *JURY):
            role = key if key not in JURY else "jury"
            people[key] = make.a_user(role, home, email=f"{key}@{home.slug}.example", name=f"Oppdiktet {key.title()}")
            steps.has_session(site, people[key], f"prize-{key}")
        prize = awards.a_prize(home, "Nyskaping", name="Næringsprisen", slug="naeringsprisen")
        awards.prize_statutes(prize)
        jury = awards.a_jury(home, *(people[key] for key in JURY), name="Prisjuryen")
        round_ = awards.a_prize_round(
            prize, jury=jury, officer=people["officer"], ceremony_at=timezone.now() + awards.DAY,
            case=make.a_case(home, title="Næringsprisen", access="deferred", access_basis="Offl. § 5 tredje ledd"),
        )  # fmt: skip
        yield Year(town, round_, jury, people)


# ---- nominated ----


def names(page: Page, who: str, choice: str) -> None:
    """Look a nominee up by name, and choose among what the register has, or the name as it is written."""
    fill(page, who=who)
    page.locator("main [name=kind][value=organisation]").check()
    push(page, "finn")
    page.locator(f"main label:has-text('{choice}')").first.click()
    push(page, "velg")


def nominates(page: Page, year: Year) -> list[str]:
    """Nominate the bakery as a passer-by does, to the receipt; return what is wrong with a page on the way."""
    page.goto(year.public())
    press(page, page.locator("main a[href$='/nominer/']").first)
    names(page, BAKERY, REGISTERED)
    opened = time.monotonic()
    fill(page, reasons=REASONS, nominee_email=year.address("baker"), nominator_name="Oppdiktet Nabo")
    fill(page, address=year.address("nabo"))
    wrong = glance_at(page, "why one nominates")
    time.sleep(max(SHORTEST_SECONDS + 0.2 - (time.monotonic() - opened), 0))  # robots are quicker
    push(page, "send")
    steps.write_code(page, year.address("nabo"))
    said(page, REASONS)
    return wrong


def registers(page: Page, year: Year, who: str) -> None:
    """Register a nomination from a letter, that spells the nominee in its own way."""
    page.goto(year.desk("nominasjoner/ny/"))
    names(page, who, "slik jeg har skrevet")
    fill(
        page, received_on=str(timezone.localdate()), reasons="Det beste brødet i byen.", nominator_name="Oppdiktet Ola"
    )
    push(page, "send")


def gathers(page: Page, year: Year) -> Candidate:
    """Gather the two that are one, as the list suggests."""
    page.goto(year.desk("nominasjoner/"))
    press(page, page.locator("#like ~ ul a[href*='/samle/']").first)
    declares(page)
    page.locator("main label", has_text=REGISTERED).click()
    press(page, page.locator("main form:has([name=into]) [type=submit]"))
    found = Candidate.objects.get(round=year.round, merged_into=None, number__gt="")
    assert found.nominations.count() == 2
    return found


def declares(page: Page) -> None:
    """Answer the question that stands before the nominees of a category."""
    page.locator("main [name=svar][value=no_ties]").check()
    press(page, page.locator("main form:has([name=svar]) [type=submit]").last)


# ---- judged ----


def is_tied(page: Page, year: Year, bakery: Candidate) -> None:
    """Declare a tie to one of the candidates; the category is closed."""
    page.goto(year.judge())
    press(page, page.locator("main a[href*='/erklar/']").first)
    press(page, page.locator(f"main a[href$='kandidat={bakery.pk}']"))
    page.locator("main [name=svar][value=tie]").check()
    fill(page, tilknytning="Broren min eier bakeriet.")
    press(page, page.locator("main form:has([name=tilknytning]) [type=submit]"))


def rules(page: Page, year: Year) -> None:
    """Find the one with a tie disqualified."""
    page.goto(year.page("habilitet/"))
    press(page, page.locator("main a[href*='/habilitet/avgjor/']").first)
    page.locator("[name=kan][value=nei]").check()
    fill(page, grunn="Nær slekt eier bedriften.")
    press(page, page.locator("main form:has([name=grunn]) [type=submit]"))


def opens_category(page: Page, year: Year) -> None:
    """Declare for the whole field, as a member with no ties does."""
    page.goto(year.judge())
    press(page, page.locator("main a[href*='/erklar/']").first)
    press(page, page.locator("main form:has([name=vist]) [type=submit]"))


def scores(page: Page, year: Year, points: dict[str, int], comment: str) -> None:
    """Give each candidate points by every criterion, from the first to the last, and hand in."""
    page.goto(year.judge(f"{year.category.pk}/"))
    press(page, page.locator("main form:has([name=csrfmiddlewaretoken]) a.ds-button").first)
    for _candidate in points:
        given = points[page.locator("h1").inner_text()]
        for criterion in year.round.statutes.criteria.all():
            page.locator(f"main [name=points-{criterion.pk}][value='{given}']").check()
        fill(page, comment=comment)
        push(page, "neste")
    push(page, "lever")


# ---- decided ----


def meets(page: Page, year: Year, votes: str, *, absent: str = "") -> None:
    """Register the jury's meeting, who took part, and that those who could vote voted alike."""
    page.goto(year.desk(f"kategori/{year.category.pk}/"))
    push_in(page, "mote")
    open_details(page, "oppmote")
    for seat in BodyMembership.objects.filter(body=year.jury).select_related("user"):
        presence = "absent" if str(seat.user) == absent else "present"
        page.locator(f"main [name$='-{seat.pk}-presence']").select_option(presence)
    push_in(page, "oppmote")
    open_details(page, "stemmer")
    page.locator("main [name=stemme-all]").select_option(votes)
    push_in(page, "stemmer")


def decides(page: Page, winner: str, reasons: str) -> None:
    page.locator("main [name=winner]").select_option(winner)
    fill(page, reasons=reasons)
    push(page, "se")
    push(page, "vedta")


def open_details(page: Page, deed: str) -> None:
    """Open what a button lies in, where it is folded."""
    folded = page.locator(f"main details:not([open]):has(button[value='{deed}']) > summary")
    if folded.count():
        folded.first.click()


def push_in(page: Page, deed: str) -> None:
    open_details(page, deed)
    push(page, deed)


def minutes(page: Page, year: Year, tmp_path: Any) -> str:
    """Download the minutes, and return what they say on one line."""
    answer = page.request.get(year.desk(f"kategori/{year.category.pk}/protokoll/"))
    assert answer.status == 200 and answer.body().startswith(b"%PDF")
    tool = needs("pdftotext", get_it="install Debian's poppler-utils")
    (file := tmp_path / "protokoll.pdf").write_bytes(answer.body())
    text = subprocess.run([tool, "-layout", file, "-"], capture_output=True, text=True, check=True).stdout
    return re.sub(r"\s+", " ", text)


def announces(page: Page, year: Year) -> None:
    """Try before the ceremony, which shows no button, and announce when its hour has come."""
    page.goto(year.desk("kunngjor/"))
    expect(page.locator("main button[value=kunngjor]")).to_have_count(0)
    year.comes("ceremony_at")
    page.goto(year.desk("kunngjor/"))
    push(page, "kunngjor")
    year.round.refresh_from_db()
    assert year.round.state == "announced"


def is_there(window: Watched, year: Year, who: str) -> Page:
    """Let another sit down at the window; one window reads the styles and scripts once for all of them."""
    sign_in(window.page.context, year.town.site, f"prize-{who}" if who in year.people else who)
    return window.page


def test_from_a_nomination_on_a_phone_to_the_winner_everyone_reads_of(
    browse: Callable[..., Watched], year: Year, tmp_path: Any
) -> None:
    phone, window = browse(width=PHONE), browse()
    page, slug = window.page, year.town.authority.slug
    refuse_scripts(phone.page)
    wrong = nominates(phone.page, year)

    awards.a_candidate(year.category, name=RIVAL)
    is_there(window, year, "officer")
    registers(page, year, "Oppdiktet Bakeriet A/S")
    bakery = gathers(page, year)
    push(page, "fortell")
    phone.page.goto(year.town.page(steps.link_to(year.address("baker"), "/nominert/")))
    said(phone.page, REASONS)
    assert "Oppdiktet Nabo" not in phone.page.content()
    wrong += glance_at(phone.page, "nominated")
    phone.page.locator("[name=answer][value=accepted]").check()
    fill(phone.page, facts="Vi har nå seks ansatte.")
    press(phone.page, phone.page.locator("main form:has([name=answer]) [type=submit]"))
    bakery.refresh_from_db()
    assert bakery.answer == "accepted"
    year.comes("closes_at")
    page.goto(year.desk("flytt/?til=judging"))
    press(page, page.locator("main form:has([name=til]) [type=submit]"))

    is_tied(is_there(window, year, "astrid"), year, bakery)
    rules(is_there(window, year, "leader"), year)
    expect(page.locator("main")).not_to_contain_text("Bakeriet")  # it is gathered: nobody is asked about it
    is_there(window, year, "astrid")
    for path in (f"{year.category.pk}/", f"kandidat/{bakery.pk}/"):
        answer = page.goto(year.judge(path))
        assert answer is not None and answer.status == 403 and REASONS not in page.content()
    opens_category(is_there(window, year, "bjarne"), year)
    scores(page, year, {REGISTERED: 5, RIVAL: 2}, "Bjarne mener de er modige.")
    opens_category(is_there(window, year, "cecilie"), year)
    one = year.judge(f"kandidat/{bakery.pk}/")
    page.goto(one)
    said(page, REASONS, "Det beste brødet i byen.", "Vi har nå seks ansatte.")
    expect(page.locator("main")).not_to_contain_text("modige")
    scores(page, year, {REGISTERED: 4, RIVAL: 4}, "Cecilie er enig.")
    for member in ("cecilie", "bjarne"):
        is_there(window, year, member).goto(one)
        said(page, "Bjarne mener de er modige.", "Cecilie er enig.")
    wrong += glance_at(page, "what the others gave")

    meets(is_there(window, year, "officer"), year, str(bakery.pk))
    ranked = page.locator("#rangering ~ form tbody tr")
    expect(ranked).to_have_text([re.compile(REGISTERED), re.compile(RIVAL)])
    wrong += glance_at(page, "a category to decide")
    decides(page, str(bakery.pk), REASONS_OF_THE_JURY)
    kept = minutes(page, year, tmp_path)
    assert "Inhabil" in kept and "Nær slekt eier bedriften." in kept
    voted = kept.partition("Stemmer i juryen")[2]
    assert [f"Oppdiktet {one.title()} {REGISTERED}" in voted for one in JURY] == [False, True, True]
    assert year.places_that_name(phone.page, BAKERY) == set()
    told = {
        mail.to_address
        for mail in Mail.objects.filter(to_address__endswith=f"@{slug}.example")
        if BAKERY.casefold() in f"{mail.subject} {mail.text}".casefold()
    }
    assert told <= {year.address("nabo"), year.address("baker")}
    assert not Notice.objects.filter(authority=year.town.authority, title__icontains=BAKERY).exists()

    announces(page, year)
    phone.page.goto(year.public())
    press(phone.page, phone.page.locator("main a", has_text=REGISTERED).first)
    said(phone.page, REASONS_OF_THE_JURY)
    prize = f"priser/{year.round.prize.slug}/"
    named = year.places_that_name(phone.page, BAKERY)
    assert {
        "",
        "priser/vinnere.atom",
        prize,
        f"{prize}vinnere/",
        f"{prize}boks/",
        f"{prize}{year.round.year}/",
    } <= named
    assert year.places_that_name(phone.page, RIVAL) == set()
    assert Winner.objects.get(prize=year.round.prize).decision.candidate == bakery
    assert wrong + phone.complaints + window.complaints == []


def test_a_year_that_ends_without_a_winner(browse: Callable[..., Watched], year: Year) -> None:
    candidate = awards.a_candidate(year.category, name=RIVAL)
    awards.no_ties(candidate, *year.people.values())
    year.comes("closes_at")
    PrizeRound.objects.filter(pk=year.round.pk).update(state="judging")
    window = browse()
    page = is_there(window, year, "officer")
    meets(page, year, "none", absent="Oppdiktet Cecilie")
    why = "Ingen av de nominerte oppfyller vedtektenes krav til nyskaping."
    decides(page, "none", why)
    assert CategoryDecision.objects.get(category=year.category).outcome == "none"
    answer = is_there(window, year, "anonymous").goto(year.public())
    assert answer is not None and answer.status == 200 and why not in page.content()
    announces(is_there(window, year, "officer"), year)
    is_there(window, year, "anonymous").goto(year.public())
    said(page, why)
    expect(page.locator("h2", has_text="Ingen vinner i år")).to_be_visible()
    assert not Winner.objects.filter(prize=year.round.prize).exists()
    assert year.places_that_name(page, RIVAL) == set() and window.complaints == []
