"""What is measured and wanted, in the case pages: indicators with their series, values as a list, targets of plans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from portal.admin.tenant import RelatedFilter, TenantAdmin, TenantInline
from strategy.indicator_forms import IndicatorForm, ListedValueForm, SeriesInlineForm, TargetForm
from strategy.models import Indicator, Observation, Series, Target

if TYPE_CHECKING:
    from django.http import HttpRequest


class SeriesInline(TenantInline):
    model = Series
    fields = ("area", "category", "position", "table_id", "query")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, **{"form": SeriesInlineForm, **kwargs})


@admin.register(Indicator)
class IndicatorAdmin(TenantAdmin):
    form = IndicatorForm
    list_display = ("name", "unit", "interval_months", "source", "values")
    list_filter = (("authority", RelatedFilter), "interval_months", "wanted")
    search_fields = ("name", "definition", "source")
    inlines = (SeriesInline,)
    export_columns = (
        ("name", _("Name")), ("unit", _("Unit")), ("definition", _("Definition")), ("get_wanted_display", _("Wanted")),
        ("get_interval_months_display", _("Measured")), ("lag_days", _("Days before the figure comes")),
        ("source", _("Source")), ("source_url", _("Address of the source")), ("licence", _("Licence")),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("authority")

    @admin.display(description=_("values"))
    def values(self, row: Indicator) -> str:
        address = reverse("indicator_page", args=[row.authority.slug, row.pk])
        return format_html('<a href="{}">{}</a>', address, _("See the values"))

    def sections(self, request: HttpRequest, obj: Any = None) -> Any:
        how_often = ("wanted", "interval_months", "lag_days")
        return [
            (_("What is measured"), {"fields": ("authority", "name", "unit", "decimals", "definition")}),
            (_("How it is measured"), {"fields": how_often}),
            (_("Where it is from"), {"fields": ("source", "source_url", "licence")}),
        ]


@admin.register(Observation)
class ObservationAdmin(TenantAdmin):
    """The list with its export; a value is best added and changed on its indicator's page."""

    form = ListedValueForm
    list_display = ("indicator", "series", "observed_on", "value", "is_estimated", "source")
    list_filter = (("series__indicator", RelatedFilter), "is_estimated")
    search_fields = ("series__area", "series__category", "series__indicator__name", "source")
    authority_from = "series"
    export_columns = (
        ("series.indicator.name", _("Indicator")), ("series.area", _("Area")), ("series.category", _("Category")),
        ("observed_on", _("At the end of")), (lambda row: row.value, _("Value")),
        ("series.indicator.unit", _("Unit")), ("is_estimated", _("Estimated")), ("source", _("Source")),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("series__indicator")

    @admin.display(description=_("indicator"), ordering="series__indicator__name")
    def indicator(self, row: Observation) -> str:
        return str(row.series.indicator)

    def sections(self, request: HttpRequest, obj: Any = None) -> Any:
        return [(None, {"fields": ("series", "observed_on", "value", "is_estimated", "source")})]


@admin.register(Target)
class TargetAdmin(TenantAdmin):
    form = TargetForm
    list_display = ("title", "plan", "goal", "series", "kind", "value", "target_on")
    list_filter = (("plan", RelatedFilter), "kind", "growth")
    search_fields = ("title", "series__indicator__name", "note")
    authority_from = "plan"
    export_columns = (
        ("title", _("Target")), ("plan", _("Plan")), ("goal", _("Goal")), ("series.indicator.name", _("Indicator")),
        ("series", _("Series")), ("get_kind_display", _("Kind")), (lambda row: row.value, _("Value")),
        ("target_on", _("By")), ("get_growth_display", _("Expected growth")), ("baseline_on", _("Baseline at")),
        (lambda row: "" if row.baseline_value is None else row.baseline_value, _("Baseline")), ("note", _("Note")),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("plan", "goal", "series__indicator")

    def sections(self, request: HttpRequest, obj: Any = None) -> Any:
        wanted = ("series", "kind", "value", "target_on", "growth", "compared_with")
        start = ("baseline_on", "baseline_value", "is_baseline_estimated", "printed_growth")
        return [
            (_("Of which plan"), {"fields": ("plan", "goal", "title", "position")}),
            (_("What is wanted"), {"fields": wanted}),
            (_("Where it starts"), {"fields": start}),
            (_("To the reader"), {"fields": ("note",)}),
        ]
