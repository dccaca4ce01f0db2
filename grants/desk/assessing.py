"""Assessing an application: points by the call's criteria, the costs that count, what is recommended and why.

It may be saved half done. Done, it can go to a meeting or be decided; taken up again, it is changed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from grants import fund_rules, held, notices
from grants.desk import completeness
from grants.desk.handling import hold, undecided
from grants.desk.proposing import limits_of
from grants.held import Handled
from grants.models import Application, Assessment, Batch, BatchLine, Criterion, Outcome, Score, Supplement
from grants.refusals import deed
from portal.money import format_nok

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from portal.models import User


@dataclass(frozen=True)
class Typed:
    """What the officer has filled in; points are (points, why) by the criterion's id."""

    points: Mapping[int, tuple[int, str]] = field(default_factory=dict)
    eligible_cost_nok: int | None = None
    summary: str = ""
    outcome: str = ""
    amount_nok: int | None = None
    grounds: str = ""


# ---- deeds ----


@deed
def save(application: Application, typed: Typed, *, by: User, now: dt.datetime, seen: int | None = None) -> Assessment:
    """Keep the assessment as far as it has come.

    Raises:
        Handled: it is done, decided, or another has saved it since.
        ValidationError: keyed by the field.
    """
    found = undecided(hold(application, by=by))
    row = _as_seen(found, seen)
    if row.done_at is not None:
        raise Handled(_("The assessment is done. Take it up again to change it."), code="done")
    _keep(found, row, typed, by)
    notices.record("assessment_saved", found, by=by, case=found.case)
    return row


@deed
def done(application: Application, typed: Typed, *, by: User, now: dt.datetime, seen: int | None = None) -> Assessment:
    """Keep the assessment, and say that it is whole: it can be recommended or decided.

    Raises:
        Handled: it is done already, decided, or another has saved it since.
        ValidationError: something is missing, or more is recommended than the statutes allow.
    """
    found = undecided(hold(application, by=by))
    row = _as_seen(found, seen)
    if row.done_at is not None:
        raise Handled(_("The assessment is done already."), code="done")
    _keep(found, row, typed, by)
    check_whole(found, row)
    row.done_at = now
    row.save()
    notices.record("assessment_done", found, by=by, case=found.case, outcome=str(row.outcome))
    return row


@deed
def reopen(application: Application, *, by: User, now: dt.datetime, seen: int | None = None) -> Assessment:
    """Take an assessment up again, while no meeting has got it.

    Raises:
        Handled: it is not done, decided, or it lies with a body.
    """
    found = undecided(hold(application, by=by))
    row = _as_seen(found, seen)
    if row.done_at is None:
        raise Handled(_("The assessment is open already."), code="open")
    if with_a_body(found):
        raise Handled(_("The recommendation is sent to the body. Take it back from there first."), code="sent")
    row.done_at = None
    row.save()
    notices.record("assessment_reopened", found, by=by, case=found.case)
    return row


def with_a_body(application: Application) -> bool:
    """Say whether a recommendation of it is sent, and the body has not treated it."""
    sent = BatchLine.objects.filter(application=application, batch__state=Batch.State.SENT)
    return sent.filter(step__outcome="pending").exists()


def _as_seen(found: Application, seen: int | None) -> Assessment:
    """Return the held assessment as its reader saw it; nought: there was none.

    Raises:
        Handled: another has saved it since.
    """
    row = completeness.assessment_of(found)
    version = row.row_version if seen == 0 and row.assessed_by_id is None else seen
    return held.as_seen(row, version)  # type: ignore[type-var]


def _keep(found: Application, row: Assessment, typed: Typed, by: User) -> None:
    """Store what was filled in on the held rows."""
    granted = typed.outcome == Outcome.GRANTED
    if granted and typed.amount_nok is None:
        raise ValidationError({"amount_nok": _("Enter how much you recommend.")})
    if not granted and typed.amount_nok is not None:
        raise ValidationError({"amount_nok": _("Enter an amount only where you recommend a grant.")})
    if (typed.eligible_cost_nok or 0) > (found.cost_nok or 0):
        raise ValidationError({"eligible_cost_nok": _("More cannot count than the applicant has entered.")})
    row.eligible_cost_nok, row.summary, row.grounds = typed.eligible_cost_nok, typed.summary, typed.grounds
    row.outcome, row.amount_nok, row.assessed_by = typed.outcome, typed.amount_nok, by
    row.save()
    criteria = {one.pk: one for one in Criterion.objects.filter(call=found.call_id)}
    for key, (points, reason) in typed.points.items():
        criterion = criteria[key]
        Score.objects.update_or_create(
            assessment=row, criterion=criterion,
            defaults={"authority_id": found.authority_id, "points": points, "reason": reason},
        )  # fmt: skip
    row.scores.exclude(criterion__in=typed.points).delete()


def check_whole(found: Application, row: Assessment) -> None:
    """Refuse what is not ready to be recommended or decided.

    Raises:
        ValidationError: keyed by the field.
    """
    if not row.outcome:
        raise ValidationError({"outcome": _("Choose what you recommend.")})
    if not row.grounds:
        raise ValidationError({"grounds": _("Give the grounds. The applicant reads them in the decision.")})
    if row.outcome == Outcome.DISMISSED:
        return
    if found.supplements.filter(state=Supplement.State.OPEN).exists():
        raise ValidationError(_("The applicant is asked to add something. Wait for the answer first."), code="asked")
    if row.complete_on is None:
        raise ValidationError(_("Find the application complete before the assessment is done."), code="complete")
    left = Criterion.objects.filter(call=found.call_id).exclude(pk__in=row.scores.values("criterion")).count()
    if left:
        words = ngettext("Points are missing for %(n)d criterion.", "Points are missing for %(n)d criteria.", left)
        raise ValidationError(words % {"n": left}, code="points")
    most = fund_rules.largest_nok(limits_of(found, row))
    if row.outcome == Outcome.GRANTED and (row.amount_nok or 0) > most:
        text = _("The statutes allow at most %(most)s here.") % {"most": format_nok(most)}
        raise ValidationError({"amount_nok": text}, code="above")


# ---- what it comes to ----


def score_of(row: Assessment | None, criteria: list[Criterion]) -> int | None:
    """Return the weighted score in thousandths of the best there is; nothing until all points are given."""
    given = {score.criterion_id: score.points for score in row.scores.all()} if row else {}
    if not criteria or any(one.pk not in given for one in criteria):
        return None
    return fund_rules.score_permille([(given[one.pk], one.most_points, one.weight) for one in criteria])


def points_words(permille: int | None) -> str:
    """Return a score as it is written: "72 of 100"; nothing where there is none."""
    if permille is None:
        return ""
    return str(_("%(n)s of 100") % {"n": f"{permille / 10:.1f}".replace(".", ",").removesuffix(",0")})


def facts_of(application: Application, row: Assessment | None) -> dict[str, Any]:
    """Return what the page shows beside the form: limits with their names, and the score."""
    from grants.desk import application_page

    criteria = list(application.call.criteria.order_by("position", "pk"))
    return {
        "criteria": criteria, "score": points_words(score_of(row, criteria)),
        "limits": application_page.limits_of(application, row), "money": application_page.money_of(application.call),
    }  # fmt: skip
