"""What officers fill in about a prize and its statutes: purpose, categories, goals, rules, criteria, adoption."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from awards.models import PrizeCategory, PrizeCriterion, PrizeStatutes
from grants.calls.call_forms import MaybeLine
from grants.forms import NokField
from grants.grant_forms import SEEN, Choice, Day, MaybeText, StepChoice
from grants.models import Scheme
from portal.designsystemet import Affixed
from portal.input_forms import LongText, OneLine
from portal.models import CaseStep
from strategy.models import Goal

if TYPE_CHECKING:
    import datetime as dt

    from awards.models import Prize
    from portal.models import Authority

LONGEST_CATEGORY = 80


class PrizeForm(forms.Form):
    """What a prize is called, and what it is for."""

    name = OneLine(
        label=_("Name"), max_length=120, missing=_("Write the name of the prize."),
        help_text=_("As people know it, for example “The business prize of Sommerby”. The address is made from it."),
    )  # fmt: skip
    lede = MaybeLine(
        label=_("In one sentence: whom does it honour?"), max_length=300, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    purpose = LongText(
        label=_("Purpose"), longest=4000, missing=_("Write what the prize is for."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )  # fmt: skip
    categories = MaybeText(
        label=_("Categories"), longest=1200, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One on each line, in the order they are shown. Empty: the prize has one category, its own name."),
    )  # fmt: skip
    scheme = Choice(
        Scheme.objects.none(), label=_("Which scheme is the prize money paid from?"), required=False,
        empty_label=_("None: there is no prize money"),
    )  # fmt: skip
    is_public = forms.BooleanField(label=_("Show the prize to everyone"), required=False)
    source = MaybeLine(
        label=_("Source"), max_length=200, required=False, help_text=_("Where it says that there is such a prize.")
    )
    seen = forms.IntegerField(**SEEN)

    def __init__(self, *args: Any, authority: Authority, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        schemes = Scheme.objects.filter(authority=authority).order_by("name")
        self.fields["scheme"].queryset = schemes  # type: ignore[attr-defined]
        if not is_new:
            del self.fields["categories"]

    def clean_categories(self) -> list[str]:
        lines = (line.strip() for line in self.cleaned_data["categories"].split("\n"))
        found = list(dict.fromkeys(filter(None, lines)))
        if any(len(line) > LONGEST_CATEGORY for line in found):
            raise forms.ValidationError(gettext("A category has at most 80 characters."), code="too_long")
        return found

    def facts(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in ("seen", "categories")}


class CategoryForm(forms.ModelForm):
    """One category of a prize."""

    name = OneLine(label=_("Category"), max_length=LONGEST_CATEGORY, missing=_("Write the category."))
    description = MaybeLine(
        label=_("What it is given for"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    is_in_use = forms.BooleanField(
        label=_("In use"), required=False, help_text=_("New rounds are held in the categories that are in use.")
    )

    class Meta:
        model = PrizeCategory
        fields = ["name", "description", "is_in_use"]


class GoalsForm(forms.Form):
    """Which goals of the authority’s plans the prize serves."""

    goals = forms.ModelMultipleChoiceField(
        Goal.objects.none(), label=_("Which goals does the prize serve?"), required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("A winner’s page leads to them."),
    )  # fmt: skip

    def __init__(self, *args: Any, authority: Authority, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["goals"]
        field.queryset = Goal.objects.filter(authority=authority).select_related("plan").order_by("plan", "position")
        field.label_from_instance = lambda goal: f"{goal.plan.title}: {goal.number} {goal.title}".replace("  ", " ")


# ---- statutes ----


class StatutesForm(forms.ModelForm):
    """A version of the statutes: its text, and its rules as the portal follows them."""

    text = MaybeText(
        label=_("The statutes"), longest=60_000, required=False, widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("Everyone reads them when they are adopted. A blank line begins a new paragraph."),
    )  # fmt: skip
    nominees = forms.MultipleChoiceField(
        label=_("Who may be nominated?"), choices=PrizeStatutes.Nominees.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    method = forms.ChoiceField(
        label=_("How does the jury work?"), choices=PrizeStatutes.Method.choices, widget=forms.RadioSelect
    )
    vote = forms.ChoiceField(
        label=_("Is there a public vote?"), choices=PrizeStatutes.Vote.choices, widget=forms.RadioSelect
    )
    money_nok = NokField(
        label=_("Prize money to each winner"), required=False, help_text=_("Empty where the prize is an honour alone.")
    )
    seen = forms.IntegerField(**SEEN)
    mark_optional = False

    class Meta:
        model = PrizeStatutes
        fields = [
            "text", "interval_years", "nominees", "local_only", "repeat_years", "smallest_age", "needs_accounts",
            "method", "finalists", "vote", "money_nok",
        ]  # fmt: skip
        labels = {
            "interval_years": _("How many years between rounds?"),
            "local_only": _("Only those who belong to the municipality can win"),
            "repeat_years": _("How many years before the same may win again?"),
            "smallest_age": _("How old must a company be?"),
            "needs_accounts": _("A company must have sent annual accounts"),
            "finalists": _("At most how many finalists in a category?"),
        }
        help_texts = {
            "interval_years": _("1 is every year, 2 every other year."),
            "repeat_years": _("0: at once. With 4, who won in 2026 can win again in 2030."),
            "smallest_age": _("In years. Empty where there is no such rule."),
            "finalists": _("Empty where there are no finalists. A public vote needs two or more."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("interval_years", "repeat_years", "smallest_age", "finalists"):
            self.fields[name].widget.attrs["data-w"] = "s"
        self.fields["seen"].initial = self.instance.row_version
        self.helper = FormHelper()
        self.helper.form_tag, self.helper.disable_csrf = False, True
        self.helper.layout = Layout(
            Fieldset(_("The text"), "text"),
            Fieldset(_("Who can win"), "nominees", "local_only", Affixed("repeat_years", after=_("years")),
                     Affixed("smallest_age", after=_("years")), "needs_accounts"),
            Fieldset(_("How the winner is found"), "method", "finalists", "vote"),
            Fieldset(_("How often, and how much"), Affixed("interval_years", after=_("years")),
                     Affixed("money_nok", before="kr"), "seen"),
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if typed.get("vote") != PrizeStatutes.Vote.NONE and (typed.get("finalists") or 0) < 2:
            self.add_error("finalists", gettext("A public vote is among finalists: say how many, two or more."))
        return typed

    def facts(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


class CriterionForm(forms.ModelForm):
    """What the jury gives points by, and how much it weighs."""

    title = OneLine(label=_("Criterion"), max_length=160, missing=_("Write the criterion."))
    description = MaybeLine(
        label=_("What the jury looks for"), max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    weight = forms.IntegerField(
        label=_("Weight"), min_value=1, max_value=100, initial=1, widget=forms.NumberInput(attrs={"data-w": "s"}),
        help_text=_("2 counts twice as much as 1."),
    )  # fmt: skip
    most_points = forms.IntegerField(
        label=_("Most points"), min_value=1, max_value=100, initial=5, widget=forms.NumberInput(attrs={"data-w": "s"})
    )

    class Meta:
        model = PrizeCriterion
        fields = ["title", "description", "weight", "most_points"]


class AdoptForm(forms.Form):
    """From which day statutes hold, and which decision adopted them."""

    valid_from = Day(label=_("From which day do they hold?"), error_messages={"required": _("Enter the day.")})
    adopted_in = StepChoice(
        CaseStep.objects.none(), label=_("Which decision adopted them?"), required=False,
        empty_label=_("None that stands in the working group’s case"),
        help_text=_("Register the decision in the case first, to choose it here."),
    )  # fmt: skip
    seen = forms.IntegerField(**SEEN)

    def __init__(self, *args: Any, prize: Prize, steps: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_from"].initial = today
        self.fields["adopted_in"].queryset = steps  # type: ignore[attr-defined]
