"""Work that is no page: how fast the outbox empties."""

from __future__ import annotations

import os
import smtplib
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from tests.bench.database import ROOT, connect_owner
from tests.bench.errors import BenchError

if TYPE_CHECKING:
    from email.message import Message

    from tests.bench.data.world import World
    from tests.bench.server import Server

LINE = "Kommunen har 71 tiltak i planen, og dette er ett av dem. Fristen står på siden du kommer til.\n"
KEY = "A" * 43
BATCH = 400
"""Mails in one measured batch: fewer than the outbox takes in one go."""


class Deliver:
    """Mails a second from the outbox to a mail server that takes everything.

    The baseline is a bare loop in the same process: one `smtplib.send_message` of a message that stands ready, over a
    connection that stays open, then one UPDATE with its own commit.
    """

    name = "deliver"
    unit = "mails/s"

    def __init__(self) -> None:
        self.facts: dict[str, int] = {}

    def prepare(self, server: Server) -> None:
        """Start the mail server and point this process's outbox at it, as in production."""
        from django.conf import settings

        self._sink = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.sink"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._sink.stdout is not None
        self._port = int(self._sink.stdout.readline())
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", self._port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = settings.DEMO = False
        self._deliver(1)
        self.facts |= {"queries": self._count_queries(), "mail_bytes": len(self._message(self._fill(1)[0]).as_bytes())}
        self._forget()

    def baseline_round(self, seconds: float) -> float:
        """Send for so long without an outbox."""
        from django.db import connection

        mails = self._fill(BATCH)
        messages = [self._message(mail) for mail in mails]
        sent, began = 0, time.perf_counter()
        with smtplib.SMTP("127.0.0.1", self._port) as smtp, connection.cursor() as cursor:
            while (passed := time.perf_counter() - began) < seconds:
                mail = mails[sent % BATCH]
                smtp.send_message(messages[sent % BATCH], "portal@bench.invalid", [mail.to_address])
                cursor.execute(
                    "UPDATE portal_mail SET state = 'sent', sent_at = now(), attempts = 1 WHERE id = %s", [mail.pk]
                )
                sent += 1
        self._forget()
        return sent / passed

    def round(self, seconds: float) -> float:
        """Empty one outbox after another until so much time was spent on it."""
        sent, passed = 0, 0.0
        while passed < seconds:
            passed += self._deliver(BATCH)
            sent += BATCH
        return sent / passed

    def _deliver(self, number: int) -> float:
        from portal import outbox
        from portal.models import Mail

        self._fill(number)
        began = time.perf_counter()
        tried = outbox.deliver_all(BATCH + 1)
        passed = time.perf_counter() - began
        left = Mail.objects.exclude(state=Mail.State.SENT).count()
        if tried != number or left:
            raise BenchError(f"{self.name}: {number} mails written, {tried} tried, {left} not sent")
        self._forget()
        return passed

    def _fill(self, number: int) -> list[Any]:
        from portal.models import Mail

        stop = f"https://portal.bench.invalid/varsler/stopp/{KEY}/"
        return Mail.objects.bulk_create(
            Mail(
                to_address=f"mottaker{place}@bench.invalid", subject="Fristen nærmer seg: Etablere næringsforum",
                text=LINE * 10 + stop, html=f"<p>{LINE * 10}</p><a href='{stop}'>Stopp</a>", unsubscribe_url=stop,
                message_id=f"<{time.monotonic_ns()}.{place}@bench.invalid>", thread="<portal.case.1@bench.invalid>",
            )
            for place in range(number)
        )  # fmt: skip

    def _message(self, mail: Any) -> Message:
        from django.utils import timezone

        from portal import letter

        return letter.written(mail, from_header="Portal <portal@bench.invalid>", at=timezone.now())

    def _count_queries(self) -> int:
        """Count what one mail asks the database, transaction included."""
        from django.core.mail import get_connection
        from django.db import connection
        from django.test.utils import CaptureQueriesContext
        from django.utils import timezone

        from portal import outbox

        self._fill(1)
        with CaptureQueriesContext(connection) as asked:
            outbox.deliver_next(get_connection(), timezone.now())
        self._forget()
        return len(asked)

    def _forget(self) -> None:
        """Empty the table and clear up behind it, so that no round pays for another's rows."""
        from portal.models import Mail

        Mail.objects.all().delete()
        with connect_owner(os.environ["OWNER_DATABASE_URL"]) as owner:
            owner.execute("VACUUM portal_mail")


def deliver(_world: World) -> Deliver:
    """The outbox as the worker empties it."""
    return Deliver()
