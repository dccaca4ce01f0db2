"""A plan is adopted by resolutions, and PostgreSQL holds it to that. See docs/guards.md."""

from django.db import migrations

from portal.sql import same
from strategy.sql import moves_version

HAS_RESOLUTIONS = """
CREATE FUNCTION strategy_has_resolutions(wanted bigint) RETURNS boolean LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM strategy_plancase l WHERE l.plan_id = wanted AND l.purpose = 'adoption')
    AND NOT EXISTS (
        SELECT FROM strategy_plancase l WHERE l.plan_id = wanted AND l.purpose = 'adoption' AND NOT coalesce((
            SELECT bool_and(s.outcome IN ('adopted', 'amended')) FROM portal_casestep s
            WHERE s.case_id = l.case_id AND s.activity = 'decision' AND s.stage = (
                SELECT max(d.stage) FROM portal_casestep d WHERE d.case_id = l.case_id AND d.activity = 'decision'
            ) AND NOT (s.outcome = 'postponed' AND EXISTS (
                SELECT FROM portal_casestep a WHERE a.case_id = s.case_id AND a.activity = 'decision'
                AND a.stage = s.stage AND a.body_id = s.body_id AND (a.position, a.id) > (s.position, s.id)
            ))
        ), false)
    );
END
"""

ADOPTED_BY_RESOLUTIONS = """
CREATE FUNCTION strategy_adopted_by_resolutions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (TG_OP = 'INSERT' OR OLD.status IS DISTINCT FROM 'adopted')
        AND EXISTS (SELECT FROM strategy_plan p WHERE p.id = NEW.id AND p.status = 'adopted')
        AND NOT strategy_has_resolutions(NEW.id)
    THEN
        RAISE EXCEPTION 'a plan is adopted by the resolutions of its adoption case'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'strategy_plan_adopted_by_resolutions';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER strategy_plan_adopted_by_resolutions AFTER INSERT OR UPDATE OF status ON strategy_plan
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'adopted')
EXECUTE FUNCTION strategy_adopted_by_resolutions()
"""

KEEPS_RESOLUTIONS = """
CREATE FUNCTION strategy_keeps_resolutions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[];
BEGIN
    IF TG_TABLE_NAME = 'portal_casestep' THEN
        touched := ARRAY(
            SELECT l.plan_id FROM strategy_plancase l
            WHERE l.purpose = 'adoption' AND l.case_id IN (OLD.case_id, NEW.case_id)
        );
    ELSE
        touched := ARRAY[OLD.plan_id, NEW.plan_id];
    END IF;
    IF EXISTS (
        SELECT FROM strategy_plan p
        WHERE p.id = ANY (touched) AND p.status = 'adopted' AND NOT strategy_has_resolutions(p.id)
    ) THEN
        RAISE EXCEPTION 'an adopted plan keeps the resolutions it rests on'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'strategy_adopted_plan_keeps_resolutions';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER strategy_step_keeps_resolutions AFTER INSERT OR UPDATE OR DELETE ON portal_casestep
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION strategy_keeps_resolutions();
CREATE CONSTRAINT TRIGGER strategy_plancase_keeps_resolutions AFTER INSERT OR UPDATE OR DELETE ON strategy_plancase
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION strategy_keeps_resolutions()
"""

OF_CASE = "SELECT l.plan_id FROM %1$I r JOIN strategy_plancase l ON l.case_id = r.{}"

OF_BODY = (
    "SELECT l.plan_id FROM %1$I r JOIN portal_casestep s ON s.body_id = r.id "
    "JOIN strategy_plancase l ON l.case_id = s.case_id"
)


class Migration(migrations.Migration):
    dependencies = [("strategy", "0003_adoption"), ("portal", "0004_dates_guards")]

    operations = [
        migrations.RunSQL(HAS_RESOLUTIONS, "DROP FUNCTION strategy_has_resolutions(bigint)"),
        migrations.RunSQL(ADOPTED_BY_RESOLUTIONS, "DROP FUNCTION strategy_adopted_by_resolutions() CASCADE"),
        migrations.RunSQL(KEEPS_RESOLUTIONS, "DROP FUNCTION strategy_keeps_resolutions() CASCADE"),
        same("strategy_plancase", "plan_id", "strategy_plan"),
        same("strategy_plancase", "case_id", "portal_case"),
        same("strategy_inputeffect", "plan_id", "strategy_plan"),
        same("strategy_inputeffect", "input_id", "portal_input"),
        same("strategy_inputeffect", "measure_id", "strategy_measure", "plan_id"),
        *moves_version("strategy_plancase", "SELECT plan_id FROM %1$I"),
        *moves_version("portal_casestep", OF_CASE.format("case_id")),
        *moves_version("portal_case", OF_CASE.format("id")),
        *moves_version("portal_body", OF_BODY),
    ]
