"""Attacks on the shared ground: what must never be false is refused by PostgreSQL, whatever the code above it does."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from psycopg import errors

from portal.database import APPEND_ONLY, NEVER_DELETED, READ_ONLY
from portal.models import Authority, Body, Event, InputAttachment, Notice, Organisation, Unit
from portal.models.authority import RESERVED_SLUGS
from tests import factories as make
from tests.attacks import count, not_permitted, refused, relations, run
from tests.grants.test_fund_guards import GROUND as OF_THE_FUND
from tests.portal.test_guards_people import PEOPLES_RELATIONS
from tests.world import World

pytestmark = pytest.mark.django_db

RELATIONS = {
    "portal_bodymembership_body_same_authority",
    "portal_caserelation_case_same_authority",
    "portal_caserelation_related_same_authority",
    "portal_casestep_case_same_authority",
    "portal_document_case_same_authority",
    "portal_draftfile_draft_same_authority",
    "portal_event_case_same_authority",
    "portal_input_invitation_same_authority",
    "portal_input_invitation_same_round",
    "portal_input_round_same_authority",
    "portal_inputanswer_input_same_authority",
    "portal_inputattachment_document_same_authority",
    "portal_inputattachment_input_same_authority",
    "portal_inputdraft_round_same_authority",
    "portal_inputround_case_same_authority",
    "portal_invitation_round_same_authority",
    "portal_membership_case_same_authority",
    "portal_pathtemplatestep_template_same_authority",
    "portal_rounddocument_document_same_authority",
    "portal_rounddocument_round_same_authority",
    "portal_webchoice_input_same_authority",
}


# ---- while an upgrade runs ----

AS_BEFORE = [
    "INSERT INTO portal_mail (authority_id, to_address, subject, text, html, language, state, attempts,"
    " next_attempt_at, last_error, message_id, created_at)"
    " SELECT id, 'kari@test.example', 'x', 'x', '', 'nb', 'queued', 0, now(), '', '<x@x>', now() FROM place",
    "INSERT INTO portal_notice (authority_id, user_id, address, kind, subject_type, subject_id, on_date, occasion,"
    " title, link, created_at)"
    " SELECT place.id, u.id, '', 'role_given', 'x', 1, now(), '', 'x', '', now() FROM place, portal_user u LIMIT 1",
    "INSERT INTO portal_casestep (authority_id, case_id, row_version, stage, position, activity, description, actor,"
    " precision, case_number, item_number, director_recommendation, rapporteur_recommendation, resolution, votes,"
    " outcome) SELECT c.authority_id, c.id, 0, 1, 9, 'workshop', '', 'Alle', 'day', '', '', '', '', '', '', 'pending'"
    " FROM portal_case c JOIN place ON c.authority_id = place.id LIMIT 1",
]
"""Rows as the release before this one writes them, without the columns that came since."""


@pytest.mark.parametrize("statement", AS_BEFORE)
def test_the_release_before_this_one_goes_on_writing_its_rows(world: World, statement: str) -> None:
    written = run(f"WITH place AS (SELECT {world.home.authority.pk} AS id) {statement} RETURNING 1")
    assert written == [(1,)]


# ---- who the tests and the portal are ----


def test_the_runtime_role_is_no_owner_and_no_superuser(db: None) -> None:
    assert run(
        "SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles WHERE rolname = current_user"
    ) == [(False, False, False, False)]
    assert run("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole") == [(0,)]


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE portal_event DISABLE TRIGGER ALL",
        "ALTER TABLE portal_event DISABLE TRIGGER portal_event_append_only",
        "ALTER TABLE portal_document DROP CONSTRAINT portal_document_case_same_authority",
        "ALTER TABLE portal_case ADD COLUMN extra text",
        "DROP TABLE portal_event",
        "DROP TRIGGER portal_event_append_only ON portal_event",
        "CREATE OR REPLACE FUNCTION portal_refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE TABLE public.of_my_own (id int)",
        "SET session_replication_role = replica",
        "TRUNCATE portal_case CASCADE",
        "SET ROLE portal_owner",
    ],
)
def test_the_runtime_role_cannot_take_a_guard_away(statement: str) -> None:
    with not_permitted():
        run(statement)


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_the_runtime_role_may_not_change_what_is_only_added_to(table: str) -> None:
    for verb in (f"UPDATE {table} SET id = 0", f"DELETE FROM {table}", f"TRUNCATE {table}"):
        with not_permitted():
            run(verb)


@pytest.mark.parametrize("table", NEVER_DELETED)
def test_the_runtime_role_may_not_delete_what_is_official(table: str) -> None:
    with not_permitted():
        run(f"DELETE FROM {table}")


WRITTEN = {
    "django_migrations": "name", "portal_calendarday": "is_working", "strategy_planversion": "version",
    "awards_ballot": "candidate_id", "awards_votecount": "voters", "awards_voteresult": "votes",
}  # fmt: skip
"""A column of each table that only the machinery writes; of the balances any counter."""


@pytest.mark.parametrize("table", READ_ONLY)
def test_the_runtime_role_may_not_write_the_machinerys_own_tables(table: str) -> None:
    with not_permitted():
        run(f"DELETE FROM {table}")
    with not_permitted():
        run(f"UPDATE {table} SET {WRITTEN.get(table, 'committed_nok')} = NULL")


def test_the_runtime_role_may_not_rewrite_any_history(db: None) -> None:
    tables = [row[0] for row in run("SELECT tablename FROM pg_tables WHERE tablename LIKE '%%event'")]
    assert len(tables) > 15
    for table in tables:
        assert run(
            "SELECT has_table_privilege(%s, 'UPDATE'), has_table_privilege(%s, 'DELETE'), has_table_privilege(%s, 'TRUNCATE')",
            table, table, table,
        ) == [(False, False, False)], table  # fmt: skip


# ---- events and documents, even for the owner ----


@pytest.mark.parametrize(
    "statement",
    ["UPDATE portal_event SET kind = 'x'", "DELETE FROM portal_event", "TRUNCATE portal_event"],
)
def test_not_even_the_owner_changes_an_event(owner_in_passing: Any, statement: str) -> None:
    with pytest.raises(errors.RestrictViolation) as caught:
        owner_in_passing.execute(statement)
    assert caught.value.diag.constraint_name == "portal_event_append_only"


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM portal_document",
        "TRUNCATE portal_document CASCADE",
        "UPDATE portal_document SET sha256 = repeat('0', 64)",
        "UPDATE portal_document SET file = 'elsewhere'",
        "UPDATE portal_document SET size = 1",
        "UPDATE portal_document SET dated_on = '2020-01-01'",
        "UPDATE portal_document SET title = 'Another'",
        "UPDATE portal_document SET registered_at = now()",
    ],
)
def test_a_document_never_changes_and_never_vanishes(owner_in_passing: Any, statement: str) -> None:
    with pytest.raises(errors.RestrictViolation) as caught:
        owner_in_passing.execute(statement)
    assert caught.value.diag.constraint_name in ("portal_document_never_changes", "portal_document_append_only")


def test_what_the_archive_answers_may_still_be_noted_on_a_document(world: World) -> None:
    assert (
        count(
            "UPDATE portal_document SET archive_status = 'archived', archive_receipt = 'J-1' WHERE id = %s",
            world.home.document.pk,
        )
        == 1
    )


# ---- input rounds ----


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE portal_input SET text = 'Noe annet'",
        "UPDATE portal_input SET received_on = '2020-01-01'",
        "UPDATE portal_input SET may_publish = true",
        "UPDATE portal_inputattachment SET document_id = document_id",
        "DELETE FROM portal_input",
        "DELETE FROM portal_inputattachment",
        "TRUNCATE portal_input CASCADE",
        "TRUNCATE portal_inputattachment",
    ],
)
def test_what_was_received_never_changes_not_even_for_the_owner(owner_in_passing: Any, statement: str) -> None:
    with pytest.raises(errors.RestrictViolation) as caught:
        owner_in_passing.execute(statement)
    assert caught.value.diag.constraint_name in (
        "portal_input_never_changes",
        "portal_inputattachment_never_changes",
    ) or caught.value.diag.constraint_name.endswith("event_never_changes")


def test_answers_are_published_when_every_input_has_one(world: World) -> None:
    round_ = world.home.round
    publish = "UPDATE portal_inputround SET answers_published_at = now() WHERE id = %s"
    with refused(by="portal_round_answered_before_published"):
        count(publish, round_.pk)
    for input_ in round_.inputs.filter(answer=None):
        make.an_answer(input_)
    assert count(publish, round_.pk) == 1


def test_no_round_is_born_with_published_answers_unless_it_has_no_input(world: World) -> None:
    make.a_round(world.home.case, answers_published_at=timezone.now())


def test_an_answer_is_never_deleted_but_may_be_corrected(world: World) -> None:
    assert count("UPDATE portal_inputanswer SET text = 'Rettet' WHERE authority_id = %s", world.home.authority.pk) == 1
    with not_permitted():
        run("DELETE FROM portal_inputanswer")


def test_the_calendar_is_read_and_never_written(world: World) -> None:
    assert run("SELECT is_working, working_before::text FROM portal_calendarday WHERE day = '2026-05-17'") == [
        (False, "2026-05-15")
    ]
    for statement in (
        "UPDATE portal_calendarday SET is_working = true",
        "DELETE FROM portal_calendarday",
        "INSERT INTO portal_calendarday VALUES ('2100-01-01', true, '2100-01-01')",
        "TRUNCATE portal_calendarday",
    ):
        with not_permitted():
            run(statement)


@pytest.mark.parametrize(
    ("table", "change", "guard"),
    [
        ("portal_inputround", "opens_on = '2026-02-01', due_on = '2026-01-01'", "input_round_due_after_open"),
        ("portal_inputround", "due_on = '0206-03-01'", "input_round_due_on_sane"),
        ("portal_inputround", "answer_due_on = '0206-03-01'", "input_round_answer_due_on_sane"),
        ("portal_inputround", "closed_on = '0206-03-01'", "input_round_closed_on_sane"),
        ("portal_inputanswer", "text = ''", "input_answer_says_something"),
        ("portal_pathtemplatestep", "body_kind = '', actor = '', each_member = false", "path_step_has_actor"),
        ("portal_pathtemplatestep", "starts_month = 3, ends_month = 2", "path_step_period"),
        ("portal_casestep", "outcome = 'rejected', resolution = ''", "case_step_resolution_when_decided"),
        ("portal_casestep", "papers_due_on = '0206-03-01'", "case_step_papers_due_on_sane"),
        ("portal_casestep", "decided_on = '0206-03-01'", "case_step_decided_on_sane"),
    ],
)
def test_a_contradiction_is_refused_by_name(db: None, table: str, change: str, guard: str) -> None:
    with refused(by=guard):
        count(f"UPDATE {table} SET {change}")


# ---- one tenant ----


def test_each_composite_relation_of_the_ground_is_known_here(db: None) -> None:
    """Those of impartiality, letters, archive and access are attacked with the fund's, in `test_fund_guards`."""
    found = {relation.name for relation in relations("portal") if relation.child not in OF_THE_FUND}
    assert found == RELATIONS | PEOPLES_RELATIONS


