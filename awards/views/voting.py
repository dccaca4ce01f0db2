"""The public vote as everyone meets it: the finalists, the link by mail, the ballot paper, and the numbers afterwards.

Looking changes nothing: a mail scanner that opens a link casts no vote. Who is signed in is not asked for: the address
is what votes, and nothing of a visit is kept beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from awards import finalists, gate
from awards.models import PrizeRound
from awards.rules import Phase
from awards.voting import casting, counting, identity, register
from awards.voting.forms import AskForm, BallotForm
from portal import ratelimit
from portal.views.methods import read_or_act
from portal.views.rounds import too_fast

if TYPE_CHECKING:
    from django.http import HttpRequest

    from awards.models import Candidate, RoundCategory, Voter

HERE = "awards/voting/"
POSTS_A_MINUTE = 60
ASKED_AN_HOUR = 120
"""Per visitor; a whole school or festival may share one address."""


def voted_round(slug: str, prize: str, year: int) -> PrizeRound:
    """Return a round that has a public vote.

    Raises:
        Http404: there is none that everyone may read.
    """
    found = gate.public_round(slug, prize, year)
    if found.statutes.vote == "none" and finalists.count_of(found) is None:
        raise Http404
    return found


def facts_of(round_: PrizeRound, **facts: Any) -> dict[str, Any]:
    now = timezone.now()
    phase = round_.phase(now)
    has_voting = round_.vote_opens_at is not None and round_.vote_closes_at is not None
    return {
        "authority": round_.authority, "round": round_, "phase": phase.value,
        "is_decisive": round_.statutes.vote == "decides",
        "erase_on": register.erase_day(round_) if has_voting else None,
        "finalists": finalists.of(round_) if finalists.are_shown(round_, phase) else {}, **facts,
    }  # fmt: skip


# ---- the finalists, and the link ----


@never_cache
@read_or_act
def vote(request: HttpRequest, authority: str, prize: str, year: int) -> HttpResponse:
    """Show the finalists while the vote is open and after; mail a link to an address that asks."""
    found = voted_round(authority, prize, year)
    if request.method != "POST":
        return show(request, found, AskForm(), is_sent=request.GET.get("sendt") == "1")
    visitor = ratelimit.visitor(request)
    if ratelimit.over_limit("vote-post", visitor, per_minute=POSTS_A_MINUTE):
        return too_fast(request)
    form = AskForm(request.POST)
    if not form.is_valid():
        return show(request, found, form, status=200)
    try:
        if ratelimit.over_limit("vote-links", visitor, per_hour=ASKED_AN_HOUR):
            raise register.TooMany
        register.ask(
            found, form.cleaned_data["address"], network=ratelimit.network_of(request), now=timezone.now()
        )  # fmt: skip
    except register.TooMany:
        form.add_error(None, _("We have sent enough links for now. Look in your e-mail, also among the junk, or try"
                               " again in an hour."))  # fmt: skip
        return show(request, found, form, status=429)
    except register.NotOpen:
        return show(request, found, form, status=409)
    return redirect(reverse("vote", args=[authority, prize, year]) + "?sendt=1#sendt")


def show(request: HttpRequest, round_: PrizeRound, form: AskForm, *, status: int = 200, **facts: Any) -> HttpResponse:
    """Write out the page of a vote; the form stands there only while the vote is open."""
    context = facts_of(round_, **facts)
    return render(request, f"{HERE}vote.html", {**context, "form": form if context["phase"] == Phase.VOTING else None},
                  status=status)  # fmt: skip


# ---- the ballot paper ----


@never_cache
@read_or_act
def cast_vote(request: HttpRequest, authority: str, prize: str, year: int, key: str) -> HttpResponse:
    """Show the ballot paper of the address that the link was sent to; cast its vote when the button is pressed."""
    if request.method == "POST" and ratelimit.over_limit(
        "vote-cast", ratelimit.visitor(request), per_minute=POSTS_A_MINUTE
    ):
        return too_fast(request)
    found = voted_round(authority, prize, year)
    held = casting.voter_of(found, key, now=timezone.now())
    if held is None:
        context = facts_of(found, noindex=True)
        return render(request, f"{HERE}bad_link.html", context, status=404)
    voter, address = held
    context = facts_of(found, noindex=True, whose=identity.masked(address), has_voted=voter.has_voted)
    if request.method == "POST" and not voter.has_voted and context["phase"] == Phase.VOTING:
        return cast(request, found, voter, context)
    return show_paper(request, BallotForm(finalists=context["finalists"]), context)


def cast(request: HttpRequest, round_: PrizeRound, voter: Voter, context: dict[str, Any]) -> HttpResponse:
    """Lay the ballots in the box, and lead back to the link, which then says so; what was wrong is said beside it."""
    finalists: dict[RoundCategory, list[Candidate]] = context["finalists"]
    form = BallotForm(request.POST, finalists=finalists)
    if not form.is_valid():
        return show_paper(request, form, context)
    try:
        casting.cast(voter, form.chosen)
    except ValidationError as error:
        if getattr(error, "code", "") != "one_vote_per_address":
            form.add_error(None, error.messages[0])
            return show_paper(request, form, {**context, **facts_of(round_)}, status=409)
    return redirect(request.path)


def show_paper(request: HttpRequest, form: BallotForm, context: dict[str, Any], status: int = 200) -> HttpResponse:
    has_texts = any(one.public_text for each in context["finalists"].values() for one in each)
    return render(request, f"{HERE}paper.html", {**context, "form": form, "has_texts": has_texts}, status=status)


# ---- the numbers ----


@require_safe
@ratelimit.limit("vote_numbers", per_minute=120)
def vote_numbers(request: HttpRequest, authority: str, prize: str, year: int) -> HttpResponse:
    """Show what the vote gave, once the winners are announced, and give the ballots to who wants to count again."""
    found = gate.public_round(authority, prize, year)
    counted = finalists.count_of(found)
    if found.state != PrizeRound.State.ANNOUNCED or counted is None:
        raise Http404
    if request.GET.get("fil"):
        answer = HttpResponse(counting.ballots_as_text(found), content_type="text/plain; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="stemmesedler-{prize}-{year}.txt"'
        return answer
    context = facts_of(found, counted=counted, results=counting.results_of(counted))
    return render(request, f"{HERE}numbers.html", context)
