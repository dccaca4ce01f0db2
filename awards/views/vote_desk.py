"""The public vote as the officer follows it: how many, from where, what may be stuffing; the count and its hash."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from awards import finalists, gate, permissions
from awards.models import PrizeRound
from awards.rules import Phase
from awards.voting import counting, register, watching
from portal.impartiality import MAY
from portal.views.methods import read_or_act

if TYPE_CHECKING:
    from django.http import HttpRequest

    from awards.models import VoteCount


@never_cache
@login_required
@read_or_act
def vote_desk(request: HttpRequest, authority: str, prize: str, year: int) -> HttpResponse:
    """Show how a vote goes; count it when it has closed, and count again on demand."""
    roles = permissions.SETS_UP if request.method == "POST" else permissions.SEES
    found = gate.round_of(request.user, authority, prize, year, roles=roles)
    if request.method == "POST":
        if (deed := {"tell": count, "kontroller": count_again}.get(request.POST.get("gjor", ""))) is None:
            raise Http404
        deed(request, found)
        return redirect(request.path)
    return render(request, "awards/voting/desk.html", page_of(request.user, found))


def count(request: Any, round_: PrizeRound) -> None:
    """Count now; the machinery does it by itself some minutes after the closing."""
    try:
        counted = counting.count(round_, by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("The vote is counted: %(n)d have voted.") % {"n": counted.voters})


def count_again(request: Any, round_: PrizeRound) -> None:
    """Count once more, and say whether it adds up; nothing changes."""
    counted = finalists.count_of(round_)
    if counted is None:
        messages.warning(request, _("The votes are not counted yet."))
    elif counting.still_adds_up(counted):
        messages.success(request, _("Counted again: the ballots and the result are the same."))
    else:
        messages.error(request, _("The ballots are not those that were counted. Tell the operator at once."))


def page_of(user: Any, round_: PrizeRound) -> dict[str, Any]:
    """Return what the page shows; what was voted only to who may handle all candidates, and only when counted."""
    phase, counted = round_.phase(timezone.now()), finalists.count_of(round_)
    facts = watching.facts_of(round_)
    is_over = round_.vote_closes_at is not None and round_.vote_closes_at <= timezone.now()
    begun = round_.state not in (PrizeRound.State.DRAFT, PrizeRound.State.PUBLISHED)
    return {
        "authority": round_.authority, "round": round_, "phase": phase.value, "facts": facts,
        "signs": watching.signs(facts), "fewest": watching.FEWEST, "days": watching.by_day(round_), "counted": counted,
        "has_vote": round_.statutes.vote != "none" or counted is not None or facts.asked > 0,
        "is_decisive": round_.statutes.vote == "decides", "is_open": phase == Phase.VOTING,
        "may_count": is_over and begun and counted is None and permissions.may(
            user, round_.authority_id, permissions.SETS_UP
        ),
        "may_act": permissions.may(user, round_.authority_id, permissions.SETS_UP),
        "erase_on": counted.erase_on if counted else register.erase_day(round_) if round_.vote_closes_at else None,
        **results_for(user, round_, counted),
    }  # fmt: skip


def results_for(user: Any, round_: PrizeRound, counted: VoteCount | None) -> dict[str, Any]:
    """Return the result of each category to who may handle its field; after the announcement everyone reads it."""
    if counted is None:
        return {"results": []}
    results = counting.results_of(counted)
    if round_.state != PrizeRound.State.ANNOUNCED:
        for row in results:
            found, waits = gate.standing(user, gate.field_of(row["category"]))
            row |= {"is_closed": found not in MAY, "undeclared": [case.pk for case in waits]}
    return {"results": results}