ONE_TO_ONE = {
    "portal_input_invitation_same_authority", "portal_input_invitation_same_round",
    "portal_inputattachment_input_same_authority",
}  # fmt: skip
"""Relations whose rows in the world are all taken: attacked with new ones below."""


@pytest.mark.parametrize("name", sorted(ONE_TO_ONE))
def test_an_input_cannot_be_tied_to_another_tenants_or_rounds(world: World, name: str) -> None:
    invitation = make.an_invitation(world.next.round)
    paper = make.a_document(world.home.case, b"Nytt")
    with refused(by=name):
        if "invitation" in name:
            make.an_input(world.home.round, source="invited", invitation=invitation)
        else:
            theirs = world.next.round.inputs.first()
            InputAttachment.objects.create(authority=world.home.authority, input=theirs, document=paper)


def test_an_invitation_to_one_round_is_not_answered_in_another_of_the_same_authority(world: World) -> None:
    other = make.a_round(world.home.case)
    with refused(by="portal_input_invitation_same_round"):
        make.an_input(other, source="invited", invitation=make.an_invitation(world.home.round))


STAYS = {f"portal_{table}_same_authority": f"portal_{stays}_stays" for table, stays in (
    ("inputanswer_input", "inputanswer"), ("webchoice_input", "webchoice"), ("inputround_case", "inputround"),
)}  # fmt: skip
"""Relations that may not move at all: another guard stands before the key."""


