"""Tags and filters the crispy pack `designsystemet` is written with, and the error summary."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms, template
from django.forms import BoundField
from django.forms.formsets import BaseFormSet
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()

CHOICE_GROUPS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


@register.filter
def kind(field: BoundField) -> str:
    """Which template writes the field: hidden, group, parts, checkbox, file or input."""
    widget = field.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, CHOICE_GROUPS):
        return "group"
    if isinstance(widget, forms.ClearableFileInput):
        return "file"
    if field.use_fieldset:
        return "parts"
    return "checkbox" if isinstance(widget, forms.CheckboxInput) else "input"


def _part_names(field: BoundField) -> list[str]:
    """A name for each input of a field written as several; a field of one input has its label."""
    widget = field.field.widget
    if not isinstance(widget, forms.MultiWidget):
        return [""]
    if isinstance(widget, forms.SplitDateTimeWidget):
        return [f"{field.label}: {part}" for part in (_("date"), _("time"))]
    return [f"{field.label}: {number}" for number in range(1, len(widget.widgets) + 1)]


def _prepare(field: BoundField) -> None:
    """Give the widget the class of the design system, and drop a placeholder that only repeats the label."""
    widget = field.field.widget
    for name, part in zip(_part_names(field), getattr(widget, "widgets", [widget]), strict=False):
        if name:
            part.attrs.setdefault("aria-label", name)
        classes = part.attrs.get("class", "").split()
        if "ds-input" not in classes:
            part.attrs["class"] = " ".join([*classes, "ds-input"])
    placeholder = str(widget.attrs.get("placeholder", "")).casefold()
    if str(field.label).strip().casefold() in placeholder:
        del widget.attrs["placeholder"]


@register.filter
def control(field: BoundField) -> SafeString:
    """The widget itself. Django adds aria-describedby and aria-invalid; the templates give those ids."""
    _prepare(field)
    return field.as_widget()


@register.filter
def options(field: BoundField) -> list[Any]:
    """The choices of a radio or checkbox group, each with its own tag, id and label."""
    _prepare(field)
    if isinstance(field.field.widget, forms.CheckboxSelectMultiple):
        field.field.widget.use_required_attribute = lambda initial: False  # type: ignore[method-assign]
    return list(field.subwidgets)


@register.filter
def file_input(field: BoundField) -> SafeString:
    """The file input without Django's own wording around it; `stored_file` tells what is there."""
    _prepare(field)
    described = {"aria-describedby": field.aria_describedby} if field.aria_describedby else {}
    return field.as_widget(forms.FileInput(attrs=field.field.widget.attrs), attrs=described)


@register.filter
def stored_file(field: BoundField) -> dict[str, Any] | None:
    """The file a form already holds, and the names of the checkbox that removes it."""
    widget = field.field.widget
    value = field.initial
    if not isinstance(widget, forms.ClearableFileInput) or not widget.is_initial(value):
        return None
    name = widget.clear_checkbox_name(field.html_name)
    return {
        "url": value.url,
        "name": (getattr(value, "name", "") or str(value)).rsplit("/", 1)[-1],
        "clear_name": "" if field.field.required else name,
        "clear_id": widget.clear_checkbox_id(name),
    }


@register.filter
def marked_optional(field: BoundField) -> bool:
    """Say "optional" on what may be left out. A form of only filters sets `mark_optional = False`."""
    return not field.field.required and getattr(field.form, "mark_optional", True)


class Mistake(NamedTuple):
    text: str
    target: str


def focus_id(field: BoundField) -> str:
    """The id a link to the field must point at: the first option of a group, else the input."""
    if isinstance(field.field.widget, CHOICE_GROUPS):
        return next((str(option.id_for_label) for option in options(field)), "")
    return str(field.id_for_label or field.auto_id)


def mistakes(form: forms.BaseForm | BaseFormSet) -> Iterator[Mistake]:
    """Everything wrong in a form or formset: what concerns the whole first, then field by field as on the page."""
    if isinstance(form, BaseFormSet):
        yield from (Mistake(str(text), "") for text in form.non_form_errors())
        for part in form.forms:
            yield from mistakes(part)
        return
    yield from (Mistake(str(text), "") for text in form.non_field_errors())
    for field in _in_page_order(form):
        target = "" if field.is_hidden else focus_id(field)
        yield from (Mistake(_named(field, str(text)), target) for text in field.errors)


def _named(field: BoundField, text: str) -> str:
    """Say which field it is when the text is one of those every field of its kind shares."""
    shared = {str(message) for message in field.field.error_messages.values()}
    return f"{field.label}: {text}" if text in shared else text


def _in_page_order(form: forms.BaseForm) -> list[BoundField]:
    """The fields in the order of the layout when a helper has one, else of the form."""
    layout = getattr(getattr(form, "helper", None), "layout", None)
    shown = [pointer.name for pointer in layout.get_field_names()] if layout is not None else []
    names = [*(name for name in shown if name in form.fields), *(name for name in form.fields if name not in shown)]
    return [form[name] for name in names]


@register.inclusion_tag("designsystemet/layout/error_summary.html")
def error_summary(*given: forms.BaseForm | BaseFormSet | None) -> dict[str, Any]:
    """{% error_summary form %}: outside and above the form. Several forms of one page are summed up together."""
    found: list[Mistake] = []
    for form in given:
        if form and form.is_bound and not getattr(form, "is_summed_up", False):
            found.extend(mistakes(form))
            form.is_summed_up = True  # type: ignore[union-attr]
    return {"mistakes": found}
