"""Applications at the desk: whose turn, what she may see, what is asked for, and what came on paper."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from grants import fund_deadlines, messages
from grants.desk import application_lists, completeness, gate, paper, supplements, turns, waits
from grants.desk.application_lists import Asked
from grants.held import Handled
from grants.models import Application, Assessment, Call, Supplement
from portal.impartiality import NotImpartial
from portal.models import Case, Document, Event, Letter, Mail, Notice
from portal.uploads import Checked
from tests import factories as portal_make
from tests import factories_fund as make
from tests.conftest import signed_in
from tests.world_fund import SECRET_PROJECT

if TYPE_CHECKING:
    from django.test import Client

    from portal.models import User
    from tests.world import World

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
NOW = timezone.now()
NUMBER = portal_make.ORGANISATION_NUMBERS[-1]


@pytest.fixture
def officer(world: World) -> User:
    return world.user("officer")


@pytest.fixture
def call(world: World) -> Call:
    return world.home.rows(Call).exclude(published_at=None).get()


@pytest.fixture
def sent(world: World) -> Application:
    """The world's: a supplement is asked for, the applicant has written, and it stands in a batch."""
    return world.home.rows(Application).get(state="submitted")


@pytest.fixture
def fresh(call: Call, officer: User) -> Application:
    """One that has just come, of a company of its own, handled by the officer, who has no ties."""
    made = make.an_application(
        call, portal_make.an_organisation(call.authority, name="Oppdiktet Bakeri", number=NUMBER)
    )
    Case.objects.filter(pk=made.case_id).update(officer=officer)
    make.no_ties(made, officer)
    return Application.objects.get(pk=made.pk)


def a_paper(content: bytes = b"%PDF-1.7 brev") -> Checked:
    return Checked(
        ContentFile(content), "brev.pdf", "application/pdf", len(content), hashlib.sha256(content).hexdigest()
    )


def marked(application: Application, user: User) -> Any:
    return turns.marked(Application.objects.filter(pk=application.pk), user, TODAY).get()


def desk(application: Application, more: str = "") -> str:
    return f"{application.get_absolute_url()}{more}"


# ---- whose turn it is ----


def test_each_stage_says_what_it_waits_for_and_whose_turn_it_is(fresh: Application, officer: User) -> None:
    found = [marked(fresh, officer).stage]
    asked = make.a_supplement(fresh, by=officer)
    found.append(marked(fresh, officer).stage)
    Supplement.objects.filter(pk=asked.pk).update(due_on=TODAY - dt.timedelta(days=1))
    found.append(marked(fresh, officer).stage)
    Supplement.objects.filter(pk=asked.pk).update(state="answered", answered_at=NOW)
    found.append(marked(fresh, officer).stage)
    completeness.complete(fresh, by=officer, now=NOW)
    found.append(marked(fresh, officer).stage)
    Assessment.objects.filter(application=fresh).update(
        outcome="refused", grounds="For dyrt.", assessed_by=officer, done_at=NOW
    )
    found.append(marked(fresh, officer).stage)
    batch = make.a_batch(fresh.call.scheme, fresh, by=officer)
    found.append(marked(fresh, officer).stage)
    batch.state, batch.sent_at = "sent", NOW
    batch.save()
    found.append(marked(fresh, officer).stage)
    make.a_message(fresh)
    found.append(marked(fresh, officer).stage)
    assert found == [
        "completeness", "supplement", "supplement_late", "answered", "assess", "recommended", "batch", "body", "message"
    ]  # fmt: skip
    assert [name for name in found if not turns.STAGES[name].is_ours] == ["supplement", "body"]


def test_how_one_stands_in_the_list_is_how_one_stands_at_the_gate(
    world: World, call: Call, fresh: Application, officer: User
) -> None:
    other, third = make.an_application(call), make.an_application(call)
    leader, editor = world.user("leader"), world.user("decision_maker")
    make.no_ties(fresh, leader)
    make.no_ties(other, editor)
    make.a_tie(other, officer)
    make.a_batch(call.scheme, fresh, other)
    words = {True: turns.MAY, False: turns.OUT}
    for person in (officer, leader, editor, world.user("operator")):
        for row in (fresh, other, third):
            at_gate = gate.standing(person, row)
            expected = turns.UNANSWERED if at_gate == "unanswered" else words[at_gate in gate.MAY]
            assert marked(row, person).stand == expected, (person, row.pk, at_gate)
    assert marked(fresh, officer).stand == turns.OUT, "a tie to one that is weighed against it"
    assert not marked(fresh, officer).is_hers


