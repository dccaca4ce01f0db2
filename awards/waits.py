"""What waits for a person among prizes, on her page of what waits: said once for an authority."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from awards.deadlines import left_to_judge, members
from awards.models import TAKES_PART, Candidate, PrizeRound, RoundCategory
from awards.permissions import SETS_UP
from portal.permissions import authorities_with

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import User

State = PrizeRound.State
OWNER = ("authority__slug", "authority__name")


def lines(user: User, today: dt.date) -> list[dict[str, str]]:
    """Return what waits for her as one who sets up prizes, and as a member of juries; three queries."""
    return [*_to_inform(user), *_to_go_on(user), *_to_judge(user, today)]


def _by_owner(rows: Any) -> Any:
    return rows.order_by().values_list(*OWNER).annotate(n=Count("pk", distinct=True)).order_by("authority__name")


def _line(page: str, slug: str, text: str, detail: str, n: int, name: str) -> dict[str, str]:
    return {"text": text % {"name": name}, "detail": detail % {"n": n}, "url": reverse(page, args=[slug])}


def _to_inform(user: User) -> list[dict[str, str]]:
    rows = Candidate.objects.filter(
        TAKES_PART, authority__in=authorities_with(user, SETS_UP),
        informed_on=None, round__state__in=[State.PUBLISHED, State.JUDGING],
    )  # fmt: skip
    return [
        _line("prize_desk", slug, _("Nominees in %(name)s"),
              ngettext("%(n)d is not informed.", "%(n)d are not informed.", n), n, name)
        for slug, name, n in _by_owner(rows)
    ]  # fmt: skip


def _to_go_on(user: User) -> list[dict[str, str]]:
    """Return the rounds whose next step is the desk’s: nominations or vote closed, or all decided."""
    now = timezone.now()
    undecided = Exists(RoundCategory.objects.filter(round=OuterRef("pk"), decision=None))
    waits = (
        Q(state=State.PUBLISHED, closes_at__lte=now)
        | Q(state=State.VOTING, vote_closes_at__lte=now)
        | Q(~undecided, state=State.JUDGING)
        | Q(state=State.DECIDED, ceremony_at__lte=now)
    )
    rows = PrizeRound.objects.filter(waits, authority__in=authorities_with(user, SETS_UP))
    return [
        _line("prize_desk", slug, _("Prizes in %(name)s"),
              ngettext("%(n)d round waits for its next step.", "%(n)d rounds wait for their next step.", n), n, name)
        for slug, name, n in _by_owner(rows)
    ]  # fmt: skip


def _to_judge(user: User, today: dt.date) -> list[dict[str, str]]:
    rows = members(today).filter(left_to_judge(), who=user.pk, statutes__method="scoring")
    found = PrizeRound.objects.filter(pk__in=rows.order_by().values("pk"))
    return [
        _line("jury_home", slug, _("The jury in %(name)s"),
              ngettext("%(n)d round waits for your points.", "%(n)d rounds wait for your points.", n), n, name)
        for slug, name, n in _by_owner(found)
    ]  # fmt: skip
