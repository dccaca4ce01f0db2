"""What is filled in about a fund and about a year's end."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from grants.closing import NEW, Wish
from grants.forms import NokField
from grants.grant_forms import SEEN, Amount, Choice, Day, OrganisationChoice, StepChoice, Why, not_ahead
from grants.models import PayerClass, Scheme
from portal.input_forms import Asked, OneLine
from portal.models import CaseStep, Document, Organisation
from portal.models.base import EARLIEST_YEAR, LATEST_YEAR
from portal.models.case import Access
from portal.money import format_nok

if TYPE_CHECKING:
    import datetime as dt

    from grants.models import Account, Fund, FundFrame, YearEnd, YearEndLine
    from portal.models import Authority


class Once(forms.CharField):
    """A key made when the form is shown, so that a second press of it does nothing."""

    def __init__(self) -> None:
        super().__init__(label="", max_length=36, widget=forms.HiddenInput, initial=uuid.uuid4)


class SchemeChoice(Choice):
    missing = _("Choose the scheme.")


class OpenForm(forms.Form):
    """Which scheme gets its fund."""

    scheme = SchemeChoice(Scheme.objects.none(), label=_("Scheme"))
    takes_pledges = forms.BooleanField(label=_("Others are invited to contribute"), required=False)

    def __init__(self, *args: Any, schemes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scheme"].queryset = schemes  # type: ignore[attr-defined]


class InviteForm(forms.Form):
    takes_pledges = forms.BooleanField(label=_("Others are invited to contribute"), required=False)
    seen = forms.IntegerField(**SEEN)


class PayerChoice(Asked, forms.ChoiceField):
    missing = _("Choose who it comes from.")


class PledgeForm(forms.Form):
    """Who says she will pay, how much, and by when."""

    payer = OneLine(label=_("Who pledges?"), max_length=160, missing=_("Write who pledges."))
    payer_class = PayerChoice(label=_("Who it comes from"), choices=[("", _("Choose")), *PayerClass.choices])
    organisation = OrganisationChoice(
        Organisation.objects.none(), label=_("Organisation"), required=False, empty_label=_("Not among them"),
        help_text=_("Choose it if you have it in your list."),
    )  # fmt: skip
    amount = Amount()
    pledged_on = Day(label=_("Pledged"), error_messages={"required": _("Enter when it was pledged.")})
    due_on = Day(label=_("To be paid by"), required=False)
    document = Choice(
        Document.objects.none(), label=_("Document"), required=False, empty_label=_("None"),
        help_text=_("From the scheme’s cases."),
    )  # fmt: skip
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    once = Once()

    def __init__(self, *args: Any, fund: Fund, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        owned = Organisation.objects.filter(authority=fund.authority_id)
        papers = Document.objects.filter(
            authority=fund.authority_id, access=Access.OPEN, case__access=Access.OPEN,
            case__scheme_links__scheme=fund.scheme_id,
        )  # fmt: skip
        self.fields["organisation"].queryset = owned  # type: ignore[attr-defined]
        self.fields["document"].queryset = papers.distinct().order_by("-dated_on", "-pk")  # type: ignore[attr-defined]
        self.fields["pledged_on"].initial = today

    def clean_pledged_on(self) -> dt.date:
        return not_ahead(self.cleaned_data["pledged_on"], self.today)

    def facts(self) -> dict[str, Any]:
        typed = dict(self.cleaned_data)
        return {"amount_nok": typed.pop("amount"), "key": typed.pop("once"), **typed}


class ReceiveForm(forms.Form):
    """What has come, and when."""

    amount = Amount()
    on = Day(label=_("When did it come?"), error_messages={"required": _("Enter the day it came.")})
    note = forms.CharField(
        label=_("Note"), max_length=300, required=False,
        help_text=_("For example the number of the voucher in the accounts. Write no person’s name."),
    )  # fmt: skip
    once = Once()

    def __init__(self, *args: Any, today: dt.date, left_nok: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["on"].initial = today
        self.fields["amount"].initial = left_nok or None

    def clean_on(self) -> dt.date:
        return not_ahead(self.cleaned_data["on"], self.today)


class WhyForm(forms.Form):
    why = Why()
    seen = forms.IntegerField(**SEEN)


class DueForm(forms.Form):
    """When an open pledge is to be paid."""

    due_on = Day(label=_("To be paid by"), required=False, help_text=_("Empty when no day is agreed."))
    seen = forms.IntegerField(**SEEN)


class DecisionForm(forms.Form):
    """By which decision: a treatment in one of the cases, or a reference to a protocol."""

    step = StepChoice(
        CaseStep.objects.none(), label=_("Which treatment decided it?"), required=False,
        empty_label=_("None of these: I name the decision below"),
    )  # fmt: skip
    reference = forms.CharField(
        label=_("Decision"), max_length=160, required=False, help_text=_("For example the body and case number.")
    )
    seen = forms.IntegerField(**SEEN)
    must_decide = True

    def offer(self, cases: dict[str, Any]) -> None:
        """Offer the treatments with an outcome in these cases."""
        rows = CaseStep.objects.filter(activity__in=CaseStep.DECIDING, **cases)
        decided = rows.exclude(outcome__in=[CaseStep.Outcome.PENDING, CaseStep.Outcome.NOTED]).select_related("body")
        self.fields["step"].queryset = decided.distinct().order_by("-decided_on", "-pk")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        typed["reference"] = typed.get("reference", "").strip()
        if self.must_decide and "step" in typed and not typed["step"] and not typed["reference"]:
            self.add_error("reference", gettext("Name the decision."))
        return typed

    def decision(self) -> dict[str, Any]:
        typed = self.cleaned_data
        return {"step": typed["step"], "reference": typed["reference"], "version": typed["seen"]}


class FrameForm(DecisionForm):
    """The most a fund may grant in a year: decided, or as a proposal only."""

    year = forms.IntegerField(
        label=_("Year"), min_value=EARLIEST_YEAR, max_value=LATEST_YEAR,
        error_messages={"required": _("Enter the year.")},
    )  # fmt: skip
    amount = Amount()
    field_order = ("year", "amount", "step", "reference")

    def __init__(self, *args: Any, fund: Fund, frame: FundFrame | None, proposes: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer({"case__scheme_links__scheme": fund.scheme_id, "authority": fund.authority_id})
        self.must_decide = not proposes
        if frame is not None:
            for name, value in (("year", frame.year), ("amount", frame.amount_nok), ("seen", frame.row_version)):
                self.fields[name].initial = value


class AdoptForm(DecisionForm):
    def __init__(self, *args: Any, fund: Fund, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer({"case__scheme_links__scheme": fund.scheme_id, "authority": fund.authority_id})


# ---- a year's end ----


class LineForm(forms.Form):
    """What becomes of what one account has left."""

    carry = NokField(label=_("To carry over"), required=False, allow_nought=True)
    into = forms.TypedChoiceField(label=_("To"), coerce=int, empty_value=None, required=False)
    reason = forms.CharField(label=_("Why?"), max_length=300, required=False)

    def __init__(self, *args: Any, line: YearEndLine, choices: list[Any], suggested: int | None, **kwargs: Any) -> None:
        super().__init__(*args, prefix=f"l{line.pk}", **kwargs)
        self.line = line
        own = [("", gettext("Choose")), (str(NEW), self.words_for_new(line)), *choices]
        self.fields["into"].choices = own  # type: ignore[attr-defined]
        for name in ("carry", "into", "reason"):
            label = f"{self.fields[name].label}: {line.account.name}"
            self.fields[name].widget.attrs |= {"aria-label": label, "class": "ds-input"}
        self.initial = {"carry": line.carry_nok or "", "into": line.into_id or suggested or "", "reason": line.reason}

    @staticmethod
    def words_for_new(line: YearEndLine) -> str:
        facts = {"account": line.account.name, "year": line.year_end.year + 1}
        return gettext("A new account in %(year)d: %(account)s") % facts

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        carry = typed.get("carry") or 0
        if carry > self.line.free_nok:
            words = gettext("%(free)s is left. No more is carried over.")
            self.add_error("carry", ValidationError(words % {"free": format_nok(self.line.free_nok)}, code="too_much"))
        elif carry and not typed.get("into"):
            self.add_error("into", gettext("Choose the account that takes it."))
        if carry and not typed.get("reason", "").strip():
            self.add_error("reason", gettext("Say why it is carried over."))
        return typed

    @property
    def wish(self) -> Wish:
        typed = self.cleaned_data
        return Wish(self.line.pk, typed["carry"] or 0, typed["into"], typed["reason"].strip())


class SendForm(DecisionForm):
    """What is sent to the one who closes the year."""

    must_decide = False
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    field_order = ("note", "step", "reference")

    def __init__(self, *args: Any, end: YearEnd, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(cases_of(end.authority))
        self.fields["seen"].initial = end.row_version


class CloseForm(DecisionForm):
    """By which decision a year is closed."""

    def __init__(self, *args: Any, end: YearEnd, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(cases_of(end.authority))
        for name, value in (("seen", end.row_version), ("step", end.step_id), ("reference", end.decision_reference)):
            self.fields[name].initial = value


def cases_of(authority: Authority) -> dict[str, Any]:
    """Return where the decisions on a year's end are looked for: the cases of the authority's schemes."""
    return {"authority": authority, "case__scheme_links__isnull": False}


def account_choices(accounts: list[Account]) -> list[tuple[str, list[tuple[int, str]]]]:
    """Return accounts by scheme, each with its year."""
    found: dict[str, list[tuple[int, str]]] = {}
    for account in accounts:
        text = f"{account.name} {account.year}" if account.year else account.name
        found.setdefault(account.scheme.name, []).append((account.pk, text))
    return list(found.items())
