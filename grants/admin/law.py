"""Ceilings and euro rates: everyone at a desk may look, the operator corrects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from grants.models import AidCeiling, ExchangeRate
from portal.admin.tenant import TenantAdmin

if TYPE_CHECKING:
    from django.http import HttpRequest


class LawAdmin(TenantAdmin):
    """Dated rows that hold for the whole portal; what was decided by a row keeps what it said then."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def may_save(self, request: HttpRequest, obj: Any) -> bool:
        return bool(request.user.is_superuser)


@admin.register(AidCeiling)
class AidCeilingAdmin(LawAdmin):
    list_display = ("basis", "valid_from", "amount_eur", "law", "checked_on")
    list_filter = ("basis",)
    ordering = ("basis", "-valid_from")


@admin.register(ExchangeRate)
class ExchangeRateAdmin(LawAdmin):
    list_display = ("day", "nok_per_eur", "source")
    ordering = ("-day",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("day",) if obj is not None else ()
