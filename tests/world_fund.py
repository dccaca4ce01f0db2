"""What each authority of the world has in its business fund: an open call, a draft, and applications at every stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grants.models import (
    AidAward,
    AidReport,
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
    DeclaredAid,
    Delegation,
    EligibilityCheck,
    FinalAccounts,
    Fund,
    Message,
    ProjectChange,
    Question,
    RegisterAward,
    RegisterMatch,
    RequiredAttachment,
    Score,
    Supplement,
    UndertakingLink,
)
from portal.models import (
    AccessAnswer,
    AccessRequest,
    ArchivedDocument,
    ArchivePackage,
    Attendance,
    Body,
    BodyMembership,
    CaseStep,
    Declaration,
    Letter,
    Mandate,
    Organisation,
    RetentionRule,
    Ruling,
    User,
)
from tests import factories as portal_make
from tests import factories_fund as make
from tests import factories_money as money
from tests.world_money import FUND

if TYPE_CHECKING:
    from portal.models import Authority

CALL, UPCOMING = "utlysning", "ikke-kunngjort"
SECRET_PROJECT = "Hemmelig oppfinnelse"
"""Stands in what applicants have written, and must never stand where another than the fund and they themselves reads."""
DECLARED = ("officer", "leader", "decision_maker", "guest_officer")
"""Roles of the home authority whose holders have declared that nothing ties them to the world's applications."""


def announce(authority: Authority) -> None:
    """Leave one of each noun of the fund."""
    fund = Fund.objects.get(authority=authority, scheme__slug=FUND)
    scheme = fund.scheme
    money.a_frame(fund, 900_000, year=2099)
    statutes = money.some_statutes(scheme)
    call = make.a_call(scheme, published=False, slug=CALL, title=f"Nyskaping i {authority.name}", statutes=statutes)
    make.an_attachment_asked_for(call)
    make.publish(call)
    make.a_call(scheme, published=False, slug=UPCOMING, title=f"Ikke kunngjort i {authority.name}")
    organisation = Organisation.objects.filter(authority=authority).exclude(number="").get()
    manager = Mandate.objects.filter(organisation=organisation).order_by("pk").first()
    assert manager is not None
    by, content = manager.user, make.some_content(title=SECRET_PROJECT, summary=f"{SECRET_PROJECT} i {authority.name}.")
    facts = {"by": by, "content": content, "title": SECRET_PROJECT}
    draft = make.a_draft_application(call, organisation, **facts)
    make.a_file(draft)
    sent = make.an_application(call, organisation, **facts)
    decided = make.an_application(call, organisation, by=by)
    people = list(User.objects.filter(memberships__authority=authority, memberships__role__in=DECLARED).distinct())
    for application in (sent, decided):
        make.no_ties(application, *people)
    staff = people[0]
    tie = make.a_tie(sent, portal_make.a_user("editor", authority, name=f"Nabo i {authority.name}"))
    Ruling.objects.create(
        authority=authority, declaration=tie, is_impartial=False, reason="For nær slekt.", ruled_by=staff,
        registered_by=staff,
    )  # fmt: skip
    make.a_supplement(sent, by=staff)
    make.a_message(sent, by=by)
    assessment = Assessment.objects.create(authority=authority, application=sent, assessed_by=staff)
    criterion = Criterion.objects.filter(call=call).first()
    Score.objects.create(authority=authority, assessment=assessment, criterion=criterion, points=3)
    make.a_delegation(scheme, up_to=10_000_000)
    decision = make.notified(make.a_decision(decided, staff))
    make.a_batch(scheme, sent, by=staff, body=Body.objects.filter(authority=authority).first())
    complaint = make.a_complaint(decision)
    make.no_ties(complaint.case, *people)
    assert decision.grant is not None
    make.a_change(decision.grant, by=by)
    report = money.a_grant_report(decision.grant, title="Sluttrapport")
    FinalAccounts.objects.create(authority=authority, report=report, actual_cost_nok=500_000)
    _aid(authority, sent, decision, organisation)
    _ground(authority, sent, staff)


def _aid(authority: Authority, sent: Application, decision: Decision, organisation: Organisation) -> None:
    make.the_law()
    award = AidAward.objects.create(
        authority=authority, grant=decision.grant, number=organisation.number, basis="de_minimis",
        decided_on=decision.decided_on, amount_nok=decision.amount_nok, nok_per_eur=10,
    )  # fmt: skip
    register = RegisterAward.objects.create(
        reference=f"SR-{authority.pk}", number=organisation.number, giver=authority.name,
        decided_on=decision.decided_on, amount_nok=decision.amount_nok, basis="de_minimis",
    )  # fmt: skip
    RegisterMatch.objects.create(authority=authority, register=register, award=award, matched_by=decision.registered_by)
    DeclaredAid.objects.create(
        authority=authority, application=sent, giver="Fylket", decided_on=decision.decided_on, amount_nok=50_000,
        basis="de_minimis",
    )  # fmt: skip
    UndertakingLink.objects.create(
        authority=authority, number=organisation.number, linked=portal_make.ORGANISATION_NUMBERS[2],
        name=f"Søster i {authority.name}", declared_on=decision.decided_on, application=sent,
    )  # fmt: skip
    AidReport.objects.create(
        authority=authority, grant=decision.grant, kind="award", amount_nok=decision.amount_nok,
        occurred_on=decision.decided_on, due_on=decision.decided_on,
    )  # fmt: skip


def _ground(authority: Authority, sent: Application, staff: User) -> None:
    """Leave a letter, a package, a request for access, a rule of retention and a protocol's attendance."""
    assert sent.case is not None
    text = f"Foreløpig svar i {authority.name}"
    document = portal_make.a_document(sent.case, text.encode(), title=text, direction="out")
    Letter.objects.create(
        authority=authority, case=sent.case, document=document, kind="preliminary", language="nb", content={},
        dated_on=document.dated_on, made_by=staff,
    )  # fmt: skip
    package = ArchivePackage.objects.create(
        authority=authority, kind="case", case=sent.case, number=1, file="archive/x.zip", size=1, sha256="0" * 64
    )
    ArchivedDocument.objects.create(authority=authority, package=package, document=document)
    asked = AccessRequest.objects.create(
        authority=authority, case=sent.case, name="Oppdiktet Avis", address=f"avis@{authority.slug}.example",
        text="Vi ber om innsyn i søknaden.", due_on=document.dated_on,
    )  # fmt: skip
    AccessAnswer.objects.create(
        authority=authority, request=asked, document=document, outcome="refused", basis="Offl. § 13"
    )
    RetentionRule.objects.create(
        authority=authority, series="application", years=10, action="review", basis="Arkivlova § 12",
        checked_on=document.dated_on,
    )  # fmt: skip
    step = CaseStep.objects.filter(authority=authority, case__reference="PLAN").first()
    member = BodyMembership.objects.filter(authority=authority).first()
    Attendance.objects.create(authority=authority, step=step, member=member, presence="present")


OWNED = [
    Call, Criterion, Question, RequiredAttachment, EligibilityCheck, Delegation, Application, ApplicationVersion,
    ApplicationFile, Supplement, Message, Assessment, Score, Batch, BatchLine, Decision, UndertakingLink, AidAward,
    DeclaredAid, RegisterMatch, AidReport, ProjectChange, FinalAccounts, Complaint, Declaration, Ruling,
    Attendance, Letter, ArchivePackage, ArchivedDocument, AccessRequest, AccessAnswer, RetentionRule,
]  # fmt: skip
