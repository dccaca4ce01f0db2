"""Kinds of notices about money that are told when something happens; the deadlines' kinds are in `deadlines`."""

from django.utils.translation import gettext_lazy as _

from portal.kinds import Kind

AT_ONCE = [
    Kind("grant_decided", _("A grant is decided"), may_stop=False),
    Kind("grant_changed", _("A grant is changed"), may_stop=False),
    Kind("papers_sent", _("A recipient has sent papers")),
    Kind("papers_read", _("Your papers are read"), may_stop=False),
    Kind("condition_settled", _("A condition is settled"), may_stop=False),
    Kind("payout_asked", _("A payout is asked for")),
    Kind("payout_to_sign", _("A payout waits for you")),
    Kind("payout_sent_back", _("A payout is sent back")),
    Kind("payout_paid", _("A payout is paid"), may_stop=False),
    Kind("payout_stopped", _("A payout is stopped or came back"), may_stop=False),
    Kind("bank_account_changed", _("A bank account is changed"), may_stop=False),
    Kind("bank_account_to_confirm", _("A bank account waits to be confirmed")),
    Kind("repayment_claimed", _("Money is claimed back"), may_stop=False),
    Kind("year_to_close", _("A year waits to be closed")),
    Kind("year_sent_back", _("A year’s end is sent back")),
    Kind("ledger_differs", _("The ledger does not add up"), may_stop=False),
]
