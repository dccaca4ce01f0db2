"""What the page of a fund shows: capital, years and frames, what was decided for it, pledges and what came of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Sum

from grants.models import Balance, BudgetLine, Fund, FundFrame, LedgerEntry, Pledge, Scheme, Stage, YearBalance

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import Authority

SHOWN = 20
"""Contributions on the page; the account's page has them all."""


@dataclass(frozen=True)
class Year:
    """A fund's year: what it began with, what came and went, and its frame."""

    year: int
    before_nok: int
    balance: YearBalance
    frame: FundFrame | None
    is_now: bool

    @property
    def came_nok(self) -> int:
        own = self.balance
        return own.appropriated_nok + own.contributed_nok + own.carried_in_nok + own.distributed_in_nok

    @property
    def back_nok(self) -> int:
        return self.balance.released_nok + self.balance.repaid_nok

    @property
    def after_nok(self) -> int:
        return self.before_nok + self.balance.free_nok

    @property
    def room_nok(self) -> int | None:
        """What the frame has left; a release makes no room again."""
        frame = self.balance.frame_nok
        return None if frame is None else frame - self.balance.committed_nok


@dataclass(frozen=True)
class PledgeRow:
    pledge: Pledge
    paid_nok: int
    today: dt.date

    @property
    def left_nok(self) -> int:
        return max(self.pledge.amount_nok - self.paid_nok, 0) if self.pledge.state == Pledge.State.OPEN else 0

    @property
    def is_late(self) -> bool:
        due = self.pledge.due_on
        return self.pledge.state == Pledge.State.OPEN and due is not None and due < self.today


def years_of(fund: Fund, today: dt.date) -> list[Year]:
    """Return the fund's years, the newest first; two queries."""
    frames = {frame.year: frame for frame in fund.frames.filter(stage=Stage.ADOPTED).select_related("step__body")}
    found, before = [], 0
    for balance in YearBalance.objects.filter(account=fund.account_id).order_by("year"):
        found.append(Year(balance.year, before, balance, frames.get(balance.year), balance.year == today.year))
        before += balance.free_nok
    shown = [row for row in found if row.balance.entries or row.frame]
    return shown[::-1]


def pledges_of(fund: Fund, today: dt.date) -> list[PledgeRow]:
    """Return the fund's pledges with what is paid of each; two queries."""
    entries = LedgerEntry.objects.filter(account=fund.account_id, pledge__isnull=False)
    paid = dict(entries.order_by().values_list("pledge").annotate(Sum("amount_nok")))
    rows = fund.pledges.select_related("organisation", "document").order_by("pledged_on", "pk")
    return [PledgeRow(pledge, paid.get(pledge.pk, 0), today) for pledge in rows]


def contributions_of(fund: Fund) -> list[LedgerEntry]:
    """Return what others have paid in last, and one more than is shown when there are more; one query."""
    rows = LedgerEntry.objects.filter(account=fund.account_id, kind=LedgerEntry.Kind.CONTRIBUTION)
    return list(rows.select_related("pledge", "by", "reversed_by").order_by("-on_date", "-pk")[: SHOWN + 1])


def page_of(fund: Fund, today: dt.date) -> dict[str, Any]:
    """Return all the page shows; nine queries."""
    balance = Balance.objects.get(account=fund.account_id)
    pledges, years, contributions = pledges_of(fund, today), years_of(fund, today), contributions_of(fund)
    lines = BudgetLine.objects.filter(fund=fund).select_related("step__body").order_by("-year", "pk")
    proposed = fund.frames.filter(stage=Stage.PROPOSED).order_by("year", "pk")
    return {
        "balance": balance, "held_nok": balance.committed_nok - balance.released_nok,
        "unpaid_nok": balance.committed_nok - balance.released_nok - balance.paid_nok,
        "years": years, "this_year": next((row for row in years if row.is_now), None), "proposed_frames": proposed,
        "lines": [line for line in lines if line.stage != Stage.REJECTED],
        "pledges": pledges, "pledged_nok": sum(row.left_nok for row in pledges),
        "contributions": contributions[:SHOWN], "has_more": len(contributions) > SHOWN,
    }  # fmt: skip


def without_fund(authority: Authority) -> Any:
    """Return the schemes that are to have a fund and have none yet."""
    return Scheme.objects.filter(authority=authority, kind=Scheme.Kind.FUND, fund=None)


PLEDGE_COLUMNS = [
    ("pledge.payer", Pledge._meta.get_field("payer").verbose_name),
    ("pledge.get_payer_class_display", Pledge._meta.get_field("payer_class").verbose_name),
    ("pledge.amount_nok", Pledge._meta.get_field("amount_nok").verbose_name),
    ("paid_nok", LedgerEntry.Kind.CONTRIBUTION.label),
    ("pledge.pledged_on", Pledge._meta.get_field("pledged_on").verbose_name),
    ("pledge.due_on", Pledge._meta.get_field("due_on").verbose_name),
    ("pledge.get_state_display", Pledge._meta.get_field("state").verbose_name),
]
