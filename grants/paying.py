"""Handing approved payouts to the accounting system, and reading back what became of them.

A file takes what is approved, once; a return list says what is paid and what came back, and may be read again.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants import letters_of, notices, payment_layout, payout_notices, signing
from grants.account_numbers import hidden_in
from grants.models import BankAccount, PaymentFile, PaymentRules, Payout
from grants.payment_layout import Column, PaymentFacts
from grants.permissions import PAYS, may
from grants.refusals import Refused, deed
from portal import permissions
from portal.calendar import oslo_today
from portal.models import Authority, Organisation
from portal.money import MoneyError, format_nok, parse_nok

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.models import User

State = Payout.State
ROWS = Payout.objects.select_related(
    "organisation", "bank_account", "approved_by", "grant__scheme", "grant__account__line", "grant__case",
    "grant__authority",
)  # fmt: skip


# ---- the payment file ----


@dataclass(frozen=True)
class Batch:
    """What the next payment file would hold, and what is kept out of it."""

    columns: list[Column]
    delimiter: str
    payouts: list[Payout]
    facts: list[PaymentFacts]
    changed_account: list[Payout]
    """Approved, but the account they were approved for is not in use any more: they are stopped and started again."""
    lacking: list[tuple[Payout, list[str]]]
    """Approved, but a column that must have a value has none."""

    @property
    def total_nok(self) -> int:
        return sum(payout.amount_nok for payout in self.payouts)

    @property
    def content(self) -> bytes:
        return payment_layout.as_file(self.columns, self.facts, self.delimiter)

    @property
    def mark(self) -> str:
        """What tells this batch from any other: the file made is the file seen."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def table(self) -> list[list[str]]:
        return payment_layout.table(self.columns, self.facts)


def layout_of(authority_id: int) -> tuple[list[Column], str]:
    """Return the columns of an authority's payment file, and what stands between them."""
    rules = PaymentRules.objects.filter(authority=authority_id).first()
    return payment_layout.of_rows(rules.columns if rules else []), rules.delimiter if rules else ";"


def facts_of(payout: Payout) -> PaymentFacts:
    """Return what the file can say of a payout."""
    grant, account = payout.grant, payout.bank_account
    line = getattr(grant.account, "line", None)
    values = {
        "reference": payout.reference, "recipient": payout.organisation.name,
        "organisation_number": payout.organisation.number, "account": account.number if account else "",
        "holder": account.holder if account else "", "amount": payout.amount_nok,
        "message": f"{payout.reference} {grant.title}"[:140], "scheme": grant.scheme.name, "grant": grant.title,
        "case": grant.case.external_number or grant.case.reference, "decision": grant.decision_reference,
        "year": grant.year, "approved_by": payout.approved_by.name if payout.approved_by else "",
        "approved_on": oslo_today(payout.approved_at).isoformat() if payout.approved_at else "",
    }  # fmt: skip
    return PaymentFacts(values, payment_layout.dimensions_of(grant.scheme.dimensions, line.dimensions if line else {}))


def sort(payouts: Iterable[Payout], columns: list[Column], delimiter: str) -> Batch:
    """Part approved payouts in those a file can take and those it cannot."""
    takes, facts, changed, lacking = [], [], [], []
    for payout in payouts:
        said = facts_of(payout)
        if payout.bank_account is None or payout.bank_account.state != BankAccount.State.CONFIRMED:
            changed.append(payout)
        elif gone := payment_layout.missing(columns, said):
            lacking.append((payout, gone))
        else:
            takes.append(payout)
            facts.append(said)
    return Batch(columns, delimiter, takes, facts, changed, lacking)


def next_batch(authority: Authority) -> Batch:
    """Return what the next payment file would hold; three queries."""
    return sort(ROWS.filter(authority=authority, state=State.APPROVED).order_by("pk"), *layout_of(authority.pk))


@deed
def make_file(authority: Authority, *, by: User, now: dt.datetime, seen: str | None = None) -> PaymentFile:
    """Put all that is approved in a payment file; what cannot be paid stays and is named on the page.

    `seen` is the mark of what the page showed: when something else would be paid now, nothing is.

    Raises:
        Refused: nothing is approved, or it is not what was seen.
    """
    permissions.require(may(by, authority.pk, PAYS))
    Authority.objects.select_for_update(no_key=True).get(pk=authority.pk)
    approved = Payout.objects.filter(authority=authority, state=State.APPROVED)
    owners = approved.values("organisation")
    list(Organisation.objects.select_for_update(no_key=True).filter(pk__in=owners).order_by("pk").values_list("pk"))
    rows = ROWS.filter(pk__in=approved.values("pk"), state=State.APPROVED)
    batch = sort(rows.select_for_update(no_key=True, of=("self",)).order_by("pk"), *layout_of(authority.pk))
    if not batch.payouts:
        raise Refused(_("No approved payout waits to be paid. The last file may hold them already."), code="empty")
    if seen not in (None, batch.mark):
        raise Refused(
            _("What is approved has changed since you looked. See what the file would hold now."), code="stale"
        )
    content = batch.content
    number = (PaymentFile.objects.filter(authority=authority).aggregate(n=Max("number"))["n"] or 0) + 1
    made = PaymentFile.objects.create(
        authority=authority, number=number, made_by=by, made_at=now, payments=len(batch.payouts),
        total_nok=batch.total_nok, content=content, sha256=hashlib.sha256(content).hexdigest(),
    )  # fmt: skip
    for payout in batch.payouts:
        payout.state, payout.file = State.SENT, made
        payout.save()
    notices.record("payment_file_made", made, by=by, number=number, payments=made.payments, total_nok=made.total_nok)
    return made


