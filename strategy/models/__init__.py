"""What the municipality promises: plan, goal, strategy, measure, who does it, how it is reported and measured."""

from strategy.models.around import Follower, ForumQuestion, Stakeholder, SwotItem
from strategy.models.cases import InputEffect, PlanCase
from strategy.models.funding import MeasureFunding
from strategy.models.importing import ImportAnomaly, ImportPage, ImportRow, PlanImport
from strategy.models.indicator import Indicator, Observation, Series, Target
from strategy.models.measure import Measure, MeasureEntry, MeasureParticipation, MeasureTag, Milestone
from strategy.models.plan import ActionPart, Goal, GoalSdg, Plan, PlanParticipant, PlanSdg, PlanVersion, Strategy, Tag
from strategy.models.reporting import PlanReport, PlanReportFile, ReportingPeriod, StatusReport

__all__ = [
    "ActionPart",
    "Follower",
    "ForumQuestion",
    "Goal",
    "GoalSdg",
    "ImportAnomaly",
    "ImportPage",
    "ImportRow",
    "Indicator",
    "InputEffect",
    "Measure",
    "MeasureEntry",
    "MeasureFunding",
    "MeasureParticipation",
    "MeasureTag",
    "Milestone",
    "Observation",
    "Plan",
    "PlanCase",
    "PlanImport",
    "PlanParticipant",
    "PlanReport",
    "PlanReportFile",
    "PlanSdg",
    "PlanVersion",
    "ReportingPeriod",
    "Series",
    "Stakeholder",
    "StatusReport",
    "Strategy",
    "SwotItem",
    "Tag",
    "Target",
]
