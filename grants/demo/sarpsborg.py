"""Sarpsborg's fund, from the start-up note of 2023: decided in the budget for 2023–2026, its shape still to come."""
# Tables of facts read better with one thing a line than with one argument a line.
# fmt: off

from datetime import date

from grants.demo.facts import LineFact, SchemeFact
from strategy.demo import sarpsborg as plan

FUND = SchemeFact(
    "sarpsborg-fond", "sarpsborg", "naerings-og-byutviklingsfond", "Nærings- og byutviklingsfond", "fund",
    purpose="Fondet skal hjelpe fram nye bedrifter og byen. Hvordan det skal brukes, kommer i en egen sak.",
    source="Sarpsborg kommune: Oppstartsnotat, 2023", first_year=2023, last_year=2026,
    cases=(("sarpsborg-oppstartsnotat", "other"),),
    plan="sarpsborg/handlingsprogram-for-naeringsutvikling", serves=plan.FUND,
    lines=(
        LineFact("fond", 2023, "Avsetning til fondet 2023–2026", 1_000_000,
                 decision="Bystyret: budsjett og handlingsplan 2023–2026", decided=date(2023, 1, 1), to_fund=True),
    ),
)

SCHEMES = (FUND,)
