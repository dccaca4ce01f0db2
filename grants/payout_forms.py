"""What one fills in about payouts: what is paid, why it is stopped, the layout of the file, a list, a bank account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from grants import payment_layout
from grants.forms import NokField
from grants.models import Grant, PaymentRules
from grants.models.payout import AccountNumberField
from grants.payment_layout import Column
from portal.models import Document, Organisation
from portal.uploads import clean_name

LARGEST_LIST = 2 * 1024 * 1024
EMPTY_ROWS = 3


class PrepareForm(forms.Form):
    """How much of what was asked for is paid now."""

    amount = NokField(label=gettext_lazy("To be paid now, in kroner"))


class WhyForm(forms.Form):
    """A reason, which those concerned read."""

    why = forms.CharField(
        label=gettext_lazy("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Those concerned read this. Write no account numbers."),
    )  # fmt: skip


class RegisterForm(forms.Form):
    """A payout that the desk registers itself."""

    grant = forms.ModelChoiceField(label=pgettext_lazy("money", "Grant"), queryset=Grant.objects.none())
    amount = NokField()
    text = forms.CharField(
        label=gettext_lazy("Message"), max_length=300, required=False,
        help_text=gettext_lazy("What it is for, such as “first half of the year”."),
    )  # fmt: skip
    key = forms.CharField(widget=forms.HiddenInput, max_length=60)

    def __init__(self, *args: Any, grants: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["grant"]
        field.queryset = grants
        field.label_from_instance = lambda grant: f"{grant.organisation.name}: {grant.title} ({grant.year})"


class ColumnForm(forms.Form):
    """One column of the payment file."""

    what = forms.ChoiceField(label=gettext_lazy("Holds"), required=False)
    title = forms.CharField(label=gettext_lazy("Heading"), max_length=payment_layout.LONGEST, required=False)
    word = forms.CharField(
        label=gettext_lazy("Name or text"), max_length=payment_layout.LONGEST, required=False,
        help_text=gettext_lazy("The dimension’s name, or the text itself."),
    )  # fmt: skip
    place = forms.IntegerField(label=pgettext_lazy("column", "Place"), required=False, min_value=1, max_value=99)
    is_needed = forms.BooleanField(label=gettext_lazy("Must have a value"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["what"]
        field.choices = [("", _("Not in use")), *payment_layout.WHAT.items()]

    def column(self) -> Column:
        typed = self.cleaned_data
        return Column(typed["what"], typed["title"].strip(), typed["word"].strip(), typed["is_needed"])


class ColumnSet(BaseFormSet):
    """All columns, in the order of their places."""

    def columns(self) -> list[Column]:
        """Return the layout that was filled in."""
        used = [form for form in self.forms if form.cleaned_data.get("what")]
        return [form.column() for form in sorted(used, key=lambda form: form.cleaned_data.get("place") or 99)]

    def clean(self) -> None:
        if not any(self.errors):
            payment_layout.check(self.columns())


def column_set(columns: list[Column], data: Any = None) -> Any:
    """Return the form of a layout, with empty rows for more."""
    kind = formset_factory(ColumnForm, formset=ColumnSet, extra=0, max_num=payment_layout.MOST_COLUMNS + EMPTY_ROWS)
    rows = payment_layout.as_rows(columns)
    first: list[dict[str, Any]] = [{**row, "place": at} for at, row in enumerate(rows, 1)]
    first += [{"place": at} for at in range(len(rows) + 1, len(rows) + 1 + EMPTY_ROWS)]
    return kind(data, initial=first, prefix="kol")


class RulesForm(forms.Form):
    """How many sign, and what stands between the columns."""

    persons = forms.TypedChoiceField(
        label=gettext_lazy("How many persons sign a payout"), coerce=int, choices=PaymentRules.Persons.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Holds for payouts prepared from now on."),
    )  # fmt: skip
    delimiter = forms.ChoiceField(
        label=gettext_lazy("Between the columns"), choices=list(payment_layout.DELIMITERS.items())
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)


class ReturnForm(forms.Form):
    """A return list from the accounting system, as a file or pasted."""

    file = forms.FileField(label=gettext_lazy("File (CSV)"), required=False)
    text = forms.CharField(
        label=gettext_lazy("Or paste the list"), required=False, widget=forms.Textarea(attrs={"rows": 6}),
        max_length=LARGEST_LIST, strip=False,
    )  # fmt: skip

    def clean(self) -> Any:
        typed = super().clean() or {}
        upload = typed.get("file")
        if upload is None and not (typed.get("text") or "").strip():
            raise ValidationError(_("Choose a file, or paste the list."))
        typed["list"] = self.read(upload) if upload is not None else typed["text"]
        return typed

    def read(self, upload: Any) -> str:
        """Return a file's text, in UTF-8 or as older Windows programs write it."""
        if upload.size > LARGEST_LIST:
            raise ValidationError({"file": _("The file is too large to be a return list.")})
        content = upload.read()
        if b"\x00" in content:
            name = clean_name(upload.name)
            raise ValidationError({"file": _("“%(name)s” is not text. Save the list as CSV.") % {"name": name}})
        try:
            return str(content.decode("utf-8-sig"))
        except UnicodeDecodeError:
            return str(content.decode("cp1252", errors="replace"))


class AccountForm(forms.Form):
    """A new bank account of an organisation, entered at the desk."""

    organisation = forms.ModelChoiceField(label=gettext_lazy("Organisation"), queryset=Organisation.objects.none())
    number = AccountNumberField().formfield(
        label=gettext_lazy("Bank account"), help_text=gettext_lazy("Eleven digits."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    holder = forms.CharField(label=gettext_lazy("In whose name"), max_length=160)
    document = forms.ModelChoiceField(
        label=gettext_lazy("Document"), queryset=Document.objects.none(), required=False,
        help_text=gettext_lazy("What it came in, if it lies in one of the organisation’s cases."),
    )  # fmt: skip

    def __init__(self, *args: Any, organisations: Any, documents: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        self.fields["document"].queryset = documents  # type: ignore[attr-defined]

    def clean_number(self) -> str:
        """Return the eleven digits without the points and spaces people type."""
        return str(AccountNumberField(max_length=11).clean(self.cleaned_data["number"], None))


class SettleForm(forms.Form):
    """How a new account was checked, or why it is refused."""

    how = forms.CharField(
        label=gettext_lazy("How you checked it, or why you refuse it"), max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Whom you called, at a number you had from before; or what you saw. Write no account numbers."
        ),
    )  # fmt: skip
