"""The form of one who comes for the first time."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from portal.designsystemet import Action, Actions
from portal.input_forms import Address, OneLine


class WelcomeForm(forms.Form):
    """What one is called, and where we write."""

    name = OneLine(label=_("Name"), max_length=120, missing=_("Write your name."))
    email = Address(
        label=_("E-mail"), max_length=254, help_text=_("We send a code there now, and later what concerns you.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["email"].widget.attrs["autocomplete"] = "email"
        for field in self.fields.values():
            field.widget.attrs.pop("maxlength", None)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.layout = Layout(
            "name", "email", Actions(Action(_("Get the code by e-mail"), name="do", value="send"))
        )

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()
