"""What is logged holds no key, no token and no identity number, whoever logs it."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import pytest
import structlog
from django.conf import settings

from portal import keys, logs

RAW = "wB-12ZyiDkChpUiwOABMAUNQfyk6TTY1xmROGZjLc78"
TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXI"


def formatter() -> structlog.stdlib.ProcessorFormatter:
    facts = settings.LOGGING["formatters"]["line"]
    return structlog.stdlib.ProcessorFormatter(**{k: v for k, v in facts.items() if k != "()"})


def line(message: str, *args: Any, logger: str = "django.request", exc_info: Any = None) -> str:
    """Return what one of the standard library's loggers writes."""
    return formatter().format(logging.LogRecord(logger, logging.WARNING, "", 0, message, args, exc_info))


def test_a_line_tells_the_address_without_its_key() -> None:
    written = line("Not Found: %s", f"/kalender/{RAW}.ics")
    assert RAW not in written
    assert "Not Found: /kalender/" in written


def test_the_log_knows_the_same_keys_as_the_mails() -> None:
    assert logs.KEY.pattern == keys.RAW.pattern


@pytest.mark.parametrize(
    "number",
    ["01017012345", "31129912345", "41017012345", "01417012345", "01817012345", "41817012345", "010170 12345",
     "29928012345", "15667012345"],
)  # fmt: skip
def test_a_number_that_can_be_a_persons_is_never_written(number: str) -> None:
    assert number not in line("svar: %s", f"pid={number}, sub=x")
    assert number not in line(f'{{"pid": "{number}"}}')
    assert logs.without_secrets({"a": [number, {"b": number}]}) == {"a": ["…", {"b": "…"}]}


def test_a_number_that_came_as_a_number_is_not_written_either() -> None:
    assert logs.without_secrets(1017012345) == 1017012345
    assert logs.without_secrets(31129912345) == "…"


@pytest.mark.parametrize(
    "text", ["974760673", "4791234567", "00990012345", "32017012345", "2026-11-21T10:00:00.123456Z", "310112991234567"]
)
def test_other_numbers_stay(text: str) -> None:
    assert logs.masked(text) == text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("GET /konto/inn/1/svar/?code=abc123&state=xyz.9&iss=https%3A%2F%2Fidporten.no", "iss=https"),
        ('HTTP Request: POST https://idporten.no/token "code=abc123&code_verifier=xyz.9&grant_type=x"', "grant_type=x"),
        ('{"access_token": "abc123", "id_token":"xyz.9", "expires_in": 60}', "expires_in"),
        ("{'refresh_token': 'abc123', 'state': 'xyz.9'}", "refresh_token"),
        ("id_token_hint=abc123, client_secret=xyz.9", "client_secret"),
        ("next=%2Finn%2F%3Fcode%3Dabc123%26state%3Dxyz.9", "next="),
    ],
)
def test_what_a_sign_in_is_made_of_is_never_written(text: str, kept: str) -> None:
    written = line(text)
    assert "abc123" not in written
    assert "xyz.9" not in written
    assert kept in written


@pytest.mark.parametrize("text", ["status_code=500", "error_code=7", "code 500, message Bad request", "encode=utf8"])
def test_ordinary_words_stay(text: str) -> None:
    assert text in line(text)


def test_a_token_is_taken_out_wherever_it_stands() -> None:
    assert TOKEN not in line("could not read %s", TOKEN)
    assert TOKEN.rpartition(".")[0] not in line("could not read %s", TOKEN)


def test_a_fault_is_written_without_what_it_was_about() -> None:
    try:
        raise ValueError(f"bad claim pid=01017012345 in {TOKEN} for code=abc123")
    except ValueError:
        written = line("Internal Server Error: /", exc_info=sys.exc_info())
    assert "ValueError" in written
    assert not [secret for secret in ("01017012345", TOKEN, "abc123") if secret in written]


def test_our_own_lines_are_cleaned_too(capsys: pytest.CaptureFixture[str]) -> None:
    facts = {"event": "x", "code": "abc123", "state": "xyz.9", "claims": {"pid": "01017012345"}, "count": 3, "ok": True}
    written = logs.hide_secrets(None, "info", facts)
    assert written == {"event": "x", "code": "…", "state": "…", "claims": {"pid": "…"}, "count": 3, "ok": True}
    assert json.dumps(written)


def test_an_object_is_cleaned_as_it_would_be_written() -> None:
    class Claims:
        def __repr__(self) -> str:
            return "Claims(pid='01017012345')"

    assert logs.without_secrets(Claims()) == "Claims(pid='…')"


@pytest.mark.parametrize("name", ["httpx", "httpcore", "authlib", "httpcore.http11"])
def test_libraries_that_tell_each_address_are_quiet(name: str) -> None:
    assert not logging.getLogger(name).isEnabledFor(logging.INFO)
