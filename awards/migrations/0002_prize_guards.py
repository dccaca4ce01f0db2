"""What PostgreSQL itself refuses about prizes, juries and votes. Each guard is explained in docs/guards.md."""

from django.db import migrations

from portal.sql import counts_changes, one_tenant, same, trigger
from strategy.sql import moves_version

REFUSE = """
CREATE FUNCTION awards_refuse(guard text, why text, code text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', why USING ERRCODE = code, CONSTRAINT = guard;
END $$;
CREATE FUNCTION awards_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM awards_refuse(TG_TABLE_NAME || '_append_only', TG_TABLE_NAME || ' is only ever added to', '23001');
    RETURN NULL;
END $$
"""

PREPARED = """
CREATE FUNCTION awards_keep_statutes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.valid_from IS NOT NULL THEN
        PERFORM awards_refuse('prize_statutes_stay', 'adopted statutes never change', '23001');
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE FUNCTION awards_keep_criterion() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_statutes bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.statutes_id ELSE NEW.statutes_id END;
BEGIN
    IF EXISTS (SELECT FROM awards_prizestatutes s WHERE s.valid_from IS NOT NULL
               AND (s.id = of_statutes OR TG_OP = 'UPDATE' AND s.id = OLD.statutes_id))
    THEN
        PERFORM awards_refuse('prize_statutes_stay', 'the criteria of adopted statutes never change', '23001');
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE FUNCTION awards_keep_round() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    at timestamptz := clock_timestamp();
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' THEN
            PERFORM awards_refuse('prize_round_stays', 'a round that was published stays', '23001');
        END IF;
        RETURN OLD;
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
            ('draft', 'published'), ('published', 'draft'), ('published', 'judging'), ('judging', 'published'),
            ('judging', 'voting'), ('judging', 'decided'), ('voting', 'decided'), ('decided', 'judging'),
            ('decided', 'announced'), ('draft', 'cancelled'), ('published', 'cancelled'), ('judging', 'cancelled'),
            ('voting', 'cancelled'), ('decided', 'cancelled'))
        OR OLD.state = 'published' AND NEW.state = 'draft'
            AND EXISTS (SELECT FROM awards_nomination n WHERE n.round_id = OLD.id)
        OR OLD.state = 'published' AND NEW.state = 'judging' AND at < NEW.closes_at
        OR OLD.state = 'judging' AND NEW.state = 'published' AND (
            NEW.closes_at <= at OR EXISTS (SELECT FROM awards_jurysheet s JOIN awards_roundcategory c
                ON c.id = s.category_id WHERE c.round_id = OLD.id))
        OR OLD.state = 'voting' AND NEW.state = 'decided' AND at < NEW.vote_closes_at
        OR NEW.state = 'decided' AND OLD.state <> 'decided' AND EXISTS (
            SELECT FROM awards_roundcategory c LEFT JOIN awards_categorydecision d ON d.category_id = c.id
            WHERE c.round_id = OLD.id AND d.id IS NULL)
    THEN
        PERFORM awards_refuse('prize_round_goes_its_way', 'a round goes its way', '23001');
    END IF;
    IF OLD.state <> 'draft' AND NEW.state <> 'draft' AND (
        (NEW.authority_id, NEW.prize_id, NEW.statutes_id, NEW.year, NEW.case_id, NEW.opens_at, NEW.published_at)
        IS DISTINCT FROM
        (OLD.authority_id, OLD.prize_id, OLD.statutes_id, OLD.year, OLD.case_id, OLD.opens_at, OLD.published_at)
        OR NEW.closes_at < OLD.closes_at
        OR NEW.closes_at <> OLD.closes_at AND OLD.state NOT IN ('published', 'judging')
        OR NEW.jury_id IS DISTINCT FROM OLD.jury_id AND OLD.state <> 'published' AND OLD.jury_id IS NOT NULL
        OR OLD.state = 'voting' AND (NEW.vote_opens_at, NEW.vote_closes_at)
            IS DISTINCT FROM (OLD.vote_opens_at, OLD.vote_closes_at)
            AND (NEW.vote_opens_at <> OLD.vote_opens_at OR NEW.vote_closes_at < OLD.vote_closes_at
                OR at >= OLD.vote_closes_at)
        OR OLD.state IN ('decided', 'announced', 'cancelled') AND (NEW.vote_opens_at, NEW.vote_closes_at)
            IS DISTINCT FROM (OLD.vote_opens_at, OLD.vote_closes_at)
        OR OLD.state IN ('announced', 'cancelled') AND NEW.announced_at IS DISTINCT FROM OLD.announced_at)
    THEN
        PERFORM awards_refuse('prize_round_stays_as_published', 'what was published of a round stays', '23001');
    END IF;
    IF NEW.state = 'announced' AND OLD.state <> 'announced' THEN
        NEW.announced_at := at;
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION awards_keep_round_category() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_round bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.round_id ELSE NEW.round_id END;
BEGIN
    IF EXISTS (SELECT FROM awards_prizeround r WHERE r.state <> 'draft'
               AND (r.id = of_round OR TG_OP = 'UPDATE' AND r.id = OLD.round_id))
    THEN
        PERFORM awards_refuse('round_categories_stay', 'the categories of a published round stay', '23001');
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
"""

