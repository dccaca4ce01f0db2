"""What officers fill in about schemes: what each is, its statutes, its conditions, and the measures it serves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.budgeting import CARRIES
from grants.models import Condition, PayerClass, Scheme, SchemeStatutes
from portal.admin.forms import InlineForm, NamedFormSet, VersionedTenantForm
from portal.input_forms import OneLine
from strategy.indicator_forms import ChoicesField, OptionalText


class SchemeForm(VersionedTenantForm):
    """A scheme: what it pays for, and where its payouts are accounted."""

    name = OneLine(
        label=_("Name"), max_length=160, missing=_("Write what the scheme is called."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )  # fmt: skip
    purpose = OptionalText(
        label=_("Purpose"), longest=4000, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What the money is to make happen, and for whom."),
    )  # fmt: skip
    dimensions = ChoicesField(
        label=_("Account dimensions"), required=False,
        help_text=_("One a line, such as ansvar = 1100. The payment file says them by these names."),
    )  # fmt: skip

    class Meta:
        model = Scheme
        fields = (
            "name", "slug", "kind", "purpose", "legal_basis", "first_year", "last_year", "is_public", "dimensions",
            "source",
        )  # fmt: skip


class StatutesForm(VersionedTenantForm):
    """One version of a scheme's statutes; adopted, it never changes."""

    text = OptionalText(label=_("Text"), longest=60_000, widget=forms.Textarea(attrs={"rows": 16}))

    class Meta:
        model = SchemeStatutes
        fields = ("scheme", "version", "text", "valid_from", "adopted_in", "document")

    def clean_adopted_in(self) -> Any:
        step = self.cleaned_data["adopted_in"]
        if step is not None and step.outcome not in CARRIES:
            raise ValidationError(_("This resolution adopts nothing. Register its outcome first."), code="step")
        return step


class ConditionForm(VersionedTenantForm):
    """What a scheme or one of its lines asks for; grants get copies when they are proposed."""

    classes = forms.MultipleChoiceField(
        label=_("Whose money counts"), choices=PayerClass.choices, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("For a condition that others pay as well."),
    )  # fmt: skip

    class Meta:
        model = Condition
        fields = (
            "scheme", "line", "title", "description", "kind", "binds", "stage", "first_year", "last_year", "classes",
            "counts_in_kind", "share_percent", "due_on", "holdback_percent", "state", "settled_on", "settled_note",
            "document", "position",
        )  # fmt: skip

    def clean(self) -> Any:
        cleaned = super().clean()
        scheme, line = cleaned.get("scheme") or (self.instance.scheme_id and self.instance.scheme), cleaned.get("line")
        if scheme and line is not None and line.scheme_id != scheme.pk:
            self.add_error("line", ValidationError(_("This line belongs to another scheme."), code="line"))
        settled = cleaned.get("state") not in (None, Condition.State.OPEN)
        if settled and not cleaned.get("settled_on") and "settled_on" not in self.errors:
            cleaned["settled_on"] = timezone.localdate()
        if not settled:
            cleaned["settled_on"] = None
        return cleaned


class ServedMeasureForm(InlineForm):
    """A measure the scheme pays for, of a plan that its authority takes part in."""

    def clean(self) -> Any:
        cleaned = super().clean()
        measure, line, scheme = cleaned.get("measure"), cleaned.get("line"), self.instance.scheme
        if measure is not None and not measure.plan.participants.filter(authority=scheme.authority_id).exists():
            text = _("The authority takes no part in the plan of this measure.")
            self.add_error("measure", ValidationError(text, code="plan"))
        if line is not None and line.scheme_id != scheme.pk:
            self.add_error("line", ValidationError(_("This line belongs to another scheme."), code="line"))
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        """Leave it to the rows together which of them is the main one: each is asked before the others are saved."""
        return {*super()._get_validation_exclusions(), "is_main"}


class ServedMeasureFormSet(NamedFormSet):
    """The measures together: a line's money counts under one of them, and so does the scheme's."""

    def clean(self) -> None:
        super().clean()
        kept = [form.instance for form in self.forms if form not in self.deleted_forms and form.instance.measure_id]
        mains = [row.line_id for row in kept if row.is_main]
        if len(mains) != len(set(mains)):
            raise ValidationError(_("The money counts under one measure."), code="one_main")
