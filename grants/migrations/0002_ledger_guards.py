"""What PostgreSQL itself refuses about money. Each guard is explained in docs/guards.md."""

from django.db import migrations

from portal.sql import counts_changes, one_tenant, same, trigger

KINDS = (
    ("appropriation", "appropriated"),
    ("contribution", "contributed"),
    ("carry_in", "carried_in"),
    ("distribute_in", "distributed_in"),
    ("release", "released"),
    ("repayment", "repaid"),
    ("commitment", "committed"),
    ("payout", "paid"),
    ("carry_out", "carried_out"),
    ("distribute_out", "distributed_out"),
    ("return", "returned"),
)
COLUMNS = ", ".join(f"{column}_nok" for _kind, column in KINDS)
"""Each kind of entry moves one counter."""


def moved(table: str) -> str:
    """Return the assignments that add an entry to the counters of a row of this table."""
    return ", ".join(
        f"{column}_nok = {table}.{column}_nok + CASE WHEN NEW.kind = '{kind}' THEN NEW.amount_nok ELSE 0 END"
        for kind, column in KINDS
    )


FIRST = ", ".join(f"CASE WHEN NEW.kind = '{kind}' THEN NEW.amount_nok ELSE 0 END" for kind, _column in KINDS)

REFUSES = """
CREATE FUNCTION grants_refuse(guard text, reason text, state text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', reason USING ERRCODE = state, CONSTRAINT = guard;
END $$
"""

CHECKED = """
CREATE FUNCTION grants_check_entry() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    own_year smallint;
    undone grants_ledgerentry%ROWTYPE;
    paid grants_payout%ROWTYPE;
BEGIN
    SELECT a.year INTO own_year FROM grants_account a WHERE a.id = NEW.account_id;
    NEW.year := coalesce(own_year, extract(year FROM NEW.on_date));
    IF NEW.reverses_id IS NOT NULL THEN
        SELECT * INTO undone FROM grants_ledgerentry e WHERE e.id = NEW.reverses_id;
        IF undone.reverses_id IS NOT NULL
            OR (undone.account_id, undone.kind, undone.grant_id, undone.payout_id, undone.repayment_id,
                undone.line_id, undone.pledge_id, undone.year_end_id, undone.transfer)
            IS DISTINCT FROM (NEW.account_id, NEW.kind, NEW.grant_id, NEW.payout_id, NEW.repayment_id,
                NEW.line_id, NEW.pledge_id, NEW.year_end_id, NEW.transfer)
            OR undone.amount_nok + NEW.amount_nok <> 0
        THEN
            PERFORM grants_refuse('ledger_reversal_mirrors_its_original',
                'an entry is undone by its exact opposite, once', '23514');
        END IF;
        NEW.year := undone.year;
    END IF;
    IF NEW.kind IN ('appropriation', 'contribution', 'commitment', 'carry_in', 'distribute_in', 'distribute_out') THEN
        PERFORM FROM grants_yearend y WHERE y.authority_id = NEW.authority_id AND y.year >= NEW.year FOR SHARE;
        IF EXISTS (
            SELECT FROM grants_yearend y
            WHERE y.authority_id = NEW.authority_id AND y.closed_at IS NOT NULL AND y.year >= NEW.year
        )
        THEN
            PERFORM grants_refuse('ledger_year_is_closed', 'the year is closed', '23514');
        END IF;
    END IF;
    PERFORM FROM grants_account a WHERE a.id = NEW.account_id FOR KEY SHARE;
    IF NEW.kind = 'payout' AND NEW.reverses_id IS NULL THEN
        SELECT * INTO paid FROM grants_payout p WHERE p.id = NEW.payout_id;
        IF (paid.grant_id, paid.amount_nok) IS DISTINCT FROM (NEW.grant_id, NEW.amount_nok)
            OR paid.approved_by_id IS NULL
        THEN
            PERFORM grants_refuse('ledger_pays_what_was_approved',
                'the ledger pays what was approved, and nothing else', '23514');
        END IF;
    END IF;
    RETURN NEW;
END $$
"""

