"""What an officer decides of a candidate or a nomination: it cannot win, does not count, or was written wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from awards.candidates import gathering, holding, telling
from awards.models import Candidate, Nomination, PrizeRound, RoundCategory
from awards.refusals import Refused, deed
from grants.held import Handled
from grants.notices import record
from portal import keys
from portal.calendar import oslo_today
from portal.models import LinkKey

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import User

State = Candidate.State
AT_WORK = (PrizeRound.State.PUBLISHED, PrizeRound.State.JUDGING, PrizeRound.State.VOTING)


def _held(candidate: Candidate, seen: int | None, by: User) -> Candidate:
    """Lock a candidate that may still be taken out of the field, or let in."""
    found = holding.held(candidate, by=by, seen=seen)
    if found.round.state not in AT_WORK:
        raise Refused(_("The round has come too far for this change."), code="candidate_goes_its_way")
    if found.merged_into_id is not None:
        raise Handled(_("It is gathered in another. See how it stands."), code="again")
    holding.require_undecided(found.category_id)
    return found


@deed
def take_out(candidate: Candidate, why: str, *, seen: int | None = None, by: User, now: dt.datetime) -> Candidate:
    """Note that a candidate cannot win by the statutes, and why; it takes no part.

    Raises:
        PermissionDenied: she does not handle prizes here.
        NotImpartial: she has not declared for the whole field, or is tied to one in it.
        Handled: it takes no part already, or somebody changed it since.
        Refused: the jury has decided.
        ValidationError: without a reason.
    """
    found = _held(candidate, seen, by)
    if found.state == State.OUT:
        raise Handled(_("It takes no part already."), code="again")
    if not why.strip():
        raise ValidationError({"why": _("Say why the nominee cannot win.")}, code="missing")
    found.state, found.out_why, found.is_finalist = State.OUT, why.strip(), False
    found.save()
    record("candidate_out", found, by=by, case=found.case)
    return found


@deed
def let_in(candidate: Candidate, *, seen: int | None = None, by: User, now: dt.datetime) -> Candidate:
    """Let a candidate take part again; one who has declined herself changes that herself.

    Raises:
        PermissionDenied: she does not handle prizes here.
        NotImpartial: she has not declared for the field or for it, or is tied to one of them.
        Handled: it takes part already, or somebody changed it since.
        Refused: the jury has decided.
    """
    found = _held(candidate, seen, by)
    if found.state != State.OUT:
        raise Handled(_("See how it stands: only who was taken out is let in again."), code="again")
    declined = found.answer == Candidate.Answer.DECLINED
    found.state, found.out_why = (State.DECLINED if declined else State.ACTIVE), ""
    found.save()
    record("candidate_in", found, by=by, case=found.case)
    if not declined and found.round.state == PrizeRound.State.JUDGING:
        telling.came_late(found.round, found.category, on=oslo_today(now))
    return found


# ---- what was written ----


@deed
def change(
    candidate: Candidate, *, name: str, kind: str, number: str, email: str, category: RoundCategory,
    register_copy: dict[str, Any] | None = None, seen: int | None = None, by: User, now: dt.datetime,
) -> Candidate:  # fmt: skip
    """Put right who is nominated, and where. What a nominator wrote stays; links to an old address stop working.

    Raises:
        PermissionDenied: she does not handle prizes here.
        NotImpartial: she has not declared for the field, or the one it comes to, or is tied to one in them.
        Handled: somebody changed it since.
        Refused: the jury is at work with it, or the nominee stands in the category already.
    """
    found = _held(candidate, seen, by)
    moves = category.pk != found.category_id
    facts = {"name": name.strip(), "kind": kind, "number": number if kind == "organisation" else ""}
    if moves or any(getattr(found, field) != value for field, value in facts.items()):
        holding.require_taking(found.round)
    if moves:
        if category.round_id != found.round_id:
            raise Refused(_("Choose a category of this round."), code="category")
        holding.require_undecided(category.pk)
        if found.opinions.exists() or found.is_finalist:
            raise Refused(_("The jury has weighed it in this category. It stays."), code="weighed")
    renumbered, readdressed = found.number != facts["number"], email.lower() != found.email.lower()
    for field, value in facts.items():
        setattr(found, field, value)
    if renumbered or register_copy:
        found.register_copy, found.register_copied_at = register_copy, now if register_copy else None
        found.place = gathering.place_in(register_copy) or found.place
    found.email, found.category = email, category
    found.save()
    if readdressed:
        keys.revoke(LinkKey.Purpose.NOMINEE, now=now, subject_id=found.pk)
    record("candidate_changed", found, by=by, case=found.case, moved=moves, readdressed=readdressed)
    if moves and found.state == State.ACTIVE and found.round.state == PrizeRound.State.JUDGING:
        telling.came_late(found.round, category, on=oslo_today(now))
    return found


@deed
def dismiss(nomination: Nomination, why: str, *, by: User, now: dt.datetime) -> Nomination:
    """Note that a nomination does not count, and why; or, without a reason, that it counts after all.

    Raises:
        PermissionDenied: she does not handle prizes here.
        NotImpartial: she has not declared for the whole field, or is tied to one in it.
        Handled: that is noted already.
        Refused: the jury has decided.
    """
    _held(nomination.candidate, None, by)
    row = Nomination.objects.select_for_update(no_key=True, of=("self",)).select_related("candidate__case").get(
        pk=nomination.pk
    )  # fmt: skip
    if row.dismissed_why == why.strip():
        raise Handled(_("That is noted already."), code="again")
    row.dismissed_why = why.strip()
    row.save(update_fields=["dismissed_why"])
    kind = "nomination_dismissed" if row.dismissed_why else "nomination_counts"
    record(kind, row.candidate, by=by, case=row.candidate.case, number=row.number)
    return row
