"""What is written when money is paid: how much of which grant, to which account, and what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from grants.account_numbers import masked
from grants.letter_texts.head import day, letter
from grants.models import Condition, GrantBalance
from portal.letters.content import Block, Heading, LetterContent, Listing, Outcome, said
from portal.money import format_nok

if TYPE_CHECKING:
    import datetime as dt

    from grants.models import Application, Payout


def payout(paid: Payout, application: Application, on: dt.date) -> LetterContent:
    """Say what is paid of the grant, and what is left of it."""
    grant = paid.grant
    balance = GrantBalance.objects.get(grant=grant)
    account = paid.bank_account
    left = balance.unpaid_nok
    amounts = {"amount": format_nok(paid.amount_nok)}
    told = _("We have paid you %(amount)s.") if paid.paid_on else _("We pay you %(amount)s.")
    rows = [
        (_("Project"), application.title),
        (_("Payout"), paid.reference),
        (_("Paid"), day(paid.paid_on) if paid.paid_on else ""),
        (_("To account"), masked(account.number) if account else ""),
        (_("The grant"), format_nok(grant.amount_nok)),
        (_("Left of the grant"), format_nok(left)),
    ]
    blocks: list[Block] = [Outcome(told % amounts, [(label, value) for label, value in rows if value])]
    if not paid.paid_on:
        blocks.append(said(_("The money is on your account in a few days.")))
    if left > 0:
        blocks += [Heading(_("What is left")), *_left(paid)]
    else:
        blocks.append(said(_("All of the grant is paid.")))
    blocks.append(said(_("Tell us at once if the amount or the account is wrong: write to us on My page.")))
    return letter(application, title=_("Payout of your grant"), dated_on=on, blocks=blocks)


def _left(paid: Payout) -> list[Block]:
    waits = paid.grant.conditions.filter(state=Condition.State.OPEN, binds=Condition.Binds.RECIPIENT)
    titles = [
        f"{row.title} ({day(row.due_on)})" if row.due_on else row.title for row in waits.order_by("position", "pk")
    ]
    found: list[Block] = [said(_("Ask for the rest on My page when you have paid the costs."))]
    if titles:
        found += [said(_("These conditions are not documented yet:")), Listing(titles)]
    if paid.grant.use_by is not None:
        text = _("What is not asked for by %(day)s may lapse.")
        found.append(said(text % {"day": day(paid.grant.use_by)}))
    return found
