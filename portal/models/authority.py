"""The tenant and its parts."""

from __future__ import annotations

from typing import Any, Self

import pghistory
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal import permissions
from portal.models.base import AuthorityOwned, NorwegianKey, TenantQuerySet, Versioned, ends_after_start, sane_date

RESERVED_SLUGS = frozenset(
    [
        "admin",
        "api",
        "demo",
        "dokument",
        "helse",
        "klar",
        "konto",
        "kontakt",
        "media",
        "personvern",
        "planer",
        "sprak",
        "sok",
        "static",
        "tilgjengelighet",
        "stotte",
        "innspill",
        "priser",
        "min-side",
        "fullmakt",
        "logg-inn",
        "venter-pa-deg",
        "varsler",
        "kalender",
        "frister",
        "drift",
        "metrikk",
        "saker",
        "robots.txt",
        "favicon.ico",
        "well-known",
    ]
)


def not_reserved(slug: str) -> None:
    """Refuse a slug that the portal's own addresses need.

    Raises:
        ValidationError: the slug is one of RESERVED_SLUGS.
    """
    if slug.lower() in RESERVED_SLUGS:
        raise ValidationError(_("This address is used by the portal itself. Choose another."), code="reserved")


class LanguageForm(models.TextChoices):
    BOKMAL = "nb", _("Bokmål")
    NYNORSK = "nn", _("Nynorsk")


class AuthorityQuerySet(models.QuerySet["Authority"]):
    def visible_to(self, user: Any) -> Self:
        """Keep the authorities where this user does casework; all for the operator."""
        return self if user.is_superuser else self.filter(pk__in=permissions.casework_authorities(user))

    def listed(self) -> Self:
        """Keep those that use the portal, in Norwegian order."""
        return self.filter(is_listed=True).order_by(NorwegianKey("name"))


