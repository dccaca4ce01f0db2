"""The desk's pages of budget lines: drawn up, divided, adopted, turned down, withdrawn; found, sorted and exported."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import timezone

from grants.models import Balance, BudgetLine
from tests import factories as ground
from tests import factories_money as make
from tests.conftest import signed_in

if TYPE_CHECKING:
    from django.test import Client

    from grants.models import Scheme
    from portal.models import Authority

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(db: None) -> Authority:
    return ground.an_authority()


@pytest.fixture
def officer(place: Authority) -> Client:
    return signed_in(ground.a_user("officer", place))


@pytest.fixture
def scheme(place: Authority) -> Scheme:
    return make.a_scheme(place)


def the_list(place: Authority, query: str = "") -> str:
    return reverse("budget_lines", args=[place.slug]) + query


def page(line: BudgetLine, query: str = "") -> str:
    return reverse("budget_line", args=[line.authority.slug, line.pk]) + query


def said(answer: Any) -> str:
    assert answer.status_code == 200
    return answer.content.decode().replace("\xa0", " ")


def typed(scheme: Scheme, **facts: Any) -> dict[str, Any]:
    return {"scheme": scheme.pk, "year": 2026, "name": "Visit Indre Østfold", "amount_nok": "kr 620 000,-", **facts}


def shown(line: BudgetLine) -> BudgetLine:
    """Return the line as a page would show it now."""
    line.refresh_from_db()
    return line


# ---- drawn up ----


def test_an_officer_draws_up_a_line(place: Authority, officer: Client, scheme: Scheme) -> None:
    answer = officer.post(the_list(place, "?ny=1"), typed(scheme, area="Stedsutvikling", dimensions="prosjekt = 12"))
    line = BudgetLine.objects.get(scheme=scheme)
    assert answer["Location"] == page(line)
    assert (line.amount_nok, line.stage, line.dimensions) == (620_000, "proposed", {"prosjekt": "12"})


def test_a_double_press_makes_one_line_and_says_so(place: Authority, officer: Client, scheme: Scheme) -> None:
    officer.post(the_list(place, "?ny=1"), typed(scheme))
    text = said(officer.post(the_list(place, "?ny=1"), typed(scheme)))
    assert "En slik post finnes allerede." in text
    assert 'value="Visit Indre Østfold"' in text
    assert BudgetLine.objects.filter(scheme=scheme).count() == 1


@pytest.mark.parametrize(("amount", "why"), [("12,5", "12,5"), ("0", "over"), ("-5", "over"), ("mye", "tall")])
def test_an_amount_that_is_none_is_told_why(
    place: Authority, officer: Client, scheme: Scheme, amount: str, why: str
) -> None:
    answer = officer.post(the_list(place, "?ny=1"), typed(scheme, amount_nok=amount))
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == ["amount_nok"]
    assert not BudgetLine.objects.filter(scheme=scheme).exists()


def test_another_authoritys_scheme_cannot_be_chosen(place: Authority, officer: Client) -> None:
    foreign = make.a_scheme(ground.an_authority())
    answer = officer.post(the_list(place, "?ny=1"), typed(foreign))
    assert "scheme" in answer.context["form"].errors


def test_money_for_a_fund_needs_one(place: Authority, officer: Client, scheme: Scheme) -> None:
    answer = officer.post(the_list(place, "?ny=1"), typed(scheme, into_fund="on"))
    assert "into_fund" in answer.context["form"].errors
    fund = make.a_fund(make.a_scheme(place, kind="fund"))
    officer.post(the_list(place, "?ny=1"), typed(fund.scheme, into_fund="on"))
    assert BudgetLine.objects.get(scheme=fund.scheme).fund == fund


def test_a_part_and_next_years_line_are_filled_in_beforehand(place: Authority, officer: Client, scheme: Scheme) -> None:
    line = make.a_line(scheme, 300_000, year=2026, name="Askimbyen", area="Stedsutvikling")
    part = officer.get(the_list(place, f"?ny=1&del={line.pk}")).context["form"]
    assert (part.initial["parent"], part.initial["year"]) == (line.pk, 2026)
    later = officer.get(the_list(place, f"?ny=1&etter={line.pk}")).context["form"]
    assert (later.initial["name"], later.initial["year"], later.initial["amount_nok"]) == ("Askimbyen", 2027, 300_000)


# ---- decided ----


def decision(line: BudgetLine, **facts: Any) -> dict[str, Any]:
    return {
        "gjor": "vedta", "seen": line.row_version, "amount_nok": str(line.amount_nok), "step": "",
        "reference": "Kommunestyret, sak 98/25", "on": "2025-12-11", **facts,
    }  # fmt: skip


def test_an_officer_registers_that_a_line_is_adopted(officer: Client, scheme: Scheme) -> None:
    line = make.a_line(scheme, 620_000, adopt=False)
    text = said(officer.post(page(line), decision(line), follow=True))
    line.refresh_from_db()
    assert (line.stage, line.entries.get().on_date) == ("adopted", dt.date(2025, 12, 11))
    assert "Kommunestyret, sak 98/25" in text


def test_a_second_press_adopts_nothing_more(officer: Client, scheme: Scheme) -> None:
    line = make.a_line(scheme, 620_000, adopt=False)
    officer.post(page(line), decision(line))
    text = said(officer.post(page(line), decision(line)))
    assert "Dette er allerede gjort: Posten er vedtatt." in text
    assert line.entries.count() == 1


def test_a_decision_says_where_and_when(officer: Client, scheme: Scheme) -> None:
    line = make.a_line(scheme, 620_000, adopt=False)
    later = (timezone.localdate() + dt.timedelta(days=1)).isoformat()
    for facts, field in (({"reference": ""}, "reference"), ({"on": ""}, "on"), ({"on": later}, "on")):
        answer = officer.post(page(line), decision(line, **facts))
        assert list(answer.context["form"].errors) == [field]
    line.refresh_from_db()
    assert line.stage == "proposed"


def test_a_registered_resolution_is_chosen_from_the_authoritys_own(
    place: Authority, officer: Client, scheme: Scheme
) -> None:
    facts = {
        "activity": "decision",
        "outcome": "adopted",
        "resolution": "Vedtatt.",
        "decided_on": dt.date(2025, 12, 11),
    }
    own = ground.a_step(ground.a_case(place), **facts)
    ground.a_step(ground.a_case(place), **{**facts, "outcome": "postponed"})
    ground.a_step(ground.a_case(ground.an_authority()), **facts)
    line = make.a_line(scheme, 10, adopt=False)
    answer = officer.get(page(line, "?gjor=vedta"))
    assert list(answer.context["form"].fields["step"].queryset) == [own]
    officer.post(page(line), decision(line, step=own.pk, reference="", on=""))
    line.refresh_from_db()
    assert line.step == own


def test_too_little_to_divide_is_told_with_the_free_amount(officer: Client, scheme: Scheme) -> None:
    whole = make.a_line(scheme, 100)
    part = make.a_line(scheme, 120, adopt=False, parent=whole)
    text = said(officer.post(page(part), decision(part)))
    assert "kr 100" in text
    assert "Kommunestyret, sak 98/25" in text
    assert Balance.objects.get(account=whole.account).free_nok == 100


def test_a_line_is_turned_down_and_proposed_again(officer: Client, scheme: Scheme) -> None:
    line = make.a_line(scheme, 10, adopt=False)
    officer.post(page(line), {"gjor": "avvis", "seen": line.row_version, "step": "", "reference": "KS 9/26"})
    line.refresh_from_db()
    assert (line.stage, line.decision_reference) == ("rejected", "KS 9/26")
    officer.post(page(line), {"gjor": "gjenapne", "seen": line.row_version})
    line.refresh_from_db()
    assert line.stage == "proposed"


def test_a_line_is_withdrawn_with_a_reason(officer: Client, scheme: Scheme) -> None:
    line = shown(make.a_line(scheme, 10))
    asked = {"gjor": "trekk", "seen": line.row_version, "why": ""}
    assert "why" in officer.post(page(line), asked).context["form"].errors
    text = said(officer.post(page(line), {**asked, "why": "Vedtaket er omgjort"}, follow=True))
    assert "Vedtaket er omgjort" in text
    assert Balance.objects.get(account=line.account).free_nok == 0


def test_a_page_that_is_stale_says_so_and_goes_through_when_pressed_again(officer: Client, scheme: Scheme) -> None:
    line = make.a_line(scheme, 10, adopt=False)
    before = decision(line)
    BudgetLine.objects.filter(pk=line.pk).update(area="Næringsutvikling")
    answer = officer.post(page(line), before)
    assert "Noen endret posten mens du så på den." in said(answer)
    officer.post(page(line), {**before, "seen": answer.context["form"]["seen"].value()})
    assert shown(line).stage == "adopted"


def test_an_adopted_line_changes_its_dimensions_only(officer: Client, scheme: Scheme) -> None:
    line = shown(make.a_line(scheme, 10))
    asked = {"gjor": "endre", "seen_version": line.row_version, "dimensions": "prosjekt = 99", "amount_nok": "5"}
    officer.post(page(line), asked)
    line.refresh_from_db()
    assert (line.dimensions, line.amount_nok) == ({"prosjekt": "99"}, 10)


def test_a_change_does_not_overwrite_a_colleagues(officer: Client, scheme: Scheme) -> None:
    line = make.a_line(scheme, 10, adopt=False)
    before = line.row_version
    BudgetLine.objects.filter(pk=line.pk).update(area="Næringsutvikling")
    asked = typed(scheme, gjor="endre", seen_version=before)
    assert officer.post(page(line), asked).status_code == 200
    line.refresh_from_db()
    assert line.area == "Næringsutvikling"


@pytest.mark.parametrize("role", ["editor", "finance_preparer", "attester", "approver"])
def test_who_may_only_look_is_offered_nothing(place: Authority, scheme: Scheme, role: str) -> None:
    line = make.a_line(scheme, 10, adopt=False)
    client = signed_in(ground.a_user(role, place))
    assert "?gjor=" not in said(client.get(page(line)))
    assert client.post(page(line), decision(line)).status_code == 403


# ---- found ----


def test_proposed_and_adopted_are_summed_apart_and_parts_once(
    place: Authority, officer: Client, scheme: Scheme
) -> None:
    whole = make.a_line(scheme, 1000)
    make.a_line(scheme, 600, parent=whole)
    make.a_line(scheme, 70, adopt=False)
    sums = officer.get(the_list(place)).context["sums"]
    assert [(row.stage, row.number, row.amount_nok) for row in sums] == [("proposed", 1, 70), ("adopted", 2, 1000)]


def test_lines_are_found_by_year_stage_and_words(place: Authority, officer: Client, scheme: Scheme) -> None:
    make.a_line(scheme, 10, year=2025, name="Askimbyen")
    make.a_line(scheme, 20, year=2026, name="Visit Indre Østfold", adopt=False)
    for query, expected in (
        ("?ar=2025", ["Askimbyen"]), ("?trinn=proposed", ["Visit Indre Østfold"]), ("?q=askim", ["Askimbyen"]),
        ("?sorter=navn", ["Askimbyen", "Visit Indre Østfold"]), ("?sorter=belop", ["Visit Indre Østfold", "Askimbyen"]),
        (f"?ordning={scheme.pk}&ar=2024", []),
    ):  # fmt: skip
        assert [row.name for row in officer.get(the_list(place, query)).context["rows"]] == expected


def test_the_file_holds_exactly_the_lines_that_are_asked_for(place: Authority, officer: Client, scheme: Scheme) -> None:
    make.a_line(scheme, 10, year=2025, name="Askimbyen")
    make.a_line(scheme, 20, year=2026, name="=1+1", adopt=False)
    rows = officer.get(the_list(place, "?ar=2026&fil=csv")).content.decode("utf-8-sig").splitlines()
    assert len(rows) == 2
    assert "'=1+1" in rows[1]
