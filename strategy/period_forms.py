"""What officers fill in about periods and reports: a period, a question back, a colleague to give reports to."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.case_path import is_open, when
from portal.models import Body, CaseStep, User
from portal.versions import NativeDateInput, VersionedMixin
from strategy import asking
from strategy.models import ReportingPeriod
from strategy.rules.periods import PeriodKind, kind_of, next_period

if TYPE_CHECKING:
    from collections.abc import Iterable

    from strategy.models import Plan

KINDS = {
    "tertial": (PeriodKind.TERTIAL, gettext_lazy("Tertial")),
    "halvaar": (PeriodKind.HALF_YEAR, gettext_lazy("Half-year")),
    "annet": (PeriodKind.OTHER, gettext_lazy("Another length")),
}
"""How long a new period is, by the word in the address."""
A_YEAR = dt.timedelta(days=365)


def likely_kind(plan: Plan) -> str:
    """Return the kind of the plan's last period, by the word in the address; tertials where it has none."""
    last = plan.periods.order_by("-ends_on").first()
    kind = kind_of(last.starts_on, last.ends_on) if last else PeriodKind.TERTIAL
    return next(word for word, (each, _label) in KINDS.items() if each == kind)


def suggested(plan: Plan, kind: str, today: dt.date) -> ReportingPeriod:
    """Return the plan's next period as it is suggested, unsaved; its name in the authority's own language."""
    last = plan.periods.order_by("-ends_on").values_list("ends_on", flat=True).first()
    found = next_period(KINDS[kind][0], last, today)
    facts = {"number": found.number, "year": found.ends_on.year}
    with translation.override(plan.authority.language_form):
        name = {
            PeriodKind.TERTIAL: _("Tertial %(number)d of %(year)d"),
            PeriodKind.HALF_YEAR: _("Half-year %(number)d of %(year)d"),
            PeriodKind.OTHER: _("The year %(year)d"),
        }[found.kind] % facts  # fmt: skip
    return ReportingPeriod(
        plan=plan, authority_id=plan.authority_id, name=name, starts_on=found.starts_on, ends_on=found.ends_on,
        opens_on=found.opens_on, due_on=found.due_on,
    )  # fmt: skip


class StepField(forms.ModelChoiceField):
    """A treatment, by body and date and what it is about."""

    def label_from_instance(self, obj: Any) -> str:
        about = (is_open(obj.case) and obj.description) or str(obj.case)
        return " · ".join(filter(None, (str(obj.body), when(obj), about)))


class PeriodForm(VersionedMixin):
    """A period; once it is open, only what does not change whom was asked about what."""

    class Meta:
        model = ReportingPeriod
        fields = ("name", "starts_on", "ends_on", "opens_on", "due_on", "body", "step")
        widgets = dict.fromkeys(("starts_on", "ends_on", "opens_on", "due_on"), NativeDateInput)
        field_classes = {"step": StepField}
        help_texts = {"body": gettext_lazy("Who the frozen report is for.")}

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        period = self.instance
        bodies = Body.objects.filter(authority_id=period.authority_id)
        steps = CaseStep.objects.filter(authority_id=period.authority_id, body__in=bodies)
        ahead = Q(starts_on__isnull=True) | Q(starts_on__gte=today - A_YEAR) | Q(pk=period.step_id)
        self.fields["body"].queryset = bodies  # type: ignore[attr-defined]
        self.fields["body"].empty_label = _("None")  # type: ignore[attr-defined]
        steps = steps.filter(ahead).select_related("body", "case").order_by("-starts_on", "-pk")
        self.fields["step"].queryset = steps  # type: ignore[attr-defined]
        self.fields["step"].empty_label = _("Not known yet")  # type: ignore[attr-defined]
        if period.opened_at is not None:
            for name in ("starts_on", "ends_on", "opens_on"):
                del self.fields[name]

    def clean_ends_on(self) -> dt.date:
        ends: dt.date = self.cleaned_data["ends_on"]
        others = ReportingPeriod.objects.filter(plan_id=self.instance.plan_id, ends_on=ends)
        if self.instance.pk and others.exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("The plan has a period with this end already."))
        return ends

    def clean(self) -> Any:
        cleaned = super().clean() or {}
        opens, due = cleaned.get("opens_on", self.instance.opens_on), cleaned.get("due_on")
        if opens and due and due < opens:
            self.add_error("due_on", _("The reports are due before the period opens."))
            self.instance.due_on = None  # the row's own check would say the same again
        body, step = cleaned.get("body"), cleaned.get("step")
        if step and body and step.body_id != body.pk:
            text = _("This treatment belongs to %(body)s. Choose one of the receiving body.")
            self.add_error("step", text % {"body": step.body})
        elif step and not body:
            cleaned["body"] = step.body
        return cleaned


class SendBackForm(forms.Form):
    """A question that goes back with the report."""

    question = forms.CharField(
        label=gettext_lazy("What do you ask about?"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Who reported reads it here. The e-mail only says that there is a question."),
        error_messages={"required": gettext_lazy("Write what you ask about.")},
    )  # fmt: skip


class DelegateForm(forms.Form):
    """A colleague who reports instead, of all the authorities whose reports are chosen."""

    to = forms.ModelChoiceField(
        User.objects.none(), label=gettext_lazy("Who is to report?"), required=False,
        empty_label=gettext_lazy("Who is responsible for the measure"),
    )  # fmt: skip

    def __init__(self, *args: Any, authorities: Iterable[int], today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owners = set(authorities)
        people = asking.colleagues(next(iter(owners)), today) if len(owners) == 1 else User.objects.none()
        self.fields["to"].queryset = people  # type: ignore[attr-defined]
