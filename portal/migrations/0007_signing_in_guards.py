"""What PostgreSQL itself refuses about who someone is and whom she acts for. See docs/guards.md."""

from django.db import migrations

from portal.sql import counts_changes, one_tenant, same, trigger

KEEP_MANDATE = """
CREATE FUNCTION portal_keep_mandate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.authority_id, NEW.organisation_id, NEW.user_id, NEW.source, NEW.invited_by_id, NEW.given_at)
        IS DISTINCT FROM
       (OLD.authority_id, OLD.organisation_id, OLD.user_id, OLD.source, OLD.invited_by_id, OLD.given_at)
        OR OLD.reach = 'drafts' AND NEW.reach <> 'drafts'
        OR OLD.verified_by_id IS NOT NULL AND NEW.verified_by_id IS DISTINCT FROM OLD.verified_by_id
        OR OLD.document_id IS NOT NULL AND NEW.document_id IS DISTINCT FROM OLD.document_id
    THEN
        RAISE EXCEPTION 'whom a mandate is for, and what it rests on, never changes'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'portal_mandate_stays';
    END IF;
    IF OLD.ended_at IS NOT NULL AND (NEW.ended_at, NEW.valid_to, NEW.reach)
        IS DISTINCT FROM (OLD.ended_at, OLD.valid_to, OLD.reach)
    THEN
        RAISE EXCEPTION 'a mandate that has ended stays ended'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'portal_mandate_stays_ended';
    END IF;
    RETURN NEW;
END $$
"""

MANDATE_INVITED = """
CREATE FUNCTION portal_mandate_invited() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    host portal_mandate%ROWTYPE;
BEGIN
    SELECT * INTO host FROM portal_mandate WHERE id = NEW.invited_by_id FOR SHARE;
    IF host.organisation_id IS DISTINCT FROM NEW.organisation_id OR host.reach <> 'acts' OR host.ended_at IS NOT NULL
        OR host.valid_to < CURRENT_DATE OR host.user_id = NEW.user_id
    THEN
        RAISE EXCEPTION 'only one who acts for the organisation today invites another'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'portal_mandate_invited_by_one_who_acts';
    END IF;
    RETURN NEW;
END $$
"""

KEEP_IDENTITY = """
CREATE FUNCTION portal_keep_identity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.user_id, NEW.way, NEW.issuer, NEW.subject) IS DISTINCT FROM (OLD.user_id, OLD.way, OLD.issuer, OLD.subject)
    THEN
        RAISE EXCEPTION 'an identity never becomes another person''s'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'portal_identity_stays';
    END IF;
    RETURN NEW;
END $$
"""

KEEP_SIGN_IN = """
CREATE FUNCTION portal_keep_sign_in() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.method, NEW.succeeded, NEW.at, NEW.login_hash) IS DISTINCT FROM
       (OLD.method, OLD.succeeded, OLD.at, OLD.login_hash)
        OR NEW.user_id IS DISTINCT FROM OLD.user_id
        OR OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at
    THEN
        RAISE EXCEPTION 'who signed in, how and when is never rewritten'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'portal_signin_stays';
    END IF;
    RETURN NEW;
END $$
"""


def function(create: str, signature: str) -> migrations.RunSQL:
    return migrations.RunSQL(create, f"DROP FUNCTION {signature}")


class Migration(migrations.Migration):
    dependencies = [("portal", "0006_signing_in")]

    operations = [
        function(KEEP_MANDATE, "portal_keep_mandate()"),
        function(MANDATE_INVITED, "portal_mandate_invited()"),
        function(KEEP_IDENTITY, "portal_keep_identity()"),
        function(KEEP_SIGN_IN, "portal_keep_sign_in()"),
        counts_changes("portal_identityprovider"),
        counts_changes("portal_inputdraft"),
        one_tenant("portal_organisation", "authority_id"),
        one_tenant("portal_identityprovider", "authority_id"),
        one_tenant("portal_mandate", "authority_id"),
        one_tenant("portal_mandate", "organisation_id"),
        same("portal_grouprole", "provider_id", "portal_identityprovider"),
        same("portal_membership", "provider_id", "portal_identityprovider"),
        same("portal_mandate", "organisation_id", "portal_organisation"),
        same("portal_mandate", "document_id", "portal_document"),
        same("portal_mandate", "invited_by_id", "portal_mandate", "organisation_id"),
        same("portal_mandaterequest", "mandate_id", "portal_mandate"),
        same("portal_mandateinvitation", "organisation_id", "portal_organisation"),
        same("portal_mandateinvitation", "invited_by_id", "portal_mandate", "organisation_id"),
        same("portal_mandateinvitation", "mandate_id", "portal_mandate", "organisation_id"),
        same("portal_accesslog", "case_id", "portal_case"),
        same("portal_accesslog", "document_id", "portal_document"),
        same("portal_inputdraft", "organisation_id", "portal_organisation"),
        same("portal_input", "organisation_id", "portal_organisation"),
        trigger(
            "portal_mandate_stays", "portal_mandate", 'BEFORE UPDATE ON "{table}" FOR EACH ROW', "portal_keep_mandate"
        ),
        trigger(
            "portal_mandate_invited", "portal_mandate",
            'BEFORE INSERT ON "{table}" FOR EACH ROW WHEN (NEW.invited_by_id IS NOT NULL)', "portal_mandate_invited",
        ),
        trigger(
            "portal_identity_stays", "portal_identity", 'BEFORE UPDATE ON "{table}" FOR EACH ROW',
            "portal_keep_identity",
        ),
        trigger(
            "portal_signin_stays", "portal_signin", 'BEFORE UPDATE ON "{table}" FOR EACH ROW', "portal_keep_sign_in"
        ),
        trigger(
            "portal_accesslog_append_only", "portal_accesslog", 'BEFORE UPDATE OR DELETE ON "{table}" FOR EACH ROW',
            "portal_refuse_change",
        ),
        trigger(
            "portal_accesslog_no_truncate", "portal_accesslog", 'BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT',
            "portal_refuse_change",
        ),
    ]  # fmt: skip
