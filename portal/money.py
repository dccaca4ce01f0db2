"""Whole kroner in, "kr 12 500" out. Pure: no ORM, no clock, no settings.

Money is an integer number of kroner everywhere (fields are named `…_nok`). People write it in many ways; this module
reads those and writes one.
"""

import re
from decimal import ROUND_HALF_UP, Decimal

NBSP = "\u00a0"
MINUS = "\u2212"
LARGEST_NOK = 999_999_999_999

_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
_CURRENCY = re.compile(r"^(?:kr\.?|nok)\s*|\s*(?:kr\.?|kroner|nok)$", re.IGNORECASE)
_WITHOUT_ORE = re.compile(r",\s?[-\u2013\u2014]$")
_AMOUNT = re.compile(r"(?P<kroner>[0-9]+|[0-9]{1,3}(?P<mark>[ .])[0-9]{3}(?:(?P=mark)[0-9]{3})*)(?:,(?P<ore>[0-9]+))?")


class MoneyError(ValueError):
    """The text is no amount we accept. `code` says why, so that a form can choose its own words.

    Codes: `empty`, `not_a_number`, `not_whole_kroner`, `negative`, `too_large`.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text!r}")
        self.code = code
        self.text = text


def parse_nok(text: str, *, allow_negative: bool = True) -> int:
    """Return the amount in whole kroner.

    A space or a point groups thousands; a comma begins the øre, which must be nought. A comma followed by anything but
    one or two noughts is refused rather than guessed at: "12,000" may be twelve or twelve thousand.

    Raises: MoneyError.
    """
    rest = _SPACES.sub(" ", text).strip()
    if not rest:
        raise MoneyError("empty", text)
    negative, rest = _take_sign(rest)
    rest = _CURRENCY.sub("", _WITHOUT_ORE.sub("", rest))
    if not negative:
        negative, rest = _take_sign(rest)
    match = _AMOUNT.fullmatch(_WITHOUT_ORE.sub("", rest).strip())
    if match is None:
        raise MoneyError("not_a_number", text)
    if match["ore"] not in (None, "0", "00"):
        raise MoneyError("not_whole_kroner", text)
    digits = match["kroner"].replace(" ", "").replace(".", "").lstrip("0") or "0"
    if len(digits) > len(str(LARGEST_NOK)):
        raise MoneyError("too_large", text)
    amount = int(digits)
    if negative and amount and not allow_negative:
        raise MoneyError("negative", text)
    return -amount if negative else amount


def _take_sign(text: str) -> tuple[bool, str]:
    """Return whether the text begins with a minus, and the text without its sign."""
    if text[:1] in ("-", MINUS):
        return True, text[1:].strip()
    return False, text.removeprefix("+").strip()


def format_nok(amount: int, *, signed: bool = False) -> str:
    """Return "kr 12 500", or "+ kr 12 500" with `signed`; a minus stands likewise. Every space is a no-break space."""
    sign = MINUS if amount < 0 else "+" if signed and amount > 0 else ""
    text = f"kr{NBSP}{format_number(abs(amount))}"
    return f"{sign}{NBSP}{text}" if sign else text


def format_number(value: int | Decimal) -> str:
    """Return "12 995" or "1 234 567,50": no-break spaces, decimal comma, as many decimals as the value carries."""
    if isinstance(value, Decimal) and not value.is_finite():
        raise ValueError(f"not a finite number: {value}")
    text = format(value, ",f") if isinstance(value, Decimal) else format(value, ",")
    if text.startswith("-"):
        text = text[1:] if value == 0 else MINUS + text[1:]
    return text.replace(".", ";").replace(",", NBSP).replace(";", ",")


def format_percent(value: Decimal, places: int = 1) -> str:
    """Return "59,3 %" for Decimal("59.3"): the value is the percentage itself, rounded half up."""
    if not value.is_finite():
        raise ValueError(f"not a finite number: {value}")
    rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return f"{format_number(rounded)}{NBSP}%"
