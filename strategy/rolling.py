"""Rolling the action part: the next one is drafted from the one in force; `part_adoption` puts it in force.

Nothing of a draft is in force before its adoption: a measure's `current_entry` is its wording until then. A new
measure has no wording in force, but its parts are made at once, so that somebody and some money can be set on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from zlib import crc32

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, ProtectedError
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import permissions
from portal.changes import latest_change
from portal.models import Event
from strategy import actions, parts, rules
from strategy.models import ActionPart, Measure, MeasureEntry, MeasureParticipation, Plan

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from portal.models import User

PART = "strategy.actionpart"
Change = MeasureEntry.Change
WRITTEN = ["change", "change_reason", "number", "title", "description", "goal", "strategy", "position"]
GONE = gettext_lazy("The draft is no longer there. A colleague has adopted it or discarded it.")


class Wording(NamedTuple):
    """What a row of the draft says of one measure, as a form sends it; `parent` is "s12", "g3" or nothing."""

    change: str
    reason: str
    number: str
    title: str
    description: str
    parent: str

    @classmethod
    def of(cls, entry: MeasureEntry) -> Wording:
        parent = f"s{entry.strategy_id}" if entry.strategy_id else f"g{entry.goal_id}" if entry.goal_id else ""
        texts = (entry.change_reason, entry.number, entry.title, entry.description)
        return cls(entry.change, *(plain(text) for text in texts), parent)

    @property
    def digest(self) -> str:
        return f"{crc32(chr(31).join(self).encode()):x}"


def plain(text: str) -> str:
    """Return a text as a browser sends it back, but for its line breaks."""
    return text.replace("\r\n", "\n").strip()


class Edit(NamedTuple):
    """A row as it was sent: what it is to say, where it is to stand, and what the page had shown."""

    wording: Wording
    place: int
    seen: str


def mark_of(wording: Wording, place: int) -> str:
    """Return what a page's row carries to say what it showed: words and place."""
    return f"{wording.digest}.{place}"


class Overtaken(ValidationError):
    """A colleague has changed rows meanwhile that this form changes too; nothing is saved. `rows` are their ids."""

    def __init__(self, entries: list[MeasureEntry]) -> None:
        self.rows = [entry.pk for entry in entries]
        super().__init__([overtaken_words(entry) for entry in entries])


def overtaken_words(entry: MeasureEntry) -> str:
    change = latest_change(entry)
    return _(
        "“%(row)s”: %(who)s changed this row while you were writing (%(when)s). What you wrote still stands here. "
        "Save once more to put yours in its place, or load the page again to keep theirs."
    ) % {
        "row": entry, "who": change["who"] if change else _("Someone"),
        "when": date_format(change["at"], "j.n. \\k\\l. H.i") if change else "",
    }  # fmt: skip


def may_roll(user: Any, authority_id: int) -> bool:
    """Say whether the user drafts and adopts action parts of this authority's plans."""
    return permissions.may_write(user, PART, authority_id)


# ---- the draft ----


@transaction.atomic
def start(plan: Plan, *, period_start: int, period_end: int | None, by: User) -> ActionPart:
    """Draft the next action part with every measure in force carried over; pressed twice, it is one draft.

    Raises:
        PermissionDenied: the user may not write in the plan's authority.
        ValidationError: the plan is not adopted, has nothing to carry over, or the years do not fit.
    """
    permissions.require(may_roll(by, plan.authority_id))
    plan = _locked(plan.pk)
    if (before := parts.draft_of(plan)) is not None:
        return before
    part = parts.part_in_force(plan)
    if plan.status != Plan.Status.ADOPTED:
        raise ValidationError(_("The plan is not adopted, or has ended. Only an adopted plan gets a new action part."))
    if part is None or not Measure.objects.filter(parts.IN_FORCE, plan=plan).exists():
        raise ValidationError(_("The plan has no measures in force yet. Add them first."))
    if period_start <= part.period_start:
        text = _("The next action part begins after the one in force, which begins in %(year)d.")
        raise ValidationError({"period_start": text % {"year": part.period_start}})
    draft = ActionPart(
        plan=plan, authority_id=plan.authority_id, replaces=part, period_start=period_start, period_end=period_end
    )
    draft.full_clean()
    draft.save()
    parts.top_up(draft)
    _note(draft, "action_part_drafted", by, years=str(draft))
    return draft


