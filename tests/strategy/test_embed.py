"""A plan's status in another web site's frame: small, without cookies or scripts, and public facts only."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from strategy.models import PlanReport
from tests.strategy.reading import body

if TYPE_CHECKING:
    from strategy.models import Plan
    from tests.world import World

pytestmark = pytest.mark.django_db
MOST_BYTES = 30_000


def address(plan: Plan) -> str:
    return reverse("plan_embed", args=[plan.authority.slug, plan.slug])


def released(world: World) -> PlanReport:
    """Return the released report of a plan whose live view is closed."""
    world.home.plan.live_view_open = False
    world.home.plan.save()
    return PlanReport.objects.get(plan=world.home.plan, released_at__isnull=False)


def test_only_this_page_may_stand_in_anothers_frame(plan: Plan, reader: Client) -> None:
    answer = reader.get(address(plan))
    assert "frame-ancestors *" in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer
    whole = reader.get(plan.get_absolute_url())
    assert "frame-ancestors 'none'" in whole["Content-Security-Policy"]
    assert whole["X-Frame-Options"] == "DENY"


def test_it_weighs_at_most_thirty_kilobytes_with_all_it_fetches(plan: Plan, reader: Client) -> None:
    html = body(reader.get(address(plan)))
    fetched = {found.partition("#")[0] for found in re.findall(r'(?:href|src)="(/static/[^"]+)"', html)}
    assert {Path(name).name for name in fetched} == {"embed.css", "icons.svg"}
    sizes = [(Path(settings.BASE_DIR) / name.lstrip("/")).stat().st_size for name in fetched]
    assert len(html.encode()) + sum(sizes) <= MOST_BYTES


def test_it_runs_no_script_takes_no_form_and_sets_no_cookie(plan: Plan, officer_client: Client) -> None:
    answer = officer_client.get(address(plan))
    html = body(answer)
    assert "<script" not in html
    assert "<form" not in html
    assert "style=" not in html
    assert not answer.cookies


def test_every_link_leaves_the_frame(plan: Plan, reader: Client) -> None:
    links = re.findall(r"<a [^>]+>", body(reader.get(address(plan))))
    assert links
    assert all('target="_top"' in link for link in links)


def test_before_any_release_it_shows_the_plan_without_standing(plan: Plan, as_role: Any) -> None:
    plan.live_view_open = False
    plan.save()
    for person in ("anonymous", "officer", "elected", "forum_reviewer"):
        html = body(as_role(person).get(address(plan)))
        assert "6 tiltak" in html, person
        assert "Forsinket" not in html, person
        assert "<svg" not in html, person


def test_after_a_release_it_shows_what_was_released_and_when(world: World, reader: Client, as_role: Any) -> None:
    report = released(world)
    world.home.plan.participations.update(state="done", done_on="2026-11-01")  # what came later is not released
    html = body(reader.get(address(world.home.plan)))
    assert "7. september 2026" in html
    assert re.search(r"Forsinket</span> <b>2<", html)
    assert body(as_role("officer").get(address(world.home.plan))) == html
    assert report.number == 1


def test_a_live_view_that_is_open_to_all_is_shown_as_of_today(plan: Plan, reader: Client, the_day: None) -> None:
    html = body(reader.get(address(plan)))
    assert re.search(r"Forsinket</span> <b>2<", html)


def test_a_draft_is_shown_to_nobody_in_a_frame(as_role: Any) -> None:
    for person in ("anonymous", "officer", "operator"):
        assert as_role(person).get("/hjemby/planer/utkast/innebygd/").status_code == 404


def test_it_speaks_the_authoritys_language_whoever_looks(plan: Plan, reader: Client) -> None:
    answer = reader.get(address(plan))
    assert '<html lang="nb">' in body(answer)
    assert answer["Content-Language"] == "nb"


def test_it_may_be_kept_for_a_while_and_is_not_sent_again_unchanged(plan: Plan, reader: Client) -> None:
    first = reader.get(address(plan))
    assert first["Cache-Control"] == "public, max-age=300"
    assert reader.get(address(plan), headers={"If-None-Match": first["ETag"]}).status_code == 304
    plan.measures.get(current_entry__title="Sent tiltak").participations.update(state="done", done_on="2026-11-01")
    assert reader.get(address(plan), headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_it_costs_few_queries(plan: Plan, reader: Client, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(12):
        body(reader.get(address(plan)))


def test_a_released_report_costs_two(world: World, reader: Client, django_assert_max_num_queries: Any) -> None:
    released(world)
    with django_assert_max_num_queries(2):
        body(reader.get(address(world.home.plan)))


def test_the_snippet_shows_the_whole_address(plan: Plan, rf: Any) -> None:
    from django.template.loader import render_to_string

    html = render_to_string(
        "strategy/embed/how.html",
        {"plan": plan, "authority": plan.authority},
        request=rf.get("/", HTTP_HOST="gammel.example"),
    )
    assert f'&lt;iframe src="{settings.BASE_URL}{address(plan)}"' in html
