"""The jury's discussion of a candidate: what is said stays, and is read by members who have handed in their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from awards.judging import field, sheets
from awards.models import Candidate, JuryRemark, JurySheet
from awards.refusals import deed
from grants import notices
from grants.held import Handled
from portal.permissions import require

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import BodyMembership, User

LONGEST = 2000


@deed
def say(seat: BodyMembership, candidate: Candidate, text: str, *, by: User, now: dt.datetime) -> JuryRemark:
    """Add a remark; the same pressed twice is one.

    Raises:
        NotImpartial: the category is not open to her.
        Handled: the jury is not at work, or her own points are not handed in.
        ValidationError: keyed by the field.
    """
    require(seat.user_id == by.pk)
    category, _nobody = sheets.hold(seat, candidate.category_id, by=by, now=now)
    said = text.strip()
    if not said:
        raise ValidationError({"text": _("Write what you want to say.")})
    if len(said) > LONGEST:
        words = _("The text is too long. We take at most %(most)d characters.")
        raise ValidationError({"text": words % {"most": LONGEST}})
    handed_in = JurySheet.objects.filter(category=category, member=seat.pk, handed_in_at__isnull=False)
    if field.is_scored(category.round) and not handed_in.exists():
        raise Handled(_("Hand in your own points first. Then you take part in the discussion."), code="own_first")
    last = JuryRemark.objects.filter(candidate=candidate).order_by("-said_at", "-pk").first()
    if last is not None and (last.member_id, last.text) == (seat.pk, said):
        return last
    made = JuryRemark.objects.create(
        authority_id=category.authority_id, candidate=candidate, member=seat, text=said, said_at=now
    )
    notices.record("jury_remark_said", made, by=by, case=candidate.case)
    return made
