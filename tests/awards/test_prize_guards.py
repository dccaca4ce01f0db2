"""What PostgreSQL refuses about prizes, past the model layer: keys, statutes, rounds, nominations, juries, winners."""

from __future__ import annotations

import datetime as dt
import random
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from awards import rules
from awards.models import Candidate, Nomination, Prize, PrizeRound, PrizeStatutes, RoundCategory, Winner
from portal.database import READ_ONLY
from portal.models import Ruling
from tests import factories as portal_make
from tests import factories_awards as make
from tests import factories_money as money
from tests.attacks import met_by, not_permitted, refused, relations, run

if TYPE_CHECKING:
    from portal.models import User
    from tests.world import World

pytestmark = pytest.mark.django_db
NEEDS: dict[str, dict[str, Any]] = {
    "awards_prize": {"name": "En annen", "slug": "en-annen", "case_id": None},
    "awards_prizeround": {"year": 2050},
    "awards_prizestatutes": {"version": 99},
    "awards_nomination": {"number": 999},
    "awards_voter": {"address_hash": "f" * 64},
}
BEHIND = {
    "awards_candidate_case_same_authority": "candidate_goes_its_way",
    "awards_candidate_merged_into_same_authority": "candidate_merged_takes_no_part",
    "awards_candidate_round_same_authority": "candidate_goes_its_way",
    "awards_categorydecision_candidate_same_authority": "category_decided_in_time",
    "awards_categorydecision_candidate_same_category": "category_decided_in_time",
    "awards_categorydecision_step_same_authority": "category_decided_in_time",
    "awards_categorydecision_category_same_authority": "category_decided_in_time",
    "awards_juryopinion_candidate_same_authority": "opinion_of_its_category",
    "awards_juryopinion_sheet_same_authority": "opinion_of_its_category",
    "awards_juryremark_candidate_same_authority": "judged_by_the_jury",
    "awards_juryremark_member_same_authority": "judged_by_the_jury",
    "awards_juryscore_criterion_same_authority": "jury_score_fits_its_criterion",
    "awards_juryscore_opinion_same_authority": "jury_score_fits_its_criterion",
    "awards_jurysheet_category_same_authority": "judged_by_the_jury",
    "awards_jurysheet_member_same_authority": "judged_by_the_jury",
    "awards_juryvote_candidate_same_authority": "jury_votes_for_a_candidate",
    "awards_juryvote_candidate_same_category": "jury_votes_for_a_candidate",
    "awards_juryvote_category_same_authority": "judged_by_the_jury",
    "awards_juryvote_member_same_authority": "judged_by_the_jury",
    "awards_roundcategory_category_same_authority": "round_categories_stay",
    "awards_roundcategory_round_same_authority": "round_categories_stay",
    "awards_voter_round_same_authority": "voter_stays",
    "awards_winner_decision_same_authority": "winner_as_decided",
    "awards_winner_grant_same_authority": "prize_money_on_its_case",
}
"""Keys that another guard stands before, which refuses more than they do."""
ONE_EACH = {"awards_nominationfile_nomination_same_authority"}
"""A key of rows that never change, each with a document of its own: no attack reaches it."""


def test_no_row_of_a_prize_is_tied_to_anothers(world: World) -> None:
    tried = [one for one in relations("awards") if one.child not in READ_ONLY]
    assert len(tried) > 45
    unmet = {one.name: met for one in tried if BEHIND.get(one.name, one.name) not in (met := met_by(one, NEEDS))}
    assert set(unmet) == ONE_EACH, unmet


# ---- statutes and rounds ----


@pytest.fixture
def prize(world: World) -> Prize:
    return make.a_prize(world.home.authority, "Innovasjon", "Miljø")


def moved(round_: PrizeRound, state: str, **facts: Any) -> None:
    """Set a round's state in plain SQL."""
    facts = {"state": state, **facts}
    columns = ", ".join(f"{name} = %s" for name in facts)
    run(f"UPDATE awards_prizeround SET {columns} WHERE id = %s", *facts.values(), round_.pk)


