"""A report as a Word document for the case file: real headings, real tables with repeated heads, and editable.

It says what the PDF says, from the same `Paper`. Tables are written as XML at once: through python-docx's cells a plan
of two hundred measures took seconds.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from typing import TYPE_CHECKING

from django.utils import translation

from strategy.papers.blocks import Cell, Column, GoalLine, Group, Heading, Late, Listing, News, Spread, Table, Text
from strategy.papers.paper import paper_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docx.document import Document

    from strategy.content import Content
    from strategy.papers.blocks import Block, Paper

NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
WIDTH = 9638
"""What A4 leaves between the margins, in twentieths of a point."""
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def make(content: Content, sha256: str) -> bytes:
    """Return the report as .docx in the plan's language; the same content gives the same bytes."""
    with translation.override(content.plan.language):
        paper = paper_of(content, sha256)
    return laid_out(paper, content.report.frozen_on if content.report else content.on)


def laid_out(paper: Paper, day: dt.date) -> bytes:
    """Return any paper as .docx, dated as told."""
    document = _empty(paper.language, paper.subject, paper.owner, day)
    _foot(document, f"{paper.foot}\n{paper.hash_line}", paper.page_of)
    _say(document, f"{paper.owner} · {paper.kicker}", "Subtitle")
    _say(document, paper.title, "Title")
    _say(document, paper.lede, "Intense Quote")
    for fact in (*paper.facts, paper.invented):
        _say(document, fact)
    for block in paper.blocks:
        put(block, document)
    return _saved(document, day)


# ---- the kinds of blocks ----


def put(block: Block, document: Document) -> None:
    """Add one block to the end of the document."""
    match block:
        case Heading():
            document.add_heading(clean(block.text), block.level - 1)
            _say(document, block.note, keep=True)
        case Text():
            _say(document, block.text)
        case Listing():
            for item in block.items:
                _say(document, item, "List Bullet")
        case Spread():
            columns = [Column(each.mark.word, 1 / len(block.counts), is_number=True) for each in block.counts]
            _table(document, columns, [Group([[Cell(str(each.number)) for each in block.counts]])], block.alt)
            _say(document, block.note)
        case News():
            for column in block.columns:
                document.add_heading(clean(f"{column.mark.word}: {len(column.lines)}"), 2)
                for line in column.lines:
                    _say(document, line, "List Bullet")
        case GoalLine():
            _put_goal(block, document)
        case Late():
            document.add_heading(clean(block.title), 2)
            _say(document, f"{block.days} {block.unit}. {block.who}", keep=True)
            rows = [[Cell(word), Cell(said)] for word, said in block.facts]
            _table(document, [Column("", 0.25), Column("", 0.75)], [Group(rows)], block.title)
        case Table():
            _table(document, block.columns, block.groups, block.caption, block.total)


def _put_goal(block: GoalLine, document: Document) -> None:
    document.add_heading(clean(block.title), 2)
    _say(document, " · ".join(filter(None, (block.mark.word if block.mark else "", block.note))), keep=True)
    if block.values:
        columns = [Column(each.label, 1 / len(block.values)) for each in block.values]
        row = [Cell(f"{each.value}\n{each.note}".strip()) for each in block.values]
        _table(document, columns, [Group([row])], block.title)
    _say(document, block.text)


# ---- tables, as XML ----


def _table(
    document: Document, columns: list[Column], groups: Iterable[Group], caption: str, total: Iterable[Cell] = ()
) -> None:
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    rows = list(_rows(columns, groups, list(total)))
    grid = "".join(f'<w:gridCol w:w="{_share(column)}"/>' for column in columns)
    has_head = any(column.head for column in columns)
    xml = (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="{WIDTH}" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/><w:tblLook w:val="0420" w:firstRow="{int(has_head)}" w:lastRow="0" '
        'w:firstColumn="0" w:lastColumn="0" w:noHBand="0" w:noVBand="1"/>'
        f'<w:tblCaption w:val="{escaped(caption)}"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{"".join(rows)}</w:tbl>'
    )
    document.element.body.insert_element_before(parse_xml(xml), "w:sectPr")
    document.add_paragraph()


