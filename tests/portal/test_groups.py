"""Roles follow the groups of the authority's directory: given at sign-in, gone within minutes of leaving the group."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal import cleaning, permissions, sealed, tasks
from portal.models import Event, GroupRole, IdentityProvider, Mail, Membership, Notice, SignIn, User
from portal.signing_in import groups, signins
from tests import factories as make
from tests.at_once import at_once
from tests.conftest import signed_in
from tests.portal.directory import Directory, answers_in

if TYPE_CHECKING:
    from portal.models import Authority

MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
NOW = timezone.now()


@pytest.fixture
def entra(place: Authority) -> IdentityProvider:
    """The place's own directory: a group of officers, and one of leaders."""
    provider = make.a_provider(place, "entra")
    for group, role in (("saksbehandlere", "officer"), ("ledere", "leader"), ("ledere", "editor")):
        GroupRole.objects.create(authority=place, provider=provider, group=group, role=role)
    return provider


@pytest.fixture
def directory(entra: IdentityProvider, monkeypatch: pytest.MonkeyPatch) -> Directory:
    return answers_in(monkeypatch, Directory(entra))


def sync(user: User, provider: IdentityProvider, *names: str, now: dt.datetime = NOW) -> list[str]:
    return groups.sync(user, provider, frozenset(names), now=now)


def held(user: User) -> set[str]:
    return set(user.memberships.exclude(provider=None).values_list("role", flat=True))


def later(minutes: float) -> dt.datetime:
    return timezone.now() + minutes * MINUTE


def how(sign_in: SignIn) -> str:
    sign_in.refresh_from_db()
    return sign_in.ended_how


# ---- roles as the groups say ----


def test_her_groups_give_her_exactly_their_roles(entra: IdentityProvider) -> None:
    user = make.a_user()
    assert sync(user, entra, "ledere", "noe-annet") == ["editor", "leader"]
    assert held(user) == {"editor", "leader"}
    assert sync(user, entra, "saksbehandlere") == ["officer"]
    assert held(user) == {"officer"}


def test_the_same_groups_again_change_and_tell_nothing(entra: IdentityProvider) -> None:
    user = make.a_user()
    sync(user, entra, "ledere")
    before = set(user.memberships.values_list("pk", flat=True)), Notice.objects.count(), Event.objects.count()
    sync(user, entra, "ledere")
    assert (set(user.memberships.values_list("pk", flat=True)), Notice.objects.count(), Event.objects.count()) == before


def test_a_group_is_known_whatever_the_case_it_is_written_in(entra: IdentityProvider) -> None:
    assert sync(make.a_user(), entra, "SAKSBEHANDLERE") == ["officer"]


def test_roles_given_by_hand_are_never_touched(place: Authority, entra: IdentityProvider) -> None:
    user = make.a_user("approver", place)
    by_hand = user.memberships.get()
    sync(user, entra, "ledere")
    sync(user, entra)
    assert list(user.memberships.all()) == [by_hand]


def test_a_new_role_is_told_and_a_lost_one_is_not(entra: IdentityProvider) -> None:
    user = make.a_user()
    sync(user, entra, "saksbehandlere")
    assert list(Notice.objects.filter(user=user).values_list("kind", flat=True)) == ["role_given"]
    assert f"/{entra.authority.slug}/logg-inn/" in Mail.objects.get(to_address=user.email).text
    sync(user, entra)
    assert Notice.objects.filter(user=user).count() == 1


def test_the_history_keeps_a_role_that_is_lost(entra: IdentityProvider) -> None:
    user = make.a_user()
    sync(user, entra, "saksbehandlere")
    sync(user, entra)
    labels = Membership.pgh_event_model.objects.filter(user=user).order_by("pgh_id").values_list("pgh_label", flat=True)  # type: ignore[attr-defined]
    assert list(labels) == ["insert", "delete"]
    kinds = Event.objects.filter(authority=entra.authority, kind__startswith="role.").order_by("pk")
    assert [event.kind for event in kinds] == ["role.given_by_group", "role.ended_by_group"]
    assert user.email not in str([event.facts for event in kinds])


def test_a_role_that_comes_back_after_a_short_while_is_not_told_again(entra: IdentityProvider) -> None:
    user = make.a_user()
    for names in (["saksbehandlere"], [], ["saksbehandlere"]):
        sync(user, entra, *names)
    assert Notice.objects.filter(user=user).count() == 1