def test_adopted_statutes_and_their_criteria_stay(prize: Prize) -> None:
    adopted = make.prize_statutes(prize)
    for sql in (
        "UPDATE awards_prizestatutes SET repeat_years = 0, money_nok = 1000000 WHERE id = %s",
        "UPDATE awards_prizestatutes SET valid_from = NULL WHERE id = %s",
        "DELETE FROM awards_prizestatutes WHERE id = %s",
        "UPDATE awards_prizecriterion SET weight = 9 WHERE statutes_id = %s",
        "DELETE FROM awards_prizecriterion WHERE statutes_id = %s",
    ):
        with refused("prize_statutes_stay"):
            run(sql, adopted.pk)
    draft = make.prize_statutes(prize, adopted=False)
    with refused("prize_statutes_stay"):
        run("UPDATE awards_prizecriterion SET statutes_id = %s WHERE statutes_id = %s", adopted.pk, draft.pk)
    assert PrizeStatutes.objects.get(pk=adopted.pk).criteria.count() == 2


def test_a_round_goes_its_way_and_no_other(prize: Prize) -> None:
    round_ = make.a_prize_round(prize)
    for state in ("judging", "voting", "decided", "announced"):  # nominations are still open
        with refused("prize_round_goes_its_way"):
            moved(round_, state, **({"announced_at": timezone.now()} if state == "announced" else {}))
    make.a_candidate(round_.categories.all()[0])
    with refused("prize_round_goes_its_way"):  # somebody is nominated
        moved(round_, "draft")
    judging = make.a_prize_round(prize, "judging", year=2031)
    with refused("prize_round_goes_its_way"):  # no category is decided
        moved(judging, "decided")
    with refused("prize_round_goes_its_way"):  # without a later end
        moved(judging, "published")
    with refused("prize_round_stays"):
        run("DELETE FROM awards_prizeround WHERE id = %s", judging.pk)


def test_what_was_published_of_a_round_stays(prize: Prize) -> None:
    round_ = make.a_prize_round(prize)
    other = make.prize_statutes(prize)
    assert round_.closes_at is not None
    for facts in (
        {"statutes_id": other.pk}, {"opens_at": timezone.now()}, {"year": 2044},
        {"closes_at": round_.closes_at - make.HOUR},
    ):  # fmt: skip
        with refused("prize_round_stays_as_published"):
            moved(round_, "published", **facts)
    with refused("round_categories_stay"):
        run("DELETE FROM awards_roundcategory WHERE round_id = %s", round_.pk)
    moved(round_, "published", closes_at=round_.closes_at + make.HOUR)
    voting = make.a_prize_round(prize, "voting", year=2032)
    assert voting.vote_closes_at is not None
    with refused("prize_round_stays_as_published"):
        moved(voting, "voting", vote_closes_at=voting.vote_closes_at - make.HOUR)


# ---- nominations and candidates ----


def test_a_nomination_comes_in_time_by_the_databases_clock_and_stays(prize: Prize) -> None:
    round_ = make.a_prize_round(prize)
    candidate = make.a_candidate(round_.categories.all()[0])
    web = make.a_nomination(candidate, source="web", received_on=dt.date(2020, 1, 1))
    web.refresh_from_db()
    assert web.received_on == timezone.localdate()
    closed = make.a_prize_round(prize, year=2033, closes_at=timezone.now() - make.HOUR)
    late = make.a_candidate(closed.categories.all()[0], nominations=0)
    with refused("nomination_in_time"):
        make.a_nomination(late, source="web")
    make.a_nomination(late)  # on paper, that came in time and is registered after
    for sql in (
        "UPDATE awards_nomination SET reasons = 'Noe annet' WHERE id = %s",
        "UPDATE awards_nomination SET typed_name = 'En annen' WHERE id = %s",
    ):
        with refused("nomination_stays"):
            run(sql, web.pk)
    with not_permitted():
        run("DELETE FROM awards_nomination WHERE id = %s", web.pk)
    assert Nomination.objects.filter(pk=web.pk, reasons="De skaper arbeidsplasser.").exists()


