"""Who may do what: roles held for a period, turned into sets of authorities and small predicates.

Every list asks here for the authorities it may show; no template and no view keeps a rule of its own.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, NoReturn

from django.core.exceptions import PermissionDenied
from django.db import connection, models
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.strength import role_counts

if TYPE_CHECKING:
    from collections.abc import Iterable

OFFICER, LEADER, EDITOR, SECRETARY = "officer", "leader", "editor", "region_secretary"
DECISION_MAKER, PREPARER, ATTESTER, APPROVER = "decision_maker", "finance_preparer", "attester", "approver"
ELECTED, FORUM, JURY, GUEST = "elected", "forum_reviewer", "jury", "guest_officer"

CASEWORK = frozenset({OFFICER, LEADER, EDITOR, SECRETARY, DECISION_MAKER, PREPARER, ATTESTER, APPROVER})
"""Roles that work in the case pages and see the authority's rows there."""
WATCHERS = frozenset({OFFICER, LEADER, SECRETARY})
"""Roles that see how notices and mails of their own authorities go."""
LIVE_VIEW = CASEWORK | {ELECTED, FORUM}
"""Roles that see a plan's standing of today before a report is released."""

PEOPLE_MODELS = frozenset(
    f"portal.{name}"
    for name in ("membership", "unit", "authority", "noticerule", "identityprovider", "grouprole", "deputy")
) | {"grants.paymentrules"}
TEXT_MODELS = frozenset(
    f"strategy.{name}"
    for name in (
        "plan", "goal", "strategy", "measure", "measureentry", "tag", "goalsdg", "plansdg", "measuretag", "swotitem",
        "stakeholder",
    )
)  # fmt: skip
SYSTEM_MODELS = frozenset(
    f"portal.{name}"
    for name in (
        "event", "mail", "notice", "heartbeat", "demoload", "run", "calendarday", "linkkey", "emailcode", "inputdraft",
        "draftfile", "noticepreference", "identity", "signin", "accesslog", "mandate", "mandaterequest",
        "mandateinvitation", "declaration", "ruling", "attendance", "letter", "archivepackage", "archiveddocument",
        "accessrequest", "accessanswer",
    )
) | frozenset(
    f"strategy.{name}" for name in ("planimport", "importpage", "importrow", "importanomaly")
) | frozenset(
    f"grants.{name}"
    for name in (
        "account", "balance", "yearbalance", "grantbalance", "ledgerentry", "grant", "aidassessment", "repayment",
        "financingsource", "grantreport", "bankaccount", "payout", "paymentfile", "yearend", "yearendline", "fund",
        "fundframe", "pledge", "budgetline", "exemptfield", "call", "criterion", "question", "requiredattachment",
        "eligibilitycheck", "application", "applicationversion", "applicationfile", "supplement", "message",
        "assessment", "score", "batch", "batchline", "decision", "aidceiling", "exchangerate", "undertaking",
        "undertakinglink", "aidaward", "registeraward", "declaredaid", "registermatch", "aidreport", "projectchange",
        "finalaccounts", "complaint",
    )
) | frozenset(
    f"awards.{name}"
    for name in (
        "prize", "prizegoal", "prizecategory", "prizestatutes", "prizecriterion", "prizeround", "roundcategory",
        "categorydecision", "nominationdraft", "nominationdraftfile", "candidate", "nomination", "nominationfile",
        "nomineeanswer", "jurysheet", "juryopinion", "juryscore", "juryremark", "juryvote", "voter", "ballot",
        "votecount", "voteresult", "winner",
    )
)  # fmt: skip
AREAS = frozenset({"portal", "strategy", "grants", "awards"})


def period_check(name: str) -> models.CheckConstraint:
    """Return the constraint that a period with `valid_from` and `valid_to` does not end before it starts."""
    return models.CheckConstraint(
        name=name,
        condition=models.Q(valid_to__isnull=True)
        | models.Q(valid_from__isnull=True)
        | models.Q(valid_to__gte=models.F("valid_from")),
        violation_error_message=_("The period ends before it starts."),
    )


def period_holds(on: dt.date) -> models.Q:
    """Return the condition that a period holds on this date; an open end holds for ever."""
    return (models.Q(valid_from__isnull=True) | models.Q(valid_from__lte=on)) & (
        models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=on)
    )


