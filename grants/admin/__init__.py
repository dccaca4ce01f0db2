"""The case pages of grants."""

from grants.admin import money, rules, schemes  # noqa: F401  (registers)
