"""The money a budget year sets aside for measures: a line per source, edited in place or through the budget system.

Each authority sees and changes its own parts of a plan only. What one press or one file changes is saved whole or not
at all, and a line that a colleague has changed meanwhile is not overwritten unseen.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import permissions
from portal.changes import latest_change
from portal.models import Event
from portal.models.base import EARLIEST_YEAR, LATEST_YEAR
from portal.money import MoneyError, parse_nok
from strategy.models import Measure, MeasureEntry, MeasureFunding, MeasureParticipation
from strategy.parts import IN_FORCE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from portal.models import User
    from strategy.models import Plan

FUNDING = "strategy.measurefunding"
LARGEST = 2_147_483_647
"""The most kroner that the column holds."""
State, Source = MeasureFunding.State, MeasureFunding.Source
REFUSED_AMOUNTS = {
    "not_a_number": gettext_lazy("The amount is not a number. Write it in whole kroner, such as 250 000."),
    "not_whole_kroner": gettext_lazy("Write the amount in whole kroner."),
    "negative": gettext_lazy("The amount is below zero."),
    "too_large": gettext_lazy("The amount is too large."),
}


class Money(NamedTuple):
    """What a line says: source, state, whole kroner, and the decision behind it."""

    source: str
    state: str
    amount_nok: int
    reference: str

    @classmethod
    def of(cls, row: MeasureFunding) -> Money:
        return cls(row.source, row.state, row.amount_nok, row.decision_reference)


class Wish(NamedTuple):
    """What is to become of one line: `row` and `seen` are nothing for a new one, `money` for one that is removed."""

    part: int
    row: int | None
    seen: int | None
    money: Money | None


@dataclass(slots=True)
class Part:
    """One authority's part in a measure, with its lines of the year, ready to be shown and edited."""

    id: int
    authority_id: int
    authority: str
    number: str
    title: str
    goal: tuple[int, str]
    """The goal's position and name; what lies under none comes last."""
    is_new: bool
    """Whether it comes with an action part that is not adopted yet."""
    may_write: bool
    lines: list[MeasureFunding] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip()


class Total(NamedTuple):
    goal: str
    proposed: int
    funded: int
    not_funded: int


def check_year(year: int) -> bool:
    return EARLIEST_YEAR <= year <= LATEST_YEAR


def parse_amount(text: str) -> int:
    """Return whole kroner above zero.

    Raises:
        ValidationError: it is no such amount; the text says why.
    """
    try:
        amount = parse_nok(text, allow_negative=False)
    except MoneyError as error:
        raise ValidationError(str(REFUSED_AMOUNTS.get(error.code, _("Write the amount.")))) from error
    if not 0 < amount <= LARGEST:
        raise ValidationError(_("The amount must be above zero.") if not amount else str(REFUSED_AMOUNTS["too_large"]))
    return amount


def check_money(money: Money) -> None:
    """Refuse money that is set aside without saying by which decision.

    Raises:
        ValidationError: keyed by the field's name.
    """
    if money.state == State.FUNDED and not money.reference:
        text = _("Name the decision: money that is set aside has one.")
        raise ValidationError({"reference": ValidationError(text, code="reference")})


# ---- reading ----


def parts_of(plan: Plan, year: int, user: Any) -> list[Part]:
    """Return the parts this user's authorities have in the plan, in the plan's order, with the year's lines.

    A measure that the plan has dropped is left out, unless the year has money on it. Three queries.
    """
    rows = list(
        MeasureParticipation.objects.visible_to(user)
        .filter(plan=plan)
        .select_related("authority", "measure__current_entry__strategy__goal", "measure__current_entry__goal")
        .order_by("measure__current_entry__position", "measure_id", "authority_id")
    )
    coming = {
        entry.measure_id: entry
        for entry in MeasureEntry.objects.filter(plan=plan, measure__current_entry=None).select_related(
            "strategy__goal", "goal"
        )
    }
    lines: dict[int, list[MeasureFunding]] = {}
    for line in MeasureFunding.objects.filter(participation__in=rows, year=year).order_by("source"):
        lines.setdefault(line.participation_id, []).append(line)
    found = (
        _part(row, row.measure.current_entry or coming.get(row.measure_id), lines.get(row.pk, []), user) for row in rows
    )
    return [part for part in found if part is not None]


def _part(row: MeasureParticipation, entry: Any, lines: list[MeasureFunding], user: Any) -> Part | None:
    if entry is None or (entry.change == MeasureEntry.Change.DROPPED and not lines):
        return None
    goal = entry.strategy.goal if entry.strategy else entry.goal
    return Part(
        id=row.pk, authority_id=row.authority_id, authority=row.authority.name, number=entry.full_number,
        title=entry.title, goal=(goal.position, str(goal)) if goal else (10**6, ""),
        is_new=row.measure.current_entry_id is None, lines=lines,
        may_write=permissions.may_write(user, FUNDING, row.authority_id),
    )  # fmt: skip


def totals_of(plan: Plan, parts: Iterable[Part]) -> list[Total]:
    """Return the year's kroner per goal, and the sum of all last."""
    goals: dict[tuple[int, str], dict[str, int]] = {}
    for part in parts:
        sums = goals.setdefault(part.goal, dict.fromkeys(State.values, 0))
        for line in part.lines:
            sums[line.state] += line.amount_nok
    without = _("Without a %(goal)s") % {"goal": plan.goal_word}
    found = [
        Total(f"{capfirst(plan.goal_word)} {name}" if name else without, sums["proposed"], sums["funded"],
              sums["not_funded"])
        for (_place, name), sums in sorted(goals.items())
    ]  # fmt: skip
    if len(found) < 2:
        return found
    return [*found, Total(_("All"), *(sum(total[place] for total in found) for place in (1, 2, 3)))]


