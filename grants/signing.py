"""Signing a payout: one prepares it, one attests it, one approves it; and how it is sent back or stopped.

Each deed locks the organisation, the grant and the payout, in this order, and looks at what stands there then. What
stands in the way is asked at each signature: a paper may have been sent back since the one before.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import Sum
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from grants import cautions, facts, held, ledger, notices, obstacle_words, payout_notices, rules
from grants.account_numbers import hidden_in
from grants.models import BankAccount, Grant, LedgerEntry, PaymentRules, Payout
from grants.permissions import APPROVES, ATTESTS, PREPARES, may
from grants.refusals import Refused, deed
from portal import permissions
from portal.calendar import oslo_today
from portal.models import Organisation
from portal.money import format_nok
from portal.templatetags.portal_tags import standing_word

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable

    from portal.models import User

State = Payout.State
SIGNED = (State.PREPARED, State.ATTESTED)
"""Signed by someone, and not in the ledger yet."""
HANDLES = PREPARES | ATTESTS | APPROVES
"""Sends a payout back, or stops it before it is approved."""


# ---- what stands in the way ----


def facts_for(payout: Payout, signed_nok: int, known: rules.GrantFacts) -> rules.GrantFacts:
    """Return the grant's facts for one payout: of others, only what is signed is under way.

    What is merely asked for holds no other payout back: it is asked about when its own turn comes.
    """
    own = payout.amount_nok if payout.state in SIGNED else 0
    return replace(known, underway_nok=signed_nok - own)


def obstacles(payout: Payout, today: dt.date) -> list[rules.Obstacle]:
    """Return what of the grant and its conditions stands in the way of this payout on this day."""
    signed = Payout.objects.filter(grant=payout.grant_id, state__in=SIGNED).aggregate(n=Sum("amount_nok"))["n"] or 0
    return rules.obstacles(facts_for(payout, signed, facts.of_one(payout.grant)), payout.amount_nok, today)


def hindrances(payout: Payout, *, found: Iterable[rules.Obstacle], in_use: BankAccount | None) -> list[str]:
    """Return all that stops a payout, each in words: its grant, its recipient, its account and its conditions."""
    said = []
    if payout.grant.state != Grant.State.GRANTED:
        state = payout.grant.get_state_display()
        said.append(_("The grant is not in force: %(state)s.") % {"state": str(state).lower()})
    for why in cautions.troubles_of(payout.grant.organisation):
        said.append(_("The recipient gets no payout: %(why)s") % {"why": why})
    if in_use is None:
        said.append(_("The recipient has no confirmed bank account."))
    elif payout.bank_account_id not in (None, in_use.pk):
        said.append(_("The bank account is changed since the payout was prepared."))
    return said + [obstacle_words.words(obstacle) for obstacle in found]


def in_use(organisation_id: int) -> BankAccount | None:
    """Return the bank account an organisation is paid to now."""
    return BankAccount.objects.filter(organisation=organisation_id, state=BankAccount.State.CONFIRMED).first()


def refuse_if_hindered(payout: Payout, account: BankAccount | None, today: dt.date) -> None:
    """Stop where anything stands in the way.

    Raises:
        Refused: each hindrance is a message of its own.
    """
    if said := hindrances(payout, found=obstacles(payout, today), in_use=account):
        raise Refused([Refused(text, code="hindered") for text in said])


# ---- who ----


def persons_of(authority_id: int) -> int:
    """Return how many persons a payout takes in this authority: three where nothing is set."""
    set_ = PaymentRules.objects.filter(authority=authority_id).values_list("persons", flat=True).first()
    return set_ or PaymentRules.Persons.THREE


def may_prepare(user: Any, payout: Payout) -> bool:
    return may(user, payout.authority_id, PREPARES)


def may_attest(user: Any, payout: Payout) -> bool:
    """Say whether the user's roles let her attest; where two persons do, who prepared may."""
    hers = payout.persons == 2 and payout.prepared_by_id == user.pk
    return may(user, payout.authority_id, ATTESTS) or (hers and may(user, payout.authority_id, PREPARES))


