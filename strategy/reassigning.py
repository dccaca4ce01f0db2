"""Giving what one person is responsible for to another, when she leaves: one deed in one authority, undone once.

A measure's milestones follow it, and so do the reports nobody was given. Reports that were given to her follow too.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal import outbox
from portal.calendar import oslo_today
from portal.models import Event, Membership, Unit, User
from portal.permissions import may_write, period_holds, require
from strategy import asking
from strategy.deadlines import open_reports
from strategy.models import MeasureParticipation, StatusReport
from strategy.reporting import waits
from strategy.rules import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet

    from portal.models import Authority

PARTICIPATION = "strategy.measureparticipation"
GIVEN, UNDONE = "measures_given", "measures_given_undone"
OVER = (State.DONE.value, State.CANCELLED.value)
NOBODY = "ingen"


class Receiver(NamedTuple):
    """Who takes over: a person, a unit without a person named, or nobody."""

    person: User | None = None
    unit: Unit | None = None

    @property
    def key(self) -> str:
        """How a form names her."""
        if self.person is not None:
            return f"p{self.person.pk}"
        return f"u{self.unit.pk}" if self.unit is not None else NOBODY


@dataclass
class Outcome:
    """What a deed did: how many measures and reports, what was left alone because it had changed, and its event."""

    measures: int = 0
    reports: int = 0
    left: list[str] = field(default_factory=list)
    event: Event | None = None


# ---- looking ----


def held_by(authority: Authority, person: User | None) -> QuerySet[MeasureParticipation]:
    """Return the authority's measures that this person, or nobody, is responsible for."""
    rows = MeasureParticipation.objects.filter(authority=authority, person=person).with_wording()  # type: ignore[attr-defined]
    found: QuerySet[MeasureParticipation] = rows.prefetch_related("milestones").order_by(
        "plan_id", "measure__current_entry__position", "pk"
    )
    return found


def given_to(authority: Authority, person: User | None, today: dt.date) -> QuerySet[StatusReport]:
    """Return the authority's reports that were given to this person and wait for her."""
    rows = open_reports(today).filter(asking.unanswered(), authority=authority, person__isnull=False, person=person)
    return asking.with_people(rows).select_related("period", "plan").order_by("pk")


def holders(authority: Authority, today: dt.date) -> list[tuple[User, int, int]]:
    """Return everyone who is responsible for a measure or has been given a report: measures, reports, by name."""
    measures: dict[int, int] = defaultdict(int)
    reports: dict[int, int] = defaultdict(int)
    for pk in MeasureParticipation.objects.filter(authority=authority, person__isnull=False).values_list(
        "person_id", flat=True
    ):
        measures[pk] += 1
    waiting = open_reports(today).filter(asking.unanswered(), authority=authority, person__isnull=False)
    for pk in waiting.values_list("person_id", flat=True):
        reports[pk] += 1
    people = User.objects.filter(pk__in={*measures, *reports}).order_by("name", "pk")
    return [(person, measures[person.pk], reports[person.pk]) for person in people]


def known_in(authority: Authority) -> QuerySet[User]:
    """Return those the authority knows: who hold or held a role, a measure or a report there."""
    reports = StatusReport.objects.filter(authority=authority, person__isnull=False).values("person")
    measures = MeasureParticipation.objects.filter(authority=authority, person__isnull=False).values("person")
    roles = Membership.objects.filter(authority=authority).values("user")
    return User.objects.filter(Q(pk__in=reports) | Q(pk__in=measures) | Q(pk__in=roles))


def without_anyone(authority: Authority) -> int:
    return MeasureParticipation.objects.filter(authority=authority, person=None).count()


def has_role(authority: Authority, on: dt.date) -> QuerySet[User]:
    """Return those who may be given measures: they hold a role in the authority today."""
    roles = Membership.objects.filter(period_holds(on), authority=authority)
    return User.objects.filter(pk__in=roles.values("user"), is_active=True).order_by("name", "pk")


