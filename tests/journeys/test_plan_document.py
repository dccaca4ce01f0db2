"""Journeys: a municipality's own plan document becomes a draft plan, on a desk with keys and on a phone without scripts.

The site has no worker; the tests read what waits, as the worker does.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import expect

from strategy.demo import documents, halden
from strategy.importing import storing
from strategy.models import ImportRow, MeasureEntry, Plan, PlanImport
from tests import factories as make
from tests.databases import pointed_at
from tests.journeys import signing_in as steps
from tests.journeys.conftest import refuse_scripts
from tests.journeys.pressing import press, press_key
from tests.journeys.test_grants import said
from tests.journeys.test_pages import glance_at
from tests.strategy.importing.papers import bare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Locator, Page

    from tests.journeys.conftest import Site, Watched
    from tests.journeys.signing_in import Town

PHONE = 320
WORD = Path(__file__).parents[1] / "strategy/importing/known/02_tindevik_handlingsplan.docx"
NO_LETTERS = b"BT /F 12 Tf 50 700 Td (" + b"!#%&/=?*+~^" * 8 + b") Tj ET"
"""What a page draws that has no text to be read, as a picture of it has none."""


@dataclass
class Desk:
    """A town of its own whose officer has a plan in a file."""

    town: Town

    @property
    def page(self) -> str:
        return self.town.page(f"/{self.town.authority.slug}/plandokumenter/")

    @property
    def documents(self) -> Any:
        return PlanImport.objects.filter(authority=self.town.authority)

    def sends(self, page: Page, name: str, content: bytes) -> PlanImport:
        page.goto(self.page)
        page.set_input_files("main [name=file]", {"name": name, "mimeType": "", "buffer": content})
        press(page, page.locator("main form:has([name=file]) [type=submit]"))
        found: PlanImport = self.documents.latest("pk")
        return found

    def worker_reads(self) -> None:
        """Read what waits in this town, as the worker does; what waits elsewhere is looked at by others."""
        now = timezone.now()
        PlanImport.objects.exclude(authority=self.town.authority).filter(state="waiting").update(started_at=now)
        assert storing.read_next(now) == 1


@pytest.fixture
def desk(site: Site, django_db_blocker: Any, settings: Any) -> Iterator[Desk]:
    settings.BASE_URL = site.url
    cache.clear()
    with django_db_blocker.unblock(), pointed_at(site.database):
        town = steps.build(site)
        officer = make.a_user("officer", town.authority, email=f"plan@{town.authority.slug}.example")
        steps.has_session(site, officer, "plan-officer")
        yield Desk(town)


# ---- at the desk ----


def row_of(found: PlanImport, number: str, under: str) -> ImportRow:
    """Return a measure by its printed number and its strategy's; the first of doubled ones."""
    rows = found.rows.filter(level="measure", number=number, parent__number=under).order_by("position")
    return rows.first()  # type: ignore[no-any-return]


def at(page: Page, row: ImportRow) -> Locator:
    return page.locator(f"#t{row.pk}")


def by_key(page: Page, row: ImportRow, key: str, *, leads_on: bool = False) -> None:
    """Stand at a row and press a key; wait for the page it leads to, or until this one tells of the press."""
    group = page.locator("main details:not([open])", has=at(page, row))
    if group.count():
        group.locator("> summary").click()
    expect(at(page, row)).to_be_visible()  # what is not drawn takes no focus
    at(page, row).focus()
    expect(at(page, row)).to_be_focused()
    if leads_on:
        press_key(page, key)
    else:
        before = page.url
        page.keyboard.press(key)
        page.wait_for_url(lambda address: address != before)


def decision(row: ImportRow) -> str:
    row.refresh_from_db()
    return row.decision


def changes_moves_and_merges(page: Page, found: PlanImport) -> None:
    """Write another title, move a measure to another strategy, and put two together; each begun with a key."""
    changed, moved, merged = row_of(found, "1", "1.1"), row_of(found, "3", "2.6"), row_of(found, "3", "4.4")
    by_key(page, changed, "e", leads_on=True)
    page.locator("main [name=title]").fill("Møteplasser for arbeidslivet")
    press(page, page.locator("main button[name=godta]"))
    by_key(page, moved, "f", leads_on=True)
    strategy = found.rows.get(level="strategy", number="2.4")
    page.locator("main [name=parent]").select_option(str(strategy.pk))
    press(page, page.locator("main form:has([name=parent]) button:not([name])").last)
    by_key(page, merged, "s", leads_on=True)
    page.locator("main [name=into]").select_option(str(row_of(found, "2", "4.4").pk))
    press(page, page.locator("main form:has([name=into]) button:not([name])").last)
    assert decision(changed) == "accepted" and changed.title == "Møteplasser for arbeidslivet"
    assert decision(moved) != "dropped" and moved.parent_id == strategy.pk
    assert decision(merged) == "merged"


