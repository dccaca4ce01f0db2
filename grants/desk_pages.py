"""The desk's pages of money and the fund, as the case pages' first page lists them."""

from django.utils.translation import gettext_lazy as _

PAGES = [
    (_("Applications"), "applications"),
    (_("Calls"), "desk_calls"),
    (_("Lists for meetings"), "batches"),
    (_("Complaints"), "complaints"),
    (_("Changes in projects"), "project_changes"),
    (_("Delegated power"), "delegations"),
    (_("Reports to the aid register"), "aid_reports"),
    (_("Money"), "money"),
    (_("Grants"), "grants"),
    (_("Payouts"), "payouts"),
]
