"""What the municipality pays: schemes, budget lines and funds, grants with their conditions, payouts, the ledger."""

from grants.models.budget import BudgetLine, Fund, FundFrame, PayerClass, Pledge, Stage
from grants.models.conditions import Condition, FinancingSource, GrantReport
from grants.models.grant import AidAssessment, ExemptField, Grant, Repayment
from grants.models.ledger import COUNTERS, Account, Balance, GrantBalance, LedgerEntry, YearBalance
from grants.models.payout import BankAccount, PaymentFile, PaymentRules, Payout
from grants.models.scheme import Scheme, SchemeCase, SchemeStatutes, ServedMeasure
from grants.models.year_end import YearEnd, YearEndLine

__all__ = [
    "COUNTERS",
    "Account",
    "AidAssessment",
    "Balance",
    "BankAccount",
    "BudgetLine",
    "Condition",
    "ExemptField",
    "FinancingSource",
    "Fund",
    "FundFrame",
    "Grant",
    "GrantBalance",
    "GrantReport",
    "LedgerEntry",
    "PayerClass",
    "PaymentFile",
    "PaymentRules",
    "Payout",
    "Pledge",
    "Repayment",
    "Scheme",
    "SchemeCase",
    "SchemeStatutes",
    "ServedMeasure",
    "Stage",
    "YearBalance",
    "YearEnd",
    "YearEndLine",
]
