"""What PostgreSQL itself refuses on the shared ground. Each guard is explained in docs/guards.md."""

from django.db import migrations

from portal.sql import counts_changes, one_tenant, same, trigger

NORWEGIAN_KEY = """
CREATE FUNCTION nb_key(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN translate(lower(value), 'æøåäö', '{|}{|') COLLATE "C"
"""

COUNT_CHANGE = """
CREATE FUNCTION portal_count_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.row_version := OLD.row_version;
    -- a generated column is not computed yet in a BEFORE trigger, so it must not count
    IF (to_jsonb(NEW) - 'search') IS DISTINCT FROM (to_jsonb(OLD) - 'search') THEN
        NEW.row_version := OLD.row_version + 1;
    END IF;
    RETURN NEW;
END $$
"""

REFUSE_CHANGE = """
CREATE FUNCTION portal_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_append_only';
END $$
"""

KEEP_DOCUMENT = """
CREATE FUNCTION portal_keep_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE'
        OR (NEW.case_id, NEW.authority_id, NEW.title, NEW.direction, NEW.dated_on, NEW.file, NEW.filename,
            NEW.content_type, NEW.size, NEW.sha256, NEW.registered_at)
        IS DISTINCT FROM
           (OLD.case_id, OLD.authority_id, OLD.title, OLD.direction, OLD.dated_on, OLD.file, OLD.filename,
            OLD.content_type, OLD.size, OLD.sha256, OLD.registered_at)
    THEN
        RAISE EXCEPTION 'a document never changes'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'portal_document_never_changes';
    END IF;
    RETURN NEW;
END $$
"""

KEEP_DEED = """
CREATE FUNCTION portal_keep_deed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' OR (OLD.metadata ? 'user' AND OLD.metadata -> 'user' IS DISTINCT FROM NEW.metadata -> 'user')
    THEN
        RAISE EXCEPTION 'who did it is never rewritten'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'portal_context_keeps_its_user';
    END IF;
    RETURN NEW;
END $$
"""

EDITED = ["authority", "unit", "organisation", "body", "case", "casestep"]


def function(create: str, signature: str) -> migrations.RunSQL:
    return migrations.RunSQL(create, f"DROP FUNCTION {signature}")


class Migration(migrations.Migration):
    dependencies = [("portal", "0001_ground"), ("pghistory", "__first__")]

    operations = [
        function(NORWEGIAN_KEY, "nb_key(text)"),
        function(COUNT_CHANGE, "portal_count_change()"),
        function(REFUSE_CHANGE, "portal_refuse_change()"),
        function(KEEP_DOCUMENT, "portal_keep_document()"),
        function(KEEP_DEED, "portal_keep_deed()"),
        *[counts_changes(f"portal_{name}") for name in EDITED],
        one_tenant("portal_unit", "authority_id"),
        one_tenant("portal_body", "authority_id"),
        one_tenant("portal_case", "authority_id"),
        one_tenant("portal_casestep", "authority_id"),
        same("portal_bodymembership", "body_id", "portal_body"),
        same("portal_casestep", "case_id", "portal_case"),
        same("portal_caserelation", "case_id", "portal_case"),
        same("portal_caserelation", "related_id", "portal_case"),
        same("portal_document", "case_id", "portal_case"),
        same("portal_membership", "case_id", "portal_case"),
        same("portal_event", "case_id", "portal_case"),
        trigger(
            "portal_event_append_only", "portal_event", 'BEFORE UPDATE OR DELETE ON "{table}" FOR EACH ROW',
            "portal_refuse_change",
        ),
        trigger(
            "portal_event_no_truncate", "portal_event", 'BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT',
            "portal_refuse_change",
        ),
        trigger(
            "portal_document_never_changes", "portal_document", 'BEFORE UPDATE OR DELETE ON "{table}" FOR EACH ROW',
            "portal_keep_document",
        ),
        trigger(
            "portal_context_keeps_its_user", "pghistory_context", 'BEFORE UPDATE OR DELETE ON "{table}" FOR EACH ROW',
            "portal_keep_deed",
        ),
        trigger(
            "portal_document_no_truncate", "portal_document", 'BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT',
            "portal_refuse_change",
        ),
    ]  # fmt: skip
