"""Invented applications to Indre Østfold's fund, one for each place an application can stand; nothing of it is real.

What lies behind has fixed days. What waits for somebody came in on the day the demo was loaded, so that its dates are
still ahead.
"""
# Tables of facts read better with one thing a line than with one argument a line.
# fmt: off

from dataclasses import dataclass
from datetime import date

from grants.demo.facts import OrganisationFact, PayoutFact
from grants.demo.indre_ostfold import HOME
from portal.demo import signin_facts

OFFICER, LEADER = "indre_ostfold_officer", "indre_ostfold_leader"
BAKERY, CAFE, TOWN, SAWMILL, BICYCLES, PAINTER = "bakeri", "kafe", "byforening", "sag", "sykkel", "maling"

ORGANISATIONS = (
    OrganisationFact(BAKERY, HOME, "Oppdiktet Bakeri AS", signin_facts.BAKERY, "AS", invented=True),
    OrganisationFact(SAWMILL, HOME, "Oppdiktet Sag og Høvleri AS", "311800019", "AS", invented=True),
    OrganisationFact(BICYCLES, HOME, "Oppdiktet Sykkelverksted AS", "311811185", "AS", invented=True),
    OrganisationFact(PAINTER, HOME, "Oppdiktet Malingsfabrikk AS", "311822357", "AS", invented=True),
)
"""Those of the applicants that the thread has not placed. The register knows the bakery alone."""

DELEGATION = ("leader", 50_000, "Vedtektene for næringsfondet § 4 (oppdiktet)")
"""To which role, up to how much, and where it stands."""
LEGAL_BASIS = "Vedtektene for næringsfondet §§ 2 og 3 (oppdiktet)"
PLAN = "PROSJEKTPLAN (oppdiktet)\n\nHva vi gjør, når, og hvem som gjør det.\n"


@dataclass(frozen=True)
class Aid:
    """Earlier support an applicant declares."""

    giver: str
    decided: str
    amount: str


@dataclass(frozen=True)
class ApplicationFact:
    """One application: who writes it, what it is for, and its sums; the fund is asked for half unless it says else."""

    key: str
    title: str
    summary: str
    new: str
    cost: int
    asked: int
    jobs: str
    organisation: str = ""
    person: str = ""
    """Who writes it in the portal; without one it came by e-mail."""
    received: date | None = None
    buys: str = "Utstyr og rådgivning"
    earlier: tuple[Aid, ...] = ()
    market: str = "Folk her i regionen"
    starts: str = "1.3.2027"
    ends: str = "30.11.2027"


@dataclass(frozen=True)
class DecidedFact:
    """What was decided, when, and what became of it."""

    outcome: str
    on: date | None
    grounds: str
    amount: int | None = None
    public_title: str = ""
    aid: tuple[str, str, str] = ("", "", "")  # (basis, activity, why)


MINIMIS = ("de_minimis", "Prosjekt i en bedrift", "Beløpet er lite, og bedriften har fått lite støtte (oppdiktet).")

