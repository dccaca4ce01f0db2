"""How the desk takes hold of rounds and candidates: by tenant and role in the query, and by who may handle them.

Ranking is comparative: who has not declared for every candidate in a category, or is tied to one, sees that there are
nominations and handles none of them (decision 0029).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from awards import permissions
from awards.models import TAKES_PART, Candidate, PrizeRound, RoundCategory
from awards.refusals import Refused
from grants.desk.weighing import declared, tied
from portal import impartiality
from portal.impartiality import MAY, OUT, Standing
from portal.impartiality_forms import DeclareForm
from portal.impartiality_watch import has_declared
from portal.models import Case, Declaration
from portal.permissions import require
from portal.views.waiting import desk_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from portal.models import User

State = PrizeRound.State
AT_WORK = (State.PUBLISHED, State.JUDGING, State.VOTING, State.DECIDED)
"""While a round is not announced, its own case is closed to who may not handle all its candidates."""
JUDGED = (State.JUDGING, State.VOTING, State.DECIDED)
"""While who judges, and whether there is a prize at all, is nothing for who is tied to a candidate."""
ROUNDS = PrizeRound.objects.select_related("prize", "statutes", "case", "jury", "officer")


def round_of(user: Any, slug: str, prize: str, year: int, *, roles: frozenset[str] = permissions.SEES) -> PrizeRound:
    """Return a round for those who work at its authority's desk with one of these roles.

    Raises:
        Http404: there is none for this person.
        PermissionDenied: she works here, and has none of the roles.
    """
    owner = desk_of(user, slug)
    found: PrizeRound = get_object_or_404(ROUNDS, authority=owner, prize__slug=prize, year=year)
    found.authority = found.prize.authority = found.case.authority = owner
    require(permissions.may(user, owner.pk, roles))
    return found


def candidate_of(round_: PrizeRound, key: int) -> Candidate:
    """Return a candidate of this round.

    Raises:
        Http404: it has none with this key.
    """
    rows = Candidate.objects.select_related("category__category", "case__officer", "merged_into")
    found: Candidate = get_object_or_404(rows, pk=key, round=round_)
    found.round = found.category.round = round_
    found.authority = found.case.authority = round_.authority
    return found


def category_of(round_: PrizeRound, key: int) -> RoundCategory:
    """Return a category of this round.

    Raises:
        Http404: it has none with this key.
    """
    found: RoundCategory = get_object_or_404(RoundCategory.objects.select_related("category"), pk=key, round=round_)
    found.round = round_
    return found


def standing(person: Any, candidates: list[Candidate]) -> tuple[Standing, list[Case]]:
    """Return how a person stands in a field of candidates, with the cases she has still to declare for.

    A tie to one of those who take part is a tie to the whole field. The operator reads, and decides nothing.
    """
    field = [one for one in candidates if one.state == Candidate.State.ACTIVE and one.merged_into_id is None]
    if getattr(person, "is_superuser", False):
        return Standing.IMPARTIAL, []
    found = impartiality.standings(person, [one.case_id for one in field])
    tie = next((each for each in found.values() if each in OUT), None)
    if tie is not None:
        return tie, []
    waits = [one.case for one in field if found[one.case_id] not in MAY]
    return (Standing.UNANSWERED, waits) if waits else (Standing.IMPARTIAL, [])


def field_of(category: RoundCategory | int) -> list[Candidate]:
    """Return the candidates who are weighed against each other in a category; one query."""
    rows = Candidate.objects.filter(TAKES_PART, category=category)
    return list(rows.select_related("case"))


def refuse_tied(user: Any, round_: PrizeRound) -> None:
    """Stop what moves a whole round, or who judges it, by one who is tied to a candidate while the jury is at work.

    Raises:
        Refused: she is tied to one of them.
    """
    if round_.state not in JUDGED:
        return
    field = Candidate.objects.filter(TAKES_PART, round=round_.pk)
    found = impartiality.standings(user, field.order_by().values_list("case", flat=True))
    if any(each in OUT for each in found.values()):
        raise Refused(_("You are tied to one who is nominated. Let a colleague do this."), code="tied")


def require_impartial(user: Any, category: RoundCategory | int) -> None:
    """Stop a deed by who has not declared for the whole field of a category, or is tied to one in it.

    Raises:
        NotImpartial: with how she stands.
    """
    found, _waits = standing(user, field_of(category))
    if found not in MAY or getattr(user, "is_superuser", False):
        raise impartiality.NotImpartial(found)


def gate(request: HttpRequest, round_: PrizeRound, candidates: list[Candidate]) -> HttpResponse | None:
    """Return nothing to who may handle this field; else the page that says why not, with the declaration to give.

    Status 403: the page behind is not shown.
    """
    found, waits = standing(request.user, candidates)
    if found in MAY:
        return None
    facts = {
        "authority": round_.authority, "round": round_, "standing": found, "cases": waits,
        "candidates": [one for one in candidates if one.case in waits], "form": DeclareForm(several=len(waits) > 1),
        "next": request.get_full_path() if request.method != "POST" else "",
    }  # fmt: skip
    return render(request, "awards/gate.html", facts, status=403)


def gate_candidate(request: HttpRequest, candidate: Candidate) -> HttpResponse | None:
    """Gate one candidate's page: by the whole field of its category, and by the candidate itself if it is out of it."""
    field = field_of(candidate.category_id)
    if candidate.pk not in {one.pk for one in field}:
        own = impartiality.standing(request.user, candidate.case_id)
        if own not in MAY and not getattr(request.user, "is_superuser", False):
            candidate.state = Candidate.State.ACTIVE  # asked as if she took part; never saved
            field.append(candidate)
    return gate(request, candidate.round, field)


