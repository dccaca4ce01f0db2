"""What all tests share: a cloned database, the runtime role, a Valkey of their own, and one fixture per role."""

from __future__ import annotations

import datetime as dt
import gc
import itertools
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import connections
from django.test import Client, RequestFactory
from django.utils import timezone, translation

from portal.signing_in import signins, step_up
from tests import factories
from tests import world as the_world
from tests.skipping import refuse_to_skip
from tests.world import CITIZENS, PEOPLE, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
VALKEY_DATABASES = 16


def pytest_configure(config: pytest.Config) -> None:
    """Give this process its own pair of Valkey databases and its own folder for documents."""
    if config.option.collectonly or not os.environ.get("DATABASE_URL"):
        return
    place = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 7
    from portal.addresses import celery_broker
    from portal.celery import app

    server = django_settings.REDIS_URL.partition("?")[0]
    if server.startswith("redis"):
        server = "/".join(server.split("/")[:3])
        broker, cache = (f"{server}/{number}" for number in (2 + 2 * place, 3 + 2 * place))
    else:
        broker, cache = (f"{server}?db={number}" for number in (2 + 2 * place, 3 + 2 * place))
    django_settings.REDIS_URL = broker
    django_settings.CACHE_URL = cache
    django_settings.CACHES["default"]["LOCATION"] = cache
    django_settings.CELERY_BROKER_URL = celery_broker(broker)
    app.conf.broker_url = celery_broker(broker)
    django_settings.MEDIA_ROOT = tempfile.mkdtemp(prefix="portal-test-")


