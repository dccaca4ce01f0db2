"""How deeds take hold of rows: in one order, organisation before grant before what belongs to it, as they were seen.

A second press, or a page that has grown old, is told how it stands; nothing is done twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from grants import permissions
from grants.desk import gate
from grants.models import Application, Decision, Grant, Outcome
from grants.refusals import Refused
from portal.models import Case, Organisation
from portal.permissions import require

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import User

Row = TypeVar("Row", bound=Any)
ROWS = Grant.objects.select_related("organisation", "authority", "case")
"""What every deed needs of a grant; the rest is fetched where it is asked for: each join costs all of them."""
APPLICATIONS = Application.objects.sent().select_related(
    "call__scheme", "organisation", "applicant", "case__officer", "authority"
)


class Handled(ValidationError):
    """Someone has done this, or something else with it, before: nothing was done now."""


def as_seen(row: Row, version: int | None) -> Row:
    """Return a locked row that is as its reader saw it.

    Raises:
        Handled: somebody changed it since.
    """
    if version is not None and row.row_version != version:
        raise stale()
    return row


def stale() -> Handled:
    """Return what one is told whose page is older than the last change."""
    return Handled(_("Somebody changed this after you opened the page. See how it stands now."), code="stale")


def grant(found: Grant | int, version: int | None = None) -> Grant:
    """Lock a grant, its organisation first, and return it as it is now."""
    key = found if isinstance(found, int) else found.pk
    owner = Grant.objects.values_list("organisation_id", flat=True).get(pk=key)
    list(Organisation.objects.select_for_update(no_key=True).filter(pk=owner).order_by().values_list("pk"))
    held = ROWS.select_for_update(no_key=True, of=("self",)).get(pk=key)
    held.organisation.authority = held.authority
    return as_seen(held, version)


def application(found: Application | int, version: int | None = None) -> Application:
    """Lock an application that is sent, its organisation first, and return it as it is now.

    A founder's organisation is the one her grant is proposed to.
    """
    key = found if isinstance(found, int) else found.pk
    owners = Organisation.objects.filter(applications=key) | Organisation.objects.filter(grants__case__application=key)
    wanted = sorted(set(owners.order_by().values_list("pk", flat=True)))
    list(Organisation.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk").values_list("pk"))
    held = APPLICATIONS.select_for_update(no_key=True, of=("self",)).get(pk=key)
    held.call.authority = held.call.scheme.authority = held.case.authority = held.authority  # type: ignore[union-attr]
    return as_seen(held, version)


def application_of(found: Grant) -> Application | None:
    """Return the application a grant answers, if it answers one; one query, and none for other grants."""
    if found.case.series != Case.Series.APPLICATION:
        return None
    return APPLICATIONS.filter(case=found.case_id).first()


def stands(row: Any) -> Handled:
    """Return what one is told who comes too late: how it stands."""
    told = _("Nothing is done now: it stands as “%(state)s”.") % {"state": row.get_state_display()}
    return Handled(told, code="state")


def ready_to(found: Grant, to: str) -> None:
    """Check that a locked grant may go on to this state.

    Raises:
        Handled: it stands so already, or does not go that way.
    """
    if to not in Grant.MOVES[Grant.State(found.state)]:
        raise stands(found)


def answers_for(by: User, found: Grant, roles: frozenset[str]) -> None:
    """Check that who acts has the role, and has nothing to do with the recipient.

    Raises:
        PermissionDenied: not her role.
        ValidationError: she acts for the organisation herself (forvaltningsloven § 6, checked 2026-11-22).
        NotImpartial: it answers an application, and she has not declared that nothing ties her to it.
    """
    require(permissions.may(by, found.authority_id, roles))
    refuse_tied(by, found.organisation_id)
    if roles <= permissions.DECIDES and (applied := application_of(found)) is not None:
        gate.require_impartial(by, applied)
    else:
        refuse_declared(by, found)


def refuse_tied(by: User, organisation_id: int, on: dt.date | None = None) -> None:
    """Stop who acts for the organisation herself: she neither decides, signs, nor lays the ground for a decision.

    Raises:
        Refused: she is tied to it (forvaltningsloven § 6, checked 2026-11-22).
    """
    if permissions.is_tied_to(by, organisation_id, on):
        raise Refused(_("You act for the recipient yourself. A colleague does this."), code="tied")


# ---- a grant that answers an application ----


def refuse_declared(by: User, found: Grant) -> None:
    """Stop who has declared a tie to the application a grant answers: she signs nothing of its money either.

    Raises:
        Refused: a tie that nobody has ruled on, or that keeps her out (forvaltningsloven § 6, checked 2026-11-22).
    """
    applied = application_of(found)
    if applied is not None and gate.standing(by, applied) in gate.OUT:
        raise Refused(_("Something ties you to this case. A colleague does this."), code="tied")


def stays_with(grant: Grant, applied: Application) -> None:
    """Stop a proposal that leaves the application it answers: its case, its applicant, its scheme.

    Raises:
        ValidationError: keyed by the field.
    """
    if grant.case_id != applied.case_id:
        raise ValidationError({"case": _("The grant answers an application, and stays in its case.")})
    if applied.organisation_id and grant.organisation_id != applied.organisation_id:
        raise ValidationError({"organisation": _("The grant goes to the one who applied.")})
    if grant.account.scheme_id != applied.call.scheme_id:
        raise ValidationError({"account": _("The money comes from the scheme that was applied to.")})


def refuse_elsewhere(applied: Application | None, grant: Grant, *, gives: bool) -> None:
    """Stop an answer to an application that is given as if it were a grant alone; PostgreSQL refuses it too.

    Raises:
        Refused: the decision is made on the application, with its grounds and its letter.
    """
    if applied is None:
        return
    made = Decision.objects.filter(application=applied, replaced_by=None)
    made = made.filter(grant=grant) if gives else made.exclude(outcome=Outcome.GRANTED)
    if not made.exists():
        text = _("This answers application %(reference)s. Decide the application: grounds and letter follow from it.")
        raise Refused(text % {"reference": applied.reference}, code="application")
