"""The officer's pages of indicators: who comes in, what they show, and each deed from the first press to the last."""

from __future__ import annotations

import datetime as dt
import html
import re
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from portal.integrations import statistics
from portal.integrations.statistics import Answer, StatisticsError, Value
from strategy.models import Indicator, Observation, Series, Target
from tests import factories as make
from tests.conftest import signed_in
from tests.house.test_queries import same_for_all_sizes
from tests.strategy.reading import english
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day")]
SIGNED = re.compile(r'name="innhold" value="([^"]+)"')


@pytest.fixture
def halden(world: World) -> Series:
    indicator = make.an_indicator(world.home.authority, name="Andel i jobb", unit="%", decimals=1, lag_days=540)
    return make.a_series(indicator, 57.3, 59.3, None, None, 59.5, area="Halden")


@pytest.fixture
def officer(world: World) -> Client:
    return english(signed_in(world.user("officer")))


def page(series: Series, query: str = "") -> str:
    return f"/{series.authority.slug}/indikatorer/{series.indicator_id}/{query}"


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return html.unescape(answer.content.decode())


def said(answer: Any) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def send(client: Client, series: Series, content: str, name: str = "verdier.csv") -> Any:
    return client.post(page(series), {"gjor": "fil", "file": SimpleUploadedFile(name, content.encode())})


# ---- the list ----


def test_the_list_shows_the_latest_own_value_and_when_the_next_is_due(officer: Client, halden: Series) -> None:
    make.a_series(halden.indicator, 65, area="Norge", position=5)
    found = text(officer.get("/hjemby/indikatorer/"))
    assert "Andel i jobb" in found
    assert "59,5\xa0%" in found
    assert "24 June 2027" in found


def test_an_overdue_measurement_is_said_in_the_list(officer: Client, world: World) -> None:
    found = text(officer.get("/hjemby/indikatorer/?q=sysselsatte"))
    assert "was due 29 February 2024" in found
    assert world.home.one(Target).title in found


def test_an_empty_list_says_what_to_do_and_a_search_without_hits_too(world: World) -> None:
    empty = make.an_authority()
    officer = english(signed_in(make.a_user("officer", empty)))
    assert "Add an indicator, give it values" in text(officer.get(f"/{empty.slug}/indikatorer/"))
    assert "No indicator fits." in text(officer.get(f"/{empty.slug}/indikatorer/?q=finnesikke"))


def test_a_search_finds_areas_too(officer: Client, halden: Series) -> None:
    assert "Andel i jobb" in text(officer.get("/hjemby/indikatorer/?q=halden"))


def test_the_list_and_the_values_are_files_with_norwegian_decimals(officer: Client, halden: Series) -> None:
    assert "59,5" in officer.get("/hjemby/indikatorer/?fil=csv").content.decode("utf-8-sig")
    lines = officer.get(page(halden, "?verdier=csv")).content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Date;Area;Category;Value;Estimated;Source"
    assert lines[1] == "2020-12-31;Halden;;57,3;no;"
    assert officer.get(page(halden, "?verdier=pdf")).status_code == 404


def test_lists_and_pages_cost_the_same_for_any_number_of_rows(world: World) -> None:
    officer = english(signed_in(world.user("officer")))

    def grow(size: int) -> tuple[Client, dict[str, int | None]]:
        owner = make.an_authority()
        make.Membership.objects.create(user=world.user("officer"), authority=owner, role="officer")
        plan = make.a_plan(owner)
        first = make.an_indicator(owner)
        for _number in range(size):
            series = make.a_series(make.an_indicator(owner), 1, 2)
            make.a_target(plan, series)
            own = make.a_series(first, 1, 2)
            make.a_target(plan, own)
        return officer, {f"/{owner.slug}/indikatorer/": 12, f"/{owner.slug}/indikatorer/{first.pk}/": 20}

    same_for_all_sizes(grow)


# ---- who ----


@pytest.mark.parametrize(
    ("person", "sees", "works"),
    [
        ("officer", 200, 200),
        ("leader", 200, 200),
        ("editor", 200, 403),
        ("attester", 200, 403),
        ("elected", 403, 403),
        ("neighbour", 404, 404),
        ("stranger", 404, 404),
        ("anonymous", 302, 302),
    ],
)
def test_who_sees_and_who_works(halden: Series, as_role: Any, person: str, sees: int, works: int) -> None:
    client = as_role(person)
    assert client.get(page(halden)).status_code == sees
    for deed in ("verdi", "fil", "hent", "endre", "serie"):
        assert client.get(page(halden, f"?gjor={deed}")).status_code == works, deed


