"""A deputy: set by the leader, told of it, and told of the same deadlines as the one who is away, for the period only."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal import desk, due
from portal.models import Deputy, Event, IdentityProvider, Mail, Membership, Notice
from tests import factories as make
from tests.conftest import confirmed, signed_in
from tests.portal.mondays import DAY, MONDAY, at, only_mail, run
from tests.portal.mondays import send as send_daily
from tests.portal.test_admin_forms import complaints, page, send

if TYPE_CHECKING:
    from django.test import Client

    from portal.models import Authority, User

pytestmark = pytest.mark.django_db
FAR = MONDAY + 400 * DAY
TODAY = timezone.localdate()


@pytest.fixture
def away(officer: User) -> User:
    return officer


@pytest.fixture
def deputy(place: Authority) -> User:
    return make.a_user("editor", place, name="Stedfortreder Oppdiktet")


def stands_in(away: User, deputy: User, place: Authority, first: int = 0, last: int = 7) -> Deputy:
    """Let one stand in for the other, from and to so many days from the Monday of the tests."""
    return Deputy.objects.create(
        authority=place, person=away, deputy=deputy, valid_from=MONDAY + first * DAY, valid_to=MONDAY + last * DAY
    )


def told(user: User) -> list[tuple[str, bool, str]]:
    return [(row.headline, row.escalated, row.stands_for) for row in due.of_person(user, MONDAY, FAR)]


@pytest.fixture(autouse=True)
def _monday(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let roles be read on the Monday the deadlines are counted from."""
    monkeypatch.setattr("portal.permissions.timezone.localdate", lambda *_at: MONDAY)


# ---- told besides the one who is away ----


def test_the_deputy_is_told_besides_the_one_who_is_away(
    place: Authority, away: User, deputy: User, measure: Any
) -> None:
    assert told(deputy) == []
    stands_in(away, deputy, place)
    assert told(deputy) == [("Ny kai", False, away.name)]
    assert told(away) == [("Ny kai", False, "")]


@pytest.mark.parametrize(("first", "last", "is_told"), [(0, 0, True), (-9, -1, False), (1, 9, False)])
def test_for_the_period_only(
    place: Authority, away: User, deputy: User, measure: Any, first: int, last: int, is_told: bool
) -> None:
    stands_in(away, deputy, place, first, last)
    assert bool(told(deputy)) is is_told


def test_what_nobody_is_named_for_reaches_the_officers_deputy(
    place: Authority, away: User, deputy: User, plan: Any
) -> None:
    make.a_measure(plan, title="Uten navn", due_on=MONDAY + DAY)
    stands_in(away, deputy, place)
    assert told(deputy) == [("Uten navn", False, away.name)]


def test_what_is_hers_already_is_told_once_and_as_her_own(place: Authority, away: User, plan: Any) -> None:
    other = make.a_user("officer", place)
    make.a_measure(plan, title="Uten navn", due_on=MONDAY + DAY)
    stands_in(away, other, place)
    assert told(other) == [("Uten navn", False, "")]


def test_the_leaders_deputy_is_told_when_it_has_been_late_for_long(
    place: Authority, away: User, deputy: User, plan: Any
) -> None:
    leader = make.a_user("leader", place)
    make.a_measure(plan, person=away, title="Sen", due_on=MONDAY - 20 * DAY)
    stands_in(leader, deputy, place)
    assert told(deputy) == [("Sen", True, leader.name)]


def test_a_deputy_elsewhere_hears_nothing_from_here(away: User, deputy: User, measure: Any) -> None:
    elsewhere = make.an_authority()
    stands_in(away, deputy, elsewhere)
    assert told(deputy) == []


@pytest.mark.parametrize("why", ["left", "inactive"])
def test_a_deputy_who_has_left_is_not_told(place: Authority, away: User, deputy: User, measure: Any, why: str) -> None:
    stands_in(away, deputy, place)
    if why == "left":
        deputy.memberships.update(valid_to=MONDAY - DAY)
    else:
        deputy.is_active = False
        deputy.save()
    run()
    assert not Notice.objects.filter(user=deputy).exists()


