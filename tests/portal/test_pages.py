"""The portal's own pages: the front page and its search, an authority, the papers, and the demo's sign-in."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from portal.case_path import when
from portal.models import Authority, CaseStep, RegionMembership
from portal.views.pages import fits
from strategy.models import PlanParticipant
from tests import factories as make
from tests.world import World


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def reader(world: World) -> Client:
    client = Client()
    client.cookies["sprak"] = "en"
    return client


def body(response: Any) -> str:
    assert response.status_code == 200
    return response.content.decode().replace("\xa0", " ")


# ---- front page ----


def test_every_listed_authority_stands_on_the_front_page_with_its_plan(reader: Client) -> None:
    make.an_authority(name="Uteby", is_listed=False)
    html = body(reader.get("/"))
    assert "Næringsplan for Hjemby 2026–2030: 2 goals and 2 strategies" in html
    assert "7 measures" in html
    assert "Uteby" not in html


def test_an_authority_that_only_takes_part_names_whose_plan_it_is(world: World, reader: Client) -> None:
    covered = make.an_authority(name="Liteby")
    PlanParticipant.objects.create(plan=world.home.plan, authority=covered, role="covered")
    assert "Part of Hjemby’s plan: Næringsplan for Hjemby 2026–2030" in body(reader.get("/"))


def test_drafts_are_not_announced(world: World, reader: Client) -> None:
    quiet = make.an_authority(name="Stilleby", tagline="Rolig og stille")
    make.a_plan(quiet, status="draft", title="Hemmelig plan")
    html = body(reader.get("/"))
    assert "Hemmelig" not in html
    assert "Rolig og stille" in html
    assert "Hemmelig" not in body(reader.get(f"/{quiet.slug}/"))


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_front_page_asks_the_same_whatever_the_number(
    world: World, reader: Client, django_assert_num_queries: Any, count: int
) -> None:
    for _ in range(count):
        make.a_round(make.a_case(make.a_plan(make.an_authority()).authority))
    with django_assert_num_queries(3):
        body(reader.get("/"))


@pytest.mark.parametrize("asked", ["Hjemby", "hjemby kommune", " 0101 ", "01 01", "hjem"])
def test_a_single_hit_opens_at_once(reader: Client, asked: str) -> None:
    answer = reader.get("/", {"q": asked})
    assert answer.status_code == 302
    assert answer["Location"] == "/hjemby/"


def test_several_hits_are_listed_and_none_says_what_to_do(reader: Client) -> None:
    assert "3 hits for “by”" in body(reader.get("/", {"q": "by"}))
    html = body(reader.get("/", {"q": "<b>Ingenby"}))
    assert "No hits for “&lt;b&gt;Ingenby”" in html
    assert "Check the spelling" in html
    assert 'value="&lt;b&gt;Ingenby"' in html


def test_the_word_kommune_alone_fits_nothing() -> None:
    assert not fits(Authority(name="Hjemby"), "kommune")


# ---- an authority ----


def test_an_authoritys_page_has_plans_bodies_cases_and_contact(world: World, reader: Client) -> None:
    html = body(reader.get("/hjemby/"))
    assert "/hjemby/planer/naeringsplan/" in html
    assert "/hjemby/planer/utkast/" not in html
    assert "Kommunestyret i Hjemby" in html
    assert "Næringsplan for Hjemby" in html
    assert "post@hjemby.example" in html
    assert "Plans of others that apply to Hjemby" in html
    assert "Byregionen" in html


def test_the_officer_sees_her_own_draft(officer_client: Client) -> None:
    assert "/hjemby/planer/utkast/" in body(officer_client.get("/hjemby/"))
    assert "/naboby/planer/utkast/" not in body(officer_client.get("/naboby/"))


def test_a_case_that_is_exempt_keeps_its_title_and_its_steps(world: World, reader: Client) -> None:
    case = make.a_case(
        world.home.authority, title="Navnet på bedriften", public_title="Søknad om støtte", access="exempt",
        access_basis="offl. § 13",
    )  # fmt: skip
    make.a_step(case, actor="Hemmelig utvalg")
    html = body(reader.get("/hjemby/"))
    assert "Søknad om støtte" in html
    assert "Navnet på bedriften" not in html
    assert "Hemmelig utvalg" not in html


def test_a_dropped_measure_is_not_counted(world: World, reader: Client) -> None:
    entry = world.home.plan.measures.earliest("pk").current_entry
    assert entry
    entry.change, entry.change_reason = "dropped", "Løst på annen måte"
    entry.save()
    assert "6 measures" in body(reader.get("/"))


def test_an_empty_authority_says_that_it_is_empty_and_what_comes(reader: Client) -> None:
    empty = make.an_authority(name="Tomby")
    html = body(reader.get(f"/{empty.slug}/"))
    assert "Tomby kommune has no plan of its own here yet." in html
    assert "A plan stands here when it is on hearing or adopted." in html
    assert "No cases yet." in html
    assert "No bodies are registered yet." in html


def test_a_region_lists_todays_members(world: World, reader: Client) -> None:
    gone = make.an_authority(name="Utmeldt")
    region = world.region.authority
    RegionMembership.objects.create(region=region, member=gone, valid_to=dt.date(2020, 1, 1))
    html = body(reader.get("/byregionen/"))
    assert "2 municipalities take part" in html
    assert "Utmeldt" not in html


def test_an_authority_that_is_not_listed_has_no_page(reader: Client) -> None:
    assert reader.get(f"/{make.an_authority(is_listed=False).slug}/").status_code == 404


@pytest.mark.parametrize("count", [1, 3, 15])
def test_an_authoritys_page_asks_the_same_whatever_it_has(
    reader: Client, django_assert_num_queries: Any, count: int
) -> None:
    authority = make.an_authority()
    for _ in range(count):
        make.a_measure(make.a_plan(authority, live_view_open=True))
        make.a_body(authority)
        make.a_step(make.a_case(authority))
    with django_assert_num_queries(12):
        body(reader.get(f"/{authority.slug}/"))


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        ({}, ""),
        ({"starts_on": dt.date(2023, 2, 1), "ends_on": dt.date(2023, 5, 31), "precision": "month"},
         "February–May 2023"),
        ({"starts_on": dt.date(2023, 2, 1), "precision": "month"}, "February 2023"),
        ({"starts_on": dt.date(2023, 3, 2), "precision": "day"}, "2 March 2023"),
        ({"starts_on": dt.date(2023, 3, 2), "ends_on": dt.date(2023, 3, 2), "precision": "day"}, "2 March 2023"),
        ({"starts_on": dt.date(2023, 3, 2), "ends_on": dt.date(2023, 3, 4), "precision": "day"},
         "2 March 2023–4 March 2023"),
        ({"ends_on": dt.date(2023, 1, 1), "precision": "year"}, "2023"),
    ],
)  # fmt: skip
def test_a_step_is_dated_as_exactly_as_it_was_stated(facts: dict[str, Any], shown: str) -> None:
    assert when(CaseStep(**facts)) == shown


# ---- papers ----


@pytest.mark.parametrize("path", ["/tilgjengelighet/", "/personvern/", "/kontakt/", "/kontakt/?til=hjemby"])
def test_the_papers_open_for_anyone(reader: Client, path: str) -> None:
    assert body(reader.get(path)).count("<h1") == 1


def test_contact_puts_the_authority_one_came_from_first(reader: Client) -> None:
    html = body(reader.get("/kontakt/?til=naboby"))
    assert html.index("post@naboby.example") < html.index("post@hjemby.example")
    assert "ds-card" not in body(reader.get("/kontakt/?til=finnes-ikke"))


def test_too_many_requests_get_a_plain_word(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.ratelimit.over_limit", lambda *_args, **_facts: True)
    answer = reader.get("/")
    assert answer.status_code == 429
    assert "a little too fast" in answer.content.decode()


def test_what_was_typed_can_be_sent_again(officer_client: Client, world: World) -> None:
    session = officer_client.session
    session["typed"] = {
        "path": "/admin/x/", "fields": [["title", "En\nlang «tekst» & <b>"]], "files": ["kart.pdf"],
        "person": world.user("officer").pk,
    }  # fmt: skip
    session.save()
    html = body(officer_client.get("/konto/fortsett/"))
    assert 'action="/admin/x/"' in html
    assert '<textarea hidden name="title">\nEn\nlang «tekst» &amp; &lt;b&gt;</textarea>' in html
    assert "kart.pdf" in html


# ---- the demo ----


@pytest.fixture
def demo(settings: Any) -> None:
    settings.DEMO = True
    settings.ROOT_URLCONF = "tests.house.demo_urls"


def test_one_press_signs_in_as_one_of_the_invented_people(demo: None, world: World, reader: Client) -> None:
    officer = world.user("officer")
    html = body(reader.get("/demo/"))
    assert f'name="user" value="{officer.pk}"' in html
    assert "Officer, Hjemby" in html
    assert reader.post("/demo/", {"user": officer.pk}).status_code == 302
    assert reader.session["_auth_user_id"] == str(officer.pk)


def test_the_mailbox_shows_the_mails_as_text(demo: None, reader: Client) -> None:
    make.a_mail(subject="Velkommen <b>", text="Første linje\n<script>alert(1)</script>")
    html = body(reader.get("/demo/postkasse/"))
    assert "Velkommen &lt;b&gt;" in html
    assert "<script>alert" not in html
