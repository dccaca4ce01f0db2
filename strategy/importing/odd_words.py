"""What is odd in a document, in one plain sentence each: what the document says, and what one may do about it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import override

from strategy import sentences
from strategy.models import ImportAnomaly, ImportRow
from strategy.rules import full_number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from strategy.models import PlanImport

Kind = ImportAnomaly.Kind
NUMBER = re.compile(r"^\d+(?:\.\d+)*$")
NAMED = re.compile(r"^(?:\w+ )?(\d+(?:\.\d+)*)$")
"""A number as a text refers to it, with the level’s word or without: «strategi 2.4», «2.4»."""
NUMBERS = (Kind.NUMBER_MISSING, Kind.NUMBER_DOUBLED, Kind.NUMBER_OUT_OF_ORDER)
LONGEST = 160


class Odd(NamedTuple):
    """Something odd as people are told it. `note` is what the plan's readers may be told of it, where that is apt."""

    key: int
    sentence: str
    advice: str
    keep: str
    note: str
    is_seen: bool


class Words(NamedTuple):
    """What the document calls its levels."""

    goal: str
    strategy: str
    measure: str

    @classmethod
    def of(cls, found: PlanImport) -> Words:
        given = found.goal_word or "mål", found.strategy_word or "strategi", found.measure_word or "tiltak"
        return cls(*(word.lower() for word in given))

    def one(self, level: str) -> str:
        """Return "mål", "strategi", "tiltak", or the document's own word."""
        return sentences.one(getattr(self, level))

    def counted(self, level: str, count: int) -> str:
        """Return "8 strategier"."""
        return sentences.counted(count, getattr(self, level))

    def label(self, row: ImportRow) -> str:
        """Return "Tiltak 8", or "Tiltak" where no number is printed."""
        return f"{capfirst(self.one(row.level))} {row.number}".strip()


def path_of(row: ImportRow, rows: Mapping[int, ImportRow]) -> str:
    """Return a row's whole number, "2.7.8" for measure 8 of strategy 2.7; its own where that is whole."""
    above = rows.get(row.parent_id or 0) if row.level == ImportRow.Level.MEASURE else None
    return full_number(above.number if above else "", row.number)


def told(
    anomaly: ImportAnomaly, row: ImportRow | None, rows: Mapping[int, ImportRow], words: Words, language: str
) -> Odd:
    """Return what is odd in words; the note to readers in the language of the plan."""
    sentence, advice, keep = SAYS[anomaly.kind](anomaly, row, rows, words)
    note = ""
    if row is not None and row.level == ImportRow.Level.STRATEGY and anomaly.kind == Kind.WRONG_REFERENCE:
        with override(language):
            note = _reference_note(anomaly)[:200]
    return Odd(anomaly.pk, sentence, advice, keep, note, anomaly.settled_at is not None)


def short(text: str) -> str:
    return Truncator(" ".join(text.split())).chars(LONGEST)


# ---- one for each kind ----

Said = tuple[str, str, str]


def _numbers(anomaly: ImportAnomaly, rows: Mapping[int, ImportRow]) -> tuple[str, str, list[int]]:
    """Return the number that is odd, what it stands under, and the other numbers there."""
    under, _dot, number = anomaly.where.rpartition(".")
    paths = (path_of(row, rows) for row in rows.values())
    beside = [path.rpartition(".") for path in paths if NUMBER.match(path)]
    return number, under, sorted({int(last) for before, _d, last in beside if before == under})


def _level_at(anomaly: ImportAnomaly, row: ImportRow | None, rows: Mapping[int, ImportRow], words: Words) -> str:
    """Return what the document calls the things that the odd number is one of."""
    under = anomaly.where.rpartition(".")[0]
    for each in rows.values():
        if path_of(each, rows).rpartition(".")[0] == under and each.number:
            return words.one(each.level)
    return words.one(row.level) if row else words.measure


def _missing(
    anomaly: ImportAnomaly, row: ImportRow | None, rows: Mapping[int, ImportRow], words: Words
) -> Said:  # fmt: skip
    number, under, beside = _numbers(anomaly, rows)
    facts = {"what": capfirst(_level_at(anomaly, row, rows, words)), "number": number, "under": under}
    sentence = _("%(what)s %(number)s is missing under %(under)s.") if under else _("%(what)s %(number)s is missing.")
    said = [sentence % facts]
    if number.isdecimal():
        before = [each for each in beside if each < int(number)]
        after = [each for each in beside if each > int(number)]
        if before and after:
            ends = {"before": before[-1], "after": after[0]}
            said.append(_("The numbers go from %(before)d to %(after)d.") % ends)
    return " ".join(said), _("Keep the numbers as they stand, or change them."), _("Keep the numbers")


def _doubled(anomaly: ImportAnomaly, row: ImportRow | None, rows: Mapping[int, ImportRow], words: Words) -> Said:
    number, under, _beside = _numbers(anomaly, rows)
    facts = {"what": capfirst(_level_at(anomaly, row, rows, words)), "number": number, "under": under}
    sentence = (
        _("%(what)s %(number)s stands twice under %(under)s.") if under else _("%(what)s %(number)s stands twice.")
    )
    return sentence % facts, _("Keep the numbers as they stand, or change one of them."), _("Keep the numbers")


