"""How applications are weighed: scores, recommendation, the batch that goes to a meeting, and the decision."""

from __future__ import annotations

import pghistory
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.models.application import Application
from grants.models.call import Criterion, Delegation
from grants.models.grant import Grant
from grants.models.scheme import Scheme
from portal.models.base import AuthorityOwned, Versioned, sane_date
from strategy.models.plan import SANE_YEAR


class Outcome(models.TextChoices):
    """What is recommended or decided of an application."""

    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")
    DISMISSED = "dismissed", _("Dismissed without assessment")


@pghistory.track()
class Assessment(Versioned, AuthorityOwned):
    """Vurdering av søknad: whether it is complete, how it meets the criteria, and what the officer recommends."""

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="assessment")
    complete_on = models.DateField(_("complete"), null=True, blank=True, validators=[sane_date])
    complete_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("found complete by"),
    )  # fmt: skip
    eligible_cost_nok = models.BigIntegerField(
        _("costs that count, in kroner"), null=True, blank=True, validators=[MinValueValidator(0)],
        help_text=_("Empty: all the applicant has entered."),
    )  # fmt: skip
    summary = models.TextField(_("summary"), max_length=8000, blank=True)
    outcome = models.CharField(_("recommendation"), max_length=10, choices=Outcome.choices, blank=True)
    amount_nok = models.BigIntegerField(
        _("recommended, in kroner"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    grounds = models.TextField(_("grounds"), max_length=8000, blank=True)
    assessed_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("assessed by")
    )
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="assessment_done_is_whole",
                condition=models.Q(done_at=None)
                | (models.Q(assessed_by__isnull=False) & ~models.Q(outcome="") & ~models.Q(grounds="")),
                violation_error_message=_("Give grounds and a recommendation before you mark it as done."),
            ),
            models.CheckConstraint(
                name="assessment_amount_when_granted",
                condition=models.Q(outcome="granted", amount_nok__gt=0)
                | (~models.Q(outcome="granted") & models.Q(amount_nok=None)),
                violation_error_message=_("Enter how much is recommended, and only then."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.application)


@pghistory.track()
class Score(AuthorityOwned):
    """Poeng: how well an application meets one criterion, and why."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+", verbose_name=_("criterion"))
    points = models.PositiveSmallIntegerField(_("points"))
    reason = models.CharField(_("why"), max_length=600, blank=True)

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        ordering = ["assessment", "criterion__position", "pk"]
        constraints = [models.UniqueConstraint(name="score_once", fields=["assessment", "criterion"])]

    def __str__(self) -> str:
        return str(self.points)


@pghistory.track()
class Batch(Versioned, AuthorityOwned):
    """Innstilling til møte: applications that are weighed against each other and go to one meeting of one body.

    They share a frame, so who is disqualified for one of them takes part in none.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Being put together")
        SENT = "sent", _("Sent to the body")
        CLOSED = "closed", _("Treated")

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="batches", verbose_name=_("scheme"))
    year = models.PositiveSmallIntegerField(_("year of the frame"), validators=SANE_YEAR)
    body = models.ForeignKey("portal.Body", on_delete=models.PROTECT, related_name="+", verbose_name=_("body"))
    case = models.OneToOneField("portal.Case", on_delete=models.PROTECT, related_name="batch", verbose_name=_("case"))
    title = models.CharField(_("title"), max_length=160)
    meets_on = models.DateField(_("meeting"), validators=[sane_date])
    state = models.CharField(_("state"), max_length=6, choices=State.choices, default=State.DRAFT)
    document = models.ForeignKey(
        "portal.Document", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("PDF")
    )
    editable = models.ForeignKey(
        "portal.Document",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Word file"),
    )
    made_by = models.ForeignKey("portal.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("made by"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("batch for a meeting")
        verbose_name_plural = _("batches for meetings")
        ordering = ["-meets_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="batch_sent_if_and_only_if_dated",
                condition=models.Q(state="draft", sent_at=None) | (~models.Q(state="draft") & ~models.Q(sent_at=None)),
            )
        ]

    def __str__(self) -> str:
        return self.title