def test_a_candidate_stands_as_the_round_does(prize: Prize, world: World) -> None:
    round_ = make.a_prize_round(prize, "judging")
    first, second = round_.categories.all()
    one = make.a_candidate(first, number="242621298")
    with refused("candidate_number_once"):
        make.a_candidate(first, number="242621298")
    with not_permitted():
        run("DELETE FROM awards_candidate WHERE id = %s", one.pk)
    moved(round_, "voting", vote_opens_at=timezone.now(), vote_closes_at=timezone.now() + make.HOUR)
    for sql in (
        "UPDATE awards_candidate SET is_finalist = true WHERE id = %s",
        "UPDATE awards_candidate SET name = 'En annen' WHERE id = %s",
    ):
        with refused("candidate_goes_its_way"):
            run(sql, one.pk)
    with refused("candidate_goes_its_way"):
        run("UPDATE awards_candidate SET category_id = %s WHERE id = %s", second.pk, one.pk)
    with refused("candidate_in_time"):
        make.a_candidate(first)


# ---- the jury ----


@pytest.fixture
def jury(world: World) -> list[User]:
    return [make.a_member(world.home.authority) for _ in range(3)]


@pytest.fixture
def judged(prize: Prize, jury: list[User]) -> RoundCategory:
    """A category with two candidates and a jury of three who have declared for both."""
    body = make.a_jury(prize.authority, *jury)
    round_ = make.a_prize_round(prize, "judging", jury=body)
    category = round_.categories.all()[0]
    for _ in range(2):
        make.no_ties(make.a_candidate(category), *jury)
    return category


def test_who_has_not_declared_for_all_or_is_tied_judges_none_of_the_category(
    judged: RoundCategory, jury: list[User]
) -> None:
    one, other = judged.candidates.all()
    sheet = make.a_sheet(judged, jury[0])
    opinion = make.an_opinion(sheet, one, 3, 4)
    seat = sheet.member
    tie = make.a_tie(other, jury[0])
    for sql, given in (
        ("UPDATE awards_juryscore SET points = 5 WHERE opinion_id = %s", [opinion.pk]),
        ("UPDATE awards_juryopinion SET comment = 'Best' WHERE id = %s", [opinion.pk]),
        ("UPDATE awards_jurysheet SET handed_in_at = now() WHERE id = %s", [sheet.pk]),
    ):
        with refused("judged_by_impartial"):
            run(sql, *given)
    with refused("judged_by_impartial"):
        make.a_jury_vote(judged, seat, one)
    Ruling.objects.create(
        authority=judged.authority, declaration=tie, is_impartial=True, reason="Fjernt bekjentskap.",
        ruled_by=jury[1], registered_by=jury[1],
    )  # fmt: skip
    make.a_jury_vote(judged, seat, one)
    make.a_candidate(judged)  # comes later, and nobody has declared for it
    with refused("judged_by_impartial"):
        make.a_sheet(judged, jury[1])


def test_only_the_jury_of_the_round_judges_and_only_while_it_is_at_work(
    judged: RoundCategory, world: World, prize: Prize
) -> None:
    outsider = make.a_seat(make.a_jury(world.home.authority), portal_make.a_user())
    with refused("judged_by_the_jury"):
        make.a_sheet(judged, outsider)
    open_ = make.a_prize_round(prize, year=2034, jury=judged.round.jury)
    seat = judged.round.jury.members.first()
    with refused("judged_in_time"):
        make.a_sheet(open_.categories.all()[0], seat)


