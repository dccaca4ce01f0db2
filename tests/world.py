"""The world the tests live in: two authorities with everything, a region of both, and one person per role.

`build` runs once, as the runtime role, and lands in the template database; `World` finds its rows again in each test.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from functools import cached_property
from typing import Any

from django.db import transaction
from django.utils import timezone

from grants.models import AidCeiling, ExchangeRate
from portal.models import (
    AccessLog,
    Authority,
    Body,
    BodyMembership,
    Case,
    CaseRelation,
    CaseStep,
    Deputy,
    Document,
    DraftFile,
    Event,
    GroupRole,
    IdentityProvider,
    Input,
    InputAnswer,
    InputAttachment,
    InputDraft,
    InputRound,
    Invitation,
    Mail,
    Mandate,
    MandateInvitation,
    MandateRequest,
    Membership,
    Notice,
    NoticeRule,
    Organisation,
    PathTemplate,
    PathTemplateStep,
    RegionMembership,
    Role,
    RoundDocument,
    Unit,
    User,
    WebChoice,
)
from strategy.models import (
    ActionPart,
    Follower,
    ForumQuestion,
    Goal,
    GoalSdg,
    ImportAnomaly,
    ImportPage,
    ImportRow,
    Indicator,
    InputEffect,
    Measure,
    MeasureEntry,
    MeasureFunding,
    MeasureParticipation,
    MeasureTag,
    Milestone,
    Observation,
    Plan,
    PlanCase,
    PlanImport,
    PlanParticipant,
    PlanReport,
    PlanReportFile,
    PlanSdg,
    ReportingPeriod,
    Series,
    Stakeholder,
    StatusReport,
    Strategy,
    SwotItem,
    Tag,
    Target,
)
from tests import factories as make
from tests import world_awards, world_fund, world_imports, world_money

HOME, NEXT, REGION = "hjemby", "naboby", "byregionen"
PLAN, SHARED_PLAN, DRAFT_PLAN = "naeringsplan", "felles-plan", "utkast"
ROUND, HIDDEN_ROUND = "runde", "skjult-runde"
DOCUMENT_TEXT = "Notat fra {}".format
PDF = b"%PDF-1.7 rapport"


def documents_of(name: str) -> list[bytes]:
    """Return what each document of an authority holds: the template keeps rows, not files."""
    texts = [DOCUMENT_TEXT(name), DOCUMENT_TEXT(f"gjest i {name}"), f"Grunnlag i {name}", f"Vedlegg i {name}"]
    texts += [f"Bilag i {name}", f"Nytt bilag i {name}", f"Foreløpig svar i {name}"]
    texts += [f"Vedlegg til nominasjon i {name}"]
    return [text.encode() for text in texts]


ROLES_AT_HOME = [role for role in Role.values if role not in (Role.GUEST_OFFICER, Role.REGION_SECRETARY)]
CITIZENS = {"citizen": "idporten", "manager": "ansattporten", "colleague": "code"}
"""People without a role, and how each signed in: the manager acts for the home organisation, her colleague prepares."""
PEOPLE = [*Role.values, "neighbour", "stranger", "operator", *CITIZENS]
"""Everyone who signs in, by the name of her role; `anonymous` is nobody."""


def address(person: str) -> str:
    return f"{person}@test.example"


@transaction.atomic
def build() -> None:
    """Make the world."""
    home = _authority("Hjemby", HOME, "0101", 0)
    neighbour = _authority("Naboby", NEXT, "0102", 1)
    region = make.an_authority(name="Byregionen", slug=REGION, kind="region", contact_email="post@region.example")
    for member in (home, neighbour):
        RegionMembership.objects.create(region=region, member=member)
    _shared_plan(region, [home, neighbour])
    for role in ROLES_AT_HOME:
        make.a_user(role, home, email=address(role), name=f"{Role(role).name.title()} i Hjemby")
    make.a_user(Role.REGION_SECRETARY, region, email=address("region_secretary"), name="Sekretær i regionen")
    make.a_user(
        Role.GUEST_OFFICER, home, email=address("guest_officer"), name="Gjest i Hjemby",
        case=Case.objects.get(authority=home, reference="GJEST"),
    )  # fmt: skip
    make.a_user(Role.OFFICER, neighbour, email=address("neighbour"), name="Saksbehandler i Naboby")
    make.a_user(email=address("stranger"), name="Uten Rolle")
    make.a_user(email=address("operator"), name="Drift", is_superuser=True)
    for authority in (home, neighbour):
        _traces(authority)
        _who_acts(authority)
        world_money.pay(authority)
    for authority in (home, neighbour):
        world_fund.announce(authority)
    for authority in (home, neighbour):
        world_awards.honour(authority)
        world_imports.propose(authority)


def _authority(name: str, slug: str, number: str, place: int) -> Authority:
    authority = make.an_authority(
        name=name, slug=slug, municipality_number=number, contact_email=f"post@{slug}.example", tagline=f"Byen {name}"
    )
    unit = make.a_unit(authority, name=f"Næring i {name}")
    body = make.a_body(authority, name=f"Kommunestyret i {name}", kind="council", seats=5)
    BodyMembership.objects.create(authority=authority, body=body, display_name="Medlem Uten Konto", capacity="elected")
    make.an_organisation(authority, name=f"{name} Bakeri AS", number=make.ORGANISATION_NUMBERS[place])
    case = make.a_case(authority, title=f"Næringsplan for {name}", reference="PLAN", opened_on=dt.date(2026, 1, 15))
    guest_case = make.a_case(authority, title=f"Habilitet i {name}", reference="GJEST")
    CaseRelation.objects.create(authority=authority, case=case, related=guest_case)
    step = make.a_step(
        case, body=body, activity="decision", outcome="adopted", resolution="Planen vedtas.",
        starts_on=dt.date(2026, 2, 1), precision="month",
    )  # fmt: skip
    make.a_document(case, DOCUMENT_TEXT(name).encode(), title=f"Vedtak i {name}")
    make.a_document(guest_case, DOCUMENT_TEXT(f"gjest i {name}").encode(), title=f"Gjestens notat i {name}")
    plan = _full_plan(authority, unit, step)
    _a_round(authority, case, plan)
    make.a_plan(authority, title=f"Utkast i {name}", slug=DRAFT_PLAN, status="draft")
    return authority


def _a_round(authority: Authority, case: Case, plan: Plan) -> None:
    """Leave an open round with everything in it, and a template of the way cases go."""
    round_ = make.a_round(
        case, slug=ROUND, title=f"Hva bør {authority.name} satse på?", questions="Hva haster mest?",
        due_on=dt.date(2099, 3, 1),
    )  # fmt: skip
    make.a_round(case, slug=HIDDEN_ROUND, title=f"Ikke kunngjort i {authority.name}", is_published=False)
    paper = make.a_document(case, f"Grunnlag i {authority.name}".encode(), title=f"Grunnlag i {authority.name}")
    RoundDocument.objects.create(authority=authority, round=round_, document=paper)
    invitation = make.an_invitation(round_, name=f"Foreningen i {authority.name}")
    first = make.an_input(round_, speaks_for=f"Et firma i {authority.name}", may_publish=True)
    make.an_input(round_, source="invited", invitation=invitation)
    WebChoice.objects.create(authority=authority, input=first, may_publish=True)
    make.an_answer(first, text=f"Takk fra {authority.name}.")
    enclosed = make.a_document(case, f"Vedlegg i {authority.name}".encode(), title=f"Vedlegg i {authority.name}")
    InputAttachment.objects.create(authority=authority, input=first, document=enclosed)
    draft = InputDraft.objects.create(
        authority=authority, round=round_, code=make.an_email_code(), text="Ikke sendt", speaks_for="Noen",
        address="noen@test.example",
    )  # fmt: skip
    DraftFile.objects.create(
        authority=authority, draft=draft, file="drafts/x", filename="x.pdf", content_type="application/pdf", size=1,
        sha256="0" * 64,
    )  # fmt: skip
    InputEffect.objects.create(authority=authority, plan=plan, input=first, change="Ordlyden ble endret.")
    NoticeRule.objects.create(authority=authority, kind="milestone", days_before=[14, 0])
    template = PathTemplate.objects.create(authority=authority, name=f"Saksgang i {authority.name}")
    PathTemplateStep.objects.create(authority=authority, template=template, activity="decision", body_kind="council")


def _full_plan(authority: Authority, unit: Unit, step: CaseStep) -> Plan:
    plan = make.a_plan(
        authority, title=f"Næringsplan for {authority.name}", slug=PLAN, vision="Flere jobber", live_view_open=True
    )
    PlanSdg.objects.create(authority=authority, plan=plan, number=8, role="vision")
    make.an_action_part(plan, period_end=2028, adopted_in=step, adopted_on=dt.date(2026, 2, 12))
    goals = [make.a_goal(plan, owner=unit), make.a_goal(plan)]
    GoalSdg.objects.create(authority=authority, goal=goals[0], number=9, role="focus")
    tag = make.a_tag(plan, name=f"Havn i {authority.name}")
    make.a_tag(plan, name=f"Kai i {authority.name}", parent=tag)
    dues = [None, dt.date(2026, 3, 1), dt.date(2029, 9, 1)]
    states: list[dict[str, Any]] = [{}, {"state": "under_way"}, {"state": "done", "done_on": dt.date(2026, 4, 1)}]
    for goal in goals:
        strategy = make.a_strategy(plan, goal=goal)
        for due, state in zip(dues, states, strict=True):
            done = make.a_measure(
                plan,
                strategy=strategy,
                unit=unit,
                due_on=due,
                description=f"Noe skal gjøres i {authority.name}.",
                **state,
            )
            MeasureTag.objects.create(measure=done.measure, tag=tag)
            make.a_milestone(done)
            make.funding(done, state="funded", decision_reference="KS 12/26")
    make.a_measure(plan, goal=goals[1])
    _around(plan)
    return plan


def _around(plan: Plan) -> None:
    """Leave what is measured, how the community was seen, who follows, and a period that is being reported on."""
    owner = plan.authority
    indicator = make.an_indicator(owner, name=f"Sysselsatte i {owner.name}")
    series = make.a_series(indicator, 100, 110, 120, area=owner.name)
    make.a_target(
        plan, series, goal=plan.goals.first(), value=200, baseline_on=dt.date(2020, 12, 31), baseline_value=100
    )
    make.an_observation(series, observed_on=dt.date(2015 + owner.pk % 5, 12, 31), value=90)
    SwotItem.objects.create(authority=owner, plan=plan, subject="lokalsamfunnet", kind="strength", text="Havna")
    Stakeholder.objects.create(authority=owner, plan=plan, name="Bedriftene")
    make.a_question(plan, is_public=True)
    make.a_question(plan)
    Follower.objects.create(plan=plan, address=f"folger@{owner.slug}.example")
    period = make.a_period(plan)
    parts = list(plan.participations.order_by("pk"))
    make.a_status_report(period, parts[0], state="under_way", done_since=f"Møte holdt i {owner.name}.")
    make.a_status_report(period, parts[1])


def _shared_plan(region: Authority, members: list[Authority]) -> Plan:
    plan = make.a_plan(region, title="Felles plan", slug=SHARED_PLAN, live_view_open=True)
    for member in members:
        PlanParticipant.objects.create(plan=plan, authority=member, role="member")
    goal = make.a_goal(plan)
    first = make.a_measure(plan, goal=goal)
    for member in members:
        MeasureParticipation.objects.create(plan=plan, measure=first.measure, authority=member, state="under_way")
    return plan


def _traces(authority: Authority) -> None:
    """Leave an event, a mail and a notice, a report that is released and one that is not."""
    user = Membership.objects.filter(authority=authority).earliest("pk").user
    plan = Plan.objects.get(authority=authority, slug=PLAN)
    report = make.a_plan_report(
        plan, by=user, period=plan.periods.get(), released_at=timezone.now(), released_by=user,
        html=f"<p>Rapport fra {authority.name}</p>",
    )  # fmt: skip
    PlanReportFile.objects.create(
        authority=authority, report=report, kind="pdf", content=PDF, sha256=hashlib.sha256(PDF).hexdigest()
    )
    make.a_plan_report(plan, by=user)
    Event.objects.create(authority=authority, kind="plan.adopted", subject_type="strategy.plan", subject_id=plan.pk)
    mail = make.a_mail(authority=authority, state="sent", sent_at=timezone.now(), message_id=f"<{authority.slug}@test>")
    Notice.objects.create(
        authority=authority, user=user, kind="plan", subject_type="strategy.plan", subject_id=plan.pk, mail=mail,
        on_date=dt.date(2026, 2, 1), occasion="adopted", title=f"Planen er vedtatt i {authority.name}",
    )  # fmt: skip


def _who_acts(authority: Authority) -> None:
    """Leave the ways to sign in, someone who acts for the organisation, whom she invited, and who asks to."""
    at_home = authority.slug == HOME
    people = {
        name: make.a_user(
            email=address(name) if at_home else f"{name}@{authority.slug}.example",
            name=f"{name.title()} {authority.name}",
        )
        for name in CITIZENS
    }
    for way in ("entra", "idporten", "ansattporten"):
        provider = make.a_provider(authority, way)
        if way == "entra":
            GroupRole.objects.create(authority=authority, provider=provider, group="gruppe-1", role="officer")
    make.an_identity(people["citizen"])
    organisation = Organisation.objects.get(authority=authority)
    mandate = make.a_mandate(organisation, people["manager"])
    make.a_mandate(organisation, people["colleague"], invited_by=mandate)
    make.a_mandate_invitation(mandate, address=f"ny@{authority.slug}.example")
    make.a_mandate_request(authority, people["citizen"])
    staff = Membership.objects.filter(authority=authority).order_by("pk").first()
    assert staff is not None
    away = make.a_user("editor", authority, email=f"borte@{authority.slug}.example")
    long_ago = dt.date(2025, 7, 1)
    Deputy.objects.create(authority=authority, person=away, deputy=staff.user, valid_from=long_ago, valid_to=long_ago)
    case = Case.objects.get(authority=authority, reference="GJEST")
    AccessLog.objects.create(authority=authority, case=case, what="case", user_id=staff.user_id, role="officer")


class Side:
    """One authority and one of each noun it owns."""

    def __init__(self, slug: str, plan: str = PLAN) -> None:
        self.slug, self.plan_slug = slug, plan

    @cached_property
    def authority(self) -> Authority:
        return Authority.objects.get(slug=self.slug)

    @cached_property
    def plan(self) -> Plan:
        return Plan.objects.select_related("authority").get(authority__slug=self.slug, slug=self.plan_slug)

    def one(self, model: Any) -> Any:
        """Return this authority's first row of a model."""
        return self.rows(model).order_by("pk").first()

    def rows(self, model: Any) -> Any:
        """Return this authority's rows of a model."""
        if model is Authority:
            return Authority.objects.filter(slug=self.slug)
        if model is User:
            return User.objects.filter(memberships__authority__slug=self.slug).distinct()
        if model in (AidCeiling, ExchangeRate):  # the law is everyone's
            return model._default_manager.all()
        paths = {
            RegionMembership: "region", MeasureTag: "plan__authority", PlanParticipant: "plan__authority",
            Follower: "plan__authority",
        }  # fmt: skip
        return model._default_manager.filter(**{f"{paths.get(model, 'authority')}__slug": self.slug})

    @cached_property
    def case(self) -> Case:
        return Case.objects.get(authority__slug=self.slug, reference="PLAN")

    @cached_property
    def guest_case(self) -> Case:
        return Case.objects.get(authority__slug=self.slug, reference="GJEST")

    @cached_property
    def document(self) -> Document:
        return Document.objects.filter(case=self.case).earliest("pk")

    @cached_property
    def round(self) -> InputRound:
        return InputRound.objects.get(authority__slug=self.slug, slug=ROUND)

    @cached_property
    def participation(self) -> MeasureParticipation:
        return MeasureParticipation.objects.filter(plan=self.plan).order_by("pk").first()  # type: ignore[return-value]


