"""The forms of who votes: an address for the link, and the ballot paper itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from portal.designsystemet import Action, Actions
from portal.input_forms import Address, NoRobots

if TYPE_CHECKING:
    from awards.models import Candidate, RoundCategory


NOBODY = "0"
"""The choice of who votes in other categories alone."""


class AskForm(NoRobots):
    """Where the link is to be sent."""

    address = Address(label=_("E-mail"), max_length=254, help_text=_("We send a link there. One address has one vote."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["address"].widget.attrs["autocomplete"] = "email"
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.layout = Layout("address", *self.hidden_parts(), Actions(Action(_("Get the link by e-mail"))))


def called(candidate: Candidate) -> str:
    """Return how a finalist is named on the ballot paper."""
    return f"{candidate.name}, {candidate.place}" if candidate.place else candidate.name


class BallotForm(forms.Form):
    """The ballot paper: one finalist in each category one wants to vote in."""

    def __init__(self, *args: Any, finalists: dict[RoundCategory, list[Candidate]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_one = len(finalists) == 1
        wrong = _("Choose one of the finalists that stand here now.")
        for category, candidates in finalists.items():
            choices: list[Any] = [(str(one.pk), called(one)) for one in candidates]
            if not is_one:
                choices.append((NOBODY, _("I do not vote in this category")))
            self.fields[f"kategori-{category.pk}"] = forms.ChoiceField(
                label=str(category), choices=choices, widget=forms.RadioSelect,
                initial=None if is_one else NOBODY,
                error_messages={"required": _("Choose who gets your vote."), "invalid_choice": wrong},
            )  # fmt: skip
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.layout = Layout(*self.fields, Actions(Action(_("Cast my vote"), name="gjor", value="stem")))

    def clean(self) -> Any:
        cleaned = super().clean()
        if not self.errors and not self.chosen:
            self.add_error(next(iter(self.fields), None), _("Choose at least one finalist."))
        return cleaned

    @property
    def chosen(self) -> list[int]:
        """The candidates that were voted for."""
        return [int(value) for value in self.cleaned_data.values() if value != NOBODY]
