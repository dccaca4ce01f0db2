"""How a round goes its way: what is missing before each step, and the step itself, with those who are told of it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from awards import gate, permissions
from awards.models import CANDIDATES_TAKE_PART, JurySheet, PrizeRound, PrizeStatutes, VoteCount
from awards.refusals import deed
from awards.rounds import hold
from grants import notices
from grants.held import Handled
from portal import outbox
from portal.calendar import oslo_today
from portal.models import Membership
from portal.permissions import JURY, period_holds

if TYPE_CHECKING:
    from collections.abc import Callable

    from portal.models import User

State = PrizeRound.State
MOVES: dict[str, tuple[str, ...]] = {
    State.DRAFT: (State.PUBLISHED, State.CANCELLED),
    State.PUBLISHED: (State.JUDGING, State.DRAFT, State.CANCELLED),
    State.JUDGING: (State.VOTING, State.DECIDED, State.PUBLISHED, State.CANCELLED),
    State.VOTING: (State.DECIDED, State.CANCELLED),
    State.DECIDED: (State.ANNOUNCED, State.JUDGING, State.CANCELLED),
    State.ANNOUNCED: (), State.CANCELLED: (),
}  # fmt: skip
"""The ways a round goes; PostgreSQL knows the same."""
BY_HAND = frozenset({State.VOTING, State.PUBLISHED, State.CANCELLED})
"""Moves of the whole round alone; the others follow from what is done in a category, or have a gate of their own."""
WHY = frozenset({(State.DECIDED, State.JUDGING), (State.JUDGING, State.PUBLISHED)})
"""The ways back say why; so does cancelling, from everywhere."""


def moves_of(round_: PrizeRound) -> tuple[str, ...]:
    """Return where a round can go on from here; the vote only where its statutes have one."""
    found = MOVES[round_.state]
    if round_.statutes.vote == PrizeStatutes.Vote.NONE:
        return tuple(to for to in found if to != State.VOTING)
    return found


def forward(round_: PrizeRound) -> str:
    """Return the step that comes next when all goes as planned; empty at the end."""
    found = moves_of(round_)
    return found[0] if found and found[0] != State.CANCELLED else ""


def needs_reason(from_: str, to: str) -> bool:
    return to == State.CANCELLED or (from_, to) in WHY


# ---- what is missing ----


def missing(round_: PrizeRound, to: str, now: dt.datetime | None = None) -> list[str]:
    """Return in words all that stops a round from going on to this state now; empty when it can."""
    if to not in moves_of(round_):
        return [_("The round does not go there from where it is.")]
    ask = LACKS.get((State(round_.state), State(to)))
    return ask(round_, now or timezone.now()) if ask else []


def _to_publish(round_: PrizeRound, now: dt.datetime) -> list[str]:
    statutes, categories = round_.statutes, round_.categories.count()
    asked = [
        (round_.opens_at is None, _("Say when nominations open.")),
        (round_.closes_at is None, _("Say when nominations close.")),
        (round_.closes_at is not None and round_.closes_at <= now, _("The day nominations close has passed.")),
        (statutes.valid_from is None, _("Adopt the statutes.")),
        (not round_.prize.is_public, _("Show the prize to everyone.")),
        (categories == 0, _("Choose at least one category.")),
        (round_.officer is None, _("Choose the officer who gets what comes in.")),
        (statutes.vote != PrizeStatutes.Vote.NONE and round_.vote_opens_at is None,
         _("The statutes ask for a public vote. Say when it opens and closes.")),
    ]  # fmt: skip
    return [words for lacks, words in asked if lacks]


def advice(round_: PrizeRound) -> list[str]:
    """Return what one should think of once more before a round is published; none of it stops her."""
    asked = [
        (round_.jury is None, _("No jury is chosen yet. You can choose one until the jury begins.")),
        (round_.answer_due_on is None, _("No day is set for the nominees’ answers.")),
        (round_.jury_meets_on is None, _("No day is set for the jury’s meeting.")),
        (round_.ceremony_at is None, _("No ceremony is set. What is nominated is kept secret until then.")),
        (round_.statutes.adopted_in_id is None, _("The statutes are not tied to the decision that adopted them.")),
    ]
    return [words for lacks, words in asked if lacks]


def _to_judge(round_: PrizeRound, now: dt.datetime) -> list[str]:
    found = []
    if round_.closes_at is not None and now < round_.closes_at:
        found.append(_("Nominations are still open."))
    if round_.jury is None:
        found.append(_("Choose the jury."))
    elif not permissions.seats_of(round_, oslo_today(now)):
        found.append(_("Nobody sits in the jury today. Add its members."))
    return found


def _to_draft(round_: PrizeRound, now: dt.datetime) -> list[str]:
    return [_("Someone has nominated. Cancel the round instead.")] if round_.nominations.exists() else []


def _to_reopen(round_: PrizeRound, now: dt.datetime) -> list[str]:
    if JurySheet.objects.filter(category__round=round_).exists():
        return [_("The jury has begun to give points. Nominations stay closed.")]
    return []


def _to_vote(round_: PrizeRound, now: dt.datetime) -> list[str]:
    found = []
    if VoteCount.objects.filter(round=round_).exists():
        return [_("The vote is held and counted already.")]
    if round_.vote_opens_at is None or round_.vote_closes_at is None:
        found.append(_("Say when the vote opens and when it closes."))
    elif round_.vote_closes_at <= now:
        found.append(_("The day the vote closes has passed."))
    most, any_finalists = round_.statutes.finalists or 0, False
    for row in _fields(round_):
        any_finalists |= row.chosen >= 2
        if row.field >= 2 and row.chosen < 2:
            found.append(_("Choose at least two finalists in “%(category)s”.") % {"category": row.category})
        elif most and row.chosen > most:
            told = _("“%(category)s” has more finalists than the statutes let it have: %(most)d.")
            found.append(told % {"category": row.category, "most": most})
    if not found and not any_finalists:
        found.append(_("No category has two finalists to vote between."))
    return found


def _fields(round_: PrizeRound) -> Any:
    """Return the round's categories with how many take part and how many are finalists; one query."""
    return round_.categories.select_related("category").annotate(
        field=Count("candidates", filter=CANDIDATES_TAKE_PART),
        chosen=Count("candidates", filter=CANDIDATES_TAKE_PART & Q(candidates__is_finalist=True)),
    )


