"""Who was honoured, and why: published for good, with the years before the portal."""

from __future__ import annotations

import pghistory
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from awards.models.nomination import Kind
from awards.models.prize import Prize
from awards.models.round import CategoryDecision
from portal.models.base import AuthorityOwned, Versioned
from portal.models.organisation import OrganisationNumberField
from strategy.models.plan import SANE_YEAR


@pghistory.track()
class Winner(Versioned, AuthorityOwned):
    """Vinner, prisvinner: who got the prize in a year and category, with the reasons as they were read out.

    Without a decision in the portal it is a winner of an earlier year, with its source.
    """

    prize = models.ForeignKey(Prize, on_delete=models.PROTECT, related_name="winners", verbose_name=_("prize"))
    year = models.PositiveSmallIntegerField(_("year"), validators=SANE_YEAR)
    category_name = models.CharField(_("category"), max_length=80, blank=True)
    decision = models.OneToOneField(
        CategoryDecision, on_delete=models.PROTECT, null=True, blank=True, related_name="winner",
        verbose_name=_("decision"),
    )  # fmt: skip
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=200)
    number = OrganisationNumberField(_("organisation number"), max_length=9, blank=True)
    place = models.CharField(_("place"), max_length=80, blank=True)
    reasons = models.TextField(_("reasons"), max_length=8000, blank=True)
    picture = models.FileField(_("picture"), upload_to="winners/", max_length=255, blank=True)
    picture_alt = models.CharField(
        _("what the picture shows"), max_length=200, blank=True, help_text=_("For those who do not see it.")
    )
    picture_by = models.CharField(_("photo"), max_length=120, blank=True)
    grant = models.OneToOneField(
        "grants.Grant", on_delete=models.PROTECT, null=True, blank=True, related_name="prize_winner",
        verbose_name=_("prize money"),
    )  # fmt: skip
    diploma = models.OneToOneField(
        "portal.Document", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("diploma")
    )
    source = models.CharField(_("source"), max_length=200, blank=True)
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("winner")
        verbose_name_plural = _("winners")
        ordering = ["-year", "category_name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="winner_picture_is_described", condition=models.Q(picture="") | ~models.Q(picture_alt=""),
                violation_error_message=_("Say what the picture shows, for those who do not see it."),
            ),
            models.CheckConstraint(
                name="winner_of_earlier_years_has_source",
                condition=models.Q(decision__isnull=False) | ~models.Q(source=""),
                violation_error_message=_("Name the source of a winner from an earlier year."),
            ),
            models.CheckConstraint(
                name="winner_number_of_organisation", condition=models.Q(number="") | models.Q(kind="organisation")
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("prize_winner", args=[self.authority.slug, self.prize.slug, self.pk])
