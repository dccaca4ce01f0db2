"""An input round as officers work with it: who may, what is told to whom, and that pressing twice does it once."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal import answers, keys
from portal.models import Case, Document, Event, Input, InputAnswer, InputRound, Invitation, LinkKey, Mail, Notice
from tests import factories as make
from tests.conftest import BACKEND, signed_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from portal.models import User
    from tests.world import World

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 4, 10, 9, 0, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(hours=1)
ANSWER = {"text": "Takk, dette er med i planen.", "consequence": "taken_in", "seen_version": "-1"}


@pytest.fixture
def officer(world: World) -> User:
    return world.user("officer")


@pytest.fixture
def closed(world: World) -> InputRound:
    """A round past its due date with three inputs, none answered."""
    round_ = make.a_round(world.home.case, due_on=dt.date(2026, 3, 1), closed_on=dt.date(2026, 3, 5))
    make.an_input(round_, may_publish=True, received_on=dt.date(2026, 2, 20))
    make.an_input(round_, received_on=dt.date(2026, 3, 4))
    make.an_input(round_, address="", source="post", registered_by=world.user("officer"))
    return round_


def page(round_: InputRound, name: str = "round_inputs", *more: Any) -> str:
    return reverse(name, args=[round_.authority.slug, round_.slug, *more])


def answer_all(round_: InputRound, by: User) -> None:
    for row in round_.inputs.order_by("number"):
        answers.answer(row, text=f"Svar {row.number}", consequence="noted", by=by, now=NOW)


def mails_to(address: str) -> list[Mail]:
    return list(Mail.objects.filter(to_address=address).order_by("pk"))


# ---- who may ----


@pytest.mark.parametrize("person", ["officer", "leader", "operator"])
def test_those_who_write_see_the_form_and_the_buttons(
    as_role: Callable[[str], Client], closed: Any, person: str
) -> None:
    client = as_role(person)
    assert "gjor=publiser" in client.get(page(closed)).content.decode()
    assert "<textarea" in client.get(page(closed, "answer_input", 1)).content.decode()


@pytest.mark.parametrize("person", ["editor", "attester", "decision_maker"])
def test_other_caseworkers_read_and_change_nothing(as_role: Callable[[str], Client], closed: Any, person: str) -> None:
    client = as_role(person)
    assert "gjor=publiser" not in client.get(page(closed)).content.decode()
    assert "<textarea" not in client.get(page(closed, "answer_input", 1)).content.decode()
    for name, more in (("round_inputs", []), ("answer_input", [1]), ("register_input", [])):
        assert client.post(page(closed, name, *more), {"gjor": "publiser", **ANSWER}).status_code == 403, name
    assert client.get(page(closed) + "?gjor=publiser").status_code == 403
    assert client.get(page(closed, "register_input")).status_code == 403
    assert not InputAnswer.objects.filter(input__round=closed).exists()


def test_a_guest_reads_the_rounds_of_her_own_case_only(world: World, guest_officer_client: Client) -> None:
    hers = make.a_round(world.home.guest_case)
    make.an_input(hers)
    assert guest_officer_client.get(page(hers)).status_code == 200
    assert guest_officer_client.get(page(hers, "answer_input", 1)).status_code == 200
    assert guest_officer_client.post(page(hers, "answer_input", 1), ANSWER).status_code == 403
    assert guest_officer_client.get(page(world.home.round)).status_code == 404


def test_a_neighbours_officer_finds_nothing(world: World, neighbour_client: Client, closed: InputRound) -> None:
    for name, more in (("round_inputs", []), ("answer_input", [1]), ("register_input", [])):
        assert neighbour_client.get(page(closed, name, *more)).status_code == 404
        assert neighbour_client.post(page(closed, name, *more), {"gjor": "lukk", **ANSWER}).status_code == 404
    with pytest.raises(PermissionDenied):
        answers.close_round(closed, by=world.user("neighbour"), on=NOW.date())


def test_a_deed_without_the_forms_token_is_refused(closed: InputRound, officer: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(officer, backend=BACKEND)
    assert client.post(page(closed), {"gjor": "lukk"}).status_code == 403
    assert client.post(page(closed, "answer_input", 1), ANSWER).status_code == 403


def test_an_answer_goes_to_no_other_rounds_number(officer_client: Client, closed: InputRound, world: World) -> None:
    assert officer_client.post(page(closed, "answer_input", 99), ANSWER).status_code == 404
    theirs = page(world.next.round, "answer_input", 1)
    assert officer_client.post(theirs, ANSWER).status_code == 404


def test_an_unknown_deed_does_not_exist(officer_client: Client, closed: InputRound) -> None:
    assert officer_client.post(page(closed), {"gjor": "slett"}).status_code == 404
    assert officer_client.post(page(closed)).status_code == 404
    assert officer_client.get(page(closed) + "?gjor=slett").status_code == 404
    assert officer_client.get(page(closed) + "?fil=exe").status_code == 404


# ---- answering ----


def test_an_answer_is_saved_and_leads_to_the_next(officer_client: Client, closed: InputRound) -> None:
    sent = officer_client.post(page(closed, "answer_input", 2), {**ANSWER, "neste": "1"})
    assert sent["Location"] == page(closed, "answer_input", 3)
    row = InputAnswer.objects.get(input__round=closed)
    assert (row.input.number, row.consequence) == (2, "taken_in")
    assert row.answered_by is not None and row.answered_by.email == "officer@test.example"
    assert not mails_to(row.input.address), "nobody is told before the answers are published"


def test_after_the_last_number_the_first_unanswered_comes(officer_client: Client, closed: InputRound) -> None:
    sent = officer_client.post(page(closed, "answer_input", 3), {**ANSWER, "neste": "1"})
    assert sent["Location"] == page(closed, "answer_input", 1)


@pytest.mark.parametrize("lacking", ["text", "consequence"])
def test_an_answer_lacks_nothing(officer_client: Client, closed: InputRound, lacking: str) -> None:
    sent = officer_client.post(page(closed, "answer_input", 1), {**ANSWER, lacking: "  "})
    assert sent.status_code == 200
    assert sent.context["form"].errors.keys() == {lacking}
    assert not InputAnswer.objects.filter(input__round=closed).exists()


def test_two_who_answer_at_once_do_not_overwrite_each_other(world: World, closed: InputRound) -> None:
    first, second = signed_in(world.user("officer")), signed_in(world.user("leader"))
    where = page(closed, "answer_input", 1)
    first.post(where, {**ANSWER, "text": "Den førstes svar"})
    shown = second.post(where, {**ANSWER, "text": "Den andres svar"})
    text = shown.content.decode()
    assert shown.status_code == 200
    assert "Officer i Hjemby" in text and "Den førstes svar" in text and "Den andres svar" in text
    assert InputAnswer.objects.get(input__round=closed).text == "Den førstes svar"
    again = shown.context["form"]["seen_version"].value()
    second.post(where, {**ANSWER, "text": "Den andres svar", "seen_version": again})
    assert InputAnswer.objects.get(input__round=closed).text == "Den andres svar"


def test_a_change_meanwhile_is_told_with_what_it_was(world: World, closed: InputRound) -> None:
    where = page(closed, "answer_input", 1)
    first, second = signed_in(world.user("officer")), signed_in(world.user("leader"))
    first.post(where, ANSWER)
    seen = second.get(where).context["form"]["seen_version"].value()
    first.post(where, {**ANSWER, "text": "Endret", "seen_version": seen})
    shown = second.post(where, {**ANSWER, "text": "Mitt", "seen_version": seen})
    assert "Endret" in str(shown.context["form"].non_field_errors())
    assert InputAnswer.objects.get(input__round=closed).text == "Endret"


def test_a_form_that_does_not_say_what_it_saw_changes_nothing(officer_client: Client, closed: InputRound) -> None:
    where = page(closed, "answer_input", 1)
    officer_client.post(where, ANSWER)
    shown = officer_client.post(where, {"text": "Annet", "consequence": "not"})
    assert shown.status_code == 200
    assert InputAnswer.objects.get(input__round=closed).text == ANSWER["text"]


# ---- publishing ----


def test_nothing_is_published_while_something_is_unanswered(
    officer_client: Client, closed: InputRound, officer: User
) -> None:
    answers.answer(closed.inputs.get(number=2), text="Svar", consequence="noted", by=officer, now=NOW)
    with pytest.raises(ValidationError) as refused:
        answers.publish_answers(closed, by=officer, now=NOW)
    assert "1, 3" in str(refused.value)
    officer_client.post(page(closed), {"gjor": "publiser"})
    closed.refresh_from_db()
    assert closed.answers_published_at is None
    shown = officer_client.get(page(closed) + "?gjor=publiser").content.decode()
    assert "1, 3" in shown and 'value="publiser"' not in shown


def test_an_open_round_is_closed_before_its_answers_are_published(world: World, officer: User) -> None:
    round_ = make.a_round(world.home.case, due_on=dt.date(2099, 1, 1))
    with pytest.raises(ValidationError):
        answers.publish_answers(round_, by=officer, now=NOW)
    answers.close_round(round_, by=officer, on=NOW.date())
    assert answers.publish_answers(round_, by=officer, now=NOW) == 0


def test_each_contributor_gets_one_answer_however_often_it_is_pressed(
    officer_client: Client, closed: InputRound, officer: User
) -> None:
    answer_all(closed, officer)
    for _press in range(3):
        assert officer_client.post(page(closed), {"gjor": "publiser"}).status_code == 302
    first, second, third = closed.inputs.order_by("number")
    assert [len(mails_to(row.address)) for row in (first, second)] == [1, 1]
    assert (
        "Svar 1" in mails_to(first.address)[0].text and f"#innspill-{first.number}" in mails_to(first.address)[0].text
    )
    assert "#innspill" not in mails_to(second.address)[0].text
    assert first.answer.told_at and second.answer.told_at and third.answer.told_at is None
    event = Event.objects.get(kind="answers_published", subject_id=closed.pk)
    assert event.facts == {"inputs": 3, "shown": 1, "told": 2}


def test_the_page_before_publishing_counts_what_is_shown_and_sent(
    officer_client: Client, closed: InputRound, officer: User
) -> None:
    answer_all(closed, officer)
    facts = officer_client.get(page(closed) + "?gjor=publiser").context
    assert (facts["shown"], facts["hidden"], facts["mails"], facts["by_letter"]) == (1, 2, 2, 1)


def test_a_corrected_answer_is_told_again_and_keeps_its_history(
    officer_client: Client, closed: InputRound, officer: User
) -> None:
    answer_all(closed, officer)
    answers.publish_answers(closed, by=officer, now=NOW)
    row = closed.inputs.get(number=1)
    where = page(closed, "answer_input", 1)
    seen = officer_client.get(where).context["form"]["seen_version"].value()
    correction = {"text": "Rettet", "consequence": "noted", "seen_version": seen}
    officer_client.post(where, correction)
    officer_client.post(where, correction)
    assert [("Rettet" in mail.text) for mail in mails_to(row.address)] == [False, True]
    assert Event.objects.filter(kind="answer_corrected", subject_id=closed.pk).count() == 1
    assert "Svar 1" in officer_client.get(where).content.decode(), "the earlier wording stands in the history"


def test_a_late_input_after_publication_is_told_when_it_is_answered(closed: InputRound, officer: User) -> None:
    answer_all(closed, officer)
    answers.publish_answers(closed, by=officer, now=NOW)
    late = make.an_input(closed, address="sen@test.example", received_on=dt.date(2026, 4, 9))
    assert late.is_late
    answers.answer(late, text="Takk", consequence="noted", by=officer, now=LATER)
    answers.answer(late, text="Takk", consequence="noted", by=officer, now=LATER)
    assert len(mails_to("sen@test.example")) == 1


# ---- invitations ----


@pytest.fixture
def asking(world: World) -> InputRound:
    round_ = make.a_round(world.home.case, audience="invited", due_on=dt.date(2026, 5, 1))
    for number in range(3):
        make.an_invitation(round_, address=f"invitert{number}@test.example")
    return round_


def test_each_invited_gets_one_private_link(asking: InputRound, officer: User) -> None:
    assert answers.invite(asking, by=officer, now=NOW) == 3
    assert answers.invite(asking, by=officer, now=NOW) == 0
    (mail,) = mails_to("invitert0@test.example")
    (raw,) = set(re.findall(r"/invitasjon/([A-Za-z0-9_-]{43})/", mail.text))
    key = keys.find(LinkKey.Purpose.INVITATION, raw, now=NOW)
    assert key is not None and key.address == "invitert0@test.example"
    assert key.subject_id == asking.invitations.get(address="invitert0@test.example").pk
    assert key.expires_at is not None and key.expires_at.date() == dt.date(2026, 6, 30)
    assert not Notice.objects.filter(link__contains=raw).exists(), "the key lies in the mail alone"


def test_an_invitation_sent_again_has_a_new_link_and_the_old_one_is_dead(asking: InputRound, officer: User) -> None:
    answers.invite(asking, by=officer, now=NOW)
    row = asking.invitations.get(address="invitert0@test.example")
    seen = answers.sent_mark(row)
    assert answers.invite_again(row, seen=seen, by=officer, now=LATER)
    assert not answers.invite_again(row, seen=seen, by=officer, now=LATER), "pressed twice"
    old, new = (re.findall(r"/invitasjon/([A-Za-z0-9_-]{43})/", mail.text)[0] for mail in mails_to(row.address))
    assert keys.find(LinkKey.Purpose.INVITATION, old, now=LATER) is None
    assert keys.find(LinkKey.Purpose.INVITATION, new, now=LATER) is not None


@pytest.mark.parametrize("facts", [{"is_published": False}, {"closed_on": dt.date(2026, 4, 1)}])
def test_no_one_is_invited_into_a_round_she_could_not_answer(asking: InputRound, officer: User, facts: Any) -> None:
    InputRound.objects.filter(pk=asking.pk).update(**facts)
    for deed in (answers.invite, answers.remind):
        with pytest.raises(ValidationError):
            deed(asking, by=officer, now=NOW)
    assert not LinkKey.objects.filter(purpose="invitation").exists()


def test_only_those_who_have_not_answered_are_reminded_once_a_day(asking: InputRound, officer: User) -> None:
    answers.invite(asking, by=officer, now=NOW)
    first, second, _third = asking.invitations.order_by("address")
    make.an_input(asking, source="invited", invitation=first)
    Invitation.objects.filter(pk=second.pk).update(declined_at=NOW)
    assert answers.remind(asking, by=officer, now=LATER) == 1
    assert answers.remind(asking, by=officer, now=LATER) == 0
    assert answers.remind(asking, by=officer, now=NOW + dt.timedelta(days=1)) == 1
    assert [len(mails_to(f"invitert{number}@test.example")) for number in range(3)] == [1, 1, 3]
    invitation, reminder, _next = mails_to("invitert2@test.example")
    links = [re.findall(r"/invitasjon/([A-Za-z0-9_-]{43})/", mail.text)[0] for mail in (invitation, reminder)]
    assert all(keys.find(LinkKey.Purpose.INVITATION, raw, now=LATER) for raw in links), "both mails' links work"


def test_the_deeds_are_asked_about_first(officer_client: Client, asking: InputRound) -> None:
    assert len(officer_client.get(page(asking) + "?gjor=inviter").context["receivers"]) == 3
    officer_client.post(page(asking), {"gjor": "inviter"})
    assert len(officer_client.get(page(asking) + "?gjor=minn").context["receivers"]) == 3
    officer_client.post(page(asking), {"gjor": "minn"})
    facts = officer_client.get(page(asking) + "?gjor=minn").context
    assert (len(facts["receivers"]), facts["told"]) == (0, 3)


def test_a_mail_that_was_given_up_shows_beside_the_invited(officer_client: Client, asking: InputRound) -> None:
    officer_client.post(page(asking), {"gjor": "inviter"})
    Mail.objects.filter(to_address="invitert1@test.example").update(state="dead")
    facts = officer_client.get(page(asking)).context
    assert [row.stands for row in facts["invitations"]].count("not_reached") == facts["not_reached"] == 1
    assert facts["waiting"] == 3


def test_no_other_rounds_invitation_is_sent_from_here(officer_client: Client, asking: InputRound, world: World) -> None:
    theirs = make.an_invitation(world.next.round, invited_at=NOW)
    sent = officer_client.post(page(asking), {"gjor": "igjen", "invitasjon": theirs.pk, "sett": NOW.isoformat()})
    assert sent.status_code == 404
    assert officer_client.post(page(asking), {"gjor": "igjen", "invitasjon": "x"}).status_code == 404
    assert not LinkKey.objects.filter(subject_id=theirs.pk).exists()


# ---- what came on paper ----

PAPER = {
    "speaks_for": "Bygdelaget",
    "source": "post",
    "received_on": "2026-03-02",
    "text": "Vi vil ha fortau.",
    "once": "a1",
}


def test_paper_is_numbered_with_its_true_date_and_marked_when_late(
    officer_client: Client, closed: InputRound, officer: User
) -> None:
    sent = officer_client.post(page(closed, "register_input"), PAPER)
    assert sent["Location"] == page(closed, "answer_input", 4)
    row = closed.inputs.get(number=4)
    assert row.received_on == dt.date(2026, 3, 2) and row.is_late and not row.may_publish
    assert row.registered_by == officer and row.registered_at.date() == timezone.now().date()
    assert Event.objects.filter(kind="input_registered", subject_id=closed.pk, facts__number=4).count() == 1


def test_registering_pressed_twice_registers_once(officer_client: Client, closed: InputRound) -> None:
    for _press in range(2):
        officer_client.post(page(closed, "register_input"), PAPER)
    assert closed.inputs.count() == 4


def test_paper_with_an_address_gets_a_receipt(officer_client: Client, closed: InputRound) -> None:
    officer_client.post(page(closed, "register_input"), {**PAPER, "address": "bygdelaget@test.example"})
    assert len(mails_to("bygdelaget@test.example")) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("received_on", (timezone.localdate() + dt.timedelta(days=1)).isoformat()),
        ("received_on", "0026-01-01"), ("received_on", ""), ("source", "web"), ("source", ""), ("speaks_for", " "),
        ("text", ""), ("text", "x" * 20_001), ("address", "a@b.example\r\nBcc: x@y.example"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field(
    officer_client: Client, closed: InputRound, field: str, value: str
) -> None:
    sent = officer_client.post(page(closed, "register_input"), {**PAPER, field: value})
    assert sent.status_code == 200
    assert field in sent.context["form"].errors
    assert closed.inputs.count() == 3


def test_an_invitation_answered_on_paper_is_not_reminded(
    officer_client: Client, asking: InputRound, officer: User, world: World
) -> None:
    answers.invite(asking, by=officer, now=NOW)
    first = asking.invitations.earliest("pk")
    for _press in range(2):
        sent = officer_client.post(page(asking, "register_input"), {**PAPER, "invitation": first.pk})
        assert sent["Location"] == page(asking, "answer_input", 1)
    assert Input.objects.get(invitation=first).source == "post"
    assert not answers.not_answered(asking).filter(pk=first.pk).exists()
    for other in (first, world.next.one(Invitation)):
        sent = officer_client.post(page(asking, "register_input"), {**PAPER, "invitation": other.pk, "once": "b"})
        assert "invitation" in sent.context["form"].errors
    facts = {"speaks_for": "A", "source": "post", "received_on": dt.date(2026, 3, 2), "text": "B", "invitation": first}
    with pytest.raises(ValidationError):
        answers.register(asking, facts, by=officer, now=NOW)


def test_attachments_become_documents_of_the_case(officer_client: Client, closed: InputRound) -> None:
    good = SimpleUploadedFile("brev.txt", b"Se vedlagt kart.", "text/plain")
    officer_client.post(page(closed, "register_input"), {**PAPER, "files": [good]})
    (row,) = closed.inputs.get(number=4).attachments.select_related("document")
    assert (row.document.case_id, row.document.filename) == (closed.case_id, "brev.txt")
    shown = officer_client.get(page(closed, "answer_input", 4)).content.decode()
    assert f"/dokument/{row.document_id}/" in shown


def test_an_attachment_that_lies_about_its_type_is_refused(officer_client: Client, closed: InputRound) -> None:
    before = Document.objects.count()
    bad = SimpleUploadedFile("kart.pdf", b"MZ\x90\x00 not a pdf", "application/pdf")
    sent = officer_client.post(page(closed, "register_input"), {**PAPER, "files": [bad]})
    assert "files" in sent.context["form"].errors
    assert (closed.inputs.count(), Document.objects.count()) == (3, before)


# ---- lists ----


def test_the_list_is_narrowed_by_state_and_words(officer_client: Client, closed: InputRound, officer: User) -> None:
    answers.answer(closed.inputs.get(number=1), text="Kaia", consequence="partly", by=officer, now=NOW)

    def numbers(query: str) -> list[int]:
        return [row.number for row in officer_client.get(f"{page(closed)}?{query}").context["rows"]]

    assert numbers("") == [1, 2, 3]
    assert numbers("vis=ubesvart") == [2, 3]
    assert numbers("vis=sent") == [2, 3]
    assert numbers("vis=delvis") == [1]
    assert numbers("vis=notert") == []
    assert numbers("q=kaia") == [1]
    assert numbers("q=Bedrift+2") == [2]
    assert numbers("q=%25") == []
    assert numbers("vis=tull&side=x") == [1, 2, 3]


def test_the_export_holds_what_the_list_shows_and_no_address(officer_client: Client, closed: InputRound) -> None:
    Input.objects.create(
        round=closed, authority=closed.authority, number=4, speaks_for="=1+1", text="x", source="web",
        address="hemmelig@test.example", received_on=dt.date(2026, 2, 1),
    )  # fmt: skip
    text = officer_client.get(page(closed) + "?fil=csv&vis=sent").content.decode("utf-8-sig")
    assert [line.split(";")[0] for line in text.splitlines()[1:]] == ["2", "3"]
    text = officer_client.get(page(closed) + "?fil=csv").content.decode("utf-8-sig")
    assert "'=1+1" in text and "hemmelig" not in text
    assert officer_client.get(page(closed) + "?fil=xlsx").status_code == 200


def test_the_print_shows_every_input_with_its_answer(officer_client: Client, closed: InputRound, officer: User) -> None:
    answer_all(closed, officer)
    text = officer_client.get(page(closed) + "?utskrift=1").content.decode()
    assert all(f"Svar {number}" in text for number in (1, 2, 3))


def test_a_round_for_all_is_announced_once(world: World, officer: User) -> None:
    round_ = make.a_round(world.home.case)
    for _press in range(2):
        answers.announce(round_, by=officer)
    asked = make.a_round(world.home.case, audience="invited")
    answers.announce(asked, by=officer)
    assert [event.subject_id for event in Event.objects.filter(kind="round_opened")] == [round_.pk]


def test_what_is_typed_is_shown_as_text(world: World, officer_client: Client) -> None:
    round_ = make.a_round(Case.objects.get(pk=world.home.case.pk))
    make.an_input(round_, speaks_for="<script>a</script>", text="<img src=x>")
    for where in (page(round_), page(round_, "answer_input", 1), page(round_) + "?utskrift=1"):
        text = officer_client.get(where).content.decode()
        assert "<script>a" not in text and "<img" not in text
