"""Following by e-mail: a confirmed address, one mail a release with public facts only, and out with one press."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal import codes, keys
from portal.models import EmailCode, LinkKey, Mail
from strategy import followers
from strategy.content import decode
from strategy.models import Follower, Plan, PlanReport
from strategy.rules import Standing
from tests import factories as make
from tests.strategy.reading import body, english
from tests.world import HOME, PLAN

if TYPE_CHECKING:
    from strategy.content import Content
    from tests.world import World

pytestmark = pytest.mark.django_db
FOLLOW, CODE = f"/{HOME}/planer/{PLAN}/folg/", f"/{HOME}/planer/{PLAN}/folg/kode/"
ANNA = "anna@test.example"


@pytest.fixture(autouse=True)
def nobody_follows(world: World) -> None:
    Follower.objects.all().delete()


@pytest.fixture
def visitor(db: None) -> Client:
    return english(Client())


def digits_in_mail(address: str = ANNA) -> str:
    mail = Mail.objects.filter(to_address=address).latest("pk")
    found = re.search(r"code is: (\d{3}) (\d{3})", mail.text) or re.search(r"(\d{3}) (\d{3})", mail.text)
    assert found
    return "".join(found.groups())


def follow(client: Client, address: str = ANNA, measure: int | None = None) -> Any:
    client.post(FOLLOW + (f"?tiltak={measure}" if measure else ""), {"address": address})
    return client.post(CODE, {"do": "confirm", "code": digits_in_mail(address.lower())})


def a_follower(plan: Plan, address: str = ANNA, **facts: Any) -> Follower:
    return Follower.objects.create(plan=plan, address=address, **facts)


# ---- beginning ----


def test_an_address_follows_when_the_code_is_written(world: World, visitor: Client) -> None:
    answer = follow(visitor, "Anna@Test.Example")
    assert answer.headers["Location"] == world.home.plan.get_absolute_url()
    follower = Follower.objects.get()
    assert (follower.plan, follower.measure, follower.address) == (world.home.plan, None, ANNA)


def test_a_measure_is_followed_by_itself(world: World, visitor: Client) -> None:
    measure = world.home.participation.measure
    assert follow(visitor, measure=measure.pk).headers["Location"] == measure.get_absolute_url()
    assert Follower.objects.get().measure == measure


def test_before_the_code_nothing_is_kept_but_the_code(visitor: Client) -> None:
    visitor.post(FOLLOW, {"address": ANNA})
    assert not Follower.objects.exists()
    assert EmailCode.objects.get(address=ANNA).confirmed_at is None
    assert ANNA not in str(visitor.session.items())


def test_a_wrong_code_follows_nothing(visitor: Client) -> None:
    visitor.post(FOLLOW, {"address": ANNA})
    wrong = "000000" if digits_in_mail() != "000000" else "111111"
    assert "This is not the code we sent last." in body(visitor.post(CODE, {"do": "confirm", "code": wrong}))
    assert not Follower.objects.exists()


def test_nobody_is_told_whether_an_address_follows_already(world: World) -> None:
    a_follower(world.home.plan)
    said = []
    for address in (ANNA, "bente@test.example"):
        client = english(Client())
        sent = client.post(FOLLOW, {"address": address})
        page = body(client.get(CODE)).replace(address, "#")
        done = client.post(CODE, {"do": "confirm", "code": digits_in_mail(address)})
        mail = Mail.objects.filter(to_address=address).latest("pk")
        told = body(client.get(done.headers["Location"])).replace(address, "#")
        said.append(
            (sent.status_code, done.headers["Location"], mail.subject, _without_tokens(page), _without_tokens(told))
        )
    assert said[0] == said[1]
    assert Follower.objects.filter(address=ANNA).count() == 1


def _without_tokens(html: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", html)


def test_another_visitor_cannot_use_the_code(visitor: Client) -> None:
    visitor.post(FOLLOW, {"address": ANNA})
    answer = Client().post(CODE, {"do": "confirm", "code": digits_in_mail()})
    assert answer.headers["Location"] == FOLLOW
    assert not Follower.objects.exists()


def test_a_new_code_takes_the_place_of_the_old(visitor: Client) -> None:
    visitor.post(FOLLOW, {"address": ANNA})
    old = digits_in_mail()
    assert "Only the newest works." in body(visitor.post(CODE, {"do": "again"}))
    if digits_in_mail() != old:
        visitor.post(CODE, {"do": "confirm", "code": old})
        assert not Follower.objects.exists()
    visitor.post(CODE, {"do": "confirm", "code": digits_in_mail()})
    assert Follower.objects.exists()


def test_one_address_is_not_flooded_with_codes(visitor: Client) -> None:
    for _ in range(codes.PER_ADDRESS):
        assert visitor.post(FOLLOW, {"address": ANNA}).status_code == 302
    refused = visitor.post(FOLLOW, {"address": ANNA})
    assert refused.status_code == 429
    assert "We cannot send more codes right now." in refused.content.decode()
    assert Mail.objects.filter(to_address=ANNA).count() == codes.PER_ADDRESS


def test_a_plan_sends_no_flood_of_codes(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "PER_PURPOSE", 2)
    answers = [visitor.post(FOLLOW, {"address": f"en{n}@test.example"}).status_code for n in range(3)]
    assert answers == [302, 302, 429]


def test_what_is_no_address_is_refused_with_the_reason(visitor: Client) -> None:
    assert "Write an e-mail address, for example" in body(visitor.post(FOLLOW, {"address": "anna"}))
    assert not Mail.objects.filter(subject__icontains="code").exists()


def test_a_draft_and_another_plans_measure_are_not_followed(world: World, as_role: Any) -> None:
    assert as_role("officer").get(f"/{HOME}/planer/utkast/folg/").status_code == 404
    assert as_role("anonymous").get(f"{FOLLOW}?tiltak={world.next.participation.measure_id}").status_code == 404


def test_the_code_dies_with_time(visitor: Client, time_machine: Any) -> None:
    visitor.post(FOLLOW, {"address": ANNA})
    time_machine.move_to(timezone.now() + codes.LIFETIME + dt.timedelta(minutes=1))
    assert "The code has run out" in body(visitor.get(CODE))
    visitor.post(CODE, {"do": "confirm", "code": digits_in_mail()})
    assert not Follower.objects.exists()


# ---- what is told ----


@pytest.fixture
def report(world: World) -> PlanReport:
    rows = PlanReport.objects.select_related("plan__authority")
    return rows.get(plan=world.home.plan, released_at__isnull=False)


@pytest.fixture
def content(report: PlanReport) -> Content:
    return decode(report.content)


def changed(content: Content, part: int, standing: Standing) -> Content:
    """Return the content as it was before, with one part standing otherwise."""
    rows = [dataclasses.replace(row, standing=standing) if row.part_id == part else row for row in content.rows]
    return dataclasses.replace(content, rows=rows)


def test_a_follower_of_the_plan_gets_each_released_report(world: World, report: PlanReport, content: Content) -> None:
    a_follower(world.home.plan)
    assert followers.tell(report, content, content) == 1
    mail = Mail.objects.get(to_address=ANNA)
    assert f"{world.home.plan}" in mail.subject
    assert report.get_absolute_url() in mail.text
    assert mail.authority == world.home.authority


def test_a_follower_of_a_measure_hears_only_of_what_stands_otherwise(
    world: World, report: PlanReport, content: Content
) -> None:
    late = next(row for row in content.rows if row.standing == Standing.LATE)
    same = next(row for row in content.rows if row.measure_id != late.measure_id)
    a_follower(world.home.plan, measure_id=late.measure_id, language="nb")
    a_follower(world.home.plan, "bente@test.example", measure_id=same.measure_id)
    before = changed(content, late.part_id or 0, Standing.ON_TRACK)
    assert followers.tell(report, before, content) == 1
    text = Mail.objects.get(to_address=ANNA).text
    assert f"{late.title}: I rute → Forsinket" in text
    assert late.url in text


def test_one_address_gets_one_mail_for_all_it_follows(world: World, report: PlanReport, content: Content) -> None:
    a_follower(world.home.plan)
    for row in content.rows[:3]:
        a_follower(world.home.plan, measure_id=row.measure_id)
    assert followers.tell(report, None, content) == 1
    text = Mail.objects.get(to_address=ANNA).text
    for row in content.rows[:3]:
        assert row.url in text


def test_a_measure_that_left_the_plan_is_told_as_such(world: World, report: PlanReport, content: Content) -> None:
    gone = content.rows[0]
    a_follower(world.home.plan, measure_id=gone.measure_id)
    after = dataclasses.replace(content, rows=content.rows[1:])
    followers.tell(report, content, after)
    assert "tatt ut av planen" in Mail.objects.get(to_address=ANNA).text


def test_a_corrected_report_says_that_it_is_corrected(world: World, report: PlanReport, content: Content) -> None:
    a_follower(world.home.plan)
    report.version = 2
    followers.tell(report, content, content)
    assert "rettet" in Mail.objects.get(to_address=ANNA).subject


def test_followers_of_another_plan_hear_nothing(world: World, report: PlanReport, content: Content) -> None:
    a_follower(world.next.plan)
    assert followers.tell(report, None, content) == 0


def test_nothing_is_told_of_a_plan_that_is_no_longer_public(world: World, report: PlanReport, content: Content) -> None:
    a_follower(world.home.plan)
    report.plan.status = Plan.Status.DRAFT
    assert followers.tell(report, None, content) == 0
    assert not Mail.objects.filter(to_address=ANNA).exists()


def test_no_employee_is_named_in_the_mail(world: World, report: PlanReport, content: Content) -> None:
    a_follower(world.home.plan)
    followers.tell(report, None, content)
    mail = Mail.objects.get(to_address=ANNA)
    for person in ("officer", "leader"):
        assert world.user(person).name not in mail.text + mail.html


def test_a_thousand_cost_the_same_few_queries_a_batch(
    world: World, report: PlanReport, content: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = []
    for number in (1, 3, 100):
        Follower.objects.all().delete()
        Follower.objects.bulk_create(
            Follower(plan=world.home.plan, address=f"en{n:04}@test.example") for n in range(number)
        )
        with CaptureQueriesContext(connection) as queries:
            assert followers.tell(report, content, content) == number
        counts.append(len(queries))
    assert len(set(counts)) == 1
    monkeypatch.setattr(followers, "BATCH", 40)
    with CaptureQueriesContext(connection) as queries:
        assert followers.tell(report, content, content) == 100
    assert len(queries) == counts[0] + 2 * 2  # two more batches, of two statements each


# ---- out ----


@pytest.fixture
def stop_page(world: World, report: PlanReport, content: Content) -> str:
    """The way out that stands in the mail of one who follows the plan and a measure."""
    a_follower(world.home.plan)
    a_follower(world.home.plan, measure=world.home.participation.measure)
    followers.tell(report, None, content)
    mail = Mail.objects.get(to_address=ANNA)
    assert mail.unsubscribe_url in mail.text
    assert mail.unsubscribe_url in mail.html
    return mail.unsubscribe_url.partition("8000")[2] or mail.unsubscribe_url


def test_opening_the_link_stops_nothing(visitor: Client, stop_page: str) -> None:
    html = body(visitor.get(stop_page))
    assert "Stop it all" in html
    assert Follower.objects.count() == 2


def test_the_mail_programs_one_press_stops_all_without_cookie_or_token(stop_page: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(stop_page, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Follower.objects.exists()


def test_any_other_post_stops_nothing(visitor: Client, stop_page: str) -> None:
    visitor.post(stop_page, {"hei": "1"})
    assert Follower.objects.count() == 2


def test_who_stops_is_forgotten(visitor: Client, stop_page: str) -> None:
    make.an_email_code(address=ANNA, purpose=followers.purpose_of(Follower.objects.first().plan_id))
    html = body(visitor.post(stop_page, {"stop": "1"}))
    assert "We have deleted your address" in html
    assert not Follower.objects.filter(address=ANNA).exists()
    assert not Mail.objects.filter(to_address=ANNA).exists()
    assert not EmailCode.objects.filter(address=ANNA).exists()
    assert not LinkKey.objects.filter(address=ANNA).exists()


def test_one_thing_is_stopped_and_the_rest_goes_on(visitor: Client, stop_page: str, world: World) -> None:
    of_plan = Follower.objects.get(measure=None)
    html = body(visitor.post(stop_page, {"bare": str(of_plan.pk)}))
    assert "This you still follow:" in html
    assert Follower.objects.get().measure == world.home.participation.measure
    body(visitor.post(stop_page, {"stop": "1"}))  # the same link still works for the rest
    assert not Follower.objects.exists()


def test_another_persons_following_is_not_stopped(visitor: Client, stop_page: str, world: World) -> None:
    bente = a_follower(world.home.plan, "bente@test.example")
    visitor.post(stop_page, {"bare": str(bente.pk)})
    visitor.post(stop_page, {"stop": "1"})
    assert list(Follower.objects.all()) == [bente]


def test_a_link_used_again_says_that_it_is_done(visitor: Client, stop_page: str) -> None:
    visitor.post(stop_page, {"stop": "1"})
    assert "You stopped before." in body(visitor.post(stop_page, {"List-Unsubscribe": "One-Click"}))


def test_a_key_for_something_else_opens_nothing(visitor: Client, world: World) -> None:
    other = keys.issue("unsubscribe", now=timezone.now(), address=ANNA, scope="*")
    assert visitor.get(f"/planer/folg/stopp/{other}/").status_code == 404
    assert visitor.get("/planer/folg/stopp/feil/").status_code == 404


def test_one_who_stopped_may_follow_again(visitor: Client, stop_page: str) -> None:
    visitor.post(stop_page, {"stop": "1"})
    follow(visitor)
    assert Follower.objects.get().address == ANNA
