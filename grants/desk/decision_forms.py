"""What is filled in about a decision: the grant drawn up, the decision itself, the answer on paper, the delegations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from grants.desk import deciding, delegating
from grants.forms import NokField
from grants.grant_forms import SEEN, Amount, Choice, Day, OrganisationChoice, not_ahead
from grants.models import Application, Assessment, Decision, Delegation, ExemptField, Grant, Outcome, Scheme
from portal.acting_for import mandates
from portal.input_forms import LongText, OneLine
from portal.models import CaseStep, Organisation
from portal.models.base import ends_after_start
from portal.money import format_nok

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import Authority, User

DELEGATED = "delegert"
STEP = "behandling-"
VERBS = [
    (Outcome.GRANTED, _("Grant it")), (Outcome.REFUSED, _("Refuse it")),
    (Outcome.DISMISSED, _("Dismiss it without assessing it")),
]  # fmt: skip


class ProposeForm(forms.Form):
    """How much is granted, and what everyone may read that it is for."""

    amount_nok = Amount(label=_("Amount in kroner"))
    public_title = OneLine(
        label=_("What is it for?"), max_length=160, missing=_("Write what the money is for."),
        help_text=_("Shown to everyone when it is granted. Name no persons and no business secrets."),
    )  # fmt: skip
    use_by = Day(label=_("To be asked for by"), required=False, help_text=_("What is not asked for by then may lapse."))
    organisation = OrganisationChoice(
        Organisation.objects.none(), label=_("Which organisation gets it?"), required=False,
        empty_label=_("None yet: register one in the founder’s name"),
        help_text=_("The founder applied without an organisation number."),
    )  # fmt: skip
    seen = forms.IntegerField(**SEEN)
    grant_seen = forms.IntegerField(**SEEN)

    def __init__(self, *args: Any, application: Application, grant: Grant | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if application.organisation_id is not None:
            del self.fields["organisation"]
        else:
            mine = Organisation.objects.filter(authority=application.authority_id, mandates__user=application.applicant)
            if application.applicant is not None:
                mine = mine.filter(mandates__in=mandates.held_by(application.applicant, timezone.localdate()))
            own = Organisation.objects.filter(pk=grant.organisation_id) if grant else Organisation.objects.none()
            self.fields["organisation"].queryset = (mine | own).distinct()  # type: ignore[attr-defined]
        self.fields["seen"].initial = application.row_version
        self.fields["grant_seen"].initial = grant.row_version if grant else None

    def terms(self) -> dict[str, Any]:
        """Return what was typed as the deed takes it."""
        return dict(self.cleaned_data)


class DecisionForm(forms.Form):
    """What is decided, by whom, on which grounds; and what of it the public does not see."""

    outcome = forms.ChoiceField(
        label=_("What is decided?"), choices=VERBS, widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is decided.")},
    )  # fmt: skip
    by_whom = forms.ChoiceField(
        label=_("Who decides it?"), widget=forms.RadioSelect,
        error_messages={"required": _("Choose the body’s treatment, or that you decide by delegation.")},
    )  # fmt: skip
    grounds = LongText(
        label=_("Grounds"), longest=8000, missing=_("Give the grounds. The applicant reads them in the letter."),
        help_text=_("What the decision rests on, and what was given weight. The letter says it as it stands here."),
        widget=forms.Textarea(attrs={"rows": 7}),
    )  # fmt: skip
    legal_basis = OneLine(
        label=_("Legal basis"), max_length=400, missing=_("Name what the decision is based on."),
        help_text=_("For example the section of the statutes."),
    )  # fmt: skip
    recipient = forms.BooleanField(label=_("The recipient is exempt"), required=False)
    recipient_basis = forms.CharField(label=_("Legal basis for the recipient"), max_length=120, required=False)
    title = forms.BooleanField(label=_("What it is for is exempt"), required=False)
    title_basis = forms.CharField(label=_("Legal basis for what it is for"), max_length=120, required=False)
    seen = forms.IntegerField(**SEEN)
    grant_seen = forms.IntegerField(**SEEN)

    def __init__(
        self, *args: Any, application: Application, grant: Grant | None, user: User, today: dt.date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.application, self.grant, self.user, self.today = application, grant, user, today
        self.steps: list[CaseStep] = list(deciding.steps_of(application))
        self.delegations: list[Delegation] = list(delegating.held_by(user, application, today))
        self.fields["by_whom"].choices = self._deciders()  # type: ignore[attr-defined]
        if not self.is_bound and len(self.fields["by_whom"].choices) == 1:  # type: ignore[attr-defined]
            self.initial.setdefault("by_whom", self.fields["by_whom"].choices[0][0])  # type: ignore[attr-defined]
        self.fields["seen"].initial = application.row_version
        self.fields["grant_seen"].initial = grant.row_version if grant else None

    def _deciders(self) -> list[tuple[str, str]]:
        found = [(f"{STEP}{step.pk}", said_of(step)) for step in self.steps]
        if self.delegations:
            most = self.delegations[-1]
            text = gettext("I decide it by delegation, up to %(most)s: %(reference)s")
            found.append((DELEGATED, text % {"most": format_nok(most.up_to_nok), "reference": most.reference}))
        return found

    @property
    def nobody(self) -> bool:
        """Whether nothing lets it be decided now."""
        return not self.steps and not self.delegations

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        is_granted = typed.get("outcome") == Outcome.GRANTED
        for field in ("recipient", "title"):
            basis = typed[f"{field}_basis"] = " ".join((typed.get(f"{field}_basis") or "").split())
            if is_granted and typed.get(field) and not basis:
                self.add_error(f"{field}_basis", gettext("Name the act and section, such as offl. § 13."))
        if is_granted and self.grant is None:
            self.add_error("outcome", gettext("Draw up the grant first: how much, and what it is for."))
        if is_granted and typed.get("recipient") and not typed.get("title") and self._title_names_recipient():
            self.add_error("title", gettext("It names the recipient. Mark it too, or change the text first."))
        if typed.get("by_whom") == DELEGATED and "outcome" in typed:
            self._find_delegation(typed)
        return typed

    def _title_names_recipient(self) -> bool:
        grant = self.grant
        return grant is not None and grant.organisation.name.casefold() in grant.title.casefold()

    def _find_delegation(self, typed: dict[str, Any]) -> None:
        amount = self.grant.amount_nok if self.grant and typed["outcome"] == Outcome.GRANTED else None
        typed["delegation"] = deciding.delegation_for(self.user, self.application, amount, self.today)
        if typed["delegation"] is None:
            asked = self.application.asked_nok if amount is None else amount
            text = gettext("What is delegated to you does not reach %(amount)s. The body decides this.")
            self.add_error("by_whom", text % {"amount": format_nok(asked or 0)})

    def step(self) -> CaseStep | None:
        chosen = self.cleaned_data["by_whom"]
        return next((row for row in self.steps if chosen == f"{STEP}{row.pk}"), None)

    def decision(self) -> dict[str, Any]:
        """Return what was typed as the deed takes it; a body's decision is dated by its meeting."""
        typed, step = self.cleaned_data, self.step()
        exempt = {field: typed[f"{field}_basis"] for field in ("recipient", "title") if typed[field]}
        return {
            "outcome": typed["outcome"], "grounds": typed["grounds"], "legal_basis": typed["legal_basis"],
            "step": step, "delegation": None if step else typed.get("delegation"),
            "on": (step.decided_on if step else None) or self.today, "exempt": exempt, "seen": typed["seen"],
            "grant_seen": typed["grant_seen"] if typed["outcome"] == Outcome.GRANTED else None,
        }  # fmt: skip


