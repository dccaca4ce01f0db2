"""What the forum asks with, and what the municipality answers with."""

from __future__ import annotations

import datetime as dt
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.calendar import is_working_day, next_working_day
from portal.designsystemet import Action, Actions
from portal.input_forms import LongText
from portal.models.base import sane_date
from portal.versions import NativeDateInput, VersionedMixin
from strategy import forum, sentences
from strategy.models import ForumQuestion, Measure, Plan, PlanReport
from strategy.rows import stated

WHOLE = ""
"""The choice that a question is about the whole plan."""


class AskForm(forms.Form):
    """A reviewer's question: what, about which part of the plan, by when it is answered, and who may read it."""

    about = forms.ChoiceField(label=_("What is it about?"), required=False)
    text = LongText(
        label=_("Your question"), longest=forum.LONGEST_QUESTION, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("At most 1000 characters. Leave out names of persons."), missing=_("Write your question."),
    )  # fmt: skip
    is_public = forms.TypedChoiceField(
        label=_("Who may read question and answer?"), coerce=lambda value: value == "ja", widget=forms.RadioSelect,
        choices=[("ja", _("Everyone, here on the page")), ("nei", _("Only the forum and the municipality"))],
        error_messages={"required": _("Choose who may read it.")},
    )  # fmt: skip
    answer_due_on = forms.DateField(
        label=_("Answer wanted by"), widget=NativeDateInput, validators=[sane_date],
        help_text=_("Three weeks is usual. Choose a working day."),
        error_messages={"required": _("Give the day you want the answer by.")},
    )  # fmt: skip
    mark_optional = False

    def __init__(self, *args: Any, plan: Plan, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.parts = today, parts_of(plan)
        self.fields["about"].choices = choices_of(plan, self.parts)  # type: ignore[attr-defined]
        self.fields["answer_due_on"].initial = forum.usual_due(today)
        self.fields["answer_due_on"].widget.attrs["min"] = (today + dt.timedelta(days=1)).isoformat()
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.layout = Layout(
            "about", "text", "is_public", "answer_due_on", Actions(Action(_("Send the question")))
        )

    def clean_answer_due_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["answer_due_on"]
        if day <= self.today:
            raise ValidationError(_("Choose a day after today."), code="past")
        if not is_working_day(day):
            raise ValidationError(
                gettext("%(day)s is not a working day. Choose %(next)s, or another working day.")
                % {"day": stated(day), "next": stated(next_working_day(day))},
                code="day_off",
            )
        return day

    @property
    def asked(self) -> forum.Asked:
        """What was asked, cleaned."""
        given = self.cleaned_data
        part = self.parts.get(given["about"])
        return forum.Asked(
            given["text"], given["answer_due_on"], measure=part if isinstance(part, Measure) else None,
            report=part if isinstance(part, PlanReport) else None, is_public=given["is_public"],
        )  # fmt: skip


def parts_of(plan: Plan) -> dict[str, Measure | PlanReport]:
    """Return what of a plan one may ask about: its measures in force and its released reports; two queries."""
    in_force = Measure.objects.filter(plan=plan, current_entry__isnull=False).exclude(current_entry__change="dropped")
    measures = in_force.select_related("current_entry__strategy").order_by("current_entry__position")
    reports = PlanReport.objects.filter(plan=plan, released_at__isnull=False).defer("content", "html")
    return {
        **{f"t{row.pk}": row for row in measures},
        **{f"r{row.pk}": row for row in reports.order_by("-number", "-version")},
    }


def choices_of(plan: Plan, parts: dict[str, Measure | PlanReport]) -> list[tuple[Any, Any]]:
    measures = [(key, str(row)) for key, row in parts.items() if isinstance(row, Measure)]
    reports = [(key, words_of(row)) for key, row in parts.items() if isinstance(row, PlanReport)]
    groups = [(capfirst(sentences.several(plan.measure_word)), measures), (gettext("Reports"), reports)]
    return [(WHOLE, gettext("The plan as a whole")), *((word, rows) for word, rows in groups if rows)]


def words_of(report: PlanReport) -> str:
    """Return a report as people say it: "Report no. 2 of 7.9.2026"."""
    facts = {"number": report.number, "day": stated(report.frozen_on), "version": report.version}
    if report.version > 1:
        return gettext("Report no. %(number)d of %(day)s, version %(version)d") % facts
    return gettext("Report no. %(number)d of %(day)s") % facts


class AnswerForm(VersionedMixin):
    """The municipality's answer; a colleague's answer is never overwritten unseen."""

    answer = LongText(
        label=_("Our answer"), longest=forum.LONGEST_ANSWER, widget=forms.Textarea(attrs={"rows": 7}),
        help_text=_("Say what is done, what comes, and what does not. At most 2000 characters."),
        missing=_("Write the answer."),
    )  # fmt: skip

    class Meta:
        model = ForumQuestion
        fields = ("answer", "promised_on")
        labels = {"promised_on": _("Done by")}
        help_texts = {"promised_on": _("If you promise something: the day it is done by. It is shown with the answer.")}
        widgets = {"promised_on": NativeDateInput}

    def clean_promised_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["promised_on"]
        if day is not None and day < self.instance.asked_on:
            raise ValidationError(_("The day lies before the question was asked."), code="past")
        return day