def pytest_unconfigure(config: pytest.Config) -> None:
    import shutil

    if "portal-test-" in str(getattr(django_settings, "MEDIA_ROOT", "")):
        shutil.rmtree(django_settings.MEDIA_ROOT, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse the marker that would flush tables: the runtime role may not, and `own_database` is quicker."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker and marker.kwargs.get("transaction"):
            raise pytest.UsageError(f"{item.nodeid}: use the fixture own_database instead of transaction=True")
    _spread_the_longest(items)


LONGEST = ("tests/journeys/", "tests/house/test_urls.py", "tests/faults/")
"""Where the longest tests lie, but for the many pages."""


def _spread_the_longest(items: list[pytest.Item]) -> None:
    """Let each process begin with its share of the longest tests, so that none of them is alone at the end.

    The first process builds the database; the others have tests that need none to begin with.
    """
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    long = [item for item in items if item.nodeid.startswith(LONGEST) and "test_pages" not in item.nodeid]
    chosen = set(long)
    light = [item for item in items if item not in chosen and not _asks_the_database(item)]
    chosen.update(light)
    rest = [item for item in items if item not in chosen]
    share, others = -(-len(rest) // processes), max(processes - 1, 1)
    items.clear()
    for n in range(processes):
        if n or processes == 1:
            items += light[n % others :: others]
        items += [*long[n::processes], *rest[n * share : (n + 1) * share]]


def _asks_the_database(item: pytest.Item) -> bool:
    return "django_db_setup" in getattr(item, "fixturenames", ()) or item.get_closest_marker("django_db") is not None


def pytest_collection_finish() -> None:
    """What is imported by now stays: the garbage collector need not look at it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Iterator[None]:
    outcome = yield
    refuse_to_skip(outcome.get_result())  # type: ignore[attr-defined]


# ---- databases ----


@pytest.fixture(scope="session")
def databases(django_db_blocker: Any) -> Iterator[Any]:
    """The template, built when the migrations or the world have changed."""
    from tests.databases import Databases

    ready = Databases()
    with django_db_blocker.unblock():
        ready.prepare(the_world.build)
    factories.counter = itertools.count(10_001)  # the world's rows, made by another process, have the low numbers
    _put_documents_in_place()
    yield ready
    ready.close()


def _put_documents_in_place() -> None:
    """Store the files the world's document rows point at: the template holds rows, not files."""
    import hashlib

    from portal.models import Document
    from portal.models.case import document_path
    from tests import factories_imports

    everything = [(1, text) for text in the_world.documents_of("Hjemby")]
    everything += [(2, text) for text in the_world.documents_of("Naboby")]
    for owner, content in everything:
        row = Document(authority_id=owner, sha256=hashlib.sha256(content).hexdigest())
        path = Path(django_settings.MEDIA_ROOT, document_path(row, ""))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    for owner, name in ((1, "Hjemby"), (2, "Naboby")):
        content = factories_imports.document_of(name)
        path = Path(django_settings.MEDIA_ROOT, factories_imports.place_of(owner, content))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any, databases: Any) -> Iterator[None]:
    """Replaces pytest-django's: this process works in a clone, as the runtime role."""
    from tests.databases import pointed_at

    with django_db_blocker.unblock(), databases.clone() as name, pointed_at(name):
        yield


@pytest.fixture
def own_database(django_db_setup: None, databases: Any, django_db_blocker: Any) -> Iterator[str]:
    """A database for this one test, where commits are real; yields its name."""
    from tests.databases import pointed_at

    with databases.clone() as name, django_db_blocker.unblock(), pointed_at(name):
        yield name


@pytest.fixture
def owner(own_database: str) -> Iterator[Any]:
    """A psycopg connection as the owner role into the test's own database, for attacks past the runtime role."""
    from tests.databases import connect_as_owner

    with connect_as_owner(own_database, autocommit=True) as connection:
        yield connection


class InPassing(psycopg.Connection[Any]):
    """A connection whose every statement is a step of its own in one transaction."""

    def execute(self, *args: Any, **kwargs: Any) -> Any:
        with self.transaction():
            return super().execute(*args, **kwargs)


@pytest.fixture
def owner_in_passing(django_db_setup: None) -> Iterator[Any]:
    """The owner's connection into this process's database, where nothing it does is kept.

    For a test that asks Django nothing: what is locked here would hold it up. It spares a database of its own.
    """
    from tests.databases import connect_as_owner

    with connect_as_owner(connections.settings["default"]["NAME"], kind=InPassing) as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def runtime(own_database: str) -> Iterator[Any]:
    """A psycopg connection as the runtime role into the test's own database, past Django."""
    from tests.databases import connect_as_runtime

    with connect_as_runtime(own_database, autocommit=True) as connection:
        yield connection


@pytest.fixture
def valkey() -> Iterator[Any]:
    """This process's own broker database, empty before and after."""
    from redis import Redis

    client = Redis.from_url(django_settings.REDIS_URL)
    client.flushdb()
    yield client
    client.flushdb()
    client.close()


@pytest.fixture(autouse=True)
def _speaks_bokmal() -> None:
    """A request for another language leaves it on in this thread; the next test begins in bokmål."""
    translation.activate(django_settings.LANGUAGE_CODE)


@pytest.fixture(autouse=True)
def _counts_start_at_zero(request: pytest.FixtureRequest) -> None:
    """Rate limits count per minute in the cache, and a stand-in that is down is noted there: no test pays for another's."""
    if {"db", "site"} & set(request.fixturenames) or request.node.get_closest_marker("django_db"):
        from django.core.cache import cache

        from portal.kept_pages import SHELF

        cache.clear()
        SHELF.clear()


# ---- people ----


@pytest.fixture
def world(db: None) -> World:
    return World()


def signed_in(user: Any, method: str = "", **facts: Any) -> Client:
    """Return a browser signed in as this person; with a method, as if she had just come in that way."""
    client = Client()
    client.force_login(user, backend=BACKEND)
    if method:
        request = RequestFactory().get("/")
        request.session, request.user = client.session, user
        signins.record(request, user, method=method, **facts)
        request.session.save()
    return client


def confirmed(client: Client, at: dt.datetime | None = None) -> Client:
    """Return the browser as if its person had just confirmed that it is she; dangerous pages ask who has not."""
    session = client.session
    session[step_up.CONFIRMED] = {
        "person": int(session["_auth_user_id"]), "at": (at or timezone.now()).timestamp()
    }  # fmt: skip
    session.save()
    return client


@pytest.fixture
def as_role(world: World) -> Callable[[str], Client]:
    """`as_role("officer")` → a client signed in as the officer; `anonymous` is not signed in."""

    def client_for(person: str) -> Client:
        if person == "anonymous":
            return Client()
        return confirmed(signed_in(world.user(person), CITIZENS.get(person, "")))

    return client_for


def _client_of(person: str) -> Any:
    @pytest.fixture(name=f"{person}_client")
    def client(as_role: Callable[[str], Client]) -> Client:
        return as_role(person)

    return client


for _person in [*PEOPLE, "anonymous"]:
    globals()[f"{_person}_client"] = _client_of(_person)