def years_of(plan: Plan, user: Any) -> list[int]:
    """Return the budget years in which this user's authorities have money in the plan."""
    own = MeasureParticipation.objects.visible_to(user).filter(plan=plan)
    return sorted(set(MeasureFunding.objects.filter(participation__in=own).values_list("year", flat=True)))


# ---- writing ----


@transaction.atomic
def write(plan: Plan, year: int, wishes: list[Wish], *, by: User) -> int:
    """Make the lines of the year as wished, all or none; return how many were changed.

    A line keeps its source. What says what stands already is left alone.

    Raises:
        PermissionDenied: a part belongs to an authority where the user may not write, or to another plan.
        ValidationError: a colleague has changed or removed some of the lines, or a source would have two; the texts
            name the lines, and nothing is saved.
    """
    parts = {
        part.pk: part
        for part in MeasureParticipation.objects.select_for_update(of=("self",))
        .filter(pk__in={wish.part for wish in wishes}, plan=plan)
        .select_related("measure__current_entry__strategy")
        .order_by("pk")
    }
    permissions.require(all(wish.part in parts for wish in wishes))
    for owner in {part.authority_id for part in parts.values()}:
        permissions.require(permissions.may_write(by, FUNDING, owner))
    rows = {
        row.pk: row
        for row in MeasureFunding.objects.select_for_update().filter(participation__in=parts, year=year).order_by("pk")
    }
    changed = _sorted_out(wishes, parts, rows, year)
    for row, money in changed:
        _write(row, money)
    for owner in sorted({row.authority_id for row, _money in changed}):
        Event.objects.create(
            authority_id=owner, kind="funding_changed", actor_id=by.pk,
            facts={"year": year, "count": sum(row.authority_id == owner for row, _money in changed)},
        )  # fmt: skip
    return len(changed)


def _sorted_out(
    wishes: list[Wish], parts: dict[int, MeasureParticipation], rows: dict[int, MeasureFunding], year: int
) -> list[tuple[MeasureFunding, Money | None]]:
    """Return the lines that are to be another than they are, the new ones unsaved, each with its money.

    Raises:
        ValidationError: some wishes cannot be met; the texts name them all.
    """
    by_source = {(row.participation_id, row.source): row for row in rows.values()}
    wrong: list[str] = []
    changed: list[tuple[MeasureFunding, Money | None]] = []
    for wish in wishes:
        row = _row_of(wish, rows, by_source)
        if isinstance(row, str):
            wrong.append(f"“{parts[wish.part]}”: {row}")
        elif row is None:
            assert wish.money is not None
            new = MeasureFunding(
                authority_id=parts[wish.part].authority_id, participation=parts[wish.part], year=year,
                source=wish.money.source,
            )  # fmt: skip
            by_source[wish.part, wish.money.source] = new
            changed.append((new, wish.money))
        elif wish.money != Money.of(row):
            changed.append((row, wish.money))
    if wrong:
        raise ValidationError(wrong)
    return changed


def _row_of(
    wish: Wish, rows: dict[int, MeasureFunding], by_source: dict[tuple[int, str], MeasureFunding]
) -> MeasureFunding | str | None:
    """Return the line a wish is about, nothing for a new one, or in words why it cannot be met."""
    if wish.row is None:
        assert wish.money is not None
        row = by_source.get((wish.part, wish.money.source))
        if row is None or (row.pk and wish.money == Money.of(row)):
            return row
        return _("there is a line for “%(source)s” already. Change that one.") % {"source": row.get_source_display()}
    row = rows.get(wish.row)
    if row is None or row.participation_id != wish.part:
        return _("a colleague has removed the line meanwhile. Load the page again.")
    if wish.money == Money.of(row):
        return row
    if wish.money is not None and wish.money.source != row.source:
        return _("a line keeps its source. Make a new line for another source.")
    if row.row_version != wish.seen:
        change = latest_change(row)
        who = change["who"] if change else _("Someone")
        return _("%(who)s has changed the line meanwhile. Load the page again to see it.") % {"who": who}
    return row


def _write(row: MeasureFunding, money: Money | None) -> None:
    if money is None:
        row.delete()
        return
    check_money(money)
    row.state, row.amount_nok, row.decision_reference = money.state, money.amount_nok, money.reference
    row.save()


@transaction.atomic
def take_part(plan: Plan, measures: Iterable[int], authority_id: int, *, by: User) -> int:
    """Give an authority that takes part in a shared plan its own part in these measures; return how many are new.

    Raises:
        PermissionDenied: the user may not write there, or the authority takes no part in the plan.
    """
    permissions.require(permissions.may_write(by, "strategy.measureparticipation", authority_id))
    permissions.require(plan.participants.filter(authority=authority_id).exclude(role="covered").exists())
    lacking = not_joined(plan, authority_id).filter(pk__in=list(measures)).order_by("pk")
    rows = [MeasureParticipation(plan=plan, measure=each, authority_id=authority_id) for each in lacking]
    MeasureParticipation.objects.bulk_create(rows, ignore_conflicts=True)
    if rows:
        Event.objects.create(
            authority_id=authority_id, kind="measures_joined", actor_id=by.pk, subject_type="strategy.plan",
            subject_id=plan.pk, facts={"count": len(rows)},
        )  # fmt: skip
    return len(rows)


def not_joined(plan: Plan, authority_id: int) -> QuerySet[Measure]:
    """Return the measures in force that the authority has no part in."""
    return Measure.objects.filter(IN_FORCE, plan=plan).exclude(participations__authority=authority_id)
