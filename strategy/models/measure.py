"""The measure that persists, its wording in each action part, and who does it."""

from __future__ import annotations

from typing import Any, Self

import pghistory
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.calendar import Precision
from portal.models.base import AuthorityOwned, LastDay, TenantQuerySet, Versioned, sane_date, sane_date_check
from portal.models.case import PRECISIONS
from strategy import rules
from strategy.models.plan import ActionPart, Goal, Plan, Strategy, Tag


@pghistory.track()
class Measure(AuthorityOwned):
    """Tiltak: what is to be done; it persists while its number, place and wording follow the action parts."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="measures", verbose_name=_("plan"))
    current_entry = models.OneToOneField(
        "strategy.MeasureEntry", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False,
        verbose_name=_("wording in force"),
    )  # fmt: skip
    tags = models.ManyToManyField(Tag, through="strategy.MeasureTag", related_name="measures", blank=True)

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering = ["plan", "current_entry__position"]

    def __str__(self) -> str:
        return str(self.current_entry) if self.current_entry else f"{self._meta.verbose_name} {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("measure_page", args=[self.plan.authority.slug, self.plan.slug, self.pk])


class MeasureTag(models.Model):
    """Merking av tiltak: a measure under a tag of its own plan."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="+", editable=False, verbose_name=_("plan"))
    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="tag_links", verbose_name=_("measure"))
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="measure_links", verbose_name=_("tag"))

    class MeasureTagQuerySet(TenantQuerySet):
        authority_path = "plan__authority_id"

    objects = MeasureTagQuerySet.as_manager()

    class Meta:
        verbose_name = _("tag of measure")
        verbose_name_plural = _("tags of measures")
        constraints = [models.UniqueConstraint(name="measure_tag_once", fields=["measure", "tag"])]

    def __str__(self) -> str:
        return str(self.tag)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.plan_id = self.measure.plan_id
        super().save(*args, **kwargs)


