"""The plan and what stays fixed in it for its whole period."""

from __future__ import annotations

from typing import Any, Self

import pghistory
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal import permissions
from portal.models import Authority
from portal.models.base import (
    EARLIEST_YEAR,
    LATEST_YEAR,
    AuthorityOwned,
    NorwegianKey,
    TenantQuerySet,
    Versioned,
    ends_after_start,
    sane_date,
    sane_date_check,
)

SANE_YEAR = [MinValueValidator(EARLIEST_YEAR), MaxValueValidator(LATEST_YEAR)]


class PlanQuerySet(TenantQuerySet):
    def public(self) -> Self:
        """Keep plans that anyone may read: all but drafts."""
        return self.exclude(status=Plan.Status.DRAFT)

    def readable_by(self, user: Any) -> Self:
        """Keep the public plans, and the drafts of authorities where this user does casework."""
        if getattr(user, "is_superuser", False):
            return self
        own = permissions.casework_authorities(user)
        return self.filter(~models.Q(status=Plan.Status.DRAFT) | models.Q(authority_id__in=own))


@pghistory.track()
class Plan(Versioned, AuthorityOwned):
    """Plan, strategi, handlingsprogram: what an authority promises its business life for a period."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        HEARING = "hearing", _("On hearing")
        ADOPTED = "adopted", _("Adopted")
        ENDED = "ended", _("Ended")

    title = models.CharField(_("title"), max_length=160)
    slug = models.SlugField(_("address"), max_length=80)
    period_start = models.PositiveSmallIntegerField(_("from year"), validators=SANE_YEAR)
    period_end = models.PositiveSmallIntegerField(_("to year"), null=True, blank=True, validators=SANE_YEAR)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT)
    adopted_on = models.DateField(_("adopted"), null=True, blank=True, editable=False)
    mission = models.TextField(_("mission"), blank=True)
    vision = models.TextField(_("vision"), blank=True)
    values = models.CharField(_("values"), max_length=200, blank=True)
    aim = models.TextField(_("overall aim"), blank=True)
    superior_plan = models.CharField(_("superior plan"), max_length=160, blank=True)
    goal_word = models.CharField(_("its word for a goal"), max_length=40, default="mål")
    strategy_word = models.CharField(_("its word for a strategy"), max_length=40, default="strategi")
    measure_word = models.CharField(_("its word for a measure"), max_length=40, default="tiltak")
    live_view_open = models.BooleanField(
        _("live view open to all"), default=False,
        help_text=_("Show computed standing of today to everyone, before a report is released."),
    )  # fmt: skip
    source = models.CharField(_("source"), max_length=200, blank=True)
    invented = models.BooleanField(_("statuses invented for the demo"), default=False, editable=False)

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ["authority", "-period_start"]
        constraints = [
            models.UniqueConstraint(
                name="plan_slug_once", fields=["authority", "slug"],
                violation_error_message=_("A plan with this address exists already."),
            ),
            models.CheckConstraint(
                name="plan_period",
                condition=models.Q(period_end__isnull=True) | models.Q(period_end__gte=models.F("period_start")),
                violation_error_message=_("The plan ends before it starts."),
            ),
            models.CheckConstraint(
                name="plan_years_sane",
                condition=models.Q(period_start__gte=EARLIEST_YEAR, period_start__lte=LATEST_YEAR)
                & (models.Q(period_end__isnull=True) | models.Q(period_end__lte=LATEST_YEAR)),
                violation_error_message=_("The year lies outside any sane range."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.title} {self.period}"

    @property
    def period(self) -> str:
        """The years as people write them: «2026–2030», or «2023» where no end is printed."""
        return f"{self.period_start}–{self.period_end}" if self.period_end else str(self.period_start)

    def clean(self) -> None:
        ends_after_start(self.period_start, self.period_end, "period_end")

    def get_absolute_url(self) -> str:
        return reverse("plan_status", args=[self.authority.slug, self.slug])

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the plan; a new one gets its owner as participant in the same transaction."""
        with transaction.atomic():
            is_new = self._state.adding
            super().save(*args, **kwargs)
            if is_new:
                PlanParticipant.objects.get_or_create(
                    plan=self, authority_id=self.authority_id, defaults={"role": PlanParticipant.Role.OWNER}
                )


