"""How well a plan found in a document agrees with what a careful officer wrote down of it by hand.

    python -m tests.strategy.importing.scoring tests/strategy/importing/known/*.docx

Beside each document lies `NAME.truth.json`, in the shape of `proposal.as_json`; optional are "facts", "details" (for the
full number path or the title of a measure: responsible, due, cost), "anomalies", and "unreadable" instead of all else.
A node may name other titles that are as good under "also".
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from strategy.importing.document import Unreadable
from strategy.importing.finding import find
from strategy.importing.proposal import LONGEST_TITLE, Level, Proposal, as_json
from strategy.importing.reading import read

BEGINNING = 20
"""Signs of a title, at least, that must be alike where one title goes on and the other stops."""
BELOW = (("goals", Level.GOAL), ("strategies", Level.STRATEGY), ("measures", Level.MEASURE))


@dataclass(frozen=True)
class Node:
    """A goal, strategy or measure with those above it, the nearest first; `also` are other titles as good."""

    level: Level
    number: str | None
    title: str
    above: tuple[Node, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """Return the full number ("2.7.7"), or the title where a number is lacking."""
        if self.number is None:
            return self.title
        if not self.above or self.above[0].number is None or "." in self.number:
            return self.number
        return f"{self.above[0].path}.{self.number}"

    def __str__(self) -> str:
        """Say the node with its parents on a line."""
        return " < ".join(f"[{one.number or '-'}] {one.title[:70]}" for one in (self, *self.above))


@dataclass
class Share:
    """How many were to be found, were found, and were both."""

    true: int = 0
    found: int = 0
    both: int = 0

    @property
    def recall(self) -> float:
        """Return how much of what was to be found was found."""
        return self.both / self.true if self.true else 1.0

    @property
    def precision(self) -> float:
        """Return how much of what was found was to be found."""
        return self.both / self.found if self.found else float(not self.true)

    @property
    def lowest(self) -> float:
        """Return the lower one of the two."""
        return min(self.recall, self.precision)

    def __add__(self, other: Share) -> Share:
        """Return the two as one."""
        return Share(self.true + other.true, self.found + other.found, self.both + other.both)

    def __str__(self) -> str:
        """Say it as "12/13 recall 0.92 precision 1.00"."""
        return f"{self.both}/{self.true} (found {self.found}) recall {self.recall:.3f} precision {self.precision:.3f}"


@dataclass
class Score:
    """What agrees; `parents` counts a measure only under the right strategy and goal. The lists say what does not."""

    name: str
    goals: Share = field(default_factory=Share)
    strategies: Share = field(default_factory=Share)
    measures: Share = field(default_factory=Share)
    parents: Share = field(default_factory=Share)
    numbers: Share = field(default_factory=Share)
    missing: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    misplaced: list[str] = field(default_factory=list)
    misnumbered: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        """Return all that does not agree, a line for each."""
        kinds = {"missing": self.missing, "extra": self.extra, "misplaced": self.misplaced}
        kinds |= {"number": self.misnumbered, "other": self.other}
        return [f"{kind}: {one}" for kind, many in kinds.items() for one in many]


def plain(title: str) -> str:
    """Return a title with small letters and without signs, so that only its words count."""
    text = unicodedata.normalize("NFKC", title).replace("\u00ad", "").casefold()
    return re.sub(r"[\W_]+", " ", text).strip()


def is_said_as(one: str, other: str) -> bool:
    """Tell whether two titles agree: alike, or one goes on where the other stops after twenty signs or more."""
    short, long = sorted((plain(one), plain(other)), key=len)
    return short == long or (len(short) >= BEGINNING and long.startswith(short))


def agrees(true: Node, found: Node) -> bool:
    """Tell whether a found node says what the true one says."""
    return true.level is found.level and any(is_said_as(title, found.title) for title in (true.title, *true.also))


def is_parent(true: Node, found: Node) -> bool:
    """Tell whether two nodes above a measure are the same one, by number or by title."""
    same_number = true.number is not None and true.number == found.number
    return true.level is found.level and (same_number or agrees(true, found))


def has_parents_of(true: Node, found: Node) -> bool:
    """Tell whether all that stands above agrees, level by level."""
    return len(true.above) == len(found.above) and all(map(is_parent, true.above, found.above))


def nodes(tree: dict[str, Any], above: tuple[Node, ...] = ()) -> Iterator[Node]:
    """Give all nodes of a plan in the shape of `proposal.as_json`, parents first."""
    for key, level in BELOW:
        for one in tree.get(key, ()):
            node = Node(level, one["number"], one["title"], above, tuple(one.get("also", ())))
            yield node
            yield from nodes(one, (node, *above))


def pairs(true: list[Node], found: list[Node]) -> list[tuple[Node, Node]]:
    """Pair what agrees, each only once: first the same parents and number, then less and less."""
    tests = (
        lambda t, f: has_parents_of(t, f) and t.number == f.number and plain(t.title) == plain(f.title),
        lambda t, f: has_parents_of(t, f) and t.number == f.number,
        has_parents_of,
        lambda t, f: True,
    )
    left_true, left_found, paired = list(true), list(found), []
    for test in tests:
        for one in list(left_true):
            match = next((other for other in left_found if agrees(one, other) and test(one, other)), None)
            if match is not None:
                paired.append((one, match))
                left_true.remove(one)
                left_found.remove(match)
    return paired


def score(name: str, truth: dict[str, Any], found: dict[str, Any]) -> Score:
    """Compare a found plan with the true one; both in the shape of `proposal.as_json`."""
    result, true_nodes, found_nodes = Score(name), list(nodes(truth)), list(nodes(found))
    for key, level in BELOW:
        true = [one for one in true_nodes if one.level is level]
        those = [one for one in found_nodes if one.level is level]
        both = pairs(true, those)
        setattr(result, key, Share(len(true), len(those), len(both)))
        placed = [(one, other) for one, other in both if has_parents_of(one, other)]
        if level is Level.MEASURE:
            result.parents = Share(len(true), len(those), len(placed))
        result.numbers += Share(len(both), len(both), sum(one.number == other.number for one, other in both))
        result.misplaced += [f"{other}  (should be {one})" for one, other in both if not has_parents_of(one, other)]
        result.misnumbered += [
            f"{other}  (should be {one.number})" for one, other in both if one.number != other.number
        ]
        result.missing += [f"{level}: {one}" for one in _rest(true, [one for one, _ in both])]
        result.extra += [f"{level}: {one}" for one in _rest(those, [other for _, other in both])]
    result.other += [f"title too long: {one}" for one in found_nodes if len(one.title) > LONGEST_TITLE]
    return result


def _rest(all_of_them: list[Node], taken: list[Node]) -> list[Node]:
    """Return those that are not taken, counting doubles."""
    counted, rest = Counter(taken), []
    for one in all_of_them:
        if counted[one]:
            counted[one] -= 1
        else:
            rest.append(one)
    return rest


def details(proposal: Proposal) -> dict[str, dict[str, Any]]:
    """Return responsible, due and cost of the measures, by full number path and by title."""
    result: dict[str, dict[str, Any]] = {}
    for row in proposal.rows:
        if row.level is not Level.MEASURE:
            continue
        due = [row.due.isoformat(), row.due_precision] if row.due else None
        said = {"responsible": row.responsible, "due": due, "cost": row.cost_nok}
        path, above = row.number, row.parent
        while path is not None and above is not None and "." not in path:
            number = proposal.rows[above].number
            path, above = (None if number is None else f"{number}.{path}"), proposal.rows[above].parent
        for key in (path, plain(row.title)):
            if key is not None:
                result.setdefault(key, said)
    return result


def differing_details(truth: dict[str, Any], proposal: Proposal) -> list[str]:
    """Say where responsible, due or cost is not what the truth states; what it does not state is not asked about."""
    found, differing = details(proposal), []
    for key, stated in truth.get("details", {}).items():
        there = found.get(key) or found.get(plain(key))
        if there is None:
            there = next((one for title, one in found.items() if is_said_as(title, key)), {})
        differing += [f"{key}: {what} is {there.get(what)!r}, not {value!r}" for what, value in stated.items()
                      if there.get(what) != value]  # fmt: skip
    return differing


def differing_facts(truth: dict[str, Any], proposal: Proposal) -> list[str]:
    """Say where a fact of the plan is not what the truth states; texts agree as titles do."""
    differing = []
    for what, value in truth.get("facts", {}).items():
        there = getattr(proposal.facts, what)
        same = is_said_as(there, value) if isinstance(value, str) and isinstance(there, str) else there == value
        differing += [] if same else [f"{what} is {there!r}, not {value!r}"]
    return differing


def differing_anomalies(truth: dict[str, Any], proposal: Proposal) -> list[str]:
    """Say which stated anomalies are not found, and which found ones, of the kinds that are stated, are not stated.

    A truth without "anomalies" states nothing; with an empty list it states that nothing is missing or doubled.
    """
    if "anomalies" not in truth:
        return []
    stated = {(one["kind"], plain(one["where"])) for one in truth["anomalies"]}
    kinds = {kind for kind, _ in stated} | {"number_missing", "number_doubled"}
    there = {(one.kind.value, plain(one.where)) for one in proposal.anomalies if one.kind.value in kinds}
    lacking = [f"not reported: {kind} {where}" for kind, where in sorted(stated - there)]
    return lacking + [f"reported without cause: {kind} {where}" for kind, where in sorted(there - stated)]


def truth_of(path: Path) -> dict[str, Any]:
    """Return what a careful officer wrote down of a document."""
    truth: dict[str, Any] = json.loads(path.with_name(f"{path.name}.truth.json").read_text(encoding="utf-8"))
    return truth


def documents(folder: Path) -> list[Path]:
    """Return the documents of a folder that have a truth beside them."""
    beside = sorted(folder.glob("*.truth.json"))
    return [one.with_name(one.name.removesuffix(".truth.json")) for one in beside]


def found_in(path: Path) -> Proposal:
    """Return what the rules find in a document."""
    return find(read(path, path.name))


def score_of(path: Path) -> Score:
    """Read a document, find its plan and compare it with its truth; a refusal finds nothing."""
    truth = truth_of(path)
    try:
        proposal = found_in(path)
    except Unreadable as refused:
        result = score(path.name, truth, {})
        if truth.get("unreadable") != refused.why.value:
            result.other.append(f"refused: {refused.why.value}")
        return result
    result = score(path.name, truth, as_json(proposal))
    if "unreadable" in truth:
        result.other.append(f"not refused as {truth['unreadable']}")
    result.other += differing_details(truth, proposal) + differing_anomalies(truth, proposal)
    result.other += differing_facts(truth, proposal)
    return result


def main(paths: list[str]) -> None:
    """Print the score of each document with what is missing and extra, and of them all."""
    whole = Score("all")
    for path in [Path(one) for one in paths if not one.endswith(".truth.json")]:
        one = score_of(path)
        print(f"== {one.name}")
        for what in ("goals", "strategies", "measures", "parents", "numbers"):
            print(f"   {what:10} {getattr(one, what)}")
            setattr(whole, what, getattr(whole, what) + getattr(one, what))
        for fault in one.faults:
            print(f"   {fault}")
    print("== all")
    for what in ("goals", "strategies", "measures", "parents", "numbers"):
        print(f"   {what:10} {getattr(whole, what)}")


if __name__ == "__main__":
    main(sys.argv[1:])
