"""Rows told twice, in lists under their goals and over their measures: «• B1 Havna», «Strategi B1» in a table.

What holds the measures stands where it is listed. Goals and strategies in one part of a plan and tables of measures in
another, parted by headings that are said in both, are made so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from strategy.importing.finding import titles, words

if TYPE_CHECKING:
    from strategy.importing.finding.levels import Found

SHORTEST = 3
"""Signs of a text that can be the same as another's."""
FEWEST = 2
"""Goals, at least, whose lists say what stands under them; the list under one alone may be of all there is."""


def put_where_listed(rows: list[Found]) -> None:
    """Put rows that hold measures where rows that say the same and hold nothing stand, under their several goals.

    Only where they stand under nothing themselves, or all under what happened to be printed last before them.
    """
    by_text: dict[str, list[Found]] = {}
    by_number: dict[tuple[str, str], list[Found]] = {}
    for one in rows:
        if one.word in words.MEASURES or one.below or one.above is None or one.above.word in words.MEASURES:
            continue
        by_text.setdefault(titles.key(one.node.text), []).append(one)
        if one.number is not None:
            by_number.setdefault((one.word, one.number), []).append(one)
    pairs: list[tuple[Found, Found]] = []
    for one in rows:
        if not one.below or one.word in words.MEASURES:
            continue
        is_named = not _says_number_only(one)
        text = titles.key(one.node.text)
        told = by_text.get(text, []) if is_named else by_number.get((one.word, one.number or ""), [])
        if len(told) == 1 and (not is_named or (len(text) >= SHORTEST and _may_be(one, told[0]))):
            pairs.append((one, told[0]))
    if len({id(other.above) for _one, other in pairs}) < FEWEST or len({id(one.above) for one, _other in pairs}) > 1:
        return
    for one, other in pairs:
        if one not in other.chain():
            _stand_as(one, other)


def _says_number_only(one: Found) -> bool:
    """Say whether a row has no words of its own: «Strategi B1»."""
    return one.number is not None and titles.key(one.node.text) in ("", titles.key(f"{one.word} {one.number}"))


def _may_be(one: Found, other: Found) -> bool:
    is_same = one.number is None or other.number is None or one.number == other.number
    return is_same and (not one.word or one.word == other.word)


def _stand_as(one: Found, other: Found) -> None:
    """Let a row stand where another does, with its word, number and text where it has none itself."""
    if _says_number_only(one):
        one.node.text = other.node.text
    one.word = one.word or other.word
    one.node.number = one.number or other.number
    one.put(other.above)