POSTED = f"""
CREATE FUNCTION grants_post_entry() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.grant_id IS NOT NULL THEN
        UPDATE grants_grantbalance b SET
            committed_nok = committed_nok + CASE WHEN NEW.kind = 'commitment' THEN NEW.amount_nok ELSE 0 END,
            released_nok = released_nok + CASE WHEN NEW.kind = 'release' THEN NEW.amount_nok ELSE 0 END,
            paid_nok = paid_nok + CASE WHEN NEW.kind = 'payout' THEN NEW.amount_nok ELSE 0 END,
            repaid_nok = repaid_nok + CASE WHEN NEW.kind = 'repayment' THEN NEW.amount_nok ELSE 0 END
        WHERE b.grant_id = NEW.grant_id;
    END IF;
    UPDATE grants_yearbalance y SET {moved("y")}, entries = y.entries + 1
    WHERE y.account_id = NEW.account_id AND y.year = NEW.year;
    IF NOT FOUND THEN
        INSERT INTO grants_yearbalance AS y (account_id, year, {COLUMNS}, entries)
        VALUES (NEW.account_id, NEW.year, {FIRST}, 1)
        ON CONFLICT (account_id, year) DO UPDATE SET {moved("y")}, entries = y.entries + 1;
    END IF;
    UPDATE grants_balance b SET {moved("b")}, entries = b.entries + 1 WHERE b.account_id = NEW.account_id;
    RETURN NULL;
END $$
"""

BORN = f"""
CREATE FUNCTION grants_account_is_born() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO grants_balance (account_id, {COLUMNS}, entries)
    VALUES (NEW.id, {", ".join("0" for _ in KINDS)}, 0);
    RETURN NULL;
END $$;
CREATE FUNCTION grants_grant_is_born() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO grants_grantbalance (grant_id, committed_nok, released_nok, paid_nok, repaid_nok)
    VALUES (NEW.id, 0, 0, 0, 0);
    RETURN NULL;
END $$;
CREATE FUNCTION grants_set_frame() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    of_account bigint;
    touched grants_fundframe%ROWTYPE;
BEGIN
    touched := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    IF TG_OP = 'UPDATE' AND (OLD.fund_id, OLD.year) IS DISTINCT FROM (NEW.fund_id, NEW.year) THEN
        PERFORM grants_refuse('fund_frame_stays', 'a frame stays with its fund and year', '23001');
    END IF;
    SELECT f.account_id INTO of_account FROM grants_fund f WHERE f.id = touched.fund_id;
    INSERT INTO grants_yearbalance AS y (account_id, year, {COLUMNS}, entries, frame_nok)
    SELECT of_account, touched.year, {", ".join("0" for _ in KINDS)}, 0, (
        SELECT r.amount_nok FROM grants_fundframe r
        WHERE r.fund_id = touched.fund_id AND r.year = touched.year AND r.stage = 'adopted'
    )
    ON CONFLICT (account_id, year) DO UPDATE SET frame_nok = EXCLUDED.frame_nok;
    RETURN NULL;
END $$
"""
BORN_BACK = (
    "DROP FUNCTION grants_account_is_born(); DROP FUNCTION grants_grant_is_born(); DROP FUNCTION grants_set_frame()"
)

ADDED_ONLY = """
CREATE FUNCTION grants_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM grants_refuse(TG_TABLE_NAME || '_only_added_to', 'what is written here is never changed', '23001');
    RETURN NULL;
END $$
"""

