"""Files that people send: taken when both name and content say they are a kind we know, and never by the name alone.

What is taken is handed out only as a download (`portal.views.documents`), so nothing here is ever shown by a browser.
A phone's photos (HEIC) become JPEG: the archive takes no other.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import filetype
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from portal import pictures
from portal.integrations import antivirus

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    Kind: TypeAlias = tuple[str, Callable[[Any], bool]]

LONGEST_NAME = 120
HEAD = 8192
MOST_ENTRIES = 5_000
LARGEST_UNPACKED = 300 * 1024 * 1024
LARGEST_TABLE = 16 * 1024 * 1024
"""Unpacked bytes of a spreadsheet that we read ourselves: a second's work for each few, in a worker others wait for."""
END_OF_ZIP = b"PK\x05\x06"
LONGEST_END = 22 + 65_535
"""The last record of a packed file, with the longest remark it may carry."""
LONGEST_CONTENTS = MOST_ENTRIES * 300
LARGEST_PART = 2 * 1024 * 1024
"""How much of one part of an office file is read to see what it is."""
ODT = "application/vnd.oasis.opendocument.text"
OOXML = "application/vnd.openxmlformats-officedocument."
MACROS = re.compile(r"(^|/)(vbaProject\w*\.bin|vbaData\.xml|Basic|Scripts|activeX)(/|$)", re.IGNORECASE)
TEST_VIRUS = b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!"
"""What the industry's harmless test file says; in two, so that this file is not taken for one."""
HEIC = "image/heic"
PICTURES = (HEIC, "image/jpeg", "image/png")
TEXT_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Checked:
    """A file that is what it says, with the name, type, size and hash to keep it by."""

    content: Any
    filename: str
    content_type: str
    size: int
    sha256: str


def check(
    upload: Any, *, limit: int, clean: bool = False, kinds: dict[str, Kind] | None = None, taken: str = ""
) -> Checked:
    """Return what is to be kept of an uploaded file; `clean` takes out what photos say of place, time and camera.

    Who takes other kinds than most gives them as `kinds`, and as `taken` the sentence that names them.

    Raises:
        ValidationError: empty, too large, not a kind of file we take, or dangerous; the sentence says which we do take.
    """
    filename = clean_name(upload.name)
    if upload.size == 0:
        raise ValidationError(_("“%(name)s” is empty. Choose another file.") % {"name": filename}, code="empty")
    if upload.size > limit:
        raise ValidationError(
            _("“%(name)s” is %(size)s. The largest we take is %(limit)s.")
            % {"name": filename, "size": filesizeformat(upload.size), "limit": filesizeformat(limit)},
            code="too_large",
        )
    extension = filename.rpartition(".")[2].lower() if "." in filename else ""
    if extension not in (kinds := kinds or KINDS):
        words = {"name": filename, "taken": taken or what_we_take()}
        raise ValidationError(_("We do not take “%(name)s”. %(taken)s") % words, code="unknown_kind")
    content_type, is_so = kinds[extension]
    upload.seek(0)
    holds = is_so(upload)
    upload.seek(0)
    if not holds:
        raise not_what_it_says(filename, taken)
    refuse_dangerous(upload, filename)
    if content_type == HEIC or (clean and content_type in PICTURES):
        return as_picture(upload, filename)
    return Checked(upload, filename, content_type, upload.size, sha256_of(upload))


def not_what_it_says(filename: str, taken: str = "") -> ValidationError:
    return ValidationError(
        _("The content of “%(name)s” is not what the name says, or we cannot read it. %(taken)s")
        % {"name": filename, "taken": taken or what_we_take()},
        code="not_what_it_says",
    )


def refuse_dangerous(upload: Any, filename: str) -> None:
    """Refuse a file that a virus check, or its own words, says is dangerous.

    Raises:
        ValidationError: it is, or the check that is set up did not answer.
    """
    try:
        is_dangerous = says_test_virus(upload) or antivirus.found_in(upload)
    except antivirus.NoAnswer as error:
        text = _("We could not check “%(name)s” for viruses now, and have not kept it. Try again in a few minutes.")
        raise ValidationError(text % {"name": filename}, code="not_checked") from error
    if is_dangerous:
        text = _("Our virus check says that “%(name)s” is dangerous. We have not kept it.")
        raise ValidationError(text % {"name": filename}, code="virus")


def says_test_virus(upload: Any) -> bool:
    """Say whether the harmless test of virus checks stands in the file; read piece by piece, and left at its start."""
    upload.seek(0)
    before = b""
    for chunk in upload.chunks():
        if TEST_VIRUS in before + chunk:
            return True
        before = chunk[-len(TEST_VIRUS) :]
    upload.seek(0)
    return False


def as_picture(upload: Any, filename: str) -> Checked:
    """Return a picture as we keep it, named by what it has become.

    Raises:
        ValidationError: it cannot be read.
    """
    try:
        content, content_type = pictures.cleaned(upload)
    except pictures.Unreadable as error:
        raise not_what_it_says(filename) from error
    if content_type == "image/jpeg" and not filename.lower().endswith((".jpg", ".jpeg")):
        filename = f"{filename.rpartition('.')[0][: LONGEST_NAME - 4]}.jpg"
    return Checked(content, filename, content_type, content.size, sha256_of(content))


def check_table(upload: Any, *, limit: int) -> Checked:
    """Return a spreadsheet that can be read while a person waits: small when it is unpacked too.

    Raises:
        ValidationError: see `check`; or it unpacks to more than any table we take.
    """
    checked = check(upload, limit=limit)
    if checked.content_type == KINDS["xlsx"][0]:
        with zipfile.ZipFile(upload) as packed:
            unpacked = sum(entry.file_size for entry in packed.infolist())
        upload.seek(0)
        if unpacked > LARGEST_TABLE:
            text = _("“%(name)s” holds far more than a table of values. Copy the values to a new file and send that.")
            raise ValidationError(text % {"name": checked.filename}, code="too_large")
    return checked


