"""Organisations, with who has a mandate for each; mandates themselves are given and ended on their own pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.admin.tenant import TenantAdmin, TenantInline
from portal.models import DraftFile, InputDraft, Mandate, Organisation

if TYPE_CHECKING:
    from django.http import HttpRequest

UNSEEN = (InputDraft, DraftFile)
"""What nobody at the authority is to know of, not even when a row is deleted."""


def is_unseen(line: Any) -> bool:
    """Say whether a line of a deletion's list is a draft or a draft's file."""
    return any(str(line).startswith(f"{capfirst(model._meta.verbose_name)}: ") for model in UNSEEN)


def without_drafts(lines: list[Any]) -> list[Any]:
    """Return a deletion's nested list without drafts and what hangs under them."""
    kept: list[Any] = []
    skips = False
    for line in lines:
        if isinstance(line, list):
            if not skips:
                kept.append(without_drafts(line))
            continue
        skips = is_unseen(line)
        if not skips:
            kept.append(line)
    return kept


class HidesDrafts:
    """Says nothing of drafts when a row that they hang on is deleted, or cannot be."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        lines, counts, forbidden, protected = super().get_deleted_objects(objs, request)  # type: ignore[misc]
        hidden = {model._meta.verbose_name_plural for model in UNSEEN}
        shown = {name: number for name, number in counts.items() if name not in hidden}
        told = [line for line in protected if not is_unseen(line)]
        if protected and not told:
            told = [gettext("What the organisation keeps for itself.")]
        return without_drafts(lines), shown, forbidden, told


class MandateInline(TenantInline):
    """Who may act for it, and who could before; read only."""

    model = Mandate
    fk_name = "organisation"
    fields = readonly_fields = ("person", "reach", "source", "role", "valid_from", "valid_to", "ended_at", "ended_why")
    verbose_name_plural = _("Who has a mandate")

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request).select_related("user", "organisation")
        return rows.order_by(F("ended_at").desc(nulls_first=True), "reach", "user__name", "pk")

    @admin.display(description=_("person"))
    def person(self, row: Mandate) -> str:
        """The name alone: who has a mandate is seldom a colleague whose page opens."""
        return str(row.user)


@admin.register(Organisation)
class OrganisationAdmin(HidesDrafts, TenantAdmin):
    list_display = ("name", "number", "form", "email", "held")
    search_fields = ("name", "number")
    inlines = (MandateInline,)
    export_columns = (("name", _("Name")), ("number", _("Organisation number")), ("form", _("Form")))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        own = ("authority", "name", "number", "form", "email")
        return (*own, "pages") if obj is not None else own

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("pages",)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj is not None else ()

    def get_queryset(self, request: HttpRequest) -> Any:
        live = Mandate.objects.holding(timezone.localdate()).filter(organisation=OuterRef("pk"))
        number = live.order_by().values("organisation").annotate(n=Count("user", distinct=True)).values("n")
        return super().get_queryset(request).annotate(n_held=Coalesce(Subquery(number), 0))

    @admin.display(description=_("Who has a mandate"), ordering="n_held")
    def held(self, row: Any) -> int:
        return int(row.n_held)

    @admin.display(description=_("mandates"))
    def pages(self, row: Organisation) -> str:
        """Lead to where mandates are given and ended."""
        return format_html(
            '<a href="{}">{}</a>', reverse("mandate_desk", args=[row.authority.slug]),
            gettext("Mandates are asked for, given and ended on their own pages."),
        )  # fmt: skip
