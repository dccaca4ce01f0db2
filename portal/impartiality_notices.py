"""Who is told of ties: the leaders that one is declared, and its owner that it is ruled on. Titles name no tie."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import impartiality_lists, outbox
from portal.calendar import oslo_today

if TYPE_CHECKING:
    from portal.models import Declaration, Ruling


def declared(row: Declaration, now: dt.datetime) -> None:
    """Tell the leaders that a tie waits for a ruling."""
    owner, on = row.case.authority, oslo_today(now)
    for leader in impartiality_lists.leaders_of(owner.pk, on):
        if leader.pk != row.user_id:
            outbox.notify(
                leader, kind="tie_declared", subject=row, authority=owner, on_date=on, template="tie_declared",
                title=lambda: _("A declared tie waits for your ruling"), link_text=gettext_lazy("See the tie"),
                link=reverse("rule_on_tie", args=[owner.slug, row.pk]),
            )  # fmt: skip


def ruled(ruling: Ruling, now: dt.datetime) -> None:
    """Tell who declared the tie that it is ruled on."""
    row = ruling.declaration
    owner = row.case.authority
    outbox.notify(
        row.user, kind="tie_ruled", subject=row, authority=owner, on_date=oslo_today(now), template="tie_ruled",
        title=lambda: _("The tie you declared is ruled on"), link_text=gettext_lazy("See the ruling"),
        link=reverse("rule_on_tie", args=[owner.slug, row.pk]),
    )  # fmt: skip
