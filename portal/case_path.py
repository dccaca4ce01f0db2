"""Turns a case's steps and input rounds into the rows of its timeline, as precisely as the dates were stated.

A row without a date gets none, and a decision whose day has passed is not called made before its outcome is there.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal import impartiality_watch, permissions, rules
from portal.calendar import Precision, first_day, format_precise, last_day
from portal.models import Case, CaseStep, InputRound
from portal.models.case import Access
from portal.rules import RoundState

if TYPE_CHECKING:
    from collections.abc import Sequence

SAID_YES = frozenset({CaseStep.Outcome.ADOPTED, CaseStep.Outcome.AMENDED})
DONE, HERE, AHEAD, UNDATED, PASSED, UNKNOWN = "done", "here", "new", "undated", "passed", "norep"
"""Where a row stands, by the name of its icon. DONE is only what has an outcome; of the others whose day has passed, a
decision lacks its outcome (UNKNOWN), and nobody has said whether the rest took place (PASSED)."""


class Group(NamedTuple):
    """Rows that share a stage, under one heading; rows alone in their stage stand together without one."""

    key: int
    heading: str


NO_GROUP = Group(0, "")


@dataclass(slots=True)
class PathRow:
    """One line of the timeline: a body's treatment, or an input round of the case."""

    stage: int
    heading: str
    mark: str
    when: str = ""
    first: dt.date | None = None
    last: dt.date | None = None
    description: str = ""
    who: str = ""
    number: str = ""
    outcome: str = ""
    recommendations: tuple[tuple[str, str], ...] = ()
    resolution: str = ""
    votes: str = ""
    papers_due_on: dt.date | None = None
    url: str = ""
    note: str = ""
    language: str = "nb"
    invented: bool = False
    is_round: bool = False
    is_deciding: bool = False
    group: Group = NO_GROUP

    @property
    def has_details(self) -> bool:
        return bool(self.recommendations or self.resolution or self.votes)

    @property
    def is_over(self) -> bool:
        return self.mark in (DONE, PASSED)


def is_open(case: Case) -> bool:
    """Say whether anyone may read more of the case than its public title."""
    return case.access == Access.OPEN


def rows(case: Case, today: dt.date, user: Any = None) -> list[PathRow]:
    """Return the timeline of a case in its own order, none when access is not open; two queries.

    Of an application or a complaint the words of recommendation and resolution are for those who handle it.
    """
    if not is_open(case):
        return []
    is_staff = works_on(case, user)
    shows_words = not impartiality_watch.is_watched(case) or (is_staff and impartiality_watch.opens(user, case))
    language = case.authority.language_form
    steps = [
        _step_row(step, today, language, is_staff, shows_words=shows_words)
        for step in case.steps.select_related("body__authority").order_by(*STEP_ORDER)
    ]
    rounds = InputRound.objects.readable_by(user).filter(case=case).select_related("authority")
    found = _placed(steps, [_round_row(one, today, language) for one in rounds])
    _say_where_we_are(found, today, is_closed=case.closed_on is not None)
    _group(found)
    return found


STEP_ORDER = ("stage", "position", "pk")


def works_on(case: Case, user: Any) -> bool:
    """Say whether the reader does casework on this case, and so sees what is for staff."""
    return permissions.does_casework(user, case.authority_id) or case.pk in permissions.guest_cases(user)


# ---- one row ----


def when(step: CaseStep, *, in_text: bool = False) -> str:
    """Return the step's date or period as it was stated, the day it was decided when that is known; or nothing."""
    language = get_language() or "nb"
    if step.decided_on:
        return format_precise(step.decided_on, Precision.DAY, language, in_text=in_text)
    precision = Precision(step.precision)
    if step.starts_on and step.ends_on and precision == Precision.MONTH:
        return format_precise(step.ends_on, Precision.PERIOD, language, starts=step.starts_on)
    days = [format_precise(day, precision, language, in_text=in_text) for day in (step.starts_on, step.ends_on) if day]
    return "–".join(dict.fromkeys(days))


def span(step: CaseStep) -> tuple[dt.date | None, dt.date | None]:
    """Return the first and the last day the step's dates may mean."""
    if step.decided_on:
        return step.decided_on, step.decided_on
    precision = Precision(step.precision)
    stated = [day for day in (step.starts_on, step.ends_on) if day]
    if not stated:
        return None, None
    return first_day(stated[0], precision), last_day(stated[-1], precision)


def who_treats(body: str, of_body: str, actor: str, *, is_own: bool) -> str:
    """Return who treats a step: the body by its name, with its municipality when that is another than the case's."""
    if not body or is_own or of_body in body:
        return body or actor
    return _("%(body)s in %(name)s") % {"body": body, "name": of_body}


