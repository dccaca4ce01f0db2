"""What is read of workbooks and of text with separators, and what is refused."""

from __future__ import annotations

import datetime as dt
import random
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from strategy.importing.document import Document, Kind, Line, Table, Unreadable, Why
from strategy.importing.reading import nothing, packed, sheets
from tests.strategy.importing.office import WORKBOOK, S, relations, word_parts
from tests.strategy.importing.office import packed as pack

FILES = Path(__file__).parent / "files"


def of_rows(tmp_path, *rows, change=None) -> Document:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if change is not None:
        change(book)
    book.save(tmp_path / "plan.xlsx")
    return sheets.read(tmp_path / "plan.xlsx", nothing)


def of_text(tmp_path, content: str | bytes) -> Document:
    (tmp_path / "plan.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    return sheets.read(tmp_path / "plan.csv", nothing)


def rows_of(document: Document) -> list[list[tuple[str, ...]]]:
    return [[row.cells for row in block.rows] for block in document.blocks if isinstance(block, Table)]


def lines_of(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Line)]


def why(path) -> Why:
    with pytest.raises(Unreadable) as refused:
        sheets.read(path, nothing)
    return refused.value.why


# ---- workbooks ----


def test_a_workbook_from_libreoffice_is_read_as_it_is_shown():
    document = sheets.read(FILES / "plan.xlsx", nothing)
    assert (document.kind, document.title, document.pages) == (Kind.XLSX, "Handlingsprogram", 2)
    assert [(one.text, one.page, one.number) for one in document.blocks if isinstance(one, Line)] == [
        ("Handlingsprogram for Prøvevik", 1, 1),
        ("Periode: 2025–2028", 1, 2),
        ("Vedtatt i mai", 2, 1),
    ]
    (table,) = (one for one in document.blocks if isinstance(one, Table))
    assert table.name == "Tiltak"
    assert [(row.number, row.is_head, row.cells) for row in table.rows] == [
        (4, True, ("Mål", "Nr.", "Tiltak", "Frist", "Kostnad", "Andel")),
        (5, False, ("Flere i arbeid", "1", "Åpne et kontor\nto dager i uka", "30.06.2026", "400000", "25 %")),
        (6, False, ("Flere i arbeid", "2", "Holde kurs", "mars 2027", "600000,5", "")),
    ]


def test_numbers_and_days_are_written_as_norwegians_do(tmp_path):
    def formats(book):
        for place, form in (("D2", "0%"), ("E2", "yyyy"), ("F2", '#,##0 "kr"')):
            book.active[place].number_format = form

    day = dt.datetime(2026, 12, 31)
    values = (3.0, 0.5, day, 0.125, day, 1250000, True, dt.datetime(2026, 5, 1, 9, 30), dt.time(8, 15))
    document = of_rows(tmp_path, ("a", "b", "c", "d", "e", "f", "g", "h", "i"), values, change=formats)
    assert rows_of(document)[0][1] == (
        "3", "0,5", "31.12.2026", "12,5 %", "2026", "1250000", "Ja", "01.05.2026 09.30", "08.15",
    )  # fmt: skip


def test_days_are_right_where_they_are_counted_from_1904(tmp_path):
    def epoch(book):
        book.epoch = CALENDAR_MAC_1904

    document = of_rows(tmp_path, ("Tiltak", "Frist"), ("a", dt.date(2026, 6, 30)), change=epoch)
    assert rows_of(document)[0][1] == ("a", "30.06.2026")


def test_a_formula_is_its_value_and_without_one_it_is_nothing(tmp_path):
    def formula(book):
        book.active["B2"] = "=1+1"

    assert rows_of(of_rows(tmp_path, ("Tiltak", "Sum"), ("a", None), change=formula)) == [
        [("Tiltak", "Sum"), ("a", "")]
    ]


def test_merged_cells_repeat_downwards_and_not_sideways(tmp_path):
    def merge(book):
        book.active.merge_cells("A2:A3")
        book.active.merge_cells("B2:C2")

    document = of_rows(tmp_path, ("Mål", "Tiltak", "Frist"), ("x", "y", None), (None, "z", "2026"), change=merge)
    assert rows_of(document) == [[("Mål", "Tiltak", "Frist"), ("x", "y", ""), ("x", "z", "2026")]]


