"""The case pages: Django's admin, kept inside each tenant."""

from portal.admin import authority, case, notices, paths, people, rounds, rules  # noqa: F401  (registers)
