"""Who sat in a body when it treated a case, as its official protocol says: attendance, ties, rulings and deputies.

Members of bodies seldom sign in: the officer registers what the protocol says of them, and stands as the one who did.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import impartiality_watch, permissions
from portal.impartiality import TEXT_VERSION
from portal.impartiality_forms import LONGEST, MaybeText
from portal.models import Attendance, BodyMembership, Case, CaseStep, Declaration, Event, Ruling
from portal.permissions import period_holds

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from portal.models import User

PRESENT, ABSENT, LEFT = Attendance.Presence.PRESENT, Attendance.Presence.ABSENT, Attendance.Presence.LEFT


@dataclass(frozen=True)
class Seat:
    """What the protocol says of one member in one treatment; no presence: nothing."""

    member: BodyMembership
    presence: str = ""
    stands_in_for: int | None = None
    tie: str = ""
    reason: str = ""


# ---- the deed ----


def check(seats: Sequence[Seat]) -> None:
    """Refuse what no protocol can say.

    Raises:
        ValidationError: keyed by the member's id.
    """
    by_member, taken, wrong = {seat.member.pk: seat for seat in seats}, set(), {}
    for seat in seats:
        who = str(seat.member.pk)
        if seat.presence == LEFT and not (seat.tie and seat.reason):
            wrong[who] = _("Say which tie it was, and why the body found the member disqualified.")
        elif seat.tie and seat.presence not in (PRESENT, LEFT):
            wrong[who] = _("Who was absent has declared no tie in the meeting.")
        elif bool(seat.tie) != bool(seat.reason):
            wrong[who] = _("A tie comes with the body’s ruling and its reason.")
        elif seat.stands_in_for is not None:
            gone = by_member.get(seat.stands_in_for)
            if seat.presence != PRESENT:
                wrong[who] = _("Only who took part came as a deputy.")
            elif gone is None or gone.presence not in (ABSENT, LEFT):
                wrong[who] = _("A deputy comes for one who was absent or left.")
            elif seat.stands_in_for in taken:
                wrong[who] = _("One deputy comes for each member.")
            taken.add(seat.stands_in_for)
    if wrong:
        raise ValidationError(wrong)


@transaction.atomic
def record(step: CaseStep, seats: Iterable[Seat], *, all_asked: bool, by: User, now: dt.datetime) -> None:
    """Keep the attendance of one treatment, with the ties declared in the meeting and what the body ruled.

    `all_asked`: the chair asked, and the others said that nothing ties them.

    Raises:
        ValidationError: it cannot have been so.
        ClosedCase: who registers may not handle the case herself.
    """
    permissions.require(permissions.may_write(by, "portal.casestep", step.authority_id) and not by.is_superuser)
    impartiality_watch.require(by, step.case)
    found = list(seats)
    check(found)
    list(Case.objects.select_for_update(no_key=True).filter(pk=step.case_id))
    before = {row.member_id: row for row in Attendance.objects.filter(step=step)}
    for row in before.values():
        if row.stands_in_for_id is not None:  # places are freed before another takes them
            Attendance.objects.filter(pk=row.pk).update(stands_in_for=None)
    for seat in found:
        _seat(step, seat, before.get(seat.member.pk), by)
    latest = latest_of_members(step.case_id)
    for seat in found:
        _declare(step, seat, latest.get(seat.member.pk), all_asked=all_asked, by=by, now=now)
    Event.objects.create(
        authority_id=step.authority_id, case_id=step.case_id, kind="attendance_registered", actor_id=by.pk,
        subject_type="portal.casestep", subject_id=step.pk,
        facts={kind: sum(seat.presence == kind for seat in found) for kind in (PRESENT.value, LEFT.value)},
    )  # fmt: skip


def _seat(step: CaseStep, seat: Seat, before: Attendance | None, by: User) -> None:
    if not seat.presence:
        if before is not None:
            before.delete()
        return
    row = before or Attendance(authority_id=step.authority_id, step=step, member=seat.member)
    row.presence, row.stands_in_for_id, row.registered_by = seat.presence, seat.stands_in_for, by
    row.save()


def latest_of_members(case_id: int) -> dict[int, Declaration]:
    """Return the latest that the protocol says of each member in a case."""
    rows = Declaration.objects.filter(case=case_id, member__isnull=False).select_related("ruling")
    return {row.member_id: row for row in rows.order_by("declared_at", "pk")}  # type: ignore[misc]


def _declare(
    step: CaseStep, seat: Seat, before: Declaration | None, *, all_asked: bool, by: User, now: dt.datetime
) -> None:
    """Add what a member said, and the body's ruling; what stands already is not said again."""
    if not seat.tie and not (all_asked and seat.presence == PRESENT):
        return
    answer = Declaration.Answer.TIE if seat.tie else Declaration.Answer.NO_TIES
    ruling, is_impartial = getattr(before, "ruling", None), seat.presence == PRESENT
    is_same = before is not None and (before.answer, before.tie) == (answer, seat.tie)
    if is_same and (not seat.tie or (ruling and (ruling.is_impartial, ruling.reason) == (is_impartial, seat.reason))):
        return
    made = Declaration.objects.create(
        authority_id=step.authority_id, case_id=step.case_id, member=seat.member, answer=answer, tie=seat.tie,
        text_version=TEXT_VERSION, declared_at=now, registered_by=by,
    )  # fmt: skip
    if seat.tie:
        Ruling.objects.create(
            authority_id=step.authority_id, declaration=made, is_impartial=is_impartial, reason=seat.reason,
            body=step.body, registered_by=by, ruled_at=now,
        )  # fmt: skip


