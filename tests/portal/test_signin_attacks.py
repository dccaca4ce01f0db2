"""Attempts to come in as someone else, and to see what is another's, by the doors that signing in has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from portal.acting_for.organisation_lists import has_confirmed_address
from portal.integrations import openid
from portal.models import GroupRole, Mail, Membership, User
from portal.signing_in import accounts, passwords
from tests import factories as make
from tests.conftest import signed_in
from tests.openid_server import begun, come_back, enter

if TYPE_CHECKING:
    from portal.models import Authority
    from tests.openid_server import Service

pytestmark = pytest.mark.django_db
RESET = "/konto/password/reset/"
LINK = re.compile(r"/konto/passord/[\w-]{43}/")
NEW = "et helt nytt og langt passord"


@pytest.fixture
def town(service: Service) -> Authority:
    return make.an_authority(name="Prøveby", slug="proveby", contact_email="post@by.example")


def without_password(**facts: Any) -> User:
    user = make.a_user(**facts)
    user.set_unusable_password()
    user.save()
    return user


def mailed_to(user: User) -> list[str]:
    return list(Mail.objects.filter(to_address=user.email).order_by("pk").values_list("text", flat=True))


# ---- who reads another's mail ----


def test_a_mailbox_gives_no_password_to_an_account_that_a_service_opens(town: Authority) -> None:
    user = without_password(email="daglig@oppdiktet.example")
    make.an_identity(user)
    answer = Client().post(RESET, {"email": user.email})
    assert answer["Location"] == "/konto/password/reset/done/", "the page says the same as ever"
    (text,) = mailed_to(user)
    assert not LINK.search(text)
    assert "ID-porten" in text


def test_a_link_from_before_the_service_was_connected_opens_nothing(town: Authority) -> None:
    user = without_password(email="daglig@oppdiktet.example")
    key = passwords.issue(user, now=timezone.now())
    make.an_identity(user)
    assert Client().post(f"/konto/passord/{key}/", {"password1": NEW, "password2": NEW}).status_code == 404


def test_who_has_both_gets_her_link(town: Authority) -> None:
    user = make.a_user(email="begge@oppdiktet.example")
    make.an_identity(user)
    Client().post(RESET, {"email": user.email})
    assert LINK.search(mailed_to(user)[0])


def test_a_directory_that_writes_anothers_address_confirms_none(service: Service, town: Authority) -> None:
    """A leader gives a role to an address that is not her staff's, and lets her own directory claim it."""
    entra = make.a_provider(town, "entra")
    GroupRole.objects.create(authority=town, provider=entra, group="gruppe-1", role="officer")
    user, _is_new = accounts.make("offer@annen.example", "Offer Oppdiktet")
    Membership.objects.create(user=user, authority=town, role="jury")
    browser = Client()
    enter(browser, service, entra, email="offer@annen.example")
    assert browser.session["_auth_user_id"] == str(user.pk)
    user.refresh_from_db()
    assert not has_confirmed_address(user), "else she would read what the address has sent to other authorities"


def test_a_mailed_link_or_code_confirms_the_address(town: Authority) -> None:
    user, _is_new = accounts.make("ny@test.example", "Ny Oppdiktet")
    EmailAddress.objects.filter(user=user).update(verified=False)
    key = passwords.issue(user, now=timezone.now())
    assert Client().post(f"/konto/passord/{key}/", {"password1": NEW, "password2": NEW}).status_code == 302
    assert has_confirmed_address(user)
    EmailAddress.objects.filter(user=user).update(verified=False)
    browser = Client()
    browser.post("/konto/kode/", {"address": user.email})
    found = re.search(r"\b(\d{3} \d{3})\b", mailed_to(user)[-1])
    assert found
    browser.post("/konto/kode/skriv/", {"code": found[1]})
    assert has_confirmed_address(User.objects.get(pk=user.pk))


# ---- services that prove nothing ----


def test_a_services_own_test_is_offered_only_where_it_is_switched_on(town: Authority, settings: Any) -> None:
    tried = make.a_provider(town, environment="test")
    assert openid.is_offered(tried)
    settings.TEST_SERVICES = False
    assert not openid.is_offered(tried), "there anyone is whoever she likes"
    assert Client().get(f"/konto/inn/{tried.pk}/").status_code == 404
    assert openid.offered(town) == []


def test_a_leader_is_not_offered_a_services_own_test_either(town: Authority, settings: Any) -> None:
    leader = make.a_user("leader", town)
    settings.TEST_SERVICES = False
    page = signed_in(leader, "password").get("/admin/portal/identityprovider/add/").content.decode()
    assert 'value="production"' in page
    assert 'value="test"' not in page


# ---- accounts that are shut ----


@pytest.mark.parametrize("way", ["idporten", "entra"])
def test_a_shut_account_is_opened_by_no_service(service: Service, town: Authority, way: str) -> None:
    provider = make.a_provider(town, way)
    user = without_password(email="ansatt@test.example")
    Membership.objects.create(user=user, authority=town, role="officer")
    subject = "person-1" if way == "idporten" else None
    if subject:
        make.an_identity(user, way=way, issuer=openid.issuer_of(provider), subject=subject)
    User.objects.filter(pk=user.pk).update(is_active=False)
    browser = Client()
    answer = enter(browser, service, provider)
    assert answer.status_code == 403
    assert "_auth_user_id" not in browser.session


def test_a_sign_in_begun_by_another_is_not_tied_to_who_came_after(service: Service, town: Authority) -> None:
    """One begins to connect, another signs in in the same browser, and the answer comes back."""
    provider = make.a_provider(town)
    first, second = make.a_user(email="en@test.example"), make.a_user(email="to@test.example")
    browser = signed_in(first, "password")
    asked = begun(browser, provider, koble="1")
    later = signed_in(second, "password")
    session = later.session
    session["signing_in"] = browser.session["signing_in"]
    session.save()
    assert come_back(later, service, provider, asked).status_code == 403
    assert not second.identities.exists()
    assert not first.identities.exists()


def test_another_authoritys_agreement_answers_no_sign_in(service: Service, town: Authority) -> None:
    own = make.a_provider(town)
    other = make.a_provider(make.an_authority(), client_id="en-annen")
    browser = Client()
    asked = begun(browser, own)
    answer = come_back(browser, service, other, asked)
    assert answer.status_code == 400
    assert "_auth_user_id" not in browser.session
    assert not User.objects.filter(identities__subject="person-1").exists()


def test_a_password_alone_ties_no_other_identity_where_an_electronic_one_opens_the_account(town: Authority) -> None:
    """Who reads her mailbox could choose a new password, and would then act in her name with an identity of his own."""
    user, provider = make.a_user(), make.a_provider(town, "idporten")
    make.an_identity(user, "idporten")
    page = f"/konto/inn/{provider.pk}/?koble=1"
    refused = signed_in(user, "password").get(page)
    assert (refused.status_code, "Location" in refused) == (403, False)
    assert signed_in(make.a_user(), "password").get(page).status_code == 302, "nothing stronger opens this one"
