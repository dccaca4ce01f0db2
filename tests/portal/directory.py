"""A directory as Entra ID speaks: its description, its keys, and new tokens for a grant; people come and go in groups."""

from __future__ import annotations

import base64
import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import httpx
from joserfc import jwt
from joserfc.jwk import RSAKey

from portal.integrations import openid, openid_web
from portal.models import Identity, SignIn
from tests import factories as make
from tests.conftest import signed_in

if TYPE_CHECKING:
    from django.test import Client

    from portal.models import IdentityProvider, User

KEY = RSAKey.generate_key(2048, {"kid": "prove"})


class Directory:
    """The outside service, kept in this process; asked over HTTP's own words, without a wire."""

    def __init__(self, provider: IdentityProvider) -> None:
        self.provider, self.issuer, self.tenant = provider, openid.issuer_of(provider), str(provider.tenant)
        self.groups: dict[str, list[str]] = {}
        """What each grant gives: a grant that is not here is gone."""
        self.people: dict[str, str] = {}
        self.used: list[str] = []
        self.is_down = self.refuses_us = self.is_crowded = False
        self.before_answer: Any = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.is_down:
            raise httpx.ConnectError("down", request=request)
        place = str(request.url).removeprefix(self.issuer)
        if place == "/token":
            return self.renew(request)
        return httpx.Response(200, json=self.described() if "configuration" in place else self.keys())

    def described(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/logout", "code_challenge_methods_supported": ["S256"],
        }  # fmt: skip

    def keys(self) -> dict[str, Any]:
        return {"keys": [{**KEY.as_dict(private=False), "use": "sig", "alg": "RS256"}]}

    def renew(self, request: httpx.Request) -> httpx.Response:
        asked = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        grant = asked.get("refresh_token", "")
        self.used.append(grant)
        if self.before_answer:
            self.before_answer()
        if self.refuses_us or asked.get("client_secret") != "hemmelig":
            return httpx.Response(401, json={"error": "invalid_client"})
        if grant not in self.groups:
            return httpx.Response(400, json={"error": "invalid_grant"})
        following = f"{grant}+"
        self.groups[following], self.people[following] = self.groups.pop(grant), self.people.pop(grant)
        return httpx.Response(200, json={
            "token_type": "Bearer", "access_token": "x", "expires_in": 3600, "refresh_token": following,
            "id_token": self.token(following),
        })  # fmt: skip

    def token(self, grant: str) -> str:
        now, claims = int(time.time()), {"groups": self.groups[grant]}
        if self.is_crowded:
            claims = {"_claim_names": {"groups": "src1"}}  # type: ignore[dict-item]
        tenant, _sep, person = self.people[grant].partition("/")
        said = {
            "iss": self.issuer, "aud": self.provider.client_id, "sub": "parvis", "tid": tenant, "oid": person,
            "iat": now, "nbf": now, "exp": now + 3600, **claims,
        }  # fmt: skip
        return str(jwt.encode({"alg": "RS256", "kid": "prove"}, said, KEY))

    def lets_in(self, user: User, *groups: str) -> tuple[Client, SignIn]:
        """Sign a person in as if she had just come from here; return her browser and the sign-in."""
        n = next(make.counter)
        subject = f"{self.tenant}/00000000-0000-4000-8000-{n:012d}"
        grant, facts = f"grant-{n}", {"issuer": self.issuer, "subject": subject}
        identity = Identity.objects.filter(user=user, way="entra").first() or make.an_identity(user, "entra", **facts)
        self.groups[grant], self.people[grant] = list(groups), identity.subject
        client = signed_in(user, "entra", provider=self.provider, identity=identity, refresh_token=grant)
        return client, SignIn.objects.latest("pk")


def answers_in(monkeypatch: Any, directory: Directory) -> Directory:
    """Let every question to the sign-in services reach this directory."""
    before = openid_web.manners

    def manners(issuer: str) -> dict[str, Any]:
        return {**before(issuer), "transport": httpx.MockTransport(directory)}

    monkeypatch.setattr(openid_web, "manners", manners)
    return directory


def looks_inside(text: str) -> dict[str, Any]:
    """Return what a token says, without asking whose it is."""
    part = text.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))))