def _locked(plan_id: int) -> Plan:
    return Plan.objects.select_for_update(of=("self",)).select_related("authority").get(pk=plan_id)


def lock(draft: ActionPart, by: User) -> ActionPart:
    """Lock plan and draft, in this order, check that the user may roll, and return the draft as it stands.

    Raises:
        PermissionDenied: the user may not write in the plan's authority.
        ValidationError: it is no draft any longer.
    """
    permissions.require(may_roll(by, draft.authority_id))
    plan = _locked(draft.plan_id)
    found = ActionPart.objects.select_for_update(of=("self",)).filter(parts.IS_DRAFT, pk=draft.pk).first()
    if found is None:
        raise ValidationError(str(GONE), code="gone")
    found.plan = plan
    return found


@transaction.atomic
def complete(draft: ActionPart, *, by: User) -> int:
    """Carry over the measures in force that have come since the draft was made; return how many."""
    return parts.top_up(lock(draft, by))


@transaction.atomic
def save(draft: ActionPart, edits: Mapping[int, Edit], *, by: User) -> int:
    """Write the rows that were changed, all or none; return how many. Rows the page showed and left are left.

    Raises:
        Overtaken: colleagues have changed some of the same rows; nothing is saved.
        ValidationError: a dropped row without its reason; or see `lock`.
    """
    draft = lock(draft, by)
    rows = {entry.pk: entry for entry in draft.entries.select_for_update(of=("self",)).select_related("strategy")}
    before = {pk: entry.position for pk, entry in rows.items()}
    taken, changed, moved = [], set(), {}
    for pk, edit in edits.items():
        if (entry := rows.get(pk)) is None:
            continue
        seen, _dot, place = edit.seen.partition(".")
        wanted, now = edit.wording, Wording.of(entry)
        if wanted.digest != seen and wanted != now:
            if now.digest != seen:
                taken.append(entry)
            _write(entry, wanted)
            changed.add(pk)
        if str(edit.place) != place and edit.place != entry.position:
            moved[pk] = edit.place
    if taken:
        raise Overtaken(taken)
    if moved:
        for place, entry in enumerate(in_new_order(rows.values(), moved), 1):
            entry.position = place
    changed |= {pk for pk in moved if rows[pk].position != before[pk]}
    touched = [entry for pk, entry in rows.items() if pk in changed or entry.position != before[pk]]
    MeasureEntry.objects.bulk_update(touched, WRITTEN)
    if changed:
        _note(draft, "action_part_changed", by, count=len(changed))
    return len(changed)


def in_new_order(rows: Iterable[MeasureEntry], moved: Mapping[int, int]) -> list[MeasureEntry]:
    """Return the rows with each that is moved at its wanted place; the others keep their order around it."""
    order = sorted(rows, key=lambda entry: entry.position)
    going = {entry.pk: entry for entry in order if entry.pk in moved}
    order = [entry for entry in order if entry.pk not in going]
    for pk, place in sorted(moved.items(), key=lambda pair: pair[1]):
        order.insert(max(place, 1) - 1, going[pk])
    return order


def _write(entry: MeasureEntry, wanted: Wording) -> None:
    """Give a row its words; a new measure stays new, and only what is dropped has a reason.

    Raises:
        ValidationError: dropped without a reason.
    """
    if entry.change != Change.NEW:
        entry.change = Change.DROPPED if wanted.change == Change.DROPPED else Change.CONTINUED
    entry.change_reason = wanted.reason if entry.change == Change.DROPPED else ""
    if entry.change == Change.DROPPED and not wanted.reason:
        raise ValidationError(_("“%(row)s”: say why the measure is dropped.") % {"row": entry})
    entry.number, entry.title, entry.description = wanted.number, wanted.title, wanted.description
    kind, key = wanted.parent[:1], int(wanted.parent[1:] or 0)
    entry.strategy_id = key if kind == "s" else None
    entry.goal_id = key if kind == "g" else None


