"""The winners are announced: everyone reads who won and why, and all that waited for it goes on.

Nothing of this is undone: what was announced stays, as PostgreSQL says too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from awards import gate, permissions
from awards.access_basis import DEFERRED_BASIS
from awards.announcing import diplomas, thanks
from awards.models import TAKES_PART, Candidate, CategoryDecision, PrizeRound, Winner
from awards.refusals import deed
from awards.rounds import hold, moving
from grants import notices
from grants.held import Handled
from portal import impartiality, outbox
from portal.calendar import oslo_today
from portal.models.case import Access

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import User

State = PrizeRound.State


def decisions_of(round_: PrizeRound) -> list[CategoryDecision]:
    """Return what the jury decided, in the categories’ order; one query."""
    rows = CategoryDecision.objects.filter(category__round=round_).select_related(
        "category__category", "candidate__case", "minutes", "winner__diploma", "winner__grant__organisation"
    )
    found = list(rows.order_by("category__position", "pk"))
    for one in found:
        one.category.round = round_
    return found


def field_of(round_: PrizeRound) -> list[Candidate]:
    """Return everyone who takes part in any category of a round."""
    rows = Candidate.objects.filter(TAKES_PART, round=round_)
    return list(rows.select_related("case"))


# ---- before ----


def stops(round_: PrizeRound, now: dt.datetime) -> list[str]:
    """Return in words all that keeps the winners from being announced now; empty when they can be."""
    return moving.missing(round_, State.ANNOUNCED, now)


def advice(round_: PrizeRound, decisions: list[CategoryDecision]) -> list[dict[str, str]]:
    """Return what is worth seeing to first, each with the page where it is done; none of it stops anyone."""
    place = [round_.authority.slug, round_.prize.slug, round_.year]
    found = [
        {"words": _("The minutes of “%(category)s” are not made.") % {"category": one.category},
         "url": reverse("decide_category", args=[*place, one.category_id])}
        for one in decisions if one.minutes_id is None
    ]  # fmt: skip
    found += [
        {"words": _("%(name)s has not said yes to taking part.") % {"name": one.candidate.name},
         "url": reverse("candidate_desk", args=[*place, one.candidate_id])}
        for one in decisions if one.candidate is not None and one.candidate.answer != Candidate.Answer.ACCEPTED
    ]  # fmt: skip
    if round_.statutes.money_nok and round_.prize.scheme_id is None and any(one.candidate_id for one in decisions):
        found.append({"words": _("No scheme is chosen that the prize money is paid from."),
                      "url": reverse("edit_prize", args=place[:2])})  # fmt: skip
    if without := readers_of(round_)["without"]:
        words = ngettext(
            "%(count)d nominee has no e-mail address. You print the letter and post it.",
            "%(count)d nominees have no e-mail address. You print their letters and post them.", without,
        )  # fmt: skip
        found.append({"words": words % {"count": without}, "url": reverse("nominations", args=place)})
    return found


def readers_of(round_: PrizeRound) -> dict[str, int]:
    """Return how many nominees get a letter, how many of them by post alone, and how many nominators are thanked."""
    counts = thanks.nominees_of(round_).aggregate(letters=Count("pk"), without=Count("pk", filter=Q(email="")))
    return {**counts, "nominators": len(thanks.nominators_of(round_))}


# ---- the deed ----


@deed
def announce(round_: PrizeRound, *, by: User, now: dt.datetime, seen: int | None = None) -> PrizeRound:
    """Announce what the jury decided: winners stand on the public pages at once, and letters follow.

    Raises:
        Handled: it is announced already, or somebody changed the round since it was shown.
        NotImpartial: she has not declared for every candidate, or is tied to one.
        ValidationError: the ceremony has not begun; each thing that is missing is said.
    """
    held = hold.round_(round_, by)
    if held.state == State.ANNOUNCED:
        raise Handled(_("The winners are announced already."), code="state")
    if held.state != State.DECIDED:
        raise ValidationError(stops(held, now), code="missing")
    require_impartial(by, held)
    moved = moving.move(held, State.ANNOUNCED, by=by, now=now, seen=seen)
    winners = [_publish(moved, one) for one in decisions_of(moved) if one.candidate_id is not None]
    for winner in winners:
        diplomas.make_if_possible(winner, by=by, now=now)
    _open_case(moved, by)
    _tell_jury(moved, oslo_today(now))
    notices.record(
        thanks.ANNOUNCED, moved, by=by, case=moved.case, winners=len(winners),
        none=CategoryDecision.objects.filter(category__round=moved, candidate=None).count(),
    )  # fmt: skip
    transaction.on_commit(ask_for_thanks, robust=True)
    return moved


def require_impartial(by: User, round_: PrizeRound) -> None:
    """Stop who may not handle every candidate of the round.

    Raises:
        NotImpartial: with how she stands.
    """
    found, _waits = gate.standing(by, field_of(round_))
    if found not in impartiality.MAY:
        raise impartiality.NotImpartial(found)


def _publish(round_: PrizeRound, decision: CategoryDecision) -> Winner:
    won = decision.candidate
    assert won is not None
    return Winner.objects.create(
        authority_id=round_.authority_id, prize=round_.prize, year=round_.year, decision=decision,
        category_name=str(decision.category)[:80], kind=won.kind, name=won.name, number=won.number, place=won.place,
        reasons=decision.reasons, invented=round_.invented,
    )  # fmt: skip


def _open_case(round_: PrizeRound, by: User) -> None:
    """Open the round’s own case where it was kept for the ceremony; its documents are assessed one by one."""
    case = round_.case
    if case.access == Access.DEFERRED and case.access_basis == DEFERRED_BASIS:
        case.access, case.access_basis = Access.OPEN, ""
        case.save(update_fields=["access", "access_basis"])
        notices.record("access_assessed", case, by=by, case=case, access=str(Access.OPEN))


def _tell_jury(round_: PrizeRound, on: dt.date) -> None:
    """Tell the jury, in its daily mail, that what it decided is public now."""
    people = [seat.user for seat in permissions.seats_of(round_, on) if seat.user is not None and seat.user.is_active]
    notices.tell_in_daily_mail(
        people, round_, kind="prize_round_moved", occasion="announced", on=on, context=round_.prize.name,
        title=lambda: f"{round_}: {round_.get_state_display()}", link=round_.get_absolute_url(),
    )  # fmt: skip


def ask_for_thanks() -> None:
    """Ask the worker for the letters; beat asks again each hour until all are written."""
    from awards.tasks import thank_after_ceremonies

    outbox.ask_worker(thank_after_ceremonies)


# ---- after ----


def winners_of(round_: PrizeRound) -> list[Winner]:
    """Return the winners of a round in the categories’ order, with what is done for each; one query."""
    rows = Winner.objects.filter(decision__category__round=round_).select_related(
        "decision__category", "decision__candidate", "diploma", "grant"
    )
    found: list[Any] = list(rows.order_by("decision__category__position", "pk"))
    for one in found:
        one.authority, one.prize = round_.authority, round_.prize
    return found
