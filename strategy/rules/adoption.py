"""What adopts a plan: the resolutions of its case. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Resolution(StrEnum):
    """What one body has said of the plan: nothing yet, yes, yes with changes, no, not now."""

    PENDING = "pending"
    ADOPTED = "adopted"
    AMENDED = "amended"
    REJECTED = "rejected"
    POSTPONED = "postponed"


CARRIES = frozenset({Resolution.ADOPTED, Resolution.AMENDED})
"""The resolutions that adopt."""


@dataclass(frozen=True, slots=True)
class StepFacts:
    """One treatment of a case, as far as adoption goes."""

    stage: int
    is_decision: bool
    outcome: str = "pending"
    decided_on: date | None = None
    who: str = ""
    key: int = 0
    body: int | None = None
    order: tuple[int, int] = (0, 0)
    """Its place among the treatments of its stage."""


@dataclass(frozen=True, slots=True)
class Required:
    """A resolution that the plan needs, and how it stands."""

    facts: StepFacts
    resolution: Resolution

    @property
    def carries(self) -> bool:
        return self.resolution in CARRIES


@dataclass(frozen=True, slots=True)
class Adoption:
    """How far a case has come in adopting, by the resolutions its last stage of decisions requires."""

    required: tuple[Required, ...]
    is_whole: bool = True
    """False where a case has no decision to be made yet, so that nothing can be adopted in it."""

    @property
    def is_adopted(self) -> bool:
        return self.is_whole and bool(self.required) and all(each.carries for each in self.required)

    @property
    def verdict(self) -> Resolution:
        """The whole: adopted or amended when every one is; rejected when one is; else pending."""
        found = {each.resolution for each in self.required}
        if self.is_adopted:
            return Resolution.AMENDED if Resolution.AMENDED in found else Resolution.ADOPTED
        return Resolution.REJECTED if Resolution.REJECTED in found else Resolution.PENDING

    @property
    def carried(self) -> int:
        return sum(each.carries for each in self.required)

    @property
    def adopted_on(self) -> date | None:
        """The day of the last resolution; unknown until adopted, and where a resolution lacks its day."""
        days = [each.facts.decided_on for each in self.required]
        known = [day for day in days if day is not None]
        return max(known) if self.is_adopted and len(known) == len(days) else None


def adoption(steps: Iterable[StepFacts]) -> Adoption:
    """Return what a case's steps make of adoption: its decisions of the last stage that has any.

    What a body postponed and took up again in the same stage is one resolution, the later one.
    """
    decisions = [step for step in steps if step.is_decision]
    last = max((step.stage for step in decisions), default=0)
    at_last = [step for step in decisions if step.stage == last]
    return Adoption(
        tuple(Required(step, _resolution(step.outcome)) for step in at_last if not _taken_up_again(step, at_last)),
        is_whole=bool(decisions),
    )


def _taken_up_again(step: StepFacts, others: Iterable[StepFacts]) -> bool:
    return step.outcome == Resolution.POSTPONED and any(
        other.body is not None and other.body == step.body and other.order > step.order for other in others
    )


def together(adoptions: Iterable[Adoption]) -> Adoption:
    """Return several cases as one: a plan with two adoption cases needs the resolutions of both."""
    found = list(adoptions)
    required = tuple(each for one in found for each in one.required)
    return Adoption(required, is_whole=bool(found) and all(one.is_whole for one in found))


def _resolution(outcome: str) -> Resolution:
    """Return what an outcome says of the plan; one that is only noted has decided nothing."""
    return Resolution(outcome) if outcome in set(Resolution) else Resolution.PENDING
