"""The voter register: an address that asks to vote, and the link that is mailed to it.

The same is done for an address that has voted: only who reads its mail learns that. The mail belongs to no authority,
so nobody at the desk sees who has asked.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from awards.models import PrizeRound, Voter
from awards.rules import Phase
from awards.voting import identity
from portal import keys, outbox
from portal.models import LinkKey

if TYPE_CHECKING:
    pass

HOUR = dt.timedelta(hours=1)
LINKS_AN_HOUR = 3
"""Links to one address: nobody is flooded in another’s name."""
LINKS_IN_ALL = 10
LINKS_OF_A_ROUND = 3000
"""Links in an hour for one round: a town does not vote so fast, a robot does."""
ERASED_AFTER = dt.timedelta(days=30)
"""From the closing of the vote until addresses and traces of networks are erased."""


class NotOpen(Exception):
    """The round takes no votes now."""


class TooMany(Exception):
    """The whole round, or a visitor, has had its links for a while."""


def erase_day(round_: PrizeRound) -> dt.date:
    """Return the day when addresses and traces of a vote are erased."""
    assert round_.vote_closes_at is not None
    return timezone.localtime(round_.vote_closes_at).date() + ERASED_AFTER


def scope_of(round_id: int) -> str:
    """Return what a round’s links are found by, when they are erased."""
    return f"prize-round:{round_id}"


def thread_of(round_id: int) -> str:
    """Return what a round’s mails with links hang under; no other mail does."""
    return f"<awards.vote.{round_id}@{outbox.host()}>"


@transaction.atomic
def ask(round_: PrizeRound, address: str, *, network: str | None, now: dt.datetime) -> Voter:
    """Enter an address in the register, once however it is written, and mail it a link.

    An address that has had its links gets no more, and the answer is the same: it does not tell who has asked.

    Raises:
        NotOpen: the vote is not open.
        TooMany: the whole round has had its links for now.
        ValidationError: it is no address.
    """
    outbox.checked_address(address)
    found = PrizeRound.objects.select_related("prize__authority", "statutes").get(pk=round_.pk)
    if found.phase(now) != Phase.VOTING:
        raise NotOpen
    recent = LinkKey.objects.filter(
        purpose=LinkKey.Purpose.VOTE, scope=scope_of(found.pk), created_at__gt=now - HOUR
    ).count()
    if recent >= LINKS_OF_A_ROUND:
        raise TooMany
    voter = entered(found, address, network, now)
    links = LinkKey.objects.filter(purpose=LinkKey.Purpose.VOTE, subject_id=voter.pk)
    if links.filter(created_at__gt=now - HOUR).count() < LINKS_AN_HOUR and links.count() < LINKS_IN_ALL:
        mail_link(found, voter, address, now)
    return voter


def entered(round_: PrizeRound, address: str, network: str | None, now: dt.datetime) -> Voter:
    """Return the address’s row in the register, held until the commit."""
    voter, _is_new = Voter.objects.get_or_create(
        round=round_, address_hash=identity.address_hash(address, round_.pk),
        defaults={
            "authority_id": round_.authority_id, "address": address, "domain": identity.domain_of(address)[:120],
            "network": identity.network_hash(network, round_.pk),
            "asked_at": now.replace(minute=0, second=0, microsecond=0),
        },
    )  # fmt: skip
    return Voter.objects.select_for_update(no_key=True, of=("self",)).get(pk=voter.pk)


def mail_link(round_: PrizeRound, voter: Voter, address: str, now: dt.datetime) -> None:
    """Mail the link. It opens until the traces are erased, so that it can say that the vote is counted or closed."""
    assert round_.vote_closes_at is not None
    owner = round_.prize.authority
    raw = keys.issue(
        LinkKey.Purpose.VOTE, now=now, address=address, subject_id=voter.pk, scope=scope_of(round_.pk),
        lifetime=round_.vote_closes_at + ERASED_AFTER - now,
    )  # fmt: skip
    with translation.override(owner.language_form):
        facts = {
            "subject": _("Your link to vote: %(prize)s") % {"prize": round_}, "authority": owner, "round": round_,
            "language": owner.language_form, "link_text": _("See the finalists and vote"),
            "link": settings.BASE_URL + reverse("cast_vote", args=[owner.slug, round_.prize.slug, round_.year, raw]),
        }  # fmt: skip
        outbox.write(
            to=address, subject=facts["subject"], text=render_to_string("emails/vote_link.txt", facts),
            html=render_to_string("emails/vote_link.html", facts), language=owner.language_form,
            thread=thread_of(round_.pk),
        )  # fmt: skip
