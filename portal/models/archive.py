"""What leaves the portal for the archive, what is written as letters, and who asked to see what."""

from __future__ import annotations

import pghistory
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.models.authority import LanguageForm
from portal.models.base import AuthorityOwned, Versioned, sane_date
from portal.models.case import Case, Document


class Letter(AuthorityOwned):
    """Brev: a letter the portal made, with what it was made from, so that the same can be made again byte by byte."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="letters", verbose_name=_("case"))
    document = models.OneToOneField(
        Document, on_delete=models.PROTECT, related_name="letter", verbose_name=_("document")
    )
    kind = models.CharField(_("kind"), max_length=30)
    language = models.CharField(_("language form"), max_length=2, choices=LanguageForm.choices)
    content = models.JSONField(_("content"))
    dated_on = models.DateField(_("dated"), validators=[sane_date])
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    made_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("made by")
    )

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return str(self.document)


class ArchivePackage(AuthorityOwned):
    """Arkivpakke: documents handed over to the archive together, as a zip with arkivmelding.xml and hashes.

    A package of what is not archived moves its documents on; an export of a whole case is a copy and moves nothing.
    """

    class Kind(models.TextChoices):
        HAND_OVER = "hand_over", _("Hand-over of what is not archived")
        CASE = "case", _("Copy of a whole case")

    class State(models.TextChoices):
        MADE = "made", _("Made, waits for a receipt")
        RECEIVED = "received", _("Received by the archive")
        REFUSED = "refused", _("Refused by the archive")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("case")
    )
    number = models.PositiveIntegerField(_("no."))
    file = models.FileField(_("file"), upload_to="archive/", max_length=255)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.MADE)
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    made_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("made by")
    )
    receipt = models.CharField(_("receipt"), max_length=120, blank=True)
    settled_at = models.DateTimeField(_("answered"), null=True, blank=True)
    settled_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )

    class Meta:
        verbose_name = _("archive package")
        verbose_name_plural = _("archive packages")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(name="archive_package_number_once", fields=["authority", "number"]),
            models.CheckConstraint(
                name="archive_package_hash_is_sha256", condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$")
            ),
            models.CheckConstraint(
                name="archive_package_settled_if_and_only_if_dated",
                condition=models.Q(state="made", settled_at=None)
                | (~models.Q(state="made") & ~models.Q(settled_at=None)),
            ),
            models.CheckConstraint(
                name="archive_package_of_case_names_it",
                condition=models.Q(kind="case", case__isnull=False) | models.Q(kind="hand_over", case=None),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.number)


class ArchivedDocument(AuthorityOwned):
    """Dokument i arkivpakke: which documents a package holds."""

    package = models.ForeignKey(ArchivePackage, on_delete=models.PROTECT, related_name="documents")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="packages")

    class Meta:
        verbose_name = _("document in archive package")
        verbose_name_plural = _("documents in archive packages")
        ordering = ["package", "pk"]
        constraints = [models.UniqueConstraint(name="archived_document_once", fields=["package", "document"])]

    def __str__(self) -> str:
        return str(self.document)


@pghistory.track(exclude=["name", "address", "text"])
class AccessRequest(Versioned, AuthorityOwned):
    """Innsynskrav: someone asks to see documents of a case; answered at once, within three working days.

    Law: offentleglova §§ 28–32: without undue delay; no answer within five working days counts as a refusal that can
    be complained of (checked 2026-11-22).
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for an answer")
        GIVEN = "given", _("Given")
        PARTLY = "partly", _("Given in part")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, null=True, blank=True, related_name="access_requests", verbose_name=_("case")
    )
    name = models.CharField(_("who asks"), max_length=160, blank=True)
    address = models.EmailField(_("e-mail"))
    text = models.TextField(_("what she asks to see"), max_length=4000)
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    due_on = models.DateField(_("answer due"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    answer = models.TextField(_("answer"), max_length=8000, blank=True)
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("request for access")
        verbose_name_plural = _("requests for access")
        ordering = ["received_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="access_request_answered_if_and_only_if_dated",
                condition=models.Q(state="waiting", answered_at=None)
                | (~models.Q(state="waiting") & ~models.Q(answered_at=None)),
            )
        ]  # fmt: skip
        indexes = [models.Index(name="access_request_due", fields=["due_on"], condition=models.Q(state="waiting"))]

    def __str__(self) -> str:
        return str(_("Request for access %(number)s") % {"number": self.pk})


@pghistory.track()
class AccessAnswer(AuthorityOwned):
    """Innsynsavgjørelse: what was decided of one document: given, covered in part or refused, by which law."""

    class Outcome(models.TextChoices):
        GIVEN = "given", _("Given as it is")
        REDACTED = "redacted", _("Given with parts covered")
        REFUSED = "refused", _("Refused")

    request = models.ForeignKey(
        AccessRequest, on_delete=models.CASCADE, related_name="answers", verbose_name=_("request")
    )
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+", verbose_name=_("document"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    basis = models.CharField(_("legal basis"), max_length=120, blank=True)
    redacted = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("copy with covers")
    )

    class Meta:
        verbose_name = _("answer on a document")
        verbose_name_plural = _("answers on documents")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="access_answer_once", fields=["request", "document"]),
            models.CheckConstraint(
                name="access_answer_says_by_which_law", condition=models.Q(outcome="given") | ~models.Q(basis=""),
                violation_error_message=_("Name the legal basis when access is not open."),
            ),
            models.CheckConstraint(
                name="access_answer_has_copy",
                condition=models.Q(outcome="redacted", redacted__isnull=False)
                | (~models.Q(outcome="redacted") & models.Q(redacted=None)),
                violation_error_message=_("Enclose the copy with covers."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.document}: {self.get_outcome_display()}"


@pghistory.track()
class RetentionRule(Versioned, AuthorityOwned):
    """Bevaringsregel: how long cases of a series are kept after they close, and what happens then."""

    class Action(models.TextChoices):
        KEEP = "keep", _("Kept for ever")
        REVIEW = "review", _("Looked through by an officer")

    series = models.CharField(_("series"), max_length=12, choices=Case.Series.choices)
    years = models.PositiveSmallIntegerField(_("years"), null=True, blank=True)
    action = models.CharField(_("then"), max_length=8, choices=Action.choices, default=Action.KEEP)
    basis = models.CharField(_("legal basis"), max_length=160)
    checked_on = models.DateField(_("checked"), validators=[sane_date])

    class Meta:
        verbose_name = _("rule of retention")
        verbose_name_plural = _("rules of retention")
        ordering = ["series"]
        constraints = [
            models.UniqueConstraint(
                name="retention_rule_once", fields=["authority", "series"],
                violation_error_message=_("This series has a rule already."),
            ),
            models.CheckConstraint(
                name="retention_rule_review_has_years",
                condition=models.Q(action="keep") | models.Q(years__isnull=False),
                violation_error_message=_("Enter after how many years."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.get_series_display()
