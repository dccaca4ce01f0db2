"""Deeds that make prizes and rounds, and change what they say. A year’s round is made from last year’s in one."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.text import slugify
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _

from awards.access_basis import DEFERRED_BASIS
from awards.models import Prize, PrizeCategory, PrizeGoal, PrizeRound, RoundCategory
from awards.refusals import deed
from awards.rounds import hold
from grants import notices
from grants.held import Handled
from portal.calendar import OSLO, next_working_day, oslo_today
from portal.desk import is_at_work
from portal.models import BodyMembership, Case
from portal.models.case import Access
from portal.permissions import period_holds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from awards.models import PrizeStatutes
    from portal.models import Authority, User
    from strategy.models import Goal

TEXTS = ("name", "lede", "purpose", "scheme", "is_public", "source")
"""What is written of a prize; its address stays as it was made."""
LONGEST_SLUG = 60
MOST = 12
"""Categories a prize takes."""
State = PrizeRound.State


# ---- prizes ----


@deed
def make_prize(authority: Authority, facts: dict[str, Any], categories: Iterable[str], *, by: User) -> Prize:
    """Make a prize with its categories in order; nobody outside sees it before it is shown to everyone."""
    hold.sets_up(by, authority.pk)
    made = Prize(authority=authority, slug=_slug(authority, facts["name"]), **facts)
    made.full_clean(exclude=["authority", "working_group", "case"])
    made.save()
    names = list(dict.fromkeys(categories)) or [str(facts["name"])[:80]]
    for place, name in enumerate(names):
        PrizeCategory.objects.create(authority=authority, prize=made, name=name, position=place)
    notices.record("prize_made", made, by=by)
    return made


def _slug(authority: Authority, name: str) -> str:
    """Return an address that no other prize of the authority has, nor any page beside it."""
    stem = slugify(name.lower().translate(str.maketrans({"æ": "ae", "ø": "o", "å": "a"})))[:LONGEST_SLUG].strip("-")
    stem = stem if stem not in ("", "ny") else "pris"
    taken = set(Prize.objects.filter(authority=authority, slug__startswith=stem).values_list("slug", flat=True))
    return next(slug for n in range(len(taken) + 1) if (slug := f"{stem}-{n + 1}" if n else stem) not in taken)


@deed
def change_prize(prize: Prize, facts: dict[str, Any], *, seen: int | None, by: User) -> Prize:
    """Change what a prize says."""
    held = hold.prize(prize, by, seen)
    for name, value in facts.items():
        if name in TEXTS:
            setattr(held, name, value)
    if not held.is_public and PrizeRound.objects.filter(prize=held).exclude(state=State.DRAFT).exists():
        told = _("A round of the prize is published. The prize stays shown to everyone.")
        raise ValidationError({"is_public": told}, code="published")
    held.full_clean(exclude=["authority", "working_group", "case"])
    held.save()
    notices.record("prize_changed", held, by=by)
    return held


@deed
def save_category(prize: Prize, category: PrizeCategory, *, by: User) -> PrizeCategory:
    """Add a category at the end, or change one."""
    held = hold.prize(prize, by)
    if category.pk is None:
        rows = held.categories.values_list("position", flat=True)
        if len(rows) >= MOST:
            raise ValidationError(_("A prize takes at most %(most)d categories.") % {"most": MOST}, code="many")
        category.position = max(rows, default=-1) + 1
    elif _was_published(category) and PrizeCategory.objects.get(pk=category.pk).name != category.name:
        told = _("A round has used this category. Make a new one, and take this out of use.")
        raise ValidationError({"name": told}, code="used")
    category.prize, category.authority_id = held, held.authority_id
    category.full_clean(exclude=["authority"])
    category.save()
    return category


def _was_published(category: PrizeCategory) -> bool:
    """Say whether a round that is more than a draft is held in a category."""
    return RoundCategory.objects.filter(category=category).exclude(round__state=State.DRAFT).exists()


@deed
def move_category(prize: Prize, key: int, *, up: bool, by: User) -> None:
    """Move a category one place up or down."""
    hold.move_one(hold.prize(prize, by).categories.all(), key, up=up)


@deed
def remove_category(prize: Prize, key: int, *, by: User) -> bool:
    """Take a category away, or out of use where a round has had it; say whether it is gone."""
    held = hold.prize(prize, by)
    row = held.categories.filter(pk=key).first()
    if row is None:
        raise Handled(_("It is gone already."), code="gone")
    if not held.categories.filter(is_in_use=True).exclude(pk=key).exists():
        raise ValidationError(_("A prize has at least one category."), code="last")
    if RoundCategory.objects.filter(category=row).exists():
        row.is_in_use = False
        row.save(update_fields=["is_in_use"])
        return False
    row.delete()
    return True


@deed
def serve(prize: Prize, goals: Iterable[Goal], *, by: User) -> None:
    """Set which goals of the authority’s plans the prize serves."""
    held = hold.prize(prize, by)
    wanted = {goal.pk: goal for goal in goals}
    if any(goal.authority_id != held.authority_id for goal in wanted.values()):
        raise ValidationError(_("Choose goals of your own plans."), code="other")
    there = set(held.served.values_list("goal_id", flat=True))
    held.served.exclude(goal__in=wanted).delete()
    for key in sorted(set(wanted) - there):
        PrizeGoal.objects.create(authority_id=held.authority_id, prize=held, goal=wanted[key])
    notices.record("prize_goals_set", held, by=by, goals=len(wanted))


# ---- rounds ----

DATES = ("answer_due_on", "scores_due_on", "jury_meets_on")
MOMENTS = ("opens_at", "closes_at", "vote_opens_at", "vote_closes_at", "ceremony_at")


@deed
def make_round(prize: Prize, year: int, *, from_: PrizeRound | None = None, by: User, now: dt.datetime) -> PrizeRound:
    """Make a year’s round, as a draft with a case of its own; from an earlier one with its dates moved to this year.

    Raises:
        ValidationError: the year has a round, or no statutes are adopted.
    """
    held = hold.prize(prize, by)
    if from_ is not None and from_.prize_id != held.pk:
        raise ValidationError({"copy": _("Choose a round of this prize.")}, code="other")
    if PrizeRound.objects.filter(prize=held, year=year).exists():
        raise Handled(_("The prize has a round in this year already."), code="year")
    statutes = in_force(held, dt.date(year, 12, 31))
    if statutes is None:
        raise ValidationError(_("Adopt statutes first. A round is held by them."), code="statutes")
    today = oslo_today(now)
    made = PrizeRound(authority_id=held.authority_id, prize=held, statutes=statutes, year=year, officer=by)
    if from_ is not None:
        _follow(made, from_, today)
    with translation.override(held.authority.language_form):
        title = _("%(prize)s %(year)d") % {"prize": held.name, "year": year}
    made.case = Case.objects.create(
        authority_id=held.authority_id, title=title[:200], public_title=held.name[:200], officer=made.officer,
        opened_on=today, access=Access.DEFERRED, access_basis=DEFERRED_BASIS,
    )  # fmt: skip
    made.save()
    set_categories(made, held.categories.filter(is_in_use=True))
    notices.record("prize_round_made", made, by=by, case=made.case, year=year, copied=from_ is not None)
    return made


def in_force(prize: Prize, on: dt.date) -> PrizeStatutes | None:
    """Return the statutes that hold on a day; the first adopted ones where none hold so early."""
    adopted = prize.statutes.exclude(valid_from=None)
    return (
        adopted.filter(valid_from__lte=on).order_by("-valid_from", "-version").first()
        or adopted.order_by("valid_from", "version").first()
    )


def _follow(made: PrizeRound, last: PrizeRound, today: dt.date) -> None:
    """Let a round follow an earlier one: its texts, its dates moved, its officer and jury where they still hold."""
    years = made.year - last.year
    made.copied_from, made.text, made.ceremony_place = last, last.text, last.ceremony_place
    for name in (*DATES, *MOMENTS):
        setattr(made, name, moved(getattr(last, name), years))
    if last.officer is not None and is_at_work(last.officer, last.authority_id, today):
        made.officer = last.officer
    meets = made.jury_meets_on or (made.closes_at.astimezone(OSLO).date() if made.closes_at else today)
    sits = BodyMembership.objects.filter(period_holds(max(meets, today)), body=last.jury_id)
    if last.jury_id is not None and sits.exists():
        made.jury = last.jury


def moved(when: Any, years: int) -> Any:
    """Return a day or a moment so many years later, on a working day and at the same hour in Norway."""
    if when is None:
        return None
    local = when.astimezone(OSLO) if isinstance(when, dt.datetime) else when
    year = local.year + years
    day = dt.date(year, local.month, min(local.day, 28) if local.month == 2 else local.day)
    day = next_working_day(day)
    return make_aware(dt.datetime.combine(day, local.time()), OSLO) if isinstance(when, dt.datetime) else day


def set_categories(round_: PrizeRound, categories: Iterable[PrizeCategory]) -> None:
    """Let a round that is not published be held in these categories, in the prize’s order."""
    wanted = sorted(categories, key=lambda one: (one.position, one.pk))
    round_.categories.exclude(category__in=[one.pk for one in wanted]).delete()
    there = {row.category_id: row for row in round_.categories.all()}
    for place, category in enumerate(wanted):
        row = there.get(category.pk) or RoundCategory(
            authority_id=round_.authority_id, round=round_, category=category
        )  # fmt: skip
        if row.pk is None or row.position != place:
            row.position = place
            row.save()


@deed
def change_round(
    round_: PrizeRound, facts: dict[str, Any], *, seen: int | None, by: User, now: dt.datetime
) -> PrizeRound:  # fmt: skip
    """Change a round; published, only what `changeable` names. Moved dates move what people are told of them.

    Raises:
        ValidationError: keyed by field.
        Handled: somebody changed it since.
    """
    held = hold.round_(round_, by, seen)
    allowed, before = changeable(held), held.closes_at
    for name, value in facts.items():
        if name in allowed and name != "categories":
            setattr(held, name, value)
    refuse_disorder(held)
    if held.state == State.PUBLISHED and before != held.closes_at:
        _refuse_earlier(before, held.closes_at, now)
    held.full_clean(exclude=["authority", "case"], validate_constraints=False)
    held.save()
    if "categories" in facts and "categories" in allowed:
        set_categories(held, facts["categories"])
    notices.record("prize_round_changed", held, by=by, case=held.case)
    return held


def _refuse_earlier(before: dt.datetime | None, closes_at: dt.datetime | None, now: dt.datetime) -> None:
    if closes_at is None or closes_at <= now or (before is not None and closes_at < before):
        told = _("Nominations may close later than what was published, never earlier.")
        raise ValidationError({"closes_at": told}, code="earlier")


ALWAYS = ("text", "officer")
AHEAD = ("answer_due_on", "scores_due_on", "jury_meets_on", "vote_opens_at", "vote_closes_at", "ceremony_at",
         "ceremony_place")  # fmt: skip
CHANGEABLE: dict[str, tuple[str, ...]] = {
    State.DRAFT: (*ALWAYS, "statutes", "jury", "opens_at", "closes_at", *AHEAD, "categories"),
    State.PUBLISHED: (*ALWAYS, "jury", "closes_at", *AHEAD),
    State.JUDGING: (*ALWAYS, *AHEAD),
    State.VOTING: (*ALWAYS, "jury_meets_on", "vote_closes_at", "ceremony_at", "ceremony_place"),
    State.DECIDED: (*ALWAYS, "ceremony_at", "ceremony_place"),
    State.ANNOUNCED: ALWAYS, State.CANCELLED: ALWAYS,
}  # fmt: skip


def changeable(round_: PrizeRound) -> tuple[str, ...]:
    """Return what may be changed of a round where it stands now."""
    allowed = CHANGEABLE[round_.state]
    if round_.state == State.JUDGING and round_.jury_id is None:
        allowed = (*allowed, "jury")
    if round_.statutes.vote == "none" and round_.vote_opens_at is None and round_.state != State.DRAFT:
        allowed = tuple(name for name in allowed if not name.startswith("vote_"))
    return allowed


ORDER = (
    ("opens_at", "closes_at"), ("closes_at", "answer_due_on"), ("closes_at", "scores_due_on"),
    ("scores_due_on", "jury_meets_on"), ("closes_at", "jury_meets_on"), ("closes_at", "vote_opens_at"),
    ("vote_opens_at", "vote_closes_at"), ("closes_at", "ceremony_at"), ("jury_meets_on", "ceremony_at"),
    ("vote_closes_at", "ceremony_at"),
)  # fmt: skip
"""Which dates of a round come before which."""


def refuse_disorder(round_: PrizeRound) -> None:
    """Refuse dates that come in the wrong order.

    Raises:
        ValidationError: keyed by the later field; names what it must come after.
    """
    wrong: dict[str, Any] = {}
    for before, after in ORDER:
        first, last = getattr(round_, before), getattr(round_, after)
        if first is None or last is None or after in wrong:
            continue
        both = isinstance(first, dt.datetime) and isinstance(last, dt.datetime)
        if (last <= first) if both else (_day(last) < _day(first)):
            label = str(PrizeRound._meta.get_field(before).verbose_name)  # type: ignore[union-attr]
            wrong[after] = ValidationError(
                _("This must come after “%(before)s”.") % {"before": label}, code="order"
            )  # fmt: skip
    if (round_.vote_opens_at is None) != (round_.vote_closes_at is None):
        missing = "vote_opens_at" if round_.vote_opens_at is None else "vote_closes_at"
        wrong[missing] = ValidationError(_("Say both when the vote opens and when it closes."), code="half")
    if wrong:
        raise ValidationError(wrong)


def _day(when: dt.date | dt.datetime) -> dt.date:
    return when.astimezone(OSLO).date() if isinstance(when, dt.datetime) else when


@deed
def remove_round(round_: PrizeRound, *, seen: int | None, by: User) -> None:
    """Remove a round that was never published; its case stays, closed."""
    held = hold.round_(round_, by, seen)
    if held.state != State.DRAFT:
        raise Handled(_("A round that was published stays. Cancel it instead."), code="state")
    notices.record("prize_round_removed", held, by=by, case=held.case, year=held.year)
    held.delete()
