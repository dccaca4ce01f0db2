"""What is filled in for an organisation: its input, and the colleague who is invited to prepare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.designsystemet import Action, Actions
from portal.input_forms import Address, InvitedForm, LongText, OneLine
from portal.inputs import LONGEST_TEXT, Typed

if TYPE_CHECKING:
    from portal.models import InputDraft


class DraftText(LongText):
    """Text that may still be empty; what is sent may not."""

    def validate(self, value: str) -> None:
        if value:
            super().validate(value)


class OrganisationInputForm(InvitedForm):
    """An organisation's draft: saved as often as one likes, empty too; what is sent is read through on its own page."""

    text = DraftText(label=_("Your input"), longest=LONGEST_TEXT)
    drop = forms.MultipleChoiceField(
        label=_("Take away"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("They go when you save."),
    )  # fmt: skip
    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    sent = forms.IntegerField(required=False, min_value=0, max_value=10_000, widget=forms.HiddenInput)
    order = ("text", "files", "drop", "may_publish")

    def __init__(self, *args: Any, draft: InputDraft | None, may_bind: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["speaks_for"]
        self.fields["text"].widget.attrs["rows"] = 14
        self.fields["may_publish"].label = gettext("Show the input and the organisation’s name on the round’s page")
        self.fields["may_publish"].help_text = gettext(
            "The choice is about this website only. The input is a public document: others may ask to see it, and the"
            " organisation’s name with it (offentleglova § 3)."
        )
        self.kept = list(draft.files.order_by("pk")) if draft is not None else []
        self.fields["drop"].choices = [(str(file.pk), file.filename) for file in self.kept]  # type: ignore[attr-defined]
        if not self.kept:
            del self.fields["drop"]
        buttons = [Action(_("Save"), name="do", value="save", variant="secondary")]
        if may_bind:
            buttons.append(Action(_("Read through and send"), name="do", value="review"))
        shown = [name for name in self.order if name in self.fields]
        self.helper.layout = Layout(*shown, "seen", "sent", Actions(*buttons))

    def clean_drop(self) -> list[int]:
        return [int(pk) for pk in self.cleaned_data["drop"]]

    @property
    def typed(self) -> Typed:
        return Typed(self.cleaned_data["text"], "", self.cleaned_data["may_publish"])

    def now_seen(self, version: str, sent: int) -> None:
        """Let the next press know what its reader has been shown now."""
        self.data = self.data.copy()
        self.data["seen"], self.data["sent"] = version, str(sent)


class ColleagueForm(forms.Form):
    """The colleague who is asked to prepare things in the organisation's name."""

    name = OneLine(label=_("Name"), max_length=120, missing=_("Write your colleague’s name."))
    address = Address(
        label=_("E-mail"), max_length=254, help_text=_("We send the invitation there. It holds for 14 days."),
        missing=_("Write your colleague’s e-mail address."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "off"
        self.fields["address"].widget.attrs["autocomplete"] = "off"
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.layout = Layout("name", "address", Actions(Action(_("Send the invitation"))))
