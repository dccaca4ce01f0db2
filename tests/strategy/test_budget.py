"""Money by budget year: edited in place, or through a spreadsheet that is checked before anything is saved."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from portal.models import Event
from strategy import budget, budget_file, rolling
from strategy.budget import Money, Wish
from strategy.models import MeasureFunding, Plan
from strategy.rolling import Wording
from tests import factories as make
from tests.conftest import signed_in
from tests.house.test_queries import a_full_plan, same_for_all_sizes
from tests.strategy.reading import body
from tests.world import World

if TYPE_CHECKING:
    from portal.models import User

YEAR = 2027
OWN = Money("own", "proposed", 50_000, "")
FUNDED = Money("own", "funded", 60_000, "KS 3/27")


@pytest.fixture
def plan(world: World) -> Plan:
    """A plan with a goal, two measures under it and one without, the first with money."""
    plan = make.a_plan(world.home.authority, title="Pengeplan", slug="pengeplan")
    goal = make.a_goal(plan, number="1", title="Flere jobber")
    first = make.a_measure(plan, goal=goal, title="Kai")
    make.a_measure(plan, goal=goal, title="Kurs")
    make.a_measure(plan, title="Uten mål")
    make.funding(first, year=YEAR)
    return plan


@pytest.fixture
def officer(world: World) -> User:
    return world.user("officer")


def url_of(plan: Plan, query: str = "") -> str:
    return reverse("plan_funding", args=[plan.authority.slug, plan.slug]) + f"?ar={YEAR}{query}"


def part(plan: Plan, title: str) -> Any:
    return plan.participations.get(measure__current_entry__title=title)


def line(plan: Plan) -> MeasureFunding:
    return MeasureFunding.objects.get(participation__plan=plan, participation__measure__current_entry__title="Kai")


def wish_of(row: MeasureFunding, money: Money | None) -> Wish:
    return Wish(row.participation_id, row.pk, row.row_version, money)


def stored(plan: Plan) -> list[tuple[Any, ...]]:
    rows = MeasureFunding.objects.filter(participation__plan=plan).order_by("pk")
    return list(rows.values_list("participation", "year", "source", "state", "amount_nok", "decision_reference"))


def form_of(client: Client, plan: Plan) -> dict[str, str]:
    """Return what the page's lines would send as they stand."""
    forms = client.get(url_of(plan)).context["forms"]
    found = {}
    for form in forms.all:
        for field in form:
            value = field.value()
            if field.name != "remove":
                found[field.html_name] = "" if value is None else str(value)
    return {**found, "gjor": "lagre"}


# ---- on the page ----


def test_the_page_shows_each_measure_its_lines_and_sums_per_goal(plan: Plan, officer_client: Client) -> None:
    make.funding(part(plan, "Kai"), year=YEAR, source="grant", state="funded", amount_nok=10, decision_reference="x")
    make.funding(part(plan, "Kurs"), year=YEAR - 1, amount_nok=999)
    context = officer_client.get(url_of(plan)).context
    assert [str(each) for each in context["parts"]] == ["1 Kai", "2 Kurs", "3 Uten mål"]
    assert [tuple(total)[1:] for total in context["totals"]] == [(50_000, 10, 0), (0, 0, 0), (50_000, 10, 0)]
    assert context["years"][-1] >= YEAR


def test_saving_the_page_as_it_stands_changes_nothing(plan: Plan, officer_client: Client) -> None:
    before = stored(plan)
    assert officer_client.post(url_of(plan), form_of(officer_client, plan)).status_code == 302
    assert stored(plan) == before
    assert line(plan).row_version == 0