def _step_row(step: CaseStep, today: dt.date, language: str, is_staff: bool, *, shows_words: bool = True) -> PathRow:
    first, last = span(step)
    recommended = (
        (_("The director’s recommendation"), step.director_recommendation),
        (_("The rapporteur’s recommendation"), step.rapporteur_recommendation),
    )
    is_deciding = step.activity in CaseStep.DECIDING
    mark = _mark(step.outcome, is_deciding, first, last, today)
    numbers = [_("case %(number)s") % {"number": step.case_number} if step.case_number else "",
               _("item %(number)s") % {"number": step.item_number} if step.item_number else ""]  # fmt: skip
    body = step.body
    who = who_treats(
        body.name if body else "", body.authority.name if body else "", step.actor,
        is_own=body is not None and body.authority_id == step.authority_id,
    )  # fmt: skip
    papers = step.papers_due_on if is_staff and step.outcome == CaseStep.Outcome.PENDING else None
    return PathRow(
        stage=step.stage, heading=step.get_activity_display(), mark=mark, when=when(step, in_text=True), first=first,
        last=last, description=step.description, who=who if who != step.description else "",
        number=", ".join(filter(None, numbers)), outcome=_outcome(step, mark),
        recommendations=tuple(pair for pair in recommended if pair[1] and shows_words),
        resolution=step.resolution if shows_words else "", votes=step.votes if shows_words else "",
        papers_due_on=papers, language=language, invented=step.invented, is_deciding=is_deciding,
    )  # fmt: skip


def _outcome(step: CaseStep, mark: str) -> str:
    """Return the outcome worth a mark: what is not registered only where the day has passed."""
    if step.outcome == CaseStep.Outcome.PENDING:
        return {UNKNOWN: "not_registered", PASSED: "not_confirmed"}.get(mark, "")
    return step.outcome


def _mark(outcome: str, is_deciding: bool, first: Any, last: Any, today: dt.date) -> str:
    if outcome not in (CaseStep.Outcome.PENDING, CaseStep.Outcome.POSTPONED):
        return DONE
    if first is None or last is None or (outcome == CaseStep.Outcome.POSTPONED and last < today):
        return UNDATED
    if last < today:
        return UNKNOWN if is_deciding else PASSED
    return HERE if first <= today else AHEAD


def _round_row(one: InputRound, today: dt.date, language: str) -> PathRow:
    state = rules.round_state(one.facts, today)
    last = rules.last_day_of(one.facts)
    precision = Precision(one.due_precision)
    day = format_precise(one.due_on, precision, get_language() or "nb", in_text=True) if one.due_on else ""
    notes = {
        RoundState.DRAFT: _("Not published."), RoundState.UPCOMING: _("Not open yet."),
        RoundState.OPEN: _("You can give input now."), RoundState.OVERDUE: _("Past the day. You can still write."),
        RoundState.CLOSED: _("Closed."), RoundState.ANSWERED: _("Everyone has got an answer."),
    }  # fmt: skip
    mark = DONE if state in rules.OVER else HERE if state in rules.TAKES_INPUT else AHEAD if last else UNDATED
    if one.audience == InputRound.Audience.INVITED and state in rules.TAKES_INPUT:
        notes[state] = _("Those invited can give input.")
    return PathRow(
        stage=0, heading=_("Due date for input") if day else _("Input"), mark=mark, when=day,
        first=one.opens_on or last, last=last, description=one.title, url=one.get_absolute_url(), note=notes[state],
        language=language, invented=one.invented, is_round=True,
    )  # fmt: skip


# ---- all rows ----


def _placed(steps: list[PathRow], rounds: list[PathRow]) -> list[PathRow]:
    """Return steps and rounds as one: a round stands after what is over by its due date, before what comes later.

    One without a date stands before the first decision to be made.
    """
    found = list(steps)
    for one in sorted(rounds, key=lambda row: (row.last is None, row.last or dt.date.max)):
        place = _place_of(one, found)
        inside = 0 < place < len(found) and found[place - 1].stage == found[place].stage
        one.stage = found[place].stage if inside else 0
        found.insert(place, one)
    return found


def _place_of(one: PathRow, found: list[PathRow]) -> int:
    before = [at for at, row in enumerate(found) if row.last and one.last and row.last <= one.last]
    if before:
        return before[-1] + 1
    after = [at for at, row in enumerate(found) if row.first and one.last and row.first > one.last]
    waits = [
        at
        for at, row in enumerate(found)
        if row.is_deciding and (one.last is None or (row.first is None and not row.is_over))
    ]
    return min([*after, *waits, len(found)])


