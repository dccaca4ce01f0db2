"""What people are told when PostgreSQL refuses a movement of money: the one place where guards become words.

A guard that is a constraint of a model says its message there; those that are triggers have theirs here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from portal.money import format_nok
from portal.refusals import Refused, deeds, guard_of, said_by_models

if TYPE_CHECKING:
    from django.db import IntegrityError

__all__ = ["WORDS", "Refused", "deed", "frame_words", "refusal", "words_for"]

WORDS = {
    "ledger_year_is_closed": _("The year is closed. What was committed before can still be paid."),
    "ledger_reversal_mirrors_its_original": _("An entry is undone once, by its exact opposite."),
    "ledger_pays_what_was_approved": _("Only what is approved is paid, with the amount that was approved."),
    "ledger_transfer_gives_what_it_takes": _("What is moved in one place is taken in another."),
    "ledger_entry_key_once": _("This is done already."),
    "payout_asked_once": _("This is done already."),
    "grant_stays_as_decided": _("What was granted, and to whom, is not changed. Annul it and make a new one."),
    "grant_is_committed_if_and_only_if_granted": _("What is granted stands in the ledger, and nothing else does."),
    "grant_is_assessed_as_aid": _("Assess whether this is state aid before it is granted."),
    "grant_lapsed_is_released": _("What lapses goes back to the account first."),
    "budget_line_stays_as_adopted": _("An adopted line is not changed. Withdraw it and make a new one."),
    "budget_line_is_appropriated_if_and_only_if_adopted": _(
        "A line holds its amount when it is adopted, and only then."
    ),
    "statutes_stay_as_adopted": _("Adopted statutes are not changed. Make a new version."),
    "bank_account_stays": _("A bank account is changed by entering a new one."),
    "bank_account_one_in_use": _("Another bank account came into use just now."),
    "payout_goes_its_way": _("Someone else has handled this payout just now. See how it stands."),
    "payout_goes_to_a_confirmed_account": _("The bank account is not in use any more. Prepare the payout again."),
    "payout_is_in_the_ledger_if_and_only_if_approved": _("A payout stands in the ledger when it is approved."),
    "repayment_is_in_the_ledger_if_and_only_if_received": _("What is received back stands in the ledger."),
    "year_stays_closed": _("A closed year stays closed."),
    "undertaking_never_over_the_ceiling": _(
        "The undertaking would pass the ceiling for de minimis aid. "
        "Someone may have granted it aid just now: see the sum."
    ),
    "aid_award_stays": _("Aid that was given stays as it was given, less what is cut."),
    "fund_frame_stays": _("A frame stays with its fund and year."),
    "account_stays": _("An account stays with its scheme and year."),
    "call_stays_published": _("Someone has begun an application. The call stays published."),
    "call_stays_as_published": _("The terms of a published call are not changed. Make a new call."),
    "application_stays": _("What was sent is never removed. Withdraw it instead."),
    "application_goes_its_way": _("Someone else has handled this application just now. See how it stands."),
    "application_in_time": _("The call takes no applications now."),
    "application_stays_as_sent": _("The application was sent meanwhile, and stays as it was sent."),
    "message_stays": _("What was said stays."),
    "assessed_by_impartial": _("Declare first whether anything ties you to the case."),
    "score_fits_its_criterion": _("Give points by the criteria of the call."),
    "batch_of_one_scheme": _("A meeting’s list holds applications to one scheme."),
    "decided_by_impartial": _("Only who has declared that nothing ties her to the case decides it."),
    "decision_grants_what_it_says": _("The grant is not what was decided. Open the decision again."),
    "decision_replaces_its_own": _("A decision replaces an earlier one of the same application."),
    "decision_within_delegation": _("The delegation does not reach so far. The body decides this."),
    "decision_stays": _("A decision is never changed. It is changed by a complaint."),
    "application_stands_as_decided": _("Someone else has decided this application just now. See how it stands."),
    "application_granted_by_decision": _("What was applied for is granted from the application’s own page."),
    "complaint_handled_by_another": _(
        "Who prepared or made the decision does not handle the complaint for the complaint body."
    ),
    "complaint_goes_its_way": _("Someone else has handled this complaint just now. See how it stands."),
}


def words_for(guard: str) -> Any:
    """Return what people are told when this guard refuses; None when it is no guard of ours."""
    return WORDS.get(guard) or said_by_models("grants").get(guard)


def refusal(error: IntegrityError) -> Refused | None:
    """Return what a guard's error means in words, with what is left named where money is short.

    None: the error is a fault of ours, and is to be seen as one.
    """
    guard = guard_of(error)
    words = words_for(guard)
    if words is None:
        return None
    account = getattr(error, "of_account", None)
    if guard == "account_never_overcommitted" and account is not None:
        words = too_little(account)
    if guard == "fund_frame_never_overcommitted" and account is not None:
        words = too_little_in_frame(account, error.of_year)  # type: ignore[attr-defined]
    return Refused(words, code=guard)


def too_little(account_id: int) -> str:
    """Return how much is free on an account, in words; one query."""
    balance = apps.get_model("grants", "Balance").objects.get(account_id=account_id)
    return str(_("There is %(free)s left to grant on this account.") % {"free": format_nok(balance.free_nok)})


def too_little_in_frame(account_id: int, year: int) -> str:
    """Return how much is left of a fund's frame of a year, in words; one query."""
    row = apps.get_model("grants", "YearBalance").objects.get(account_id=account_id, year=year)
    return frame_words(year, row.frame_nok, row.frame_nok - row.committed_nok)


def frame_words(year: int, frame_nok: int, left_nok: int) -> str:
    """Return what a fund's frame of a year is, and what is left of it."""
    text = _("The fund’s frame for %(year)d is %(frame)s, and %(left)s of it is left.")
    return str(text % {"year": year, "frame": format_nok(frame_nok), "left": format_nok(left_nok)})


deed = deeds(refusal)
"""Make a function one deed on money."""
