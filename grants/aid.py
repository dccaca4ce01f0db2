"""Assessing whether a grant is state aid: one assessment for each grant, of what the money makes happen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from grants import held, notices, permissions
from grants.minimis_aid import taking
from grants.models import AidAssessment, Grant
from grants.refusals import deed

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import User

Basis = AidAssessment.Basis
NAMES_LAW = (Basis.SGEI, Basis.BLOCK_EXEMPTION)
"""Bases that hold only by an act or article that is named."""
MINIMIS = (Basis.DE_MINIMIS, Basis.SGEI)
TERMS = ("basis", "activity", "reason", "legal_reference")


@deed
def assess(
    grant: Grant, *, by: User, on: dt.date, basis: str, activity: str, reason: str, legal_reference: str = "",
    version: int | None = None,
) -> AidAssessment:  # fmt: skip
    """Assess a grant, or assess it anew; what was said before stays in the history.

    Raises:
        Handled: somebody assessed it since it was read.
        ValidationError: what is missing, keyed by its field.
    """
    found = held.grant(grant)
    held.answers_for(by, found, permissions.SETS_UP)
    if found.state in (Grant.State.DECLINED, Grant.State.ANNULLED, Grant.State.LAPSED):
        raise held.Handled(_("The grant does not stand any more."), code="state")
    row = AidAssessment.objects.select_for_update(no_key=True).filter(grant=found).first()
    if version is not None and version != (row.row_version if row else -1):
        raise held.Handled(_("A colleague has assessed this since you opened the page. See what is said."))
    if basis in NAMES_LAW and not legal_reference.strip():
        raise ValidationError({"legal_reference": _("Name the act and article.")})
    before = row.basis if row else ""
    row = row or AidAssessment(grant=found, authority_id=found.authority_id)
    row.basis, row.activity, row.reason = Basis(basis), activity.strip(), reason.strip()
    row.legal_reference, row.assessed_on, row.assessed_by = legal_reference.strip(), on, by
    row.full_clean(exclude=["authority", "grant"], validate_constraints=False)
    row.save()
    taking.reassess(found, before, row.basis, on=on)
    notices.record("aid_assessed", found, by=by, case=found.case, basis=str(basis))
    return row


def earlier(grant: Grant, today: dt.date) -> list[Grant]:
    """Return this authority's own grants of de minimis aid to the same organisation in the three years before today.

    Law: the general de minimis rules count three rolling years (checked 2026-11-22). Aid from others, and linked
    companies, are not seen here.
    """
    since = _three_years_before(today)
    rows = Grant.objects.filter(
        organisation=grant.organisation_id, state__in=Grant.HOLDING, decided_on__gt=since, aid__basis__in=MINIMIS
    ).exclude(pk=grant.pk)
    return list(rows.select_related("balance", "aid").order_by("decided_on", "pk"))


def _three_years_before(day: dt.date) -> dt.date:
    try:
        return day.replace(year=day.year - 3)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year - 3, day=28)
