"""Who may act for an organisation: what is read at each request, Ansattporten's choice, and how a mandate ends."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from portal.acting_for import mandates
from portal.integrations.openid_claims import Party
from portal.models import Event, IdentityProvider, Mandate, MandateInvitation, Notice, Organisation, Reach
from portal.strength import Mark
from tests import factories as make
from tests.conftest import signed_in

if TYPE_CHECKING:
    from django.test import Client

    from portal.models import User
    from tests.world import World

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
BY_CODE = Mark(sign_in=1, method="code", at=0.0, seen=0.0)
STRONG = Mark(sign_in=1, method="ansattporten", at=0.0, seen=0.0, strong_at=0.0)
BAKERY = make.ORGANISATION_NUMBERS[0]


def today() -> dt.date:
    return timezone.localdate()


@pytest.fixture
def bakery(world: World) -> Organisation:
    return world.home.one(Organisation)


@pytest.fixture
def manager(world: World) -> User:
    return world.user("manager")


@pytest.fixture
def colleague(world: World) -> User:
    return world.user("colleague")


@pytest.fixture
def provider(world: World) -> IdentityProvider:
    return IdentityProvider.objects.get(authority=world.home.authority, way="ansattporten")


def told(person: User, kind: str = "mandate_ended") -> list[str]:
    return list(Notice.objects.filter(user=person, kind=kind).order_by("pk").values_list("title", flat=True))


# ---- reading ----


def test_a_person_holds_what_holds_today_and_nothing_else(bakery: Organisation) -> None:
    person, day = make.a_user(), today()
    holds = make.a_mandate(bakery, person)
    make.a_mandate(make.an_organisation(bakery.authority), person, valid_from=day - 9 * DAY, valid_to=day - DAY)
    make.a_mandate(make.an_organisation(bakery.authority), person, valid_from=day + DAY, valid_to=day + 9 * DAY)
    over = {"ended_at": timezone.now(), "ended_why": "Sluttet"}
    make.a_mandate(make.an_organisation(bakery.authority), person, **over)
    assert list(mandates.held_by(person, day)) == [holds]
    person.is_active = False
    assert not mandates.held_by(person, day)


def test_the_last_day_counts_and_the_day_after_does_not(bakery: Organisation) -> None:
    person = make.a_user()
    make.a_mandate(bakery, person, valid_to=today())
    assert mandates.reach_in(person, bakery.pk, on=today(), mark=STRONG) == Reach.ACTS
    assert mandates.reach_in(person, bakery.pk, on=today() + DAY, mark=STRONG) is None


def test_a_session_by_code_prepares_only(bakery: Organisation, manager: User) -> None:
    assert mandates.reach_in(manager, bakery.pk, on=today(), mark=STRONG) == Reach.ACTS
    assert mandates.reach_in(manager, bakery.pk, on=today(), mark=None) == Reach.ACTS
    assert mandates.reach_in(manager, bakery.pk, on=today(), mark=BY_CODE) == Reach.DRAFTS
    with pytest.raises(PermissionDenied):
        mandates.organisation_for(manager, bakery.pk, on=today(), mark=BY_CODE, acting=True)
    assert mandates.organisation_for(manager, bakery.pk, on=today(), mark=BY_CODE) == bakery


def test_in_trial_mode_a_session_by_code_acts_and_one_that_prepares_still_prepares(
    world: World, bakery: Organisation, manager: User, colleague: User
) -> None:
    IdentityProvider.objects.filter(authority=bakery.authority).exclude(way="entra").update(is_active=False)
    assert mandates.reach_in(manager, bakery.pk, on=today(), mark=BY_CODE) == Reach.ACTS
    assert mandates.organisation_for(manager, bakery.pk, on=today(), mark=BY_CODE, acting=True) == bakery
    assert mandates.reach_in(colleague, bakery.pk, on=today(), mark=BY_CODE) == Reach.DRAFTS
    unknown = Mark(sign_in=1, method="brevdue", at=0.0, seen=0.0)
    assert mandates.reach_in(manager, bakery.pk, on=today(), mark=unknown) == Reach.DRAFTS


def test_a_list_asks_once_which_authorities_are_in_trial_mode(
    bakery: Organisation, django_assert_num_queries: Any
) -> None:
    person = make.a_user()
    for number in range(4):
        place = make.an_authority()
        make.a_mandate(make.an_organisation(place), person)
        if number % 2:
            make.a_provider(place)
    held = list(mandates.held_by(person, today()))
    with django_assert_num_queries(1):
        weak = mandates.only_prepared(held, BY_CODE)
    assert [row in weak for row in sorted(held, key=lambda row: row.pk)] == [False, True, False, True]
    with django_assert_num_queries(0):
        assert not mandates.only_prepared(held, STRONG)


def test_a_way_in_that_is_unknown_is_as_weak_as_a_code(bakery: Organisation, manager: User) -> None:
    unknown = Mark(sign_in=1, method="brevdue", at=0.0, seen=0.0)
    assert mandates.reach_in(manager, bakery.pk, on=today(), mark=unknown) == Reach.DRAFTS


def test_who_prepares_is_told_no_and_who_has_nothing_finds_nothing(
    world: World, bakery: Organisation, colleague: User
) -> None:
    assert mandates.organisation_for(colleague, bakery.pk, on=today(), mark=STRONG) == bakery
    with pytest.raises(PermissionDenied):
        mandates.organisation_for(colleague, bakery.pk, on=today(), mark=STRONG, acting=True)
    for person in (world.user("stranger"), world.user("officer"), world.user("operator")):
        with pytest.raises(Http404):
            mandates.organisation_for(person, bakery.pk, on=today(), mark=STRONG)


def test_the_furthest_reach_of_several_mandates_counts(bakery: Organisation, manager: User, colleague: User) -> None:
    make.a_mandate(bakery, colleague)
    assert mandates.reach_in(colleague, bakery.pk, on=today(), mark=STRONG) == Reach.ACTS


# ---- Ansattporten ----


def come_in(person: User, provider: IdentityProvider, *parties: Party, now: dt.datetime | None = None) -> list[Mandate]:
    identity = person.identities.filter(way="ansattporten").first() or make.an_identity(person, "ansattporten")
    return mandates.from_ansattporten(person, identity, provider, parties, now=now or timezone.now())


def party(number: str, **facts: str) -> Party:
    return Party(**{"name": "Oppdiktet AS", "unit_type": "AS", "resource": "naering-soknad", "number": number, **facts})


def test_choosing_an_organisation_gives_a_mandate_for_thirty_days(provider: IdentityProvider) -> None:
    person = make.a_user()
    made = come_in(person, provider, party(make.ORGANISATION_NUMBERS[2]))[0]
    assert (made.reach, made.source, made.valid_from) == ("acts", "ansattporten", today())
    assert made.valid_to == today() + 30 * DAY
    organisation = made.organisation
    assert (organisation.name, organisation.number) == ("Oppdiktet AS", make.ORGANISATION_NUMBERS[2])
    assert organisation.authority == provider.authority
    assert Event.objects.filter(kind="mandate_given", subject_id=made.pk, facts__source="ansattporten").exists()


def test_an_organisation_the_authority_knows_keeps_its_name(provider: IdentityProvider, bakery: Organisation) -> None:
    made = come_in(make.a_user(), provider, party(bakery.number))[0]
    assert made.organisation == bakery
    bakery.refresh_from_db()
    assert bakery.name == "Hjemby Bakeri AS"


def test_another_authority_knows_nothing_of_it(provider: IdentityProvider, world: World) -> None:
    number = make.ORGANISATION_NUMBERS[2]
    come_in(make.a_user(), provider, party(number))
    assert not Organisation.objects.filter(authority=world.next.authority, number=number).exists()


def test_coming_again_renews_and_makes_no_second(provider: IdentityProvider) -> None:
    person, now = make.a_user(), timezone.now()
    first = come_in(person, provider, party(BAKERY), now=now)[0]
    again = come_in(person, provider, party(BAKERY), now=now + 10 * DAY)[0]
    assert again.pk == first.pk
    assert again.valid_to == first.valid_to + 10 * DAY
    come_in(person, provider, party(BAKERY), now=now + 10 * DAY)
    assert Event.objects.filter(subject_id=first.pk, kind="mandate_renewed").count() == 1


def test_one_that_ran_out_is_not_brought_to_life_with_its_gap(provider: IdentityProvider) -> None:
    person, now = make.a_user(), timezone.now()
    first = come_in(person, provider, party(BAKERY), now=now)[0]
    again = come_in(person, provider, party(BAKERY), now=now + 45 * DAY)[0]
    first.refresh_from_db()
    assert again.pk != first.pk
    assert first.ended_why == mandates.RAN_OUT
    assert first.valid_to == today() + 30 * DAY


@pytest.mark.parametrize(
    "given",
    [
        party(""), party("123456789"), party("97476067a"), party("٩٧٤٧٦٠٦٧٣"), party("0192:974760673"),
        party(BAKERY, resource="noe-annet"), party(BAKERY, resource=""), party("17912099997", unit_type="person"),
    ],
)  # fmt: skip
def test_a_party_that_is_no_organisation_or_another_resource_gives_nothing(
    provider: IdentityProvider, given: Party
) -> None:
    before = Organisation.objects.count()
    assert come_in(make.a_user(), provider, given) == []
    assert Organisation.objects.count() == before


def test_the_resource_is_the_same_with_and_without_its_urn(provider: IdentityProvider) -> None:
    assert come_in(make.a_user(), provider, party(BAKERY, resource="urn:altinn:resource:naering-soknad"))


def test_herself_gives_no_mandate(provider: IdentityProvider) -> None:
    assert come_in(make.a_user(), provider) == []


def test_an_identity_that_is_anothers_gives_nothing(provider: IdentityProvider) -> None:
    theirs = make.an_identity(make.a_user(), "ansattporten")
    with pytest.raises(PermissionDenied):
        mandates.from_ansattporten(make.a_user(), theirs, provider, [party(BAKERY)], now=timezone.now())


# ---- ending ----


def test_one_who_acts_removes_another_who_is_told(bakery: Organisation, manager: User, colleague: User) -> None:
    second = make.a_user()
    make.a_mandate(bakery, second)
    mine = colleague.mandates.get()
    assert mandates.end(mine.pk, by=manager, now=timezone.now()) == [mine]
    mine.refresh_from_db()
    assert (mine.ended_by, mine.ended_why) == (manager, mandates.REMOVED)
    assert len(told(colleague)) == 1
    assert len(told(second)) == 1
    assert told(manager) == []


def test_ending_twice_does_it_once(bakery: Organisation, manager: User, colleague: User) -> None:
    mine = colleague.mandates.get()
    assert mandates.end(mine.pk, by=manager, now=timezone.now())
    assert mandates.end(mine.pk, by=manager, now=timezone.now()) == []
    assert len(told(colleague)) == 1


def test_who_prepares_ends_her_own_only(bakery: Organisation, manager: User, colleague: User) -> None:
    with pytest.raises(PermissionDenied):
        mandates.end(manager.mandates.get().pk, by=colleague, now=timezone.now())
    assert mandates.end(colleague.mandates.get().pk, by=colleague, now=timezone.now())
    assert len(told(manager)) == 1


def test_a_session_by_code_removes_nobody_else(bakery: Organisation, manager: User, colleague: User) -> None:
    manager.mark = BY_CODE  # type: ignore[attr-defined]
    with pytest.raises(PermissionDenied):
        mandates.end(colleague.mandates.get().pk, by=manager, now=timezone.now())


def test_the_last_who_acts_leaves_only_when_she_knows_it(bakery: Organisation, manager: User) -> None:
    hers = manager.mandates.get()
    with pytest.raises(mandates.LastWhoActs):
        mandates.end(hers.pk, by=manager, now=timezone.now())
    assert Mandate.objects.get(pk=hers.pk).ended_at is None
    assert mandates.end(hers.pk, by=manager, now=timezone.now(), knows=True) == [hers]


def test_those_she_invited_stay_unless_asked_for(bakery: Organisation, manager: User, colleague: User) -> None:
    make.a_mandate(bakery, make.a_user())
    mandates.end(manager.mandates.get().pk, by=manager, now=timezone.now())
    assert mandates.held_by(colleague, today()).exists()


def test_those_she_invited_go_with_her_and_are_told(
    world: World, bakery: Organisation, manager: User, colleague: User
) -> None:
    ended = mandates.end(
        manager.mandates.get().pk, by=world.user("officer"), now=timezone.now(), why="Har sluttet", with_invited=True
    )
    assert len(ended) == 2
    assert colleague.mandates.get().ended_why == mandates.WITH_INVITER
    assert manager.mandates.get().ended_why == "Har sluttet"
    assert len(told(colleague)) == len(told(manager)) == 1


def test_her_waiting_invitations_are_withdrawn_with_her(bakery: Organisation, manager: User) -> None:
    waiting = MandateInvitation.objects.get(organisation=bakery)
    mandates.end(manager.mandates.get().pk, by=manager, now=timezone.now(), knows=True)
    waiting.refresh_from_db()
    assert waiting.withdrawn_at is not None


@pytest.mark.parametrize("person", ["neighbour", "stranger", "citizen", "editor", "operator"])
def test_nobody_else_ends_a_mandate(world: World, manager: User, person: str) -> None:
    with pytest.raises(PermissionDenied):
        mandates.end(manager.mandates.get().pk, by=world.user(person), now=timezone.now(), why="Nei")


def test_one_who_acts_for_another_organisation_ends_nothing_here(world: World, colleague: User) -> None:
    theirs = world.next.one(Mandate).user
    with pytest.raises(PermissionDenied):
        mandates.end(colleague.mandates.get().pk, by=theirs, now=timezone.now())


# ---- the person's own page ----


def test_her_page_shows_whom_she_acts_for_and_what_it_rests_on(manager_client: Client) -> None:
    page = manager_client.get("/min-side/fullmakter/").content.decode()
    assert "Hjemby Bakeri AS" in page
    assert "Naboby Bakeri AS" not in page


def test_a_mandate_that_ended_during_the_session_opens_nothing_at_the_next_request(
    manager_client: Client, bakery: Organisation, manager: User
) -> None:
    page = reverse("organisation_page", args=[bakery.pk])
    assert manager_client.get(page).status_code == 200
    mandates.end(manager.mandates.get().pk, by=manager, now=timezone.now(), knows=True)
    assert manager_client.get(page).status_code == 404
    assert manager_client.get("/min-side/fullmakter/").context["lines"] == []


def test_a_mandate_that_ran_out_at_midnight_opens_nothing(bakery: Organisation, manager: User) -> None:
    client = signed_in(manager)
    with time_machine.travel(timezone.now() + 31 * DAY, tick=False):
        client.force_login(manager, backend="allauth.account.auth_backends.AuthenticationBackend")
        assert client.get(reverse("organisation_page", args=[bakery.pk])).status_code == 404


def test_leaving_is_asked_about_first_and_the_last_is_warned(manager_client: Client, manager: User) -> None:
    pk = manager.mandates.get().pk
    asked = manager_client.get(f"/min-side/fullmakter/?gjor=forlat&fullmakt={pk}")
    assert asked.context["is_last"]
    assert [row.user.name for row in asked.context["invited"]] == ["Colleague Hjemby"]
    answer = manager_client.post("/min-side/fullmakter/", {"gjor": "forlat", "fullmakt": pk})
    assert answer["Location"].endswith(f"?gjor=forlat&fullmakt={pk}")
    assert manager.mandates.get().ended_at is None
    manager_client.post("/min-side/fullmakter/", {"gjor": "forlat", "fullmakt": pk, "vet": "1", "med_inviterte": "1"})
    assert manager.mandates.get().ended_why == mandates.LEFT
    assert not Mandate.objects.holding(today()).filter(organisation__name="Hjemby Bakeri AS").exists()


def test_nobody_leaves_for_another(colleague_client: Client, manager: User) -> None:
    pk = manager.mandates.get().pk
    assert colleague_client.get(f"/min-side/fullmakter/?gjor=forlat&fullmakt={pk}").status_code == 404
    data = {"gjor": "forlat", "fullmakt": pk, "vet": "1"}
    assert colleague_client.post("/min-side/fullmakter/", data).status_code == 404
    assert manager.mandates.get().ended_at is None


@pytest.mark.parametrize("data", [{}, {"gjor": "slett"}, {"gjor": "forlat", "fullmakt": "x"}, {"gjor": "trekk"}])
def test_what_is_no_deed_does_not_exist(manager_client: Client, data: dict[str, str]) -> None:
    assert manager_client.post("/min-side/fullmakter/", data).status_code == 404


def test_one_without_a_mandate_is_shown_three_ways_and_where_ansattporten_is(stranger_client: Client) -> None:
    answer = stranger_client.get("/min-side/fullmakter/")
    offered = {way["authority"].slug for way in answer.context["ansattporten"]}
    assert offered == {"hjemby", "naboby"}
    assert all(way["url"] in answer.content.decode().replace("&amp;", "&") for way in answer.context["ansattporten"])


def test_one_known_by_a_code_is_told_that_she_only_prepares(manager: User) -> None:
    assert signed_in(manager, "code").get("/min-side/fullmakter/").context["lines"][0]["only_prepares"]
    assert not signed_in(manager, "idporten").get("/min-side/fullmakter/").context["lines"][0]["only_prepares"]


# ---- what the database refuses ----


def test_nobody_has_two_live_mandates_of_a_kind(bakery: Organisation, manager: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make.a_mandate(bakery, manager)


def test_a_mandate_of_one_authority_is_never_of_anothers_organisation(world: World, manager: User) -> None:
    facts: dict[str, Any] = {"authority": world.home.authority}
    theirs = world.next.one(Organisation)
    from django.db import connection

    with pytest.raises(IntegrityError), transaction.atomic():
        Mandate.objects.create(
            organisation=theirs, user=manager, source="ansattporten", reach="acts", evidence={"resource": "x"},
            valid_from=today(), valid_to=today(), **facts,
        )  # fmt: skip
        connection.check_constraints()
