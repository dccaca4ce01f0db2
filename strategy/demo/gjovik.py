"""The regional plans: Gjøvikregionen's goals and grips for 2030, and Kongsvingerregionen's strategies under way.

Neither source prints a first year: the year is the source's own.
"""
# Tables of facts read better with one thing a line than with one argument a line.
# fmt: off

from strategy.demo.facts import GoalFact, PlanFact, StrategyFact

GJOVIK_MEMBERS = ("gjovik", "ostre-toten", "vestre-toten", "nordre-land", "sondre-land")
KONGSVINGER_MEMBERS = ("kongsvinger", "eidskog", "grue", "nord-odal", "sor-odal", "asnes")


def _members(slugs: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((slug, "member") for slug in slugs)


PLAN = PlanFact(
    authority="gjovikregionen",
    slug="regional-strategi",
    title="Regional strategi",
    starts=2023,
    ends=2030,
    aim="Gjøvikregionen skal være kjent i hele landet for arbeid, kompetanse, boliger og opplevelser.",
    source="Gjengitt i Østre Totens næringsstrategi, 2023",
    level_names=("mål", "grep", "tiltak"),
    participants=(("gjovikregionen", "owner"), *_members(GJOVIK_MEMBERS)),
    goals=(
        GoalFact("", "Samlet og synlig region", "Politikere, bedrifter og innbyggere snakker den fram."),
        GoalFact("", "Blant landets fremste på kunnskap", "Regionen er kjent for kompetansen sin."),
        GoalFact("", "Bidrar til trygghet i landet", "Det som lages her, gjør Norge mer robust."),
        GoalFact("", "Bredt arbeidsmarked", "Her finnes jobber med lokalt, regionalt og internasjonalt virkefelt."),
        GoalFact("", "Gode liv i alle aldre", "Det skal være godt å bo her hele livet."),
    ),
    strategies=(
        StrategyFact("1", "Felles historie om regionen", description="Viktige aktører forteller om styrkene."),
        StrategyFact("2", "Ett fellesskap for næringslivet", description="Bedriftene samles regionalt."),
        StrategyFact("3", "Målrettet påvirkning og markedsføring", description="Regionen gjøres kjent."),
        StrategyFact("4", "Tiltrekke ny virksomhet", description="Kommuner og bedrifter henter den sammen."),
        StrategyFact("5", "Koble studenter og bedrifter", description="Flere skal bli i regionen etter studiene."),
        StrategyFact("6", "Innovasjon ut i markedet", description="Forskning, akademia og bedrifter samarbeider."),
    ),
)


def _under_way(slug: str, title: str, adoption: str = "") -> PlanFact:
    return PlanFact(
        authority="kongsvingerregionen",
        slug=slug,
        title=title,
        starts=2024,
        ends=None,
        status="draft",
        source="Presentasjon om arbeidet i Kongsvingerregionen, desember 2024",
        participants=(("kongsvingerregionen", "owner"), *_members(KONGSVINGER_MEMBERS)),
        adoption=adoption,
    )


KONGSVINGER_PLANS = (
    _under_way("naeringsstrategi", "Næringsstrategi", "kongsvinger-naeringsstrategi"),
    _under_way("miljo-og-klimastrategi", "Miljø- og klimastrategi"),
    _under_way("kraftstrategi", "Kraftstrategi"),
)
