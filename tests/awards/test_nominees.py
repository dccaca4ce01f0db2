"""The nominee’s own page: the link shows, the button acts; it says why she is nominated and never by whom."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from awards.candidates import gathering
from awards.models import Candidate, PrizeRound
from portal import keys
from portal.models import LinkKey, Role
from tests import factories as people
from tests import factories_awards as make

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def nominee() -> Candidate:
    round_ = make.a_prize_round(make.a_prize(people.an_authority()))
    made = make.a_candidate(round_.categories.get(), nominations=0, name="Oppdiktet <b>Ost</b> AS")
    facts: dict[str, Any] = {"nominator_name": "Oppdiktet Nabo", "nominator_email": "nabo@test.example"}
    make.a_nomination(made, reasons="Tolv <script>nye</script> arbeidsplasser", tie="Broren min", **facts)
    make.a_nomination(made, reasons="Tull fra ende til annen", dismissed_why="Tull", **facts)
    return made


def link(row: Candidate, **facts: Any) -> str:
    raw = keys.issue("nominee", now=NOW, **{"subject_id": row.pk, "address": row.email, **facts})
    return reverse("nominee_page", args=[row.authority.slug, row.round.prize.slug, row.round.year, raw])


def test_she_reads_the_reasons_that_count_and_not_who_wrote_them(nominee: Candidate) -> None:
    text = Client().get(link(nominee)).content.decode()
    assert "Tolv &lt;script&gt;" in text and "<b>Ost" not in text and "Tull fra" not in text
    assert not any(secret in text for secret in ("Oppdiktet Nabo", "nabo@test.example", "Broren min"))


def test_looking_changes_nothing_and_a_second_press_adds_nothing(nominee: Candidate) -> None:
    where = link(nominee)
    for _look in range(2):
        Client().get(where)
    nominee.refresh_from_db()
    assert (nominee.answer, LinkKey.objects.get(subject_id=nominee.pk).used_at) == ("", None)
    for _press in range(2):
        answer = Client().post(where, {"answer": "declined", "facts": "Nei takk"})
        assert answer.status_code == 302
    nominee.refresh_from_db()
    assert (nominee.state, nominee.facts, nominee.answers.count()) == ("declined", "Nei takk", 1)


def test_a_text_that_is_too_long_is_refused_beside_its_field_and_not_lost(nominee: Candidate) -> None:
    answer = Client().post(link(nominee), {"answer": "accepted", "facts": "x" * 2_000_000})
    assert answer.status_code == 200 and "facts" in answer.context["form"].errors
    assert "x" * 2_000_000 in answer.content.decode()
    assert not nominee.answers.exists()


def test_an_answer_that_is_not_chosen_is_asked_for(nominee: Candidate) -> None:
    answer = Client().post(link(nominee), {"facts": "Tolv ansatte"})
    assert "answer" in answer.context["form"].errors and b"Tolv ansatte" in answer.content


@pytest.mark.parametrize("fault", ["revoked", "expired", "another purpose", "next door", "another year"])
def test_a_link_that_does_not_hold_opens_nothing(nominee: Candidate, fault: str) -> None:
    where = link(nominee)
    key = LinkKey.objects.filter(subject_id=nominee.pk)
    if fault == "revoked":
        keys.revoke("nominee", now=NOW, subject_id=nominee.pk)
    if fault == "expired":
        key.update(expires_at=NOW - make.DAY)
    if fault == "another purpose":
        key.update(purpose="vote")
    if fault == "next door":
        other = make.a_prize_round(make.a_prize(people.an_authority()))
        place = f"/{other.authority.slug}/priser/{other.prize.slug}/{other.year}/"
        where = where.replace(
            f"/{nominee.authority.slug}/priser/{nominee.round.prize.slug}/{nominee.round.year}/", place
        )
    if fault == "another year":
        make.a_prize_round(nominee.round.prize, year=nominee.round.year + 1)
        where = where.replace(f"/{nominee.round.year}/", f"/{nominee.round.year + 1}/")
    answer = Client().get(where)
    assert answer.status_code == 404 and "Ost" not in answer.content.decode()
    assert Client().post(where, {"answer": "declined"}).status_code == 404
    assert not nominee.answers.exists()


def test_one_who_was_gathered_in_another_answers_for_the_one_that_is_left(nominee: Candidate) -> None:
    where, by = link(nominee), people.a_user(Role.OFFICER, nominee.authority)
    left = make.a_candidate(nominee.category, name="Oppdiktet Osten AS")
    make.no_ties(left, by), make.no_ties(nominee, by)
    gathering.merge(nominee, left, by=by, now=NOW)
    Client().post(where, {"answer": "accepted"})
    left.refresh_from_db(), nominee.refresh_from_db()
    assert (left.answer, nominee.answer) == ("accepted", "")


def test_after_the_ceremony_the_page_says_that_it_is_over_and_takes_no_answer(nominee: Candidate) -> None:
    PrizeRound.objects.filter(pk=nominee.round_id).update(state="cancelled", ended_why="For få nominerte")
    where = link(nominee)
    answer = Client().get(where)
    assert not answer.context["takes"] and "For få nominerte" in answer.content.decode()
    assert Client().post(where, {"answer": "declined"}).status_code == 409
    assert not nominee.answers.exists()
