"""The case pages of strategy."""

from strategy.admin import measures, plans, wording  # noqa: F401  (registers)
