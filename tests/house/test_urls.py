"""Every address × every role has a declared answer, and another authority's row answers as one that does not exist."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from grants.models import (
    AidReport,
    Application,
    ApplicationFile,
    BankAccount,
    Batch,
    BudgetLine,
    Call,
    Complaint,
    Condition,
    FinalAccounts,
    Fund,
    Grant,
    GrantReport,
    LedgerEntry,
    Payout,
    Pledge,
    ProjectChange,
    Repayment,
)
from portal import keys
from portal.models import (
    AccessRequest,
    Declaration,
    Document,
    IdentityProvider,
    Letter,
    Mandate,
    MandateInvitation,
    MandateRequest,
    Organisation,
)
from portal.tasks import beat_tick
from strategy import rolling
from strategy.models import Follower, ForumQuestion, Indicator, MeasureParticipation, ReportingPeriod, StatusReport
from tests.house.url_places_awards import places_of_awards
from tests.house.url_places_imports import places_of_imports
from tests.house.url_rows import CASEWORKERS, EVERYBODY, PUBLIC
from tests.house.url_table import ADMIN, TABLE, Rights
from tests.world import DRAFT_PLAN, HOME, NEXT, PEOPLE, PLAN, REGION, SHARED_PLAN, World

pytestmark = pytest.mark.django_db
NOTHING = 10**9
SAME_AS_ATTESTER = {"decision_maker", "finance_preparer", "approver"}
"""These read what the attester reads; what they may not do is asked of each of them."""
PER_MODEL = re.compile(r"^admin/(portal|strategy|grants|awards)/[a-z]+/")


def patterns(resolver: Any, before: str = "") -> list[str]:
    found = []
    for each in resolver.url_patterns:
        pattern = before + str(each.pattern)
        found += patterns(each, pattern) if hasattr(each, "url_patterns") else [pattern]
    return found


def test_the_table_knows_everyone() -> None:
    assert set(EVERYBODY) == {*PEOPLE, "anonymous"}
    for rows in TABLE.values():
        for row in rows:
            assert set(row.answers) == set(EVERYBODY), row.address


def test_every_address_has_a_row() -> None:
    ours = {pattern for pattern in patterns(get_resolver()) if not PER_MODEL.match(pattern)}
    assert ours - set(TABLE) == set(), "declare these in tests/house/url_table.py"
    assert set(TABLE) - ours == set(), "these addresses are gone: take their rows away"


def test_every_admin_page_belongs_to_a_model_with_declared_rights() -> None:
    known = r"(|add/|eksport/<slug:form>/|<path:object_id>/(history/|delete/|change/|mal/|prov/|))$"
    for pattern in patterns(get_resolver()):
        if PER_MODEL.match(pattern):
            assert re.search(PER_MODEL.pattern + known, pattern), f"declare {pattern}"
    registered = {model._meta.label_lower for model in admin.site._registry}
    assert registered == set(ADMIN), "declare who may write them in tests/house/url_table.py"


def partner_key(world: World) -> str:
    """Return a key into a report that a partner is asked for: not the one the officers answer."""
    report = StatusReport.objects.filter(authority=world.home.authority).order_by("pk").last()
    assert report is not None
    StatusReport.objects.filter(pk=report.pk).update(address="havn@test.example")
    return keys.issue("partner_report", now=timezone.now(), address="havn@test.example", subject_id=report.pk)


def places_of_money(world: World) -> dict[str, int]:
    """Return what the desk's addresses of money name, here and next door."""
    found = {}
    for before, town in (("", world.home), ("next_", world.next)):
        line = town.rows(BudgetLine).get(stage="adopted", fund=None)
        found |= {
            f"{before}line": line.pk, f"{before}account": line.account_id,
            f"{before}proposed_line": town.rows(BudgetLine).get(stage="proposed").pk,
            f"{before}entry": town.rows(LedgerEntry).get(line=line).pk,
            f"{before}fund": town.one(Fund).pk, f"{before}pledge": town.one(Pledge).pk,
            f"{before}condition": town.rows(Condition).filter(grant__isnull=False).order_by("pk")[0].pk,
            f"{before}claim": town.one(Repayment).pk,
            f"{before}payout": town.rows(Payout).get(state="asked").pk,
            f"{before}bank_account": town.one(BankAccount).pk,
        }  # fmt: skip
    return found