NOMINATED = """
CREATE FUNCTION awards_keep_nomination() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    at timestamptz := clock_timestamp();
    of_round awards_prizeround%ROWTYPE;
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM awards_refuse('nomination_stays', 'what was nominated stays', '23001');
    END IF;
    SELECT * INTO of_round FROM awards_prizeround r WHERE r.id = NEW.round_id;
    IF TG_OP = 'INSERT' THEN
        IF of_round.state NOT IN ('published', 'judging')
            OR NEW.source = 'web' AND (of_round.state <> 'published' OR at < of_round.opens_at
                OR at >= of_round.closes_at)
            OR NEW.received_on > (at AT TIME ZONE 'Europe/Oslo')::date
        THEN
            PERFORM awards_refuse('nomination_in_time', 'the round takes no nomination now', '23514');
        END IF;
        IF NEW.source = 'web' THEN
            NEW.received_at := at;
            NEW.received_on := (at AT TIME ZONE 'Europe/Oslo')::date;
        END IF;
    ELSIF (to_jsonb(NEW) - ARRAY['candidate_id', 'dismissed_why', 'sent_by_id'])
        IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['candidate_id', 'dismissed_why', 'sent_by_id'])
        OR NEW.candidate_id <> OLD.candidate_id AND of_round.state NOT IN ('published', 'judging')
    THEN
        PERFORM awards_refuse('nomination_stays', 'what was nominated stays', '23001');
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION awards_keep_candidate() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_round awards_prizeround%ROWTYPE;
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM awards_refuse('candidate_stays', 'a candidate stays', '23001');
    END IF;
    SELECT * INTO of_round FROM awards_prizeround r WHERE r.id = NEW.round_id;
    IF TG_OP = 'INSERT' THEN
        IF of_round.state NOT IN ('published', 'judging') OR NEW.is_finalist THEN
            PERFORM awards_refuse('candidate_in_time', 'the round takes no candidate now', '23514');
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.authority_id, NEW.round_id, NEW.case_id) IS DISTINCT FROM (OLD.authority_id, OLD.round_id, OLD.case_id)
        OR NEW.category_id <> OLD.category_id AND (of_round.state NOT IN ('published', 'judging')
            OR EXISTS (SELECT FROM awards_juryopinion o WHERE o.candidate_id = OLD.id))
        OR (NEW.kind, NEW.name, NEW.number) IS DISTINCT FROM (OLD.kind, OLD.name, OLD.number)
            AND (of_round.state NOT IN ('published', 'judging')
                OR EXISTS (SELECT FROM awards_categorydecision d WHERE d.candidate_id = OLD.id))
        OR NEW.is_finalist <> OLD.is_finalist AND of_round.state <> 'judging' AND NEW.state = 'active'
        OR (NEW.state <> OLD.state OR NEW.merged_into_id IS DISTINCT FROM OLD.merged_into_id)
            AND of_round.state NOT IN ('published', 'judging', 'voting')
    THEN
        PERFORM awards_refuse('candidate_goes_its_way', 'a candidate stands as the round does', '23001');
    END IF;
    RETURN NEW;
END $$
"""

