"""Indre Østfold's business prize.

From the presentation of 2020: the purpose (in our words), the four categories, and the working group that the section
leader sets up, of business people and one elected member, which coordinates, finances, awards and writes the statutes.
Everything else is invented, and marked so: statutes, members, nominees, winners and dates.
"""
# Tables of facts read better with one thing a line than with one argument a line.
# fmt: off

from awards.demo.facts import (
    BodyFact,
    JudgedFact,
    NomineeFact,
    OutcomeFact,
    PrizeFact,
    RoundFact,
    SaidFact,
    SeatFact,
    StatutesFact,
    TieFact,
    WonFact,
)
from grants.demo.indre_ostfold import FUND, SOURCE
from portal.demo import signin_facts

ENVIRONMENT, SUSTAINABILITY, INNOVATION, FOUNDING = "Miljø", "Bærekraft", "Innovasjon", "Entreprenørskap"
MEMBER, CHAIR, ELECTED = "jury", "leder", "folkevalgt"

GROUP = BodyFact("working_group", "Arbeidsgruppa for næringsprisen", key="indre-ostfold/working_group", seats=(
    SeatFact("bedrift", "business", "Oppdiktet Bedriftsleder", chair=True),
    SeatFact("bonde", "business", "Oppdiktet Gårdbruker"),
    SeatFact("folkevalgt", "elected", "Oppdiktet Folkevalgt"),
))
JURY = BodyFact("jury", "Juryen for næringsprisen", key="indre-ostfold/jury", seats=(
    SeatFact(MEMBER, "business", user="jury"),
    SeatFact(CHAIR, "business", "Oppdiktet Juryleder", chair=True),
    SeatFact(ELECTED, "elected", "Oppdiktet Varaordfører"),
))

TEXT = """Statuttene er oppdiktet for demonstrasjonen.

§ 1 Formål
Prisen hedrer dem som skaper og trygger arbeidsplasser i Indre Østfold.

§ 2 Når og i hvilke kategorier
Prisen deles ut hvert år, i miljø, bærekraft, innovasjon og entreprenørskap. Juryen kan la være å dele ut prisen i en
kategori.

§ 3 Hvem som kan få prisen
Bedrifter, foreninger og personer som hører til i kommunen. Den som har vunnet, kan vinne igjen etter fire år.

§ 4 Hvem som kan nominere
Alle kan nominere, og skal si hvorfor. Hvem som er nominert, er ikke offentlig før prisen er delt ut.

§ 5 Juryen
Juryen gir poeng etter kriteriene, hver for seg, og velger vinneren i et møte. Den som er knyttet til en kandidat, er
ute av den kategorien."""
VOTED = """

§ 6 Folkets stemme
Juryen velger inntil {most} finalister i hver kategori. Alle kan stemme på dem. Stemmene er et råd til juryen."""
CRITERIA = (
    {"title": "Nye og varige arbeidsplasser", "weight": 3, "description": "Hva som er skapt eller trygget."},
    {"title": "Utenom det vanlige", "weight": 2, "description": "Hva kandidaten har gjort som andre ikke gjør."},
    {"title": "Betydning for kommunen", "weight": 1, "description": "Hva det har å si for stedet og for andre."},
)
RULES = {
    "interval_years": 1, "nominees": ["company", "association", "person"], "local_only": True, "repeat_years": 4,
    "method": "scoring", "money_nok": 25_000, "vote": "advises",
}
FIRST = StatutesFact(1, TEXT + VOTED.format(most="to"), {**RULES, "finalists": 2}, CRITERIA, from_days=-700)
SECOND = StatutesFact(2, TEXT + VOTED.format(most="tre"), {**RULES, "finalists": 3}, CRITERIA, from_days=-60)


def _paper(name: str, category: str, key: str, why: str, **more: object) -> NomineeFact:
    """Return a nominee of the round that is over."""
    said = (SaidFact("Oppdiktet Nabo", why, days=-405, is_paper=True),)
    return NomineeFact(key, category, name, said, told=True, answer="accepted", **more)  # type: ignore[arg-type]


def _points(category: str, member: dict[str, tuple[int, ...]], chair: dict[str, tuple[int, ...]],
            elected: dict[str, tuple[int, ...]] | None = None) -> tuple[JudgedFact, ...]:
    rows = ((MEMBER, member), (CHAIR, chair), (ELECTED, elected))
    return tuple(JudgedFact(seat, category, points) for seat, points in rows if points)


