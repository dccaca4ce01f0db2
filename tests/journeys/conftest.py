"""A real browser against a real server: gunicorn with a database of its own, one of each per test process."""

from __future__ import annotations

import collections
import os
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as django_settings
from django.db import connections
from django.utils import timezone

from grants.models import (
    Application,
    ApplicationFile,
    Batch,
    BudgetLine,
    Call,
    Complaint,
    Condition,
    FinalAccounts,
    Fund,
    Grant,
    GrantReport,
    Payout,
    Pledge,
    ProjectChange,
    Repayment,
    Scheme,
)
from portal import keys
from portal.models import (
    AccessRequest,
    BodyMembership,
    CaseStep,
    IdentityProvider,
    Mandate,
    MandateInvitation,
    MandateRequest,
    NoticeRule,
    Organisation,
    PathTemplate,
)
from strategy import rolling
from strategy.models import Follower, ForumQuestion, Indicator, Observation, ReportingPeriod, StatusReport
from tests import factories as make
from tests import factories_fund, factories_money
from tests.conftest import confirmed, signed_in
from tests.databases import address_of, pointed_at
from tests.house.url_places_awards import places_of_awards
from tests.house.url_places_imports import places_of_imports
from tests.mailserver import free_port
from tests.skipping import needs
from tests.world import CITIZENS, DRAFT_PLAN, HOME, PLAN, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).resolve().parents[2]
SIGNED_IN = ("officer", "leader", "finance_preparer", "forum_reviewer", "jury", "stranger", "operator", *CITIZENS)
"""Who looks at pages; each has a session."""
FLAGS = [
    "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-domain-reliability", "--disable-sync", "--no-first-run",
    "--no-default-browser-check", "--no-pings", "--proxy-server=direct://",
    "--disable-features=OptimizationHints,MediaRouter,Translate",
]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/journeys/" in str(item.path):
            item.add_marker("browser")


@dataclass
class Site:
    """The running portal: its address, the world's rows by name, a session cookie per person, and its database."""

    url: str
    places: dict[str, Any]
    sessions: dict[str, str]
    database: str = ""

    def address(self, path: str) -> str:
        return self.url + path.format(**self.places)


@pytest.fixture(scope="session")
def site(django_db_setup: None, databases: Any, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Site]:
    needs("chromium", get_it="install Debian's chromium to run the browser tests")
    with databases.clone() as name, django_db_blocker.unblock():
        with pointed_at(name):
            places = _places()
            sessions = {p: _session(p) for p in SIGNED_IN}
        port = free_port()
        environment = {
            **os.environ, "DJANGO_SETTINGS_MODULE": "portal.settings", "BIND": f"127.0.0.1:{port}",
            "BASE_URL": f"http://127.0.0.1:{port}", "WEB_WORKERS": "1", "WEB_THREADS": "8", "LANGUAGES_OFFERED": "nb,nn",
            "DATABASE_URL": address_of(name, connections.settings["default"]), "DEMO": "true", "TESTING": "true",
            "REDIS_URL": django_settings.REDIS_URL, "CACHE_URL": django_settings.CACHE_URL,
            "MEDIA_ROOT": str(django_settings.MEDIA_ROOT), "EMAIL_URL": "dummymail://",
        }  # fmt: skip
        log = (tmp_path_factory.mktemp("site") / "gunicorn.log").open("wb")
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py"],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/klar/", server, Path(log.name))
            yield Site(f"http://127.0.0.1:{port}", places, sessions, name)
        finally:
            server.terminate()
            server.wait(15)


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(150):
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
        if server.poll() is not None:
            break
    raise AssertionError(f"the server did not start:\n{log.read_text()[-2000:]}")