def test_what_is_handed_in_is_changed_with_a_reason_alone(judged: RoundCategory, jury: list[User]) -> None:
    one, other = judged.candidates.all()
    sheet = make.a_sheet(judged, jury[0])
    opinion = make.an_opinion(sheet, one, 3, 4)
    with refused("jury_score_fits_its_criterion"):
        run("UPDATE awards_juryscore SET points = 6 WHERE opinion_id = %s", opinion.pk)
    with refused("opinion_of_its_category"):
        stranger = make.a_candidate(judged.round.categories.all()[1])
        make.an_opinion(sheet, stranger)
    make.handed_in(sheet)
    for sql in (
        "UPDATE awards_juryscore SET points = 5 WHERE opinion_id = %s",
        "DELETE FROM awards_juryscore WHERE opinion_id = %s",
        "UPDATE awards_juryopinion SET abstains = true WHERE id = %s",
    ):
        with refused("opinion_changed_with_reason"):
            run(sql, opinion.pk)
    with refused("opinion_changed_with_reason"):
        make.an_opinion(sheet, other, 5, 5)
    with refused("jury_sheet_stays"):
        run("UPDATE awards_jurysheet SET handed_in_at = NULL WHERE id = %s", sheet.pk)
    run("UPDATE awards_juryopinion SET changed_why = 'Drøftet', changed_at = now() WHERE id = %s", opinion.pk)
    run("UPDATE awards_juryscore SET points = 5 WHERE opinion_id = %s", opinion.pk)


def test_what_was_said_and_answered_is_only_added_to(world: World) -> None:
    for table in ("awards_juryremark", "awards_nomineeanswer", "awards_nominationfile"):
        for sql in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
            with not_permitted():
                run(sql)


# ---- decisions and winners ----


def test_a_winner_takes_part_and_who_registers_her_is_impartial(judged: RoundCategory, jury: list[User]) -> None:
    one, other = judged.candidates.all()
    with refused("category_decided_by_impartial"):
        make.a_category_decision(judged, one, by=portal_make.a_user())
    run("UPDATE awards_candidate SET state = 'out', out_why = 'Konkurs' WHERE id = %s", one.pk)
    with refused("winner_is_a_candidate"):
        make.a_category_decision(judged, one, by=jury[0])
    elsewhere = make.a_candidate(judged.round.categories.all()[1])
    with refused("winner_is_a_candidate"):
        make.a_category_decision(judged, elsewhere, by=jury[0])
    seat = judged.round.jury.members.order_by("pk").first()
    vote = make.a_jury_vote(judged, seat, other)
    decision = make.a_category_decision(judged, other, by=jury[0])
    with refused("jury_vote_stays"):
        run("UPDATE awards_juryvote SET choice = 'blank', candidate_id = NULL WHERE id = %s", vote.pk)
    with refused("category_decision_stays"):
        run("UPDATE awards_categorydecision SET reasons = 'Noe annet' WHERE id = %s", decision.pk)


BY_NUMBER, BY_NAME, BY_PERSON = {"number": "242621298"}, {}, {"kind": "person"}


@pytest.mark.parametrize(
    ("won", "again", "name"),
    [
        (BY_NUMBER, BY_NUMBER, "Et annet navn AS"),
        (BY_PERSON, BY_PERSON, "  gammel VINNER "),
        (BY_NUMBER, BY_NAME, "Gammel  Vinner A/S"),
        (BY_NAME, BY_NUMBER, "GAMMEL VINNER"),
        (BY_NAME, BY_NAME, "Gammel-Vinner"),
    ],
)
def test_the_same_does_not_win_again_inside_the_years_of_the_statutes(
    prize: Prize, jury: list[User], won: dict[str, str], again: dict[str, str], name: str
) -> None:
    make.prize_statutes(prize, repeat_years=4)
    make.an_earlier_winner(prize, year=2026, name="Gammel Vinner AS", **won)
    for year, is_refused in ((2029, True), (2030, False)):
        round_ = make.a_prize_round(prize, "judging", year=year)
        one = make.a_candidate(round_.categories.all()[0], name=name, **again)
        make.no_ties(one, jury[0])
        if is_refused:
            with refused("winner_not_again_so_soon"):
                make.a_category_decision(one.category, one, by=jury[0])
        else:
            make.a_category_decision(one.category, one, by=jury[0])
            with refused("candidate_goes_its_way"):  # nor does who won become another
                run("UPDATE awards_candidate SET name = 'Ny', number = '' WHERE id = %s", one.pk)
            second = make.a_candidate(round_.categories.all()[1], name=name, **won)
            make.no_ties(second, jury[0])
            with refused("winner_not_again_so_soon"):  # nor twice in the same year
                make.a_category_decision(second.category, second, by=jury[0])


