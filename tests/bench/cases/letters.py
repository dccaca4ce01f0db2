"""What a letter costs: one decision laid out and kept, and a thousand in a batch."""

from __future__ import annotations

import time
from statistics import median
from typing import TYPE_CHECKING, Any

from tests.bench.errors import BenchError

if TYPE_CHECKING:
    from tests.bench.data.world import World
    from tests.bench.server import Server

SMALL, LARGE = 100, 1_000
MOST_MS = 100
GROUNDS = "Prosjektet gir flere jobber og er innenfor vedtektene. " * 20


class DecisionLetter:
    """Seconds to lay out a batch of a thousand decision letters, each with grounds and conditions of its own.

    The baseline is ten times what a hundred took, measured a moment before: a ratio of one or less is linear. What one
    letter takes with its rows and its file is counted too, and may be at most a tenth of a second.
    """

    name = "decision_letter"
    unit = "s"

    def __init__(self, _world: World) -> None:
        self.facts: dict[str, int] = {}
        self._number = 0

    def prepare(self, _server: Server) -> None:
        """Decide one application, and keep its letter some times to learn what one costs."""
        from django.db import connection, transaction
        from django.test.utils import CaptureQueriesContext

        from grants import letters_of

        self._decision: Any = _a_decision()
        self._batch(10)  # the first loads the typesetter and what a process keeps
        taken = []
        for n in range(20):
            self._decision.grounds = f"{n}. {GROUNDS}"  # the typesetter remembers what it has laid out
            with transaction.atomic(), CaptureQueriesContext(connection) as asked:
                began = time.perf_counter()
                letter = letters_of.decision(self._decision)
                taken.append(time.perf_counter() - began)
                self.facts |= {"queries": len(asked), "pdf_bytes": letter.document.size}
                transaction.set_rollback(True)
        self.facts["ms_kept"] = int(1000 * median(taken))
        if self.facts["ms_kept"] > MOST_MS:
            raise BenchError(f"{self.name}: one letter takes {self.facts['ms_kept']} ms, at most {MOST_MS} are allowed")

    def baseline_round(self, _seconds: float) -> float:
        return LARGE / SMALL * self._batch(SMALL)

    def round(self, _seconds: float) -> float:
        taken = self._batch(LARGE)
        self.facts["us_each"] = int(1_000_000 * taken / LARGE)
        return taken

    def _batch(self, letters: int) -> float:
        """Return the seconds that so many letters take, none of them like another."""
        from django.utils import translation

        from grants.letter_texts import decided
        from portal.letters import engine

        began = time.perf_counter()
        with translation.override("nb"):
            for _letter in range(letters):
                self._number += 1
                self._decision.grounds = f"{self._number}: {GROUNDS}"
                engine.pdf(decided.content(self._decision, self._decision.decided_on))
        return time.perf_counter() - began


def _a_decision() -> Any:
    from portal.models import Authority, Role, User
    from tests import factories as portal_make
    from tests import factories_fund as make

    make.the_law()
    place = Authority.objects.order_by("pk").first()
    assert place is not None
    fund = make.a_fund_with(place, name="Provefondet")
    application = make.an_application(make.a_call(fund.scheme))
    leader: User = portal_make.a_user(Role.LEADER, place)
    return make.notified(make.a_decision(application, leader))


def decision_letter(world: World) -> DecisionLetter:
    """A thousand decision letters."""
    return DecisionLetter(world)