def test_two_who_are_away_cost_their_deputy_no_more_queries(
    place: Authority, away: User, deputy: User, plan: Any
) -> None:
    counts = []
    for size in (1, 3):
        for _ in range(size):
            person = make.a_user("officer", place)
            make.a_measure(plan, person=person, due_on=MONDAY + DAY)
            stands_in(person, deputy, place)
        reader = type(deputy).objects.get(pk=deputy.pk)
        with CaptureQueriesContext(connection) as caught:
            found = told(reader)
        counts.append(len(caught))
    assert len(found) == 4
    assert counts[0] == counts[1]


def test_the_sweep_and_the_daily_mail_reach_both(place: Authority, away: User, deputy: User, measure: Any) -> None:
    row = stands_in(away, deputy, place)
    send_daily()
    assert [only_notice(user).occasion for user in (away, deputy)] == ["before-7", "before-7"]
    assert [only_mail(user).state for user in (away, deputy)] == ["queued", "queued"]
    row.delete()
    run()
    assert only_notice(deputy).withdrawn_at is not None
    assert only_notice(away).withdrawn_at is None


def only_notice(user: User) -> Notice:
    return Notice.objects.get(user=user)


@pytest.mark.usefixtures("words_of_the_code")
def test_the_deputys_mail_says_that_she_stands_in(place: Authority, away: User, deputy: User, measure: Any) -> None:
    stands_in(away, deputy, place)
    send_daily()
    assert "stand in for someone" in only_mail(deputy).text
    assert "stand in for someone" not in only_mail(away).text


