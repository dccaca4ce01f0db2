"""What follows a decision: changes of the project, final accounts, and complaints."""

from __future__ import annotations

import pghistory
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.models.assessment import Decision
from grants.models.conditions import GrantReport
from grants.models.grant import Grant
from portal.models.base import AuthorityOwned, Versioned, sane_date


@pghistory.track(exclude=["text", "answer"])
class ProjectChange(Versioned, AuthorityOwned):
    """Endring i prosjektet: a change the recipient asks for, and the answer; nothing changes before it is agreed."""

    class State(models.TextChoices):
        ASKED = "asked", _("Waits for an answer")
        AGREED = "agreed", _("Agreed")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="changes", verbose_name=_("grant"))
    text = models.TextField(_("what changes, and why"), max_length=4000)
    new_ends_on = models.DateField(_("new end of the project"), null=True, blank=True, validators=[sane_date])
    new_use_by = models.DateField(_("to be asked for by"), null=True, blank=True, validators=[sane_date])
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ASKED)
    asked_by = models.ForeignKey("portal.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    answered_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("change of the project")
        verbose_name_plural = _("changes of projects")
        ordering = ["grant", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="project_change_one_waiting", fields=["grant"], condition=models.Q(state="asked"),
                violation_error_message=_("A change waits for an answer already."),
            ),
            models.CheckConstraint(
                name="project_change_answered_if_and_only_if_dated",
                condition=models.Q(state="asked", answered_at=None)
                | (~models.Q(state="asked") & ~models.Q(answered_at=None)),
            ),
            models.CheckConstraint(
                name="project_change_refused_says_why", condition=~models.Q(state="refused") | ~models.Q(answer=""),
                violation_error_message=_("Say why, so that the applicant knows what to do."),
            ),
            models.CheckConstraint(
                name="project_change_answered_by_another",
                condition=models.Q(answered_by=None) | models.Q(state="withdrawn")
                | ~models.Q(answered_by=models.F("asked_by")),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.text[:60]


@pghistory.track()
class FinalAccounts(Versioned, AuthorityOwned):
    """Sluttregnskap: what the project cost and who paid, line by line against the budget, and what came of it.

    `lines` is a list of `grants.afterwards.accounts.Line`; the sums stand in columns, so that a share is computed once.
    """

    report = models.OneToOneField(GrantReport, on_delete=models.PROTECT, related_name="accounts")
    lines = models.JSONField(_("lines"), default=list)
    actual_cost_nok = models.BigIntegerField(_("actual costs in kroner"))
    public_nok = models.BigIntegerField(_("other public support in kroner"), default=0)
    jobs_created = models.DecimalField(_("new jobs"), max_digits=6, decimal_places=1, null=True, blank=True)
    result = models.TextField(_("what came of it"), max_length=8000, blank=True)
    payable_nok = models.BigIntegerField(
        _("grant on actual costs, in kroner"), null=True, blank=True, help_text=_("Set when the report is approved.")
    )
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("final accounts")
        verbose_name_plural = _("final accounts")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="final_accounts_amounts", condition=models.Q(actual_cost_nok__gte=0, public_nok__gte=0)
            )
        ]

    def __str__(self) -> str:
        return str(self.report)


