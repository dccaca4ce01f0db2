"""Reads the resolutions a plan rests on: which bodies must decide, what they have said, and where it stands."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models.functions import JSONObject
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from portal.calendar import Precision, format_precise
from portal.case_path import who_treats
from portal.models import CaseStep
from portal.models.case import Access
from strategy import rules, sentences
from strategy.models import Plan, PlanCase

if TYPE_CHECKING:
    from collections.abc import Iterable

DECISION = CaseStep.Activity.DECISION
COLUMNS = {
    "case": "case_id", "owner": "authority_id", "owner_slug": "case__authority__slug", "access": "case__access",
    "step": "case__steps__id", "stage": "case__steps__stage", "activity": "case__steps__activity",
    "outcome": "case__steps__outcome", "decided_on": "case__steps__decided_on", "body": "case__steps__body__name",
    "body_of": "case__steps__body__authority_id", "body_of_name": "case__steps__body__authority__name",
    "actor": "case__steps__actor", "item": "case__steps__item_number", "number": "case__steps__case_number",
    "invented": "case__steps__invented", "body_id": "case__steps__body_id", "position": "case__steps__position",
}  # fmt: skip
"""What is asked of each step in a plan's adoption cases; a case without steps gives one row without a step."""
NOT_STORED_YET = 2**63
"""Stands for the number of a step that has none: it comes after those that have."""
ORDER = ("case_id", "case__steps__stage", "case__steps__position", "case__steps__pk")
Row = dict[str, Any]


class Line(NamedTuple):
    """One required resolution as the plan's page shows it."""

    who: str
    resolution: str
    decided_on: dt.date | None
    number: str
    case_id: int
    is_open: bool
    invented: bool


class Way(NamedTuple):
    """How a plan is being adopted: the resolutions, and what they make together."""

    adoption: rules.Adoption
    lines: list[Line]
    authority_slug: str

    @property
    def is_open(self) -> bool:
        """Whether anyone may read all the cases it lies in."""
        return all(line.is_open for line in self.lines)

    @property
    def cases(self) -> list[int]:
        """The cases anyone may open, each once."""
        return list(dict.fromkeys(line.case_id for line in self.lines if line.is_open))

    @property
    def is_shared(self) -> bool:
        return len(self.lines) > 1

    @property
    def invented(self) -> bool:
        return any(line.invented for line in self.lines)


def facts_of(step: CaseStep) -> rules.StepFacts:
    """Return what a step means for adoption."""
    return rules.StepFacts(
        stage=step.stage, is_decision=step.activity == DECISION, outcome=step.outcome, decided_on=step.decided_on,
        key=step.pk or 0, body=step.body_id, order=(step.position, step.pk or NOT_STORED_YET),
    )  # fmt: skip


def rows_of_plan(plan_id: Any) -> ArraySubquery:
    """Return the steps of a plan's adoption cases as a column of another query."""
    links = PlanCase.objects.filter(plan=plan_id, purpose=PlanCase.Purpose.ADOPTION).order_by(*ORDER)
    return ArraySubquery(links.values(row=JSONObject(**COLUMNS)))


def read(plan_ids: Iterable[int]) -> dict[int, rules.Adoption]:
    """Return how far each plan has come; one query. A plan without an adoption case is not among them."""
    links = PlanCase.objects.filter(plan__in=list(plan_ids), purpose=PlanCase.Purpose.ADOPTION)
    found: dict[int, list[Row]] = defaultdict(list)
    for plan_id, row in links.order_by("plan_id", *ORDER).values_list("plan_id", JSONObject(**COLUMNS)):
        found[plan_id].append(row)
    return {plan_id: way_of(rows).adoption for plan_id, rows in found.items()}


def way_of_plan(plan: Plan) -> Way:
    """Return how one plan is being adopted; one query."""
    links = PlanCase.objects.filter(plan=plan, purpose=PlanCase.Purpose.ADOPTION).order_by(*ORDER)
    return way_of(list(links.values_list(JSONObject(**COLUMNS), flat=True)))


def way_of(rows: list[Row]) -> Way:
    """Return the required resolutions in the order of the case, and what they make."""
    parts, lines = [], []
    for case_id, group in groupby(rows, key=lambda row: row["case"]):
        steps = {row["step"]: row for row in group}
        parts.append(rules.adoption(_facts(row) for key, row in steps.items() if key is not None))
        for each in parts[-1].required:
            row = steps[each.facts.key]
            is_open = row["access"] == Access.OPEN
            lines.append(
                Line(
                    each.facts.who if is_open else "", each.resolution.value, each.facts.decided_on,
                    (row["item"] or row["number"]) if is_open else "", case_id, is_open, row["invented"],
                )
            )  # fmt: skip
    return Way(rules.together(parts), lines, rows[0]["owner_slug"] if rows else "")


