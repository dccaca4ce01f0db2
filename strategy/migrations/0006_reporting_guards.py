"""What PostgreSQL refuses about reports, targets and action parts, and what moves a version. See docs/guards.md."""

from django.db import migrations

from portal.sql import counts_changes, one_tenant, same, trigger
from strategy.sql import moves_version

KEEP_REPORT = """
CREATE FUNCTION strategy_keep_report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'strategy_planreport' THEN
        -- the one change there is: it is released, once
        IF to_jsonb(OLD) ->> 'released_at' IS NULL
            AND (to_jsonb(NEW) - ARRAY['released_at', 'released_by_id', 'html'])
              = (to_jsonb(OLD) - ARRAY['released_at', 'released_by_id', 'html'])
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'a frozen report never changes'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_never_changes';
END $$
"""

NUMBER_REPORT = """
CREATE FUNCTION strategy_number_report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.version = 1 AND NEW.number = 1 + coalesce(
            (SELECT max(r.number) FROM strategy_planreport r WHERE r.plan_id = NEW.plan_id), 0)
        OR NEW.version > 1 AND NEW.version = 1 + coalesce(
            (SELECT max(r.version) FROM strategy_planreport r
             WHERE r.plan_id = NEW.plan_id AND r.number = NEW.number), -1)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'reports of a plan are numbered without gaps, and so are the versions of each'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'strategy_planreport_numbered_without_gaps';
END $$
"""

HASHED = """
ALTER TABLE strategy_planreport ADD CONSTRAINT strategy_planreport_hash_holds
    CHECK (sha256 = encode(sha256(convert_to(content, 'UTF8')), 'hex'));
ALTER TABLE strategy_planreportfile ADD CONSTRAINT strategy_planreportfile_hash_holds
    CHECK (sha256 = encode(sha256(content), 'hex'))
"""

UNHASHED = """
ALTER TABLE strategy_planreport DROP CONSTRAINT strategy_planreport_hash_holds;
ALTER TABLE strategy_planreportfile DROP CONSTRAINT strategy_planreportfile_hash_holds
"""

PART_ADOPTED = """
CREATE FUNCTION strategy_part_adopted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[];
BEGIN
    IF TG_TABLE_NAME = 'strategy_measure' THEN
        touched := ARRAY(SELECT e.action_part_id FROM strategy_measureentry e WHERE e.id = NEW.current_entry_id);
    ELSIF TG_TABLE_NAME = 'portal_casestep' THEN
        touched := ARRAY(SELECT a.id FROM strategy_actionpart a WHERE a.adopted_in_id = OLD.id);
    ELSE
        touched := ARRAY[NEW.id];
    END IF;
    -- the first action part is adopted with its plan; one that replaces another is adopted by a resolution of its own
    IF EXISTS (
        SELECT FROM strategy_actionpart a WHERE a.id = ANY (touched) AND a.replaces_id IS NOT NULL AND (
            a.adopted_on IS NULL AND EXISTS (
                SELECT FROM strategy_measureentry e JOIN strategy_measure m ON m.current_entry_id = e.id
                WHERE e.action_part_id = a.id
            )
            OR a.adopted_on IS NOT NULL AND NOT EXISTS (
                SELECT FROM portal_casestep s WHERE s.id = a.adopted_in_id AND s.activity = 'decision'
                AND s.outcome IN ('adopted', 'amended')
            )
        )
    ) THEN
        RAISE EXCEPTION 'the wording in force is adopted by a resolution'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'strategy_action_part_adopted_by_resolution';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER strategy_action_part_adopted AFTER INSERT OR UPDATE ON strategy_actionpart
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.replaces_id IS NOT NULL)
EXECUTE FUNCTION strategy_part_adopted();
CREATE CONSTRAINT TRIGGER strategy_wording_in_force_adopted AFTER INSERT OR UPDATE OF current_entry_id
ON strategy_measure DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION strategy_part_adopted();
CREATE CONSTRAINT TRIGGER strategy_step_keeps_action_part AFTER UPDATE OR DELETE ON portal_casestep
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION strategy_part_adopted()
"""

