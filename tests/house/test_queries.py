"""Every list costs the same number of queries for 1, 3 and 100 rows, and the costly pages stay under their caps."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from grants.models import AidCeiling, ExchangeRate
from portal import keys
from portal.models import (
    AccessLog,
    Authority,
    Deputy,
    GroupRole,
    IdentityProvider,
    LinkKey,
    Notice,
    NoticeRule,
    PathTemplate,
    Run,
)
from strategy.models import MeasureTag, Plan
from tests import factories as make
from tests import factories_money
from tests.conftest import signed_in

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db
SIZES = (1, 3, 100)
STATUS_LIVE, STATUS_UNCHANGED, ADMIN_MEASURES = 14, 3, 12
"""One of each of the two first is what schemes of support show there; one of the first, the prizes."""
APPLICATION_LIST = 10
NOT_COUNTED = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")


def queries_of(client: Client, address: str, *, status: int = 200, warm: bool = True, **headers: str) -> list[str]:
    """Return the statements one request sends to the database, after a first request that warms what is kept."""
    if warm:
        client.get(address, headers=headers)
    cache.clear()
    with CaptureQueriesContext(connection) as caught:
        answer = client.get(address, headers=headers)
    assert answer.status_code == status, (address, answer.status_code)
    return [q["sql"] for q in caught.captured_queries if not q["sql"].startswith(NOT_COUNTED)]


def one_a_line(queries: list[str]) -> str:
    return "\n".join(sql[:300] for sql in queries)


def same_for_all_sizes(grow: Callable[[int], tuple[Client, dict[str, int | None]]]) -> None:
    """Grow a list to each size in turn and compare what one request costs; `grow` returns addresses with their caps."""
    costs: dict[str, dict[int, list[str]]] = {}
    for size in SIZES:
        with transaction.atomic():
            client, addresses = grow(size)
            for place, (address, cap) in enumerate(addresses.items()):
                costs.setdefault(f"page {place + 1}", {})[size] = queries = queries_of(client, address, warm=size == 1)
                assert cap is None or len(queries) <= cap, f"{address}\n{one_a_line(queries)}"
            transaction.set_rollback(True)
    for page, found in costs.items():
        numbers = {size: len(queries) for size, queries in found.items()}
        assert len(set(numbers.values())) == 1, f"{page}: {numbers}\n{one_a_line(found[3])}"


def a_full_plan(measures: int, **facts: Any) -> Plan:
    """Make a plan in an authority of its own, where each row has everything a page may show."""
    authority = make.an_authority()
    unit = make.a_unit(authority)
    plan = make.a_plan(authority, live_view_open=True, **facts)
    tag = make.a_tag(plan)
    person = make.a_user("officer", authority)
    for place in range(measures):
        if place % 10 == 0:
            strategy = make.a_strategy(plan, goal=make.a_goal(plan, owner=unit))
        done = make.a_measure(plan, strategy=strategy, unit=unit, person=person, due_on=f"20{27 + place % 4}-06-01")
        make.a_milestone(done)
        make.funding(done, state="funded", decision_reference="KS 1/26")
        MeasureTag.objects.create(measure=done.measure, tag=tag)
    return plan


def test_the_front_page() -> None:
    def grow(size: int) -> tuple[Client, dict[str, int | None]]:
        Authority.objects.update(is_listed=False)
        for _ in range(size):
            make.a_round(make.a_case(make.a_plan(make.an_authority()).authority))
        return Client(), {"/": None}

    same_for_all_sizes(grow)


def test_an_authoritys_page() -> None:
    def grow(size: int) -> tuple[Client, dict[str, int | None]]:
        authority = make.an_authority()
        for _ in range(size):
            make.a_body(authority)
            plan = make.a_plan(authority, live_view_open=True)
            make.a_measure(plan, goal=make.a_goal(plan))
        return Client(), {authority.get_absolute_url(): None}

    same_for_all_sizes(grow)


@pytest.mark.slow
def test_a_plans_status_page_and_the_list_and_exports_of_its_measures() -> None:
    def grow(size: int) -> tuple[Client, dict[str, int | None]]:
        plan, admin = a_full_plan(size), "/admin/strategy/measureparticipation/"
        officer = signed_in(plan.authority.memberships.get().user)
        exports = {f"{admin}eksport/{form}/": None for form in ("csv", "xlsx")}
        return officer, {plan.get_absolute_url(): STATUS_LIVE + 3, admin: ADMIN_MEASURES, **exports}

    same_for_all_sizes(grow)


def test_a_plans_status_page_for_those_who_are_not_signed_in() -> None:
    plan = a_full_plan(3)
    queries = queries_of(Client(), plan.get_absolute_url())
    assert len(queries) <= STATUS_LIVE, one_a_line(queries)


def test_a_plans_status_page_with_many_participants() -> None:
    def grow(size: int) -> tuple[Client, dict[str, int | None]]:
        from strategy.models import PlanParticipant

        plan = a_full_plan(1)
        for _ in range(size):
            member = make.an_authority(is_listed=False)
            PlanParticipant.objects.create(plan=plan, authority=member, role="member")
            make.MeasureParticipation.objects.create(plan=plan, measure=plan.measures.get(), authority=member)
        return Client(), {plan.get_absolute_url(): STATUS_LIVE}

    same_for_all_sizes(grow)


def test_a_cases_page_and_the_page_of_its_way() -> None:
    def grow(size: int) -> tuple[Client, dict[str, int | None]]:
        from portal.models import CaseRelation, PathTemplateStep, RegionMembership
        from strategy.models import PlanCase

        region = make.an_authority(kind="region")
        officer = make.a_user("officer", region)
        case, template = make.a_case(region, officer=officer), PathTemplate.objects.create(authority=region, name="Mal")
        for place in range(size):
            member = make.an_authority()
            RegionMembership.objects.create(region=region, member=member)
            make.a_step(case, stage=place // 3, body=make.a_body(member, kind="council"), actor="")
            make.a_round(case)
            CaseRelation.objects.create(authority=region, case=case, related=make.a_case(region))
            PlanCase.objects.create(authority=region, plan=make.a_plan(region, status="hearing"), case=case)
            PathTemplateStep.objects.create(
                authority=region, template=template, activity="decision", body_kind="council", each_member=place == 0
            )
        path = f"/admin/portal/case/{case.pk}/mal/"
        return signed_in(officer), dict.fromkeys([case.get_absolute_url(), path, f"{path}?template={template.pk}"])

    same_for_all_sizes(grow)


def test_a_measures_page() -> None:
    def grow(size: int) -> tuple[Client, dict[str, int | None]]:
        plan = a_full_plan(1)
        for _ in range(size):
            make.a_milestone(plan.participations.get())
        return Client(), {plan.measures.get().get_absolute_url(): None}

    same_for_all_sizes(grow)


def test_an_unchanged_status_page_costs_three_queries() -> None:
    plan = a_full_plan(5)
    client = Client()
    tag = client.get(plan.get_absolute_url())["ETag"]
    queries = queries_of(client, plan.get_absolute_url(), status=304, **{"If-None-Match": tag})
    assert len(queries) <= STATUS_UNCHANGED, one_a_line(queries)


def some_dates(size: int) -> tuple[Any, Authority]:
    """Make an officer whose authority has this many due dates, hers, colleagues' and nobody's, and as many notices."""
    plan = make.a_plan(make.an_authority())
    officer = make.a_user("officer", plan.authority)
    for place in range(size):
        person = (officer, None, make.a_user("officer", plan.authority))[place % 3]
        make.a_milestone(make.a_measure(plan, person=person), due_on=timezone.localdate() + dt.timedelta(place - 10))
        Notice.objects.create(
            user=officer, authority=plan.authority, kind="milestone", subject_type="strategy.milestone",
            subject_id=place, on_date=timezone.localdate(), occasion="day", title="Milepæl", mail=make.a_mail(),
        )  # fmt: skip
    return officer, plan.authority


def test_what_waits_and_what_was_told() -> None:
    def grow(size: int) -> tuple[Client, dict[str, int | None]]:
        officer, authority = some_dates(size)
        keys_of = [keys.issue("calendar", now=timezone.now(), user=officer, scope="me") for _ in range(min(size, 9))]
        scope = f"authority:{authority.pk}"
        raw = keys.issue("calendar", now=timezone.now(), user=officer, scope=scope)
        LinkKey.objects.update(used_at=timezone.now())  # noted once an hour: fetched a moment ago
        pages = ["/venter-pa-deg/", f"/{authority.slug}/frister/", "/venter-pa-deg/kalender/", "/varsler/"]
        feeds = [f"/kalender/{each}.ics" for each in (keys_of[0], raw)]
        return signed_in(officer), dict.fromkeys([*pages, "/varsler/valg/", *feeds, "/admin/"])

    same_for_all_sizes(grow)


def test_the_page_of_operations_and_the_metrics() -> None:
    def grow(size: int) -> tuple[Client, dict[str, int | None]]:
        authority = make.an_authority()
        leader = make.a_user("leader", authority)
        for place in range(size):
            make.a_notice(authority, kind=f"kind {place}")
            make.a_mail(authority=authority, state=("queued", "dead")[place % 2])
            Run.objects.create(name=f"round {place}", finished_at=timezone.now(), counts={"made": place})
        return signed_in(leader), dict.fromkeys(["/drift/", "/metrikk/"])

    same_for_all_sizes(grow)


def a_busy_round(authority: Authority, size: int) -> Any:
    """Make a round with this many inputs, answered and not, with attachments, effects, mails and as many invited."""
    from portal.models import InputAttachment
    from strategy.models import InputEffect

    case, plan = make.a_case(authority), make.a_plan(authority)
    round_ = make.a_round(case, due_on=dt.date(2026, 3, 1))
    for place in range(size):
        asked = make.an_invitation(round_, invited_at=timezone.now())
        make.an_invitation(round_)
        row = make.an_input(round_, source="invited", invitation=asked) if place % 2 else make.an_input(round_)
        for _ in range(2):
            InputAttachment.objects.create(authority=authority, input=row, document=make.a_document(case))
        InputEffect.objects.create(authority=authority, plan=plan, input=row, change="Endret.")
        if place % 3 == 0:
            make.an_answer(row, answered_by=make.a_user("officer", authority))
        for subject, kind in ((row, "input_received"), (asked, "input_invited")):
            Notice.objects.create(
                authority=authority, address=subject.address, kind=kind, subject_type=subject._meta.label_lower,
                subject_id=subject.pk, on_date=dt.date(2026, 3, 2), occasion="x", title="Runde", mail=make.a_mail(),
            )  # fmt: skip
    return round_


def test_the_rounds_of_an_authority_and_one_with_its_answers() -> None:
    from portal.models import RoundDocument
    from strategy.models import InputEffect

    def grow(size: int) -> tuple[Client, dict[str, int | None]]:
        authority = make.an_authority()
        plan, case = make.a_plan(authority, status="hearing"), make.a_case(authority)
        for place in range(size):
            make.a_round(make.a_case(authority), due_on=timezone.localdate() + dt.timedelta(place - 2))
        asked, answered = make.a_round(case), make.a_round(case)
        invitation = make.an_invitation(asked)
        for _ in range(size):
            for round_ in (asked, answered):
                RoundDocument.objects.create(authority=authority, round=round_, document=make.a_document(case))
                make.an_answer(row := make.an_input(round_, may_publish=True))
                InputEffect.objects.create(authority=authority, plan=plan, input=row, change="Endret.")
        answered.answers_published_at = timezone.now()
        answered.save()
        key = keys.issue("invitation", now=timezone.now(), subject_id=invitation.pk)
        home, page = authority.get_absolute_url(), asked.get_absolute_url()
        return Client(), dict.fromkeys(
            [home, f"{home}innspill/", page, f"{page}invitasjon/{key}/", answered.get_absolute_url()]
        )

    same_for_all_sizes(grow)


def test_a_rounds_input_as_officers_work_with_it() -> None:
    def grow(size: int) -> tuple[Client, dict[str, int | None]]:
        authority = make.an_authority()
        officer = make.a_user("officer", authority)
        page = f"/{authority.slug}/innspill/{a_busy_round(authority, size).slug}/svar/"
        queries = ("", "?vis=sent&q=bedrift", "?fil=csv", "?fil=xlsx", "?utskrift=1", "?gjor=minn", "?gjor=inviter")
        return signed_in(officer), {**dict.fromkeys(page + query for query in queries), f"{page}1/": None}

    same_for_all_sizes(grow)


def test_a_persons_own_page() -> None:
    def grow(size: int) -> tuple[Client, dict[str, int | None]]:
        authority = make.an_authority()
        person = make.a_user("officer", authority)
        for place in range(size):
            organisation, case = make.an_organisation(authority), make.a_case(authority, officer=person)
            make.a_mandate(organisation, person)
            sent, begun = (
                make.a_round(case, answers_published_at=timezone.now()),
                make.a_round(case, due_on="2099-01-01"),
            )
            make.a_draft(organisation, begun)
            make.an_answer(make.an_input(sent, sent_by=person))
            make.an_input(sent, organisation=organisation)
            Notice.objects.filter(pk=make.a_notice(authority).pk).update(user=person, occasion=f"{place}")
        return signed_in(person, "mfa"), {"/min-side/": 21}

    same_for_all_sizes(grow)


def test_an_organisations_page_and_its_input() -> None:
    def grow(size: int) -> tuple[Client, dict[str, int | None]]:
        authority = make.an_authority()
        organisation, person, case = make.an_organisation(authority), make.a_user(), make.a_case(authority)
        host = make.a_mandate(organisation, person)
        for _ in range(size):
            make.a_mandate(organisation, make.a_user(), invited_by=host)
            make.a_mandate_invitation(host)
            sent = make.a_round(case, answers_published_at=timezone.now())
            make.an_answer(make.an_input(sent, organisation=organisation, sent_by=person))
            draft = make.a_draft(organisation, make.a_round(case), edited_by=person)
            make.a_round(case)
        page = f"/min-side/virksomhet/{organisation.pk}/"
        write = f"{page}innspill/{draft.round_id}/"
        client = signed_in(person, "ansattporten")
        return client, dict.fromkeys([page, f"{page}?fjern={host.pk}", f"{page}inviter/", write, f"{write}?gjor=send"])

    same_for_all_sizes(grow)


def the_plan(authority: Authority) -> Plan:
    """Return a plan for one more row: every tenth row gets a new one."""
    plan = Plan.objects.filter(authority=authority).last()
    many = (
        plan is not None
        and plan.goals.count() + plan.strategies.count() + plan.tags.count() + plan.measures.count() < 10
    )
    return plan if plan is not None and many else make.a_plan(authority)


def _with_parent(size: int, child: Callable[[Any], Any]) -> Client:
    authority = make.an_authority()
    leader = make.a_user("leader", authority)
    for _ in range(size):
        child(authority)
    return signed_in(leader)


def a_deputy(authority: Authority) -> Deputy:
    away, other = make.a_user("officer", authority), make.a_user("officer", authority)
    day = timezone.localdate()
    return Deputy.objects.create(authority=authority, person=away, deputy=other, valid_from=day, valid_to=day)


def the_entra(authority: Authority) -> IdentityProvider:
    """Return the authority's directory: it has one at most, whatever the size of the list."""
    return IdentityProvider.objects.filter(authority=authority).first() or make.a_provider(authority, "entra")


