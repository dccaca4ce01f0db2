"""Who is nominated, by whom and why: drafts that wait for a code, nominations, and the candidates they gather into."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from awards.models.round import PrizeRound, RoundCategory
from portal.models.base import AuthorityOwned, NorwegianKey, Versioned, sane_date
from portal.models.organisation import OrganisationNumberField


class Kind(models.TextChoices):
    """What is nominated."""

    ORGANISATION = "organisation", _("A company or an association")
    PERSON = "person", _("A person")


TAKES_PART = models.Q(state="active", merged_into=None)
"""Who is weighed in a category: neither declined, nor out by the statutes, nor gathered in another."""
CANDIDATES_TAKE_PART = models.Q(candidates__state="active", candidates__merged_into=None)
"""The same, asked of a category."""


class NominationDraft(AuthorityOwned):
    """Påbegynt nominasjon: what a visitor wrote, until she has confirmed her address; nobody at the desk sees it."""

    round = models.ForeignKey(PrizeRound, on_delete=models.CASCADE, related_name="drafts")
    category = models.ForeignKey(RoundCategory, on_delete=models.CASCADE, related_name="+")
    code = models.OneToOneField("portal.EmailCode", on_delete=models.CASCADE, related_name="nomination_draft")
    content = models.JSONField(default=dict)
    address = models.EmailField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("nomination that waits for its code")
        verbose_name_plural = _("nominations that wait for their codes")

    def __str__(self) -> str:
        return str(self.pk)


class NominationDraftFile(AuthorityOwned):
    """Vedlegg til påbegynt nominasjon: a file that came with it; it goes with it, or becomes a document."""

    draft = models.ForeignKey(NominationDraft, on_delete=models.CASCADE, related_name="files")
    file = models.FileField(upload_to="drafts/", max_length=255)
    filename = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("file of a nomination that waits")
        verbose_name_plural = _("files of nominations that wait")

    def __str__(self) -> str:
        return self.filename


@pghistory.track(exclude=["name", "email", "facts"])
class Candidate(Versioned, AuthorityOwned):
    """Kandidat: one nominee in one category of a round, with every nomination of her gathered.

    She is informed (personvernforordningen art. 14, checked 2026-11-22), may decline and may add facts. What lies in
    her case is deferred from access until the ceremony, and then assessed document by document.
    """

    class State(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("of a candidate", "Takes part")
        DECLINED = "declined", pgettext_lazy("of a candidate", "Has declined")
        OUT = "out", pgettext_lazy("of a candidate", "Cannot win by the statutes")

    class Answer(models.TextChoices):
        WAITING = "", pgettext_lazy("of a nominee", "No answer yet")
        ACCEPTED = "accepted", pgettext_lazy("of a nominee", "Takes part")
        DECLINED = "declined", pgettext_lazy("of a nominee", "Declines")

    round = models.ForeignKey(PrizeRound, on_delete=models.PROTECT, related_name="candidates", verbose_name=_("round"))
    category = models.ForeignKey(
        RoundCategory, on_delete=models.PROTECT, related_name="candidates", verbose_name=_("category")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=200)
    number = OrganisationNumberField(_("organisation number"), max_length=9, blank=True)
    register_copy = models.JSONField(_("copy of the register"), null=True, blank=True)
    register_copied_at = models.DateTimeField(_("copied at"), null=True, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    place = models.CharField(_("place"), max_length=80, blank=True)
    case = models.OneToOneField(
        "portal.Case", on_delete=models.PROTECT, related_name="candidate", verbose_name=_("case")
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ACTIVE)
    out_why = models.CharField(_("why not"), max_length=400, blank=True)
    informed_on = models.DateField(_("informed"), null=True, blank=True, validators=[sane_date])
    informed_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("informed by")
    )
    answer_due_on = models.DateField(_("answers by"), null=True, blank=True, validators=[sane_date])
    answer = models.CharField(_("answer"), max_length=10, choices=Answer.choices, blank=True, default=Answer.WAITING)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    facts = models.TextField(_("what the nominee adds"), max_length=8000, blank=True)
    is_finalist = models.BooleanField(_("finalist"), default=False)
    public_text = models.CharField(
        _("about the finalist"), max_length=400, blank=True, db_default="",
        help_text=_("One or two sentences for those who vote. Everyone reads them."),
    )  # fmt: skip
    thanked_on = models.DateField(_("thanked"), null=True, blank=True, validators=[sane_date])
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("gathered in")
    )
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("candidate")
        verbose_name_plural = _("candidates")
        ordering = [NorwegianKey("name"), "pk"]
        constraints = [
            models.UniqueConstraint(
                name="candidate_number_once", fields=["category", "number"],
                condition=~models.Q(number="") & models.Q(merged_into=None),
                violation_error_message=_("This nominee stands in the category already."),
            ),
            models.CheckConstraint(
                name="candidate_number_of_organisation", condition=models.Q(number="") | models.Q(kind="organisation")
            ),
            models.CheckConstraint(
                name="candidate_number_nine_digits",
                condition=models.Q(number="") | models.Q(number__regex=r"^\d{9}$"),
            ),
            models.CheckConstraint(
                name="candidate_out_says_why", condition=~models.Q(state="out") | ~models.Q(out_why=""),
                violation_error_message=_("Say why the nominee cannot win."),
            ),
            models.CheckConstraint(
                name="candidate_answered_if_and_only_if_dated",
                condition=models.Q(answer="", answered_at=None)
                | (~models.Q(answer="") & models.Q(answered_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="candidate_declined_takes_no_part",
                condition=~models.Q(answer="declined") | ~models.Q(state="active"),
            ),
            models.CheckConstraint(
                name="candidate_finalist_takes_part",
                condition=models.Q(is_finalist=False) | models.Q(state="active", merged_into=None),
                violation_error_message=_("A finalist takes part."),
            ),
            models.CheckConstraint(
                name="candidate_merged_takes_no_part",
                condition=models.Q(merged_into=None) | ~models.Q(state="active"),
            ),
        ]  # fmt: skip
        indexes = [models.Index(name="candidate_in_category", fields=["category", "state"])]

    def __str__(self) -> str:
        return self.name


class Nomination(AuthorityOwned):
    """Nominasjon, forslag: who proposes whom, in which category and why; it is never changed.

    It is gathered under a candidate; which one may be put right until the round is decided.
    """

    class Source(models.TextChoices):
        WEB = "web", _("On the web")
        PAPER = "paper", _("On paper, by mail or in a meeting")

    round = models.ForeignKey(PrizeRound, on_delete=models.PROTECT, related_name="nominations", verbose_name=_("round"))
    category = models.ForeignKey(RoundCategory, on_delete=models.PROTECT, related_name="+", verbose_name=_("category"))
    candidate = models.ForeignKey(
        Candidate, on_delete=models.PROTECT, related_name="nominations", verbose_name=_("candidate")
    )
    number = models.PositiveIntegerField(_("no."))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    typed_name = models.CharField(_("nominee as written"), max_length=200)
    typed_number = models.CharField(_("number as written"), max_length=20, blank=True)
    nominee_email = models.EmailField(_("the nominee’s e-mail"), blank=True)
    reasons = models.TextField(_("reasons"), max_length=8000)
    nominator_name = models.CharField(_("who nominates"), max_length=160)
    nominator_email = models.EmailField(_("e-mail"), blank=True)
    tie = models.CharField(_("how the two know each other"), max_length=300, blank=True)
    source = models.CharField(_("how it came"), max_length=5, choices=Source.choices, default=Source.WEB)
    received_on = models.DateField(_("received"), validators=[sane_date])
    received_at = models.DateTimeField(_("registered"), default=timezone.now)
    registered_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("registered by"),
    )  # fmt: skip
    sent_by = models.ForeignKey(
        "portal.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("sent by")
    )
    dismissed_why = models.CharField(_("why it does not count"), max_length=400, blank=True)
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("nomination")
        verbose_name_plural = _("nominations")
        ordering = ["round", "number"]
        constraints = [
            models.UniqueConstraint(name="nomination_number_once", fields=["round", "number"]),
            models.CheckConstraint(
                name="nomination_has_reasons", condition=~models.Q(reasons=""),
                violation_error_message=_("Give reasons."),
            ),
            models.CheckConstraint(
                name="nomination_on_paper_is_registered",
                condition=models.Q(source="web") | models.Q(registered_by__isnull=False),
            ),
        ]  # fmt: skip
        indexes = [models.Index(Upper("nominator_email"), name="nomination_by_address")]

    def __str__(self) -> str:
        return str(_("Nomination %(number)d") % {"number": self.number})


class NominationFile(AuthorityOwned):
    """Vedlegg til nominasjon: a document in the candidate’s case that came with a nomination."""

    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="files")
    document = models.OneToOneField("portal.Document", on_delete=models.PROTECT, related_name="nomination_file")

    class Meta:
        verbose_name = _("file of a nomination")
        verbose_name_plural = _("files of nominations")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.document)


class NomineeAnswer(AuthorityOwned):
    """Svar fra den nominerte: each time she accepted, declined or added something; the latest counts."""

    class How(models.TextChoices):
        LINK = "link", _("By the link she was sent")
        PAPER = "paper", _("On paper, by mail or telephone")

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="answers")
    answer = models.CharField(_("answer"), max_length=10, choices=Candidate.Answer.choices, blank=True)
    facts = models.TextField(_("what the nominee adds"), max_length=8000, blank=True)
    how = models.CharField(_("how"), max_length=5, choices=How.choices)
    answered_at = models.DateTimeField(_("answered"), default=timezone.now)
    registered_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("registered by"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("nominee’s answer")
        verbose_name_plural = _("nominees’ answers")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.candidate}: {self.get_answer_display()}"
