"""Forms of the case pages: relatives stay together, and nobody overwrites a colleague unseen."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.admin import widgets
from portal.admin.history import latest_change

SHARED = ("authority_id", "plan_id")


class NativeDateInput(forms.DateInput):
    """The browser's own date field: right on a phone, and without scripts."""

    input_type = "date"

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class TogetherMixin:
    """Refuse, beside its field, a relative of another authority or another plan."""

    crosses_tenants: frozenset[str] = frozenset()

    def clean(self) -> Any:
        cleaned = super().clean()  # type: ignore[misc]
        for name, value in (cleaned or {}).items():
            if name in self.crosses_tenants or not hasattr(value, "_meta"):
                continue
            for shared in SHARED:
                mine, theirs = self.shared_value(shared, cleaned), getattr(value, shared, None)
                if mine is not None and theirs is not None and mine != theirs:
                    word = _("authority") if shared == "authority_id" else _("plan")
                    self.add_error(name, gettext("This belongs to another %(word)s.") % {"word": word})  # type: ignore[attr-defined]
        return cleaned

    def shared_value(self, shared: str, cleaned: dict[str, Any]) -> int | None:
        chosen = cleaned.get(shared.removesuffix("_id"))
        if chosen is not None:
            return int(chosen.pk)
        value = getattr(self.instance, shared, None)  # type: ignore[attr-defined]
        if value is None and shared == "authority_id" and cleaned.get("plan") is not None:
            return int(cleaned["plan"].authority_id)
        return value


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
        if current is None or seen is None or current == seen:
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


class TenantForm(TogetherMixin, forms.ModelForm):
    """The form of a row that has relatives in its tenant."""


class VersionedTenantForm(TogetherMixin, VersionedMixin):
    """The same, for rows that several officers edit."""


class VersionedListForm(VersionedMixin):
    """A row in an editable list: compares with what the page showed, so that untouched rows stay untouched."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if name == "seen_version":
                field.widget = widgets.QuickHidden()
            elif isinstance(field, forms.DateField):
                field.widget, field.hidden_widget = widgets.QuickDate(), widgets.QuickHiddenDate
                field.show_hidden_initial = True
            elif not isinstance(field, forms.ModelChoiceField):
                if isinstance(field, forms.ChoiceField):
                    field.widget = widgets.QuickSelect(choices=field.choices)
                field.hidden_widget = widgets.QuickHidden
                field.show_hidden_initial = True