def may_approve(user: Any, payout: Payout) -> bool:
    return may(user, payout.authority_id, APPROVES)


def may_cancel(user: Any, payout: Payout) -> bool:
    """Say whether the user's roles let her stop the payout; once it is approved, those of one who approves."""
    return may(user, payout.authority_id, APPROVES if payout.state == State.APPROVED else HANDLES)


NEXT = {State.ASKED: may_prepare, State.PREPARED: may_attest, State.ATTESTED: may_approve}
"""Who takes the next step with a payout, by its state."""


def differs(user: Any, payout: Payout) -> bool:
    """Say whether the user has not signed this payout in a way that keeps her from the next signature."""
    if payout.state == State.PREPARED:
        return rules.signers_differ(payout.persons, payout.prepared_by_id or 0, user.pk, None)
    if payout.state == State.ATTESTED:
        return rules.signers_differ(payout.persons, payout.prepared_by_id or 0, payout.attested_by_id, user.pk)
    return True


def is_her_turn(user: Any, payout: Payout, tied: Iterable[int] = ()) -> bool:
    """Say whether the next step with a payout is this user's to take; `tied` are organisations she acts for."""
    turn = NEXT.get(State(payout.state))
    return turn is not None and turn(user, payout) and differs(user, payout) and payout.organisation_id not in tied


# ---- the deeds ----


def how_it_stands(payout: Payout) -> str:
    """Return the sentence for one who came second: who did what to the payout, and when."""
    reached: dict[str, tuple[Any, Any, str]] = {
        State.PREPARED: (payout.prepared_by, payout.prepared_at, _("%(who)s prepared this payout %(when)s.")),
        State.ATTESTED: (payout.attested_by, payout.attested_at, _("%(who)s attested this payout %(when)s.")),
        State.APPROVED: (payout.approved_by, payout.approved_at, _("%(who)s approved this payout %(when)s.")),
    }
    if payout.state in reached:
        who, at, words = reached[payout.state]
        return words % {"who": who, "when": date_format(timezone.localtime(at), "j.n. \\k\\l. H.i")}
    return _("Someone else has handled this payout. How it stands now: %(state)s.") % {"state": state_word(payout)}


def state_word(payout: Payout) -> str:
    """Return how a payout stands, in the word its mark has."""
    return standing_word(f"payout_{payout.state}").lower()


def locked(
    payout: Payout, version: int | None, *states: str, allowed: Callable[[Payout], bool] | None = None
) -> Payout:
    """Return the payout as it stands now, locked with its organisation and grant.

    Raises:
        PermissionDenied: it is not `allowed`.
        Refused: it is in none of these states any more, or was changed since this version was read.
    """
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=payout.organisation_id)
    grants = Grant.objects.select_for_update(no_key=True, of=("self",)).select_related("authority", "case")
    grant = grants.get(pk=payout.grant_id)
    rows = Payout.objects.select_for_update(no_key=True, of=("self",))
    found: Payout = rows.select_related("prepared_by", "attested_by", "approved_by", "asked_by").get(pk=payout.pk)
    found.grant, found.organisation, grant.organisation = grant, organisation, organisation
    permissions.require(allowed is None or allowed(found))
    if found.state not in states or version not in (None, found.row_version):
        raise Refused(how_it_stands(found), code="stale")
    return found


