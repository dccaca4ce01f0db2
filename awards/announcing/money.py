"""Prize money: a grant drawn up on the round’s own case, with the sum the statutes say; the grant desk does the rest.

Whether it is state aid, the decision and the payout go the way of every other grant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from awards import permissions
from awards.models import Prize, PrizeRound, Winner
from awards.refusals import deed
from grants import granting, notices
from grants.models import Account, Grant
from portal.integrations import register
from portal.models import Organisation
from portal.permissions import require

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import User


def accounts_of(round_: PrizeRound, today: dt.date) -> list[Account]:
    """Return the accounts the money can be taken from: of the prize’s scheme, this year’s and a standing fund’s."""
    rows = Account.objects.filter(
        Q(year=None) | Q(year__in={round_.year, today.year}), scheme=round_.prize.scheme_id,
        authority=round_.authority_id,
    )  # fmt: skip
    return list(rows.select_related("balance", "fund").order_by("-year", "pk")) if round_.prize.scheme_id else []


def title_of(winner: Winner) -> str:
    """Return what everyone reads the grant is for."""
    facts = {"prize": str(winner.prize), "year": winner.year, "category": winner.category_name}
    return str((_("Prize money: %(prize)s %(year)s, %(category)s") % facts).rstrip(", "))[:160]


@deed
def propose(winner: Winner, account: Account, *, by: User, on: dt.date) -> Grant:
    """Draw up the prize money as a grant to a winner, once; the one that stands there is returned.

    Raises:
        PermissionDenied: not her role.
        ValidationError: the statutes give no money, the account is not the prize’s, or the winner is bankrupt.
    """
    require(permissions.may(by, winner.authority_id, permissions.SETS_UP))
    refuse_gone(winner)
    list(Prize.objects.select_for_update(no_key=True).filter(pk=winner.prize_id).values_list("pk"))
    rows = Winner.objects.select_related("prize", "decision__category", "decision__candidate", "grant")
    held = rows.select_for_update(no_key=True, of=("self",)).get(pk=winner.pk)
    if held.grant is not None and held.grant.state != Grant.State.DECLINED:
        return held.grant
    if held.decision is None:
        raise ValidationError(_("This winner is from before the portal. Draw the grant up at the grant desk."))
    round_ = PrizeRound.objects.select_related("prize", "statutes", "case").get(pk=held.decision.category.round_id)
    if round_.statutes.money_nok is None:
        raise ValidationError(_("The statutes of this round give no prize money."), code="none")
    if account.scheme_id != round_.prize.scheme_id or account.authority_id != round_.authority_id:
        raise ValidationError({"account": _("Choose an account of the scheme the prize money is paid from.")})
    grant = granting.propose(
        account=account, organisation=recipient_of(held), case=round_.case, amount_nok=round_.statutes.money_nok,
        title=title_of(held), by=by, on=on, year=account.year or on.year, invented=held.invented,
    )  # fmt: skip
    held.grant = grant
    held.save(update_fields=["grant"])
    notices.record("prize_money_proposed", held, by=by, case=round_.case, amount_nok=grant.amount_nok)
    return grant


def refuse_gone(winner: Winner) -> None:
    """Stop money to a winner that the business register says is bankrupt or deleted; asked before anything is locked.

    Raises:
        ValidationError: it is. Where the register does not answer, the officer decides.
    """
    try:
        unit = register.unit(winner.number) if winner.number else None
    except register.RegisterError:
        return
    if unit is not None and (unit.bankrupt or unit.deleted_on):
        text = _("The business register says that the winner is bankrupt or deleted. Find out who can receive the"
                 " money, and draw the grant up at the grant desk.")  # fmt: skip
        raise ValidationError(text, code="gone")


def recipient_of(winner: Winner) -> Organisation:
    """Return the organisation the money goes to: known by its number, or made from what was nominated.

    A person has none: she gets one without a number, as a founder does, and the officer fills it in at the grant.
    """
    if winner.grant is not None:
        return winner.grant.organisation
    candidate = winner.decision.candidate if winner.decision else None
    copy = (candidate.register_copy if candidate else None) or {}
    facts = {"name": winner.name, "form": str(copy.get("form") or "")[:10], "invented": winner.invented}
    if copy and candidate is not None:
        facts |= {"register_copy": copy, "register_copied_at": candidate.register_copied_at}
    if not winner.number:
        return Organisation.objects.create(authority_id=winner.authority_id, **facts)
    found, _is_new = Organisation.objects.get_or_create(
        authority_id=winner.authority_id, number=winner.number, defaults=facts
    )
    return found