def _places() -> dict[str, Any]:
    world = World()
    make.a_draft(world.home.one(Organisation), world.home.round)
    return {
        "access_request": world.home.one(AccessRequest).pk, "complaint": world.home.one(Complaint).pk,
        "home": HOME, "plan": PLAN, "draft": DRAFT_PLAN, "measure": world.home.participation.measure_id,
        "participation": world.home.participation.pk, "case": world.home.case.pk,
        "organisation": world.home.one(Organisation).pk, "mandate": world.home.one(Mandate).pk,
        "mandate_request": world.home.one(MandateRequest).pk,
        "mandate_key": keys.issue("mandate", now=timezone.now(), subject_id=world.home.one(MandateInvitation).pk),
        "unit": world.home.participation.unit_id, "plan_id": world.home.plan.pk, "round_id": world.home.round.pk,
        "template": world.home.one(PathTemplate).pk, "step": world.home.one(CaseStep).pk,
        "rule": world.home.one(NoticeRule).pk, "home_id": world.home.authority.pk,
        "entra": IdentityProvider.objects.get(authority=world.home.authority, way="entra").pk,
        "invitation_key": keys.issue(
            "invitation", now=timezone.now(), subject_id=world.home.round.invitations.get().pk
        ),
        "password_key": keys.issue(
            "password", now=timezone.now(), user=world.user("editor"), address=world.user("editor").email
        ),
        "stop_key": keys.issue("unsubscribe", now=timezone.now(), address="en@test.example", scope="*"),
        "follow_key": keys.issue("follow", now=timezone.now(), subject_id=world.home.one(Follower).pk),
        "question": world.home.one(ForumQuestion).pk, "period": world.home.one(ReportingPeriod).pk,
        "grant": world.home.one(Grant).pk, "grant_report": world.home.one(GrantReport).pk,
        "fund": world.home.one(Fund).pk, "pledge": world.home.one(Pledge).pk,
        "draft_application": world.home.rows(Application).get(state="draft").pk,
        "application_file": world.home.one(ApplicationFile).pk,
        "call": world.home.rows(Call).exclude(published_at=None).get().pk,
        "unannounced": world.home.rows(Call).get(published_at=None).pk,
        "decided": world.home.rows(Application).get(state="granted").pk,
        "final_report": world.home.one(FinalAccounts).report_id, "change": world.home.one(ProjectChange).pk,
        "application": world.home.rows(Application).get(state="submitted").pk,
        "condition": world.home.rows(Condition).filter(grant=world.home.one(Grant)).order_by("pk")[0].pk,
        "claim": world.home.one(Repayment).pk, "scheme": world.home.one(Scheme).pk,
        "account": world.home.one(Grant).account_id, "line": world.home.one(BudgetLine).pk,
        "entry": world.home.one(BudgetLine).entries.get().pk,
        "proposed_line": world.home.rows(BudgetLine).get(stage="proposed").pk,
        "payout": world.home.rows(Payout).get(state="asked").pk,
        "bank_account": factories_money.a_bank_account(make.an_organisation(world.home.authority), "proposed").pk,
        "proposed_grant": factories_money.a_grant(world.home.one(Grant).account, state="proposed").pk,
        "indicator": world.home.one(Indicator).pk, "value": world.home.one(Observation).pk,
        "status_report": world.home.one(StatusReport).pk, "partner_key": _partners_and_officers(world),
        "action_part": rolling.start(
            world.home.plan, period_start=2027, period_end=2030, by=world.user("officer")
        ).pk,
        **_a_meeting(world), **places_of_awards(world), **places_of_imports(world),
    }  # fmt: skip


def _a_meeting(world: World) -> dict[str, int]:
    """Leave a recommendation that is sent, a body whose members sit, and a tie that waits for a ruling."""
    call = world.home.rows(Call).exclude(published_at=None).get()
    sent = world.home.rows(Application).get(state="submitted")
    treated = factories_fund.an_application(call)
    factories_fund.an_assessment(treated, world.user("officer"))
    body = make.a_body(world.home.authority, kind="executive")
    for name in ("Oppdiktet Leder", "Oppdiktet Medlem"):
        BodyMembership.objects.create(authority=body.authority, body=body, display_name=name, capacity="elected")
    batch = factories_fund.a_batch(call.scheme, treated, body=body, state="sent", sent_at=timezone.now())
    step = make.a_step(treated.case, body=body, activity="decision", starts_on=batch.meets_on)
    batch.lines.update(step=step)
    tie = factories_fund.a_tie(treated, make.a_user("editor", world.home.authority))
    return {
        "sent_batch": batch.pk, "treated_case": step.case_id, "open_tie": tie.pk, "application_case": sent.case_id,
        "batch": world.home.rows(Batch).get(state="draft").pk,
    }  # fmt: skip


