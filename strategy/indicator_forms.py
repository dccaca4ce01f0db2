"""What officers fill in about indicators, their series and their values."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.admin.forms import TenantForm, VersionedTenantForm
from portal.input_forms import LongText, OneLine
from portal.integrations import statistics
from portal.money import format_number
from portal.versions import NativeDateInput, VersionedMixin
from strategy import rules
from strategy.models import Indicator, Observation, Series, Target
from strategy.observation_files import Cell, value_of
from strategy.rules.indicators import check

ACCEPT = ".xlsx,.csv,.txt"


class OptionalLine(OneLine):
    """One line that may be left empty."""

    missing = ""


class OptionalText(LongText):
    """Several lines that may be left empty."""

    missing = ""


class NumberField(forms.CharField):
    """A number as people write it: "59,3 %", "12 995"."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def __init__(self, *, decimals: int = 0, **kwargs: Any) -> None:
        super().__init__(max_length=40, **kwargs)
        self.decimals = decimals

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Decimal):
            return value
        plain = value.normalize()
        return format_number(plain if int(plain.as_tuple().exponent) < 0 else plain.quantize(Decimal(1)))

    def to_python(self, value: Any) -> Any:
        try:
            return value_of(Cell(super().to_python(value)), self.decimals)
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from error

    def validate(self, value: Any) -> None:
        if value is None and self.required:
            raise ValidationError(_("Write the number."), code="missing")

    def run_validators(self, value: Any) -> None:
        """A number has no length."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != initial)
        except ValidationError:
            return True


class IndicatorForm(VersionedTenantForm):
    """An indicator: what is measured, in what, how often."""

    name = OneLine(label=_("Name"), max_length=160, missing=_("Write what is measured."))
    unit = OneLine(
        label=_("Unit"), max_length=40, missing=_("Write what it is measured in."),
        help_text=_("Such as %, persons or kroner."),
    )  # fmt: skip
    definition = OptionalText(
        label=_("Definition"), longest=2000, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Who and what is counted, and when. Another definition is another indicator."),
    )  # fmt: skip
    source_url = forms.URLField(label=_("Address of the source"), required=False, assume_scheme="https")

    class Meta:
        model = Indicator
        fields = (
            "name", "unit", "decimals", "definition", "wanted", "interval_months", "lag_days", "source", "source_url",
            "licence",
        )  # fmt: skip
        widgets = {"wanted": forms.RadioSelect}
        help_texts = {"licence": _("Such as CC BY 4.0 for figures from Statistics Norway.")}


class NewIndicatorForm(IndicatorForm):
    """A new indicator with its first series."""

    area = OneLine(
        label=_("Area"), max_length=80, missing=_("Write the area it is measured in."),
        help_text=_("Such as Halden. You can add areas to compare with afterwards."),
    )  # fmt: skip

    field_order = ("name", "unit", "area")


class ChoicesField(forms.CharField):
    """Choices in a table, one a line: "Region = 3101"."""

    widget = forms.Textarea(attrs={"rows": 4})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(f"{name} = {code}" for name, code in value.items()) if isinstance(value, dict) else value

    def to_python(self, value: Any) -> dict[str, str]:
        if isinstance(value, dict):
            return value
        found = {}
        for line in str(value or "").splitlines():
            name, equals, code = (part.strip() for part in line.partition("="))
            if line.strip() and not (equals and name and code):
                text = gettext("“%(line)s” is not understood. Write a variable, an equals sign and a code.")
                raise ValidationError(text % {"line": line.strip()[:60]}, code="invalid")
            if name:
                found[name] = code
        return found

    def validate(self, value: Any) -> None:
        """Empty is fine: then nothing is fetched."""

    def run_validators(self, value: Any) -> None:
        """A dictionary has no length."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(data) != (initial or {})
        except ValidationError:
            return True


class SeriesForm(forms.ModelForm):
    """A series: an area, a part of it where it is split, and where Statistics Norway has it."""

    area = OneLine(label=_("Area"), max_length=80, missing=_("Write the area."))
    category = OptionalLine(label=_("Category"), max_length=80, required=False, help_text=_("Empty for the whole."))
    query = ChoicesField(
        label=_("Choices in the table"), required=False,
        help_text=_("One line for each variable, such as Region = 3101. Leave time out: we fetch all of it."),
    )  # fmt: skip

    class Meta:
        model = Series
        fields = ("area", "category", "position", "table_id", "query")
        help_texts = {"position": _("The first is your own; those that follow are compared with it.")}

    def clean_table_id(self) -> str:
        table = str(self.cleaned_data["table_id"]).strip()
        if table and not statistics.TABLE.fullmatch(table):
            raise ValidationError(_("A table’s number has digits only, such as 11616."), code="invalid")
        return table

    def clean(self) -> Any:
        cleaned = super().clean()
        area, category = cleaned.get("area"), cleaned.get("category", "")
        others = Series.objects.filter(indicator=self.instance.indicator_id).exclude(pk=self.instance.pk)
        if area and others.filter(area=area, category=category).exists():
            self.add_error("area", gettext("The indicator has this series already."))
        if cleaned.get("table_id") and not cleaned.get("query"):
            self.add_error("query", gettext("Say which choices to make in the table."))
        return cleaned


