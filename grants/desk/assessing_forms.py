"""What an officer fills in when she assesses an application: points for each criterion, then the recommendation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.desk.assessing import Typed
from grants.forms import NokField
from grants.grant_forms import MaybeText
from grants.models import Outcome
from portal.input_forms import OneLine

if TYPE_CHECKING:
    from grants.models import Assessment, Criterion

LONGEST_TEXT, LONGEST_REASON = 8000, 600


class MaybeLine(OneLine):
    missing = ""


class AssessmentForm(forms.Form):
    """The whole assessment; nothing is required until it is said to be done."""

    mark_optional = False

    summary = MaybeText(
        label=gettext_lazy("The project in short"), required=False, longest=LONGEST_TEXT,
        help_text=gettext_lazy("In your words, for those who read the recommendation."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip
    eligible_cost_nok = NokField(
        label=gettext_lazy("Costs that count, in kroner"), required=False, allow_nought=True,
        help_text=gettext_lazy("Leave it empty when all that the applicant has entered counts."),
    )  # fmt: skip
    outcome = forms.ChoiceField(
        label=gettext_lazy("What do you recommend?"), required=False, widget=forms.RadioSelect,
        choices=[
            (Outcome.GRANTED.value, gettext_lazy("Grant it")), (Outcome.REFUSED.value, gettext_lazy("Refuse it")),
            (Outcome.DISMISSED.value, gettext_lazy("Dismiss it without assessment")),
        ],
    )  # fmt: skip
    amount_nok = NokField(label=gettext_lazy("How much, in kroner"), required=False)
    grounds = MaybeText(
        label=gettext_lazy("Grounds"), required=False, longest=LONGEST_TEXT,
        help_text=gettext_lazy("Why, by the statutes and the criteria. The applicant reads them in the decision."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )  # fmt: skip
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, criteria: list[Criterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = criteria
        for one in criteria:
            choices = [(str(n), str(n)) for n in range(one.most_points + 1)]
            self.fields[f"points-{one.pk}"] = forms.ChoiceField(
                label=_("Points, from 0 to %(most)d") % {"most": one.most_points}, required=False,
                choices=[("", _("Not given")), *choices],
            )  # fmt: skip
            self.fields[f"why-{one.pk}"] = MaybeLine(label=_("Why"), required=False, max_length=LONGEST_REASON)

    @property
    def pairs(self) -> list[tuple[Criterion, Any, Any]]:
        """Return each criterion with its two fields, as the page shows them."""
        return [(one, self[f"points-{one.pk}"], self[f"why-{one.pk}"]) for one in self.criteria]

    @property
    def typed(self) -> Typed:
        given = self.cleaned_data
        points = {
            one.pk: (int(given[f"points-{one.pk}"]), given[f"why-{one.pk}"])
            for one in self.criteria
            if given[f"points-{one.pk}"] != ""
        }
        names = ("eligible_cost_nok", "summary", "outcome", "amount_nok", "grounds")
        return Typed(points, **{name: given[name] for name in names})

    def clean(self) -> Any:
        given: Any = super().clean()
        for one in self.criteria:
            if given.get(f"why-{one.pk}") and given.get(f"points-{one.pk}") == "":
                self.add_error(f"points-{one.pk}", _("Give points too, or remove what you wrote."))
        return given


def initial_of(row: Assessment | None) -> dict[str, Any]:
    """Return what the form starts with."""
    if row is None:
        return {"seen": 0}
    names = ("summary", "eligible_cost_nok", "outcome", "amount_nok", "grounds")
    found: dict[str, Any] = {name: getattr(row, name) for name in names} | {"seen": row.row_version}
    for score in row.scores.all():
        found |= {f"points-{score.criterion_id}": str(score.points), f"why-{score.criterion_id}": score.reason}
    return found
