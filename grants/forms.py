"""What the forms about money share: the field for an amount, and the words for what it cannot read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.money import MoneyError, format_number, parse_nok

WORDS = {
    "not_a_number": _("Enter the amount in figures, such as 12 500."),
    "not_whole_kroner": _("Enter whole kroner, without øre: 13, not 12,5."),
    "negative": _("Enter an amount over nought."),
    "nought": _("Enter an amount over nought."),
    "too_large": _("The amount is too large. Check the figures."),
}


class NokField(forms.CharField):
    """An amount in whole kroner as people write it: "kr 12 500,-" is read, "12,5" is told why not."""

    def __init__(self, *, allow_nought: bool = False, **kwargs: Any) -> None:
        self.allow_nought = allow_nought
        kwargs.setdefault("max_length", 40)
        kwargs.setdefault("label", _("Amount in kroner"))
        super().__init__(**kwargs)
        self.validators = []  # a text's own; what is read is a number
        self.widget.attrs.update({"inputmode": "numeric", "autocomplete": "off", "class": "p-nok"})

    def prepare_value(self, value: Any) -> Any:
        return format_number(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        try:
            amount = parse_nok(str(text), allow_negative=False)
        except MoneyError as error:
            raise ValidationError(WORDS.get(error.code, WORDS["not_a_number"]), code=error.code) from error
        if not amount and not self.allow_nought:
            raise ValidationError(WORDS["nought"], code="nought")
        return amount
