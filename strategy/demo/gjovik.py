"""The regional plans: Gjøvikregionen's goals and grips for 2030, and Kongsvingerregionen's strategies under way.

Neither source prints a first year: the year is the source's own. Of Gjøvikregionen's measures the source tells two; the
others are made up, and so is all that is said of how the municipalities do them.
"""
# Tables of facts read better with one thing a line than with one argument a line.
# fmt: off

from dataclasses import dataclass
from datetime import date

from strategy.demo.facts import GoalFact, MeasureFact, PlanFact, StrategyFact

GJOVIK_MEMBERS = ("gjovik", "ostre-toten", "vestre-toten", "nordre-land", "sondre-land")
KONGSVINGER_MEMBERS = ("kongsvinger", "eidskog", "grue", "nord-odal", "sor-odal", "asnes")


PROGRAMME, ADVISERS, STORY, VISITS, STUDENTS, PILOTS = "2.a", "2.b", "1.a", "4.a", "5.a", "6.a"
MADE_UP = "Oppdiktet tiltak. Kilden gjengir bare mål og grep."


@dataclass(frozen=True)
class SharedPart:
    """One municipality's made-up part in a shared measure, and what it reported for the half-year; empty: nothing."""

    measure: str
    authority: str
    state: str = "under_way"
    due: date | None = None
    judgement: str = ""
    done_on: date | None = None
    done_since: str = ""
    reason: str = ""
    next_step: str = ""
    new_due: date | None = None
    amount_nok: int = 0
    money: str = "funded"
    reported: bool = True


