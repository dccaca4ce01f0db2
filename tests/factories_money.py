"""One short function per noun of money; each makes rows the database accepts, with their entries in the ledger."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from grants import ledger
from grants.models import (
    Account,
    AidAssessment,
    BankAccount,
    BudgetLine,
    Condition,
    FinancingSource,
    Fund,
    FundFrame,
    Grant,
    GrantReport,
    LedgerEntry,
    PaymentFile,
    Payout,
    Pledge,
    Repayment,
    Scheme,
    SchemeCase,
    SchemeStatutes,
    ServedMeasure,
    YearEnd,
    YearEndLine,
)
from grants.refusals import deed
from portal.models import Authority, Case, Organisation, User
from strategy.models import Measure
from tests import factories as make

if TYPE_CHECKING:
    from collections.abc import Callable

DAY = dt.date(2026, 3, 2)
ACCOUNT_NUMBERS = ("86011117947", "15030000002", "12345678911")
"""Eleven digits whose check digit fits."""
Step = Payout.State


def a_scheme(authority: Authority, **facts: Any) -> Scheme:
    n = next(make.counter)
    return Scheme.objects.create(
        authority=authority, **{"name": f"Ordning {n}", "slug": f"ordning-{n}", "kind": "operating", **facts}
    )


def a_scheme_case(scheme: Scheme, case: Case, **facts: Any) -> SchemeCase:
    return SchemeCase.objects.create(authority=scheme.authority, scheme=scheme, case=case, **facts)


def some_statutes(scheme: Scheme, **facts: Any) -> SchemeStatutes:
    return SchemeStatutes.objects.create(
        authority=scheme.authority, scheme=scheme, **{"version": 1, "text": "Fondet støtter nyskaping.", **facts}
    )


def served(scheme: Scheme, measure: Measure, **facts: Any) -> ServedMeasure:
    return ServedMeasure.objects.create(authority=scheme.authority, scheme=scheme, measure=measure, **facts)


@deed
def a_line(scheme: Scheme, amount: int = 100, *, adopt: bool = True, **facts: Any) -> BudgetLine:
    """Make a budget line; adopted, it has an account with its amount, or pays into its fund."""
    line = BudgetLine.objects.create(
        authority=scheme.authority, scheme=scheme, amount_nok=amount,
        **{"year": 2026, "name": f"Post {next(make.counter)}", **facts},
    )  # fmt: skip
    if adopt:
        account = line.fund.account if line.fund else None
        if account is None:
            account = line.account = an_account(scheme, name=line.name, year=line.year)
        line.stage, line.decision_reference = "adopted", facts.get("decision_reference") or "Budsjett 2026, pkt. 1"
        line.save()
        ledger.appropriate(line, account, on=DAY, by=None)
    return line


def an_account(scheme: Scheme, **facts: Any) -> Account:
    """Make an empty account."""
    return Account.objects.create(
        authority=scheme.authority, scheme=scheme, **{"name": f"Konto {next(make.counter)}", **facts}
    )


def a_fund(scheme: Scheme, **facts: Any) -> Fund:
    """Make a fund without money; `a_line(fund=…)` puts some there."""
    account = an_account(scheme, name=f"{scheme.name}, kapital")
    return Fund.objects.create(authority=scheme.authority, scheme=scheme, account=account, **facts)


def a_frame(fund: Fund, amount: int, **facts: Any) -> FundFrame:
    return FundFrame.objects.create(
        authority=fund.authority, fund=fund, amount_nok=amount,
        **{"year": 2026, "stage": "adopted", "decision_reference": "Budsjett 2026, pkt. 2", **facts},
    )  # fmt: skip


def a_pledge(fund: Fund, amount: int = 50, **facts: Any) -> Pledge:
    return Pledge.objects.create(
        authority=fund.authority, fund=fund, amount_nok=amount,
        **{"payer": f"Bidragsyter {next(make.counter)}", "payer_class": "business", "pledged_on": DAY, **facts},
    )  # fmt: skip


@deed
def a_grant(account: Account, organisation: Organisation | None = None, amount: int = 60, **facts: Any) -> Grant:
    """Make a grant on an account, given unless `state` says otherwise; with its case and its aid assessment."""
    authority = account.authority
    grant = Grant.objects.create(
        authority=authority, scheme=account.scheme, account=account, amount_nok=amount,
        organisation=organisation or make.an_organisation(authority), case=facts.pop("case", None) or make.a_case(authority),
        **{"title": f"Tilsagn {next(make.counter)}", "year": account.year or 2026, **facts, "state": "proposed"},
    )  # fmt: skip
    state = facts.get("state", "granted")
    if state != "proposed":
        an_aid_assessment(grant)
        grant.state, grant.decided_on = state, DAY
        grant.decision_reference = facts.get("decision_reference", "Delegert, D 1/26")
        grant.save()
    if state in Grant.HOLDING:
        ledger.commit(grant, on=DAY, by=None)
    return grant


def an_aid_assessment(grant: Grant, **facts: Any) -> AidAssessment:
    return AidAssessment.objects.create(
        authority=grant.authority, grant=grant,
        **{"basis": "no_aid", "activity": "Åpne arrangementer i sentrum", "reason": "Retter seg til lokale innbyggere.",
           "assessed_on": DAY, **facts},
    )  # fmt: skip


def a_condition(of: Grant | Scheme, kind: str = "attested", **facts: Any) -> Condition:
    """Make a condition of a grant, or one that a scheme asks for."""
    own: dict[str, dict[str, Any]] = {
        "matching": {"share_percent": 100, "classes": ["business"]}, "by_date": {"due_on": dt.date(2026, 12, 31)},
        "holdback": {"holdback_percent": 20},
    }  # fmt: skip
    place = {"grant": of, "scheme": of.scheme} if isinstance(of, Grant) else {"scheme": of}
    return Condition.objects.create(
        authority=of.authority, kind=kind, **place,
        **{"title": f"Vilkår {next(make.counter)}", **own.get(kind, {}), **facts},
    )  # fmt: skip


def a_source(
    grant: Grant, amount: int = 60, state: str = "documented", paper: str = "", **facts: Any
) -> FinancingSource:
    """Make a source of financing as far as `state` says, with its document and who read it."""
    known: dict[str, Any] = {}
    if state != "pledged":
        known = {
            "document": make.a_document(grant.case, (paper or f"Bilag {next(make.counter)}").encode()),
            "sent_at": timezone.now(),
        }
    if state in ("documented", "returned"):
        known |= {"read_by": make.a_user(), "read_at": timezone.now()}
    if state == "returned":
        known["note"] = "Bilaget viser ikke hvem som har betalt."
    return FinancingSource.objects.create(
        authority=grant.authority, grant=grant, amount_nok=amount, state=state,
        **{"payer": f"Bedrift {next(make.counter)}", "payer_class": "business", **known, **facts},
    )  # fmt: skip


def a_grant_report(grant: Grant, state: str = "awaited", **facts: Any) -> GrantReport:
    known: dict[str, Any] = {} if state == "awaited" else {"sent_at": timezone.now(), "text": "Vi har holdt tre møter."}
    if state in ("approved", "returned"):
        known |= {"read_by": make.a_user(), "read_at": timezone.now()}
    if state == "returned":
        known["note"] = "Regnskapet mangler."
    return GrantReport.objects.create(
        authority=grant.authority, grant=grant, state=state,
        **{"title": "Rapport og regnskap", "due_on": dt.date(2027, 3, 1), **known, **facts},
    )  # fmt: skip


def a_bank_account(organisation: Organisation, state: str = "confirmed", **facts: Any) -> BankAccount:
    settled = {} if state == "proposed" else {
        "settled_by": make.a_user(), "settled_at": timezone.now(), "how": "Ringte daglig leder.",
    }  # fmt: skip
    return BankAccount.objects.create(
        authority=organisation.authority, organisation=organisation, state=state,
        **{"version": organisation.bank_accounts.count() + 1, "number": ACCOUNT_NUMBERS[0],
           "holder": organisation.name, "proposed_by": facts.pop("by", None) or make.a_user(),
           "proposed_at": timezone.now(), **settled, **facts},
    )  # fmt: skip


@deed
def a_payout(grant: Grant, amount: int = 10, state: str = "asked", **facts: Any) -> Payout:
    """Make a payout that has come as far as `state` says, signed by three new people, with its entry and its file."""
    n = next(make.counter)
    payout = Payout.objects.create(
        authority=grant.authority, grant=grant, organisation=grant.organisation, amount_nok=amount,
        **{"asked_by": facts.pop("by", None) or make.a_user(), "asked_at": timezone.now(), "key": f"prøve {n}", **facts},
    )  # fmt: skip
    if state in ("asked", "cancelled"):
        if state == "cancelled":
            payout.state, payout.ended_at, payout.reason = state, timezone.now(), "Trukket"
            payout.save()
        return payout
    signed = [("prepared", "prepared_by"), ("attested", "attested_by"), ("approved", "approved_by")]
    account = grant.organisation.bank_accounts.filter(state="confirmed").first()
    payout.bank_account = account or a_bank_account(grant.organisation)
    for reached, who in signed:
        payout.state = Step(reached)
        setattr(payout, who, make.a_user())
        setattr(payout, who.replace("_by", "_at"), timezone.now())
        if reached == "approved":
            payout.save()
            ledger.pay(payout, on=DAY, by=payout.approved_by)
        payout.save()
        if reached == state:
            return payout
    payout.state, payout.file = Step.SENT, a_payment_file(grant.authority, payout)
    payout.save()
    if state in ("paid", "returned"):
        payout.state, payout.paid_on = Step.PAID, DAY
        payout.save()
    if state == "returned":
        ledger.reverse(LedgerEntry.objects.get(payout=payout), why="Kontoen er avsluttet.", on=DAY, by=None)
        payout.state, payout.ended_at, payout.reason = Step.RETURNED, timezone.now(), "Kontoen er avsluttet."
        payout.save()
    return payout


def a_payment_file(authority: Authority, *payouts: Payout, **facts: Any) -> PaymentFile:
    content = "".join(f"{payout.reference};{payout.amount_nok}\r\n" for payout in payouts).encode()
    return PaymentFile.objects.create(
        authority=authority, payments=len(payouts), total_nok=sum(payout.amount_nok for payout in payouts),
        content=content, sha256=hashlib.sha256(content).hexdigest(),
        **{"number": PaymentFile.objects.filter(authority=authority).count() + 1, "made_by": make.a_user(),
           "made_at": timezone.now(), **facts},
    )  # fmt: skip


@deed
def a_repayment(grant: Grant, amount: int = 5, state: str = "claimed", **facts: Any) -> Repayment:
    repayment = Repayment.objects.create(
        authority=grant.authority, grant=grant, amount_nok=amount,
        **{"reason": "Mindre brukt enn gitt", "claimed_on": DAY, "due_on": dt.date(2026, 4, 1), **facts},
    )  # fmt: skip
    if state == "received":
        repayment.state, repayment.received_on = state, DAY
        repayment.save()
        ledger.receive_back(repayment, on=DAY, by=None)
    return repayment


def a_year_end(authority: Authority, year: int = 2025, *, by: User | None = None, **facts: Any) -> YearEnd:
    return YearEnd.objects.create(
        authority=authority, year=year, prepared_by=by or make.a_user(), prepared_at=timezone.now(), **facts
    )


def a_closed_year(authority: Authority, year: int = 2025) -> YearEnd:
    end = a_year_end(authority, year)
    end.closed_by, end.closed_at, end.decision_reference = make.a_user(), timezone.now(), "Regnskap, pkt. 3"
    end.save()
    return end


def a_year_end_line(end: YearEnd, account: Account, **facts: Any) -> YearEndLine:
    return YearEndLine.objects.create(
        authority=end.authority, year_end=end, account=account, **{"free_nok": 10, "return_nok": 10, **facts}
    )


def a_paid_grant(authority: Authority) -> Grant:
    """Make a grant on a line of its own, with a payout and a claim."""
    account = a_line(a_scheme(authority), 100).account
    assert account is not None
    grant = a_grant(account)
    a_payout(grant, 10, "approved")
    a_repayment(grant, 1)
    return grant


LISTS: dict[str, Callable[[Authority], Any]] = {
    "grants/scheme": lambda a: a_scheme_case(a_scheme(a), make.a_case(a)),
    "grants/schemestatutes": lambda a: some_statutes(a_scheme(a)),
    "grants/condition": lambda a: a_condition(a_scheme(a)),
    "grants/budgetline": lambda a: a_line(a_scheme(a), 100, recipient=make.an_organisation(a)),
    "grants/grant": a_paid_grant,
    "grants/payout": a_paid_grant,
    "grants/repayment": a_paid_grant,
    "grants/ledgerentry": a_paid_grant,
    "grants/yearend": lambda a: a_year_end(a, 2100 - YearEnd.objects.filter(authority=a).count()),
}
"""How to make one row more in each list of the case pages."""