"""An indicator's other series are drawn beside the one a target is measured by."""
OF_OWNER = "SELECT p.id FROM %1$I r JOIN strategy_plan p ON p.authority_id = r.authority_id"
"""A plan's page draws its targets, and on the owner's other plans what is measured without a target."""
OF_ROUND = (
    "SELECT e.plan_id FROM %1$I r JOIN portal_input i ON i.round_id = r.id "
    "JOIN strategy_inputeffect e ON e.input_id = i.id"
)
OF_CASE_ITSELF = "SELECT l.plan_id FROM %1$I r JOIN strategy_plancase l ON l.case_id = r.id"
OF_CASE = "SELECT l.plan_id FROM %1$I r JOIN strategy_plancase l ON l.case_id = r.case_id"
OF_BODY = (
    "SELECT l.plan_id FROM %1$I r JOIN portal_casestep s ON s.body_id = r.id "
    "JOIN strategy_plancase l ON l.case_id = s.case_id"
)
WIDENED = {
    "portal_casestep": (OF_CASE, "SELECT p.plan_id FROM %1$I r JOIN strategy_reportingperiod p ON p.step_id = r.id"),
    "portal_case": (
        OF_CASE_ITSELF,
        "SELECT p.plan_id FROM %1$I r JOIN portal_casestep s ON s.case_id = r.id "
        "JOIN strategy_reportingperiod p ON p.step_id = s.id",
    ),
    "portal_body": (
        OF_BODY,
        "SELECT p.plan_id FROM %1$I r JOIN strategy_reportingperiod p ON p.body_id = r.id UNION "
        "SELECT p.plan_id FROM %1$I r JOIN portal_casestep s ON s.body_id = r.id "
        "JOIN strategy_reportingperiod p ON p.step_id = s.id",
    ),
}
"""Whose plans these moved so far (0004), and whose besides: the plans that report to that body in that treatment."""
DIRECT = "SELECT plan_id FROM %1$I"
EDITED = [
    "indicator", "observation", "target", "reportingperiod", "statusreport", "swotitem", "stakeholder", "forumquestion",
]  # fmt: skip
OF_PLAN = ["target", "reportingperiod", "planreport", "swotitem", "stakeholder", "forumquestion"]


def never_changes(table: str) -> list[migrations.RunSQL]:
    return [
        trigger(
            f"{table}_never_changes", table, 'BEFORE UPDATE OR DELETE ON "{table}" FOR EACH ROW', "strategy_keep_report"
        ),
        trigger(
            f"{table}_no_truncate", table, 'BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT', "strategy_keep_report"
        ),
    ]


def widens(table: str, before: str, besides: str) -> list[migrations.RunSQL]:
    """Let the statements on a table move the versions of more plans than before."""
    undone = [migrations.RunSQL(each.reverse_sql, each.sql) for each in moves_version(table, before)]
    return [*undone, *moves_version(table, f"{before} UNION {besides}")]


class Migration(migrations.Migration):
    dependencies = [("strategy", "0005_reporting")]

    operations = [
        migrations.RunSQL(KEEP_REPORT, "DROP FUNCTION strategy_keep_report() CASCADE"),
        migrations.RunSQL(NUMBER_REPORT, "DROP FUNCTION strategy_number_report() CASCADE"),
        migrations.RunSQL(HASHED, UNHASHED),
        migrations.RunSQL(PART_ADOPTED, "DROP FUNCTION strategy_part_adopted() CASCADE"),
        *[counts_changes(f"strategy_{name}") for name in EDITED],
        *never_changes("strategy_planreport"),
        *never_changes("strategy_planreportfile"),
        trigger(
            "strategy_planreport_numbered", "strategy_planreport", 'BEFORE INSERT ON "{table}" FOR EACH ROW',
            "strategy_number_report",
        ),
        # one tenant
        *[one_tenant(f"strategy_{name}", "authority_id") for name in ("indicator", "series", "reportingperiod",
                                                                      "planreport")],
        *[same(f"strategy_{name}", "plan_id", "strategy_plan") for name in OF_PLAN],
        same("strategy_series", "indicator_id", "strategy_indicator"),
        same("strategy_observation", "series_id", "strategy_series"),
        same("strategy_target", "series_id", "strategy_series"),
        same("strategy_target", "compared_with_id", "strategy_series"),
        same("strategy_reportingperiod", "body_id", "portal_body"),
        same("strategy_reportingperiod", "step_id", "portal_casestep"),
        same("strategy_planreport", "step_id", "portal_casestep"),
        same("strategy_planreport", "period_id", "strategy_reportingperiod"),
        same("strategy_planreportfile", "report_id", "strategy_planreport"),
        same("strategy_forumquestion", "body_id", "portal_body"),
        same("strategy_statusreport", "participation_id", "strategy_measureparticipation"),
        # one plan
        *[one_tenant(f"strategy_{name}", "plan_id") for name in ("measureparticipation", "reportingperiod",
                                                                 "planreport")],
        same("strategy_target", "goal_id", "strategy_goal", "plan_id"),
        same("strategy_planreport", "period_id", "strategy_reportingperiod", "plan_id"),
        same("strategy_statusreport", "participation_id", "strategy_measureparticipation", "plan_id"),
        same("strategy_statusreport", "period_id", "strategy_reportingperiod", "plan_id"),
        same("strategy_forumquestion", "measure_id", "strategy_measure", "plan_id"),
        same("strategy_forumquestion", "report_id", "strategy_planreport", "plan_id"),
        same("strategy_follower", "measure_id", "strategy_measure", "plan_id"),
        same("strategy_actionpart", "replaces_id", "strategy_actionpart", "plan_id"),
        # what a plan's pages show
        *[
            operation
            for table, query in {
                **{f"strategy_{name}": DIRECT for name in (*OF_PLAN, "statusreport", "inputeffect")},
                **{f"strategy_{name}": OF_OWNER for name in ("indicator", "series", "observation", "target")},
                "portal_inputround": OF_ROUND,
            }.items()
            for operation in moves_version(table, query)
        ],
        *[operation for table, (before, besides) in WIDENED.items() for operation in widens(table, before, besides)],
    ]  # fmt: skip
