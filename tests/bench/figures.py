"""From rounds to figures, and from figures to a table or JSON. Pure: no clock, no server."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from statistics import median

FACTS = ("queries", "html_bytes", "gzip_bytes")
"""What pages have in common; a case may know more, which JSON holds and the table tells in a line of its own."""


@dataclass(frozen=True)
class Figure:
    """One case as measured; `facts` holds what else was counted, first of all those of FACTS."""

    name: str
    unit: str
    rates: tuple[float, ...]
    baseline: float
    facts: dict[str, int] = field(default_factory=dict)

    @property
    def value(self) -> float:
        return median(self.rates)

    @property
    def more(self) -> dict[str, int]:
        """Return the facts that have no column."""
        return {fact: number for fact, number in self.facts.items() if fact not in FACTS}

    @property
    def ratio(self) -> float:
        return self.value / self.baseline

    @property
    def spread(self) -> float:
        """Return the distance from the slowest to the fastest round, as a share of the median."""
        return (max(self.rates) - min(self.rates)) / self.value


@dataclass(frozen=True)
class Result:
    """A whole run: the ceiling's rounds and each case."""

    ceiling_rates: tuple[float, ...]
    cases: tuple[Figure, ...]

    @property
    def ceiling(self) -> float:
        return median(self.ceiling_rates)


def as_json(result: Result) -> str:
    """Return the figures as one JSON object; ratios keep enough digits to be multiplied back."""
    cases = [
        {
            "name": case.name,
            "unit": case.unit,
            "value": round(case.value, 4),
            "baseline": round(case.baseline, 4),
            "ratio": round(case.ratio, 5),
            **{fact: case.facts[fact] for fact in FACTS if fact in case.facts},
            **case.more,
        }
        for case in result.cases
    ]
    return json.dumps({"ceiling_rps": round(result.ceiling, 1), "cases": cases}, indent=2)


COLUMNS = ("case", "value", "unit", "ratio", "spread", "queries", "html kB", "gzip kB")


def as_table(result: Result) -> str:
    """Return the figures for people, the ceiling first."""
    ceiling = Figure("(ceiling)", "requests/s", result.ceiling_rates, result.ceiling)
    rows = [COLUMNS, *(_row(figure) for figure in (ceiling, *result.cases))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    lines = ["  ".join(_aligned(row, widths)).rstrip() for row in rows]
    for case in result.cases:
        if case.more:
            lines.append(f"{case.name}: " + ", ".join(f"{fact} {number:,}" for fact, number in case.more.items()))
    return "\n".join(lines)


def _aligned(row: tuple[str, ...], widths: list[int]) -> list[str]:
    is_text = (True, False, True, False, False, False, False, False)
    return [
        cell.ljust(width) if left else cell.rjust(width) for cell, width, left in zip(row, widths, is_text, strict=True)
    ]


def _row(figure: Figure) -> tuple[str, ...]:
    return (
        figure.name,
        amount(figure.value),
        figure.unit,
        share(figure.ratio),
        f"±{50 * figure.spread:.0f} %",
        str(figure.facts.get("queries", "")),
        kilobytes(figure.facts.get("html_bytes")),
        kilobytes(figure.facts.get("gzip_bytes")),
    )


def amount(value: float) -> str:
    """Return a measured value with as many digits as its rounds agree on."""
    return f"{value:,.3f}" if value < 10 else f"{value:,.1f}" if value < 100 else f"{value:,.0f}"


def share(ratio: float) -> str:
    """Return a ratio as a reader compares it: 0.43 as it is, small ones as a fraction, "1/62"."""
    return f"{ratio:.2f}" if ratio >= 0.1 else f"1/{1 / ratio:.0f}"


def kilobytes(size: int | None) -> str:
    return "" if size is None else f"{size / 1000:.1f}"
