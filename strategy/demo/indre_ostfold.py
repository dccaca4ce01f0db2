"""Indre Østfold: business and place development, from the municipality's presentation of 2020. Our own words.

The presentation recommends; it is no adopted plan, and prints no number, responsible or date. That the demo shows it as
a plan on hearing is ours. What became of it the source does not tell: no measure has a status.
"""
# Tables of facts read better with one thing a line than with one argument a line.
# fmt: off

from strategy.demo.facts import GoalFact, MeasureFact, PlanFact

COMPANY, FUND, NEWCOMERS, SCHOOLS, FOOD, PRIZE = ".a", ".b", ".c", ".d", ".e", ".f"
PLACES, CONTACTS, EVENTS, LOCAL = ".g", ".h", ".i", ".j"
"""The measures by key, for the schemes that pay for them."""


def _measure(key: str, title: str, description: str) -> MeasureFact:
    return MeasureFact("", title, description, suffix=key.removeprefix("."))


PLAN = PlanFact(
    authority="indre-ostfold",
    slug="naering-og-sted",
    title="Nærings- og stedsutvikling",
    starts=2020,
    ends=None,
    status="hearing",
    vision="En næringsaktiv kommune",
    mission="Kommunen, bedriftene og de frivillige utvikler byene og bygdene sammen.",
    values="Samspill",
    aim="Levende lokalsamfunn og flere arbeidsplasser.",
    source="Indre Østfold kommune: presentasjon av nærings- og stedsutvikling, 2020",
    level_names=("innsatsområde", "strategi", "tiltak"),
    participants=(("indre-ostfold", "owner"),),
    live_view_open=True,
    adoption="indre-ostfold-organisering",
    invented=True,
    goals=(
        GoalFact(
            "", "Næringsutvikling", "Bedriftene som er her, skal vokse, og nye skal velge kommunen.",
            measures=(
                _measure(COMPANY, "Ett næringsselskap for hele kommunen",
                         "Selskapet samler bedriftenes interesser og er kommunens samtalepart."),
                _measure(FUND, "Næringsfond for nyskaping",
                         "Fondet støtter innovasjon og nye arbeidsplasser. Private kan bidra."),
                _measure(NEWCOMERS, "Ta imot nye etableringer",
                         "Kommunen og selskapet arbeider sammen for å få nye bedrifter hit."),
                _measure(SCHOOLS, "Samarbeid med høyskoler og universiteter",
                         "Kunnskapen skal komme bedriftene til gode."),
                _measure(FOOD, "Mer mat laget og solgt lokalt",
                         "Norges største jordbrukskommune skal lage og selge mer av maten selv."),
                _measure(PRIZE, "Næringspris", "Prisen hedrer dem som skaper nye og varige arbeidsplasser."),
            ),
        ),
        GoalFact(
            "", "Stedsutvikling", "Byene og tettstedene skal være levende og trygge, hver på sin måte.",
            measures=(
                _measure(PLACES, "Støtte til by- og stedsselskapene",
                         "Byselskapene i Askim, Mysen og Spydeberg får driftsstøtte, og det gjør Visit Indre Østfold."),
                _measure(CONTACTS, "Kontaktpersoner for hvert sted",
                         "Én hovedkontakt, og én for hvert av fagene sted, kultur, handel, friluft og bymiljø."),
                _measure(EVENTS, "Liv i sentrum hele året", "Kommunen og stedene planlegger arrangementene sammen."),
                _measure(LOCAL, "Lokalsamfunnsmidler", "Prosjekter i lokalsamfunnet kan få støtte."),
            ),
        ),
    ),
)