@pytest.mark.parametrize("name", sorted(RELATIONS - ONE_TO_ONE))
def test_a_row_cannot_be_tied_to_another_tenants(db: None, name: str) -> None:
    relation = next(each for each in relations("portal") if each.name == name)
    with refused(by=STAYS.get(name, name)):
        relation.attack()


# ---- the version that stops one officer from overwriting another ----


@pytest.mark.parametrize("model", [Authority, Unit, Organisation, Body])
def test_a_raw_write_moves_the_row_version_once(world: World, model: Any) -> None:
    row = world.home.one(model)
    count(f"UPDATE {model._meta.db_table} SET name = name || ' 2' WHERE id = %s", row.pk)
    assert model.objects.get(pk=row.pk).row_version == row.row_version + 1


def test_a_save_that_changes_nothing_leaves_the_row_version(world: World) -> None:
    world.home.case.save()
    before = world.home.case.row_version
    world.home.case.save()
    world.home.case.refresh_from_db()
    assert world.home.case.row_version == before


def test_no_one_sets_the_row_version_by_hand(world: World) -> None:
    count("UPDATE portal_case SET row_version = 900, title = 'x' WHERE id = %s", world.home.case.pk)
    before = world.home.case.row_version
    world.home.case.refresh_from_db()
    assert world.home.case.row_version == before + 1


