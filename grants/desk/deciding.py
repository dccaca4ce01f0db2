"""An application is decided: by a body’s resolution, or by one person within what is delegated to her role.

One deed makes the decision, its letter and its notices, and commits the grant last. The party is notified the day the
decision can be read here and the notice that says so is written; one who cannot be reached here gets the letter by
post, and is notified the day it was sent.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants import fund_rules, granting, held, notices, permissions, repaying
from grants.complaining.rules_words import is_final
from grants.desk import gate, proposing, supplements
from grants.desk.delegating import delegation_for, held_by
from grants.models import Application, Decision, ExemptField, Grant, Outcome
from grants.refusals import Refused, deed
from portal import outbox
from portal.acting_for import mandates
from portal.calendar import oslo_today
from portal.letters.engine import PdfError
from portal.models import CaseStep, Letter, Mandate, Reach
from portal.money import format_nok
from portal.permissions import require

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grants.models import Delegation
    from portal.models import User

__all__ = ["decide", "delegation_for", "posted", "steps_of"]

UNDECIDED = (CaseStep.Outcome.PENDING, CaseStep.Outcome.POSTPONED, CaseStep.Outcome.NOTED)
ANSWERED = {Outcome.GRANTED: "granted", Outcome.REFUSED: "refused", Outcome.DISMISSED: "dismissed"}


def steps_of(application: Application) -> Any:
    """Return the treatments an application may be decided in: of its own case, or of a complaint on it."""
    own = CaseStep.objects.filter(case=application.case_id)
    complained = CaseStep.objects.filter(case__complaint__decision__application=application.pk)
    rows = (own | complained).filter(activity=CaseStep.Activity.DECISION).exclude(outcome__in=UNDECIDED)
    return rows.select_related("body", "case").order_by("-decided_on", "-pk").distinct()


# ---- the deed ----


@deed
def decide(
    application: Application, *, outcome: str, by: User, on: dt.date, now: dt.datetime, grounds: str,
    legal_basis: str, step: CaseStep | None = None, delegation: Delegation | None = None, public_title: str = "",
    exempt: Mapping[str, str] | None = None, seen: int | None = None, grant_seen: int | None = None,
    replaces: Decision | None = None,
) -> Decision:  # fmt: skip
    """Decide an application and return the decision: its letter is written, its party told, its money committed.

    `exempt` says which facts the public does not see, each with its legal basis; None leaves them as they stand. A
    decision that replaces another takes its money back first; that is for a complaint.

    Raises:
        Handled: it is decided or withdrawn already, or was changed since it was read.
        NotImpartial: she has not declared that nothing ties her to it.
        Refused: the ledger, the ceiling of de minimis aid or the delegation does not hold it.
        ValidationError: what is missing, keyed by its field where it has one.
    """
    found = held.application(application)
    require(permissions.may(by, found.authority_id, permissions.DECIDES))
    if found.organisation_id:
        held.refuse_tied(by, found.organisation_id)
    gate.require_impartial(by, found)
    before = _ready(found, replaces)
    held.as_seen(found, seen)
    if on > oslo_today(now) or (found.received_on is not None and on < found.received_on):
        text = _("A decision is made after the application came, and not after today. Correct the day it was treated.")
        raise Refused(text, code="day")
    supplements.drop(found, now=now)
    grant = _grant_to_give(found, grant_seen) if outcome == Outcome.GRANTED else None
    _check_by_whom(found, grant, step, delegation, by=by, on=on)
    if grant is not None:
        _name(grant, public_title, exempt)
    if before is not None and before.grant is not None:
        _take_back(before.grant, gives=grant is not None, by=by, on=on)
    made = drawn(
        found, outcome, grant, before, step=step, delegation=delegation, by=by, on=on, now=now,
        grounds=grounds.strip(), legal_basis=legal_basis.strip(),
    )  # fmt: skip
    _write(made, found, grant, before)
    _send(made, found, by=by, now=now)
    if grant is not None:
        granting.decide(grant, by=by, on=on, step=step, reference="" if step else made.reference, today=oslo_today(now))
    elif (given_up := proposing.proposed_of(found)) is not None:
        granting.decline(given_up, by=by, on=on, step=step, reference="" if step else made.reference)
    return made


def _ready(found: Application, replaces: Decision | None) -> Decision | None:
    """Return the decision this one replaces, if any; stop what is decided with no complaint that was won."""
    before = proposing.standing_of(found)
    if found.state != Application.State.SUBMITTED and (replaces is None or replaces != before):
        raise held.stands(found)
    proposing.refuse_decided(found)
    if before is not None and before.grant is not None:
        before.grant = held.grant(before.grant)
    return before


def _grant_to_give(found: Application, grant_seen: int | None) -> Grant:
    there = proposing.proposed_of(found)
    if there is None:
        raise ValidationError(_("Draw up the grant first: how much, and what it is for."), code="grant")
    return held.grant(there, grant_seen)


def _check_by_whom(
    found: Application, grant: Grant | None, step: CaseStep | None, delegation: Delegation | None, *, by: User,
    on: dt.date,
) -> None:  # fmt: skip
    """Stop a decision that no body has made, and nobody may make alone.

    Raises:
        ValidationError: keyed by the field.
    """
    if step is not None:
        if not steps_of(found).filter(pk=step.pk).exists():
            raise ValidationError({"step": _("Choose a treatment of this application that has an outcome.")})
        if grant is not None:
            granting.check_decision(grant, step, "", gives=True)
        return
    if delegation is None:
        raise ValidationError(_("Name the body’s treatment, or the delegation it is decided by."), code="by_whom")
    amount = grant.amount_nok if grant is not None else found.asked_nok or 0
    if not held_by(by, found, on).filter(pk=delegation.pk, up_to_nok__gte=amount).exists():
        text = _("What is delegated to you does not reach %(amount)s today. The body decides this.")
        raise Refused(text % {"amount": format_nok(amount)}, code="decision_within_delegation")
    if grant is not None and (over := beyond(found, grant.amount_nok)):
        text = _("The terms of the call allow %(most)s at most. Only the body can decide more.")
        raise Refused(text % {"most": format_nok(over)}, code="limit")


def beyond(application: Application, amount_nok: int) -> int | None:
    """Return the largest grant the call's terms allow, where this amount is more than that."""
    most = fund_rules.largest_nok(proposing.limits_of(application, proposing.assessment_of(application)))
    return most if amount_nok > most else None


