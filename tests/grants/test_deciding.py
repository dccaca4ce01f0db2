"""An application is decided: by whom, within what, with letter, notice and money in one deed, or not at all."""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from grants import asking, facts, granting, held, rules
from grants.desk import answering, deciding, delegating, proposing
from grants.models import Application, Balance, Decision, ExemptField, Fund, Grant, GrantBalance, LedgerEntry
from grants.refusals import Refused
from portal import wiring
from portal.calendar import oslo_today, party_deadline
from portal.impartiality import NotImpartial
from portal.models import CaseStep, Document, Event, Mail, Notice
from tests import factories as people
from tests import factories_fund as make
from tests.world_fund import SECRET_PROJECT

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = oslo_today(NOW)
SAID = {"grounds": "Prosjektet gir flere jobber.", "legal_basis": "Vedtektene § 3"}
AID = {"basis": "no_aid", "activity": "Bygge en ovn", "reason": "Ingen støtte til foretak."}


@pytest.fixture
def authority() -> Any:
    return people.an_authority()


@pytest.fixture
def fund(authority: Any) -> Fund:
    return make.a_fund_with(authority, 500_000)


@pytest.fixture
def leader(authority: Any) -> Any:
    return people.a_user("leader", authority)


@pytest.fixture
def manager(authority: Any) -> Any:
    return people.a_user()


@pytest.fixture
def application(fund: Fund, leader: Any, manager: Any) -> Application:
    call = make.a_call(fund.scheme)
    organisation = people.an_organisation(fund.authority)
    people.a_mandate(organisation, manager, valid_to=TODAY + dt.timedelta(days=90))
    made = make.an_application(call, organisation, by=manager, title=SECRET_PROJECT)
    make.an_assessment(made, leader)
    make.a_delegation(fund.scheme, "leader", 400_000)
    return made


@contextlib.contextmanager
def stops(kind: type[ValidationError], code: str = "", field: str = "") -> Any:
    """Expect a deed to be stopped for this reason, or because of this field."""
    with pytest.raises(kind) as caught:
        yield
    if field:
        assert field in caught.value.message_dict
    else:
        assert code == caught.value.code or code in {one.code for one in caught.value.error_list}


def propose(application: Application, by: Any, amount: int = 300_000, **facts: Any) -> Grant:
    return proposing.propose_grant(
        application, amount_nok=amount, public_title="Ny ovn i bakeriet", by=by, on=TODAY,
        **{"aid_terms": AID, **facts},
    )  # fmt: skip


def decide(application: Application, by: Any, outcome: str = "granted", **facts: Any) -> Decision:
    if "step" not in facts and "delegation" not in facts:
        facts["delegation"] = application.call.scheme.delegations.get()
    return deciding.decide(application, **{"outcome": outcome, "by": by, "on": TODAY, "now": NOW, **SAID, **facts})


def a_resolution(application: Application, outcome: str = "adopted", **facts: Any) -> CaseStep:
    body = people.a_body(application.authority, kind="executive")
    return people.a_step(
        application.case, body=body, activity="decision", outcome=outcome, resolution="Som innstilt.",
        decided_on=TODAY, case_number="12/26", **facts,
    )  # fmt: skip


def free(application: Application) -> int:
    return Balance.objects.get(account__fund__scheme=application.call.scheme).free_nok


# ---- granted ----


def test_a_grant_is_decided_with_its_letter_its_notice_and_its_money_in_one_deed(
    application: Application, leader: Any, manager: Any
) -> None:
    grant = propose(application, leader)
    made = decide(application, leader, exempt={"title": "Offl. § 13"}, public_title="Oppgradering")
    grant.refresh_from_db()
    application.refresh_from_db()
    assert (application.state, grant.state, grant.amount_nok, grant.title) == (
        "granted",
        "granted",
        300_000,
        "Oppgradering",
    )
    assert (
        free(application) == 200_000 and made.reference == grant.decision_reference == "Delegasjonsreglementet pkt. 4.2"
    )
    assert (made.decided_by, made.prepared_by, made.step) == (leader, leader, None)
    assert (made.notified_on, made.complain_by) == (TODAY, party_deadline(TODAY))
    assert made.accept_by == TODAY + dt.timedelta(weeks=4)
    assert made.letter is not None and made.letter.document.direction == Document.Direction.OUTGOING
    assert (made.letter.document.access, made.letter.document.case) == ("exempt", application.case)
    assert list(ExemptField.objects.filter(grant=grant).values_list("field", "basis")) == [("title", "Offl. § 13")]
    notice = Notice.objects.get(user=manager)
    assert (notice.kind, notice.link) == ("application_decided", f"/min-side/soknader/{application.pk}/vedtak/")
    told = notice.title + Mail.objects.get(to_address=manager.email).text
    assert application.reference in told and SECRET_PROJECT not in told and "300" not in told
    event = Event.objects.get(kind="application_decided")
    assert event.facts["outcome"] == "granted" and SECRET_PROJECT not in str(event.facts)


