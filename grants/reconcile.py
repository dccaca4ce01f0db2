"""Reconciliation (avstemming): counters against the sum of the entries, and rows against the ledger.

PostgreSQL holds all of this by itself. This asks again, past every guard: whoever has the owner's rights, a restored
backup or a fault in the disk can have changed what no role of ours can. Each question is one statement, so that what it
compares is of one moment; nothing is put right here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from django.db import connection
from django.db.models import Count, Max, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from grants.models import COUNTERS, Balance, LedgerEntry
from grants.notices import staff_with
from portal import outbox
from portal.calendar import oslo_today
from portal.models import Authority, Event, Run, User
from portal.permissions import LEADER

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

log = structlog.get_logger("grants.reconcile")
RUN = "reconcile"
"""What the nightly round is called among the machinery's runs."""

KINDS = dict(
    zip(
        COUNTERS,
        ("appropriation", "contribution", "carry_in", "distribute_in", "release", "repayment", "commitment", "payout",
         "carry_out", "distribute_out", "return"),
        strict=True,
    )
)  # fmt: skip
"""Each counter, and the kind of entry that moves it."""
OF_GRANT = ("committed_nok", "released_nok", "paid_nok", "repaid_nok")
ROWS = {
    "account": _("Account"), "year": _("Account and year"), "grant": _("Grant"), "payout": _("Payout"),
    "line": _("Budget line"), "repayment": _("Repayment"), "frame": _("Yearly frame"),
}  # fmt: skip
WORDS = {
    "about": _("About"), "name": _("name"), "year": _("year"), "field": _("figure"), "stands": _("what stands"),
    "should": _("what the entries say"), "off_by": _("difference"),
}  # fmt: skip
FIGURES = {
    **{field.name: field.verbose_name for field in Balance._meta.fields if field.name in (*COUNTERS, "entries")},
    "balance": _("the balance itself"), "amount_nok": _("amount in kroner"), "frame_nok": _("yearly frame"),
}  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """One figure that does not agree: what stands there, and what the ledger says."""

    authority_id: int
    about: str
    """A key of ROWS."""
    row_id: int
    name: str
    field: str
    stands: int
    should: int
    year: int | None = None

    @property
    def about_text(self) -> Any:
        return ROWS[self.about]

    @property
    def field_text(self) -> Any:
        return FIGURES[self.field]

    @property
    def off_by(self) -> int:
        return self.stands - self.should


def _sums(fields: Iterable[str]) -> str:
    one = "coalesce(sum(e.amount_nok) FILTER (WHERE e.kind = '{}'), 0)::bigint AS {}"
    return ", ".join(one.format(KINDS[field], field) for field in fields)


def _each(fields: Iterable[str]) -> str:
    """Return the figures side by side, as (field, what stands, what should stand)."""
    return ", ".join(f"('{field}', coalesce(b.{field}, 0), coalesce(s.{field}, 0))" for field in fields)


COUNTED = (*COUNTERS, "entries")
ACCOUNTS = f"""
SELECT a.authority_id, 'account', a.id, a.name, v.field, v.stands, v.should, NULL::int FROM grants_account a
LEFT JOIN (SELECT e.account_id, {_sums(COUNTERS)}, count(*) AS entries FROM grants_ledgerentry e GROUP BY 1) s
    ON s.account_id = a.id
LEFT JOIN grants_balance b ON b.account_id = a.id
CROSS JOIN LATERAL (VALUES {_each(COUNTED)}, ('balance', (b.account_id IS NOT NULL)::int, 1)) v(field, stands, should)
WHERE v.stands IS DISTINCT FROM v.should
"""
YEARS = f"""
SELECT a.authority_id, 'year', a.id, a.name, v.field, v.stands, v.should, coalesce(b.year, s.year)::int
FROM (SELECT e.account_id, e.year, {_sums(COUNTERS)}, count(*) AS entries FROM grants_ledgerentry e GROUP BY 1, 2) s
FULL JOIN grants_yearbalance b ON b.account_id = s.account_id AND b.year = s.year
JOIN grants_account a ON a.id = coalesce(b.account_id, s.account_id)
CROSS JOIN LATERAL (VALUES {_each(COUNTED)}) v(field, stands, should)
WHERE v.stands IS DISTINCT FROM v.should
"""
GRANTS = f"""
SELECT g.authority_id, 'grant', g.id, g.id::text, v.field, v.stands, v.should, NULL::int FROM grants_grant g
LEFT JOIN (SELECT e.grant_id, {_sums(OF_GRANT)} FROM grants_ledgerentry e WHERE e.grant_id IS NOT NULL GROUP BY 1) s
    ON s.grant_id = g.id
LEFT JOIN grants_grantbalance b ON b.grant_id = g.id
CROSS JOIN LATERAL (VALUES {_each(OF_GRANT)}, ('balance', (b.grant_id IS NOT NULL)::int, 1),
    ('amount_nok', CASE WHEN g.state IN ('granted', 'finished', 'lapsed') THEN g.amount_nok ELSE 0 END,
     coalesce(s.committed_nok, 0))) v(field, stands, should)
WHERE v.stands IS DISTINCT FROM v.should
"""