def test_lines_are_changed_added_and_removed_in_one_press(plan: Plan, officer_client: Client) -> None:
    row, kurs, loose = line(plan), part(plan, "Kurs"), part(plan, "Uten mål")
    form = form_of(officer_client, plan)
    form |= {
        f"l{row.pk}-amount": "kr 75 000", f"l{row.pk}-state": "funded", f"l{row.pk}-reference": "KS 3/27",
        f"n{kurs.pk}-amount": "1 000", f"n{kurs.pk}-source": "grant",
        "x0-measure": str(loose.pk), "x0-amount": "500", "x0-source": "other",
    }  # fmt: skip
    assert officer_client.post(url_of(plan), form).status_code == 302
    assert stored(plan) == [
        (row.participation_id, YEAR, "own", "funded", 75_000, "KS 3/27"),
        (kurs.pk, YEAR, "grant", "proposed", 1_000, ""),
        (loose.pk, YEAR, "other", "proposed", 500, ""),
    ]
    form = form_of(officer_client, plan) | {f"l{row.pk}-remove": "on"}
    officer_client.post(url_of(plan), form)
    assert not MeasureFunding.objects.filter(pk=row.pk).exists()
    assert Event.objects.filter(kind="funding_changed", authority=plan.authority).count() == 2


@pytest.mark.parametrize("amount", ["", "0", "-5", "12,50", "mye", "1e3", "99999999999", "=1+1"])
def test_what_is_no_amount_in_whole_kroner_is_refused_beside_the_field_and_nothing_is_saved(
    plan: Plan, officer_client: Client, amount: str
) -> None:
    row, kurs, before = line(plan), part(plan, "Kurs"), stored(plan)
    form = form_of(officer_client, plan) | {f"l{row.pk}-amount": amount, f"n{kurs.pk}-amount": "500"}
    answer = officer_client.post(url_of(plan), form)
    assert answer.status_code == 200
    assert f'id="id_l{row.pk}-amount_error"' in body(answer)
    assert "500" in body(answer)
    assert stored(plan) == before


def test_money_that_is_set_aside_names_its_decision(plan: Plan, officer_client: Client, officer: User) -> None:
    row = line(plan)
    answer = officer_client.post(url_of(plan), form_of(officer_client, plan) | {f"l{row.pk}-state": "funded"})
    assert f'id="id_l{row.pk}-reference_error"' in body(answer)
    with pytest.raises(ValidationError):
        budget.write(plan, YEAR, [wish_of(row, Money("own", "funded", 5, ""))], by=officer)
    assert line(plan).state == "proposed"


def test_a_line_a_colleague_has_changed_is_named_and_nothing_is_saved(
    plan: Plan, officer_client: Client, officer: User
) -> None:
    row, kurs, form = line(plan), part(plan, "Kurs"), form_of(officer_client, plan)
    budget.write(plan, YEAR, [wish_of(row, FUNDED)], by=officer)
    answer = officer_client.post(url_of(plan), form | {f"l{row.pk}-amount": "70 000", f"n{kurs.pk}-amount": "500"})
    assert "Kai" in answer.context["refused"][0]
    assert Money.of(line(plan)) == FUNDED
    assert len(stored(plan)) == 1


def test_a_line_left_alone_stays_as_a_colleague_has_made_it_meanwhile(
    plan: Plan, officer_client: Client, officer: User
) -> None:
    row, kurs, form = line(plan), part(plan, "Kurs"), form_of(officer_client, plan)
    budget.write(plan, YEAR, [wish_of(row, FUNDED)], by=officer)
    assert officer_client.post(url_of(plan), form | {f"n{kurs.pk}-amount": "500"}).status_code == 302
    assert Money.of(line(plan)) == FUNDED
    assert len(stored(plan)) == 2


def test_a_line_a_colleague_has_added_for_the_same_source_is_not_overwritten(
    plan: Plan, officer_client: Client, officer: User
) -> None:
    kurs, form = part(plan, "Kurs"), form_of(officer_client, plan)
    budget.write(plan, YEAR, [Wish(kurs.pk, None, None, OWN)], by=officer)
    answer = officer_client.post(url_of(plan), form | {f"n{kurs.pk}-amount": "500"})
    assert answer.status_code == 200
    assert "Kurs" in answer.context["refused"][0]
    assert len(stored(plan)) == 2
    assert budget.write(plan, YEAR, [Wish(kurs.pk, None, None, OWN)], by=officer) == 0


