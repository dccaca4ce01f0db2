"""The forms of those who give input: what was typed is cleaned, never silently cut; robots are refused kindly."""

from __future__ import annotations

import re
import time
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import EMPTY_VALUES
from django.utils.html import escape
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from portal import codes, outbox, uploads
from portal.designsystemet import Action, Actions
from portal.inputs import FILE_BYTES, LONGEST_TEXT, MOST_FILES, Typed
from portal.money import format_number

STAMP = "input-form"
SHORTEST_SECONDS = 3
"""Nobody reads the questions and writes in less; no upper limit, since some need a day."""
NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]")


class Asked:
    """A field whose own sentence says what is missing, so that the summary need not name the field before it."""

    missing: Any = ""

    def __init__(self, *args: Any, missing: Any = "", **kwargs: Any) -> None:
        self.missing = missing or self.missing
        super().__init__(*args, **kwargs)

    def validate(self, value: Any) -> None:
        if self.missing and self.required and value in EMPTY_VALUES:  # type: ignore[attr-defined]
            raise ValidationError(self.missing, code="missing")
        super().validate(value)  # type: ignore[misc]


class Address(Asked, forms.EmailField):
    """An address a mail can go to, and nothing that could become a header of its own."""

    missing = _("Write your e-mail address.")

    def run_validators(self, value: Any) -> None:
        if value in EMPTY_VALUES:
            return
        try:
            super().run_validators(value)
            outbox.checked_address(value)
        except ValidationError as error:
            sentence = gettext("Write an e-mail address, for example name@example.no.")
            raise ValidationError(sentence, code="invalid") from error


class LongText(Asked, forms.CharField):
    """Text of several lines: line breaks as one sign, no control signs, and a sentence when it is too long."""

    widget = forms.Textarea
    missing = _("Write what you mean.")

    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.longest = longest

    def to_python(self, value: Any) -> str:
        text = str(value or "").replace("\r\n", "\n").replace("\r", "\n")
        return NOT_TEXT.sub("", text).strip()

    def validate(self, value: str) -> None:
        super().validate(value)
        if (over := len(value) - self.longest) > 0:
            raise ValidationError(
                ngettext(
                    "The text is %(over)s character too long. We take at most %(longest)s.",
                    "The text is %(over)s characters too long. We take at most %(longest)s.",
                    over,
                )
                % {"over": format_number(over), "longest": format_number(self.longest)},
                code="too_long",
            )


class OneLine(Asked, forms.CharField):
    """A name on one line, without control signs and signs that turn the reading direction."""

    missing = _("Write who you answer for.")

    def to_python(self, value: Any) -> str:
        return " ".join(outbox.one_line(str(value or ""), 10_000).split())


class ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, each checked; gives a list of `portal.uploads.Checked`."""

    widget = ManyFiles

    def __init__(self, *, most: int, limit: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.most, self.limit = most, limit

    def clean(self, data: Any, initial: Any = None) -> list[uploads.Checked]:
        sent = [one for one in (data if isinstance(data, list | tuple) else [data]) if one]
        if len(sent) > self.most:
            raise ValidationError(
                gettext("You chose %(sent)d files. We take at most %(most)d.") % {"sent": len(sent), "most": self.most},
                code="too_many",
            )
        checked, wrong = [], []
        for upload in sent:
            try:
                checked.append(uploads.check(upload, limit=self.limit))
            except ValidationError as error:
                wrong.extend(error.messages)
        if wrong:
            raise ValidationError(wrong)
        return checked


def publish_help() -> str:
    return gettext(
        "The choice is about this website only. Your input is a public document: others may ask to see it, and your"
        " name with it (offentleglova § 3). We never show your e-mail address on the web."
    )


def files_help() -> str:
    return gettext("At most %(most)d files of %(size)s each. %(taken)s") % {
        "most": MOST_FILES, "size": f"{FILE_BYTES // 1024**2} MB", "taken": uploads.what_we_take(),
    }  # fmt: skip


class InvitedForm(forms.Form):
    """Input from one who was invited: the link has shown who reads at the address."""

    text = LongText(label=_("Your input"), longest=LONGEST_TEXT)
    speaks_for = OneLine(
        label=_("Who do you answer for?"), max_length=160,
        help_text=_("For example yourself, a business or an association."),
    )  # fmt: skip
    files = FilesField(label=_("Attachments"), most=MOST_FILES, limit=FILE_BYTES, required=False)
    may_publish = forms.BooleanField(label=_("Show my input and my name on this page"), required=False)
    send_text = _("Send the input")
    order = ("text", "speaks_for", "files", "may_publish")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        text = self.fields["text"]
        left, over = gettext("You have # characters left."), gettext("The text is # characters too long.")
        text.widget.attrs.update({"rows": 9, "data-longest": LONGEST_TEXT, "data-left": left, "data-over": over})
        text.help_text = gettext("At most %(longest)s characters.") % {"longest": format_number(LONGEST_TEXT)}
        self.fields["speaks_for"].widget.attrs.pop("maxlength", None)
        self.fields["files"].widget.attrs["accept"] = uploads.ACCEPT
        self.fields["files"].help_text = files_help()
        self.fields["may_publish"].help_text = publish_help()
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.layout = Layout(*self.order, *self.hidden_parts(), Actions(Action(self.send_text)))

    def hidden_parts(self) -> list[Any]:
        return []

    @property
    def typed(self) -> Typed:
        """What was written, cleaned."""
        given = self.cleaned_data
        return Typed(given["text"], given["speaks_for"], given["may_publish"], given.get("address", ""))


class SignedInForm(InvitedForm):
    """Input from one who is signed in: her account's address is confirmed already."""

    drop_files = forms.BooleanField(label=_("Leave out the files I sent before"), required=False)
    order = ("text", "speaks_for", "files", "drop_files", "may_publish")

    def __init__(self, *args: Any, kept_files: list[str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kept_files:
            kept = gettext("You have sent %(names)s. They stay, unless you choose others.")
            self.fields["files"].help_text = f"{escape(kept % {'names': ', '.join(kept_files)})} {files_help()}"
        else:
            del self.fields["drop_files"]
            self.helper.layout.fields = [part for part in self.helper.layout.fields if part != "drop_files"]


class NoRobots(forms.Form):
    """A form anyone may send: an empty field that robots fill in, and a signed mark of when it was opened."""

    website = forms.CharField(label=_("Leave this field empty"), required=False)
    started = forms.CharField(widget=forms.HiddenInput, required=False, initial=lambda: new_stamp())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["website"].widget.attrs.update({"autocomplete": "off", "tabindex": "-1"})

    def hidden_parts(self) -> list[Any]:
        return [Div("website", css_class="p-trap"), "started"]

    def clean(self) -> Any:
        cleaned = super().clean()
        if self.cleaned_data.get("website"):
            self.put("website", "")
            self.add_error(
                None,
                gettext(
                    "A field that should be empty was filled in, as robots do. We have emptied it: send once more."
                ),
            )
        if not self.errors and (fault := self.stamp_fault(time.time())):
            self.add_error(None, fault)
        return cleaned

    def stamp_fault(self, now: float) -> str:
        """Return why the form came too soon after it was opened; nothing when it did not."""
        try:
            began = float(signing.loads(self.cleaned_data.get("started") or "", salt=STAMP))
        except (signing.BadSignature, ValueError, TypeError):
            self.put("started", new_stamp())
            return gettext("We could not see when the form was opened. Wait a few seconds, and send once more.")
        if now - began < SHORTEST_SECONDS:
            return gettext("That was very quick. Wait a few seconds, and send once more.")
        return ""

    def put(self, name: str, value: str) -> None:
        """Change what the form shows again in one field."""
        self.data = self.data.copy()
        self.data[name] = value


class InputForm(NoRobots, SignedInForm):
    """Input from anyone: the address is confirmed by a code afterwards."""

    address = Address(
        label=_("E-mail"), max_length=254, help_text=_("We send a code there now, and receipt and answer later.")
    )
    send_text = _("Get the code by e-mail")
    order = ("text", "speaks_for", "address", "files", "drop_files", "may_publish")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["address"].widget.attrs["autocomplete"] = "email"


def new_stamp() -> str:
    """Return a signed mark of when the form was opened."""
    return signing.dumps(time.time(), salt=STAMP)


class Code(Asked, forms.CharField):
    missing = _("Write the code from the e-mail.")


class CodeForm(forms.Form):
    """The six digits from the mail."""

    code = Code(label=_("Code"), max_length=20, help_text=_("Six digits."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        attrs = self.fields["code"].widget.attrs
        attrs.pop("maxlength", None)
        attrs.update({"inputmode": "numeric", "autocomplete": "one-time-code"})
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.layout = Layout(
            "code", Actions(Action(_("Confirm and send the input"), name="do", value="confirm"))
        )

    def clean_code(self) -> str:
        """Return the digits, however they were spaced.

        Raises:
            ValidationError: not six digits; this does not count as an attempt.
        """
        digits = re.sub(r"[\s-]", "", self.cleaned_data["code"])
        if not re.fullmatch(rf"[0-9]{{{codes.DIGITS}}}", digits):
            raise ValidationError(gettext("The code is six digits. Look in the e-mail once more."), code="shape")
        return digits


def add(form: forms.Form, error: ValidationError) -> None:
    """Put what a deed refused in the form: at its field where the form has it, else on top."""
    keyed = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for field, texts in keyed.items():
        for text in texts:
            form.add_error(field if field in form.fields else None, text)
