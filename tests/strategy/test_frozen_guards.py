"""Attacks on frozen reports past the model layer: nothing of one ever changes, whoever tries and whatever is edited."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from django.db import connection
from django.test import Client

from strategy import frozen
from strategy.models import Plan, PlanReport
from tests import factories as make
from tests.attacks import count, not_permitted, refused, run
from tests.strategy.freezing import a_full_plan, freeze, released
from tests.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db

NEVER = "strategy_planreport_never_changes"
FILE_NEVER = "strategy_planreportfile_never_changes"
COLUMNS = {
    "id": "id + 1000000", "authority_id": "authority_id + 1", "plan_id": "plan_id + 1", "number": "number + 1",
    "version": "version + 1", "period_id": "NULL", "step_id": "NULL", "reason": "'en annen grunn'",
    "content": "content || ' '", "sha256": "repeat('0', 64)", "frozen_on": "frozen_on - 1",
    "frozen_at": "frozen_at - interval '1 day'", "frozen_by_id": "frozen_by_id + 1", "html": "'<p>Alt går bra</p>'",
    "released_at": "now()", "released_by_id": "frozen_by_id", "invented": "NOT invented",
}  # fmt: skip
"""What an attacker would write in each column."""
FILE_COLUMNS = {
    "id": "id + 1000000", "authority_id": "authority_id + 1", "report_id": "report_id + 1", "kind": "'docx'",
    "content": "'%PDF-1.7 et annet'::bytea", "sha256": "repeat('0', 64)",
}  # fmt: skip


@pytest.fixture
def plan(world: World) -> Plan:
    return a_full_plan(world)


@pytest.fixture
def report(world: World, plan: Plan) -> PlanReport:
    return released(world, plan)


# ---- what stands never changes ----


def test_every_column_is_attacked(db: None) -> None:
    for table, known in (("strategy_planreport", COLUMNS), ("strategy_planreportfile", FILE_COLUMNS)):
        columns = run("SELECT attname::text FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0", table)
        assert {name for (name,) in columns} == set(known), table


@pytest.mark.parametrize("column", sorted(COLUMNS))
def test_no_column_of_a_released_report_changes(report: PlanReport, column: str) -> None:
    with refused(by=NEVER):
        count(f"UPDATE strategy_planreport SET {column} = {COLUMNS[column]} WHERE id = %s", report.pk)


@pytest.mark.parametrize("column", sorted(set(COLUMNS) - {"html", "released_at", "released_by_id"}))
def test_no_column_changes_before_the_release_either(world: World, plan: Plan, column: str) -> None:
    report = freeze(world, plan)
    with refused(by=NEVER):
        count(f"UPDATE strategy_planreport SET {column} = {COLUMNS[column]} WHERE id = %s", report.pk)


@pytest.mark.parametrize("column", sorted(set(COLUMNS) - {"html", "released_at", "released_by_id"}))
def test_nothing_is_slipped_in_with_the_release(world: World, plan: Plan, column: str) -> None:
    report = freeze(world, plan)
    with refused(by=NEVER):
        count(
            f"UPDATE strategy_planreport SET released_at = now(), released_by_id = frozen_by_id, html = '<p>x</p>', "
            f"{column} = {COLUMNS[column]} WHERE id = %s",
            report.pk,
        )


@pytest.mark.parametrize(
    "half",
    [
        "released_at = now()",
        "released_by_id = frozen_by_id",
        "html = '<p>Lekket</p>'",
        "released_at = now(), released_by_id = frozen_by_id",
        "released_at = now(), html = '<p>x</p>'",
    ],
)
def test_a_release_has_a_moment_a_releaser_and_a_page(world: World, plan: Plan, half: str) -> None:
    report = freeze(world, plan)
    with refused(by="plan_report_released_by_someone"):
        count(f"UPDATE strategy_planreport SET {half} WHERE id = %s", report.pk)


def test_a_released_report_is_not_released_again_or_taken_back(report: PlanReport) -> None:
    for change in (
        "released_at = released_at + interval '1 hour'",
        "released_at = NULL, released_by_id = NULL, html = ''",
    ):
        with refused(by=NEVER):
            count(f"UPDATE strategy_planreport SET {change} WHERE id = %s", report.pk)


def test_the_runtime_role_may_neither_delete_a_report_nor_touch_a_file(report: PlanReport) -> None:
    for statement in (
        "DELETE FROM strategy_planreport", "DELETE FROM strategy_planreportfile",
        *(f"UPDATE strategy_planreportfile SET {name} = {name}" for name in FILE_COLUMNS),
    ):  # fmt: skip
        with not_permitted():
            run(statement)


@pytest.mark.parametrize("column", sorted(FILE_COLUMNS))
def test_no_column_of_a_file_changes_even_for_the_owner(owner_in_passing: Any, column: str) -> None:
    with pytest.raises(psycopg.errors.RestrictViolation) as caught:
        owner_in_passing.execute(f"UPDATE strategy_planreportfile SET {column} = {FILE_COLUMNS[column]}")
    assert caught.value.diag.constraint_name == FILE_NEVER


# ---- a hash that holds, numbers without gaps ----

COPY = (
    "INSERT INTO strategy_planreport (authority_id, plan_id, number, version, reason, content, sha256, frozen_on, "
    "frozen_at, frozen_by_id, html, invented) SELECT authority_id, plan_id, {number}, {version}, {reason}, {content}, "
    "{sha256}, frozen_on, frozen_at, frozen_by_id, '', invented FROM strategy_planreport WHERE id = %s"
)
SAME = {"number": "2", "version": "1", "reason": "''", "content": "content", "sha256": "sha256"}


def insert(report: PlanReport, **facts: str) -> int:
    return count(COPY.format(**{**SAME, **facts}), report.pk)


def test_a_copy_with_the_next_number_passes_so_that_the_attacks_below_are_refused_for_what_they_are(
    report: PlanReport,
) -> None:
    assert insert(report) == 1


@pytest.mark.parametrize(
    "wrong", [{"sha256": "repeat('0', 64)"}, {"content": "content || ' '"}, {"content": "upper(content)"}]
)
def test_a_hash_that_is_not_of_the_content_is_refused(report: PlanReport, wrong: dict[str, str]) -> None:
    with refused(by="strategy_planreport_hash_holds"):
        insert(report, **wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": "3"},
        {"number": "1"},
        {"number": "99"},
        {"number": "1", "version": "3", "reason": "'Feil'"},
        {"number": "2", "version": "2", "reason": "'Feil'"},
    ],
)
def test_no_number_and_no_version_is_skipped_or_used_twice(report: PlanReport, wrong: dict[str, str]) -> None:
    with refused(by="strategy_planreport_numbered_without_gaps"):
        insert(report, **wrong)


def test_a_correction_without_a_reason_is_refused(report: PlanReport) -> None:
    with refused(by="plan_report_correction_has_reason"):
        insert(report, number="1", version="2")


def test_a_file_with_another_hash_is_refused(report: PlanReport) -> None:
    new = (
        "INSERT INTO strategy_planreportfile (authority_id, report_id, kind, content, sha256) "
        "SELECT authority_id, id, 'x', 'x'::bytea, %s FROM strategy_planreport WHERE id = %s"
    )
    with refused(by="strategy_planreportfile_hash_holds"):
        count(new, "0" * 64, report.pk)
    assert count(new, hashlib.sha256(b"x").hexdigest(), report.pk) == 1


# ---- the roles ----


def test_the_runtime_role_cannot_truncate_or_disable_the_guards(db: None) -> None:
    for table in ("strategy_planreport", "strategy_planreportfile"):
        for statement in (f"TRUNCATE {table} CASCADE", f"ALTER TABLE {table} DISABLE TRIGGER ALL"):
            with not_permitted():
                run(statement)
    with not_permitted():
        run("SET session_replication_role = replica")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE strategy_planreport SET html = 'x', released_at = now(), released_by_id = frozen_by_id, number = 9",
        "UPDATE strategy_planreport SET content = '{}'",
        "DELETE FROM strategy_planreport",
        "TRUNCATE strategy_planreport CASCADE",
        "UPDATE strategy_planreportfile SET content = 'x'::bytea, sha256 = encode(sha256('x'::bytea), 'hex')",
        "DELETE FROM strategy_planreportfile",
        "TRUNCATE strategy_planreportfile",
    ],
)
def test_the_owner_role_is_refused_too(owner_in_passing: Any, statement: str) -> None:
    """The world has a released report with a file, and one that waits."""
    with pytest.raises(psycopg.errors.RestrictViolation):
        owner_in_passing.execute(statement)


def test_past_django_the_runtime_role_is_refused_all_the_same(runtime: Any) -> None:
    with pytest.raises(psycopg.errors.RestrictViolation):
        runtime.execute("UPDATE strategy_planreport SET content = '{}', sha256 = repeat('0', 64)")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        runtime.execute("TRUNCATE strategy_planreport CASCADE")


# ---- whatever is edited afterwards ----

EVERYTHING = [
    "UPDATE strategy_plan SET title = 'Ny', slug = 'havneplan', vision = 'Ny', aim = 'Ny', goal_word = 'fokusområde', measure_word = 'grep' WHERE id = %(plan)s",
    "UPDATE strategy_goal SET title = 'Ny', number = '9', description = 'Ny' WHERE plan_id = %(plan)s",
    "UPDATE strategy_strategy SET title = 'Ny', number = '9.9', note = 'Ny' WHERE plan_id = %(plan)s",
    "UPDATE strategy_measureentry SET title = 'Ny', number = '77', description = 'Ny' WHERE plan_id = %(plan)s",
    "UPDATE strategy_measureparticipation SET state = 'cancelled', done_on = NULL, due_on = '2031-01-01', partner = 'Ny', judgement = 'at_risk' WHERE plan_id = %(plan)s",
    "UPDATE strategy_milestone SET title = 'Ny', due_on = '2031-01-01', reached_on = '2026-01-01' WHERE authority_id = %(authority)s",
    "UPDATE strategy_measurefunding SET amount_nok = 1, year = 2031 WHERE authority_id = %(authority)s",
    "UPDATE strategy_statusreport SET reason = 'Ny', next_step = 'Ny', asks = 'Ny', done_since = 'Ny', new_due_on = '2031-01-01' WHERE plan_id = %(plan)s",
    "UPDATE strategy_reportingperiod SET name = 'Ny', due_on = '2026-08-30', closed_on = '2026-09-01' WHERE plan_id = %(plan)s",
    "UPDATE strategy_indicator SET name = 'Ny ' || id, unit = 'Ny', decimals = 2, source = 'Ny', definition = 'Ny' WHERE authority_id = %(authority)s",
    "UPDATE strategy_series SET area = 'Ny' WHERE authority_id = %(authority)s",
    "UPDATE strategy_observation SET value = 1, is_estimated = true WHERE authority_id = %(authority)s",
    "UPDATE strategy_target SET title = 'Ny', value = 1000, target_on = '2040-01-01', note = 'Ny', printed_growth = 9 WHERE plan_id = %(plan)s",
    "UPDATE portal_authority SET name = 'Ny by', contact_email = 'ny@test.example' WHERE id = %(authority)s",
    "UPDATE portal_unit SET name = 'Ny' || id WHERE authority_id = %(authority)s",
    "UPDATE portal_body SET name = 'Nytt organ ' || id WHERE authority_id = %(authority)s",
    "UPDATE portal_case SET access = 'exempt', access_basis = 'offl. § 13', title = 'Ny sak', reference = 'NY' || id WHERE authority_id = %(authority)s",
    "UPDATE portal_casestep SET item_number = '1/99', case_number = '2/99', starts_on = '2031-01-01', precision = 'year', actor = 'Ny' WHERE authority_id = %(authority)s AND outcome <> 'adopted'",
    "DELETE FROM strategy_measurefunding WHERE authority_id = %(authority)s",
    "DELETE FROM strategy_observation WHERE authority_id = %(authority)s",
    "UPDATE strategy_measure SET current_entry_id = NULL WHERE plan_id = %(plan)s",
]
"""Every fact that the page shows, changed or taken away in raw SQL."""
FORMS = ("pdf", "docx", "csv", "xlsx", "json")


def what_stands(report: PlanReport) -> dict[str, Any]:
    """Return all that anyone can get of a report: its row, its page's body, its files and its exports."""
    row = PlanReport.objects.select_related("plan__authority").get(pk=report.pk)
    place = f"/hjemby/planer/havneplan/rapporter/{row.number}/{row.version}/"
    client, stands = Client(), {"row": (row.content, row.sha256, row.html, row.frozen_on, row.released_at)}
    page = client.get(place).content.decode()
    start, end = (
        page.index('<section aria-labelledby="h-kort"'),
        page.index('<section class="p-section" aria-labelledby="rapporten"'),
    )
    stands["page"] = page[start:end]
    for form in FORMS:
        answer = client.get(f"{place}fil/{form}/")
        assert answer.status_code == 200, form
        stands[form] = _cells(answer.content) if form == "xlsx" else answer.content
    stands["filtered"] = _between(client.get(f"{place}?status=late").content.decode())
    return stands


