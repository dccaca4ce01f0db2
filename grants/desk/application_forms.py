"""What officers fill in about an application: what is missing, a message, who handles it, and what came on paper."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from grants.desk import supplements
from grants.forms import NokField
from grants.grant_forms import SEEN, Amount, Choice, Day, MaybeText, OrganisationChoice, not_ahead
from grants.messages import LONGEST as LONGEST_MESSAGE
from grants.models import Application, Call
from grants.own_forms import files_field, prepare_files
from portal.input_forms import LongText, OneLine
from portal.models import Organisation, User
from portal.models.authority import LanguageForm
from portal.models.base import ends_after_start

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import Authority


class Optional(OneLine):
    missing = ""


class SupplementForm(forms.Form):
    """What the applicant is to add, and by when."""

    text = LongText(
        label=_("What is missing?"), longest=supplements.LONGEST, missing=_("Write what is missing."),
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("The applicant gets it in a letter. Say what you need, and where in the application it belongs."),
    )  # fmt: skip
    due_on = Day(label=_("Answer by"), error_messages={"required": _("Enter the date.")})
    seen = forms.IntegerField(**SEEN)


class MoveForm(forms.Form):
    """Another day to answer by."""

    due_on = Day(label=_("Answer by"), error_messages={"required": _("Enter the date.")})
    seen = forms.IntegerField(**SEEN)


class PaperAnswerForm(forms.Form):
    """What came on paper as an answer."""

    received_on = Day(label=_("The day it came"), error_messages={"required": _("Enter the date.")})
    files = files_field(_("What came"))
    seen = forms.IntegerField(**SEEN)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        prepare_files(self)
        self.fields["files"].required = True


class MessageForm(forms.Form):
    """A message to the applicant."""

    text = LongText(
        label=_("Message to the applicant"), longest=LONGEST_MESSAGE, missing=_("Write the message."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )  # fmt: skip
    last = forms.IntegerField(required=False, widget=forms.HiddenInput)


class PersonChoice(Choice):
    missing = _("Choose who handles it.")

    def label_from_instance(self, row: User) -> str:
        return row.name


class OfficerForm(forms.Form):
    """Who handles the application from now on."""

    officer = PersonChoice(User.objects.none(), label=_("Officer"))

    def __init__(self, *args: Any, people: list[User], now: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["officer"]
        field.queryset = User.objects.filter(pk__in=[person.pk for person in people]).order_by("name")
        field.initial = now


class CallChoice(Choice):
    missing = _("Choose the call.")


class PaperForm(forms.Form):
    """An application as a letter says it: who, when it came, and the main lines; the letter itself is enclosed."""

    call = CallChoice(Call.objects.none(), label=_("Which call?"))
    organisation = OrganisationChoice(
        Organisation.objects.none(), label=_("Who applies?"), required=False,
        empty_label=_("Not in the list: I write the name below"),
    )  # fmt: skip
    applicant_name = Optional(
        label=_("Name of the applicant"), max_length=200, required=False,
        help_text=_("For a founder who has no organisation number yet."),
    )  # fmt: skip
    received_on = Day(
        label=_("The day it came"), error_messages={"required": _("Enter the date.")},
        help_text=_("The day it reached you, not the day you register it."),
    )  # fmt: skip
    source = forms.ChoiceField(
        label=_("How did it come?"), widget=forms.RadioSelect,
        choices=[row for row in Application.Source.choices if row[0] != Application.Source.WEB],
        error_messages={"required": _("Choose how it came.")},
    )  # fmt: skip
    late_why = Optional(label=_("If it came after the last day: why do you let it in?"), max_length=400, required=False)
    title = OneLine(label=_("The project’s name"), max_length=160, missing=_("Write the project’s name."))
    summary = MaybeText(
        label=_("What it is about"), longest=8000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    starts_on = Day(label=_("Project starts"), required=False)
    ends_on = Day(label=_("Project ends"), required=False)
    jobs = Optional(label=_("New jobs planned"), max_length=10, required=False)
    cost_nok = Amount(label=_("What the project costs, in kroner"))
    asked_nok = Amount(label=_("What is asked for, in kroner"))
    other_public_nok = NokField(label=_("Other public support, in kroner"), required=False, allow_nought=True)
    contact_name = Optional(label=_("Contact person"), max_length=120, required=False)
    contact_phone = Optional(label=_("Telephone"), max_length=40, required=False)
    contact_email = forms.EmailField(label=_("E-mail"), required=False)
    language = forms.ChoiceField(
        label=_("Language form of the letters"), choices=LanguageForm.choices, widget=forms.RadioSelect
    )
    files = files_field(_("The letter, with its attachments"))
    once = forms.CharField(label="", max_length=36, widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args: Any, authority: Authority, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        calls = Call.objects.filter(authority=authority, published_at__isnull=False).order_by("-opens_at")
        self.fields["call"].queryset = calls.select_related("authority", "scheme")  # type: ignore[attr-defined]
        self.fields["organisation"].queryset = Organisation.objects.filter(authority=authority)  # type: ignore[attr-defined]
        self.fields["language"].initial = authority.language_form
        self.fields["received_on"].widget.attrs["max"] = today.isoformat()
        prepare_files(self)
        self.fields["files"].required = True

    def clean_received_on(self) -> dt.date:
        return not_ahead(self.cleaned_data["received_on"], self.today)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        ends_after_start(typed.get("starts_on"), typed.get("ends_on"), "ends_on")
        if "organisation" in typed and not typed["organisation"] and not typed.get("applicant_name"):
            self.add_error("organisation", gettext("Choose who applies, or write the name."))
        if "files" in typed and not typed["files"]:
            self.add_error("files", gettext("Enclose what came."))
        return typed
