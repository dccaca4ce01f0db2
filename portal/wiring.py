"""The one file of portal that names the areas: their addresses, what they show of an authority, their demo data.

Explicit lists of import strings; no plugin machinery. portal imports no area anywhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import include, path
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from portal.kinds import Kind, Source
    from portal.models import Authority, Case, CaseStep, LinkKey, Notice, Organisation, User

AREA_URLS = ["strategy.urls", "grants.urls", "grants.fund_urls", "awards.urls"]
SUMMARIES = ["strategy.panels.summaries"]
"""Each: list of authorities → {authority id: {"text", "figure"}}, one query for all of them."""
AUTHORITY_PANELS = [
    "grants.calls.public_calls.authority_panel", "strategy.panels.authority_panel", "grants.panels.authority_panel",
    "awards.panels.authority_panel",
]  # fmt: skip
"""Each: (authority, user) → {"template", …facts} or None."""
DEADLINES = [
    "portal.deadlines.SOURCES", "strategy.deadlines.SOURCES", "grants.deadlines.SOURCES",
    "grants.payout_deadlines.SOURCES", "grants.fund_deadlines.SOURCES", "grants.minimis_aid.deadlines.SOURCES",
    "grants.complaining.deadlines.SOURCES", "awards.deadlines.SOURCES",
]  # fmt: skip
"""Each: list of `portal.kinds.Source`: where the area's due dates live, in one shape."""
AT_ONCE = ["portal.kinds.AT_ONCE", "strategy.kinds.AT_ONCE", "grants.kinds.AT_ONCE", "awards.kinds.AT_ONCE"]
"""Each: list of `portal.kinds.Kind` that are told when something happens."""
PLAN_PANELS = ["grants.plan_money.PANEL", "awards.plan_prizes.PANEL"]
"""Each: a panel on a plan's page, of the shape `strategy.plan_panels.PlanPanel`."""
GUARDED_PAGES = frozenset(
    {
        "my_reporting", "report_measure", "reporting_periods", "new_period", "reporting_period", "period_report",
        "freeze_report", "release_report", "correct_report", "action_part", "plan_funding", "reassign", "indicators",
        "indicator_page", "answer_question",
        "plan_imports", "plan_import", "import_progress", "import_file", "import_text", "new_import_row", "import_row",
        "import_create",
        "own_grants", "own_grant", "own_financing", "own_report", "ask_payout", "own_bank_account", "money",
        "account_page", "entry_page", "budget_lines", "budget_line", "fund_page", "year_end", "reconciliation",
        "grants", "new_grant", "grant_desk", "decide_grant", "settle_condition", "read_papers", "money_back",
        "payouts", "payout_page", "payment_files", "return_list", "bank_accounts", "bank_account",
        "write_application", "save_application", "application_files", "application_file", "own_applications",
        "own_application", "application_receipt", "own_application_document", "own_messages",
        "withdraw_application", "discard_application", "copy_application", "own_decision", "ask_change",
        "own_final_accounts", "complain", "desk_calls", "new_call", "edit_call", "edit_call_form", "preview_call",
        "let_in", "applications", "applications_file", "register_application", "application_desk",
        "application_document", "desk_messages", "ask_supplement", "application_versions", "assess_application",
        "batches", "batch_page", "batch_document", "batch_protocol", "decide_application", "delegations",
        "application_aid", "grant_aid", "aid_reports", "aid_reports_file", "application_letters", "letter_preview",
        "complaints", "register_complaint", "complaint_desk", "project_changes", "answer_change",
        "read_final_accounts", "impartiality_desk", "declare", "rule_on_tie", "case_impartiality", "archive",
        "archive_package", "export_case", "access_requests", "answer_access", "retention", "own_data",
        "prize_desk", "new_prize", "edit_prize", "working_group", "desk_statutes", "earlier_winners", "new_round",
        "round_desk", "edit_round", "move_round", "round_jury", "nominations", "nominations_file",
        "register_nomination", "candidate_desk", "gather_candidate", "decide_category", "category_minutes",
        "register_sheet", "vote_desk", "announce_round", "winner_desk", "assess_prize_access", "jury_home",
        "jury_round", "jury_declare", "jury_sheet", "jury_candidate", "jury_document",
    }
)  # fmt: skip
"""The areas' pages that make sense by role only, besides the case pages."""
STEP_DECIDED = ["strategy.actions.settle_adoption", "strategy.part_adoption.settle"]
"""Each: (case, by) → [what followed], in the transaction that registered an outcome; what rests on it follows."""
STEP_CHECKS = [
    "strategy.actions.refuse_to_undermine", "strategy.part_adoption.refuse_to_undermine",
    "grants.budgeting.refuse_to_undermine", "grants.complaining.answering.refuse_to_undermine",
]  # fmt: skip
"""Each: (step, is_removed) → None, before a step is saved or removed; ValidationError where something rests on it."""
INPUT_EFFECTS = ["strategy.panels.effects_of_inputs"]
"""Each: (input ids) → {input id: [{"text", "url"}]}: what the areas changed because of an input, one query."""
EFFECT_PAGES = ["strategy.panels.where_to_record_effects"]
"""Each: (case, user) → [{"text", "url"}]: the case pages where the area records what an input changed."""
PRIVATE_LINKS = ["portal.links.in_daily_mail", "strategy.links.in_daily_mail", "awards.links.in_daily_mail"]
"""Each: (notices, now) → {notice id: (address, unsaved key)}: private links for those who are told at an address."""
CASE_LINKS = [
    "portal.acting_for.mandate_lists.links_of_case", "strategy.panels.links_of_case", "grants.panels.links_of_case",
    "awards.panels.links_of_case",
]  # fmt: skip
"""Each: (case, user) → [{"text", "url"}]: what of the areas the case is about."""
OLD_DRAFTS = [
    "portal.cleaning.drafts", "portal.acting_for.organisation_inputs.remove_old",
    "awards.nominating.cleaning.remove_old", "strategy.importing.cleaning.remove_old",
]  # fmt: skip
"""Each: (now) → how many: what was begun and never sent, removed with its files when it has had its day."""
METRICS = ["strategy.national.metrics", "grants.metrics.metrics"]
"""Each: (today) → [(name, help, [(labels, value)])]: what the areas add to the operator's metrics."""
WAITING_PAGES = ["strategy.panels.WAITING_PAGES"]
"""Each: {kind of due date: (text, name of address)}: the page where all of a kind that waits for one is done."""
ROLE_WAITS = [
    "portal.impartiality_lists.waits", "grants.desk_waits.lines", "grants.desk.waits.lines", "awards.waits.lines",
]  # fmt: skip
"""Each: (user, today) → [{"text", "detail", "url"}]: what waits for a role she holds, said once for an authority."""
OWN_PANELS = ["grants.own_application_lists.panel", "grants.own_lists.panel"]
"""Each: (organisations, user, today) → {organisation id: {"template", "text", "url", "title", …facts}}: what the areas
have of those she acts for, for her own page and theirs; the same queries for one and for many."""
CLOSED_CASES = [
    "grants.desk.weighing.compared_cases", "grants.desk.weighing.closed_batches", "awards.gate.compared_cases",
    "awards.gate.closed_rounds",
]  # fmt: skip
"""Each: (user) → query of the ids of cases a person takes no part in, because of what the areas weigh them against."""
CASES_INSIDE = ["grants.desk.weighing.cases_inside", "awards.gate.cases_inside"]
"""Each: (case id) → [case id]: the cases a case says something of, and that one declares for to open it."""
CASE_PARTIES = ["grants.desk.weighing.parties", "awards.gate.parties"]
"""Each: (case ids) → {case id: {"who", "what", "reference", "url"}}: whom a case of theirs is about, one query."""
UPGRADES = ["grants.minimis_aid.law.load", "grants.minimis_aid.earlier.count_earlier"]
"""Each: (database alias) → rows made: what every installation has, put in place by the owner role, again and again."""
DESK_PAGES = [
    "strategy.desk_pages.PAGES",
    "grants.desk_pages.PAGES",
    "awards.desk_pages.PAGES",
    "portal.desk_pages.PAGES",
]
"""Each: list of (text, name of an address that takes an authority): the desk's pages outside the case pages."""
OWN_DATA = ["portal.own_data.sections", "grants.own_data.sections", "awards.own_data.sections"]
"""Each: (user) → {heading: rows}: what the area holds about a person, for her to take with her."""
PERSONAL_PANELS = [
    "grants.own_application_lists.personal", "awards.judging.lists.personal", "awards.nominating.own.personal",
]  # fmt: skip
"""Each: (user, today) → {"template", …facts} or None: what the areas have of hers, for her own page."""
DEMO_LOADERS = [
    "portal.demo.loader.load", "strategy.demo.loader.load", "grants.demo.loader.load", "awards.demo.loader.load",
]  # fmt: skip


