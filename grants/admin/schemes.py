"""Schemes with their cases and measures, their statutes by version, and what they ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from grants.admin.forms import ConditionForm, SchemeForm, ServedMeasureForm, ServedMeasureFormSet, StatutesForm
from grants.models import Condition, Scheme, SchemeCase, SchemeStatutes, ServedMeasure
from portal import permissions
from portal.admin.tenant import RelatedFilter, TenantAdmin, TenantInline
from strategy.models import Measure, PlanParticipant

if TYPE_CHECKING:
    from django.http import HttpRequest


class SchemeCaseInline(TenantInline):
    model = SchemeCase
    fields = ("case", "purpose")
    autocomplete_fields = ("case",)


class ServedMeasureInline(TenantInline):
    """The measures a scheme serves; a region's plan may be another authority's."""

    model = ServedMeasure
    fields = ("measure", "line", "is_main")
    crosses_tenants = frozenset({"measure"})

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(
            request, obj, **{"form": ServedMeasureForm, "formset": ServedMeasureFormSet, **kwargs}
        )

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "measure":
            own = PlanParticipant.objects.exclude(role=PlanParticipant.Role.COVERED)
            if not request.user.is_superuser:
                own = own.filter(authority__in=permissions.casework_authorities(request.user))
            measures = Measure.objects.filter(plan__in=own.values("plan"))
            kwargs["queryset"] = measures.select_related("current_entry").order_by(
                "plan", "current_entry__position", "pk"
            )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Choose among what there is: neither measures nor lines are made or deleted here."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        for way in ("can_add_related", "can_change_related", "can_delete_related", "can_view_related"):
            if field is not None and hasattr(field.widget, way):
                setattr(field.widget, way, False)
        return field


@admin.register(Scheme)
class SchemeAdmin(TenantAdmin):
    form = SchemeForm
    list_display = ("name", "kind", "first_year", "last_year", "is_public", "authority")
    list_filter = (("authority", RelatedFilter), "kind", "is_public")
    list_select_related = ("authority",)
    search_fields = ("name", "purpose", "legal_basis")
    inlines = (SchemeCaseInline, ServedMeasureInline)
    export_columns = (
        ("name", _("Name")), ("get_kind_display", _("Kind")), ("purpose", _("Purpose")),
        ("legal_basis", _("Legal basis")), ("first_year", _("First year")), ("last_year", _("Last year")),
        ("is_public", _("Shown to everyone")), ("source", _("Source")),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("authority")

    def sections(self, request: HttpRequest, obj: Any = None) -> Any:
        what = ("authority", "name", "slug", "kind", "purpose", "legal_basis", "first_year", "last_year", "is_public")
        return [
            (None, {"fields": (*what, "source", *(("pages",) if obj is not None else ()))}),
            (_("Accounting"), {"fields": ("dimensions",)}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("pages",) if obj is not None else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {"slug": ("name",)} if obj is None else {}

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj is not None else ()

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Let a measure that no longer is the main one make room before another becomes it."""
        if formset.model is ServedMeasure:
            formset.save(commit=False)
            for row in formset.deleted_objects:
                row.delete()
            changed = sorted((each.instance for each in formset.forms if each.has_changed()), key=lambda r: r.is_main)
            for row in changed:
                if row.measure_id and row not in formset.deleted_objects:
                    row.save()
            return
        super().save_formset(request, form, formset, change)

    @admin.display(description=_("more about it"))
    def pages(self, row: Scheme) -> str:
        """Lead to what lies on pages of its own."""
        links = [
            (f"{reverse('admin:grants_schemestatutes_changelist')}?scheme__id__exact={row.pk}", gettext("Statutes")),
            (f"{reverse('admin:grants_condition_changelist')}?scheme__id__exact={row.pk}", gettext("Conditions")),
            (f"{reverse('budget_lines', args=[row.authority.slug])}?ordning={row.pk}", gettext("Budget lines")),
            (reverse("money", args=[row.authority.slug]), gettext("Money")),
        ]
        return format_html(" · ".join(['<a href="{}">{}</a>'] * len(links)), *(part for link in links for part in link))


class OfSchemeAdmin(TenantAdmin):
    """A part of one scheme: its authority is the scheme's, and its scheme never changes."""

    authority_from = "scheme"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("scheme",) if obj is not None else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with the scheme the list was narrowed to."""
        asked = request.GET.get("_changelist_filters", "")
        key = asked.partition("scheme__id__exact=")[2].partition("&")[0]
        return {**({"scheme": key} if key.isdecimal() else {}), **super().get_changeform_initial_data(request)}


@admin.register(SchemeStatutes)
class SchemeStatutesAdmin(OfSchemeAdmin):
    """Statutes by version; an adopted one is read, and followed by a new one."""

    form = StatutesForm
    list_display = ("scheme", "version", "valid_from", "adopted_in")
    list_filter = (("scheme", RelatedFilter),)
    list_select_related = ("scheme", "adopted_in__body")
    search_fields = ("scheme__name", "text")
    autocomplete_fields = ("adopted_in",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("scheme", "adopted_in__body")

    def sections(self, request: HttpRequest, obj: Any = None) -> Any:
        return [(None, {"fields": ("scheme", "version", "text", "valid_from", "adopted_in", "document")})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("scheme", "version") if obj is not None else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_adopted = isinstance(obj, SchemeStatutes) and obj.adopted_in_id is not None
        return super().has_change_permission(request, obj) and not (is_adopted and self.stands(obj))

    def stands(self, row: SchemeStatutes) -> bool:
        """Say whether the version is adopted in the database, and not only in the form that adopts it."""
        return SchemeStatutes.objects.filter(pk=row.pk, adopted_in__isnull=False).exists()


@admin.register(Condition)
class ConditionAdmin(OfSchemeAdmin):
    """What schemes and their lines ask for; a grant's own conditions are on the grant's page."""

    form = ConditionForm
    list_display = ("title", "scheme", "kind", "binds", "stage", "first_year", "last_year", "state")
    list_filter = (("scheme", RelatedFilter), "kind", "binds", "stage", "state")
    list_select_related = ("scheme",)
    search_fields = ("title", "description", "scheme__name")
    export_columns = (
        ("title", _("Condition")), ("scheme.name", _("Scheme")), ("get_kind_display", _("Kind")),
        ("get_binds_display", _("Binds")), ("get_stage_display", _("Stage")), ("first_year", _("First year")),
        ("last_year", _("Last year")), ("due_on", _("By")), ("get_state_display", _("State")),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(grant=None).select_related("scheme", "line")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("scheme", "line") if obj is not None else ()

    def sections(self, request: HttpRequest, obj: Any = None) -> Any:
        asked = ("classes", "share_percent", "counts_in_kind", "due_on", "holdback_percent")
        return [
            (None, {"fields": ("scheme", "line", "title", "description", "kind", "binds", "position")}),
            (_("When it holds"), {"fields": ("stage", "first_year", "last_year")}),
            (_("What is asked for"), {"fields": asked}),
            (_("How it stands"), {"fields": ("state", "settled_on", "settled_note", "document")}),
        ]

    def save_model(self, request: HttpRequest, obj: Condition, form: Any, change: bool) -> None:
        """Note who settled it, the first time it is."""
        if obj.state == Condition.State.OPEN:
            obj.settled_by = None
        elif "state" in form.changed_data:
            obj.settled_by = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)
