"""Turns the invented thread into rows: who acts for whom, bank accounts, grants with their papers and payouts.

Money that has moved is put in the ledger when its row is placed, the first time only. Where someone the thread needs is
not there, it is left out whole.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.utils import timezone

from grants import ledger, paying, payment_layout
from grants.demo import thread, thread_history
from grants.demo.indre_ostfold import HOME
from grants.demo.rows import at_noon, condition
from grants.models import (
    AidAssessment,
    BankAccount,
    BudgetLine,
    Condition,
    ExemptField,
    FinancingSource,
    Grant,
    GrantReport,
    PaymentFile,
    Payout,
    Repayment,
    Scheme,
)
from portal.demo import signin_facts
from portal.integrations.openid_standin import RESOURCE
from portal.models import Authority, Case, CaseStep, Document, Identity, Mandate, MandateInvitation, Organisation, User

if TYPE_CHECKING:
    from collections.abc import Iterable

    from grants.demo.facts import GrantFact, PayoutFact, SourceFact
    from portal.demo.shelf import Shelf

STAFF = (thread.OFFICER, thread.PREPARER, thread.ATTESTER, thread.APPROVER)
PEOPLE = {*thread.ASKS.values(), *thread.DRAFTS.values()}


def load(shelf: Shelf, authorities: dict[str, Authority]) -> None:
    """Place the thread, where its scheme and everyone who handles it stands."""
    home = authorities.get(HOME)
    people = {key: shelf.find(User, "user", key) for key in STAFF}
    people |= {key: shelf.find(User, "person", key) for key in PEOPLE}
    who = {key: user for key, user in people.items() if user is not None}
    scheme = shelf.find(Scheme, "scheme", thread.SCHEME.key)
    if home is None or scheme is None or len(who) < len(people):
        return
    _load_mandates(shelf, home, who)
    _load_bank_accounts(shelf, home, who)
    for fact in thread.GRANTS:
        _load_grant(shelf, fact, scheme, who)
    for number, day in thread.FILES.items():
        load_file(shelf, home, number, day, who, thread.GRANTS)


# ---- who acts for whom, and where they are paid ----


def _load_mandates(shelf: Shelf, home: Authority, who: dict[str, User]) -> None:
    """Let one act for each recipient by Ansattporten, and one whom she invited prepare things for the association."""
    now = timezone.now()
    today = timezone.localdate(now)
    towns = {key: shelf.find(Organisation, "recipient", key) for key in thread.ASKS}
    held = shelf.put(
        "recipient-mandate",
        {
            key: Mandate(
                authority=home, organisation=town, user=who[thread.ASKS[key]], source="ansattporten", reach="acts",
                evidence={"resource": RESOURCE + signin_facts.RESOURCE, "unit_type": town.form}, valid_from=today,
                valid_to=today + dt.timedelta(days=30), given_at=now, invented=True,
                identity=Identity.objects.filter(user=who[thread.ASKS[key]], way="ansattporten").order_by("pk").first(),
            )
            for key, town in towns.items()
            if town is not None
        },
    )  # fmt: skip
    acting = held.get("byforening")
    if acting is None or acting.ended_at is not None:
        return
    invited = who[thread.DRAFTS["byforening"]]
    his = Mandate(
        authority=home, organisation=acting.organisation, user=invited, source="invited", reach="drafts",
        role="Kasserer", invited_by=acting, valid_from=today, valid_to=today + dt.timedelta(days=365), given_at=now,
        invented=True,
    )  # fmt: skip
    if (placed := shelf.put("recipient-mandate", {"kasserer": his}).get("kasserer")) is not None:
        asked = MandateInvitation(
            authority=home, organisation=acting.organisation, invited_by=acting, name=invited.name,
            address=invited.email, sent_at=now, accepted_at=now, mandate=placed,
        )  # fmt: skip
        shelf.put("mandate-invitation", {"kasserer": asked})


def _load_bank_accounts(shelf: Shelf, home: Authority, who: dict[str, User]) -> None:
    """Place a confirmed account for each recipient, and a change that waits."""
    entered, settled = at_noon(dt.date(2025, 9, 1)), at_noon(dt.date(2025, 9, 2))
    towns = {key: shelf.find(Organisation, "recipient", key) for key in thread.BANK}
    rows = shelf.put(
        "bank-account",
        {
            key: BankAccount(
                authority=home, organisation=town, version=1, number=thread.BANK[key], holder=town.name,
                state="confirmed", proposed_by=who[thread.OFFICER], proposed_at=entered,
                settled_by=who[thread.PREPARER], settled_at=settled, how="Ringte daglig leder (oppdiktet).",
            )
            for key, town in towns.items()
            if town is not None
        },
    )  # fmt: skip
    key, number = thread.NEW_BANK
    if key in rows:
        change = BankAccount(
            authority=home, organisation=rows[key].organisation, version=2, number=number, holder=rows[key].holder,
            proposed_by=who[thread.OFFICER], proposed_at=at_noon(dt.date(2026, 11, 18)),
        )  # fmt: skip
        shelf.put("bank-account", {f"{key}/2": change})


# ---- grants ----


def _load_grant(shelf: Shelf, fact: GrantFact, scheme: Scheme, who: dict[str, User]) -> None:
    """Place one grant with its case and all that belongs to it; what is decided is committed the first time."""
    line = shelf.find(BudgetLine, "budget-line", f"{fact.scheme}/{fact.line}")
    town = shelf.find(Organisation, "recipient", fact.organisation)
    if line is None or line.account is None or town is None:
        return
    is_exempt, is_new = bool(fact.exempt), f"grant:{fact.key}" not in shelf.known
    case = Case(
        authority_id=scheme.authority_id, title=f"Tilskudd: {fact.title} (oppdiktet)", officer=who[thread.OFFICER],
        invented=True,
    )  # fmt: skip
    if is_exempt:
        case.public_title, case.access, case.access_basis = "Tilskudd til en bedrift", "exempt", fact.exempt_basis
    placed = shelf.put("grant-case", {fact.key: case}).get(fact.key)
    if placed is None:
        return
    step = shelf.find(CaseStep, "step", fact.decision)
    row = Grant(
        authority_id=scheme.authority_id, scheme=scheme, account=line.account, organisation=town, case=placed,
        title=fact.title, description=fact.description, year=line.year, amount_nok=fact.amount_nok,
        state=fact.state or ("granted" if fact.decided else "proposed"), decided_on=fact.decided, step=step,
        decision_reference="" if step else fact.decision, starts_on=fact.starts, ends_on=fact.ends,
        use_by=fact.use_by, invented=True,
    )  # fmt: skip
    grant = shelf.put("grant", {fact.key: row}).get(fact.key)
    if grant is None:
        return
    _load_assessment(shelf, fact, grant, who)
    conditions = _load_conditions(shelf, fact, grant)
    _load_sources(shelf, fact, grant, who)
    _load_reports(shelf, fact, grant, conditions, who)
    if is_new and fact.decided:
        ledger.commit(grant, on=fact.decided, by=who[thread.OFFICER])
    load_payouts(shelf, fact, grant, who)
    _load_money_back(shelf, fact, grant, who, is_new=is_new)
    thread_history.of_grant(shelf, fact, grant, who)


def _load_assessment(shelf: Shelf, fact: GrantFact, grant: Grant, who: dict[str, User]) -> None:
    basis, activity, why = fact.aid
    if basis:
        row = AidAssessment(
            authority_id=grant.authority_id, grant=grant, basis=basis, activity=activity, reason=f"{why} (oppdiktet)",
            assessed_on=fact.decided, assessed_by=who[thread.OFFICER],
        )  # fmt: skip
        shelf.put("aid", {fact.key: row})
    shelf.put(
        "exempt",
        {
            f"{fact.key}/{field}": ExemptField(
                authority_id=grant.authority_id, grant=grant, field=field, basis=fact.exempt_basis
            )
            for field in fact.exempt
        },
    )


def _load_conditions(shelf: Shelf, fact: GrantFact, grant: Grant) -> dict[str, Condition]:
    """Place the grant's copies of the scheme's conditions, and its own; return them by key."""
    of_scheme = {each.key: each for each in thread.SCHEME.conditions}
    wanted = [(of_scheme[key], shelf.find(Condition, "condition", f"{fact.scheme}/{key}")) for key in fact.copies]
    wanted += [(each, None) for each in fact.conditions]
    rows = {
        f"{fact.key}/{each.key}": condition(
            each, scheme=grant.scheme, grant=grant, copied_from=source, position=place, invented=True
        )
        for place, (each, source) in enumerate(wanted)
    }
    for row in rows.values():
        row.first_year = row.last_year = None  # a grant is of one year
    return {key.partition("/")[2]: row for key, row in shelf.put("grant-condition", rows).items()}


def _load_sources(shelf: Shelf, fact: GrantFact, grant: Grant, who: dict[str, User]) -> None:
    rows = {f"{fact.key}/{each.key}": _source(shelf, fact, each, grant, who) for each in fact.sources}
    shelf.put("source", rows)


def _source(shelf: Shelf, fact: GrantFact, each: SourceFact, grant: Grant, who: dict[str, User]) -> FinancingSource:
    row = FinancingSource(
        authority_id=grant.authority_id, grant=grant, payer=each.payer, payer_class=each.payer_class,
        amount_nok=each.amount_nok, state=each.state, note=each.note, invented=True,
    )  # fmt: skip
    if each.sent is not None:
        text = f"FAKTURA (oppdiktet)\n\n{each.payer} betaler {each.amount_nok} kroner til {fact.title}.\n"
        row.document = _document(shelf, f"{fact.key}/{each.key}", grant, f"Faktura fra {each.payer}", text, each.sent)
        row.sent_by, row.sent_at = who[thread.DRAFTS[fact.organisation]], at_noon(each.sent)
    if each.state == "documented" and each.sent is not None:
        row.read_by, row.read_at = who[thread.OFFICER], at_noon(each.sent + dt.timedelta(days=1))
    return row


def _document(shelf: Shelf, key: str, grant: Grant, title: str, text: str, day: dt.date) -> Document | None:
    content, name = text.encode(), "bilag.txt"
    row = Document(
        authority_id=grant.authority_id, case=grant.case, title=f"{title} (oppdiktet)"[:200], direction="in",
        dated_on=day, sha256=hashlib.sha256(content).hexdigest(), size=len(content), content_type="text/plain",
        filename=name, file=ContentFile(content, name=name), access=grant.case.access,
        access_basis=grant.case.access_basis,
    )  # fmt: skip
    return shelf.put("grant-document", {key: row}).get(key)


def _load_reports(
    shelf: Shelf, fact: GrantFact, grant: Grant, conditions: dict[str, Condition], who: dict[str, User]
) -> None:
    rows = {}
    for each in fact.reports:
        row = GrantReport(
            authority_id=grant.authority_id, grant=grant, condition=conditions.get(each.condition), title=each.title,
            due_on=each.due, invented=True,
        )  # fmt: skip
        if each.sent is not None:
            key = f"{fact.key}/rapport-{each.key}"
            row.document = _document(shelf, key, grant, each.title, f"REGNSKAP (oppdiktet)\n\n{each.text}\n", each.sent)
            row.state, row.text, row.sent_at = "sent", each.text, at_noon(each.sent)
            row.sent_by = who[thread.ASKS[fact.organisation]]
        if each.approved is not None:
            row.state, row.read_by, row.read_at = "approved", who[thread.OFFICER], at_noon(each.approved)
        rows[f"{fact.key}/{each.key}"] = row
    shelf.put("grant-report", rows)


# ---- payouts ----


def load_payouts(shelf: Shelf, fact: GrantFact, grant: Grant, who: dict[str, User]) -> None:
    """Place the payouts as far as they have come before a file; what is approved leaves the grant the first time."""
    account = BankAccount.objects.filter(organisation=grant.organisation, state="confirmed").first()
    for each in fact.payouts:
        key = f"{fact.key}/{each.key}"
        is_new = f"payout:{key}" not in shelf.known
        row = _payout(each, key, grant, account, who)
        row.asked_by = who[thread.ASKS[fact.organisation]]
        payout = shelf.put("payout", {key: row}).get(key)
        if payout is None:
            continue
        if is_new and each.approved is not None:
            ledger.pay(payout, on=each.approved, by=who[thread.APPROVER])
        thread_history.of_payout(shelf, key, each, payout, who)


def _payout(each: PayoutFact, key: str, grant: Grant, account: BankAccount | None, who: dict[str, User]) -> Payout:
    row = Payout(
        authority_id=grant.authority_id, grant=grant, organisation=grant.organisation, amount_nok=each.amount_nok,
        text=each.text, asked_at=at_noon(each.asked), key=f"demo:{key}", invented=True,
    )  # fmt: skip
    if each.prepared is not None:
        row.state, row.bank_account = Payout.State.PREPARED, account
        row.prepared_by, row.prepared_at = who[thread.PREPARER], at_noon(each.prepared)
    if each.attested is not None:
        row.state = Payout.State.ATTESTED
        row.attested_by, row.attested_at = who[thread.ATTESTER], at_noon(each.attested)
    if each.approved is not None:
        row.state = Payout.State.APPROVED
        row.approved_by, row.approved_at = who[thread.APPROVER], at_noon(each.approved)
    return row


def load_file(
    shelf: Shelf, home: Authority, number: int, day: dt.date, who: dict[str, User], facts: Iterable[GrantFact]
) -> None:  # fmt: skip
    """Hand the approved payouts of one file over, and mark them paid as the return list said, the first time only."""
    if f"payment-file:{number}" in shelf.known or PaymentFile.objects.filter(authority=home, number=number).exists():
        return
    found = [
        (payout, each)
        for fact in facts
        for each in fact.payouts
        if each.file == number and (payout := shelf.find(Payout, "payout", f"{fact.key}/{each.key}")) is not None
    ]
    columns, delimiter = paying.layout_of(home.pk)
    rows = paying.ROWS.filter(pk__in=[payout.pk for payout, _each in found]).order_by("pk")
    content = payment_layout.as_file(columns, map(paying.facts_of, rows), delimiter)
    file = shelf.put(
        "payment-file",
        {
            str(number): PaymentFile(
                authority=home, number=number, made_by=who[thread.PREPARER], made_at=at_noon(day),
                payments=len(found), total_nok=sum(payout.amount_nok for payout, _each in found), content=content,
                sha256=hashlib.sha256(content).hexdigest(),
            )
        },
    )[str(number)]  # fmt: skip
    for payout, each in found:
        payout.state, payout.file = Payout.State.SENT, file
        payout.save()
        payout.state, payout.paid_on = Payout.State.PAID, each.paid
        payout.save()


def _load_money_back(shelf: Shelf, fact: GrantFact, grant: Grant, who: dict[str, User], *, is_new: bool) -> None:
    """Release what has lapsed, and claim back what was not used."""
    if fact.released is not None and is_new:
        amount_nok, day, why = fact.released
        ledger.release(grant, amount_nok, key=f"lapse:{grant.pk}", on=day, by=who[thread.OFFICER], why=why)
    if fact.claimed is not None:
        amount_nok, day, due, why = fact.claimed
        row = Repayment(
            authority_id=grant.authority_id, grant=grant, amount_nok=amount_nok, reason=why, claimed_on=day,
            due_on=due, claimed_by=who[thread.OFFICER], invented=True,
        )  # fmt: skip
        shelf.put("repayment", {fact.key: row})
