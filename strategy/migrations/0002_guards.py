"""What PostgreSQL itself refuses in a plan, and what moves a plan's data version. See docs/guards.md."""

from django.db import migrations

from portal.sql import counts_changes, one_tenant, same
from strategy.sql import moves_version

MOVE_VERSION = """
CREATE FUNCTION strategy_move_version() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    plans_of text := TG_ARGV[0];  -- a query with %1$I where the changed rows stand
    wanted text;
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        wanted := 'SELECT id FROM strategy_plan';
    ELSIF TG_OP = 'INSERT' THEN
        wanted := format(plans_of, 'new_rows');
    ELSIF TG_OP = 'DELETE' THEN
        wanted := format(plans_of, 'old_rows');
    ELSE
        wanted := format(plans_of, 'new_rows') || ' UNION ' || format(plans_of, 'old_rows');
    END IF;
    -- in one order, so that two deeds never wait for each other in a ring
    EXECUTE 'INSERT INTO strategy_planversion AS v (plan_id, version) '
        'SELECT p.id, 1 FROM strategy_plan p WHERE p.id IN (' || wanted || ') ORDER BY p.id '
        'ON CONFLICT (plan_id) DO UPDATE SET version = v.version + 1';
    RETURN NULL;
END $$;
-- its argument is SQL that runs as the owner: nobody else may hang it on a table of her own
REVOKE EXECUTE ON FUNCTION strategy_move_version() FROM PUBLIC
"""

OWNER_TAKES_PART = """
CREATE FUNCTION strategy_owner_takes_part() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed bigint;
BEGIN
    IF TG_TABLE_NAME = 'strategy_plan' THEN
        changed := NEW.id;
    ELSIF TG_OP = 'DELETE' THEN
        changed := OLD.plan_id;
    ELSE
        changed := NEW.plan_id;
    END IF;
    IF EXISTS (SELECT FROM strategy_plan p WHERE p.id = changed AND NOT EXISTS (
        SELECT FROM strategy_planparticipant t
        WHERE t.plan_id = p.id AND t.role = 'owner' AND t.authority_id = p.authority_id
    )) THEN
        RAISE EXCEPTION 'a plan is owned by the authority it belongs to'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'strategy_owner_takes_part';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER strategy_owner_takes_part AFTER INSERT OR UPDATE OR DELETE ON strategy_planparticipant
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION strategy_owner_takes_part();
CREATE CONSTRAINT TRIGGER strategy_plan_has_its_owner AFTER INSERT OR UPDATE OF authority_id ON strategy_plan
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION strategy_owner_takes_part()
"""

VERSION_GOES_WITH_PLAN = """
ALTER TABLE strategy_planversion ADD CONSTRAINT strategy_planversion_goes_with_plan
FOREIGN KEY (plan_id) REFERENCES strategy_plan (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
"""

DIRECT = "SELECT plan_id FROM %1$I"
PLANS_OF = {
    "strategy_plan": "SELECT id FROM %1$I",
    **{
        f"strategy_{name}": DIRECT
        for name in (
            "planparticipant", "plansdg", "goal", "strategy", "actionpart", "tag", "measure", "measuretag",
            "measureentry", "measureparticipation",
        )
    },
    "strategy_goalsdg": "SELECT g.plan_id FROM %1$I r JOIN strategy_goal g ON g.id = r.goal_id",
    "strategy_milestone":
        "SELECT p.plan_id FROM %1$I r JOIN strategy_measureparticipation p ON p.id = r.participation_id",
    "strategy_measurefunding":
        "SELECT p.plan_id FROM %1$I r JOIN strategy_measureparticipation p ON p.id = r.participation_id",
    "portal_authority": "SELECT t.plan_id FROM %1$I r JOIN strategy_planparticipant t ON t.authority_id = r.id",
    "portal_unit":
        "SELECT t.plan_id FROM %1$I r JOIN strategy_planparticipant t ON t.authority_id = r.authority_id",
}  # fmt: skip


