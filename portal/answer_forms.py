"""What officers fill in about input: an answer, and what came on paper."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal import outbox, uploads
from portal.changes import latest_change
from portal.input_forms import FilesField, LongText, OneLine, files_help
from portal.inputs import FILE_BYTES, LONGEST_TEXT, MOST_FILES
from portal.models import Input, InputAnswer, InputRound
from portal.models.base import sane_date
from portal.versions import NativeDateInput, VersionedMixin

UNANSWERED = -1
"""The version of an answer that was not there when the page was made."""
LONGEST_ANSWER = 8000
ON_PAPER = (Input.Source.POST, Input.Source.MAIL, Input.Source.MEETING)


class AnswerForm(VersionedMixin):
    """An answer and its consequence; a colleague's answer is never overwritten unseen."""

    text = LongText(
        label=_("Answer"), longest=LONGEST_ANSWER, widget=forms.Textarea(attrs={"rows": 9}),
        help_text=_("Say what you have done, or why not. The contributor gets it just as it stands."),
        missing=_("Write an answer."),
    )  # fmt: skip

    class Meta:
        model = InputAnswer
        fields = ("text", "consequence")
        widgets = {"consequence": forms.RadioSelect}
        error_messages = {"consequence": {"required": _("Choose what followed from the input.")}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["consequence"].choices = InputAnswer.Consequence.choices  # type: ignore[attr-defined]
        if not self.instance.pk:
            self.fields["seen_version"].initial = UNANSWERED
        self.overtaken: InputAnswer | None = None

    def refuse_overwriting(self, seen: int | None) -> None:
        """Keep the colleague's answer at hand for the page, and say who wrote it."""
        theirs = InputAnswer.objects.filter(pk=self.instance.pk).first()
        if theirs is None or theirs.row_version == seen:
            return
        self.overtaken = theirs
        if seen != UNANSWERED:
            super().refuse_overwriting(seen)
            return
        change = latest_change(theirs)
        self.add_error(
            None,
            gettext(
                "%(who)s answered this while you were writing (%(when)s). What you wrote still stands here. "
                "Save once more to put yours in its place, or load the page again to keep theirs."
            )
            % {
                "who": change["who"] if change else gettext("Someone"),
                "when": date_format(timezone.localtime(theirs.answered_at), "j.n. \\k\\l. H.i"),
            },
        )
        self.data = self.data.copy()
        self.data[self.add_prefix("seen_version")] = theirs.row_version


class RegisterForm(forms.ModelForm):
    """Input that came by post, mail or in a meeting, with the day it came."""

    speaks_for = OneLine(
        label=_("Who it speaks for"), max_length=160,
        help_text=_("A person, a business, an association or an authority."),
        missing=_("Write who the input speaks for."),
    )  # fmt: skip
    text = LongText(
        label=_("Input"), longest=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("Write off what was said, word for word. It cannot be changed afterwards."),
        missing=_("Write what was said."),
    )  # fmt: skip
    files = FilesField(label=_("Attachments"), most=MOST_FILES, limit=FILE_BYTES, required=False)
    once = forms.CharField(label="", max_length=36, required=False, widget=forms.HiddenInput, initial=uuid.uuid4)

    class Meta:
        model = Input
        fields = ("speaks_for", "invitation", "source", "received_on", "text", "address", "may_publish")
        labels = {
            "may_publish": _("The contributor wants it shown on the web"),
            "invitation": _("It answers the invitation to"),
        }
        help_texts = {
            "invitation": _("Then the invited is not reminded, and can no longer answer on the web."),
            "received_on": _("The day it reached us, not the day you register it."),
            "address": _("Where we send the answer. Without an address you must answer by letter."),
            "may_publish": _("Leave it empty if you do not know. The input is open to access all the same."),
        }
        widgets = {
            "source": forms.RadioSelect, "received_on": NativeDateInput,
        }  # fmt: skip
        error_messages = {
            "source": {"required": _("Choose how it came.")},
            "received_on": {"required": _("Give the day it came.")},
        }

    def __init__(self, *args: Any, round_: InputRound, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        waiting = round_.invitations.filter(input=None)
        self.fields["invitation"].queryset = waiting  # type: ignore[attr-defined]
        if not waiting.exists():
            del self.fields["invitation"]
        self.fields["source"].choices = [(source.value, source.label) for source in ON_PAPER]  # type: ignore[attr-defined]
        self.fields["received_on"].widget.attrs["max"] = today.isoformat()
        self.fields["files"].widget.attrs["accept"] = uploads.ACCEPT
        self.fields["files"].help_text = files_help()
        self.order_fields([*self.Meta.fields[:5], "files", *self.Meta.fields[5:]])

    def clean_address(self) -> str:
        typed: str = self.cleaned_data["address"]
        return outbox.checked_address(typed) if typed else ""

    def clean_received_on(self) -> dt.date:
        came: dt.date = self.cleaned_data["received_on"]
        sane_date(came)
        if came > self.today:
            raise ValidationError(_("The day it came cannot be after today."), code="future")
        return came

    def _post_clean(self) -> None:
        """Leave the row to the deed that writes it; only the fields' own checks run here."""
        self._validate_unique = False

    def facts(self) -> dict[str, Any]:
        """Return what was typed, as the new row's fields."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.fields}
