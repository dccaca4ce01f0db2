"""What PostgreSQL refuses about the business fund: each key that holds relatives together, and what was said or decided."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from django.utils import timezone

from grants.models import Application, Call, Complaint, Decision, Grant, Supplement
from grants.refusals import Refused, deed
from tests import factories as portal_make
from tests import factories_fund as make
from tests import factories_money as money
from tests.attacks import met_by, not_permitted, refused, relations, run
from tests.grants.test_guards import NAMES as OF_THE_LEDGER

if TYPE_CHECKING:
    from portal.models import User
    from tests.world import World

pytestmark = pytest.mark.django_db
GROUND = frozenset(
    f"portal_{name}"
    for name in (
        "declaration", "ruling", "attendance", "letter", "archivepackage", "archiveddocument", "accessrequest",
        "accessanswer",
    )
)  # fmt: skip
NEEDS: dict[str, dict[str, Any]] = {
    "grants_call": {"slug": "en-annen", "published_at": None, "published_by_id": None},
    "grants_application": {"reference": "NF-99"},
    "grants_applicationversion": {"number": 99},
    "grants_supplement": {"state": "cancelled", "answered_at": "2026-03-02T12:00Z"},
    "grants_complaint": {"state": "withdrawn"},
    "portal_archivepackage": {"number": 99},
}
"""What a copied row needs of its own, so that no unique constraint stands before the key."""
BEHIND = {
    "grants_assessment_application_same_authority": "assessed_by_impartial",
    "grants_batchline_application_same_authority": "batch_of_one_scheme",
    "grants_batchline_batch_same_authority": "batch_of_one_scheme",
    "grants_application_call_same_authority": "application_goes_its_way",
    "grants_complaint_decision_same_authority": "complaint_goes_its_way",
    "grants_decision_application_same_authority": "decided_by_impartial",
    "grants_decision_delegation_same_authority": "decision_within_delegation",
    "grants_decision_grant_same_authority": "decision_grants_what_it_says",
    "grants_decision_replaces_same_authority": "decision_replaces_its_own",
    "grants_question_shown_if_same_authority": "call_stays_as_published",
    "grants_question_shown_if_same_call": "call_stays_as_published",
    "grants_score_assessment_same_authority": "score_fits_its_criterion",
    "grants_score_criterion_same_authority": "score_fits_its_criterion",
    "portal_ruling_declaration_same_authority": "ruling_on_a_declared_tie",
}
"""Keys that another guard stands before, which refuses more than they do."""
ONE_EACH = {
    "grants_decision_step_same_authority", "grants_registermatch_award_same_authority",
    "portal_accessanswer_redacted_same_authority", "portal_letter_case_same_authority",
}  # fmt: skip
"""Keys of rows that never change and of which there is one only: no attack reaches them."""


def test_no_row_of_the_fund_is_tied_to_anothers(world: World) -> None:
    tried = [one for one in relations("grants") if one.name not in OF_THE_LEDGER]
    tried += [one for one in relations("portal") if one.child in GROUND]
    assert len(tried) > 60
    unmet = {one.name: met for one in tried if BEHIND.get(one.name, one.name) not in (met := met_by(one, NEEDS))}
    assert set(unmet) == ONE_EACH, unmet


# ---- a published call ----


@pytest.fixture
def call(world: World) -> Call:
    return make.a_call(make.a_fund_with(world.home.authority).scheme)


@pytest.fixture
def sent(call: Call) -> Application:
    return make.an_application(call)


@pytest.fixture
def officer(world: World) -> User:
    return world.user("officer")


def change(row: Any, **facts: Any) -> int:
    return type(row)._default_manager.filter(pk=row.pk).update(**facts)


def test_the_terms_of_a_published_call_stay(call: Call) -> None:
    for terms in ({"share_percent": 90}, {"cap_nok": None}, {"year": 2030}, {"applicants": ["company"]}):
        with refused(by="call_stays_as_published"):
            change(call, **terms)
    with refused(by="call_stays_as_published"):
        change(call, closes_at=call.closes_at - dt.timedelta(hours=1))
    assert change(call, closes_at=call.closes_at + dt.timedelta(days=1), text="Bedre forklart.")
    for part in (call.criteria.first(), call.questions.first(), call.checks.first()):
        with refused(by="call_stays_as_published"):
            type(part).objects.filter(pk=part.pk).delete()


def test_a_call_someone_has_answered_is_not_unpublished(call: Call) -> None:
    assert change(call, published_at=None, published_by=None)
    change(call, published_at=timezone.now())
    make.a_draft_application(call, portal_make.an_organisation(call.authority))
    with refused(by="call_stays_published"):
        change(call, published_at=None, published_by=None)


# ---- what was sent ----


def test_an_application_is_taken_while_the_call_is_open_and_by_the_databases_own_clock(call: Call) -> None:
    draft = make.a_draft_application(call, portal_make.an_organisation(call.authority))
    case = portal_make.a_case(call.authority)
    whole = {
        "state": "submitted", "case": case, "reference": "NF-1", "asked_nok": 1, "cost_nok": 2,
        "expected_on": dt.date(2027, 1, 1), "submitted_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC),
        "received_on": dt.date(2020, 1, 1),
    }  # fmt: skip
    late = make.a_call(call.scheme, opens_at=timezone.now() - dt.timedelta(days=9), closes_at=timezone.now())
    too_late = make.a_draft_application(late, portal_make.an_organisation(call.authority))
    with refused(by="application_in_time"):
        change(too_late, **whole)
    assert change(too_late, let_in_by=portal_make.a_user(), let_in_why="Portalen var nede.", **whole)
    assert change(draft, **{**whole, "case": portal_make.a_case(call.authority), "reference": "NF-2"})
    draft.refresh_from_db()
    assert draft.received_on == timezone.localdate()


def test_who_was_let_in_until_an_hour_is_not_let_in_after_it(call: Call) -> None:
    now = timezone.now()
    late = make.a_call(call.scheme, opens_at=now - dt.timedelta(days=9), closes_at=now)
    until = now - dt.timedelta(minutes=1)
    with refused(by="application_in_time"):
        make.an_application(late, let_in_by=portal_make.a_user(), let_in_why="Nede.", let_in_until=until)


def test_what_was_sent_stays_but_while_a_supplement_is_asked_for(sent: Application) -> None:
    for facts in ({"title": "En annen"}, {"content": {}}, {"asked_nok": 5}):
        with refused(by="application_stays_as_sent"):
            change(sent, **facts)
    for facts in ({"reference": "NF-9"}, {"received_on": dt.date(2020, 1, 1)}, {"submitted_by": portal_make.a_user()}):
        with refused(by="application_stays_as_sent"):
            change(sent, **facts)
    with refused(by="application_stays"):
        run("DELETE FROM grants_application WHERE id = %s", sent.pk)
    make.a_supplement(sent)
    assert change(sent, title="Rettet", content={"title": "Rettet"})
    change(Supplement.objects.get(application=sent), state="answered", answered_at=timezone.now())
    with refused(by="application_stays_as_sent"):
        change(sent, title="En annen")


def test_versions_messages_and_sent_files_are_never_changed(sent: Application) -> None:
    message = make.a_message(sent)
    with refused(by="message_stays"):
        change(message, text="Noe annet")
    assert change(message, read_at=timezone.now())
    with not_permitted():
        change(sent.versions.get(), number=7)
    kept = make.a_file(sent, document=portal_make.a_document(sent.case))
    with refused(by="application_stays_as_sent"):
        type(kept).objects.filter(pk=kept.pk).delete()


# ---- who may handle it ----


def test_nobody_assesses_or_decides_before_she_has_declared_that_nothing_ties_her(
    sent: Application, officer: User
) -> None:
    with refused(by="assessed_by_impartial"), transaction.atomic():
        make.Assessment.objects.create(authority=sent.authority, application=sent, assessed_by=officer)
    make.a_tie(sent, officer)
    with pytest.raises(Refused) as told:
        make.a_decision(sent, officer)
    assert told.value.code == "decided_by_impartial"
    make.no_ties(sent, officer)
    assert make.an_assessment(sent, officer)


def test_the_latest_declaration_counts_and_a_tie_is_ruled_on_by_another(sent: Application, officer: User) -> None:
    make.no_ties(sent, officer)
    tie = make.a_tie(sent, officer)
    with refused(by="ruling_by_another"):
        rule(tie, officer)
    with refused(by="assessed_by_impartial"), transaction.atomic():
        make.Assessment.objects.create(authority=sent.authority, application=sent, assessed_by=officer)
    rule(tie, portal_make.a_user("leader", sent.authority))
    assert make.Assessment.objects.create(authority=sent.authority, application=sent, assessed_by=officer)
    with not_permitted():
        change(tie, answer="no_ties", tie="")


def rule(tie: Any, by: User) -> None:
    from portal.models import Ruling

    Ruling.objects.create(
        authority=tie.authority,
        declaration=tie,
        is_impartial=True,
        reason="Fjern slekt.",
        ruled_by=by,
        registered_by=by,
    )


# ---- what was decided ----


def test_a_decision_stays_and_the_application_stands_as_it_was_decided(sent: Application, officer: User) -> None:
    decision = make.notified(make.a_decision(sent, officer))
    for facts in ({"grounds": "Andre"}, {"amount_nok": 1}, {"decided_on": dt.date(2020, 1, 1)}):
        with refused(by="decision_stays"):
            change(decision, **facts)
    with refused(by="decision_stays"):
        change(decision, complain_by=dt.date(2099, 1, 1))
    with pytest.raises(Refused) as told:
        deed(change)(sent, state="refused")
    assert told.value.code == "application_stands_as_decided"
    assert change(decision, answer="accepted", answered_at=timezone.now())
    with refused(by="decision_stays"):
        change(decision, answer="declined")


def test_what_was_applied_for_is_granted_by_a_decision_and_no_other_way(sent: Application, officer: User) -> None:
    fund = make.Fund.objects.get(scheme=sent.call.scheme)
    with pytest.raises(Refused) as told:
        money.a_grant(fund.account, sent.organisation, 100_000, case=sent.case)
    assert told.value.code == "application_granted_by_decision"
    with pytest.raises(Refused) as told:
        make.a_decision(sent, officer, said=299_999)
    assert told.value.code == "decision_grants_what_it_says"


def test_a_delegation_reaches_as_far_as_it_says(sent: Application, officer: User) -> None:
    scale = make.a_delegation(sent.call.scheme, up_to=299_999)
    with pytest.raises(Refused) as told:
        make.a_decision(sent, officer, delegation=scale)
    assert told.value.code == "decision_within_delegation"
    with pytest.raises(Refused) as told:
        make.a_decision(sent, officer, "refused", delegation=scale)
    assert told.value.code == "decision_within_delegation"
    over = make.a_delegation(sent.call.scheme, valid_to=dt.date(2020, 1, 1))
    with pytest.raises(Refused) as told:
        make.a_decision(sent, officer, delegation=over)
    assert told.value.code == "decision_within_delegation"
    assert make.a_decision(sent, officer, amount=200_000, delegation=scale)


# ---- complaints, aid, packages ----


def test_who_prepared_or_made_the_decision_does_not_handle_the_complaint(sent: Application, officer: User) -> None:
    decision = make.notified(make.a_decision(sent, officer, prepared_by=officer))
    complaint = make.a_complaint(decision)
    with refused(by="complaint_handled_by_another"):
        change(complaint, handled_by=officer)
    with refused(by="complaint_goes_its_way"):
        change(complaint, received_on=dt.date(2020, 1, 1))
    with refused(by="complaint_goes_its_way"):
        change(complaint, state="decided", outcome="changed", decided_on=dt.date(2026, 3, 2), complaint_body="Nemnda",
               reconsideration="Nei", reconsidered_on=dt.date(2026, 3, 2))  # fmt: skip
    with not_permitted():
        Complaint.objects.filter(pk=complaint.pk).delete()
    assert Decision.objects.get(pk=decision.pk).complaints.count() == 1


def test_copies_are_erased_by_name_after_their_row_and_leave_a_line(sent: Application) -> None:
    draft = make.a_draft_application(sent.call, sent.organisation)
    for table, row, guard in (
        ("portal_case", draft.pk, "copies_erased_by_name"),
        ("grants_application", draft.pk, "copies_erased_after_their_row"),
    ):
        with refused(by=guard):
            run("SELECT portal_erase_copies(%s, %s, 'prøve')", table, row)
    key = draft.pk
    draft.delete()
    assert run("SELECT portal_erase_copies('grants_application', %s, 'prøve')", key)[0][0] >= 1
    assert run("SELECT count(*) FROM grants_applicationevent WHERE pgh_obj_id = %s", key) == [(0,)]
    assert run("SELECT facts ->> 'why' FROM portal_event WHERE kind = 'copies_erased' AND subject_id = %s", key)


def test_a_package_and_a_letter_stay_as_they_were_made(world: World) -> None:
    from portal.models import ArchivePackage, Letter

    package = ArchivePackage.objects.filter(authority=world.home.authority).first()
    with refused(by="archive_package_stays"):
        change(package, sha256="1" * 64)
    assert change(package, state="received", settled_at=timezone.now(), receipt="A-1")
    with refused(by="archive_package_stays"):
        change(package, state="refused")
    with not_permitted():
        Letter.objects.update(kind="another")


def test_a_grant_on_an_application_keeps_its_own_conditions(sent: Application, officer: User) -> None:
    decision = make.a_decision(sent, officer)
    assert Grant.objects.get(decision=decision).case_id == sent.case_id
