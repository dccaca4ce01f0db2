"""Deeds on a fund: pledges, which are no money; what is paid in, which is; and the frames it grants within.

Each locks the fund first, so that deeds on one fund come one after the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Sum
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from grants import ledger
from grants.models import Account, Fund, FundFrame, LedgerEntry, Pledge, Scheme, Stage, YearBalance, YearEnd
from grants.notices import record
from grants.permissions import DECIDES, PAYS, SETS_UP, may
from grants.refusals import WORDS, Refused, deed
from portal.models import Event
from portal.money import format_nok
from portal.permissions import require

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import CaseStep, Document, Organisation, User

RECEIVES = SETS_UP | PAYS
"""Registers that money has come to a fund."""
CHANGED = _("Someone else changed this just now. See how it stands, and press again if it is still right.")


def check_seen(row: Any, version: int | None) -> None:
    """Refuse to act on a row that has changed since it was shown; None: it was not shown.

    Raises:
        Refused: another has changed it.
    """
    if version is not None and row.row_version != version:
        raise Refused(CHANGED, code="changed")


def check_has_come(on: dt.date, today: dt.date, words: Any) -> None:
    """Refuse a date that has not come.

    Raises:
        Refused: it lies ahead.
    """
    if on > today:
        raise Refused(words, code="ahead")


def locked(pk: int) -> Fund:
    """Return the fund, held until the commit."""
    rows = Fund.objects.select_related("scheme", "account", "authority")
    return rows.select_for_update(no_key=True, of=("self",)).get(pk=pk)


def locked_pledge(pk: int) -> Pledge:
    found = Pledge.objects.select_for_update(no_key=True, of=("self",)).get(pk=pk)
    return found


def is_closed(authority_id: int, year: int) -> bool:
    """Say whether a year takes no new money: it, or a later one, is closed."""
    return YearEnd.objects.filter(authority=authority_id, year__gte=year, closed_at__isnull=False).exists()


# ---- the fund itself ----


@deed
def open_fund(scheme: Scheme, *, by: User, takes_pledges: bool = False) -> Fund:
    """Give a scheme its fund, with an empty account; a second press gives the same one.

    Raises:
        Refused: the scheme is of another kind.
    """
    require(may(by, scheme.authority_id, SETS_UP))
    held = Scheme.objects.select_for_update(no_key=True, of=("self",)).get(pk=scheme.pk)
    found = Fund.objects.filter(scheme=held).first()
    if found is not None:
        return found
    if held.kind != Scheme.Kind.FUND:
        raise Refused(_("Only a scheme that is a fund has capital that stands. Change its kind first."), code="kind")
    account = Account.objects.create(
        authority_id=held.authority_id, scheme=held, name=gettext("%(scheme)s, capital") % {"scheme": held.name[:160]}
    )
    made = Fund.objects.create(
        authority_id=held.authority_id, scheme=held, account=account, takes_pledges=takes_pledges
    )  # fmt: skip
    record("fund_opened", made, by=by)
    return made


@deed
def invite(fund: Fund, *, takes_pledges: bool, by: User, version: int | None = None) -> Fund:
    """Say whether others are invited to contribute."""
    require(may(by, fund.authority_id, SETS_UP))
    held = locked(fund.pk)
    check_seen(held, version)
    if held.takes_pledges != takes_pledges:
        held.takes_pledges = takes_pledges
        held.save()
        record("fund_changed", held, by=by, takes_pledges=takes_pledges)
    return held


# ---- pledges ----


@deed
def pledge(
    fund: Fund, *, payer: str, payer_class: str, amount_nok: int, pledged_on: dt.date, by: User, key: str = "",
    due_on: dt.date | None = None, organisation: Organisation | None = None, document: Document | None = None,
    note: str = "",
) -> Pledge:  # fmt: skip
    """Register what someone says she will pay; it is no money. The same key a second time gives the same pledge."""
    require(may(by, fund.authority_id, SETS_UP))
    held = locked(fund.pk)
    if key and (made := _made_before(held, "pledge_registered", key)):
        return Pledge.objects.get(pk=made)
    if due_on is not None and due_on < pledged_on:
        raise Refused(_("It is to be paid before it was pledged. Check the dates."), code="period")
    made = Pledge.objects.create(
        authority_id=held.authority_id, fund=held, payer=payer, payer_class=payer_class, amount_nok=amount_nok,
        pledged_on=pledged_on, due_on=due_on, organisation=organisation, document=document, note=note,
    )  # fmt: skip
    record("pledge_registered", held, by=by, pledge=made.pk, amount_nok=amount_nok, key=key)
    return made


def _made_before(fund: Fund, kind: str, key: str) -> int | None:
    """Return the row that this key made before, in a locked fund."""
    told = Event.objects.filter(subject_type="grants.fund", subject_id=fund.pk, kind=kind, facts__key=key).first()
    return told.facts["pledge"] if told else None


@deed
def move_pledge(pledge: Pledge, *, due_on: dt.date | None, by: User, version: int | None = None) -> Pledge:
    """Set or move the day an open pledge is to be paid by."""
    require(may(by, pledge.authority_id, SETS_UP))
    locked(pledge.fund_id)
    held = locked_pledge(pledge.pk)
    check_seen(held, version)
    _check_open(held)
    if due_on is not None and due_on < held.pledged_on:
        raise Refused(_("It is to be paid before it was pledged. Check the dates."), code="period")
    if held.due_on != due_on:
        held.due_on = due_on
        held.save()
        record("pledge_moved", held, by=by)
    return held


@deed
def withdraw_pledge(pledge: Pledge, *, why: str, by: User, version: int | None = None) -> Pledge:
    """Register that what is left of a pledge will not come; what has come stays.

    Raises:
        Refused: it is paid in full.
    """
    require(may(by, pledge.authority_id, SETS_UP))
    locked(pledge.fund_id)
    held = locked_pledge(pledge.pk)
    if held.state == Pledge.State.WITHDRAWN:
        return held
    check_seen(held, version)
    _check_open(held)
    held.state, held.note = Pledge.State.WITHDRAWN, why
    held.save()
    record("pledge_withdrawn", held, by=by)
    return held


def _check_open(pledge: Pledge) -> None:
    if pledge.state == Pledge.State.PAID:
        raise Refused(_("This pledge is paid in full already."), code="paid")
    if pledge.state == Pledge.State.WITHDRAWN:
        raise Refused(_("This pledge is withdrawn."), code="withdrawn")


# ---- money ----


def received_of(pledge: Pledge) -> int:
    """Return what has come of one pledge, in whole kroner."""
    return LedgerEntry.objects.filter(pledge=pledge).aggregate(sum=Sum("amount_nok"))["sum"] or 0


@deed
def receive(
    to: Fund | Pledge, amount_nok: int, *, on: dt.date, by: User, key: str, today: dt.date | None = None,
    note: str = "",
) -> LedgerEntry:  # fmt: skip
    """Put on the fund's account what someone has paid, on a pledge or without one; the same key counts once.

    A pledge that is paid in full is closed.

    Raises:
        Refused: the date lies ahead, its year is closed, or the pledge takes no more.
    """
    fund = locked(to.fund_id if isinstance(to, Pledge) else to.pk)
    require(may(by, fund.authority_id, RECEIVES))
    whole = f"contribution:{fund.pk}:{key}"[:80]
    if (before := LedgerEntry.objects.filter(authority=fund.authority_id, key=whole).first()) is not None:
        return before
    if today is not None:
        check_has_come(on, today, _("Money that has not come is a pledge. Enter the day it came."))
    pledge = locked_pledge(to.pk) if isinstance(to, Pledge) else None
    if pledge is not None:
        _check_open(pledge)
        if received_of(pledge) + amount_nok >= pledge.amount_nok:
            pledge.state = Pledge.State.PAID
            pledge.save()
    record("contribution_received", fund, by=by, amount_nok=amount_nok, pledge=pledge.pk if pledge else None)
    return ledger.contribute(fund, amount_nok, key=whole, on=on, by=by, pledge=pledge, note=note)


# ---- frames ----


def _check_year(fund: Fund, year: int) -> None:
    if is_closed(fund.authority_id, year):
        raise Refused(WORDS["ledger_year_is_closed"], code="ledger_year_is_closed")


def _check_holds(fund: Fund, year: int, amount_nok: int) -> None:
    """Refuse a frame that does not hold what the year has committed."""
    used = YearBalance.objects.filter(account=fund.account_id, year=year).first()
    if used is not None and used.committed_nok > amount_nok:
        raise Refused(
            gettext("%(committed)s is granted within this year already. The frame cannot be less.")
            % {"committed": format_nok(used.committed_nok)},
            code="fund_frame_never_overcommitted",
        )


@deed
def propose_frame(fund: Fund, year: int, amount_nok: int, *, by: User) -> FundFrame:
    """Write down what is recommended as the most the fund may grant in a year; it binds nothing until adopted."""
    require(may(by, fund.authority_id, SETS_UP))
    held = locked(fund.pk)
    _check_year(held, year)
    same = FundFrame.objects.filter(fund=held, year=year, amount_nok=amount_nok, stage=Stage.PROPOSED).first()
    if same is not None:
        return same
    made = FundFrame.objects.create(authority_id=held.authority_id, fund=held, year=year, amount_nok=amount_nok)
    record("frame_proposed", made, by=by, year=year, amount_nok=amount_nok)
    return made


@deed
def set_frame(
    fund: Fund, year: int, amount_nok: int, *, by: User, step: CaseStep | None = None, reference: str = "",
    version: int | None = None,
) -> FundFrame:  # fmt: skip
    """Set what the fund may grant in a year at most, by a decision; a frame set before is changed, and kept in history.

    Raises:
        Refused: the year is closed, or more is granted within it already.
    """
    require(may(by, fund.authority_id, DECIDES))
    held = locked(fund.pk)
    _check_year(held, year)
    _check_holds(held, year, amount_nok)
    frames = FundFrame.objects.select_for_update(no_key=True, of=("self",)).filter(fund=held, year=year)
    frame = frames.filter(stage=Stage.ADOPTED).first() or FundFrame(
        authority_id=held.authority_id, fund=held, year=year
    )
    if frame.pk:
        check_seen(frame, version)
    return _adopted(frame, amount_nok, by=by, step=step, reference=reference)


@deed
def adopt_frame(
    frame: FundFrame, *, by: User, step: CaseStep | None = None, reference: str = "", version: int | None = None
) -> FundFrame:
    """Let a proposed frame hold, by a decision; a second press changes nothing.

    Raises:
        Refused: the year has an adopted frame, is closed, or has granted more already.
    """
    require(may(by, frame.authority_id, DECIDES))
    fund = locked(frame.fund_id)
    held = FundFrame.objects.select_for_update(no_key=True, of=("self",)).get(pk=frame.pk)
    if held.stage == Stage.ADOPTED:
        return held
    check_seen(held, version)
    _check_year(fund, held.year)
    _check_holds(fund, held.year, held.amount_nok)
    return _adopted(held, held.amount_nok, by=by, step=step, reference=reference)


def _adopted(
    frame: FundFrame, amount_nok: int, *, by: User, step: CaseStep | None, reference: str
) -> FundFrame:  # fmt: skip
    if step is None and not reference:
        raise Refused(_("Name the decision that adopts it."), code="fund_frame_adopted_names_decision")
    frame.amount_nok, frame.stage, frame.step, frame.decision_reference = amount_nok, Stage.ADOPTED, step, reference
    frame.save()
    record("frame_adopted", frame, by=by, case=step.case if step else None, year=frame.year, amount_nok=amount_nok)
    return frame


@deed
def reject_frame(frame: FundFrame, *, by: User, version: int | None = None) -> FundFrame:
    """Register that a proposed frame was turned down; it stays as a proposal that was not followed.

    Raises:
        Refused: it is adopted.
    """
    require(may(by, frame.authority_id, DECIDES))
    locked(frame.fund_id)
    held = FundFrame.objects.select_for_update(no_key=True, of=("self",)).get(pk=frame.pk)
    if held.stage == Stage.REJECTED:
        return held
    check_seen(held, version)
    if held.stage == Stage.ADOPTED:
        raise Refused(_("An adopted frame is changed by a new decision."), code="adopted")
    held.stage = Stage.REJECTED
    held.save()
    record("frame_rejected", held, by=by, year=held.year)
    return held
