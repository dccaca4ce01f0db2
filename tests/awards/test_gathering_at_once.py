"""Two who nominate the same at the same moment find one candidate, with one case."""

from __future__ import annotations

import pytest
from django.utils import timezone

from awards.candidates import gathering
from portal.models import Case
from tests import factories as people
from tests import factories_awards as make
from tests.at_once import at_once

pytestmark = pytest.mark.usefixtures("own_database")


def test_the_same_nominee_at_once_is_one_candidate() -> None:
    category = make.a_prize_round(make.a_prize(people.an_authority())).categories.get()
    names = ["Oppdiktet Ost AS", "OPPDIKTET OST", "Oppdiktet  Ost A/S"]
    came = at_once(
        lambda name: gathering.find_or_make(category, kind="organisation", name=name, by=None, now=timezone.now()).pk,
        names,
    )
    assert len(set(came)) == 1
    assert Case.objects.filter(authority=category.authority, series=Case.Series.PRIZE).count() == 1