EDITED = [
    "plan",
    "goal",
    "strategy",
    "actionpart",
    "measureentry",
    "measureparticipation",
    "milestone",
    "measurefunding",
]
OF_PLAN = ["goal", "strategy", "actionpart", "measure", "measureentry", "tag", "plansdg"]


class Migration(migrations.Migration):
    dependencies = [("strategy", "0001_first_floor"), ("portal", "0002_guards")]

    operations = [
        migrations.RunSQL(MOVE_VERSION, "DROP FUNCTION strategy_move_version()"),
        migrations.RunSQL(
            VERSION_GOES_WITH_PLAN,
            "ALTER TABLE strategy_planversion DROP CONSTRAINT strategy_planversion_goes_with_plan",
        ),
        migrations.RunSQL(OWNER_TAKES_PART, "DROP FUNCTION strategy_owner_takes_part() CASCADE"),
        *[counts_changes(f"strategy_{name}") for name in EDITED],
        # one tenant
        one_tenant("strategy_plan", "authority_id"),
        one_tenant("strategy_goal", "authority_id"),
        one_tenant("strategy_measureparticipation", "authority_id"),
        *[same(f"strategy_{name}", "plan_id", "strategy_plan") for name in OF_PLAN],
        same("strategy_goalsdg", "goal_id", "strategy_goal"),
        same("strategy_goal", "owner_id", "portal_unit"),
        same("strategy_actionpart", "adopted_in_id", "portal_casestep"),
        same("strategy_measureparticipation", "unit_id", "portal_unit"),
        same("strategy_milestone", "participation_id", "strategy_measureparticipation"),
        same("strategy_measurefunding", "participation_id", "strategy_measureparticipation"),
        # one plan
        one_tenant("strategy_goal", "plan_id"),
        one_tenant("strategy_strategy", "plan_id"),
        one_tenant("strategy_actionpart", "plan_id"),
        one_tenant("strategy_measure", "plan_id"),
        one_tenant("strategy_tag", "plan_id"),
        same("strategy_strategy", "goal_id", "strategy_goal", "plan_id"),
        same("strategy_measureentry", "goal_id", "strategy_goal", "plan_id"),
        same("strategy_measureentry", "strategy_id", "strategy_strategy", "plan_id"),
        same("strategy_measureentry", "action_part_id", "strategy_actionpart", "plan_id"),
        same("strategy_measureentry", "measure_id", "strategy_measure", "plan_id"),
        same("strategy_measuretag", "measure_id", "strategy_measure", "plan_id"),
        same("strategy_measuretag", "tag_id", "strategy_tag", "plan_id"),
        same("strategy_tag", "parent_id", "strategy_tag", "plan_id"),
        same("strategy_measureparticipation", "measure_id", "strategy_measure", "plan_id"),
        # who does a measure takes part in its plan
        migrations.RunSQL(
            "ALTER TABLE strategy_measureparticipation ADD CONSTRAINT strategy_participation_takes_part "
            "FOREIGN KEY (plan_id, authority_id) REFERENCES strategy_planparticipant (plan_id, authority_id) "
            "DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE strategy_measureparticipation DROP CONSTRAINT strategy_participation_takes_part",
        ),
        # the wording in force is one of the measure's own
        migrations.RunSQL(
            "ALTER TABLE strategy_measureentry ADD CONSTRAINT strategy_measureentry_id_measure UNIQUE (id, measure_id);"
            "ALTER TABLE strategy_measure ADD CONSTRAINT strategy_measure_own_wording "
            "FOREIGN KEY (current_entry_id, id) REFERENCES strategy_measureentry (id, measure_id) "
            "DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE strategy_measure DROP CONSTRAINT strategy_measure_own_wording;"
            "ALTER TABLE strategy_measureentry DROP CONSTRAINT strategy_measureentry_id_measure",
        ),
        *[operation for table, query in PLANS_OF.items() for operation in moves_version(table, query)],
    ]
