"""What the official protocol says of a batch: who sat, and each application's outcome, resolution, item and votes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from grants import held, notices
from grants.desk.batching import ROWS, State
from grants.desk.handling import handles
from grants.held import Handled
from grants.models import Batch, BatchLine, Decision
from grants.refusals import deed
from portal import impartiality_protocol, impartiality_watch, wiring
from portal.impartiality_protocol import LEFT, PRESENT, Seat
from portal.models import Attendance, CaseStep
from portal.permissions import require

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from portal.models import User

Outcome = CaseStep.Outcome
DECIDED = (Outcome.ADOPTED, Outcome.AMENDED, Outcome.REJECTED)


@dataclass(frozen=True)
class Treated:
    """What the protocol says of one application."""

    outcome: str
    resolution: str = ""
    votes: str = ""
    item_number: str = ""
    case_number: str = ""
    decided_on: dt.date | None = None


def hold(batch: Batch | int, *, by: User) -> Batch:
    """Lock a batch that was sent, for who may handle all in it.

    Raises:
        PermissionDenied: she has not the role, or is tied to something in it.
        Handled: it is not with the body.
    """
    key = batch if isinstance(batch, int) else batch.pk
    found = ROWS.select_for_update(no_key=True, of=("self",)).get(pk=key)
    require(handles(by, found.authority_id))
    impartiality_watch.require(by, found.case)
    if found.state == State.DRAFT:
        raise Handled(_("The recommendation is not sent. Send it first."), code="draft")
    return found


@deed
def register(line: BatchLine, treated: Treated, *, by: User, now: dt.datetime, seen: int | None = None) -> CaseStep:
    """Register what the body decided of one application; the batch is treated when all of it is.

    Raises:
        Handled: a decision rests on it already, or another has registered it since.
        ValidationError: keyed by the field.
    """
    held.application(line.application_id)
    batch = hold(line.batch_id, by=by)
    row = BatchLine.objects.select_related("application").get(pk=line.pk)
    if row.step_id is None:
        raise Handled(_("It is taken out of the meeting."), code="gone")
    steps = CaseStep.objects.select_related("case", "body").select_for_update(no_key=True, of=("self",))
    step = held.as_seen(steps.get(pk=row.step_id), seen)  # type: ignore[type-var]
    if Decision.objects.filter(step=step).exists():
        raise Handled(_("The decision is written, and rests on what is registered here."), code="decided")
    check(treated)
    for name in ("outcome", "resolution", "votes", "item_number", "case_number", "decided_on"):
        setattr(step, name, getattr(treated, name))
    wiring.check_step(step)
    step.save()
    wiring.step_decided(step.case, by)
    pending = CaseStep.objects.filter(batch_line__batch=batch, outcome=Outcome.PENDING).exists()
    state = State.SENT if pending else State.CLOSED
    if batch.state != state:
        batch.state = state
        batch.save(update_fields=["state"])
    notices.record("treatment_registered", row.application, by=by, case=step.case, outcome=str(step.outcome))
    return step


def check(treated: Treated) -> None:
    """Refuse an outcome without its resolution, or its day.

    Raises:
        ValidationError: keyed by the field.
    """
    if treated.outcome in DECIDED and not treated.resolution:
        raise ValidationError({"resolution": _("Write the resolution as it stands in the official protocol.")})
    if treated.outcome in DECIDED and treated.decided_on is None:
        raise ValidationError({"decided_on": _("Write the day of the meeting.")})


# ---- who sat ----


@deed
def attend(batch: Batch, seats: Sequence[Seat], *, all_asked: bool, by: User, now: dt.datetime) -> None:
    """Register who took part in the whole meeting; who left one item as disqualified, and her deputy, stay so there."""
    found = hold(batch, by=by)
    for line in lines_in(found):
        before = {row.member_id: row for row in line.step.attendance.all()}  # type: ignore[union-attr]
        kept = [_seat_at(seat, before) for seat in seats]
        line.step.case = line.application.case  # type: ignore[union-attr, assignment]
        impartiality_protocol.record(line.step, kept, all_asked=all_asked, by=by, now=now)  # type: ignore[arg-type]


def _seat_at(seat: Seat, before: dict[int, Attendance]) -> Seat:
    """Return what is registered at one item: the whole meeting's, but for who left there and who came instead."""
    row = before.get(seat.member.pk)
    came_instead = row is not None and row.stands_in_for_id in before and (
        before[row.stands_in_for_id].presence == LEFT  # type: ignore[index]
    )  # fmt: skip
    if row is None or not (row.presence == LEFT or came_instead):
        return seat
    said = impartiality_protocol.latest_of_members(row.step.case_id).get(seat.member.pk)
    if row.presence == LEFT and said is not None:
        ruling = getattr(said, "ruling", None)
        return replace(seat, presence=LEFT, stands_in_for=None, tie=said.tie, reason=getattr(ruling, "reason", ""))
    return replace(seat, presence=PRESENT, stands_in_for=row.stands_in_for_id)


def lines_in(batch: Batch) -> list[BatchLine]:
    """Return the lines that are before the body, in their order, with treatment and case."""
    rows = batch.lines.filter(step__isnull=False).select_related("step__body", "application__case", "application__call")
    return list(rows.prefetch_related("step__attendance__member__user").order_by("position", "pk"))


def out_of_one(lines: list[BatchLine]) -> list[dict[str, Any]]:
    """Return who left one item as disqualified and took part in another of the same frame: the minutes must say why."""
    left: dict[int, list[BatchLine]] = {}
    took: dict[int, list[BatchLine]] = {}
    names: dict[int, Any] = {}
    for line in lines:
        for row in line.step.attendance.all():  # type: ignore[union-attr]
            names[row.member_id] = row.member
            if row.presence in (LEFT, PRESENT):
                (left if row.presence == LEFT else took).setdefault(row.member_id, []).append(line)
    return [
        {"who": impartiality_protocol.name_of(names[key]), "left": left[key], "took": took[key]}
        for key in left
        if key in took
    ]
