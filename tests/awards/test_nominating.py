"""Nominating: who, why, the code, the receipt; robots, limits and bad input; and paper by way of an officer."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest
from allauth.account.models import EmailAddress
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from awards.models import Nomination, PrizeRound
from awards.nominating import cleaning, deeds, lookup
from awards.refusals import Refused
from portal import cleaning as portal_cleaning
from portal import own_data
from portal.input_forms import STAMP
from portal.models import Case, Document, Event, Mail, Notice
from tests import factories as portal_make
from tests import factories_awards as make
from tests.conftest import signed_in
from tests.house.test_queries import same_for_all_sizes
from tests.portal import register_server
from tests.portal.test_inputs import PDF, digits_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.models import User

pytestmark = pytest.mark.django_db
BAKERY, BANKRUPT = register_server.BAKERY, register_server.BANKRUPT
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
WHY = "De bakte brød til hele bygda, og ansatte fire."


@pytest.fixture(scope="module")
def register_address() -> Iterator[str]:
    with register_server.serving() as address:
        yield address


@pytest.fixture
def round_(db: None, settings: Any, register_address: str) -> PrizeRound:
    settings.REGISTER_URL = register_address
    authority = portal_make.an_authority(slug="byen", name="Byen", contact_email="post@by.example")
    prize = make.a_prize(authority, "Innovasjon", "Miljø", name="Næringsprisen", slug="prisen")
    make.prize_statutes(prize)
    return make.a_prize_round(prize, officer=portal_make.a_user("officer", authority))


@pytest.fixture
def officer(round_: PrizeRound) -> User:
    assert round_.officer is not None
    return round_.officer


@pytest.fixture
def visitor() -> Client:
    return Client()


def at(round_: PrizeRound, part: str = "") -> str:
    return f"/byen/priser/prisen/{round_.year}/nominer/{part}"


def desk(round_: PrizeRound) -> str:
    return f"/byen/prisarbeid/prisen/{round_.year}/nominasjoner/ny/"


def asked(round_: PrizeRound, **facts: Any) -> dict[str, Any]:
    category = round_.categories.get(position=0)
    return {"category": category.pk, "kind": "organisation", "who": BAKERY, "do": "finn", **facts}


def written(**facts: Any) -> dict[str, Any]:
    stamp = signing.dumps(timezone.now().timestamp() - 60, salt=STAMP)
    return {"reasons": WHY, "nominator_name": "Kari Oppdiktet", "address": "kari@test.example", "website": "",
            "started": stamp, "do": "send", **facts}  # fmt: skip


def choose(client: Client, round_: PrizeRound, **facts: Any) -> Any:
    return client.post(at(round_), asked(round_, **facts))


def nominate(client: Client, round_: PrizeRound, **facts: Any) -> Nomination:
    """Go the whole way, as a visitor does."""
    choose(client, round_)
    assert client.post(at(round_), written(**facts)).status_code == 302
    assert client.post(at(round_, "kode/"), {"code": digits_of()}).status_code == 302
    return Nomination.objects.latest("pk")


def told_of(round_: PrizeRound) -> Any:
    return Notice.objects.filter(kind="nomination_came", authority=round_.authority)


def shown(answer: Any) -> str:
    return str(answer.content.decode())


# ---- the whole way ----


def test_a_visitor_finds_the_nominee_writes_why_and_confirms_by_the_code(round_: PrizeRound, visitor: Client) -> None:
    assert visitor.get(at(round_)).status_code == 200
    assert choose(visitor, round_).status_code == 302
    assert "OPPDIKTET BAKERI AS" in shown(visitor.get(at(round_)))
    answer = visitor.post(at(round_), written(files=SimpleUploadedFile("bilde.pdf", PDF), tie="Kunde"))
    assert answer.status_code == 302, answer.context["form"].errors
    assert answer["Location"].endswith("/kode/")
    assert not round_.nominations.exists() and not round_.candidates.exists(), "nobody sees it before it is confirmed"
    code = Mail.objects.latest("pk")
    assert code.authority is None and "BAKERI" not in code.text
    page = visitor.get(at(round_, "kode/"))
    assert WHY in shown(page) and "bilde.pdf" in shown(page)
    assert visitor.post(at(round_, "kode/"), {"code": digits_of()})["Location"].endswith("/kvittering/")

    made = round_.nominations.get()
    assert (made.number, made.typed_name, made.typed_number, made.source) == (1, "OPPDIKTET BAKERI AS", BAKERY, "web")
    assert (made.nominator_name, made.nominator_email, made.tie) == ("Kari Oppdiktet", "kari@test.example", "Kunde")
    assert abs(made.received_at - timezone.now()) < HOUR and made.sent_by is None
    candidate = made.candidate
    assert candidate.number == BAKERY and candidate.register_copy["accounts_year"] == 2024
    assert candidate.case.series == Case.Series.PRIZE and candidate.case != round_.case
    kept = Document.objects.get(nomination_file__nomination=made)
    assert (kept.case, kept.access, kept.direction) == (candidate.case, "deferred", "in") and kept.access_basis
    assert "bilde" not in kept.public_title
    assert not round_.drafts.exists()
    receipt = shown(visitor.get(at(round_, "kvittering/")))
    assert WHY in receipt and "OPPDIKTET BAKERI AS" in receipt and "bilde.pdf" in receipt
    assert "OPPDIKTET" not in shown(visitor.get(at(round_))), "the next nomination begins anew"
    assert Client().get(at(round_, "kvittering/")).status_code == 302, "a receipt is its sender's alone"


def test_who_sent_it_gets_a_receipt_and_the_desk_hears_without_a_name(round_: PrizeRound, visitor: Client) -> None:
    made = nominate(visitor, round_)
    receipt = Mail.objects.get(to_address="kari@test.example", notices__kind="nomination_received")
    assert receipt.authority is None, "what is nominated is not for everyone at the desk to read in the admin"
    assert WHY in receipt.text and "BAKERI" in receipt.text and "BAKERI" not in receipt.subject
    told = told_of(round_).get()
    assert (told.user, told.waits_for_digest) == (round_.officer, True)
    assert "BAKERI" not in told.title + told.context and "Næringsprisen" in told.title
    nominate(visitor, round_, reasons="En grunn til.")
    assert told_of(round_).count() == 1, "one line waits, however many came"
    said = Event.objects.filter(kind="nomination_received", authority=round_.authority).values_list("facts", "actor_id")
    assert all("BAKERI" not in str(facts) and "kari" not in str(facts) and actor is None for facts, actor in said)
    assert made.candidate.nominations.count() == 2, "the same number is the same candidate"


def test_a_person_is_nominated_by_name_alone(round_: PrizeRound, visitor: Client) -> None:
    assert choose(visitor, round_, kind="person", who=BAKERY).status_code == 200, "a person has no such number"
    assert choose(visitor, round_, kind="person", who="Per <b>Oppdiktet</b>").status_code == 200
    assert choose(visitor, round_, kind="person", who="Per Oppdiktet").status_code == 302
    visitor.post(at(round_), written())
    visitor.post(at(round_, "kode/"), {"code": digits_of()})
    assert round_.candidates.get().name == "Per Oppdiktet" and round_.candidates.get().number == ""


def test_a_name_is_looked_for_and_the_reader_chooses(round_: PrizeRound, visitor: Client) -> None:
    answer = choose(visitor, round_, who="oppdiktet b")
    found = set(re.findall(r'name="chosen" value="(\w+)"|value="(\w+)"[^>]*name="chosen"', shown(answer)))
    values = {one or other for one, other in found}
    assert {BAKERY, "skrevet"} <= values
    assert choose(visitor, round_, who="oppdiktet b", do="velg").status_code == 200, "nothing was chosen"
    assert choose(visitor, round_, who="oppdiktet b", do="velg", chosen="974760673").status_code == 200, "not found"
    assert choose(visitor, round_, who="oppdiktet b", do="velg", chosen=BAKERY).status_code == 302
    assert "OPPDIKTET BAKERI AS" in shown(visitor.get(at(round_)))


def test_what_no_register_has_is_nominated_by_its_name(round_: PrizeRound, visitor: Client) -> None:
    assert choose(visitor, round_, who="Helt Ukjent Bedrift").status_code == 200
    assert choose(visitor, round_, who="Helt Ukjent Bedrift", do="velg", chosen="skrevet").status_code == 302
    visitor.post(at(round_), written())
    visitor.post(at(round_, "kode/"), {"code": digits_of()})
    one = round_.candidates.get()
    assert (one.name, one.number, one.register_copy) == ("Helt Ukjent Bedrift", "", None)


def test_a_register_that_is_down_stops_nobody_who_knows_the_name(
    round_: PrizeRound, visitor: Client, settings: Any
) -> None:
    settings.REGISTER_URL = "http://127.0.0.1:9"
    assert choose(visitor, round_).status_code == 200, "a number says nothing without the register"
    assert choose(visitor, round_, who="Bakeriet").status_code == 200
    assert choose(visitor, round_, who="Bakeriet", do="velg", chosen="skrevet").status_code == 302


def test_going_back_to_choose_another_loses_nothing_that_was_written(round_: PrizeRound, visitor: Client) -> None:
    choose(visitor, round_)
    assert visitor.post(at(round_), {"reasons": WHY, "nominator_name": "Kari", "do": "endre"}).status_code == 302
    assert BAKERY in shown(visitor.get(at(round_))), "the one chosen before stands in the field"
    choose(visitor, round_, kind="person", who="Per Oppdiktet")
    page = shown(visitor.get(at(round_)))
    assert WHY in page and 'value="Kari"' in page and "Per Oppdiktet" in page


# ---- what is refused, beside its field ----


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"who": BANKRUPT}, "who"), ({"who": "Byen kommune", "do": "velg", "chosen": "skrevet"}, "who"),
        ({"who": "123456789"}, "who"), ({"who": "ab"}, "who"), ({"who": ""}, "who"),
        ({"who": "<script>alert(1)</script>"}, "who"), ({"category": ""}, "category"), ({"category": 0}, "category"),
    ],
)  # fmt: skip
def test_a_nominee_that_cannot_be_is_refused_beside_the_field(
    round_: PrizeRound, visitor: Client, facts: dict[str, Any], field: str
) -> None:
    if facts.get("do") == "velg":
        choose(visitor, round_, who=facts["who"])
    answer = choose(visitor, round_, **facts)
    assert answer.status_code == 200 and set(answer.context["form"].errors) == {field}
    assert "<script>alert" not in shown(answer)
    assert answer.wsgi_request.session.get("nominations", {}).get(str(round_.pk), {}).get("name") is None


def test_a_winner_inside_the_period_is_refused_at_the_door(round_: PrizeRound, visitor: Client) -> None:
    statutes = make.prize_statutes(round_.prize, repeat_years=4)
    later = make.a_prize_round(round_.prize, year=round_.year + 1, statutes=statutes)
    make.an_earlier_winner(round_.prize, year=round_.year - 2, number=BAKERY, name="Oppdiktet Bakeri AS")
    answer = choose(visitor, later)
    assert answer.status_code == 200 and "who" in answer.context["form"].errors


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"reasons": ""}, "reasons"), ({"reasons": "x" * 2_000_000}, "reasons"), ({"nominator_name": ""}, "nominator_name"),
        ({"nominator_name": "<script>x</script>"}, "nominator_name"), ({"address": "nei"}, "address"),
        ({"nominee_email": "nei"}, "nominee_email"), ({"website": "http://spam.example"}, "__all__"),
        ({"started": "x"}, "__all__"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_the_reasons_is_said_and_nothing_is_lost(
    round_: PrizeRound, visitor: Client, facts: dict[str, Any], field: str
) -> None:
    choose(visitor, round_)
    answer = visitor.post(at(round_), written(**facts))
    assert answer.status_code == 200 and set(answer.context["form"].errors) == {field}
    assert "<script>x" not in shown(answer) and (WHY in shown(answer) or field == "reasons")
    assert not round_.drafts.exists()


# ---- the clock ----


def a_round_open(round_: PrizeRound, since: int, until: int) -> PrizeRound:
    """Return a published round that is open between two days counted from now."""
    now = timezone.now()
    made = make.a_prize_round(
        round_.prize,
        "draft",
        year=2035,
        opens_at=now + since * DAY,
        closes_at=now + until * DAY,
        officer=round_.officer,
    )
    PrizeRound.objects.filter(pk=made.pk).update(state="published", published_at=now)
    made.refresh_from_db()
    return made


def test_the_hour_of_closing_is_the_databases(round_: PrizeRound, visitor: Client) -> None:
    over = a_round_open(round_, -9, -1)
    typed = deeds.Typed(
        over.categories.all()[0].pk, "person", "Per", reasons=WHY, nominator_name="K", address="k@a.example"
    )
    slow = timezone.now() - 2 * DAY  # a server whose clock is wrong
    draft = deeds.start(over.pk, typed, now=slow)
    with pytest.raises(Refused) as refused:
        deeds.confirm(draft.pk, digits_of(), now=slow)
    assert refused.value.code == deeds.NOT_IN_TIME
    with pytest.raises(deeds.NotTaken):
        deeds.confirm(draft.pk, digits_of(), now=timezone.now())
    assert not over.nominations.exists() and not over.candidates.exists()


def test_what_was_written_is_given_back_when_it_closed_meanwhile(round_: PrizeRound, visitor: Client) -> None:
    choose(visitor, round_)
    visitor.post(at(round_), written())
    PrizeRound.objects.filter(pk=round_.pk).update(state="cancelled", ended_why="Ingen penger")
    answer = visitor.post(at(round_, "kode/"), {"code": digits_of()})
    assert answer.status_code == 409 and WHY in shown(answer)


@pytest.mark.parametrize(("since", "until"), [(-9, -1), (1, 9)])
def test_outside_the_period_the_page_says_when_and_takes_nothing(
    round_: PrizeRound, visitor: Client, since: int, until: int
) -> None:
    closed = a_round_open(round_, since, until)
    page = visitor.get(at(closed))
    assert page.status_code == 200 and "<textarea" not in shown(page)
    lost = visitor.post(at(closed), written())
    assert lost.status_code == 409 and WHY in shown(lost)
    assert visitor.get("/byen/priser/prisen/2036/nominer/").status_code == 404


# ---- again, and too much ----


def test_a_second_press_makes_one(round_: PrizeRound, visitor: Client) -> None:
    choose(visitor, round_)
    visitor.post(at(round_), written())
    digits = digits_of()
    for _press in range(2):
        answer = visitor.post(at(round_, "kode/"), {"code": digits})
        assert answer["Location"].endswith("/kvittering/")
    assert round_.nominations.count() == 1


def test_a_wrong_code_is_counted_and_a_new_one_can_be_had(round_: PrizeRound, visitor: Client) -> None:
    choose(visitor, round_)
    visitor.post(at(round_), written())
    wrong = f"{(int(digits_of()) + 1) % 1_000_000:06d}"
    assert visitor.post(at(round_, "kode/"), {"code": wrong}).context["left"] == 4
    assert visitor.post(at(round_, "kode/"), {"do": "again"}).context["sent_again"]
    assert visitor.post(at(round_, "kode/"), {"code": digits_of()}).status_code == 302


def test_one_address_does_not_get_a_flood_of_codes(round_: PrizeRound, visitor: Client) -> None:
    choose(visitor, round_)
    answers = [visitor.post(at(round_), written(reasons=f"Grunn {n}")).status_code for n in range(7)]
    assert answers == [302] * 6 + [429]
    assert round_.drafts.count() == 1, "a new draft replaces the visitor's earlier one"


def test_who_is_signed_in_needs_no_code_and_a_second_press_makes_one(round_: PrizeRound) -> None:
    person = portal_make.a_user()
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
    client = signed_in(person)
    choose(client, round_)
    for _press in range(2):
        assert client.post(at(round_), written())["Location"].endswith("/kvittering/")
    choose(client, round_)
    assert client.post(at(round_), written())["Location"].endswith("/kvittering/"), "the same words are the same"
    made = round_.nominations.get()
    assert (made.sent_by, made.nominator_email) == (person, person.email)
    assert "OPPDIKTET BAKERI AS" in str(own_data.of(person)), "what she sent stands among what we hold about her"
    assert "OPPDIKTET BAKERI AS" in shown(client.get("/min-side/"))
    stranger = portal_make.a_user(email="kari@test.example")
    nominate(Client(), round_)
    assert "BAKERI" not in str(own_data.of(stranger)), "an address that is not confirmed is nobody's"
    assert "BAKERI" not in shown(signed_in(stranger).get("/min-side/"))


def test_ones_own_page_costs_the_same_however_much_one_has_nominated(round_: PrizeRound) -> None:
    candidate = make.a_candidate(round_.categories.get(position=0))

    def grow(size: int) -> tuple[Client, dict[str, int | None]]:
        person = portal_make.a_user()
        for _number in range(size):
            make.a_nomination(candidate, sent_by=person, registered_by=round_.officer)
        return signed_in(person), {"/min-side/": None}

    same_for_all_sizes(grow)


def test_drafts_nobody_confirmed_go_with_their_files_after_a_day(round_: PrizeRound, visitor: Client) -> None:
    choose(visitor, round_)
    visitor.post(at(round_), written(files=SimpleUploadedFile("a.pdf", PDF)))
    file = round_.drafts.get().files.get().file
    assert cleaning.remove_old(timezone.now()) == 0 and file.storage.exists(file.name)
    assert portal_cleaning.clean_up(timezone.now() + DAY + HOUR)["drafts"] >= 1
    assert not round_.drafts.exists() and not file.storage.exists(file.name)
    assert visitor.get(at(round_, "kode/")).status_code == 302


# ---- on paper ----


def on_paper(**facts: Any) -> dict[str, Any]:
    return {"reasons": WHY, "nominator_name": "Ola Oppdiktet", "received_on": timezone.localdate().isoformat(),
            "once": "en-gang", "do": "send", **facts}  # fmt: skip


def test_an_officer_registers_paper_with_its_true_day_once(round_: PrizeRound, officer: User) -> None:
    client, came = signed_in(officer), timezone.localdate() - 3 * DAY
    assert client.post(desk(round_), asked(round_)).status_code == 302
    for _press in range(2):
        answer = client.post(desk(round_), on_paper(received_on=came.isoformat(), address="ola@test.example"))
        assert answer["Location"].endswith("/nominasjoner/")
    made = round_.nominations.get()
    assert (made.source, made.received_on, made.registered_by) == ("paper", came, officer)
    assert Mail.objects.filter(to_address="ola@test.example").count() == 1
    assert not told_of(round_).exists(), "she who registered it knows"


def test_paper_is_taken_while_the_jury_works_but_only_what_came_in_time(round_: PrizeRound, officer: User) -> None:
    judging = make.a_prize_round(round_.prize, "judging", year=2033)
    client = signed_in(officer)
    client.post(desk(judging), asked(judging))
    late = client.post(desk(judging), on_paper())
    early = client.post(desk(judging), on_paper(received_on=(timezone.localdate() - 90 * DAY).isoformat()))
    assert "received_on" in late.context["form"].errors and "received_on" in early.context["form"].errors
    in_time = client.post(desk(judging), on_paper(received_on=(timezone.localdate() - 2 * DAY).isoformat()))
    assert in_time.status_code == 302
    assert judging.nominations.get().candidate.number == BAKERY


def test_an_officer_who_is_tied_to_one_in_the_category_registers_none_there(round_: PrizeRound, officer: User) -> None:
    make.a_tie(make.a_candidate(round_.categories.get(position=0)), officer)
    client = signed_in(officer)
    client.post(desk(round_), asked(round_))
    before = round_.nominations.count()
    assert client.post(desk(round_), on_paper()).context["form"].errors
    assert round_.nominations.count() == before
    other = round_.categories.get(position=1)
    client.post(desk(round_), asked(round_, category=other.pk))
    assert client.post(desk(round_), on_paper()).status_code == 302


def test_only_those_who_handle_nominations_register_them(round_: PrizeRound) -> None:
    reader = signed_in(portal_make.a_user("editor", round_.authority))
    stranger = signed_in(portal_make.a_user())
    assert reader.get(desk(round_)).status_code == 403
    assert stranger.get(desk(round_)).status_code == 404


# ---- the register ----


def test_a_number_is_read_however_it_is_spaced() -> None:
    assert lookup.number_in("294 580 735") == lookup.number_in("294.580.735") == BAKERY
    assert lookup.number_in("Bakeri 2000") == "" and lookup.number_in("２９４５８０７３５") == ""
