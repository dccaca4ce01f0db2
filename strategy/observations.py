"""Values of an indicator: typed, sent as a file or fetched; shown before they are saved, and saved all or none."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from portal import changes, permissions
from portal.integrations import statistics
from portal.models import Event
from strategy import figure_words
from strategy.models import Indicator, Observation, Series
from strategy.observation_files import PLACES, Incoming

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from portal.models import User

INDICATOR = "strategy.indicator"
PREVIEW = "strategy.observations"
PREVIEW_SECONDS = 8 * 3600
MOST_CHANGES = 100


class Stale(Exception):
    """What was shown no longer holds: somebody has changed one of the values since."""


@dataclass(frozen=True)
class Planned:
    """One value as it is to be saved, and what stands there now."""

    series: Series
    new: Incoming
    before: Observation | None

    @property
    def kind(self) -> str:
        """Say what saving it would do: new, changed or unchanged."""
        if self.before is None:
            return "new"
        same = (self.before.value, self.before.is_estimated) == (self.new.value, self.new.is_estimated)
        return "unchanged" if same else "changed"

    @property
    def seen(self) -> int:
        return self.before.row_version if self.before else -1


class Saved(NamedTuple):
    new: int
    changed: int


def may_work(user: Any, authority_id: int) -> bool:
    """Say whether the user adds and changes the authority's indicators and their values."""
    return permissions.may_write(user, INDICATOR, authority_id)


# ---- what saving would do ----


def compare(indicator: Indicator, incoming: Iterable[Incoming]) -> list[Planned]:
    """Return what each value would change, in the order given; two queries."""
    series = {one.pk: one for one in indicator.series.all()}
    standing = {
        (row.series_id, row.observed_on): row for row in Observation.objects.filter(series__indicator=indicator)
    }
    return [
        Planned(series[one.series_id], one, standing.get((one.series_id, one.on)))
        for one in incoming
        if one.series_id in series
    ]


def pack(planned: Sequence[Planned], indicator: Indicator, user: User, source: str = "") -> str:
    """Return the preview as a signed text that its own form carries: what was shown is what is saved."""
    rows = [
        [one.series.pk, one.new.on.isoformat(), str(one.new.value), one.new.is_estimated, one.new.source, one.seen]
        for one in planned
        if one.kind != "unchanged"
    ]
    facts = {"indicator": indicator.pk, "user": user.pk, "source": source, "rows": rows}
    return signing.dumps(facts, salt=PREVIEW, compress=True)


@dataclass(frozen=True)
class Preview:
    """A preview that came back: the values, the version of each that was shown, and where they are from."""

    rows: list[tuple[Incoming, int]]
    source: str


def unpack(text: str, indicator: Indicator, user: User) -> Preview | None:
    """Return what was shown to this user about this indicator, or nothing: too old, or not ours."""
    try:
        facts = signing.loads(text, salt=PREVIEW, max_age=PREVIEW_SECONDS)
    except signing.BadSignature:
        return None
    if (facts["indicator"], facts["user"]) != (indicator.pk, user.pk):
        return None
    return Preview(
        [
            (Incoming(series, dt.date.fromisoformat(on), Decimal(value), estimated, source), seen)
            for series, on, value, estimated, source, seen in facts["rows"]
        ],
        facts["source"],
    )


# ---- saving ----


@transaction.atomic
def save(indicator: Indicator, preview: Preview, *, by: User, at: dt.datetime, only_new: bool = False) -> Saved:
    """Save what was shown, all or nothing; pressing twice saves once.

    Raises:
        Stale: a value has been added, changed or removed since it was shown.
    """
    permissions.require(may_work(by, indicator.authority_id))
    lock(indicator)
    versions = dict(preview.rows)
    planned = compare(indicator, versions)
    todo = [one for one in planned if one.kind != "unchanged"]
    if len(planned) < len(versions) or any(one.seen != versions[one.new] for one in todo):
        raise Stale
    chosen = [one for one in todo if one.before is None or not only_new]
    fetched_at = at if preview.source else None
    rows = [_row(one, preview.source, fetched_at) for one in chosen]
    new = [row for row in rows if row.pk is None]
    Observation.objects.bulk_create(new)
    for row in rows:
        if row not in new:
            row.save()
    if fetched_at:
        _name_the_source(indicator, preview.source)
    if rows:
        _note(indicator, by, at, new=len(new), changed=len(rows) - len(new))
    return Saved(len(new), len(rows) - len(new))


def lock(indicator: Indicator) -> None:
    """Let one at a time change an indicator's values."""
    Indicator.objects.select_for_update(of=("self",)).get(pk=indicator.pk)


