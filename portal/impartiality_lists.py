"""What the pages about impartiality show: one's own cases, ties that wait for a ruling, and one case's protocol."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal import impartiality, permissions, wiring
from portal.impartiality import Standing
from portal.impartiality_watch import WATCHED
from portal.models import Authority, Case, Declaration, Membership, Ruling, User

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

PER_PAGE, RULED_LATELY = 50, 20
UNANSWERED, ANSWERED, ALL = "", "svart", "alle"
RULES = frozenset({permissions.LEADER})
"""Rules on declared ties, never on her own."""


def watched_cases(user: Any, authority: Authority) -> Any:
    """Return the watched cases of an authority that a person sees at its desk, the newest first."""
    rows = Case.objects.visible_to(user).filter(authority=authority, series__in=WATCHED)
    return rows.order_by("-opened_on", "-pk")


def cases_of(user: Any, authority: Authority) -> Any:
    """Return those that are not over: what one is asked about."""
    return watched_cases(user, authority).filter(closed_on=None)


def may_rule(user: Any, authority_id: int) -> bool:
    return authority_id in permissions.authorities_with(user, RULES)


def _said(user: Any) -> Exists:
    return Exists(Declaration.objects.filter(case=OuterRef("pk"), user=user.pk))


@dataclass(frozen=True)
class Line:
    """One case in a person's list, and how she stands in it."""

    case: Case
    standing: Standing
    party: dict[str, str]


def lines_of(user: Any, cases: Iterable[Case]) -> list[Line]:
    """Return the cases with how a person stands in each, and whom they are about; two queries and the areas'."""
    found = list(cases)
    keys = [case.pk for case in found]
    stands, parties = impartiality.standings(user, keys), wiring.parties_of(keys)
    return [Line(case, stands[case.pk], parties.get(case.pk, {})) for case in found]


def desk(request: HttpRequest, authority: Authority) -> dict[str, Any]:
    """Return a person's list, narrowed as the address says, and the ties she may rule on."""
    user: Any = request.user
    rows, show = cases_of(user, authority), request.GET.get("vis", "")
    show = show if show in (ANSWERED, ALL) else UNANSWERED
    waiting = rows.exclude(_said(user))
    chosen = {UNANSWERED: waiting, ANSWERED: rows.filter(_said(user)), ALL: rows}[show]
    page, numbers = Paginator(chosen, PER_PAGE).get_page(request.GET.get("side")), {UNANSWERED: waiting.count()}
    numbers[ALL] = rows.count()
    numbers[ANSWERED] = numbers[ALL] - numbers[UNANSWERED]
    words = {UNANSWERED: _("Not answered"), ANSWERED: _("Answered"), ALL: _("All")}
    rules = may_rule(user, authority.pk) or user.is_superuser
    return {
        "authority": authority, "lines": lines_of(user, page), "page": page, "show": show,
        "query": f"vis={show}" if show else "",
        "chips": [{"key": key, "word": words[key], "number": numbers[key], "is_chosen": key == show} for key in words],
        "unanswered": numbers[UNANSWERED], "is_operator": user.is_superuser,
        "ties": [_with_party(row, {}) for row in ties_of(authority.pk)] if rules else [],
        "may_rule": may_rule(user, authority.pk), "ruled": ruled(authority, user, all_of_them=rules),
    }  # fmt: skip


def _with_party(row: Declaration, parties: dict[int, dict[str, str]]) -> dict[str, Any]:
    return {"row": row, "party": parties.get(row.case_id, {})}


def ties_of(authority_id: int | list[int]) -> Any:
    """Return the declared ties of people who sign in that nobody has ruled on: the latest that each has said."""
    owners = authority_id if isinstance(authority_id, list) else [authority_id]
    later = Declaration.objects.filter(case=OuterRef("case"), user=OuterRef("user")).filter(
        Q(declared_at__gt=OuterRef("declared_at")) | Q(declared_at=OuterRef("declared_at"), pk__gt=OuterRef("pk"))
    )
    rows = Declaration.objects.filter(authority__in=owners, answer="tie", user__isnull=False, ruling=None)
    return rows.exclude(Exists(later)).select_related("user", "case").order_by("declared_at", "pk")


def ruled(authority: Authority, user: Any, *, all_of_them: bool) -> list[Ruling]:
    """Return the latest rulings of people who sign in: all for those who rule, else one's own."""
    rows = Ruling.objects.filter(authority=authority, declaration__user__isnull=False)
    if not all_of_them:
        rows = rows.filter(declaration__user=user)
    return list(rows.select_related("declaration__user", "declaration__case", "ruled_by")[:RULED_LATELY])


def leaders_of(authority_id: int, on: dt.date) -> list[User]:
    """Return who rules on ties in an authority on this day."""
    held = Membership.objects.filter(permissions.period_holds(on), authority=authority_id, role__in=RULES, case=None)
    return list(User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("pk"))


def waits(user: User, today: dt.date) -> list[dict[str, str]]:
    """Return that ties wait for a person who rules on them, said once for an authority; one query."""
    owners = permissions.authorities_with(user, RULES)
    if not owners:
        return []
    found: dict[tuple[str, str], int] = {}
    rows = ties_of(owners).exclude(user=user).values_list("authority__slug", "authority__name")
    for place in rows:
        found[place] = found.get(place, 0) + 1
    return [
        {
            "text": _("Rule on ties in %(name)s") % {"name": name},
            "detail": ngettext("%(n)d declared tie.", "%(n)d declared ties.", n) % {"n": n},
            "url": reverse("impartiality_desk", args=[slug]),
        }
        for (slug, name), n in sorted(found.items(), key=lambda each: each[0][1])
    ]


# ---- one case ----


def of_case(case: Case) -> dict[str, Any]:
    """Return what everyone has declared in a case, the latest of each first, and what was ruled; one query."""
    rows = case.declarations.select_related("user", "member__user", "member__body", "ruling__ruled_by", "ruling__body")
    people: dict[Any, Declaration] = {}
    earlier = []
    for row in rows.order_by("-declared_at", "-pk"):
        if (who := (row.user_id, row.member_id)) in people:
            earlier.append(row)
        else:
            people[who] = row
    return {"declared": sorted(people.values(), key=lambda row: str(row.user or row.member)), "earlier": earlier}