def test_one_who_may_not_write_is_offered_nothing_to_press(halden: Series, as_role: Any) -> None:
    found = text(english(as_role("editor")).get(page(halden)))
    assert "gjor=" not in found
    assert "59,5\xa0%" in found


def test_anothers_value_is_not_changed_from_ones_own_page(officer: Client, halden: Series, world: World) -> None:
    theirs = world.next.one(Observation)
    before = theirs.series.observations.count()
    assert officer.get(page(halden, f"?gjor=verdi&verdi={theirs.pk}")).status_code == 404
    assert officer.post(page(halden), {"gjor": "fjern", "verdi": theirs.pk, "seen": 0}).status_code == 404
    form = {"gjor": "verdi", "series": theirs.series_id, "observed_on": "2024-12-31", "value": "1"}
    assert officer.post(page(halden), form).status_code == 200, "asked again: not a series of this indicator"
    assert Observation.objects.filter(pk=theirs.pk).exists()
    assert theirs.series.observations.count() == before


def test_an_unknown_deed_is_no_address(officer: Client, halden: Series) -> None:
    assert officer.get(page(halden, "?gjor=tull")).status_code == 404
    assert officer.post(page(halden)).status_code == 404


# ---- one value ----


def test_a_value_is_typed_as_people_write_it(officer: Client, halden: Series) -> None:
    form = {"gjor": "verdi", "series": halden.pk, "observed_on": "2025-12-31", "value": "60,1 %", "is_estimated": "on"}
    answer = officer.post(page(halden), form)
    assert answer.status_code == 302
    assert said(answer) == "The value is saved."
    row = halden.observations.get(observed_on__year=2025)
    assert (row.value, row.is_estimated, row.authority_id) == (Decimal("60.1"), True, halden.authority_id)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"value": "seksti"}, "“seksti” is not a number."),
        ({"value": ""}, "Write the number."),
        ({"observed_on": "2027-12-31"}, "This date has not been yet."),
        ({"observed_on": "0204-12-31"}, "Enter a year from 1990 to 2100."),
        ({"observed_on": "2024-12-31"}, "The series has a value for this date already."),
    ],
)
def test_a_value_that_cannot_be_is_refused_and_nothing_typed_is_lost(
    officer: Client, halden: Series, typed: dict[str, str], reason: str
) -> None:
    form = {
        "gjor": "verdi",
        "series": halden.pk,
        "observed_on": "2025-12-31",
        "value": "60,1",
        "source": "Egen telling",
    }
    found = text(officer.post(page(halden), {**form, **typed}))
    assert reason in found
    assert "Egen telling" in found
    assert halden.observations.count() == 3


def test_the_second_of_two_sees_the_firsts_change_and_decides(officer: Client, halden: Series) -> None:
    row = halden.observations.get(observed_on__year=2024)
    form = {
        "gjor": "verdi", "verdi": row.pk, "series": halden.pk, "observed_on": "2024-12-31", "value": "61",
        "seen_version": row.row_version,
    }  # fmt: skip
    Observation.objects.filter(pk=row.pk).update(value=58)
    found = text(officer.post(page(halden), form))
    assert "changed this while you were writing" in found
    again = re.search(r'name="seen_version" value="(\d+)"', found)
    assert again is not None
    assert officer.post(page(halden), {**form, "seen_version": again[1]}).status_code == 302
    row.refresh_from_db()
    assert row.value == 61


def test_a_value_is_removed_after_a_question_and_the_history_keeps_it(officer: Client, halden: Series) -> None:
    row = halden.observations.get(observed_on__year=2024)
    found = text(officer.get(page(halden, f"?gjor=fjern&verdi={row.pk}")))
    assert "Remove the value of Halden for 2024?" in found
    assert halden.observations.count() == 3, "looking removes nothing"
    officer.post(page(halden), {"gjor": "fjern", "verdi": row.pk, "seen": row.row_version})
    assert halden.observations.count() == 2
    assert "removed (59,5\xa0%)" in text(officer.get(page(halden)))


