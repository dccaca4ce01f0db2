"""Figures kept for the indicators: Halden's tables and Sarpsborg's targets, exactly as printed.

Two definitions are two indicators: jobs (arbeidsplasser) and employees (ansatte) are never one series, and the
table's age group (15–74) is not the target's (20–66).
"""
# Tables of facts read better with one thing a line than with one argument a line.
# fmt: off

from decimal import Decimal
from typing import NamedTuple


class Value(NamedTuple):
    """One printed figure: the end of which year, and its value in the indicator's unit."""

    year: int
    value: Decimal


class SeriesFact(NamedTuple):
    """One indicator in one area."""

    indicator: str
    area: str
    unit: str
    values: tuple[Value, ...]


class TargetFact(NamedTuple):
    """What is wanted: a level, a change since a baseline, or a share of another area's level."""

    authority: str
    indicator: str
    kind: str  # level | change | share
    unit: str
    value: Decimal
    year: int
    baseline: Value | None = None
    baseline_year: int | None = None
    printed_growth: Decimal | None = None  # per cent a year, as printed
    note: str = ""


class BusinessType(NamedTuple):
    """Employees in one of the four types of business at the end of 2024, and the printed share in per cent."""

    name: str
    employees: int
    percent: int


def _series(indicator: str, area: str, unit: str, values: dict[int, str]) -> SeriesFact:
    return SeriesFact(indicator, area, unit, tuple(Value(year, Decimal(value)) for year, value in values.items()))


EMPLOYMENT = "Andel sysselsatte, 15–74 år"
PRIVATE, PUBLIC, ALL_JOBS = "Private arbeidsplasser", "Offentlige arbeidsplasser", "Arbeidsplasser i alt"
JOBS = "arbeidsplasser"
EMPLOYEES = "Ansatte"

SERIES = (
    _series(EMPLOYMENT, "Halden", "%", {2020: "57.3", 2021: "59.3", 2022: "59.5", 2023: "59.3", 2024: "59.3"}),
    _series(EMPLOYMENT, "Norge", "%", {2020: "65.8", 2021: "67.5", 2022: "68.5", 2023: "68.5", 2024: "68.1"}),
    _series(EMPLOYMENT, "Sarpsborg", "%", {2024: "61.7"}),
    _series(EMPLOYMENT, "Fredrikstad", "%", {2024: "62.2"}),
    _series(PRIVATE, "Halden", JOBS, {2019: "8425", 2020: "8487", 2021: "8689",
            2022: "8720", 2023: "8727", 2024: "8628"}),
    _series(PUBLIC, "Halden", JOBS, {2019: "4252", 2020: "4309", 2021: "4435",
            2022: "4402", 2023: "4396", 2024: "4367"}),
    _series(ALL_JOBS, "Halden", JOBS, {2019: "12677", 2020: "12796", 2021: "13124",
            2022: "13122", 2023: "13123", 2024: "12995"}),
    _series(EMPLOYEES, "Halden", "ansatte", {2020: "13995"}),
    _series(EMPLOYEES, "Halden", "ansatte", {2024: "14393"}),
)

BUSINESS_TYPES_2024 = (
    BusinessType("Basisnæringer", 3513, 24),
    BusinessType("Besøksnæring", 2134, 15),
    BusinessType("Regional næring", 3412, 24),
    BusinessType("Offentlig sektor", 5334, 37),
)
EMPLOYEES_2024 = 14393

TARGETS = (
    TargetFact("halden", "Sysselsatte", "change", "personer", Decimal(500), 2030, baseline_year=2026,
               note="Startverdien for 2026 er ikke målt ennå."),
    TargetFact("halden", "Andel sysselsatte, 20–66 år", "level", "%", Decimal(70), 2030,
               note="Planens tabell gjelder 15–74 år."),
    TargetFact("sarpsborg", "Arbeidsplasser", "level", "arbeidsplasser", Decimal(33000), 2030,
               baseline=Value(2017, Decimal(27000)), printed_growth=Decimal("1.5"),
               note="27 000 er regnet ut fra en økning på rundt 6 000. Målt vekst 2017–2021: 0,9 % i året."),
    TargetFact("sarpsborg", "Inntekts- og formuesskatt per innbygger", "share", "% av landet", Decimal(100), 2030,
               baseline=Value(2016, Decimal("79.9"))),
)
