"""Two at one moment: real transactions in a database of their own."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from portal.acting_for import mandate_evidence, mandate_invitations, mandate_requests, mandates
from portal.acting_for.mandate_evidence import Looked
from portal.acting_for.mandate_requests import Ruling
from portal.integrations.openid_claims import Party
from portal.models import Mail, Mandate, MandateInvitation, MandateRequest, Organisation
from tests import factories as make
from tests.at_once import at_once
from tests.portal.test_mandate_invitations import key_to

if TYPE_CHECKING:
    from portal.models import User

BAKERY = Looked("294580735", "OPPDIKTET BAKERI AS", "AS", "Halden", "", [])


def a_ruling() -> Ruling:
    return Ruling("register", "acts", timezone.localdate() + dt.timedelta(days=30))


def test_many_who_press_one_invitation_get_one_mandate(own_database: str) -> None:
    host = make.a_mandate(make.an_organisation(make.an_authority()), make.a_user())
    mandate_invitations.invite(
        host.organisation_id, name="Kari", address="kari@bakeri.example", by=host.user, now=timezone.now()
    )
    key = key_to("kari@bakeri.example")

    def press(person: User) -> str:
        try:
            mandate_invitations.accept(key, user=person, now=timezone.now())
        except mandate_invitations.Useless:
            return "useless"
        return "given"

    assert sorted(at_once(press, [make.a_user() for _ in range(4)])) == ["given", "useless", "useless", "useless"]
    assert host.organisation.mandates.filter(source="invited").count() == 1


def test_one_who_presses_twice_at_once_gets_one_mandate(own_database: str) -> None:
    host = make.a_mandate(make.an_organisation(make.an_authority()), make.a_user())
    mandate_invitations.invite(
        host.organisation_id, name="Kari", address="kari@bakeri.example", by=host.user, now=timezone.now()
    )
    key, person = key_to("kari@bakeri.example"), make.a_user()
    given = at_once(lambda _n: mandate_invitations.accept(key, user=person, now=timezone.now()).pk, range(3))
    assert len(set(given)) == 1
    assert Mail.objects.filter(to_address=host.user.email).count() == 1


def test_accepting_while_the_inviter_is_removed_leaves_no_mandate_without_its_host(own_database: str) -> None:
    organisation = make.an_organisation(make.an_authority())
    make.a_mandate(organisation, make.a_user())
    host = make.a_mandate(organisation, make.a_user())
    mandate_invitations.invite(
        organisation.pk, name="Kari", address="kari@bakeri.example", by=host.user, now=timezone.now()
    )
    key, person = key_to("kari@bakeri.example"), make.a_user()

    def accept() -> Any:
        try:
            return mandate_invitations.accept(key, user=person, now=timezone.now())
        except mandate_invitations.Useless:
            return None

    def remove() -> Any:
        return mandates.end(host.pk, by=host.user, now=timezone.now(), with_invited=True)

    at_once(lambda deed: deed(), [accept, remove])
    invitation = MandateInvitation.objects.get(address="kari@bakeri.example")
    assert (invitation.accepted_at is None) == (invitation.withdrawn_at is not None)
    assert not mandates.held_by(person, timezone.localdate()).exists()


def test_of_two_officers_the_second_is_told(own_database: str) -> None:
    authority = make.an_authority()
    evidence = {"register": BAKERY.copy, "roles": [{"fits": True, "acts": True}]}
    asked = make.a_mandate_request(authority, make.a_user(), number=BAKERY.number, evidence=evidence)
    officers = [make.a_user("officer", authority) for _ in range(3)]

    def press(officer: User) -> str:
        try:
            if officer == officers[0]:
                mandate_requests.refuse(asked.pk, reason="Nei.", by=officer, now=timezone.now())
            else:
                mandate_requests.confirm(asked.pk, a_ruling(), by=officer, now=timezone.now())
        except mandate_requests.Answered:
            return "told"
        return "first"

    assert sorted(at_once(press, officers)) == ["first", "told", "told"]
    asked.refresh_from_db()
    assert asked.user.mandates.count() == (asked.state == "confirmed")


def test_a_request_pressed_by_many_tabs_is_one(own_database: str) -> None:
    authority, person = make.an_authority(), make.a_user()

    def press(_tab: int) -> str:
        try:
            mandate_requests.ask(
                authority, BAKERY, user=person, role="Leder", message="", born=None, method="code", now=timezone.now()
            )
        except ValidationError:
            return "refused"
        return "sent"

    assert sorted(at_once(press, range(4))) == ["refused", "refused", "refused", "sent"]
    assert MandateRequest.objects.filter(user=person).count() == 1


def test_one_organisation_is_made_however_many_come_in_at_once(own_database: str) -> None:
    authority = make.an_authority()
    provider = make.a_provider(authority, "ansattporten")
    people = [make.a_user() for _ in range(4)]
    identities = {person.pk: make.an_identity(person, "ansattporten") for person in people}
    party = Party("294580735", "Oppdiktet Bakeri AS", "AS", "naering-soknad")

    def come(person: User) -> int:
        identity = identities[person.pk]
        made = mandates.from_ansattporten(person, identity, provider, [party], now=timezone.now())
        return made[0].organisation_id

    assert len(set(at_once(come, people))) == 1
    assert Organisation.objects.filter(authority=authority).count() == 1
    assert Mandate.objects.filter(authority=authority).count() == 4


def test_two_tabs_of_one_person_renew_one_mandate(own_database: str) -> None:
    provider, person = make.a_provider(make.an_authority(), "ansattporten"), make.a_user()
    identity = make.an_identity(person, "ansattporten")
    party = Party("294580735", "Oppdiktet Bakeri AS", "AS", "naering-soknad")

    def come(_tab: int) -> int:
        return mandates.from_ansattporten(person, identity, provider, [party], now=timezone.now())[0].pk

    assert len(set(at_once(come, range(3)))) == 1


def test_the_last_two_who_act_do_not_both_leave_unwarned(own_database: str) -> None:
    organisation = make.an_organisation(make.an_authority())
    both = [make.a_mandate(organisation, make.a_user()) for _ in range(2)]

    def leave(mandate: Mandate) -> str:
        try:
            mandates.end(mandate.pk, by=mandate.user, now=timezone.now())
        except mandates.LastWhoActs:
            return "warned"
        return "left"

    assert sorted(at_once(leave, both)) == ["left", "warned"]


@pytest.mark.parametrize("troubles", [[], ["bankrupt", "deleted"]])
def test_each_trouble_has_its_sentence(troubles: list[str]) -> None:
    assert len(mandate_evidence.words_of(troubles)) == len(troubles)
