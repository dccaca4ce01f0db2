"""How the jury voted in its meeting: one vote for each who took part and is out of nothing, as the minutes say."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from awards.deciding import holding, meeting
from awards.models import JuryVote
from awards.refusals import Refused, deed
from grants import notices
from portal.calendar import oslo_today

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from awards.deciding.holding import Held
    from awards.deciding.meeting import Member
    from awards.models import RoundCategory
    from portal.models import User

Choice = JuryVote.Choice


@dataclass(frozen=True)
class Cast:
    """What one member voted for."""

    choice: str
    candidate: int | None = None


def votes_of(category: RoundCategory, members: Iterable[Member] | None = None) -> list[JuryVote]:
    """Return the votes in a category, in the order of the members; of these members, only of who takes part by now.

    One whose tie is known since, or who was not there after all, has no vote.
    """
    rows = JuryVote.objects.filter(category=category).select_related("candidate", "member__user")
    if members is not None:
        rows = rows.filter(member__in=[one.seat.pk for one in members if one.takes_part])
    return list(rows.order_by("pk"))


@deed
def register(category: RoundCategory, given: Mapping[int, Cast | None], *, by: User, now: dt.datetime) -> int:
    """Register the votes by the members’ seats; None takes a vote away. Return how many were changed.

    Raises:
        ValidationError: keyed by the seat: she was not there, or is out of the category.
    """
    held = holding.category(category, by=by)
    holding.undecided(held)
    step = meeting.meeting_of(held.round)
    if step is None:
        raise Refused(_("Register the jury’s meeting first."), code="no_meeting")
    cases = [one.case_id for one in held.field]
    members = {one.seat.pk: one for one in meeting.members_of(held.category, step, oslo_today(now), cases)}
    _check(held, given, members)
    before = {row.member_id: row for row in JuryVote.objects.filter(category=held.category)}
    changed = 0
    for seat, cast in given.items():
        row = before.get(seat)
        if cast is None:
            changed += bool(row and row.delete())
        elif row is None or (row.choice, row.candidate_id) != (cast.choice, cast.candidate):
            row = row or JuryVote(authority_id=held.round.authority_id, category=held.category, member_id=seat)
            row.choice, row.candidate_id, row.registered_by = cast.choice, cast.candidate, by
            row.save()
            changed += 1
    if changed:
        notices.record("jury_voted", held.category, by=by, case=held.round.case, votes=changed)
    return changed


def _check(held: Held, given: Mapping[int, Cast | None], members: Mapping[int, Member]) -> None:
    wrong: dict[str, str] = {}
    for seat, cast in given.items():
        if cast is None:
            continue
        member = members.get(seat)
        if member is None or not member.takes_part:
            wrong[str(seat)] = _("Who did not take part in the meeting, or is out of the category, has no vote.")
        elif cast.choice == Choice.CANDIDATE and held.candidate(cast.candidate) is None:
            wrong[str(seat)] = _("Choose a candidate who takes part.")
    if wrong:
        raise ValidationError(wrong)


@dataclass(frozen=True)
class Tally:
    """How the votes fell: for each candidate, and for no winner; who abstained counts for neither."""

    by_candidate: dict[int, int]
    none: int

    @property
    def leading(self) -> list[int | None]:
        """Return who has the most votes, several when they are equal; None is “no winner”."""
        counts: dict[int | None, int] = {**self.by_candidate, None: self.none}
        most = max(counts.values())
        return [key for key, votes in counts.items() if votes == most] if most else []


def tally(votes: list[JuryVote]) -> Tally:
    """Count votes."""
    choices = Counter(row.choice for row in votes)
    by_candidate = Counter(row.candidate_id for row in votes if row.candidate_id)
    return Tally(dict(by_candidate), choices[Choice.NONE])
