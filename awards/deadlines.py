"""The due dates of prize rounds: for the officer, the jury’s members and the nominees.

No nominee stands in a title: prize and year alone. A nominee is told at her own address, by her own link.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat, TruncDate
from django.utils.translation import gettext_lazy as _

from awards.models import TAKES_PART, Candidate, JurySheet, PrizeRound, RoundCategory
from portal.calendar import OSLO
from portal.deadlines import DAY
from portal.due import NO_ADDRESS, NOBODY, path_to, words
from portal.kinds import STEADY, Kind, Source
from portal.models import Declaration, Membership
from portal.permissions import JURY, period_holds

if TYPE_CHECKING:
    import datetime as dt

Rows = QuerySet[Any, Any]
State = PrizeRound.State
ANSWERS = (State.PUBLISHED, State.JUDGING)


def _day(field: str) -> TruncDate:
    """Return the day of a moment, in Norway."""
    return TruncDate(field, tzinfo=OSLO)


def _of(rows: Rows, kind: str, day: Any, page: str, prefix: str = "") -> Rows:
    """Return rounds’ rows as the sweep reads them; each is about its round."""
    return rows.annotate(
        what=words(kind), about=words("awards.prizeround"), about_id=F(f"{prefix}pk"), day=day, stated=DAY,
        tenant=F("authority_id"), part_of=words(""),
        headline=Concat(F(f"{prefix}prize__name"), Value(" "), Cast(f"{prefix}year", CharField())),
        path=path_to(
            page, authority="authority__slug", prize=f"{prefix}prize__slug", year=f"{prefix}year"
        ),
    )  # fmt: skip


def _to_officer(rows: Rows, kind: str, day: Any, page: str = "round_desk") -> Rows:
    return _of(rows.annotate(who=F("officer_id"), leader=NOBODY, to=NO_ADDRESS), kind, day, page)


# ---- the officer’s ----


def closing(today: dt.date) -> Rows:
    """Return when nominations close: then the officer gives them to the jury."""
    rows = PrizeRound.objects.filter(state=State.PUBLISHED, closes_at__isnull=False)
    return _to_officer(rows, "prize_nominations_close", _day("closes_at"))


def answers(today: dt.date) -> Rows:
    """Return the days nominees are to have answered by, in rounds where someone has not."""
    waits = Candidate.objects.filter(TAKES_PART, round=OuterRef("pk"), answer="", informed_on__isnull=False)
    rows = PrizeRound.objects.filter(Exists(waits), state__in=ANSWERS, answer_due_on__isnull=False)
    return _to_officer(rows, "prize_answers_due", F("answer_due_on"), "nominations")


def meetings(today: dt.date) -> Rows:
    """Return the days juries meet, in rounds with a category that is not decided."""
    undecided = RoundCategory.objects.filter(round=OuterRef("pk"), decision=None)
    rows = PrizeRound.objects.filter(Exists(undecided), state=State.JUDGING, jury_meets_on__isnull=False)
    return _to_officer(rows, "prize_jury_meets", F("jury_meets_on"))


def opening_votes(today: dt.date) -> Rows:
    """Return the days public votes are to open, in rounds where the finalists are not published yet."""
    rows = PrizeRound.objects.filter(state=State.JUDGING, vote_opens_at__isnull=False, vote_count=None)
    rows = rows.exclude(statutes__vote="none")
    return _to_officer(rows, "prize_vote_opens", _day("vote_opens_at"))


def closing_votes(today: dt.date) -> Rows:
    """Return the days public votes close: then they are counted, and the jury decides."""
    rows = PrizeRound.objects.filter(state=State.VOTING, vote_closes_at__isnull=False)
    return _to_officer(rows, "prize_vote_closes", _day("vote_closes_at"), "vote_desk")


def ceremonies(today: dt.date) -> Rows:
    """Return the days of ceremonies: then the winners are announced."""
    at_work = (State.JUDGING, State.VOTING, State.DECIDED)
    rows = PrizeRound.objects.filter(state__in=at_work, ceremony_at__isnull=False)
    return _to_officer(rows, "prize_ceremony", _day("ceremony_at"))


# ---- the jury’s ----


def scores(today: dt.date) -> Rows:
    """Return the days points are due, for each member who signs in and has a category left that she is not out of."""
    return _of(
        members(today).filter(left_to_judge(), statutes__method="scoring", scores_due_on__isnull=False),
        "prize_scores_due", F("scores_due_on"), "jury_round",
    )  # fmt: skip


def own_meetings(today: dt.date) -> Rows:
    """Return the days juries meet, for each member who signs in; never late."""
    rows = members(today).filter(jury_meets_on__gte=today)
    return _of(rows, "prize_jury_meeting", F("jury_meets_on"), "jury_round")


def members(today: dt.date) -> Rows:
    """Return rounds the jury is at work with, once for each member who sits in it today and is let in."""
    seat = "jury__members__"
    now = Q(**{f"{seat}valid_from": None}) | Q(**{f"{seat}valid_from__lte": today})
    now &= Q(**{f"{seat}valid_to": None}) | Q(**{f"{seat}valid_to__gte": today})
    rows = PrizeRound.objects.filter(now, state=State.JUDGING, **{f"{seat}user__isnull": False})
    rows = rows.annotate(who=F(f"{seat}user_id"), seat=F(f"{seat}pk"), leader=NOBODY, to=NO_ADDRESS)
    let_in = Membership.objects.filter(period_holds(today), user=OuterRef("who"), authority=OuterRef("authority"))
    return rows.filter(Exists(let_in.filter(role=JURY)))


def left_to_judge() -> Exists:
    """Return the condition that a member has not handed in the sheet of a category she may judge."""
    handed_in = JurySheet.objects.filter(category=OuterRef("pk"), handed_in_at__isnull=False)
    takes_part = Candidate.objects.filter(TAKES_PART, category=OuterRef("pk"))
    tie = Declaration.objects.filter(case__candidate__category=OuterRef("pk"), answer="tie")
    tie = tie.filter(case__candidate__state="active").exclude(ruling__is_impartial=True)
    mine = OuterRef(OuterRef("who"))
    left = RoundCategory.objects.filter(Exists(takes_part), round=OuterRef("pk"))
    left = left.exclude(Exists(handed_in.filter(member=OuterRef(OuterRef("seat")))))
    return Exists(left.exclude(Exists(tie.filter(user=mine))))


# ---- the nominee’s ----


def own_answers(today: dt.date) -> Rows:
    """Return the days nominees answer by, at their own addresses; never late: who says nothing takes part."""
    rows = Candidate.objects.filter(
        TAKES_PART, round__state__in=ANSWERS, answer="", informed_on__isnull=False,
        answer_due_on__gte=today,
    ).exclude(email="")  # fmt: skip
    rows = _of(
        rows.annotate(who=NOBODY, leader=NOBODY, to=F("email")), "prize_answer_due", F("answer_due_on"),
        "prize_round", "round__",
    )  # fmt: skip
    return rows.annotate(about=words("awards.candidate"), about_id=F("pk"))


FOLLOWED: dict[str, Any] = {"days_before": (7, 1, 0), "late_every": 7}
SOURCES: list[Source] = [
    Source(Kind("prize_nominations_close", _("Nominations to a prize close"), **FOLLOWED), closing),
    Source(Kind("prize_answers_due", _("Nominees are to answer"), days_before=(1, 0), late_every=14), answers),
    Source(Kind("prize_answer_due", _("You are nominated: say whether you take part"), may_stop=False,
                days_before=(3,)), own_answers),
    Source(Kind("prize_scores_due", _("The jury’s points are due"), may_stop=False, days_before=(7, 1, 0),
                late_every=3), scores),
    Source(Kind("prize_jury_meeting", _("The jury meets"), days_before=(7, 1)), own_meetings),
    Source(Kind("prize_jury_meets", _("A jury is to meet and decide"), **FOLLOWED), meetings),
    Source(Kind("prize_vote_opens", _("A public vote is to open"), **FOLLOWED), opening_votes),
    Source(Kind("prize_vote_closes", _("A public vote closes"), **FOLLOWED), closing_votes),
    Source(Kind("prize_ceremony", _("A prize is to be announced"), **STEADY), ceremonies),
]  # fmt: skip