def test_what_is_hidden_is_not_read(tmp_path):
    def hide(book):
        book.active.row_dimensions[3].hidden = True
        book.active.column_dimensions["B"].hidden = True
        other = book.create_sheet("Skjult")
        other["A1"] = "hemmelig"
        other.sheet_state = "hidden"

    document = of_rows(tmp_path, ("Tiltak", "Internt", "Frist"), ("a", "x", "2026"), ("b", "y", "2027"), change=hide)
    assert rows_of(document) == [[("Tiltak", "Frist"), ("a", "2026")]]
    assert (document.pages, lines_of(document)) == (1, [])


def test_empty_rows_and_columns_around_a_table_are_left_out(tmp_path):
    document = of_rows(tmp_path, (), (None, None, "Tiltak", "Frist", None), (None, None, "a", "2026"), (), (None, " "))
    assert rows_of(document) == [[("Tiltak", "Frist"), ("a", "2026")]]


def test_a_table_whose_head_comes_again_is_two_with_what_stands_between_as_lines(tmp_path):
    head = ("Tiltak", "Ansvar", "Frist")
    document = of_rows(
        tmp_path, ("Mål 1",), head, ("a", "x", "2026"), ("Gruppe",), ("b",), (), ("Mål 2",), head, ("c", "z", "2028")
    )
    assert [type(one).__name__ for one in document.blocks] == ["Line", "Table", "Line", "Table"]
    assert lines_of(document) == ["Mål 1", "Mål 2"]
    assert rows_of(document) == [
        [head, ("a", "x", "2026"), ("Gruppe", "", ""), ("b", "", "")],
        [head, ("c", "z", "2028")],
    ]


def test_an_empty_row_within_a_table_does_not_end_it(tmp_path):
    document = of_rows(tmp_path, ("Tiltak", "Frist"), ("a", "2026"), (), ("b", "2027"))
    assert rows_of(document) == [[("Tiltak", "Frist"), ("a", "2026"), ("b", "2027")]]


def test_one_column_is_lines(tmp_path):
    assert lines_of(of_rows(tmp_path, ("Mål 1",), ("Tiltak a",))) == ["Mål 1", "Tiltak a"]


# ---- text with separators ----


@pytest.mark.parametrize(
    "content",
    [
        "Tiltak;Frist\na, b;2026\n",
        "Tiltak\tFrist\na, b\t2026\n",
        'Tiltak,Frist\n"a, b",2026\n',
        "\ufeffTiltak;Frist\r\na, b;2026\r\n",
        "sep=|\nTiltak|Frist\na, b|2026",
        '"sep=;"\nTiltak;Frist\na, b;2026',
        "Tiltak;Frist\na, b;2026\n".encode("utf-16"),
        "Tiltak;Frist\n\n;;\na, b;2026;;\n",
    ],
)
def test_text_with_separators_is_read_whichever_they_are(tmp_path, content):
    document = of_text(tmp_path, content)
    assert document.kind is Kind.CSV and rows_of(document) == [[("Tiltak", "Frist"), ("a, b", "2026")]]


def test_letters_are_right_in_what_windows_wrote_and_a_cell_keeps_its_lines(tmp_path):
    document = of_text(tmp_path, 'Mål;Tiltak\nÅ gjøre;"én\nto"\n'.encode("cp1252"))
    assert rows_of(document) == [[("Mål", "Tiltak"), ("Å gjøre", "én\nto")]]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(content=st.one_of(st.binary(max_size=300), st.text(alphabet='ab";,\t|\n\r =0\0', max_size=200)))
def test_any_bytes_are_read_or_refused_and_rows_are_equally_long(tmp_path, content):
    try:
        document = of_text(tmp_path, content)
    except Unreadable:
        return
    for rows in rows_of(document):
        assert len({len(cells) for cells in rows}) == 1
    assert all(line.strip() for line in lines_of(document))


# ---- refused ----


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b";;\n;;\n", Why.EMPTY),
        (b"%PDF-1.7", Why.UNKNOWN_KIND),
        (b"a;b\n\0;c", Why.BROKEN),
        (b"PK\x03\x04", Why.BROKEN),
        (packed.OLE + "Workbook".encode("utf-16-le"), Why.UNKNOWN_KIND),
        (packed.OLE + packed.LOCKED, Why.ENCRYPTED),
        (b"a;b\n" * 5_001, Why.TOO_LARGE),
        (b"a;" * 61 + b"a", Why.TOO_LARGE),
    ],
)
def test_what_is_no_table_or_too_large_is_refused_for_what_it_is(tmp_path, content, reason):
    (tmp_path / "plan.csv").write_bytes(content)
    assert why(tmp_path / "plan.csv") is reason


