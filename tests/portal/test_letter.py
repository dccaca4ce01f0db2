"""A letter reads back, over the wire, exactly as it was written."""

from __future__ import annotations

import datetime as dt
from email import message_from_bytes, policy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal import letter
from portal.models import Mail
from portal.outbox import one_line

AT = dt.datetime(2026, 3, 29, 5, 0, tzinfo=dt.UTC)
TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=400)


def written(**facts: Any) -> Any:
    mail = Mail(
        **{
            "pk": 7,
            "to_address": "kari@test.example",
            "subject": "Hei",
            "text": "Hei",
            "message_id": "<1@test>",
            **facts,
        }
    )
    message = letter.written(mail, from_header=letter.sender_of("Næringsportalen <portal@test.example>")[0], at=AT)
    data = message.as_bytes(policy=letter.TRAVELLING)
    assert all(len(line) <= 998 for line in data.split(b"\r\n")), "no mail server takes longer lines"
    assert data.isascii()
    return message_from_bytes(data, policy=policy.default)


def lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")


@settings(max_examples=150, deadline=None)
@given(TEXT, TEXT, TEXT)
def test_any_letter_reads_back_as_it_was_written(subject: str, text: str, html: str) -> None:
    subject = one_line(subject)
    message = written(subject=subject, text=text, html=html)
    assert not message.defects
    assert " ".join(str(message["Subject"]).split()) == " ".join(subject.split())
    assert lines(message.get_body(("plain",)).get_content()) == lines(text)
    if html:
        assert lines(message.get_body(("html",)).get_content()) == lines(html)


def test_the_sender_is_always_called_the_same() -> None:
    sender = written()["From"].addresses[0]
    assert (sender.display_name, sender.addr_spec) == ("Næringsportalen", "portal@test.example")


def test_a_subject_that_looks_encoded_is_shown_as_typed() -> None:
    assert written(subject="=?utf-8?b?SGVp?=")["Subject"] == "=?utf-8?b?SGVp?="


def test_a_lone_dot_does_not_end_the_letter() -> None:
    assert written(text="Hei\n.\nBcc: x@y.no").get_content().splitlines() == ["Hei", ".", "Bcc: x@y.no"]


def test_a_domain_with_norwegian_letters_is_written_as_it_is_looked_up() -> None:
    assert written(to_address="post@blåbær.no")["To"] == "post@xn--blbr-roah.no"


@pytest.mark.parametrize("field", ["subject", "message_id", "thread", "unsubscribe_url", "language"])
@pytest.mark.parametrize(
    "attack", ["x\r\nBcc: alle@test.example", "x\nBcc: alle@test.example", "x\rBcc: y", "x\r\n Bcc"]
)
def test_no_header_can_be_smuggled_in_past_the_outbox(field: str, attack: str) -> None:
    with pytest.raises(ValueError, match="line break"):
        written(**{field: attack})


def test_a_letter_without_html_is_plain() -> None:
    assert written().get_content_type() == "text/plain"