def test_a_role_she_holds_by_hand_is_not_told_again(place: Authority, entra: IdentityProvider) -> None:
    user = make.a_user("officer", place)
    sync(user, entra, "saksbehandlere")
    assert held(user) == {"officer"}
    assert not Notice.objects.filter(user=user).exists()


def test_a_service_that_is_switched_off_gives_nothing(entra: IdentityProvider) -> None:
    user = make.a_user()
    sync(user, entra, "ledere")
    entra.is_active = False
    assert sync(user, entra, "ledere") == []
    assert not held(user)


def test_two_sign_ins_at_once_make_each_role_once(own_database: str) -> None:
    place = make.an_authority()
    provider, user = make.a_provider(place, "entra"), make.a_user()
    GroupRole.objects.create(authority=place, provider=provider, group="a", role="officer")
    answers = at_once(lambda _n: sync(user, provider, "a"), range(4))
    assert answers == [["officer"]] * 4
    assert (user.memberships.count(), Notice.objects.filter(user=user).count()) == (1, 1)


# ---- attacks ----


def test_another_authoritys_group_of_the_same_name_gives_nothing_here(entra: IdentityProvider) -> None:
    neighbour = make.an_authority()
    theirs = make.a_provider(neighbour, "entra", tenant="99999999-2222-4333-8444-555555555555")
    GroupRole.objects.create(authority=neighbour, provider=theirs, group="ledere", role="approver")
    user = make.a_user()
    sync(user, theirs, "ledere", "saksbehandlere")
    assert set(user.memberships.values_list("authority", "role")) == {(neighbour.pk, "approver")}


def test_a_group_cannot_give_a_role_in_another_authority(entra: IdentityProvider) -> None:
    neighbour = make.an_authority()
    with pytest.raises(IntegrityError), transaction.atomic():
        GroupRole.objects.create(authority=neighbour, provider=entra, group="ledere", role="leader")


def test_no_group_makes_a_guest_officer(entra: IdentityProvider) -> None:
    row = GroupRole(authority=entra.authority, provider=entra, group="gjester", role="guest_officer")
    with pytest.raises(ValidationError):
        row.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_a_role_from_groups_gives_nothing_in_a_session_with_a_password(entra: IdentityProvider) -> None:
    user = make.a_user()
    sync(user, entra, "ledere")
    assert signed_in(user, "password").get("/admin/").status_code == 403
    assert signed_in(user, "entra", provider=entra).get("/admin/").status_code == 200


def test_another_directorys_session_opens_no_role_from_these_groups(entra: IdentityProvider) -> None:
    user = make.a_user()
    sync(user, entra, "ledere")
    theirs = make.a_provider(make.an_authority(), "entra", tenant="99999999-2222-4333-8444-555555555555")
    assert signed_in(user, "entra", provider=theirs).get("/admin/").status_code == 403


# ---- sessions, asked for again ----


def test_who_is_still_in_the_group_stays_and_the_new_token_is_kept(directory: Directory) -> None:
    user = make.a_user()
    sync(user, directory.provider, "saksbehandlere")
    client, sign_in = directory.lets_in(user, "saksbehandlere")
    at = later(4)
    assert groups.recheck(at) == {"confirmed": 1, "ended": 0, "unsure": 0}
    sign_in.refresh_from_db()
    assert sign_in.checked_at == at
    assert sealed.open_("token", sign_in.refresh_token) in directory.groups
    assert client.get("/admin/").status_code == 200
    assert groups.recheck(at + 4 * MINUTE)["confirmed"] == 1, "the rotated token is the one that is used"


def test_a_session_that_was_just_confirmed_is_left_alone(directory: Directory) -> None:
    directory.lets_in(make.a_user(), "saksbehandlere")
    groups.recheck(later(2))
    assert directory.used == []


def test_who_is_taken_out_of_the_groups_loses_session_and_roles(directory: Directory) -> None:
    user = make.a_user()
    sync(user, directory.provider, "saksbehandlere")
    clients = [directory.lets_in(user, "saksbehandlere") for _ in range(2)]
    for grant in directory.groups:
        directory.groups[grant] = []
    assert groups.recheck(later(4))["ended"] >= 1
    assert not held(user)
    assert [how(sign_in) for _client, sign_in in clients] == ["groups", "groups"]
    assert [client.get("/admin/").status_code for client, _row in clients] == [302, 302]