@pytest.mark.parametrize(
    ("won", "again"),
    [
        (BY_NUMBER, {"number": "974760673"}),
        (BY_NUMBER, BY_PERSON),
        (BY_PERSON, BY_NUMBER),
        (BY_NAME, {"name": "Gammel Vinner Bakeri"}),
    ],
)
def test_another_of_the_same_name_may_win(
    prize: Prize, jury: list[User], won: dict[str, str], again: dict[str, str]
) -> None:
    make.prize_statutes(prize, repeat_years=4)
    make.an_earlier_winner(prize, year=2026, name="Gammel Vinner", **won)
    round_ = make.a_prize_round(prize, "judging", year=2027)
    one = make.a_candidate(round_.categories.all()[0], **{"name": "Gammel Vinner", **again})
    make.no_ties(one, jury[0])
    make.a_category_decision(one.category, one, by=jury[0])


def test_who_won_by_name_in_a_round_here_does_not_win_by_number_in_the_next(prize: Prize, jury: list[User]) -> None:
    make.prize_statutes(prize, repeat_years=4)
    for year, facts in ((2029, BY_NAME), (2030, BY_NUMBER)):
        category = make.a_prize_round(prize, "judging", year=year).categories.all()[0]
        one = make.a_candidate(category, name="Oppdiktet Ost & Saft AS", **facts)
        make.no_ties(one, jury[0])
        if year == 2029:
            make.a_category_decision(category, one, by=jury[0])
            continue
        with refused("winner_not_again_so_soon"):
            run(
                "INSERT INTO awards_categorydecision (authority_id, category_id, candidate_id, outcome, reasons, grounds,"
                " tie_broken_how, ranking, decided_on, registered_at, registered_by_id, invented)"
                " VALUES (%s, %s, %s, 'winner', 'God', '', '', '[]', now(), now(), %s, false)",
                category.authority_id, category.pk, one.pk, jury[0].pk,
            )  # fmt: skip


LETTERS = "abcdeøæåÆØÅéüßẞAS/&.,-_'’ \t\u00a0ﬁ²K1"


def test_the_database_knows_a_name_as_the_gathering_does() -> None:
    names = [
        "Oppdiktet Ost & Saft A/S", "OPPDIKTET  OST OG SAFT", "K/S Brygga", "A.S Brygga", "Stiftelsen Ål", "AS", " sa ",
        "Ærlig_Øl-Åpent IKS", "Groß ﬁsk\u00a0AS", "Enkø Dansk AS as", "&", "", "...", "O’Hara’s KF", "Café\u0301 ANS",
    ]  # fmt: skip
    dice = random.Random(7)
    names += ["".join(dice.choices(LETTERS, k=dice.randint(0, 14))) for _ in range(400)]
    rows = run("SELECT t.name, awards_name_key(t.name) FROM unnest(%s::text[]) AS t(name)", names)
    assert len(rows) == len(names)
    assert [name for name, key in rows if key != rules.name_key(name)] == []


def test_a_winner_is_published_when_announced_and_stays(judged: RoundCategory, jury: list[User]) -> None:
    one = judged.candidates.all()[0]
    make.no_ties(one, jury[0])
    decision = make.a_category_decision(judged, one, by=jury[0])
    facts = {
        "authority": judged.authority, "prize": judged.round.prize, "year": judged.round.year, "decision": decision,
        "kind": one.kind, "name": one.name, "number": one.number, "reasons": decision.reasons,
    }  # fmt: skip
    with refused("winner_as_decided"):
        Winner.objects.create(**facts)
    make.a_category_decision(judged.round.categories.all()[1], None, by=jury[0])
    round_ = make.announce(judged.round)
    won = Winner.objects.get(decision=decision)
    with refused("winner_stays"):
        run("UPDATE awards_winner SET name = 'En annen', reasons = '' WHERE id = %s", won.pk)
    with refused("winner_stays"):
        run("DELETE FROM awards_winner WHERE id = %s", won.pk)
    with refused("prize_round_goes_its_way"):
        moved(round_, "judging", announced_at=None)
    stranger = money.a_grant(money.an_account(money.a_scheme(judged.authority)), state="proposed")
    with refused("prize_money_on_its_case"):
        run("UPDATE awards_winner SET grant_id = %s WHERE id = %s", stranger.pk, won.pk)


