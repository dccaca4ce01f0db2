"""Who may handle a case: each says herself whether something ties her to it, before she assesses, votes or decides.

Unanswered is as disqualified: neither opens the case. A declared tie may be ruled on by another, with a reason. The
database asks the same (`portal_is_impartial`).
Law: forvaltningsloven §§ 6–8, kommuneloven § 11-10 (checked 2026-11-22).
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from portal import permissions
from portal.models import Case, Declaration, Event, Ruling

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from portal.models import BodyMembership, User

TEXT_VERSION = 1
"""Which wording of the declaration is asked for now (`templates/portal/impartiality/text_1.html`); old ones stay."""


class Standing(StrEnum):
    """What one may do in a case by what she has declared."""

    UNANSWERED = "unanswered"
    IMPARTIAL = "impartial"
    TIED = "tied"
    """She declared a tie, and nobody has ruled on it."""
    DISQUALIFIED = "disqualified"
    RULED_IMPARTIAL = "ruled_impartial"


MAY = frozenset({Standing.IMPARTIAL, Standing.RULED_IMPARTIAL})
OUT = frozenset({Standing.TIED, Standing.DISQUALIFIED})


class NotImpartial(PermissionDenied):
    """She has not declared, or is tied to the case; `standing` says which."""

    def __init__(self, standing: Standing) -> None:
        super().__init__(standing.value)
        self.standing = standing


def _of(declaration: Declaration | None) -> Standing:
    if declaration is None:
        return Standing.UNANSWERED
    return standing_by(declaration.answer, getattr(getattr(declaration, "ruling", None), "is_impartial", None))


def standing_by(answer: str | None, may: bool | None) -> Standing:
    """Return how one stands who has answered this last, or nothing, and was ruled on so, or not."""
    if answer is None:
        return Standing.UNANSWERED
    if answer == Declaration.Answer.NO_TIES:
        return Standing.IMPARTIAL
    if may is None:
        return Standing.TIED
    return Standing.RULED_IMPARTIAL if may else Standing.DISQUALIFIED


def standings(user: Any, case_ids: Iterable[int]) -> dict[int, Standing]:
    """Return how a person stands in each of these cases; one query."""
    return _standings(Q(user=user.pk), case_ids)


def standings_of_seat(seat: BodyMembership, case_ids: Iterable[int]) -> dict[int, Standing]:
    """Return how a member of a body stands: by what she has declared, or what was registered of her; one query."""
    return _standings(said_by(seat), case_ids)


def said_by(seat: BodyMembership) -> Q:
    """Return the condition on declarations that a member of a body made them, herself or through an officer."""
    return Q(member=seat.pk) if seat.user_id is None else Q(member=seat.pk) | Q(user=seat.user_id)


def _standings(of_her: Q, case_ids: Iterable[int]) -> dict[int, Standing]:
    wanted = list(case_ids)
    latest: dict[int, Declaration] = {}
    rows = Declaration.objects.filter(of_her, case__in=wanted).select_related("ruling")
    for row in rows.order_by("declared_at", "pk"):
        latest[row.case_id] = row
    return {pk: _of(latest.get(pk)) for pk in wanted}


def standing(user: Any, case_id: int) -> Standing:
    return standings(user, [case_id])[case_id]


def is_impartial(user: Any, case_id: int) -> bool:
    return standing(user, case_id) in MAY


def require(user: Any, case_ids: Iterable[int]) -> None:
    """Stop who has not declared for every one of these cases, or is tied to one of them.

    Raises:
        NotImpartial: with how she stands in the first that stops her.
    """
    for found in standings(user, case_ids).values():
        if found not in MAY:
            raise NotImpartial(found)


def _latest_tie(user: User, case_id: int) -> str:
    rows = Declaration.objects.filter(case=case_id, user=user).order_by("-declared_at", "-pk")
    return rows.values_list("tie", flat=True).first() or ""


@transaction.atomic
def declare(cases: Iterable[Case], *, by: User, tie: str = "", now: dt.datetime) -> list[Declaration]:
    """Store one's answer for each case: no ties, or which; the same answer once more adds nothing.

    Raises:
        PermissionDenied: the operator, who handles no case.
        ValidationError: a tie is not taken back by its owner; another rules on it.
    """
    found, made = list(cases), []
    permissions.require(not by.is_superuser)
    list(Case.objects.select_for_update(no_key=True).filter(pk__in=[case.pk for case in found]).order_by("pk"))
    answer = Declaration.Answer.TIE if tie.strip() else Declaration.Answer.NO_TIES
    before = standings(by, [case.pk for case in found])
    for case in found:
        if answer == Declaration.Answer.NO_TIES and before[case.pk] in MAY:
            continue
        if answer == Declaration.Answer.NO_TIES and before[case.pk] is not Standing.UNANSWERED:
            raise ValidationError(_("You have declared a tie. Another rules on it before you go on."), code="tied")
        if before[case.pk] is Standing.TIED and tie.strip() == _latest_tie(by, case.pk):
            continue
        row = Declaration.objects.create(
            authority_id=case.authority_id, case=case, user=by, answer=answer, tie=tie.strip(),
            text_version=TEXT_VERSION, declared_at=now,
        )  # fmt: skip
        Event.objects.create(
            authority_id=case.authority_id, case=case, kind="impartiality_declared", actor_id=by.pk,
            subject_type="portal.declaration", subject_id=row.pk, facts={"answer": str(answer)},
        )  # fmt: skip
        made.append(row)
    return made


@transaction.atomic
def rule(declaration: Declaration, *, is_impartial: bool, reason: str, by: User, now: dt.datetime) -> Ruling:
    """Decide whether one who declared a tie may handle the case after all.

    Raises:
        PermissionDenied: she leads no desk there.
        ValidationError: without a reason, about oneself, by one who is tied too, or where it is ruled on already.
    """
    permissions.require(declaration.authority_id in permissions.authorities_with(by, {permissions.LEADER}))
    if standing(by, declaration.case_id) in OUT and declaration.user_id != by.pk:
        raise ValidationError(_("You are tied to this case yourself. Another rules."), code="tied")
    if not reason.strip():
        raise ValidationError({"reason": _("Give the reason for the ruling.")})
    if declaration.user_id == by.pk:
        raise ValidationError(_("Another rules on your tie."), code="own")
    list(Case.objects.select_for_update(no_key=True).filter(pk=declaration.case_id))
    if Ruling.objects.filter(declaration=declaration).exists():
        raise ValidationError(_("This is ruled on already."), code="again")
    made = Ruling.objects.create(
        authority_id=declaration.authority_id, declaration=declaration, is_impartial=is_impartial,
        reason=reason.strip(), ruled_by=by, registered_by=by, ruled_at=now,
    )  # fmt: skip
    Event.objects.create(
        authority_id=declaration.authority_id, case_id=declaration.case_id, kind="impartiality_ruled", actor_id=by.pk,
        subject_type="portal.declaration", subject_id=declaration.pk, facts={"impartial": is_impartial},
    )  # fmt: skip
    return made
