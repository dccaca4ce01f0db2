"""A made-up scheme in Indre Østfold that lets one try the whole way; every name, sum and decision in it is invented.

Something waits for each: a town association and a café have papers to send and money to ask for, and one payout stands
at each step from asked for to paid. On 22 November 2026, of 800 000 for 2026 there was 285 000 left to grant, and a
grant of 400 000 was being assessed. Of 300 000 for 2025 there was 150 000 left when the year was to be closed.
"""
# Tables of facts read better with one thing a line than with one argument a line.
# fmt: off

from datetime import date

from grants.demo.facts import (
    ConditionFact,
    GrantFact,
    LineFact,
    OrganisationFact,
    PayoutFact,
    PledgeFact,
    ReportFact,
    SchemeFact,
    SourceFact,
)
from grants.demo.indre_ostfold import HOME, PLACE, PLAN
from portal.demo import signin_facts
from portal.demo.cases import BUDGET_2025, BUDGET_2026
from strategy.demo import indre_ostfold as plan

OFFICER, PREPARER, ATTESTER, APPROVER = (
    f"indre_ostfold_{role}" for role in ("officer", "preparer", "attester", "approver")
)
"""The keys of those who handle it."""
ASKS = {"byforening": "nora", "kafe": "bo"}
"""Who acts for each recipient, by Ansattporten."""
DRAFTS = {"byforening": "odd", "kafe": "bo"}
"""Who sends papers for each; the association's treasurer prepares things only."""
BANK = {"byforening": "99991234019", "kafe": "99991234027"}
"""Confirmed account numbers, of a series no bank has."""
NEW_BANK = ("kafe", "99991234035")
"""A change that waits for another than the one who entered it."""

ORGANISATIONS = (
    OrganisationFact("byforening", HOME, "Oppdiktet Byforening", signin_facts.TOWN, "FLI", invented=True),
    OrganisationFact("kafe", HOME, "Oppdiktet Kafé AS", signin_facts.CAFE, "AS", invented=True),
)

MATCHING = ConditionFact(
    "matching", "matching", "Bedriftene betaler like mye", "Penger fra kommuner og stat teller ikke.",
    first_year=2026, classes=("business",), share=100,
)
REPORT = ConditionFact(
    "report", "holdback", "Rapport og regnskap", "Fortell hva dere gjorde, og legg ved regnskapet.",
    holdback=20, due=date(2027, 3, 1), line="2026/sentrum",
)
DUE_REPORT = ReportFact("regnskap", REPORT.title, date(2027, 3, 1), condition="report")

SCHEME = SchemeFact(
    "sentrum", HOME, "levende-sentrum", "Levende sentrum (oppdiktet)", "project",
    purpose="En oppdiktet ordning, så du kan prøve alt fra bevilgning til utbetaling. Den støtter arrangementer og "
            "småtiltak i sentrum.",
    first_year=2025, cases=(("indre-ostfold-sentrum", "budget"),), plan=PLAN, serves=plan.EVENTS, invented=True,
    dimensions=(("ansvar", "3100"), ("funksjon", "325")),
    lines=(
        LineFact("2025/sentrum", 2025, "Levende sentrum", 300_000, area=PLACE, step="indre-ostfold-sentrum/1",
                 decided=BUDGET_2025),
        LineFact("2026/steder", 2026, "Stedene, til fordeling", 1_200_000, area=PLACE, step="indre-ostfold-sentrum/2",
                 decided=BUDGET_2026),
        LineFact("2026/sentrum", 2026, "Levende sentrum", 800_000, area=PLACE, step="indre-ostfold-sentrum/2",
                 decided=BUDGET_2026, parent="2026/steder"),
        LineFact("2027/sentrum", 2027, "Levende sentrum", 900_000, area=PLACE),
    ),
    conditions=(MATCHING, REPORT),
)
SCHEMES = (SCHEME,)

PLEDGES = {
    "naeringsfond": (
        PledgeFact("sparebank", "Oppdiktet Sparebank", "business", 250_000, pledged=date(2026, 10, 1),
                   due=date(2027, 2, 1)),
    ),
}
"""By scheme: to the real fund, which invites others to pay in."""

NO_AID = ("no_aid", "Åpne arrangementer for innbyggerne", "Retter seg til lokale innbyggere, og påvirker ikke handelen "
          "mellom land.")
SMALL_AID = ("de_minimis", "Tiltak i en bedrift", "Beløpet er lite. Bedriften har fått lite støtte de siste tre årene.")

CHRISTMAS = GrantFact(
    "julemarked", "sentrum", "2026/sentrum", "byforening", "Julemarked i Askim",
    "Fire helger med boder, lys og musikk på torget.", 200_000,
    decided=date(2026, 9, 17), decision="indre-ostfold-sentrum/3", starts=date(2026, 11, 27), ends=date(2026, 12, 20),
    use_by=date(2027, 6, 30), aid=NO_AID, copies=("matching", "report"),
    sources=(
        SourceFact("sentrumsgard", "Oppdiktet Sentrumsgård AS", "business", 80_000, sent=date(2026, 10, 5)),
        SourceFact("bakeri", "Oppdiktet Bakeri AS", "business", 40_000, sent=date(2026, 10, 12)),
        SourceFact("jernvare", "Oppdiktet Jernvare AS", "business", 30_000, "sent", sent=date(2026, 11, 18)),
        SourceFact("reiseliv", "Oppdiktet Reiseliv AS", "business", 50_000, "pledged"),
        SourceFact("fylke", "Fylket (oppdiktet bidrag)", "state", 25_000, sent=date(2026, 10, 12)),
    ),
    reports=(DUE_REPORT,),
    payouts=(
        PayoutFact("1", 60_000, date(2026, 10, 13), "Til leie av boder.", prepared=date(2026, 10, 14),
                   attested=date(2026, 10, 15), approved=date(2026, 10, 16), file=2, paid=date(2026, 10, 20)),
        PayoutFact("2", 40_000, date(2026, 11, 19), "Til lys og scene."),
    ),
)

