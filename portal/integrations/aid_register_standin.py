"""A stand-in for the national aid register: for the demo and the tests, with invented awards to invented companies.

The address, the question and the shape of the answer as the real service's.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

AWARDS = Path(__file__).with_name("aid_register_standin.json")
PATH = re.compile(r"/*soek/stoettetildeling/?")
CONTENT_TYPE = "application/json; charset=utf-8"
SAID = {200: "OK", 400: "Bad Request", 404: "Not Found"}


@cache
def awards() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(AWARDS.read_text("utf-8"))
    return found


def awards_to(number: str) -> list[dict[str, Any]]:
    """Return what a company has been given."""
    return [row for row in awards() if any(role.get("organisasjonsnummer") == number for role in row["rolle"])]


def answer(path: str, body: bytes) -> tuple[int, bytes]:
    """Return the status and body of what the register answers to this question."""
    if not PATH.fullmatch(path):
        return 404, b""
    try:
        asked = [row["value"] for row in json.loads(body) if row["field"] == "STOETTEMOTTAKER_ORGNR"]
    except (ValueError, TypeError, KeyError):
        return 400, b'{"status": 400}'
    found = [row for number in asked for row in awards_to(number)]
    return 200, json.dumps({"stoettetildeling": found, "antall": len(found)}, ensure_ascii=False).encode()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer as a WSGI application of its own."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    status, body = answer(environ.get("PATH_INFO", ""), environ["wsgi.input"].read(length))
    start_response(f"{status} {SAID[status]}", [("Content-Type", CONTENT_TYPE)])
    return [body]
