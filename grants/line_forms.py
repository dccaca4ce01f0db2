"""What officers fill in about budget lines, and why an entry is undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from grants.budgeting import CARRIES
from grants.forms import NokField
from grants.models import BudgetLine, Fund, Scheme, Stage
from portal.admin.forms import VersionedTenantForm
from portal.input_forms import OneLine
from portal.models import CaseStep, Organisation
from portal.models.base import sane_date
from portal.versions import NativeDateInput
from strategy.indicator_forms import ChoicesField, OptionalLine

if TYPE_CHECKING:
    from portal.models import Authority

MOST_STEPS = 100


class StepChoice(forms.ModelChoiceField):
    """A resolution, by its day, body and case."""

    def label_from_instance(self, obj: Any) -> str:
        day = date_format(obj.decided_on, "j.n.Y") if obj.decided_on else ""
        return " · ".join(str(part) for part in (day, obj.body or obj.actor, obj.case_number, obj.case.title) if part)


def steps_that_carry(authority: Authority) -> Any:
    """Return the authority's resolutions that carry something, the newest first."""
    steps = CaseStep.objects.filter(
        authority=authority, activity=CaseStep.Activity.DECISION, outcome__in=CARRIES, decided_on__isnull=False
    )
    return steps.select_related("case", "body__authority").order_by("-decided_on", "-pk")


class LineForm(VersionedTenantForm):
    """A budget line that is not decided: for whom, for what, how much, and in which year."""

    name = OneLine(label=_("What it is for"), max_length=160, missing=_("Write what the money is for."))
    area = OptionalLine(
        label=pgettext_lazy("budget", "Area"), max_length=80, required=False,
        help_text=_("Such as place development or business development."),
    )  # fmt: skip
    amount_nok = NokField(label=_("Amount in kroner"), help_text=_("Such as 620 000."))
    into_fund = forms.BooleanField(
        label=_("The money goes into the scheme’s fund"), required=False,
        help_text=_("It joins the fund’s capital, and gets no account of its own."),
    )  # fmt: skip
    source = OptionalLine(
        label=_("Source"), max_length=200, required=False, help_text=_("The budget document it stands in.")
    )
    dimensions = ChoicesField(
        label=_("Account dimensions"), required=False,
        help_text=_("One a line, such as prosjekt = 12345. Left empty, the scheme’s own are used."),
    )  # fmt: skip

    field_order = (
        "scheme", "year", "name", "area", "recipient", "amount_nok", "parent", "into_fund", "source", "dimensions",
    )  # fmt: skip

    class Meta:
        model = BudgetLine
        fields = ("scheme", "year", "name", "area", "recipient", "amount_nok", "parent", "source", "dimensions")
        labels = {"parent": _("Taken from")}
        help_texts = {"parent": _("Only when the line is part of a sum to be divided.")}

    def __init__(self, *args: Any, authority: Authority, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = {"scheme": Scheme.objects, "recipient": Organisation.objects}
        for name, rows in choices.items():
            self.fields[name].queryset = rows.filter(authority=authority)  # type: ignore[attr-defined]
        parents = BudgetLine.objects.filter(authority=authority, fund=None).exclude(stage=Stage.REJECTED)
        self.fields["parent"].queryset = parents.exclude(pk=self.instance.pk).order_by("-year", "name")  # type: ignore[attr-defined]
        self.fields["recipient"].empty_label = _("Open: not decided who gets it")  # type: ignore[attr-defined]
        self.fields["parent"].empty_label = _("Nothing: it stands alone")  # type: ignore[attr-defined]
        self.fields["into_fund"].initial = self.instance.fund_id is not None

    def clean(self) -> Any:
        cleaned = super().clean()
        scheme = cleaned.get("scheme")
        self.instance.fund = Fund.objects.filter(scheme=scheme).first() if cleaned.get("into_fund") and scheme else None
        if cleaned.get("into_fund") and scheme and self.instance.fund is None:
            self.add_error("into_fund", ValidationError(_("This scheme has no fund."), code="no_fund"))
        if cleaned.get("into_fund") and cleaned.get("parent"):
            text = _("A line that goes into the fund is no part of another.")
            self.add_error("parent", ValidationError(text, code="both"))
        return cleaned


class DecisionForm(forms.Form):
    """By which decision something of the budget is settled: a registered resolution, or its reference and day."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    step = StepChoice(
        label=_("Resolution"), queryset=CaseStep.objects.none(), required=False,
        empty_label=_("It is not registered here"),
    )  # fmt: skip
    reference = OptionalLine(
        label=_("Decision"), max_length=160, required=False,
        help_text=_("Such as “Kommunestyret 12.12.2025, sak 98/25”."),
    )  # fmt: skip

    def __init__(self, *args: Any, line: BudgetLine, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = line.row_version
        newest = steps_that_carry(line.authority)[:MOST_STEPS].values("pk")
        self.fields["step"].queryset = steps_that_carry(line.authority).filter(pk__in=newest)  # type: ignore[attr-defined]


class AdoptForm(DecisionForm):
    """What was decided of a line, with the amount and the day."""

    amount_nok = NokField(label=_("Adopted amount in kroner"))
    on = forms.DateField(
        label=_("Decided on"), required=False, widget=NativeDateInput, validators=[sane_date],
        help_text=_("Needed when the resolution is not registered here."),
    )  # fmt: skip

    field_order = ("seen", "amount_nok", "step", "reference", "on")

    def __init__(self, *args: Any, line: BudgetLine, **kwargs: Any) -> None:
        super().__init__(*args, line=line, **kwargs)
        self.fields["amount_nok"].initial = line.amount_nok

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        day = cleaned.get("on")
        if day is not None and day > timezone.localdate():
            self.add_error("on", ValidationError(_("The decision cannot lie in the future."), code="future"))
        if cleaned.get("step") is None and "step" not in self.errors:
            if not cleaned.get("reference"):
                self.add_error("reference", ValidationError(_("Name the decision that adopts it."), code="missing"))
            if day is None and "on" not in self.errors:
                self.add_error("on", ValidationError(_("Enter the day of the decision."), code="missing"))
        return cleaned


class WhyForm(forms.Form):
    """A reason that stands in the ledger."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    why = OneLine(label=_("Why"), max_length=300, missing=_("Say why."))


class DimensionsForm(VersionedTenantForm):
    """Where an adopted line is accounted: the one thing of it that may change."""

    dimensions = ChoicesField(
        label=_("Account dimensions"), required=False,
        help_text=_("One a line, such as prosjekt = 12345. Left empty, the scheme’s own are used."),
    )  # fmt: skip

    class Meta:
        model = BudgetLine
        fields = ("dimensions",)
