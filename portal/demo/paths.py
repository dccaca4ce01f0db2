"""Templates of the way cases go: a regional strategy as Kongsvingerregionen treats it, and Sarpsborg's process."""
# Tables of facts read better with one thing a line than with one argument a line.
# fmt: off

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.demo.cases import SARPSBORG
from portal.demo.facts import PathFact, PathStepFact

if TYPE_CHECKING:
    from datetime import date

    from portal.demo.facts import CaseFact

REGIONAL = PathFact(
    "regional-strategi",
    "kongsvingerregionen",
    "Regional strategi: styre, representantskap og hvert kommunestyre",
    steps=(
        PathStepFact(1, "recommendation", "Behandling i styret", body_kind="board"),
        PathStepFact(2, "recommendation", "Behandling i representantskapet", body_kind="representatives"),
        PathStepFact(3, "information", "Felles møte for kommunestyrene", body_kind="joint"),
        PathStepFact(4, "decision", "Behandling i kommunestyret", each_member=True),
    ),
)


def _like(case: CaseFact, key: str, name: str) -> PathFact:
    """Return a template of a case that has gone: the same steps, with months counted from its first."""
    first = min(step.starts for step in case.steps if step.starts)

    def month(day: date | None) -> int | None:
        return (day.year - first.year) * 12 + day.month - first.month + 1 if day else None

    return PathFact(
        key, case.authority, name,
        steps=tuple(
            PathStepFact(
                step.stage, step.activity, step.description, body_kind=step.body, actor="" if step.body else step.actor,
                starts_month=month(step.starts), ends_month=month(step.ends),
            )
            for step in case.steps
        ),
    )


PATHS = (REGIONAL, _like(SARPSBORG, "handlingsprogram", "Handlingsprogram med bred medvirkning"))
