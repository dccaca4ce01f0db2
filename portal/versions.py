"""Forms that several people may have open at once: a row changed since it was read is not overwritten unseen."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from portal.changes import latest_change


class NativeDateInput(forms.DateInput):
    """The browser's own date field: right on a phone, and without scripts."""

    input_type = "date"

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class VersionedMixin(forms.ModelForm):
    """Carry the version that was read; a row changed since is not saved before its user has been told."""

    seen_version = forms.IntegerField(label="", required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen_version"].initial = self.instance.row_version if self.instance.pk else 0

    @property
    def changed_data(self) -> list[str]:
        return [name for name in super().changed_data if name != "seen_version"]

    def clean(self) -> Any:
        cleaned = super().clean()
        if self.instance.pk and self.changed_data:
            self.refuse_overwriting(cleaned.get("seen_version"))
        return cleaned

    def refuse_overwriting(self, seen: int | None) -> None:
        """Add an error naming who changed what; saving once more overwrites, knowingly."""
        model = type(self.instance)
        rows = model._base_manager.select_for_update().order_by("pk").filter(pk=self.instance.pk)
        current = rows.values_list("row_version", flat=True).first()
        if current is None or current == seen:
            return
        change = latest_change(self.instance)
        when = date_format(timezone.localtime(change["at"]), "j.n. \\k\\l. H.i") if change else ""
        self.add_error(
            None,
            gettext(
                "%(who)s changed this while you were writing (%(when)s): %(what)s. What you wrote still stands here. "
                "Save once more to put yours in its place, or load the page again to keep theirs."
            )
            % {
                "who": change["who"] if change else gettext("Someone"),
                "when": when,
                "what": ", ".join(f"{row['label']}: {row['old']} → {row['new']}" for row in change["changes"])
                if change
                else "–",
            },
        )
        self.data = self.data.copy()
        self.data[self.add_prefix("seen_version")] = current
