"""The forms of what is done around the announcement: prize money, and access assessed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from awards.announcing.access import OUTCOMES, USUAL_BASES
from portal.models.case import Access
from portal.money import format_nok

if TYPE_CHECKING:
    from awards.models import Winner
    from grants.models import Account


class MoneyForm(forms.Form):
    """Which account a winner’s prize money is taken from; `accounts` are read once for all winners."""

    account = forms.TypedChoiceField(
        label=_("Taken from"), coerce=int,
        error_messages={"invalid_choice": _("Choose an account of the scheme the prize money is paid from.")},
    )  # fmt: skip

    def __init__(self, *args: Any, winner: Winner, accounts: list[Account], **kwargs: Any) -> None:
        super().__init__(*args, prefix=f"v{winner.pk}", **kwargs)
        field: Any = self.fields["account"]
        field.choices = [(one.pk, _named(one)) for one in accounts]
        self.accounts = {one.pk: one for one in accounts}

    def clean_account(self) -> Account:
        return self.accounts[self.cleaned_data["account"]]


def _named(account: Account) -> str:
    """Return an account’s name with what is free on it."""
    balance = getattr(account, "balance", None)
    return f"{account.name} ({format_nok(balance.free_nok)})" if balance is not None else account.name


class AccessForm(forms.Form):
    """What is said of the chosen documents: open, or exempt and by which law."""

    access = forms.ChoiceField(
        label=_("They are"), choices=[(each, Access(each).label) for each in OUTCOMES], widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether they are open or exempt.")},
    )  # fmt: skip
    basis = forms.CharField(
        label=_("Legal basis"), max_length=120, required=False,
        help_text=format_lazy(_("Only for what is exempt. Most often: {laws}."), laws="; ".join(USUAL_BASES)),
    )  # fmt: skip
