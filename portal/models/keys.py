"""Secrets that are mailed: links that open one thing, and codes that confirm an address. Only their hashes are kept."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class LinkKey(models.Model):
    """Lenkenøkkel: the key in a mailed or private link; for one purpose and one thing, expiring, revocable.

    The link's own text is never stored: `key_hash` is its SHA-256. Everything about keys is done in `portal.keys`.
    """

    class Purpose(models.TextChoices):
        INVITATION = "invitation", _("Invitation to an input round")
        UNSUBSCRIBE = "unsubscribe", _("Stop a kind of mail")
        CALENDAR = "calendar", _("Calendar feed")
        PARTNER_REPORT = "partner_report", _("Partner’s report")
        FOLLOW = "follow", _("Stop following")
        MANDATE = "mandate", _("Invitation to act for an organisation")
        PASSWORD = "password", _("Choose a password")
        ACCESS = "access", _("Answer to a request for access")
        NOMINEE = "nominee", _("Nominee’s answer")
        VOTE = "vote", _("Public vote")

    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    key_hash = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey("portal.User", on_delete=models.CASCADE, null=True, blank=True, related_name="link_keys")
    address = models.EmailField(_("address"), blank=True)
    subject_id = models.BigIntegerField(_("about no."), null=True, blank=True)
    scope = models.CharField(_("what it opens"), max_length=60, blank=True)
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    class Meta:
        verbose_name = _("link key")
        verbose_name_plural = _("link keys")
        constraints = [
            models.CheckConstraint(
                name="link_key_hash_is_sha256", condition=models.Q(key_hash__regex=r"^[0-9a-f]{64}$")
            )
        ]
        indexes = [models.Index(name="link_key_subject", fields=["purpose", "subject_id"])]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.pk}"


class EmailCode(models.Model):
    """Engangskode: six digits mailed to an address to confirm that the one who writes can read there."""

    address = models.EmailField(_("address"))
    purpose = models.CharField(_("purpose"), max_length=20)
    code_hash = models.CharField(max_length=64)
    sent_at = models.DateTimeField(_("sent"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"))
    sendings = models.PositiveSmallIntegerField(_("times sent"), default=1)
    attempts = models.PositiveSmallIntegerField(_("wrong attempts"), default=0)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)

    class Meta:
        verbose_name = _("e-mail code")
        verbose_name_plural = _("e-mail codes")
        indexes = [models.Index(name="email_code_recent", fields=["address", "sent_at"])]

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"
