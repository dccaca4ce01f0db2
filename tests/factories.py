"""One short function per noun; each makes a valid row and takes what the test cares about."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from portal import sealed
from portal.models import (
    Authority,
    Body,
    Case,
    CaseStep,
    Document,
    EmailCode,
    Event,
    Identity,
    IdentityProvider,
    Input,
    InputAnswer,
    InputDraft,
    InputRound,
    Invitation,
    Mail,
    Mandate,
    MandateInvitation,
    MandateRequest,
    Membership,
    Notice,
    Organisation,
    Unit,
    User,
)
from strategy.models import (
    ActionPart,
    ForumQuestion,
    Goal,
    Indicator,
    Measure,
    MeasureEntry,
    MeasureFunding,
    MeasureParticipation,
    Milestone,
    Observation,
    Plan,
    PlanCase,
    PlanReport,
    ReportingPeriod,
    Series,
    Stakeholder,
    StatusReport,
    Strategy,
    SwotItem,
    Tag,
    Target,
)

PASSWORD = "et langt passord til prøve"
ORGANISATION_NUMBERS = ("974760673", "971032081", "923609016", "889640782")
"""Real check digits; register numbers of public bodies and one large company."""
counter = itertools.count(1)


def an_authority(**facts: Any) -> Authority:
    n = next(counter)
    return Authority.objects.create(**{"name": f"Prøveby {n}", "slug": f"proveby-{n}", "is_listed": True, **facts})


def a_user(role: str = "", authority: Authority | None = None, **facts: Any) -> User:
    """Make a person; with a role, she holds it in the authority from now on."""
    n = next(counter)
    case = facts.pop("case", None)
    user = User.objects.create_user(
        facts.pop("email", f"person{n}@test.example"), PASSWORD, **{"name": f"Person {n}", **facts}
    )
    if role:
        Membership.objects.create(user=user, authority=authority, role=role, case=case)
    return user


def a_unit(authority: Authority, **facts: Any) -> Unit:
    return Unit.objects.create(authority=authority, **{"name": f"Enhet {next(counter)}", **facts})


def a_body(authority: Authority, **facts: Any) -> Body:
    return Body.objects.create(authority=authority, **{"name": f"Utvalg {next(counter)}", "kind": "committee", **facts})


def an_organisation(authority: Authority, **facts: Any) -> Organisation:
    return Organisation.objects.create(authority=authority, **{"name": f"Foretak {next(counter)} AS", **facts})


def a_provider(authority: Authority, way: str = "idporten", **facts: Any) -> IdentityProvider:
    """Make an authority's agreement with a sign-in service's stand-in; its client id is the authority's slug."""
    own = {"entra": {"tenant": "11111111-2222-4333-8444-555555555555"}, "ansattporten": {"resource": "naering-soknad"}}
    return IdentityProvider.objects.create(
        authority=authority, way=way,
        **{"environment": "standin", "client_id": authority.slug, "client_secret": sealed.seal("client", "hemmelig"),
           **own.get(way, {}), **facts},
    )  # fmt: skip


def an_identity(user: User, way: str = "idporten", **facts: Any) -> Identity:
    return Identity.objects.create(
        user=user, way=way, **{"issuer": f"https://{way}.example", "subject": f"person-{user.pk}", **facts}
    )


def a_mandate(organisation: Organisation, user: User, **facts: Any) -> Mandate:
    """Make a mandate from Ansattporten that holds this month; with `invited_by`, one to prepare only."""
    today = timezone.localdate()
    rests_on: dict[str, Any] = {"source": "ansattporten", "reach": "acts", "evidence": {"resource": "naering-soknad"}}
    if "invited_by" in facts:
        rests_on = {"source": "invited", "reach": "drafts"}
    period = {"valid_from": today - dt.timedelta(days=1), "valid_to": today + dt.timedelta(days=29)}
    owner = {"authority": organisation.authority}
    return Mandate.objects.create(organisation=organisation, user=user, **{**owner, **rests_on, **period, **facts})