STAYS = """
CREATE FUNCTION grants_keep_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.authority_id, NEW.scheme_id, NEW.year) IS DISTINCT FROM (OLD.authority_id, OLD.scheme_id, OLD.year) THEN
        PERFORM grants_refuse('account_stays', 'an account stays with its scheme and year', '23001');
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION grants_keep_grant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'proposed' AND (
        (NEW.authority_id, NEW.scheme_id, NEW.account_id, NEW.organisation_id, NEW.case_id, NEW.amount_nok, NEW.year)
        IS DISTINCT FROM
        (OLD.authority_id, OLD.scheme_id, OLD.account_id, OLD.organisation_id, OLD.case_id, OLD.amount_nok, OLD.year)
        AND NOT (OLD.state = 'declined' AND NEW.state = 'proposed')
        OR OLD.state IN ('lapsed', 'annulled') AND NEW.state <> OLD.state
        OR OLD.state IN ('granted', 'finished') AND NEW.state IN ('proposed', 'declined')
        OR OLD.state <> 'declined' AND (NEW.decided_on, NEW.step_id, NEW.decision_reference)
            IS DISTINCT FROM (OLD.decided_on, OLD.step_id, OLD.decision_reference)
    ) THEN
        PERFORM grants_refuse('grant_stays_as_decided', 'what was granted, and to whom, never changes', '23001');
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION grants_keep_statutes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.adopted_in_id IS NOT NULL AND (TG_OP = 'DELETE' OR
        (NEW.scheme_id, NEW.version, NEW.text, NEW.adopted_in_id, NEW.valid_from)
        IS DISTINCT FROM (OLD.scheme_id, OLD.version, OLD.text, OLD.adopted_in_id, OLD.valid_from))
    THEN
        PERFORM grants_refuse('statutes_stay_as_adopted', 'adopted statutes never change', '23001');
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE FUNCTION grants_keep_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.stage = 'adopted' OR OLD.account_id IS NOT NULL) AND (TG_OP = 'DELETE' OR NEW.stage = 'proposed' OR
        OLD.stage = 'rejected' AND NEW.stage <> 'rejected' OR
        (NEW.authority_id, NEW.scheme_id, NEW.year, NEW.parent_id, NEW.fund_id, NEW.amount_nok, NEW.account_id,
         NEW.step_id, NEW.decision_reference)
        IS DISTINCT FROM
        (OLD.authority_id, OLD.scheme_id, OLD.year, OLD.parent_id, OLD.fund_id, OLD.amount_nok, OLD.account_id,
         OLD.step_id, OLD.decision_reference))
    THEN
        PERFORM grants_refuse('budget_line_stays_as_adopted', 'an adopted line never changes', '23001');
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE FUNCTION grants_keep_bank_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.authority_id, NEW.organisation_id, NEW.version, NEW.number, NEW.holder, NEW.proposed_by_id,
        NEW.proposed_at) IS DISTINCT FROM (OLD.authority_id, OLD.organisation_id, OLD.version, OLD.number, OLD.holder,
        OLD.proposed_by_id, OLD.proposed_at)
        OR OLD.state IN ('refused', 'replaced')
        OR OLD.state = 'confirmed' AND (NEW.state <> 'replaced' OR
            (NEW.settled_by_id, NEW.settled_at, NEW.how) IS DISTINCT FROM
            (OLD.settled_by_id, OLD.settled_at, OLD.how))
    THEN
        PERFORM grants_refuse('bank_account_stays', 'a bank account is changed by a new version', '23001');
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION grants_keep_payout() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.authority_id, NEW.grant_id, NEW.organisation_id, NEW.asked_by_id, NEW.asked_at, NEW.key)
        IS DISTINCT FROM (OLD.authority_id, OLD.grant_id, OLD.organisation_id, OLD.asked_by_id, OLD.asked_at, OLD.key)
        OR OLD.state <> 'asked' AND NEW.amount_nok <> OLD.amount_nok
        OR NOT (OLD.state = NEW.state OR (OLD.state, NEW.state) IN (
            ('asked', 'prepared'), ('asked', 'cancelled'), ('prepared', 'attested'), ('prepared', 'asked'),
            ('prepared', 'cancelled'), ('attested', 'approved'), ('attested', 'asked'), ('attested', 'cancelled'),
            ('approved', 'sent'), ('approved', 'cancelled'), ('sent', 'paid'), ('sent', 'returned'),
            ('paid', 'returned')))
        OR OLD.state IN ('returned', 'cancelled')
        OR NEW.state <> 'asked' AND (
            OLD.prepared_by_id IS NOT NULL AND (NEW.prepared_by_id, NEW.prepared_at, NEW.bank_account_id, NEW.persons)
                IS DISTINCT FROM (OLD.prepared_by_id, OLD.prepared_at, OLD.bank_account_id, OLD.persons)
            OR OLD.attested_by_id IS NOT NULL AND (NEW.attested_by_id, NEW.attested_at)
                IS DISTINCT FROM (OLD.attested_by_id, OLD.attested_at)
            OR OLD.approved_by_id IS NOT NULL AND (NEW.approved_by_id, NEW.approved_at)
                IS DISTINCT FROM (OLD.approved_by_id, OLD.approved_at))
        OR OLD.file_id IS NOT NULL AND NEW.file_id IS DISTINCT FROM OLD.file_id
    THEN
        PERFORM grants_refuse('payout_goes_its_way', 'a payout goes its way, and what is signed stays', '23001');
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION grants_keep_closed_year() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    closed boolean;
BEGIN
    IF TG_TABLE_NAME = 'grants_yearend' THEN
        closed := OLD.closed_at IS NOT NULL;
    ELSIF TG_OP = 'INSERT' THEN
        closed := EXISTS (SELECT FROM grants_yearend y WHERE y.id = NEW.year_end_id AND y.closed_at IS NOT NULL);
    ELSE
        closed := EXISTS (SELECT FROM grants_yearend y WHERE y.id = OLD.year_end_id AND y.closed_at IS NOT NULL);
    END IF;
    IF closed THEN
        PERFORM grants_refuse('year_stays_closed', 'a closed year stays closed', '23001');
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
"""
STAYS_BACK = "; ".join(
    f"DROP FUNCTION grants_keep_{name}()"
    for name in ("account", "grant", "statutes", "line", "bank_account", "payout", "closed_year")
)

