"""Points this process's tasks at another broker."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from portal.addresses import celery_broker

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def sending_to(address: str) -> Iterator[None]:
    """Let this process send its tasks to another broker, or to a port where nobody listens."""
    from portal.celery import app

    before = app.conf.broker_url
    app.conf.broker_url = celery_broker(address)
    app.amqp._producer_pool = app._pool = None
    try:
        yield
    finally:
        app.conf.broker_url = before
        app.amqp._producer_pool = app._pool = None
