"""Input rounds: who was asked about what, what they answered, and what the authority said back."""

from __future__ import annotations

from typing import Any, Self

import pghistory
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from portal import permissions, rules
from portal.calendar import Precision
from portal.models.base import (
    AuthorityOwned,
    TenantQuerySet,
    Versioned,
    ends_after_start,
    sane_date,
    sane_date_check,
)
from portal.models.case import PRECISIONS, InCaseQuerySet


class RoundQuerySet(TenantQuerySet):
    def public(self) -> Self:
        """Keep the rounds anyone may read: published, in an authority that uses the portal."""
        return self.filter(is_published=True, authority__is_listed=True)

    def readable_by(self, user: Any) -> Self:
        """Keep the public rounds, and the unpublished ones of authorities where this user does casework."""
        if getattr(user, "is_superuser", False):
            return self
        own = permissions.casework_authorities(user)
        return self.filter(models.Q(is_published=True, authority__is_listed=True) | models.Q(authority_id__in=own))


@pghistory.track()
class InputRound(Versioned, AuthorityOwned):
    """Innspillsrunde, høring: a question put to all or to those invited, open for a time, answered one by one."""

    class Audience(models.TextChoices):
        ALL = "all", _("Open to all")
        INVITED = "invited", _("By invitation")

    case = models.ForeignKey(
        "portal.Case", on_delete=models.PROTECT, related_name="input_rounds", verbose_name=_("case")
    )
    title = models.CharField(_("title"), max_length=160, help_text=_("Put it as a question, as people would."))
    slug = models.SlugField(_("address"), max_length=80)
    lede = models.CharField(_("what it is about, in two sentences"), max_length=400, blank=True)
    questions = models.TextField(
        _("what we want answered"), blank=True, max_length=4000, help_text=_("One question a line.")
    )
    audience = models.CharField(_("who may answer"), max_length=10, choices=Audience.choices, default=Audience.ALL)
    opens_on = models.DateField(_("opens"), null=True, blank=True, validators=[sane_date])
    due_on = models.DateField(_("due"), null=True, blank=True, validators=[sane_date])
    due_precision = models.CharField(_("how precise"), max_length=10, choices=PRECISIONS, default=Precision.DAY.value)
    takes_late = models.BooleanField(
        _("takes input after the due date"), default=True, help_text=_("Late input is kept and marked as late.")
    )
    closed_on = models.DateField(_("closed"), null=True, blank=True, validators=[sane_date])
    is_over = models.BooleanField(
        _("over, on a day we do not know"), default=False, help_text=_("For a round that was held elsewhere before.")
    )
    answer_due_on = models.DateField(
        _("answers due"), null=True, blank=True, validators=[sane_date],
        help_text=_("The day by which we have answered everyone."),
    )  # fmt: skip
    is_published = models.BooleanField(_("published"), default=False)
    answers_published_at = models.DateTimeField(_("answers published"), null=True, blank=True, editable=False)
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("input round")
        verbose_name_plural = _("input rounds")
        ordering = [models.F("due_on").desc(nulls_last=True), "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="input_round_slug_once", fields=["authority", "slug"],
                violation_error_message=_("A round with this address exists already."),
            ),
            models.CheckConstraint(
                name="input_round_due_after_open",
                condition=models.Q(due_on__isnull=True)
                | models.Q(opens_on__isnull=True)
                | models.Q(due_on__gte=models.F("opens_on")),
                violation_error_message=_("The round is due before it opens."),
            ),
            sane_date_check("opens_on", "input_round_opens_on_sane"),
            sane_date_check("due_on", "input_round_due_on_sane"),
            sane_date_check("answer_due_on", "input_round_answer_due_on_sane"),
            sane_date_check("closed_on", "input_round_closed_on_sane"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        ends_after_start(self.opens_on, self.due_on, "due_on")
        if not self.slug and self.title:
            self.slug = slugify(self.title.translate(str.maketrans("æøåÆØÅ", "aoaAOA")))[:80]

    def get_absolute_url(self) -> str:
        return reverse("input_round", args=[self.authority.slug, self.slug])

    @property
    def facts(self) -> rules.RoundFacts:
        """What decides whether the round takes input, and whether one is late."""
        return rules.RoundFacts(
            opens_on=self.opens_on, due_on=self.due_on, due_precision=Precision(self.due_precision),
            closed_on=self.closed_on, is_over=self.is_over, takes_late=self.takes_late, is_published=self.is_published,
            is_answered=self.answers_published_at is not None,
        )  # fmt: skip

    @property
    def question_list(self) -> list[str]:
        return [line.strip() for line in self.questions.splitlines() if line.strip()]


class OfRoundQuerySet(InCaseQuerySet):
    case_path = "round__case_id"


class RoundDocument(AuthorityOwned):
    """Høringsdokument: a document of the case that the round's public page hands out."""

    round = models.ForeignKey(
        InputRound, on_delete=models.CASCADE, related_name="documents", verbose_name=_("input round")
    )
    document = models.ForeignKey(
        "portal.Document", on_delete=models.PROTECT, related_name="+", verbose_name=_("document")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = OfRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("document of the round")
        verbose_name_plural = _("documents of the round")
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(name="round_document_once", fields=["round", "document"])]

    def __str__(self) -> str:
        return str(self.document)


@pghistory.track()
class Invitation(AuthorityOwned):
    """Invitasjon til å gi innspill: one who was asked, by a private link to her own address."""

    round = models.ForeignKey(
        InputRound, on_delete=models.PROTECT, related_name="invitations", verbose_name=_("input round")
    )
    name = models.CharField(_("who"), max_length=160)
    address = models.EmailField(_("e-mail"))
    invited_at = models.DateTimeField(_("invited"), null=True, blank=True, editable=False)
    declined_at = models.DateTimeField(_("declined"), null=True, blank=True, editable=False)
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    objects = OfRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("address"), "round", name="invitation_address_once",
                violation_error_message=_("This address is invited already."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class Source(models.TextChoices):
    WEB = "web", _("Web form")
    INVITED = "invited", _("Invitation")
    POST = "post", _("Post")
    MAIL = "mail", _("E-mail")
    MEETING = "meeting", _("Meeting")


class InputDraft(AuthorityOwned):
    """Ubekreftet innspill: what was typed before it was sent.

    Either it waits for the code from the mail, and is deleted after a day; or it is an organisation's, shared by those
    who have a mandate, versioned so that two of them never overwrite each other unseen.
    """

    round = models.ForeignKey(InputRound, on_delete=models.CASCADE, related_name="drafts")
    code = models.OneToOneField(
        "portal.EmailCode", on_delete=models.CASCADE, null=True, blank=True, related_name="input_draft"
    )
    organisation = models.ForeignKey(
        "portal.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="input_drafts"
    )
    edited_by = models.ForeignKey("portal.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    edited_at = models.DateTimeField(null=True, blank=True)
    row_version = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    text = models.TextField(max_length=20_000)
    speaks_for = models.CharField(max_length=160)
    address = models.EmailField()
    may_publish = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="input_draft_of_address_or_organisation",
                condition=models.Q(code__isnull=False, organisation=None)
                | models.Q(code=None, organisation__isnull=False),
            ),
            models.UniqueConstraint(name="input_draft_one_per_organisation", fields=["round", "organisation"]),
        ]

    def __str__(self) -> str:
        return f"draft {self.pk}"


class DraftFile(AuthorityOwned):
    """Vedlegg til ubekreftet innspill: becomes a document when the input is confirmed."""

    draft = models.ForeignKey(InputDraft, on_delete=models.CASCADE, related_name="files")
    file = models.FileField(upload_to="drafts/", max_length=255)
    filename = models.CharField(max_length=120)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.filename


ON_THE_WEB = models.Q(web_choice__may_publish=True) | models.Q(web_choice=None, may_publish=True)
"""What the web may show: the contributor's later choice goes before the one she gave with the input."""


class InputQuerySet(OfRoundQuerySet):
    def answered(self) -> Self:
        return self.filter(answer__isnull=False)

    def unanswered(self) -> Self:
        return self.filter(answer__isnull=True)

    def on_the_web(self) -> Self:
        """Keep what its contributor lets the web show, by her last word."""
        return self.filter(ON_THE_WEB)


class Input(AuthorityOwned):
    """Innspill, høringssvar: what one said in a round; it never changes once received, and is answered one by one."""

    Source = Source

    round = models.ForeignKey(
        InputRound, on_delete=models.PROTECT, related_name="inputs", verbose_name=_("input round")
    )
    number = models.PositiveIntegerField(_("no."))
    invitation = models.OneToOneField(
        Invitation, on_delete=models.PROTECT, null=True, blank=True, related_name="input", verbose_name=_("invitation")
    )
    organisation = models.ForeignKey(
        "portal.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="inputs",
        verbose_name=_("organisation"),
    )  # fmt: skip
    sent_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="inputs", verbose_name=_("sent by")
    )
    speaks_for = models.CharField(_("who it speaks for"), max_length=160)
    address = models.EmailField(_("e-mail"), blank=True, help_text=_("Where we send receipt and answer."))
    text = models.TextField(_("input"), max_length=20_000)
    source = models.CharField(_("how it came"), max_length=10, choices=Source.choices)
    received_on = models.DateField(_("received"), validators=[sane_date])
    registered_at = models.DateTimeField(_("registered"), default=timezone.now)
    registered_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("registered by"),
    )  # fmt: skip
    may_publish = models.BooleanField(
        _("may be shown on the web"), default=False, help_text=_("The contributor’s own choice.")
    )
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    objects = InputQuerySet.as_manager()

    class Meta:
        verbose_name = _("input")
        verbose_name_plural = _("inputs")
        ordering = ["round", "number"]
        constraints = [
            models.UniqueConstraint(name="input_number_once", fields=["round", "number"]),
            models.CheckConstraint(
                name="input_registered_by_someone",
                condition=models.Q(source__in=["web", "invited"], registered_by__isnull=True)
                | models.Q(source__in=["post", "mail", "meeting"]),
            ),
            sane_date_check("received_on", "input_received_on_sane"),
        ]
        indexes = [models.Index(Lower("address"), name="input_of_address", condition=~models.Q(address=""))]

    def __str__(self) -> str:
        return f"{self.number}. {self.speaks_for}"

    @property
    def is_on_the_web(self) -> bool:
        """Whether the contributor lets the web show it, by her last word."""
        later = getattr(self, "web_choice", None)
        return later.may_publish if later is not None else self.may_publish

    @property
    def is_late(self) -> bool:
        """Whether it came after the round's last day, as that day stands today."""
        return rules.is_late(self.round.facts, self.received_on)