def test_a_recommendation_is_the_turn_of_who_may_decide_so_much_and_of_the_officer(
    world: World, fresh: Application, officer: User
) -> None:
    make.an_assessment(fresh, officer)
    fresh.call.scheme.delegations.update(role="leader", up_to_nok=fresh.asked_nok)
    make.no_ties(fresh, world.user("leader"))
    assert marked(fresh, officer).is_hers
    assert marked(fresh, world.user("leader")).is_hers
    fresh.call.scheme.delegations.update(up_to_nok=1)
    assert not marked(fresh, world.user("leader")).is_hers
    assert not marked(fresh, world.user("decision_maker")).is_hers
    assert not marked(fresh, world.user("operator")).is_hers


def test_the_list_shows_my_turn_first_says_why_and_never_shows_a_draft(
    world: World, fresh: Application, officer: User, as_role: Any
) -> None:
    Case.objects.filter(application__authority=fresh.authority).exclude(pk=fresh.case_id).update(
        officer=world.user("leader")
    )
    page = as_role("officer").get("/hjemby/soknader/?vis=alle")
    rows = [line.row.pk for line in page.context["rows"]]
    assert rows[0] == fresh.pk and len(rows) == Application.objects.sent().filter(authority=fresh.authority).count()
    assert page.context["hers"] == 1
    line = page.context["rows"][0]
    assert line.stage is turns.STAGES["completeness"] and str(line.stage.deed) in page.content.decode()
    assert [line["url"] for line in waits.lines(officer, TODAY)] == ["/hjemby/soknader/?vis=min"]
    drafts = Application.objects.filter(state="draft").values_list("pk", flat=True)
    assert not set(drafts) & set(rows)


def test_what_is_asked_for_is_hidden_from_who_has_not_declared_and_left_out_of_her_file(
    fresh: Application, as_role: Any
) -> None:
    Application.objects.filter(pk=fresh.pk).exists()
    page = as_role("finance_preparer").get("/hjemby/soknader/?vis=alle").content.decode()
    assert "Oppdiktet Bakeri" in page and "300" not in page
    rows = file_rows(as_role("finance_preparer"), "vis=alle")
    assert len(rows) == 2 and rows[1][0].startswith("3 ")
    assert "Oppdiktet Bakeri" in str(file_rows(as_role("officer"), "vis=alle"))


def file_rows(client: Client, query: str) -> list[list[str]]:
    answer = client.get(f"/hjemby/soknader/liste.csv?{query}")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


def test_a_file_runs_nothing_an_applicant_has_typed(fresh: Application, officer: User) -> None:
    make.a_supplement(fresh, by=officer)
    Application.objects.filter(pk=fresh.pk).update(title="=HYPERLINK(1)", content={"title": "=1+1"})
    cells = [cell for row in file_rows(signed_in(officer), "vis=alle") for cell in row]
    assert "'=HYPERLINK(1)" in cells and not [cell for cell in cells if cell.startswith("=")]


@pytest.mark.parametrize(
    ("words", "fits"),
    [
        ("bakeriene", True), ("BAKE", True), ("ovner ny", True), ("oppdiktet bakeri", True), ("fabrikk", False),
        ("{reference}", True), (f"{NUMBER[:3]} {NUMBER[3:]}", True), ("' | !& :* <->", False), ("NF-2026-0", False),
    ],
)  # fmt: skip
def test_words_are_found_as_norwegian_bends_them(fresh: Application, officer: User, words: str, fits: bool) -> None:
    asked = Asked("alle", words.replace("{reference}", fresh.reference.lower()), fresh.call_id, "", "")
    rows = application_lists.of_authority(fresh.authority, asked, officer, TODAY)
    assert (fresh.pk in set(rows.values_list("pk", flat=True))) is fits


# ---- more information ----


def test_asking_writes_a_letter_tells_the_applicant_and_names_no_project(
    world: World, sent: Application, officer: User
) -> None:
    sent.supplements.update(state="cancelled", answered_at=NOW)
    due = TODAY + dt.timedelta(days=10)
    made = supplements.ask(sent, "Vi mangler et budsjett.", due, by=officer, now=NOW)
    assert made.letter is not None and made.letter.document.direction == "out"
    assert made.letter.document.access == "exempt"
    told = Notice.objects.filter(kind="supplement_asked", subject_id=made.pk)
    assert {row.user for row in told} >= {world.user("manager"), world.user("colleague")}
    everything = [*told.values_list("title", flat=True), *Mail.objects.values_list("text", flat=True)]
    everything += [str(facts) for facts in Event.objects.values_list("facts", flat=True)]
    assert not [text for text in everything if SECRET_PROJECT in text or "budsjett" in text]
    with pytest.raises(Handled):
        supplements.ask(sent, "Og et vedlegg.", due, by=officer, now=NOW)
    with pytest.raises(ValidationError):
        supplements.give_time(made, TODAY, by=officer, now=NOW)
    with pytest.raises(ValidationError):
        completeness.complete(sent, by=officer, now=NOW)
    for person, refused in (("operator", PermissionDenied), ("decision_maker", PermissionDenied)):
        with pytest.raises(refused):
            supplements.cancel(made, by=world.user(person), now=NOW)