def _facts(row: Row) -> rules.StepFacts:
    return rules.StepFacts(
        stage=row["stage"], is_decision=row["activity"] == DECISION, outcome=row["outcome"], key=row["step"],
        body=row["body_id"], order=(row["position"], row["step"]),
        decided_on=dt.date.fromisoformat(row["decided_on"]) if row["decided_on"] else None,
        who=who_treats(
            row["body"] or "", row["body_of_name"] or "", row["actor"], is_own=row["body_of"] == row["owner"]
        ),
    )  # fmt: skip


# ---- in words ----


def sentence(plan: Plan, way: Way) -> str:
    """Return where adoption stands, in one sentence: adopted by whom and when, or what it waits for."""
    if not way.lines:
        return ""
    is_adopted = plan.status in (Plan.Status.ADOPTED, Plan.Status.ENDED) and way.adoption.is_adopted
    if not way.is_open:
        day = _on(way.adoption.adopted_on)
        return (_("Adopted %(day)s.") % {"day": day} if day else _("Adopted.")) if is_adopted else ""
    if is_adopted:
        return _adopted(way)
    if way.is_shared:
        return _shared(way)
    return _single(way.lines[0])


def still_missing(way: Way) -> str:
    """Return which resolutions the plan still lacks, for those who work with it; a no is told as one."""
    missing = [
        (line.who or _("a body in a case that is not open")) + _no_or_not_now(line)
        for line, required in zip(way.lines, way.adoption.required, strict=True)
        if not required.carries
    ]
    if missing:
        return sentences.joined([missing[0], *map(mid_sentence, missing[1:])])
    if way.adoption.is_adopted:
        return _("None: every resolution is in place.")
    if way.authority_slug:
        return _("An adoption case has no step of the kind “Decision” yet. Add it in the case.")
    return _("The plan has no adoption case yet. Add it below, among the cases of the plan.")


def _no_or_not_now(line: Line) -> str:
    is_said = line.resolution in (rules.Resolution.REJECTED, rules.Resolution.POSTPONED)
    return f" ({str(CaseStep.Outcome(line.resolution).label).lower()})" if is_said else ""


def _adopted(way: Way) -> str:
    line, day = way.lines[0], _on(way.adoption.adopted_on)
    amended = way.adoption.verdict == rules.Resolution.AMENDED
    if way.is_shared:
        count = len(way.lines)
        text = _("Adopted by all %(count)d councils") if _councils(way) else _("Adopted by all %(count)d bodies")
        return text % {"count": count} + (_(", the last %(day)s") % {"day": day} if day else "") + "."
    who = line.who or _("the council")
    text = _("Adopted with changes by %(who)s") if amended else _("Adopted by %(who)s")
    number = _(" (case %(number)s)") % {"number": line.number} if line.number else ""
    return text % {"who": mid_sentence(who)} + (f" {day}" if day else "") + number + "."


def _shared(way: Way) -> str:
    """Return "5 of 6 councils have adopted; Grue remains"."""
    count, total = way.adoption.carried, len(way.lines)
    councils, bodies = (
        _("%(count)d of %(total)d councils have adopted."),
        _("%(count)d of %(total)d bodies have adopted."),
    )
    text = councils if _councils(way) else bodies
    parts = [text % {"count": count, "total": total}]
    rejected = [line.who for line in way.lines if line.resolution == rules.Resolution.REJECTED and line.who]
    left = [line.who for line in way.lines if line.resolution in ("pending", "postponed") and line.who]
    if rejected:
        parts.append(_("Rejected by %(who)s.") % {"who": sentences.joined(map(mid_sentence, rejected))})
    if left and count + len(rejected):
        remains = ngettext("%(who)s remains.", "%(who)s remain.", len(left))
        parts.append(remains % {"who": sentences.joined([left[0], *map(mid_sentence, left[1:])])})
    return " ".join(parts)


def _single(line: Line) -> str:
    facts = {"who": mid_sentence(line.who or _("the council")), "day": _on(line.decided_on)}
    match line.resolution:
        case "rejected":
            text = _("Rejected by %(who)s %(day)s.") if facts["day"] else _("Rejected by %(who)s.")
        case "postponed":
            text = _("Postponed by %(who)s.")
        case "adopted" | "amended":
            text = _("%(who)s has adopted the plan.")
        case _:
            text = _("Waits for a resolution of %(who)s.")
    said = text % facts
    return said[:1].upper() + said[1:]


def _councils(way: Way) -> bool:
    return all("kommunestyre" in line.who.lower() or "bystyre" in line.who.lower() for line in way.lines)


def mid_sentence(name: str) -> str:
    """Return «kommunestyret i Grue» for «Kommunestyret i Grue»: a body's name is no proper noun in Norwegian.

    One that starts with a place's name keeps its capital («Grue kommunestyre»).
    """
    first = name.partition(" ")[0]
    is_common = first.lower().endswith(("styret", "skapet", "tinget", "møtet", "utvalget", "nemnda", "rådet", "juryen"))
    return name[:1].lower() + name[1:] if is_common else name


def _on(day: dt.date | None) -> str:
    return format_precise(day, Precision.DAY, get_language() or "nb", in_text=True) if day else ""