def _to_decide(round_: PrizeRound, now: dt.datetime) -> list[str]:
    waiting = round_.categories.filter(decision=None).select_related("category")
    found = [_("“%(category)s” is not decided.") % {"category": row.category} for row in waiting]
    if round_.state == State.VOTING and round_.vote_closes_at is not None and now < round_.vote_closes_at:
        found.insert(0, _("The vote is still open."))
    if round_.state == State.JUDGING and _lacks_vote(round_):
        found.insert(0, _("The statutes ask for a public vote. Hold it first."))
    return found


def _lacks_vote(round_: PrizeRound) -> bool:
    """Say whether the statutes want a vote that has not been held, where there is something to choose between."""
    if round_.statutes.vote == PrizeStatutes.Vote.NONE or VoteCount.objects.filter(round=round_).exists():
        return False
    return any(row.field >= 2 for row in _fields(round_).exclude(decision__outcome="none"))


def _to_announce(round_: PrizeRound, now: dt.datetime) -> list[str]:
    if round_.ceremony_at is None:
        return [_("Say when the ceremony is.")]
    if now < round_.ceremony_at:
        return [_("The ceremony has not begun. Winners are announced then, or later.")]
    return []


LACKS: dict[tuple[State, State], Callable[[PrizeRound, dt.datetime], list[str]]] = {
    (State.DRAFT, State.PUBLISHED): _to_publish, (State.PUBLISHED, State.JUDGING): _to_judge,
    (State.PUBLISHED, State.DRAFT): _to_draft, (State.JUDGING, State.PUBLISHED): _to_reopen,
    (State.JUDGING, State.VOTING): _to_vote, (State.JUDGING, State.DECIDED): _to_decide,
    (State.VOTING, State.DECIDED): _to_decide, (State.DECIDED, State.ANNOUNCED): _to_announce,
}  # fmt: skip


