"""The sentences that figures turn into, in the active language. Pure but for the language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from strategy.rules import GapKind, Standing, number_gaps

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from strategy.models import Plan

NUMBER_WORDS = (
    gettext_lazy("none"),
    gettext_lazy("one"),
    gettext_lazy("two"),
    gettext_lazy("three"),
    gettext_lazy("four"),
    gettext_lazy("five"),
    gettext_lazy("six"),
    gettext_lazy("seven"),
    gettext_lazy("eight"),
    gettext_lazy("nine"),
)
SAME_IN_PLURAL = ("mål", "tiltak", "grep", "løft")
NUMBER = re.compile(r"\d+(?:\.\d+)*")


def in_words(count: int) -> str:
    """Return "six" for 6 and "27" for 27: words below ten, as in running text."""
    return str(NUMBER_WORDS[count]) if count < len(NUMBER_WORDS) else str(count)


def how_it_goes(counts: Mapping[Standing, int], word: str = "tiltak") -> str:
    """Return the plan in a breath: how many are late and may be, on track and completed, without a due date."""
    total = sum(counts.values())
    if not total:
        return _("The plan has no %(measures)s yet.") % {"measures": several(word)}
    parts = [_late_and_at_risk(counts[Standing.LATE], counts[Standing.AT_RISK], counted(total, word))]
    parts.append(
        _("%(on_track)s on track, and %(done)s completed.")
        % {"on_track": capfirst(in_words(counts[Standing.ON_TRACK])), "done": in_words(counts[Standing.DONE])}
    )
    if undated := counts[Standing.UNDATED]:
        text = ngettext("%(count)s has no due date.", "%(count)s have no due date.", undated)
        parts.append(text % {"count": capfirst(in_words(undated))})
    return " ".join(parts)


def _late_and_at_risk(late: int, at_risk: int, measures: str) -> str:
    facts = {"late": capfirst(in_words(late)), "at_risk": in_words(at_risk), "measures": measures}
    if late and at_risk:
        text = ngettext(
            "%(late)s of %(measures)s is late, and %(at_risk)s may be.",
            "%(late)s of %(measures)s are late, and %(at_risk)s may be.",
            late,
        )
    elif late:
        text = ngettext("%(late)s of %(measures)s is late.", "%(late)s of %(measures)s are late.", late)
    elif at_risk:
        text = _("None of %(measures)s are late, but %(at_risk)s may be.")
    else:
        text = _("None of %(measures)s are late.")
    return text % facts


def joined(parts: Iterable[str]) -> str:
    """Return "a, b and c"."""
    *first, last = list(parts) or [""]
    return _("%(first)s and %(last)s") % {"first": ", ".join(first), "last": last} if first else last


def counted(count: int, word: str) -> str:
    """Return "4 mål", "5 fokusområder": a count with a plan's own word for the level, in the plan's language."""
    match word:
        case "mål":
            return ngettext("%(count)s goal", "%(count)s goals", count) % {"count": count}
        case "strategi":
            return ngettext("%(count)s strategy", "%(count)s strategies", count) % {"count": count}
        case "tiltak":
            return ngettext("%(count)s measure", "%(count)s measures", count) % {"count": count}
    return f"{count} {word if count == 1 else plural(word)}"


class Words(NamedTuple):
    """What a plan calls its levels: one of them, several, and all of them."""

    goal: str
    goals: str
    the_goals: str
    strategy: str
    measure: str
    measures: str
    the_measures: str

    @classmethod
    def of(cls, plan: Plan) -> Words:
        goal, strategy, measure = plan.goal_word, plan.strategy_word, plan.measure_word
        return cls(
            one(goal), several(goal), all_of(goal), one(strategy), one(measure), several(measure), all_of(measure)
        )


def one(word: str) -> str:
    """Return "mål", "fokusområde": a plan's own word for a level, as it is written in running text."""
    return {"mål": _("goal"), "strategi": _("strategy"), "tiltak": _("measure")}.get(word, word)


def several(word: str) -> str:
    """Return "mål", "fokusområder": the plural of a plan's own word for a level."""
    found = {"mål": _("goals"), "strategi": _("strategies"), "tiltak": _("measures")}.get(word)
    return found or plural(word)


def all_of(word: str) -> str:
    """Return "målene", "fokusområdene": all that a plan has of a level; its own words stay Norwegian."""
    found = {"mål": _("the goals"), "strategi": _("the strategies"), "tiltak": _("the measures")}.get(word)
    return found or (f"{word}ne" if word.endswith("e") else f"{word}ene")


def plural(word: str) -> str:
    """Return the plural of a Norwegian word for a level or a dimension: fokusområder, hovedmål, sektorer."""
    if word.endswith(SAME_IN_PLURAL):
        return word
    return f"{word}r" if word.endswith("e") else f"{word}er"


def numbering_note(numbers: Sequence[str], note: str) -> str:
    """Return what the document's own numbering lacks or repeats, after what an officer has noted herself.

    A number that her note mentions is not said twice.
    """
    said = set(NUMBER.findall(note))
    parts = [note] if note else []
    for gap in number_gaps(numbers):
        if gap.number in said:
            continue
        text = (
            _("The plan uses number %(number)s more than once.")
            if gap.kind == GapKind.DOUBLED
            else _("The plan skips number %(number)s.")
        )
        parts.append(text % {"number": gap.number})
    return " ".join(parts)
