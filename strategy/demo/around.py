"""What stands around the demo's plans: how two places were seen, who has a stake, and what the forum asked.

Analyses and stakeholders are public facts in our own words. Questions and answers are invented, and marked so.
"""
# Tables of facts read better with one thing a line than with one argument a line.
# fmt: off

from datetime import date
from typing import NamedTuple

OSTRE_TOTEN, HALDEN = "ostre-toten/naeringsstrategi", "halden/naerings-og-sysselsettingsplan-2026-2030"


class SwotFact(NamedTuple):
    """One field of an analysis: the plan, of what, which field, who saw it so, and what was seen."""

    plan: str
    subject: str
    kind: str
    source: str
    year: int
    texts: tuple[str, ...]


class StakeholderFact(NamedTuple):
    """Someone with a stake in a plan; their order is that of importance."""

    plan: str
    name: str
    interest: str


class QuestionFact(NamedTuple):
    """An invented question from the forum; `measure` is the demo's key of a measure in the plan."""

    key: str
    plan: str
    measure: str
    text: str
    asked: date
    answer_due: date
    is_public: bool = True
    answer: str = ""
    answered: date | None = None
    promised: date | None = None


PERCEIVED = "Slik bedriftene opplever det, spurt da næringsstrategien ble laget"
WITH_HALDEN = "SWOT-analyse laget sammen med Halden"
PLACE, MUNICIPALITY, AREMARK = "lokalsamfunnet", "kommunen", "Aremark"

SWOT = (
    SwotFact(OSTRE_TOTEN, PLACE, "strength", PERCEIVED, 2023, (
        "Navnet Toten er kjent",
        "Kort vei til utdanning og forskning",
        "Kort vei til industri og teknologi",
        "Naboer som fornyer landbruk og teknologi",
        "Landbruket produserer mye",
        "Midt på Østlandet, nær hovedflyplassen",
        "Mye idrett og kultur",
        "Friluftsliv på Totenåsen",
        "Plass nok, og rom for mer",
        "Mjøsa like ved",
    )),
    SwotFact(OSTRE_TOTEN, PLACE, "weakness", PERCEIVED, 2023, (
        "Dårlig vei inn og ut, først og fremst fylkesvei 33",
        "Reiser tar tid: få busser, ingen flybuss, tog bare mot sør",
        "For få tomter og lokaler, for svak infrastruktur",
        "Få kunder og få steder å overnatte",
        "Mulighetene brukes lite og er lite kjent",
        "Svakt omdømme som sted for bedrifter",
    )),
    SwotFact(OSTRE_TOTEN, MUNICIPALITY, "strength", PERCEIVED, 2023, (
        "Dyktige fagfolk på de fleste felt",
        "Landbrukskontoret kan faget og svarer fort",
        "Landbrukskontoret veileder godt",
        "Noen bedrifter blir godt mottatt",
        "Biblioteket får ros",
        "Godt samarbeid med kultur og reiseliv",
        "Et velvillig barnehagekontor",
        "Godt samarbeid med private som leverer tjenester",
        "Arbeider med å bli digital",
    )),
    SwotFact(OSTRE_TOTEN, MUNICIPALITY, "weakness", PERCEIVED, 2023, (
        "Venter på at bedriftene tar kontakt",
        "Ser ikke med blide øyne på næringslivet",
        "Vanskelig å forutse",
        "Stiv og firkantet",
        "Legger for lite til rette",
        "Ser problemer før løsninger",
        "Noen føler seg motarbeidet",
        "Handler først når noe har skjedd",
        "For lite samtale og samarbeid",
        "For lite vilje til service",
    )),
    SwotFact(HALDEN, AREMARK, "opportunity", WITH_HALDEN, 2020, (
        "Gjøre bruk av beliggenheten",
        "Jord- og skogbruk, og det som kan drives ved siden av",
        "Reiseliv og opplevelser",
        "Bli et godt sted å bo",
    )),
    SwotFact(HALDEN, AREMARK, "threat", WITH_HALDEN, 2020, (
        "Eiere som engasjerer seg lite",
        "En kommune som følger for lite opp",
        "Verken nettverk eller miljø for utvikling",
        "Ingen vane med næringsutvikling",
    )),
)

STAKEHOLDERS = (
    StakeholderFact(OSTRE_TOTEN, "Næringslivet", "Den viktigste. Over 100 bedrifter i seks bransjer ble invitert med."),
    StakeholderFact(OSTRE_TOTEN, "Befolkningen", "Vil ha arbeid, varer og tjenester der de bor."),
    StakeholderFact(OSTRE_TOTEN, "Kommunen", "Eier strategien og svarer for at den blir fulgt."),
    StakeholderFact(OSTRE_TOTEN, "Østre Toten Næringsforum",
                    "Ti fra ulike bransjer. Taler bedriftenes sak og følger opp at kommunen gjør det den har lovet."),
    StakeholderFact(OSTRE_TOTEN, "Gjøvikregionen", "Fem kommuner med felles arbeidsmarked og felles strategi."),
)

QUESTIONS = (
    QuestionFact(
        "tomter", OSTRE_TOTEN, "2.5",
        "Hvor mange tomter er klare til å bygge på i dag, og når kommer de neste?",
        asked=date(2026, 9, 15), answer_due=date(2026, 10, 6),
        answer="Én tomt er klar nå. To til får vei og vann neste vår, og da legger vi ut kart over alle tre.",
        answered=date(2026, 10, 2), promised=date(2027, 5, 31),
    ),
    QuestionFact(
        "team", OSTRE_TOTEN, "2.3",
        "Hvor ofte møtes næringsteamet, og kan forumet få vite hva det blir enige om?",
        asked=date(2026, 11, 12), answer_due=date(2026, 12, 3),
    ),
)
