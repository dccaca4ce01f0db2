"""The page an application is decided on, the applicant's own page of it, and the scale of what is delegated."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from grants.desk import deciding, proposing
from grants.models import AidAssessment, Application, Decision, Delegation, Fund, Grant
from portal.calendar import oslo_today
from portal.money import format_number
from tests import factories as people
from tests import factories_fund as make
from tests.conftest import signed_in
from tests.world_fund import SECRET_PROJECT

pytestmark = pytest.mark.django_db
TODAY = oslo_today(timezone.now())


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
def manager() -> Any:
    return people.a_user()


@pytest.fixture
def application(fund: Fund, leader: Any, manager: Any) -> Application:
    organisation = people.an_organisation(fund.authority)
    people.a_mandate(organisation, manager, valid_to=TODAY + dt.timedelta(days=90))
    made = make.an_application(make.a_call(fund.scheme), organisation, by=manager, title=SECRET_PROJECT)
    make.an_assessment(made, leader)
    make.a_delegation(fund.scheme, "leader", 400_000)
    return made


def desk(application: Application) -> str:
    return reverse("decide_application", args=[application.authority.slug, application.pk])


def own(application: Application) -> str:
    return reverse("own_decision", args=[application.pk])


def typed_in(page: Any, **more: Any) -> dict[str, Any]:
    """Return the decision's form as the page came, with what is typed besides."""
    form = page.context["form"]
    return {name: form[name].value() or "" for name in form.fields} | {"legal_basis": "Vedtektene § 3"} | more


def draw_up(client: Any, application: Application, amount: str = "kr 250 000") -> None:
    page = client.get(desk(application))
    seen = page.context["propose_form"]["seen"].value()
    sent = {"gjor": "tilsagn", "amount_nok": amount, "public_title": "Ny ovn", "seen": seen}
    assert client.post(desk(application), sent).status_code == 302
    aid = {"aid-basis": "no_aid", "aid-activity": "En ovn", "aid-reason": "Ingen støtte.", "aid-seen": "-1"}
    assert client.post(desk(application), {"gjor": "stotte", **aid}).status_code == 302


def test_a_leader_draws_up_the_grant_reads_it_through_and_decides(application: Application, leader: Any) -> None:
    client = signed_in(leader)
    first = client.get(desk(application))
    assert first.context["propose_form"]["amount_nok"].value() == format_number(300_000), "as recommended"
    assert SECRET_PROJECT not in first.context["propose_form"]["public_title"].value()
    draw_up(client, application)
    page = client.get(desk(application))
    assert AidAssessment.objects.get(grant__case=application.case).basis == "no_aid"
    assert (page.context["left_nok"], page.context["grant"].amount_nok) == (250_000, 250_000)
    sure = client.post(desk(application), {**typed_in(page), "gjor": "se"})
    assert 'value="vedta"' in sure.content.decode() and not Decision.objects.filter(application=application).exists()
    letter = client.post(desk(application), {**typed_in(page), "gjor": "brev"})
    assert letter["Content-Type"] == "application/pdf" and letter.content.startswith(b"%PDF")
    assert not Decision.objects.filter(application=application).exists(), "to see a letter makes none"
    assert client.post(desk(application), {**typed_in(page), "gjor": "vedta"}).status_code == 302
    made = Decision.objects.get(application=application)
    assert (made.outcome, made.amount_nok, made.decided_by) == ("granted", 250_000, leader)
    again = client.post(desk(application), {**typed_in(page), "gjor": "vedta"}, follow=True)
    assert Decision.objects.filter(application=application).count() == 1 and again.status_code == 200


def test_what_stops_a_decision_is_said_and_nothing_typed_is_lost(application: Application, leader: Any) -> None:
    client = signed_in(leader)
    page = client.get(desk(application))
    sent = typed_in(page, grounds="Grunner 🙂\nsom er skrevet", outcome="granted", gjor="se")
    answer = client.post(desk(application), sent)
    assert "outcome" in answer.context["form"].errors, "no grant is drawn up"
    assert "som er skrevet" in answer.content.decode()
    draw_up(client, application, "400 001")
    sent = typed_in(client.get(desk(application)), grounds="Skrevet", gjor="vedta")
    answer = client.post(desk(application), sent)
    assert "by_whom" in answer.context["form"].errors and "Skrevet" in answer.content.decode()
    draw_up(client, application, "350 000")
    answer = client.post(desk(application), typed_in(client.get(desk(application)), gjor="vedta"))
    assert list(answer.context["form"].errors) == ["__all__"], "the terms of the call allow less"
    assert not application.decisions.exists()


def test_a_fact_that_is_exempt_names_its_law_and_does_not_slip_out_by_the_title(
    application: Application, leader: Any
) -> None:
    client = signed_in(leader)
    draw_up(client, application)
    Grant.objects.filter(case=application.case).update(title=f"Ovn til {application.applicant_name}")
    page = client.get(desk(application))
    answer = client.post(desk(application), typed_in(page, recipient="on", gjor="se"))
    assert {"recipient_basis", "title"} <= set(answer.context["form"].errors)


def test_who_may_not_handle_it_sees_the_gate_and_nothing_of_what_it_says(application: Application) -> None:
    officer = people.a_user("officer", application.authority)
    answer = signed_in(officer).get(desk(application))
    assert answer.status_code == 403 and "Ny ovn" not in answer.content.decode()
    assert signed_in(officer).post(desk(application), {"gjor": "vedta"}).status_code == 403


