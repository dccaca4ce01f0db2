"""What stands in the way of a payout, in words: the same at the desk, on the recipient's pages and in a refusal.

What nobody has sent is missing. What is sent and waits to be read is said apart, and never counted as missing.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from grants import rules
from portal.money import format_nok


def words(obstacle: rules.Obstacle) -> str:
    """Return in a sentence or two what stands in the way: by name, and with its sum where it is money."""
    if obstacle.is_acceptance:
        return _("The grant is not accepted yet.")
    if obstacle.condition is None:
        return _("It is %(missing)s more than is left of the grant.") % {"missing": format_nok(obstacle.missing_nok)}
    if obstacle.condition.kind is rules.Kind.MATCHING:
        return _of_matching(obstacle, obstacle.condition.title)
    said = _of_condition(obstacle, obstacle.condition)
    if not obstacle.condition.is_sent:
        return said
    waits = _("The report is sent, and waits to be read.")
    return f"{said} {waits}"


def _of_matching(obstacle: rules.Obstacle, title: str) -> str:
    if not obstacle.waiting_nok:
        said = _("“%(title)s”: documentation of %(missing)s is missing.")
    elif not obstacle.unsent_nok:
        said = _("“%(title)s”: documentation of %(waiting)s is sent, and waits to be read.")
    else:
        said = _(
            "“%(title)s”: documentation of %(missing)s is missing. %(waiting)s more is sent, and waits to be read."
        )
    sums = {"missing": format_nok(obstacle.unsent_nok), "waiting": format_nok(obstacle.waiting_nok)}
    return said % {"title": title, **sums}


def _of_condition(obstacle: rules.Obstacle, condition: rules.ConditionFacts) -> str:
    if condition.kind is rules.Kind.HOLDBACK:
        said = _("“%(title)s”: the last %(missing)s waits until the report is approved.")
    elif condition.kind is rules.Kind.BY_DATE:
        said = _("“%(title)s”: the date has passed, and nobody has confirmed that it is met.")
    elif condition.kind is rules.Kind.REPORT:
        said = _("“%(title)s”: the report is not approved.")
    else:
        said = _("“%(title)s”: nobody has confirmed that it is met.")
    return said % {"title": condition.title, "missing": format_nok(obstacle.missing_nok)}
