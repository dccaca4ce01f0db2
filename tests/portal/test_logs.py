"""What is logged holds no key, whoever logs it."""

from __future__ import annotations

import logging

import structlog
from django.conf import settings

from portal import keys, logs

RAW = "wB-12ZyiDkChpUiwOABMAUNQfyk6TTY1xmROGZjLc78"


def test_a_line_tells_the_address_without_its_key() -> None:
    formatter = settings.LOGGING["formatters"]["line"]
    formatter = structlog.stdlib.ProcessorFormatter(**{k: v for k, v in formatter.items() if k != "()"})
    record = logging.LogRecord(
        "django.request", logging.WARNING, "", 0, "Not Found: %s", (f"/kalender/{RAW}.ics",), None
    )
    assert RAW not in formatter.format(record)
    assert "Not Found: /kalender/" in formatter.format(record)


def test_the_log_knows_the_same_keys_as_the_mails() -> None:
    assert logs.KEY.pattern == keys.RAW.pattern