# ---- many values ----


def test_a_file_is_shown_before_it_is_saved_and_saved_as_shown(officer: Client, halden: Series) -> None:
    found = text(send(officer, halden, "År;Halden\n2020;57,3\n2024;59,6\n2025;60\n"))
    assert "1 value is new, 1 is changed and 1 stands as it is." in " ".join(found.split())
    assert halden.observations.count() == 3, "nothing is saved yet"
    packed = SIGNED.search(found)
    assert packed is not None
    answer = officer.post(page(halden), {"gjor": "lagre", "innhold": packed[1]})
    assert said(answer) == "Saved: 1 value is new, and 1 is changed."
    values = dict(halden.observations.values_list("observed_on__year", "value"))
    assert values == {2020: Decimal("57.3"), 2021: Decimal("59.3"), 2024: Decimal("59.6"), 2025: 60}


def test_a_text_in_a_number_cell_saves_nothing_and_names_the_cell(officer: Client, halden: Series) -> None:
    found = text(send(officer, halden, "År;Halden\n2024;59,6\n2025;ca. 60\n"))
    assert "Row 3, column B (Halden): “ca. 60” is not a number." in found
    assert SIGNED.search(found) is None
    assert halden.observations.count() == 3


def test_a_preview_that_was_tampered_with_saves_nothing(officer: Client, halden: Series) -> None:
    answer = officer.post(page(halden), {"gjor": "lagre", "innhold": "tull"})
    assert "too old" in said(answer)


def test_a_value_changed_after_the_preview_stops_the_saving(officer: Client, halden: Series) -> None:
    packed = SIGNED.search(text(send(officer, halden, "År;Halden\n2024;59,6\n")))
    assert packed is not None
    halden.observations.filter(observed_on__year=2024).update(value=40)
    answer = officer.post(page(halden), {"gjor": "lagre", "innhold": packed[1]})
    assert "Nothing is saved" in said(answer)
    assert halden.observations.get(observed_on__year=2024).value == 40


def test_figures_are_fetched_shown_and_then_saved(
    officer: Client, halden: Series, monkeypatch: pytest.MonkeyPatch
) -> None:
    Series.objects.filter(pk=halden.pk).update(table_id="06445", query={"Region": "3101"})
    values = [Value(dt.date(2024, 12, 31), Decimal("59.5")), Value(dt.date(2025, 12, 31), Decimal("60.2"))]
    answer = Answer("06445", "Andel sysselsatte", "Statistisk sentralbyrå", dt.date(2026, 3, 12), values)
    monkeypatch.setattr(statistics, "fetch", lambda table, choices: answer)
    assert "table 06445" in text(officer.get(page(halden, "?gjor=hent")))
    found = text(officer.post(page(halden), {"gjor": "hent"}))
    assert "licence CC BY 4.0" in found
    packed = SIGNED.search(found)
    assert packed is not None
    officer.post(page(halden), {"gjor": "lagre", "innhold": packed[1]})
    row = halden.observations.get(observed_on__year=2025)
    assert (row.value, row.source, row.fetched_at is not None) == (
        Decimal("60.2"),
        "Statistics Norway, table 06445",
        True,
    )


def test_a_service_that_fails_is_said_and_nothing_is_saved(
    officer: Client, halden: Series, monkeypatch: pytest.MonkeyPatch
) -> None:
    Series.objects.filter(pk=halden.pk).update(table_id="06445", query={"Region": "3101"})

    def fails(table: str, choices: dict[str, str]) -> Any:
        raise StatisticsError("Det gikk ikke.")

    monkeypatch.setattr(statistics, "fetch", fails)
    found = text(officer.post(page(halden), {"gjor": "hent"}))
    assert "Det gikk ikke." in found
    assert "Nothing is saved." in found


# ---- what it is ----


def test_an_indicator_is_made_with_its_first_series(officer: Client, world: World) -> None:
    form = {
        "name": "Sykefravær", "unit": "%", "decimals": "1", "wanted": "down", "interval_months": "3", "lag_days": "90",
        "area": "Hjemby",
    }  # fmt: skip
    assert officer.post("/hjemby/indikatorer/?ny=1", form).status_code == 302
    made = Indicator.objects.get(name="Sykefravær")
    assert (made.authority, made.wanted, made.series.get().area) == (world.home.authority, "down", "Hjemby")
    assert "An indicator with this name exists already." in text(officer.post("/hjemby/indikatorer/?ny=1", form))


