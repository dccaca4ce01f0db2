"""People and the roles they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal import outbox, permissions
from portal.admin.asks_again import AsksAgain
from portal.admin.forms import TenantForm
from portal.admin.tenant import RelatedFilter, TenantAdmin
from portal.models import Authority, Membership, User
from portal.signing_in import accounts

if TYPE_CHECKING:
    from django.http import HttpRequest


@admin.register(User)
class UserAdmin(AsksAgain, TenantAdmin):
    """Seen by colleagues, so that they can be chosen; changed by the operator only."""

    search_fields = ("name", "email")
    readonly_fields = ("last_login",)
    ordering = ("name",)

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        return ("name", "email", "is_active", "last_login") if request.user.is_superuser else ("name", "email")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if request.user.is_superuser:
            return ("name", "email", "language", "is_active", "is_superuser", "last_login")
        return ("name", "email")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Let the address at sign-in follow the user's own; the old one opens nothing."""
        super().save_model(request, obj, form, change)
        if "email" in form.changed_data:
            accounts.move_address(obj, obj.email.lower())

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class InviteForm(TenantForm):
    """Give a role by e-mail address: who is new here gets an account without a password, and a mail."""

    email = forms.EmailField(label=_("E-mail"))
    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("Used only when the person is new here."))
    field_order = ("authority", "email", "name", "role", "case", "valid_from", "valid_to")

    class Meta:
        model = Membership
        exclude = ("user",)

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        user = accounts.holder_of(email)
        if user is not None and user.is_superuser:
            raise forms.ValidationError(_("This address cannot be given a role."), code="operator")
        self.instance.user = user
        return email

    def save(self, commit: bool = True) -> Membership:
        if self.instance.user_id is None:
            self.instance.user, _is_new = accounts.make(self.cleaned_data["email"], self.cleaned_data["name"])
        return super().save(commit)


BY_HAND, FROM_GROUPS = _("by hand"), _("from groups")


def comes_from(row: Membership) -> str:
    """Say whether a person gave the role, or the directory's groups do."""
    return str(FROM_GROUPS if row.provider_id else BY_HAND)


class ComesFrom(admin.SimpleListFilter):
    """Roles given by hand, or by groups in the authority's directory."""

    title = _("where it comes from")
    parameter_name = "fra"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("hand", BY_HAND), ("grupper", FROM_GROUPS)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        asked = self.value()
        return queryset.filter(provider__isnull=asked == "hand") if asked in ("hand", "grupper") else queryset


@admin.register(Membership)
class MembershipAdmin(AsksAgain, TenantAdmin):
    """Roles; those from groups are shown, and changed in the directory only."""

    list_display = ("user", "role", "authority", "valid_from", "valid_to", "comes_from")
    list_filter = ("role", ComesFrom, ("authority", RelatedFilter))
    list_select_related = ("user", "authority")
    search_fields = ("user__name", "user__email")
    readonly_fields = ("user",)
    export_columns = (
        ("user.name", _("Name")), ("user.email", _("E-mail")), ("get_role_display", _("Role")),
        ("valid_from", _("From")), ("valid_to", _("To")), (comes_from, _("Where it comes from")),
    )  # fmt: skip

    @admin.display(description=_("where it comes from"), ordering="provider")
    def comes_from(self, row: Membership) -> str:
        return comes_from(row)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        follows = obj is not None and obj.provider_id is not None
        return not follows and super().has_change_permission(request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Refuse to remove roles from groups by hand: the next sign-in would give them back."""
        if any(row.provider_id is not None for row in objs):
            return [], {}, set(), [gettext("Roles from groups. Take the person out of the group instead.")]
        return super().get_deleted_objects(objs, request)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if not change:
            kwargs["form"] = InviteForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ("authority", "email", "name", "role", "case", "valid_from", "valid_to")
        return ("user", "role", "case", "valid_from", "valid_to", "comes_from")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("user", "comes_from") if obj is not None else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Store the role and tell its holder, in one transaction; one that groups give is not touched."""
        permissions.require(obj.provider_id is None)
        super().save_model(request, obj, form, change)
        if not change:
            authority = Authority.objects.get(pk=obj.authority_id)
            outbox.notify(
                obj.user, kind="role_given", subject=obj, authority=authority, template="role_given",
                title=lambda: _("You have a new role in %s") % authority.full_name,
                link=reverse("account_login"), link_text=_("Sign in"), role=obj.get_role_display,
                set_password=not (obj.user.has_usable_password() or obj.user.identities.exists()),
            )  # fmt: skip
