"""The end of a budget year: one prepares what is carried over and what goes back, another closes it for good.

All accounts of the year and of earlier ones with money left are in it; a fund's capital stands. The year end's row is
locked first, then the accounts, hard enough that nobody's entry slips in between the last look and the closing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from grants import ledger
from grants.funding import check_seen, is_closed
from grants.models import Account, Balance, YearEnd, YearEndLine
from grants.notices import record, staff_with, tell_staff
from grants.permissions import CLOSES, PREPARES, SETS_UP, may
from grants.refusals import WORDS, Refused, deed
from portal import outbox
from portal.calendar import oslo_today
from portal.models import Authority, Event
from portal.money import format_nok
from portal.permissions import require

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from portal.models import CaseStep, User

MAKES_READY = SETS_UP | PREPARES
"""Goes through the accounts and says what becomes of what is left."""
NEW = -1
"""Carry over to a new account of the next year, under the same name."""
WORKED_ON = ("year_end_prepared", "year_end_changed", "year_end_sent")


@dataclass(frozen=True)
class Wish:
    """What one line is to say: so much is carried over, there; the rest goes back."""

    line: int
    carry_nok: int
    into: int | None = None
    """An account, or NEW."""
    reason: str = ""


# ---- reading ----


def left_on_accounts(authority_id: int, year: int) -> dict[int, int]:
    """Return what is left on each account of this year or earlier that holds something; one query."""
    rows = Balance.objects.filter(account__authority=authority_id, account__year__lte=year, free_nok__gt=0)
    return dict(rows.order_by("account__year", "account_id").values_list("account_id", "free_nok"))


def moved_since(end: YearEnd) -> dict[int, tuple[int, int]]:
    """Return the accounts whose money has moved since the year end was drawn up: (then, now)."""
    then = dict(end.lines.values_list("account_id", "free_nok"))
    now = left_on_accounts(end.authority_id, end.year)
    return {
        account: (then.get(account, 0), now.get(account, 0))
        for account in sorted(then.keys() | now.keys())
        if then.get(account, 0) != now.get(account, 0)
    }


def takers(authority_id: int, year: int) -> Any:
    """Return the accounts that can take what is carried over from a year: the next years', and the funds'."""
    return Account.objects.filter(Q(year__gt=year) | Q(year=None, fund__isnull=False), authority=authority_id)


def who_worked_on(end: YearEnd) -> set[int]:
    """Return who has prepared, changed or sent a year end; none of them closes it."""
    told = Event.objects.filter(subject_type="grants.yearend", subject_id=end.pk, kind__in=WORKED_ON)
    return {pk for pk in told.values_list("actor_id", flat=True) if pk is not None} | {end.prepared_by_id}


def who_may_close(end: YearEnd, on: dt.date) -> list[User]:
    """Return who can close it on this day: they hold a role for it, and have not worked on it."""
    worked = who_worked_on(end)
    return [user for user in staff_with(end.authority_id, CLOSES, on) if user.pk not in worked]


# ---- preparing ----


def locked(pk: int) -> YearEnd:
    """Return the year end, held until the commit.

    Raises:
        Refused: it is dropped.
    """
    rows = YearEnd.objects.select_related("authority", "step").select_for_update(no_key=True, of=("self",))
    if (found := rows.filter(pk=pk).first()) is None:
        raise Refused(_("This year’s end was dropped just now. Begin again."), code="dropped")
    return found


def _check_open(end: YearEnd) -> None:
    if end.closed_at is not None:
        raise Refused(WORDS["year_stays_closed"], code="year_stays_closed")


def _check_not_sent(end: YearEnd) -> None:
    _check_open(end)
    if end.sent_at is not None:
        raise Refused(_("It is sent to be closed. Take it back before you change it."), code="sent")


@deed
def prepare(authority: Authority, year: int, *, by: User, now: dt.datetime) -> YearEnd:
    """Draw up a year's end, or bring it up to date: every account with money left gets a line, all of it returned.

    What was chosen before stands as far as the money reaches. What is sent or closed is not touched.

    Raises:
        Refused: the year has not begun, or it or a later one is closed.
    """
    require(may(by, authority.pk, MAKES_READY))
    Authority.objects.select_for_update(no_key=True, of=("self",)).get(pk=authority.pk)
    if year > oslo_today(now).year:
        raise Refused(_("This year has not begun."), code="ahead")
    found = YearEnd.objects.filter(authority=authority, year=year).first()
    if found is None:
        if is_closed(authority.pk, year):
            raise Refused(_("A later year is closed, and this one with it."), code="year_stays_closed")
        found = YearEnd.objects.create(authority=authority, year=year, prepared_by=by, prepared_at=now)
        record("year_end_prepared", found, by=by, year=year)
    end = locked(found.pk)
    if end.sent_at is None and end.closed_at is None and moved_since(end):
        _draw_up(end)
        _worked_on(end, by, now)
    return end


def _draw_up(end: YearEnd) -> None:
    left = left_on_accounts(end.authority_id, end.year)
    lines = {line.account_id: line for line in end.lines.all()}
    for account, free in left.items():
        line = lines.pop(account, None) or YearEndLine(
            authority_id=end.authority_id, year_end=end, account_id=account
        )  # fmt: skip
        if line.pk and line.free_nok == free:
            continue
        line.free_nok, line.carry_nok = free, min(line.carry_nok, free)
        line.return_nok = free - line.carry_nok
        line.save()
    for line in lines.values():
        line.delete()


def _worked_on(end: YearEnd, by: User, now: dt.datetime) -> None:
    """Note who worked on it last; the row's version moves with it."""
    end.prepared_by, end.prepared_at = by, now
    end.save()
    record("year_end_changed", end, by=by, year=end.year)


