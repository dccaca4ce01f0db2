"""What was tried against the business fund and got through once: ties, other undertakings, ended mandates, twice paid."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from grants import own_data, papers, repaying, signing
from grants.applying import content as typed
from grants.applying.application_forms import clean
from grants.calls.call_forms import LetInForm
from grants.desk import deciding, proposing
from grants.desk.decision_forms import ProposeForm
from grants.minimis_aid import declaring
from grants.models import Application, Complaint, Decision, DeclaredAid, Fund, Grant, RegisterMatch, UndertakingLink
from grants.refusals import Refused
from portal.calendar import oslo_today
from portal.impartiality import NotImpartial
from tests import factories as people
from tests import factories_fund as make
from tests import factories_money as money
from tests.conftest import signed_in
from tests.world_fund import SECRET_PROJECT

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = oslo_today(NOW)
NUMBER, SISTER, OTHER = people.ORGANISATION_NUMBERS[:3]
AID = {"basis": "no_aid", "activity": "Bygge en ovn", "reason": "Ingen støtte til foretak."}


@pytest.fixture
def fund() -> Fund:
    return make.a_fund_with(people.an_authority())


@pytest.fixture
def manager() -> Any:
    return people.a_user()


@pytest.fixture
def application(fund: Fund, manager: Any) -> Application:
    organisation = people.an_organisation(fund.authority, number=NUMBER)
    people.a_mandate(organisation, manager, valid_to=TODAY + dt.timedelta(days=90))
    return make.an_application(make.a_call(fund.scheme), organisation, by=manager, title=SECRET_PROJECT)


@pytest.fixture
def officer(application: Application) -> Any:
    found = people.a_user("officer", application.authority)
    make.no_ties(application, found)
    return found


@pytest.fixture
def granted(application: Application, officer: Any) -> Decision:
    made = make.notified(make.a_decision(application, officer))
    made.answer, made.answered_at = "accepted", NOW
    made.save()
    return made


def tied(application: Application, role: str = "finance_preparer") -> Any:
    found = people.a_user(role, application.authority)
    make.a_tie(application, found)
    return found


# ---- who is tied, or has not declared ----


def test_who_is_tied_signs_no_payout_of_the_grant_and_does_not_see_it(
    application: Application, granted: Decision
) -> None:
    assert granted.grant is not None
    money.a_bank_account(granted.grant.organisation)
    payout, person = money.a_payout(granted.grant), tied(application)
    for deed in (
        lambda: signing.prepare(payout, by=person, now=NOW),
        lambda: signing.register(granted.grant, 5, by=person, now=NOW, key="x"),  # type: ignore[arg-type]
    ):
        with pytest.raises(Refused) as caught:
            deed()
        assert caught.value.code == "tied"
    slug = application.authority.slug
    assert signed_in(person).get(reverse("payout_page", args=[slug, payout.pk])).status_code == 403
    other = people.a_user("finance_preparer", application.authority)
    assert signed_in(other).get(reverse("payout_page", args=[slug, payout.pk])).status_code == 200
    assert signing.prepare(payout, by=other, now=NOW).state == "prepared"


def test_who_has_not_declared_neither_sees_nor_reads_the_papers_and_claims_of_the_grant(
    application: Application, granted: Decision, manager: Any, officer: Any
) -> None:
    assert granted.grant is not None
    report = money.a_grant_report(granted.grant, "sent")
    newcomer = people.a_user("officer", application.authority)
    with pytest.raises(NotImpartial):
        papers.read_report(report, by=newcomer, now=NOW, ok=False, note="Mangler.")
    for name in ("read_papers", "money_back"):
        address = reverse(name, args=[application.authority.slug, granted.grant.pk])
        assert signed_in(newcomer).get(address).status_code == 403
        assert signed_in(officer).get(address).status_code == 200


def test_a_proposed_grant_is_seen_neither_on_the_case_page_nor_in_the_admin_by_who_may_not_handle_it(
    application: Application, officer: Any
) -> None:
    grant = proposing.propose_grant(
        application, amount_nok=100_000, public_title="Ovn til bakeriet", by=officer, on=TODAY, aid_terms=AID
    )
    newcomer = people.a_user("officer", application.authority)
    ways = [
        reverse("case_page", args=[application.authority.slug, application.case_id]),
        reverse("admin:grants_grant_changelist"), reverse("admin:grants_grant_change", args=[grant.pk]),
    ]  # fmt: skip
    for way in ways:
        assert "Ovn til bakeriet" not in signed_in(newcomer).get(way, follow=True).content.decode(), way
        assert "Ovn til bakeriet" in signed_in(officer).get(way, follow=True).content.decode(), way


def test_a_case_that_is_closed_can_still_be_declared_for_and_so_be_opened(application: Application) -> None:
    case: Any = application.case
    case.closed_on = TODAY
    case.save()
    client = signed_in(people.a_user("officer", application.authority))
    given = {"sak": str(case.pk), "svar": "no_ties", "tilknytning": "", "neste": "//ondsinnet.example/"}
    answer = client.post(reverse("declare", args=[application.authority.slug]), given)
    assert (answer.status_code, answer["Location"]) == (302, f"/{application.authority.slug}/habilitet/")
    assert client.get(application.get_absolute_url()).status_code == 200


def test_what_was_drawn_up_and_not_granted_is_never_the_applicants_to_see(
    application: Application, manager: Any, officer: Any
) -> None:
    facts: dict[str, Any] = {"amount_nok": 123_000, "by": officer, "on": TODAY, "aid_terms": AID}
    other = make.an_application(application.call, application.organisation)
    make.no_ties(other, officer)
    grant = proposing.propose_grant(application, public_title="Ovn", **facts)
    assert proposing.propose_grant(other, public_title="Ovn", **facts).case == other.case
    make.a_delegation(application.call.scheme, "officer", 500_000)
    deciding.decide(
        application, outcome="refused", by=officer, on=TODAY, now=NOW, grounds="Nei.", legal_basis="Vedtektene",
        delegation=application.call.scheme.delegations.get(role="officer"),
    )  # fmt: skip
    client, place = signed_in(manager), [grant.organisation_id]
    assert "123" not in client.get(reverse("own_grants", args=place)).content.decode()
    assert client.get(reverse("own_grant", args=[*place, grant.pk])).status_code == 404


# ---- another undertaking ----


def test_links_and_matches_of_another_undertaking_are_not_answered_from_this_one(
    application: Application, officer: Any
) -> None:
    owner = application.authority
    other = make.an_application(application.call, people.an_organisation(owner, number=OTHER))
    link = UndertakingLink.objects.create(
        authority=owner, number=OTHER, linked=SISTER, declared_on=TODAY, application=other
    )
    for deed in (declaring.unlink, declaring.confirm):
        with pytest.raises(ValidationError):
            deed(application, link, by=officer, on=TODAY)
    mine = UndertakingLink.objects.create(
        authority=owner, number=NUMBER, linked=SISTER, declared_on=TODAY, application=application
    )
    assert declaring.unlink(application, mine, by=officer, on=TODAY).ended_on == TODAY
    link.refresh_from_db()
    assert (link.ended_on, link.confirmed_on) == (None, None)


def test_one_award_takes_the_place_of_one_declared_row_alone(
    application: Application, granted: Decision, officer: Any
) -> None:
    from grants.models import AidAward, RegisterAward

    make.the_law()
    award = AidAward.objects.create(
        authority=application.authority, grant=granted.grant, number=NUMBER, basis="de_minimis", decided_on=TODAY,
        amount_nok=1_000, nok_per_eur=10,
    )  # fmt: skip
    rows = [
        DeclaredAid.objects.create(
            authority=application.authority, application=application, giver=giver, decided_on=TODAY,
            amount_nok=1_000, basis="de_minimis",
        )
        for giver in ("Fylket", "Staten")
    ]  # fmt: skip
    declaring.resolve(rows[0], resolution="same", award=award, by=officer)
    with pytest.raises(ValidationError):
        declaring.resolve(rows[1], resolution="same", award=award, by=officer)
    register = RegisterAward.objects.create(
        reference="SR-attack", number=OTHER, giver="Fylket", decided_on=TODAY, amount_nok=1_000, basis="de_minimis"
    )
    RegisterMatch.objects.create(
        authority=application.authority, register=register, award=award, matched_by=officer, matched_at=NOW
    )
    with pytest.raises(ValidationError):
        declaring.unmatch(application, register, by=officer)


# ---- paid twice ----


def test_a_decision_whose_grant_is_paid_out_is_not_replaced_by_another_grant(
    application: Application, granted: Decision, officer: Any
) -> None:
    grant = granted.grant
    assert grant is not None
    money.a_payout(grant, grant.amount_nok, "paid")
    Grant.objects.filter(pk=grant.pk).update(state="finished")
    complaint: Complaint = make.a_complaint(granted)
    complaint.state, complaint.reconsideration, complaint.reconsidered_on = "upheld", "Vi tok feil.", TODAY
    complaint.save()
    facts: dict[str, Any] = {"amount_nok": 100_000, "public_title": "Ovn til bakeriet", "by": officer, "on": TODAY}
    proposing.propose_grant(application, **facts, aid_terms=AID)
    make.a_delegation(application.call.scheme, "officer", 500_000)
    decision: dict[str, Any] = {
        "outcome": "granted", "by": officer, "on": TODAY, "now": NOW, "grounds": "Ja.", "legal_basis": "Vedtektene",
        "delegation": application.call.scheme.delegations.get(role="officer"), "replaces": granted,
    }  # fmt: skip
    with pytest.raises(Refused) as caught:
        deciding.decide(application, **decision)
    assert caught.value.code == "paid"
    repaying.claim(grant, grant.amount_nok, reason="Vedtaket er endret.", by=officer, on=TODAY)
    assert deciding.decide(application, **decision).number == 2


def test_a_decision_is_dated_neither_before_the_application_came_nor_after_today(
    application: Application, officer: Any
) -> None:
    make.a_delegation(application.call.scheme, "officer", 500_000)
    for day in (TODAY - dt.timedelta(days=1), TODAY + dt.timedelta(days=1)):
        step = people.a_step(
            application.case, activity="decision", outcome="rejected", resolution="Nei.", decided_on=day,
            body=people.a_body(application.authority),
        )  # fmt: skip
        with pytest.raises(Refused) as caught:
            deciding.decide(
                application, outcome="refused", by=officer, on=day, now=NOW, grounds="Nei.", legal_basis="Vedtektene",
                step=step,
            )  # fmt: skip
        assert caught.value.code == "day"


# ---- typed and not sent ----


def test_what_is_typed_while_more_is_asked_for_moves_no_limit_and_is_gone_when_it_is_decided(
    application: Application, manager: Any, officer: Any
) -> None:
    sent = proposing.limits_of(application, None)
    asked = make.a_supplement(application, by=officer)
    unsent = typed.of(application.content)
    unsent.title, unsent.financing = "Noe annet", [typed.Money("public", "Fylket", "250 000")]
    Application.objects.filter(pk=application.pk).update(content=typed.stored(unsent))
    application.refresh_from_db()
    assert proposing.limits_of(application, None) == sent
    make.a_delegation(application.call.scheme, "officer", 500_000)
    deciding.decide(
        application, outcome="dismissed", by=officer, on=TODAY, now=NOW, grounds="Svaret kom ikke.",
        legal_basis="Vedtektene", delegation=application.call.scheme.delegations.get(role="officer"),
    )  # fmt: skip
    asked.refresh_from_db()
    application.refresh_from_db()
    assert (asked.state, application.title) == ("cancelled", "Ny ovn")
    assert application.content == application.versions.get().content


# ---- a mandate that has ended ----


def test_who_has_left_the_company_takes_nothing_of_its_applications_with_her(
    application: Application, manager: Any
) -> None:
    draft = make.a_draft_application(application.call, application.organisation, by=manager)
    assert len(own_data.sections(manager)["Søknader"]) == 2
    manager.mandates.update(valid_to=TODAY - dt.timedelta(days=1), valid_from=TODAY - dt.timedelta(days=9))
    assert own_data.sections(manager)["Søknader"] == [], draft


def test_a_founders_grant_goes_to_no_company_she_has_left(fund: Fund) -> None:
    founder, left = people.a_user(), people.an_organisation(fund.authority, number=SISTER)
    people.a_mandate(left, founder, valid_from=TODAY - dt.timedelta(days=9), valid_to=TODAY - dt.timedelta(days=1))
    now = people.an_organisation(fund.authority, number=OTHER)
    people.a_mandate(now, founder)
    draft = make.a_draft_application(make.a_call(fund.scheme), by=founder)
    form = ProposeForm(application=draft, grant=None)
    assert list(form.fields["organisation"].queryset) == [now]  # type: ignore[attr-defined]


# ---- texts and numbers ----


def test_what_is_typed_turns_no_reading_direction() -> None:
    assert clean("Ovn \u202egnp.exe\u2066\u0085 é") == "Ovn gnp.exe é"


def test_numbers_of_drafts_are_not_looked_for_by_trying(
    application: Application, officer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grants.views.call_desk.NUMBERS_AN_HOUR", 2)
    address = reverse("let_in", args=[application.authority.slug, application.call_id])
    client = signed_in(officer)
    given = dict.fromkeys(LetInForm.base_fields, "x")
    assert [client.post(address, given).status_code for _n in range(3)][1:] == [200, 429]
