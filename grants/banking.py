"""Where an organisation is paid: a bank account is entered by one, confirmed by another, and all concerned are told.

No number leaves these rows: notices, history and messages say only that the account was changed.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants import notices, signing
from grants.account_numbers import hidden_in, masked
from grants.models import BankAccount, Payout
from grants.models.payout import valid_account_number
from grants.permissions import APPROVES, ATTESTS, CONFIRMS_ACCOUNTS, PREPARES, is_tied_to, may
from grants.refusals import Refused, deed
from portal import outbox, permissions
from portal.acting_for import mandates
from portal.calendar import oslo_today
from portal.models import Mandate, Organisation, User

if TYPE_CHECKING:
    from portal.models import Document

State = BankAccount.State
SEES_NUMBERS = CONFIRMS_ACCOUNTS | PREPARES | ATTESTS | APPROVES
"""Works with account numbers; to others they are masked."""
TOLD_AFTER = dt.timedelta(days=365)
"""So long after her mandate ended, one who acted for an organisation is still told: who takes over an organisation to
change its account ends the others' mandates first."""


def shown_to(user: Any, account: BankAccount | None) -> str:
    """Return an account's number as this user sees it at the desk."""
    if account is None:
        return ""
    return account.full_number if may(user, account.authority_id, SEES_NUMBERS) else masked(account.number)