@deed
def change(end: YearEnd, wishes: Iterable[Wish], *, by: User, now: dt.datetime, version: int | None = None) -> YearEnd:
    """Say of each line what is carried over, where to and why; the rest goes back. Who says so has prepared it.

    Raises:
        Refused: it is sent or closed, a line asks for more than is left, or does not say where to and why.
    """
    require(may(by, end.authority_id, MAKES_READY))
    held = locked(end.pk)
    _check_not_sent(held)
    check_seen(held, version)
    lines = {line.pk: line for line in held.lines.select_related("account")}
    can_take = set(takers(held.authority_id, held.year).values_list("pk", flat=True))
    changed = False
    for wish in wishes:
        if (line := lines.get(wish.line)) is None:
            raise Refused(_("The lines have changed. See how they stand, and choose again."), code="changed")
        changed |= _choose(line, wish, can_take)
    if changed:
        _worked_on(held, by, now)
    return held


def _choose(line: YearEndLine, wish: Wish, can_take: set[int]) -> bool:
    """Let a line say what is wished; say whether that is something new."""
    if not 0 <= wish.carry_nok <= line.free_nok:
        facts = {"account": line.account.name, "free": format_nok(line.free_nok)}
        raise Refused(gettext("%(account)s has %(free)s left. No more is carried over.") % facts, code="too_much")
    into, reason = (wish.into, wish.reason) if wish.carry_nok else (None, "")
    if wish.carry_nok and not reason:
        raise Refused(gettext("Say why %(account)s is carried over.") % {"account": line.account.name}, code="reason")
    if into == NEW:
        into = _next_account(line).pk
    elif wish.carry_nok and into not in can_take:
        facts = {"account": line.account.name}
        raise Refused(gettext("Choose the account that takes what %(account)s has left.") % facts, code="into")
    before = (line.carry_nok, line.into_id, line.reason)
    line.carry_nok, line.return_nok = wish.carry_nok, line.free_nok - wish.carry_nok
    line.into_id, line.reason = into, reason
    if (line.carry_nok, line.into_id, line.reason) == before:
        return False
    line.save()
    return True


def _next_account(line: YearEndLine) -> Account:
    """Return the next year's account of the same scheme under the same name; made when there is none."""
    own = line.account
    facts = {
        "authority_id": own.authority_id, "scheme_id": own.scheme_id, "name": own.name,
        "year": line.year_end.year + 1,
    }  # fmt: skip
    return Account.objects.filter(**facts).first() or Account.objects.create(**facts)


# ---- to another, and back ----


@deed
def send(
    end: YearEnd, *, by: User, now: dt.datetime, step: CaseStep | None = None, reference: str = "", note: str = "",
    version: int | None = None,
) -> YearEnd:  # fmt: skip
    """Send a prepared year to those who close it; they are told. A second press changes nothing.

    Raises:
        Refused: money has moved since it was drawn up.
    """
    require(may(by, end.authority_id, MAKES_READY))
    held = locked(end.pk)
    _check_open(held)
    if held.sent_at is not None:
        return held
    check_seen(held, version)
    _check_still(held)
    held.sent_at, held.step, held.decision_reference, held.note = now, step, reference, note
    held.save()
    record("year_end_sent", held, by=by, year=held.year)
    where = f"{reverse('year_end', args=[held.authority.slug, held.year])}"
    tell_staff(
        held.authority, CLOSES, kind="year_to_close", subject=held, occasion=f"{now:%Y%m%d%H%M%S}",
        on=oslo_today(now), title=lambda: gettext("%(year)d waits to be closed") % {"year": held.year}, link=where,
        link_text=_("See what is carried over and returned"), template="year_to_close", but=who_worked_on(held),
        end=held, by=by,
    )  # fmt: skip
    return held


