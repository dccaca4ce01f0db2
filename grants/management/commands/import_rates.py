"""Fetch Norges Bank's euro rates, or read them from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from grants.minimis_aid import copies
from portal.integrations import exchange_rates


class Command(BaseCommand):
    help = "Add the euro rates that are missing: from Norges Bank, or from a CSV with TIME_PERIOD and OBS_VALUE."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="A file of rates; without one they are fetched.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["file"] is None:
                new = copies.fetch_rates(timezone.localdate())
            else:
                new = copies.keep_rates(exchange_rates.read(options["file"].read_bytes()))
        except (exchange_rates.RateError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{new} new rates")
