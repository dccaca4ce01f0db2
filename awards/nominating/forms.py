"""The forms of a nomination: first who, then why; on the web and at the desk."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import TYPE_CHECKING, Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import escape, format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from awards.models import Kind, PrizeStatutes
from awards.nominating import lookup
from awards.nominating.deeds import FILE_BYTES, LONGEST_REASONS, MOST_FILES
from portal import uploads
from portal.designsystemet import Action, Actions
from portal.input_forms import Address, Asked, FilesField, LongText, NoRobots, OneLine, files_help
from portal.money import format_number
from portal.versions import NativeDateInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from awards.models import PrizeRound, RoundCategory
    from portal.integrations.register import Unit

AS_WRITTEN = "skrevet"
"""The choice of the name as it was written, where no unit in the register is the nominee."""
LONGEST_TIE = 300


class PlainName(OneLine):
    """A name: one line, without the signs that only programs write."""

    missing = _("Write the name.")

    def run_validators(self, value: Any) -> None:
        super().run_validators(value)
        if "<" in value or ">" in value:
            raise ValidationError(gettext("Write the name without the signs < and >."), code="signs")


class OneOf(Asked, forms.ChoiceField):
    """One of a few, all in sight."""

    widget = forms.RadioSelect
    missing = _("Choose one.")


def kinds_of(statutes: PrizeStatutes) -> list[tuple[str, Any]]:
    """Return what may be nominated by the statutes, in words."""
    nominees, named = set(statutes.nominees), PrizeStatutes.Nominees
    both = {named.COMPANY, named.ASSOCIATION} <= nominees
    organisation = Kind.ORGANISATION.label if both else named.COMPANY.label
    if not both and named.ASSOCIATION in nominees:
        organisation = named.ASSOCIATION.label
    found: list[tuple[str, Any]] = []
    if nominees & {named.COMPANY, named.ASSOCIATION}:
        found.append((Kind.ORGANISATION.value, organisation))
    if named.PERSON in nominees or not found:
        found.append((Kind.PERSON.value, Kind.PERSON.label))
    return found


def said_of(unit: Unit) -> str:
    """Return a unit on one line: name, number, form and place."""
    return ", ".join(part for part in (unit.name, unit.number, unit.form, unit.place.capitalize()) if part)


class WhoForm(forms.Form):
    """Category, and who: a unit in the register, or a person. Where only one thing can be chosen, it is not asked."""

    category = OneOf(label=_("In which category?"), missing=_("Choose a category."))
    kind = OneOf(label=_("What do you nominate?"), missing=_("Choose what you nominate."))
    who = PlainName(label=_("Who do you nominate?"), max_length=200, missing=_("Write who you nominate."))
    chosen = OneOf(label=_("Which of these is it?"), missing=_("Choose which of these it is."))
    has_hits = False
    looked = ""
    """What was looked for, where the reader is to choose among what was found."""
    is_down = False
    """Whether the register did not answer."""

    def __init__(
        self, *args: Any, round_: PrizeRound, categories: Sequence[RoundCategory], hits: Iterable[Unit] | None = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.kinds = kinds_of(round_.statutes)
        self.fields["category"].choices = [(str(one.pk), described(one)) for one in categories]  # type: ignore[attr-defined]
        self.fields["kind"].choices = self.kinds  # type: ignore[attr-defined]
        for name in ("category", "kind"):
            self.hide_single(name)
        who = self.fields["who"]
        who.widget.attrs.update({"autocomplete": "off"})
        who.widget.attrs.pop("maxlength", None)
        if len(self.kinds) > 1:
            who.help_text = gettext("The name. Of a company or an association you can write the number instead.")
        elif self.kinds[0][0] == Kind.ORGANISATION:
            who.help_text = gettext("The name or the organisation number.")
        self.show_hits(None if hits is None else list(hits))

    def hide_single(self, name: str) -> None:
        """Ask nothing where there is one answer."""
        choices = self.fields[name].choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.fields[name].widget = forms.HiddenInput()
            self.fields[name].initial = choices[0][0]
            self.fields[name].required = False

    def show_hits(self, hits: list[Unit] | None) -> None:
        """Let the reader choose among what was found, or keep the name as written; None: nothing was looked for."""
        parts: list[Any] = ["category", "kind", "who"]
        if hits is None:
            del self.fields["chosen"]
            parts.append(Actions(Action(_("Find and go on"), name="do", value="finn")))
        else:
            self.has_hits = bool(hits)
            none = gettext("None of these: use the name as I have written it")
            written = none if hits else gettext("Use the name as I have written it")
            self.fields["chosen"].choices = [*((one.number, said_of(one)) for one in hits), (AS_WRITTEN, written)]  # type: ignore[attr-defined]
            heading = format_html('<h2 class="p-h2">{}</h2>', gettext("Or look again"))
            again = Actions(Action(_("Find again"), name="do", value="finn", variant="secondary"))
            parts = ["chosen", Actions(Action(_("Go on"), name="do", value="velg")), HTML(heading), *parts, again]
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.layout = Layout(*parts)

    def clean(self) -> Any:
        given = super().clean() or self.cleaned_data
        for name in ("category", "kind"):
            if isinstance(self.fields[name].widget, forms.HiddenInput):
                given[name] = self.fields[name].initial
        if given.get("kind") == Kind.PERSON and lookup.number_in(given.get("who", "")):
            self.add_error("who", gettext("Write the person’s name, not a number."))
        return given


class PaperWhoForm(WhoForm):
    """The same, as an officer reads it out of a letter."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].label = gettext("What is nominated?")
        self.fields["who"].label = gettext("Who is nominated?")