# ---- the return list ----

HEADINGS = {
    "reference": {"referanse", "reference", "ref", "betalingsreferanse", "vår referanse", "egenreferanse"},
    "amount": {"beløp", "belop", "amount", "sum", "kroner"},
    "on": {"dato", "date", "betalt", "betalingsdato", "utbetalt", "bokført", "bokføringsdato", "valutadato"},
    "status": {"status", "resultat", "utfall", "state"},
    "why": {"melding", "årsak", "arsak", "grunn", "message", "reason", "feil", "feilmelding"},
}
"""What the columns of return lists are called, in small letters."""
PAID = {"", "betalt", "utbetalt", "paid", "ok", "utført", "bokført", "gjennomført"}
RETURNED = {"retur", "returnert", "i retur", "avvist", "feilet", "feil", "stoppet", "returned", "rejected", "failed"}
REFERENCE = re.compile(r"NP-(\d{6,18})", re.IGNORECASE)
DATES = ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y", "%Y%m%d", "%d%m%Y", "%d/%m/%Y")
MOST_ROWS = 5_000
NO_REASON = gettext_lazy("The bank gave no reason.")


@dataclass(frozen=True)
class ReturnRow:
    """One line of a return list: which payout, how it went, when; or why the line could not be read."""

    line: int
    reference: str
    paid_on: dt.date | None = None
    is_returned: bool = False
    amount_nok: int | None = None
    why: str = ""
    problem: str = ""

    @property
    def key(self) -> int:
        """The payout's own number, or 0."""
        found = REFERENCE.fullmatch(self.reference)
        return int(found[1]) if found else 0


def read_returns(text: str) -> list[ReturnRow]:
    """Read a return list: a heading with at least the reference and the date, then one line for each payout.

    Raises:
        Refused: it has no heading we know, or is too long.
    """
    lines = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    head = lines[0] if lines else ""
    delimiter = max(";,\t|", key=head.count)
    try:
        cells = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter))
    except csv.Error as error:
        raise Refused(
            _("We cannot read this as a table. Save it as CSV and send it again."), code="unreadable"
        ) from error
    titles = [title.strip().lower() for title in (cells[0] if cells else [])]
    places = {name: at for at, title in enumerate(titles) for name, known in HEADINGS.items() if title in known}
    if "reference" not in places or not {"on", "status"} & set(places):
        words = _(
            "The first line must name the columns: “Referanse” and “Dato”, and “Status”, “Beløp” and “Melding” "
            "if you have them."
        )
        raise Refused(words, code="headings")
    if len(cells) > MOST_ROWS + 1:
        raise Refused(_("The list is longer than %(most)s lines. Split it.") % {"most": MOST_ROWS}, code="too_long")
    return [read_row(at, row, places) for at, row in enumerate(cells[1:], 2) if any(one.strip() for one in row)]


def read_row(line: int, row: list[str], places: dict[str, int]) -> ReturnRow:
    """Read one line of a return list; what cannot be understood is said, and nothing is guessed."""
    said = {name: row[at].strip().lstrip("'") if at < len(row) else "" for name, at in places.items()}
    reference = said["reference"].upper()[:40]
    status = said.get("status", "").lower()

    def wrong(text: str) -> ReturnRow:
        return ReturnRow(line, reference, problem=text)

    if not REFERENCE.fullmatch(reference):
        return wrong(_("This is not a reference of ours: they look like NP-000123."))
    if status not in PAID | RETURNED:
        return wrong(_("We do not know the status “%(status)s”. Write “Betalt” or “Retur”.") % {"status": status[:40]})
    on = date_in(said.get("on", ""))
    if said.get("on") and on is None:
        return wrong(_("We do not understand the date. Write it as 2.3.2026."))
    if status in PAID and on is None:
        return wrong(_("The date it was paid is missing."))
    try:
        amount = parse_nok(said["amount"]) if said.get("amount") else None
    except MoneyError:
        return wrong(_("We do not understand the amount. Write it as 12 500."))
    return ReturnRow(line, reference, on, status in RETURNED, amount, hidden_in(said.get("why", ""))[:300])


