"""Prizes: what they are for, in which categories, and the statutes with their rules as data."""

from __future__ import annotations

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.models.base import AuthorityOwned, NorwegianKey, Versioned, sane_date


@pghistory.track()
class Prize(Versioned, AuthorityOwned):
    """Næringspris: an honour with a purpose, given by a working group and weighed by a jury.

    The working group (arbeidsgruppe) coordinates, finances and awards, and writes the statutes; its case is `case`.
    """

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("address"), max_length=80)
    lede = models.CharField(_("in one sentence"), max_length=300, blank=True)
    purpose = models.TextField(_("purpose"), max_length=4000)
    working_group = models.ForeignKey(
        "portal.Body", on_delete=models.PROTECT, null=True, blank=True, related_name="prizes",
        verbose_name=_("working group"),
    )  # fmt: skip
    case = models.OneToOneField(
        "portal.Case", on_delete=models.PROTECT, null=True, blank=True, related_name="prize",
        verbose_name=_("the working group’s case"),
    )  # fmt: skip
    scheme = models.ForeignKey(
        "grants.Scheme", on_delete=models.PROTECT, null=True, blank=True, related_name="prizes",
        verbose_name=_("scheme the prize money is paid from"),
    )  # fmt: skip
    is_public = models.BooleanField(_("shown to everyone"), default=False)
    source = models.CharField(_("source"), max_length=200, blank=True)
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("prize")
        verbose_name_plural = _("prizes")
        ordering = [NorwegianKey("name")]
        constraints = [
            models.UniqueConstraint(
                name="prize_slug_once", fields=["authority", "slug"],
                violation_error_message=_("A prize with this address exists already."),
            ),
            models.UniqueConstraint(name="prize_name_once", fields=["authority", "name"],
                violation_error_message=_("A prize with this name exists already.")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("prize_page", args=[self.authority.slug, self.slug])


@pghistory.track()
class PrizeGoal(AuthorityOwned):
    """Mål prisen tjener: a goal of a plan that the prize serves, so that the winner’s page can lead to it."""

    prize = models.ForeignKey(Prize, on_delete=models.CASCADE, related_name="served", verbose_name=_("prize"))
    plan = models.ForeignKey(
        "strategy.Plan", on_delete=models.PROTECT, related_name="+", editable=False, verbose_name=_("plan")
    )
    goal = models.ForeignKey(
        "strategy.Goal", on_delete=models.PROTECT, related_name="prizes", verbose_name=_("goal")
    )  # fmt: skip

    class Meta:
        verbose_name = _("goal the prize serves")
        verbose_name_plural = _("goals the prize serves")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="prize_goal_once", fields=["prize", "goal"],
                violation_error_message=_("This goal stands here already."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.goal)

    def save(self, *args: object, **kwargs: object) -> None:
        self.plan_id = self.goal.plan_id
        super().save(*args, **kwargs)  # type: ignore[arg-type]


@pghistory.track()
class PrizeCategory(AuthorityOwned):
    """Kategori: what the prize is given for; each may have its own winner in a year."""

    prize = models.ForeignKey(Prize, on_delete=models.CASCADE, related_name="categories", verbose_name=_("prize"))
    name = models.CharField(_("category"), max_length=80)
    description = models.CharField(_("description"), max_length=400, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_in_use = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["prize", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="prize_category_once", fields=["prize", "name"],
                violation_error_message=_("This category stands here already."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class PrizeStatutes(Versioned, AuthorityOwned):
    """Statutter: one version of a prize’s statutes, with its rules as data; adopted, it never changes."""

    class Nominees(models.TextChoices):
        COMPANY = "company", _("Companies")
        ASSOCIATION = "association", _("Associations and foundations")
        PERSON = "person", _("Persons")

    class Method(models.TextChoices):
        SCORING = "scoring", _("Points by weighted criteria, then discussion")
        DISCUSSION = "discussion", _("Discussion alone")

    class Vote(models.TextChoices):
        NONE = "none", _("No public vote")
        ADVISES = "advises", _("The vote is advice to the jury")
        DECIDES = "decides", _("The vote decides among the finalists")

    prize = models.ForeignKey(Prize, on_delete=models.PROTECT, related_name="statutes", verbose_name=_("prize"))
    version = models.PositiveSmallIntegerField(_("version"))
    text = models.TextField(_("text"), max_length=60_000, blank=True)
    valid_from = models.DateField(_("from"), null=True, blank=True, validators=[sane_date])
    adopted_in = models.ForeignKey(
        "portal.CaseStep", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("adopted in"),
    )  # fmt: skip
    interval_years = models.PositiveSmallIntegerField(
        _("years between rounds"), default=1, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    nominees = ArrayField(
        models.CharField(max_length=12, choices=Nominees.choices), verbose_name=_("who may be nominated"), default=list
    )
    local_only = models.BooleanField(_("only those who belong to the municipality"), default=True)
    repeat_years = models.PositiveSmallIntegerField(
        _("years before the same may win again"), default=0, validators=[MaxValueValidator(50)]
    )
    smallest_age = models.PositiveSmallIntegerField(
        _("smallest age of a company in years"), null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    needs_accounts = models.BooleanField(_("companies have sent annual accounts"), default=False)
    method = models.CharField(_("how the jury works"), max_length=10, choices=Method.choices, default=Method.SCORING)
    finalists = models.PositiveSmallIntegerField(
        _("most finalists in a category"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    vote = models.CharField(_("public vote"), max_length=8, choices=Vote.choices, default=Vote.NONE)
    money_nok = models.BigIntegerField(
        _("prize money to each winner, in kroner"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("of a prize", "statutes")
        verbose_name_plural = pgettext_lazy("of a prize", "statutes")
        ordering = ["prize", "-version"]
        constraints = [
            models.UniqueConstraint(
                name="prize_statutes_version_once", fields=["prize", "version"],
                violation_error_message=_("This version exists already."),
            ),
            models.CheckConstraint(
                name="prize_statutes_adopted_if_dated",
                condition=models.Q(adopted_in=None) | models.Q(valid_from__isnull=False),
                violation_error_message=_("Statutes that are adopted say from when."),
            ),
            models.CheckConstraint(
                name="prize_statutes_adopted_are_whole",
                condition=models.Q(valid_from=None) | (~models.Q(text="") & ~models.Q(nominees=[])),
                violation_error_message=_("Statutes that are adopted have a text, and say who may be nominated."),
            ),
            models.CheckConstraint(name="prize_statutes_interval", condition=models.Q(interval_years__range=(1, 10))),
            models.CheckConstraint(
                name="prize_statutes_vote_has_finalists",
                condition=models.Q(vote="none") | models.Q(finalists__gte=2),
                violation_error_message=_("A public vote is among finalists: say how many, two or more."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(_("version %(number)d") % {"number": self.version})


@pghistory.track()
class PrizeCriterion(AuthorityOwned):
    """Kriterium for prisen: what the jury gives points by, and how much it weighs."""

    statutes = models.ForeignKey(
        PrizeStatutes, on_delete=models.CASCADE, related_name="criteria", verbose_name=_("statutes")
    )
    title = models.CharField(_("criterion"), max_length=160)
    description = models.CharField(_("description"), max_length=600, blank=True)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1, validators=[MinValueValidator(1)])
    most_points = models.PositiveSmallIntegerField(
        _("most points"), default=5, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("criterion of the prize")
        verbose_name_plural = _("criteria of the prize")
        ordering = ["statutes", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="prize_criterion_counts",
                condition=models.Q(weight__gte=1, weight__lte=100, most_points__gte=1, most_points__lte=100),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title
