"""What PostgreSQL itself refuses about rounds, input and keys, and the calendar it counts by. See docs/guards.md."""

from django.db import migrations

from portal.calendar_days import fill
from portal.sql import counts_changes, one_tenant, same, trigger

KEEP_INPUT = """
CREATE FUNCTION portal_keep_input() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was received never changes'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_never_changes';
END $$
"""

ROUND_ANSWERED = """
CREATE FUNCTION portal_round_answered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.answers_published_at IS NOT NULL AND (TG_OP = 'INSERT' OR OLD.answers_published_at IS NULL) AND EXISTS (
        SELECT FROM portal_input i WHERE i.round_id = NEW.id
        AND NOT EXISTS (SELECT FROM portal_inputanswer a WHERE a.input_id = i.id)
    ) THEN
        RAISE EXCEPTION 'every input is answered before the answers are published'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'portal_round_answered_before_published';
    END IF;
    RETURN NEW;
END $$
"""

KEEP_ANSWERED = """
CREATE FUNCTION portal_keep_answered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME <> 'portal_inputround' THEN
        RAISE EXCEPTION 'an answer stays with the input it was given to'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_stays';
    END IF;
    IF OLD.answers_published_at IS NOT NULL AND NEW.answers_published_at IS DISTINCT FROM OLD.answers_published_at
        OR (NEW.case_id <> OLD.case_id OR OLD.is_published AND NOT NEW.is_published)
            AND EXISTS (SELECT FROM portal_input i WHERE i.round_id = OLD.id)
    THEN
        RAISE EXCEPTION 'a round with input keeps its case, its page and its published answers'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'portal_inputround_stays';
    END IF;
    RETURN NEW;
END $$
"""


def function(create: str, signature: str) -> migrations.RunSQL:
    return migrations.RunSQL(create, f"DROP FUNCTION {signature}")


def fill_calendar(apps, schema_editor):
    fill(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("portal", "0003_dates")]

    operations = [
        function(KEEP_INPUT, "portal_keep_input()"),
        function(ROUND_ANSWERED, "portal_round_answered()"),
        function(KEEP_ANSWERED, "portal_keep_answered()"),
        *[counts_changes(f"portal_{name}") for name in ("inputround", "inputanswer", "noticerule", "pathtemplate")],
        one_tenant("portal_document", "authority_id"),
        one_tenant("portal_inputround", "authority_id"),
        one_tenant("portal_invitation", "authority_id"),
        one_tenant("portal_invitation", "round_id"),
        one_tenant("portal_inputdraft", "authority_id"),
        one_tenant("portal_input", "authority_id"),
        one_tenant("portal_pathtemplate", "authority_id"),
        same("portal_inputround", "case_id", "portal_case"),
        same("portal_rounddocument", "round_id", "portal_inputround"),
        same("portal_rounddocument", "document_id", "portal_document"),
        same("portal_invitation", "round_id", "portal_inputround"),
        same("portal_inputdraft", "round_id", "portal_inputround"),
        same("portal_draftfile", "draft_id", "portal_inputdraft"),
        same("portal_input", "round_id", "portal_inputround"),
        same("portal_input", "invitation_id", "portal_invitation"),
        same("portal_input", "invitation_id", "portal_invitation", "round_id"),
        same("portal_inputattachment", "input_id", "portal_input"),
        same("portal_inputattachment", "document_id", "portal_document"),
        same("portal_inputanswer", "input_id", "portal_input"),
        same("portal_webchoice", "input_id", "portal_input"),
        same("portal_pathtemplatestep", "template_id", "portal_pathtemplate"),
        *[
            operation
            for table in ("portal_input", "portal_inputattachment")
            for operation in (
                trigger(
                    f"{table}_never_changes", table, 'BEFORE UPDATE OR DELETE ON "{table}" FOR EACH ROW',
                    "portal_keep_input",
                ),
                trigger(
                    f"{table}_no_truncate", table, 'BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT',
                    "portal_keep_input",
                ),
            )
        ],
        trigger(
            "portal_round_answered_before_published", "portal_inputround",
            'BEFORE INSERT OR UPDATE OF answers_published_at ON "{table}" FOR EACH ROW', "portal_round_answered",
        ),
        *[
            trigger(
                f"{table}_stays", table,
                'BEFORE UPDATE OF input_id ON "{table}" FOR EACH ROW WHEN (NEW.input_id <> OLD.input_id)',
                "portal_keep_answered",
            )
            for table in ("portal_inputanswer", "portal_webchoice")
        ],
        trigger(
            "portal_inputround_stays", "portal_inputround", 'BEFORE UPDATE ON "{table}" FOR EACH ROW',
            "portal_keep_answered",
        ),
        migrations.RunPython(fill_calendar, migrations.RunPython.noop),
    ]  # fmt: skip
