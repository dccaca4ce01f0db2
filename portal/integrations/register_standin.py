"""A stand-in for the business register (Enhetsregisteret): for the demo and the tests, with invented companies only.

The same addresses, fields and refusals as the real service; the numbers are of the synthetic series.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

UNITS = Path(__file__).with_name("register_standin.json")
PATH = re.compile(r"/*enheter/(?P<number>[^/]+)(?P<roles>/roller)?/?")
GONE = "299999998"
"""A number the register knows, and says nothing of: removed for legal reasons."""
CONTENT_TYPE = "application/json; charset=utf-8"
SAID = {200: "OK", 400: "Bad Request", 404: "Not Found", 410: "Gone"}


@cache
def units() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(UNITS.read_text("utf-8"))
    return found


def answer(path: str, query: str = "") -> tuple[int, bytes]:
    """Return the status and body of what the register answers to this address."""
    status, found = _named(query) if path.strip("/") == "enheter" else _answer(path)
    return status, json.dumps(found, ensure_ascii=False).encode() if found is not None else b""


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer as a WSGI application of its own."""
    status, body = answer(environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", ""))
    start_response(f"{status} {SAID[status]}", [("Content-Type", CONTENT_TYPE)])
    return [body]


def _named(query: str) -> tuple[int, Any]:
    """Return the units whose names hold the text; without hits the real service leaves `_embedded` out."""
    asked = parse_qs(query)
    text, size = asked.get("navn", [""])[0].casefold(), int(asked.get("size", ["20"])[0])
    found = [known["enhet"] for known in units().values() if text and text in known["enhet"]["navn"].casefold()]
    page = {"size": size, "totalElements": len(found), "number": 0}
    return 200, {"_embedded": {"enheter": found[:size]}, "page": page} if found else {"page": page}


def _answer(path: str) -> tuple[int, Any]:
    match = PATH.fullmatch(path)
    if match is None:
        return 404, None
    number = match["number"]
    if not re.fullmatch(r"\d{9}", number):
        return 400, {"status": 400, "feilmelding": "Feilaktig forespørsel", "valideringsfeil": []}
    if number == GONE:
        return 410, {"status": 410, "feilmelding": "Enheten er fjernet"}
    known = units().get(number)
    if known is None or (match["roles"] and "roller" not in known):
        return 404, None
    return 200, known["roller" if match["roles"] else "enhet"]
