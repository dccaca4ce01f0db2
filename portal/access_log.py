"""Who saw what of a case that is exempt from access: every page that shows more than its public title notes it here.

Rows are only added (the database refuses the rest). Pages of open cases pay nothing for it.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from portal import permissions
from portal.models import AccessLog
from portal.models.case import Access

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.models import Case, Document

AGAIN_AFTER = dt.timedelta(minutes=5)
"""How long one look lasts: a page that is loaded again within it is the same look."""
OPERATOR = "operator"
RANK = (
    permissions.LEADER, permissions.OFFICER, permissions.SECRETARY, permissions.DECISION_MAKER, permissions.PREPARER,
    permissions.ATTESTER, permissions.APPROVER, permissions.EDITOR,
)  # fmt: skip
"""As what a person with several roles is noted: the first of these that she holds."""


def is_watched(case: Case) -> bool:
    """Say whether it is noted who sees the case."""
    return case.access != Access.OPEN


def role_in(user: Any, case: Case) -> str:
    """Return as what this person reads the case; nothing where it is not by her work, and so only the public title."""
    held = {role for authority, role, _case in permissions.roles_of(user) if authority == case.authority_id}
    found = next((role for role in RANK if role in held), "")
    if not found and case.pk in permissions.guest_cases(user):
        found = permissions.GUEST
    if not found and case.series == "prize" and permissions.JURY in held:
        found = permissions.JURY
    return found or (OPERATOR if getattr(user, "is_superuser", False) else "")


def saw(user: Any, case: Case, what: str, document: Document | None = None) -> None:
    """Note that someone saw a case that is not open, or a document that is not; once for each look."""
    is_closed_document = document is not None and document.access != Access.OPEN
    if not (is_watched(case) or is_closed_document):
        return
    role, now = role_in(user, case), timezone.now()
    if not role:
        return
    looks = AccessLog.objects.filter(case=case, user_id=user.pk, what=what, document=document)
    if not looks.filter(at__gt=now - AGAIN_AFTER).exists():
        AccessLog.objects.create(
            authority_id=case.authority_id, case=case, document=document, what=what, user_id=user.pk, role=role, at=now
        )


def saw_list(user: Any, cases: Iterable[Case]) -> None:
    """Note that someone saw cases that are not open in a list or an export: each case once a day; two statements."""
    watched = {case.pk: case for case in cases if case is not None and is_watched(case)}
    if not watched:
        return
    now = timezone.now()
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    listed = AccessLog.objects.filter(case__in=watched, user_id=user.pk, what=AccessLog.What.LIST, at__gte=today)
    for pk in set(listed.values_list("case_id", flat=True)):
        del watched[pk]
    roles = {pk: role_in(user, case) for pk, case in watched.items()}
    AccessLog.objects.bulk_create(
        AccessLog(
            authority_id=case.authority_id, case=case, what=AccessLog.What.LIST, user_id=user.pk, role=roles[pk], at=now
        )
        for pk, case in sorted(watched.items())
        if roles[pk]
    )  # fmt: skip
