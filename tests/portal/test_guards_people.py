"""Attacks past the model layer on who someone is, whom she acts for, and what is written down about it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from portal.models import (
    AccessLog,
    Deputy,
    GroupRole,
    Identity,
    IdentityProvider,
    Mandate,
    MandateInvitation,
    MandateRequest,
    Membership,
    Organisation,
    SignIn,
)
from tests import factories as make
from tests.attacks import count, not_permitted, refused, relations, run

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.world import World

pytestmark = pytest.mark.django_db
NOW = timezone.now()
DAY = dt.timedelta(days=1)


def of(side: Any, model: Any, **which: Any) -> Any:
    return model._default_manager.filter(authority=side.authority, **which).order_by("pk").first()


def acting(world: World) -> Mandate:
    return of(world.home, Mandate, reach="acts")


def someone_new(world: World) -> Any:
    return make.a_user()


# ---- one tenant, one organisation ----


def group_role(world: World) -> None:
    theirs = of(world.next, IdentityProvider)
    GroupRole.objects.create(authority=world.home.authority, provider=theirs, group="g", role="officer")


def membership(world: World) -> None:
    theirs = of(world.next, IdentityProvider)
    Membership.objects.create(authority=world.home.authority, user=someone_new(world), role="officer", provider=theirs)


def mandate_organisation(world: World) -> None:
    theirs = of(world.next, Organisation)
    make.a_mandate(theirs, someone_new(world), authority=world.home.authority)


def mandate_document(world: World) -> None:
    Mandate.objects.filter(pk=acting(world).pk).update(document=world.next.document)


def invited_elsewhere(world: World) -> None:
    other = make.an_organisation(world.home.authority)
    make.a_mandate_invitation(acting(world), organisation=other)


def accepted_elsewhere(world: World) -> None:
    other = make.a_mandate(make.an_organisation(world.home.authority), someone_new(world))
    invitation = of(world.home, MandateInvitation)
    MandateInvitation.objects.filter(pk=invitation.pk).update(accepted_at=NOW, mandate=other)


def invitation_organisation(world: World) -> None:
    theirs = acting(world)
    make.a_mandate_invitation(theirs, authority=world.next.authority)


def request_mandate(world: World) -> None:
    asked, theirs = of(world.home, MandateRequest), of(world.next, Mandate)
    MandateRequest.objects.filter(pk=asked.pk).update(state="confirmed", decided_at=NOW, mandate=theirs)


def seen_case(world: World) -> None:
    AccessLog.objects.create(authority=world.home.authority, case=world.next.case, what="case", user_id=1)


def seen_document(world: World) -> None:
    AccessLog.objects.create(
        authority=world.home.authority, case=world.home.case, document=world.next.document, what="document", user_id=1
    )


def draft_organisation(world: World) -> None:
    theirs = of(world.next, Organisation)
    from portal.models import InputDraft

    InputDraft.objects.create(
        authority=world.home.authority, round=world.home.round, organisation=theirs, text="x", speaks_for="x",
        address="x@test.example",
    )  # fmt: skip


def input_organisation(world: World) -> None:
    make.an_input(world.home.round, organisation=of(world.next, Organisation))


ATTACKS: dict[str, Callable[[World], None]] = {
    "portal_grouprole_provider_same_authority": group_role,
    "portal_membership_provider_same_authority": membership,
    "portal_mandate_organisation_same_authority": mandate_organisation,
    "portal_mandate_document_same_authority": mandate_document,
    "portal_mandateinvitation_invited_by_same_organisation": invited_elsewhere,
    "portal_mandateinvitation_mandate_same_organisation": accepted_elsewhere,
    "portal_mandateinvitation_organisation_same_authority": invitation_organisation,
    "portal_mandaterequest_mandate_same_authority": request_mandate,
    "portal_accesslog_case_same_authority": seen_case,
    "portal_accesslog_document_same_authority": seen_document,
    "portal_inputdraft_organisation_same_authority": draft_organisation,
    "portal_input_organisation_same_authority": input_organisation,
}
PEOPLES_RELATIONS = {*ATTACKS, "portal_mandate_invited_by_same_organisation"}
"""The last is attacked below: a trigger stands before it."""


@pytest.mark.parametrize("name", sorted(ATTACKS))
def test_nobody_is_tied_to_another_tenants_or_organisations_rows(world: World, name: str) -> None:
    with refused(by=name):
        ATTACKS[name](world)


def test_the_key_behind_the_trigger_is_there(db: None) -> None:
    assert "portal_mandate_invited_by_same_organisation" in {each.name for each in relations("portal")}


# ---- a mandate and its proof ----


@pytest.mark.parametrize(
    "facts",
    [
        {"source": "ansattporten", "evidence": {}},
        {"source": "register", "evidence": {"register": []}},
        {"source": "officer"},
        {"source": "invited", "reach": "drafts"},
        {"source": "typed"},
    ],
    ids=lambda facts: facts["source"],
)
def test_no_mandate_is_made_without_the_proof_its_source_needs(world: World, facts: dict[str, Any]) -> None:
    with refused(by="mandate_source_has_its_proof"):
        make.a_mandate(of(world.home, Organisation), someone_new(world), **facts)


def test_an_officer_needs_a_document_or_the_register(world: World) -> None:
    officer, organisation = world.user("officer"), of(world.home, Organisation)
    with refused(by="mandate_source_has_its_proof"):
        make.a_mandate(organisation, someone_new(world), source="officer", verified_by=officer)
    with refused(by="mandate_source_has_its_proof"):
        make.a_mandate(organisation, someone_new(world), source="register", verified_by=officer)
    make.a_mandate(
        organisation, someone_new(world), source="officer", verified_by=officer, document=world.home.document
    )


def test_one_who_is_invited_never_acts(world: World) -> None:
    host = acting(world)
    with refused(by="mandate_source_has_its_proof"):
        make.a_mandate(host.organisation, someone_new(world), source="invited", invited_by=host, reach="acts")
    guest = make.a_mandate(host.organisation, someone_new(world), invited_by=host)
    with refused(by="portal_mandate_stays"):
        count("UPDATE portal_mandate SET reach = 'acts' WHERE id = %s", guest.pk)


def test_only_one_who_acts_today_invites(world: World) -> None:
    prepares, yesterday = of(world.home, Mandate, reach="drafts"), timezone.localdate() - DAY
    organisation = prepares.organisation
    ended = make.a_mandate(organisation, someone_new(world), ended_at=NOW, ended_why="x")
    over = make.a_mandate(organisation, someone_new(world), valid_from=yesterday - 9 * DAY, valid_to=yesterday - DAY)
    elsewhere = make.a_mandate(make.an_organisation(world.home.authority), someone_new(world))
    for host in (prepares, ended, over, elsewhere):
        with refused(by="portal_mandate_invited_by_one_who_acts"):
            make.a_mandate(organisation, someone_new(world), invited_by=host)


def test_nobody_invites_or_confirms_herself(world: World) -> None:
    host, officer = acting(world), world.user("officer")
    with refused(by="portal_mandate_invited_by_one_who_acts"):
        make.a_mandate(host.organisation, host.user, invited_by=host)
    with refused(by="mandate_nobody_confirms_her_own"):
        make.a_mandate(host.organisation, officer, source="register", verified_by=officer, evidence={"register": []})


@pytest.mark.parametrize(
    "change",
    ["user_id = user_id + 1", "source = 'officer'", "organisation_id = organisation_id + 1", "given_at = now()"],
)
def test_whom_a_mandate_is_for_and_what_it_rests_on_never_changes(world: World, change: str) -> None:
    with refused(by="portal_mandate_stays"):
        count(f"UPDATE portal_mandate SET {change} WHERE id = %s", acting(world).pk)


@pytest.mark.parametrize("change", ["ended_at = NULL, ended_why = ''", "valid_to = valid_to + 300", "ended_at = now()"])
def test_a_mandate_that_has_ended_stays_ended(world: World, change: str) -> None:
    mandate = acting(world)
    Mandate.objects.filter(pk=mandate.pk).update(ended_at=NOW, ended_why="Sluttet")
    with refused(by="portal_mandate_stays_ended"):
        count(f"UPDATE portal_mandate SET {change} WHERE id = %s", mandate.pk)


@pytest.mark.parametrize(
    ("table", "change", "guard"),
    [
        ("mandate", "ended_at = now()", "mandate_ended_says_why"),
        ("mandate", "valid_to = valid_from - 1", "mandate_period"),
        ("mandaterequest", "state = 'refused', decided_at = now()", "mandate_request_refused_has_reason"),
        ("mandaterequest", "state = 'confirmed', decided_at = now()", "mandate_request_confirmed_has_mandate"),
        ("mandaterequest", "decided_at = now()", "mandate_request_decided_if_and_only_if_dated"),
        ("mandaterequest", "number = 'ni siffer'", "mandate_request_number_nine_digits"),
        ("mandateinvitation", "accepted_at = now()", "mandate_invitation_accepted_has_mandate"),
        ("identityprovider", "tenant = NULL, resource = '' WHERE way = 'entra'", "identity_provider_tenant_if_and_only_if_entra"),
        ("identityprovider", "resource = '' WHERE way = 'ansattporten'", "identity_provider_resource_if_and_only_if_ansattporten"),
        ("identityprovider", "keeps_number_for = 'x' WHERE way = 'entra'", "identity_provider_number_only_from_idporten"),
        ("grouprole", "role = 'guest_officer'", "group_role_is_no_guest"),
        ("identity", "national_number = 'x'", "identity_number_has_its_reason"),
        ("deputy", "deputy_id = person_id", "deputy_is_another"),
        ("deputy", "valid_to = valid_from - 1", "deputy_period"),
        ("inputdraft", "code_id = NULL", "input_draft_of_address_or_organisation"),
    ],
)  # fmt: skip
def test_a_contradiction_is_refused_by_name(db: None, table: str, change: str, guard: str) -> None:
    with refused(by=guard):
        count(f"UPDATE portal_{table} SET {change}")


def test_the_same_thing_is_asked_and_held_once(world: World) -> None:
    mandate, asked = acting(world), of(world.home, MandateRequest)
    with refused(by="mandate_one_live_per_source"):
        make.a_mandate(mandate.organisation, mandate.user)
    with refused(by="mandate_request_one_waiting"):
        make.a_mandate_request(world.home.authority, asked.user, number=asked.number)
    invitation = of(world.home, MandateInvitation)
    with refused(by="mandate_invitation_once"):
        make.a_mandate_invitation(mandate, address=invitation.address.upper())
    provider = of(world.home, IdentityProvider)
    with refused(by="identity_provider_once"):
        make.a_provider(world.home.authority, provider.way)


# ---- who someone is ----


def test_an_identity_is_one_persons_and_never_becomes_anothers(world: World) -> None:
    identity, other = Identity.objects.filter(user=world.user("citizen")).get(), someone_new(world)
    with refused(by="identity_once"):
        make.an_identity(other, issuer=identity.issuer, subject=identity.subject)
    for change in (f"user_id = {other.pk}", "subject = 'annen'", "issuer = 'https://annen.example'", "way = 'entra'"):
        with refused(by="portal_identity_stays"):
            count(f"UPDATE portal_identity SET {change} WHERE id = %s", identity.pk)


def test_a_role_from_groups_has_no_end_of_its_own(world: World) -> None:
    provider = of(world.home, IdentityProvider, way="entra")
    with refused(by="membership_of_groups_has_no_end"):
        Membership.objects.create(
            authority=world.home.authority, user=someone_new(world), role="officer", provider=provider,
            valid_to=timezone.localdate(),
        )  # fmt: skip


# ---- what is written down ----


def a_sign_in(world: World, **facts: Any) -> SignIn:
    return SignIn.objects.create(**{"user": world.user("officer"), "method": "password", "session_key": "x", **facts})


@pytest.mark.parametrize(
    "change",
    ["method = 'entra'", "at = now()", "user_id = user_id + 1", "succeeded = false, session_key = ''"],
)
def test_who_signed_in_how_and_when_is_never_rewritten(world: World, change: str) -> None:
    row = a_sign_in(world)
    with refused(by="portal_signin_stays"):
        count(f"UPDATE portal_signin SET {change} WHERE id = %s", row.pk)


def test_an_ended_session_stays_ended_and_keeps_no_key_or_token(world: World) -> None:
    row = a_sign_in(world)
    with refused(by="sign_in_live_has_a_session"):
        count("UPDATE portal_signin SET ended_at = now(), ended_how = 'left' WHERE id = %s", row.pk)
    count("UPDATE portal_signin SET ended_at = now(), ended_how = 'left', session_key = '' WHERE id = %s", row.pk)
    with refused(by="portal_signin_stays"):
        count("UPDATE portal_signin SET ended_at = NULL, ended_how = '', session_key = 'y' WHERE id = %s", row.pk)


@pytest.mark.parametrize(
    ("facts", "guard"),
    [
        ({"user": None}, "sign_in_has_its_person"),
        ({"session_key": ""}, "sign_in_live_has_a_session"),
        ({"succeeded": False}, "sign_in_live_has_a_session"),
        ({"ended_how": "left"}, "sign_in_ended_says_how"),
    ],
)
def test_a_sign_in_that_cannot_be_is_refused(world: World, facts: dict[str, Any], guard: str) -> None:
    with refused(by=guard):
        a_sign_in(world, **facts)


@pytest.mark.parametrize("statement", ["UPDATE portal_accesslog SET user_id = 1", "DELETE FROM portal_accesslog"])
def test_who_has_seen_what_is_only_added_to(world: World, statement: str) -> None:
    with not_permitted():
        run(statement)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE portal_accesslog SET user_id = 1", "DELETE FROM portal_accesslog", "TRUNCATE portal_accesslog"],
)
def test_not_even_the_owner_rewrites_who_has_seen_what(owner_in_passing: Any, statement: str) -> None:
    from psycopg import errors

    with pytest.raises(errors.RestrictViolation):
        owner_in_passing.execute(statement)


def test_a_deputy_is_named_once_for_a_period(world: World) -> None:
    row = of(world.home, Deputy)
    with refused(by="deputy_once"):
        Deputy.objects.create(
            authority=row.authority, person=row.person, deputy=row.deputy, valid_from=row.valid_from,
            valid_to=row.valid_to,
        )  # fmt: skip
