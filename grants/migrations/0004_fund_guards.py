"""What PostgreSQL itself refuses about the business fund. Each guard is explained in docs/guards.md."""

from django.db import migrations

from portal.sql import counts_changes, one_tenant, same, trigger

CALLS = """
CREATE FUNCTION grants_keep_call() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NULL THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' OR NEW.published_at IS DISTINCT FROM OLD.published_at AND (
        NEW.published_at IS NOT NULL OR EXISTS (SELECT FROM grants_application a WHERE a.call_id = OLD.id)
    ) THEN
        PERFORM grants_refuse('call_stays_published', 'a call someone has answered stays published', '23001');
    END IF;
    IF NEW.published_at IS NOT NULL AND (
        (NEW.authority_id, NEW.scheme_id, NEW.statutes_id, NEW.slug, NEW.applicants, NEW.opens_at, NEW.share_percent,
         NEW.cap_nok, NEW.smallest_nok, NEW.own_work_nok, NEW.starts, NEW.asks_for_jobs, NEW.year)
        IS DISTINCT FROM
        (OLD.authority_id, OLD.scheme_id, OLD.statutes_id, OLD.slug, OLD.applicants, OLD.opens_at, OLD.share_percent,
         OLD.cap_nok, OLD.smallest_nok, OLD.own_work_nok, OLD.starts, OLD.asks_for_jobs, OLD.year)
        OR NEW.closes_at < OLD.closes_at
        OR OLD.closes_at IS NULL AND NEW.closes_at < clock_timestamp()
    ) THEN
        PERFORM grants_refuse('call_stays_as_published', 'the terms of a published call stay', '23001');
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION grants_keep_part_of_call() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND EXISTS (
        SELECT FROM grants_call c WHERE c.id = OLD.call_id AND c.published_at IS NOT NULL
    ) OR TG_OP <> 'DELETE' AND EXISTS (
        SELECT FROM grants_call c WHERE c.id = NEW.call_id AND c.published_at IS NOT NULL
    ) THEN
        PERFORM grants_refuse('call_stays_as_published', 'the terms of a published call stay', '23001');
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
"""

APPLICATIONS = """
CREATE FUNCTION grants_keep_application() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    at timestamptz := clock_timestamp();
    asked grants_call%ROWTYPE;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' THEN
            PERFORM grants_refuse('application_stays', 'what was sent is never removed', '23001');
        END IF;
        RETURN OLD;
    END IF;
    IF (NEW.authority_id, NEW.call_id) IS DISTINCT FROM (OLD.authority_id, OLD.call_id)
        OR NOT (NEW.state = OLD.state OR (OLD.state, NEW.state) IN (
            ('draft', 'submitted'), ('submitted', 'withdrawn'), ('submitted', 'granted'), ('submitted', 'refused'),
            ('submitted', 'dismissed'), ('granted', 'refused'), ('granted', 'submitted'), ('refused', 'granted'),
            ('refused', 'submitted'), ('dismissed', 'submitted')))
    THEN
        PERFORM grants_refuse('application_goes_its_way', 'an application goes its way', '23001');
    END IF;
    IF OLD.state = 'draft' AND NEW.state = 'submitted' AND NEW.source = 'web' THEN
        SELECT * INTO asked FROM grants_call c WHERE c.id = NEW.call_id;
        IF asked.published_at IS NULL OR at < asked.opens_at
            OR at >= asked.closes_at AND (NEW.let_in_by_id IS NULL OR at > NEW.let_in_until)
        THEN
            PERFORM grants_refuse('application_in_time', 'the call takes no application now', '23514');
        END IF;
        NEW.submitted_at := at;
        NEW.received_on := (at AT TIME ZONE 'Europe/Oslo')::date;
    ELSIF OLD.state <> 'draft' THEN
        IF (NEW.statutes_id, NEW.reference, NEW.case_id, NEW.submitted_at, NEW.submitted_by_id, NEW.received_on,
            NEW.source, NEW.applicant_id, NEW.register_copy, NEW.registered_by_id)
            IS DISTINCT FROM
           (OLD.statutes_id, OLD.reference, OLD.case_id, OLD.submitted_at, OLD.submitted_by_id, OLD.received_on,
            OLD.source, OLD.applicant_id, OLD.register_copy, OLD.registered_by_id)
            OR OLD.organisation_id IS NOT NULL AND NEW.organisation_id IS DISTINCT FROM OLD.organisation_id
        THEN
            PERFORM grants_refuse('application_stays_as_sent', 'an application stays as it was sent', '23001');
        END IF;
        IF (NEW.content, NEW.title, NEW.asked_nok, NEW.cost_nok, NEW.starts_on, NEW.ends_on, NEW.jobs_planned)
            IS DISTINCT FROM
           (OLD.content, OLD.title, OLD.asked_nok, OLD.cost_nok, OLD.starts_on, OLD.ends_on, OLD.jobs_planned)
            AND NOT EXISTS (SELECT FROM grants_supplement s WHERE s.application_id = OLD.id AND s.state = 'open')
        THEN
            PERFORM grants_refuse('application_stays_as_sent', 'an application stays as it was sent', '23001');
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION grants_keep_attachment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.document_id IS NOT NULL THEN
        PERFORM grants_refuse('application_stays_as_sent', 'what was sent stays', '23001');
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE FUNCTION grants_keep_message() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.read_at IS NOT NULL OR
        (to_jsonb(NEW) - 'read_at') IS DISTINCT FROM (to_jsonb(OLD) - 'read_at')
    THEN
        PERFORM grants_refuse('message_stays', 'what was said stays', '23001');
    END IF;
    RETURN NEW;
END $$
"""

