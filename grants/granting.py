"""The deeds on grants: proposed, decided, declined, taken up again, annulled, lapsed and finished.

Each locks the organisation and the grant, looks at how they are now, and puts the ledger's entry last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants import cautions, conditions, facts, held, ledger, notices, permissions, rules
from grants.desk import gate
from grants.minimis_aid import taking
from grants.models import AidAssessment, Grant, GrantBalance, GrantReport, LedgerEntry, Payout, Repayment
from grants.refusals import Refused, deed
from portal.models import Case, CaseStep, Organisation
from portal.money import format_nok
from portal.permissions import require

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from grants.models import Account
    from portal.models import User

State = Grant.State
GIVING = (CaseStep.Outcome.ADOPTED, CaseStep.Outcome.AMENDED)
"""Outcomes of a treatment that something can be granted by."""
Handled = held.Handled
warnings = cautions.of


# ---- proposed ----


@deed
def propose(
    *, account: Account, organisation: Organisation, case: Case | None, amount_nok: int, title: str, by: User,
    on: dt.date, year: int | None = None, **terms: Any,
) -> Grant:  # fmt: skip
    """Make a grant that is being assessed, with the conditions its scheme asks for; without a case it gets its own.

    The same once more, while it is assessed, is the one that stands there.
    """
    require(permissions.may(by, account.authority_id, permissions.SETS_UP))
    held.refuse_tied(by, organisation.pk)
    if case is not None and case.series == Case.Series.APPLICATION:
        gate.require_impartial(by, case.application)
    list(Organisation.objects.select_for_update(no_key=True).filter(pk=organisation.pk).values_list("pk"))
    same = Grant.objects.filter(account=account, organisation=organisation, state=State.PROPOSED)
    same = same if case is None else same.filter(case=case)
    if (there := same.filter(title=title, amount_nok=amount_nok).first()) is not None:
        return there
    if case is None:
        case = Case.objects.create(
            authority_id=account.authority_id, title=title[:200], officer=by, opened_on=on,
            access=terms.get("access", "open"), access_basis=terms.get("access_basis", ""),
        )  # fmt: skip
    made = Grant(
        authority_id=account.authority_id, scheme_id=account.scheme_id, account=account, organisation=organisation,
        case=case, amount_nok=amount_nok, title=title, year=year or account.year or on.year, **terms,
    )  # fmt: skip
    made.full_clean(validate_constraints=False)
    made.save()
    conditions.copy_to(made)
    notices.record("grant_proposed", made, by=by, case=case, amount_nok=amount_nok)
    return made


@deed
def change(grant: Grant, *, by: User, version: int | None = None, **terms: Any) -> Grant:
    """Change what is proposed; another account or year brings the conditions that hold there."""
    found = held.grant(grant, version)
    held.answers_for(by, found, permissions.SETS_UP)
    if found.state != State.PROPOSED:
        raise Handled(_("The grant is decided. What was granted, and to whom, is not changed."), code="state")
    applied = held.application_of(found)
    for name, value in terms.items():
        setattr(found, name, value)
    if applied is not None:
        held.stays_with(found, applied)
    if "organisation" in terms:
        held.refuse_tied(by, found.organisation_id)
    if "account" in terms:
        found.scheme_id = found.account.scheme_id
        found.year = found.account.year or found.year
    found.full_clean(validate_constraints=False)
    found.save()
    conditions.copy_to(found)
    notices.record("grant_proposal_changed", found, by=by, case=found.case, amount_nok=found.amount_nok)
    return found


# ---- decided ----


def check_decision(grant: Grant, step: CaseStep | None, reference: str, *, gives: bool) -> None:
    """Stop a decision that names nothing, or a treatment that decided something else.

    Raises:
        ValidationError: keyed by the field.
    """
    if step is None:
        if not reference.strip():
            raise ValidationError({"reference": _("Name the decision, or the delegation it is made by.")})
        return
    if step.authority_id != grant.authority_id:
        raise ValidationError({"step": _("Choose a treatment of your own authority.")})
    if gives and (step.outcome not in GIVING or step.activity != CaseStep.Activity.DECISION):
        raise ValidationError({"step": _("This treatment is not registered as adopted.")})
    if not gives and step.outcome == CaseStep.Outcome.PENDING:
        raise ValidationError({"step": _("This treatment has no outcome yet.")})


@deed
def decide(
    grant: Grant, *, by: User, on: dt.date, step: CaseStep | None = None, reference: str = "",
    version: int | None = None, today: dt.date | None = None,
) -> Grant:  # fmt: skip
    """Grant it: the amount is committed in the ledger, and those who speak for the recipient are told.

    Raises:
        Handled: it is decided already, or was changed since it was read.
        Refused: the account, the fund's frame or the year does not hold it; the text names what is left.
        ValidationError: the aid is not assessed, the recipient may get nothing, or the decision is not named.
    """
    found = held.grant(grant, None)
    held.answers_for(by, found, permissions.DECIDES)
    held.ready_to(found, State.GRANTED)
    held.as_seen(found, version)
    if found.state != State.PROPOSED:
        raise held.stands(found)
    held.refuse_elsewhere(applied := held.application_of(found), found, gives=True)
    check_decision(found, step, reference, gives=True)
    if troubles := cautions.troubles_of(found.organisation):
        text = _("%(name)s gets no grant: %(why)s") % {"name": found.organisation.name, "why": " ".join(troubles)}
        raise ValidationError(text, code="trouble")
    if not AidAssessment.objects.filter(grant=found).exists():
        raise ValidationError(_("Assess whether this is state aid before it is granted."), code="aid")
    found.state, found.decided_on, found.step, found.decision_reference = State.GRANTED, on, step, reference.strip()
    found.save(update_fields=["state", "decided_on", "step", "decision_reference"])
    taking.take(found, on=on)
    notices.record("grant_decided", found, by=by, case=found.case, amount_nok=found.amount_nok)
    if applied is None:
        _tell(
            found, "grant_decided", "granted", lambda: _("%(who)s has granted you money"), by,
            today or timezone.localdate(), "grant_decided",
        )  # fmt: skip
    ledger.commit(found, on=on, by=by)
    return found


@deed
def decline(
    grant: Grant, *, by: User, on: dt.date, step: CaseStep | None = None, reference: str = "",
    version: int | None = None, today: dt.date | None = None,
) -> Grant:  # fmt: skip
    """Say no: no money moves, and those who speak for the recipient are told."""
    found = held.grant(grant, None)
    held.answers_for(by, found, permissions.DECIDES)
    held.ready_to(found, State.DECLINED)
    held.as_seen(found, version)
    held.refuse_elsewhere(applied := held.application_of(found), found, gives=False)
    check_decision(found, step, reference, gives=False)
    found.state, found.decided_on, found.step, found.decision_reference = State.DECLINED, on, step, reference.strip()
    found.save(update_fields=["state", "decided_on", "step", "decision_reference"])
    notices.record("grant_declined", found, by=by, case=found.case)
    if applied is None:
        _tell(
            found, "grant_decided", f"declined:{found.row_version}",
            lambda: _("%(who)s has answered your application"), by, today or timezone.localdate(), "grant_declined",
        )  # fmt: skip
    return found


@deed
def reopen(grant: Grant, *, by: User, version: int | None = None) -> Grant:
    """Take a grant up again: one that was declined is assessed anew, one that was finished can be paid from."""
    found = held.grant(grant, None)
    held.answers_for(by, found, permissions.DECIDES)
    to = State.GRANTED if found.state == State.FINISHED else State.PROPOSED
    held.ready_to(found, to)
    held.as_seen(found, version)
    if to == State.PROPOSED and (applied := held.application_of(found)) is not None:
        text = _("This was answered with application %(reference)s. It is taken up again by a complaint.")
        raise Refused(text % {"reference": applied.reference}, code="application")
    found.state = to
    if to == State.PROPOSED:
        found.decided_on, found.step, found.decision_reference = None, None, ""
    found.save(update_fields=["state", "decided_on", "step", "decision_reference"])
    if to == State.PROPOSED:
        conditions.copy_to(found)
    notices.record("grant_reopened", found, by=by, case=found.case, to=str(to))
    return found


# ---- it ends ----


def asked_payouts(grant: Grant) -> int:
    """Return what is asked for and has not left the grant; one query."""
    rows = Payout.objects.filter(grant=grant, state__in=facts.UNDER_WAY)
    return sum(rows.values_list("amount_nok", flat=True))


def _without_payouts_under_way(grant: Grant) -> None:
    if (asked := asked_payouts(grant)) > 0:
        text = _("Payouts of %(asked)s are under way. Stop them, or let them be paid, first.")
        raise ValidationError(text % {"asked": format_nok(asked)}, code="under_way")


@deed
def annul(
    grant: Grant, *, why: str, by: User, on: dt.date, version: int | None = None, today: dt.date | None = None
) -> Grant:
    """Undo a decision that should not have been: the commitment is reversed, as long as nothing is paid or lapsed."""
    found = held.grant(grant, None)
    held.answers_for(by, found, permissions.DECIDES)
    held.ready_to(found, State.ANNULLED)
    held.as_seen(found, version)
    _says_why(why)
    _without_payouts_under_way(found)
    balance = GrantBalance.objects.get(grant=found)
    if balance.paid_nok:
        text = _("%(paid)s is paid. Let the rest lapse, and claim back what is to be paid back.")
        raise ValidationError(text % {"paid": format_nok(balance.paid_nok)}, code="paid")
    if balance.released_nok:
        raise ValidationError(_("Part of it has lapsed already. Let the rest lapse too."), code="released")
    found.state = State.ANNULLED
    found.save(update_fields=["state"])
    taking.end(found, on=on)
    notices.record("grant_annulled", found, by=by, case=found.case)
    _tell_changed(found, "annulled", by, today)
    entry = ledger.standing(LedgerEntry.objects.filter(grant=found, kind=LedgerEntry.Kind.COMMITMENT)).get()
    ledger.reverse(entry, why=why, on=on, by=by)
    return found


@deed
def lapse(
    grant: Grant, amount_nok: int | None = None, *, why: str, by: User, on: dt.date, once: str = "",
    version: int | None = None, today: dt.date | None = None,
) -> Grant:  # fmt: skip
    """Give back to the account what the recipient will not get: a part, or all that is not paid.

    All of it leaves the grant lapsed, or finished where some was paid. `once` marks one opened form: the part lapses
    once, however often it is sent.
    """
    found = held.grant(grant, None)
    held.answers_for(by, found, permissions.DECIDES)
    held.ready_to(found, State.LAPSED)
    key = f"release:{found.pk}:{once or found.row_version}"
    if LedgerEntry.objects.filter(authority=found.authority_id, key=key).exists():
        raise Handled(_("This has lapsed already."), code="once")
    held.as_seen(found, version)
    _says_why(why)
    balance = GrantBalance.objects.get(grant=found)
    left = balance.unpaid_nok - asked_payouts(found)
    amount = balance.unpaid_nok if amount_nok is None else amount_nok
    if amount <= 0:
        raise ValidationError(_("All of it is paid. Finish the grant instead."), code="nothing")
    if amount > left:
        if amount_nok is None:
            _without_payouts_under_way(found)
        raise ValidationError({"amount": _("At most %(left)s can lapse.") % {"left": format_nok(left)}}, code="left")
    _tell_changed(found, f"lapsed:{once or found.row_version}", by, today)
    return _let_lapse(found, amount, balance, key=key, why=why.strip(), by=by, on=on)


def _let_lapse(
    found: Grant, amount: int, balance: GrantBalance, *, key: str, why: str, by: User | None, on: dt.date
) -> Grant:
    """Give so much of a locked grant back to its account."""
    is_all = amount == balance.unpaid_nok
    if is_all:
        found.state = State.FINISHED if balance.paid_nok else State.LAPSED
        found.save(update_fields=["state"])
    taking.cut(found, amount, on=on)
    notices.record("grant_lapsed", found, by=by, case=found.case, amount_nok=amount, all=is_all)
    ledger.release(found, amount, key=key, on=on, by=by, why=why)
    return found


@deed
def give_up(grant: Grant, *, why: str, by: User | None, on: dt.date) -> Grant:
    """Let all of a grant lapse that its recipient turned down, or did not accept in time; once, and nobody is told.

    Who asks has found out that it may be given up, and tells of it (`grants.desk.answering`).
    """
    found = held.grant(grant)
    held.ready_to(found, State.LAPSED)
    balance = GrantBalance.objects.get(grant=found)
    if balance.paid_nok:
        raise Refused(_("Some of it is paid already."), code="paid")
    return _let_lapse(found, balance.unpaid_nok, balance, key=f"given_up:{found.pk}", why=why, by=by, on=on)


def standing_in_the_way(grant: Grant, on: dt.date) -> list[str]:
    """Return what keeps a grant from being finished, by name; nothing when it may be."""
    known = facts.of_one(grant)
    found = []
    if known.unpaid_nok:
        found.append(_("%(left)s is not paid. Pay it, or let it lapse.") % {"left": format_nok(known.unpaid_nok)})
    reports = GrantReport.objects.filter(grant=grant).exclude(state=GrantReport.State.APPROVED)
    reports = reports.exclude(condition__state__in=["met", "waived"])
    found += [_("“%(title)s” is not approved.") % {"title": title} for title in reports.values_list("title", flat=True)]
    settled_by_report = (rules.Kind.REPORT, rules.Kind.HOLDBACK)
    found += [
        _("“%(title)s” is not met.") % {"title": one.condition.title}
        for one in rules.obstacles(known, 0, on)
        if one.condition is not None and one.condition.kind not in settled_by_report
    ]
    claims = Repayment.objects.filter(grant=grant, state=Repayment.State.CLAIMED).values_list("amount_nok", flat=True)
    if claimed := sum(claims):
        found.append(_("%(claimed)s is claimed back and not received.") % {"claimed": format_nok(claimed)})
    return found


@deed
def finish(grant: Grant, *, by: User, on: dt.date, version: int | None = None) -> Grant:
    """Mark a grant as finished: all is paid or lapsed, reported and received.

    Raises:
        ValidationError: what is missing, by name.
    """
    found = held.grant(grant, None)
    held.answers_for(by, found, permissions.DECIDES)
    held.ready_to(found, State.FINISHED)
    held.as_seen(found, version)
    if missing := standing_in_the_way(found, on):
        raise ValidationError([ValidationError(text, code="missing") for text in missing])
    found.state = State.FINISHED
    found.save(update_fields=["state"])
    notices.record("grant_finished", found, by=by, case=found.case)
    return found


# ---- told ----


def _says_why(why: str) -> None:
    if not why.strip():
        raise ValidationError({"why": _("Say why.")}, code="why")


def own_page(grant: Grant) -> dict[str, Any]:
    """Return the recipient's own page of a grant, as a notice links to it."""
    return {
        "link": reverse("own_grant", args=[grant.organisation_id, grant.pk]),
        "link_text": gettext_lazy("See your grant"),
    }


def _tell(
    grant: Grant, kind: str, occasion: str, title: Callable[[], str], by: User, today: dt.date, template: str
) -> None:
    who = grant.authority.full_name
    notices.tell_contacts(
        grant.organisation, kind=kind, subject=grant, occasion=occasion, on=today, but=[by.pk], template=template,
        title=lambda: title() % {"who": who}, **own_page(grant),
    )  # fmt: skip


def _tell_changed(grant: Grant, occasion: str, by: User, today: dt.date | None) -> None:
    _tell(
        grant, "grant_changed", occasion, lambda: _("%(who)s has changed your grant"), by,
        today or timezone.localdate(), "grant_changed",
    )  # fmt: skip
