"""`manage.py import_plan FILE --json`: what is found in a plan document, printed without storing anything."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from strategy.importing import words
from strategy.importing.document import MOST_BYTES, Unreadable, Why
from strategy.importing.proposal import Level, as_json
from strategy.importing.proposing import propose

if TYPE_CHECKING:
    from strategy.importing.document import Document
    from strategy.importing.proposal import Proposal
    from strategy.models import PlanImport

INDENT = {Level.GOAL: "", Level.STRATEGY: "  ", Level.MEASURE: "    "}


class Command(BaseCommand):
    help = (
        "Read a plan document (PDF, docx, xlsx, csv, txt) and print the goals, strategies and measures in it. Nothing"
        " is stored without --municipality."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", help="The document.")
        parser.add_argument("--json", action="store_true", help="Print the proposal as JSON, and nothing else.")
        parser.add_argument(
            "--municipality", metavar="SLUG",
            help="Store the proposal for this municipality, to be gone through; its address is said on stderr.",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        """Read first, then store, then print: who gets a proposal printed has it stored as well."""
        speak_utf8()
        path = file_at(options["file"])
        try:
            if options["municipality"] is None:
                proposal, _document = proposed(path, path.name)
            else:
                proposal, made, earlier = stored(path, options["municipality"])
                if earlier is not None:
                    address = settings.BASE_URL + earlier.get_absolute_url()
                    self.stderr.write(_("The same file was sent before: %(address)s") % {"address": address})
                self.stderr.write(settings.BASE_URL + made.get_absolute_url(), self.style.SUCCESS)
        except Unreadable as refusal:
            raise CommandError(words.why(refusal.why, refusal.pages)) from refusal
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        if options["json"]:
            self.stdout.write(json.dumps(as_json(proposal), ensure_ascii=False, indent=2))
        elif options["municipality"] is None:
            self.print_outline(proposal)

    def print_outline(self, proposal: Proposal) -> None:
        """Print the proposal as an outline for people, with its figures last."""
        for row in proposal.rows:
            number = f"{row.number} " if row.number else ""
            self.stdout.write(f"{INDENT[row.level]}{number}{row.title}")
        levels = [row.level for row in proposal.rows]
        goals, strategies, measures = (levels.count(level) for level in Level)
        figures = [
            ngettext("%(number)d goal", "%(number)d goals", goals) % {"number": goals},
            ngettext("%(number)d strategy", "%(number)d strategies", strategies) % {"number": strategies},
            ngettext("%(number)d measure", "%(number)d measures", measures) % {"number": measures},
            ngettext("%(number)d thing to look at", "%(number)d things to look at", len(proposal.anomalies))
            % {"number": len(proposal.anomalies)},
        ]  # fmt: skip
        self.stdout.write("\n" + ", ".join(figures))


def speak_utf8() -> None:
    """Write UTF-8 whatever the terminal's language says: what is printed here is read by programs."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def file_at(given: str) -> Path:
    """Return the file that is named, as seen from where the command was called.

    Raises:
        CommandError: it is not there, is no file, or may not be read.
    """
    path = Path(given).expanduser()
    try:
        if path.exists() and not path.is_file():
            raise CommandError(_("“%(name)s” is not a file.") % {"name": given})
        with path.open("rb"):
            return path
    except FileNotFoundError as error:
        raise CommandError(_("There is no file “%(name)s”.") % {"name": given}) from error
    except (OSError, ValueError) as error:
        raise CommandError(_("“%(name)s” cannot be opened: %(why)s") % {"name": given, "why": error}) from error


def proposed(path: Path, name: str) -> tuple[Proposal, Document]:
    """Return what is found in a file, read apart as the portal does.

    Raises:
        Unreadable: it cannot become a proposal.
    """
    if path.stat().st_size > MOST_BYTES:
        raise Unreadable(Why.TOO_LARGE)
    return propose(path, name)


def stored(path: Path, slug: str) -> tuple[Proposal, PlanImport, PlanImport | None]:
    """Read a file and store what is found, checked as one that is sent in; all of it or nothing.

    Returns the proposal, the document as stored, and an earlier one of the same file where there is one.

    Raises:
        CommandError: there is no such municipality.
        ValidationError: the portal would not take the file.
        Unreadable: it cannot become a proposal.
    """
    from portal.models import Authority
    from strategy.importing import sending, storing
    from strategy.models import PlanImport

    owner = Authority.objects.filter(slug=slug).first()
    if owner is None:
        raise CommandError(_("There is no municipality “%(slug)s”.") % {"slug": slug})
    with path.open("rb") as content:
        file = sending.check(UploadedFile(content, name=path.name, size=path.stat().st_size))
        proposal, document = proposed(path, path.name)
        earlier, now = sending.earlier_of(owner, file.sha256), timezone.now()
        with transaction.atomic():
            state = {"state": PlanImport.State.READING, "started_at": now, "attempts": 1}
            made = sending.keep(owner, file, against=None, by=None, now=now, **state)
            storing.store(made, proposal, document, now=now)
    made.authority = owner
    return proposal, made, earlier
