"""The queue to the national aid register: what waits, the earliest due first, and its file."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from grants.minimis_aid.reports import State
from grants.models import AidReport
from portal import export

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.models import Authority

PER_PAGE = 50
SHOWN: dict[str, tuple[Any, Q]] = {
    "": (_("To be reported"), Q(state=State.WAITING)),
    "meldt": (_("Reported"), Q(state=State.REPORTED)),
    "ikke": (_("Not to be reported"), Q(state=State.NOT_NEEDED)),
    "alle": (_("All"), Q()),
}
LATEST = ("-due_on", "-pk")
ORDERS = {"": ("due_on", "pk"), "meldt": ("-reported_on", "-pk"), "ikke": LATEST, "alle": LATEST}
SOON = dt.timedelta(days=7)


def rows_of(authority: Authority, show: str) -> QuerySet[AidReport]:
    """Return the authority's reports that fit, with all that a row shows."""
    keep = SHOWN.get(show, SHOWN[""])[1]
    found = AidReport.objects.filter(keep, authority=authority)
    return found.select_related("grant__organisation", "grant__aid", "grant__case", "grant__scheme", "reported_by")


@dataclass(slots=True)
class Line:
    """A report in the list, with how its date stands."""

    row: AidReport
    is_late: bool
    is_soon: bool


def listed(authority: Authority, show: str, page: str | None, today: dt.date) -> dict[str, Any]:
    """Return one page of the queue with the chips' numbers; three queries."""
    show = show if show in SHOWN else ""
    own = AidReport.objects.filter(authority=authority)
    counts = own.aggregate(
        **{f"n_{name or 'waiting'}": Count("pk", filter=keep) for name, (_w, keep) in SHOWN.items()},
        n_late=Count("pk", filter=Q(state=State.WAITING, due_on__lt=today)),
    )  # fmt: skip
    shown = Paginator(rows_of(authority, show).order_by(*ORDERS[show]), PER_PAGE).get_page(page)
    waits = [row.state == State.WAITING for row in shown]
    return {
        "page": shown, "show": show, "late": counts["n_late"], "waiting": counts["n_waiting"], "any": counts["n_alle"],
        "lines": [
            Line(row, wait and row.due_on < today, wait and today <= row.due_on <= today + SOON)
            for row, wait in zip(shown, waits, strict=True)
        ],
        "query": f"vis={show}" if show else "", "can_mark": any(waits),
        "chips": [
            {"word": word, "number": counts[f"n_{name or 'waiting'}"], "is_chosen": name == show,
             "query": f"vis={name}" if name else ""}
            for name, (word, _keep) in SHOWN.items()
        ],
    }  # fmt: skip


def industry_of(row: AidReport) -> str:
    return str((row.grant.organisation.register_copy or {}).get("industry", ""))


COLUMNS = (
    ("get_kind_display", _("What")), ("grant.organisation.name", _("Recipient")),
    ("grant.organisation.number", _("Organisation number")), ("grant.aid.get_basis_display", _("Basis")),
    ("grant.aid.legal_reference", _("Legal reference")), ("amount_nok", _("Amount in kroner")),
    ("grant.decided_on", _("Decided")), ("occurred_on", _("Happened")), ("due_on", _("To be reported by")),
    (lambda row: str(_("Grant")), _("Instrument")), ("grant.scheme.name", _("Scheme")),
    ("grant.title", _("For what")), ("authority.full_name", _("Given by")),
    ("authority.municipality_number", _("Municipality number")), (industry_of, _("Industry")),
    ("grant.case.reference", pgettext_lazy("case", "Reference")), ("get_state_display", _("State")),
    ("reported_on", _("Reported")), ("receipt", _("Receipt")), ("note", _("Note")),
)  # fmt: skip
"""What one needs to report an award in the register’s own form, a row for each."""


def as_file(authority: Authority, show: str) -> HttpResponse:
    """Return all that fit as a file, in the order of the list."""
    show = show if show in SHOWN else ""
    rows = rows_of(authority, show).select_related(
        "authority", "grant__organisation", "grant__aid", "grant__case", "grant__scheme", "reported_by"
    )
    return export.answer("csv", "stotteregister", COLUMNS, rows.order_by(*ORDERS[show]))
