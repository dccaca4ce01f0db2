"""Read a copy of the national aid register, so that earlier aid is seen also where the register cannot be asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from grants.minimis_aid import copies
from portal.integrations import aid_register


class Command(BaseCommand):
    help = "Store the de minimis awards of a CSV copy of the aid register; other aid in it is passed over."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with options["file"].open("rb") as file, transaction.atomic():
                kept = copies.keep(aid_register.read_file(file), timezone.now())
        except (aid_register.AidRegisterError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{len(kept)} awards")
