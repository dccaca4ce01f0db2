"""An application from its first word to its receipt, and what comes after: copies, papers by post, supplements."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone

from grants.applying import content as typed
from grants.applying import drafting, missing, reach, submitting
from grants.applying.drafting import Overtaken, SentMeanwhile
from grants.models import Application, Call, DeclaredAid, UndertakingLink
from grants.refusals import Refused
from portal.integrations import register
from portal.models import Case, Document, Event, Mail, Notice, Organisation
from tests import factories as portal_make
from tests import factories_fund as make

if TYPE_CHECKING:
    from grants.applying.content import Content
    from grants.applying.reach import Own
    from portal.models import User
    from tests.world import World

SECRET = "Hemmelig ovn"


@pytest.fixture
def call(world: World) -> Call:
    """An open call of the home authority's fund, which asks one long question."""
    return make.a_call(make.a_fund_with(world.home.authority).scheme, title="Nyskaping i Hjemby")


@pytest.fixture
def organisation(world: World) -> Organisation:
    return Organisation.objects.filter(authority=world.home.authority).exclude(number="").get()


@pytest.fixture
def manager(world: World) -> User:
    return world.user("manager")


@pytest.fixture
def colleague(world: World) -> User:
    """Prepares for the organisation, and does not act for it."""
    return world.user("colleague")


def own(user: User, application: Application) -> Own:
    return reach.own(user, application.pk, timezone.localdate())


def whole(call: Call, **facts: Any) -> Content:
    """Return all that the call asks for."""
    day = timezone.localdate() + dt.timedelta(days=60)
    content = typed.of(make.some_content(title=SECRET))
    content.starts_on, content.ends_on = day.isoformat(), (day + dt.timedelta(days=90)).isoformat()
    content.answers = {str(call.questions.get().pk): "Ovnen bruker halvparten av strømmen."}
    for name, value in facts.items():
        setattr(content, name, value)
    return content


def a_draft(call: Call, organisation: Organisation | None, by: User, content: Content | None = None) -> Own:
    now = timezone.now()
    begun = drafting.start(call, by=by, organisation=organisation, eligibility={}, now=now)
    saved = drafting.save(own(by, begun), content or whole(call), seen=begun.row_version, by=by, now=now)
    return own(by, saved)


def sent(call: Call, organisation: Organisation | None, by: User, content: Content | None = None) -> Application:
    draft = a_draft(call, organisation, by, content)
    return submitting.submit(draft, seen=draft.application.row_version, by=by, now=timezone.now())


# ---- the draft ----


def test_a_button_pressed_twice_begins_one_application_and_a_filled_one_is_left_alone(
    call: Call, organisation: Organisation, manager: User
) -> None:
    now = timezone.now()
    first = drafting.start(call, by=manager, organisation=organisation, eligibility={"1": True}, now=now)
    assert drafting.start(call, by=manager, organisation=organisation, eligibility={}, now=now) == first
    drafting.save(own(manager, first), whole(call), seen=first.row_version, by=manager, now=now)
    assert drafting.start(call, by=manager, organisation=organisation, eligibility={}, now=now) != first
    assert (first.statutes_id, first.applicant_name) == (call.statutes_id, organisation.name)


def test_two_windows_never_overwrite_each_other_and_the_same_words_again_change_nothing(
    call: Call, organisation: Organisation, manager: User, colleague: User
) -> None:
    now, draft = timezone.now(), a_draft(call, organisation, manager)
    seen, theirs = draft.application.row_version, whole(call, summary="En kollegas ord.")
    saved = drafting.save(own(colleague, draft.application), theirs, seen=seen, by=colleague, now=now)
    with pytest.raises(Overtaken) as told:
        drafting.save(draft, whole(call, summary="Mine ord."), seen=seen, by=manager, now=now)
    assert told.value.application.content["summary"] == "En kollegas ord."
    again = drafting.save(draft, theirs, seen=seen, by=manager, now=now)
    assert again.row_version == saved.row_version and again.edited_by == colleague


def test_only_those_with_a_mandate_or_the_founder_herself_find_an_application(
    world: World, call: Call, organisation: Organisation, manager: User
) -> None:
    founder = portal_make.a_user(name="Oppdiktet Gründer")
    of_company, of_founder = a_draft(call, organisation, manager), a_draft(call, None, founder)
    assert of_founder.acts and of_founder.application.applicant == founder
    for stranger in (world.user("officer"), world.user("operator"), founder):
        with pytest.raises(Http404):
            own(stranger, of_company.application)
    with pytest.raises(Http404):
        own(manager, of_founder.application)


