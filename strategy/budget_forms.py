"""What officers fill in about a budget year: a row for each line, rows for new ones, and a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from zlib import crc32

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.outbox import one_line
from strategy.budget import Money, Source, State, Wish, check_money, parse_amount

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import QueryDict

    from strategy.budget import Part
    from strategy.models import MeasureFunding

EXTRA = 3
"""Rows at the end for measures that get money from one more source."""


def digest(money: Money) -> str:
    return f"{crc32(repr(tuple(money)).encode()):x}"


class LineForm(forms.Form):
    """One line of a budget year; a row that is left as the page showed it changes nothing."""

    mark_optional = False

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    source = forms.ChoiceField(label=gettext_lazy("Source"), choices=Source.choices, required=False)
    amount = forms.CharField(
        label=gettext_lazy("Amount in kroner"), max_length=24, required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    state = forms.ChoiceField(label=gettext_lazy("Status"), choices=State.choices, required=False)
    reference = forms.CharField(label=gettext_lazy("Decision"), max_length=120, required=False)
    remove = forms.BooleanField(
        label=gettext_lazy("Remove"), required=False, widget=forms.CheckboxInput(attrs={"class": "ds-input"})
    )

    def __init__(self, *args: Any, part: Part | None = None, line: MeasureFunding | None = None, **kwargs: Any) -> None:
        self.part, self.line = part, line
        shown: dict[str, Any] = {"source": Source.OWN_BUDGET, "state": State.PROPOSED}
        if line is not None:
            money = Money.of(line)
            shown = {
                "source": money.source, "state": money.state, "amount": f"{money.amount_nok:,}".replace(",", "\u00a0"),
                "reference": money.reference, "seen": f"{line.row_version}.{digest(money)}",
            }  # fmt: skip
        super().__init__(*args, initial=shown, **kwargs)
        if line is not None:
            del self.fields["source"]
        else:
            del self.fields["remove"], self.fields["seen"]
        for field in self.fields.values():
            name = f"{field.label}: {part}" if part else str(field.label)
            field.widget.attrs["aria-label"] = name

    def clean_reference(self) -> str:
        return " ".join(one_line(self.cleaned_data["reference"]).split())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.money: Money | None = None
        typed = (cleaned.get("amount") or "").strip()
        if self.errors or cleaned.get("remove") or (self.line is None and not typed and not cleaned.get("reference")):
            return cleaned
        source = self.line.source if self.line else cleaned.get("source") or Source.OWN_BUDGET
        try:
            amount = parse_amount(typed)
        except ValidationError as error:
            self.add_error("amount", error)
            return cleaned
        self.money = Money(source, cleaned.get("state") or State.PROPOSED, amount, cleaned.get("reference") or "")
        try:
            check_money(self.money)
        except ValidationError as error:
            self.add_error("reference", error.error_dict["reference"])
        return cleaned

    @property
    def wish(self) -> Wish | None:
        """What is to become of the line; nothing where the row was left as the page showed it."""
        part = self.part
        if part is None or (self.money is None and self.line is None):
            return None
        if self.line is None:
            return Wish(part.id, None, None, self.money)
        version, _dot, shown = self.cleaned_data["seen"].partition(".")
        if self.money is not None and digest(self.money) == shown:
            return None
        return Wish(
            part.id, self.line.pk, int(version) if version.isdecimal() and len(version) < 10 else -1, self.money
        )


class ExtraForm(LineForm):
    """A row at the end, for whichever measure is chosen."""

    def __init__(self, *args: Any, parts: Iterable[Part], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own = {str(part.id): part for part in parts}
        choices = [("", _("Choose")), *((key, f"{part} ({part.authority})") for key, part in self.own.items())]
        self.fields["measure"] = forms.ChoiceField(label=_("Measure"), choices=choices, required=False)
        self.fields["measure"].widget.attrs["aria-label"] = _("Measure")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.part = self.own.get(cleaned.get("measure") or "")
        if self.money is not None and self.part is None:
            self.add_error("measure", _("Choose which measure the money is for."))
        return cleaned


class Mistake(NamedTuple):
    text: str
    target: str


class YearForms:
    """All rows of the page as one form."""

    def __init__(self, parts: list[Part], data: QueryDict | None = None) -> None:
        own = [part for part in parts if part.may_write]
        self.rows: list[tuple[Part, list[LineForm]]] = []
        for part in parts:
            made = []
            if part.may_write:
                made = [LineForm(data, part=part, line=line, prefix=f"l{line.pk}") for line in part.lines]
                if not made or (data is not None and f"n{part.id}-amount" in data):  # a colleague may have added one
                    made.append(LineForm(data, part=part, prefix=f"n{part.id}"))
            self.rows.append((part, made))
        self.extra = [ExtraForm(data, parts=own, prefix=f"x{place}") for place in range(EXTRA)] if own else []

    @property
    def all(self) -> list[LineForm]:
        return [form for _part, forms_ in self.rows for form in forms_] + list(self.extra)

    def sent(self) -> list[LineForm]:
        """Return the rows that were on the page that was sent: what has come since is not touched."""
        return [form for form in self.all if form.add_prefix("amount") in form.data]

    def is_valid(self) -> bool:
        checked = [form.is_valid() for form in self.sent()]
        return all(checked)

    @property
    def mistakes(self) -> list[Mistake]:
        """Return what is wrong, with the measure it is about and the field it stands in."""
        return [
            Mistake(f"{form.part}: {text}" if form.part else str(text), f"id_{form.add_prefix(name)}")
            for form in self.sent()
            for name, texts in form.errors.items()
            for text in texts
        ]

    @property
    def gone(self) -> bool:
        """Whether a line that was on the page has been removed since."""
        known = {form.add_prefix("seen") for form in self.all}
        return any(name.endswith("-seen") and name not in known for form in self.all[:1] for name in form.data)

    @property
    def wishes(self) -> list[Wish]:
        return [wish for form in self.sent() if (wish := form.wish) is not None]


class FileForm(forms.Form):
    """The file from the budget system."""

    file = forms.FileField(
        label=gettext_lazy("The file, filled in"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": gettext_lazy("Choose a file.")},
    )
