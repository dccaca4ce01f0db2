"""The case pages: Django's admin, kept inside each tenant."""

from portal.admin import authority, case, notices, people  # noqa: F401  (registers)
