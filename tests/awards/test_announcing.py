"""The winners are announced at the ceremony, once; everyone hears of it, and nobody before."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from awards.announcing import announcing, diplomas, money, thanks
from awards.letter_texts import diploma as diploma_text
from awards.models import Candidate, PrizeRound, Winner
from grants.models import Grant
from portal import keys
from portal.impartiality import NotImpartial
from portal.models import Case, Document, Event, Letter, Mail, Notice, Organisation, Role, User
from tests import factories as portal_make
from tests import factories_awards as make
from tests import factories_money as make_money
from tests.conftest import signed_in
from tests.house.test_queries import same_for_all_sizes

pytestmark = pytest.mark.django_db
PAGES = ("announce_round", "assess_prize_access")
NUMBER = portal_make.ORGANISATION_NUMBERS[0]


class Year:
    """A decided round: one category with a winner and another nominee, one that ends without a winner."""

    def __init__(self, *, money_nok: int | None = None, ceremony: dt.timedelta = -make.HOUR) -> None:
        self.authority = portal_make.an_authority(language_form="nb")
        self.officer = portal_make.a_user(Role.OFFICER, self.authority)
        scheme = make_money.a_scheme(self.authority)
        prize = make.a_prize(self.authority, "Innovasjon", "Miljø", scheme=scheme)
        make.prize_statutes(prize, money_nok=money_nok)
        self.account = make_money.an_account(scheme, year=timezone.localdate().year)
        self.round = make.a_prize_round(
            prize, "judging", jury=make.a_jury(self.authority), ceremony_at=timezone.now() + ceremony,
            officer=self.officer,
        )  # fmt: skip
        self.first, self.second = self.round.categories.all()
        self.winner = make.a_candidate(
            self.first, name="Oppdiktet Vinner AS", number=NUMBER, nominations=2, answer="accepted",
            answered_at=timezone.now(),
        )  # fmt: skip
        self.other = make.a_candidate(self.first, name="Oppdiktet Nummer To", kind="person")
        self.third = make.a_candidate(self.second, name="Oppdiktet Tredje AS", email="")
        make.a_nomination(self.other, nominator_email="NABO@test.example")
        for one in (self.winner, self.other, self.third):
            make.no_ties(one, self.officer)
        make.a_category_decision(self.first, self.winner, by=self.officer, reasons="De gjør avfall til varer.")
        make.a_category_decision(self.second, None, by=self.officer, reasons="Ingen nådde kravene i statuttene.")
        PrizeRound.objects.filter(pk=self.round.pk).update(state="decided")
        self.round.refresh_from_db()

    def announce(self) -> PrizeRound:
        self.round = announcing.announce(self.round, by=self.officer, now=timezone.now())
        return self.round

    @property
    def winners(self) -> Any:
        return Winner.objects.filter(authority=self.authority)

    def mails(self) -> list[Mail]:
        return list(Mail.objects.filter(authority=self.authority).order_by("pk"))

    def url(self, page: str = "announce_round") -> str:
        return reverse(page, args=[self.authority.slug, self.round.prize.slug, self.round.year])


def test_nothing_is_announced_before_the_ceremony_begins() -> None:
    year = Year(ceremony=make.HOUR)
    with pytest.raises(ValidationError):
        year.announce()
    page = signed_in(year.officer).get(year.url()).content.decode()
    assert "Oppdiktet Vinner AS" in page and 'value="kunngjor"' not in page
    assert not year.winners.exists() and not Notice.objects.filter(authority=year.authority).exists()


def test_announced_the_winner_stands_as_the_jury_decided_with_a_diploma_and_the_year_goes_on() -> None:
    year = Year()
    Case.objects.filter(pk=year.round.case_id).update(access="deferred", access_basis="Offl. § 5 tredje ledd")
    year.announce()
    won = year.winners.get()
    assert (won.name, won.number, won.category_name, won.reasons) == (
        "Oppdiktet Vinner AS", NUMBER, "Innovasjon", "De gjør avfall til varer.",
    )  # fmt: skip
    assert won.diploma is not None and won.diploma.case_id == year.round.case_id
    assert b"/MarkInfo" in won.diploma.file.read() and won.diploma.access == "open"
    year.round.case.refresh_from_db()
    assert (year.round.state, year.round.case.access) == ("announced", "open") and year.round.announced_at is not None
    said = Event.objects.get(kind=thanks.ANNOUNCED, authority=year.authority)
    assert said.facts == {"winners": 1, "none": 1} and said.actor_id == year.officer.pk


def test_a_second_press_is_told_how_it_stands_and_announces_nothing_more() -> None:
    year = Year()
    client, typed = signed_in(year.officer), {"gjor": "kunngjor", "seen": str(year.round.row_version)}
    client.post(year.url(), typed)
    again = client.post(year.url(), typed, follow=True).content.decode()
    assert "Vinnerne er kunngjort allerede." in again
    assert year.winners.count() == 1 and Document.objects.filter(case=year.round.case).count() == 1
    assert Event.objects.filter(kind=thanks.ANNOUNCED, authority=year.authority).count() == 1


def test_a_page_that_grew_old_announces_nothing() -> None:
    year = Year()
    with pytest.raises(ValidationError):
        announcing.announce(year.round, by=year.officer, now=timezone.now(), seen=year.round.row_version + 1)
    assert not year.winners.exists()


def test_only_who_may_handle_every_candidate_announces() -> None:
    year = Year()
    tied = portal_make.a_user(Role.OFFICER, year.authority)
    make.no_ties(year.winner, tied)
    make.no_ties(year.third, tied)
    make.a_tie(year.other, tied)
    with pytest.raises(NotImpartial):
        announcing.announce(year.round, by=tied, now=timezone.now())
    page = signed_in(tied).get(year.url())
    assert page.status_code == 403 and "De gjør avfall til varer." not in page.content.decode()
    with pytest.raises(PermissionDenied):
        announcing.announce(
            year.round, by=portal_make.a_user(Role.EDITOR, year.authority), now=timezone.now()
        )  # fmt: skip
    assert not year.winners.exists()


def test_everyone_who_took_part_is_written_to_once_and_who_declined_is_left_alone() -> None:
    year = Year()
    year.announce()
    for _again in range(2):
        thanks.rest(timezone.now())
    found = Letter.objects.filter(authority=year.authority).select_related("case__candidate")
    letters = {row.case.candidate.name: row for row in found}
    assert {name: row.kind for name, row in letters.items()} == {
        "Oppdiktet Vinner AS": "prize_won", "Oppdiktet Nummer To": "prize_thanks", "Oppdiktet Tredje AS": "prize_thanks",
    }  # fmt: skip
    words = {name: json.dumps(row.content, ensure_ascii=False) for name, row in letters.items()}
    assert "De gjør avfall til varer." in words["Oppdiktet Vinner AS"]
    assert "Oppdiktet Vinner AS" in words["Oppdiktet Nummer To"]
    assert "Ingen nådde kravene" in words["Oppdiktet Tredje AS"]
    assert all("nabo@" not in text.lower() and "Oppdiktet Nabo" not in text for text in words.values())
    assert not year.round.candidates.filter(thanked_on=None).exists()
    told = year.mails()
    assert sorted(mail.to_address.lower() for mail in told) == sorted(
        [year.winner.email, year.other.email, "nabo@test.example"]
    )
    assert all("/nominert/" in mail.text for mail in told if mail.to_address != "nabo@test.example")
    assert "Oppdiktet Nummer To" not in next(mail.text for mail in told if mail.to_address == "nabo@test.example")
    assert [row.document_id for row in thanks.progress(year.round)["by_post"]] == [
        letters["Oppdiktet Tredje AS"].document_id
    ]


def test_by_her_own_link_a_nominee_gets_her_letter_and_the_winner_the_diploma_on_a_press_and_not_before() -> None:
    year = Year()
    links = {}
    for one in (year.winner, year.other):
        raw = keys.issue("nominee", now=timezone.now(), subject_id=one.pk)
        links[one.pk] = reverse("nominee_page", args=[year.authority.slug, year.round.prize.slug, year.round.year, raw])
    guest = Client()
    assert guest.post(links[year.winner.pk], {"papir": "brev"}).status_code == 404
    year.announce()
    thanks.rest(timezone.now())
    for candidate, paper, status in (
        (year.winner, "brev", 200), (year.winner, "diplom", 200), (year.other, "brev", 200), (year.other, "diplom", 404),
        (year.other, "protokoll", 404),
    ):  # fmt: skip
        answer = guest.post(links[candidate.pk], {"papir": paper})
        assert answer.status_code == status, (candidate, paper)
        assert status == 404 or b"".join(answer.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    assert 'value="diplom"' in guest.get(links[year.winner.pk]).content.decode()


def test_who_could_not_win_by_the_statutes_is_told_so_in_the_letter() -> None:
    year = Year()
    PrizeRound.objects.filter(pk=year.round.pk).update(state="judging")
    Candidate.objects.filter(pk=year.other.pk).update(
        state="out", out_why="Prisen er for bedrifter.", informed_on=timezone.localdate()
    )
    PrizeRound.objects.filter(pk=year.round.pk).update(state="decided")
    year.announce()
    thanks.rest(timezone.now())
    assert "Prisen er for bedrifter." in json.dumps(Letter.objects.get(case=year.other.case).content)


def test_a_nominee_who_declined_gets_no_letter() -> None:
    year = Year()
    PrizeRound.objects.filter(pk=year.round.pk).update(state="judging")
    Candidate.objects.filter(pk=year.other.pk).update(state="declined", answer="declined", answered_at=timezone.now())
    PrizeRound.objects.filter(pk=year.round.pk).update(state="decided")
    year.announce()
    thanks.rest(timezone.now())
    assert not Letter.objects.filter(case=year.other.case).exists()
    assert year.other.email not in {mail.to_address for mail in year.mails()}


def test_a_round_announced_elsewhere_than_on_the_page_sends_nothing() -> None:
    year = Year()
    make.announce(year.round)
    assert thanks.rest(timezone.now()) == {"letters": 0, "mails": 0, "failed": 0}
    assert not year.mails()


def test_prize_money_is_one_proposed_grant_on_the_rounds_case_with_the_sum_of_the_statutes() -> None:
    year = Year(money_nok=50_000)
    year.announce()
    won, today = year.winners.get(), timezone.localdate()
    made = [money.propose(won, year.account, by=year.officer, on=today) for _again in range(2)]
    grant = Grant.objects.get(authority=year.authority)
    assert made == [grant, grant] and grant.case_id == year.round.case_id
    assert (grant.amount_nok, grant.state, grant.organisation.number) == (50_000, "proposed", NUMBER)
    assert "Innovasjon" in grant.title and Organisation.objects.filter(authority=year.authority).count() == 1
    elsewhere = make_money.an_account(make_money.a_scheme(year.authority))
    assert money.propose(won, elsewhere, by=year.officer, on=today) == grant


def test_prize_money_is_taken_from_the_prizes_own_scheme_alone() -> None:
    year = Year(money_nok=50_000)
    year.announce()
    elsewhere = make_money.an_account(make_money.a_scheme(year.authority))
    with pytest.raises(ValidationError):
        money.propose(year.winners.get(), elsewhere, by=year.officer, on=timezone.localdate())
    typed = {"gjor": "penger", "vinner": str(year.winners.get().pk)}
    page = signed_in(year.officer).post(year.url(), {**typed, f"v{typed['vinner']}-account": str(elsewhere.pk)})
    assert page.status_code == 422 and not Grant.objects.filter(authority=year.authority).exists()


def test_a_person_who_wins_money_gets_an_organisation_without_a_number() -> None:
    year = Year(money_nok=10_000)
    PrizeRound.objects.filter(pk=year.round.pk).update(state="judging")
    year.first.decision.delete()
    make.a_category_decision(year.first, year.other, by=year.officer)
    PrizeRound.objects.filter(pk=year.round.pk).update(state="decided")
    year.announce()
    grant = money.propose(year.winners.get(), year.account, by=year.officer, on=timezone.localdate())
    assert (grant.organisation.name, grant.organisation.number) == ("Oppdiktet Nummer To", "")


def test_a_diploma_has_room_for_whatever_was_typed() -> None:
    year = Year()
    for name in ("A", "Å" * 200, "Oppdiktet «Æ» & #set [x] $y$ AS", "<script>alert(1)</script>", "日本 😀"):
        made = diplomas.laid_out(
            year.round, name=name, category="K" * 80, reasons="Ord. " * 900, now=timezone.now()
        )  # fmt: skip
        assert made.startswith(b"%PDF") and made.count(b"/Type /Page\n") + made.count(b"/Type/Page ") <= 1
    assert diploma_text.shortened("Kort. " + "x" * 500 + ".") == "Kort."


def test_the_pages_after_the_announcement_cost_the_same_for_any_number_of_winners_and_papers() -> None:
    def grow(size: int) -> tuple[object, dict[str, int | None]]:
        authority = portal_make.an_authority()
        officer = portal_make.a_user(Role.OFFICER, authority)
        scheme = make_money.a_scheme(authority)
        prize = make.a_prize(authority, *(f"Kategori {n}" for n in range(size)), scheme=scheme)
        make.prize_statutes(prize, money_nok=1_000)
        make_money.an_account(scheme, year=timezone.localdate().year)
        jury, ceremony = make.a_jury(authority), timezone.now() - make.HOUR
        round_ = make.a_prize_round(prize, "judging", jury=jury, ceremony_at=ceremony)
        for category in round_.categories.all():
            won = make.a_candidate(category, email="")
            make.no_ties(won, officer)
            portal_make.a_document(won.case, b"Vedlegg", access="deferred", access_basis="Offl. § 5 tredje ledd")
            make.a_category_decision(category, won, by=officer)
        PrizeRound.objects.filter(pk=round_.pk).update(state="decided")
        place = [authority.slug, prize.slug, round_.year]
        make.announce(round_)
        client, pages = signed_in(officer), [reverse(name, args=place) for name in PAGES]
        client.get(pages[1])  # each look at a case is noted once
        return client, dict.fromkeys(pages)

    same_for_all_sizes(grow)  # type: ignore[arg-type]


def test_the_operator_reads_and_announces_nothing() -> None:
    year = Year()
    operator = User.objects.create_superuser("drift@test.example", "et langt passord til drift")
    client = signed_in(operator)
    assert client.get(year.url()).status_code == 200
    assert client.post(year.url(), {"gjor": "kunngjor", "seen": "0"}).status_code == 403
    assert not year.winners.exists()
