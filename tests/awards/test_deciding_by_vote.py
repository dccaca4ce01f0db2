"""Where commits are real: what the public vote means to the jury, and two who decide at the same moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from awards.deciding import decisions, finalists, ranking
from awards.models import CategoryDecision, PrizeRound
from portal.models import Document
from tests import factories as portal_make
from tests import factories_awards as make
from tests.at_once import at_once
from tests.awards.test_deciding import a_scene, decided, facts, meet, ranked, score, vote

if TYPE_CHECKING:
    from types import SimpleNamespace

    from awards.models import Candidate


def hold_vote(owner: Any, scene: SimpleNamespace, *chosen: Candidate) -> None:
    """Let the first two be finalists, the public vote so, and the vote have closed; it is counted."""
    finalists.choose(scene.category, [one.pk for one in scene.candidates[:2]], **facts(scene))
    now, rows = timezone.now(), PrizeRound.objects.filter(pk=scene.round.pk)
    rows.update(vote_opens_at=now - make.HOUR, vote_closes_at=now + make.DAY)
    rows.update(state="voting")
    for one in chosen:
        make.cast(make.a_voter(scene.round), one)
    owner.execute("ALTER TABLE awards_prizeround DISABLE TRIGGER USER")
    owner.execute("UPDATE awards_prizeround SET vote_closes_at = now() - interval '1 minute'")
    owner.execute("ALTER TABLE awards_prizeround ENABLE TRIGGER USER")
    make.counted(scene.round)
    scene.round.refresh_from_db()


def test_the_publics_advice_breaks_a_tie_last(owner: Any) -> None:
    scene = a_scene(portal_make.an_authority(), vote="advises", finalists=2)
    score(scene, ((4, 4), (4, 4), (1, 1)))
    hold_vote(owner, scene, scene.candidates[1])
    assert [line[:2] for line in ranked(scene)] == [(1, 1), (0, 2), (2, 3)]
    assert ranking.ranking(scene.category)[0].ahead_by == ranking.VOTE


def test_where_the_public_decides_another_winner_needs_a_reason_and_the_jury_need_not_vote(owner: Any) -> None:
    scene = a_scene(portal_make.an_authority(), vote="decides", finalists=2, method="discussion", criteria=0)
    one, other, _third = scene.candidates
    with pytest.raises(ValidationError):  # before there is a finalist, and before the vote
        decisions.decide(scene.category, decided(one), **facts(scene))
    hold_vote(owner, scene, other, other, one)
    with pytest.raises(ValidationError) as refused:
        decisions.decide(scene.category, decided(one), **facts(scene))
    assert set(refused.value.message_dict) == {"settled_how"}
    assert decisions.decide(scene.category, decided(other), **facts(scene)).candidate == other
    scene.round.refresh_from_db()
    assert scene.round.state == "decided"
    decisions.take_up(scene.category, why="Feil begrunnelse.", **facts(scene))
    with pytest.raises(ValidationError):  # whom the public has voted on stays
        finalists.choose(scene.category, [], **facts(scene))
    assert decisions.decide(scene.category, decided(other), **facts(scene)).candidate == other


def test_two_who_decide_at_once_make_one_decision_with_one_set_of_minutes(own_database: str) -> None:
    scene = a_scene(portal_make.an_authority())
    meet(scene)
    vote(scene, scene.candidates[0], scene.candidates[0])

    def decide(reasons: str) -> str:
        try:
            decisions.decide(scene.category, decided(scene.candidates[0], reasons=reasons), **facts(scene))
        except ValidationError as error:
            return str(error.code)
        return "done"

    came = at_once(decide, ["Den første.", "Den andre."])
    assert came.count("done") == 1
    assert set(came) - {"done"} <= {"decided", "state"}
    assert CategoryDecision.objects.filter(category=scene.category).count() == 1
    assert Document.objects.filter(case=scene.round.case).count() == 1
