"""What a note for colleagues tells of a document: a line for who is responsible, and one for what it costs.

The note is theirs. Only a line in these words is ever read, put in another's place or taken away.
"""

from __future__ import annotations

import re
from functools import cache

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

RESPONSIBLE = gettext_noop("Responsible in the document: %(said)s.")
COST = gettext_noop("Cost in the document: %(sum)s.")
PLACE = re.compile(r"%\(\w+\)s")


def line(kind: str, said: str) -> str:
    """Return the line that tells this, in the reader's language."""
    before, after = PLACE.split(_(kind))
    return f"{before}{' '.join(said.splitlines()).rstrip('. ')}{after}"


def said_in(note: str, kind: str) -> str:
    """Return what the note tells of this kind, whichever language its line was written in; "" without one."""
    return next((said for each in note.splitlines() if (said := _said(each, kind))), "")


def with_line(note: str, kind: str, said: str) -> str:
    """Return the note with this told in its place, or last; with nothing to tell, without the line."""
    told = [line(kind, said)] if said else []
    lines = note.splitlines()
    at = next((place for place, each in enumerate(lines) if _said(each, kind)), len(lines))
    return "\n".join([*lines[:at], *told, *lines[at + 1 :]])


def _said(text: str, kind: str) -> str:
    for before, after in _frames(kind):
        if text.startswith(before) and text.endswith(after):
            return text[len(before) : len(text) - len(after)].strip()
    return ""


@cache
def _frames(kind: str) -> tuple[tuple[str, str], ...]:
    """Return what stands before and after the told in each of our languages."""
    found = []
    for code, _name in settings.LANGUAGES:
        with override(code):
            before, after = PLACE.split(_(kind))
        found.append((before, after))
    return tuple(found)
