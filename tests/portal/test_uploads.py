"""A file is taken when name and content agree; what lies about itself is refused with a sentence that says what we take."""

from __future__ import annotations

import hashlib
import io
import zipfile
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from portal import uploads

LIMIT = 10_000_000
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x00" * 40
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00" * 100
TYPES = (
    '<Types><Override PartName="/{part}" ContentType="application/vnd.openxmlformats-officedocument.{kind}"/></Types>'
)
WORD = TYPES.format(part="word/document.xml", kind="wordprocessingml.document.main+xml")
SHEET = TYPES.format(part="xl/workbook.xml", kind="spreadsheetml.sheet.main+xml")


def packed(parts: dict[str, str | bytes], way: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", way) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


DOCX = packed({"[Content_Types].xml": WORD, "word/document.xml": "<w:document/>"})
XLSX = packed({"[Content_Types].xml": SHEET, "xl/workbook.xml": "<workbook/>"})
ODT = packed({"mimetype": uploads.ODT, "content.xml": "<office:document-content/>"})
TRUE = {
    "notat.pdf": PDF, "Kart.PNG": PNG, "bilde.jpg": JPEG, "bilde.jpeg": JPEG, "svar.docx": DOCX, "tall.xlsx": XLSX,
    "svar.odt": ODT, "brev.txt": "Blåbærsyltetøy\r\n".encode(), "gammelt.txt": "Blåbærsyltetøy".encode("latin-1"),
}  # fmt: skip
MACRO = WORD.replace("document.main+xml", "document.macroEnabled.main+xml")
LIES = {
    "a program called pdf": ("regning.pdf", PROGRAM),
    "a program called text": ("les.txt", PROGRAM),
    "a pdf called text": ("les.txt", PDF),
    "a picture called pdf": ("notat.pdf", PNG),
    "a page called pdf": ("notat.pdf", b"<html><script>alert(1)</script></html>"),
    "any archive called docx": ("svar.docx", packed({"a.txt": "x"})),
    "a sheet called docx": ("svar.docx", XLSX),
    "a docx called odt": ("svar.odt", DOCX),
    "a docx with macros": ("svar.docx", packed({"[Content_Types].xml": MACRO, "word/document.xml": "x"})),
    "a docx with a hidden program": (
        "svar.docx", packed({"[Content_Types].xml": WORD, "word/document.xml": "x", "word/vbaProject.bin": "x"}),
    ),
    "an odt with macros": ("svar.odt", packed({"mimetype": uploads.ODT, "content.xml": "x", "Basic/script-lc.xml": "x"})),
    "a docx that climbs out": (
        "svar.docx", packed({"[Content_Types].xml": WORD, "word/document.xml": "x", "../../etc/x": "x"}),
    ),
    "a broken docx": ("svar.docx", DOCX[:60]),
    "half a docx": ("svar.docx", b"PK\x03\x04" + b"\x00" * 30),
}  # fmt: skip


def sent(name: str, content: bytes) -> Any:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


@pytest.mark.parametrize("name", TRUE)
def test_what_is_what_it_says_is_taken(name: str) -> None:
    kept = uploads.check(sent(name, TRUE[name]), limit=LIMIT)
    assert kept.filename == name
    assert kept.size == len(TRUE[name])
    assert kept.sha256 == hashlib.sha256(TRUE[name]).hexdigest()
    assert kept.content_type == uploads.KINDS[name.rpartition(".")[2].lower()][0]
    assert kept.content.read() == TRUE[name], "the file stands at its start"


@pytest.mark.parametrize("lie", LIES)
def test_what_lies_about_itself_is_refused_and_told_what_we_take(lie: str) -> None:
    name, content = LIES[lie]
    with pytest.raises(ValidationError) as refused:
        uploads.check(sent(name, content), limit=LIMIT)
    assert uploads.what_we_take() in refused.value.messages[0]


@pytest.mark.parametrize(
    "name", ["virus.exe", "side.html", "makro.docm", "tegning.svg", "pakke.zip", "uten", ".pdf", ""]
)
def test_other_kinds_are_refused(name: str) -> None:
    upload = sent("x", PDF)
    upload._name = name
    with pytest.raises(ValidationError):
        uploads.check(upload, limit=LIMIT)


def test_an_empty_and_a_large_file_are_refused_with_their_figures() -> None:
    with pytest.raises(ValidationError, match="tom"):
        uploads.check(sent("notat.pdf", b""), limit=LIMIT)
    with pytest.raises(ValidationError, match="største vi tar imot"):
        uploads.check(sent("notat.pdf", PDF), limit=10)


def test_a_bomb_is_refused_without_being_unpacked() -> None:
    bomb = packed({"[Content_Types].xml": WORD, "word/document.xml": "x", "word/media/a": b"\0" * 320_000_000})
    assert len(bomb) < 1_000_000
    with pytest.raises(ValidationError):
        uploads.check(sent("svar.docx", bomb), limit=LIMIT)


def test_an_archive_of_very_many_parts_is_refused() -> None:
    many = packed(
        {f"word/{n}": "" for n in range(uploads.MOST_ENTRIES)} | {"[Content_Types].xml": WORD, "word/document.xml": "x"}
    )
    with pytest.raises(ValidationError):
        uploads.check(sent("svar.docx", many), limit=LIMIT)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        (r"C:\Users\kari\notat.pdf", "notat.pdf"),
        ("linje\r\nBcc: alle@x.no.pdf", "linje Bcc alle@x.no.pdf".replace("Bcc ", "Bcc: ")),
        ("falsk\u202efdp.exe", "falskfdp.exe"),
        ("nul\x00l.pdf", "null.pdf"),
        ("  .skjult.pdf", "skjult.pdf"),
        ("a" * 300 + ".pdf", "a" * 116 + ".pdf"),
        ("bla\u030abær.pdf", "blåbær.pdf"),
        ("", "fil"),
    ],
)
def test_a_name_is_only_a_name(typed: str, kept: str) -> None:
    assert uploads.clean_name(typed) == kept