def places_of_fund(world: World) -> dict[str, Any]:
    """Return what the addresses of the business fund name, here and next door."""
    found = {}
    for before, town in (("", world.home), ("next_", world.next)):
        found |= {
            f"{before}access_request": town.one(AccessRequest).pk,
            f"{before}draft_application": town.rows(Application).get(state="draft").pk,
            f"{before}application": town.rows(Application).get(state="submitted").pk,
            f"{before}application_file": town.one(ApplicationFile).pk,
            f"{before}application_document": town.one(Letter).document_id,
            f"{before}decided": town.rows(Application).get(state="granted").pk,
            f"{before}call": town.rows(Call).exclude(published_at=None).get().pk,
            f"{before}unannounced": town.rows(Call).get(published_at=None).pk,
            f"{before}batch": town.one(Batch).pk, f"{before}complaint": town.one(Complaint).pk,
            f"{before}final_report": town.one(FinalAccounts).report_id,
            f"{before}aid_report": town.one(AidReport).pk, f"{before}change": town.one(ProjectChange).pk, f"{before}declaration": town.one(Declaration).pk,
            f"{before}tie": town.rows(Declaration).get(answer="tie").pk,
            f"{before}application_case": town.rows(Application).get(state="submitted").case_id,
        }  # fmt: skip
    return found


@pytest.fixture
def places(world: World) -> dict[str, Any]:
    beat_tick()
    return {
        "home": HOME, "next": NEXT, "plan": PLAN, "draft": DRAFT_PLAN, "document": world.home.document.pk,
        "guest_document": Document.objects.get(case=world.home.guest_case).pk, "next_document": world.next.document.pk,
        "case": world.home.case.pk, "next_case": world.next.case.pk,
        "measure": world.home.participation.measure_id, "next_measure": world.next.participation.measure_id,
        "calendar_key": keys.issue("calendar", now=timezone.now(), user=world.user("officer"), scope="me"),
        "invitation_key": keys.issue(
            "invitation", now=timezone.now(), subject_id=world.home.round.invitations.get().pk
        ),
        "region": REGION, "shared": SHARED_PLAN, "period": world.home.one(ReportingPeriod).pk,
        "next_period": world.next.one(ReportingPeriod).pk, "status_report": world.home.one(StatusReport).pk,
        "next_status_report": world.next.one(StatusReport).pk,
        "password_key": keys.issue(
            "password", now=timezone.now(), user=world.user("editor"), address=world.user("editor").email
        ),
        "idporten": world.home.rows(IdentityProvider).get(way="idporten").pk,
        "organisation": world.home.one(Organisation).pk, "next_organisation": world.next.one(Organisation).pk,
        "open_round": world.home.round.pk, "next_round": world.next.round.pk,
        "mandate": world.home.one(Mandate).pk, "next_mandate": world.next.one(Mandate).pk,
        "mandate_request": world.home.one(MandateRequest).pk, "next_mandate_request": world.next.one(MandateRequest).pk,
        "mandate_key": keys.issue(
            "mandate", now=timezone.now(), subject_id=world.home.one(MandateInvitation).pk
        ),
        "stop_key": keys.issue("unsubscribe", now=timezone.now(), address="en@test.example", scope="input_due"),
        "follow_key": keys.issue("follow", now=timezone.now(), subject_id=world.home.one(Follower).pk),
        "question": world.home.one(ForumQuestion).pk, "indicator": world.home.one(Indicator).pk,
        "next_indicator": world.next.one(Indicator).pk, "partner_key": partner_key(world),
        "grant_report": world.home.one(GrantReport).pk, "grant": world.home.one(Grant).pk, "next_grant": world.next.one(Grant).pk,
        **places_of_money(world), **places_of_fund(world), **places_of_awards(world), **places_of_imports(world),
        "action_part": rolling.start(
            world.home.plan, period_start=2027, period_end=2030, by=world.user("officer")
        ).pk,
    }  # fmt: skip


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, person: str) -> None:
    """Answer without filling in templates, but for two people: who may what is decided before that."""
    if person not in ("anonymous", "officer"):
        monkeypatch.setattr("django.template.backends.django.Template.render", lambda *args, **kwargs: "")


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("person", EVERYBODY)
def test_each_address_answers_each_person_as_declared(places: dict[str, Any], as_role: Any, person: str) -> None:
    client, wrong = as_role(person), []
    for rows in TABLE.values():
        for row in rows:
            address = row.address.format(**places)
            status = getattr(client, row.method)(address, row.data or None).status_code
            if status != row.answers[person]:
                wrong.append(f"{row.method} {address}: {status}, declared {row.answers[person]}")
    assert not wrong, f"{person}:\n" + "\n".join(wrong)


# ---- the case pages ----