def _between(page: str) -> str:
    return page[page.index('<section aria-labelledby="h-kort"') : page.index('aria-labelledby="rapporten"')]


def _cells(book: bytes) -> list[Any]:
    """Return what the sheets hold; a workbook's own bytes carry the minute it was packed."""
    import io

    from openpyxl import load_workbook

    sheets = load_workbook(io.BytesIO(book))
    return [[sheet.title, *sheet.iter_rows(values_only=True)] for sheet in sheets]


@pytest.fixture
def edits(world: World, plan: Plan) -> Iterator[dict[str, int]]:
    yield {"plan": plan.pk, "authority": world.home.authority.pk}


def test_later_edits_of_everything_the_page_shows_change_nothing_of_a_released_report(
    world: World, plan: Plan, report: PlanReport, edits: dict[str, int]
) -> None:
    before = what_stands(report)
    with connection.cursor() as cursor:
        for statement in EVERYTHING:
            cursor.execute(statement, edits)
            assert cursor.rowcount > 0, statement
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    after = what_stands(report)
    for what, stood in before.items():
        assert after[what] == stood, f"{what} is another after the edits"
    assert "Ny kai" in after["page"] and "Grunnen var bløt." in after["page"]


@pytest.mark.parametrize("statement", EVERYTHING, ids=lambda sql: " ".join(sql.split()[1:3]))
def test_each_of_these_edits_would_show_on_a_page_made_today(
    world: World, plan: Plan, edits: dict[str, int], statement: str
) -> None:
    """Else the test above would prove nothing: a report frozen after the edit is another than one frozen before."""
    before = frozen.read_whole(plan, dt.date(2026, 9, 7), plan.periods.get())
    count_of = count(statement % {name: str(value) for name, value in edits.items()})
    assert count_of > 0
    after = frozen.read_whole(Plan.objects.get(pk=plan.pk), dt.date(2026, 9, 7), plan.periods.get())
    assert after != before


def test_a_reports_people_and_plan_cannot_be_taken_away_from_it(world: World, report: PlanReport) -> None:
    from django.db.models import ProtectedError

    for each in (report.plan, report.frozen_by, report.period, report.step):
        assert each is not None
        with pytest.raises(ProtectedError):
            each.delete()


def test_two_reports_of_the_same_day_have_the_same_values_but_not_the_same_number(world: World) -> None:
    plan = make.a_plan(world.home.authority)
    first, second = freeze(world, plan), freeze(world, plan)
    assert first.sha256 != second.sha256
    assert first.content.replace('"number":1', '"number":2') == second.content
