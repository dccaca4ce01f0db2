"""The pages where a proposal is gone through: what is seen first, what each press answers, and how light they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from strategy.importing import differing
from strategy.models import Goal, ImportRow, MeasureEntry, PlanImport, Strategy
from tests import factories as make
from tests import factories_imports
from tests.conftest import signed_in
from tests.house.test_queries import queries_of
from tests.strategy.importing.proposals import a_large_plan, a_small_plan, by_title
from tests.strategy.reading import body, english

if TYPE_CHECKING:
    from django.test import Client

    from tests.world import World

pytestmark = pytest.mark.django_db
LIGHT = 200_000


@pytest.fixture
def proposal(world: World) -> PlanImport:
    return a_small_plan(world.home.authority)


@pytest.fixture
def client(officer_client: Client) -> Client:
    return english(officer_client)


def url_of(proposal: PlanImport, query: str = "") -> str:
    return reverse("plan_import", args=[proposal.authority.slug, proposal.pk]) + query


def row_url(proposal: PlanImport, title: str, deed: str = "") -> str:
    address = reverse("import_row", args=[proposal.authority.slug, proposal.pk, by_title(proposal, title).pk])
    return address + (f"?gjor={deed}" if deed else "")


def key(proposal: PlanImport, title: str) -> str:
    row = by_title(proposal, title)
    return f"{row.pk}.{row.row_version}"


def press(client: Client, proposal: PlanImport, query: str = "", **button: str) -> str:
    """Press a button of the list and return the page one comes to."""
    return body(client.post(url_of(proposal, query), button, follow=True))


def part(html: str, heading: str) -> str:
    """Return what stands between one heading of the second rank and the next."""
    found: str = html.split(f'id="{heading}"')[1].split("<h2")[0]
    return found


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


# ---- what is seen ----


def test_what_is_odd_or_in_doubt_comes_first_and_the_rest_lies_folded_with_its_size(
    client: Client, proposal: PlanImport
) -> None:
    html = body(client.get(url_of(proposal)))
    first = part(html, "forst")
    assert re.findall(r'<li class="p-irc" id="rad-(\d+)"', first) == [
        str(by_title(proposal, title).pk) for title in ("Besøke bedriftene", "Grønn vekst", "Måle utslipp")
    ]
    said = text_of(first)
    assert "Measure 2 is missing under 2.1. The numbers go from 1 to 3. Keep the numbers as they stand" in said
    rest = part(html, "alt")
    assert "1 strategy · 2 measures, 1 to look at" in text_of(rest)
    assert "<details" in rest
    assert "<details open" not in rest
    assert "0 of 9 rows are decided. 3 things to look at." in text_of(html)


def test_the_first_thing_to_look_at_is_marked_in_the_text(client: Client, proposal: PlanImport) -> None:
    html = body(client.get(url_of(proposal)))
    marked = r'<li value="6" data-here>Tiltak 2 – Besøke bedriftene.</li>'
    assert marked in html
    chosen = body(client.get(url_of(proposal, f"?rad={by_title(proposal, 'Rydde tomter').pk}")))
    assert marked not in chosen
    assert '<li value="5" data-here>Tiltak 1 – Rydde tomter.</li>' in chosen


def test_a_script_gets_the_stretch_of_text_alone(client: Client, proposal: PlanImport) -> None:
    address = reverse("import_text", args=[proposal.authority.slug, proposal.pk])
    query = f"?rad={by_title(proposal, 'Rydde tomter').pk}"
    stretch = body(client.get(address + query, headers={"X-Requested-With": "review"}))
    assert "<html" not in stretch
    assert "data-here>Tiltak 1 – Rydde tomter.<" in stretch
    assert "<html" in body(client.get(address + query))


def test_a_reference_that_is_wrong_becomes_a_note_in_the_plans_language(client: Client, proposal: PlanImport) -> None:
    row = by_title(proposal, "Plass til alle")
    odd = factories_imports.an_anomaly(row, kind="wrong_reference", where="1.1", said="strategi 2.4", other="2.1")
    html = body(client.get(url_of(proposal)))
    assert "Strategy 1.1 refers to 2.4, but what it speaks of stands in 2.1." in text_of(html)
    html = press(client, proposal, merknad=str(odd.pk))
    row.refresh_from_db()
    assert re.search(r"Dokumentet viser her til 2\.4.*2\.1\.|The document refers to 2\.4 here", row.note)
    assert "refers to 2.4, but" not in text_of(html)


def test_search_and_filter_show_the_rows_that_fit_with_the_goal_they_lie_under(
    client: Client, proposal: PlanImport
) -> None:
    html = text_of(part(body(client.get(url_of(proposal, "?q=utslipp"))), "alt"))
    assert "1 row fits." in html
    assert "Klima og natur" in html
    assert "Flere i arbeid" not in html
    press(client, proposal, sikre="")
    html = text_of(part(body(client.get(url_of(proposal, "?vis=ikke-avgjort"))), "alt"))
    assert "3 rows fit." in html
    assert "No row fits." in body(client.get(url_of(proposal, "?q=finnesikke")))


# ---- what is pressed ----


def test_one_press_accepts_all_that_is_sure_and_one_more_undoes_it(client: Client, proposal: PlanImport) -> None:
    html = press(client, proposal, sikre="")
    assert "6 rows are accepted." in html
    assert "6 of 9 rows are decided." in html
    undo = re.search(r'name="ta-tilbake" value="(\d+)"', html)
    assert undo
    html = press(client, proposal, **{"ta-tilbake": undo[1]})
    assert "0 of 9 rows are decided." in html
    assert "Undone." in html


def test_a_press_answers_at_its_row_and_the_next_thing_to_look_at_is_opened(
    client: Client, proposal: PlanImport
) -> None:
    row = by_title(proposal, "Besøke bedriftene")
    answer = client.post(url_of(proposal), {"godta": key(proposal, "Besøke bedriftene")})
    assert answer["Location"].endswith(f"#rad-{row.pk}")
    html = body(client.get(answer["Location"]))
    first = part(html, "forst")
    at_row = first.split(f'id="rad-{row.pk}"')[1].split("</li>")[0]
    assert "Measure 2 is accepted, with what it lies under: Strategy 1.1, Goal 1." in text_of(at_row) or (
        "Goal 1, Strategy 1.1" in text_of(at_row)
    )
    assert 'name="ta-tilbake"' in at_row
    assert f'id="rad-{by_title(proposal, "Grønn vekst").pk}" data-d="1" data-chosen' in first


def test_leaving_out_a_goal_in_the_list_leads_to_the_question(client: Client, proposal: PlanImport) -> None:
    html = press(client, proposal, utelat=key(proposal, "Flere i arbeid"))
    assert "3 rows lie under it:" in html
    answer = client.post(row_url(proposal, "Flere i arbeid"), {"gjor": "utelat", "children": "follow", "seen": "0"})
    assert "and 3 rows under it." in body(client.get(answer["Location"]))


def test_a_row_is_changed_and_accepted_in_one_press_and_nothing_typed_is_lost_to_a_colleague(
    client: Client, proposal: PlanImport
) -> None:
    html = body(client.get(row_url(proposal, "Rydde tomter", "endre")))
    assert 'name="cost_nok"' in html
    assert 'name="sdg_focus"' not in html
    typed = {"gjor": "endre", "title": "Rydde alle tomter", "seen": "0", "cost_nok": "1500", "godta": "1"}
    proposal.rows.filter(title="Rydde tomter").update(responsible="Teknisk")
    address = row_url(proposal, "Rydde tomter")
    html = body(client.post(address, typed))
    assert "changed this row while you were writing" in html
    assert "Rydde alle tomter" in html
    seen = re.search(r'name="seen" value="(\d+)"', html)
    assert seen
    client.post(address, {**typed, "seen": seen[1]})
    row = by_title(proposal, "Rydde alle tomter")
    assert (row.decision, row.cost_nok) == ("accepted", 1500)


def test_un_goals_are_written_as_numbers_and_refused_in_words(client: Client, proposal: PlanImport) -> None:
    address = row_url(proposal, "Flere i arbeid")
    wrong = {"gjor": "endre", "title": "Flere i arbeid", "sdg_focus": "8 og 19"}
    assert "Write numbers from 1 to 17" in body(client.post(address, wrong))
    client.post(address, {**wrong, "sdg_focus": "8 og 9", "seen": "0"})
    assert by_title(proposal, "Flere i arbeid").sdg_focus == [8, 9]


def test_a_row_is_moved_put_together_and_added_on_pages_of_their_own(client: Client, proposal: PlanImport) -> None:
    to = by_title(proposal, "Plass til alle")
    where = {"gjor": "flytt", "level": "measure", "parent": str(to.pk)}
    assert client.post(row_url(proposal, "Måle utslipp"), where).status_code == 302
    assert by_title(proposal, "Måle utslipp").parent == to
    wrong = {"gjor": "flytt", "level": "goal", "parent": str(to.pk)}
    assert "A strategy lies under a goal" in body(client.post(row_url(proposal, "Måle utslipp"), wrong))
    into = by_title(proposal, "Rydde tomter")
    html = body(client.get(row_url(proposal, "Besøke bedriftene", "sla-sammen")))
    assert f'<option value="{into.pk}" selected>' in html  # the one above it
    joined = {"gjor": "sla-sammen", "into": str(into.pk), "title": "theirs"}
    client.post(row_url(proposal, "Besøke bedriftene"), joined)
    assert by_title(proposal, "Besøke bedriftene").merged_into == into
    new = reverse("new_import_row", args=[proposal.authority.slug, proposal.pk])
    client.post(new, {"level": "measure", "parent": str(to.pk), "title": "Bygge vei", "once": "x"})
    assert by_title(proposal, "Bygge vei").parent == to


def test_who_reads_only_sees_all_and_gets_no_buttons(world: World, proposal: PlanImport) -> None:
    html = body(signed_in(world.user("approver")).get(url_of(proposal)))
    assert "Besøke bedriftene" in html
    assert not re.findall(r'name="(?:godta|utelat|sikre|sett)"', html)
    assert signed_in(world.user("approver")).post(url_of(proposal), {"sikre": ""}).status_code == 403


# ---- against a plan, and after ----


def test_a_comparison_is_grouped_by_what_differs_and_as_before_lies_folded(client: Client, world: World) -> None:
    compared = PlanImport.objects.filter(authority=world.home.authority, against__isnull=False).get()
    html = body(client.get(url_of(compared)))
    groups = re.findall(r'id="e-(\w+)"', html)
    assert groups == [change for change in ("new", "changed", "gone", "same") if change in groups]
    same = html.split('id="e-same"')[1].split("<summary")[0] if "same" in groups else "<details>"
    assert "open" not in same
    if gone := compared.rows.filter(change="gone", decision="undecided").first():
        html = press(client, compared, utelat=f"{gone.pk}.{gone.row_version}")
        assert "stays in the plan" in text_of(html)


@pytest.mark.parametrize(("way", "said", "change"), [
    ("inn", "change is accepted", "changed"), ("behold", "keeps the words of the plan", "same"),
])  # fmt: skip
def test_all_changes_are_taken_in_or_the_plans_words_kept_in_one_press(
    client: Client, world: World, way: str, said: str, change: str
) -> None:
    compared = PlanImport.objects.filter(authority=world.home.authority, against__isnull=False).get()
    row = compared.rows.filter(change="changed", decision="undecided").first()
    assert row is not None
    compared.anomalies.all().delete()
    html = press(client, compared, endringer=way)
    row.refresh_from_db()
    assert (row.decision, row.change) == ("accepted", change)
    assert said in text_of(html)
    assert re.search(r'name="ta-tilbake" value="\d+"', html)


def test_a_document_that_became_a_plan_is_read_only_and_leads_to_what_each_row_became(
    client: Client, world: World
) -> None:
    done = PlanImport.objects.filter(authority=world.home.authority, state="applied").get()
    html = body(client.get(url_of(done)))
    assert not re.findall(r'name="(?:godta|utelat|angre|sikre|sett)"', html)
    assert done.plan is not None
    assert done.plan.get_absolute_url() in html
    measure = done.rows.filter(measure__isnull=False).first()
    if measure is not None:
        assert f"/tiltak/{measure.measure_id}/" in html


# ---- how light ----


def test_the_page_costs_the_same_for_all_sizes_and_stays_light() -> None:
    costs, page = {}, ""
    for size in (1, 3, 300):
        authority = make.an_authority()
        officer = make.a_user("officer", authority)
        client, proposal = signed_in(officer), a_large_plan(authority, size)
        for query in ("", "?vis=alle&rad=1", "?vis=ikke-avgjort"):
            costs.setdefault(query, []).append(len(queries_of(client, url_of(proposal, query), warm=size == 1)))
            page = client.get(url_of(proposal, query)).content.decode()
            assert len(page.encode()) <= LIGHT, f"{query}: {len(page.encode())}"
    assert all(len(set(numbers)) == 1 for numbers in costs.values()), costs


def test_the_list_as_a_file_has_every_row_and_says_what_is_odd(client: Client, proposal: PlanImport) -> None:
    content: Any = client.get(url_of(proposal, "?fil=csv")).content.decode("utf-8-sig")
    assert len(content.strip().splitlines()) == proposal.rows.count() + 1
    assert "Measure 2 is missing under 2.1." in content


def test_two_texts_are_shown_from_where_they_part() -> None:
    assert differing.where_they_part("Bygge kai.", "Bygge to kaier.") == ["Bygge kai.", "Bygge to kaier."]
    before = "Kommunen legger til rette for bedriftene sammen med naboene og fylket, "
    plan, document = differing.where_they_part(f"{before}hvert år.", f"{before}hver måned.")
    assert plan.startswith("… ") and plan.endswith("hvert år.") and document.endswith("hver måned.")
    shorter, longer = differing.where_they_part(before, f"{before}og mer til")
    assert shorter != longer


def test_a_move_from_a_strategy_to_a_goal_of_the_same_key_is_shown() -> None:
    goal, strategy = Goal(pk=5, number="1", title="Sentrum"), Strategy(pk=5, number="1.2", title="Byrom")
    rows = {1: ImportRow(pk=1, goal=goal, number="1", title="Sentrum")}
    row = ImportRow(pk=2, parent_id=1, number="3", title="Bygge kai")
    (moved,) = differing.words(row, rows, MeasureEntry(strategy=strategy, number="3", title="Bygge kai"))
    assert (moved.plan, moved.document) == ("1.2 Byrom", "1 Sentrum")
    assert differing.words(row, rows, MeasureEntry(goal=goal, number="3", title="Bygge kai")) == []