def test_an_interval_of_zero_is_refused(officer: Client, halden: Series) -> None:
    form = {"gjor": "endre", "name": "Andel", "unit": "%", "decimals": "1", "wanted": "up", "interval_months": "0",
            "lag_days": "1", "seen_version": "0"}  # fmt: skip
    assert officer.post(page(halden), form).status_code == 200
    assert Indicator.objects.get(pk=halden.indicator_id).interval_months == 12


def test_a_series_names_its_table_and_choices(officer: Client, halden: Series) -> None:
    form = {
        "gjor": "serie",
        "area": "Norge",
        "position": "1",
        "table_id": "06445",
        "query": "Region = 0\nAlder = 15-74",
    }
    assert officer.post(page(halden), form).status_code == 302
    made = halden.indicator.series.get(area="Norge")
    assert (made.table_id, made.query) == ("06445", {"Region": "0", "Alder": "15-74"})
    assert "already" in text(officer.post(page(halden), form))


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"table_id": "06445", "query": "Region 3101"}, "“Region 3101” is not understood."),
        ({"table_id": "06445", "query": ""}, "Say which choices to make in the table."),
        ({"table_id": "../1", "query": "a = b"}, "digits only"),
    ],
)
def test_a_table_that_cannot_be_asked_is_refused(
    officer: Client, halden: Series, typed: dict[str, str], reason: str
) -> None:
    found = text(officer.post(page(halden), {"gjor": "serie", "area": "Norge", "position": "1", **typed}))
    assert reason in found
    assert halden.indicator.series.count() == 1


def test_a_series_with_values_stays_and_an_empty_one_goes(officer: Client, halden: Series) -> None:
    empty = make.a_series(halden.indicator)
    for series in (halden, empty):
        officer.post(page(halden), {"gjor": "serie", "serie": series.pk, "fjern": "1"})
    assert list(halden.indicator.series.all()) == [halden]


# ---- targets in the case pages ----


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"target_on": "2020-12-31"}, "The target comes before its baseline, or on the same day."),
        ({"growth": "compound", "value": "-5"}, "Growth by per cent cannot be counted from or to zero or less."),
        (
            {"growth": "compound", "baseline_value": "0"},
            "Growth by per cent cannot be counted from or to zero or less.",
        ),
        ({"kind": "share"}, "A share, and no other target, is compared with another area."),
        ({"baseline_on": ""}, "Say at what date the baseline was."),
        ({"kind": "change", "value": "-500"}, "This change goes the other way"),
        ({"kind": "change", "baseline_on": "", "baseline_value": ""}, "Say from what date the change is counted."),
    ],
)
def test_a_target_that_cannot_be_measured_against_is_refused_with_the_reason(
    officer: Client, halden: Series, world: World, typed: dict[str, str], reason: str
) -> None:
    form = {
        "plan": world.home.plan.pk, "title": "Flere i jobb", "series": halden.pk, "kind": "level", "growth": "linear",
        "value": "64", "target_on": "2030-12-31", "baseline_on": "2020-12-31", "baseline_value": "57.3", "position": "0",
    }  # fmt: skip
    found = text(officer.post("/admin/strategy/target/add/", {**form, **typed}))
    assert reason in found
    assert not Target.objects.filter(title="Flere i jobb").exists()
    assert officer.post("/admin/strategy/target/add/", form).status_code == 302
    assert Target.objects.get(title="Flere i jobb").authority == world.home.authority


def test_anothers_series_cannot_be_measured_by(officer: Client, world: World) -> None:
    form = {
        "plan": world.home.plan.pk, "title": "Lånt", "series": world.next.one(Series).pk, "kind": "level",
        "growth": "linear", "value": "64", "target_on": "2030-12-31", "position": "0",
    }  # fmt: skip
    assert "Select a valid choice" in text(officer.post("/admin/strategy/target/add/", form))


def test_the_case_pages_lists_are_files(officer: Client, halden: Series) -> None:
    for model in ("indicator", "observation", "target"):
        assert officer.get(f"/admin/strategy/{model}/").status_code == 200
        assert officer.get(f"/admin/strategy/{model}/eksport/xlsx/").status_code == 200
