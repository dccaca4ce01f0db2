"""Complaints on the pages: sent from one's own page, handled at the desk, closed to who has not declared."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from grants.complaining import answering, deadlines
from grants.models import Application, Complaint, Decision
from portal.models import Body, User
from tests import factories as people
from tests import factories_fund as make
from tests.world_fund import SECRET_PROJECT

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = timezone.localdate()
WRITTEN = "Dere har oversett kostnadene til frakt."


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def manager() -> User:
    return people.a_user()


@pytest.fixture
def application(manager: User) -> Application:
    fund = make.a_fund_with(people.an_authority(), 500_000)
    organisation = people.an_organisation(fund.authority)
    people.a_mandate(organisation, manager)
    people.a_body(fund.authority, kind=Body.Kind.COMPLAINTS, name="Klagenemnda")
    return make.an_application(make.a_call(fund.scheme), organisation, by=manager, title=SECRET_PROJECT)


@pytest.fixture
def leader(application: Application) -> User:
    return people.a_user("leader", application.authority, name="Oppdiktet Leder")


@pytest.fixture
def decision(application: Application, leader: User) -> Decision:
    make.a_delegation(application.call.scheme, "leader", 400_000)
    return make.notified(make.a_decision(application, leader, "refused"))


def own_page(application: Application) -> str:
    return f"/min-side/soknader/{application.pk}/klage/"


def send(client: Client, decision: Decision, **typed: Any) -> Any:
    page = own_page(decision.application)
    return client.post(page, {"gjor": "klag", "text": WRITTEN, "decision": decision.pk, **typed}, follow=True)


def desk_page(row: Complaint) -> str:
    return f"/{row.authority.slug}/klager/{row.pk}/"


def of(decision: Decision) -> Any:
    return Complaint.objects.filter(decision=decision)


def only(decision: Decision) -> Complaint:
    return of(decision).get()


def test_an_applicant_complains_reads_how_it_stands_and_takes_it_back(manager: User, decision: Decision) -> None:
    client, page = signed_in(manager), own_page(decision.application)
    shown = client.get(page).content.decode()
    assert "Klagenemnda" in shown and 'name="text"' in shown
    empty = client.post(page, {"gjor": "klag", "text": "", "decision": decision.pk, "asks_deferral": "on"})
    assert empty.status_code == 200 and "checked" in empty.content.decode() and not of(decision).exists()
    answer = send(client, decision).content.decode()
    row = only(decision)
    assert WRITTEN in answer and 'name="text"' not in answer
    papers = [one.pk for one in row.case.documents.all()]
    assert len(papers) == 2
    for paper in papers:
        assert client.get(f"/min-side/soknader/{decision.application_id}/dokument/{paper}/").status_code == 200
    send(client, decision)
    assert of(decision).count() == 1
    assert client.get(f"{page}?gjor=trekk&klage={row.pk}").status_code == 200
    client.post(page, {"gjor": "trekk", "klage": row.pk})
    row.refresh_from_db()
    assert row.state == "withdrawn" and 'name="text"' in client.get(page).content.decode()


def test_a_complaint_is_sent_by_one_who_is_known_surely(
    manager: User, decision: Decision, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.http import HttpResponseRedirect

    from portal.signing_in import step_up
    from portal.strength import Deed

    asked: list[Any] = []
    monkeypatch.setattr(
        step_up, "ask", lambda request, deed, owner: asked.append(deed) or HttpResponseRedirect("/sterkere/")
    )
    answer = signed_in(manager).post(
        own_page(decision.application), {"gjor": "klag", "text": WRITTEN, "decision": decision.pk}
    )
    assert (answer.url, asked, of(decision).exists()) == ("/sterkere/", [Deed.COMPLAIN], False)


def test_the_desk_reads_a_complaint_after_declaring_for_its_own_case_too(decision: Decision, leader: User) -> None:
    row = make.a_complaint(decision, text=WRITTEN)
    client = signed_in(leader)
    closed = client.get(desk_page(row))
    assert closed.status_code == 403 and WRITTEN not in closed.content.decode()
    assert client.post(desk_page(row), {"gjor": "avvis", "avvis-why": "Nei."}).status_code == 403
    listed = client.get(f"/{row.authority.slug}/klager/").content.decode()
    assert decision.application.applicant_name in listed and WRITTEN not in listed
    make.no_ties(row.case, leader)
    assert WRITTEN in client.get(desk_page(row)).content.decode()
    make.a_tie(decision.application, leader)
    assert client.get(desk_page(row)).status_code == 403, "a tie to the application closes the complaint too"


def test_the_desk_changes_a_decision_and_is_led_to_the_new_one(decision: Decision, leader: User) -> None:
    row = make.a_complaint(decision)
    make.no_ties(row.case, leader)
    client, given = signed_in(leader), {"text": "Vi tok feil.", "seen": row.row_version}
    empty = client.post(desk_page(row), {"gjor": "omgjor", "text": "", "seen": row.row_version})
    assert empty.status_code == 200 and "aria-invalid" in empty.content.decode()
    answer = client.post(desk_page(row), {"gjor": "omgjor", **given}, follow=True)
    assert answer.redirect_chain[-1][0].endswith(f"/soknader/{decision.application_id}/vedtak/")
    assert answer.status_code == 200
    late = client.post(desk_page(row), {"gjor": "send", **given}, follow=True)
    assert late.redirect_chain[-1][0] == desk_page(row) and only(decision).state == "upheld"


def test_who_made_the_decision_sees_no_form_for_the_outcome_and_a_colleague_enters_it(
    decision: Decision, leader: User
) -> None:
    row = make.a_complaint(decision)
    other = people.a_user("officer", row.authority)
    make.no_ties(row.case, leader, other)
    make.no_ties(decision.application, other)
    answering.forward(row, "Vi finner ingen feil.", by=leader, now=NOW)
    typed = {"gjor": "utfall", "utfall-outcome": "rejected", "utfall-decided_on": TODAY.isoformat(),
             "utfall-resolution": "Klagen tas ikke til følge.", "utfall-votes": "Enstemmig"}  # fmt: skip
    mine = signed_in(leader)
    assert "utfall-outcome" not in mine.get(desk_page(row)).content.decode()
    mine.post(desk_page(row), typed)
    assert only(decision).state == "forwarded"
    hers = signed_in(other)
    assert "utfall-outcome" in hers.get(desk_page(row)).content.decode()
    ahead = {**typed, "utfall-decided_on": (TODAY + dt.timedelta(days=1)).isoformat()}
    assert hers.post(desk_page(row), ahead).status_code == 200
    assert "Enstemmig" in hers.post(desk_page(row), typed, follow=True).content.decode()
    assert only(decision).outcome == "rejected"


def test_a_complaint_on_paper_is_registered_from_the_application(decision: Decision, leader: User) -> None:
    application = decision.application
    client, page = signed_in(leader), f"/{application.authority.slug}/soknader/{application.pk}/klage/"
    assert 'name="received_on"' in client.get(page).content.decode()
    typed = {"text": WRITTEN, "decision": decision.pk, "received_on": TODAY.isoformat(), "source": "post"}
    assert client.post(page, {**typed, "source": ""}).status_code == 200
    made = client.post(page, typed)
    row = only(decision)
    assert made.url == desk_page(row) and row.registered_by == leader
    assert 'name="received_on"' not in client.get(page).content.decode()


def test_the_list_asks_as_many_questions_for_many_as_for_one(application: Application, leader: User) -> None:
    client, page = signed_in(leader), f"/{application.authority.slug}/klager/"

    def more(number: int) -> None:
        for _ in range(number):
            sent = make.an_application(application.call)
            row = make.a_complaint(make.notified(make.a_decision(sent, leader, "refused")))
            Complaint.objects.filter(pk=make.a_complaint(row.decision, state="withdrawn").pk)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page).status_code == 200
        return len(queries)

    more(1)
    client.get(page)
    few = asked()
    more(3)
    assert asked() == few
    assert deadlines.received(TODAY).filter(authority=application.authority).count() == 4
