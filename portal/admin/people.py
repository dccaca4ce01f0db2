"""People and the roles they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal import outbox
from portal.admin.forms import TenantForm
from portal.admin.tenant import RelatedFilter, TenantAdmin
from portal.models import Authority, Membership, Organisation, User

if TYPE_CHECKING:
    from django.http import HttpRequest


@admin.register(User)
class UserAdmin(TenantAdmin):
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
            EmailAddress.objects.filter(user=obj).delete()
            EmailAddress.objects.create(user=obj, email=obj.email.lower(), primary=True, verified=True)

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
        user = holder_of(email)
        if user is not None and user.is_superuser:
            raise forms.ValidationError(_("This address cannot be given a role."), code="operator")
        self.instance.user = user
        return email

    def save(self, commit: bool = True) -> Membership:
        if self.instance.user_id is None:
            self.instance.user = make_account(self.cleaned_data["email"], self.cleaned_data["name"])
        return super().save(commit)


def holder_of(email: str) -> User | None:
    """Return who signs in with this address, whether it is her first or another she has verified."""
    verified = EmailAddress.objects.filter(email__iexact=email, verified=True).values("user_id")
    return User.objects.filter(Q(email__iexact=email) | Q(pk__in=verified)).first()


def make_account(email: str, name: str) -> User:
    """Make an account without a password; a colleague vouches for the address. Two at once make one."""
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, None, name=name)
            EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
            return user
    except IntegrityError:
        return User.objects.get(email=email)


@admin.register(Membership)
class MembershipAdmin(TenantAdmin):
    list_display = ("user", "role", "authority", "valid_from", "valid_to")
    list_filter = ("role", ("authority", RelatedFilter))
    list_select_related = ("user", "authority")
    search_fields = ("user__name", "user__email")
    readonly_fields = ("user",)
    export_columns = (
        ("user.name", _("Name")), ("user.email", _("E-mail")), ("get_role_display", _("Role")),
        ("valid_from", _("From")), ("valid_to", _("To")),
    )  # fmt: skip

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if not change:
            kwargs["form"] = InviteForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ("authority", "email", "name", "role", "case", "valid_from", "valid_to")
        return ("user", "role", "case", "valid_from", "valid_to")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("user",) if obj is not None else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Store the role and tell its holder, in one transaction."""
        super().save_model(request, obj, form, change)
        if not change:
            authority = Authority.objects.get(pk=obj.authority_id)
            outbox.notify(
                obj.user, kind="role_given", subject=obj, authority=authority, template="role_given",
                title=lambda: _("You have a new role in %s") % authority.full_name,
                link=reverse("account_login"), link_text=_("Sign in"), role=obj.get_role_display,
                set_password=not obj.user.has_usable_password(),
            )  # fmt: skip


@admin.register(Organisation)
class OrganisationAdmin(TenantAdmin):
    list_display = ("name", "number", "form", "email")
    search_fields = ("name", "number")
    fields = ("authority", "name", "number", "form", "email")
    export_columns = (("name", _("Name")), ("number", _("Organisation number")), ("form", _("Form")))
