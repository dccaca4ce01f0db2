"""What an officer is warned of while a grant is assessed: nothing here refuses, some of it will at the decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Sum
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from grants import permissions, refusals
from grants.minimis_aid import panel, taking
from grants.models import AidAssessment, Balance, BudgetLine, Grant, YearBalance, YearEnd
from portal.acting_for import mandate_evidence
from portal.money import format_nok

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from portal.models import Organisation, User


@dataclass(frozen=True)
class Caution:
    """One thing to see to; `stops` when the decision will be refused as long as it is so."""

    code: str
    text: str
    stops: bool = False

    def __str__(self) -> str:
        return self.text


def of(grant: Grant, today: dt.date, user: User | None = None) -> list[Caution]:
    """Return what there is to see to before a proposed grant is decided, what stops it first.

    A fixed number of queries, however many grants the account has.
    """
    if grant.state != Grant.State.PROPOSED:
        return []
    found = [
        *_of_account(grant, today), *_of_recipient(grant.organisation), *_of_aid(grant), *_of_line(grant),
        *_of_minimis(grant, today), *_of_others(grant), *_of_dates(grant, today), *_of_reader(grant, user),
    ]  # fmt: skip
    return sorted(found, key=lambda one: not one.stops)


def _of_account(grant: Grant, today: dt.date) -> Iterator[Caution]:
    free = Balance.objects.values_list("free_nok", flat=True).get(account=grant.account_id)
    if grant.amount_nok > free:
        text = _("There is %(free)s free on the account, %(short)s too little for this grant.")
        facts = {"free": format_nok(free), "short": format_nok(grant.amount_nok - free)}
        yield Caution("free", text % facts, stops=True)
    else:
        asked = Grant.objects.filter(account=grant.account_id, state=Grant.State.PROPOSED)
        in_all = asked.order_by().aggregate(sum=Sum("amount_nok"))["sum"] or 0
        if in_all > free:
            text = _("The grants being assessed on this account come to %(asked)s, and %(free)s is free.")
            yield Caution("asked", text % {"asked": format_nok(in_all), "free": format_nok(free)})
    yield from _of_year(grant, today)


def frame_left(account_id: int, year: int) -> tuple[int, int] | None:
    """Return a fund's frame of a year and what is left of it; nothing where no frame is adopted."""
    row = YearBalance.objects.filter(account=account_id, year=year, frame_nok__isnull=False).first()
    return (row.frame_nok or 0, (row.frame_nok or 0) - row.committed_nok) if row else None


def _of_year(grant: Grant, today: dt.date) -> Iterator[Caution]:
    year = grant.account.year or today.year
    closed = YearEnd.objects.filter(authority=grant.authority_id, closed_at__isnull=False, year__gte=year)
    if closed.exists():
        yield Caution("closed", _("%(year)d is closed: it takes no new grant.") % {"year": year}, stops=True)
    if grant.account.year is not None:
        return
    if (frame := frame_left(grant.account_id, year)) is not None and grant.amount_nok > frame[1]:
        yield Caution("frame", refusals.frame_words(year, *frame), stops=True)


def troubles_of(organisation: Organisation) -> list[str]:
    """Return why an organisation gets no money, in words, as the register was copied."""
    return [str(text) for text in mandate_evidence.words_of((organisation.register_copy or {}).get("troubles", []))]


def _of_recipient(organisation: Organisation) -> Iterator[Caution]:
    for text in troubles_of(organisation):
        yield Caution("trouble", _("%(name)s gets no grant: %(why)s") % {"name": organisation.name, "why": text}, True)
    if not organisation.number:
        text = _("%(name)s has no organisation number here. It needs one before it is paid.")
        yield Caution("number", text % {"name": organisation.name})


def _of_aid(grant: Grant) -> Iterator[Caution]:
    if not AidAssessment.objects.filter(grant=grant.pk).exists():
        yield Caution("aid", _("It is not assessed whether this is state aid."), stops=True)


def _of_minimis(grant: Grant, today: dt.date) -> Iterator[Caution]:
    aid = AidAssessment.objects.filter(grant=grant.pk, basis__in=taking.MINIMIS).first()
    if aid is None:
        return
    grant.aid = aid
    found = panel.of_grant(grant, today)
    for text in panel.obstacles(found):
        yield Caution("minimis", text, stops=True)
    if found.fits and found.is_rate_old and found.rate is not None:
        text = _("The latest euro rate is from %(day)s. Ask the operator of the portal to fetch newer ones.")
        yield Caution("rate", text % {"day": _day(found.rate.day)})


def _of_line(grant: Grant) -> Iterator[Caution]:
    line = BudgetLine.objects.filter(account=grant.account_id).select_related("recipient").first()
    if line and line.recipient_id and line.recipient_id != grant.organisation_id:
        yield Caution("recipient", _("The budget line is meant for %(name)s.") % {"name": line.recipient})


def _of_others(grant: Grant) -> Iterator[Caution]:
    others = Grant.objects.filter(account=grant.account_id, organisation=grant.organisation_id).exclude(pk=grant.pk)
    titles = list(
        others.filter(state__in=[Grant.State.PROPOSED, *Grant.HOLDING]).order_by("pk").values_list("title", flat=True)
    )
    if titles:
        text = _("The recipient has more from this account: %(titles)s. Check that this is not the same once more.")
        yield Caution("again", text % {"titles": ", ".join(titles)})


def _of_dates(grant: Grant, today: dt.date) -> Iterator[Caution]:
    if grant.use_by and grant.use_by < today:
        yield Caution("use_by", _("It was to be asked for by %(day)s, which has passed.") % {"day": _day(grant.use_by)})
    if grant.case.closed_on and grant.case.closed_on < today:
        yield Caution("case", _("The case was closed %(day)s.") % {"day": _day(grant.case.closed_on)})
    first, last = grant.scheme.first_year, grant.scheme.last_year
    if (first and grant.year < first) or (last and grant.year > last):
        yield Caution("years", _("The scheme does not run in %(year)d.") % {"year": grant.year})


def _of_reader(grant: Grant, user: User | None) -> Iterator[Caution]:
    if user is not None and permissions.is_tied_to(user, grant.organisation_id):
        yield Caution("tied", _("You act for the recipient yourself. A colleague decides this."), stops=True)


def _day(day: dt.date) -> str:
    return date_format(day, "j. F Y")
