"""What Indre Østfold's presentation of 2020 says of money, in our own words; the sums are the printed ones.

The five lines of 2020 are decided: each gets what it got the year before. What is recommended for 2021–2023 is
proposed, with its conditions, and holds no money. Which area a line of 2020 belongs to follows from the sums: 915,000
for business is one line; the other four are 200,000 less than the 1,620,000 recommended for place. Who was paid, and
what became of the recommendation, the source does not tell: no grant, no outcome and no frame of the fund stands
here. The ledger wants a day for what a budget gives: it is the year's first.
"""
# Tables of facts read better with one thing a line than with one argument a line.
# fmt: off

from datetime import date

from grants.demo.facts import ConditionFact, LineFact, OrganisationFact, SchemeFact
from strategy.demo import indre_ostfold as plan

HOME, PLAN = "indre-ostfold", "indre-ostfold/naering-og-sted"
SOURCE = "Indre Østfold kommune: presentasjon av nærings- og stedsutvikling, 2020"
BUSINESS, PLACE = "Næringsutvikling", "Stedsutvikling"
BUDGET_2020 = "Budsjett 2020, i økonomiplanen 2020–2023"
YEARS = (2021, 2022, 2023)

ORGANISATIONS = (
    OrganisationFact("visit", HOME, "Visit Indre Østfold"),
    OrganisationFact("askimbyen", HOME, "Askimbyen"),
    OrganisationFact("askimregionen", HOME, "Askimregionen Næringsutvikling"),
    OrganisationFact("mysen", HOME, "Mysenregionen"),
    OrganisationFact("spydeberg", HOME, "Småbyen Spydeberg"),
)
"""Those who had a line in 2020."""


def _line_2020(recipient: str, name: str, amount_nok: int, area: str = PLACE) -> LineFact:
    return LineFact(
        f"2020/{recipient}", 2020, name, amount_nok, area=area, recipient=recipient, decision=BUDGET_2020,
        decided=date(2020, 1, 1), serves=plan.COMPANY if area == BUSINESS else "",
    )


def _recommended(year: int) -> tuple[LineFact, LineFact]:
    """Return the yearly frame of each area, as recommended."""
    return (
        LineFact(f"{year}/sted", year, f"{PLACE}, årlig ramme", 1_620_000, area=PLACE),
        LineFact(f"{year}/naering", year, f"{BUSINESS}, årlig ramme", 915_000, area=BUSINESS, serves=plan.COMPANY),
    )


SUPPORT = SchemeFact(
    "naering-og-sted", HOME, "naering-og-sted", "Støtte til nærings- og stedsutvikling", "operating",
    purpose="Selskaper og foreninger som arbeider for bedriftene og stedene, får støtte til driften. I 2020 fikk de "
            "det samme som året før, mens ordningen ble vurdert på nytt.",
    source=SOURCE, first_year=2020,
    cases=(("indre-ostfold-organisering", "organisation"),),
    plan=PLAN, serves=plan.PLACES,
    lines=(
        _line_2020("visit", "Visit Indre Østfold", 620_000),
        _line_2020("askimbyen", "Askimbyen", 300_000),
        _line_2020("askimregionen", "Askimregionen Næringsutvikling", 915_000, BUSINESS),
        _line_2020("mysen", "Mysenregionen", 200_000),
        _line_2020("spydeberg", "Småbyen Spydeberg", 300_000),
        *(line for year in YEARS for line in _recommended(year)),
    ),
    conditions=(
        ConditionFact("matching", "matching", "Næringslivet betaler like mye som kommunen",
                      "Det andre kommuner betaler, teller ikke med.", stage="proposed",
                      first_year=2022, last_year=2023, classes=("business",), share=100),
        ConditionFact("ownership", "by_date", "Næringsselskapet har nye eiere",
                      "Gjelder Indre Østfold Næringsutvikling AS, der bedriftene skal være eiere.", stage="proposed",
                      line="2021/naering", due=date(2020, 12, 31)),
        ConditionFact("no-ownership", "attested", "Kommunen eier ikke, og sitter ikke i styret",
                      "Gjelder næringsselskapet, foreningene og by- og stedsselskapene.", stage="proposed",
                      binds="authority"),
    ),
)

FUND = SchemeFact(
    "naeringsfond", HOME, "naeringsfond", "Næringsfond", "fund",
    purpose="Fondet støtter innovasjon og næringsutvikling. Vekst i arbeidsplasser er et kriterium. Private kan betale "
            "inn. Formannskapet bestemmer detaljene.",
    source=SOURCE, first_year=2020,
    cases=(("indre-ostfold-naeringsfond", "fund"),),
    plan=PLAN, serves=plan.FUND, takes_pledges=True,
    lines=(
        LineFact("2020/fond", 2020, "Avsetning til næringsfondet", 2_500_000, area=BUSINESS,
                 decision="Budsjettvedtaket for 2020, punkt 25", decided=date(2020, 1, 1), to_fund=True),
        LineFact("2020/fond-utvidet", 2020, "Utvidelse av næringsfondet til 3 mill. kroner", 500_000, area=BUSINESS,
                 to_fund=True),
    ),
)

LOCAL = SchemeFact(
    "lokalsamfunnsmidler", HOME, "lokalsamfunnsmidler", "Lokalsamfunnsmidler", "project",
    purpose="Prosjekter i lokalsamfunnet kan få støtte, ved siden av driftsstøtten. Kilden oppgir ikke noe beløp.",
    source=SOURCE, plan=PLAN, serves=plan.LOCAL,
)

SCHEMES = (SUPPORT, FUND, LOCAL)