def _name(grant: Grant, public_title: str, exempt: Mapping[str, str] | None) -> None:
    """Give a grant the title everyone reads, and mark what nobody outside does."""
    if public_title.strip() and public_title.strip() != grant.title:
        grant.title = public_title.strip()
        grant.full_clean(validate_constraints=False)
        grant.save(update_fields=["title"])
    if exempt is None:
        return
    ExemptField.objects.filter(grant=grant).exclude(field__in=list(exempt)).delete()
    for field, basis in exempt.items():
        ExemptField.objects.update_or_create(
            authority_id=grant.authority_id, grant=grant, field=field, defaults={"basis": basis}
        )


def _take_back(grant: Grant, *, gives: bool, by: User, on: dt.date) -> None:
    """Free the money of a decision that another replaces; what is paid is claimed back before money is given anew.

    Raises:
        ValidationError: some of it is paid.
    """
    if gives and grant.state == Grant.State.FINISHED and (paid := repaying.claimable_nok(grant)) > 0:
        text = _("%(paid)s is paid. Let the rest lapse, and claim back what is to be paid back.")
        raise Refused(text % {"paid": format_nok(paid)}, code="paid")
    if grant.state == Grant.State.GRANTED:
        granting.annul(grant, why=_("Another decision replaces it."), by=by, on=on)


def reference_of(step: CaseStep) -> str:
    """Return where a body's resolution stands: its name, case and day."""
    day = date_format(step.decided_on, "j. F Y") if step.decided_on else ""
    number = "/".join(part for part in (step.case_number, step.item_number) if part)
    parts = [str(step.body or step.actor), number, day]
    return ", ".join(part for part in parts if part)[:160]


def drawn(
    found: Application, outcome: str, grant: Grant | None, before: Decision | None, *, step: CaseStep | None,
    delegation: Delegation | None, by: User, on: dt.date, now: dt.datetime, grounds: str, legal_basis: str,
) -> Decision:  # fmt: skip
    """Return the decision as it would be made now, not stored."""
    today, assessment = oslo_today(now), proposing.assessment_of(found)
    reached = bool(readers_of(found, today))
    made = Decision(
        authority_id=found.authority_id, application=found, number=before.number + 1 if before else 1,
        outcome=Outcome(outcome), grant=grant, amount_nok=grant.amount_nok if grant else None, step=step,
        delegation=None if step else delegation, reference=reference_of(step) if step else delegation.reference,  # type: ignore[union-attr]
        grounds=grounds, legal_basis=legal_basis, decided_on=on, decided_by=None if step else by,
        prepared_by=assessment.assessed_by if assessment else None, registered_by=by, registered_at=now,
        replaces=before, notified_on=today if reached else None,
        accept_by=fund_rules.accept_by(today) if grant else None, invented=found.invented,
    )  # fmt: skip
    made.complain_by = complain_by(made, today) if reached else None
    return made


def complain_by(decision: Decision, notified_on: dt.date) -> dt.date | None:
    """Return the last day to complain; none of what a complaint body has decided."""
    return None if is_final(decision) else fund_rules.complain_by(notified_on)


