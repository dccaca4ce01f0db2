"""The case pages of grants."""

from grants.admin import law, money, rules, schemes  # noqa: F401  (registers)