JUDGED = """
CREATE FUNCTION awards_may_judge(in_category bigint, by_member bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT NOT EXISTS (
        SELECT FROM awards_candidate c
        CROSS JOIN (SELECT m.id, m.user_id FROM portal_bodymembership m WHERE m.id = by_member) me
        LEFT JOIN LATERAL (
            SELECT d.answer = 'no_ties' OR coalesce(r.is_impartial, false) AS may
            FROM portal_declaration d LEFT JOIN portal_ruling r ON r.declaration_id = d.id
            WHERE d.case_id = c.case_id AND (d.user_id = me.user_id OR d.member_id = me.id)
            ORDER BY d.declared_at DESC, d.id DESC LIMIT 1
        ) said ON true
        WHERE c.category_id = in_category AND c.state = 'active' AND c.merged_into_id IS NULL
            AND NOT coalesce(said.may, false)
    )
$$;
CREATE FUNCTION awards_may_handle(in_category bigint, person bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT NOT EXISTS (
        SELECT FROM awards_candidate c
        WHERE c.category_id = in_category AND c.state = 'active' AND c.merged_into_id IS NULL
            AND NOT portal_is_impartial(c.case_id, person)
    )
$$;
CREATE FUNCTION awards_refuse_partial(in_category bigint, by_member bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM awards_roundcategory c JOIN awards_prizeround r ON r.id = c.round_id
        JOIN portal_bodymembership m ON m.body_id = r.jury_id
        WHERE c.id = in_category AND m.id = by_member
    ) THEN
        PERFORM awards_refuse('judged_by_the_jury', 'only who sits in the round''s jury judges', '23514');
    END IF;
    IF NOT EXISTS (
        SELECT FROM awards_roundcategory c JOIN awards_prizeround r ON r.id = c.round_id
        WHERE c.id = in_category AND r.state IN ('judging', 'voting')
    ) THEN
        PERFORM awards_refuse('judged_in_time', 'the jury is not at work', '23514');
    END IF;
    IF NOT awards_may_judge(in_category, by_member) THEN
        PERFORM awards_refuse('judged_by_impartial',
            'who has not declared, or is tied to one of the candidates, judges none of the category', '23514');
    END IF;
END $$;
CREATE FUNCTION awards_check_sheet() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND (
        (NEW.authority_id, NEW.category_id, NEW.member_id) IS DISTINCT FROM
        (OLD.authority_id, OLD.category_id, OLD.member_id)
        OR OLD.handed_in_at IS NOT NULL AND NEW.handed_in_at IS DISTINCT FROM OLD.handed_in_at)
    THEN
        PERFORM awards_refuse('jury_sheet_stays', 'a sheet that was handed in stays', '23001');
    END IF;
    PERFORM awards_refuse_partial(NEW.category_id, NEW.member_id);
    RETURN NEW;
END $$;
CREATE FUNCTION awards_check_opinion() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_sheet awards_jurysheet%ROWTYPE;
BEGIN
    SELECT * INTO of_sheet FROM awards_jurysheet s WHERE s.id = NEW.sheet_id;
    IF TG_OP = 'UPDATE' AND (NEW.sheet_id, NEW.candidate_id) IS DISTINCT FROM (OLD.sheet_id, OLD.candidate_id)
        OR NOT EXISTS (SELECT FROM awards_candidate c
            WHERE c.id = NEW.candidate_id AND c.category_id = of_sheet.category_id)
    THEN
        PERFORM awards_refuse('opinion_of_its_category', 'an opinion is of a candidate in the sheet''s category',
            '23514');
    END IF;
    IF of_sheet.handed_in_at IS NOT NULL AND (NEW.changed_why = '' OR NEW.changed_at IS NULL) THEN
        PERFORM awards_refuse('opinion_changed_with_reason', 'what was handed in is changed with a reason', '23001');
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION awards_check_score() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM awards_juryopinion o JOIN awards_jurysheet s ON s.id = o.sheet_id
        JOIN awards_roundcategory c ON c.id = s.category_id JOIN awards_prizeround r ON r.id = c.round_id
        JOIN awards_prizecriterion k ON k.statutes_id = r.statutes_id
        WHERE o.id = NEW.opinion_id AND k.id = NEW.criterion_id AND NEW.points <= k.most_points AND NOT o.abstains
    ) THEN
        PERFORM awards_refuse('jury_score_fits_its_criterion', 'points by the criteria of the statutes', '23514');
    END IF;
    IF EXISTS (SELECT FROM awards_juryopinion o JOIN awards_jurysheet s ON s.id = o.sheet_id
               WHERE o.id = NEW.opinion_id AND s.handed_in_at IS NOT NULL AND o.changed_why = '')
    THEN
        PERFORM awards_refuse('opinion_changed_with_reason', 'what was handed in is changed with a reason', '23001');
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION awards_keep_judged() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_sheet bigint := to_jsonb(OLD) ->> 'sheet_id';
BEGIN
    IF of_sheet IS NULL THEN
        SELECT o.sheet_id INTO of_sheet FROM awards_juryopinion o
        WHERE o.id = (to_jsonb(OLD) ->> 'opinion_id')::bigint AND o.changed_why = '';
    END IF;
    IF EXISTS (SELECT FROM awards_jurysheet s WHERE s.id = of_sheet AND s.handed_in_at IS NOT NULL) THEN
        PERFORM awards_refuse('opinion_changed_with_reason', 'what was handed in is changed with a reason', '23001');
    END IF;
    RETURN OLD;
END $$;
CREATE FUNCTION awards_judged_by_impartial() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    one record;
BEGIN
    IF TG_TABLE_NAME = 'awards_juryopinion' THEN
        FOR one IN SELECT DISTINCT s.category_id, s.member_id FROM touched t
            JOIN awards_jurysheet s ON s.id = t.sheet_id
        LOOP
            PERFORM awards_refuse_partial(one.category_id, one.member_id);
        END LOOP;
    ELSE
        FOR one IN SELECT DISTINCT s.category_id, s.member_id FROM touched t
            JOIN awards_juryopinion o ON o.id = t.opinion_id JOIN awards_jurysheet s ON s.id = o.sheet_id
        LOOP
            PERFORM awards_refuse_partial(one.category_id, one.member_id);
        END LOOP;
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION awards_check_remark() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM awards_refuse_partial((SELECT c.category_id FROM awards_candidate c WHERE c.id = NEW.candidate_id),
        NEW.member_id);
    RETURN NEW;
END $$;
CREATE FUNCTION awards_check_jury_vote() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM awards_categorydecision d
               WHERE d.category_id = CASE WHEN TG_OP = 'DELETE' THEN OLD.category_id ELSE NEW.category_id END)
    THEN
        PERFORM awards_refuse('jury_vote_stays', 'votes stay when the category is decided', '23001');
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    PERFORM awards_refuse_partial(NEW.category_id, NEW.member_id);
    IF NEW.candidate_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM awards_candidate c WHERE c.id = NEW.candidate_id AND c.category_id = NEW.category_id
            AND c.state = 'active' AND c.merged_into_id IS NULL)
    THEN
        PERFORM awards_refuse('jury_votes_for_a_candidate', 'a vote is for a candidate of the category', '23514');
    END IF;
    RETURN NEW;
END $$
"""

