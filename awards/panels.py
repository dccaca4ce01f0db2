"""What prizes show on the portal's own pages: an authority's prizes, and what of them a case is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from awards.models import Candidate, Prize, PrizeRound
from awards.winners import public
from portal import permissions
from portal.models import Case

if TYPE_CHECKING:
    from portal.models import Authority

ON_PANEL = 4


def authority_panel(authority: Authority, user: Any) -> dict[str, Any] | None:
    """Return the authority's prizes: what one can do now, and who won last; nothing where it has none."""
    lines = public.prize_lines(authority, timezone.now())
    if not lines:
        return None
    lines.sort(key=lambda line: (line.line is None or not line.line.act, line.line is None))
    return {
        "template": "awards/panel/authority_panel.html", "lines": lines[:ON_PANEL],
        "more": max(len(lines) - ON_PANEL, 0), "url": reverse("prizes", args=[authority.slug]),
    }  # fmt: skip


def links_of_case(case: Case, user: Any) -> list[dict[str, str]]:
    """Return the prize, the round or the candidate a case is about, as far as the reader may know; two queries, or one.

    To others than staff a candidate's case is tied to nothing: who is nominated is not told.
    """
    works = permissions.does_casework(user, case.authority_id)
    if case.series == Case.Series.PRIZE:
        return _of_candidate(case) if works else []
    slug, found = case.authority.slug, []
    for prize in Prize.objects.filter(case=case):
        if works or prize.is_public:
            page = "edit_prize" if works else "prize_page"
            found.append({"text": str(prize), "url": reverse(page, args=[slug, prize.slug])})
    for round_ in PrizeRound.objects.filter(case=case).select_related("prize"):
        is_shown = round_.prize.is_public and round_.published_at and round_.state != PrizeRound.State.DRAFT
        if works or is_shown:
            page = "round_desk" if works else "prize_round"
            found.append({"text": str(round_), "url": reverse(page, args=[slug, round_.prize.slug, round_.year])})
    return found


def _of_candidate(case: Case) -> list[dict[str, str]]:
    rows = Candidate.objects.filter(case=case).select_related("round__prize")
    return [
        {
            "text": _("Nominee in %(round)s") % {"round": one.round},
            "url": reverse("candidate_desk", args=[
                case.authority.slug, one.round.prize.slug, one.round.year, one.pk,
            ]),
        }
        for one in rows
    ]  # fmt: skip
