"""Places the demo's prizes, by the deeds people do where the clock lets them; once, and never again after.

What is over has its days long before the loading, and nobody is mailed about it. What goes on counts from the day the
demo was loaded, so that its dates are still ahead.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.utils import timezone, translation

from awards.demo import business_prize, rounds_loader, volunteer_prize
from awards.models import Prize, PrizeCategory, PrizeCriterion, PrizeGoal, PrizeStatutes, Winner
from awards.rounds import seats as deeds
from grants.models import Scheme
from portal.calendar import OSLO, next_working_day, oslo_today
from portal.models import Authority, Body, BodyMembership, Case, CaseStep, User
from strategy.models import Goal

if TYPE_CHECKING:
    from awards.demo.facts import BodyFact, PrizeFact
    from portal.demo.shelf import Shelf

PRIZES = (business_prize.PRIZE, volunteer_prize.PRIZE)
HOME = "indre-ostfold"
STAFF = {"officer": "indre_ostfold_officer", "leader": "indre_ostfold_leader", "jury": "jury"}
SET_UP, ADOPTED = -720, -701
"""Days from loading: when the working group was set up, and when it adopted the first statutes."""


class Town:
    """Where the prizes are, who handles them, and what day it is; one who is not there leaves the whole of it out."""

    def __init__(self, shelf: Shelf, home: Authority) -> None:
        self.shelf, self.home, self.now = shelf, home, timezone.now()
        self.today = oslo_today(self.now)
        found = {role: shelf.find(User, "user", key) for role, key in STAFF.items()}
        self.who: dict[str, User] = {role: user for role, user in found.items() if user is not None}
        self.is_whole = len(self.who) == len(STAFF)

    @property
    def officer(self) -> User:
        return self.who["officer"]

    def day(self, days: int) -> dt.date:
        """Return a working day so many days from the loading; what has been, is not ahead."""
        day = next_working_day(self.today + dt.timedelta(days=days))
        return day if days > 0 else min(day, self.today)

    def at(self, days: int, hour: int = 12) -> dt.datetime:
        return dt.datetime.combine(self.day(days), dt.time(hour), OSLO)


def load(shelf: Shelf) -> None:
    """Place every prize that no user has made under the same address."""
    home = Authority.objects.filter(slug=HOME).first()
    if home is None:
        return
    town = Town(shelf, home)
    taken = set(Prize.objects.filter(authority=home).values_list("slug", flat=True))
    for fact in PRIZES:
        if town.is_whole and f"prize:{fact.key}" not in shelf.known and fact.slug not in taken:
            with translation.override(home.language_form):
                _load_prize(town, fact)


def _load_prize(town: Town, fact: PrizeFact) -> None:
    row = Prize(
        authority=town.home, name=fact.name, slug=fact.slug, lede=fact.lede, purpose=fact.purpose, is_public=True,
        scheme=town.shelf.find(Scheme, "scheme", fact.scheme), source=fact.source, invented=fact.invented,
    )  # fmt: skip
    prize = town.shelf.put("prize", {fact.key: row})[fact.key]
    for place, (name, description) in enumerate(fact.categories):
        PrizeCategory.objects.create(
            authority=town.home, prize=prize, name=name, description=description, position=place
        )
    for goal in Goal.objects.filter(authority=town.home, title=fact.goal)[:1]:
        PrizeGoal.objects.create(authority=town.home, prize=prize, goal=goal)
    adopted_in = _load_group(town, prize, fact.group) if fact.group is not None else None
    versions = _load_statutes(town, prize, fact, adopted_in)
    jury, sits = _load_body(town, fact.jury)
    for won in fact.earlier:
        Winner.objects.create(
            authority=town.home, prize=prize, year=town.today.year - won.years_back, category_name=won.category,
            kind="organisation" if won.name.endswith(" AS") else "person", name=won.name, place=won.place,
            reasons=won.reasons, source="Oppdiktet for demoen", invented=True,
        )  # fmt: skip
    for each in fact.rounds:
        rounds_loader.load(town, prize, versions[each.version], jury, sits, each)
    prize.refresh_from_db()


def _load_body(town: Town, fact: BodyFact) -> tuple[Body, dict[str, BodyMembership]]:
    """Return a body with those who sit in it, by the facts' keys; who sits there already stays."""
    body = town.shelf.find(Body, "body", fact.key) if fact.key else None
    body = body or Body.objects.get_or_create(authority=town.home, kind=fact.kind, name=fact.name)[0]
    sits: dict[str, BodyMembership] = {}
    for one in fact.seats:
        who: dict[str, Any] = {"user": town.who[one.user]} if one.user else {"display_name": one.name}
        there = BodyMembership.objects.filter(body=body, **who).order_by("pk").first()
        sits[one.key] = there or BodyMembership.objects.create(
            authority=town.home, body=body, capacity=one.capacity, is_chair=one.chair, **who
        )
    return body, sits


def _load_group(town: Town, prize: Prize, fact: BodyFact) -> CaseStep | None:
    """Let the section leader set up the working group, and the group adopt the statutes in its case."""
    body, _sits = _load_body(town, fact)
    deeds.set_up_group(prize, body=body, name="", by=town.who["leader"], now=town.at(SET_UP))
    prize.refresh_from_db()
    Case.objects.filter(pk=prize.case_id).update(invented=True)
    steps = CaseStep.objects.filter(case=prize.case_id)
    steps.update(invented=True)
    step = steps.filter(stage=2).first()
    if step is not None:
        step.starts_on = step.ends_on = step.decided_on = town.day(ADOPTED)
        step.precision, step.outcome = "day", "adopted"
        step.resolution = "Statuttene for næringsprisen vedtas. (oppdiktet)"
        step.save()
    return step


def _load_statutes(
    town: Town, prize: Prize, fact: PrizeFact, adopted_in: CaseStep | None
) -> dict[int, PrizeStatutes]:  # fmt: skip
    """Place each version with its criteria, and adopt it."""
    found = {}
    for each in fact.statutes:
        made = PrizeStatutes.objects.create(
            authority=town.home, prize=prize, version=each.version, text=each.text, invented=True, **each.rules
        )
        for place, criterion in enumerate(each.criteria):
            PrizeCriterion.objects.create(authority=town.home, statutes=made, position=place, **criterion)
        made.valid_from, made.adopted_in = town.day(each.from_days), adopted_in
        made.save()
        found[each.version] = made
    return found
