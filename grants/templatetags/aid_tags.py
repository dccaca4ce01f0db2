"""How de minimis aid is written on a page: euro, where a row is known from, and why it does not count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from grants.minimis_aid import panel, rules

if TYPE_CHECKING:
    from decimal import Decimal

register = template.Library()

SOURCES = {
    rules.THIS: _("This decision"), rules.OURS: _("The portal"), rules.REGISTER: _("The aid register"),
    rules.DECLARED: _("The recipient"),
}  # fmt: skip
WHY_NOT = {
    "same": pgettext_lazy("aid", "No, the same as another row"), "over": pgettext_lazy("aid", "No, annulled"),
    "outside": pgettext_lazy("aid", "No, is no such aid"), "old": pgettext_lazy("aid", "No, more than three years ago"),
    "other": pgettext_lazy("aid", "No, has its own ceiling"),
}  # fmt: skip


@register.filter
def euro(amount: Decimal | int | None) -> str:
    """Return euro as they are written."""
    return "" if amount is None else panel.euro(amount)


@register.filter
def aid_source(source: str) -> str:
    return str(SOURCES.get(source, source))


@register.filter
def aid_why(why: str) -> str:
    return str(WHY_NOT.get(why, why))


@register.filter
def of_key(found: dict[int, Any], key: int) -> Any:
    """Return what stands under a key, or nothing."""
    return found.get(key)
