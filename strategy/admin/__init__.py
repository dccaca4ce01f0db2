"""The case pages of strategy."""

from strategy.admin import around, indicators, measures, plans, wording  # noqa: F401  (registers)