class PlanVersion(models.Model):
    """Planversjon: moved by statement triggers whenever anything a plan's pages show has changed."""

    plan = models.OneToOneField(
        Plan, on_delete=models.DO_NOTHING, primary_key=True, related_name="data_version", db_constraint=False
    )
    version = models.BigIntegerField(default=1)

    def __str__(self) -> str:
        return str(self.version)


class PlanParticipant(models.Model):
    """Plandeltaker: an authority as owner, member of, or covered by a plan (as Aremark in Halden's)."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        MEMBER = "member", _("Member")
        COVERED = "covered", _("Covered")

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="participants", verbose_name=_("plan"))
    authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, related_name="plan_links", verbose_name=_("authority")
    )
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)

    class PlanParticipantQuerySet(TenantQuerySet):
        authority_path = "plan__authority_id"

    objects = PlanParticipantQuerySet.as_manager()

    class Meta:
        verbose_name = _("participant of plan")
        verbose_name_plural = _("participants of plan")
        constraints = [
            models.UniqueConstraint(
                name="plan_participant_once", fields=["plan", "authority"],
                violation_error_message=_("This authority takes part already."),
            ),
            models.UniqueConstraint(
                name="plan_has_one_owner", fields=["plan"], condition=models.Q(role="owner"),
                violation_error_message=_("A plan has one owner."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.authority} – {self.get_role_display()}"


def sdg_field() -> models.PositiveSmallIntegerField[int, int]:
    """Return the number of a United Nations sustainable development goal, 1 to 17."""
    return models.PositiveSmallIntegerField(_("UN goal"), validators=[MinValueValidator(1), MaxValueValidator(17)])


class PlanSdg(AuthorityOwned):
    """FNs bærekraftsmål for planen: what a plan's vision or aim builds on."""

    class Role(models.TextChoices):
        VISION = "vision", _("Vision")
        AIM = "aim", _("Aim")
        BASIS = "basis", _("Basis")

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="sdgs", verbose_name=_("plan"))
    number = sdg_field()
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)

    class Meta:
        verbose_name = _("UN goal of plan")
        verbose_name_plural = _("UN goals of plan")
        ordering = ["role", "number"]
        constraints = [
            models.UniqueConstraint(name="plan_sdg_once", fields=["plan", "number", "role"]),
            models.CheckConstraint(name="plan_sdg_range", condition=models.Q(number__range=(1, 17))),
        ]

    def __str__(self) -> str:
        return str(self.number)