def described(category: RoundCategory) -> str:
    description = category.category.description
    return f"{category}: {description}" if description else str(category)


class WhyForm(forms.Form):
    """Why, with attachments, and who nominates; from one whose address is known already."""

    reasons = LongText(label=_("Why should they win?"), longest=LONGEST_REASONS, missing=_("Write why."))
    nominee_email = Address(
        label=_("The nominee’s e-mail, if you know it"), max_length=254, required=False,
        help_text=_("We tell everyone who is nominated, and ask whether they take part."),
    )  # fmt: skip
    files = FilesField(label=_("Attachments"), most=MOST_FILES, limit=FILE_BYTES, required=False)
    drop_files = forms.BooleanField(label=_("Leave out the files I sent before"), required=False)
    nominator_name = PlainName(label=_("Your name"), max_length=160, missing=_("Write your name."))
    tie = OneLine(
        label=_("How do you know the nominee?"), max_length=LONGEST_TIE, required=False,
        help_text=_("For example customer, neighbour, employee or owner. You can nominate yourself."),
    )  # fmt: skip
    order: tuple[str, ...] = ("reasons", "files", "drop_files", "nominee_email", "nominator_name", "tie")
    send_text: Any = _("Send the nomination")

    def __init__(self, *args: Any, kept_files: list[str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        count_signs(self.fields["reasons"])
        for name in ("nominator_name", "tie"):
            self.fields[name].widget.attrs.pop("maxlength", None)
        self.fields["nominator_name"].widget.attrs["autocomplete"] = "name"
        self.fields["files"].widget.attrs["accept"] = uploads.ACCEPT
        self.fields["files"].help_text = files_help()
        order = [*self.order]
        if kept_files:
            kept = gettext("You have sent %(names)s. They stay, unless you choose others.")
            self.fields["files"].help_text = f"{escape(kept % {'names': ', '.join(kept_files)})} {files_help()}"
        else:
            del self.fields["drop_files"]
            order.remove("drop_files")
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.layout = Layout(*order, *self.hidden_parts(), Actions(*self.buttons()))

    def hidden_parts(self) -> list[Any]:
        return []

    def buttons(self) -> list[Any]:
        back = Action(_("Choose another nominee"), name="do", value="endre", variant="tertiary")
        return [Action(self.send_text, name="do", value="send"), back]


def count_signs(field: Any) -> None:
    """Let a script that is there count what is left; the sentence says the same without it."""
    left, over = gettext("You have # characters left."), gettext("The text is # characters too long.")
    field.widget.attrs.update({"rows": 9, "data-longest": field.longest, "data-left": left, "data-over": over})
    field.help_text = gettext("What have they done, and what came of it? At most %(longest)s characters.") % {
        "longest": format_number(field.longest)
    }


class NominationForm(NoRobots, WhyForm):
    """The same from anyone: the address is confirmed by a code afterwards."""

    address = Address(label=_("Your e-mail"), max_length=254, help_text=_("We send a code there now, and a receipt."))
    order = ("reasons", "files", "drop_files", "nominee_email", "nominator_name", "address", "tie")
    send_text = _("Get the code by e-mail")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["address"].widget.attrs["autocomplete"] = "email"


class PaperForm(WhyForm):
    """What came on paper, by mail or in a meeting, as the officer reads it."""

    address = Address(
        label=_("E-mail of who nominates"), max_length=254, required=False,
        help_text=_("We send a receipt there."),
    )  # fmt: skip
    received_on = forms.DateField(
        label=_("When did the nomination come?"),
        widget=NativeDateInput,
        error_messages={"required": _("Give the day it came.")},
    )
    once = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    order = (
        "received_on", "reasons", "files", "drop_files", "nominee_email", "nominator_name", "address", "tie", "once",
    )  # fmt: skip
    send_text = _("Register the nomination")

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["nominator_name"].label = gettext("Who nominates")
        self.fields["nominator_name"].widget.attrs["autocomplete"] = "off"
        self.fields["tie"].label = gettext("How do the two know each other?")
        self.fields["tie"].help_text = ""
        self.fields["received_on"].widget.attrs["max"] = today.isoformat()
        self.initial.setdefault("once", secrets.token_urlsafe(16))

    def clean_received_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["received_on"]
        if day > self.today:
            raise ValidationError(gettext("Give the day it came, not one that is to come."), code="day")
        return day
