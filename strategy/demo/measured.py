"""What the demo's plans are measured by: which printed figures make which indicator, and what is wanted of them.

Printed facts come from `indicators`. What is made up says "oppdiktet", or is marked so as a row. No source says when
figures come: how many days they take is ours.
"""
# Tables of facts read better with one thing a line than with one argument a line.
# fmt: off

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from strategy.demo import indicators as printed

CC_BY = "CC BY 4.0"
HALDEN_PLAN = "halden/naerings-og-sysselsettingsplan-2026-2030"
SARPSBORG_PLAN = "sarpsborg/handlingsprogram-for-naeringsutvikling"
LATE_FIGURES = 540


class SeriesPlace(NamedTuple):
    """One series: its area and category, which values it has, and where Statistics Norway has them."""

    area: str
    category: str = ""
    values: tuple[tuple[date, Decimal], ...] = ()
    table: str = ""
    query: dict[str, str] = {}
    estimated: bool = False
    invented: bool = False
    source: str = ""


class Measure(NamedTuple):
    """One indicator with its series."""

    authority: str
    name: str
    unit: str
    series: tuple[SeriesPlace, ...]
    decimals: int = 0
    definition: str = ""
    source: str = ""
    licence: str = ""
    interval: int = 12
    lag: int = 60


class Wanted(NamedTuple):
    """One target of a plan: which series it measures by, and what the model's columns hold."""

    plan: str
    goal: int | None
    title: str
    indicator: str
    facts: dict[str, Any]
    area: str = ""
    category: str = ""
    compared_with: str = ""
    invented: bool = False


def end_of(year: int) -> date:
    return date(year, 12, 31)


def _values(indicator: str, area: str) -> tuple[tuple[date, Decimal], ...]:
    return tuple(
        (end_of(each.year), each.value)
        for one in printed.SERIES if (one.indicator, one.area) == (indicator, area) for each in one.values
    )


def _whole(**years: str) -> tuple[tuple[date, Decimal], ...]:
    return tuple((end_of(int(year.removeprefix("y"))), Decimal(value)) for year, value in years.items())


JOBS_2021 = (Decimal(27000) * Decimal("1.009") ** 4).quantize(Decimal(1))
"""Sarpsborg's jobs at the end of 2021, counted from 27,000 and the measured 0.9 per cent a year."""

MEASURES = (
    Measure("halden", "Andel sysselsatte, 15–74 år", "%", (
        SeriesPlace("Halden", values=_values(printed.EMPLOYMENT, "Halden"),
                    table="06445", query={"Region": "3101", "Alder": "15-74", "ContentsCode": "Prosent"}),
        SeriesPlace("Norge", values=_values(printed.EMPLOYMENT, "Norge"),
                    table="06445", query={"Region": "0", "Alder": "15-74", "ContentsCode": "Prosent"}),
        SeriesPlace("Sarpsborg", values=_values(printed.EMPLOYMENT, "Sarpsborg"),
                    table="06445", query={"Region": "3105", "Alder": "15-74", "ContentsCode": "Prosent"}),
        SeriesPlace("Fredrikstad", values=_values(printed.EMPLOYMENT, "Fredrikstad"),
                    table="06445", query={"Region": "3107", "Alder": "15-74", "ContentsCode": "Prosent"}),
    ), 1, "Hvor mange av dem mellom 15 og 74 år som er i jobb ved utgangen av året.",
        "Tabell i Halden kommunes plan", lag=LATE_FIGURES),
    Measure("halden", "Arbeidsplasser", "arbeidsplasser", (
        SeriesPlace("Halden", "", _values(printed.ALL_JOBS, "Halden"),
                    "13472", {"Region": "3101", "Sektor": "Alle", "ContentsCode": "SysselEtterArbste"}),
        SeriesPlace("Halden", "Private", _values(printed.PRIVATE, "Halden"),
                    "13472", {"Region": "3101", "Sektor": "Privat", "ContentsCode": "SysselEtterArbste"}),
        SeriesPlace("Halden", "Offentlige", _values(printed.PUBLIC, "Halden"),
                    "13472", {"Region": "3101", "Sektor": "Offentlig", "ContentsCode": "SysselEtterArbste"}),
    ), 0, "Sysselsatte etter arbeidssted ved utgangen av året.", "Tabell i Halden kommunes plan",
        lag=LATE_FIGURES),
    Measure("halden", "Ansatte", "ansatte", (
        SeriesPlace("Halden", "", _values(printed.EMPLOYEES, "Halden")),
        *(SeriesPlace("Halden", kind.name, ((end_of(2024), Decimal(kind.employees)),))
          for kind in printed.BUSINESS_TYPES_2024),
    ), 0, "Ansatte i fire typer næringer ved utgangen av året. En annen måling enn arbeidsplasser.",
        "Halden kommunes plan, etter Telemarksforsking", lag=LATE_FIGURES),
    Measure("halden", "Sysselsatte", "personer", (
        SeriesPlace("Halden", table="11616", query={"Region": "3101", "ContentsCode": "Bosatte"}),
    ), 0, "Sysselsatte som bor i Halden, ved utgangen av året.", "Statistisk sentralbyrå, tabell 11616", CC_BY),
    Measure("halden", "Andel sysselsatte, 20–66 år", "%", (SeriesPlace("Halden"),), 1,
        "Hvor mange av dem mellom 20 og 66 år som er i jobb. En annen måling enn den for 15–74 år."),
    Measure("halden", "Nye samarbeidsprosjekter (oppdiktet)", "prosjekter", (
        SeriesPlace("Halden", values=((end_of(2025), Decimal(4)), (date(2026, 8, 31), Decimal(9))), invented=True),
    ), 0, "Prosjekter der kommunen, bedrifter og forskning er sammen. Oppdiktet måling.", interval=12, lag=30),
    Measure("halden", "Fullført videregående (oppdiktet)", "%", (
        SeriesPlace("Halden", values=_whole(y2021="76", y2023="78"), invented=True),
    ), 0, "Andel som har fullført videregående opplæring. Oppdiktet måling.", interval=24),
    Measure("sarpsborg", "Arbeidsplasser", "arbeidsplasser", (
        SeriesPlace("Sarpsborg", values=((end_of(2021), JOBS_2021),), estimated=True,
                    source="Regnet ut: 27 000 i 2017 og 0,9 % vekst i året til 2021"),
    ), 0, "Arbeidsplasser i Sarpsborg ved utgangen av året.", "Sarpsborg kommune: Oppstartsnotat, 2023"),
    Measure("sarpsborg", "Inntekts- og formuesskatt per innbygger", "kroner", (
        SeriesPlace("Sarpsborg"), SeriesPlace("Norge"),
    ), 0, "Skatt til kommune og stat fra personlige skatteytere, etter innbyggertallet.",
        "Sarpsborg kommune: Oppstartsnotat, 2023"),
)