def _row(one: Planned, source: str, fetched_at: dt.datetime | None) -> Observation:
    row = one.before or Observation(
        authority_id=one.series.authority_id, series=one.series, observed_on=one.new.on, value=one.new.value
    )
    row.value, row.is_estimated = one.new.value, one.new.is_estimated
    row.source, row.fetched_at, row.invented = source or one.new.source or row.source, fetched_at, False
    return row


def _name_the_source(indicator: Indicator, source: str) -> None:
    """Give an indicator that names no source the one its figures came from, with its licence."""
    if not indicator.source:
        indicator.source, indicator.licence = source[:200], indicator.licence or statistics.LICENCE
        indicator.save(update_fields=["source", "licence"])


def _note(indicator: Indicator, by: User, at: dt.datetime, **facts: int) -> None:
    Event.objects.create(
        authority_id=indicator.authority_id, kind="indicator.measured", subject_type=INDICATOR,
        subject_id=indicator.pk, actor_id=by.pk, at=at, facts=facts,
    )  # fmt: skip


@transaction.atomic
def save_one(row: Observation, *, by: User, at: dt.datetime) -> Observation:
    """Save a value that was typed; its form has seen to the version."""
    indicator = row.series.indicator
    permissions.require(may_work(by, indicator.authority_id))
    is_new = row.pk is None
    row.authority_id, row.fetched_at, row.invented = indicator.authority_id, None, False
    row.save()
    _note(indicator, by, at, new=int(is_new), changed=int(not is_new))
    return row


@transaction.atomic
def remove(row: Observation, *, by: User, at: dt.datetime, seen: int) -> None:
    """Remove a value; the history keeps it.

    Raises:
        Stale: it was changed since it was shown.
    """
    indicator = row.series.indicator
    permissions.require(may_work(by, indicator.authority_id))
    lock(indicator)
    found = Observation.objects.filter(pk=row.pk).first()
    if found is None:
        return
    if found.row_version != seen:
        raise Stale
    found.delete()
    _note(indicator, by, at, removed=1)


# ---- from Statistics Norway ----


def source_of(table: str) -> str:
    return _("Statistics Norway, table %(table)s") % {"table": table}


def fetch(indicator: Indicator, today: dt.date) -> tuple[list[Incoming], list[statistics.Answer]]:
    """Return the figures of the series that name a table, and what each table said; one question for each series.

    Raises:
        StatisticsError: one of them did not come; nothing is half fetched.
    """
    incoming, answers = [], []
    for one in indicator.series.exclude(table_id=""):
        answer = statistics.fetch(one.table_id, {str(name): str(code) for name, code in one.query.items()})
        answers.append(answer)
        source = source_of(one.table_id)
        incoming += [
            Incoming(one.pk, each.on, each.value.quantize(PLACES), False, source)
            for each in answer.values
            if each.on <= today
        ]  # fmt: skip
    return incoming, answers


# ---- history ----


def history_of(indicator: Indicator, reader: User) -> list[dict[str, Any]]:
    """Return the newest changes of the indicator's values, removed ones too; each names its series and date."""
    model: Any = Observation.pgh_event_model  # type: ignore[attr-defined]
    names = {one.pk: str(one) for one in indicator.series.all()}
    newest = model.objects.filter(series_id__in=names).select_related("pgh_context").order_by("-pgh_id")
    events = list(newest[: 2 * MOST_CHANGES])[::-1]
    people = changes.people(events, reader)
    before: dict[int, Any] = {}
    lines = []
    for event in events:
        actor = changes.actor_of(event)
        earlier = before.get(event.pgh_obj_id)
        someone = _("Someone in another authority") if actor else _("The system")
        lines.append(
            {
                "at": event.pgh_created_at, "who": people.get(actor, someone), "series": names[event.series_id],
                "on": event.observed_on, "value": _said(indicator, event),
                "kind": changes.KINDS.get(event.pgh_label, ""),
                "changes": _changed(indicator, earlier, event) if earlier is not None else [],
            }
        )  # fmt: skip
        before[event.pgh_obj_id] = event
    return lines[::-1][:MOST_CHANGES]


def _said(indicator: Indicator, event: Any) -> str:
    return figure_words.level(event.value, indicator.unit, indicator.decimals)


def _changed(indicator: Indicator, before: Any, after: Any) -> list[dict[str, str]]:
    """Return what differs between two events, with values as the pages say them."""
    said = [(_said(indicator, event), str(event.value)) for event in (before, after)]
    return [
        {**row, "old": said[0][0], "new": said[1][0]} if (row["old"], row["new"]) == (said[0][1], said[1][1]) else row
        for row in changes.differences(Observation(), before, after)
    ]