def test_the_public_title_is_never_taken_from_what_the_applicant_wrote(application: Application, leader: Any) -> None:
    assert SECRET_PROJECT not in propose(application, leader).title


def test_a_second_press_decides_nothing_more(application: Application, leader: Any) -> None:
    propose(application, leader)
    decide(application, leader)
    with stops(held.Handled, "state"):
        decide(application, leader)
    assert application.decisions.count() == 1
    assert LedgerEntry.objects.filter(kind="commitment", case=application.case_id).count() == 1


def test_what_the_fund_does_not_hold_is_not_granted_and_leaves_no_letter(
    application: Application, leader: Any, fund: Fund
) -> None:
    other = make.an_application(application.call)
    make.a_decision(other, leader, amount=300_000)
    propose(application, leader)
    with stops(Refused, "fund_frame_never_overcommitted"):
        decide(application, leader)
    application.refresh_from_db()
    assert application.state == "submitted" and not application.decisions.exists()
    assert not Document.objects.filter(case=application.case, direction="out").exists()
    assert not Notice.objects.filter(kind="application_decided").exists()


def test_nothing_is_granted_before_the_grant_is_drawn_up_and_its_aid_assessed(
    application: Application, leader: Any
) -> None:
    with stops(ValidationError, "grant"):
        decide(application, leader)
    propose(application, leader, aid_terms=None)
    with stops(ValidationError, "aid"):
        decide(application, leader)


def test_a_page_that_has_grown_old_decides_nothing(application: Application, leader: Any) -> None:
    grant = propose(application, leader)
    propose(application, leader, amount=250_000)
    with stops(held.Handled, "stale"):
        decide(application, leader, grant_seen=grant.row_version)
    assert Grant.objects.filter(case=application.case).count() == 1, "the proposal is changed, not made twice"


def test_a_grant_of_an_application_is_not_decided_as_if_it_were_a_grant_alone(
    application: Application, leader: Any
) -> None:
    grant = propose(application, leader)
    with stops(Refused, "application"):
        granting.decide(grant, by=leader, on=TODAY, reference="Delegert")
    with stops(Refused, "application"):
        granting.decline(grant, by=leader, on=TODAY, reference="Delegert")
    elsewhere = people.an_organisation(application.authority)
    with stops(ValidationError, field="organisation"):
        granting.change(grant, by=leader, organisation=elsewhere)


# ---- by whom ----


def test_who_has_not_declared_neither_draws_up_nor_decides(application: Application, leader: Any) -> None:
    propose(application, leader)
    other = people.a_user("leader", application.authority)
    for deed in (lambda: propose(application, other), lambda: decide(application, other)):
        with pytest.raises(NotImpartial):
            deed()
    make.a_tie(application, leader)
    with pytest.raises(NotImpartial):
        decide(application, leader)
    with pytest.raises(NotImpartial):
        granting.lapse(Grant.objects.get(case=application.case), why="Nei", by=leader, on=TODAY)


def test_nobody_decides_alone_beyond_what_is_delegated_to_her_role_today(
    application: Application, leader: Any, fund: Fund
) -> None:
    small = make.a_delegation(fund.scheme, "leader", 299_999)
    reaching = fund.scheme.delegations.exclude(pk=small.pk).get()
    assert deciding.delegation_for(leader, application, 299_999, TODAY) == small
    assert deciding.delegation_for(leader, application, None, TODAY) == reaching, "a refusal: what was asked for"
    assert deciding.delegation_for(leader, application, 400_001, TODAY) is None
    propose(application, leader)
    with stops(Refused, "decision_within_delegation"):
        decide(application, leader, delegation=small)
    officer = people.a_user("officer", application.authority)
    make.no_ties(application, officer)
    with stops(Refused, "decision_within_delegation"):
        decide(application, officer, delegation=reaching)
    delegating.end(reaching, on=TODAY - dt.timedelta(days=1), by=leader)
    with stops(Refused, "decision_within_delegation"):
        decide(application, leader, delegation=reaching)


