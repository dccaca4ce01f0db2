"""Who is told of a payout: those whose turn it is, those whose signature was cleared, and the recipient's people."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants import notices
from grants.models import Payout
from grants.permissions import APPROVES, ATTESTS
from portal import outbox
from portal.calendar import oslo_today

if TYPE_CHECKING:
    from portal.models import User

TOGETHER = dt.timedelta(hours=1)
"""Payouts that come within this time of each other are told of once: many are often signed in one go."""


def wait_for_attestation(payout: Payout, *, by: User, now: dt.datetime) -> None:
    """Tell those who attest that something waits for them."""
    waiting(payout, ATTESTS, "prepared_at", title=lambda: _("Payouts wait for you to attest"), by=by, now=now)


def wait_for_approval(payout: Payout, *, by: User, now: dt.datetime) -> None:
    """Tell those who approve that something waits for them."""
    waiting(payout, APPROVES, "attested_at", title=lambda: _("Payouts wait for you to approve"), by=by, now=now)


def waiting(payout: Payout, roles: frozenset[str], reached: str, *, title: Any, by: User, now: dt.datetime) -> None:
    """Tell everyone with these roles once for payouts that come together; none who has signed this one."""
    together = Payout.objects.filter(authority=payout.authority_id, state=payout.state).exclude(pk=payout.pk)
    if together.filter(**{f"{reached}__gt": now - TOGETHER}).filter(Q(**{f"{reached}__lte": now})).exists():
        return
    authority = payout.grant.authority
    signed = {by.pk} if payout.persons == 3 or payout.state == Payout.State.ATTESTED else set()
    if payout.state == Payout.State.ATTESTED and payout.prepared_by_id:
        signed.add(payout.prepared_by_id)
    notices.tell_staff(
        authority, roles, kind="payout_to_sign", subject=payout, occasion=f"{payout.state}:{payout.row_version}",
        on=oslo_today(now), title=title, link=reverse("payouts", args=[authority.slug]),
        link_text=gettext_lazy("See the payouts"), template="payout_to_sign", but=signed,
    )  # fmt: skip


def sent_back(payout: Payout, signed: list[User], *, by: User, now: dt.datetime) -> None:
    """Tell those who had signed a payout that it is to be prepared again."""
    authority = payout.grant.authority
    for user in {person.pk: person for person in signed}.values():
        if user.pk != by.pk:
            outbox.notify(
                user, kind="payout_sent_back", subject=payout, authority=authority, on_date=oslo_today(now),
                occasion=str(payout.row_version), title=lambda: _("A payout you signed is sent back"),
                link=reverse("payout_page", args=[authority.slug, payout.pk]), link_text=gettext_lazy("See the payout"),
                template="payout_sent_back",
            )  # fmt: skip


def stopped(payout: Payout, *, by: User, now: dt.datetime) -> None:
    """Tell the recipient's people that a payout does not come."""
    to_recipient(payout, "payout_stopped", lambda: _("A payout is stopped"), now=now, came_back=False)


def came_back(payout: Payout, *, by: User, now: dt.datetime) -> None:
    """Tell the recipient's people, and who prepared it, that the bank could not pay."""
    to_recipient(payout, "payout_stopped", lambda: _("A payout came back from the bank"), now=now, came_back=True)
    authority = payout.grant.authority
    if payout.prepared_by is not None and payout.prepared_by_id != by.pk:
        outbox.notify(
            payout.prepared_by, kind="payout_stopped", subject=payout, authority=authority, on_date=oslo_today(now),
            occasion=f"{payout.state}:desk", title=lambda: _("A payout you prepared came back from the bank"),
            link=reverse("payout_page", args=[authority.slug, payout.pk]), link_text=gettext_lazy("See the payout"),
            template="payout_came_back",
        )  # fmt: skip


def paid(payout: Payout, *, now: dt.datetime) -> None:
    """Tell the recipient's people that the money is paid."""
    to_recipient(payout, "payout_paid", lambda: _("A payout is paid"), now=now)


def to_recipient(payout: Payout, kind: str, title: Any, *, now: dt.datetime, **facts: Any) -> None:
    """Tell everyone who speaks for the recipient; the page says what, why and how much."""
    organisation = payout.grant.organisation
    notices.tell_contacts(
        organisation, kind=kind, subject=payout, occasion=payout.state, on=oslo_today(now), title=title,
        link=reverse("own_grant", args=[organisation.pk, payout.grant_id]), link_text=gettext_lazy("See your grant"),
        template=kind, **facts,
    )  # fmt: skip
