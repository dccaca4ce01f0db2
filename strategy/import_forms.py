"""What officers fill in to send a plan document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.models.base import NorwegianKey
from strategy.importing import sending
from strategy.importing.document import MOST_BYTES, MOST_PAGES
from strategy.models import Plan

if TYPE_CHECKING:
    from portal.models import Authority


class SendForm(forms.Form):
    """A document, and the plan it is a later version of."""

    file = forms.FileField(
        label=gettext_lazy("Plan document"), max_length=500,
        widget=forms.FileInput(attrs={"accept": sending.ACCEPT}),
        error_messages={
            "required": gettext_lazy("Choose a file."), "empty": gettext_lazy("The file is empty."),
            "missing": gettext_lazy("Choose a file."), "invalid": gettext_lazy("Choose a file."),
        },
    )  # fmt: skip
    against = forms.ModelChoiceField(
        label=gettext_lazy("Compare with a plan that is here"), queryset=Plan.objects.none(), required=False,
        empty_label=gettext_lazy("No, it is to be a new plan"),
        help_text=gettext_lazy("Choose a plan if the document is a later version of it. Then you see what is new."),
        error_messages={"invalid_choice": gettext_lazy("Choose one of your own plans.")},
    )  # fmt: skip

    def __init__(self, *args: Any, authority: Authority, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["against"]
        field.queryset = Plan.objects.filter(authority=authority).order_by(NorwegianKey("title"), "pk")
        words = {"kinds": sending.what_we_read(), "size": filesizeformat(MOST_BYTES), "pages": MOST_PAGES}
        self.fields["file"].help_text = _("%(kinds)s At most %(size)s and %(pages)d pages.") % words
