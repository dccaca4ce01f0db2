"""Kinds of notices: what each is called, when it comes, and whether one may say no to it by mail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from django.db.models import QuerySet


@dataclass(frozen=True)
class Kind:
    """One kind of notice. A deadline's kind says how many days before it is told, and how often when late."""

    name: str
    label: str
    may_stop: bool = True
    """Whether its mail may be switched off: not what law or the receiver's right hangs on."""
    days_before: tuple[int, ...] = ()
    late_every: int | None = None
    escalate_after: int | None = None
    """Days late before the unit's leader is told too; None never tells her."""


@dataclass(frozen=True)
class Source:
    """Where the due dates of one kind live: `rows(today)` gives a queryset in the shape of `portal.due.SHAPE`."""

    kind: Kind
    rows: Callable[[dt.date], QuerySet]  # type: ignore[type-arg]


STEADY: dict[str, Any] = {"days_before": (30, 7, 1, 0), "late_every": 7, "escalate_after": 14}
"""When most deadlines are told."""

AT_ONCE = [
    Kind("role_given", _("You got a role"), may_stop=False),
    Kind("input_code", _("Code for your input"), may_stop=False),
    Kind("input_received", _("Receipt for input"), may_stop=False),
    Kind("input_answered", _("Answer to input"), may_stop=False),
    Kind("input_invited", _("Invitation to give input"), may_stop=False),
    Kind("input_came", _("New input in your round")),
    Kind("signin_code", _("Code for signing in"), may_stop=False),
    Kind("mandate_asked", _("Someone asks to act for an organisation")),
    Kind("mandate_given", _("You may act for an organisation"), may_stop=False),
    Kind("mandate_refused", _("Answer to your request for a mandate"), may_stop=False),
    Kind("mandate_ended", _("A mandate has ended"), may_stop=False),
    Kind("mandate_invited", _("Invitation to act for an organisation"), may_stop=False),
    Kind("identity_connected", _("A new way to sign in"), may_stop=False),
    Kind("access_asked", _("Receipt for a request for access"), may_stop=False),
    Kind("access_came", _("Someone asks to see documents")),
    Kind("access_answered", _("Answer to a request for access"), may_stop=False),
    Kind("deputy_given", _("You are a deputy"), may_stop=False),
    Kind("tie_declared", _("Someone has declared a tie to a case")),
    Kind("tie_ruled", _("A tie of yours is ruled on"), may_stop=False),
]
"""What the ground itself tells when it happens; `wiring.at_once` adds the areas'."""
