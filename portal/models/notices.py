"""The outbox: what people are told, and the mails that carry it."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.models.authority import LanguageForm
from portal.models.base import TenantQuerySet


class MailQuerySet(TenantQuerySet):
    def due(self) -> MailQuerySet:
        """Keep what waits and whose next attempt has come."""
        return self.filter(state=Mail.State.QUEUED, next_attempt_at__lte=timezone.now())


class Mail(models.Model):
    """E-post: one message to one address; written with the deed that causes it, sent by the worker."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        SENT = "sent", _("Sent")
        DEAD = "dead", _("Given up")

    authority = models.ForeignKey(
        "portal.Authority", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("authority"),
    )  # fmt: skip
    to_address = models.EmailField(_("to"))
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"), blank=True)
    language = models.CharField(_("language form"), max_length=2, choices=LanguageForm.choices, default="nb")
    state = models.CharField(_("status"), max_length=8, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)
    message_id = models.CharField(_("message id"), max_length=120, unique=True)
    created_at = models.DateTimeField(_("written"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(name="mail_waiting", fields=["next_attempt_at"], condition=models.Q(state="queued")),
        ]
        constraints = [
            models.CheckConstraint(
                name="mail_sent_if_and_only_if_dated",
                condition=models.Q(state="sent", sent_at__isnull=False)
                | (~models.Q(state="sent") & models.Q(sent_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="mail_header_has_no_line_break",
                condition=~models.Q(subject__regex=r"[\r\n]") & ~models.Q(to_address__regex=r"[\r\n]"),
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class Notice(models.Model):
    """Varsel: one thing told to one person or address, once per subject, date and occasion."""

    authority = models.ForeignKey(
        "portal.Authority", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("authority"),
    )  # fmt: skip
    user = models.ForeignKey(
        "portal.User", on_delete=models.CASCADE, null=True, blank=True, related_name="notices", verbose_name=_("person")
    )
    address = models.EmailField(_("address"), blank=True, help_text=_("For someone without an account."))
    kind = models.CharField(_("kind"), max_length=40)
    subject_type = models.CharField(_("about"), max_length=60)
    subject_id = models.BigIntegerField(_("about no."))
    on_date = models.DateField(_("date"))
    occasion = models.CharField(_("occasion"), max_length=60)
    title = models.CharField(_("public title"), max_length=200)
    link = models.CharField(_("link"), max_length=300, blank=True)
    mail = models.ForeignKey(
        Mail, on_delete=models.SET_NULL, null=True, blank=True, related_name="notices", verbose_name=_("mail")
    )
    created_at = models.DateTimeField(_("written"), default=timezone.now)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="notice_once",
                fields=["user", "address", "kind", "subject_type", "subject_id", "on_date", "occasion"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="notice_person_or_address",
                condition=models.Q(user__isnull=False, address="")
                | (models.Q(user__isnull=True) & ~models.Q(address="")),
            ),
        ]

    def __str__(self) -> str:
        return self.title
