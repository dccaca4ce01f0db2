"""What PostgreSQL refuses about plan documents: nothing is made before it is decided. See docs/guards.md."""

from django.db import migrations

from portal.sql import counts_changes, one_tenant, same, trigger

KEEP_DOCUMENT = """
CREATE FUNCTION strategy_keep_import() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state IN ('waiting', 'reading', 'refused') THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'a plan document is read before anything is made of it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'strategy_planimport_moves';
    END IF;
    IF (NEW.authority_id, NEW.filename, NEW.content_type, NEW.size, NEW.sha256, NEW.sent_at)
        IS DISTINCT FROM
        (OLD.authority_id, OLD.filename, OLD.content_type, OLD.size, OLD.sha256, OLD.sent_at)
        OR NEW.file <> OLD.file AND NEW.file <> ''
        OR NEW.against_id IS DISTINCT FROM OLD.against_id AND NEW.against_id IS NOT NULL
    THEN
        RAISE EXCEPTION 'what was sent stays what it was'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'strategy_planimport_keeps_its_document';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('waiting', 'reading'), ('waiting', 'refused'), ('waiting', 'discarded'),
        ('reading', 'waiting'), ('reading', 'ready'), ('reading', 'refused'), ('reading', 'discarded'),
        ('ready', 'applied'), ('ready', 'discarded'), ('discarded', 'ready'), ('applied', 'ready')
    ) OR OLD.state = 'discarded' AND NEW.state = 'ready' AND OLD.read_at IS NULL
    THEN
        RAISE EXCEPTION 'a plan document goes from % to % in no case', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'strategy_planimport_moves';
    END IF;
    IF NEW.state = 'applied' AND OLD.state = 'ready' AND (
        EXISTS (SELECT FROM strategy_importrow r WHERE r.plan_import_id = NEW.id AND r.decision = 'undecided')
        OR EXISTS (SELECT FROM strategy_importanomaly a WHERE a.plan_import_id = NEW.id AND a.settled_at IS NULL)
        OR EXISTS (
            SELECT FROM strategy_importrow r JOIN strategy_importrow p ON p.id = r.parent_id
            WHERE r.plan_import_id = NEW.id AND r.decision = 'accepted' AND p.decision <> 'accepted'
            AND coalesce(p.goal_id, p.strategy_id) IS NULL)  -- what the plan has already is there to lie under
        OR EXISTS (
            SELECT FROM strategy_importrow r JOIN strategy_importrow t ON t.id = r.merged_into_id
            WHERE r.plan_import_id = NEW.id AND t.decision <> 'accepted')
        OR NEW.against_id IS NULL AND NOT EXISTS (
            SELECT FROM strategy_importrow r WHERE r.plan_import_id = NEW.id AND r.decision = 'accepted'))
    THEN
        RAISE EXCEPTION 'every row is decided and every oddity seen before the plan is made'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'strategy_planimport_decided_first';
    END IF;
    IF NEW.state = 'refused' AND (
        EXISTS (SELECT FROM strategy_importrow r WHERE r.plan_import_id = NEW.id)
        OR EXISTS (SELECT FROM strategy_importpage p WHERE p.plan_import_id = NEW.id))
    THEN
        RAISE EXCEPTION 'of what could not be read nothing is kept'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'strategy_planimport_refused_keeps_nothing';
    END IF;
    RETURN NEW;
END $$
"""

KEEP_ROW = """
CREATE FUNCTION strategy_keep_import_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owner record;
    links text[] := ARRAY['goal_id', 'strategy_id', 'measure_id', 'row_version', 'decided_by_id'];
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - links = to_jsonb(OLD) - links
        AND coalesce(NEW.goal_id, OLD.goal_id, 0) = coalesce(OLD.goal_id, 0)
        AND coalesce(NEW.strategy_id, OLD.strategy_id, 0) = coalesce(OLD.strategy_id, 0)
        AND coalesce(NEW.measure_id, OLD.measure_id, 0) = coalesce(OLD.measure_id, 0)
    THEN
        RETURN NEW;  -- what it became is deleted: who deletes it holds no document, and is not to wait for one
    END IF;
    SELECT i.state, i.against_id INTO owner FROM strategy_planimport i WHERE i.id = NEW.plan_import_id FOR SHARE;
    IF TG_OP = 'INSERT' THEN
        IF owner.state = 'reading' OR owner.state = 'ready' AND NEW.origin = 'added' THEN
            NULL;
        ELSE
            RAISE EXCEPTION 'rows are found while the document is read, or added by hand while it is gone through'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'strategy_importrow_found_while_reading';
        END IF;
    ELSE
        IF (NEW.plan_import_id, NEW.authority_id, NEW.origin, NEW.page, NEW.line, NEW.last_page, NEW.last_line,
            NEW.text, NEW.certainty)
            IS DISTINCT FROM
           (OLD.plan_import_id, OLD.authority_id, OLD.origin, OLD.page, OLD.line, OLD.last_page, OLD.last_line,
            OLD.text, OLD.certainty)
        THEN
            RAISE EXCEPTION 'where a row stood, and its words there, never change'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'strategy_importrow_keeps_its_source';
        END IF;
        IF owner.state NOT IN ('reading', 'ready') AND
            to_jsonb(NEW) - links <> to_jsonb(OLD) - links
        THEN
            RAISE EXCEPTION 'a proposal that is closed no longer changes'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'strategy_importrow_closed';
        END IF;
    END IF;
    IF coalesce(NEW.goal_id, NEW.strategy_id, NEW.measure_id) IS NOT NULL
        AND owner.state <> 'applied' AND owner.against_id IS NULL
    THEN
        RAISE EXCEPTION 'nothing is made of a row before the plan is made'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'strategy_importrow_nothing_before';
    END IF;
    RETURN NEW;
END $$
"""

