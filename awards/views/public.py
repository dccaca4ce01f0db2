"""Prizes as everyone reads them: the prizes, a prize with its statutes, a year’s round, the winners of all years.

Nothing here is kept from one reader to the next, and nothing of what is nominated is read before the ceremony.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from csp.decorators import csp
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from awards import gate, permissions
from awards.models import Prize, PrizeRound, Winner
from awards.winners import feeds, pictures, public, rule_words, seats, support
from grants.views.public import LONGEST, asked_about_each_time, place_of
from portal.models import Authority
from portal.permissions import does_casework
from portal.ratelimit import limit
from strategy.views.embed import IN_A_FRAME, KEPT_SECONDS

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest

HERE = "awards/public/"
PER_PAGE = 40
ON_PAGE = 6
"""Winners a prize's own page shows; the rest stand in the archive."""


def prize_of(user: Any, slug: str, prize: str) -> tuple[Authority, Prize, bool]:
    """Return a prize that everyone may read; one that is not shown yet, for those who work there.

    Raises:
        Http404: there is none for this reader.
    """
    found = place_of(user, slug)
    row: Prize = get_object_or_404(Prize, authority=found, slug=prize)
    works = does_casework(user, found.pk)
    if not works and not row.is_public:
        raise Http404
    row.authority = found
    return found, row, works


def round_of(user: Any, slug: str, prize: str, year: int) -> tuple[PrizeRound, bool]:
    """Return a round that everyone may read, else one that is being prepared, for those who work there.

    Raises:
        Http404: there is none for this reader.
    """
    try:
        return gate.public_round(slug, prize, year), True
    except Http404:
        owner, row, works = prize_of(user, slug, prize)
        if not works:
            raise
    found: PrizeRound = get_object_or_404(gate.ROUNDS, prize=row, year=year)
    found.authority = found.prize.authority = owner
    return found, False


# ---- prizes ----


@require_safe
@limit("prizes", per_minute=300)
def prizes(request: HttpRequest, authority: str) -> HttpResponse:
    """List an authority's prizes: what each is for, what one can do now, and who won last."""
    found, now = place_of(request.user, authority), timezone.now()
    context = {
        "authority": found, "lines": public.prize_lines(found, now),
        "works": permissions.may(request.user, found.pk, permissions.SEES),
    }  # fmt: skip
    return render(request, f"{HERE}list.html", context)


@require_safe
@limit("prizes_feed", per_minute=60)
def prizes_feed(request: HttpRequest, authority: str) -> HttpResponse:
    """Tell feed readers who has won."""
    found = place_of(request.user, authority)
    page = settings.BASE_URL + reverse("prizes", args=[found.slug])
    text = feeds.feed(found, public.newest(found.pk, feeds.IN_FEED), page, settings.BASE_URL + request.path)
    return asked_about_each_time(HttpResponse(text, content_type="application/atom+xml; charset=utf-8"))


@require_safe
@limit("prizes", per_minute=300)
def prize_page(request: HttpRequest, authority: str, prize: str) -> HttpResponse:
    """Show a prize: its purpose and categories, this year's dates, the statutes, who judges, and who has won."""
    found, row, works = prize_of(request.user, authority, prize)
    now, today = timezone.now(), timezone.localdate()
    rounds = list(public.rounds_of([row]).select_related("statutes", "jury"))
    running = [public.line_of(one, now) for one in rounds if one.state not in public.OVER]
    honours = public.archive(row)
    newest = rounds[0] if rounds else None
    context = {
        "authority": found, "prize": row, "works": works, "categories": row.categories.filter(is_in_use=True),
        "running": [(line, public.dates_of(line.round), public.act_url(line)) for line in running],
        "over": [public.line_of(one, now) for one in rounds if one.state in public.OVER][:ON_PAGE],
        "years": public.by_year(honours[:ON_PAGE]), "more": max(len(honours) - ON_PAGE, 0),
        "goals": public.goals_of(row), **statutes_facts(row, today),
        "jury": seats.lines_of(newest.jury if newest else None, today),
        "group": seats.lines_of(row.working_group, today),
    }  # fmt: skip
    return render(request, f"{HERE}prize.html", context)


def statutes_facts(prize: Prize, today: dt.date) -> dict[str, Any]:
    """Return the statutes that hold, their rules in words, and how much each criterion counts."""
    statutes = public.statutes_in_force(prize, today)
    if statutes is None:
        return {"statutes": None}
    criteria = list(statutes.criteria.all())
    whole = sum(one.weight for one in criteria) or 1
    return {
        "statutes": statutes, "rules": rule_words.rules_of(statutes),
        "criteria": [(one, 100 * one.weight / whole) for one in criteria],
    }  # fmt: skip


# ---- a year ----