ASSESSED = """
CREATE FUNCTION grants_check_assessment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_case bigint;
BEGIN
    SELECT a.case_id INTO of_case FROM grants_application a WHERE a.id = NEW.application_id;
    IF NEW.assessed_by_id IS NOT NULL AND NOT portal_is_impartial(of_case, NEW.assessed_by_id)
        OR NEW.complete_by_id IS NOT NULL AND NOT portal_is_impartial(of_case, NEW.complete_by_id)
    THEN
        PERFORM grants_refuse('assessed_by_impartial', 'who assesses has declared that nothing ties her', '23514');
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION grants_check_score() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM grants_criterion c JOIN grants_application a ON a.call_id = c.call_id
        JOIN grants_assessment s ON s.application_id = a.id
        WHERE c.id = NEW.criterion_id AND s.id = NEW.assessment_id AND NEW.points <= c.most_points
    ) THEN
        PERFORM grants_refuse('score_fits_its_criterion', 'points are given by the criteria of the call', '23514');
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION grants_check_batch_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM grants_batch b JOIN grants_call c ON c.scheme_id = b.scheme_id
        JOIN grants_application a ON a.call_id = c.id
        WHERE b.id = NEW.batch_id AND a.id = NEW.application_id AND a.state <> 'draft'
    ) THEN
        PERFORM grants_refuse('batch_of_one_scheme', 'a batch holds what one scheme has received', '23514');
    END IF;
    RETURN NEW;
END $$
"""

