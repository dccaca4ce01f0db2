"""What a frozen report costs: to make one with its PDF and Word document, and to read one that is released."""

from __future__ import annotations

import time
from statistics import median
from typing import TYPE_CHECKING, Any

from tests.bench.errors import BenchError
from tests.bench.web import WebCase

if TYPE_CHECKING:
    from tests.bench.data.world import World
    from tests.bench.server import Server

SMALL, MIDDLE, LARGE = 50, 100, 200
MOST_QUERIES = 3


class Freeze:
    """Seconds to freeze a plan of two hundred measures, with PDF and Word document, in one transaction.

    The baseline is four times what a plan of fifty takes, measured a moment before: a ratio of one or less is linear.
    """

    name = "freeze_200"
    unit = "s"

    def __init__(self, world: World) -> None:
        self.facts: dict[str, int] = {}
        self._officer_id = world.officer_id
        self._taken: dict[int, list[float]] = {SMALL: [], MIDDLE: [], LARGE: []}

    def prepare(self, _server: Server) -> None:
        """Make the three plans, freeze each once to learn the sizes, and count the questions asked."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext
        from django.utils import timezone

        from portal.models import Role, User
        from tests.bench.data.sized import add_sized_plan

        # another authority's officer, so that these plans stand in no other case's list
        others = User.objects.filter(memberships__role=Role.OFFICER).exclude(pk=self._officer_id)
        self._officer = others.last() or User.objects.get(pk=self._officer_id)
        place = self._officer.memberships.get().authority
        self._plans = {size: add_sized_plan(place, size, timezone.localdate()) for size in self._taken}
        self._freeze(SMALL)  # the first asks for what a process keeps
        for size in self._taken:
            with CaptureQueriesContext(connection) as asked:
                self._freeze(size)
            self.facts[f"queries_{size}"] = len(asked)
        report = self._plans[LARGE].reports.earliest("pk")
        sizes = {row.kind: len(row.content) for row in report.files.all()}
        self.facts |= {"pdf_bytes": sizes["pdf"], "docx_bytes": sizes["docx"], "content_bytes": len(report.content)}
        self._taken = {size: [] for size in self._taken}
        if self.facts[f"queries_{SMALL}"] != self.facts[f"queries_{LARGE}"]:
            raise BenchError(f"{self.name}: the number of queries follows the number of measures: {self.facts}")

    def baseline_round(self, _seconds: float) -> float:
        return LARGE / SMALL * self._freeze(SMALL)

    def round(self, _seconds: float) -> float:
        self._freeze(MIDDLE)
        taken = self._freeze(LARGE)
        self.facts |= {f"ms_{size}": int(1000 * median(each)) for size, each in self._taken.items()}
        return taken

    def _freeze(self, size: int) -> float:
        from django.utils import timezone

        from strategy import frozen

        plan: Any = self._plans[size]
        began = time.perf_counter()
        report = frozen.freeze(plan, by=self._officer, at=timezone.now(), period=plan.periods.get())
        taken = time.perf_counter() - began
        if report.files.count() != 2:
            raise BenchError(f"{self.name}: report no. {report.number} has not both its files")
        self._taken[size].append(taken)
        return taken


class ReportPage(WebCase):
    """A released report's full page for anyone, in a neighbour's plan: the measured plan's own page stays as it is."""

    def prepare(self, server: Server) -> None:
        """Freeze and release the report, then look at its page as any other."""
        release_one(self.path.split("/")[1])
        super().prepare(server)
        if self.facts["queries"] > MOST_QUERIES:
            raise BenchError(f"{self.name}: {self.facts['queries']} queries, at most {MOST_QUERIES} are allowed")


def release_one(place: str) -> None:
    """Freeze and release the plan's first report by a leader of its authority."""
    from django.utils import timezone

    from portal.models import Membership, Role, User
    from strategy import frozen
    from strategy.models import Plan

    plan = Plan.objects.select_related("authority").filter(authority__slug=place, slug="handlingsplan").first()
    if plan is None:
        raise BenchError("report_page needs at least one authority beside the first")
    leader = User.objects.create(email=f"leder@{place}.invalid", name="Leder")
    Membership.objects.create(authority=plan.authority, user=leader, role=Role.LEADER)
    period = plan.periods.order_by("-ends_on").first()
    frozen.release(frozen.freeze(plan, by=leader, at=timezone.now(), period=period), by=leader, at=timezone.now())


def freeze_200(world: World) -> Freeze:
    """Two hundred measures frozen at once."""
    return Freeze(world)


def report_page(world: World) -> ReportPage:
    """A released report as anyone reads it."""
    from django.urls import reverse

    path = reverse("plan_report", args=["provested-0001", "handlingsplan", 1])
    return ReportPage("report_page", path, contains=world.measure_titles)
