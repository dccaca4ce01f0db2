"""What an officer fills in about a row of a proposal: its facts, where it lies, what it is put together with."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.calendar import Precision
from portal.models.case import PRECISIONS
from portal.versions import NativeDateInput
from strategy.budget import LARGEST
from strategy.forms import sane
from strategy.importing import placing
from strategy.importing.refusals import LEVELS
from strategy.importing.tree import LIVE, may_lie_under
from strategy.models import ImportRow
from strategy.part_forms import tidy

if TYPE_CHECKING:
    import datetime as dt

    from strategy.importing.odd_words import Words

Level, Change = ImportRow.Level, ImportRow.Change
ONLY_AT = {
    "responsible": Level.MEASURE, "due_on": Level.MEASURE, "due_precision": Level.MEASURE, "cost_nok": Level.MEASURE,
    "note": Level.STRATEGY, "sdg_focus": Level.GOAL, "sdg_contributes": Level.GOAL,
}  # fmt: skip
"""Facts that only one level has a place for in the plan."""


class UnGoalsField(forms.CharField):
    """United Nations goals written as people do: «8, 9 og 17»."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        numbers = sorted({int(found) for found in re.findall(r"\d{1,6}", text)})
        if any(not 1 <= number <= 17 for number in numbers) or (text.strip() and not numbers):
            raise forms.ValidationError(_("Write numbers from 1 to 17, with commas between them."))
        return numbers