@deed
def register(grant: Grant, amount_nok: int, *, by: User, now: dt.datetime, key: str, text: str = "") -> Payout:
    """Register at the desk what is to be paid of a grant; the same key again gives the payout that was registered."""
    Organisation.objects.select_for_update(no_key=True).get(pk=grant.organisation_id)
    found = Grant.objects.select_for_update(no_key=True, of=("self",)).select_related("organisation").get(pk=grant.pk)
    permissions.require(may(by, found.authority_id, PREPARES))
    if (made := Payout.objects.filter(authority=found.authority_id, key=key).first()) is not None:
        return made
    held.refuse_declared(by, found)
    known = facts.of_one(found)
    if found.state != Grant.State.GRANTED:
        raise Refused(_("The grant is not in force."), code="state")
    if amount_nok > known.unpaid_nok - known.underway_nok:
        left = format_nok(max(known.unpaid_nok - known.underway_nok, 0))
        raise Refused(_("There is %(left)s left of the grant to ask for.") % {"left": left}, code="too_much")
    made = Payout.objects.create(
        authority_id=found.authority_id, grant=found, organisation=found.organisation, amount_nok=amount_nok,
        asked_by=by, asked_at=now, key=key, text=text[:300], persons=persons_of(found.authority_id),
    )  # fmt: skip
    notices.record("payout_registered", made, by=by, case=found.case, amount_nok=amount_nok)
    return made


@deed
def prepare(
    payout: Payout, *, by: User, now: dt.datetime, version: int | None = None, amount_nok: int | None = None
) -> Payout:
    """Prepare a payout that nothing stands in the way of, to the account in use; part of what was asked, if so said.

    Raises:
        Refused: something is missing, by name; or another was first.
    """
    found, today = locked(payout, version, State.ASKED, allowed=partial(may_prepare, by)), oslo_today(now)
    held.refuse_tied(by, found.organisation_id, today)
    held.refuse_declared(by, found.grant)
    if amount_nok is not None:
        if amount_nok > found.amount_nok:
            raise Refused(_("No more than what was asked for can be paid."), code="more_than_asked")
        found.amount_nok = amount_nok
    account = in_use(found.organisation_id)
    found.bank_account = None
    refuse_if_hindered(found, account, today)
    found.state, found.bank_account, found.persons = State.PREPARED, account, persons_of(found.authority_id)
    found.prepared_by, found.prepared_at, found.reason = by, now, ""
    found.save()
    notices.record("payout_prepared", found, by=by, case=found.grant.case, amount_nok=found.amount_nok)
    payout_notices.wait_for_attestation(found, by=by, now=now)
    return found


@deed
def attest(payout: Payout, *, by: User, now: dt.datetime, version: int | None = None) -> Payout:
    """Attest that a prepared payout is right: what was asked for was done, and its conditions hold.

    Raises:
        Refused: she prepared it herself, something is missing, or another was first.
    """
    found, today = locked(payout, version, State.PREPARED, allowed=partial(may_attest, by)), oslo_today(now)
    held.refuse_tied(by, found.organisation_id, today)
    held.refuse_declared(by, found.grant)
    if not differs(by, found):
        raise Refused(_("Another than the one who prepared it attests it."), code="payout_attested_by_another")
    refuse_if_hindered(found, in_use(found.organisation_id), today)
    found.state, found.attested_by, found.attested_at = State.ATTESTED, by, now
    found.save()
    notices.record("payout_attested", found, by=by, case=found.grant.case, amount_nok=found.amount_nok)
    payout_notices.wait_for_approval(found, by=by, now=now)
    return found


@deed
def approve(payout: Payout, *, by: User, now: dt.datetime, version: int | None = None) -> Payout:
    """Approve an attested payout: the money leaves its grant in the ledger, and it waits for the payment file.

    Raises:
        Refused: she prepared or attested it herself, something is missing, or another was first.
    """
    found, today = locked(payout, version, State.ATTESTED, allowed=partial(may_approve, by)), oslo_today(now)
    held.refuse_tied(by, found.organisation_id, today)
    held.refuse_declared(by, found.grant)
    if not differs(by, found):
        words = _("Another than those who prepared and attested it approves it.")
        raise Refused(words, code="payout_approved_by_another")
    refuse_if_hindered(found, in_use(found.organisation_id), today)
    found.state, found.approved_by, found.approved_at = State.APPROVED, by, now
    found.save()
    notices.record("payout_approved", found, by=by, case=found.grant.case, amount_nok=found.amount_nok)
    ledger.pay(found, on=today, by=by)
    return found


