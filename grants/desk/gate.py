"""How the desk's pages take hold of an application: by tenant and role in the query, and by who may handle the case.

Who has not declared, or is tied to it, sees that there is an application and who sent it, and nothing of what it says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404, render

from grants import permissions
from grants.desk import weighing
from grants.models import Application
from portal import impartiality
from portal.impartiality import MAY, OUT, Standing
from portal.impartiality_forms import DeclareForm
from portal.models import Case
from portal.permissions import require
from portal.views.waiting import desk_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from grants.models import Grant

ROWS = Application.objects.sent().select_related("call__scheme", "organisation", "applicant", "case__officer")


def application_of(user: Any, slug: str, key: int, *, roles: frozenset[str] = permissions.SEES) -> Application:
    """Return an application for those who work at its authority's desk with one of these roles; never a draft.

    Raises:
        Http404: there is none for this person.
        PermissionDenied: she works here, and has none of the roles.
    """
    owner = desk_of(user, slug)
    found: Application = get_object_or_404(ROWS, pk=key, authority=owner)
    found.authority = found.case.authority = found.call.authority = owner  # type: ignore[union-attr]
    require(permissions.may(user, owner.pk, roles))
    return found


def standing(user: Any, application: Application) -> Standing:
    """Return how a person stands in an application; a tie to one she weighs it against puts her out of this one too.

    The operator signs and assesses nothing, but reads: she counts as one who has declared.
    """
    if getattr(user, "is_superuser", False):
        return Standing.IMPARTIAL
    own = impartiality.standing(user, application.case_id)  # type: ignore[arg-type]
    if own in MAY and weighing.compared_cases(user).filter(application__case=application.case_id).exists():
        return Standing.DISQUALIFIED
    return own


def require_impartial(user: Any, application: Application) -> None:
    """Stop a deed by who has not declared, or is tied to the application or to one it is weighed against.

    Raises:
        NotImpartial: with how she stands.
    """
    if (found := standing(user, application)) not in MAY:
        raise impartiality.NotImpartial(found)


def gate(request: HttpRequest, application: Application) -> HttpResponse | None:
    """Return nothing to who may handle the application; else the page that says why not, with the declaration to give.

    Status 403: the page behind is not shown.
    """
    if (found := standing(request.user, application)) in MAY:
        return None
    facts = {
        "authority": application.authority, "application": application, "case": application.case, "standing": found,
        "next": request.get_full_path(), "cases": [application.case], "form": DeclareForm(),
    }  # fmt: skip
    return render(request, "grants/desk/gate.html", facts, status=403)


def of_grant(request: HttpRequest, grant: Grant, *, only_tied: bool = False) -> HttpResponse | None:
    """Return nothing to who may handle the application a grant answers, or where it answers none; else the gate.

    What is decided, and only to be paid, is closed to who is tied alone (`only_tied`).
    """
    if grant.case.series != Case.Series.APPLICATION:
        return None
    found = ROWS.filter(case=grant.case_id).first()
    if found is None:
        return None
    found.authority = found.case.authority = found.call.authority = grant.authority  # type: ignore[union-attr]
    if only_tied and standing(request.user, found) not in OUT:
        return None
    return gate(request, found)
