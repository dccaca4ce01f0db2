"""One short function per noun of the business fund; each makes rows the database accepts."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from django.db import transaction
from django.utils import timezone

from grants.applying import content as typed
from grants.models import (
    AidAward,
    AidCeiling,
    Application,
    ApplicationFile,
    ApplicationVersion,
    Assessment,
    Batch,
    BatchLine,
    Call,
    Complaint,
    Criterion,
    Decision,
    Delegation,
    EligibilityCheck,
    ExchangeRate,
    Fund,
    Grant,
    Message,
    ProjectChange,
    Question,
    RequiredAttachment,
    Scheme,
    SchemeStatutes,
    Supplement,
)
from portal.calendar import oslo_today, party_deadline
from portal.models import Authority, Case, Declaration, Organisation, Role, User
from tests import factories as make
from tests import factories_money as money

HOUR = dt.timedelta(hours=1)


def a_fund_with(authority: Authority, amount: int = 1_000_000, **facts: Any) -> Fund:
    """Make a fund that holds money, with its scheme, and a frame for the year as large."""
    scheme = money.a_scheme(authority, kind="fund", **facts)
    fund = money.a_fund(scheme)
    money.a_line(scheme, amount, fund=fund)
    money.a_frame(fund, amount, year=timezone.localdate().year)
    return fund


def a_call(scheme: Scheme, *, published: bool = True, **facts: Any) -> Call:
    """Make a call that is open now, with a criterion, a question and an eligibility check."""
    n, now = next(make.counter), timezone.now()
    statutes = facts.pop("statutes", None) or SchemeStatutes.objects.filter(scheme=scheme).first()
    call = Call.objects.create(
        authority=scheme.authority, scheme=scheme, statutes=statutes,
        **{"title": f"Utlysning {n}", "slug": f"utlysning-{n}", "lede": "Penger til nye ideer.",
           "applicants": list(Call.Applicants.values), "opens_at": now - HOUR, "closes_at": now + 240 * HOUR,
           "share_percent": 50, "cap_nok": 300_000, "smallest_nok": 50_000, "own_work_nok": 600,
           "year": now.year, **facts},
    )  # fmt: skip
    Criterion.objects.create(authority=call.authority, call=call, title="Flere jobber", weight=2)
    Question.objects.create(authority=call.authority, call=call, text="Hva er nytt?", kind="long")
    EligibilityCheck.objects.create(
        authority=call.authority,
        call=call,
        text="Holder dere til i kommunen?",
        explanation="Fondet er for kommunens egne.",
    )
    if published:
        publish(call)
    return call


def publish(call: Call) -> Call:
    call.published_at, call.published_by = timezone.now(), make.a_user()
    call.save()
    return call


def an_attachment_asked_for(call: Call, **facts: Any) -> RequiredAttachment:
    return RequiredAttachment.objects.create(authority=call.authority, call=call, **{"title": "Budsjett", **facts})


def some_content(**facts: Any) -> dict[str, Any]:
    """Return what a whole application says: 600 000 in costs, half of it asked for."""
    content = typed.Content(
        title="Ny ovn", summary="Vi bygger en ovn som bruker mindre strøm.", starts_on="1.2.2027",
        ends_on="31.12.2027", jobs="2,5", contact_name="Oppdiktet Kontakt", contact_phone="90 00 00 00",
        contact_email="kontakt@bakeri.example", is_vat_registered=True,
        costs=[typed.Cost("bought", "Ovn", amount="600 000")],
        financing=[typed.Money("fund", "Næringsfondet", "300 000"), typed.Money("own", "Egne penger", "300 000")],
        has_earlier_aid=False, has_linked=False, declared=True,
    )  # fmt: skip
    return {**typed.stored(content), **facts}


def a_draft_application(
    call: Call, organisation: Organisation | None = None, *, by: User | None = None, **facts: Any
) -> Application:
    by = by or make.a_user()
    return Application.objects.create(
        authority=call.authority, call=call, statutes=call.statutes, organisation=organisation,
        applicant=None if organisation else by, applicant_name=organisation.name if organisation else by.name,
        edited_by=by, **{"content": some_content(), "title": "Ny ovn", **facts},
    )  # fmt: skip


@transaction.atomic
def an_application(call: Call, organisation: Organisation | None = None, **facts: Any) -> Application:
    """Make an application that is sent: with its case and its first version."""
    organisation = organisation or make.an_organisation(call.authority)
    made = a_draft_application(call, organisation, by=facts.pop("by", None), **facts)
    case = make.a_case(call.authority, title=f"Søknad til {call.scheme.name}", series="application")
    now = timezone.now()
    made.state, made.case, made.reference = Application.State.SUBMITTED, case, f"NF-{now.year}-{made.pk}"
    made.submitted_at, made.received_on, made.submitted_by = now, oslo_today(now), made.edited_by
    made.asked_nok, made.cost_nok = facts.get("asked_nok", 300_000), facts.get("cost_nok", 600_000)
    made.starts_on, made.ends_on = dt.date(2027, 2, 1), dt.date(2027, 12, 31)
    made.expected_on = oslo_today(now) + dt.timedelta(weeks=6)
    made.save()
    a_version(made)
    made.refresh_from_db()
    return made


def a_version(application: Application, **facts: Any) -> ApplicationVersion:
    text = json.dumps(application.content, sort_keys=True)
    return ApplicationVersion.objects.create(
        authority=application.authority, application=application, content=application.content,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        **{"number": application.versions.count() + 1, "sent_at": timezone.now(), **facts},
    )  # fmt: skip


def a_file(application: Application, **facts: Any) -> ApplicationFile:
    return ApplicationFile.objects.create(
        authority=application.authority, application=application,
        **{"file": "drafts/x", "filename": "budsjett.pdf", "content_type": "application/pdf", "size": 7,
           "sha256": "0" * 64, **facts},
    )  # fmt: skip


def no_ties(application_or_case: Application | Case, *people: User) -> None:
    """Let each declare that nothing ties her to the case."""
    case = application_or_case.case if isinstance(application_or_case, Application) else application_or_case
    assert case is not None
    for person in people:
        Declaration.objects.create(authority=case.authority, case=case, user=person, answer="no_ties", text_version=1)


def a_tie(application: Application, person: User, tie: str = "Søsteren min eier bedriften.") -> Declaration:
    assert application.case is not None
    return Declaration.objects.create(
        authority=application.authority, case=application.case, user=person, answer="tie", tie=tie, text_version=1
    )


def a_supplement(application: Application, **facts: Any) -> Supplement:
    return Supplement.objects.create(
        authority=application.authority, application=application,
        **{"text": "Vi mangler et budsjett.", "due_on": timezone.localdate() + dt.timedelta(days=14),
           "asked_by": facts.pop("by", None) or make.a_user(), **facts},
    )  # fmt: skip


def a_message(application: Application, text: str = "Når får vi svar?", **facts: Any) -> Message:
    return Message.objects.create(
        authority=application.authority, application=application, text=text,
        **{"from_applicant": True, "author": facts.pop("by", None) or make.a_user(), **facts},
    )  # fmt: skip


def an_assessment(application: Application, by: User, **facts: Any) -> Assessment:
    """Make an assessment that is done and recommends what was asked for; who assessed has declared no ties."""
    no_ties(application, by)
    return Assessment.objects.create(
        authority=application.authority, application=application, assessed_by=by, complete_by=by,
        **{"complete_on": timezone.localdate(), "outcome": "granted", "amount_nok": application.asked_nok,
           "grounds": "Prosjektet gir flere jobber.", "done_at": timezone.now(), **facts},
    )  # fmt: skip


def a_delegation(scheme: Scheme, role: str = Role.LEADER, up_to: int = 500_000, **facts: Any) -> Delegation:
    return Delegation.objects.create(
        authority=scheme.authority, scheme=scheme, role=role, up_to_nok=up_to,
        **{"reference": "Delegasjonsreglementet pkt. 4.2", **facts},
    )  # fmt: skip


@money.deed
def a_decision(application: Application, by: User, outcome: str = "granted", **facts: Any) -> Decision:
    """Decide an application by delegation: granted, its grant stands in the ledger; `by` has declared no ties."""
    if not Declaration.objects.filter(case=application.case, user=by).exists():
        no_ties(application, by)
    scheme = application.call.scheme
    delegation = facts.pop("delegation", None) or scheme.delegations.first() or a_delegation(scheme, up_to=10_000_000)
    grant = None
    if outcome == "granted":
        grant = _a_granted(application, facts.pop("amount", application.asked_nok))
    made = Decision.objects.create(
        authority=application.authority, application=application, outcome=outcome, grant=grant,
        amount_nok=facts.pop("said", grant.amount_nok) if grant else None, delegation=delegation, decided_by=by, registered_by=by,
        **{"reference": delegation.reference, "grounds": "Søknaden er innenfor vedtektene.",
           "legal_basis": "Vedtektene § 3", "decided_on": timezone.localdate(), **facts},
    )  # fmt: skip
    application.state = outcome
    application.save()
    return made


def _a_granted(application: Application, amount: int) -> Grant:
    fund = Fund.objects.get(scheme=application.call.scheme)
    grant = Grant.objects.create(
        authority=application.authority, scheme=fund.scheme, account=fund.account, amount_nok=amount,
        organisation=application.organisation, case=application.case, title="Ny ovn", year=timezone.localdate().year,
    )  # fmt: skip
    money.an_aid_assessment(grant)
    grant.state, grant.decided_on, grant.decision_reference = Grant.State.GRANTED, timezone.localdate(), "Delegert"
    grant.save()
    money.ledger.commit(grant, on=timezone.localdate(), by=None)
    return grant


def notified(decision: Decision, on: dt.date | None = None) -> Decision:
    day = on or timezone.localdate()
    decision.notified_on, decision.complain_by = day, party_deadline(day)
    decision.accept_by = day + dt.timedelta(weeks=4) if decision.outcome == "granted" else None
    decision.save()
    return decision


def a_complaint(decision: Decision, **facts: Any) -> Complaint:
    case = make.a_case(decision.authority, title="Klage", series="complaint")
    return Complaint.objects.create(
        authority=decision.authority, decision=decision, case=case,
        **{"text": "Vi mener vedtaket er feil.", "received_on": timezone.localdate(),
           "due_on": decision.complain_by or party_deadline(timezone.localdate()), **facts},
    )  # fmt: skip


def a_change(grant: Grant, **facts: Any) -> ProjectChange:
    return ProjectChange.objects.create(
        authority=grant.authority, grant=grant,
        **{"text": "Ovnen kommer tre måneder senere.", "asked_by": facts.pop("by", None) or make.a_user(), **facts},
    )  # fmt: skip


def a_batch(scheme: Scheme, *applications: Application, **facts: Any) -> Batch:
    authority = scheme.authority
    batch = Batch.objects.create(
        authority=authority, scheme=scheme, case=make.a_case(authority, title="Innstilling"),
        body=facts.pop("body", None) or make.a_body(authority, kind="executive"),
        made_by=facts.pop("by", None) or make.a_user(),
        **{"title": "Innstilling til formannskapet", "year": timezone.localdate().year,
           "meets_on": timezone.localdate() + dt.timedelta(days=14), **facts},
    )  # fmt: skip
    for position, application in enumerate(applications):
        BatchLine.objects.create(authority=authority, batch=batch, application=application, position=position)
    return batch


def an_award(grant: Grant, amount: int) -> AidAward:
    """Let a grant count as de minimis aid to its organisation."""
    return AidAward.objects.create(
        authority=grant.authority, grant=grant, number=grant.organisation.number, basis="de_minimis",
        decided_on=grant.decided_on, amount_nok=amount, nok_per_eur=10,
    )  # fmt: skip


def the_law() -> None:
    """Leave the ceilings and a rate of ten kroner for a euro."""
    for basis, amount in (("de_minimis", 300_000), ("sgei", 750_000)):
        AidCeiling.objects.get_or_create(
            basis=basis, valid_from=dt.date(2020, 1, 1),
            defaults={"amount_eur": amount, "law": "Oppdiktet forskrift § 1", "checked_on": dt.date(2026, 11, 22)},
        )  # fmt: skip
    ExchangeRate.objects.get_or_create(day=dt.date(2020, 1, 1), defaults={"nok_per_eur": 10, "source": "Prøve"})