def test_the_page_says_for_whom_each_thing_waits(place: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    away, deputy = make.a_user("officer", place, name="Borte Oppdiktet"), make.a_user("editor", place)
    make.a_measure(make.a_plan(place), person=away, title="Ny bru", due_on=TODAY + DAY)
    Deputy.objects.create(authority=place, person=away, deputy=deputy, valid_from=TODAY, valid_to=TODAY)
    mark = '<b class="p-mark">for Borte Oppdiktet</b>'
    assert mark in signed_in(deputy).get("/venter-pa-deg/").content.decode()
    assert mark not in signed_in(away).get("/venter-pa-deg/").content.decode()


# ---- at the desk ----


def test_the_desk_has_its_deputies(place: Authority, away: User, deputy: User) -> None:
    assert desk.at_desk(place.pk, MONDAY) == [away]
    stands_in(away, deputy, place)
    assert set(desk.at_desk(place.pk, MONDAY)) == {away, deputy}
    assert desk.at_desk(place.pk, MONDAY + 30 * DAY) == [away]


def test_one_whose_group_roles_ended_a_week_ago_has_left_and_the_officers_are_told(
    place: Authority, officer: User, plan: Any
) -> None:
    named = make.a_user()
    make.a_measure(plan, person=named, title="Hennes", due_on=MONDAY + DAY)
    lost(named, place, days_ago=6)
    assert (told(officer), desk.is_at_work(named, place.pk, MONDAY)) == ([], True)
    lost(named, place, days_ago=9)
    assert (told(officer), desk.is_at_work(named, place.pk, MONDAY)) == ([("Hennes", False, "")], False)


def lost(user: User, place: Authority, *, days_ago: int) -> None:
    """Leave the trace of a role from groups that ended so many days before the Monday of the tests."""
    provider = IdentityProvider.objects.filter(authority=place).first() or make.a_provider(place, "entra")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO portal_membershipevent (pgh_label, pgh_created_at, pgh_obj_id, id, authority_id, user_id, role, "
            "provider_id) VALUES ('delete', %s, 1, 1, %s, %s, 'officer', %s)",
            [at(MONDAY - days_ago * DAY), place.pk, user.pk, provider.pk],
        )


# ---- set by the leader ----


@pytest.fixture
def leader(place: Authority, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.undo()
    return confirmed(signed_in(make.a_user("leader", place)))


def add(client: Client, person: User, deputy: User, **facts: Any) -> Any:
    period = {"valid_from": TODAY.isoformat(), "valid_to": (TODAY + 7 * DAY).isoformat()}
    return client.post(page(Deputy, "add"), {"person": person.pk, "deputy": deputy.pk, **period, **facts})


def test_the_leader_sets_a_deputy_who_is_told_in_words(
    place: Authority, leader: Client, away: User, deputy: User
) -> None:
    assert add(leader, away, deputy, reason="Permisjon").status_code == 302
    row = Deputy.objects.get(person=away)
    notice = Notice.objects.get(user=deputy)
    assert (notice.kind, notice.subject_id) == ("deputy_given", row.pk)
    mail = Mail.objects.get(to_address=deputy.email)
    assert away.name in mail.text
    assert "Permisjon" not in mail.text + mail.html
    event = Event.objects.get(kind="deputy.given")
    assert (event.subject_id, event.facts) == (row.pk, {})


def test_another_period_is_told_again_and_the_same_is_not(leader: Client, away: User, deputy: User) -> None:
    add(leader, away, deputy)
    row = Deputy.objects.get(person=away)
    address = page(Deputy, "change", row.pk)
    send(leader, address)
    send(leader, address, reason="Ferie")
    assert Notice.objects.filter(user=deputy).count() == 1
    send(leader, address, valid_to=(TODAY + 9 * DAY).isoformat())
    assert Notice.objects.filter(user=deputy).count() == 2


def test_only_those_who_do_casework_there_can_be_chosen(place: Authority, leader: Client, away: User) -> None:
    stranger, elected = make.a_user(), make.a_user("elected", place)
    neighbour = make.a_user("officer", make.an_authority())
    offered = leader.get(page(Deputy, "add")).context["adminform"].form.fields["deputy"].queryset
    assert away in offered
    for person in (stranger, elected, neighbour):
        assert person not in offered
        assert complaints(add(leader, away, person)) == {"deputy"}
        assert complaints(add(leader, person, away)) == {"person"}
    assert not Deputy.objects.filter(person=away).exists()


def test_a_leader_of_two_authorities_mixes_nobody(
    place: Authority, away: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    elsewhere = make.an_authority()
    both = make.a_user("leader", place)
    Membership.objects.create(user=both, authority=elsewhere, role="leader")
    theirs = make.a_user("officer", elsewhere)
    client = confirmed(signed_in(both))
    assert complaints(add(client, away, theirs, authority=place.pk)) == {"deputy"}
    assert not Deputy.objects.filter(person=away).exists()


@pytest.mark.parametrize(
    ("start", "end", "field"), [(-9, -1, "valid_to"), (0, 500, "valid_to"), (5, 1, "valid_to"), (0, 0, None)]
)
def test_the_period_is_not_over_and_not_endless(
    leader: Client, away: User, deputy: User, start: int, end: int, field: str | None
) -> None:
    period = {"valid_from": (TODAY + start * DAY).isoformat(), "valid_to": (TODAY + end * DAY).isoformat()}
    assert complaints(add(leader, away, deputy, **period)) == ({field} if field else set())


def test_nobody_is_her_own_deputy(leader: Client, away: User) -> None:
    assert complaints(add(leader, away, away)) == {"deputy"}


def test_whom_it_is_about_never_changes(leader: Client, away: User, deputy: User, place: Authority) -> None:
    add(leader, away, deputy)
    row = Deputy.objects.get(person=away)
    other = make.a_user("officer", place)
    send(leader, page(Deputy, "change", row.pk), deputy=other.pk, person=other.pk, reason="Ferie")
    row.refresh_from_db()
    assert (row.person, row.deputy, row.reason) == (away, deputy, "Ferie")


@pytest.mark.parametrize("role", ["officer", "editor"])
def test_only_a_leader_sets_deputies(place: Authority, away: User, deputy: User, role: str, monkeypatch: Any) -> None:
    monkeypatch.undo()
    assert add(confirmed(signed_in(make.a_user(role, place))), away, deputy).status_code == 403


def test_a_deputy_works_with_the_roles_she_holds_for_another(
    place: Authority, leader: Client, deputy: User, away: User
) -> None:
    case = make.a_case(place)
    address = f"/admin/portal/case/{case.pk}/change/"
    client = signed_in(deputy)
    assert client.post(address, {"title": "x"}).status_code == 403
    add(leader, away, deputy)
    assert client.get(address).status_code == 200
    assert 'name="title"' in client.get(address).content.decode()
    Deputy.objects.update(valid_from=TODAY - 9 * DAY, valid_to=TODAY - dt.timedelta(days=1))
    assert 'name="title"' not in client.get(address).content.decode()
