"""A plan's status in a frame on another web site, in a real browser: shown there, while no other page is."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest

from tests.world import HOME, PLAN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.journeys.conftest import Site, Watched


@pytest.fixture
def other_site(site: Site) -> Iterator[Callable[[str], str]]:
    """`other_site("/x/")` → the address of a page elsewhere that has our page in a frame."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f'<iframe src="{site.url}{self.path}" title="Status" width="100%"></iframe>'.encode())

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield lambda path: f"http://localhost:{server.server_port}{path}"
    server.shutdown()
    server.server_close()


def test_the_status_shows_on_another_web_site(
    site: Site, browse: Callable[..., Watched], other_site: Callable[[str], str]
) -> None:
    watched = browse()
    page = watched.page
    page.goto(other_site(f"/{HOME}/planer/{PLAN}/innebygd/"))
    frame = page.frame_locator("iframe")
    frame.get_by_role("heading", name="Næringsplan for Hjemby").wait_for()
    assert watched.complaints == []
    assert page.context.cookies() == []
    frame.get_by_role("link").click()
    page.wait_for_url(site.address("/{home}/planer/{plan}/"))  # the link leaves the frame


def test_no_other_page_shows_in_a_frame(browse: Callable[..., Watched], other_site: Callable[[str], str]) -> None:
    watched = browse()
    watched.page.goto(other_site(f"/{HOME}/planer/{PLAN}/"))
    assert any("frame-ancestors" in complaint for complaint in watched.complaints)
