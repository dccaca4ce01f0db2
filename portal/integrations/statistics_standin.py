"""A stand-in for Statistics Norway that speaks PxWebApi 2: for the demo and the tests, never for figures.

It knows a few tables with printed figures, the same addresses, parameters and refusals as the real service. The codes
of its variables are its own: those of the real tables stand in their metadata.
"""

from __future__ import annotations

import itertools
import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

TABLES = Path(__file__).with_name("statistics_standin.json")
PATH = re.compile(r"/*tables/(?P<table>\w+)/(?P<what>data|metadata)/?")
NEWEST = re.compile(r"top\((\d+)\)")
TIME = "Tid"
BUSY = "00429"
"""A table that always answers that too many ask."""
CONTENT_TYPE = "application/json; charset=utf-8"
TYPES = {400: "Bad Request", 404: "Not Found", 429: "Too Many Requests"}


class Refused(Exception):
    """What the service would not answer: a status and a sentence."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


@cache
def tables() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(TABLES.read_text("utf-8"))
    return found


def answer(path: str, query: str) -> tuple[int, bytes]:
    """Return the status and body of what the service answers to this address."""
    try:
        found = _answer(path, query)
    except Refused as refused:
        problem = {"type": "about:blank", "title": refused.detail, "status": refused.status}
        return refused.status, json.dumps(problem, ensure_ascii=False).encode()
    return 200, json.dumps(found, ensure_ascii=False).encode()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer as a WSGI application of its own."""
    status, body = answer(environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", ""))
    start_response(f"{status} {TYPES.get(status, 'OK')}", [("Content-Type", CONTENT_TYPE)])
    return [body]


def _answer(path: str, query: str) -> dict[str, Any]:
    match = PATH.fullmatch(path)
    if match is None:
        raise Refused(404, "Not found")
    if match["table"] == BUSY:
        raise Refused(429, "Too many requests")
    table = tables().get(match["table"])
    if table is None:
        raise Refused(404, "Non-existent table")
    asked = dict(parse_qsl(query, keep_blank_values=True))
    if asked.get("outputFormat", "json-stat2") != "json-stat2":
        raise Refused(400, "Unsupported output format")
    chosen = {} if match["what"] == "metadata" else _chosen(table, asked)
    return _dataset(table, chosen)


def _chosen(table: dict[str, Any], asked: dict[str, str]) -> dict[str, list[str]]:
    """Return the codes chosen of each variable; one that is not named gives all its values."""
    known = {name: list(one["values"]) for name, one in table["dimensions"].items()} | {TIME: table["times"]}
    chosen = {}
    for name, value in asked.items():
        match = re.fullmatch(r"valueCodes\[(.+)\]", name)
        if match is None:
            continue
        if match[1] not in known:
            raise Refused(400, f"Non-existent variable: {match[1]}")
        chosen[match[1]] = _codes(known[match[1]], value)
    return chosen


def _codes(known: list[str], value: str) -> list[str]:
    if value == "*":
        return known
    if newest := NEWEST.fullmatch(value):
        return known[-int(newest[1]) :]
    codes = value.split(",")
    if unknown := [code for code in codes if code not in known]:
        raise Refused(400, f"Non-existent value: {', '.join(unknown)}")
    return codes


def _dataset(table: dict[str, Any], chosen: dict[str, list[str]]) -> dict[str, Any]:
    """Return a JSON-stat2 dataset; what no source prints is left out of the values, with a status that says so."""
    dimensions = {name: (one["label"], one["values"]) for name, one in table["dimensions"].items()}
    dimensions[TIME] = ("år", {year: year for year in table["times"]})
    kept = {name: chosen.get(name, list(values)) for name, (_label, values) in dimensions.items()}
    cells = [_cell(table, codes) for codes in itertools.product(*kept.values())]
    return {
        "version": "2.0",
        "class": "dataset",
        "label": table["label"],
        "source": "Statistisk sentralbyrå",
        "updated": "2026-03-12T07:00:00Z",
        "role": {"time": [TIME], "metric": ["ContentsCode"]},
        "id": list(kept),
        "size": [len(codes) for codes in kept.values()],
        "dimension": {
            name: {
                "label": label,
                "category": {
                    "index": {code: place for place, code in enumerate(kept[name])},
                    "label": {code: values[code] for code in kept[name]},
                },
            }
            for name, (label, values) in dimensions.items()
        },
        "value": {str(place): value for place, value in enumerate(cells) if value is not None},
        "status": {str(place): ".." for place, value in enumerate(cells) if value is None},
    }


def _cell(table: dict[str, Any], codes: tuple[str, ...]) -> Any:
    *others, time = codes
    return table["values"].get("|".join(others), {}).get(time)
