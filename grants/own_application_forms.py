"""What an applicant fills in besides the application itself: a message, and why she takes it back."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from grants.applying.withdrawing import LONGEST_WHY
from grants.messages import LONGEST
from grants.own_forms import OptionalText, Seen
from portal.designsystemet import Action, Actions
from portal.input_forms import LongText


class MessageForm(forms.Form):
    """A message to who handles the application."""

    text = LongText(
        label=_("Your message"), longest=LONGEST, missing=_("Write the message."),
        help_text=_("Ask, or tell us what has changed. Do not write health or identity numbers here."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        left, over = gettext("You have # characters left."), gettext("The text is # characters too long.")
        self.fields["text"].widget.attrs.update(
            {"rows": 5, "data-longest": LONGEST, "data-left": left, "data-over": over}
        )
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.layout = Layout("text", Actions(Action(_("Send the message"))))


class WithdrawForm(Seen):
    """Why an application is taken back, for who handled it."""

    why = OptionalText(
        label=_("Why do you withdraw it?"), longest=LONGEST_WHY, required=False,
        help_text=_("You need not say why. It helps us to know."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["why"].widget.attrs["rows"] = 3
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.layout = Layout("why", "seen")
