"""Office files are packed parts: opened within limits, parsed without entities, and never written to disk.

The libraries of these formats unpack all that a file names, as large as it is; so the parts are read here.
"""

from __future__ import annotations

import posixpath
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lxml import etree

from strategy.importing.document import Unreadable, Why
from strategy.importing.reading.clean import clean

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

MOST_ENTRIES = 5_000
MOST_UNPACKED = 300 * 1024 * 1024
"""Bytes of all parts together, pictures too; those are never unpacked."""
LARGEST_PART = 24 * 1024 * 1024
"""Bytes of a part that is parsed: a plan of 300 pages takes one or two, and the worst tree twenty times as much."""
MOST_RATIO = 100
"""How many times as large honest text may become; what grows more and is too large was made to."""
LONGEST_CONTENTS = MOST_ENTRIES * 300
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How files of the old Word and Excel begin, and new ones with a password."""
LOCKED = "EncryptedPackage".encode("utf-16-le")
OTHER_KINDS = (b"%PDF-", b"{\\rtf", b"<!DOCTYPE", b"<!doctype", b"<html", b"<?xml", b"\x89PNG", b"\xff\xd8\xff")
TITLE = "{http://purl.org/dc/elements/1.1/}title"
BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, KeyError, ValueError, NotImplementedError, RuntimeError,
    OSError, OverflowError, IndexError,
)  # fmt: skip
STRICT = {
    b"http://purl.oclc.org/ooxml/wordprocessingml/main": b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    b"http://purl.oclc.org/ooxml/spreadsheetml/main": b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    b"http://purl.oclc.org/ooxml/officeDocument/relationships":
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
}  # fmt: skip
"""The strict form of the format has other names for the same; they become those that all others use."""


@dataclass(frozen=True, slots=True)
class Relation:
    """What one part says of another: its kind (the last word of the type) and the part's name."""

    kind: str
    target: str


class Package:
    """An opened office file; `main` is the name of its main part. Leave it with `with`."""

    def __init__(self, path: Path, language: str) -> None:
        """Open the file; `language` is the word of its main part's type ("wordprocessingml").

        Raises:
            Unreadable: it is not such a file, is locked, broken, too large or dangerous.
        """
        _refuse_other_kinds(path)
        try:
            self._zip = zipfile.ZipFile(path)
        except BROKEN as error:
            raise Unreadable(Why.BROKEN) from error
        try:
            self._sizes = _checked(self._zip, path.stat().st_size)
            self.main = self._main(language)
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Package:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._zip.close()

    def xml(self, name: str) -> Any | None:
        """Return the root of a part, or None where the file has no such part.

        Raises:
            Unreadable: the part is broken or too large, or names entities.
        """
        if name not in self._sizes:
            return None
        unpacked, packed = self._sizes[name]
        if unpacked > LARGEST_PART:
            raise Unreadable(Why.DANGEROUS if unpacked > MOST_RATIO * max(packed, 1) else Why.TOO_LARGE)
        try:
            with self._zip.open(name) as part:
                content = part.read(LARGEST_PART + 1)
        except BROKEN as error:
            raise Unreadable(Why.BROKEN) from error
        return parsed(content)

    def relations(self, name: str) -> dict[str, Relation]:
        """Return what a part ("" is the file itself) says of other parts, by id; addresses outside the file are not."""
        folder, base = posixpath.split(name)
        root = self.xml(posixpath.join(folder, "_rels", f"{base}.rels"))
        found = {}
        for one in root if root is not None else ():
            target = one.get("Target", "")
            if one.get("TargetMode") != "External" and target:
                inside = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
                found[one.get("Id", "")] = Relation(one.get("Type", "").rpartition("/")[2], inside)
        return found

    def related(self, kind: str, name: str) -> str:
        """Return the name of the first part of a kind that a part is related to, or ""."""
        return next((one.target for one in self.relations(name).values() if one.kind == kind), "")

    def title(self) -> str:
        """Return the title that the file's properties say, or ""."""
        core = self.xml(self.related("core-properties", ""))
        return "" if core is None else clean(core.findtext(TITLE) or "")

    def has_pictures(self) -> bool:
        return any("/media/" in name for name in self._sizes)

    def _main(self, language: str) -> str:
        types = self.xml("[Content_Types].xml")
        if types is None:
            raise Unreadable(Why.UNKNOWN_KIND if "mimetype" in self._sizes else Why.BROKEN)
        name = self.related("officeDocument", "")
        if name not in self._sizes:
            raise Unreadable(Why.BROKEN)
        said = {one.get("PartName", "").lstrip("/"): one.get("ContentType", "") for one in types}
        said_of_endings = {one.get("Extension", "").lower(): one.get("ContentType", "") for one in types}
        kind = said.get(name) or said_of_endings.get(name.rpartition(".")[2].lower(), "")
        if "macroEnabled" in kind and "binary" not in kind:
            raise Unreadable(Why.DANGEROUS)
        if language not in kind:
            raise Unreadable(Why.UNKNOWN_KIND)
        return name


