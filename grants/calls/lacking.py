"""What a call lacks before it is announced: what stops it, and what an officer should think of once more."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from grants.models import Fund
from portal.desk import is_at_work

if TYPE_CHECKING:
    import datetime as dt

    from grants.models import Call

TEXTS, FORM = "edit_call", "edit_call_form"


class Lack(NamedTuple):
    """One thing that is missing: in words, on which page and where there, and whether it stops the announcing."""

    words: str
    page: str
    place: str
    stops: bool = True


def lacks(call: Call, now: dt.datetime) -> list[Lack]:
    """Return all that is missing, what stops it first."""
    found = [*_texts(call), *_times(call, now), *_form(call), *_around(call, now)]
    return sorted(found, key=lambda lack: not lack.stops)


def _texts(call: Call) -> list[Lack]:
    asked = [
        (call.lede, _("Say in one sentence what the money is for."), "lede"),
        (call.text, _("Tell what the money is for."), "text"),
        (call.who_may_apply, _("Tell who may apply."), "who_may_apply"),
        (call.applicants, _("Choose what kinds of applicants may apply."), "applicants"),
        (call.eligible, _("Tell which costs count."), "eligible"),
    ]
    return [Lack(words, TEXTS, f"div_id_{field}") for value, words, field in asked if not value]


def _times(call: Call, now: dt.datetime) -> list[Lack]:
    found = []
    if call.closes_at is not None and call.closes_at <= now:
        found.append(Lack(_("The day it closes has passed. Choose a later one."), TEXTS, "div_id_closes_at"))
    if call.share_percent is None and call.cap_nok is None:
        words = _("Neither a highest share nor a highest grant is set. Then only what is free sets the limit.")
        found.append(Lack(words, TEXTS, "div_id_share_percent", stops=False))
    return found


def _form(call: Call) -> list[Lack]:
    found = []
    if not call.criteria.exists():
        found.append(Lack(_("Add what applications are weighed by."), FORM, "kriterium"))
    if not call.checks.exists():
        words = _("There is no question to check with before one applies.")
        found.append(Lack(words, FORM, "sjekk", stops=False))
    if not call.questions.exists():
        words = _("The form asks nothing besides the project, its costs and who pays.")
        found.append(Lack(words, FORM, "sporsmal", stops=False))
    return found


def _around(call: Call, now: dt.datetime) -> list[Lack]:
    """Return what is missing around the call: statutes that hold, an officer, a scheme that is shown, money."""
    found, today = [], now.date()
    if call.officer is None or not is_at_work(call.officer, call.authority_id, today):
        found.append(Lack(_("Choose the officer who gets what comes in."), TEXTS, "div_id_officer"))
    if not call.scheme.is_public:
        found.append(Lack(_("The scheme is not shown to everyone. Show it first."), TEXTS, "div_id_statutes"))
    if call.statutes is None:
        words = _("No statutes are chosen. Applicants cannot see the rules.")
        found.append(Lack(words, TEXTS, "div_id_statutes", stops=False))
    elif call.statutes.adopted_in_id is None:
        words = _("The statutes are not registered as adopted.")
        found.append(Lack(words, TEXTS, "div_id_statutes", stops=False))
    fund = Fund.objects.filter(scheme=call.scheme).select_related("account__balance").first()
    if fund is None or fund.account.balance.free_nok <= 0:
        found.append(Lack(_("The scheme has no free money now."), TEXTS, "div_id_year", stops=False))
    return found
