"""PDF files for tests: typeset ones, and bare ones that no program would write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typst

from strategy.importing.document import Line, Role, Table
from strategy.importing.reading import read

if TYPE_CHECKING:
    from pathlib import Path

    from strategy.importing.document import Document

PROSE = (
    "Kommunen vil legge til rette for bedrifter som vokser. Det tar tid å bygge tillit mellom næringsliv og"
    " forvaltning, og derfor møtes partene hver måned. Målet er at svar skal komme raskt og være til å stole på. "
)


def typeset(folder: Path, source: str, name: str = "plan") -> Path:
    """Typeset a page of A5 and more, in one font, and return where the PDF is."""
    file = folder / f"{name}.typ"
    file.write_text(
        f'#set page(paper: "a5", margin: 1.6cm)\n#set text(lang: "nb", size: 10pt)\n{source}', encoding="utf-8"
    )
    typst.compile(str(file), output=str(file.with_suffix(".pdf")))
    return file.with_suffix(".pdf")


def bare(path: Path, *, pages: int, content: bytes = b"", said: int | None = None) -> Path:
    """Write a PDF of pages that are all one object; `said` is how many it claims to have."""
    kids = b" ".join([b"3 0 R"] * pages)
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [" + kids + b"] /Count %d >>" % (pages if said is None else said),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    file, places = b"%PDF-1.7\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    file += b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(parts) + 1, table, len(parts) + 1, len(file),
    )  # fmt: skip
    path.write_bytes(file)
    return path


def read_typeset(folder: Path, source: str) -> Document:
    return read(typeset(folder, source), "plan.pdf")


def lines(document: Document) -> list[Line]:
    return [block for block in document.blocks if isinstance(block, Line)]


def tables(document: Document) -> list[Table]:
    return [block for block in document.blocks if isinstance(block, Table)]


def said(document: Document, role: Role) -> list[str]:
    return [line.text for line in lines(document) if line.role is role]
