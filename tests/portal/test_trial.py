"""An authority in trial mode says so where people give or send something, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from portal.models import IdentityProvider, InputRound
from tests import factories as make

if TYPE_CHECKING:
    from portal.models import Authority
    from tests.world import World

pytestmark = pytest.mark.django_db
LINE = 'class="p-trial"'


@pytest.fixture
def asked(world: World) -> InputRound:
    round_ = make.a_round(world.home.case)
    assert round_.authority == world.home.authority
    return round_


def switch_off(authority: Authority) -> None:
    IdentityProvider.objects.filter(authority=authority).update(is_active=False)


def says_so(client: Client, address: str) -> bool:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return LINE in answer.content.decode()


def test_the_form_says_so_in_trial_mode_only(asked: InputRound, client: Client) -> None:
    assert not says_so(client, asked.get_absolute_url())
    switch_off(asked.authority)
    assert says_so(client, asked.get_absolute_url())
    assert "Prøvedrift:" in client.get(asked.get_absolute_url()).content.decode()


def test_pages_that_only_read_do_not(asked: InputRound, client: Client) -> None:
    switch_off(asked.authority)
    closed = make.a_round(asked.case, due_on="2026-01-02", opens_on="2026-01-01", takes_late=False)
    for address in (f"/{asked.authority.slug}/", f"/{asked.authority.slug}/innspill/", closed.get_absolute_url(), "/"):
        assert not says_so(client, address), address


def test_an_organisations_pages_and_the_receipt_say_so(world: World, asked: InputRound, manager_client: Client) -> None:
    organisation = world.home.authority.pk and world.home.one(make.Organisation)
    pages = [
        f"/min-side/virksomhet/{organisation.pk}/", f"/min-side/virksomhet/{organisation.pk}/inviter/",
        f"/min-side/virksomhet/{organisation.pk}/innspill/{asked.pk}/",
    ]  # fmt: skip
    assert not any(says_so(manager_client, page) for page in pages)
    switch_off(asked.authority)
    for page in pages:
        assert says_so(manager_client, page), page


def test_an_authority_that_tries_the_services_own_test_says_so(asked: InputRound, client: Client) -> None:
    IdentityProvider.objects.filter(authority=asked.authority).update(environment="test")
    text = client.get(asked.get_absolute_url()).content.decode()
    assert "prøver ut ID-porten" in text
    IdentityProvider.objects.filter(authority=asked.authority, way="idporten").update(environment="production")
    assert not says_so(client, asked.get_absolute_url())


def test_the_authoritys_page_in_the_admin_says_so(world: World, leader_client: Client) -> None:
    page = f"/admin/portal/authority/{world.home.authority.pk}/change/"
    assert "Prøvedrift:" not in leader_client.get(page).content.decode()
    switch_off(world.home.authority)
    assert "Prøvedrift:" in leader_client.get(page).content.decode()


def test_the_line_costs_one_query(asked: InputRound, django_assert_num_queries: Any) -> None:
    from django.template import Context, Template

    page = Template("{% load trial %}{% trial_line who %}{% trial_line who 'receipt' %}")
    switch_off(asked.authority)
    with django_assert_num_queries(1):
        assert page.render(Context({"who": asked.authority})).count(LINE) == 2