class ObservationForm(VersionedMixin):
    """One value that is typed; a colleague's is never overwritten unseen."""

    value = NumberField(label=_("Value"))

    class Meta:
        model = Observation
        fields = ("series", "observed_on", "value", "is_estimated", "source")
        widgets = {"observed_on": NativeDateInput}
        error_messages = {"observed_on": {"required": _("Give the date.")}}

    def __init__(self, *args: Any, indicator: Indicator, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        series = indicator.series.all()
        self.fields["series"].queryset = series  # type: ignore[attr-defined]
        self.fields["series"].empty_label = None  # type: ignore[attr-defined]
        self.fields["value"].decimals = indicator.decimals  # type: ignore[attr-defined]
        self.fields["value"].help_text = gettext("In %(unit)s.") % {"unit": indicator.unit}
        self.fields["observed_on"].widget.attrs["max"] = today.isoformat()

    def clean_observed_on(self) -> dt.date:
        on: dt.date = self.cleaned_data["observed_on"]
        if on > self.today:
            raise ValidationError(_("This date has not been yet."), code="future")
        return on


class UploadForm(forms.Form):
    """A file with values."""

    file = forms.FileField(
        label=_("File"), widget=forms.FileInput(attrs={"accept": ACCEPT}),
        help_text=_("Excel (xlsx) or csv, at most 1 MB. Nothing is saved before you have seen it."),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
    )  # fmt: skip


class SeriesNamed(VersionedTenantForm):
    """A form that chooses among the series of all indicators: each is named with its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {"series", "compared_with"} & self.fields.keys():
            field: Any = self.fields[name]
            field.queryset = field.queryset.select_related("indicator")
            field.label_from_instance = lambda one: f"{one.indicator}: {one}"


class TargetForm(SeriesNamed):
    """A target of a plan; what cannot be measured against is refused beside its field."""

    class Meta:
        model = Target
        fields = (
            "plan", "goal", "title", "series", "kind", "value", "target_on", "growth", "compared_with", "baseline_on",
            "baseline_value", "is_baseline_estimated", "printed_growth", "note", "position",
        )  # fmt: skip

    def clean(self) -> Any:
        cleaned = super().clean() or {}
        series, other = cleaned.get("series"), cleaned.get("compared_with")
        if series and other and series.indicator_id != other.indicator_id:
            self.add_error("compared_with", gettext("Compare with another area of the same indicator."))
        if series and cleaned.get("value") is not None and cleaned.get("kind") == rules.TargetKind.CHANGE:
            is_up = series.indicator.wanted == rules.Wanted.UP
            if cleaned["value"] and (cleaned["value"] > 0) != is_up:
                self.add_error("value", gettext("This change goes the other way than the indicator is wanted to go."))
        self._check_span(cleaned)
        return cleaned

    def _check_span(self, cleaned: dict[str, Any]) -> None:
        """Let the rule that computes refuse what it cannot compute; each reason beside its own field."""
        baseline_on, target_on = cleaned.get("baseline_on"), cleaned.get("target_on")
        value, baseline = cleaned.get("value"), cleaned.get("baseline_value")
        if baseline is not None and baseline_on is None:
            self.add_error("baseline_on", gettext("Say at what date the baseline was."))
            return
        if baseline_on is None and cleaned.get("kind") == rules.TargetKind.CHANGE:
            self.add_error("baseline_on", gettext("Say from what date the change is counted."))
            return
        if target_on is None or value is None or not cleaned.get("kind") or not cleaned.get("growth"):
            return
        if baseline_on is not None and target_on <= baseline_on:
            self.add_error("target_on", gettext("The target comes before its baseline, or on the same day."))
            return
        facts = rules.TargetFacts(
            value, target_on, rules.TargetKind(cleaned["kind"]), rules.Growth(cleaned["growth"]),
            baseline_on=baseline_on, baseline_value=baseline,
        )  # fmt: skip
        try:
            check(facts)
        except ValueError:
            text = gettext(
                "Growth by per cent cannot be counted from or to zero or less. Choose the same amount each year."
            )
            self.add_error("growth", text)


class SeriesInlineForm(TenantForm):
    """A series below its indicator in the case pages."""

    query = ChoicesField(label=_("Choices in the table"), required=False)

    class Meta:
        model = Series
        fields = ("area", "category", "position", "table_id", "query")


class ListedValueForm(SeriesNamed):
    """A value in the case pages."""

    value = NumberField(label=_("Value"), decimals=4)

    class Meta:
        model = Observation
        fields = ("series", "observed_on", "value", "is_estimated", "source")