@require_safe
@limit("prizes", per_minute=300)
def prize_round(request: HttpRequest, authority: str, prize: str, year: int) -> HttpResponse:
    """Show a year of a prize: what one can do now, the dates, and when it is announced, who won and why."""
    found, is_public = round_of(request.user, authority, prize, year)
    now = timezone.now()
    line = public.line_of(found, now)
    lines = public.categories_of(found, now)
    context = {
        "authority": found.prize.authority, "prize": found.prize, "round": found, "is_public": is_public, "line": line,
        "act_url": public.act_url(line) if is_public else "", "dates": public.dates_of(found), "categories": lines,
        "has_winner": any(one.winner for one in lines), "has_finalists": any(one.finalists for one in lines),
        "numbers": public.numbers_of(found), "vote_count": public.vote_count_of(found),
        "rules": rule_words.rules_of(found.statutes),
        "works": permissions.may(request.user, found.authority_id, permissions.SEES),
    }  # fmt: skip
    return render(request, f"{HERE}round.html", context)


# ---- winners ----


@require_safe
@limit("prizes", per_minute=300)
def prize_winners(request: HttpRequest, authority: str, prize: str) -> HttpResponse:
    """Show everyone who has won a prize, by year, searched and narrowed as asked."""
    found, row, works = prize_of(request.user, authority, prize)
    asked = {"q": request.GET.get("q", "")[:LONGEST].strip(), "kategori": request.GET.get("kategori", "")[:LONGEST]}
    whole = public.archive(row)
    rows = public.that_fit(whole, words=asked["q"], category=asked["kategori"])
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("side"))
    context = {
        "authority": found, "prize": row, "works": works, "page": page, "years": public.by_year(page), "asked": asked,
        "fit": len(rows), "total": len(whole), "is_narrowed": any(asked.values()),
        "query": urlencode({name: value for name, value in asked.items() if value}),
        "categories": sorted({one.category for one in whole} - {""}, key=str.casefold),
    }  # fmt: skip
    return render(request, f"{HERE}winners.html", context)


def winner_of(user: Any, slug: str, prize: str, key: int) -> tuple[Authority, Prize, Winner, bool]:
    """Return a winner of a prize this reader may read of.

    Raises:
        Http404: there is none.
    """
    found, row, works = prize_of(user, slug, prize)
    rows = Winner.objects.select_related("decision__category__round")
    winner: Winner = get_object_or_404(rows, prize=row, pk=key)
    winner.prize, winner.authority = row, found
    return found, row, winner, works


@require_safe
@limit("prizes", per_minute=300)
def prize_winner(request: HttpRequest, authority: str, prize: str, winner: int) -> HttpResponse:
    """Show a winner: why, for what, which goal the prize serves, and what public support it has had here."""
    found, row, won, works = winner_of(request.user, authority, prize, winner)
    context = {
        "authority": found, "prize": row, "winner": won, "works": works, "money": support.prize_money(won),
        "support": support.earlier_support(won), "goals": public.goals_of(row),
        "others": row.winners.filter(year=won.year).exclude(pk=won.pk).select_related("prize__authority", "authority"),
        "round": won.decision.category.round if won.decision else None,
    }  # fmt: skip
    return render(request, f"{HERE}winner.html", context)


@require_safe
@limit("winner_picture", per_minute=300)
def winner_picture(request: HttpRequest, authority: str, prize: str, winner: int) -> HttpResponse:
    """Show a winner's picture, and nothing else that a file could be.

    Raises:
        Http404: she has none.
    """
    _found, _row, won, _works = winner_of(request.user, authority, prize, winner)
    return pictures.answer(request, won)


# ---- in other sites' frames ----


@xframe_options_exempt
@csp(IN_A_FRAME)
@require_safe
@limit("prize_box", per_minute=300)
def prize_box(request: HttpRequest, authority: str, prize: str) -> HttpResponse:
    """Show a prize in few words for a frame on another web site: what one can do now, and who won last.

    The same to everyone who looks: a prize that is not shown to all has no box.
    """
    owner = get_object_or_404(Authority, slug=authority, is_listed=True)
    row: Prize = get_object_or_404(public.prizes_of(owner.pk), slug=prize)
    row.authority, now = owner, timezone.now()
    with translation.override(owner.language_form):
        line = public.first_of(
            [public.line_of(one, now) for one in public.rounds_of([row]).exclude(state__in=public.OVER)]
        )
        winners = public.last_winners([row])
        facts = {
            "prize": row, "authority": owner, "line": line, "act_url": public.act_url(line) if line else "",
            "act": _act_words(line), "winners": winners, "year": winners[0].year if winners else None,
        }  # fmt: skip
        answer = render(request, f"{HERE}box.html", facts)
    answer["Content-Language"] = owner.language_form
    answer["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    return answer


def _act_words(line: public.RoundLine | None) -> str:
    """Return what the button of the box says."""
    return {"nominate": _("Nominate"), "vote": _("Vote")}.get(line.act, "") if line else ""
