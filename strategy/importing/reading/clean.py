"""Text as it came out of a file, made plain: one kind of space and hyphen, no signs that are not seen."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

LIGATURES = {chr(0xFB00 + at): said for at, said in enumerate(("ff", "fi", "fl", "ffi", "ffl", "st", "st"))}
HYPHENS = {"\u2010": "-", "\u2011": "-", "\u00ac": "-"}
OTHERS = {"\u0149": "'n", "\u2024": ".", "\u2025": "..", "\u00b5": "μ"}
PRIVATE_BULLETS = {chr(0xF000 + code): "•" for code in b"lnoqv\x9f\xa0\xa7\xa8\xb7\xd8\xe0\xe8\xfc"}
"""What Symbol and Wingdings draw before a point, as files name it when they keep the font's own codes."""
PLAIN = str.maketrans(LIGATURES | HYPHENS | OTHERS | PRIVATE_BULLETS | {"\uf02d": "–", "\uf0be": "–"})
SPACES = re.compile(r"[\s\u0085\u00a0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\uffff"
    "\ue000-\uf8ff\U000e0000-\U000e0fff\U000f0000-\U0010ffff\ud800-\udfff]"
)
AT_LINE_END = re.compile(r"(?<=\w)[\u00ad\x02\ufffe](?=\s*$)")
LOOSE_MARK = re.compile(r"(?<=[^\W\d_]) (?=[\u0300-\u036f])")

AND = {"og", "eller", "samt", "men", "/", "&"}
"""Words that follow a hyphen which stands for a word's second half."""
SMALL = AND | {
    "i", "på", "for", "med", "til", "av", "om", "som", "en", "ei", "ein", "et", "eit", "den", "det", "de", "dei", "ved",
    "fra", "frå", "mot", "mellom", "innen", "innan", "under", "over", "etter", "gjennom", "hos", "å",
}  # fmt: skip
"""Words so small that a line which begins with one does not go on with half a word."""
ENDINGS = {"en", "et"}
"""Those that are endings too; nothing ends with them as words."""
TAILS = {"up", "ups", "off", "offs", "out", "outs", "how", "based", "line"}
"""Second halves that keep their hyphen."""
HEADS = {"ikke", "ikkje", "non", "eks", "spin", "drop", "know"}
"""First halves that keep their hyphen."""
VOWELS = set("aeiouyæøåéèêóòôäöü")
LAST_PART = re.compile(r"([^\s\-–/(«\"]*)-$")
FIRST_WORD = re.compile(r"^[^\s\-–/,.;:()»\"]*")
ADDRESS = re.compile(r"(?:://|www\.|@)\S*$")


def clean(text: str) -> str:
    """Return the text in composed form on one line: single spaces, plain hyphens, no ligatures or unseen signs.

    A soft hyphen that ends the text stands where a word was broken, so it becomes a hyphen, for `join` to undo.
    """
    if text.isascii() and text.isprintable():  # most lines are; the rest is the slow way
        return " ".join(text.split())
    text = SPACES.sub(" ", LOOSE_MARK.sub("", AT_LINE_END.sub("-", text)))
    return SPACES.sub(" ", UNSEEN.sub("", unicodedata.normalize("NFC", text).translate(PLAIN))).strip()


def join(lines: Sequence[str], known: Collection[str] = ()) -> str:
    """Return lines as one text, with words that were broken over lines made whole.

    `known` are words the document itself writes with a hyphen, in lower case ("case-kommuner"); they keep it.
    """
    text = ""
    for line in lines:
        line = clean(line)
        if not line:
            continue
        if not text:
            text = line
        elif text.endswith("-") and not text.endswith(" -") and text != "-":
            text = _mended(text, line, known)
        elif text.endswith("/") and not text.endswith(" /"):
            text += line
        else:
            text += " " + line
    return text


def _mended(text: str, line: str, known: Collection[str]) -> str:
    """Put a line after one that ends with a hyphen: the hyphen goes, stays, or stays with a space after it."""
    found = LAST_PART.search(text)
    head, tail = found[1] if found else "", FIRST_WORD.match(line)[0]  # type: ignore[index]  # it matches nothing too
    if ADDRESS.search(text) or tail[:1].isdigit() or tail[:1].isupper():
        return text + line
    if not tail or tail in AND or not tail[0].isalpha():
        return f"{text} {line}"
    if tail in TAILS or head.lower() in HEADS or f"{head}-{tail}".lower() in known or not _is_broken(head, tail):
        return text + line
    return text[:-1] + line


def _is_broken(head: str, tail: str) -> bool:
    """Say whether two parts look like one word's: letters, a vowel in each, and no abbreviation first."""
    parts = head.lower(), tail.lower()
    return (
        len(head) > 1
        and all(part.isalpha() and VOWELS & set(part) for part in parts)
        and not head[1:].isupper()
        and not any(sign.isupper() for sign in head[1:])
    )