def test_the_grants_own_desk_page_asks_the_same_and_leads_on_to_the_application(
    application: Application, leader: Any
) -> None:
    client = signed_in(leader)
    draw_up(client, application)
    grant = Grant.objects.get(case=application.case)
    places = [reverse(name, args=[grant.authority.slug, grant.pk]) for name in ("grant_desk", "decide_grant")]
    assert client.get(places[0]).status_code == 200
    assert client.get(places[1]).headers["Location"] == desk(application)
    stranger = signed_in(people.a_user("officer", application.authority))
    assert [stranger.get(place).status_code for place in places] == [403, 403]


def test_the_page_costs_the_same_whatever_has_gone_before(application: Application, leader: Any) -> None:
    client = signed_in(leader)
    draw_up(client, application)

    scale = reverse("delegations", args=[application.authority.slug])

    def cost() -> list[int]:
        found = []
        for place in (desk(application), scale):
            client.get(place)
            with CaptureQueriesContext(connection) as caught:
                assert client.get(place).status_code == 200
            found.append(len(caught))
        return found

    before = cost()
    for _ in range(5):
        make.an_application(application.call)
        make.a_delegation(application.call.scheme, "leader", 100_000)
    assert cost() == before


# ---- the applicant ----


def decided(application: Application, leader: Any, outcome: str = "granted") -> Decision:
    if outcome == "granted":
        terms = {"basis": "no_aid", "activity": "En ovn", "reason": "Ingen støtte."}
        proposing.propose_grant(
            application, amount_nok=300_000, public_title="Ny ovn", by=leader, on=TODAY, aid_terms=terms
        )
    return deciding.decide(
        application, outcome=outcome, by=leader, on=TODAY, now=timezone.now(), grounds="Flere jobber.",
        legal_basis="Vedtektene § 3", delegation=application.call.scheme.delegations.get(),
    )  # fmt: skip


def test_the_applicant_reads_the_decision_and_accepts_it_once(
    application: Application, leader: Any, manager: Any
) -> None:
    client = signed_in(manager, "idporten")
    assert client.get(own(application)).status_code == 302, "nothing is decided yet"
    made = decided(application, leader)
    page = client.get(own(application)).content.decode()
    assert "Flere jobber." in page and reverse("complain", args=[application.pk]) in page
    assert client.get(f"{own(application)}?gjor=nei").status_code == 200
    assert client.post(own(application), {"gjor": "ja", "vedtak": made.pk + 1}).status_code == 302
    made.refresh_from_db()
    assert made.answer == "", "an answer to another decision is none to this"
    for _ in range(2):
        assert client.post(own(application), {"gjor": "ja", "vedtak": made.pk}).status_code == 302
    made.refresh_from_db()
    assert (made.answer, made.answered_by) == ("accepted", manager)
    assert (
        reverse("own_grant", args=[application.organisation_id, made.grant_id])
        in client.get(own(application)).content.decode()
    )


def test_only_one_who_binds_the_applicant_and_is_known_surely_enough_answers(
    application: Application, leader: Any, manager: Any
) -> None:
    made = decided(application, leader)
    people.a_provider(application.authority, way="idporten")
    weak = signed_in(manager, "code").post(own(application), {"gjor": "ja", "vedtak": made.pk})
    assert weak.status_code == 302 and weak.headers["Location"] != own(application)
    colleague = people.a_user()
    people.a_mandate(application.organisation, colleague, reach="drafts")
    assert signed_in(colleague, "idporten").get(own(application)).status_code == 200
    assert signed_in(colleague, "idporten").post(own(application), {"gjor": "ja"}).status_code == 403
    assert signed_in(people.a_user()).get(own(application)).status_code == 404
    made.refresh_from_db()
    assert made.answer == ""


def test_the_desk_notes_what_came_on_paper(application: Application, leader: Any, manager: Any) -> None:
    manager.mandates.update(ended_at=timezone.now(), ended_why="Sluttet")
    made = decided(application, leader)
    client = signed_in(leader)
    assert client.get(desk(application)).context["posted_form"] is not None
    client.post(desk(application), {"gjor": "postlagt", "post-on": TODAY.isoformat()})
    late = client.post(
        desk(application),
        {"gjor": "svar", "svar-answer": "accepted", "svar-on": (TODAY + dt.timedelta(days=1)).isoformat()},
    )
    assert "on" in late.context["answer_form"].errors
    client.post(desk(application), {"gjor": "svar", "svar-answer": "accepted", "svar-on": TODAY.isoformat()})
    made.refresh_from_db()
    assert (made.notified_on, made.answer) == (TODAY, "accepted")


# ---- what is delegated ----


def test_a_leader_keeps_the_scale_and_what_decisions_rest_on_is_ended_not_removed(
    application: Application, leader: Any
) -> None:
    place = reverse("delegations", args=[application.authority.slug])
    client = signed_in(leader)
    new = {"gjor": "ny", "scheme": application.call.scheme_id, "role": "officer", "up_to_nok": "50 000",
           "reference": "Delegasjonsreglementet pkt. 5"}  # fmt: skip
    for _ in range(2):
        assert client.post(place, new).status_code == 302
    made = Delegation.objects.get(role="officer", scheme=application.call.scheme)
    assert client.post(place, {"gjor": "fjern", "rad": made.pk}).status_code == 302
    assert not Delegation.objects.filter(pk=made.pk).exists()
    used = decided(application, leader, "refused").delegation
    assert used is not None
    client.post(place, {"gjor": "fjern", "rad": used.pk})
    client.post(place, {"gjor": "slutt", "rad": used.pk, f"d{used.pk}-on": TODAY.isoformat()})
    used.refresh_from_db()
    assert used.valid_to == TODAY
    officer = signed_in(people.a_user("officer", application.authority))
    assert (officer.get(place).status_code, officer.post(place, new).status_code) == (200, 403)
