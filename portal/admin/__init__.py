"""The case pages: Django's admin, kept inside each tenant."""

from portal.admin import (  # noqa: F401  (registers)
    access_log,
    authority,
    case,
    deputies,
    notices,
    organisation,
    paths,
    people,
    rounds,
    rules,
    signin,
)
