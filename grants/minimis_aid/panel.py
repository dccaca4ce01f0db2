"""What an officer sees of an undertaking's de minimis aid before she decides: every row, the sum and the margin."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from grants.minimis_aid import reading, rules
from grants.models import Application, Grant, RegisterAward
from portal.money import format_nok

if TYPE_CHECKING:
    from decimal import Decimal

    from grants.minimis_aid.reading import Ceilings
    from grants.models import ExchangeRate, UndertakingLink

RATE_AGE = dt.timedelta(days=14)
"""So old a rate may be before it is said."""


@dataclass(frozen=True)
class Panel:
    """An undertaking's de minimis aid with a grant of this amount on this day."""

    number: str
    members: list[str]
    basis: str
    on: dt.date
    rows: list[rules.Counted]
    this: rules.Row | None
    sums: list[rules.Sum]
    ceilings: Ceilings
    rate: ExchangeRate | None
    links: list[UndertakingLink]
    amount_nok: int | None
    fetched_at: dt.datetime | None
    """When the register’s rows were last fetched; nothing where it knows none."""

    @property
    def sum(self) -> rules.Sum:
        """The ceiling that leaves least."""
        return min(self.sums, key=lambda one: one.margin_eur)

    @property
    def ceiling(self) -> Decimal | int | None:
        return self.sum.ceiling_eur

    @property
    def law(self) -> str:
        row = self.ceilings.rows.get(self.sum.basis)
        return row.law if row else ""

    @property
    def fits(self) -> bool:
        return self.rate is not None and all(one.fits for one in self.sums)

    @property
    def room_nok(self) -> int:
        """The most the grant can be, in whole kroner."""
        return rules.room_nok(self.sums, self.this, self.rate.nok_per_eur) if self.rate else 0

    @property
    def percent(self) -> int:
        """How full the ceiling is, for a bar; at most full."""
        return min(int(self.sum.total_eur * 100 / self.ceiling), 100) if self.ceiling else 100

    @property
    def unanswered(self) -> list[UndertakingLink]:
        return [link for link in self.links if link.confirmed_on is None]

    @property
    def confirmed(self) -> list[UndertakingLink]:
        return [link for link in self.links if link.confirmed_on is not None]

    @property
    def is_rate_old(self) -> bool:
        return self.rate is not None and abs(self.on - self.rate.day) > RATE_AGE

    @property
    def others(self) -> list[rules.Counted]:
        """Every row but the grant's own."""
        return [row for row in self.rows if row.row.source != rules.THIS]


def panel_of(
    number: str, of: Application | Grant, on: dt.date, *, amount_nok: int | None = None, basis: str = "de_minimis",
    members: list[str] | None = None,
) -> Panel:  # fmt: skip
    """Return what the undertaking has had in the three years to this day, with this grant; about nine queries.

    `number` may be empty for a founder: then only what she declares is counted. An award the grant has already is the
    grant itself.
    """
    members = reading.members_of(number) if members is None else members
    rows = reading.rows_of(members, of, number)
    rate = reading.rate_on(on)
    this = next((row for row in rows if row.source == rules.THIS), None)
    if this is None and amount_nok and rate is not None:
        this = rules.Row(rules.THIS, number, on, amount_nok, rules.eur(amount_nok, rate.nok_per_eur), basis)
        rows.append(this)
    ceilings = reading.ceilings_on(on)
    application = reading.application_of(of)
    fetched = RegisterAward.objects.filter(number__in=members).order_by("-fetched_at")
    return Panel(
        number=number, members=members, basis=basis, on=on, rows=rules.marked(rows, basis=basis, on=on), this=this,
        sums=rules.sums(rows, basis=basis, on=on, ceilings=ceilings.amounts), ceilings=ceilings, rate=rate,
        links=reading.links_of(members, of.authority_id, application), amount_nok=amount_nok,
        fetched_at=fetched.values_list("fetched_at", flat=True).first(),
    )  # fmt: skip


def of_grant(grant: Grant, on: dt.date, members: list[str] | None = None) -> Panel:
    """Return the panel of a grant, on the basis it is assessed as; de minimis where it is not assessed."""
    aid = getattr(grant, "aid", None)
    basis = aid.basis if aid is not None and aid.basis in (rules.DE_MINIMIS, rules.SGEI) else rules.DE_MINIMIS
    return panel_of(
        grant.organisation.number, grant, on, amount_nok=grant.amount_nok, basis=basis, members=members
    )  # fmt: skip


def of_application(application: Application, on: dt.date, amount_nok: int | None = None) -> Panel:
    """Return the panel of an application, with what is recommended, or else asked for."""
    number = application.organisation.number if application.organisation else ""
    return panel_of(number, application, on, amount_nok=amount_nok or application.asked_nok)


# ---- in words ----


def euro(amount: Decimal | int) -> str:
    """Return euro as they are written: "12 345 euro"; cents only where there are some."""
    whole = f"{amount:,.2f}".replace(",", "\u00a0").replace(".", ",").removesuffix(",00")
    return _("%(amount)s euro") % {"amount": whole.replace("-", "\u2212")}


def obstacles(panel: Panel) -> list[str]:
    """Return why aid can not be given on this basis, in words with what to do; nothing when it can."""
    if not panel.number:
        return [
            _("The recipient has no organisation number here. De minimis aid is counted on the number: enter it first.")
        ]
    if panel.rate is None:
        return [_("No euro rate is entered. Ask the operator of the portal to fetch the rates.")]
    if any(one.ceiling_eur is None for one in panel.sums):
        return [_("No ceiling for de minimis aid is entered for this date. Ask the operator of the portal.")]
    if waits := len(panel.unanswered):
        text = ngettext(
            "The applicant has declared a linked company. Confirm it, or say that it is not linked.",
            "The applicant has declared %(n)d linked companies. Confirm each, or say that it is not linked.", waits,
        )  # fmt: skip
        return [text % {"n": waits}]
    return [] if panel.fits else [over_words(panel)]


def over_words(panel: Panel) -> str:
    """Return how far the ceiling would be passed, and what can be done."""
    worst = panel.sum
    text = _(
        "The undertaking would come to %(total)s in three years, %(over)s over the ceiling of %(ceiling)s (%(law)s). "
        "At most %(room)s can be given. Grant less, or record another basis."
    )
    if panel.room_nok == 0:
        text = _(
            "The undertaking would come to %(total)s in three years, %(over)s over the ceiling of %(ceiling)s "
            "(%(law)s). Nothing can be given. Record another basis, or refuse."
        )
    return text % {
        "total": euro(worst.total_eur), "over": euro(-worst.margin_eur), "ceiling": euro(worst.ceiling_eur or 0),
        "law": panel.law, "room": format_nok(panel.room_nok),
    }  # fmt: skip


def day(on: dt.date) -> str:
    return date_format(on, "j. F Y")
