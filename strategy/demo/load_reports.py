"""Turns the demo's made-up reports into rows, the way an authority would: answers, freezing and release in order.

What is frozen is frozen by the portal's own deeds, with the statuses of that day; then the demo goes on to the next.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils import timezone

from portal.models import Body, Case, CaseStep, User
from strategy import frozen, periods, rules
from strategy.demo import halden_reports, ostre_toten_status
from strategy.demo.facts import InventedAnswer, as_of, reached_between
from strategy.demo.load_measures import AS_IT_STANDS, HALDEN, OSTRE_TOTEN, STATUSES, go_on_to, part_of
from strategy.models import Plan, PlanCase, PlanReport, ReportingPeriod, StatusReport

if TYPE_CHECKING:
    from portal.demo.shelf import Shelf
    from strategy.demo.facts import InventedPeriod, InventedStatus

PERIODS = {HALDEN: halden_reports.PERIODS, OSTRE_TOTEN: ostre_toten_status.PERIODS}
CASES = {HALDEN: "halden-rapportering", OSTRE_TOTEN: "ostre-toten-oppfolging"}
WHO = {HALDEN: ("officer", "leader"), OSTRE_TOTEN: ("ostre_toten_officer", "ostre_toten_leader")}
"""Who freezes and who releases, by the keys of their sign-ins."""


def starts_from(shelf: Shelf, name: str) -> dt.date:
    """Return the day the plan's statuses are to be loaded as of: that of the first report not frozen yet."""
    return next((fact.frozen for fact in _not_frozen(shelf, name).values() if fact.frozen), AS_IT_STANDS)


def load(shelf: Shelf) -> None:
    """Place the periods with their answers, freeze and release the reports, and open what lies open."""
    for name in PERIODS:
        plan = shelf.find(Plan, "plan", name)
        if plan is not None:
            _load_plan(shelf, plan, name)


def _not_frozen(shelf: Shelf, name: str) -> dict[str, InventedPeriod]:
    """Return the periods whose report is still to be frozen, by the report's key."""
    reported = [fact for fact in PERIODS.get(name, ()) if fact.frozen]
    keys = {f"{name}/{number}": fact for number, fact in enumerate(reported, 1)}
    return {key: fact for key, fact in keys.items() if f"plan-report:{key}" not in shelf.known}


def _load_plan(shelf: Shelf, plan: Plan, name: str) -> None:
    case = shelf.find(Case, "case", CASES[name])
    if case is not None:
        link = PlanCase(authority_id=plan.authority_id, plan=plan, case=case, purpose=PlanCase.Purpose.REPORT)
        shelf.put("report-link", {name: link})
    keys = {f"{name}/{fact.ends}": fact for fact in PERIODS[name]}
    rows = shelf.put(
        "period",
        {key: _period(shelf, plan, fact) for key, fact in keys.items()},
        natural=lambda row: (row.plan_id, row.ends_on),
    )
    ours = {key: rows[key] for key in keys if f"period:{key}" in shelf.placed}
    to_freeze = {fact: key for key, fact in _not_frozen(shelf, name).items()}
    if PlanReport.objects.filter(plan=plan).exclude(pk__in=_frozen_before(shelf, name)).exists():
        to_freeze = {}  # a user's own reports have taken the numbers
    for key, period in ours.items():
        _put_answers(shelf, name, key, keys[key], period)
        if keys[key] in to_freeze:
            _freeze(shelf, plan, to_freeze[keys[key]], keys[key], period)
    go_on_to(shelf, plan, name, AS_IT_STANDS)
    for key, period in ours.items():
        if keys[key].is_open and f"period:{key}" not in shelf.known:
            periods.open_period(period, at=_at(keys[key].opens, 7))


def _frozen_before(shelf: Shelf, name: str) -> list[int]:
    """Return the ids of the reports that an earlier loading froze."""
    return [
        int(value.partition(":")[0]) for key, value in shelf.known.items() if key.startswith(f"plan-report:{name}/")
    ]


