"""What it costs to sign in by ID-porten: there, back, the exchange of the code, and the session."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from tests.bench.database import ROOT
from tests.bench.errors import BenchError
from tests.bench.trips import Order

if TYPE_CHECKING:
    from tests.bench.data.world import World
    from tests.bench.server import Server

CONNECTIONS = 4
"""Half the server's threads: each trip takes one for the portal and, meanwhile, one for the service it asks."""
SECRET = "hemmelighet-for-maalingen"


class SignInRoundtrip:
    """Whole sign-ins a second against the stand-in in the same server; what the stand-in does is counted too.

    Three requests of the visitor's, one of the portal's own for the tokens; the service's keys are kept from before.
    Everyone is known already: what is measured is the trip, not a first-comer's form.
    """

    name = "signin_roundtrip"
    unit = "sign-ins/s"

    def __init__(self) -> None:
        self.facts: dict[str, int] = {}

    def prepare(self, server: Server) -> None:
        """Make the agreement and the people, walk the way once, and count what the portal asks the database."""
        from django.conf import settings
        from django.urls import reverse

        settings.BASE_URL = f"http://127.0.0.1:{server.port}"
        provider, people = self._agree()
        self._order = Order(
            port=server.port, start=reverse("signin_start", args=[provider.pk]), people=people,
            lands_at=reverse("my_page"), cookie=settings.SESSION_COOKIE_NAME, seconds=0, connections=CONNECTIONS,
        )  # fmt: skip
        self.round(0.1)
        self.facts["queries"] = self._count_queries(people[0])

    def round(self, seconds: float) -> float:
        """Let people sign in for so long; return how many did a second."""
        self._order.seconds = seconds
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.trips"], check=False, cwd=ROOT, input=json.dumps(asdict(self._order)),
            capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            raise BenchError(f"{self.name}: the visitors failed:\n{done.stderr.strip()[-2000:]}")
        counted = json.loads(done.stdout)
        if counted["wrong"] or not counted["answered"]:
            raise BenchError(f"{self.name}: {'; '.join(counted['wrong']) or 'nobody was signed in'}")
        return float(counted["answered"]) / float(counted["seconds"])

    def _agree(self) -> tuple[Any, list[str]]:
        """Make an authority's agreement with the stand-in, and its people known to the portal."""
        from portal import sealed
        from portal.integrations.openid_standin import Service
        from portal.integrations.openid_standin_tokens import subject
        from portal.models import Authority, Identity, IdentityProvider, User

        provider = IdentityProvider.objects.create(
            authority=Authority.objects.earliest("pk"), way="idporten", environment="standin", client_id="bench",
            client_secret=sealed.seal("client", SECRET),
        )  # fmt: skip
        service = Service("idporten")
        for fact in service.people:
            user = User.objects.create_user(fact.email, name=fact.name)
            Identity.objects.create(
                user=user, way="idporten", issuer=service.issuer, subject=subject(service, provider.client_id, fact)
            )
        return provider, [fact.key for fact in service.people]

    def _count_queries(self, person: str) -> int:
        """Count the portal's own questions in this process: of the start, and of the answer."""
        from django.db import connection
        from django.test import Client
        from django.test.utils import CaptureQueriesContext

        for _time in range(2):  # the first fills what a process keeps
            browser, asked = Client(headers={"host": "127.0.0.1"}), 0
            with CaptureQueriesContext(connection) as there:
                service = browser.get(self._order.start)["Location"]
            asked += len(there)
            answer = browser.get(f"{service.removeprefix(self._base())}&person={person}")["Location"]
            with CaptureQueriesContext(connection) as back:
                landed = browser.get(answer.removeprefix(self._base()))
            asked += len(back)
            if landed.get("Location") != self._order.lands_at:
                raise BenchError(f"{self.name}: answered {landed.status_code} in the bench's own process")
        return asked

    def _base(self) -> str:
        return f"http://127.0.0.1:{self._order.port}"


def signin_roundtrip(_world: World) -> SignInRoundtrip:
    """From the press of the link to the session."""
    return SignInRoundtrip()
