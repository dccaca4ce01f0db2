"""Templates of the way cases go, with their steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from portal.admin.forms import InlineForm
from portal.admin.tenant import RelatedFilter, TenantAdmin, TenantInline
from portal.models import Body, PathTemplate, PathTemplateStep

if TYPE_CHECKING:
    from django.http import HttpRequest

MONTHS = 120
"""Ten years: no case takes longer, and no date gets out of hand."""


class TemplateStepForm(InlineForm):
    """One line: a body by its kind, months counted from the case's first."""

    body_kind = forms.ChoiceField(
        label=_("kind of body"), required=False, choices=[("", "–"), *Body.Kind.choices],
        help_text=_("The authority’s own body of this kind."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("starts_month", "ends_month"):
            old = self.fields[name]
            self.fields[name] = forms.IntegerField(
                label=old.label, help_text=old.help_text, required=False, min_value=1, max_value=MONTHS,
                widget=forms.NumberInput(attrs={"aria-label": str(old.label).capitalize()}),
            )  # fmt: skip


class PathTemplateStepInline(TenantInline):
    model = PathTemplateStep
    fields = ("stage", "position", "activity", "description", "body_kind", "actor", "each_member", "starts_month",
              "ends_month")  # fmt: skip

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, form=TemplateStepForm, **kwargs)


@admin.register(PathTemplate)
class PathTemplateAdmin(TenantAdmin):
    list_display = ("name", "is_shared", "authority")
    list_filter = ("is_shared", ("authority", RelatedFilter))
    list_select_related = ("authority",)
    search_fields = ("name",)
    fields = ("authority", "name", "is_shared")
    inlines = (PathTemplateStepInline,)