def _write(made: Decision, found: Application, grant: Grant | None, before: Decision | None) -> Decision:
    """Add the decision, and let the application stand as it says."""
    made.full_clean(exclude=["authority", "grant", "replaces"], validate_constraints=False)
    made.save(force_insert=True)
    found.state = Application.State(ANSWERED[Outcome(made.outcome)])
    if grant is not None and found.organisation_id is None:
        found.organisation = grant.organisation
    found.save(update_fields=["state", "organisation"])
    if (complaint := proposing.to_be_changed(before)) is not None:
        complaint.new_decision = made
        complaint.save(update_fields=["new_decision"])
    return made


# ---- the letter and the notices ----


def readers_of(application: Application, on: dt.date) -> list[User]:
    """Return who can read the decision here: the founder, and everyone with a mandate for the organisation."""
    found = {application.applicant.pk: application.applicant} if application.applicant else {}
    if application.organisation is not None:
        found |= {user.pk: user for user in notices.contacts_of(application.organisation, on)}
    return [user for user in found.values() if user.is_active]


def letter_of(decision: Decision, *, on: dt.date) -> Letter:
    """Write the decision's letter and lay it in the case."""
    from grants import letters_of

    dated_as_decided(decision)
    write = letters_of.decision if decision.outcome == Outcome.GRANTED else letters_of.refusal
    try:
        return write(decision, on=on)
    except PdfError as error:
        raise Refused(
            _("The letter cannot be laid out as it is written. Nothing is decided."), code="letter"
        ) from error


def dated_as_decided(decision: Decision) -> Decision:
    """Let the letter reckon by the day of the decision: its grant is stored as granted after the letter is written."""
    if decision.grant is not None:
        decision.grant.decided_on = decision.decided_on
    return decision


def _send(made: Decision, found: Application, *, by: User, now: dt.datetime) -> None:
    """Write the letter and tell who can read it; a founder acts for her organisation from now on."""
    today = oslo_today(now)
    made.letter = letter_of(made, on=today)
    made.save(update_fields=["letter"])
    if made.grant is not None and found.applicant is not None:
        _let_act(found, made, by=by, now=now)
    notices.record(
        "application_decided", made, by=by, case=found.case, application=found.pk, outcome=str(made.outcome),
        amount_nok=made.amount_nok or 0, delegated=made.step_id is None,
    )  # fmt: skip
    _tell(made, found, by=by, on=today)


def _let_act(found: Application, made: Decision, *, by: User, now: dt.datetime) -> None:
    """Let a founder act for the organisation her grant is given to, where nobody does; the letter is what shows it."""
    user, organisation = found.applicant, made.grant.organisation  # type: ignore[union-attr]
    assert user is not None and made.letter is not None
    if mandates.acting_in(organisation.pk, oslo_today(now)).exists():
        return
    mandates.give(
        organisation, user, source=Mandate.Source.OFFICER, by=by, now=now, reach=Reach.ACTS, verified_by=by,
        document=made.letter.document, valid_to=mandates.last_day(Mandate.Source.OFFICER, oslo_today(now)),
        evidence={"application": found.reference},
    )  # fmt: skip


def own_page(application: Application) -> dict[str, Any]:
    """Return the applicant's own page of a decision, as a notice links to it."""
    return {"link": reverse("own_decision", args=[application.pk]), "link_text": gettext_lazy("Read the decision")}


def _tell(made: Decision, found: Application, *, by: User, on: dt.date) -> None:
    reference = found.reference
    for user in readers_of(found, on):
        if user.pk != by.pk:
            outbox.notify(
                user, kind="application_decided", subject=made, authority=found.authority, occasion="decided",
                on_date=on, title=lambda: _("Your application %(reference)s is decided") % {"reference": reference},
                template="application_decided", reference=reference, call=found.call.title, **own_page(found),
            )  # fmt: skip


@deed
def posted(decision: Decision, *, on: dt.date, by: User) -> Decision:
    """Say that the letter was sent by post to one who cannot read it here; the time to complain runs from that day.

    Raises:
        Handled: the party is notified already.
    """
    found = held.application(decision.application_id)
    require(permissions.may(by, found.authority_id, permissions.DECIDES))
    gate.require_impartial(by, found)
    row = Decision.objects.select_for_update(no_key=True, of=("self",)).get(pk=decision.pk)
    if row.notified_on is not None:
        raise held.Handled(_("The applicant is notified already."), code="once")
    if on < row.decided_on:
        raise ValidationError({"on": _("The decision was not made that day.")})
    row.notified_on, row.complain_by = on, complain_by(row, on)
    if row.outcome == Outcome.GRANTED:
        row.accept_by = max(row.accept_by or on, fund_rules.accept_by(on))
    row.save(update_fields=["notified_on", "complain_by", "accept_by"])
    notices.record("decision_posted", row, by=by, case=found.case)
    return row