# ---- its form ----


class SeatForm(forms.Form):
    """One member's line."""

    mark_optional = False

    presence = forms.ChoiceField(
        label=gettext_lazy("Presence"), required=False,
        choices=[("", gettext_lazy("Not registered")), *Attendance.Presence.choices],
    )  # fmt: skip
    deputy_for = forms.ChoiceField(label=gettext_lazy("Came as deputy for"), required=False)
    tie = MaybeText(
        label=gettext_lazy("Declared tie"), required=False, longest=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    reason = MaybeText(
        label=gettext_lazy("The body’s ruling, and why"), required=False, longest=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(
        self, *args: Any, member: BodyMembership, members: Sequence[BodyMembership], whole: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.member = member
        if whole:
            del self.fields["tie"], self.fields["reason"]
            self.fields["presence"].choices = [  # type: ignore[attr-defined]
                ("", _("Not registered")), (PRESENT.value, PRESENT.label), (ABSENT.value, ABSENT.label)
            ]  # fmt: skip
        others = [(str(one.pk), name_of(one)) for one in members if one.pk != member.pk]
        self.fields["deputy_for"].choices = [("", _("Nobody")), *others]  # type: ignore[attr-defined]

    @property
    def seat(self) -> Seat:
        typed = self.cleaned_data
        key = int(typed["deputy_for"]) if typed["deputy_for"] else None
        return Seat(self.member, typed["presence"], key, typed.get("tie", ""), typed.get("reason", ""))


def name_of(member: BodyMembership) -> str:
    return member.display_name or str(member.user)


class Page:
    """One treatment's attendance: the step, a line for each who sat in its body then, and whether all were asked.

    `whole`: that of a whole meeting, as its first item has it; who left that item took part in the meeting.
    """

    def __init__(self, step: CaseStep, data: Any = None, *, whole: bool = False) -> None:
        self.step, self.whole = step, whole
        self.attendance = list(step.attendance.select_related("member__user", "stands_in_for__user"))
        day = step.decided_on or step.starts_on or timezone.localdate()
        rows = BodyMembership.objects.filter(period_holds(day), body=step.body).select_related("user")
        self.members = sorted(rows, key=lambda one: (one.capacity == "deputy", name_of(one).casefold()))
        self.mark = self._mark()
        mine = data if data is not None and data.get("behandling") == str(step.pk) else None
        self.is_stale = mine is not None and mine.get("seen", "") != self.mark
        self.all_asked = mine is not None and bool(mine.get("alle_spurt"))
        before, said = {row.member_id: row for row in self.attendance}, latest_of_members(step.case_id)
        if whole:
            before, said = {row.member_id: row for row in _of_meeting(self.attendance)}, {}
            self.attendance = list(before.values())
        self.forms = [
            SeatForm(
                mine, prefix=f"m{step.pk}-{one.pk}", member=one, members=self.members, whole=whole,
                initial=_initial(before.get(one.pk), said.get(one.pk)),
            )
            for one in self.members
        ]  # fmt: skip

    def _mark(self) -> str:
        """Return a short mark of what is registered, so that a page that has grown old is known."""
        said = sorted((row.member_id, row.presence, row.stands_in_for_id or 0) for row in self.attendance)
        return blake2b(repr(said).encode(), digest_size=6).hexdigest()

    def is_valid(self) -> bool:
        wrong = [form for form in self.forms if not form.is_valid()]
        whole = not wrong
        if whole and self.is_stale:
            self.forms[0].add_error(None, _("Someone else registered this just now. See how it stands."))
            return False
        return whole

    def seats(self) -> list[Seat]:
        return [form.seat for form in self.forms]

    def refuse(self, error: ValidationError) -> None:
        """Put what the deed refused at the members it is about."""
        keyed = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for form in self.forms:
            for text in keyed.get(str(form.member.pk), []) + (keyed.get("", []) if form is self.forms[0] else []):
                form.add_error("presence", text)


def _of_meeting(rows: list[Attendance]) -> list[Attendance]:
    """Return one item's attendance as that of the meeting: who left the item took part, who came instead did not."""
    left = {row.member_id for row in rows if row.presence == LEFT}
    for row in rows:
        row.presence = PRESENT if row.presence == LEFT else row.presence
    return [row for row in rows if row.stands_in_for_id not in left]


def _initial(row: Attendance | None, said: Declaration | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if row is not None:
        found = {"presence": row.presence, "deputy_for": str(row.stands_in_for_id or "")}
    if said is not None and said.tie:
        found |= {"tie": said.tie, "reason": getattr(getattr(said, "ruling", None), "reason", "")}
    return found


def pages_of(case: Case, data: Any = None) -> list[Page]:
    """Return a page for each treatment of the case by a body."""
    steps = case.steps.filter(body__isnull=False).select_related("body").order_by("stage", "position", "pk")
    pages = [Page(step, data) for step in steps]
    for page in pages:
        page.step.case = case
    return pages