def load(names: list[str]) -> list[Callable[..., Any]]:
    return [import_string(name) for name in names]


def deadline_sources() -> list[Source]:
    """Return where all due dates live, in the areas' order."""
    return [source for sources in load(DEADLINES) for source in sources]  # type: ignore[attr-defined]


def at_once() -> list[Kind]:
    """Return the kinds of notices that are told when something happens."""
    return [kind for kinds in load(AT_ONCE) for kind in kinds]  # type: ignore[attr-defined]


def kinds() -> dict[str, Kind]:
    """Return every kind of notice by its name."""
    return {kind.name: kind for kind in [*at_once(), *(source.kind for source in deadline_sources())]}


def step_decided(case: Case, by: Any) -> list[str]:
    """Let the areas draw what follows from a case's resolutions; return what followed, in words."""
    return [text for settle in load(STEP_DECIDED) for text in settle(case, by)]


def check_step(step: CaseStep, *, is_removed: bool = False) -> None:
    """Let the areas refuse a change of a step, or its removal, that something rests on.

    Raises:
        ValidationError: an adopted plan would lose its resolution.
    """
    for check in load(STEP_CHECKS):
        check(step, is_removed=is_removed)


def effects_of_inputs(input_ids: list[int]) -> dict[int, list[dict[str, str]]]:
    """Return what the areas changed because of each input."""
    found: dict[int, list[dict[str, str]]] = {}
    for effects in load(INPUT_EFFECTS):
        for input_id, lines in effects(input_ids).items():
            found.setdefault(input_id, []).extend(lines)
    return found


