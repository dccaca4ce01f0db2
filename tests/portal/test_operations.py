"""The page of operations says in words how it goes; the metrics say it in figures; neither tells about a person."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from portal import figures, metrics
from portal.models import Heartbeat, Mail, Notice, Run
from portal.tasks import beat_tick
from portal.views import operations
from tests import factories as make
from tests.conftest import signed_in

if TYPE_CHECKING:
    from tests.world import World

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 23, 11, 5, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


def a_pulse(**facts: Any) -> figures.Pulse:
    """Return the pulse of a portal where all is well, but for what the test says."""
    signs = {"beat": NOW - MINUTE, "sweep": NOW, "beat_since": NOW - dt.timedelta(days=3)}
    return figures.Pulse(NOW, **{"signs": signs, "calendar_ends": dt.date(2060, 12, 31), "tasks_waiting": 0, **facts})


def complaints(pulse: figures.Pulse, dead: int = 0) -> list[str]:
    with translation.override("en"):
        return [each["what"] for each in operations.wrong(pulse, {"dead": dead})]


@pytest.fixture
def well() -> None:
    """Let beat and the sweep have been at work just now."""
    beat_tick()
    Heartbeat.objects.update_or_create(name="sweep", defaults={"at": timezone.now()})


def page(client: Client) -> str:
    response = client.get("/drift/")
    assert response.status_code == 200
    return response.content.decode()


# ---- what is wrong, in words ----


def test_nothing_is_said_when_all_is_well() -> None:
    assert complaints(a_pulse()) == []


def test_a_silent_beat_is_told_by_the_clock() -> None:
    signs = {"beat": NOW - 20 * MINUTE, "sweep": NOW - 20 * MINUTE}
    assert complaints(a_pulse(signs=signs)) == ["Beat has been silent since at\u00a011.45."]


def test_a_beat_that_stopped_yesterday_is_told_without_a_clock() -> None:
    assert complaints(a_pulse(signs={"beat": NOW - dt.timedelta(days=2)})) == [
        "Beat has been silent for more than a day."
    ]


def test_a_pile_of_tasks_says_that_it_is_the_worker() -> None:
    signs = {"beat": NOW - 20 * MINUTE, "sweep": NOW - 20 * MINUTE}
    assert complaints(a_pulse(signs=signs, tasks_waiting=60)) == ["The worker stands still, and 60 tasks wait."]


@pytest.mark.parametrize(
    ("signs", "waiting", "first"),
    [
        ({}, 0, "Neither beat nor worker has ever given a sign of life."),
        ({}, 7, "The worker has never given a sign of life, and 7 tasks wait."),
        ({"sweep": NOW - MINUTE}, 0, "Beat has never given a sign of life."),
        ({"sweep": NOW}, 7, "Beat has never given a sign of life."),
        ({"beat": NOW - 4 * MINUTE, "sweep": NOW}, 0, "Beat has been silent since"),
        ({"beat": NOW - 4 * MINUTE}, 7, "The worker stands still, and 7 tasks wait."),
        ({"beat": NOW - 4 * MINUTE}, None, "The broker does not answer."),
    ],
)
def test_who_never_came_or_stands_still_is_said_first(signs: dict[str, Any], waiting: int | None, first: str) -> None:
    assert complaints(a_pulse(signs=signs, tasks_waiting=waiting))[0].startswith(first)


def test_a_dead_broker_is_the_cause_and_said_first() -> None:
    assert complaints(a_pulse(tasks_waiting=None)) == ["The broker does not answer."]


def test_a_sweep_that_stays_away_while_beat_goes_is_told() -> None:
    signs = {"beat": NOW, "beat_since": NOW - dt.timedelta(days=1), "sweep": NOW - dt.timedelta(hours=3)}
    assert complaints(a_pulse(signs=signs)) == ["The due dates have not been swept for more than two hours."]


def test_mail_that_waits_and_mail_given_up_are_told() -> None:
    assert complaints(a_pulse(oldest_due=NOW - 9 * MINUTE), dead=2) == [
        "A mail has been due for 9 minutes.", "2 mails have been given up."
    ]  # fmt: skip


def test_a_round_that_failed_is_told_until_one_goes_well() -> None:
    bad = Run.objects.create(name="digest", started_at=NOW - MINUTE, finished_at=NOW, error="X: y")
    assert figures.failing(figures.latest_runs(), {}) == [bad]
    assert figures.failing(figures.latest_runs(), {"digest": NOW + MINUTE}) == []


# ---- the page ----


def test_the_first_sentence_says_that_all_is_well_and_when_it_last_told(world: World, well: None, valkey: Any) -> None:
    text = page(signed_in(world.user("operator")))
    assert "Alt går som det skal. Sist varslet kl." in text.replace("\u00a0", " ")


def test_the_first_sentence_warns_where_nothing_has_ever_run(world: World, valkey: Any) -> None:
    Heartbeat.objects.all().delete()
    text = page(signed_in(world.user("operator")))
    assert "Alt går som det skal" not in text
    assert text.index("har noen gang gitt livstegn") < text.index("aldri")


def test_an_operator_sees_the_mails_of_all_and_a_leader_those_of_her_own(world: World, well: None) -> None:
    Mail.objects.all().delete()
    for authority in (world.home.authority, world.next.authority, None):
        make.a_mail(authority=authority, state="dead", last_error="550")
    everything = signed_in(world.user("operator")).get("/drift/").context["mails"]
    own = signed_in(world.user("leader")).get("/drift/").context["mails"]
    assert (everything["dead"], own["dead"]) == (3, 1)


def test_notices_of_seven_days_are_counted_by_kind(world: World, well: None) -> None:
    Notice.objects.all().delete()
    home = world.home.authority
    make.a_notice(home, kind="milestone", waits_for_digest=True)
    make.a_notice(home, kind="milestone", withdrawn_at=timezone.now())
    make.a_notice(home, kind="milestone", created_at=timezone.now() - dt.timedelta(days=8))
    make.a_notice(world.next.authority, kind="milestone")
    told = signed_in(world.user("officer")).get("/drift/").context["told"]
    assert [(row["kind"], row["made"], row["waiting"], row["withdrawn"]) for row in told] == [("milestone", 2, 1, 1)]


def test_an_errors_own_words_are_for_the_operator_alone(world: World, well: None) -> None:
    Run.objects.create(name="deliver", finished_at=timezone.now(), error="Refused: kari@test.example")
    assert "kari@test.example" in page(signed_in(world.user("operator")))
    leaders = page(signed_in(world.user("leader")))
    assert "kari@test.example" not in leaders
    assert "feilet" in leaders


def test_what_was_given_up_is_one_press_away(world: World, well: None) -> None:
    make.a_mail(authority=world.home.authority, state="dead")
    client = signed_in(world.user("officer"))
    assert "/admin/portal/mail/?state__exact=dead" in page(client)
    assert client.get("/admin/portal/mail/?state__exact=dead").status_code == 200


def test_the_daily_mail_is_told_by_day_and_number(well: None) -> None:
    for number in range(3):
        make.a_mail(digest_on=dt.date(2026, 11, 23), to_address=f"en{number}@test.example")
    make.a_mail(digest_on=dt.date(2026, 11, 20))
    found = figures.last_daily_mail()
    assert found is not None
    assert (found["digest_on"], found["number"]) == (dt.date(2026, 11, 23), 3)


# ---- metrics ----


def test_metrics_are_refused_without_the_token_and_given_with_it(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "hemmelig"
    assert client.get("/metrikk/").status_code == 401
    assert client.get("/metrikk/", headers={"Authorization": "Bearer feil"}).status_code == 401
    assert client.get("/metrikk/", headers={"Authorization": "Bearer hemmelig"}).status_code == 200
    assert client.get("/metrikk/", headers={"Authorization": "Bearer h\u00e6"}).status_code == 401


def test_without_a_token_in_the_settings_there_are_no_metrics(client: Client, settings: Any) -> None:
    settings.DEMO = settings.TESTING = False
    assert client.get("/metrikk/").status_code == 404


def samples(text: str) -> dict[str, float]:
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _space, value in (line.rpartition(" ") for line in lines)}


def test_the_figures_are_those_of_the_outbox_and_the_rounds(client: Client, well: None, valkey: Any) -> None:
    Mail.objects.all().delete()
    make.a_mail(attempts=2, created_at=timezone.now() - dt.timedelta(hours=1))
    make.a_mail(state="dead")
    ended = timezone.now()
    Run.objects.create(name="sweep", started_at=ended - dt.timedelta(seconds=2), finished_at=ended, error="X: y")
    found = samples(client.get("/metrikk/").content.decode())
    assert (found['portal_mails{state="queued"}'], found['portal_mails{state="dead"}']) == (1, 1)
    assert (found["portal_mails_retrying"], found["portal_broker_up"]) == (1, 1)
    assert found["portal_mail_oldest_waiting_seconds"] >= 3600
    assert found['portal_run_duration_seconds{name="sweep"}'] == 2
    assert found['portal_run_failed{name="sweep"}'] == 1
    assert found["portal_beat_age_seconds"] < 60


def test_what_is_not_known_has_no_sample(client: Client) -> None:
    Heartbeat.objects.all().delete()
    text = client.get("/metrikk/").content.decode()
    assert "portal_beat_age_seconds" not in samples(text)
    assert "# TYPE portal_beat_age_seconds gauge" in text


def test_metrics_name_no_person_and_no_authority(client: Client, world: World) -> None:
    text = client.get("/metrikk/").content.decode()
    assert "@" not in text
    assert world.home.slug not in text


def test_labels_and_help_are_escaped() -> None:
    strange = metrics.Metric("x", "a\nb\\c", [({"name": 'say "hi"\n\\'}, 1.5)])
    assert metrics.render_text([strange]) == (
        '# HELP x a\\nb\\\\c\n# TYPE x gauge\nx{name="say \\"hi\\"\\n\\\\"} 1.5\n'
    )