DECIDED = """
CREATE FUNCTION grants_check_decision() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of grants_application%ROWTYPE;
    given grants_grant%ROWTYPE;
    scale grants_delegation%ROWTYPE;
    person bigint;
BEGIN
    SELECT * INTO of FROM grants_application a WHERE a.id = NEW.application_id;
    FOREACH person IN ARRAY ARRAY[NEW.decided_by_id, NEW.prepared_by_id, NEW.registered_by_id] LOOP
        IF person IS NOT NULL AND NOT portal_is_impartial(of.case_id, person) THEN
            PERFORM grants_refuse('decided_by_impartial', 'who decides has declared that nothing ties her', '23514');
        END IF;
    END LOOP;
    IF NEW.grant_id IS NOT NULL THEN
        SELECT * INTO given FROM grants_grant g WHERE g.id = NEW.grant_id;
        IF (given.case_id, given.amount_nok) IS DISTINCT FROM (of.case_id, NEW.amount_nok)
            OR of.organisation_id IS NOT NULL AND given.organisation_id <> of.organisation_id
        THEN
            PERFORM grants_refuse('decision_grants_what_it_says',
                'the grant is of the application, and of the amount that was decided', '23514');
        END IF;
    END IF;
    IF NEW.replaces_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM grants_decision d WHERE d.id = NEW.replaces_id AND d.application_id = NEW.application_id
    ) THEN
        PERFORM grants_refuse('decision_replaces_its_own', 'a decision replaces one of the same application', '23514');
    END IF;
    IF NEW.step_id IS NULL THEN
        SELECT * INTO scale FROM grants_delegation d WHERE d.id = NEW.delegation_id;
        IF coalesce(NEW.amount_nok, of.asked_nok) > scale.up_to_nok
            OR NEW.decided_on < scale.valid_from OR NEW.decided_on > scale.valid_to
            OR scale.scheme_id <> (SELECT c.scheme_id FROM grants_call c WHERE c.id = of.call_id)
        THEN
            PERFORM grants_refuse('decision_within_delegation', 'the delegation does not reach so far', '23514');
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION grants_keep_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
        OR (to_jsonb(NEW) - ARRAY['letter_id', 'notified_on', 'complain_by', 'accept_by', 'answer', 'answered_at',
            'answered_by_id'])
        IS DISTINCT FROM
           (to_jsonb(OLD) - ARRAY['letter_id', 'notified_on', 'complain_by', 'accept_by', 'answer', 'answered_at',
            'answered_by_id'])
        OR OLD.letter_id IS NOT NULL AND NEW.letter_id IS DISTINCT FROM OLD.letter_id
        OR OLD.notified_on IS NOT NULL AND (NEW.notified_on, NEW.complain_by, NEW.accept_by)
            IS DISTINCT FROM (OLD.notified_on, OLD.complain_by, OLD.accept_by)
        OR OLD.answer <> '' AND (NEW.answer, NEW.answered_at, NEW.answered_by_id)
            IS DISTINCT FROM (OLD.answer, OLD.answered_at, OLD.answered_by_id)
    THEN
        PERFORM grants_refuse('decision_stays', 'a decision never changes', '23001');
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION grants_decision_agrees() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    wanted bigint := to_jsonb(NEW) ->> TG_ARGV[0];
    stands text;
    held text;
BEGIN
    SELECT a.state INTO held FROM grants_application a WHERE a.id = wanted;
    SELECT d.outcome INTO stands FROM grants_decision d WHERE d.application_id = wanted
        AND NOT EXISTS (SELECT FROM grants_decision n WHERE n.replaces_id = d.id);
    IF held IN ('granted', 'refused', 'dismissed') AND held IS DISTINCT FROM stands
        OR held = 'submitted' AND stands IS NOT NULL AND NOT EXISTS (
            SELECT FROM grants_complaint c JOIN grants_decision d ON d.id = c.decision_id
            WHERE d.application_id = wanted AND c.outcome = 'annulled')
        OR held IN ('draft', 'withdrawn') AND stands IS NOT NULL
    THEN
        PERFORM grants_refuse('application_stands_as_decided', 'an application stands as it was decided', '23514');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER grants_application_agrees AFTER INSERT OR UPDATE OF state ON grants_application
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION grants_decision_agrees('id');
CREATE CONSTRAINT TRIGGER grants_decision_agrees AFTER INSERT ON grants_decision
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION grants_decision_agrees('application_id');
CREATE FUNCTION grants_application_grant_agrees() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM grants_application a WHERE a.case_id = NEW.case_id)
        AND (SELECT g.state FROM grants_grant g WHERE g.id = NEW.id) = 'granted'
        AND NOT EXISTS (SELECT FROM grants_decision d WHERE d.grant_id = NEW.id)
    THEN
        PERFORM grants_refuse('application_granted_by_decision',
            'what was applied for is granted by a decision on the application', '23514');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER grants_application_grant_agrees AFTER UPDATE OF state ON grants_grant
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'granted' AND OLD.state = 'proposed')
EXECUTE FUNCTION grants_application_grant_agrees()
"""

