"""Cases with their steps: Sarpsborg's start-up note and how Kongsvingerregionen treats a shared strategy.

A period keeps its precision: "Feb.–mai" runs from the first to the last of those months, and no day is made up.
Where no date is printed, the step has none.
"""
# Tables of facts read better with one thing a line than with one argument a line.
# fmt: off

from datetime import date

from portal.demo.facts import CaseFact, StepFact

FORUM = "Sarpsborg Næringsforening"

SARPSBORG = CaseFact(
    "sarpsborg-oppstartsnotat",
    "sarpsborg",
    "Oppstartsnotat – handlingsprogram for næringsutvikling",
    steps=(
        StepFact(1, "anchoring", "Forankre og planlegge innovative anskaffelser",
                 "Sarpsborg kommune, kommuneledelsen", starts=date(2023, 2, 1)),
        StepFact(1, "workshop", "Smart spesialisering", "Utvalgte lokale bedrifter",
                 starts=date(2023, 2, 1), ends=date(2023, 5, 31)),
        StepFact(1, "information", "Fortelle om arbeidet på frokostmøte", FORUM,
                 starts=date(2023, 3, 2), precision="day"),
        StepFact(1, "workshop", "Handlingsprogrammet", f"{FORUM} og iSarpsborg, styre og daglig leder",
                 starts=date(2023, 3, 1), ends=date(2023, 4, 30)),
        StepFact(1, "workshop", "Handlingsprogrammet", f"{FORUM}, alliansepartnere",
                 starts=date(2023, 3, 1), ends=date(2023, 4, 30)),
        StepFact(1, "workshop", "Handlingsprogrammet", f"{FORUM}, faggruppe Ung",
                 starts=date(2023, 3, 1), ends=date(2023, 4, 30)),
        StepFact(1, "workshop", "Handlingsprogrammet", "iSarpsborg, medlemmer",
                 starts=date(2023, 3, 1), ends=date(2023, 4, 30)),
        StepFact(1, "workshop", "Smart spesialisering", "Klynger og inkubatorer",
                 starts=date(2023, 3, 1), ends=date(2023, 4, 30)),
        StepFact(1, "workshop", "Smart spesialisering og handlingsprogrammet", "Søndre Viken Næringsregion",
                 starts=date(2023, 3, 1), ends=date(2023, 4, 30)),
        StepFact(1, "involvement", "Etter avtale med saksordfører", "Politisk medvirkning",
                 starts=date(2023, 3, 1), ends=date(2023, 5, 31)),
        StepFact(1, "workshop", "Smart spesialisering", "Viken fylkeskommune", starts=date(2023, 4, 1)),
        StepFact(2, "midway", "Underveismelding og høringsutkast", body="executive",
                 starts=date(2023, 6, 1), precision="day"),
        StepFact(3, "hearing", "Begrenset høring", "Inviterte sentrale aktører",
                 starts=date(2023, 7, 1), ends=date(2023, 9, 30)),
        StepFact(4, "recommendation", "Sluttbehandling", body="executive", starts=date(2023, 11, 1)),
        StepFact(5, "decision", "Sluttbehandling", body="council", starts=date(2023, 11, 1)),
    ),
    annexes=(
        "KS: Vellykket næringsutvikling",
        "Menon Economics: Næringsutvikling i Viken etter covid",
        "Universitetet i Stavanger: Smarte diversifiseringsmuligheter",
        "Søndre Viken IPR: Innspill til regionale satsningsområder",
    ),
)

KONGSVINGER = CaseFact(
    "kongsvinger-naeringsstrategi",
    "kongsvingerregionen",
    "Revisjon av næringsstrategien for Kongsvingerregionen",
    steps=(
        StepFact(1, "recommendation", "Behandling i styret", body="board"),
        StepFact(2, "recommendation", "Behandling i representantskapet", body="representatives"),
        StepFact(3, "information", "Felles møte for kommunestyrene", body="joint"),
        *(
            StepFact(4, "decision", "Behandling i kommunestyret", f"Kommunestyret i {name}")
            for name in ("Kongsvinger", "Eidskog", "Grue", "Nord-Odal", "Sør-Odal", "Åsnes")
        ),
    ),
)

CASES = (SARPSBORG, KONGSVINGER)