def test_who_keeps_a_role_by_hand_keeps_her_session(place: Authority, directory: Directory) -> None:
    user = make.a_user("editor", place)
    sync(user, directory.provider, "ledere")
    _client, sign_in = directory.lets_in(user)
    assert groups.recheck(later(4))["confirmed"] == 1
    assert (held(user), how(sign_in)) == (set(), "")


def test_a_grant_that_is_gone_ends_the_session_and_the_roles(directory: Directory) -> None:
    user = make.a_user()
    sync(user, directory.provider, "saksbehandlere")
    _client, sign_in = directory.lets_in(user, "saksbehandlere")
    directory.groups.clear()
    assert groups.recheck(later(4)) == {"confirmed": 0, "ended": 1, "unsure": 0}
    assert (how(sign_in), held(user), sign_in.refresh_token) == ("groups", set(), "")


def test_a_grant_that_is_gone_on_one_machine_leaves_the_other(directory: Directory) -> None:
    user = make.a_user()
    sync(user, directory.provider, "saksbehandlere")
    (_one, lost), (_two, kept) = (directory.lets_in(user, "saksbehandlere") for _ in range(2))
    directory.groups.pop(sealed.open_("token", lost.refresh_token))
    groups.recheck(later(4))
    assert (how(lost), how(kept), held(user)) == ("groups", "", {"officer"})


@pytest.mark.parametrize("fault", ["is_down", "refuses_us", "is_crowded"])
def test_a_service_that_cannot_say_ends_nobodys_at_once(directory: Directory, fault: str) -> None:
    user = make.a_user()
    sync(user, directory.provider, "saksbehandlere")
    _client, sign_in = directory.lets_in(user, "saksbehandlere")
    setattr(directory, fault, True)
    assert groups.recheck(later(4)) == {"confirmed": 0, "ended": 0, "unsure": 1}
    assert (how(sign_in), held(user)) == ("", {"officer"})
    groups.recheck(later(21))
    assert (how(sign_in), held(user)) == ("unsure", {"officer"}), "the roles give nothing without a session"


def test_a_service_that_comes_back_in_time_confirms_again(directory: Directory) -> None:
    user = make.a_user()
    sync(user, directory.provider, "saksbehandlere")
    _client, sign_in = directory.lets_in(user, "saksbehandlere")
    directory.is_down = True
    groups.recheck(later(4))
    directory.is_down = False
    cleared()
    assert groups.recheck(later(19))["confirmed"] == 1
    assert how(sign_in) == ""


def cleared() -> None:
    """Let the pause pass that is kept after a service did not answer."""
    from django.core.cache import cache

    cache.clear()


def test_an_answer_about_somebody_else_ends_the_session(directory: Directory) -> None:
    user = make.a_user()
    sync(user, directory.provider, "saksbehandlere")
    _client, sign_in = directory.lets_in(user, "saksbehandlere")
    for grant in directory.people:
        directory.people[grant] = f"{directory.tenant}/00000000-0000-4000-8000-999999999999"
    groups.recheck(later(4))
    assert (how(sign_in), held(user)) == ("groups", set())


def test_an_answer_from_another_tenant_ends_the_session(directory: Directory) -> None:
    user = make.a_user()
    sync(user, directory.provider, "saksbehandlere")
    _client, sign_in = directory.lets_in(user, "saksbehandlere")
    for grant, subject in directory.people.items():
        directory.people[grant] = "99999999-2222-4333-8444-555555555555/" + subject.partition("/")[2]
    groups.recheck(later(4))
    assert (how(sign_in), held(user)) == ("groups", set())


def test_a_connection_that_is_taken_away_ends_its_session(directory: Directory) -> None:
    _client, sign_in = directory.lets_in(make.a_user(), "saksbehandlere")
    assert sign_in.identity is not None
    sign_in.identity.delete()
    groups.recheck(later(4))
    assert how(sign_in) == "changed"


def test_sessions_from_a_service_that_is_switched_off_end(directory: Directory) -> None:
    _client, sign_in = directory.lets_in(make.a_user(), "saksbehandlere")
    IdentityProvider.objects.filter(pk=directory.provider.pk).update(is_active=False)
    groups.recheck(later(1))
    assert how(sign_in) == "provider"


