"""What a plan is built on: how its community was seen, and who has a stake in it."""

from __future__ import annotations

from django.contrib import admin

from portal.admin.tenant import RelatedFilter
from strategy.admin.plans import OfPlanAdmin
from strategy.models import Stakeholder, SwotItem


@admin.register(SwotItem)
class SwotItemAdmin(OfPlanAdmin):
    list_display = ("text", "kind", "subject", "year", "plan")
    list_filter = ("kind", ("plan", RelatedFilter))
    list_select_related = ("plan",)
    search_fields = ("text", "subject")
    fields = ("plan", "subject", "kind", "text", "source", "year", "position")


@admin.register(Stakeholder)
class StakeholderAdmin(OfPlanAdmin):
    list_display = ("name", "interest", "position", "plan")
    list_filter = (("plan", RelatedFilter),)
    list_select_related = ("plan",)
    search_fields = ("name", "interest")
    fields = ("plan", "name", "interest", "position")