LAST_YEAR = RoundFact(
    "i-fjor", 1, 1, "announced",
    {"opens_at": -420, "closes_at": -392, "answer_due_on": -387, "scores_due_on": -384, "vote_opens_at": -382,
     "vote_closes_at": -372, "jury_meets_on": -366, "ceremony_at": -350},
    place="Kulturtorget (oppdiktet)",
    text="Nominasjonene, stemmene, vinnerne og møtet dette året er oppdiktet. Stemmene ble avgitt og talt opp da "
         "demonstrasjonen ble lastet.",
    nominees=(
        _paper("Oppdiktet Gjenbruk AS", ENVIRONMENT, "gjenbruk", "De gjør gamle byggevarer til nye, med sju ansatte.",
               place="Mysen"),
        _paper("Oppdiktet Renseri", ENVIRONMENT, "renseri", "De har sluttet med kjemikalier."),
        _paper("Oppdiktet Gårdsutsalg", SUSTAINABILITY, "gardsutsalg",
               "De selger maten fra elleve gårder og har ansatt fem.", place="Eidsberg"),
        _paper("Oppdiktet Sag og Høvleri AS", SUSTAINABILITY, "sag", "Trevirket er herfra, og fliset varmer bygda.",
               number="311800019"),
        _paper("Oppdiktet Kafé AS", INNOVATION, "kafe", "De fant opp torgkaffen, og gata fikk liv igjen.",
               number=signin_facts.CAFE, place="Askim"),
        _paper("Oppdiktet Sykkelverksted AS", INNOVATION, "sykkel", "De leier ut sykler som henger sammen med bussen.",
               number="311811185"),
        _paper("Oppdiktet Nettbutikk", FOUNDING, "nett", "De har begynt å selge garn på nettet."),
    ),
    ties=(TieFact(ELECTED, "sag", "Søsteren min eier halve saga. (oppdiktet)",
                  "Juryen fant at medlemmet er inhabilt, forvaltningsloven § 6. (oppdiktet)"),),
    judged=(
        *_points(ENVIRONMENT, {"gjenbruk": (5, 4, 4), "renseri": (2, 3, 2)},
                 {"gjenbruk": (4, 5, 4), "renseri": (3, 2, 2)}, {"gjenbruk": (4, 4, 3), "renseri": (3, 3, 3)}),
        *_points(SUSTAINABILITY, {"gardsutsalg": (5, 4, 5), "sag": (4, 3, 4)},
                 {"gardsutsalg": (4, 4, 5), "sag": (4, 4, 3)}),
        *_points(INNOVATION, {"kafe": (4, 5, 5), "sykkel": (4, 4, 3)}, {"kafe": (4, 4, 5), "sykkel": (3, 5, 3)},
                 {"kafe": (3, 5, 4), "sykkel": (4, 4, 4)}),
        *_points(FOUNDING, {"nett": (1, 2, 1)}, {"nett": (2, 1, 1)}, {"nett": (1, 1, 2)}),
    ),
    outcomes=(
        OutcomeFact(
            ENVIRONMENT, "gjenbruk",
            "Oppdiktet Gjenbruk AS viser at miljø og arbeidsplasser hører sammen. De har bygd opp en bedrift på det "
            "andre kaster, og lærer det bort.",
            {MEMBER: "gjenbruk", CHAIR: "gjenbruk", ELECTED: "gjenbruk"}),
        OutcomeFact(
            SUSTAINABILITY, "gardsutsalg",
            "Oppdiktet Gårdsutsalg har gitt elleve gårder en felles dør ut til kundene. Maten blir i bygda, og det "
            "gjør pengene også.",
            {MEMBER: "gardsutsalg", CHAIR: "gardsutsalg"}),
        OutcomeFact(
            INNOVATION, "kafe",
            "Oppdiktet Kafé AS tok torget i bruk på en ny måte. Ideen var enkel, og den ga ni nye årsverk.",
            {MEMBER: "kafe", CHAIR: "kafe", ELECTED: "sykkel"},
            grounds="Sykkelverkstedet ble nevnt for samarbeidet, og fikk flest stemmer fra publikum. Stemmene er et "
                    "råd."),
        OutcomeFact(
            FOUNDING, "",
            "Juryen deler ikke ut prisen i denne kategorien. Det kom én nominasjon, og bedriften er så ny at juryen "
            "vil se hvordan det går. Juryen oppfordrer til å nominere igjen.",
            {MEMBER: "", CHAIR: "", ELECTED: ""}),
    ),
    ballots=(
        (9, ("gjenbruk", "gardsutsalg", "sykkel")), (6, ("gjenbruk", "sag", "kafe")), (5, ("renseri", "sykkel")),
        (4, ("gardsutsalg", "kafe")), (3, ("sag", "sykkel")), (2, ("renseri", "gardsutsalg")),
    ),
)

