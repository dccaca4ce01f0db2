"""What the municipality pays: schemes, budget lines and funds, grants with their conditions, payouts, the ledger."""

from grants.models.after import Complaint, FinalAccounts, ProjectChange
from grants.models.application import Application, ApplicationFile, ApplicationVersion, Message, Supplement
from grants.models.assessment import Assessment, Batch, BatchLine, Decision, Outcome, Score
from grants.models.budget import BudgetLine, Fund, FundFrame, PayerClass, Pledge, Stage
from grants.models.call import (
    Call,
    Criterion,
    Delegation,
    EligibilityCheck,
    Question,
    RequiredAttachment,
)
from grants.models.conditions import Condition, FinancingSource, GrantReport
from grants.models.grant import AidAssessment, ExemptField, Grant, Repayment
from grants.models.ledger import COUNTERS, Account, Balance, GrantBalance, LedgerEntry, YearBalance
from grants.models.minimis import (
    AidAward,
    AidCeiling,
    AidReport,
    DeclaredAid,
    ExchangeRate,
    RegisterAward,
    RegisterMatch,
    Undertaking,
    UndertakingLink,
)
from grants.models.payout import BankAccount, PaymentFile, PaymentRules, Payout
from grants.models.scheme import Scheme, SchemeCase, SchemeStatutes, ServedMeasure
from grants.models.year_end import YearEnd, YearEndLine

__all__ = [
    "COUNTERS",
    "Account",
    "AidAssessment",
    "AidAward",
    "AidCeiling",
    "AidReport",
    "Application",
    "ApplicationFile",
    "ApplicationVersion",
    "Assessment",
    "Balance",
    "BankAccount",
    "Batch",
    "BatchLine",
    "BudgetLine",
    "Call",
    "Complaint",
    "Condition",
    "Criterion",
    "Decision",
    "DeclaredAid",
    "Delegation",
    "EligibilityCheck",
    "ExchangeRate",
    "ExemptField",
    "FinalAccounts",
    "FinancingSource",
    "Fund",
    "FundFrame",
    "Grant",
    "GrantBalance",
    "GrantReport",
    "LedgerEntry",
    "Message",
    "Outcome",
    "PayerClass",
    "PaymentFile",
    "PaymentRules",
    "Payout",
    "Pledge",
    "ProjectChange",
    "Question",
    "RegisterAward",
    "RegisterMatch",
    "Repayment",
    "RequiredAttachment",
    "Scheme",
    "SchemeCase",
    "SchemeStatutes",
    "Score",
    "ServedMeasure",
    "Stage",
    "Supplement",
    "Undertaking",
    "UndertakingLink",
    "YearBalance",
    "YearEnd",
    "YearEndLine",
]
