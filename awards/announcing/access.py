"""Access after the ceremony: what was kept until then is assessed document by document, one at a time or many.

Law: offentleglova §§ 3 (open is the rule), 5 (deferred access), 11 and 12 (checked 2026-11-22).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _

from awards import permissions
from awards.models import Candidate, PrizeRound
from awards.refusals import deed
from grants import notices
from grants.held import Handled
from portal.filing import EXEMPT_BASIS
from portal.impartiality_watch import may_open
from portal.models import Case, Document, Event
from portal.models.case import Access
from portal.permissions import require

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from portal.models import User

OUTCOMES = (Access.OPEN, Access.EXEMPT)
USUAL_BASES = (EXEMPT_BASIS, "Offl. § 14", "Offl. § 26 femte ledd")
"""What a document of a prize is most often exempt by: secrecy of persons and businesses, internal papers, numbers."""


@dataclass(frozen=True)
class Asked:
    """What the address asks of the list; what cannot be read is as not asked."""

    shows_all: bool = False
    direction: str = ""
    words: str = ""

    @classmethod
    def of(cls, query: Any) -> Asked:
        direction = query.get("retning", "")
        return cls(
            query.get("vis") == "alle", direction if direction in Document.Direction.values else "",
            " ".join(query.get("sok", "").split())[:80],
        )  # fmt: skip


# ---- what there is ----


def cases_of(round_: PrizeRound) -> Q:
    """Return the condition that a case is the round’s own, or one of its candidates’."""
    return Q(pk=round_.case_id) | Q(candidate__round=round_)


def documents_of(round_: PrizeRound) -> QuerySet[Document]:
    return Document.objects.filter(case__in=Case.objects.filter(cases_of(round_)).order_by().values("pk"))


def listed(round_: PrizeRound, user: Any, asked: Asked) -> QuerySet[Document]:
    """Return the documents a person may assess, narrowed as asked: those that wait, unless she asks for all."""
    rows = documents_of(round_).filter(may_open(user))
    if not asked.shows_all:
        rows = rows.filter(access=Access.DEFERRED)
    if asked.direction:
        rows = rows.filter(direction=asked.direction)
    if asked.words:
        rows = rows.filter(Q(title__icontains=asked.words) | Q(case__candidate__name__icontains=asked.words))
    return rows.select_related("case__candidate__category__category").order_by("case", "dated_on", "pk")


def counts(round_: PrizeRound, user: Any) -> dict[str, int]:
    """Return how many documents wait and are done, and how many wait in cases this person has not declared for."""
    waits = Q(access=Access.DEFERRED)
    all_ = documents_of(round_).aggregate(waits=Count("pk", filter=waits), done=Count("pk", filter=~waits))
    hers = documents_of(round_).filter(waits, may_open(user)).count()
    return {**all_, "hidden": all_["waits"] - hers, "cases": empty_cases(round_, user).count()}


def empty_cases(round_: PrizeRound, user: Any) -> QuerySet[Case]:
    """Return candidates’ cases that are kept still and hold no document that waits: what was nominated lies there."""
    waiting = Document.objects.filter(case=OuterRef("pk"), access=Access.DEFERRED)
    rows = Case.objects.filter(may_open(user, ""), candidate__round=round_, access=Access.DEFERRED)
    return rows.filter(~Exists(waiting)).order_by("pk")


# ---- assessed ----


@deed
def assess(
    round_: PrizeRound, documents: list[int], *, access: str, basis: str, by: User, today: dt.date
) -> int:  # fmt: skip
    """Say of these documents that they are open, or exempt and by which law; return how many were changed.

    A case whose last document is assessed follows: open when all of it is, else exempt by the same law; and it is
    closed, since nothing more is done in it.

    Raises:
        ValidationError: nothing is chosen, or no law is named.
        Handled: none of them can be assessed by her, or all stand so already.
    """
    found = _may_assess(round_, by)
    basis = " ".join(basis.split())
    if access not in OUTCOMES:
        raise ValidationError({"access": _("Choose whether they are open or exempt.")}, code="access")
    if access == Access.EXEMPT and not basis:
        raise ValidationError({"basis": _("Name the legal basis when access is not open.")}, code="basis")
    if len(basis) > 120:
        raise ValidationError({"basis": _("Write at most 120 signs.")}, code="long")
    if not documents:
        raise ValidationError({"documents": _("Choose at least one document.")}, code="none")
    rows = documents_of(found).filter(may_open(by), pk__in=documents).order_by("pk")
    law = "" if access == Access.OPEN else basis
    held = list(rows.select_for_update(no_key=True, of=("self",)))
    changed = [one for one in held if (one.access, one.access_basis) != (access, law)]
    if not changed:
        raise Handled(_("Nothing is changed: they stand so already."), code="same")
    Document.objects.filter(pk__in=[one.pk for one in changed]).update(access=access, access_basis=law)
    Event.objects.bulk_create(
        Event(
            authority_id=found.authority_id, case_id=one.case_id, kind="access_assessed", actor_id=by.pk,
            subject_type="portal.document", subject_id=one.pk, facts={"from": str(one.access), "to": str(access)},
        )
        for one in changed
    )  # fmt: skip
    _let_cases_follow({one.case_id for one in changed} - {found.case_id}, by, today)
    return len(changed)


@deed
def assess_empty(round_: PrizeRound, *, by: User, today: dt.date, access: str, basis: str = "") -> int:
    """Say the same of the cases that hold no document that waits, but only what was typed; return how many."""
    found = _may_assess(round_, by)
    basis = " ".join(basis.split())[:120]
    if access not in OUTCOMES or (access == Access.EXEMPT and not basis):
        raise ValidationError({"basis": _("Name the legal basis when access is not open.")}, code="basis")
    keys = list(empty_cases(found, by).values_list("pk", flat=True))
    return sum(_settle(case, access, basis, by, today) for case in _locked(keys))


def _may_assess(round_: PrizeRound, by: User) -> PrizeRound:
    """Lock a round that is announced, for who may assess its papers.

    Raises:
        PermissionDenied: not her role.
        Handled: it is not announced: what is kept is kept.
    """
    require(permissions.may(by, round_.authority_id, permissions.SETS_UP))
    rows = PrizeRound.objects.select_for_update(no_key=True, of=("self",))
    found: PrizeRound = rows.get(pk=round_.pk)
    if found.state not in (PrizeRound.State.ANNOUNCED, PrizeRound.State.CANCELLED):
        raise Handled(_("Access is deferred until the winners are announced."), code="state")
    return found


def _locked(keys: list[int]) -> list[Case]:
    return list(Case.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=keys).order_by("pk"))


def _let_cases_follow(keys: set[int], by: User, today: dt.date) -> None:
    """Mark cases as their documents are, now that none of them waits."""
    rows = Document.objects.filter(case__in=keys).order_by("case", "-pk").values_list("case", "access", "access_basis")
    marks: dict[int, list[tuple[str, str]]] = {}
    for case, access, basis in rows:
        marks.setdefault(case, []).append((access, basis))
    for case in _locked(sorted(keys)):
        said = marks.get(case.pk, [])
        if any(access == Access.DEFERRED for access, _basis in said):
            continue
        basis = next((law for access, law in said if access == Access.EXEMPT), "")
        _settle(case, Access.EXEMPT if basis else Access.OPEN, basis, by, today)


def _settle(case: Case, access: str, basis: str, by: User, today: dt.date) -> int:
    law = "" if access == Access.OPEN else basis
    if (case.access, case.access_basis) == (access, law):
        return 0
    before, case.access, case.access_basis = case.access, access, law
    case.closed_on = case.closed_on or max(today, case.opened_on or today)
    case.save(update_fields=["access", "access_basis", "closed_on"])
    notices.record("access_assessed", case, by=by, case=case, **{"from": str(before), "to": str(access)})
    return 1


def candidates_hidden(round_: PrizeRound, user: Any) -> list[Candidate]:
    """Return the candidates with papers that wait, in cases this person has not declared for."""
    waits = Document.objects.filter(case=OuterRef("case"), access=Access.DEFERRED)
    rows = Candidate.objects.filter(Exists(waits), round=round_).exclude(
        case__in=Case.objects.filter(may_open(user, ""), candidate__round=round_).values("pk")
    )
    return list(rows.select_related("case"))
