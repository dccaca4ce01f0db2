"""The deeds of those who give input: each happens once, in order, recorded, and unseen until the address is confirmed."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from portal import codes, inputs, uploads
from portal.calendar import oslo_today
from portal.models import (
    DraftFile,
    EmailCode,
    Event,
    Input,
    InputDraft,
    InputRound,
    Invitation,
    Mail,
    Notice,
)
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = oslo_today(NOW)
TYPED = inputs.Typed("La oss søke hele året.\n\nOg enkelt.", "Askim bakeri", True, "Kari@test.example")
PDF = b"%PDF-1.7\n%%EOF"


@pytest.fixture
def asked(db: None) -> InputRound:
    """An open round whose case has an officer."""
    authority = make.an_authority(contact_email="post@by.example")
    case = make.a_case(authority, reference="2026/7", officer=make.a_user("officer", authority))
    return make.a_round(case, due_on=TODAY + dt.timedelta(days=3), answer_due_on=TODAY + dt.timedelta(days=30))


def digits_of(mail: Mail | None = None) -> str:
    text = (mail or Mail.objects.latest("pk")).text
    found = re.search(r"\b(\d{3}) (\d{3})\b", text)
    assert found, text
    return found[1] + found[2]


def begin(round_: InputRound, typed: inputs.Typed = TYPED, **facts: Any) -> InputDraft:
    return inputs.start_draft(round_.pk, typed, **{"now": NOW, **facts})


def a_file(name: str = "notat.pdf", content: bytes = PDF) -> uploads.Checked:
    return uploads.check(SimpleUploadedFile(name, content), limit=inputs.FILE_BYTES)


# ---- begin ----


def test_nobody_at_the_authority_sees_what_is_not_confirmed(asked: InputRound) -> None:
    draft = begin(asked)
    officer = asked.case.officer
    assert draft.address == "Kari@test.example"
    assert not asked.inputs.exists()
    assert not Notice.objects.filter(user=officer).exists()
    assert not Mail.objects.visible_to(officer).exists(), "the code's mail belongs to no authority"
    assert not Event.objects.filter(case=asked.case).exists()


def test_the_code_mail_says_what_it_is_for_and_no_text_of_the_input(asked: InputRound) -> None:
    begin(asked)
    mail = Mail.objects.latest("pk")
    assert mail.to_address == "Kari@test.example"
    assert asked.title in mail.text
    assert "30 minutter" in mail.text
    assert "hele året" not in mail.text + mail.html


@pytest.mark.parametrize(
    "facts",
    [
        {"is_published": False}, {"audience": "invited"}, {"closed_on": TODAY}, {"opens_on": TODAY + dt.timedelta(days=1)},
        {"due_on": TODAY - dt.timedelta(days=1), "takes_late": False}, {"answers_published_at": NOW},
    ],
)  # fmt: skip
def test_a_round_that_does_not_ask_everyone_today_takes_nothing(asked: InputRound, facts: dict[str, Any]) -> None:
    InputRound.objects.filter(pk=asked.pk).update(**facts)
    with pytest.raises(inputs.NotTaken):
        begin(asked)
    assert not InputDraft.objects.filter(round=asked).exists()
    assert not Mail.objects.filter(to_address="Kari@test.example").exists()


def test_one_address_is_not_flooded_in_anothers_name(asked: InputRound) -> None:
    for _ in range(codes.PER_ADDRESS):
        begin(asked)
    for address in ("kari@test.example", "KARI@test.example"):
        with pytest.raises(inputs.TooMany):
            begin(asked, inputs.Typed("x", "y", False, address))
    begin(asked, now=NOW + dt.timedelta(hours=1, seconds=1))


def test_a_robot_gets_no_more_codes_than_the_round_gives_in_an_hour(
    asked: InputRound, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes, "PER_PURPOSE", 12)
    refused = 0
    for number in range(60):
        try:
            begin(asked, inputs.Typed("spam", "robot", False, f"r{number}@test.example"))
        except inputs.TooMany:
            refused += 1
    assert refused == 48
    assert InputDraft.objects.filter(round=asked).count() == 12
    other = make.a_round(asked.case)
    assert begin(other), "one round's robot does not close another"


def test_what_is_written_anew_replaces_the_draft_and_keeps_its_files(asked: InputRound) -> None:
    first = begin(asked, files=[a_file()])
    second = begin(asked, inputs.Typed("Nytt", "Kari", False, "ny@test.example"), earlier=first.pk)
    assert list(InputDraft.objects.filter(round=asked)) == [second]
    assert [file.filename for file in second.files.all()] == ["notat.pdf"]
    third = begin(asked, earlier=second.pk, drop_files=True)
    assert not third.files.exists()


def test_a_new_code_goes_to_the_same_address_at_most_three_times(asked: InputRound) -> None:
    draft = begin(asked)
    assert [inputs.send_code_again(draft.pk, now=NOW) for _ in range(3)] == [True, True, False]
    assert Mail.objects.filter(to_address="Kari@test.example").count() == 3
    assert inputs.confirm(draft.pk, digits_of(), now=NOW) is not None


# ---- confirm ----


def test_the_right_code_makes_the_draft_an_input(asked: InputRound) -> None:
    draft = begin(asked, files=[a_file(), a_file("brev.txt", b"Hei")])
    received = inputs.confirm(draft.pk, digits_of(), now=NOW)
    assert received is not None
    assert (received.number, received.source, received.received_on) == (1, "web", TODAY)
    assert (received.text, received.speaks_for, received.may_publish) == (TYPED.text, TYPED.speaks_for, True)
    documents = [row.document for row in received.attachments.select_related("document").order_by("pk")]
    assert [(d.filename, d.direction, d.case_id, d.dated_on) for d in documents] == [
        ("notat.pdf", "in", asked.case_id, TODAY), ("brev.txt", "in", asked.case_id, TODAY),
    ]  # fmt: skip
    assert documents[0].file.read() == PDF
    assert documents[0].title == "Vedlegg til innspill 1: notat.pdf"
    assert not InputDraft.objects.filter(pk=draft.pk).exists()
    assert not DraftFile.objects.filter(draft_id=draft.pk).exists()
    assert EmailCode.objects.get(pk=draft.code_id).confirmed_at == NOW
    event = Event.objects.get(case=asked.case)
    assert event.kind == "input_received"
    assert event.facts == {"round": asked.pk, "number": 1, "source": "web", "late": False, "attachments": 2}


def test_the_receipt_repeats_the_text_and_says_what_happens_next(asked: InputRound) -> None:
    draft = begin(asked, files=[a_file()])
    inputs.confirm(draft.pk, digits_of(), now=NOW)
    receipt = Mail.objects.latest("pk")
    assert receipt.to_address == "Kari@test.example"
    for said in (
        TYPED.text,
        TYPED.speaks_for,
        "nr. 1",
        "2026/7",
        "notat.pdf",
        "post@by.example",
        "e-post",
        asked.title,
    ):
        assert said in receipt.text, said
    assert "hele året" in receipt.html


def test_the_officer_is_told_in_the_daily_mail_and_not_at_once(asked: InputRound) -> None:
    draft = begin(asked)
    inputs.confirm(draft.pk, digits_of(), now=NOW)
    notice = Notice.objects.get(user=asked.case.officer)
    assert (notice.kind, notice.waits_for_digest, notice.mail) == ("input_came", True, None)
    assert notice.link == f"{asked.get_absolute_url()}svar/1/"
    assert TYPED.speaks_for not in notice.title + notice.context, "a notice carries the public title only"


def test_where_the_case_has_no_officer_the_authoritys_officers_are_told(asked: InputRound) -> None:
    asked.case.officer = None
    asked.case.save()
    officers = {asked.authority.memberships.get().user, make.a_user("officer", asked.authority)}
    make.a_user("elected", asked.authority)
    make.a_user("officer", make.an_authority())
    inputs.confirm(begin(asked).pk, digits_of(), now=NOW)
    assert {notice.user for notice in Notice.objects.filter(kind="input_came")} == officers


def test_a_wrong_code_changes_nothing_but_the_attempts(asked: InputRound) -> None:
    draft = begin(asked)
    wrong = f"{(int(digits_of()) + 1) % 1_000_000:06d}"
    for attempt in range(1, 6):
        assert inputs.confirm(draft.pk, wrong, now=NOW) is None
        assert EmailCode.objects.get(pk=draft.code_id).attempts == attempt
    assert inputs.confirm(draft.pk, digits_of(), now=NOW) is None, "five wrong tries killed the code"
    assert not asked.inputs.exists()


def test_who_began_before_midnight_of_the_last_day_is_taken(asked: InputRound) -> None:
    InputRound.objects.filter(pk=asked.pk).update(due_on=dt.date(2026, 6, 26), takes_late=False)
    with time_machine.travel(dt.datetime(2026, 6, 26, 21, 50, tzinfo=dt.UTC), tick=False):  # 23.50 in Oslo
        draft = begin(asked, now=timezone.now())
    after = dt.datetime(2026, 6, 26, 22, 5, tzinfo=dt.UTC)
    received = inputs.confirm(draft.pk, digits_of(), now=after)
    assert received is not None
    assert received.received_on == dt.date(2026, 6, 27)
    asked.refresh_from_db()
    received.round = asked
    assert received.is_late
    with pytest.raises(inputs.NotTaken):
        begin(asked, now=after)


def test_a_round_answered_meanwhile_takes_nothing(asked: InputRound) -> None:
    draft = begin(asked)
    InputRound.objects.filter(pk=asked.pk).update(answers_published_at=NOW)
    with pytest.raises(inputs.NotTaken):
        inputs.confirm(draft.pk, digits_of(), now=NOW)


def test_late_input_is_taken_marked_and_told_so(asked: InputRound) -> None:
    InputRound.objects.filter(pk=asked.pk).update(due_on=TODAY - dt.timedelta(days=1))
    received = inputs.confirm(begin(asked).pk, digits_of(), now=NOW)
    assert received is not None
    assert received.is_late
    assert "etter fristen" in Mail.objects.latest("pk").text
    assert Event.objects.get(case=asked.case).facts["late"] is True


# ---- by invitation ----


@pytest.fixture
def invited(asked: InputRound) -> Invitation:
    return make.an_invitation(asked, name="Handelsstanden", address="post@handel.example", invited_at=NOW)


def test_the_invited_answers_once_and_the_receipt_goes_to_the_invited_address(invited: Invitation) -> None:
    forged = inputs.Typed("Vi mener ja.", "Handelsstanden", False, "annen@test.example")
    first, is_new = inputs.submit_by_invitation(invited.pk, forged, [a_file()], now=NOW)
    again, is_new_again = inputs.submit_by_invitation(invited.pk, TYPED, now=NOW)
    assert (is_new, is_new_again) == (True, False)
    assert again == first
    assert again.text == "Vi mener ja."
    assert (first.source, first.address, first.invitation) == ("invited", "post@handel.example", invited)
    assert Mail.objects.latest("pk").to_address == "post@handel.example"
    assert first.attachments.count() == 1


def test_the_invited_may_say_no_and_change_her_mind(invited: Invitation) -> None:
    assert inputs.decline(invited.pk, now=NOW)
    assert inputs.decline(invited.pk, now=NOW)
    invited.refresh_from_db()
    assert invited.declined_at == NOW
    assert Event.objects.filter(kind="invitation_declined", subject_id=invited.pk).count() == 1
    inputs.submit_by_invitation(invited.pk, TYPED, now=NOW)
    invited.refresh_from_db()
    assert invited.declined_at is None
    assert not inputs.decline(invited.pk, now=NOW), "who has answered has not declined"


def test_the_invited_cannot_answer_a_closed_round(invited: Invitation) -> None:
    InputRound.objects.filter(pk=invited.round_id).update(closed_on=TODAY)
    with pytest.raises(inputs.NotTaken):
        inputs.submit_by_invitation(invited.pk, TYPED, now=NOW)
    assert not Input.objects.filter(invitation=invited).exists()


def test_a_new_receipt_goes_once_a_day(invited: Invitation) -> None:
    received, _new = inputs.submit_by_invitation(invited.pk, TYPED, now=NOW)
    assert inputs.send_receipt(received, occasion="again", on_date=TODAY) is not None
    assert inputs.send_receipt(received, occasion="again", on_date=TODAY) is None
    assert inputs.send_receipt(received, occasion="again", on_date=TODAY + dt.timedelta(days=1)) is not None
