"""The jury’s pages: what opens when one has declared, what stays hidden, and what each list costs."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from awards.models import JuryOpinion, JuryRemark, JurySheet, NominationFile
from portal.models import AccessLog, BodyMembership, Declaration, Ruling
from tests import factories as portal_make
from tests import factories_awards as make
from tests.conftest import signed_in
from tests.house.test_queries import same_for_all_sizes

pytestmark = pytest.mark.django_db
MOST_QUERIES = 10


def a_field(candidates: int = 2, members: int = 2, *, declared: bool = True) -> SimpleNamespace:
    """Make a round the jury is at work with; its first member looks."""
    authority = portal_make.an_authority()
    people = [make.a_member(authority) for _ in range(members)]
    prize = make.a_prize(authority)
    make.prize_statutes(prize)
    body = make.a_jury(authority, *people)
    round_ = make.a_prize_round(prize, "judging", jury=body)
    category = round_.categories.get()
    found = [make.a_candidate(category, nominations=0, name=f"Kandidat {n:03} AS") for n in range(candidates)]
    for one in found:
        make.a_nomination(one, registered_by=people[0])
    for one in found if declared else []:
        make.no_ties(one, *people)
    seat = BodyMembership.objects.get(body=body, user=people[0])
    at = f"/{authority.slug}/jury/{prize.slug}/{round_.year}/"
    return SimpleNamespace(
        authority=authority, people=people, round=round_, category=category, candidates=found, at=at, seat=seat,
        sheet=f"{at}{category.pk}/", client=signed_in(people[0]), body=body,
    )  # fmt: skip


def page(found: SimpleNamespace, candidate: int = 0) -> str:
    return f"{found.at}kandidat/{found.candidates[candidate].pk}/"


def text_of(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def hand_in_all(found: SimpleNamespace, person: int, *points: int) -> JurySheet:
    sheet = make.a_sheet(found.category, found.people[person])
    for one in found.candidates:
        make.an_opinion(sheet, one, *points, comment=f"Merknad fra medlem {person}")
    return make.handed_in(sheet)


def test_nothing_opens_before_one_has_declared_for_all_and_then_it_does() -> None:
    found = a_field(declared=False)
    assert "De skaper arbeidsplasser" not in text_of(found.client, page(found), 403)
    keys = [one.pk for one in found.candidates]
    answer = {"kategori": found.category.pk, "svar": "no_ties", "vist": keys}
    stale = found.client.post(f"{found.at}erklar/", {**answer, "vist": keys[:1]})
    assert stale.status_code == 200
    assert not Declaration.objects.filter(case__candidate__round=found.round).exists()
    assert found.client.post(f"{found.at}erklar/", answer).url == found.sheet
    assert "De skaper arbeidsplasser" in text_of(found.client, page(found))
    assert AccessLog.objects.filter(case=found.candidates[0].case, user_id=found.people[0].pk, role="jury").exists()


def test_a_tie_to_one_shuts_the_whole_category_and_its_files() -> None:
    found = a_field()
    document = portal_make.a_document(found.candidates[1].case)
    NominationFile.objects.create(
        authority=found.authority, nomination=found.candidates[1].nominations.get(), document=document
    )
    file = f"{found.at}dokument/{document.pk}/"
    assert found.client.get(file).status_code == 200
    first = found.candidates[0].pk
    answer = {
        "kategori": found.category.pk, "kandidat": first, "vist": first, "svar": "tie", "tilknytning": "Søsteren min.",
    }  # fmt: skip
    assert found.client.post(f"{found.at}erklar/", answer).url == found.at
    for address in (found.sheet, page(found), page(found, 1), file):
        assert found.client.get(address).status_code == 403, address
    other = portal_make.a_document(found.round.case)
    assert signed_in(found.people[1]).get(f"{found.at}dokument/{other.pk}/").status_code == 404


def test_a_leader_rules_on_a_members_tie_and_the_member_reads_the_ruling() -> None:
    found = a_field()
    leader = portal_make.a_user("leader", found.authority)
    tie = make.a_tie(found.candidates[0], found.people[0])
    address = reverse("rule_on_tie", args=[found.authority.slug, tie.pk])
    desk = text_of(signed_in(leader), reverse("impartiality_desk", args=[found.authority.slug]))
    assert address in desk
    assert found.candidates[0].name in text_of(signed_in(leader), address)
    signed_in(leader).post(address, {"kan": "ja", "grunn": "Fjernt slektskap."})
    assert Ruling.objects.get(declaration=tie).is_impartial
    assert "Fjernt slektskap." in text_of(found.client, address)
    assert found.client.get(found.sheet).status_code == 200
    assert signed_in(found.people[1]).get(address).status_code == 403


def test_the_page_shows_reasons_without_addresses_and_without_what_is_dismissed() -> None:
    found = a_field()
    make.a_nomination(found.candidates[0], reasons="<script>alert(1)</script> Sterk vekst.")
    make.a_nomination(found.candidates[0], reasons="Skal ikke telle.")
    found.candidates[0].nominations.filter(reasons="Skal ikke telle.").update(dismissed_why="Useriøs.")
    text = text_of(found.client, page(found))
    assert "&lt;script&gt;alert(1)&lt;/script&gt; Sterk vekst." in text
    assert "nabo@test.example" not in text
    assert "Skal ikke telle." not in text


def test_others_points_comments_and_remarks_come_when_ones_own_is_handed_in() -> None:
    found = a_field()
    hand_in_all(found, 1, 5, 4)
    seat = BodyMembership.objects.get(body=found.body, user=found.people[1])
    JuryRemark.objects.create(
        authority=found.authority, candidate=found.candidates[0], member=seat, text="Min favoritt"
    )
    before = text_of(found.client, page(found)) + text_of(found.client, found.sheet)
    assert "Merknad fra medlem 1" not in before
    assert "Min favoritt" not in before
    assert "92,0" not in before
    for number, one in enumerate(found.candidates):
        points = {f"points-{row.pk}": "3" for row in found.round.statutes.criteria.all()}
        answer = found.client.post(page(found, number), {**points, "seen": "0", "gjor": "neste"})
        assert answer.status_code == 302, one
    assert found.client.post(found.sheet, {"gjor": "lever"}).status_code == 302
    after = text_of(found.client, page(found))
    assert "Merknad fra medlem 1" in after
    assert "Min favoritt" in after
    found.client.post(page(found), {"innlegg-text": "Enig.", "gjor": "si"})
    assert JuryRemark.objects.filter(member=found.seat, text="Enig.").count() == 1


def test_wrong_points_and_a_long_comment_are_said_beside_their_fields_and_nothing_is_lost() -> None:
    found = a_field()
    criterion = found.round.statutes.criteria.first()
    wrong = {f"points-{criterion.pk}": "9", "comment": "Langt. " * 400, "seen": "0", "gjor": "lagre"}
    answer = found.client.post(page(found), wrong)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert f"id_points-{criterion.pk}_error" in text
    assert "id_comment_error" in text
    assert "Langt. Langt." in text
    assert not JuryOpinion.objects.filter(candidate=found.candidates[0]).exists()


def test_a_nominee_who_takes_no_part_leads_back_to_the_list() -> None:
    found = a_field()
    found.candidates[0].state, found.candidates[0].out_why = "out", "Konkurs."
    found.candidates[0].save()
    assert found.client.get(page(found)).url == found.sheet


def test_before_nominations_have_closed_the_jury_sees_no_candidate() -> None:
    found = a_field()
    open_ = make.a_prize_round(found.round.prize, "published", year=2032, jury=found.body)
    one = make.a_candidate(open_.categories.get(), name="Hemmelig Nominert AS")
    at = found.at.replace(str(found.round.year), "2032")
    assert "Hemmelig Nominert" not in text_of(found.client, at)
    for address in (f"{at}{one.category_id}/", f"{at}kandidat/{one.pk}/", f"{at}erklar/?kategori={one.category_id}"):
        assert found.client.get(address).url == at


def test_the_list_is_searched_and_narrowed() -> None:
    found = a_field(7)
    make.an_opinion(make.a_sheet(found.category, found.people[0]), found.candidates[2], 3, 3)
    assert "Kandidat 002" in text_of(found.client, f"{found.sheet}?q=kandidat+002")
    assert "Kandidat 003" not in text_of(found.client, f"{found.sheet}?q=kandidat+002")
    assert "Kandidat 002" not in text_of(found.client, f"{found.sheet}?vis=igjen")
    assert "Kandidat 003" not in text_of(found.client, f"{found.sheet}?vis=vurdert")
    sorted_by_points = text_of(found.client, f"{found.sheet}?sorter=dine")
    assert sorted_by_points.index("Kandidat 002") < sorted_by_points.index("Kandidat 000")


def test_the_jurys_pages_cost_the_same_however_many_candidates_there_are() -> None:
    def grow(size: int) -> tuple[Client, dict[str, int | None]]:
        found = a_field(size, 3)
        for person in range(2):
            hand_in_all(found, person, 3, 4)
        for number in range(size):
            make.a_nomination(found.candidates[0], reasons=f"Grunn {number}", registered_by=found.people[0])
        found.client.get(page(found))  # her look is noted once
        return found.client, {
            found.sheet: MOST_QUERIES, found.at: None, page(found): None, f"/{found.authority.slug}/jury/": None,
        }  # fmt: skip

    same_for_all_sizes(grow)


def test_home_costs_the_same_for_many_rounds() -> None:
    def grow(size: int) -> tuple[Client, dict[str, int | None]]:
        found = a_field(1)
        for year in range(2040, 2040 + min(size, 15)):
            round_ = make.a_prize_round(found.round.prize, "judging", year=year, jury=found.body)
            make.a_candidate(round_.categories.get())
        return found.client, {f"/{found.authority.slug}/jury/": None, "/min-side/": None}

    same_for_all_sizes(grow)


def test_a_seat_that_has_ended_opens_nothing() -> None:
    found = a_field()
    day = timezone.localdate() - make.DAY
    BodyMembership.objects.filter(pk=found.seat.pk).update(valid_to=day)
    for address in (found.at, found.sheet, page(found)):
        assert found.client.get(address).status_code == 403