@transaction.atomic
def add_new(
    draft: ActionPart, *, wording: Wording, by: User, facts: dict[str, Any] | None = None, once: str = ""
) -> MeasureParticipation:
    """Add a measure that the next action part brings; it comes into force when the part does.

    `once` is the mark of one opened form: pressed twice, it gives the measure that the first press made.
    """
    draft = lock(draft, by)
    plan = draft.plan
    pressed = Event.objects.filter(
        authority_id=plan.authority_id, kind=actions.ADDED, subject_type=actions.MEASURE, actor_id=by.pk,
        facts__once=once,
    )  # fmt: skip
    if once and (before := pressed.first()):
        return MeasureParticipation.objects.get(measure_id=before.subject_id, authority_id=plan.authority_id)
    last = draft.entries.aggregate(last=Max("position"))["last"] or 0
    measure = Measure.objects.create(plan=plan, authority_id=plan.authority_id)
    entry = MeasureEntry(
        plan=plan, authority_id=plan.authority_id, action_part=draft, measure=measure, position=last + 1,
        change=Change.NEW,
    )  # fmt: skip
    _write(entry, wording)
    entry.save()
    Event.objects.create(
        authority_id=plan.authority_id, kind=actions.ADDED, subject_type=actions.MEASURE, subject_id=measure.pk,
        actor_id=by.pk, facts={"once": once, "part": str(draft)},
    )  # fmt: skip
    return actions.give_parts(measure, facts)


@transaction.atomic
def remove_new(draft: ActionPart, entry_id: int, *, by: User) -> str:
    """Take a new measure out of the draft, with its parts; return its title. One that is gone is done with already."""
    draft = lock(draft, by)
    entry = draft.entries.filter(pk=entry_id, change=Change.NEW, measure__current_entry=None).first()
    if entry is None:
        return ""
    _delete(Measure.objects.filter(pk=entry.measure_id))
    _note(draft, "action_part_changed", by, removed=1)
    return entry.title


@transaction.atomic
def drop_done(draft: ActionPart, *, reason: str, by: User) -> int:
    """Mark as dropped, with this reason, what is carried over and done by all who do it; return how many."""
    draft = lock(draft, by)
    dropped = draft.entries.filter(change=Change.CONTINUED, measure__in=done_measures(draft.plan_id)).update(
        change=Change.DROPPED, change_reason=reason
    )
    if dropped:
        _note(draft, "action_part_changed", by, count=dropped)
    return int(dropped)


def done_measures(plan_id: int) -> Any:
    """Return the measures of a plan that all who do them have done."""
    theirs = MeasureParticipation.objects.filter(measure=OuterRef("pk"))
    done = rules.State.DONE.value
    return Measure.objects.filter(Exists(theirs), ~Exists(theirs.exclude(state=done)), plan_id=plan_id)


@transaction.atomic
def discard(draft: ActionPart, *, by: User) -> None:
    """Remove the draft and the measures that only it has; what is in force stays as it is."""
    try:
        draft = lock(draft, by)
    except ValidationError:
        if ActionPart.objects.filter(pk=draft.pk).exists():
            raise
        return  # a colleague has just discarded it
    new = list(draft.entries.filter(measure__current_entry=None).values_list("measure", flat=True))
    draft.entries.all().delete()
    _delete(Measure.objects.filter(pk__in=new, current_entry=None))
    _note(draft, "action_part_discarded", by, years=str(draft))
    draft.delete()


def _delete(measures: Any) -> None:
    try:
        measures.delete()
    except ProtectedError as error:
        raise ValidationError(_("Somebody has asked about a new measure of the draft. Answer first.")) from error


def _note(draft: ActionPart, kind: str, by: User, **facts: Any) -> None:
    Event.objects.create(
        authority_id=draft.authority_id, kind=kind, subject_type=PART, subject_id=draft.pk, actor_id=by.pk, facts=facts
    )
