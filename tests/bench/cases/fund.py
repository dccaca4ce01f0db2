"""What the business fund costs: the officer's list among a hundred thousand applications, and a call's last minute."""

from __future__ import annotations

import datetime as dt
import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from tests.bench.cases.admin import session_of
from tests.bench.database import connect_owner
from tests.bench.errors import BenchError
from tests.bench.server import web_server
from tests.bench.web import WebCase

if TYPE_CHECKING:
    from tests.bench.data.world import World
    from tests.bench.server import Server

MANY, FEW = 100_000, 100
APPLICANTS = 200
LOAD = """
WITH made AS (
    INSERT INTO portal_case (authority_id, row_version, reference, external_system, external_number, title, public_title,
        access, access_basis, series, invented, officer_id)
    SELECT %(authority)s, 0, 'NF-2025-' || n, '', '', 'Søknad', '', 'open', '', 'application', false, %(officer)s
    FROM generate_series(1, %(number)s) n RETURNING id, reference
)
INSERT INTO grants_application (authority_id, call_id, case_id, row_version, applicant_name, state, reference, title,
    content, eligibility, language, asked_nok, cost_nok, created_at, edited_at, source, submitted_at, received_on,
    expected_on, let_in_why, withdrawn_why, withdrawn_at, applicant_id, invented)
SELECT %(authority)s, %(call)s, m.id, 0, 'Søker ' || m.id, CASE m.id %% 20 WHEN 0 THEN 'submitted' ELSE 'withdrawn' END,
    m.reference, (ARRAY['Ny ovn', 'Bedre emballasje', 'Elektrisk varebil', 'Nettbutikk'])[1 + m.id %% 4] || ' ' || m.id,
    '{}', '{}', 'nb', 100000, 200000, now(), now(), 'web', now(), current_date - (m.id %% 700)::int,
    current_date + 42 - (m.id %% 700)::int, '', '', CASE m.id %% 20 WHEN 0 THEN NULL ELSE now() END, %(officer)s, false
FROM made m
"""


def load(authority: Any, officer_id: int, number: int) -> None:
    """Land so many applications of one authority in plain SQL, as the owner role; one in twenty waits to be decided."""
    from tests import factories_fund as make

    call = make.a_call(make.a_fund_with(authority).scheme)
    facts = {"authority": authority.pk, "officer": officer_id, "call": call.pk, "number": number}
    with connect_owner(os.environ["OWNER_DATABASE_URL"]) as owner:
        for verb in ("DISABLE", "ENABLE"):  # a hundred thousand rows need no history, and nobody has decided them
            owner.execute(
                f"ALTER TABLE portal_case {verb} TRIGGER USER; ALTER TABLE grants_application {verb} TRIGGER USER"
            )
            if verb == "DISABLE":
                owner.execute(LOAD, facts)
        owner.execute("ANALYZE grants_application; ANALYZE portal_case")


class ApplicationList:
    """The list's first page among 100,000 applications; the baseline is the same list among a hundred."""

    name = "application_list_100"
    unit = "requests/s"

    def __init__(self, world: World) -> None:
        self.officer_id = world.officer_id
        self.facts: dict[str, int] = {}

    def prepare(self, server: Server) -> None:
        from portal.models import Authority, Membership

        first, second = Authority.objects.order_by("pk")[:2]
        Membership.objects.get_or_create(authority=second, user_id=self.officer_id, role="officer")
        load(first, self.officer_id, MANY)
        load(second, self.officer_id, FEW)
        self.many, self.few = self._case(first, self.name), self._case(second, "few")
        self.searched = self._case(first, "searched", "?vis=alle&q=varebil")
        for case in (self.many, self.few, self.searched):
            case.prepare(server)
        self.facts = {**self.many.facts, "queries_searched": self.searched.facts["queries"]}

    def _case(self, authority: Any, label: str, query: str = "?vis=alle") -> WebCase:
        from django.conf import settings
        from django.urls import reverse

        cookies = {settings.SESSION_COOKIE_NAME: session_of(self.officer_id)}
        return WebCase(label, reverse("applications", args=[authority.slug]) + query, cookies=cookies)

    def baseline_round(self, seconds: float) -> float:
        return self.few.round(seconds)

    def round(self, seconds: float) -> float:
        rate = self.many.round(seconds)
        searched = self.searched.round(seconds / 2)
        self.facts["searched_percent_of_list"] = round(100 * searched / rate)
        return rate


