"""A plan document is sent in, known again, put away, taken out and removed; nobody else's is touched."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from portal.models import Event
from strategy.importing import cleaning, sending
from strategy.models import ImportRow, PlanImport
from tests import factories_imports as make
from tests.at_once import at_once

if TYPE_CHECKING:
    from portal.models import Authority, User
    from tests.world import World

NOW = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def file(content: bytes = b"Plan\nTiltak 1: Bygge kai\n", name: str = "plan.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def send(authority: Authority, by: User, upload: Any = None, **facts: Any) -> PlanImport:
    return sending.send(authority, upload or file(), by=by, now=NOW, **{"against": None, **facts})


@pytest.fixture
def home(world: World) -> Authority:
    return world.home.authority


@pytest.fixture
def officer(world: World) -> User:
    return world.user("officer")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("plan.odt", b"x", "PDF med tekst"),
        ("plan.pdf", b"ikke en pdf", "PDF med tekst"),
        ("plan.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "passord"),
        ("plan.csv", b"PK\x03\x04" + bytes(range(32)) * 20, "PDF med tekst"),
        ("plan.txt", b"", "tom"),
    ],
)
def test_what_cannot_be_a_plan_document_is_not_taken_and_it_is_said_what_can(
    home: Authority, officer: User, name: str, content: bytes, says: str
) -> None:
    before = PlanImport.objects.count()
    with pytest.raises(ValidationError) as refused:
        send(home, officer, file(content, name))
    assert says in " ".join(refused.value.messages)
    assert PlanImport.objects.count() == before


@pytest.mark.parametrize("name", ["plan.csv", "PLAN.TXT"])
def test_a_table_as_text_is_taken_though_a_sign_or_two_are_stray(home: Authority, officer: User, name: str) -> None:
    made = send(home, officer, file(b"Tiltak;Ansvar\nBygge kai;Havna\n" * 40 + b"\x07", name))
    assert (made.state, made.filename, made.attempts) == ("waiting", name, 0)
    assert made.file.read().startswith(b"Tiltak;Ansvar")


def test_who_makes_no_plans_sends_nothing(world: World, home: Authority) -> None:
    for person in ("attester", "elected", "citizen", "neighbour"):
        with pytest.raises(PermissionDenied):
            send(home, world.user(person))
    with pytest.raises(PermissionDenied):
        send(world.next.authority, world.user("officer"))


def test_the_same_file_is_told_of_and_not_stored_and_next_door_is_no_business_of_ours(
    world: World, home: Authority, officer: User
) -> None:
    make.an_import(world.next.authority, content=b"Nabobys plan\n")
    first = send(home, officer, file(b"Nabobys plan\n"))
    with pytest.raises(sending.Known) as known:
        send(home, officer, file(b"Nabobys plan\n", "et annet navn.txt"))
    assert known.value.earlier == first
    again = sending.send_again(first, against=None, by=officer, now=NOW)
    assert again == first, "it waits already"
    compared = sending.send_again(first, against=world.home.plan, by=officer, now=NOW)
    assert compared != first
    assert (compared.against, compared.file.read()) == (world.home.plan, b"Nabobys plan\n")
    assert compared.file.name != first.file.name, "one is removed without the other"


def test_a_refused_file_may_be_sent_again_at_once(home: Authority, officer: User) -> None:
    made = send(home, officer)
    PlanImport.objects.filter(pk=made.pk).update(state="refused", why="scanned", file="")
    assert send(home, officer).pk != made.pk


def test_putting_away_is_undone_with_all_that_was_decided(home: Authority, officer: User) -> None:
    proposal = make.decided(make.a_proposal(home))
    assert sending.put_away(proposal, by=officer, now=NOW)
    assert not sending.put_away(proposal, by=officer, now=NOW), "a second press does nothing"
    assert sending.take_back(proposal, by=officer, now=NOW)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.ended_at, proposal.ended_by) == ("ready", None, None)
    assert not proposal.rows.exclude(decision="accepted").exists()
    kinds = Event.objects.filter(subject_type=sending.SUBJECT, subject_id=proposal.pk).values_list("kind", flat=True)
    assert sorted(kinds) == ["plan_document_put_away", "plan_document_taken_back"]


def test_what_was_never_read_is_not_taken_out_and_what_is_open_is_not_removed(home: Authority, officer: User) -> None:
    waiting = make.an_import(home, content=b"aldri lest")
    with pytest.raises(ValidationError):
        sending.remove(waiting, by=officer, now=NOW)
    sending.put_away(waiting, by=officer, now=NOW)
    with pytest.raises(ValidationError):
        sending.take_back(waiting, by=officer, now=NOW)
    assert sending.remove(waiting, by=officer, now=NOW)
    assert not sending.remove(waiting, by=officer, now=NOW)


@pytest.mark.django_db
def test_what_is_old_goes_with_its_file_and_what_became_a_plan_stays(
    home: Authority, officer: User, django_capture_on_commit_callbacks: Any
) -> None:
    PlanImport.objects.all().delete()
    gone = make.a_proposal(home, content=b"lagt bort")
    recent = make.a_proposal(home, content=b"nylig lagt bort")
    for row, days in ((gone, 31), (recent, 29)):
        sending.put_away(row, by=officer, now=NOW - days * DAY)
    refused = make.an_import(home, content=b"avvist", state="refused", sent_at=NOW - 8 * DAY)
    open_ = make.a_proposal(home, content=b"i arbeid")
    open_.rows.update(decision="accepted", decided_at=NOW - 20 * DAY)
    forgotten = make.a_proposal(home, content=b"glemt")
    PlanImport.objects.filter(pk__in=(open_.pk, forgotten.pk)).update(read_at=NOW - 400 * DAY)
    applied = make.decided(make.a_proposal(home, content=b"ble en plan"))
    PlanImport.objects.filter(pk=applied.pk).update(state="applied", ended_at=NOW - 900 * DAY)
    with django_capture_on_commit_callbacks(execute=True):
        assert cleaning.remove_old(NOW) == 2
    left = {row.pk: row.state for row in PlanImport.objects.all()}
    assert left == {recent.pk: "discarded", open_.pk: "ready", forgotten.pk: "discarded", applied.pk: "applied"}
    assert not ImportRow.objects.filter(plan_import_id=gone.pk).exists()
    assert refused.pk not in left
    assert not gone.file.storage.exists(gone.file.name)
    assert recent.file.storage.exists(recent.file.name)
    sending.take_back(forgotten, by=officer, now=NOW)
    cleaning.remove_old(timezone.now() + DAY)
    assert PlanImport.objects.get(pk=forgotten.pk).state == "ready", "someone wants it after all"


@pytest.mark.usefixtures("own_database")
def test_the_same_file_sent_twice_at_once_is_one_document() -> None:
    from tests.world import World

    world = World()
    officer, before = world.user("officer"), PlanImport.objects.count()

    def press(_number: int) -> int:
        try:
            return send(world.home.authority, officer, file(b"to trykk\n")).pk
        except sending.Known as known:
            return known.earlier.pk

    assert len(set(at_once(press, range(3)))) == 1
    assert PlanImport.objects.count() == before + 1
