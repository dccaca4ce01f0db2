"""A second prize in the same municipality, wholly invented: its jury is at work, one member out of a category."""
# Tables of facts read better with one thing a line than with one argument a line.
# fmt: off

from awards.demo.facts import (
    BodyFact,
    JudgedFact,
    NomineeFact,
    PrizeFact,
    RoundFact,
    SaidFact,
    SeatFact,
    StatutesFact,
    TieFact,
)
from portal.demo import signin_facts

CULTURE, SPORTS = "Kultur og møteplasser", "Idrett og friluftsliv"
MEMBER, CHAIR, ELECTED, TRADE = "jury", "leder", "folkevalgt", "handel"

JURY = BodyFact("jury", "Juryen for Årets ildsjel (oppdiktet)", seats=(
    SeatFact(MEMBER, "business", user="jury"),
    SeatFact(CHAIR, "business", "Oppdiktet Lensmann", chair=True),
    SeatFact(ELECTED, "elected", "Oppdiktet Kommunestyremedlem"),
    SeatFact(TRADE, "business", "Oppdiktet Butikkeier"),
))
STATUTES = StatutesFact(
    1,
    "Statuttene er oppdiktet for demonstrasjonen.\n\n§ 1 Prisen hedrer dem som får andre med.\n\n§ 2 Prisen deles ut "
    "hvert år. Alle kan nominere.\n\n§ 3 Juryen gir poeng og velger to finalister i hver kategori.\n\n§ 4 Alle kan "
    "stemme på finalistene. Stemmene er et råd til juryen.",
    {"interval_years": 1, "nominees": ["association", "person"], "local_only": True, "repeat_years": 2,
     "method": "scoring", "finalists": 2, "vote": "advises"},
    (
        {"title": "Får andre med", "weight": 2, "description": "Hvor mange som blir med, og hvem."},
        {"title": "Varer ved", "weight": 1, "description": "Hvor lenge det har vart, og om det går videre."},
    ),
    from_days=-200,
)


def _nominee(key: str, category: str, name: str, *why: str, **more: object) -> NomineeFact:
    said = tuple(SaidFact("Oppdiktet Nabo" if place else "Oppdiktet Medlem", text, days=-20 - place, is_paper=True)
                 for place, text in enumerate(why))
    return NomineeFact(key, category, name, said, told=True, answer="accepted", **more)  # type: ignore[arg-type]


ROUND = RoundFact(
    "i-ar", 0, 1, "judging",
    {"opens_at": -45, "closes_at": -6, "answer_due_on": -1, "scores_due_on": 6, "jury_meets_on": 9,
     "vote_opens_at": 14, "vote_closes_at": 28, "ceremony_at": 40},
    place="Biblioteket (oppdiktet)", text="Prisen, kandidatene og juryen er oppdiktet.",
    nominees=(
        _nominee("korps", CULTURE, "Oppdiktet Korps", "Korpset har fått femti barn til å spille.",
                 "De spiller på alle torgdager."),
        _nominee("by", CULTURE, "Oppdiktet Byforening", "De fyller torget fire helger i året.",
                 number=signin_facts.TOWN),
        _nominee("filmvert", CULTURE, "Oppdiktet Filmvert", "Hun viser film for alle hver torsdag, uten betaling.",
                 kind="person"),
        _nominee("strikk", CULTURE, "Oppdiktet Strikkekafé", "Her møtes de som ellers sitter alene."),
        _nominee("lag", SPORTS, "Oppdiktet Idrettslag", "De har lag for alle, også dem som ikke vil konkurrere."),
        _nominee("trener", SPORTS, "Oppdiktet Trener", "Han har trent jenter i fotball i tjue år.",
                 "Han kjører dem som ikke har skyss.", kind="person"),
        _nominee("loype", SPORTS, "Oppdiktet Løypelag", "De kjører løyper før folk står opp."),
    ),
    ties=(TieFact(ELECTED, "lag", "Jeg sitter i styret i idrettslaget. (oppdiktet)",
                  "Juryen fant at medlemmet er inhabilt, forvaltningsloven § 6. (oppdiktet)"),),
    judged=(
        JudgedFact(CHAIR, CULTURE, {"korps": (5, 5), "by": (4, 4), "filmvert": (4, 3), "strikk": (3, 4)}),
        JudgedFact(ELECTED, CULTURE, {"korps": (4, 5), "by": (5, 3), "filmvert": (3, 4), "strikk": (4, 3)}),
        JudgedFact(MEMBER, CULTURE, {"korps": (4, 5), "by": (4, 3)}, handed_in=False,
                   comments={"korps": "Fikk også med de voksne."}),
        JudgedFact(MEMBER, SPORTS, {"lag": (4, 4), "trener": (5, 3), "loype": (3, 5)},
                   comments={"trener": "Mange har begynt selv etter å ha hatt ham."}),
        JudgedFact(CHAIR, SPORTS, {"lag": (5, 4), "trener": (4, 4), "loype": (3, 4)}),
    ),
    remarks=(
        (CHAIR, "trener", "Hva skjer den dagen han slutter? Det bør vi snakke om."),
        (MEMBER, "trener", "To av spillerne har tatt over et lag."),
    ),
)

PRIZE = PrizeFact(
    key="indre-ostfold/ildsjel",
    name="Årets ildsjel (oppdiktet)",
    slug="arets-ildsjel",
    lede="En oppdiktet pris for dem som får andre med.",
    purpose="Prisen er oppdiktet. Den er her for at du skal kunne prøve juryens sider.",
    categories=((CULTURE, ""), (SPORTS, "")),
    jury=JURY, statutes=(STATUTES,), rounds=(ROUND,), goal="Stedsutvikling", invented=True,
)
