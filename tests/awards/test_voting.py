"""The public vote: a link to each address, one vote by each link, nothing that binds the two, and a count that holds."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core import signing
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from awards.models import Ballot, Candidate, PrizeRound, VoteCount, Voter
from awards.refusals import Refused
from awards.voting import casting, counting, erasing, identity, register, watching
from portal.input_forms import STAMP
from portal.models import Event, LinkKey, Mail, Notice
from tests import factories as ground
from tests import factories_awards as make
from tests.at_once import at_once
from tests.conftest import signed_in
from tests.databases import connect_as_owner
from tests.house.test_queries import same_for_all_sizes

if TYPE_CHECKING:
    from collections.abc import Callable

    from portal.models import Authority

DAY = dt.timedelta(days=1)


def a_vote(authority: Authority | None = None, *categories: str, **facts: Any) -> tuple[PrizeRound, list[Candidate]]:
    """Make a round whose vote is open, with two finalists in each category."""
    prize = make.a_prize(authority or ground.an_authority(), *categories)
    make.prize_statutes(prize, vote="advises", finalists=2)
    round_ = make.a_prize_round(prize, "judging", **{
        "vote_opens_at": timezone.now() - make.HOUR, "vote_closes_at": timezone.now() + 5 * DAY, **facts,
    })  # fmt: skip
    finalists = [make.a_candidate(one, finalist=True) for one in round_.categories.all() for _n in range(2)]
    PrizeRound.objects.filter(pk=round_.pk).update(state="voting")
    round_.refresh_from_db()
    return round_, finalists


def where(name: str, round_: PrizeRound, *more: str) -> str:
    return reverse(name, args=[round_.authority.slug, round_.prize.slug, round_.year, *more])


def asked(round_: PrizeRound, address: str, **facts: Any) -> Any:
    """Fill in the form for a link as a person does: slowly, and without the field that robots fill in."""
    stamp = signing.dumps(dt.datetime.now().timestamp() - 60, salt=STAMP)
    return Client().post(where("vote", round_), {"address": address, "started": stamp, "website": "", **facts})


def link_of(round_: PrizeRound, address: str) -> str:
    """Ask for a link and return where the mail leads."""
    assert asked(round_, address).status_code == 302
    mail = Mail.objects.filter(to_address=address).latest("pk")
    found = re.search(r"/stem/[\w-]{43}/", mail.text)
    assert found
    return where("vote", round_).removesuffix("/stem/") + found[0]


def box(round_: PrizeRound) -> dict[int, int]:
    """Return how many ballots lie in the box for each candidate, as the owner sees: the portal sees none before the count.

    For a test with a database of its own.
    """
    with connect_as_owner(connection.settings_dict["NAME"]) as owner:
        return dict(owner.execute(
            "SELECT candidate_id, count(*) FROM awards_ballot b JOIN awards_roundcategory c ON c.id = b.category_id"
            " WHERE c.round_id = %s GROUP BY 1", [round_.pk],
        ).fetchall())  # fmt: skip


@pytest.fixture
def close(owner: Any) -> Callable[[PrizeRound, int], None]:
    """Let a vote have closed so many days ago; past the guards, which let a vote only grow longer."""

    def closed(round_: PrizeRound, days: int = 1) -> None:
        owner.execute("ALTER TABLE awards_prizeround DISABLE TRIGGER USER")
        owner.execute(
            "UPDATE awards_prizeround SET vote_opens_at = now() - interval '90 days',"
            " vote_closes_at = now() - make_interval(days => %s) WHERE id = %s", [days, round_.pk],
        )  # fmt: skip
        owner.execute("ALTER TABLE awards_prizeround ENABLE TRIGGER USER")
        round_.refresh_from_db()

    return closed


# ---- one address, one link, one vote ----


def test_an_address_gets_a_link_and_votes_once_by_pressing_the_button(own_database: str) -> None:
    round_, (one, other) = a_vote()
    link = link_of(round_, "kari@test.example")
    for _time in range(3):  # a mail scanner opens it, and so does she
        paper = Client().get(link)
        assert paper.status_code == 200 and "k***i@test.example" in paper.content.decode()
    assert box(round_) == {}
    field = f"kategori-{one.category_id}"
    assert Client().post(link, {field: one.pk}).status_code == 302
    assert box(round_) == {one.pk: 1}
    again = Client().post(link, {field: other.pk})  # used twice, or by whom it was forwarded to
    assert again.status_code == 200 and box(round_) == {one.pk: 1}
    assert field not in again.content.decode()
    assert Voter.objects.get(round=round_).has_voted


@pytest.mark.django_db
def test_nothing_kept_says_when_or_what_an_address_voted() -> None:
    round_, (one, *_others) = a_vote()
    link, events = link_of(round_, "kari@test.example"), Event.objects.count()
    before = {model: list(model.objects.values()) for model in (LinkKey, Mail, Notice)}
    Client().post(link, {f"kategori-{one.category_id}": one.pk})
    assert {field.name for field in Ballot._meta.fields} == {"id", "authority", "category", "candidate"}
    assert Event.objects.count() == events
    assert {model: list(model.objects.values()) for model in before} == before
    assert Voter.objects.get(round=round_).asked_at.minute == 0


def test_an_address_written_three_ways_is_one_voter(own_database: str) -> None:
    round_, (one, *_others) = a_vote()
    field = f"kategori-{one.category_id}"
    for address in ("Kari.Nordmann@gmail.com", "karinordmann+pris@gmail.com", "KARINORDMANN@googlemail.com"):
        Client().post(link_of(round_, address), {field: one.pk})
    assert Voter.objects.filter(round=round_).count() == 1 and box(round_) == {one.pk: 1}


def test_addresses_of_two_people_are_two_voters() -> None:
    assert identity.identity("kari.n@test.example") != identity.identity("karin@test.example")
    assert identity.identity("kari@test.example") != identity.identity("kari@next.example")
    assert identity.identity("+a@test.example") == "+a@test.example"
    assert identity.network_hash("10.1.2.3", 1) == identity.network_hash("::ffff:10.1.2.250", 1) != ""
    assert identity.network_hash("10.1.2.3", 1) != identity.network_hash("10.1.2.3", 2)
    assert identity.network_hash("unix", 1) == ""


@pytest.mark.django_db
def test_the_page_answers_the_same_whether_an_address_has_voted_or_not() -> None:
    round_, (one, *_others) = a_vote()
    Client().post(link_of(round_, "kari@test.example"), {f"kategori-{one.category_id}": one.pk})
    has_voted, is_new = asked(round_, "kari@test.example"), asked(round_, "ola@test.example")
    assert (has_voted.status_code, has_voted.url) == (is_new.status_code, is_new.url)


@pytest.mark.django_db
def test_robots_and_floods_are_stopped_kindly() -> None:
    round_, _finalists = a_vote()
    for wrong in ({"website": "x"}, {"started": ""}, {"address": "kari"}, {"address": "a@b.example\nBcc: c@d.example"}):
        answer = asked(round_, **{"address": "kari@test.example", **wrong})
        assert answer.status_code == 200 and "ds-error-summary" in answer.content.decode(), wrong
    assert not Voter.objects.filter(round=round_).exists()
    came = [asked(round_, "kari@test.example").status_code for _n in range(register.LINKS_AN_HOUR + 1)]
    assert set(came) == {302}, "the answer does not tell that the address has had its links"
    assert Mail.objects.filter(to_address="kari@test.example").count() == register.LINKS_AN_HOUR


def test_a_link_opens_only_its_own_round_and_only_as_a_whole(own_database: str) -> None:
    round_, _finalists = a_vote()
    other, (stranger, *_rest) = a_vote()
    link = link_of(round_, "kari@test.example")
    elsewhere = link.replace(where("vote", round_), where("vote", other))
    assert Client().get(elsewhere).status_code == 404
    assert Client().get(link[:-2] + "/").status_code == 404
    answer = Client().post(link, {f"kategori-{stranger.category_id}": stranger.pk})
    assert answer.status_code == 200 and box(round_) == box(other) == {}


def test_one_votes_in_the_categories_one_cares_about(own_database: str) -> None:
    round_, (one, _two, three, _four) = a_vote(None, "Innovasjon", "Bærekraft")
    link = link_of(round_, "kari@test.example")
    none, other = f"kategori-{one.category_id}", f"kategori-{three.category_id}"
    empty = Client().post(link, {none: "0", other: "0"})
    assert empty.status_code == 200 and "ds-error-summary" in empty.content.decode()
    tampered = Client().post(link, {none: three.pk, other: "0"})
    assert tampered.status_code == 200 and box(round_) == {}
    Client().post(link, {none: "0", other: three.pk})
    assert box(round_) == {three.pk: 1}


@pytest.mark.django_db
def test_finalists_are_shown_from_when_the_vote_opens_and_not_before() -> None:
    secret = "Hemmelig Finalist AS"
    prize = make.a_prize(ground.an_authority())
    make.prize_statutes(prize, vote="decides", finalists=2)
    opens = timezone.now() + DAY
    round_ = make.a_prize_round(prize, "judging", vote_opens_at=opens, vote_closes_at=opens + DAY)
    make.a_candidate(round_.categories.get(), finalist=True, name=secret)
    assert secret not in Client().get(where("vote", round_)).content.decode()
    PrizeRound.objects.filter(pk=round_.pk).update(state="voting")  # moved on, but the day has not come
    assert secret not in Client().get(where("vote", round_)).content.decode()
    with pytest.raises(register.NotOpen):
        register.ask(round_, "kari@test.example", network=None, now=timezone.now())
    round_, finalists = a_vote()
    finalists[0].public_text = "Baker <b>brød</b> av korn fra bygda."
    finalists[0].save()
    page = Client().get(where("vote", round_)).content.decode()
    assert finalists[0].name in page and "Baker &lt;b&gt;brød&lt;/b&gt; av korn" in page


def test_two_presses_at_the_same_moment_lay_one_ballot(own_database: str) -> None:
    round_, (one, other) = a_vote()
    link, field = link_of(round_, "kari@test.example"), f"kategori-{one.category_id}"
    came = at_once(lambda pk: Client().post(link, {field: pk}).status_code, [one.pk, other.pk] * 3)
    assert set(came) <= {200, 302} and sum(box(round_).values()) == 1


# ---- the count ----


def test_a_closed_vote_is_counted_once_with_a_hash_anyone_can_make(
    own_database: str, close: Callable[[PrizeRound, int], None]
) -> None:
    round_, (one, other) = a_vote()
    officer, now = ground.a_user("officer", round_.authority), timezone.now()
    for n, choice in enumerate((one, one, other)):
        casting.cast(register.ask(round_, f"v{n}@test.example", network="10.0.0.1", now=now), [choice.pk])
    register.ask(round_, "ombestemt@test.example", network="10.0.0.1", now=now)
    with pytest.raises(Refused):
        counting.count(round_, by=officer, now=now)
    close(round_, 1)
    at_once(lambda by: counting.count(round_, by=by, now=now), [officer, None, officer])
    counted = VoteCount.objects.get(round=round_)
    assert (counted.voters, counted.ballots) == (3, 3)
    assert counted.erase_on == timezone.localtime(round_.vote_closes_at).date() + register.ERASED_AFTER
    [row] = counting.results_of(counted)
    assert [(line["candidate"], line["votes"], line["place"]) for line in row["lines"]] == [(one, 2, 1), (other, 1, 2)]
    assert hashlib.sha256(counting.ballots_as_text(round_)).hexdigest() == counted.sha256
    assert counting.still_adds_up(counted)
    assert Event.objects.filter(kind="vote_counted").count() == 1
    assert Notice.objects.filter(kind="vote_counted", user=officer).count() == 1
    late = Voter.objects.get(round=round_, has_voted=False)
    with pytest.raises(Refused) as refused:
        casting.cast(late, [one.pk])
    assert refused.value.code == "vote_in_time"


def test_a_ballot_that_was_changed_is_seen(
    own_database: str, owner: Any, close: Callable[[PrizeRound, int], None]
) -> None:
    round_, (one, other) = a_vote()
    casting.cast(register.ask(round_, "v@test.example", network=None, now=timezone.now()), [one.pk])
    close(round_, 1)
    counted = counting.count(round_, by=None, now=timezone.now())
    owner.execute("UPDATE awards_ballot SET candidate_id = %s WHERE candidate_id = %s", [other.pk, one.pk])
    assert not counting.still_adds_up(counted)


def test_the_machinery_counts_and_erases_on_the_day_and_not_before(
    own_database: str, close: Callable[[PrizeRound, int], None]
) -> None:
    round_, (one, *_others) = a_vote()
    elsewhere, _theirs = a_vote()
    now = timezone.now()
    casting.cast(register.ask(round_, "kari@test.example", network="10.0.0.1", now=now), [one.pk])
    register.ask(elsewhere, "kari@test.example", network="10.0.0.1", now=now)
    assert counting.count_due(now) == 0
    close(round_, 29)
    assert (counting.count_due(now), counting.count_due(now)) == (1, 0)
    assert erasing.erase_due(now)["votes"] == 0
    assert erasing.erase(round_) == 0 and Voter.objects.get(round=round_).address
    owned, _finalists = a_vote()
    casting.cast(register.ask(owned, "ola@test.example", network="10.0.0.1", now=now), [_finalists[0].pk])
    register.ask(owned, "ombestemt@test.example", network="10.0.0.1", now=now)
    close(owned, 30)
    counting.count_due(now)
    assert erasing.erase_due(now) == {"votes": 1, "voters": 1}
    kept = Voter.objects.get(round=owned)
    assert (kept.address, kept.domain, kept.network, kept.has_voted) == ("", "", "", True)
    left = Mail.objects.filter(thread__startswith="<awards.vote.").values_list("to_address", flat=True)
    assert list(left) == ["kari@test.example"] * 2
    assert not LinkKey.objects.filter(scope=register.scope_of(owned.pk)).exists()
    assert counting.still_adds_up(VoteCount.objects.get(round=owned))
    assert erasing.erase_due(now) == {"votes": 0, "voters": 0}


# ---- what the officer sees ----


def test_signs_of_stuffing_are_said_in_words_and_a_quiet_vote_has_none() -> None:
    hours = [(timezone.now().replace(minute=0) - n * make.HOUR, n_asked) for n, n_asked in enumerate((3, 60, 4, 5))]
    quiet = watching.Facts(30, 25, [("a", 4, 3)], [("gmail.com", 26, 22)], [], hours[2:])
    assert watching.signs(quiet) == []
    loud = watching.Facts(
        120, 40, [("a", 80, 30), ("b", 3, 3)], [("gmail.com", 60, 20), ("lag.example", 40, 10)],
        [("kast.example", 25, 25)], hours,
    )  # fmt: skip
    assert len(watching.signs(loud)) == 5


@pytest.mark.django_db
def test_the_desk_shows_where_voters_come_from_and_never_an_address() -> None:
    round_, (one, *_others) = a_vote()
    for n in range(12):
        voter = register.ask(round_, f"stemme{n}@lag.example", network="10.0.0.7", now=timezone.now())
    casting.cast(voter, [one.pk])
    client = signed_in(ground.a_user("officer", round_.authority))
    page = client.get(where("vote_desk", round_))
    text = page.content.decode()
    assert page.status_code == 200 and "lag.example" in text and "stemme1@" not in text
    assert len(page.context["signs"]) == 3 and page.context["results"] == []
    assert client.post(where("vote_desk", round_), {"gjor": "tell"}).status_code == 302
    assert not VoteCount.objects.filter(round=round_).exists()


def test_the_result_waits_for_the_announcement_and_for_who_is_impartial(
    own_database: str, close: Callable[[PrizeRound, int], None]
) -> None:
    round_, (one, other) = a_vote()
    officer = ground.a_user("officer", round_.authority)
    for n, choice in enumerate((one, other)):
        casting.cast(register.ask(round_, f"v{n}@test.example", network=None, now=timezone.now()), [choice.pk])
    Candidate.objects.filter(pk=other.pk).update(is_finalist=False, state="declined", answer="declined",
                                                 answered_at=timezone.now())  # fmt: skip
    close(round_, 1)
    client = signed_in(officer)
    assert client.post(where("vote_desk", round_), {"gjor": "tell"}).status_code == 302
    assert one.name not in client.get(where("vote_desk", round_)).content.decode()
    make.no_ties(one, officer)
    make.no_ties(other, officer)
    assert one.name in client.get(where("vote_desk", round_)).content.decode()
    assert Client().get(where("vote_numbers", round_)).status_code == 404
    assert Client().get(where("vote_numbers", round_) + "?fil=1").status_code == 404
    make.a_category_decision(one.category, one, by=officer)
    make.announce(round_)
    counted = VoteCount.objects.get(round=round_)
    numbers = Client().get(where("vote_numbers", round_)).content.decode()
    assert counted.sha256 in numbers and one.name in numbers and other.name not in numbers
    ballots = Client().get(where("vote_numbers", round_) + "?fil=1").content
    assert hashlib.sha256(ballots).hexdigest() == counted.sha256


@pytest.mark.django_db
def test_the_desk_asks_the_same_of_the_database_for_few_and_many() -> None:
    def grow(size: int) -> tuple[Client, dict[str, int | None]]:
        round_, _finalists = a_vote()
        for n in range(size):
            make.a_voter(round_, domain=f"d{n}.example", network=f"{n:064x}", asked_at=timezone.now() - n * DAY)
        client = signed_in(ground.a_user("officer", round_.authority))
        return client, {where("vote_desk", round_): 40, where("vote", round_): 12}

    same_for_all_sizes(grow)
