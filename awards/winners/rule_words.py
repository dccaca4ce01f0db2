"""The rules of a prize’s statutes, each in one sentence that a nominee understands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from awards.models import PrizeStatutes
from portal.money import format_nok
from strategy.sentences import joined

if TYPE_CHECKING:
    from collections.abc import Iterator


def who_words(statutes: PrizeStatutes) -> str:
    """Return who can be nominated."""
    kinds = [str(PrizeStatutes.Nominees(kind).label) for kind in PrizeStatutes.Nominees.values
             if kind in statutes.nominees]  # fmt: skip
    who = joined([kinds[0], *(kind.lower() for kind in kinds[1:])]) if kinds else _("Anyone")
    if statutes.local_only:
        return _("%(who)s who belong to the municipality can be nominated.") % {"who": who}
    return _("%(who)s can be nominated.") % {"who": who}


def interval_words(statutes: PrizeStatutes) -> str:
    """Return how often the prize is given."""
    if statutes.interval_years == 1:
        return _("The prize is given every year.")
    if statutes.interval_years == 2:
        return _("The prize is given every other year.")
    return _("The prize is given every %(years)d years.") % {"years": statutes.interval_years}


def rules_of(statutes: PrizeStatutes) -> list[str]:
    """Return the rules as sentences, those of the nominees first."""
    return [
        who_words(statutes), *_of_nominees(statutes), interval_words(statutes), *_of_the_jury(statutes),
        _("A year may end without a winner."),
    ]  # fmt: skip


def _of_nominees(statutes: PrizeStatutes) -> Iterator[str]:
    if (age := statutes.smallest_age) is not None and age > 0:
        yield ngettext(
            "A company must be at least %(years)d year old.", "A company must be at least %(years)d years old.", age
        ) % {"years": age}
    if statutes.needs_accounts:
        yield _("A company must have sent annual accounts.")
    if (years := statutes.repeat_years) > 0:
        yield ngettext(
            "Who has won can win again after %(years)d year.", "Who has won can win again after %(years)d years.", years
        ) % {"years": years}


def _of_the_jury(statutes: PrizeStatutes) -> Iterator[str]:
    decides = statutes.vote != PrizeStatutes.Vote.DECIDES
    if statutes.method == PrizeStatutes.Method.SCORING and decides:
        yield _("Each jury member gives points by the criteria. Then the jury discusses and decides.")
    elif statutes.method == PrizeStatutes.Method.SCORING:
        yield _("Each jury member gives points by the criteria. Then the jury discusses.")
    elif decides:
        yield _("The jury discusses the nominees and decides.")
    else:
        yield _("The jury discusses the nominees.")
    if statutes.finalists:
        yield ngettext(
            "The jury chooses at most %(count)d finalist in each category.",
            "The jury chooses at most %(count)d finalists in each category.", statutes.finalists,
        ) % {"count": statutes.finalists}  # fmt: skip
    if statutes.vote == PrizeStatutes.Vote.ADVISES:
        yield _("Everyone can vote among the finalists. The vote is advice to the jury.")
    elif statutes.vote == PrizeStatutes.Vote.DECIDES:
        yield _("Everyone can vote among the finalists. The vote decides.")
    if statutes.money_nok:
        yield _("Each winner gets %(sum)s.") % {"sum": format_nok(statutes.money_nok)}
