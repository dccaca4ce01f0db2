"""Templates of the way a case goes, so that nobody types the same steps twice."""

from __future__ import annotations

from typing import Any, Self

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal import permissions
from portal.models.base import AuthorityOwned, NorwegianKey, TenantQuerySet, Versioned
from portal.models.case import CaseStep


class PathTemplateQuerySet(TenantQuerySet):
    def usable_by(self, user: Any) -> Self:
        """Keep one's own templates and those that others share."""
        if user.is_superuser:
            return self
        return self.filter(models.Q(authority_id__in=permissions.casework_authorities(user)) | models.Q(is_shared=True))


@pghistory.track()
class PathTemplate(Versioned, AuthorityOwned):
    """Mal for saksgang: the steps that cases of one kind go through."""

    name = models.CharField(_("name"), max_length=120)
    is_shared = models.BooleanField(_("others may use it"), default=False)

    objects = PathTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("path template")
        verbose_name_plural = _("path templates")
        ordering = [NorwegianKey("name")]
        constraints = [
            models.UniqueConstraint(
                name="path_template_name_once", fields=["authority", "name"],
                violation_error_message=_("A template with this name exists already."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class PathTemplateStep(AuthorityOwned):
    """Steg i mal for saksgang: one treatment, or one per member council of the region."""

    template = models.ForeignKey(
        PathTemplate, on_delete=models.CASCADE, related_name="steps", verbose_name=_("template")
    )
    stage = models.PositiveSmallIntegerField(_("stage"), default=1)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    activity = models.CharField(_("activity"), max_length=20, choices=CaseStep.Activity.choices)
    description = models.CharField(_("what happens"), max_length=200, blank=True)
    body_kind = models.CharField(
        _("kind of body"), max_length=20, blank=True, help_text=_("The authority’s own body of this kind.")
    )
    actor = models.CharField(_("actor"), max_length=160, blank=True, help_text=_("Where no body treats it."))
    each_member = models.BooleanField(
        _("once for each member’s council"), default=False, help_text=_("For a region: one step per municipality.")
    )
    starts_month = models.PositiveSmallIntegerField(
        _("starts in month no."), null=True, blank=True, help_text=_("1 is the month the case starts.")
    )
    ends_month = models.PositiveSmallIntegerField(_("ends in month no."), null=True, blank=True)

    class Meta:
        verbose_name = _("step of path template")
        verbose_name_plural = _("steps of path template")
        ordering = ["template", "stage", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="path_step_has_actor",
                condition=~models.Q(body_kind="") | ~models.Q(actor="") | models.Q(each_member=True),
                violation_error_message=_("Choose a kind of body or write who acts."),
            ),
            models.CheckConstraint(
                name="path_step_period",
                condition=models.Q(ends_month__isnull=True)
                | models.Q(starts_month__isnull=True)
                | models.Q(ends_month__gte=models.F("starts_month")),
                violation_error_message=_("The step ends before it starts."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_activity_display()} {self.actor}".strip()
