"""Layout objects for crispy-forms that Designsystemet has and crispy-forms has not.

The rest of the pack is templates (`templates/designsystemet/`) and tags (`portal/templatetags/designsystemet.py`).
"""

from typing import Any

from crispy_forms.layout import BaseInput, Div, Field
from django.utils.functional import Promise
from django.utils.text import slugify


class Affixed(Field):
    """A field with a unit before or after it: `Affixed("amount_nok", before="kr")`."""

    def __init__(self, *fields: str, before: str | Promise = "", after: str | Promise = "", **kwargs: Any) -> None:
        super().__init__(*fields, **kwargs)
        self.before = before
        self.after = after

    def render(self, form: Any, context: Any, template_pack: Any = "designsystemet", **kwargs: Any) -> str:
        extra = {"affix_before": self.before, "affix_after": self.after, **(kwargs.pop("extra_context", None) or {})}
        return super().render(form, context, template_pack=template_pack, extra_context=extra, **kwargs)


class Action(BaseInput):
    """A button that sends the form: `Action(_("Save"), name="do", value="save", variant="secondary")`."""

    input_type = "submit"

    def __init__(
        self,
        text: str | Promise,
        *,
        name: str = "",
        value: str = "",
        variant: str = "primary",
        colour: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(name or slugify(str(value)) or "send", value, **kwargs)
        self.text = text
        self.name = name
        self.variant = variant
        self.colour = colour
        self.id = kwargs.get("css_id") or ""


class Actions(Div):
    """The row of buttons that ends a form."""

    css_class = "p-row p-formend"


class Columns(Div):
    """Fields side by side where there is room, under each other on a phone."""

    css_class = "p-grid p-two"