# ---- the step ----


@deed
def move(
    round_: PrizeRound, to: str, *, by: User, now: dt.datetime, seen: int | None = None, why: str = "",
    closes_at: dt.datetime | None = None,
) -> PrizeRound:  # fmt: skip
    """Let a round go on to a state, once; those who work with it are told. Reopened, it closes at `closes_at`.

    Raises:
        Handled: it stands there already, or somebody changed it since.
        Refused: the jury is at work, and she is tied to one who is nominated.
        ValidationError: something is missing; each is said.
    """
    held = hold.round_(round_, by)
    if held.state == to:
        told = _("Nothing is done now: the round stands as “%(state)s” already.")
        raise Handled(told % {"state": held.get_state_display()}, code="state")
    held = hold.round_(round_, by, seen)
    if to in BY_HAND:
        gate.refuse_tied(by, held)
    from_, why = str(held.state), why.strip()
    if needs_reason(from_, to) and not why:
        raise ValidationError({"why": _("Say why.")}, code="why")
    if stops := missing(held, to, now):
        raise ValidationError([ValidationError(words, code="missing") for words in stops])
    if (from_, to) == (State.JUDGING, State.PUBLISHED):
        if closes_at is None or closes_at <= now:
            raise ValidationError({"closes_at": _("Say when nominations close now: later than today.")}, code="past")
        held.closes_at = closes_at
    held.state = to
    if to == State.PUBLISHED:
        held.published_at = held.published_at or now
    elif to == State.DRAFT:
        held.published_at = None
    elif to == State.CANCELLED:
        held.ended_why = why
    held.save()
    held.refresh_from_db(fields=["announced_at", "row_version"])
    notices.record("prize_round_moved", held, by=by, case=held.case, from_state=from_, to_state=to)
    _tell(held, from_, by, now)
    return held


def _tell(round_: PrizeRound, from_: str, by: User, now: dt.datetime) -> None:
    """Tell the jury when its work begins, and colleagues that the round goes on; no nominee is named."""
    on, slugs = oslo_today(now), (round_.authority.slug, round_.prize.slug, round_.year)
    if round_.state == State.JUDGING and from_ == State.PUBLISHED:
        seats = [seat for seat in permissions.seats_of(round_, on) if seat.user is not None]
        let_in = judges([seat.user_id for seat in seats], round_.authority_id, on)  # type: ignore[misc]
        for seat in seats:
            if seat.user_id in let_in:
                outbox.notify(
                    seat.user, kind="jury_at_work", subject=round_, authority=round_.authority, on_date=on,
                    occasion=f"{round_.row_version}", title=lambda: _("Candidates wait for you: %s") % round_,
                    link=reverse("jury_round", args=slugs), link_text=gettext_lazy("Go to the jury’s page"),
                    template="jury_at_work", round=round_,
                )  # fmt: skip
    people = [one for one in notices.staff_with(round_.authority_id, permissions.SETS_UP, on) if one.pk != by.pk]
    notices.tell_in_daily_mail(
        people, round_, kind="prize_round_moved", occasion=f"{round_.state}:{round_.row_version}", on=on,
        title=lambda: f"{round_}: {round_.get_state_display()}", context=round_.prize.name,
        link=reverse("round_desk", args=slugs),
    )  # fmt: skip


def judges(user_ids: list[int], authority_id: int, on: dt.date) -> set[int]:
    """Return those of these people who hold the role that lets a jury member in, on a day; one query."""
    rows = Membership.objects.filter(period_holds(on), user__in=user_ids, authority=authority_id, role=JURY)
    return set(rows.values_list("user_id", flat=True))
