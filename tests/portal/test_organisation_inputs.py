"""An organisation's input: written by all who have a mandate, sent by one who acts, unseen by the authority until then."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from portal import cleaning, inputs
from portal.acting_for import organisation_inputs
from portal.inputs import Typed
from portal.models import DraftFile, Event, Input, InputDraft, Mail, Mandate, Notice, Organisation
from portal.uploads import Checked
from tests import factories as make

if TYPE_CHECKING:
    from portal.models import InputRound, User

NOW = timezone.now()
TODAY = timezone.localdate()
DAY = dt.timedelta(days=1)


@pytest.fixture
def organisation(place: Any) -> Organisation:
    make.a_provider(place)
    return make.an_organisation(place, name="Oppdiktet Trevare AS", number=make.ORGANISATION_NUMBERS[0])


@pytest.fixture
def asked(place: Any) -> InputRound:
    return make.a_round(make.a_case(place, officer=make.a_user("officer", place)))


@pytest.fixture
def manager(organisation: Organisation) -> User:
    person = make.a_user(name="Oppdiktet Leder")
    make.a_mandate(organisation, person)
    return person


@pytest.fixture
def colleague(organisation: Organisation, manager: User) -> User:
    person = make.a_user(name="Oppdiktet Kollega")
    make.a_mandate(organisation, person, invited_by=manager.mandates.get())
    return person


def save(organisation: Organisation, asked: InputRound, by: User, text: str = "Bygg kai.", **facts: Any) -> InputDraft:
    return organisation_inputs.save(
        organisation, asked.pk, Typed(text, "", facts.pop("may_publish", False)),
        **{"seen": "", "sent": 0, "by": by, "now": NOW, **facts},
    )  # fmt: skip


def send(organisation: Organisation, asked: InputRound, by: User, draft: InputDraft | None, **facts: Any) -> Input:
    seen = organisation_inputs.version_of(draft)
    return organisation_inputs.send(
        organisation, asked.pk, **{"seen": seen, "sent": 0, "by": by, "now": NOW, **facts}
    )  # fmt: skip


def a_file(name: str = "kart.txt", content: bytes = b"Kart") -> Checked:
    return Checked(ContentFile(content, name=name), name, "text/plain", len(content), "0" * 64)


# ---- writing together ----


def test_two_with_mandates_write_on_the_same_draft(
    organisation: Organisation, asked: InputRound, manager: User, colleague: User
) -> None:
    first = save(organisation, asked, colleague, "Bygg")
    again = save(organisation, asked, manager, "Bygg kai.", seen=organisation_inputs.version_of(first))
    assert again.pk == first.pk
    kept = InputDraft.objects.get(round=asked)
    assert (kept.text, kept.edited_by, kept.organisation) == ("Bygg kai.", manager, organisation)


def test_who_had_not_read_the_colleagues_text_does_not_overwrite_it(
    organisation: Organisation, asked: InputRound, manager: User, colleague: User
) -> None:
    read = organisation_inputs.version_of(save(organisation, asked, manager, "Felles"))
    save(organisation, asked, colleague, "Kollegaens", seen=read)
    with pytest.raises(organisation_inputs.Overtaken) as caught:
        save(organisation, asked, manager, "Lederens", seen=read)
    assert caught.value.draft is not None
    assert caught.value.draft.text == "Kollegaens"
    assert InputDraft.objects.get(round=asked).text == "Kollegaens"
    save(organisation, asked, manager, "Lederens", seen=organisation_inputs.version_of(caught.value.draft))
    assert InputDraft.objects.get(round=asked).text == "Lederens"


def test_a_window_opened_before_there_was_a_draft_does_not_overwrite_it(
    organisation: Organisation, asked: InputRound, manager: User, colleague: User
) -> None:
    save(organisation, asked, colleague, "Kollegaens")
    with pytest.raises(organisation_inputs.Overtaken):
        save(organisation, asked, manager, "Lederens")


def test_saving_the_same_once_more_changes_nothing(
    organisation: Organisation, asked: InputRound, manager: User, colleague: User
) -> None:
    first = save(organisation, asked, colleague)
    again = save(organisation, asked, manager, now=NOW + DAY)
    assert organisation_inputs.version_of(again) == organisation_inputs.version_of(first)
    assert InputDraft.objects.get(round=asked).edited_by == colleague


def test_files_are_added_taken_away_and_never_more_than_five(
    organisation: Organisation, asked: InputRound, manager: User
) -> None:
    draft = save(organisation, asked, manager, files=[a_file(f"{n}.txt") for n in range(5)])
    with pytest.raises(organisation_inputs.TooManyFiles):
        save(organisation, asked, manager, "Nytt", files=[a_file("6.txt")], seen=organisation_inputs.version_of(draft))
    assert InputDraft.objects.get(round=asked).text == "Bygg kai."
    gone = draft.files.order_by("pk").first()
    assert gone is not None
    save(organisation, asked, manager, files=[a_file("6.txt")], drop=[gone.pk])
    names = list(DraftFile.objects.filter(draft=draft).order_by("pk").values_list("filename", flat=True))
    assert names == ["1.txt", "2.txt", "3.txt", "4.txt", "6.txt"]


def test_a_file_of_another_organisations_draft_is_not_taken_away(
    organisation: Organisation, asked: InputRound, manager: User
) -> None:
    other = make.an_organisation(organisation.authority)
    someone = make.a_user()
    make.a_mandate(other, someone)
    theirs = save(other, asked, someone, files=[a_file()])
    save(organisation, asked, manager)
    save(organisation, asked, manager, drop=[theirs.files.get().pk])
    assert theirs.files.count() == 1


# ---- who may ----


def test_only_one_who_acts_sends(organisation: Organisation, asked: InputRound, colleague: User) -> None:
    draft = save(organisation, asked, colleague)
    with pytest.raises(PermissionDenied):
        send(organisation, asked, colleague, draft)
    assert not Input.objects.filter(round=asked).exists()


def test_a_stranger_neither_saves_sends_nor_deletes(
    organisation: Organisation, asked: InputRound, manager: User
) -> None:
    draft, stranger = save(organisation, asked, manager), make.a_user()
    for attempt in (
        lambda: save(organisation, asked, stranger, "Kuppet"),
        lambda: send(organisation, asked, stranger, draft),
        lambda: organisation_inputs.discard(
            organisation, asked.pk, seen=organisation_inputs.version_of(draft), by=stranger, now=NOW
        ),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
    assert InputDraft.objects.get(round=asked).text == "Bygg kai."


def test_a_mandate_that_has_ended_opens_nothing_more(
    organisation: Organisation, asked: InputRound, manager: User
) -> None:
    draft = save(organisation, asked, manager)
    Mandate.objects.filter(user=manager).update(ended_at=NOW, ended_why="Sluttet")
    with pytest.raises(PermissionDenied):
        save(organisation, asked, manager, "Mer")
    with pytest.raises(PermissionDenied):
        send(organisation, asked, manager, draft)


def test_a_session_by_a_code_prepares_but_does_not_send(
    organisation: Organisation, asked: InputRound, manager: User
) -> None:
    from portal.strength import Mark

    manager.mark = Mark(sign_in=1, method="code", at=0, seen=0)  # type: ignore[attr-defined]
    draft = save(organisation, asked, manager)
    with pytest.raises(PermissionDenied):
        send(organisation, asked, manager, draft)


def test_in_trial_mode_a_code_is_all_one_can_ask_for(place: Any, asked: InputRound) -> None:
    from portal.strength import Mark

    organisation, person = make.an_organisation(place), make.a_user()
    make.a_mandate(organisation, person)
    person.mark = Mark(sign_in=1, method="code", at=0, seen=0)  # type: ignore[attr-defined]
    assert send(organisation, asked, person, save(organisation, asked, person)).sent_by == person


def test_another_authoritys_round_takes_nothing(organisation: Organisation, manager: User) -> None:
    theirs = make.a_round(make.a_case(make.an_authority()))
    with pytest.raises(inputs.NotTaken):
        save(organisation, theirs, manager)
    assert not InputDraft.objects.filter(round=theirs).exists()


@pytest.mark.parametrize(
    "facts",
    [
        {"audience": "invited"},
        {"closed_on": TODAY},
        {"opens_on": TODAY + DAY},
        {"is_published": False},
        {"due_on": TODAY - DAY, "takes_late": False},
    ],
)
def test_a_round_that_takes_nothing_takes_nothing_from_an_organisation(
    place: Any, organisation: Organisation, manager: User, facts: dict[str, Any]
) -> None:
    with pytest.raises(inputs.NotTaken):
        save(organisation, make.a_round(make.a_case(place), **facts), manager)


# ---- sending ----


def test_what_is_sent_is_the_organisations_and_says_who_sent_it(
    organisation: Organisation, asked: InputRound, manager: User, colleague: User
) -> None:
    draft = save(organisation, asked, colleague, may_publish=True, files=[a_file()])
    received = send(organisation, asked, manager, draft)
    assert (received.organisation, received.sent_by, received.source) == (organisation, manager, "web")
    assert (received.speaks_for, received.address) == ("Oppdiktet Trevare AS", manager.email)
    assert (received.text, received.may_publish, received.number) == ("Bygg kai.", True, 1)
    assert received.attachments.get().document.filename == "kart.txt"
    assert not InputDraft.objects.filter(round=asked).exists()
    assert Mail.objects.filter(to_address=manager.email).count() == 1
    assert Notice.objects.filter(kind="input_came", subject_id=received.pk).exists()


def test_a_draft_leaves_no_trace_the_authority_could_see_before_it_is_sent(
    organisation: Organisation, asked: InputRound, manager: User
) -> None:
    draft = save(organisation, asked, manager, files=[a_file()])
    organisation_inputs.discard(
        organisation, asked.pk, seen=organisation_inputs.version_of(draft), by=manager, now=NOW
    )  # fmt: skip
    save(organisation, asked, manager)
    assert not Event.objects.filter(authority=organisation.authority).exists()
    assert not Mail.objects.filter(authority=organisation.authority).exists()
    assert not Notice.objects.filter(authority=organisation.authority).exists()


def test_pressed_twice_it_is_one_input(organisation: Organisation, asked: InputRound, manager: User) -> None:
    draft = save(organisation, asked, manager)
    first = send(organisation, asked, manager, draft)
    with pytest.raises(organisation_inputs.SentMeanwhile) as caught:
        send(organisation, asked, manager, draft)
    assert caught.value.input == first
    assert asked.inputs.count() == 1


def test_who_writes_while_a_colleague_sends_is_told(
    organisation: Organisation, asked: InputRound, manager: User, colleague: User
) -> None:
    draft = save(organisation, asked, colleague)
    send(organisation, asked, manager, draft)
    with pytest.raises(organisation_inputs.SentMeanwhile):
        save(organisation, asked, colleague, "Mer", seen=organisation_inputs.version_of(draft))
    addition = save(organisation, asked, colleague, "Et tillegg", sent=1)
    assert send(organisation, asked, manager, addition, sent=1).number == 2


def test_what_has_been_changed_since_it_was_read_is_not_sent(
    organisation: Organisation, asked: InputRound, manager: User, colleague: User
) -> None:
    read = save(organisation, asked, manager)
    save(organisation, asked, colleague, "Noe annet", seen=organisation_inputs.version_of(read))
    with pytest.raises(organisation_inputs.Overtaken):
        send(organisation, asked, manager, read)
    assert not asked.inputs.exists()


def test_an_empty_draft_is_not_sent(organisation: Organisation, asked: InputRound, manager: User) -> None:
    draft = save(organisation, asked, manager, "  ")
    with pytest.raises(organisation_inputs.NothingToSend):
        send(organisation, asked, manager, draft)


def test_deleting_spares_what_a_colleague_wrote_meanwhile(
    organisation: Organisation, asked: InputRound, manager: User, colleague: User
) -> None:
    read = save(organisation, asked, manager)
    save(organisation, asked, colleague, "Noe annet", seen=organisation_inputs.version_of(read))
    with pytest.raises(organisation_inputs.Overtaken):
        organisation_inputs.discard(
            organisation, asked.pk, seen=organisation_inputs.version_of(read), by=manager, now=NOW
        )
    assert InputDraft.objects.get(round=asked).text == "Noe annet"


# ---- how long it is kept ----


def is_kept(organisation: Organisation, asked: InputRound, now: dt.datetime) -> bool:
    cleaning.clean_up(now)
    return InputDraft.objects.filter(organisation=organisation, round=asked).exists()


def test_a_draft_lives_as_long_as_its_round_is_open(
    organisation: Organisation, asked: InputRound, manager: User
) -> None:
    save(organisation, asked, manager)
    assert is_kept(organisation, asked, NOW + 400 * DAY)


def test_a_draft_is_removed_with_its_files_a_month_after_its_round_closed(
    organisation: Organisation, asked: InputRound, manager: User, django_capture_on_commit_callbacks: Any
) -> None:
    name = save(organisation, asked, manager, files=[a_file()]).files.get().file.name
    asked.closed_on = TODAY + 10 * DAY
    asked.save()
    assert is_kept(organisation, asked, NOW + 40 * DAY)
    with django_capture_on_commit_callbacks(execute=True):
        assert not is_kept(organisation, asked, NOW + 41 * DAY)
    assert not default_storage.exists(name)


def test_a_draft_of_a_round_that_closed_by_its_due_date_is_kept_a_month_after_it(
    place: Any, organisation: Organisation, manager: User
) -> None:
    asked = make.a_round(make.a_case(place), due_on=TODAY, takes_late=False)
    save(organisation, asked, manager)
    assert is_kept(organisation, asked, NOW + 31 * DAY)
    assert not is_kept(organisation, asked, NOW + 32 * DAY)


def test_an_organisations_files_take_no_room_from_those_who_wait_for_a_code(
    organisation: Organisation, asked: InputRound, manager: User, monkeypatch: Any
) -> None:
    save(organisation, asked, manager, files=[a_file(content=b"x" * 900)])
    monkeypatch.setattr(inputs, "DRAFT_BYTES_PER_ROUND", 1000)
    inputs.refuse_too_much(asked, [a_file(content=b"x" * 900)])
