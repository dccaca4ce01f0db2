"""Schemes in the case pages: measures they serve, statutes that stay, conditions they ask for; money is only read."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib import admin
from django.urls import reverse

from grants.models import Condition, Grant, LedgerEntry, PaymentRules, Payout, Scheme, SchemeStatutes, ServedMeasure
from portal.models import AccessLog
from tests import factories as ground
from tests import factories_money as make
from tests.conftest import signed_in
from tests.portal.test_admin_forms import complaints, form_of, new_row, send

if TYPE_CHECKING:
    from django.test import Client

    from portal.models import Authority
    from strategy.models import Plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(db: None) -> Plan:
    return ground.a_plan(ground.an_authority())


@pytest.fixture
def place(plan: Plan) -> Authority:
    return plan.authority


@pytest.fixture
def officer(place: Authority) -> Client:
    return signed_in(ground.a_user("officer", place))


@pytest.fixture
def scheme(place: Authority) -> Scheme:
    return make.a_scheme(place)


def address(row: Any, kind: str = "change") -> str:
    return reverse(f"admin:grants_{row._meta.model_name}_{kind}", args=[row.pk])


# ---- schemes ----


def test_pages_that_are_sent_untouched_change_nothing(
    place: Authority, plan: Plan, officer: Client, scheme: Scheme
) -> None:
    make.served(scheme, ground.a_measure(plan).measure)
    make.a_scheme_case(scheme, ground.a_case(place))
    for row in (scheme, make.some_statutes(scheme), make.a_condition(scheme, "matching", first_year=2022)):
        row.refresh_from_db()
        before = type(row).objects.filter(pk=row.pk).values().get()
        answer = send(officer, address(row))
        assert answer.status_code == 302, complaints(answer)
        assert type(row).objects.filter(pk=row.pk).values().get() == before


def test_the_main_measure_is_changed_in_one_go(plan: Plan, officer: Client, scheme: Scheme) -> None:
    first = make.served(scheme, ground.a_measure(plan).measure)
    other = make.served(scheme, ground.a_measure(plan).measure, is_main=False)
    fields = form_of(officer, address(scheme))
    both = {**fields, "served-1-is_main": "on"}
    assert complaints(officer.post(address(scheme), both)) == {"served-__all__"}
    del fields["served-0-is_main"]
    assert officer.post(address(scheme), {**fields, "served-1-is_main": "on"}).status_code == 302
    first.refresh_from_db()
    other.refresh_from_db()
    assert (first.is_main, other.is_main) == (False, True)


def test_a_scheme_is_made_with_its_dimensions(place: Authority, officer: Client) -> None:
    asked = {"name": "Næringsfond", "slug": "naeringsfond", "kind": "fund", "dimensions": "ansvar = 1100\nart = 14700"}
    answer = officer.post(reverse("admin:grants_scheme_add"), asked)
    assert answer.status_code == 302
    made = Scheme.objects.get(authority=place)
    assert made.dimensions == {"ansvar": "1100", "art": "14700"}


def test_two_schemes_do_not_share_an_address(place: Authority, officer: Client, scheme: Scheme) -> None:
    asked = {"name": "Den samme", "slug": scheme.slug, "kind": "fund"}
    answer = officer.post(reverse("admin:grants_scheme_add"), asked)
    assert complaints(answer) == {"__all__"}
    assert Scheme.objects.filter(slug=scheme.slug).count() == 1


def test_a_scheme_serves_measures_of_plans_its_authority_takes_part_in(
    plan: Plan, officer: Client, scheme: Scheme
) -> None:
    measure = ground.a_measure(plan).measure
    foreign = ground.a_measure(ground.a_plan(ground.an_authority())).measure
    page = address(scheme)
    fields = form_of(officer, page)
    assert complaints(officer.post(page, new_row(fields, "served", measure=foreign.pk))) == {"served-0-measure"}
    assert officer.post(page, new_row(fields, "served", measure=measure.pk, is_main="on")).status_code == 302
    assert ServedMeasure.objects.get(scheme=scheme).measure == measure


def test_a_line_of_another_scheme_is_refused_beside_its_field(
    place: Authority, plan: Plan, officer: Client, scheme: Scheme
) -> None:
    line, page = make.a_line(make.a_scheme(place)), address(scheme)
    measure = ground.a_measure(plan).measure
    fields = form_of(officer, page)
    answer = officer.post(page, new_row(fields, "served", measure=measure.pk, line=line.pk))
    assert complaints(answer) == {"served-0-line"}


# ---- statutes ----


def test_adopted_statutes_are_read_and_not_changed(place: Authority, officer: Client, scheme: Scheme) -> None:
    facts = {
        "activity": "decision",
        "outcome": "adopted",
        "resolution": "Vedtatt.",
        "decided_on": dt.date(2025, 12, 11),
    }
    step = ground.a_step(ground.a_case(place), **facts)
    statutes = make.some_statutes(scheme)
    page = address(statutes)
    fields = form_of(officer, page)
    assert officer.post(page, {**fields, "adopted_in": step.pk, "valid_from": "2026-01-01"}).status_code == 302
    assert SchemeStatutes.objects.get(pk=statutes.pk).adopted_in == step
    assert officer.post(page, {**fields, "text": "Noe annet"}).status_code == 403
    assert officer.get(page).status_code == 200
    assert officer.post(address(statutes, "delete"), {"post": "yes"}).status_code == 403


def test_statutes_are_not_adopted_by_a_resolution_that_carries_nothing(
    place: Authority, officer: Client, scheme: Scheme
) -> None:
    step = ground.a_step(ground.a_case(place), activity="decision", outcome="postponed")
    page = address(make.some_statutes(scheme))
    fields = form_of(officer, page)
    answer = officer.post(page, {**fields, "adopted_in": step.pk, "valid_from": "2026-01-01"})
    assert "Dette vedtaket vedtar ingenting." in answer.content.decode()


# ---- conditions ----


def asked_for(scheme: Scheme, **facts: Any) -> dict[str, Any]:
    return {
        "scheme": scheme.pk, "title": "Næringslivet bidrar like mye", "kind": "matching", "binds": "recipient",
        "stage": "adopted", "state": "open", "position": 0, "first_year": 2022, "last_year": 2023,
        "classes": ["business"], "share_percent": 100, **facts,
    }  # fmt: skip


def test_a_matching_condition_names_its_classes_and_share(officer: Client, scheme: Scheme) -> None:
    page = reverse("admin:grants_condition_add")
    assert officer.post(page, asked_for(scheme, classes=[])).status_code == 200
    assert officer.post(page, asked_for(scheme, share_percent="")).status_code == 200
    assert officer.post(page, asked_for(scheme)).status_code == 302
    made = Condition.objects.get(scheme=scheme)
    assert (made.classes, made.share_percent, made.grant) == (["business"], 100, None)


def test_a_condition_that_is_met_is_dated_and_notes_who_said_so(officer: Client, scheme: Scheme) -> None:
    condition = make.a_condition(scheme, binds="authority", title="Kommunen eier ikke")
    page = address(condition)
    fields = form_of(officer, page)
    assert officer.post(page, {**fields, "state": "met"}).status_code == 302
    condition.refresh_from_db()
    assert (condition.settled_on is not None, condition.settled_by_id is not None) == (True, True)
    fields = form_of(officer, page)
    assert officer.post(page, {**fields, "state": "waived"}).status_code == 200
    assert officer.post(page, {**fields, "state": "open"}).status_code == 302
    condition.refresh_from_db()
    assert (condition.settled_on, condition.settled_by) == (None, None)


def test_a_grants_own_conditions_are_not_changed_here(officer: Client, scheme: Scheme) -> None:
    line = make.a_line(scheme)
    assert line.account is not None
    condition = make.a_condition(make.a_grant(line.account))
    assert officer.get(address(condition)).status_code == 302


# ---- rules, and what is only read ----


def test_leaders_set_how_many_persons_a_payout_takes(place: Authority, officer: Client) -> None:
    rules = PaymentRules.objects.create(authority=place)
    assert officer.post(address(rules), {"persons": 2}).status_code == 403
    leader = signed_in(ground.a_user("leader", place))
    fields = form_of(leader, address(rules))
    assert leader.post(address(rules), {**fields, "persons": 2}).status_code == 302
    rules.refresh_from_db()
    assert rules.persons == 2


def test_who_reads_an_exempt_cases_money_is_noted(place: Authority, officer: Client, scheme: Scheme) -> None:
    case = ground.a_case(place, access="exempt", access_basis="Offl. § 13")
    line = make.a_line(scheme)
    assert line.account is not None
    grant = make.a_grant(line.account, case=case)
    for row in (grant, make.a_payout(grant), grant.entries.get()):
        officer.get(address(row))
        officer.get(reverse(f"admin:grants_{row._meta.model_name}_changelist"))
    assert set(AccessLog.objects.filter(case=case).values_list("what", flat=True)) == {"case", "list"}


def test_what_moves_money_is_not_written_in_the_case_pages(place: Authority, scheme: Scheme) -> None:
    line = make.a_line(scheme)
    assert line.account is not None
    grant = make.a_grant(line.account)
    operator = signed_in(ground.a_user(is_superuser=True))
    for row in (line, grant, make.a_payout(grant), grant.entries.get()):
        answer = operator.post(address(row), {"amount_nok": 1})
        assert answer.status_code == 403
    for model in (Grant, Payout, LedgerEntry):
        assert not admin.site._registry[model].actions
