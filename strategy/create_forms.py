"""What an officer fills in about a plan that is made of its document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from strategy.importing.creating import FACTS
from strategy.models import Plan

if TYPE_CHECKING:
    from strategy.models import PlanImport

NORWEGIAN = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "Æ": "ae", "Ø": "o", "Å": "a"})
LONG = ("mission", "vision", "aim")


class NewPlanForm(forms.ModelForm):
    """The new plan's own facts, as the document says them until someone corrects them here."""

    class Meta:
        model = Plan
        fields = FACTS
        widgets = {name: forms.Textarea(attrs={"rows": 3}) for name in LONG}
        help_texts = {"slug": _("The last part of the plan’s address: small letters, figures and hyphens.")}

    def __init__(self, *args: Any, plan_import: PlanImport, **kwargs: Any) -> None:
        super().__init__(
            *args, instance=Plan(authority_id=plan_import.authority_id), initial=initial_of(plan_import), **kwargs
        )
        for name in ("goal_word", "strategy_word", "measure_word"):
            self.fields[name].required = False

    def clean(self) -> Any:
        cleaned = super().clean() or {}
        taken = Plan.objects.filter(authority_id=self.instance.authority_id, slug=cleaned.get("slug"))
        if cleaned.get("slug") and taken.exists():
            self.add_error("slug", _("A plan with this address exists already."))
        for name in ("goal_word", "strategy_word", "measure_word"):
            cleaned[name] = cleaned.get(name) or Plan._meta.get_field(name).get_default()
            setattr(self.instance, name, cleaned[name])
        return cleaned


def initial_of(plan_import: PlanImport) -> dict[str, Any]:
    """Return what the document says, with an address made of its title and first year."""
    found = {name: getattr(plan_import, name) for name in FACTS if name != "slug"}
    title = plan_import.title or plan_import.filename.rpartition(".")[0]
    year = str(plan_import.period_start or "")
    address = slugify(
        " ".join(part for part in (title, year) if part not in title or part == title).translate(NORWEGIAN)
    )
    for name in ("goal_word", "strategy_word", "measure_word"):
        found[name] = found[name] or Plan._meta.get_field(name).get_default()
    return {**found, "title": title, "slug": address[:80].strip("-")}
