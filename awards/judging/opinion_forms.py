"""What a jury member fills in: points by criterion, a comment or that she abstains, and remarks to the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from awards.judging import remarks, sheets
from grants.calls.call_forms import MaybeLine
from grants.grant_forms import MaybeText
from portal.input_forms import LongText

if TYPE_CHECKING:
    from collections.abc import Sequence

    from awards.models import JuryOpinion, PrizeCriterion

FEW = 10
"""The most points that are shown as one button each; above that they are written."""


class OpinionForm(forms.Form):
    """One member's opinion of one candidate; nothing is required before the sheet is handed in."""

    mark_optional = False

    abstains = forms.BooleanField(
        label=gettext_lazy("I abstain from giving this candidate points"), required=False,
        help_text=gettext_lazy("Then you do not count in this candidate’s mean."),
    )  # fmt: skip
    comment = MaybeText(
        label=gettext_lazy("Comment"), required=False, longest=sheets.LONGEST_COMMENT,
        help_text=gettext_lazy("The other members read it when they have handed in their own."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    changed_why = MaybeLine(
        label=gettext_lazy("Why do you change your points?"), required=False, max_length=sheets.LONGEST_WHY,
        help_text=gettext_lazy("Your sheet is handed in. The other members read the reason."),
    )  # fmt: skip
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, criteria: Sequence[PrizeCriterion], is_handed_in: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = list(criteria)
        for one in self.criteria:
            self.fields[f"points-{one.pk}"] = self._points(one)
        if not self.criteria:
            del self.fields["abstains"]
        if not is_handed_in:
            del self.fields["changed_why"]

    @staticmethod
    def _points(one: PrizeCriterion) -> forms.Field:
        if one.most_points > FEW:
            return forms.IntegerField(
                label=_("Points, from 0 to %(most)d") % {"most": one.most_points}, required=False, min_value=0,
                max_value=one.most_points, widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
                error_messages=dict.fromkeys(
                    ("invalid", "min_value", "max_value"),
                    _("Give from 0 to %(most)d points.") % {"most": one.most_points},
                ),
            )  # fmt: skip
        return forms.TypedChoiceField(
            label=one.title, required=False, coerce=int, empty_value=None, widget=forms.RadioSelect,
            choices=[*((str(n), str(n)) for n in range(one.most_points + 1)), ("", _("Not given"))],
            error_messages={"invalid_choice": _("Give from 0 to %(most)d points.") % {"most": one.most_points}},
        )  # fmt: skip

    @property
    def pairs(self) -> list[tuple[PrizeCriterion, Any]]:
        """Return each criterion with its field, as the page shows them."""
        return [(one, self[f"points-{one.pk}"]) for one in self.criteria]

    @property
    def points(self) -> dict[int, int]:
        given = {one.pk: self.cleaned_data.get(f"points-{one.pk}") for one in self.criteria}
        return {key: int(value) for key, value in given.items() if value is not None}

    @property
    def typed(self) -> dict[str, Any]:
        """Return what was filled in, as `sheets.save` takes it."""
        given = self.cleaned_data
        return {
            "points": self.points, "comment": given["comment"], "abstains": bool(given.get("abstains")),
            "changed_why": given.get("changed_why", ""), "seen": given["seen"] or None,
        }  # fmt: skip


def initial_of(opinion: JuryOpinion | None, *, came_later: bool = False) -> dict[str, Any]:
    """Return what the form starts with; a candidate that came after the sheet was handed in has its reason given."""
    found: dict[str, Any] = {"seen": sheets.mark_of(opinion)}
    if came_later:
        found["changed_why"] = _("The candidate came after I handed in.")
    if opinion is None:
        return found
    for score in opinion.scores.all():
        found[f"points-{score.criterion_id}"] = score.points
    return {**found, "abstains": opinion.abstains, "comment": opinion.comment}


class RemarkForm(forms.Form):
    """What a member says to the others of one candidate."""

    text = LongText(
        label=gettext_lazy("Your remark"), longest=remarks.LONGEST, missing=gettext_lazy("Write what you want to say."),
        help_text=gettext_lazy("The other members of the jury read it. It stays as you write it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