def locked(account: BankAccount) -> BankAccount:
    """Return a proposed account, locked with its organisation.

    Raises:
        Refused: it is settled already.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=account.organisation_id)
    rows = BankAccount.objects.select_for_update(no_key=True, of=("self",))
    found: BankAccount = rows.select_related("organisation__authority", "settled_by").get(pk=account.pk)
    if found.state != State.PROPOSED:
        facts = {"who": found.settled_by, "state": str(found.get_state_display()).lower()}
        raise Refused(_("%(who)s has settled this already. The account is: %(state)s.") % facts, code="stale")
    return found


@deed
def propose(
    organisation: Organisation, number: str, holder: str, *, by: User, now: dt.datetime,
    document: Document | None = None,
) -> BankAccount:  # fmt: skip
    """Enter a new account of an organisation; it is used when another person has confirmed it.

    Raises:
        ValidationError: no bank account number, one that is in use already, or a change waits.
    """
    rows = Organisation.objects.select_for_update(no_key=True, of=("self",)).select_related("authority")
    owner, today = rows.get(pk=organisation.pk), oslo_today(now)
    is_own = mandates.acts_for(by, owner.pk, today)
    permissions.require(is_own or may(by, owner.authority_id, CONFIRMS_ACCOUNTS))
    valid_account_number(number)
    held = BankAccount.objects.filter(organisation=owner)
    if held.filter(state=State.PROPOSED).exists():
        raise Refused(_("A change waits to be confirmed already."), code="bank_account_one_proposal")
    if held.filter(state=State.CONFIRMED, number=number).exists():
        raise Refused(_("This is the account in use. Nothing is changed."), code="same")
    last = held.aggregate(n=Max("version"))["n"] or 0
    made = BankAccount.objects.create(
        authority_id=owner.authority_id, organisation=owner, version=last + 1, number=number,
        holder=holder.strip()[:160], proposed_by=by, proposed_at=now, document=document,
    )  # fmt: skip
    notices.record("bank_account_proposed", made, by=by, version=made.version)
    tell_all(made, "entered", lambda: _("A new bank account is entered"), by=by, now=now)
    notices.tell_staff(
        owner.authority, CONFIRMS_ACCOUNTS, kind="bank_account_to_confirm", subject=made, occasion="entered", on=today,
        title=lambda: _("A bank account waits to be confirmed"), but=[by.pk],
        link=reverse("bank_account", args=[owner.authority.slug, made.pk]), link_text=gettext_lazy("See the account"),
        template="bank_account_to_confirm", organisation=owner,
    )  # fmt: skip
    return made


@deed
def confirm(account: BankAccount, *, how: str, by: User, now: dt.datetime) -> BankAccount:
    """Confirm a new account, and how it was checked; the one before is replaced, and payouts to it start again.

    Raises:
        Refused: she entered it herself, acts for the organisation, or does not say how.
    """
    found = settle(account, State.CONFIRMED, how=how, by=by, now=now)
    payouts = Payout.objects.filter(organisation=found.organisation_id, state__in=signing.SIGNED)
    for payout in payouts.exclude(bank_account=found).order_by("grant_id", "pk"):
        waits = signing.locked(payout, None, *signing.SIGNED)
        signing.clear(waits, why=str(_("The recipient’s bank account was changed.")), by=by, now=now)
    tell_all(found, "confirmed", lambda: _("A bank account is changed"), by=by, now=now)
    return found


@deed
def refuse(account: BankAccount, *, how: str, by: User, now: dt.datetime) -> BankAccount:
    """Refuse an account that was entered, and say why; the one in use stays.

    Raises:
        Refused: she entered it herself, acts for the organisation, or does not say why.
    """
    found = settle(account, State.REFUSED, how=how, by=by, now=now)
    tell_all(found, "refused", lambda: _("A new bank account is refused"), by=by, now=now)
    return found


def settle(account: BankAccount, state: str, *, how: str, by: User, now: dt.datetime) -> BankAccount:
    """Give a proposed account its answer, and retire the one before it where it comes into use."""
    found = locked(account)
    permissions.require(may(by, found.authority_id, CONFIRMS_ACCOUNTS))
    if found.proposed_by_id == by.pk:
        words = _("Another than the one who entered it confirms it.")
        raise Refused(words, code="bank_account_settled_by_another")
    if is_tied_to(by, found.organisation_id, oslo_today(now)):
        raise Refused(_("You act for the organisation yourself. A colleague must answer."), code="tied")
    if not how.strip():
        raise Refused(_("Say how you checked it."), code="bank_account_settled_says_how")
    if state == State.CONFIRMED:
        for old in BankAccount.objects.filter(organisation=found.organisation_id, state=State.CONFIRMED):
            old.state = State.REPLACED
            old.save()
    found.state, found.settled_by, found.settled_at, found.how = state, by, now, hidden_in(how.strip())[:300]
    found.save()
    notices.record(f"bank_account_{state}", found, by=by, version=found.version)
    return found


# ---- telling ----


def earlier_contacts(organisation: Organisation, on: dt.date) -> list[User]:
    """Return those who acted for the organisation within a year, and do not any longer."""
    now_held = {user.pk for user in notices.contacts_of(organisation, on)}
    ended = Mandate.objects.filter(organisation=organisation, user__is_active=True, valid_to__gte=on - TOLD_AFTER)
    ended = ended.exclude(ended_at__date__lt=on - TOLD_AFTER)
    return list(User.objects.filter(pk__in=ended.values("user")).exclude(pk__in=now_held).order_by("pk"))


def tell_all(account: BankAccount, what: str, title: Any, *, by: User, now: dt.datetime) -> None:
    """Tell everyone who speaks for the organisation, or did so lately, what became of a change of its account."""
    organisation, today = account.organisation, oslo_today(now)
    facts: dict[str, Any] = {
        "kind": "bank_account_changed", "subject": account, "occasion": what, "title": title,
        "template": "bank_account_changed", "what": what, "organisation": organisation,
    }  # fmt: skip
    telling = {name: value for name, value in facts.items() if name != "organisation"}
    notices.tell_contacts(
        organisation, on=today, link=reverse("own_bank_account", args=[organisation.pk]),
        link_text=gettext_lazy("See the bank account"), **telling,
    )  # fmt: skip
    for user in earlier_contacts(organisation, today):
        outbox.notify(user, authority=organisation.authority, on_date=today, link="", link_text="", **facts)