@deed
def send_back(payout: Payout, *, why: str, by: User, now: dt.datetime, version: int | None = None) -> Payout:
    """Send a payout back to be prepared again; what was signed is cleared, and those who signed are told.

    Raises:
        Refused: no reason, or another was first.
    """
    found = locked(payout, version, *SIGNED, allowed=lambda row: may(by, row.authority_id, HANDLES))
    held.refuse_tied(by, found.organisation_id, oslo_today(now))
    held.refuse_declared(by, found.grant)
    return clear(found, why=why, by=by, now=now)


def clear(found: Payout, *, why: str, by: User, now: dt.datetime) -> Payout:
    """Take away the signatures of a locked payout."""
    if not why.strip():
        raise Refused(_("Say why."), code="why")
    signed = [user for user in (found.prepared_by, found.attested_by) if user is not None]
    found.state, found.bank_account, found.reason = State.ASKED, None, hidden_in(why.strip())[:300]
    found.prepared_by = found.attested_by = found.prepared_at = found.attested_at = None
    found.save()
    notices.record("payout_sent_back", found, by=by, case=found.grant.case)
    payout_notices.sent_back(found, signed, by=by, now=now)
    return found


@deed
def cancel(payout: Payout, *, why: str, by: User, now: dt.datetime, version: int | None = None) -> Payout:
    """Stop a payout that no file holds; an approved one is undone in the ledger, by one who approves.

    Raises:
        Refused: no reason, or it lies in a file, or another was first.
    """
    found = locked(payout, version, State.ASKED, *SIGNED, State.APPROVED, allowed=partial(may_cancel, by))
    was_approved = found.state == State.APPROVED
    held.refuse_tied(by, found.organisation_id, oslo_today(now))
    held.refuse_declared(by, found.grant)
    if not why.strip():
        raise Refused(_("Say why."), code="why")
    found.state, found.ended_at, found.reason = State.CANCELLED, now, hidden_in(why.strip())[:300]
    found.save()
    notices.record("payout_cancelled", found, by=by, case=found.grant.case, amount_nok=found.amount_nok)
    payout_notices.stopped(found, by=by, now=now)
    if was_approved:
        undo_in_ledger(found, by=by, now=now)
    return found


def undo_in_ledger(payout: Payout, *, by: User, now: dt.datetime) -> None:
    """Let the money of a payout return to its grant."""
    entry = ledger.standing(LedgerEntry.objects.filter(payout=payout)).get()
    ledger.reverse(entry, why=payout.reason, on=oslo_today(now), by=by)


def start_again(payout: Payout, *, by: User, now: dt.datetime) -> Payout:
    """Register anew what came back from the bank, or was stopped; once, however often it is pressed.

    Raises:
        Refused: it is still on its way, or the grant does not hold it any more.
    """
    if payout.state not in (State.RETURNED, State.CANCELLED):
        raise Refused(how_it_stands(payout), code="stale")
    return register(payout.grant, payout.amount_nok, by=by, now=now, key=f"again:{payout.pk}", text=payout.text)


DEEDS = {"forbered": prepare, "attester": attest, "anvis": approve}
"""The signatures by their names in the address."""
STEP_OF = {State.ASKED: "forbered", State.PREPARED: "attester", State.ATTESTED: "anvis"}
"""What the next signature is called."""


def sign_many(
    payouts: Iterable[tuple[Payout, int]], step: str, *, by: User, now: dt.datetime
) -> tuple[list[Payout], list[tuple[Payout, list[str]]]]:
    """Sign several payouts, each for itself and as it was seen; return those that were, and the others with why not."""
    done, refused = [], []
    for payout, version in payouts:
        try:
            done.append(DEEDS[step](payout, by=by, now=now, version=version))
        except Refused as error:
            refused.append((payout, error.messages))
        except PermissionDenied:  # a role that ended on the way: what is signed before it stands, and is told of
            refused.append((payout, [_("Your role does not let you sign this.")]))
    return done, refused
