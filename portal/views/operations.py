"""What the machinery has done: a page for people, metrics for monitoring."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal import figures, permissions, wiring
from portal.integrations import antivirus
from portal.metrics import CONTENT_TYPE, collect, render_text
from portal.models import Run
from portal.templatetags.portal_tags import clock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

RUNS_SHOWN = 20
ROUNDS = {
    "sweep": gettext_lazy("Sweep of due dates"),
    "periods": gettext_lazy("Opening of reporting periods"),
    "digest": gettext_lazy("Daily mail"),
    "deliver": gettext_lazy("Delivery of mail"),
    "clean": gettext_lazy("Cleaning"),
    "groups": gettext_lazy("Check of who is in the groups"),
    "reconcile": gettext_lazy("Reconciliation of the ledger"),
    "rates": gettext_lazy("Euro rates"),
    "old_drafts": gettext_lazy("Deletion of old drafts"),
    "unanswered": gettext_lazy("Grants that nobody accepted in time"),
    "votes": gettext_lazy("Count of public votes"),
    "plan_documents": gettext_lazy("Reading of plan documents"),
    "vote_traces": gettext_lazy("Erasing of what is known of voters"),
    "prize_thanks": gettext_lazy("Letters after a prize is announced"),
}
COUNTED = {
    "made": gettext_lazy("made"),
    "revived": gettext_lazy("taken up again"),
    "withdrawn": gettext_lazy("withdrawn"),
    "opened": gettext_lazy("opened"),
    "asked": gettext_lazy("asked"),
    "written": gettext_lazy("written"),
    "sent": gettext_lazy("sent"),
    "failed": gettext_lazy("failed"),
    "drafts": gettext_lazy("unconfirmed inputs"),
    "codes": gettext_lazy("codes"),
    "keys": gettext_lazy("keys"),
    "sessions": gettext_lazy("sessions"),
    "runs": gettext_lazy("rounds"),
    "notices": gettext_lazy("notices"),
    "mails": gettext_lazy("mails"),
    "letters": gettext_lazy("letters"),
    "numbers": gettext_lazy("national identity numbers"),
    "warned": gettext_lazy("told of"),
    "deleted": gettext_lazy("deleted"),
    "entries": gettext_lazy("entries"),
    "accounts": gettext_lazy("accounts"),
    "differences": gettext_lazy("figures that differ"),
    "counted": gettext_lazy("counted"),
    "votes": gettext_lazy("public votes"),
    "plan_documents": gettext_lazy("plan documents"),
    "voters": gettext_lazy("voters"),
}


@never_cache
@login_required
@require_safe
def operations(request: HttpRequest) -> HttpResponse:
    """Show how the machinery goes: all of it to the operator, to officers and leaders what went out from their own."""
    is_operator = bool(getattr(request.user, "is_superuser", False))
    own = None if is_operator else permissions.authorities_with(request.user, permissions.WATCHERS)
    permissions.require(is_operator or bool(own))
    now = timezone.now()
    pulse, mails, runs = figures.pulse(now), figures.mails(now, own), list(Run.objects.all()[:RUNS_SHOWN])
    kinds = wiring.kinds()
    virus_check = "off" if not antivirus.is_on() else "on" if antivirus.answers() else "silent"
    context = {
        "virus_check": virus_check,
        "wrong": [
            *wrong(pulse, mails),
            *silent_check(virus_check),
            *ended_badly(figures.failing(figures.latest_runs(), pulse.signs)),
        ],
        "beat_at": pulse.signs.get(figures.BEAT),
        "worker_at": max(pulse.signs.values(), default=None),
        "swept_at": pulse.signs.get(figures.SWEEP),
        "mails": mails,
        "told": [
            {**row, "label": kinds[row["kind"]].label if row["kind"] in kinds else row["kind"]}
            for row in figures.notices_by_kind(now, own)
        ],
        "sweep": figures.last_sweep(),
        "daily": figures.last_daily_mail(),
        "runs": [row_of(run, full=is_operator) for run in runs],
        "is_operator": is_operator,
    }
    return render(request, "portal/operations.html", context)


def wrong(pulse: figures.Pulse, mails: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Yield what is wrong and what to do about it, the cause before what follows from it."""
    if pulse.tasks_waiting is None:
        yield said(_("The broker does not answer."), _("Start it again. Nothing is lost: mails wait in the database."))
    elif not pulse.worker_ok:
        never, still = (
            _("The worker has never given a sign of life, and %(count)s tasks wait."),
            _("The worker stands still, and %(count)s tasks wait."),
        )
        yield said(
            (still if pulse.signs else never) % {"count": pulse.tasks_waiting},
            _("Start it again. Mails and notices go out when it is back."),
        )
    elif not pulse.signs:
        yield said(
            _("Neither beat nor worker has ever given a sign of life."),
            _("Start both. Until then no due date is told and no mail is sent."),
        )
    elif not pulse.beat_ok:
        yield said(silence(pulse), _("Start beat again. Until then no due date is told and no daily mail is written."))
    if pulse.beat_ok and not pulse.sweep_ok:
        yield said(
            _("The due dates have not been swept for more than two hours."),
            _("See the rounds below for an error, and the worker’s log."),
        )
    if pulse.worker_ok and not pulse.outbox_ok:
        waited = int(pulse.outbox_waited.total_seconds() // 60)
        yield said(
            ngettext("A mail has been due for %(count)s minute.", "A mail has been due for %(count)s minutes.", waited)
            % {"count": waited},
            _("See whether the mail server answers."),
        )
    if not pulse.calendar_ok:
        yield said(_("The calendar of working days ends within a year."), _("Install a newer release."))
    if mails["dead"]:
        yield said(
            ngettext("%(count)s mail has been given up.", "%(count)s mails have been given up.", mails["dead"])
            % {"count": mails["dead"]},
            _("Correct the address or the mail server, and send them again in casework."),
        )


def silent_check(virus_check: str) -> Iterator[dict[str, str]]:
    """Yield that the virus check is silent, where one is set up: nobody can send a file then."""
    if virus_check == "silent":
        yield said(_("The virus check does not answer."), _("Start it again. Until then no file is taken from anyone."))


def ended_badly(runs: list[Run]) -> Iterator[dict[str, str]]:
    """Yield each kind of round that failed and has not gone well since."""
    for run in runs:
        yield said(
            _("The last round failed: %(name)s.") % {"name": ROUNDS.get(run.name, run.name)},
            _("It is tried again by itself. If it goes on, see the rounds below and the worker’s log."),
        )


def said(what: str, remedy: str) -> dict[str, str]:
    return {"what": what, "remedy": remedy}


def silence(pulse: figures.Pulse) -> str:
    """Say how long beat has been silent."""
    if pulse.beat_silent is None:
        return _("Beat has never given a sign of life.")
    since = pulse.signs[figures.BEAT]
    if timezone.localdate(since) == timezone.localdate(pulse.now):
        return _("Beat has been silent since %(time)s.") % {"time": clock(since)}
    return _("Beat has been silent for more than a day.")


def row_of(run: Run, *, full: bool) -> dict[str, Any]:
    """Return a round as the table shows it; an error's text may name an address and is the operator's alone."""
    counts = run.counts if isinstance(run.counts, dict) else {}
    return {
        "name": ROUNDS.get(run.name, run.name),
        "started_at": run.started_at,
        "seconds": (run.finished_at - run.started_at).total_seconds() if run.finished_at else None,
        "counts": ", ".join(f"{value} {COUNTED.get(name, name)}" for name, value in counts.items() if value),
        "failed": bool(run.error),
        "error": run.error if full else "",
    }


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer monitoring that carries the token. Without a token in the settings the page does not exist.

    Raises:
        Http404: no METRICS_TOKEN is set, and this is neither the demo nor a test.
    """
    token = settings.METRICS_TOKEN
    if not token and not (settings.DEMO or settings.TESTING):
        raise Http404
    given = request.headers.get("Authorization", "")
    if token and not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"}, content_type="text/plain")
    return HttpResponse(render_text(collect(timezone.now())), content_type=CONTENT_TYPE)
