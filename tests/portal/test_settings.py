"""The portal refuses to start unsafe, and says by name what is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.safe_start import refuse_unsafe

ROOT = Path(__file__).resolve().parents[2]
SECRET = "s" * 50
PRODUCTION: dict[str, Any] = {
    "demo": False, "testing": False, "debug": False, "secret_key": SECRET, "allowed_hosts": ["portal.example.no"],
    "base_url": "https://portal.example.no", "proxy_count": 1, "database_url": "postgres://x@y/z",
    "redis_url": "redis://x:6379/0", "data_keys": [SECRET],
}  # fmt: skip
DEMO = PRODUCTION | {
    "demo": True,
    "allowed_hosts": ["127.0.0.1", "localhost"],
    "base_url": "http://127.0.0.1:8000",
    "proxy_count": 0,
}


@pytest.mark.parametrize("facts", [PRODUCTION, DEMO], ids=["production", "demo"])
def test_a_whole_environment_starts(facts: dict[str, Any]) -> None:
    refuse_unsafe(**facts)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"secret_key": ""}, "SECRET_KEY"),
        ({"secret_key": "short"}, "SECRET_KEY"),
        ({"data_keys": []}, "DATA_KEYS"),
        ({"data_keys": [SECRET, "short"]}, "DATA_KEYS"),
        ({"database_url": ""}, "DATABASE_URL"),
        ({"redis_url": ""}, "REDIS_URL"),
        ({"debug": True}, "DEBUG"),
        ({"demo": True}, "DEMO"),
        ({"allowed_hosts": []}, "ALLOWED_HOSTS"),
        ({"allowed_hosts": ["*"]}, "ALLOWED_HOSTS"),
        ({"base_url": ""}, "BASE_URL"),
        ({"base_url": "http://portal.example.no"}, "BASE_URL"),
        ({"proxy_count": -1}, "PROXY_COUNT"),
    ],
)
def test_what_is_missing_or_dangerous_is_named(change: dict[str, Any], named: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=named):
        refuse_unsafe(**PRODUCTION | change)


def test_the_demos_open_sign_in_never_gets_a_public_host() -> None:
    for hosts in (["portal.example.no"], ["*"], ["localhost", "portal.example.no"], [".example.no"]):
        with pytest.raises(ImproperlyConfigured, match="DEMO"):
            refuse_unsafe(**DEMO | {"allowed_hosts": hosts})
    with pytest.raises(ImproperlyConfigured, match="BASE_URL"):
        refuse_unsafe(**DEMO | {"base_url": "https://portal.example.no"})


def test_everything_wrong_stands_in_one_message() -> None:
    with pytest.raises(ImproperlyConfigured) as caught:
        refuse_unsafe(**PRODUCTION | {"secret_key": "", "redis_url": "", "proxy_count": -1})
    assert all(name in str(caught.value) for name in ("SECRET_KEY", "REDIS_URL", "PROXY_COUNT"))


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", "import django; django.setup(); from django.conf import settings as s; "
         "print(s.DEMO, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0, s.DEBUG)"],
        env={**clean, "DJANGO_SETTINGS_MODULE": "portal.settings", **environment}, cwd=ROOT, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip


def test_an_empty_environment_does_not_start() -> None:
    done = start()
    assert done.returncode != 0
    assert "SECRET_KEY" in done.stderr
    assert "DATABASE_URL" in done.stderr


def test_production_starts_with_safe_cookies() -> None:
    done = start(
        SECRET_KEY=SECRET, ALLOWED_HOSTS="portal.example.no", BASE_URL="https://portal.example.no", PROXY_COUNT="1",
        DATABASE_URL="postgres://x@127.0.0.1/x", REDIS_URL="redis://127.0.0.1:1/0", DATA_KEYS=SECRET,
    )  # fmt: skip
    assert done.stdout.split() == ["False", "True", "True", "True", "False"], done.stderr
