"""The desk's pages of prizes and rounds: set up in a browser without scripts, closed to others, and no secret on them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from awards.models import Prize, PrizeRound
from tests import factories
from tests import factories_awards as make
from tests.conftest import signed_in
from tests.house.test_queries import same_for_all_sizes

if TYPE_CHECKING:
    from django.test import Client

    from portal.models import Authority

pytestmark = pytest.mark.django_db
SECRET = "Hemmelig Nominert AS"
RULES = {
    "text": "Prisen deles ut hvert år.", "interval_years": "1", "nominees": ["company", "person"], "repeat_years": "4",
    "method": "scoring", "vote": "none",
}  # fmt: skip


@pytest.fixture
def place() -> Authority:
    return factories.an_authority()


def post(client: Client, address: str, status: int = 302, **data: Any) -> Any:
    answer = client.post(address, data)
    shown = answer.context["form"].errors if answer.context and "form" in answer.context else ""
    assert answer.status_code == status, (address, answer.status_code, shown)
    return answer


def test_a_prize_and_its_first_round_are_set_up_from_nothing(place: Authority) -> None:
    leader = signed_in(factories.a_user("leader", place))
    desk = f"/{place.slug}/prisarbeid/"
    post(leader, f"{desk}ny/", name="Sommerprisen", purpose="Å hedre.", categories="Miljø\nInnovasjon", is_public="on")
    prize = Prize.objects.get(authority=place)
    here = f"{desk}{prize.slug}/"
    post(leader, f"{here}arbeidsgruppe/", name="Gruppa")
    post(leader, f"{here}arbeidsgruppe/", gjor="sete", display_name="Oppdiktet Bedrift", capacity="business")
    post(leader, here, gjor="statutter")
    drawn = f"{here}statutter/1/"
    post(leader, drawn, **RULES)
    post(leader, drawn, gjor="kriterium", title="Nytenkning", weight="2", most_points="5")
    post(leader, drawn, gjor="vedta", valid_from="2026-01-01")
    assert leader.get(drawn).status_code == 200
    post(leader, f"{here}runder/ny/", year="2027")
    round_ = PrizeRound.objects.get(prize=prize)
    year = f"{here}2027/"
    shown = leader.get(f"{year}flytt/?til=published").context["stops"]
    assert len(shown) == 2
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    post(
        leader, f"{year}rediger/", seen=str(round_.row_version), opens_at_0=str(tomorrow),
        closes_at_0=str(tomorrow + 30 * make.DAY), statutes=str(prize.statutes.get().pk), officer=str(round_.officer_id),
        categories=[str(one.pk) for one in prize.categories.all()],
    )  # fmt: skip
    round_.refresh_from_db()
    post(leader, f"{year}flytt/", til="published", seen=str(round_.row_version))
    post(leader, f"{year}jury/", gjor="velg", name="Juryen")
    post(leader, f"{year}jury/", gjor="sete", display_name="Oppdiktet Medlem", capacity="business", is_chair="on")
    for page in (desk, here, f"{here}arbeidsgruppe/", year, f"{year}rediger/", f"{year}jury/", f"{here}runder/ny/"):
        assert leader.get(page).status_code == 200, page
    round_.refresh_from_db()
    assert (round_.state, str(round_.jury)) == ("published", "Juryen")
    post(leader, f"{here}runder/ny/", year="2028", copy=str(round_.pk))
    assert PrizeRound.objects.get(prize=prize, year=2028).jury == round_.jury


def test_what_one_wrote_stays_when_a_colleague_was_first(place: Authority) -> None:
    prize = make.a_prize(place)
    officer = signed_in(factories.a_user("officer", place))
    here = f"/{place.slug}/prisarbeid/{prize.slug}/"
    stale = str(prize.row_version)
    post(officer, here, name="Først", purpose="Å hedre.", is_public="on", seen=stale)
    answer = post(officer, here, 409, name="Sist", purpose="Å hedre.", is_public="on", seen=stale)
    assert "Sist" in answer.content.decode()
    post(officer, here, name="Sist", purpose="Å hedre.", is_public="on", seen=answer.context["form"].data["seen"])
    prize.refresh_from_db()
    assert prize.name == "Sist"


def test_no_nominee_stands_on_the_pages_of_who_has_not_declared(place: Authority) -> None:
    prize = make.a_prize(place)
    round_ = make.a_prize_round(prize, "judging", jury=make.a_jury(place, make.a_member(place)))
    make.a_candidate(round_.categories.get(), name=SECRET)
    officer = signed_in(factories.a_user("officer", place))
    here = f"/{place.slug}/prisarbeid/"
    for page in ("", f"{prize.slug}/", f"{prize.slug}/{round_.year}/", f"{prize.slug}/{round_.year}/jury/",
                 f"{prize.slug}/{round_.year}/flytt/?til=cancelled"):  # fmt: skip
        answer = officer.get(f"{here}{page}")
        assert (answer.status_code, SECRET in answer.content.decode()) == (200, False), page


def test_scripts_in_names_are_shown_as_text(place: Authority) -> None:
    officer = signed_in(factories.a_user("officer", place))
    desk = f"/{place.slug}/prisarbeid/"
    post(officer, f"{desk}ny/", name="<script>alert(1)</script>", purpose="Å hedre.", categories="<b>Miljø</b>")
    pages = (desk, f"{desk}{Prize.objects.get(authority=place).slug}/")
    text = " ".join(officer.get(page).content.decode() for page in pages)
    assert "<script>alert" not in text
    assert "<b>Miljø" not in text
    assert "&lt;script&gt;alert" in text


def test_a_step_that_is_done_or_does_not_exist_leads_back_with_how_it_stands(place: Authority) -> None:
    prize = make.a_prize(place)
    round_ = make.a_prize_round(prize, "judging")
    officer = signed_in(factories.a_user("officer", place))
    here = f"/{place.slug}/prisarbeid/{prize.slug}/{round_.year}/"
    answer = officer.post(f"{here}flytt/", {"til": "judging"}, follow=True)
    assert answer.redirect_chain[-1][0] == here
    assert officer.get(f"{here}flytt/?til=tull").status_code == 404
    post(officer, f"{here}flytt/", 200, til="cancelled", why="")
    post(officer, f"{here}flytt/", til="cancelled", why="Ingen penger.")
    round_.refresh_from_db()
    assert round_.state == "cancelled"


def test_a_round_that_was_never_published_is_removed_after_one_is_asked(place: Authority) -> None:
    prize = make.a_prize(place)
    round_ = make.a_prize_round(prize, "draft")
    officer = signed_in(factories.a_user("officer", place))
    here = f"/{place.slug}/prisarbeid/{prize.slug}/{round_.year}/"
    assert officer.get(f"{here}rediger/?gjor=slett").context["asks_removal"]
    post(officer, f"{here}rediger/", gjor="slett", seen=str(round_.row_version))
    assert not PrizeRound.objects.filter(pk=round_.pk).exists()


def test_the_overview_costs_the_same_for_one_prize_and_for_a_hundred() -> None:
    def grow(size: int) -> tuple[Client, dict[str, int | None]]:
        place = factories.an_authority()
        member = make.a_member(place)
        jury = make.a_jury(place, member)
        for _ in range(size):
            prize = make.a_prize(place)
            make.a_prize_round(prize, "draft", year=2027, jury=jury)
            make.a_candidate(make.a_prize_round(prize, "judging", jury=jury).categories.get())
        return signed_in(factories.a_user("officer", place)), {f"/{place.slug}/prisarbeid/": 24}

    same_for_all_sizes(grow)


def test_a_rounds_page_and_its_jury_cost_the_same_whatever_has_come() -> None:
    def grow(size: int) -> tuple[Client, dict[str, int | None]]:
        place = factories.an_authority()
        jury = make.a_jury(place, *[make.a_member(place) for _ in range(size)])
        prize = make.a_prize(place, *[f"Kategori {n}" for n in range(min(size, 12))])
        round_ = make.a_prize_round(prize, "judging", jury=jury)
        for n in range(size):
            make.a_candidate(round_.categories.all()[n % min(size, 12)])
        here = f"/{place.slug}/prisarbeid/{prize.slug}/{round_.year}/"
        return signed_in(factories.a_user("officer", place)), {here: None, f"{here}jury/": None}

    same_for_all_sizes(grow)
