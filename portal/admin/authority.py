"""Authorities, their units, and who belongs to which region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from portal import permissions
from portal.admin.tenant import RelatedFilter, TenantAdmin, TenantInline
from portal.models import Authority, RegionMembership, Unit

if TYPE_CHECKING:
    from django.http import HttpRequest


class RegionMembershipInline(TenantInline):
    model = RegionMembership
    fk_name = "region"
    exclude = ()
    verbose_name_plural = _("members of the region")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        # membership is the explicit link across tenants: any municipality may be a member
        kwargs["queryset"] = Authority.objects.filter(kind=Authority.Kind.MUNICIPALITY)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)  # it shows on the member's own page, so no region decides it alone

    has_add_permission = has_delete_permission = has_change_permission


@admin.register(Authority)
class AuthorityAdmin(TenantAdmin):
    list_display = ("name", "kind", "municipality_number", "language_form", "is_listed")
    search_fields = ("name", "municipality_number")
    fieldsets = (
        (None, {"fields": ("name", "slug", "kind", "municipality_number", "number_valid_from", "tagline")}),
        (_("Look and language"), {"fields": ("theme", "language_form")}),
        (_("Contact and law"), {"fields": ("contact_email", "accessibility_url", "complaint_body")}),
        (_("Rules"), {"fields": ("is_listed", "mfa_required")}),
    )

    def authority_of(self, row: Any) -> int | None:
        return row.pk if row is not None else None

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        return [RegionMembershipInline] if obj is not None and obj.kind == Authority.Kind.REGION else []

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What an address or a register hangs on is the operator's to change."""
        return () if request.user.is_superuser else ("name", "slug", "kind", "municipality_number", "is_listed")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        permissions.require(request.user.is_superuser or permissions.may_write(request.user, self.model_label, obj.pk))
        admin.ModelAdmin.save_model(self, request, obj, form, change)


@admin.register(Unit)
class UnitAdmin(TenantAdmin):
    list_display = ("name", "leader", "authority")
    list_filter = (("authority", RelatedFilter),)
    list_select_related = ("leader", "authority")
    search_fields = ("name",)
    fields = ("authority", "name", "leader")
    export_columns = (("name", _("Name")), ("leader", _("Leader")), ("authority", _("Authority")))
