"""What the municipality promises: plan, goal, strategy, measure, and who does it."""

from strategy.models.cases import InputEffect, PlanCase
from strategy.models.funding import MeasureFunding
from strategy.models.measure import Measure, MeasureEntry, MeasureParticipation, MeasureTag, Milestone
from strategy.models.plan import ActionPart, Goal, GoalSdg, Plan, PlanParticipant, PlanSdg, PlanVersion, Strategy, Tag

__all__ = [
    "ActionPart",
    "Goal",
    "GoalSdg",
    "InputEffect",
    "Measure",
    "MeasureEntry",
    "MeasureFunding",
    "MeasureParticipation",
    "MeasureTag",
    "Milestone",
    "Plan",
    "PlanCase",
    "PlanParticipant",
    "PlanSdg",
    "PlanVersion",
    "Strategy",
    "Tag",
]