class FactsForm(forms.Form):
    """A row's own facts, those that its level has."""

    number = forms.CharField(
        label=gettext_lazy("Printed number"), max_length=10, required=False,
        help_text=gettext_lazy("As the document prints it; may be empty."),
    )  # fmt: skip
    title = forms.CharField(
        label=gettext_lazy("Title"), max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )  # fmt: skip
    description = forms.CharField(
        label=gettext_lazy("Description"), widget=forms.Textarea(attrs={"rows": 5}), max_length=20_000, required=False
    )
    responsible = forms.CharField(
        label=gettext_lazy("Responsible, in the document’s words"), max_length=200, required=False
    )
    due_on = forms.DateField(label=gettext_lazy("Due"), required=False, widget=NativeDateInput)
    due_precision = forms.ChoiceField(label=gettext_lazy("How precise the due date is"), required=False)
    cost_nok = forms.IntegerField(
        label=gettext_lazy("Cost in kroner"), min_value=1, max_value=LARGEST, required=False, localize=True,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("Note to the plan’s readers"), max_length=200, required=False,
        help_text=gettext_lazy("What the document itself says wrongly, told to the reader."),
    )  # fmt: skip
    sdg_focus = UnGoalsField(
        label=gettext_lazy("UN goals in focus"), max_length=120, required=False,
        help_text=gettext_lazy("Numbers with commas between them: 8, 9, 17."),
    )  # fmt: skip
    sdg_contributes = UnGoalsField(label=gettext_lazy("UN goals contributed to"), max_length=120, required=False)

    def __init__(self, *args: Any, level: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, only in ONLY_AT.items():
            if level and level != only:
                del self.fields[name]
        if "due_precision" in self.fields:
            period = (Precision.PERIOD.value, _("Period"))
            self.fields["due_precision"].choices = [*PRECISIONS, period]  # type: ignore[attr-defined]

    @classmethod
    def of(cls, row: ImportRow, data: Any = None) -> FactsForm:
        shown = {name: getattr(row, name) for name in cls.base_fields}
        return cls(data, level=row.level, initial=shown)

    def clean_title(self) -> str:
        title = " ".join(tidy(self.cleaned_data["title"]).split())
        if not title:
            raise forms.ValidationError(_("Write a title."))
        return title

    def clean_due_on(self) -> dt.date | None:
        return sane(self.cleaned_data["due_on"])

    def clean_due_precision(self) -> str:
        return self.cleaned_data["due_precision"] or "day"

    @property
    def facts(self) -> dict[str, Any]:
        """Return what was written, as the deeds take it."""
        names = [name for name in FactsForm.base_fields if name in self.cleaned_data]
        return {name: tidy(value) if isinstance(value := self.cleaned_data[name], str) else value for name in names}


def places(rows: list[ImportRow], words: Words, but: ImportRow | None = None) -> list[tuple[str, str]]:
    """Return what a row may lie under: the plan, each goal, each strategy; not itself, nor what lies under it.

    Nothing is laid under what only the plan has.
    """
    hidden = {but.pk} if but else set()
    found = [("", _("Directly under the plan"))]
    for row in rows:
        if row.parent_id in hidden:
            hidden.add(row.pk)
        if row.pk in hidden or row.decision not in LIVE or row.level == Level.MEASURE or row.change == Change.GONE:
            continue
        indent = "– " if row.parent_id else ""
        found.append((str(row.pk), f"{indent}{words.label(row)} {row.title}"[:140]))
    return found


def levels(words: Words) -> list[tuple[str, str]]:
    return [(level.value, words.one(level).capitalize()) for level in Level]


class PlaceForm(forms.Form):
    """Where a row lies, and on which level."""

    level = forms.ChoiceField(label=gettext_lazy("It is a"), widget=forms.RadioSelect)
    parent = forms.ChoiceField(label=gettext_lazy("It lies under"), required=False)
    up = forms.BooleanField(required=False, label=gettext_lazy("Lay what is under it beside it instead"))

    def __init__(
        self, *args: Any, rows: list[ImportRow], words: Words, row: ImportRow | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rows = {str(each.pk): each for each in rows}
        self.fields["level"].choices = levels(words)  # type: ignore[attr-defined]
        self.fields["parent"].choices = places(rows, words, row)  # type: ignore[attr-defined]
        self.has_children = row is not None and any(each.parent_id == row.pk for each in rows)
        if not self.has_children:
            del self.fields["up"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        above = self.rows.get(cleaned.get("parent", ""))
        level = cleaned.get("level", "")
        if level and not may_lie_under(level, above.level if above else None):
            self.add_error("parent", LEVELS)
        return cleaned

    @property
    def above(self) -> ImportRow | None:
        return self.rows.get(self.cleaned_data["parent"])


class NewRowForm(FactsForm):
    """A row that was not found in the document."""

    once = forms.CharField(label="", max_length=36, required=False, widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args: Any, rows: list[ImportRow], words: Words, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.place = PlaceForm(*args, rows=rows, words=words, initial=kwargs.get("initial"))
        for name in ("note", "sdg_focus", "sdg_contributes"):
            del self.fields[name]


class MergeForm(forms.Form):
    """Which row another is put into, and whose title the one gets."""

    into = forms.ChoiceField(label=gettext_lazy("Put it into"))
    title = forms.ChoiceField(label=gettext_lazy("The title is to be"), widget=forms.RadioSelect)

    def __init__(
        self, *args: Any, row: ImportRow, rows: list[ImportRow], words: Words, chosen: ImportRow | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rows = {str(each.pk): each for each in rows}
        fitting = [
            each for each in rows
            if each.pk != row.pk and each.decision in LIVE and each.change != Change.GONE
        ]  # fmt: skip
        alike = [
            (str(each.pk), f"{words.label(each)} {each.title}"[:140]) for each in fitting if each.level == row.level
        ]
        others = [
            (str(each.pk), f"{words.label(each)} {each.title}"[:140]) for each in fitting if each.level != row.level
        ]
        groups = [(_("On the same level"), alike), (_("On another level"), others)]
        self.fields["into"].choices = [group for group in groups if group[1]]  # type: ignore[attr-defined]
        self.fields["title"].choices = [  # type: ignore[attr-defined]
            (placing.THEIRS, _("The title of the other row; this one’s goes into the description")),
            (placing.MINE, _("The title of this row; the other’s goes into the description")),
            (placing.BOTH, _("Both on one line, as a heading that was cut in two")),
        ]
        self.fields["into"].initial = chosen.pk if chosen else None
        self.fields["title"].initial = placing.THEIRS

    @property
    def other(self) -> ImportRow:
        return self.rows[self.cleaned_data["into"]]
