"""What the other members have given and said: shown to one whose own sheet is handed in, and to nobody before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import BooleanField, F, Func

from awards.models import Candidate, JuryOpinion, JuryRemark, JurySheet, PrizeCriterion
from portal.impartiality_protocol import name_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from portal.models import BodyMembership

MAY_JUDGE = Func(
    F("sheet__category_id"), F("sheet__member_id"), function="awards_may_judge", output_field=BooleanField()
)
"""As in the ranking: what a member gave who is out of the category by now does not count, and is not shown."""


@dataclass(frozen=True)
class Said:
    """One member's opinion of a candidate: (criterion, points) in order, nothing where none is given."""

    name: str
    is_own: bool
    cells: list[tuple[str, str]]
    abstains: bool
    comment: str
    changed_why: str
    changed_at: dt.datetime | None


def of_candidate(candidate: Candidate, seat: BodyMembership, criteria: Sequence[PrizeCriterion]) -> list[Said]:
    """Return what members who have handed in gave a candidate, one's own first; two queries.

    The caller has asked whether the reader's own is handed in (`field.Place.sees_others`).
    """
    rows = JuryOpinion.objects.filter(candidate=candidate, sheet__handed_in_at__isnull=False)
    rows = rows.annotate(counts=MAY_JUDGE).filter(counts=True)
    rows = rows.select_related("sheet__member__user").prefetch_related("scores")
    found = []
    for row in rows.order_by("sheet__handed_in_at", "pk"):
        given = {score.criterion_id: score.points for score in row.scores.all()}
        found.append(Said(
            name_of(row.sheet.member), row.sheet.member_id == seat.pk,
            [(one.title, str(given.get(one.pk, ""))) for one in criteria],
            row.abstains, row.comment, row.changed_why, row.changed_at,
        ))  # fmt: skip
    return sorted(found, key=lambda said: not said.is_own)


def not_handed_in(category_id: int, seats: Sequence[BodyMembership]) -> list[str]:
    """Return the members who have not handed in their sheet in a category; one query."""
    done = JurySheet.objects.filter(category=category_id, handed_in_at__isnull=False)
    keys = set(done.values_list("member", flat=True))
    return [name_of(one) for one in seats if one.pk not in keys]


def remarks(candidate: Candidate) -> list[tuple[str, JuryRemark]]:
    """Return the discussion of a candidate with who said what; one query."""
    rows = JuryRemark.objects.filter(candidate=candidate).select_related("member__user")
    return [(name_of(row.member), row) for row in rows]
