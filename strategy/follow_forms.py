"""The forms of one who wants to follow a plan: an address, and the code that was sent there."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from portal.designsystemet import Action, Actions
from portal.input_forms import Address, CodeForm


class FollowForm(forms.Form):
    """Where the news is to be sent."""

    address = Address(
        label=_("E-mail"), max_length=254, help_text=_("We send a code there now. Nothing is kept before you write it.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["address"].widget.attrs["autocomplete"] = "email"
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.layout = Layout("address", Actions(Action(_("Get the code by e-mail"))))


class FollowCodeForm(CodeForm):
    """The six digits that make an address follow."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout("code", Actions(Action(_("Confirm and follow"), name="do", value="confirm")))