def test_one_who_signs_out_meanwhile_keeps_no_token(directory: Directory) -> None:
    _client, sign_in = directory.lets_in(make.a_user(), "saksbehandlere")
    same = SignIn.objects.filter(pk=sign_in.pk)
    directory.before_answer = lambda: signins.close(same, SignIn.Ended.LEFT, now=timezone.now())
    groups.recheck(later(4))
    assert (how(sign_in), sign_in.refresh_token, sign_in.checked_at) == ("left", "", None)


def test_one_session_nobody_thought_of_stops_no_other(directory: Directory, monkeypatch: pytest.MonkeyPatch) -> None:
    odd, plain = make.a_user(), make.a_user()
    for user in (odd, plain):
        directory.lets_in(user, "saksbehandlere")
    before = groups.sync

    def breaks(user: User, *arguments: Any, **facts: Any) -> list[str]:
        if user == odd:
            raise RuntimeError("unthought of")
        return before(user, *arguments, **facts)

    monkeypatch.setattr(groups, "sync", breaks)
    assert groups.recheck(later(4)) == {"confirmed": 1, "ended": 0, "unsure": 1}


def test_a_service_that_is_down_is_not_asked_for_everyone(directory: Directory) -> None:
    for _ in range(groups.FAULTS_IN_A_ROW + 4):
        directory.lets_in(make.a_user(), "saksbehandlere")
    directory.refuses_us = True
    assert groups.recheck(later(4))["unsure"] == groups.FAULTS_IN_A_ROW
    assert len(directory.used) == groups.FAULTS_IN_A_ROW


def test_the_task_asks_and_may_run_twice(directory: Directory) -> None:
    _client, sign_in = directory.lets_in(make.a_user(), "saksbehandlere")
    SignIn.objects.filter(pk=sign_in.pk).update(checked_at=timezone.now() - 4 * MINUTE)
    tasks.check_groups()
    tasks.check_groups()
    assert len(directory.used) == 1


def test_two_workers_ask_about_each_session_once(own_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    provider = make.a_provider(make.an_authority(), "entra")
    directory = answers_in(monkeypatch, Directory(provider))
    for _ in range(6):
        directory.lets_in(make.a_user())
    counts = at_once(lambda _n: groups.recheck(later(4)), range(3))
    assert sum(count["confirmed"] for count in counts) == 6
    assert len(directory.used) == len(set(directory.used)) == 6


@pytest.mark.parametrize(("minutes", "stale"), [(None, False), (0, False), (20, False), (20.1, True), (600, True)])
def test_a_session_is_stale_after_twenty_minutes_without_an_answer(minutes: float | None, stale: bool) -> None:
    assert groups.is_stale(None if minutes is None else NOW - minutes * MINUTE, NOW) is stale


# ---- when the rules change, and when nobody comes ----


def test_a_group_that_no_longer_gives_a_role_takes_it_from_all(entra: IdentityProvider) -> None:
    user = make.a_user()
    sync(user, entra, "ledere")
    entra.group_roles.filter(role="leader").delete()
    assert groups.drop_what_no_group_gives(entra, now=NOW) == 1
    assert held(user) == {"editor"}


def test_a_service_started_over_leaves_neither_role_nor_session(directory: Directory) -> None:
    user = make.a_user()
    sync(user, directory.provider, "ledere")
    _client, sign_in = directory.lets_in(user, "ledere")
    groups.start_over(directory.provider, now=timezone.now())
    assert (held(user), how(sign_in)) == (set(), "provider")


def test_who_has_not_come_for_ninety_days_has_no_roles_from_groups(directory: Directory, place: Authority) -> None:
    away, here = make.a_user("editor", place), make.a_user()
    for user, ago in ((away, 91), (here, 89)):
        sync(user, directory.provider, "saksbehandlere")
        _client, sign_in = directory.lets_in(user, "saksbehandlere")
        SignIn.objects.filter(pk=sign_in.pk).update(seen_at=timezone.now() - ago * DAY)
    assert cleaning.clean_up(timezone.now())["group_roles"] == 1
    assert (held(away), held(here)) == (set(), {"officer"})
    assert permissions.may_use_admin(away), "what was given by hand stays"
