"""Fields of the case pages.

Those named Quick are for long editable lists: they write Django's own HTML without a template each, since seven
hundred templates made a page of a hundred rows twice as slow (`dev.py bench admin_measures_100`).
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.forms import Media
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class NamedAutocomplete(AutocompleteSelect):
    """Django's search-as-you-type select, with a name where nothing is chosen yet."""

    def build_attrs(self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None) -> dict[str, Any]:
        return {
            **super().build_attrs(base_attrs, extra_attrs),
            "data-placeholder": str(self.field.verbose_name).capitalize(),
        }

    @property
    def media(self) -> Any:
        return super().media + Media(js=["js/autocomplete-names.js"])


class QuickInput(forms.TextInput):
    """An `<input>` in one format call."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        extra = self.build_attrs(self.attrs, attrs)
        text = self.format_value(value)
        if text is not None:
            extra["value"] = text
        return format_html('<input type="{}" name="{}"{}>', self.input_type, name, flatatt(extra))


class QuickHidden(QuickInput):
    input_type = "hidden"


class QuickDate(QuickInput):
    """The browser's own date field."""

    input_type = "date"

    def format_value(self, value: Any) -> str | None:
        return value.isoformat() if hasattr(value, "isoformat") else (value or None)


class QuickHiddenDate(QuickDate):
    input_type = "hidden"


class QuickSelect(forms.Select):
    """A `<select>` in one format call; for short lists of choices without groups."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = "" if value is None else str(value)
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((key, SafeString(" selected") if str(key) == chosen else "", word) for key, word in self.choices),
        )
        extra = flatatt(self.build_attrs(self.attrs, attrs))
        return format_html('<select name="{}"{}>{}</select>', name, extra, options)
