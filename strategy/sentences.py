"""The sentences that figures turn into, in the active language. Pure but for the language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from portal.calendar import Precision, format_precise
from strategy.rules import GapKind, Standing, number_gaps

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from strategy.content import PlanWords, ReportHead, Treatment
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


def how_it_goes(
    counts: Mapping[Standing, int], word: str = "tiltak", *, undated: int = 0, unreported: int = 0, behind: int = 0,
    asks: int = 0, body: str = "",
) -> str:  # fmt: skip
    """Return the plan in a breath: late and may be, on track and completed, without a due date or a report, asked.

    `behind` counts the targets that are behind what was expected, or go the wrong way.
    """
    total = sum(counts.values())
    if not total:
        return _("The plan has no %(measures)s yet.") % {"measures": several(word)}
    parts = [_late_and_at_risk(counts[Standing.LATE], counts[Standing.AT_RISK], counted(total, word))]
    parts.append(
        _("%(on_track)s on track, and %(done)s completed.")
        % {"on_track": capfirst(in_words(counts[Standing.ON_TRACK])), "done": in_words(counts[Standing.DONE])}
    )
    if undated:
        text = ngettext("%(count)s has no due date.", "%(count)s have no due date.", undated)
        parts.append(text % {"count": capfirst(in_words(undated))})
    if unreported:
        parts.append(_unreported(unreported, word))
    if behind:
        text = ngettext("%(count)s target is behind.", "%(count)s targets are behind.", behind)
        parts.append(text % {"count": capfirst(in_words(behind))})
    if asks:
        parts.append(asked(asks, body))
    return " ".join(parts)


def in_short(counts: Mapping[Standing, int], word: str = "tiltak") -> str:
    """Return the first half of that breath: how many are late and may be."""
    total = sum(counts.values())
    return _late_and_at_risk(counts[Standing.LATE], counts[Standing.AT_RISK], counted(total, word)) if total else ""


def _unreported(count: int, word: str) -> str:
    text = ngettext("%(count)s %(measures)s has no report.", "%(count)s %(measures)s have no report.", count)
    return text % {"count": capfirst(in_words(count)), "measures": one(word) if count == 1 else several(word)}


def asked(count: int, body: str) -> str:
    """Return how many questions a body gets: «Formannskapet får to spørsmål å ta stilling til.»"""
    if body:
        text = ngettext(
            "%(body)s gets %(count)s question to decide.", "%(body)s gets %(count)s questions to decide.", count
        )
    else:
        text = ngettext("%(count)s question waits to be decided.", "%(count)s questions wait to be decided.", count)
        return text % {"count": capfirst(in_words(count))}
    return text % {"body": capfirst(body), "count": in_words(count)}


def late_then_and_now(before: int, now: int, word: str) -> str:
    """Return «Forsinkede tiltak har gått fra fire til seks.»"""
    facts = {"measures": several(word), "before": in_words(before), "now": in_words(now)}
    if before == now:
        return _("Late %(measures)s are %(now)s, as they were.") % facts
    return _("Late %(measures)s have gone from %(before)s to %(now)s.") % facts


def long_day(day: dt.date, precision: Precision = Precision.DAY) -> str:
    """Return «7. september 2026», for running text; never more precise than it was stated."""
    return format_precise(day, precision, get_language() or "nb", in_text=True)


def heading_of(report: ReportHead, period: str) -> str:
    """Return «Rapport nr. 2 for 2. tertial 2026. Tallene er låst 7. september 2026.», and why it was corrected."""
    facts = {"number": report.number, "period": period, "day": long_day(report.frozen_on)}
    parts = [_("Report no. %(number)s for %(period)s.") if period else _("Report no. %(number)s.")]
    parts.append(_("The figures are frozen %(day)s."))
    told = [part % facts for part in parts]
    if report.version > 1:
        text = _("This is version %(version)s, which corrects the one before: %(reason)s")
        told.append(text % {"version": report.version, "reason": report.reason})
    return " ".join(told)


def treated(treatment: Treatment, body: str) -> str:
    """Return «Behandles i formannskapet 24. september 2026, sak 84/26.», as much of it as is known."""
    if not body:
        return ""
    when = f" {long_day(treatment.on, treatment.precision)}" if treatment.on else ""
    number = _(", case %(number)s") % {"number": treatment.number} if treatment.number else ""
    return _("Goes to %(body)s%(when)s%(number)s.") % {"body": body, "when": when, "number": number}


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
    def of(cls, plan: Plan | PlanWords) -> Words:
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
