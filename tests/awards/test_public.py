"""Prizes as everyone reads them: nothing of a nominee before the ceremony, then who won, why, and what it serves."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from awards.models import PrizeGoal, PrizeRound, Winner
from awards.panels import links_of_case
from awards.winners import public
from grants import ledger
from grants.models import ExemptField
from tests import factories as ground
from tests import factories_awards as make
from tests import factories_money as money
from tests.conftest import signed_in
from tests.house.test_queries import same_for_all_sizes
from tests.strategy.reading import body, english

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awards.models import Prize, RoundCategory
    from grants.models import Grant
    from portal.models import Authority, User

pytestmark = pytest.mark.django_db
NUMBER = "974760673"
SECRET = "Hemmelig Nominert AS"


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def place(db: None) -> Authority:
    return ground.an_authority(name="Prøveby")


@pytest.fixture
def officer(place: Authority) -> User:
    return ground.a_user("officer", place, name="Olga Oppdiktet")


@pytest.fixture
def prize(place: Authority) -> Prize:
    made = make.a_prize(place, "Miljø", "Innovasjon", name="Prøveprisen", slug="proveprisen")
    make.prize_statutes(made, vote="advises", finalists=2, repeat_years=4)
    return made


@pytest.fixture
def anyone() -> Client:
    return english(Client())


def page(name: str, prize: Prize, *more: Any) -> str:
    return reverse(name, args=[prize.authority.slug, prize.slug, *more])


def moved(round_: PrizeRound, state: str) -> PrizeRound:
    PrizeRound.objects.filter(pk=round_.pk).update(state=state)
    round_.refresh_from_db()
    return round_


def decided(category: RoundCategory, officer: User, **facts: Any) -> None:
    """Let the secret one win a category."""
    won = make.a_candidate(category, finalist=True, **{"name": SECRET, "number": NUMBER, **facts})
    make.no_ties(won, officer)
    make.a_category_decision(category, won, by=officer, reasons="De tok vare på råvarene.")


def everything_public(prize: Prize, anyone: Client, year: int) -> str:
    """Return all that anyone can read of a prize and its round."""
    slug = [prize.authority.slug]
    names = ("prize_page", "prize_winners", "prize_box")
    addresses = [page(name, prize) for name in names] + [page("prize_round", prize, year)]
    addresses += [reverse(name, args=slug) for name in ("prizes", "prizes_feed", "authority_page")]
    return "\n".join(body(anyone.get(address)) for address in addresses)


# ---- secret until the ceremony ----


def test_who_is_nominated_or_a_finalist_stands_nowhere_public_before_its_time(prize: Prize, anyone: Client) -> None:
    now = timezone.now()
    dates = {"vote_opens_at": now + make.DAY, "vote_closes_at": now + 5 * make.DAY}
    round_ = make.a_prize_round(prize, "judging", year=2026, **dates)
    make.a_candidate(round_.categories.first(), finalist=True, name=f"{SECRET} to")  # type: ignore[arg-type]
    assert SECRET not in everything_public(prize, anyone, 2026)
    moved(round_, "voting")
    said = everything_public(prize, anyone, 2026)
    assert "The vote opens" in said
    assert SECRET not in said


def test_what_is_decided_stands_nowhere_public_before_it_is_announced(
    prize: Prize, officer: User, anyone: Client
) -> None:
    round_ = make.a_prize_round(prize, "judging", year=2026)
    first, second = round_.categories.all()
    other = make.a_candidate(second, finalist=True, name=f"{SECRET} to")
    make.no_ties(other, officer)
    decided(first, officer)
    make.a_category_decision(second, None, by=officer, reasons="Ingen nådde opp.")
    moved(round_, "decided")
    said = everything_public(prize, anyone, 2026)
    assert "Before the ceremony" in said
    assert SECRET not in said
    assert "råvarene" not in said
    assert "Ingen nådde opp" not in said
    make.announce(round_)
    said = everything_public(prize, anyone, 2026)
    assert said.count(SECRET) >= 6, "the winner stands on the round, the prize, the archive, box, feed and panel"
    assert "Ingen nådde opp" in said
    assert f"{SECRET} to" not in said, "who did not win is never published"


def test_finalists_are_read_from_when_the_vote_opens(prize: Prize, anyone: Client) -> None:
    now = timezone.now()
    dates = {"vote_opens_at": now - make.HOUR, "vote_closes_at": now + make.DAY}
    round_ = make.a_prize_round(prize, "judging", year=2026, **dates)
    finalist = make.a_candidate(round_.categories.first(), finalist=True, name="Finalisten AS")  # type: ignore[arg-type]
    other = make.a_candidate(finalist.category, name=SECRET)
    moved(round_, "voting")
    said = body(anyone.get(page("prize_round", prize, 2026)))
    assert "Finalisten AS" in said
    assert other.name not in said
    assert page("vote", prize, 2026) in said


def test_dates_stand_in_their_order_also_when_the_jury_meets_after_the_vote(prize: Prize) -> None:
    now = timezone.now()
    vote = {"vote_opens_at": now + make.DAY, "vote_closes_at": now + 5 * make.DAY}
    for days in (0, 7):
        meets = timezone.localdate(now) + days * make.DAY
        round_ = make.a_prize_round(prize, "judging", year=2026 + days, jury_meets_on=meets, **vote)
        said = [what for what, _when, _where in public.dates_of(round_) if "jury" in what or "vote" in what]
        later = ["The public vote opens", "The public vote closes"]
        assert said == ([*later, "The jury meets"] if days else ["The jury meets", *later])


def test_a_draft_or_a_prize_that_is_not_shown_is_only_for_those_who_work_there(
    prize: Prize, officer: User, anyone: Client
) -> None:
    make.a_prize_round(prize, "draft", year=2027)
    at_the_desk = english(signed_in(officer))
    assert anyone.get(page("prize_round", prize, 2027)).status_code == 404
    assert "Only you who work here see this page" in body(at_the_desk.get(page("prize_round", prize, 2027)))
    winner = make.an_earlier_winner(prize)
    prize.is_public = False
    prize.save()
    addresses = [page("prize_page", prize), page("prize_winners", prize), page("prize_winner", prize, winner.pk)]
    for address in addresses:
        assert anyone.get(address).status_code == 404, address
        assert "not shown to everyone yet" in body(at_the_desk.get(address))
    assert at_the_desk.get(page("prize_box", prize)).status_code == 404, "a box is the same to all"
    assert page("prize_page", prize) not in body(anyone.get(reverse("authority_page", args=[prize.authority.slug])))


# ---- what one can do, and when ----


def test_the_prize_says_what_one_can_do_now_and_leads_there(prize: Prize, anyone: Client) -> None:
    now = timezone.now()
    make.a_prize_round(prize, year=2026, closes_at=now + 3 * make.DAY)
    for address in (page("prize_page", prize), page("prize_round", prize, 2026), page("prize_box", prize)):
        assert page("nominate", prize, 2026) in body(anyone.get(address)), address
    assert "3 days left" in body(anyone.get(page("prize_page", prize)))
    make.a_prize_round(prize, year=2025, closes_at=now - make.HOUR)
    said = body(anyone.get(page("prize_round", prize, 2025)))
    assert page("nominate", prize, 2025) not in said
    assert "Nominations have closed" in said


def test_rules_and_who_decides_are_told_by_capacity_and_only_the_elected_by_name(
    prize: Prize, place: Authority, anyone: Client
) -> None:
    member = make.a_member(place, name="Ola Oppdiktet Bedriftseier")
    jury = make.a_jury(place, member)
    make.a_seat(jury, capacity="elected", display_name="Kari Oppdiktet Folkevalgt")
    make.a_seat(jury, display_name="Per Oppdiktet Avgått", valid_to=dt.date(2020, 1, 1))
    make.a_prize_round(prize, year=2026, jury=jury)
    said = body(anyone.get(page("prize_page", prize)))
    assert "Kari Oppdiktet Folkevalgt" in said
    assert "Business: 1 member" in said
    assert member.name not in said
    assert "Who has won can win again after 4 years" in said
    assert "Kriterium 1" in said
    assert "counts 67" in said


def test_a_cancelled_round_says_why(prize: Prize, anyone: Client) -> None:
    round_ = make.a_prize_round(prize, year=2026)
    PrizeRound.objects.filter(pk=round_.pk).update(state="cancelled", ended_why="Ingen ble nominert.")
    said = body(anyone.get(page("prize_round", prize, 2026)))
    assert "not awarded this year" in said
    assert "Ingen ble nominert." in said


# ---- winners ----


@pytest.fixture
def winner(prize: Prize, officer: User) -> Winner:
    """Who won the first category of the round of 2026; the other had no winner."""
    round_ = make.a_prize_round(prize, "judging", year=2026)
    first, second = round_.categories.all()
    decided(first, officer)
    make.a_category_decision(second, None, by=officer, reasons="Ingen nådde opp.")
    make.announce(round_)
    return Winner.objects.get(prize=prize)


def test_a_year_that_ends_without_a_winner_says_so_and_why(prize: Prize, officer: User, anyone: Client) -> None:
    round_ = make.a_prize_round(prize, "judging", year=2026)
    for category in round_.categories.all():
        make.a_category_decision(category, None, by=officer, reasons=f"Ingen nådde opp i {category}.")
    make.announce(round_)
    said = body(anyone.get(page("prize_round", prize, 2026)))
    assert "No winner this year" in said
    assert "Ingen nådde opp i Miljø." in said
    assert "Ingen nådde opp i Innovasjon." in said
    assert body(anyone.get(page("prize_winners", prize))).count("No winner") == 2
    assert "Nobody has won" not in body(anyone.get(page("prize_page", prize)))


def test_a_winner_leads_to_the_goal_and_to_support_that_is_public(
    winner: Winner, place: Authority, anyone: Client
) -> None:
    plan = ground.a_plan(place)
    goal = ground.a_goal(plan, title="Flere arbeidsplasser")
    PrizeGoal.objects.create(authority=place, prize=winner.prize, goal=goal)
    account = money.a_line(money.a_scheme(place, is_public=True), 1000).account
    assert account is not None
    company = ground.an_organisation(place, name=SECRET, number=NUMBER)
    money.a_grant(account, company, title="Ny maskin")
    hidden = money.a_grant(account, company, title="Unntatt formål")
    ExemptField.objects.create(authority=place, grant=hidden, field="recipient", basis="offl. § 13")
    money.a_grant(account, company, title="Bare foreslått", state="proposed")
    money.a_grant(account, title="En annens tilskudd")
    said = body(anyone.get(winner.get_absolute_url()))
    assert f"{plan.get_absolute_url()}#m{goal.pk}" in said
    assert "De tok vare på råvarene." in said
    assert "Ny maskin" in said
    for text in ("Unntatt formål", "Bare foreslått", "En annens tilskudd"):
        assert text not in said


@money.deed
def given(grant: Grant) -> None:
    money.an_aid_assessment(grant)
    grant.state, grant.decided_on, grant.decision_reference = "granted", money.DAY, "D 1/26"
    grant.save()
    ledger.commit(grant, on=money.DAY, by=None)


def test_prize_money_is_told_when_it_is_granted_and_not_before(
    winner: Winner, place: Authority, anyone: Client
) -> None:
    account = money.a_line(money.a_scheme(place, is_public=True), 90_000).account
    assert account is not None
    assert winner.decision is not None
    company = ground.an_organisation(place, name=SECRET, number=NUMBER)
    facts = {"title": "Pengepremie", "case": winner.decision.category.round.case}
    winner.grant = money.a_grant(account, company, amount=25_000, state="proposed", **facts)
    winner.save()
    assert "Prize money" not in body(anyone.get(winner.get_absolute_url()))
    given(winner.grant)
    said = body(anyone.get(winner.get_absolute_url()))
    assert "25 000" in said
    assert "Public support it has had" not in said, "the prize money is no earlier support"


def test_the_archive_holds_all_years_and_is_searched(winner: Winner, anyone: Client) -> None:
    make.an_earlier_winner(
        winner.prize, year=2012, name="Gamle Bakeri AS", category_name="Miljø", reasons="For brødet."
    )
    whole = page("prize_winners", winner.prize)
    said = body(anyone.get(whole))
    assert said.index(SECRET) < said.index("No winner") < said.index("Gamle Bakeri AS"), "the newest year first"
    for query, found, missing in (
        ("?q=brødet", "Gamle Bakeri", SECRET), ("?q=2026", SECRET, "Gamle Bakeri"),
        ("?kategori=Innovasjon", "No winner", "Gamle Bakeri"), ("?q=finnes+ikke", "No winner fits", "Gamle Bakeri"),
    ):  # fmt: skip
        said = body(anyone.get(f"{whole}{query}"))
        assert found in said, query
        assert missing not in said, query


def test_the_feed_tells_of_what_was_announced_here_alone(winner: Winner, anyone: Client) -> None:
    make.an_earlier_winner(winner.prize, name="Gamle Bakeri AS")
    said = body(anyone.get(reverse("prizes_feed", args=[winner.authority.slug])))
    assert "Prøveprisen 2026, Miljø: Hemmelig Nominert AS" in said
    assert "Gamle Bakeri" not in said


def test_the_box_may_stand_in_any_frame_knows_nobody_and_is_light(
    winner: Winner, officer: User, anyone: Client
) -> None:
    address = page("prize_box", winner.prize)
    answer, to_staff = anyone.get(address), signed_in(officer).get(address)
    assert "frame-ancestors *" in answer["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer
    assert not answer.cookies
    assert answer.content == to_staff.content
    assert len(answer.content) < 30_000
    assert b"<script" not in answer.content


def test_what_people_write_is_shown_as_text(prize: Prize, anyone: Client) -> None:
    name = '<script>alert("x")</script> & Sønn'
    made = make.an_earlier_winner(prize, name=name, reasons=name, category_name=name)
    addresses = [
        page("prize_winners", prize),
        made.get_absolute_url(),
        page("prize_box", prize),
        page("prize_page", prize),
    ]
    for address in addresses:
        said = body(anyone.get(address))
        assert "<script>" not in said, address
        assert "&lt;script&gt;" in said, address


def test_a_case_leads_to_its_round_and_a_nominees_case_to_nothing_for_others(
    prize: Prize, officer: User, anyone: Client
) -> None:
    round_ = make.a_prize_round(prize, year=2026)
    made = make.a_candidate(round_.categories.first(), name=SECRET)  # type: ignore[arg-type]
    stranger = ground.a_user()
    assert [link["url"] for link in links_of_case(round_.case, stranger)] == [page("prize_round", prize, 2026)]
    assert [link["url"] for link in links_of_case(round_.case, officer)] == [page("round_desk", prize, 2026)]
    assert links_of_case(made.case, stranger) == []
    (link,) = links_of_case(made.case, officer)
    assert SECRET not in link["text"]
    draft = make.a_prize_round(prize, "draft", year=2028)
    assert links_of_case(draft.case, stranger) == []


# ---- queries ----


def test_public_lists_cost_the_same_for_any_number() -> None:
    def grow(size: int) -> tuple[Client, dict[str, int | None]]:
        place = ground.an_authority()
        prizes = [make.a_prize(place, *(f"Kategori {n}" for n in range(min(size, 10)))) for _ in range(min(size, 10))]
        for one in prizes:
            make.prize_statutes(one)
            make.a_prize_round(one, year=2026)
        for n in range(size):
            make.an_earlier_winner(prizes[0], year=1990 + n % 30, name=f"Vinner {n}", number="")
        slug, names = [place.slug], ("prize_page", "prize_winners")
        addresses = [reverse(name, args=slug) for name in ("prizes", "prizes_feed", "authority_page")]
        addresses += [page(name, prizes[0]) for name in names] + [page("prize_round", prizes[0], 2026)]
        return english(Client()), dict.fromkeys(addresses, 16)

    same_for_all_sizes(grow)
