"""A year of a prize: its dates and states, and the categories it is awarded in."""

from __future__ import annotations

import datetime as dt

import pghistory
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from awards import rules
from awards.models.prize import Prize, PrizeCategory, PrizeStatutes
from portal.models.base import AuthorityOwned, Versioned, sane_date
from strategy.models.plan import SANE_YEAR


@pghistory.track()
class PrizeRound(Versioned, AuthorityOwned):
    """Prisrunde: one year of a prize, from the call for nominations to the ceremony; it may end without a winner.

    Its case holds statutes, minutes and decisions; each candidate has a case of its own (decision 0029).
    """

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("of a prize round", "Being prepared")
        PUBLISHED = "published", pgettext_lazy("of a prize round", "Open for nominations")
        JUDGING = "judging", pgettext_lazy("of a prize round", "The jury is at work")
        VOTING = "voting", pgettext_lazy("of a prize round", "Public vote")
        DECIDED = "decided", pgettext_lazy("of a prize round", "Decided, not announced")
        ANNOUNCED = "announced", pgettext_lazy("of a prize round", "Announced")
        CANCELLED = "cancelled", pgettext_lazy("of a prize round", "Cancelled")

    prize = models.ForeignKey(Prize, on_delete=models.PROTECT, related_name="rounds", verbose_name=_("prize"))
    statutes = models.ForeignKey(
        PrizeStatutes, on_delete=models.PROTECT, related_name="rounds", verbose_name=pgettext_lazy(
            "of a prize", "statutes"
        ),
    )  # fmt: skip
    year = models.PositiveSmallIntegerField(_("year"), validators=SANE_YEAR)
    case = models.OneToOneField(
        "portal.Case", on_delete=models.PROTECT, related_name="prize_round", verbose_name=_("case")
    )
    jury = models.ForeignKey(
        "portal.Body", on_delete=models.PROTECT, null=True, blank=True, related_name="prize_rounds",
        verbose_name=_("jury"),
    )  # fmt: skip
    officer = models.ForeignKey(
        "portal.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("officer")
    )
    text = models.TextField(_("about this year"), max_length=4000, blank=True)
    opens_at = models.DateTimeField(_("nominations open"), null=True, blank=True)
    closes_at = models.DateTimeField(_("nominations close"), null=True, blank=True)
    answer_due_on = models.DateField(_("nominees answer by"), null=True, blank=True, validators=[sane_date])
    scores_due_on = models.DateField(_("the jury gives points by"), null=True, blank=True, validators=[sane_date])
    jury_meets_on = models.DateField(_("the jury meets"), null=True, blank=True, validators=[sane_date])
    vote_opens_at = models.DateTimeField(_("the vote opens"), null=True, blank=True)
    vote_closes_at = models.DateTimeField(_("the vote closes"), null=True, blank=True)
    ceremony_at = models.DateTimeField(_("ceremony"), null=True, blank=True)
    ceremony_place = models.CharField(_("where"), max_length=160, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    announced_at = models.DateTimeField(_("announced"), null=True, blank=True)
    ended_why = models.CharField(_("why it was cancelled"), max_length=400, blank=True)
    copied_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("made from")
    )
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("prize round")
        verbose_name_plural = _("prize rounds")
        ordering = ["-year", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="prize_round_year_once", fields=["prize", "year"],
                violation_error_message=_("The prize has a round in this year already."),
            ),
            models.CheckConstraint(
                name="prize_round_closes_after_opening",
                condition=models.Q(closes_at=None) | models.Q(opens_at=None)
                | models.Q(closes_at__gt=models.F("opens_at")),
                violation_error_message=_("Nominations close before they open."),
            ),
            models.CheckConstraint(
                name="prize_round_vote_closes_after_opening",
                condition=models.Q(vote_closes_at=None, vote_opens_at=None)
                | models.Q(vote_closes_at__gt=models.F("vote_opens_at")),
                violation_error_message=_("Say when the vote opens and when it closes, after that."),
            ),
            models.CheckConstraint(
                name="prize_round_published_has_dates",
                condition=models.Q(state__in=["draft", "cancelled"])
                | models.Q(published_at__isnull=False, opens_at__isnull=False, closes_at__isnull=False),
                violation_error_message=_("Say when nominations open and close before you publish."),
            ),
            models.CheckConstraint(
                name="prize_round_announced_if_and_only_if_dated",
                condition=models.Q(state="announced", announced_at__isnull=False)
                | (~models.Q(state="announced") & models.Q(announced_at=None)),
            ),
            models.CheckConstraint(
                name="prize_round_cancelled_says_why", condition=~models.Q(state="cancelled") | ~models.Q(ended_why=""),
                violation_error_message=_("Say why the round is cancelled."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.prize} {self.year}"

    def get_absolute_url(self) -> str:
        return reverse("prize_round", args=[self.authority.slug, self.prize.slug, self.year])

    def phase(self, now: dt.datetime) -> rules.Phase:
        """How far the round has come, by its state and the clock."""
        return rules.phase(rules.RoundFacts(
            self.state, self.opens_at, self.closes_at, self.vote_opens_at, self.vote_closes_at
        ), now)  # fmt: skip


@pghistory.track()
class RoundCategory(AuthorityOwned):
    """Kategori i en prisrunde: where candidates are weighed against each other; it has a winner or none."""

    round = models.ForeignKey(PrizeRound, on_delete=models.CASCADE, related_name="categories", verbose_name=_("round"))
    category = models.ForeignKey(
        PrizeCategory, on_delete=models.PROTECT, related_name="in_rounds", verbose_name=_("category")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("category of a round")
        verbose_name_plural = _("categories of a round")
        ordering = ["round", "position", "pk"]
        constraints = [models.UniqueConstraint(name="round_category_once", fields=["round", "category"])]

    def __str__(self) -> str:
        return str(self.category)


@pghistory.track(exclude=["reasons", "grounds"])
class CategoryDecision(AuthorityOwned):
    """Juryens vedtak: the winner of a category, or that there is none, with reasons; from the jury’s own minutes."""

    class Outcome(models.TextChoices):
        WINNER = "winner", _("Winner")
        NONE = "none", _("No winner this year")

    category = models.OneToOneField(
        RoundCategory, on_delete=models.PROTECT, related_name="decision", verbose_name=_("category")
    )
    outcome = models.CharField(_("outcome"), max_length=6, choices=Outcome.choices)
    candidate = models.OneToOneField(
        "awards.Candidate", on_delete=models.PROTECT, null=True, blank=True, related_name="decision",
        verbose_name=_("winner"),
    )  # fmt: skip
    reasons = models.TextField(
        _("reasons"), max_length=8000, help_text=_("As they are read out at the ceremony. Everyone reads them.")
    )
    grounds = models.TextField(
        _("what the jury weighed"), max_length=8000, blank=True, help_text=_("For the minutes. Not published.")
    )
    step = models.ForeignKey(
        "portal.CaseStep", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("the jury’s meeting"),
    )  # fmt: skip
    tie_broken_how = models.CharField(_("how a tie was broken"), max_length=400, blank=True)
    ranking = models.JSONField(_("the ranking then"), default=list)
    decided_on = models.DateField(_("decided"), validators=[sane_date])
    minutes = models.OneToOneField(
        "portal.Document", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("minutes")
    )
    registered_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("registered by"),
    )  # fmt: skip
    registered_at = models.DateTimeField(_("registered"), default=timezone.now)
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("decision of the jury")
        verbose_name_plural = _("decisions of the jury")
        ordering = ["category__position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="category_decision_names_its_winner",
                condition=models.Q(outcome="winner", candidate__isnull=False)
                | models.Q(outcome="none", candidate=None),
                violation_error_message=_("Choose the winner, or say that there is none."),
            ),
            models.CheckConstraint(
                name="category_decision_has_reasons", condition=~models.Q(reasons=""),
                violation_error_message=_("Give the reasons."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.category}: {self.get_outcome_display()}"
