"""The servers behind the portal, brought up together; what the environment already names is not started."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from devkit import valkey
from devkit.binaries import find_postgres, find_valkey
from devkit.console import say
from devkit.guard import is_alive
from devkit.places import Places, locked, new_folder_in_memory, new_run_folder, temporary_base, write
from devkit.postgres import OWNER, RUNTIME, Cluster, database_url
from devkit.processes import Crew
from devkit.trouble import Trouble

ADDRESSES = ("DATABASE_URL", "OWNER_DATABASE_URL", "REDIS_URL", "CACHE_URL")
# What a shell may hold for another installation and must not leak into demo or tests: real mail, real documents.
OURS = (
    "ALLOWED_HOSTS", "BASE_URL", "DEBUG", "DEMO", "EMAIL_URL", "LOG_JSON", "MEDIA_ROOT", "PROXY_COUNT", "PYTHONHOME",
    "S3_BUCKET", "S3_ENDPOINT", "S3_ACCESS_KEY", "S3_SECRET_KEY", "SECRET_KEY", "STATIC_ROOT", "TESTING", "BIND",
)  # fmt: skip


def bring_up(crew: Crew, places: Places, *, keep: bool, fast: bool) -> dict[str, str]:
    """Start what the environment does not name; return the addresses.

    keep: data in .demo, else gone at the end. fast: nothing need outlive a crash, and it lies in memory where it may.
    """
    run = new_run_folder()
    crew.remove_at_the_end(run)
    logs = places.logs if keep else run
    data = places.demo if keep else run / "data"
    if fast and (memory := new_folder_in_memory()):
        crew.remove_at_the_end(memory)
        data = memory
    data.mkdir(mode=0o700, exist_ok=True)
    (run / "scratch").mkdir(mode=0o700)
    addresses = {name: os.environ[name] for name in ADDRESSES if os.environ.get(name)}
    waits: list[Callable[[], None]] = []
    if "DATABASE_URL" not in addresses:
        cluster = Cluster(binaries=find_postgres(places.venv), parent=data, run=run, places=places, fast=fast)
        if keep and not cluster.made.exists():
            say("Making the database's data folder (once)")
        server = cluster.start(crew, logs)
        waits.append(partial(cluster.finish, crew, server))
        addresses["DATABASE_URL"] = database_url(cluster.sockets, RUNTIME)
        addresses["OWNER_DATABASE_URL"] = database_url(cluster.sockets, OWNER)
    addresses.setdefault("OWNER_DATABASE_URL", addresses["DATABASE_URL"])
    queues = {} if "REDIS_URL" in addresses else {"broker": "REDIS_URL"}
    if "REDIS_URL" not in addresses and "CACHE_URL" not in addresses:
        queues["cache"] = "CACHE_URL"
    for name, variable in queues.items():
        settings = (
            valkey.THROWAWAY
            if not keep and name == "broker"
            else {"broker": valkey.BROKER, "cache": valkey.CACHE}[name]
        )
        child, path = valkey.start_valkey(
            crew, find_valkey(places.venv), name, data=data / f"valkey-{name}", run=run, logs=logs, settings=settings
        )
        waits.append(partial(valkey.wait_for_valkey, crew, child, path))
        addresses[variable] = valkey.valkey_url(path)
    for wait in waits:
        wait()
    return addresses


def environment(addresses: dict[str, str], **own: str) -> dict[str, str]:
    """Return a command's environment: ours without what belongs to another installation, then the addresses."""
    sockets_are_ours = not os.environ.get("DATABASE_URL")
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in OURS and not (sockets_are_ours and name.startswith("PG"))
    }
    return {**kept, "DJANGO_SETTINGS_MODULE": "portal.settings", "PYTHONUNBUFFERED": "1", **addresses, **own}


def demo_environment(places: Places, addresses: dict[str, str], port: int) -> dict[str, str]:
    return environment(
        addresses,
        DEMO="true",
        SECRET_KEY=places.secret_key(),
        ALLOWED_HOSTS="localhost,127.0.0.1,[::1]",
        BASE_URL=f"http://127.0.0.1:{port}",
        PROXY_COUNT="0",
        MEDIA_ROOT=str(places.demo / "media"),
    )


class Session:
    """Who uses this clone's servers now, told in .demo/state.json by whoever holds the clone's lock."""

    def __init__(self, places: Places, kind: str, descriptor: int) -> None:
        self.places, self.kind, self.descriptor = places, kind, descriptor
        self.tell()

    def tell(self, **more: Any) -> None:
        write(self.places.state, json.dumps({"pid": os.getpid(), "kind": self.kind, **more}))


def read_state(places: Places) -> dict[str, Any]:
    """Return what the running session tells, or nothing if none does."""
    try:
        state = json.loads(places.state.read_text())
    except (OSError, ValueError):
        return {}
    return state if is_alive(int(state.get("pid", 0)) or -1) else {}


@contextlib.contextmanager
def session(places: Places, kind: str) -> Iterator[Session | dict[str, Any]]:
    """Hold the clone's servers, or, for another kind than a demo, borrow those of a demo that runs.

    Yields a Session to hold, or the running demo's state to borrow.
    """
    told = False
    while True:
        with locked(places.demo / "run.lock", waiting=None) as descriptor:
            if descriptor is not None:
                try:
                    yield Session(places, kind, descriptor)
                finally:
                    places.state.unlink(missing_ok=True)
                return
        state = read_state(places)
        if state.get("kind") == "demo" and kind == "demo":
            where = f" at http://127.0.0.1:{state['port']}/" if "port" in state else ""
            raise Trouble(f"the demo of this clone already runs{where} (process {state['pid']}); stop it first")
        if state.get("kind") == "demo" and "addresses" in state:
            yield state
            return
        if not told:
            say("Another dev.py uses this clone's servers; waiting for it to end or be ready.")
            told = True
        time.sleep(0.2)


def remove_data(places: Places) -> None:
    """Delete everything the demo keeps, also the part that lies elsewhere when root had to become nobody."""
    places.forget()
    elsewhere = Path(temporary_base()) / f"portal-{places.key}" / "demo"
    if os.geteuid() == 0 and elsewhere.exists():
        shutil.rmtree(elsewhere)