def _row(about: str, table: str, name: str, amount: str, condition: str = "true") -> str:
    """Return the question whether each row of a noun has its amount in the ledger, and nothing else."""
    return f"""
SELECT r.authority_id, '{about}', r.id, {name}, 'amount_nok', v.stands, v.should, NULL::int FROM {table} r
LEFT JOIN (SELECT e.{about}_id, sum(e.amount_nok)::bigint AS total FROM grants_ledgerentry e
    WHERE e.{about}_id IS NOT NULL AND {condition} GROUP BY 1) s ON s.{about}_id = r.id
CROSS JOIN LATERAL (VALUES ({amount}, coalesce(s.total, 0))) v(stands, should)
WHERE v.stands IS DISTINCT FROM v.should
"""


PAYOUTS = _row(
    "payout", "grants_payout", "'NP-' || lpad(r.id::text, 6, '0')",
    "CASE WHEN r.state IN ('approved', 'sent', 'paid') THEN r.amount_nok ELSE 0 END",
)  # fmt: skip
LINES = _row(
    "line", "grants_budgetline", "r.name", "CASE WHEN r.stage = 'adopted' THEN r.amount_nok ELSE 0 END",
    "e.kind <> 'distribute_out'",
)  # fmt: skip
REPAYMENTS = _row(
    "repayment", "grants_repayment", "r.id::text", "CASE WHEN r.state = 'received' THEN r.amount_nok ELSE 0 END"
)
FRAMES = """
SELECT a.authority_id, 'frame', a.id, a.name, 'frame_nok', coalesce(y.frame_nok, 0), coalesce(r.amount_nok, 0),
    coalesce(y.year, r.year)::int
FROM (SELECT f.account_id, r.year, r.amount_nok FROM grants_fundframe r JOIN grants_fund f ON f.id = r.fund_id
    WHERE r.stage = 'adopted') r
FULL JOIN grants_yearbalance y ON y.account_id = r.account_id AND y.year = r.year
JOIN grants_account a ON a.id = coalesce(y.account_id, r.account_id)
WHERE y.frame_nok IS DISTINCT FROM r.amount_nok
"""
QUESTIONS = (ACCOUNTS, YEARS, GRANTS, PAYOUTS, LINES, REPAYMENTS, FRAMES)


def differences(authority_id: int | None = None) -> list[Difference]:
    """Return every figure that does not agree with the entries, of one authority or of all; seven queries."""
    found = []
    with connection.cursor() as cursor:
        for question in QUESTIONS:
            cursor.execute(
                f"SELECT * FROM ({question}) AS d (authority_id, about, row_id, name, field, stands, should, year) "
                "WHERE %s::bigint IS NULL OR authority_id = %s ORDER BY authority_id, row_id, year, field",
                [authority_id, authority_id],
            )
            found += [Difference(*row) for row in cursor.fetchall()]
    return found


def extent(authority_id: int | None = None) -> dict[str, Any]:
    """Return how much there is to compare: accounts, entries by the counters, and what they hold; two queries."""
    balances = Balance.objects.filter(**({"account__authority": authority_id} if authority_id else {}))
    entries = LedgerEntry.objects.filter(**({"authority": authority_id} if authority_id else {}))
    facts = balances.aggregate(
        accounts=Count("pk"), entries=Sum("entries"), free_nok=Sum("free_nok"), committed_nok=Sum("committed_nok"),
        released_nok=Sum("released_nok"), paid_nok=Sum("paid_nok"),
    )  # fmt: skip
    return {name: value or 0 for name, value in facts.items()} | entries.aggregate(latest=Max("at"))


def last_run() -> Run | None:
    """Return the newest round that came to its end."""
    return Run.objects.filter(name=RUN, finished_at__isnull=False, error="").order_by("-started_at").first()


def reconcile(now: dt.datetime) -> dict[str, int]:
    """Compare everything, tell the leaders where something differs, and return how much was compared.

    Told once a day for as long as it lasts; the operators are told too, since the cause lies below the portal.
    """
    found, compared = differences(), extent()
    by_authority: dict[int, list[Difference]] = {}
    for each in found:
        by_authority.setdefault(each.authority_id, []).append(each)
    for authority in Authority.objects.filter(pk__in=by_authority).order_by("pk"):
        _tell(authority, by_authority[authority.pk], now)
    return {"entries": compared["entries"], "accounts": compared["accounts"], "differences": len(found)}


def _tell(authority: Authority, found: list[Difference], now: dt.datetime) -> None:
    today = oslo_today(now)
    log.error("the ledger does not add up", authority=authority.pk, differences=len(found))
    is_told = Event.objects.filter(kind="ledger_differs", authority=authority, facts__on=str(today))
    if not is_told.exists():
        Event.objects.create(
            authority=authority, kind="ledger_differs", subject_type="portal.authority", subject_id=authority.pk,
            facts={"differences": len(found), "on": str(today)},
        )  # fmt: skip
    people = [*staff_with(authority.pk, [LEADER], today), *User.objects.filter(is_superuser=True, is_active=True)]
    for user in {person.pk: person for person in people}.values():
        outbox.notify(
            user, kind="ledger_differs", subject=authority, authority=authority, on_date=today,
            title=lambda: str(_("The ledger does not add up")), link_text=_("See what differs"),
            link=f"{reverse('reconciliation', args=[authority.slug])}?sjekk=1", template="ledger_differs",
            differences=len(found),
        )  # fmt: skip
