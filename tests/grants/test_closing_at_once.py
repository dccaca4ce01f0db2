"""A year is closed while others work: nothing slips in between the last look and the closing."""

from __future__ import annotations

import datetime as dt
import threading
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from grants import budgeting, closing, funding, ledger, reconcile
from grants.closing import NEW, Wish
from grants.models import Balance, LedgerEntry, YearEnd
from grants.refusals import Refused, deed
from tests import factories as ground
from tests import factories_money as make
from tests.at_once import at_once

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = dt.datetime(2027, 1, 20, 12, tzinfo=dt.UTC)


def tried(act: Callable[[], Any]) -> str:
    """Return what came of a deed: done, or the guard that refused it."""
    try:
        act()
    except Refused as refused:
        return str(refused.code)
    return "done"


@pytest.fixture
def sent(own_database: str) -> YearEnd:
    """The end of 2026, sent: an account of 100 that is carried over whole."""
    place = ground.an_authority()
    preparer = ground.a_user("officer", place)
    for _n in range(3):
        make.a_line(make.a_scheme(place), 100)
    end = closing.prepare(place, 2026, by=preparer, now=NOW)
    closing.change(end, [Wish(line.pk, 100, NEW, "Fordi") for line in end.lines.all()], by=preparer, now=NOW)
    return closing.send(end, by=preparer, now=NOW)


def test_two_who_close_at_once_close_it_once(sent: YearEnd) -> None:
    leaders = [ground.a_user("leader", sent.authority) for _n in range(4)]
    came = at_once(lambda by: tried(lambda: closing.close(sent, by=by, now=NOW, reference="Vedtak")), leaders)
    assert came == ["done"] * 4
    assert LedgerEntry.objects.filter(year_end=sent).count() == 6
    assert reconcile.differences() == []


def test_a_grant_and_a_closing_at_once_leave_one_of_them(sent: YearEnd) -> None:
    leader = ground.a_user("leader", sent.authority)
    account = sent.lines.first().account  # type: ignore[union-attr]
    grant = make.a_grant(account, amount=60, state="proposed")
    make.an_aid_assessment(grant)

    @deed
    def commit() -> None:
        grant.state, grant.decided_on, grant.decision_reference = "granted", NOW.date(), "Delegert"
        grant.save()
        ledger.commit(grant, on=NOW.date(), by=None)

    came = at_once(tried, [commit, lambda: closing.close(sent, by=leader, now=NOW, reference="Vedtak")])
    assert came.count("done") == 1, came
    assert Balance.objects.get(account=account).free_nok == (40 if came[0] == "done" else 0)
    assert reconcile.differences() == []


@pytest.mark.parametrize("_time", range(3))
def test_a_line_is_adopted_before_the_closing_looks_or_not_at_all(sent: YearEnd, _time: int) -> None:
    leader = ground.a_user("leader", sent.authority)
    line = make.a_line(make.a_scheme(sent.authority), 70, adopt=False)
    came = at_once(tried, [
        lambda: budgeting.adopt(line, by=sent.prepared_by, on=NOW.date(), reference="Vedtak 1"),
        lambda: closing.close(sent, by=leader, now=NOW, reference="Vedtak 2"),
    ])  # fmt: skip
    assert came in (["done", "moved"], ["ledger_year_is_closed", "done"])


def test_a_line_drawn_up_and_adopted_after_the_closing_looked_waits_for_it(
    sent: YearEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its account is new, so the closing cannot hold it: the year’s own row is what it waits for."""
    leader, scheme = ground.a_user("leader", sent.authority), make.a_scheme(sent.authority)
    came, look = [], closing._check_still

    def adopt_late() -> None:
        line = make.a_line(scheme, 70, adopt=False)
        act = lambda: budgeting.adopt(line, by=sent.prepared_by, on=NOW.date(), reference="Vedtak 1")  # noqa: E731
        came.append(tried(act))
        connection.close()

    late = threading.Thread(target=adopt_late)

    def look_and_linger(end: YearEnd) -> None:
        look(end)
        late.start()
        late.join(2)

    monkeypatch.setattr(closing, "_check_still", look_and_linger)
    closing.close(sent, by=leader, now=NOW, reference="Vedtak 2")
    late.join(20)
    assert came == ["ledger_year_is_closed"]


def test_a_contribution_is_received_once_by_many_who_press(own_database: str) -> None:
    place = ground.an_authority()
    fund = make.a_fund(make.a_scheme(place, kind="fund"))
    officer = ground.a_user("officer", place)
    pledge = make.a_pledge(fund, 50)
    press = lambda: funding.receive(pledge, 50, on=NOW.date(), by=officer, key="samme")  # noqa: E731
    came = at_once(tried, [press] * 6)
    assert came == ["done"] * 6
    pledge.refresh_from_db()
    assert (Balance.objects.get(account=fund.account_id).free_nok, pledge.state) == (50, "paid")
