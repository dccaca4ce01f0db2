"""Two beats at once, and the night the clocks go forward: nothing is doubled and nothing is left out."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from celery.schedules import crontab
from django.utils import timezone

from portal import digest, sweep
from portal.celery import app
from portal.models import Mail, Notice, Run
from tests import factories as make
from tests.faults.servers import wait_until
from tests.faults.test_delivery import doubles, worker
from tests.world import World

if TYPE_CHECKING:
    from pathlib import Path

    from tests.mailserver import MailServer

OSLO = ZoneInfo("Europe/Oslo")
ROUNDS = 4


@pytest.mark.fault
@pytest.mark.slow
def test_two_beats_at_once_double_nothing(start: Any, post: tuple[MailServer, int], tmp_path: Path) -> None:
    officers = [make.a_user("officer", World().home.authority) for _ in range(10)]
    for officer in officers:
        case = make.a_case(World().home.authority, officer=officer)
        for _ in range(3):
            make.a_step(case, activity="decision", papers_due_on=timezone.localdate() + dt.timedelta(days=1))
    hasty = "tests.faults.hasty"
    start(*worker(2), app=hasty)
    for number in (1, 2):
        start("beat", "--schedule", str(tmp_path / f"beat{number}"), "--pidfile=", app=hasty)
    finished = Run.objects.filter(finished_at__isnull=False, error="")
    for rounds in (finished.filter(name="sweep"), finished.filter(name="digest")):
        wait_until(lambda: rounds.count() >= ROUNDS * 2, 40, f"{ROUNDS} rounds of two beats")  # noqa: B023 — asked at once
    wait_until(lambda: not Mail.objects.filter(state=Mail.State.QUEUED).exists(), what="the last delivery")

    told = Notice.objects.filter(kind="papers", user__in=officers)
    assert Counter(told.values_list("user_id", flat=True)) == {officer.pk: 3 for officer in officers}
    said = Counter(Notice.objects.current().values_list("user_id", "address", "kind", "subject_type", "subject_id"))
    assert set(said.values()) == {1}
    mails = Counter(post[0].receivers)
    assert {officer.email: mails[officer.email] for officer in officers} == {officer.email: 1 for officer in officers}
    assert set(mails.values()) == {1}, "one daily mail for each reader"
    assert doubles(post[0]) == 0
    assert not Run.objects.exclude(error="").exists()


def moments_of(task: str, begins: dt.datetime, ends: dt.datetime) -> list[dt.datetime]:
    """Return when beat sends this task, looking at the clock each minute as it would."""
    sent, minute = [], dt.timedelta(minutes=1)
    for entry in app.conf.beat_schedule.values():
        if entry["task"] != task:
            continue
        now = last = begins
        schedule = entry["schedule"]
        assert isinstance(schedule, crontab)
        schedule = crontab(
            minute=schedule._orig_minute, hour=schedule._orig_hour, nowfun=lambda: now.astimezone(OSLO), app=app  # noqa: B023
        )  # fmt: skip
        while now < ends:
            if schedule.is_due(last.astimezone(OSLO)).is_due:
                sent.append(now)
                last = now
            now += minute
    return sorted(sent)


def utc(day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, 3, day, hour, minute, tzinfo=dt.UTC)


@pytest.mark.fault
def test_the_sweep_runs_every_hour_through_the_night_the_clocks_go_forward() -> None:
    sent = moments_of("portal.tasks.sweep_deadlines", utc(28, 20, 30), utc(29, 12, 30))
    full_hours = [moment for moment in sent if moment.minute == 0]
    assert full_hours == [utc(28, hour) for hour in range(21, 24)] + [utc(29, hour) for hour in range(13)]
    at_the_days_start = [moment for moment in sent if moment.minute == 30]
    assert at_the_days_start == [utc(29, 4, 30)], "half past six in Norway, now two hours ahead"


@pytest.mark.fault
@pytest.mark.parametrize("day", [27, 28, 29, 30])
def test_the_days_start_comes_once_each_day_at_half_past_six(day: int) -> None:
    begins = dt.datetime(2026, 3, day, 0, 5, tzinfo=OSLO).astimezone(dt.UTC)
    sent = moments_of("portal.tasks.sweep_deadlines", begins, begins + dt.timedelta(hours=20))
    local = [moment.astimezone(OSLO) for moment in sent]
    assert [(moment.hour, moment.minute) for moment in local if moment.minute == 30] == [(6, 30)]


@pytest.mark.fault
def test_a_nightly_task_whose_minute_does_not_exist_still_runs_each_day() -> None:
    sent = moments_of("portal.tasks.clean_up", utc(27, 12), utc(30, 12))
    assert [moment.astimezone(OSLO).date().day for moment in sent] == [28, 29, 30]


@pytest.mark.fault
@pytest.mark.slow
def test_the_daily_mail_goes_at_seven_before_and_after_the_change(own_database: str) -> None:
    """Seven o'clock in Norway is 06.00 UTC on Friday and 05.00 UTC on Monday; the weekend between gets none."""
    person = make.a_user("officer", World().home.authority)
    case = make.a_case(World().home.authority, officer=person)
    for day in (27, 30):
        make.a_step(case, activity="decision", papers_due_on=dt.date(2026, 3, day))
    deeds = {"portal.tasks.sweep_deadlines": sweep.sweep, "portal.tasks.send_digests": digest.send}
    mornings = [(utc(day, 3, 30), utc(day, 7)) for day in (27, 28, 29, 30)]
    beats = [(at, deeds[task]) for task in deeds for begins, ends in mornings for at in moments_of(task, begins, ends)]
    seen, mailed = 0, []
    for moment, deed in sorted(beats, key=lambda beat: beat[0]):
        deed(moment)
        Mail.objects.filter(state=Mail.State.QUEUED).update(state=Mail.State.SENT, sent_at=moment)
        if (count := Mail.objects.filter(to_address=person.email).count()) > seen:
            mailed.append(moment)
            seen = count
    assert mailed == [utc(27, 6), utc(30, 5)]
    assert seen == 2