def test_only_the_body_grants_more_than_the_terms_allow(application: Application, leader: Any) -> None:
    propose(application, leader, amount=300_001)
    with stops(Refused, "limit"):
        decide(application, leader)
    made = decide(application, leader, step=a_resolution(application))
    assert made.decided_by is None and made.delegation is None and "12/26" in made.reference


def test_a_body_decides_by_a_resolution_of_this_application_that_gives(application: Application, leader: Any) -> None:
    propose(application, leader)
    elsewhere = a_resolution(make.an_application(application.call))
    with stops(ValidationError, field="step"):
        decide(application, leader, step=elsewhere)
    with stops(ValidationError, field="step"):
        decide(application, leader, step=a_resolution(application, "rejected"))
    step = a_resolution(application)
    decide(application, leader, step=step)
    step.outcome = "pending"
    with stops(ValidationError, field="outcome"):
        wiring.check_step(step)


def test_who_only_reads_decides_nothing(application: Application) -> None:
    for who in (people.a_user("editor", application.authority), people.a_user(is_superuser=True)):
        make.no_ties(application, who)
        with pytest.raises(PermissionDenied):
            decide(application, who)


# ---- refused, dismissed ----


@pytest.mark.parametrize("outcome", ["refused", "dismissed"])
def test_a_refusal_moves_no_money_and_sets_a_proposed_grant_aside(
    application: Application, leader: Any, manager: Any, outcome: str
) -> None:
    grant = propose(application, leader)
    made = decide(application, leader, outcome)
    grant.refresh_from_db()
    application.refresh_from_db()
    assert (application.state, grant.state, made.grant, made.amount_nok) == (outcome, "declined", None, None)
    assert free(application) == 500_000 and made.accept_by is None and made.letter is not None
    assert [row.kind for row in Notice.objects.filter(user=manager)] == ["application_decided"], "told once"
    with stops(Refused, "application"):
        granting.reopen(grant, by=leader)