COMPLAINTS = """
CREATE FUNCTION grants_check_complaint() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    on_decision grants_decision%ROWTYPE;
BEGIN
    SELECT * INTO on_decision FROM grants_decision d WHERE d.id = NEW.decision_id;
    IF NEW.handled_by_id IN (on_decision.decided_by_id, on_decision.prepared_by_id, NEW.reconsidered_by_id) THEN
        PERFORM grants_refuse('complaint_handled_by_another',
            'who prepared or made the decision does not handle the complaint in the complaint body', '23514');
    END IF;
    IF TG_OP = 'UPDATE' AND (
        (NEW.authority_id, NEW.decision_id, NEW.case_id, NEW.text, NEW.received_on, NEW.due_on, NEW.sent_by_id)
        IS DISTINCT FROM
        (OLD.authority_id, OLD.decision_id, OLD.case_id, OLD.text, OLD.received_on, OLD.due_on, OLD.sent_by_id)
        OR NOT (NEW.state = OLD.state OR (OLD.state, NEW.state) IN (
            ('received', 'dismissed'), ('received', 'upheld'), ('received', 'forwarded'), ('received', 'withdrawn'),
            ('forwarded', 'decided'), ('forwarded', 'withdrawn'), ('dismissed', 'received')))
        OR OLD.state IN ('upheld', 'decided', 'withdrawn')
            AND (to_jsonb(NEW) - ARRAY['row_version', 'new_decision_id'])
            IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['row_version', 'new_decision_id'])
    ) THEN
        PERFORM grants_refuse('complaint_goes_its_way', 'a complaint goes its way', '23001');
    END IF;
    RETURN NEW;
END $$
"""

MINIMIS = """
CREATE FUNCTION grants_undertaking_of(of_number text) RETURNS SETOF text LANGUAGE sql STABLE AS $$
    WITH RECURSIVE belongs(number) AS (
        SELECT of_number
        UNION
        SELECT CASE WHEN l.number = b.number THEN l.linked ELSE l.number END
        FROM belongs b JOIN grants_undertakinglink l ON b.number IN (l.number, l.linked)
        WHERE l.confirmed_on IS NOT NULL AND l.ended_on IS NULL
    )
    SELECT number::text FROM belongs
$$;
CREATE FUNCTION grants_eur(amount bigint, on_day date) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT round(amount / coalesce(
        (SELECT r.nok_per_eur FROM grants_exchangerate r WHERE r.day <= on_day ORDER BY r.day DESC LIMIT 1),
        (SELECT r.nok_per_eur FROM grants_exchangerate r ORDER BY r.day LIMIT 1)
    ), 2)
$$;
CREATE FUNCTION grants_check_award() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    members text[];
    before text[];
    ceiling integer;
    most numeric;
    against text;
BEGIN
    members := ARRAY(SELECT grants_undertaking_of(NEW.number) ORDER BY 1);
    LOOP
        INSERT INTO grants_undertaking SELECT unnest(members) ON CONFLICT DO NOTHING;
        PERFORM FROM grants_undertaking u WHERE u.number = ANY (members) ORDER BY u.number FOR UPDATE;
        before := members;
        members := ARRAY(SELECT grants_undertaking_of(NEW.number) ORDER BY 1);
        EXIT WHEN members <@ before;
    END LOOP;
    FOREACH against IN ARRAY CASE NEW.basis WHEN 'sgei' THEN ARRAY['sgei'] ELSE ARRAY['de_minimis', 'sgei'] END LOOP
        SELECT c.amount_eur INTO ceiling FROM grants_aidceiling c
        WHERE c.basis = against AND c.valid_from <= NEW.decided_on ORDER BY c.valid_from DESC LIMIT 1;
        WITH own AS (
            SELECT a.number, a.decided_on, a.amount_nok, a.amount_eur
            FROM grants_aidaward a
            WHERE a.number = ANY (members) AND a.ended_on IS NULL AND against IN ('sgei', a.basis)
        ), registered AS (
            SELECT r.number, r.decided_on, r.amount_nok, row_number() OVER same AS nth
            FROM grants_registeraward r
            WHERE r.number = ANY (members) AND against IN ('sgei', r.basis)
                AND NOT EXISTS (SELECT FROM grants_registermatch m WHERE m.register_id = r.reference)
            WINDOW same AS (PARTITION BY r.number, r.decided_on, r.amount_nok ORDER BY r.reference)
        ), known AS (
            SELECT o.number, o.decided_on, o.amount_nok, o.amount_eur FROM own o
            UNION ALL
            SELECT r.number, r.decided_on, r.amount_nok, grants_eur(r.amount_nok, r.decided_on) FROM registered r
            WHERE r.nth > (
                SELECT count(*) FROM grants_aidaward a LEFT JOIN grants_registermatch m ON m.award_id = a.id
                WHERE m.id IS NULL AND (a.number, a.decided_on, a.amount_nok) = (r.number, r.decided_on, r.amount_nok)
            )
        ), declared AS (
            SELECT coalesce(nullif(d.number, ''), NEW.number) AS number, d.decided_on, d.amount_nok,
                row_number() OVER (
                    PARTITION BY coalesce(nullif(d.number, ''), NEW.number), d.decided_on, d.amount_nok ORDER BY d.id
                ) AS nth
            FROM grants_declaredaid d
            WHERE d.resolution = '' AND against IN ('sgei', d.basis)
                AND (d.grant_id = NEW.grant_id OR d.application_id IN (
                    SELECT p.id FROM grants_application p JOIN grants_grant g ON g.case_id = p.case_id
                    WHERE g.id = NEW.grant_id
                ))
        ), counted AS (
            SELECT k.decided_on, k.amount_eur FROM known k
            UNION ALL
            SELECT d.decided_on, grants_eur(d.amount_nok, d.decided_on) FROM declared d
            WHERE d.nth > (
                SELECT count(*) FROM known k
                WHERE (k.number, k.decided_on, k.amount_nok) = (d.number, d.decided_on, d.amount_nok)
            )
        ), ends AS (
            SELECT NEW.decided_on AS day
            UNION
            SELECT c.decided_on FROM counted c
            WHERE c.decided_on > NEW.decided_on AND c.decided_on < NEW.decided_on + interval '3 years'
        )
        SELECT max(s.sum) INTO most FROM ends e CROSS JOIN LATERAL (
            SELECT sum(c.amount_eur) AS sum FROM counted c
            WHERE c.decided_on <= e.day AND c.decided_on > e.day - interval '3 years'
        ) s;
        IF ceiling IS NULL OR most IS NULL OR most > ceiling THEN
            PERFORM grants_refuse('undertaking_never_over_the_ceiling',
                'the undertaking would pass the ceiling', '23514');
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
CREATE FUNCTION grants_keep_award() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.cut_nok < OLD.cut_nok OR OLD.ended_on IS NOT NULL OR
        (NEW.authority_id, NEW.grant_id, NEW.number, NEW.basis, NEW.decided_on, NEW.amount_nok, NEW.nok_per_eur)
        IS DISTINCT FROM
        (OLD.authority_id, OLD.grant_id, OLD.number, OLD.basis, OLD.decided_on, OLD.amount_nok, OLD.nok_per_eur)
    THEN
        PERFORM grants_refuse('aid_award_stays', 'aid that was given stays, less what is cut', '23001');
    END IF;
    RETURN NEW;
END $$
"""

