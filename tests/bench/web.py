"""A web case: one address asked again and again, after its answer has been looked at closely once."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING

from tests.bench.database import ROOT
from tests.bench.errors import BenchError
from tests.bench.load import VISITOR, Order

if TYPE_CHECKING:
    from tests.bench.server import Server

CONNECTIONS = 8
SIZE_SLACK = 400
"""Bytes an answer's packed size may differ from the first's: random padding, tokens, a clock."""
PAGE_HEADERS = {
    "Accept": "text/html,application/xhtml+xml",
    "Accept-Encoding": "gzip",
    "Accept-Language": "nb",
    "User-Agent": "portal-bench",
}


@dataclass
class WebCase:
    """What to ask for and how a right answer looks."""

    name: str
    path: str
    cookies: dict[str, str] = field(default_factory=dict)
    unchanged: bool = False
    """Ask again with the answer's own validator and expect 304 without a body."""
    contains: tuple[str, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    """Text → how often it must stand in the page."""
    is_page: bool = True
    unit: str = "requests/s"
    facts: dict[str, int] = field(default_factory=dict)

    def prepare(self, server: Server) -> None:
        """Look at one answer closely, count its queries, and write the request that the rounds repeat."""
        headers = dict(PAGE_HEADERS)
        self._fetch(server, headers)  # gathers the cookies a browser would now have
        answer, body = self._fetch(server, headers)
        self._require(answer.status == 200, f"answered {answer.status} {answer.getheader('Location') or ''}", server)
        self._look_at(answer, body, server)
        if self.unchanged:
            headers |= self._validator(answer, server)
            answer, body = self._fetch(server, headers)
            self._require(answer.status == 304 and not body, f"answered {answer.status} instead of 304", server)
        if self.is_page:
            self.facts["queries"] = self._count_queries()
        slack = 0 if self.unchanged or not self.is_page else SIZE_SLACK
        self._order = Order(
            port=server.port, request=self._request_text(headers), status=answer.status,
            shortest=len(body) - slack, longest=len(body) + slack, seconds=0, connections=CONNECTIONS,
        )  # fmt: skip

    def round(self, seconds: float) -> float:
        """Keep the server busy for so long; return the answers a second."""
        self._order.seconds = seconds
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.load"], check=False, cwd=ROOT, input=json.dumps(asdict(self._order)),
            capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            raise BenchError(f"{self.name}: the load generator failed:\n{done.stderr.strip()[-2000:]}")
        counted = json.loads(done.stdout)
        if counted["wrong"]:
            raise BenchError(f"{self.name}: {'; '.join(counted['wrong'])}, expected {self._expected()}")
        return float(counted["answered"]) / float(counted["seconds"])

    def _expected(self) -> str:
        return f"status {self._order.status} with {self._order.shortest} to {self._order.longest} bytes"

    def _fetch(self, server: Server, headers: dict[str, str]) -> tuple[HTTPResponse, bytes]:
        connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
        try:
            connection.request("GET", self.path, headers={**headers, **self._cookie_header()})
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, HTTPException) as error:
            raise BenchError(f"{self.name}: {self.path}: {error}\n{server.log_end()}") from error
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return answer, body

    def _cookie_header(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}

    def _look_at(self, answer: HTTPResponse, body: bytes, server: Server) -> None:
        packed = answer.getheader("Content-Encoding") == "gzip"
        plain = gzip.decompress(body) if packed else body
        page = plain.decode()
        for text in self.contains:
            self._require(text in page, f"«{text}» does not stand in the page", server)
        for text, wanted in self.counts.items():
            found = page.count(text)
            self._require(found == wanted, f"{text} stands {found} times in the page, not {wanted}", server)
        if self.is_page and not self.unchanged:
            self._require(packed, "the answer is not packed", server)
            self.facts |= {"html_bytes": len(plain), "gzip_bytes": len(body)}

    def _validator(self, answer: HTTPResponse, server: Server) -> dict[str, str]:
        tag = answer.getheader("ETag")
        self._require(tag is not None, "the page has no ETag", server)
        return {"If-None-Match": str(tag)}

    def _require(self, right: bool, complaint: str, server: Server) -> None:
        if not right:
            raise BenchError(f"{self.name}: {self.path}: {complaint}\n{server.log_end()}".rstrip())

    def _request_text(self, headers: dict[str, str]) -> str:
        lines = {"Host": "127.0.0.1", "X-Forwarded-For": VISITOR.decode(), **headers, **self._cookie_header()}
        return f"GET {self.path} HTTP/1.1\r\n" + "".join(f"{key}: {value}\r\n" for key, value in lines.items()) + "\r\n"

    def _count_queries(self) -> int:
        """Count one request's queries in this process, on the second asking: the first fills what a process keeps."""
        from django.db import connection
        from django.test import Client
        from django.test.utils import CaptureQueriesContext

        client = Client(headers={"host": "127.0.0.1", "accept-encoding": "gzip"})
        for name, value in self.cookies.items():
            client.cookies[name] = value
        headers = {}
        for _ in range(2):
            first = client.get(self.path)
            headers = {"if-none-match": first.headers.get("ETag", "")} if self.unchanged else {}
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(self.path, headers=headers)
        wanted = 304 if self.unchanged else 200
        if answer.status_code != wanted:
            raise BenchError(f"{self.name}: answered {answer.status_code} in the bench's own process, not {wanted}")
        return len(asked)
