"""The cases, one file per family; a case is a function from the loaded world to what is measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bench.cases.admin import admin_measures_100
from tests.bench.cases.fund import application_list_100, submit_last_minute
from tests.bench.cases.ledger import commit_grant, ledger_contended, ledger_independent, money_1m
from tests.bench.cases.letters import decision_letter
from tests.bench.cases.mail import deliver
from tests.bench.cases.national import standing_all, status_national
from tests.bench.cases.prizes import rank_200x9x6
from tests.bench.cases.public import front_page, status_live_200, status_unchanged_200
from tests.bench.cases.reading import read_300
from tests.bench.cases.reports import freeze_200, report_page
from tests.bench.cases.signin import signin_roundtrip
from tests.bench.cases.sweep import sweep_1m
from tests.bench.cases.votes import count_10000, vote

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bench.data.world import World
    from tests.bench.measured import Measured

_ALL: tuple[Callable[[World], Measured], ...] = (  # the sweep last: what others load has due dates too
    front_page,
    status_live_200,
    status_unchanged_200,
    admin_measures_100,
    deliver,
    report_page,
    freeze_200,
    decision_letter,
    status_national,
    standing_all,
    signin_roundtrip,
    ledger_contended,
    ledger_independent,
    commit_grant,
    money_1m,
    application_list_100,
    submit_last_minute,
    rank_200x9x6,
    vote,
    count_10000,
    read_300,
    sweep_1m,
)
CASES = {make.__name__: make for make in _ALL}