SAME = r"""
CREATE FUNCTION awards_name_key(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT btrim(regexp_replace(CASE WHEN short ~ '\S' THEN short ELSE whole END, '\s+', ' ', 'g'))
    FROM (SELECT whole, regexp_replace(
        whole, '\y(as|asa|ans|da|enk|nuf|sa|ba|ks|iks|kf|stiftelsen?)\y', ' ', 'g') AS short
        FROM (SELECT regexp_replace(regexp_replace(
            replace(replace(lower(normalize(name, NFKC)), 'ß', 'ss'), '&', ' og '),
            '\y([ak])[./]s\y', '\1s', 'g'), '[^\w\s]|_', ' ', 'g') AS whole) plain
    ) both_ways
$$;
CREATE FUNCTION awards_is_same(
    kind text, name text, number text, other_kind text, other_name text, other_number text
) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN number <> '' AND other_number <> '' THEN number = other_number
        WHEN number <> '' AND other_kind = 'person' OR other_number <> '' AND kind = 'person' THEN false
        ELSE awards_name_key(name) = awards_name_key(other_name)
    END
$$
"""

DECIDED = """
CREATE FUNCTION awards_check_decision() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_round awards_prizeround%ROWTYPE;
    by_rules awards_prizestatutes%ROWTYPE;
    wins awards_candidate%ROWTYPE;
BEGIN
    SELECT r.* INTO of_round FROM awards_prizeround r JOIN awards_roundcategory c ON c.round_id = r.id
    WHERE c.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.category_id ELSE NEW.category_id END;
    IF TG_OP = 'DELETE' THEN
        IF of_round.state NOT IN ('judging', 'voting') THEN
            PERFORM awards_refuse('category_decision_stays', 'what the jury decided stays', '23001');
        END IF;
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF (to_jsonb(NEW) - 'minutes_id') IS DISTINCT FROM (to_jsonb(OLD) - 'minutes_id')
            OR OLD.minutes_id IS NOT NULL AND NEW.minutes_id IS DISTINCT FROM OLD.minutes_id
        THEN
            PERFORM awards_refuse('category_decision_stays', 'what the jury decided stays', '23001');
        END IF;
        RETURN NEW;
    END IF;
    SELECT * INTO by_rules FROM awards_prizestatutes s WHERE s.id = of_round.statutes_id;
    IF NOT (of_round.state = 'judging' OR of_round.state = 'voting' AND clock_timestamp() >= of_round.vote_closes_at)
    THEN
        PERFORM awards_refuse('category_decided_in_time', 'the category is not to be decided now', '23514');
    END IF;
    IF NEW.registered_by_id IS NULL OR NOT awards_may_handle(NEW.category_id, NEW.registered_by_id) THEN
        PERFORM awards_refuse('category_decided_by_impartial',
            'who registers the decision has declared for every candidate', '23514');
    END IF;
    IF NEW.candidate_id IS NULL THEN
        RETURN NEW;
    END IF;
    SELECT * INTO wins FROM awards_candidate c WHERE c.id = NEW.candidate_id;
    IF wins.category_id <> NEW.category_id OR wins.state <> 'active' OR wins.merged_into_id IS NOT NULL
        OR wins.answer = 'declined' OR by_rules.finalists IS NOT NULL AND NOT wins.is_finalist
    THEN
        PERFORM awards_refuse('winner_is_a_candidate', 'the winner takes part in the category', '23514');
    END IF;
    PERFORM FROM awards_prize p WHERE p.id = of_round.prize_id FOR NO KEY UPDATE;
    IF by_rules.repeat_years > 0 AND (
        EXISTS (
            SELECT FROM awards_winner w WHERE w.prize_id = of_round.prize_id
                AND abs(of_round.year - w.year) < by_rules.repeat_years
                AND awards_is_same(w.kind, w.name, w.number, wins.kind, wins.name, wins.number))
        OR EXISTS (
            SELECT FROM awards_categorydecision d JOIN awards_candidate c ON c.id = d.candidate_id
            JOIN awards_prizeround r ON r.id = c.round_id
            WHERE r.prize_id = of_round.prize_id AND r.state <> 'cancelled'
                AND abs(of_round.year - r.year) < by_rules.repeat_years
                AND awards_is_same(c.kind, c.name, c.number, wins.kind, wins.name, wins.number)))
    THEN
        PERFORM awards_refuse('winner_not_again_so_soon', 'the same does not win again so soon', '23514');
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION awards_keep_winner() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    won record;
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.decision_id IS NOT NULL AND (TG_OP = 'DELETE' OR
        (NEW.authority_id, NEW.prize_id, NEW.year, NEW.category_name, NEW.decision_id, NEW.kind, NEW.name, NEW.number,
         NEW.reasons)
        IS DISTINCT FROM
        (OLD.authority_id, OLD.prize_id, OLD.year, OLD.category_name, OLD.decision_id, OLD.kind, OLD.name, OLD.number,
         OLD.reasons)
        OR OLD.grant_id IS NOT NULL AND NEW.grant_id IS DISTINCT FROM OLD.grant_id
            AND EXISTS (SELECT FROM grants_grant g WHERE g.id = OLD.grant_id AND g.state <> 'declined'))
    THEN
        PERFORM awards_refuse('winner_stays', 'who won, and why, stays', '23001');
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF NEW.decision_id IS NOT NULL AND TG_OP = 'INSERT' THEN
        SELECT r.prize_id, r.year, r.state, c.name, c.number, d.reasons INTO won
        FROM awards_categorydecision d JOIN awards_candidate c ON c.id = d.candidate_id
        JOIN awards_prizeround r ON r.id = c.round_id WHERE d.id = NEW.decision_id;
        IF won.state IS DISTINCT FROM 'announced'
            OR (NEW.prize_id, NEW.year, NEW.name, NEW.number, NEW.reasons)
            IS DISTINCT FROM (won.prize_id, won.year, won.name, won.number, won.reasons)
        THEN
            PERFORM awards_refuse('winner_as_decided', 'a winner is published when announced, as decided', '23514');
        END IF;
    END IF;
    IF NEW.grant_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM grants_grant g JOIN awards_prizeround r ON r.case_id = g.case_id
        JOIN awards_candidate c ON c.round_id = r.id JOIN awards_categorydecision d ON d.candidate_id = c.id
        WHERE g.id = NEW.grant_id AND d.id = NEW.decision_id)
    THEN
        PERFORM awards_refuse('prize_money_on_its_case', 'prize money is a grant on the round''s case', '23514');
    END IF;
    RETURN NEW;
END $$
"""