def receiver(authority: Authority, key: str, on: dt.date) -> Receiver | None:
    """Return who a form names, if she may be given the authority's measures; None for anything else."""
    kind, number = key[:1], key[1:]
    if key == NOBODY:
        return Receiver()
    if not number.isdecimal() or len(number) > 18:
        return None
    if kind == "p" and (person := has_role(authority, on).filter(pk=int(number)).first()):
        return Receiver(person=person)
    if kind == "u" and (unit := Unit.objects.filter(authority=authority, pk=int(number)).first()):
        return Receiver(unit=unit)
    return None


# ---- the deed ----


@transaction.atomic
def reassign(
    authority: Authority, measures: Mapping[int, int], reports: Mapping[int, int], *, held: User | None, to: Receiver,
    by: User, at: dt.datetime,
) -> Outcome:  # fmt: skip
    """Give these of one person's measures and reports to another; who gets them is told.

    `measures` and `reports` hold each row's id and the version its user saw. What a colleague has changed since, or
    what is no longer hers, is left alone and named.

    Raises:
        PermissionDenied: the user may not write the authority's measures.
        ValidationError: the one who takes over holds no role in the authority, or the unit is another's.
    """
    require(may_write(by, PARTICIPATION, authority.pk))
    today = oslo_today(at)
    if receiver(authority, to.key, today) is None:
        raise ValidationError(_("Choose someone who holds a role here, or one of your own units."))
    rows, handed = lock(authority, measures, reports)
    outcome = Outcome()
    ready = [
        row for row in rows if row.person_id == (held.pk if held else None) and row.row_version == measures[row.pk]
    ]
    ready_reports = [
        row
        for row in handed
        if held is not None and row.person_id == held.pk and row.row_version == reports[row.pk] and waits(row)
    ]
    outcome.left = [named(row) for row in rows if row not in ready]
    outcome.left += [asking.measure_title(row) for row in handed if row not in ready_reports]
    before = {row.pk: (row.person_id, row.unit_id) for row in ready}
    hand_over(ready, ready_reports, to)
    outcome.measures, outcome.reports = len(ready), len(ready_reports)
    if not ready and not ready_reports:
        return outcome
    outcome.event = record(authority, before, ready_reports, held=held, to=to, by=by, at=at)
    tell(authority, to, [named(row) for row in ready] or [asking.measure_title(r) for r in ready_reports],
         by=by, event=outcome.event, at=at)  # fmt: skip
    return outcome


def hand_over(rows: Iterable[MeasureParticipation], reports: Iterable[StatusReport], to: Receiver) -> None:
    """Give locked rows and reports to the one who takes over; a report that follows its measure needs no name."""
    for row in rows:
        row.person = to.person
        row.unit = to.unit or row.unit
        row.save(update_fields=["person", "unit"])
    for report in reports:
        report.person = to.person if to.person and to.person.pk != report.participation.person_id else None
        report.save(update_fields=["person"])


def record(
    authority: Authority, before: Mapping[int, tuple[int | None, int | None]], reports: Iterable[StatusReport], *,
    held: User | None, to: Receiver, by: User, at: dt.datetime,
) -> Event:  # fmt: skip
    """Write what was handed over, with who had it and the versions it got, so that exactly this can be undone."""
    versions = dict(MeasureParticipation.objects.filter(pk__in=before).values_list("pk", "row_version"))
    ids = [report.pk for report in reports]
    seen = dict(StatusReport.objects.filter(pk__in=ids).values_list("pk", "row_version"))
    return Event.objects.create(
        authority=authority, kind=GIVEN, subject_type="portal.authority", subject_id=authority.pk, actor_id=by.pk,
        at=at,
        facts={
            "from": held.pk if held else None, "to": to.key,
            "measures": [[pk, versions[pk], *before[pk]] for pk in sorted(before)],
            "reports": [[pk, seen[pk]] for pk in sorted(seen)],
        },
    )  # fmt: skip


