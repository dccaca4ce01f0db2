"""The jury’s meeting: its step in the round’s case, who took part, and who is out of a category by her ties."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Count, Max, Q
from django.utils import translation
from django.utils.translation import gettext as _

from awards import permissions
from awards.deciding import holding
from awards.models import JuryOpinion, JurySheet
from awards.refusals import Refused, deed
from awards.rounds.moving import judges
from grants import notices
from portal import impartiality_protocol
from portal.calendar import oslo_today
from portal.impartiality_protocol import name_of
from portal.models import Attendance, CaseStep, Declaration
from portal.permissions import require

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from awards.models import PrizeRound, RoundCategory
    from portal.impartiality_protocol import Seat
    from portal.models import BodyMembership, User

AT_WORK = (holding.State.JUDGING, holding.State.VOTING)


def meeting_of(round_: PrizeRound) -> CaseStep | None:
    """Return the jury’s latest meeting about a round."""
    if round_.jury_id is None:
        return None
    rows = CaseStep.objects.filter(case=round_.case_id, body=round_.jury_id).select_related("body")
    found = rows.order_by("-stage", "-position", "-pk").first()
    if found is not None:
        found.case = round_.case
    return found


@deed
def hold(round_: PrizeRound, *, on: dt.date, by: User, now: dt.datetime, seen: int | None = None) -> CaseStep:
    """Write down that the jury meets this day; `seen`: the meeting whose page was shown, so that none is made twice.

    Raises:
        ValidationError: keyed by the field: the day has not come, or the jury is chosen later.
    """
    found = holding.round_(round_)
    require(permissions.may(by, found.authority_id, permissions.SETS_UP))
    if found.state not in AT_WORK:
        raise holding.stands(found)
    if found.jury is None:
        raise Refused(_("The round has no jury. Choose it first."), code="no_jury")
    if on > oslo_today(now):
        raise ValidationError({"held_on": _("Choose a day that has come.")})
    before = meeting_of(found)
    if before is not None and (before.starts_on == on or before.pk != (seen or 0)):
        return before
    stage = CaseStep.objects.filter(case=found.case_id).aggregate(last=Max("stage"))["last"] or 0
    made = CaseStep.objects.create(
        authority_id=found.authority_id, case=found.case, stage=stage + 1, body=found.jury, starts_on=on,
        activity=CaseStep.Activity.DECISION, description=_("The jury’s meeting"), invented=found.invented,
    )  # fmt: skip
    notices.record("jury_met", found, by=by, case=found.case)
    return made


@deed
def attend(
    round_: PrizeRound, step: CaseStep, seats: Sequence[Seat], *, all_asked: bool, by: User, now: dt.datetime
) -> None:
    """Register who took part in the meeting.

    Raises:
        ValidationError: keyed by the member: it cannot have been so.
        ClosedCase: she may not handle every candidate of the round.
    """
    found = holding.round_(round_)
    if found.state not in AT_WORK:
        raise holding.stands(found)
    step.case = found.case
    impartiality_protocol.record(step, seats, all_asked=all_asked, by=by, now=now)


def close(round_: PrizeRound, *, on: dt.date) -> None:
    """Let the jury’s meetings stand as done in the round’s case; what was decided stands in the minutes alone."""
    with translation.override(round_.authority.language_form):
        told = _("The jury has decided in every category. The minutes say what.")
    rows = CaseStep.objects.filter(case=round_.case_id, body=round_.jury_id, outcome=CaseStep.Outcome.PENDING)
    rows.exclude(body=None).update(outcome=CaseStep.Outcome.ADOPTED, resolution=told, decided_on=on)


def reopen(round_: PrizeRound) -> None:
    """Let the latest meeting wait for its outcome again, when what it decided is taken up again."""
    if (step := meeting_of(round_)) is not None:
        CaseStep.objects.filter(pk=step.pk).update(outcome=CaseStep.Outcome.PENDING, resolution="", decided_on=None)


# ---- how each member stands in a category ----


@dataclass
class Member:
    """One of the jury in one category."""

    seat: BodyMembership
    may_judge: bool = False
    tie: str = ""
    """What ties her to a candidate."""
    ruling: str = ""
    is_ruled_impartial: bool = False
    answered: int = 0
    """For how many of the candidates she has declared, or it is registered for her."""
    sheet: JurySheet | None = None
    given: int = 0
    """How many candidates she has an opinion of."""
    presence: str = ""
    deputy_for: str = ""
    signs_in: bool = False
    """Whether she declares and gives points herself; for others the officer registers it."""

    @property
    def name(self) -> str:
        return name_of(self.seat)

    @property
    def is_out(self) -> bool:
        return bool(self.tie) and not self.may_judge

    @property
    def handed_in(self) -> bool:
        return self.sheet is not None and self.sheet.handed_in_at is not None

    @property
    def takes_part(self) -> bool:
        """Whether she votes: she sat in the meeting, and nothing puts her out of the category."""
        return self.presence == Attendance.Presence.PRESENT and self.may_judge


def members_of(category: RoundCategory, step: CaseStep | None, on: dt.date, cases: Sequence[int]) -> list[Member]:
    """Return how each of the jury stands in a category; the same queries for any number of members.

    `cases`: those of the candidates who take part.
    """
    found = [Member(seat) for seat in permissions.seats_of(category.round, _day_of(step, on))]
    by_seat = {one.seat.pk: one for one in found}
    for seat, may in _may_judge(category.pk, list(by_seat)).items():
        by_seat[seat].may_judge = may
    _ties(found, cases)
    let_in = judges([one.seat.user_id for one in found if one.seat.user_id], category.authority_id, on)
    for one in found:
        one.signs_in = one.seat.user_id in let_in
    sheets = JurySheet.objects.filter(category=category, member__in=by_seat)
    for sheet in sheets:
        by_seat[sheet.member_id].sheet = sheet
    opinions = JuryOpinion.objects.filter(sheet__category=category).order_by().values_list("sheet__member")
    for seat, given in opinions.annotate(given=Count("pk")):
        if seat in by_seat:
            by_seat[seat].given = given
    if step is not None:
        for row in Attendance.objects.filter(step=step).select_related("stands_in_for__user"):
            if (one := by_seat.get(row.member_id)) is not None:
                one.presence = row.presence
                one.deputy_for = name_of(row.stands_in_for) if row.stands_in_for else ""
    return found


def _day_of(step: CaseStep | None, on: dt.date) -> dt.date:
    return (step.starts_on if step is not None else None) or on


def _may_judge(category: int, seats: list[int]) -> dict[int, bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT s, awards_may_judge(%s, s) FROM unnest(%s::bigint[]) s", [category, seats])
        return dict(cursor.fetchall())


def _ties(members: list[Member], cases: Sequence[int]) -> None:
    """Write at each member what she has said of the candidates; the latest in a case counts."""
    by_user = {one.seat.user_id: one for one in members if one.seat.user_id}
    by_seat = {one.seat.pk: one for one in members}
    rows = Declaration.objects.filter(Q(member__in=by_seat) | Q(user__in=by_user), case__in=cases)
    latest: dict[tuple[int, int], Any] = {}
    for row in rows.select_related("ruling").order_by("declared_at", "pk"):
        one = by_seat.get(row.member_id or 0) or by_user.get(row.user_id)
        if one is not None:
            latest[one.seat.pk, row.case_id] = row
    for (seat, _case), row in latest.items():
        one = by_seat[seat]
        one.answered += 1
        ruling = getattr(row, "ruling", None)
        if row.answer != Declaration.Answer.TIE or (one.tie and not one.is_ruled_impartial):
            continue
        one.tie, one.ruling = row.tie, ruling.reason if ruling else ""
        one.is_ruled_impartial = bool(ruling and ruling.is_impartial)