def test_a_new_measure_of_a_draft_gets_money_that_nobody_else_sees(
    plan: Plan, officer_client: Client, officer: User
) -> None:
    draft = rolling.start(plan, period_start=2027, period_end=2030, by=officer)
    new = rolling.add_new(draft, wording=Wording("new", "", "", "Hemmelig", "", ""), by=officer)
    assert "Hemmelig" in body(officer_client.get(url_of(plan)))
    budget.write(plan, YEAR, [Wish(new.pk, None, None, Money("own", "proposed", 123_456, ""))], by=officer)
    assert "123 456" not in body(officer_client.get(plan.get_absolute_url()))


@pytest.mark.parametrize("year", ["1066", "3000", "x", "-1", "99999999999999999999"])
def test_a_year_that_cannot_be_is_no_page(plan: Plan, officer_client: Client, year: str) -> None:
    assert officer_client.get(url_of(plan).partition("?")[0], {"ar": year}).status_code == 404


# ---- as a spreadsheet ----


def sheet_of(client: Client, plan: Plan) -> Any:
    return load_workbook(io.BytesIO(client.get(url_of(plan, "&fil=xlsx")).content))


def sent(client: Client, plan: Plan, book: Any, name: str = "budsjett.xlsx") -> Any:
    buffer = io.BytesIO()
    book.save(buffer)
    upload = SimpleUploadedFile(name, buffer.getvalue())
    return client.post(url_of(plan), {"gjor": "les", "file": upload})


def accept(client: Client, plan: Plan, answer: Any) -> Any:
    return client.post(url_of(plan), {"gjor": "bruk", "innhold": answer.context["key"]})


COLUMNS = {"measure": 1, "line": 2, "year": 7, "source": 8, "state": 9, "amount": 10, "reference": 11}


def test_the_file_has_stable_ids_a_locked_header_and_open_cells(plan: Plan, officer_client: Client) -> None:
    sheet = sheet_of(officer_client, plan).active
    assert sheet.protection.sheet
    assert sheet.cell(1, 10).protection.locked
    assert not sheet.cell(2, 10).protection.locked
    assert sheet.cell(2, 4).protection.locked
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_row=4)]
    assert [row[:4] for row in rows] == [
        [part(plan, "Kai").pk, line(plan).pk, "1", "Kai"], [part(plan, "Kurs").pk, None, "2", "Kurs"],
        [part(plan, "Uten mål").pk, None, "3", "Uten mål"],
    ]  # fmt: skip
    assert rows[0][9] == 50_000


def test_the_same_file_back_changes_nothing(plan: Plan, officer_client: Client) -> None:
    preview = sent(officer_client, plan, sheet_of(officer_client, plan)).context["preview"]
    assert (len(preview.new), len(preview.changed), len(preview.unchanged), preview.faults) == (0, 0, 1, [])


def test_a_file_is_previewed_then_saved_and_the_same_file_twice_changes_nothing(
    plan: Plan, officer_client: Client
) -> None:
    book = sheet_of(officer_client, plan)
    sheet = book.active
    sheet.cell(2, COLUMNS["amount"]).value = 60_000
    sheet.cell(2, COLUMNS["state"]).value = "Finansiert"
    sheet.cell(2, COLUMNS["reference"]).value = "KS 3/27"
    sheet.cell(3, COLUMNS["amount"]).value = "1 500"
    before = stored(plan)
    answer = sent(officer_client, plan, book)
    assert stored(plan) == before
    assert [row.kind for row in answer.context["preview"].rows] == ["changed", "new"]
    accept(officer_client, plan, answer)
    after = stored(plan)
    assert after == [
        (part(plan, "Kai").pk, YEAR, "own", "funded", 60_000, "KS 3/27"),
        (part(plan, "Kurs").pk, YEAR, "own", "proposed", 1_500, ""),
    ]
    accept(officer_client, plan, answer)
    again = sent(officer_client, plan, book).context["preview"]
    assert (again.new, again.changed) == ([], [])
    assert stored(plan) == after


