"""How people sign in at an authority: its services, and the groups that give roles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import CharField
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal import permissions, sealed
from portal.admin.asks_again import AsksAgain
from portal.admin.forms import NamedFormSet, VersionedTenantForm
from portal.admin.tenant import RelatedFilter, TenantAdmin, TenantInline
from portal.integrations import openid
from portal.models import Event, GroupRole, IdentityProvider, Role, Way
from portal.signing_in import groups, service_check

if TYPE_CHECKING:
    from django.http import HttpRequest

ANOTHER_DIRECTORY = frozenset({"tenant", "environment"})
"""What says whose directory it is: identities, sessions and group roles from before belong to another."""


LONG_ID = {"size": 38, "autocomplete": "off", "spellcheck": "false"}
"""Directories' ids have 36 signs; a field shows them all."""


class ProviderForm(VersionedTenantForm):
    """A service with its secret, which is written here and never shown."""

    new_client_secret = forms.CharField(
        label=_("New client secret"), required=False, max_length=300,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"}),
        help_text=_("From the service. Leave it empty to keep the one that is set. It is never shown again."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "tenant" in self.fields:
            self.fields["tenant"].widget = forms.TextInput(attrs=LONG_ID)
        if "environment" in self.fields:
            field: Any = self.fields["environment"]
            taken = openid.environments()
            field.choices = [(value, word) for value, word in field.choices if not value or value in taken]

    def clean(self) -> Any:
        cleaned = super().clean() or {}
        way = cleaned.get("way") or self.instance.way
        self.fits(way == Way.ENTRA, "tenant", _("Entra ID needs the tenant id."), _("Only Entra ID has a tenant id."))
        self.fits(
            way == Way.ANSATTPORTEN, "resource", _("Ansattporten needs the Altinn resource."),
            _("Only Ansattporten has a resource."),
        )  # fmt: skip
        if way != Way.IDPORTEN and cleaned.get("keeps_number_for"):
            self.add_error("keeps_number_for", _("Only ID-porten gives a national identity number."))
        has_secret = bool(cleaned.get("new_client_secret") or self.instance.client_secret)
        if cleaned.get("is_active") and not has_secret and "new_client_secret" not in self.errors:
            self.add_error("new_client_secret", _("Write the client secret, or take away the tick at “in use”."))
        if "is_active" in self.changed_data and not cleaned.get("is_active") and is_only_way_in(self.instance):
            self.add_error("is_active", ONLY_WAY_IN)
        return cleaned

    def fits(self, belongs: bool, name: str, missing: Any, superfluous: Any) -> None:
        """Refuse, beside its field, what one kind of service needs and the others lack."""
        if name in self.errors or name not in self.fields:
            return
        if bool(self.cleaned_data.get(name)) != belongs:
            self.add_error(name, missing if belongs else superfluous)

    def save(self, commit: bool = True) -> Any:
        if secret := self.cleaned_data.get("new_client_secret"):
            self.instance.client_secret = sealed.seal(openid.SECRET, secret)
        return super().save(commit)


ONLY_WAY_IN = _(
    "Passwords are switched off at the authority, so this is the only way in for its staff. Let staff sign in with a "
    "password first."
)


def is_only_way_in(provider: IdentityProvider) -> bool:
    """Say whether staff have no other way in: passwords are off, and this is the authority's Entra ID in use."""
    if provider.pk is None or provider.way != Way.ENTRA:
        return False
    stored = IdentityProvider.objects.filter(pk=provider.pk, is_active=True, authority__password_allowed=False)
    return stored.exists()


class GroupFormSet(NamedFormSet):
    """Groups with roles; where passwords are off, one of them must go on giving the role of leader."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors) or not is_only_way_in(self.instance):
            return
        kept = [form.cleaned_data for form in self.forms if form not in self.deleted_forms]
        if not any(row.get("role") == Role.LEADER for row in kept):
            raise forms.ValidationError(
                _("Passwords are switched off here. Let one group give the role of leader, or everyone is locked out.")
            )


class GroupRoleInline(TenantInline):
    model = GroupRole
    formset = GroupFormSet
    fields = ("group", "role")
    verbose_name_plural = _("groups with roles")
    formfield_overrides = {**TenantInline.formfield_overrides, CharField: {"widget": forms.TextInput(attrs=LONG_ID)}}

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, **{"formset": GroupFormSet, **kwargs})

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field: Any = super().formfield_for_choice_field(db_field, request, **kwargs)
        field.choices = [(value, word) for value, word in field.choices if value != Role.GUEST_OFFICER]
        return field


@admin.register(IdentityProvider)
class IdentityProviderAdmin(AsksAgain, TenantAdmin):
    """The authority's own agreements; its leader and the operator change them, and nobody reads the secret."""

    form = ProviderForm
    asks_before_it_opens = True
    list_display = ("way", "authority", "environment", "is_active", "secret_is")
    list_filter = (("authority", RelatedFilter), "way")
    list_select_related = ("authority",)
    change_form_template = "admin/portal/provider_change_form.html"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("secret_is", "addresses", *(("way",) if obj is not None else ()))

    def sections(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return what the kind of service needs; of a new one that is not known yet."""
        writes = self.has_change_permission(request, obj) if obj is not None else True
        way = obj.way if obj is not None else None
        tenant, resource, number = (
            [name] if way in (None, owner) else []
            for name, owner in (
                ("tenant", Way.ENTRA), ("resource", Way.ANSATTPORTEN), ("keeps_number_for", Way.IDPORTEN)
            )
        )  # fmt: skip
        secret = ["secret_is", "new_client_secret"] if writes else ["secret_is"]
        found = [
            (None, {"fields": ["authority", "way", "environment", "is_active"]}),
            (_("From the service"), {"fields": [*tenant, "client_id", *secret, *resource]}),
            (_("National identity number"), {"fields": number}),
            (_("To register at the service"), {"fields": ["addresses"]}),
        ]
        return [(name, options) for name, options in found if options["fields"]]

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        return [GroupRoleInline] if obj is not None and obj.way == Way.ENTRA else []

    @admin.display(description=_("client secret"))
    def secret_is(self, provider: IdentityProvider) -> str:
        return gettext("is set") if provider.client_secret else gettext("not set")

    @admin.display(description=_("addresses"))
    def addresses(self, provider: IdentityProvider) -> str:
        """Return what the service must know of us; a new row has no addresses yet."""
        if provider.pk is None:
            return gettext("Save first. Then the addresses stand here.")
        front = settings.BASE_URL + reverse("front_channel_logout", args=[provider.pk])
        return format_html(
            "{}: <code>{}</code><br>{}: <code>{}</code><br>{}: <code>{}</code>",
            gettext("Redirect address"), openid.redirect_uri(provider), gettext("Front-channel logout address"), front,
            gettext("Address after signing out"), openid.signed_out_uri(),
        )  # fmt: skip

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Store it; what came from another directory, or from a service that is switched off now, ends."""
        super().save_model(request, obj, form, change)
        now = timezone.now()
        if form.cleaned_data.get("new_client_secret"):
            Event.objects.create(
                authority_id=obj.authority_id, kind="provider.secret_set", subject_type=self.model_label,
                subject_id=obj.pk, actor_id=request.user.pk, at=now,
            )  # fmt: skip
        is_off = "is_active" in form.changed_data and not obj.is_active
        if change and (is_off or ANOTHER_DIRECTORY & set(form.changed_data)):
            groups.start_over(obj, now=now)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Take away at once the roles that no group gives any longer."""
        super().save_related(request, form, formsets, change)
        groups.drop_what_no_group_gives(form.instance, now=timezone.now())

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        """Lead on to where the addresses to register stand, and the groups."""
        text = gettext("The service is saved. Register the addresses below there, then try it.")
        self.message_user(request, text, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:portal_identityprovider_change", args=[obj.pk]))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        if any(is_only_way_in(provider) for provider in objs):
            return [], {}, set(), [str(ONLY_WAY_IN)]
        return super().get_deleted_objects(objs, request)

    def history_of(self, row: Any) -> list[Any]:
        """Return the service and its groups, those that are taken away too."""
        known = GroupRole.pgh_event_model.objects.filter(provider=row.pk)  # type: ignore[attr-defined]
        latest = known.order_by("pgh_obj_id", "-pgh_id").distinct("pgh_obj_id")
        return [row, *(GroupRole(pk=one.pgh_obj_id, provider=row, group=one.group, role=one.role) for one in latest)]

    # ---- trying it ----

    def get_urls(self) -> list[Any]:
        page = self.admin_site.admin_view(self.try_view)
        return [path("<path:object_id>/prov/", page, name="portal_provider_check"), *super().get_urls()]

    def try_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask the service what it is (POST), and say in words how that went."""
        provider = self.get_object(request, object_id)
        if provider is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        permissions.require(self.has_change_permission(request, provider))
        found = service_check.tried(provider) if request.method == "POST" else None
        context = {
            **self.admin_site.each_context(request), "title": gettext("Try the service"), "opts": self.opts,
            "provider": provider, "found": found, "works": found and all(each.is_good for each in found),
            "issuer": openid.issuer_of(provider), "is_offered": openid.is_offered(provider),
        }  # fmt: skip
        return render(request, "admin/portal/check_provider.html", context)