AGREES = """
CREATE FUNCTION grants_grant_agrees() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    wanted bigint := to_jsonb(NEW) ->> TG_ARGV[0];
    held grants_grant%ROWTYPE;
    balance grants_grantbalance%ROWTYPE;
BEGIN
    SELECT * INTO held FROM grants_grant g WHERE g.id = wanted;
    SELECT * INTO balance FROM grants_grantbalance b WHERE b.grant_id = wanted;
    IF balance.committed_nok
        <> (CASE WHEN held.state IN ('granted', 'finished', 'lapsed') THEN held.amount_nok ELSE 0 END)
    THEN
        PERFORM grants_refuse('grant_is_committed_if_and_only_if_granted',
            'what is granted is committed in the ledger, and nothing else is', '23514');
    END IF;
    IF held.state IN ('granted', 'finished', 'lapsed')
        AND NOT EXISTS (SELECT FROM grants_aidassessment a WHERE a.grant_id = wanted)
    THEN
        PERFORM grants_refuse('grant_is_assessed_as_aid', 'a grant has an assessment of state aid', '23514');
    END IF;
    IF held.state = 'lapsed' AND balance.unpaid_nok <> 0 THEN
        PERFORM grants_refuse('grant_lapsed_is_released', 'what has lapsed is released', '23514');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER grants_grant_agrees AFTER INSERT OR UPDATE ON grants_grant
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION grants_grant_agrees('id');
CREATE CONSTRAINT TRIGGER grants_commitment_agrees AFTER INSERT ON grants_ledgerentry
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind = 'commitment')
EXECUTE FUNCTION grants_grant_agrees('grant_id');
CREATE FUNCTION grants_payout_agrees() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    wanted bigint := to_jsonb(NEW) ->> TG_ARGV[0];
BEGIN
    IF (SELECT p.state IN ('approved', 'sent', 'paid') FROM grants_payout p WHERE p.id = wanted)
        <> EXISTS (
            SELECT FROM grants_ledgerentry e WHERE e.payout_id = wanted AND e.reverses_id IS NULL
            AND NOT EXISTS (SELECT FROM grants_ledgerentry r WHERE r.reverses_id = e.id)
        )
    THEN
        PERFORM grants_refuse('payout_is_in_the_ledger_if_and_only_if_approved',
            'a payout stands in the ledger from it is approved, and is undone there when it comes back', '23514');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER grants_payout_agrees AFTER INSERT OR UPDATE ON grants_payout
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION grants_payout_agrees('id');
CREATE CONSTRAINT TRIGGER grants_paid_entry_agrees AFTER INSERT ON grants_ledgerentry
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind = 'payout')
EXECUTE FUNCTION grants_payout_agrees('payout_id');
CREATE FUNCTION grants_repayment_agrees() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    wanted bigint := to_jsonb(NEW) ->> TG_ARGV[0];
    claim grants_repayment%ROWTYPE;
BEGIN
    SELECT * INTO claim FROM grants_repayment r WHERE r.id = wanted;
    IF (CASE WHEN claim.state = 'received' THEN claim.amount_nok ELSE 0 END) <> (
        SELECT coalesce(sum(e.amount_nok), 0) FROM grants_ledgerentry e
        WHERE e.repayment_id = wanted AND e.grant_id = claim.grant_id
    )
    THEN
        PERFORM grants_refuse('repayment_is_in_the_ledger_if_and_only_if_received',
            'what is received back stands in the ledger', '23514');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER grants_repayment_agrees AFTER INSERT OR UPDATE ON grants_repayment
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION grants_repayment_agrees('id');
CREATE CONSTRAINT TRIGGER grants_repaid_entry_agrees AFTER INSERT ON grants_ledgerentry
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind = 'repayment')
EXECUTE FUNCTION grants_repayment_agrees('repayment_id');
CREATE FUNCTION grants_line_agrees() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    wanted bigint := to_jsonb(NEW) ->> TG_ARGV[0];
    held grants_budgetline%ROWTYPE;
    place bigint;
    frame bigint;
BEGIN
    SELECT * INTO held FROM grants_budgetline l WHERE l.id = wanted;
    SELECT coalesce(held.account_id, f.account_id) INTO place FROM grants_budgetline l
        LEFT JOIN grants_fund f ON f.id = l.fund_id WHERE l.id = wanted;
    SELECT p.account_id INTO frame FROM grants_budgetline p WHERE p.id = held.parent_id;
    IF (CASE WHEN held.stage = 'adopted' THEN held.amount_nok ELSE 0 END) <> (
        SELECT coalesce(sum(e.amount_nok), 0) FROM grants_ledgerentry e WHERE e.line_id = wanted
        AND e.account_id = place
        AND e.kind = (CASE WHEN held.parent_id IS NULL THEN 'appropriation' ELSE 'distribute_in' END)
    )
    OR EXISTS (
        SELECT FROM grants_ledgerentry e WHERE e.line_id = wanted AND (
            e.kind = 'distribute_out' AND e.account_id IS DISTINCT FROM frame
            OR e.kind <> 'distribute_out' AND e.account_id IS DISTINCT FROM place
            OR e.kind = 'appropriation' AND held.parent_id IS NOT NULL
        )
    )
    THEN
        PERFORM grants_refuse('budget_line_is_appropriated_if_and_only_if_adopted',
            'an adopted line has its amount in the ledger, and no other line has any', '23514');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER grants_line_agrees AFTER INSERT OR UPDATE ON grants_budgetline
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION grants_line_agrees('id');
CREATE CONSTRAINT TRIGGER grants_appropriation_agrees AFTER INSERT ON grants_ledgerentry
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.line_id IS NOT NULL)
EXECUTE FUNCTION grants_line_agrees('line_id');
CREATE FUNCTION grants_transfer_agrees() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM grants_ledgerentry e WHERE e.transfer = NEW.transfer
        HAVING sum(CASE WHEN e.kind IN ('carry_in', 'distribute_in') THEN e.amount_nok ELSE -e.amount_nok END) <> 0
        OR count(DISTINCT e.authority_id) > 1 OR count(*) FILTER (WHERE e.reverses_id IS NULL) <> 2
        OR count(DISTINCT left(e.kind, 5)) > 1
    )
    THEN
        PERFORM grants_refuse('ledger_transfer_gives_what_it_takes',
            'what is moved in one place is taken in another', '23514');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER grants_transfer_agrees AFTER INSERT ON grants_ledgerentry
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.transfer IS NOT NULL) EXECUTE FUNCTION grants_transfer_agrees();
CREATE FUNCTION grants_payout_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM grants_bankaccount b WHERE b.id = NEW.bank_account_id AND b.state = 'confirmed' FOR SHARE
    )
    THEN
        PERFORM grants_refuse('payout_goes_to_a_confirmed_account', 'money goes to a confirmed bank account', '23514');
    END IF;
    RETURN NEW;
END $$
"""
AGREES_BACK = "; ".join(
    f"DROP FUNCTION grants_{name}() CASCADE"
    for name in (
        "grant_agrees", "payout_agrees", "repayment_agrees", "line_agrees", "transfer_agrees", "payout_account",
    )
)  # fmt: skip

