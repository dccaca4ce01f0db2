"""From what PostgreSQL refuses to words people are told: shared by the areas whose guards are many."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import CheckConstraint, UniqueConstraint

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
R = TypeVar("R")


class Refused(ValidationError):
    """A deed the database's guards stopped; `code` is the guard's name, and nothing of the deed was kept."""


@functools.cache
def said_by_models(area: str) -> dict[str, Any]:
    """Return the message of each named constraint of an area's models."""
    return {
        constraint.name: constraint.violation_error_message
        for model in apps.get_app_config(area).get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, CheckConstraint | UniqueConstraint)
        and constraint.violation_error_message != constraint.default_violation_error_message
    }


def guard_of(error: IntegrityError) -> str:
    """Return the name of the constraint or guard that refused."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return str(getattr(diagnosis, "constraint_name", None) or "")


def deeds(refusal: Callable[[IntegrityError], Refused | None]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return the decorator that makes a function one deed: all of it is done or nothing.

    What the database refuses is said in the area's words; an error without words is a fault of ours, and is seen as
    one. Guards that wait for the commit are asked before it, so that who pressed the button hears of it here.
    """

    def deed(act: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(act)
        def whole(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                with transaction.atomic():
                    done = act(*args, **kwargs)
                    with connection.cursor() as cursor:
                        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
                    return done
            except IntegrityError as error:
                if (told := refusal(error)) is None:
                    raise
                raise told from error

        return whole

    return deed
