"""Mails that were given up are one press away, each with its reason, and may be sent again by who works there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.models import Mail
from tests import factories as make

if TYPE_CHECKING:
    from django.test import Client

    from tests.world import World

pytestmark = pytest.mark.django_db
LIST = reverse("admin:portal_mail_changelist")
KEY = "k" * 43


def dead(world: World, **facts: object) -> Mail:
    return make.a_mail(**{
        "authority": world.home.authority, "state": "dead", "attempts": 3, "last_error": "550 5.1.1 No such user", **facts,
    })  # fmt: skip


def again(client: Client, *mails: Mail) -> str:
    answer = client.post(LIST, {"action": "send_again", "_selected_action": [mail.pk for mail in mails]}, follow=True)
    return answer.content.decode()


def test_one_link_leads_to_what_was_given_up_with_each_reason(officer_client: Client, world: World) -> None:
    mail = dead(world, subject="Kom ikke fram")
    make.a_mail(authority=world.home.authority, subject="Kom fram", state="sent", sent_at=timezone.now())
    page = officer_client.get(LIST)
    assert page.context["given_up"] == 1
    assert page.content.decode().count('href="?state__exact=dead"') == 2, "beside the filter's own"
    shown = officer_client.get(LIST, {"state__exact": "dead"}).content.decode()
    assert mail.subject in shown
    assert "550 5.1.1 No such user" in shown
    assert "Kom fram<" not in shown


def test_nothing_given_up_gives_no_link(officer_client: Client) -> None:
    assert officer_client.get(LIST).content.decode().count('href="?state__exact=dead"') == 1


def test_a_mail_is_found_by_its_reason(officer_client: Client, world: World) -> None:
    dead(world, subject="Kom ikke fram")
    assert "Kom ikke fram" in officer_client.get(LIST, {"q": "No such"}).content.decode()
    assert "Kom ikke fram" not in officer_client.get(LIST, {"q": "busy"}).content.decode()


def test_the_chosen_go_out_again_and_only_those_that_were_given_up(officer_client: Client, world: World) -> None:
    first, second = dead(world), dead(world)
    sent = make.a_mail(authority=world.home.authority, state="sent", sent_at=timezone.now())
    assert "2" in again(officer_client, first, second, sent)
    states = {mail.pk: mail.state for mail in Mail.objects.filter(pk__in=[first.pk, second.pk, sent.pk])}
    assert states == {first.pk: "queued", second.pk: "queued", sent.pk: "sent"}


def test_the_neighbours_mails_are_neither_seen_nor_sent_again(neighbour_client: Client, world: World) -> None:
    mail = dead(world, subject="Bare i Hjemby")
    assert "Bare i Hjemby" not in neighbour_client.get(LIST).content.decode()
    again(neighbour_client, mail)
    mail.refresh_from_db()
    assert mail.state == "dead"
    page = neighbour_client.get(reverse("admin:portal_mail_change", args=[mail.pk]))
    assert page.status_code == 302


def test_who_writes_nothing_here_sends_nothing_again(attester_client: Client, world: World) -> None:
    mail = dead(world)
    again(attester_client, mail)
    mail.refresh_from_db()
    assert mail.state == "dead"


def test_a_mails_page_shows_its_notices_and_hides_its_keys(officer_client: Client, world: World) -> None:
    mail = dead(world, text=f"Åpne: http://test.example/innspill/{KEY}/")
    make.a_notice(world.home.authority, title="Fristen nærmer seg", mail=mail)
    page = officer_client.get(reverse("admin:portal_mail_change", args=[mail.pk])).content.decode()
    assert "Fristen nærmer seg" in page
    assert "550 5.1.1 No such user" in page
    assert KEY not in page
