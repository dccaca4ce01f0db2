"""Sarpsborg: action programme for business development, from the start-up note of 2023. Our own words.

The note asks for a limited hearing before the final treatment; that the demo shows the programme as on hearing is ours.
"""
# Tables of facts read better with one thing a line than with one argument a line.
# fmt: off

from strategy.demo.facts import GoalFact, MeasureFact, PlanFact, TagFact

SPECIALISATION = "spesialisering"
FUND = "4.a"
"""The one measure the note tells of, by key; it prints no number."""


def _branch(name: str, number: int, *twigs: str) -> tuple[TagFact, ...]:
    """Return a specialisation and its printed sub-items."""
    return (
        TagFact(SPECIALISATION, name, str(number)),
        *(TagFact(SPECIALISATION, twig, parent=name) for twig in twigs),
    )


PLAN = PlanFact(
    authority="sarpsborg",
    slug="handlingsprogram-for-naeringsutvikling",
    title="Handlingsprogram for næringsutvikling",
    starts=2023,
    ends=None,
    status="hearing",
    aim="Minst 33 000 arbeidsplasser i 2030, og skatteinntekter på nivå med landet.",
    superior_plan="Samfunnsplanen 2018–2030",
    source="Sarpsborg kommune: Oppstartsnotat, 2023",
    level_names=("fokusområde", "strategi", "tiltak"),
    participants=(("sarpsborg", "owner"),),
    adoption="sarpsborg-oppstartsnotat",
    invented=True,
    goals=(
        GoalFact("1", "Godt vertskap", "Ta godt imot bedriftene. Del av arbeidet i dag."),
        GoalFact("2", "God forvaltning", "Saker behandles riktig og raskt. Del av arbeidet i dag."),
        GoalFact("3", "Innovative anskaffelser", "Kommunens innkjøp skal utvikle leverandørene. Nytt område."),
        GoalFact("4", "Næringsfond", "Et fond skal hjelpe fram et økosystem for nye bedrifter. Nytt område.",
                 measures=(MeasureFact("", "Nærings- og byutviklingsfond",
                                       "Bystyret vil ha et fond på 1 mill. kroner. Hvordan det skal brukes, kommer i "
                                       "egen sak.", suffix="a"),)),
        GoalFact("5", "Næringsarealer", "Bedrifter i vekst skal finne tomter som passer. Nytt område."),
    ),
    tags=(
        *_branch("Grønn industri og sirkulærøkonomi", 1, "Elektrifisering", "Sirkulærøkonomi", "Hydrogen",
                 "Batteriteknologi", "Karbonfangst og karbonlagring", "Havvind"),
        *_branch("Automatisering og digitalisering", 2),
        *_branch("Forretningsmessig tjenesteyting (IKT-nisjer)", 3, "Stordataanalyse", "Spill i utdanning",
                 "Energisystemer", "Mobilitetsteknologi", "Smart City"),
        *_branch("Helsebasert næring", 4, "Farmasøytisk industri", "Medisinsk utstyr", "E-helse"),
        *_branch("Skjermede næringer", 5, "Handel", "Bygg og anlegg", "Innenlands transport og logistikk"),
    ),
)
