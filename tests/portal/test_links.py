"""The private links in mails open for as long as they are needed, and only for what they are made for."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from portal import keys, links
from portal.calendar import Precision
from portal.rules import RoundFacts, invitation_holds
from tests import factories as make

TODAY = dt.date(2026, 11, 16)


@pytest.mark.parametrize(
    ("facts", "days"),
    [({}, 180), ({"due_on": TODAY}, 60), ({"due_on": TODAY + dt.timedelta(days=10)}, 70),
     ({"due_on": TODAY - dt.timedelta(days=90)}, 60),
     ({"due_on": dt.date(2026, 11, 1), "due_precision": Precision.MONTH}, 74)],
)  # fmt: skip
def test_an_invitation_opens_past_the_last_day_the_round_may_mean(facts: dict[str, Any], days: int) -> None:
    assert invitation_holds(RoundFacts(**facts), TODAY) == dt.timedelta(days=days)


@pytest.mark.django_db
def test_a_link_opens_nothing_before_its_key_is_kept() -> None:
    invitation = make.an_invitation(make.a_round(make.a_case(make.an_authority())))
    now = timezone.now()
    address, key = links.into_invitation(invitation, invitation.round, now)
    raw = address.rstrip("/").rpartition("/")[2]
    assert keys.find("invitation", raw, now=now) is None
    key.save()
    assert keys.find("invitation", raw, now=now) == key
    assert keys.find("unsubscribe", raw, now=now) is None
