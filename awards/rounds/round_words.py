"""How far a round has come, in words, and what comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from awards.rules import Phase
from portal.templatetags.portal_tags import clock, long_date

if TYPE_CHECKING:
    import datetime as dt

    from awards.models import PrizeRound

DEEDS = {
    "published": gettext_lazy("Publish the round"), "judging": gettext_lazy("Give the nominations to the jury"),
    "voting": gettext_lazy("Open the public vote"), "decided": gettext_lazy("Mark the round as decided"),
    "draft": gettext_lazy("Take the round back"), "cancelled": gettext_lazy("Cancel the round"),
}  # fmt: skip
REOPEN, AGAIN = gettext_lazy("Take nominations again"), gettext_lazy("Take the round up again")
"""The ways back: from the jury to nominations, and from what is decided to the jury."""


def mark_of(phase: str) -> str:
    """Return the name of a phase’s mark, as `standing` shows it."""
    return f"prize_{Phase(phase).value}"


def deed_word(from_: str, to: str) -> str:
    """Return what a move of a round is called on its button."""
    if (from_, to) == ("judging", "published"):
        return str(REOPEN)
    return str(AGAIN if (from_, to) == ("decided", "judging") else DEEDS[to])


def moment(when: dt.datetime) -> str:
    return f"{long_date(when)} {clock(when)}"


def next_step(round_: PrizeRound, now: dt.datetime) -> str:
    """Return the one thing that comes next in a round: who does what, by when where a day is set."""
    phase = round_.phase(now)
    if phase in (Phase.UPCOMING, Phase.OPEN, Phase.VOTE_UPCOMING, Phase.VOTING):
        return _by_clock(round_, phase)
    if phase == Phase.JUDGING:
        return _of_the_jury(round_)
    if phase == Phase.DECIDED:
        words = _("An officer announces the winners at the ceremony.")
        if round_.ceremony_at:
            return _("An officer announces the winners at the ceremony, %(when)s.") % {
                "when": moment(round_.ceremony_at)
            }
        return words
    said = {
        Phase.DRAFT: _("Fill in what is missing, and publish the round."),
        Phase.CLOSED: _("An officer gives the nominations to the jury."),
        Phase.VOTE_CLOSED: _("The votes are counted. The jury decides."),
        Phase.ANNOUNCED: _("The winners are announced."),
        Phase.CANCELLED: _("The round is cancelled."),
    }
    return said[phase]


def _by_clock(round_: PrizeRound, phase: Phase) -> str:
    """Return what happens by itself when the hour comes."""
    words, when = {
        Phase.UPCOMING: (_("Nominations open %(when)s."), round_.opens_at),
        Phase.OPEN: (_("Nominations close %(when)s."), round_.closes_at),
        Phase.VOTE_UPCOMING: (_("The vote opens %(when)s."), round_.vote_opens_at),
        Phase.VOTING: (_("The vote closes %(when)s."), round_.vote_closes_at),
    }[phase]
    return words % {"when": moment(when) if when else ""}


def _of_the_jury(round_: PrizeRound) -> str:
    if round_.scores_due_on and round_.jury_meets_on:
        return _("The jury gives points by %(due)s, and meets %(day)s.") % {
            "due": long_date(round_.scores_due_on), "day": long_date(round_.jury_meets_on)
        }  # fmt: skip
    if round_.jury_meets_on:
        return _("The jury meets %(day)s.") % {"day": long_date(round_.jury_meets_on)}
    return _("The jury weighs the candidates and decides.")