TARGETS = (
    Wanted(HALDEN_PLAN, None, "500 flere sysselsatte fra 2026 til 2030", "Sysselsatte",
           {"kind": "change", "value": Decimal(500), "target_on": end_of(2030), "baseline_on": end_of(2026),
            "note": "Planen teller fra 2026. Arbeidsplassene i tabellen er en annen måling."}, "Halden"),
    Wanted(HALDEN_PLAN, None, "70 % sysselsatte, 20–66 år", "Andel sysselsatte, 20–66 år",
           {"value": Decimal(70), "target_on": end_of(2030),
            "note": "Planens tabell gjelder 15–74 år. Det er en annen måling, og står for seg selv."}, "Halden"),
    Wanted(HALDEN_PLAN, 1, "64 % sysselsatte, 15–74 år", "Andel sysselsatte, 15–74 år",
           {"value": Decimal(64), "target_on": end_of(2030), "baseline_on": end_of(2020)}, "Halden", invented=True),
    Wanted(HALDEN_PLAN, 2, "9 000 private arbeidsplasser", "Arbeidsplasser",
           {"value": Decimal(9000), "target_on": end_of(2030), "baseline_on": end_of(2020)}, "Halden", "Private",
           invented=True),
    Wanted(HALDEN_PLAN, 3, "20 nye samarbeidsprosjekter", "Nye samarbeidsprosjekter (oppdiktet)",
           {"value": Decimal(20), "target_on": end_of(2030), "baseline_on": end_of(2025)}, "Halden", invented=True),
    Wanted(HALDEN_PLAN, 4, "85 % fullfører videregående", "Fullført videregående (oppdiktet)",
           {"value": Decimal(85), "target_on": end_of(2030), "baseline_on": end_of(2021)}, "Halden", invented=True),
    Wanted(SARPSBORG_PLAN, None, "33 000 arbeidsplasser i 2030", "Arbeidsplasser",
           {"value": Decimal(33000), "target_on": end_of(2030), "baseline_on": end_of(2017),
            "baseline_value": Decimal(27000), "is_baseline_estimated": True, "growth": "compound",
            "printed_growth": Decimal("1.5"),
            "note": "27 000 i 2017 er regnet ut fra en økning på rundt 6 000."}, "Sarpsborg"),
    Wanted(SARPSBORG_PLAN, None, "Skatteinntekter på nivå med landet", "Inntekts- og formuesskatt per innbygger",
           {"kind": "share", "value": Decimal(100), "target_on": end_of(2030), "baseline_on": end_of(2016),
            "baseline_value": Decimal("79.9")}, "Sarpsborg", compared_with="Norge"),
)