def test_one_who_has_not_declared_or_is_tied_asks_for_nothing(fresh: Application, world: World) -> None:
    leader, due = world.user("leader"), TODAY + dt.timedelta(days=10)
    with pytest.raises(NotImpartial):
        supplements.ask(fresh, "Noe.", due, by=leader, now=NOW)
    make.a_tie(fresh, leader)
    with pytest.raises(NotImpartial):
        completeness.complete(fresh, by=leader, now=NOW)
    assert not Letter.objects.filter(case=fresh.case).exists()


def test_what_the_applicant_types_before_she_answers_is_not_seen_and_does_not_count(
    fresh: Application, officer: User
) -> None:
    asked = make.a_supplement(fresh, by=officer)
    typed = make.some_content(title="Uferdig tanke", financing=[{"payer": "fund", "amount": "1"}])
    Application.objects.filter(pk=fresh.pk).update(content=typed, title="Uferdig tanke", asked_nok=1)
    page = signed_in(officer).get(desk(fresh)).content.decode()
    assert "Uferdig tanke" not in page and "Vi bygger en ovn" in page
    supplements.cancel(asked, by=officer, now=NOW)
    fresh.refresh_from_db()
    assert (fresh.title, fresh.asked_nok) == ("Ny ovn", 300_000)
    assert fresh.content["title"] == "Ny ovn"
    with pytest.raises(Handled):
        supplements.cancel(asked, by=officer, now=NOW)


def test_an_answer_on_paper_is_registered_with_its_day_and_its_papers(fresh: Application, officer: User) -> None:
    asked = make.a_supplement(fresh, by=officer, asked_at=NOW - dt.timedelta(days=5))
    came = TODAY - dt.timedelta(days=2)
    with pytest.raises(ValidationError):
        paper.answered(asked, received_on=TODAY + dt.timedelta(days=1), files=[a_paper()], by=officer, now=NOW)
    with pytest.raises(ValidationError):
        paper.answered(asked, received_on=came, files=[], by=officer, now=NOW)
    paper.answered(asked, received_on=came, files=[a_paper()], by=officer, now=NOW)
    kept = Document.objects.get(case=fresh.case, direction="in")
    assert (kept.dated_on, kept.access, marked(fresh, officer).stage) == (came, "exempt", "answered")


# ---- complete, and who handles it ----


def test_complete_is_said_once_and_taken_back_until_it_is_assessed(fresh: Application, officer: User) -> None:
    client = signed_in(officer)
    for _press in range(2):
        client.post(desk(fresh), {"gjor": "komplett"})
    row = Assessment.objects.get(application=fresh)
    assert (row.complete_by, row.complete_on) == (officer, TODAY)
    assert Event.objects.filter(kind="application_complete", subject_id=fresh.pk).count() == 1
    client.post(desk(fresh), {"gjor": "ikke-komplett"})
    assert Assessment.objects.get(application=fresh).complete_on is None
    client.post(desk(fresh), {"gjor": "komplett", "seen": fresh.row_version + 1})
    assert Assessment.objects.get(application=fresh).complete_on is None, "a page that has grown old does nothing"


def test_one_who_is_tied_gives_the_application_to_another_and_sees_nothing_of_it(
    world: World, fresh: Application, officer: User
) -> None:
    make.a_tie(fresh, officer)
    client, leader = signed_in(officer), world.user("leader")
    assert client.get(desk(fresh)).status_code == 403
    answer = client.post(desk(fresh), {"gjor": "saksbehandler", "officer": leader.pk})
    assert answer["Location"] == "/hjemby/soknader/"
    assert Case.objects.get(pk=fresh.case_id).officer == leader
    assert Notice.objects.filter(kind="application_given", user=leader).count() == 1
    with pytest.raises(ValidationError):
        completeness.give_to(fresh, world.user("finance_preparer"), by=leader, now=NOW)
    for more in ("meldinger/", "mangler/", "versjoner/"):
        assert client.get(desk(fresh, more)).status_code == 403
    assert "Vi bygger en ovn" not in client.get(desk(fresh)).content.decode()