# ---- the public vote ----


@pytest.fixture
def voted(world: World) -> tuple[PrizeRound, Candidate, Candidate]:
    prize = make.a_prize(world.home.authority, "Publikum")
    make.prize_statutes(prize, vote="decides", finalists=2)
    now = timezone.now()
    round_ = make.a_prize_round(
        prize, "judging", vote_opens_at=now - make.HOUR, vote_closes_at=now + make.HOUR
    )  # fmt: skip
    category = round_.categories.get()
    one, other = make.a_candidate(category, finalist=True), make.a_candidate(category, finalist=True)
    make.a_candidate(category)
    moved(round_, "voting")
    return round_, one, other


def test_one_vote_for_each_address_and_for_finalists_while_it_is_open(
    voted: tuple[PrizeRound, Candidate, Candidate], world: World
) -> None:
    round_, one, other = voted
    voter = make.a_voter(round_)
    no_finalist = Candidate.objects.get(round=round_, is_finalist=False)
    for chosen in ([no_finalist], [one, other], [], [one, one], [world.home.one(Candidate)]):
        with refused("vote_for_finalists"):
            make.cast(voter, *chosen)
    assert make.cast(voter, one) == 1
    with refused("one_vote_per_address"):
        make.cast(voter, other)
    with refused("voter_stays"):
        run("UPDATE awards_voter SET has_voted = false WHERE id = %s", voter.pk)
    with refused("voter_stays"):
        run("UPDATE awards_voter SET address_hash = %s WHERE id = %s", "b" * 64, voter.pk)
    with refused("voter_stays"):
        make.a_voter(round_, has_voted=True)
    with not_permitted():
        run(
            "INSERT INTO awards_ballot SELECT gen_random_uuid(), authority_id, category_id, candidate_id FROM awards_ballot"
        )
    with not_permitted():
        run("DELETE FROM awards_ballot")
    with refused("votes_counted_after_closing"):
        make.counted(round_)
    with refused("prize_round_goes_its_way"):
        moved(round_, "decided")


def test_the_vote_closes_by_the_databases_clock_and_is_counted_once(world: World) -> None:
    prize = make.a_prize(world.home.authority, "Publikum")
    make.prize_statutes(prize, vote="decides", finalists=2)
    past = timezone.now() - 10 * make.DAY
    round_ = make.a_prize_round(prize, "judging", vote_opens_at=past, vote_closes_at=past + make.DAY)
    finalists = [make.a_candidate(round_.categories.get(), finalist=True) for _ in range(2)]
    moved(round_, "voting")
    voter = make.a_voter(round_)
    with refused("vote_in_time"):
        make.cast(voter, finalists[0])
    first = make.counted(round_, erase_on=timezone.localdate())
    assert make.counted(round_) == first
    ((voters, ballots, sha256),) = run("SELECT voters, ballots, sha256 FROM awards_votecount WHERE id = %s", first)
    assert (voters, ballots) == (0, 0)
    assert run("SELECT awards_hash_of_ballots(%s)", round_.pk) == [(sha256,)]
    for sql in ("UPDATE awards_votecount SET voters = 9", "UPDATE awards_voteresult SET votes = 9"):
        with not_permitted():
            run(sql)
    assert run("SELECT awards_erase_traces(%s)", round_.pk) == [(0,)]
    assert run("SELECT count(*) FROM awards_voter WHERE round_id = %s", round_.pk) == [(0,)]
