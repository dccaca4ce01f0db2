"""The figures in the text format that Prometheus and its kin read. Counts and ages only: nothing about a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from portal import figures, wiring
from portal.calendar import oslo_today

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metric(NamedTuple):
    """One metric with its samples: the labels of each, and its value. Every one is a gauge: it may go down."""

    name: str
    help: str
    samples: list[tuple[dict[str, str], float]]


def one(name: str, text: str, value: float | None) -> Metric:
    """Return a metric of one sample without labels; of none where the value is not known."""
    return Metric(name, text, [] if value is None else [({}, value)])


def seconds(passed: dt.timedelta | None) -> float | None:
    return None if passed is None else passed.total_seconds()


def render_text(metrics: Iterable[Metric]) -> str:
    return "".join(f"{line}\n" for metric in metrics for line in lines_of(metric))


def lines_of(metric: Metric) -> Iterator[str]:
    yield f"# HELP {metric.name} {escaped(metric.help)}"
    yield f"# TYPE {metric.name} gauge"
    for labels, value in metric.samples:
        pairs = ",".join(f'{label}="{escaped(text, quotes=True)}"' for label, text in labels.items())
        yield f"{metric.name}{{{pairs}}} {value:.15g}" if pairs else f"{metric.name} {value:.15g}"


def escaped(text: str, *, quotes: bool = False) -> str:
    text = text.replace("\\", "\\\\").replace("\n", "\\n")
    return text.replace('"', '\\"') if quotes else text


def collect(now: dt.datetime) -> list[Metric]:
    """Read everything: nine small questions, whatever the number of rows, and what the areas count."""
    pulse, mails, notices = figures.pulse(now), figures.mails(now), figures.notices()
    latest = figures.latest_runs()
    failing = figures.failing(latest, pulse.signs)
    runs = [(run, {"name": run.name}) for run in latest]
    by_state = {"queued": mails["waiting"], "sent": mails["sent"], "dead": mails["dead"]}
    return [
        one("portal_beat_age_seconds", "Since beat's last tick came through a worker.", seconds(pulse.beat_silent)),
        one("portal_worker_age_seconds", "Since a worker last showed life.", seconds(pulse.worker_silent)),
        one("portal_sweep_age_seconds", "Since the deadlines were last swept.", seconds(pulse.since(figures.SWEEP))),
        one("portal_broker_up", "Whether the broker answers.", float(pulse.tasks_waiting is not None)),
        one("portal_tasks_waiting", "Tasks in the broker's queue.", pulse.tasks_waiting),
        Metric("portal_mails", "Mails by state.", [({"state": state}, n) for state, n in by_state.items()]),
        one("portal_mails_retrying", "Waiting mails that have failed before.", mails["retrying"]),
        one("portal_mails_dead", "Mails given up, to be looked at in the admin.", mails["dead"]),
        one("portal_mail_overdue_seconds", "How long the oldest due mail has waited.", seconds(pulse.outbox_waited)),
        one(
            "portal_mail_oldest_waiting_seconds",
            "Since the oldest waiting mail was written, those resting between attempts too.",
            seconds(now - mails["oldest"]) if mails["oldest"] else 0,
        ),
        one("portal_notices", "Notices kept.", notices["made"]),
        one("portal_notices_waiting", "Notices that wait for the daily mail.", notices["waiting"]),
        one("portal_notices_withdrawn", "Notices that no longer hold.", notices["withdrawn"]),
        Metric("portal_run_age_seconds", "Since the newest round of each name ended.",
               [(name, (now - run.finished_at).total_seconds()) for run, name in runs if run.finished_at]),
        Metric("portal_run_duration_seconds", "How long that round took.",
               [(name, (run.finished_at - run.started_at).total_seconds()) for run, name in runs if run.finished_at]),
        Metric("portal_run_failed", "Whether that round ended with an error, and none has gone well since.",
               [(name, float(run in failing)) for run, name in runs]),
        *[Metric(*each) for count in wiring.load(wiring.METRICS) for each in count(oslo_today(now))],
    ]  # fmt: skip
