"""Ways to narrow the list of measures; standing is computed by the one rule, never again in SQL."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.templatetags.portal_tags import standing_word
from strategy import rules
from strategy.models import Goal, MeasureFunding

if TYPE_CHECKING:
    from django.http import HttpRequest


class StandingFilter(admin.SimpleListFilter):
    title = _("standing")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(each.value, standing_word(each.value)) for each in rules.DISPLAY_ORDER]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if not self.value():
            return queryset
        today = timezone.localdate()
        rows = queryset.model.objects.visible_to(request.user).prefetch_related("milestones")
        wanted = [row.pk for row in rows if rules.standing(row.facts, today) == self.value()]
        return queryset.filter(pk__in=wanted)


class GoalFilter(admin.SimpleListFilter):
    """Measures of a goal, whether they lie directly under it or under one of its strategies."""

    title = _("goal")
    parameter_name = "goal"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = Goal.objects.visible_to(request.user).order_by("plan_id", "position")
        return [(str(goal.pk), str(goal)) for goal in rows]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        chosen = self.value() or ""
        if not chosen.isdecimal():
            return queryset
        entry = "measure__current_entry"
        return queryset.filter(Q(**{f"{entry}__goal": chosen}) | Q(**{f"{entry}__strategy__goal": chosen}))


class DueFilter(admin.SimpleListFilter):
    title = _("due date")
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("month", _("Within 30 days")),
            ("quarter", _("Within 90 days")),
            ("none", _("Without")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        today = timezone.localdate()
        choices = {
            "month": Q(due_on__range=(today, today + dt.timedelta(days=30))),
            "quarter": Q(due_on__range=(today, today + dt.timedelta(days=90))),
            "none": Q(due_on__isnull=True),
        }
        return queryset.filter(choices[self.value()]) if self.value() in choices else queryset


class MissingFilter(admin.SimpleListFilter):
    title = _("missing facts")
    parameter_name = "missing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("responsible", _("No one responsible")),
            ("due", _("No due date or milestone")),
            ("money", _("No money")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        funded = MeasureFunding.objects.filter(participation=OuterRef("pk"), state="funded")
        choices = {
            "responsible": Q(unit__isnull=True, person__isnull=True, partner=""),
            "due": Q(due_on__isnull=True, milestones__isnull=True),
            "money": ~Exists(funded),
        }
        return queryset.filter(choices[self.value()]) if self.value() in choices else queryset
