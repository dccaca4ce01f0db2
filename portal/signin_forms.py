"""allauth's forms for security keys, with a label for the name: theirs says "Name" in every language."""

from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.utils.translation import gettext_lazy as _


class AddWebAuthnForm(webauthn.AddWebAuthnForm):
    name = forms.CharField(label=_("Name of the key"), required=False)


class EditWebAuthnForm(webauthn.EditWebAuthnForm):
    name = forms.CharField(label=_("Name of the key"))
