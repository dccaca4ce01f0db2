"""When payouts should be signed: within two weeks of being asked for. Whose turn it is, is told, and no one else."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import CharField, DateField, DurationField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Cast, Concat, LPad, TruncDate
from django.utils.translation import gettext_lazy as _

from grants.deadlines import said
from grants.models import Payout
from grants.permissions import APPROVES, ATTESTS, PREPARES
from portal.calendar import OSLO
from portal.deadlines import DAY
from portal.due import NO_ADDRESS, NOBODY, path_to, words
from portal.kinds import Kind, Source
from portal.models import Mandate, Membership

State = Payout.State
TIME_TO_SIGN = dt.timedelta(days=14)
"""A recipient should not wait longer for money that nothing stands in the way of."""


def turn(role: str, user: Any) -> Q:
    """Return the condition that the next signature is this person's, by her role: as `signing.is_her_turn` has it."""
    return (
        Q(state=State.ASKED, **{f"{role}__in": PREPARES})
        | Q(state=State.PREPARED, **{f"{role}__in": ATTESTS}) & (Q(persons=2) | ~Q(prepared_by=user))
        | Q(state=State.ATTESTED, **{f"{role}__in": APPROVES}) & ~Q(prepared_by=user) & ~Q(attested_by=user)
    )


def to_sign(today: dt.date) -> QuerySet[Any, Any]:
    """Return the payouts that wait for a signature, once for each person whose turn it is today."""
    held = "authority__memberships__"
    rows = Payout.objects.filter(
        Q(**{f"{held}valid_from": None}) | Q(**{f"{held}valid_from__lte": today}),
        Q(**{f"{held}valid_to": None}) | Q(**{f"{held}valid_to__gte": today}),
        turn(f"{held}role", F(f"{held}user")), **{f"{held}case": None, f"{held}user__is_active": True},
    ).annotate(who=F(f"{held}user_id"), membership=F(f"{held}pk"))  # fmt: skip
    others = Membership.objects.filter(user=OuterRef("who"), authority=OuterRef("authority"), role__in=PREPARES)
    again = Q(state=State.ASKED) & Q(Exists(others.filter(pk__lt=OuterRef("membership"))))
    same = Q(organisation__number=OuterRef("organisation__number")) & ~Q(organisation__number="")
    tied = Mandate.objects.holding(today).filter(Q(organisation=OuterRef("organisation")) | same, user=OuterRef("who"))
    asked_on = TruncDate("asked_at", tzinfo=OSLO)
    last_day = CombinedExpression(asked_on, "+", Value(TIME_TO_SIGN, DurationField()), output_field=DateField())
    return rows.exclude(again).exclude(Exists(tied)).annotate(
        what=words("payout_waits"), about=words("grants.payout"), about_id=F("pk"), day=Cast(last_day, DateField()),
        stated=DAY, leader=NOBODY, to=NO_ADDRESS, tenant=F("authority_id"), headline=said("grant__", "grant__title"),
        part_of=Concat(Value("NP-"), LPad(Cast("pk", CharField()), 6, Value("0")), output_field=CharField()),
        path=path_to("payout_page", authority="authority__slug", payout="pk"),
    )  # fmt: skip


SOURCES: list[Source] = [
    Source(Kind("payout_waits", _("A payout is to be signed"), days_before=(0,), late_every=7), to_sign),
]
