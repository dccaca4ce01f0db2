"""allauth's forms with what is ours: a label for the name of a key, and wrong codes that are counted."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.mfa.base import forms as base
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.models import Method
from portal.signing_in import lockout


class AddWebAuthnForm(webauthn.AddWebAuthnForm):
    name = forms.CharField(label=_("Name of the key"), required=False)


class EditWebAuthnForm(webauthn.EditWebAuthnForm):
    name = forms.CharField(label=_("Name of the key"))


class CountedCode(base.BaseAuthenticateForm):
    """The second step's code; wrong ones count with the wrong passwords of the same person."""

    def clean_code(self) -> str:
        attempt = lockout.begin(context.request, self.user.email, method=Method.MFA, now=timezone.now())
        if attempt is None:
            raise get_adapter().validation_error("too_many_login_attempts")
        code = super().clean_code()
        lockout.take_back(attempt)
        return code


class AuthenticateForm(CountedCode, base.AuthenticateForm):
    pass


class ReauthenticateForm(CountedCode, base.ReauthenticateForm):
    pass
