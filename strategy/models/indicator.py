"""What is measured, what was observed, and what is wanted."""

from __future__ import annotations

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.models.base import AuthorityOwned, NorwegianKey, Versioned, sane_date, sane_date_check
from strategy import rules
from strategy.models.plan import Goal, Plan


def amount_field(name: object, **facts: object) -> models.DecimalField:  # type: ignore[type-arg]
    """Return a measured value: twelve digits before the point and four after."""
    return models.DecimalField(name, max_digits=16, decimal_places=4, **facts)  # type: ignore[misc, arg-type]


@pghistory.track()
class Indicator(Versioned, AuthorityOwned):
    """Indikator: one thing measured in one way; another definition is another indicator, never the same series."""

    class Interval(models.IntegerChoices):
        MONTH = 1, _("Every month")
        QUARTER = 3, _("Every quarter")
        HALF_YEAR = 6, _("Every half-year")
        YEAR = 12, _("Every year")
        TWO_YEARS = 24, _("Every second year")
        FOUR_YEARS = 48, _("Every fourth year")

    class Wanted(models.TextChoices):
        UP = rules.Wanted.UP.value, _("Up")
        DOWN = rules.Wanted.DOWN.value, _("Down")

    name = models.CharField(_("name"), max_length=160)
    unit = models.CharField(_("unit"), max_length=40, help_text=_("Such as %, persons or kroner."))
    decimals = models.PositiveSmallIntegerField(_("decimals shown"), default=0, validators=[MaxValueValidator(4)])
    definition = models.TextField(
        _("definition"), blank=True, max_length=2000,
        help_text=_("Who and what is counted, and when. Another definition is another indicator."),
    )  # fmt: skip
    wanted = models.CharField(_("wanted direction"), max_length=4, choices=Wanted.choices, default=Wanted.UP)
    interval_months = models.PositiveSmallIntegerField(
        _("measured"), choices=Interval.choices, default=Interval.YEAR,
        validators=[MinValueValidator(1)],
    )  # fmt: skip
    lag_days = models.PositiveSmallIntegerField(
        _("days before the figure comes"), default=60, validators=[MaxValueValidator(1500)],
        help_text=_("How long after the end of what is measured its figure is to be there."),
    )  # fmt: skip
    source = models.CharField(_("source"), max_length=200, blank=True)
    source_url = models.URLField(_("address of the source"), blank=True)
    licence = models.CharField(_("licence"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["authority", NorwegianKey("name")]
        constraints = [
            models.UniqueConstraint(
                name="indicator_name_once", fields=["authority", "name"],
                violation_error_message=_("An indicator with this name exists already."),
            ),
            models.CheckConstraint(
                name="indicator_interval_above_zero", condition=models.Q(interval_months__gt=0),
                violation_error_message=_("An indicator is measured at an interval above zero."),
            ),
            models.CheckConstraint(name="indicator_decimals", condition=models.Q(decimals__lte=4)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Series(AuthorityOwned):
    """Serie: one indicator in one area, such as Halden or Norge, and in one category where it is split."""

    indicator = models.ForeignKey(
        Indicator, on_delete=models.CASCADE, related_name="series", verbose_name=_("indicator")
    )
    area = models.CharField(_("area"), max_length=80)
    category = models.CharField(_("category"), max_length=80, blank=True, help_text=_("Empty for the whole."))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    table_id = models.CharField(
        _("table at Statistics Norway"),
        max_length=12,
        blank=True,
        help_text=_("Such as 13472; empty if typed by hand."),
    )
    query = models.JSONField(
        _("choices in the table"), default=dict, blank=True,
        help_text=_("Variable and code of each choice, such as {\"Region\": \"3101\"}. Time is not chosen."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series")
        ordering = ["indicator", "position", NorwegianKey("area"), NorwegianKey("category")]
        constraints = [
            models.UniqueConstraint(
                name="series_once", fields=["indicator", "area", "category"],
                violation_error_message=_("The indicator has this series already."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.area}, {self.category}" if self.category else self.area


@pghistory.track()
class Observation(Versioned, AuthorityOwned):
    """Observasjon: one value of a series, at the end of what it covers, with its source."""

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="observations", verbose_name=_("series"))
    observed_on = models.DateField(
        _("at the end of"), validators=[sane_date], help_text=_("31.12. for a whole year.")
    )  # fmt: skip
    value = amount_field(_("value"))
    is_estimated = models.BooleanField(_("estimated"), default=False)
    source = models.CharField(_("source"), max_length=200, blank=True)
    fetched_at = models.DateTimeField(_("fetched"), null=True, blank=True, editable=False)
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("observation")
        verbose_name_plural = _("observations")
        ordering = ["series", "observed_on"]
        constraints = [
            models.UniqueConstraint(
                name="observation_once", fields=["series", "observed_on"],
                violation_error_message=_("The series has a value for this date already."),
            ),
            sane_date_check("observed_on", "observation_observed_on_sane"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.observed_on}: {self.value}"


@pghistory.track()
class Target(Versioned, AuthorityOwned):
    """Måltall: what a plan wants of an indicator by a date: a level, a change, or a share of another area's level."""

    class Kind(models.TextChoices):
        LEVEL = rules.TargetKind.LEVEL.value, _("A level")
        CHANGE = rules.TargetKind.CHANGE.value, _("A change since the baseline")
        SHARE = rules.TargetKind.SHARE.value, _("Per cent of another area’s level")

    class Growth(models.TextChoices):
        LINEAR = rules.Growth.LINEAR.value, _("The same amount each year")
        COMPOUND = rules.Growth.COMPOUND.value, _("The same per cent each year")

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="targets", verbose_name=_("plan"))
    goal = models.ForeignKey(
        Goal, on_delete=models.PROTECT, null=True, blank=True, related_name="targets", verbose_name=_("goal"),
        help_text=_("Empty for a target of the whole plan."),
    )  # fmt: skip
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="targets", verbose_name=_("measured by"))
    compared_with = models.ForeignKey(
        Series, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("compared with"),
        help_text=_("For a share: the area that is a hundred per cent."),
    )  # fmt: skip
    title = models.CharField(_("title"), max_length=160)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.LEVEL)
    growth = models.CharField(_("expected growth"), max_length=8, choices=Growth.choices, default=Growth.LINEAR)
    value = amount_field(
        _("target"), help_text=_("The level, the change (500 for 500 more), or the per cent of the other area.")
    )
    target_on = models.DateField(_("by"), validators=[sane_date])
    baseline_on = models.DateField(_("baseline at"), null=True, blank=True, validators=[sane_date])
    baseline_value = amount_field(
        _("baseline"), null=True, blank=True,
        help_text=_("Empty: the observation at the baseline’s date, as soon as there is one."),
    )  # fmt: skip
    is_baseline_estimated = models.BooleanField(_("the baseline is estimated"), default=False)
    printed_growth = models.DecimalField(
        _("growth a year as printed, %"), max_digits=6, decimal_places=3, null=True, blank=True
    )
    note = models.CharField(_("note to the reader"), max_length=400, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ["plan", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="target_after_its_baseline",
                condition=models.Q(baseline_on__isnull=True) | models.Q(target_on__gt=models.F("baseline_on")),
                violation_error_message=_("The target comes before its baseline, or on the same day."),
            ),
            models.CheckConstraint(
                name="target_compound_above_zero",
                condition=~models.Q(growth="compound")
                | (
                    (models.Q(kind="change") | models.Q(value__gt=0))
                    & (models.Q(baseline_value__isnull=True) | models.Q(baseline_value__gt=0))
                    & (
                        ~models.Q(kind="change")
                        | models.Q(baseline_value__isnull=True)
                        | models.Q(value__gt=-models.F("baseline_value"))
                    )
                ),
                violation_error_message=_(
                    "Growth by per cent cannot be counted from or to zero or less. Choose the same amount each year."
                ),
            ),
            models.CheckConstraint(
                name="target_share_names_the_other_area",
                condition=models.Q(kind="share", compared_with__isnull=False)
                | (~models.Q(kind="share") & models.Q(compared_with__isnull=True)),
                violation_error_message=_("A share, and no other target, is compared with another area."),
            ),
            models.CheckConstraint(
                name="target_compared_with_another",
                condition=models.Q(compared_with__isnull=True) | ~models.Q(compared_with=models.F("series")),
                violation_error_message=_("A share is compared with another area than its own."),
            ),
            models.CheckConstraint(
                name="target_baseline_is_dated",
                condition=models.Q(baseline_value__isnull=True) | models.Q(baseline_on__isnull=False),
                violation_error_message=_("Say at what date the baseline was."),
            ),
            sane_date_check("target_on", "target_target_on_sane"),
            sane_date_check("baseline_on", "target_baseline_on_sane"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title
