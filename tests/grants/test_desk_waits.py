"""What waits for a role with money stands on her page of what waits, and leads to where it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from grants.desk_waits import lines
from tests import factories as ground
from tests import factories_money as make

if TYPE_CHECKING:
    from django.test import Client

    from grants.models import Grant
    from portal.models import Authority, User

pytestmark = pytest.mark.django_db
QUERIES = 6


@pytest.fixture
def place(db: None) -> Authority:
    return ground.an_authority()


@pytest.fixture
def grant(place: Authority) -> Grant:
    line = make.a_line(make.a_scheme(place), 1000, year=2026)
    assert line.account is not None
    return make.a_grant(line.account, amount=600)


def addresses(user: User) -> list[str]:
    return [line["url"] for line in lines(user, timezone.localdate())]


@pytest.mark.parametrize(
    ("role", "state"),
    [("finance_preparer", "asked"), ("attester", "prepared"), ("approver", "attested")],
)
def test_who_signs_next_is_led_to_the_payouts(place: Authority, grant: Grant, role: str, state: str) -> None:
    make.a_payout(grant, state=state)
    assert reverse("payouts", args=[place.slug]) in addresses(ground.a_user(role, place))


def test_nobody_is_led_to_payouts_that_wait_for_another(place: Authority, grant: Grant) -> None:
    make.a_payout(grant, state="prepared")
    assert reverse("payouts", args=[place.slug]) not in addresses(ground.a_user("approver", place))


def test_who_pays_is_led_to_the_payment_file(place: Authority, grant: Grant) -> None:
    make.a_payout(grant, state="approved")
    assert addresses(ground.a_user("finance_preparer", place)) == [reverse("payment_files", args=[place.slug])]


def test_a_new_bank_account_waits_for_another_than_who_entered_it(place: Authority, grant: Grant) -> None:
    one, other = ground.a_user("officer", place), ground.a_user("attester", place)
    make.a_bank_account(grant.organisation, state="proposed", proposed_by=one)
    assert addresses(one) == []
    assert addresses(other) == [reverse("bank_accounts", args=[place.slug])]


def test_a_sent_year_waits_for_a_leader_who_has_not_worked_on_it(place: Authority) -> None:
    one, other = ground.a_user("leader", place), ground.a_user("leader", place)
    year = timezone.localdate().year - 1
    make.a_year_end(place, year, by=one, sent_at=timezone.now())
    assert addresses(one) == []
    assert addresses(other) == [reverse("year_end", args=[place.slug, year])]


def test_a_year_that_is_not_sent_waits_for_no_leader(place: Authority) -> None:
    make.a_year_end(place, timezone.localdate().year - 1, by=ground.a_user("officer", place))
    assert addresses(ground.a_user("leader", place)) == []


def test_the_page_shows_them_with_the_sum(client: Client, place: Authority, grant: Grant) -> None:
    make.a_payout(grant, amount=10, state="asked")
    client.force_login(ground.a_user("finance_preparer", place))
    page = client.get(reverse("waiting")).content.decode()
    assert reverse("payouts", args=[place.slug]) in page
    assert "1 utbetaling, kr\N{NO-BREAK SPACE}10." in page


def test_more_payouts_cost_no_more_queries(place: Authority, grant: Grant) -> None:
    user = ground.a_user("finance_preparer", place)
    for _ in range(3):
        make.a_payout(grant, state="asked")
    with CaptureQueriesContext(connection) as caught:
        lines(user, timezone.localdate())
    assert len(caught) <= QUERIES