def test_an_answer_ends_the_turn_and_so_does_saying_that_none_is_needed(fresh: Application, officer: User) -> None:
    client, said = signed_in(officer), make.a_message(fresh)
    client.post(desk(fresh, "meldinger/"), {"text": "Før jul.", "last": said.pk})
    assert marked(fresh, officer).stage == "completeness"
    assert [row.text for row in messages.of(fresh)] == ["Når får vi svar?", "Før jul."]
    again = make.a_message(fresh, "Takk!")
    client.post(desk(fresh, "meldinger/"), {"gjor": "lest", "last": again.pk})
    assert marked(fresh, officer).stage == "completeness"


# ---- on paper ----


def typed_paper(call: Call, **facts: Any) -> dict[str, Any]:
    return {
        "call": call.pk, "applicant_name": "Oppdiktet Gründer", "received_on": str(TODAY), "source": "post",
        "title": "Ny kaffebar", "cost_nok": "400 000", "asked_nok": "150 000", "language": "nn",
        "once": "11111111-1111-4111-8111-111111111111",
        "files": ContentFile(b"%PDF-1.7 brev", name="brev.pdf"), **facts,
    }  # fmt: skip


def test_what_came_by_post_is_registered_once_with_its_true_day_and_its_letter(call: Call, officer: User) -> None:
    client, address = signed_in(officer), f"/{call.authority.slug}/soknader/ny/"
    for _press in range(2):
        assert client.post(address, typed_paper(call)).status_code == 302
    made = Application.objects.get(source="post")
    assert (made.received_on, made.asked_nok, made.cost_nok) == (TODAY, 150_000, 400_000)
    assert (made.applicant_name, made.registered_by, made.language) == ("Oppdiktet Gründer", officer, "nn")
    assert made.case is not None and made.case.series == "application"
    assert "Ny kaffebar" not in made.case.title
    assert Document.objects.get(case=made.case).filename == "brev.pdf"
    page = client.post(address, typed_paper(call, once="2", asked_nok="500 000"))
    assert page.status_code == 200 and "Ny kaffebar" in page.content.decode(), "nothing typed is lost"
    assert Application.objects.filter(source="post").count() == 1


# ---- versions, deadlines ----


def test_two_versions_show_what_differs_and_no_more(fresh: Application, officer: User) -> None:
    fresh.content = make.some_content(jobs="4")
    make.a_version(fresh)
    page = signed_in(officer).get(desk(fresh, "versjoner/"))
    assert [(change.before, change.after) for change in page.context["changes"]] == [("2,5", "4")]


def test_what_has_a_date_is_told_to_whose_it_is(world: World, sent: Application, fresh: Application) -> None:
    due: dict[str, list[Any]] = {}
    for source in fund_deadlines.SOURCES:
        due.setdefault(source.kind.name, []).extend(source.rows(TODAY).filter(tenant=sent.authority_id))
    assert {name for name, rows in due.items() if not rows} == set()
    manager = world.user("manager")
    assert sorted(row.who for row in due["supplement_due"]) == sorted([manager.pk, world.user("colleague").pk])
    assert manager.pk in {row.who for row in due["accept_due"]}
    assert {row.day for row in due["message_unanswered"]} == {TODAY + fund_deadlines.TIME_TO_ANSWER}
    assert [row.pk for row in due["preliminary_due"]] == [fresh.pk], "a written one waits no longer"
    for rows in due.values():
        assert not [row for row in rows if SECRET_PROJECT in f"{row.headline} {row.part_of}"]


def test_a_founders_own_dates_are_told_to_her_alone(call: Call, officer: User) -> None:
    founder = portal_make.a_user()
    with transaction.atomic():
        made = make.a_draft_application(call, by=founder)
        made.case = portal_make.a_case(call.authority, title="Søknad", series="application")
        made.state, made.reference, made.submitted_at, made.received_on = "submitted", f"NF-{made.pk}", NOW, TODAY
        made.asked_nok, made.cost_nok, made.expected_on = 300_000, 600_000, TODAY
        made.save()
    asked = make.a_supplement(made, by=officer)
    due = fund_deadlines.own_supplements(TODAY).filter(pk=asked.pk)
    assert [(row.who, row.to) for row in due] == [(founder.pk, founder.email)]
    told = [row.user for row in Notice.objects.filter(kind="supplement_asked")]
    supplements.tell(asked, "asked", by=officer, today=TODAY)
    assert [row.user for row in Notice.objects.filter(kind="supplement_asked")] == [*told, founder]
