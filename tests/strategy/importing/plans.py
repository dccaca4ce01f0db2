"""Small plans as texts, and what is found in them as lines that read like the plan."""

from __future__ import annotations

from typing import Any

from strategy.importing.document import Document, Kind, Line
from strategy.importing.finding import find
from strategy.importing.proposal import Proposal, as_json


def document(text: str) -> Document:
    """Return a text as the reader of .txt gives it: lines with the empty lines above them counted."""
    lines, gap = [], 0
    for number, said in enumerate(text.strip("\n").split("\n"), 1):
        if said.strip():
            lines.append(Line(said.strip(), 1, number, indent=float(len(said) - len(said.lstrip())), gap=gap))
            gap = 0
        else:
            gap += 1
    return Document(Kind.TXT, 1, tuple(lines))


def found_in(text: str) -> Proposal:
    """Return what is found in a text."""
    return find(document(text))


def outline(plan: Proposal | str) -> list[str]:
    """Return the plan found, a row a line: "goal 1 Title", with the rows below it indented."""
    told: list[str] = []

    def tell(tree: dict[str, Any], depth: int) -> None:
        for key, name in (("goals", "goal"), ("strategies", "strategy"), ("measures", "measure")):
            for one in tree.get(key, ()):
                number = f" {one['number']}" if one["number"] is not None else ""
                told.append(f"{'  ' * depth}{name}{number} {one['title']}")
                tell(one, depth + 1)

    tell(as_json(found_in(plan) if isinstance(plan, str) else plan), 0)
    return told


def odd(plan: Proposal | str) -> list[tuple[str, str]]:
    """Return the kinds and places of what is odd."""
    found = found_in(plan) if isinstance(plan, str) else plan
    return [(one.kind.value, one.where) for one in found.anomalies]