OWNERS_ALONE = ("decision_agrees", "application_grant_agrees", "check_award")
DROPPED = (
    "keep_call", "keep_part_of_call", "keep_application", "keep_attachment", "keep_message", "check_assessment",
    "check_score", "check_batch_line", "check_decision", "keep_decision", "decision_agrees",
    "application_grant_agrees", "check_complaint", "check_award", "keep_award",
)  # fmt: skip
BACK = "; ".join([
    *(f"DROP FUNCTION grants_{name}() CASCADE" for name in DROPPED),
    "DROP FUNCTION grants_undertaking_of(text)", "DROP FUNCTION grants_eur(bigint, date)",
])  # fmt: skip

EDITED = [
    "call", "delegation", "application", "supplement", "assessment", "batch", "aidreport", "projectchange",
    "finalaccounts", "complaint",
]  # fmt: skip
PARENTS = [
    "schemestatutes", "call", "criterion", "question", "requiredattachment", "delegation", "application", "supplement",
    "assessment", "batch", "decision", "aidaward", "grantreport", "ledgerentry",
]  # fmt: skip
HAVE = {"ledgerentry"}
"""Held to one tenant since the ledger."""
RELATIVES = {
    "call": {"scheme_id": "grants_scheme", "statutes_id": "grants_schemestatutes"},
    "criterion": {"call_id": "grants_call"},
    "question": {"call_id": "grants_call", "shown_if_id": "grants_question"},
    "requiredattachment": {"call_id": "grants_call"},
    "eligibilitycheck": {"call_id": "grants_call"},
    "delegation": {"scheme_id": "grants_scheme"},
    "application": {
        "call_id": "grants_call", "statutes_id": "grants_schemestatutes", "organisation_id": "portal_organisation",
        "case_id": "portal_case", "copied_from_id": "grants_application",
    },
    "applicationversion": {
        "application_id": "grants_application", "supplement_id": "grants_supplement", "document_id": "portal_document",
    },
    "applicationfile": {
        "application_id": "grants_application", "requirement_id": "grants_requiredattachment",
        "question_id": "grants_question", "document_id": "portal_document",
    },
    "supplement": {"application_id": "grants_application", "letter_id": "portal_letter"},
    "message": {"application_id": "grants_application"},
    "assessment": {"application_id": "grants_application"},
    "score": {"assessment_id": "grants_assessment", "criterion_id": "grants_criterion"},
    "batch": {
        "scheme_id": "grants_scheme", "case_id": "portal_case", "document_id": "portal_document",
        "editable_id": "portal_document",
    },
    "batchline": {
        "batch_id": "grants_batch", "application_id": "grants_application", "step_id": "portal_casestep",
    },
    "decision": {
        "application_id": "grants_application", "grant_id": "grants_grant", "step_id": "portal_casestep",
        "delegation_id": "grants_delegation", "letter_id": "portal_letter", "replaces_id": "grants_decision",
    },
    "undertakinglink": {"application_id": "grants_application"},
    "aidaward": {"grant_id": "grants_grant"},
    "declaredaid": {"application_id": "grants_application", "grant_id": "grants_grant"},
    "registermatch": {"award_id": "grants_aidaward"},
    "aidreport": {"grant_id": "grants_grant", "entry_id": "grants_ledgerentry"},
    "projectchange": {"grant_id": "grants_grant"},
    "finalaccounts": {"report_id": "grants_grantreport"},
    "complaint": {
        "decision_id": "grants_decision", "case_id": "portal_case", "step_id": "portal_casestep",
        "new_decision_id": "grants_decision",
    },
}  # fmt: skip
"""Every relative of every noun, held to the noun's own authority."""

