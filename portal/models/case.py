"""What is official: bodies, cases, their treatment step by step, and documents."""

from __future__ import annotations

from typing import Any, Self

import pghistory
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal import permissions
from portal.calendar import Precision
from portal.models.base import (
    AuthorityOwned,
    LastDay,
    NorwegianKey,
    TenantQuerySet,
    Versioned,
    ends_after_start,
    sane_date,
    sane_date_check,
)

PRECISIONS = [
    (Precision.DAY.value, _("Day")),
    (Precision.MONTH.value, _("Month")),
    (Precision.QUARTER.value, _("Quarter")),
    (Precision.YEAR.value, _("Year")),
]


class Access(models.TextChoices):
    OPEN = "open", _("Open")
    EXEMPT = "exempt", _("Exempt from access")
    DEFERRED = "deferred", _("Access deferred")


def access_check(name: str) -> models.CheckConstraint:
    """Return the constraint that what is not open names its legal basis (offentleglova § 3, checked 2026-11-20)."""
    return models.CheckConstraint(
        name=name,
        condition=models.Q(access=Access.OPEN) | ~models.Q(access_basis=""),
        violation_error_message=_("Name the legal basis when access is not open."),
    )


@pghistory.track()
class Body(Versioned, AuthorityOwned):
    """Organ: council, executive board, board, business forum, working group, jury or complaint body."""

    class Kind(models.TextChoices):
        COUNCIL = "council", _("Municipal council")
        EXECUTIVE = "executive", _("Executive board")
        COMMITTEE = "committee", _("Committee")
        BOARD = "board", _("Board")
        REPRESENTATIVES = "representatives", _("Council of representatives")
        JOINT = "joint", _("Joint meeting")
        FORUM = "forum", _("Business forum")
        WORKING_GROUP = "working_group", _("Working group")
        JURY = "jury", _("Jury")
        COMPLAINTS = "complaints", _("Complaint body")

    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    founded_on = models.DateField(_("founded"), null=True, blank=True, validators=[sane_date])
    seats = models.PositiveSmallIntegerField(_("number of members"), null=True, blank=True)

    class Meta:
        verbose_name = _("body")
        verbose_name_plural = _("bodies")
        ordering = [NorwegianKey("name")]
        constraints = [
            models.UniqueConstraint(
                name="body_name_once", fields=["authority", "name"],
                violation_error_message=_("A body with this name exists already."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class BodyMembership(AuthorityOwned):
    """Medlemskap i organ: who sits in a body, in what capacity, for a period."""

    class Capacity(models.TextChoices):
        BUSINESS = "business", _("Business")
        ELECTED = "elected", _("Elected")
        DEPUTY = "deputy", _("Deputy")
        STAFF = "staff", _("Staff")

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="members", verbose_name=_("body"))
    user = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="seats", verbose_name=_("person")
    )
    display_name = models.CharField(
        _("name"), max_length=120, blank=True, help_text=_("For a member who does not sign in here.")
    )
    capacity = models.CharField(_("capacity"), max_length=20, choices=Capacity.choices)
    is_chair = models.BooleanField(_("chair"), default=False)
    valid_from = models.DateField(_("from"), null=True, blank=True, validators=[sane_date])
    valid_to = models.DateField(_("to"), null=True, blank=True, validators=[sane_date])

    class Meta:
        verbose_name = _("member of body")
        verbose_name_plural = _("members of bodies")
        constraints = [
            models.CheckConstraint(
                name="body_member_is_someone",
                condition=models.Q(user__isnull=False) | ~models.Q(display_name=""),
                violation_error_message=_("Choose a person or write a name."),
            ),
            permissions.period_check("body_membership_period"),
        ]

    def __str__(self) -> str:
        return f"{self.display_name or self.user} – {self.body}"

    def clean(self) -> None:
        ends_after_start(self.valid_from, self.valid_to, "valid_to")


class CaseQuerySet(TenantQuerySet):
    """Cases and what lies in them: a guest officer sees her one case besides."""

    case_path = "pk"

    def visible_to(self, user: Any) -> Self:
        if user.is_superuser:
            return self
        own = models.Q(authority_id__in=permissions.casework_authorities(user))
        return self.filter(own | models.Q(**{f"{self.case_path}__in": permissions.guest_cases(user)}))


class InCaseQuerySet(CaseQuerySet):
    case_path = "case_id"


@pghistory.track()
class Case(Versioned, AuthorityOwned):
    """Sak: what is official lies in a case; the municipality's case and archive system owns number and journal."""

    class Series(models.TextChoices):
        ORDINARY = "", _("Other cases")
        APPLICATION = "application", _("Applications")
        COMPLAINT = "complaint", _("Complaints")
        PRIZE = "prize", _("Prizes")

    reference = models.CharField(_("own reference"), max_length=30, blank=True)
    external_system = models.CharField(_("case and archive system"), max_length=60, blank=True)
    external_number = models.CharField(_("number there"), max_length=60, blank=True)
    title = models.CharField(_("title"), max_length=200)
    public_title = models.CharField(
        _("public title"), max_length=200, blank=True, help_text=_("Shown where the title is exempt from access.")
    )
    officer = models.ForeignKey(
        "portal.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="cases", verbose_name=_("officer")
    )
    opened_on = models.DateField(_("opened"), null=True, blank=True, validators=[sane_date])
    closed_on = models.DateField(_("closed"), null=True, blank=True, validators=[sane_date])
    access = models.CharField(_("access"), max_length=10, choices=Access.choices, default=Access.OPEN)
    access_basis = models.CharField(_("legal basis"), max_length=120, blank=True)
    series = models.CharField(
        _("series"), max_length=12, choices=Series.choices, blank=True, default=Series.ORDINARY, db_default="",
        editable=False,
    )  # fmt: skip
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        ordering = ["-opened_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="case_reference_once", fields=["authority", "reference"], condition=~models.Q(reference=""),
                violation_error_message=_("A case with this reference exists already."),
            ),
            models.CheckConstraint(
                name="case_closed_after_opened",
                condition=models.Q(closed_on__isnull=True)
                | models.Q(opened_on__isnull=True)
                | models.Q(closed_on__gte=models.F("opened_on")),
                violation_error_message=_("The case closes before it opens."),
            ),
            sane_date_check("opened_on", "case_opened_on_sane"),
            access_check("case_access_has_basis"),
        ]  # fmt: skip

    def __str__(self) -> str:
        """Name it where it is one of several: of one that is not open, no more than anyone may know, and its number."""
        number = self.external_number or self.reference or self.pk
        if self.access == Access.OPEN or not number:
            return self.shown_title
        return f"{self.shown_title} ({number})"

    def get_absolute_url(self) -> str:
        return reverse("case_page", args=[self.authority.slug, self.pk])

    def clean(self) -> None:
        ends_after_start(self.opened_on, self.closed_on, "closed_on")

    @property
    def shown_title(self) -> str:
        """The title anyone may read: the public one when access is not open."""
        if self.access == Access.OPEN:
            return self.title
        return self.public_title or str(_("Case exempt from access"))


