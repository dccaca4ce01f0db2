"""What a jury member reads of one candidate: why it is nominated, what it says itself, and what the others think."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from awards import permissions
from awards.candidates import eligibility
from awards.deciding.ranking import ranking
from awards.judging import others
from awards.models import Candidate, JuryOpinion, Nomination, NominationFile, PrizeCriterion, PrizeRound
from portal.input_forms import add
from portal.models import Declaration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django import forms

    from awards.deciding.ranking import Ranked
    from awards.judging.field import Place
    from portal.models import BodyMembership


def opinion_of(candidate: Candidate, place: Place) -> JuryOpinion | None:
    """Return the member's own opinion of a candidate with its points."""
    if place.sheet is None:
        return None
    rows = JuryOpinion.objects.filter(sheet=place.sheet, candidate=candidate)
    return rows.prefetch_related("scores").first()


@dataclass(frozen=True)
class Why:
    """One nomination as the jury reads it: the reasons, who nominates and how they know each other; no address."""

    nomination: Nomination
    files: list[NominationFile]


def reasons_of(candidate: Candidate) -> list[Why]:
    """Return the nominations of a candidate that count, with their files; two queries."""
    rows = list(Nomination.objects.filter(candidate=candidate, dismissed_why="").order_by("number"))
    files: dict[int, list[NominationFile]] = {}
    for one in NominationFile.objects.filter(nomination__in=rows).select_related("document"):
        files.setdefault(one.nomination_id, []).append(one)
    return [Why(row, files.get(row.pk, [])) for row in rows]


def facts_of(
    candidate: Candidate, place: Place, seat: BodyMembership, criteria: Sequence[PrizeCriterion]
) -> dict[str, Any]:
    """Return what the page shows beside the member's own form; the others' only where she may see it."""
    copy = candidate.register_copy or {}
    found: dict[str, Any] = {
        "reasons": reasons_of(candidate), "unit": copy, "founded_on": eligibility.day(copy.get("founded_on")),
        "said": [], "discussion": [], "not_handed_in": [],
    }  # fmt: skip
    if not place.sees_others:
        return found
    found["discussion"] = others.remarks(candidate)
    if place.is_scored:
        seats = permissions.seats_of(place.category.round, timezone.localdate())
        found["said"] = others.of_candidate(candidate, seat, criteria)
        found["not_handed_in"] = others.not_handed_in(place.category.pk, seats)
    return found


def so_far(place: Place) -> dict[int, Ranked]:
    """Return the jury's weighing so far by candidate, to a member whose own is handed in; one query, else none."""
    if not (place.sees_others and place.is_scored):
        return {}
    return {row.candidate_id: row for row in ranking(place.category)}


def rulings_of(user: Any, round_: PrizeRound) -> list[Declaration]:
    """Return the ties one has declared in a round, with what was ruled; the latest of each candidate."""
    rows = Declaration.objects.filter(case__candidate__round=round_, user=user.pk, answer=Declaration.Answer.TIE)
    return list(rows.select_related("ruling", "case__candidate__category__category").order_by("declared_at"))


def refuse(form: forms.Form, error: ValidationError) -> None:
    """Put what a deed refused beside its field; what belongs to no field of the form stands above it."""
    if hasattr(error, "error_dict") and not set(error.error_dict) <= set(form.fields):
        error = ValidationError(error.messages)
    add(form, error)
