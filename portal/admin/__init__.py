"""The case pages: Django's admin, kept inside each tenant."""
