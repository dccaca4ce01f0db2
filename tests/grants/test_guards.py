"""Every relative of money stays in its own authority, scheme, grant and organisation: each key is attacked by name.

The attack is a new row, a copy of one that stands but for the relative: what was decided never changes, so that an
update would be refused by another guard first.
"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction
from psycopg import errors

from grants import ledger
from tests import factories as portal_make
from tests import factories_money as make
from tests.attacks import Relation, refused, relations, run

if TYPE_CHECKING:
    from tests.world import Side, World

pytestmark = pytest.mark.django_db
PASSED_BY = (errors.UniqueViolation, errors.CheckViolation)
BEHIND = {
    "grants_ledgerentry_payout_same_authority": "ledger_pays_what_was_approved",
    "grants_ledgerentry_payout_same_grant": "ledger_pays_what_was_approved",
    "grants_ledgerentry_reverses_same_authority": "ledger_reversal_mirrors_its_original",
}
"""Keys that another guard stands before, which refuses more than they do."""


def spare(side: Side) -> dict[str, Any]:
    """Leave rows that nothing else names yet, so that no unique constraint stands before the key."""
    scheme = make.a_scheme(side.authority)
    account = make.an_account(scheme)
    organisation = portal_make.an_organisation(side.authority)
    grant = make.a_grant(account, organisation, 5, state="proposed")
    line = make.a_line(scheme, 5, adopt=False)
    condition = make.a_condition(grant)
    make.a_condition(scheme)
    fund_scheme = make.a_scheme(side.authority, kind="fund")
    fund = make.a_fund(fund_scheme)
    end = make.a_year_end(side.authority, 2040)
    make.a_bank_account(organisation, "refused")
    make.a_repayment(grant, 5)
    pledge = make.a_pledge(fund)
    holder = make.a_line(scheme, 100).account
    assert holder is not None
    paid = make.a_grant(holder, amount=50)
    make.a_payout(paid, 50, "paid")
    make.a_repayment(paid, 5, "received")
    ledger.contribute(fund, 5, key=f"bidrag {pledge.pk}", on=make.DAY, by=None, pledge=pledge)
    ledger.post(holder, "return", 5, key=f"retur {pledge.pk}", on=make.DAY, by=None, year_end=end, reference="V 1")
    return {"scheme": scheme, "account": account, "grant": grant, "line": line, "condition": condition, "end": end,
            "organisation": organisation, "fund_scheme": fund_scheme}  # fmt: skip


def new_row(table: str, own: dict[str, Any]) -> dict[str, Any]:
    """Return what a copied row needs of its own."""
    needs: dict[str, dict[str, Any]] = {
        "schemestatutes": {"version": 99, "valid_from": "2026-03-02"},
        "servedmeasure": {"scheme_id": own["scheme"].pk},
        "budgetline": {"stage": "adopted", "account_id": make.an_account(own["scheme"]).pk, "fund_id": None},
        "fund": {"scheme_id": own["scheme"].pk, "account_id": make.an_account(own["scheme"]).pk},
        "fundframe": {"year": 2041},
        "grant": {"state": "proposed", "decided_on": None},
        "exemptfield": {"grant_id": own["grant"].pk},
        "aidassessment": {"grant_id": own["grant"].pk},
        "condition": {"copied_from_id": None},
        "grantreport": {"condition_id": None},
        "bankaccount": {"version": 99, "state": "refused"},
        "payout": {"key": str(uuid.uuid4()), "state": "asked", "file_id": None, "paid_on": None},
        "paymentfile": {"number": 99},
        "yearend": {"year": 2041},
        "yearendline": {"year_end_id": own["end"].pk, "account_id": own["account"].pk},
        "ledgerentry": {"key": str(uuid.uuid4())},
    }  # fmt: skip
    return needs.get(table.removeprefix("grants_"), {})


def attack(relation: Relation, own: dict[str, Any]) -> None:
    """Add a row whose relative is another tenant's, scheme's, grant's or organisation's."""
    pairs = run(
        f'SELECT c."id", p."{relation.key}" FROM "{relation.child}" c CROSS JOIN "{relation.parent}" p '
        f'WHERE NOT EXISTS (SELECT 1 FROM "{relation.parent}" q WHERE q."{relation.key}" = p."{relation.key}" '
        f'AND q."{relation.parent_shared}" = c."{relation.shared}") '
        f'ORDER BY c."{relation.column}" NULLS LAST, p."{relation.key}" DESC LIMIT 400'
    )
    besides = new_row(relation.child, own)
    for child, parent in pairs:
        given = {"id": 10**9, **besides, relation.column: parent}
        if relation.child == "grants_budgetline" and relation.column == "fund_id":
            given["account_id"] = None
        if relation.column == "file_id":
            given["state"] = "sent"
        try:
            with transaction.atomic():
                run(
                    f'INSERT INTO "{relation.child}" OVERRIDING SYSTEM VALUE SELECT (jsonb_populate_record(c, %s::jsonb)).* '
                    f'FROM "{relation.child}" c WHERE id = %s',
                    json.dumps(given), child,
                )  # fmt: skip
        except IntegrityError as error:
            if relation.name in BEHIND or not isinstance(error.__cause__, PASSED_BY):
                raise
        else:
            return
    pytest.fail(f"the world has no two rows to try {relation.name} with")


NAMES = sorted(
    [
        "grants_account_scheme_same_authority",
        "grants_aidassessment_grant_same_authority",
        "grants_bankaccount_document_same_authority",
        "grants_bankaccount_organisation_same_authority",
        "grants_budgetline_account_same_authority",
        "grants_budgetline_account_same_scheme",
        "grants_budgetline_fund_same_authority",
        "grants_budgetline_parent_same_authority",
        "grants_budgetline_recipient_same_authority",
        "grants_budgetline_scheme_same_authority",
        "grants_budgetline_step_same_authority",
        "grants_condition_copied_from_same_authority",
        "grants_condition_document_same_authority",
        "grants_condition_grant_same_authority",
        "grants_condition_grant_same_scheme",
        "grants_condition_line_same_authority",
        "grants_condition_line_same_scheme",
        "grants_condition_scheme_same_authority",
        "grants_exemptfield_grant_same_authority",
        "grants_financingsource_document_same_authority",
        "grants_financingsource_grant_same_authority",
        "grants_fund_account_same_authority",
        "grants_fund_account_same_scheme",
        "grants_fund_scheme_same_authority",
        "grants_fundframe_fund_same_authority",
        "grants_fundframe_step_same_authority",
        "grants_grant_account_same_authority",
        "grants_grant_account_same_scheme",
        "grants_grant_case_same_authority",
        "grants_grant_organisation_same_authority",
        "grants_grant_scheme_same_authority",
        "grants_grant_step_same_authority",
        "grants_grantreport_condition_same_authority",
        "grants_grantreport_condition_same_grant",
        "grants_grantreport_document_same_authority",
        "grants_grantreport_grant_same_authority",
        "grants_ledgerentry_account_same_authority",
        "grants_ledgerentry_case_same_authority",
        "grants_ledgerentry_decision_same_authority",
        "grants_ledgerentry_grant_same_account",
        "grants_ledgerentry_grant_same_authority",
        "grants_ledgerentry_line_same_authority",
        "grants_ledgerentry_payout_same_authority",
        "grants_ledgerentry_payout_same_grant",
        "grants_ledgerentry_pledge_same_authority",
        "grants_ledgerentry_repayment_same_authority",
        "grants_ledgerentry_repayment_same_grant",
        "grants_ledgerentry_reverses_same_authority",
        "grants_ledgerentry_year_end_same_authority",
        "grants_payout_bank_account_same_authority",
        "grants_payout_bank_account_same_organisation",
        "grants_payout_file_same_authority",
        "grants_payout_grant_same_authority",
        "grants_payout_grant_same_organisation",
        "grants_payout_organisation_same_authority",
        "grants_pledge_document_same_authority",
        "grants_pledge_fund_same_authority",
        "grants_pledge_organisation_same_authority",
        "grants_repayment_grant_same_authority",
        "grants_scheme_serves_a_plan_it_takes_part_in",
        "grants_schemecase_case_same_authority",
        "grants_schemecase_scheme_same_authority",
        "grants_schemestatutes_adopted_in_same_authority",
        "grants_schemestatutes_document_same_authority",
        "grants_schemestatutes_scheme_same_authority",
        "grants_servedmeasure_line_same_authority",
        "grants_servedmeasure_line_same_scheme",
        "grants_servedmeasure_measure_same_plan",
        "grants_servedmeasure_scheme_same_authority",
        "grants_yearend_step_same_authority",
        "grants_yearendline_account_same_authority",
        "grants_yearendline_into_same_authority",
        "grants_yearendline_year_end_same_authority",
    ]
)


def test_each_composite_relation_of_the_ledger_is_there() -> None:
    """Those of the fund are attacked in `test_fund_guards`, which takes all that are not named here."""
    assert set(NAMES) <= {relation.name for relation in relations("grants")}


def test_no_row_of_the_ledger_is_tied_to_anothers(world: World) -> None:
    """Each key is attacked in a savepoint of its own, from the same spare rows."""
    own = spare(world.home)
    spare(world.next)
    known = {each.name: each for each in relations("grants")}
    for name in NAMES:
        with refused(by=BEHIND.get(name, name)):
            attack(known[name], own)
