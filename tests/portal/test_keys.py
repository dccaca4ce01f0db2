"""Keys in links: one purpose, one thing, hashed, expiring, revocable, and gone from what is kept."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from portal import keys
from portal.models import LinkKey

pytestmark = pytest.mark.django_db
NOW = timezone.now()
INVITATION, CALENDAR = LinkKey.Purpose.INVITATION, LinkKey.Purpose.CALENDAR


def test_a_key_opens_what_it_was_made_for_and_nothing_else() -> None:
    raw = keys.issue(INVITATION, now=NOW, subject_id=7)
    found = keys.find(INVITATION, raw, now=NOW)
    assert found is not None
    assert found.subject_id == 7
    assert keys.find(CALENDAR, raw, now=NOW) is None
    assert keys.find(INVITATION, raw[:-1] + "x", now=NOW) is None
    assert keys.find(INVITATION, raw.swapcase(), now=NOW) is None


def test_the_links_text_is_not_in_the_database() -> None:
    raw = keys.issue(INVITATION, now=NOW, subject_id=7)
    assert raw not in str(list(LinkKey.objects.values()))


def test_a_key_ends_at_its_time() -> None:
    raw = keys.issue(INVITATION, now=NOW, subject_id=7, lifetime=dt.timedelta(days=1))
    assert keys.find(INVITATION, raw, now=NOW + dt.timedelta(hours=23)) is not None
    assert keys.find(INVITATION, raw, now=NOW + dt.timedelta(days=1)) is None


def test_a_withdrawn_key_opens_nothing() -> None:
    raw, other = (keys.issue(INVITATION, now=NOW, subject_id=n) for n in (7, 8))
    assert keys.revoke(INVITATION, now=NOW, subject_id=7) == 1
    assert keys.find(INVITATION, raw, now=NOW) is None
    assert keys.find(INVITATION, other, now=NOW) is not None
    assert keys.revoke(INVITATION, now=NOW, subject_id=7) == 0


def test_keys_are_taken_out_of_text_that_is_kept() -> None:
    raw = keys.issue(INVITATION, now=NOW, subject_id=7)
    for address in (f"https://x.no/by/innspill/runde/invitasjon/{raw}/", f"https://x.no/kalender/{raw}.ics"):
        kept = keys.redact(f"Se {address} nå")
        assert raw not in kept
        assert "nå" in kept
    assert keys.redact("Se https://x.no/by/innspill/en-runde/") == "Se https://x.no/by/innspill/en-runde/"


@pytest.mark.parametrize("raw", ["", "x", "../", "\x00", "å" * 43, "a" * 100_000])
def test_what_is_no_key_opens_nothing(raw: str) -> None:
    assert keys.find(INVITATION, raw, now=NOW) is None
