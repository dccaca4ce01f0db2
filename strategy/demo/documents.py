"""Two plan documents for Halden's officer to read in: the plan as it is printed, and a made-up later edition.

Both are put together from the plan's facts, in our own words; the first with all that is odd in print.
"""

from __future__ import annotations

import textwrap
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from strategy.demo import halden
from strategy.demo.facts import MeasureFact, StrategyFact, measure_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from strategy.demo.facts import GoalFact, PlanFact

WIDTH, HEADING_WIDTH = 88, 55
"""Letters on a line, and in a strategy's heading before it goes on over the next line."""
NEW_PAGE = "\f"
NO_DASH = frozenset({"1.1.1"})
"""Measures with no sign between number and text in print."""
PYRAMID = {
    "2.7": "Attraktivitetspyramiden viser hva som gjør et sted godt å bo, besøke og drive bedrift i.",
    "2.8": "Besøksnæringen bygger opp under attraktivitetspyramiden, se strategi 2.4.",
}
"""What two strategies say of the same thing; the second names the wrong one."""
ABOUT = (
    "Dette dokumentet er laget for demonstrasjonen. Nummer og oppbygning er som i kommunens plan, men mål, strategier"
    " og tiltak er skrevet med andre ord."
)
ABOUT_NEXT = "Denne utgaven er oppdiktet for demonstrasjonen. Kommunen har ikke laget den."
NEXT_TITLE, NEXT_STARTS, NEXT_ENDS = "Nærings- og sysselsettingsplan, oppdiktet ny utgave", 2027, 2031
REWORDED = {
    "1.2.5": MeasureFact("5", "Felles arbeidsmarked med Sverige og en jobbmesse hvert år",
                         "Arbeidsgivere og jobbsøkere fra begge sider av grensen møtes i Halden."),
    "2.4.4": MeasureFact("4", "Én dør inn til kommunen, med svar innen to dager",
                         "Arbeidsgivere får ett kontaktpunkt: avdeling for samfunnsutvikling."),
    "3.2.1": MeasureFact("1", "Digitale løsninger som når flere",
                         "Enklere tilgang og lavere kostnader. Tre nye tjenester prøves ut i året."),
}  # fmt: skip
SAYS = {"2.7.3": "Ansvar: Plan og byggesak. Frist: 1. september 2028."}
"""What the later edition says of a measure besides its words, which are as before."""
DROPPED = frozenset({"2.8.6"})
ADDED = {
    "2.3": MeasureFact("3", "Fagdag for statlige virksomheter", "De statlige arbeidsplassene møtes en gang i året.")
}


class Sent(NamedTuple):
    """A document as an officer sends it; `refused` says why it could not be read, and it has no text then."""

    key: str
    authority: str
    officer: str
    filename: str
    days_ago: int
    text: Callable[[], str] | None = None
    against: str = ""
    refused: str = ""
    pages: int = 0
    size: int = 0


def as_printed() -> str:
    """Return Halden's plan as a text taken out of its PDF, with all that is odd in it."""
    intro = [f"{halden.PLAN.title} {halden.PLAN.starts}–{halden.PLAN.ends}", "Halden kommune", "", *wrapped(ABOUT)]
    return laid_out(halden.PLAN, intro, heading=in_capitals, is_print=True)


def next_edition() -> str:
    """Return a made-up later edition: some measures say something else, one is new and one is gone."""
    intro = [f"{NEXT_TITLE} {NEXT_STARTS}–{NEXT_ENDS}", "Halden kommune", "", *wrapped(ABOUT_NEXT)]
    return laid_out(revised(halden.PLAN), intro, heading=as_written, is_print=False)


def revised(plan: PlanFact) -> PlanFact:
    """Return a plan with the made-up changes of its later edition."""
    return replace(
        plan,
        goals=tuple(
            replace(goal, strategies=tuple(replace(one, measures=_revised(one)) for one in goal.strategies))
            for goal in plan.goals
        ),
    )


def _revised(strategy: StrategyFact) -> tuple[MeasureFact, ...]:
    keyed = [(measure_key(strategy.number, measure), measure) for measure in strategy.measures]
    kept = [REWORDED.get(key, measure) for key, measure in keyed if key not in DROPPED]
    return (*kept, ADDED[strategy.number]) if strategy.number in ADDED else tuple(kept)


# ---- the print ----


def laid_out(plan: PlanFact, intro: list[str], *, heading: Callable[[str, str], list[str]], is_print: bool) -> str:
    """Return the plan as lines of text, each goal on a page of its own."""
    pages = ["\n".join([*intro, "", f"Visjon: {plan.vision}", ""])]
    for goal in plan.goals:
        lines = [*heading(f"Mål {goal.number}:", goal.title), "", *wrapped(goal.description)]
        if is_print:
            lines += ["", *wrapped(un_goals(goal))]
        for strategy in goal.strategies:
            lines += ["", *heading(f"Strategi {strategy.number}", strategy.title), "", *about(strategy, is_print)]
            for measure in strategy.measures:
                dash = "" if is_print and measure_key(strategy.number, measure) in NO_DASH else "– "
                said = "" if is_print else SAYS.get(measure_key(strategy.number, measure), "")
                words = f"Tiltak {measure.number} {dash}{sentence(measure.title)} {measure.description} {said}"
                lines += [*wrapped(words), ""]
        pages.append("\n".join([*lines, ""]))
    return NEW_PAGE.join(pages)


def about(strategy: StrategyFact, is_print: bool) -> list[str]:
    said = " ".join(filter(None, (strategy.description, PYRAMID.get(strategy.number, "") if is_print else "")))
    return [*wrapped(said), ""] if said else []


def un_goals(goal: GoalFact) -> str:
    """Say which of the United Nations' goals are in focus, and which the goal contributes to."""
    focus, more = (
        [str(sdg.number) for sdg in goal.sdgs if sdg.role == role] for role in ("focus", "contributes")
    )  # fmt: skip
    return (
        f"Her er FNs bærekraftsmål nr. {listed(focus)} i fokus. I tillegg bidrar målet til FNs bærekraftsmål nr."
        f" {listed(more)}."
    )


def listed(names: list[str]) -> str:
    return " og ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def in_capitals(word: str, title: str) -> list[str]:
    return textwrap.wrap(f"{word} {title}".upper(), HEADING_WIDTH if word[:2] == "St" else WIDTH)


def as_written(word: str, title: str) -> list[str]:
    return [f"{word} {title}"]


def sentence(title: str) -> str:
    return title if title.endswith((".", "!", "?")) else f"{title}."


def wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH)


SENT = (
    Sent("halden/printed", "halden", "officer", "Nærings- og sysselsettingsplan 2026–2030.txt", 6, as_printed),
    Sent("halden/next", "halden", "officer", "Oppdiktet ny utgave 2027–2031.txt", 2, next_edition,
         against=f"{halden.PLAN.authority}/{halden.PLAN.slug}"),
    Sent("ostre-toten/scanned", "ostre-toten", "ostre_toten_officer", "Oppdiktet skannet plan.pdf", 1,
         refused="scanned", pages=24, size=6_214_000),
)  # fmt: skip