THIS_YEAR = RoundFact(
    "i-ar", 0, 2, "published",
    {"opens_at": -14, "closes_at": 25, "answer_due_on": 35, "scores_due_on": 50, "jury_meets_on": 55,
     "vote_opens_at": 60, "vote_closes_at": 74, "ceremony_at": 90},
    place="Kulturtorget (oppdiktet)",
    text="Datoene og nominasjonene dette året er oppdiktet. Du kan prøve å nominere: ingen blir kontaktet.",
    nominees=(
        NomineeFact(
            "sag", FOUNDING, "Oppdiktet Sag og Høvleri AS", number="311800019", place="Trøgstad",
            email="post@oppdiktet-sag.example", told=True, answer="accepted",
            facts="Vi ansatte fire lærlinger i fjor, og bygger ny tørke. (oppdiktet)",
            said=(
                SaidFact("Oppdiktet Nabo", "De har gitt unge arbeid i tre generasjoner, og tok fire lærlinger i fjor."),
                SaidFact("Oppdiktet Kunde", "De leverer til oss hver uke, også når andre ikke kan."),
                SaidFact("Oppdiktet Lærer", "De tar imot skoleklasser og skaper lyst til å lage noe.", days=-5,
                         is_paper=True, written="Sag og Høvleri"),
            )),
        NomineeFact(
            "saga", FOUNDING, "Oppdiktet Sag & Høvleri",
            said=(SaidFact("Oppdiktet Tilflytter", "Saga er grunnen til at vi flyttet hit."),)),
        NomineeFact(
            "sykkel", INNOVATION, "Oppdiktet Sykkelverksted AS", number="311811185",
            email="post@oppdiktet-sykkel.example", told=True,
            said=(SaidFact("Oppdiktet Pendler", "Nå kan jeg ta sykkel og buss på én billett."),)),
        NomineeFact(
            "kafe", INNOVATION, "Oppdiktet Kafé AS", number=signin_facts.CAFE, place="Askim",
            said=(SaidFact("Oppdiktet Stamgjest", "Torgkaffen er like god i år.", days=-3, is_paper=True),)),
        NomineeFact(
            "ysteri", SUSTAINABILITY, "Oppdiktet Ysteri", email="post@oppdiktet-ysteri.example", told=True,
            answer="declined",
            said=(SaidFact("Oppdiktet Ostevenn", "De bruker all mysa, og varmen går til drivhuset."),)),
        NomineeFact(
            "bonde", SUSTAINABILITY, "Oppdiktet Bonde", kind="person",
            said=(SaidFact("Oppdiktet Nabo", "Han har fått ti gårder med på å dele maskiner."),)),
        NomineeFact(
            "maling", ENVIRONMENT, "Oppdiktet Malingsfabrikk AS", number="311822357",
            said=(SaidFact("Oppdiktet Maler", "Malingen er laget av det som ble igjen i spannene."),)),
    ),
)

PRIZE = PrizeFact(
    key="indre-ostfold/naeringspris",
    name="Indre Østfold kommunes næringspris",
    slug="naeringspris",
    lede="Prisen er en takk til dem som skaper nye og varige arbeidsplasser i kommunen.",
    purpose="Prisen skal få næringslivet i kommunen til å utvikle seg videre og tenke nytt. Den er en takk til "
            "personer, bedrifter og organisasjoner som har gjort noe særlig for nye og varige arbeidsplasser, eller "
            "for å trygge og utvikle dem som er her.\n\nGode ideer som kan bli til noe varig, teller også. Arbeidet "
            "med å velge hvem som får prisen, skal vise fram hva som gjøres for ny næring, og engasjere hele "
            "næringslivet.\n\nSeksjonsleder for næring setter ned en arbeidsgruppe av folk fra næringslivet og én "
            "folkevalgt. Gruppa samordner, skaffer pengene, deler ut prisen og skriver statuttene.",
    categories=((ENVIRONMENT, ""), (SUSTAINABILITY, ""), (INNOVATION, ""), (FOUNDING, "")),
    group=GROUP, jury=JURY, statutes=(FIRST, SECOND), rounds=(LAST_YEAR, THIS_YEAR),
    goal="Næringsutvikling", scheme=FUND.key, source=SOURCE,
    earlier=(
        WonFact(2, INNOVATION, "Oppdiktet Bakeri AS", "De bakte brød av korn som ellers ble fôr.", "Spydeberg"),
        WonFact(3, FOUNDING, "Oppdiktet Gründer", "Hun fikk tre til å begynne for seg selv."),
        WonFact(5, ENVIRONMENT, "Oppdiktet Trevare AS", "De varmer opp skolen med det som blir igjen.", "Mysen"),
    ),
)