# ---- notices and mails ----


def test_nobody_is_told_the_same_thing_twice(world: World) -> None:
    columns = "authority_id, user_id, address, kind, subject_type, subject_id, on_date, occasion, title, link, context, created_at"
    notice = Notice.objects.filter(authority=world.home.authority).get()
    with refused(by="notice_once"):
        run(f"INSERT INTO portal_notice ({columns}) SELECT {columns} FROM portal_notice WHERE id = %s", notice.pk)


def test_an_address_without_account_is_not_told_twice_either(world: World) -> None:
    facts = {"address": "noen@test.example", "kind": "x", "subject_type": "y", "subject_id": 1, "on_date": "2026-01-01"}
    Notice.objects.create(occasion="o", title="t", **facts)
    with refused(by="notice_once"):
        Notice.objects.create(occasion="o", title="another", **facts)


def test_a_notice_goes_to_a_person_or_to_an_address_not_both(world: World) -> None:
    with refused(by="notice_person_or_address"):
        count("UPDATE portal_notice SET address = 'noen@test.example'")


@pytest.mark.parametrize("column", ["subject", "to_address"])
@pytest.mark.parametrize("text", ["a\nBcc: alle@test.example", "a\rb", "a\r\n\r\nb"])
def test_a_mail_header_cannot_hold_a_line_break(db: None, column: str, text: str) -> None:
    with refused(by="mail_header_has_no_line_break"):
        count(f"UPDATE portal_mail SET {column} = %s", text)


def test_a_mail_is_sent_if_and_only_if_dated(db: None) -> None:
    with refused(by="mail_sent_if_and_only_if_dated"):
        count("UPDATE portal_mail SET state = 'sent', sent_at = NULL")
    with refused(by="mail_sent_if_and_only_if_dated"):
        count("UPDATE portal_mail SET state = 'queued'")


# ---- slugs, dates, roles ----


@pytest.mark.parametrize("slug", sorted(RESERVED_SLUGS))
def test_an_authority_cannot_take_an_address_the_portal_needs(db: None, slug: str) -> None:
    with refused(by="authority_slug_not_reserved"):
        count("UPDATE portal_authority SET slug = %s WHERE slug = 'hjemby'", slug)