def where_to_record_effects(case: Case, user: Any) -> list[dict[str, str]]:
    """Return the case pages where the areas record what input in this case changed."""
    return [link for pages in load(EFFECT_PAGES) for link in pages(case, user)]


def waiting_pages(kinds: set[str]) -> list[tuple[Any, str]]:
    """Return the pages where all of these kinds is done, each as its text and the name of its address."""
    return [page for pages in load(WAITING_PAGES) for kind, page in pages.items() if kind in kinds]  # type: ignore[attr-defined]


def role_waits(user: User, today: dt.date) -> list[dict[str, str]]:
    """Return what waits for a person's roles in the areas."""
    return [line for lines in load(ROLE_WAITS) for line in lines(user, today)]


def links_of_case(case: Case, user: Any) -> list[dict[str, str]]:
    """Return what the areas know the case is about."""
    return [link for links in load(CASE_LINKS) for link in links(case, user)]


def private_links(notices: list[Notice], now: dt.datetime) -> dict[int, tuple[str, LinkKey]]:
    """Return the private link that goes in each notice's place, with its key, where there is one."""
    return {pk: link for find in load(PRIVATE_LINKS) for pk, link in find(notices, now).items()}


def closed_to(user: User) -> list[Any]:
    """Return the queries of cases that are closed to a person by what they are weighed against."""
    return [find(user) for find in load(CLOSED_CASES)]


def cases_inside(case_id: int) -> list[int]:
    """Return the cases that one declares for to open this one; none where it is opened by itself."""
    return [pk for find in load(CASES_INSIDE) for pk in find(case_id)]


def parties_of(case_ids: list[int]) -> dict[int, dict[str, str]]:
    """Return whom the areas' cases are about, as anyone at the desk may know."""
    return {pk: facts for find in load(CASE_PARTIES) for pk, facts in find(case_ids).items()}


def area_patterns() -> list[Any]:
    """Return the areas' addresses; they come last, since they start with an authority's slug."""
    return [path("", include(urls)) for urls in AREA_URLS]


def describe(authorities: list[Authority]) -> list[dict[str, Any]]:
    """Return each authority with one line and one figure from the areas, in the order given."""
    rows: dict[int, dict[str, Any]] = {a.pk: {"authority": a, "text": a.tagline, "figure": ""} for a in authorities}
    for summarise in load(SUMMARIES):
        for authority_id, facts in summarise(authorities).items():
            rows[authority_id].update(facts)
    return list(rows.values())


def own_panels(organisations: list[Organisation], user: Any, today: dt.date) -> dict[int, list[dict[str, Any]]]:
    """Return what the areas have of each organisation that a person has a mandate for."""
    found: dict[int, list[dict[str, Any]]] = {}
    for show in load(OWN_PANELS) if organisations else []:
        for pk, panel in show(organisations, user, today).items():
            found.setdefault(pk, []).append(panel)
    return found


def personal_panels(user: Any, today: dt.date) -> list[dict[str, Any]]:
    """Return what the areas show on a person's own page, in the areas' order."""
    return [panel for show in load(PERSONAL_PANELS) if (panel := show(user, today)) is not None]


def authority_panels(authority: Authority, user: Any) -> list[dict[str, Any]]:
    """Return what the areas show on an authority's page, in the areas' order."""
    return [panel for show in load(AUTHORITY_PANELS) if (panel := show(authority, user)) is not None]
