"""What a recipient's own pages read: what is expected by when, each grant with figures, conditions and papers.

Each list costs a fixed number of queries, however many grants, conditions and papers there are.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from grants import facts, own_words, papers, rules
from grants.models import BankAccount, Condition, FinancingSource, Grant, GrantReport, Payout, Repayment
from portal.models import Case, Document, Event
from portal.money import format_nok

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from portal.models import Organisation

SHOWN = (*Grant.HOLDING, Grant.State.DECLINED, Grant.State.ANNULLED)
"""A grant that is being assessed is the desk's own until it is decided."""
SENDS = ("financing_sent", "grant_report_sent")
"""Events that say which documents came with a paper."""
FAR = dt.date.max


@dataclass
class Todo:
    """One thing a recipient is waited for, or can do."""

    title: str
    url: str
    text: str
    grant: Grant | None = None
    due_on: dt.date | None = None
    days: str = ""
    is_late: bool = False
    may_wait: bool = False
    """Something she can do, rather than something we wait for."""


@dataclass
class Own:
    """One grant as its recipient sees it."""

    grant: Grant
    facts: rules.GrantFacts
    hoped: rules.GrantFacts
    """The facts as they are when all that is sent is approved."""
    today: dt.date
    conditions: list[Condition] = field(default_factory=list)
    reports: list[GrantReport] = field(default_factory=list)
    sources: list[FinancingSource] = field(default_factory=list)
    payouts: list[Payout] = field(default_factory=list)
    repayments: list[Repayment] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return self.grant.state == Grant.State.GRANTED

    @property
    def takes_papers(self) -> bool:
        return self.grant.state in papers.TAKES_PAPERS

    @property
    def payable_nok(self) -> int:
        """What can be paid today by what is approved."""
        return rules.payable_nok(self.facts, self.today) if self.is_open else 0

    @property
    def askable_nok(self) -> int:
        """What can be asked for: what is sent and waits to be read stands in nobody's way."""
        return rules.payable_nok(self.hoped, self.today) if self.is_open else 0

    @property
    def left_nok(self) -> int:
        """What is neither paid nor asked for."""
        return max(self.facts.unpaid_nok - self.facts.underway_nok, 0)

    @property
    def obstacles(self) -> list[rules.Obstacle]:
        """What stands in the way of asking for all that is left, by name."""
        return rules.obstacles(self.hoped, self.left_nok, self.today) if self.is_open and self.left_nok else []

    @property
    def standing(self) -> str:
        return f"grant_{self.grant.state}"

    @property
    def url(self) -> str:
        return reverse("own_grant", args=self.place)

    @property
    def place(self) -> list[int]:
        return [self.grant.organisation_id, self.grant.pk]


# ---- reading ----


def grants_of(organisations: Iterable[Organisation]) -> Any:
    """Return the decided grants of organisations, the newest first.

    What was drawn up for an application that was not granted is the desk's own: the decision is what she reads.
    """
    rows = Grant.objects.filter(organisation__in=organisations, state__in=SHOWN)
    rows = rows.exclude(state=Grant.State.DECLINED, case__series=Case.Series.APPLICATION)
    return rows.select_related("scheme", "case", "step__body").order_by("-year", "-decided_on", "-pk")


def of(grants: Sequence[Grant], today: dt.date) -> list[Own]:
    """Return grants as their recipients see them; ten queries, however many they are."""
    known = facts.of(grants)
    found = {grant.pk: Own(grant, known[grant.pk], rules.as_if_read(known[grant.pk]), today) for grant in grants}
    keys = list(found)
    binding = Condition.objects.filter(grant__in=keys, binds=Condition.Binds.RECIPIENT).order_by("position", "pk")
    for name, rows in (
        ("conditions", binding),
        ("reports", GrantReport.objects.filter(grant__in=keys).select_related("sent_by").order_by("due_on", "pk")),
        ("sources", FinancingSource.objects.filter(grant__in=keys).select_related("sent_by").order_by("pk")),
        ("payouts", Payout.objects.filter(grant__in=keys).select_related("asked_by").order_by("-asked_at", "-pk")),
        ("repayments", Repayment.objects.filter(grant__in=keys).order_by("-claimed_on", "-pk")),
    ):
        for row in rows:
            row.grant = found[row.grant_id].grant
            row.paper_state = f"paper_{getattr(row, 'state', '')}"
            getattr(found[row.grant_id], name).append(row)
    return list(found.values())


def bank_account(organisation: Organisation) -> dict[str, BankAccount | None]:
    """Return the account in use and the one that waits to be confirmed; one query."""
    rows = {
        row.state: row
        for row in organisation.bank_accounts.filter(
            state__in=[BankAccount.State.CONFIRMED, BankAccount.State.PROPOSED]
        )
    }
    return {"account": rows.get(BankAccount.State.CONFIRMED), "proposed": rows.get(BankAccount.State.PROPOSED)}


def with_files(rows: Sequence[Any]) -> Sequence[Any]:
    """Give some sources, or some reports, the files that came with each, the newest sending first; two queries.

    A row names the one that documents it; what else came with it stands in the history of its sendings.
    """
    if not rows:
        return rows
    keys = {row.pk: [row.document_id] if row.document_id else [] for row in rows}
    events = Event.objects.filter(subject_type=rows[0]._meta.label_lower, subject_id__in=keys, kind__in=SENDS)
    for subject, more in events.order_by("-at", "-pk").values_list("subject_id", "facts__documents"):
        keys[subject] += [pk for pk in more or [] if pk not in keys[subject]]
    found = Document.objects.in_bulk({pk for own in keys.values() for pk in own})
    for row in rows:
        row.files = [found[pk] for pk in keys[row.pk] if pk in found and found[pk].case_id == row.grant.case_id]
    return rows