@pghistory.track()
class WebChoice(AuthorityOwned):
    """Nytt nettvalg: the contributor has changed her mind about the web since; the input itself stands as it came."""

    input = models.OneToOneField(Input, on_delete=models.PROTECT, related_name="web_choice", verbose_name=_("input"))
    may_publish = models.BooleanField(_("may be shown on the web"))
    noted_by = models.ForeignKey(
        "portal.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("noted by")
    )
    noted_at = models.DateTimeField(_("noted"), default=timezone.now)

    class WebChoiceQuerySet(InCaseQuerySet):
        case_path = "input__round__case_id"

    objects = WebChoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("changed web choice")
        verbose_name_plural = _("changed web choices")

    def __str__(self) -> str:
        return str(self.input)


class InputAttachment(AuthorityOwned):
    """Vedlegg til innspill: a document that came with an input."""

    input = models.ForeignKey(Input, on_delete=models.PROTECT, related_name="attachments", verbose_name=_("input"))
    document = models.OneToOneField(
        "portal.Document", on_delete=models.PROTECT, related_name="of_input", verbose_name=_("document")
    )

    class AttachmentQuerySet(InCaseQuerySet):
        case_path = "input__round__case_id"

    objects = AttachmentQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.document)


@pghistory.track()
class InputAnswer(Versioned, AuthorityOwned):
    """Svar på innspill: what the authority says back, and what followed from it (konsekvens)."""

    class Consequence(models.TextChoices):
        TAKEN_IN = "taken_in", _("Taken in")
        PARTLY = "partly", _("Partly taken in")
        NOT = "not", _("Not taken in")
        NOTED = "noted", _("Noted")

    input = models.OneToOneField(Input, on_delete=models.PROTECT, related_name="answer", verbose_name=_("input"))
    text = models.TextField(_("our answer"), max_length=8000)
    consequence = models.CharField(_("what followed"), max_length=10, choices=Consequence.choices)
    answered_by = models.ForeignKey(
        "portal.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered"), default=timezone.now)
    told_at = models.DateTimeField(_("contributor told"), null=True, blank=True, editable=False)

    class AnswerQuerySet(InCaseQuerySet):
        case_path = "input__round__case_id"

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer to input")
        verbose_name_plural = _("answers to input")
        constraints = [
            models.CheckConstraint(
                name="input_answer_says_something", condition=~models.Q(text=""),
                violation_error_message=_("Write an answer."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_consequence_display()}: {self.input}"
