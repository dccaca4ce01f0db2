"""Points that a bullet and a number begin: «• B1 Styrke bedriftene», «• B2 Legge til rette», named again in tables."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from strategy.importing.finding.marks import Mark, mark_of
from strategy.importing.finding.nodes import Node, What

if TYPE_CHECKING:
    from collections.abc import Sequence

FORMS = {"A1", "1.1"}
FEWEST = 2
"""Points of a list, at least, that tell that the document's points begin so."""


def take_numbers(root: Node) -> None:
    """Take the numbers of lists whose every point begins with one, each the next: «E6 over fjellet» alone is none."""
    lists: list[list[tuple[Node, Mark]]] = []
    for parent in root.walk():
        items = [one for one in parent.children if one.what is What.ITEM and one.number is None]
        told = [(one, mark) for one in items if (mark := mark_of(one.text)) is not None and mark.form in FORMS]
        if told and len(told) == len(items) and counts([mark.number or "" for _one, mark in told]):
            lists.append(told)
    if any(len(told) >= FEWEST for told in lists):
        for one, mark in (pair for told in lists for pair in told):
            one.number, one.text = mark.number, mark.text


def counts(numbers: Sequence[str]) -> bool:
    """Say whether numbers count up by one in their last part."""
    return all(following(before) == after for before, after in pairwise(numbers))


def following(number: str) -> str:
    """Return the number after another: B2 after B1, 1.3 after 1.2."""
    head = number.rstrip("0123456789")
    return f"{head}{int(number[len(head) :]) + 1}"
