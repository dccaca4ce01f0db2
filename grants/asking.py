"""A recipient asks for money of a grant: only one who acts for the organisation, and only for what can be paid.

What is sent and waits to be read stands in nobody's way here: the payout waits for it at the desk. What nobody has sent
is named, and the payout is not asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants import facts, notices, obstacle_words, papers, rules
from grants.models import Grant, Payout
from grants.permissions import PREPARES
from grants.refusals import Refused, deed
from portal.calendar import oslo_today

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import User

KEY_LENGTH = 60


def hindrances(grant: Grant, amount_nok: int, today: dt.date) -> list[rules.Obstacle]:
    """Return what keeps a recipient from asking for so much today: what she has not sent; five queries."""
    return rules.obstacles(rules.as_if_read(facts.of_one(grant)), amount_nok, today)


def key_of(grant: Grant, key: str) -> str:
    """Return the key a press is known by: a form's own, within its grant."""
    return f"ask:{grant.pk}:{key[:KEY_LENGTH]}"


@deed
def ask(grant: Grant, amount: int, *, by: User, key: str, text: str = "", now: dt.datetime) -> Payout:
    """Ask for so much of a grant, and return the payout; the same key a second time gives the same payout.

    Raises:
        PermissionDenied: she does not act for the organisation, or not in this session.
        Refused: the grant pays nothing now, or what stands in the way is named, a sentence each.
    """
    grant = papers.from_recipient(grant.pk, by=by, now=now, acting=True)
    known = {"authority": grant.authority, "key": key_of(grant, key)}
    if (before := Payout.objects.filter(**known).first()) is not None:
        return before
    if grant.state != Grant.State.GRANTED:
        raise Refused(_("Nothing can be asked for: the grant is not open for payouts."), code="state")
    if amount <= 0:
        raise Refused(_("Enter an amount over nought."), code="amount")
    if found := hindrances(grant, amount, oslo_today(now)):
        raise Refused([obstacle_words.words(one) for one in found], code="conditions")
    payout = Payout.objects.create(
        **known, grant=grant, organisation=grant.organisation, amount_nok=amount, text=text.strip()[:300],
        asked_by=by, asked_at=now,
    )  # fmt: skip
    payout.refresh_from_db(fields=["row_version"])
    notices.record("payout_asked", payout, by=by, case=grant.case, grant=grant.pk, amount_nok=amount)
    tell_preparers(payout, by=by, on=oslo_today(now))
    return payout


def tell_preparers(payout: Payout, *, by: User, on: dt.date) -> None:
    """Tell those who prepare payouts that one is asked for."""
    notices.tell_staff(
        payout.authority, PREPARES, kind="payout_asked", subject=payout, occasion="asked", on=on, but=[by.pk],
        title=lambda: _("A payout is asked for"),
        link=reverse("payout_page", args=[payout.authority.slug, payout.pk]), link_text=gettext_lazy("See the payout"),
        template="payout_asked",
    )  # fmt: skip


@deed
def take_back(payout: Payout, *, by: User, now: dt.datetime, seen: int | None = None) -> Payout:
    """Take back what was asked for, as long as nobody has prepared it.

    Raises:
        PermissionDenied: she does not act for the organisation, or not in this session.
        Refused: it is prepared or ended already.
    """
    grant = papers.from_recipient(payout.grant_id, by=by, now=now, acting=True)
    row: Any = Payout.objects.select_for_update(no_key=True, of=("self",)).get(pk=payout.pk, grant=grant)
    if row.state == Payout.State.CANCELLED:
        return row  # a second press, or the desk was first
    if row.state != Payout.State.ASKED or (seen is not None and row.row_version != seen):
        raise papers.stale()
    row.state, row.ended_at, row.reason = Payout.State.CANCELLED, now, _("Taken back by the recipient")
    row.save()
    row.refresh_from_db(fields=["row_version"])
    notices.record("payout_taken_back", row, by=by, case=grant.case, grant=grant.pk, amount_nok=row.amount_nok)
    return row
