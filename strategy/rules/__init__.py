"""What decides: where a measure and a target stand, what is reported, what adopts a plan. Pure; no ORM, no clock."""

from strategy.rules.adoption import (
    CARRIES,
    Adoption,
    Required,
    Resolution,
    StepFacts,
    adoption,
    together,
)
from strategy.rules.indicators import (
    Growth,
    Judged,
    Observed,
    TargetFacts,
    TargetKind,
    TargetStanding,
    Wanted,
    judge,
    shares,
)
from strategy.rules.numbering import WIDEST_GAP, GapKind, NumberGap, full_number, number_gaps
from strategy.rules.reporting import (
    PeriodFacts,
    PeriodState,
    Reporting,
    must_explain,
    period_state,
    reporting,
    takes_reports,
    was_due,
)
from strategy.rules.standing import (
    DISPLAY_ORDER,
    Judgement,
    MeasureFacts,
    MilestoneFacts,
    Standing,
    State,
    count,
    days_late,
    late_since,
    standing,
)

__all__ = [
    "CARRIES", "DISPLAY_ORDER", "WIDEST_GAP", "Adoption", "GapKind", "Growth", "Judged", "Judgement", "MeasureFacts",
    "MilestoneFacts", "NumberGap", "Observed", "PeriodFacts", "PeriodState", "Reporting", "Required", "Resolution",
    "Standing", "State", "StepFacts", "TargetFacts", "TargetKind", "TargetStanding", "Wanted", "adoption", "count",
    "days_late", "full_number", "judge", "late_since", "must_explain", "number_gaps", "period_state", "reporting",
    "shares", "standing", "takes_reports", "together", "was_due",
]  # fmt: skip