@pghistory.track()
class Authority(Versioned):
    """Forvaltningsorgan: a municipality (kommune) or a region (regionråd), and the tenant of all it owns."""

    class Kind(models.TextChoices):
        MUNICIPALITY = "municipality", _("Municipality")
        REGION = "region", _("Region")

    class Theme(models.TextChoices):
        PORTAL = "portal", _("The portal's own")
        HALDEN = "halden", "Halden"
        SARPSBORG = "sarpsborg", "Sarpsborg"
        INDRE_OSTFOLD = "indre-ostfold", "Indre Østfold"
        OSTRE_TOTEN = "ostre-toten", "Østre Toten"
        AREMARK = "aremark", "Aremark"
        KONGSVINGER = "kongsvinger", "Kongsvinger"
        GJOVIK = "gjovik", "Gjøvik"

    name = models.CharField(_("name"), max_length=120, unique=True)
    slug = models.SlugField(
        _("address"), max_length=60, unique=True, validators=[not_reserved],
        help_text=_("The part of the web address after the portal's name."),
    )  # fmt: skip
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.MUNICIPALITY)
    municipality_number = models.CharField(
        _("municipality number"), max_length=4, blank=True,
        validators=[RegexValidator(r"^\d{4}$", _("A municipality number has four digits."))],
    )  # fmt: skip
    number_valid_from = models.DateField(_("number valid from"), null=True, blank=True, validators=[sane_date])
    language_form = models.CharField(
        _("language form"), max_length=2, choices=LanguageForm.choices, default=LanguageForm.BOKMAL
    )
    theme = models.CharField(_("theme"), max_length=20, choices=Theme.choices, default=Theme.PORTAL)
    tagline = models.CharField(_("what it wants, in one line"), max_length=160, blank=True)
    contact_email = models.EmailField(_("contact e-mail"), blank=True)
    accessibility_url = models.URLField(
        _("accessibility statement"), blank=True, help_text=_("Address of the statement at uustatus.no.")
    )
    postal_address = models.CharField(
        _("postal address"),
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text=_("As it stands on letters."),
    )
    phone = models.CharField(_("telephone"), max_length=30, blank=True, default="", db_default="")
    complaint_body = models.CharField(_("complaint body"), max_length=120, blank=True)
    is_listed = models.BooleanField(_("shown on the front page"), default=False)
    mfa_required = models.BooleanField(_("two-step sign-in required for staff"), default=False)
    password_allowed = models.BooleanField(
        _("staff may sign in with a password"), default=True, db_default=True,
        help_text=_("Switch it off when all sign in with Entra ID: a password then gives no role here."),
    )  # fmt: skip

    objects = AuthorityQuerySet.as_manager()

    class Meta:
        verbose_name = _("authority")
        verbose_name_plural = _("authorities")
        ordering = [NorwegianKey("name")]
        constraints = [
            models.CheckConstraint(
                name="authority_slug_not_reserved",
                condition=~models.Q(slug__in=sorted(RESERVED_SLUGS)),
                violation_error_message=_("This address is used by the portal itself. Choose another."),
            ),
            models.CheckConstraint(
                name="authority_slug_is_lower_case",
                condition=models.Q(slug=Lower("slug")),
                violation_error_message=_("Write the address in small letters."),
            ),
            models.CheckConstraint(
                name="authority_region_has_no_number",
                condition=models.Q(kind="municipality") | models.Q(municipality_number=""),
                violation_error_message=_("A region has no municipality number."),
            ),
            models.UniqueConstraint(
                name="authority_number_once",
                fields=["municipality_number"],
                condition=~models.Q(municipality_number=""),
                violation_error_message=_("Another authority has this municipality number."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def full_name(self) -> str:
        """The name with its kind, as on a letter: «Halden kommune»; a region's name stands alone."""
        if self.kind == self.Kind.MUNICIPALITY:
            return f"{self.name} kommune"
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("authority_page", args=[self.slug])


class RegionMembershipQuerySet(models.QuerySet["RegionMembership"]):
    def visible_to(self, user: Any) -> Self:
        """Keep memberships of regions where this user does casework."""
        return self if user.is_superuser else self.filter(region_id__in=permissions.casework_authorities(user))

    def current(self, on: Any) -> Self:
        """Keep the memberships that hold on this date."""
        return self.filter(permissions.period_holds(on))


class RegionMembership(models.Model):
    """Regionmedlemskap: a municipality's membership of a region, for a period."""

    region = models.ForeignKey(
        Authority, on_delete=models.PROTECT, related_name="member_links", verbose_name=_("region"),
        limit_choices_to={"kind": Authority.Kind.REGION},
    )  # fmt: skip
    member = models.ForeignKey(
        Authority, on_delete=models.PROTECT, related_name="region_links", verbose_name=_("member"),
        limit_choices_to={"kind": Authority.Kind.MUNICIPALITY},
    )  # fmt: skip
    valid_from = models.DateField(_("from"), null=True, blank=True, validators=[sane_date])
    valid_to = models.DateField(_("to"), null=True, blank=True, validators=[sane_date])

    objects = RegionMembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("region membership")
        verbose_name_plural = _("region memberships")
        constraints = [
            models.UniqueConstraint(
                name="region_membership_once",
                fields=["region", "member", "valid_from"],
                nulls_distinct=False,
                violation_error_message=_("This municipality is a member already."),
            ),
            models.CheckConstraint(name="region_membership_not_itself", condition=~models.Q(region=models.F("member"))),
            permissions.period_check("region_membership_period"),
        ]

    def __str__(self) -> str:
        return f"{self.member} – {self.region}"

    def clean(self) -> None:
        ends_after_start(self.valid_from, self.valid_to, "valid_to")


@pghistory.track()
class Unit(Versioned, AuthorityOwned):
    """Enhet, seksjon: a part of an authority, with a leader who is told when something is late."""

    name = models.CharField(_("name"), max_length=120)
    leader = models.ForeignKey(
        "portal.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("leader")
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = [NorwegianKey("name")]
        constraints = [
            models.UniqueConstraint(
                name="unit_name_once", fields=["authority", "name"],
                violation_error_message=_("A unit with this name exists already."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name