def test_what_the_file_lacks_is_told_and_stays(plan: Plan, officer_client: Client) -> None:
    book = sheet_of(officer_client, plan)
    book.active.delete_rows(2)
    answer = sent(officer_client, plan, book)
    assert [each.pk for _part, each in answer.context["preview"].absent] == [line(plan).pk]
    assert line(plan)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("amount", "=SUM(A1:A2)"), ("amount", "mye"), ("amount", 12.5), ("amount", -4), ("amount", 0), ("amount", True),
        ("amount", None), ("source", "lomma"), ("state", "kanskje"), ("state", "Finansiert"), ("year", 2031),
        ("measure", 999_999_999), ("measure", "x"), ("measure", None), ("line", 999_999_999), ("line", "=1"),
        ("reference", "x" * 121), ("source", "Tilskudd"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_named_by_row_and_column_and_nothing_can_be_saved(
    plan: Plan, officer_client: Client, column: str, value: Any
) -> None:
    book, before = sheet_of(officer_client, plan), stored(plan)
    book.active.cell(2, COLUMNS[column]).value = value
    book.active.cell(3, COLUMNS["amount"]).value = 700
    answer = sent(officer_client, plan, book)
    (fault,) = answer.context["preview"].faults
    assert " 2," in fault
    assert answer.context["key"] == ""
    accept(officer_client, plan, answer)
    assert stored(plan) == before


def test_every_fault_of_a_file_is_told_at_once(plan: Plan, officer_client: Client) -> None:
    book = sheet_of(officer_client, plan)
    for place in (2, 3, 4):
        book.active.cell(place, COLUMNS["amount"]).value = "x"
    assert len(sent(officer_client, plan, book).context["preview"].faults) == 3


def test_two_rows_with_one_source_are_refused(plan: Plan, officer_client: Client) -> None:
    book = sheet_of(officer_client, plan)
    for place in (5, 6):
        book.active.cell(place, COLUMNS["measure"]).value = part(plan, "Kurs").pk
        book.active.cell(place, COLUMNS["amount"]).value = 100
    assert len(sent(officer_client, plan, book).context["preview"].faults) == 1


@pytest.mark.parametrize("which", ["measure", "line"])
def test_a_row_of_another_plan_is_refused_even_when_the_officer_may_write_that_too(
    world: World, plan: Plan, officer_client: Client, which: str
) -> None:
    foreign = MeasureFunding.objects.filter(participation__plan=world.home.plan).first()
    assert foreign is not None
    book = sheet_of(officer_client, plan)
    book.active.cell(2, COLUMNS[which]).value = foreign.participation_id if which == "measure" else foreign.pk
    assert len(sent(officer_client, plan, book).context["preview"].faults) == 1


@pytest.mark.parametrize("content", [b"", b"hei", b"PK\x03\x04 tull"])
def test_what_is_no_workbook_is_refused_in_words(plan: Plan, officer_client: Client, content: bytes) -> None:
    upload = SimpleUploadedFile("budsjett.xlsx", content)
    answer = officer_client.post(url_of(plan), {"gjor": "les", "file": upload})
    assert answer.status_code == 200
    assert answer.context["file_form"].errors["file"]


def test_another_header_and_another_kind_of_file_are_refused(plan: Plan, officer_client: Client) -> None:
    book = sheet_of(officer_client, plan)
    book.active.cell(1, 10).value = "Penger"
    assert sent(officer_client, plan, book).context["file_form"].errors
    assert sent(officer_client, plan, Workbook()).context["file_form"].errors
    upload = SimpleUploadedFile("budsjett.txt", b"hei")
    assert officer_client.post(url_of(plan), {"gjor": "les", "file": upload}).context["file_form"].errors


def test_a_decision_that_looks_like_a_formula_goes_out_harmless_and_comes_back_unchanged(
    plan: Plan, officer_client: Client
) -> None:
    MeasureFunding.objects.filter(participation__plan=plan).update(state="funded", decision_reference="=KS 1/27")
    book = sheet_of(officer_client, plan)
    assert book.active.cell(2, COLUMNS["reference"]).value == "'=KS 1/27"
    preview = sent(officer_client, plan, book).context["preview"]
    assert (preview.faults, preview.changed) == ([], [])


def test_a_preview_overtaken_by_a_colleague_saves_nothing(plan: Plan, officer_client: Client, officer: User) -> None:
    book, row = sheet_of(officer_client, plan), line(plan)
    book.active.cell(2, COLUMNS["amount"]).value = 60_000
    book.active.cell(3, COLUMNS["amount"]).value = 60_000
    answer = sent(officer_client, plan, book)
    budget.write(plan, YEAR, [wish_of(row, FUNDED)], by=officer)
    accept(officer_client, plan, answer)
    assert Money.of(line(plan)) == FUNDED
    assert len(stored(plan)) == 1


def test_a_preview_is_of_use_to_its_own_reader_plan_and_year_only(
    world: World, plan: Plan, officer_client: Client, leader_client: Client
) -> None:
    book = sheet_of(officer_client, plan)
    book.active.cell(2, COLUMNS["amount"]).value = 60_000
    key, before = sent(officer_client, plan, book).context["key"], stored(plan)
    sending = {"gjor": "bruk", "innhold": key}
    assert leader_client.post(url_of(plan), sending).status_code == 403
    assert officer_client.post(url_of(world.home.plan), sending).status_code == 403
    assert officer_client.post(url_of(plan).replace(str(YEAR), "2030"), sending).status_code == 403
    assert officer_client.post(url_of(plan), {"gjor": "bruk", "innhold": key[:-3] + "abc"}).status_code == 302
    assert stored(plan) == before


def test_a_file_is_read_in_any_of_the_portals_languages(plan: Plan, officer_client: Client) -> None:
    book = sheet_of(officer_client, plan)
    officer_client.cookies["sprak"] = "en"
    assert sent(officer_client, plan, book).context["preview"].faults == []
    assert sent(officer_client, plan, sheet_of(officer_client, plan)).context["preview"].faults == []


# ---- who ----


@pytest.mark.parametrize("person", ["editor", "attester", "neighbour", "region_secretary"])
def test_who_may_not_write_may_not_set_money(world: World, plan: Plan, person: str) -> None:
    with pytest.raises(PermissionDenied):
        budget.write(plan, YEAR, [wish_of(line(plan), FUNDED)], by=world.user(person))


def test_a_caseworker_who_may_not_write_reads_the_lines(plan: Plan, as_role: Any) -> None:
    page = body(as_role("attester").get(url_of(plan)))
    assert "50 000" in page
    assert "<input" not in page.partition("<main")[2].partition("</main>")[0]


def test_the_page_and_the_file_cost_the_same_for_any_number_of_measures(db: None) -> None:
    def grow(size: int) -> tuple[Client, dict[str, int | None]]:
        plan = a_full_plan(size)
        client = signed_in(plan.authority.memberships.get().user)
        return client, {url_of(plan): 16, url_of(plan, "&fil=xlsx"): 12}

    same_for_all_sizes(grow)


def test_the_file_reader_takes_no_more_rows_than_it_says(
    plan: Plan, officer_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget_file, "MOST_ROWS", 2)
    assert sent(officer_client, plan, sheet_of(officer_client, plan)).context["file_form"].errors