@pghistory.track()
class Goal(Versioned, AuthorityOwned):
    """Mål (hovedmål, fokusområde): what the plan wants to reach."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="goals", verbose_name=_("plan"))
    number = models.CharField(_("printed number"), max_length=10, blank=True)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True, max_length=20_000)
    position = models.PositiveSmallIntegerField(_("position"))
    owner = models.ForeignKey(
        "portal.Unit", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )

    class Meta:
        verbose_name = _("goal")
        verbose_name_plural = _("goals")
        ordering = ["plan", "position"]
        constraints = [
            models.UniqueConstraint(
                name="goal_position_once",
                fields=["plan", "position"],
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("Another row has this position."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip()


class GoalSdg(AuthorityOwned):
    """FNs bærekraftsmål for et mål: in focus, or contributed to; unique by goal, number and role."""

    class Role(models.TextChoices):
        FOCUS = "focus", _("In focus")
        CONTRIBUTES = "contributes", _("Contributes to")

    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="sdgs", verbose_name=_("goal"))
    number = sdg_field()
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)

    class Meta:
        verbose_name = _("UN goal")
        verbose_name_plural = _("UN goals")
        ordering = ["-role", "number"]
        constraints = [
            models.UniqueConstraint(name="goal_sdg_once", fields=["goal", "number", "role"]),
            models.CheckConstraint(name="goal_sdg_range", condition=models.Q(number__range=(1, 17))),
        ]

    def __str__(self) -> str:
        return str(self.number)


@pghistory.track()
class Strategy(Versioned, AuthorityOwned):
    """Strategi (satsingsområde, grep): a way to a goal; may stand without one."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="strategies", verbose_name=_("plan"))
    goal = models.ForeignKey(
        Goal, on_delete=models.PROTECT, null=True, blank=True, related_name="strategies", verbose_name=_("goal")
    )
    number = models.CharField(_("printed number"), max_length=10, blank=True)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True, max_length=20_000)
    note = models.CharField(
        _("note"), max_length=200, blank=True, help_text=_("What the document itself says wrongly, told to the reader.")
    )
    is_cross_cutting = models.BooleanField(_("cross-cutting line of the strategy house"), default=False)
    position = models.PositiveSmallIntegerField(_("position"))

    class Meta:
        verbose_name = _("strategy")
        verbose_name_plural = _("strategies")
        ordering = ["plan", "position"]
        constraints = [
            models.UniqueConstraint(
                name="strategy_position_once",
                fields=["plan", "position"],
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("Another row has this position."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip()


@pghistory.track()
class ActionPart(Versioned, AuthorityOwned):
    """Handlingsdel: the revised part of a plan, with its own period and its own wording of each measure."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="action_parts", verbose_name=_("plan"))
    period_start = models.PositiveSmallIntegerField(_("from year"), validators=SANE_YEAR)
    period_end = models.PositiveSmallIntegerField(_("to year"), null=True, blank=True, validators=SANE_YEAR)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by", editable=False,
        verbose_name=_("replaces"),
    )  # fmt: skip
    adopted_in = models.ForeignKey(
        "portal.CaseStep", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("adopted in"),
    )  # fmt: skip
    adopted_on = models.DateField(_("adopted"), null=True, blank=True, validators=[sane_date])

    class Meta:
        verbose_name = _("action part")
        verbose_name_plural = _("action parts")
        ordering = ["plan", "period_start"]
        constraints = [
            models.UniqueConstraint(name="action_part_period_once", fields=["plan", "period_start"]),
            models.CheckConstraint(
                name="action_part_period",
                condition=models.Q(period_end__isnull=True) | models.Q(period_end__gte=models.F("period_start")),
                violation_error_message=_("The action part ends before it starts."),
            ),
            sane_date_check("adopted_on", "action_part_adopted_on_sane"),
        ]

    def __str__(self) -> str:
        return f"{self.period_start}–{self.period_end}" if self.period_end else str(self.period_start)

    def clean(self) -> None:
        ends_after_start(self.period_start, self.period_end, "period_end")


class Tag(AuthorityOwned):
    """Merkelapp: a second dimension beside goals, such as specialisation (spesialisering) or sector (sektor)."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="tags", verbose_name=_("plan"))
    dimension = models.CharField(_("dimension"), max_length=40)
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="children", verbose_name=_("parent")
    )
    name = models.CharField(_("name"), max_length=120)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["plan", "dimension", "position", NorwegianKey("name")]
        constraints = [
            models.UniqueConstraint(
                name="tag_once",
                fields=["plan", "dimension", "parent", "name"],
                nulls_distinct=False,
                violation_error_message=_("This tag exists already."),
            ),
            models.CheckConstraint(
                name="tag_not_its_own_parent",
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("id")),
                violation_error_message=_("A tag does not lie under itself."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.pk and self.parent_id == self.pk:
            raise ValidationError({"parent": _("A tag does not lie under itself.")})