def _check_still(end: YearEnd) -> None:
    if moved_since(end):
        words = _("Money has moved since this was drawn up. Bring it up to date, and look again.")
        raise Refused(words, code="moved")


@deed
def take_back(
    end: YearEnd, *, by: User, now: dt.datetime, why: str = "", version: int | None = None
) -> YearEnd:  # fmt: skip
    """Open a sent year end for changes again: who prepared it takes it back, or who was to close it sends it back."""
    require(may(by, end.authority_id, MAKES_READY) or may(by, end.authority_id, CLOSES))
    held = locked(end.pk)
    _check_open(held)
    if held.sent_at is None:
        return held
    check_seen(held, version)
    if by.pk not in who_worked_on(held) and not why:
        raise Refused(_("Say what is to be changed."), code="why")
    held.sent_at, held.note = None, why
    held.save()
    record("year_end_taken_back", held, by=by, year=held.year)
    if held.prepared_by_id != by.pk:
        outbox.notify(
            held.prepared_by, kind="year_sent_back", subject=held, authority=held.authority,
            occasion=f"{now:%Y%m%d%H%M%S}", on_date=oslo_today(now),
            title=lambda: gettext("The end of %(year)d is sent back to you") % {"year": held.year},
            link=reverse("year_end", args=[held.authority.slug, held.year]), link_text=_("See what is to be changed"),
            template="year_sent_back", end=held, by=by,
        )  # fmt: skip
    return held


@deed
def drop(end: YearEnd, *, by: User, version: int | None = None) -> None:
    """Throw away a year end that is not closed; nothing has moved."""
    require(may(by, end.authority_id, MAKES_READY))
    held = locked(end.pk)
    _check_open(held)
    check_seen(held, version)
    record("year_end_dropped", held, by=by, year=held.year)
    held.delete()


# ---- closing ----


@deed
def close(
    end: YearEnd, *, by: User, now: dt.datetime, step: CaseStep | None = None, reference: str = "",
    version: int | None = None,
) -> YearEnd:  # fmt: skip
    """Close a year for good: what is left is carried over and returned as prepared. A second press changes nothing.

    Raises:
        Refused: the year is not over, it was not sent, no decision is named, money has moved, or who closes it has
            worked on it.
    """
    require(may(by, end.authority_id, CLOSES))
    held = locked(end.pk)
    if held.closed_at is not None:
        return held
    check_seen(held, version)
    _check_may_close(held, by, oslo_today(now))
    if step is not None or reference:
        held.step, held.decision_reference = step, reference
    if held.step is None and not held.decision_reference:
        raise Refused(_("Name the decision."), code="year_end_names_decision")
    lines = list(held.lines.select_related("account", "into").order_by("account_id"))
    _hold(held)
    _check_still(held)
    held.closed_by, held.closed_at = by, now
    held.save()
    record(
        "year_closed", held, by=by, case=held.step.case if held.step else None, year=held.year,
        carried_nok=sum(line.carry_nok for line in lines), returned_nok=sum(line.return_nok for line in lines),
    )  # fmt: skip
    for line in lines:
        line.year_end = held
        ledger.settle_year(line, on=oslo_today(now), by=by)
    return held


def _check_may_close(end: YearEnd, by: User, today: dt.date) -> None:
    if end.year >= today.year:
        words = gettext("%(year)d is not over. You can close it from 1 January.") % {"year": end.year}
        raise Refused(words, code="ahead")
    if end.sent_at is None:
        raise Refused(_("It is not sent to be closed yet."), code="not_sent")
    if by.pk in who_worked_on(end):
        words = _("You have worked on it yourself. Another closes the year.")
        raise Refused(words, code="year_end_closed_by_another")


def _hold(end: YearEnd) -> None:
    """Hold the accounts the closing concerns, so that what it counted stands until it is done.

    What brings money to the year waits for the year's own row (`grants_check_entry`), and then sees it closed.
    """
    accounts = Account.objects.filter(Q(year__lte=end.year + 1) | Q(year=None), authority=end.authority_id)
    list(accounts.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
