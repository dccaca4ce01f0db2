"""What must be right before the portal starts at all."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})
SHORTEST_SECRET = 40


def refuse_unsafe(
    *,
    demo: bool,
    testing: bool,
    debug: bool,
    secret_key: str,
    allowed_hosts: list[str],
    base_url: str,
    proxy_count: int,
    database_url: str,
    redis_url: str,
    data_keys: list[str],
) -> None:
    """Stop a start that would be unsafe, with all that is wrong in one message.

    Raises:
        ImproperlyConfigured: names each variable that is missing or dangerous.
    """
    is_public = bool(set(allowed_hosts) - LOCAL_HOSTS - {"testserver"})
    wrong = []
    if len(secret_key) < SHORTEST_SECRET:
        wrong.append(f"SECRET_KEY is missing or shorter than {SHORTEST_SECRET} characters")
    if not database_url:
        wrong.append("DATABASE_URL is missing")
    if not redis_url:
        wrong.append("REDIS_URL is missing")
    if not data_keys or any(len(key) < SHORTEST_SECRET for key in data_keys):
        wrong.append(f"DATA_KEYS is missing, or has a key shorter than {SHORTEST_SECRET} characters")
    if debug and (is_public or not (demo or testing)):
        wrong.append("DEBUG is on outside this machine")
    if demo and is_public:
        wrong.append("DEMO opens sign-in without a password and must not have a public host in ALLOWED_HOSTS")
    if demo and base_url.startswith("https://"):
        wrong.append("DEMO must not have a public BASE_URL")
    if not (demo or testing):
        if not allowed_hosts:
            wrong.append("ALLOWED_HOSTS is missing")
        if "*" in allowed_hosts:
            wrong.append("ALLOWED_HOSTS must name the hosts, not *")
        if not base_url.startswith("https://"):
            wrong.append("BASE_URL must start with https://")
        if proxy_count < 0:
            wrong.append("PROXY_COUNT is missing: how many reverse proxies stand in front (0 for none)")
    if wrong:
        raise ImproperlyConfigured("The portal does not start: " + "; ".join(wrong) + ".")