class CaseRelation(AuthorityOwned):
    """Saksreferanse: a case that another case of the same authority builds on or belongs with."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="relations", verbose_name=_("case"))
    related = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+", verbose_name=_("related case"))

    class Meta:
        verbose_name = _("related case")
        verbose_name_plural = _("related cases")
        constraints = [
            models.UniqueConstraint(name="case_relation_once", fields=["case", "related"]),
            models.CheckConstraint(
                name="case_relation_not_itself",
                condition=~models.Q(case=models.F("related")),
                violation_error_message=_("A case is not related to itself."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.related)


@pghistory.track()
class CaseStep(Versioned, AuthorityOwned):
    """Behandling: one treatment of a case by a body or a named actor, with dates as precise as they are known."""

    class Activity(models.TextChoices):
        ANCHORING = "anchoring", _("Anchoring")
        WORKSHOP = "workshop", _("Workshop")
        INFORMATION = "information", _("Information")
        INVOLVEMENT = "involvement", _("Involvement")
        HEARING = "hearing", _("Hearing")
        MIDWAY = "midway", _("Midway report")
        RECOMMENDATION = "recommendation", _("Recommendation")
        DECISION = "decision", _("Decision")

    DECIDING = (Activity.RECOMMENDATION, Activity.DECISION)
    """What ends with an outcome; of the other activities, only their time is known to be over."""

    class Outcome(models.TextChoices):
        PENDING = "pending", _("Pending")
        ADOPTED = "adopted", _("Adopted")
        AMENDED = "amended", _("Adopted with changes")
        REJECTED = "rejected", _("Rejected")
        POSTPONED = "postponed", _("Postponed")
        NOTED = "noted", _("Noted")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps", verbose_name=_("case"))
    stage = models.PositiveSmallIntegerField(
        _("stage"), default=1, help_text=_("Several steps may share one stage.")
    )  # fmt: skip
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    body = models.ForeignKey(
        Body, on_delete=models.PROTECT, null=True, blank=True, related_name="steps", verbose_name=_("body")
    )
    actor = models.CharField(_("actor"), max_length=160, blank=True, help_text=_("Where no body treats it."))
    activity = models.CharField(_("activity"), max_length=20, choices=Activity.choices)
    description = models.CharField(_("what happens"), max_length=200, blank=True)
    starts_on = models.DateField(_("from"), null=True, blank=True, validators=[sane_date])
    ends_on = models.DateField(_("to"), null=True, blank=True, validators=[sane_date])
    precision = models.CharField(_("how precise"), max_length=10, choices=PRECISIONS, default=Precision.DAY.value)
    papers_due_on = models.DateField(
        _("papers due"), null=True, blank=True, validators=[sane_date],
        help_text=_("The day the body must have the papers."),
    )  # fmt: skip
    papers_sent_on = models.DateField(_("papers sent"), null=True, blank=True, validators=[sane_date])
    case_number = models.CharField(_("the body's case number"), max_length=40, blank=True)
    item_number = models.CharField(_("item number"), max_length=20, blank=True)
    director_recommendation = models.TextField(_("the director's recommendation"), blank=True)
    rapporteur_recommendation = models.TextField(_("the rapporteur's recommendation"), blank=True)
    resolution = models.TextField(_("resolution"), blank=True, help_text=_("As it stands in the official protocol."))
    votes = models.CharField(_("votes"), max_length=120, blank=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices, default=Outcome.PENDING)
    decided_on = models.DateField(_("decided"), null=True, blank=True, validators=[sane_date])
    invented = models.BooleanField(_("invented for the demo"), default=False, db_default=False, editable=False)

    objects = InCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of a case")
        verbose_name_plural = _("steps of cases")
        ordering = ["case", "stage", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="case_step_has_actor",
                condition=models.Q(body__isnull=False) | ~models.Q(actor=""),
                violation_error_message=_("Choose a body or write who acts."),
            ),
            models.CheckConstraint(
                name="case_step_period",
                condition=models.Q(ends_on__isnull=True)
                | models.Q(starts_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                violation_error_message=_("The step ends before it starts."),
            ),
            models.CheckConstraint(
                name="case_step_resolution_when_decided",
                condition=~models.Q(outcome__in=["adopted", "amended", "rejected"]) | ~models.Q(resolution=""),
                violation_error_message=_("An outcome needs the resolution from the protocol."),
            ),
            sane_date_check("starts_on", "case_step_starts_on_sane"),
            sane_date_check("ends_on", "case_step_ends_on_sane"),
            sane_date_check("papers_due_on", "case_step_papers_due_on_sane"),
            sane_date_check("decided_on", "case_step_decided_on_sane"),
        ]
        indexes = [
            models.Index(
                LastDay(Coalesce("ends_on", "starts_on"), "precision"), name="case_step_pending",
                condition=models.Q(outcome="pending"),
            ),
            models.Index(name="case_step_papers", fields=["papers_due_on"], condition=models.Q(papers_sent_on=None)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_activity_display()}: {self.body or self.actor}"

    def clean(self) -> None:
        ends_after_start(self.starts_on, self.ends_on, "ends_on")
        owner = self.authority_id or (self.case.authority_id if self.case_id else None)
        if self.body_id and self.body and owner and self.body.authority_id != owner:
            links = self.body.authority.region_links.filter(region_id=owner)
            if not links.exists():
                raise ValidationError({"body": _("This body belongs to an authority outside the region.")})


def document_path(document: Document, filename: str) -> str:
    """Return where a document is stored: by owner and hash, never by the name a stranger typed."""
    return f"documents/{document.authority_id}/{document.sha256[:2]}/{document.sha256}"


class Document(AuthorityOwned):
    """Dokument: a dated, hashed file on a case; its content never changes."""

    class Direction(models.TextChoices):
        INCOMING = "in", _("Incoming")
        OUTGOING = "out", _("Outgoing")
        INTERNAL = "internal", _("Internal")

    class ArchiveStatus(models.TextChoices):
        NOT_ARCHIVED = "not_archived", _("Not archived")
        SENT = "sent", _("Sent to the archive")
        ARCHIVED = "archived", _("Archived")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="documents", verbose_name=_("case"))
    title = models.CharField(_("title"), max_length=200)
    public_title = models.CharField(_("public title"), max_length=200, blank=True)
    direction = models.CharField(_("direction"), max_length=10, choices=Direction.choices)
    dated_on = models.DateField(_("dated"), validators=[sane_date])
    file = models.FileField(_("file"), upload_to=document_path, max_length=255)
    filename = models.CharField(_("file name"), max_length=120, editable=False)
    content_type = models.CharField(_("type"), max_length=100, editable=False)
    size = models.PositiveIntegerField(_("size"), editable=False)
    sha256 = models.CharField(_("SHA-256"), max_length=64, editable=False)
    access = models.CharField(_("access"), max_length=10, choices=Access.choices, default=Access.OPEN)
    access_basis = models.CharField(_("legal basis"), max_length=120, blank=True)
    archive_status = models.CharField(
        _("archive status"), max_length=15, choices=ArchiveStatus.choices, default=ArchiveStatus.NOT_ARCHIVED
    )
    archive_receipt = models.CharField(_("receipt"), max_length=120, blank=True)
    registered_at = models.DateTimeField(_("registered"), auto_now_add=True)

    objects = InCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["-dated_on", "-pk"]
        constraints = [
            models.CheckConstraint(name="document_hash_is_sha256", condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$")),
            sane_date_check("dated_on", "document_dated_on_sane"),
            access_check("document_access_has_basis"),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        if self.case_id and self.authority_id and self.case.authority_id != self.authority_id:
            raise ValidationError({"case": _("The case belongs to another authority.")})
