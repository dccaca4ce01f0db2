"""The cases a plan passes through, below the plan; those it is adopted in stay while it is adopted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet
from django.utils.translation import gettext_lazy as _

from portal.admin.forms import NamedFormSet, VersionedTenantForm
from portal.admin.tenant import TenantInline
from strategy import adoption, rules
from strategy.models import Plan, PlanCase

if TYPE_CHECKING:
    from django.http import HttpRequest

ADOPTION = PlanCase.Purpose.ADOPTION


class PlanForm(VersionedTenantForm):
    """A plan; resolutions adopt it, so «adopted» is shown where it holds and chosen by nobody."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields.get("status")
        if field is None:
            return
        field.choices = [  # type: ignore[attr-defined]
            choice
            for choice in Plan.Status.choices
            if choice[0] != Plan.Status.ADOPTED or self.instance.status == Plan.Status.ADOPTED
        ]
        field.initial = self.instance.status if self.instance.pk else Plan.Status.DRAFT
        field.help_text = _(
            "A plan becomes adopted when every required resolution is registered in its adoption case, and in no other "
            "way. An adopted plan can be set back."
        )


class PlanCaseFormSet(NamedFormSet):
    """The plan's cases; an adopted plan keeps an adoption case with every resolution in place."""

    def full_clean(self) -> None:
        """Leave the rows to be deleted where they are while a plan that rests on them is asked about."""
        if self.instance.status == Plan.Status.ADOPTED:
            return BaseInlineFormSet.full_clean(self)
        return super().full_clean()

    def clean(self) -> None:
        super().clean()
        if self.instance.status != Plan.Status.ADOPTED or not self.has_changed() or any(self.errors):
            return
        kept = [form.instance for form in self.forms if form not in self.deleted_forms and form.instance.case_id]
        cases = [link.case for link in kept if link.purpose == ADOPTION]
        parts = [rules.adoption(map(adoption.facts_of, case.steps.all())) for case in cases]
        if not rules.together(parts).is_adopted:
            raise ValidationError(
                _(
                    "The plan is adopted, and would lack a resolution it rests on. Keep the adoption case, or set the "
                    "plan back to “On hearing” first."
                )
            )


class PlanCaseInline(TenantInline):
    model = PlanCase
    fields = ("case", "purpose")
    autocomplete_fields = ("case",)
    verbose_name_plural = _("cases of the plan")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, formset=PlanCaseFormSet, **kwargs)
