"""Values from files: all of it understood or nothing saved, shown before it is saved, and nobody overwritten unseen."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from portal.models import Event
from strategy import observation_files as files
from strategy import observations
from strategy.models import Indicator, Observation, Series
from strategy.observation_files import Cell, Incoming
from tests import factories as make
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
TODAY = dt.date(2026, 11, 21)
NOW = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)


@pytest.fixture
def halden(world: World) -> Series:
    indicator = make.an_indicator(world.home.authority, name="Andel sysselsatte", unit="%", decimals=1)
    make.a_series(indicator, area="Norge", position=1)
    return make.a_series(indicator, 57.3, 59.3, area="Halden", position=0)


def sent(indicator: Indicator, content: bytes, name: str = "verdier.csv") -> list[tuple[str, int, Decimal]]:
    """Return what a file says: series, year, value."""
    series = list(indicator.series.all())
    found = files.read(
        SimpleUploadedFile(name, content), series=series, names=[one.area for one in series],
        decimals=indicator.decimals, today=TODAY,
    )  # fmt: skip
    names = {one.pk: str(one) for one in series}
    return [(names[one.series_id], one.on.year, one.value) for one in found]


def refused(indicator: Indicator, content: bytes, name: str = "verdier.csv") -> str:
    with pytest.raises(ValidationError) as caught:
        sent(indicator, content, name)
    return " ".join(caught.value.messages)


def xlsx(rows: list[list[Any]], formats: dict[str, str] | None = None) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for cell, number_format in (formats or {}).items():
        book.active[cell].number_format = number_format
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


# ---- what is understood ----


@pytest.mark.parametrize(
    "content",
    [
        "År;Halden;Norge\n2022;59,5;68,5\n2023;59,3;\n",
        "\ufeffÅr;Halden;Norge\r\n2022;59,5 %;68,5 %\r\n2023;59,3 %;..\r\n",
        "sep=;\nÅr;Halden;Norge\n31.12.2022;59,5;68,5\n2023-12-31;59,3;\n",
        "år\tHALDEN\tnorge\n2022\t59,5\t68,5\n2023\t59,3\t–\n",
        "year,Halden,Norge\n2022,59.5,68.5\n2023,59.3,\n",
        "Dato;Område;Verdi\n2022;Halden;59,5\n2022;Norge;68,5\n2023;Halden;59,3\n",
        "Verdi;Dato;Sted\n59,5;2022;Halden\n68,5;2022;Norge\n59,3;2023;Halden\n",
    ],
)
def test_a_file_is_understood_in_the_ways_norwegian_programs_write_it(halden: Series, content: str) -> None:
    expected = [("Halden", 2022, Decimal("59.5")), ("Norge", 2022, Decimal("68.5")), ("Halden", 2023, Decimal("59.3"))]
    for encoding in ("utf-8", "cp1252") if "\ufeff" not in content else ("utf-8",):
        if "–" not in content or encoding == "utf-8":
            assert sorted(sent(halden.indicator, content.encode(encoding))) == sorted(expected)


def test_a_spreadsheet_is_read_with_its_numbers_dates_and_per_cents(halden: Series) -> None:
    content = xlsx(
        [["År", "Halden", "Norge"], [2022, 59.5, "68,5 %"], [dt.datetime(2023, 12, 31), 0.593, None]], {"B3": "0.0%"}
    )
    assert sent(halden.indicator, content, "verdier.xlsx") == [
        ("Halden", 2022, Decimal("59.5")), ("Norge", 2022, Decimal("68.5")), ("Halden", 2023, Decimal("59.3")),
    ]  # fmt: skip


def test_the_template_that_is_handed_out_is_understood_when_it_comes_back(halden: Series, officer_client: Any) -> None:
    for form in ("xlsx", "csv"):
        page = f"/{halden.authority.slug}/indikatorer/{halden.indicator_id}/?mal={form}"
        content = officer_client.get(page).content
        assert sent(halden.indicator, content, f"mal.{form}") == [
            ("Halden", 2020, Decimal("57.3")), ("Halden", 2021, Decimal("59.3")),
        ]  # fmt: skip


def test_a_long_table_carries_estimates_sources_and_categories(world: World) -> None:
    indicator = make.an_indicator(world.home.authority)
    make.a_series(indicator, area="Halden", category="Private")
    content = "Dato;Område;Kategori;Verdi;Anslått;Kilde\n2024K2;Halden;private;8 628;ja;Egen telling\n".encode()
    found = files.read(
        SimpleUploadedFile("a.csv", content), series=list(indicator.series.all()), names=["Private"], decimals=0,
        today=TODAY,
    )  # fmt: skip
    assert found == [Incoming(indicator.series.get().pk, dt.date(2024, 6, 30), Decimal(8628), True, "Egen telling")]


# ---- what is not understood is named, and nothing is saved ----


def test_a_text_in_a_number_cell_is_named_by_row_and_column(halden: Series) -> None:
    said = refused(halden.indicator, "År;Halden;Norge\n2022;59,5;68,5\n2023;ca. 60;68,5\n".encode())
    assert said == "Row 3, column B (Halden): “ca. 60” is not a number."


def test_a_text_in_a_number_cell_of_a_spreadsheet_is_named_too(halden: Series) -> None:
    content = xlsx([["År", "Halden", "Norge"], [2022, 59.5, "mangler"]])
    assert refused(halden.indicator, content, "v.xlsx") == "Row 2, column C (Norge): “mangler” is not a number."


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("År;Halden\n2022;12.995\n", "may be 12 995 or 12,995"),
        ("År;Halden\n2022;12,995\n", "may be 12 995 or 12,995"),
        ("År;Halden\n2022;1e400\n", "is not a number"),
        ("År;Halden\n2022;NaN\n", "is not a number"),
        ("År;Halden\n2022;9999999999999\n", "is too large"),
        ("År;Halden\ni fjor;59\n", "Row 2, column A (År): “i fjor” is no year or date"),
        ("År;Halden\n1789;59\n", "is no year or date"),
        ("År;Halden\n45657;59\n", "is no year or date"),
        ("År;Halden\n2027;59\n", "has not been yet"),
        ("År;Oslo\n2022;59\n", "column B: We know no series “Oslo”. The indicator has: Halden; Norge."),
        ("År;Halden\n2022;59\n2022;60\n", "Rows 2 and 3 both have a value for Halden at 2022-12-31"),
        ("Halden;År\n59;2022\n", "The first row must name the columns"),
        ("Dato;Verdi\n2022;59\n", "The first row lacks a column"),
        ("Dato;Område;Verdi;Anslått\n2022;Halden;59;kanskje\n", "column D (Anslått): Write “ja” or “nei”."),
        ("År;Halden\n", "The file has no values"),
        ("\n\n", "The file is empty"),
        ("År;Halden\n2022;5\x009\n", "The file is not text"),
    ],
)
def test_what_is_not_understood_or_may_be_two_things_is_refused(halden: Series, content: str, reason: str) -> None:
    assert reason in refused(halden.indicator, content.encode())


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("verdier.pdf", b"%PDF-1.7", "We take Excel (xlsx) and csv"),
        ("verdier.xlsx", b"not a spreadsheet", "is not what the name says"),
        ("verdier.csv", b"x" * 1_000_001, "larger than 1 MB"),
        ("verdier.csv", b"\xc5r;Halden\n" + b"2022;1\n" * 5_001, "more than 5000 rows"),
        ("verdier.csv", b"\xc5r" + b";Halden" * 61 + b"\n2022" + b";1" * 61, "more than 60 columns"),
    ],
)
def test_a_file_of_another_kind_or_size_is_refused(halden: Series, name: str, content: bytes, reason: str) -> None:
    assert reason in refused(halden.indicator, content, name)


def test_many_errors_are_counted_after_the_first(halden: Series) -> None:
    rows = "".join(f"{year};tull\n" for year in range(1995, 2020))
    said = refused(halden.indicator, f"År;Halden\n{rows}".encode())
    assert said.count("is not a number") == files.MOST_ERRORS
    assert "And 10 more of the kind." in said


@pytest.mark.parametrize(
    ("text", "value"),
    [("59,3", "59.3"), ("59.3", "59.3"), ("12 995", "12995"), ("12\u00a0995", "12995"), ("−2,5 %", "-2.5"), ("+3", "3"),
     ("1 234 567,25", "1234567.25"), ("1,2345", "1.2345"), ("0", "0")],
)  # fmt: skip
def test_a_number_is_read_as_people_write_it(text: str, value: str) -> None:
    assert files.value_of(Cell(text), 1) == Decimal(value)


def test_three_decimals_are_read_where_they_are_usual() -> None:
    assert files.value_of(Cell("0,125"), 3) == Decimal("0.125")


@given(st.text(max_size=12))
def test_no_text_makes_reading_stumble(text: str) -> None:
    for read in (lambda: files.value_of(Cell(text), 1), lambda: files.date_of(text, TODAY)):
        try:
            read()
        except ValueError as error:
            assert str(error)


@given(st.binary(max_size=60))
def test_no_file_makes_reading_stumble(content: bytes) -> None:
    series = Series(pk=1, area="Halden")
    for name in ("a.csv", "a.xlsx"):
        upload = SimpleUploadedFile(name, content)
        try:
            files.read(upload, series=[series], names=["Halden"], decimals=1, today=TODAY)
        except ValidationError as error:
            assert error.messages


# ---- shown, then saved ----


def shown(series: Series, by: Any, *values: tuple[int, str], source: str = "") -> observations.Preview:
    incoming = [Incoming(series.pk, dt.date(year, 12, 31), Decimal(value)) for year, value in values]
    planned = observations.compare(series.indicator, incoming)
    packed = observations.pack(planned, series.indicator, by, source)
    preview = observations.unpack(packed, series.indicator, by)
    assert preview is not None
    return preview


def values_of(series: Series) -> dict[int, Decimal]:
    return {row.observed_on.year: row.value for row in series.observations.all()}


def test_the_preview_tells_new_changed_and_unchanged(halden: Series) -> None:
    rows = [Incoming(halden.pk, dt.date(year, 12, 31), Decimal(value)) for year, value in ((2020, "57.3"), (2021, "60"), (2022, "61"))]  # fmt: skip
    assert [one.kind for one in observations.compare(halden.indicator, rows)] == ["unchanged", "changed", "new"]


def test_saving_writes_what_was_shown_and_a_line_of_history(halden: Series, world: World) -> None:
    officer = world.user("officer")
    saved = observations.save(halden.indicator, shown(halden, officer, (2021, "60"), (2022, "61")), by=officer, at=NOW)
    assert saved == (1, 1)
    assert values_of(halden) == {2020: Decimal("57.3"), 2021: 60, 2022: 61}
    assert Event.objects.get(kind="indicator.measured").facts == {"new": 1, "changed": 1}


def test_pressing_twice_saves_once(halden: Series, world: World) -> None:
    officer = world.user("officer")
    preview = shown(halden, officer, (2022, "61"))
    observations.save(halden.indicator, preview, by=officer, at=NOW)
    assert observations.save(halden.indicator, preview, by=officer, at=NOW) == (0, 0)
    assert Event.objects.filter(kind="indicator.measured").count() == 1


def test_only_the_new_ones_may_be_saved(halden: Series, world: World) -> None:
    officer = world.user("officer")
    preview = shown(halden, officer, (2021, "60"), (2022, "61"))
    assert observations.save(halden.indicator, preview, by=officer, at=NOW, only_new=True) == (1, 0)
    assert values_of(halden)[2021] == Decimal("59.3")


@pytest.mark.parametrize("meanwhile", ["changed", "added", "removed", "series removed"])
def test_what_a_colleague_changed_meanwhile_is_never_overwritten_unseen(
    halden: Series, world: World, meanwhile: str
) -> None:
    officer = world.user("officer")
    preview = shown(halden, officer, (2021, "60"), (2022, "61"))
    if meanwhile == "changed":
        halden.observations.filter(observed_on__year=2021).update(value=58)
    elif meanwhile == "added":
        make.an_observation(halden, observed_on=dt.date(2022, 12, 31), value=62)
    elif meanwhile == "removed":
        halden.observations.filter(observed_on__year=2021).delete()
    else:
        halden.delete()
    before = list(Observation.objects.order_by("pk").values())
    with pytest.raises(observations.Stale):
        observations.save(Indicator.objects.get(pk=halden.indicator_id), preview, by=officer, at=NOW)
    assert list(Observation.objects.order_by("pk").values()) == before


def test_a_preview_is_good_for_its_own_user_and_indicator_only(halden: Series, world: World) -> None:
    officer, leader = world.user("officer"), world.user("leader")
    packed = observations.pack([], halden.indicator, officer)
    assert observations.unpack(packed, halden.indicator, leader) is None
    assert observations.unpack(packed, world.home.one(Indicator), officer) is None
    assert observations.unpack(packed + "x", halden.indicator, officer) is None
    assert observations.unpack("", halden.indicator, officer) is None


@pytest.mark.parametrize("person", ["editor", "attester", "elected", "neighbour", "stranger"])
def test_who_may_not_write_saves_and_removes_nothing(halden: Series, world: World, person: str) -> None:
    user = world.user(person)
    with pytest.raises(PermissionDenied):
        observations.save(halden.indicator, shown(halden, user, (2022, "61")), by=user, at=NOW)
    with pytest.raises(PermissionDenied):
        observations.remove(halden.observations.all()[0], by=user, at=NOW, seen=0)
    assert len(values_of(halden)) == 2


def test_a_fetched_value_says_so_and_gives_its_indicator_source_and_licence(halden: Series, world: World) -> None:
    officer = world.user("officer")
    preview = shown(halden, officer, (2022, "61"), source="Statistics Norway, table 11616")
    observations.save(halden.indicator, preview, by=officer, at=NOW)
    row = halden.observations.get(observed_on__year=2022)
    assert (row.fetched_at, row.source) == (NOW, "Statistics Norway, table 11616")
    indicator = Indicator.objects.get(pk=halden.indicator_id)
    assert (indicator.source, indicator.licence) == ("Statistics Norway, table 11616", "CC BY 4.0")


def test_the_history_tells_of_added_changed_and_removed_values(halden: Series, world: World) -> None:
    officer = world.user("officer")
    row = halden.observations.get(observed_on__year=2021)
    row.value = 60
    row.save()
    row.refresh_from_db()
    observations.remove(row, by=officer, at=NOW, seen=row.row_version)
    lines = observations.history_of(halden.indicator, officer)
    assert [line["kind"] for line in lines[:3]] == ["removed", "changed", "made"]
    assert (lines[0]["series"], lines[0]["on"].year) == ("Halden", 2021)
    assert (lines[1]["changes"][0]["old"], lines[1]["changes"][0]["new"]) == ("59,3\xa0%", "60,0\xa0%")


def test_what_was_changed_since_it_was_looked_at_is_not_removed(halden: Series, world: World) -> None:
    row = halden.observations.all()[0]
    with pytest.raises(observations.Stale):
        observations.remove(row, by=world.user("officer"), at=NOW, seen=row.row_version + 1)
    assert halden.observations.filter(pk=row.pk).exists()