def date_in(text: str) -> dt.date | None:
    """Return the date in a cell, as accounting systems write it; nothing for what is none."""
    for form in DATES:
        try:
            found = dt.datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a date has no time zone
        except ValueError:
            continue
        return found if 1990 <= found.year <= 2100 else None
    return None


@dataclass
class Counts:
    """What a return list did: how many were paid, came back or stood so already; and the lines that did not fit."""

    paid: int = 0
    returned: int = 0
    already: int = 0
    misfits: list[ReturnRow] = field(default_factory=list)


PAID_NOW, RETURNED_NOW, ALREADY = "paid", "returned", "already"


def fits(row: ReturnRow, payout: Payout | None, today: dt.date) -> tuple[str, str]:
    """Return what a line would do to its payout, or nothing and why it does not fit."""
    if row.problem:
        return "", row.problem
    if payout is None:
        return "", _("We have no payout with this reference.")
    if row.amount_nok is not None and abs(row.amount_nok) != payout.amount_nok:
        told = {"theirs": format_nok(row.amount_nok), "ours": format_nok(payout.amount_nok)}
        return "", _("The list says %(theirs)s, and the payout is %(ours)s.") % told
    if payout.state not in (State.SENT, State.PAID, State.RETURNED):
        return "", _("The payout has not been in a payment file. It stands as: %(state)s.") % {
            "state": signing.state_word(payout)
        }
    if row.is_returned:
        return (ALREADY if payout.state == State.RETURNED else RETURNED_NOW), ""
    assert row.paid_on is not None
    if payout.paid_on == row.paid_on:
        return ALREADY, ""
    if payout.state != State.SENT:
        return "", _("The payout stands already as: %(state)s, with another date.") % {
            "state": signing.state_word(payout)
        }
    if row.paid_on > today:
        return "", _("The date lies in the future.")
    if payout.file is not None and row.paid_on < oslo_today(payout.file.made_at):
        return "", _("The date is before the payment file was made.")
    return PAID_NOW, ""


@dataclass(frozen=True)
class Planned:
    """A line beside its payout, and what it would do; `does` is empty where it does not fit."""

    row: ReturnRow
    payout: Payout | None
    does: str
    why_not: str


def plan(rows: Iterable[ReturnRow], *, by: User, now: dt.datetime, authority: Authority | None = None) -> list[Planned]:
    """Return what each line would do; a payout of another authority is as one that does not exist. Two queries."""
    rows, today = list(rows), oslo_today(now)
    within = [authority.pk] if authority else permissions.authorities_with(by, PAYS)
    known = Payout.objects.filter(authority__in=within).select_related("organisation", "file")
    found = known.in_bulk([row.key for row in rows if row.key])
    planned, seen = [], set()
    for row in rows:
        payout = found.get(row.key)
        does, why_not = fits(row, payout, today)
        if does and (row.key, does) in seen:
            does = ALREADY
        seen.add((row.key, does))
        planned.append(Planned(row, payout, does, why_not))
    return planned


def apply_returns(
    rows: Iterable[ReturnRow], *, by: User, now: dt.datetime, authority: Authority | None = None
) -> Counts:
    """Mark what is paid and what came back, line by line; a line that has been read before does nothing again."""
    if authority is not None:
        permissions.require(may(by, authority.pk, PAYS))
    counts = Counts()
    for one in plan(rows, by=by, now=now, authority=authority):
        does, why_not = (one.does, one.why_not)
        if one.payout is not None and (does in (PAID_NOW, RETURNED_NOW)):
            try:
                does, why_not = settle(one.payout, one.row, by=by, now=now)
            except Refused as refused:  # the ledger does not take it; the other lines are read
                does, why_not = "", " ".join(refused.messages)
        if does == PAID_NOW:
            counts.paid += 1
        elif does == RETURNED_NOW:
            counts.returned += 1
        elif does == ALREADY:
            counts.already += 1
        else:
            counts.misfits.append(ReturnRow(one.row.line, one.row.reference, problem=why_not))
    return counts


@deed
def settle(payout: Payout, row: ReturnRow, *, by: User, now: dt.datetime) -> tuple[str, str]:
    """Mark one payout as a line says, as it stands when it is locked; return what was done, or why not."""
    permissions.require(may(by, payout.authority_id, PAYS))
    found = signing.locked(payout, None, *State.values)
    does, why_not = fits(row, found, oslo_today(now))
    if does == PAID_NOW:
        found.state, found.paid_on = State.PAID, row.paid_on
        found.save()
        notices.record("payout_paid", found, by=by, case=found.grant.case, amount_nok=found.amount_nok)
        letters_of.of_payout(found, by=by)
        payout_notices.paid(found, now=now)
    elif does == RETURNED_NOW:
        found.state, found.ended_at, found.reason = State.RETURNED, now, row.why or str(NO_REASON)
        found.save()
        notices.record("payout_returned", found, by=by, case=found.grant.case, amount_nok=found.amount_nok)
        payout_notices.came_back(found, by=by, now=now)
        signing.undo_in_ledger(found, by=by, now=now)
    return does, why_not
