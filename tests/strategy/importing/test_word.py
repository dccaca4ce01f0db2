"""What is read of a word processing file, and what is refused."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import docx
import pytest
from docx.enum.text import WD_BREAK
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from strategy.importing.document import Document, Line, Role, Table
from strategy.importing.reading import nothing, word
from strategy.importing.reading.numbering import Numbering
from tests.strategy.importing.office import SPACES, item, level, p, packed, r, table, tc, tr, word_parts

FILES = Path(__file__).parent / "files"
BREAK = "<w:r><w:br/></w:r>"
PAGE = '<w:r><w:br w:type="page"/></w:r>'
MARK = "<w:r><w:lastRenderedPageBreak/></w:r>"


@pytest.fixture
def read(tmp_path):
    def reading(body: str, **parts) -> Document:
        return word.read(packed(tmp_path / "plan.docx", word_parts(body, **parts)), nothing)

    return reading


def lines(document: Document) -> list[Line]:
    return [block for block in document.blocks if isinstance(block, Line)]


def texts(document: Document) -> list[str]:
    return [line.text for line in lines(document)]


def labels(document: Document) -> list[str]:
    return [line.label for line in lines(document)]


def tables(document: Document) -> list[list[tuple[str, ...]]]:
    return [[row.cells for row in block.rows] for block in document.blocks if isinstance(block, Table)]


# ---- a whole plan, as LibreOffice writes it ----


def test_a_plan_from_libreoffice_is_read_in_order_with_its_roles_numbers_and_pages():
    document = word.read(FILES / "plan.docx", nothing)
    assert (document.title, document.pages) == ("Næringsplan for Prøvevik", 3)
    said = [(one.page, one.number, one.role.value, one.level, one.label, one.text) for one in lines(document)]
    assert said == [
        (1, 1, "contents", 0, "", "Innhold"),
        (1, 2, "contents", 0, "", "1. Bakgrunn 2"),
        (1, 3, "contents", 0, "", "2. Mål og tiltak 3"),
        (2, 1, "heading", 1, "1.", "Bakgrunn"),
        (2, 2, "text", 0, "", "Kommunen har vokst i ti år, og fire private bedrifter står for det meste."),
        (2, 3, "text", 0, "", "Ved siden av står en boks."),
        (2, 4, "text", 0, "", "Visjon: Et sted å vokse"),
        (2, 5, "caption", 0, "", "Figur 1: Folketall"),
        (2, 6, "footnote", 0, "", "Tall fra folkeregisteret."),
        (3, 1, "heading", 1, "2.", "Mål og tiltak"),
        (3, 2, "heading", 2, "Mål 2.1", "Flere i arbeid"),
        (3, 3, "item", 1, "1.", "Åpne et kontor"),
        (3, 4, "item", 1, "2.", "Holde kurs"),
        (3, 5, "item", 2, "a)", "om våren"),
        (3, 6, "item", 2, "b)", "om høsten"),
        (3, 7, "item", 1, "3.", "Lyse ut stipend"),
        (3, 8, "heading", 2, "Mål 2.2", "Flere bedrifter"),
        (3, 9, "item", 1, "1.", "Regulere tomter"),
        (3, 10, "item", 1, "2.", "Bygge vei"),
        (3, 11, "item", 1, "•", "Et punkt"),
        (3, 16, "text", 0, "", "Til slutt."),
        (3, 17, "text", 0, "", "Husk dette"),
        (3, 18, "text", 0, "", "En ramme rundt tekst."),
    ]
    assert tables(document) == [
        [
            ("Mål", "Tiltak", "Frist"),
            ("Landbruk", "", ""),
            ("Mer mat", "Støtte utsalg\n• to i året", "2026"),
            ("Mer mat", "Lage kart", "2027"),
        ]
    ]


def test_a_plan_from_python_docx_keeps_headings_lists_and_sizes(tmp_path):
    made = docx.Document()
    made.add_heading("Plan", 0)
    made.add_heading("Mål 1", 1)
    made.add_paragraph("Et tiltak", style="List Bullet")
    made.add_paragraph().add_run("Uekte overskrift").bold = True
    made.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    made.add_paragraph("Neste side")
    made.save(tmp_path / "plan.docx")
    found = lines(word.read(tmp_path / "plan.docx", nothing))
    assert [(one.role, one.level, one.bold, one.page) for one in found] == [
        (Role.HEADING, 1, False, 1),
        (Role.HEADING, 1, True, 1),
        (Role.ITEM, 1, False, 1),
        (Role.TEXT, 0, True, 1),
        (Role.TEXT, 0, False, 2),
    ]
    assert found[0].size == 26 and found[2].label == "•" and found[4].gap == 1 and all(one.whole for one in found)


# ---- headings and looks ----


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ('<w:style w:type="paragraph" w:styleId="Overskrift2"><w:name w:val="heading 2"/></w:style>', 2),
        ('<w:style w:type="paragraph" w:styleId="x"><w:name w:val="Overskrift 3"/></w:style>', 3),
        ('<w:style w:styleId="x"><w:name w:val="Måltittel"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>', 2),
        ('<w:style w:styleId="x"><w:name w:val="Min"/><w:basedOn w:val="y"/></w:style>'
         '<w:style w:styleId="y"><w:name w:val="heading 1"/></w:style>', 1),
        ('<w:style w:styleId="x"><w:name w:val="Min"/><w:basedOn w:val="y"/><w:pPr><w:outlineLvl w:val="9"/></w:pPr></w:style>'
         '<w:style w:styleId="y"><w:name w:val="heading 1"/></w:style>', 0),
        ('<w:style w:styleId="x"><w:name w:val="Ring"/><w:basedOn w:val="x"/></w:style>', 0),
    ],
)  # fmt: skip
def test_a_heading_is_known_by_its_style_in_any_language_and_by_what_it_is_based_on(read, style, expected):
    key = "Overskrift2" if "Overskrift2" in style else "x"
    (line,) = lines(read(p("Mål", f'<w:pStyle w:val="{key}"/>'), styles=style))
    assert (line.level, line.role) == (expected, Role.HEADING if expected else Role.TEXT)


def test_an_outline_level_on_the_paragraph_itself_makes_a_heading(read):
    (line,) = lines(read(p("Mål", '<w:outlineLvl w:val="0"/>')))
    assert (line.role, line.level) == (Role.HEADING, 1)


def test_bold_and_size_come_from_the_nearest_that_says_them(read):
    styles = (
        '<w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val="22"/></w:rPr></w:rPrDefault></w:docDefaults>'
        '<w:style w:type="paragraph" w:default="1" w:styleId="n"><w:name w:val="Normal"/><w:rPr><w:sz w:val="24"/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="tiny"><w:name w:val="Liten"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="fat"><w:name w:val="Fat"/><w:rPr><w:b/><w:sz w:val="32"/></w:rPr></w:style>'
        '<w:style w:type="character" w:styleId="thin"><w:name w:val="Thin"/><w:rPr><w:b w:val="0"/></w:rPr></w:style>'
    )
    fat = '<w:pStyle w:val="fat"/>'
    body = (
        p("vanlig") + p("fet", fat) + p("tynn", fat, '<w:rStyle w:val="thin"/>')
        + p(r("halvt ", "<w:b/>") + r("om halvt")) + p("stor", "", '<w:sz w:val="40"/>')
        + p("liten", '<w:pStyle w:val="tiny"/>')
    )  # fmt: skip
    found = [(one.bold, one.size) for one in lines(read(body, styles=styles))]
    assert found == [(False, 12), (True, 16), (False, 16), (False, 12), (False, 20), (False, 11)]


def test_a_line_break_wraps_a_heading_and_divides_what_is_said_one_thing_at_a_time(read):
    heading = p(r("Et mål som går") + BREAK + r("over to linjer"), '<w:outlineLvl w:val="0"/>')
    fat = p(r("Strategi 1.1", "<w:b/>") + BREAK + r("Næring i vekst", "<w:b/>"))
    facts = p(r("Ansvar: Næring") + BREAK + r("Frist: 2026"))
    full = "Kommunen skal gjennom hele perioden føre et tett samarbeid med"
    wrapped = p(r(full) + BREAK + r("Halden og nabokommunene.")) + p(r("Ansvar: næring") + BREAK + r("og landbruk"))
    assert texts(read(heading + fat + facts + wrapped)) == [
        "Et mål som går over to linjer",
        "Strategi 1.1 Næring i vekst",
        "Ansvar: Næring",
        "Frist: 2026",
        f"{full} Halden og nabokommunene.",
        "Ansvar: næring og landbruk",
    ]


# ---- numbers ----

LEGAL = (
    '<w:abstractNum w:abstractNumId="0">'
    + level(0, "%1.") + level(1, "%1.%2") + level(2, "%3)", "lowerLetter") + level(3, "•", "bullet")
    + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
)  # fmt: skip


def test_levels_count_together_and_begin_again_below_a_new_one(read):
    body = "".join(item("x", at) for at in (0, 1, 1, 2, 2, 3, 0, 1, 2))
    assert labels(read(body, numbering=LEGAL)) == ["1.", "1.1", "1.2", "a)", "b)", "•", "2.", "2.1", "a)"]


@given(st.lists(st.integers(0, 3), min_size=1, max_size=40))
def test_numbers_only_grow_while_no_level_is_skipped(steps):
    pattern = "".join(level(at, ".".join(f"%{each + 1}" for each in range(at + 1))) for at in range(4))
    root = etree.fromstring(
        f'<w:numbering {SPACES}><w:abstractNum w:abstractNumId="0">{pattern}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )
    counting, before, drawn = Numbering(root, {}), -1, []
    for step in steps:
        before = min(step, before + 1)
        drawn.append(tuple(map(int, counting.next("1", before).label.split("."))))
        assert len(drawn[-1]) == before + 1
    assert all(one < other for one, other in pairwise(drawn))


def test_a_level_that_is_skipped_counts_as_if_its_first_had_been_there(read):
    body = item("x", 1) + item("x", 1) + item("x", 0) + item("x", 2) + item("x", 1)
    assert labels(read(body, numbering=LEGAL)) == ["1.1", "1.2", "2.", "a)", "2.2"]


def test_another_list_of_the_same_pattern_goes_on_unless_it_says_where_it_begins(read):
    more = (
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="0"/>'
        '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
    )
    body = "".join(item("x", 0, number) for number in (1, 1, 2, 3, 3, 3))
    assert labels(read(body, numbering=LEGAL + more)) == ["1.", "2.", "3.", "1.", "2.", "3."]


def test_a_level_that_never_begins_again_counts_through(read):
    numbering = LEGAL.replace(
        level(1, "%1.%2"), level(1, "Tiltak %2", more='<w:lvlRestart w:val="0"/>', start=5)
    )  # fmt: skip
    body = "".join(item("x", at) for at in (0, 1, 1, 0, 1))
    assert labels(read(body, numbering=numbering)) == ["1.", "Tiltak 5", "Tiltak 6", "2.", "Tiltak 7"]


def test_a_list_may_write_a_level_its_own_way(read):
    own = (
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/>'
        f'<w:lvlOverride w:ilvl="0">{level(0, "Mål %1:", "upperRoman", start=3)}</w:lvlOverride></w:num>'
    )
    assert labels(read(item("x", 0, 2) + item("x", 0, 2), numbering=LEGAL + own)) == ["Mål III:", "Mål IV:"]


def test_letters_in_an_outer_level_are_digits_where_the_pattern_is_legal(read):
    numbering = (
        '<w:abstractNum w:abstractNumId="0">' + level(0, "%1", "upperLetter")
        + level(1, "%1.%2", more="<w:isLgl/>") + level(2, "%1-%3", "decimalZero", "<w:isLgl/>")
        + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )  # fmt: skip
    assert labels(read(item("x") + item("x", 1) + item("x", 2), numbering=numbering)) == ["A", "1.1", "1-01"]


def test_a_style_numbers_its_headings_and_a_paragraph_may_take_itself_out(read):
    numbering = (
        '<w:abstractNum w:abstractNumId="0">' + level(0, "%1", more='<w:pStyle w:val="H1"/>')
        + level(1, "%1.%2", more='<w:pStyle w:val="H2"/>')
        + '</w:abstractNum><w:num w:numId="7"><w:abstractNumId w:val="0"/></w:num>'
    )  # fmt: skip
    styles = "".join(
        f'<w:style w:styleId="H{at}"><w:name w:val="heading {at}"/>'
        '<w:pPr><w:numPr><w:numId w:val="7"/></w:numPr></w:pPr></w:style>'
        for at in (1, 2)
    )
    one, two = '<w:pStyle w:val="H1"/>', '<w:pStyle w:val="H2"/>'
    out = '<w:numPr><w:numId w:val="0"/></w:numPr>'
    body = p("a", one) + p("b", two) + p("uten", two + out) + p("c", two) + p("d", one)
    found = lines(read(body, numbering=numbering, styles=styles))
    assert [one.label for one in found] == ["1", "1.1", "", "1.2", "2"]
    assert {one.role for one in found} == {Role.HEADING}


def test_a_pattern_may_be_another_by_way_of_a_style(read):
    numbering = (
        LEGAL + '<w:abstractNum w:abstractNumId="5"><w:numStyleLink w:val="list"/></w:abstractNum>'
        '<w:num w:numId="9"><w:abstractNumId w:val="5"/></w:num>'
    )
    styles = (
        '<w:style w:type="numbering" w:styleId="list"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    )
    assert labels(read(item("x", 0, 9) + item("x", 1, 9), numbering=numbering, styles=styles)) == ["1.", "1.1"]


# ---- what is said and what is not ----


def test_insertions_are_in_and_deletions_out_also_of_paragraphs_and_rows(read):
    kept = p(
        r("Ny ") + '<w:del w:id="1"><w:r><w:delText>gammel</w:delText></w:r></w:del>'
        f'<w:ins w:id="2">{r("bro")}</w:ins><w:moveFrom w:id="3">{r("borte")}</w:moveFrom>'
    )
    joined = p("Første ", '<w:rPr><w:del w:id="4"/></w:rPr>') + p("og andre")
    rows = table(tr(tc("a"), tc("b")), tr(tc("c"), tc("d"), properties='<w:del w:id="5"/>'), tr(tc("e"), tc("f")))
    document = read(kept + joined + rows)
    assert texts(document) == ["Ny bro", "Første og andre"]
    assert tables(document) == [[("a", "b"), ("e", "f")]]


def test_a_fields_code_is_not_said_and_its_result_is(read):
    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    code = '<w:r><w:instrText> HYPERLINK "http://x" </w:instrText></w:r>'
    link = f'<w:hyperlink r:id="rId1">{r("lenke")}</w:hyperlink>'
    body = p(r("Se ") + mark("begin") + code + mark("separate") + r("planen") + mark("end") + r(", ") + link)
    assert texts(read(body)) == ["Se planen, lenke"]


def test_a_contents_field_over_paragraphs_is_contents_and_what_follows_it_is_not(read):
    begin = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>TOC \\o</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )
    end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    found = lines(read(p(begin + r("1 Mål 2")) + p("2 Tiltak 3") + p(end + r("Forord"))))
    assert [one.role for one in found] == [Role.CONTENTS, Role.CONTENTS, Role.TEXT]


def test_hidden_text_and_prompts_are_not_said(read):
    prompt = f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{r('Klikk her')}</w:sdtContent></w:sdt>"
    filled = f"<w:sdt><w:sdtPr/><w:sdtContent>{p('Fylt ut')}</w:sdtContent></w:sdt>"
    around = f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{p('Skriv her')}</w:sdtContent></w:sdt>"
    body = p(r("Synlig") + r(" skjult", "<w:vanish/>") + prompt) + around + filled
    assert texts(read(body)) == ["Synlig", "Fylt ut"]


def test_a_text_box_is_said_once_after_its_paragraph(read):
    content = f"<w:txbxContent>{p('I boksen')}</w:txbxContent>"
    both = (
        "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx>" + content
        + "</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>" + content
        + "</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )  # fmt: skip
    old = f"<w:r><w:pict><v:shape><v:textbox>{content}</v:textbox></v:shape></w:pict></w:r>"
    assert texts(read(p(r("Før") + both) + p(old + r("Gammel")))) == ["Før", "I boksen", "Gammel", "I boksen"]


def test_signs_that_only_the_program_needs_are_gone(read):
    said = "<w:r><w:t>stor\u00ad</w:t><w:softHyphen/><w:t>stilt\u00a0mål</w:t><w:tab/><w:noBreakHyphen/></w:r>"
    assert texts(read(p(said + r(" of\ufb01siell", "")))) == ["storstilt mål - offisiell"]


def test_a_large_first_letter_belongs_to_the_paragraph_after_it(read):
    assert texts(read(p("K", '<w:framePr w:dropCap="drop"/>') + p("ommunen vil vokse"))) == ["Kommunen vil vokse"]


# ---- pages ----


def test_a_page_is_counted_once_where_someone_broke_it_and_the_program_marked_it(read):
    body = (
        p("en") + p(PAGE) + p(MARK + r("to")) + p(r("fortsatt to ") + MARK + r("over på tre"))
        + p("tre", "<w:pageBreakBefore/>") + p(MARK + r("fem"))
    )  # fmt: skip
    assert [(one.page, one.number) for one in lines(read(body))] == [(1, 1), (2, 1), (2, 2), (4, 1), (5, 1)]


def test_a_paragraph_that_asks_for_a_new_page_has_it_already_at_the_top_of_one(read):
    asks = "<w:pageBreakBefore/>"
    assert [one.page for one in lines(read(p("en", asks) + p(PAGE) + p("to", asks) + p("tre", asks)))] == [1, 2, 3]


def test_a_section_begins_a_page_unless_it_goes_on(read):
    def section(kind: str) -> str:
        return f'<w:sectPr><w:type w:val="{kind}"/></w:sectPr>'

    body = p("en", section("nextPage")) + p("fortsatt en", section("continuous")) + p("to") + section("nextPage")
    assert [one.page for one in lines(read(body))] == [1, 1, 2]


def test_a_page_that_breaks_two_cells_of_a_row_is_one(read):
    row = tr(tc(p(r("a ") + MARK + r("a"))), tc(p(r("b ") + MARK + r("b"))))
    document = read(p("før") + table(row, tr(tc("c"), tc("d"))) + p("etter"))
    assert lines(document)[-1].page == 2
    assert [row.page for block in document.blocks if isinstance(block, Table) for row in block.rows] == [1, 2]


# ---- tables ----


def test_merged_cells_are_said_in_each_place_they_cover(read):
    down = '<w:vMerge w:val="restart"/>'
    document = read(
        table(
            tr(tc("Mål"), tc("Tiltak"), tc("Ansvar"), properties="<w:tblHeader/>"),
            tr(tc("Hele bredden", properties='<w:gridSpan w:val="3"/>')),
            tr(tc("Ett", properties=down), tc("a", properties='<w:gridSpan w:val="2"/>')),
            tr(tc("", properties="<w:vMerge/>"), tc("b"), tc("x")),
        )
    )
    assert tables(document) == [
        [("Mål", "Tiltak", "Ansvar"), ("Hele bredden", "", ""), ("Ett", "a", ""), ("Ett", "b", "x")]
    ]
    (block,) = document.blocks
    assert isinstance(block, Table) and [row.is_head for row in block.rows] == [True, False, False, False]


def test_a_cells_paragraphs_are_its_lines_with_the_numbers_that_are_drawn(read):
    inner = table(tr(tc("x"), tc("y")))
    document = read(
        table(tr(tc("Tiltak"), tc("Frist")), tr(tc(item("Ett"), item("To")), tc("2026", inner))), numbering=LEGAL
    )
    assert tables(document) == [[("Tiltak", "Frist"), ("1. Ett\n2. To", "2026\nx | y")]]


def test_a_table_that_only_frames_or_places_text_is_its_lines(read):
    frame = table(tr(tc("I en ramme", "To avsnitt")))
    beside = table(tr(tc(""), tc("Ved siden av et bilde")))
    columns = table(tr(tc("a", "b", "c"), tc("d", "e")))
    goal = p("Mål 1", '<w:outlineLvl w:val="1"/>')
    pieces = table(tr(tc(goal, "f", "g"), tc("h")), tr(tc("i"), tc("j")))
    document = read(frame + beside + columns + pieces)
    assert not tables(document)
    assert texts(document) == [
        "I en ramme", "To avsnitt", "Ved siden av et bilde", "a", "b", "c", "d", "e", "Mål 1", "f", "g", "h", "i", "j",
    ]  # fmt: skip


def test_a_heading_in_the_first_row_stands_above_the_table(read):
    heading = tc(p("Mål 1", '<w:outlineLvl w:val="1"/>'), properties='<w:gridSpan w:val="2"/>')
    document = read(table(tr(heading), tr(tc("Tiltak"), tc("Frist")), tr(tc("a"), tc("2026"))))
    assert [(one.text, one.role) for one in lines(document)] == [("Mål 1", Role.HEADING)]
    assert tables(document) == [[("Tiltak", "Frist"), ("a", "2026")]]
