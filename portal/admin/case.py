"""Bodies, cases, their steps and documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal import case_path, permissions, uploads
from portal.access_log import is_watched
from portal.admin.access_log import may_watch
from portal.admin.forms import TenantForm
from portal.admin.guests import GuestsWork
from portal.admin.impartial import AsksImpartiality, OpensImpartially
from portal.admin.path_pages import PathPages
from portal.admin.seen import NotesWhoSaw
from portal.admin.steps import DECIDED, WEIGHS, ResolutionsMixin, StepForm, StepFormSet, StepInlineForm, why_it_stays
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


def named(body: Body, *, is_own: bool) -> str:
    """Return a body's name in a list where several authorities have one of that name."""
    return case_path.who_treats(body.name, body.authority.name, "", is_own=is_own)


class TreatedByMixin:
    """A step's body: one's own, or one of the members of one's region, whose councils treat the region's plans."""

    crosses_tenants = frozenset({"body"})

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "body" and not request.user.is_superuser:
            own = permissions.authorities_with(request.user, {*permissions.CASEWORK, permissions.GUEST})
            members = RegionMembership.objects.current(timezone.localdate()).filter(region__in=own)
            used = CaseStep.objects.visible_to(request.user)
            kwargs["queryset"] = Body.objects.filter(
                Q(authority__in=own) | Q(authority__in=members.values("member")) | Q(pk__in=used.values("body"))
            )
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]
        if db_field.name == "body":
            field.queryset = field.queryset.select_related("authority").order_by("authority__name", "name")
            own = permissions.casework_authorities(request.user)
            field.label_from_instance = lambda body: named(body, is_own=len(own) == 1 and body.authority_id in own)
        return field


class CaseStepInline(TreatedByMixin, TenantInline):
    """A case's steps, few enough fields a row to be read; dates, papers and the resolution stand on the step's page."""

    model = CaseStep
    fields = ("stage", "body", "actor", "activity", "when", "outcome")
    readonly_fields = ("when",)
    show_change_link = True

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, form=StepInlineForm, formset=StepFormSet, **kwargs)

    @admin.display(description=_("when"))
    def when(self, step: CaseStep) -> str:
        """Return the step's dates as precisely as they were stated."""
        if step.pk is None:
            return gettext("on the step’s own page, when it is saved")
        return case_path.when(step) or gettext("date not given")


class CaseRelationInline(TenantInline):
    model = CaseRelation
    fk_name = "case"
    autocomplete_fields = ("related",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(related__in=Case.objects.visible_to(request.user))


@admin.register(Case)
class CaseAdmin(OpensImpartially, NotesWhoSaw, PathPages, ResolutionsMixin, TenantAdmin):
    case_is_at = ""
    change_form_template = "admin/portal/case_change_form.html"
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

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, obj: Any = None, **more: Any) -> Any:
        if obj is not None and is_watched(obj) and may_watch(request.user, obj.authority_id):
            seen = reverse("admin:portal_accesslog_changelist")
            context["seen_by"] = f"{seen}?case__id__exact={obj.pk}"
        context["is_guest"] = obj is not None and permissions.is_guest_in(request.user, obj.pk)
        return super().render_change_form(request, context, *args, obj=obj, **more)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        if formset.model is CaseStep and (
            formset.deleted_objects or any(WEIGHS & set(row.changed_data) for row in formset.forms)
        ):
            self.settle(request, [form.instance])


@admin.register(CaseStep)
class CaseStepAdmin(AsksImpartiality, NotesWhoSaw, ResolutionsMixin, TreatedByMixin, GuestsWork, TenantAdmin):
    form = StepForm
    guests_change = True
    list_display = ("case", "stage", "__str__", "starts_on", "precision", "outcome")
    list_filter = ("activity", "outcome", ("case", RelatedFilter))
    list_select_related = ("case", "body")
    search_fields = ("case__title", "description", "actor", "item_number")
    autocomplete_fields = ("case",)
    authority_from = "case"
    fieldsets = (
        (None, {"fields": ("case", "stage", "position", "activity", "body", "actor", "description")}),
        (_("When"), {"fields": ("starts_on", "ends_on", "precision", "papers_due_on", "papers_sent_on")}),
        (_("The body's own numbers"), {"fields": ("case_number", "item_number")}),
        (_("Recommendation"), {"fields": ("director_recommendation", "rapporteur_recommendation")}),
        (_("From the official protocol"), {"fields": ("outcome", "decided_on", "resolution", "votes")}),
    )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        before = CaseStep.objects.select_related("case").filter(pk=obj.pk).first() if change else None
        super().save_model(request, obj, form, change)
        if not change or WEIGHS & set(form.changed_data):
            self.settle(request, [obj.case, *([before.case] if before else [])])
        if obj.outcome in DECIDED and obj.decided_on is None:
            self.message_user(
                request, _("The day of the resolution is not given. Add it when you know."), messages.WARNING
            )

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Refuse to delete steps that something rests on, and say why."""
        *found, protected = super().get_deleted_objects(objs, request)
        return (*found, [*protected, *(text for step in objs for text in why_it_stays(step))])

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        case = obj.case
        super().delete_model(request, obj)
        self.settle(request, [case])

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        cases = list(Case.objects.filter(steps__in=queryset).distinct())
        super().delete_queryset(request, queryset)
        self.settle(request, cases)


class DocumentForm(TenantForm):
    """A new document: its file is what its name says, hashed, its name cleaned, its size limited."""

    def clean_file(self) -> Any:
        self.checked = uploads.check(self.cleaned_data["file"], limit=settings.DOCUMENT_MAX_BYTES)
        return self.checked.content

    def save(self, commit: bool = True) -> Document:
        if self.instance.pk is None:
            for name in ("sha256", "size", "content_type", "filename"):
                setattr(self.instance, name, getattr(self.checked, name))
        return super().save(commit)


@admin.register(Document)
class DocumentAdmin(AsksImpartiality, NotesWhoSaw, GuestsWork, TenantAdmin):
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
