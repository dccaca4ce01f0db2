"""A measure's wording in an action part, and the measure itself: reached from the list of measures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from portal.admin.tenant import TenantAdmin, TenantInline
from strategy.models import ActionPart, Measure, MeasureEntry, MeasureTag

if TYPE_CHECKING:
    from django.http import HttpRequest


@admin.register(MeasureEntry)
class MeasureEntryAdmin(TenantAdmin):
    list_display = ("__str__", "strategy", "goal", "action_part", "position", "change")
    list_select_related = ("strategy", "goal", "action_part")
    search_fields = ("title", "number")
    authority_from = "plan"
    readonly_fields = ("plan", "action_part")
    fields = ("plan", "action_part", "goal", "strategy", "number", "title", "description", "position", "change",
              "change_reason")  # fmt: skip

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # a measure is added with its wording, from the list of measures

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say no to wordings that a later action part has replaced: they are history."""
        if isinstance(obj, MeasureEntry) and ActionPart.objects.filter(
            replaces=obj.action_part_id, adopted_on__isnull=False
        ).exists():  # fmt: skip
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class MeasureTagInline(TenantInline):
    model = MeasureTag
    exclude = ("plan",)

    def authority_of(self, row: Any) -> int | None:
        return row.authority_id if isinstance(row, Measure) else row.plan.authority_id


@admin.register(Measure)
class MeasureAdmin(TenantAdmin):
    list_display = ("__str__", "plan")
    list_select_related = ("plan", "current_entry__strategy")
    search_fields = ("current_entry__title", "current_entry__number")
    fields = ("plan", "current_entry")
    readonly_fields = ("plan", "current_entry")
    inlines = (MeasureTagInline,)
    authority_from = "plan"

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
