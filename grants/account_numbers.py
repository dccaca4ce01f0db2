"""Account numbers in free text: a reason or a remark is read by many, and keeps none."""

from __future__ import annotations

import re

ELEVEN = r"\d{4}[ .\u00a0]?\d{2}[ .\u00a0]?\d{5}"
IBAN = r"NO\d{2}(?:[ \u00a0]?\d{4}){2}[ \u00a0]?\d{3}"
NUMBER = re.compile(rf"(?<!\w)(?:{IBAN}|{ELEVEN})(?!\w)", re.IGNORECASE)
"""Eleven digits as people and banks write them: with points, spaces or neither, or as an IBAN."""


def masked(number: str) -> str:
    """Return a number as those see it who do not work with it: its last five digits."""
    return f"•••• {number[-5:]}"


def hidden_in(text: str) -> str:
    """Return a text with each account number in it masked."""
    return NUMBER.sub(lambda found: masked(re.sub(r"\D", "", found[0])), text)