def a_mandate_request(authority: Authority, user: User, **facts: Any) -> MandateRequest:
    return MandateRequest.objects.create(
        authority=authority, user=user,
        **{"number": ORGANISATION_NUMBERS[3], "name": "Spør AS", "role": "Daglig leder",
           "due_on": timezone.localdate() + dt.timedelta(days=7), **facts},
    )  # fmt: skip


def a_mandate_invitation(invited_by: Mandate, **facts: Any) -> MandateInvitation:
    return MandateInvitation.objects.create(
        invited_by=invited_by,
        **{"authority": invited_by.authority, "organisation": invited_by.organisation, "name": "Kollega", "address": f"kollega{next(counter)}@test.example", **facts},
    )  # fmt: skip


def a_case(authority: Authority, **facts: Any) -> Case:
    return Case.objects.create(authority=authority, **{"title": f"Sak {next(counter)}", **facts})


def a_step(case: Case, **facts: Any) -> CaseStep:
    return CaseStep.objects.create(
        case=case,
        authority=case.authority,
        **{"activity": "information", "actor": "" if "body" in facts else "Administrasjonen", **facts},
    )


def a_document(case: Case, content: bytes = b"Innhold", **facts: Any) -> Document:
    """Make a document whose file lies in storage too."""
    sha256 = hashlib.sha256(content).hexdigest()
    return Document.objects.create(
        case=case, authority=case.authority, sha256=sha256, size=len(content), content_type="text/plain",
        file=ContentFile(content, name="x"),
        **{"title": f"Dokument {next(counter)}", "filename": "notat.txt", "direction": "in", "dated_on": dt.date(2026, 3, 2), **facts},
    )  # fmt: skip


def a_mail(**facts: Any) -> Mail:
    n = next(counter)
    return Mail.objects.create(
        **{
            "to_address": f"mottaker{n}@test.example",
            "subject": f"Melding {n}",
            "text": "Hei",
            "message_id": f"<{n}@test>",
            **facts,
        }
    )


def an_event(authority: Authority, **facts: Any) -> Event:
    return Event.objects.create(authority=authority, case=a_case(authority), **{"kind": "case.opened", **facts})


def a_notice(authority: Authority, **facts: Any) -> Notice:
    return Notice.objects.create(
        authority=authority, user=a_user(),
        **{"kind": "x", "subject_type": "portal.authority", "subject_id": authority.pk, "on_date": dt.date(2026, 1, 1),
           "occasion": "x", "title": f"Varsel {next(counter)}", **facts},
    )  # fmt: skip


@transaction.atomic
def a_plan(authority: Authority, **facts: Any) -> Plan:
    """Make a plan; one that is adopted gets its adoption case with the council's resolution."""
    n = next(counter)
    plan = Plan.objects.create(
        authority=authority,
        **{
            "title": f"Plan {n}",
            "slug": f"plan-{n}",
            "period_start": 2026,
            "period_end": 2030,
            "status": "adopted",
            **facts,
        },
    )
    if plan.status == "adopted":
        an_adoption(plan)
    return plan


def an_adoption(plan: Plan, *outcomes: str) -> Case:
    """Make the case a plan is adopted in, with one council's decision per outcome; without any, it is adopted."""
    case = a_case(plan.authority, title=f"Vedtak om {plan.title}")
    PlanCase.objects.create(authority=plan.authority, plan=plan, case=case, purpose="adoption")
    council = Body.objects.filter(authority=plan.authority, kind="council").first()
    for outcome in outcomes or ("adopted",):
        decided = (
            {} if outcome == "pending" else {"resolution": "Slik protokollen sier.", "decided_on": dt.date(2026, 2, 12)}
        )
        who = {"body": council} if council and not outcomes else {"actor": f"Kommunestyret {next(counter)}"}
        a_step(case, activity="decision", outcome=outcome, **who, **decided)
    return case