STREET_2026 = GrantFact(
    "sommergate-2026", "sentrum", "2026/sentrum", "byforening", "Sommergate 2026",
    "Gata er stengt for biler i åtte uker, med benker og lek.", 150_000,
    decided=date(2026, 4, 9), decision="Delegert vedtak D 14/26 (oppdiktet)", starts=date(2026, 6, 15),
    ends=date(2026, 8, 16), use_by=date(2026, 12, 31), aid=NO_AID, copies=("matching", "report"),
    conditions=(
        ConditionFact("permit", "attested", "Gata er stengt etter vedtak", met=date(2026, 6, 10),
                      met_note="Skiltvedtaket er gjort."),
    ),
    sources=(SourceFact("gardeiere", "Oppdiktet Gårdeierlag AS", "business", 150_000, sent=date(2026, 10, 26)),),
    reports=(DUE_REPORT,),
    payouts=(
        PayoutFact("1", 90_000, date(2026, 11, 10), "Til benker og vertskap.", prepared=date(2026, 11, 12),
                   attested=date(2026, 11, 16)),
        PayoutFact("2", 30_000, date(2026, 11, 2), "Til leker.", prepared=date(2026, 11, 3),
                   attested=date(2026, 11, 5), approved=date(2026, 11, 9)),
    ),
)

SEATS = GrantFact(
    "uteservering", "sentrum", "2026/sentrum", "kafe", "Uteservering hele året",
    "Tak og varme, så gjestene kan sitte ute om vinteren.", 90_000,
    decided=date(2026, 9, 3), decision="Delegert vedtak D 31/26 (oppdiktet)", use_by=date(2027, 3, 31), aid=SMALL_AID,
    copies=("matching", "report"),
    sources=(SourceFact("gardeier", "Oppdiktet Gårdeier AS", "business", 60_000, sent=date(2026, 11, 10)),),
    reports=(DUE_REPORT,),
    payouts=(PayoutFact("1", 50_000, date(2026, 11, 17), "Til tak.", prepared=date(2026, 11, 18)),),
)

EXEMPT = GrantFact(
    "radgivning", "sentrum", "2026/sentrum", "kafe", "Råd til en bedrift i vansker",
    "Bedriften får råd fra en som kan bransjen.", 75_000,
    decided=date(2026, 10, 8), decision="Delegert vedtak D 36/26 (oppdiktet)", aid=SMALL_AID,
    copies=("matching", "report"), reports=(DUE_REPORT,),
    conditions=(ConditionFact("agreement", "by_date", "Avtale med rådgiver", due=date(2027, 1, 31)),),
    exempt=("recipient", "description"), exempt_basis="Offentleglova § 13, jf. forvaltningsloven § 13",
)

LIGHTS = GrantFact(
    "lys", "sentrum", "2026/sentrum", "byforening", "Lys i gatene",
    "Lyslenker i fire gater. Søknaden er på mer enn det som er ledig.", 400_000, copies=("matching", "report"),
    reports=(DUE_REPORT,),
)

STREET_2025 = GrantFact(
    "sommergate-2025", "sentrum", "2025/sentrum", "byforening", "Sommergate 2025",
    "Gata var stengt for biler i seks uker.", 120_000,
    decided=date(2025, 4, 10), decision="Delegert vedtak D 9/25 (oppdiktet)", starts=date(2025, 6, 16),
    ends=date(2025, 7, 27), aid=NO_AID,
    conditions=(ConditionFact("account", "report", "Rapport og regnskap for sommergata"),),
    reports=(
        ReportFact("regnskap", "Rapport og regnskap for sommergata", date(2025, 10, 1), condition="account",
                   sent=date(2025, 9, 22), approved=date(2025, 9, 30),
                   text="Sommergata varte i seks uker. Regnskapet ligger ved. Vi brukte 108 000 kroner."),
    ),
    payouts=(
        PayoutFact("1", 120_000, date(2025, 10, 1), prepared=date(2025, 10, 2), attested=date(2025, 10, 3),
                   approved=date(2025, 10, 6), file=1, paid=date(2025, 10, 9)),
    ),
    claimed=(12_000, date(2026, 11, 3), date(2026, 12, 15), "Det ble brukt 12 000 kroner mindre enn gitt."),
    state="finished",
)

COURSE = GrantFact(
    "kurs", "sentrum", "2025/sentrum", "kafe", "Kurs for kafévertene",
    "Tre kvelder om vertskap og lokal mat.", 80_000,
    decided=date(2025, 5, 8), decision="Delegert vedtak D 15/25 (oppdiktet)", aid=SMALL_AID,
    payouts=(
        PayoutFact("1", 30_000, date(2025, 9, 24), prepared=date(2025, 9, 25), attested=date(2025, 9, 26),
                   approved=date(2025, 9, 29), file=1, paid=date(2025, 10, 9)),
    ),
    released=(50_000, date(2025, 12, 1), "To av kveldene ble ikke holdt."), state="lapsed",
)

GRANTS = (STREET_2025, COURSE, STREET_2026, SEATS, CHRISTMAS, EXEMPT, LIGHTS)
FILES = {1: date(2025, 10, 7), 2: date(2026, 10, 19)}
"""The day each payment file was made."""