# ---- what portal asks about cases ----


def compared_cases(user: User) -> Any:
    """Return the cases of a category where a person is tied to another candidate, until it is announced."""
    ties = Declaration.objects.filter(user=user.pk, answer=Declaration.Answer.TIE).order_by().values("case")
    field = Candidate.objects.filter(TAKES_PART, round__state__in=AT_WORK)
    tied_to = field.filter(case__in=ties).annotate(**declared(user)).filter(tied())
    return field.filter(category__in=tied_to.order_by().values("category")).order_by().values("case")


def closed_rounds(user: User) -> Any:
    """Return the cases of rounds, not announced, with a candidate that a person may not handle: minutes lie there."""
    field = Candidate.objects.filter(TAKES_PART, round=OuterRef("pk"))
    hidden = field.annotate(is_hers=has_declared(user, "case_id")).filter(is_hers=False)
    return PrizeRound.objects.filter(Exists(hidden), state__in=AT_WORK).order_by().values("case")


def cases_inside(case_id: int) -> list[int]:
    """Return the cases of the candidates in the round that has this case, while it is not announced."""
    rows = Candidate.objects.filter(TAKES_PART, round__case=case_id, round__state__in=AT_WORK)
    return list(rows.order_by("pk").values_list("case_id", flat=True))


def parties(case_ids: list[int]) -> dict[int, dict[str, str]]:
    """Return who is nominated, and for what, in each of these cases: no more than the desk's lists show."""
    rows = Candidate.objects.filter(case__in=case_ids).select_related("round__prize__authority", "category__category")
    return {
        row.case_id: {
            "who": row.name, "number": row.number, "what": str(row.category), "reference": str(row.round),
            "call": str(row.round), "url": reverse("candidate_desk", args=[
                row.round.prize.authority.slug, row.round.prize.slug, row.round.year, row.pk,
            ]),
        }
        for row in rows
    }  # fmt: skip


def public_round(slug: str, prize: str, year: int) -> PrizeRound:
    """Return a round anyone may read: published, of a public prize, in an authority that uses the portal.

    Raises:
        Http404: there is none.
    """
    found = ROUNDS.filter(
        authority__slug=slug, authority__is_listed=True, prize__slug=prize, prize__is_public=True, year=year,
        published_at__isnull=False,
    ).exclude(state=State.DRAFT).select_related(
        "prize__authority", "statutes", "case", "jury", "authority"
    ).defer("statutes__text").first()  # fmt: skip
    if found is None:
        raise Http404
    return found
