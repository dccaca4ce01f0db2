"""The end of a budget year: what is left on each account is carried over or returned, and the year is closed."""

from __future__ import annotations

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from grants.models.ledger import Account
from portal.models.base import AuthorityOwned, Versioned
from strategy.models.plan import SANE_YEAR


@pghistory.track()
class YearEnd(Versioned, AuthorityOwned):
    """Årsavslutning: prepared by one, closed by another; a closed year takes no new money and no new commitment."""

    year = models.PositiveSmallIntegerField(_("year"), validators=SANE_YEAR)
    prepared_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("prepared by")
    )
    prepared_at = models.DateTimeField(_("prepared"))
    sent_at = models.DateTimeField(_("sent to be closed"), null=True, blank=True)
    closed_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("closed by")
    )
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    step = models.ForeignKey(
        "portal.CaseStep", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("decided in"),
    )  # fmt: skip
    decision_reference = models.CharField(_("decision"), max_length=160, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("year end")
        verbose_name_plural = _("year ends")
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(
                name="year_end_once", fields=["authority", "year"],
                violation_error_message=_("This year’s end is begun already."),
            ),
            models.CheckConstraint(
                name="year_end_closed_by_another",
                condition=models.Q(closed_at__isnull=True, closed_by__isnull=True)
                | (models.Q(closed_at__isnull=False, closed_by__isnull=False)
                   & ~models.Q(closed_by=models.F("prepared_by"))),
                violation_error_message=_("Another than the one who prepared it closes the year."),
            ),
            models.CheckConstraint(
                name="year_end_names_decision",
                condition=models.Q(closed_at__isnull=True) | models.Q(step__isnull=False)
                | ~models.Q(decision_reference=""),
                violation_error_message=_("Name the decision."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.year}"


class YearEndLine(AuthorityOwned):
    """Linje i årsavslutning: what one account has left, and how much is carried over and returned."""

    year_end = models.ForeignKey(YearEnd, on_delete=models.CASCADE, related_name="lines", verbose_name=_("year end"))
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", verbose_name=_("account"))
    free_nok = models.BigIntegerField(_("left"))
    carry_nok = models.BigIntegerField(_("carried over"), default=0)
    return_nok = models.BigIntegerField(_("returned"), default=0)
    into = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("to the account")
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("line of a year end")
        verbose_name_plural = _("lines of a year end")
        ordering = ["year_end", "pk"]
        constraints = [
            models.UniqueConstraint(name="year_end_line_once", fields=["year_end", "account"]),
            models.CheckConstraint(
                name="year_end_line_adds_up",
                condition=models.Q(free_nok=models.F("carry_nok") + models.F("return_nok"), free_nok__gt=0,
                                   carry_nok__gte=0, return_nok__gte=0),
                violation_error_message=_("What is carried over and returned is what is left."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.account)