def numbers_in_the_end() -> list[tuple[str, str]]:
    """Return the printed numbers of Halden's measures, with one moved to the strategy before and one put into another."""
    pairs = [
        (one.number, each.number) for goal in halden.PLAN.goals for one in goal.strategies for each in one.measures
    ]
    return sorted([pair for pair in pairs if pair not in {("2.6", "3"), ("4.4", "3")}] + [("2.4", "3")])


def test_haldens_document_becomes_a_draft_plan_with_its_numbers(browse: Callable[..., Watched], desk: Desk) -> None:
    window = browse("plan-officer")
    page = window.page
    found = desk.sends(page, "næringsplan.txt", documents.as_printed().encode())
    said(page, "næringsplan.txt", "Det venter på tur")
    desk.worker_reads()
    page.wait_for_selector("[data-review]")
    said(page, "0 av 93 rader er avgjort")
    said(
        page, "Tiltak 7 mangler under 2.7", "Tiltak 2 står to ganger under 4.2", "Tiltak 2 står to ganger under 4.3",
        "Strategi 2.8 viser til 2.4, men det den nevner, står i 2.7", "noe tegn mellom nummeret og teksten ved 1.1.1",
    )  # fmt: skip
    expect(page.locator("main b", has_text="Overskriften går over flere linjer")).to_have_count(2)
    page.locator("button[name=sikre][value='']").click()
    said(page, "86 av 93 rader er avgjort")
    changes_moves_and_merges(page, found)

    left_out = row_of(found, "3", "2.4")
    for key, decided in (("z", "undecided"), ("u", "dropped"), ("z", "undecided"), ("g", "accepted")):
        by_key(page, left_out, key)
        assert decision(left_out) == decided
    for odd in found.anomalies.filter(settled_at=None).order_by("line"):
        assert odd.row is not None
        by_key(page, odd.row, "g")
        assert decision(odd.row) == "accepted"
    said(page, "93 av 93 rader er avgjort")

    press(page, page.locator("main a[href$='/plan/']").first)
    press(page, page.locator("main form:has([name=gjor][value=opprett]) [type=submit]"))
    plan = Plan.objects.get(authority=desk.town.authority)
    assert (plan.status, plan.period_start, plan.period_end) == ("draft", 2026, 2030)
    assert (plan.goals.count(), plan.strategies.count()) == (4, 18)
    entries = MeasureEntry.objects.filter(plan=plan)
    assert sorted(entries.values_list("strategy__number", "number")) == numbers_in_the_end()
    page.goto(desk.town.site.url + plan.get_absolute_url())
    said(page, "Møteplasser for arbeidslivet", "Gode og varierte boliger")
    assert window.complaints == []


# ---- on a phone ----


def test_a_phone_without_scripts_makes_a_plan_of_a_word_file_and_is_told_of_a_scanned_one(
    browse: Callable[..., Watched], desk: Desk, tmp_path: Path
) -> None:
    window = browse("plan-officer", width=PHONE)
    page = window.page
    refuse_scripts(page)
    desk.sends(page, "skannet.pdf", bare(tmp_path / "skannet.pdf", pages=2, content=NO_LETTERS).read_bytes())
    wrong = glance_at(page, "waits")
    desk.worker_reads()
    press(page, page.locator("main a", has_text="Se om det er lest"))
    said(page, "skannet")
    wrong += glance_at(page, "refused")
    assert desk.documents.get().why == "scanned" and not desk.documents.get().file

    found = desk.sends(page, WORD.name, WORD.read_bytes())
    desk.worker_reads()
    press(page, page.locator("main a", has_text="Se om det er lest"))
    press(page, page.locator("button[name=sikre][value='']"))
    wrong += glance_at(page, "gone through")
    while (odd := page.locator("main .p-irc button[name=godta]")).count():
        press(page, odd.first)
    found.refresh_from_db()
    assert not found.rows.filter(decision="undecided").exists()
    press(page, page.locator("main a[href$='/plan/']").first)
    wrong += glance_at(page, "to be made")
    press(page, page.locator("main form:has([name=gjor][value=opprett]) [type=submit]"))
    plan = Plan.objects.get(authority=desk.town.authority)
    assert (plan.goals.count(), plan.strategies.count(), MeasureEntry.objects.filter(plan=plan).count()) == (3, 6, 18)
    assert plan.source.startswith(WORD.name)
    wrong += glance_at(page, "made")
    assert wrong + window.complaints == []
