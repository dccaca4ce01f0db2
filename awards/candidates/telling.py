"""Who is told of what happens to candidates. Titles name the prize, the year and the category, and nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from awards import permissions
from grants import notices
from portal.desk import at_desk, is_at_work, with_deputies

if TYPE_CHECKING:
    import datetime as dt

    from awards.models import Candidate, PrizeRound, RoundCategory
    from portal.models import User


def officers_of(round_: PrizeRound, on: dt.date) -> list[User]:
    """Return who is told of nominees: the round's officer; where she has left or none is named, those at the desk."""
    officer = round_.officer
    if officer is not None and is_at_work(officer, round_.authority_id, on):
        return with_deputies([officer], round_.authority_id, on)
    return at_desk(round_.authority_id, on)


def came_late(round_: PrizeRound, category: RoundCategory, *, on: dt.date) -> None:
    """Tell the jury, in its daily mail, that a candidate came into a category it is at work with."""
    seats = permissions.seats_of(round_, on)
    notices.tell_in_daily_mail(
        [seat.user for seat in seats if seat.user is not None and seat.user.is_active], round_,
        kind="jury_candidate_added", occasion=f"category-{category.pk}", on=on,
        title=lambda: _("A candidate came later: %(round)s, %(category)s") % {"round": round_, "category": category},
        context=str(round_.prize), link=reverse("jury_round", args=_place(round_)),
    )  # fmt: skip


def answered(candidate: Candidate, *, on: dt.date) -> None:
    """Tell who handles the round, in the daily mail, that a nominee has answered; not who, and not what."""
    round_ = candidate.round
    notices.tell_in_daily_mail(
        officers_of(round_, on), candidate, kind="nominee_answered", occasion="answer", on=on,
        title=lambda: _("A nominee has answered: %(round)s, %(category)s") % {
            "round": round_, "category": candidate.category,
        },
        context=str(round_.prize), link=reverse("candidate_desk", args=[*_place(round_), candidate.pk]),
    )  # fmt: skip


def _place(round_: PrizeRound) -> list[object]:
    return [round_.authority.slug, round_.prize.slug, round_.year]
