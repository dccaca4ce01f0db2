"""The admin of a tenant's rows: sees, searches, links, exports and changes its own authority's rows only."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import NestedObjects
from django.db import models, router, transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from portal import export, permissions
from portal.admin.forms import (
    InlineForm,
    NamedFormSet,
    TenantForm,
    VersionedInlineForm,
    VersionedListForm,
    VersionedTenantForm,
)
from portal.admin.widgets import NamedAutocomplete
from portal.changes import changes_of
from portal.models import Authority
from portal.models.base import Versioned
from portal.versions import NativeDateInput

if TYPE_CHECKING:
    from django.forms import ModelForm
    from django.http import HttpRequest


def visible(model: type[models.Model], user: Any) -> Any:
    """Return the rows of a model this user may link to; models without owners (none today) would be all."""
    manager = model._default_manager
    return manager.visible_to(user) if hasattr(manager.all(), "visible_to") else manager.all()


class RelatedFilter(admin.RelatedFieldListFilter):
    """A filter whose choices are the user's own rows."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        rows = visible(field.remote_field.model, request.user)
        ordering = field.remote_field.model._meta.ordering
        rows = rows.order_by(*ordering) if ordering else rows
        return [(row.pk, getattr(row, "shown_title", None) or str(row)) for row in rows]


ASKED = frozenset({"exact", "id__exact", "pk__exact", "isnull", "in", "gte", "gt", "lte", "lt", "year", "month", "day"})
"""The ends of lookups that the admin's own filters write into an address."""


class TenantRules:
    """What pages and inlines share: rows, choices and rights follow the user's roles."""

    model: Any
    crosses_tenants: frozenset[str] = frozenset()
    formfield_overrides = {models.DateField: {"widget": NativeDateInput}}

    @property
    def model_label(self) -> str:
        return self.model._meta.label_lower

    def authority_of(self, row: Any) -> int | None:
        """Return the id of the authority that owns a row."""
        return getattr(row, "authority_id", None)

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)  # type: ignore[misc]
        return rows.visible_to(request.user)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "authority":
            writable = permissions.authorities_with(request.user, permissions.writers_of(self.model_label))
            own = Authority.objects.all() if request.user.is_superuser else Authority.objects.filter(pk__in=writable)
            kwargs.setdefault("queryset", own)
        else:
            kwargs.setdefault("queryset", visible(db_field.remote_field.model, request.user))
        if db_field.name in self.get_autocomplete_fields(request):  # type: ignore[attr-defined]
            kwargs.setdefault("widget", NamedAutocomplete(db_field, self.admin_site))  # type: ignore[attr-defined]
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return permissions.may_use_admin(request.user)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return permissions.may_write(request.user, self.model_label)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        owner = self.authority_of(obj) if obj is not None and isinstance(obj, self.model) else None
        return permissions.may_write(request.user, self.model_label, owner)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)


