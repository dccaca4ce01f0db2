"""What PostgreSQL refuses about impartiality, letters, the archive and copies that are erased: docs/guards.md."""

from django.db import migrations

from portal.sql import counts_changes, one_tenant, same, trigger

IMPARTIAL = """
CREATE FUNCTION portal_is_impartial(of_case bigint, person bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT d.answer = 'no_ties' OR coalesce(r.is_impartial, false)
        FROM portal_declaration d LEFT JOIN portal_ruling r ON r.declaration_id = d.id
        WHERE d.case_id = of_case AND d.user_id = person
        ORDER BY d.declared_at DESC, d.id DESC LIMIT 1
    ), false)
$$
"""

RULED = """
CREATE FUNCTION portal_check_ruling() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ruled portal_declaration%ROWTYPE;
BEGIN
    SELECT * INTO ruled FROM portal_declaration d WHERE d.id = NEW.declaration_id;
    IF ruled.answer <> 'tie' THEN
        RAISE EXCEPTION 'only a declared tie is ruled on'
            USING ERRCODE = '23514', CONSTRAINT = 'ruling_on_a_declared_tie';
    END IF;
    IF ruled.user_id IS NOT NULL AND ruled.user_id IN (NEW.ruled_by_id, NEW.registered_by_id) THEN
        RAISE EXCEPTION 'nobody rules on her own tie'
            USING ERRCODE = '23514', CONSTRAINT = 'ruling_by_another';
    END IF;
    RETURN NEW;
END $$
"""

KEPT_PACKAGE = """
CREATE FUNCTION portal_keep_package() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' OR OLD.state <> 'made'
        OR (NEW.authority_id, NEW.kind, NEW.case_id, NEW.number, NEW.file, NEW.size, NEW.sha256, NEW.made_at)
        IS DISTINCT FROM
           (OLD.authority_id, OLD.kind, OLD.case_id, OLD.number, OLD.file, OLD.size, OLD.sha256, OLD.made_at)
    THEN
        RAISE EXCEPTION 'a package that was made never changes'
            USING ERRCODE = '23001', CONSTRAINT = 'archive_package_stays';
    END IF;
    RETURN NEW;
END $$
"""

ERASED = """
CREATE FUNCTION portal_erase_copies(of_table text, of_row bigint, why text) RETURNS bigint LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    remains boolean;
    erased bigint;
BEGIN
    IF of_table NOT IN ('grants_application', 'portal_mandaterequest', 'portal_mandateinvitation')
        OR coalesce(why, '') = ''
    THEN
        RAISE EXCEPTION 'copies of % are kept', of_table
            USING ERRCODE = '23001', CONSTRAINT = 'copies_erased_by_name';
    END IF;
    EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE id = $1)', of_table) INTO remains USING of_row;
    IF remains THEN
        RAISE EXCEPTION 'the row is still there'
            USING ERRCODE = '23001', CONSTRAINT = 'copies_erased_after_their_row';
    END IF;
    EXECUTE format('DELETE FROM %I WHERE pgh_obj_id = $1', of_table || 'event') USING of_row;
    GET DIAGNOSTICS erased = ROW_COUNT;
    INSERT INTO portal_event (kind, subject_type, subject_id, at, facts)
    VALUES ('copies_erased', of_table, of_row, clock_timestamp(), jsonb_build_object('copies', erased, 'why', why));
    RETURN erased;
END $$
"""

ADDED_ONLY = ["declaration", "ruling", "letter", "archiveddocument"]


def only_added_to(table: str) -> list[migrations.RunSQL]:
    return [
        trigger(f"{table}_append_only", table, 'BEFORE UPDATE OR DELETE ON "{table}" FOR EACH ROW',
                "portal_refuse_change"),
        trigger(f"{table}_no_truncate", table, 'BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT',
                "portal_refuse_change"),
    ]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("portal", "0008_fund_ground")]

    operations = [
        migrations.RunSQL(IMPARTIAL, "DROP FUNCTION portal_is_impartial(bigint, bigint)"),
        migrations.RunSQL(RULED, "DROP FUNCTION portal_check_ruling()"),
        migrations.RunSQL(KEPT_PACKAGE, "DROP FUNCTION portal_keep_package()"),
        migrations.RunSQL(ERASED, "DROP FUNCTION portal_erase_copies(text, bigint, text)"),
        *[one_tenant(f"portal_{name}", "authority_id") for name in (
            "declaration", "letter", "archivepackage", "accessrequest",
        )],
        same("portal_declaration", "case_id", "portal_case"),
        same("portal_ruling", "declaration_id", "portal_declaration"),
        same("portal_attendance", "step_id", "portal_casestep"),
        same("portal_letter", "case_id", "portal_case"),
        same("portal_letter", "document_id", "portal_document"),
        same("portal_archivepackage", "case_id", "portal_case"),
        same("portal_archiveddocument", "package_id", "portal_archivepackage"),
        same("portal_archiveddocument", "document_id", "portal_document"),
        same("portal_accessrequest", "case_id", "portal_case"),
        same("portal_accessanswer", "request_id", "portal_accessrequest"),
        same("portal_accessanswer", "document_id", "portal_document"),
        same("portal_accessanswer", "redacted_id", "portal_document"),
        *[counts_changes(f"portal_{name}") for name in ("accessrequest", "retentionrule")],
        *[each for name in ADDED_ONLY for each in only_added_to(f"portal_{name}")],
        trigger(
            "portal_ruling_checked", "portal_ruling", 'BEFORE INSERT ON "{table}" FOR EACH ROW', "portal_check_ruling"
        ),
        trigger(
            "portal_archivepackage_stays", "portal_archivepackage", 'BEFORE UPDATE OR DELETE ON "{table}" FOR EACH ROW',
            "portal_keep_package",
        ),
    ]  # fmt: skip