@pghistory.track(exclude=["text", "reconsideration"])
class Complaint(Versioned, AuthorityOwned):
    """Klage: a case of its own on a decision; reconsidered first, then with the complaint body that fits the decider.

    Law: forvaltningsloven §§ 28–34: three weeks from the notice (§ 29), the deciding body reconsiders first (§ 33),
    a late one may be taken up for a special reason within a year (§ 31). Checked 2026-11-22.
    """

    class State(models.TextChoices):
        RECEIVED = "received", _("Received")
        DISMISSED = "dismissed", _("Dismissed")
        UPHELD = "upheld", _("Changed at reconsideration")
        FORWARDED = "forwarded", _("Sent to the complaint body")
        DECIDED = "decided", _("Decided")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Outcome(models.TextChoices):
        REJECTED = "rejected", _("The decision stands")
        CHANGED = "changed", _("The decision is changed")
        ANNULLED = "annulled", _("The decision is annulled and made anew")

    MOVES = {
        State.RECEIVED: frozenset({State.DISMISSED, State.UPHELD, State.FORWARDED, State.WITHDRAWN}),
        State.FORWARDED: frozenset({State.DECIDED, State.WITHDRAWN}),
        State.DISMISSED: frozenset({State.RECEIVED}),
        State.UPHELD: frozenset(),
        State.DECIDED: frozenset(),
        State.WITHDRAWN: frozenset(),
    }

    decision = models.ForeignKey(
        Decision, on_delete=models.PROTECT, related_name="complaints", verbose_name=_("decision")
    )
    case = models.OneToOneField(
        "portal.Case", on_delete=models.PROTECT, related_name="complaint", verbose_name=_("case")
    )
    text = models.TextField(_("complaint"), max_length=8000)
    received_on = models.DateField(_("received"), validators=[sane_date])
    due_on = models.DateField(_("last day to complain"))
    source = models.CharField(_("how it came"), max_length=10, default="web")
    sent_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("sent by")
    )
    registered_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("registered by"),
    )  # fmt: skip
    late_reason = models.CharField(_("why it is taken up although late"), max_length=400, blank=True)
    asks_deferral = models.BooleanField(_("asks that the decision wait"), default=False)
    deferral = models.CharField(_("answer on deferral"), max_length=400, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.RECEIVED)
    reconsideration = models.TextField(_("reconsideration"), max_length=8000, blank=True)
    reconsidered_on = models.DateField(_("reconsidered"), null=True, blank=True, validators=[sane_date])
    reconsidered_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("reconsidered by"),
    )  # fmt: skip
    complaint_body = models.CharField(_("complaint body"), max_length=160, blank=True)
    body = models.ForeignKey(
        "portal.Body", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("complaint body"),
    )  # fmt: skip
    handled_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("handled for the complaint body by"),
    )  # fmt: skip
    step = models.ForeignKey(
        "portal.CaseStep", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("decided in"),
    )  # fmt: skip
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, blank=True)
    decided_on = models.DateField(_("decided"), null=True, blank=True, validators=[sane_date])
    new_decision = models.OneToOneField(
        Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="made_by_complaint",
        verbose_name=_("new decision"),
    )  # fmt: skip
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("complaint")
        verbose_name_plural = _("complaints")
        ordering = ["-received_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="complaint_one_under_way", fields=["decision"],
                condition=models.Q(state__in=["received", "forwarded"]),
                violation_error_message=_("A complaint on this decision is under way."),
            ),
            models.CheckConstraint(
                name="complaint_decided_has_outcome",
                condition=models.Q(state="decided", decided_on__isnull=False) & ~models.Q(outcome="")
                | (~models.Q(state="decided") & models.Q(outcome="")),
            ),
            models.CheckConstraint(
                name="complaint_reconsidered_says_why",
                condition=models.Q(state__in=["received", "withdrawn"])
                | (~models.Q(reconsideration="") & models.Q(reconsidered_on__isnull=False)),
                violation_error_message=_("Write what you found when you reconsidered."),
            ),
            models.CheckConstraint(
                name="complaint_late_says_why",
                condition=models.Q(received_on__lte=models.F("due_on")) | ~models.Q(late_reason="")
                | models.Q(state__in=["received", "dismissed", "withdrawn"]),
                violation_error_message=_("The complaint came late. Say why it is taken up."),
            ),
            models.CheckConstraint(
                name="complaint_forwarded_to_someone",
                condition=~models.Q(state__in=["forwarded", "decided"]) | ~models.Q(complaint_body=""),
                violation_error_message=_("Name the complaint body."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(_("Complaint on %(what)s") % {"what": self.decision.application})