class World:
    """The rows of `build`, fetched when a test asks for them."""

    def __init__(self) -> None:
        self.home = Side(HOME)
        self.next = Side(NEXT)
        self.region = Side(REGION, SHARED_PLAN)

    def user(self, person: str) -> User:
        return User.objects.get(email=address(person))


OWNED = [
    Authority, Unit, Organisation, Body, BodyMembership, Case, CaseRelation, CaseStep, Document, Event, Mail, Notice,
    Membership, RegionMembership, Plan, PlanParticipant, PlanSdg, ActionPart, Goal, GoalSdg, Strategy, Measure,
    MeasureEntry, MeasureParticipation, MeasureTag, Milestone, MeasureFunding, Tag, InputRound, RoundDocument,
    Invitation, InputDraft, DraftFile, Input, InputAttachment, InputAnswer, WebChoice, NoticeRule, PathTemplate, PathTemplateStep,
    PlanCase, PlanImport, ImportPage, ImportRow, ImportAnomaly, InputEffect, Indicator, Series, Observation, Target, ReportingPeriod, StatusReport, PlanReport,
    PlanReportFile, SwotItem, Stakeholder, ForumQuestion, Follower, IdentityProvider, GroupRole, Deputy, AccessLog,
    Mandate, MandateRequest, MandateInvitation, *world_money.OWNED, *world_fund.OWNED,
    *world_awards.OWNED,
]  # fmt: skip
"""Every noun a tenant owns; `tests/house` checks that none is missing here."""
