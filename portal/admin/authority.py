"""Authorities, their units, and who belongs to which region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal import permissions
from portal.admin.asks_again import AsksAgain
from portal.admin.forms import VersionedTenantForm
from portal.admin.tenant import RelatedFilter, TenantAdmin, TenantInline
from portal.integrations import openid
from portal.models import Authority, IdentityProvider, RegionMembership, Role, Unit, Way
from portal.signing_in import step_up

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


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


class AuthorityForm(VersionedTenantForm):
    """An authority's own facts; passwords are switched off only where its leaders have another way in."""

    asked_by: Any = None

    def clean_password_allowed(self) -> bool:
        allowed = bool(self.cleaned_data["password_allowed"])
        is_changed = "password_allowed" in self.changed_data
        if not allowed and is_changed and not self.asked_by.is_superuser and not leaders_have_entra(self.instance):
            raise forms.ValidationError(
                _(
                    "Switched off now, everyone would be locked out, you too. First set up Microsoft Entra ID under "
                    "“Sign-in services”, with a group that gives the role of leader, and try it."
                ),
                code="locked_out",
            )
        return allowed


def leaders_have_entra(authority: Authority) -> bool:
    """Say whether the authority's Entra ID is in use and gives somebody the role of leader."""
    rows = IdentityProvider.objects.filter(authority=authority, way=Way.ENTRA, group_roles__role=Role.LEADER)
    return any(openid.is_offered(row) for row in rows)


@admin.register(Authority)
class AuthorityAdmin(AsksAgain, TenantAdmin):
    list_display = ("name", "kind", "municipality_number", "language_form", "is_listed")
    search_fields = ("name", "municipality_number")
    fieldsets = (
        (None, {"fields": ("name", "slug", "kind", "municipality_number", "number_valid_from", "tagline")}),
        (_("Look and language"), {"fields": ("theme", "language_form")}),
        (_("Contact and law"), {"fields": ("contact_email", "accessibility_url", "complaint_body")}),
        (_("Rules"), {"fields": ("is_listed", "mfa_required", "password_allowed", "how_sure")}),
    )
    form = AuthorityForm

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
        own = () if request.user.is_superuser else ("name", "slug", "kind", "municipality_number", "is_listed")
        return (*own, "how_sure")

    @admin.display(description=_("how citizens show who they are"))
    def how_sure(self, row: Authority) -> str:
        """Return whether the authority runs in trial mode, and what it takes to leave it."""
        ways = step_up.strong_providers(row) if row.pk else []
        if ways:
            return ", ".join(way.get_way_display() for way in ways)
        return gettext(
            "Trial mode: only a code by e-mail, and the pages say so. Set up ID-porten or Ansattporten under “Sign-in "
            "services” before anything binding is taken in."
        )

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.asked_by = request.user
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        permissions.require(request.user.is_superuser or permissions.may_write(request.user, self.model_label, obj.pk))
        admin.ModelAdmin.save_model(self, request, obj, form, change)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Lead one who has just closed the way she came in herself to the one that is open."""
        permissions.forget_roles(request.user)
        if permissions.may_write(request.user, self.model_label, obj.pk):
            return super().response_change(request, obj)
        text = _("It is saved. A password no longer opens your role in %(name)s. Sign in with Microsoft Entra ID.")
        self.message_user(request, text % {"name": obj.full_name}, messages.SUCCESS)
        return redirect("signin_ways", authority=obj.slug)


@admin.register(Unit)
class UnitAdmin(TenantAdmin):
    list_display = ("name", "leader", "authority")
    list_filter = (("authority", RelatedFilter),)
    list_select_related = ("leader", "authority")
    search_fields = ("name",)
    fields = ("authority", "name", "leader")
    export_columns = (("name", _("Name")), ("leader", _("Leader")), ("authority", _("Authority")))