def _say_where_we_are(found: list[PathRow], today: dt.date, *, is_closed: bool) -> None:
    """Let the first dated row to come be where the case is, when nothing goes on today; a closed case is nowhere."""
    if is_closed:
        for row in found:
            row.mark = AHEAD if row.mark == HERE else row.mark
        return
    if any(row.mark == HERE for row in found):
        return
    unfinished = [row for row in found if not row.is_over]
    if unfinished and unfinished[0].mark == AHEAD:
        unfinished[0].mark = HERE


def _group(found: list[PathRow]) -> None:
    """Give the rows of a stage with several a heading; those alone in theirs share a group without one."""
    sizes = Counter(row.stage for row in found if not row.is_round)
    parts = groupby(found, key=lambda row: row.stage if sizes[row.stage] > 1 else 0)
    for key, (is_many, part) in enumerate(parts, 1):
        members = list(part)
        group = Group(key, _stage_heading([row for row in members if not row.is_round]) if is_many else "")
        for row in members:
            row.group = group


def _stage_heading(members: Sequence[PathRow]) -> str:
    """Return "Stage 1: 11 steps, February–May 2023": the months that its rows span, where all of them are dated."""
    said = _("Stage %(stage)d: %(count)d steps") % {"stage": members[0].stage, "count": len(members)}
    days = [(row.first, row.last) for row in members if row.first and row.last]
    if len(days) < len(members):
        return said
    starts, ends = min(first for first, _last in days), max(last for _first, last in days)
    return f"{said}, {format_precise(ends, Precision.PERIOD, get_language() or 'nb', starts=starts)}"


# ---- in words ----


def state_of(case: Case, found: Sequence[PathRow]) -> str:
    """Return where the case is, in one sentence; nothing when access is not open."""
    if not is_open(case):
        return ""
    if case.closed_on:
        day = format_precise(case.closed_on, Precision.DAY, get_language() or "nb", in_text=True)
        return _("The case was closed %(day)s.") % {"day": day}
    if not found:
        return _("No steps are registered yet.")
    here = [row for row in found if row.mark == HERE]
    if open_round := next((row for row in here if row.is_round), None):
        if open_round.when:
            return _("Open for input until %(day)s.") % {"day": open_round.when}
        return _("Open for input. No due date is set.")
    if len(here) > 1:
        return _("%(count)d steps go on now.") % {"count": len(here)}
    if here:
        return _is_at(here[0])
    return _rests(found)


def _is_at(row: PathRow) -> str:
    text = _("For treatment: %(who)s, %(day)s.") if row.is_deciding else _("%(what)s: %(who)s, %(day)s.")
    return text % {"what": row.heading, "who": row.who, "day": row.when}


def _rests(found: Sequence[PathRow]) -> str:
    """Return what a case waits for that has no day ahead, what it lacks an outcome of, or what ended it."""
    steps = [row for row in found if not row.is_round]
    passed = max((at for at, row in enumerate(steps) if row.is_over or row.mark == UNKNOWN), default=-1)
    waiting = steps[passed + 1 :] or [row for row in steps if row.stage == steps[-1].stage and row.mark == UNDATED]
    if waiting:
        same = [row for row in waiting if row.stage == waiting[0].stage]
        if len(same) > 1:
            return _("Waits for %(count)d bodies; dates not given.") % {"count": len(same)}
        facts = {"what": waiting[0].heading.lower(), "who": waiting[0].who or waiting[0].description}
        return _("Next: %(what)s, %(who)s; date not given.") % facts
    last = [row for row in steps if row.stage == steps[-1].stage]
    decides = last if steps and steps[-1].is_deciding else steps
    if steps and steps[-1].mark == DONE and not any(row.mark == UNKNOWN for row in decides):
        if len(last) > 1 and all(row.is_deciding and row.outcome in SAID_YES for row in last):
            return _("Adopted by all %(count)d bodies.") % {"count": len(last)}
        facts = {
            "outcome": str(CaseStep.Outcome(steps[-1].outcome).label), "who": steps[-1].who,
            "day": steps[-1].when or _("date not given"),
        }  # fmt: skip
        return _("%(outcome)s: %(who)s, %(day)s.") % facts
    if unknown := [row for row in steps if row.mark == UNKNOWN]:
        return _("No outcome is registered: %(who)s, %(day)s.") % {"who": unknown[-1].who, "day": unknown[-1].when}
    if any(row.mark == PASSED for row in steps):
        return _("The dates of all registered steps have passed. What became of them is not registered.")
    return _("All registered steps are over.")
