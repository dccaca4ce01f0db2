"""An applicant's own pages: how each application stands in words, what is expected of her, messages, and leaving."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import gettext

from grants import messages, states
from grants import own_application_lists as lists
from grants.applying import old_drafts, reach, withdrawing
from grants.held import Handled
from grants.models import Application, BatchLine, Call, Message
from portal.impartiality import NotImpartial
from portal.models import Event, Letter, Mail, Mandate, Notice
from portal.signing_in import step_up
from tests import factories as portal_make
from tests import factories_fund as make
from tests.conftest import signed_in
from tests.world_fund import SECRET_PROJECT

if TYPE_CHECKING:
    from portal.models import Organisation
    from tests.world import World

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
TOLD = "Hemmelig melding"


@pytest.fixture
def call(world: World) -> Call:
    return make.a_call(make.a_fund_with(world.home.authority).scheme)


@pytest.fixture
def organisation(world: World) -> Organisation:
    return Mandate.objects.filter(user=world.user("manager")).select_related("organisation")[0].organisation


@pytest.fixture
def sent(world: World, call: Call, organisation: Organisation) -> Application:
    made = make.an_application(call, organisation, by=world.user("manager"), title=SECRET_PROJECT)
    officer = world.user("officer")
    make.no_ties(made, officer)
    made.case.officer = officer  # type: ignore[union-attr]
    made.case.save()  # type: ignore[union-attr]
    return made


def own_of(world: World, row: Application, person: str = "manager") -> Any:
    return reach.own(world.user(person), row.pk, timezone.localdate())


def shown(row: Application, *, for_applicant: bool = True, today: dt.date | None = None) -> states.Shown:
    row.refresh_from_db()
    return states.of_application(row, today or timezone.localdate(), for_applicant=for_applicant)


# ---- how it stands ----


def test_each_stage_says_who_is_waited_for_and_until_when(world: World, sent: Application) -> None:
    today, officer = timezone.localdate(), world.user("officer")
    assert (shown(sent).who, shown(sent).when) == (states.FUND, sent.expected_on)
    asked = make.a_supplement(sent, by=officer)
    assert (shown(sent).who, shown(sent).when) == (states.APPLICANT, asked.due_on)
    assert shown(sent, for_applicant=False).who == states.APPLICANT
    late = shown(sent, for_applicant=False, today=asked.due_on + DAY)
    assert (late.who, late.is_late) == (states.FUND, True), "an unanswered request comes back to the desk"
    asked.state, asked.answered_at = "answered", timezone.now()
    asked.save()
    assert shown(sent, today=sent.expected_on + DAY).is_late  # type: ignore[operator]
    make.an_assessment(sent, portal_make.a_user("officer", sent.authority))
    batch = make.a_batch(sent.call.scheme, sent, by=officer, meets_on=today + 7 * DAY)
    batch.state, batch.sent_at = "sent", timezone.now()
    batch.save()
    assert (shown(sent).who, shown(sent, for_applicant=False).when) == (states.BODY, batch.meets_on)


def test_a_decision_is_shown_when_its_applicant_has_been_told_and_not_before(world: World, sent: Application) -> None:
    decision = make.a_decision(sent, world.user("officer"), amount=200_000)
    assert shown(sent).standing == "application_received", "nobody reads of it before it is hers to read"
    make.notified(decision)
    found = shown(sent)
    assert (found.standing, found.who, found.when) == ("application_answer", states.APPLICANT, decision.accept_by)
    (line,) = lists.lines([sent], timezone.localdate())
    (todo,) = lists.todos([line], timezone.localdate())
    assert todo.url == f"/min-side/soknader/{sent.pk}/vedtak/"
    decision.answer, decision.answered_at = "accepted", timezone.now()
    decision.save()
    assert shown(sent).standing == "application_granted"


def test_a_refused_one_says_how_long_one_can_complain(world: World, sent: Application, as_role: Any) -> None:
    decision = make.notified(make.a_decision(sent, world.user("officer"), outcome="refused"))
    assert (shown(sent).standing, shown(sent).when) == ("application_refused", decision.complain_by)
    assert f"/min-side/soknader/{sent.pk}/klage/" in page(as_role("manager"), sent)
    assert shown(sent, today=decision.complain_by + DAY).when is None  # type: ignore[operator]
    make.a_complaint(decision)
    assert shown(sent).standing == "application_complaint"
    assert "Se klagen din" in page(as_role("manager"), sent), "she is led to how it stands, not to complain once more"


def test_a_draft_says_when_it_must_be_sent_and_that_it_is_too_late(
    world: World, call: Call, organisation: Organisation, as_role: Any
) -> None:
    draft = make.a_draft_application(call, organisation, by=world.user("manager"))
    assert shown(draft).who == states.APPLICANT
    closed = make.a_call(call.scheme, opens_at=timezone.now() - 9 * DAY, closes_at=timezone.now() - DAY)
    late = make.a_draft_application(closed, organisation, by=world.user("manager"))
    assert (shown(late).standing, shown(late).who) == ("application_closed", states.NOBODY)
    assert f" {late.pk}-" in page(as_role("manager"), late), "the number she reads to who may open the call for her"
    late.let_in_by, late.let_in_why, late.let_in_until = world.user("officer"), "Syk", timezone.now() + DAY
    late.save()
    assert shown(late).who == states.APPLICANT


# ---- the pages ----


def page(client: Any, row: Application, part: str = "") -> str:
    answer = client.get(f"/min-side/soknader/{row.pk}/{part}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_her_page_shows_her_papers_and_letters_and_no_others(world: World, sent: Application, as_role: Any) -> None:
    theirs = portal_make.a_document(sent.case, b"%PDF-1.7 brev", title="Foreløpig svar", direction="out")
    make_letter(sent, theirs, "preliminary")
    other = portal_make.a_document(sent.case, b"%PDF-1.7 svar", title="Svar til Oppdiktet Avis", direction="out")
    make_letter(sent, other, "access_answer")
    internal = portal_make.a_document(sent.case, b"%PDF-1.7 notat", title="Internt notat", direction="internal")
    said = page(as_role("manager"), sent)
    assert "Foreløpig svar" in said
    assert "Oppdiktet Avis" not in said
    assert "Internt notat" not in said
    address = f"/min-side/soknader/{sent.pk}/dokument/"
    assert as_role("manager").get(f"{address}{theirs.pk}/").status_code == 200
    for hidden in (other, internal):
        assert as_role("manager").get(f"{address}{hidden.pk}/").status_code == 404
    assert as_role("stranger").get(f"{address}{theirs.pk}/").status_code == 404


def make_letter(row: Application, document: Any, kind: str) -> None:
    Letter.objects.create(
        authority=row.authority, case=row.case, document=document, kind=kind, language="nb", content={},
        dated_on=document.dated_on,
    )  # fmt: skip


def test_the_receipt_names_reference_and_the_day_of_the_answer(sent: Application, as_role: Any) -> None:
    said = page(as_role("colleague"), sent, "kvittering/")
    assert sent.reference in said
    assert gettext("Follow the application") in said


def test_a_founder_has_her_own_page_and_sees_it_on_my_page(call: Call) -> None:
    founder = portal_make.a_user(name="Oppdiktet Gründer")
    make.a_draft_application(call, by=founder, title="Egen idé")
    client = signed_in(founder)
    for address in ("/min-side/", "/min-side/soknader/"):
        assert "Egen idé" in client.get(address).content.decode()


def test_the_lists_cost_the_same_however_many_there_are(world: World, call: Call, organisation: Organisation) -> None:
    costs = []
    for number in (1, 4):
        for _ in range(number):
            row = make.an_application(call, organisation, by=world.user("manager"))
            make.a_message(row, from_applicant=False)
            make.a_draft_application(call, organisation, by=world.user("manager"))
        with CaptureQueriesContext(connection) as caught:
            found = lists.lines(lists.rows_of(world.user("manager"), timezone.localdate()), timezone.localdate())
            assert lists.todos(found, timezone.localdate())
            assert [(line.url, line.about, line.due) for line in found]
        costs.append(len(caught))
    assert costs[0] == costs[1]
    assert costs[0] <= 9


# ---- messages ----


def test_a_message_reaches_the_other_side_once_and_no_mail_says_what_it_says(
    world: World, sent: Application, as_role: Any
) -> None:
    address = f"/min-side/soknader/{sent.pk}/meldinger/"
    for _ in range(2):
        assert as_role("manager").post(address, {"text": f"{TOLD}: når får vi svar?"}).status_code == 302
    assert Message.objects.filter(application=sent).count() == 1, "a second press says nothing twice"
    assert Notice.objects.filter(kind="application_message", user=world.user("officer")).count() == 1
    assert messages.unread(sent, from_applicant=False) == 1
    messages.say(sent, f"{TOLD}: før jul", by=world.user("officer"), from_applicant=False, now=timezone.now())
    told = set(Notice.objects.filter(kind="application_message").values_list("user__name", flat=True))
    assert {world.user("manager").name, world.user("colleague").name} <= told
    mails = " ".join(f"{mail.subject} {mail.text} {mail.html}" for mail in Mail.objects.all())
    facts = str(list(Event.objects.filter(kind="application_message").values_list("facts", flat=True)))
    for hidden in (TOLD, SECRET_PROJECT):
        assert hidden not in mails + facts
    assert "før jul" in page(as_role("manager"), sent, "meldinger/")
    assert messages.unread(sent, from_applicant=True) == 0, "shown is read"
    assert messages.unread(sent, from_applicant=False) == 1, "her own stays unread until the officer reads it"


def test_nothing_is_said_in_a_draft_by_a_stranger_or_by_one_with_a_tie(
    world: World, sent: Application, call: Call, organisation: Organisation, as_role: Any
) -> None:
    now, leader = timezone.now(), world.user("leader")
    with pytest.raises(NotImpartial):
        messages.say(sent, "Hei", by=leader, from_applicant=False, now=now)
    with pytest.raises(PermissionDenied):
        messages.say(sent, "Hei", by=world.user("operator"), from_applicant=False, now=now)
    draft = make.a_draft_application(call, organisation, by=world.user("manager"))
    with pytest.raises(ValidationError):
        messages.say(draft, "Hei", by=world.user("manager"), from_applicant=True, now=now)
    assert as_role("stranger").post(f"/min-side/soknader/{sent.pk}/meldinger/", {"text": "Hei"}).status_code == 404
    for text in ("", "  ", "x" * 4001):
        answer = as_role("manager").post(f"/min-side/soknader/{sent.pk}/meldinger/", {"text": text})
        assert answer.status_code == 200, "the form comes back with what was typed"
    assert not Message.objects.filter(application__in=[sent, draft]).exists()


# ---- leaving ----


def test_one_who_acts_withdraws_and_both_sides_are_told(
    world: World, sent: Application, as_role: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = make.a_supplement(sent, by=world.user("officer"))
    make.a_batch(sent.call.scheme, sent, by=world.user("officer"))
    address = f"/min-side/soknader/{sent.pk}/trekk/"
    assert as_role("colleague").get(address).status_code == 403, "who prepares does not take it back"
    assert gettext("Withdraw the application?") in as_role("manager").get(address).content.decode()
    typed, own = {"why": "Vi fikk lån.", "seen": sent.row_version}, own_of(world, sent)
    with monkeypatch.context() as outside_trial:
        outside_trial.setattr(step_up, "in_trial", lambda authority: False)
        weak = signed_in(world.user("manager"), "password").post(address, typed)
        assert "for=submit" in weak.url, "taking it back binds, as sending does"
    assert shown(sent).who == states.APPLICANT
    assert as_role("manager").post(address, typed).url == f"/min-side/soknader/{sent.pk}/"
    sent.refresh_from_db()
    asked.refresh_from_db()
    assert (sent.state, sent.withdrawn_why, asked.state) == ("withdrawn", "Vi fikk lån.", "cancelled")
    assert sent.case.closed_on == timezone.localdate()  # type: ignore[union-attr]
    assert not BatchLine.objects.filter(application=sent).exists(), "no list that is not sent holds it"
    told = set(Notice.objects.filter(kind="application_withdrawn").values_list("user__name", flat=True))
    assert {world.user("officer").name, world.user("colleague").name} <= told
    assert "lån" not in " ".join(Mail.objects.values_list("text", flat=True))
    with pytest.raises(Handled):
        withdrawing.withdraw(own, by=world.user("manager"), now=timezone.now())
    assert as_role("manager").get(address).status_code == 302


def test_what_is_decided_or_changed_since_is_not_withdrawn(world: World, sent: Application) -> None:
    own, manager = own_of(world, sent), world.user("manager")
    with pytest.raises(ValidationError):
        withdrawing.withdraw(own, by=manager, now=timezone.now(), seen=sent.row_version - 1)
    make.notified(make.a_decision(sent, world.user("officer"), outcome="refused"))
    with pytest.raises(Handled):
        withdrawing.withdraw(own, by=manager, now=timezone.now())


def test_a_draft_is_deleted_by_a_press_and_leaves_no_copy(
    world: World, call: Call, organisation: Organisation, as_role: Any, django_capture_on_commit_callbacks: Any
) -> None:
    draft = make.a_draft_application(call, organisation, by=world.user("manager"))
    stored = default_storage.save("drafts/slettes", ContentFile(b"x"))
    make.a_file(draft, file=stored)
    draft.title = "Ny tittel"
    draft.save()
    address = f"/min-side/soknader/{draft.pk}/slett/"
    draft.refresh_from_db()
    assert as_role("manager").post(address, {"seen": "0"}).url == address, "a page that has grown old deletes nothing"
    with django_capture_on_commit_callbacks(execute=True):
        assert as_role("colleague").post(address, {"seen": str(draft.row_version)}).status_code == 302
    assert not Application.objects.filter(pk=draft.pk).exists()
    assert not default_storage.exists(stored)
    assert not Application.pgh_event_model.objects.filter(pgh_obj_id=draft.pk).exists()  # type: ignore[attr-defined]
    assert Event.objects.filter(kind="copies_erased", subject_id=draft.pk).exists()
    assert as_role("manager").get(f"/min-side/soknader/{draft.pk}/").status_code == 404


def test_an_old_draft_is_told_of_once_and_deleted_a_month_later_unless_touched(
    world: World, call: Call, organisation: Organisation
) -> None:
    now = timezone.now()
    over = make.a_call(call.scheme, opens_at=now - 400 * DAY, closes_at=now - 200 * DAY)
    facts = {"by": world.user("manager"), "edited_at": now - 91 * DAY, "title": SECRET_PROJECT}
    old = make.a_draft_application(over, organisation, **facts)
    kept = make.a_draft_application(over, organisation, **facts)
    make.a_file(kept, uploaded_at=now - DAY)
    still_open = make.a_draft_application(call, organisation, **facts)
    assert old_drafts.warn_and_delete(now) == {"warned": 1, "deleted": 0}
    assert old_drafts.warn_and_delete(now) == {"warned": 0, "deleted": 0}, "told of once"
    (notice,) = Notice.objects.filter(kind="draft_old", user=world.user("manager"))
    assert SECRET_PROJECT not in notice.title + notice.mail.text  # type: ignore[union-attr]
    assert not Notice.objects.filter(kind="draft_old", user=world.user("officer")).exists()
    assert old_drafts.warn_and_delete(now + 29 * DAY)["deleted"] == 0
    assert old_drafts.warn_and_delete(now + 31 * DAY)["deleted"] == 1
    assert set(Application.objects.filter(state="draft", organisation=organisation, title=SECRET_PROJECT).values_list(
        "pk", flat=True
    )) >= {kept.pk, still_open.pk}  # fmt: skip
    assert not Application.objects.filter(pk=old.pk).exists()
    assert not Notice.objects.filter(kind="draft_old", subject_id=old.pk).exists()


def test_one_who_writes_again_keeps_her_draft(world: World, call: Call, organisation: Organisation) -> None:
    now = timezone.now()
    over = make.a_call(call.scheme, opens_at=now - 400 * DAY, closes_at=now - 200 * DAY)
    draft = make.a_draft_application(over, organisation, by=world.user("manager"), edited_at=now - 91 * DAY)
    old_drafts.warn_and_delete(now)
    Application.objects.filter(pk=draft.pk).update(edited_at=now + DAY)
    old_drafts.warn_and_delete(now + 40 * DAY)
    draft.refresh_from_db()
    assert draft.warned_at == now
    old_drafts.warn_and_delete(now + 100 * DAY)
    draft.refresh_from_db()
    assert draft.warned_at == now + 100 * DAY, "then she is told anew"


# ---- once more ----


def test_a_copy_begins_past_the_new_calls_check(world: World, sent: Application, as_role: Any) -> None:
    into = make.a_call(sent.call.scheme, title="Neste utlysning")
    check = into.checks.get()
    address = f"/min-side/soknader/{sent.pk}/kopier/"
    assert "Neste utlysning" in page(as_role("manager"), sent, "kopier/")
    stopped = as_role("manager").post(address, {"til": into.pk, f"c{check.pk}": "no"})
    assert check.explanation in stopped.content.decode()
    assert not Application.objects.filter(call=into).exists()
    assert as_role("manager").post(address, {"til": into.pk}).status_code == 200, "unanswered"
    answer = as_role("manager").post(address, {"til": into.pk, f"c{check.pk}": "yes"})
    made = Application.objects.get(call=into)
    assert answer.url == f"/min-side/soknader/{made.pk}/skriv/prosjekt/"
    assert (made.copied_from_id, made.eligibility) == (sent.pk, {str(check.pk): True})
    assert made.content["title"] == sent.content["title"]
