"""Turns the demo's facts about money into rows: who may get it, schemes with their lines, funds and conditions.

What an adopted line holds is put in the ledger once, when the line is placed; a newer version moves no money again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from grants import ledger
from grants.demo import fund_loader, fund_thread_loader, indre_ostfold, law, sarpsborg, thread, thread_loader
from grants.demo.rows import condition
from grants.models import (
    Account,
    BudgetLine,
    Fund,
    Pledge,
    Scheme,
    SchemeCase,
    ServedMeasure,
)
from portal.demo.signin_loader import looked_up
from portal.models import Authority, Case, CaseStep, Organisation
from strategy.models import Measure

if TYPE_CHECKING:
    from grants.demo.facts import LineFact, OrganisationFact, SchemeFact
    from portal.demo.shelf import Shelf

SCHEMES = (*indre_ostfold.SCHEMES, *sarpsborg.SCHEMES, *thread.SCHEMES)
ORGANISATIONS = (*indre_ostfold.ORGANISATIONS, *thread.ORGANISATIONS)


def load(shelf: Shelf) -> None:
    """Place every scheme with its money; one that a user made under the same address is left wholly alone."""
    law.load()
    authorities = {authority.slug: authority for authority in Authority.objects.all()}
    _load_organisations(shelf, authorities)
    taken = set(Scheme.objects.values_list("authority__slug", "slug"))
    for fact in SCHEMES:
        is_ours = f"scheme:{fact.key}" in shelf.known
        if fact.authority in authorities and (is_ours or (fact.authority, fact.slug) not in taken):
            _load_scheme(shelf, fact, authorities[fact.authority])
    thread_loader.load(shelf, authorities)
    law.count()
    fund_loader.load(shelf)
    fund_thread_loader.load(shelf)


def _load_organisations(shelf: Shelf, authorities: dict[str, Authority]) -> None:
    shelf.put(
        "recipient",
        {
            fact.key: _organisation(fact, authorities[fact.authority])
            for fact in ORGANISATIONS
            if fact.authority in authorities
        },
        natural=lambda row: (row.authority_id, row.number or row.name),
    )


def _organisation(fact: OrganisationFact, authority: Authority) -> Organisation:
    known: dict[str, Any] = {}
    if fact.number:
        known = {"register_copy": looked_up(fact.number).copy, "register_copied_at": timezone.now()}
    return Organisation(
        authority=authority, name=fact.name, number=fact.number, form=fact.form, invented=fact.invented, **known
    )


def _load_scheme(shelf: Shelf, fact: SchemeFact, authority: Authority) -> None:
    scheme = shelf.put(
        "scheme",
        {
            fact.key: Scheme(
                authority=authority, slug=fact.slug, name=fact.name, kind=fact.kind, purpose=fact.purpose,
                first_year=fact.first_year, last_year=fact.last_year, source=fact.source,
                dimensions=dict(fact.dimensions), invented=fact.invented,
            )
        },
    ).get(fact.key)  # fmt: skip
    if scheme is None:
        return
    shelf.put(
        "scheme-case",
        {
            f"{fact.key}/{key}": SchemeCase(authority=authority, scheme=scheme, case=case, purpose=purpose)
            for key, purpose in fact.cases
            if (case := shelf.find(Case, "case", key)) is not None
        },
    )
    fund = _load_fund(shelf, fact, scheme) if fact.kind == Scheme.Kind.FUND else None
    for line in fact.lines:  # one by one: a part takes its money from the line above it
        _load_line(shelf, fact, line, scheme, fund)
    _load_served(shelf, fact, scheme)
    _load_conditions(shelf, fact, scheme)


def _load_fund(shelf: Shelf, fact: SchemeFact, scheme: Scheme) -> Fund | None:
    account = _account(shelf, scheme, fact.key, f"{fact.name}, kapital", None)
    fund = shelf.put(
        "fund",
        {
            fact.key: Fund(
                authority_id=scheme.authority_id, scheme=scheme, account=account, takes_pledges=fact.takes_pledges
            )
        },
    ).get(fact.key)
    if fund is not None:
        shelf.put(
            "pledge",
            {
                f"{fact.key}/{pledge.key}": Pledge(
                    authority_id=fund.authority_id, fund=fund, payer=pledge.payer, payer_class=pledge.payer_class,
                    amount_nok=pledge.amount_nok, pledged_on=pledge.pledged, due_on=pledge.due, invented=True,
                )
                for pledge in (*fact.pledges, *thread.PLEDGES.get(fact.key, ()))
            },
        )  # fmt: skip
    return fund


def _account(shelf: Shelf, scheme: Scheme, key: str, name: str, year: int | None) -> Account:
    """Return the account of this key, which no user can take away."""
    account = Account(authority_id=scheme.authority_id, scheme=scheme, name=name, year=year)
    return shelf.put("account", {key: account})[key]


def _load_line(shelf: Shelf, fact: SchemeFact, line: LineFact, scheme: Scheme, fund: Fund | None) -> None:
    """Place one line; adopted, it gets its account and its entry in the ledger, the first time only."""
    key, is_adopted = f"{fact.key}/{line.key}", bool(line.decision or line.step)
    is_new = f"budget-line:{key}" not in shelf.known
    goes_to = fund if line.to_fund else None
    row = BudgetLine(
        authority_id=scheme.authority_id, scheme=scheme, year=line.year, name=line.name, area=line.area,
        recipient=shelf.find(Organisation, "recipient", line.recipient), amount_nok=line.amount_nok, fund=goes_to,
        parent=shelf.find(BudgetLine, "budget-line", f"{fact.key}/{line.parent}"), source=fact.source,
        position=fact.lines.index(line) + 1, invented=fact.invented,
    )  # fmt: skip
    if is_adopted:
        row.stage, row.decision_reference = "adopted", line.decision
        row.step = shelf.find(CaseStep, "step", line.step)
        if goes_to is None:
            row.account = _account(shelf, scheme, key, line.name, line.year)
    placed = shelf.put("budget-line", {key: row}).get(key)
    if placed is not None and is_adopted and is_new:
        account = placed.account if goes_to is None else goes_to.account
        assert account is not None and line.decided is not None
        ledger.appropriate(placed, account, on=line.decided, by=None)


def _load_served(shelf: Shelf, fact: SchemeFact, scheme: Scheme) -> None:
    """Tie the scheme to the measure it pays for, and its lines to theirs where that is another."""
    wanted = [("", fact.serves, None)] if fact.serves else []
    wanted += [
        (line.key, line.serves, row)
        for line in fact.lines
        if line.serves and (row := shelf.find(BudgetLine, "budget-line", f"{fact.key}/{line.key}")) is not None
    ]
    found = [(key, row, shelf.find(Measure, "measure", f"{fact.plan}/{measure}")) for key, measure, row in wanted]
    shelf.put(
        "served",
        {
            f"{fact.key}/{key}": ServedMeasure(
                authority_id=scheme.authority_id, scheme=scheme, line=row, measure=measure, plan_id=measure.plan_id
            )
            for key, row, measure in found
            if measure is not None
        },
    )


def _load_conditions(shelf: Shelf, fact: SchemeFact, scheme: Scheme) -> None:
    shelf.put(
        "condition",
        {
            f"{fact.key}/{each.key}": condition(
                each, scheme=scheme, position=place, invented=fact.invented,
                line=shelf.find(BudgetLine, "budget-line", f"{fact.key}/{each.line}"),
            )
            for place, each in enumerate(fact.conditions)
        },
    )  # fmt: skip