def a_ceiling() -> AidCeiling:
    since = dt.date(1990, 1, 1) + dt.timedelta(days=next(make.counter) % 9000)
    return AidCeiling.objects.create(basis="sgei", valid_from=since, amount_eur=1, law="§ 1", checked_on=since)


def a_rate() -> ExchangeRate:
    day = dt.date(1990, 1, 1) + dt.timedelta(days=next(make.counter) % 9000)
    return ExchangeRate.objects.create(day=day, nok_per_eur=8, source="Prøve")


def test_the_applications_of_a_desk_and_one_of_them() -> None:
    from tests import factories_fund

    def grow(size: int) -> tuple[Client, dict[str, int | None]]:
        authority = make.an_authority()
        call = factories_fund.a_call(factories_fund.a_fund_with(authority).scheme)
        organisation, officer = make.an_organisation(authority), make.a_user("officer", authority)
        for _ in range(size):
            row = factories_fund.an_application(call, organisation)
            factories_fund.no_ties(row, officer)
            factories_fund.a_message(row)
        for _ in range(size):
            factories_fund.a_message(row)
        desk = f"/{authority.slug}/soknader/"
        caps = {desk: APPLICATION_LIST, f"{desk}liste.csv": None, f"{desk}{row.pk}/meldinger/": None}
        return signed_in(officer), caps | {f"{desk}{row.pk}/": None}

    same_for_all_sizes(grow)


