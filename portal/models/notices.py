"""The outbox: what people are told, and the mails that carry it."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.calendar import Precision
from portal.models.authority import LanguageForm
from portal.models.base import AuthorityOwned, TenantQuerySet, Versioned
from portal.models.case import PRECISIONS


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
    thread = models.CharField(
        _("thread"), max_length=120, blank=True, default="", db_default="", help_text=_("What its answers hang under.")
    )
    unsubscribe_url = models.CharField(max_length=300, blank=True, default="", db_default="", editable=False)
    digest_on = models.DateField(_("daily mail of"), null=True, blank=True)
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
            models.UniqueConstraint(name="mail_one_digest_a_day", fields=["to_address", "digest_on"]),
            models.CheckConstraint(
                name="mail_sent_if_and_only_if_dated",
                condition=models.Q(state="sent", sent_at__isnull=False)
                | (~models.Q(state="sent") & models.Q(sent_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="mail_header_has_no_line_break",
                condition=~models.Q(subject__regex=r"[\r\n]")
                & ~models.Q(to_address__regex=r"[\r\n]")
                & ~models.Q(thread__regex=r"[\r\n]")
                & ~models.Q(unsubscribe_url__regex=r"[\r\n]"),
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class NoticeQuerySet(TenantQuerySet):
    def current(self) -> Self:
        """Keep what still holds: not done, not moved, not given to another."""
        return self.filter(withdrawn_at__isnull=True)


class Notice(models.Model):
    """Varsel: one thing told to one person or address, once per subject, date and occasion.

    What the sweep writes waits for the daily mail; it is withdrawn when the thing is done, moved or given to another.
    """

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
    precision = models.CharField(
        _("how precise"), max_length=10, choices=PRECISIONS, default=Precision.DAY.value, db_default=Precision.DAY.value
    )
    title = models.CharField(_("public title"), max_length=200)
    context = models.CharField(_("part of"), max_length=200, blank=True, default="", db_default="")
    link = models.CharField(_("link"), max_length=300, blank=True)
    mail = models.ForeignKey(
        Mail, on_delete=models.SET_NULL, null=True, blank=True, related_name="notices", verbose_name=_("mail")
    )
    created_at = models.DateTimeField(_("written"), default=timezone.now)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    waits_for_digest = models.BooleanField(_("waits for the daily mail"), default=False, db_default=False)
    withdrawn_at = models.DateTimeField(_("no longer holds"), null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(name="notice_inbox", fields=["user", "-created_at"]),
            models.Index(
                name="notice_waiting", fields=["user", "address"], condition=models.Q(waits_for_digest=True)
            ),
            models.Index(
                name="notice_open", fields=["kind", "subject_type", "subject_id"],
                condition=models.Q(withdrawn_at__isnull=True),
            ),
        ]  # fmt: skip
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


class NoticePreference(models.Model):
    """Varslingsvalg: whether one person or address wants a kind of notice by mail; in the portal it stands anyway."""

    user = models.ForeignKey(
        "portal.User", on_delete=models.CASCADE, null=True, blank=True, related_name="notice_preferences"
    )
    address = models.EmailField(blank=True)
    kind = models.CharField(max_length=40)
    by_mail = models.BooleanField(_("by e-mail"), default=True)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("notice preference")
        verbose_name_plural = _("notice preferences")
        constraints = [
            models.UniqueConstraint(
                name="notice_preference_once", fields=["user", "address", "kind"], nulls_distinct=False
            ),
            models.CheckConstraint(
                name="notice_preference_person_or_address",
                condition=models.Q(user__isnull=False, address="")
                | (models.Q(user__isnull=True) & ~models.Q(address="")),
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class NoticeRule(Versioned, AuthorityOwned):
    """Varslingsregel: how early, how often and to whom one authority wants a kind of deadline told."""

    kind = models.CharField(_("kind"), max_length=40)
    days_before = ArrayField(
        models.PositiveSmallIntegerField(validators=[MaxValueValidator(365)]), size=8,
        verbose_name=_("days before"), help_text=_("For example 30, 7, 1, 0. 0 is the day itself."), blank=True,
        default=list,
    )  # fmt: skip
    late_every = models.PositiveSmallIntegerField(
        _("days between reminders when late"), null=True, blank=True, validators=[MaxValueValidator(365)],
        help_text=_("Empty: no reminder when late."),
    )  # fmt: skip
    escalate_after = models.PositiveSmallIntegerField(
        _("days late before the leader is told"), null=True, blank=True, validators=[MaxValueValidator(365)],
        help_text=_("Empty: the leader is not told."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("notice rule")
        verbose_name_plural = _("notice rules")
        constraints = [
            models.UniqueConstraint(
                name="notice_rule_once", fields=["authority", "kind"],
                violation_error_message=_("This kind has a rule already."),
            ),
            models.CheckConstraint(
                name="notice_rule_late_every_positive",
                condition=models.Q(late_every__isnull=True) | models.Q(late_every__gte=1),
                violation_error_message=_("At least one day."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.kind
