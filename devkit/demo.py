"""The demo: servers, migrations and demo data where needed, then web, worker and beat."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import socket
import time
from pathlib import Path

from devkit import venv
from devkit.console import say, seconds
from devkit.places import Places, write
from devkit.processes import Child, Crew
from devkit.servers import Session, bring_up, demo_environment, remove_data, session
from devkit.trouble import Trouble, tail

APPS = ("portal", "strategy", "grants", "awards")
PAGES = ("/", "/halden/planer/naerings-og-sysselsettingsplan-2026-2030/", "/indre-ostfold/priser/naeringspris/")
PATIENCE = 120.0  # seconds until the first page must have come
QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat")


def port_taken(port: int) -> str:
    other = port + 1 if port < 65535 else 8000
    return f"port {port} is taken by another program; choose another: python3 dev.py demo --port {other}"


def take_port(port: int) -> socket.socket:
    """Return a listening socket; port 0 picks a free one. Held from the start, the web server inherits it."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
    except PermissionError:
        listener.close()
        raise Trouble(
            f"port {port} is for the system only; choose one above 1023: python3 dev.py demo --port 8000"
        ) from None
    except OSError as error:
        listener.close()
        raise Trouble(port_taken(port)) from error
    return listener


def fingerprint(root: Path, database: str) -> str:
    """Return what the loaded data depends on: the apps' code that shapes it, their demo data, which database."""
    total = hashlib.sha256(database.encode())
    for app in APPS:
        for path in sorted((root / app).rglob("*")):
            inner = path.relative_to(root / app).parts
            shapes = "demo" in inner or (path.suffix == ".py" and inner[0] not in {"views", "templatetags"})
            if shapes and "__pycache__" not in inner and path.is_file():
                total.update(f"{app}/{'/'.join(inner)}\0".encode())
                total.update(path.read_bytes())
    return total.hexdigest()


def run_demo(places: Places, *, reset: bool, port: int, check: bool) -> int:
    places.make()
    with session(places, "demo") as held:
        assert isinstance(held, Session)  # a demo never borrows
        listener = take_port(port)
        port = listener.getsockname()[1]
        held.tell(port=port)
        python = venv.ensure(places)
        if reset:
            say("Deleting the demo's data")
            remove_data(places)
            held.tell(port=port)
        with Crew(keep=(held.descriptor,)) as crew:
            say("Starting the servers")
            addresses = bring_up(crew, places, keep=True, fast=False)
            env = demo_environment(places, addresses, port)
            stamp = fingerprint(places.root, os.environ.get("DATABASE_URL", ".demo"))
            is_loaded = places.signins.exists() and places.loaded.exists() and places.loaded.read_text() == stamp
            if not is_loaded:
                say("Migrating the database")
                manage_step(crew, places, python, env, "upgrade")
            held.tell(port=port, addresses=addresses)
            say("Starting web, worker and beat")
            web, worker = start_portal(crew, places, python, env, listener)
            listener.close()
            if not is_loaded:
                load(crew, places, python, env, stamp)
            wait_for_pages(crew, web, port)
            crew.refuse_dead()
            print(f"Ready in {seconds():.1f} s", flush=True)
            if check:
                crew.wait_until(lambda: "ready." in worker.log.read_text(errors="replace"), worker)
                crew.refuse_dead()
            else:
                announce(places, port)
                watch(crew)
        return 0


def load(crew: Crew, places: Places, python: Path, env: dict[str, str], stamp: str) -> None:
    """Load the demo data while the web server starts; stamped last, so that an interrupted load is done again."""
    say("Loading the demo data")
    manage_step(crew, places, python, env, "load_demo")
    write(places.signins, manage_step(crew, places, python, env, "demo_signins"))
    write(places.loaded, stamp)


def manage_step(crew: Crew, places: Places, python: Path, env: dict[str, str], command: str) -> str:
    """Run one management command to its end and return what it printed."""
    log, output = places.logs / f"{command}.log", places.logs / f"{command}.out"
    with open(output, "wb") as stdout, open(log, "wb") as stderr:
        code = crew.finish(
            crew.background([python, "manage.py", command], env=env, cwd=places.root, stdout=stdout, stderr=stderr)
        )
    if code:
        crew.refuse_dead()
        raise Trouble(
            f"manage.py {command} failed (exit code {code}); the end of {log}:\n{tail(output, 5)}\n{tail(log)}"
        )
    return output.read_text()


def start_portal(
    crew: Crew, places: Places, python: Path, env: dict[str, str], listener: socket.socket
) -> tuple[Child, Child]:
    """Start web server, worker and beat; return the first two. Someone waits for the pages, so they go first."""
    config = places.root / "gunicorn.conf.py"
    settings: list[str | Path] = ["--config", config] if config.exists() else []
    descriptor = listener.fileno()
    web = crew.start(
        "The web server",
        [
            python, "-m", "gunicorn", *settings, "--bind", f"fd://{descriptor}",
            "--workers", "2", "--worker-class", "gthread", "--threads", "4", "portal.wsgi:application",
        ],
        env=env, log=places.logs / "web.log", cwd=places.root, pass_fds=(descriptor,),
    )  # fmt: skip
    celery: list[str | Path] = ["nice", "-n", "10", python, "-m", "celery", "--app", "portal", "--quiet"]
    worker = crew.start(
        "The worker", [*celery, "worker", "--pool", "threads", "--concurrency", "4", "--loglevel", "INFO", *QUIET],
        env=env, log=places.logs / "worker.log", cwd=places.root,
    )  # fmt: skip
    crew.start(
        "Beat",
        [*celery, "beat", "--schedule", places.demo / "beat-schedule", "--pidfile", "", "--loglevel", "INFO"],
        env=env, log=places.logs / "beat.log", cwd=places.root,
    )  # fmt: skip
    return web, worker


def wait_for_pages(crew: Crew, web: Child, port: int) -> None:
    """Wait until the pages answer 200; a page that keeps answering otherwise is a fault, not a matter of time."""
    end, refusals_end = time.monotonic() + PATIENCE, 0.0
    left = list(PAGES)
    while left:
        status = fetch(port, left[0])
        if status == 200:
            left.pop(0)
            continue
        crew.refuse_dead()
        now = time.monotonic()
        if status is not None:
            refusals_end = refusals_end or now + 5
        if now > end or (refusals_end and now > refusals_end):
            answer = f"answered {status}" if status else "did not answer"
            raise Trouble(f"{left[0]} {answer}; the end of {web.log}:\n{tail(web.log, 25)}")
        time.sleep(0.05)


def fetch(port: int, path: str) -> int | None:
    """Return a page's status, or nothing while no one answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def signin_lines(text: str) -> list[str]:
    """Return the demo sign-ins as a table, one line per role."""
    rows: list[tuple[str, ...]] = [("Role", "Authority", "E-mail", "Password")]
    rows += [
        tuple(str(row.get(key) or "") for key in ("role", "authority", "email", "password")) for row in json.loads(text)
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return [
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


def announce(places: Places, port: int) -> None:
    print(f"\n  http://127.0.0.1:{port}/\n")
    print("\n".join(signin_lines(places.signins.read_text())))
    print("\nCtrl-C stops everything; the data stays for the next start.", flush=True)


def watch(crew: Crew) -> None:
    """Wait until someone stops the demo, or one of its processes ends by itself."""
    try:
        while True:
            crew.refuse_dead()
            time.sleep(0.5)
    except KeyboardInterrupt:
        print("\nStopping.", flush=True)
