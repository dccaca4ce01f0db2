"""How a grant's conditions, papers and payouts are said to its recipient: where it stands, and what happens next."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from grants import obstacle_words, papers, rules
from grants.models import Condition, GrantReport, PayerClass, Payout
from portal import due_lines
from portal.calendar import Precision
from portal.money import format_nok
from portal.templatetags.portal_tags import long_date

if TYPE_CHECKING:
    from collections.abc import Iterable

    from grants.own_lists import Own


def distance(day: dt.date, today: dt.date) -> str:
    """Return how far off a day is: "in 3 days", "2 days late"."""
    return due_lines.distance(day, today, Precision.DAY)


def class_names(classes: Iterable[str]) -> str:
    """Return whose money counts, in words: "Business, Others"."""
    wanted = set(classes)
    return ", ".join(str(each.label) for each in PayerClass if each.value in wanted)


# ---- conditions ----


def conditions(own: Own) -> list[dict[str, Any]]:
    """Return each condition in words: what it asks for, where it stands, how much is missing, and where to answer."""
    reports = {report.condition_id: report for report in own.reports if report.condition_id}
    known = {row.pk: row for row in own.facts.conditions}
    return [_condition(own, row, known[row.pk], reports.get(row.pk)) for row in own.conditions]


def _condition(own: Own, row: Condition, known: rules.ConditionFacts, report: GrantReport | None) -> dict[str, Any]:
    stands = rules.matching(own.facts, known) if known.kind is rules.Kind.MATCHING else None
    line: dict[str, Any] = {
        "condition": row, "asks": asks(row, own.facts), "state": condition_state(own, row, report, stands),
        "report": report, "matching": running_total(stands) if stands else None, "settled": settled(row, report),
        "answer": "", "report_url": "",
    }  # fmt: skip
    if not own.takes_papers or row.state != Condition.State.OPEN:
        return line
    if stands:
        line["answer"] = reverse("own_financing", args=own.place) if stands.missing_in_all_nok else ""
    elif report is not None:
        line["report_url"] = reverse("own_report", args=[*own.place, report.pk])
    line["may_answer"] = stands is None and report is None and row.kind in papers.ANSWERED_BY_REPORT
    return line


def asks(row: Condition, known: rules.GrantFacts) -> str:
    """Return what a condition asks for, with its figures."""
    if row.kind == Condition.Kind.MATCHING:
        told = _("For each krone we pay, %(share)s øre must be documented from: %(classes)s.")
        if row.share_percent == 100:
            told = _("As much as we pay must be documented from: %(classes)s.")
        said = told % {"share": row.share_percent, "classes": class_names(row.classes)}
        counts = _("Work and goods count too.") if row.counts_in_kind else _("Only money counts.")
        return f"{said} {counts}"
    if row.kind == Condition.Kind.HOLDBACK:
        kept = rules.share_of(known.held_nok, row.holdback_percent or 0)
        return _("%(amount)s is held back until the report is approved.") % {"amount": format_nok(kept)}
    if row.kind == Condition.Kind.BY_DATE:
        return _("In place by %(date)s.") % {"date": long_date(row.due_on)}
    if row.kind == Condition.Kind.REPORT:
        return _("We pay when the report is approved.")
    return _("We pay when someone at our desk has settled it.")


def condition_state(own: Own, row: Condition, report: GrantReport | None, stands: rules.Matching | None) -> str:
    """Return where a condition stands, as a standing."""
    if row.state != Condition.State.OPEN:
        return f"condition_{row.state}"
    if stands is not None:
        if not stands.missing_in_all_nok:
            return "condition_met"
        return "condition_partly" if stands.documented_nok else "condition_open"
    if report is not None and report.state != GrantReport.State.AWAITED:
        return "condition_met" if report.state == GrantReport.State.APPROVED else f"paper_{report.state}"
    if row.due_on is not None and row.due_on < own.today:
        return "condition_late"
    return "condition_open" if report is None else f"paper_{report.state}"


def settled(row: Condition, report: GrantReport | None) -> str:
    """Return how a condition was met or waived, and when."""
    if row.settled_on is not None:
        day = {"date": long_date(row.settled_on)}
        said = _("Met %(date)s.") if row.state == Condition.State.MET else _("Waived %(date)s.")
        return f"{said % day} {row.settled_note}".strip()
    if report is not None and report.state == GrantReport.State.APPROVED and report.read_at is not None:
        return _("The report was approved %(date)s.") % {"date": long_date(report.read_at)}
    return ""


def running_total(stands: rules.Matching) -> dict[str, Any]:
    """Return a matching condition's running total, with the parts of its bar in per cent of all that is asked for."""
    asked = stands.required_in_all_nok
    done = min(stands.documented_nok, asked)
    waits = min(stands.waiting_nok, asked - done)

    def part(amount: int) -> str:
        return f"{100 * amount / asked:.1f}%" if asked else "0%"

    return {
        "asked_nok": asked, "documented_nok": stands.documented_nok, "waiting_nok": stands.waiting_nok,
        "missing_nok": stands.missing_in_all_nok, "unsent_nok": stands.unsent_in_all_nok,
        "done": part(done), "sent": part(done + waits),
        "classes": class_names(stands.condition.classes), "title": stands.condition.title,
    }  # fmt: skip


def running_totals(own: Own) -> list[dict[str, Any]]:
    """Return the running total of each matching condition that holds."""
    return [
        running_total(rules.matching(own.facts, row))
        for row in own.facts.conditions
        if row.kind is rules.Kind.MATCHING and not row.is_settled
    ]


def obstacles(own: Own) -> list[str]:
    """Return what keeps the recipient from asking for all that is left, in words."""
    return [obstacle_words.words(one) for one in own.obstacles]


# ---- payouts ----


def payout(row: Payout, today: dt.date) -> dict[str, Any]:
    """Return a payout in words: where it stands, and what happens next."""
    states = {
        Payout.State.ASKED: _("We have got it. A colleague makes the payout ready."),
        Payout.State.PREPARED: _("It is made ready. Another checks it."),
        Payout.State.ATTESTED: _("It is checked. Someone else approves it."),
        Payout.State.APPROVED: _("It is approved, and goes to payment next."),
        Payout.State.SENT: _("It is sent to payment."),
        Payout.State.PAID: _("Paid %(date)s.") % {"date": long_date(row.paid_on)},
        Payout.State.RETURNED: _("The money came back from the bank. See that the bank account is right."),
        Payout.State.CANCELLED: _("Nothing is paid."),
    }
    reason = row.reason if row.state in (Payout.State.RETURNED, Payout.State.CANCELLED, Payout.State.ASKED) else ""
    return {
        "row": row, "state": f"payout_{row.state}", "text": states[Payout.State(row.state)], "reason": reason,
        "asked": date_format(row.asked_at, "j.n.Y"), "may_take_back": row.state == Payout.State.ASKED,
    }  # fmt: skip
