"""What officers fill in about each part of a call's form: a criterion, a question, an attachment, a check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from grants.calls import parts
from grants.calls.call_forms import YES_NO, MaybeLine
from grants.grant_forms import MaybeText
from grants.models import Criterion, EligibilityCheck, Question, RequiredAttachment
from portal.input_forms import OneLine

if TYPE_CHECKING:
    from grants.models import Call


class PartForm(forms.ModelForm):
    """One part of a call's form; carries the mark of the whole as it was shown."""

    mark = forms.CharField(label="", max_length=16, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, call: Call, mark: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.call, self.fields["mark"].initial = call, mark


class CriterionForm(PartForm):
    title = OneLine(label=_("Criterion"), max_length=160, missing=_("Write the criterion."))
    description = MaybeLine(
        label=_("What we look for"), max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    weight = forms.IntegerField(
        label=_("Weight"), min_value=1, max_value=100, initial=1, widget=forms.NumberInput(attrs={"data-w": "s"}),
        help_text=_("2 counts twice as much as 1."),
    )  # fmt: skip
    most_points = forms.IntegerField(
        label=_("Most points"), min_value=1, max_value=100, initial=5, widget=forms.NumberInput(attrs={"data-w": "s"})
    )

    class Meta:
        model = Criterion
        fields = ["title", "description", "weight", "most_points"]


class QuestionForm(PartForm):
    """A question; its choices stand one on each line, and it may hang on one answer to an earlier question."""

    text = OneLine(label=_("Question"), max_length=240, missing=_("Write the question."))
    help_text = MaybeLine(
        label=_("Help under the question"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    kind = forms.ChoiceField(
        label=_("How is it answered?"), choices=list(parts.KIND_WORDS.items()), widget=forms.RadioSelect
    )
    options = MaybeText(
        label=_("Choices"), longest=2400, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For a choice only: one on each line."),
    )  # fmt: skip
    required = forms.BooleanField(label=_("It must be answered"), required=False, initial=True)
    shown = forms.ChoiceField(
        label=_("When is it asked?"), required=False,
        help_text=_("It can hang on an answer to an earlier yes-or-no question or choice."),
    )  # fmt: skip

    class Meta:
        model = Question
        fields = ["text", "help_text", "kind", "options", "required"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        part = self.instance
        self.initial["options"] = "\n".join(part.options or [])
        self.initial["shown"] = f"{part.shown_if_id}:{part.shown_if_answer}" if part.shown_if_id else ""
        self.fields["shown"].choices = [("", gettext("Always")), *self.ways()]  # type: ignore[attr-defined]

    def ways(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return the answers it can hang on, by question: those above it."""
        words = {name: str(label) for name, label in YES_NO}
        above = [
            row for row in parts.rows_of(self.call, "sporsmal")
            if self.instance.pk is None or row.position < self.instance.position
        ]  # fmt: skip
        groups = []
        for row in above:
            answers = [
                (f"{row.pk}:{said}", gettext("when “%(answer)s”") % {"answer": words.get(said, said)})
                for said in parts.answers_of(row)
            ]
            groups += [(row.text, answers)] if answers else []
        return groups

    def clean_options(self) -> list[str]:
        found = list(dict.fromkeys(filter(None, (line.strip() for line in self.cleaned_data["options"].split("\n")))))
        if any(len(line) > 120 for line in found):
            raise ValidationError(gettext("A choice has at most 120 characters."), code="too_long")
        return found

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if typed.get("kind") == Question.Kind.CHOICE and len(typed.get("options") or []) < 2:
            if "options" not in self.errors:
                self.add_error("options", gettext("Write at least two choices, one on each line."))
        elif typed.get("kind") != Question.Kind.CHOICE:
            typed["options"] = []
        key, _colon, answer = (typed.get("shown") or "").partition(":")
        self.instance.shown_if_id, self.instance.shown_if_answer = (int(key), answer) if key else (None, "")
        return typed


class AttachmentForm(PartForm):
    title = OneLine(label=_("What is to be enclosed?"), max_length=160, missing=_("Write what is to be enclosed."))
    help_text = MaybeLine(
        label=_("What it should show"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    required = forms.BooleanField(label=_("It must be enclosed"), required=False, initial=True)

    class Meta:
        model = RequiredAttachment
        fields = ["title", "help_text", "required"]


class CheckForm(PartForm):
    text = OneLine(
        label=_("Question"), max_length=240, missing=_("Write the question."),
        help_text=_("One that is answered with yes or no."),
    )  # fmt: skip
    right_answer = forms.TypedChoiceField(
        label=_("The answer that lets one apply"), choices=YES_NO, coerce=lambda said: said == "yes",
        widget=forms.RadioSelect, initial="yes",
    )  # fmt: skip
    explanation = OneLine(
        label=_("What we say when the answer is another"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}),
        missing=_("Write what to say when the answer is another."),
        help_text=_("Say why one cannot apply here, and where one can turn instead."),
    )  # fmt: skip

    class Meta:
        model = EligibilityCheck
        fields = ["text", "right_answer", "explanation"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["right_answer"] = "yes" if self.instance.right_answer else "no"


PART_FORMS: dict[str, type[PartForm]] = {
    "kriterium": CriterionForm, "sporsmal": QuestionForm, "vedlegg": AttachmentForm, "sjekk": CheckForm,
}  # fmt: skip
WORDS_OF_KINDS = {
    "kriterium": pgettext_lazy("part of a call", "a criterion"),
    "sporsmal": pgettext_lazy("part of a call", "a question"),
    "vedlegg": pgettext_lazy("part of a call", "an attachment"),
    "sjekk": pgettext_lazy("part of a call", "a question to check with"),
}
