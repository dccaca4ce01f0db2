"""Companies and associations."""

from __future__ import annotations

import re
from typing import Any

import pghistory
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from stdnum.no import orgnr

from portal.models.base import AuthorityOwned, NorwegianKey, Versioned


def valid_organisation_number(number: str) -> None:
    """Refuse a number whose check digit is wrong.

    Raises:
        ValidationError: not nine digits, or the modulo-11 check digit does not fit.
    """
    if not (number.isascii() and orgnr.is_valid(number)):
        raise ValidationError(
            _("%(number)s is not an organisation number. Check the nine digits."),
            code="orgnr",
            params={"number": number},
        )


class OrganisationNumberField(models.CharField):
    """Nine digits with a check digit; spaces as people type them are taken away."""

    default_validators = [valid_organisation_number]

    def to_python(self, value: object) -> str | None:
        text = super().to_python(value)
        return re.sub(r"[\s.]", "", text) if text else text

    def formfield(self, **kwargs: Any) -> Any:
        """Leave room for the spaces people type."""
        return super().formfield(**{"max_length": 20, **kwargs})


@pghistory.track()
class Organisation(Versioned, AuthorityOwned):
    """Virksomhet: a company (foretak) or association (forening) as one authority knows it."""

    name = models.CharField(_("name"), max_length=200)
    number = OrganisationNumberField(
        _("organisation number"), max_length=9, blank=True, help_text=_("Nine digits. Empty until a grant needs it.")
    )
    form = models.CharField(_("form"), max_length=10, blank=True, help_text=_("AS, ENK, FLI …"))
    email = models.EmailField(_("e-mail"), blank=True)
    register_copy = models.JSONField(_("copy of the register"), null=True, blank=True, editable=False)
    register_copied_at = models.DateTimeField(_("copied at"), null=True, blank=True, editable=False)
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = [NorwegianKey("name")]
        constraints = [
            models.UniqueConstraint(
                name="organisation_number_once",
                fields=["authority", "number"],
                condition=~models.Q(number=""),
                violation_error_message=_("An organisation with this number exists already."),
            ),
            models.CheckConstraint(
                name="organisation_number_nine_digits",
                condition=models.Q(number="") | models.Q(number__regex=r"^\d{9}$"),
            ),
        ]

    def __str__(self) -> str:
        return self.name