@transaction.atomic
def undo(event: Event, *, by: User, at: dt.datetime) -> Outcome | None:
    """Give exactly these rows back to who had them, where nobody has changed them since; None when that is done before.

    Raises:
        PermissionDenied: the user may not write the authority's measures.
    """
    owner = event.authority
    assert owner is not None
    require(may_write(by, PARTICIPATION, owner.pk))
    measures = {pk: (version, person, unit) for pk, version, person, unit in event.facts["measures"]}
    reports = dict(event.facts["reports"])
    rows, handed = lock(owner, measures, reports)
    if is_undone(event):
        return None
    known = set(User.objects.filter(pk__in={person for _v, person, _u in measures.values() if person}).values_list(
        "pk", flat=True))  # fmt: skip
    outcome = Outcome()
    for row in rows:
        version, person, unit = measures[row.pk]
        if row.row_version != version or (person and person not in known):
            outcome.left.append(named(row))
            continue
        row.person_id, row.unit_id = person, unit
        row.save(update_fields=["person", "unit"])
        outcome.measures += 1
    for report in handed:
        if report.row_version != reports[report.pk] or not User.objects.filter(pk=event.facts["from"]).exists():
            outcome.left.append(asking.measure_title(report))
            continue
        report.person_id = event.facts["from"]
        report.save(update_fields=["person"])
        outcome.reports += 1
    outcome.event = Event.objects.create(
        authority=owner, kind=UNDONE, subject_type="portal.event", subject_id=event.pk, actor_id=by.pk, at=at,
        facts={"measures": outcome.measures, "reports": outcome.reports},
    )  # fmt: skip
    return outcome


def is_undone(event: Event) -> bool:
    return Event.objects.filter(kind=UNDONE, subject_type="portal.event", subject_id=event.pk).exists()


def lock(authority: Authority, measures: Any, reports: Any) -> tuple[list[MeasureParticipation], list[StatusReport]]:
    """Return the authority's own among these rows, locked: measures first, then reports, each in one order."""
    rows = MeasureParticipation.objects.select_for_update(of=("self",)).filter(
        authority=authority, pk__in=list(measures)
    )
    found = list(rows.select_related("measure__current_entry__strategy").order_by("pk"))
    handed = asking.with_people(StatusReport.objects.filter(authority=authority, pk__in=list(reports)))
    return found, list(handed.select_for_update(of=("self",)).order_by("pk"))


def named(row: MeasureParticipation) -> str:
    entry = row.measure.current_entry
    return str(entry) if entry else str(row.measure)


def of_event(authority: Authority, pk: int) -> Event | None:
    """Return one deed of this authority, as its page names it."""
    return Event.objects.filter(authority=authority, kind=GIVEN, pk=pk).first()


def lines_of(event: Event) -> tuple[list[str], list[str]]:
    """Return what a deed gave over, by name: measures, and reports that went along; what is gone since is left out."""
    measures = MeasureParticipation.objects.filter(pk__in=[row[0] for row in event.facts["measures"]])
    reports = StatusReport.objects.filter(pk__in=[row[0] for row in event.facts["reports"]])
    rows = measures.select_related("measure__current_entry__strategy").order_by("pk")
    return [named(row) for row in rows], [asking.measure_title(row) for row in asking.with_people(reports)]


def tell(authority: Authority, to: Receiver, titles: list[str], *, by: User, event: Event, at: dt.datetime) -> None:
    """Tell who takes over: the person, or the unit's leader; not the user herself."""
    reader = to.person or (to.unit.leader if to.unit else None)
    if reader is None or reader.pk == by.pk:
        return
    count = len(titles)
    outbox.notify(
        reader, kind="measures_given", subject=event, link=reverse("waiting"), authority=authority,
        title=lambda: ngettext(
            "You are now responsible for %d measure", "You are now responsible for %d measures", count
        ) % count if to.person else ngettext(
            "Your unit is now responsible for %d measure", "Your unit is now responsible for %d measures", count
        ) % count,
        link_text=gettext_lazy("See what waits for you"), template="measures_given", occasion=f"{event.pk}",
        on_date=oslo_today(at), unsubscribe=True, titles=titles[:40], more=max(count - 40, 0),
        unit=None if to.person else to.unit,
    )  # fmt: skip


def is_over(row: MeasureParticipation) -> bool:
    """Say whether nothing is left to do: such a measure stays with who did it unless it is chosen."""
    return row.state in OVER
