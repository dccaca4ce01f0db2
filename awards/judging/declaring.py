"""What jury members say of their ties to a field: they themselves, or an officer for those who do not sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from awards import gate, permissions
from awards.judging import field
from awards.models import Candidate, PrizeRound, RoundCategory
from awards.refusals import WORDS, Refused, deed
from grants.held import Handled
from portal import impartiality, impartiality_notices
from portal.calendar import oslo_today
from portal.impartiality import MAY, Standing
from portal.models import Case, Declaration, Event, Ruling
from portal.permissions import require

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from portal.models import BodyMembership, User


def declare(
    round_: PrizeRound, seat: BodyMembership, found: Sequence[Candidate], *, tie: str = "", by: User, now: dt.datetime
) -> list[Declaration]:
    """Store a member's own answer for each of these candidates; a tie is to one, and the leaders are told.

    Raises:
        Handled: the jury is not at work.
        ValidationError: a tie to several at once, or one that is taken back.
    """
    own = permissions.seat_of(by, round_, oslo_today(now))
    require(own is not None and own.pk == seat.pk)
    if tie.strip() and len(found) > 1:
        raise ValidationError(_("Choose the one candidate you are tied to."), code="several")
    with transaction.atomic():
        held = PrizeRound.objects.select_for_update(no_key=True, of=("self",)).get(pk=round_.pk)
        if held.state not in field.WORKS:
            raise Handled(WORDS["judged_in_time"], code="judged_in_time")
        made = impartiality.declare([one.case for one in found], by=by, tie=tie, now=now)
        for row in made if tie.strip() else []:
            row.case.authority = round_.authority
            impartiality_notices.declared(row, now)
    return made


@deed
def register(
    seat: BodyMembership, category: RoundCategory, *, tie_to: Candidate | None = None, tie: str = "",
    is_impartial: bool = False, reason: str = "", by: User, now: dt.datetime,
) -> list[Declaration]:  # fmt: skip
    """Register what a member who does not sign in has said: no ties to the field, or one, with the jury's ruling.

    Raises:
        NotImpartial: who registers may not handle the field.
        Refused: the member signs in, and answers herself.
        ValidationError: a tie without its words or the reason for the ruling.
    """
    round_ = PrizeRound.objects.select_for_update(no_key=True, of=("self",)).get(pk=category.round_id)
    require(permissions.may(by, round_.authority_id, permissions.SETS_UP))
    require(seat.body_id == round_.jury_id)
    if field.signs_in(seat, oslo_today(now)):
        raise Refused(_("This member signs in, and answers herself."), code="own")
    if round_.state not in field.WORKS:
        raise Handled(WORDS["judged_in_time"], code="judged_in_time")
    gate.require_impartial(by, category)
    if tie_to is not None and not (tie.strip() and reason.strip()):
        raise ValidationError(_("A tie comes with the jury’s ruling and its reason."), code="tie")
    found = gate.field_of(category)
    list(Case.objects.select_for_update(no_key=True).filter(pk__in=[one.case_id for one in found]).order_by("pk"))
    before = impartiality.standings_of_seat(seat, [one.case_id for one in found])
    made = []
    for one in found:
        if tie_to is not None and one.pk == tie_to.pk:
            made.append(_tie(seat, one, tie.strip(), is_impartial=is_impartial, reason=reason.strip(), by=by, now=now))
        elif before[one.case_id] is Standing.UNANSWERED:
            made.append(_said(seat, one, by=by, now=now))
        elif tie_to is None and before[one.case_id] not in MAY:
            raise ValidationError(_("A tie is not taken back. The jury rules on it."), code="tied")
    return made


def _said(seat: BodyMembership, one: Candidate, *, tie: str = "", by: User, now: dt.datetime) -> Declaration:
    answer = Declaration.Answer.TIE if tie else Declaration.Answer.NO_TIES
    row = Declaration.objects.create(
        authority_id=one.authority_id, case_id=one.case_id, member=seat, answer=answer, tie=tie,
        text_version=impartiality.TEXT_VERSION, declared_at=now, registered_by=by,
    )  # fmt: skip
    Event.objects.create(
        authority_id=one.authority_id, case_id=one.case_id, kind="impartiality_declared", actor_id=by.pk,
        subject_type="portal.declaration", subject_id=row.pk, facts={"answer": str(answer)},
    )  # fmt: skip
    return row


def _tie(
    seat: BodyMembership, one: Candidate, tie: str, *, is_impartial: bool, reason: str, by: User, now: dt.datetime
) -> Declaration:
    row = _said(seat, one, tie=tie, by=by, now=now)
    Ruling.objects.create(
        authority_id=one.authority_id, declaration=row, is_impartial=is_impartial, reason=reason, body=seat.body,
        registered_by=by, ruled_at=now,
    )  # fmt: skip
    return row
