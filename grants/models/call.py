"""What the business fund announces: calls with their terms, criteria and questions, and who may decide how much."""

from __future__ import annotations

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from grants.models.scheme import Scheme, SchemeStatutes
from portal.models import Role
from portal.models.base import AuthorityOwned, Versioned, sane_date
from strategy.models.plan import SANE_YEAR

ANSWERED_WITHIN = 6
"""Weeks from the last day to apply until an answer can be expected, unless the call says otherwise."""


@pghistory.track()
class Call(Versioned, AuthorityOwned):
    """Utlysning: what a fund invites applications for, on which terms, and until when.

    Published, its terms stay as they are; only the texts that explain may be mended, and the end may be moved later.
    """

    class Applicants(models.TextChoices):
        COMPANY = "company", _("Companies")
        SOLE = "sole", _("Sole traders")
        ASSOCIATION = "association", _("Associations and foundations")
        FOUNDER = "founder", _("Founders who have no organisation number yet")

    class Starts(models.TextChoices):
        ANY = "any", _("The project may have started")
        SUBMITTED = "submitted", _("The project starts after the application is sent")
        DECIDED = "decided", _("The project starts after the decision")

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="calls", verbose_name=_("scheme"))
    statutes = models.ForeignKey(
        SchemeStatutes, on_delete=models.PROTECT, null=True, blank=True, related_name="calls",
        verbose_name=_("statutes"), help_text=_("An application keeps the version it was made under."),
    )  # fmt: skip
    title = models.CharField(_("title"), max_length=160)
    slug = models.SlugField(_("address"), max_length=80)
    lede = models.CharField(_("in one sentence"), max_length=300)
    text = models.TextField(_("what the money is for"), max_length=8000, blank=True)
    who_may_apply = models.TextField(_("who may apply"), max_length=2000, blank=True)
    applicants = ArrayField(
        models.CharField(max_length=12, choices=Applicants.choices), verbose_name=_("applicants"), default=list
    )
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(
        _("closes"), null=True, blank=True, help_text=_("Empty for a call that takes applications all the time.")
    )
    answer_weeks = models.PositiveSmallIntegerField(_("weeks until the answer"), default=ANSWERED_WITHIN)
    eligible = models.TextField(_("costs that count"), max_length=4000, blank=True)
    not_eligible = models.TextField(_("costs that do not count"), max_length=4000, blank=True)
    share_percent = models.PositiveSmallIntegerField(
        _("highest share in per cent, all public support counted"), null=True, blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )  # fmt: skip
    cap_nok = models.BigIntegerField(
        _("highest grant in kroner"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    smallest_nok = models.BigIntegerField(
        _("smallest project in kroner"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    own_work_nok = models.PositiveIntegerField(_("kroner for an hour of own work"), null=True, blank=True)
    starts = models.CharField(
        pgettext_lazy("of a project", "start"), max_length=10, choices=Starts.choices, default=Starts.SUBMITTED
    )
    asks_for_jobs = models.BooleanField(_("asks for new jobs"), default=True)
    year = models.PositiveSmallIntegerField(_("year of the frame"), validators=SANE_YEAR)
    officer = models.ForeignKey(
        "portal.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("officer"), help_text=_("Who gets what comes in."),
    )  # fmt: skip
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False,
        verbose_name=_("published by"),
    )  # fmt: skip
    source = models.CharField(_("source"), max_length=200, blank=True)
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["-opens_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="call_slug_once", fields=["authority", "slug"],
                violation_error_message=_("A call with this address exists already."),
            ),
            models.CheckConstraint(
                name="call_closes_after_opening",
                condition=models.Q(closes_at__isnull=True) | models.Q(closes_at__gt=models.F("opens_at")),
                violation_error_message=_("The call closes before it opens."),
            ),
            models.CheckConstraint(
                name="call_share", condition=models.Q(share_percent=None) | models.Q(share_percent__range=(1, 100))
            ),
            models.CheckConstraint(
                name="call_published_by_someone",
                condition=models.Q(published_at=None, published_by=None) | models.Q(published_at__isnull=False),
            ),
        ]  # fmt: skip
        indexes = [models.Index(name="call_open", fields=["authority", "closes_at"])]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("call_page", args=[self.authority.slug, self.slug])


class OfCall(AuthorityOwned):
    """What a call consists of: it stays when the call is published."""

    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        abstract = True
        ordering = ["call", "position", "pk"]


@pghistory.track()
class Criterion(OfCall):
    """Kriterium: what applications are weighed by, and how much it weighs."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="criteria", verbose_name=_("call"))
    title = models.CharField(_("criterion"), max_length=160)
    description = models.CharField(_("description"), max_length=600, blank=True)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1, validators=[MinValueValidator(1)])
    most_points = models.PositiveSmallIntegerField(
        _("most points"), default=5, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )

    class Meta(OfCall.Meta):
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        constraints = [
            models.CheckConstraint(
                name="criterion_weighs", condition=models.Q(weight__gte=1, most_points__range=(1, 100))
            )
        ]

    def __str__(self) -> str:
        return self.title


@pghistory.track()
class Question(OfCall):
    """Spørsmål i søknadsskjemaet: one question of a call, perhaps shown on condition of an earlier answer."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Short text")
        LONG = "long", _("Long text")
        CHOICE = "choice", _("Choice")
        YES_NO = "yes_no", _("Yes or no")
        NUMBER = "number", _("Number")
        DATE = "date", _("Date")
        FILE = "file", _("File")

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="questions", verbose_name=_("call"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.LONG)
    text = models.CharField(_("question"), max_length=240)
    help_text = models.CharField(_("help"), max_length=400, blank=True)
    required = models.BooleanField(_("must be answered"), default=True)
    options = ArrayField(models.CharField(max_length=120), verbose_name=_("choices"), default=list, blank=True)
    shown_if = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="leads_to",
        verbose_name=_("shown if"),
    )  # fmt: skip
    shown_if_answer = models.CharField(
        _("is answered with"), max_length=120, blank=True, help_text=_("“yes” or “no”, or one of the choices.")
    )

    class Meta(OfCall.Meta):
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [
            models.CheckConstraint(
                name="question_choice_has_options", condition=~models.Q(kind="choice") | ~models.Q(options=[]),
                violation_error_message=_("Write the choices, one on each line."),
            ),
            models.CheckConstraint(
                name="question_shown_if_names_answer",
                condition=models.Q(shown_if=None, shown_if_answer="")
                | (models.Q(shown_if__isnull=False) & ~models.Q(shown_if_answer="")),
                violation_error_message=_("Say which answer shows the question."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.text


@pghistory.track()
class RequiredAttachment(OfCall):
    """Krav om vedlegg: a paper the applicant encloses."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="attachments", verbose_name=_("call"))
    title = models.CharField(_("what"), max_length=160)
    help_text = models.CharField(_("help"), max_length=400, blank=True)
    required = models.BooleanField(_("must be enclosed"), default=True)

    class Meta(OfCall.Meta):
        verbose_name = _("attachment asked for")
        verbose_name_plural = _("attachments asked for")

    def __str__(self) -> str:
        return self.title


@pghistory.track()
class EligibilityCheck(OfCall):
    """Sjekkspørsmål: a yes-or-no question asked before one applies, and what it means when the answer is another."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="checks", verbose_name=_("call"))
    text = models.CharField(_("question"), max_length=240)
    right_answer = models.BooleanField(_("the answer that lets one apply"), default=True)
    explanation = models.CharField(_("said when the answer is another"), max_length=400)

    class Meta(OfCall.Meta):
        verbose_name = _("eligibility question")
        verbose_name_plural = _("eligibility questions")

    def __str__(self) -> str:
        return self.text


@pghistory.track()
class Delegation(Versioned, AuthorityOwned):
    """Delegert myndighet: up to which amount a role decides applications to a scheme, and by which decision."""

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="delegations", verbose_name=_("scheme"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    up_to_nok = models.BigIntegerField(_("up to, in kroner"), validators=[MinValueValidator(0)])
    reference = models.CharField(_("delegated by"), max_length=160)
    valid_from = models.DateField(_("from"), null=True, blank=True, validators=[sane_date])
    valid_to = models.DateField(_("to"), null=True, blank=True, validators=[sane_date])
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering = ["scheme", "up_to_nok"]
        constraints = [
            models.CheckConstraint(
                name="delegation_names_decision", condition=~models.Q(reference=""),
                violation_error_message=_("Name the decision that delegates."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.reference