OWNERS_ALONE = (
    "check_entry", "post_entry", "account_is_born", "grant_is_born", "set_frame", "grant_agrees", "payout_agrees",
    "repayment_agrees", "line_agrees", "transfer_agrees",
)  # fmt: skip
"""What runs with the owner's rights, by a trigger; nobody else may call it."""

EDITED = [
    "account", "scheme", "schemestatutes", "budgetline", "fund", "fundframe", "pledge", "grant", "aidassessment",
    "repayment", "condition", "financingsource", "grantreport", "payout", "paymentrules", "yearend",
]  # fmt: skip
PARENTS = [
    "scheme", "account", "budgetline", "fund", "pledge", "grant", "condition", "payout", "repayment", "bankaccount",
    "paymentfile", "yearend",
]  # fmt: skip
RELATIVES = {
    "account": {"scheme_id": "grants_scheme"},
    "schemestatutes": {
        "scheme_id": "grants_scheme", "adopted_in_id": "portal_casestep", "document_id": "portal_document",
    },
    "schemecase": {"scheme_id": "grants_scheme", "case_id": "portal_case"},
    "servedmeasure": {"scheme_id": "grants_scheme", "line_id": "grants_budgetline"},
    "budgetline": {
        "scheme_id": "grants_scheme", "recipient_id": "portal_organisation", "parent_id": "grants_budgetline",
        "fund_id": "grants_fund", "step_id": "portal_casestep", "account_id": "grants_account",
    },
    "fund": {"scheme_id": "grants_scheme", "account_id": "grants_account"},
    "fundframe": {"fund_id": "grants_fund", "step_id": "portal_casestep"},
    "pledge": {"fund_id": "grants_fund", "organisation_id": "portal_organisation", "document_id": "portal_document"},
    "grant": {
        "scheme_id": "grants_scheme", "account_id": "grants_account", "organisation_id": "portal_organisation",
        "case_id": "portal_case", "step_id": "portal_casestep",
    },
    "exemptfield": {"grant_id": "grants_grant"},
    "aidassessment": {"grant_id": "grants_grant"},
    "repayment": {"grant_id": "grants_grant"},
    "condition": {
        "scheme_id": "grants_scheme", "line_id": "grants_budgetline", "grant_id": "grants_grant",
        "copied_from_id": "grants_condition", "document_id": "portal_document",
    },
    "financingsource": {"grant_id": "grants_grant", "document_id": "portal_document"},
    "grantreport": {"grant_id": "grants_grant", "condition_id": "grants_condition", "document_id": "portal_document"},
    "bankaccount": {"organisation_id": "portal_organisation", "document_id": "portal_document"},
    "payout": {
        "grant_id": "grants_grant", "organisation_id": "portal_organisation", "bank_account_id": "grants_bankaccount",
        "file_id": "grants_paymentfile",
    },
    "yearend": {"step_id": "portal_casestep"},
    "yearendline": {"year_end_id": "grants_yearend", "account_id": "grants_account", "into_id": "grants_account"},
    "ledgerentry": {
        "account_id": "grants_account", "grant_id": "grants_grant", "payout_id": "grants_payout",
        "repayment_id": "grants_repayment", "line_id": "grants_budgetline", "pledge_id": "grants_pledge",
        "year_end_id": "grants_yearend", "decision_id": "portal_casestep", "case_id": "portal_case",
        "reverses_id": "grants_ledgerentry",
    },
}  # fmt: skip
"""Every relative of every noun, held to the noun's own authority."""


