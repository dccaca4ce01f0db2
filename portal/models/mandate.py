"""Who may act for an organisation: what was shown, who confirmed it, for how long."""

from __future__ import annotations

from typing import Any, Self

import pghistory
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal import permissions
from portal.models.base import AuthorityOwned, TenantQuerySet
from portal.models.organisation import Organisation, OrganisationNumberField


class Reach(models.TextChoices):
    """What a mandate lets one do in the organisation's name."""

    DRAFTS = "drafts", _("Prepare")
    ACTS = "acts", _("Act")


class MandateQuerySet(TenantQuerySet):
    def holding(self, on: Any) -> Self:
        """Keep the mandates that hold on this day."""
        return self.filter(permissions.period_holds(on), ended_at=None)


@pghistory.track()
class Mandate(AuthorityOwned):
    """Fullmakt: a person's right to act for an organisation; never made by typing a number.

    `source` says what it rests on, and the database wants the proof that belongs to it: an identity from Ansattporten,
    the register's answer and an officer, an officer with a document, or the mandate of the one who invited.
    """

    class Source(models.TextChoices):
        ANSATTPORTEN = "ansattporten", _("Ansattporten")
        REGISTER = "register", _("Role in the register")
        OFFICER = "officer", _("Confirmed by an officer")
        INVITED = "invited", _("Invited")

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="mandates", verbose_name=_("organisation")
    )
    user = models.ForeignKey("portal.User", on_delete=models.CASCADE, related_name="mandates", verbose_name=_("person"))
    source = models.CharField(_("rests on"), max_length=15, choices=Source.choices)
    reach = models.CharField(_("reach"), max_length=10, choices=Reach.choices)
    role = models.CharField(_("role in the organisation"), max_length=80, blank=True)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"))
    identity = models.ForeignKey("portal.Identity", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    evidence = models.JSONField(_("what was shown"), default=dict, blank=True)
    document = models.ForeignKey(
        "portal.Document", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("document")
    )
    verified_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("confirmed by")
    )
    invited_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="invited", verbose_name=_("invited by")
    )
    given_at = models.DateTimeField(_("given"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.ForeignKey(
        "portal.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("ended by")
    )
    ended_why = models.CharField(_("why it ended"), max_length=160, blank=True)
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        ordering = ["organisation", "user", "-given_at"]
        constraints = [
            models.UniqueConstraint(
                name="mandate_one_live_per_source", fields=["organisation", "user", "source"],
                condition=models.Q(ended_at=None),
                violation_error_message=_("This person has such a mandate already."),
            ),
            models.CheckConstraint(
                name="mandate_source_has_its_proof",
                condition=models.Q(
                    source="ansattporten", verified_by=None, invited_by=None, evidence__has_key="resource"
                )
                | models.Q(source="register", verified_by__isnull=False, invited_by=None, evidence__has_key="register")
                | models.Q(source="officer", verified_by__isnull=False, invited_by=None, document__isnull=False)
                | models.Q(source="invited", invited_by__isnull=False, reach="drafts"),
                violation_error_message=_("The proof that belongs to this kind of mandate is missing."),
            ),
            models.CheckConstraint(
                name="mandate_nobody_confirms_her_own",
                condition=models.Q(verified_by=None) | ~models.Q(verified_by=models.F("user")),
                violation_error_message=_("Nobody confirms her own mandate."),
            ),
            models.CheckConstraint(
                name="mandate_ended_says_why",
                condition=models.Q(ended_at=None, ended_why="")
                | (models.Q(ended_at__isnull=False) & ~models.Q(ended_why="")),
            ),
            permissions.period_check("mandate_period"),
        ]  # fmt: skip
        indexes = [models.Index(name="mandate_of_person", fields=["user"], condition=models.Q(ended_at=None))]

    def __str__(self) -> str:
        return f"{self.user} – {self.organisation}"

    @property
    def acts(self) -> bool:
        """Whether it lets its holder bind the organisation, not only prepare."""
        return self.reach == Reach.ACTS


@pghistory.track(exclude=["message", "evidence"])
class MandateRequest(AuthorityOwned):
    """Forespørsel om fullmakt: someone asks to act for an organisation; an officer says yes or no, with a reason."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        CONFIRMED = "confirmed", _("Confirmed")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    user = models.ForeignKey(
        "portal.User", on_delete=models.CASCADE, related_name="mandate_requests", verbose_name=_("person")
    )
    number = OrganisationNumberField(_("organisation number"), max_length=9)
    name = models.CharField(_("organisation’s name"), max_length=200)
    role = models.CharField(_("role in the organisation"), max_length=80, blank=True)
    message = models.TextField(_("message to the officer"), max_length=1000, blank=True)
    evidence = models.JSONField(_("what the register said"), default=dict, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    due_on = models.DateField(_("answer due"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        "portal.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    reason = models.CharField(_("reason"), max_length=400, blank=True)
    mandate = models.OneToOneField(
        Mandate, on_delete=models.PROTECT, null=True, blank=True, related_name="request", verbose_name=_("mandate")
    )

    class Meta:
        verbose_name = _("request for a mandate")
        verbose_name_plural = _("requests for mandates")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="mandate_request_one_waiting", fields=["authority", "user", "number"],
                condition=models.Q(state="waiting"),
                violation_error_message=_("You have asked for this already."),
            ),
            models.CheckConstraint(
                name="mandate_request_decided_if_and_only_if_dated",
                condition=models.Q(state="waiting", decided_at=None)
                | (~models.Q(state="waiting") & ~models.Q(decided_at=None)),
            ),
            models.CheckConstraint(
                name="mandate_request_confirmed_has_mandate",
                condition=models.Q(state="confirmed", mandate__isnull=False)
                | (~models.Q(state="confirmed") & models.Q(mandate=None)),
            ),
            models.CheckConstraint(
                name="mandate_request_refused_has_reason", condition=~models.Q(state="refused") | ~models.Q(reason=""),
                violation_error_message=_("Say why, so that the person knows what to do."),
            ),
            models.CheckConstraint(
                name="mandate_request_number_nine_digits", condition=models.Q(number__regex=r"^\d{9}$")
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.name}: {self.user}"


@pghistory.track(exclude=["name", "address"])
class MandateInvitation(AuthorityOwned):
    """Invitasjon til å handle for en virksomhet: one who acts for it asks a colleague to prepare things in its name."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="mandate_invitations", verbose_name=_("organisation")
    )
    invited_by = models.ForeignKey(
        Mandate, on_delete=models.PROTECT, related_name="invitations", verbose_name=_("invited by")
    )
    name = models.CharField(_("name"), max_length=120)
    address = models.EmailField(_("e-mail"))
    sent_at = models.DateTimeField(_("sent"), default=timezone.now)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    mandate = models.OneToOneField(
        Mandate, on_delete=models.PROTECT, null=True, blank=True, related_name="invitation", verbose_name=_("mandate")
    )

    class Meta:
        verbose_name = _("invitation to act")
        verbose_name_plural = _("invitations to act")
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("address"), "organisation", name="mandate_invitation_once",
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                violation_error_message=_("This address is invited already."),
            ),
            models.CheckConstraint(
                name="mandate_invitation_accepted_has_mandate",
                condition=models.Q(accepted_at=None, mandate=None)
                | models.Q(accepted_at__isnull=False, mandate__isnull=False, withdrawn_at=None),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.name}: {self.organisation}"