def test_a_bankrupt_company_is_stopped_in_words_and_a_call_names_whom_it_is_for(
    world: World, call: Call, organisation: Organisation, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, draft = timezone.now(), a_draft(call, organisation, manager)
    unit = register.Unit(organisation.number, organisation.name, "AS", bankrupt=True)
    monkeypatch.setattr(register, "unit", lambda number: unit)
    with pytest.raises(Refused, match="konkurs"):
        drafting.start(call, by=manager, organisation=organisation, eligibility={}, now=now)
    with pytest.raises(Refused, match="konkurs"):
        submitting.submit(draft, seen=draft.application.row_version, by=manager, now=now)
    other = make.a_call(call.scheme, applicants=["company"])
    with pytest.raises(Refused):
        drafting.start(other, by=portal_make.a_user(), organisation=None, eligibility={}, now=now)


def test_a_copy_brings_the_words_and_leaves_dates_and_what_was_declared(
    call: Call, organisation: Organisation, manager: User
) -> None:
    draft, other = a_draft(call, organisation, manager), make.a_call(call.scheme)
    made = drafting.copy(draft, into=other, by=manager, now=timezone.now())
    said = typed.of(made.content)
    assert (said.title, said.starts_on, said.declared, made.copied_from) == (SECRET, "", False, draft.application)
    assert list(said.answers) == [str(other.questions.get().pk)]
    assert drafting.copy(draft, into=other, by=manager, now=timezone.now()) == made


# ---- what is missing ----


def test_the_list_names_each_thing_where_it_is_mended(call: Call, organisation: Organisation, manager: User) -> None:
    required = make.an_attachment_asked_for(make.a_call(call.scheme, published=False))
    other = make.publish(required.call)
    content = whole(
        other, jobs="", starts_on="31.2.2027", has_earlier_aid=True, has_linked=None,
        financing=[typed.Money("fund", "", "400 000"), typed.Money("own", "", "180 000")],
    )  # fmt: skip
    draft = a_draft(other, organisation, manager, content)
    places = {row.place: row for row in missing.missing(draft.application, timezone.localdate())}
    assert set(places) == {
        "jobs", "starts_on", "aid-0-giver", "has_linked", "money-0-amount", "money-1-amount", f"krav-{required.pk}"
    }  # fmt: skip
    assert "20\xa0000" in places["money-1-amount"].words and "300\xa0000" in places["money-0-amount"].words
    with pytest.raises(submitting.NotWhole):
        submitting.submit(draft, seen=draft.application.row_version, by=manager, now=timezone.now())
    assert not Case.objects.filter(series="application", title__contains=other.scheme.name).exists()


def test_all_public_support_counts_towards_the_highest_share(call: Call, organisation: Organisation) -> None:
    content = whole(
        call,
        financing=[
            typed.Money("fund", "", "300 000"), typed.Money("public", "Oppdiktet fylke", "100 000"),
            typed.Money("own", "", "200 000"),
        ],
    )  # fmt: skip
    draft = make.a_draft_application(call, organisation, content=typed.stored(content))
    found = [row for row in missing.missing(draft, timezone.localdate()) if row.place == "money-0-amount"]
    assert len(found) == 1 and "200\xa0000" in found[0].words


# ---- sending ----


def test_what_is_sent_is_locked_with_its_case_its_documents_and_its_receipt(
    world: World, call: Call, organisation: Organisation, manager: User, colleague: User
) -> None:
    content = whole(
        call, has_earlier_aid=True, has_linked=True,
        earlier_aid=[typed.Aid("Oppdiktet fylke", "1.2.2025", "90 000"), typed.Aid("Skatt", "1.2.2025", "1", False)],
        linked=[typed.Linked(portal_make.ORGANISATION_NUMBERS[3], "Søster AS", "Samme eier")],
    )  # fmt: skip
    done = sent(call, organisation, manager, content)
    assert done.case is not None and done.reference == f"NF-{timezone.localdate().year}-{done.pk}"
    assert (done.state, done.asked_nok, done.cost_nok) == ("submitted", 300_000, 600_000)
    assert done.case.series == "application" and done.case.officer == call.officer
    version = done.versions.get()
    assert (version.number, version.content, version.sent_by) == (1, done.content, manager)
    assert version.document is not None and version.document.content_type == "application/pdf"
    assert {row.access for row in Document.objects.filter(case=done.case)} == {"exempt"}
    assert list(DeclaredAid.objects.filter(application=done).values_list("amount_nok", flat=True)) == [90_000]
    assert UndertakingLink.objects.filter(application=done, confirmed_on=None).count() == 1
    told = Notice.objects.filter(subject_type="grants.application", subject_id=done.pk)
    assert {row.user for row in told.filter(kind="application_received", address="")} >= {manager, colleague}
    assert told.filter(kind="application_came", user=world.user("officer")).exists()
    written = [
        *told.values_list("title", "context"),
        *Mail.objects.values_list("subject", "text", "html"),
        done.case.title,
    ]
    assert SECRET not in str(written) and SECRET not in str(list(Event.objects.values_list("facts", flat=True)))
    assert done.reference in str(written)


def test_a_second_press_sends_nothing_twice_and_one_who_prepares_cannot_send(
    call: Call, organisation: Organisation, manager: User, colleague: User
) -> None:
    draft = a_draft(call, organisation, manager)
    seen = draft.application.row_version
    with pytest.raises(PermissionDenied):
        submitting.submit(own(colleague, draft.application), seen=seen, by=colleague, now=timezone.now())
    with pytest.raises(Overtaken):
        submitting.submit(draft, seen=seen - 1, by=manager, now=timezone.now())
    submitting.submit(draft, seen=seen, by=manager, now=timezone.now())
    with pytest.raises(SentMeanwhile):
        submitting.submit(draft, seen=seen, by=manager, now=timezone.now())
    with pytest.raises(SentMeanwhile):
        drafting.save(draft, whole(call, title="For sent"), seen=seen, by=colleague, now=timezone.now())
    assert Case.objects.filter(series="application", application=draft.application).count() == 1


def test_postgresql_refuses_what_the_clock_of_the_deed_let_through(
    call: Call, organisation: Organisation, manager: User
) -> None:
    now = timezone.now()
    closed = make.a_call(call.scheme, opens_at=now - dt.timedelta(days=9), closes_at=now - dt.timedelta(milliseconds=1))
    content = typed.stored(whole(closed))
    draft = own(manager, make.a_draft_application(closed, organisation, by=manager, content=content, title=SECRET))
    with pytest.raises(Refused) as told:
        submitting.submit(draft, seen=draft.application.row_version, by=manager, now=now - dt.timedelta(seconds=1))
    assert told.value.code == "application_in_time"
    assert isinstance(told.value.__cause__, IntegrityError)
    draft.application.refresh_from_db()
    assert draft.application.state == "draft" and draft.application.case is None


# ---- after it is sent ----


def test_an_answered_supplement_is_the_next_version_and_closes_the_form(
    world: World, call: Call, organisation: Organisation, manager: User
) -> None:
    done, now = sent(call, organisation, manager), timezone.now()
    asked = make.a_supplement(done, by=world.user("officer"))
    money = [typed.Money("fund", "", "250 000"), typed.Money("own", "", "350 000")]
    saved = drafting.save(
        own(manager, done), whole(call, financing=money), seen=done.row_version, by=manager, now=now
    )  # fmt: skip
    assert saved.asked_nok == 300_000
    version = submitting.answer_supplement(own(manager, done), seen=saved.row_version, by=manager, now=now)
    done.refresh_from_db()
    asked.refresh_from_db()
    assert (version.number, version.supplement, done.asked_nok, asked.state) == (2, asked, 250_000, "answered")
    with pytest.raises(SentMeanwhile):
        drafting.save(own(manager, done), whole(call, jobs="9"), seen=done.row_version, by=manager, now=now)
    assert Notice.objects.filter(kind="supplement_came", subject_id=done.pk, user=world.user("officer")).exists()


def test_paper_is_registered_with_its_true_day_and_too_late_only_with_a_reason(
    world: World, call: Call, organisation: Organisation
) -> None:
    officer, today = world.user("officer"), timezone.localdate()
    bare = typed.Content(
        title="Per post", costs=[typed.Cost(amount="100 000")], financing=[typed.Money("fund", "", "40 000")]
    )
    given: dict[str, Any] = {
        "organisation": organisation, "applicant_name": organisation.name, "source": "post", "files": [],
        "by": officer, "now": timezone.now(),
    }  # fmt: skip
    made = submitting.register_on_paper(call, bare, received_on=today, **given)
    assert (made.received_on, made.source, made.registered_by, made.asked_nok) == (today, "post", officer, 40_000)
    closed = make.a_call(
        call.scheme, opens_at=timezone.now() - dt.timedelta(days=9), closes_at=timezone.now() - dt.timedelta(days=2)
    )
    with pytest.raises(Refused) as told, transaction.atomic():
        submitting.register_on_paper(closed, bare, received_on=today, **given)
    assert told.value.code == "late"
    late = submitting.register_on_paper(closed, bare, received_on=today, late_why="Lå hos posten.", **given)
    assert (late.let_in_by, late.let_in_why) == (officer, "Lå hos posten.")
    with pytest.raises(PermissionDenied):
        submitting.register_on_paper(call, bare, received_on=today, **{**given, "by": world.user("editor")})
