"""From lines and tables to goals, strategies and measures. `find` is the one way in; its rules can each be read.

The passes, in their order: `regions` leaves out what is not the plan's text, `beside` reads boxes side by side ·
`pieces` joins lines · `boxes` puts goals below their headings, `statements` tells sentences from headings · `outline`
nests them · `conferring` says what is a row, `codes` of what number, `nesting` of points with points below them,
`headed` which headings are measures, `promises` where nothing else does · `runs` nests headings that look alike ·
`promoting` says which headings are rows by what stands below, `levels` which level each is, `listed` where it is
listed · `summary` merges what is told twice · `rows` splits titles from descriptions · `anomalies` reports what is odd.
`guessing` is asked before a refusal. `words` has all the Norwegian.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from strategy.importing.document import Unreadable, Why
from strategy.importing.finding import summary
from strategy.importing.finding.anomalies import anomalies_of
from strategy.importing.finding.boxes import with_boxes_below
from strategy.importing.finding.conferring import confer
from strategy.importing.finding.facts import facts_of
from strategy.importing.finding.guessing import guess
from strategy.importing.finding.levels import found_in, settle
from strategy.importing.finding.outline import outline_of
from strategy.importing.finding.pieces import pieces_of
from strategy.importing.finding.regions import own_blocks
from strategy.importing.finding.rows import in_order, rows_of
from strategy.importing.finding.runs import nest_runs
from strategy.importing.finding.statements import with_statements
from strategy.importing.finding.whose import whose_of
from strategy.importing.proposal import Certainty, Level, Proposal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from strategy.importing.document import Document
    from strategy.importing.finding.levels import Found
    from strategy.importing.proposal import Facts, Row

FEWEST = 2
"""Numbered goals or strategies that make a plan which has no measures."""


def find(document: Document) -> Proposal:
    """Return the goals, strategies and measures that a document says.

    Raises:
        Unreadable: it has no structure that can be trusted (`NO_STRUCTURE`); nothing else, whatever it holds.
    """
    facts = facts_of(document)
    pieces = with_statements(with_boxes_below(pieces_of(own_blocks(document))))
    its = whose_of(document, since=facts.period_start)
    for is_guess in (False, True):
        outline = outline_of(pieces, its)
        if is_guess:
            guess(outline, its)
        confer(outline, its, is_guess=is_guess)
        nest_runs(outline.root, its)
        merged = summary.merge(found_in(outline, its))
        settle(merged.rows)
        rows, _places = rows_of(merged)
        if is_plan(rows):
            break
    else:
        raise Unreadable(Why.NO_STRUCTURE, pages=document.pages)
    if is_guess:
        rows = [replace(row, certainty=Certainty.UNSURE) for row in rows]
    ordered = in_order(merged.rows)
    odd = tuple(anomalies_of(outline, merged, ordered, rows))
    return Proposal(document.kind, tuple(rows), odd, with_words(facts, ordered))


def is_plan(rows: Sequence[Row]) -> bool:
    """Say whether enough has been found: a measure, or two rows with printed numbers."""
    return any(row.level is Level.MEASURE for row in rows) or sum(row.number is not None for row in rows) >= FEWEST


def with_words(facts: Facts, ordered: list[Found]) -> Facts:
    """Return the facts with the document's own words for the levels."""
    said: dict[Level, Counter[str]] = {level: Counter() for level in Level}
    for one in ordered:
        if one.word:
            said[one.level][one.word] += 1
    goal, strategy, measure = (said[level].most_common(1)[0][0] if said[level] else "" for level in Level)
    return replace(facts, goal_word=goal, strategy_word=strategy, measure_word=measure)
