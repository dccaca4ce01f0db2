"""A sign-in service of our own, over real HTTP, that says exactly what a test tells it to: right, wrong or nothing."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from joserfc import jws
from joserfc.jwk import ECKey, RSAKey
from joserfc.registry import HeaderParameter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from portal.models import IdentityProvider

ALGORITHMS = ["RS256", "PS256", "ES256", "RS384", "ES384"]
TENANT = "11111111-2222-4333-8444-555555555555"
OBJECT = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"


@cache
def key(name: str) -> Any:
    """Return a key by its name; made once for all tests."""
    if name.startswith("ec384"):
        return ECKey.generate_key("P-384", {"kid": name, "use": "sig"})
    if name.startswith("ec"):
        return ECKey.generate_key("P-256", {"kid": name, "use": "sig"})
    return RSAKey.generate_key(1024 if name.startswith("weak") else 2048, {"kid": name, "use": "sig"})


def packed(part: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def signed(claims: dict[str, Any], *, by: str = "first", algorithm: str = "RS256", **header: Any) -> str:
    """Return a token signed by a key; a header of None is left out."""
    head = {"alg": algorithm, "kid": by, "typ": "JWT", **header}
    head = {name: value for name, value in head.items() if value is not None}
    known = {"exp": HeaderParameter("not ours", "int")}
    registry = jws.JWSRegistry(known, algorithms=ALGORITHMS, strict_check_header=False)
    return jws.serialize_compact(head, json.dumps(claims), key(by), algorithms=ALGORITHMS, registry=registry)


class Service:
    """What the service publishes and answers; a test changes it as it likes."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.start_over()

    def start_over(self) -> None:
        self.keys: list[Any] = ["first"]
        self.document: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.token: str | None = None
        self.tokens: Any = None
        self.status = 200
        self.down: set[str] = set()
        self.headers: dict[str, str] = {}
        self.asked: list[tuple[str, dict[str, str], dict[str, str]]] = []

    def describe(self, place: str) -> dict[str, Any]:
        issuer = f"{self.origin}{place}"
        return {
            "issuer": issuer, "authorization_endpoint": f"{issuer}/authorize", "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/keys", "end_session_endpoint": f"{issuer}/logout", **self.document,
        }  # fmt: skip

    def publish(self) -> dict[str, Any]:
        return {"keys": [one if isinstance(one, dict) else key(one).as_dict(private=False) for one in self.keys]}

    def give(self) -> Any:
        if self.tokens is not None:
            return self.tokens
        token = signed(self.claims) if self.token is None else self.token
        return {"access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": token, "refresh_token": "r"}


class Handler(BaseHTTPRequestHandler):
    service: Service
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        place, _slash, what = urlsplit(self.path).path.rpartition("/")
        if what == "openid-configuration":
            self.answer("document", self.service.describe(place.removesuffix("/.well-known")))
        else:
            self.answer(what, self.service.publish())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        what = urlsplit(self.path).path.rpartition("/")[2]
        self.answer(what, None, dict(parse_qsl(body)))

    def answer(self, what: str, found: Any, sent: dict[str, str] | None = None) -> None:
        service = self.service
        service.asked.append((what, sent or {}, dict(self.headers)))
        status = 503 if what in service.down else service.status if what == "token" else 200
        if found is None and status < 500:
            found = service.give()
        body = found if isinstance(found, bytes) else json.dumps(found).encode()
        self.send_response(status)
        head = {"Content-Type": "application/json", "Content-Length": str(len(body)), **service.headers}
        for name, value in head.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def running() -> Iterator[Service]:
    """Run the service on a port of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service = Service(f"http://127.0.0.1:{server.server_port}")
    server.RequestHandlerClass = type("Bound", (Handler,), {"service": service})  # type: ignore[assignment]
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()


# ---- a browser and the service ----


def start_page(provider: IdentityProvider, **query: str) -> str:
    from django.http import QueryDict

    asked = QueryDict(mutable=True)
    asked.update(query)
    return f"/konto/inn/{provider.pk}/" + (f"?{asked.urlencode()}" if query else "")


def answer_page(provider: IdentityProvider) -> str:
    return f"/konto/inn/{provider.pk}/svar/"


def begun(client: Client, provider: IdentityProvider, **query: str) -> dict[str, str]:
    """Press the button; return what the service is asked for."""
    response = client.get(start_page(provider, **query))
    assert response.status_code == 302, response.content.decode()[:500]
    return {name: values[0] for name, values in parse_qs(urlsplit(response["Location"]).query).items()}


def good_claims(provider: IdentityProvider, asked: dict[str, str], **others: Any) -> dict[str, Any]:
    """Return the claims of a person the service knows; a value of None leaves a claim out."""
    from portal.integrations.openid import issuer_of

    now = int(time.time())
    own: dict[str, dict[str, Any]] = {
        "entra": {"tid": TENANT, "oid": OBJECT, "email": "ansatt@test.example", "name": "Ansatt Oppdiktet", "groups": ["gruppe-1"]},
        "idporten": {"acr": "idporten-loa-high", "pid": "14838831231"},
        "ansattporten": {"acr": "idporten-loa-high", "pid": "14838831231"},
    }  # fmt: skip
    claims = {
        "iss": issuer_of(provider), "aud": provider.client_id, "sub": "person-1", "sid": "okt-1", "iat": now,
        "exp": now + 120, "auth_time": now, "nonce": asked["nonce"], **own[provider.way], **others,
    }  # fmt: skip
    return {name: value for name, value in claims.items() if value is not None}


def come_back(
    client: Client, service: Service, provider: IdentityProvider, asked: dict[str, str], **claims: Any
) -> Any:
    """Let the service answer, and follow the browser back to us once."""
    service.claims = good_claims(provider, asked, **claims)
    return client.get(answer_page(provider), {"code": "kode", "state": asked["state"]})


def enter(client: Client, service: Service, provider: IdentityProvider, **claims: Any) -> Any:
    """Sign in at the service and come back."""
    return come_back(client, service, provider, begun(client, provider), **claims)


def challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
