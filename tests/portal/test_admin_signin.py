"""An authority's sign-in services in the case pages: set up, tried and closed; and what nobody may read or take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from portal import sealed
from portal.models import Event, GroupRole, IdentityProvider, Membership, SignIn, User
from portal.signing_in import groups, service_check
from tests import factories as make
from tests.conftest import confirmed, signed_in
from tests.portal.directory import Directory, answers_in
from tests.portal.test_admin_forms import complaints, form_of, page, send

if TYPE_CHECKING:
    from portal.models import Authority
    from tests.world import World

pytestmark = pytest.mark.django_db
TENANT = "aaaaaaaa-2222-4333-8444-555555555555"
SECRET = "hemmelig-verdi-fra-tjenesten"
NEW_ENTRA = {
    "way": "entra", "environment": "production", "tenant": TENANT, "client_id": "naeringsportalen",
    "new_client_secret": SECRET, "is_active": "on",
}  # fmt: skip


@pytest.fixture
def leader(place: Authority) -> Client:
    return confirmed(signed_in(make.a_user("leader", place), "password"))


@pytest.fixture
def entra(place: Authority) -> IdentityProvider:
    provider = make.a_provider(place, "entra")
    GroupRole.objects.create(authority=place, provider=provider, group="ledere", role="leader")
    GroupRole.objects.create(authority=place, provider=provider, group="saksbehandlere", role="officer")
    return provider


def change(row: Any) -> str:
    return page(type(row), "change", row.pk)


def add(client: Client, **facts: str) -> Any:
    return client.post(page(IdentityProvider, "add"), {**NEW_ENTRA, **facts})


# ---- setting one up ----


def test_the_leader_sets_up_a_service_and_is_led_to_the_addresses(place: Authority, leader: Client) -> None:
    answer = add(leader)
    made = IdentityProvider.objects.get(authority=place)
    assert (answer.status_code, answer["Location"]) == (302, change(made))
    assert sealed.open_("client", made.client_secret) == SECRET
    shown = leader.get(change(made)).content.decode()
    assert f"/konto/inn/{made.pk}/svar/" in shown
    assert f"/konto/inn/{made.pk}/ut/" in shown
    assert "/konto/ferdig/" in shown


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"tenant": ""}, "tenant"),
        ({"tenant": "contoso"}, "tenant"),
        ({"resource": "naering"}, "resource"),
        ({"way": "idporten"}, "tenant"),
        ({"way": "ansattporten", "tenant": ""}, "resource"),
        ({"keeps_number_for": "alt mulig"}, "keeps_number_for"),
        ({"new_client_secret": ""}, "new_client_secret"),
        ({"environment": "mitt eget"}, "environment"),
        ({"client_id": ""}, "client_id"),
    ],
)
def test_what_does_not_fit_the_service_is_said_beside_its_field(
    leader: Client, facts: dict[str, str], field: str
) -> None:
    answer = add(leader, **facts)
    assert list(answer.context["adminform"].form.errors) == [field]
    assert not IdentityProvider.objects.filter(client_id="naeringsportalen").exists()


def test_a_stand_in_is_offered_in_the_demonstration_only(leader: Client, settings: Any) -> None:
    settings.TESTING = settings.DEMO = False
    assert "standin" not in leader.get(page(IdentityProvider, "add")).content.decode()
    answer = add(leader, environment="standin")
    assert list(answer.context["adminform"].form.errors) == ["environment"]


def test_one_authority_sets_up_a_service_once(leader: Client, entra: IdentityProvider) -> None:
    answer = add(leader)
    assert answer.status_code == 200
    assert IdentityProvider.objects.filter(authority=entra.authority).count() == 1


# ---- the secret ----


def test_the_secret_is_never_shown_in_page_error_history_or_list(leader: Client, entra: IdentityProvider) -> None:
    assert send(leader, change(entra), new_client_secret=SECRET).status_code == 302
    entra.refresh_from_db()
    assert sealed.open_("client", entra.client_secret) == SECRET
    refused = send(leader, change(entra), new_client_secret=SECRET + "2", tenant="ikke en")
    pages = [refused, leader.get(change(entra)), leader.get(page(IdentityProvider, "changelist"))]
    pages += [leader.get(page(IdentityProvider, "history", entra.pk)), leader.get("/admin/")]
    for answer in pages:
        assert answer.status_code == 200
        text = answer.content.decode()
        assert SECRET not in text
        assert entra.client_secret not in text
    assert not hasattr(IdentityProvider.pgh_event_model, "client_secret")  # type: ignore[attr-defined]
    assert SECRET not in str(list(Event.objects.values()))


def test_an_empty_field_keeps_the_secret(leader: Client, entra: IdentityProvider) -> None:
    send(leader, change(entra), client_id="nytt-navn")
    entra.refresh_from_db()
    assert (entra.client_id, sealed.open_("client", entra.client_secret)) == ("nytt-navn", "hemmelig")


def test_who_set_a_secret_is_noted_without_it(leader: Client, entra: IdentityProvider) -> None:
    send(leader, change(entra), new_client_secret=SECRET)
    event = Event.objects.get(kind="provider.secret_set")
    assert (event.subject_id, event.actor_id, event.facts) == (entra.pk, User.objects.latest("pk").pk, {})


def test_the_history_says_that_the_secret_was_changed(leader: Client, entra: IdentityProvider) -> None:
    send(leader, change(entra), new_client_secret=SECRET)
    newest = leader.get(page(IdentityProvider, "history", entra.pk)).context["changes"][0]
    assert [row["label"] for row in newest["changes"]] == ["klienthemmelighet"]


def test_the_list_of_services_has_no_export(leader: Client, entra: IdentityProvider) -> None:
    assert leader.get("/admin/portal/identityprovider/eksport/csv/").status_code in (302, 404)
    assert "eksport" not in leader.get(page(IdentityProvider, "changelist")).content.decode()


@pytest.mark.parametrize("lookup", ["client_secret__startswith=g", "authority__name=x"])
def test_the_list_answers_no_question_about_secrets(leader: Client, entra: IdentityProvider, lookup: str) -> None:
    assert leader.get(f"{page(IdentityProvider, 'changelist')}?{lookup}").status_code == 400


# ---- who ----


@pytest.mark.parametrize("role", ["officer", "editor", "decision_maker"])
def test_others_read_the_service_and_change_nothing(place: Authority, entra: IdentityProvider, role: str) -> None:
    client = confirmed(signed_in(make.a_user(role, place)))
    shown = client.get(change(entra))
    assert shown.status_code == 200
    assert "new_client_secret" not in shown.content.decode()
    assert client.post(change(entra), {**NEW_ENTRA, "client_id": "mitt"}).status_code == 403
    assert client.post(f"/admin/portal/identityprovider/{entra.pk}/prov/").status_code == 403


def test_the_neighbours_leader_reaches_nothing_of_it(entra: IdentityProvider) -> None:
    client = confirmed(signed_in(make.a_user("leader", make.an_authority())))
    for address in (change(entra), f"/admin/portal/identityprovider/{entra.pk}/prov/"):
        assert client.get(address).status_code == 302
        assert client.post(address, NEW_ENTRA).status_code == 302
    entra.refresh_from_db()
    assert str(entra.tenant) != TENANT


def test_a_service_asks_again_who_sits_there(place: Authority, entra: IdentityProvider) -> None:
    stolen = signed_in(make.a_user("leader", place))
    assert stolen.get(change(entra)).status_code == 302
    stolen.post(change(entra), {**NEW_ENTRA, "client_id": "angriper"})
    entra.refresh_from_db()
    assert entra.client_id != "angriper"


# ---- groups ----


def group_row(number: int, **facts: str) -> dict[str, str]:
    return {f"group_roles-{number}-{name}": value for name, value in facts.items()}


def test_the_leader_gives_groups_roles(leader: Client, entra: IdentityProvider) -> None:
    send(leader, change(entra), **{"group_roles-TOTAL_FORMS": "3"}, **group_row(2, group="politikere", role="elected"))
    assert set(entra.group_roles.values_list("group", "role")) == {
        ("ledere", "leader"), ("saksbehandlere", "officer"), ("politikere", "elected"),
    }  # fmt: skip
    assert entra.group_roles.get(role="elected").authority_id == entra.authority_id


def test_a_stale_form_makes_no_group_of_guest_officers(leader: Client, entra: IdentityProvider) -> None:
    assert "guest_officer" not in leader.get(change(entra)).content.decode()
    rows = {"group_roles-TOTAL_FORMS": "3", **group_row(2, group="gjester", role="guest_officer")}
    assert send(leader, change(entra), **rows).status_code == 200
    assert not entra.group_roles.filter(group="gjester").exists()


def test_a_group_that_is_taken_away_takes_its_roles_at_once(leader: Client, entra: IdentityProvider) -> None:
    user = make.a_user()
    groups.sync(user, entra, frozenset({"saksbehandlere"}), now=timezone.now())
    place = list(entra.group_roles.order_by("provider", "role", "group").values_list("role", flat=True))
    send(leader, change(entra), **{f"group_roles-{place.index('officer')}-DELETE": "on"})
    assert not entra.group_roles.filter(role="officer").exists()
    assert not user.memberships.exists()


def test_the_history_tells_of_a_group_that_is_taken_away(leader: Client, entra: IdentityProvider) -> None:
    entra.group_roles.get(role="officer").delete()
    changes = leader.get(page(IdentityProvider, "history", entra.pk)).context["changes"]
    assert [change["kind"] for change in changes if getattr(change["subject"], "group", "") == "saksbehandlere"] == [
        "removed", "made",
    ]  # fmt: skip


def test_only_entra_id_has_groups(place: Authority, leader: Client) -> None:
    row = make.a_provider(place, "idporten")
    assert "group_roles" not in leader.get(change(row)).content.decode()


# ---- closing one ----


def test_a_service_switched_off_ends_its_sessions_and_roles(leader: Client, entra: IdentityProvider) -> None:
    user = make.a_user()
    groups.sync(user, entra, frozenset({"saksbehandlere"}), now=timezone.now())
    signed_in(user, "entra", provider=entra)
    fields = form_of(leader, change(entra))
    leader.post(change(entra), {name: value for name, value in fields.items() if name != "is_active"})
    entra.refresh_from_db()
    assert not entra.is_active
    assert not user.memberships.exists()
    assert SignIn.objects.get(user=user).ended_how == "provider"


def test_another_directory_begins_with_nobody(leader: Client, entra: IdentityProvider) -> None:
    user = make.a_user()
    groups.sync(user, entra, frozenset({"saksbehandlere"}), now=timezone.now())
    assert send(leader, change(entra), tenant=TENANT).status_code == 302
    assert not user.memberships.exists()


def test_the_only_way_in_is_neither_switched_off_removed_nor_emptied_of_leaders(
    place: Authority, entra: IdentityProvider
) -> None:
    place.password_allowed = False
    place.save()
    leader = confirmed(signed_in(make.a_user("leader", place), "entra", provider=entra))
    fields = form_of(leader, change(entra))
    off = leader.post(change(entra), {name: value for name, value in fields.items() if name != "is_active"})
    assert list(off.context["adminform"].form.errors) == ["is_active"]
    order = list(entra.group_roles.order_by("provider", "role", "group").values_list("role", flat=True))
    assert send(leader, change(entra), **{f"group_roles-{order.index('leader')}-DELETE": "on"}).status_code == 200
    leader.post(page(IdentityProvider, "delete", entra.pk), {"post": "yes"})
    leader.post(
        page(IdentityProvider, "changelist"),
        {"action": "delete_selected", "_selected_action": [entra.pk], "post": "yes"},
    )
    entra.refresh_from_db()
    assert entra.is_active
    assert entra.group_roles.filter(role="leader").exists()


def test_a_service_that_nobody_has_roles_from_can_be_removed(leader: Client, entra: IdentityProvider) -> None:
    leader.post(page(IdentityProvider, "delete", entra.pk), {"post": "yes"})
    assert not IdentityProvider.objects.filter(pk=entra.pk).exists()


# ---- trying it ----


def tried(provider: IdentityProvider) -> str:
    """Return what is found, in the words that stand in the code."""
    provider.refresh_from_db()
    with translation.override("en"):
        return " ".join(each.text for each in service_check.tried(provider))


def test_a_service_in_order_is_said_to_be(
    leader: Client, entra: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers_in(monkeypatch, Directory(entra))
    address = f"/admin/portal/identityprovider/{entra.pk}/prov/"
    assert leader.get(address).context["found"] is None
    answer = leader.post(address)
    assert answer.context["works"], answer.context["found"]
    entra.group_roles.all().delete()
    assert not leader.post(address).context["works"]


def test_what_is_wrong_is_said_in_words(entra: IdentityProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = answers_in(monkeypatch, Directory(entra))
    directory.is_down = True
    assert "No service answers" in tried(entra)
    directory.is_down = False
    monkeypatch.setattr(Directory, "described", lambda self: {"issuer": "https://en-annen.example"})
    assert "another service" in tried(entra)
    monkeypatch.setattr(Directory, "described", lambda self: {"issuer": self.issuer})
    assert "authorization_endpoint" in tried(entra)


def test_what_is_missing_here_is_said_too(entra: IdentityProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    answers_in(monkeypatch, Directory(entra))
    entra.group_roles.filter(role="leader").delete()
    assert "Passwords cannot be switched off" in tried(entra)
    IdentityProvider.objects.filter(pk=entra.pk).update(client_secret="rot", is_active=False)
    said = tried(entra)
    assert "can no longer be read" in said
    assert "not in use" in said


# ---- roles from groups in the list of roles ----


@pytest.fixture
def from_groups(entra: IdentityProvider) -> Membership:
    groups.sync(make.a_user(name="Fra Gruppe"), entra, frozenset({"saksbehandlere"}), now=timezone.now())
    return Membership.objects.get(provider=entra)


def test_the_list_of_roles_says_where_each_comes_from(leader: Client, from_groups: Membership) -> None:
    address = page(Membership, "changelist")
    shown = leader.get(address).content.decode()
    assert "fra grupper" in shown
    assert "for hånd" in shown
    assert [row.pk for row in leader.get(f"{address}?fra=grupper").context["cl"].result_list] == [from_groups.pk]
    assert from_groups not in leader.get(f"{address}?fra=hand").context["cl"].result_list
    assert "fra grupper" in leader.get("/admin/portal/membership/eksport/csv/").content.decode()


def test_a_role_from_groups_is_changed_and_removed_by_nobody(leader: Client, from_groups: Membership) -> None:
    operator = confirmed(signed_in(make.a_user(is_superuser=True)))
    for client in (leader, operator):
        assert client.get(change(from_groups)).status_code == 200
        assert client.post(change(from_groups), {"role": "leader"}).status_code == 403
        assert client.post(page(Membership, "delete", from_groups.pk), {"post": "yes"}).status_code == 403
        client.post(
            page(Membership, "changelist"),
            {"action": "delete_selected", "_selected_action": [from_groups.pk], "post": "yes"},
        )
    from_groups.refresh_from_db()
    assert from_groups.role == "officer"


def test_a_stale_form_ties_no_role_to_a_service(world: World, place: Authority, leader: Client) -> None:
    provider = make.a_provider(place, "entra")
    facts = {"email": "ny@test.example", "name": "Ny Oppdiktet", "role": "officer", "provider": str(provider.pk)}
    assert leader.post(page(Membership, "add"), {**facts, "provider_id": str(provider.pk)}).status_code == 302
    made = Membership.objects.get(user__email="ny@test.example")
    assert made.provider_id is None
    send(leader, change(made), provider=str(provider.pk), role="leader")
    made.refresh_from_db()
    assert (made.provider_id, made.role) == (None, "leader")


# ---- passwords switched off ----


def without_passwords(client: Client, place: Authority) -> Any:
    fields = {name: value for name, value in form_of(client, change(place)).items() if name != "password_allowed"}
    return client.post(change(place), fields)


@pytest.mark.parametrize("lacks", ["provider", "group", "use"])
def test_a_leader_cannot_lock_everyone_out(place: Authority, leader: Client, lacks: str, request: Any) -> None:
    if lacks != "provider":
        entra = request.getfixturevalue("entra")
        if lacks == "group":
            entra.group_roles.filter(role="leader").delete()
        else:
            IdentityProvider.objects.update(is_active=False)
    answer = without_passwords(leader, place)
    assert complaints(answer) == {"password_allowed"}
    assert answer.context["adminform"].form.errors.as_data()["password_allowed"][0].code == "locked_out"
    place.refresh_from_db()
    assert place.password_allowed


def test_a_leader_who_closes_her_own_way_in_is_told_where_the_other_is(
    place: Authority, leader: Client, entra: IdentityProvider
) -> None:
    answer = without_passwords(leader, place)
    place.refresh_from_db()
    assert not place.password_allowed
    assert answer["Location"] == f"/{place.slug}/logg-inn/"
    assert leader.get("/admin/").status_code == 403


def test_a_leader_who_came_by_the_service_goes_on(place: Authority, entra: IdentityProvider) -> None:
    leader = confirmed(signed_in(make.a_user("leader", place), "entra", provider=entra))
    assert without_passwords(leader, place)["Location"] == page(type(place), "changelist")
    assert leader.get("/admin/").status_code == 200


def test_the_operator_may_switch_passwords_off_anyhow(place: Authority) -> None:
    operator = confirmed(signed_in(make.a_user(is_superuser=True)))
    assert without_passwords(operator, place).status_code == 302
    place.refresh_from_db()
    assert not place.password_allowed


def test_one_whose_role_a_password_does_not_open_is_told_at_sign_in(
    client: Client, place: Authority, entra: IdentityProvider
) -> None:
    user = make.a_user("officer", place, email="saksbehandler.oppdiktet@test.example")
    place.password_allowed = False
    place.save()
    typed = {"login": user.email, "password": make.PASSWORD}
    shown = client.post("/konto/login/", typed, follow=True).content.decode()
    assert "Et passord åpner ikke rollen din" in shown
    assert f"/{place.slug}/logg-inn/" in shown


def test_one_whose_role_opens_is_told_nothing(client: Client, place: Authority) -> None:
    user = make.a_user("officer", place)
    shown = client.post("/konto/login/", {"login": user.email, "password": make.PASSWORD}, follow=True)
    assert "åpner ikke rollen din" not in shown.content.decode()