def _members(slugs: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((slug, "member") for slug in slugs)


PLAN = PlanFact(
    authority="gjovikregionen",
    slug="regional-strategi",
    title="Regional strategi",
    starts=2023,
    ends=2030,
    aim="Gjøvikregionen skal være kjent i hele landet for arbeid, kompetanse, boliger og opplevelser.",
    source="Gjengitt i Østre Totens næringsstrategi, 2023",
    level_names=("mål", "grep", "tiltak"),
    participants=(("gjovikregionen", "owner"), *_members(GJOVIK_MEMBERS)),
    live_view_open=True,
    goals=(
        GoalFact("", "Samlet og synlig region", "Politikere, bedrifter og innbyggere snakker den fram."),
        GoalFact("", "Blant landets fremste på kunnskap", "Regionen er kjent for kompetansen sin."),
        GoalFact("", "Bidrar til trygghet i landet", "Det som lages her, gjør Norge mer robust."),
        GoalFact("", "Bredt arbeidsmarked", "Her finnes jobber med lokalt, regionalt og internasjonalt virkefelt."),
        GoalFact("", "Gode liv i alle aldre", "Det skal være godt å bo her hele livet."),
    ),
    strategies=(
        StrategyFact("1", "Felles historie om regionen", description="Viktige aktører forteller om styrkene.",
                     measures=(
            MeasureFact("", "Felles bilde- og tekstbank om regionen (oppdiktet)", MADE_UP, suffix="a"),
        )),
        StrategyFact("2", "Ett fellesskap for næringslivet", description="Bedriftene samles regionalt.",
                     measures=(
            MeasureFact("", "Felles næringsprogram", "De fem kommunene legger inn midler hvert år.", suffix="a"),
            MeasureFact("", "Næringsrådgiver som førstelinje i hver kommune", "", suffix="b"),
        )),
        StrategyFact("3", "Målrettet påvirkning og markedsføring", description="Regionen gjøres kjent."),
        StrategyFact("4", "Tiltrekke ny virksomhet", description="Kommuner og bedrifter henter den sammen.",
                     measures=(
            MeasureFact("", "Felles vertskap for bedrifter på besøk (oppdiktet)", MADE_UP, suffix="a"),
        )),
        StrategyFact("5", "Koble studenter og bedrifter", description="Flere skal bli i regionen etter studiene.",
                     measures=(
            MeasureFact("", "Studentoppgaver i lokale bedrifter (oppdiktet)", MADE_UP, suffix="a"),
        )),
        StrategyFact("6", "Innovasjon ut i markedet", description="Forskning, akademia og bedrifter samarbeider.",
                     measures=(
            MeasureFact("", "Kommunene som prøvekunder for ny teknologi (oppdiktet)", MADE_UP, suffix="a"),
        )),
    ),
)


_JUNE, _AUTUMN, _NEXT = date(2026, 6, 1), date(2026, 10, 1), date(2027, 6, 30)
_LATE = {"reason": "Vi har ikke hatt folk til det.", "next_step": "Rådgiveren tar det i høst.", "new_due": _AUTUMN}

HALF_YEAR = ("1. halvår 2026", date(2026, 1, 1), date(2026, 6, 30), date(2026, 6, 15), date(2026, 7, 3))
"""Name, first and last day, opening, due date: made up."""
CLOSED = date(2026, 7, 10)
PARTS = (
    SharedPart(PROGRAMME, "gjovik", due=_NEXT, amount_nok=900_000, done_since="Årets tilskudd er betalt."),
    SharedPart(PROGRAMME, "ostre-toten", due=_NEXT, amount_nok=450_000, done_since="Årets tilskudd er betalt."),
    SharedPart(PROGRAMME, "vestre-toten", due=_NEXT, amount_nok=400_000),
    SharedPart(PROGRAMME, "nordre-land", due=_NEXT, judgement="at_risk", amount_nok=200_000, money="proposed",
               done_since="Tilskuddet er ikke vedtatt ennå."),
    SharedPart(PROGRAMME, "sondre-land", "not_started", due=_NEXT, amount_nok=180_000, money="proposed",
               reported=False),
    SharedPart(ADVISERS, "gjovik", "done", done_on=date(2026, 3, 2), amount_nok=1_500_000),
    SharedPart(ADVISERS, "ostre-toten", "done", done_on=date(2026, 1, 12), amount_nok=1_700_000),
    SharedPart(ADVISERS, "vestre-toten", due=_JUNE, **_LATE),
    SharedPart(ADVISERS, "nordre-land", due=_NEXT, reported=False),
    SharedPart(ADVISERS, "sondre-land", due=_JUNE, reported=False),
    SharedPart(STORY, "gjovik", due=_NEXT, done_since="Vi har valgt 60 bilder."),
    SharedPart(STORY, "ostre-toten", due=_JUNE, **_LATE),
    SharedPart(STORY, "vestre-toten", due=_NEXT),
    SharedPart(STORY, "nordre-land", "on_hold"),
    SharedPart(STORY, "sondre-land", "not_started", reported=False),
    SharedPart(VISITS, "gjovik", due=_NEXT, amount_nok=120_000),
    SharedPart(VISITS, "ostre-toten", due=_NEXT, amount_nok=60_000, money="proposed"),
    SharedPart(VISITS, "vestre-toten", "not_started"),
    SharedPart(STUDENTS, "gjovik", due=_JUNE, **_LATE),
    SharedPart(STUDENTS, "ostre-toten", due=_NEXT, done_since="Fire studenter har skrevet oppgave hos oss."),
    SharedPart(STUDENTS, "nordre-land", "not_started", due=_NEXT),
    SharedPart(PILOTS, "gjovik", due=_NEXT, judgement="at_risk", amount_nok=300_000, money="proposed"),
    SharedPart(PILOTS, "vestre-toten", "cancelled", reason="Ingen bedrift meldte seg."),
)

def _under_way(slug: str, title: str, adoption: str = "") -> PlanFact:
    return PlanFact(
        authority="kongsvingerregionen",
        slug=slug,
        title=title,
        starts=2024,
        ends=None,
        status="draft",
        source="Presentasjon om arbeidet i Kongsvingerregionen, desember 2024",
        participants=(("kongsvingerregionen", "owner"), *_members(KONGSVINGER_MEMBERS)),
        adoption=adoption,
    )


KONGSVINGER_PLANS = (
    _under_way("naeringsstrategi", "Næringsstrategi", "kongsvinger-naeringsstrategi"),
    _under_way("miljo-og-klimastrategi", "Miljø- og klimastrategi"),
    _under_way("kraftstrategi", "Kraftstrategi"),
)
