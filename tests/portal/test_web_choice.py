"""A contributor changes her mind about the web: it follows, and the input stands as it came."""

from __future__ import annotations

from typing import Any

import pytest

from portal.models import Event, Input
from tests.world import World

pytestmark = pytest.mark.django_db


def test_a_contributor_who_changes_her_mind_is_taken_off_the_web_and_may_come_back(world: World, as_role: Any) -> None:
    round_ = world.home.round
    shown = round_.inputs.on_the_web().earliest("pk")
    page = f"/{round_.authority.slug}/innspill/{round_.slug}/svar/{shown.number}/"
    assert as_role("officer").post(page, {"nettvalg": "nei"}).status_code == 302
    assert not round_.inputs.on_the_web().filter(pk=shown.pk).exists()
    assert Input.objects.get(pk=shown.pk).may_publish, "the input itself stands as it came"
    assert as_role("officer").post(page, {"nettvalg": "ja"}).status_code == 302
    assert round_.inputs.on_the_web().filter(pk=shown.pk).exists()
    assert Event.objects.filter(kind="web_choice_noted").count() == 2


def test_only_who_works_with_the_round_notes_a_new_web_choice(world: World, as_role: Any) -> None:
    round_ = world.home.round
    page = f"/{round_.authority.slug}/innspill/{round_.slug}/svar/1/"
    answers_ = {
        person: as_role(person).post(page, {"nettvalg": "nei"}).status_code for person in ("editor", "neighbour")
    }
    assert answers_ == {"editor": 403, "neighbour": 404}
    assert round_.inputs.get(number=1).is_on_the_web
