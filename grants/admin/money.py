"""What moves money, to search in and look at; each row leads to the page where something is done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from grants.models import BudgetLine, Grant, LedgerEntry, Payout, Repayment, YearEnd
from portal import impartiality_watch
from portal.admin.notices import ReadOnlyAdmin
from portal.admin.seen import NotesWhoSaw
from portal.admin.tenant import RelatedFilter

if TYPE_CHECKING:
    from django.http import HttpRequest


class AtDeskAdmin(ReadOnlyAdmin):
    """Rows with a page of their own at the desk of money."""

    page = ""
    """The name of its address."""
    beside: tuple[str, ...] = ("authority",)
    """What the list and the page show with each row."""
    facts: tuple[str, ...] = ()

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related(*self.beside)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*self.facts, "at_desk")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("at_desk",)

    def page_key(self, row: Any) -> int:
        return int(row.pk)

    @admin.display(description=_("its page"))
    def at_desk(self, row: Any) -> str:
        address = reverse(self.page, args=[row.authority.slug, self.page_key(row)])
        return format_html('<a href="{}">{}</a>', address, gettext("Open"))


@admin.register(BudgetLine)
class BudgetLineAdmin(AtDeskAdmin):
    page = "budget_line"
    beside = ("authority", "scheme", "recipient", "parent")
    list_display = ("name", "year", "area", "recipient", "amount_nok", "stage", "at_desk")
    list_filter = (("scheme", RelatedFilter), "year", "stage")
    search_fields = ("name", "area", "recipient__name")
    facts = ("scheme", "year", "name", "area", "recipient", "parent", "amount_nok", "stage", "decision_reference")


@admin.register(Grant)
class GrantAdmin(NotesWhoSaw, AtDeskAdmin):
    page = "grant_desk"
    beside = ("authority", "scheme", "account", "organisation")
    list_display = ("title", "organisation", "year", "amount_nok", "state", "at_desk")
    list_filter = (("scheme", RelatedFilter), "year", "state")
    search_fields = ("title", "organisation__name")
    facts = ("scheme", "account", "organisation", "case", "title", "year", "amount_nok", "state", "decided_on",
             "decision_reference")  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        return rows.exclude(Q(state=Grant.State.PROPOSED) & ~impartiality_watch.may_open(request.user))


@admin.register(Payout)
class PayoutAdmin(NotesWhoSaw, AtDeskAdmin):
    case_is_at = "grant__case"
    page = "payout_page"
    beside = ("authority", "grant", "organisation", "prepared_by", "attested_by", "approved_by")
    list_display = ("reference", "organisation", "amount_nok", "state", "asked_at", "paid_on", "at_desk")
    list_filter = ("state",)
    search_fields = ("organisation__name", "grant__title")
    facts = ("grant", "organisation", "amount_nok", "state", "asked_at", "prepared_by", "attested_by", "approved_by",
             "paid_on", "reason")  # fmt: skip

    @admin.display(description=_("reference"), ordering="pk")
    def reference(self, row: Payout) -> str:
        return row.reference


@admin.register(Repayment)
class RepaymentAdmin(NotesWhoSaw, AtDeskAdmin):
    case_is_at = "grant__case"
    page = "money_back"
    beside = ("authority", "grant__organisation")
    list_display = ("grant", "amount_nok", "state", "claimed_on", "due_on", "received_on", "at_desk")
    list_filter = ("state",)
    search_fields = ("reason", "grant__title", "grant__organisation__name")
    facts = ("grant", "amount_nok", "reason", "state", "claimed_on", "due_on", "received_on", "note")

    def page_key(self, row: Repayment) -> int:
        return row.grant_id


@admin.register(LedgerEntry)
class LedgerEntryAdmin(NotesWhoSaw, AtDeskAdmin):
    page = "entry_page"
    beside = ("authority", "account", "grant", "decision__body", "by")
    list_display = ("on_date", "kind", "amount_nok", "account", "grant", "reference", "by", "at_desk")
    list_filter = ("kind", "year")
    date_hierarchy = "on_date"
    search_fields = ("note", "reference", "grant__title", "account__name")
    facts = ("account", "kind", "amount_nok", "on_date", "year", "reverses", "grant", "decision", "reference", "case",
             "note", "by", "at")  # fmt: skip
    export_columns = (
        ("pk", _("Entry")), ("on_date", _("Date")), ("year", _("Year")), ("account.name", _("Account")),
        ("get_kind_display", _("Kind")), ("amount_nok", _("Amount in kroner")), ("reference", _("Decision")),
        ("case.reference", _("Case")), ("by.name", _("Registered by")), ("note", _("Note")),
    )  # fmt: skip


@admin.register(YearEnd)
class YearEndAdmin(AtDeskAdmin):
    page = "year_end"
    beside = ("authority", "prepared_by", "closed_by")
    list_display = ("year", "authority", "prepared_by", "prepared_at", "closed_by", "closed_at", "at_desk")
    list_filter = (("authority", RelatedFilter),)
    facts = ("year", "prepared_by", "prepared_at", "closed_by", "closed_at", "decision_reference", "note")

    def page_key(self, row: YearEnd) -> int:
        return row.year