def what_we_take() -> str:
    """Return the sentence that says which kinds of files we take."""
    return _(
        "We take PDF, Word (docx), OpenDocument text (odt), Excel (xlsx), photos (JPEG, PNG, HEIC)"
        " and plain text (txt)."
    )


def clean_name(name: str) -> str:
    """Return a name without path, control signs or signs that turn the reading direction, at most 120 long."""
    base = re.split(r"[/\\]", unicodedata.normalize("NFC", name or ""))[-1]
    plain = "".join(" " if sign.isspace() else sign for sign in base if sign.isspace() or not _is_hidden(sign))
    stem, dot, extension = " ".join(plain.split()).strip(". ").rpartition(".")
    if not dot:
        return (extension or _("file"))[:LONGEST_NAME]
    extension = extension[:10]
    return f"{stem[: LONGEST_NAME - 1 - len(extension)].rstrip() or _('file')}.{extension}"


def _is_hidden(sign: str) -> bool:
    return unicodedata.category(sign).startswith("C")


def sha256_of(upload: Any) -> str:
    """Return the hash of the whole content, read piece by piece, and leave the file at its start."""
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


# ---- is it what it says? ----


def _magic(mime: str) -> Callable[[Any], bool]:
    """Return a check of the first bytes."""

    def is_so(upload: Any) -> bool:
        found = filetype.guess(upload.read(HEAD))
        return found is not None and found.mime == mime

    return is_so


def _is_text(upload: Any) -> bool:
    """Say whether it is text in UTF-8 or Latin, without the signs that only programs use."""
    for chunk in upload.chunks():
        if TEXT_CONTROL.search(chunk.decode("latin-1")):
            return False
    upload.seek(0)
    return not upload.read(8).startswith((b"%PDF-", b"{\\rtf"))


def _office(main_part: str, main_type: str) -> Callable[[Any], bool]:
    """Return a check that a packed file is the office document it says: its parts, its type, no macros, no bomb."""

    def is_so(upload: Any) -> bool:
        try:
            if not _has_short_contents(upload):
                return False
            with zipfile.ZipFile(upload) as packed:
                return _is_safe(packed, upload.size) and _says(packed, main_part, main_type)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, KeyError, OSError, EOFError):
            return False

    return is_so


def _has_short_contents(upload: Any) -> bool:
    """Say whether the list of what is packed is short: `zipfile` reads all of it before anyone can count."""
    size = upload.seek(0, 2) or upload.tell()
    upload.seek(max(size - LONGEST_END, 0))
    tail = upload.read(LONGEST_END)
    at = len(tail) - 22
    if tail[at : at + 4] != END_OF_ZIP or tail[-2:] != b"\0\0":
        at = tail.rfind(END_OF_ZIP)
    is_huge = at >= 20 and tail[at - 20 : at - 16] == b"PK\x06\x07"  # the form for more than 65 535 parts
    return at >= 0 and not is_huge and int.from_bytes(tail[at + 12 : at + 16], "little") <= LONGEST_CONTENTS


def _is_safe(packed: zipfile.ZipFile, size: int) -> bool:
    """Say whether what is packed stays within bounds, is not locked and holds no program."""
    entries = packed.infolist()
    return (
        0 < len(entries) <= MOST_ENTRIES
        and sum(entry.file_size for entry in entries) <= LARGEST_UNPACKED
        and sum(entry.compress_size for entry in entries) <= size  # entries that overlap are a bomb
        and not any(entry.flag_bits & 0x1 for entry in entries)
        and not any(MACROS.search(entry.filename) for entry in entries)
        and not any(entry.filename.startswith("/") or ".." in entry.filename.split("/") for entry in entries)
    )


def _says(packed: zipfile.ZipFile, main_part: str, main_type: str) -> bool:
    """Say whether the main part is there and the package calls itself this type."""
    if main_part not in packed.namelist():
        return False
    if main_type == ODT:
        return _read(packed, "mimetype").strip() == ODT.encode()
    types = _read(packed, "[Content_Types].xml")
    return main_type.encode() in types and b"macroEnabled" not in types and b"vbaProject" not in types


def _read(packed: zipfile.ZipFile, name: str) -> bytes:
    """Return a part, or its beginning: a part that unpacks to very much is not read to its end."""
    with packed.open(name) as part:
        return part.read(LARGEST_PART)


KINDS: dict[str, Kind] = {
    "pdf": ("application/pdf", _magic("application/pdf")),
    "docx": (
        f"{OOXML}wordprocessingml.document",
        _office("word/document.xml", f"{OOXML}wordprocessingml.document.main+xml"),
    ),
    "xlsx": (f"{OOXML}spreadsheetml.sheet", _office("xl/workbook.xml", f"{OOXML}spreadsheetml.sheet.main+xml")),
    "odt": (ODT, _office("content.xml", ODT)),
    "jpg": ("image/jpeg", _magic("image/jpeg")),
    "jpeg": ("image/jpeg", _magic("image/jpeg")),
    "png": ("image/png", _magic("image/png")),
    "heic": (HEIC, pictures.is_heic),
    "heif": (HEIC, pictures.is_heic),
    "txt": ("text/plain", _is_text),
}
"""By the name's ending: the type we keep, and how we see that the content is it."""
ACCEPT = ",".join(f".{extension}" for extension in KINDS)
