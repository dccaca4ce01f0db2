"""What each authority of the world pays: a scheme with a line, a fund, a grant on its way, and one that is exempt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grants.models import (
    Account,
    AidAssessment,
    BankAccount,
    BudgetLine,
    Condition,
    ExemptField,
    FinancingSource,
    Fund,
    FundFrame,
    Grant,
    GrantReport,
    LedgerEntry,
    PaymentFile,
    PaymentRules,
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
from portal.models import Case, Organisation
from strategy.models import Measure
from tests import factories_money as make

if TYPE_CHECKING:
    from portal.models import Authority

SCHEME, FUND = "driftsstotte", "naeringsfond"
SECRET = "Hemmelig mottaker"
"""Stands in what is exempt, and must never stand on a page anyone reads."""


def pay(authority: Authority) -> None:
    """Leave one of each noun of money."""
    case = Case.objects.get(authority=authority, reference="PLAN")
    organisation = Organisation.objects.get(authority=authority)
    scheme = make.a_scheme(authority, name=f"Driftsstøtte i {authority.name}", slug=SCHEME)
    make.a_scheme_case(scheme, case, purpose="organisation")
    make.some_statutes(scheme)
    measure = Measure.objects.filter(authority=authority, plan__slug="naeringsplan").order_by("pk").first()
    assert measure is not None
    make.served(scheme, measure)
    line = make.a_line(scheme, 1_000_000, year=2026, name=f"Byen i {authority.name}", area="Stedsutvikling")
    make.a_line(scheme, 1_200_000, year=2027, name=f"Byen i {authority.name}", area="Stedsutvikling", adopt=False)
    make.a_condition(scheme, "matching", title="Næringslivet bidrar like mye", first_year=2026)
    assert line.account is not None
    grant = make.a_grant(
        line.account, organisation, 600_000, title=f"Drift i {authority.name}", case=case,
        decision_reference="Formannskapet 12/26",
    )  # fmt: skip
    make.a_condition(grant, "matching")
    report = make.a_condition(grant, "report", title="Regnskap for 2025")
    make.a_source(grant, 400_000, paper=f"Bilag i {authority.name}")
    make.a_source(grant, 50_000, "sent", paper=f"Nytt bilag i {authority.name}")
    make.a_grant_report(grant, condition=report)
    make.a_bank_account(organisation)
    make.a_payout(grant, 100_000, "sent")
    make.a_payout(grant, 50_000)
    make.a_repayment(grant, 20_000)
    fund_scheme = make.a_scheme(authority, name=f"Næringsfond i {authority.name}", slug=FUND, kind="fund")
    fund = make.a_fund(fund_scheme, takes_pledges=True)
    make.a_line(fund_scheme, 2_500_000, year=2026, name="Avsetning til fondet", fund=fund)
    make.a_frame(fund, 1_000_000)
    make.a_pledge(fund, 500_000, payer=f"Sparebanken i {authority.name}")
    secret = make.a_grant(
        fund.account, make.make.an_organisation(authority, name=f"{SECRET} AS {authority.slug}"), 75_000,
        title=f"{SECRET} formål",
    )  # fmt: skip
    for field in ("recipient", "title", "description"):
        ExemptField.objects.create(authority=authority, grant=secret, field=field, basis="Offl. § 13, fvl. § 13")
    end = make.a_year_end(authority, 2026)
    make.a_year_end_line(end, line.account, free_nok=400_000, return_nok=400_000)
    PaymentRules.objects.create(authority=authority)


OWNED = [
    Scheme, SchemeStatutes, SchemeCase, ServedMeasure, Account, BudgetLine, Fund, FundFrame, Pledge, Grant,
    ExemptField, AidAssessment, Condition, FinancingSource, GrantReport, BankAccount, Payout, PaymentFile,
    PaymentRules, Repayment, YearEnd, YearEndLine, LedgerEntry,
]  # fmt: skip
