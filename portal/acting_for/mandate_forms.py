"""Forms about mandates: which organisation, what one asks for, and what an officer decides."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal import uploads
from portal.acting_for import mandates
from portal.acting_for.mandate_requests import Ruling
from portal.input_forms import Address, FilesField, LongText, OneLine
from portal.inputs import FILE_BYTES
from portal.models import Authority, Document, Mandate, Reach
from portal.models.organisation import valid_organisation_number
from portal.uploads import Checked
from portal.versions import NativeDateInput

LONGEST_MESSAGE, LONGEST_REASON, SHORTEST_NAME = 1000, 400, 3
REACHES = [
    (Reach.ACTS.value, _("Act: send things in the organisation’s name, and invite others")),
    (Reach.DRAFTS.value, _("Prepare: write drafts that others send")),
]


class MaybeLine(OneLine):
    missing = ""


class MaybeText(LongText):
    missing = ""


class NumberForm(forms.Form):
    """Which organisation, by number or name; asked in the address, so that the page can be gone back to."""

    nummer = OneLine(
        label=_("Organisation number or name"), max_length=120, missing=_("Write the organisation’s number or name."),
        help_text=_("As it stands in the business register."),
    )  # fmt: skip
    hits: list[Any]
    """What the register calls something like the name that was asked for."""

    def clean_nummer(self) -> str:
        """Return the nine digits, however they were spaced, or the name.

        Raises:
            ValidationError: a number whose check digit does not fit, or a name too short to look for.
        """
        typed = str(self.cleaned_data["nummer"])
        number = re.sub(r"[\s.]", "", typed)
        if number.isdecimal():
            valid_organisation_number(number[:20])
            return number
        if len(typed) < SHORTEST_NAME:
            raise ValidationError(
                gettext("Write the nine digits, or at least three letters of the name."), code="short"
            )
        return typed

    @property
    def is_number(self) -> bool:
        return bool(self.cleaned_data["nummer"].isdecimal())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hits = []
        self.fields["nummer"].widget.attrs["autocomplete"] = "off"


class WhereForm(NumberForm):
    """Which authority and which organisation."""

    hos = forms.ModelChoiceField(
        Authority.objects.none(), to_field_name="slug", label=_("Which authority is it about?"),
        empty_label=_("Choose"), error_messages={
            "required": _("Choose the authority you are going to write to."),
            "invalid_choice": _("Choose the authority you are going to write to."),
        },
    )  # fmt: skip
    field_order = ("hos", "nummer")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hos"].queryset = Authority.objects.listed()  # type: ignore[attr-defined]


class AskForm(forms.Form):
    """What the one who asks says of herself."""

    role = OneLine(
        label=_("Your role in the organisation"), max_length=80, missing=_("Write what your role is."),
        help_text=_("For example manager, chair of the board or accountant."),
    )  # fmt: skip
    message = MaybeText(
        label=_("Message to the officer"), longest=LONGEST_MESSAGE, required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("If you do not have a role in the register, say who has given you the right to act."),
    )  # fmt: skip


class RefuseForm(forms.Form):
    reason = LongText(
        label=_("Why not?"), longest=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 3}),
        missing=_("Say why, so that the person knows what to do."),
        help_text=_("The person gets it just as it stands. Say what is missing, and how to get it in place."),
    )  # fmt: skip


class EndForm(forms.Form):
    why = OneLine(
        label=_("Why does it end?"), max_length=160, missing=_("Say why the mandate ends."),
        help_text=_("The person gets it just as it stands."),
    )  # fmt: skip
    med_inviterte = forms.BooleanField(label=_("End those she has invited too"), required=False)


class PeriodForm(forms.Form):
    """How long a mandate holds, by what it rests on."""

    source = Mandate.Source.REGISTER
    valid_to = forms.DateField(
        label=_("Holds until"), widget=NativeDateInput, error_messages={"required": _("Give the last day it holds.")}
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, last = today, mandates.last_day(self.source, today)
        field = self.fields["valid_to"]
        field.initial = mandates.last_day(Mandate.Source.REGISTER, today)
        field.widget.attrs.update({"min": today.isoformat(), "max": last.isoformat()})
        field.help_text = gettext("At the latest %(last)s.") % {"last": date_format(last, "j. F Y")}

    def ruling(self) -> Ruling:
        """Return what was decided."""
        return Ruling(source=self.source, reach=Reach.ACTS, valid_to=self.cleaned_data["valid_to"])


class PaperForm(PeriodForm):
    """A mandate that rests on a document: how far it reaches, and the document itself."""

    source = Mandate.Source.OFFICER
    role = MaybeLine(label=_("Role in the organisation"), max_length=80, required=False)
    reach = forms.ChoiceField(
        label=_("The document gives the right to"), choices=REACHES, widget=forms.RadioSelect,
        error_messages={"required": _("Choose how far the mandate reaches.")},
    )  # fmt: skip
    file = FilesField(label=_("The document"), most=1, limit=FILE_BYTES, required=False)
    document = forms.ModelChoiceField(
        Document.objects.none(), label=_("Or a document that lies in the case already"), required=False,
        empty_label=_("None of these"),
    )  # fmt: skip
    field_order = ("file", "document", "reach", "role", "valid_to")

    def __init__(self, *args: Any, documents: list[Document] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs["accept"] = uploads.ACCEPT
        self.fields["file"].help_text = gettext("Signed by one who acts for the organisation. %(taken)s") % {
            "taken": uploads.what_we_take()
        }
        if documents:
            known = Document.objects.filter(pk__in=[row.pk for row in documents])
            self.fields["document"].queryset = known  # type: ignore[attr-defined]
        else:
            del self.fields["document"]
            self.fields["file"].required = True

    def clean(self) -> Any:
        cleaned = super().clean()
        if "file" not in self.errors and not (cleaned.get("file") or cleaned.get("document")):
            self.add_error("file", ValidationError(gettext("Send the document the mandate rests on."), code="missing"))
        return cleaned

    def ruling(self) -> Ruling:
        typed = self.cleaned_data
        sent: list[Checked] = typed["file"] or []
        return Ruling(
            source=self.source, reach=typed["reach"], valid_to=typed["valid_to"], role=typed["role"],
            upload=sent[0] if sent else None, document=None if sent else typed.get("document"),
        )  # fmt: skip


class RegisterForm(PaperForm):
    """A mandate that came on paper, for a person who may be new here."""

    address = Address(
        label=_("The person’s e-mail"), max_length=254, help_text=_("She signs in with it. It gets a mail about this.")
    )
    name = OneLine(
        label=_("The person’s name"), max_length=120, missing=_("Write the person’s name."),
        help_text=_("Used only when the person is new here."),
    )  # fmt: skip
    once = forms.CharField(label="", max_length=36, widget=forms.HiddenInput, initial=uuid.uuid4)
    field_order = ("address", "name", "role", "reach", "file", "valid_to", "once")

    def clean_once(self) -> str:
        """Return the form's own mark.

        Raises:
            ValidationError: it is none that we make.
        """
        try:
            return str(uuid.UUID(self.cleaned_data["once"]))
        except ValueError as error:
            raise ValidationError(gettext("Open the form again, and send it once more."), code="once") from error
