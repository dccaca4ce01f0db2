"""A client at the stand-ins, as the protocol wants one, for the tests of the stand-ins themselves."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from django.conf import settings
from django.test import Client
from django.urls import reverse
from joserfc import jwt
from joserfc.jwk import KeySet

from portal.integrations.openid_standin import DETAILS, RESOURCE, Service
from portal.integrations.openid_standin_tokens import challenge_of

if TYPE_CHECKING:
    from portal.models import IdentityProvider

SECRET = "hemmelig"


def details(resource: str, **more: Any) -> str:
    return json.dumps([{"type": DETAILS, "resource": RESOURCE + resource, **more}])


@dataclass
class Relying:
    """One agreement with a stand-in: asks, chooses a person, fetches tokens."""

    provider: IdentityProvider
    browser: Client = field(default_factory=Client)
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    authenticates: str = "client_secret_basic"

    @property
    def service(self) -> Service:
        return Service(self.provider.way, str(self.provider.tenant or ""))

    @property
    def root(self) -> str:
        return f"/demo/innlogging/{self.service.name}"

    @property
    def redirect_uri(self) -> str:
        return settings.BASE_URL + reverse("signin_answer", args=[self.provider.pk])

    def query(self, **changed: str | None) -> dict[str, str]:
        asked = {
            "response_type": "code", "client_id": self.provider.client_id, "redirect_uri": self.redirect_uri,
            "scope": "openid profile", "state": "tilstand", "nonce": "en-gang", "code_challenge_method": "S256",
            "code_challenge": challenge_of(self.verifier), **changed,
        }  # fmt: skip
        return {name: value for name, value in asked.items() if value is not None}

    def ask(self, **changed: str | None) -> Any:
        return self.browser.get(f"{self.root}/authorize?{urlencode(self.query(**changed))}")

    def answered(self, **changed: str | None) -> dict[str, str]:
        """Return what the redirect back says."""
        answer = self.ask(**changed)
        assert answer.status_code == 302, answer.content
        there = urlsplit(answer["Location"])
        assert f"{there.scheme}://{there.netloc}{there.path}" == self.redirect_uri
        return {name: values[0] for name, values in parse_qs(there.query).items()}

    def code(self, person: str = "ada", **changed: str | None) -> str:
        return self.answered(person=person, **changed)["code"]

    def fetch(self, **changed: str) -> Any:
        """Ask the token address; the secret goes in the header unless something else is said."""
        form = {"redirect_uri": self.redirect_uri, "code_verifier": self.verifier, **changed}
        form.setdefault("grant_type", "authorization_code")
        headers: dict[str, str] = {}
        if "client_secret" not in form:
            pair = f"{quote(self.provider.client_id)}:{quote(SECRET)}"
            headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        return Client().post(f"{self.root}/token", form, headers=headers)

    def tokens(self, person: str = "ada", **changed: str | None) -> dict[str, Any]:
        answer = self.fetch(code=self.code(person, **changed))
        assert answer.status_code == 200, answer.content
        found: dict[str, Any] = answer.json()
        return found

    def claims(self, person: str = "ada", **changed: str | None) -> dict[str, Any]:
        return self.read(self.tokens(person, **changed)["id_token"])

    def read(self, token: str) -> dict[str, Any]:
        """Return the claims of a token whose signature fits the published keys."""
        keys = KeySet.import_key_set(Client().get(f"{self.root}/jwks").json())
        return dict(jwt.decode(token, keys, algorithms=["RS256"]).claims)