@pghistory.track(exclude=["search"])
class MeasureEntry(Versioned, AuthorityOwned):
    """Tiltakets plass i handlingsdelen: printed number (may be missing or doubled), place, parent and wording."""

    class Change(models.TextChoices):
        NEW = "new", _("New")
        CONTINUED = "continued", _("Continued")
        DROPPED = "dropped", _("Dropped")

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="+", verbose_name=_("plan"))
    action_part = models.ForeignKey(
        ActionPart, on_delete=models.PROTECT, related_name="entries", verbose_name=_("action part")
    )
    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="entries", verbose_name=_("measure"))
    goal = models.ForeignKey(
        Goal, on_delete=models.PROTECT, null=True, blank=True, related_name="entries", verbose_name=_("goal")
    )
    strategy = models.ForeignKey(
        Strategy, on_delete=models.PROTECT, null=True, blank=True, related_name="entries", verbose_name=_("strategy")
    )
    number = models.CharField(
        _("printed number"), max_length=10, blank=True, help_text=_("As the document prints it; may be empty.")
    )
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True, max_length=20_000)
    position = models.PositiveSmallIntegerField(_("position"))
    change = models.CharField(_("change"), max_length=10, choices=Change.choices, default=Change.NEW)
    change_reason = models.CharField(_("reason"), max_length=300, blank=True)
    search = models.GeneratedField(
        expression=SearchVector("title", "description", config="norwegian"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("measure in the action part")
        verbose_name_plural = _("measures in the action part")
        ordering = ["action_part", "position"]
        constraints = [
            models.UniqueConstraint(name="measure_entry_once", fields=["action_part", "measure"]),
            models.UniqueConstraint(
                name="measure_entry_position_once", fields=["action_part", "position"],
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("Another row has this position."),
            ),
            models.CheckConstraint(
                name="measure_entry_one_parent",
                condition=models.Q(goal__isnull=True) | models.Q(strategy__isnull=True),
                violation_error_message=_("A measure lies under a strategy or directly under a goal, not both."),
            ),
            models.CheckConstraint(
                name="measure_entry_dropped_with_reason",
                condition=~models.Q(change="dropped") | ~models.Q(change_reason=""),
                violation_error_message=_("Say why the measure is dropped."),
            ),
        ]  # fmt: skip
        indexes = [GinIndex(name="measure_entry_search", fields=["search"])]

    def __str__(self) -> str:
        return f"{self.full_number} {self.title}".strip()

    @property
    def full_number(self) -> str:
        """The printed number with its strategy's before it: «2.7.8»; empty where nothing is printed."""
        return rules.full_number(self.strategy.number if self.strategy_id and self.strategy else "", self.number)


class ParticipationQuerySet(TenantQuerySet):
    def with_wording(self) -> Self:
        """Bring measure, wording in force, strategy and goal along in the same query."""
        return self.select_related(
            "plan", "measure__current_entry__strategy__goal", "measure__current_entry__goal", "unit", "person",
            "authority",
        )  # fmt: skip


@pghistory.track()
class MeasureParticipation(Versioned, AuthorityOwned):
    """Tiltaksansvar: one authority's part in a measure: unit, person, partner, state and due date are its own."""

    State = rules.State

    class StateWord(models.TextChoices):
        NOT_STARTED = rules.State.NOT_STARTED.value, _("Not started")
        UNDER_WAY = rules.State.UNDER_WAY.value, _("Under way")
        DONE = rules.State.DONE.value, _("Done")
        ON_HOLD = rules.State.ON_HOLD.value, _("On hold")
        CANCELLED = rules.State.CANCELLED.value, _("Cancelled")

    class JudgementWord(models.TextChoices):
        ON_TRACK = rules.Judgement.ON_TRACK.value, _("On track")
        AT_RISK = rules.Judgement.AT_RISK.value, _("May be late")

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="participations", verbose_name=_("plan"))
    measure = models.ForeignKey(
        Measure, on_delete=models.CASCADE, related_name="participations", verbose_name=_("measure")
    )
    unit = models.ForeignKey(
        "portal.Unit", on_delete=models.PROTECT, null=True, blank=True, related_name="measures",
        verbose_name=_("responsible unit"),
    )  # fmt: skip
    person = models.ForeignKey(
        "portal.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="measures",
        verbose_name=_("responsible person"),
    )  # fmt: skip
    partner = models.CharField(_("partner outside"), max_length=120, blank=True)
    partner_address = models.EmailField(
        _("partner’s address"), blank=True, default="", db_default="",
        help_text=_("Reports come from here, through a link and without an account."),
    )  # fmt: skip
    state = models.CharField(_("state"), max_length=12, choices=StateWord.choices, default=StateWord.NOT_STARTED)
    judgement = models.CharField(_("judgement"), max_length=10, choices=JudgementWord.choices, blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True, validators=[sane_date])
    due_precision = models.CharField(_("how precise"), max_length=10, choices=PRECISIONS, default="day")
    done_on = models.DateField(_("done on"), null=True, blank=True, validators=[sane_date])
    note = models.TextField(_("note"), blank=True, help_text=_("For colleagues; never shown to the public."))
    invented = models.BooleanField(_("status invented for the demo"), default=False, editable=False)

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        verbose_name = _("measure and who does it")
        verbose_name_plural = _("measures and who does them")
        ordering = ["plan", "measure__current_entry__position", "authority"]
        constraints = [
            models.UniqueConstraint(name="participation_once", fields=["measure", "authority"]),
            models.CheckConstraint(
                name="participation_done_if_and_only_if_dated",
                condition=models.Q(state="done", done_on__isnull=False)
                | (~models.Q(state="done") & models.Q(done_on__isnull=True)),
                violation_error_message=_("A measure that is done, and no other, has a date for it."),
            ),
            sane_date_check("due_on", "participation_due_on_sane"),
            sane_date_check("done_on", "participation_done_on_sane"),
        ]
        indexes = [
            models.Index(name="participation_due", fields=["authority", "due_on"]),
            models.Index(
                LastDay("due_on", "due_precision"), name="participation_open_due",
                condition=~models.Q(state__in=["done", "cancelled", "on_hold"]),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.measure)

    @property
    def facts(self) -> rules.MeasureFacts:
        """What decides the standing; bring `milestones` along when asking for many."""
        return rules.MeasureFacts(
            state=rules.State(self.state),
            due=self.due_on,
            due_precision=Precision(self.due_precision),
            judgement=rules.Judgement(self.judgement),
            milestones=tuple(
                rules.MilestoneFacts(m.due_on, Precision(m.due_precision), m.reached_on is not None)
                for m in self.milestones.all()
            ),
        )


@pghistory.track()
class Milestone(Versioned, AuthorityOwned):
    """Milepæl: a step on the way, with a date of stated precision."""

    participation = models.ForeignKey(
        MeasureParticipation, on_delete=models.CASCADE, related_name="milestones", verbose_name=_("measure")
    )
    title = models.CharField(_("title"), max_length=160)
    due_on = models.DateField(_("due"), validators=[sane_date])
    due_precision = models.CharField(_("how precise"), max_length=10, choices=PRECISIONS, default="day")
    reached_on = models.DateField(_("reached"), null=True, blank=True, validators=[sane_date])
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["participation", "due_on"]
        constraints = [
            sane_date_check("due_on", "milestone_due_on_sane"),
            sane_date_check("reached_on", "milestone_reached_on_sane"),
        ]
        indexes = [
            models.Index(
                LastDay("due_on", "due_precision"), name="milestone_open_due",
                condition=models.Q(reached_on__isnull=True),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title
