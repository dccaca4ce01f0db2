"""Bodies, cases, their steps and documents."""

from __future__ import annotations

import hashlib
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from portal import outbox, permissions
from portal.admin.forms import TenantForm
from portal.admin.tenant import RelatedFilter, TenantAdmin, TenantInline
from portal.models import Body, BodyMembership, Case, CaseRelation, CaseStep, Document, RegionMembership

if TYPE_CHECKING:
    from django.http import HttpRequest


class BodyMembershipInline(TenantInline):
    model = BodyMembership


@admin.register(Body)
class BodyAdmin(TenantAdmin):
    list_display = ("name", "kind", "seats", "authority")
    list_filter = ("kind", ("authority", RelatedFilter))
    list_select_related = ("authority",)
    search_fields = ("name",)
    fields = ("authority", "name", "kind", "founded_on", "seats")
    inlines = (BodyMembershipInline,)
    export_columns = (("name", _("Name")), ("get_kind_display", _("Kind")), ("seats", _("Number of members")))


@admin.register(BodyMembership)
class BodyMembershipAdmin(TenantAdmin):
    list_display = ("__str__", "capacity", "is_chair", "valid_from", "valid_to")
    list_filter = ("capacity", ("body", RelatedFilter))
    list_select_related = ("user", "body")
    search_fields = ("display_name", "user__name", "body__name")
    autocomplete_fields = ("body",)
    fields = ("body", "user", "display_name", "capacity", "is_chair", "valid_from", "valid_to")
    authority_from = "body"


class TreatedByMixin:
    """A step's body: one's own, or one of the members of one's region, whose councils treat the region's plans."""

    crosses_tenants = frozenset({"body"})

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "body" and not request.user.is_superuser:
            own = permissions.casework_authorities(request.user)
            members = RegionMembership.objects.current(timezone.localdate()).filter(region__in=own)
            used = CaseStep.objects.visible_to(request.user)
            kwargs["queryset"] = Body.objects.filter(
                Q(authority__in=own) | Q(authority__in=members.values("member")) | Q(pk__in=used.values("body"))
            ).select_related("authority")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]


class CaseStepInline(TreatedByMixin, TenantInline):
    model = CaseStep
    fields = ("stage", "body", "actor", "activity", "starts_on", "ends_on", "precision", "outcome")
    show_change_link = True


class CaseRelationInline(TenantInline):
    model = CaseRelation
    fk_name = "case"
    autocomplete_fields = ("related",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(related__in=Case.objects.visible_to(request.user))


@admin.register(Case)
class CaseAdmin(TenantAdmin):
    list_display = ("title", "reference", "external_number", "officer", "opened_on", "access")
    list_filter = ("access", ("officer", RelatedFilter), ("authority", RelatedFilter))
    list_select_related = ("officer",)
    search_fields = ("title", "reference", "external_number")
    date_hierarchy = "opened_on"
    fieldsets = (
        (None, {"fields": ("authority", "title", "reference", "officer", "opened_on", "closed_on")}),
        (_("In the case and archive system"), {"fields": ("external_system", "external_number")}),
        (_("Access"), {"fields": ("access", "access_basis", "public_title")}),
    )
    inlines = (CaseStepInline, CaseRelationInline)
    export_columns = (
        ("reference", _("Reference")), ("title", _("Title")), ("external_number", _("Number in the archive")),
        ("officer.name", _("Officer")), ("opened_on", _("Opened")), ("closed_on", _("Closed")),
    )  # fmt: skip

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # cases are kept under the archive plan (arkivlova § 12, checked 2026-11-20)


@admin.register(CaseStep)
class CaseStepAdmin(TreatedByMixin, TenantAdmin):
    list_display = ("case", "stage", "__str__", "starts_on", "precision", "outcome")
    list_filter = ("activity", "outcome", ("case", RelatedFilter))
    list_select_related = ("case", "body")
    search_fields = ("case__title", "description", "actor", "item_number")
    autocomplete_fields = ("case",)
    authority_from = "case"
    fieldsets = (
        (None, {"fields": ("case", "stage", "position", "activity", "body", "actor", "description")}),
        (_("When"), {"fields": ("starts_on", "ends_on", "precision")}),
        (_("The body's own numbers"), {"fields": ("case_number", "item_number")}),
        (_("Recommendation"), {"fields": ("director_recommendation", "rapporteur_recommendation")}),
        (_("From the official protocol"), {"fields": ("outcome", "resolution", "votes")}),
    )


class DocumentForm(TenantForm):
    """A new document: its file is hashed, its name cleaned, its size limited."""

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size == 0:
            raise ValidationError(_("The file is empty. Choose another."), code="empty")
        if upload.size > settings.DOCUMENT_MAX_BYTES:
            raise ValidationError(
                _("The file is %(size)s. The largest we take is %(limit)s.")
                % {"size": filesizeformat(upload.size), "limit": filesizeformat(settings.DOCUMENT_MAX_BYTES)},
                code="too_large",
            )
        return upload

    def save(self, commit: bool = True) -> Document:
        upload: forms.Field | Any = self.cleaned_data.get("file")
        if self.instance.pk is None and upload is not None:
            digest = hashlib.sha256()
            for chunk in upload.chunks():
                digest.update(chunk)
            upload.seek(0)
            self.instance.sha256 = digest.hexdigest()
            self.instance.size = upload.size
            self.instance.content_type = (upload.content_type or "")[:100]
            self.instance.filename = outbox.one_line(PurePath(upload.name.replace("\\", "/")).name, 120)
        return super().save(commit)


@admin.register(Document)
class DocumentAdmin(TenantAdmin):
    """Documents are added and marked, never changed and never removed."""

    form = DocumentForm
    list_display = ("title", "case", "direction", "dated_on", "access", "archive_status", "download")
    list_filter = ("direction", "access", "archive_status")
    list_select_related = ("case",)
    search_fields = ("title", "case__title", "filename")
    autocomplete_fields = ("case",)
    authority_from = "case"
    add_fields = ("case", "title", "direction", "dated_on", "file", "access", "access_basis", "public_title")
    fixed = ("case", "title", "direction", "dated_on", "filename", "size", "sha256", "registered_at", "download")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        marks = ("access", "access_basis", "public_title", "archive_status", "archive_receipt")
        return self.add_fields if obj is None else (*self.fixed, *marks)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return () if obj is None else self.fixed

    def get_autocomplete_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return self.autocomplete_fields

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("file"))
    def download(self, row: Document) -> str:
        return format_html('<a href="{}">{}</a>', reverse("document", args=[row.pk]), row.filename)
