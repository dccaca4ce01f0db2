"""A year's ledger of any size: forty accounts, each with its line's money and entries that come and go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

ACCOUNTS, YEAR = 40, 2026
ENTRIES = """
INSERT INTO grants_ledgerentry (account_id, authority_id, kind, amount_nok, on_date, year, note, reference, at, key)
SELECT accounts[1 + n %% %(accounts)s], %(authority)s, 'contribution', 1 + n %% 900,
    make_date(%(year)s, 1 + n %% 12, 1 + n %% 28), %(year)s, 'Innbetaling ' || n, '', now(), 'b' || n
FROM generate_series(1, %(entries)s) n, (SELECT array_agg(id) AS accounts FROM grants_account
                                         WHERE authority_id = %(authority)s) a
"""
COUNTERS = """
WITH summed AS (
    SELECT account_id, sum(amount_nok) AS contributed, count(*) AS entries FROM grants_ledgerentry
    WHERE authority_id = %(authority)s GROUP BY account_id
), years AS (
    INSERT INTO grants_yearbalance (account_id, year, appropriated_nok, contributed_nok, carried_in_nok,
        distributed_in_nok, released_nok, repaid_nok, committed_nok, paid_nok, carried_out_nok, distributed_out_nok,
        returned_nok, entries)
    SELECT account_id, %(year)s, 0, contributed, 0, 0, 0, 0, 0, 0, 0, 0, 0, entries FROM summed
)
UPDATE grants_balance b SET contributed_nok = s.contributed, entries = s.entries FROM summed s
WHERE b.account_id = s.account_id
"""


def load(owner: psycopg.Connection[Any], officer_id: int, entries: int) -> str:
    """Make an authority with so many entries in one year, as the owner, and return its slug.

    The ledger's own triggers are off while a million rows land; its counters are then written from the entries' sums,
    and asked to agree with them.
    """
    from grants import reconcile
    from portal.models import Authority, Membership, Role, User
    from tests import factories_money as make

    authority = Authority.objects.create(name=f"Regnskap {entries}", slug=f"regnskap-{entries}", is_listed=True)
    Membership.objects.create(authority=authority, user=User.objects.get(pk=officer_id), role=Role.OFFICER)
    for number in range(ACCOUNTS):
        if number % 5 == 0:
            scheme = make.a_scheme(authority, kind="operating")
        make.an_account(scheme, year=YEAR, name=f"Konto {number}")
    facts = {"authority": authority.pk, "entries": entries, "accounts": ACCOUNTS, "year": YEAR}
    owner.execute("ALTER TABLE grants_ledgerentry DISABLE TRIGGER USER")
    owner.execute(ENTRIES, facts)
    owner.execute("ALTER TABLE grants_ledgerentry ENABLE TRIGGER USER")
    owner.execute(COUNTERS, facts)
    for table in ("grants_ledgerentry", "grants_balance", "grants_yearbalance"):
        owner.execute(f"VACUUM ANALYZE {table}")
    assert reconcile.differences() == []
    return authority.slug