VOTED = """
CREATE FUNCTION awards_keep_voter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = TG_RELID) THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'INSERT' AND NEW.has_voted
        OR TG_OP = 'DELETE' AND (OLD.has_voted OR EXISTS (
            SELECT FROM awards_prizeround r WHERE r.id = OLD.round_id AND r.vote_closes_at > clock_timestamp()))
        OR TG_OP = 'UPDATE' AND (NEW.authority_id, NEW.round_id, NEW.address, NEW.address_hash, NEW.has_voted)
            IS DISTINCT FROM (OLD.authority_id, OLD.round_id, OLD.address, OLD.address_hash, OLD.has_voted)
    THEN
        PERFORM awards_refuse('voter_stays', 'who may vote, and who has, is moved by casting alone', '23001');
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE FUNCTION awards_cast(of_voter bigint, for_candidates bigint[]) RETURNS integer LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    who awards_voter%ROWTYPE;
    of_round awards_prizeround%ROWTYPE;
    cast_now integer;
BEGIN
    SELECT * INTO who FROM awards_voter v WHERE v.id = of_voter FOR UPDATE;
    SELECT * INTO of_round FROM awards_prizeround r WHERE r.id = who.round_id FOR KEY SHARE;
    IF of_round.state IS DISTINCT FROM 'voting' OR clock_timestamp() < of_round.vote_opens_at
        OR clock_timestamp() >= of_round.vote_closes_at
    THEN
        PERFORM awards_refuse('vote_in_time', 'the vote is not open', '23514');
    END IF;
    IF who.has_voted THEN
        PERFORM awards_refuse('one_vote_per_address', 'this address has voted', '23505');
    END IF;
    INSERT INTO awards_ballot (id, authority_id, category_id, candidate_id)
    SELECT gen_random_uuid(), c.authority_id, c.category_id, c.id
    FROM awards_candidate c
    WHERE c.id = ANY (for_candidates) AND c.round_id = who.round_id AND c.is_finalist AND c.state = 'active';
    GET DIAGNOSTICS cast_now = ROW_COUNT;
    IF cast_now = 0 OR cast_now <> cardinality(for_candidates) OR cast_now <> (
        SELECT count(DISTINCT c.category_id) FROM awards_candidate c WHERE c.id = ANY (for_candidates))
    THEN
        PERFORM awards_refuse('vote_for_finalists', 'one finalist in a category', '23514');
    END IF;
    UPDATE awards_voter SET has_voted = true WHERE id = of_voter;
    RETURN cast_now;
END $$;
CREATE FUNCTION awards_hash_of_ballots(of_round bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(coalesce(
        string_agg(b.id || ':' || b.candidate_id, E'\\n' ORDER BY b.id), ''), 'UTF8')), 'hex')
    FROM awards_ballot b JOIN awards_roundcategory c ON c.id = b.category_id WHERE c.round_id = of_round
$$;
CREATE FUNCTION awards_count_votes(of_round bigint, erase_on date) RETURNS bigint LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    counted bigint;
    the_round awards_prizeround%ROWTYPE;
BEGIN
    SELECT * INTO the_round FROM awards_prizeround r WHERE r.id = of_round FOR UPDATE;
    SELECT v.id INTO counted FROM awards_votecount v WHERE v.round_id = of_round;
    IF counted IS NOT NULL THEN
        RETURN counted;
    END IF;
    IF the_round.vote_closes_at IS NULL OR clock_timestamp() < the_round.vote_closes_at
        OR the_round.state IN ('draft', 'published')
    THEN
        PERFORM awards_refuse('votes_counted_after_closing', 'the vote is not closed', '23514');
    END IF;
    WITH taken AS (
        DELETE FROM awards_ballot b USING awards_roundcategory c
        WHERE c.id = b.category_id AND c.round_id = of_round
        RETURNING b.id, b.authority_id, b.category_id, b.candidate_id
    )
    INSERT INTO awards_ballot (id, authority_id, category_id, candidate_id)
    SELECT t.id, t.authority_id, t.category_id, t.candidate_id FROM taken t ORDER BY t.id;
    INSERT INTO awards_votecount (authority_id, round_id, counted_at, voters, ballots, sha256, erase_on)
    SELECT the_round.authority_id, of_round, clock_timestamp(),
        (SELECT count(*) FROM awards_voter v WHERE v.round_id = of_round AND v.has_voted),
        (SELECT count(*) FROM awards_ballot b JOIN awards_roundcategory c ON c.id = b.category_id
         WHERE c.round_id = of_round),
        awards_hash_of_ballots(of_round), erase_on
    RETURNING id INTO counted;
    INSERT INTO awards_voteresult (authority_id, count_id, category_id, candidate_id, votes)
    SELECT c.authority_id, counted, c.category_id, c.id, count(b.id)
    FROM awards_candidate c LEFT JOIN awards_ballot b ON b.candidate_id = c.id
    WHERE c.round_id = of_round AND (c.is_finalist OR b.id IS NOT NULL)
    GROUP BY c.authority_id, c.category_id, c.id;
    RETURN counted;
END $$;
CREATE FUNCTION awards_erase_traces(of_round bigint) RETURNS bigint LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    erased bigint;
BEGIN
    UPDATE awards_votecount v SET erased_at = clock_timestamp()
    WHERE v.round_id = of_round AND v.erased_at IS NULL
        AND v.erase_on <= (clock_timestamp() AT TIME ZONE 'Europe/Oslo')::date;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    DELETE FROM awards_voter v WHERE v.round_id = of_round AND NOT v.has_voted;
    UPDATE awards_voter SET address = '', domain = '', network = '' WHERE round_id = of_round;
    GET DIAGNOSTICS erased = ROW_COUNT;
    RETURN erased;
END $$
"""

