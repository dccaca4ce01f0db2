"""The forms of one who signs in by code: the address, the code, and the name of one who is new."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from portal.designsystemet import Action, Actions
from portal.input_forms import Address, CodeForm, OneLine


class OneField(forms.Form):
    """A form with one field and one button."""

    send_text: Any = _("Save")
    send_value = "save"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.layout = Layout(*self.fields, Actions(Action(self.send_text, name="do", value=self.send_value)))


class AskCodeForm(OneField):
    """Where the code is to be sent."""

    address = Address(label=_("E-mail"), max_length=254)
    send_text = _("Get the code by e-mail")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["address"].widget.attrs["autocomplete"] = "email"


class SignInCodeForm(CodeForm):
    """The six digits that sign one in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout("code", Actions(Action(_("Sign in"), name="do", value="confirm")))


class NameForm(OneField):
    """What one who is new is called."""

    name = OneLine(label=_("Your name"), max_length=120, missing=_("Write your name."))
    send_text = _("Go on")
    send_value = "name"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"


class NewAddressForm(OneField):
    """The address one wants to sign in with from now on."""

    address = Address(label=_("New e-mail address"), max_length=254)
    send_text = _("Get the code by e-mail")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["address"].widget.attrs["autocomplete"] = "email"


class NewAddressCodeForm(CodeForm):
    """The six digits that change the address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout("code", Actions(Action(_("Change the address"), name="do", value="confirm")))
