"""Input rounds. The rounds of Indre Østfold, Sarpsborg and the first of Halden's were; every input is made up.

Dates no source prints are left out. Halden's open hearing prints none at all: it stands as over, on a day not known.
"""
# Tables of facts read better with one thing a line than with one argument a line.
# fmt: off

from datetime import date

from portal.demo.facts import InputFact, InvitationFact, RoundFact

ORGANISATION = RoundFact(
    "indre-ostfold-organisering",
    "indre-ostfold",
    "indre-ostfold-organisering",
    "organisering-av-naering-og-sted",
    "Hvordan skal arbeidet med næring og sted organiseres?",
    lede="Kommunen foreslår å dele arbeidet i to: næringsutvikling og stedsutvikling. Hva som kom inn, står ikke i "
         "kilden.",
    due=date(2020, 6, 26),
)

FUND = RoundFact(
    "indre-ostfold-naeringsfond",
    "indre-ostfold",
    "indre-ostfold-naeringsfond",
    "naeringsfond",
    "Hva skal det nye næringsfondet støtte?",
    lede="Det settes av penger til et næringsfond, og private kan bidra. Formannskapet godkjenner detaljene.",
    questions=("Hvem fra næringslivet kan bidra?", "Hva skal fondet brukes til?", "Hva skal avgjøre hvem som får?"),
    due=date(2020, 6, 10),
    answers_published=date(2020, 6, 18),
    inputs=(
        InputFact(1, "En bedrift i Askim", "La små bedrifter få søke hele året, ikke bare én gang.",
                  date(2020, 6, 3), address="bedrift@askim.example", consequence="taken_in",
                  answer="Fondet får løpende frist for beløp under 50 000 kroner. Se punkt 4 i utkastet til vedtekter.",
                  answered=date(2020, 6, 16), answered_by="indre_ostfold_officer"),
        InputFact(2, "En forening i Spydeberg", "Gi penger til arrangementer også.",
                  date(2020, 6, 8), address="forening@spydeberg.example", consequence="partly",
                  answer="Arrangementer kan få støtte når de gir varige arbeidsplasser. Andre kan søke "
                         "lokalsamfunnsmidler.",
                  answered=date(2020, 6, 16), answered_by="indre_ostfold_officer"),
        InputFact(3, "En innbygger", "Kommunen bør ikke gi støtte til bedrifter.",
                  date(2020, 6, 10), address="innbygger@indre-ostfold.example", consequence="not",
                  answer="Det er vedtatt å sette av penger til et næringsfond. Innspillet legges ved saken.",
                  answered=date(2020, 6, 17), answered_by="indre_ostfold_officer"),
    ),
)

SARPSBORG = RoundFact(
    "sarpsborg-begrenset-horing",
    "sarpsborg",
    "sarpsborg-oppstartsnotat",
    "begrenset-horing",
    "Hva mener du om handlingsprogrammet for næringsutvikling?",
    lede="Begrenset høring juli–september 2023. Sentrale aktører ble invitert. Hvem, og hva de svarte, står ikke i "
         "kilden.",
    audience="invited",
    due=date(2023, 9, 1),
    due_precision="month",
)

HALDEN_PLAN = RoundFact(
    "halden-apen-horing",
    "halden",
    "halden-plan",
    "apen-horing",
    "Hva mener du om nærings- og sysselsettingsplanen?",
    lede="Planen har vært på åpen høring. Kilden oppgir verken datoer eller hva som kom inn.",
    over=True,
)

HALDEN_CENTRE = RoundFact(
    "halden-sentrum",
    "halden",
    "halden-sentrum",
    "levende-sentrum",
    "Hva skal til for et levende sentrum?",
    lede="Vi vil ha flere butikker, spisesteder og folk i gatene. Fortell oss hva som bør komme først.",
    questions=("Hva bør vi gjøre allerede i 2027?", "Hva kan du eller bedriften din bidra med?",
               "Hva er til hinder i dag?"),
    opens=date(2026, 11, 2),
    due=date(2027, 1, 29),
    takes_late=True,
    answer_due=date(2027, 3, 1),
    invited=date(2026, 11, 2),
    invitations=(
        InvitationFact("gardeier", "Gårdeierne i sentrum", "post@gardeierne.example"),
        InvitationFact("studenter", "Studentene i Halden", "post@studentene.example"),
        InvitationFact("handel", "Sentrumsforeningen", "post@sentrumsforeningen.example"),
    ),
    inputs=(
        InputFact(1, "Kafeen på hjørnet", "La oss ha bord ute hele året, med én søknad i stedet for én hvert år.",
                  date(2026, 11, 9), address="kafe@hjornet.example", consequence="taken_in",
                  answer="Vi lager en avtale som gjelder i tre år. Du søker én gang.",
                  answered=date(2026, 11, 16), answered_by="officer"),
        InputFact(2, "Sentrumsforeningen", "Gjør torget bilfritt på lørdager fram til jul, og se hvordan det går.",
                  date(2026, 11, 17), source="invited", invitation="handel", address="post@sentrumsforeningen.example"),
    ),
    invented=True,
)

ROUNDS = (ORGANISATION, FUND, SARPSBORG, HALDEN_PLAN, HALDEN_CENTRE)