DROPPED = [
    "refuse(text, text, text)", "refuse_change()", "keep_statutes()", "keep_criterion()", "keep_round()",
    "keep_round_category()", "keep_nomination()", "keep_candidate()", "may_judge(bigint, bigint)",
    "may_handle(bigint, bigint)", "refuse_partial(bigint, bigint)", "check_sheet()", "check_opinion()", "check_score()",
    "keep_judged()", "judged_by_impartial()", "check_remark()", "check_jury_vote()", "check_decision()",
    "name_key(text)", "is_same(text, text, text, text, text, text)", "keep_winner()", "keep_voter()",
    "cast(bigint, bigint[])", "hash_of_ballots(bigint)",
    "count_votes(bigint, date)", "erase_traces(bigint)",
]  # fmt: skip
BACK = "; ".join(f"DROP FUNCTION awards_{name} CASCADE" for name in DROPPED)

EDITED = ["prize", "prizestatutes", "prizeround", "candidate", "jurysheet", "juryopinion", "winner"]
PARENTS = [
    "prize", "prizecategory", "prizestatutes", "prizecriterion", "prizeround", "roundcategory", "categorydecision",
    "candidate", "nomination", "nominationdraft", "jurysheet", "juryopinion", "votecount",
]  # fmt: skip
RELATIVES = {
    "prize": {"working_group_id": "portal_body", "case_id": "portal_case", "scheme_id": "grants_scheme"},
    "prizegoal": {"prize_id": "awards_prize"},
    "prizecategory": {"prize_id": "awards_prize"},
    "prizestatutes": {"prize_id": "awards_prize", "adopted_in_id": "portal_casestep"},
    "prizecriterion": {"statutes_id": "awards_prizestatutes"},
    "prizeround": {
        "prize_id": "awards_prize", "statutes_id": "awards_prizestatutes", "case_id": "portal_case",
        "jury_id": "portal_body", "copied_from_id": "awards_prizeround",
    },
    "roundcategory": {"round_id": "awards_prizeround", "category_id": "awards_prizecategory"},
    "categorydecision": {
        "category_id": "awards_roundcategory", "candidate_id": "awards_candidate", "step_id": "portal_casestep",
        "minutes_id": "portal_document",
    },
    "nominationdraft": {"round_id": "awards_prizeround", "category_id": "awards_roundcategory"},
    "nominationdraftfile": {"draft_id": "awards_nominationdraft"},
    "candidate": {
        "round_id": "awards_prizeround", "category_id": "awards_roundcategory", "case_id": "portal_case",
        "merged_into_id": "awards_candidate",
    },
    "nomination": {
        "round_id": "awards_prizeround", "category_id": "awards_roundcategory", "candidate_id": "awards_candidate",
    },
    "nominationfile": {"nomination_id": "awards_nomination", "document_id": "portal_document"},
    "nomineeanswer": {"candidate_id": "awards_candidate"},
    "jurysheet": {"category_id": "awards_roundcategory", "member_id": "portal_bodymembership"},
    "juryopinion": {"sheet_id": "awards_jurysheet", "candidate_id": "awards_candidate"},
    "juryscore": {"opinion_id": "awards_juryopinion", "criterion_id": "awards_prizecriterion"},
    "juryremark": {"candidate_id": "awards_candidate", "member_id": "portal_bodymembership"},
    "juryvote": {
        "category_id": "awards_roundcategory", "member_id": "portal_bodymembership", "candidate_id": "awards_candidate",
    },
    "voter": {"round_id": "awards_prizeround"},
    "ballot": {"category_id": "awards_roundcategory", "candidate_id": "awards_candidate"},
    "votecount": {"round_id": "awards_prizeround"},
    "voteresult": {
        "count_id": "awards_votecount", "category_id": "awards_roundcategory", "candidate_id": "awards_candidate",
    },
    "winner": {
        "prize_id": "awards_prize", "decision_id": "awards_categorydecision", "grant_id": "grants_grant",
        "diploma_id": "portal_document",
    },
}  # fmt: skip
"""Every relative of every noun, held to the noun's own authority."""
ADDED_ONLY = ["nominationfile", "nomineeanswer", "juryremark"]
SHOWN_ON_PLANS = {
    "awards_prizegoal": "SELECT plan_id FROM %1$I",
    "awards_prize": "SELECT g.plan_id FROM %1$I r JOIN awards_prizegoal g ON g.prize_id = r.id",
    "awards_winner": "SELECT g.plan_id FROM %1$I r JOIN awards_prizegoal g ON g.prize_id = r.prize_id",
}
"""What a plan's page shows of its prizes (`awards.plan_prizes`), and whose versions it moves."""
WHOSE_PRIZE = (
    "SELECT g.plan_id FROM %1$I r JOIN awards_prize p ON p.authority_id = r.id "
    "JOIN awards_prizegoal g ON g.prize_id = p.id"
)