class TenantAdmin(TenantRules, admin.ModelAdmin):
    """A page of the admin for rows that an authority owns."""

    list_per_page = 100
    show_full_result_count = False
    save_on_top = False
    change_list_template = "admin/portal_change_list.html"
    object_history_template = "admin/portal_history.html"
    export_columns: tuple[tuple[Any, str], ...] = ()
    authority_from: str | None = None

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type[ModelForm]:
        base = VersionedTenantForm if issubclass(self.model, Versioned) else TenantForm
        if self.form is admin.ModelAdmin.form:
            kwargs.setdefault("form", base)
        form = super().get_form(request, obj, change=change, **kwargs)
        form.crosses_tenants = self.crosses_tenants
        form.authority_from = self.authority_from
        form.given_authority = self.only_authority(request)
        return form

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> type[ModelForm]:
        kwargs.setdefault("form", VersionedListForm)
        return super().get_changelist_form(request, **kwargs)

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> Any:
        """Ask for the authority only where there is a choice; it never changes afterwards."""
        excluded = list(super().get_exclude(request, obj) or [])
        if self.owner_is_given(request, obj):
            excluded.append("authority")
        return excluded

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        hidden = {"authority"} if self.owner_is_given(request, obj) else set()
        sets = [
            (name, {**options, "fields": [field for field in options["fields"] if field not in hidden]})
            for name, options in self.sections(request, obj)
        ]
        if obj is not None and issubclass(self.model, Versioned) and self.has_change_permission(request, obj):
            first = sets[0][1]["fields"]
            sets[0][1]["fields"] = [*first, *(["seen_version"] if "seen_version" not in first else [])]
        return sets

    def sections(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the page's own fieldsets; the version that was read and the owner are seen to around them."""
        return super().get_fieldsets(request, obj)

    def owner_is_given(self, request: HttpRequest, obj: Any) -> bool:
        return obj is not None or self.authority_from is not None or self.only_authority(request) is not None

    def only_authority(self, request: HttpRequest) -> int | None:
        if request.user.is_superuser:
            return None
        own = permissions.authorities_with(request.user, permissions.writers_of(self.model_label))
        return own[0] if len(own) == 1 else None

    def may_save(self, request: HttpRequest, obj: Any) -> bool:
        """Say whether the user may store this row as it stands now."""
        return permissions.may_write(request.user, self.model_label, self.authority_of(obj))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        permissions.require(self.may_save(request, obj))
        if change and isinstance(obj, Versioned) and not form.has_changed():
            return  # a colleague may have changed it while this page was checked
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Remove first, so that a row's place is free for the one that takes it."""
        rows = formset.save(commit=False)
        for row in formset.deleted_objects:
            row.delete()
        for row in rows:
            row.save()
        formset.save_m2m()

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Let an address ask only what this page's own filters ask.

        Django would allow any column of the row, and so any password hash to be guessed letter by letter.
        """
        for asked in [*self.get_list_filter(request), self.date_hierarchy]:
            if isinstance(asked, type) and issubclass(asked, admin.SimpleListFilter):
                if lookup == asked.parameter_name:
                    return True
                continue
            name = asked[0] if isinstance(asked, tuple) else asked
            if name and (lookup == name or (lookup.startswith(f"{name}__") and lookup[len(name) + 2 :] in ASKED)):
                return True
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the list; an editable one is checked and saved under the same locks."""
        context = {
            "can_export": bool(self.export_columns),
            "title": capfirst(str(self.opts.verbose_name_plural)),
            **(extra_context or {}),
        }
        if not all(chosen.isdecimal() for chosen in request.POST.getlist(ACTION_CHECKBOX_NAME)):
            return redirect(f"{request.path}?e=1")
        with transaction.atomic() if request.method == "POST" else nullcontext():
            return super().changelist_view(request, context)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Refuse, without telling more, to delete rows that another authority's rows depend on."""
        if not request.user.is_superuser:
            collector = NestedObjects(using=router.db_for_write(self.model))
            collector.collect(objs)
            own = set(permissions.casework_authorities(request.user))
            foreign = any(
                getattr(row, "authority_id", None) not in own
                for model, rows in collector.data.items()
                if hasattr(model, "authority_id") and not model._meta.label_lower.endswith("event")
                for row in rows
            )
            if foreign:
                return [], {}, set(), [_("What other authorities have registered here.")]
        return super().get_deleted_objects(objs, request)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Show each change of a row, newest first, raw writes included."""
        row = self.get_object(request, object_id)
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        self.note(request, row, "history")
        context = {
            **self.admin_site.each_context(request),
            "title": _("History: %s") % row,
            "subtitle": None,
            "object": row,
            "opts": self.opts,
            "changes": sorted(
                (
                    {**change, "subject": other}
                    for other in self.history_of(row)
                    for change in changes_of(other, request.user)
                ),
                key=lambda change: change["at"],
                reverse=True,
            ),
            **(extra_context or {}),
        }
        return render(request, self.object_history_template, context)

    def history_of(self, row: Any) -> list[Any]:
        """Return the rows whose history belongs on this row's page."""
        return [row]

    def note(self, request: HttpRequest, row: Any, what: str = "") -> None:
        """Note that this row was seen; only pages of cases do (`portal.admin.seen`)."""

    def note_list(self, request: HttpRequest, rows: Any) -> None:
        """Note that these rows were seen."""

    def get_urls(self) -> list[Any]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        urls = super().get_urls()
        if self.export_columns:
            urls.insert(0, path("eksport/<slug:form>/", self.admin_site.admin_view(self.export_view), name=name))
        return urls

    def export_view(self, request: HttpRequest, form: str) -> HttpResponse:
        """Send exactly the rows the list's filters and search show, in its order, as csv or xlsx."""
        try:
            changelist = self.get_changelist_instance(request)
        except IncorrectLookupParameters:
            return redirect("../../?e=1")
        rows = changelist.get_queryset(request)
        self.note_list(request, rows)
        return export.answer(form, self.opts.model_name, self.export_columns, rows)


class TenantInline(TenantRules, admin.TabularInline):
    """Rows below a page; they belong to the page's authority."""

    extra = 0
    exclude = ("authority", "invented")

    def get_queryset(self, request: HttpRequest) -> Any:
        return admin.TabularInline.get_queryset(self, request)

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        kwargs.setdefault("form", VersionedInlineForm if issubclass(self.model, Versioned) else InlineForm)
        kwargs.setdefault("formset", NamedFormSet)
        formset = super().get_formset(request, obj, **kwargs)
        formset.form.crosses_tenants = self.crosses_tenants
        return formset

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_fields(request, obj)
        if issubclass(self.model, Versioned) and "seen_version" not in fields:
            return [*fields, "seen_version"]
        return fields

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return permissions.may_write(request.user, self.model_label, self.authority_of(obj) if obj else None)