KEEP_ANOMALY = """
CREATE FUNCTION strategy_keep_import_anomaly() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (to_jsonb(NEW) - ARRAY['settled_at', 'settled_by_id']) <> (to_jsonb(OLD) - ARRAY['settled_at', 'settled_by_id'])
    THEN
        RAISE EXCEPTION 'what is odd in a document stays as it was found'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'strategy_importanomaly_stays';
    END IF;
    RETURN NEW;
END $$
"""

LEVELS = """
CREATE FUNCTION strategy_import_levels() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM strategy_importrow r LEFT JOIN strategy_importrow p ON p.id = r.parent_id
        WHERE (r.id = NEW.id OR r.parent_id = NEW.id) AND r.parent_id IS NOT NULL
        AND CASE r.level WHEN 'strategy' THEN p.level <> 'goal'
            WHEN 'measure' THEN p.level NOT IN ('goal', 'strategy') ELSE true END
    ) THEN
        RAISE EXCEPTION 'a row lies under one of a higher level'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'strategy_importrow_under_a_higher_level';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER strategy_importrow_levels AFTER INSERT OR UPDATE OF parent_id, level ON strategy_importrow
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION strategy_import_levels()
"""

UN_GOALS = """
ALTER TABLE strategy_importrow ADD CONSTRAINT strategy_importrow_un_goals CHECK (
    sdg_focus <@ ARRAY[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]::smallint[]
    AND sdg_contributes <@ ARRAY[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]::smallint[])
"""

BEFORE_UPDATE = 'BEFORE UPDATE ON "{table}" FOR EACH ROW'
BEFORE_EITHER = 'BEFORE INSERT OR UPDATE ON "{table}" FOR EACH ROW'


class Migration(migrations.Migration):
    dependencies = [("strategy", "0007_plan_documents")]

    operations = [
        one_tenant("strategy_planimport", "authority_id"),
        one_tenant("strategy_strategy", "authority_id"),
        one_tenant("strategy_measure", "authority_id"),
        one_tenant("strategy_importrow", "plan_import_id"),
        same("strategy_planimport", "plan_id", "strategy_plan"),
        same("strategy_planimport", "against_id", "strategy_plan"),
        same("strategy_importpage", "plan_import_id", "strategy_planimport"),
        same("strategy_importrow", "plan_import_id", "strategy_planimport"),
        same("strategy_importanomaly", "plan_import_id", "strategy_planimport"),
        same("strategy_importrow", "parent_id", "strategy_importrow", "plan_import_id"),
        same("strategy_importrow", "merged_into_id", "strategy_importrow", "plan_import_id"),
        same("strategy_importanomaly", "row_id", "strategy_importrow", "plan_import_id"),
        same("strategy_importrow", "goal_id", "strategy_goal"),
        same("strategy_importrow", "strategy_id", "strategy_strategy"),
        same("strategy_importrow", "measure_id", "strategy_measure"),
        migrations.RunSQL(KEEP_DOCUMENT, "DROP FUNCTION strategy_keep_import"),
        migrations.RunSQL(KEEP_ROW, "DROP FUNCTION strategy_keep_import_row"),
        migrations.RunSQL(KEEP_ANOMALY, "DROP FUNCTION strategy_keep_import_anomaly"),
        trigger("strategy_planimport_keeps", "strategy_planimport", BEFORE_EITHER, "strategy_keep_import"),
        trigger("strategy_importrow_keeps", "strategy_importrow", BEFORE_EITHER, "strategy_keep_import_row"),
        trigger(
            "strategy_importanomaly_keeps", "strategy_importanomaly", BEFORE_UPDATE, "strategy_keep_import_anomaly"
        ),
        migrations.RunSQL(
            LEVELS, "DROP TRIGGER strategy_importrow_levels ON strategy_importrow; DROP FUNCTION strategy_import_levels"
        ),
        migrations.RunSQL(
            UN_GOALS, "ALTER TABLE strategy_importrow DROP CONSTRAINT strategy_importrow_un_goals"
        ),
        counts_changes("strategy_planimport"),
        counts_changes("strategy_importrow"),
    ]  # fmt: skip
