"""How many persons a payout takes: for the authority's leaders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from grants.models import PaymentRules
from portal.admin.tenant import TenantAdmin

if TYPE_CHECKING:
    from django.http import HttpRequest


@admin.register(PaymentRules)
class PaymentRulesAdmin(TenantAdmin):
    """The columns of the payment file are laid out where they can be seen: on the files' own page."""

    list_display = ("authority", "persons")
    list_select_related = ("authority",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("authority")

    def sections(self, request: HttpRequest, obj: Any = None) -> Any:
        return [(None, {"fields": ("authority", "persons", *(("layout",) if obj is not None else ()))})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("layout",) if obj is not None else ()

    @admin.display(description=_("columns of the payment file"))
    def layout(self, row: PaymentRules) -> str:
        address = reverse("payment_files", args=[row.authority.slug])
        return format_html('<a href="{}">{}</a>', address, gettext("See the payment files and their layout"))
