"""A report on paper: archivable and accessible PDF, an editable document, the same words, and nothing that stops it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import re
import zipfile
import zlib
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from django.utils import translation
from docx import Document
from docx.oxml.ns import qn
from lxml import etree

from portal.calendar import Precision
from portal.letters import typesetting
from strategy.changes import compare
from strategy.content import Content, ReportHead, Treatment, encode
from strategy.frozen import read_whole
from strategy.models import Plan
from strategy.papers import paper as papers
from strategy.papers import pdf as pdfs
from strategy.papers import word
from strategy.papers.blocks import GoalLine, Late, Paper, Table
from tests import factories as make
from tests.strategy.freezing import a_full_plan
from tests.world import World

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 9, 7)
HEAD = ReportHead(2, 1, DAY, "", Treatment("Havneutvalget", dt.date(2026, 9, 24), Precision.DAY, "84/26"))


@pytest.fixture
def plan(world: World) -> Plan:
    return a_full_plan(world)


@pytest.fixture
def content(plan: Plan) -> Content:
    found = read_whole(plan, DAY, plan.periods.get())
    found.report = HEAD
    return found


def pdf(content: Content) -> bytes:
    return pdfs.make(content, encode(content)[1])


def paper(content: Content, language: str = "nb") -> Paper:
    with translation.override(language):
        return papers.paper_of(content, encode(content)[1])


def unpacked(made: bytes) -> bytes:
    """Return the PDF with what its packed streams hold after it."""
    found = [made]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", made, re.DOTALL):
        try:
            found.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(found)


# ---- PDF ----


def test_it_says_that_it_is_pdf_a_2a_and_pdf_ua_1(content: Content) -> None:
    made = pdf(content)
    for told in (b"<pdfaid:part>2<", b"<pdfaid:conformance>A<", b"<pdfuaid:part>1<", b"<rdf:li>nb-NO<"):
        assert told in made, told
    assert "Havneplan 2026–2030: Rapport nr. 2".encode() in made


def test_it_is_tagged_with_headings_tables_and_pictures_in_words(content: Content) -> None:
    made = unpacked(pdf(content))
    assert b"/Marked true" in made and b"/Lang(nb-NO)" in made and b"/DisplayDocTitle true" in made
    for tag in (b"/S/Title", b"/S/H1", b"/S/H2", b"/S/Table", b"/S/TH", b"/S/TD", b"/S/Figure", b"/Alt"):
        assert tag in made, tag


def test_the_same_content_gives_the_same_bytes(content: Content) -> None:
    first = pdf(content)
    assert pdf(content) == first
    content.rows[0].title = "Noe annet"
    assert pdf(content) != first


def test_the_fonts_lie_in_it(content: Content) -> None:
    made = unpacked(pdf(content))
    assert b"Inter-Regular" in made and b"Inter-SemiBold" in made
    assert b"/FontFile" in made


@pytest.mark.parametrize(
    "title",
    [
        "Byfest 🎉 for alle 👨‍👩‍👧",
        "漢字 og かな",
        "مرحبا שלום",
        "Bjelle \x07 og \x00 null",
        "\uf0b7 Fra et tekstprogram \uf0a7",
        "Soft\u00adhyphen, \u200bzero, \u202esnudd\u202c",
        "½ ﬁne ™ № ① Å (A med ring)",
        "Čáhci, Guovdageaidnu, Ħ",
        "#panic('x') *fet* _skrå_ $x^2$ @ref <etikett> `kode` \\ // /* */ #{1+1} [a] {{ x }}",
        "a" * 500,
        "  \n\t linje\nlinje \u2028 ny",
        "e\u0301 og \u0301 alene",
    ],
)
def test_no_text_stops_the_document(content: Content, title: str) -> None:
    for row in content.rows:
        row.title = row.reason = row.next_step = row.asks = row.unit = title
    content.plan.title = content.goals[0].title = title
    made = pdf(content)
    assert made.startswith(b"%PDF-")
    word.make(content, "0" * 64)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Rett fram, æøå – 59,3 %", "Rett fram, æøå – 59,3 %"),
        ("Fest 🎉!", "Fest !"),
        ("漢", "□"),
        ("\uf0b7 punkt", "• punkt"),
        ("A\u030a", "Å"),
        ("ﬁne", "fine"),
        ("linje\nlinje", "linje linje"),
        ("Sáme\u00adgiella", "Sámegiella"),
        ("kr\u00a012", "kr\u00a012"),
    ],
)
def test_text_is_shown_as_far_as_the_typeface_goes(text: str, shown: str) -> None:
    assert pdfs.plain(text) == shown


def test_text_is_never_run_as_code(content: Content) -> None:
    content.plan.title = "#sys.inputs.paper"
    said = pdfs.compiled(paper(content), at=DAY)
    content.plan.title = "x" * 17
    assert abs(len(said) - len(pdfs.compiled(paper(content), at=DAY))) < 3000


def test_a_missing_typeface_stops_the_freezing_instead_of_giving_another(
    content: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    import typst

    monkeypatch.setattr(
        typesetting,
        "_fonts",
        lambda: typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[]),
    )
    with pytest.raises(pdfs.PdfError):
        pdf(content)


def test_a_plan_without_anything_has_a_report_too(world: World) -> None:
    empty = read_whole(make.a_plan(world.home.authority, title="Tom plan"), DAY)
    empty.report = ReportHead(1, 1, DAY)
    assert pdf(empty).startswith(b"%PDF-")
    assert word.make(empty, "0" * 64)


def test_it_speaks_the_plans_own_language(content: Content) -> None:
    content.plan.language = "nn"
    made = pdf(content)
    assert b"nn-NO" in made


def test_what_is_no_report_does_not_go_on_paper(content: Content) -> None:
    content.report = None
    with pytest.raises(ValueError, match="numbered"):
        paper(content)


# ---- what it says ----


def words(paper: Paper) -> str:
    """Return all that stands in a paper, as one text."""
    return msgspec.json.encode(paper).decode().replace("\u00a0", " ")


def test_every_measure_stands_in_it_with_status_date_and_unit(content: Content) -> None:
    said = words(paper(content, "en"))
    for row in content.rows:
        assert row.title in said
    for fact in ("Havnekontoret", "Grunnen var bløt.", "Pele videre.", "At utvalget godkjenner ny dato.", "125 000"):
        assert fact in said, fact


def test_the_foot_of_each_page_tells_what_it_is_of_when_for_whom_and_its_hash(content: Content) -> None:
    made = paper(content, "en")
    for fact in ("Hjemby kommune", "Report no. 2", "7 September 2026", "Havneutvalget 24 September 2026", "84/26"):
        assert fact in made.foot, fact
    assert encode(content)[1] in made.hash_line
    assert "{page}" in made.page_of and "{pages}" in made.page_of


def test_a_correction_says_which_version_why_and_when_the_first_was_frozen(content: Content) -> None:
    content.report = ReportHead(2, 3, DAY, "Summene var feil.", HEAD.treatment, dt.date(2026, 5, 2))
    made = paper(content, "en")
    told = " ".join(made.facts)
    assert "version 3" in made.foot
    assert "Summene var feil." in told and "2 May 2026" in told


def test_the_blocks_come_in_the_pages_order(content: Content) -> None:
    earlier = dataclasses.replace(content, report=ReportHead(1, 1, dt.date(2026, 5, 7)))
    content.changes = compare(earlier, content)
    kinds = [type(block).__name__ for block in paper(content).blocks]
    first = [kinds.index(kind) for kind in ("Spread", "GoalLine", "Late", "Listing")]
    assert first == sorted(first)


def test_a_target_shows_its_four_values_and_where_it_stands(content: Content) -> None:
    lines = [block for block in paper(content, "en").blocks if isinstance(block, GoalLine)]
    line = next(line for line in lines if line.values)
    assert line.values[0].value == "100"
    assert line.mark is not None and line.bar is not None
    assert line.alt.count(";") == 3


def test_a_late_measure_without_an_answer_says_so_in_words(content: Content) -> None:
    row = next(row for row in content.rows if row.title == "Ny kai")
    row.reason = row.next_step = row.asks = ""
    row.new_due_on = row.last_reported_on = None
    late = next(block for block in paper(content, "en").blocks if isinstance(block, Late))
    facts = dict(late.facts)
    assert (facts["Reason"], facts["New date"], facts["We ask for"]) == ("not reported", "not reported", "nothing now")


def test_a_measured_value_keeps_its_decimals(content: Content) -> None:
    content.figures[0].decimals = 1
    content.figures[0].series[0].points[0] = content.figures[0].series[0].points[0]._replace(value=Decimal("59.26"))
    tables = [block for block in paper(content).blocks if isinstance(block, Table)]
    figure = next(table for table in tables if table.caption == "Anløp")
    assert figure.groups[0].rows[0][1].text == "59,3"


# ---- the Word document ----


@pytest.fixture
def document(content: Content) -> Any:
    return Document(io.BytesIO(word.make(content, encode(content)[1])))


def test_it_opens_with_real_headings_and_the_plans_language(document: Any) -> None:
    styles = [paragraph.style.name for paragraph in document.paragraphs]
    assert styles.count("Title") == 1
    assert styles.count("Heading 1") >= 4 and styles.count("Heading 2") >= 3
    assert document.core_properties.title == "Havneplan 2026–2030: Rapport nr. 2"
    assert document.core_properties.language == "nb-NO"
    assert {mark.get(qn("w:val")) for mark in document.styles.element.iter(qn("w:lang"))} == {"nb-NO"}


def test_its_tables_are_real_and_repeat_their_heads(document: Any) -> None:
    heads = [table for table in document.tables if table._tbl.findall(f".//{qn('w:tblHeader')}")]
    measures = next(table for table in heads if len(table.columns) == 5)
    assert "Ny kai" in [cell.text for row in measures.rows for cell in row.cells]
    for table in document.tables:
        for row in table.rows:
            assert row._tr.findall(f".//{qn('w:cantSplit')}"), "no row is cut by a page break"
    assert all(table._tbl.tblPr.find(qn("w:tblCaption")) is not None for table in document.tables)


def test_it_says_what_the_pdf_says(content: Content, document: Any) -> None:
    said = "\n".join([
        *(paragraph.text for paragraph in document.paragraphs),
        *(cell.text for table in document.tables for row in table.rows for cell in row.cells),
    ])  # fmt: skip
    for row in content.rows:
        assert row.title in said
    for fact in ("Grunnen var bløt.", "Dobbelt så mange skip", "125\u00a0000", "84/26"):
        assert fact in said, fact


def test_every_part_of_it_is_well_formed(content: Content) -> None:
    content.rows[0].title = 'Tegn <som> & "bryter" \x07 \ufffe 🎉'
    made = zipfile.ZipFile(io.BytesIO(word.make(content, "0" * 64)))
    for name in made.namelist():
        if name.endswith((".xml", ".rels")):
            etree.fromstring(made.read(name))
    assert "Tegn &lt;som&gt; &amp; &quot;bryter&quot;" in made.read("word/document.xml").decode() or (
        'Tegn &lt;som&gt; &amp; "bryter"' in made.read("word/document.xml").decode()
    )


def test_it_is_numbered_at_the_foot(document: Any) -> None:
    foot = document.sections[0].footer
    assert "SHA-256" in foot.paragraphs[0].text
    fields = [field.get(qn("w:instr")) for field in foot._element.iter(qn("w:fldSimple"))]
    assert fields == ["PAGE", "NUMPAGES"]


def test_the_same_content_gives_the_same_document(content: Content) -> None:
    assert word.make(content, "0" * 64) == word.make(content, "0" * 64)
