"""Structured logs: one line per happening, each with its request's id, and none with a secret."""

from __future__ import annotations

import logging.config
import re
from typing import Any

import structlog

KEY = re.compile(r"(?<=/)[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])")
"""A key in an address (`portal.keys`): whoever reads the log must not hold it."""
DAY = r"(?:[04][1-9]|[1256][0-9]|[37][01])"
MONTH = r"(?:0[1-9]|1[0-2]|4[1-9]|5[0-2]|6[6-9]|7[0-7]|8[1-9]|9[0-2])"
PERSON = re.compile(rf"(?<![0-9]){DAY}{MONTH}[0-9]{{2}} ?[0-9]{{5}}(?![0-9])")
"""Eleven digits that can be a national identity number: also a D-number, and those of the synthetic series."""
SECRET = (
    "code|state|nonce|id_token|id_token_hint|access_token|refresh_token|logout_token|client_secret|client_assertion"
    "|code_verifier|assertion|password"
)
SECRETS = re.compile(
    rf"""(?:(?<![A-Za-z0-9_])|(?<=%3F)|(?<=%26))({SECRET})(=|%3D|["']\s*:\s*)("[^"]*"|'[^']*'|[^\s&"',;)}}\]]+)""",
    re.IGNORECASE,
)
"""What a sign-in is made of, as it stands in an address, also one inside another, in a form or in JSON."""
NAMES = frozenset(SECRET.split("|"))
TOKEN = re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.?[A-Za-z0-9_-]*")
"""A signed token, wherever it stands."""
HIDDEN = "…"


def hide_secrets(logger: Any, name: str, facts: dict[str, Any]) -> dict[str, Any]:
    """Take keys, tokens and identity numbers out of all that is written, also of what Django and others log."""
    return {fact: HIDDEN if fact in NAMES else without_secrets(value) for fact, value in facts.items()}


def without_secrets(value: Any) -> Any:
    """Return the value with every secret taken out, however deep it lies."""
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, dict):
        return {masked(str(k)): HIDDEN if k in NAMES else without_secrets(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [without_secrets(each) for each in value]
    if value is None or isinstance(value, bool | float):
        return value
    text = str(value) if isinstance(value, int) else repr(value)
    return value if (safe := masked(text)) == text else safe


def masked(text: str) -> str:
    for secret in (KEY, TOKEN, PERSON):
        text = secret.sub(HIDDEN, text)
    return SECRETS.sub(rf"\1\2{HIDDEN}", text)


def logging_settings(*, as_json: bool) -> dict[str, Any]:
    """Set up structlog and the standard library's loggers; return the dictionary for the record."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    settings: dict[str, Any] = {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, hide_secrets, renderer],
                "foreign_pre_chain": shared,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            "django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
            "celery.app.trace": {"level": "WARNING"},
            "celery.beat": {"level": "WARNING"},
            # these tell each address they ask, with what stands in it
            "httpx": {"level": "WARNING"},
            "httpcore": {"level": "WARNING"},
            "authlib": {"level": "WARNING"},
        },
    }
    logging.config.dictConfig(settings)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return settings
