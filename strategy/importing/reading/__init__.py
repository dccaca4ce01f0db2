"""Reading: a file becomes the lines and tables that it consists of, in the order a person reads them.

Each kind has its own module, imported when a file of that kind comes; `read_apart` is what a web page or task uses.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from strategy.importing.document import MOST_BYTES, Document, Kind, Unreadable, Why

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["kind_of", "nothing", "read", "read_apart"]

READERS = {Kind.TXT: "texts", Kind.PDF: "pdf", Kind.DOCX: "word", Kind.XLSX: "sheets", Kind.CSV: "sheets"}


def nothing(_read: int, _of: int) -> None:
    """Be told how far the reading has come, and do nothing about it."""


def kind_of(name: str) -> Kind:
    """Return what kind of file a name says it is.

    Raises:
        Unreadable: it is none of those we read.
    """
    try:
        return Kind(name.rpartition(".")[2].strip().lower())
    except ValueError:
        raise Unreadable(Why.UNKNOWN_KIND) from None


def read(path: Path, name: str, *, on_page: Callable[[int, int], None] = nothing) -> Document:
    """Read a file in this process; `on_page` is told of pages read, and of how many.

    Raises:
        Unreadable: why, and nothing else is raised whatever the file holds.
    """
    kind = kind_of(name)
    size = path.stat().st_size
    if not size:
        raise Unreadable(Why.EMPTY)
    if size > MOST_BYTES:
        raise Unreadable(Why.TOO_LARGE)
    reader = cast(
        "Callable[[Path, Callable[[int, int], None]], Document]",
        import_module(f"{__name__}.{READERS[kind]}").read,
    )
    try:
        document = reader(path, on_page)
    except (Unreadable, MemoryError):
        raise
    except Exception as error:  # a file may be broken in as many ways as the libraries have lines
        raise Unreadable(Why.BROKEN) from error
    if not document.blocks:
        raise Unreadable(Why.EMPTY)
    return document


def read_apart(path: Path, name: str, *, on_page: Callable[[int, int], None] = nothing) -> Document:
    """Read a file in a process of its own, with limits on its memory and time; the same as `read` otherwise.

    Raises:
        Unreadable: why; a reader that crashed says `BROKEN`, one that was stopped `TOO_SLOW`.
    """
    from strategy.importing.reading.apart import read_in_child

    kind_of(name)
    return read_in_child(path, name, on_page)