CHANGELISTS: dict[str, Callable[[Any], Any]] = {
    "portal/unit": lambda a: make.a_unit(a, leader=make.a_user()),
    "portal/organisation": lambda a: make.a_mandate(make.an_organisation(a), make.a_user()),
    "portal/body": make.a_body,
    "portal/case": lambda a: make.a_case(a, officer=make.a_user()),
    "portal/casestep": lambda a: make.a_step(make.a_case(a), body=make.a_body(a)),
    "portal/pathtemplate": lambda a: PathTemplate.objects.create(authority=a, name=f"Mal {next(make.counter)}"),
    "portal/noticerule": lambda a: NoticeRule.objects.create(authority=a, kind=f"slag-{next(make.counter)}"),
    "portal/document": lambda a: make.a_document(make.a_case(a)),
    "portal/inputround": lambda a: a_busy_round(a, 1),
    "portal/input": lambda a: make.an_input(make.a_round(make.a_case(a))),
    "portal/mail": lambda a: make.a_mail(authority=a),
    "portal/membership": lambda a: make.a_user("officer", a),
    "portal/deputy": lambda a: a_deputy(a),
    "portal/identityprovider": lambda a: GroupRole.objects.create(
        authority=a, provider=the_entra(a), group=f"gruppe-{next(make.counter)}", role="officer"
    ),
    "portal/user": lambda a: make.a_user("officer", a),
    "portal/accesslog": lambda a: AccessLog.objects.create(
        authority=a, case=make.a_case(a, access="exempt", access_basis="x"), what="case", user_id=make.a_user().pk
    ),
    "portal/event": lambda a: make.an_event(a),
    "portal/notice": lambda a: make.a_notice(a),
    "strategy/plan": make.a_plan,
    "strategy/goal": lambda a: make.a_goal(the_plan(a), owner=make.a_unit(a)),
    "strategy/strategy": lambda a: make.a_strategy(the_plan(a)),
    "strategy/tag": lambda a: make.a_tag(the_plan(a)),
    "strategy/measureentry": lambda a: make.a_measure(the_plan(a)),
    "strategy/measure": lambda a: make.a_measure(the_plan(a)),
    "strategy/indicator": make.an_indicator,
    "strategy/observation": lambda a: make.a_series(make.an_indicator(a), 1),
    "strategy/target": lambda a: make.a_target(the_plan(a), make.a_series(make.an_indicator(a)), goal=None),
    "strategy/swotitem": lambda a: make.a_swot_item(the_plan(a)),
    "strategy/stakeholder": lambda a: make.a_stakeholder(the_plan(a)),
    "grants/aidceiling": lambda a: a_ceiling(),
    "grants/exchangerate": lambda a: a_rate(),
    **factories_money.LISTS,
}
BUILT_ABOVE = {"strategy/measureparticipation", "portal/authority", "portal/bodymembership", "grants/paymentrules"}
"""Measured on their own; a tenant's leader sees one authority, and it has one set of payment rules."""


def test_every_list_of_the_case_pages_is_measured() -> None:
    from django.contrib import admin

    registered = {f"{m._meta.app_label}/{m._meta.model_name}" for m in admin.site._registry}
    assert registered <= set(CHANGELISTS) | BUILT_ABOVE


@pytest.mark.parametrize("place", sorted(CHANGELISTS))
def test_each_list_of_the_case_pages(place: str) -> None:
    from django.apps import apps
    from django.contrib import admin

    if apps.get_model(*place.split("/")) not in admin.site._registry:
        pytest.fail(f"{place} has no page of its own any more: take its row away")
    same_for_all_sizes(lambda size: (_with_parent(size, CHANGELISTS[place]), {f"/admin/{place}/": None}))