def a_round(case: Case, **facts: Any) -> InputRound:
    n = next(counter)
    return InputRound.objects.create(
        case=case, authority=case.authority,
        **{"title": f"Hva mener du {n}?", "slug": f"runde-{n}", "is_published": True, **facts},
    )  # fmt: skip


def an_invitation(round_: InputRound, **facts: Any) -> Invitation:
    n = next(counter)
    return Invitation.objects.create(
        round=round_, authority_id=round_.authority_id,
        **{"name": f"Forening {n}", "address": f"forening{n}@test.example", **facts},
    )  # fmt: skip


def an_input(round_: InputRound, **facts: Any) -> Input:
    number = round_.inputs.count() + 1
    return Input.objects.create(
        round=round_, authority_id=round_.authority_id, number=number,
        **{"speaks_for": f"Bedrift {number}", "text": "La små bedrifter få søke.", "source": "web",
           "address": f"innspill{number}@test.example", "received_on": dt.date(2026, 3, 2), **facts},
    )  # fmt: skip


def an_answer(input_: Input, **facts: Any) -> InputAnswer:
    return InputAnswer.objects.create(
        input=input_, authority_id=input_.authority_id, **{"text": "Takk.", "consequence": "noted", **facts}
    )


def a_draft(organisation: Organisation, round_: InputRound, **facts: Any) -> InputDraft:
    """Make an organisation's unsent draft in a round."""
    return InputDraft.objects.create(
        authority=organisation.authority, organisation=organisation, round=round_,
        **{"text": "Vi trenger kai.", "speaks_for": organisation.name, "address": "utkast@test.example",
           "edited_at": timezone.now(), **facts},
    )  # fmt: skip


def an_email_code(**facts: Any) -> EmailCode:
    return EmailCode.objects.create(
        **{"address": f"kode{next(counter)}@test.example", "purpose": "input", "code_hash": "0" * 64,
           "expires_at": timezone.now() + dt.timedelta(minutes=30), **facts},
    )  # fmt: skip


def a_goal(plan: Plan, **facts: Any) -> Goal:
    position = plan.goals.count() + 1
    return Goal.objects.create(
        plan=plan, authority=plan.authority,
        **{"number": str(position), "title": f"Mål {position}", "position": position, **facts},
    )  # fmt: skip


def a_strategy(plan: Plan, **facts: Any) -> Strategy:
    position = plan.strategies.count() + 1
    return Strategy.objects.create(
        plan=plan, authority=plan.authority,
        **{"number": f"{position}.1", "title": f"Strategi {position}", "position": position, **facts},
    )  # fmt: skip


def an_action_part(plan: Plan, **facts: Any) -> ActionPart:
    return ActionPart.objects.create(
        plan=plan, authority=plan.authority, **{"period_start": plan.period_start, **facts}
    )


def a_tag(plan: Plan, **facts: Any) -> Tag:
    return Tag.objects.create(
        plan=plan, authority=plan.authority, **{"dimension": "sektor", "name": f"Merkelapp {next(counter)}", **facts}
    )


def a_measure(plan: Plan, *, by: Authority | None = None, **facts: Any) -> MeasureParticipation:
    """Make a measure with its wording in force and return its participation; `strategy=` or `goal=` places it."""
    part = plan.action_parts.first() or an_action_part(plan)
    position = part.entries.count() + 1
    wording = {
        name: facts.pop(name) for name in ("strategy", "goal", "number", "title", "description") if name in facts
    }
    measure = Measure.objects.create(plan=plan, authority=plan.authority)
    measure.current_entry = MeasureEntry.objects.create(
        plan=plan, authority=plan.authority, action_part=part, measure=measure, position=position,
        **{"number": str(position), "title": f"Tiltak {position}", **wording},
    )  # fmt: skip
    measure.save()
    return MeasureParticipation.objects.create(plan=plan, measure=measure, authority=by or plan.authority, **facts)


def a_milestone(participation: MeasureParticipation, **facts: Any) -> Milestone:
    return Milestone.objects.create(
        participation=participation, authority=participation.authority,
        **{"title": f"Milepæl {next(counter)}", "due_on": dt.date(2027, 6, 1), **facts},
    )  # fmt: skip


