"""What an officer fills in when she freezes or corrects a report, and what the leader confirms."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.case_path import who_treats
from portal.input_forms import LongText
from portal.models import CaseStep
from strategy import sentences
from strategy.content import Treatment

if TYPE_CHECKING:
    from strategy.models import Plan, ReportingPeriod

LONGEST_REASON = 500


class StepField(forms.ModelChoiceField):
    """A treatment, named by who, when and its case number."""

    def label_from_instance(self, step: Any) -> str:
        is_own = step.body is None or step.body.authority_id == step.authority_id
        of_body = step.body.authority.name if step.body else ""
        who = who_treats(str(step.body or ""), of_body, step.actor, is_own=is_own)
        day = step.decided_on or step.starts_on or step.ends_on
        when = sentences.long_day(day, step.precision) if day else ""
        number = Treatment(number=step.item_number or step.case_number).number
        return ", ".join(filter(None, (who, when, number, str(step.case))))


class Once(forms.Form):
    """A form that does its deed once, however often it is sent."""

    once = forms.CharField(label="", max_length=36, required=False, widget=forms.HiddenInput, initial=uuid.uuid4)


class FreezeForm(Once):
    """Where the report is taken up, and whether the period is closed with it."""

    step = StepField(
        label=_("Treatment"), queryset=CaseStep.objects.none(), required=False, empty_label=_("Not known yet"),
        help_text=_("Its body, day and case number stand in the report, and the PDF goes to its case."),
    )  # fmt: skip
    close = forms.BooleanField(
        label=_("Close the period as well"), required=False,
        help_text=_("Then no more reports come in. Freezing alone closes nothing."),
    )  # fmt: skip

    def __init__(self, *args: Any, plan: Plan, period: ReportingPeriod, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Q(case__plan_links__plan=plan) | Q(pk=period.step_id)
        steps = CaseStep.objects.filter(own, authority_id=plan.authority_id).distinct()
        field: Any = self.fields["step"]
        field.queryset = steps.select_related("case", "body__authority").order_by("-starts_on", "-pk")
        field.initial = period.step_id
        if period.closed_on is not None:
            del self.fields["close"]
        self.order_fields(["step", "close", "once"])


class CorrectForm(Once):
    """Why a report is corrected; anyone reads it beside the new version."""

    reason = LongText(
        label=_("Why it is corrected"), longest=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 3}),
        missing=_("Say why the report is corrected."),
        help_text=_("Everyone reads this at the top of the new version. Say what was wrong."),
    )  # fmt: skip

    field_order = ("reason", "once")

    def clean_reason(self) -> str:
        return " ".join(str(self.cleaned_data["reason"]).split())


class ReleaseForm(forms.Form):
    """The leader says that she has read what becomes public."""

    read = forms.BooleanField(
        label=_("I have read the report"),
        error_messages={"required": _("Read the report first, and say that you have.")},
    )
