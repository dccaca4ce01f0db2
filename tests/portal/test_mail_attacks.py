"""No address, name or subject becomes a header of its own, whichever way it came."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from portal import outbox
from portal.models import Mail
from tests import factories as make


def write(to: str) -> Mail:
    return outbox.write(to=to, subject="Nytt i planen", text="Hei")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "bad",
    [
        "kari@test.example\r\nBcc: alle@test.example", "kari@test.example\n", "kari\x00@test.example", "kari@test",
        "kari@test.example, ola@test.example", "Kari <kari@test.example>", "", "@", "kari\u202e@test.example",
        "k" * 250 + "@test.example", "kari@test.example\u2028Bcc:x@y.no",
    ],
)  # fmt: skip
def test_what_is_no_address_never_enters_the_outbox(bad: str) -> None:
    with pytest.raises(ValidationError):
        write(to=bad)
    assert not Mail.objects.filter(subject="Nytt i planen").exists()


@pytest.mark.django_db
def test_the_database_refuses_a_line_break_in_an_address_that_came_another_way() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make.a_mail(to_address="kari@test.example\r\nBcc: alle@test.example")


@pytest.mark.parametrize(
    ("shown", "clean"),
    [
        ("Kari\r\nBcc: x@y.no", "Kari Bcc: x@y.no"), ("Kari\u202enimda", "Karinimda"), ("Ka\u200bri", "Kari"),
        ("\x1b[31mKari\x07", "[31mKari"), ("Kari\u2028Nordmann", "Kari Nordmann"), ("\ufeffKari\u2069", "Kari"),
        ("Kari\x85Nordmann", "Kari Nordmann"), ("Kari \ud800", "Kari"), ("Blåbær – Ås", "Blåbær – Ås"),
    ],
)  # fmt: skip
def test_names_and_subjects_lose_what_cannot_be_seen(shown: str, clean: str) -> None:
    assert outbox.one_line(shown) == clean
