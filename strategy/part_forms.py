"""What officers fill in about the next action part: its years, each measure's row, a new measure."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.admin.tenant import visible
from portal.models import Unit, User
from portal.versions import NativeDateInput
from strategy.forms import sane
from strategy.models import ActionPart, MeasureEntry
from strategy.rolling import Edit, Wording, mark_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from django.http import QueryDict

    from strategy.models import Plan
    from strategy.part_lines import Line

Change = MeasureEntry.Change
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
MOST_ROWS = 5_000


class YearsForm(forms.ModelForm):
    """The years of the next action part."""

    class Meta:
        model = ActionPart
        fields = ("period_start", "period_end")

    def _post_clean(self) -> None:
        """Leave the row to the deed that writes it; only the fields' own checks run here."""
        self._validate_unique = False


def tidy(text: str) -> str:
    return CONTROL.sub("", text.replace("\r\n", "\n")).strip()


class RowForm(forms.Form):
    """One measure's row: what becomes of it, and the words and place the next part gives it."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    change = forms.ChoiceField(
        label=gettext_lazy("What happens"), required=False,
        choices=[(Change.CONTINUED, gettext_lazy("Continued")), (Change.DROPPED, gettext_lazy("Taken out"))],
    )  # fmt: skip
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300, required=False)
    number = forms.CharField(label=gettext_lazy("Printed number"), max_length=10, required=False)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    description = forms.CharField(label=gettext_lazy("Description"), max_length=20_000, required=False)
    parent = forms.CharField(label=gettext_lazy("Lies under"), max_length=20, required=False)
    place = forms.IntegerField(label=gettext_lazy("Place in the list"), min_value=1, max_value=MOST_ROWS)

    def __init__(self, *args: Any, line: Line, parents: set[str], **kwargs: Any) -> None:
        self.line, self.parents = line, parents
        wording = Wording.of(line.entry)
        shown = {**wording._asdict(), "place": line.entry.position, "seen": line.mark}
        super().__init__(*args, initial=shown, prefix=f"r{line.entry.pk}", **kwargs)

    def clean_description(self) -> str:
        return tidy(self.cleaned_data["description"])

    def clean_parent(self) -> str:
        chosen: str = self.cleaned_data["parent"]
        if chosen not in self.parents:
            raise forms.ValidationError(_("Choose what the measure lies under."))
        return chosen

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("change") == Change.DROPPED and not cleaned.get("reason"):
            self.add_error("reason", _("Say why the measure is dropped."))
        return cleaned

    @property
    def edit(self) -> Edit:
        cleaned = self.cleaned_data
        change = cleaned["change"] or self.line.entry.change
        reason = cleaned["reason"] if change == Change.DROPPED else ""
        texts = (tidy(cleaned[name]) for name in ("number", "title"))
        words = Wording(change, tidy(reason), *texts, cleaned["description"], cleaned["parent"])
        return Edit(words, cleaned["place"], cleaned["seen"])

    def see_anew(self, line: Line) -> None:
        """Let the next press overwrite, knowingly, what the colleague has written in this row."""
        self.data = self.data.copy()
        self.data[self.add_prefix("seen")] = mark_of(Wording.of(line.entry), line.entry.position)

    @property
    def is_opened(self) -> bool:
        """Whether the row's words are open when the page comes: something in them is to be corrected."""
        return self.is_bound and any(name not in ("change", "reason") for name in self.errors)


def row_forms(lines: Iterable[Line], parents: list[tuple[str, str]], data: QueryDict | None = None) -> list[RowForm]:
    """Return a form for each line; of those sent, only for the lines that were on the page."""
    known = {key for key, _word in parents}
    made = [RowForm(data, line=line, parents=known) for line in lines]
    return [form for form in made if data is None or form.add_prefix("seen") in data]


class NewRowForm(forms.Form):
    """A measure that the next action part brings, with who is to do it where that is known."""

    number = forms.CharField(
        label=gettext_lazy("Printed number"), max_length=10, required=False,
        help_text=gettext_lazy("As the document prints it; may be empty."),
    )  # fmt: skip
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    description = forms.CharField(
        label=gettext_lazy("Description"), widget=forms.Textarea(attrs={"rows": 5}), max_length=20_000, required=False
    )
    parent = forms.ChoiceField(label=gettext_lazy("Lies under"), required=False)
    unit = forms.ModelChoiceField(Unit.objects.none(), label=gettext_lazy("Responsible unit"), required=False)
    person = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("Responsible person"), required=False)
    due_on = forms.DateField(label=gettext_lazy("Due"), required=False, widget=NativeDateInput)
    once = forms.CharField(label="", max_length=36, required=False, widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args: Any, plan: Plan, user: User, parents: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].choices = parents  # type: ignore[attr-defined]
        self.fields["unit"].queryset = visible(Unit, user).filter(authority_id=plan.authority_id)  # type: ignore[attr-defined]
        self.fields["person"].queryset = visible(User, user)  # type: ignore[attr-defined]

    def clean_due_on(self) -> dt.date | None:
        return sane(self.cleaned_data["due_on"])

    @property
    def wording(self) -> Wording:
        cleaned = self.cleaned_data
        number, title, description = (tidy(cleaned[name]) for name in ("number", "title", "description"))
        return Wording(Change.NEW, "", number, title, description, cleaned["parent"])

    @property
    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("unit", "person", "due_on")}
