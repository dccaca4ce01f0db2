"""What applications are weighed against, and whose cases they are: what `portal` asks of this area about cases.

A batch shares a frame, so who is tied to one application in it takes part in none while it is open; and what is said
of all of them together is opened by who may handle each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse

from grants.models import Application, Batch, BatchLine, Complaint
from portal.impartiality_watch import has_declared
from portal.models import Declaration

if TYPE_CHECKING:
    from portal.models import User


def declared(user: User, case: str = "case") -> dict[str, Any]:
    """Return a person's latest declaration in a case, and the ruling on it, as columns."""
    own = Declaration.objects.filter(case=OuterRef(case), user=user.pk).order_by("-declared_at", "-pk")
    return {"declared": Subquery(own.values("answer")[:1]), "ruled": Subquery(own.values("ruling__is_impartial")[:1])}


def tied() -> Q:
    """Return the condition, on these columns, that a tie is declared and not ruled away."""
    return Q(declared=Declaration.Answer.TIE) & (Q(ruled=None) | Q(ruled=False))


def lines_she_may_not_handle(user: Any) -> Any:
    """Return the lines of applications that a person has not declared for, or is tied to."""
    return BatchLine.objects.annotate(is_hers=has_declared(user, "application__case_id")).filter(is_hers=False)


def lines_she_is_tied_to(user: Any) -> Any:
    """Return the lines of applications that a person has declared a tie to and was not ruled impartial in."""
    ties = Declaration.objects.filter(user=user.pk, answer=Declaration.Answer.TIE)
    lines = BatchLine.objects.filter(application__case__in=ties.order_by().values("case"))
    return lines.annotate(**declared(user, "application__case")).filter(tied())


def compared_cases(user: User) -> Any:
    """Return the cases that are weighed, in an open batch, against one a person is tied to."""
    tied = lines_she_is_tied_to(user).exclude(batch__state=Batch.State.CLOSED)
    own = lines_she_is_tied_to(user).order_by().values("pk")
    compared = BatchLine.objects.filter(batch__in=tied.order_by().values("batch"), application__case__isnull=False)
    return compared.exclude(pk__in=own).order_by().values("application__case")


def closed_batches(user: User) -> Any:
    """Return the cases of batches that hold an application which a person may not handle."""
    hidden = lines_she_may_not_handle(user).filter(batch=OuterRef("pk"))
    return Batch.objects.filter(Exists(hidden)).order_by().values("case")


def cases_inside(case_id: int) -> list[int]:
    """Return the cases of the applications in the batch that has this case."""
    rows = BatchLine.objects.filter(batch__case=case_id, application__case__isnull=False).order_by("position", "pk")
    return list(rows.values_list("application__case", flat=True))


def parties(case_ids: list[int]) -> dict[int, dict[str, str]]:
    """Return who applied, and for what, in each of these cases: no more than the desk's lists show anyone there."""
    rows = Application.objects.sent().filter(case__in=case_ids).select_related("call", "authority", "organisation")
    found = {row.case_id: _facts(row) for row in rows}
    complaints = Complaint.objects.filter(case__in=case_ids).select_related(
        "decision__application__call", "decision__application__authority", "decision__application__organisation"
    )
    for complaint in complaints:
        found[complaint.case_id] = _facts(complaint.decision.application)
    return found  # type: ignore[return-value]


def _facts(row: Application) -> dict[str, str]:
    return {
        "who": row.applicant_name, "number": row.organisation.number if row.organisation else "", "what": row.title,
        "reference": row.reference, "call": row.call.title,
        "url": reverse("application_desk", args=[row.authority.slug, row.pk]),
    }  # fmt: skip