class SubmitLastMinute:
    """Two hundred applicants who send at once while the call closes, on two web workers: what came in time is whole.

    Each round checks that every accepted application has its case, version and receipt, that none came after the end by
    the database's clock, that each who was too late was told so, and that nobody met a fault.
    """

    name = "submit_last_minute"
    unit = "applications/s"

    def __init__(self, world: World) -> None:
        self.officer_id = world.officer_id
        self.facts: dict[str, int] = {}
        self._closing = ExitStack()

    def prepare(self, _server: Server) -> None:
        from portal.models import Authority
        from tests import factories as portal_make
        from tests import factories_fund as make

        self.server = self._closing.enter_context(web_server(workers=2))
        self.scheme = make.a_fund_with(Authority.objects.earliest("pk")).scheme
        self.people = [portal_make.a_user() for _ in range(APPLICANTS)]
        self.sessions = [session_of(person.pk) for person in self.people]

    def close(self) -> None:
        self._closing.close()

    def round(self, seconds: float) -> float:
        """Let all send within this time; return how many were taken a second until the end."""
        from django.utils import timezone

        from grants.models import Application
        from tests import factories_fund as make

        call = make.a_call(self.scheme, closes_at=timezone.now() + dt.timedelta(hours=1), smallest_nok=None)
        said = make.some_content(answers={str(row.pk): "En ny ovn." for row in call.questions.all()})
        drafts = [make.a_draft_application(call, by=person, content=said) for person in self.people]
        ends = timezone.now() + dt.timedelta(seconds=max(seconds * 4, 4.0))
        with connect_owner(os.environ["OWNER_DATABASE_URL"]) as owner:  # the end moves earlier for the measuring alone
            owner.execute("ALTER TABLE grants_call DISABLE TRIGGER grants_call_keep_call")
            owner.execute("UPDATE grants_call SET closes_at = %s WHERE id = %s", [ends, call.pk])
            owner.execute("ALTER TABLE grants_call ENABLE TRIGGER grants_call_keep_call")
        began = time.time()
        with ThreadPoolExecutor(40) as pool:
            answers = list(pool.map(self._send, drafts, self.sessions))
        sent = list(Application.objects.filter(call=call, state="submitted"))
        self._check(sent, answers, ends)
        self.facts["taken"], self.facts["too_late"] = len(sent), APPLICANTS - len(sent)
        spent = min(time.time(), ends.timestamp()) - began
        return len(sent) / spent

    def _send(self, draft: Any, session: str) -> int:
        """Press the button as the page does; return the answer's status."""
        from django.conf import settings
        from django.urls import reverse

        token = "a" * 32
        cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={token}"
        body = urlencode({"csrfmiddlewaretoken": token, "seen": draft.row_version, "declared": "yes", "do": "send"})
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies}
        connection = HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        try:
            connection.request("POST", reverse("write_application", args=[draft.pk, "send"]), body, headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        except (OSError, HTTPException) as error:
            raise BenchError(f"{self.name}: an applicant got no answer: {error}") from error
        finally:
            connection.close()

    def _check(self, sent: list[Any], answers: list[int], ends: dt.datetime) -> None:
        from portal.models import Notice

        faults = sorted({status for status in answers if status not in (200, 302)})
        keys = [row.pk for row in sent]
        told = set(
            Notice.objects.filter(subject_type="grants.application", subject_id__in=keys).values_list(
                "subject_id", flat=True
            )
        )
        wrong = {
            "a fault": faults, "after the end": [row.pk for row in sent if row.submitted_at >= ends],
            "without its case": [row.pk for row in sent if row.case_id is None],
            "without its version": [row.pk for row in sent if row.versions.count() != 1],
            "without a receipt": [key for key in keys if key not in told],
            "lost": [1] if answers.count(302) != len(sent) else [],
            "nobody was taken": [] if sent else [0],
        }  # fmt: skip
        for what, found in wrong.items():
            if found:
                raise BenchError(f"{self.name}: {what}: {found[:5]} ({len(sent)} taken, answers {set(answers)})")


def application_list_100(world: World) -> ApplicationList:
    return ApplicationList(world)


def submit_last_minute(world: World) -> SubmitLastMinute:
    return SubmitLastMinute(world)