DRAFT = ApplicationFact(
    "utkast", "Matfat til hyttefolket", "Vi lager matfat som hentes på kafeen eller kjøres ut.", "", 160_000, 80_000,
    "", CAFE, "bo",
)
RECEIVED = ApplicationFact(
    "mottatt", "Garn av ull fra Indre Østfold", "Jeg vil spinne garn av ull som ellers blir kastet.",
    "Ingen spinner ull fra distriktet i dag.", 180_000, 90_000, "1", person="ada", market="Bedrifter i Norge",
)
SUPPLEMENT = ApplicationFact(
    "supplering", "Digital bestilling på kafeen", "Gjestene bestiller og betaler fra bordet.",
    "Kjøkkenet ser hva som er bestilt, og kaster mindre mat.", 240_000, 120_000, "1,5", CAFE, "bo",
)
ASKED_FOR = "Send oss tilbudet fra leverandøren, og skriv hva kassa koster i året."
BATCHED = ApplicationFact(
    "innstilt", "Høvleri for korte stokker", "Vi bygger om høvelen, så korte stokker kan brukes.",
    "Korte stokker blir til flis i dag.", 640_000, 300_000, "3", SAWMILL, received=date(2026, 10, 26),
    buys="Ombygging av høvel",
)
GRANTED = ApplicationFact(
    "innvilget", "Isbod ved vannet", "Kafeen prøver ut en bod med egen is i sommer.",
    "Isen lages av lokal melk.", 160_000, 80_000, "1", CAFE, received=date(2026, 8, 17), buys="Ismaskin og bod",
    starts="1.9.2026", ends="31.12.2026",
)
REFUSED = ApplicationFact(
    "avslatt", "Nye flagg i sentrum", "Vi bytter flaggene i gata.", "Flaggene er slitte.", 100_000, 50_000, "0", TOWN,
    received=date(2026, 10, 5), buys="Flagg og oppheng",
)
MINIMIS_FULL = ApplicationFact(
    "bagatellmessig", "Surdeigsbrød som holder lenger", "Vi prøver ut en surdeig som gir brød med lengre holdbarhet.",
    "Metoden er ikke brukt i småbakerier.", 600_000, 300_000, "2", BAKERY, "bo", market="Bedrifter i Norge",
    earlier=(Aid("Oppdiktet fylke", "14.5.2024", "420 000"), Aid("Oppdiktet statlig fond", "3.2.2025", "2 850 000")),
)
LAPSED = ApplicationFact(
    "bortfalt", "Leie ut elsykler", "Vi vil leie ut elsykler fra stasjonen.", "Ingen leier ut i dag.", 90_000, 45_000,
    "0,5", BICYCLES, received=date(2026, 8, 10), buys="Elsykler", starts="1.9.2026", ends="31.3.2027",
)
TIED = ApplicationFact(
    "inhabil", "Maling uten løsemidler", "Vi utvikler en maling for gamle trehus.", "Den tåler fukt bedre.", 400_000,
    200_000, "2", PAINTER, received=date(2026, 11, 9), buys="Prøving i laboratorium",
)
APPLICATIONS = (DRAFT, RECEIVED, SUPPLEMENT, BATCHED, GRANTED, REFUSED, MINIMIS_FULL, LAPSED, TIED)

BOARD = {"case_number": "PS 81/26", "outcome": "adopted", "resolution": "Oppdiktet Kafé AS får 80 000 kroner."}
BOARD_MET = date(2026, 9, 24)
ANSWERED = date(2026, 10, 2)
IS_GRANTED = DecidedFact(
    "granted", BOARD_MET, "Prosjektet gir en ny tjeneste og en ny arbeidsplass (oppdiktet).", 80_000,
    "Isbod ved vannet", MINIMIS,
)
PAID = (
    PayoutFact("1", 50_000, date(2026, 10, 20), "Ismaskinen er kjøpt.", prepared=date(2026, 10, 21),
               attested=date(2026, 10, 22), approved=date(2026, 10, 23), file=3, paid=date(2026, 10, 30)),
)
IS_LAPSED = DecidedFact(
    "granted", date(2026, 9, 10), "Utleie av sykler er nytt i kommunen (oppdiktet).", 45_000, "Utleie av elsykler",
    MINIMIS,
)
LAPSED_ON = date(2026, 10, 9)
USE_BY = date(2027, 3, 31)
IS_REFUSED = DecidedFact(
    "refused", None, "Flagg er vanlig drift, og gir ingen arbeidsplasser. Det støtter ikke fondet (oppdiktet).",
)
COMPLAINT = "Vi mener flaggene er mer enn drift: flere handler i sentrum. Se på saken en gang til. (oppdiktet)"
TIE = "Broren min er daglig leder i bedriften. (oppdiktet)"
RULING = "Nær slekt leder bedriften som søker. (oppdiktet)"
