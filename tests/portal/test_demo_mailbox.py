"""The demo's mailbox: mails as their receivers read them, and a button that tells what is due now."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone

from portal.models import Mail, Notice
from tests import factories as make

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
PAGE = "/demo/postkasse/"


@pytest.fixture(autouse=True)
def _demo(settings: Any) -> None:
    settings.DEMO = True
    settings.ROOT_URLCONF = "tests.house.demo_urls"


def press(client: Client) -> str:
    answer = client.post(PAGE)
    assert answer.status_code == 302
    said = [str(message) for message in get_messages(answer.wsgi_request)]
    client.cookies.pop("messages", None)
    return said[0]


def test_the_button_tells_what_is_due_and_pressed_again_tells_nothing_twice(client: Client) -> None:
    authority = make.an_authority()
    officer = make.a_user("officer", authority)
    measure = make.a_measure(make.a_plan(authority), person=officer)
    milestone = make.a_milestone(measure, due_on=timezone.localdate() + dt.timedelta(days=1))
    press(client)
    assert Notice.objects.current().filter(user=officer, title=milestone.title).count() == 1
    mail = Mail.objects.get(to_address=officer.email)
    assert milestone.title in mail.text and mail.state == Mail.State.SENT
    before = Mail.objects.count()
    press(client)
    assert Mail.objects.count() == before


def test_mails_are_found_by_address_with_links_to_press_and_nothing_run(client: Client) -> None:
    make.a_mail(to_address="en@test.example", text="Se http://127.0.0.1:8000/venter-pa-deg/\n<script>alert(1)</script>")
    make.a_mail(to_address="to@test.example", subject="Den andre")
    text = client.get(f"{PAGE}?til=EN@test").text
    assert 'href="http://127.0.0.1:8000/venter-pa-deg/"' in text
    assert "<script>alert" not in text and "Den andre" not in text
    assert 'class="p-empty' in client.get(f"{PAGE}?til=ingen&side=x").text


def test_outside_the_demo_there_is_no_button(client: Client, settings: Any) -> None:
    settings.DEMO = False
    assert client.post(PAGE).status_code == 404
    assert client.get(PAGE).status_code == 404
