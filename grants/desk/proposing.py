"""A grant drawn up from an application: to whom, how much, with the conditions of its scheme and its state aid said.

It is proposed until the application is decided (`grants.desk.deciding`). A founder without an organisation number gets
an organisation here, which she acts for from the day the grant is given.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from grants import aid, fund_rules, granting, held, permissions
from grants.applying import content as typed
from grants.desk import gate
from grants.models import Application, Assessment, Complaint, Decision, Fund, Grant
from grants.refusals import deed
from portal.models import Organisation
from portal.permissions import require

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grants.fund_rules import Limit
    from grants.models import Account
    from portal.models import User

State = Application.State
CHANGING = (Complaint.Outcome.CHANGED, Complaint.Outcome.ANNULLED)
USED_WITHIN = dt.timedelta(days=92)
"""How long after the project the money can be asked for, unless the officer says otherwise."""


# ---- how it stands ----


def standing_of(application: Application) -> Decision | None:
    """Return the decision that stands: the latest, which no other replaces."""
    rows = Decision.objects.filter(application=application, replaced_by=None).select_related(
        "grant__organisation", "step__body", "step__case", "delegation", "decided_by", "letter__document",
    )  # fmt: skip
    return rows.first()


def proposed_of(application: Application) -> Grant | None:
    """Return the grant that is proposed in its case and not decided; none as long as nobody has drawn one up."""
    if application.case_id is None:
        return None
    rows = Grant.objects.select_related("organisation", "account__balance", "account__fund", "scheme", "case")
    found: Grant | None = rows.filter(case=application.case_id, state=Grant.State.PROPOSED).order_by("-pk").first()
    return found


def assessment_of(application: Application) -> Assessment | None:
    return Assessment.objects.filter(application=application).select_related("assessed_by").first()


def to_be_changed(decision: Decision | None) -> Complaint | None:
    """Return the complaint that was won and waits for the new decision; while it stands, this one can be replaced."""
    won = Q(state=Complaint.State.UPHELD) | Q(state=Complaint.State.DECIDED, outcome__in=CHANGING)
    return Complaint.objects.filter(won, decision=decision, new_decision=None).first() if decision else None


def refuse_decided(application: Application) -> None:
    """Stop who would draw up or decide what is withdrawn, or decided with no complaint that was won.

    Raises:
        Handled: with how it stands.
    """
    if application.state == State.SUBMITTED:
        return
    if application.state == State.WITHDRAWN or to_be_changed(standing_of(application)) is None:
        raise held.stands(application)


# ---- how much ----


def sent_content(application: Application) -> typed.Content:
    """Return what an application says as it was last sent; what is typed while more is asked for is not sent yet."""
    last = application.versions.order_by("-number").values_list("content", flat=True).first()
    return typed.of(application.content if last is None else last)


def limits_of(application: Application, assessment: Assessment | None) -> list[Limit]:
    """Return every limit on the grant by the call's terms; an officer's costs that count go before the applicant's."""
    call = application.call
    reading = typed.read(content := sent_content(application), own_work_nok=call.own_work_nok)
    costs = application.cost_nok if assessment is None else assessment.eligible_cost_nok
    terms = fund_rules.Terms(
        call.share_percent, call.cap_nok, call.smallest_nok, call.own_work_nok, call.starts
    )  # fmt: skip
    return fund_rules.limits(
        terms, asked_nok=application.asked_nok or 0, cost_nok=application.cost_nok or 0 if costs is None else costs,
        other_public_nok=fund_rules.sums(content, reading).other_public_nok,
    )  # fmt: skip


def account_of(application: Application) -> Account:
    """Return the account of the fund that was applied to.

    Raises:
        ValidationError: the scheme has no fund.
    """
    fund = Fund.objects.filter(scheme=application.call.scheme_id).select_related("account__scheme").first()
    if fund is None:
        raise ValidationError(_("The scheme has no fund with an account. Set one up first."), code="fund")
    return fund.account


def use_by_of(application: Application) -> dt.date | None:
    """Return the day a grant is to be asked for by, unless the officer says otherwise."""
    return application.ends_on + USED_WITHIN if application.ends_on else None


# ---- to whom ----


def recipient_of(application: Application, chosen: Organisation | None = None) -> Organisation:
    """Return who the grant goes to; for a founder the organisation chosen, the one proposed to before, or a new one.

    Raises:
        ValidationError: what was chosen is not the authority's.
    """
    if application.organisation is not None:
        return application.organisation
    if chosen is not None:
        if chosen.authority_id != application.authority_id:
            raise ValidationError({"organisation": _("Choose an organisation of your own authority.")})
        return chosen
    if (before := Grant.objects.filter(case=application.case_id).select_related("organisation").first()) is not None:
        return before.organisation
    return Organisation.objects.create(
        authority_id=application.authority_id, name=application.applicant_name, invented=application.invented
    )


# ---- the deed ----


@deed
def propose_grant(
    application: Application, *, amount_nok: int, public_title: str, by: User, on: dt.date,
    use_by: dt.date | None = None, organisation: Organisation | None = None,
    aid_terms: Mapping[str, Any] | None = None, seen: int | None = None, grant_seen: int | None = None,
) -> Grant:  # fmt: skip
    """Draw up the grant an application may be answered with, or change the one that is drawn up; return it.

    `aid_terms` are `grants.aid.TERMS`. The title is read by everyone once it is granted: what the applicant wrote is
    not put there for her.

    Raises:
        Handled: the application is decided or withdrawn, or somebody changed it since it was read.
        NotImpartial: she has not declared that nothing ties her to it.
    """
    found = held.application(application)
    require(permissions.may(by, found.authority_id, permissions.SETS_UP))
    gate.require_impartial(by, found)
    refuse_decided(found)
    held.as_seen(found, seen)
    there = proposed_of(found)
    recipient = recipient_of(found, organisation)
    terms: dict[str, Any] = {
        "organisation": recipient, "amount_nok": amount_nok, "title": public_title.strip(), "use_by": use_by,
        "starts_on": found.starts_on, "ends_on": found.ends_on,
    }  # fmt: skip
    if there is None:
        grant = granting.propose(
            account=account_of(found), case=found.case, by=by, on=on, year=found.call.year, **terms
        )  # fmt: skip
    elif all(getattr(there, name) == value for name, value in terms.items()):
        grant = there
    else:
        grant = granting.change(there, by=by, version=grant_seen, **terms)
    if aid_terms is not None:
        aid.assess(grant, by=by, on=on, **aid_terms)
    return Grant.objects.select_related("organisation", "case", "account", "scheme").get(pk=grant.pk)
