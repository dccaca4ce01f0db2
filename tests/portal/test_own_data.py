"""A person takes with her what the portal holds about her, and nothing of anyone else; what is kept how long is a rule."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from portal import own_data
from portal.archiving import retention
from portal.models import Event, RetentionRule
from tests import factories as make
from tests import factories_fund as fund

if TYPE_CHECKING:
    from tests.world import World

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 22)


def test_the_file_holds_ones_own_and_no_secret(world: World) -> None:
    manager = world.user("manager")
    founder = make.a_user(name="Oppdiktet Gründer")
    call = fund.a_call(fund.a_fund_with(world.home.authority).scheme)
    fund.a_draft_application(call, by=founder, content=fund.some_content(title="Min egen idé"))
    text = own_data.as_json(founder, timezone.now()).decode()
    said = json.loads(text)
    assert "Min egen idé" in text
    assert said["for"] == founder.email
    assert manager.email not in text
    assert "Min egen idé" not in own_data.as_json(manager, timezone.now()).decode()
    assert founder.password not in text


def test_the_page_hands_it_out_on_a_press_and_leaves_a_line(world: World, client: Any) -> None:
    citizen = world.user("citizen")
    client.force_login(citizen)
    assert client.get("/min-side/opplysninger/").status_code == 200
    answer = client.post("/min-side/opplysninger/")
    if answer.status_code == 302:  # asked to show that it is she
        session = client.session
        session["confirmed"] = {"person": citizen.pk, "at": timezone.now().timestamp()}
        session.save()
        answer = client.post("/min-side/opplysninger/")
    assert json.loads(answer.content)["for"] == citizen.email
    assert Event.objects.filter(kind="own_data_taken", actor_id=citizen.pk).count() == 1


def test_a_series_is_ready_when_whole_years_have_passed_and_never_where_it_is_kept(world: World) -> None:
    home, leader = world.home.authority, world.user("leader")
    RetentionRule.objects.filter(authority=home).delete()
    set_rule = {"years": 5, "basis": "Dokumentasjonsplanen", "by": leader, "on": TODAY}
    rule = retention.set_rule(home, "application", action="review", **set_rule)
    old = make.a_case(home, series="application", opened_on=dt.date(2019, 1, 1), closed_on=dt.date(2020, 12, 31))
    make.a_case(home, series="application", opened_on=dt.date(2019, 1, 1), closed_on=dt.date(2021, 1, 1))
    make.a_case(home, series="complaint", opened_on=dt.date(2001, 1, 1), closed_on=dt.date(2002, 1, 1))
    assert list(retention.ready(home, rule, TODAY)) == [old]
    kept = retention.set_rule(home, "application", action="keep", **set_rule)
    assert not retention.ready(home, kept, TODAY).exists()
    assert kept.years is None
    with pytest.raises(ValidationError):
        retention.set_rule(home, "application", action="review", **{**set_rule, "years": None})
    with pytest.raises(PermissionDenied):
        retention.set_rule(home, "application", action="keep", **{**set_rule, "by": world.user("officer")})
