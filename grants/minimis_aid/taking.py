"""What a decision does to an undertaking's de minimis aid: taken when granted, cut when it lapses, ended when annulled.

Called inside the deeds on grants, after the grant is locked and before the ledger. The undertaking's rows are locked
first, so that two decisions on it, in two municipalities, come one after the other; the guard
`undertaking_never_over_the_ceiling` stands behind.

A grant of de minimis aid needs an organisation number before it is decided: the ceiling is counted, and the national
register is told, by the number. A founder's grant waits until the company is registered, or is given on another basis.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext as _

from grants.minimis_aid import panel, reading, reports, rules
from grants.models import AidAssessment, AidAward, AidReport, Grant, GrantBalance

if TYPE_CHECKING:
    import datetime as dt

    from grants.models import LedgerEntry

MINIMIS = frozenset({rules.DE_MINIMIS, rules.SGEI})


def take(grant: Grant, *, on: dt.date) -> AidAward | None:
    """Count a grant on its undertaking and queue its report; nothing to count for one that is no such aid.

    Raises:
        ValidationError: it would pass a ceiling, or it can not be counted; the text says what to do.
    """
    aid = AidAssessment.objects.filter(grant=grant.pk).first()
    award = None
    if aid is not None and aid.basis in MINIMIS:
        grant.aid = aid
        number = grant.organisation.number
        found = panel.of_grant(grant, on, reading.lock(number) if number else [])
        if told := panel.obstacles(found):
            raise ValidationError(told, code="minimis")
        assert found.rate is not None
        award = AidAward.objects.create(
            authority_id=grant.authority_id, grant=grant, number=number, basis=aid.basis, decided_on=on,
            amount_nok=grant.amount_nok, nok_per_eur=found.rate.nok_per_eur,
        )  # fmt: skip
    reports.queue(grant, AidReport.Kind.AWARD, grant.amount_nok, on)
    return award


def cut(grant: Grant, amount_nok: int, *, on: dt.date) -> None:
    """Take off what the recipient will not get, and queue it: the aid is less, from the day it was given."""
    award = AidAward.objects.select_for_update(no_key=True).filter(grant=grant.pk, ended_on=None).first()
    if award is not None:
        less = min(amount_nok, award.amount_nok - award.cut_nok)
        AidAward.objects.filter(pk=award.pk).update(cut_nok=F("cut_nok") + less)
    reports.queue(grant, AidReport.Kind.CUT, amount_nok, on)


def end(grant: Grant, *, on: dt.date) -> None:
    """Let a grant that is annulled count no more; what was reported of it is taken back in the register."""
    AidAward.objects.filter(grant=grant.pk, ended_on=None).update(ended_on=on)
    reports.take_back(grant, on)


def repaid(grant: Grant, amount_nok: int, *, on: dt.date, entry: LedgerEntry | None) -> None:
    """Queue money that came back. The award stands as it was given: a receipt can be undone, a cut can not."""
    reports.queue(grant, AidReport.Kind.REPAYMENT, amount_nok, on, entry)


def reassess(grant: Grant, before: str, after: str, *, on: dt.date) -> None:
    """Follow a new assessment of a grant that is decided: it counts from its own decision, or counts no more.

    Raises:
        ValidationError: it would pass a ceiling, or has been counted and ended before.
    """
    if before == after or grant.state not in Grant.HOLDING:
        return
    was, award = before in MINIMIS, AidAward.objects.filter(grant=grant.pk).first()
    if after in MINIMIS and (award is not None or was):
        raise ValidationError(
            {"basis": _("This grant has been counted as de minimis aid before. Annul it, and grant it anew.")}
        )
    if was or before == AidAssessment.Basis.BLOCK_EXEMPTION:
        AidAward.objects.filter(grant=grant.pk, ended_on=None).update(ended_on=on)
        reports.take_back(grant, on)
    assert grant.decided_on is not None
    take(grant, on=grant.decided_on)
    if released := GrantBalance.objects.filter(grant=grant.pk).values_list("released_nok", flat=True).first():
        cut(grant, released, on=on)