def address(model: Any, kind: str, *arguments: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{kind}", args=arguments)


def own_row(model: Any, user: Any) -> Any:
    """Return a row this person sees in the case pages, of her own authority rather than of a shared plan."""
    rows = model._default_manager.visible_to(user).order_by("pk")
    if hasattr(model, "authority_id") and user.memberships.exists():
        rows = rows.filter(authority_id__in=user.memberships.values("authority_id"))
    return rows.first()


def declared(model: Any, granted: Rights, person: str, row: Any) -> dict[str, int]:
    """Return each page's declared answer to a caseworker."""
    pages = {
        address(model, "changelist"): 200,
        address(model, "add"): 200 if person in granted.add else 403,
    }
    if row is not None:
        if person not in SAME_AS_ATTESTER:
            pages |= {address(model, kind, row.pk): 200 for kind in ("change", "history")}
        pages[address(model, "delete", row.pk)] = 200 if person in granted.delete else 403
    if person == "officer" and getattr(admin.site._registry[model], "export_columns", ()):
        pages[address(model, "export", "csv")] = 200
        pages[address(model, "export", "pdf")] = 404
    return pages


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("person", CASEWORKERS)
def test_each_case_page_answers_each_caseworker_as_declared(world: World, as_role: Any, person: str) -> None:
    client, user, wrong = as_role(person), world.user(person), []
    for model in admin.site._registry:
        pages = declared(model, ADMIN[model._meta.label_lower], person, own_row(model, user))
        for page, expected in pages.items():
            if (status := client.get(page).status_code) != expected:
                wrong.append(f"{page}: {status}, declared {expected}")
    assert not wrong, f"{person}:\n" + "\n".join(wrong)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("person", PUBLIC)
def test_no_case_page_opens_for_others(world: World, as_role: Any, person: str) -> None:
    client, wrong = as_role(person), []
    for model in admin.site._registry:
        row = world.home.one(model)
        pages = [address(model, "changelist"), address(model, "add")]
        pages += [address(model, kind, row.pk) for kind in ("change", "delete", "history")] if row else []
        for page in pages:
            answer = client.get(page)
            if answer.status_code != (302 if person == "anonymous" else 403):
                wrong.append(f"{page}: {answer.status_code}")
    assert not wrong, f"{person}:\n" + "\n".join(wrong)


def ask(client: Client, model: Any, kind: str, pk: int) -> tuple[Any, ...]:
    """Return all that a person can tell one answer from another by, with the id taken out."""
    client.cookies.pop("messages", None)
    answer = client.get(address(model, kind, pk))
    location = answer.get("Location", "")
    said = []
    if answer.status_code == 302:
        said = [str(message).replace(str(pk), "#") for message in get_messages(answer.wsgi_request)]
    return answer.status_code, location, said


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("person", ["officer", "editor", "guest_officer", "neighbour"])
def test_what_others_own_answers_as_what_does_not_exist(world: World, as_role: Any, person: str) -> None:
    client, user, wrong = as_role(person), world.user(person), []
    for model in admin.site._registry:
        theirs = model._default_manager.exclude(pk__in=model._default_manager.visible_to(user)).order_by("pk").first()
        if theirs is None:
            continue
        for kind in ("change", "delete", "history"):
            found, nothing = (ask(client, model, kind, pk) for pk in (theirs.pk, NOTHING))
            if found != nothing:
                wrong.append(f"{kind} of {model._meta.label}: {found}, but nothing answers {nothing}")
    assert not wrong, f"{person}:\n" + "\n".join(wrong)


# ---- the demo's own pages ----


@pytest.fixture
def demo(settings: Any, world: World) -> World:
    settings.DEMO = True
    settings.ROOT_URLCONF = "tests.house.demo_urls"
    return world


def test_the_demos_pages_exist_in_the_demo_only(demo: World, client: Client, settings: Any) -> None:
    assert client.get("/demo/").status_code == 200
    assert client.get("/demo/postkasse/").status_code == 200
    settings.DEMO = False
    assert client.get("/demo/").status_code == 404
    assert client.get("/demo/postkasse/").status_code == 404
    assert client.post("/demo/", {"user": demo.user("officer").pk}).status_code == 404


def test_the_demo_signs_in_its_own_people_only(demo: World, client: Client) -> None:
    person = demo.user("officer")
    assert client.post("/demo/", {"user": person.pk}).status_code == 302
    assert client.get("/admin/").status_code == 200
    person.email = "ekte@kommune.no"
    person.save()
    client.logout()
    assert client.post("/demo/", {"user": person.pk}).status_code == 404
    assert client.post("/demo/", {"user": "x"}).status_code == 404
    assert client.post("/demo/", {}).status_code == 404


def test_a_measure_has_one_address_and_no_other_plan_shows_it(world: World, client: Client) -> None:
    row = MeasureParticipation.objects.filter(plan=world.region.plan).first()
    assert row is not None
    assert client.get(row.measure.get_absolute_url()).status_code == 200
    assert client.get(f"/{HOME}/planer/{PLAN}/tiltak/{row.measure_id}/").status_code == 404