@pytest.mark.parametrize(
    ("table", "column", "guard"),
    [
        ("portal_case", "opened_on", "case_opened_on_sane"),
        ("portal_casestep", "starts_on", "case_step_starts_on_sane"),
        ("portal_casestep", "ends_on", "case_step_ends_on_sane"),
    ],
)
@pytest.mark.parametrize("date", ["0206-03-01", "1989-12-31", "2101-01-01"])
def test_a_date_outside_any_sane_range_is_refused(db: None, table: str, column: str, guard: str, date: str) -> None:
    rest = ", starts_on = NULL" if column == "ends_on" else ", ends_on = NULL" if table == "portal_casestep" else ""
    with refused(by=guard):
        count(f"UPDATE {table} SET {column} = %s{rest}", date)


def test_only_a_guest_officer_is_tied_to_a_case(world: World) -> None:
    with refused(by="membership_case_if_and_only_if_guest"):
        count("UPDATE portal_membership SET case_id = %s WHERE role = 'officer'", world.home.case.pk)
    with refused(by="membership_case_if_and_only_if_guest"):
        count("UPDATE portal_membership SET case_id = NULL WHERE role = 'guest_officer'")


def test_a_role_is_held_once_also_without_dates(world: World) -> None:
    with refused(by="membership_once"):
        make.Membership.objects.create(user=world.user("officer"), authority=world.home.authority, role="officer")


def test_what_is_not_open_names_its_legal_basis(db: None) -> None:
    with refused(by="case_access_has_basis"):
        count("UPDATE portal_case SET access = 'exempt', access_basis = ''")


def test_a_persons_address_is_taken_whatever_its_case(world: World) -> None:
    with refused(by="user_email_once_whatever_case"):
        count("UPDATE portal_user SET email = 'OFFICER@test.example' WHERE email = 'leader@test.example'")


def test_history_also_catches_what_raw_sql_did(world: World) -> None:
    before = run("SELECT count(*) FROM portal_unitevent")[0][0]
    count("UPDATE portal_unit SET name = 'Ny' WHERE id = %s", world.home.one(Unit).pk)
    assert run("SELECT count(*) FROM portal_unitevent")[0][0] == before + 1


def test_an_event_outlives_the_person_who_caused_it(world: World) -> None:
    person = make.a_user("editor", world.home.authority)
    event = Event.objects.create(authority=world.home.authority, kind="x", actor_id=person.pk)
    person.delete()
    assert Event.objects.get(pk=event.pk).actor_id is not None


def test_norwegian_letters_come_last_in_their_order(db: None) -> None:
    words = run(
        "SELECT w FROM unnest(ARRAY['Åsnes','Ål','Ørsta','Aremark','Ærøy','Zulu']) w ORDER BY nb_key(w) COLLATE \"C\""
    )
    assert [word for (word,) in words] == ["Aremark", "Zulu", "Ærøy", "Ørsta", "Ål", "Åsnes"]


@pytest.mark.parametrize(
    ("attack", "guard"),
    [
        ("UPDATE portal_inputanswer SET input_id = input_id + 1 WHERE authority_id = 1", "portal_inputanswer_stays"),
        ("UPDATE portal_webchoice SET input_id = input_id + 1 WHERE authority_id = 1", "portal_webchoice_stays"),
        ("UPDATE portal_inputround SET is_published = false WHERE slug = 'runde'", "portal_inputround_stays"),
        ("UPDATE portal_inputround SET case_id = case_id + 1 WHERE slug = 'runde'", "portal_inputround_stays"),
    ],
)
@pytest.mark.django_db
def test_what_was_said_back_stays_where_it_was_said(attack: str, guard: str) -> None:
    with refused(by=guard):
        run(attack)


@pytest.mark.django_db
def test_published_answers_are_never_unpublished(world: World) -> None:
    make.an_answer(world.home.round.inputs.get(number=2))
    publish = "UPDATE portal_inputround SET answers_published_at = {} WHERE authority_id = 1 AND slug = 'runde'"
    run(publish.format("now()"))
    with refused(by="portal_inputround_stays"):
        run(publish.format("NULL"))
