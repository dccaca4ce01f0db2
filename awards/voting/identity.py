"""Which addresses are one voter, and what is kept of her and of the network she came from."""

from __future__ import annotations

import hmac
import ipaddress
from hashlib import sha256

from django.conf import settings

DOTLESS = frozenset({"gmail.com", "googlemail.com"})
"""Here a.b and ab are one mailbox, by the service’s own word (checked 2026-11-22)."""
NETWORK_BITS = {4: 24, 6: 48}
"""What is kept of an address on the net before it is hashed: the network, never the machine."""


def identity(address: str) -> str:
    """Return what an address is known by: lower case, and without what follows a plus sign."""
    local, _at, domain = address.strip().lower().rpartition("@")
    local = local.partition("+")[0] or local
    if domain in DOTLESS:
        return f"{local.replace('.', '')}@gmail.com"
    return f"{local}@{plain(domain)}"


def plain(domain: str) -> str:
    """Return a domain as the net knows it, whatever letters it was written with."""
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain


def domain_of(address: str) -> str:
    return identity(address).rpartition("@")[2]


def keyed(what: str, round_id: int, value: str) -> str:
    """Return a keyed hash that means something in this round alone: no voter is followed from year to year."""
    return hmac.new(settings.SECRET_KEY.encode(), f"vote-{what}:{round_id}:{value}".encode(), sha256).hexdigest()


def address_hash(address: str, round_id: int) -> str:
    return keyed("address", round_id, identity(address))


def network_hash(network: str | None, round_id: int) -> str:
    """Return the keyed hash of the network an address on the net lies in; nothing for what is no address."""
    try:
        found = ipaddress.ip_address(network or "")
    except ValueError:
        return ""
    found = getattr(found, "ipv4_mapped", None) or found
    whole = ipaddress.ip_network(f"{found}/{NETWORK_BITS[found.version]}", strict=False)
    return keyed("network", round_id, str(whole))


def masked(address: str) -> str:
    """Return enough of an address for its owner to know it, and too little for others: k***n@test.example."""
    local, _at, domain = address.rpartition("@")
    return f"{local[:1]}***{local[-1:] if len(local) > 2 else ''}@{domain}"
