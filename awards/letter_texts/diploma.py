"""What a diploma says: who honours whom, for what and why, in few words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
from django.utils.translation import gettext as _

from awards.letter_texts.head import day

if TYPE_CHECKING:
    import datetime as dt

    from awards.models import PrizeRound

LONGEST_REASONS = 420
"""Signs of the jury’s reasons that a diploma has room for; whole sentences only."""
SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")


class DiplomaContent(msgspec.Struct):
    """A diploma, in the language it is written in; the same content gives the same bytes."""

    language: str
    sender: str
    kicker: str
    prize: str
    year: str
    given_to: str
    name: str
    category: str
    reasons: str
    dated: str
    subject: str
    signers: list[str]
    notice: str = ""
    size: int = 40
    """Points of the name: a long one is set smaller."""


def content(
    round_: PrizeRound, *, name: str, category: str, reasons: str, on: dt.date, notice: str = ""
) -> DiplomaContent:
    """Return the diploma of a winner, in the active language."""
    sender = round_.authority.full_name
    if round_.invented and not notice:
        notice = _("Invented for the demonstration")
    kicker = _("Diploma")
    place = round_.ceremony_place.split(",")[-1].strip() if round_.ceremony_place else ""
    return DiplomaContent(
        language=round_.authority.language_form, sender=sender, kicker=kicker, prize=str(round_.prize),
        year=str(round_.year), given_to=_("is awarded to"), name=name, category=category, reasons=shortened(reasons),
        dated=", ".join(part for part in (place, day(on)) if part), subject=f"{kicker}: {round_}, {name}",
        signers=[_("For the jury"), _("For %(who)s") % {"who": sender}], notice=notice, size=size_of(name),
    )  # fmt: skip


def shortened(reasons: str) -> str:
    """Return as many whole sentences of the reasons as a diploma has room for; none of one that is too long."""
    text = " ".join(reasons.split())
    said = ""
    for sentence in SENTENCE_END.split(text):
        longer = f"{said} {sentence}".strip()
        if len(longer) > LONGEST_REASONS:
            break
        said = longer
    return said


def size_of(name: str) -> int:
    """Return how many points a name is set in, so that it keeps to two lines."""
    for most, size in ((22, 44), (34, 38), (60, 30), (100, 24)):
        if len(name) <= most:
            return size
    return 18