def test_a_refusal_gives_grounds_and_legal_basis(application: Application, leader: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        decide(application, leader, "refused", grounds=" ", legal_basis="")
    assert set(refused.value.message_dict) == {"grounds", "legal_basis"}


# ---- founders and paper ----


def test_a_founder_gets_an_organisation_and_acts_for_it_from_the_decision_on(
    application: Application, leader: Any, manager: Any
) -> None:
    founder = people.a_user(name="Oppdiktet Gründer")
    draft = make.a_draft_application(application.call, by=founder)
    sent = make.sent(draft) if hasattr(make, "sent") else a_founders(draft)
    make.an_assessment(sent, leader)
    grant = propose(sent, leader)
    assert grant.organisation.name == founder.name and not founder.mandates.exists(), "nothing is told beforehand"
    assert propose(sent, leader, amount=200_000).organisation == grant.organisation
    made = decide(sent, leader)
    sent.refresh_from_db()
    mandate = founder.mandates.get()
    assert sent.organisation == grant.organisation and mandate.acts
    assert made.letter is not None and mandate.document == made.letter.document
    assert answering.accept(made, by=founder, now=NOW).answer == "accepted"


def a_founders(draft: Application) -> Application:
    case = people.a_case(draft.authority, title="Søknad", series="application")
    draft.state, draft.case, draft.reference = Application.State.SUBMITTED, case, f"NF-{draft.pk}"
    draft.submitted_at, draft.received_on, draft.submitted_by = NOW, TODAY, draft.applicant
    draft.asked_nok, draft.cost_nok, draft.expected_on = 300_000, 600_000, TODAY
    draft.save()
    return draft


def test_who_cannot_read_here_is_notified_the_day_the_letter_is_posted(
    application: Application, leader: Any, manager: Any
) -> None:
    manager.mandates.update(ended_at=NOW, ended_why="Sluttet")
    made = decide(application, leader, "refused")
    assert made.letter is not None and (made.notified_on, made.complain_by) == (None, None)
    posted = deciding.posted(made, on=TODAY + dt.timedelta(days=1), by=leader)
    assert posted.complain_by == party_deadline(TODAY + dt.timedelta(days=1))
    with stops(held.Handled, "once"):
        deciding.posted(made, on=TODAY, by=leader)


# ---- the answer ----


def test_a_grant_is_paid_only_when_it_is_accepted_by_one_who_binds_the_applicant(
    application: Application, leader: Any, manager: Any
) -> None:
    propose(application, leader)
    made = decide(application, leader)
    assert made.grant is not None
    assert [one.is_acceptance for one in asking.hindrances(made.grant, 1_000, TODAY)] == [True]
    assert rules.payable_nok(facts.of_one(made.grant), TODAY) == 0
    with pytest.raises(Refused):
        asking.ask(made.grant, 1_000, by=manager, key="a", now=NOW)
    colleague = people.a_user()
    people.a_mandate(application.organisation, colleague, reach="drafts")
    for stranger in (colleague, people.a_user(), leader):
        with pytest.raises(PermissionDenied):
            answering.accept(made, by=stranger, now=NOW)
    assert answering.accept(made, by=manager, now=NOW).answered_by == manager
    with stops(held.Handled, "state"):
        answering.turn_down(made, by=manager, now=NOW)
    assert asking.ask(made.grant, 1_000, by=manager, key="a", now=NOW).amount_nok == 1_000
    assert Notice.objects.filter(kind="grant_answered", user=leader).count() == 1


def test_turned_down_the_money_is_free_again(application: Application, leader: Any, manager: Any) -> None:
    propose(application, leader)
    made = answering.turn_down(decide(application, leader), by=manager, now=NOW)
    assert made.grant is not None
    assert (made.answer, free(application)) == ("declined", 500_000)
    assert GrantBalance.objects.get(grant=made.grant).released_nok == 300_000
    assert Grant.objects.get(pk=made.grant.pk).state == "lapsed"


def test_an_unanswered_grant_lapses_the_day_after_its_last_day_and_once(
    application: Application, leader: Any, manager: Any
) -> None:
    propose(application, leader)
    made = decide(application, leader)
    last = NOW + dt.timedelta(weeks=4)
    assert answering.lapse_unanswered(last) == {"lapsed": 0, "failed": 0}
    assert answering.lapse_unanswered(last + dt.timedelta(days=1)) == {"lapsed": 1, "failed": 0}
    assert answering.lapse_unanswered(last + dt.timedelta(days=1)) == {"lapsed": 0, "failed": 0}
    made.refresh_from_db()
    assert (made.answer, made.answered_by, free(application)) == ("lapsed", None, 500_000)
    assert Notice.objects.filter(kind="grant_unanswered", user=manager).count() == 1
    with stops(held.Handled, "state"):
        answering.accept(made, by=manager, now=last)


def test_a_grant_that_is_complained_of_does_not_lapse_meanwhile(
    application: Application, leader: Any, manager: Any
) -> None:
    propose(application, leader)
    complaint = make.a_complaint(decide(application, leader))
    late = NOW + dt.timedelta(weeks=5)
    assert answering.lapse_unanswered(late)["lapsed"] == 0
    with stops(Refused, "late"):
        answering.accept(complaint.decision, by=manager, now=late)
    answering.register(complaint.decision, "accepted", on=TODAY, by=leader, now=late)
    complaint.decision.refresh_from_db()
    assert complaint.decision.answer == "accepted", "what came on paper counts by the day it came"


# ---- changed after a complaint ----


def test_a_complaint_alone_lets_a_decision_be_replaced_and_its_money_is_taken_back_first(
    application: Application, leader: Any
) -> None:
    propose(application, leader, amount=200_000)
    first = decide(application, leader)
    with stops(held.Handled, "state"):
        propose(application, leader)
    complaint = make.a_complaint(first)
    with stops(held.Handled, "state"):
        decide(application, leader, replaces=first)
    complaint.state, complaint.reconsideration, complaint.reconsidered_on = "upheld", "Vi tok feil.", TODAY
    complaint.save()
    propose(application, leader, amount=300_000)
    with stops(held.Handled, "state"):
        decide(application, leader)
    second = decide(application, leader, replaces=first)
    assert (second.number, second.replaces, free(application)) == (2, first, 200_000)
    assert Grant.objects.get(pk=first.grant_id).state == "annulled"
    complaint.refresh_from_db()
    assert proposing.standing_of(application) == second == complaint.new_decision
    with stops(held.Handled, "state"):
        answering.turn_down(first, by=application.organisation.mandates.get().user, now=NOW)  # type: ignore[union-attr]