def roles_of(user: Any) -> frozenset[tuple[int, str, int | None]]:
    """Return (authority id, role, case id or None) for each role the user holds today; one query per request."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return frozenset()
    held: frozenset[tuple[int, str, int | None]] | None = getattr(user, "_roles_held", None)
    if held is None:
        rows = _roles_today(user)
        mark = getattr(user, "mark", None)
        own = [
            row for row in rows
            if row[6] == user.pk and _counts(mark, row)
        ]  # fmt: skip
        at_work = {row[0] for row in own if row[1] in CASEWORK}  # who has lost her own role stands in for nobody
        borrowed = [row for row in rows if row[6] != user.pk and row[0] in at_work]
        held = user._roles_held = frozenset(row[:3] for row in [*own, *borrowed])
        user._mfa_required = any(row[3] for row in rows)
    return held


def _counts(mark: Any, row: tuple[Any, ...]) -> bool:
    authority, _role, _case, mfa_required, password_allowed, provider, _user = row
    return role_counts(
        mark, authority=authority, password_allowed=password_allowed, mfa_required=mfa_required, provider=provider
    )


ROLES_TODAY = """
WITH held AS (
    SELECT m.* FROM portal_membership m WHERE m.user_id = %(user)s
    UNION ALL
    SELECT m.* FROM portal_deputy d
    JOIN portal_membership m ON m.user_id = d.person_id AND m.authority_id = d.authority_id
        AND m.role = ANY(%(casework)s)
    WHERE d.deputy_id = %(user)s
    AND (d.valid_from IS NULL OR d.valid_from <= %(today)s) AND (d.valid_to IS NULL OR d.valid_to >= %(today)s)
)
SELECT m.authority_id, m.role, m.case_id, a.mfa_required, a.password_allowed, m.provider_id, m.user_id
FROM held m JOIN portal_authority a ON a.id = m.authority_id
WHERE (m.valid_from IS NULL OR m.valid_from <= %(today)s) AND (m.valid_to IS NULL OR m.valid_to >= %(today)s)
"""
"""Asked at each request of who is signed in: to write it anew each time takes longer than to run it."""


def _roles_today(user: Any) -> list[tuple[Any, ...]]:
    """Return the roles the user holds today, her own and, as a deputy, the casework roles of who is away.

    A deputy works there herself: her own role must count in this session before she holds another's.
    """
    given = {"today": timezone.localdate(), "user": user.pk, "casework": sorted(CASEWORK)}
    with connection.cursor() as cursor:
        cursor.execute(ROLES_TODAY, given)
        return list(cursor.fetchall())


def forget_roles(user: Any) -> None:
    """Forget what was read of the user's roles: they, or the rules for them, have just changed."""
    if hasattr(user, "_roles_held"):
        del user._roles_held


def set_aside(user: Any) -> None:
    """Let the user's roles give nothing for the rest of this request."""
    user._roles_held = frozenset()


def needs_second_step(user: Any) -> bool:
    """Say whether an authority where the user holds a role requires two-step sign-in."""
    roles_of(user)
    return bool(getattr(user, "_mfa_required", False))


def authorities_with(user: Any, roles: Iterable[str]) -> list[int]:
    """Return the ids of authorities where the user holds one of these roles, sorted."""
    wanted = set(roles)
    return sorted({authority for authority, role, _case in roles_of(user) if role in wanted})


def casework_authorities(user: Any) -> list[int]:
    """Return the ids of authorities whose rows this user sees in the case pages."""
    return authorities_with(user, CASEWORK)


def does_casework(user: Any, authority_id: int) -> bool:
    """Say whether the user works at this authority's desk, or may everything."""
    return bool(getattr(user, "is_superuser", False)) or authority_id in casework_authorities(user)


def guest_cases(user: Any) -> list[int]:
    """Return the ids of the single cases this user was let into as a guest officer."""
    return sorted({case for _authority, role, case in roles_of(user) if role == GUEST and case is not None})


def is_guest_in(user: Any, case_id: int | None) -> bool:
    """Say whether the user was let into this case as a guest officer."""
    return case_id is not None and case_id in guest_cases(user)


def is_only_guest(user: Any) -> bool:
    """Say whether all the case pages hold for this user is the cases she is a guest in."""
    return not (getattr(user, "is_superuser", False) or casework_authorities(user))


def may_use_admin(user: Any) -> bool:
    """Say whether the case pages open at all for this user."""
    return bool(getattr(user, "is_superuser", False) or casework_authorities(user) or guest_cases(user))


def may_see_live(user: Any, authority_ids: Iterable[int]) -> bool:
    """Say whether the user may see standing that no report has released, in any of these authorities."""
    if getattr(user, "is_superuser", False):
        return True
    allowed = set(authorities_with(user, LIVE_VIEW))
    return any(authority_id in allowed for authority_id in authority_ids)


def writers_of(model_label: str) -> frozenset[str]:
    """Return the roles that may add and change rows of this model ("app.model")."""
    if model_label in SYSTEM_MODELS or model_label.partition(".")[0] not in AREAS:
        return frozenset()
    if model_label in PEOPLE_MODELS:
        return frozenset({LEADER})
    if model_label in TEXT_MODELS:
        return frozenset({OFFICER, LEADER, EDITOR, SECRETARY})
    return frozenset({OFFICER, LEADER, SECRETARY})


def may_write(user: Any, model_label: str, authority_id: int | None = None) -> bool:
    """Say whether the user may add or change such rows, in this authority or in any of her own."""
    if getattr(user, "is_superuser", False):
        return model_label not in SYSTEM_MODELS
    writable = authorities_with(user, writers_of(model_label))
    return bool(writable) if authority_id is None else authority_id in writable


def require(allowed: bool) -> None:
    """Stop a deed that its user may not do.

    Raises:
        PermissionDenied: not allowed; the answer is 403.
    """
    if not allowed:
        raise PermissionDenied


def turn_away(user: Any, *authority_ids: int) -> NoReturn:
    """Answer one who may not see a row of these authorities: a member is told so, to others it does not exist.

    Raises:
        PermissionDenied: she holds a role in one of them, and not only in a single case.
        Http404: she has nothing to do with them.
    """
    members = {owner for owner, role, _case in roles_of(user) if role != GUEST}
    require(members.isdisjoint(authority_ids))
    raise Http404
