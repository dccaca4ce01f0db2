"""What a recipient fills in: what others pay, reports, what to ask for, the bank account; and an officer's answers."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from grants.forms import NokField
from grants.models import FinancingSource, PayerClass
from grants.models.payout import valid_account_number
from grants.papers import Facts
from portal import uploads
from portal.designsystemet import Action, Actions
from portal.input_forms import Asked, FilesField, LongText, OneLine, files_help
from portal.inputs import FILE_BYTES, MOST_FILES
from portal.money import format_nok

if TYPE_CHECKING:
    from portal.uploads import Checked

LONGEST_REPORT, LONGEST_NOTE = 8000, 300


class Nok(Asked, NokField):
    """An amount that says itself when it is missing."""

    missing = _("Enter the amount.")


class OptionalText(LongText):
    """Several lines that may be left empty."""

    missing = ""


class OptionalLine(OneLine):
    """One line that may be left empty; too long, it says by how much it may not be."""

    missing = ""


class Seen(forms.Form):
    """A form that carries the version of the row its reader saw."""

    seen = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    @property
    def version(self) -> int | None:
        version: int | None = self.cleaned_data.get("seen")
        return version


def files_field(label: Any) -> FilesField:
    return FilesField(label=label, most=MOST_FILES, limit=FILE_BYTES, required=False)


def prepare_files(form: forms.Form, name: str = "files") -> None:
    """Let the phone offer the kinds of files we take, and say which they are."""
    form.fields[name].widget.attrs["accept"] = uploads.ACCEPT
    form.fields[name].help_text = files_help()


def add_errors(form: forms.Form, error: ValidationError) -> None:
    """Put what a deed refused in the form, each sentence by itself."""
    for text in error.messages:
        form.add_error(None, text)


# ---- the recipient's ----


class SourceForm(Seen):
    """What someone else pays, and what shows it."""

    payer = OneLine(label=_("Who pays?"), max_length=160, missing=_("Write who pays."))
    payer_class = forms.ChoiceField(
        label=_("What kind of payer is it?"), choices=PayerClass.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Choose what kind of payer it is.")},
    )  # fmt: skip
    form = forms.ChoiceField(
        label=pgettext_lazy("financing", "Is it money, or work and goods?"), choices=FinancingSource.Form.choices,
        widget=forms.RadioSelect, initial=FinancingSource.Form.CASH,
        error_messages={"required": _("Choose whether it is money, or work and goods.")},
    )  # fmt: skip
    amount_nok = Nok()
    files = files_field(_("What shows it"))

    def __init__(
        self, *args: Any, source: FinancingSource | None = None, classes: str = "", **kwargs: Any
    ) -> None:  # fmt: skip
        if source is not None:
            facts = {name: getattr(source, name) for name in ("payer", "payer_class", "form", "amount_nok")}
            kwargs.setdefault("initial", {**facts, "seen": source.row_version})
        super().__init__(*args, **kwargs)
        prepare_files(self)
        if classes:
            self.fields["payer_class"].help_text = gettext("What counts for your grant: %(classes)s.") % {
                "classes": classes
            }
        shows = gettext(
            "A bank statement, an invoice that is paid, or an agreement. Without a file it stands as pledged."
        )
        self.fields["files"].help_text = f"{shows} {files_help()}"
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        action = Action(_("Save and send"), name="gjor", value="endre" if source else "legg")
        self.helper.layout = Layout("payer", "payer_class", "form", "amount_nok", "files", "seen", Actions(action))

    @property
    def facts(self) -> Facts:
        given = self.cleaned_data
        return Facts(given["payer"], given["payer_class"], given["form"], given["amount_nok"])

    @property
    def checked(self) -> list[Checked]:
        files: list[Checked] = self.cleaned_data["files"]
        return files


class ReportForm(Seen):
    """A report: written here, enclosed, or both."""

    text = OptionalText(label=_("What did you do with the money?"), longest=LONGEST_REPORT, required=False)
    files = files_field(_("Accounts and other files"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        left, over = gettext("You have # characters left."), gettext("The text is # characters too long.")
        self.fields["text"].widget.attrs.update(
            {"rows": 9, "data-longest": LONGEST_REPORT, "data-left": left, "data-over": over}
        )
        prepare_files(self)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.layout = Layout(
            "text", "files", "seen",
            Actions(
                Action(_("Send"), name="gjor", value="send"),
                Action(_("Save without sending"), name="gjor", value="lagre", variant="secondary"),
            ),
        )  # fmt: skip


class AskForm(forms.Form):
    """How much of a grant to ask for; `key` makes one payout of two presses."""

    amount_nok = Nok()
    text = OptionalLine(label=_("Message to the one who pays"), max_length=300, required=False)
    key = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, askable_nok: int, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"amount_nok": askable_nok or None, "key": uuid.uuid4().hex})
        super().__init__(*args, **kwargs)
        self.fields["amount_nok"].help_text = gettext("You can ask for %(amount)s now.") % {
            "amount": format_nok(askable_nok)
        }
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.layout = Layout("amount_nok", "text", "key", Actions(Action(_("Ask for payout"))))

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        return key or uuid.uuid4().hex


class AccountField(Asked, forms.CharField):
    """Eleven digits with a check digit; the points and spaces people type are taken away."""

    missing = _("Enter the bank account.")
    default_validators = [valid_account_number]

    def to_python(self, value: Any) -> str:
        return "".join(str(super().to_python(value)).replace(".", " ").split())


class BankForm(forms.Form):
    """A bank account to be paid to."""

    number = AccountField(
        label=_("Bank account"), max_length=20, help_text=_("Eleven digits. Points and spaces may stand.")
    )
    holder = OneLine(label=_("In whose name"), max_length=160, missing=_("Write in whose name the account is."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].widget.attrs.update({"inputmode": "numeric", "autocomplete": "off"})
        self.fields["holder"].widget.attrs["autocomplete"] = "off"
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.layout = Layout("number", "holder", Actions(Action(_("Send the account to be confirmed"))))


# ---- the officer's ----


class ApproveForm(Seen):
    """An officer's yes to a source: the amount that is shown to be paid, and why it is lower where it is."""

    amount_nok = Nok(label=_("Documented amount"))
    note = OptionalLine(label=_("Remark"), max_length=LONGEST_NOTE, required=False)

    def __init__(self, *args: Any, source: FinancingSource, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"amount_nok": source.amount_nok, "seen": source.row_version})
        super().__init__(*args, **kwargs)
        self.fields["note"].help_text = gettext("Needed when the amount is lower. The recipient reads it.")


class ReportYesForm(Seen):
    """An officer's yes to a report."""

    note = OptionalLine(
        label=_("Remark"), max_length=LONGEST_NOTE, required=False, help_text=_("The recipient reads it.")
    )


class SendBackForm(Seen):
    """What is missing in a paper that is sent back."""

    note = OneLine(
        label=_("What is missing?"), max_length=LONGEST_NOTE, missing=_("Say what is missing."),
        help_text=_("The recipient reads it."),
    )  # fmt: skip
