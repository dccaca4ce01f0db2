"""A sign-in service's own description and keys, and whether a token was signed by one of them."""

from __future__ import annotations

import hashlib
from typing import Any

from portal.integrations import openid_web
from portal.integrations.openid_claims import LONGEST, ProviderDown, SignInRefused, refuse, same_text

ALGORITHMS = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC"}
"""What a token may be signed with, and the kind of key; never "none", never a secret that is shared."""
DOCUMENT_LASTS = 3600
KEYS_LAST = 600
AGAIN_AFTER = 30
"""Seconds between two looks for a key we do not know, whoever asks."""
LONGEST_TOKEN = 128_000
SHORTEST_RSA = 2048
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


# ---- the description ----


def document(issuer: str) -> dict[str, Any]:
    """Return the issuer's description of itself.

    Raises:
        ProviderDown: it does not answer, or the description is of no use.
        SignInRefused: it describes another issuer, or sends us to another's addresses.
    """

    def check(found: dict[str, Any]) -> None:
        refuse(isinstance(found.get("issuer"), str) and same_text(found["issuer"], issuer), "issuer")
        for name in ENDPOINTS:
            refuse(openid_web.is_its_own(found.get(name), issuer), name)

    address = f"{issuer}/.well-known/openid-configuration"
    return openid_web.kept("document", address, issuer, lasts=DOCUMENT_LASTS, check=check)


def end_session(issuer: str) -> str:
    """Return where one signs out of the service itself; empty when it says nothing of it."""
    address = document(issuer).get("end_session_endpoint")
    return str(address) if openid_web.is_its_own(address, issuer) else ""


# ---- the keys ----


def keys_of(issuer: str, *, again: bool = False) -> list[dict[str, Any]]:
    """Return the issuer's keys for signing."""

    def check(found: dict[str, Any]) -> None:
        if not isinstance(found.get("keys"), list):
            raise ProviderDown("no keys")

    address = document(issuer)["jwks_uri"]
    found = openid_web.kept("keys", address, issuer, lasts=KEYS_LAST, check=check, again=again)
    return [row for row in found["keys"] if isinstance(row, dict) and row.get("use", "sig") == "sig"]


def key_for(issuer: str, algorithm: str, kid: str | None) -> Any:
    """Return the key a token names; asked for anew, once, when we do not know it.

    Raises:
        SignInRefused: the issuer has no such key.
    """
    rows = fitting(keys_of(issuer), algorithm, kid)
    name = f"openid:looked:{hashlib.sha256(issuer.encode()).hexdigest()}"
    if not rows and openid_web.first_in(name, AGAIN_AFTER):
        rows = fitting(keys_of(issuer, again=True), algorithm, kid)
    refuse(len(rows) == 1, "kid")
    return rows[0]


def fitting(rows: list[dict[str, Any]], algorithm: str, kid: str | None) -> list[dict[str, Any]]:
    """Keep the keys with this name that this algorithm can use; a token without a name fits only a single key."""
    return [
        row
        for row in rows
        if (kid is None or row.get("kid") == kid)
        and row.get("kty") == ALGORITHMS[algorithm]
        and row.get("alg", algorithm) == algorithm
    ]


# ---- the signature ----


def opened(token: Any, issuer: str) -> dict[str, Any]:
    """Return what a token says, if the issuer signed it in a way we allow.

    Raises:
        SignInRefused: it is no such token, or the signature does not hold.
        ProviderDown: the keys cannot be had.
    """
    from joserfc import jws, jwt
    from joserfc.errors import JoseError

    refuse(isinstance(token, str) and token.isascii() and 0 < len(token) <= LONGEST_TOKEN, "token")
    registry = jws.JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
    try:
        header = jws.extract_compact(token.encode()).headers()
        algorithm, kid = named(header)
        key = imported(key_for(issuer, algorithm, kid))
        return jwt.decode(token, key, algorithms=[algorithm], registry=registry).claims
    except (JoseError, ValueError, TypeError, RecursionError, KeyError) as error:
        raise SignInRefused("signature") from error


def named(header: dict[str, Any]) -> tuple[str, str | None]:
    """Return the algorithm and the key's name from a token's head, which anyone could have written.

    Raises:
        SignInRefused: it asks for what we do not do.
    """
    algorithm, kid, kind = header.get("alg"), header.get("kid"), header.get("typ", "JWT")
    refuse(isinstance(algorithm, str) and algorithm in ALGORITHMS, "alg")
    refuse(isinstance(kind, str) and kind.upper() == "JWT", "typ")
    refuse(kid is None or (isinstance(kid, str) and 0 < len(kid) <= LONGEST), "kid")
    refuse("crit" not in header and "b64" not in header, "crit")
    return algorithm, kid  # type: ignore[return-value]


def imported(row: dict[str, Any]) -> Any:
    """Return a published key, ready for use.

    Raises:
        SignInRefused: it is too weak, or holds what only its owner should have.
    """
    from joserfc.jwk import ECKey, RSAKey

    public = {name: value for name, value in row.items() if name in ("kty", "kid", "n", "e", "crv", "x", "y")}
    refuse("d" not in row, "key")
    if row["kty"] == "EC":
        refuse(row.get("crv") == "P-256", "key")
        return ECKey.import_key(public)
    key = RSAKey.import_key(public)
    refuse(key.raw_value.key_size >= SHORTEST_RSA, "key")
    return key
