"""`manage.py load_demo`: the demonstration's rows, version by version, never over what a user changed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from portal import wiring
from portal.demo.shelf import VERSION_KEY, Shelf
from portal.models import DemoLoad

DEMO_VERSION = 10
"""Raise by one whenever the demo's facts change; what users changed stays theirs."""
LOCK = 0x64656D6F  # "demo": two loaders at once wait for each other


@transaction.atomic
def load_demo(version: int = DEMO_VERSION) -> bool:
    """Load the demo of this version; say whether anything was to do. Runs as the runtime role."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    if DemoLoad.objects.filter(key=VERSION_KEY, version__gte=version).exists():
        return False
    shelf = Shelf(version)
    for load in wiring.load(wiring.DEMO_LOADERS):
        load(shelf)
    shelf.close()
    return True


class Command(BaseCommand):
    help = "Load the demonstration's authorities, plans and sign-ins. Never overwrites what a user changed."

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEMO or settings.TESTING):
            raise CommandError("load_demo brings sign-ins with an open password: it runs with DEMO=true only.")
        done = load_demo()
        self.stdout.write(f"Demo version {DEMO_VERSION} {'loaded' if done else 'is loaded already'}.")
