"""Bring the database up to this release: one at a time, without hanging the portal, rights given last."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connections

from portal import wiring
from portal.addresses import database_from_url
from portal.calendar_days import fill
from portal.database import OWNER_ALIAS, grant_runtime, hold_advisory_lock
from portal.quick_states import quick_states


class Command(BaseCommand):
    help = "Migrate as the owner role under an advisory lock, then give the runtime role its rights."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--lock-timeout", default="5s", help="How long a migration may wait for a table's lock.")

    def handle(self, *args: Any, **options: Any) -> None:
        runtime = settings.DATABASES["default"].get("USER") or "portal_app"
        owner = {**settings.DATABASES["default"], **database_from_url(settings.OWNER_DATABASE_URL)}
        owner["OPTIONS"]["options"] = f"-c lock_timeout={options['lock_timeout']}"
        connections.settings[OWNER_ALIAS] = owner
        with hold_advisory_lock(connections[OWNER_ALIAS]), quick_states():
            call_command(
                "migrate", database=OWNER_ALIAS, interactive=False, verbosity=options["verbosity"], stdout=self.stdout
            )
            fill(connections[OWNER_ALIAS])
            for put_in_place in wiring.load(wiring.UPGRADES):
                put_in_place(OWNER_ALIAS)
            grant_runtime(connections[OWNER_ALIAS], runtime)
        connections[OWNER_ALIAS].close()