def before(table: str, events: str, function: str) -> migrations.RunSQL:
    return trigger(f"awards_{table}_{function}", f"awards_{table}", f'BEFORE {events} ON "{{table}}" FOR EACH ROW',
                   f"awards_{function}")  # fmt: skip


def judged(table: str, event: str) -> migrations.RunSQL:
    return trigger(
        f"awards_{table}_{event.lower()}_by_impartial", f"awards_{table}",
        f'AFTER {event} ON "{{table}}" REFERENCING NEW TABLE AS touched FOR EACH STATEMENT',
        "awards_judged_by_impartial",
    )  # fmt: skip


AUTHORITY_MOVES_PLANS = trigger(
    "awards_authority_moves_version", "portal_authority",
    'AFTER UPDATE ON "{table}" REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT',
    "strategy_move_version", f"'{WHOSE_PRIZE}'",
)  # fmt: skip
"""An authority need not take part in the plan that its prize serves."""


class Migration(migrations.Migration):
    dependencies = [("awards", "0001_prizes"), ("portal", "0010_prize_links"), ("grants", "0004_fund_guards")]

    operations = [
        migrations.RunSQL([REFUSE, PREPARED, NOMINATED, JUDGED, SAME, DECIDED, VOTED], BACK),
        one_tenant("portal_bodymembership", "authority_id"),
        *[one_tenant(f"awards_{name}", "authority_id") for name in PARENTS],
        *[
            same(f"awards_{child}", column, parent)
            for child, relatives in RELATIVES.items()
            for column, parent in relatives.items()
        ],
        one_tenant("awards_roundcategory", "round_id"),
        same("awards_candidate", "category_id", "awards_roundcategory", "round_id"),
        same("awards_nomination", "category_id", "awards_roundcategory", "round_id"),
        same("awards_nominationdraft", "category_id", "awards_roundcategory", "round_id"),
        one_tenant("awards_candidate", "round_id"),
        same("awards_nomination", "candidate_id", "awards_candidate", "round_id"),
        one_tenant("awards_candidate", "category_id"),
        same("awards_ballot", "candidate_id", "awards_candidate", "category_id"),
        same("awards_categorydecision", "candidate_id", "awards_candidate", "category_id"),
        same("awards_juryvote", "candidate_id", "awards_candidate", "category_id"),
        one_tenant("awards_prizestatutes", "prize_id"),
        same("awards_prizeround", "statutes_id", "awards_prizestatutes", "prize_id"),
        same("awards_prizegoal", "goal_id", "strategy_goal", "plan_id"),
        *[counts_changes(f"awards_{name}") for name in EDITED],
        before("prizestatutes", "UPDATE OR DELETE", "keep_statutes"),
        before("prizecriterion", "INSERT OR UPDATE OR DELETE", "keep_criterion"),
        before("prizeround", "UPDATE OR DELETE", "keep_round"),
        before("roundcategory", "INSERT OR UPDATE OR DELETE", "keep_round_category"),
        before("nomination", "INSERT OR UPDATE OR DELETE", "keep_nomination"),
        before("candidate", "INSERT OR UPDATE OR DELETE", "keep_candidate"),
        before("jurysheet", "INSERT OR UPDATE OR DELETE", "check_sheet"),
        before("juryopinion", "INSERT OR UPDATE", "check_opinion"),
        before("juryopinion", "DELETE", "keep_judged"),
        before("juryscore", "INSERT OR UPDATE", "check_score"),
        before("juryscore", "DELETE", "keep_judged"),
        *[judged(table, event) for table in ("juryopinion", "juryscore") for event in ("INSERT", "UPDATE")],
        before("juryremark", "INSERT", "check_remark"),
        before("juryvote", "INSERT OR UPDATE OR DELETE", "check_jury_vote"),
        before("categorydecision", "INSERT OR UPDATE OR DELETE", "check_decision"),
        before("winner", "INSERT OR UPDATE OR DELETE", "keep_winner"),
        before("voter", "INSERT OR UPDATE OR DELETE", "keep_voter"),
        *[before(name, "UPDATE OR DELETE", "refuse_change") for name in ADDED_ONLY],
        *[each for table, query in SHOWN_ON_PLANS.items() for each in moves_version(table, query)],
        AUTHORITY_MOVES_PLANS,
    ]  # fmt: skip