# ---- what is expected by when ----


def todos(rows: Iterable[Own], today: dt.date, *, acts: bool, bank: dict[str, Any] | None = None) -> list[Todo]:
    """Return what is expected of the recipient, the late and the near first, and then what she can do."""
    rows = list(rows)
    found = [todo for own in rows if own.takes_papers for todo in _of_grant(own, acts=acts)]
    found += [todo for own in rows for todo in _money_back(own)]
    if bank is not None and not any(bank.values()) and (first := next((own for own in rows if own.is_open), None)):
        url = reverse("own_bank_account", args=[first.grant.organisation_id])
        found.append(Todo(_("Enter the bank account"), url, _("We need it before we can pay anything.")))
    for todo in found:
        if todo.due_on is not None:
            todo.days, todo.is_late = own_words.distance(todo.due_on, today), todo.due_on < today
    return sorted(found, key=lambda todo: (todo.may_wait, todo.due_on or FAR))


def _of_grant(own: Own, *, acts: bool) -> list[Todo]:
    return [*_reports(own), *_sent_back(own), *_conditions(own), *_money(own, acts=acts)]


def _reports(own: Own) -> list[Todo]:
    """Reports that are not sent, or came back."""
    found = []
    for report in own.reports:
        if report.state in papers.UNSENT:
            is_back = report.state == GrantReport.State.RETURNED
            title = _("Mend and send “%(title)s” again") if is_back else _("Send “%(title)s”")
            text = report.note if is_back else _("Write it here, or enclose it as a file.")
            url = reverse("own_report", args=[*own.place, report.pk])
            found.append(Todo(title % {"title": report.title}, url, text, own.grant, report.due_on))
    return found


def _sent_back(own: Own) -> list[Todo]:
    """Sources of financing that were sent back."""
    page = reverse("own_financing", args=own.place)
    return [
        Todo(
            _("Mend the documentation from %(payer)s") % {"payer": row.payer}, f"{page}?kilde={row.pk}", row.note,
            own.grant, own.grant.use_by,
        )
        for row in own.sources
        if row.state == FinancingSource.State.RETURNED
    ]  # fmt: skip


def _conditions(own: Own) -> list[Todo]:
    """Conditions that nothing has been sent for; those with a report of their own stand with the reports."""
    reported = {report.condition_id for report in own.reports}
    found = []
    for condition in own.hoped.conditions:
        if condition.is_settled or condition.is_reported or condition.pk in reported:
            continue
        if condition.kind is rules.Kind.MATCHING:
            stands = rules.matching(own.hoped, condition)
            if own.is_open and stands.missing_in_all_nok:
                title = _("Document %(amount)s more") % {"amount": format_nok(stands.missing_in_all_nok)}
                url = reverse("own_financing", args=own.place)
                found.append(Todo(title, url, condition.title, own.grant, own.grant.use_by))
        elif condition.kind is rules.Kind.BY_DATE:
            title = _("Show that this is in place: %(title)s") % {"title": condition.title}
            found.append(Todo(title, f"{own.url}#vilkar", _("Send us what shows it."), own.grant, condition.due_on))
    return found


def _money(own: Own, *, acts: bool) -> list[Todo]:
    """Money that can be asked for now."""
    if not own.askable_nok:
        return []
    title = _("Ask for payout, up to %(amount)s") % {"amount": format_nok(own.askable_nok)}
    text = "" if acts else _("One who may act for you asks for it.")
    url = reverse("ask_payout", args=own.place) if acts else own.url
    return [Todo(title, url, text, own.grant, own.grant.use_by, may_wait=True)]


def _money_back(own: Own) -> list[Todo]:
    """Money that is claimed back."""
    return [
        Todo(
            _("Pay back %(amount)s") % {"amount": format_nok(row.amount_nok)}, f"{own.url}#tilbake", row.reason,
            own.grant, row.due_on,
        )
        for row in own.repayments
        if row.state == Repayment.State.CLAIMED
    ]  # fmt: skip


# ---- on the person's page and the organisation's ----


def panel(organisations: list[Organisation], user: Any, today: dt.date) -> dict[int, dict[str, Any]]:
    """Return what each organisation has of grants, for the pages that show all it has; nothing where it has none."""
    grants = list(grants_of(organisations))
    by_owner: dict[int, list[Own]] = defaultdict(list)
    for own in of(grants, today) if grants else []:
        by_owner[own.grant.organisation_id].append(own)
    return {pk: _summed(pk, rows, today) for pk, rows in by_owner.items()}


def _summed(organisation_id: int, rows: list[Own], today: dt.date) -> dict[str, Any]:
    waits = [todo for todo in todos(rows, today, acts=True) if not todo.may_wait]
    askable, live = sum(own.askable_nok for own in rows), [own for own in rows if own.is_open]
    text = ngettext("%d grant is open.", "%d grants are open.", len(live)) % len(live) if live else ""
    if waits:
        text += " " + ngettext("%d thing waits for you.", "%d things wait for you.", len(waits)) % len(waits)
    if askable:
        text += " " + _("You can ask for %(amount)s.") % {"amount": format_nok(askable)}
    return {
        "template": "grants/own/panel.html", "url": reverse("own_grants", args=[organisation_id]),
        "bank_url": reverse("own_bank_account", args=[organisation_id]), "text": text.strip(), "waits": waits,
        "rows": rows, "live": live, "title": _("Your grants"),
    }  # fmt: skip
