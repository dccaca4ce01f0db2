"""What officers fill in about a grant: who gets what, its conditions, its assessment, and what is decided of it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from grants.forms import NokField
from grants.models import Account, AidAssessment, Condition, Grant, PayerClass, Stage, YearEnd
from portal.input_forms import Asked, LongText, OneLine, add
from portal.models import Case, CaseStep, Organisation
from portal.models.base import EARLIEST_YEAR, LATEST_YEAR, ends_after_start, sane_date
from portal.models.case import Access
from portal.money import format_nok
from portal.versions import NativeDateInput

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from portal.models import Authority

SEEN = {"label": "", "required": False, "widget": forms.HiddenInput}


def done(form: forms.Form, act: Callable[[], Any]) -> bool:
    """Do it if the form is well filled in; False, with the reason in the form, when it cannot be."""
    if not form.is_bound or not form.is_valid():
        return False
    try:
        act()
    except ValidationError as error:
        add(form, error)
        return False
    return True


class Day(forms.DateField):
    """A date in the browser's own field."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": NativeDateInput, "validators": [sane_date], **kwargs})


class Why(Asked, forms.CharField):
    """A reason on one line, that the history and the ledger keep."""

    missing = _("Say why.")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": _("Why?"), "max_length": 300, **kwargs})


class MaybeText(LongText):
    missing = ""


class Amount(Asked, NokField):
    missing = _("Enter the amount.")


class Choice(Asked, forms.ModelChoiceField):
    """A choice among rows, that says what to choose."""

    def __init__(self, rows: Any, **kwargs: Any) -> None:
        super().__init__(rows, **{"empty_label": _("Choose"), **kwargs})
        if self.missing:
            self.error_messages["invalid_choice"] = self.missing


class OrganisationChoice(Choice):
    def label_from_instance(self, row: Organisation) -> str:
        return f"{row.name} ({row.number})" if row.number else row.name


class CaseChoice(Choice):
    def label_from_instance(self, row: Case) -> str:
        number = row.external_number or row.reference
        return f"{row.title} ({number})" if number else row.title


def accounts_of(authority: Authority, keep: int | None = None) -> list[tuple[str, list[tuple[int, str]]]]:
    """Return the accounts a grant can be given from, by scheme, each with what is free; closed years are left out."""
    closed = YearEnd.objects.filter(authority=authority, closed_at__isnull=False)
    last_closed = max(closed.values_list("year", flat=True), default=0)
    rows = Account.objects.filter(authority=authority).select_related("scheme", "balance", "line")
    groups: dict[str, list[tuple[int, str]]] = {}
    for row in rows.order_by("scheme__name", "-year", "name", "pk"):
        line = getattr(row, "line", None)
        is_over = (row.year or LATEST_YEAR) <= last_closed or (line is not None and line.stage == Stage.REJECTED)
        if is_over and row.pk != keep:
            continue
        name = f"{row.name} {row.year}" if row.year and str(row.year) not in row.name else row.name
        label = gettext("%(name)s: %(free)s free") % {"name": name, "free": format_nok(row.balance.free_nok)}
        groups.setdefault(row.scheme.name, []).append((row.pk, label))
    return list(groups.items())


