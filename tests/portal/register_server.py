"""The business register's stand-in behind a port of its own, speaking HTTP as the real one does."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, make_server

from portal.integrations import register_standin

if TYPE_CHECKING:
    from collections.abc import Iterator

BAKERY, BANKRUPT, DELETED, CLUB = "294580735", "242621298", "354752778", "232245387"
"""Oppdiktet Bakeri AS, one that is bankrupt, one that is deleted, and an association with two on its board."""
BO, ADA = "02917598765", "14838898765"
"""Synthetic numbers of those born when the bakery's manager was, and an ordinary member of the association's board."""


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[str]:
    """Answer for as long as the block lasts; yields the address."""
    with make_server("127.0.0.1", 0, register_standin.application, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
