"""What is written of a complaint: the complaint itself, and each answer to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from grants.complaining.answering import LONGEST_REASON
from grants.complaining.deeds import LONGEST
from grants.grant_forms import Day, not_ahead
from grants.models import Complaint
from grants.own_forms import OptionalLine, Seen, files_field, prepare_files
from portal.input_forms import LongText, OneLine
from portal.models import User

if TYPE_CHECKING:
    import datetime as dt

    from portal.uploads import Checked

SOURCES = [("post", _("By post")), ("email", _("By e-mail")), ("hand", _("Handed in"))]
WAITS = [("ja", _("The decision waits")), ("nei", _("The decision does not wait"))]


class ComplainForm(forms.Form):
    """What one complains of, in her own words; `decision` is the one she has read."""

    text = LongText(
        label=_("What do you complain of, and why?"), longest=LONGEST, missing=_("Write what you complain of."),
        help_text=_("Write what you want changed. New facts help. You can enclose papers."),
        widget=forms.Textarea(attrs={"rows": 9}),
    )  # fmt: skip
    asks_deferral = forms.BooleanField(
        label=_("I ask that the decision waits until the complaint is decided"), required=False
    )
    files = files_field(_("Papers"))
    decision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        left, over = gettext("You have # characters left."), gettext("The text is # characters too long.")
        self.fields["text"].widget.attrs.update({"data-longest": LONGEST, "data-left": left, "data-over": over})
        prepare_files(self)

    @property
    def checked(self) -> list[Checked]:
        files: list[Checked] = self.cleaned_data["files"]
        return files

    def facts(self) -> dict[str, Any]:
        """Return what was written as the deeds take it, less its text."""
        given = self.cleaned_data
        return {
            "asks_deferral": given["asks_deferral"], "files": self.checked, "decision": given.get("decision") or 0
        }  # fmt: skip


class RegisterForm(ComplainForm):
    """A complaint that came on paper: its day, how it came, and what it says."""

    received_on = Day(
        label=_("The day it was sent"), error_messages={"required": _("Enter the date.")},
        help_text=_("The postmark, or the day of the e-mail: sent in time is in time."),
    )  # fmt: skip
    source = forms.ChoiceField(
        label=_("How did it come?"), choices=SOURCES, widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it came.")},
    )  # fmt: skip
    field_order = ("received_on", "source", "text", "asks_deferral", "files")

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["text"].label = _("What does it say?")
        self.fields["text"].help_text = gettext("The main points. Enclose the letter itself below.")
        self.fields["asks_deferral"].label = _("It asks that the decision waits")

    def clean_received_on(self) -> dt.date:
        return not_ahead(self.cleaned_data["received_on"], self.today)

    def facts(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {**super().facts(), "received_on": given["received_on"], "source": given["source"]}


class ReasonForm(Seen):
    """Why a late complaint is taken up."""

    reason = LongText(
        label=_("Why is it taken up?"), longest=LONGEST_REASON, missing=_("Say why it is taken up."),
        help_text=_("Such as: she cannot be blamed for the delay, or there is a special reason to try the case."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class DismissForm(Seen):
    """Why a complaint is not taken up."""

    why = LongText(
        label=_("Why is it not taken up?"), longest=LONGEST, missing=_("Write why it is not taken up."),
        help_text=_("The applicant reads it in the letter."), widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip


class DeferralForm(Seen):
    """Whether the decision waits."""

    waits = forms.ChoiceField(
        label=_("Does the decision wait until the complaint is decided?"), choices=WAITS, widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether the decision waits.")},
    )  # fmt: skip
    text = OneLine(label=_("Why?"), max_length=350, missing=_("Say why the decision waits, or does not."))


class ReconsiderForm(Seen):
    """What was found when the decision was looked at again; and who prepares it for the complaint body."""

    text = LongText(
        label=_("What did you find when you looked at it again?"), longest=LONGEST,
        missing=_("Write what you found when you reconsidered."),
        help_text=_("Answer what the complaint says. The applicant and the complaint body read it."),
        widget=forms.Textarea(attrs={"rows": 9}),
    )  # fmt: skip
    handled_by = forms.ModelChoiceField(
        User.objects.none(), label=_("Who prepares it for the complaint body?"), required=False,
        empty_label=_("Nobody yet"),
        help_text=_("Only if you send it on. Not you, and nobody who prepared or made the decision."),
    )  # fmt: skip

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["handled_by"].queryset = User.objects.filter(pk__in=[one.pk for one in people])  # type: ignore[attr-defined]
        self.fields["handled_by"].label_from_instance = lambda user: user.name  # type: ignore[attr-defined]


class OutcomeForm(Seen):
    """What the complaint body decided, as its protocol says."""

    outcome = forms.ChoiceField(
        label=_("What did it decide?"), choices=Complaint.Outcome.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Choose what was decided.")},
    )  # fmt: skip
    decided_on = Day(label=pgettext_lazy("complaint", "The day it was decided"),
                     error_messages={"required": _("Enter the date.")})  # fmt: skip
    resolution = LongText(
        label=_("The resolution"), longest=LONGEST, help_text=_("As it stands in the protocol."),
        missing=_("Write the resolution as it stands in the protocol."), widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip
    case_number = OptionalLine(label=_("Case number there"), max_length=40, required=False)
    item_number = OptionalLine(label=_("Item number"), max_length=20, required=False)
    votes = OptionalLine(label=_("Votes"), max_length=120, required=False)

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_decided_on(self) -> dt.date:
        return not_ahead(self.cleaned_data["decided_on"], self.today)

    def facts(self) -> dict[str, Any]:
        names = ("outcome", "decided_on", "resolution", "case_number", "item_number", "votes")
        return {name: self.cleaned_data[name] for name in names}
