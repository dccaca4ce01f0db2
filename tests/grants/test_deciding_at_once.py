"""Two decide, or answer, at the same moment: one of them does it, and the other is told how it stands."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from grants.desk import answering, deciding, proposing
from grants.models import Application, Balance, Decision, Delegation, Fund, LedgerEntry
from portal.calendar import oslo_today
from portal.models import Document, Notice
from tests import factories as people
from tests import factories_fund as make
from tests.at_once import at_once

NOW = timezone.now()
TODAY = oslo_today(NOW)


@pytest.fixture
def fund(own_database: str) -> Fund:
    """A fund of 500 000, where leaders decide as much alone."""
    found = make.a_fund_with(people.an_authority(), 500_000)
    make.a_delegation(found.scheme, "leader", 500_000)
    return found


def an_assessed(fund: Fund, leaders: list[Any]) -> Application:
    call = fund.scheme.calls.first() or make.a_call(fund.scheme)
    organisation, manager = people.an_organisation(fund.authority), people.a_user()
    people.a_mandate(organisation, manager, valid_to=TODAY + dt.timedelta(days=90))
    made = make.an_application(call, organisation, by=manager)
    make.an_assessment(made, leaders[0])
    make.no_ties(made, *leaders)
    terms = {"basis": "no_aid", "activity": "En ovn", "reason": "Ingen støtte."}
    proposing.propose_grant(
        made, amount_nok=300_000, public_title="Ny ovn", by=leaders[0], on=TODAY, aid_terms=terms
    )  # fmt: skip
    return made


def decided(application: Application, by: Any, outcome: str = "granted") -> str:
    try:
        deciding.decide(
            application, outcome=outcome, by=by, on=TODAY, now=NOW, grounds="Flere jobber.",
            legal_basis="Vedtektene § 3", delegation=Delegation.objects.get(scheme=application.call.scheme),
        )  # fmt: skip
    except ValidationError as error:
        return str(error.code)
    return "done"


def test_one_application_is_decided_once_and_the_money_holds_for_one_of_two(fund: Fund) -> None:
    leaders = [people.a_user("leader", fund.authority) for _ in range(2)]
    first, second = an_assessed(fund, leaders), an_assessed(fund, leaders)
    came = at_once(lambda given: decided(first, *given), [(leaders[0], "refused"), (leaders[1], "granted")])
    assert sorted(came) == ["done", "state"]
    assert Decision.objects.filter(application=first).count() == 1
    assert Document.objects.filter(case=first.case, direction="out").count() == 1
    assert Notice.objects.filter(kind="application_decided", authority=fund.authority).count() == 1
    third = an_assessed(fund, leaders)
    came = at_once(lambda one: decided(one, leaders[0]), [second, third])
    was_granted = first.decisions.get().outcome == "granted"
    assert came.count("done") == (0 if was_granted else 1)
    assert Balance.objects.get(account=fund.account).free_nok == 200_000
    assert LedgerEntry.objects.filter(kind="commitment", account=fund.account).count() == 1


def test_an_answer_and_the_nightly_round_do_not_both_take_it(fund: Fund) -> None:
    leaders = [people.a_user("leader", fund.authority)]
    application = an_assessed(fund, leaders)
    assert decided(application, leaders[0]) == "done"
    decision = application.decisions.get()
    manager = application.organisation.mandates.get().user  # type: ignore[union-attr]
    late = NOW + dt.timedelta(weeks=4, days=1)

    def act(who: str) -> Any:
        if who == "night":
            return answering.lapse_unanswered(late)["lapsed"]
        try:
            return answering.answer(decision, who, by=manager, now=NOW + dt.timedelta(weeks=4)).answer
        except ValidationError as error:
            return error.code

    came = at_once(act, ["accepted", "night", "accepted"])
    decision.refresh_from_db()
    kept = decision.answer == "accepted"
    assert came.count("accepted") == int(kept) and came[1] == int(not kept)
    assert Balance.objects.get(account=fund.account).free_nok == (200_000 if kept else 500_000)
