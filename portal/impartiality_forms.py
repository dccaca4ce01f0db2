"""What one fills in about impartiality: one's own declaration, and a ruling on another's tie."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.input_forms import Asked, LongText
from portal.models import Declaration

LONGEST = 400


class Answered(Asked, forms.ChoiceField):
    """One of two answers, none chosen beforehand."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": forms.RadioSelect, **kwargs})


class MaybeText(LongText):
    missing = ""


class DeclareForm(forms.Form):
    """No ties, or which."""

    svar = Answered(
        label=_("Does anything tie you to the case?"), missing=_("Choose one of the two answers."),
        choices=[
            (Declaration.Answer.NO_TIES.value, _("No, nothing ties me to it")),
            (Declaration.Answer.TIE.value, _("Yes, there is a tie")),
        ],
    )  # fmt: skip
    tilknytning = MaybeText(
        label=_("Which tie?"), required=False, longest=LONGEST,
        help_text=_("Only if there is one. Say it shortly, such as “My sister owns the company”. A leader reads it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, *args: Any, several: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if several:
            self.fields["svar"].label = _("Does anything tie you to one of the cases?")

    def clean(self) -> Any:
        typed: Any = super().clean()
        answer, tie = typed.get("svar"), typed.get("tilknytning")
        if answer == Declaration.Answer.TIE and not tie and "tilknytning" not in self.errors:
            self.add_error("tilknytning", _("Say what ties you to the case."))
        if answer == Declaration.Answer.NO_TIES and tie:
            self.add_error("svar", _("You have written of a tie. Choose “Yes”, or remove what you wrote."))
        return typed


class RuleForm(forms.Form):
    """Whether one with a declared tie may handle the case, and why."""

    kan = Answered(
        label=_("May she or he handle the case?"), missing=_("Choose one of the two answers."),
        choices=[("nei", _("No, disqualified")), ("ja", _("Yes, impartial all the same"))],
    )  # fmt: skip
    grunn = LongText(
        label=_("Reason"), longest=LONGEST, missing=_("Give the reason for the ruling."),
        help_text=_("It stands in the case, and the one it is about reads it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