def _parts(sheet: str, **more: str) -> dict[str, str | bytes]:
    parts = word_parts("", kind=WORKBOOK)
    return parts | {
        "[Content_Types].xml": str(parts["[Content_Types].xml"]).replace("/word/document.xml", "/xl/workbook.xml"),
        "_rels/.rels": relations(("officeDocument", "/xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{S}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<sheets><sheet name="Ark" sheetId="1" r:id="rId0"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(("worksheet", "sheet1.xml"), ("sharedStrings", "sharedStrings.xml")),
        "xl/sheet1.xml": f'<worksheet xmlns="{S}">{sheet}</worksheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{S}"><si><t>a</t></si><si><r><t>b</t></r><r><t>c</t></r><rPh><t>z</t></rPh></si></sst>',
        **more,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ('<c t="s"><v>1</v></c>', "bc"),
        ('<c t="s"><v>99</v></c>', ""),
        ('<c t="s"><v>x</v></c>', ""),
        ('<c t="inlineStr"><is><t>inni</t></is></c>', "inni"),
        ('<c t="e"><v>#REF!</v></c>', ""),
        ('<c t="b"><v>0</v></c>', "Nei"),
        ('<c t="d"><v>2026-06-30</v></c>', "30.06.2026"),
        ('<c t="str"><v>a_x000D_b</v></c>', "a\nb"),
        ("<c><v>1E400</v></c>", ""),
        ("<c><v>nan</v></c>", ""),
        ('<c s="77"><v>7</v></c>', "7"),
        ('<c r="ZZZZ9"><v>7</v></c>', "7"),
    ],
)
def test_a_cell_without_a_place_follows_the_one_before_and_says_what_its_kind_says(tmp_path, cell, expected):
    row = f'<sheetData><row><c t="s"><v>0</v></c>{cell}<c t="s"><v>0</v></c></row></sheetData>'
    assert rows_of(sheets.read(pack(tmp_path / "x.xlsx", _parts(row)), nothing)) == [[("a", expected, "a")]]


@pytest.mark.parametrize(
    ("sheet", "reason"),
    [
        ("", Why.EMPTY),
        ('<sheetData><row><c r="XFD1"><v>1</v></c></row></sheetData>', Why.TOO_LARGE),
        (f"<sheetData>{'<row><c><v>1</v></c></row>' * 5_001}</sheetData>", Why.TOO_LARGE),
        ('<sheetData/><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>', Why.TOO_LARGE),
        ("<sheetData><row>", Why.BROKEN),
    ],
)
def test_a_sheet_that_is_empty_broken_or_larger_than_any_plan_is_refused(tmp_path, sheet, reason):
    assert why(pack(tmp_path / "x.xlsx", _parts(sheet))) is reason


def test_a_workbook_with_entities_or_too_many_sheets_or_that_is_a_document_is_refused(tmp_path):
    kind = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
    strings = f'{kind}<sst xmlns="{S}"><si><t>&e;</t></si></sst>'
    assert why(pack(tmp_path / "a.xlsx", _parts("", **{"xl/sharedStrings.xml": strings}))) is Why.DANGEROUS
    assert why(pack(tmp_path / "b.xlsx", word_parts("<w:p/>"))) is Why.UNKNOWN_KIND
    book = openpyxl.Workbook()
    for _sheet in range(sheets.MOST_SHEETS):
        book.create_sheet()
    book.save(tmp_path / "c.xlsx")
    assert why(tmp_path / "c.xlsx") is Why.TOO_LARGE


def test_whatever_is_done_to_a_workbook_it_is_read_or_refused(tmp_path):
    """Digits of each part are changed with a fixed seed; nothing but `Unreadable` may come of it."""
    chance = random.Random(9)
    with zipfile.ZipFile(FILES / "plan.xlsx") as file:
        parts = {name: file.read(name) for name in file.namelist()}
    refused = 0
    for _round in range(150):
        name = chance.choice([name for name in parts if re.search(r"sheet|workbook|styles|Strings", name)])
        broken = bytearray(parts[name])
        for _change in range(chance.randint(1, 4)):
            digits = [match.start() for match in re.finditer(rb"\d", broken)]
            broken[chance.choice(digits)] = chance.choice(b"0123456789-xZ\xff<")
        try:
            sheets.read(pack(tmp_path / "plan.xlsx", parts | {name: bytes(broken)}), nothing)
        except Unreadable:
            refused += 1
    assert 0 < refused < 150
