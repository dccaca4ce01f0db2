"""Applications: the draft and its files, what was sent and under which terms, and what is said about it since."""

from __future__ import annotations

import pghistory
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.models.call import Call, Question, RequiredAttachment
from grants.models.scheme import SchemeStatutes
from portal.models.authority import LanguageForm
from portal.models.base import AuthorityOwned, TenantQuerySet, Versioned, sane_date


class ApplicationQuerySet(TenantQuerySet):
    """Applications; a draft is its applicant's own, and no desk ever sees one."""

    def sent(self) -> ApplicationQuerySet:
        """Keep what the fund has received: never a draft."""
        return self.exclude(state=Application.State.DRAFT)

    def visible_to(self, user: object) -> ApplicationQuerySet:
        return super().visible_to(user).sent()  # type: ignore[no-any-return, attr-defined]


@pghistory.track(exclude=["content", "title", "register_copy", "search"])
class Application(Versioned, AuthorityOwned):
    """Søknad: what one asks a fund for. A draft is seen by its applicant alone; sent, it is locked and has a case.

    `content` is `grants.applying.content.Content`. It changes after sending only while a supplement is asked for, and
    each time it is sent an `ApplicationVersion` keeps it.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Received")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        GRANTED = "granted", _("Granted")
        REFUSED = "refused", _("Refused")
        DISMISSED = "dismissed", _("Dismissed")

    class Source(models.TextChoices):
        WEB = "web", _("Web form")
        POST = "post", _("Post")
        MAIL = "mail", _("E-mail")
        MEETING = "meeting", _("Meeting")

    DECIDED = (State.GRANTED, State.REFUSED, State.DISMISSED)
    MOVES = {
        State.DRAFT: frozenset({State.SUBMITTED}),
        State.SUBMITTED: frozenset({State.WITHDRAWN, State.GRANTED, State.REFUSED, State.DISMISSED}),
        State.WITHDRAWN: frozenset(),
        State.GRANTED: frozenset({State.REFUSED, State.SUBMITTED}),
        State.REFUSED: frozenset({State.GRANTED, State.SUBMITTED}),
        State.DISMISSED: frozenset({State.SUBMITTED}),
    }
    """A decision is undone by a complaint alone: it is changed, or the application is taken up again."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="applications", verbose_name=_("call"))
    statutes = models.ForeignKey(
        SchemeStatutes, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("statutes")
    )
    organisation = models.ForeignKey(
        "portal.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="applications",
        verbose_name=_("organisation"), help_text=_("Empty for a founder without an organisation number."),
    )  # fmt: skip
    applicant = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="applications",
        verbose_name=_("founder"), help_text=_("Who answers for it where there is no organisation yet."),
    )  # fmt: skip
    applicant_name = models.CharField(_("applicant"), max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    reference = models.CharField(_("reference"), max_length=30, blank=True)
    case = models.OneToOneField(
        "portal.Case", on_delete=models.PROTECT, null=True, blank=True, related_name="application",
        verbose_name=_("case"),
    )  # fmt: skip
    title = models.CharField(_("project"), max_length=160, blank=True)
    content = models.JSONField(_("content"), default=dict, blank=True)
    eligibility = models.JSONField(_("answers to the eligibility check"), default=dict, blank=True)
    language = models.CharField(_("language form"), max_length=2, choices=LanguageForm.choices, default="nb")
    asked_nok = models.BigIntegerField(_("asked for, in kroner"), null=True, blank=True)
    cost_nok = models.BigIntegerField(_("costs in kroner"), null=True, blank=True)
    starts_on = models.DateField(_("project starts"), null=True, blank=True, validators=[sane_date])
    ends_on = models.DateField(_("project ends"), null=True, blank=True, validators=[sane_date])
    jobs_planned = models.DecimalField(_("new jobs planned"), max_digits=6, decimal_places=1, null=True, blank=True)
    created_at = models.DateTimeField(_("begun"), default=timezone.now)
    edited_at = models.DateTimeField(_("saved"), default=timezone.now)
    edited_by = models.ForeignKey(
        "portal.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("saved by")
    )
    warned_at = models.DateTimeField(_("told that it will be deleted"), null=True, blank=True, editable=False)
    copied_from = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False,
        verbose_name=_("copied from"),
    )  # fmt: skip
    source = models.CharField(_("how it came"), max_length=10, choices=Source.choices, default=Source.WEB)
    submitted_at = models.DateTimeField(_("sent"), null=True, blank=True)
    submitted_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("sent by")
    )
    received_on = models.DateField(_("received"), null=True, blank=True, validators=[sane_date])
    registered_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("registered by"),
    )  # fmt: skip
    expected_on = models.DateField(_("answer expected"), null=True, blank=True, validators=[sane_date])
    let_in_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("let in by")
    )
    let_in_why = models.CharField(_("why it is let in late"), max_length=400, blank=True)
    let_in_until = models.DateTimeField(_("let in until"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_why = models.CharField(_("why it is withdrawn"), max_length=400, blank=True)
    register_copy = models.JSONField(_("copy of the register"), null=True, blank=True, editable=False)
    register_copied_at = models.DateTimeField(_("copied at"), null=True, blank=True, editable=False)
    search = models.GeneratedField(
        expression=SearchVector("title", "applicant_name", "reference", config="norwegian"),
        output_field=SearchVectorField(), db_persist=True,
    )  # fmt: skip
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["-received_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="application_reference_once", fields=["authority", "reference"], condition=~models.Q(reference=""),
            ),
            models.CheckConstraint(
                name="application_of_someone",
                condition=models.Q(organisation__isnull=False) | models.Q(applicant__isnull=False)
                | models.Q(registered_by__isnull=False),
                violation_error_message=_("Choose who applies."),
            ),
            models.CheckConstraint(
                name="application_sent_is_whole",
                condition=models.Q(
                    state="draft", submitted_at=None, case=None, reference="", received_on=None, submitted_by=None
                )
                | (
                    ~models.Q(state="draft") & ~models.Q(reference="") & ~models.Q(title="")
                    & models.Q(
                        submitted_at__isnull=False, case__isnull=False, received_on__isnull=False,
                        asked_nok__isnull=False, cost_nok__isnull=False, expected_on__isnull=False,
                    )
                ),
            ),
            models.CheckConstraint(
                name="application_on_paper_is_registered",
                condition=models.Q(source="web") | models.Q(registered_by__isnull=False),
            ),
            models.CheckConstraint(
                name="application_let_in_says_why",
                condition=models.Q(let_in_by=None, let_in_why="", let_in_until=None)
                | (models.Q(let_in_by__isnull=False) & ~models.Q(let_in_why="")),
                violation_error_message=_("Say why the application is let in late."),
            ),
            models.CheckConstraint(
                name="application_withdrawn_if_and_only_if_dated",
                condition=models.Q(state="withdrawn", withdrawn_at__isnull=False)
                | (~models.Q(state="withdrawn") & models.Q(withdrawn_at=None)),
            ),
            models.CheckConstraint(
                name="application_period",
                condition=models.Q(ends_on=None) | models.Q(starts_on=None)
                | models.Q(ends_on__gte=models.F("starts_on")),
                violation_error_message=_("The project ends before it starts."),
            ),
            models.CheckConstraint(
                name="application_amounts", condition=models.Q(asked_nok=None)
                | models.Q(asked_nok__gt=0, cost_nok__gte=models.F("asked_nok")),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(name="application_of_desk", fields=["authority", "state", "-received_on"]),
            models.Index(name="application_of_call", fields=["call", "state"]),
            models.Index(name="application_draft_age", fields=["edited_at"], condition=models.Q(state="draft")),
            models.Index(name="application_answer_due", fields=["expected_on"], condition=models.Q(state="submitted")),
            GinIndex(name="application_search", fields=["search"]),
        ]

    def __str__(self) -> str:
        return self.title or str(_("Application without a title"))

    def get_absolute_url(self) -> str:
        return reverse("application_desk", args=[self.authority.slug, self.pk])


class ApplicationVersion(AuthorityOwned):
    """Søknadsversjon: an application as it was sent; it never changes."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    content = models.JSONField(_("content"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    sent_at = models.DateTimeField(_("sent"))
    sent_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("sent by")
    )
    supplement = models.OneToOneField(
        "grants.Supplement", on_delete=models.PROTECT, null=True, blank=True, related_name="version",
        verbose_name=_("answers"),
    )  # fmt: skip
    document = models.ForeignKey(
        "portal.Document", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("document"), help_text=_("The application as one readable document in the case."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("version of an application")
        verbose_name_plural = _("versions of applications")
        ordering = ["application", "number"]
        constraints = [models.UniqueConstraint(name="application_version_once", fields=["application", "number"])]

    def __str__(self) -> str:
        return f"{self.application}, {self.number}"


class ApplicationFile(AuthorityOwned):
    """Vedlegg til søknad: a file of a draft; when the application is sent it becomes a document of the case."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="files")
    requirement = models.ForeignKey(
        RequiredAttachment, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("for")
    )
    question = models.ForeignKey(
        Question, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answers")
    )
    file = models.FileField(_("file"), upload_to="drafts/", max_length=255, blank=True)
    filename = models.CharField(_("file name"), max_length=120)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    uploaded_at = models.DateTimeField(_("uploaded"), default=timezone.now)
    uploaded_by = models.ForeignKey("portal.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    document = models.OneToOneField(
        "portal.Document", on_delete=models.PROTECT, null=True, blank=True, related_name="application_file",
        verbose_name=_("document"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("attachment to an application")
        verbose_name_plural = _("attachments to applications")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="application_file_hash_is_sha256", condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$")
            )
        ]

    def __str__(self) -> str:
        return self.filename


@pghistory.track(exclude=["text"])
class Supplement(Versioned, AuthorityOwned):
    """Mangelbrev, etterspurt tilleggsopplysning: what the officer asks the applicant to add, and by when."""

    class State(models.TextChoices):
        OPEN = "open", _("Waits for the applicant")
        ANSWERED = "answered", _("Answered")
        CANCELLED = "cancelled", _("Not needed any more")

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="supplements")
    text = models.TextField(_("what is missing"), max_length=4000)
    due_on = models.DateField(_("by"), validators=[sane_date])
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    asked_by = models.ForeignKey("portal.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by"))
    letter = models.ForeignKey(
        "portal.Letter", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("letter")
    )
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("request for a supplement")
        verbose_name_plural = _("requests for supplements")
        ordering = ["application", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="supplement_one_open", fields=["application"], condition=models.Q(state="open"),
                violation_error_message=_("The applicant is asked for something already."),
            ),
            models.CheckConstraint(
                name="supplement_over_if_and_only_if_dated",
                condition=models.Q(state="open", answered_at=None)
                | (~models.Q(state="open") & ~models.Q(answered_at=None)),
            ),
        ]  # fmt: skip
        indexes = [models.Index(name="supplement_due", fields=["due_on"], condition=models.Q(state="open"))]

    def __str__(self) -> str:
        return self.text[:60]


class Message(AuthorityOwned):
    """Melding på saken: what officer and applicant say to each other; it is never changed."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="messages")
    from_applicant = models.BooleanField(_("from the applicant"))
    author = models.ForeignKey("portal.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("from"))
    text = models.TextField(_("message"), max_length=4000)
    sent_at = models.DateTimeField(_("sent"), default=timezone.now)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["application", "sent_at", "pk"]
        constraints = [models.CheckConstraint(name="message_says_something", condition=~models.Q(text=""))]

    def __str__(self) -> str:
        return self.text[:60]