def funding(participation: MeasureParticipation, **facts: Any) -> MeasureFunding:
    return MeasureFunding.objects.create(
        participation=participation, authority=participation.authority,
        **{"year": 2027, "source": "own", "amount_nok": 50_000, **facts},
    )  # fmt: skip


def an_indicator(authority: Authority, **facts: Any) -> Indicator:
    return Indicator.objects.create(
        authority=authority, **{"name": f"Indikator {next(counter)}", "unit": "personer", **facts}
    )


def a_series(indicator: Indicator, *values: Any, **facts: Any) -> Series:
    """Make a series with one value at the end of each year from 2020."""
    series = Series.objects.create(
        indicator=indicator, authority_id=indicator.authority_id, **{"area": f"Sted {next(counter)}", **facts}
    )
    for year, value in enumerate(values, 2020):
        if value is not None:
            an_observation(series, observed_on=dt.date(year, 12, 31), value=value)
    return series


def an_observation(series: Series, **facts: Any) -> Observation:
    return Observation.objects.create(series=series, authority_id=series.authority_id, **facts)


def a_target(plan: Plan, series: Series, **facts: Any) -> Target:
    return Target.objects.create(
        plan=plan, authority=plan.authority, series=series,
        **{"title": f"Måltall {next(counter)}", "value": 100, "target_on": dt.date(2030, 12, 31), **facts},
    )  # fmt: skip


def a_period(plan: Plan, **facts: Any) -> ReportingPeriod:
    """Make the second tertial of 2026: open from 17 August, due on 31 August."""
    return ReportingPeriod.objects.create(
        plan=plan, authority=plan.authority,
        **{"name": "2. tertial 2026", "starts_on": dt.date(2026, 5, 1), "ends_on": dt.date(2026, 8, 31),
           "opens_on": dt.date(2026, 8, 17), "due_on": dt.date(2026, 8, 31), **facts},
    )  # fmt: skip


def a_status_report(period: ReportingPeriod, participation: MeasureParticipation, **facts: Any) -> StatusReport:
    """Make a report that is asked for; with `state` it has come."""
    if "state" in facts:
        facts = {"reported_at": timezone.now(), **facts}
    return StatusReport.objects.create(
        plan_id=period.plan_id, period=period, participation=participation,
        authority_id=participation.authority_id, **facts,
    )  # fmt: skip


def a_plan_report(plan: Plan, *, by: User, **facts: Any) -> PlanReport:
    """Make a frozen report of the plan as it stands, past the deed that checks who may."""
    from strategy import content, status

    frozen_on = facts.get("frozen_on", dt.date(2026, 9, 7))
    text, sha256 = content.encode(status.read(plan, today=frozen_on, participants=[]))
    number = plan.reports.count() + 1
    return PlanReport.objects.create(
        plan=plan, authority=plan.authority, content=text, sha256=sha256, frozen_by=by,
        **{"number": number, "frozen_on": frozen_on, **facts},
    )  # fmt: skip


def a_question(plan: Plan, **facts: Any) -> ForumQuestion:
    return ForumQuestion.objects.create(
        plan=plan, authority=plan.authority,
        **{"text": f"Når kommer tomtene {next(counter)}?", "asked_on": dt.date(2026, 9, 1),
           "answer_due_on": dt.date(2026, 10, 1), **facts},
    )  # fmt: skip


def a_swot_item(plan: Plan, **facts: Any) -> SwotItem:
    return SwotItem.objects.create(
        plan=plan, authority=plan.authority,
        **{"subject": "lokalsamfunnet", "kind": "strength", "text": f"Styrke {next(counter)}", **facts},
    )  # fmt: skip


def a_stakeholder(plan: Plan, **facts: Any) -> Stakeholder:
    return Stakeholder.objects.create(
        plan=plan, authority=plan.authority, **{"name": f"Interessent {next(counter)}", **facts}
    )
