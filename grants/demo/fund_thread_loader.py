"""Places the invented applications to the fund, by the deeds people do in the portal; once, and never again after.

Nothing of it is written by hand that a deed writes: letters, notices, the ledger and the events are the real ones.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone, translation

from grants.applying import content as typed
from grants.applying import drafting, files, reach, submitting
from grants.complaining import deeds as complaining
from grants.demo import fund_call, fund_thread, thread, thread_loader
from grants.demo.facts import GrantFact
from grants.demo.indre_ostfold import HOME
from grants.desk import answering, assessing, batching, completeness, deciding, proposing, supplements
from grants.models import Application, Call, Decision, Delegation
from portal import impartiality
from portal.calendar import next_working_day, oslo_today
from portal.demo.signin_loader import looked_up
from portal.integrations.openid_standin import RESOURCE
from portal.models import Authority, Body, Case, CaseStep, Identity, Mandate, Organisation, User

if TYPE_CHECKING:
    from grants.demo.facts import OrganisationFact
    from grants.demo.fund_thread import ApplicationFact, DecidedFact
    from portal.demo.shelf import Shelf

KIND = "fund-application"
ROLES = {"officer": fund_thread.OFFICER, "leader": fund_thread.LEADER}


def _noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), dt.UTC)


class Town:
    """The call, those who handle it, and those who apply; one who is not there leaves the whole of it out."""

    def __init__(self, shelf: Shelf, call: Call, home: Authority) -> None:
        self.shelf, self.call, self.home, self.now = shelf, call, home, timezone.now()
        self.today = oslo_today(self.now)
        who = {role: shelf.find(User, "user", key) for role, key in ROLES.items()}
        writers = {fact.person for fact in fund_thread.APPLICATIONS} - {""}
        who |= {key: shelf.find(User, "person", key) for key in (*sorted(writers), thread.ASKS[fund_thread.TOWN])}
        self.who: dict[str, User] = {key: user for key, user in who.items() if user is not None}
        self.is_whole = len(self.who) == len(who)
        self.body = Body.objects.filter(authority=home, kind="executive").first()

    def organisation(self, key: str) -> Organisation | None:
        return self.shelf.find(Organisation, "recipient", key)


def load(shelf: Shelf) -> None:
    """Place every application, where the call and everyone who handles it stands; what was placed before stays."""
    call = shelf.find(Call, "call", fund_call.KEY)
    home = Authority.objects.filter(slug=HOME).first()
    if call is None or home is None:
        return
    town = Town(shelf, call, home)
    if not town.is_whole or town.body is None:
        return
    _load_applicants(town)
    if any(key.startswith(f"{KIND}:") for key in shelf.known) or call.published_at is None:
        return
    with translation.override(home.language_form):
        _load_delegation(town)
        _load_waiting(town)
        _load_decided(town)


# ---- who applies ----


def _load_applicants(town: Town) -> None:
    """Place the organisations that the thread has not, and let one act for the bakery."""
    rows = town.shelf.put(
        "recipient", {fact.key: _organisation(fact, town) for fact in fund_thread.ORGANISATIONS},
        natural=lambda row: (row.authority_id, row.number or row.name),
    )  # fmt: skip
    if (bakery := rows.get(fund_thread.BAKERY)) is not None:
        bo = town.who["bo"]
        hers = Mandate(
            authority=town.home, organisation=bakery, user=bo, source="ansattporten", reach="acts",
            evidence={"resource": RESOURCE, "unit_type": bakery.form}, valid_from=town.today,
            valid_to=town.today + dt.timedelta(days=30), given_at=town.now, invented=True,
            identity=Identity.objects.filter(user=bo, way="ansattporten").order_by("pk").first(),
        )  # fmt: skip
        town.shelf.put("recipient-mandate", {fund_thread.BAKERY: hers})


def _organisation(fact: OrganisationFact, town: Town) -> Organisation:
    known: dict[str, Any] = {}
    if fact.key == fund_thread.BAKERY:
        known = {"register_copy": looked_up(fact.number).copy, "register_copied_at": town.now}
    return Organisation(
        authority=town.home, name=fact.name, number=fact.number, form=fact.form, invented=fact.invented, **known
    )


def _load_delegation(town: Town) -> None:
    role, up_to, reference = fund_thread.DELEGATION
    row = Delegation(
        authority=town.home, scheme=town.call.scheme, role=role, up_to_nok=up_to, reference=reference,
        valid_from=fund_call.ADOPTED, invented=True,
    )  # fmt: skip
    town.shelf.put("delegation", {fund_call.KEY: row})


# ---- what they write ----


def _content(town: Town, fact: ApplicationFact) -> typed.Content:
    """Return what the application says; the fund pays what is asked for, and the applicant the rest."""
    asked = {question.text: str(question.pk) for question in town.call.questions.all()}
    by_key = {str(row["key"]): asked[str(row["text"])] for row in fund_call.QUESTIONS}
    person = town.who.get(fact.person)
    return typed.Content(
        title=fact.title, summary=f"{fact.summary} (oppdiktet)", starts_on=fact.starts, ends_on=fact.ends,
        jobs=fact.jobs, contact_name=person.name if person else "Oppdiktet Kontakt", contact_phone="90 00 00 00",
        contact_email=person.email if person else "post@oppdiktet.example", is_vat_registered=bool(fact.organisation),
        answers={by_key["new"]: fact.new, by_key["market"]: fact.market, by_key["partner"]: "no"},
        costs=[typed.Cost(typed.BOUGHT, fact.buys, amount=str(fact.cost))],
        financing=[
            typed.Money(typed.FUND, "", str(fact.asked)), typed.Money(typed.OWN, "", str(fact.cost - fact.asked))
        ],
        has_earlier_aid=bool(fact.earlier), has_linked=False,
        earlier_aid=[typed.Aid(aid.giver, aid.decided, aid.amount) for aid in fact.earlier], declared=True,
    )  # fmt: skip


def _placed(town: Town, fact: ApplicationFact, row: Application) -> Application:
    """Remember the application as ours."""
    row.refresh_from_db()
    town.shelf.placed[f"{KIND}:{fact.key}"] = row
    return row


def _written(town: Town, fact: ApplicationFact, *, send: bool = True) -> Application:
    """Let its applicant write it in the portal, enclose the plan and send it."""
    by, organisation = town.who[fact.person], town.organisation(fact.organisation)
    right = {check.pk: check.right_answer for check in town.call.checks.all()}
    row = drafting.start(
        town.call, by=by, organisation=organisation, now=town.now,
        eligibility={str(pk): answer for pk, answer in right.items()},
    )  # fmt: skip
    Application.objects.filter(pk=row.pk).update(invented=True)
    own = reach.own(by, row.pk, town.today)
    row = drafting.save(own, _content(town, fact), seen=own.application.row_version, by=by, now=town.now)
    if send:
        plan = SimpleUploadedFile("prosjektplan.txt", fund_thread.PLAN.encode(), "text/plain")
        files.add(own, plan, requirement=town.call.attachments.get(required=True), by=by, now=town.now)
        row.refresh_from_db()
        row = submitting.submit(reach.own(by, row.pk, town.today), seen=row.row_version, by=by, now=town.now)
    return _placed(town, fact, row)


def _came(town: Town, fact: ApplicationFact) -> Application:
    """Register what came by e-mail, on the day it came."""
    organisation = town.organisation(fact.organisation)
    assert organisation is not None and fact.received is not None
    row = submitting.register_on_paper(
        town.call, _content(town, fact), organisation=organisation, applicant_name=organisation.name,
        received_on=fact.received, source="mail", files=(), by=town.who["officer"], now=_noon(fact.received),
    )  # fmt: skip
    Application.objects.filter(pk=row.pk).update(invented=True)
    Case.objects.filter(pk=row.case_id).update(invented=True)
    return _placed(town, fact, row)


# ---- what waits ----


def _load_waiting(town: Town) -> None:
    """Place the draft, and what waits for somebody."""
    officer, now = town.who["officer"], town.now
    _written(town, fund_thread.DRAFT, send=False)
    _written(town, fund_thread.RECEIVED)
    asked = _written(town, fund_thread.SUPPLEMENT)
    _declare(asked, officer, now=now)
    due = next_working_day(town.today + supplements.TIME_TO_ANSWER)
    supplements.ask(asked, fund_thread.ASKED_FOR, due, by=officer, now=now)
    full = _written(town, fund_thread.MINIMIS_FULL)
    _declare(full, officer, town.who["leader"], now=now)
    _assess(town, full, amount=full.asked_nok, now=now)
    _propose(town, full, full.asked_nok or 0, full.title, fund_thread.MINIMIS, on=town.today)
    _put_in_list(town)
    tied = _came(town, fund_thread.TIED)
    _declare(tied, officer, now=_noon(dt.date(2026, 11, 10)), tie=fund_thread.TIE)
    impartiality.rule(
        tied.case.declarations.get(), is_impartial=False, reason=fund_thread.RULING, by=town.who["leader"],
        now=_noon(dt.date(2026, 11, 11)),
    )  # fmt: skip


def _declare(row: Application, *people: User, now: Any, tie: str = "") -> None:
    assert row.case is not None
    for person in people:
        impartiality.declare([row.case], by=person, tie=tie, now=now)


def _assess(
    town: Town, row: Application, *, amount: int | None, now: Any, grounds: str = "", outcome: str = ""
) -> None:  # fmt: skip
    """Find it complete and assess it; of what came on paper the first thing is to find that nothing lacks."""
    officer = town.who["officer"]
    completeness.complete(row, by=officer, now=now)
    most = {criterion.pk: (criterion.most_points - 1, "") for criterion in town.call.criteria.all()}
    said = assessing.Typed(
        points=most, outcome=outcome or "granted", amount_nok=amount,
        grounds=grounds or "Prosjektet er nytt, og gir flere arbeidsplasser (oppdiktet).",
    )  # fmt: skip
    assessing.done(row, said, by=officer, now=now)


def _put_in_list(town: Town) -> None:
    """Assess one and put it in the list for a meeting that is three weeks off."""
    officer, row = town.who["officer"], _came(town, fund_thread.BATCHED)
    _declare(row, officer, now=town.now)
    _assess(town, row, amount=row.asked_nok, now=town.now)
    assert town.body is not None
    meets_on = next_working_day(town.today + dt.timedelta(weeks=3))
    batch = batching.make(
        town.call.scheme, body=town.body, title="Søknader til næringsfondet", meets_on=meets_on,
        year=town.call.year, by=officer, now=town.now,
    )  # fmt: skip
    type(batch).objects.filter(pk=batch.pk).update(invented=True)
    Case.objects.filter(pk=batch.case_id).update(invented=True)
    batching.add(batch, [row.pk], by=officer, now=town.now)


# ---- what is decided ----


def _load_decided(town: Town) -> None:
    """Place what was granted and paid, what lapsed, and what was refused, with its complaint."""
    officer = town.who["officer"]
    given = _came(town, fund_thread.GRANTED)
    decision = _decided(town, given, fund_thread.IS_GRANTED, _treated(town, given))
    answered = _noon(fund_thread.ANSWERED)
    answering.register(decision, "accepted", on=fund_thread.ANSWERED, by=officer, now=answered)
    _pay(town, decision)
    lapsed = _came(town, fund_thread.LAPSED)
    unanswered = _decided(town, lapsed, fund_thread.IS_LAPSED)
    answering.lapse_one(unanswered.pk, now=_noon(fund_thread.LAPSED_ON))
    refused = _decided(town, _came(town, fund_thread.REFUSED), fund_thread.IS_REFUSED)
    _complain(town, refused)


def _treated(town: Town, row: Application) -> CaseStep:
    """Let the executive board have treated it."""
    made: CaseStep = CaseStep.objects.create(
        authority=town.home, case=row.case, stage=1, body=town.body, activity="decision", precision="day",
        description="Søknad til næringsfondet", starts_on=fund_thread.BOARD_MET, ends_on=fund_thread.BOARD_MET,
        decided_on=fund_thread.BOARD_MET, invented=True, **fund_thread.BOARD,
    )  # fmt: skip
    return made


def _decided(town: Town, row: Application, fact: DecidedFact, step: CaseStep | None = None) -> Decision:
    """Assess an application and decide it; without a treatment of a body, by what is delegated."""
    officer, leader = town.who["officer"], town.who["leader"]
    on = fact.on or town.today
    now = _noon(fact.on) if fact.on else town.now
    _declare(row, officer, leader, now=now)
    _assess(town, row, amount=fact.amount, now=now, grounds=fact.grounds, outcome=fact.outcome)
    if fact.amount is not None:
        _propose(town, row, fact.amount, fact.public_title, fact.aid, on=on)
    made = deciding.decide(
        row, outcome=fact.outcome, by=leader, on=on, now=now, grounds=fact.grounds,
        legal_basis=fund_thread.LEGAL_BASIS, step=step,
        delegation=None if step else deciding.delegation_for(leader, row, fact.amount, on),
    )  # fmt: skip
    return made if made.notified_on else deciding.posted(made, on=on, by=leader)


def _propose(
    town: Town, row: Application, amount: int, title: str, aid: tuple[str, str, str], *, on: dt.date
) -> None:  # fmt: skip
    """Draw up the grant, its state aid said."""
    grant = proposing.propose_grant(
        row, amount_nok=amount, public_title=title, by=town.who["officer"], on=on, use_by=fund_thread.USE_BY,
        aid_terms=dict(zip(("basis", "activity", "reason"), aid, strict=True)),
    )  # fmt: skip
    type(grant).objects.filter(pk=grant.pk).update(invented=True)


def _pay(town: Town, decision: Decision) -> None:
    """Let the grant be asked for, signed and paid, as the thread's are."""
    grant = decision.grant
    assert grant is not None
    grant.refresh_from_db()
    people = {key: town.shelf.find(User, "user", key) for key in thread_loader.STAFF}
    who = {key: user for key, user in people.items() if user is not None} | town.who
    if len(who) < len(people) + len(town.who):
        return
    fact = GrantFact(
        "fond-innvilget", "", "", fund_thread.CAFE, grant.title, "", grant.amount_nok, payouts=fund_thread.PAID
    )
    thread_loader.load_payouts(town.shelf, fact, grant, who)
    each = fund_thread.PAID[0]
    assert each.file is not None and each.approved is not None
    thread_loader.load_file(town.shelf, town.home, each.file, each.approved, who, (fact,))


def _complain(town: Town, decision: Decision) -> None:
    """Let the town association complain in the portal; it waits to be reconsidered."""
    by = town.who[thread.ASKS[fund_thread.TOWN]]
    own = reach.own(by, decision.application_id, town.today)
    complaining.complain(own, fund_thread.COMPLAINT, decision=decision.pk, by=by, now=town.now)
