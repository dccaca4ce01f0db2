"""Word processing files that are refused, each for its reason, and nothing else ever raised."""

from __future__ import annotations

import copy
import random
import re
import zipfile

import pytest

from strategy.importing.document import MOST_PAGES, Unreadable, Why
from strategy.importing.reading import nothing, packed, word
from tests.strategy.importing.office import DOCUMENT, SPACES, W, p, relations, word_parts
from tests.strategy.importing.office import packed as pack
from tests.strategy.importing.test_word import FILES, PAGE

OUTSIDE = relations(("officeDocument", "word/document.xml")).replace(" Target=", ' TargetMode="External" Target=')
OLE = packed.OLE + b"\0" * 600


def why(path) -> Why:
    with pytest.raises(Unreadable) as refused:
        word.read(path, nothing)
    return refused.value.why


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", Why.EMPTY),
        (b"not a packed file at all", Why.BROKEN),
        (b"PK\x03\x04 and then nothing", Why.BROKEN),
        (b"%PDF-1.7 ...", Why.UNKNOWN_KIND),
        (b"{\\rtf1 ...", Why.UNKNOWN_KIND),
        (OLE + "WordDocument".encode("utf-16-le"), Why.UNKNOWN_KIND),
        (OLE + "EncryptedPackage".encode("utf-16-le"), Why.ENCRYPTED),
    ],
)
def test_what_is_no_packed_file_is_refused_for_what_it_is(tmp_path, content, reason):
    (tmp_path / "plan.docx").write_bytes(content)
    assert why(tmp_path / "plan.docx") is reason


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"}, Why.UNKNOWN_KIND),
        ({"notes.txt": "x"}, Why.BROKEN),
        (
            word_parts(p("x"), kind=DOCUMENT.replace("wordprocessingml.document", "spreadsheetml.sheet")),
            Why.UNKNOWN_KIND,
        ),
        (word_parts(p("x"), kind="application/vnd.ms-word.document.macroEnabled.main+xml"), Why.DANGEROUS),
        (word_parts(p("x")) | {"word/vbaProject.bin": "x"}, Why.DANGEROUS),
        (word_parts(p("x")) | {"_rels/.rels": relations()}, Why.BROKEN),
        (word_parts(p("x")) | {"_rels/.rels": OUTSIDE}, Why.BROKEN),
        (word_parts(p("x")) | {"word/document.xml": "<w:document"}, Why.BROKEN),
        (word_parts(p("x")) | {"word/document.xml": f"<w:document {SPACES}/>"}, Why.BROKEN),
        (word_parts(p()), Why.EMPTY),
        (word_parts(p()) | {"word/media/image1.png": "x"}, Why.SCANNED),
    ],
)
def test_a_packed_file_that_is_no_plan_is_refused_for_what_it_is(tmp_path, parts, reason):
    assert why(pack(tmp_path / "plan.docx", parts)) is reason