def parsed(content: bytes) -> Any:
    """Return the root of a part's tree, without comments.

    Raises:
        Unreadable: it is no XML, is nested without end, or has a document type: none is allowed in these files, and
            only with one can it name entities.
    """
    plain = content.replace(b"\0", b"") if b"\0" in content[:4] else content
    plain = plain.removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise Unreadable(Why.DANGEROUS)
    if b"//purl.oclc.org/" in content:
        for strict, usual in STRICT.items():
            content = content.replace(strict, usual)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.LxmlError, ValueError, LookupError) as error:
        raise Unreadable(Why.BROKEN) from error
    if root.getroottree().docinfo.doctype:  # in an encoding that hides it from the look above
        raise Unreadable(Why.DANGEROUS)
    return root


def _refuse_other_kinds(path: Path) -> None:
    """Raise what is wrong with a file that is not packed at all.

    Raises:
        Unreadable: empty, locked, of another kind, cut off, or with more in its list of parts than anyone needs.
    """
    size = path.stat().st_size
    if size == 0:
        raise Unreadable(Why.EMPTY)
    with path.open("rb") as file:
        head = file.read(512)
        if head.startswith(OLE):
            rest = file.read()
            raise Unreadable(Why.ENCRYPTED if LOCKED in head + rest else Why.UNKNOWN_KIND)
        if head.lstrip().startswith(OTHER_KINDS):
            raise Unreadable(Why.UNKNOWN_KIND)
        file.seek(max(size - 22 - 65_535, 0))
        tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise Unreadable(Why.BROKEN)
    entries, contents = struct.unpack("<HI", tail[at + 10 : at + 16])
    if tail[max(at - 20, 0) : at].startswith(b"PK\x06\x07") or entries > MOST_ENTRIES or contents > LONGEST_CONTENTS:
        raise Unreadable(Why.DANGEROUS)


def _checked(packed: zipfile.ZipFile, size: int) -> dict[str, tuple[int, int]]:
    """Return bytes unpacked and packed of each part.

    Raises:
        Unreadable: locked, too much, parts that overlap, a program, or a way of packing that these files do not have.
    """
    entries = packed.infolist()
    unpacked, compressed = sum(one.file_size for one in entries), sum(one.compress_size for one in entries)
    if any(one.flag_bits & 0x1 for one in entries):
        raise Unreadable(Why.ENCRYPTED)
    if len(entries) > MOST_ENTRIES or compressed > size:
        raise Unreadable(Why.DANGEROUS)
    if unpacked > MOST_UNPACKED:
        raise Unreadable(Why.DANGEROUS if unpacked > MOST_RATIO * max(compressed, 1) else Why.TOO_LARGE)
    if any(one.filename.lower().endswith("vbaproject.bin") for one in entries):
        raise Unreadable(Why.DANGEROUS)
    if any(one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for one in entries):
        raise Unreadable(Why.BROKEN)
    return {one.filename: (one.file_size, one.compress_size) for one in entries}
