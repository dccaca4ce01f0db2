"""Forms of the case pages: relatives stay together, and nobody overwrites a colleague unseen."""

from __future__ import annotations

import contextlib
import re
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.forms.formsets import DELETION_FIELD_NAME
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.admin import widgets
from portal.versions import VersionedMixin

SHARED = ("authority_id", "plan_id")
HELD = frozenset(
    {"authority", "plan", "action_part", "user", "body", "case", "measure", "participation", "goal", "region"}
)
"""What a page gives a row without asking; constraints that name it are checked all the same."""
NEVER_ASKED = frozenset({"provider"})
"""What only the machinery fills in, empty by hand; constraints that name it are checked with that."""
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class TogetherMixin:
    """Refuse, beside its field, a relative of another authority or another plan, and what exists already.

    The page says whose the row is: `given_authority`, or the relative named by `authority_from`.
    """

    crosses_tenants: frozenset[str] = frozenset()
    given_authority: int | None = None
    authority_from: str | None = None

    def clean(self) -> Any:
        cleaned = super().clean()  # type: ignore[misc]
        for name, value in list((cleaned or {}).items()):
            if isinstance(value, str):
                cleaned[name] = CONTROL.sub("", value)
            if name in self.crosses_tenants or not hasattr(value, "_meta"):
                continue
            for shared in SHARED:
                mine, theirs = self.shared_value(shared, cleaned), getattr(value, shared, None)
                if mine is not None and theirs is not None and mine != theirs:
                    word = _("authority") if shared == "authority_id" else _("plan")
                    self.add_error(name, gettext("This belongs to another %(word)s.") % {"word": word})  # type: ignore[attr-defined]
        return cleaned

    def _post_clean(self) -> None:
        """Give a new row its owner before the constraints are checked."""
        row = self.instance  # type: ignore[attr-defined]
        if getattr(row, "authority_id", 0) is None and "authority" not in self.fields:  # type: ignore[attr-defined]
            relative = self.cleaned_data.get(self.authority_from or "")  # type: ignore[attr-defined]
            row.authority_id = getattr(relative, "authority_id", None) or self.given_authority
        super()._post_clean()  # type: ignore[misc]

    def validate_unique(self) -> None:
        """Check what Django leaves out: constraints that name a relative the page has given."""
        row = self.instance  # type: ignore[attr-defined]
        held = {name for name in HELD if getattr(row, f"{name}_id", None) is not None}
        exclude = self._get_validation_exclusions() - held - NEVER_ASKED  # type: ignore[attr-defined]
        try:
            row.validate_constraints(exclude=exclude)
            row.validate_unique(exclude=exclude)
        except ValidationError as error:
            self._update_errors(on_the_form(error, self.fields))  # type: ignore[attr-defined]

    def shared_value(self, shared: str, cleaned: dict[str, Any]) -> int | None:
        chosen = cleaned.get(shared.removesuffix("_id"))
        if chosen is not None:
            return int(chosen.pk)
        value = getattr(self.instance, shared, None)  # type: ignore[attr-defined]
        if value is None and shared == "authority_id" and cleaned.get("plan") is not None:
            return int(cleaned["plan"].authority_id)
        return value


def on_the_form(error: ValidationError, fields: Any) -> ValidationError:
    """Return the error with what belongs to no field of this form said of the form as a whole."""
    found: dict[str, list[Any]] = {}
    for name, errors in error.update_error_dict({}).items():
        found.setdefault(name if name in fields else NON_FIELD_ERRORS, []).extend(errors)
    return ValidationError(found)


class TenantForm(TogetherMixin, forms.ModelForm):
    """The form of a row that has relatives in its tenant."""


class VersionedTenantForm(TogetherMixin, VersionedMixin):
    """The same, for rows that several officers edit."""


class NamedFieldsMixin:
    """Say each field's name to those who do not see the column's head."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():  # type: ignore[attr-defined]
            if field.label:
                inner = getattr(field.widget, "widget", field.widget)  # inside the admin's wrapper of related fields
                inner.attrs["aria-label"] = str(field.label).capitalize()


class InlineForm(NamedFieldsMixin, TenantForm):
    """A row below a page."""


class VersionedInlineForm(NamedFieldsMixin, VersionedTenantForm):
    """The same for rows that several officers edit: an untouched one stays as a colleague left it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        compare_with_what_was_shown(self.fields)


class NamedFormSet(forms.BaseInlineFormSet):
    """Rows below a page: they take owner and plan from it, and their boxes for deleting have names."""

    def full_clean(self) -> None:
        """Check the rows as they will be when those marked for deletion are gone."""
        if not self.is_bound:
            return super().full_clean()
        going = [
            f.instance.pk for f in self.forms if f.instance.pk and self.data.get(f.add_prefix(DELETION_FIELD_NAME))
        ]
        if not going:
            return super().full_clean()
        with transaction.atomic():
            with contextlib.suppress(ProtectedError):  # the row's own form says what holds it
                self.model._base_manager.filter(pk__in=going, **{self.fk.name: self.instance}).delete()
            super().full_clean()
            transaction.set_rollback(True)
        return None

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        form = super()._construct_form(i, **kwargs)
        for shared in SHARED:
            asked = shared.removesuffix("_id") in form.fields
            if not asked and getattr(form.instance, shared, 0) is None:
                setattr(form.instance, shared, getattr(self.instance, shared, None))
        return form

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if DELETION_FIELD_NAME in form.fields:
            form.fields[DELETION_FIELD_NAME].widget.attrs["aria-label"] = gettext("Delete this row")


class VersionedListForm(NamedFieldsMixin, VersionedMixin):
    """A row in an editable list, with fields that are quick to write."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.DateField):
                swap_widget(field, widgets.QuickDate(), widgets.QuickHiddenDate)
            elif isinstance(field, forms.IntegerField):
                swap_widget(field, widgets.QuickHidden(), widgets.QuickHidden)
            elif isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
                swap_widget(field, widgets.QuickSelect(choices=field.choices), widgets.QuickHidden)
        compare_with_what_was_shown(self.fields)


def swap_widget(field: forms.Field, widget: forms.Widget, hidden: type[forms.Widget]) -> None:
    widget.attrs = field.widget.attrs
    field.widget, field.hidden_widget = widget, hidden  # type: ignore[misc, assignment]


def compare_with_what_was_shown(fields: dict[str, forms.Field]) -> None:
    """Judge what has changed by what the page showed, not by what a colleague has saved since."""
    for name, field in fields.items():
        if name != "seen_version" and not field.widget.is_hidden:
            field.show_hidden_initial = True
