"""Cases with their steps: Sarpsborg's start-up note, how Kongsvingerregionen treats a shared strategy, Indre Østfold's
organisation and fund, and the way of Halden's plan.

What came out of a treatment is left open where no source tells it. A period keeps its precision: "Feb.–mai" runs from
the first to the last of those months, and no day is made up. Where no date is printed, the step has none. The due date
of an input round is the round's own, and no step.
"""
# Tables of facts read better with one thing a line than with one argument a line.
# fmt: off

from datetime import date

from portal.demo.facts import CaseFact, StepFact

FORUM = "Sarpsborg Næringsforening"
BUDGET_2025, BUDGET_2026 = date(2024, 12, 12), date(2025, 12, 11)
"""The invented days on which Indre Østfold’s council adopted its budgets."""
MEMBERS = ("kongsvinger", "eidskog", "grue", "nord-odal", "sor-odal", "asnes")

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
    officer="neighbour",
)

KONGSVINGER = CaseFact(
    "kongsvinger-naeringsstrategi",
    "kongsvingerregionen",
    "Revisjon av næringsstrategien for Kongsvingerregionen",
    steps=(
        StepFact(1, "recommendation", "Behandling i styret", body="board"),
        StepFact(2, "recommendation", "Behandling i representantskapet", body="representatives"),
        StepFact(3, "information", "Felles møte for kommunestyrene", body="joint"),
        *(StepFact(4, "decision", "Behandling i kommunestyret", body=f"{member}/council") for member in MEMBERS),
    ),
    officer="kongsvinger_secretary",
)

ORGANISATION = CaseFact(
    "indre-ostfold-organisering",
    "indre-ostfold",
    "Organisering av nærings- og stedsutvikling",
    steps=(
        StepFact(1, "information", "Faglig anbefaling om organisering legges fram", "Indre Østfold kommune",
                 starts=date(2020, 1, 1), precision="year"),
        StepFact(2, "workshop", "Stedsutvikling, før ferien",
                 "Kommunen, byselskapene og Visit Indre Østfold"),
        StepFact(3, "decision", "Politisk sak", "Organ ikke oppgitt", starts=date(2020, 9, 4), precision="day"),
        StepFact(4, "anchoring", "Ny eierstruktur skal være på plass", "Indre Østfold Næringsutvikling AS",
                 starts=date(2020, 12, 31), precision="day"),
    ),
    officer="indre_ostfold_officer",
)

FUND = CaseFact(
    "indre-ostfold-naeringsfond",
    "indre-ostfold",
    "Næringsfond i Indre Østfold",
    steps=(
        StepFact(2, "decision", "Godkjenne detaljene", body="executive"),
    ),
    officer="indre_ostfold_officer",
)

HALDEN_PLAN = CaseFact(
    "halden-plan",
    "halden",
    "Nærings- og sysselsettingsplan 2026–2030",
    steps=(
        StepFact(1, "involvement", "Innspill fra medlemmene", "Halden Næringsutvikling"),
        StepFact(2, "hearing", "Åpen høring", "Lokale og regionale aktører"),
        StepFact(3, "decision", "Behandling av planen", body="council", outcome="adopted",
                 resolution="Planen vedtas.", invented=True),
    ),
    officer="officer",
)

HALDEN_CENTRE = CaseFact(
    "halden-sentrum",
    "halden",
    "Levende sentrum: hva vi gjør først",
    steps=(
        StepFact(2, "recommendation", "Forslag til tiltak i sentrum", body="executive", starts=date(2027, 3, 11),
                 precision="day", papers_due=date(2027, 3, 3), invented=True),
        StepFact(3, "decision", "Vedtak om tiltak i sentrum", body="council", starts=date(2027, 4, 1), invented=True),
    ),
    officer="officer",
    invented=True,
)

HALDEN_REPORTING = CaseFact(
    "halden-rapportering",
    "halden",
    "Rapportering på nærings- og sysselsettingsplanen 2026",
    steps=(
        StepFact(1, "information", "Rapport for 1. tertial", body="executive", starts=date(2026, 5, 21),
                 precision="day", number="41/26", outcome="noted", decided=date(2026, 5, 21),
                 resolution="Rapporten tas til orientering.", invented=True),
        StepFact(2, "information", "Rapport for 2. tertial", body="executive", starts=date(2026, 9, 24),
                 precision="day", number="84/26", outcome="noted", decided=date(2026, 9, 24),
                 resolution="Rapporten tas til orientering. Ny dato for mulighetsstudien tas opp når studien er lagt "
                            "fram.", invented=True),
    ),
    officer="officer",
    invented=True,
)

OSTRE_TOTEN = CaseFact(
    "ostre-toten-oppfolging",
    "ostre-toten",
    "Næringsforumet følger opp næringsstrategien",
    steps=(
        StepFact(1, "information", "Rapport for 1. halvår", body="forum", starts=date(2026, 9, 3), precision="day",
                 outcome="noted", decided=date(2026, 9, 3), resolution="Forumet tar rapporten til orientering.",
                 invented=True),
    ),
    officer="ostre_toten_officer",
    invented=True,
)

INDRE_OSTFOLD_CENTRE = CaseFact(
    "indre-ostfold-sentrum",
    "indre-ostfold",
    "Levende sentrum: ramme og tildeling (oppdiktet)",
    steps=(
        StepFact(1, "decision", "Budsjett 2025", body="council", starts=BUDGET_2025, precision="day", number="98/24",
                 outcome="adopted", decided=BUDGET_2025, resolution="Det settes av 300 000 kroner til liv i sentrum.",
                 invented=True),
        StepFact(2, "decision", "Budsjett 2026", body="council", starts=BUDGET_2026, precision="day", number="104/25",
                 outcome="adopted", decided=BUDGET_2026,
                 resolution="Det settes av 1 200 000 kroner til stedene, av dem 800 000 til liv i sentrum.",
                 invented=True),
        StepFact(3, "decision", "Tildeling til julemarkedet", body="executive", starts=date(2026, 9, 17),
                 precision="day", number="77/26", outcome="adopted", decided=date(2026, 9, 17),
                 resolution="Oppdiktet Byforening får 200 000 kroner. Bedriftene betaler like mye.", invented=True),
    ),
    officer="indre_ostfold_officer",
    invented=True,
)

CASES = (
    SARPSBORG, KONGSVINGER, ORGANISATION, FUND, HALDEN_PLAN, HALDEN_CENTRE, HALDEN_REPORTING, OSTRE_TOTEN,
    INDRE_OSTFOLD_CENTRE,
)
