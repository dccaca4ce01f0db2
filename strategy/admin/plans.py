"""Plans and what stays fixed in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from portal.admin.tenant import RelatedFilter, TenantAdmin, TenantInline
from portal.models import Authority
from strategy.models import ActionPart, Goal, GoalSdg, Plan, PlanParticipant, PlanSdg, Strategy, Tag

if TYPE_CHECKING:
    from django.http import HttpRequest


class PlanParticipantInline(TenantInline):
    model = PlanParticipant
    exclude = ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        # taking part is the explicit link across tenants: any authority may be a member of, or covered by, a plan
        if db_field.name == "authority":
            kwargs["queryset"] = Authority.objects.all()
        return admin.TabularInline.formfield_for_foreignkey(self, db_field, request, **kwargs)

    def authority_of(self, row: Any) -> int | None:
        return row.authority_id if isinstance(row, Plan) else row.plan.authority_id


class PlanSdgInline(TenantInline):
    model = PlanSdg
    fields = ("number", "role")
    exclude = ()


class ActionPartInline(TenantInline):
    model = ActionPart
    fields = ("period_start", "period_end", "adopted_on")
    exclude = ()


@admin.register(Plan)
class PlanAdmin(TenantAdmin):
    list_display = ("title", "authority", "period", "status", "live_view_open")
    list_filter = ("status", ("authority", RelatedFilter))
    list_select_related = ("authority",)
    search_fields = ("title",)
    prepopulated_fields: dict[str, Any] = {}
    fieldsets = (
        (None, {"fields": ("authority", "title", "slug", "period_start", "period_end", "status", "live_view_open")}),
        (_("What it wants"), {"fields": ("vision", "mission", "values", "aim", "superior_plan", "source")}),
        (_("Its own words"), {"fields": ("goal_word", "strategy_word", "measure_word"), "classes": ("collapse",)}),
    )
    inlines = (ActionPartInline, PlanParticipantInline, PlanSdgInline)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {"slug": ("title",)} if obj is None else {}

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj is not None else ()


class OfPlanAdmin(TenantAdmin):
    """A part of one plan: its authority is the plan's, and its plan never changes."""

    authority_from = "plan"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("plan",) if obj is not None else ()


class GoalSdgInline(TenantInline):
    model = GoalSdg
    fields = ("number", "role")


@admin.register(Goal)
class GoalAdmin(OfPlanAdmin):
    list_display = ("__str__", "plan", "owner", "position")
    list_filter = (("plan", RelatedFilter),)
    list_select_related = ("plan", "owner")
    search_fields = ("title", "number")
    fields = ("plan", "number", "title", "description", "owner", "position")
    inlines = (GoalSdgInline,)


@admin.register(Strategy)
class StrategyAdmin(OfPlanAdmin):
    list_display = ("__str__", "goal", "plan", "position")
    list_filter = (("plan", RelatedFilter), ("goal", RelatedFilter))
    list_select_related = ("plan", "goal")
    search_fields = ("title", "number")
    fields = ("plan", "goal", "number", "title", "description", "note", "is_cross_cutting", "position")


@admin.register(Tag)
class TagAdmin(OfPlanAdmin):
    list_display = ("name", "dimension", "parent", "plan")
    list_filter = ("dimension", ("plan", RelatedFilter))
    list_select_related = ("plan", "parent")
    search_fields = ("name",)
    fields = ("plan", "dimension", "parent", "name", "position")