def said_of(step: CaseStep) -> str:
    """Return a treatment as one chooses it: whose it is, its number and day, and how it ended."""
    when = step.decided_on or step.ends_on or step.starts_on
    number = "/".join(part for part in (step.case_number, step.item_number) if part)
    parts = [str(step.body or step.actor), number, date_format(when, "j. F Y") if when else "",
             str(step.get_outcome_display()).lower()]  # fmt: skip
    return ", ".join(part for part in parts if part)


def begun(application: Application, assessment: Assessment | None, grant: Grant | None) -> dict[str, Any]:
    """Return a decision as the recommendation suggests it."""
    statutes, scheme = application.statutes, application.call.scheme
    basis = scheme.legal_basis
    if statutes is not None:
        text = gettext("Statutes of %(scheme)s, version %(number)d")
        basis = text % {"scheme": scheme.name, "number": statutes.version}
    found: dict[str, Any] = {"legal_basis": basis}
    if assessment is not None:
        found |= {"outcome": assessment.outcome, "grounds": assessment.grounds}
    latest = deciding.steps_of(application).first()
    if latest is not None and latest.outcome == CaseStep.Outcome.REJECTED and found.get("outcome") == Outcome.GRANTED:
        found["outcome"] = Outcome.REFUSED
    if grant is not None:
        for row in ExemptField.objects.filter(grant=grant):
            found |= {row.field: True, f"{row.field}_basis": row.basis}
    return found


class PostedForm(forms.Form):
    """The day the letter was sent."""

    on = Day(label=_("The day the letter was posted"), error_messages={"required": _("Enter the date.")})

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["on"].initial = today

    def clean_on(self) -> dt.date:
        return not_ahead(self.cleaned_data["on"], self.today)


class AnswerForm(PostedForm):
    """What the applicant answered on paper, and when."""

    answer = forms.ChoiceField(
        label=_("What is the answer?"), widget=forms.RadioSelect,
        choices=[(Decision.Answer.ACCEPTED, _("The applicant accepts the grant")),
                 (Decision.Answer.DECLINED, _("The applicant turns it down"))],
        error_messages={"required": _("Choose what the applicant answered.")},
    )  # fmt: skip
    field_order = ("answer", "on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].label = _("The day the answer came")


class DelegationForm(forms.Form):
    """What is delegated: to which role, in which scheme, up to how much, by which decision."""

    scheme = Choice(Scheme.objects.none(), label=_("Scheme"), missing=_("Choose the scheme."))
    role = forms.ChoiceField(
        label=_("To which role?"), choices=[("", _("Choose")), *((one.value, one.label) for one in delegating.MAY_GET)],
        error_messages={"required": _("Choose a role.")},
    )  # fmt: skip
    up_to_nok = NokField(
        label=_("Up to, in kroner"), required=True, error_messages={"required": _("Enter the amount.")},
        help_text=_("What is granted. For a refusal: what was asked for."),
    )  # fmt: skip
    reference = OneLine(
        label=_("Delegated by"), max_length=160, missing=_("Name the decision that delegates."),
        help_text=_("It is printed in the letter. For example the delegation rules with their number."),
    )  # fmt: skip
    valid_from = Day(label=_("From"), required=False)
    valid_to = Day(label=_("To"), required=False)

    def __init__(self, *args: Any, authority: Authority, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Scheme.objects.filter(authority=authority, calls__isnull=False) | Scheme.objects.filter(
            authority=authority, kind=Scheme.Kind.FUND
        )
        self.fields["scheme"].queryset = rows.distinct()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        ends_after_start(typed.get("valid_from"), typed.get("valid_to"), "valid_to")
        return typed


class EndForm(forms.Form):
    """The last day a delegation holds."""

    on = Day(label=_("Last day"), error_messages={"required": _("Enter the date.")})
    seen = forms.IntegerField(**SEEN)