def test_an_external_entity_is_never_read(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("hemmelig")
    kind = f'<!DOCTYPE d [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'
    body = f"<w:document {SPACES}><w:body><w:p><w:r><w:t>&e;</w:t></w:r></w:p></w:body></w:document>"
    for encoding in ("utf-8", "utf-16", "utf-16-be", "utf-7"):
        declared = f'<?xml version="1.0" encoding="{encoding}"?>' if encoding != "utf-8" else ""
        parts = word_parts(p("x")) | {"word/document.xml": (declared + kind + body).encode(encoding)}
        if encoding == "utf-7":  # which may write any sign by its code
            parts["word/document.xml"] = bytes(parts["word/document.xml"]).replace(b"<!", b"+ADwAIQ-")
        assert why(pack(tmp_path / f"{encoding}.docx", parts)) is Why.DANGEROUS, encoding
    parts = word_parts(p("x"), more={"settings": "<x/>"}) | {"word/styles.xml": kind + "<w:styles/>"}
    assert why(pack(tmp_path / "styles.docx", parts)) is Why.DANGEROUS


def test_entities_that_grow_are_refused_before_they_do(monkeypatch):
    grow = "".join(f'<!ENTITY e{at} "{f"&e{at - 1};" * 10}">' for at in range(1, 10))
    said = f'<!DOCTYPE d [<!ENTITY e0 "x">{grow}]><w:document {SPACES} w:x="&e9;"/>'
    monkeypatch.delattr(packed.etree, "fromstring")
    with pytest.raises(Unreadable, match="dangerous"):
        packed.parsed(said.encode())


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    bomb = word_parts(p("x")) | {"word/document.xml": b"<x>" + b" " * (packed.LARGEST_PART + 1)}
    monkeypatch.setattr(zipfile.ZipFile, "open", _only_small(zipfile.ZipFile.open))
    assert why(pack(tmp_path / "part.docx", bomb)) is Why.DANGEROUS
    many = word_parts(p("x")) | {f"word/media/{at}.bmp": b"\0" * (packed.MOST_UNPACKED // 10) for at in range(11)}
    assert why(pack(tmp_path / "many.docx", many)) is Why.DANGEROUS


def _only_small(opened):
    def checked(self, name, mode="r", *args, **kwargs):
        if mode == "r":
            assert self.getinfo(name).file_size < 10_000, "the bomb was opened"
        return opened(self, name, mode, *args, **kwargs)

    return checked


def test_a_part_that_says_it_is_small_and_is_not_is_refused(tmp_path):
    path = pack(tmp_path / "plan.docx", word_parts(p("x" * 50_000)))
    with zipfile.ZipFile(path) as file:
        size = file.getinfo("word/document.xml").file_size
    path.write_bytes(path.read_bytes().replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little")))
    assert why(path) is Why.BROKEN


def test_parts_that_lie_over_each_other_are_refused(tmp_path):
    path = tmp_path / "plan.docx"
    with zipfile.ZipFile(path, "w") as file:
        for name, content in word_parts(p("x" * 5_000)).items():
            file.writestr(name, content)
        for at in range(20):
            again = copy.copy(file.getinfo("word/document.xml"))
            again.filename = f"word/{at}.xml"
            file.filelist.append(again)
    assert why(path) is Why.DANGEROUS


def test_a_list_of_more_parts_than_any_file_has_is_refused_before_it_is_read(tmp_path, monkeypatch):
    path = pack(tmp_path / "plan.docx", word_parts(p("x")) | {f"x/{at}": "" for at in range(packed.MOST_ENTRIES)})
    monkeypatch.delattr(zipfile, "ZipFile")
    assert why(path) is Why.DANGEROUS


def test_a_document_of_600_pages_is_refused_by_its_breaks_and_by_what_it_says(tmp_path):
    path = pack(tmp_path / "breaks.docx", word_parts((p("x") + p(PAGE)) * 600))
    assert why(path) is Why.TOO_MANY_PAGES
    app = (
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
        "<Pages>600</Pages></Properties>"
    )
    both = relations(("officeDocument", "word/document.xml"), ("extended-properties", "docProps/app.xml"))
    said = pack(tmp_path / "said.docx", word_parts(p("x")) | {"docProps/app.xml": app, "_rels/.rels": both})
    with pytest.raises(Unreadable) as refused:
        word.read(said, nothing)
    assert (refused.value.why, refused.value.pages) == (Why.TOO_MANY_PAGES, 600)


def test_as_many_pages_as_we_take_are_read_with_word_of_how_far_it_has_come(tmp_path):
    told = []
    path = pack(tmp_path / "plan.docx", word_parts(p("x") + (p(PAGE) + p("x")) * (MOST_PAGES - 1)))
    document = word.read(path, lambda page, of: told.append((page, of)))
    assert document.pages == MOST_PAGES and told[-1] == (MOST_PAGES, MOST_PAGES)
    assert [page for page, _of in told] == sorted(page for page, _of in told)


@pytest.mark.parametrize(
    "tag", ["w:sdt><w:sdtContent", "w:customXml", "w:tbl><w:tr><w:tc", "w:p><w:r><w:pict><w:txbxContent"]
)
@pytest.mark.parametrize("depth", [100, 10_000])
def test_what_is_nested_without_end_is_refused(tmp_path, tag, depth):
    tags = re.split("><", tag)
    body = f"<{tag}>" * depth + p("x") + "".join(f"</{one}>" for one in reversed(tags)) * depth
    assert why(pack(tmp_path / "plan.docx", word_parts(body))) is Why.BROKEN


def test_more_paragraphs_than_any_plan_has_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(word, "MOST_BLOCKS", 200)
    assert word.read(pack(tmp_path / "most.docx", word_parts(p("x") * 200)), nothing).blocks
    assert why(pack(tmp_path / "more.docx", word_parts(p("x") * 201))) is Why.TOO_LARGE


def test_a_strict_document_is_read_as_others_are(tmp_path):
    parts = word_parts(p("Mål", '<w:outlineLvl w:val="0"/>'))
    strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    path = pack(tmp_path / "plan.docx", {name: str(part).replace(W, strict) for name, part in parts.items()})
    (line,) = word.read(path, nothing).blocks
    assert (line.text, line.level) == ("Mål", 1)


def test_whatever_is_done_to_a_file_it_is_read_or_refused(tmp_path):
    """Bytes of each part are changed or cut off with a fixed seed; nothing but `Unreadable` may come of it."""
    chance = random.Random(9)
    with zipfile.ZipFile(FILES / "plan.docx") as file:
        parts = {name: file.read(name) for name in file.namelist()}
    refused = 0
    for _round in range(150):
        name = chance.choice(
            ["word/document.xml", "word/numbering.xml", "word/styles.xml", "[Content_Types].xml", "_rels/.rels"]
        )
        broken = bytearray(parts[name])
        for _change in range(chance.randint(1, 4)):
            digits = [match.start() for match in re.finditer(rb"\d", broken)]
            broken[chance.choice(digits)] = chance.choice(b"0123456789-xZ\xff<")
        if chance.random() < 0.1:
            del broken[chance.randrange(len(broken)) :]
        try:
            word.read(pack(tmp_path / "plan.docx", parts | {name: bytes(broken)}), nothing)
        except Unreadable:
            refused += 1
    assert 0 < refused < 150


def test_a_file_cut_off_anywhere_is_refused(tmp_path):
    whole = (FILES / "plan.docx").read_bytes()
    for end in range(1, len(whole), 257):
        (tmp_path / "plan.docx").write_bytes(whole[:end])
        assert why(tmp_path / "plan.docx") is Why.BROKEN
