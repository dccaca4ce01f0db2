"""What officers fill in about a candidate: who it is, what it answered on paper, and why it cannot win."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from awards.candidates import answers, eligibility
from awards.models import Candidate, Kind, RoundCategory
from grants.grant_forms import SEEN, Day, MaybeText
from portal.input_forms import Address, Asked, LongText, OneLine
from portal.integrations import register
from portal.models.organisation import OrganisationNumberField, valid_organisation_number

if TYPE_CHECKING:
    from awards.models import PrizeRound

LONGEST_WHY = 400


class MaybeAddress(Address):
    missing = ""


class Chosen(Asked, forms.ChoiceField):
    """One of a few answers, none chosen beforehand."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": forms.RadioSelect, **kwargs})


class WhyForm(forms.Form):
    """Why a candidate cannot win."""

    why = LongText(
        label=_("Why can the nominee not win?"), longest=LONGEST_WHY, missing=_("Say why the nominee cannot win."),
        widget=forms.Textarea(attrs={"rows": 3}), help_text=_("The jury reads it, and the nominee on her own page."),
    )  # fmt: skip
    seen = forms.IntegerField(**SEEN)


class ToldForm(forms.Form):
    """The day a nominee was told on paper."""

    on = Day(label=_("The day the nominee was told"), error_messages={"required": _("Enter the date.")})
    seen = forms.IntegerField(**SEEN)


class AnswerForm(forms.Form):
    """What a nominee answered: on her own page, or on paper as an officer registers it."""

    answer = Chosen(
        label=_("What does the nominee answer?"), missing=_("Choose one of the answers."),
        choices=[
            (Candidate.Answer.ACCEPTED.value, _("Takes part")), (Candidate.Answer.DECLINED.value, _("Declines")),
        ],
    )  # fmt: skip
    facts = MaybeText(
        label=_("What does the nominee add?"), longest=answers.LONGEST, required=False,
        widget=forms.Textarea(attrs={"rows": 6}), help_text=_("Facts the jury should know. It reads them as they are."),
    )  # fmt: skip
    seen = forms.IntegerField(**SEEN)


class OwnAnswerForm(AnswerForm):
    """The same, asked of the nominee herself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["seen"]
        field: Any = self.fields["answer"]
        field.label = gettext("Will you take part?")
        field.choices = [
            (Candidate.Answer.ACCEPTED.value, gettext("Yes, I take part")),
            (Candidate.Answer.DECLINED.value, gettext("No, I decline")),
        ]
        self.fields["facts"].label = gettext("Is there something the jury should know?")
        self.fields["facts"].help_text = gettext("You need not write anything. What you write, the jury reads.")


class ChangeForm(forms.Form):
    """Who is nominated, as it should have been written, and in which category."""

    kind = forms.ChoiceField(label=_("What is nominated?"), choices=Kind.choices)
    name = OneLine(label=_("Name"), max_length=200, missing=_("Write the name."))
    number = forms.CharField(
        label=_("Organisation number"), required=False, max_length=20,
        help_text=_("We look it up in the business register."),
    )  # fmt: skip
    email = MaybeAddress(
        label=_("E-mail"), required=False, max_length=254, help_text=_("A link sent to an older address stops working.")
    )  # fmt: skip
    category = forms.ModelChoiceField(
        label=_("Category"), queryset=RoundCategory.objects.none(), empty_label=None,
    )  # fmt: skip
    seen = forms.IntegerField(**SEEN)

    def __init__(self, *args: Any, round_: PrizeRound, before: Candidate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before, self.copy = before, None
        field: Any = self.fields["category"]
        field.queryset = RoundCategory.objects.filter(round=round_).select_related("category")

    def clean_number(self) -> str:
        """Return the nine digits, however they were spaced."""
        typed = self.cleaned_data["number"]
        number = str(OrganisationNumberField().to_python(typed) or "")
        if number:
            valid_organisation_number(number)
        return number

    def clean(self) -> Any:
        """Look a new number up in the register; where it does not answer, the number stands and the copy waits."""
        typed: Any = super().clean()
        number = typed.get("number") or ""
        if number and typed.get("kind") == Kind.PERSON:
            self.add_error("number", gettext("A person has no organisation number."))
        elif number and not self.errors and (number != self.before.number or not self.before.register_copy):
            self.copy = self._looked_up(number)
        return typed

    def _looked_up(self, number: str) -> dict[str, Any] | None:
        try:
            unit = register.unit(number)
        except register.RegisterError:
            return None
        if unit is None:
            self.add_error("number", gettext("The business register has nobody with this number."))
            return None
        return eligibility.copy_of(unit)


class DismissForm(forms.Form):
    """Why a nomination does not count."""

    why = LongText(
        label=_("Why does it not count?"), longest=LONGEST_WHY, missing=_("Say why it does not count."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class GatherForm(forms.Form):
    """In which candidate another is gathered."""

    into = forms.ModelChoiceField(
        label=_("Which of them is left?"), queryset=Candidate.objects.none(), widget=forms.RadioSelect,
        error_messages={"required": _("Choose a candidate.")}, empty_label=None,
    )  # fmt: skip
    seen = forms.IntegerField(**SEEN)

    def __init__(self, *args: Any, others: list[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["into"]
        field.queryset = Candidate.objects.filter(pk__in=[one.pk for one in others])
        field.choices = [
            (one.pk, " · ".join(text for text in (one.name, one.number, one.place) if text)) for one in others
        ]
