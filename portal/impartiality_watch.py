"""Which rows of watched cases a person may open: in lists, files, exports and bulk deeds, as a condition in the query.

A case of the watched series is opened by who has declared that nothing ties her to it, or was ruled impartial. Its
title is neutral, so the case itself may stand in a list; what lies in it may not. The operator reads all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, F, Func, Q, Value

from portal import impartiality, wiring
from portal.impartiality import OUT, NotImpartial, Standing
from portal.models import Case

if TYPE_CHECKING:
    from portal.models import User

WATCHED = (Case.Series.APPLICATION, Case.Series.COMPLAINT, Case.Series.PRIZE)


def is_watched(case: Case) -> bool:
    return case.series in WATCHED


def has_declared(user: User, case: str) -> Func:
    """Return PostgreSQL's own answer to whether a person may handle the case at this column."""
    return Func(F(case), Value(user.pk), function="portal_is_impartial", output_field=BooleanField())


def may_open(user: Any, at: str = "case") -> Q:
    """Return the condition that a row's case, at this path, is one whose content the user may open.

    `at` is empty where the row is the case.
    """
    if getattr(user, "is_superuser", False):
        return Q()
    series, key = (f"{at}__series" if at else "series"), (f"{at}_id" if at else "pk")
    mine = ~Q(**{f"{series}__in": WATCHED}) | Q(has_declared(user, key))
    for closed in wiring.closed_to(user):
        mine &= ~Q(**{f"{key}__in": closed})
    return mine


def opens(user: Any, case: Case) -> bool:
    """Say whether the user may open what lies in this case; open cases of no watched series cost one query."""
    return Case.objects.filter(may_open(user, ""), pk=case.pk).exists()


class ClosedCase(NotImpartial):
    """What lies in this case is not opened for her; the page that says so has the declaration to give for `cases`."""

    def __init__(self, case: Case, standing: Standing, cases: list[Case]) -> None:
        super().__init__(standing)
        self.case, self.cases = case, cases


def require(user: Any, case: Case) -> None:
    """Stop who may not open what lies in a case.

    Raises:
        ClosedCase: she has not declared, or is tied to it or to what it is weighed against.
    """
    if opens(user, case):
        return
    asked = wiring.cases_inside(case.pk) or [case.pk]
    found = impartiality.standings(user, asked)
    unanswered = [pk for pk, standing in found.items() if standing is Standing.UNANSWERED]
    tied = [standing for standing in found.values() if standing in OUT]
    standing = tied[0] if tied else Standing.UNANSWERED if unanswered else Standing.DISQUALIFIED
    cases = list(Case.objects.filter(pk__in=unanswered or asked).select_related("authority"))
    raise ClosedCase(case, standing, cases)
