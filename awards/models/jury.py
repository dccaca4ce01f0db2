"""How the jury weighs: each member’s sheet with opinions and points, what is discussed, and votes in the meeting."""

from __future__ import annotations

import pghistory
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from awards.models.nomination import Candidate
from awards.models.prize import PrizeCriterion
from awards.models.round import RoundCategory
from portal.models.base import AuthorityOwned, Versioned


@pghistory.track()
class JurySheet(Versioned, AuthorityOwned):
    """Poengark: one member’s points in one category; nobody sees another’s before she has handed in her own."""

    category = models.ForeignKey(
        RoundCategory, on_delete=models.PROTECT, related_name="sheets", verbose_name=_("category")
    )
    member = models.ForeignKey(
        "portal.BodyMembership", on_delete=models.PROTECT, related_name="jury_sheets", verbose_name=_("member")
    )
    handed_in_at = models.DateTimeField(_("handed in"), null=True, blank=True)
    registered_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("registered by"), help_text=_("Where the member does not sign in."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("jury member’s sheet")
        verbose_name_plural = _("jury members’ sheets")
        ordering = ["category", "pk"]
        constraints = [models.UniqueConstraint(name="jury_sheet_once", fields=["category", "member"])]

    def __str__(self) -> str:
        return f"{self.member}: {self.category}"


@pghistory.track()
class JuryOpinion(Versioned, AuthorityOwned):
    """Jurymedlemmets vurdering av en kandidat: her comment, and whether she abstains from giving points."""

    sheet = models.ForeignKey(JurySheet, on_delete=models.CASCADE, related_name="opinions")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="opinions")
    abstains = models.BooleanField(_("abstains"), default=False)
    comment = models.TextField(_("comment"), max_length=2000, blank=True)
    changed_why = models.CharField(_("why it was changed after it was handed in"), max_length=400, blank=True)
    changed_at = models.DateTimeField(_("changed"), null=True, blank=True)

    class Meta:
        verbose_name = _("jury member’s opinion")
        verbose_name_plural = _("jury members’ opinions")
        ordering = ["sheet", "pk"]
        constraints = [models.UniqueConstraint(name="jury_opinion_once", fields=["sheet", "candidate"])]

    def __str__(self) -> str:
        return str(self.candidate)


@pghistory.track()
class JuryScore(AuthorityOwned):
    """Jurypoeng: one member’s points to one candidate by one criterion."""

    opinion = models.ForeignKey(JuryOpinion, on_delete=models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(PrizeCriterion, on_delete=models.PROTECT, related_name="+")
    points = models.PositiveSmallIntegerField(_("points"))

    class Meta:
        verbose_name = _("points from the jury")
        verbose_name_plural = _("points from the jury")
        constraints = [models.UniqueConstraint(name="jury_score_once", fields=["opinion", "criterion"])]

    def __str__(self) -> str:
        return str(self.points)


class JuryRemark(AuthorityOwned):
    """Innlegg i juryens drøfting: what a member says of a candidate to the other members; it stays."""

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="remarks")
    member = models.ForeignKey("portal.BodyMembership", on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("remark"), max_length=2000)
    said_at = models.DateTimeField(_("said"), default=timezone.now)

    class Meta:
        verbose_name = _("remark in the jury’s discussion")
        verbose_name_plural = _("remarks in the jury’s discussion")
        ordering = ["said_at", "pk"]
        constraints = [models.CheckConstraint(name="jury_remark_says_something", condition=~models.Q(text=""))]

    def __str__(self) -> str:
        return str(self.candidate)


@pghistory.track()
class JuryVote(AuthorityOwned):
    """Stemme i juryen: what one member voted for when the jury met, as the minutes say."""

    class Choice(models.TextChoices):
        CANDIDATE = "candidate", _("For a candidate")
        NONE = "none", _("For no winner")
        BLANK = "blank", _("Abstained")

    category = models.ForeignKey(
        RoundCategory, on_delete=models.PROTECT, related_name="votes", verbose_name=_("category")
    )
    member = models.ForeignKey("portal.BodyMembership", on_delete=models.PROTECT, related_name="+")
    choice = models.CharField(_("vote"), max_length=10, choices=Choice.choices)
    candidate = models.ForeignKey(
        Candidate, on_delete=models.PROTECT, null=True, blank=True, related_name="votes", verbose_name=_("candidate")
    )
    registered_by = models.ForeignKey("portal.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("vote in the jury")
        verbose_name_plural = _("votes in the jury")
        ordering = ["category", "pk"]
        constraints = [
            models.UniqueConstraint(name="jury_vote_once", fields=["category", "member"]),
            models.CheckConstraint(
                name="jury_vote_names_its_candidate",
                condition=models.Q(choice="candidate", candidate__isnull=False)
                | (~models.Q(choice="candidate") & models.Q(candidate=None)),
                violation_error_message=_("Choose whom the member voted for."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.member}: {self.get_choice_display()}"
