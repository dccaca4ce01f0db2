"""What input changed in a plan, recorded on the plan's own page."""

from __future__ import annotations

from portal.admin.tenant import TenantInline
from strategy.models import InputEffect


class InputEffectInline(TenantInline):
    """One row per change: the input, the measure where it is one, and what was changed."""

    model = InputEffect
    fields = ("input", "measure", "change")
    autocomplete_fields = ("input", "measure")