@pghistory.track()
class BatchLine(AuthorityOwned):
    """Sak i innstillingen: one application in a batch, what is recommended, and the body's treatment of it."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="lines", verbose_name=_("batch"))
    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="batch_lines", verbose_name=_("application")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    step = models.OneToOneField(
        "portal.CaseStep", on_delete=models.PROTECT, null=True, blank=True, related_name="batch_line",
        verbose_name=_("treatment"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("application in a batch")
        verbose_name_plural = _("applications in batches")
        ordering = ["batch", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="batch_line_once", fields=["batch", "application"],
                violation_error_message=_("This application stands here already."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.application)


@pghistory.track(exclude=["grounds"])
class Decision(AuthorityOwned):
    """Vedtak: what was decided of an application, by whom and on which grounds; it never changes.

    A later decision in the same case, after a complaint, replaces it. The party is notified when the decision is there
    to be read and the notice that says so is written (forvaltningsloven § 27, checked 2026-11-22).
    """

    class Answer(models.TextChoices):
        WAITING = "", _("Waits for an answer")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Turned down by the applicant")
        LAPSED = "lapsed", _("Lapsed")

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="decisions")
    number = models.PositiveSmallIntegerField(_("no."), default=1)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    amount_nok = models.BigIntegerField(_("amount in kroner"), null=True, blank=True)
    grant = models.OneToOneField(
        Grant, on_delete=models.PROTECT, null=True, blank=True, related_name="decision", verbose_name=_("grant")
    )
    step = models.ForeignKey(
        "portal.CaseStep", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("decided in"),
    )  # fmt: skip
    delegation = models.ForeignKey(
        Delegation, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("delegation")
    )
    reference = models.CharField(_("reference"), max_length=160, blank=True)
    grounds = models.TextField(_("grounds"), max_length=8000)
    legal_basis = models.CharField(_("legal basis"), max_length=400)
    decided_on = models.DateField(_("decided"), validators=[sane_date])
    decided_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by"),
        help_text=_("The person, where it is decided by delegation."),
    )  # fmt: skip
    prepared_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("prepared by")
    )
    registered_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("registered by"),
    )  # fmt: skip
    registered_at = models.DateTimeField(_("registered"), default=timezone.now)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name=_("replaces")
    )
    letter = models.OneToOneField(
        "portal.Letter", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("letter")
    )
    notified_on = models.DateField(_("notified"), null=True, blank=True, validators=[sane_date])
    complain_by = models.DateField(_("last day to complain"), null=True, blank=True)
    accept_by = models.DateField(_("to be accepted by"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=10, choices=Answer.choices, blank=True, default=Answer.WAITING)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["application", "number"]
        constraints = [
            models.UniqueConstraint(name="decision_number_once", fields=["application", "number"]),
            models.UniqueConstraint(
                name="decision_first_once", fields=["application"], condition=models.Q(replaces=None),
                violation_error_message=_("The application is decided already."),
            ),
            models.CheckConstraint(
                name="decision_grants_by_a_grant",
                condition=models.Q(outcome="granted", grant__isnull=False, amount_nok__gt=0)
                | (~models.Q(outcome="granted") & models.Q(grant=None, amount_nok=None)),
            ),
            models.CheckConstraint(
                name="decision_by_body_or_delegation",
                condition=models.Q(step__isnull=False)
                | (models.Q(delegation__isnull=False, decided_by__isnull=False) & ~models.Q(reference="")),
                violation_error_message=_("Name the body’s treatment, or the delegation it is decided by."),
            ),
            models.CheckConstraint(
                name="decision_has_grounds", condition=~models.Q(grounds="") & ~models.Q(legal_basis=""),
                violation_error_message=_("Give grounds and legal basis."),
            ),
            models.CheckConstraint(
                name="decision_notified_says_until_when",
                condition=models.Q(notified_on=None, complain_by=None)
                | models.Q(notified_on__isnull=False, complain_by__gt=models.F("notified_on")),
            ),
            models.CheckConstraint(
                name="decision_answered_if_and_only_if_dated",
                condition=models.Q(answer="", answered_at=None) | (~models.Q(answer="") & ~models.Q(answered_at=None)),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                name="decision_to_accept", fields=["accept_by"], condition=models.Q(answer="", accept_by__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}: {self.application}"
