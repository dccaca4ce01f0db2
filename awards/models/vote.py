"""The public vote: who has voted, and apart from it what was voted. Nothing binds a ballot to a voter."""

from __future__ import annotations

import uuid

import pghistory
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from awards.models.nomination import Candidate
from awards.models.round import PrizeRound, RoundCategory
from portal.models.base import AuthorityOwned


class Voter(AuthorityOwned):
    """Stemmeregister: an address that asked to vote in a round, and whether it has; never what it voted.

    The address itself, and the traces of the network it came from, are erased on a set day; the keyed hash stays, so
    that the count of voters can be checked.
    """

    round = models.ForeignKey(PrizeRound, on_delete=models.CASCADE, related_name="voters")
    address = models.EmailField(_("address"), blank=True)
    address_hash = models.CharField(max_length=64)
    domain = models.CharField(max_length=120, blank=True)
    network = models.CharField(max_length=64, blank=True)
    """A keyed hash of the network, without the machine’s own part."""
    asked_at = models.DateTimeField(_("asked, to the hour"), default=timezone.now)
    has_voted = models.BooleanField(_("has voted"), default=False)
    invented = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("voter")
        verbose_name_plural = _("voters")
        constraints = [
            models.UniqueConstraint(name="voter_once", fields=["round", "address_hash"]),
            models.CheckConstraint(
                name="voter_hash_is_sha256", condition=models.Q(address_hash__regex=r"^[0-9a-f]{64}$")
            ),
        ]
        indexes = [models.Index(name="voter_network", fields=["round", "network"])]

    def __str__(self) -> str:
        return str(self.pk)


class Ballot(models.Model):
    """Stemmeseddel: one vote in one category, without when, from where or by whom; cast by the database alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    authority = models.ForeignKey("portal.Authority", on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey(RoundCategory, on_delete=models.PROTECT, related_name="ballots")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="ballots")

    class Meta:
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")

    def __str__(self) -> str:
        return str(self.pk)


@pghistory.track()
class VoteCount(AuthorityOwned):
    """Opptelling: how many voted, and a hash of all ballots in order, so that the count can be done again."""

    round = models.OneToOneField(PrizeRound, on_delete=models.PROTECT, related_name="vote_count")
    counted_at = models.DateTimeField(_("counted"), default=timezone.now)
    voters = models.PositiveIntegerField(_("voters"))
    ballots = models.PositiveIntegerField(_("ballots"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    erase_on = models.DateField(_("traces erased"))
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)

    class Meta:
        verbose_name = _("count of the vote")
        verbose_name_plural = _("counts of votes")
        constraints = [
            models.CheckConstraint(
                name="vote_count_hash_is_sha256", condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$")
            )
        ]

    def __str__(self) -> str:
        return str(self.round)


@pghistory.track()
class VoteResult(AuthorityOwned):
    """Stemmetall: how many ballots one finalist got."""

    count = models.ForeignKey(VoteCount, on_delete=models.PROTECT, related_name="results")
    category = models.ForeignKey(RoundCategory, on_delete=models.PROTECT, related_name="+")
    candidate = models.OneToOneField(Candidate, on_delete=models.PROTECT, related_name="result")
    votes = models.PositiveIntegerField(_("votes"))

    class Meta:
        verbose_name = _("result of the vote")
        verbose_name_plural = _("results of the vote")
        ordering = ["category", "-votes", "pk"]

    def __str__(self) -> str:
        return f"{self.candidate}: {self.votes}"