def _period(shelf: Shelf, plan: Plan, fact: InventedPeriod) -> ReportingPeriod:
    """Return a period; one whose report is frozen was opened in its time."""
    step = shelf.find(CaseStep, "step", fact.step)
    body = shelf.find(Body, "body", f"{plan.authority.slug}/{fact.body}")
    return ReportingPeriod(
        authority_id=plan.authority_id, plan=plan, name=fact.name, starts_on=fact.starts, ends_on=fact.ends,
        opens_on=fact.opens, due_on=fact.due, closed_on=fact.closed, step=step, body=step.body if step else body,
        opened_at=_at(fact.opens, 7) if fact.frozen else None, invented=True,
    )  # fmt: skip


def _freeze(shelf: Shelf, plan: Plan, key: str, fact: InventedPeriod, period: ReportingPeriod) -> None:
    """Freeze and release a report on its day, with the statuses of that day."""
    name = key.rpartition("/")[0]
    officer, leader = (shelf.find(User, "user", who) for who in WHO[name])
    if fact.frozen is None or officer is None or leader is None:
        return
    go_on_to(shelf, plan, name, fact.frozen)
    report = frozen.freeze(plan, by=officer, at=_at(fact.frozen, 10), period=period, step=period.step)
    frozen.release(report, by=leader, at=_at(fact.frozen, 14))
    report.refresh_from_db()
    shelf.placed[f"plan-report:{key}"] = shelf.standing[f"plan-report:{key}"] = report


def _at(day: dt.date, hour: int) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour)))


# ---- what was answered ----


def _put_answers(shelf: Shelf, name: str, key: str, fact: InventedPeriod, period: ReportingPeriod) -> None:
    """Place what was answered in a period, and who was asked in vain; the deed that opens one asks the rest."""
    answers = {answer.measure: answer for answer in fact.answers}
    before = _period_before(name, fact)
    reports = {}
    for status in STATUSES[name]:
        part = part_of(shelf, name, status.measure)
        was_asked = fact.reported is not None or status.measure in answers
        if part is None or not was_asked or (status.done_on and status.done_on < fact.starts):
            continue
        report = StatusReport(
            authority_id=part.authority_id, plan_id=part.plan_id, period=period, participation=part,
            address="" if part.person_id else part.partner_address, invented=True,
        )  # fmt: skip
        if status.measure in fact.missing:
            report.reminded_at = _at(fact.reminded, 9) if fact.reminded else None
        else:
            _answer(report, status, answers.get(status.measure), fact, before)
        reports[f"{key}/{status.measure}"] = report
    shelf.put("status-report", reports, natural=lambda row: (row.period_id, row.participation_id))


def _period_before(name: str, fact: InventedPeriod) -> InventedPeriod | None:
    reported = [each for each in PERIODS[name] if each.reported and each.ends < fact.ends]
    return reported[-1] if reported else None


def _answer(
    report: StatusReport,
    status: InventedStatus,
    answer: InventedAnswer | None,
    fact: InventedPeriod,
    before: InventedPeriod | None,
) -> None:
    """Write the answer, with the state of its day; where nothing is made up about it, it is unchanged since last."""
    said = answer or InventedAnswer(status.measure)
    day = said.reported or fact.reported or fact.opens
    last = before.reported if before and before.reported else fact.starts
    now, part = as_of(status, day), report.participation
    milestones = tuple(rules.MilestoneFacts(each.due, reached=each.reached_on is not None) for each in now.milestones)
    late_since = rules.late_since(rules.MeasureFacts(rules.State(now.state), milestones=milestones), day)
    on_track = "on_track" if now.state == "under_way" and late_since is None else ""
    reached = " ".join(f"{title}." for title in reached_between(status, last, day))
    report.state, report.done_on, report.late_since = now.state, now.done_on, late_since
    report.judgement = said.judgement or now.judgement or on_track
    report.done_since = said.done_since or reached
    report.reason, report.next_step, report.new_due_on = said.reason, said.next_step, said.new_due
    report.asks = said.asks
    report.is_unchanged = before is not None and answer is None and not reached and now == as_of(status, last)
    report.reported_at, report.reported_as = _at(day, 13), part.partner
    report.reported_by = part.person