def _out_of_order(anomaly: ImportAnomaly, row: ImportRow | None, rows: Mapping[int, ImportRow], words: Words) -> Said:
    sentence = _("%(number)s comes out of order.") % {"number": anomaly.where}
    return sentence, _("Keep the numbers as they stand, change them, or move the row."), _("Keep the numbers")


def _separator(anomaly: ImportAnomaly, row: ImportRow | None, rows: Mapping[int, ImportRow], words: Words) -> Said:
    sentence = _("No sign stands between number and text at %(where)s.") % {"where": anomaly.where}
    return sentence, _("See that the number is right and that the title begins where it should."), _("It is right")


def _wrapped(anomaly: ImportAnomaly, row: ImportRow | None, rows: Mapping[int, ImportRow], words: Words) -> Said:
    sentence = _("The heading goes over more than one line. We have put it together.")
    return sentence, _("See that the title is whole."), _("The title is right")


def _after_text(anomaly: ImportAnomaly, row: ImportRow | None, rows: Mapping[int, ImportRow], words: Words) -> Said:
    sentence = _("The heading stands after its text in the document. We have put it first.")
    return sentence, _("See that the right text comes with it."), _("It is right")


def _two_numbers(anomaly: ImportAnomaly) -> dict[str, str]:
    """Return the number referred to and the right one, where both are numbers."""
    said, other = NAMED.match(anomaly.said.strip()), NAMED.match(anomaly.other.strip())
    return {"said": said[1], "other": other[1]} if said and other else {}


def _reference_note(anomaly: ImportAnomaly) -> str:
    if facts := _two_numbers(anomaly):
        return _("The document refers to %(said)s here. What it speaks of stands in %(other)s.") % facts
    return _("The document refers to another place here, which says something else.")


def _reference(anomaly: ImportAnomaly, row: ImportRow | None, rows: Mapping[int, ImportRow], words: Words) -> Said:
    what = f"{capfirst(words.one(row.level))} {path_of(row, rows)}" if row else anomaly.where
    facts = {"what": what.strip(), "said": anomaly.said, "other": anomaly.other}
    if numbers := _two_numbers(anomaly):
        sentence = _("%(what)s refers to %(said)s, but what it speaks of stands in %(other)s.") % {**facts, **numbers}
    elif anomaly.other:
        sentence = _("%(what)s says “%(said)s”. That place says something else: “%(other)s”.") % {
            **facts, "said": short(anomaly.said), "other": short(anomaly.other),
        }  # fmt: skip
    else:
        sentence = _("%(what)s refers to a place that says something else.") % facts
    return sentence, _("Keep the text as it stands, or change it. You may tell the plan’s readers."), _("Keep the text")


def _two_wordings(anomaly: ImportAnomaly, sentence: str) -> str:
    if not (anomaly.said and anomaly.other):
        return sentence
    return _("%(sentence)s “%(said)s” and “%(other)s”.") % {
        "sentence": sentence, "said": short(anomaly.said), "other": short(anomaly.other),
    }  # fmt: skip


def _reworded(anomaly: ImportAnomaly, row: ImportRow | None, rows: Mapping[int, ImportRow], words: Words) -> Said:
    sentence = _("The document says this in two places with different words:")
    if not (anomaly.said and anomaly.other):
        sentence = _("The document says this in two places with different words.")
    return _two_wordings(anomaly, sentence), _("Keep the words we chose, or write the others."), _("Keep the words")


def _folded(anomaly: ImportAnomaly, row: ImportRow | None, rows: Mapping[int, ImportRow], words: Words) -> Said:
    facts = {"said": short(anomaly.said or anomaly.where)}
    sentence = _("The document has one level more than a plan has here: “%(said)s” is left out as a level.") % facts
    return sentence, _("See that each row lies where it should. Move it if not."), _("It is right")


def _summary(anomaly: ImportAnomaly, row: ImportRow | None, rows: Mapping[int, ImportRow], words: Words) -> Said:
    sentence = _("A summary in the document says something else than the text:")
    if not (anomaly.said and anomaly.other):
        sentence = _("A summary in the document says something else than the text.")
    return _two_wordings(anomaly, sentence), _("We follow the text. Change the row if it is wrong."), _("Keep the text")


SAYS: dict[str, Callable[[ImportAnomaly, ImportRow | None, Mapping[int, ImportRow], Words], Said]] = {
    Kind.NUMBER_MISSING: _missing, Kind.NUMBER_DOUBLED: _doubled, Kind.NUMBER_OUT_OF_ORDER: _out_of_order,
    Kind.SEPARATOR_MISSING: _separator, Kind.HEADING_WRAPPED: _wrapped, Kind.HEADING_AFTER_TEXT: _after_text,
    Kind.WRONG_REFERENCE: _reference, Kind.GOAL_REWORDED: _reworded, Kind.LEVEL_FOLDED: _folded,
    Kind.SUMMARY_DIFFERS: _summary,
}  # fmt: skip


def all_told(
    anomalies: Sequence[ImportAnomaly], rows: Mapping[int, ImportRow], words: Words, language: str
) -> tuple[dict[int, list[Odd]], list[Odd]]:
    """Return what is odd by row, and what is odd at no row."""
    at: dict[int, list[Odd]] = {}
    loose: list[Odd] = []
    for one in anomalies:
        row = rows.get(one.row_id or 0)
        odd = told(one, row, rows, words, language)
        if row is None:
            loose.append(odd)
        else:
            at.setdefault(row.pk, []).append(odd)
    return at, loose