AFTER_INSERT = 'AFTER INSERT ON "{table}" FOR EACH ROW'
BEFORE_TRUNCATE = 'BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT'


def before(name: str, table: str, events: str, function: str, when: str = "") -> migrations.RunSQL:
    return trigger(name, table, f'BEFORE {events} ON "{{table}}" FOR EACH ROW {when}', function)


def only_added_to(table: str) -> list[migrations.RunSQL]:
    return [
        before(f"{table}_only_added_to", table, "UPDATE OR DELETE", "grants_refuse_change"),
        trigger(f"{table}_no_truncate", table, BEFORE_TRUNCATE, "grants_refuse_change"),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("grants", "0001_ledger"),
        ("portal", "0007_signing_in_guards"),
        ("strategy", "0006_reporting_guards"),
    ]

    operations = [
        migrations.RunSQL(REFUSES, "DROP FUNCTION grants_refuse(text, text, text)"),
        migrations.RunSQL(CHECKED, "DROP FUNCTION grants_check_entry()"),
        migrations.RunSQL(POSTED, "DROP FUNCTION grants_post_entry()"),
        migrations.RunSQL(BORN, BORN_BACK),
        migrations.RunSQL(ADDED_ONLY, "DROP FUNCTION grants_refuse_change()"),
        migrations.RunSQL(STAYS, STAYS_BACK),
        # one tenant, one scheme, one grant, one organisation, one plan
        *[one_tenant(f"grants_{name}", "authority_id") for name in (*PARENTS, "ledgerentry")],
        *[
            same(f"grants_{child}", column, parent)
            for child, relatives in RELATIVES.items()
            for column, parent in relatives.items()
        ],
        one_tenant("grants_account", "scheme_id"),
        one_tenant("grants_budgetline", "scheme_id"),
        same("grants_grant", "account_id", "grants_account", "scheme_id"),
        same("grants_budgetline", "account_id", "grants_account", "scheme_id"),
        same("grants_fund", "account_id", "grants_account", "scheme_id"),
        same("grants_servedmeasure", "line_id", "grants_budgetline", "scheme_id"),
        same("grants_condition", "line_id", "grants_budgetline", "scheme_id"),
        one_tenant("grants_grant", "scheme_id"),
        same("grants_condition", "grant_id", "grants_grant", "scheme_id"),
        one_tenant("grants_grant", "account_id"),
        same("grants_ledgerentry", "grant_id", "grants_grant", "account_id"),
        one_tenant("grants_payout", "grant_id"),
        same("grants_ledgerentry", "payout_id", "grants_payout", "grant_id"),
        one_tenant("grants_repayment", "grant_id"),
        same("grants_ledgerentry", "repayment_id", "grants_repayment", "grant_id"),
        one_tenant("grants_condition", "grant_id"),
        same("grants_grantreport", "condition_id", "grants_condition", "grant_id"),
        one_tenant("grants_grant", "organisation_id"),
        one_tenant("grants_bankaccount", "organisation_id"),
        same("grants_payout", "grant_id", "grants_grant", "organisation_id"),
        same("grants_payout", "bank_account_id", "grants_bankaccount", "organisation_id"),
        same("grants_servedmeasure", "measure_id", "strategy_measure", "plan_id"),
        migrations.RunSQL(
            'ALTER TABLE grants_servedmeasure ADD CONSTRAINT grants_scheme_serves_a_plan_it_takes_part_in '
            "FOREIGN KEY (plan_id, authority_id) REFERENCES strategy_planparticipant (plan_id, authority_id) "
            "DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE grants_servedmeasure DROP CONSTRAINT grants_scheme_serves_a_plan_it_takes_part_in",
        ),
        *[counts_changes(f"grants_{name}") for name in EDITED],
        # the ledger
        *only_added_to("grants_ledgerentry"),
        *only_added_to("grants_paymentfile"),
        before("grants_ledgerentry_checked", "grants_ledgerentry", "INSERT", "grants_check_entry"),
        trigger("grants_ledgerentry_posted", "grants_ledgerentry", AFTER_INSERT, "grants_post_entry"),
        trigger("grants_account_born", "grants_account", AFTER_INSERT, "grants_account_is_born"),
        trigger("grants_grant_born", "grants_grant", AFTER_INSERT, "grants_grant_is_born"),
        trigger(
            "grants_fundframe_set", "grants_fundframe", 'AFTER INSERT OR UPDATE OR DELETE ON "{table}" FOR EACH ROW',
            "grants_set_frame",
        ),
        # what was decided stays
        before("grants_account_stays", "grants_account", "UPDATE", "grants_keep_account"),
        before("grants_grant_stays", "grants_grant", "UPDATE", "grants_keep_grant"),
        before("grants_schemestatutes_stay", "grants_schemestatutes", "UPDATE OR DELETE", "grants_keep_statutes"),
        before("grants_budgetline_stays", "grants_budgetline", "UPDATE OR DELETE", "grants_keep_line"),
        before("grants_bankaccount_stays", "grants_bankaccount", "UPDATE", "grants_keep_bank_account"),
        before("grants_payout_stays", "grants_payout", "UPDATE", "grants_keep_payout"),
        before("grants_yearend_stays", "grants_yearend", "UPDATE OR DELETE", "grants_keep_closed_year"),
        before(
            "grants_yearendline_stays", "grants_yearendline", "INSERT OR UPDATE OR DELETE", "grants_keep_closed_year"
        ),
        # rows and ledger say the same at the commit
        migrations.RunSQL(AGREES, AGREES_BACK),
        migrations.RunSQL(
            "; ".join(f"REVOKE EXECUTE ON FUNCTION grants_{name}() FROM PUBLIC" for name in OWNERS_ALONE),
            migrations.RunSQL.noop,
        ),
        trigger(
            "grants_payout_to_confirmed_account", "grants_payout",
            "BEFORE UPDATE OF state ON \"{table}\" FOR EACH ROW WHEN (NEW.state IN ('attested', 'approved', 'sent') "
            "AND NEW.state <> OLD.state)",
            "grants_payout_account",
        ),
    ]  # fmt: skip
