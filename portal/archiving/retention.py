"""How long cases of each series are kept, and which are ready to be looked through. Nothing is deleted here.

Law: arkivlova (2025) §§ 8 and 12–13: what is kept and what may go follows the authority's own documentation plan, so
the rules are rows an authority sets, with their legal basis and the day it was checked.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal import permissions
from portal.models import Case, Event, RetentionRule

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.models import Authority, User

SETS = frozenset({permissions.LEADER})
SHOWN = 200
Action = RetentionRule.Action


@dataclass(frozen=True)
class Line:
    """One series: its rule, how many cases are closed, and how many are ready to be looked through."""

    series: str
    label: str
    rule: RetentionRule | None
    closed: int
    ready: int


def ends_on(closed_on: dt.date, years: int) -> dt.date:
    """Return the day a case that was closed may be looked through: so many whole years after its closing year."""
    return dt.date(closed_on.year + years + 1, 1, 1)


def ready(authority: Authority, rule: RetentionRule, today: dt.date) -> QuerySet[Case]:
    """Return the closed cases of a series whose time is over, the oldest first."""
    rows = Case.objects.filter(authority=authority, series=rule.series, closed_on__isnull=False)
    if rule.action == Action.KEEP or rule.years is None:
        return rows.none()
    return rows.filter(closed_on__year__lt=today.year - rule.years).order_by("closed_on", "pk")


def lines(authority: Authority, today: dt.date) -> list[Line]:
    """Return every series with its rule; a series without one is kept."""
    rules = {rule.series: rule for rule in RetentionRule.objects.filter(authority=authority)}
    found = []
    for series, label in Case.Series.choices:
        rule = rules.get(series)
        closed = Case.objects.filter(authority=authority, series=series, closed_on__isnull=False).count()
        found.append(Line(series, str(label), rule, closed, ready(authority, rule, today).count() if rule else 0))
    return found


@transaction.atomic
def set_rule(
    authority: Authority, series: str, *, action: str, years: int | None, basis: str, by: User, on: dt.date
) -> RetentionRule:
    """Set how long a series is kept.

    Raises:
        PermissionDenied: not her role.
        ValidationError: what is missing.
    """
    permissions.require(authority.pk in permissions.authorities_with(by, SETS))
    if series not in Case.Series.values or action not in Action.values:
        raise ValidationError(_("Choose a series and what happens to it."), code="choice")
    if not basis.strip():
        raise ValidationError({"basis": _("Name the legal basis, or your plan.")})
    if action == Action.REVIEW and not years:
        raise ValidationError({"years": _("Enter after how many years.")})
    row, _made = RetentionRule.objects.select_for_update().get_or_create(
        authority=authority, series=series, defaults={"basis": basis, "checked_on": on}
    )
    row.action, row.basis, row.checked_on = action, basis.strip()[:160], on
    row.years = years if action == Action.REVIEW else None
    row.full_clean(exclude=["authority"])
    row.save()
    Event.objects.create(
        authority=authority, kind="retention_set", subject_type="portal.retentionrule", subject_id=row.pk,
        actor_id=by.pk, facts={"series": series, "action": action, "years": row.years},
    )  # fmt: skip
    return row


def may_set(user: Any, authority_id: int) -> bool:
    return authority_id in permissions.authorities_with(user, SETS)
