"""What was tried against the prizes: secrets before the ceremony, ties, the vote, the money. Some of it got through once."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from awards import own_data
from awards.announcing import announcing, diplomas, money, thanks
from awards.candidates import answers, eligibility, gathering, informing
from awards.deciding import decisions, finalists, meeting, votes
from awards.judging import sheets
from awards.models import Ballot, Candidate, JuryOpinion, NominationFile, NomineeAnswer, PrizeRound, Voter, Winner
from awards.nominating import lookup
from awards.nominating.deeds import Typed, register_on_paper
from awards.refusals import Refused
from awards.rounds import making, moving, seats
from awards.voting import register
from portal import keys, uploads
from portal.calendar import oslo_today
from portal.impartiality import NotImpartial
from portal.impartiality_protocol import Seat
from portal.models import BodyMembership, CaseStep, Event, Letter, Mail, Notice, Role
from tests import factories as people
from tests import factories_awards as make
from tests import factories_money as make_money
from tests.at_once import at_once
from tests.conftest import signed_in
from tests.house.url_places_awards import places_of_awards
from tests.house.url_table_awards import AWARDS
from tests.portal import register_server
from tests.world import HOME, NEXT
from tests.world_awards import SECRET_NOMINEE

if TYPE_CHECKING:
    from tests.world import World

NOW = timezone.now()
TODAY = oslo_today(NOW)
DAY = dt.timedelta(days=1)
NUMBER, OTHER_NUMBER = people.ORGANISATION_NUMBERS[:2]
TURNED = "Snu \u202edne\u202c AS"


class Scene:
    """A round the jury is at work with: two candidates in one category, two members, an officer who has declared."""

    def __init__(self, state: str = "judging", **rules: Any) -> None:
        self.authority = people.an_authority()
        self.officer = people.a_user(Role.OFFICER, self.authority)
        self.members = [make.a_member(self.authority) for _ in range(2)]
        self.prize = make.a_prize(self.authority)
        make.prize_statutes(self.prize, **rules)
        self.jury = make.a_jury(self.authority, *self.members)
        self.round = make.a_prize_round(self.prize, state, jury=self.jury, officer=self.officer)
        self.category = self.round.categories.get()
        self.secret = make.a_candidate(self.category, name=SECRET_NOMINEE)
        self.other = make.a_candidate(self.category)
        for one in (self.secret, self.other):
            make.no_ties(one, self.officer, *self.members)

    def seat(self, member: int = 0) -> BodyMembership:
        return BodyMembership.objects.get(body=self.jury, user=self.members[member])

    def at(self, name: str, *more: Any) -> str:
        return reverse(name, args=[self.authority.slug, self.prize.slug, self.round.year, *more])

    def a_file(self) -> Any:
        document = people.a_document(self.secret.case, b"Hemmelig", title="Vedlegg", direction="in")
        NominationFile.objects.create(
            authority=self.authority, nomination=self.secret.nominations.first(), document=document
        )
        return document


# ---- what is secret until the ceremony ----


@pytest.mark.django_db
def test_nobody_outside_reads_who_is_nominated(world: World) -> None:
    """Whoever looks, at every address of the prizes; her own link shows the nominee herself alone."""
    places, seen = {"home": HOME, "next": NEXT, **places_of_awards(world)}, 0
    for client in (Client(), signed_in(people.a_user())):
        for rows in AWARDS.values():
            for row in rows:
                if row.method == "get" and "nominee_key" not in row.address:
                    answer = client.get(row.address.format(**places))
                    seen += answer.status_code == 200
                    assert SECRET_NOMINEE not in answer.content.decode(errors="replace"), row.address
        secret = Candidate.objects.filter(name=SECRET_NOMINEE, authority__slug=HOME)
        for page in ("/", f"/{HOME}/", *(f"/{HOME}/saker/{one.case_id}/" for one in secret)):
            answer = client.get(page)
            assert answer.status_code == 200 and SECRET_NOMINEE not in answer.content.decode(), page
    assert seen > 30


@pytest.mark.django_db
def test_what_is_written_down_elsewhere_names_no_nominee() -> None:
    scene = Scene(finalists=2)
    informing.inform(scene.secret, by=scene.officer, now=NOW)
    answers.answer(scene.secret, answer="accepted", facts=f"Vi er {SECRET_NOMINEE}", now=NOW)
    register_on_paper(
        scene.round, Typed(scene.category.pk, "organisation", SECRET_NOMINEE, reasons="God.", address="n@by.example"),
        received_on=TODAY - DAY, once="en", by=scene.officer, now=NOW,
    )  # fmt: skip
    criteria = scene.round.statutes.criteria.all()
    for one in (scene.secret, scene.other):
        sheets.save(scene.seat(), one, dict.fromkeys([row.pk for row in criteria], 3), by=scene.members[0], now=NOW)
    sheets.hand_in(scene.seat(), scene.category, by=scene.members[0], now=NOW)
    finalists.choose(scene.category, [scene.secret.pk, scene.other.pk], by=scene.officer, now=NOW)
    written = [
        *Event.objects.values_list("facts", flat=True), *Notice.objects.values_list("title", "link"),
        *Mail.objects.exclude(to_address__in=[scene.secret.email, "n@by.example"]).values_list("subject", "text"),
        *Mail.objects.values_list("subject"),
    ]  # fmt: skip
    assert len(written) > 8 and SECRET_NOMINEE not in str(written)


@pytest.mark.django_db
def test_the_rounds_own_case_says_nothing_before_the_ceremony() -> None:
    scene = Scene()
    made = making.make_round(scene.prize, scene.round.year + 1, by=scene.officer, now=NOW)
    CaseStep.objects.create(
        authority=scene.authority, case=made.case, stage=1, activity="decision", body=scene.jury, outcome="adopted",
        starts_on=TODAY - DAY, ends_on=TODAY - DAY, resolution=f"Vinneren er {SECRET_NOMINEE}",
    )  # fmt: skip
    page = reverse("case_page", args=[scene.authority.slug, made.case_id])
    for client in (Client(), signed_in(scene.members[0])):
        assert SECRET_NOMINEE not in client.get(page).content.decode()


@pytest.mark.django_db
def test_finalists_of_a_year_that_is_decided_without_a_vote_stay_unknown() -> None:
    scene = Scene(vote="advises", finalists=2)
    Candidate.objects.filter(round=scene.round).update(is_finalist=True)
    PrizeRound.objects.filter(pk=scene.round.pk).update(vote_opens_at=NOW - DAY, vote_closes_at=NOW + DAY)
    make.a_category_decision(scene.category, None, by=scene.officer)
    PrizeRound.objects.filter(pk=scene.round.pk).update(state="decided")
    for name in ("vote", "prize_round"):
        assert SECRET_NOMINEE not in Client().get(scene.at(name)).content.decode(), name


# ---- who reaches whose rows ----


@pytest.mark.parametrize("who", ["another round", "next door", "ended", "to come", "tied", "undeclared", "role ended"])
@pytest.mark.django_db
def test_only_a_member_of_this_jury_who_is_free_reads_and_judges(who: str) -> None:
    scene = Scene()
    document, seat, person = scene.a_file(), scene.seat(), scene.members[0]
    if who == "another round":
        person = make.a_member(scene.authority, make.a_jury(scene.authority))
    elif who == "next door":
        person = make.a_member(people.an_authority(), make.a_jury(people.an_authority()))
    elif who == "undeclared":
        person = make.a_member(scene.authority, scene.jury)
    elif who == "tied":
        make.a_tie(scene.other, person)
    elif who == "role ended":
        person.memberships.update(valid_to=TODAY - DAY)
    else:
        ended = {"valid_to": TODAY - DAY} if who == "ended" else {"valid_from": TODAY + DAY}
        BodyMembership.objects.filter(pk=seat.pk).update(**ended)
    client = signed_in(person)
    for address in (
        scene.at("jury_candidate", scene.secret.pk), scene.at("jury_document", document.pk),
        reverse("document", args=[document.pk]), scene.at("candidate_desk", scene.secret.pk),
        scene.at("decide_category", scene.category.pk), scene.at("nominations_file", "csv"),
    ):  # fmt: skip
        assert client.get(address).status_code in (403, 404), address
    own = BodyMembership.objects.filter(user=person).first()
    with pytest.raises((PermissionDenied, Refused, NotImpartial)):
        sheets.save(own or seat, scene.secret, {}, by=person, now=NOW)
    with pytest.raises((PermissionDenied, NotImpartial)):
        sheets.save(scene.seat(1), scene.secret, {}, by=person, now=NOW)
    assert not JuryOpinion.objects.filter(candidate__round=scene.round).exists()


@pytest.mark.django_db
def test_a_tied_officer_neither_moves_the_round_nor_says_who_judges_it() -> None:
    scene = Scene()
    tied = people.a_user(Role.OFFICER, scene.authority)
    make.a_tie(scene.other, tied)
    deeds: list[Any] = [
        lambda by: seats.remove_seat(scene.jury, scene.seat(1).pk, by=by, on=TODAY),
        lambda by: seats.save_seat(scene.jury, BodyMembership(display_name="Oppdiktet Venn", capacity="business"), by=by),
        lambda by: moving.move(scene.round, "cancelled", by=by, now=NOW, why="Nei"),
    ]  # fmt: skip
    for deed in deeds:
        with pytest.raises(Refused) as caught:
            deed(tied)
        assert caught.value.code == "tied"
    for deed in deeds:
        deed(scene.officer)
    scene.round.refresh_from_db()
    assert scene.round.state == "cancelled"


@pytest.mark.django_db
def test_an_officer_who_sits_in_the_jury_sees_no_points_before_hers_also_without_the_role() -> None:
    scene = Scene()
    make.a_seat(scene.jury, scene.officer)
    sheet = make.a_sheet(scene.category, scene.members[0])
    for one in (scene.secret, scene.other):
        make.an_opinion(sheet, one, 3, 3, comment="Merknad fra et medlem")
    make.handed_in(sheet)
    page = scene.at("decide_category", scene.category.pk)
    blind, sees = (signed_in(one).get(page).context["is_blind"] for one in (scene.officer, colleague(scene)))
    assert (blind, sees) == (True, False)
    answer = signed_in(scene.officer).post(page, {"gjor": "protokoll"})
    assert answer.status_code == 302 and answer["Content-Type"] != "application/pdf"


def colleague(scene: Scene) -> Any:
    found = people.a_user(Role.OFFICER, scene.authority)
    for one in (scene.secret, scene.other):
        make.no_ties(one, found)
    return found


@pytest.mark.django_db
def test_a_vote_in_the_jury_does_not_count_when_its_member_turns_out_to_be_tied() -> None:
    scene = Scene()
    facts: dict[str, Any] = {"by": scene.officer, "now": NOW}
    step = meeting.hold(scene.round, on=TODAY, **facts)
    both = [scene.seat(0), scene.seat(1)]
    meeting.attend(scene.round, step, [Seat(one, "present") for one in both], all_asked=False, **facts)
    chosen = dict(zip([one.pk for one in both], (scene.secret, scene.other), strict=True))
    votes.register(scene.category, {seat: votes.Cast("candidate", one.pk) for seat, one in chosen.items()}, **facts)
    make.a_tie(scene.secret, scene.members[0])
    wanted = decisions.Decided("winner", scene.secret.pk, reasons="Juryen ble overbevist.", decided_on=TODAY)
    with pytest.raises(ValidationError) as caught:
        decisions.preview(scene.category, wanted, **facts)
    assert set(caught.value.message_dict) == {"settled_how"}, "the votes that count are for the other"
    decisions.preview(scene.category, replace(wanted, candidate=scene.other.pk), **facts)


# ---- the nominee's link ----


@pytest.mark.django_db
def test_a_nominees_link_opens_her_own_page_in_her_own_round_alone() -> None:
    scene, stranger = Scene(), Scene()
    raw = keys.issue("nominee", now=NOW, subject_id=scene.secret.pk, address=scene.secret.email)
    voter = keys.issue("vote", now=NOW, subject_id=scene.secret.pk, address=scene.secret.email)
    own = scene.at("nominee_page", raw)
    assert Client().get(own).status_code == 200
    for wrong in (stranger.at("nominee_page", raw), scene.at("nominee_page", voter), scene.at("cast_vote", raw),
                  scene.at("nominee_page", raw[:-1]), own.replace(str(scene.round.year), "1900")):  # fmt: skip
        assert Client().get(wrong).status_code == 404, wrong
    sent = {"answer": "accepted", "facts": "a\x00b\u202e\uffff"}
    assert Client().post(own, sent).status_code == 302
    scene.secret.refresh_from_db()
    assert scene.secret.facts == "ab"
    for _forwarded in range(2):
        assert Client().post(own, {"answer": "declined", "facts": "Nei takk"}).status_code == 302
    assert NomineeAnswer.objects.filter(candidate=scene.secret, answer="declined").count() == 1
    assert Client().post(own, {"papir": "brev"}).status_code == 404
    assert Client().get(own)["Referrer-Policy"] in ("same-origin", "no-referrer", "strict-origin")


@pytest.mark.django_db
def test_who_nominates_does_not_say_where_a_nominees_mails_go_once_she_is_told() -> None:
    scene = Scene("published")
    typed: dict[str, Any] = {"kind": "organisation", "name": scene.other.name, "email": "tyv@test.example", "by": None}
    Candidate.objects.filter(pk=scene.other.pk).update(email="")
    informing.inform_on_paper(scene.other, TODAY, by=scene.officer, now=NOW)
    found = gathering.find_or_make(scene.category, **typed, now=NOW)
    assert (found.pk, found.email) == (scene.other.pk, "")
    Candidate.objects.filter(pk=scene.secret.pk).update(email="")
    found = gathering.find_or_make(scene.category, **{**typed, "name": SECRET_NOMINEE}, now=NOW)
    assert (found.pk, found.email) == (scene.secret.pk, "tyv@test.example"), "before that an officer reads it first"


# ---- names, numbers and files ----


@pytest.mark.django_db
def test_names_with_scripts_turned_signs_and_formulas_do_nothing_anywhere() -> None:
    scene = Scene()
    for name in ("<script>alert(1)</script>", "=HYPERLINK(A1)", "@SUM(1)", '#panic("x") \\ $x$ *b* [', TURNED):
        made = make.a_candidate(scene.category, name=name)
        make.no_ties(made, scene.officer)
    client = signed_in(scene.officer)
    said = client.get(scene.at("nominations")).content.decode()
    assert "<script>alert" not in said and "&lt;script&gt;alert" in said
    sheet = client.get(scene.at("nominations_file", "csv")).content.decode("utf-8-sig")
    names = [row[0] for row in csv.reader(io.StringIO(sheet), delimiter=";")]
    assert len(names) == 8 and not [name for name in names if name.startswith(("=", "@", "+", "-"))]
    assert client.get(scene.at("nominations_file", "xlsx")).status_code == 200
    typeset = Candidate.objects.get(name__startswith="#panic")
    assert informing.draft_of(typeset, by=scene.officer, on=TODAY).startswith(b"%PDF")
    made = diplomas.laid_out(scene.round, name=typeset.name, category="#x", reasons="#eval(1) *b*", now=NOW)
    assert made.startswith(b"%PDF")


@pytest.mark.django_db
def test_ids_that_are_none_and_files_that_lie_are_turned_away() -> None:
    scene = Scene()
    client = signed_in(scene.officer)
    page = scene.at("candidate_desk", scene.secret.pk)
    huge = "9" * 40
    for data in ({"gjor": "avvis", "nominasjon": "-1"}, {"gjor": "flytt", "nominasjon": huge, "til": "ny"},
                 {"gjor": "fortell\x00"}, {"gjor": "teller", "nominasjon": "²"}):  # fmt: skip
        assert client.post(page, data).status_code == 404, data
    for query in ("?side=-1&kategori=-1&q=%27%25", f"?kategori={huge}&sorter=x&vis=y"):
        assert client.get(scene.at("nominations") + query).status_code == 200, query
    for name, content in (("a.pdf", b"<script>alert(1)</script>"), ("a.pdf", b"MZ\x90\x00"), ("a.exe", b"%PDF-1.7")):
        with pytest.raises(ValidationError):
            uploads.check(SimpleUploadedFile(name, content, content_type="application/pdf"), limit=10**6)
    assert lookup.number_in("974 760\u00a0673") == "974760673" and lookup.number_in("٩٧٤٧٦٠٦٧٣") == ""


@pytest.mark.parametrize(
    ("kind", "name", "number", "at_door", "at_desk"),
    [
        ("organisation", "gammel vinner a/s", "", True, True),
        ("organisation", "Gammel Vinner", NUMBER, True, True),
        ("organisation", "Gammel Vinner AS", OTHER_NUMBER, False, False),
        ("person", "Gammel Vinner", "", False, False),
        ("organisation", "Eldre Vinner AS", OTHER_NUMBER, False, True),
        ("organisation", "ELDRE  VINNER", "", True, True),
    ],
)
@pytest.mark.django_db
def test_a_repeat_winner_is_known_by_her_name_where_a_number_is_not_known(
    kind: str, name: str, number: str, at_door: bool, at_desk: bool
) -> None:
    scene = Scene(repeat_years=4)
    make.an_earlier_winner(scene.prize, name="Gammel Vinner AS", number=NUMBER, year=scene.round.year - 1)
    make.an_earlier_winner(scene.prize, name="Eldre Vinner AS", year=scene.round.year - 2)
    assert bool(eligibility.refuse_at_the_door(scene.round, kind, name, number, None)) == at_door
    row = make.a_candidate(scene.category, kind=kind, name=name, number=number)
    assert bool(eligibility.obstacles_of(row, TODAY)) == at_desk


# ---- the vote ----


def test_the_portal_reads_no_ballot_before_the_count(own_database: str, owner: Any, runtime: Any) -> None:
    """Transaction, place in the table and the moment it came would tell whose it is."""
    scene = Scene(vote="decides", finalists=2)
    Candidate.objects.filter(round=scene.round).update(is_finalist=True)
    PrizeRound.objects.filter(pk=scene.round.pk).update(vote_opens_at=NOW - DAY, vote_closes_at=NOW + DAY)
    PrizeRound.objects.filter(pk=scene.round.pk).update(state="voting")
    for choice in (scene.secret, scene.other):
        make.cast(make.a_voter(scene.round), choice)
    looks = f"SELECT xmin, ctid, candidate_id FROM awards_ballot WHERE category_id = {scene.category.pk} ORDER BY ctid"
    assert len(owner.execute(looks).fetchall()) == 2
    assert runtime.execute(looks).fetchall() == [] and not Ballot.objects.filter(category=scene.category).exists()
    owner.execute("ALTER TABLE awards_prizeround DISABLE TRIGGER USER")
    owner.execute("UPDATE awards_prizeround SET vote_closes_at = now() - interval '1 minute'")
    make.counted(scene.round)
    counted = runtime.execute(looks).fetchall()
    assert len(counted) == 2 and len({row[0] for row in counted}) == 1, "written anew by the count"
    assert [row[2] for row in counted] == list(
        Ballot.objects.filter(category=scene.category).order_by("pk").values_list("candidate", flat=True)
    ), "in the order of their random keys"


@pytest.mark.django_db
def test_the_register_of_voters_tells_nobody_who_has_asked() -> None:
    scene = Scene(vote="advises", finalists=2)
    Candidate.objects.filter(round=scene.round).update(is_finalist=True)
    PrizeRound.objects.filter(pk=scene.round.pk).update(vote_opens_at=NOW - DAY, vote_closes_at=NOW + DAY)
    PrizeRound.objects.filter(pk=scene.round.pk).update(state="voting")
    for _more_than_she_gets in range(register.LINKS_AN_HOUR + 2):
        register.ask(scene.round, "kari@test.example", network=None, now=NOW)
    assert Mail.objects.filter(to_address="kari@test.example").count() == register.LINKS_AN_HOUR
    taken = people.a_user(email="kari@test.example")
    heading = list(own_data.sections(taken))[-1]
    assert own_data.sections(taken)[heading] == [], "an address she has not confirmed is not hers"
    EmailAddress.objects.update_or_create(user=taken, email=taken.email, defaults={"verified": True, "primary": True})
    assert len(own_data.sections(taken)[heading]) == 1
    Voter.objects.filter(round=scene.round).update(network="")
    for person in (scene.officer, scene.members[0]):
        said = signed_in(person).get(scene.at("vote_desk")).content.decode()
        assert "kari@test" not in said


# ---- money, and work that stops half way ----


@pytest.fixture(scope="module")
def register_address() -> Any:
    with register_server.serving() as address:
        yield address


class Won(Scene):
    """A round that is announced, with a winner who gets money."""

    def __init__(self, number: str = NUMBER) -> None:
        super().__init__(money_nok=50_000)
        scheme = make_money.a_scheme(self.authority)
        self.prize.scheme = scheme
        self.prize.save()
        self.account = make_money.an_account(scheme, year=TODAY.year)
        Candidate.objects.filter(pk=self.secret.pk).update(number=number)
        make.a_category_decision(self.category, self.secret, by=self.officer)
        PrizeRound.objects.filter(pk=self.round.pk).update(state="decided", ceremony_at=NOW - DAY)
        self.round.refresh_from_db()


@pytest.mark.django_db
def test_no_prize_money_is_drawn_up_for_who_has_gone_bankrupt(settings: Any, register_address: str) -> None:
    settings.REGISTER_URL = register_address
    for number, is_given in ((register_server.BANKRUPT, False), (register_server.BAKERY, True)):
        won = Won(number)
        announcing.announce(won.round, by=won.officer, now=NOW)
        winner = Winner.objects.get(prize=won.prize)
        if not is_given:
            with pytest.raises(ValidationError) as caught:
                money.propose(winner, won.account, by=won.officer, on=TODAY)
            assert caught.value.code == "gone"
            continue
        assert money.propose(winner, won.account, by=won.officer, on=TODAY).amount_nok == 50_000


def test_two_who_announce_and_draw_up_money_at_once_do_it_once(own_database: str) -> None:
    won = Won()

    def announce(_press: int) -> str:
        try:
            announcing.announce(won.round, by=won.officer, now=NOW)
        except ValidationError as told:
            return str(told.code)
        return "done"

    assert sorted(at_once(announce, range(3))) == ["done", "state", "state"]
    winner = Winner.objects.get(prize=won.prize)
    made = at_once(lambda _n: money.propose(winner, won.account, by=won.officer, on=TODAY).pk, range(3))
    assert len(set(made)) == 1


@pytest.mark.django_db
def test_letters_go_on_where_a_killed_worker_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    won = Won()
    announcing.announce(won.round, by=won.officer, now=NOW)
    mail = thanks._mail

    def dies(candidate: Candidate, *rest: Any) -> None:
        if candidate.pk == won.other.pk:
            raise SystemExit
        mail(candidate, *rest)

    monkeypatch.setattr(thanks, "_mail", dies)
    with pytest.raises(SystemExit):
        thanks.rest(NOW, of=won.round)
    monkeypatch.undo()
    for _again in range(2):
        thanks.rest(NOW, of=won.round)
    for one in (won.secret, won.other):
        assert Letter.objects.filter(case=one.case_id).count() == 1
        assert Mail.objects.filter(to_address=one.email).count() == 1
    assert Mail.objects.filter(to_address="nabo@test.example").count() == 1
    assert not re.search(r"[\w-]{43}", str(list(Event.objects.values_list("facts", flat=True))))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM portal_notice WHERE link LIKE '%%/nominert/%%'")
        assert cursor.fetchone() == (0,)
