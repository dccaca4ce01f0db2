"""Deeds on the statutes of a prize: a version drawn up from the last, its rules and criteria, and its adoption.

Adopted, a version never changes; the next one is made from it.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from awards.models import PrizeCriterion, PrizeStatutes
from awards.refusals import deed
from awards.rounds import hold
from grants import notices
from grants.held import Handled
from portal.models import CaseStep

if TYPE_CHECKING:
    from awards.models import Prize
    from portal.models import User

RULES = (
    "text", "interval_years", "nominees", "local_only", "repeat_years", "smallest_age", "needs_accounts", "method",
    "finalists", "vote", "money_nok",
)  # fmt: skip
"""What a version says: its text, and its rules as data."""
MOST = 12
"""Criteria a version takes: what a jury can keep in mind."""
DECIDED = (CaseStep.Outcome.ADOPTED, CaseStep.Outcome.AMENDED)


@deed
def make_statutes(prize: Prize, *, by: User) -> PrizeStatutes:
    """Draw up a new version with all that the last one says; one at a time.

    Raises:
        Handled: a version is being drawn up already.
    """
    held = hold.prize(prize, by)
    rows = list(held.statutes.order_by("-version"))
    if any(row.valid_from is None for row in rows):
        raise Handled(_("A version is being drawn up already. Go on with that."), code="draft")
    made = PrizeStatutes(authority_id=held.authority_id, prize=held, version=rows[0].version + 1 if rows else 1)
    made.nominees = list(PrizeStatutes.Nominees.values)
    for name in RULES if rows else ():
        setattr(made, name, getattr(rows[0], name))
    made.save()
    for criterion in rows[0].criteria.all() if rows else ():
        criterion.pk, criterion._state.adding, criterion.statutes = None, True, made
        criterion.save(force_insert=True)
    notices.record("prize_statutes_made", made, by=by, version=made.version)
    return made


@deed
def write(statutes: PrizeStatutes, facts: dict[str, Any], *, seen: int | None, by: User) -> PrizeStatutes:
    """Change a version that is not adopted.

    Raises:
        ValidationError: keyed by field.
    """
    held = hold.statutes(statutes, by, seen)
    for name, value in facts.items():
        if name in RULES:
            setattr(held, name, value)
    held.full_clean(exclude=["authority", "prize"])
    held.save()
    return held


@deed
def save_criterion(statutes: PrizeStatutes, criterion: PrizeCriterion, *, by: User) -> PrizeCriterion:
    """Add a criterion at the end, or change one."""
    held = hold.statutes(statutes, by)
    if criterion.pk is None:
        places = held.criteria.values_list("position", flat=True)
        if len(places) >= MOST:
            raise ValidationError(_("A version takes at most %(most)d criteria.") % {"most": MOST}, code="many")
        criterion.position = max(places, default=-1) + 1
    criterion.statutes, criterion.authority_id = held, held.authority_id
    criterion.full_clean(exclude=["authority"])
    criterion.save()
    return criterion


@deed
def move_criterion(statutes: PrizeStatutes, key: int, *, up: bool, by: User) -> None:
    """Move a criterion one place up or down."""
    hold.move_one(hold.statutes(statutes, by).criteria.all(), key, up=up)


@deed
def remove_criterion(statutes: PrizeStatutes, key: int, *, by: User) -> None:
    """Take a criterion away."""
    held = hold.statutes(statutes, by)
    if not held.criteria.filter(pk=key).delete()[0]:
        raise Handled(_("It is gone already."), code="gone")


# ---- adopted ----


def missing(statutes: PrizeStatutes) -> list[str]:
    """Return in words what a version lacks before it can be adopted."""
    is_voted = statutes.vote != PrizeStatutes.Vote.NONE
    asked = [
        (not statutes.text.strip(), _("Write the text of the statutes.")),
        (not statutes.nominees, _("Say who may be nominated.")),
        (statutes.method == PrizeStatutes.Method.SCORING and not statutes.criteria.exists(),
         _("The jury gives points: add what it gives them by.")),
        (is_voted and (statutes.finalists or 0) < 2, _("A public vote is among finalists: say how many, two or more.")),
    ]  # fmt: skip
    return [words for lacks, words in asked if lacks]


def steps_of(prize: Prize) -> Any:
    """Return the decisions in the working group’s case that may have adopted the statutes."""
    rows = CaseStep.objects.filter(case=prize.case_id, activity=CaseStep.Activity.DECISION, outcome__in=DECIDED)
    return rows.select_related("body").order_by("-decided_on", "-pk")


@deed
def adopt(
    statutes: PrizeStatutes, *, valid_from: dt.date, adopted_in: CaseStep | None, seen: int | None, by: User
) -> PrizeStatutes:  # fmt: skip
    """Adopt a version from a day; from then on neither its text, its rules nor its criteria change.

    Raises:
        ValidationError: something is missing, or an earlier version holds from a later day.
    """
    if (there := PrizeStatutes.objects.filter(pk=statutes.pk).exclude(valid_from=None).first()) is not None:
        raise Handled(_("Version %(number)d is adopted already.") % {"number": there.version}, code="state")
    held = hold.statutes(statutes, by, seen)
    if stops := missing(held):
        raise ValidationError([ValidationError(words, code="missing") for words in stops])
    last = held.prize.statutes.exclude(valid_from=None).order_by("-valid_from").first()
    if last is not None and last.valid_from is not None and valid_from < last.valid_from:
        told = _("Version %(number)d holds from a later day. Choose that day or a later one.")
        raise ValidationError({"valid_from": told % {"number": last.version}}, code="order")
    if adopted_in is not None and not steps_of(held.prize).filter(pk=adopted_in.pk).exists():
        raise ValidationError({"adopted_in": _("Choose a decision in the working group’s case.")}, code="other")
    held.valid_from, held.adopted_in = valid_from, adopted_in
    held.save()
    notices.record("prize_statutes_adopted", held, by=by, version=held.version)
    return held


@deed
def remove(statutes: PrizeStatutes, *, seen: int | None, by: User) -> None:
    """Remove a version that was never adopted."""
    held = hold.statutes(statutes, by, seen)
    notices.record("prize_statutes_removed", held, by=by, version=held.version)
    held.delete()
