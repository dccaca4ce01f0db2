"""What the nominee answers: that she takes part, that she declines, and what she adds; each answer is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from awards.candidates import holding, telling
from awards.models import Candidate, NomineeAnswer, PrizeRound
from awards.refusals import Refused, deed
from grants.notices import record
from portal.calendar import oslo_today

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import User

LONGEST = 8000
Answer, State = Candidate.Answer, Candidate.State
ANSWERS = (PrizeRound.State.PUBLISHED, PrizeRound.State.JUDGING, PrizeRound.State.VOTING)
"""While a nominee may answer, and change her answer."""


def takes_answer(candidate: Candidate) -> bool:
    """Say whether the nominee may answer now: until the jury has decided in her category."""
    return candidate.round.state in ANSWERS and not holding.is_decided(candidate.category_id)


@deed
def answer(
    candidate: Candidate, *, answer: str, facts: str = "", how: str = NomineeAnswer.How.LINK, by: User | None = None,
    seen: int | None = None, now: dt.datetime,
) -> bool:  # fmt: skip
    """Keep what a nominee answers, by her link or as an officer registers it; the same once more adds nothing.

    Who declines takes no part, and may change her mind until the jury has decided. Return whether it was news.

    Raises:
        PermissionDenied: an officer does not handle prizes here.
        NotImpartial: an officer has not declared for the whole field, or is tied to one in it.
        Handled: somebody changed it since it was read.
        Refused: the jury has decided.
        ValidationError: the text is too long.
    """
    found = holding.lock(candidate) if by is None else holding.held(candidate, by=by, seen=seen)
    if found.merged_into_id is not None:
        found = holding.lock(holding.root_of(found))
    if not takes_answer(found):
        raise Refused(_("The jury has decided. Your answer can no longer be changed here."), code="late")
    plain = facts.strip()
    if len(plain) > LONGEST:
        raise ValidationError({"facts": _("The text is too long.")}, code="long")
    chosen = answer if answer in Answer.values else Answer.WAITING
    if (chosen, plain) == (found.answer, found.facts):
        return False
    if chosen == Answer.WAITING and found.answer != Answer.WAITING:
        chosen = found.answer
    NomineeAnswer.objects.create(
        authority_id=found.authority_id, candidate=found, answer=chosen, facts=plain, how=how, answered_at=now,
        registered_by=by,
    )  # fmt: skip
    came_back = _keep(found, chosen, plain, now)
    record("nominee_answered", found, by=by, case=found.case, answer=str(chosen), adds=bool(plain))
    telling.answered(found, on=oslo_today(now))
    if came_back and found.round.state == PrizeRound.State.JUDGING:
        telling.came_late(found.round, found.category, on=oslo_today(now))
    return True


def _keep(found: Candidate, chosen: str, facts: str, now: dt.datetime) -> bool:
    """Let the latest answer stand on the candidate; say whether she came back into the field."""
    before = found.state
    found.facts = facts
    if chosen != Answer.WAITING:
        found.answer, found.answered_at = chosen, now
    if chosen == Answer.DECLINED and before == State.ACTIVE:
        found.state, found.is_finalist = State.DECLINED, False
    if chosen == Answer.ACCEPTED and before == State.DECLINED:
        found.state = State.ACTIVE
    found.save()
    return before == State.DECLINED and found.state == State.ACTIVE
