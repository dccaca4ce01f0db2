"""What the beginning of a line says: a level word with its number, a number alone, a bullet."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from strategy.importing.finding import words
from strategy.importing.proposal import LONGEST_NUMBER

LONGEST_AREA = 60
NUMBER = (
    r"(?:(?:[IVX]{1,5}|[A-ZÆØÅ])-(?:[A-H]|\d{1,2})(?![\w-])|[IVX]{1,5}(?:\.\d{1,2})+|"
    r"[A-ZÆØÅ]?\d{1,3}(?:\.\d{1,3})*[a-z]?|[A-ZÆØÅ](?:\.\d{1,2})+|[IVX]{1,5}|[A-ZÆØÅ])"
)
"""A printed number: 3, 1.2, 5.2.1, A, A1, B.2, IV, 3a, II-A, A-1."""
SEPARATOR = r"\s*(?:[:–—‒|]|-(?=\s|$)|(?<=\s)-|\.(?=\s|$)|\)(?=\s|$))\s*"
CHAPTER = re.compile(
    r"(?:(?:kapittel|kap\.?)\s+)?(?P<number>\d{1,2}(?:\.\d{1,2}){0,5})[.:]?\s+(?:[–-]\s+)?(?=\S)", re.IGNORECASE
)
CHAPTER_WORD = re.compile(r"(?:kapittel|kap\.?)\s+(?P<number>\d{1,2})\s*[.:–-]?\s+(?=\S)", re.IGNORECASE)
BULLET = re.compile(
    r"(?P<sign>[•◦▪▫‣·●○■□❖➢➤►▶→✓✔★*–—−‒-]|o(?=\s+[A-ZÆØÅ«\"]))\s+(?=\S)|(?P<glued>[•◦▪▫‣●○■□❖➢➤►▶])(?=\S)"
)
LONE_BULLET = re.compile(r"[•◦▪▫‣·●○■□❖➢➤►▶*–—o-]")
ENUMERATOR = re.compile(
    r"(?P<label>\((?P<inner>\d{1,2}|[a-zæøå])\)|(?P<mixed>\d{1,2}[a-zæøå])[.):]?|(?P<plain>\d{1,3}(?:\.\d{1,3})*|[a-zæøåA-ZÆØÅ]|[ivxIVX]{2,5})[.)]|(?P<decimal>\d{1,2}(?:\.\d{1,2})+)|(?P<code>[A-ZÆØÅ]-?\d{1,2}(?:\.\d{1,2})*)[.):]?|(?P<bare>\d{1,2}))\s+(?=\S)"
)
CODE = re.compile(
    r"(?P<letters>HM|DM|[MDST])(?P<number>\d{1,2}(?:\.\d{1,2})*)(?P<separator>" + SEPARATOR + r"|\s+)(?=\S)"
)
WORDS = re.compile(r"(?P<words>(?:[^\W\d_]+\s+){0,3}[^\W\d_]+)")
OURS = re.compile(r"vår|vårt|våre", re.IGNORECASE)
QUALIFIER = re.compile(
    r"(?:vår|vårt|våre|\(?\d{4}\s*[-–]\s*\d{2,4}\)?|(?:for|i|til|under|innen|innan|som|knyttet|knytt|per|pr|vi|med|fram|mot|på|ved)\b.*|\([^)]*\)|(?:20\d\d))",
    re.IGNORECASE,
)
VERB = re.compile(
    r"(?<!vi )(?<!som )(?<!kommunen )"
    r"\b(?:er|var|blir|har|kan|må|skal|vil|bør|gir|gjelder|gjeld|handler|handlar)\b(?! vi)",
    re.IGNORECASE,
)
OF_OTHER = re.compile(
    r"\s+(?:til|for|under|innenfor|innanfor|knyttet til|knytt til|som støtter|som støttar)\s+"
    r"(?=[^\W\d_]+\s+(?:nr\.?\s*)?[\dA-Z])",
    re.IGNORECASE,
)
CAPITAL_WORD = re.compile(r"\s+[A-ZÆØÅ][a-zæøå]+\s")
AFTER_NUMBER = re.compile(r"(?:nr\.?|nummer)\s*", re.IGNORECASE)
YEARS = re.compile(r"(?:19|20)\d\d\b")
LABEL_NUMBER = re.compile(
    rf"(?P<number>{NUMBER})(?:(?![\w%])|(?<=\d)(?=[A-ZÆØÅ][a-zæøå]))(?!\s*(?:prosent|%|mill|kr\b|år\b|[-–]\s*\d))"
)
"""The text may be glued to the number, where a PDF lost the tab between them."""
SEPARATED = re.compile(SEPARATOR)
DATED = re.compile(
    r"\d{1,2}\.\s?(?:\d{1,2}\.\s?\d{2,4}\b|januar|februar|mars|april|mai|juni|juli|august|september|oktober|november|desember)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Label:
    """A line's own label: the level word's lemma, the number printed, what stands between it and the text.

    `chapter` is a chapter's number before the word («4.1 Strategi: …»). `many` says that the word is of several for
    sure, `group` that the line says nothing but the word: what follows are such. `of` is the word for what is listed
    below, where the line says it too («Tiltak til mål 1: …»).
    """

    word: str
    number: str | None
    text: str
    separator: str = ""
    chapter: str | None = None
    many: bool = False
    group: bool = False
    said: str = ""
    of: str = ""


def label_of(text: str) -> Label | None:
    """Return the label that a line begins with («Strategi 1.2 – …», «Tiltak:», «4.1 Satsingsområde: …»), or nothing.

    A word that begins a sentence is no label («Mål 1 har fokus på …», «Tiltak for unge er viktige.»): without a sign
    after it, a number must come, and then a capital letter.
    """
    chapter = CHAPTER.match(text)
    rest = text[chapter.end() :] if chapter and not YEARS.match(text) else text
    bullet = None if chapter else BULLET.match(rest)
    if bullet:
        rest = rest[bullet.end() :]
    found = _worded(rest)
    if found is None:
        return _coded(rest)
    word, said, after = found
    outer = OF_OTHER.match(after)
    if (
        outer is not None
        and (other := label_of(after[outer.end() :][:1].upper() + after[outer.end() :][1:]))
        and other.number
        and other.word != word
    ):
        return replace(other, of=word)
    number, printed, body = _numbered(after)
    if number is None and said.casefold() in words.NUMBERED_FORMS:
        return None
    separator = SEPARATED.match(body)
    sign = separator[0].strip() if separator else ""
    body = body[separator.end() :] if separator else body.lstrip()
    many = words.is_many(said)
    its = chapter["number"] if chapter else None
    if not body:
        return Label(word, number, "", sign, its, many, group=number is None, said=said)
    if not sign and number is None:
        return (
            Label(word, None, body, "", its, many, True, said)
            if is_group_of(said, body)
            else _area_of(said, body, word, its)
        )
    if not sign and not (body[0].isupper() or body[0] in "«\"“”'("):
        return None
    if sign == "." and number is None:
        return None
    if sign in {"-", "–", "—"} and number is None and not printed and body[:1].islower():
        return None
    return Label(word, number, body, sign, its, many, group=False, said=said)


def _coded(text: str) -> Label | None:
    """Return the label of a code that is short for a level word («T1.2 Etablere …»); its number is as printed."""
    found = CODE.match(text)
    if found is None or not (text[found.end()].isupper() or text[found.end()] in '«"'):
        return None
    number = text[: found.end("number")].replace(" ", "")
    return Label(
        words.CODES[found["letters"]], number, text[found.end() :], found["separator"].strip(), said=found["letters"]
    )


def is_group_of(said: str, body: str) -> bool:
    """Say whether «Tiltak for å nå målet», «Hovedmål for strategien» or «Strategier 2025–2028» heads a group.

    One of a kind («Strategi for næring», «Målet med planen») is a title or begins a sentence; «Målet vårt» heads one.
    """
    if OURS.fullmatch(body) and words.lemma(said) in words.STATEMENTS:
        return True
    if not (words.is_many(said) or words.is_either(said)) or len(said) + len(body) > 80 or body[-1] in ".,;":
        return False
    return bool(QUALIFIER.fullmatch(body)) and not VERB.search(body)


def _area_of(said: str, body: str, word: str, chapter: str | None) -> Label | None:
    """Return the label of «Satsingsområde Landbruk»: a short line that names an area after the word for it."""
    is_area = (
        said.casefold().split()[-1] in words.AREAS
        and body[0].isupper()
        and body.split()[0].casefold() not in words.SMALL
        and len(body) <= LONGEST_AREA
        and body[-1] not in ".,;:"
    )
    return Label(word, None, body, "", chapter, said=said) if is_area and not VERB.search(body) else None


def _worded(text: str) -> tuple[str, str, str] | None:
    """Return the lemma of the level word that a text begins with, how it is said there, and what follows it."""
    found = WORDS.match(text)
    if found is None or not (text[0].isupper() or text[0] == "«"):
        return None
    said = found["words"].split()
    for many in range(min(4, len(said)), 0, -1):
        phrase = " ".join(said[:many])
        word = words.lemma(phrase) or words.NUMBERED_FORMS.get(phrase.casefold())
        if word is not None:
            end = re.match(r"\s+".join(map(re.escape, said[:many])), text)
            return word, phrase, text[end.end() :] if end else ""
    return None


def _numbered(after: str) -> tuple[str | None, bool, str]:
    """Return the number that follows a level word, whether «nr.» says so, and what follows the number."""
    if not after[:1].isspace():
        return None, False, after
    body = after.lstrip()
    worded = AFTER_NUMBER.match(body)
    if worded:
        body = body[worded.end() :]
    if YEARS.match(body):
        return None, False, after.lstrip()
    found = LABEL_NUMBER.match(body)
    if found is None or len(found["number"]) > LONGEST_NUMBER:
        return None, False, after.lstrip()
    number, rest = found["number"], body[found.end() :]
    if number.isalpha() and (len(number) > 1 or number == "I") and set(number) - set("IVX"):
        return None, False, after.lstrip()
    if number == "I" and not SEPARATED.match(rest) and rest.strip() and not CAPITAL_WORD.match(rest):
        return None, False, after.lstrip()
    return number, worded is not None, rest


@dataclass(frozen=True, slots=True)
class Mark:
    """A bullet or a number that a line begins with. `form` tells kinds of lists apart: "•", "1.", "a)", "1.1"."""

    form: str
    number: str | None
    text: str

    @property
    def depth(self) -> int:
        """Return how many parts the number has; 0 for a bullet or a letter."""
        return self.number.count(".") + 1 if self.number and self.number.replace(".", "").isdigit() else 0


def mark_of(text: str, label: str = "") -> Mark | None:
    """Return the bullet or number that a line begins with, or that the word processor drew before it (`label`)."""
    if label:
        drawn = mark_of(f"{label} X")
        return Mark(drawn.form, drawn.number, text) if drawn else Mark(label[:1] or "•", None, text)
    bullet = BULLET.match(text)
    if bullet:
        return Mark(bullet["sign"] or bullet["glued"], None, text[bullet.end() :].lstrip())
    chapter = CHAPTER_WORD.match(text)
    if chapter:
        return Mark("1.", chapter["number"], text[chapter.end() :]) if text[chapter.end()].isupper() else None
    found = ENUMERATOR.match(text)
    if found is None or DATED.match(text) or YEARS.match(text):
        return None
    rest = text[found.end() :]
    if found["inner"]:
        return Mark("(1)" if found["inner"].isdigit() else "(a)", found["inner"], rest)
    if found["mixed"]:
        return Mark("1a", found["mixed"], rest) if rest[0].isupper() or found["label"][-1] in ".):" else None
    if found["decimal"]:
        return Mark("1.1", found["decimal"], rest) if rest[0].isupper() or rest[0] in '«"“(' else None
    if found["code"]:
        return Mark("A1", found["code"], rest) if rest[0].isupper() or rest[0] in '«"“(' else None
    if found["bare"]:
        return Mark("1", found["bare"], rest) if rest[0].isupper() and not found["bare"].startswith("0") else None
    number = found["plain"]
    sign = found["label"][-1]
    if "." in number:
        return Mark("1.1", number, rest) if number[0].isdigit() and rest[0].isupper() else None
    if number.isdigit():
        return Mark("1" + sign, number, rest)
    if len(number) > 1:
        return Mark("i" + sign, number, rest) if number.islower() == number[0].islower() else None
    if sign == "." and number.isupper() and len(rest) < 3:
        return None
    return Mark(("a" if number.islower() else "A") + sign, number, rest)


def heading_mark_of(text: str) -> Mark | None:
    """Return the letter that a heading begins with («A Grønn industri»)."""
    found = re.match(r"(?P<letter>[A-H])\s+(?=[A-ZÆØÅ][a-zæøå])", text)
    return Mark("A", found["letter"], text[found.end() :]) if found else None
