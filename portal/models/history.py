"""What happened, and when the machinery last gave a sign of life."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.models.base import TenantQuerySet


class Event(models.Model):
    """Hendelse: a line of history that is only ever added to; it outlives its user and holds no personal facts."""

    authority = models.ForeignKey(
        "portal.Authority", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("authority"),
    )  # fmt: skip
    case = models.ForeignKey(
        "portal.Case",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="happenings",
        verbose_name=_("case"),
    )
    kind = models.CharField(_("kind"), max_length=60)
    subject_type = models.CharField(_("about"), max_length=60, blank=True)
    subject_id = models.BigIntegerField(_("about no."), null=True, blank=True)
    actor_id = models.BigIntegerField(_("by user no."), null=True, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)
    facts = models.JSONField(_("facts"), default=dict, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="event_on_case_has_owner",
                condition=models.Q(case__isnull=True) | models.Q(authority__isnull=False),
            )
        ]
        indexes = [models.Index(name="event_subject", fields=["subject_type", "subject_id"])]

    def __str__(self) -> str:
        return self.kind


class Heartbeat(models.Model):
    """Livstegn: when a part of the machinery last did its round."""

    name = models.CharField(primary_key=True, max_length=40)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Run(models.Model):
    """Kjøring: one round of the machinery (sweep, daily mail, cleaning), when, and what came of it."""

    name = models.CharField(_("what"), max_length=40)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    counts = models.JSONField(_("counts"), default=dict)
    error = models.CharField(_("error"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering = ["-started_at", "-pk"]
        indexes = [models.Index(name="run_latest", fields=["name", "-started_at"])]

    def __str__(self) -> str:
        return f"{self.name} {self.started_at:%Y-%m-%d %H:%M}"


class CalendarDay(models.Model):
    """Kalenderdag: a day, whether Norway works on it, and the last working day up to it.

    The sweep's own copy of `portal.calendar`, filled by `portal.calendar_days`; nobody edits it.
    """

    day = models.DateField(primary_key=True)
    is_working = models.BooleanField()
    working_before = models.DateField()

    def __str__(self) -> str:
        return str(self.day)


class DemoLoad(models.Model):
    """Demolast: what a version of the demo data wrote, so that a later one never touches what a user changed."""

    key = models.CharField(primary_key=True, max_length=200)
    content_hash = models.CharField(max_length=64)
    version = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.key