class GrantForm(forms.Form):
    """Who gets what, for what, from which account, in which case."""

    account = forms.TypedChoiceField(label=_("From which account?"), coerce=int)
    organisation = OrganisationChoice(
        Organisation.objects.none(), label=_("To whom?"), missing=_("Choose who gets it."),
    )  # fmt: skip
    title = OneLine(
        label=_("For what?"), max_length=160, missing=_("Write what the money is for."),
        help_text=_("Shown to everyone when it is granted. Name no persons."),
    )  # fmt: skip
    amount_nok = Amount(label=_("Amount in kroner"))
    description = MaybeText(
        label=_("Description"), longest=4000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    case = CaseChoice(
        Case.objects.none(), label=_("Which case does it belong to?"), required=False,
        empty_label=_("Make a new case for it"),
    )  # fmt: skip
    year = forms.IntegerField(
        label=_("Year"), required=False, min_value=EARLIEST_YEAR, max_value=LATEST_YEAR,
        help_text=_("A budget line has its own year. For a fund, empty means this year."),
    )  # fmt: skip
    starts_on = Day(label=_("The work starts"), required=False)
    ends_on = Day(label=_("The work ends"), required=False)
    use_by = Day(label=_("To be asked for by"), required=False, help_text=_("What is not asked for by then may lapse."))
    access = forms.ChoiceField(label=_("Access"), choices=Access.choices, initial=Access.OPEN)
    access_basis = forms.CharField(
        label=_("Legal basis"), max_length=120, required=False, help_text=_("When access is not open.")
    )
    seen = forms.IntegerField(**SEEN)

    def __init__(self, *args: Any, authority: Authority, keep: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        account: Any = self.fields["account"]
        account.choices = [("", gettext("Choose")), *accounts_of(authority, keep)]
        account.error_messages |= dict.fromkeys(("required", "invalid_choice"), gettext("Choose an account."))
        self.fields["organisation"].queryset = Organisation.objects.filter(authority=authority)  # type: ignore[attr-defined]
        self.fields["case"].queryset = Case.objects.filter(authority=authority)  # type: ignore[attr-defined]
        self.fields["year"].widget.attrs["data-w"] = "s"
        self.authority = authority

    def clean_account(self) -> Account:
        return Account.objects.select_related("scheme").get(
            pk=self.cleaned_data["account"], authority=self.authority
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        ends_after_start(typed.get("starts_on"), typed.get("ends_on"), "ends_on")
        if typed.get("access") not in (None, Access.OPEN) and not typed.get("access_basis"):
            self.add_error("access_basis", gettext("Name the legal basis when access is not open."))
        return typed

    def terms(self) -> dict[str, Any]:
        """Return what was typed as a deed takes it."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


def typed_of(grant: Grant) -> dict[str, Any]:
    """Return a proposed grant as the form shows it."""
    names = ("organisation", "case", "title", "amount_nok", "description", "year", "starts_on", "ends_on", "use_by",
             "access", "access_basis")  # fmt: skip
    return {**{name: getattr(grant, name) for name in names}, "account": grant.account_id, "seen": grant.row_version}


class ConditionForm(forms.ModelForm):
    """What one grant asks for besides what its scheme does; what does not belong to its kind is left out."""

    BELONGS = {
        "matching": {"classes", "share_percent", "counts_in_kind"}, "by_date": {"due_on"}, "report": {"due_on"},
        "holdback": {"holdback_percent", "due_on"}, "attested": {"due_on"},
    }  # fmt: skip
    EMPTY: dict[str, Any] = {
        "classes": [], "share_percent": None, "counts_in_kind": False, "due_on": None, "holdback_percent": None,
    }  # fmt: skip
    classes = forms.MultipleChoiceField(
        label=_("Whose money counts"), choices=PayerClass.choices, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("When others are to pay as well."),
    )  # fmt: skip
    due_on = Day(label=_("By"), required=False, help_text=_("The day it is to be in place, or the report is due."))
    seen = forms.IntegerField(**SEEN)

    class Meta:
        model = Condition
        fields = ("kind", "title", "description", "classes", "share_percent", "counts_in_kind", "due_on",
                  "holdback_percent")  # fmt: skip
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "share_percent": _("When others are to pay as well: 100 is as much as you pay."),
            "holdback_percent": _("When part is held back until a report is approved."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = self.instance.row_version if self.instance.pk else None

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        belongs = self.BELONGS.get(typed.get("kind", ""), set())
        typed |= {name: empty for name, empty in self.EMPTY.items() if name not in belongs}
        if typed.get("kind") == Condition.Kind.MATCHING:
            self._ask("classes", typed, gettext("Say whose money counts."))
            self._ask("share_percent", typed, gettext("Say how much is asked for."))
        elif typed.get("kind") == Condition.Kind.BY_DATE:
            self._ask("due_on", typed, gettext("Enter the date."))
        elif typed.get("kind") == Condition.Kind.HOLDBACK:
            self._ask("holdback_percent", typed, gettext("Say how much is held back."))
        return typed

    def _ask(self, field: str, typed: dict[str, Any], missing: str) -> None:
        if not typed.get(field) and field not in self.errors:
            self.add_error(field, missing)


class AidForm(forms.Form):
    """Whether it is state aid, and what makes it lawful."""

    basis = forms.ChoiceField(
        label=_("Is it state aid?"), choices=AidAssessment.Basis.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you have come to.")},
    )  # fmt: skip
    activity = OneLine(
        label=_("Which activity is it?"), max_length=200, missing=_("Say what the money makes happen."),
        help_text=_("What the money makes happen, not what the recipient usually does."),
    )  # fmt: skip
    reason = LongText(label=_("Why?"), longest=4000, missing=_("Say why."), widget=forms.Textarea(attrs={"rows": 4}))
    legal_reference = forms.CharField(
        label=_("Act and article"), max_length=160, required=False,
        help_text=_("For services of general economic interest and block exemption."),
    )  # fmt: skip
    seen = forms.IntegerField(**SEEN)


class StepChoice(Choice):
    def label_from_instance(self, row: CaseStep) -> str:
        when = row.decided_on or row.ends_on or row.starts_on
        parts = [str(row.body or row.actor), row.case_number, when.strftime("%-d.%-m.%Y") if when else "",
                 str(row.get_outcome_display())]  # fmt: skip
        return ", ".join(part for part in parts if part)


class DecideForm(forms.Form):
    """By which decision: a treatment of the case, or a reference to a protocol or a delegation."""

    step = StepChoice(
        CaseStep.objects.none(), label=_("Which treatment decided it?"), required=False,
        empty_label=_("None of these: I name the decision below"),
    )  # fmt: skip
    reference = forms.CharField(
        label=_("Decision"), max_length=160, required=False,
        help_text=_("For example the body and case number, or the delegation it is made by."),
    )  # fmt: skip
    on = Day(label=_("Decided"), error_messages={"required": _("Enter the date of the decision.")})
    seen = forms.IntegerField(**SEEN)

    def __init__(self, *args: Any, grant: Grant, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["step"].queryset = steps_of(grant)  # type: ignore[attr-defined]
        self.fields["on"].initial = today
        self.fields["on"].widget.attrs["max"] = today.isoformat()
        self.fields["seen"].initial = grant.row_version

    def clean_on(self) -> dt.date:
        return not_ahead(self.cleaned_data["on"], self.today)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if "step" in typed and not typed["step"] and not typed.get("reference", "").strip():
            self.add_error("reference", gettext("Name the decision, or the delegation it is made by."))
        return typed

    def decision(self) -> dict[str, Any]:
        typed = self.cleaned_data
        return {"on": typed["on"], "step": typed["step"], "reference": typed["reference"], "version": typed["seen"]}


def steps_of(grant: Grant) -> Any:
    """Return the treatments a grant may be decided in: of its own case and of its scheme's, those with an outcome."""
    rows = CaseStep.objects.filter(authority=grant.authority_id, activity=CaseStep.Activity.DECISION)
    cases = Case.objects.filter(scheme_links__scheme=grant.scheme_id).values("pk")
    own = rows.filter(case=grant.case_id) | rows.filter(case__in=cases)
    decided = own.exclude(outcome__in=[CaseStep.Outcome.PENDING, CaseStep.Outcome.NOTED])
    return decided.select_related("body").order_by("-decided_on", "-pk")


def not_ahead(day: dt.date, today: dt.date) -> dt.date:
    """Return the day, or refuse one that has not come."""
    if day > today:
        raise ValidationError(gettext("This day has not come yet."), code="ahead")
    return day


class WhyForm(forms.Form):
    """A reason for what cannot be done again as if nothing had happened."""

    why = Why()
    seen = forms.IntegerField(**SEEN)


class LapseForm(WhyForm):
    """How much will not be used."""

    amount = NokField(
        label=_("How much?"), required=False, help_text=_("Leave it empty, and all that is not paid lapses.")
    )
    once = forms.CharField(label="", max_length=36, widget=forms.HiddenInput, initial=uuid.uuid4)
    field_order = ("amount", "why")


class SettleForm(forms.Form):
    """Where a condition stands, and how one knows."""

    state = forms.ChoiceField(
        label=_("Where does it stand?"), widget=forms.RadioSelect,
        error_messages={"required": _("Choose where it stands.")},
    )  # fmt: skip
    note = forms.CharField(
        label=_("How do you know, or why?"), max_length=300, required=False,
        help_text=_("The recipient reads it. When the condition is waived, say why."),
    )  # fmt: skip
    document = Choice(Grant.objects.none(), label=_("Document"), required=False, empty_label=_("None"))
    on = Day(label=_("Since"), error_messages={"required": _("Enter the date.")})
    seen = forms.IntegerField(**SEEN)

    def __init__(self, *args: Any, condition: Condition, documents: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        choices = {
            "met": _("It is met"), "waived": _("We waive it: it need not be met"), "open": _("It is open again")
        }  # fmt: skip
        left_out = {condition.state, "met" if condition.kind == Condition.Kind.MATCHING else ""}
        self.fields["state"].choices = [  # type: ignore[attr-defined]
            (state, word) for state, word in choices.items() if state not in left_out
        ]
        if len(self.fields["state"].choices) == 1:  # type: ignore[attr-defined]
            self.fields["state"].initial = self.fields["state"].choices[0][0]  # type: ignore[attr-defined]
        self.fields["document"].queryset = documents  # type: ignore[attr-defined]
        self.fields["on"].initial = today
        self.fields["seen"].initial = condition.row_version

    def clean_on(self) -> dt.date:
        return not_ahead(self.cleaned_data["on"], self.today)


class ClaimForm(forms.Form):
    """What is to be paid back."""

    amount = Amount(label=_("How much?"))
    reason = OneLine(
        label=_("Why?"), max_length=300, missing=_("Say why."), help_text=_("The recipient gets it just as it stands.")
    )
    due_on = Day(label=_("To be paid by"), required=False)


class ReceivedForm(forms.Form):
    """The day the money came."""

    on = Day(label=_("The day the money came"), error_messages={"required": _("Enter the date.")})
    seen = forms.IntegerField(**SEEN)

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["on"].initial = today

    def clean_on(self) -> dt.date:
        return not_ahead(self.cleaned_data["on"], self.today)
