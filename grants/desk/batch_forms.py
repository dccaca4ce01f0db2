"""What one fills in about a meeting: a new recommendation, and what the protocol says of each application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from grants.desk.protocol import Treated
from grants.grant_forms import Choice, Day, MaybeText
from grants.models import BatchLine, Scheme
from portal.input_forms import OneLine
from portal.models import Body, CaseStep

if TYPE_CHECKING:
    from portal.models import Authority

TREATS = ("executive", "council", "committee", "board", "working_group", "joint")


class MaybeLine(OneLine):
    missing = ""


class BatchForm(forms.Form):
    """A recommendation: of which fund, to which body, when."""

    scheme = Choice(Scheme.objects.none(), label=_("Fund"), missing=_("Choose the fund."))
    body = Choice(Body.objects.none(), label=_("Body"), missing=_("Choose who treats it."))
    meets_on = Day(label=_("The meeting is on"))
    title = OneLine(label=_("Title"), max_length=160, missing=_("Give it a title."))
    year = forms.IntegerField(label=_("Year of the frame"), min_value=2000, max_value=2100)

    def __init__(self, *args: Any, authority: Authority, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        schemes = Scheme.objects.filter(Q(kind="fund") | Q(calls__isnull=False), authority=authority).distinct()
        fields: Any = self.fields
        fields["scheme"].queryset = schemes.order_by("name")
        fields["body"].queryset = Body.objects.filter(authority=authority, kind__in=TREATS).order_by("name")


class ChangeForm(forms.Form):
    """Its title and the day of the meeting."""

    title = OneLine(label=_("Title"), max_length=160, missing=_("Give it a title."))
    meets_on = Day(label=_("The meeting is on"))
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class TreatedForm(forms.Form):
    """One application as the protocol has it."""

    mark_optional = False

    outcome = forms.ChoiceField(label=_("Outcome"), choices=CaseStep.Outcome.choices)
    resolution = MaybeText(
        label=_("Resolution"), required=False, longest=8000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("As it stands in the official protocol."),
    )  # fmt: skip
    item_number = MaybeLine(label=_("Item number"), required=False, max_length=20)
    case_number = MaybeLine(label=_("The body’s case number"), required=False, max_length=40)
    votes = MaybeLine(label=_("Votes"), required=False, max_length=120)
    decided_on = Day(label=_("Decided"), required=False)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    @property
    def treated(self) -> Treated:
        names = ("outcome", "resolution", "votes", "item_number", "case_number", "decided_on")
        return Treated(**{name: self.cleaned_data[name] for name in names})


def treated_form(line: BatchLine, data: Any = None) -> TreatedForm:
    """Return the form of one line; what is not registered yet starts as it was recommended."""
    step: Any = line.step
    initial = {
        "outcome": step.outcome, "resolution": step.resolution or step.director_recommendation, "votes": step.votes,
        "item_number": step.item_number, "case_number": step.case_number, "seen": step.row_version,
        "decided_on": step.decided_on or step.starts_on,
    }  # fmt: skip
    mine = data if data is not None and data.get("linje") == str(line.pk) else None
    return TreatedForm(mine, prefix=f"linje-{line.pk}", initial=initial)
