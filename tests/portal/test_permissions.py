"""Roles hold for a period, in one authority, and reach what their role reaches."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from portal import permissions
from portal.models import Authority, Case, Deputy, Document, Membership, Organisation, User
from strategy.models import Plan
from tests import factories as make
from tests.world import World

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
CASEWORKERS = [
    "officer", "leader", "decision_maker", "finance_preparer", "attester", "approver", "editor", "region_secretary", "neighbour",
    "operator",
]  # fmt: skip
OTHERS = ["elected", "forum_reviewer", "jury", "stranger"]


@pytest.mark.parametrize("person", [*CASEWORKERS, "guest_officer"])
def test_who_does_casework_may_open_the_case_pages(world: World, person: str) -> None:
    assert world.user(person).is_staff


@pytest.mark.parametrize("person", OTHERS)
def test_who_does_none_may_not(world: World, person: str) -> None:
    assert not world.user(person).is_staff


def test_nobody_in_particular_may_nothing(db: None) -> None:
    nobody = AnonymousUser()
    assert permissions.roles_of(nobody) == frozenset()
    assert not permissions.may_use_admin(nobody)
    assert not permissions.may_see_live(nobody, [1, 2, 3])


@pytest.mark.parametrize(
    ("start", "end", "holds"),
    [
        (None, None, True),
        (0, 0, True),
        (-9, -1, False),
        (1, 9, False),
        (None, -1, False),
        (1, None, False),
        (-9, 9, True),
    ],
)
def test_a_role_holds_within_its_period_first_and_last_day_included(
    world: World, start: int | None, end: int | None, holds: bool
) -> None:
    today = timezone.localdate()
    user = make.a_user()
    Membership.objects.create(
        user=user, authority=world.home.authority, role="officer",
        valid_from=None if start is None else today + start * DAY, valid_to=None if end is None else today + end * DAY,
    )  # fmt: skip
    assert user.is_staff is holds


def test_one_who_may_no_longer_sign_in_may_nothing(world: World) -> None:
    officer = world.user("officer")
    officer.is_active = False
    officer.save()
    assert permissions.roles_of(User.objects.get(pk=officer.pk)) == frozenset()


@pytest.mark.parametrize("model", [Authority, Case, Document, Organisation, Plan])
def test_an_officer_sees_her_own_authoritys_rows_only(world: World, model: type) -> None:
    seen = model.objects.visible_to(world.user("officer"))  # type: ignore[attr-defined]
    assert set(seen) == set(world.home.rows(model))
    assert set(model.objects.visible_to(world.user("operator"))) == set(model.objects.all())  # type: ignore[attr-defined]
    assert not model.objects.visible_to(world.user("stranger")).exists()  # type: ignore[attr-defined]


def test_a_guest_officer_sees_her_one_case_and_what_lies_in_it(world: World) -> None:
    guest = world.user("guest_officer")
    assert list(Case.objects.visible_to(guest)) == [world.home.guest_case]
    assert {document.case for document in Document.objects.visible_to(guest)} == {world.home.guest_case}
    assert not Plan.objects.visible_to(guest).exists()


def test_a_draft_is_read_by_its_own_authority_only(world: World) -> None:
    drafts = Plan.objects.filter(status="draft")
    assert set(drafts.readable_by(world.user("officer"))) == set(drafts.filter(authority=world.home.authority))
    assert not drafts.readable_by(AnonymousUser()).exists()
    assert not drafts.readable_by(world.user("elected")).exists()


@pytest.mark.parametrize(
    ("person", "sees"), [("officer", True), ("elected", True), ("jury", False), ("neighbour", False)]
)
def test_standing_before_a_report_is_for_colleagues_and_elected(world: World, person: str, sees: bool) -> None:
    assert permissions.may_see_live(world.user(person), [world.home.authority.pk]) is sees


@pytest.mark.parametrize(
    ("person", "label", "may"),
    [
        ("officer", "strategy.measureparticipation", True), ("officer", "portal.membership", False),
        ("officer", "portal.authority", False), ("leader", "portal.membership", True), ("leader", "portal.authority", True),
        ("editor", "strategy.goal", True), ("editor", "strategy.measureparticipation", False), ("editor", "portal.case", False),
        ("decision_maker", "portal.case", False), ("attester", "strategy.goal", False), ("guest_officer", "portal.case", False),
        ("operator", "portal.event", False), ("operator", "portal.mail", False), ("operator", "portal.case", True),
        ("elected", "strategy.goal", False), ("stranger", "strategy.goal", False),
    ],
)  # fmt: skip
def test_who_may_write_what_in_her_own_authority(world: World, person: str, label: str, may: bool) -> None:
    assert permissions.may_write(world.user(person), label, world.home.authority.pk) is may


@pytest.mark.parametrize("label", ["strategy.goal", "portal.case", "portal.membership"])
def test_no_one_writes_in_the_neighbours_rows(world: World, label: str) -> None:
    for person in ("officer", "leader", "editor"):
        assert not permissions.may_write(world.user(person), label, world.next.authority.pk)


def test_permission_answers_follow_the_row(world: World) -> None:
    officer = world.user("officer")
    assert officer.has_perm("portal.change_case", world.home.case)
    assert not officer.has_perm("portal.change_case", world.next.case)
    assert not officer.has_perm("portal.change_event")
    assert not world.user("stranger").has_perm("portal.view_case")


# ---- deputies ----


def a_deputy(world: World, deputy: User, *, role: str = "leader", first: int = 0, last: int = 7) -> None:
    """Let someone stand in for one with this role at home, from and to so many days from now."""
    today = timezone.localdate()
    person = make.a_user(role, world.home.authority)
    Deputy.objects.create(
        authority=world.home.authority, person=person, deputy=deputy,
        valid_from=today + first * DAY, valid_to=today + last * DAY,
    )  # fmt: skip


def test_a_deputy_holds_the_casework_roles_of_who_is_away(world: World) -> None:
    deputy = make.a_user("editor", world.home.authority)
    assert not permissions.may_write(deputy, "portal.membership", world.home.authority.pk)
    a_deputy(world, deputy)
    again = User.objects.get(pk=deputy.pk)
    assert permissions.may_write(again, "portal.membership", world.home.authority.pk)
    assert not permissions.may_write(again, "portal.membership", world.next.authority.pk)


@pytest.mark.parametrize(("first", "last", "holds"), [(0, 0, True), (-7, 0, True), (-7, -1, False), (1, 7, False)])
def test_a_deputy_stands_in_for_the_period_only(world: World, first: int, last: int, holds: bool) -> None:
    deputy = make.a_user("editor", world.home.authority)
    a_deputy(world, deputy, first=first, last=last)
    assert permissions.may_write(deputy, "portal.membership", world.home.authority.pk) is holds


def test_a_deputy_who_has_lost_her_own_role_stands_in_for_nobody(world: World) -> None:
    deputy = make.a_user("editor", world.home.authority)
    a_deputy(world, deputy)
    deputy.memberships.update(valid_to=timezone.localdate() - DAY)
    assert not permissions.roles_of(deputy)


def test_one_who_only_sits_in_a_body_stands_in_for_no_caseworker(world: World) -> None:
    deputy = make.a_user("elected", world.home.authority)
    a_deputy(world, deputy)
    assert not permissions.does_casework(deputy, world.home.authority.pk)


@pytest.mark.parametrize("role", ["elected", "jury", "forum_reviewer"])
def test_a_seat_has_deputies_of_its_own_kind(world: World, role: str) -> None:
    deputy = make.a_user("editor", world.home.authority)
    a_deputy(world, deputy, role=role)
    held = {role for _authority, role, _case in permissions.roles_of(deputy)}
    assert held == {"editor"}, "who sits in a body is replaced by the body's own deputy members"


def test_a_deputys_deputy_is_nobody(world: World) -> None:
    home = world.home.authority
    first, second = make.a_user("editor", home), make.a_user("attester", home)
    a_deputy(world, first)
    today = timezone.localdate()
    Deputy.objects.create(authority=world.home.authority, person=first, deputy=second, valid_from=today, valid_to=today)
    assert permissions.may_write(first, "portal.membership", home.pk)
    assert not permissions.may_write(second, "portal.membership", home.pk)


def test_who_is_away_and_has_lost_her_role_gives_none_to_her_deputy(world: World) -> None:
    deputy = make.a_user("editor", world.home.authority)
    a_deputy(world, deputy)
    Membership.objects.filter(user__deputies__deputy=deputy).update(valid_to=timezone.localdate() - DAY)
    assert not permissions.may_write(deputy, "portal.membership", world.home.authority.pk)


def test_roles_cost_one_query_a_request(world: World, django_assert_num_queries: object) -> None:
    officer = world.user("officer")
    with django_assert_num_queries(1):  # type: ignore[operator]
        for _ in range(3):
            permissions.casework_authorities(officer)
            permissions.may_use_admin(officer)


def test_require_stops_the_deed() -> None:
    permissions.require(True)
    with pytest.raises(PermissionDenied):
        permissions.require(False)