def _rows(columns: list[Column], groups: Iterable[Group], total: list[Cell]) -> Iterator[str]:
    if any(column.head for column in columns):
        cells = "".join(_cell(Cell(column.head), column, bold=True) for column in columns)
        yield f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{cells}</w:tr>"
    for group in groups:
        if group.title:
            span = f'<w:tcPr><w:tcW w:w="{WIDTH}" w:type="dxa"/><w:gridSpan w:val="{len(columns)}"/></w:tcPr>'
            text = _paragraph(group.title, bold=True, keep=True)
            yield f"<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc>{span}{text}</w:tc></w:tr>"
        for row in group.rows:
            yield _row(row, columns)
    if total:
        yield _row(total, columns, bold=True)


def _row(cells: list[Cell], columns: list[Column], *, bold: bool = False) -> str:
    inner = "".join(_cell(cell, column, bold=bold) for cell, column in zip(cells, columns, strict=True))
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{inner}</w:tr>"


def _cell(cell: Cell, column: Column, *, bold: bool = False) -> str:
    said = "\n".join(filter(None, (cell.text, *(mark.word for mark in cell.marks))))
    place = f'<w:tcPr><w:tcW w:w="{_share(column)}" w:type="dxa"/></w:tcPr>'
    return f"<w:tc>{place}{_paragraph(said, bold=bold, right=column.is_number)}</w:tc>"


def _paragraph(text: str, *, bold: bool = False, right: bool = False, keep: bool = False) -> str:
    looks = "<w:keepNext/>" if keep else ""
    looks += '<w:spacing w:before="40" w:after="40"/>' + ('<w:jc w:val="right"/>' if right else "")
    strong = "<w:b/>" if bold else ""
    lines = '</w:t><w:br/><w:t xml:space="preserve">'.join(map(escaped, text.split("\n")))
    run = f'<w:r><w:rPr>{strong}<w:sz w:val="18"/></w:rPr><w:t xml:space="preserve">{lines}</w:t></w:r>'
    return f"<w:p><w:pPr>{looks}</w:pPr>{run}</w:p>"


def _share(column: Column) -> int:
    return round(WIDTH * column.width)


def escaped(text: str) -> str:
    kept = clean(text)
    return kept.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def clean(text: str) -> str:
    """Return text without the signs that XML cannot hold."""
    return NOT_IN_XML.sub("", text)


# ---- the document itself ----


def _say(document: Document, text: str, style: str | None = None, *, keep: bool = False) -> None:
    if text:
        document.add_paragraph(clean(text), style).paragraph_format.keep_with_next = keep or None


def _empty(language: str, title: str, author: str, day: dt.date) -> Document:
    """Return an A4 document with its language and properties set, and nothing in it."""
    import docx
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    document = docx.Document()
    facts, at = document.core_properties, dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
    facts.title, facts.author, facts.language = clean(title)[:255], clean(author)[:255], f"{language}-NO"
    facts.created = facts.modified = facts.last_printed = at
    facts.last_modified_by, facts.comments, facts.revision = facts.author, "", 1
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(20)
    page.top_margin, page.bottom_margin = Mm(18), Mm(20)
    document.styles["Normal"].font.size = Pt(10.5)
    for mark in document.styles.element.iter(qn("w:lang")):
        mark.set(qn("w:val"), f"{language}-NO")
    return document


def _foot(document: Document, text: str, page_of: str) -> None:
    """Put the report's name and hash, and "Side x av y", at the foot of each page."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    foot = document.sections[0].footer
    foot.paragraphs[0].text = clean(text)
    numbered = foot.add_paragraph()
    for part in re.split(r"(\{pages?\})", page_of):
        if part in ("{page}", "{pages}"):
            field = "PAGE" if part == "{page}" else "NUMPAGES"
            numbered._p.append(
                parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="{field}"><w:r><w:t>1</w:t></w:r></w:fldSimple>')
            )
        elif part:
            numbered.add_run(part)


def _saved(document: Document, day: dt.date) -> bytes:
    """Return the document packed with the day it was frozen, so that the same content gives the same bytes."""
    first, packed = io.BytesIO(), io.BytesIO()
    document.save(first)
    stamp = (max(day.year, 1980), day.month, day.day, 0, 0, 0)
    with zipfile.ZipFile(first) as made, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as kept:
        for entry in made.infolist():
            kept.writestr(zipfile.ZipInfo(entry.filename, stamp), made.read(entry), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