PARTS = ["criterion", "question", "requiredattachment", "eligibilitycheck"]


def before(table: str, events: str, function: str) -> migrations.RunSQL:
    return trigger(f"{table}_{function.removeprefix('grants_')}", table,
                   f'BEFORE {events} ON "{{table}}" FOR EACH ROW', function)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("grants", "0003_fund"), ("portal", "0009_fund_ground_guards")]

    operations = [
        migrations.RunSQL(
            [CALLS, APPLICATIONS, ASSESSED, DECIDED, COMPLAINTS, MINIMIS], BACK
        ),
        *[one_tenant(f"grants_{name}", "authority_id") for name in PARENTS if name not in HAVE],
        *[
            same(f"grants_{child}", column, parent)
            for child, relatives in RELATIVES.items()
            for column, parent in relatives.items()
        ],
        one_tenant("grants_schemestatutes", "scheme_id"),
        same("grants_call", "statutes_id", "grants_schemestatutes", "scheme_id"),
        one_tenant("grants_question", "call_id"),
        same("grants_question", "shown_if_id", "grants_question", "call_id"),
        *[counts_changes(f"grants_{name}") for name in EDITED],
        before("grants_call", "UPDATE OR DELETE", "grants_keep_call"),
        *[before(f"grants_{name}", "INSERT OR UPDATE OR DELETE", "grants_keep_part_of_call") for name in PARTS],
        before("grants_application", "UPDATE OR DELETE", "grants_keep_application"),
        before("grants_applicationversion", "UPDATE OR DELETE", "grants_refuse_change"),
        before("grants_applicationfile", "UPDATE OR DELETE", "grants_keep_attachment"),
        before("grants_message", "UPDATE OR DELETE", "grants_keep_message"),
        before("grants_assessment", "INSERT OR UPDATE", "grants_check_assessment"),
        before("grants_score", "INSERT OR UPDATE", "grants_check_score"),
        before("grants_batchline", "INSERT OR UPDATE", "grants_check_batch_line"),
        before("grants_decision", "INSERT", "grants_check_decision"),
        before("grants_decision", "UPDATE OR DELETE", "grants_keep_decision"),
        before("grants_complaint", "INSERT OR UPDATE", "grants_check_complaint"),
        before("grants_aidaward", "UPDATE OR DELETE", "grants_keep_award"),
        trigger(
            "grants_aidaward_check_award", "grants_aidaward", 'AFTER INSERT ON "{table}" FOR EACH ROW',
            "grants_check_award",
        ),
        migrations.RunSQL(
            "; ".join(f"REVOKE EXECUTE ON FUNCTION grants_{name}() FROM PUBLIC" for name in OWNERS_ALONE),
            migrations.RunSQL.noop,
        ),
    ]  # fmt: skip
