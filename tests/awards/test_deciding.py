"""Deciding a category: ranking by rule, finalists, the meeting and its votes, the decision with minutes; and none."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from awards.deciding import decisions, finalists, meeting, minutes, pages, ranking, votes
from awards.deciding.decisions import Decided
from awards.deciding.ranking import Ranked
from awards.deciding.votes import Cast
from awards.models import CategoryDecision, JuryVote
from portal.impartiality import NotImpartial
from portal.impartiality_protocol import Seat
from portal.models import BodyMembership, Document, Event, Role
from tests import factories as portal_make
from tests import factories_awards as make
from tests.conftest import signed_in
from tests.house.test_queries import same_for_all_sizes

if TYPE_CHECKING:
    from django.test import Client

    from awards.models import Candidate
    from tests.world import World

pytestmark = pytest.mark.django_db
SECRET = "Hemmelig Kandidat AS"


@pytest.fixture
def scene(world: World) -> SimpleNamespace:
    return a_scene(world.home.authority)


def a_scene(authority: Any, *, candidates: int = 3, **statutes: Any) -> SimpleNamespace:
    """A round at the jury, with two who sign in and one who does not; the officer and the two have declared."""
    officer = portal_make.a_user(Role.OFFICER, authority)
    people = [make.a_member(authority) for _ in range(2)]
    jury = make.a_jury(authority, *people)
    paper = make.a_seat(jury, display_name="Oppdiktet Papirmedlem")
    prize = make.a_prize(authority)
    make.prize_statutes(prize, **statutes)
    round_ = make.a_prize_round(prize, "judging", jury=jury, officer=officer)
    category = round_.categories.get()
    found = [make.a_candidate(category, name=SECRET if n == 0 else f"Kandidat {n}") for n in range(candidates)]
    for one in found:
        make.no_ties(one, officer, *people)
    seats = [BodyMembership.objects.get(body=jury, user=one) for one in people]
    return SimpleNamespace(
        authority=authority, officer=officer, people=people, jury=jury, paper=paper, round=round_, category=category,
        candidates=found, seats=seats,
    )  # fmt: skip


def facts(scene: SimpleNamespace) -> dict[str, Any]:
    return {"by": scene.officer, "now": timezone.now()}


def score(scene: SimpleNamespace, *rows: tuple[tuple[int, ...], ...]) -> None:
    """Let each member give the candidates these points, by criterion, and hand in."""
    for person, given in zip(scene.people, rows, strict=False):
        sheet = make.a_sheet(scene.category, person)
        for one, points in zip(scene.candidates, given, strict=True):
            make.an_opinion(sheet, one, *points, abstains=not points)
        make.handed_in(sheet)


def meet(scene: SimpleNamespace, *absent: BodyMembership) -> None:
    """Hold the meeting with the two who sign in, but for those absent; the one on paper is absent."""
    step = meeting.hold(scene.round, on=timezone.localdate(), **facts(scene))
    gone = {scene.paper.pk, *(one.pk for one in absent)}
    seats = [Seat(one, "absent" if one.pk in gone else "present") for one in (*scene.seats, scene.paper)]
    meeting.attend(scene.round, step, seats, all_asked=False, **facts(scene))


def vote(scene: SimpleNamespace, *chosen: Candidate | None) -> int:
    cast = [Cast("none") if one is None else Cast("candidate", one.pk) for one in chosen]
    return votes.register(scene.category, dict(zip([s.pk for s in scene.seats], cast, strict=False)), **facts(scene))


def decided(winner: Candidate | None, **typed: Any) -> Decided:
    outcome = "winner" if winner else "none"
    return Decided(**{"outcome": outcome, "candidate": winner.pk if winner else None, "reasons": "Juryen ble overbevist.",
                      "decided_on": timezone.localdate(), **typed})  # fmt: skip


def ranked(scene: SimpleNamespace) -> list[tuple[Any, ...]]:
    names = {one.pk: place for place, one in enumerate(scene.candidates)}
    return [(names[row.candidate_id], row.rank, row.score) for row in ranking.ranking(scene.category)]


# ---- the ranking ----


def test_the_score_is_the_weighted_mean_of_those_who_gave_points(scene: SimpleNamespace) -> None:
    score(scene, ((5, 1), (4, 4), ()), ((4, 3), (), ()))  # weights 2 and 1, at most 5 points
    rows = {row.candidate_id: row for row in ranking.ranking(scene.category)}
    first, second, third = (rows[one.pk] for one in scene.candidates)
    assert first.score == Decimal("73.3")  # (2 · 90 % + 40 %) / 3
    assert (second.score, second.scored_by) == (Decimal("80.0"), 1)  # who abstains is left out
    assert (first.lowest, first.highest, first.scored_by) == (Decimal("73.3"), Decimal("73.3"), 2)
    assert [(row.rank, row.score) for row in (second, first, third)] == [
        (1, Decimal("80.0")), (2, Decimal("73.3")), (None, None)
    ]  # fmt: skip


def test_a_tie_is_broken_by_the_heaviest_criterion_and_else_the_rank_is_shared(scene: SimpleNamespace) -> None:
    score(scene, ((3, 5), (4, 3), (4, 3)))  # all 73.3 %
    heaviest = scene.round.statutes.criteria.order_by("-weight")[0]
    assert ranked(scene) == [(1, 1, Decimal("73.3")), (2, 1, Decimal("73.3")), (0, 3, Decimal("73.3"))]
    rows = ranking.ranking(scene.category)
    assert [row.is_shared for row in rows] == [True, True, False]
    assert [row.ahead_by for row in rows] == ["", str(heaviest.pk), ""]


def test_a_sheet_counts_when_it_is_handed_in_and_while_its_member_is_impartial(scene: SimpleNamespace) -> None:
    score(scene, ((5, 5), (1, 1), (1, 1)))
    open_sheet = make.a_sheet(scene.category, scene.people[1])
    make.an_opinion(open_sheet, scene.candidates[1], 5, 5)
    assert ranked(scene)[0] == (0, 1, Decimal("100.0"))
    assert ranked(scene)[1][2] == Decimal("20.0")
    make.a_tie(scene.candidates[2], scene.people[0])
    assert {line[1] for line in ranked(scene)} == {None}


def test_the_ranking_suggests_no_more_than_the_statutes_allow_and_leaves_equals_to_the_jury() -> None:
    rows = [Ranked(1, 1, Decimal(90)), Ranked(2, 2, Decimal(80)), Ranked(3, 2, Decimal(80)), Ranked(4, None, None)]
    assert ranking.suggested(rows, SimpleNamespace(finalists=3)) == [1, 2, 3]  # type: ignore[arg-type]
    assert ranking.suggested(rows, SimpleNamespace(finalists=2)) == [1]  # type: ignore[arg-type]


# ---- finalists ----


def test_finalists_are_as_many_as_the_statutes_allow_and_chosen_once(world: World) -> None:
    scene = a_scene(world.home.authority, vote="decides", finalists=2)
    one, other, third = scene.candidates
    for wrong in ([one.pk, other.pk, third.pk], [one.pk], [one.pk, 999_999_999]):
        with pytest.raises(ValidationError):
            finalists.choose(scene.category, wrong, **facts(scene))
    for _ in range(2):
        chosen = finalists.choose(scene.category, [one.pk, other.pk], **facts(scene))
        assert chosen == [one, other]
    assert Event.objects.filter(kind="finalists_chosen", case=scene.round.case).count() == 1
    assert finalists.describe(scene.category, {one.pk: "Bygger båter.", third.pk: "Nei"}, **facts(scene)) == 1
    third.refresh_from_db()
    assert third.public_text == ""
    with pytest.raises(ValidationError):
        finalists.describe(scene.category, {one.pk: "x" * 401}, **facts(scene))
    with pytest.raises(PermissionDenied):
        finalists.choose(scene.category, [one.pk, third.pk], by=portal_make.a_user(Role.EDITOR, scene.authority),
                         now=timezone.now())  # fmt: skip


# ---- the meeting and its votes ----


def test_only_who_took_part_and_is_tied_to_nobody_votes(scene: SimpleNamespace) -> None:
    first, second = scene.seats
    meet(scene, second)
    with pytest.raises(ValidationError) as refused:
        vote(scene, scene.candidates[0], scene.candidates[0])
    assert set(refused.value.message_dict) == {str(second.pk)}
    assert not JuryVote.objects.filter(category=scene.category).exists()
    assert [vote(scene, scene.candidates[0]), vote(scene, scene.candidates[0])] == [1, 0]
    make.a_tie(scene.candidates[1], scene.people[0])
    with pytest.raises(ValidationError) as refused:
        vote(scene, None)
    assert set(refused.value.message_dict) == {str(first.pk)}


def test_a_meeting_is_written_down_once_and_another_one_when_it_is_asked_for(scene: SimpleNamespace) -> None:
    today = timezone.localdate()
    one = meeting.hold(scene.round, on=today, **facts(scene), seen=0)
    again = meeting.hold(scene.round, on=today, **facts(scene), seen=0)
    stale = meeting.hold(scene.round, on=today - make.DAY, **facts(scene), seen=0)
    assert one == again == stale
    assert meeting.hold(scene.round, on=today - make.DAY, **facts(scene), seen=one.pk) != one
    with pytest.raises(ValidationError):
        meeting.hold(scene.round, on=today + make.DAY, **facts(scene))


# ---- the decision ----


def test_a_decision_comes_with_minutes_that_list_who_was_out_and_how_each_voted(scene: SimpleNamespace) -> None:
    score(scene, ((5, 4), (3, 3), (1, 1)), ((4, 4), (3, 3), (1, 2)))
    make.a_tie(scene.candidates[2], scene.people[1], tie="Søsteren min eier den.")
    meet(scene)
    vote(scene, scene.candidates[0])
    made = decisions.decide(scene.category, decided(scene.candidates[0], grounds="Nytenkning."), **facts(scene))
    document = made.minutes
    assert document is not None
    assert (document.case, document.access, document.direction) == (scene.round.case, "deferred", "internal")
    assert SECRET not in document.title + document.filename
    assert document.file.read().startswith(b"%PDF")
    stand = pages.standing_of(scene.round, scene.category, timezone.now())
    said = msgspec.json.encode(minutes.paper_of(minutes.basis_of(made, stand.held, stand.today))).decode()
    tied = scene.people[1].name
    assert gettext("%(name)s is tied to a candidate, and took no part in the category.") % {"name": tied} in said
    assert "Søsteren min" not in said
    assert all(text in said for text in (SECRET, "Juryen ble overbevist.", "Nytenkning.", scene.people[0].name))
    scene.round.refresh_from_db()
    assert scene.round.state == "decided"
    with pytest.raises(ValidationError):
        decisions.decide(scene.category, decided(None), **facts(scene))
    assert CategoryDecision.objects.get(category=scene.category) == made
    assert Document.objects.filter(case=scene.round.case).count() == 1


def test_what_the_votes_do_not_settle_is_explained(scene: SimpleNamespace) -> None:
    one, other, _third = scene.candidates
    meet(scene)
    with pytest.raises(ValidationError):  # nobody’s vote is registered
        decisions.decide(scene.category, decided(one), **facts(scene))
    vote(scene, one, other)
    for winner in (one, None):
        with pytest.raises(ValidationError) as refused:
            decisions.decide(scene.category, decided(winner), **facts(scene))
        assert set(refused.value.message_dict) == {"settled_how"}
    made = decisions.decide(scene.category, decided(one, settled_how="Lederens stemme."), **facts(scene))
    assert made.tie_broken_how == "Lederens stemme."


def test_nobody_decides_without_a_meeting_or_while_tied(scene: SimpleNamespace) -> None:
    with pytest.raises(ValidationError):
        decisions.decide(scene.category, decided(scene.candidates[0]), **facts(scene))
    make.a_tie(scene.candidates[2], scene.officer)
    for deed in (
        lambda: decisions.decide(scene.category, decided(None), **facts(scene)),
        lambda: finalists.choose(scene.category, [], **facts(scene)),
        lambda: vote(scene, None),
        lambda: decisions.take_up(scene.category, why="Nei", **facts(scene)),
    ):
        with pytest.raises(NotImpartial):
            deed()


def test_a_year_ends_without_a_winner_and_is_taken_up_again_with_a_reason(scene: SimpleNamespace) -> None:
    meet(scene)
    vote(scene, None, None)
    first = decisions.decide(scene.category, decided(None, reasons="Ingen nådde opp."), **facts(scene))
    with pytest.raises(ValidationError):
        decisions.take_up(scene.category, why=" ", **facts(scene))
    decisions.take_up(scene.category, why="En kandidat var oversett.", **facts(scene))
    scene.round.refresh_from_db()
    assert (scene.round.state, CategoryDecision.objects.filter(pk=first.pk).exists()) == ("judging", False)
    assert scene.round.case.steps.get().outcome == "pending"
    with pytest.raises(ValidationError):
        decisions.take_up(scene.category, why="En gang til.", **facts(scene))
    vote(scene, scene.candidates[0], scene.candidates[0])
    again = decisions.decide(scene.category, decided(scene.candidates[0]), **facts(scene))
    assert again.candidate == scene.candidates[0]
    met = scene.round.case.steps.get()
    assert met.outcome == "adopted" and met.decided_on and scene.candidates[0].name not in met.resolution
    assert Document.objects.filter(case=scene.round.case).count() == 2  # the first minutes stay


# ---- the pages ----


def page_of(scene: SimpleNamespace, more: str = "") -> str:
    where = [scene.authority.slug, scene.round.prize.slug, scene.round.year, scene.category.pk]
    return reverse("decide_category", args=where) + more


def post(client: Client, address: str, gjor: str, **typed: Any) -> Any:
    return client.post(address, {"gjor": gjor, **typed})


def test_the_officer_takes_a_category_from_points_on_paper_to_a_winner(scene: SimpleNamespace) -> None:
    client, here, today = signed_in(scene.officer), page_of(scene), timezone.localdate().isoformat()
    sheet, criteria = page_of(scene, f"ark/{scene.paper.pk}/"), list(scene.round.statutes.criteria.all())
    assert post(client, sheet, "erklar", svar="no_ties").status_code == 302
    for place, one in enumerate(scene.candidates):
        points = {f"points-{each.pk}": 5 - place for each in criteria}
        answer = post(client, f"{sheet}?kandidat={one.pk}", "neste", seen="0", **points)
        assert answer.status_code == 302, answer.content
    assert post(client, sheet, "lever").status_code == 302
    assert ranked(scene)[0] == (0, 1, Decimal("100.0"))
    assert post(client, here, "mote", **{"mote-held_on": today, "mote-seen": "0"}).status_code == 302
    step = meeting.meeting_of(scene.round)
    assert step is not None
    seats = {f"m{step.pk}-{one.pk}-presence": "present" for one in (*scene.seats, scene.paper)}
    mark = client.get(here).context["seats"].mark
    post(client, here, "oppmote", behandling=step.pk, seen=mark, **seats)
    won = str(scene.candidates[0].pk)
    assert post(client, here, "stemmer", **{"stemme-all": won}).status_code == 302
    typed = {"winner": won, "reasons": "Juryen ble overbevist.", "decided_on": today}
    sure = post(client, here, "se", **typed)
    assert (sure.status_code, SECRET in sure.content.decode()) == (200, True)
    draft = post(client, here, "protokoll", **typed)
    assert draft["Content-Type"] == "application/pdf"
    assert not CategoryDecision.objects.filter(category=scene.category).exists()
    assert post(client, here, "vedta", **typed).status_code == 302
    again = post(client, here, "vedta", **typed)
    assert again.status_code == 200
    assert CategoryDecision.objects.filter(category=scene.category).count() == 1
    kept = client.get(page_of(scene, "protokoll/"))
    assert (kept.status_code, "no-store" in kept["Cache-Control"]) == (200, True)


def test_what_is_typed_wrongly_stands_beside_its_field_with_all_that_was_typed(scene: SimpleNamespace) -> None:
    client, here = signed_in(scene.officer), page_of(scene)
    answer = post(client, here, "se", winner="", reasons="x" * 9000, grounds="Ta vare på meg", decided_on="i går")
    assert set(answer.context["form"].errors) == {"winner", "reasons", "decided_on"}
    assert "Ta vare på meg" in answer.content.decode()
    two_megabytes = post(client, here, "se", winner="none", reasons="x" * 2_000_000, decided_on="2026-01-01")
    assert two_megabytes.status_code == 200
    assert not CategoryDecision.objects.filter(category=scene.category).exists()


def test_who_has_not_declared_or_sits_in_the_jury_sees_no_points(scene: SimpleNamespace) -> None:
    score(scene, ((5, 4), (3, 3), (1, 1)))
    other = signed_in(portal_make.a_user(Role.LEADER, scene.authority))
    for more in ("", "protokoll/", f"ark/{scene.paper.pk}/"):
        answer = other.get(page_of(scene, more))
        assert (answer.status_code, "93,3" in answer.content.decode()) == (403, False)
    both = scene.people[1]
    both.memberships.create(authority=scene.authority, role=Role.OFFICER)
    answer = signed_in(both).get(page_of(scene))
    assert (answer.status_code, "93,3" in answer.content.decode()) == (200, False)
    assert "93,3" in signed_in(scene.officer).get(page_of(scene)).content.decode()


def test_pages_cost_the_same_for_any_number_of_candidates(world: World) -> None:
    def grow(size: int) -> tuple[Client, dict[str, int | None]]:
        scene = a_scene(world.home.authority, candidates=size, finalists=3)
        score(scene, tuple((3, 4) for _ in range(size)))
        meet(scene)
        client = signed_in(scene.officer)
        client.get(page_of(scene))  # the first look is noted
        return client, {page_of(scene): 30, page_of(scene, f"ark/{scene.paper.pk}/"): 20}

    same_for_all_sizes(grow)