def _partners_and_officers(world: World) -> str:
    """Ask a partner about one measure, and return her key; and the officer about two, one of them late."""
    period, officer = world.home.one(ReportingPeriod), world.user("officer")
    asked, late, undated = world.home.plan.participations.exclude(reports__period=period).order_by("due_on")[:3]
    make.a_status_report(period, late, person=officer)
    make.a_status_report(period, undated, person=officer)
    report = make.a_status_report(period, asked, address="havn@test.example")
    return keys.issue("partner_report", now=timezone.now(), address=report.address, subject_id=report.pk)


def _session(person: str) -> str:
    return confirmed(signed_in(World().user(person))).cookies[django_settings.SESSION_COOKIE_NAME].value


@pytest.fixture(scope="session")
def chromium(site: Site) -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=needs("chromium", get_it="install chromium"), args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Watched:
    """A page, and what the browser complained of while it was shown."""

    page: Page
    complaints: list[str] = field(default_factory=list)


@pytest.fixture
def browse(site: Site, chromium: Browser) -> Iterator[Callable[..., Watched]]:
    """`browse("officer", width=320)` opens a fresh window as that person; blocked scripts, CSP and 404s are noted."""
    contexts: list[BrowserContext] = []

    def open_window(person: str = "anonymous", *, width: int = 1280, scripts: bool = True) -> Watched:
        context = new_context(chromium, width)
        contexts.append(context)
        sign_in(context, site, person)
        if not scripts:
            context.route(
                "**/*", lambda route: route.abort() if route.request.resource_type == "script" else route.continue_()
            )
        watched = Watched(context.new_page())
        listen(watched, scripts=scripts)
        return watched

    yield open_window
    for context in contexts:
        context.close()


LASTS = 40
"""Pages that are looked at in one window."""


@pytest.fixture(scope="session")
def lasting(site: Site, chromium: Browser) -> Iterator[Callable[..., Watched]]:
    """`lasting("officer")` is one window for all who only look, or one without scripts: its cookies are that person's.

    A fresh window fetches and reads every style and script anew, which takes longer than looking at the page; one that
    has shown many grows slow.
    """
    windows: dict[bool, Watched] = {}
    looked: collections.Counter[bool] = collections.Counter()

    def window(person: str, *, scripts: bool = True) -> Watched:
        looked[scripts] += 1
        if scripts in windows and looked[scripts] % LASTS == 0:
            windows.pop(scripts).page.context.close()
        if scripts not in windows:
            windows[scripts] = Watched(new_context(chromium).new_page())
            listen(windows[scripts], scripts=scripts)
            if not scripts:
                refuse_scripts(windows[scripts].page)
        watched = windows[scripts]
        watched.complaints.clear()
        watched.page.emulate_media(color_scheme="light")
        watched.page.set_viewport_size({"width": 1280, "height": 900})
        sign_in(watched.page.context, site, person)
        return watched

    yield window
    for watched in windows.values():
        watched.page.context.close()


def new_context(chromium: Browser, width: int = 1280) -> BrowserContext:
    return chromium.new_context(viewport={"width": width, "height": 900}, locale="nb-NO", reduced_motion="reduce")


def sign_in(context: BrowserContext, site: Site, person: str) -> None:
    """Let the window hold this person's session and no other cookie."""
    context.clear_cookies()
    if person != "anonymous":
        name = django_settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": site.sessions[person], "url": site.url}])


def refuse_scripts(page: Page) -> None:
    """Let no script reach the page, and everything else; `route` would also turn off what the browser keeps."""
    session = page.context.new_cdp_session(page)

    def refuse(event: dict[str, Any]) -> None:
        session.send("Fetch.failRequest", {"requestId": event["requestId"], "errorReason": "BlockedByClient"})

    session.on("Fetch.requestPaused", refuse)
    session.send("Fetch.enable", {"patterns": [{"urlPattern": "*", "resourceType": "Script"}]})


def listen(watched: Watched, *, scripts: bool) -> None:
    def console(message: Any) -> None:
        if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
            watched.complaints.append(message.text)

    def answered(response: Any) -> None:
        if response.status >= 400 and response.request.resource_type != "document":
            watched.complaints.append(f"{response.status} {response.url}")

    watched.page.on("console", console)
    watched.page.on("response", answered)
    if scripts:
        watched.page.on("pageerror", lambda error: watched.complaints.append(str(error)))
